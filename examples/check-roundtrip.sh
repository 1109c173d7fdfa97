#!/bin/bash
# Fails if the reconstruction A -> B -> A of any image is below a given PSNR. Prints the worst five.
#
#   check-roundtrip.sh GEN_AB GEN_BA IN DECIBELS
set -eu -o pipefail
gen_ab=$1 gen_ba=$2 in=$3 decibels=$4

report=$(mktemp)
trap 'rm -f "$report"' EXIT
status=0
cg-cycle -w "$gen_ab" -W "$gen_ba" --min-psnr "$decibels" "$in" >"$report" || status=$?
head -n 1 "$report"
tail -n +2 "$report" | head -n -2 | sort -t $'\t' -k 3,3g | head -n 5
exit "$status"
