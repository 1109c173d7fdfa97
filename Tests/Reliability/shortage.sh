#!/bin/bash
# Runs the filters and cg-weights without memory: the first allocation of LEAST bytes or more fails, then
# the second and so on, until a run needs no more. Each run has to end with an exit status that is
# documented and a reason; what it made has to be right, and what failed has to be named.
#
#   Tests/Reliability/shortage.sh [LEAST] [STEP] [AB.bin BA.bin]
#
# LEAST is 100000 unless given. Only every STEP-th allocation fails, from 1 on. Trains two generators unless
# they are given. Needs a C compiler.
least=${1:-100000}
step=${2:-1}
weights=("${@:3}")
[[ ${#weights[@]} == 0 ]] || weights=("$(realpath "$3")" "$(realpath "$4")")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=Tests/Reliability/run.sh
. "$here/run.sh"

cc -shared -fPIC -O1 -o shortage.so "$here/shortage.c"

# noise WIDTH HEIGHT SEED: noise with a scale, as PPM.
noise() {
  printf 'P6\n%s %s\n255\n' "$1" "$2"
  awk -v count="$(($1 * $2 * 3))" -v seed="$3" 'BEGIN {
    state = 1 + (seed * 7919 + 104729) % 2147483645
    for (i = 0; i < count; i++) { state = state * 48271 % 2147483647; printf "%c", 1 + state % 126 }
  }'
}
noise 300 200 1 >a.ppm
noise 16 16 2 >b.ppm
noise 260 310 3 >c.ppm
for format in png jpg webp; do
  cg-prep -q --format $format -o $format/ a.ppm b.ppm c.ppm >/dev/null
done
cg-prep -q --format webp --lossless -o lossless/ a.ppm b.ppm c.ppm >/dev/null
cg-prep -q a.ppm b.ppm c.ppm >levels.npys
cg-prep -q --dtype float32 a.ppm b.ppm c.ppm >floats.npys
cat png/*.png >pngs
if [[ ${#weights[@]} == 0 ]]; then
  images 2 A 1
  images 2 B 2
  cg-train -q -A A -B B --netG resnet_1blocks --ngf 16 --ndf 4 --load-size 36 --crop-size 32 --seed 1 \
    --max-steps 1 -o run >/dev/null
  weights=("$PWD/run/gen_AB.bin" "$PWD/run/gen_BA.bin")
fi
cp "${weights[0]}" AB.bin
cp "${weights[1]}" BA.bin
cg-weights export AB.bin -o AB.pth
cg-weights export AB.bin --format legacy -o old.pth

tried=0
failed=0
fail() {
  echo "$1"
  sed 's/^/  /' errors
  failed=$((failed + 1))
}

# sweep COMMAND...: fails its allocations one by one, alone and with all that follow. What it writes to
# standard output and below out/ has to be what an undisturbed run writes, or missing.
sweep() {
  local line="$*" status at all file
  rm -rf out whole
  mkdir out
  bash -c "$line" >whole.stdout 2>errors || { fail "without a shortage: $line"; return; }
  mv out whole
  for all in 0 1; do
    for ((at = 1; ; at += step)); do
      rm -rf out mark
      mkdir out
      status=0
      SHORTAGE_AT=$at SHORTAGE_ALL=$all SHORTAGE_BYTES=$least SHORTAGE_MARK=$PWD/mark \
        LD_PRELOAD=$PWD/shortage.so bash -c "exec $line" >stdout 2>errors || status=$?
      [[ -e mark ]] || break
      tried=$((tried + 1))
      what="allocation $at$([[ $all == 0 ]] || echo ' and all that follow'), status $status: $line"
      case $status in
        0) cmp -s stdout whole.stdout || [[ $line == *-o*out/* ]] || fail "other output: $what" ;;
        1 | 65 | 71) grep -q 'out of memory\|enough memory\|allocate memory' errors || fail "no reason: $what" ;;
        *) fail "$what" ;;
      esac
      while read -r file; do
        cmp -s "out/$file" "whole/$file" || fail "$file is not what it should be: $what"
      done < <(cd out && find . -type f ! -name '.*.tmp')
      # All images of a run that says that it has done everything.
      [[ $status != 0 ]] || [[ $(find out -type f | wc -l) == "$(find whole -type f | wc -l)" ]] ||
        fail "images are missing: $what"
    done
  done
}

for format in png jpg webp ppm npy; do sweep "cg-prep --format $format -o out/ a.ppm b.ppm c.ppm"; done
sweep 'cg-prep --format webp --lossless -o out/ a.ppm b.ppm c.ppm'
for kind in png jpg webp lossless; do sweep "cg-prep --format ppm -o out/ $kind"; done
sweep 'cg-prep --resize 280x120 -o out/ png jpg webp'
sweep 'cg-prep --resize 900x700 --format ppm -o out/ a.ppm jpg'
sweep 'cg-prep --preprocess resize_and_crop --load-size 286 --format png -o out/ png/a.png jpg/c.jpg'
sweep 'cg-prep --channels 1 --flip --seed 1 -o out/ jpg'
sweep 'cg-prep jpg'
sweep 'cg-prep --dtype float32 --crop 200x150 png/a.png png/c.png'
sweep 'cg-prep < pngs'
sweep 'env -u LD_PRELOAD cat pngs | cg-prep'
sweep 'cg-prep -o out/ --format png levels.npys floats.npys'
sweep 'env -u LD_PRELOAD cat floats.npys | cg-prep --dtype uint8'
sweep 'cg-apply -w AB.bin -o out/ --format png a.ppm b.ppm c.ppm'
sweep 'cg-apply -w AB.pth -o out/ --format jpg jpg'
sweep 'cg-apply -w AB.bin levels.npys'
sweep 'env -u LD_PRELOAD cat floats.npys | cg-apply -w old.pth -o out/ --format webp'
if cg-apply -q -w AB.bin --precision bf16 b.ppm >/dev/null 2>&1; then
  sweep 'cg-apply -w AB.bin --precision bf16 -o out/ --format ppm a.ppm b.ppm c.ppm'
fi
sweep 'cg-cycle -w AB.bin -W BA.bin -o out/ a.ppm b.ppm c.ppm'
sweep 'cg-cycle -w AB.bin -W BA.bin --max-l1 9 floats.npys'
for file in AB.bin AB.pth old.pth; do
  sweep "cg-weights show -v $file"
  sweep "cg-weights verify $file"
  sweep "cg-weights import $file -o out/x.bin"
done
for format in pth legacy onnx safetensors; do
  sweep "cg-weights export AB.bin --format $format -o out/x"
done
sweep 'env -u LD_PRELOAD cat AB.pth | cg-weights import -o out/x.bin'
sweep 'cg-weights average AB.bin AB.pth -o out/x.bin'
sweep 'cg-weights diff --tensors AB.bin AB.pth'
verdict "$tried" "$failed"
