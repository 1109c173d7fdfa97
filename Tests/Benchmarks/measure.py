"""Times the tools and their peers in turn and prints medians, ratios and differences.

Called by bench.sh. A round runs every program once, so that a slow minute of the machine is
shared by all; the table has the median of the rounds. The time of a tool is what one more picture
(or step) costs: the difference between a long and a short run, divided by the difference in
pictures. Its start is measured on its own.
"""

import argparse
import multiprocessing
import os
import pathlib
import statistics
import subprocess
import tempfile
import time
import warnings

import numpy
from PIL import Image
from safetensors.torch import save_file
import torch

import reference

CORES = os.cpu_count()


def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


class Table:
    """Programs measured in turn; the first is ours."""

    def __init__(self, title, rounds):
        self.title, self.rounds, self.programs = title, rounds, []

    def add(self, name, once, difference=""):
        self.programs.append((name, once, difference))

    def print(self):
        times = [[] for _ in self.programs]
        for _ in range(self.rounds):
            for row, (_, once, _) in zip(times, self.programs):
                row.append(once())
        ours = statistics.median(times[0])
        print(f"\n| {self.title} | ms | ours is | largest difference |\n|---|---:|---:|---|")
        for row, (name, _, difference) in zip(times, self.programs):
            middle = statistics.median(row)
            ratio = "" if row is times[0] else f"{middle / ours:.2f} x as fast"
            print(f"| {name} | {middle * 1000:.1f} | {ratio} | {difference} |", flush=True)


class Tool:
    def __init__(self, folder, name):
        self.path = str(pathlib.Path(folder) / name)

    def __call__(self, *arguments, stdin=None, keep=False):
        stdout = subprocess.PIPE if keep else subprocess.DEVNULL
        done = subprocess.run(
            [self.path, *map(str, arguments)], stdin=stdin and open(stdin, "rb"),
            stdout=stdout, check=True)
        return done.stdout


def frames(stream):
    """Every frame of a tensor stream; notes are skipped."""
    view, position, found = memoryview(stream), 0, []
    while position < len(view):
        header = int.from_bytes(view[position + 8:position + 10], "little")
        described = eval(bytes(view[position + 10:position + 10 + header]), {"__builtins__": {}})
        dtype, shape = numpy.dtype(described["descr"]), described["shape"]
        position += 10 + header
        count = int(numpy.prod(shape))
        values = numpy.frombuffer(view, dtype, count, position).reshape(shape)
        position += count * dtype.itemsize
        if len(shape) == 3:
            found.append(values)
    return found


def apply_table(tools, folder, rounds, blocks, width, side, count):
    """One more picture through a generator, float32 in and out."""
    network = reference.initialized(reference.Generator(blocks, width)).eval()
    save_file(network.state_dict(), folder / "gen.bin")
    inputs = numpy.random.default_rng(1).uniform(-1, 1, (count, 3, side, side)).astype("float32")
    for name, some in (("one", inputs[:1]), ("all", inputs)):
        with open(folder / name, "wb") as stream:
            for values in some:
                numpy.save(stream, values)
    apply = Tool(tools, "cg-apply")
    run = lambda name, keep=False: apply("-w", folder / "gen.bin", stdin=folder / name, keep=keep)
    batch = torch.from_numpy(inputs[:1])
    with torch.inference_mode():
        truth = network(batch).numpy()
    far = lambda values: f"{numpy.abs(values - truth).max():.1e}"
    table = Table(f"resnet_{blocks}blocks, ngf {width}, {side} x {side}", rounds)
    each = lambda: (seconds(lambda: run("all")) - seconds(lambda: run("one"))) / (count - 1)
    table.add("cg-apply", each, far(frames(run("one", keep=True))[0][None]))
    for name, peer in peers(network, batch, folder):
        difference = far(peer())
        table.add(name, lambda peer=peer: seconds(peer), difference)
    table.print()
    start = Table(f"the same, start to end on one picture", rounds)
    start.add("cg-apply", lambda: seconds(lambda: run("one")))
    start.print()


def peers(network, batch, folder):
    """Callables that run the network on `batch` and return an array."""
    def eager(model, values):
        with torch.inference_mode():
            return model(values).numpy()
    yield f"PyTorch {torch.__version__}", lambda: eager(network, batch)
    last = lambda thing: thing.to(memory_format=torch.channels_last)
    copy = reference.Generator(
        sum(isinstance(m, reference.Block) for m in network.modules()),
        network.model[1].out_channels)
    copy.load_state_dict(network.state_dict())
    nhwc, values = last(copy.eval()), last(batch)
    yield f"PyTorch {torch.__version__}, channels last", lambda: eager(nhwc, values)
    try:
        import onnxruntime
        path = str(folder / "gen.onnx")
        torch.onnx.export(network, (batch,), path, input_names=["x"], dynamo=False)
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        feed = {"x": batch.numpy()}
        yield f"ONNX Runtime {onnxruntime.__version__}", lambda: session.run(None, feed)[0]
    except Exception as error:
        print(f"\nONNX Runtime left out: {str(error).splitlines()[0]}")
    try:
        import openvino
        settings = {"INFERENCE_PRECISION_HINT": "f32"}
        compiled = openvino.Core().compile_model(
            openvino.convert_model(network, example_input=batch), "CPU", settings)
        numbers = batch.numpy()
        yield f"OpenVINO {openvino.__version__.split('-')[0]}", lambda: compiled(numbers)[0]
    except Exception as error:
        print(f"\nOpenVINO left out: {str(error).splitlines()[0]}")


def shrink(path):
    with Image.open(path) as image:
        return numpy.asarray(image.convert("RGB").resize((286, 286), Image.Resampling.BICUBIC))


def prep_table(tools, folder, rounds, count=64):
    """One more JPEG of 1600 x 1200 decoded and resized."""
    photos = folder / "photos"
    photos.mkdir()
    generator = numpy.random.default_rng(2)
    for i in range(count):
        coarse = generator.integers(0, 256, (75, 100, 3), "uint8")
        picture = Image.fromarray(coarse).resize((1600, 1200), Image.Resampling.BICUBIC)
        picture.save(photos / f"{i:03}.jpg", quality=90)
    paths = sorted(photos.iterdir())
    prep = Tool(tools, "cg-prep")
    run = lambda some, keep=False: prep("--resize", "286x286", *some, keep=keep)
    pairs = zip(frames(run(paths, keep=True)), map(shrink, paths))
    far = max(int(numpy.abs(ours.astype(int) - theirs).max()) for ours, theirs in pairs)
    table = Table("JPEG 1600 x 1200 to 286 x 286", rounds)
    table.add(f"cg-prep, {CORES} cores", lambda: seconds(lambda: run(paths)) / count, far)
    with multiprocessing.Pool(CORES) as pool:
        table.add(
            f"Pillow, {CORES} processes", lambda: seconds(lambda: pool.map(shrink, paths)) / count)
        table.add(
            "Pillow, 1 process", lambda: seconds(lambda: list(map(shrink, paths))) / count)
        table.print()


def train_table(tools, folder, rounds, blocks=6, width=32, side=64, steps=40):
    """One more training step."""
    random = numpy.random.default_rng(3)
    for domain in "AB":
        with open(folder / domain, "wb") as stream:
            for _ in range(steps):
                numpy.save(stream, random.integers(0, 256, (side, side, 3), "uint8"))
    train = Tool(tools, "cg-train")

    def run(last):
        with tempfile.TemporaryDirectory(dir=folder) as output:
            train(
                "-A", folder / "A", "-B", folder / "B", "-o", output, "--max-steps", last, "-q",
                "--load-size", side, "--crop-size", side, "--netG", f"resnet_{blocks}blocks",
                "--ngf", width, "--ndf", width, "--serial-batches", "--no-flip", "--pool-size", 0)

    trainer = reference.Trainer(blocks, width, width)
    pair = [torch.rand(1, 3, side, side) * 2 - 1 for _ in "AB"]
    trainer.step(*pair)

    def peer():
        return seconds(lambda: [trainer.step(*pair) for _ in range(steps // 2)]) / (steps // 2)

    table = Table(f"training step, {side} px, ngf {width}, {blocks} blocks", rounds)
    table.add("cg-train", lambda: (seconds(lambda: run(steps)) - seconds(lambda: run(2))) / (steps - 2))
    table.add(f"PyTorch {torch.__version__}", peer)
    table.print()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tools", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=["apply", "prep", "train"])
    options = parser.parse_args()
    torch.set_num_threads(CORES)
    torch.manual_seed(0)
    warnings.simplefilter("ignore")
    print(f"{CORES} cores, {options.rounds} rounds")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if options.only in (None, "apply"):
            apply_table(options.tools, folder, options.rounds, 6, 32, 128, 32)
            apply_table(options.tools, folder, options.rounds, 9, 64, 256, 5)
        if options.only in (None, "prep"):
            prep_table(options.tools, folder, options.rounds)
        if options.only in (None, "train") and (pathlib.Path(options.tools) / "cg-train").exists():
            train_table(options.tools, folder, options.rounds)


if __name__ == "__main__":
    main()
