# shellcheck shell=bash
# Functions that the scripts of this folder share. Each script sources this file.
#
# Needs the tools on the PATH, and what a script itself names.
set -eu -o pipefail

folder=$(mktemp -d)
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null || :; rm -rf "$folder"' EXIT
cd "$folder"

# images COUNT FOLDER SEED: noise of 64 x 64 px, smoothed by enlarging.
images() {
  local i
  mkdir -p "$2"
  for ((i = 0; i < $1; i++)); do
    {
      printf 'P6 16 16 255\n'
      awk -v seed="$(($3 * 1000 + i))" 'BEGIN {
        state = 1 + (seed * 7919 + 104729) % 2147483645
        for (i = 0; i < 768; i++) { state = state * 48271 % 2147483647; printf "%c", 1 + state % 126 }
      }'
    } >"$2/$i.ppm"
  done
}

# The run that the promises of bitwise resuming are tried on: 40 steps of 64 px, ngf 4, two blocks.
# shellcheck disable=SC2034  # The scripts that source this use it.
command=(cg-train -q -A A -B B --netG resnet_2blocks --ngf 4 --ndf 4 --load-size 72 --crop-size 64
  --pool-size 5 --n-epochs 4 --n-epochs-decay 1 --print-freq 1 --save-every 5 --seed 1 --ema 0.9
  --val-a C --val-b D)

material() {
  images 8 A 1
  images 6 B 2
  images 2 C 3
  images 2 D 4
}

# same RUN RUN: whether weights, optimizers, pools and tables of two runs are the same bytes.
same() {
  local file
  for file in gen_AB.bin gen_BA.bin disc_A.bin disc_B.bin gen_AB_ema.bin gen_BA_ema.bin \
    best/gen_AB.bin best/gen_BA.bin log.tsv health.tsv validation.tsv checkpoints/00000040.ckpt; do
    cmp "$1/$file" "$2/$file" || return 1
  done
  [[ -z $(find "$2" -name '.*.tmp') ]] || { echo "left behind: $(find "$2" -name '.*.tmp')"; return 1; }
}

# random BOUND: from 0 on, below BOUND, from the seed given to the script.
state=${SEED:-1}
random() {
  state=$(((state * 48271 + 11) % 2147483647))
  echo $((state % $1))
}

verdict() {
  echo "$(($1 - $2)) passed, $2 failed"
  [[ $2 == 0 ]]
}
