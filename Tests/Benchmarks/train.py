"""cg-train: a step beside PyTorch's."""

import csv
import tempfile

import numpy
from safetensors.torch import save_file
import torch

import reference
from stopwatch import CORES, Table, seconds

FIRST = 2  # steps whose losses are compared; the second sees what the first has changed
BF16 = ("--amp", "bf16")


class Subject:
    """Equal networks and images for both trainers."""

    def __init__(self, bench, blocks, width, side, steps):
        torch.set_num_threads(CORES)
        torch.manual_seed(0)
        self.train, self.folder, self.steps = bench.tool("cg-train"), bench.folder, steps
        self.options = [
            "--netG", f"resnet_{blocks}blocks", "--ngf", width, "--ndf", width, "--load-size", side,
            "--crop-size", side, "--init-from", bench.folder, "--serial-batches", "--no-flip",
            "--pool-size", 0, "--print-freq", 1, "-q"]
        self.float32, self.bf16, exact = (
            reference.Trainer(blocks, width, width) for _ in range(3))
        for name, network in self.float32.networks.items():
            save_file(network.state_dict(), bench.folder / f"{name}.bin")
            self.bf16.networks[name].load_state_dict(network.state_dict())
            exact.networks[name].load_state_dict(network.state_dict())
            exact.networks[name].double()
        random = numpy.random.default_rng(3)
        levels = random.integers(0, 256, (2, 1 + max(FIRST, steps), side, side, 3), "uint8")
        for domain, images in zip("AB", levels):
            with open(bench.folder / domain, "wb") as stream:
                for image in images:
                    numpy.save(stream, image)
        values = torch.from_numpy(levels).permute(1, 0, 4, 2, 3).float() / 127.5 - 1
        self.pairs = [(a[None], b[None]) for a, b in values]
        self.exact = [exact.step(a.double(), b.double()) for a, b in self.pairs[:FIRST]]

    def run(self, last, *options):
        """Trains from the beginning; the seconds, and the losses of all steps."""
        with tempfile.TemporaryDirectory(dir=self.folder) as run:
            took = self.train.seconds(
                "-A", self.folder / "A", "-B", self.folder / "B", "-o", run, "--max-steps", last,
                *self.options, *options)
            with open(f"{run}/log.tsv") as log:
                return took, list(csv.DictReader(log, delimiter="\t"))

    def seconds(self, *options):
        """What one more step takes."""
        return (self.run(1 + self.steps, *options)[0] - self.run(1, *options)[0]) / self.steps

    def peer_steps(self, trainer, pairs):
        with torch.autocast("cpu", torch.bfloat16, enabled=trainer is self.bf16):
            return [trainer.step(*pair) for pair in pairs]

    def peer_seconds(self, trainer):
        some = self.pairs[:max(1, self.steps // 2)]
        return seconds(lambda: self.peer_steps(trainer, some)) / len(some)

    def difference(self, steps):
        """The largest of any loss to PyTorch's float64, as a share of the loss."""
        shares = [
            abs(float(losses[name]) - loss) / abs(loss)
            for losses, exact in zip(steps, self.exact, strict=True)
            for name, loss in exact.items()]
        return f"{max(shares):.1e}"

    def add(self, table, named, options, trainer):
        """Ours and PyTorch's, with the same numbers."""
        row = len(table.programs)
        table.add(
            f"cg-train{''.join(f' {option}' for option in options)}",
            lambda: self.seconds(*options), self.difference(self.run(FIRST, *options)[1]), row)
        difference = self.difference(self.peer_steps(trainer, self.pairs[:FIRST]))
        table.add(
            f"PyTorch {torch.__version__.split('+')[0]}{named}",
            lambda: self.peer_seconds(trainer), difference, row)

    def has_bf16(self):
        with tempfile.TemporaryDirectory(dir=self.folder) as run:
            return self.train.can(
                "-A", self.folder / "A", "-B", self.folder / "B", "-o", run, "--max-steps", 1,
                *self.options, *BF16)


def measure(bench):
    sizes = ((6, 32, 64, 40), (9, 64, 256, 2))
    for blocks, width, side, steps in sizes[:1] if bench.quick else sizes:
        subject = Subject(bench, blocks, width, side, steps)
        table = Table(
            f"a training step, {side} x {side}, ngf {width}, {blocks} blocks",
            bench.rounds if side <= 64 else min(3, bench.rounds),
            f"largest relative difference of a loss to float64 in {FIRST} steps")
        subject.add(table, "", (), subject.float32)
        if subject.has_bf16():
            subject.add(table, ", bf16 autocast", BF16, subject.bf16)
        table.print()
