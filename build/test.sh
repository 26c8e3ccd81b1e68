#!/bin/bash
# Runs every test project, one at a time (several compute on all cores), and ends with "N passed, N failed, N skipped".
#   build/test.sh [CONFIGURATION] [more arguments for every test program]
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
configuration="${1:-Release}"
shift || true
passed=0 failed=0 skipped=0 died=""
failures=$(mktemp)
times=$(mktemp)
trap 'rm -f "$failures" "$times"' EXIT
for project in tests/*.Tests; do
    name=$(basename "$project")
    echo "== $name"
    log=$(mktemp)
    run_tests() {
        dotnet run --project "$project" -c "$configuration" --no-build "$@" -- -noColor -xml "$log.xml" 2>&1 | tee "$log" |
            grep -vE '^(xUnit|  (Discovering|Discovered|Starting|Finished):)|^$'
        code=${PIPESTATUS[0]}
    }
    run_tests "$@"
    # A program that died by a signal says nothing of its tests: it is run once more, and that it died is said at the end (docs/reliability.md, Known faults).
    if [ "$code" -ge 128 ]; then
        died="$died $name (signal $((code - 128)))"
        run_tests "$@"
    fi
    # "   SslAgent.X.Tests  Total: 12, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 1.2s"
    line=$(grep -E 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+' "$log" | tail -1)
    # What failed is said once more at the end, where a log that was cut off still shows it.
    awk '/^ +[^ ].* \[FAIL\]$/ { left = 30 } left > 0 { print; left-- }' "$log" >> "$failures"
    # '<test id="…" name="Room.Tests.Class.A_sentence" result="Pass" time="1.234" …'
    if [ -s "$log.xml" ]; then grep -oE '<test id=[^>]*' "$log.xml" | sed -nE 's/.* name="([^"]*)".* time="([0-9.]+)".*/\2 \1/p' >> "$times"; fi
    rm -f "$log" "$log.xml"
    field() { sed -nE "s/.*$1: ([0-9]+).*/\1/p" <<< "$line"; }
    total=$(field Total) errors=$(field Errors) fails=$(field Failed) skips=$(field Skipped)
    passed=$((passed + ${total:-0} - ${fails:-0} - ${skips:-0}))
    skipped=$((skipped + ${skips:-0}))
    failed=$((failed + ${fails:-0} + ${errors:-0}))
    # A program that died without its closing line is a failure of its own.
    if [ "$code" -ne 0 ] && [ "$((${fails:-0} + ${errors:-0}))" -eq 0 ]; then
        echo "$name ended with exit code $code"
        failed=$((failed + 1))
    fi
done
echo "== Slowest, in seconds"
sort -rn "$times" | head -15 | cut -c1-200
if [ -s "$failures" ]; then
    echo "== What failed"
    cat "$failures"
    echo "== What failed, in short"
    grep -A1 ' \[FAIL\]$' "$failures" | grep -v '^--$' | cut -c1-200
fi
if [ -n "$died" ]; then echo "died by a signal and were run again:$died"; fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
