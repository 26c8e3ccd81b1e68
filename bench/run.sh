#!/bin/bash
# Every measurement of this repository in one go, written to bench/RESULTS.md with machine and date. About forty minutes on two quiet cores.
#   bench/run.sh [--quick]    shorter rounds and 2,000 instead of 20,000 steps of the memory run (about half an hour of it; STEPS=N for another length)
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=3 seconds=8 steps="${STEPS:-20000}"
if [ "${1:-}" = --quick ]; then rounds=1 seconds=3 steps=2000; fi
python="${PYTHON:-/usr/bin/python3}"
dotnet build bench/SslAgent.Bench -c Release -v q --nologo
agent() { bench/SslAgent.Bench/bin/Release/net10.0/sslagent-bench "$@"; }
mkdir -p bench/out
{
    echo "# Results"
    echo
    echo "Made by \`make bench\` on $(date -u +%F): $(sed -nE 's/^model name\s*: //p' /proc/cpuinfo | head -1), $(nproc) cores,"
    echo "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release), .NET $(dotnet --version), libtorch $("$python" -c 'import torch; print(torch.__version__)'). Absolute figures move with the machine: compare within one run."
    echo
    echo "## Training beside eager PyTorch"
    echo
    echo "The peer is \`bench/peer_torch.py\`: the same network, losses and optimizer in eager PyTorch on the same libtorch, threads and BLAS kernels, in the dtype that is faster for it."
    echo
    "$python" bench/training.py --preset tiny --batch 64 --rounds "$rounds" --seconds "$seconds"
    for what in "pause --preset small" "memory --preset nano --steps $steps" "tokenizer" "views" "replay" "redundancy" "ingest"; do
        echo
        echo "## ${what%% *}"
        echo
        echo '```'
        # shellcheck disable=SC2086 # words are meant to split
        agent $what
        echo '```'
    done
} | tee bench/out/results.md
mv bench/out/results.md bench/RESULTS.md
