#!/bin/sh
# What a program can call: the shared library shows what abi/symbols.txt lists and nothing else; a program that wants the stable
# half only is told where it leaves that. Prints TAP.
root=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ok() { # number, name; fails with what stands in $work/bad
    [ -s "$work/bad" ] && { sed 's/^/# /' "$work/bad"; printf 'not '; }
    echo "ok $1 - $2"
    : >"$work/bad"
}
compiles() { # function call
    echo "#include <glia/glia.h>
int main(void) { (void)$1; return 0; }" >"$work/a.c"
    ${CC:-cc} -Werror -DGLIA_STABLE_ONLY -I"$root/include" -fsyntax-only "$work/a.c" 2>/dev/null
}

echo "TAP version 13"
echo "1..4"
if [ -f "$build/libglia.a" ]; then
    { "$root/scripts/symbols" "$build" | diff "$root/abi/symbols.txt" - ||
        echo "scripts/symbols $build >abi/symbols.txt, if this is meant"; } >"$work/bad" 2>&1
    ok 1 "the shared library shows what abi/symbols.txt lists"
    awk 'NF != 2 { print $1, "is not declared in glia.h" }' "$root/abi/symbols.txt" >"$work/bad"
    ok 2 "what it shows stands in the header"
else
    echo "ok 1 - the shared library shows what abi/symbols.txt lists # SKIP there is no libglia.a"
    echo "ok 2 - what it shows stands in the header # SKIP there is no libglia.a"
fi
compiles 'glia_version()' || echo "a stable function is refused" >"$work/bad"
compiles 'glia_table_generate(0, 0, 0, 0)' && echo "an experimental function is not" >>"$work/bad"
ok 3 "-DGLIA_STABLE_ONLY refuses what may change"

# A name begins with a type of the header, or with text, number or file; or it is the context's, or takes a job.
types=$(grep -o 'glia_[a-z_]*' "$root/include/glia/glia.h" | grep -v '_$' | sort -u |
    while read -r name; do grep -q "[} ]$name;\$" "$root/include/glia/glia.h" && echo "$name"; done)
for name in $(cut -d' ' -f1 "$root/abi/symbols.txt"); do
    case $name in
        glia_open | glia_close | glia_code | glia_message | glia_version | glia_threads*) continue ;;
        glia_train | glia_prepare | glia_cross_validate | glia_tune | glia_tune_ranges | glia_illnesses) continue ;;
        glia_text_* | glia_number_* | glia_file_*) continue ;;
    esac
    for type in $types; do case $name in "$type"_*) continue 2 ;; esac; done
    echo "$name" >>"$work/bad"
done
ok 4 "a public name has its noun first"
