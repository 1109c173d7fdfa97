#!/usr/bin/env python3
"""Reads a tensor stream and prints a line for every frame and every failure.

    find photos -name '*.jpg' | cg-prep --resize 256 | python3 read-stream.py

A frame's line is its name, type, shape and mean, between tabs. The exit status is 0 if everything
is there, 1 if inputs had failed upstream, 65 if the stream is damaged or stops early. Needs NumPy.
cg-stream(5) describes the format; read_stream below is all it takes.
"""

import json
import sys
import zlib

import numpy


class StreamError(Exception):
    """The stream is damaged or stops early."""


class Recorder:
    """Passes bytes on and sums them up, since a pipe can't be read twice."""

    def __init__(self, file):
        self.file = file
        self.total = 0
        self.start()

    def start(self):
        """Begins a record."""
        self.record = self.count = 0

    def read(self, count):
        data = self.file.read(count)
        self.record = zlib.crc32(data, self.record)
        self.total = zlib.crc32(data, self.total)
        self.count += len(data)
        return data


def read_stream(file):
    """Yields (array, note) for every frame and (None, note) for every failure.

    A uint8 array is (height, width, channels) in 0...255, a float32 array (channels, height,
    width) in -1...1. The note is a dictionary, empty for a frame without one.
    """
    recorder = Recorder(file)
    note, has_notes, frames, failed = {}, False, 0, 0
    while True:
        before = recorder.total
        recorder.start()
        try:
            array = numpy.lib.format.read_array(recorder, allow_pickle=False)
        except ValueError as error:
            if recorder.count == 0:
                break
            raise StreamError(error) from error
        if array.ndim != 1:
            if note.get("crc32", recorder.record) != recorder.record:
                raise StreamError("a frame's checksum is wrong")
            yield array, note
            note, frames = {}, frames + 1
            continue
        if not has_notes:
            # A plain stream may stand in front of one with notes.
            before, recorder.total, frames, failed = 0, recorder.record, 0, 0
        note, has_notes = json.loads(array.tobytes()), True
        if note.get("end"):
            if (note["frames"], note["failed"], note["crc32"]) != (frames, failed, before):
                raise StreamError("the end note does not fit what came")
            note, has_notes, frames, failed, recorder.total = {}, False, 0, 0, 0
        elif "error" in note:
            yield None, note
            note, failed = {}, failed + 1
    if has_notes:
        raise StreamError("it stops without an end note")


def main():
    status = 0
    try:
        for number, (array, note) in enumerate(read_stream(sys.stdin.buffer), 1):
            name = note.get("name", str(number))
            if array is None:
                print(f"read-stream: {name}: {note['error']}", file=sys.stderr)
                status = 1
            else:
                print(name, array.dtype, array.shape, f"{array.mean():.4f}", sep="\t")
    except (StreamError, ValueError, KeyError) as error:
        print(f"read-stream: {error}", file=sys.stderr)
        status = 65
    return status


if __name__ == "__main__":
    sys.exit(main())
