# shellcheck shell=bash
# The system calls of one checkpoint, for the scripts that make each of them fail. Needs strace.
#
# shellcheck source=Tests/Reliability/run.sh
. "$(dirname "${BASH_SOURCE[0]}")/run.sh"

calls=openat,write,ftruncate,fsync,fchmod,rename,unlink,close

# Makes `whole`, an unbroken run, and `begun`, which has a checkpoint of step 7 and is going to write
# that of step 10 next; and `window`, a line `CALL N` for every call of the main thread meanwhile: from
# the waiting for the tables to the removal of an older checkpoint.
prepare() {
  material
  "${command[@]}" -o whole
  "${command[@]}" -o begun --max-steps 7
  rm begun/*.bin
  cp -a begun traced
  strace -qq -o trace -e trace=$calls "${command[@]}" -o traced
  # strace counts every kind of call by itself.
  awk -F '(' '{ print $1, ++count[$1], $0 }' trace >counted
  local first last
  first=$(grep -n 'openat.*/\.00000010\.ckpt\.' counted | head -n 1 | cut -d : -f 1)
  last=$(grep -n 'openat.*/samples/\.00000010' counted | head -n 1 | cut -d : -f 1)
  sed -n "$((first - 3)),$((last - 1))p" counted | cut -d ' ' -f 1,2 >window
}

# disturbed CALL WHAT: goes on with a copy of `begun` in `broken` while strace injects, and gives the
# status.
disturbed() {
  rm -rf broken
  cp -a begun broken
  # Nobody needs this shell's word about a killed process.
  {
    strace -qq -o trace -e "trace=$calls" -e "inject=$1:$2" "${command[@]}" -o broken 2>errors
  } 2>/dev/null
}
