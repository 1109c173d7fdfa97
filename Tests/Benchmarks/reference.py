"""The networks and the training step in PyTorch, the peer that the tools are measured against."""

import itertools

import torch
from torch import nn
from torch.nn import functional


def convolution(inputs, outputs, kernel, padding):
    return [nn.ReflectionPad2d(padding), nn.Conv2d(inputs, outputs, kernel)]


def normalized(channels):
    return [nn.InstanceNorm2d(channels), nn.ReLU(True)]


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        first, second = convolution(channels, channels, 3, 1), convolution(channels, channels, 3, 1)
        self.conv_block = nn.Sequential(
            *first, *normalized(channels), *second, nn.InstanceNorm2d(channels))

    def forward(self, x):
        return x + self.conv_block(x)


class Generator(nn.Module):
    """resnet_Nblocks; the parameters have the official names."""

    def __init__(self, blocks, width):
        super().__init__()
        self.blocks, self.width = blocks, width
        layers = convolution(3, width, 7, 3) + normalized(width)
        for k in (1, 2):
            layers += [nn.Conv2d(width * k, width * 2 * k, 3, 2, 1), *normalized(width * 2 * k)]
        layers += [Block(width * 4) for _ in range(blocks)]
        for k in (4, 2):
            layers += [nn.ConvTranspose2d(width * k, width * k // 2, 3, 2, 1, 1)]
            layers += normalized(width * k // 2)
        self.model = nn.Sequential(*layers, *convolution(width, 3, 7, 3), nn.Tanh())

    def forward(self, x):
        return self.model(x)


class Discriminator(nn.Module):
    """The 70 x 70 patch discriminator; the parameters have the official names."""

    def __init__(self, width):
        super().__init__()
        layers = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2, True)]
        for inputs, outputs, stride in ((1, 2, 2), (2, 4, 2), (4, 8, 1)):
            layers += [nn.Conv2d(width * inputs, width * outputs, 4, stride, 1)]
            layers += [nn.InstanceNorm2d(width * outputs), nn.LeakyReLU(0.2, True)]
        self.model = nn.Sequential(*layers, nn.Conv2d(width * 8, 1, 4, 1, 1))

    def forward(self, x):
        return self.model(x)


def initialized(network):
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(module.weight, 0, 0.02)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    return network


def squared(judgement, label):
    return ((judgement - label) ** 2).mean()


class Trainer:
    """The official step without a pool: least squares, cycle weight 10, identity weight 5."""

    def __init__(self, blocks, width, judge_width):
        self.ab, self.ba = (initialized(Generator(blocks, width)) for _ in "ab")
        self.judge_a, self.judge_b = (initialized(Discriminator(judge_width)) for _ in "ab")
        adam = lambda *networks: torch.optim.Adam(
            itertools.chain(*(n.parameters() for n in networks)), 2e-4, (0.5, 0.999))
        self.generators = adam(self.ab, self.ba)
        self.judges = adam(self.judge_a, self.judge_b)
        self.networks = {
            "gen_AB": self.ab, "gen_BA": self.ba, "disc_A": self.judge_a, "disc_B": self.judge_b}

    def step(self, a, b):
        """Returns the losses by their names in log.tsv."""
        fake_b, fake_a = self.ab(a), self.ba(b)
        cycled_a, cycled_b = self.ba(fake_b), self.ab(fake_a)
        self.freeze(True)
        self.generators.zero_grad()
        distance = functional.l1_loss
        losses = {
            "identity_A": 5 * distance(self.ba(a), a), "identity_B": 5 * distance(self.ab(b), b),
            "adversarial_AB": squared(self.judge_b(fake_b), 1),
            "adversarial_BA": squared(self.judge_a(fake_a), 1),
            "cycle_A": 10 * distance(cycled_a, a), "cycle_B": 10 * distance(cycled_b, b)}
        sum(losses.values()).backward()
        self.generators.step()
        self.freeze(False)
        self.judges.zero_grad()
        for name, judge, real, fake in (
                ("A", self.judge_a, a, fake_a), ("B", self.judge_b, b, fake_b)):
            loss = 0.5 * (squared(judge(real), 1) + squared(judge(fake.detach()), 0))
            loss.backward()
            losses[f"discriminator_{name}"] = loss
        self.judges.step()
        return {name: loss.item() for name, loss in losses.items()}

    def freeze(self, frozen):
        for parameter in itertools.chain(self.judge_a.parameters(), self.judge_b.parameters()):
            parameter.requires_grad_(not frozen)
