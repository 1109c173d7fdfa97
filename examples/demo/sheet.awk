# Lays images of one size out as a contact sheet, each pixel twice as wide and high.
#
#   cat numbers | awk -v size=64 -v columns=8 -f sheet.awk >sheet.ppm
#
# Reads the samples of one image after the other, one number a line, row by row; writes PPM (P3).

{ sample[NR - 1] = $1 }

END {
  gap = 4
  cell = 2 * size + gap
  images = NR / (3 * size * size)
  width = columns * cell + gap
  height = int((images + columns - 1) / columns) * cell + gap
  printf "P3\n%d %d\n255\n", width, height
  for (row = 0; row < height; row++)
    for (column = 0; column < width; column++) {
      x = (column - gap) % cell; y = (row - gap) % cell
      image = int((row - gap) / cell) * columns + int((column - gap) / cell)
      if (x < 0 || y < 0 || x >= 2 * size || y >= 2 * size || image >= images) {
        print "255 255 255"
        continue
      }
      first = 3 * ((image * size + int(y / 2)) * size + int(x / 2))
      print sample[first], sample[first + 1], sample[first + 2]
    }
}
