/*
 * kernel_samples.h: calls of any kernel with memory around what they work on, and their comparison
 * with ref. tests/kernel.c makes them of chosen shapes, a fuzz target of any. Whoever includes this
 * has a fail_msg that ends the program or the test.
 */
#ifndef GLIA_KERNEL_SAMPLES_H
#define GLIA_KERNEL_SAMPLES_H

#include "base/random.h"
#include "kernel/kernel.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"ref", "sse2", "avx2", "avx512", "neon"};
enum { NAMES = sizeof names / sizeof *names };

/* ------------------------------------------------------------------------------------ arrays -- */

enum {
    ZONE = 64,
    ARRAYS = GL_OPERANDS
}; /* numbers before and behind an array that nobody may touch */

typedef struct array {
    glia_dtype dtype;
    int64_t count;
    char *memory;  /* zone, count numbers, zone */
    bool borrowed; /* it is another sample's */
} array;

static inline size_t size_of(glia_dtype dtype) {
    return dtype == GLIA_F32 ? sizeof(float) : sizeof(double);
}

static inline size_t bytes_of(const array *x) {
    return (size_t)(x->count + 2 * ZONE) * size_of(x->dtype);
}

static inline array array_room(glia_dtype dtype, int64_t count) {
    array x = {.dtype = dtype, .count = count};
    x.memory = aligned_alloc(64, (bytes_of(&x) + 63) / 64 * 64);
    return x;
}

static inline array array_new(glia_dtype dtype, int64_t count) {
    array x = array_room(dtype, count);
    memset(x.memory, 0x5a, bytes_of(&x));
    return x;
}

static inline void *data(const array *x) { return x->memory + ZONE * size_of(x->dtype); }

static inline double get(const array *x, int64_t i) {
    return x->dtype == GLIA_F32 ? (double)((float *)data(x))[i] : ((double *)data(x))[i];
}

static inline void set(array *x, int64_t i, double value) {
    if (x->dtype == GLIA_F32) ((float *)data(x))[i] = (float)value;
    else ((double *)data(x))[i] = value;
}

static inline array copy_of(const array *x) {
    array y = array_room(x->dtype, x->count);
    memcpy(y.memory, x->memory, bytes_of(x));
    return y;
}

static inline bool zones_untouched(const array *x) {
    size_t zone = ZONE * size_of(x->dtype);
    for (size_t i = 0; i < zone; i++)
        if (x->memory[i] != 0x5a || x->memory[bytes_of(x) - 1 - i] != 0x5a) return false;
    return true;
}

/* ------------------------------------------------------------------------------------- cases -- */

typedef struct sample { /* one call and the memory that it works on */
    int kernel;
    glia_dtype dtype;
    array x[ARRAYS];
    int arrays;
    gl_call call;
    int then, back; /* kernels of the set that runs it; 0: none */
    gl_knobs knobs;
} sample;

static inline const char *text_of(const sample *s, const char *set_name) {
    static char text[256];
    const int64_t *n = s->call.n;
    snprintf(text, sizeof text, "%s %s of set %s, n = %ld %ld %ld %ld %ld %ld %ld %ld %ld",
             gl_kernel_table[s->kernel].name, s->dtype == GLIA_F32 ? "f32" : "f64", set_name,
             (long)n[0], (long)n[1], (long)n[2], (long)n[3], (long)n[4], (long)n[5], (long)n[6],
             (long)n[7], (long)n[8]);
    return text;
}

static inline sample sample_copy(const sample *s) {
    sample copy = *s;
    for (int i = 0; i < s->arrays; i++) copy.x[i] = copy_of(&s->x[i]);
    return copy;
}

static inline bool is_written(const sample *s, int i) {
    return gl_kernel_table[s->kernel].operand[i].ways & GL_WRITTEN;
}

/* A copy of what a call writes; the rest is that of s. To copy that as well took longer than the
 * calls, and that nobody writes into it is seen by those who have a copy. */
static inline sample sample_beside(const sample *s) {
    sample copy = *s;
    for (int i = 0; i < s->arrays; i++) {
        copy.x[i].borrowed = !is_written(s, i);
        if (is_written(s, i)) copy.x[i] = copy_of(&s->x[i]);
    }
    return copy;
}

/* Once more what `from` holds, in a copy of it that a call has worked on. */
static inline void sample_restore(sample *copy, const sample *from) {
    for (int i = 0; i < from->arrays; i++)
        if (is_written(from, i))
            memcpy(copy->x[i].memory, from->x[i].memory, bytes_of(&from->x[i]));
}

static inline void sample_free(sample *s) {
    for (int i = 0; i < s->arrays; i++)
        if (!s->x[i].borrowed) free(s->x[i].memory);
}

/* As much scratch memory as a call asks for, all NaN where it is to be fresh, and a zone behind it.
 * Calls that ask for as much as the last one share it: under AddressSanitizer, memory of its own
 * for each call took longer than the call. */
static inline char *scratch_of(size_t bytes, bool fresh) {
    static char *work;
    static size_t size;
    if (!work || size != bytes) {
        free(work);
        work = aligned_alloc(64, (size = bytes) + ZONE);
    }
    if (fresh) memset(work, 0xff, bytes);
    memset(work + bytes, 0x5a, ZONE);
    return work;
}

/* A row alone behind the first finds what the call before it left, as in a plan: to clear a packed
 * W for each took longer than the row. */
static inline void run_with_work(const gl_kernel_set *kernels, int kernel, const gl_call *call,
                                 int64_t lo, int64_t hi, glia_dtype dtype) {
    size_t bytes = (gl_kernel_work((gl_kernel_id)kernel, call->n, dtype) + 63) / 64 * 64;
    char *work = scratch_of(bytes, lo == 0 || hi - lo > 1);
    kernels->kernel[kernel](call, lo, hi, work);
    for (int i = 0; i < ZONE; i++)
        if (work[bytes + (size_t)i] != 0x5a)
            fail_msg("%s of set %s wrote beyond its scratch memory of %ld bytes",
                     gl_kernel_table[kernel].name, kernels->name, (long)bytes);
}

static inline gl_call call_of(sample *s, const gl_kernel_set *kernels) {
    gl_call call = s->call;
    call.knobs = &s->knobs;
    call.then = s->then ? kernels->kernel[s->then] : NULL;
    call.back = s->back ? kernels->kernel[s->back] : NULL;
    for (int i = 0; i < s->arrays; i++) call.p[i] = s->x[i].count ? data(&s->x[i]) : NULL;
    return call;
}

static inline void run(sample *s, const gl_kernel_set *kernels, int64_t lo, int64_t hi) {
    gl_call call = call_of(s, kernels);
    run_with_work(kernels, s->kernel, &call, lo, hi, s->dtype);
}

/* Bands lo .. hi-1 of sample i, which may take no more scratch memory than all of it. */
static inline void run_bands(sample *s, const gl_kernel_set *kernels, int64_t i, int64_t lo,
                             int64_t hi) {
    gl_kernel_id id = (gl_kernel_id)s->kernel;
    gl_call call = call_of(s, kernels), band = gl_band_call(id, &call, i, lo, hi, s->dtype);
    if (gl_kernel_work(id, band.n, s->dtype) > gl_kernel_work(id, call.n, s->dtype))
        fail_msg("%s: bands %ld .. %ld need more scratch memory than all",
                 gl_kernel_table[s->kernel].name, (long)lo, (long)hi - 1);
    run_with_work(kernels, s->kernel, &band, 0, 1, s->dtype);
}

/* The product of the dimensions in "m, n". */
static inline int64_t count_of(const char *shape, int64_t m, int64_t n) {
    const char *gaps = strstr(shape, "gaps"); /* of n ordered classes */
    int64_t count = gaps ? n - 2 : 1;
    for (; *shape && shape != gaps; shape++)
        count *= *shape == 'm' ? m : *shape == 'n' ? n : *shape == 'k' ? m * n : 1;
    return count;
}

/* "m, n, node" as numbers; a word that is no size (1, add) stands for 1. */
static inline void parse_dims(int64_t *out, const char *text, int64_t m, int64_t n) {
    while (*text) {
        size_t length = strcspn(text, ",");
        bool node = length == 4 && strncmp(text, "node", 4) == 0;
        bool decayed = strncmp(text, "decayed", 7) == 0; /* all but the last row */
        *out++ = node           ? 3
                 : decayed      ? (m - 1) * n
                 : *text == 'm' ? m
                 : *text == 'n' ? n
                 : *text == 'k' ? m * n
                                : 1;
        text += length;
        text += strspn(text, ", ");
    }
}

/* From any number on of so many, which is prime: they meet other rows and columns each time. To
 * draw each took longer than the kernels. */
enum { DRAWN = 4099 };

static inline void fill(array *x, gl_rng *r, double scale) {
    static double drawn[DRAWN];
    for (int i = 0; i < DRAWN && drawn[DRAWN - 1] == 0; i++) drawn[i] = gl_rng_normal(r);
    int64_t from = gl_rng_below(r, DRAWN);
    for (int64_t i = 0; i < x->count; i++) set(x, i, scale * drawn[(from + i) % DRAWN]);
}

/* A call of any kernel behind gemm and linear. m rows, n columns; where a kernel has one dimension
 * k, k = m n. */
static inline sample sample_new(int kernel, glia_dtype dtype, int64_t m, int64_t n, gl_rng *r) {
    const gl_kernel_info *info = &gl_kernel_table[kernel];
    sample s = {.kernel = kernel, .dtype = dtype, .call.s = {0.3, 0.7}};
    s.knobs = (gl_knobs){.lr = 0.1, .momentum = 0.9, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8};
    s.knobs.decay = 0.1, s.knobs.eps_root = 1e-9, s.knobs.correct1 = 0.19, s.knobs.correct2 = 0.002;
    s.knobs.seed = 5, s.knobs.step = 9;
    for (; s.arrays < info->operands; s.arrays++) {
        array *x = &s.x[s.arrays];
        bool variance = strcmp(info->operand[s.arrays].name, "var") == 0;
        *x = array_new(dtype, count_of(info->operand[s.arrays].shape, m, n));
        fill(x, r, 2);
        for (int64_t i = 0; variance && i < x->count; i++) set(x, i, fabs(get(x, i)));
        bool ids = strcmp(info->operand[s.arrays].name, "ids") == 0; /* of one row */
        for (int64_t i = 0; ids && i < x->count; i++) set(x, i, (double)gl_rng_below(r, 4) - 1);
    }
    parse_dims(s.call.n, info->dims, m, n);
    bool classes = strncmp(info->name, "softmax_", 8) == 0;
    array *last = &s.x[s.arrays - 1 - classes];
    if (classes) free(last[1].memory), last[1] = array_new(dtype, 0); /* all places are there */
    bool labels = strncmp(info->name, "sigmoid_ce", 10) == 0;
    for (int64_t i = 0; i < last->count; i++) {
        if (classes) set(last, i, (double)gl_rng_below(r, n));
        if (labels) set(last, i, (double)gl_rng_below(r, 2));
        bool squares = kernel == GL_K_rmsprop || kernel == GL_K_adam || kernel == GL_K_adamw;
        if (squares) set(last, i, fabs(get(last, i)));
    }
    return s;
}

/* The last operand, how many of so many steps each sample has: none, or as many as there can be
 * among them; where it is there. */
static inline void add_lengths(sample *s, bool ragged, int64_t m, int64_t steps, gl_rng *r) {
    array *lengths = &s->x[s->arrays - 1];
    *lengths = array_new(s->dtype, ragged ? m : 0);
    for (int64_t i = 0; i < lengths->count; i++)
        set(lengths, i, (double)gl_rng_below(r, steps + 1));
}

/* Losses of classes, or a way back of them: m samples with one of n at each of some places. */
static inline sample classes_at_places(int kernel, glia_dtype dtype, const int64_t shape[3],
                                       bool ragged, gl_rng *r) {
    int64_t m = shape[0], n = shape[1], places = shape[2];
    sample s = sample_new(kernel, dtype, m * places, n, r);
    memcpy(s.call.n, shape, 3 * sizeof *shape);
    free(s.x[s.arrays - 1].memory);
    add_lengths(&s, ragged, m, places, r);
    if (strcmp(gl_kernel_table[kernel].operand[0].name, "loss") != 0) return s;
    free(s.x[0].memory);
    s.x[0] = array_new(dtype, m);
    fill(&s.x[0], r, 1);
    return s;
}

typedef struct layout {
    int64_t m, n, k;
    bool turn_a, turn_b; /* stored as columns */
    int64_t gap;         /* numbers between two rows of y */
    bool add, bias;
    int then;   /* 0: none */
    bool slope; /* `then` is a slope, at a value beside y */
} layout;

static inline sample product(glia_dtype dtype, layout l, gl_rng *r) {
    sample s = {
        .kernel = GL_K_gemm, .dtype = dtype, .arrays = 5, .call.s = {0.3, 0}, .then = l.then};
    s.x[0] = array_new(dtype, l.m * (l.n + l.gap));
    s.x[1] = array_new(dtype, l.m * l.k);
    s.x[2] = array_new(dtype, l.k * l.n);
    s.x[3] = array_new(dtype, l.bias ? l.n : 0);
    s.x[4] = array_new(dtype, l.slope ? l.m * (l.n + l.gap) : 0);
    for (int i = 0; i < 5; i++) fill(&s.x[i], r, 1);
    int64_t a_row = l.turn_a ? 1 : l.k, a_col = l.turn_a ? l.m : 1;
    int64_t b_row = l.turn_b ? 1 : l.n, b_col = l.turn_b ? l.k : 1;
    const int64_t n[] = {l.m, l.n, l.k, a_row, a_col, b_row, b_col, l.n + l.gap, l.add};
    memcpy(s.call.n, n, sizeof n);
    return s;
}

/* A linear model: m rows in c parts, n units, k features. */
static inline sample linear_model(glia_dtype dtype, int loss, const int64_t shape[4], gl_rng *r) {
    int64_t c = shape[0], m = shape[1], n = shape[2], k = shape[3];
    bool classes = loss == GL_K_softmax_ce, one = classes || loss == GL_K_pinball;
    bool link = classes || loss == GL_K_sigmoid_ce || loss == GL_K_poisson;
    int64_t counts[] = {c * n * (k + 1), m, m * k, n * (k + 1), one ? m : m * n};
    sample s = {.kernel = GL_K_linear,
                .dtype = dtype,
                .arrays = 5,
                .then = loss,
                .back = loss + 1,
                .call = {.n = {c, m, n, k, one ? 1 : n, link}, .s = {0.3, 0.6}}};
    for (int i = 0; i < 5; i++) {
        s.x[i] = array_new(dtype, counts[i]);
        fill(&s.x[i], r, i == 3 ? 1 / sqrt((double)k) : 1);
    }
    for (int64_t i = 0; i < counts[4] && link; i++)
        set(&s.x[4], i, (double)gl_rng_below(r, classes ? n : 2));
    return s;
}

/* Windows of any kind over m small pictures: below(n) gives a number from 0 to n - 1. */
typedef int64_t below_n(void *from, int64_t n);

static inline gl_conv_n any_windows(below_n *below, void *from) {
    gl_conv_n n = {.m = 1 + below(from, 4), .groups = 1 + below(from, 3)};
    n.c = n.groups * (1 + below(from, 4) * below(from, 5)), n.n = n.groups * (1 + below(from, 40));
    n.k_h = 1 + below(from, 4), n.k_w = 1 + below(from, 4);
    n.s_h = 1 + below(from, 3), n.s_w = 1 + below(from, 3);
    n.d_h = 1 + below(from, 3) / 2 * below(from, 3),
    n.d_w = 1 + below(from, 3) / 2 * below(from, 3);
    int64_t reach_h = (n.k_h - 1) * n.d_h + 1, reach_w = (n.k_w - 1) * n.d_w + 1;
    n.p_h = below(from, reach_h), n.p_w = below(from, reach_w);
    n.h = 1 + below(from, 12), n.w = 1 + below(from, 20);
    if (n.h + n.p_h < reach_h) n.h = reach_h;
    if (n.w + n.p_w < reach_w) n.w = reach_w;
    /* as many zeros behind the last as before the first, or none */
    n.y_h = (n.h + n.p_h + below(from, 2) * n.p_h - reach_h) / n.s_h + 1;
    n.y_w = (n.w + n.p_w + below(from, 2) * n.p_w - reach_w) / n.s_w + 1;
    return n;
}

/* y = conv(x, filters) or a way back of it; `more`: with a bias, and what goes back is added; then:
 * an activation, or on the way back a slope, tanh's. */
static inline sample convolution(int kernel, glia_dtype dtype, const gl_conv_n *n, bool more,
                                 int then, gl_rng *r) {
    int64_t x = n->m * n->h * n->w * n->c, y = n->m * n->y_h * n->y_w * n->n;
    int64_t k = n->k_h * n->k_w * (n->c / n->groups), filters = n->n * k;
    const int64_t counts[][5] = {{y, x, filters, more ? n->n : 0, 0},
                                 {x, y, filters, then == GL_K_tanh_b ? x : 0, more ? n->c : 0},
                                 {filters, x, y, 0, 0}};
    int which = kernel - GL_K_conv;
    sample s = {.kernel = kernel, .dtype = dtype, .call = {.conv_n = *n, .s = {0.3}}, .then = then};
    s.arrays = gl_kernel_table[kernel].operands;
    for (int i = 0; i < s.arrays; i++) {
        s.x[i] = array_new(dtype, counts[which][i]);
        fill(&s.x[i], r, 1);
    }
    if (kernel == GL_K_conv_dx) s.call.conv_dx_n.add = more;
    if (kernel == GL_K_conv_dw) s.call.conv_dw_n.k = k, s.call.conv_dw_n.m = n->m;
    return s;
}

/* For a pool: without dilation, each window with a pixel in the picture. */
static inline gl_conv_n pool_windows(const gl_conv_n *windows) {
    gl_conv_n n = *windows;
    n.p_h = n.p_h < n.k_h ? n.p_h : 0, n.p_w = n.p_w < n.k_w ? n.p_w : 0;
    if (n.h + 2 * n.p_h < n.k_h) n.h = n.k_h;
    if (n.w + 2 * n.p_w < n.k_w) n.w = n.k_w;
    n.y_h = (n.h + 2 * n.p_h - n.k_h) / n.s_h + 1, n.y_w = (n.w + 2 * n.p_w - n.k_w) / n.s_w + 1;
    return n;
}

/* A pool of such windows. Values that stand twice in a window: small
 * whole numbers. */
static inline sample pool(int kernel, glia_dtype dtype, const gl_conv_n *n, bool ragged,
                          gl_rng *r) {
    int64_t x = n->m * n->h * n->w * n->c, y = n->m * n->y_h * n->y_w * n->c;
    bool back = kernel == GL_K_max_pool_b || kernel == GL_K_mean_pool_b;
    const int64_t counts[] = {back ? x : y, back ? y : x, x, y};
    sample s = {.kernel = kernel, .dtype = dtype, .arrays = gl_kernel_table[kernel].operands};
    s.call.max_pool_n = (gl_max_pool_n){n->m,   n->h,   n->w,   n->c,   n->y_h, n->y_w,
                                        n->k_h, n->k_w, n->s_h, n->s_w, n->p_h, n->p_w};
    if (kernel == GL_K_mean_pool || kernel == GL_K_mean_pool_b)
        s.call.mean_pool_n.whole = gl_rng_below(r, 2);
    for (int i = 0; i < s.arrays - 1; i++) {
        s.x[i] = array_new(dtype, counts[i]);
        for (int64_t j = 0; j < counts[i]; j++) set(&s.x[i], j, (double)gl_rng_below(r, 9) - 4);
    }
    add_lengths(&s, ragged, n->m, n->w, r);
    if (kernel == GL_K_max_pool_b) { /* y is what the pool gives */
        gl_call there = {.max_pool_p = {data(&s.x[3]), data(&s.x[2]),
                                        ragged ? data(&s.x[4]) : NULL},
                         .max_pool_n = s.call.max_pool_n};
        gl_kernels_named(dtype, "ref")->kernel[GL_K_max_pool](&there, 0, n->m, NULL);
    }
    return s;
}

/* m small pictures in frames that begin and end anywhere, outside of them even. */
static inline sample reframed(glia_dtype dtype, below_n *below, void *from, gl_rng *r) {
    gl_reframe_n n = {.m = 1 + below(from, 4), .c = 1 + below(from, 4)};
    n.h = 1 + below(from, 6), n.w = 1 + below(from, 6);
    n.y_h = 1 + below(from, 9), n.y_w = 1 + below(from, 9);
    n.top = below(from, 19) - 9, n.left = below(from, 19) - 9;
    sample s = {.kernel = GL_K_reframe, .dtype = dtype, .arrays = 2, .call.reframe_n = n};
    s.x[0] = array_new(dtype, n.m * n.y_h * n.y_w * n.c);
    s.x[1] = array_new(dtype, n.m * n.h * n.w * n.c);
    fill(&s.x[0], r, 1), fill(&s.x[1], r, 1);
    return s;
}

/* What more a call of a recurrence may have, by the name of its operand. */
typedef struct extras {
    bool ragged, masked, begun, read; /* begun: h0 and c0 are there */
} extras;

/* Numbers of an operand of a recurrence: m sequences of t steps, n units; `gates` of them. */
static inline int64_t count_of_recurrent(const char *name, const int64_t size[4], int64_t gates,
                                         const extras *with) {
    const int64_t m = size[0], t = size[1], n = size[2], k = size[3], all = m * t * n;
    const struct {
        const char *name;
        int64_t count;
    } counts[] = {{"z", gates * all},
                  {"dz", gates * all},
                  {"ds", gates * all},
                  {"h", all},
                  {"c", all},
                  {"q", all},
                  {"s", gates * m * n},
                  {"dh", m * n},
                  {"dc", m * n},
                  {"dq", m * n},
                  {"dy", m * k * n},
                  {"u", gates * n * n},
                  {"v", gates * n},
                  {"lengths", with->ragged ? m : 0},
                  {"mask", with->masked ? m * n : 0},
                  {"h0", with->begun ? m * n : 0},
                  {"c0", with->begun ? m * n : 0},
                  {"read", with->masked || with->read ? all : 0}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (strcmp(counts[i].name, name) == 0) return counts[i].count;
    fail_msg("no recurrence has a %s", name);
    return 0;
}

/* m sequences of t steps, n units; of the way back the last k steps are told of their gradient.
 * turned: U as a prediction reads it. Some calls go on from what the arrays hold, where knobs say
 * that they are not the first. Numbers are small, for they go through t products. */
static inline sample recurrent(int kernel, glia_dtype dtype, const int64_t size[4], bool turned,
                               extras with, gl_rng *r) {
    const int64_t m = size[0], t = size[1], n = size[2], k = size[3];
    int which = kernel - GL_K_rnn, gates = which < 2 ? 1 : which < 4 ? 4 : 3;
    const gl_kernel_info *info = &gl_kernel_table[kernel];
    sample s = {.kernel = kernel, .dtype = dtype, .arrays = info->operands};
    if (which % 2) s.call.rnn_b_n = (gl_rnn_b_n){m, t, n, k};
    else
        s.call.rnn_n =
            (gl_rnn_n){m, t, n, turned ? gates * n : 1, turned ? 1 : n, gl_rng_below(r, 2)};
    s.knobs.step = (uint64_t)gl_rng_below(r, 2);
    s.call.s[0] = kernel <= GL_K_rnn_b && gl_rng_below(r, 2);
    for (int i = 0; i < s.arrays; i++) {
        const char *name = info->operand[i].name;
        bool gated = strcmp(name, "read") == 0 && kernel == GL_K_gru_before;
        s.x[i] =
            array_new(dtype, gated ? 3 * m * t * n : count_of_recurrent(name, size, gates, &with));
        fill(&s.x[i], r, 0.2);
        for (int64_t j = 0; j < s.x[i].count && strcmp(name, "lengths") == 0; j++)
            set(&s.x[i], j, (double)gl_rng_below(r, t + 1));
        for (int64_t j = 0; j < s.x[i].count && strcmp(name, "mask") == 0; j++)
            set(&s.x[i], j, gl_rng_below(r, 3) ? 1.5 : 0);
    }
    return s;
}

/* reverse, mask and last: m sequences of t steps, n numbers each. */
static inline sample of_steps(int kernel, glia_dtype dtype, const int64_t size[3], bool ragged,
                              gl_rng *r) {
    const int64_t m = size[0], t = size[1], n = size[2];
    bool last = kernel == GL_K_last;
    sample s = {.kernel = kernel, .dtype = dtype, .arrays = 3, .call.mask_n = {m, t, n}};
    for (int i = 0; i < 2; i++) {
        s.x[i] = array_new(dtype, last && i == 0 ? m * n : m * t * n);
        fill(&s.x[i], r, 1);
    }
    add_lengths(&s, ragged, m, t, r);
    if (!last) return s;
    s.arrays = 4;
    s.x[3] = array_new(dtype, gl_rng_below(r, 2) ? m * n : 0);
    fill(&s.x[3], r, 1);
    return s;
}

/* What may stand where the number of one of v rows should: mostly one, or 0; but no whole number,
 * one beyond them, a large one, what is no number. */
static inline double any_id(int64_t v, gl_rng *r) {
    const double none[] = {NAN,           INFINITY, -INFINITY, -1,   0.5, (double)v + 0.5,
                           (double)v + 1, 1e30,     -1e30,     -0.0, 9e18};
    bool odd = gl_rng_below(r, 4) == 0;
    return odd ? none[gl_rng_below(r, sizeof none / sizeof *none)] : (double)gl_rng_below(r, v + 1);
}

/* m samples of t ids that name v rows of n numbers. */
static inline sample looked_up(int kernel, glia_dtype dtype, const int64_t size[4], gl_rng *r) {
    const int64_t m = size[0], t = size[1], n = size[2], v = size[3];
    sample s = {.kernel = kernel, .dtype = dtype, .arrays = 3};
    bool back = kernel == GL_K_embed_b;
    const int64_t counts[] = {back ? v * n : m * t * n, m * t, back ? m * t * n : v * n};
    if (back) s.call.embed_b_n = (gl_embed_b_n){.n = n, .m = m, .t = t, .v = v};
    else s.call.embed_n = (gl_embed_n){.m = m, .t = t, .n = n, .v = v};
    for (int i = 0; i < 3; i++) {
        s.x[i] = array_new(dtype, counts[i]);
        fill(&s.x[i], r, 1);
    }
    for (int64_t i = 0; i < m * t; i++) set(&s.x[1], i, any_id(v, r));
    return s;
}

/* m sequences of t steps, `heads` heads of `each` numbers. Lengths are from 0 to t. */
static inline sample attention(int kernel, glia_dtype dtype, gl_attention_n n, bool lengths,
                               gl_rng *r) {
    int64_t all = n.m * n.t * n.n;
    const int64_t counts[][4] = {{all, 3 * all, lengths ? n.m : 0},
                                 {3 * all, all, 3 * all, lengths ? n.m : 0}};
    sample s = {.kernel = kernel, .dtype = dtype, .arrays = gl_kernel_table[kernel].operands};
    s.call.attention_n = n;
    for (int i = 0; i < s.arrays; i++) {
        s.x[i] = array_new(dtype, counts[kernel - GL_K_attention][i]);
        fill(&s.x[i], r, 1);
    }
    array *last = &s.x[s.arrays - 1];
    for (int64_t i = 0; i < last->count; i++) set(last, i, (double)gl_rng_below(r, n.t + 1));
    return s;
}

/* ------------------------------------------------------------------------------------ checks -- */

static inline void check_equal_bits(const sample *a, const sample *b, const char *what,
                                    const char *set_name) {
    for (int i = 0; i < a->arrays; i++) {
        int64_t j = 0;
        if (memcmp(a->x[i].memory, b->x[i].memory, bytes_of(&a->x[i])) == 0) continue;
        while (j + 1 < a->x[i].count && get(&a->x[i], j) == get(&b->x[i], j)) j++;
        fail_msg("%s: %s differs in operand %d [%ld]: %.17g, else %.17g", text_of(a, set_name),
                 what, i, (long)j, get(&a->x[i], j), get(&b->x[i], j));
    }
}

static inline void check_close(const sample *got, const sample *want, double tolerance,
                               const char *set_name) {
    for (int i = 0; i < got->arrays; i++) {
        if (!zones_untouched(&got->x[i]))
            fail_msg("%s wrote outside operand %d", text_of(got, set_name), i);
        for (int64_t j = 0; j < got->x[i].count; j++) {
            double x = get(&got->x[i], j), w = get(&want->x[i], j);
            if (!(fabs(x - w) <= tolerance * (1 + fabs(w))) && !(x == w) && !(isnan(x) && isnan(w)))
                fail_msg("%s: operand %d [%ld] is %.17g, ref has %.17g", text_of(got, set_name), i,
                         (long)j, x, w);
        }
    }
}

/* Of a large sample. One in ref, which has no tiles that a cut could fall into, and few under the
 * sanitizers, ten times slower: the other cuts are made without them. */
static inline int64_t cuts_of(const gl_kernel_set *kernels) {
#ifdef __SANITIZE_ADDRESS__
    enum { MANY = 3 };
#else
    enum { MANY = 13 };
#endif
    return strcmp(kernels->name, "ref") == 0 ? 1 : MANY;
}

/* Cut at 1, and every `stride` behind it. */
static inline void check_cuts(const sample *s, const sample *whole, const gl_kernel_set *kernels,
                              int64_t stride) {
    char what[64];
    sample parts = sample_beside(s);
    for (int64_t cut = 1; cut < s->call.n[0]; cut += stride) {
        sample_restore(&parts, s);
        run(&parts, kernels, cut, s->call.n[0]);
        run(&parts, kernels, 0, cut);
        snprintf(what, sizeof what, "a cut at %ld", (long)cut);
        check_equal_bits(&parts, whole, what, kernels->name);
    }
    sample_free(&parts);
}

/* Bands of each sample, the last first: single ones, and two parts that are as large as they can
 * be. */
static inline void check_bands(const sample *s, const sample *whole, const gl_kernel_set *kernels) {
    int64_t bands = gl_bands((gl_kernel_id)s->kernel, s->call.n), m = s->call.n[0];
    for (int64_t count = 1; bands > 0 && count <= bands;
         count += count < bands - 1 ? bands - 2 : 1) {
        sample parts = sample_beside(s);
        for (int64_t i = m; i-- > 0;)
            for (int64_t lo = (bands - 1) / count * count; lo >= 0; lo -= count)
                run_bands(&parts, kernels, i, lo, lo + count < bands ? lo + count : bands);
        check_equal_bits(&parts, whole, "bands", kernels->name);
        sample_free(&parts);
    }
}

/* What ref makes of a sample. */
static inline sample truth_of(const sample *s) {
    sample want = sample_copy(s);
    run(&want, gl_kernels_named(s->dtype, "ref"), 0, s->call.n[0]);
    return want;
}

/* The set against ref; then cuts, and each part of the first dimension alone, must give the bits of
 * one whole call. */
static inline void check_against(const sample *s, const sample *want, const gl_kernel_set *kernels,
                                 double tolerance) {
    int64_t n = s->call.n[0], stride = n > 40 ? n / cuts_of(kernels) : 1;
    sample got = sample_copy(s), single = sample_beside(s);
    run(&got, kernels, 0, n);
    check_close(&got, want, tolerance, kernels->name);
    check_cuts(s, &got, kernels, stride);
    check_bands(s, &got, kernels);
    for (int64_t i = 0; i < n && n < 1000; i++) run(&single, kernels, i, i + 1);
    if (n < 1000) check_equal_bits(&single, &got, "one at a time", kernels->name);
    sample_free(&got), sample_free(&single);
}

static inline void check_sample(const sample *s, const gl_kernel_set *kernels, double tolerance) {
    sample want = truth_of(s);
    check_against(s, &want, kernels, tolerance);
    sample_free(&want);
}

static inline double tolerance_of(glia_dtype dtype) { return dtype == GLIA_F32 ? 3e-6 : 1e-13; }

#endif
