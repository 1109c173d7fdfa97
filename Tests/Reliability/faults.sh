#!/bin/bash
# Makes every system call of one checkpoint fail, and the first of each kind with all that follow. Nothing
# that was saved may be lost, the message must name a file, and the same command must resume and end with
# the results of an uninterrupted run.
#
#   Tests/Reliability/faults.sh
# shellcheck source=Tests/Reliability/window.sh
. "$(dirname "$0")/window.sh"

# errors_of CALL N: the errors to inject; the hundreds of writes alternate between two.
errors_of() {
  case $1 in
    write) if (($2 % 2)); then echo ENOSPC; else echo EIO; fi ;;
    fsync | close) echo EIO ;;
    openat) echo EACCES EROFS EDQUOT ;;
    rename) echo EROFS EACCES ENOSPC ;;
    unlink | fchmod | ftruncate) echo EACCES ;;
  esac
}

prepare
failed=0
tried=0
fail() {
  echo "$1:"
  cat errors
  failed=$((failed + 1))
}
previous=
while read -r call number; do
  for error in $(errors_of "$call" "$number"); do
    for often in '' +; do
      [[ $often == '' || $call != "$previous" ]] || continue
      what="$call $number$often $error"
      tried=$((tried + 1))
      status=0
      disturbed "$call" "error=$error:when=$number$often" || status=$?
      case $status in
        0 | 73 | 74) ;;
        *) fail "$what ended with $status" ;;
      esac
      # Where no write comes through, no message does; an old checkpoint that stays harms nobody.
      case $call$often in
        write+ | unlink* | close*) ;;
        *) grep -q '^cg-train: .*broken/' errors || fail "$what is not named" ;;
      esac
      if ! "${command[@]}" -o broken 2>errors || ! same whole broken; then fail "after $what"; fi
    done
  done
  previous=$call
done <window
verdict "$tried" "$failed"
