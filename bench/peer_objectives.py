#!/usr/bin/python3
"""The peer of the table of objectives: MAE, SimCLR and VICReg written from their papers in plain eager PyTorch, on the same pictures, tower, budget and optimizer.

Learns from the pictures without their labels until it has seen --samples of them, then writes the mean features of all training and test pictures
(float32, row-major, little-endian) to --out and prints one JSON line. Run by `make bench-objectives`, which asks the same linear probe about them.
"""
import argparse
import array
import gzip
import json
import math
import os
import pathlib
import random
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from peer_torch import Stack  # noqa: E402

SIDE, PATCH, LAYERS, WIDTH, HEADS = 32, 4, 4, 128, 4
DECODER = (1, 96, 3)
GRID = SIDE // PATCH
PATCHES, VALUES = GRID * GRID, PATCH * PATCH * 3
MEAN, STD = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1), torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def content(path):
    return gzip.decompress(path.read_bytes()) if path.name.endswith(".gz") else path.read_bytes()


def read_pictures(folder, parts, most):
    """Pictures of CIFAR's binary files, or of MNIST's (enlarged), float [N, 3, 32, 32] in [0, 1]."""
    found = []
    for path in sorted(pathlib.Path(folder).iterdir()):
        name = path.name[:-3] if path.name.endswith(".gz") else path.name
        if not any(part in name for part in parts):
            continue
        if name.endswith(".bin"):
            records = torch.frombuffer(bytearray(content(path)), dtype=torch.uint8).view(-1, 1 + 3 * SIDE * SIDE)
            found.append(records[:most, 1:].reshape(-1, 3, SIDE, SIDE).float() / 255)
        elif "images" in name:  # big-endian: magic, count, rows, columns, then a byte for each pixel
            raw = content(path)
            rows, columns = int.from_bytes(raw[8:12], "big"), int.from_bytes(raw[12:16], "big")
            gray = torch.frombuffer(bytearray(raw[16:]), dtype=torch.uint8).view(-1, 1, rows, columns)[:most].float() / 255
            found.append(F.interpolate(gray, (SIDE, SIDE), mode="bilinear", align_corners=False).expand(-1, 3, -1, -1))
    return torch.cat(found)[:most]


def places(width):
    """Sine-cosine positions of the grid (Vaswani et al. 2017, for two axes), [N, width]."""
    quarter = width // 4
    rates = 10000 ** (-torch.arange(quarter) / quarter)
    y, x = torch.meshgrid(torch.arange(GRID).float(), torch.arange(GRID).float(), indexing="ij")
    parts = [f(axis.reshape(-1, 1) * rates) for axis in (x, y) for f in (torch.sin, torch.cos)]
    return torch.cat(parts, 1)


class Tower(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.stack = nn.Linear(VALUES, WIDTH), Stack(LAYERS, WIDTH, HEADS)
        self.register_buffer("places", places(WIDTH))

    @staticmethod
    def patchify(x):
        return x.reshape(-1, 3, GRID, PATCH, GRID, PATCH).permute(0, 2, 4, 3, 5, 1).reshape(-1, PATCHES, VALUES)

    def forward(self, x):
        return self.stack(self.embed(self.patchify(x)) + self.places).mean(1)


def head(*widths):
    layers = []
    for at, (wide, narrow) in enumerate(zip(widths, widths[1:])):
        last = at == len(widths) - 2
        layers += [nn.Linear(wide, narrow, bias=last)] if last else [nn.Linear(wide, narrow, bias=False), nn.BatchNorm1d(narrow), nn.ReLU()]
    return nn.Sequential(*layers)


def box(area):
    """Whole pixels, drawn again up to ten times where they do not fit, as torchvision's RandomResizedCrop has it (Szegedy et al. 2015)."""
    for _ in range(10):
        size, ratio = SIDE * SIDE * random.uniform(*area), math.exp(random.uniform(math.log(3 / 4), math.log(4 / 3)))
        high, wide = round(math.sqrt(size / ratio)), round(math.sqrt(size * ratio))
        if 0 < high <= SIDE and 0 < wide <= SIDE:
            return random.randint(0, SIDE - high), random.randint(0, SIDE - wide), high, wide
    return 0, 0, SIDE, SIDE


def crop(x, area):
    """Of each picture a box, resized, and half of them mirrored."""
    boxes = [box(area) for _ in x]
    y = torch.cat([F.interpolate(one[None, :, top : top + high, left : left + wide], (SIDE, SIDE), mode="bilinear", align_corners=False) for one, (top, left, high, wide) in zip(x, boxes)])
    return torch.where(torch.rand(len(x), 1, 1, 1) < 0.5, y.flip(3), y)


def luma(x):
    return (x * torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(1, keepdim=True)


def turn_hue(x, turn):
    """Rotation about the gray axis in YIQ: a turn of the hue, near to that in HSV."""
    to = torch.tensor([[0.299, 0.587, 0.114], [0.5959, -0.2746, -0.3213], [0.2115, -0.5227, 0.3112]])
    back = torch.linalg.inv(to)
    yiq = torch.einsum("ij,njhw->nihw", to, x)
    c, s = torch.cos(turn * 2 * math.pi).view(-1, 1, 1), torch.sin(turn * 2 * math.pi).view(-1, 1, 1)
    turned = torch.stack([yiq[:, 0], yiq[:, 1] * c - yiq[:, 2] * s, yiq[:, 1] * s + yiq[:, 2] * c], 1)
    return torch.einsum("ij,njhw->nihw", back, turned).clamp(0, 1)


def jitter(x, brightness, contrast, saturation, hue, share):
    n = x.shape[0]

    def factor(most):
        return torch.empty(n, 1, 1, 1).uniform_(max(0.0, 1 - most), 1 + most)

    y = (x * factor(brightness)).clamp(0, 1)
    k = factor(contrast)
    y = (y * k + luma(y).mean((2, 3), keepdim=True) * (1 - k)).clamp(0, 1)
    k = factor(saturation)
    y = (y * k + luma(y) * (1 - k)).clamp(0, 1)
    y = turn_hue(y, torch.empty(n).uniform_(-hue, hue))
    return torch.where(torch.rand(n, 1, 1, 1) < share, y, x)


def blur(x, share):
    """A Gaussian of a tenth of the side, a sigma for each picture."""
    n, radius = x.shape[0], max(1, SIDE // 20)
    sigma = torch.empty(n, 1).uniform_(0.1, 2)
    kernel = torch.exp(-(torch.arange(-radius, radius + 1).float() ** 2) / (2 * sigma**2))
    kernel = (kernel / kernel.sum(1, keepdim=True)).repeat_interleave(3, 0)
    flat = F.pad(x, [radius] * 4, mode="reflect").reshape(1, 3 * n, SIDE + 2 * radius, SIDE + 2 * radius)
    y = F.conv2d(F.conv2d(flat, kernel[:, None, None, :], groups=3 * n), kernel[:, None, :, None], groups=3 * n).reshape(n, 3, SIDE, SIDE)
    return torch.where(torch.rand(n, 1, 1, 1) < share, y, x)


def view(x, area, colours, blurred=0.0, solarized=0.0):
    y = jitter(crop(x, area), *colours, share=0.8)
    y = torch.where(torch.rand(len(x), 1, 1, 1) < 0.2, luma(y).expand_as(y), y)
    if blurred:
        y = blur(y, blurred)
    if solarized:
        y = torch.where((torch.rand(len(x), 1, 1, 1) < solarized) & (y >= 0.5), 1 - y, y)
    return (y - MEAN) / STD


class Mae(nn.Module):
    """He et al. 2021."""

    def __init__(self):
        super().__init__()
        self.tower = Tower()
        self.to_decoder, self.decoder = nn.Linear(WIDTH, DECODER[1]), Stack(*DECODER)
        self.token, self.predict = nn.Parameter(torch.zeros(1, 1, DECODER[1])), nn.Linear(DECODER[1], VALUES)
        self.register_buffer("places", places(DECODER[1]))

    def loss(self, x):
        x = (crop(x, (0.5, 1)) - MEAN) / STD
        patches, n, kept = Tower.patchify(x), len(x), PATCHES // 4
        order = torch.rand(n, PATCHES).argsort(1)
        seen, hidden = order[:, :kept], order[:, kept:]
        tokens = self.tower.embed(patches) + self.tower.places
        codes = self.to_decoder(self.tower.stack(tokens.gather(1, seen[..., None].expand(-1, -1, WIDTH))))
        y = torch.cat([codes + self.places[seen], self.token + self.places[hidden]], 1)
        said = self.predict(self.decoder(y)[:, kept:])
        true = patches.gather(1, hidden[..., None].expand(-1, -1, VALUES))
        true = (true - true.mean(-1, keepdim=True)) / (true.var(-1, keepdim=True) + 1e-6).sqrt()
        return F.mse_loss(said, true)


class SimClr(nn.Module):
    """Chen et al. 2020, equation 1; views of appendix B.9 (CIFAR-10)."""

    def __init__(self):
        super().__init__()
        self.tower, self.head = Tower(), head(WIDTH, WIDTH, 128)

    def loss(self, x):
        views = [view(x, (0.08, 1), (0.4, 0.4, 0.4, 0.1)) for _ in range(2)]
        z = F.normalize(self.head(self.tower(torch.cat(views))), dim=1)
        scores = (z @ z.t() / 0.5).masked_fill(torch.eye(len(z), dtype=torch.bool), -math.inf)
        return F.cross_entropy(scores, torch.arange(len(z)).roll(len(x)))


class VicReg(nn.Module):
    """Bardes et al. 2022, equations 1 to 6; views of BYOL's table 6."""

    def __init__(self):
        super().__init__()
        self.tower, self.head = Tower(), head(WIDTH, 8 * WIDTH, 8 * WIDTH, 8 * WIDTH)

    def loss(self, x):
        colours = (0.4, 0.4, 0.2, 0.1)
        both = torch.cat([view(x, (0.08, 1), colours, blurred=1.0), view(x, (0.08, 1), colours, blurred=0.1, solarized=0.2)])
        h = self.tower(both)
        a, b = self.head(h[: len(x)]), self.head(h[len(x) :])

        def spread(z):
            return F.relu(1 - (z.var(0) + 1e-4).sqrt()).mean()

        def covariance(z):
            z = z - z.mean(0)
            c = z.t() @ z / (len(z) - 1)
            return (c.pow(2).sum() - c.diagonal().pow(2).sum()) / z.shape[1]

        return 25 * F.mse_loss(a, b) + 25 * (spread(a) + spread(b)) + covariance(a) + covariance(b)


METHODS = {"mae": Mae, "simclr": SimClr, "vicreg": VicReg}


def optimizer_of(model):
    decayed = [p for p in model.parameters() if p.dim() > 1]
    plain = [p for p in model.parameters() if p.dim() <= 1]
    for p in decayed:
        if p.dim() == 2:
            nn.init.xavier_uniform_(p)
    return torch.optim.AdamW([{"params": decayed, "weight_decay": 0.05}, {"params": plain, "weight_decay": 0.0}], lr=1e-3, betas=(0.9, 0.95))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--method", required=True, choices=METHODS)
    parser.add_argument("--data", required=True, help="folder with CIFAR's or MNIST's binary files")
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--train-max", type=int, default=50_000)
    parser.add_argument("--test-max", type=int, default=10_000)
    args = parser.parse_args()
    random.seed(args.seed)
    torch.manual_seed(args.seed)
    torch.set_num_threads(os.cpu_count())
    train = read_pictures(args.data, ("data_batch", "_train", "train-images"), args.train_max)
    test = read_pictures(args.data, ("test_batch", "_test", "t10k-images"), args.test_max)
    model = METHODS[args.method]()
    optimizer = optimizer_of(model)
    steps, began = math.ceil(args.samples / args.batch), time.perf_counter()
    model.train()
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * min(1.0, (step + 1) / 100)
        loss = model.loss(train[torch.randperm(len(train))[: args.batch]])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    seconds = time.perf_counter() - began
    model.eval()
    with torch.no_grad():
        features = torch.cat([model.tower((part - MEAN) / STD) for part in torch.cat([train, test]).split(256)])
    pathlib.Path(args.out).write_bytes(array.array("f", features.reshape(-1).tolist()).tobytes())
    print(json.dumps({"train": len(train), "test": len(test), "width": WIDTH, "samples": steps * args.batch, "seconds": seconds, "loss": loss.item(), "torch": torch.__version__}))


if __name__ == "__main__":
    main()
