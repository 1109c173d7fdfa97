#!/bin/bash
# Translates the images below a folder in two processes of one thread each, a hundred at a time.
#
#   translate-xargs.sh WEIGHTS IN OUT
set -eu -o pipefail
weights=$1 in=$2 out=$3

find "$in" -type f -print0 | xargs -0 -r -n 100 -P 2 cg-apply -w "$weights" -t 1 -o "$out/"
