#!/bin/sh
# The library does not know how its program is called: no text in src/ names a flag (--val) or a command (glia train). It says
# option 'val', and the program (with_flags in cli/options.c) puts the flag there, for names that it has. Prints TAP.
root=$1
commands=$(sed -n 's/^    \.\(name\|alias\) = "\([a-z]*\)",$/\2/p' $(find "$root/cli" -name '*.c') | paste -sd '|')

# Every text with its place, "src/run/tune.c:317: every training diverged ...": literals that follow each other are one text,
# comments none.
texts() {
    find "$root/src" -name '*.[ch]' -o -name '*.def' | sort | xargs awk '
        function flush() { if (text != "") print place ": " text; text = "" }
        FNR == 1 { flush(); comment = quoted = 0 }
        {
            for (i = 1; i <= length($0); i++) {
                c = substr($0, i, 1)
                two = substr($0, i, 2)
                if (comment) { if (two == "*/") { comment = 0; i++ } }
                else if (quoted && c == "\"") quoted = 0
                else if (quoted && c == "\\") { text = text two; i++ }
                else if (quoted) text = text c
                else if (two == "/*") { comment = 1; i++ }
                else if (c == "\"") { quoted = 1; if (text == "") place = FILENAME ":" FNR }
                else if (c == "\047") { flush(); i += substr($0, i + 1, 1) == "\\" ? 3 : 2 }
                else if (c != " " && c != "\\") flush()
            }
        }
        END { flush() }' | sed "s|^$root/||"
}

print() { printf '%s\n' "$1"; } # an echo of some shells makes zero bytes of "\0"
all=$(texts)
flags=$(print "$all" | grep -E -- "--[a-z]|(^|[^a-z_'])glia ($commands)([^a-z_]|\$)")
known=$(
    sed -n 's/^OPTION("\([^"]*\)".*/\1/p; s/^FIT([a-z_0-9]*, *"\([^"]*\)".*/\1/p' "$root/src/run/options.def" "$root/src/train/fit_options.def"
    sed -n 's/^    {"\([^"]*\)",.*/\1/p' "$root/src/read/read.c" $(find "$root/cli" -name '*.c')
)
named=$(print "$all" | grep -o "option '[^'%]*'" | sed "s/option '\(.*\)'/\1/" | sort -u)
unknown=$(echo "$named" | while read -r name; do echo "$known" | grep -qxF -e "$name" || echo "$name"; done)

echo "TAP version 13"
echo "1..3"
report() {
    [ -z "$3" ] || echo "$3" | sed 's/^/# /'
    [ -z "$3" ] && echo "ok $1 - $2" || echo "not ok $1 - $2"
}
report 1 "no text of the library names a flag or a command" "$flags"
report 2 "every option that a text of the library names is one of the program" "$unknown"
report 3 "texts and options were found" "$([ "$(print "$all" | wc -l)" -gt 1000 ] && [ "$(echo "$named" | wc -l)" -gt 20 ] || echo none)"
