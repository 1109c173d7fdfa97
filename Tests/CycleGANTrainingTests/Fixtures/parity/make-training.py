#!/usr/bin/env python3
"""Writes training.tsv: losses, gradients and weights of the training step in PyTorch.

    python3 make-training.py        needs NumPy and PyTorch; training.tsv says which version wrote it

Weights and pictures come from a linear congruential generator that the tests have as well
(TrainingMaterial.swift), so that they need not be stored. Nothing else is random, except how far
between real and fake the gradient penalty looks, which is drawn from xoshiro256** with the state
1, 2, 3, 4.

One case is trained for some steps on pictures in serial order, without flips, crops or pools.
Rows of the table:

    case  losses    step         the eight losses, in the order of Losses.names
    case  gradient  network.key  of step 1: mean, mean of absolute values, middle
    case  weights   network.key  after step 1: the same
"""

import itertools
import pathlib

import numpy
import torch
from torch import nn
from torch.nn import functional

HERE = pathlib.Path(__file__).parent
ROLES = ("generatorAB", "generatorBA", "discriminatorA", "discriminatorB")
# Adam's first steps move every weight by the rate, whatever its gradient, so that rounding noise
# grows from step to step. This rate keeps the difference between single and double precision below
# a tenth of the tests' limits for 20 steps.
RATE = 2e-5
DEFAULTS = dict(generator=("resnet", 2), ngf=8, layers=2, ndf=8, norm="instance", mode="lsgan",
                identity=0.5, channels=(3, 3), side=64, batch=1, scale=0.06, steps=20,
                resize=False, clip=None)
CASES = {
    "lsgan": {},
    "lsgan-without-identity": dict(identity=0),
    "vanilla": dict(mode="vanilla"),
    # The critic's loss grows without bound: at most scales PyTorch's single precision misses the
    # limits once weights are changed by 3e-7. At this one it keeps within half of them.
    "wgangp": dict(mode="wgangp", side=32, layers=3, scale=0.055),
    "batch-norm": dict(norm="batch", batch=2, steps=10),
    "no-norm-pixel": dict(norm="none", layers=0, scale=0.15, steps=10),
    "unet": dict(generator=("unet", 6), ngf=4),
    "unet-batch-norm": dict(generator=("unet", 5), ngf=4, norm="batch", batch=2, steps=10),
    "grey-to-colour": dict(channels=(1, 3), identity=0, steps=10),
    "resize": dict(resize=True, steps=10),
    "clip-grad": dict(clip=1, steps=10),
}


# The networks, with the official parameter names.


def norm(kind, channels):
    if kind == "instance":
        return nn.InstanceNorm2d(channels)
    return nn.BatchNorm2d(channels) if kind == "batch" else nn.Identity()


class Residual(nn.Module):
    def __init__(self, channels, kind):
        super().__init__()
        layers = []
        for last in (False, True):
            layers += [nn.ReflectionPad2d(1),
                       nn.Conv2d(channels, channels, 3, bias=kind == "instance"),
                       norm(kind, channels)]
            layers += [] if last else [nn.ReLU(True)]
        self.conv_block = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.conv_block(x)


class ResNet(nn.Module):
    def __init__(self, inputs, outputs, width, blocks, kind, resize=False):
        super().__init__()
        bias = kind == "instance"
        layers = [nn.ReflectionPad2d(3), nn.Conv2d(inputs, width, 7, bias=bias),
                  norm(kind, width), nn.ReLU(True)]
        for channels in (width, 2 * width):
            layers += [nn.Conv2d(channels, 2 * channels, 3, 2, 1, bias=bias),
                       norm(kind, 2 * channels), nn.ReLU(True)]
        layers += [Residual(4 * width, kind) for _ in range(blocks)]
        for channels in (4 * width, 2 * width):
            layers += [
                nn.Upsample(scale_factor=2), nn.ReflectionPad2d(1),
                nn.Conv2d(channels, channels // 2, 3, bias=bias),
            ] if resize else [nn.ConvTranspose2d(channels, channels // 2, 3, 2, 1, 1, bias=bias)]
            layers += [norm(kind, channels // 2), nn.ReLU(True)]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, outputs, 7), nn.Tanh()]
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x)


class Skip(nn.Module):
    """One halving of the U-Net and its way back; `inner` is the next one, None at the bottom."""

    def __init__(self, outer, channels, inner, kind):
        super().__init__()
        bias = kind == "instance"
        down = [nn.LeakyReLU(0.2), nn.Conv2d(outer, channels, 4, 2, 1, bias=bias)]
        down += [] if inner is None else [norm(kind, channels), inner]
        wide = channels if inner is None else 2 * channels
        up = [nn.ReLU(), nn.ConvTranspose2d(wide, outer, 4, 2, 1, bias=bias), norm(kind, outer)]
        self.model = nn.Sequential(*down, *up)

    def forward(self, x):
        return torch.cat([x, self.model(x)], 1)


class Outermost(nn.Module):
    def __init__(self, inputs, outputs, width, inner, kind):
        super().__init__()
        self.model = nn.Sequential(
            nn.Conv2d(inputs, width, 4, 2, 1, bias=kind == "instance"), inner, nn.ReLU(),
            nn.ConvTranspose2d(2 * width, outputs, 4, 2, 1), nn.Tanh())

    def forward(self, x):
        return self.model(x)


class UNet(nn.Module):
    def __init__(self, inputs, outputs, width, downs, kind):
        super().__init__()
        channels = [width * min(8, 1 << depth) for depth in range(downs)]
        inner = None
        for depth in range(downs - 1, 0, -1):
            inner = Skip(channels[depth - 1], channels[depth], inner, kind)
        self.model = Outermost(inputs, outputs, width, inner, kind)

    def forward(self, x):
        return self.model(x)


class Patch(nn.Module):
    def __init__(self, inputs, width, count, kind):
        super().__init__()
        layers = [nn.Conv2d(inputs, width, 4, 2, 1), nn.LeakyReLU(0.2, True)]
        channels = [width * min(8, 1 << depth) for depth in range(count + 1)]
        for depth in range(1, count + 1):
            stride = 2 if depth < count else 1
            layers += [nn.Conv2d(channels[depth - 1], channels[depth], 4, stride, 1,
                                 bias=kind == "instance"),
                       norm(kind, channels[depth]), nn.LeakyReLU(0.2, True)]
        self.model = nn.Sequential(*layers, nn.Conv2d(channels[-1], 1, 4, 1, 1))

    def forward(self, x):
        return self.model(x)


class Pixel(nn.Module):
    def __init__(self, inputs, width, kind):
        super().__init__()
        bias = kind == "instance"
        self.net = nn.Sequential(
            nn.Conv2d(inputs, width, 1), nn.LeakyReLU(0.2, True),
            nn.Conv2d(width, 2 * width, 1, bias=bias), norm(kind, 2 * width),
            nn.LeakyReLU(0.2, True), nn.Conv2d(2 * width, 1, 1, bias=bias))

    def forward(self, x):
        return self.net(x)


def networks(case):
    family, depth = case["generator"]
    make = ResNet if family == "resnet" else UNet
    a, b = case["channels"]

    def judge(channels):
        if case["layers"] == 0:
            return Pixel(channels, case["ndf"], case["norm"])
        return Patch(channels, case["ndf"], case["layers"], case["norm"])

    resize = [True] if case["resize"] else []
    made = (make(a, b, case["ngf"], depth, case["norm"], *resize),
            make(b, a, case["ngf"], depth, case["norm"], *resize), judge(a), judge(b))
    return dict(zip(ROLES, made))


# What the tests make as well: weights, pictures, random numbers.


def noise(seed, count):
    """The upper 24 bits of a 32-bit linear congruential generator."""
    state = seed & 0xFFFFFFFF
    values = numpy.empty(count, numpy.int64)
    for i in range(count):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        values[i] = state >> 8
    return values


def fill(network, role, convolutions):
    """Convolutions up to +-0.06, say, biases up to +-0.02, a norm's factors around 1."""
    for place, (name, tensor) in enumerate(network.state_dict().items()):
        if "running" in name or "batches" in name:
            continue
        middle = 1.0 if name.endswith("weight") and tensor.dim() == 1 else 0.0
        scale = convolutions if tensor.dim() == 4 else 0.02
        values = noise(ROLES.index(role) * 7919 + place * 104729 + 1, tensor.numel())
        filled = middle + scale * (values / 2**23 - 1)
        tensor.copy_(torch.from_numpy(filled.astype(numpy.float32)).reshape(tensor.shape))


def picture(domain, index, channels, side):
    """Levels, [C, H, W]: noise of half the contrast on a colour of the picture's own."""
    samples = noise(domain * 7919 + index * 104729 + 7, side * side * channels) >> 17
    tints = (index * 37 + numpy.arange(channels) * 53 + domain * 91) % 128
    return (samples.reshape(side, side, channels) + tints).transpose(2, 0, 1)


def batch(domain, first, case):
    """Pictures of a step, five of A and four of B over and over, in -1...1."""
    count = 5 - domain
    levels = [picture(domain, (first + i) % count, case["channels"][domain], case["side"])
              for i in range(case["batch"])]
    values = numpy.stack(levels).astype(numpy.float32) / numpy.float32(127.5) - numpy.float32(1)
    return torch.from_numpy(values)


def units():
    """Numbers in 0 ..< 1 from xoshiro256** (Blackman and Vigna 2018, arXiv 1805.01407)."""
    mask, s = 2**64 - 1, [1, 2, 3, 4]
    rotated = lambda word, by: (word << by | word >> (64 - by)) & mask
    while True:
        yield (rotated(s[1] * 5 & mask, 7) * 9 & mask) / 2**64
        shifted = s[1] << 17 & mask
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= shifted
        s[3] = rotated(s[3], 45)


# The step.


def verdict(judgement, real, mode):
    if mode == "lsgan":
        return ((judgement - float(real)) ** 2).mean()
    if mode == "vanilla":
        labels = torch.full_like(judgement, float(real))
        return functional.binary_cross_entropy_with_logits(judgement, labels)
    return -judgement.mean() if real else judgement.mean()


def penalty(judge, real, fake, random):
    shares = torch.tensor([next(random) for _ in range(len(real))]).reshape(-1, 1, 1, 1)
    mixed = (shares * real + (1 - shares) * fake).requires_grad_()
    slope, = torch.autograd.grad(judge(mixed).sum(), mixed, create_graph=True)
    return (((slope + 1e-16).flatten(1).norm(2, 1) - 1) ** 2).mean() * 10


class Trainer:
    """Both generators first, then both discriminators; no pool."""

    def __init__(self, case, nets):
        self.case, self.nets, self.random = case, nets, units()
        adam = lambda *roles: torch.optim.Adam(
            itertools.chain(*(nets[role].parameters() for role in roles)), RATE, (0.5, 0.999))
        self.generators, self.judges = adam(*ROLES[:2]), adam(*ROLES[2:])

    def step(self, a, b):
        ab, ba = (self.nets[role] for role in ROLES[:2])
        fake_b = ab(a)
        cycled_a = ba(fake_b)
        fake_a = ba(b)
        cycled_b = ab(fake_a)
        first = self.update_generators(a, b, fake_a, fake_b, cycled_a, cycled_b)
        judged = self.update_judges(a, b, fake_a.detach(), fake_b.detach())
        return [loss.item() for loss in (*judged, *first)]

    def update_generators(self, a, b, fake_a, fake_b, cycled_a, cycled_b):
        ab, ba, judge_a, judge_b = (self.nets[role] for role in ROLES)
        mode, weight = self.case["mode"], 10 * self.case["identity"]
        self.freeze(True)
        self.generators.zero_grad()
        identity_b = identity_a = torch.zeros(())
        if weight > 0:
            identity_b = functional.l1_loss(ab(b), b) * weight
            identity_a = functional.l1_loss(ba(a), a) * weight
        losses = (verdict(judge_b(fake_b), True, mode), verdict(judge_a(fake_a), True, mode),
                  functional.l1_loss(cycled_a, a) * 10, functional.l1_loss(cycled_b, b) * 10,
                  identity_a, identity_b)
        sum(losses).backward()
        self.clip(ROLES[:2])
        self.generators.step()
        return losses

    def update_judges(self, a, b, fake_a, fake_b):
        self.freeze(False)
        self.judges.zero_grad()
        losses = []
        for role, real, fake in (("discriminatorB", b, fake_b), ("discriminatorA", a, fake_a)):
            judge, mode = self.nets[role], self.case["mode"]
            loss = verdict(judge(real), True, mode) + verdict(judge(fake), False, mode)
            if mode == "wgangp":
                loss = loss + penalty(judge, real, fake, self.random)
            (0.5 * loss).backward()
            losses.insert(0, 0.5 * loss)
        self.clip(ROLES[2:])
        self.judges.step()
        return losses

    def clip(self, roles):
        if self.case["clip"]:
            parameters = itertools.chain(*(self.nets[role].parameters() for role in roles))
            nn.utils.clip_grad_norm_(parameters, self.case["clip"])

    def freeze(self, frozen):
        for role in ROLES[2:]:
            self.nets[role].requires_grad_(not frozen)


def summary(tensor):
    values = tensor.detach().double().flatten()
    some = values[len(values) // 2]
    return [values.mean(), values.abs().mean(), some]


def rows(name, case):
    nets = networks(case)
    with torch.no_grad():
        for role, network in nets.items():
            fill(network, role, case["scale"])
    trainer = Trainer(case, nets)
    for step in range(case["steps"]):
        first = step * case["batch"]
        yield [name, "losses", step + 1, *trainer.step(batch(0, first, case), batch(1, first, case))]
        if step > 0:
            continue
        for role, network in nets.items():
            for key, parameter in network.named_parameters():
                yield [name, "gradient", f"{role}.{key}", *summary(parameter.grad)]
            for key, tensor in network.state_dict().items():
                yield [name, "weights", f"{role}.{key}", *summary(tensor)]


def main():
    torch.set_num_threads(1)
    with open(HERE / "training.tsv", "w") as table:
        print(f"# python3 make-training.py, PyTorch {torch.__version__}, seeds in the script, "
              f"{len(CASES)} cases", file=table)
        for name, changes in CASES.items():
            for row in rows(name, DEFAULTS | changes):
                cells = (cell if isinstance(cell, (str, int)) else f"{float(cell):.8g}"
                         for cell in row)
                print(*cells, sep="\t", file=table)


if __name__ == "__main__":
    main()
