"""cg-apply: its speed beside the peers', its start, and how its cost grows."""

import io
import statistics
import warnings

import numpy
from PIL import Image
from safetensors.torch import save_file
import torch

import peers
import reference
from stopwatch import CORES, Table, in_turn, note, print_table, seconds

warnings.simplefilter("ignore")
torch.set_num_threads(CORES)


class Subject:
    """A generator, and streams of images for it."""

    def __init__(self, bench, blocks, width, side, more):
        torch.manual_seed(0)
        self.network = reference.initialized(reference.Generator(blocks, width)).eval()
        self.title = f"resnet_{blocks}blocks, ngf {width}, {side} x {side}"
        self.apply, self.more = bench.tool("cg-apply"), more
        self.weights, self.one, self.all = (bench.folder / name for name in ("w", "one", "all"))
        save_file(self.network.state_dict(), self.weights)
        shape = (1 + more, 3, side, side)
        values = numpy.random.default_rng(1).uniform(-1, 1, shape).astype("float32")
        for path, some in ((self.one, values[:1]), (self.all, values)):
            with open(path, "wb") as stream:
                for frame in some:
                    numpy.save(stream, frame)
        self.batch = torch.from_numpy(values[:1])

    def seconds(self, *options):
        """Seconds that one more image takes."""
        one, some = (
            self.apply.seconds("-w", self.weights, *options, stdin=stream)
            for stream in (self.one, self.all))
        return (some - one) / self.more

    def peak_bytes(self, *options):
        return self.apply.peak_bytes("-w", self.weights, *options, stdin=self.one)

    def difference(self, values):
        """The largest to PyTorch's float32."""
        if not hasattr(self, "truth"):
            with torch.inference_mode():
                self.truth = self.network(self.batch).numpy()
        return f"{numpy.abs(values - self.truth).max():.1e}"

    def translated(self, *options):
        stream = self.apply.output("-w", self.weights, "--plain", *options, stdin=self.one)
        return numpy.lib.format.read_array(io.BytesIO(stream))[None]


def compare(bench, subject, ours, theirs, options=()):
    rounds = bench.rounds if subject.batch.shape[-1] <= 256 else min(3, bench.rounds)
    table = Table(subject.title, rounds, "largest difference to float32 PyTorch")
    difference = subject.difference(subject.translated(*options))
    table.add(ours, lambda: subject.seconds(*options), difference)
    for name, peer in theirs:
        difference = subject.difference(peer())
        table.add(name, lambda peer=peer: seconds(peer), difference)
    table.print()


def measure(bench):
    """One more image, float32 in and out, beside the peers."""
    sizes = ((6, 32, 128, 31), (9, 64, 256, 4), (9, 64, 512, 2), (9, 64, 1024, 1))
    for blocks, width, side, more in sizes[:2] if bench.quick else sizes:
        subject = Subject(bench, blocks, width, side, more)
        theirs = peers.float32(subject.network, subject.batch, bench.folder)
        compare(bench, subject, "cg-apply", theirs)


def measure_bf16(bench):
    """The same in bfloat16, where the processor has it."""
    bf16 = ("--precision", "bf16")
    for side, more in ((256, 4),) if bench.quick else ((256, 4), (512, 2)):
        subject = Subject(bench, 9, 64, side, more)
        if not subject.apply.can("-w", subject.weights, *bf16, stdin=subject.one):
            return note("this processor has no bfloat16")
        theirs = peers.bfloat16(subject.network, subject.batch)
        compare(bench, subject, "cg-apply --precision bf16", theirs, bf16)


def measure_start(bench):
    """A whole process, with a JPEG in and a PNG out, next to the bare forward pass."""
    subject = Subject(bench, 9, 64, 256, 4)
    photo, painting = bench.folder / "photo.jpg", bench.folder / "painting.png"
    levels = ((subject.batch[0].permute(1, 2, 0) + 1) * 127.5).byte().numpy()
    Image.fromarray(levels).resize((256, 256)).save(photo, quality=90)
    process = lambda: subject.apply.seconds("-w", subject.weights, "-o", painting, photo)
    whole, bare = map(statistics.median, in_turn([process, subject.seconds], bench.rounds))
    head = [f"{subject.title}, JPEG in, PNG out", "ms"]
    print_table(head, [
        ["a whole process, from start to end", f"{whole * 1000:.1f}"],
        ["the bare forward pass", f"{bare * 1000:.1f}"],
        ["what the process takes beyond 1.25 passes", f"{(whole - 1.25 * bare) * 1000:.1f}"]])


def measure_growth(bench):
    """Time and memory by size, width and threads."""
    sides = (128, 256) if bench.quick else (128, 256, 512, 1024)
    for width in (32, 64):
        for threads in dict.fromkeys((1, CORES)):
            growth_table(bench, width, threads, sides)


def growth_table(bench, width, threads, sides):
    rows, smaller = [], None
    for side in sides:
        subject = Subject(bench, 9, width, side, max(1, 1024 // side - 1))
        options = ("-t", threads)
        programs = [lambda: subject.seconds(*options), lambda: subject.peak_bytes(*options)]
        took, peak = map(statistics.median, in_turn(programs, min(3, bench.rounds)))
        pixels = side * side
        growth = f"{(peak - smaller[0]) / (pixels - smaller[1]):.0f}" if smaller else ""
        rows.append([
            f"{side} x {side}", f"{took * 1000:.1f}", f"{took / pixels * 1e9:.0f}",
            f"{peak / 1e6:.0f}", growth])
        smaller = peak, pixels
    title = f"cg-apply, resnet_9blocks, ngf {width}, threads: {threads}"
    print_table([title, "ms", "ns a pixel", "peak MB", "bytes a further pixel"], rows)
