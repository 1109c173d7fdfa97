"""Files that were made to harm whoever reads them: each function yields those of one kind."""

import io
import os
import pathlib
import pickle
import struct
import subprocess
import zipfile

import torch
from fickling.fickle import Pickled

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "CycleGANTests/Fixtures/weights"
MAGIC = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
PREFIX = MAGIC + b"\x80\x02M\xe9\x03." + b"\x80\x02}X\x0d\0\0\0little_endian\x88s."


def zipped(data, storages=(), method=zipfile.ZIP_STORED, more=()):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("archive/data.pkl", data)
        for i, storage in enumerate(storages):
            archive.writestr(f"archive/data/{i}", storage)
        for name, content in more:
            archive.writestr(name, content)
    return file.getvalue()


def legacy(data, storages=()):
    keys = b"".join(b"X\1\0\0\0%d" % i for i in range(len(storages)))
    content = b"".join(struct.pack("<q", len(s) // 4) + s for s in storages)
    return PREFIX + data + b"\x80\x02](" + keys + b"e." + content


def both(data, storages=()):
    return [zipped(data, storages), legacy(data, storages), data]


def saved():
    """The pickle of a real state dict, and its storages in order."""
    file = io.BytesIO()
    torch.save({f"model.{i}.weight": torch.randn(2, 3) for i in range(10)}, file)
    archive = zipfile.ZipFile(file)
    return archive.read("archive/data.pkl"), [archive.read(f"archive/data/{i}") for i in range(10)]


def instructions():
    """Every byte as an instruction, at five offsets of a real pickle."""
    data, storages = saved()
    offsets = [2, 30, 60, len(data) // 2, len(data) - 1]
    known = set(b"\x80.(N\x88\x89JKM\x8aGXTU)t\x85\x86\x87]ae}suqrhjcRbQ")
    for byte in range(256):
        if byte not in known:
            for offset in offsets:
                yield from both(data[:offset] + bytes([byte]) + data[offset:], storages)


def names():
    """Every object of Python on a long list, called, by both instructions that name one."""
    rows = [line.rstrip("\n").split("\t") for line in open(FIXTURES / "globals.tsv")]
    for module, names in rows[1:]:
        for name in names.split():
            call = b"(X\x0c\0\0\0touch bittentR."
            yield zipped(b"\x80\x02c%s\n%s\n" % (module.encode(), name.encode()) + call)
            text = b"".join(b"\x8c%c%s" % (len(t), t.encode()) for t in (module, name))
            yield legacy(b"\x80\x04" + text + b"\x93" + call)


class Call:
    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def injections():
    """Calls that fickling puts into a real pickle, and calls by every protocol."""
    data, storages = saved()
    for i in range(20):
        pickled = Pickled.load(data)
        code = f"open('bitten', 'w').write('{i}')"
        if i % 2:
            pickled.insert_python_exec(code, run_first=i % 4 == 1, use_output_as_unpickle_result=False)
        else:
            pickled.insert_python_eval(code, run_first=i % 4 == 0)
        yield from both(pickled.dumps(), storages)
    calls = [Call(os.system, "touch bitten"), Call(eval, "open('bitten', 'w')"),
             Call(subprocess.Popen, ["touch", "bitten"]), Call(__import__, "os"),
             Call(torch.load, "bitten"), Call(bytearray, 1 << 40), Call(range, 1 << 60)]
    for call in calls:
        for protocol in range(6):
            yield from both(pickle.dumps(call, protocol))
            yield from both(pickle.dumps({"state_dict": [call]}, protocol))


def bombs():
    """Little that asks for much."""
    tuple_of = b"(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0%sX\3\0\0\0cpu%st%sQ"
    data = [
        b"]" + b"".join(b"q%ch%c\x86" % (i, i) for i in range(200)),
        b"X\xff\xff\xff\xffA", b"T\xff\xff\xff\x7fA", b"\x8a\xff" + b"\xff" * 255,
        b"Nr\xff\xff\xff\xff", b"N" + b"r\x3f\x42\x0f\0" * 150_000, b"K\1" + b"\x85" * 1_000_000,
        b"(" * 1_000_000, b"]" * 999_999, b"}" * 999_999, b"N" * 999_999, b"Nq\0" + b"h\0" * 10_000_000,
        b"]q\0h\0a", b"](" + b"K\1\x85" * 330_000 + b"e", b"](" + b"]K\1a" * 249_000 + b"e",
        b"".join(b"U\x10%016d" % i for i in range(500_000)), b"U\xff" + b"a" * 255 + b"q\0" * 400_000,
        (b"X\0\0\1\0" + b"a" * 65536) * 250, b"}NNs" * 249_000,
        b"(" + b"K\1" * 900_000 + b"t", b"}(" + b"K\1K\2" * 400_000 + b"u",
        b"ccollections\nOrderedDict\nq\0](" + b"NN\x86" * 1000 + b"eq\1" + b"h\0h\1\x85R" * 200_000,
        b"}(" + b"".join(b"U\6%06d" % i + tuple_of % (b"0", b"J\0\0\0\1", b"") for i in range(9000))
        + b"u",
        b"c" + b"a" * 10_000_000,
    ]
    for pickled in data:
        yield from both(b"\x80\x02" + pickled + b".")


def integers(*numbers):
    return b"(" + b"".join(b"\x8a\x08" + struct.pack("<q", number) for number in numbers) + b"t"


def tensor(kind, elements, size, stride):
    """A tensor on the storage 0."""
    return (b"ctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\n" + kind
            + b"Storage\nX\1\0\0\x000X\3\0\0\0cpu\x8a\x08" + struct.pack("<q", elements) + b"tQK\0"
            + integers(*size) + integers(*stride) + b"\x89}tR")


def shared():
    """Tensors that make much out of one storage, or of nothing."""
    megabytes, count = bytes(4 << 20), 1 << 20
    for size, stride in (([1 << 40], [0]), ([count], [1]), ([1 << 62] * 2 + [0], [1] * 3),
                         ([0] + [1 << 62] * 2, [1, 1 << 62, 1])):
        one = tensor(b"Float", count, size, stride)
        many = b"\x80\x02}(" + b"".join(b"U\6%06d" % i + one for i in range(8000)) + b"u."
        same = b"".join(b"U\6%06dh\0" % i for i in range(100_000))
        for pickled in (many, b"\x80\x02}(U\1a" + one + b"q\0" + same + b"u."):
            yield zipped(pickled, [megabytes])
            yield legacy(pickled.replace(b"\0tQ", b"\0NtQ"), [megabytes])
    # A long key in front of many names.
    name = b"X" + struct.pack("<I", 1000) + b"a" * 1000
    more = b"}(U\1x" + tensor(b"Float", count, [1], [1]) + b"q\0"
    more += b"".join(b"U\6%06dh\0" % i for i in range(300_000))
    yield zipped(b"\x80\x02}(" + name + more + b"uU\1b}U\1yh\0su.", [megabytes])
    # As much as is taken: a byte becomes eight, all dimensions lead nowhere, and a plain large one.
    most, ones = 19 << 20, [1] * 63
    for kind, width, number in ((b"Char", 1, most // 8), (b"Byte", 1, most), (b"Bool", 1, most),
                                (b"Half", 2, most // 2), (b"Float", 4, most // 4),
                                (b"Double", 8, most // 4)):
        for size, stride in (([number] + ones, [0] + ones), ([number // 2, 2], [0, 1])):
            file = tensor(kind, len(megabytes) // width, size, stride)
            yield zipped(b"\x80\x02}U\1a" + file + b"s.", [megabytes])
    large = 25 << 20
    yield zipped(b"\x80\x02}U\1a" + tensor(b"Float", large, [large], [1]) + b"s.", [bytes(4 * large)])


def tricks():
    """Zip files that describe an entry in two ways that differ."""
    data, storages = saved()
    good = zipped(data, storages)
    yield zipped(data, storages, zipfile.ZIP_DEFLATED)
    yield zipped(data, storages, zipfile.ZIP_BZIP2)
    yield zipped(data, [bytes(1 << 28)], zipfile.ZIP_DEFLATED)
    yield zipped(data, storages, more=[("archive/data/0", storages[0])])
    yield zipped(data, storages, more=[("b/data.pkl", data)])
    yield zipped(data, storages, more=[(f"archive/x{i}", b"") for i in range(65_520)])
    yield zipped(good)
    yield zipped(data, storages[:-1])
    yield good + b"\0"
    yield good + good
    yield b"\x7fELF" + good
    start = good.rindex(b"PK\5\6")
    for offset, size in ((4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)):
        for value in (1, 0x7F, 0xFFFF, 0xFFFFFFFF, 0x80000000):
            changed = bytearray(good)
            changed[start + offset:start + offset + size] = (value & (1 << 8 * size) - 1).to_bytes(
                size, "little")
            yield bytes(changed)
    directory = good.index(b"PK\1\2")
    for field, size in ((8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (34, 2), (42, 4)):
        for value in (1, 8, 0x20, 0x40, 0x2000, 0xFFFF, 0xFFFFFFFF, 0x80000000):
            changed = bytearray(good)
            new = (value & (1 << 8 * size) - 1).to_bytes(size, "little")
            offset = directory + field
            if changed[offset:offset + size] != new:
                changed[offset:offset + size] = new
                yield bytes(changed)
    for offset in range(26):
        changed = bytearray(good)
        changed[6 + offset] ^= 0x55
        if offset not in (4, 5, 6, 7):  # The time of day says nothing.
            yield bytes(changed)
    large = io.BytesIO()
    torch.save({"a": torch.randn(3)}, large)
    large = large.getvalue()
    end = large.rindex(b"PK\6\6")
    for offset in range(4, 76):
        if offset not in (12, 13, 14, 15):  # Versions.
            changed = bytearray(large)
            changed[end + offset] ^= 0x41
            yield bytes(changed)


def cuts():
    """Every beginning of a small file of each container."""
    for name in ("zip-float32.pth", "legacy-float32.pth", "zip-views.pth", "legacy-views.pth"):
        data = (FIXTURES / name).read_bytes()
        for count in range(0, len(data), 1 if "float" in name else 7):
            yield data[:count]
