"""Images with what photographs have: detail of all sizes, edges, and the grain of a sensor."""

import numpy
from PIL import Image

WIDTH, HEIGHT = 4000, 3000


def _detail(random):
    """Clouds, each octave twice as fine and 0.62 times as strong as the one before."""
    total, strength, side = numpy.zeros((HEIGHT, WIDTH, 3), "float32"), 60, 4
    while side < 2000:
        coarse = random.standard_normal((side * 3 // 4, side, 3), "float32")
        coarse = 1.2 * coarse.mean(2, keepdims=True) + 0.5 * coarse
        for channel in range(3):
            octave = Image.fromarray(coarse[..., channel])
            octave = octave.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
            total[..., channel] += strength * numpy.asarray(octave)
        side, strength = 2 * side, 0.62 * strength
    return total


def _add_disc(image, random):
    x, y = random.integers(0, WIDTH), random.integers(0, HEIGHT)
    a, b = random.integers(50, 700, 2)
    rows = slice(max(0, y - b), min(HEIGHT, y + b))
    columns = slice(max(0, x - a), min(WIDTH, x + a))
    row, column = numpy.ogrid[rows, columns]
    inside = ((column - x) / a) ** 2 + ((row - y) / b) ** 2 < 1
    image[rows, columns] += inside[..., None] * random.uniform(-50, 50, 3).astype("float32")


def make(folder, count):
    """Writes JPEGs of 12 megapixels and about 3 MB: quality 90, 4:2:0."""
    random = numpy.random.default_rng(2)
    detail = _detail(random)
    grain = 5 * random.standard_normal((HEIGHT, WIDTH, 1), "float32")
    grain = grain + 2.5 * random.standard_normal((HEIGHT, WIDTH, 3), "float32")
    paths = []
    for i in range(count):
        image = 118 + numpy.roll(detail, random.integers(0, (HEIGHT, WIDTH)), (0, 1))
        for _ in range(40):
            _add_disc(image, random)
        image += numpy.roll(grain, random.integers(0, (HEIGHT, WIDTH)), (0, 1))
        paths.append(folder / f"{i:02}.jpg")
        levels = numpy.clip(image, 0, 255).astype("uint8")
        Image.fromarray(levels).save(paths[-1], quality=90, subsampling="4:2:0")
    return paths
