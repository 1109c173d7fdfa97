"""Files whose names and shapes no network has, and large tensors: each generator yields one kind."""

import json
import math
import random
import struct

from hostile_files import tensor, zipped


def safetensors(tensors, kind="F32", width=4, metadata=None):
    """A file of zeros; a number between two empty tensors, which may not lie in one place."""
    header, end = {"__metadata__": metadata} if metadata else {}, 0
    for i, (name, shape) in enumerate(tensors):
        size = width * math.prod(shape)
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [end, end + size]}
        end += size
        if size == 0:
            header[f"x{i}"] = {"dtype": "U8", "shape": [1], "data_offsets": [end, end + 1]}
            end += 1
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(end)


def state_dict(tensors):
    """A file of torch.save with tensors on one small storage."""
    items = b""
    for name, shape in tensors:
        stride, text = [int(0 in shape)] * len(shape), name.encode()
        items += b"X" + struct.pack("<I", len(text)) + text + tensor(b"Float", 4, shape, stride)
    return zipped(b"\x80\x02}(" + items + b"u.", [bytes(16)])


KEYS = (["model.0.weight", "model.1.weight", "model.2.weight", "model.2.running_mean", "model.3.weight",
         "net.0.weight", "net.2.weight", "net.5.weight", "model.model.0.weight", "model.model.3.weight",
         "model.model.1.model.1.weight", "model.10.conv_block.1.weight", "model.10.conv_block.6.weight",
         "model.17.weight", "model.99999999999999999999.weight", "model.-1.weight", "model..weight",
         "model.9223372036854775807.weight", "module.module.", ".", "/", "generatorAB/model.1.weight",
         "netG.model.1.weight", "netD.net.0.weight", "model.0.weight_orig", "\u00e9.model.1.weight"])
SIDES = [0, 1, 2, 3, 4, 6, 7, 4096, 1 << 31, 1 << 61, 1 << 62, (1 << 63) - 1]


def deep():
    """Networks of impossible depths, of which there is hardly more than the names."""
    for layers in (1, 16, 17, 62, 63, 64, 70, 200, 5000):
        yield [("model.0.weight", [2, 3, 4, 4])] + [
            (f"model.{3 * i + 2}.weight", [1, 1, 1, 1]) for i in range(layers + 1)]
        yield [("model.1.weight", [2, 3, 7, 7])] + [
            (f"model.{10 + i}.conv_block.1.weight", [1]) for i in range(layers)]
    for downs in (4, 12, 13, 62, 64, 200):
        yield [("model.model.0.weight", [2, 3, 4, 4])] + [
            ("model.model.1.model" + i * ".3.model" + ".1.weight", [1]) for i in range(downs)]


def wide():
    """Sides that no network has, of tensors without an element."""
    kernels = {"model.0.weight": [4, 4], "model.1.weight": [7, 7], "net.0.weight": [1, 1],
               "model.model.0.weight": [4, 4]}
    for name, kernel in kernels.items():
        for a, b in [(1 << 61, 0), (0, 1 << 62), ((1 << 63) - 1, 0), (0, 3), (4096, 0), (4097, 0)]:
            yield [(name, [a, b, *kernel])] + [
                (f"model.{i}.weight", [1, 1, 1, 1]) for i in (2, 5, 8)]


def networks():
    """Small files of hostile names and shapes, in both kinds of files."""
    draw = random.Random(5)
    lists = list(deep()) + list(wide())
    for _ in range(100):
        keys = draw.sample(KEYS, draw.randint(1, 8))
        shapes = [[draw.choice(SIDES) for _ in range(draw.choice((0, 1, 2, 4, 4, 4)))] for _ in keys]
        # Without an element a tensor may be of any shape; with some it has to be small.
        lists.append([(key, shape if math.prod(shape) < 100 else [*shape[:-1], 0])
                      for key, shape in zip(keys, shapes)])
    for tensors in lists:
        yield safetensors(tensors)
        yield state_dict(tensors)
    for words in ({"netG": "resnet_999blocks", "ngf": str((1 << 63) - 1)},
                  {"netG": "unet_4096", "ngf": "4096"}, {"netG": "unet_9223372036854775808"},
                  {"role": "discriminatorA", "ndf": "-1"}):
        yield safetensors([("x", [1])], metadata=words)


def large():
    """One tensor of 100 MiB of every type, as it lies and transposed; how long it is once it is read."""
    types = {"Float": 4, "Double": 4, "Half": 4, "BFloat16": 4, "Long": 8, "Byte": 1}
    for kind, width in {"Float": 4, "Double": 8, "Half": 2, "BFloat16": 2, "Long": 8, "Byte": 1}.items():
        count = (100 << 20) // width
        for size, stride in (([count], [1]), ([1024, count // 1024], [1, 1024])):
            pickled = tensor(kind.encode(), count, size, stride)
            data = zipped(b"\x80\x02}U\1a" + pickled + b"s.", [bytes(100 << 20)])
            yield kind.lower() + " transposed" * (len(size) > 1), data, count * types[kind]
    for kind, width in {"F32": 4, "F64": 8, "F16": 2, "I64": 8}.items():
        count = (100 << 20) // width
        read = count * (8 if kind == "I64" else 4)
        yield "safetensors " + kind, safetensors([("a", [count])], kind, width), read
