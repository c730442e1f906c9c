/*
 * series.c: a model of a series on a table: its rows get the past that the network reads; and what
 * follows the last of them, each answer read again as the next row.
 */
#include "../base/random.h"
#include "model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The table that rows are of goes with the last of them. */
static glia_table *take_over(glia_table *rows, glia_table *t) {
    gl_source_rows *of = rows->past->of;
    if (of->own) glia_table_free(t);
    else of->own = true;
    return rows;
}

/* Texts that may have the day or the month first are dates as training's were. One that is none
 * stays, and is told by whoever orders the rows. */
static glia_status settle_time(glia_table *t, const gl_series *s) {
    int column = s->time && s->date && s->date <= GL_MDY ? gl_table_find(t, s->time) : -1;
    gl_column *c = column >= 0 ? &t->column[column] : NULL;
    if (!c || c->type != GLIA_CATEGORY) return GLIA_OK;
    double *days = gl_alloc(t->g, t->rows, sizeof *days);
    bool all = days, timed = false;
    for (int64_t i = 0; all && i < t->rows; i++) {
        const char *text = c->code[i] < 0 ? NULL : c->category[c->code[i]];
        days[i] = text ? gl_date_of_text(text, s->date, &timed) : NAN;
        all = !text || !isnan(days[i]);
    }
    if (!all) return gl_free(t->g, days), days ? GLIA_OK : GLIA_RESOURCE;
    gl_free(t->g, c->code);
    c->code = NULL, c->number = days, c->type = GLIA_NUMBER, c->date = s->date, c->timed = timed;
    return GLIA_OK;
}

glia_table *glia_model_series(glia_ctx *g, const glia_model *m, glia_table *t) {
    const int64_t troubles = g->troubles;
    const gl_pipeline *p = gl_model_pipeline(g, m, t);
    if (!p) return NULL;
    const gl_series *s = gl_pipeline_series(p);
    if (!s || t->past) return t;
    glia_table *rows = settle_time(t, s) == GLIA_OK ? gl_series_rows(t, s) : NULL;
    if (gl_outcome(g, troubles, rows ? GLIA_OK : glia_code(g)) == GLIA_OK)
        return take_over(rows, t);
    glia_table_free(rows);
    return NULL;
}

glia_sequence glia_model_sequence(const glia_model *m) {
    const gl_series *s = m->pipeline ? gl_pipeline_series(m->pipeline) : NULL;
    return s ? (glia_sequence){s->length, s->horizon, s->season, s->target,
                               s->group,  s->time,    s->whole}
             : (glia_sequence){0};
}

/* ------------------------------------------------------------------------------ what follows -- */

typedef struct forecast {
    glia_ctx *g;
    const glia_model *m;
    const gl_series *s;
    glia_table *last; /* a row of each series, with the past that moves on */
    glia_table *out;  /* [series * steps] */
    glia_forecast_options options;
    int64_t steps, targets;
    int *target;      /* [targets] columns of the past, and of `out` */
    int time, groups; /* a column of the past, or -1; how many are first in `out` */
} forecast;

static glia_table *past_of(const forecast *f) { return f->last->past->of->table; }

static glia_status find_target(void *user, int column) {
    forecast *f = user;
    f->target[f->targets++] = column;
    return GLIA_OK;
}

/* What is not predicted itself has no value to come. */
static glia_status check_inputs(const forecast *f) {
    const gl_pipeline *p = f->m->pipeline;
    const char *name;
    for (int i = 0; (name = gl_pipeline_input(p, i, NULL)); i++) {
        bool known = f->s->time && strcmp(name, f->s->time) == 0;
        for (int64_t t = 0; t < f->targets; t++)
            known = known || strcmp(name, past_of(f)->column[f->target[t]].name) == 0;
        if (known) continue;
        return gl_fail(f->g, GLIA_INPUT,
                       "the model reads '%s' as well, whose values to come are not known: a "
                       "forecast of several steps needs a model that reads the target and the time "
                       "alone (option 'ignore' %s in training)",
                       name, name);
    }
    return GLIA_OK;
}

static glia_status check_model(glia_ctx *g, const glia_model *m, const gl_series *s,
                               const glia_table *rows, int64_t steps, double temperature) {
    gl_task task = gl_pipeline_task(m->pipeline);
    if (!s || !rows->past)
        return gl_fail(g, GLIA_USAGE,
                       "a forecast of several steps needs a model of sequences, and rows with a "
                       "past: %s",
                       s ? "this table has none (glia_model_series)"
                         : "this model answers for single rows");
    if (steps < 1)
        return gl_fail(g, GLIA_USAGE, "%lld steps were asked for, expected 1 or more",
                       (long long)steps);
    if (s->horizon != 1)
        return gl_fail(g, GLIA_USAGE,
                       "the model predicts %lld rows later; its answers can be read again as the "
                       "next row where that is 1 (option 'horizon' in training)",
                       (long long)s->horizon);
    if (!(temperature >= 0 && temperature < INFINITY))
        return gl_fail(g, GLIA_USAGE, "temperature %g, expected 0 or more", temperature);
    if (temperature > 0 && (task == GL_REGRESSION || task == GL_COUNT))
        return gl_fail(g, GLIA_USAGE,
                       "a temperature says how classes are drawn, and this model answers with "
                       "values; leave it out");
    if (task == GL_REGRESSION || task == GL_COUNT) return GLIA_OK;
    if (gl_pipeline_classes(m->pipeline) == 0)
        return gl_fail(g, GLIA_USAGE,
                       "a forecast of several steps is of values or classes, and this model has %s",
                       gl_task_name(task));
    if (gl_pipeline_targets(m->pipeline) == 1) return GLIA_OK;
    return gl_fail(g, GLIA_USAGE,
                   "a forecast of several steps is of one target of classes, and this model has %d",
                   gl_pipeline_targets(m->pipeline));
}

static gl_column *add_numbers(forecast *f, const gl_column *like) {
    gl_column *c = gl_table_add(f->out, like->name, GLIA_NUMBER);
    if (c) c->date = like->date, c->timed = like->timed;
    if (c) c->number = gl_alloc(f->g, f->out->rows, sizeof *c->number);
    return c && c->number ? c : NULL;
}

static gl_column *add_texts(forecast *f, const gl_column *like) {
    gl_column *c = gl_table_add(f->out, like->name, GLIA_CATEGORY);
    if (c) c->code = gl_alloc(f->g, f->out->rows, sizeof *c->code);
    return c && c->code ? c : NULL;
}

static gl_column *add_like(forecast *f, const gl_column *like) {
    return like->type == GLIA_NUMBER ? add_numbers(f, like) : add_texts(f, like);
}

/* The text or number of its series in each of its rows. */
static glia_status add_group(void *user, int column) {
    forecast *f = user;
    const gl_column *from = &f->last->column[column];
    gl_column *c = add_like(f, from);
    if (!c) return GLIA_RESOURCE;
    f->groups++;
    for (int64_t i = 0; i < f->out->rows; i++) {
        int64_t row = i / f->steps;
        if (c->number) {
            c->number[i] = gl_number(from, row);
            continue;
        }
        const char *text = from->category[from->code[row]];
        if ((c->code[i] = gl_column_code(f->out, c, text, strlen(text))) < 0) return GLIA_RESOURCE;
    }
    return GLIA_OK;
}

static glia_status open_forecast(forecast *f, const glia_table *rows) {
    f->last = gl_series_last(rows);
    f->target = gl_alloc(f->g, rows->columns, sizeof *f->target);
    if (!f->last || !f->target) return GLIA_RESOURCE;
    glia_table *past = past_of(f);
    glia_status status = gl_table_named(past, f->s->target, find_target, f);
    if (status == GLIA_OK) status = check_inputs(f);
    if (status != GLIA_OK) return status;
    f->out = gl_table_new(f->g, rows->source);
    if (!f->out) return GLIA_RESOURCE;
    f->out->rows = f->last->rows * f->steps;
    f->time = f->last->past->of->time;
    if (f->s->group) status = gl_table_named(f->last, f->s->group, add_group, f);
    if (f->time >= 0 && !gl_column_unpack(f->g, &past->column[f->time], past->rows))
        return GLIA_RESOURCE;
    if (f->time >= 0 && !add_numbers(f, &past->column[f->time])) return GLIA_RESOURCE;
    for (int64_t t = 0; t < f->targets; t++) {
        gl_column *c = &past->column[f->target[t]];
        if (!gl_column_unpack(f->g, c, past->rows) || !add_like(f, c)) return GLIA_RESOURCE;
    }
    return status;
}

/* The past of series i loses its first row, and ends with this value. */
static void move_on(const forecast *f, int column, int64_t i, double value) {
    const int64_t length = f->s->length;
    double *of = past_of(f)->column[column].number + i * length;
    memmove(of, of + 1, (size_t)(length - 1) * sizeof *of);
    of[length - 1] = value;
}

/* One of the classes, with chances as P^(1/temperature), from 0 on as the largest of them is 1. */
static int64_t draw_class(const forecast *f, const glia_predictions *p, int64_t i, int64_t step) {
    const int64_t classes = gl_pipeline_classes(f->m->pipeline);
    double most = 0, sum = 0;
    for (int64_t k = 0; k < classes; k++) most = fmax(most, glia_predictions_probability(p, i, k));
    for (int64_t k = 0; k < classes; k++)
        sum += pow(glia_predictions_probability(p, i, k) / most, 1 / f->options.temperature);
    gl_rng r =
        gl_rng_new(f->options.seed, GL_STREAM_FORECAST, ((uint64_t)i << 32) + (uint64_t)step);
    double rest = gl_rng_uniform(&r) * sum;
    int64_t drawn = -1;
    for (int64_t k = 0; k < classes && (drawn < 0 || rest >= 0); k++) {
        double share =
            pow(glia_predictions_probability(p, i, k) / most, 1 / f->options.temperature);
        if (share > 0) drawn = k;
        rest -= share;
    }
    return drawn;
}

/* Where the past has texts, the class is one; where it has numbers, the number that it is. */
static bool keep_class(const forecast *f, gl_column *to, const glia_predictions *p, int64_t i,
                       int64_t step) {
    const bool draws = f->options.temperature > 0;
    const int64_t k = draws ? draw_class(f, p, i, step) : p->class_index[i],
                  row = i * f->steps + step, length = f->s->length;
    const char *text = gl_pipeline_class(f->m->pipeline, 0, k);
    gl_column *of = &past_of(f)->column[f->target[0]];
    if (to->number) {
        to->number[row] = strtod(text, NULL);
        move_on(f, f->target[0], i, to->number[row]);
        return true;
    }
    int32_t *past = of->code + i * length;
    memmove(past, past + 1, (size_t)(length - 1) * sizeof *past);
    past[length - 1] = gl_column_code(past_of(f), of, text, strlen(text));
    to->code[row] = gl_column_code(f->out, to, text, strlen(text));
    return past[length - 1] >= 0 && to->code[row] >= 0;
}

static bool keep_step(const forecast *f, const glia_predictions *p, int64_t step) {
    for (int64_t i = 0; i < f->last->rows; i++) {
        gl_column *to = f->out->column + f->groups;
        const int64_t row = i * f->steps + step;
        if (f->time >= 0) {
            (to++)->number[row] = gl_series_next_time(f->last, i);
            move_on(f, f->time, i, to[-1].number[row]);
        }
        if (p->class_index && !keep_class(f, to, p, i, step)) return false;
        for (int64_t t = 0; t < f->targets && !p->class_index; t++) {
            to[t].number[row] = p->value[i * f->targets + t];
            move_on(f, f->target[t], i, to[t].number[row]);
        }
    }
    return true;
}

/* What is said of cells is said of those that were read, not of those that follow. */
static glia_status take_steps(const forecast *f) {
    for (int64_t step = 0; step < f->steps; step++) {
        gl_listener before = {0};
        if (step > 0) before = gl_hush(f->g);
        glia_predictions *p = glia_model_apply(f->g, f->m, f->last);
        if (step > 0) gl_unlisten(f->g, before);
        if (!p) return glia_code(f->g);
        bool kept = keep_step(f, p, step);
        glia_predictions_free(f->g, p);
        if (!kept) return GLIA_RESOURCE;
    }
    return GLIA_OK;
}

glia_table *glia_model_forecast(glia_ctx *g, const glia_model *m, const glia_table *rows,
                                int64_t steps, const glia_forecast_options *o) {
    const int64_t troubles = g->troubles;
    if (!gl_model_pipeline(g, m, rows)) return NULL;
    forecast f = {.g = g, .m = m, .s = gl_pipeline_series(m->pipeline), .steps = steps, .time = -1};
    if (o) f.options = *o;
    glia_status status = check_model(g, m, f.s, rows, steps, f.options.temperature);
    if (status == GLIA_OK) status = open_forecast(&f, rows);
    if (status == GLIA_OK) status = take_steps(&f);
    glia_table_free(f.last);
    gl_free(g, f.target);
    if (gl_outcome(g, troubles, status) == GLIA_OK) return f.out;
    glia_table_free(f.out);
    return NULL;
}
