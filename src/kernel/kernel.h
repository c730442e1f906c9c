/*
 * kernel.h: the narrow waist. A plan is a list of calls; a kernel is what a call does: pointers in,
 * numbers out.
 *
 * The contract. A kernel
 *   - computes parts lo .. hi-1 of its first dimension n[0] (rows of a batch, units, parameters);
 *   - gives the same bits for any cut of 0 .. n[0] into parts: every output element is one chain of
 *     operations in an order that depends on the shapes only. That is why results do not depend on
 *     the number of threads;
 *   - has the samples in n[0] where it is cut by them, whatever else belongs to a sample: a
 *     prediction is run for fewer by making n[0] smaller, no more (gl_aim; gemm_cols has them in
 *     n[1]);
 *   - never allocates, never fails, knows no model; what changes from step to step is in knobs.
 *
 * Every number is a glia_real (float or double); each source is built for both. ref/ is the
 * readable truth for every kernel; simd/ holds faster versions of the few that matter, tested
 * against ref/, chosen at start by the processor.
 */
#ifndef GL_KERNEL_H
#define GL_KERNEL_H

#include <glia/glia.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct gl_knobs { /* data, so that a plan never changes */
    double lr;
    double momentum;
    double beta1, beta2, eps, eps_root;
    double correct1, correct2; /* Adam: 1 - beta^t */
    double decay;              /* AdamW */
    uint64_t seed;             /* of dropout */
    uint64_t step;             /* updates done so far */
    const int64_t *order;      /* which rows make up the mini-batch */
} gl_knobs;

/* What a call has room for: more operands than any kernel here takes, as many as a recurrent
 * layer's way back would (ten), and the dimensions of a convolution. */
enum { GL_OPERANDS = 12, GL_DIMS = 18, GL_SCALARS = 8 };

/* The ways to vary pictures: scalars of `augment`, and that of `mixup`. */
enum {
#define WAY(name, argument, usual, most, help) GL_WAY_##name,
#include "augment.def"
#undef WAY
    GL_WAYS
};
_Static_assert((int)GL_WAY_mixup <= (int)GL_SCALARS && GL_WAY_mixup == GL_WAYS - 1,
               "all but mixup are scalars of one call");

/* The operands and the dimensions of each kernel by name: gl_gemm_p {y, a, b ...}, gl_gemm_n {m, n,
 * k ...}, in the order of kernels.def. */
#define GL_LIST(...) __VA_ARGS__
#define OPERAND(name, ways, shape) void *name;
#define KERNEL(name, operands, dims, formula)                                                      \
    typedef struct gl_##name##_p {                                                                 \
        operands                                                                                   \
    } gl_##name##_p;                                                                               \
    typedef struct gl_##name##_n {                                                                 \
        int64_t GL_LIST dims;                                                                      \
    } gl_##name##_n;
#include "kernels.def"

typedef struct gl_call gl_call;
typedef void gl_kernel(const gl_call *call, int64_t lo, int64_t hi, void *work);

struct gl_call {
    union {
        void *p[GL_OPERANDS]; /* operands, in the order of kernels.def; or by name: gemm_p.bias */
#define KERNEL(name, operands, dims, formula) gl_##name##_p name##_p;
#include "kernels.def"
    };
    union {
        int64_t n[GL_DIMS]; /* dimensions, n[0] is the one that may be cut; or gemm_n.k */
#define KERNEL(name, operands, dims, formula) gl_##name##_n name##_n;
#include "kernels.def"
    };
    double s[GL_SCALARS]; /* attributes: slope, rate, delta */
    gl_kernel *then;      /* gemm: an activation or slope applied to what is finished; NULL: none */
    gl_kernel *back;      /* linear, linear_sparse: `then` is the loss and this its gradient */
    const gl_knobs *knobs;
};
_Static_assert(offsetof(gl_call, n) - offsetof(gl_call, p) == sizeof(void *[GL_OPERANDS]) &&
                   offsetof(gl_call, s) - offsetof(gl_call, n) == sizeof(int64_t[GL_DIMS]),
               "a kernel has more operands or dimensions than a call has room for");

/* The kernels, by number. */
typedef enum gl_kernel_id {
#define KERNEL(name, operands, dims, formula) GL_K_##name,
#include "kernels.def"
    GL_KERNELS
} gl_kernel_id;

enum { GL_READ = 1, GL_WRITTEN = 2, GL_OVER = 4 }; /* of an operand: see kernels.def */

typedef struct gl_operand {
    const char *name;
    int ways;
    const char *shape; /* "m, n" */
} gl_operand;

typedef struct gl_kernel_info {
    const char *name;
    const gl_operand *operand;
    int operands;
    const char *dims; /* "m, n, k" */
    const char *formula;
} gl_kernel_info;
extern const gl_kernel_info gl_kernel_table[GL_KERNELS];
/* How many runs an update keeps from step to step: its operands behind w and g. 0 for
 * GL_KERNELS. */
int gl_moments(gl_kernel_id update);
/* Of a call with dimensions n; 0 where multiplying is not what takes the time. */
double gl_multiply_adds(gl_kernel_id id, const int64_t *n);
/* Whether it applies call.then to what it writes first. */
bool gl_finishes(gl_kernel_id id);

/* Of what a call with dimensions n writes for one sample, bands can be computed each by itself: how
 * many there are; 0: none. */
int64_t gl_bands(gl_kernel_id id, const int64_t *n);
/* Bands lo .. hi-1 of sample s as a call of one sample, which needs no more scratch memory and
 * gives the same bits. */
gl_call gl_band_call(gl_kernel_id id, const gl_call *c, int64_t s, int64_t lo, int64_t hi,
                     glia_dtype dtype);

/* Which side of its bend element i of an operand stands on, as a number: the kernel's formula is
 * not smooth where that changes. In double. */
typedef int gl_side(const gl_call *c, int64_t i);
/* The side that a kernel looks at, and of which operand; NULL: it does not bend. */
gl_side *gl_bend(gl_kernel_id id, int *operand);

/* `linear` takes at most so many units. With more, not memory but multiplying takes the time, and
 * gemm multiplies faster: 20,000 x 784, 10 steps: 20 units 0.19 s, 0.26 by gemm; 64 units 0.58 and
 * 0.43 s (Zen 5, one thread). */
#define GL_LINEAR_UNITS 32
/* It looks at so many rows at once, at most, and keeps three numbers of each unit for them and for
 * four more. */
#define GL_LINEAR_ROWS 64
#define GL_LINEAR_ROOM (3 * (GL_LINEAR_ROWS + 4))

/* Rows most of whose numbers are 0: the others alone, row after row, columns ascending. */
typedef struct gl_sparse_rows {
    int64_t *start;  /* [rows + 1] of each row in the arrays below */
    int32_t *column; /* [start[rows]] */
    void *value;     /* [start[rows]] reals */
} gl_sparse_rows;

/* One set per precision and processor, complete: what has no faster version is ref's source, built
 * for that processor. */
typedef struct gl_kernel_set {
    const char *name; /* "ref", "sse2", "avx2", "avx512", "neon" */
    gl_kernel *kernel[GL_KERNELS];
} gl_kernel_set;

/* The fastest set that this processor can run (GLIA_KERNELS=ref|sse2|avx2|avx512|neon in the
 * environment picks another). dtype is GLIA_F32 or GLIA_F64. Two sets may differ in the last bits;
 * within one, bits depend on the shapes alone. */
const gl_kernel_set *gl_kernels(glia_dtype dtype);
/* A set by name for tests, NULL when the processor cannot run it. */
const gl_kernel_set *gl_kernels_named(glia_dtype dtype, const char *name);

/* Scratch memory, in bytes, that one thread needs for a call with dimensions n, 64-byte aligned.
 * gemm packs b there, linear keeps scores; the other kernels take NULL. */
size_t gl_kernel_work(gl_kernel_id id, const int64_t *n, glia_dtype dtype);

/* Whether all of `count` reals are finite. */
bool gl_all_finite(const gl_kernel_set *kernels, const void *x, glia_dtype dtype, int64_t count);
/* Rows [n, cols] of any type, divided by `divisor`, as reals of the kernels' precision. */
void gl_take_rows(const gl_kernel_set *kernels, void *to, const void *rows, glia_dtype from,
                  int64_t n, int64_t cols, double divisor);

/* Pictures x [m, h, w, c] as the mini-batch of update knobs.step has them, in y; way[GL_WAYS]. x, y
 * and `between`, which mixup alone needs, are reals of the kernels' precision, each in memory of
 * its own. */
void gl_vary_pictures(const gl_kernel_set *kernels, const double *way, const gl_knobs *knobs,
                      gl_augment_n n, const void *x, void *between, void *y);

#endif
