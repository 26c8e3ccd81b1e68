#!/usr/bin/env bash
# Captures the demo's log lines from programs at work on a Debian 12 machine, one file a program, and takes out what belongs to that
# machine. Run it again to have newer ones: assets/logs/capture.sh (needs kcat, g++, cmake, python3; takes a minute).
# The lines are kept as the programs wrote them, but for the replacements in scrub() and the limits in keep().
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
lines=6000 bytes=260000 longest=400

# Names, folders and addresses of the machine become neutral ones.
scrub() {
    sed -E -e "s#$scratch#/build#g" -e "s#/tmp/[A-Za-z0-9._-]+#/tmp/file#g" -e "s#$(hostname)#host1#g" -e 's#/root\b#/home/user#g' \
        -e 's#(https?|ftp)://[^ )]+#http://archive#g' -e 's#\b(10|172|192)\.[0-9]+\.[0-9]+\.[0-9]+\b#192.0.2.1#g'
}

# Whole lines, none longer than a screen's worth, evenly thinned to the limit so that beginning and end are both there.
keep() {
    awk -v longest=$longest 'length($0) > 0 && length($0) <= longest' | iconv -c -t UTF-8 | awk -v limit=$lines -v bytes=$bytes '
        { line[n++] = $0; size += length($0) + 1 }
        END { step = n / limit; if (size / bytes > step) step = size / bytes; if (step < 1) step = 1
              for (i = 0; i < n; i += step) print line[int(i)] }'
}

capture() { scrub | keep > "$here/$1.log"; }

# The package manager's own log: installs, upgrades, states.
grep -vE 'sslagent' /var/log/dpkg.log | capture dpkg

# apt's dependency resolver thinking aloud about well-known packages; a simulation, nothing is installed.
for package in apache2 gimp gnome-core inkscape kde-plasma-desktop libreoffice octave postgis r-base samba texlive wireshark; do
    apt-get -s -o Debug::pkgDepCache::AutoInstall=1 -o Debug::pkgDepCache::Marker=1 -o Debug::pkgProblemResolver=1 install "$package" 2>&1 || true
done | capture apt

# librdkafka's debug log: a producer and a consumer on its in-process cluster.
{
    seq 1 300 | timeout 5 kcat -d all -X test.mock.num.brokers=3 -b mock -t lines -P 2>&1 || true
    timeout 8 kcat -d all -X test.mock.num.brokers=3 -b mock -G readers lines 2>&1 || true
} | capture librdkafka

# A build: what cmake finds, what make considers, which files the compiler and the linker open.
mkdir "$scratch/source"
printf 'cmake_minimum_required(VERSION 3.20)\nproject(small CXX)\nfind_package(Threads REQUIRED)\nadd_executable(small main.cpp)\ntarget_link_libraries(small Threads::Threads)\n' > "$scratch/source/CMakeLists.txt"
printf '#include <iostream>\n#include <regex>\n#include <thread>\nint main() { std::thread t([] { std::cout << std::regex_match("a", std::regex("a")); }); t.join(); }\n' > "$scratch/source/main.cpp"
{
    cmake --debug-output --debug-find --log-level=TRACE -S "$scratch/source" -B "$scratch/out" 2>&1
    make -d -C "$scratch/out" 2>&1
    g++ -v -H -c "$scratch/source/main.cpp" -o "$scratch/out/main.o" 2>&1
    g++ -v -Wl,--trace "$scratch/out/main.o" -o "$scratch/out/main" 2>&1
} | capture build

# The dynamic linker resolving libraries and symbols.
LD_DEBUG=all /usr/bin/python3 -c 'import ssl, sqlite3' 2>&1 | capture linker

# Python importing its library.
/usr/bin/python3 -v -c 'import asyncio, email, http.server, json, logging.config, unittest, xml.dom.minidom, multiprocessing.pool, concurrent.futures, ctypes' 2>&1 | capture python

if grep -lE "$(cd "$here/../.." && pwd)|/tmp/[^f]|$(hostname)|https?://[^a]" "$here"/*.log; then
    echo "capture: the files above still name this machine" >&2
    exit 1
fi
wc -lc "$here"/*.log
