#!/usr/bin/env python3
"""Writes npy-headers.tsv, notes.npys and plain.npys: what NumPy makes of arrays.

    python3 make-streams.py       needs NumPy; npy-headers.tsv says which version wrote it
"""

import io
import json
import pathlib
import zlib

import numpy

HERE = pathlib.Path(__file__).parent


def record(array):
    """The array as numpy.save writes it."""
    file = io.BytesIO()
    numpy.save(file, array)
    return file.getvalue()


def note(**members):
    """A note's record."""
    text = json.dumps(members).encode()
    return record(numpy.frombuffer(text, numpy.uint8))


def levels(height, width, channels):
    """Samples that count from 0."""
    count = height * width * channels
    return (numpy.arange(count) % 256).astype(numpy.uint8).reshape(height, width, channels)


def values(channels, height, width):
    """Samples from -1 upwards in steps of 1/64."""
    count = channels * height * width
    return (numpy.arange(count, dtype=numpy.float32) / 64 - 1).reshape(channels, height, width)


def headers():
    """One line a header, as hexadecimal digits."""
    lines = [f"# NumPy {numpy.__version__}: type, shape, header"]
    shapes = [(5,), (0,), (123456,), (1, 1, 1), (2, 3, 3), (640, 480, 3), (3, 32768, 32768),
              (1000000, 1000000, 1000000), (10**18, 10**18, 3), (3, 10**18, 10**18)]
    for descr in ("|u1", "<f4"):
        for shape in shapes:
            file = io.BytesIO()
            numpy.lib.format.write_array_header_1_0(
                file, {"descr": descr, "fortran_order": False, "shape": shape})
            extents = " ".join(map(str, shape))
            lines.append(f"{descr}\t{extents}\t{file.getvalue().hex()}")
    (HERE / "npy-headers.tsv").write_text("\n".join(lines) + "\n")


def streams():
    """Two frames and a failure with notes, and two frames without."""
    first, second = record(levels(2, 3, 3)), record(values(3, 2, 2))
    stream = note(name="photos/a.jpg", crc32=zlib.crc32(first)) + first
    stream += note(name="photos/ö.jpg", error="damaged JPEG: premature end") + second
    stream += note(end=True, frames=2, failed=1, crc32=zlib.crc32(stream))
    (HERE / "notes.npys").write_bytes(stream)
    (HERE / "plain.npys").write_bytes(first + second)


headers()
streams()
