#!/bin/sh
# glia(3) says what the header says: every public function has a page, and groff has nothing against any. Prints TAP.
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset MESON_INSTALL_DESTDIR_PREFIX
"$root/docs/man3" "$work"
export LC_ALL=C

echo "TAP version 13"
echo "1..3"
"$root/scripts/functions" | while read -r name _; do
    page=$(sed -n 's|^\.so man3/||p' "$work/$name.3" 2>/dev/null)
    grep -q "^[^.].*[ *]$name(" "$work/${page:-none}" 2>/dev/null || echo "$name has no page that declares it"
done >"$work/bad"
[ -s "$work/bad" ] && { sed 's/^/# /' "$work/bad"; printf 'not '; }
echo "ok 1 - every public function has a page"

# A comment of the header ends up under its declaration, filled; a drawing stays as it is.
if ! command -v groff >/dev/null; then
    echo "ok 2 - a page reads as the header # SKIP groff is not installed"
    echo "ok 3 - groff has nothing against a page # SKIP groff is not installed"
    exit
fi
# Lines are filled to both edges: blanks between words are as many as it takes.
read_page() { groff -man -Tascii -P-cbou -rLL=100n "$work/$1.3" | sed 's|\([^ ]\)  *|\1 |g'; }
{ read_page glia-models | grep -q '^               dense UNITS \[ACTIVATION\], dropout RATE' &&
    read_page glia-prediction | grep -A 3 '^       void glia_predictor_free' | grep -q '^           x (rows, inputs)'; } ||
    printf 'not '
echo "ok 2 - a page reads as the header"
for page in "$work"/glia.3 "$work"/glia-*.3; do groff -man -ww -Tascii -z "$page"; done >"$work/bad" 2>&1
[ -s "$work/bad" ] && { sed 's/^/# /' "$work/bad"; printf 'not '; }
echo "ok 3 - groff has nothing against a page"
