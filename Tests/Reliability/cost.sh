#!/bin/bash
# Measures what logging, samples and checkpoints cost at their defaults: two runs side by side, a core
# each, one of them with none of it; the cores are swapped from pair to pair. The mean may be 3 % of the
# processor time at most, and waiting for images may take 2 % of the elapsed time at most.
#
#   Tests/Reliability/cost.sh [PAIRS=4] [STEPS=400]
# shellcheck source=Tests/Reliability/run.sh
. "$(dirname "$0")/run.sh"
pairs=${1:-4}
steps=${2:-400}

images 40 A 1
images 40 B 2
command=(cg-train -q -t 1 -A A -B B --netG resnet_6blocks --ngf 32 --load-size 72 --crop-size 64
  --n-epochs 1000 --max-steps "$steps" --seed 1)
silent=(--print-freq 1000000 --save-epoch-freq 1000000 --save-latest-freq 100000000
  --save-minutes 1000000)

# measured CORE RUN OPTION...: processor time of a run, milliseconds, into RUN.time.
measured() {
  local core=$1 run=$2
  shift 2
  rm -rf "$run"
  TIMEFORMAT='%3U %3S'
  { time taskset -c "$core" "${command[@]}" "$@" -o "$run" 2>"$run.errors"; } 2>&1 |
    awk '{ printf "%d\n", 1000 * ($1 + $2) }' >"$run.time"
}

for ((i = 0; i < pairs; i++)); do
  measured $((i % 2)) default &
  first=$!
  measured $((1 - i % 2)) silent "${silent[@]}" &
  wait $first
  wait $!
  echo "$(<default.time) $(<silent.time)"
done | tee times

awk '{ printf "%.4f\n", $1 / $2 - 1; sum += $1 / $2 - 1 } END { print "mean", sum / NR }' times
waiting=$(awk 'NR > 1 { sum += $4 } END { print (NR > 1 ? sum / (NR - 1) : 1) }' default/timing.tsv)
echo "share of the time waiting for images: $waiting"
failed=$(awk -v waiting="$waiting" '{ sum += $1 / $2 - 1 } END { print (sum / NR > 0.03) + (waiting > 0.02) }' times)
verdict 2 "$failed"
