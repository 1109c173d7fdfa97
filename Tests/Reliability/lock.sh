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
  # Neither ends by itself, so that the second always meets the first, however busy the machine is.
  "${command[@]}" -o run --max-steps 1000000 2>first &
  one=$!
  "${command[@]}" -o run --max-steps 1000000 2>second &
  other=$!
  status=0
  wait -n -p refused "$one" "$other" || status=$?
  if [[ $refused == "$one" ]]; then refusal=first winner=$other; else refusal=second winner=$one; fi
  kill -TERM "$winner" || true
  won=0
  wait "$winner" || won=$?
  # 143: the winner was still at work, and ended by the signal.
  if ((status != 73 || won != 143)) ||
    ! grep -q "another cg-train is at work here, process $winner on " "$refusal"; then
    echo "statuses $status $won"
    cat first second
    failed=$((failed + 1))
  fi
done
verdict "$count" "$failed"
