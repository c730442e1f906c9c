#!/bin/sh
# The floors: an #include points down, or stays in its room; rooms on one floor do not know each other; the program includes the
# public header only. And who does not make kernels, ops or plans asks the table of kernels instead of naming one. Prints TAP.
root=$1
. "$root"/tests/floors.sh

bad=$(
    grep -Hn '#include "\.\./' "$root"/src/*/*.[ch] "$root"/src/*/*/*.[ch] | while IFS=: read -r file line text; do
        from=$(echo "${file#"$root"/src/}" | cut -d/ -f1)
        to=$(echo "$text" | sed 's|^[^"]*"[./]*||; s|/.*||')
        [ -d "$root/src/$to" ] || to=$from # a folder, or a file, of its room
        if [ "$(floor "$to")" -gt "$(floor "$from")" ]; then echo "$file:$line: $from includes $to, which is above it"; fi
        if [ "$from" != "$to" ] && [ "$(floor "$from")" = "$(floor "$to")" ]; then
            echo "$file:$line: $from and $to stand on the same floor and must not know each other"
        fi
    done
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
