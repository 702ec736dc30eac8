"""Reference values from PyTorch for the engine's tests.

Made with torch 2.13.0 (CPU), seed 20261123:  python Tests/References/make-references.py
Writes Tests/TensorsTests/Golden/operations.safetensors and Tests/NeuralNetworksTests/Golden/training.safetensors.
"""

import pathlib

import torch
import torch.nn.functional as F

from golden import save

torch.manual_seed(20261123)
torch.set_num_threads(1)
tests = pathlib.Path(__file__).resolve().parents[1]


def operations():
    r = torch.randn
    x, y = r(2, 4, 6, 8), r(2, 4, 6, 8)
    inputs = {
        "x": x, "y": y, "positive": r(3, 5).abs() + 0.1, "matrix": r(3, 5), "other": r(5, 4),
        "weight": r(6, 2, 3, 3), "bias": r(6), "transposed": r(4, 3, 2, 2), "bias3": r(3),
        "scale": r(4), "shift": r(4), "dense": r(7, 5), "bias7": r(7), "slope": r(4).abs(),
        "theta": r(2, 2, 3) * 0.3 + torch.eye(2, 3), "grid": r(2, 5, 7, 2) * 0.8,
        "index": torch.tensor([1, 0, 1]),
    }
    i = inputs
    symmetric = r(2, 4, 4)
    inputs["symmetric"] = symmetric @ symmetric.mT
    values, vectors = torch.linalg.eigh(inputs["symmetric"])
    outputs = {
        "eigenvalues": values, "eigenvectors": (vectors * vectors.sum(1, keepdim=True).sign()),
        "add": x + y, "subtract": x - y, "multiply": x * y, "divide": x / y, "scalars": (2 - x * 3 + 1) / 4,
        "maximum": torch.maximum(x, y), "minimum": torch.minimum(x, y), "clamp": x.clamp(-0.5, 0.5),
        "abs": x.abs(), "square": x.square(), "sqrt": i["positive"].sqrt(), "rsqrt": i["positive"].rsqrt(),
        "log": i["positive"].log(), "exp": x.exp(), "cos": x.cos(), "tanh": x.tanh(), "sigmoid": x.sigmoid(), "relu": x.relu(),
        "silu": F.silu(x), "hardswish": F.hardswish(x), "leaky": F.leaky_relu(x, 0.1),
        "leaky in place": F.leaky_relu(x, 0.1), "prelu": F.prelu(x, i["slope"]),
        "sum": x.sum((1, 3)), "mean": x.mean((2,), keepdim=True), "mean all": x.mean(),
        "greatest": x.amax((1, 3)), "fourier": torch.view_as_real(torch.fft.rfft2(x, norm="ortho")),
        "matmul": i["matrix"] @ i["other"], "linear": F.linear(i["matrix"], i["dense"], i["bias7"]),
        "concatenate": torch.cat([x, y], 1), "slice": x[:, 1:4:2], "split": x.split([1, 3], 1)[1], "gather": x[i["index"]],
        "pad": F.pad(x, (1, 2, 0, 3), value=0.5), "shuffle": F.pixel_shuffle(x, 2), "unshuffle": F.pixel_unshuffle(x, 2),
        "conv2d": F.conv2d(x, i["weight"], i["bias"], 2, 1, 1, 2),
        "conv2d dilated": F.conv2d(x, i["weight"], None, 1, (2, 1), (2, 1), 2),
        "transposed convolution": F.conv_transpose2d(x, i["transposed"], i["bias3"], 2),
        "group norm": F.group_norm(x, 2, i["scale"], i["shift"], 1e-5),
        "max pool": F.max_pool2d(x, 3, 2, 1), "average pool": F.avg_pool2d(x, 2, 2),
        "nearest": F.interpolate(x, (9, 12), mode="nearest"),
        "bilinear": F.interpolate(x, (9, 12), mode="bilinear", align_corners=False),
        "bilinear corners": F.interpolate(x, (9, 12), mode="bilinear", align_corners=True),
        "affine grid": F.affine_grid(i["theta"], (2, 1, 5, 7), align_corners=False),
        "grid sample zeros": F.grid_sample(x, i["grid"], align_corners=False),
        "grid sample edge": F.grid_sample(x, i["grid"], padding_mode="border", align_corners=False),
    }
    save(tests / "TensorsTests/Golden/operations.safetensors",
         {**{f"in.{k}": v for k, v in inputs.items()}, **{f"out.{k}": v for k, v in outputs.items()}})


def training():
    # SSIM by the plain definition: a depthwise Gaussian window, cut and weighted anew at the edge.
    a, b = torch.rand(2, 3, 20, 24), torch.rand(2, 3, 20, 24)
    line = torch.exp(-((torch.arange(11.0) - 5) ** 2) / (2 * 1.5**2))
    window = (line[:, None] * line[None]).expand(3, 1, 11, 11)
    weight = F.conv2d(torch.ones_like(a), window, padding=5, groups=3)
    mean = lambda v: F.conv2d(v, window, padding=5, groups=3) / weight
    ma, mb = mean(a), mean(b)
    va, vb, ab = mean(a * a) - ma**2, mean(b * b) - mb**2, mean(a * b) - ma * mb
    c1, c2 = 0.01**2, 0.03**2
    ssim = (2 * ma * mb + c1) * (2 * ab + c2) / ((ma**2 + mb**2 + c1) * (va + vb + c2))

    # Five steps of AdamW with clipping on a small two-layer network.
    w1, w2 = torch.randn(8, 4) * 0.5, torch.randn(2, 8) * 0.5
    x, y = torch.randn(16, 4), torch.randn(16, 2)
    p = [w1.clone().requires_grad_(), w2.clone().requires_grad_()]
    optimizer = torch.optim.AdamW(p, lr=1e-2, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.01)
    norms = []
    for _ in range(5):
        optimizer.zero_grad()
        ((torch.tanh(x @ p[0].T) @ p[1].T - y) ** 2).mean().backward()
        norms.append(torch.nn.utils.clip_grad_norm_(p, 0.5).detach())
        optimizer.step()
    save(tests / "NeuralNetworksTests/Golden/training.safetensors", {
        "ssim.a": a, "ssim.b": b, "ssim.map": ssim, "adamw.first": w1, "adamw.second": w2, "adamw.x": x, "adamw.y": y,
        "adamw.first after": p[0].detach(), "adamw.second after": p[1].detach(), "adamw.norms": torch.stack(norms)})


operations()
training()
