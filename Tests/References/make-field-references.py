"""Reference values from PyTorch for the networks of the field: article, original, df, liae, amp.

Made with torch 2.13.0 (CPU):  python Tests/References/make-field-references.py
Writes Tests/ArchitecturesTests/Golden/field.safetensors: for each case the drawing of every person under
`CASE.PERSON.colours` and `.mask`. Parameters and pictures are not stored: both sides make them by the same formula of
their names (`numbers`). Written from the descriptions in Documentation/Architectures.md with PyTorch's plain functions.
"""

import math
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

from golden import save

torch.set_num_threads(1)
path = pathlib.Path(__file__).resolve().parents[1] / "ArchitecturesTests" / "Golden" / "field.safetensors"


def numbers(name, *shape):
    """-1 ... 1 from FNV-1a of the name and a mixing of the place."""
    key = 0xCBF29CE484222325
    for byte in name.encode():
        key = (key ^ byte) * 0x100000001B3 & (1 << 64) - 1
    with np.errstate(over="ignore"):
        x = np.arange(math.prod(shape), dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(key)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x = x ^ (x >> np.uint64(31))
    values = (x >> np.uint64(40)).astype(np.float64) / 2**23 - 1
    return torch.from_numpy(values.astype(np.float32)).reshape(shape)


def weights(name, outputs, *rest):
    fan = math.prod(rest)
    return numbers(f"{name}.weight", outputs, *rest) * (1.5 / math.sqrt(fan)), numbers(f"{name}.bias", outputs) * 0.1


def conv(name, x, outputs, kernel=3, stride=1):
    weight, bias = weights(name, outputs, x.shape[1], kernel, kernel)
    return F.conv2d(x, weight, bias, stride, kernel // 2)


def dense(name, x, outputs):
    return F.linear(x, *weights(name, outputs, x.shape[1]))


def leaky(slope):
    return lambda x: F.leaky_relu(x, slope)


def upscale(name, x, outputs, act):
    return F.pixel_shuffle(act(conv(name, x, 4 * outputs)), 2)


def article(faces, owner, drawn_by, c=2, side=48):
    name = f"encoders.{owner}"
    x = faces
    for level, width in enumerate([c, 2 * c, 4 * c]):
        x = F.max_pool2d(F.relu(conv(f"{name}.convolutions.{level}", x, width, 5, 2)), 2)
    x = dense(f"{name}.spread", x.flatten(1), 4 * c * 9).view(-1, 4 * c, 3, 3)
    name = f"decoders.{drawn_by}"
    for level, width in enumerate([4 * c, 2 * c, c]):
        x = F.relu(conv(f"{name}.convolutions.{level}", x, width, 5, 2))
        if level < 2:
            x = F.interpolate(x, scale_factor=2, mode="nearest")
    return torch.sigmoid(dense(f"{name}.picture", x.flatten(1), 3 * side * side)).view(-1, 3, side, side), None


def original(faces, drawn_by, c=4, code=6, side=32):
    act, x = leaky(0.1), faces
    for level, width in enumerate([c, 2 * c, 4 * c, 8 * c]):
        x = act(conv(f"encoder.downscales.{level}", x, width, 5, 2))
    grid = side // 16
    x = dense("encoder.bottleneck", x.flatten(1), code)
    x = dense("encoder.spread", x, grid * grid * 8 * c).view(-1, 8 * c, grid, grid)
    x = upscale("encoder.upscale", x, 4 * c, act)
    for level, width in enumerate([2 * c, c, c // 2]):
        x = upscale(f"decoders.{drawn_by}.upscales.{level}", x, width, act)
    return torch.sigmoid(conv(f"decoders.{drawn_by}.colours", x, 3, 5)), None


class DeepFaceLab:
    def __init__(self, options, side=32, code=6, e=2, d=2, m=2):
        self.options, self.side, self.code, self.e, self.d, self.m = options, side, code, e, d, m
        self.act = (lambda x: x * torch.cos(x)) if "c" in options else leaky(0.1)
        self.residual_act = self.act if "c" in options else leaky(0.2)
        self.grid = side // (32 if "d" in options else 16)

    def residual(self, name, x):
        inner = conv(f"{name}.second", self.residual_act(conv(f"{name}.first", x, x.shape[1])), x.shape[1])
        return self.residual_act(inner + x)

    def encode(self, x):
        deep = "t" in self.options
        for level, part in enumerate([1, 2, 4, 8] + [8] * deep):
            x = self.act(conv(f"encoder.downscales.{level}", x, part * self.e, 5, 2))
            if deep and level in (0, 4):
                x = self.residual(f"encoder.residuals.{level}", x)
        x = x.flatten(1)
        if "u" in self.options:
            x = x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-6)
        return x

    def inter(self, name, x, outputs):
        x = dense(f"{name}.spread", dense(f"{name}.narrowing", x, self.code), outputs * self.grid**2)
        x = x.view(-1, outputs, self.grid, self.grid)
        return x if "t" in self.options else upscale(f"{name}.upscale", x, outputs, self.act)

    def decode(self, name, code):
        parts = [8] * ("t" in self.options) + [8, 4, 2]
        x = mask = code
        for level, part in enumerate(parts):
            x = self.residual(f"{name}.residuals.{level}", upscale(f"{name}.upscales.{level}", x, part * self.d, self.act))
        for level, part in enumerate(parts + [1] * ("d" in self.options)):
            mask = upscale(f"{name}.mask.upscales.{level}", mask, part * self.m, self.act)
        if "d" in self.options:
            # Four quarters of the pixels: rows 0, 0, 1, 1 and columns 0, 1, 0, 1 of every 2 x 2.
            colours = torch.empty(x.shape[0], 3, 2 * x.shape[2], 2 * x.shape[3])
            for head in range(4):
                drawn = conv(f"{name}.colours.{head}", x, 3, 1 if head == 0 else 3)
                colours[:, :, head // 2 :: 2, head % 2 :: 2] = drawn
        else:
            colours = conv(f"{name}.colours", x, 3, 1)
        return torch.sigmoid(colours), conv(f"{name}.mask.logits", mask, 1, 1)

    def df(self, faces, drawn_by):
        return self.decode(f"decoders.{drawn_by}", self.inter("inter", self.encode(faces), self.code))

    def liae(self, faces, drawn_by):
        encoded = self.encode(faces)
        shared = self.inter("inter_ab", encoded, 2 * self.code)
        first = shared if drawn_by == "a" else self.inter("inter_b", encoded, 2 * self.code)
        return self.decode("decoder", torch.cat([first, shared], 1))

    def amp(self, faces, morph, channels=8):
        code = dense("encoder.bottleneck", self.encode(faces), self.code)
        source, target = (
            dense(name, code, channels * self.grid**2).view(-1, channels, self.grid, self.grid)
            for name in ("inter_src", "inter_dst"))
        taken = (torch.arange(channels) < round(morph * channels)).view(1, -1, 1, 1)
        return self.decode("decoder", torch.where(taken, source, target))


def faces(side):
    return (numbers("faces", 1, 3, side, side) + 1) / 2


results = {}


def keep(case, person, drawing):
    colours, mask = drawing
    results[f"{case}.{person}.colours"] = colours
    if mask is not None:
        results[f"{case}.{person}.mask"] = mask


for person in "ab":
    keep("article", person, article(faces(48), "b", person))
    keep("original", person, original(faces(32), person))
    keep("df-udtc", person, DeepFaceLab("udtc").df(faces(32), person))
    keep("liae-ud", person, DeepFaceLab("ud").liae(faces(32), person))
    keep("liae-t", person, DeepFaceLab("t").liae(faces(32), person))
for options in ("", "u", "d", "t", "c"):
    keep("df" + f"-{options}" * bool(options), "b", DeepFaceLab(options).df(faces(32), "b"))
for morph in (0, 0.25, 1):
    keep("amp", f"{morph:g}", DeepFaceLab("udt").amp(faces(32), morph))
save(path, results)
