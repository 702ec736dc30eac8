"""Reference values from PyTorch for the discriminators and what they strive for.

Made with torch 2.13.0 (CPU), seed 20261126:  python Tests/References/make-discriminator-references.py
Writes Tests/ArchitecturesTests/Golden/discriminators.safetensors: parameters under `faces.`, `list.` and `map.`, inputs
under `in.`, results under `out.`. The receptive fields are counted by gradients: how many pixels one verdict depends on.
"""

import math
import pathlib

import torch
import torch.nn.functional as F

from golden import save

torch.manual_seed(20261126)
torch.set_num_threads(1)
path = pathlib.Path(__file__).resolve().parents[1] / "ArchitecturesTests" / "Golden" / "discriminators.safetensors"
parameters = {}


def layer(name, *shape):
    for key, value in {"weight": torch.randn(*shape) / math.sqrt(math.prod(shape[1:])), "bias": torch.randn(shape[0]) / 4}.items():
        parameters.setdefault(f"{name}.{key}", value)
    return parameters[f"{name}.weight"], parameters[f"{name}.bias"]


def conv(name, x, outputs, kernel=3, stride=1):
    return F.conv2d(x, *layer(name, outputs, x.shape[1], kernel, kernel), stride, kernel // 2)


def rectified(x):
    return F.leaky_relu(x, 0.2)


def patches(faces, halvings=2, deep=1, channels=3):
    levels = [rectified(conv("faces.stem", faces * 2 - 1, channels))]
    for i in range(halvings):
        levels.append(rectified(conv(f"faces.down.{i}", levels[-1], channels * 2 ** (i + 1), stride=2)))
    x = levels.pop()
    for i in range(deep):
        x = rectified(conv(f"faces.deep.{i}", x, x.shape[1]))
    verdict = conv("faces.patches", x, 1, 1)
    for i in reversed(range(halvings)):
        x = F.interpolate(x, scale_factor=2, mode="nearest")
        x = rectified(conv(f"faces.up.{i}", torch.cat([x, levels[i]], 1), channels * 2**i))
    return verdict, conv("faces.pixels", x, 1, 1)


def codes(name, x, channels=2):
    if x.dim() == 2:
        for i, outputs in enumerate((4 * channels, 4 * channels, 1)):
            x = F.linear(x, *layer(f"{name}.layers.{i}", outputs, x.shape[1]))
            x = rectified(x) if i < 2 else x
        return x
    x = rectified(conv(f"{name}.layers.0", x, channels, 3, 2))
    x = rectified(conv(f"{name}.layers.1", x, 2 * channels, 3, 2))
    return conv(f"{name}.layers.2", x, 1, 1)


faces, row, grid = torch.rand(2, 3, 24, 24), torch.randn(3, 5), torch.randn(2, 4, 6, 6)
verdict, pixels = patches(faces)
wide = torch.rand(1, 3, 64, 64, requires_grad=True)
patches(wide)[0][0, 0, 8, 8].backward()
seen = wide.grad.abs().sum((0, 1)).nonzero()
field = (seen.amax(0) - seen.amin(0) + 1).float()

true, drawn = torch.randn(4, 3) * 3, torch.randn(4, 3) * 3
one, zero = torch.ones_like(true), torch.zeros_like(true)
entropy = F.binary_cross_entropy_with_logits
results = {
    "patches": verdict, "pixels": pixels, "field": field, "list": codes("list", row), "map": codes("map", grid),
    "logistic discriminator": entropy(true, one) + entropy(drawn, zero), "logistic generator": entropy(drawn, one),
    "squares discriminator": (F.mse_loss(true, one) + F.mse_loss(drawn, zero)) / 2,
    "squares generator": F.mse_loss(drawn, one) / 2,
}
save(path, {
    **parameters, **{f"in.{k}": v for k, v in {
        "faces": faces, "row": row, "map": grid, "true": true, "drawn": drawn}.items()},
    **{f"out.{k}": v.detach() for k, v in results.items()}})
