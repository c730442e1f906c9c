/*
 * schedule.c: the table of learning rate schedules. Each gives a factor of the learning rate, from
 * e, the epochs done, from u of U updates, or from the cost; warm-up is one factor more.
 *
 *     constant    1                       plateau    1 1 1 1/2 1/2 1/4 ...   when the cost says so
 *     step        1 1 1 .1 .1 .1 .01      cosine     1 .. .85 .. .5 .. .15 .. 0   update by update
 *     exp         1 .95 .90 .86 .81       inverse    1 .91 .83 .77 .71
 *     warm-up of W updates: 1/W, 2/W, ..., 1, times any of these
 *
 * Nothing is added up from update to update: a factor is a function of where training is, so a
 * training that goes on needs none of it. Only plateau has a past, three numbers (gl_plateau),
 * which the state keeps. constant is exactly 1, so the learning rate keeps its bits.
 */
#include "schedule.h"

#include <math.h>
#include <string.h>

static double constant_factor(const gl_schedule *s, gl_stage at) { return (void)s, (void)at, 1; }

static double step_factor(const gl_schedule *s, gl_stage at) {
    return pow(s->p[1], floor((double)at.epoch / s->p[0]));
}

static double exp_factor(const gl_schedule *s, gl_stage at) {
    return pow(s->p[0], (double)at.epoch);
}

static double inverse_factor(const gl_schedule *s, gl_stage at) {
    return 1 / (1 + s->p[0] * floor((double)at.epoch / s->p[1]));
}

/* U is what was planned: a training that stops early ends with the rate that it had then. */
static double cosine_factor(const gl_schedule *s, gl_stage at) {
    double done = (double)at.update / ((double)at.epochs * (double)at.batches);
    return s->p[0] + (1 - s->p[0]) * (1 + cos(3.14159265358979323846 * done)) / 2;
}

static double plateau_factor(const gl_schedule *s, gl_stage at) {
    return (void)at, s->plateau.factor;
}

#define COMMA ,
#define OR ,
#define NUMBER(...) {__VA_ARGS__},
#define SCHEDULE(id, looks, text, from, numbers)                                                   \
    {                                                                                              \
        .name = #id, .parameter = {numbers},                                                       \
        .parameters = sizeof((gl_attr[]){numbers}) / sizeof(gl_attr), .watches = looks,            \
        .formula = text, .source = from, .factor = id##_factor                                     \
    }
const gl_schedule_kind gl_schedules[] = {
#include "schedules.def"
};
#undef COMMA
#undef OR
#undef NUMBER
#undef SCHEDULE

const int gl_schedules_count = sizeof gl_schedules / sizeof *gl_schedules;

#define COMMA ", "
#define OR " or "
#define NUMBER(name, ...) ":" name
#define SCHEDULE(id, watches, formula, source, numbers) #id numbers
const char gl_schedule_help[] = "the learning rate over time: "
#include "schedules.def"
                                "; numbers may be left out, times are epochs";

static const char usages[] =
#include "schedules.def"
    ;

/* ----------------------------------------------------------------------------------- reading -- */

static void add_usage(gl_text *t, const gl_schedule_kind *kind) { /* "step:EVERY:FACTOR" */
    gl_add(t, "%s", kind->name);
    for (int i = 0; i < kind->parameters; i++) gl_add(t, ":%s", kind->parameter[i].name);
}

static glia_status unknown(glia_ctx *g, const char *text) {
    enum { MOST = 16 };
    const char *names[MOST];
    int count = gl_schedules_count < MOST ? gl_schedules_count : MOST;
    for (int i = 0; i < count; i++) names[i] = gl_schedules[i].name;
    return gl_fail_word(g, GLIA_USAGE, text, names, count, NULL,
                        "unknown schedule '%s', expected %s (numbers may be left out)", text,
                        usages);
}

static const gl_schedule_kind *find(const char *name, size_t length) {
    for (int i = 0; i < gl_schedules_count; i++) {
        const char *known = gl_schedules[i].name;
        if (strlen(known) == length && memcmp(known, name, length) == 0) return &gl_schedules[i];
    }
    return NULL;
}

static glia_status wrong(glia_ctx *g, const char *text, const gl_schedule_kind *kind) {
    gl_text usage = {.g = g};
    add_usage(&usage, kind);
    gl_fail(g, GLIA_USAGE, "schedule '%s' has too many numbers; expected %s", text,
            usage.s ? usage.s : kind->name);
    gl_free(g, usage.s);
    return GLIA_USAGE;
}

static glia_status read_parameter(glia_ctx *g, const char *text, const gl_attr *a,
                                  const char *value, size_t length, double *out) {
    char low[40], high[40];
    bool number = gl_parse_number(value, length, '.', out);
    bool fits = number && *out >= a->low && *out <= a->high &&
                (a->kind != GL_WHOLE_NUMBER || *out == floor(*out));
    if (fits) return GLIA_OK;
    return gl_fail(g, GLIA_USAGE, "schedule '%s': %s is '%.*s', expected a %snumber from %s to %s",
                   text, a->name, (int)length, value, a->kind == GL_WHOLE_NUMBER ? "whole " : "",
                   gl_print_number(a->low, low, sizeof low),
                   gl_print_number(a->high, high, sizeof high));
}

glia_status gl_schedule_open(gl_schedule *s, glia_ctx *g, const char *text, double warmup) {
    if (!text) text = "constant";
    const char *rest = text + strcspn(text, ":");
    *s = (gl_schedule){.kind = find(text, (size_t)(rest - text)),
                       .warmup = warmup,
                       .plateau = {.best = NAN, .factor = 1}};
    if (!s->kind) return unknown(g, text);
    if (!(warmup >= 0) || !isfinite(warmup))
        return gl_fail(g, GLIA_USAGE, "warmup is %g epochs, expected at least 0", warmup);
    for (int i = 0; i < s->kind->parameters; i++) s->p[i] = s->kind->parameter[i].initial;
    for (int i = 0; *rest == ':'; i++) {
        if (i == s->kind->parameters) return wrong(g, text, s->kind);
        size_t length = strcspn(++rest, ":");
        glia_status status =
            read_parameter(g, text, &s->kind->parameter[i], rest, length, &s->p[i]);
        if (status != GLIA_OK) return status;
        rest += length;
    }
    return GLIA_OK;
}

/* ------------------------------------------------------------------------------------ asking -- */

double gl_schedule_factor(const gl_schedule *s, gl_stage at) {
    double factor = s->kind->factor(s, at), updates = s->warmup * (double)at.batches;
    /* With u / W the first update would have a rate of 0 and be lost; the last of the warm-up has
     * the whole rate, as in Goyal et al. (2017). */
    double warm = (double)(at.update + 1) / updates; /* the first update is not lost */
    return updates > 0 && warm < 1 ? factor * warm : factor;
}

/* Counting begins again after each change, so that a lower rate gets as many epochs to prove
 * itself. */
void gl_schedule_watch(gl_schedule *s, double cost) {
    gl_plateau *p = &s->plateau;
    if (!s->kind->watches) return;
    if (cost < p->best || isnan(p->best)) {
        p->best = cost;
        p->since = 0;
    } else if (++p->since >= (int64_t)s->p[0]) {
        p->factor *= s->p[1];
        p->since = 0;
    }
}
