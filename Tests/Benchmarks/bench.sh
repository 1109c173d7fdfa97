#!/bin/bash
# Measures the tools against the peers that can be had here; a table in Markdown on stdout.
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
for package in numpy pillow safetensors torch onnx onnxruntime openvino; do
  "$venv/bin/python" -c "import ${package/pillow/PIL}" 2>/dev/null && continue
  echo "bench: installing $package" >&2
  "${pip[@]}" "$package" >&2 || echo "bench: no $package here; it is left out" >&2
done
exec "$venv/bin/python" "$here/measure.py" --tools "$tools" "$@"
