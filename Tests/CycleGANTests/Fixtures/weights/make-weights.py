#!/usr/bin/env python
"""Writes what torch.save writes, small, and beside each file a table of what it holds.

    python3 make-weights.py        PyTorch 2.x writes the zip-*.pth and legacy-*.pth without a version
    python3.6 make-weights.py      PyTorch 1.6 writes zip-torch-1.6.pth
    python2.7 make-weights.py      PyTorch 1.0 writes legacy-python-2.pth

needs NumPy as well. A table has a line for each tensor: name, type, shape, and the CRC-32 of its
elements in C order, widened or narrowed to float32, int64 or uint8 as the tools do.
"""

import collections
import io
import os
import pickle
import struct
import sys
import zlib

import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "int64": "I64",
    "int32": "I32", "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL"}
VERSION = tuple(int(part) for part in torch.__version__.split("+")[0].split(".")[:2])


def converted(tensor):
    tensor = tensor.detach()
    word = str(tensor.dtype).split(".")[1]
    if "float" in word:
        return tensor.float()
    return tensor.to(torch.uint8 if word in ("uint8", "bool") else torch.int64)


def write(name, value, tensors=None, **options):
    path = os.path.join(HERE, name + ".pth")
    if not isinstance(value, bytes):
        if VERSION >= (1, 6):
            options["_use_new_zipfile_serialization"] = name.startswith("zip")
        torch.save(value, path, **options)
    else:
        with open(path, "wb") as file:
            file.write(value)
    lines = []
    for key, tensor in (tensors or value).items():
        crc = zlib.crc32(converted(tensor).contiguous().numpy().tobytes()) & 0xFFFFFFFF
        shape = "x".join(str(extent) for extent in tensor.shape) or "-"
        word = TYPES[str(tensor.dtype).split(".")[1]]
        lines.append("%s\t%s\t%s\t%08x\n" % (key, word, shape, crc))
    with open(path + ".tsv", "w") as file:
        file.write("# PyTorch %s, Python %d.%d\n" % ((torch.__version__,) + sys.version_info[:2]))
        file.write("".join(lines))


class Sum(nn.Module):
    def __init__(self, layers):
        super(Sum, self).__init__()
        self.conv_block = nn.Sequential(*layers)


class Named(nn.Module):
    def __init__(self, layers):
        super(Named, self).__init__()
        self.model = nn.Sequential(*layers)


def resnet(width, norm, bias, dropout=False):
    """resnet_1blocks with the official names; only its parameters matter."""
    def half():
        channels = 4 * width
        return [nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=bias), norm(channels)]
    layers = [nn.ReflectionPad2d(3), nn.Conv2d(3, width, 7, bias=bias), norm(width), nn.ReLU()]
    for c in (width, 2 * width):
        layers += [nn.Conv2d(c, 2 * c, 3, 2, 1, bias=bias), norm(2 * c), nn.ReLU()]
    layers += [Sum(half() + [nn.ReLU()] + [nn.Dropout(0.5)] * dropout + half())]
    for c in (2 * width, width):
        layers += [nn.ConvTranspose2d(2 * c, c, 3, 2, 1, 1, bias=bias), norm(c), nn.ReLU()]
    return Named(layers + [nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh()])


def old_norm(channels):
    """The norm of the official code in the middle of 2018; older PyTorch always had the statistics."""
    return nn.InstanceNorm2d(channels, track_running_stats=True)


def instance(dropout=False):
    return resnet(1, nn.InstanceNorm2d, True, dropout).state_dict()


def edge_values(dtype):
    info = torch.finfo(dtype)
    values = [0.0, -0.0, 1.5, -1 / 3, info.max, info.min, info.tiny, info.tiny / 2, info.eps,
              float("inf"), float("-inf"), 65504.0, 1e-40, 3.14159274]
    return torch.tensor(values, dtype=torch.float64).to(dtype)


def views():
    base = torch.randn(6, 8)
    image = torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last)
    flat = torch.randn(40)
    return collections.OrderedDict([
        ("whole", base), ("transposed", base.t()), ("rows", base[2:5]), ("columns", base[:, 1::3]),
        ("tied", base), ("channels-last", image), ("channel", image[:, 1]),
        ("expanded", flat[3:7].reshape(1, 4).expand(5, 4)), ("scalar", flat[17]),
        ("scalar-of-its-own", torch.tensor(2.5)), ("empty", torch.empty(0)),
        ("empty-inside", flat[7:7].reshape(0, 3)), ("first-part", flat[:20]),
        ("second-part", flat[20:].reshape(4, 5)), ("diagonal", base.diagonal()),
        ("five-dimensions", flat[:32].reshape(2, 2, 2, 2, 2).permute(4, 2, 0, 1, 3))])


def wrapped():
    network = resnet(1, nn.InstanceNorm2d, True)
    adam = torch.optim.Adam(network.parameters(), 2e-4)
    for parameter in network.parameters():
        parameter.grad = torch.ones_like(parameter)
    adam.step()
    state = network.state_dict()
    named = collections.OrderedDict(("module." + name, value) for name, value in state.items())
    return {"epoch": 7, "loss": 0.25, "best": None, "names": ["horse", "zebra"], "done": True,
            "seed": 1 << 40, "optimizer": adam.state_dict(), "state_dict": named}, named


class Old(object):
    """A tensor as PyTorch 0.3 described it: no gradient, no hooks, perhaps a part of a storage."""

    def __init__(self, tensor, view=None):
        self.tensor, self.view = tensor, view

    def __reduce__(self):
        t = self.tensor
        return rebuild, (Storage(t, self.view), t.storage_offset() - (self.view or (0, 0))[0],
                         tuple(t.shape), t.stride())


class Storage(object):
    def __init__(self, tensor, view):
        self.storage, self.view = tensor.untyped_storage(), view
        self.key = str(self.storage._cdata)


BASE = getattr(pickle, "_Pickler", pickle.Pickler)


class OldPickler(BASE):
    """Writes text and dictionaries as Python 2 does."""

    dispatch = dict(BASE.dispatch)
    dispatch[str] = lambda self, text: self.save_python2(text)

    def save_python2(self, text):
        data = text.encode()
        self.write(pickle.SHORT_BINSTRING + struct.pack("B", len(data)) + data)
        self.memoize(text)

    def persistent_id(self, value):
        if not isinstance(value, Storage):
            return None
        view = value.view and (value.key + "1", value.view[0], value.view[1])
        return ("storage", torch.FloatStorage, value.key, "cuda:0", value.storage.nbytes() // 4, view)

    def reducer_override(self, value):
        if isinstance(value, collections.OrderedDict):
            return collections.OrderedDict, ([[key, item] for key, item in value.items()],)
        return NotImplemented


def rebuild(*arguments):
    raise NotImplementedError


def torch03():
    """What PyTorch 0.3 wrote under Python 2, by the source of its serialization.py and _utils.py."""
    base = torch.randn(4, 6)
    tensors = collections.OrderedDict([("plain", torch.randn(2, 3)), ("turned", base.t()),
                                       ("part", base[1:3]), ("whole", base)])
    old = collections.OrderedDict((name, Old(value, (6, 12) if name == "part" else None))
                                  for name, value in tensors.items())
    rebuild.__module__, rebuild.__qualname__ = "torch._utils", "_rebuild_tensor"
    torch._utils._rebuild_tensor, kept = rebuild, torch._utils._rebuild_tensor
    file = io.BytesIO()
    system = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"int": 4}}
    storages = {}
    for value in tensors.values():
        storages[str(value.untyped_storage()._cdata)] = bytes(value.untyped_storage().tolist())
    for value in (0x1950A86A20F9469CFC6C, 1001, system, old, sorted(storages)):
        OldPickler(file, 2).dump(value)
    torch._utils._rebuild_tensor = kept
    for _, data in sorted(storages.items()):
        file.write(struct.pack("<q", len(data) // 4) + data)
    return file.getvalue(), tensors


def modern():
    for container in ("zip", "legacy"):
        for word in ("float64", "float32", "float16", "bfloat16"):
            dtype = getattr(torch, word)
            write(container + "-" + word, {
                "edges": edge_values(dtype), "random": torch.randn(3, 5).to(dtype),
                "turned": torch.randn(4, 3).to(dtype).t()})
        write(container + "-integers", {
            word: torch.tensor([0, 1, 100, -100 if word[0] == "i" else 1]).to(getattr(torch, word))
            for word in ("int64", "int32", "int16", "int8", "uint8", "bool")})
        write(container + "-views", views())
        # A network's own dictionary has the versions of its modules as an attribute.
        batch = resnet(1, nn.BatchNorm2d, False).state_dict()
        assert hasattr(batch, "_metadata")
        write(container + "-batch-norm", batch)
        write(container + "-dropout", dict(instance(dropout=True)))
        write(container + "-wrapped", *wrapped())
    write("zip-parameters", dict(resnet(1, nn.InstanceNorm2d, True).named_parameters()))
    write("zip-compiled", {"_orig_mod." + name: value for name, value in instance().items()})
    pair = {"G_A": instance(), "G_B": instance()}
    write("zip-several", pair, pair["G_B"])
    torch.serialization.set_crc32_options(False)
    write("zip-without-checksums", instance())
    torch.serialization.set_crc32_options(True)
    write("legacy-torch-0.3", *torch03())


torch.manual_seed(1)
# As if all of it had been on a GPU.
torch.serialization.register_package(0, lambda storage: "cuda:0", lambda storage, location: storage)
if VERSION >= (2, 0):
    modern()
else:
    kind = "zip-torch-1.6" if VERSION >= (1, 6) else "legacy-python-2"
    write(kind, resnet(1, old_norm, True).state_dict())
