#!/usr/bin/env python3
"""Gives cg-weights files that were made to harm it, and measures what each costs.

    python3 hostile.py BIN

BIN is the folder of the built tools. Needs torch, numpy, fickling and GNU time; strace where it is
there. Every file has to be refused with status 65 and one reason, within a second of a processor, in
no more memory than its own length and 64 MiB, on a stack of 1 MiB, without a process, a socket or a
file. Prints what the worst one of each kind took; of more than a thousand, of a thousand at most.

Then every subcommand gets small files of hostile names and shapes, which show may show; and large
tensors of every type are refused by import, and read by show, from a file and through a pipe, within
the memory that cg-weights(5) promises.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

from hostile_files import bombs, cuts, injections, instructions, names, shared, tricks
from hostile_networks import large, networks

TOOLS = pathlib.Path(sys.argv[1]).resolve()
SECONDS, SPARE = 1.0, 64 << 20


IMPORT = "import FILE -o out.bin"
COMMANDS = [IMPORT, "show FILE", "show --json -v FILE", "verify FILE", "export FILE -o out.onnx",
            "export FILE -o out.pth", "diff FILE FILE", "average FILE FILE -o out.bin"]


def measure(data, folder, command=IMPORT, is_piped=False):
    """Status, what was said, seconds, and bytes of memory."""
    file = folder / "hostile.pth"
    file.write_bytes(data)
    words = ["-" if is_piped and word == "FILE" else file if word == "FILE" else word
             for word in command.split()]
    source = ["cat"] if is_piped else ["true"]
    with open(folder / "said", "w+b") as said:
        # GNU time starts the tool from a small process: a child's memory counts from its parent's on.
        status = subprocess.run(
            ["/bin/sh", "-c", 'ulimit -s 1024; "$0" "$1" | { shift; exec "$@"; }', *source, file,
             "/usr/bin/time", "-q", "-f", "%U %S %M", "-o", folder / "took", TOOLS / "cg-weights",
             *words], cwd=folder, stdout=said, stderr=said).returncode
        said.seek(0)
        took = folder / "took"
        user, system, kilobytes = took.read_text().split()
        took.unlink()
        return status, said.read(), float(user) + float(system), int(kilobytes) * 1024


def check(data, folder):
    """Seconds and bytes beyond the file's; ends with what is wrong where something is."""
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
        sys.exit(f"{fault}: {said[:500]!r}, in /tmp/hostile-found.pth")
    return seconds, beyond


def check_networks(folder):
    """Every subcommand on small files: an answer or a reason, and neither signal nor cost."""
    files, worst = list(networks()), (0.0, 0)
    for data in files:
        for command in COMMANDS:
            status, said, seconds, memory = measure(data, folder, command)
            beyond = memory - len(data)
            # 64: of what is named like a checkpoint one network has to be chosen.
            is_right = status in (0, 64, 65) and (status == 0 or b"cg-weights: " in said)
            if not is_right or seconds > SECONDS or beyond > SPARE:
                shutil.copy(folder / "hostile.pth", "/tmp/hostile-found.pth")
                sys.exit(f"{command}: status {status}, {seconds:.2f} s, {beyond >> 20} MiB beyond: "
                         f"{said[:500]!r}, in /tmp/hostile-found.pth")
            worst = max(worst[0], seconds), max(worst[1], beyond)
            for left in folder.glob("out.*"):
                left.unlink()
    print(f"networks\t{len(files)}\t{worst[0]:.2f}\t{worst[1] / (1 << 20):.0f}", flush=True)


def check_large(folder):
    """The memory that large tensors take: none where they are refused, and once where they are read."""
    print("one of 100 MiB\tfiles\t\tMiB beyond: import, show; from a pipe: import, show")
    for name, data, length in large():
        found = []
        for is_piped in (False, True):
            for command, status in ((IMPORT, 65), ("show FILE", 0)):
                ended, said, _, memory = measure(data, folder, command, is_piped)
                assert ended == status, (name, command, ended, said[:500])
                # Refused: what a pipe brought. Read: the numbers; with what a pipe brought out of order.
                allowed = is_piped * len(data) if status else max(len(data), length)
                if is_piped and not status and "transposed" in name:
                    allowed = len(data) + length
                found.append(f"{(memory - allowed) / (1 << 20):.0f}")
                assert memory - allowed <= SPARE, (name, command, is_piped, memory >> 20)
        print(f"{name}\t1\t-\t{' '.join(found)}", flush=True)


def refuse_together(files, folder):
    """Gives many files to each of few processes, and counts what they say."""
    for start in range(0, len(files), 200):
        paths = [folder / str(start + i) for i in range(len(files[start:start + 200]))]
        for path, data in zip(paths, files[start:]):
            path.write_bytes(data)
        done = subprocess.run([TOOLS / "cg-weights", "verify", "-q", *paths], cwd=folder,
                              capture_output=True, text=True)
        assert done.returncode == 65 and len(done.stderr.splitlines()) == len(paths), done.stderr
        for path in paths:
            path.unlink()
        assert not (folder / "bitten").exists()


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
        for kind in (bombs, shared, injections, tricks, instructions, cuts, names):
            files = list(kind())
            refuse_together(files, folder)
            taken = [check(data, folder) for data in files[::1 + len(files) // 1000]]
            seconds, beyond = (max(column) for column in zip(*taken))
            print(f"{kind.__name__}\t{len(files)}\t{seconds:.2f}\t{beyond / (1 << 20):.0f}", flush=True)
        check_networks(folder)
        check_large(folder)
        if shutil.which("strace"):
            checked = [traced(data, folder) for data in injections()]
            assert all(checked)
            print(f"traced\t{len(checked)}\tone process each, no socket")


main()
