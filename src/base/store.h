/*
 * store.h: the numbers that training moves, as runs of one length and one precision: run i of
 * number k belongs to run j of number k. The runs are numbered, so that copying, saving and binding
 * them need no list of names; an optimizer has as many moments as its kernel's row has operands
 * behind the weights and the gradient.
 *
 *     weights    [ W W W | b gamma beta | measured ]     what lies where: src/net/net.h
 *     gradients  [ . . . | . .     .    | .        ]
 *     moment1 .. [ . . . | . .     .    | .        ]
 *     best       [ . . . | . .     .    | .        ]
 *
 * Who wants elements asks a verb. Kernels alone read and write them where they lie, so memory of
 * another device needs other verbs and nothing else. Numbers first .. first+count-1 are in the run.
 */
#ifndef GL_STORE_H
#define GL_STORE_H

#include "base.h"

#define GL_MOST_MOMENTS 3

/* An optimizer's kernel takes them in this order, up to its last moment. */
typedef enum gl_run_id {
    GL_WEIGHTS,
    GL_GRADIENTS,
    GL_MOMENT, /* moment i, counted from 0, is run GL_MOMENT + i */
    GL_BEST = GL_MOMENT + GL_MOST_MOMENTS,
    GL_RUNS
} gl_run_id;

/* "weights", "gradients", "moment1" .., "best"; returns buf. */
enum { GL_RUN_NAME = 24 };
char *gl_run_name(gl_run_id run, char buf[GL_RUN_NAME]);

typedef struct gl_store gl_store;
/* `count` elements of f32 or f64 in each run; no run yet. */
gl_store *gl_store_new(glia_ctx *g, int64_t count, glia_dtype dtype);
void gl_store_free(gl_store *s);
void gl_store_give(gl_store *s, glia_ctx *g); /* to which it belongs from now on */
int64_t gl_store_bytes(const gl_store *s);    /* of all runs that are there */

/* All zero; false: out of memory. */
bool gl_store_take(gl_store *s, gl_run_id run);
void gl_store_drop(gl_store *s, gl_run_id run);
/* Where element `first` lies, for those who keep addresses: a plan that is bound, a file that is
 * written again and again, a caller's view. NULL: the run is not there. */
void *gl_store_at(const gl_store *s, gl_run_id run, int64_t first);

/* A whole run; the stores may differ in precision. */
void gl_store_copy(gl_store *to, gl_run_id into, const gl_store *from, gl_run_id run);
/* Between a run and memory of the host, in the precision of the store, or as doubles. */
void gl_store_get(const gl_store *s, gl_run_id run, int64_t first, int64_t count, void *to);
void gl_store_put(gl_store *s, gl_run_id run, int64_t first, int64_t count, const void *from);
void gl_store_get_doubles(const gl_store *s, gl_run_id run, int64_t first, int64_t count,
                          double *to);
void gl_store_put_doubles(gl_store *s, gl_run_id run, int64_t first, int64_t count,
                          const double *from);
/* One element. */
double gl_store_value(const gl_store *s, gl_run_id run, int64_t i);
void gl_store_set(gl_store *s, gl_run_id run, int64_t i, double value);

/* The largest magnitude; NaN is passed over; 0 of none. */
double gl_store_largest(const gl_store *s, gl_run_id run, int64_t first, int64_t count);
/* The root of the sum of squares, added in double, first to last. */
double gl_store_norm(const gl_store *s, gl_run_id run, int64_t first, int64_t count);
bool gl_store_finite(const gl_store *s, gl_run_id run, int64_t first, int64_t count);

/* Keeps the weights as the best, and brings the best back; nothing where that run is not there. */
void gl_store_keep_best(gl_store *s);
void gl_store_bring_best(gl_store *s);

#endif
