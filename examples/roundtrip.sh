#!/bin/bash
# There and back again through pipes: A to B to A, at 256 x 256, one PNG file for every picture.
#
#   roundtrip.sh GEN_AB GEN_BA IN OUT
set -eu -o pipefail
gen_ab=$1 gen_ba=$2 in=$3 out=$4

cg-prep --resize 256x256 "$in" |
  cg-apply -w "$gen_ab" |
  cg-apply -w "$gen_ba" --format png -o "$out/"
