/*
 * lbfgs.c: limited-memory BFGS over all rows at once. Algorithms and equations are those of Nocedal
 * and Wright, "Numerical Optimization", second edition, 2006.
 *
 *     one step    direction d = -H g, from the last MEMORY pairs     algorithm 7.4
 *                 a length along d by the strong Wolfe conditions    algorithms 3.5 and 3.6
 *                 the pair s = w' - w, y = g' - g is kept            algorithm 7.5
 *
 * The plan gives J and its gradient at the weights; everything else here is done in double by one
 * thread, each sum in an order that depends on its length alone: same bits for any number of
 * threads. All memory is taken before the first step.
 *
 * Also for weights in f32: s and y are differences of numbers that agree in most digits, and s'y,
 * by which is divided, is a sum of their products.
 */
#include "train.h"

#include <float.h>
#include <math.h>

enum { MEMORY = 10, TRIALS = 30, PATIENCE = 10, BLOCK = 256 };

typedef struct pair {
    double *s, *y; /* steps of the weights and of the gradient */
    double *sy;    /* s'y > 0 */
} pair;

struct gl_lbfgs {
    glia_ctx *g;
    gl_plan *plan;
    gl_store *store; /* the plan's, in the model's precision */
    glia_dtype dtype;
    int64_t n;
    double *memory;
    double J, *w, *dw, *d; /* the point reached, and the direction from it */
    pair pair[MEMORY];     /* a ring */
    double sy[MEMORY];
    int64_t kept, newest; /* pairs in force; the last one's place in the ring */
    int64_t begun;
    double best_J, best_slope; /* the least cost and the least largest gradient component so far */
    int64_t since_best;
};

/* A place on the line w + a d. */
typedef struct place {
    double a, J, slope; /* slope: dJ/da */
} place;

/* ----------------------------------------------------------------------------------- vectors -- */

/* Eight sums side by side: one alone would wait for each addition before it begins the next. */
static double dot(const double *a, const double *b, int64_t n) {
    double sum[8] = {0}, total = 0;
    int64_t whole = n - n % 8;
    for (int64_t i = 0; i < whole; i += 8)
        for (int lane = 0; lane < 8; lane++) sum[lane] += a[i + lane] * b[i + lane];
    for (int64_t i = whole; i < n; i++) sum[i - whole] += a[i] * b[i];
    for (int lane = 0; lane < 8; lane++) total += sum[lane];
    return total;
}

static void add(double *y, double a, const double *x, int64_t n) { /* y += a x */
    for (int64_t i = 0; i < n; i++) y[i] += a * x[i];
}

static double largest(const double *v, int64_t n) {
    double most = 0;
    for (int64_t i = 0; i < n; i++) most = fmax(most, fabs(v[i]));
    return most;
}

/* How far J may rise by rounding alone. Close to the optimum its differences are lost in that, and
 * slopes decide (Hager and Zhang, 2005). */
static double rounding(const gl_lbfgs *l, double J) {
    return 2 * (l->dtype == GLIA_F64 ? DBL_EPSILON : (double)FLT_EPSILON) * fabs(J);
}

/* ------------------------------------------------------------------------------- line search -- */

static int64_t block_from(const gl_lbfgs *l, int64_t i) {
    return l->n - i < BLOCK ? l->n - i : BLOCK;
}

/* The weights become w + a d. */
static void move_to(gl_lbfgs *l, double a) {
    double block[BLOCK];
    for (int64_t i = 0; i < l->n; i += BLOCK) {
        const double *w = l->w + i, *d = l->d + i;
        int64_t n = block_from(l, i);
        for (int64_t j = 0; j < n; j++) block[j] = w[j] + a * d[j];
        gl_store_put_doubles(l->store, GL_WEIGHTS, i, n, block);
    }
}

static double slope_here(const gl_lbfgs *l) {
    double block[BLOCK], slope = 0;
    for (int64_t i = 0; i < l->n; i += BLOCK) {
        int64_t n = block_from(l, i);
        gl_store_get_doubles(l->store, GL_GRADIENTS, i, n, block);
        for (int64_t j = 0; j < n; j++) slope += block[j] * l->d[i + j];
    }
    return slope;
}

static place visit(gl_lbfgs *l, double a) {
    move_to(l, a);
    if (!gl_run(l->plan)) return (place){a, INFINITY, NAN};
    return (place){.a = a, .J = gl_cost(l->plan), .slope = slope_here(l)};
}

/* Sufficient decrease (3.7a), and a slope that has become flat enough (3.7b). 1e-4 and 0.9 are the
 * book's for quasi-Newton methods (page 62): almost any decrease will do, and the slope need not be
 * near 0, since H makes up for a loose search and each visit costs as much as a step. */
static bool is_low(const gl_lbfgs *l, place start, place p) {
    return p.J <= start.J + 1e-4 * p.a * start.slope + rounding(l, start.J);
}

static bool is_flat(place start, place p) { return fabs(p.slope) <= 0.9 * fabs(start.slope); }

/* The least of the cubic through two places with these slopes (3.59), well inside the interval: a
 * tenth from its ends, so that each trial shortens it by as much. Where rounding leaves no cubic,
 * the middle. */
static double between(place p, place q) {
    double d1 = p.slope + q.slope - 3 * (p.J - q.J) / (p.a - q.a);
    double d2 = copysign(sqrt(d1 * d1 - p.slope * q.slope), q.a - p.a);
    double a = q.a - (q.a - p.a) * (q.slope + d2 - d1) / (q.slope - p.slope + 2 * d2);
    double low = fmin(p.a, q.a), width = fabs(q.a - p.a);
    if (!isfinite(a)) return low + width / 2;
    return fmin(fmax(a, low + width / 10), low + width * 9 / 10);
}

/* Algorithm 3.6: `low` is the lowest place so far, and a good one lies between it and `other`. */
static bool zoom(gl_lbfgs *l, place start, place low, place other, place *found) {
    for (int trial = 0; trial < TRIALS; trial++) {
        place p = visit(l, between(low, other));
        if (!is_low(l, start, p) || p.J > low.J + rounding(l, start.J)) {
            other = p;
            continue;
        }
        if (is_flat(start, p)) return *found = p, true;
        if (p.slope * (other.a - low.a) >= 0) other = low;
        low = p;
    }
    if (low.J < start.J) *found = visit(l, low.a); /* lower at least */
    return low.J < start.J;
}

/* Algorithm 3.5: longer and longer, until a good place is reached or has been passed. Four
 * times each time: a first length of 1 is right nearly always, but for the first step, which
 * knows no scale. */
static bool search(gl_lbfgs *l, place start, double a, place *found) {
    place before = start;
    for (int trial = 0; trial < TRIALS; trial++, a *= 4) {
        place p = visit(l, a);
        bool higher = trial > 0 && p.J > before.J + rounding(l, start.J);
        if (!is_low(l, start, p) || higher) return zoom(l, start, before, p, found);
        if (is_flat(start, p)) return *found = p, true;
        if (p.slope >= 0) return zoom(l, start, p, before, found);
        before = p;
    }
    *found = before; /* still falling after many times the length: the weights hold this place */
    return true;
}

/* --------------------------------------------------------------------------------- direction -- */

static pair *recent(gl_lbfgs *l, int64_t age) { /* age 0: the newest */
    return &l->pair[(l->newest + MEMORY - age) % MEMORY];
}

/* Algorithm 7.4, the two loops; without pairs, steepest descent. Gives the slope along d. */
static double aim(gl_lbfgs *l) {
    double alpha[MEMORY], *d = l->d;
    for (int64_t i = 0; i < l->n; i++) d[i] = -l->dw[i];
    for (int64_t k = 0; k < l->kept; k++) {
        const pair *p = recent(l, k);
        alpha[k] = dot(p->s, d, l->n) / *p->sy;
        add(d, -alpha[k], p->y, l->n);
    }
    if (l->kept > 0) { /* the newest pair says how long H's steps are (7.20) */
        const pair *p = recent(l, 0);
        double gamma = *p->sy / dot(p->y, p->y, l->n);
        for (int64_t i = 0; i < l->n; i++) d[i] *= gamma;
    }
    for (int64_t k = l->kept - 1; k >= 0; k--) {
        const pair *p = recent(l, k);
        add(d, alpha[k] - dot(p->y, d, l->n) / *p->sy, p->s, l->n);
    }
    return dot(l->dw, d, l->n);
}

/* Moves the point to where the weights are. A pair without upward curvature tells nothing about H
 * and is left out. */
static void settle(gl_lbfgs *l, double J) {
    int64_t next = (l->newest + 1) % MEMORY;
    pair *p = &l->pair[next];
    gl_store_get_doubles(l->store, GL_WEIGHTS, 0, l->n, p->s);
    gl_store_get_doubles(l->store, GL_GRADIENTS, 0, l->n, p->y);
    for (int64_t i = 0; i < l->n; i++) {
        double w = p->s[i], dw = p->y[i];
        p->s[i] = w - l->w[i], p->y[i] = dw - l->dw[i];
        l->w[i] = w, l->dw[i] = dw;
    }
    l->J = J;
    *p->sy = dot(p->s, p->y, l->n);
    bool tells = *p->sy > DBL_EPSILON * dot(p->y, p->y, l->n);
    if (tells) l->newest = next;
    if (tells && l->kept < MEMORY) l->kept++;
    else if (!tells && l->kept == MEMORY) l->kept--; /* its place in the ring was written over */
}

/* ------------------------------------------------------------------------------------- steps -- */

gl_lbfgs *gl_lbfgs_new(glia_ctx *g, gl_plan *plan, gl_store *store) {
    gl_lbfgs *l = gl_alloc(g, 1, sizeof *l);
    if (!l) return NULL;
    *l = (gl_lbfgs){.g = g,
                    .plan = plan,
                    .store = store,
                    .dtype = plan->model->dtype,
                    .n = plan->model->learned};
    l->memory = gl_alloc(g, l->n, (3 + 2 * MEMORY) * sizeof(double));
    if (!l->memory) return gl_free(g, l), NULL;
    double *next = l->memory, **vectors[] = {&l->w, &l->dw, &l->d};
    for (int i = 0; i < 3; i++, next += l->n) *vectors[i] = next;
    for (int i = 0; i < MEMORY; i++, next += 2 * l->n)
        l->pair[i] = (pair){.s = next, .y = next + l->n, .sy = &l->sy[i]};
    return l;
}

void gl_lbfgs_free(gl_lbfgs *l) {
    if (!l) return;
    gl_free(l->g, l->memory);
    gl_free(l->g, l);
}

int64_t gl_lbfgs_bytes(const gl_lbfgs *l) {
    return l ? l->n * (3 + 2 * MEMORY) * (int64_t)sizeof(double) : 0;
}

void gl_lbfgs_list(gl_lbfgs *l, gl_state *s) {
    const gl_named items[] = {
        {"lbfgs.memory", l->memory, l->n * (3 + 2 * MEMORY), GLIA_F64},
        {"lbfgs.sy", l->sy, MEMORY, GLIA_F64},
        {"lbfgs.kept", &l->kept, 1, GLIA_I64, .most = MEMORY},
        {"lbfgs.newest", &l->newest, 1, GLIA_I64, .most = MEMORY - 1},
        {"lbfgs.begun", &l->begun, 1, GLIA_I64, .most = 1},
        {"lbfgs.J", &l->J, 1, GLIA_F64},
        {"lbfgs.best_J", &l->best_J, 1, GLIA_F64},
        {"lbfgs.best_slope", &l->best_slope, 1, GLIA_F64},
        {"lbfgs.since_best", &l->since_best, 1, GLIA_I64, .most = PATIENCE},
    };
    gl_state_add(s, items, sizeof items / sizeof *items);
}

static bool begin(gl_lbfgs *l) {
    if (l->begun) return true;
    if (!gl_run(l->plan)) return false;
    l->J = l->best_J = gl_cost(l->plan);
    gl_store_get_doubles(l->store, GL_WEIGHTS, 0, l->n, l->w);
    gl_store_get_doubles(l->store, GL_GRADIENTS, 0, l->n, l->dw);
    l->best_slope = largest(l->dw, l->n);
    l->begun = true;
    return true;
}

/* Neither the cost nor the gradient has become less in the last PATIENCE steps: what moves is
 * rounding. In f32 that end is common: the tolerance may lie below what a gradient of many rows can
 * be known to. */
static bool stands_still(gl_lbfgs *l) {
    double slope = largest(l->dw, l->n);
    bool better = l->J < l->best_J - rounding(l, l->best_J) || slope < l->best_slope;
    l->best_J = fmin(l->best_J, l->J), l->best_slope = fmin(l->best_slope, slope);
    l->since_best = better ? 0 : l->since_best + 1;
    return l->since_best >= PATIENCE;
}

gl_move gl_lbfgs_step(gl_lbfgs *l, double *cost) {
    place found = {0};
    if (!begin(l)) return GL_NOT_FINITE;
    *cost = l->J;
    for (bool again = true; again; l->kept = 0) { /* a second time by steepest descent */
        again = l->kept > 0;
        place start = {.J = l->J, .slope = aim(l)};
        /* H has the scale of the cost, so 1 is its own step; steepest descent has none, and begins
         * with a step of length 1 at most (-slope is g'g there). */
        double length = l->kept > 0 ? 1 : fmin(1, 1 / sqrt(-start.slope));
        if (start.slope < 0 && search(l, start, length, &found)) {
            settle(l, found.J);
            return stands_still(l) ? GL_AT_REST : GL_MOVED;
        }
    }
    gl_store_put_doubles(l->store, GL_WEIGHTS, 0, l->n, l->w);
    gl_store_put_doubles(l->store, GL_GRADIENTS, 0, l->n, l->dw);
    return GL_AT_REST;
}
