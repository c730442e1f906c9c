#!/bin/sh
# Work grows with its size, and hardly faster: instructions are counted by valgrind for n, 2 n and 4 n of each thing. What the second
# doubling adds is twice what the first one did where work is linear, 2.2 times where it is n log n, and four times where it is square.
# Prints TAP. Usage: growth.sh BUILD
glia=$1/glia
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export LC_ALL=C GLIA_KERNELS=avx2 # valgrind 3.19 knows no AVX-512

echo "TAP version 13"
if ! valgrind --tool=callgrind --callgrind-out-file=/dev/null true >/dev/null 2>&1; then
    echo "1..0 # SKIP valgrind is not installed"
    exit 0
fi

instructions() { # of a command, which must succeed
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$glia" "$@" >out 2>err || return
    sed -n 's/.*Collected : \([0-9]*\).*/\1/p' err
}

# N times a text, joined by commas; each @ is its number.
list() { awk -v n="$1" -v text="$2" 'BEGIN { for (i = 0; i < n; i++) { t = text; gsub("@", i, t); printf "%s%s", i ? "," : "", t } print "" }'; }

# ROWS, COLUMNS of small numbers and a target behind them; the texts of a column in front of them, each @ a row's number.
table() { # head rows columns text
    echo "$1"
    awk -v rows="$2" -v columns="$3" -v text="$4" 'BEGIN {
        for (i = 0; i < rows; i++) {
            line = text
            gsub("@", i, line)
            for (j = 0; j < columns; j++) line = line (line == "" ? "" : ",") (i * 7 + j) % 5
            print line "," i % 2
        }
    }'
}

train() { instructions train "$1" --target y --epochs 1 --threads 1 -q -o m.glia; }
names() { table "$(list "$1" a@),y" 20 "$1" "" >n.csv && train n.csv; }
equal() { table "$(list "$1" a),y" 20 "$1" "" >n.csv && train n.csv; }
split() {
    { echo "{\"columns\":[$(list "$1" '"a"')],\"data\":["; list 20 "[$(list "$1" 1)]"; echo "]}"; } >n.json
    instructions data n.json
}
look() { table "$(list "$1" a@),y" 20 "$1" "" >n.csv && instructions data n.csv; }
rows() { table "c,u,y" "$1" 1 same >n.csv && train n.csv; }
texts() { table "c,u,y" "$1" 1 text@ >n.csv && train n.csv; }
classes() { table "c,u,y" "$1" 1 text@ >n.csv && instructions data n.csv; }
layers() {
    table "u,v,y" 20 2 "" >n.csv
    instructions train n.csv --target y --epochs 1 --threads 1 -q -o m.glia --hidden "$(list "$1" 1)"
}
items() {
    table "u,v,y" 20 2 "" >n.csv
    echo "ignore: [$(list "$1" u)]" >list.yaml
    instructions train n.csv --config list.yaml --target y --epochs 1 --threads 1 -q -o m.glia
}

# thing, how many at first, what it is
cases='names 250 columns
equal 250 columns of one name
split 250 columns of one name in JSON
look 250 columns that are looked at
rows 2000 rows
texts 1000 texts of a column
classes 1000 texts that are looked at
layers 100 layers
items 1000 items in a list of a configuration'
echo "1..$(echo "$cases" | wc -l)"
number=0
echo "$cases" | while read -r thing n what; do
    number=$((number + 1))
    one=$($thing "$n") && two=$($thing $((2 * n))) && four=$($thing $((4 * n))) ||
        { sed 's/^/# /' err; one=0 two=0 four=1; }
    awk -v a="$one" -v b="$two" -v c="$four" 'BEGIN { exit !(b > a && c - b < 2.7 * (b - a)) }' || {
        printf 'not '
        bad="$one, $two, $four instructions for $n, $((2 * n)) and $((4 * n))"
    }
    echo "ok $number - $what"
    [ -z "$bad" ] || echo "# $bad"
    bad=
done
