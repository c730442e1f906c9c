/*
 * init.c: initial weights, by inits.def. What is not drawn starts at a value of its own: biases at
 * 0.
 *
 * "auto" draws U of recurrent layers orthogonal: a state that passes through it step after step
 * neither grows nor fades by it, and so neither does its gradient (Saxe, McClelland and Ganguli,
 * 2014; Arjovsky, Shah and Bengio, 2016, on recurrence).
 *
 * With rng "numpy" one legacy generator, seeded once, draws layer by layer as randn(n_out, n_in).
 */
#include "../base/option.h"
#include "../base/random.h"
#include "net.h"

#include <math.h>
#include <string.h>

typedef enum kind {
#define INIT(kind, name, number) kind,
#include "inits.def"
#undef INIT
    AUTO
} kind;

static const char *const names[] = {
#define INIT(kind, name, number) name,
#include "inits.def"
#undef INIT
    "auto"};

const char gl_init_words[] = "auto"
#define INIT(kind, name, number) "|" name number
#include "inits.def"
#undef INIT
    ;

typedef struct source { /* where random numbers come from */
    bool numpy;
    gl_numpy legacy;
    gl_rng stream;
} source;

static double draw_normal(source *s) {
    return s->numpy ? gl_numpy_randn(&s->legacy) : gl_rng_normal(&s->stream);
}
static double draw_uniform(source *s) {
    return s->numpy ? gl_numpy_rand(&s->legacy) : gl_rng_uniform(&s->stream);
}

static glia_status parse(glia_ctx *g, const char *text, kind *k, double *scale) {
    const char *colon = strchr(text, ':');
    size_t length = colon ? (size_t)(colon - text) : strlen(text);
    for (int i = 0; i <= AUTO; i++) {
        if (strlen(names[i]) != length || memcmp(names[i], text, length) != 0) continue;
        bool scaled = i == NORMAL || i == UNIFORM;
        *k = (kind)i;
        *scale = 1;
        if (scaled != (colon != NULL)) {
            return gl_fail(g, GLIA_USAGE,
                           scaled ? "init '%s' needs a scale, '%s:0.01' say"
                                  : "init '%s' has no scale; write '%s'",
                           text, names[i]);
        }
        if (scaled && (!gl_parse_number(colon + 1, strlen(colon + 1), '.', scale) ||
                       !isfinite(*scale) || *scale < 0)) {
            return gl_fail(g, GLIA_USAGE,
                           "init '%s': '%s' is no scale, expected a number of at least 0", text,
                           colon + 1);
        }
        return GLIA_OK;
    }
    char list[160];
    return gl_fail_word(g, GLIA_USAGE, text, names, AUTO + 1, NULL,
                        "unknown init '%s', expected %s", text,
                        gl_list_words(gl_init_words, list, sizeof list));
}

glia_status gl_init_check(glia_ctx *g, const char *init) {
    kind k;
    double scale;
    return parse(g, init, &k, &scale);
}

/* What suits the layer `node`: the activation behind it decides. The cost of a single dense layer
 * is convex, so it reaches its optimum from anywhere, and zeros are the same for every seed. */
static kind suitable(const gl_net *m, const gl_node *node) {
    if (node->op->steps) return XAVIER; /* its activations are inside */
    if (m->layers == 1 && node->op->linear) return ZEROS;
    for (const gl_node *next = gl_only_reader(m, node); next; next = gl_only_reader(m, next)) {
        if (next->op->role == GL_LAYER || next->op->role == GL_LOSS) break;
        if (next->op->init) return strcmp(next->op->init, "he") == 0 ? HE : XAVIER;
    }
    return XAVIER;
}

const char *gl_net_layer_init(const gl_net *m, int i) {
    if (i < 0 || i >= m->layers) return "auto";
    const gl_node *node = &m->node[m->layer[i]];
    return node->op->states ? "xavier (U orthogonal)" : names[suitable(m, node)];
}

static double draw(source *s, kind k, double scale, double n_in, double n_out) {
    switch (k) {
    case NORMAL: return draw_normal(s) * scale;
    case UNIFORM: return (2 * draw_uniform(s) - 1) * scale;
    case LECUN: return draw_normal(s) / sqrt(n_in);
    case XAVIER: return draw_normal(s) * sqrt(2 / (n_in + n_out));
    case HE: return draw_normal(s) * sqrt(2 / n_in);
    default: return 0;
    }
}

/* ------------------------------------------------------------------------------- orthogonal -- */

/* In an order of its own, the same on every machine. */
static double dot(const double *a, const double *b, int64_t n) {
    enum { SUMS = 8 }; /* side by side: one alone would wait for each addition */
    double sum[SUMS] = {0}, total = 0;
    int64_t whole = n - n % SUMS;
    for (int64_t i = 0; i < whole; i += SUMS)
        for (int j = 0; j < SUMS; j++) sum[j] += a[i + j] * b[i + j];
    for (int64_t i = whole; i < n; i++) sum[0] += a[i] * b[i];
    for (int j = 0; j < SUMS; j++) total += sum[j];
    return total;
}

/* Gram and Schmidt's way, and twice, since what rounding leaves of the others after the first time
 * is gone after the second (Giraud, Langou and Rozloznik, 2005). What is taken away lies along the
 * lines before, so that all directions of the first are equally likely, of the next all that are
 * left. */
static void straighten(double *line, int64_t lines, int64_t n) {
    for (int64_t i = 0; i < lines; i++) {
        double *a = line + i * n;
        for (int time = 0; time < 2; time++)
            for (int64_t j = 0; j < i; j++) {
                const double *b = line + j * n, along = dot(a, b, n);
                for (int64_t k = 0; k < n; k++) a[k] -= along * b[k];
            }
        double length = sqrt(dot(a, a, n));
        for (int64_t k = 0; k < n; k++) a[k] /= length;
    }
}

/* Rows, or where there are more of them than columns, columns at right angles; drawn row by row. */
static glia_status fill_orthogonal(gl_net *net, const gl_param *w, source *s) {
    int64_t rows = w->rows / w->parts, cols = w->cols, count = rows * cols;
    int64_t down = rows > cols ? 1 : cols, across = rows > cols ? rows : 1;
    double *line = gl_alloc(net->g, count, sizeof *line),
           *row = gl_alloc(net->g, cols, sizeof *row);
    for (int64_t part = 0; part < w->parts && line && row; part++) {
        for (int64_t i = 0; i < rows; i++)
            for (int64_t j = 0; j < cols; j++) line[i * down + j * across] = draw_normal(s);
        straighten(line, rows > cols ? cols : rows, rows > cols ? rows : cols);
        for (int64_t i = 0; i < rows; i++) {
            for (int64_t j = 0; j < cols; j++) row[j] = line[i * down + j * across];
            gl_store_put_doubles(net->store, GL_WEIGHTS, w->offset + part * count + i * cols, cols,
                                 row);
        }
    }
    glia_status status = line && row ? GLIA_OK : GLIA_RESOURCE;
    gl_free(net->g, row);
    gl_free(net->g, line);
    return status;
}

/* One parameter: drawn, or at its own value. */
static glia_status fill(gl_net *net, const gl_param *w, source *s, kind k, double scale) {
    enum { BLOCK = 256 };
    double block[BLOCK], n_in = w->fan_in, n_out = w->fan_out;
    bool drawn = w->kind == GL_DECAYED;
    if (drawn && k == ORTHOGONAL) return fill_orthogonal(net, w, s);
    for (int64_t i = 0, count = w->rows * w->cols; i < count; i += BLOCK) {
        int64_t n = count - i < BLOCK ? count - i : BLOCK;
        for (int64_t j = 0; j < n; j++)
            block[j] = drawn                                       ? draw(s, k, scale, n_in, n_out)
                       : i + j >= w->one_from && i + j < w->one_to ? 1
                                                                   : w->initial;
        gl_store_put_doubles(net->store, GL_WEIGHTS, w->offset + i, n, block);
    }
    return GLIA_OK;
}

glia_status gl_init_weights(gl_net *m, const char *init, const char *rng, uint64_t seed) {
    kind asked = AUTO;
    double scale = 1;
    glia_status status = parse(m->g, init ? init : "auto", &asked, &scale);
    source s = {0};
    if (status == GLIA_OK) status = gl_read_rng(m->g, rng, &s.numpy);
    if (status != GLIA_OK) return status;
    /* numpy.random.seed takes 32 bits, and a course's seed that is cut would be another seed */
    if (s.numpy && seed > UINT32_MAX) {
        return gl_fail(m->g, GLIA_USAGE,
                       "seed %llu is too large for rng numpy, which takes 0 to 4294967295",
                       (unsigned long long)seed);
    }
    if (s.numpy) gl_numpy_seed(&s.legacy, (uint32_t)seed);

    for (const gl_node *node = m->node; node < m->node + m->nodes; node++) {
        for (int i = node->param; i < node->param + node->params && !status; i++) {
            kind k = asked != AUTO ? asked : m->param[i].of_states ? ORTHOGONAL : suitable(m, node);
            /* each parameter has a stream of its own, by its number: another width of one layer
             * leaves the draws of the others as they were */
            if (!s.numpy) s.stream = gl_rng_new(seed, GL_STREAM_INIT, (uint64_t)i);
            status = fill(m, &m->param[i], &s, k, scale);
        }
    }
    return status;
}
