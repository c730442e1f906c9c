#!/bin/sh
# The floors: an #include points down, or stays in its room; rooms on one floor do not know each other; the program includes the
# public header only. Prints TAP.
root=$1
floor() {
    case $1 in
        base) echo 0 ;; kernel | table | score) echo 1 ;; net | read | prepare) echo 2 ;; op) echo 3 ;; plan | file) echo 4 ;;
        predict) echo 5 ;; train) echo 6 ;; product) echo 7 ;; run) echo 8 ;; *) echo 9 ;;
    esac
}

bad=$(
    grep -Hn '#include "\.\./' "$root"/src/*/*.[ch] | while IFS=: read -r file line text; do
        from=$(basename "$(dirname "$file")")
        to=$(echo "$text" | sed 's|.*"\.\./\([a-z]*\)/.*|\1|')
        if [ "$(floor "$to")" -gt "$(floor "$from")" ]; then echo "$file:$line: $from includes $to, which is above it"; fi
        if [ "$from" != "$to" ] && [ "$(floor "$from")" = "$(floor "$to")" ]; then
            echo "$file:$line: $from and $to stand on the same floor and must not know each other"
        fi
    done
    grep -Hn '#include "[^"]*src/' "$root"/cli/*.[ch] "$root"/cli/*/*.[ch]
)
echo "TAP version 13"
echo "1..1"
if [ -z "$bad" ]; then
    echo "ok 1 - includes point down or sideways"
else
    echo "$bad" | sed 's/^/# /'
    echo "not ok 1 - includes point down or sideways"
fi
