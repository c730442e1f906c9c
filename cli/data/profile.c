/*
 * profile.c: what every column is like, and what a careful reader would remark on it.
 */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"

/* A column that is the same in so many rows has little to tell. */
static const double NEARLY_CONSTANT = 0.99;
/* What lies outside in more rows is no outlier but a long tail. */
static const double FEW = 0.01;

double limit_of(const char *illness) {
    int count;
    const glia_illness *all = glia_illnesses(&count);
    for (int i = 0; i < count; i++)
        if (strcmp(all[i].name, illness) == 0) return all[i].limit;
    return NAN; /* which nothing is above or below */
}

void remark(look *l, const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (l->warnings < MOST_WARNINGS)
        vsnprintf(l->warning[l->warnings++], sizeof *l->warning, format, args);
    va_end(args);
}

static void remark_outliers(look *l, const glia_column *k, const glia_profile *p) {
    char low[32], high[32], farthest[32];
    double below = p->low - k->min, above = k->max - p->high;
    if (p->outliers == 0 || (double)p->outliers > FEW * (double)glia_table_rows(l->table)) return;
    remark(l, "column '%s': %lld value%s far outside (below %s or above %s), such as %s", k->name,
           (long long)p->outliers, plural(p->outliers), short_text(p->low, low),
           short_text(p->high, high), short_text(above >= below ? k->max : k->min, farthest));
}

static void remark_column(look *l, int i) {
    glia_column k = glia_table_column(l->table, i);
    const glia_profile *p = &l->profile[i];
    char cell[64] = "";
    if (i == l->target || p->rows < 20) return;
    if (p->most >= NEARLY_CONSTANT && k.distinct > 1) {
        glia_table_cell(l->table, p->most_row, i, cell, sizeof cell);
        remark(l, "column '%s': nearly constant, '%s' in %.1f%% of the rows", k.name, cell,
               100 * p->most);
    }
    remark_outliers(l, &k, p);
    if (p->undecided < limit_of("leakage"))
        remark(l, "column '%s' alone tells the target; is it known when a prediction is asked for?",
               k.name);
}

/* Rows that contradict each other, or tell the same with another target. */
static void remark_twins(look *l) {
    int64_t rows = glia_table_rows(l->table), all = glia_table_copies(l->table, NULL, -1),
            twins = glia_table_copies(l->table, NULL, l->target) - all;
    if (l->target < 0 || all < 0 || twins < 1 || (double)twins < FEW * (double)rows) return;
    remark(l, "%lld more row%s equal to another one but for the target", (long long)twins,
           twins == 1 ? " is" : "s are");
}

char *near_text(const look *l) {
    long long n = (long long)l->near.rows;
    if (n < 1) return NULL;
    return format_text("%lld row%s equal to another one but for one cell, or once numbers are "
                       "rounded to three digits",
                       n, n == 1 ? " is" : "s are");
}

/* What small tables and those of few different cells have by chance is counted only. */
void remark_near(look *l, const glia_near *n, const glia_table *of) {
    if (n->sure < 1 || (double)n->sure < FEW * (double)glia_table_rows(of)) return;
    long long line = (long long)glia_table_line(of, n->row),
              original = (long long)glia_table_line(l->table, n->original);
    char *where = of == l->table
                      ? format_text("lines %lld and %lld", original, line)
                      : format_text("line %lld of %s, line %lld of %s", line, glia_table_source(of),
                                    original, glia_table_source(l->table));
    remark(l,
           "%lld row%s nearly a copy (%s): equal but for one cell, or once rounded to three "
           "digits; in training and test parts they flatter the test",
           (long long)n->sure, n->sure == 1 ? " is" : "s are each", where);
    free(where);
}

int find_profiles(look *l) {
    int columns = glia_table_columns(l->table);
    l->profile = reserve(NULL, (size_t)columns * sizeof *l->profile);
    for (int i = 0; i < columns; i++) {
        if (glia_table_profile(l->table, i, l->target, &l->profile[i]) != GLIA_OK)
            return failed(l->c);
        remark_column(l, i);
    }
    int status = remark_pictures(l);
    if (status) return status;
    if (columns < 2 || glia_table_column(l->table, 0).type == GLIA_ARRAY) return 0;
    remark_twins(l);
    if (glia_table_near(l->table, NULL, -1, &l->near) != GLIA_OK) return failed(l->c);
    remark_near(l, &l->near, l->table);
    return 0;
}

void add_profile_json(const look *l, int column, json_t *j) {
    const glia_profile *p = &l->profile[column];
    char cell[256];
    if (p->rows == 0) return;
    if (!isnan(p->median)) {
        json_object_set_new(j, "quartiles",
                            json_pack("[o, o, o]", json_number(p->q1), json_number(p->median),
                                      json_number(p->q3)));
        json_object_set_new(j, "deviation", json_number(p->deviation));
        json_object_set_new(j, "outliers", json_integer(p->outliers));
    }
    glia_table_cell(l->table, p->most_row, column, cell, sizeof cell);
    json_object_set_new(j, "most",
                        json_pack("{s:o, s:o}", "value", json_text(cell), "share",
                                  json_number(p->most)));
    if (!p->measure) return;
    json_object_set_new(j, "relation", json_number(p->relation));
    json_object_set_new(j, "measure", json_text(p->measure));
}
