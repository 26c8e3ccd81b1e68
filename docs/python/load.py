#!/usr/bin/env python3
"""Loads a version of the agent's model into plain PyTorch: the towers, their weights and the tokenizer.

Needs torch and the standard library, nothing else; model.safetensors and tokenizer.json are read by hand (they are also readable by the
safetensors and tokenizers packages). In fp32 the vectors equal the agent's own within 1e-4.

    import load
    model = load.open_version("versions/v000041")
    model.embed_frames(frames)             # uint8 [B, H, W, 3]  ->  [B, width]   mean patch feature
    model.embed_texts(["disk full"])       #                     ->  [B, width]   mean token feature
    model.joint_frames(frames), model.joint_texts(texts)           # unit vectors; their products are cosines

    python3 load.py versions/v000041 "disk full" "link down"       # prints one vector a line
"""
import json
import pathlib
import re
import struct
import sys

import torch
from torch import nn
from torch.nn import functional as F

PADDING, START, END = 0, 1, 2
NEVER = -1e9  # added to the attention score of a padding token


def read_safetensors(path):
    """{name: tensor} of a safetensors file: u64 length, JSON header, raw little-endian data."""
    content = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + length])
    dtypes = {"F32": torch.float32, "BF16": torch.bfloat16, "I64": torch.int64, "U8": torch.uint8}
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            data = bytearray(content[8 + length + start : 8 + length + end])
            tensors[name] = torch.frombuffer(data, dtype=dtypes[entry["dtype"]]).reshape(entry["shape"])
    return tensors


class Tokenizer:
    """Byte-level byte-pair encoding as tokenizer.json describes it."""

    def __init__(self, path):
        content = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        split, _ = content["pre_tokenizer"]["pretokenizers"]
        self.words = re.compile(split["pattern"]["Regex"])
        self.numbers = content["model"]["vocab"]
        pairs = (merge.split(" ") if isinstance(merge, str) else merge for merge in content["model"]["merges"])
        self.ranks = {tuple(pair): rank for rank, pair in enumerate(pairs)}
        printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
        others = [code for code in range(256) if code not in printable]
        self.characters = {code: chr(code) for code in printable} | {code: chr(256 + i) for i, code in enumerate(others)}

    def encode(self, text, tokens_max):
        numbers = []
        for word in self.words.findall(text):
            parts = [self.characters[byte] for byte in word.encode("utf-8")]
            numbers.extend(self.numbers[part] for part in self._merge(parts))
        return [START, *numbers[: tokens_max - 2], END]

    def _merge(self, parts):
        while len(parts) > 1:
            pairs = list(zip(parts, parts[1:]))
            best = min(pairs, key=lambda pair: self.ranks.get(pair, len(self.ranks)))
            if best not in self.ranks:
                break
            at = pairs.index(best)
            parts[at : at + 2] = ["".join(best)]
        return parts


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.qkv, self.proj = heads, nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x, hidden):  # x [B, T, D]; hidden [B, 1, 1, T] is added to the scores, or None
        b, t, d = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)  # each [B, H, T, d/H]
        scores = q @ k.transpose(-2, -1) / (d // self.heads) ** 0.5
        scores = scores if hidden is None else scores + hidden
        return self.proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, t, d))


class Perceptron(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, width, heads, epsilon):
        super().__init__()
        self.norm1, self.attn = nn.LayerNorm(width, epsilon), Attention(width, heads)
        self.norm2, self.mlp = nn.LayerNorm(width, epsilon), Perceptron(width)

    def forward(self, x, hidden):
        x = x + self.attn(self.norm1(x), hidden)
        return x + self.mlp(self.norm2(x))


class Tower(nn.Module):
    def __init__(self, plan, epsilon):
        super().__init__()
        self.blocks = nn.ModuleList(Block(plan["width"], plan["heads"], epsilon) for _ in range(plan["layers"]))
        self.norm = nn.LayerNorm(plan["width"], epsilon)

    def transform(self, x, hidden=None):
        for block in self.blocks:
            x = block(x, hidden)
        return self.norm(x)


def sine_cosine(grid, width):
    """Fixed positions [grid * grid, width]: the column's sines and cosines, then the row's."""
    omega = 10000 ** -(torch.arange(width // 4, dtype=torch.float64) / (width // 4))
    rows, columns = torch.meshgrid(torch.arange(grid, dtype=torch.float64), torch.arange(grid, dtype=torch.float64), indexing="ij")
    halves = [axis.reshape(-1, 1) * omega for axis in (columns, rows)]
    return torch.cat([part for half in halves for part in (half.sin(), half.cos())], 1).float()


class Vision(Tower):
    def __init__(self, model, epsilon):
        super().__init__(model["frame"], epsilon)
        self.side, self.grid = model["patchSize"], model["imageSize"] // model["patchSize"]
        self.patch = nn.Linear(self.side**2 * 3, model["frame"]["width"])
        self.positions = sine_cosine(self.grid, model["frame"]["width"])

    def patchify(self, frames):  # normalised [B, 3, S, S] -> [B, N, P], pixels row-major, channels innermost
        b, g, p = frames.shape[0], self.grid, self.side
        return frames.view(b, 3, g, p, g, p).permute(0, 2, 4, 3, 5, 1).reshape(b, g * g, p * p * 3)

    def forward(self, frames):
        return self.transform(self.patch(self.patchify(frames)) + self.positions).mean(1)


class Text(Tower):
    def __init__(self, model, epsilon):
        super().__init__(model["text"], epsilon)
        self.tokens = nn.Embedding(model["vocabularySize"], model["text"]["width"])
        self.positions = nn.Embedding(model["textTokens"], model["text"]["width"])

    def features(self, ids, present):  # ids [B, T]; present [B, T] is 1 at tokens and 0 at padding
        x = self.tokens(ids) + self.positions.weight[: ids.shape[1]]
        return self.transform(x, ((1 - present) * NEVER)[:, None, None, :])

    def forward(self, ids, present):
        return (self.features(ids, present) * present[..., None]).sum(1) / present.sum(1, keepdim=True)


class Version(nn.Module):
    """Both towers of one version. Weights keep the names they have in model.safetensors."""

    def __init__(self, description, tokenizer=None):
        super().__init__()
        self.description, self.tokenizer = description, tokenizer
        self.model, epsilon = description["model"], description["layerNormEpsilon"]
        self.vision, self.text = Vision(self.model, epsilon), Text(self.model, epsilon)
        self.clip = nn.ModuleDict({
            "frame": nn.Linear(self.model["frame"]["width"], self.model["jointWidth"], bias=False),
            "text": nn.Linear(self.model["text"]["width"], self.model["jointWidth"], bias=False)})

    def prepare(self, frames):
        """uint8 [B, H, W, 3] -> normalised [B, 3, S, S]; other sizes are averaged down or up by area."""
        pixels = torch.as_tensor(frames).permute(0, 3, 1, 2).float()
        size = self.model["imageSize"]
        if pixels.shape[2:] != (size, size):
            pixels = F.interpolate(pixels, size=(size, size), mode="area")
        mean, std = (torch.tensor(self.description["normalization"][name]).view(1, 3, 1, 1) for name in ("mean", "std"))
        return (pixels / 255 - mean) / std

    def encode(self, texts):
        """Texts -> token numbers [B, T] and where they are [B, T]."""
        if self.tokenizer is None:
            raise ValueError("this version is older than its lineage's tokenizer: it has no text vectors")
        rows = [self.tokenizer.encode(text, self.model["textTokens"]) for text in texts]
        width = max(map(len, rows))
        ids = torch.tensor([row + [PADDING] * (width - len(row)) for row in rows])
        return ids, torch.tensor([[1.0] * len(row) + [0.0] * (width - len(row)) for row in rows])

    @torch.no_grad()
    def embed_frames(self, frames):
        return self.vision(self.prepare(frames))

    @torch.no_grad()
    def embed_texts(self, texts):
        return self.text(*self.encode(texts))

    @torch.no_grad()
    def joint_frames(self, frames):
        return F.normalize(self.clip["frame"](self.embed_frames(frames)), dim=1)

    @torch.no_grad()
    def joint_texts(self, texts):
        return F.normalize(self.clip["text"](self.embed_texts(texts)), dim=1)


def open_version(folder):
    """Reads model.json, model.safetensors and, where there is one, tokenizer.json."""
    folder = pathlib.Path(folder)
    description = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    tokenizer = Tokenizer(folder / "tokenizer.json") if (folder / "tokenizer.json").exists() else None
    version = Version(description, tokenizer)
    missing, unexpected = version.load_state_dict(read_safetensors(folder / "model.safetensors"), strict=False)
    # What is left over are the heads that only training uses: MAE's decoder, SimCLR's projection and the like. A tower has nothing that is not known.
    strangers = [name for name in unexpected if name.startswith(("vision.", "text."))]
    if missing or strangers:
        raise ValueError(f"{folder}: missing {missing}, unknown {strangers}")
    return version.eval()


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    for vector in open_version(sys.argv[1]).embed_texts(sys.argv[2:]):
        print(json.dumps(vector.tolist()))


if __name__ == "__main__":
    main()
