#!/bin/bash
# For a machine with a CUDA GPU and a PyTorch: builds the bridge against that PyTorch, runs the parity tests, a demo on cuda:0, and samples/s and memory
# at presets small and base beside eager and compiled PyTorch. Writes bench/GPU.md.
#   PYTHON=python3 TORCH_DIR=/path/to/site-packages/torch bench/gpu-check.sh
set -euo pipefail
cd "$(dirname "$0")/.."
python="${PYTHON:-python3}"
TORCH_DIR="${TORCH_DIR:-$("$python" -c 'import os, torch; print(os.path.dirname(torch.__file__))')}"
export TORCH_DIR
"$python" -c 'import sys, torch; sys.exit(0 if torch.cuda.is_available() else "gpu-check: this PyTorch sees no CUDA device")'
native/build.sh
dotnet build SslAgent.sln -c Release -v q --nologo
dotnet run --project tests/TorchSharp.Compat.Tests -c Release --no-build -- -noColor
dotnet run --project tests/SslAgent.Learning.Tests -c Release --no-build -- -noColor
mkdir -p bench/out
dotnet run --project src/SslAgent -c Release --no-build -- demo --minutes 1 --no-live --set learning:device=cuda:0 --state "bench/out/gpu-demo-$(date -u +%s)"
agent() { bench/SslAgent.Bench/bin/Release/net10.0/sslagent-bench "$@"; }
well=0
{
    echo "# On a GPU"
    echo
    echo "Made by \`make gpu-check\` on $(date -u +%F): $(nvidia-smi --query-gpu=name --format=csv,noheader | head -1), PyTorch $("$python" -c 'import torch; print(torch.__version__)')."
    echo
    echo "## Every objective, on the CPU and on the GPU"
    echo
    agent device --device cuda:0 || well=1
    for preset in small base; do
        echo
        echo "## Preset $preset"
        echo
        echo '```'
        agent train --preset "$preset" --batch 64 --seconds 8 --device cuda:0
        "$python" bench/peer_torch.py --preset "$preset" --batch 64 --seconds 8 --device cuda:0 --dtype bf16
        "$python" bench/peer_torch.py --preset "$preset" --batch 64 --seconds 8 --device cuda:0 --dtype bf16 --compile
        nvidia-smi --query-gpu=memory.used,memory.total --format=csv
        echo '```'
    done
} > bench/GPU.md
cat bench/GPU.md
exit "$well"
