#!/bin/bash
# Runs one test project and leaves in a folder what it said and how it ended; build/test.sh sums up.
#   build/test-one.sh FOLDER CONFIGURATION PROJECT [more arguments for the test program]
set -uo pipefail
folder="$1" configuration="$2" project="$3"
shift 3
name=$(basename "$project")
log="$folder/$name.log"
# A program that dies by a signal leaves a report with the stack of the thread that died.
export DOTNET_DbgEnableMiniDump=1 DOTNET_EnableCrashReportOnly=1 DOTNET_DbgMiniDumpName="$folder/%e.%p"

run_tests() {
    dotnet run --project "$project" -c "$configuration" --no-build "$@" -- -noColor -xml "$log.xml" > "$log" 2>&1
    code=$?
    # '<test id="…" name="Room.Tests.Class.A_sentence" result="Pass" time="1.234" …'
    if [ -s "$log.xml" ]; then grep -oE '<test id=[^>]*' "$log.xml" | sed -nE 's/.* name="([^"]*)".* time="([0-9.]+)".*/\2 \1/p' >> "$folder/$name.times"; fi
    rm -f "$log.xml"
    line=$(grep -aE 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+' "$log" | tail -1)
}

# field NAME: a number of the closing line "   SslAgent.X.Tests  Total: 12, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 1.2s"
field() {
    local number
    number=$(sed -nE "s/.*$1: ([0-9]+).*/\1/p" <<< "$line")
    echo "${number:-0}"
}

add() { total=$((total + $(field Total))) errors=$((errors + $(field Errors))) fails=$((fails + $(field Failed))) skips=$((skips + $(field Skipped))); }

total=0 errors=0 fails=0 skips=0 worst=0
began=$SECONDS
run_tests "$@"
# A program that died by a signal says nothing of its tests: its classes are run one by one, each twice at most, and that it died is said at the end.
if [ "$code" -ge 128 ]; then
    echo "$name (signal $((code - 128)))" >> "$folder/$name.died"
    cat "$log" > "$log.all"
    for class in $(dotnet run --project "$project" -c "$configuration" --no-build -- -list classes 2> /dev/null | grep -E '^[A-Za-z0-9_.]+\.[A-Za-z0-9_]+$'); do
        run_tests "$@" -class "$class"
        if [ "$code" -ge 128 ]; then
            echo "$class (signal $((code - 128)))" >> "$folder/$name.died"
            run_tests "$@" -class "$class"
        fi
        if [ "$code" -gt "$worst" ]; then worst=$code; fi
        add
        cat "$log" >> "$log.all"
    done
    mv "$log.all" "$log"
    code=$worst
else
    add
fi
# A program that ended badly without saying which test failed is a failure of its own.
if [ "$code" -ne 0 ] && [ $((fails + errors)) -eq 0 ]; then
    echo "$name ended with exit code $code" >> "$log"
    errors=1
    total=$((total + 1))
fi
echo "$((total - fails - errors)) $((fails + errors)) $skips" > "$folder/$name.sum"
{
    echo "== $name, $((SECONDS - began)) s"
    grep -avE '^(xUnit|  (Discovering|Discovered|Starting|Finished):)|^$' "$log"
} > "$log.short"
cat "$log.short"
