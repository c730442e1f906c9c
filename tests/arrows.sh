#!/bin/sh
# The floors as the linker sees them: what a room calls is defined in it or on a floor below, whatever header declares it; but ops
# may ask the plan that they are emitted into what src/net/program.h promises them.
# Prints TAP. Usage: arrows.sh ROOT LIBRARY.a
root=$1 library=$2
. "$root"/tests/floors.sh

# src_train_state.c.o stands in train; members with another name are kernels, built once for each set of instructions.
symbols=$(nm -A "$library" | sed -n 's/^[^:]*:\([^:]*\):[ 0-9a-f]* \([A-Za-z]\) \(gl\(ia\)*_[A-Za-z0-9_]*\)$/\1 \2 \3/p' |
    sed 's/^src_\([a-z]*\)_[^ ]* /\1 /; s/^[^ ]*\.o /kernel /' | sort -u)
rooms=$(echo "$symbols" | cut -d' ' -f1 | sort -u)
promised=$(grep -o 'gl_[a-z_]*(' "$root"/src/net/program.h | tr -d '(')
floors=$(for room in $rooms; do echo "$room $(floor "$room")"; done)

bad=$(
    { echo "$promised"; echo "$floors"; echo "$symbols"; } | awk '
        NF == 1 { promised[$1] = 1; next }
        NF == 2 { floor[$1] = $2; next }
        $2 == "U" { from[++calls] = $1; called[calls] = $3; next }
        $2 ~ /[TDBRVW]/ { room[$3] = $1 }
        END {
            for (i = 1; i <= calls; i++) {
                to = room[called[i]]
                if (to == "" || to == from[i] || from[i] == "op" && called[i] in promised) continue
                if (floor[to] >= floor[from[i]]) print from[i] " calls " called[i] ", which stands in " to
            }
        }'
)
count=$(echo "$symbols" | grep -c ' U ')
echo "TAP version 13"
echo "1..2"
[ "$count" -gt 100 ] || printf 'not ' # another nm?
echo "ok 1 - arrows are seen"
if [ -z "$bad" ]; then
    echo "ok 2 - no arrow points up"
else
    echo "$bad" | sort -u | sed 's/^/# /'
    echo "not ok 2 - no arrow points up"
fi
