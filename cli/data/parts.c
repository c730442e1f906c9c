/*
 * parts.c: the table written as CSV, whole or in two parts.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"

int convert(const look *l, const char *path) {
    if (!ends_in_csv("convert", path) || replaces_input(l->c, path)) return GLIA_USAGE;
    if (glia_table_write(l->table, path, NULL, 0) != GLIA_OK) return failed(l->c);
    return print_written(l->c, path, glia_table_rows(l->table));
}

/* "0.8,0.2" or "0.8" */
static bool read_fraction(const char *text, double *first) {
    double second;
    char *head = format_text("%.*s", (int)strcspn(text, ","), text);
    const char *comma = strchr(text, ',');
    bool ok = read_number(head, first) && *first > 0 && *first < 1;
    if (comma) ok = ok && read_number(comma + 1, &second) && fabs(*first + second - 1) < 1e-9;
    free(head);
    return ok;
}

static int write_part(const look *l, const char *path, const int64_t *rows, int64_t n) {
    if (replaces_input(l->c, path) || replaces_model(path)) return GLIA_USAGE;
    if (glia_table_write(l->table, path, rows, n) != GLIA_OK) return failed(l->c);
    return l->c->json ? 0 : print_written(l->c, path, n);
}

int split(const look *l, const char *fractions, const char *convert_to) {
    double first;
    int64_t seed = 1, n = 0, all = glia_table_rows(l->table);
    if (!read_fraction(fractions, &first))
        return fail(GLIA_USAGE,
                    "--split: expected two parts of a whole such as 0.8,0.2, found '%s'",
                    fractions);
    if (!given_int(l->c, "seed", 0, INT64_MAX, &seed)) return GLIA_USAGE;

    char *stem = given(l->c, "output") ? copy_text(given(l->c, "output"))
                                       : stem_of(glia_table_source(l->table));
    char *train = format_text("%s-train.csv", stem), *test = format_text("%s-test.csv", stem);
    int64_t *rows = reserve(NULL, (size_t)all * sizeof *rows);
    const char *target = l->target >= 0 ? glia_table_column(l->table, l->target).name : NULL;
    static const char *const what[] = {"the table", "its first part", "its second part"};
    const char *const path[] = {convert_to, train, test};
    int status = same_outputs(what, path, 3) ? GLIA_USAGE : 0;
    if (!status && convert_to) status = convert(l, convert_to);
    if (!status && glia_table_split(l->table, target, first, (uint64_t)seed, rows, &n) != GLIA_OK)
        status = failed(l->c);
    if (!status) status = write_part(l, train, rows, n);
    if (!status) status = write_part(l, test, rows + n, all - n);
    if (!status && l->c->json)
        print_json(json_pack("{s:{s:s, s:I}, s:{s:s, s:I}}", "train", "file", train, "rows",
                             (json_int_t)n, "test", "file", test, "rows", (json_int_t)(all - n)));
    free(rows);
    free(test);
    free(train);
    free(stem);
    return status;
}
