#!/usr/bin/env python3
"""Training speed beside eager PyTorch, in one run: the agent and the peer take turns, the best of several rounds counts for each.

    python3 bench/training.py [--preset tiny] [--batch 64] [--seconds 8] [--rounds 3]

Needs python3-torch and a Release build of bench/SslAgent.Bench. The peer (bench/peer_torch.py) runs in the dtype that is faster for it, on the same
libtorch, threads and BLAS kernels. Prints a Markdown table; writes all measurements to bench/out/training.json.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

import peer_torch

HERE = pathlib.Path(__file__).resolve().parent
AGENT = HERE / "SslAgent.Bench" / "bin" / "Release" / "net10.0" / "sslagent-bench.dll"
OBJECTIVES = ["mae", "mlm", "clip"]


def flops(objective, preset):
    """Matrix products of one sample, forward and backward (twice the forward), masked parts left out where both sides leave them out."""
    image, patch, vocabulary, tokens, frame, decoder, text, joint = peer_torch.PRESETS[preset]
    n, p = (image // patch) ** 2, patch * patch * 3

    def stack(shape, t):
        layers, width, _ = shape
        return layers * t * (24 * width**2 + 4 * t * width)

    if objective == "mae":
        kept = n // 4
        forward = stack(frame, kept) + stack(decoder, n) + 2 * (kept * p * frame[1] + kept * frame[1] * decoder[1] + (n - kept) * decoder[1] * p)
    elif objective == "mlm":
        forward = stack(text, tokens) + 0.15 * tokens * 2 * text[1] * (text[1] + vocabulary)
    else:
        forward = stack(frame, n) + stack(text, tokens) + 2 * (n * p * frame[1] + (frame[1] + text[1]) * joint)
    return 3 * forward


def lines(command, environment):
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="tiny", choices=peer_torch.PRESETS)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    # OpenBLAS 0.3.21 does not know newer processors; the agent's bridge sets the same for itself.
    environment = dict(os.environ)
    if "avx512f" in pathlib.Path("/proc/cpuinfo").read_text():
        environment.setdefault("OPENBLAS_CORETYPE", "SkylakeX")
    common = ["--preset", args.preset, "--batch", str(args.batch), "--seconds"]
    peer = [sys.executable, HERE / "peer_torch.py", *common]
    agent = ["dotnet", AGENT, "train", *common, str(int(args.seconds))]

    trial = {dtype: lines([*peer, "2", "--dtype", dtype, "--objectives", "mae", "--warmup", "1"], environment) for dtype in ("bf16", "fp32")}
    dtype = max(trial, key=lambda name: trial[name][0]["samplesPerSecond"])
    best, peak, kept = {}, 0, []
    for _ in range(args.rounds):
        for objective in OBJECTIVES:
            theirs = lines([*peer, str(args.seconds), "--dtype", dtype, "--objectives", objective], environment)
            ours = lines([*agent, "--objectives", objective], environment)
            kept += [{"who": "peer", **theirs[0]}, {"who": "agent", **ours[0]}]
            peak = max(peak, theirs[1]["peakGflops"])
            for who, found in (("peer", theirs[0]), ("agent", ours[0])):
                best[who, objective] = max(best.get((who, objective), 0), found["samplesPerSecond"])

    print(f"Preset {args.preset}, batch {args.batch}, {os.cpu_count()} threads, samples/s, best of {args.rounds} rounds of {args.seconds:g} s; "
          f"peer: eager PyTorch {kept[0]['torch']}, {dtype}; matrix-product peak {peak} GFLOP/s ({dtype})\n")
    print("| Objective | Agent | Eager PyTorch | Ratio | Share of peak |\n|---|---|---|---|---|")
    for objective in OBJECTIVES:
        ours, theirs = best["agent", objective], best["peer", objective]
        share = ours * flops(objective, args.preset) / (peak * 1e9)
        print(f"| {objective} | {ours:.0f} | {theirs:.0f} | **{ours / theirs:.2f}** | {share:.0%} |")
    out = HERE / "out"
    out.mkdir(exist_ok=True)
    (out / "training.json").write_text(json.dumps({"peakGflops": peak, "dtype": dtype, "measurements": kept}, indent=1))


if __name__ == "__main__":
    main()
