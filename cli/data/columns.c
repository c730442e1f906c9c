/*
 * columns.c: a line for each column of a table.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "data.h"

enum { BINS = 12, LOOKED_AT = 5000 };

/* How the numbers of a column spread between its least and its largest, seen on an even choice of
 * rows. */
int count_bins(const glia_table *t, int column, double bin[12]) {
    glia_column k = glia_table_column(t, column);
    double span = k.max - k.min;
    int64_t rows = glia_table_rows(t), step = rows / LOOKED_AT + 1;
    if (!(span > 0)) return 0;
    const double *value = glia_table_values(t, column).data;
    bool whole = span < BINS;
    for (int64_t i = 0; i < rows && whole; i += step)
        whole = isnan(value[i]) || value[i] == floor(value[i]);
    int bins = whole ? (int)span + 1 : BINS; /* few whole numbers have a bin each */
    for (int64_t i = 0; i < rows; i += step) {
        double share = (value[i] - k.min) / span;
        if (!(share >= 0 && share <= 1)) continue;
        bin[whole ? (int)(value[i] - k.min) : share < 1 ? (int)(share * BINS) : BINS - 1]++;
    }
    return bins;
}

static char *histogram(const glia_table *t, int column, char *buf, size_t size) {
    double bin[BINS] = {0};
    int bins = count_bins(t, column, bin);
    if (bins == 0) return strcpy(buf, "");
    return sparkline(bin, bins, 0, bins, buf, size); /* from 0: even bins look even */
}

/* "setosa 50, versicolor 50, ..." */
char *categories(const glia_table *t, int column) {
    int64_t n = glia_table_column(t, column).categories, count;
    char *list = copy_text("");
    for (int64_t k = 0; k < n; k++) {
        const char *name = glia_table_category(t, column, k, &count);
        bool full = k > 0 && text_width(list) + text_width(name) > 36;
        char *longer =
            full ? format_text("%s, ...", list)
                 : format_text("%s%s%s %lld", list, k > 0 ? ", " : "", name, (long long)count);
        free(list);
        list = longer;
        if (full) break;
    }
    return list;
}

const char *type_name(const glia_column *k) {
    static const char *const names[] = {"number", "category", "array"};
    return k->dates ? "date" : k->text ? "text" : names[k->type];
}

static void shape_words(const glia_column *k, char *buf, size_t size) {
    int n = snprintf(buf, size, "%s ", glia_dtype_name(k->dtype));
    for (int d = 0; d < k->ndim; d++)
        n +=
            snprintf(buf + n, size - (size_t)n, "%s%lld", d > 0 ? " x " : "", (long long)k->dim[d]);
}

/* A number, or the day that it stands for. */
static const char *bound_text(const glia_column *k, double value, char buf[32]) {
    time_t seconds = (time_t)(value * 86400);
    if (!k->dates || isnan(value)) return short_text(value, buf);
    strftime(buf, 32, "%Y-%m-%d", gmtime(&seconds));
    return buf;
}

/* +0.62 of two numbers, 0.41 else: 0 is no relation, 1 a certain one. */
static void add_relation(grid *g, const look *l, int i) {
    const glia_profile *p = &l->profile[i];
    bool falls = p->measure && strcmp(p->measure, "rank correlation") == 0;
    if (i == l->target) grid_add(g, "target");
    else if (!(fabs(p->relation) <= 1)) grid_add(g, " ");
    else grid_add(g, falls ? "%+.2f" : "%.2f", p->relation);
}

static void add_column(grid *g, const look *l, int i) {
    const glia_table *t = l->table;
    char buf[128], number[32];
    glia_column k = glia_table_column(t, i);
    bool counted = k.type != GLIA_CATEGORY;
    const double range[] = {k.min, k.mean, k.max};
    grid_add(g, "%d", i + 1);
    grid_add(g, "%s", k.name);
    grid_add(g, "%s", type_name(&k));
    grid_add(g, "%lld", (long long)k.missing);
    if (k.type == GLIA_ARRAY) grid_add(g, " ");
    else grid_add(g, "%lld", (long long)k.distinct);
    for (int j = 0; j < 3; j++) grid_add(g, "%s", counted ? bound_text(&k, range[j], number) : " ");
    if (l->profile) add_relation(g, l, i);
    if (k.type == GLIA_CATEGORY) {
        char *list = categories(t, i);
        grid_add(g, "%s", list);
        free(list);
        return;
    }
    if (k.type == GLIA_ARRAY) shape_words(&k, buf, sizeof buf);
    else histogram(t, i, buf, sizeof buf);
    grid_add(g, "%s", buf);
}

void print_columns(const look *l) {
    const char *const heading[] = {"",    "column", "type", "missing",  "distinct",
                                   "min", "mean",   "max",  "relation", "values"};
    grid g = {.align = l->profile ? "rllrrrrrrl" : "rllrrrrrl"};
    for (int j = 0; j < 10; j++)
        if (j != 8 || l->profile) grid_add(&g, "%s", heading[j]);
    for (int i = 0; i < glia_table_columns(l->table); i++) add_column(&g, l, i);
    grid_print(&g);
}
