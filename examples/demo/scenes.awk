# Draws scenes of balls on a meadow, as PPM files FOLDER/0001.ppm, 0002.ppm, ...
#
#   awk -v domain=A -v seed=1 -v count=200 -v size=64 -v folder=trainA -f scenes.awk
#
# The seed decides the scenes and the domain how they are drawn: in A every ball has one color,
# in B the same ball wears white bands. So the same seed drawn as A and as B gives pairs, and
# different seeds give sets without a pair between them. Every awk makes the same files: the random
# numbers are drawn here (Lehmer's generator, exact in a double) and the pixels are text (P3).

function random(low, high) {
  state = (state * 48271) % 2147483647
  return low + (high - low) * state / 2147483647
}

function clamped(value) { return value < 0 ? 0 : value > 1 ? 1 : value }

# Puts balls that touch neither one another nor the border.
function put_balls(wanted,    tries, i, free) {
  balls = 0
  for (tries = 0; tries < 60 && balls < wanted; tries++) {
    radius[balls] = random(0.14, 0.22) * size
    x[balls] = random(radius[balls] + 1, size - radius[balls] - 1)
    y[balls] = random(radius[balls] + 1, size - radius[balls] - 1)
    free = 1
    for (i = 0; i < balls; i++)
      if ((x[i] - x[balls]) ^ 2 + (y[i] - y[balls]) ^ 2 < (radius[i] + radius[balls] + 2) ^ 2) free = 0
    if (free) balls++
  }
}

# Picks the colors of a scene: ball i is color[i, 0..2], the meadow goes from far to near.
function paint(    i) {
  for (i = 0; i < balls; i++) {
    color[i, 0] = random(190, 230); color[i, 1] = random(60, 130); color[i, 2] = random(20, 50)
  }
  far[0] = random(140, 156); far[1] = random(188, 204); far[2] = random(116, 132)
  near[0] = random(66, 82);  near[1] = random(136, 152); near[2] = random(56, 72)
}

# How white the ball is at `right` of its middle, 0...1: a band and a gap are a sixth of the image.
function band(right,    period, phase) {
  if (domain != "B") return 0
  period = size / 6
  phase = (right / period) % 1
  if (phase < 0) phase += 1
  return clamped((0.25 - (phase < 0.5 ? phase : 1 - phase)) * period + 0.5)
}

function scene(file,    row, column, i, k, cover, white, depth, line, pixel) {
  put_balls(2 + int(random(0, 2)))
  paint()
  printf "P3\n%d %d\n255\n", size, size > file
  for (row = 0; row < size; row++) {
    line = ""
    depth = row / (size - 1)
    for (column = 0; column < size; column++) {
      for (k = 0; k < 3; k++) pixel[k] = far[k] + (near[k] - far[k]) * depth
      for (i = 0; i < balls; i++) {
        cover = clamped(radius[i] - sqrt((column - x[i]) ^ 2 + (row - y[i]) ^ 2) + 0.5)
        if (!cover) continue
        white = band(column - x[i])
        for (k = 0; k < 3; k++)
          pixel[k] += cover * (color[i, k] + white * (250 - color[i, k]) - pixel[k])
      }
      line = line int(pixel[0] + 0.5) " " int(pixel[1] + 0.5) " " int(pixel[2] + 0.5) "\n"
    }
    printf "%s", line > file
  }
  close(file)
}

BEGIN {
  state = 1 + (seed * 7919 + 104729) % 2147483645
  for (i = 0; i < 10; i++) random(0, 1)
  for (n = 1; n <= count; n++) scene(sprintf("%s/%04d.ppm", folder, n))
}
