#!/usr/bin/env python3
"""Writes forward.tsv, batch-statistics.tsv and state-dicts.tsv: what PyTorch makes of networks of the
official shape.

    python3 make-forward.py        needs NumPy and PyTorch; the tables say which version wrote them

Weights and pictures come from a linear congruential generator that the tests have as well, so that
no weights are stored. A network runs in float64 on float32 weights: the table has the truth, and
beside it how far PyTorch's own float32 is from it. A picture of a size that a network does not take
is mirrored beyond its right and lower border first, and the result is cut back.

batch-statistics.tsv has the networks with batch norms in train mode, as the official test.py leaves
them without --eval, but without dropout, which is random there.
"""

import math
import pathlib
import zlib

import numpy
import torch
from torch import nn

HERE = pathlib.Path(__file__).parent
SAMPLES = 16


def numbers(seed, count):
    """Multiples of 2^-23 in -1..<1."""
    state, found = seed & 0xFFFFFFFF, numpy.empty(count)
    for i in range(count):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        found[i] = (state >> 8) / 2.0**23 - 1
    return found


def norm(word, channels):
    """The norm's own tensors decide its names: an instance norm has none, and `none` is no layer."""
    return {"instance": nn.InstanceNorm2d, "batch": nn.BatchNorm2d}.get(word, nn.Identity)(channels)


class Sum(nn.Module):
    """x + inner(x)."""

    def __init__(self, layers):
        super().__init__()
        self.conv_block = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.conv_block(x)


class Skip(nn.Module):
    """x and inner(x) along the channels; outermost just inner(x)."""

    def __init__(self, layers, outermost=False):
        super().__init__()
        self.model, self.outermost = nn.Sequential(*layers), outermost

    def forward(self, x):
        return self.model(x) if self.outermost else torch.cat([x, self.model(x)], 1)


class Named(nn.Module):
    """Puts a name in front of the layers' own."""

    def __init__(self, name, layers):
        super().__init__()
        self.add_module(name, layers)
        self.name = name

    def forward(self, x):
        return getattr(self, self.name)(x)


def resnet(blocks, inputs, outputs, width, word, dropout, resize):
    bias = word == "instance"

    def block(channels):
        def half():
            return [nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=bias),
                    norm(word, channels)]
        return Sum(half() + [nn.ReLU()] + [nn.Dropout(0.5)] * dropout + half())

    layers = [nn.ReflectionPad2d(3), nn.Conv2d(inputs, width, 7, bias=bias), norm(word, width),
              nn.ReLU()]
    for c in (width, 2 * width):
        layers += [nn.Conv2d(c, 2 * c, 3, 2, 1, bias=bias), norm(word, 2 * c), nn.ReLU()]
    layers += [block(4 * width) for _ in range(blocks)]
    for c in (2 * width, width):
        layers += [
            nn.Upsample(scale_factor=2), nn.ReflectionPad2d(1), nn.Conv2d(2 * c, c, 3, bias=bias),
        ] if resize else [nn.ConvTranspose2d(2 * c, c, 3, 2, 1, 1, bias=bias)]
        layers += [norm(word, c), nn.ReLU()]
    layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, outputs, 7), nn.Tanh()]
    return Named("model", nn.Sequential(*layers))


def unet(downs, inputs, outputs, width, word, dropout):
    bias = word == "instance"

    def down(a, b):
        return nn.Conv2d(a, b, 4, 2, 1, bias=bias)

    def up(a, b):
        return nn.ConvTranspose2d(a, b, 4, 2, 1, bias=bias)

    sizes = [width * min(8, 2**i) for i in range(downs)]
    inner = Skip([nn.LeakyReLU(0.2), down(sizes[-2], sizes[-1]), nn.ReLU(),
                  up(sizes[-1], sizes[-2]), norm(word, sizes[-2])])
    for depth in range(downs - 2, 0, -1):
        a, b = sizes[depth - 1], sizes[depth]
        inner = Skip([nn.LeakyReLU(0.2), down(a, b), norm(word, b), inner, nn.ReLU(), up(2 * b, a),
                      norm(word, a)] + [nn.Dropout(0.5)] * (dropout and depth >= 4))
    last = nn.ConvTranspose2d(2 * width, outputs, 4, 2, 1)
    layers = [down(inputs, width), inner, nn.ReLU(), last, nn.Tanh()]
    return Named("model", Skip(layers, outermost=True))


def generator(word, inputs, outputs, width, norm_word, dropout):
    family, size = word.split("_")
    if family == "resnet":
        size, _, upsample = size.partition(":")
        return resnet(int(size.removesuffix("blocks")), inputs, outputs, width, norm_word, dropout,
                      upsample == "resize")
    return unet(int(math.log2(int(size))), inputs, outputs, width, norm_word, dropout)


def discriminator(layers, inputs, width, word):
    """`layers` is 0 for the one that judges single pixels."""
    bias = word == "instance"
    if layers == 0:
        return Named("net", nn.Sequential(
            nn.Conv2d(inputs, width, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 1, bias=bias), norm(word, 2 * width), nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 1, 1, bias=bias)))
    stages = [nn.Conv2d(inputs, width, 4, 2, 1), nn.LeakyReLU(0.2)]
    for i in range(1, layers + 1):
        a, b = (width * min(8, 2**k) for k in (i - 1, i))
        stages += [nn.Conv2d(a, b, 4, 2 if i < layers else 1, 1, bias=bias), norm(word, b),
                   nn.LeakyReLU(0.2)]
    stages.append(nn.Conv2d(width * min(8, 2**layers), 1, 4, 1, 1))
    return Named("model", nn.Sequential(*stages))


def fill(network, scale):
    """Every tensor from its own name's checksum: the order in which they come does not matter.

    Scale 0 keeps the variance from layer to layer; another is the deviation of all kernels.
    """
    strides = {name + ".weight": module.stride[0] for name, module in network.named_modules()
               if isinstance(module, nn.ConvTranspose2d)}
    for name, tensor in network.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        values = numbers(zlib.crc32(name.encode()), tensor.numel())
        if tensor.ndim == 4:
            stride = strides.get(name)
            terms = tensor[0].numel() if stride is None else (
                tensor.shape[0] * tensor[0, 0].numel() / stride**2)
            values = values * (scale * math.sqrt(3) if scale else math.sqrt(6 / terms))
        elif name.endswith("running_var"):
            values = 1 + 0.5 * values
        elif name.endswith("running_mean"):
            values = 0.3 * values
        elif name.endswith(".weight"):
            values = 1 + 0.2 * values
        else:
            values = 0.1 * values
        tensor.copy_(torch.from_numpy(values).reshape(tensor.shape))


def mirrored(length, wanted):
    """The indices that a mirror at both ends shows."""
    if length == 1:
        return numpy.zeros(wanted, int)
    i = numpy.arange(wanted) % (2 * length - 2)
    return numpy.where(i < length, i, 2 * length - 2 - i)


def sizes_taken(word, height, width):
    family, size = word.split("_")
    multiple, least = (4, 8) if family == "resnet" else (int(size), int(size))
    return (max(least, -(-side // multiple) * multiple) for side in (height, width))


# In train mode a batch norm has only the statistics of what it gets.
BATCH_NORM_NETWORKS = [
    # word, inputs, outputs, width, norm, dropout, scale, sizes
    ("resnet_0blocks", 3, 3, 5, "batch", False, 0, [(12, 20)]),
    ("resnet_3blocks", 3, 3, 8, "batch", False, 0, [(32, 48), (9, 2)]),
    ("resnet_2blocks", 1, 3, 8, "batch", True, 0, [(24, 16)]),
    ("resnet_1blocks", 3, 1, 64, "batch", False, 0.02, [(64, 64)]),
    ("unet_32", 3, 3, 6, "batch", False, 0, [(32, 32), (40, 50)]),
    ("unet_64", 3, 3, 4, "batch", True, 0, [(64, 64), (1, 1)]),
    ("unet_128", 3, 1, 4, "batch", False, 0.06, [(128, 128)]),
    ("resnet_3blocks:resize", 1, 3, 8, "batch", True, 0, [(32, 48), (9, 2)]),
    ("resnet_1blocks", 3, 3, 8, "instance", False, 0, [(24, 16)]),
    ("resnet_2blocks", 3, 3, 8, "none", False, 0.07, [(24, 16)]),
]

NETWORKS = [
    # word, inputs, outputs, width, norm, dropout, scale, sizes
    ("resnet_0blocks", 3, 3, 5, "instance", False, 0, [(8, 8), (12, 20)]),
    ("resnet_1blocks", 3, 3, 16, "instance", False, 0, [(8, 8), (64, 40), (2, 3), (1, 17)]),
    ("resnet_2blocks", 3, 3, 24, "instance", False, 0, [(36, 20), (31, 33), (7, 5)]),
    ("resnet_6blocks", 3, 3, 16, "instance", False, 0.02, [(64, 64), (61, 18), (8, 128)]),
    ("resnet_9blocks", 3, 3, 8, "instance", False, 0, [(64, 64), (40, 72)]),
    ("resnet_1blocks", 3, 3, 64, "instance", False, 0.02, [(64, 64)]),
    ("resnet_2blocks", 1, 3, 6, "instance", True, 0, [(20, 24)]),
    ("resnet_2blocks", 3, 1, 6, "instance", False, 0, [(20, 24)]),
    ("resnet_3blocks", 3, 3, 8, "batch", False, 0.07, [(32, 48), (1, 1), (9, 2)]),
    ("resnet_2blocks", 1, 1, 8, "batch", True, 0.07, [(24, 16)]),
    ("resnet_2blocks", 3, 3, 8, "none", False, 0.07, [(24, 16), (1, 1)]),
    ("unet_32", 3, 3, 6, "instance", False, 0, [(32, 32), (64, 96), (2, 3), (40, 50)]),
    ("unet_64", 3, 3, 4, "batch", True, 0, [(64, 64), (1, 1)]),
    ("unet_32", 1, 3, 5, "none", False, 0, [(32, 64)]),
    ("unet_128", 3, 3, 4, "instance", True, 0, [(128, 128), (100, 130)]),
    ("unet_128", 3, 1, 8, "batch", False, 0.06, [(128, 128)]),
    ("unet_256", 3, 3, 4, "instance", False, 0, [(256, 256)]),
    ("resnet_2blocks:resize", 3, 3, 24, "instance", False, 0, [(36, 20), (31, 33), (7, 5)]),
    ("resnet_1blocks:resize", 3, 3, 64, "instance", False, 0.02, [(64, 64)]),
    ("resnet_3blocks:resize", 1, 3, 8, "batch", True, 0.07, [(32, 48), (1, 1), (9, 2)]),
    ("resnet_0blocks:resize", 3, 1, 5, "none", False, 0.07, [(24, 16), (8, 8)]),
]


def forward(file, networks, batch_statistics):
    lines = [f"# PyTorch {torch.__version__}, float64: netG input_nc output_nc ngf norm dropout "
             "scale height width float32-is-away mean mean-magnitude minimum maximum "
             f"{SAMPLES} samples"]
    for *fields, scale, sizes in networks:
        single, double = (generator(*fields).eval() for _ in range(2))
        fill(single, scale)
        double.load_state_dict(single.state_dict())
        double.double()
        for module in [*single.modules(), *double.modules()]:
            if isinstance(module, nn.BatchNorm2d):
                module.train(batch_statistics)
        for height, width in sizes:
            word, inputs = fields[:2]
            values = numbers(height * 7919 + width * 104729 + inputs, inputs * height * width)
            picture = values.reshape(inputs, height, width)
            H, W = sizes_taken(word, height, width)
            padded = picture[:, mirrored(height, H)][:, :, mirrored(width, W)]
            x = torch.from_numpy(numpy.ascontiguousarray(padded))[None]
            y, near = (n(x.to(t))[0, :, :height, :width].double() for n, t in
                       ((double, torch.float64), (single, torch.float32)))
            flat = y.reshape(-1)
            places = [i * 7919 % flat.numel() for i in range(SAMPLES)]
            found = [(near - y).abs().max(), y.mean(), y.abs().mean(), y.min(), y.max()]
            found += [flat[i] for i in places]
            row = (*fields, scale, height, width, *(f"{number:.7g}" for number in found))
            lines.append("\t".join(map(str, row)))
    (HERE / file).write_text("\n".join(lines) + "\n")


def state_dicts():
    kinds = [(word, generator(word, 3, 3, 4, norm_word, dropout), norm_word, dropout)
             for word, norm_word, dropout in [
                 ("resnet_9blocks", "instance", False), ("resnet_2blocks", "batch", True),
                 ("resnet_0blocks", "none", False), ("unet_128", "batch", False),
                 ("unet_256", "instance", True), ("unet_32", "none", False),
                 ("resnet_2blocks:resize", "batch", True)]]
    kinds += [(f"discriminator_{layers}", discriminator(layers, 3, 4, norm_word), norm_word, False)
              for layers, norm_word in [(0, "instance"), (0, "batch"), (1, "instance"),
                                        (3, "batch"), (5, "none")]]
    lines = [f"# PyTorch {torch.__version__}: network norm dropout tensor shape"]
    for word, network, norm_word, dropout in kinds:
        for name, tensor in network.state_dict().items():
            shape = "x".join(map(str, tensor.shape))
            lines.append("\t".join((word, norm_word, str(dropout), name, shape)))
    (HERE / "state-dicts.tsv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    with torch.inference_mode():
        forward("forward.tsv", NETWORKS, batch_statistics=False)
        forward("batch-statistics.tsv", BATCH_NORM_NETWORKS, batch_statistics=True)
        state_dicts()
