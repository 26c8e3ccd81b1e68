#!/bin/bash
# Runs every test project, two at a time, and ends with "N passed, N failed, N skipped".
#   build/test.sh [CONFIGURATION] [more arguments for every test program]
# Two, since the suites of killed processes leave a core idle for a third of their time. SSLAGENT_TEST_LANES=1 runs them one by one.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
configuration="${1:-Release}"
shift || true
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# The longest first, so that none is left over at the end.
printf '%s\n' tests/SslAgent.Faults.Tests tests/*.Tests | awk '!seen[$0]++' |
    xargs -P "${SSLAGENT_TEST_LANES:-2}" -I {} build/test-one.sh "$folder" "$configuration" {} "$@"

passed=0 failed=0 skipped=0
for project in tests/*.Tests; do
    # One that left no sum has failed.
    read -r passes fails skips < <(cat "$folder/$(basename "$project").sum" 2> /dev/null || echo "0 1 0")
    passed=$((passed + passes)) failed=$((failed + fails)) skipped=$((skipped + skips))
done
echo "== Slowest, in seconds"
cat "$folder"/*.times | sort -rn | head -15 | cut -c1-200
# What failed is said once more at the end, where a log that was cut off still shows it.
failures=$(awk '/^ +[^ ].* \[FAIL\]$/ { left = 30 } left > 0 { print; left-- }' "$folder"/*.log)
if [ -n "$failures" ]; then
    echo "== What failed"
    echo "$failures"
    echo "== What failed, in short"
    grep -A1 ' \[FAIL\]$' <<< "$failures" | grep -v '^--$' | cut -c1-200
fi
if compgen -G "$folder/*.died" > /dev/null; then
    echo "died by a signal and were run again:"
    cat "$folder"/*.died
    # Of each report the frames of the thread that died, innermost first.
    for report in "$folder"/*.crashreport.json; do
        [ -s "$report" ] || continue
        echo "== $(basename "$report")"
        python3 - "$report" << 'EOF'
import json, sys
for thread in json.load(open(sys.argv[1]))["payload"]["threads"]:
    if thread.get("crashed") == "true":
        for frame in thread["stack_frames"][:14]:
            print("  ", frame.get("method_name") or frame.get("unmanaged_name") or "", frame.get("native_module") or frame.get("filename") or "", frame.get("native_offset") or "")
EOF
    done
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
