"""Reference values for augmentation and colour transfer, from the papers' formulas in plain NumPy and PyTorch.

Made with torch 2.13.0 (CPU), seed 20261124:  python Tests/References/make-augmentation-references.py
Writes Tests/NeuralNetworksTests/Golden/colours.safetensors and Tests/TrainingTests/Golden/augmentation.safetensors.
"""

import math
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

from golden import save

torch.manual_seed(20261124)
torch.set_num_threads(1)
tests = pathlib.Path(__file__).resolve().parents[1]


def lab(rgb):
    """sRGB 0…1, channels last → CIE L*a*b*, D65 (IEC 61966-2-1, CIE 15:2004)."""
    v = np.where(rgb <= 0.04045, rgb / 12.92, ((np.maximum(rgb, 0.04045) + 0.055) / 1.055) ** 2.4)
    m = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                  [0.0193339, 0.1191920, 0.9503041]])
    x = (v @ m.T) / np.array([0.95047, 1, 1.08883])
    f = np.where(x > 216 / 24389, np.cbrt(x), (x * 24389 / 27 + 16) / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1)


def rgb(lab):
    fy = (lab[..., 0] + 16) / 116
    f = np.stack([fy + lab[..., 1] / 500, fy, fy - lab[..., 2] / 200], -1)
    x = np.where(f > 6 / 29, f**3, (116 * f - 16) * 27 / 24389) * np.array([0.95047, 1, 1.08883])
    m = np.array([[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560],
                  [0.0556434, -0.2040259, 1.0572252]])
    v = x @ m.T
    return np.where(v <= 0.0031308, v * 12.92, 1.055 * np.maximum(v, 0.0031308) ** (1 / 2.4) - 0.055)


def mean(x, w):
    return (x * w[:, None]).sum(0) / w.sum()


def covariance(x, w):
    c = x - mean(x, w)
    return (c * w[:, None]).T @ c / w.sum()


def reinhard(pixels, x, w, y, v):
    a, b = lab(x), lab(y)
    sa, sb = np.sqrt(np.diag(covariance(a, w))), np.sqrt(np.diag(covariance(b, v)))
    return rgb((lab(pixels) - mean(a, w)) * sb / sa + mean(b, v))


def cholesky(pixels, x, w, y, v):
    t = np.linalg.cholesky(covariance(y, v)) @ np.linalg.inv(np.linalg.cholesky(covariance(x, w)))
    return (pixels - mean(x, w)) @ t.T + mean(y, v)


def root(m, power):
    values, vectors = np.linalg.eigh(m)
    return (vectors * values**power) @ vectors.T


def monge(pixels, x, w, y, v):
    s, t = covariance(x, w), covariance(y, v)
    half, inverse = root(s, 0.5), root(s, -0.5)
    return (pixels - mean(x, w)) @ (inverse @ root(half @ t @ half, 0.5) @ inverse) + mean(y, v)


def monotone(values, x, w, y, v):
    """The exact map between two weighted one-dimensional samples, by sorting."""
    order, other = np.argsort(x), np.argsort(y)
    share = (np.cumsum(w[order]) - w[order] / 2) / w.sum()
    wanted = (np.cumsum(v[other]) - v[other] / 2) / v.sum()
    return np.interp(np.interp(values, x[order], share), wanted, y[other])


def sliced(pixels, x, w, y, v, steps):
    """Iterative distribution transfer (one basis a step) and sliced optimal transport (several)."""
    for bases in steps:
        changes = [np.zeros_like(pixels), np.zeros_like(x)]
        for basis in bases:
            for d in basis:
                for place, moving in enumerate([pixels, x]):
                    along = moving @ d
                    changes[place] += (monotone(along, x @ d, w, y @ d, v) - along)[:, None] * d / len(bases)
        pixels, x = pixels + changes[0], x + changes[1]
    return pixels


def colours():
    n, side = 2, 12
    count = side * side
    # Skin under two lights, with hair: two clusters each, correlated.
    def face(warm, dark):
        skin = np.array([0.75, 0.55, 0.45]) * warm + np.random.randn(count, 3) @ (np.eye(3) * 0.03 + 0.05)
        hair = np.array([0.2, 0.15, 0.12]) * warm + np.random.randn(count, 3) * 0.03
        return np.where(np.random.rand(count, 1) < dark, hair, skin).clip(0.02, 0.98)

    np.random.seed(20261124)
    source = np.stack([face(np.array([1.0, 0.9, 0.8]), 0.2), face(np.array([0.8, 0.9, 1.0]), 0.4)])
    target = np.stack([face(np.array([0.7, 0.8, 0.9]), 0.3), face(np.array([1.1, 1.0, 0.9]), 0.1)])
    mask, other = np.random.rand(n, count), np.random.rand(n, count)
    mask[:, : count // 4] = 0
    # What the network's side adds to every weight, so that an empty mask is one that holds all.
    w, v = mask + 1e-4, other + 1e-4
    pixels = np.concatenate([source, np.random.rand(n, 20, 3)], 1)
    bases = np.linalg.qr(np.random.randn(9, 3, 3))[0]
    one, several = [[b] for b in bases], [list(bases[i : i + 3]) for i in range(0, 9, 3)]
    methods = {
        "rct": reinhard, "lct": cholesky, "mkl": monge,
        "idt": lambda *a: sliced(*a, one), "sot": lambda *a: sliced(*a, several),
    }
    first = lambda x: torch.tensor(np.ascontiguousarray(np.moveaxis(x, -1, 1)), dtype=torch.float32)
    tensors = {
        "pixels": first(pixels), "source": first(source), "target": first(target),
        "source mask": torch.tensor(mask[:, None], dtype=torch.float32),
        "target mask": torch.tensor(other[:, None], dtype=torch.float32),
        "bases": torch.tensor(bases, dtype=torch.float32), "lab": first(lab(pixels)),
    }
    for name, method in methods.items():
        moved = [method(pixels[i], source[i], w[i], target[i], v[i]) for i in range(n)]
        tensors[name] = first(np.stack(moved))
    save(tests / "NeuralNetworksTests/Golden/colours.safetensors", tensors)


def augmentation():
    wide, side, points = torch.rand(3, 3, 20, 20), 16, 9
    crop = side / 20
    angle, zoom = torch.tensor([0.15, -0.1, 0.0]), torch.tensor([1.05, 0.9, 1.1])
    shift = torch.tensor([[0.02, -0.03], [0.0, 0.05], [-0.04, 0.01]])
    moves = torch.randn(3, 2, points, points) * 0.02
    # A turn, zoom and shift of the new picture's positions, in sides of the crop around its middle.
    line = (torch.arange(side) + 0.5) / side - 0.5
    y, x = torch.meshgrid(line, line, indexing="ij")
    c, s = (zoom * angle.cos())[:, None, None], (zoom * angle.sin())[:, None, None]
    px, py = c * x - s * y + shift[:, 0, None, None], s * x + c * y + shift[:, 1, None, None]
    # Points lie from edge to edge; in between the warp is bilinear.
    at = F.grid_sample(moves, torch.stack([2 * x, 2 * y], -1)[None].expand(3, -1, -1, -1), align_corners=True)
    positions = torch.stack([px + at[:, 0], py + at[:, 1]], -1) * 2 * crop
    warped = F.grid_sample(wide, positions, padding_mode="border", align_corners=False)
    moved = F.grid_sample(wide, torch.stack([px, py], -1) * 2 * crop, padding_mode="border", align_corners=False)
    # A blur outside of a mask by plain convolution.
    mask = F.interpolate(torch.rand(3, 1, 4, 4), (side, side), mode="bilinear").clamp(0, 1)
    sigma = 0.08 * side
    window = torch.exp(-(torch.arange(-15.0, 16) ** 2) / (2 * sigma**2)) / (sigma * math.sqrt(2 * math.pi))
    blur = lambda v: F.conv2d(
        v, (window[:, None] * window)[None, None].expand(v.shape[1], 1, 31, 31), padding=15, groups=v.shape[1])
    around = blur(warped * (1 - mask)) / (blur(1 - mask) + 1e-4)
    save(tests / "TrainingTests/Golden/augmentation.safetensors", {
        "wide": wide, "angle": angle, "zoom": zoom, "shift": shift, "moves": moves, "warped": warped, "moved": moved,
        "mask": mask, "blurred": warped * mask + around * (1 - mask)})


colours()
(tests / "TrainingTests/Golden").mkdir(exist_ok=True)
augmentation()
