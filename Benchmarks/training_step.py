"""The training step of `dimorph-s` in plain PyTorch, for a comparison of speed: python training_step.py SOURCE TARGET STEPS

Reads the same packed face sets and does the same work a step (draw, mirror, disturb, encode, decode, compare, AdamW,
average) with PyTorch's ordinary modules. Prints one JSON object with the seconds of the steps after ten to warm up.
"""

import json
import math
import struct
import sys
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

BATCH, SIDE, EYE = 8, 128, 64
TURN, EYES = [23, 24, 25], [6, 7, 8, 9, 10, 11, 12, 13, 14, 20]
MOUTH = [i for i in range(23) if i not in EYES]


def read(path):
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))
        data = file.read()
    types = {"U8": np.uint8, "F32": np.float32, "F64": np.float64, "I32": np.int32}
    return {
        name: np.frombuffer(data[slice(*entry["data_offsets"])], types[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items() if name != "__metadata__"}


def activated(x):
    return F.leaky_relu(x, 0.1)


class Residual(nn.Module):
    def __init__(self, channels, style=None):
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.second.weight)
        self.modulation = nn.Linear(style, 2 * channels) if style else None

    def forward(self, x, upper=None, lower=None, weight=None):
        inner = self.first(activated(x))
        if self.modulation is not None:
            both = self.modulation(upper)[:, :, None, None] * weight
            both = both + self.modulation(lower)[:, :, None, None] * (1 - weight)
            scale, shift = both.chunk(2, 1)
            inner = inner * (1 + scale) + shift
        return x + self.second(activated(inner))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(192, 128, 3, padding=1)
        self.blocks = nn.ModuleList([Residual(128), Residual(128)])
        self.halving = nn.Conv2d(128, 128, 3, 2, 1)
        self.deep = Residual(128)
        self.code = nn.Linear(2048, 32)

    def forward(self, x):
        x = self.stem(F.pixel_unshuffle(x - 0.5, 8))
        for block in self.blocks:
            x = block(x)
        x = self.code(activated(self.deep(self.halving(activated(x)))).flatten(1))
        return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-6)


class Style(nn.Module):
    def __init__(self, measures):
        super().__init__()
        self.first, self.second = nn.Linear(32 + measures, 256), nn.Linear(256, 256)
        self.start = nn.Linear(256, 32 * 256)

    def forward(self, code):
        style = activated(self.second(activated(self.first(code))))
        return style, self.start(style).view(-1, 32, 16, 16)


class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.upper, self.lower = Style(len(EYES) + 3), Style(len(MOUTH) + 3)
        self.widening, self.block = nn.Conv2d(32, 112, 1), Residual(112, 256)
        rows = (torch.arange(16) + 0.5) / 16
        self.register_buffer("weight", torch.sigmoid((0.5 - rows) / 0.04).view(1, 1, 16, 1))

    def forward(self, learned, measured):
        upper, above = self.upper(torch.cat([learned, measured[:, EYES + TURN]], 1))
        lower, below = self.lower(torch.cat([learned, measured[:, MOUTH + TURN]], 1))
        x = self.widening(above * self.weight + below * (1 - self.weight))
        return self.block(x, upper, lower, self.weight), upper, lower


class Decoder(nn.Module):
    def __init__(self, mean):
        super().__init__()
        self.blocks = nn.ModuleList([Residual(112, 256), Residual(112, 256)])
        self.narrowing = nn.Conv2d(112, 24, 1)
        self.head = nn.Parameter(torch.randn(256, 24, 1024) * 0.3 / math.sqrt(24))
        self.mean = nn.Parameter(mean)
        # Patches of 16 x 16 pixels overlap by half, as four quarters of 8 x 8 in four channels.
        sine = torch.sin(math.pi * (torch.arange(16) + 0.5) / 16).view(2, 8)
        window = torch.einsum("ay,bx->abyx", sine, sine)[:, :, None].expand(2, 2, 4, 8, 8)
        self.register_buffer("window", window.reshape(1024).clone())

    def forward(self, x, upper, lower, weight):
        for block in self.blocks:
            x = block(x, upper, lower, weight)
        places = self.narrowing(activated(x)).flatten(2).permute(2, 0, 1)
        patches = (torch.bmm(places, self.head) * self.window).view(16, 16, -1, 4, 256)
        grid = sum(
            F.pad(patches[:, :, :, 2 * row + column], (0, 0, 0, 0, column, 1 - column, row, 1 - row))
            for row in (0, 1) for column in (0, 1))
        return F.pixel_shuffle(grid.permute(2, 3, 0, 1), 8)[:, :, 4:-4, 4:-4] + self.mean


class Network(nn.Module):
    def __init__(self, means):
        super().__init__()
        self.encoder, self.shared = Encoder(), Shared()
        self.decoders = nn.ModuleList([Decoder(mean) for mean in means])


class Person:
    def __init__(self, path):
        data = read(path)
        images = torch.from_numpy(data["images"].copy()).permute(0, 3, 1, 2)
        inner = slice(16, 144)
        self.faces = images[:, :, inner, inner].contiguous()
        self.wide = F.avg_pool2d(images.float(), 2).to(torch.uint8)
        self.regions = torch.stack([torch.from_numpy(data[k].copy()) for k in ("masks", "eyes", "mouth")], 1)
        self.regions = self.regions[:, :, inner, inner].contiguous()
        measures = torch.from_numpy(data["measures"].copy())
        measures[:, :23] -= measures[:, :23].mean(0)
        self.measures = torch.cat([measures.clamp(-4, 4), torch.full((len(measures), 1), 0.5)], 1)
        mask = (self.regions[:, :1].float().mean(0) / 255 * 2 - 1) * 1.5
        self.mean = torch.cat([self.faces.float().mean(0) / 255, mask])[None]

    def batch(self):
        index = torch.randint(len(self.faces), (BATCH,))
        flip = (torch.rand(BATCH) < 0.5).view(-1, 1, 1, 1)
        mirror = lambda x: torch.where(flip, x.flip(3), x)
        take = lambda x: mirror(x[index].float() / 255)
        return take(self.faces), take(self.wide), take(self.regions), self.measures[index]


def augmented(x):
    n = len(x)
    even = lambda *shape: torch.rand(*shape) * 2 - 1
    angle, scale, shift = even(n) * math.radians(8), torch.exp(even(n) * 0.06) * 0.8, even(n, 2) * 0.04
    theta = torch.stack([
        torch.stack([scale * angle.cos(), -scale * angle.sin(), shift[:, 0]], 1),
        torch.stack([scale * angle.sin(), scale * angle.cos(), shift[:, 1]], 1)], 1)
    grid = F.affine_grid(theta, (n, 3, EYE, EYE), align_corners=False)
    warp = F.interpolate(torch.randn(n, 2, 5, 5) * 0.024, (EYE, EYE), mode="bicubic", align_corners=True)
    x = F.grid_sample(x, grid + warp.permute(0, 2, 3, 1), padding_mode="border", align_corners=False)
    return (x * (1 + even(n, 3, 1, 1) * 0.3) + even(n, 3, 1, 1) * 0.15).clamp(0, 1)


WINDOW = torch.exp(-((torch.arange(11.0) - 5) ** 2) / 4.5)
WINDOW = (WINDOW[:, None] * WINDOW / WINDOW.sum() ** 2).expand(3, 1, 11, 11).contiguous()


def similarity(a, b, toeplitz):
    if toeplitz is None:
        mean = lambda x: F.conv2d(x, WINDOW, padding=5, groups=3)
    else:
        mean = lambda x: toeplitz @ x @ toeplitz.T
    ma, mb = mean(a), mean(b)
    va, vb, ab = mean(a * a) - ma * ma, mean(b * b) - mb * mb, mean(a * b) - ma * mb
    return (2 * ma * mb + 1e-4) * (2 * ab + 9e-4) / ((ma * ma + mb * mb + 1e-4) * (va + vb + 9e-4))


def main(source, target, steps, fast_similarity):
    torch.manual_seed(1)
    people = [Person(source), Person(target)]
    network = Network([p.mean for p in people])
    average = [p.detach().clone() for p in network.parameters()]
    optimizer = torch.optim.AdamW(network.parameters(), 1e-3, betas=(0.9, 0.99), weight_decay=0.01)
    toeplitz = None
    if fast_similarity:
        i = torch.arange(SIDE, dtype=torch.float32)
        distance = i[:, None] - i
        toeplitz = torch.exp(-distance**2 / 4.5) * (distance.abs() <= 5)
        toeplitz = toeplitz / toeplitz.sum(1, keepdim=True)
    times = []
    for step in range(steps + 10):
        begin = time.perf_counter()
        batches = [p.batch() for p in people]
        code = network.encoder(augmented(torch.cat([b[1] for b in batches])))
        halves = code.view(2, BATCH, -1)
        apart = (halves[0].mean(0) - halves[1].mean(0)).square().mean()
        apart = apart + (halves[0].std(0) - halves[1].std(0)).square().mean()
        learned = (code + 0.3 * torch.randn_like(code)) * (torch.rand(2 * BATCH, 1) >= 0.3)
        measured = torch.cat([b[3] for b in batches])
        measured = (measured + 0.1 * torch.randn_like(measured)) * (torch.rand(2 * BATCH, 1) >= 0.1)
        features, upper, lower = network.shared(learned, measured)
        loss = apart
        for k, (faces, _, regions, _) in enumerate(batches):
            rows = slice(k * BATCH, (k + 1) * BATCH)
            drawn = network.decoders[k](features[rows], upper[rows], lower[rows], network.shared.weight)
            colours, mask = drawn[:, :3], regions[:, :1]
            weight = mask * (1 + 4 * regions[:, 1:2] + 2 * regions[:, 2:3])
            area = 3 * mask.sum()
            difference = (colours - faces).abs()
            loss = loss + 10 * (difference * weight).sum() / area + difference.mean()
            structure = 1 - similarity(colours * mask, faces * mask, toeplitz)
            loss = loss + 5 * (structure * weight).sum() / area
            loss = loss + 3 * F.mse_loss(torch.sigmoid(drawn[:, 3:]), mask)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            for kept, new in zip(average, network.parameters()):
                kept.lerp_(new, 0.005)
        times.append(time.perf_counter() - begin)
    parameters = sum(p.numel() for p in network.parameters())
    print(json.dumps({
        "parameters": parameters, "steps": steps, "seconds": sum(times[10:]), "threads": torch.get_num_threads(),
        "loss": loss.item()}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), "--toeplitz" in sys.argv)
