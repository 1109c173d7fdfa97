#!/bin/bash
# Translates A to B to A through pipes, at 256 x 256 px. Writes one PNG file per image.
#
#   roundtrip.sh GEN_AB GEN_BA IN OUT
set -eu -o pipefail
gen_ab=$1 gen_ba=$2 in=$3 out=$4

cg-prep --resize 256x256 "$in" |
  cg-apply -w "$gen_ab" |
  cg-apply -w "$gen_ba" --format png -o "$out/"
