"""cg-train: a step beside PyTorch's."""

import csv
import tempfile

import numpy
from safetensors.torch import save_file
import torch

import reference
from stopwatch import CORES, Table, seconds

FIRST = 2  # steps whose losses are compared; the second sees what the first has changed


class Subject:
    """Equal networks and pictures for both trainers."""

    def __init__(self, bench, blocks, width, side, steps):
        torch.set_num_threads(CORES)
        torch.manual_seed(0)
        self.train, self.folder, self.steps = bench.tool("cg-train"), bench.folder, steps
        self.options = [
            "--netG", f"resnet_{blocks}blocks", "--ngf", width, "--ndf", width, "--load-size", side,
            "--crop-size", side, "--init-from", bench.folder, "--serial-batches", "--no-flip",
            "--pool-size", 0, "--print-freq", 1, "-q"]
        self.trainer, exact = (reference.Trainer(blocks, width, width) for _ in range(2))
        for name, network in self.trainer.networks.items():
            save_file(network.state_dict(), bench.folder / f"{name}.bin")
            exact.networks[name].load_state_dict(network.state_dict())
            exact.networks[name].double()
        random = numpy.random.default_rng(3)
        levels = random.integers(0, 256, (2, 1 + max(FIRST, steps), side, side, 3), "uint8")
        for domain, pictures in zip("AB", levels):
            with open(bench.folder / domain, "wb") as stream:
                for picture in pictures:
                    numpy.save(stream, picture)
        values = torch.from_numpy(levels).permute(1, 0, 4, 2, 3).float() / 127.5 - 1
        self.pairs = [(a[None], b[None]) for a, b in values]
        self.exact = [exact.step(a.double(), b.double()) for a, b in self.pairs[:FIRST]]

    def run(self, last):
        """Trains from the beginning; the seconds, and the losses of all steps."""
        with tempfile.TemporaryDirectory(dir=self.folder) as run:
            took = self.train.seconds(
                "-A", self.folder / "A", "-B", self.folder / "B", "-o", run, "--max-steps", last,
                *self.options)
            with open(f"{run}/log.tsv") as log:
                return took, list(csv.DictReader(log, delimiter="\t"))

    def seconds(self):
        """What one more step takes."""
        return (self.run(1 + self.steps)[0] - self.run(1)[0]) / self.steps

    def difference(self, steps):
        """The largest of any loss to PyTorch's float64, as a share of the loss."""
        shares = [
            abs(float(losses[name]) - loss) / abs(loss)
            for losses, exact in zip(steps, self.exact, strict=True)
            for name, loss in exact.items()]
        return f"{max(shares):.1e}"

    def peer_seconds(self):
        some = self.pairs[:max(1, self.steps // 2)]
        return seconds(lambda: [self.trainer.step(*pair) for pair in some]) / len(some)


def measure(bench):
    sizes = ((6, 32, 64, 40), (9, 64, 256, 2))
    for blocks, width, side, steps in sizes[:1] if bench.quick else sizes:
        subject = Subject(bench, blocks, width, side, steps)
        table = Table(
            f"a training step, {side} x {side}, ngf {width}, {blocks} blocks",
            bench.rounds if side <= 64 else min(3, bench.rounds),
            f"largest relative difference of a loss to float64 in {FIRST} steps")
        ours, theirs = subject.run(FIRST)[1], [
            subject.trainer.step(*pair) for pair in subject.pairs[:FIRST]]
        table.add("cg-train", subject.seconds, subject.difference(ours))
        table.add(
            f"PyTorch {torch.__version__.split('+')[0]}", subject.peer_seconds,
            subject.difference(theirs))
        table.print()
