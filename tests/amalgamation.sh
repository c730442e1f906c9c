#!/bin/sh
# The core in two files: scripts/amalgamate's glia.c compiles beside a program with a C compiler and libm, learns, and applies what
# the glia program has saved, with the same numbers; damaged files are refused. Prints TAP.
root=$1
glia=$2/glia
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export LC_ALL=C
unset GLIA_KERNELS

ok() { # number, name; fails when $work/bad holds something
    [ -s bad ] && { sed -n '1,20s/^/# /p' bad; printf 'not '; }
    echo "ok $1 - $2"
    : >bad
}

# Applies MODEL to lines of cells on standard input.
cat >apply.c <<'END'
#include "glia.h"
#include <stdio.h>
#include <string.h>
int main(int n, char **arg) {
    glia_ctx *g = glia_open(NULL);
    glia_model *m = glia_model_load(g, arg[n - 1]);
    glia_applier *applier = m ? glia_applier_new(g, m, 1) : NULL;
    if (!applier) return fprintf(stderr, "%s\n", glia_message(g)), 1;
    glia_table_builder *row = glia_table_builder_new(g);
    char line[99], number[32];
    glia_column_type type;
    for (int i = 0; i < glia_model_columns(m); i++) {
        const char *name = glia_model_column(m, i, &type);
        glia_table_builder_column(row, name, type);
    }
    while (fgets(line, sizeof line, stdin)) {
        int i = 0;
        glia_table_builder_clear(row), glia_table_builder_row(row);
        for (char *cell = strtok(line, ",\n"); cell; cell = strtok(NULL, ",\n"))
            glia_table_builder_text(row, i++, cell);
        const glia_predictions *p = glia_applier_run(applier, glia_table_builder_table(row), 0, 1);
        puts(p ? glia_number_print(p->value[0], GLIA_F64, number) : glia_message(g));
    }
    return 0;
}
END
# Learns xor on arrays in both precisions, saves, loads, and asks what was loaded.
cat >learn.c <<'END'
#include "glia.h"
#include <stdio.h>
int main(void) {
    glia_ctx *g = glia_open(NULL);
    double x[] = {0, 0, 0, 1, 1, 0, 1, 1}, y[] = {0, 1, 1, 0}, worst, found[4];
    for (int k = 0; k < 2; k++) {
        glia_model_options o = {.dtype = k ? GLIA_F64 : GLIA_F32, .seed = 1};
        glia_fit_options fit = {.epochs = 2000, .lr = 0.05, .batch = GLIA_FULL_BATCH};
        glia_model *m = glia_model_new(g, 2, "dense 8 tanh, dense 1 sigmoid", &o);
        int vectors;
        if (glia_model_fit(m, glia_tensor_f64(x, 4, 2), glia_tensor_f64(y, 4, 1), &fit, NULL) ||
            glia_model_check(g, m, glia_tensor_f64(x, 4, 2), glia_tensor_f64(y, 4, 1), NULL) || glia_model_save(m, "xor.glia"))
            return puts(glia_message(g)), 1;
        glia_model *again = glia_model_load(g, "xor.glia");
        glia_predictor *p = again ? glia_predictor_new(g, again, 4) : NULL;
        if (!p || glia_model_verify(g, again, &vectors, &worst) || worst != 0)
            return puts(glia_message(g)), 1;
        glia_predictor_run(p, glia_tensor_f64(x, 4, 2), glia_tensor_f64(found, 4, 1));
        for (int i = 0; i < 4; i++)
            if ((found[i] > 0.9) != (y[i] == 1)) return printf("xor %d gives %g\n", i, found[i]), 1;
    }
    return 0;
}
END
# Loads MODEL with one byte changed, at some hundred places: the header byte by byte at first, then everywhere.
cat >damage.c <<'END'
#include "glia.h"
#include <stdio.h>
#include <string.h>
int main(int n, char **arg) {
    static char bytes[1 << 20];
    glia_ctx *g = glia_open(NULL);
    FILE *f = fopen(arg[n - 1], "rb");
    size_t size = fread(bytes, 1, sizeof bytes, f), at = 0, tried = 0;
    fclose(f);
    for (; at < size; at += at < 200 ? 1 : 1 + size / 300, tried++) {
        f = fopen("damaged.glia", "wb");
        bytes[at] ^= 1 << at % 8;
        fwrite(bytes, 1, size, f);
        fclose(f);
        bytes[at] ^= 1 << at % 8;
        if (glia_model_load(g, "damaged.glia") || glia_code(g) != GLIA_INPUT)
            return printf("byte %zu: %s\n", at, glia_message(g)), 1;
    }
    return tried < 400 ? printf("%zu places only\n", tried), 1 : 0;
}
END

echo "TAP version 13"
echo "1..8"
"$root/scripts/amalgamate" . >bad 2>&1
# Without fused multiplications, which ref does not use either, its bits are the same at every -O; -O1 takes three times as long.
${CC:-cc} -O0 -ffp-contract=off -Wall -Wextra -Werror -c glia.c >>bad 2>&1 &&
    for app in apply learn damage; do ${CC:-cc} -Wall -Wextra -Werror $app.c glia.o -o $app -lm >>bad 2>&1; done
ok 1 "two files compile without a warning, and link with libm"

nm -g --defined-only glia.o | awk '$3 !~ /^gl(ia)?_/ { print $3, "is not ours" } END { if (NR < 50) print NR, "names" }' >bad
ok 2 "every name that others can see begins with gl_ or glia_"

./learn >bad 2>&1 || echo "status $?" >>bad
ok 3 "it learns, checks gradients, saves and loads in both precisions"

awk 'BEGIN { print "a,b,kind,y"
    for (i = 0; i < 300; i++) printf "%g,%d,%s,%g\n", i % 17 / 3, i % 7, i % 3 ? "left" : "caf\303\251", i % 17 - (i % 3 ? 0 : 5) }' >t.csv
sed '1d; s/,[^,]*$//' t.csv >cells
for precision in f32 f64; do
    GLIA_KERNELS=ref "$glia" train t.csv --precision $precision --epochs 5 -o $precision.glia --quiet >/dev/null 2>&1
    GLIA_KERNELS=ref "$glia" predict $precision.glia t.csv 2>/dev/null | sed 1d >expected
    GLIA_KERNELS=ref ./apply $precision.glia <cells >found 2>&1
    [ -s expected ] && cmp expected found >>bad 2>&1 || echo "$precision differs" >>bad
    [ $precision = f64 ] || cp expected f32.expected
done
ok 4 "rows of a table go through a saved model to the bits of the glia program (ref)"

./apply f32.glia <cells | paste -d' ' f32.expected - |
    awk '{ if (($1 - $2) ^ 2 > 1e-12 * (1 + $1 ^ 2)) print NR ": " $0 } END { if (NR != 300) print NR " rows" }' >bad
ok 5 "and to nearly those by faster kernels"

./damage f32.glia >bad 2>&1 || echo "status $?" >>bad
ok 6 "a file with one damaged byte is refused, wherever it is"

case $(uname -m) in x86_64) widest=-march=x86-64-v4 wide=-march=x86-64-v3 ;; *) widest= wide= ;; esac
for flags in "$widest -fopenmp" "$wide -std=c17"; do ${CC:-cc} $flags -Wall -Wextra -fsyntax-only glia.c; done >bad 2>&1
ok 7 "it compiles without a warning for wider vectors, with threads, and as C17 to the letter"

if command -v clang >/dev/null; then
    for flags in "$widest" -O0; do clang $flags -Wall -Wextra -fsyntax-only glia.c; done >bad 2>&1
    ok 8 "clang has no warning either"
else
    echo "ok 8 - clang has no warning either # SKIP clang is not installed"
fi
