/*
 * classes.c: are the numbers of a target classes, or values? Training asks, and so does whoever
 * looks at a table before.
 *
 *     0 1 2, 1 2 3        classes: they count from 0 or 1 without a gap
 *     -1 0 1              classes: down, even, up
 *     0.5 17              two classes, whatever they are
 *     3 4 5 6 7 8 9       a quality, or seven kinds?
 *     1 2 3 5 6 7         kinds of glass, or numbers of rooms?
 *     anything else       values
 *
 * Where few whole numbers come again and again, nothing in the column tells; the others do. What is
 * a quantity grows or falls along them, more or less evenly; a code jumps. And as that is no proof,
 * it is told what was decided, with the option that decides otherwise.
 */
#include "table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* How many times a number must come, on average, before the few of them look like classes; and up
 * to how many that count from 0 or 1 need no word about it: the ten digits. */
enum { MANY_TIMES = 10, SURE_CLASSES = 10, LOOKED_AT = 5000 };

bool gl_texts_are_classes(int64_t different, int64_t rows) {
    return different <= GL_MOST_CLASSES && (different <= GL_FEW_VALUES || 2 * different <= rows);
}

typedef struct target { /* a column of few different numbers */
    const glia_table *t;
    int column, count;
    const int64_t *rows;
    int64_t n;
    double value[GL_FEW_VALUES];
} target;

static int64_t row_of(const target *y, int64_t i) { return y->rows ? y->rows[i] : i; }

static int value_at(const target *y, int64_t row) {
    double v = gl_number(&y->t->column[y->column], row);
    for (int k = 0; k < y->count; k++)
        if (y->value[k] == v) return k;
    return -1; /* missing */
}

/* A value that occurs once could either be learned from or be measured on, never both. */
static bool all_whole_and_twice(const target *y) {
    int64_t times[GL_FEW_VALUES] = {0};
    for (int64_t i = 0; i < y->n; i++) {
        int k = value_at(y, row_of(y, i));
        if (k >= 0) times[k]++;
    }
    for (int k = 0; k < y->count; k++)
        if (times[k] < 2 || y->value[k] != floor(y->value[k])) return false;
    return true;
}

static bool consecutive(const target *y) {
    return y->value[y->count - 1] - y->value[0] == y->count - 1;
}

/* Of the variance of column j, the part that lies between the values of the target (eta squared),
 * and the part that a line along them explains (r squared), each without what chance gives. */
static void explained(const target *y, int j, double *between, double *line) {
    double n = 0, mean = 0, level = 0, square = 0, both = 0, levels = 0;
    double count[GL_FEW_VALUES] = {0}, sum[GL_FEW_VALUES] = {0};
    const gl_column *c = &y->t->column[j];
    int64_t step = y->n / LOOKED_AT + 1;
    for (int pass = 0; pass < 2; pass++) {
        for (int64_t i = 0; i < y->n; i += step) {
            int64_t row = row_of(y, i);
            int k = value_at(y, row);
            double v = gl_number(c, row);
            if (k < 0 || !isfinite(v)) continue;
            if (!pass) n++, mean += v, level += y->value[k], count[k]++, sum[k] += v;
            else {
                double a = v - mean, b = y->value[k] - level;
                square += a * a, both += a * b, levels += b * b;
            }
        }
        if (!pass && n > 0) mean /= n, level /= n;
    }
    double blocks = 0;
    for (int k = 0; k < y->count; k++)
        if (count[k] > 0) blocks += count[k] * pow(sum[k] / count[k] - mean, 2);
    if (n < 3 || !(square > 0) || !(levels > 0)) return;
    *between += fmax(0, blocks / square - (y->count - 1) / (n - 1));
    *line += fmax(0, both * both / (square * levels) - 1 / (n - 1));
}

/* What share of that which the target's values tell of the other columns a line tells, too; NaN:
 * they tell next to nothing. */
static double evenness(const target *y) {
    double between = 0, line = 0;
    for (int j = 0; j < y->t->columns; j++) {
        bool number = y->t->column[j].type == GLIA_NUMBER && gl_has_numbers(&y->t->column[j]);
        if (j != y->column && number) explained(y, j, &between, &line);
    }
    return between > 0.02 ? line / between : NAN;
}

/* Without a gap they are values unless they jump, with gaps classes unless they are even: two
 * limits around a half, so that what nothing tells stays what it looks like. */
static bool decide(const target *y) {
    double even = evenness(y);
    if (consecutive(y)) return even < 0.3;
    return !(even > 0.8);
}

int gl_number_classes(const glia_table *t, int column, const int64_t *rows, int64_t n,
                      double *values, bool *doubtful) {
    target y = {.t = t, .column = column, .rows = rows, .n = rows ? n : t->rows};
    y.count = gl_distinct(&t->column[column], rows, y.n, GL_FEW_VALUES, y.value);
    *doubtful = false;
    if (y.count < 2 || y.count > GL_FEW_VALUES || t->column[column].role == GL_AS_NUMBER) return 0;
    memcpy(values, y.value, sizeof y.value);
    if (y.count == 2) return 2;
    if (!all_whole_and_twice(&y)) return 0;
    bool counts = consecutive(&y) && (y.value[0] == 0 || y.value[0] == 1);
    if (counts && y.count <= SURE_CLASSES) return y.count;
    if (!counts && y.n < (int64_t)y.count * MANY_TIMES) return 0;
    *doubtful = true;
    bool signs = y.count == 3 && consecutive(&y) && y.value[0] == -1;
    return counts || signs || decide(&y) ? y.count : 0;
}

void gl_say_doubt(const glia_table *t, int column, const double *values, int count, bool classes,
                  char *line, size_t size) {
    char first[40], last[40];
    gl_print_number(values[0], first, sizeof first);
    gl_print_number(values[count - 1], last, sizeof last);
    snprintf(line, size,
             "target '%s': its %d whole numbers (%s to %s) come again and again and are taken for "
             "%s; option 'task' %s if they are %s",
             t->column[column].name, count, first, last, classes ? "classes" : "values",
             classes ? "regression" : "multiclass", classes ? "values" : "classes");
}

static int64_t find_classes(const glia_table *t, int column) {
    const gl_column *c = &t->column[column];
    double values[GL_FEW_VALUES];
    bool doubtful;
    if (c->type == GLIA_ARRAY) return 0;
    if (c->type == GLIA_NUMBER) return gl_number_classes(t, column, NULL, 0, values, &doubtful);
    bool classes = c->categories > 1 && gl_texts_are_classes(c->categories, t->rows);
    return classes ? c->categories : 0;
}

/* Noted, since a profile asks for each of a thousand columns what its target is. */
int64_t glia_table_classes(const glia_table *t, int column) {
    gl_column *c = &t->column[column];
    if (!c->classes) c->classes = 1 + find_classes(t, column);
    return c->classes - 1;
}
