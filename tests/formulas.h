/*
 * formulas.h: reads what `show --equations` prints and computes it, line by line as it stands, with
 * no look at the network: what is printed is then true or gives other gradients.
 *
 * It knows no dropout and no norm. Slopes are differences of the activation, not the g' that stands
 * behind them.
 */
#ifndef GLIA_FORMULAS_H
#define GLIA_FORMULAS_H

#include "test.h"

#include <ctype.h>
#include <math.h>

enum { FORMULA_COLS = 24, FORMULA_ROWS = 96, FORMULAS = 400 };

/* cmocka cuts a message after 1,024 letters, and a page has more. */
#define fail_page(text, ...)                                                                       \
    do {                                                                                           \
        fprintf(stderr, "%s\n", text);                                                             \
        fail_msg(__VA_ARGS__);                                                                     \
    } while (0)

typedef struct matrix {
    char name[16];
    int rows, cols;
    double v[FORMULA_ROWS * FORMULA_COLS];
} matrix;

/* a = g(z), remembered for its slope: z may be written over. */
typedef struct applied {
    char a[16], name[16];
    matrix z;
    bool done;
} applied;

typedef struct formulas {
    const char *text;
    matrix *all;
    applied *act;
    int n, acts;
    char answer[16]; /* what A is where the page does not say which */
} formulas;

static inline double *cell(matrix *m, int row, int col) { return &m->v[row * m->cols + col]; }

static inline matrix *find_matrix(const formulas *p, const char *name) {
    for (int i = 0; i < p->n; i++)
        if (strcmp(p->all[i].name, name) == 0) return &p->all[i];
    return NULL;
}

static inline matrix *need_matrix(const formulas *p, const char *name) {
    matrix *m = find_matrix(p, name);
    if (!m) fail_page(p->text, "'%s' is read before it is made", name);
    return m;
}

static inline matrix *new_matrix(formulas *p, const char *name, int rows, int cols) {
    if (find_matrix(p, name)) fail_page(p->text, "'%s' has two meanings", name);
    assert_true(p->n < FORMULAS && rows * cols <= FORMULA_ROWS * FORMULA_COLS);
    matrix *m = &p->all[p->n++];
    *m = (matrix){.rows = rows, .cols = cols};
    snprintf(m->name, sizeof m->name, "%s", name);
    return m;
}

static inline formulas formulas_of(const char *text) {
    return (formulas){.text = text,
                      .all = calloc(FORMULAS, sizeof(matrix)),
                      .act = calloc(FORMULAS, sizeof(applied))};
}

static inline void formulas_free(formulas *p) {
    free(p->all);
    free(p->act);
}

static inline double activation(const char *name, double z) {
    if (!strcmp(name, "linear")) return z;
    if (!strcmp(name, "sigmoid")) return 1 / (1 + exp(-z));
    if (!strcmp(name, "tanh")) return tanh(z);
    if (!strcmp(name, "relu")) return z > 0 ? z : 0;
    if (!strcmp(name, "leaky_relu")) return z > 0 ? z : 0.01 * z;
    if (!strcmp(name, "elu")) return z > 0 ? z : exp(z) - 1;
    if (!strcmp(name, "gelu")) return z * 0.5 * erfc(-z / sqrt(2));
    if (!strcmp(name, "silu")) return z / (1 + exp(-z));
    if (!strcmp(name, "softplus")) return log(1 + exp(z));
    fail_msg("no activation '%s'", name);
    return NAN;
}

static inline void apply(formulas *p, const char *name, const matrix *z, matrix *a) {
    applied *act = &p->act[p->acts++];
    *act = (applied){.z = *z};
    snprintf(act->a, sizeof act->a, "%s", a->name);
    snprintf(act->name, sizeof act->name, "%s", name);
    bool softmax = !strcmp(name, "softmax");
    for (int i = 0; i < z->rows * z->cols; i++)
        a->v[i] = softmax ? exp(act->z.v[i]) : activation(name, act->z.v[i]);
    for (int c = 0; c < a->cols && softmax; c++) {
        double sum = 0;
        for (int r = 0; r < a->rows; r++) sum += *cell(a, r, c);
        for (int r = 0; r < a->rows; r++) *cell(a, r, c) /= sum;
    }
}

/* x y, x' y or x y'. */
static inline matrix product(const matrix *x, bool tx, const matrix *y, bool ty) {
    int inner = tx ? x->rows : x->cols;
    matrix out = {.rows = tx ? x->cols : x->rows, .cols = ty ? y->rows : y->cols};
    assert_int_equal(inner, ty ? y->cols : y->rows);
    for (int r = 0; r < out.rows; r++)
        for (int c = 0; c < out.cols; c++)
            for (int k = 0; k < inner; k++)
                *cell(&out, r, c) += (tx ? x->v[k * x->cols + r] : x->v[r * x->cols + k]) *
                                     (ty ? y->v[c * y->cols + k] : y->v[k * y->cols + c]);
    return out;
}

/* From the left where it bends: at 0, where one relu after another stands, its slope is 0. */
static inline double slope_at(const char *name, double z) {
    double h = 1e-5, left = activation(name, z - h);
    bool bends = strstr(name, "relu");
    return bends ? (activation(name, z) - left) / h : (activation(name, z + h) - left) / (2 * h);
}

/* dA * g'(Z): by the last g that made A of Z and has not been gone back through. */
static inline matrix slope(formulas *p, const char *gradient, const char *z) {
    matrix out = *need_matrix(p, gradient);
    for (applied *act = p->act + p->acts - 1; act >= p->act; act--) {
        if (act->done || strcmp(act->a, gradient + 1) || strcmp(act->z.name, z)) continue;
        act->done = true;
        for (int i = 0; i < out.rows * out.cols; i++) out.v[i] *= slope_at(act->name, act->z.v[i]);
        return out;
    }
    fail_page(p->text, "no activation makes %s of %s", gradient + 1, z);
    return out;
}

/* The first line of a head's gradient: y are its labels, one row where they are classes. */
static inline matrix error_of(formulas *p, const char *term) {
    char a[16], y[16], name[16];
    const char *open = strchr(term, '(');
    bool onehot = strstr(term, "onehot");
    assert_int_equal(sscanf(open, onehot ? "(%15[^ ] - onehot %15[^) ,]" : "(%15[^ ] - %15[^) ,]",
                            a, y),
                     2);
    snprintf(name, sizeof name, "%s", strcmp(a, "A") ? a : p->answer);
    matrix out = *need_matrix(p, name), *labels = need_matrix(p, strcmp(y, "Y") ? y : "Y1");
    double delta = need_matrix(p, "delta")->v[0];
    for (int r = 0; r < out.rows; r++)
        for (int c = 0; c < out.cols; c++) {
            double e =
                *cell(&out, r, c) - (onehot ? *cell(labels, 0, c) == r : *cell(labels, r, c));
            if (term[0] == '2') e *= 2;
            if (!strncmp(term, "sign", 4)) e = (e > 0) - (e < 0);
            if (!strncmp(term, "clamp", 5)) e = fmin(fmax(e, -delta), delta);
            *cell(&out, r, c) = e / out.cols;
        }
    return out;
}

static inline matrix rows_of(formulas *p, int first, int last, int each, const char *name) {
    const matrix *from = need_matrix(p, name);
    matrix out = {.cols = from->cols};
    for (int r = 0; r < from->rows; r++) {
        int place = each ? r % each + 1 : r + 1;
        if (place < first || place > last) continue;
        memcpy(cell(&out, out.rows++, 0), &from->v[r * from->cols],
               (size_t)out.cols * sizeof *out.v);
    }
    return out;
}

/* What stands between two +. */
static inline matrix term_of(formulas *p, const char *term) {
    char x[16], y[16], rest[16];
    int first, last, each = 0;
    size_t length = strlen(term);
    if (length > 4 && !strcmp(term + length - 4, " / m")) return error_of(p, term);
    if (sscanf(term, "rows %d..%d of each %d of %15s", &first, &last, &each, x) == 4 ||
        sscanf(term, "rows %d..%d of %15s", &first, &last, x) == 3)
        return rows_of(p, first, last, each, x);
    if (sscanf(term, "%15[^ ] * g'(%15[^)]", x, y) == 2) return slope(p, x, y);
    if (sscanf(term, "sum of %15[^ ] over samples", x) == 1) {
        matrix out = {.rows = need_matrix(p, x)->rows, .cols = 1};
        for (int i = 0; i < out.rows * need_matrix(p, x)->cols; i++)
            out.v[i / need_matrix(p, x)->cols] += need_matrix(p, x)->v[i];
        return out;
    }
    if (sscanf(term, "%15[^ ] * %15[^ ]%1s", x, y, rest) == 2) {
        matrix out = *need_matrix(p, x);
        for (int i = 0; i < out.rows * out.cols; i++) out.v[i] *= need_matrix(p, y)->v[i];
        return out;
    }
    if (sscanf(term, "%15[^ ] %15[^ ]%1s", x, y, rest) == 2) {
        bool tx = x[strlen(x) - 1] == '\'', ty = y[strlen(y) - 1] == '\'';
        x[strcspn(x, "'")] = y[strcspn(y, "'")] = 0;
        return product(need_matrix(p, x), tx, need_matrix(p, y), ty);
    }
    assert_null(strchr(term, ' '));
    return *need_matrix(p, term);
}

/* In memory a group of each value after the other: groups of several rows stand side by side. */
static inline matrix beside(formulas *p, const char *right, int groups) {
    char name[16];
    int used = 0, parts = 0;
    const matrix *part[8];
    for (; sscanf(right, "%15[^ ] %n", name, &used) == 1; right += used) {
        if (strcmp(name, "beside") != 0) part[parts++] = need_matrix(p, name);
        if (!right[used]) break;
    }
    matrix out = {.cols = part[0]->cols};
    for (int k = 0; k < groups; k++)
        for (int i = 0; i < parts; i++)
            for (int r = 0; r < part[i]->rows / groups; r++)
                memcpy(cell(&out, out.rows++, 0),
                       &part[i]->v[(k * part[i]->rows / groups + r) * out.cols],
                       (size_t)out.cols * sizeof *out.v);
    return out;
}

/* A sum; a column, as b is, is added to each column. */
static inline matrix sum_of(formulas *p, char *right) {
    matrix out = {.rows = 0};
    for (char *next; right; right = next) {
        if ((next = strstr(right, " + "))) *next = 0, next += 3;
        matrix term = term_of(p, right);
        if (out.rows == 0) out = (matrix){.rows = term.rows, .cols = term.cols};
        assert_int_equal(out.rows, term.rows);
        assert_true(term.cols == out.cols || term.cols == 1);
        for (int r = 0; r < out.rows; r++)
            for (int c = 0; c < out.cols; c++)
                *cell(&out, r, c) += *cell(&term, r, term.cols == 1 ? 0 : c);
    }
    return out;
}

/* Groups: of what is put side by side, the product of the dimensions in front of the last. */
static inline void compute_line(formulas *p, char *line, int groups) {
    char left[16], act[16], z[16], sign[4];
    int used = 0;
    char *comment = strstr(line, "      ");
    if (comment) *comment = 0;
    assert_int_equal(sscanf(line, " %15s %3s %n", left, sign, &used), 2);
    char *right = line + used;
    matrix value = {.rows = 0};
    bool acts = !strchr(right, ' ') && sscanf(right, "%15[a-z_](%15[^)])", act, z) == 2;
    if (acts) value = *need_matrix(p, z);
    else if (strstr(right, " beside ")) value = beside(p, right, groups);
    else value = sum_of(p, right);
    matrix *to =
        sign[0] == ':' ? need_matrix(p, left) : new_matrix(p, left, value.rows, value.cols);
    assert_int_equal(to->rows, value.rows);
    assert_int_equal(to->cols, value.cols);
    memcpy(to->v, value.v, sizeof to->v);
    if (acts) snprintf(value.name, sizeof value.name, "%s", z), apply(p, act, &value, to);
    if (left[0] != 'd') snprintf(p->answer, sizeof p->answer, "%s", left);
}

/* All lines of forward and backward but that of J. */
static inline void compute_formulas(formulas *p, int groups) {
    char line[4096];
    const char *at = strstr(p->text, "forward\n"), *end = strstr(p->text, "\nupdate");
    assert_true(at && end);
    for (; at < end; at += strcspn(at, "\n") + 1) {
        snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
        if (line[0] == ' ' && strncmp(line, "  J =", 5) != 0) compute_line(p, line, groups);
    }
}

/* ------------------------------------------------------------------------------------- names -- */

/* What also pages with norms and dropout keep to: "=" gives a name its only meaning, ":=" changes
 * one that there is, and nothing is read before. */
typedef struct names {
    char name[FORMULAS * 2][16], made[4][16];
    int n, making;
} names;

static inline bool is_known(const names *s, const char *name) {
    for (int i = 0; i < s->n; i++)
        if (strcmp(s->name[i], name) == 0) return true;
    return false;
}

static inline bool is_parameter(const char *name) {
    return name[0] == 'W' || name[0] == 'b' || !strncmp(name, "gamma", 5);
}

/* One name and what follows it. */
static inline void check_name(names *s, const char *name, const char *behind, const char *text) {
    if (!strncmp(behind, "^2", 2)) behind += 2;
    bool makes = !strncmp(behind, " = ", 3);
    if (makes && is_known(s, name)) fail_page(text, "'%s' has two meanings", name);
    if (makes) snprintf(s->made[s->making++], sizeof *s->made, "%s", name);
    bool made = s->making > 1 && strcmp(s->made[0], name) == 0; /* mu, in the line of sigma */
    if (!makes && !made && !is_known(s, name) && !is_parameter(name))
        fail_page(text, "'%s' is read before it is made", name);
}

static inline void check_line(names *s, const char *line, const char *text) {
    for (const char *c = line; *c && strncmp(c, "      ", 6) != 0;) {
        size_t length =
            strspn(c, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
        char name[16];
        snprintf(name, sizeof name, "%.*s", (int)length, c);
        c += length ? length : 1;
        if (isalpha((unsigned char)name[0]) && name[strcspn(name, "0123456789")])
            check_name(s, name, c, text);
    }
    while (s->making > 0) {
        assert_true(s->n < FORMULAS * 2);
        memcpy(s->name[s->n++], s->made[--s->making], sizeof *s->name);
    }
}

static inline void check_names(const char *text, int inlets, int heads) {
    names s = {.n = 0};
    char line[4096];
    for (int k = 0; k < inlets; k++)
        snprintf(s.name[s.n++], sizeof *s.name, inlets > 1 ? "X%d" : "A%d", k + (inlets > 1));
    for (int k = 0; k < heads; k++) snprintf(s.name[s.n++], sizeof *s.name, "Y%d", k + 1);
    const char *at = strstr(text, "forward\n"), *end = strstr(text, "\nupdate");
    assert_true(at && end);
    for (; at < end; at += strcspn(at, "\n") + 1) {
        snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
        bool counts = line[0] == ' ' && strncmp(line, "  J =", 5) && strncmp(line, "  in pred", 9);
        if (counts) check_line(&s, line, text);
    }
}

#endif
