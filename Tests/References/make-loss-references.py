"""Reference values from PyTorch for the losses.

Made with torch 2.13.0 (CPU), seed 20261125:  python Tests/References/make-loss-references.py
Writes Tests/NeuralNetworksTests/Golden/losses.safetensors (each measure by itself) and
Tests/TrainingTests/Golden/losses.safetensors (each term of the swap loss, and the recipes of the field). Every measure is
written by its plain definition: depthwise windows where Swift multiplies by Toeplitz matrices, the whole spectrum where
Swift has half of it.
"""

import pathlib

import torch
import torch.nn.functional as F

from golden import save

torch.manual_seed(20261125)
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
tests = pathlib.Path(__file__).resolve().parents[1]


def smoothed(x, window, sigma):
    """Mean under a Gaussian window, which is cut and weighted anew at the edge."""
    line = torch.exp(-((torch.arange(window) - window // 2) ** 2) / (2 * sigma**2))
    kernel = (line[:, None] * line[None]).expand(x.shape[1], 1, window, window)
    one = F.conv2d(torch.ones_like(x), kernel, padding=window // 2, groups=x.shape[1])
    return F.conv2d(x, kernel, padding=window // 2, groups=x.shape[1]) / one


def factors(a, b, window=11, sigma=1.5):
    mean = lambda x: smoothed(x, window, sigma)
    ma, mb = mean(a), mean(b)
    va, vb, ab = mean(a * a) - ma**2, mean(b * b) - mb**2, mean(a * b) - ma * mb
    c1, c2 = 0.01**2, 0.03**2
    return (2 * ma * mb + c1) / (ma**2 + mb**2 + c1), (2 * ab + c2) / (va + vb + c2)


def ssim(a, b, window=11, sigma=1.5):
    light, structure = factors(a, b, window, sigma)
    return light * structure


def dssim(a, b, windows):
    return sum((1 - ssim(a, b, w, 1.5 * w / 11)) / 2 for w in windows) / len(windows)


def multiscale(a, b, weight=None):
    exponents = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
    exponents = [e for i, e in enumerate(exponents) if i == 0 or min(a.shape[2:]) >> i >= 8]
    weight = torch.ones_like(a[:, :1]) if weight is None else weight
    result = 1
    for i, exponent in enumerate(exponents):
        mean = lambda x: ((x * weight).sum((2, 3)) / weight.sum((2, 3))).clamp(min=1e-3)
        light, structure = factors(a, b)
        result = result * mean(structure) ** (exponent / sum(exponents))
        if i == len(exponents) - 1:
            result = result * mean(light) ** (exponent / sum(exponents))
        a, b, weight = (F.avg_pool2d(x, 2) for x in (a, b, weight))
    return result.mean(1)


def gradient(a, b):
    d = F.pad(a - b, (0, 1, 0, 1), mode="replicate")
    return (d[:, :, :-1, 1:] - d[:, :, :-1, :-1]).abs() + (d[:, :, 1:, :-1] - d[:, :, :-1, :-1]).abs()


def frequency(a, b):
    squares = torch.fft.fft2(a - b, norm="ortho").abs() ** 2
    return (squares * squares.sqrt() / squares.sqrt().amax((2, 3), keepdim=True)).mean()


def moments(a, b, mask, sigma):
    window = 2 * int(-(-3 * sigma // 1)) + 1
    share = smoothed(mask, window, sigma) + 1e-4
    def of(x):
        mean = smoothed(x * mask, window, sigma) / share
        return mean, ((smoothed(x * x * mask, window, sigma) / share - mean**2).clamp(0, 1) + 1e-4).sqrt()
    (ma, da), (mb, db) = of(a), of(b)
    return (((ma - mb) ** 2 + (da - db) ** 2) * mask).sum() / (mask.sum() * a.shape[1] + 1e-6)


def measures():
    a = torch.rand(2, 3, 32, 36)
    a = 0.6 * smoothed(a, 7, 2) + 0.4 * a
    b = (a + 0.15 * torch.randn_like(a)).clamp(0, 1)
    mask = smoothed((torch.rand(2, 1, 32, 36) > 0.6).double(), 5, 1)
    results = {
        "dssim one window": dssim(a, b, [11]), "dssim two windows": dssim(a, b, [23, 11]),
        "multiscale": multiscale(a, b), "multiscale weighted": multiscale(a, b, mask),
        "gradient": gradient(a, b), "frequency": frequency(a, b),
        "frequency odd": frequency(a[..., :35], b[..., :35]), "moments": moments(a, b, mask, 2.5),
    }
    save(tests / "NeuralNetworksTests/Golden/losses.safetensors", {
        **{f"in.{k}": v.float() for k, v in {"a": a, "b": b, "mask": mask}.items()},
        **{f"out.{k}": v.float() for k, v in results.items()}})


def terms():
    """Each term of the swap loss by itself, and the recipes of the field, on small faces."""
    side, sigma = 24, 24 / 32
    colours, faces = torch.rand(2, 3, side, side), torch.rand(2, 3, side, side)
    colours = 0.5 * smoothed(faces, 5, 1) + 0.5 * smoothed(colours, 5, 1)
    y, x = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    disc = lambda cx, cy, r: (((x - cx) ** 2 + (y - cy) ** 2) < r * r).double().expand(2, 1, side, side)
    mask, eyes, mouth = disc(12, 12, 8), disc(8, 9, 2.5) + disc(16, 9, 2.5), disc(12, 16, 3)
    logits = torch.randn(2, 1, side, side)

    blurred = torch.maximum(mask, smoothed(mask, 2 * int(-(-3 * sigma // 1)) + 1, sigma))
    difference = (colours - faces).abs()

    def inside(function, region=mask, eye=4, mouths=2):
        weight = region * (1 + eye * eyes + mouths * mouth)
        # Pixels are compared as they are; windows and slopes, which see their neighbours, inside the mask alone.
        seen = 1 if function in (absolute, squared) else region
        return (function(colours * seen, faces * seen) * weight).sum() / (region.sum() * 3)

    def level(region=mask, eye=4, mouths=2):
        weight = region * (1 + eye * eyes + mouths * mouth)
        return (1 - multiscale(colours * region, faces * region, weight)).mean()

    absolute, squared = lambda a, b: (a - b).abs(), lambda a, b: (a - b) ** 2
    similarity, one = lambda a, b: 1 - ssim(a, b), lambda a, b: dssim(a, b, [3])
    masks = ((torch.sigmoid(logits) - mask) ** 2).mean()
    results = {
        "absolute": inside(absolute), "squared": inside(squared), "ssim": inside(similarity), "dssim": inside(one),
        "msssim": level(), "mask": masks, "everywhere": difference.mean(),
        "features": (difference * torch.maximum(eyes, mouth)).mean(), "gradient": inside(gradient),
        "frequency": frequency(colours * mask, faces * mask) * colours.numel() / (mask.sum() * 3),
        "blurred": inside(absolute, blurred),
        "default": 10 * inside(absolute) + 5 * inside(similarity) + difference.mean() + 3 * masks,
        "deepFaceLab": 10 * inside(one, blurred, 0, 0) + 10 * inside(squared, blurred, 0, 0) + 10 * masks,
        "deepFaceLab features": 10 * inside(one, blurred, 0, 0) + 10 * inside(squared, blurred, 0, 0) + 10 * masks
        + 300 * (difference * torch.maximum(eyes, mouth)).mean(),
        "faceswap": inside(similarity, eye=3) + inside(squared, eye=3) + masks,
        "article": difference.mean() + masks,
        "faceStyle": moments(colours, faces, mask, side / 16),
        "backgroundStyle": ((dssim(colours * (1 - mask), faces * (1 - mask), [3]) + squared(colours, faces))
                            * (1 - mask)).sum() / ((1 - mask).sum() * 3),
    }
    save(tests / "TrainingTests/Golden/losses.safetensors", {
        **{f"in.{k}": v.float() for k, v in {
            "colours": colours, "logits": logits, "faces": faces, "mask": mask, "eyes": eyes, "mouth": mouth}.items()},
        **{f"out.{k}": v.float() for k, v in results.items()}})


if __name__ == "__main__":
    measures()
    (tests / "TrainingTests/Golden").mkdir(exist_ok=True)
    terms()
