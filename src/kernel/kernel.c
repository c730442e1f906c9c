/*
 * kernel.c: the table of contents as data, and the choice of a set of kernels for this
 * processor.
 *
 * kernels.def is included with another meaning of its words each time: as structs (kernel.h), as
 * rows of this table, as functions of the dimensions. So a kernel is told once, and what it needs
 * cannot be forgotten in a second place.
 */
#include "kernel.h"
#include "ref/attention.h"
#include "simd/conv.h"
#include "simd/gemm.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define OPERAND(name, ways, shape) {#name, ways, shape},
#define KERNEL(name, operands, dims, formula)                                                      \
    static const gl_operand operands_of_##name[] = {operands};
#include "kernels.def"

#define TEXT(...) #__VA_ARGS__
#define COUNT(array) (sizeof(array) / sizeof *(array))

const gl_kernel_info gl_kernel_table[GL_KERNELS] = {
#define KERNEL(name, operands, dims, formula)                                                      \
    {#name, operands_of_##name, COUNT(operands_of_##name), TEXT dims, formula},
#include "kernels.def"
};

int gl_moments(gl_kernel_id update) {
    return update == GL_KERNELS ? 0 : gl_kernel_table[update].operands - 2;
}

/* ------------------------------------------------------------------------- what the rows say -- */

/* The dimensions again, as numbers that no product overflows: a plan asks how many threads it is
 * worth before memory for it is refused. */
#define KERNEL(name, operands, dims, formula)                                                      \
    typedef struct name##_d {                                                                      \
        double GL_LIST dims;                                                                       \
    } name##_d;
#include "kernels.def"

double gl_multiply_adds(gl_kernel_id id, const int64_t *n) {
    double dims[GL_DIMS];
    for (int i = 0; i < GL_DIMS; i++) dims[i] = (double)n[i];
    switch (id) {
#define MULTIPLY_ADDS(name, how_many)                                                              \
    case GL_K_##name: {                                                                            \
        const name##_d *d = (const void *)dims;                                                    \
        return how_many;                                                                           \
    }
#include "kernels.def"
    default: return 0;
    }
}

size_t gl_kernel_work(gl_kernel_id id, const int64_t *n, glia_dtype dtype) {
    size_t real = glia_dtype_size(dtype);
    switch (id) {
#define SCRATCH(name, bytes)                                                                       \
    case GL_K_##name: {                                                                            \
        const gl_##name##_n *d = (const void *)n;                                                  \
        return bytes;                                                                              \
    }
#include "kernels.def"
    default: return 0;
    }
}

bool gl_finishes(gl_kernel_id id) {
    switch (id) {
#define FINISHES(name) case GL_K_##name:
#include "kernels.def"
        return true;
    default: return false;
    }
}

int64_t gl_bands(gl_kernel_id id, const int64_t *n) {
    switch (id) {
#define BANDS(name, rows, together, ...)                                                           \
    case GL_K_##name: {                                                                            \
        const gl_##name##_n *d = (const void *)n;                                                  \
        return (d->rows + (together)-1) / (together);                                              \
    }
#include "kernels.def"
    default: return 0;
    }
}

static void *moved(void *x, int64_t numbers, glia_dtype dtype) {
    return x ? (char *)x + (size_t)numbers * glia_dtype_size(dtype) : NULL;
}

gl_call gl_band_call(gl_kernel_id id, const gl_call *c, int64_t s, int64_t lo, int64_t hi,
                     glia_dtype dtype) {
    gl_call band = *c;
    switch (id) {
#define MOVE(operand, numbers) p->operand = moved(p->operand, numbers, dtype)
#define ALONG(operand) MOVE(operand, s * d->n + from)
#define BANDS(name, rows, together, ...)                                                           \
    case GL_K_##name: {                                                                            \
        gl_##name##_p *p = &band.name##_p;                                                         \
        gl_##name##_n *d = &band.name##_n;                                                         \
        int64_t from = lo * (together),                                                            \
                to = hi * (together) < d->rows ? hi * (together) : d->rows;                        \
        __VA_ARGS__;                                                                               \
        d->rows = to - from, d->m = 1;                                                             \
        break;                                                                                     \
    }
#include "kernels.def"
    default: break;
    }
    return band;
}

static double at(const void *x, int64_t i) { return ((const double *)x)[i]; }

/* Which pixel of its window is element i of what max_pool gives. */
static int largest_of(const gl_max_pool_p *p, const gl_max_pool_n *d, int64_t i) {
    int64_t k = i % d->c, q = i / d->c % d->y_w, r = i / d->c / d->y_w % d->y_h;
    int64_t top = r * d->s_h - d->p_h, left = q * d->s_w - d->p_w, s = i / d->c / d->y_w / d->y_h;
    for (int64_t place = 0; place < d->k_h * d->k_w; place++) {
        int64_t row = top + place / d->k_w, column = left + place % d->k_w;
        bool inside = row >= 0 && row < d->h && column >= 0 && column < d->w;
        int64_t pixel = ((s * d->h + row) * d->w + column) * d->c;
        if (inside && at(p->x, pixel + k) == at(p->y, i)) return (int)place;
    }
    return -1;
}

#define BENDS(name, operand, side)                                                                 \
    static int side_##name(const gl_call *c, int64_t i) {                                          \
        const gl_##name##_p *p = &c->name##_p;                                                     \
        return side;                                                                               \
    }
#include "kernels.def"

gl_side *gl_bend(gl_kernel_id id, int *operand) {
    switch (id) {
#define BENDS(name, element, side)                                                                 \
    case GL_K_##name:                                                                              \
        *operand = offsetof(gl_##name##_p, element) / sizeof(void *);                              \
        return side_##name;
#include "kernels.def"
    default: return NULL;
    }
}

/* ---------------------------------------------------------------------------------- the sets -- */

#define DECLARE(set) extern const gl_kernel_set gl_##set##_f32_set, gl_##set##_f64_set;
#define SET(set, level)                                                                            \
    { &gl_##set##_f32_set, &gl_##set##_f64_set, level }

typedef struct choice {
    const gl_kernel_set *f32, *f64;
    int level; /* of the processors of its kind, that can run it and all that follow */
} choice;

DECLARE(ref)
DECLARE(sse2)
DECLARE(avx2)
DECLARE(avx512)
DECLARE(neon)

/* What -march=x86-64-v3 and -v4 may use; asks the operating system too. */
static int level_here(void) {
#if defined(__x86_64__)
    bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
              __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
    bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
              __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
              __builtin_cpu_supports("avx512vl");
    return v4 ? 4 : v3 ? 3 : 1;
#else
    return 1;
#endif
}

/* The fastest first; a build may be without some (meson_options.txt). */
static const choice choices[] = {
#if defined(__x86_64__)
#ifndef GL_WITHOUT_avx512
    SET(avx512, 4),
#endif
#ifndef GL_WITHOUT_avx2
    SET(avx2, 3),
#endif
#ifndef GL_WITHOUT_sse2
    SET(sse2, 1),
#endif
#elif defined(__aarch64__)
    SET(neon, 1),
#endif
    SET(ref, 1),
};

/* name NULL: the first that runs here. */
static const gl_kernel_set *find(glia_dtype dtype, const char *name) {
    const int level = level_here();
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        const gl_kernel_set *set = dtype == GLIA_F64 ? choices[i].f64 : choices[i].f32;
        if (choices[i].level <= level && (!name || strcmp(name, set->name) == 0)) return set;
    }
    return NULL;
}

const gl_kernel_set *gl_kernels_named(glia_dtype dtype, const char *name) {
    return find(dtype, name);
}

/* A name that this processor cannot run, or that is none, gives the usual set: it is an environment
 * variable, for tests and comparisons, and a program must not fail for it. */
const gl_kernel_set *gl_kernels(glia_dtype dtype) {
    const char *wish = getenv("GLIA_KERNELS");
    const gl_kernel_set *set = wish ? find(dtype, wish) : NULL;
    return set ? set : find(dtype, NULL);
}

/* ------------------------------------------------------------------------------ single calls -- */

bool gl_all_finite(const gl_kernel_set *kernels, const void *x, glia_dtype dtype, int64_t count) {
    union {
        float f32;
        double f64;
    } bad = {.f64 = 0};
    gl_call c = {.finite_p = {&bad, (void *)x}, .finite_n = {.one = 1, .k = count}};
    kernels->kernel[GL_K_finite](&c, 0, 1, NULL);
    return dtype == GLIA_F64 ? bad.f64 == 0 : bad.f32 == 0;
}

void gl_take_rows(const gl_kernel_set *kernels, void *to, const void *rows, glia_dtype from,
                  int64_t n, int64_t cols, double divisor) {
    gl_knobs as_they_lie = {0};
    gl_call c = {.gather_p = {to, (void *)rows},
                 .gather_n = {.m = n, .n = cols, .dtype = from, .step = cols},
                 .s = {divisor},
                 .knobs = &as_they_lie};
    kernels->kernel[GL_K_gather](&c, 0, n, NULL);
}

void gl_vary_pictures(const gl_kernel_set *kernels, const double *way, const gl_knobs *knobs,
                      gl_augment_n n, const void *x, void *between, void *y) {
    bool mixes = way[GL_WAY_mixup] > 0;
    gl_call c = {.augment_p = {mixes ? between : y, (void *)x}, .augment_n = n, .knobs = knobs};
    memcpy(c.s, way, GL_WAY_mixup * sizeof *way);
    kernels->kernel[GL_K_augment](&c, 0, n.m, NULL);
    if (!mixes) return;
    c = (gl_call){.mixup_p = {y, between},
                  .n = {n.m, n.n},
                  .s = {way[GL_WAY_mixup]},
                  .knobs = knobs};
    kernels->kernel[GL_K_mixup](&c, 0, n.m, NULL);
}
