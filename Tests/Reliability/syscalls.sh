#!/bin/bash
# Kills a run at every system call of one checkpoint and resumes it. A checkpoint must load, no temporary
# file may be left, and the results must equal those of an uninterrupted run, bit for bit.
#
#   Tests/Reliability/syscalls.sh
# shellcheck source=Tests/Reliability/window.sh
. "$(dirname "$0")/window.sh"

prepare
failed=0
while read -r call number; do
  if disturbed "$call" "signal=SIGKILL:when=$number"; then
    echo "$call $number was not reached"
    failed=$((failed + 1))
  fi
  if ! "${command[@]}" -o broken 2>errors || ! same whole broken; then
    echo "after $call $number:"
    cat errors
    failed=$((failed + 1))
  fi
done <window
verdict "$(wc -l <window)" "$failed"
