#!/bin/bash
# Translates the images below a folder in one process, only what is missing or older than its input.
#
#   translate-find.sh WEIGHTS IN OUT
set -eu -o pipefail
weights=$1 in=$2 out=$3

find "$in" -type f -print0 | sort -z | cg-apply -0 -w "$weights" --update -o "$out/"
