/*
 * kernel.c: the table of contents as data, and the choice of a set of kernels for this processor.
 */
#include "kernel.h"
#include "simd/gemm.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

const gl_kernel_info gl_kernel_table[GL_KERNELS] = {
#define KERNEL(name, operands, dims, formula) {#name, operands, dims, formula},
#include "kernels.def"
#undef KERNEL
};

int gl_moments(gl_kernel_id update) {
    int operands = 0;
    if (update == GL_KERNELS) return 0;
    for (const char *c = gl_kernel_table[update].operands; *c; c++) operands += *c == '[';
    return operands - 2;
}

#define DECLARE(set) extern const gl_kernel_set gl_##set##_f32_set, gl_##set##_f64_set;
#define SET(set, runs)                                                                             \
    { &gl_##set##_f32_set, &gl_##set##_f64_set, runs }

typedef struct choice {
    const gl_kernel_set *f32, *f64;
    bool (*runs)(void); /* NULL: everywhere */
} choice;

DECLARE(ref)

#if defined(__x86_64__)
DECLARE(sse2)
DECLARE(avx2)
DECLARE(avx512)

/* What -march=x86-64-v3 and -v4 may use; asks the operating system too. */
static bool runs_v3(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

static bool runs_v4(void) {
    return runs_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}
#elif defined(__aarch64__)
DECLARE(neon)
#endif

/* The fastest first. */
static const choice choices[] = {
#if defined(__x86_64__)
    SET(avx512, runs_v4),
    SET(avx2, runs_v3),
    SET(sse2, NULL),
#elif defined(__aarch64__)
    SET(neon, NULL),
#endif
    SET(ref, NULL),
};

/* name NULL: the first that runs here. */
static const gl_kernel_set *find(glia_dtype dtype, const char *name) {
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        const gl_kernel_set *set = dtype == GLIA_F64 ? choices[i].f64 : choices[i].f32;
        if ((!name || strcmp(name, set->name) == 0) && (!choices[i].runs || choices[i].runs()))
            return set;
    }
    return NULL;
}

const gl_kernel_set *gl_kernels_named(glia_dtype dtype, const char *name) {
    return find(dtype, name);
}

const gl_kernel_set *gl_kernels(glia_dtype dtype) {
    const char *wish = getenv("GLIA_KERNELS");
    const gl_kernel_set *set = wish ? find(dtype, wish) : NULL;
    return set ? set : find(dtype, NULL);
}

size_t gl_kernel_work(gl_kernel_id id, const int64_t *n, glia_dtype dtype) {
    size_t real = glia_dtype_size(dtype);
    switch (id) {
    case GL_K_gemm: return gl_gemm_panels(n[1], n[2], real) + gl_gemm_copy(n[0], n[2], real);
    case GL_K_gemm_cols: return gl_gemm_panels(n[0], n[2], real) + gl_gemm_copy(n[1], n[2], real);
    case GL_K_linear:
    case GL_K_linear_sparse: return GL_LINEAR_ROOM * (size_t)n[2] * real;
    default: return 0;
    }
}
