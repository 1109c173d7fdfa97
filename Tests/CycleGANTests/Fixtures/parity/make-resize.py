#!/usr/bin/env python3
"""Writes resize.tsv and preprocessing.tsv: what Pillow and the official formulas give.

    python3 make-resize.py        needs NumPy and Pillow; resize.tsv says which version wrote it

The pictures come from a linear congruential generator that the tests have as well. Pillow 13
resizes down first where the height shrinks by more than twice what the width does; before, it was
always across first. The table has both: across first asked for pass by pass, and what this
version's resize gives, which has to be 13 or later.
"""

import pathlib
import random
import zlib

import numpy
import PIL
from PIL import Image

HERE = pathlib.Path(__file__).parent


def picture(width, height, channels):
    """Noise: samples are the top bytes of a 32-bit generator seeded by the size."""
    state = (width * 7919 + height * 104729 + channels) & 0xFFFFFFFF
    samples = bytearray()
    for _ in range(width * height * channels):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        samples.append(state >> 24)
    shape = (height, width) if channels == 1 else (height, width, channels)
    return Image.fromarray(numpy.frombuffer(samples, numpy.uint8).reshape(shape))


def resize():
    """One line a pair of sizes: the CRC-32 of the resized samples."""
    generator = random.Random(1)
    sizes = [(1, 1, 7, 5), (7, 5, 1, 1), (2, 3, 3, 2), (64, 64, 64, 64), (64, 48, 64, 24),
             (64, 48, 32, 48), (1, 90, 90, 1), (300, 1, 7, 1), (286, 286, 256, 256)]
    for limit in (12, 60, 140):
        sizes += [tuple(generator.randint(1, limit) for _ in range(4)) for _ in range(18)]
    assert int(PIL.__version__.split(".")[0]) >= 13
    lines = [f"# Pillow {PIL.__version__}: width height channels new-width new-height "
             "crc32-across-first crc32-pillow-13"]
    for i, (width, height, new_width, new_height) in enumerate(sizes):
        channels = 3 if i % 3 else 1
        original = picture(width, height, channels)
        across = original.resize((new_width, height), Image.BICUBIC)
        both = [across.resize((new_width, new_height), Image.BICUBIC),
                original.resize((new_width, new_height), Image.BICUBIC)]
        fields = (width, height, channels, new_width, new_height,
                  *(zlib.crc32(resized.tobytes()) for resized in both))
        lines.append("\t".join(map(str, fields)))
    (HERE / "resize.tsv").write_text("\n".join(lines) + "\n")


def size(mode, load, crop, width, height):
    """The size before the crop, by the formulas of the official data/base_dataset.py.

    The official scale_width leaves sides that the generators cannot take; here it is followed by
    what none does.
    """
    if mode == "none":
        return int(round(width / 4) * 4), int(round(height / 4) * 4)
    if mode == "scale_width":
        return size("none", load, crop, *size("scale_width_and_crop", load, crop, width, height))
    if mode == "resize_and_crop":
        return load, load
    if mode == "crop" or (width == load and height >= crop):
        return width, height
    return load, int(max(load * height / width, crop))


def preprocessing():
    """One line a mode and size."""
    generator = random.Random(2)
    lines = ["# mode load-size crop-size width height new-width new-height"]
    modes = ["resize_and_crop", "crop", "scale_width", "scale_width_and_crop", "none"]
    for mode in modes:
        for i in range(24):
            load, crop = generator.choice([(286, 256), (64, 64), (300, 128)])
            width = load if i % 6 == 0 else generator.randint(3, 700)
            height = generator.randint(3, 700)
            if i < 12 and mode == "none":
                width, height = 4 + i, 30 - i
            fields = (mode, load, crop, width, height, *size(mode, load, crop, width, height))
            lines.append("\t".join(map(str, fields)))
    (HERE / "preprocessing.tsv").write_text("\n".join(lines) + "\n")


resize()
preprocessing()
