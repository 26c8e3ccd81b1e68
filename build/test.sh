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
crashes=$(mktemp -d)
trap 'rm -rf "$failures" "$times" "$crashes"' EXIT
# A program that dies by a signal leaves a report with the stack of the thread that died.
export DOTNET_DbgEnableMiniDump=1 DOTNET_EnableCrashReportOnly=1 DOTNET_DbgMiniDumpName="$crashes/%e.%p"

# Every class in a process of its own, each twice at most; their closing lines are summed up into one in "$log".
run_classes() {
    local class all total=0 errors=0 fails=0 skips=0 worst=0
    all=$(mktemp)
    echo "== $name, class by class"
    for class in $(dotnet run --project "$project" -c "$configuration" --no-build -- -list classes 2> /dev/null | grep -E '^[A-Za-z0-9_.]+\.[A-Za-z0-9_]+$'); do
        run_tests "$@" -class "$class"
        if [ "$code" -ge 128 ]; then
            died="$died $class (signal $((code - 128)))"
            run_tests "$@" -class "$class"
        fi
        if [ "$code" -ge 128 ]; then worst=$code; fi
        line=$(grep -E 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+' "$log" | tail -1)
        total=$((total + $(field Total))) errors=$((errors + $(field Errors))) fails=$((fails + $(field Failed))) skips=$((skips + $(field Skipped)))
        cat "$log" >> "$all"
    done
    echo "   $name, class by class  Total: $total, Errors: $errors, Failed: $fails, Skipped: $skips, Not Run: 0" >> "$all"
    mv "$all" "$log"
    code=$worst
}

# field NAME: a number of the closing line "   SslAgent.X.Tests  Total: 12, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 1.2s"
field() {
    local number
    number=$(sed -nE "s/.*$1: ([0-9]+).*/\1/p" <<< "$line")
    echo "${number:-0}"
}

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
    # A program that died by a signal says nothing of its tests: its classes are run one by one, and that it died is said at the end.
    if [ "$code" -ge 128 ]; then
        died="$died $name (signal $((code - 128)))"
        run_classes "$@"
    fi
    line=$(grep -E 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+' "$log" | tail -1)
    # What failed is said once more at the end, where a log that was cut off still shows it.
    awk '/^ +[^ ].* \[FAIL\]$/ { left = 30 } left > 0 { print; left-- }' "$log" >> "$failures"
    # '<test id="…" name="Room.Tests.Class.A_sentence" result="Pass" time="1.234" …'
    if [ -s "$log.xml" ]; then grep -oE '<test id=[^>]*' "$log.xml" | sed -nE 's/.* name="([^"]*)".* time="([0-9.]+)".*/\2 \1/p' >> "$times"; fi
    rm -f "$log" "$log.xml"
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
if [ -n "$died" ]; then
    echo "died by a signal and were run again:$died"
    # Of each report the frames of the thread that died, innermost first.
    for report in "$crashes"/*.crashreport.json; do
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
