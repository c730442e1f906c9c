/*
 * fit_values.c: a target of values: what is learned in its place, and how it is scaled.
 *
 *     regression    standardised; where it is positive and has a long right tail, its logarithm is
 *     count         divided by its mean, so that a network that says exp 0 says the mean
 *     quantiles     as regression
 *
 * A target is standardised because weights begin for values around 1. A network that must first
 * learn that prices are near 200,000 spends its training on that: scikit-learn's MLPRegressor,
 * which does not do so by itself, fails on prices (docs/quality.md).
 */
#include "fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

glia_status gl_only_one_value(const gl_fitting *f, const char *value) {
    return gl_fail(
        f->g, GLIA_INPUT,
        "%s: the target '%s' is %s in each of the %lld training rows; there is nothing to learn",
        f->t->source, f->t->column[f->target].name, value, (long long)f->n);
}

/* A column is text because at least one of its cells is; that cell is what must be shown. */
static glia_status texts_are_no_numbers(const gl_fitting *f, const gl_column *c) {
    const char *task = f->p->task == GL_COUNT ? "count" : "regression";
    for (int64_t i = 0; i < f->n; i++) {
        int64_t row = gl_row_of(f, i);
        const char *text = c->code[row] < 0 ? NULL : c->category[c->code[row]];
        double v;
        if (!text || gl_parse_number(text, strlen(text), f->t->decimal, &v)) continue;
        char where[512];
        return gl_fail(f->g, GLIA_INPUT,
                       "%s, column '%s': found '%s', expected a number for option 'task' %s",
                       gl_table_where(f->t, row, where, sizeof where), c->name, text, task);
    }
    return gl_fail(f->g, GLIA_INPUT,
                   "%s: the target '%s' is text, expected numbers for option 'task' %s",
                   f->t->source, c->name, task);
}

/* ------------------------------------------------------------------------------- quantiles -- */

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static glia_status read_quantile(gl_fitting *f, const char *item, size_t length) {
    gl_pipeline *p = f->p;
    double q;
    if (!gl_parse_number(item, length, '.', &q) || !(q >= 1e-9) || !(q <= 1 - 1e-9))
        return gl_fail(f->g, GLIA_USAGE,
                       "option 'quantiles' has '%.*s', expected numbers between 0 and 1 such as "
                       "0.1,0.5,0.9",
                       (int)length, item);
    if (p->quantiles == GL_MOST_QUANTILES)
        return gl_fail(f->g, GLIA_USAGE, "option 'quantiles' names more than %d",
                       GL_MOST_QUANTILES);
    p->quantile[p->quantiles++] = q;
    return GLIA_OK;
}

glia_status gl_fit_quantiles(gl_fitting *f, const char *task) {
    gl_pipeline *p = f->p;
    const char *text = f->spec->quantiles;
    if (!text) return GLIA_OK;
    if (strcmp(task, "auto") != 0 && strcmp(task, "regression") != 0)
        return gl_fail(f->g, GLIA_USAGE,
                       "option 'quantiles' is for values, and option 'task' says %s", task);
    if (p->targets > 1)
        return gl_fail(f->g, GLIA_USAGE,
                       "option 'quantiles' is for one target, and there are %d: train a model for "
                       "each",
                       p->targets);
    p->task = GL_QUANTILES;
    glia_status status = GLIA_OK;
    while (status == GLIA_OK && text) {
        text += strspn(text, " ");
        size_t length = strcspn(text, ", ");
        status = read_quantile(f, text, length);
        text = strchr(text, ',');
        if (text) text++;
    }
    qsort(p->quantile, (size_t)p->quantiles, sizeof *p->quantile, ascending);
    for (int i = 1; i < p->quantiles && status == GLIA_OK; i++)
        if (p->quantile[i] == p->quantile[i - 1])
            status = gl_fail(f->g, GLIA_USAGE, "option 'quantiles' names %g twice", p->quantile[i]);
    return status;
}

/* ----------------------------------------------------------------------- what they look like -- */

static glia_status check_learnable(const gl_fitting *f, const gl_column *c) {
    char where[512], number[40];
    for (int64_t i = 0; i < f->n; i++) {
        int64_t row = gl_row_of(f, i);
        if (!isnan(gl_target_learned(f->p, f->now, gl_number(c, row)))) continue;
        gl_print_number(gl_number(c, row), number, sizeof number);
        return gl_fail(f->g, GLIA_INPUT, "%s, column '%s': found '%s', expected %s",
                       gl_table_where(f->t, row, where, sizeof where), c->name, number,
                       gl_expected_value(f->p, f->now));
    }
    return GLIA_OK;
}

/* Whole numbers from 0 on, of which 0, 1 and 2 occur: most likely something was counted. Amounts
 * that are often 0 have no 1 and no 2. */
static bool looks_counted(const gl_fitting *f, const gl_column *c) {
    bool small[3] = {false};
    for (int64_t i = 0; i < f->n; i++) {
        double v = gl_number(c, gl_row_of(f, i));
        if (v < 0 || v != floor(v)) return false;
        if (v < 3) small[(int)v] = true;
    }
    return small[0] && small[1] && small[2];
}

/* ------------------------------------------------------------------------------- transforms -- */

typedef struct moments {
    double mean, deviation, skewness;
} moments;

/* The mean comes first and the squares of differences then: sum y^2 - n mean^2 would lose the
 * digits that matter where the mean is large. Deviations are divided by n, as in StandardScaler. */
static moments moments_of(const gl_fitting *f, const gl_column *c) {
    const gl_target *t = f->now;
    moments m = {0};
    double squares = 0, cubes = 0;
    for (int64_t i = 0; i < f->n; i++) {
        double v = gl_number(c, gl_row_of(f, i));
        m.mean += t->log ? log(v + t->shift) : v;
    }
    m.mean /= (double)f->n;
    for (int64_t i = 0; i < f->n; i++) {
        double v = gl_number(c, gl_row_of(f, i)), e = (t->log ? log(v + t->shift) : v) - m.mean;
        squares += pow(e, 2);
        cubes += e * e * e;
    }
    m.deviation = sqrt(squares / (double)f->n);
    m.skewness = cubes / (double)f->n / pow(m.deviation, 3);
    return m;
}

static double least(const gl_fitting *f, const gl_column *c) {
    double v = INFINITY;
    for (int64_t i = 0; i < f->n; i++) v = fmin(v, gl_number(c, gl_row_of(f, i)));
    return v;
}

/* Clear evidence only, since an rmse is of the plain values: the tail is long (an exponential
 * distribution has skewness 2, house prices in docs/quality.md about 1), and the logarithm is
 * nearly symmetric. 100 rows tell a skewness to about a quarter (sqrt(6 / n)). */
static bool wants_log(gl_fitting *f, const gl_column *c) {
    enum { ROWS = 100 };
    if (f->n < ROWS || !(least(f, c) > 0)) return false;
    double plain = moments_of(f, c).skewness;
    f->now->log = true;
    double logged = moments_of(f, c).skewness;
    f->now->log = false;
    return plain > 2 && fabs(logged) < 0.5;
}

/* Asked for, log y where all are above 0, log(1 + y) where some are 0; below 0 there is none. */
static glia_status choose_transform(gl_fitting *f, const gl_column *c) {
    const char *said = f->spec->transform;
    gl_target *t = f->now;
    if (!said || !strcmp(said, "none")) return GLIA_OK;
    if (!strcmp(said, "auto")) return t->log = wants_log(f, c), GLIA_OK;
    t->log = true;
    t->shift = least(f, c) > 0 ? 0 : 1;
    return check_learnable(f, c);
}

static void tell_transform(const gl_fitting *f, const gl_target *t) {
    if (!t->log) return;
    bool guessed = !strcmp(f->spec->transform, "auto");
    gl_note(f->g, "target '%s': %s%s is learned; answers are in the target's units%s%s", t->name,
            guessed ? "a long tail above 0, so " : "", t->shift > 0 ? "log(1 + y)" : "log y",
            f->p->quantiles ? "" : ", lifted from medians to means",
            guessed ? " (option 'target-transform' none overrules it)" : "");
}

/* ------------------------------------------------------------------------------- the target -- */

static glia_status too_close(const gl_fitting *f) {
    return gl_fail(f->g, GLIA_INPUT,
                   "%s: the values of the target '%s' are too large or too close to each other",
                   f->t->source, f->now->name);
}

static glia_status scale_count(gl_fitting *f, const gl_column *c) {
    double mean = moments_of(f, c).mean;
    if (!isfinite(mean)) return too_close(f);
    if (f->spec->scale_target) f->now->deviation = mean;
    return GLIA_OK;
}

static glia_status scale_values(gl_fitting *f, const gl_column *c) {
    glia_status status = choose_transform(f, c);
    if (status) return status;
    moments m = moments_of(f, c);
    if (!isfinite(m.mean) || !isfinite(m.deviation) || m.deviation == 0) return too_close(f);
    if (f->spec->scale_target) f->now->mean = m.mean, f->now->deviation = m.deviation;
    return GLIA_OK;
}

/* A constant column is found by comparing, since the mean of three times 0.1 is
 * 0.10000000000000002. */
static bool is_constant(const gl_fitting *f, const gl_column *c) {
    double first = gl_number(c, gl_row_of(f, 0));
    for (int64_t i = 1; i < f->n; i++)
        if (gl_number(c, gl_row_of(f, i)) != first) return false;
    return true;
}

glia_status gl_fit_values(gl_fitting *f, const gl_column *c) {
    if (c->type == GLIA_CATEGORY) return texts_are_no_numbers(f, c);
    f->now->dress = c->dress;
    char number[40];
    double first = gl_number(c, gl_row_of(f, 0));
    glia_status status = check_learnable(f, c);
    if (status) return status;
    if (is_constant(f, c))
        return gl_only_one_value(f, gl_print_number(first, number, sizeof number));
    return f->p->task == GL_COUNT ? scale_count(f, c) : scale_values(f, c);
}

void gl_tell_values(const gl_fitting *f, const gl_target *t) {
    const gl_column *c = &f->t->column[t->column];
    if (f->p->task == GL_COUNT) {
        gl_note(f->g, "target '%s': counts, so a rate is learned, by the loss poisson%s", t->name,
                t->deviation != 1 ? " (divided by their mean for training)" : "");
        return;
    }
    gl_note(f->g, "target '%s': numbers, so %s%s", t->name,
            f->p->quantiles ? "quantiles, by the loss pinball; in each row they are put in order"
                            : "regression",
            t->deviation != 1 ? " (standardised for training)" : "");
    tell_transform(f, t);
    if (!f->p->quantiles && !t->log && looks_counted(f, c))
        gl_note(f->g,
                "target '%s': whole numbers from 0 on; if they count something, option 'task' "
                "count learns rates",
                t->name);
}
