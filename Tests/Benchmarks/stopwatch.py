"""Runs programs in turn, and says what they took.

A round runs every program once, so that a slow minute of the machine is shared by all. Times are
the medians of the rounds, ratios the medians of the rounds' ratios.
"""

import functools
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

CORES = len(os.sched_getaffinity(0))


def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def in_turn(programs, rounds):
    """What each program gives in each round: a list for every program."""
    results = [[] for _ in programs]
    for _ in range(rounds):
        for result, program in zip(results, programs):
            result.append(program())
    return results


def print_table(head, rows):
    """Prints a Markdown table; all columns but the first are numbers."""
    print(f"\n| {' | '.join(head)} |\n|---|{'---:|' * (len(head) - 1)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    sys.stdout.flush()


@functools.cache
def note(text):
    """Prints a sentence, the first time that it is to be said."""
    print(f"\n{text}", flush=True)


class Table:
    """Programs that do the same; each is compared with one of ours, the first unless said."""

    def __init__(self, title, rounds, difference):
        self.head = [title, "ms", "ours is", difference]
        self.rounds, self.programs = rounds, []

    def add(self, name, once, difference="", ours=0):
        """`once` does it once and returns the seconds; `ours` is the number of a row."""
        self.programs.append((name, once, difference, ours))

    def print(self):
        times = in_turn([once for _, once, _, _ in self.programs], self.rounds)
        rows = []
        for i, (name, _, difference, ours) in enumerate(self.programs):
            ratio = statistics.median(peer / own for peer, own in zip(times[i], times[ours]))
            said = "" if i == ours else f"{ratio:.2f} x as fast"
            rows.append([name, f"{statistics.median(times[i]) * 1000:.1f}", said, difference])
        print_table(self.head, rows)


NO_SUCH_PROCESSOR = 69


class Tool:
    """A program of ours, or of others."""

    def __init__(self, *command):
        self.command = [str(part) for part in command]

    def can(self, *arguments, stdin=None):
        """Whether the processor has what the tool is asked to use."""
        try:
            return self.output(*arguments, stdin=stdin) is not None
        except subprocess.CalledProcessError as error:
            if error.returncode != NO_SUCH_PROCESSOR:
                raise
            return False

    def output(self, *arguments, stdin=None):
        return self._run(arguments, stdin, subprocess.PIPE)[0]

    def seconds(self, *arguments, stdin=None):
        return self._run(arguments, stdin, subprocess.DEVNULL)[1]["seconds"]

    def peak_bytes(self, *arguments, stdin=None):
        return self._run(arguments, stdin, subprocess.DEVNULL)[1]["peak_bytes"]

    def _run(self, arguments, stdin, stdout):
        # Linux counts the memory of whoever starts a program as the program's, so that a small
        # process has to do it.
        report, writing = os.pipe()
        starter = [sys.executable, "-I", "-S", __file__, str(writing)]
        command = starter + self.command + [str(argument) for argument in arguments]
        with open(stdin or os.devnull, "rb") as source, os.fdopen(report) as lines:
            try:
                done = subprocess.run(
                    command, stdin=source, stdout=stdout, pass_fds=[writing], check=True)
            finally:
                os.close(writing)
            return done.stdout, json.load(lines)


def _start(report, command):
    """The small process: runs a command and reports its time and memory."""
    start = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(child, 0)
    taken = {"seconds": time.perf_counter() - start, "peak_bytes": usage.ru_maxrss * 1024}
    with os.fdopen(report, "w") as lines:
        json.dump(taken, lines)
    sys.exit(os.waitstatus_to_exitcode(status))


class Bench:
    """Where the tools are, where files may go, and how thorough to be."""

    def __init__(self, tools, folder, rounds, quick):
        self.tools, self.folder = pathlib.Path(tools), pathlib.Path(folder)
        self.rounds, self.quick = rounds, quick

    def tool(self, name):
        return Tool((self.tools / name).resolve())


if __name__ == "__main__":
    _start(int(sys.argv[1]), sys.argv[2:])
