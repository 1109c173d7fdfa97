#!/usr/bin/env python3
"""Reads a run's events with the `tensorboard` package and compares them with its other files.

    pip install tensorboard
    Tests/Reports/read-events.py RUN

RUN is a folder that cg-train left. Exits 0 if TensorBoard finds exactly what log.tsv, timing.tsv and
samples/ have, and every step once.
"""
import csv
import pathlib
import struct
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader


def table(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def single(text):
    """The float32 next to a number in a table."""
    return struct.unpack("f", struct.pack("f", float(text)))[0]


def compare(events, rows, tag, column, digits=None):
    found = [(event.step, event.value) for event in events.Scalars(tag)]
    wanted = [(int(row["step"]), single(row[column])) for row in rows]
    assert [step for step, _ in found] == [step for step, _ in wanted], f"{tag}: other steps"
    for (step, value), (_, other) in zip(found, wanted):
        limit = 0 if digits is None else abs(other) * 10 ** (1 - digits)
        assert abs(value - other) <= limit, f"{tag}: {value} at step {step}, {column} has {other}"


def main(run):
    run = pathlib.Path(run)
    files = list(run.glob("*tfevents*"))
    assert len(files) == 1, f"{len(files)} files of events"
    raw = list(EventFileLoader(str(files[0])).Load())
    assert raw[0].file_version == "brain.Event:2"
    assert sum(event.HasField("file_version") for event in raw) == 1, "more than one version"
    events = EventAccumulator(
        str(run), size_guidance={"scalars": 0, "images": 0}, purge_orphaned_data=False)
    events.Reload()
    log, timing = table(run / "log.tsv"), table(run / "timing.tsv")
    columns = [name for name in log[0] if name not in ("step", "epoch", "images", "alarms")]
    for name in columns:
        tag = name if name == "learning_rate" else f"loss/{name}"
        compare(events, log, tag, name)
    for name in ("images_per_second", "waiting_share"):
        compare(events, timing, f"speed/{name}", name, digits=4)
    grids = {f"{image.step:08}.png": image for image in events.Images("samples")}
    assert len(grids) == len(events.Images("samples")), "a grid twice"
    for name, image in grids.items():
        png = (run / "samples" / name).read_bytes()
        assert png == image.encoded_image_string, f"{name} is another image"
        assert struct.unpack(">II", png[16:24]) == (image.width, image.height), f"{name}: size"
    print(f"{run}: {len(log)} steps of {len(columns) + 2} scalars, {len(grids)} grids")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
