#!/bin/bash
# Measures the tools against the peers that can be had here; tables in Markdown on stdout.
#
#   Tests/Benchmarks/bench.sh TOOLS VENV [OPTIONS OF measure.py]
#
# VENV is a folder for a Python environment, made and filled from PyPI at the first run. Python
# serves the peers and the stopwatch only; the tools need none.
set -eu -o pipefail
here=$(cd "$(dirname "$0")" && pwd)
tools=$1 venv=$2
shift 2

[[ -x $venv/bin/python ]] || python3 -m venv "$venv" || {
  echo 'bench: python3 -m venv failed; on Debian: apt-get install python3-venv' >&2
  exit 1
}
pip=("$venv/bin/python" -m pip install -q --disable-pip-version-check)

# PyPI's own torch brings gigabytes of CUDA with it. A wheel in a folder that PIP_FIND_LINKS names
# comes first, then PyTorch's index of wheels for processors.
install_torch() {
  { [[ -n ${PIP_FIND_LINKS-} ]] && "${pip[@]}" --no-index --no-deps torch && "${pip[@]}" torch; } ||
    "${pip[@]}" --retries 0 --timeout 10 --index-url https://download.pytorch.org/whl/cpu torch ||
    "${pip[@]}" torch
}

# A module for each package, with the package where it is called otherwise.
for module in numpy PIL:pillow torch safetensors onnx onnxruntime openvino pyvips:pyvips[binary] \
  ncnn pnnx MNN; do
  package=${module#*:}
  "$venv/bin/python" -c "import ${module%:*}" 2>/dev/null && continue
  echo "bench: installing $package" >&2
  if [[ $package == torch ]]; then install_torch; else "${pip[@]}" "$package"; fi >&2 ||
    echo "bench: no $package here; what needs it is left out" >&2
done
exec "$venv/bin/python" "$here/measure.py" --tools "$tools" "$@"
