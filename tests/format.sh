#!/bin/sh
# Every source is as .clang-format has it, and no line of C, comments included, is wider than 100 columns. Prints TAP.
root=$1
cd "$root" || exit 1
format=$(command -v clang-format-14) # another version breaks lines elsewhere
sources=$(find src cli include tests fuzz examples bench -name '*.[ch]')

echo "TAP version 13"
echo "1..2"
if [ -z "$format" ]; then
    echo "ok 1 - sources are formatted # SKIP clang-format-14 is not installed"
else
    bad=$("$format" --dry-run $sources 2>&1 | grep warning:)
    [ -z "$bad" ] || { echo "$bad" | sed 's/^/# /'; printf 'not '; }
    echo "ok 1 - sources are formatted"
fi
# Texts stay in one piece, so that grep finds them; awk may count a letter beyond ASCII more than once.
bad=$(awk 'length($0) > 100 && !/"|[^ -~]/ { print FILENAME ":" FNR }' $sources)
[ -z "$bad" ] || { echo "$bad" | sed 's/^/# wider than 100 columns: /'; printf 'not '; }
echo "ok 2 - no line is wider than 100 columns"
