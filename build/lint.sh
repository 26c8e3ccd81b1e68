#!/bin/bash
# Layout of the C# and C++ sources, shell scripts, Python files and deploy files. The build before it has already run the analyzers.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
failed=0
step() { echo "-- $1"; shift; "$@" || { failed=1; echo "   failed"; }; }

step "C# layout" dotnet format whitespace SslAgent.sln --no-restore --verify-no-changes -v q
mapfile -t scripts < <(git ls-files '*.sh' '.ci/run')
step "shell scripts" shellcheck "${scripts[@]}"
mapfile -t cpp < <(git ls-files 'native/*.cpp' 'native/*.h')
if [ "${#cpp[@]}" -gt 0 ]; then step "C++ layout" clang-format --dry-run --Werror "${cpp[@]}"; fi
mapfile -t python < <(git ls-files '*.py')
if [ "${#python[@]}" -gt 0 ]; then step "Python syntax" python3 -c 'import ast, sys; [ast.parse(open(f, encoding="utf-8").read(), f) for f in sys.argv[1:]]' "${python[@]}"; fi
if [ -x deploy/lint.sh ]; then step "deploy files" deploy/lint.sh; fi
exit "$failed"
