#!/bin/sh
# The floors: an #include points down or sideways, never up; train, data and io do not include each other; the program
# includes the public header only. Prints TAP.
root=$1
floor() {
    case $1 in
        base) echo 0 ;; kernel) echo 1 ;; model) echo 2 ;; op) echo 3 ;; plan) echo 4 ;;
        train | data | io) echo 5 ;; run) echo 6 ;; *) echo 9 ;;
    esac
}

bad=$(
    grep -Hn '#include "\.\./' "$root"/src/*/*.[ch] | while IFS=: read -r file line text; do
        from=$(basename "$(dirname "$file")")
        to=$(echo "$text" | sed 's|.*"\.\./\([a-z]*\)/.*|\1|')
        if [ "$(floor "$to")" -gt "$(floor "$from")" ]; then echo "$file:$line: $from includes $to, which is above it"; fi
        if [ "$from" != "$to" ] && [ "$(floor "$from")" = 5 ] && [ "$(floor "$to")" = 5 ]; then
            echo "$file:$line: $from and $to stand on the same floor and must not know each other"
        fi
    done
    grep -Hn '#include "[^"]*src/\|#include "\.\./' "$root"/cli/*.[ch]
)
echo "TAP version 13"
echo "1..1"
if [ -z "$bad" ]; then
    echo "ok 1 - includes point down or sideways"
else
    echo "$bad" | sed 's/^/# /'
    echo "not ok 1 - includes point down or sideways"
fi
