#!/usr/bin/env python3
"""Writes similarity.tsv: L1, PSNR and SSIM as NumPy and scikit-image have them.

Both pictures are the noise of Image.noise, the second mixed with the first, on -1...1. SSIM is the
mean over the places where the window lies within the picture, as in Wang et al. 2004.

    python3 make-similarity.py > similarity.tsv
"""

import numpy
import skimage
from skimage.metrics import peak_signal_noise_ratio, structural_similarity


def noise(width, height, channels, seed):
    """The noise of Support/Noise.swift, from another start."""
    state = (width * 7919 + height * 104729 + channels + seed) % 2**32
    pixels = []
    for _ in range(width * height * channels):
        state = (state * 1664525 + 1013904223) % 2**32
        pixels.append(state >> 24)
    return numpy.array(pixels, numpy.uint8).reshape(height, width, channels)


def values(picture):
    return picture.astype(numpy.float32) / numpy.float32(127.5) - numpy.float32(1)


print(f"# numpy {numpy.__version__}, scikit-image {skimage.__version__}")
print("# width\theight\tchannels\tpercent of the first in the second\tL1\tPSNR\tSSIM")
for width, height, channels in [(11, 11, 1), (16, 12, 3), (40, 23, 3), (64, 64, 1)]:
    for percent in [0, 50, 90, 99]:
        first = noise(width, height, channels, 0)
        other = noise(width, height, channels, 1)
        mixed = (first.astype(int) * percent + other.astype(int) * (100 - percent)) // 100
        x, y = (values(p).astype(numpy.float64) for p in (first, mixed))
        _, full = structural_similarity(
            x, y, data_range=2, channel_axis=2, gaussian_weights=True, sigma=1.5,
            use_sample_covariance=False, full=True)
        ssim = full[5 : height - 5, 5 : width - 5].mean()
        psnr = peak_signal_noise_ratio(x, y, data_range=2)
        l1 = numpy.abs(x - y).mean()
        print(width, height, channels, percent, *(f"{n:.12f}" for n in (l1, psnr, ssim)), sep="\t")
