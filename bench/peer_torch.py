"""The peer: the same three objectives, dimensions and batch in plain eager PyTorch, as its users write them.

Blocks as in timm, attention by matmul and softmax, autocast for bf16, torch.optim.AdamW, clip_grad_norm_. It is given finished tensors
(no drawing, cropping or tokenizing) and, like the agent, computes MAE's encoder on visible patches only and MLM's head at masked positions only.
Prints one JSON line an objective. Run by bench/training.py, or by hand: python3 bench/peer_torch.py --dtype bf16
"""
import argparse
import json
import math
import time

import torch
from torch import nn
from torch.nn import functional as F

PRESETS = {  # image, patch, vocabulary, tokens, (layers, width, heads) of frames, decoder, text, joint width
    "nano": (64, 8, 4096, 48, (4, 128, 4), (1, 96, 3), (4, 128, 4), 96),
    "tiny": (64, 8, 8192, 64, (6, 192, 3), (2, 128, 4), (6, 192, 3), 128),
    "small": (128, 16, 16384, 128, (12, 384, 6), (4, 256, 8), (12, 384, 6), 256),
    "base": (224, 16, 32768, 128, (12, 768, 12), (8, 512, 16), (12, 768, 12), 512),
}


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def attend(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(x).reshape(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        if hasattr(F, "scaled_dot_product_attention"):
            out = F.scaled_dot_product_attention(q, k, v)
        else:
            out = ((q @ k.transpose(-2, -1)) * (d // self.heads) ** -0.5).softmax(-1) @ v
        return self.proj(out.transpose(1, 2).reshape(b, t, d))

    def forward(self, x):
        x = x + self.attend(self.norm1(x))
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Stack(nn.Module):
    def __init__(self, layers, width, heads):
        super().__init__()
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.norm(x)


class Mae(nn.Module):
    def __init__(self, preset):
        super().__init__()
        image, patch, _, _, frame, decoder, _, _ = preset
        self.patch, self.n, self.p = patch, (image // patch) ** 2, patch * patch * 3
        self.keep = self.n // 4
        self.embed, self.encoder = nn.Linear(self.p, frame[1]), Stack(*frame)
        self.register_buffer("pos", torch.randn(1, self.n, frame[1]))
        self.register_buffer("pos_decoder", torch.randn(1, self.n, decoder[1]))
        self.to_decoder, self.decoder = nn.Linear(frame[1], decoder[1]), Stack(*decoder)
        self.mask_token, self.predict = nn.Parameter(torch.zeros(1, 1, decoder[1])), nn.Linear(decoder[1], self.p)

    def forward(self, frames, _):
        b, g = frames.shape[0], int(math.sqrt(self.n))
        patches = frames.reshape(b, 3, g, self.patch, g, self.patch).permute(0, 2, 4, 3, 5, 1).reshape(b, self.n, self.p)
        order = torch.rand(b, self.n, device=frames.device).argsort(1)
        restore, keep = order.argsort(1), order[:, : self.keep]
        x = self.embed(patches) + self.pos
        x = self.encoder(x.gather(1, keep[..., None].expand(-1, -1, x.shape[2])))
        x = self.to_decoder(x)
        x = torch.cat([x, self.mask_token.to(x.dtype).expand(b, self.n - self.keep, -1)], 1)
        x = x.gather(1, restore[..., None].expand(-1, -1, x.shape[2])) + self.pos_decoder
        predicted = self.predict(self.decoder(x)).float()
        target = (patches - patches.mean(-1, keepdim=True)) / (patches.var(-1, keepdim=True) + 1e-6) ** 0.5
        mask = torch.ones(b, self.n, device=frames.device).scatter(1, keep, 0.0)
        return (((predicted - target) ** 2).mean(-1) * mask).sum() / mask.sum()


class TextTower(nn.Module):
    def __init__(self, preset):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(preset[2], preset[6][1]), nn.Embedding(preset[3], preset[6][1])
        self.stack = Stack(*preset[6])

    def forward(self, ids):
        return self.stack(self.tokens(ids) + self.positions(torch.arange(ids.shape[1], device=ids.device)))


class Mlm(nn.Module):
    def __init__(self, preset):
        super().__init__()
        self.text = TextTower(preset)
        width = preset[6][1]
        self.dense, self.norm, self.bias = nn.Linear(width, width), nn.LayerNorm(width), nn.Parameter(torch.zeros(preset[2]))

    def forward(self, _, ids):
        chosen = torch.rand(ids.shape, device=ids.device) < 0.15
        hidden = torch.where(chosen, torch.full_like(ids, 3), ids)
        x = self.norm(F.gelu(self.dense(self.text(hidden)[chosen])).float())
        return F.cross_entropy(F.linear(x, self.text.tokens.weight, self.bias).float(), ids[chosen])


class Clip(nn.Module):
    def __init__(self, preset):
        super().__init__()
        image, patch, _, _, frame, _, text, joint = preset
        self.patch, self.n, self.p = patch, (image // patch) ** 2, patch * patch * 3
        self.embed, self.encoder, self.text = nn.Linear(self.p, frame[1]), Stack(*frame), TextTower(preset)
        self.register_buffer("pos", torch.randn(1, self.n, frame[1]))
        self.to_joint, self.text_to_joint = nn.Linear(frame[1], joint, bias=False), nn.Linear(text[1], joint, bias=False)
        self.scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def forward(self, frames, ids):
        b, g = frames.shape[0], int(math.sqrt(self.n))
        patches = frames.reshape(b, 3, g, self.patch, g, self.patch).permute(0, 2, 4, 3, 5, 1).reshape(b, self.n, self.p)
        f = F.normalize(self.to_joint(self.encoder(self.embed(patches) + self.pos).mean(1)).float(), dim=-1)
        t = F.normalize(self.text_to_joint(self.text(ids).mean(1)).float(), dim=-1)
        logits = f @ t.t() * self.scale.exp()
        target = torch.arange(b, device=frames.device)
        return (F.cross_entropy(logits, target) + F.cross_entropy(logits.t(), target)) / 2


def measure(name, args, device):
    torch.manual_seed(1)
    preset = PRESETS[args.preset]
    model = {"mae": Mae, "mlm": Mlm, "clip": Clip}[name](preset).to(device)
    runner = torch.compile(model) if args.compile else model
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.05, betas=(0.9, 0.95))
    frames = torch.randn(args.batch, 3, preset[0], preset[0], device=device)
    ids = torch.randint(4, 260, (args.batch, args.text_tokens or preset[3]), device=device)
    on_cuda = device.type == "cuda"

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=args.dtype == "bf16"):
            loss = runner(frames, ids)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    for _ in range(args.warmup):
        step()
    if on_cuda:
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
    steps, start, cpu = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - start < args.seconds:
        step()
        if on_cuda:
            torch.cuda.synchronize()
        steps += 1
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    return {"objective": name, "samplesPerSecond": round(steps * args.batch / seconds, 1), "cpuMsPerStep": round(cpu / steps * 1e3, 1), "steps": steps,
            "dtype": args.dtype, "torch": torch.__version__, "device": str(device), "compiled": bool(args.compile),
            "memoryPeakMiB": round(torch.cuda.max_memory_allocated() / 2**20) if on_cuda else None}


def peak(device, dtype):
    """Best of several square matrix products, in GFLOP/s."""
    side = 8192 if device.type == "cuda" else 2048
    left = torch.randn(side, side, device=device).to(dtype)
    best = math.inf
    for _ in range(8):
        start = time.perf_counter()
        left @ left
        if device.type == "cuda":
            torch.cuda.synchronize()
        best = min(best, time.perf_counter() - start)
    return 2 * side**3 / best / 1e9


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="tiny", choices=PRESETS)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--warmup", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--text-tokens", type=int, default=0, help="0: as many as the preset reads")
    parser.add_argument("--dtype", default="bf16", choices=["bf16", "fp32"])
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--objectives", default="mae,mlm,clip")
    parser.add_argument("--compile", action="store_true")
    args = parser.parse_args()
    device = torch.device(args.device)
    if device.type == "cpu":
        import os

        torch.set_num_threads(args.threads or os.cpu_count())
    for name in args.objectives.split(","):
        print(json.dumps(measure(name, args, device)), flush=True)
    dtype = torch.bfloat16 if args.dtype == "bf16" else torch.float32
    print(json.dumps({"peakGflops": round(peak(device, dtype)), "dtype": args.dtype}), flush=True)


if __name__ == "__main__":
    main()
