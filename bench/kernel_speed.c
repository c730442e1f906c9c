/*
 * kernel_speed.c: GFLOP/s of gemm in every set, and nanoseconds per element of the other kernels.
 * One core.
 *
 *     kernel_speed [SET]
 */
#include "kernel/kernel.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *memory(int64_t count, size_t size) {
    void *m = aligned_alloc(64, ((size_t)count * size + 127) / 64 * 64);
    memset(m, 0, (size_t)count * size);
    return m;
}

/* Seconds of one run: the best of several rounds of about 20 ms. */
static double seconds(gl_kernel *kernel, const gl_call *c, void *work) {
    double best = 1e9;
    for (int round = 0; round < 5; round++) {
        int64_t runs = 0;
        double begin = now(), end;
        do {
            kernel(c, 0, c->n[0], work);
            runs++;
        } while ((end = now()) - begin < 0.02);
        if ((end - begin) / (double)runs < best) best = (end - begin) / (double)runs;
    }
    return best;
}

static void *values(int64_t count, glia_dtype dtype) {
    void *m = memory(count, glia_dtype_size(dtype));
    for (int64_t i = 0; i < count; i++) {
        double x = (double)(i * 7919 % 1000) / 500 - 1;
        if (dtype == GLIA_F32) ((float *)m)[i] = (float)x;
        else ((double *)m)[i] = x;
    }
    return m;
}

/* The three products of a dense layer with `out` units over `in` features and `batch` rows. */
static void dense(const gl_kernel_set *set, glia_dtype dtype, int64_t batch, int64_t out,
                  int64_t in) {
    void *x = values(batch * in, dtype), *w = values(out * in, dtype),
         *z = values(batch * out, dtype);
    void *dx = values(batch * in, dtype), *dw = values(out * in, dtype),
         *work = memory((int64_t)gl_kernel_work(), 1);
    const gl_call products[] = {
        {.p = {z, x, w}, .n = {batch, out, in, in, 1, 1, in, out}},
        {.p = {dx, z, w}, .n = {batch, in, out, out, 1, in, 1, in}},
        {.p = {dw, z, x}, .n = {out, in, batch, 1, out, in, 1, in}},
    };
    const char *names[] = {"forward", "dx", "dw"};
    printf("%-7s %s dense %5ld x %5ld x %5ld:", set->name, glia_dtype_name(dtype), (long)batch,
           (long)out, (long)in);
    for (int i = 0; i < 3; i++) {
        double s = seconds(set->kernel[GL_K_gemm], &products[i], work);
        printf("  %s %7.2f us %6.1f GF", names[i], 1e6 * s, 2e-9 * (double)(batch * out * in) / s);
    }
    printf("\n");
    free(x), free(w), free(z), free(dx), free(dw), free(work);
}

static void elementwise(const gl_kernel_set *set, glia_dtype dtype, int64_t m, int64_t n) {
    void *p[6];
    for (int i = 0; i < 6; i++) p[i] = values(m * n, dtype);
    gl_knobs knobs = {.lr = 1e-9, .momentum = 0.9, .beta1 = 0.9, .beta2 = 0.999};
    knobs.eps = 1e-8, knobs.correct1 = 0.5, knobs.correct2 = 0.5;
    printf("%-7s %s %ld x %ld, ns an element:", set->name, glia_dtype_name(dtype), (long)m,
           (long)n);
    for (int k = GL_K_colsum; k < GL_KERNELS; k++) {
        if (k == GL_K_softmax_ce) memset(p[3], 0, (size_t)m * glia_dtype_size(dtype));
        gl_call c = {.p = {p[0], p[1], p[2], p[3]}, .n = {m, n}, .s = {0.01}, .knobs = &knobs};
        if (k >= GL_K_decay) c.n[0] = m * n;
        if (k == GL_K_colsum) c.n[0] = n, c.n[1] = m;
        if (k == GL_K_mean || k == GL_K_l2) c.n[0] = 1, c.n[1] = m * n;
        if (k == GL_K_rmsprop) memset(p[2], 0, (size_t)(m * n) * glia_dtype_size(dtype));
        if (k == GL_K_adam) memset(p[3], 0, (size_t)(m * n) * glia_dtype_size(dtype));
        printf(" %s %.2f", gl_kernel_table[k].name,
               1e9 * seconds(set->kernel[k], &c, NULL) / (double)(m * n));
    }
    printf("\n");
    for (int i = 0; i < 6; i++) free(p[i]);
}

int main(int argc, char **argv) {
    const char *names[] = {"ref", "sse2", "avx2", "avx512", "neon"};
    for (int i = 0; i < 5; i++)
        for (glia_dtype dtype = GLIA_F32; dtype <= GLIA_F64; dtype++) {
            const gl_kernel_set *set = gl_kernels_named(dtype, names[i]);
            if (!set || (argc > 1 && strcmp(argv[1], names[i]) != 0)) continue;
            dense(set, dtype, 128, 512, 784);
            dense(set, dtype, 64, 128, 784);
            dense(set, dtype, 64, 10, 128);
            dense(set, dtype, 400, 4, 2);
            dense(set, dtype, 1, 512, 784);
            dense(set, dtype, 1, 128, 784);
            dense(set, dtype, 209, 20, 12288);
            elementwise(set, dtype, 64, 128);
            elementwise(set, dtype, 64, 10);
        }
    return 0;
}
