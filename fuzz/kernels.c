/*
 * kernels.c: a kernel and a shape, by every set that runs here, against ref; cuts of it give the
 * same bits. Not so where clang puts checks of the sanitizers between a product and its sum, which
 * then are no multiply-add: there numbers are compared, and memory.
 */
#include "fuzz.h"

#define fail_msg(...) fuzz_check(false, __VA_ARGS__)
#include "../tests/kernel_samples.h"

enum { MOST = 70 };

static int64_t size(fuzz_choices *c) { return 1 + fuzz_choose(c, MOST); }

#ifndef __has_feature
#define __has_feature(name) 0 /* of clang */
#endif

#if __has_feature(address_sanitizer)
static const bool same_bits = false;
#else
static const bool same_bits = true;
#endif

static void check_whole(const sample *s, const sample *want, const gl_kernel_set *kernels,
                        double tolerance) {
    sample got = sample_copy(s);
    run(&got, kernels, 0, s->call.n[0]);
    check_close(&got, want, tolerance, kernels->name);
    sample_free(&got);
}

static void compare(const sample *s, double tolerance) {
    sample want = truth_of(s);
    for (int i = 0; i < NAMES; i++) {
        const gl_kernel_set *kernels = gl_kernels_named(s->dtype, names[i]);
        if (!kernels) continue;
        if (same_bits) check_against(s, &want, kernels, tolerance);
        else check_whole(s, &want, kernels, tolerance);
    }
    sample_free(&want);
}

static sample a_product(fuzz_choices *c, glia_dtype dtype, gl_rng *r, double *tolerance) {
    static const int thens[] = {0, GL_K_sigmoid, GL_K_relu, GL_K_tanh},
                     slopes[] = {GL_K_relu_b, GL_K_tanh_b, GL_K_leaky_relu_b, GL_K_sigmoid_b};
    unsigned bits = fuzz_choose(c, 256), then = fuzz_choose(c, 4);
    layout l = {.turn_a = bits & 1, .turn_b = bits & 2, .add = bits & 4, .bias = bits & 8};
    l.slope = bits & 16 && !l.bias && !l.add;
    l.then = l.slope ? slopes[then] : thens[then];
    l.gap = bits >> 6;
    l.m = size(c), l.n = size(c), l.k = size(c);
    l.k *= 1 + fuzz_choose(c, 4);
    *tolerance *= 4 + sqrt((double)l.k);
    return product(dtype, l, r);
}

static sample a_linear_model(fuzz_choices *c, glia_dtype dtype, gl_rng *r, double *tolerance) {
    static const int losses[] = {GL_K_sigmoid_ce, GL_K_softmax_ce, GL_K_mse,    GL_K_mae,
                                 GL_K_huber,      GL_K_poisson,    GL_K_pinball};
    int loss = losses[fuzz_choose(c, sizeof losses / sizeof *losses)];
    int64_t shape[4] = {1 + fuzz_choose(c, 4)};
    for (int i = 1; i < 4; i++) shape[i] = size(c);
    shape[1] += shape[0];
    if (shape[2] > GL_LINEAR_UNITS) shape[2] = GL_LINEAR_UNITS;
    *tolerance *= 10;
    return linear_model(dtype, loss, shape, r);
}

static int64_t choice(void *from, int64_t n) { return fuzz_choose(from, (unsigned)n); }

static sample a_convolution(fuzz_choices *c, int kernel, glia_dtype dtype, gl_rng *r,
                            double *tolerance) {
    gl_conv_n n = any_windows(choice, c);
    bool more = fuzz_choose(c, 2), slope = fuzz_choose(c, 2);
    int then = !more || kernel == GL_K_conv_dw   ? 0
               : kernel == GL_K_conv_dx && slope ? GL_K_tanh_b
                                                 : GL_K_sigmoid;
    *tolerance *= 4 + sqrt((double)(n.k_h * n.k_w * n.c * n.n + n.m * n.y_h * n.y_w));
    return convolution(kernel, dtype, &n, more, then, r);
}

static sample a_pool(fuzz_choices *c, int kernel, glia_dtype dtype, gl_rng *r) {
    gl_conv_n n = any_windows(choice, c);
    n = pool_windows(&n);
    return pool(kernel, dtype, &n, fuzz_choose(c, 2), r);
}

static sample an_attention(fuzz_choices *c, int kernel, glia_dtype dtype, gl_rng *r,
                           double *tolerance) {
    gl_attention_n n = {.m = 1 + fuzz_choose(c, 4), .t = size(c) * (1 + fuzz_choose(c, 3))};
    n.heads = 1 + fuzz_choose(c, 4), n.causal = fuzz_choose(c, 2);
    n.n = n.heads * (1 + fuzz_choose(c, 40));
    *tolerance *= 100;
    return attention(kernel, dtype, n, fuzz_choose(c, 2), r);
}

static sample another(fuzz_choices *c, int kernel, glia_dtype dtype, gl_rng *r) {
    int64_t m = size(c), n = size(c);
    bool ordered = kernel == GL_K_ordinal || kernel == GL_K_ordinal_b; /* few classes */
    return sample_new(kernel, dtype, m, ordered ? 3 + n % 20 : n, r);
}

void fuzz_kernels(const uint8_t *bytes, size_t n) {
    fuzz_choices c = {bytes, bytes + n};
    int kernel = (int)fuzz_choose(&c, GL_KERNELS);
    glia_dtype dtype = fuzz_choose(&c, 2) ? GLIA_F64 : GLIA_F32;
    gl_rng r = gl_rng_new(fuzz_choose(&c, 256), GL_STREAM_TEST, 0);
    double tolerance = tolerance_of(dtype);
    sample s;
    if (kernel == GL_K_gemm || kernel == GL_K_gemm_cols) s = a_product(&c, dtype, &r, &tolerance);
    else if (kernel == GL_K_linear) s = a_linear_model(&c, dtype, &r, &tolerance);
    else if (kernel >= GL_K_conv && kernel <= GL_K_conv_dw)
        s = a_convolution(&c, kernel, dtype, &r, &tolerance);
    else if (kernel >= GL_K_max_pool && kernel <= GL_K_mean_pool_b)
        s = a_pool(&c, kernel, dtype, &r);
    else if (kernel == GL_K_reframe) s = reframed(dtype, choice, &c, &r);
    else if (kernel == GL_K_embed || kernel == GL_K_embed_b)
        s = looked_up(kernel, dtype, (const int64_t[]){size(&c), size(&c), size(&c), size(&c)}, &r);
    else if (kernel == GL_K_attention || kernel == GL_K_attention_b)
        s = an_attention(&c, kernel, dtype, &r, &tolerance);
    else if (kernel >= GL_K_colsum) s = another(&c, kernel, dtype, &r);
    else return; /* gather, put, take and sparse rows are of another form */
    if (kernel == GL_K_gemm_cols) {
        int64_t rows = s.call.n[0];
        s.kernel = kernel;
        s.call.n[0] = s.call.n[1], s.call.n[1] = rows;
    }
    compare(&s, tolerance);
    sample_free(&s);
}
