#!/bin/sh
# The floors: an #include points down, or stays in its room; rooms on one floor do not know each other; the program includes the
# public header only. And who does not make kernels, ops or plans asks the table of kernels instead of naming one. Prints TAP.
root=$1
. "$root"/tests/floors.sh

floors=$(for room in $(ls "$root/src"); do echo "$room $(floor "$room")"; done)
bad=$(
    { echo "$floors"; grep -Hn '#include "\.\./' "$root"/src/*/*.[ch] "$root"/src/*/*/*.[ch]; } | awk -v src="$root/src/" '
        !/#include/ { floor[$1] = $2; next }
        {
            place = to = $0
            from = substr($0, length(src) + 1)
            sub(/:#include.*/, "", place)
            sub(/\/.*/, "", from)
            sub(/^[^"]*"[.\/]*/, "", to)
            sub(/\/.*/, "", to)
            if (!(to in floor)) to = from # a folder, or a file, of its room
            if (floor[to] > floor[from]) print place ": " from " includes " to ", which is above it"
            if (from != to && floor[to] == floor[from])
                print place ": " from " and " to " stand on the same floor and must not know each other"
        }'
    grep -Hn '#include "[^"]*src/' "$root"/cli/*.[ch] "$root"/cli/*/*.[ch]
)
named=$(
    grep -Hn '\<GL_K_[a-z]' "$root"/src/*/*.[ch] "$root"/src/*/*/*.[ch] "$root"/cli/*.[ch] "$root"/cli/*/*.[ch] "$root"/bench/*.c |
        grep -v '/src/\(op\|kernel\|plan\)/\|/src/train/optimizer\.c:'
)

say() { # number, name, what is wrong
    if [ -z "$3" ]; then
        echo "ok $1 - $2"
    else
        echo "$3" | sed 's/^/# /'
        echo "not ok $1 - $2"
    fi
}
echo "TAP version 13"
echo "1..2"
say 1 "includes point down or sideways" "$bad"
say 2 "no room outside op, kernel, plan and optimizer names a kernel" "$named"
