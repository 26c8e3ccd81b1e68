#!/bin/sh
# Builds the bridge into native/build. Second and later runs only check time stamps.
#   TORCH_DIR=…/site-packages/torch native/build.sh    builds against that PyTorch instead of the system's libtorch-dev
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
build="$here/build"
wanted="${TORCH_DIR:-}"
if [ ! -f "$build/CMakeCache.txt" ] || [ "$(cat "$build/torch-dir" 2>/dev/null || echo none)" != "$wanted" ]; then
  rm -rf "$build"
  mkdir -p "$build"
  cmake -S "$here" -B "$build" -DTORCH_DIR="$wanted" >"$build/configure.log" 2>&1 || { cat "$build/configure.log" >&2; exit 1; }
  printf '%s\n' "$wanted" >"$build/torch-dir"
fi
exec cmake --build "$build" --parallel "${SAT_JOBS:-2}" -- --no-print-directory -s
