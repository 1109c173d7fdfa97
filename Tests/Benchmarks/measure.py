"""Times the tools and their peers in turn and prints medians, ratios and differences as Markdown.

Called by bench.sh. The time of a tool is that of one more image or step: the difference between a long
and a short run, divided by the difference in images. Its start-up is measured separately.
"""

import argparse
import importlib
import pathlib
import tempfile

from stopwatch import CORES, Bench, note

# What can be measured: a module and its function.
PARTS = {
    "apply": ("apply", "measure"),
    "bf16": ("apply", "measure_bf16"),
    "start": ("apply", "measure_start"),
    "growth": ("apply", "measure_growth"),
    "prep": ("prep", "measure"),
    "train": ("train", "measure"),
}


def measure(part, bench):
    module, function = PARTS[part]
    if part == "train" and not (bench.tools / "cg-train").exists():
        return note("cg-train is not built here and left out")
    try:
        found = importlib.import_module(module)
    except ImportError as error:
        return note(f"{part} is left out, since its peers need a package: {error}")
    with tempfile.TemporaryDirectory(dir=bench.folder) as folder:
        getattr(found, function)(Bench(bench.tools, folder, bench.rounds, bench.quick))


def main():
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--tools", required=True, help="the folder of the tools")
    parser.add_argument("--rounds", type=int, help="how often each program runs; 5 unless given")
    parser.add_argument("--quick", action="store_true", help="two rounds, small sizes only")
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART",
        help=f"measure these alone: {', '.join(PARTS)}")
    options = parser.parse_args()
    rounds = options.rounds or (2 if options.quick else 5)
    print(f"{CORES} cores, {rounds} rounds; every program has as many threads as the others")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.tools, folder, rounds, options.quick)
        for part in options.only:
            measure(part, bench)


if __name__ == "__main__":
    main()
