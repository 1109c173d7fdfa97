#!/usr/bin/env python3
"""Makes the images beside itself: one small file for every odd kind, named after what is odd.

usage: make-images.py        (needs Pillow and numpy)

Beside NAME.EXT stands NAME.EXT.ppm where the pixels are not obvious: what Pillow makes of the file,
blended over white and turned upright. The pictures are computed here, so nobody holds rights in them.
Made with Pillow 13.0.0; the files need not be the same bytes with another.
"""

import io
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
W, H = 13, 9


def scene(width=W, height=H):
    """A picture without symmetry: two ramps and a bright corner."""
    y, x = np.mgrid[0:height, 0:width]
    rgb = np.stack([x * 255 // (width - 1), y * 255 // (height - 1), (x * y * 7 + 40) % 256], -1)
    rgb[: height // 3, : width // 3] = (250, 240, 30)
    return rgb.astype(np.uint8)


def write(name, content):
    (HERE / name).write_bytes(content)


def expect(name, rgb):
    """Writes the pixels that decoding has to give."""
    rgb = np.ascontiguousarray(rgb, dtype=np.uint8)
    write(name + ".ppm", b"P6\n%d %d\n255\n" % (rgb.shape[1], rgb.shape[0]) + rgb.tobytes())


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def over_white(rgba):
    """Blends exactly, rounding to nearest."""
    rgba = np.asarray(rgba, dtype=np.int64)
    alpha = rgba[..., 3:]
    return (rgba[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(
        ">I", zlib.crc32(kind + content))


def png(width, height, depth, kind, rows, before=(), interlaced=False):
    """A PNG by hand, for what Pillow does not write."""
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced))
    content = b"".join(b"\0" + row for row in rows)
    body = [chunk(b"IHDR", header), *before, chunk(b"IDAT", zlib.compress(content, 9))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(body) + chunk(b"IEND", b"")


def adam7(samples):
    """The rows of the seven passes; samples is [H, W, bytes of a pixel]."""
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2),
              (1, 0, 2, 1)]
    for top, left, down, right in passes:
        part = samples[top::down, left::right]
        if part.size:
            yield from (row.tobytes() for row in part)


def make_png():
    rgb = scene()
    image = Image.fromarray(rgb)
    grey = image.convert("L")
    ramp = np.linspace(0, 255, W).astype(np.uint8)
    rgba = np.dstack([rgb, np.broadcast_to(ramp, (H, W))])
    write("png-rgb.png", saved(image, "PNG"))
    expect("png-rgb.png", rgb)
    write("png-grey.png", saved(grey, "PNG"))
    expect("png-grey.png", grey.convert("RGB"))
    write("png-1bit.png", saved(grey.convert("1"), "PNG"))
    expect("png-1bit.png", grey.convert("1").convert("RGB"))
    palette = image.quantize(16)
    write("png-palette.png", saved(palette, "PNG"))
    expect("png-palette.png", palette.convert("RGB"))
    write("png-palette-trns.png", saved(palette, "PNG", transparency=bytes(range(0, 256, 17))))
    alpha = np.arange(0, 256, 17)[np.asarray(palette)]
    expect("png-palette-trns.png", over_white(np.dstack([palette.convert("RGB"), alpha])))
    write("png-rgb-trns.png", saved(image, "PNG", transparency=(250, 240, 30)))
    expect("png-rgb-trns.png", np.where((rgb == (250, 240, 30)).all(-1)[..., None], 255, rgb))
    write("png-alpha.png", saved(Image.fromarray(rgba), "PNG"))
    expect("png-alpha.png", over_white(rgba))
    la = np.dstack([np.asarray(grey), np.broadcast_to(ramp, (H, W))])
    write("png-grey-alpha.png", saved(Image.fromarray(la, "LA"), "PNG"))
    expect("png-grey-alpha.png", over_white(np.dstack([la[..., :1]] * 3 + [la[..., 1:]])))
    make_png_by_hand(rgb, rgba)


def make_png_by_hand(rgb, rgba):
    deep = rgb.astype(np.uint16) * 257 + 60
    deep = np.minimum(deep, 65535)
    level = (deep.astype(np.int64) * 255 + 32767) // 65535
    write("png-16bit.png", png(W, H, 16, 2, [row.astype(">u2").tobytes() for row in deep]))
    expect("png-16bit.png", level)
    grey = deep[..., 2]
    write("png-16bit-grey.png", png(W, H, 16, 0, [row.astype(">u2").tobytes() for row in grey]))
    expect("png-16bit-grey.png", np.dstack([level[..., 2]] * 3))
    deep_alpha = np.dstack([deep, rgba[..., 3].astype(np.uint16) * 257]).astype(">u2")
    write("png-16bit-alpha.png", png(W, H, 16, 6, [row.tobytes() for row in deep_alpha]))
    expect("png-16bit-alpha.png", over_white(np.dstack([level, rgba[..., 3]])))
    write("png-interlaced.png", png(W, H, 8, 2, adam7(rgb), interlaced=True))
    expect("png-interlaced.png", rgb)
    write("png-interlaced-alpha.png", png(W, H, 8, 6, adam7(rgba), interlaced=True))
    expect("png-interlaced-alpha.png", over_white(rgba))
    rows = [row.tobytes() for row in rgb]
    animated = [chunk(b"acTL", struct.pack(">II", 2, 0)),
                chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, W, H, 0, 0, 1, 10, 0, 0))]
    write("png-animated.png", png(W, H, 8, 2, rows, before=animated))
    expect("png-animated.png", rgb)
    bomb = chunk(b"iCCP", b"bomb\0\0" + zlib.compress(bytes(2_000_000), 9))
    text = [chunk(b"zTXt", b"note\0\0" + zlib.compress(bytes(1000))) for _ in range(3)]
    write("png-profile-bomb.png", png(W, H, 8, 2, rows, before=[bomb, *text]))
    expect("png-profile-bomb.png", rgb)
    write("png-60000x60000.png", png(60000, 60000, 8, 0, [bytes(1000)]))
    write("png-1x1-long-idat.png", png(1, 1, 8, 2, [bytes(1_000_000)]))


def oriented(image, orientation):
    """Stores a picture so that the given orientation makes it upright."""
    undo = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE",
            6: "ROTATE_90", 7: "TRANSVERSE", 8: "ROTATE_270"}
    return image.transpose(Image.Transpose[undo[orientation]]) if orientation > 1 else image


def make_orientations():
    upright = Image.fromarray(scene(24, 16))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        stored = oriented(upright, orientation)
        for extension, kind, options in [("png", "PNG", {}), ("webp", "WEBP", {"lossless": True}),
                                         ("jpg", "JPEG", {"quality": 95, "subsampling": 0})]:
            content = saved(stored, kind, exif=exif, **options)
            assert ImageOps.exif_transpose(Image.open(io.BytesIO(content))).size == (24, 16)
            write(f"{kind.lower()}-exif-orientation-{orientation}.{extension}", content)
    expect("exif-upright", np.asarray(upright))


def make_jpeg():
    image = Image.fromarray(scene(40, 24))

    def both(name, content):
        write(name, content)
        expect(name, Image.open(io.BytesIO(content)).convert("RGB"))
        return content

    plain = both("jpeg-baseline.jpg", saved(image, "JPEG", quality=90, subsampling=0))
    both("jpeg-420.jpg", saved(image, "JPEG", quality=90))
    both("jpeg-progressive.jpg", saved(image, "JPEG", quality=90, progressive=True))
    both("jpeg-grey.jpg", saved(image.convert("L"), "JPEG", quality=90))
    both("jpeg-restart.jpg", saved(image, "JPEG", quality=90, restart_marker_rows=1))
    cmyk = np.asarray(image.convert("CMYK")).copy()
    cmyk[..., 3] = np.linspace(0, 200, 40).astype(np.uint8)
    both("jpeg-cmyk.jpg", saved(Image.fromarray(cmyk, "CMYK"), "JPEG", quality=90))
    # YCCK: the CMY part as YCbCr, and Adobe's marker says so in its last byte.
    ycc = np.asarray(Image.fromarray(255 - cmyk[..., :3]).convert("YCbCr"))
    stored = np.dstack([255 - ycc, cmyk[..., 3]])
    content = bytearray(saved(Image.fromarray(stored, "CMYK"), "JPEG", quality=90))
    content[content.index(b"Adobe") + 11] = 2
    both("jpeg-ycck.jpg", bytes(content))
    both("jpeg-extraneous-bytes.jpg", plain[:20] + b"\0\0\0" + plain[20:])
    frame = plain.index(b"\xff\xc0") + 5
    write("jpeg-65500x65500.jpg", plain[:frame] + struct.pack(">HH", 65500, 65500) +
          plain[frame + 4:])
    write("jpeg-12bit-header.jpg", plain[: frame - 1] + b"\x0c" + plain[frame:])
    scans = saved(image, "JPEG", quality=90, progressive=True)
    start = scans.rindex(b"\xff\xda")
    write("jpeg-200-scans.jpg", scans[:start] + scans[start:-2] * 200 + scans[-2:])
    damaged = bytearray(saved(image, "JPEG", quality=90, subsampling=0, restart_marker_rows=1))
    marker = damaged.index(b"\xff\xd1")
    write("jpeg-lost-rows.jpg", bytes(damaged[: marker - 30] + damaged[marker:]))


def make_webp():
    rgb = scene(24, 16)
    image = Image.fromarray(rgb)
    ramp = np.broadcast_to(np.linspace(0, 255, 24).astype(np.uint8), (16, 24))
    rgba = np.dstack([rgb, ramp])
    lossy = saved(image, "WEBP", quality=90)
    write("webp-lossy.webp", lossy)
    expect("webp-lossy.webp", Image.open(io.BytesIO(lossy)).convert("RGB"))
    write("webp-lossless.webp", saved(image, "WEBP", lossless=True))
    expect("webp-lossless.webp", rgb)
    write("webp-lossless-alpha.webp", saved(Image.fromarray(rgba), "WEBP", lossless=True, exact=True))
    expect("webp-lossless-alpha.webp", over_white(rgba))
    content = saved(Image.fromarray(rgba), "WEBP", quality=90)
    write("webp-lossy-alpha.webp", content)
    expect("webp-lossy-alpha.webp", over_white(Image.open(io.BytesIO(content)).convert("RGBA")))
    others = [Image.fromarray(255 - rgb), Image.fromarray(rgb[::-1])]
    content = saved(image, "WEBP", lossless=True, save_all=True, append_images=others)
    write("webp-animated.webp", content)
    expect("webp-animated.webp", rgb)
    small = saved(Image.fromarray(rgb[:8, :10]), "WEBP", lossless=True)[12:]
    frame = b"\x02\0\0" + b"\x01\0\0" + b"\x09\0\0" + b"\x07\0\0" + b"\x0a\0\0" + b"\0" + small
    body = (b"VP8X" + struct.pack("<IB3x", 10, 2) + b"\x17\0\0\x0f\0\0" +
            b"ANIM" + struct.pack("<IIH", 6, 0, 0) + b"ANMF" + struct.pack("<I", len(frame)) + frame)
    write("webp-small-frame.webp", b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body)
    canvas = np.full((16, 24, 3), 255)
    canvas[2:10, 4:14] = rgb[:8, :10]
    expect("webp-small-frame.webp", canvas)
    flat = saved(Image.new("RGB", (16383, 16383), (9, 9, 9)), "WEBP", lossless=True, method=0)
    write("webp-16383x16383.webp", flat)


def main():
    make_png()
    make_orientations()
    make_jpeg()
    make_webp()


main()
