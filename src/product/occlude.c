/*
 * occlude.c: where a network looked in a picture (Zeiler and Fergus, "Visualizing and Understanding
 * Convolutional Networks", 2014): a square of it is covered, and what the answer loses by that is
 * what the square was worth. Nothing is asked of the network but answers, so it may be any.
 *
 *     x x x x x x        squares of a fifth of the longer side, a third of a square apart
 *     x o o x x x        o is the mean colour of the picture
 *     x o o x x x        a pixel's worth is the mean over the squares that covered it
 */
#include "../prepare/pipeline_parts.h"
#include "rows.h"

#include <string.h>

enum { SIDES = 5, STEPS = 3, BLOCK_ROWS = 64, MOST_CHANNELS = 4 };

typedef struct covering {
    glia_ctx *g;
    const glia_model *m;
    gl_part part;      /* the row alone */
    int64_t first;     /* of the features the picture's first */
    int64_t channels;  /* of a pixel */
    int64_t step;      /* pixels between squares */
    int64_t n, across; /* squares in all, and in a row of them */
    double *x;         /* [BLOCK_ROWS, features] */
    double *answer;    /* [1 + n, outputs] of the row as it is, then of each square */
    double *covers;    /* [height * width] squares that covered a pixel */
    double mean[MOST_CHANNELS];
    glia_occlusion *out;
} covering;

/* ----------------------------------------------------------------------------------- squares -- */

typedef struct square {
    int64_t top, bottom, left, right; /* bottom and right are the first beyond it */
} square;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static square square_at(const covering *c, int64_t i) {
    int64_t top = i / c->across * c->step, left = i % c->across * c->step;
    return (square){top, least(top + c->out->side, c->out->height), left,
                    least(left + c->out->side, c->out->width)};
}

static void cover(const covering *c, double *x, square s) {
    for (int64_t row = s.top; row < s.bottom; row++)
        for (int64_t column = s.left; column < s.right; column++)
            memcpy(x + c->first + (row * c->out->width + column) * c->channels, c->mean,
                   (size_t)c->channels * sizeof *c->mean);
}

static void take_mean_colour(covering *c, const double *picture) {
    int64_t pixels = c->out->height * c->out->width;
    for (int64_t i = 0; i < pixels * c->channels; i++)
        c->mean[i % c->channels] += picture[i] / (double)pixels;
}

/* -------------------------------------------------------------------------------- prediction -- */

/* Rows `from` and on of those that are asked: the first is as it was, then one for each square. */
static glia_status answer_block(const covering *c, glia_predictor *p, const double *row,
                                int64_t from, int64_t n) {
    int64_t features = c->part.features.x.dim[1], outputs = glia_model_outputs(c->m);
    for (int64_t i = 0; i < n; i++) {
        double *x = memcpy(c->x + i * features, row, (size_t)features * sizeof *row);
        if (from + i > 0) cover(c, x, square_at(c, from + i - 1));
    }
    gl_samples x = {.x = glia_tensor_f64(c->x, n, features), .divisor = c->part.features.divisor};
    return gl_predict(p, x, glia_tensor_f64(c->answer + from * outputs, n, outputs));
}

static glia_status answer_all(covering *c) {
    int64_t features = c->part.features.x.dim[1], rows = 1 + c->n;
    double *row = gl_alloc(c->g, features, sizeof *row);
    if (!row) return GLIA_RESOURCE;
    for (int64_t i = 0; i < features; i++) row[i] = glia_tensor_value(&c->part.features.x, i);
    take_mean_colour(c, row + c->first);
    glia_predictor *p = glia_predictor_new(c->g, c->m, BLOCK_ROWS);
    glia_status status = p ? GLIA_OK : glia_code(c->g);
    for (int64_t from = 0; !status && from < rows; from += BLOCK_ROWS)
        status = answer_block(c, p, row, from, least(BLOCK_ROWS, rows - from));
    glia_predictor_free(p);
    gl_free(c->g, row);
    return status;
}

/* Of one row of answers: the probability of the class, or the value. */
static double answer_of(const covering *c, double *value) {
    int64_t class = c->out->class_index;
    if (class < 0) gl_pipeline_undo(c->m->pipeline, value, 1);
    if (class < 0 || glia_model_outputs(c->m) > 1) return value[class < 0 ? 0 : class];
    return class ? value[0] : 1 - value[0];
}

static void take_drops(covering *c) {
    int64_t outputs = glia_model_outputs(c->m);
    double *drop = (double *)c->out->drop;
    if (c->out->class_index == 0) gl_model_choose(c->m, c->answer, 1, &c->out->class_index);
    c->out->answer = answer_of(c, c->answer);
    for (int64_t i = 0; i < c->n; i++) {
        square s = square_at(c, i);
        double lost = c->out->answer - answer_of(c, c->answer + (1 + i) * outputs);
        for (int64_t row = s.top; row < s.bottom; row++)
            for (int64_t at = row * c->out->width + s.left; at < row * c->out->width + s.right;
                 at++)
                drop[at] += lost, c->covers[at]++;
    }
    for (int64_t at = 0; at < c->out->height * c->out->width; at++) drop[at] /= c->covers[at];
}

/* --------------------------------------------------------------------------------- the whole -- */

/* The first input that is a picture; NULL: there is none. */
static const gl_input_column *find_picture(const gl_pipeline *p, int64_t *channels) {
    for (int i = 0; i < p->inputs; i++) {
        const gl_input_column *in = &p->input[i];
        bool array = in->type == GLIA_ARRAY && in->reason == GL_KEPT;
        if (!array || in->shape.ndim < 2 || in->shape.ndim > 3) continue;
        *channels = in->shape.ndim == 3 ? in->shape.dim[2] : 1;
        if (*channels <= MOST_CHANNELS) return in;
    }
    return NULL;
}

static glia_status lay_squares(covering *c, const gl_input_column *in) {
    glia_occlusion *o = c->out;
    o->height = in->shape.dim[0], o->width = in->shape.dim[1];
    o->side = ((o->height > o->width ? o->height : o->width) - 1) / SIDES + 1;
    c->step = (o->side - 1) / STEPS + 1;
    c->across = (o->width - 1) / c->step + 1;
    c->n = c->across * ((o->height - 1) / c->step + 1);
    c->first = in->first;
    c->x = gl_alloc(c->g, BLOCK_ROWS * c->part.features.x.dim[1], sizeof *c->x);
    c->answer = gl_alloc(c->g, (1 + c->n) * glia_model_outputs(c->m), sizeof *c->answer);
    c->covers = gl_alloc(c->g, o->height * o->width, sizeof *c->covers);
    o->drop = gl_alloc(c->g, o->height * o->width, sizeof *o->drop);
    return c->x && c->answer && c->covers && o->drop ? GLIA_OK : GLIA_RESOURCE;
}

static glia_status occlude(covering *c, const gl_pipeline *p, int64_t row) {
    const gl_input_column *in = find_picture(p, &c->channels);
    if (!in) return gl_fail(c->g, GLIA_USAGE, "the model reads no picture: no part can be covered");
    if (gl_pipeline_targets(p) > 1 || gl_pipeline_quantiles(p, NULL) > 0)
        return gl_fail(
            c->g, GLIA_USAGE,
            "where a network looked is known for one answer, and this one gives several");
    if (row < 0 || row >= c->part.table->rows)
        return gl_fail(c->g, GLIA_INPUT, "there is no row %lld: %s has %lld", (long long)row + 1,
                       c->part.table->source, (long long)c->part.table->rows);
    c->part.rows = gl_alloc(c->g, 1, sizeof row);
    if (!c->part.rows) return GLIA_RESOURCE;
    c->part.rows[0] = row;
    glia_status status = gl_part_fill(&c->part, p, c->m->net->dtype, false);
    if (!status) status = lay_squares(c, in);
    if (!status) status = answer_all(c);
    c->out->class_index = gl_pipeline_classes(p) > 0 ? 0 : -1;
    if (!status) take_drops(c);
    return status;
}

glia_occlusion *glia_model_occlude(glia_ctx *g, const glia_model *m, const glia_table *t,
                                   int64_t row) {
    const int64_t troubles = g->troubles;
    const gl_pipeline *p = gl_model_pipeline(g, m, t);
    covering c = {.g = g, .m = m, .part = {.g = g, .table = t, .n = 1}};
    c.out = p ? gl_alloc(g, 1, sizeof *c.out) : NULL;
    if (!c.out) return NULL;
    glia_status status = occlude(&c, p, row);
    void *owned[] = {c.x, c.answer, c.covers};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) gl_free(g, owned[i]);
    gl_part_free(&c.part);
    if (gl_outcome(g, troubles, status) == GLIA_OK) return c.out;
    glia_occlusion_free(g, c.out);
    return NULL;
}

void glia_occlusion_free(glia_ctx *g, glia_occlusion *o) {
    if (!o) return;
    gl_free(g, (void *)o->drop);
    gl_free(g, o);
}
