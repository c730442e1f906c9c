#!/bin/sh
# The pages for newcomers do what they say. In each page, in order and in a folder of its own:
#
#     ```c     a program whose first line begins with /* NAME.c: becomes that file
#     ```sh    is run by `sh -e`, with build/ the tested build; `make` only says what it would do
#     ```text  right behind it is what was printed: a line ... stands for any lines, a word ... for any words;
#              empty lines do not count, and numbers may be off by a tenth: processors round differently, and trainings
#              add that up
#     ```network  is built by tests/graph.c
#
# The Chinese README has the blocks of the English one, but for their comments; what the source says of the notebook is
# there. Prints TAP.
root=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset MAKEFLAGS MAKELEVEL GLIA_KERNELS
export LC_ALL=C.UTF-8 NO_COLOR=1 OMP_NUM_THREADS=1
count=0

say() { # status, name
    count=$((count + 1))
    [ "$1" = 0 ] && echo "ok $count - $2" || echo "not ok $count - $2"
}

# Splits a page into $2/NNN.KIND and lists "NNN KIND LINE"; commands outside of these blocks are "000 stray LINE".
split() {
    awk -v folder="$2" '
        /^```/ && kind == "" {
            kind = substr($0, 4)
            file = sprintf("%s/%03d.%s", folder, ++n, kind)
            printf "%03d %s %d\n", n, kind, NR
            printf "" >file
            next
        }
        /^```/ { kind = ""; close(file); next }
        kind != "" { print >file; next }
        /^    +(build\/glia|glia|make|cc|\.\/)/ { printf "000 stray %d\n", NR }' "$1"
}

# Compares what a page shows with what was printed; tells the first line that differs.
compare() {
    awk '
        function words(line, w) {
            gsub(/[,;()%]/, " & ", line)
            return split(line, w, " ")
        }
        function near(a, b) {
            if (a == b) return 1
            if (a !~ /^[-+]?[0-9.]+(e[-+][0-9]+)?$/ || b !~ /^[-+]?[0-9.]+(e[-+][0-9]+)?$/) return 0
            a += 0; b += 0
            return (a > b ? a - b : b - a) <= 0.1 * (a * a > b * b ? (a < 0 ? -a : a) : (b < 0 ? -b : b))
        }
        function same(shown, printed,    s, p, n, m, i, j) {
            n = words(shown, s); m = words(printed, p)
            for (i = j = 1; i <= n; i++) {
                if (s[i] == "...") {
                    if (i == n) return 1
                    while (j <= m && !near(s[i + 1], p[j])) j++
                } else if (j > m || !near(s[i], p[j++])) return 0
            }
            return j == m + 1
        }
        /^ *$/ { next }
        FNR == NR { shown[++lines] = $0; next }
        { printed[++total] = $0 }
        END {
            at = 1
            for (i = 1; i <= lines; i++) {
                if (shown[i] ~ /^ *\.\.\.$/) { gap = 1; continue }
                first = at
                while (gap && at <= total && !same(shown[i], printed[at])) at++
                if (at > total || !same(shown[i], printed[at])) {
                    printf "# the page shows  %s\n# printed was     %s\n", shown[i], printed[first]
                    exit 1
                }
                at++; gap = 0
            }
            if (at <= total && !gap) { printf "# the page leaves out  %s\n", printed[at]; exit 1 }
        }' "$1" "$2"
}

run_page() {
    page=$1
    folder=$work/$(echo "$page" | tr / -)
    mkdir -p "$folder/blocks" "$folder/run"
    ln -s "$build" "$folder/run/build"
    split "$root/$page" "$folder/blocks" >"$folder/list"
    while read -r number kind line; do
        block=$folder/blocks/$number.$kind
        case $kind in
            c) cp "$block" "$folder/run/$(sed -n '1s|^/\* \([a-z]*\.c\):.*|\1|p' "$block")" || say 1 "$page:$line a program says its name" ;;
            sh)
                { echo "make() { command make -n -C '$root' \"\$@\" >/dev/null; }"; cat "$block"; } >"$folder/script"
                (cd "$folder/run" && sh -e ../script) >"$folder/printed" 2>&1 </dev/null
                status=$?
                [ $status = 0 ] || sed 's/^/# /' "$folder/printed"
                say $status "$page:$line $(sed '1!d; s|  *#.*||' "$block")"
                ;;
            text)
                compare "$block" "$folder/printed"
                say $? "$page:$line shows what is printed"
                ;;
            network) ;;
            *) say 1 "$page:$line is a block of commands, of output or of C" ;;
        esac
    done <"$folder/list"
}

echo "TAP version 13"
for page in README.md docs/README.md docs/network.md docs/tutorial.md docs/modelfile.md; do run_page $page; done

# The program in the first comment of glia.h learns xor.
{
    printf '#include <glia/glia.h>\n#include <stdio.h>\nint main(void) {\n'
    awk '/^ \*     / { sub(/^ \* /, ""); print; begun = 1; next } begun { exit }' "$root/include/glia/glia.h"
    printf '    for (int i = 0; i < 4; i++) printf("%%.0f (%%d)\\n", p[i], p[i] > 0.95 || p[i] < 0.05);\n}\n'
} >"$work/header.c"
export PKG_CONFIG_PATH="$build/meson-uninstalled"
cc -std=c17 "$work/header.c" $(pkg-config --cflags --libs glia) -o "$work/header" 2>&1 | sed 's/^/# /'
"$work/header" >"$work/learned" 2>&1
printf '0 (1)\n1 (1)\n1 (1)\n0 (1)\n' | cmp -s - "$work/learned"
status=$?
[ $status = 0 ] || sed 's/^/# /' "$work/learned"
say $status "the program in the first comment of glia.h learns xor"

# "notebook 2026-11, 26.4" in the source is an entry of docs/notebook/2026-11.md; two are "21.8 and 26.7".
lost=$(cat "$root"/src/*/*.[ch] "$root"/src/*/*/*.[ch] | tr -s '\n */' ' ' |
    grep -oE 'notebook [0-9]{4}-[0-9]{2}, [0-9]+\.[0-9]+( and [0-9]+\.[0-9]+)?' | while read -r _ page first _ second; do
        for entry in $first $second; do
            grep -q "^\* \*\*$entry\*\*" "$root/docs/notebook/${page%,}.md" || echo "# notebook $page $entry is not there"
        done
    done)
[ -z "$lost" ] || echo "$lost"
[ -z "$lost" ]
say $? "constants in the source point to entries of the notebook"

# Blocks in one text, without comments and where they stand.
blocks_of() {
    mkdir "$work/$2"
    split "$root/$1" "$work/$2" >"$work/$2.list"
    for block in "$work/$2"/*; do sed 's/  *#.*//; s|/\*.*\*/||' "$block"; done
}
blocks_of README.md english >"$work/english.text"
blocks_of README.zh-CN.md chinese >"$work/chinese.text"
diff "$work/english.text" "$work/chinese.text" | sed 's/^/# /'
cmp -s "$work/english.text" "$work/chinese.text"
say $? "README.zh-CN.md has the commands and outputs of README.md"
echo "1..$count"
