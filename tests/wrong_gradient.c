/*
 * wrong_gradient.c: makes the program glia-wrong out of glia's sources: GLIA_WRONG=colsum (any
 * kernel's name) makes that kernel give 1% too much in double precision, as a mistake in a formula
 * would. The linker puts it in the way of gl_kernels
 * (--wrap), so the library under test is the real one. Products are wrong only on the way back,
 * where no bias is added.
 */
#include "kernel/kernel.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

const gl_kernel_set *__real_gl_kernels(glia_dtype dtype);
const gl_kernel_set *__wrap_gl_kernels(glia_dtype dtype);

static gl_kernel *right;
static gl_kernel_id chosen;

static void wrong(const gl_call *c, int64_t lo, int64_t hi, void *work) {
    right(c, lo, hi, work);
    bool product = chosen == GL_K_gemm || chosen == GL_K_gemm_cols;
    if (product && c->gemm_p.bias) return;
    double *y = c->p[0];
    bool vector = chosen == GL_K_colsum || chosen == GL_K_coldot || chosen == GL_K_decay;
    int64_t cols = vector ? 1 : c->n[1];
    int64_t row = product ? c->gemm_n.y_row : cols, col = 1;
    if (chosen == GL_K_gemm_cols) col = row, row = 1;
    for (int64_t i = lo; i < hi; i++)
        for (int64_t j = 0; j < cols; j++) y[i * row + j * col] *= 1.01;
}

const gl_kernel_set *__wrap_gl_kernels(glia_dtype dtype) {
    static gl_kernel_set set;
    const char *name = getenv("GLIA_WRONG");
    const gl_kernel_set *real = __real_gl_kernels(dtype);
    if (dtype != GLIA_F64 || !name) return real;
    set = *real;
    for (int i = 0; i < GL_KERNELS; i++) {
        if (strcmp(gl_kernel_table[i].name, name) != 0) continue;
        chosen = (gl_kernel_id)i;
        right = real->kernel[i];
        set.kernel[i] = wrong;
    }
    return &set;
}
