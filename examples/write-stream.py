#!/usr/bin/env python3
"""Writes a tensor stream of synthetic images.

    python3 write-stream.py 3 | cg-apply -w gen_AB.bin -o out/

The argument is how many. The images are gradients with names, half of them as bytes and half as
the networks' numbers. Needs NumPy. cg-stream(5) describes the format; StreamWriter below is all
it takes. A plain stream is simpler still: numpy.save(sys.stdout.buffer, array) for every frame.
"""

import io
import json
import sys
import zlib

import numpy


def record(array):
    """The bytes numpy.save writes; it wants a file that can tell where it is."""
    file = io.BytesIO()
    numpy.save(file, numpy.ascontiguousarray(array))
    return file.getvalue()


class StreamWriter:
    """Writes frames, failures and at last the end note."""

    def __init__(self, file):
        self.file = file
        self.frames = self.failed = self.crc32 = 0

    def write(self, array, name):
        """array: uint8 (height, width, channels) or float32 (channels, height, width)."""
        frame = record(array)
        self._note(name=name, crc32=zlib.crc32(frame))
        self._write(frame)
        self.frames += 1

    def write_failure(self, name, reason):
        self._note(name=name, error=reason)
        self.failed += 1

    def finish(self):
        self._note(end=True, frames=self.frames, failed=self.failed, crc32=self.crc32)
        self.file.flush()

    def _note(self, **members):
        text = json.dumps(members).encode()
        self._write(record(numpy.frombuffer(text, numpy.uint8)))

    def _write(self, data):
        self.file.write(data)
        self.crc32 = zlib.crc32(data, self.crc32)


def main():
    writer = StreamWriter(sys.stdout.buffer)
    for number in range(int(sys.argv[1]) if len(sys.argv) > 1 else 2):
        rows, columns = numpy.mgrid[0:64, 0:64]
        planes = numpy.stack([rows * 4, columns * 4, (rows + columns) * 2 + number])
        levels = planes.transpose(1, 2, 0).astype(numpy.uint8)
        values = levels.transpose(2, 0, 1).astype(numpy.float32) / 127.5 - 1
        writer.write(values if number % 2 else levels, f"gradient-{number}.png")
    writer.finish()


if __name__ == "__main__":
    main()
