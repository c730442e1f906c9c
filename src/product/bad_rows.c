/*
 * bad_rows.c: which rows of a table a model cannot take, and why.
 *
 *     all rows         fail: one of them is bad
 *     halves           the first is fine, the second fails
 *     ... one row      new.csv, line 7, column 'age': found 'abc', expected a number as in training
 *
 * The rows are tried as they will be used, so that the reasons are those that a prediction would
 * give, and no rule stands twice. Good rows in a row are tried together: a few bad ones among a
 * million cost twenty trials each.
 */
#include "rows.h"

#include <math.h>
#include <string.h>

enum { BLOCK_ROWS = 256 };

typedef struct search {
    glia_ctx *g;
    const glia_model *m;
    glia_table *t;
    gl_intake *intake;
    void *x;        /* [BLOCK_ROWS, features] */
    int64_t before; /* bad rows that were known */
} search;

/* The last failure without "new.csv, line 7, ", which the row says by itself. */
static glia_status add_bad(search *s, int64_t row) {
    char where[512];
    const char *why = glia_message(s->g);
    gl_table_where(s->t, row, where, sizeof where);
    size_t n = strlen(where);
    if (!strncmp(why, where, n)) why += n + strspn(why + n, ",: ");
    return gl_table_add_bad(s->t, row, glia_table_line(s->t, row), why);
}

static glia_status too_large(search *s, int64_t row, int64_t feature) {
    char where[512];
    return gl_fail(s->g, GLIA_INPUT, "%s, column '%s': the value is too large for this model",
                   gl_table_where(s->t, row, where, sizeof where),
                   gl_pipeline_column(s->m->pipeline, feature));
}

/* Of a row with a past, the row in which feature k stands. */
static const char *place_of(const gl_pipeline *p, const glia_table *t, int64_t row, int64_t k,
                            char *buf, size_t size) {
    const gl_series *s = gl_pipeline_series(p);
    if (!s || !t->past) return gl_table_where(t, row, buf, size);
    const int64_t leading = s->whole ? 1 : 0,
                  width = (gl_pipeline_features(p) - leading) / s->length,
                  steps = s->whole ? gl_past_rows(t->past, row) : s->length;
    const int64_t at = t->past->at[row] + 1 - steps + (k - leading) / width;
    return gl_table_where(t->past->of->table, at, buf, size);
}

/* "b", of arrays "x[3]" */
static char *column_of(glia_ctx *g, const gl_pipeline *p, int64_t k) {
    return gl_pipeline_series(p) ? gl_copy_text(g, gl_pipeline_column(p, k))
                                 : gl_pipeline_feature_name(g, p, k);
}

static glia_status wrong_length(glia_ctx *g, const char *where, const char *column,
                                const gl_wrong_length *l) {
    return gl_fail(g, GLIA_INPUT,
                   "%s, column '%s': %g, expected how many of its steps the sample of '%s %lld "
                   "%lld' has, a whole number from 0 to %lld",
                   where, column, l->value, l->op, (long long)l->steps, (long long)l->width,
                   (long long)l->steps);
}

static glia_status no_row(glia_ctx *g, const char *where, const char *column, const gl_no_row *no) {
    return gl_fail(g, GLIA_INPUT, "%s, column '%s': %g is none of the %lld that '%s' looks up",
                   where, column, no->value, (long long)no->rows, no->node);
}

glia_status gl_check_steps(glia_ctx *g, const glia_model *m, const glia_table *t, gl_selection rows,
                           const glia_tensor *x, double divisor) {
    gl_wrong_length l;
    gl_no_row no;
    char where[512];
    const bool length = gl_find_wrong_length(m->net, x, divisor, &l);
    if (!length && !gl_find_no_row(m->net, x, divisor, &no)) return GLIA_OK;
    const int64_t row = gl_selected(&rows, length ? l.row : no.row),
                  k = length ? l.column : no.column;
    char *column = column_of(g, m->pipeline, k);
    if (!column) return GLIA_RESOURCE;
    place_of(m->pipeline, t, row, k, where, sizeof where);
    glia_status status =
        length ? wrong_length(g, where, column, &l) : no_row(g, where, column, &no);
    gl_free(g, column);
    return status;
}

glia_status gl_part_check_steps(const gl_part *part, const glia_model *m) {
    const gl_features *f = &part->features;
    const gl_selection rows = {.list = part->rows, .n = part->n};
    glia_tensor x = f->x;
    glia_status status = GLIA_OK;
    if (f->from.of || part->n == 0) return GLIA_OK; /* pictures have none */
    if (x.data) return gl_check_steps(part->g, m, part->table, rows, &x, f->divisor);
    x.dim[0] = 1;
    for (int64_t i = 0; i < part->n && status == GLIA_OK; i++) {
        size_t first = (size_t)(f->from.list[i] * f->from.step) * glia_dtype_size(x.dtype);
        x.data = (char *)f->from.base + first;
        status = gl_check_steps(part->g, m, part->table, gl_some(rows, i, i + 1), &x, f->divisor);
    }
    return status;
}

static glia_status try_block(search *s, int64_t first, int64_t begin, int64_t end) {
    const gl_net *net = s->m->net;
    const glia_tensor x = {.dtype = net->dtype,
                           .ndim = 2,
                           .dim = {end - begin, net->inputs},
                           .data = s->x};
    glia_status status = gl_intake_write(s->intake, begin, end, net->dtype, s->x);
    if (!status)
        status = gl_check_steps(s->g, s->m, s->t, (gl_selection){.first = first + begin}, &x, 1);
    if (status) return status;
    for (int64_t i = 0; i < (end - begin) * net->inputs; i++)
        if (!isfinite(gl_get(s->x, net->dtype, i)))
            return too_large(s, first + begin + i / net->inputs, i % net->inputs);
    return GLIA_OK;
}

static glia_status try_rows(search *s, int64_t first, int64_t n) {
    glia_status status = gl_intake_open(s->intake, s->t, (gl_selection){.first = first, .n = n});
    for (int64_t i = 0; !status && i < n; i += BLOCK_ROWS)
        status = try_block(s, first, i, n - i < BLOCK_ROWS ? n : i + BLOCK_ROWS);
    return status;
}

static glia_status find_bad(search *s, int64_t first, int64_t n) {
    glia_status status = n ? try_rows(s, first, n) : GLIA_OK;
    if (status != GLIA_INPUT) return status;
    if (n == 1) return add_bad(s, first);
    status = find_bad(s, first, n / 2);
    return status ? status : find_bad(s, first + n / 2, n - n / 2);
}

static glia_status take_label(void *user, int64_t row) { return add_bad(user, row); }

/* What fails without a row concerns the whole table: a column is missing. */
static glia_status find_all(search *s, bool labelled) {
    const gl_net *net = s->m->net;
    gl_features view = {0};
    s->intake = gl_intake_new(s->g, s->m->pipeline, s->t->rows);
    s->x = gl_alloc(s->g, BLOCK_ROWS, (size_t)net->inputs * glia_dtype_size(net->dtype));
    if (!s->intake || !s->x) return GLIA_RESOURCE;
    glia_status status = gl_intake_open(s->intake, s->t, (gl_selection){0});
    if (status) return status;
    bool pixels = gl_intake_view(s->intake, net->dtype, &view); /* whole numbers all */
    if (!pixels) status = find_bad(s, 0, s->t->rows);
    if (!status && labelled)
        status = gl_pipeline_each_bad_label(s->m->pipeline, s->t, take_label, s);
    return status;
}

glia_status glia_model_find_bad_rows(glia_ctx *g, const glia_model *m, glia_table *t,
                                     int labelled) {
    if (!gl_model_pipeline(g, m, t)) return glia_code(g);
    search s = {.g = g, .m = m, .t = t, .before = t->bads};
    gl_listener before = gl_hush(g); /* trials say the same again and again */
    glia_status status = find_all(&s, labelled);
    gl_unlisten(g, before);
    gl_intake_free(s.intake);
    gl_free(g, s.x);
    if (!status) gl_table_tell_bad(t, s.before);
    return status;
}
