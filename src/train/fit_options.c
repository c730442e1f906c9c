/*
 * fit_options.c: the options of a training from their table (fit_options.def): defaults, checks,
 * texts; and which of them go together with which optimizer and network.
 *
 *     {.epochs = 20}  ->  gl_fit_defaults  ->  adam, lr 0.001, batch 32, epochs 20, eps 1e-8, ...
 *                         gl_fit_check     ->  in range, and together they mean something
 *
 * 0 in a member means its default, so that a struct of zeros trains. It costs the values 0
 * themselves: an lr of 0 cannot be said, and where 0 is none at all (l2, patience) it is
 * the default.
 */
#include "../base/random.h"
#include "augment.h"
#include "fit_options.h"
#include "schedule.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The type that glia.h gives a member, asked of the compiler: a member that changes from int to
 * double there cannot be read as an int here. */
#define TYPE_OF(member)                                                                            \
    _Generic(((const glia_fit_options *)0)->member,                                                \
        double: GL_MEMBER_REAL,                                                                    \
        int64_t: GL_MEMBER_WHOLE,                                                                  \
        uint64_t: GL_MEMBER_SEED,                                                                  \
        int: GL_MEMBER_SWITCH,                                                                     \
        const char *: GL_MEMBER_TEXT)

const gl_fit_row gl_fit_rows[] = {
#define SAID NULL, 0
#define ZERO(text) text, 0
#define AUTO(text, own, rule) text, own
#define OPTIMIZER(column) offsetof(gl_optimizer, column)
#define NONE 0
#define FIT(member, name, alias, argument, initial, kind, low, high, zero, effect, help)           \
    {#member,                                                                                      \
     TYPE_OF(member),                                                                              \
     offsetof(glia_fit_options, member),                                                           \
     {name, alias, argument, "training", initial, help},                                           \
     {GL_OPTION_##kind, low, high},                                                                \
     zero,                                                                                         \
     effect},
#define MEMBER(member, low, high, zero)                                                            \
    {#member,                                                                                      \
     TYPE_OF(member),                                                                              \
     offsetof(glia_fit_options, member),                                                           \
     {#member, NULL, "NUMBER", NULL, zero, NULL},                                                  \
     {GL_OPTION_REAL, low, high},                                                                  \
     SAID,                                                                                         \
     CHANGES},
#define OPTION(...)
#include "fit_options.def"
};

const int gl_fit_rows_count = sizeof gl_fit_rows / sizeof *gl_fit_rows;

/* ------------------------------------------------------------------------------- the members -- */

static bool is(const char *name, const char *known) { return known && strcmp(name, known) == 0; }

const gl_fit_row *gl_fit_find(const char *name) {
    for (const gl_fit_row *row = gl_fit_rows; row < gl_fit_rows + gl_fit_rows_count; row++)
        if (is(name, row->option.name) || is(name, row->option.alias) || is(name, row->member))
            return row;
    return NULL;
}

/* Whole numbers up to 2^53 pass through a double; the table allows 10^12 at most, but for seeds, of
 * which any number will do. */
double gl_fit_number(const gl_fit_row *row, const glia_fit_options *o) {
    const void *at = (const char *)o + row->at;
    switch (row->type) {
    case GL_MEMBER_REAL: return *(const double *)at;
    case GL_MEMBER_WHOLE: return (double)*(const int64_t *)at;
    case GL_MEMBER_SEED: return (double)*(const uint64_t *)at;
    case GL_MEMBER_SWITCH: return *(const int *)at;
    case GL_MEMBER_TEXT: break;
    }
    return NAN;
}

void gl_fit_put(const gl_fit_row *row, glia_fit_options *o, double value) {
    void *at = (char *)o + row->at;
    switch (row->type) {
    case GL_MEMBER_REAL: *(double *)at = value; break;
    case GL_MEMBER_WHOLE: *(int64_t *)at = (int64_t)value; break;
    case GL_MEMBER_SEED: *(uint64_t *)at = (uint64_t)value; break;
    case GL_MEMBER_SWITCH: *(int *)at = (int)value; break;
    case GL_MEMBER_TEXT: break;
    }
}

static const char **text_at(const gl_fit_row *row, glia_fit_options *o) {
    return (const char **)((char *)o + row->at);
}

const char *gl_fit_text(const gl_fit_row *row, const glia_fit_options *o, char *buf, size_t size) {
    const void *at = (const char *)o + row->at;
    if (row->type == GL_MEMBER_TEXT) return *(const char *const *)at;
    bool none = row->limits.kind == GL_OPTION_TEXT && gl_fit_number(row, o) == 0;
    if (none) return "none";
    if (row->type == GL_MEMBER_REAL) return gl_print_number(*(const double *)at, buf, size);
    if (row->type == GL_MEMBER_SWITCH) return *(const int *)at ? "on" : "off";
    snprintf(buf, size, "%lld", (long long)*(const int64_t *)at);
    return buf;
}

/* "C", "norm:C" or "value:C"; "auto" until it is decided: one option and two members, so that a
 * command cannot ask for both and a C program sees which it sets. */
static glia_status read_clip(glia_ctx *g, const char *text, glia_fit_options *o) {
    bool value = strncmp(text, "value:", 6) == 0, norm = strncmp(text, "norm:", 5) == 0;
    const char *number = text + (value ? 6 : norm ? 5 : 0);
    bool none = strcmp(text, "none") == 0 || strcmp(text, "auto") == 0;
    double c = 0;
    if (!none && (!gl_parse_number(number, strlen(number), '.', &c) || !(c > 0) || !isfinite(c))) {
        return gl_fail(g, GLIA_USAGE,
                       "option 'clip' is '%s', expected a number above 0, norm:C, value:C or none",
                       text);
    }
    o->clip_norm = value ? 0 : c;
    o->clip_value = value ? c : 0;
    return GLIA_OK;
}

/* 0 for "auto", "none" and "off". */
static double number_of(const char *text) {
    double v;
    if (strcmp(text, "full") == 0) return GLIA_FULL_BATCH;
    if (strcmp(text, "on") == 0) return 1;
    return gl_parse_number(text, strlen(text), '.', &v) ? v : 0;
}

glia_status gl_fit_read(glia_ctx *g, const gl_fit_row *row, const char *text, glia_fit_options *o) {
    bool number = row->type != GL_MEMBER_TEXT;
    if (number && row->limits.kind == GL_OPTION_TEXT) return read_clip(g, text, o);
    if (number) gl_fit_put(row, o, number_of(text));
    else *text_at(row, o) = strcmp(text, "auto") == 0 ? NULL : text;
    return GLIA_OK;
}

static glia_status unknown(glia_ctx *g, const char *name) {
    enum { MOST = 2 * sizeof gl_fit_rows / sizeof *gl_fit_rows };
    const char *known[MOST];
    for (int i = 0; i < gl_fit_rows_count; i++) {
        known[2 * i] = gl_fit_rows[i].option.name;
        known[2 * i + 1] = gl_fit_rows[i].member;
    }
    return gl_fail_word(g, GLIA_USAGE, name, known, MOST, NULL,
                        "unknown option '%s' of training on arrays", name);
}

glia_status glia_fit_options_set(glia_ctx *g, glia_fit_options *o, const char *name,
                                 const char *value) {
    const gl_fit_row *row = gl_fit_find(name);
    if (!row) return unknown(g, name);
    glia_status status = gl_option_check(g, &row->option, row->limits, value);
    return status == GLIA_OK ? gl_fit_read(g, row, value, o) : status;
}

/* ------------------------------------------------------------------------------ the defaults -- */

static const char *zero_text(const gl_fit_row *row) {
    return row->zero ? row->zero : row->option.initial;
}

double gl_fit_zero(const gl_fit_row *row, const gl_optimizer *optimizer) {
    double own = row->own ? *(const double *)((const char *)optimizer + row->own) : 0;
    return own != 0 ? own : number_of(zero_text(row));
}

/* Texts first, as the optimizer is one of them and has defaults of its own for the numbers. */
const gl_optimizer *gl_fit_defaults(glia_ctx *g, glia_fit_options *o, int64_t rows) {
    const gl_fit_row *end = gl_fit_rows + gl_fit_rows_count;
    for (const gl_fit_row *row = gl_fit_rows; row < end; row++)
        if (row->type == GL_MEMBER_TEXT && !*text_at(row, o)) *text_at(row, o) = zero_text(row);
    const gl_optimizer *optimizer = gl_optimizer_find(g, o->optimizer);
    if (!optimizer) return NULL;
    for (const gl_fit_row *row = gl_fit_rows; row < end; row++)
        if (gl_fit_number(row, o) == 0) gl_fit_put(row, o, gl_fit_zero(row, optimizer));
    if (o->batch == GLIA_FULL_BATCH || o->batch > rows) o->batch = rows;
    return optimizer;
}

/* -------------------------------------------------------------------------------- the checks -- */

/* 0 is left where a default is none at all. */
static glia_status check_numbers(glia_ctx *g, const glia_fit_options *o) {
    char number[40], range[120];
    for (const gl_fit_row *row = gl_fit_rows; row < gl_fit_rows + gl_fit_rows_count; row++) {
        double v = gl_fit_number(row, o);
        bool any = row->type != GL_MEMBER_REAL && row->type != GL_MEMBER_WHOLE;
        if (any || v == 0 || gl_within(row->limits, v)) continue;
        return gl_fail(g, GLIA_USAGE, "%s is %s, expected a %s", row->member,
                       gl_print_number(v, number, sizeof number),
                       gl_limits_text(row->limits, range, sizeof range));
    }
    return GLIA_OK;
}

/* A search compares costs and slopes along a line: both must be smooth, of all rows, and
 * those of J. On another mini-batch J is another function, and a step that lowered one may
 * raise the other. */
static glia_status check_search(glia_ctx *g, const glia_fit_options *o, const char *optimizer,
                                bool full) {
    bool paced = o->lr != 0 || o->warmup != 0 || strcmp(o->schedule, "constant") != 0,
         limited = o->clip_norm > 0 || o->clip_value > 0 || o->max_norm > 0;
    if (!full) {
        return gl_fail(g, GLIA_USAGE,
                       "option 'optimizer' %s looks at all samples in each step: it goes with "
                       "option 'batch' full only, not with mini-batches of %lld",
                       optimizer, (long long)o->batch);
    }
    if (paced || limited) {
        return gl_fail(g, GLIA_USAGE,
                       "option 'optimizer' %s finds the length of its steps itself: leave out %s",
                       optimizer,
                       paced ? "option 'lr', option 'schedule' and option 'warmup'"
                             : "option 'clip' and option 'max-norm'");
    }
    if (o->l1 > 0) {
        return gl_fail(
            g, GLIA_USAGE,
            "option 'optimizer' %s needs a smooth cost, and the term of option 'l1' is not "
            "smooth at 0; say option 'l2' in its place, or adam or sgd with option 'l1'",
            optimizer);
    }
    return GLIA_OK;
}

/* Of 32 rows the gradient is never as small as that of all: their mean differs from it by its
 * deviation over sqrt(32). */
static glia_status check_tol(glia_ctx *g, const glia_fit_options *o, bool full) {
    if (o->tol > 0 && !full) {
        return gl_fail(g, GLIA_USAGE,
                       "option 'tol' looks at the gradient of all samples: it goes with option "
                       "'batch' full only");
    }
    if (o->tol > 0 && (o->clip_norm > 0 || o->clip_value > 0)) {
        return gl_fail(
            g, GLIA_USAGE,
            "option 'tol' looks at the gradient, which option 'clip' changes: give one of "
            "them");
    }
    return GLIA_OK;
}

static bool learns_classes(const gl_net *m) {
    bool some = false;
    for (const gl_head *h = m->head; h < m->head + m->heads; h++)
        some = some || gl_learns_classes(gl_loss_of(m, h)->op);
    return some;
}

glia_status gl_fit_check(glia_ctx *g, const gl_net *m, const glia_fit_options *o,
                         const gl_optimizer *optimizer, int64_t rows) {
    bool full = o->batch == rows;
    glia_status status = check_numbers(g, o);
    if (status == GLIA_OK && gl_searches(optimizer))
        status = check_search(g, o, optimizer->name, full);
    if (status == GLIA_OK) status = check_tol(g, o, full);
    if (status != GLIA_OK) return status;
    if (o->decay > 0 && optimizer->decay == 0) {
        return gl_fail(g, GLIA_USAGE,
                       "option 'decay' belongs to adamw; with %s, option 'l2' pulls the weights "
                       "towards 0",
                       optimizer->name);
    }
    if (o->label_smoothing > 0 && !learns_classes(m)) {
        return gl_fail(g, GLIA_USAGE,
                       "label smoothing is for classes (cross-entropy); this network's cost is %s",
                       m->loss);
    }
    return gl_augment_check(g, m, o->augment, gl_searches(optimizer));
}
