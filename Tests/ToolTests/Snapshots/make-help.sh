#!/bin/sh
# Writes the help screens of built tools beside itself: make-help.sh .build/release
set -eu
tools=$(cd "$1" && pwd)
cd "$(dirname "$0")"
export COLUMNS=80
for tool in cg-prep cg-apply cg-cycle cg-train cg-weights; do
  "$tools/$tool" --help > "$tool.txt"
done
for command in show verify import export diff average; do
  "$tools/cg-weights" "$command" --help > "cg-weights-$command.txt"
done
