#!/bin/bash
# The long version of the proofs that nothing is lost and nothing learned twice, with a table of figures at the end.
#   SSLAGENT_SEED=N build/torture.sh [CONFIGURATION]     repeats a run by its seed
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
configuration="${1:-Release}"
export SSLAGENT_TORTURE=1
export SSLAGENT_SEED="${SSLAGENT_SEED:-$((RANDOM * 32768 + RANDOM))}"
export SSLAGENT_HOSTILE_COUNT="${SSLAGENT_HOSTILE_COUNT:-1000000}"
SSLAGENT_FIGURES=$(mktemp)
export SSLAGENT_FIGURES
trap 'rm -f "$SSLAGENT_FIGURES"' EXIT
started=$SECONDS
failed=0
echo "seed $SSLAGENT_SEED"

# suite PROJECT TITLE [what of it]
suite() {
    local project="tests/$1" title="$2"
    shift 2
    [ -d "$project" ] || { echo "== $title: $project is not there"; return; }
    echo "== $title ($(date -u +%T))"
    local began=$SECONDS log code total
    log=$(mktemp)
    dotnet run --project "$project" -c "$configuration" --no-build -- -noColor -showLiveOutput "$@" 2>&1 | tee "$log" |
        grep -vE '^(xUnit|  (Discovering|Discovered|Starting|Finished):)|^ *$' | sed -E 's/^ *[A-Za-z0-9_.]+\.([A-Za-z0-9_]+)(\(.*\))? \[OUTPUT\] /   /'
    code=${PIPESTATUS[0]}
    total=$(grep -E 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+' "$log" | tail -1 | sed -E 's/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+).*/\1 tests, \2 errors, \3 failed/')
    rm -f "$log"
    if [ "$code" -ne 0 ]; then failed=1; fi
    printf '%s\ttests\t%s\n%s\tseconds, all of it\t%s\n' "$title" "${total:-did not end}" "$title" "$((SECONDS - began))" >> "$SSLAGENT_FIGURES"
}

suite SslAgent.Faults.Tests "random kills" -class 'SslAgent.Faults.Tests.Killing.RandomKillTests'
suite SslAgent.Faults.Tests "random kills, as shipped" -class 'SslAgent.Faults.Tests.Killing.ShippedKillTests'
suite SslAgent.Faults.Tests "named kill points, one at a time" -class 'SslAgent.Faults.Tests.Killing.KillPointTests'
suite SslAgent.Faults.Tests "kill points of orders, one at a time" -class 'SslAgent.Faults.Tests.Killing.OrderKillTests'
suite SslAgent.Faults.Tests "lying disk" -namespace 'SslAgent.Faults.Tests.LyingDisk'
suite SslAgent.Faults.Tests "Kafka faults" -namespace 'SslAgent.Faults.Tests.Kafka'
suite SslAgent.Hostile.Tests "hostile input"

echo
echo "| Suite | Figure | Value |"
echo "|---|---|---|"
sort -s -t "$(printf '\t')" -k1,1 "$SSLAGENT_FIGURES" | awk -F '\t' '{ printf "| %s | %s | %s |\n", $1, $2, $3 }'
echo "| all | seconds | $((SECONDS - started)) |"
echo "| all | seed | $SSLAGENT_SEED |"
exit "$failed"
