"""cg-prep: a folder of large JPEGs made small, beside Pillow and libvips."""

import functools
import multiprocessing
import os
import shutil

import numpy
import PIL
from PIL import Image

import photos
from stopwatch import CORES, Table, Tool, note, seconds

# One thread for each process; as many processes run as there are cores to use.
os.environ["VIPS_CONCURRENCY"] = "1"


def pillow(side, fast, output, path):
    with Image.open(path) as image:
        if fast:
            image.draft("RGB", (2 * side, 2 * side))
        small = image.convert("RGB").resize((side, side), Image.Resampling.BICUBIC)
    small.save(output / f"{path.stem}.ppm")


def libvips(side, fast, output, path):
    import pyvips

    if fast:
        small = pyvips.Image.thumbnail(str(path), side, height=side, size="force")
    else:
        image = pyvips.Image.new_from_file(str(path), access="sequential")
        scale = side / image.width, side / image.height
        small = image.resize(scale[0], vscale=scale[1], kernel="cubic")
    head = b"P6\n%d %d\n255\n" % (small.width, small.height)
    (output / f"{path.stem}.ppm").write_bytes(head + bytes(small.write_to_memory()))


class Subject:
    """A folder of photographs and what makes them small, with one core or with all."""

    def __init__(self, bench, paths, side, fast):
        self.bench, self.paths, self.side, self.fast = bench, paths, side, fast
        self.output = bench.folder / "small"
        self.exact = None

    def each(self, call):
        """Seconds for one image, and nothing left of an earlier one."""
        shutil.rmtree(self.output, ignore_errors=True)
        self.output.mkdir()
        return call() / len(self.paths)

    def difference(self):
        """How far what was made last is from Pillow's exact way: the largest, and the mean."""
        # cg-prep keeps the folders of the input.
        files = sorted(self.output.rglob("*.ppm"), key=lambda file: file.name)
        made = [numpy.asarray(Image.open(file), int) for file in files]
        far = numpy.abs(numpy.stack(made) - self.exact)
        return f"{far.max()}, {far.mean():.2g}"

    def cg_prep(self, cores):
        options = ["--fast"] if self.fast else []
        return self.bench.tool("cg-prep").seconds(
            "-t", cores, "--resize", self.side, "--format", "ppm", "-o", f"{self.output}/",
            *options, *self.paths)

    def pooled(self, make, pool):
        work = functools.partial(make, self.side, self.fast, self.output)
        return seconds(lambda: pool.map(work, self.paths, chunksize=1))

    def vips(self, cores):
        """The command; without a reduced decode there is one that takes one image only."""
        size, share = f"{self.side}x{self.side}!", -(-len(self.paths) // cores)
        scale = self.side / photos.WIDTH, self.side / photos.HEIGHT
        command = (
            f"xargs -n {share} -P {cores} vipsthumbnail -s '{size}' -o '{self.output}/%s.ppm'"
            if self.fast else
            f"xargs -I@ -P {cores} sh -c 'vips resize @ {self.output}/$(basename @ .jpg).ppm "
            f"{scale[0]} --vscale {scale[1]} --kernel cubic'")
        words = " ".join(map(str, self.paths)) if self.fast else "\n".join(map(str, self.paths))
        return Tool("/bin/sh", "-c", f"echo '{words}' | {command}").seconds()


def peers(subject, cores, pool):
    """Names and callables that return seconds."""
    draft = ", draft" if subject.fast else ""
    yield f"Pillow {PIL.__version__}{draft}", lambda: subject.pooled(pillow, pool)
    try:
        import pyvips

        version = ".".join(str(pyvips.version(i)) for i in range(3))
        yield f"libvips {version}, in Python", lambda: subject.pooled(libvips, pool)
    except Exception as error:
        note(f"pyvips is left out: {error}")
    if shutil.which("vipsthumbnail") and shutil.which("vips"):
        name = "vipsthumbnail" if subject.fast else "vips resize, one process per image"
        yield name, lambda: subject.vips(cores)
    else:
        note("vipsthumbnail is not here and left out; on Debian: apt-get install libvips-tools")


def compare(subject, pools):
    way = "decoded at a part of the size" if subject.fast else "decoded whole"
    table = Table(
        f"JPEG {photos.WIDTH} x {photos.HEIGHT} to {subject.side} x {subject.side}, {way}",
        subject.bench.rounds, "difference to Pillow's whole: largest, mean")
    for cores, pool in pools.items():
        ours = len(table.programs)
        named = "1 core" if cores == 1 else f"{cores} cores"
        name = "cg-prep --fast" if subject.fast else "cg-prep"
        own = (name, lambda cores=cores: subject.cg_prep(cores))
        for name, program in (own, *peers(subject, cores, pool)):
            once = lambda program=program: subject.each(program)
            once()
            table.add(f"{name}, {named}", once, subject.difference(), ours)
    table.print()


def measure(bench):
    folder = bench.folder / "photos"
    folder.mkdir()
    paths = photos.make(folder, 4 if bench.quick else 16)
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as one, context.Pool(CORES) as all_cores:
        pools = {1: one} if CORES == 1 else {1: one, CORES: all_cores}
        for side in (286,) if bench.quick else (286, 256):
            exact = [
                numpy.asarray(Image.open(path).resize((side, side), Image.Resampling.BICUBIC), int)
                for path in paths]
            for fast in (False, True):
                subject = Subject(bench, paths, side, fast)
                subject.exact = numpy.stack(exact)
                compare(subject, pools)
