#!/bin/bash
# Trains the demo with five seeds, 2,000 steps each. No alarm may be raised. Prints the range of each
# reading.
#
#   Tests/Reliability/alarms.sh
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=Tests/Reliability/run.sh
. "$here/Tests/Reliability/run.sh"

draw() {
  mkdir "train$1"
  awk -v domain="$1" -v seed="$2" -v count=200 -v size=64 -v folder="train$1" \
    -f "$here/examples/demo/scenes.awk"
}
draw A 1
draw B 2
failed=0
for seed in 1 2 3 4 5; do
  cg-train -q -A trainA -B trainB -o "run$seed" --seed $seed --load-size 64 --crop-size 64 \
    --netG resnet_4blocks --ngf 16 --netD n_layers --n-layers-D 2 --ndf 32 --lr 0.0004 \
    --n-epochs 5 --n-epochs-decay 5 --on-alarm stop || failed=$((failed + 1))
done
awk -F '\t' '
  FNR == 1 { split($0, name); next }
  { for (i = 2; i < NF; i++) { if (!(i in low) || $i < low[i]) low[i] = $i
                               if (!(i in high) || $i > high[i]) high[i] = $i } }
  END { for (i = 2; i in low; i++) print name[i], low[i], "to", high[i] }' run?/health.tsv
verdict 5 "$failed"
