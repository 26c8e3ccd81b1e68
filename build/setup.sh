#!/bin/sh
# Installs what SslAgent needs from the distribution (Debian 12 or later) and says what and why. Nothing is done where nothing is missing.
#   build/setup.sh run     what building and running need
#   build/setup.sh test    the same, and what the tests compare against
#   build/setup.sh lint    the same, and the linters
set -eu

run_packages="
g++                  compiles native/, the bridge to libtorch
cmake                builds native/
libtorch-dev         libtorch: tensors, gradients, CPU kernels
libopenblas0-pthread the matrix products that libtorch calls
librdkafka1          the Kafka client
libvips42            decodes pictures"

test_packages="
python3              runs the example producer, the tokenizer's twin and the weights' reader
python3-torch        the reference that the tensor floor, the objectives and load.py are checked against
kcat                 the command-line producer of docs/formats/wire.md
python3-confluent-kafka the Kafka client of docs/examples/produce.py
python3-msgpack      its MessagePack
fonts-dejavu-core    letters in test pictures"

lint_packages="
shellcheck           lints the shell scripts
python3-yaml         reads deploy/compose.yaml for its linter
clang-format         checks the layout of native/"

case "${1:-run}" in
    run) wanted="$run_packages" ;;
    test) wanted="$run_packages$test_packages" ;;
    lint) wanted="$run_packages$test_packages$lint_packages" ;;
    *) echo "usage: build/setup.sh run|test|lint" >&2; exit 2 ;;
esac

if ! command -v dotnet > /dev/null; then
    echo "setup: the .NET SDK 10 is missing (https://learn.microsoft.com/dotnet/core/install/linux-debian)" >&2
    exit 1
fi

# A CUDA or ROCm PyTorch at TORCH_DIR takes the place of the distribution's libtorch.
if [ -n "${TORCH_DIR:-}" ]; then wanted=$(printf '%s\n' "$wanted" | grep -v -e '^libtorch-dev' -e '^libopenblas0'); fi

if ! command -v dpkg-query > /dev/null; then
    echo "setup: not a Debian system; make sure these are there:$wanted"
    exit 0
fi

missing=""
while read -r package reason; do
    [ -n "$package" ] || continue
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null || true)" != installed ]; then
        echo "setup: installing $package: $reason"
        missing="$missing $package"
    fi
done << EOF
$wanted
EOF

[ -n "$missing" ] || exit 0
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo > /dev/null || { echo "setup: neither root nor sudo; install as root:$missing" >&2; exit 1; }
    as_root="sudo"
fi
$as_root apt-get update -q
# shellcheck disable=SC2086 # the list is meant to split
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
