"""The peers of cg-apply: each runs the same network on the same image with as many threads."""

import importlib.metadata
import pathlib
import subprocess
import sys

import torch

import reference
from stopwatch import CORES, note


def float32(network, batch, folder):
    """Names and callables that return an array."""
    yield f"PyTorch {_version(torch)}", lambda: _eager(network, batch)
    copy = reference.Generator(network.blocks, network.width)
    copy.load_state_dict(network.state_dict())
    last = lambda thing: thing.to(memory_format=torch.channels_last)
    nhwc, values = last(copy.eval()), last(batch)
    yield f"PyTorch {_version(torch)}, channels last", lambda: _eager(nhwc, values)
    yield from _unless_missing("ONNX Runtime", lambda: _onnx(network, batch, folder))
    yield from _unless_missing("OpenVINO", lambda: _openvino(network, batch, "f32"))
    yield from _unless_missing("ncnn", lambda: _ncnn(network, batch, folder))
    yield from _unless_missing("MNN", lambda: _mnn(network, batch, folder))


def bfloat16(network, batch):
    def autocast():
        with torch.autocast("cpu", torch.bfloat16):
            return _eager(network, batch)

    yield f"PyTorch {_version(torch)}, bf16 autocast", autocast
    yield from _unless_missing("OpenVINO", lambda: _openvino(network, batch, "bf16"))


def _version(module):
    return module.__version__.split("+")[0].split("-")[0]


def _unless_missing(name, make):
    try:
        yield make()
    except Exception as error:
        note(f"{name} is left out: {str(error).splitlines()[0]}")


def _eager(network, values):
    with torch.inference_mode():
        return network(values).float().numpy()


def _exported(network, batch, folder):
    path = folder / "generator.onnx"
    torch.onnx.export(network, (batch,), str(path), input_names=["x"], dynamo=False)
    return path


def _onnx(network, batch, folder):
    import onnxruntime

    path = str(_exported(network, batch, folder))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = CORES
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    feed = {"x": batch.numpy()}
    return f"ONNX Runtime {_version(onnxruntime)}", lambda: session.run(None, feed)[0]


def _openvino(network, batch, precision):
    import openvino

    settings = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": CORES}
    model = openvino.convert_model(network, example_input=batch, input=list(batch.shape))
    compiled = openvino.Core().compile_model(model, "CPU", settings)
    numbers = batch.numpy()
    said = "" if precision == "f32" else f", {precision}"
    return f"OpenVINO {_version(openvino)}{said}", lambda: compiled(numbers)[0]


def _converted(folder, converter, *arguments):
    """Runs a converter that a package brought beside this Python."""
    program = pathlib.Path(sys.executable).parent / converter
    subprocess.run([program, *arguments], cwd=folder, check=True, capture_output=True)


def _ncnn(network, batch, folder):
    import ncnn
    import numpy

    torch.jit.trace(network, batch).save(str(folder / "peer.pt"))
    shape = str(list(batch.shape)).replace(" ", "")
    _converted(folder, "pnnx", "peer.pt", f"inputshape={shape}", "fp16=0")
    net = ncnn.Net()
    net.opt.num_threads = CORES
    for name in dir(net.opt):
        if name.startswith("use_") and ("fp16" in name or "bf16" in name):
            setattr(net.opt, name, False)
    net.load_param(str(folder / "peer.ncnn.param"))
    net.load_model(str(folder / "peer.ncnn.bin"))
    image = batch[0].numpy()

    def run():
        extractor = net.create_extractor()
        extractor.input("in0", ncnn.Mat(image))
        return numpy.array(extractor.extract("out0")[1])[None]

    return f"ncnn {_version(ncnn)}", run


def _mnn(network, batch, folder):
    import MNN
    import MNN.expr
    import MNN.nn

    _exported(network, batch, folder)
    _converted(
        folder, "mnnconvert", "-f", "ONNX", "--modelFile", "generator.onnx", "--MNNModel",
        "peer.mnn", "--bizCode", "x")
    settings = {"backend": 0, "numThread": CORES, "precision": "high"}
    manager = MNN.nn.create_runtime_manager((settings,))
    module = MNN.nn.load_module_from_file(
        str(folder / "peer.mnn"), ["x"], [], runtime_manager=manager)
    numbers, nchw = batch.numpy(), MNN.expr.NCHW

    def run():
        given = MNN.expr.const(numbers, list(batch.shape), nchw)
        return MNN.expr.convert(module.onForward([given])[0], nchw).read()

    return f"MNN {importlib.metadata.version('MNN')}", run
