/*
 * store.c: runs in memory of the host. No other file reads or writes their elements, but the
 * kernels.
 */
#include "store.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct gl_store {
    glia_ctx *g;
    int64_t count;
    glia_dtype dtype;
    void *run[GL_RUNS]; /* NULL: not there */
};

char *gl_run_name(gl_run_id run, char buf[GL_RUN_NAME]) {
    const char *name = run == GL_WEIGHTS ? "weights" : run == GL_BEST ? "best" : "gradients";
    bool moment = run >= GL_MOMENT && run < GL_MOMENT + GL_MOST_MOMENTS;
    if (moment) snprintf(buf, GL_RUN_NAME, "moment%d", (int)run - GL_MOMENT + 1);
    else snprintf(buf, GL_RUN_NAME, "%s", name);
    return buf;
}

/* -------------------------------------------------------------------------- taking, dropping -- */

gl_store *gl_store_new(glia_ctx *g, int64_t count, glia_dtype dtype) {
    gl_store *s = gl_alloc(g, 1, sizeof *s);
    if (s) *s = (gl_store){.g = g, .count = count, .dtype = dtype};
    return s;
}

void gl_store_free(gl_store *s) {
    if (!s) return;
    for (gl_run_id run = 0; run < GL_RUNS; run++) gl_store_drop(s, run);
    gl_free(s->g, s);
}

void gl_store_give(gl_store *s, glia_ctx *g) { s->g = g; }

int64_t gl_store_bytes(const gl_store *s) {
    int64_t runs = 0;
    for (gl_run_id run = 0; run < GL_RUNS; run++) runs += s->run[run] != NULL;
    return runs * s->count * (int64_t)glia_dtype_size(s->dtype);
}

bool gl_store_take(gl_store *s, gl_run_id run) {
    gl_store_drop(s, run);
    s->run[run] = gl_alloc(s->g, s->count, glia_dtype_size(s->dtype));
    return s->run[run] != NULL;
}

void gl_store_drop(gl_store *s, gl_run_id run) {
    gl_free(s->g, s->run[run]);
    s->run[run] = NULL;
}

void *gl_store_at(const gl_store *s, gl_run_id run, int64_t first) {
    char *start = s->run[run];
    return start ? start + (size_t)first * glia_dtype_size(s->dtype) : NULL;
}

/* ----------------------------------------------------------------------------------- copying -- */

/* Of a run that is there. */
static char *element(const gl_store *s, gl_run_id run, int64_t first) {
    return (char *)s->run[run] + (size_t)first * glia_dtype_size(s->dtype);
}

static size_t bytes(const gl_store *s, int64_t count) {
    return (size_t)count * glia_dtype_size(s->dtype);
}

void gl_store_copy(gl_store *to, gl_run_id into, const gl_store *from, gl_run_id run) {
    if (to->dtype == from->dtype) {
        memcpy(to->run[into], from->run[run], bytes(from, from->count));
        return;
    }
    for (int64_t i = 0; i < from->count; i++)
        gl_put(to->run[into], to->dtype, i, gl_get(from->run[run], from->dtype, i));
}

void gl_store_get(const gl_store *s, gl_run_id run, int64_t first, int64_t count, void *to) {
    memcpy(to, element(s, run, first), bytes(s, count));
}

void gl_store_put(gl_store *s, gl_run_id run, int64_t first, int64_t count, const void *from) {
    memcpy(element(s, run, first), from, bytes(s, count));
}

void gl_store_get_doubles(const gl_store *s, gl_run_id run, int64_t first, int64_t count,
                          double *to) {
    for (int64_t i = 0; i < count; i++) to[i] = gl_get(s->run[run], s->dtype, first + i);
}

void gl_store_put_doubles(gl_store *s, gl_run_id run, int64_t first, int64_t count,
                          const double *from) {
    for (int64_t i = 0; i < count; i++) gl_put(s->run[run], s->dtype, first + i, from[i]);
}

double gl_store_value(const gl_store *s, gl_run_id run, int64_t i) {
    return gl_get(s->run[run], s->dtype, i);
}

void gl_store_set(gl_store *s, gl_run_id run, int64_t i, double value) {
    gl_put(s->run[run], s->dtype, i, value);
}

/* --------------------------------------------------------------------------------- measuring -- */

double gl_store_largest(const gl_store *s, gl_run_id run, int64_t first, int64_t count) {
    double most = 0;
    for (int64_t i = first; i < first + count; i++) {
        double v = fabs(gl_get(s->run[run], s->dtype, i));
        most = v > most ? v : most;
    }
    return most;
}

double gl_store_norm(const gl_store *s, gl_run_id run, int64_t first, int64_t count) {
    double squares = 0;
    for (int64_t i = first; i < first + count; i++)
        squares += gl_get(s->run[run], s->dtype, i) * gl_get(s->run[run], s->dtype, i);
    return sqrt(squares);
}

bool gl_store_finite(const gl_store *s, gl_run_id run, int64_t first, int64_t count) {
    for (int64_t i = first; i < first + count; i++)
        if (!isfinite(gl_get(s->run[run], s->dtype, i))) return false;
    return true;
}

/* ---------------------------------------------------------------------------------- the best -- */

void gl_store_keep_best(gl_store *s) {
    if (s->run[GL_BEST]) gl_store_copy(s, GL_BEST, s, GL_WEIGHTS);
}

void gl_store_bring_best(gl_store *s) {
    if (s->run[GL_BEST]) gl_store_copy(s, GL_WEIGHTS, s, GL_BEST);
}
