#!/bin/bash
# Checks the deploy files as far as this machine can, and says what it could not check. `make lint` runs it.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
failed=0
fail() { echo "   $*"; failed=1; }
skip() { echo "   not checked: $*"; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The unit names a program that is not installed here; everything else of it is checked.
if command -v systemd-analyze > /dev/null; then
    sed 's#^ExecStart=/opt/sslagent/sslagent#ExecStart=/bin/true#' deploy/systemd/sslagent.service > "$scratch/sslagent.service"
    systemd-analyze verify --recursive-errors=no "$scratch/sslagent.service" || fail "sslagent.service has faults"
    exposure=$(systemd-analyze security --offline=true --threshold=15 "$scratch/sslagent.service" 2>&1) ||
        fail "sslagent.service is less hardened than it was: $(tail -1 <<< "$exposure")"
else
    skip "sslagent.service (no systemd-analyze)"
fi

python3 deploy/check.py || failed=1

# Offline, docker only parses; a build needs its daemon and the network.
if docker compose version > /dev/null 2>&1; then
    docker compose -f deploy/compose.yaml config --quiet || fail "compose.yaml is refused by docker compose"
else
    skip "compose.yaml with docker compose itself (the plugin is missing)"
fi
if docker buildx version > /dev/null 2>&1 && docker info > /dev/null 2>&1; then
    for file in deploy/Dockerfile deploy/Dockerfile.cuda; do
        docker buildx build --check -f "$file" . || fail "$file is refused by docker"
    done
else
    skip "Dockerfiles with docker itself (no builder or no daemon)"
fi

agent=$(find src/SslAgent/bin -name sslagent -type f -perm -u+x -printf '%T@ %p\n' 2> /dev/null | sort -rn | head -1 | cut -d' ' -f2-)
if [ -n "$agent" ]; then
    SSLAGENT__kafka__bootstrapServers=kafka:9092 "$agent" config check --config deploy/compose/agent.json > "$scratch/config" 2>&1 ||
        { cat "$scratch/config"; fail "compose/agent.json has faults"; }
else
    skip "compose/agent.json (the agent is not built)"
fi
exit "$failed"
