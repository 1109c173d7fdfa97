#!/usr/bin/env python3
"""Holds cg-weights against PyTorch, safetensors, the ONNX checker and ONNX Runtime.

    python3 interchange.py BIN [--full]

BIN is the folder of the built tools. Needs torch, numpy, safetensors, onnx, onnxruntime. Networks of
the official shape are saved by PyTorch in both containers, imported, exported in every format, and
loaded again; --full takes the official widths. Prints a line for each network, and fails if anything
is not bitwise equal, or any output is more than 1e-4 from PyTorch's or cg-apply's.
"""

import importlib.util
import io
import pathlib
import subprocess
import sys
import tempfile
import types

import numpy
import onnx
import onnxruntime
import torch
from safetensors.torch import load_file

HERE = pathlib.Path(__file__).resolve().parent
TOLERANCE = 1e-4

source = HERE.parent / "CycleGANTests/Fixtures/parity/make-forward.py"
spec = importlib.util.spec_from_file_location("make_forward", source)
official = importlib.util.module_from_spec(spec)
spec.loader.exec_module(official)

# netG, input_nc, output_nc, ngf, norm, dropout; width of the quick check, sizes.
GENERATORS = [
    (("resnet_9blocks", 3, 3, 64, "instance", False), 6, [(256, 256), (128, 200), (36, 20)]),
    (("resnet_6blocks", 3, 3, 64, "instance", True), 6, [(128, 128), (64, 100), (8, 12)]),
    (("resnet_6blocks", 1, 3, 64, "batch", False), 6, [(128, 128), (64, 100), (8, 12)]),
    (("resnet_6blocks", 3, 1, 64, "none", False), 6, [(128, 128), (64, 100), (8, 12)]),
    (("resnet_6blocks:resize", 3, 3, 64, "instance", False), 6, [(128, 128), (64, 100), (8, 12)]),
    (("unet_128", 3, 3, 64, "instance", False), 4, [(128, 128), (256, 128), (128, 384)]),
    (("unet_256", 3, 3, 64, "batch", True), 4, [(256, 256), (512, 256), (256, 512)]),
    (("unet_128", 1, 1, 64, "none", False), 4, [(128, 128), (256, 128), (128, 384)]),
]
# Layers (0 judges pixels), input_nc, ndf, norm.
DISCRIMINATORS = [((3, 3, 64, "instance"), 6), ((5, 1, 64, "batch"), 3), ((2, 3, 64, "none"), 6),
                  ((0, 3, 64, "instance"), 6), ((0, 3, 64, "batch"), 6)]


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True,
                          **options).stdout


def load_as_official(network, path):
    """What the official base_model.py does with a file before it loads it strictly."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    if hasattr(state, "_metadata"):
        del state._metadata
    for key in list(state.keys()):
        *path, leaf = key.split(".")
        module = network.get_submodule(".".join(path))
        if type(module).__name__.startswith("InstanceNorm"):
            if leaf in ("running_mean", "running_var") and getattr(module, leaf) is None:
                state.pop(key)
            if leaf == "num_batches_tracked":
                state.pop(key)
    network.load_state_dict(state)


def same(first, second):
    assert set(first) == set(second)
    for name, value in first.items():
        assert value.dtype == second[name].dtype and torch.equal(value, second[name]), name


def prepared(network, channels, size):
    """Weights as the official initialization draws them at its width, statistics of some pictures."""
    for name, value in network.state_dict().items():
        if value.ndim == 4:
            # 0.02 of normal deviation where 256 channels meet in 3 x 3, and as much elsewhere.
            torch.nn.init.kaiming_normal_(value).mul_(0.68)
        elif value.dtype != torch.int64 and "running" not in name:
            value.normal_(1.0 if name.endswith("weight") else 0.0, 0.1)
    if any(isinstance(module, torch.nn.BatchNorm2d) for module in network.modules()):
        network.train()
        for _ in range(3):
            network(torch.rand(2, channels, *size) * 2 - 1)
    return network.eval()


def check_files(tools, folder, make, network, options):
    """Import and export of every format; what is left over is the weights file."""
    state = network.state_dict()
    for container, is_zip in (("zip", True), ("legacy", False)):
        torch.save(state, folder / "saved.pth", _use_new_zipfile_serialization=is_zip)
        run(tools / "cg-weights", "import", folder / "saved.pth", "-o", folder / f"{container}.bin",
            *options)
        same(state, load_file(folder / f"{container}.bin"))
    weights = folder / "zip.bin"
    assert weights.read_bytes() == (folder / "legacy.bin").read_bytes()
    for file, more in (("again.pth", []), ("again-legacy.pth", ["--format", "legacy"]),
                       ("again.safetensors", []), ("bare.safetensors", ["--no-metadata"])):
        run(tools / "cg-weights", "export", weights, "-o", folder / file, *more)
        if file.endswith("pth"):
            loaded = make()
            load_as_official(loaded, folder / file)
            same(state, loaded.state_dict())
            # What Python saves again keeps what these tools know about it.
            torch.save(torch.load(folder / file, weights_only=True), folder / "resaved.pth")
            for source in (file, "resaved.pth"):
                run(tools / "cg-weights", "import", folder / source, "-o", folder / "back.bin")
                assert (folder / "back.bin").read_bytes() == weights.read_bytes(), source
        else:
            same(state, load_file(folder / file))
    return weights


def check_onnx(tools, folder, network, weights, channels, sizes, applies):
    """The largest differences to PyTorch, relative where the output is beyond 1, and to cg-apply."""
    file = folder / "network.onnx"
    run(tools / "cg-weights", "export", weights, "-o", file)
    onnx.checker.check_model(str(file), full_check=True)
    assert onnx.load(str(file), load_external_data=False).opset_import[0].version >= 17
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    from_torch, from_apply = 0.0, 0.0
    for count, (height, width) in zip((1, 2, 3), sizes):
        picture = torch.rand(count, channels, height, width) * 2 - 1
        output, = session.run(None, {"input": picture.numpy()})
        truth = network(picture).numpy()
        assert output.shape == truth.shape
        from_torch = max(from_torch, abs(output - truth).max())
        if applies:
            stream = io.BytesIO()
            for frame in picture.numpy():
                numpy.save(stream, frame)
            made = run(tools / "cg-apply", "-w", weights, "--plain", input=stream.getvalue())
            reader = types.SimpleNamespace(read=io.BytesIO(made).read)
            frames = [numpy.lib.format.read_array(reader) for _ in range(count)]
            from_apply = max(from_apply, abs(output - numpy.stack(frames)).max())
    return from_torch / max(1, abs(truth).max()), from_apply


def main():
    tools, is_full = pathlib.Path(sys.argv[1]).resolve(), "--full" in sys.argv
    torch.manual_seed(1)
    print("network\tlargest difference of ONNX Runtime to PyTorch\tto cg-apply")
    cases = []
    for (word, inputs, outputs, width, norm, dropout), small, sizes in GENERATORS:
        fields = word, inputs, outputs, width if is_full else small, norm, dropout
        options = ["--direction", "BA"] + ["--upsample", "resize"] * word.endswith("resize")
        cases.append((official.generator, fields, inputs, sizes, options))
    for (layers, inputs, width, norm), small in DISCRIMINATORS:
        fields = layers, inputs, width if is_full else small, norm
        sizes = [(256, 256), (128, 96), (200, 140)]
        cases.append((official.discriminator, fields, inputs, sizes, ["--domain", "B"]))
    for make, fields, channels, sizes, options in cases:
        with tempfile.TemporaryDirectory() as name, torch.inference_mode():
            folder, applies = pathlib.Path(name), make is official.generator
            network = prepared(make(*fields), channels, sizes[0])
            weights = check_files(tools, folder, lambda: make(*fields), network, options)
            found = check_onnx(tools, folder, network, weights, channels, sizes, applies)
            print(*fields, *(f"\t{number:.1e}" for number in found[:1 + applies]), flush=True)
            assert max(found) <= TOLERANCE, fields


main()
