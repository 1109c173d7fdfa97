#!/bin/bash
# Builds the package and compares its translation with that of cg-apply: the bytes must be equal.
#
#   examples/package/run.sh TOOLS [SCRATCH]
#
# TOOLS is the folder of the built tools. SCRATCH is the build folder. Needs no network once the
# repository itself has been built: the dependency's clone and version are taken from there.
set -eu -o pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
tools=$(cd "$1" && pwd)
scratch=${2:-$root/.build/package}

# The versions of the repository, and its clones of them.
clones=$(find "$root/.build" -maxdepth 2 -name repositories -not -path "$scratch/*" -print -quit)
mkdir -p "$scratch"
[[ -d $scratch/repositories || -z $clones ]] || cp -a "$clones" "$scratch/"
[[ ! -f $root/Package.resolved ]] || cp "$root/Package.resolved" "$here/"

export CYCLEGAN_WITHOUT_TRAINER=1
"${SWIFT:-swift}" build -c release --package-path "$here" --scratch-path "$scratch"

fixtures=$root/Tests/CycleGANTests/Fixtures
weights=$fixtures/weights/zip-torch-1.6.pth
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$scratch/release/translate" "$weights" "$fixtures/images/jpeg-420.jpg" "$folder/package.png"
"$tools/cg-apply" -q -w "$weights" -o "$folder/tool.png" "$fixtures/images/jpeg-420.jpg"
cmp "$folder/package.png" "$folder/tool.png"
echo "examples/package: 1 passed, 0 failed"
