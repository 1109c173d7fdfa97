#!/usr/bin/env python3
"""Gives cg-weights files that were made to harm it, and measures what each costs.

    python3 hostile.py BIN

BIN is the folder of the built tools. Needs torch, numpy, fickling and GNU time; strace where it is
there. Every file has to be refused with status 65 and one reason, within a second of a processor, in
no more memory than its own length and 64 MiB, on a stack of 1 MiB, without a process, a socket or a
file. Prints what the worst one of each kind took.
"""

import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

from hostile_files import bombs, cuts, injections, instructions, names, shared, tricks

TOOLS = pathlib.Path(sys.argv[1]).resolve()
SECONDS, SPARE = 1.0, 64 << 20


def limit():
    resource.setrlimit(resource.RLIMIT_STACK, (1 << 20, 1 << 20))


def measure(data, folder):
    """Status, what was said, seconds, and bytes of memory."""
    file = folder / "hostile.pth"
    file.write_bytes(data)
    with open(folder / "said", "w+b") as said:
        # GNU time starts the tool from a small process: a child's memory counts from its parent's on.
        status = subprocess.run(
            ["/usr/bin/time", "-q", "-f", "%U %S %M", "-o", folder / "took", TOOLS / "cg-weights",
             "import", file, "-o", folder / "out.bin"], cwd=folder, stdout=said, stderr=said,
            preexec_fn=limit).returncode
        said.seek(0)
        took = folder / "took"
        user, system, kilobytes = took.read_text().split()
        took.unlink()
        return status, said.read(), float(user) + float(system), int(kilobytes) * 1024


def traced(data, folder):
    """Whether the only process is the tool's, and there is no socket."""
    (folder / "hostile.pth").write_bytes(data)
    log = folder / "trace"
    subprocess.run(
        ["strace", "-f", "-qq", "-e", "trace=%process,%network", "-o", log, TOOLS / "cg-weights",
         "import", folder / "hostile.pth", "-o", folder / "out.bin"], capture_output=True, cwd=folder)
    calls = [line.split("(")[0].split()[-1] for line in log.read_text().splitlines() if "(" in line]
    log.unlink()
    return calls.count("execve") == 1 and not any("sock" in call or "fork" in call for call in calls)


def main():
    print("kind\tfiles\tCPU seconds, worst\tMiB beyond the file, worst")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for kind in (instructions, names, injections, bombs, shared, tricks, cuts):
            count, slowest, largest = 0, 0.0, 0
            for data in kind():
                status, said, seconds, memory = measure(data, folder)
                lines = said.decode().splitlines()
                left = sorted(path.name for path in folder.iterdir())
                beyond = memory - len(data)
                fault = None
                if status != 65:
                    fault = f"status {status}"
                elif len(lines) != 1 or not lines[0].startswith("cg-weights: "):
                    fault = "what it says"
                elif left != ["hostile.pth", "said"]:
                    fault = f"it left {left}"
                elif seconds > SECONDS or beyond > SPARE:
                    fault = f"{seconds:.2f} s, {beyond >> 20} MiB beyond"
                if fault:
                    shutil.copy(folder / "hostile.pth", "/tmp/hostile-found.pth")
                    sys.exit(f"{kind.__name__} {count}: {fault}: {said[:500]!r}, in "
                             "/tmp/hostile-found.pth")
                count, slowest, largest = count + 1, max(slowest, seconds), max(largest, beyond)
            print(f"{kind.__name__}\t{count}\t{slowest:.2f}\t{largest / (1 << 20):.0f}", flush=True)
        if shutil.which("strace"):
            checked = [traced(data, folder) for data in injections()]
            assert all(checked)
            print(f"traced\t{len(checked)}\tone process each, no socket")


main()
