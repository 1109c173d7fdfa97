#!/bin/bash
# Starts two trainers on one folder at once, many times. Exactly one may run, and the other must name its
# process.
#
#   Tests/Reliability/lock.sh [COUNT=50]
# shellcheck source=Tests/Reliability/run.sh
. "$(dirname "$0")/run.sh"
count=${1:-50}

material
failed=0
for ((i = 0; i < count; i++)); do
  rm -rf run
  statuses=
  "${command[@]}" -o run --max-steps 4 2>first &
  one=$!
  "${command[@]}" -o run --max-steps 4 2>second &
  other=$!
  for process in $one $other; do
    status=0
    wait "$process" || status=$?
    statuses+=" $status"
  done
  case $statuses in
    ' 0 73') refusal=second winner=$one ;;
    ' 73 0') refusal=first winner=$other ;;
    *) refusal=/dev/null winner=nobody ;;
  esac
  if ! grep -q "another cg-train is at work here, process $winner on " "$refusal"; then
    echo "statuses$statuses"
    cat first second
    failed=$((failed + 1))
  fi
done
verdict "$count" "$failed"
