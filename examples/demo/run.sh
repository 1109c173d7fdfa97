#!/bin/bash
# Plain balls to striped balls: draws the images, trains, translates, measures.
#
#   examples/demo/run.sh [FOLDER]
#
# Needs the tools on the PATH and nothing else. Writes everything to FOLDER (default: demo).
# Run the same command again to resume.
set -eu -o pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-demo}
size=64
held_out=24
mkdir -p "$folder"
cd "$folder"

# draw DOMAIN SEED COUNT FOLDER
draw() {
  mkdir -p "$4"
  awk -v domain="$1" -v seed="$2" -v count="$3" -v size=$size -v folder="$4" -f "$here/scenes.awk"
}

# The samples of a PPM file of `size` by `size` pixels, one a line.
samples() {
  case $(head -c 2 "$1") in
    P3) tail -n +4 "$1" | tr ' ' '\n' ;;
    P6) tail -c $((3 * size * size)) "$1" | od -An -v -tu1 -w1 ;;
  esac
}

# psnr FOLDER FOLDER: the mean over all images of both, in dB.
psnr() {
  local file
  for file in "$1"/*.ppm; do
    paste <(samples "$file") <(samples "$2/${file##*/}") |
      awk '{ sum += ($1 - $2) ^ 2 } END { print 10 * log(255 ^ 2 * NR / sum) / log(10) }'
  done | awk '{ sum += $1 } END { printf "%.1f", sum / NR }'
}

echo "drawing 200 scenes as A, 200 others as B, and $held_out more as both"
draw A 1 200 trainA
draw B 2 200 trainB
draw A 3 $held_out testA
draw B 3 $held_out truth

echo 'training on trainA and trainB, which share no scene'
cg-train -A trainA -B trainB -o run --seed 1 --load-size $size --crop-size $size \
  --netG resnet_4blocks --ngf 16 --netD n_layers --n-layers-D 2 --ndf 32 \
  --lr 0.0004 --n-epochs 4 --n-epochs-decay 4

echo 'translating testA'
rm -rf translated
(cd testA && cg-apply -w ../run/gen_AB.bin -o ../translated/ ./*.ppm) >translated.txt

echo 'reconstruction error of A -> B -> A:'
cg-cycle -w run/gen_AB.bin -W run/gen_BA.bin testA >cycle.tsv
head -n 1 cycle.tsv
tail -n 2 cycle.tsv

for row in testA translated truth; do
  for number in {0001..0008}; do samples "$row/$number.ppm"; done
done | awk -v size=$size -v columns=8 -f "$here/sheet.awk" >sheet.ppm
cg-prep sheet.ppm -o sheet.png

echo "PSNR against the reference, mean of $held_out held-out images:" \
  "$(psnr testA truth) dB untranslated, $(psnr translated truth) dB translated"
echo "contact sheet (held-out image, translation, reference): $PWD/sheet.png"
