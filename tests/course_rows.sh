#!/bin/sh
# docs/course.md shows what it says: its first block is run, then the command of each of its 69 rows, in one folder, and
# what the last column has must be printed. Blanks do not count; \| is | in a table. Prints TAP.
root=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset GLIA_KERNELS
export LC_ALL=C.UTF-8 NO_COLOR=1 OMP_NUM_THREADS=1
page=$root/docs/course.md
rows=69

echo "TAP version 13"
echo "1..$((rows + 1))"
cd "$work" || exit 1
glia() { "$build/glia" "$@"; }

awk '/^```sh/ { on = 1; next } /^```/ { on = 0 } on' "$page" >first
. ./first >printed 2>&1 </dev/null || sed 's/^/# /' printed
[ -s hidden.npy ] && [ -s steep.glia ] || printf 'not '
echo "ok 1 - the page's first commands run"

# Column n of a row of the table, without the ticks around it.
column() {
    printf '%s\n' "$1" | awk -v n="$2" '{
        gsub(/\\\|/, "\001")
        split($0, cell, "|")
        gsub(/^ *`|` *$/, "", cell[n])
        gsub("\001", "|", cell[n])
        print cell[n]
    }'
}
squeezed() { tr -s ' \n' ' ' <"$1"; }

row=0
grep '^| [0-9]' "$page" | while read -r line; do
    row=$((row + 1))
    number=$(printf '%s\n' "$line" | sed 's/^| \([0-9]*\) .*/\1/')
    column "$line" 4 >command
    column "$line" 5 >wanted
    . ./command >printed 2>&1 </dev/null
    what="row $number, $(cut -c 1-70 command)"
    if [ "$number" = "$row" ] && [ -s wanted ] && squeezed printed | grep -qF -e "$(squeezed wanted | sed 's/ $//')"; then
        echo "ok $((row + 1)) - $what"
    else
        echo "# wanted: $(cat wanted)"
        sed 's/^/# /' printed | tail -40
        echo "not ok $((row + 1)) - $what"
    fi
done
