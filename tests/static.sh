#!/bin/sh
# What cppcheck finds in library and program, but for the exceptions in cppcheck.txt, each of which has its reason. The build
# folder keeps what it knows of files that have not changed. Prints TAP.
root=$1
build=$2
cd "$root" || exit 1
echo "TAP version 13"
echo "1..1"
if ! command -v cppcheck >/dev/null; then
    echo "ok 1 - cppcheck finds nothing # SKIP cppcheck is not installed"
    exit
fi
mkdir -p "$build/cppcheck"
bad=$(cppcheck -q -j2 --cppcheck-build-dir="$build/cppcheck" --std=c11 --enable=warning,portability \
    --suppress=missingIncludeSystem --suppressions-list=tests/cppcheck.txt --template='{file}:{line}: {id}: {message}' \
    -Iinclude -D__x86_64__ src cli 2>&1)
[ -z "$bad" ] || { echo "$bad" | sed 's/^/# /'; printf 'not '; }
echo "ok 1 - cppcheck finds nothing"
