"""Training steps of Dimorph's networks in plain PyTorch, for a comparison of speed and memory.

usage: python pytorch_networks.py SOURCE TARGET --network NAME [--steps N] [--batch N] [--untuned]

SOURCE and TARGET are packed face sets. Each step does the work of Dimorph's (draw, mirror, disturb, encode, decode, compare,
AdamW, for the family `dimorph` also other lights and the average) with PyTorch's ordinary modules. Tuned as one who knows PyTorch would:
channels-last, fused optimizer, one pass of the encoder for both people, SSIM's window as two matrix products. `--planes`
gives it Dimorph's own form of that window as well. `--untuned` is the form of a textbook: contiguous, one parameter after
the other, a pass for each person, a depthwise window.

Prints one JSON object: seconds of the steps after the warm-up, parameters, peak resident memory in bytes.
"""

import argparse
import json
import math
import resource
import struct
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

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
        for name, entry in header.items() if name in ("images", "masks", "eyes", "mouth", "measures")}


# The networks. Each gives, for both people's faces one after the other, each person's colours (and mask).


def leaky(x):
    return F.leaky_relu(x, 0.1)


def down(inputs, outputs):
    return nn.Sequential(nn.Conv2d(inputs, outputs, 5, 2, 2), nn.LeakyReLU(0.1))


def up(inputs, outputs):
    return nn.Sequential(nn.Conv2d(inputs, 4 * outputs, 3, padding=1), nn.LeakyReLU(0.1), nn.PixelShuffle(2))


class Spread(nn.Linear):
    def __init__(self, inputs, channels, side):
        super().__init__(inputs, channels * side * side)
        self.shape = (-1, channels, side, side)

    def forward(self, x):
        return super().forward(x).view(self.shape)


class Original(nn.Module):
    side = input = 64
    batch, mask, measured = 16, False, False

    def __init__(self, means):
        super().__init__()
        self.encoder = nn.Sequential(
            down(3, 128), down(128, 256), down(256, 512), down(512, 1024), nn.Flatten(),
            nn.Linear(16384, 1024), Spread(1024, 1024, 4), up(1024, 512))
        self.decoders = nn.ModuleList([
            nn.Sequential(up(512, 256), up(256, 128), up(128, 64), nn.Conv2d(64, 3, 5, padding=2), nn.Sigmoid())
            for _ in means])

    def encode(self, faces):
        return self.encoder(faces)

    def draw(self, code, measured):
        return [decoder(part) for decoder, part in zip(self.decoders, code.chunk(2))]


class AddedPair(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.first, self.second = (nn.Conv2d(channels, channels, 3, padding=1) for _ in "12")

    def forward(self, x):
        return F.leaky_relu(self.second(F.leaky_relu(self.first(x), 0.2)) + x, 0.2)


class DFDecoder(nn.Module):
    def __init__(self, inputs, d, m):
        super().__init__()
        self.levels = nn.Sequential(
            up(inputs, 8 * d), AddedPair(8 * d), up(8 * d, 4 * d), AddedPair(4 * d), up(4 * d, 2 * d), AddedPair(2 * d))
        self.heads = nn.ModuleList([nn.Conv2d(2 * d, 3, 1)] + [nn.Conv2d(2 * d, 3, 3, padding=1) for _ in range(3)])
        self.mask = nn.Sequential(up(inputs, 8 * m), up(8 * m, 4 * m), up(4 * m, 2 * m), up(2 * m, m), nn.Conv2d(m, 1, 1))

    def forward(self, code):
        x = self.levels(code)
        heads = torch.stack([head(x) for head in self.heads], 2).flatten(1, 2)
        return torch.cat([torch.sigmoid(F.pixel_shuffle(heads, 2)), self.mask(code)], 1)


class DFUD(nn.Module):
    side = input = 128
    batch, mask, measured = 8, True, False
    code, d, m = 256, 64, 22

    def __init__(self, means):
        super().__init__()
        grid = self.side // 32
        self.encoder = nn.Sequential(down(3, 64), down(64, 128), down(128, 256), down(256, 512), nn.Flatten())
        self.inter = nn.Sequential(
            nn.Linear(512 * (self.side // 16) ** 2, self.code), Spread(self.code, self.code, grid), up(self.code, self.code))
        self.decoders = nn.ModuleList([DFDecoder(self.code, self.d, self.m) for _ in means])

    def encode(self, faces):
        x = self.encoder(faces)
        return self.inter(x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-6))

    def draw(self, code, measured):
        return [decoder(part) for decoder, part in zip(self.decoders, code.chunk(2))]


class Quick96(DFUD):
    side = input = 96
    batch, code, d, m = 4, 128, 64, 16


class Residual(nn.Module):
    def __init__(self, channels, style=None):
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.second.weight)
        self.modulation = nn.Linear(style, 2 * channels) if style else None

    def forward(self, x, upper=None, lower=None, weight=None):
        inner = self.first(leaky(x))
        if self.modulation is not None:
            both = self.modulation(upper)[:, :, None, None] * weight
            both = both + self.modulation(lower)[:, :, None, None] * (1 - weight)
            scale, shift = both.chunk(2, 1)
            inner = inner * (1 + scale) + shift
        return x + self.second(leaky(inner))


class Style(nn.Module):
    def __init__(self, inputs, style, start, grid):
        super().__init__()
        self.first, self.second = nn.Linear(inputs, style), nn.Linear(style, style)
        self.start = Spread(style, start, grid)

    def forward(self, code):
        style = leaky(self.second(leaky(self.first(code))))
        return style, self.start(style)


class HybridDecoder(nn.Module):
    def __init__(self, net, mean):
        super().__init__()
        self.grid = net.side // 8
        self.blocks = nn.ModuleList([Residual(net.channels, net.style) for _ in range(net.own)])
        self.narrowing = nn.Conv2d(net.channels, net.head, 1)
        self.head = nn.Parameter(torch.randn(self.grid**2, net.head, 1024) * 0.3 / math.sqrt(net.head))
        self.mean = nn.Parameter(mean)
        # Patches of 16 x 16 pixels overlap by half, as four quarters of 8 x 8 in four channels.
        sine = torch.sin(math.pi * (torch.arange(16) + 0.5) / 16).view(2, 8)
        window = torch.einsum("ay,bx->abyx", sine, sine)[:, :, None].expand(2, 2, 4, 8, 8)
        self.register_buffer("window", window.reshape(1024).clone())

    def forward(self, x, upper, lower, weight):
        for block in self.blocks:
            x = block(x, upper, lower, weight)
        places = self.narrowing(leaky(x)).flatten(2).permute(2, 0, 1)
        patches = (torch.bmm(places, self.head) * self.window).view(self.grid, self.grid, -1, 4, 256)
        grid = sum(
            F.pad(patches[:, :, :, 2 * row + column], (0, 0, 0, 0, column, 1 - column, row, 1 - row))
            for row in (0, 1) for column in (0, 1))
        return F.pixel_shuffle(grid.permute(2, 3, 0, 1), 8)[:, :, 4:-4, 4:-4] + self.mean


class DimorphS(nn.Module):
    side, input, batch, mask, measured = 128, 64, 8, True, True
    encoder_channels, encoder_blocks, learned = 128, 2, 32
    style, start, channels, shared, own, head = 256, 32, 112, 1, 2, 24

    def __init__(self, means):
        super().__init__()
        grid, c = self.side // 8, self.encoder_channels
        self.stem = nn.Conv2d(192, c, 3, padding=1)
        self.blocks = nn.ModuleList([Residual(c) for _ in range(self.encoder_blocks)])
        self.halving, self.deep = nn.Conv2d(c, c, 3, 2, 1), Residual(c)
        self.code = nn.Linear(c * (self.input // 16) ** 2, self.learned)
        self.upper = Style(self.learned + len(EYES + TURN), self.style, self.start, grid)
        self.lower = Style(self.learned + len(MOUTH + TURN), self.style, self.start, grid)
        self.widening = nn.Conv2d(self.start, self.channels, 1)
        self.middle = nn.ModuleList([Residual(self.channels, self.style) for _ in range(self.shared)])
        self.decoders = nn.ModuleList([HybridDecoder(self, mean) for mean in means])
        rows = (torch.arange(grid) + 0.5) / grid
        self.register_buffer("weight", torch.sigmoid((0.5 - rows) / 0.04).view(1, 1, grid, 1))

    def encode(self, faces):
        x = self.stem(F.pixel_unshuffle(faces - 0.5, 8))
        for block in self.blocks:
            x = block(x)
        x = self.code(leaky(self.deep(self.halving(leaky(x)))).flatten(1))
        return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-6)

    def draw(self, learned, measured):
        upper, above = self.upper(torch.cat([learned, measured[:, EYES + TURN]], 1))
        lower, below = self.lower(torch.cat([learned, measured[:, MOUTH + TURN]], 1))
        x = self.widening(above * self.weight + below * (1 - self.weight))
        for block in self.middle:
            x = block(x, upper, lower, self.weight)
        half = len(learned) // 2
        return [
            decoder(x[rows], upper[rows], lower[rows], self.weight)
            for decoder, rows in zip(self.decoders, (slice(0, half), slice(half, None)))]


NETWORKS = {"original": Original, "df-ud": DFUD, "quick96": Quick96, "dimorph-s": DimorphS}


class Person:
    """One person's faces: the encoder's picture has a margin of an eighth on each edge, the decoder's none."""

    def __init__(self, path, net):
        data = read(path)
        images = torch.from_numpy(data["images"].copy()).permute(0, 3, 1, 2)
        regions = torch.stack([torch.from_numpy(data[k].copy()) for k in ("masks", "eyes", "mouth")], 1)
        packed = images.shape[3]
        crop, wide = packed * 4 // 5, net.input * 5 // 4
        edge = (packed - crop) // 2

        def resized(x, side):
            if x.shape[3] == side:
                return x.contiguous()
            parts = [F.interpolate(part.float(), (side, side), mode="area") for part in x.split(256)]
            return (torch.cat(parts) + 0.5).to(torch.uint8)

        middle = (slice(None), slice(None), slice(edge, edge + crop), slice(edge, edge + crop))
        self.faces, self.regions = resized(images[middle], net.side), resized(regions[middle], net.side)
        self.wide = resized(images, wide)
        measures = torch.from_numpy(data["measures"].copy())
        measures[:, :23] -= measures[:, :23].mean(0)
        self.measures = torch.cat([measures.clamp(-4, 4), torch.full((len(measures), 1), 0.5)], 1)
        mask = (self.regions[:, :1].float().mean(0) / 255 * 2 - 1) * 1.5
        self.mean = torch.cat([self.faces.float().mean(0) / 255, mask])[None]

    def batch(self, count):
        index = torch.randint(len(self.faces), (count,))
        flip = (torch.rand(count) < 0.5).view(-1, 1, 1, 1)
        take = lambda x: (lambda y: torch.where(flip, y.flip(3), y))(x[index].float() / 255)
        return take(self.faces), take(self.wide), take(self.regions), self.measures[index]


def lit(faces, wide):
    """Other lights, the same on a face's two pictures, of which the wider has a margin of a quarter."""
    n, line = len(faces), torch.linspace(-1, 1, 3)
    light = torch.randn(n, 1, 1) * 0.3 * line + torch.randn(n, 1, 1) * 0.15 * line[:, None]
    light = light + torch.randn(n, 3, 3) * 0.18
    light = (light - light.mean((1, 2), keepdim=True)) * (torch.rand(n, 1, 1) < 0.8)
    spread = lambda side: F.interpolate(light[:, None], (side, side), mode="bicubic", align_corners=True).exp()
    side, outer = faces.shape[3], wide.shape[3]
    edge = side // 8
    inner = spread(side + 2 * edge)[:, :, edge:edge + side, edge:edge + side]
    return (faces * inner).clamp(0, 1), (wide * spread(outer)).clamp(0, 1)


def augmented(x, side):
    n = len(x)
    even = lambda *shape: torch.rand(*shape) * 2 - 1
    angle, scale, shift = even(n) * math.radians(8), torch.exp(even(n) * 0.06) * 0.8, even(n, 2) * 0.04
    theta = torch.stack([
        torch.stack([scale * angle.cos(), -scale * angle.sin(), shift[:, 0]], 1),
        torch.stack([scale * angle.sin(), scale * angle.cos(), shift[:, 1]], 1)], 1)
    grid = F.affine_grid(theta, (n, 3, side, side), align_corners=False)
    warp = F.interpolate(torch.randn(n, 2, 5, 5) * 0.024, (side, side), mode="bicubic", align_corners=True)
    x = F.grid_sample(x, grid + warp.permute(0, 2, 3, 1), padding_mode="border", align_corners=False)
    return (x * (1 + even(n, 3, 1, 1) * 0.3) + even(n, 3, 1, 1) * 0.15).clamp(0, 1)


class Similarity:
    """SSIM with a window of 11 pixels: as a depthwise convolution, as two matrix products, or as Dimorph does it, along
    each axis with all pictures' planes innermost in memory."""

    def __init__(self, side, kind):
        self.kind = kind
        line = torch.exp(-((torch.arange(11.0) - 5) ** 2) / 4.5)
        line /= line.sum()
        self.line = line.view(1, 1, 11, 1)
        self.window = (line[:, None] * line).expand(3, 1, 11, 11).contiguous()
        distance = torch.arange(float(side))[:, None] - torch.arange(float(side))
        band = torch.exp(-distance**2 / 4.5) * (distance.abs() <= 5)
        mass = band.sum(1)
        self.band = band / mass[:, None]
        self.whole = (mass.max() / mass)[:, None] * (mass.max() / mass)

    def mean(self, x):
        if self.kind == "depthwise":
            return F.conv2d(x, self.window, padding=5, groups=3)
        if self.kind == "products":
            return self.band @ x @ self.band.T
        planes = x.shape[1]
        down = self.line.expand(planes, 1, 11, 1)
        x = F.conv2d(F.conv2d(x, down, padding=(5, 0), groups=planes), down.mT, padding=(0, 5), groups=planes)
        return x * self.whole.expand(1, planes, *x.shape[2:]).contiguous(memory_format=torch.channels_last)

    def __call__(self, a, b):
        if self.kind != "planes":
            return self.compare(a, b)
        a, b = (x.reshape(1, -1, *x.shape[2:]).contiguous(memory_format=torch.channels_last) for x in (a, b))
        return self.compare(a, b).contiguous().view(-1, 3, *a.shape[2:])

    def compare(self, a, b):
        ma, mb = self.mean(a), self.mean(b)
        va, vb, ab = self.mean(a * a) - ma * ma, self.mean(b * b) - mb * mb, self.mean(a * b) - ma * mb
        return (2 * ma * mb + 1e-4) * (2 * ab + 9e-4) / ((ma * ma + mb * mb + 1e-4) * (va + vb + 9e-4))


def face_loss(drawn, faces, regions, similarity):
    colours, mask = drawn[:, :3], regions[:, :1]
    weight = mask * (1 + 4 * regions[:, 1:2] + 2 * regions[:, 2:3])
    area = 3 * mask.sum()
    difference = (colours - faces).abs()
    loss = 10 * (difference * weight).sum() / area + difference.mean()
    loss = loss + 5 * ((1 - similarity(colours * mask, faces * mask)) * weight).sum() / area
    if drawn.shape[1] > 3:
        loss = loss + 3 * F.mse_loss(torch.sigmoid(drawn[:, 3:]), mask)
    return loss


def disturbed(code, measured):
    """Noise on the learned half, and now and then one half taken away."""
    n = len(code)
    learned = (code + 0.3 * torch.randn_like(code)) * (torch.rand(n, 1) >= 0.3)
    return learned, (measured + 0.2 * torch.randn_like(measured)) * (torch.rand(n, 1) >= 0.1)


def apart(code):
    a, b = code.chunk(2)
    return (a.mean(0) - b.mean(0)).square().mean() + (a.std(0) - b.std(0)).square().mean()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sets", nargs=2)
    parser.add_argument("--network", choices=NETWORKS, required=True)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--warm-up", type=int, default=2)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--untuned", action="store_true")
    parser.add_argument("--planes", action="store_true")
    arguments = parser.parse_args()
    torch.manual_seed(1)
    kind, tuned = NETWORKS[arguments.network], not arguments.untuned
    batch = arguments.batch or kind.batch
    people = [Person(path, kind) for path in arguments.sets]
    network = kind([person.mean for person in people])
    if tuned:
        network = network.to(memory_format=torch.channels_last)
    layout = torch.channels_last if tuned else torch.contiguous_format
    average = [p.detach().clone() for p in network.parameters()] if kind.measured else []
    rate, betas, decay = (2e-3, (0.9, 0.99), 0.01) if kind.measured else (5e-5, (0.9, 0.999), 0)
    optimizer = torch.optim.AdamW(
        network.parameters(), rate, betas=betas, weight_decay=decay, fused=tuned, foreach=False)
    similarity = Similarity(
        kind.side, "planes" if arguments.planes else "products" if tuned else "depthwise")
    times = []
    for _ in range(arguments.steps + arguments.warm_up):
        begin = time.perf_counter()
        batches = [person.batch(batch) for person in people]
        if kind.measured:
            batches = [(*lit(*b[:2]), *b[2:]) for b in batches]
        if tuned:
            inputs = augmented(torch.cat([b[1] for b in batches]), kind.input)
            code = network.encode(inputs.contiguous(memory_format=layout))
        else:
            code = torch.cat([network.encode(augmented(b[1], kind.input)) for b in batches])
        measured = torch.cat([b[3] for b in batches])
        loss = apart(code) if kind.measured else 0
        drawn = network.draw(*(disturbed(code, measured) if kind.measured else (code, measured)))
        for (faces, _, regions, _), face in zip(batches, drawn):
            loss = loss + face_loss(face, faces, regions, similarity)
        optimizer.zero_grad()
        loss.backward()
        if kind.measured:
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            for kept, new in zip(average, network.parameters()):
                kept.lerp_(new, 0.005)
        times.append(time.perf_counter() - begin)
    print(json.dumps({
        "network": arguments.network, "parameters": sum(p.numel() for p in network.parameters()), "batch": batch,
        "steps": arguments.steps, "seconds": sum(times[arguments.warm_up:]), "threads": torch.get_num_threads(),
        "peak_memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "loss": loss.item()}))


if __name__ == "__main__":
    main()
