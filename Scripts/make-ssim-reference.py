"""Reference values for Tests/EvaluationTests: SSIM and PSNR in float64, straight from the definition.

numpy only (tried with 2.4); prints what PixelMetricsTests.swift holds. The pictures are made by a formula that the test
repeats, so no file is needed. No random numbers.
"""

import numpy as np

H, W = 24, 32
y, x = np.mgrid[0:H, 0:W]
a = np.floor(128 + 90 * np.sin(x / 3.0) * np.cos(y / 4.0))
b = np.clip(np.floor(a + 12 * np.sin(x * y / 7.0) + 4), 0, 255)


def blur(plane):
    taps = np.exp(-np.arange(-5, 6) ** 2 / (2 * 1.5**2))
    taps /= taps.sum()
    wide = np.pad(plane, 5, mode="edge")
    rows = sum(t * wide[:, i : i + W] for i, t in enumerate(taps))
    return sum(t * rows[i : i + H] for i, t in enumerate(taps))


c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
ma, mb = blur(a), blur(b)
va, vb, cab = blur(a * a) - ma**2, blur(b * b) - mb**2, blur(a * b) - ma * mb
ssim = (2 * ma * mb + c1) * (2 * cab + c2) / ((ma**2 + mb**2 + c1) * (va + vb + c2))
mask = (x - 16) ** 2 + (y - 12) ** 2 < 81
mse = ((a - b) ** 2)[mask].mean()
print("pixels", mask.sum())
print("ssim whole", ssim.mean(), "masked", ssim[mask].mean(), "at (3, 2)", ssim[2, 3])
print("psnr masked", 10 * np.log10(255**2 / mse))
