"""Reference values from PyTorch for the hybrid network as a whole.

Made with torch 2.13.0 (CPU), seed 20261124:  python Tests/References/make-network-reference.py
Writes Tests/ArchitecturesTests/Golden/network.safetensors: parameters under `model.` and their names, inputs under
`in.`, results under `out.`. The network is the smallest that has every part; written here with PyTorch's own modules and
with F.fold for the overlapping patches, so that nothing of the Swift side's way of computing is repeated.
"""

import math
import pathlib

import torch
import torch.nn.functional as F

from golden import save

torch.manual_seed(20261124)
torch.set_num_threads(1)
path = pathlib.Path(__file__).resolve().parents[1] / "ArchitecturesTests" / "Golden" / "network.safetensors"

RESOLUTION, ENCODER, LEARNED, STYLE, START, CHANNELS, HEAD = 32, 16, 6, 12, 4, 8, 2
GRID = RESOLUTION // 8
UPPER, LOWER = [0, 1, 3], [2, 3]
SPLIT, SOFTNESS = 0.5, 0.04

parameters = {}


def parameter(name, *shape):
    fan = math.prod(shape[1:]) or 1
    parameters[name] = torch.randn(*shape) / math.sqrt(fan)
    return parameters[name]


def conv(name, x, inputs, outputs, kernel=3, stride=1):
    weight = parameter(f"{name}.weight", outputs, inputs, kernel, kernel)
    return F.conv2d(x, weight, parameter(f"{name}.bias", outputs), stride, kernel // 2)


def dense(name, x, outputs):
    return F.linear(x, parameter(f"{name}.weight", outputs, x.shape[1]), parameter(f"{name}.bias", outputs))


def activated(x):
    return F.leaky_relu(x, 0.1)


def residual(name, x, channels, modulation=None):
    inner = conv(f"{name}.first", activated(x), channels, channels)
    if modulation is not None:
        scale, shift = modulation(f"{name}.modulation").chunk(2, 1)
        inner = inner * (1 + scale) + shift
    return x + conv(f"{name}.second", activated(inner), channels, channels)


def encode(face, channels=8):
    x = conv("encoder.stem", F.pixel_unshuffle(face - 0.5, 8), 192, channels)
    x = residual("encoder.blocks.0", x, channels)
    x = conv("encoder.halving", activated(x), channels, channels, stride=2)
    x = dense("encoder.code", activated(residual("encoder.deep", x, channels)).flatten(1), LEARNED)
    return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-6)


def style(name, code):
    result = activated(dense(f"{name}.second", activated(dense(f"{name}.first", code, STYLE)), STYLE))
    return result, dense(f"{name}.start", result, START * GRID * GRID).view(-1, START, GRID, GRID)


def decode(learned, measured):
    rows = (torch.arange(GRID) + 0.5) / GRID
    weight = torch.sigmoid((SPLIT - rows) / SOFTNESS).view(1, 1, GRID, 1)
    upper, above = style("intermediate.upper", torch.cat([learned, measured[:, UPPER]], 1))
    lower, below = style("intermediate.lower", torch.cat([learned, measured[:, LOWER]], 1))

    def modulation(name):
        outputs = 2 * CHANNELS
        weights, bias = parameter(f"{name}.weight", outputs, STYLE), parameter(f"{name}.bias", outputs)
        both = [F.linear(s, weights, bias)[:, :, None, None] for s in (upper, lower)]
        return both[0] * weight + both[1] * (1 - weight)

    x = conv("intermediate.widening", above * weight + below * (1 - weight), START, CHANNELS, kernel=1)
    x = residual("intermediate.blocks.0", x, CHANNELS, modulation)
    features = x
    for block in range(2):
        x = residual(f"decoders.a.blocks.{block}", x, CHANNELS, modulation)
    x = conv("decoders.a.head.narrowing", activated(x), CHANNELS, HEAD, kernel=1)
    head = parameter("decoders.a.head.weight", GRID * GRID, HEAD, 1024)
    patches = torch.einsum("nhp,phk->npk", x.flatten(2), head)
    # Quarters of 8 x 8 in four channels -> patches of 16 x 16 under the window, laid 8 apart.
    patches = patches.view(-1, GRID * GRID, 2, 2, 4, 8, 8).permute(0, 1, 4, 2, 5, 3, 6).reshape(-1, GRID * GRID, 4, 16, 16)
    sine = torch.sin(math.pi * (torch.arange(16) + 0.5) / 16)
    columns = (patches * sine[:, None] * sine).flatten(2).transpose(1, 2)
    drawn = F.fold(columns, (RESOLUTION, RESOLUTION), 16, padding=4, stride=8)
    return features, drawn + parameter("decoders.a.mean", 1, 4, RESOLUTION, RESOLUTION)


faces, measured = torch.rand(3, 3, ENCODER, ENCODER), torch.randn(3, 4)
learned = encode(faces)
features, drawn = decode(learned, measured)
path.parent.mkdir(exist_ok=True)
save(path, {
    **{f"model.{name}": value for name, value in parameters.items()},
    "in.faces": faces, "in.measured": measured,
    "out.learned": learned, "out.features": features, "out.drawn": drawn})
