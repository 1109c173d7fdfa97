#!/bin/bash
# Translates the images below a folder with GNU parallel, which passes lists of 500 paths.
# With --sshlogin the same command uses several machines.
#
#   translate-parallel.sh WEIGHTS IN OUT
set -eu -o pipefail
weights=$1 in=$2 out=$3

find "$in" -type f -print0 |
  parallel -0 --pipe -N 500 -q cg-apply -0 -w "$weights" -t 1 -o "$out/"
