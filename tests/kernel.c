/*
 * kernel.c: every kernel, in every set that this processor runs and in both precisions, against
 * ref.
 *
 * The cases are made from kernels.def itself: its operands say which arrays a call takes and how
 * large they are, its dimensions what stands in n[]. A new kernel is tested as soon as it has a
 * line there.
 */
#include "base/random.h"
#include "kernel/kernel.h"
#include "kernel/simd/math.h"
#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel_samples.h"
#include "philox.h"

/* Calls `check` for every set that runs here, in both precisions. */
static void for_each_set(void (*check)(const gl_kernel_set *kernels, glia_dtype dtype)) {
    for (int i = 0; i < NAMES; i++)
        for (int precision = 0; precision < 2; precision++) {
            glia_dtype dtype = precision ? GLIA_F64 : GLIA_F32;
            const gl_kernel_set *kernels = gl_kernels_named(dtype, names[i]);
            if (kernels) check(kernels, dtype);
        }
}

/* ------------------------------------------------------------------------------------- tests -- */

static void check_table(const gl_kernel_set *kernels, glia_dtype dtype) {
    (void)dtype;
    for (int k = 0; k < GL_KERNELS; k++)
        if (!kernels->kernel[k])
            fail_msg("set %s lacks %s", kernels->name, gl_kernel_table[k].name);
}

static void every_set_is_complete(void **state) {
    (void)state;
    for_each_set(check_table);
    assert_non_null(gl_kernels(GLIA_F32));
    assert_non_null(gl_kernels(GLIA_F64));
    assert_null(gl_kernels_named(GLIA_F32, "no such set"));
    setenv("GLIA_KERNELS", "ref", 1);
    assert_string_equal(gl_kernels(GLIA_F32)->name, "ref");
    unsetenv("GLIA_KERNELS");
}

static const int64_t shapes[][2] = {{1, 1},    {1, 7},   {3, 1},   {5, 10},  {33, 17},
                                    {16, 128}, {7, 300}, {209, 3}, {2, 4100}};

static void check_kernels(const gl_kernel_set *kernels, glia_dtype dtype) {
    gl_rng r = gl_rng_new(1, GL_STREAM_TEST, 1);
    for (int k = GL_K_colsum; k < GL_KERNELS; k++)
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
            bool ordered = k == GL_K_ordinal || k == GL_K_ordinal_b; /* of 3 classes or more */
            int64_t n = ordered ? 3 + shapes[i][1] % 20 : shapes[i][1];
            sample s = sample_new(k, dtype, shapes[i][0], n, &r);
            check_sample(&s, kernels, tolerance_of(dtype));
            sample_free(&s);
        }
}

/* 3 rows of 2 groups of 1 + 2 + 3 numbers, cut after the first row. */
static void check_parts(const gl_kernel_set *kernels, glia_dtype dtype) {
    enum { M = 3, G = 2, BEFORE = 1, K = 2, BEHIND = 3, WIDTH = BEFORE + K + BEHIND };
    gl_rng r = gl_rng_new(1, GL_STREAM_TEST, 7);
    array x = array_new(dtype, M * G * K), y = array_new(dtype, M * G * WIDTH), again = copy_of(&x);
    fill(&x, &r, 1), fill(&y, &r, 1);
    array before = copy_of(&y);
    gl_call put = {.p = {data(&y), data(&x)}, .n = {M, G, BEFORE, K, BEHIND}};
    gl_call take = {.p = {data(&again), data(&y)}, .n = {M, G, BEFORE, K, BEHIND}};
    for (int lo = 0; lo < 2; lo++) kernels->kernel[GL_K_put](&put, lo, lo ? M : 1, NULL);
    for (int lo = 0; lo < 2; lo++) kernels->kernel[GL_K_take](&take, lo, lo ? M : 1, NULL);
    assert_memory_equal(again.memory, x.memory, bytes_of(&x));
    assert_true(zones_untouched(&y));
    for (int64_t i = 0; i < M * G * WIDTH; i++) {
        int64_t j = i % WIDTH - BEFORE;
        const double expected = j >= 0 && j < K ? get(&x, i / WIDTH * K + j) : get(&before, i);
        assert_true(get(&y, i) == expected);
    }
    free(x.memory), free(y.memory), free(again.memory), free(before.memory);
}

static void parts_of_rows_are_put_and_taken(void **state) {
    (void)state;
    for_each_set(check_parts);
}

static void every_kernel_agrees_with_ref_and_with_itself_when_cut(void **state) {
    (void)state;
    for_each_set(check_kernels);
}

/* want: what ref makes of the product of these dimensions. */
static void check_product(const gl_kernel_set *kernels, const sample *s, const sample *want,
                          const layout *l) {
    double tolerance = tolerance_of(s->dtype) * (4 + sqrt((double)l->k));
    check_against(s, want, kernels, tolerance);
    sample by_rows = sample_beside(s), by_columns = sample_beside(s);
    by_columns.kernel = GL_K_gemm_cols;
    by_columns.call.n[0] = l->n, by_columns.call.n[1] = l->m;
    check_against(&by_columns, want, kernels, tolerance);
    run(&by_rows, kernels, 0, l->m), run(&by_columns, kernels, 0, l->n);
    check_equal_bits(&by_columns, &by_rows, "cut along its columns", kernels->name);
    sample_free(&by_rows), sample_free(&by_columns);
}

/* Ref's loops are the same for any size, and take longer than those of all other sets: of a large
 * product it makes the truth only, and cuts those that are not. */
static bool is_too_slow(const char *set_name, int64_t products) {
    enum { LARGE = 200000 };
    return strcmp(set_name, "ref") == 0 && products > LARGE;
}

/* By every set that runs here: ref's own takes longest, so they share it. */
static void check_layout(glia_dtype dtype, layout l, gl_rng *r) {
    sample s = product(dtype, l, r), want = truth_of(&s);
    for (int i = 0; i < NAMES; i++) {
        const gl_kernel_set *kernels = gl_kernels_named(dtype, names[i]);
        if (kernels && !is_too_slow(names[i], l.m * l.n * l.k))
            check_product(kernels, &s, &want, &l);
    }
    sample_free(&s), sample_free(&want);
}

static void check_products(glia_dtype dtype) {
    static const layout layouts[] = {
        {1, 1, 1},
        {1, 512, 784, .turn_b = true, .bias = true, .then = GL_K_sigmoid},
        {1, 65, 130},
        {400, 4, 2, .turn_b = true, .bias = true, .then = GL_K_sigmoid},
        {4, 2, 400, .turn_a = true, .add = true},
        {97, 33, 31, .turn_b = true, .then = GL_K_sigmoid},
        {64, 10, 128, .turn_b = true, .bias = true, .gap = 3, .then = GL_K_sigmoid},
        {200, 600, 300, .turn_b = true, .bias = true, .then = GL_K_sigmoid},
        {100, 1030, 520, .add = true},
        {130, 70, 257, .turn_a = true, .turn_b = true},
        {20, 777, 209, .turn_a = true, .gap = 1},
        {5, 130, 2100, .turn_b = true, .bias = true, .then = GL_K_sigmoid}, /* as dot products */
        {8, 37, 259, .turn_b = true, .add = true, .gap = 2},
        {70, 20, 1500, .turn_b = true, .bias = true},
        {128, 512, 512, .turn_a = true}, /* strides that are powers of two */
        {50, 300, 1024, .turn_b = true, .bias = true, .then = GL_K_sigmoid},
        {270, 40, 600, .turn_b = true}, /* blocks of rows, of columns, of both */
        {9, 2100, 300, .turn_b = true, .then = GL_K_sigmoid},
        {270, 1100, 30, .bias = true},
        {33, 65, 40, .then = GL_K_tanh_b, .slope = true}, /* dx = dz W times a slope */
        {12, 128, 10, .gap = 2, .then = GL_K_leaky_relu_b, .slope = true},
        {300, 40, 260, .then = GL_K_relu_b, .slope = true},
        {250, 9, 33, .turn_b = true, .bias = true, .then = GL_K_sigmoid}, /* few columns */
        {250, 3, 40, .turn_b = true, .gap = 2, .bias = true},
        {200, 13, 32, .turn_a = true},
        {100, 1, 63, .turn_b = true, .bias = true},
        {110, 4, 7, .then = GL_K_relu_b, .slope = true},
    };
    gl_rng r = gl_rng_new(2, GL_STREAM_TEST, 1);
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
        check_layout(dtype, layouts[i], &r);
    for (int i = 0; i < 60; i++) {
        uint32_t bits = gl_rng_u32(&r);
        layout l = {.turn_a = bits & 1, .turn_b = bits & 2, .add = bits & 4, .bias = bits & 8};
        l.then = bits & 16 ? GL_K_sigmoid : 0;
        l.gap = bits >> 8 & 3;
        l.m = 1 + gl_rng_below(&r, 60);
        l.n = 1 + gl_rng_below(&r, 70);
        l.k = 1 + gl_rng_below(&r, 90);
        check_layout(dtype, l, &r);
    }
}

static void gemm_agrees_with_ref_and_with_itself_when_cut(void **state) {
    (void)state;
    check_products(GLIA_F32);
    check_products(GLIA_F64);
}

static void run_kernel(const gl_kernel_set *kernels, int kernel, gl_call call, glia_dtype dtype) {
    run_with_work(kernels, kernel, &call, 0, call.n[0], dtype);
}

/* Losses and the sum of the parts, against the five kernels that a network takes. */
static void check_against_its_steps(const gl_kernel_set *kernels, const sample *s) {
    int64_t c = s->call.n[0], m = s->call.n[1], n = s->call.n[2], k = s->call.n[3];
    bool link = s->call.n[5];
    array loss = array_new(s->dtype, m), z = array_new(s->dtype, m * n), p = copy_of(&z);
    array dz = copy_of(&z), want = array_new(s->dtype, n * (k + 1)), sum = copy_of(&want);
    char *w = data(&s->x[3]), *dw = data(&want);
    void *x = data(&s->x[2]), *t = data(&s->x[4]), *b = w + (size_t)(n * k) * size_of(s->dtype),
         *db = dw + (size_t)(n * k) * size_of(s->dtype), *seen = link ? data(&p) : data(&z);
    run_kernel(kernels, GL_K_gemm,
               (gl_call){.p = {data(&z), x, w, b}, .n = {m, n, k, k, 1, 1, k, n}}, s->dtype);
    gl_call forward = {.p = {data(&loss), data(&z), t}, .n = {m, n, 1}};
    memcpy(forward.s, s->call.s, sizeof forward.s);
    if (link) forward.p[1] = data(&p), forward.p[2] = data(&z), forward.p[3] = t;
    run_kernel(kernels, s->then, forward, s->dtype);
    gl_call backward = {.p = {data(&dz), seen, t}, .n = {m, n, 1}};
    memcpy(backward.s, s->call.s, sizeof backward.s);
    run_kernel(kernels, s->back, backward, s->dtype);
    run_kernel(kernels, GL_K_gemm,
               (gl_call){.p = {dw, data(&dz), x}, .n = {n, k, m, 1, n, k, 1, k}}, s->dtype);
    run_kernel(kernels, GL_K_colsum, (gl_call){.p = {db, data(&dz)}, .n = {n, m}}, s->dtype);
    run_kernel(kernels, GL_K_colsum,
               (gl_call){.p = {data(&sum), data(&s->x[0])}, .n = {n * (k + 1), c}}, s->dtype);
    double tolerance = s->dtype == GLIA_F64 ? 1e-12 : 2e-5;
    for (int64_t i = 0; i < m; i++)
        assert_true(fabs(get(&loss, i) - get(&s->x[1], i)) <= tolerance * (1 + get(&loss, i)));
    for (int64_t i = 0; i < n * (k + 1); i++)
        if (!(fabs(get(&sum, i) - get(&want, i)) <= tolerance * (1 + fabs(get(&want, i)))))
            fail_msg("%s: gradient %ld is %.17g, step by step %.17g", text_of(s, kernels->name),
                     (long)i, get(&sum, i), get(&want, i));
    free(loss.memory), free(z.memory), free(p.memory), free(dz.memory);
    free(want.memory), free(sum.memory);
}

static void check_linear(const gl_kernel_set *kernels, glia_dtype dtype) {
    static const int losses[] = {GL_K_sigmoid_ce, GL_K_softmax_ce, GL_K_mse,    GL_K_mae,
                                 GL_K_huber,      GL_K_poisson,    GL_K_pinball};
    static const int64_t shapes_of[][4] = {/* parts, rows, units, features */
                                           {1, 1, 1, 1},     {1, 3, 1, 2},      {5, 333, 1, 100},
                                           {3, 257, 3, 17},  {13, 1000, 2, 64}, {2, 50, 10, 784},
                                           {1, 7, 1, 12288}, {4, 300, 32, 33}};
    gl_rng r = gl_rng_new(6, GL_STREAM_TEST, 1);
    for (size_t i = 0; i < sizeof shapes_of / sizeof *shapes_of; i++)
        for (size_t j = 0; j < sizeof losses / sizeof *losses; j++) {
            sample s = linear_model(dtype, losses[j], shapes_of[i], &r);
            check_sample(&s, kernels, 10 * tolerance_of(dtype));
            run(&s, kernels, 0, s.call.n[0]);
            check_against_its_steps(kernels, &s);
            sample_free(&s);
        }
}

/* Nine of ten numbers 0, some rows and the last column wholly. */
static void thin_out(array *x, int64_t k, gl_rng *r) {
    for (int64_t i = 0; i < x->count; i++)
        if (gl_rng_below(r, 10) || i / k % 5 == 3 || (k > 1 && i % k == k - 1)) set(x, i, 0);
}

static gl_sparse_rows sparse_rows(const array *x, int64_t m, int64_t k) {
    size_t size = size_of(x->dtype), count = (size_t)x->count;
    gl_sparse_rows s = {malloc((size_t)(m + 1) * sizeof *s.start), malloc(count * sizeof *s.column),
                        malloc(count * size)};
    int64_t p = s.start[0] = 0;
    for (int64_t i = 0; i < x->count; i++) {
        if (get(x, i) != 0) {
            memcpy((char *)s.value + (size_t)p * size, (char *)data(x) + (size_t)i * size, size);
            s.column[p++] = (int32_t)(i % k);
        }
        s.start[i / k + 1] = p;
    }
    return s;
}

/* Sparse rows against the same rows dense; any cut against the whole. */
static void check_sparse(const gl_kernel_set *kernels, const sample *s) {
    const int64_t *n = s->call.n;
    gl_sparse_rows rows = sparse_rows(&s->x[2], n[1], n[3]);
    sample dense = sample_copy(s), sparse = sample_copy(s);
    free(sparse.x[2].memory);
    sparse.kernel = GL_K_linear_sparse;
    sparse.x[2] = array_new(s->dtype, (int64_t)(sizeof rows / size_of(s->dtype)));
    memcpy(data(&sparse.x[2]), &rows, sizeof rows);
    sample whole = sample_copy(&sparse);
    run(&dense, kernels, 0, n[0]), run(&whole, kernels, 0, n[0]);
    check_cuts(&sparse, &whole, kernels, 1);
    array pointers = whole.x[2];
    whole.x[2] = dense.x[2];
    check_close(&whole, &dense, s->dtype == GLIA_F64 ? 1e-12 : 2e-5, kernels->name);
    whole.x[2] = pointers;
    sample_free(&dense), sample_free(&sparse), sample_free(&whole);
    free(rows.start), free(rows.column), free(rows.value);
}

static void check_linear_sparse(const gl_kernel_set *kernels, glia_dtype dtype) {
    static const int losses[] = {GL_K_sigmoid_ce, GL_K_softmax_ce, GL_K_mse,    GL_K_mae,
                                 GL_K_huber,      GL_K_poisson,    GL_K_pinball};
    static const int64_t shapes_of[][4] = {/* parts, rows, units, features */
                                           {1, 1, 1, 1},      {1, 3, 1, 2},     {5, 333, 1, 100},
                                           {13, 1000, 2, 64}, {2, 50, 10, 784}, {4, 300, 32, 33}};
    gl_rng r = gl_rng_new(7, GL_STREAM_TEST, 1);
    for (size_t i = 0; i < sizeof shapes_of / sizeof *shapes_of; i++)
        for (size_t j = 0; j < sizeof losses / sizeof *losses; j++) {
            sample s = linear_model(dtype, losses[j], shapes_of[i], &r);
            thin_out(&s.x[2], shapes_of[i][3], &r);
            check_sparse(kernels, &s);
            sample_free(&s);
        }
}

static void linear_sparse_gives_what_linear_gives(void **state) {
    (void)state;
    for_each_set(check_linear_sparse);
}

static void linear_gives_what_its_steps_give(void **state) {
    (void)state;
    for_each_set(check_linear);
}

/* ------------------------------------------------------------------------------ convolutions -- */

static int64_t from_stream(void *from, int64_t n) { return (int64_t)gl_rng_below(from, n); }

/* Filters that go tile by tile. */
static gl_conv_n any_tiles(gl_rng *r) {
    gl_conv_n n = {.m = 1 + from_stream(r, 3), .groups = 1, .k_h = 3, .k_w = 3, .s_h = 1, .s_w = 1};
    n.d_h = n.d_w = 1, n.p_h = from_stream(r, 3), n.p_w = from_stream(r, 3);
    n.c = 16 * (1 + from_stream(r, 4)), n.n = 16 * (1 + from_stream(r, 4));
    n.h = 3 + from_stream(r, 14), n.w = 3 + from_stream(r, 20);
    n.y_h = n.h + n.p_h + from_stream(r, 2) * n.p_h - 2;
    n.y_w = n.w + n.p_w + from_stream(r, 2) * n.p_w - 2;
    return n;
}

/* Each channel by itself, of any number of them: more or fewer than are computed at a time. */
static gl_conv_n any_depth(gl_rng *r) {
    gl_conv_n n = any_windows(from_stream, r);
    n.c = n.n = n.groups = 2 + from_stream(r, 4) * from_stream(r, 40);
    return n;
}

/* Windows of zeros alone in front. */
static gl_conv_n with_wide_edges(gl_conv_n n) {
    n.p_h += 3 * n.s_h, n.y_h += 3;
    n.p_w += 3 * n.s_w, n.y_w += 3;
    return n;
}

/* slope: what goes back is given one, as in a training; else an activation, as what a transposed
 * convolution gives. */
static void check_convolution(glia_dtype dtype, const gl_conv_n *n, bool more, bool slope,
                              gl_rng *r) {
    for (int kernel = GL_K_conv; kernel <= GL_K_conv_dw; kernel++) {
        int then = !more || kernel == GL_K_conv_dw   ? 0
                   : kernel == GL_K_conv_dx && slope ? GL_K_tanh_b
                                                     : GL_K_sigmoid;
        sample s = convolution(kernel, dtype, n, more, then, r), want = truth_of(&s);
        int64_t sums = kernel == GL_K_conv_dw ? n->m * n->y_h * n->y_w
                                              : n->k_h * n->k_w * (n->c + n->n) / n->groups;
        double tolerance = tolerance_of(dtype) * (4 + sqrt((double)sums));
        for (int i = 0; i < NAMES; i++) {
            const gl_kernel_set *kernels = gl_kernels_named(dtype, names[i]);
            int64_t products = n->m * n->y_h * n->y_w * n->n * n->k_h * n->k_w * n->c / n->groups;
            if (kernels && !is_too_slow(names[i], products))
                check_against(&s, &want, kernels, tolerance);
        }
        sample_free(&s), sample_free(&want);
    }
}

static void convolutions_agree_with_ref_and_with_themselves_when_cut(void **state) {
    (void)state;
    /* m, h, w, c, y_h, y_w, n, kernel, stride, dilation, pad, groups */
    static const gl_conv_n known[] = {
        {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1},
        {2, 28, 28, 1, 26, 26, 32, 3, 3, 1, 1, 1, 1, 0, 0, 1},
        {2, 12, 12, 32, 10, 10, 64, 3, 3, 1, 1, 1, 1, 0, 0, 1},
        {1, 40, 33, 20, 40, 33, 33, 3, 3, 1, 1, 1, 1, 1, 1, 1}, /* several bands */
        {3, 14, 14, 6, 10, 10, 16, 5, 5, 1, 1, 1, 1, 0, 0, 1},
        {2, 15, 16, 8, 8, 8, 24, 3, 3, 2, 2, 1, 1, 1, 0, 1},
        {2, 9, 9, 12, 9, 9, 12, 3, 3, 1, 1, 1, 1, 1, 1, 12},  /* each channel by itself */
        {2, 7, 7, 3, 3, 3, 5, 1, 1, 3, 3, 1, 1, 0, 0, 1},     /* pixels that no filter sees */
        {2, 1, 50, 12, 1, 44, 16, 1, 7, 1, 1, 1, 1, 0, 0, 1}, /* a sequence */
        {1, 11, 11, 70, 11, 11, 40, 3, 3, 1, 1, 2, 2, 2, 2, 1},
        {1, 3, 3, 16, 1, 1, 16, 3, 3, 1, 1, 1, 1, 0, 0, 1},
        {1, 67, 65, 32, 67, 65, 48, 3, 3, 1, 1, 1, 1, 1, 1, 1},     /* several bands of tiles */
        {2, 40, 33, 144, 40, 33, 144, 3, 3, 1, 1, 1, 1, 1, 1, 144}, /* each channel, in bands */
        {2, 31, 40, 70, 16, 20, 70, 5, 5, 2, 2, 1, 1, 2, 2, 70},
        {1, 12, 14, 64, 8, 10, 64, 3, 3, 1, 1, 2, 2, 0, 0, 64}, /* where they lie */
    };
    gl_rng r = gl_rng_new(8, GL_STREAM_TEST, 1);
    for (int precision = 0; precision < 2; precision++) {
        glia_dtype dtype = precision ? GLIA_F64 : GLIA_F32;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            check_convolution(dtype, &known[i], i % 2, i % 4 == 1, &r);
        for (int i = 0; i < 60; i++) {
            gl_conv_n n = any_windows(from_stream, &r);
            check_convolution(dtype, &n, i % 2, i % 4 == 1, &r);
            n = any_tiles(&r);
            if (i % 3 == 0) check_convolution(dtype, &n, i % 2, i % 4 == 1, &r);
            n = any_depth(&r);
            if (i % 3 == 2) check_convolution(dtype, &n, i % 2, i % 4 == 1, &r);
            n = with_wide_edges(i % 2 ? n : any_windows(from_stream, &r));
            if (i % 3 == 1) check_convolution(dtype, &n, i % 2, i % 4 == 1, &r);
        }
    }
}

static void pools_agree_with_ref_and_with_themselves_when_cut(void **state) {
    (void)state;
    gl_rng r = gl_rng_new(9, GL_STREAM_TEST, 1);
    for (int i = 0; i < 120; i++) {
        gl_conv_n n = any_windows(from_stream, &r);
        n = pool_windows(&n);
        for (int kernel = GL_K_max_pool; kernel <= GL_K_mean_pool_b; kernel++)
            for (int j = 0; j < NAMES; j++) {
                glia_dtype dtype = i % 2 ? GLIA_F64 : GLIA_F32;
                const gl_kernel_set *kernels = gl_kernels_named(dtype, names[j]);
                sample s = pool(kernel, dtype, &n, i % 3 == 2, &r);
                if (kernels) check_sample(&s, kernels, tolerance_of(dtype));
                sample_free(&s);
            }
    }
}

/* Rows, steps, units, steps whose gradient is told; tiles of many rows and units, and of one. */
static void recurrences_agree_with_ref_and_with_themselves_when_cut(void **state) {
    (void)state;
    gl_rng r = gl_rng_new(11, GL_STREAM_TEST, 1);
#ifdef __SANITIZE_ADDRESS__
    enum { SHAPES = 12 };
#else
    enum { SHAPES = 40 };
#endif
    for (int i = 0; i < SHAPES; i++) {
        int64_t t = 1 + gl_rng_below(&r, 6), m = 1 + gl_rng_below(&r, i % 4 ? 9 : 70),
                n = 1 + gl_rng_below(&r, i % 3 ? 12 : 80);
        const int64_t size[] = {m, t, n, 1 + gl_rng_below(&r, t)};
        glia_dtype dtype = i % 2 ? GLIA_F64 : GLIA_F32;
        for (int kernel = GL_K_rnn; kernel <= GL_K_gru_before_b; kernel++) {
            extras with = {.ragged = i % 2 == i / 2 % 2,
                           .masked = gl_rng_below(&r, 2),
                           .begun = gl_rng_below(&r, 2),
                           .read = gl_rng_below(&r, 2)};
            sample s = recurrent(kernel, dtype, size, i % 5 == 1, with, &r), want = truth_of(&s);
            for (int j = 0; j < NAMES; j++) {
                const gl_kernel_set *kernels = gl_kernels_named(dtype, names[j]);
                if (kernels) check_against(&s, &want, kernels, 100 * tolerance_of(dtype));
            }
            sample_free(&s), sample_free(&want);
        }
    }
}

/* The steps of row i that an array [m, t, n] has, in the order of another one's. */
static void check_steps(const sample *s, int64_t i, bool turned) {
    const gl_mask_n *d = &s->call.mask_n;
    int64_t end = s->x[2].count ? (int64_t)get(&s->x[2], i) : d->t;
    for (int64_t t = 0; t < d->t; t++)
        for (int64_t j = 0; j < d->n; j++) {
            int64_t from = turned ? end - 1 - t : t;
            const double want = t < end ? get(&s->x[1], (i * d->t + from) * d->n + j) : 0;
            assert_true(get(&s->x[0], (i * d->t + t) * d->n + j) == want);
        }
}

static void check_last(const sample *s, int64_t i) {
    const gl_last_n *d = &s->call.last_n;
    int64_t end = (int64_t)get(&s->x[2], i);
    for (int64_t j = 0; j < d->n; j++) {
        double none = s->x[3].count ? get(&s->x[3], i * d->n + j) : 0;
        assert_true(get(&s->x[0], i * d->n + j) ==
                    (end ? get(&s->x[1], (i * d->t + end - 1) * d->n + j) : none));
    }
}

static void check_ends(const gl_kernel_set *kernels, glia_dtype dtype) {
    static const int all[] = {GL_K_reverse, GL_K_reverse, GL_K_mask, GL_K_last};
    gl_rng r = gl_rng_new(14, GL_STREAM_TEST, 1);
    for (int i = 0; i < 40; i++) {
        const int64_t size[] = {1 + gl_rng_below(&r, 9), 1 + gl_rng_below(&r, 5),
                                1 + gl_rng_below(&r, 7)};
        sample s = of_steps(all[i % 4], dtype, size, i % 4 > 0, &r), want = truth_of(&s);
        for (int64_t k = 0; k < size[0]; k++)
            if (s.kernel == GL_K_last) check_last(&want, k);
            else check_steps(&want, k, s.kernel == GL_K_reverse);
        check_against(&s, &want, kernels, 0);
        sample_free(&s), sample_free(&want);
    }
}

/* Rounded, and whatever it is within what there is. */
static void check_lengths(const gl_kernel_set *kernels, glia_dtype dtype) {
    static const double given[] = {0, 1, 5, 6, 7, -1, 2.4, 2.6, 5.9, 1e30, -1e30, NAN, INFINITY},
                        want[] = {0, 1, 5, 6, 6, 0, 2, 3, 6, 6, 0, 0, 6};
    enum { ROWS = sizeof given / sizeof *given, ALL = 3, FIRST = 1, STEPS = 6 };
    sample s = {.kernel = GL_K_lengths,
                .dtype = dtype,
                .arrays = 2,
                .call.lengths_n = {ROWS, ALL, FIRST, STEPS}};
    s.x[0] = array_new(dtype, ROWS), s.x[1] = array_new(dtype, ROWS * ALL);
    for (int i = 0; i < ROWS; i++) set(&s.x[1], i * ALL + FIRST, given[i]);
    sample truth = truth_of(&s);
    for (int i = 0; i < ROWS; i++) assert_true(get(&truth.x[0], i) == want[i]);
    check_against(&s, &truth, kernels, 0);
    sample_free(&s), sample_free(&truth);
}

static void sequences_end_where_their_lengths_say(void **state) {
    (void)state;
    for_each_set(check_ends);
    for_each_set(check_lengths);
}

/* Loss, p and both gradients of sample i, place by place; E of smoothed labels. */
static void plain_losses(const sample *s, int64_t i, double share, double *loss, double *p,
                         double *dz) {
    int64_t m = s->call.n[0], n = s->call.n[1], places = s->call.n[2];
    const array *z = &s->x[2], *t = &s->x[3], *lengths = &s->x[4];
    int64_t steps = lengths->count ? (int64_t)get(lengths, i) : places;
    *loss = 0;
    for (int64_t k = 0; k < steps; k++) {
        int64_t at = (i * places + k) * n, right = (int64_t)get(t, i * places + k);
        double sum = 0;
        for (int64_t j = 0; j < n; j++) sum += exp(get(z, at + j));
        for (int64_t j = 0; j < n; j++) {
            double wanted = (1 - share) * (j == right) + share / (double)n;
            p[k * n + j] = exp(get(z, at + j)) / sum;
            *loss -= wanted * log(p[k * n + j]) / (double)steps;
            dz[k * n + j] = (p[k * n + j] - wanted) / (double)(m * steps);
        }
    }
    memset(p + steps * n, 0, (size_t)((places - steps) * n) * sizeof *p);
    memset(dz + steps * n, 0, (size_t)((places - steps) * n) * sizeof *dz);
}

enum { MOST_CLASSES = 2000 }; /* of all places of a sample */

static void check_sums(const sample *s, const sample *back, double share, double tolerance) {
    int64_t width = s->call.n[1] * s->call.n[2];
    for (int64_t i = 0; i < s->call.n[0]; i++) {
        double loss, p[MOST_CLASSES], dz[MOST_CLASSES];
        plain_losses(s, i, share, &loss, p, dz);
        if (!(fabs(get(&s->x[0], i) - loss) <= tolerance * (1 + loss)))
            fail_msg("%s: loss %ld is %g, not %g", text_of(s, ""), (long)i, get(&s->x[0], i), loss);
        for (int64_t k = 0; k < width; k++) {
            assert_true(fabs(get(&s->x[1], i * width + k) - p[k]) <= tolerance);
            assert_true(fabs(get(&back->x[0], i * width + k) - dz[k]) <= tolerance);
        }
    }
}

/* What the kernel before gave, and the same labels and lengths. */
static sample like(const sample *s, int kernel, const array *first, const array *second) {
    sample to = {.kernel = kernel, .dtype = s->dtype, .call = s->call};
    const array *from[] = {first, second, &s->x[3], &s->x[4]};
    for (int i = 0; i < 4; i++)
        if (from[i]) to.x[to.arrays++] = copy_of(from[i]);
    return to;
}

static void check_places(const gl_kernel_set *kernels, glia_dtype dtype) {
    static const int64_t shapes_of[][3] = {{1, 2, 1},  {5, 3, 7},   {40, 2, 33}, {3, 16, 100},
                                           {7, 17, 5}, {2, 90, 20}, {70, 4, 1},  {9, 5, 32}};
    gl_rng r = gl_rng_new(14, GL_STREAM_TEST, 1);
    double tolerance = dtype == GLIA_F64 ? 1e-13 : 1e-5;
    for (int i = 0; i < 16; i++) {
        const int64_t *n = shapes_of[i / 2];
        sample s = classes_at_places(GL_K_softmax_ce, dtype, n, i % 2, &r), truth = truth_of(&s);
        check_against(&s, &truth, kernels, 10 * tolerance_of(dtype));
        run(&s, kernels, 0, n[0]);
        sample back = like(&s, GL_K_softmax_ce_b, &s.x[1], &s.x[1]), back_truth = truth_of(&back);
        check_against(&back, &back_truth, kernels, 10 * tolerance_of(dtype));
        run(&back, kernels, 0, n[0]);
        check_sums(&s, &back, 0, tolerance);
        sample smooth = like(&s, GL_K_softmax_smooth, &s.x[0], &s.x[2]),
               smooth_b = like(&s, GL_K_softmax_smooth_b, &back.x[0], NULL);
        run(&smooth, kernels, 0, n[0]), run(&smooth_b, kernels, 0, n[0]);
        free(s.x[0].memory);
        s.x[0] = copy_of(&smooth.x[0]);
        check_sums(&s, &smooth_b, s.call.s[0], tolerance);
        sample_free(&s), sample_free(&truth), sample_free(&back), sample_free(&back_truth);
        sample_free(&smooth), sample_free(&smooth_b);
    }
}

static void classes_at_places_cost_what_plain_loops_say(void **state) {
    (void)state;
    for_each_set(check_places);
}

static gl_attention_n any_attention(int i, gl_rng *r) {
    int64_t heads = 1 + gl_rng_below(r, 3), each = 1 + gl_rng_below(r, i % 3 ? 9 : 40);
    return (gl_attention_n){.m = 1 + gl_rng_below(r, 5),
                            .t = 1 + gl_rng_below(r, i % 4 ? 20 : 200),
                            .n = heads * each,
                            .heads = heads,
                            .causal = i % 2};
}

/* Fewer steps than a block has, and several blocks. */
static void attention_agrees_with_ref_and_with_itself_when_cut(void **state) {
    (void)state;
    gl_rng r = gl_rng_new(12, GL_STREAM_TEST, 1);
    for (int i = 0; i < 24; i++) {
        gl_attention_n n = any_attention(i, &r);
        glia_dtype dtype = i % 4 < 2 ? GLIA_F64 : GLIA_F32;
        for (int kernel = GL_K_attention; kernel <= GL_K_attention_b; kernel++) {
            sample s = attention(kernel, dtype, n, i % 3 == 1, &r), want = truth_of(&s);
            for (int j = 0; j < NAMES; j++) {
                const gl_kernel_set *kernels = gl_kernels_named(dtype, names[j]);
                if (kernels) check_against(&s, &want, kernels, 100 * tolerance_of(dtype));
            }
            sample_free(&s), sample_free(&want);
        }
    }
}

/* Sample i of an operand [m, t, row], without what is behind its length. */
static array steps_of(const array *x, int64_t i, int64_t t, int64_t row, int64_t length) {
    array part = array_new(x->dtype, length * row);
    for (int64_t k = 0; k < part.count; k++) set(&part, k, get(x, i * t * row + k));
    return part;
}

/* A sample with a length is that sample alone without what stands behind it, which may be
 * anything. */
static void check_length(const sample *s, const sample *given, int64_t i) {
    gl_attention_n n = s->call.attention_n;
    int back = s->kernel == GL_K_attention_b;
    int64_t length = (int64_t)get(&s->x[2 + back], i), row = (back ? 3 : 1) * n.n;
    sample alone = {.kernel = s->kernel, .dtype = s->dtype, .arrays = s->arrays};
    alone.call.attention_n = (gl_attention_n){1, length, n.n, n.heads, n.causal};
    for (int k = 0; k < 2 + back; k++)
        alone.x[k] = steps_of(&s->x[k], i, n.t, s->x[k].count / (n.m * n.t), length);
    alone.x[2 + back] = array_new(s->dtype, 0);
    if (length > 0) run(&alone, gl_kernels_named(s->dtype, "ref"), 0, 1);
    for (int64_t k = 0; k < n.t * row; k++) {
        double want = k < length * row ? get(&alone.x[0], k) : 0,
               is = get(&given->x[0], i * n.t * row + k);
        if (is != want) fail_msg("%s: [%ld] is %g, not %g", text_of(s, "ref"), (long)k, is, want);
    }
    sample_free(&alone);
}

static void what_stands_behind_a_length_is_not_seen(void **state) {
    (void)state;
    gl_rng r = gl_rng_new(13, GL_STREAM_TEST, 1);
    for (int i = 0; i < 24; i++) {
        gl_attention_n n = any_attention(i, &r);
        for (int kernel = GL_K_attention; kernel <= GL_K_attention_b; kernel++) {
            sample s = attention(kernel, GLIA_F64, n, true, &r);
            const array *lengths = &s.x[s.arrays - 1];
            for (int k = 1; k < s.arrays - 1; k++)
                for (int64_t j = 0, row = s.x[k].count / (n.m * n.t); j < s.x[k].count; j++)
                    if ((double)(j / row % n.t) >= get(lengths, j / row / n.t))
                        set(&s.x[k], j, NAN);
            sample given = truth_of(&s);
            for (int64_t k = 0; k < n.m; k++) check_length(&s, &given, k);
            sample_free(&s), sample_free(&given);
        }
    }
}

static void check_frame(const sample *of) {
    const gl_reframe_n *n = &of->call.reframe_n;
    sample s = truth_of(of);
    for (int64_t i = 0; i < s.x[0].count; i++) {
        int64_t k = i % n->c, q = i / n->c % n->y_w + n->left;
        int64_t r = i / n->c / n->y_w % n->y_h + n->top, picture = i / n->c / n->y_w / n->y_h;
        bool inside = r >= 0 && r < n->h && q >= 0 && q < n->w;
        double want = inside ? get(&s.x[1], ((picture * n->h + r) * n->w + q) * n->c + k) : 0;
        if (get(&s.x[0], i) != want)
            fail_msg("%s: [%ld] is %g, not %g", text_of(&s, "ref"), (long)i, get(&s.x[0], i), want);
    }
    sample_free(&s);
}

static void frames_show_pixels_and_zeros(void **state) {
    (void)state;
    gl_rng r = gl_rng_new(10, GL_STREAM_TEST, 1);
    for (int i = 0; i < 400; i++) {
        glia_dtype dtype = i % 2 ? GLIA_F64 : GLIA_F32;
        sample s = reframed(dtype, from_stream, &r, &r);
        check_frame(&s);
        for (int j = 0; j < NAMES; j++) {
            const gl_kernel_set *kernels = gl_kernels_named(dtype, names[j]);
            if (kernels) check_sample(&s, kernels, 0);
        }
        sample_free(&s);
    }
}

/* Row `id` of W, or where it is none, zeros; and back the sum of what its places are told. */
static void check_rows_by_number(const sample *of) {
    bool back = of->kernel == GL_K_embed_b;
    sample s = truth_of(of);
    int64_t n = back ? s.call.embed_b_n.n : s.call.embed_n.n, ids = s.x[1].count,
            v = (back ? s.x[0].count : s.x[2].count) / n;
    const array *w = &s.x[back ? 0 : 2], *y = &s.x[back ? 2 : 0];
    for (int64_t k = 1; k <= v; k++)
        for (int64_t j = 0; j < n; j++) {
            double sum = 0, size = 0;
            for (int64_t i = 0; i < ids; i++) {
                if (get(&s.x[1], i) != (double)k) continue;
                if (!back && get(y, i * n + j) != get(w, (k - 1) * n + j))
                    fail_msg("%s: [%ld] is not row %ld", text_of(&s, "ref"), (long)i, (long)k);
                sum += get(y, i * n + j), size += fabs(get(y, i * n + j));
            }
            double far = fabs(get(w, (k - 1) * n + j) - sum);
            if (back && (size > 0 ? far > size * tolerance_of(s.dtype) : far != 0))
                fail_msg("%s: row %ld is %g, not %g", text_of(&s, "ref"), (long)k,
                         get(w, (k - 1) * n + j), sum);
        }
    for (int64_t i = 0; i < ids * n && !back; i++) {
        double id = get(&s.x[1], i / n);
        bool known = id >= 1 && id <= (double)v && id == floor(id);
        if (!known && get(y, i) != 0) fail_msg("%s: %g is no id", text_of(&s, "ref"), id);
    }
    sample_free(&s);
}

static void rows_are_found_by_number_whatever_the_number_is(void **state) {
    (void)state;
    gl_rng r = gl_rng_new(12, GL_STREAM_TEST, 1);
    for (int i = 0; i < 200; i++) {
        const int64_t size[] = {1 + gl_rng_below(&r, 9), 1 + gl_rng_below(&r, 9),
                                1 + gl_rng_below(&r, i % 3 ? 12 : 70), 1 + gl_rng_below(&r, 9)};
        glia_dtype dtype = i % 2 ? GLIA_F64 : GLIA_F32;
        sample s = looked_up(i % 4 < 2 ? GL_K_embed : GL_K_embed_b, dtype, size, &r);
        check_rows_by_number(&s);
        for (int j = 0; j < NAMES; j++) {
            const gl_kernel_set *kernels = gl_kernels_named(dtype, names[j]);
            if (kernels) check_sample(&s, kernels, 0);
        }
        sample_free(&s);
    }
}

static void put_source(void *rows, glia_dtype dtype, int64_t i, int64_t value) {
    switch (dtype) {
    case GLIA_F32: ((float *)rows)[i] = (float)value; break;
    case GLIA_F64: ((double *)rows)[i] = (double)value; break;
    case GLIA_U8: ((uint8_t *)rows)[i] = (uint8_t)value; break;
    case GLIA_I32: ((int32_t *)rows)[i] = (int32_t)value; break;
    case GLIA_I64: ((int64_t *)rows)[i] = value; break;
    }
}

static void check_gather(const gl_kernel_set *kernels, glia_dtype dtype) {
    enum { ROWS = 9, COLS = 37, STEP = 5 };
    static const int64_t order[ROWS] = {4, 0, 8, 8, 1, 7, 2, 3, 6};
    static int64_t begin[ROWS] = {2, 9, 0, 30, 11, 3, 17, 30, 8}; /* of rows that overlap */
    for (glia_dtype from = GLIA_F32; from <= GLIA_I64; from++)
        for (int way = 0; way < 4; way++) {
            const bool divided = way & 1, overlap = way & 2;
            int64_t rows[ROWS * COLS]; /* room for any type */
            for (int64_t i = 0; i < ROWS * COLS; i++) put_source(rows, from, i, i * 7 % 256);
            double divisor = divided ? 255 : 1;
            gl_knobs knobs = {.order = order};
            array x = array_new(dtype, ROWS * COLS);
            gl_call c = {.p = {data(&x), rows, overlap ? begin : NULL},
                         .n = {ROWS, COLS, from, overlap ? STEP : COLS},
                         .s = {divisor}};
            c.knobs = &knobs;
            kernels->kernel[GL_K_gather](&c, 4, ROWS, NULL);
            kernels->kernel[GL_K_gather](&c, 0, 4, NULL);
            for (int64_t i = 0; i < ROWS * COLS; i++) {
                int64_t row = order[i / COLS], at = overlap ? begin[row] * STEP : row * COLS;
                double value = (double)((at + i % COLS) * 7 % 256) / divisor;
                assert_true(get(&x, i) == (dtype == GLIA_F32 ? (double)(float)value : value));
            }
            assert_true(zones_untouched(&x));
            free(x.memory);
        }
}

static void gather_takes_rows_of_any_type_in_any_order(void **state) {
    (void)state;
    for_each_set(check_gather);
}

/* What is not written keeps its bits; what is not read may hold anything. */
static void check_ways(const gl_kernel_set *kernels, const sample *s) {
    const gl_kernel_info *info = &gl_kernel_table[s->kernel];
    sample usual = sample_copy(s), dirty = sample_copy(s);
    for (int i = 0; i < s->arrays; i++)
        for (int64_t j = 0; j < dirty.x[i].count && !(info->operand[i].ways & GL_READ); j++)
            set(&dirty.x[i], j, NAN);
    run(&usual, kernels, 0, s->call.n[0]);
    run(&dirty, kernels, 0, s->call.n[0]);
    check_equal_bits(&dirty, &usual, "written over NaN", kernels->name);
    for (int i = 0; i < s->arrays; i++) {
        bool same = memcmp(usual.x[i].memory, s->x[i].memory, bytes_of(&s->x[i])) == 0;
        bool written = info->operand[i].ways & GL_WRITTEN;
        if (same == written)
            fail_msg("%s: %s is%s written", text_of(s, kernels->name), info->operand[i].name,
                     same ? " not" : "");
    }
    sample_free(&usual), sample_free(&dirty);
}

static void check_ways_of_all(const gl_kernel_set *kernels, glia_dtype dtype) {
    gl_rng r = gl_rng_new(8, GL_STREAM_TEST, 1);
    for (int k = GL_K_colsum; k < GL_KERNELS; k++) {
        sample s = sample_new(k, dtype, 13, 21, &r);
        if (k == GL_K_colsum) s.call.colsum_n.add = 0;
        if (k == GL_K_clip_norm) set(&s.x[1], 0, 2); /* more than C */
        check_ways(kernels, &s);
        sample_free(&s);
    }
    sample y = product(dtype, (layout){33, 65, 40, .bias = true, .then = GL_K_tanh}, &r);
    sample dx = product(dtype, (layout){33, 65, 40, .then = GL_K_tanh_b, .slope = true}, &r);
    sample dw = linear_model(dtype, GL_K_mse, (const int64_t[]){3, 257, 3, 17}, &r);
    check_ways(kernels, &y), check_ways(kernels, &dx), check_ways(kernels, &dw);
    sample_free(&y), sample_free(&dx), sample_free(&dw);
}

static void rows_say_what_is_read_and_what_is_written(void **state) {
    (void)state;
    for_each_set(check_ways_of_all);
}

/* With W as predictions read it, the first rows of a large batch have the bits that they have
 * alone: cuts again, but with another m and a. */
static void check_batches(const gl_kernel_set *kernels, glia_dtype dtype) {
    gl_rng r = gl_rng_new(3, GL_STREAM_TEST, 1);
    sample all = product(dtype, (layout){150, 45, 300, .bias = true}, &r);
    sample few = sample_copy(&all);
    run(&all, kernels, 0, 150);
    for (int64_t m = 1; m < 150; m += 7) {
        few.call.n[0] = m;
        run(&few, kernels, 0, m);
        assert_memory_equal(data(&few.x[0]), data(&all.x[0]), (size_t)(m * 45) * size_of(dtype));
    }
    sample_free(&all), sample_free(&few);
}

static void a_row_has_the_same_bits_in_any_batch(void **state) {
    (void)state;
    for_each_set(check_batches);
}

static bool is_activation(int kernel) { return kernel >= GL_K_sigmoid && kernel <= GL_K_softmax; }

static bool is_loss(int kernel) {
    return strcmp(gl_kernel_table[kernel].operand[0].name, "loss") == 0;
}

static void check_in_place(const gl_kernel_set *kernels, glia_dtype dtype) {
    gl_rng r = gl_rng_new(4, GL_STREAM_TEST, 1);
    for (int k = 0; k < GL_KERNELS; k++) {
        if (!(gl_kernel_table[k].operand[0].ways & GL_OVER)) continue;
        sample apart = sample_new(k, dtype, 13, 21, &r);
        gl_call call = apart.call;
        array same = copy_of(&apart.x[1]);
        for (int i = 2; i < apart.arrays; i++) call.p[i] = data(&apart.x[i]);
        call.p[0] = call.p[1] = data(&same);
        call.knobs = &apart.knobs;
        run(&apart, kernels, 0, call.n[0]);
        kernels->kernel[k](&call, 0, call.n[0], NULL);
        if (memcmp(same.memory, apart.x[0].memory, bytes_of(&same)) != 0)
            fail_msg("%s gives other bits in place", text_of(&apart, kernels->name));
        free(same.memory);
        sample_free(&apart);
    }
}

static void elementwise_kernels_work_in_place(void **state) {
    (void)state;
    for_each_set(check_in_place);
}

/* x is the operand that holds logits or predictions. */
static array *input_of(sample *s) {
    bool gives_p = gl_kernel_table[s->kernel].operand[1].ways & GL_WRITTEN;
    return is_loss(s->kernel) && gives_p ? &s->x[2] : &s->x[1];
}

static void check_extremes(const gl_kernel_set *kernels, glia_dtype dtype) {
    static const double values[] = {1000, -1000, 0,   -0.0, 88.7, -88.7, 1e-20, -1e-20,
                                    104,  -104,  710, -710, 1e4,  -1e4,  0.5};
    enum { VALUES = sizeof values / sizeof *values };
    gl_rng r = gl_rng_new(5, GL_STREAM_TEST, 1);
    for (int k = GL_K_sigmoid; k < GL_K_mean; k++) {
        sample s = sample_new(k, dtype, 40, 9, &r);
        for (int64_t i = 0; i < input_of(&s)->count; i++)
            set(input_of(&s), i, values[gl_rng_below(&r, VALUES)]);
        sample got = sample_copy(&s);
        run(&got, kernels, 0, 40);
        for (int64_t i = 0; i < got.x[0].count; i++)
            if (!isfinite(get(&got.x[0], i)))
                fail_msg("%s is not finite at %ld", text_of(&s, kernels->name), (long)i);
        /* gelu's slope cancels near x = -0.75 */
        check_sample(&s, kernels, 20 * tolerance_of(dtype));
        sample_free(&s), sample_free(&got);
    }
}

static void extreme_inputs_stay_finite(void **state) {
    (void)state;
    for_each_set(check_extremes);
}

static void check_nan(const gl_kernel_set *kernels, glia_dtype dtype) {
    gl_rng r = gl_rng_new(6, GL_STREAM_TEST, 1);
    for (int k = GL_K_sigmoid; k <= GL_K_mean; k++) {
        if (!is_activation(k) && !is_loss(k) && k != GL_K_mean) continue;
        for (int64_t at = 0; at < 6; at++) { /* in a row's first, middle and last column */
            sample s = sample_new(k, dtype, 2, 3, &r);
            set(input_of(&s), at % input_of(&s)->count, NAN);
            run(&s, kernels, 0, s.call.n[0]);
            int64_t out = k == GL_K_mean ? 0 : is_loss(k) ? at / 3 : at;
            if (!isnan(get(&s.x[0], out))) fail_msg("%s loses a NaN", text_of(&s, kernels->name));
            sample_free(&s);
        }
    }
}

static void a_nan_comes_out_again(void **state) {
    (void)state;
    for_each_set(check_nan);
}

static void check_dropout(const gl_kernel_set *kernels, glia_dtype dtype) {
    gl_rng r = gl_rng_new(7, GL_STREAM_TEST, 1);
    sample s = sample_new(GL_K_dropout, dtype, 100, 301, &r);
    for (int64_t i = 0; i < s.x[1].count; i++) set(&s.x[1], i, 1);
    run(&s, kernels, 0, 100);
    int64_t kept = 0;
    for (int64_t i = 0; i < 100; i++)
        for (int64_t j = 0; j < 301; j++) {
            uint32_t out[4], counter[4] = {(uint32_t)i, (uint32_t)(j / 4), 9, 3}, key[2] = {5, 0};
            philox(counter, key, out);
            bool keep = out[j % 4] >= 0.3 * 0x1p32;
            double y = get(&s.x[0], i * 301 + j);
            assert_true(fabs(y - (keep ? 1 / 0.7 : 0)) < 1e-6);
            kept += keep;
        }
    assert_true(fabs((double)kept / 30100 - 0.7) < 0.01);
    sample mask = sample_copy(&s);
    free(mask.x[1].memory), mask.x[1] = array_new(dtype, 0);
    run(&mask, kernels, 0, 100);
    assert_memory_equal(mask.x[0].memory, s.x[0].memory, bytes_of(&s.x[0]));
    sample_free(&mask);
    sample_free(&s);
}

static void dropout_keeps_what_philox_says(void **state) {
    (void)state;
    for_each_set(check_dropout);
}

/* 10,000 values around 1000: a sum of their squares in float would leave no digit of the
 * variance. */
static void check_moments(const gl_kernel_set *kernels, glia_dtype dtype) {
    enum { M = 10000, N = 5 };
    gl_rng r = gl_rng_new(8, GL_STREAM_TEST, 1);
    sample s = sample_new(GL_K_moments, dtype, M, N, &r);
    for (int64_t i = 0; i < M * N; i++) set(&s.x[2], i, 1000 + get(&s.x[2], i));
    run(&s, kernels, 0, N);
    for (int j = 0; j < N; j++) {
        long double mean = 0, var = 0;
        for (int i = 0; i < M; i++) mean += get(&s.x[2], i * N + j) / M;
        for (int i = 0; i < M; i++) var += powl(get(&s.x[2], i * N + j) - mean, 2) / M;
        double most = dtype == GLIA_F32 ? 1e-7 : 1e-12;
        assert_true(fabs(get(&s.x[0], j) / (double)mean - 1) < most);
        assert_true(fabs(get(&s.x[1], j) / (double)var - 1) < most);
    }
    sample_free(&s);
}

static void moments_keep_their_digits(void **state) {
    (void)state;
    for_each_set(check_moments);
}

/* In units in the last place of the true value. */
static double ulps(float got, double want) {
    float near = (float)want;
    double ulp = (double)nextafterf(fabsf(near), INFINITY) - fabs((double)near);
    return fabs(got - want) / ulp;
}

static void the_fast_functions_are_accurate(void **state) {
    (void)state;
    double worst[4] = {0};
    for (float x = -86; x < 88; x += 0.00137f) {
        worst[0] = fmax(worst[0], ulps(gl_exp(x), exp((double)x)));
        worst[1] = fmax(worst[1], ulps(gl_tanh(x / 8), tanh((double)x / 8)));
        worst[2] = fmax(worst[2], ulps(gl_expm1(-fabsf(x) / 8), expm1(-fabs((double)x) / 8)));
        worst[3] = fmax(worst[3], ulps(gl_log1p(fabsf(x) / 88), log1p(fabsf(x) / 88)));
    }
    print_message("# worst errors in ulp: exp %.2f, tanh %.2f, expm1 %.2f, log1p %.2f\n", worst[0],
                  worst[1], worst[2], worst[3]);
    assert_true(worst[0] < 2 && worst[1] < 3 && worst[2] < 5 && worst[3] < 3);
    assert_true(isnan(gl_exp(NAN)) && isnan(gl_tanh(NAN)) && isnan(gl_expm1(NAN)) &&
                isnan(gl_log1p(NAN)));
    assert_true(gl_exp(89) == INFINITY && gl_exp(INFINITY) == INFINITY && gl_exp(-INFINITY) == 0 &&
                gl_exp(0) == 1);
    assert_true(gl_exp(88.7f) < INFINITY && gl_exp(-100) > 0);
    assert_true(gl_tanh(INFINITY) == 1 && gl_tanh(-INFINITY) == -1 && gl_expm1(-INFINITY) == -1);
}

/* Every place of a run, since its end goes through another loop. */
static void check_finite(const gl_kernel_set *kernels, glia_dtype dtype) {
    enum { MOST = 70 };
    const double good[] = {0, -0.0, 1, -3e38, 3e38, 1e-45, -1e-45};
    const double bad[] = {INFINITY, -INFINITY, NAN, -NAN};
    array found = array_new(dtype, 1), x = array_new(dtype, MOST);
    for (int64_t k = 1; k <= MOST; k++)
        for (int64_t at = -1; at < k; at++) /* -1: no bad one */
            for (size_t b = 0; b < sizeof bad / sizeof *bad; b++) {
                for (int64_t i = 0; i < k; i++) set(&x, i, good[(size_t)(i + k) % 7]);
                if (at >= 0) set(&x, at, bad[b]);
                gl_call call = {.p = {data(&found), data(&x)}, .n = {1, k}};
                kernels->kernel[GL_K_finite](&call, 0, 1, NULL);
                if (get(&found, 0) != (at >= 0))
                    fail_msg("finite of set %s: %g at %ld of %ld gives %g", kernels->name,
                             at >= 0 ? bad[b] : 0, (long)at, (long)k, get(&found, 0));
            }
    free(found.memory), free(x.memory);
}

static void numbers_that_are_not_finite_are_found_wherever_they_are(void **state) {
    (void)state;
    for_each_set(check_finite);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_set_is_complete),
        cmocka_unit_test(parts_of_rows_are_put_and_taken),
        cmocka_unit_test(every_kernel_agrees_with_ref_and_with_itself_when_cut),
        cmocka_unit_test(gemm_agrees_with_ref_and_with_itself_when_cut),
        cmocka_unit_test(rows_say_what_is_read_and_what_is_written),
        cmocka_unit_test(gather_takes_rows_of_any_type_in_any_order),
        cmocka_unit_test(convolutions_agree_with_ref_and_with_themselves_when_cut),
        cmocka_unit_test(pools_agree_with_ref_and_with_themselves_when_cut),
        cmocka_unit_test(recurrences_agree_with_ref_and_with_themselves_when_cut),
        cmocka_unit_test(sequences_end_where_their_lengths_say),
        cmocka_unit_test(classes_at_places_cost_what_plain_loops_say),
        cmocka_unit_test(attention_agrees_with_ref_and_with_itself_when_cut),
        cmocka_unit_test(what_stands_behind_a_length_is_not_seen),
        cmocka_unit_test(frames_show_pixels_and_zeros),
        cmocka_unit_test(rows_are_found_by_number_whatever_the_number_is),
        cmocka_unit_test(linear_gives_what_its_steps_give),
        cmocka_unit_test(linear_sparse_gives_what_linear_gives),
        cmocka_unit_test(a_row_has_the_same_bits_in_any_batch),
        cmocka_unit_test(elementwise_kernels_work_in_place),
        cmocka_unit_test(extreme_inputs_stay_finite),
        cmocka_unit_test(a_nan_comes_out_again),
        cmocka_unit_test(numbers_that_are_not_finite_are_found_wherever_they_are),
        cmocka_unit_test(dropout_keeps_what_philox_says),
        cmocka_unit_test(moments_keep_their_digits),
        cmocka_unit_test(the_fast_functions_are_accurate),
    };
    return cmocka_run_group_tests_name("kernel", tests, NULL, NULL);
}
