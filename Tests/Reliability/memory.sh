#!/bin/bash
# Measures the memory of a run of 2,000 steps with a checkpoint every 20. From step 200 on it may grow by
# 2 %, and no file may stay open.
#
#   Tests/Reliability/memory.sh
# shellcheck source=Tests/Reliability/run.sh
. "$(dirname "$0")/run.sh"

material
"${command[@]}" -o run --n-epochs 250 --n-epochs-decay 1 --max-steps 2000 --save-every 20 &
process=$!

# resident STEP: kilobytes once the run has done so many steps.
resident() {
  until [[ $(wc -l <run/log.tsv 2>/dev/null || echo 0) -gt $1 ]]; do sleep 0.05; done
  awk '/^VmRSS/ { print $2 }' "/proc/$process/status"
}
begin=$(resident 200)
files=$(find "/proc/$process/fd" -mindepth 1 | wc -l)
end=$(resident 1990)
files=$(($(find "/proc/$process/fd" -mindepth 1 | wc -l) - files))
wait $process
echo "resident at step 200: $begin kB, at step 1990: $end kB; files opened and kept: $files"
verdict 1 $((end * 100 > begin * 102 || files > 0))
