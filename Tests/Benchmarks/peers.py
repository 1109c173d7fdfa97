"""The peers of cg-apply: each runs the same network on the same image with as many threads."""

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


def _onnx(network, batch, folder):
    import onnxruntime

    path = str(folder / "generator.onnx")
    torch.onnx.export(network, (batch,), path, input_names=["x"], dynamo=False)
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
