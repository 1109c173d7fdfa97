#!/bin/bash
# Kills a run at random moments and resumes it. Its weights, optimizers, image pools and tables must equal
# those of an uninterrupted run, bit for bit.
#
#   [SEED=1] Tests/Reliability/kill.sh [COUNT=10] [SIGNAL=KILL]
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=Tests/Reliability/run.sh
. "$here/run.sh"
count=${1:-10}
signal=${2:-KILL}

material
start=$(date +%s%N)
"${command[@]}" -o whole
milliseconds=$((($(date +%s%N) - start) / 1000000))

failed=0
killed=0
for ((i = 0; i < count; i++)); do
  rm -rf broken
  # Killed once, and sometimes again.
  while :; do
    "${command[@]}" -o broken 2>errors &
    random "$milliseconds" >moment
    sleep "$(printf '%d.%03d' $(($(<moment) / 1000)) $(($(<moment) % 1000)))"
    if kill "-$signal" $! 2>/dev/null; then killed=$((killed + 1)); fi
    wait $! 2>/dev/null || :
    [[ $(random 3) == 0 ]] || break
  done
  if ! "${command[@]}" -o broken 2>errors || ! same whole broken; then
    failed=$((failed + 1))
    cat errors
  fi
done
echo "seed ${SEED:-1}, an unbroken run takes $milliseconds ms, $killed signals SIG$signal"
verdict "$count" "$failed"
