/*
 * conv.c: convolutions and pools against plain loops that are written here from the definitions;
 * where `same` puts the odd zero; how filters begin.
 */
#include "test.h"

#include "base/random.h"
#include "product/model.h"
#include <math.h>

#include "context.h"

enum { MOST = 4096 };

typedef struct layer { /* as its text says it */
    int n, kernel[2], stride[2], dilation[2], before[2], after[2], groups;
} layer;

typedef struct picture {
    int h, w, c;
    double v[MOST];
} picture;

static double pixel(const picture *p, int row, int column, int k) {
    bool inside = row >= 0 && row < p->h && column >= 0 && column < p->w;
    return inside ? p->v[(row * p->w + column) * p->c + k] : 0;
}

static int windows(int in, const layer *l, int side) {
    int reach = (l->kernel[side] - 1) * l->dilation[side] + 1;
    return (in + l->before[side] + l->after[side] - reach) / l->stride[side] + 1;
}

static int written(int in, const layer *l, int side) {
    int reach = (l->kernel[side] - 1) * l->dilation[side] + 1;
    return (in - 1) * l->stride[side] + reach - l->before[side] - l->after[side];
}

/* W is [n][kernel rows][kernel columns][channels of a group]. */
static void convolve(const picture *x, const layer *l, const double *w, const double *b,
                     picture *y) {
    int channels = x->c / l->groups;
    y->h = windows(x->h, l, 0), y->w = windows(x->w, l, 1), y->c = l->n;
    for (int r = 0; r < y->h; r++)
        for (int q = 0; q < y->w; q++)
            for (int f = 0; f < l->n; f++) {
                double sum = b[f];
                int first = f / (l->n / l->groups) * channels;
                for (int i = 0; i < l->kernel[0]; i++)
                    for (int j = 0; j < l->kernel[1]; j++)
                        for (int k = 0; k < channels; k++)
                            sum += w[((f * l->kernel[0] + i) * l->kernel[1] + j) * channels + k] *
                                   pixel(x, r * l->stride[0] + i * l->dilation[0] - l->before[0],
                                         q * l->stride[1] + j * l->dilation[1] - l->before[1],
                                         first + k);
                y->v[(r * y->w + q) * l->n + f] = sum;
            }
}

/* Each pixel of x is added to a window of y; what is cut off is `before` and `after`, of which the
 * second may be less than 0. W is [channels of x][kernel rows][kernel columns][n of a group]. */
static void convolve_back(const picture *x, const layer *l, const double *w, const double *b,
                          picture *y) {
    int filters = l->n / l->groups;
    *y = (picture){written(x->h, l, 0), written(x->w, l, 1), l->n, {0}};
    for (int i = 0; i < y->h * y->w * y->c; i++) y->v[i] = b[i % y->c];
    for (int r = 0; r < x->h; r++)
        for (int q = 0; q < x->w; q++)
            for (int k = 0; k < x->c; k++)
                for (int i = 0; i < l->kernel[0]; i++)
                    for (int j = 0; j < l->kernel[1]; j++) {
                        int row = r * l->stride[0] + i * l->dilation[0] - l->before[0],
                            column = q * l->stride[1] + j * l->dilation[1] - l->before[1];
                        if (row < 0 || row >= y->h || column < 0 || column >= y->w) continue;
                        int first = k / (x->c / l->groups) * filters;
                        for (int f = 0; f < filters; f++)
                            y->v[(row * y->w + column) * y->c + first + f] +=
                                pixel(x, r, q, k) *
                                w[((k * l->kernel[0] + i) * l->kernel[1] + j) * filters + f];
                    }
}

/* What the network, one convolution and a dense layer that copies its values, makes of x. */
static void by_network(const char *text, const picture *x, const layer *l, picture *y) {
    char net[256];
    bool back = strncmp(text, "conv_transpose", 14) == 0;
    int64_t width = (int64_t)y->h * y->w * y->c;
    snprintf(net, sizeof net, "image %d %d %d, %s, dense %lld", x->h, x->w, x->c, text,
             (long long)width);
    glia_model_options o = {.dtype = GLIA_F64, .init = "normal:1", .seed = 4};
    glia_model *m = glia_model_new(g, (int64_t)x->h * x->w * x->c, net, &o);
    if (!m) fail_msg("%s: %s", net, glia_message(g));
    double *copy = glia_model_param(m, glia_model_find_param(m, "fc2.w")).data;
    for (int64_t i = 0; i < width * width; i++) copy[i] = i % (width + 1) == 0;
    glia_tensor w = glia_model_param(m, 0), b = glia_model_param(m, 1);
    for (int i = 0; i < l->n; i++) ((double *)b.data)[i] = 0.1 * i;
    picture want, *is = y;
    (back ? convolve_back : convolve)(x, l, w.data, b.data, &want);
    assert_int_equal(width, want.h * want.w * want.c);
    glia_predictor *p = glia_predictor_new(g, m, 1);
    assert_int_equal(glia_predictor_run(p, glia_tensor_f64((double *)x->v, 1, m->net->inputs),
                                        glia_tensor_f64(is->v, 1, width)),
                     GLIA_OK);
    for (int64_t i = 0; i < width; i++)
        if (!(fabs(is->v[i] - want.v[i]) < 1e-12 * (1 + fabs(want.v[i]))))
            fail_msg("%s: value %lld is %.17g, by loops %.17g", net, (long long)i, is->v[i],
                     want.v[i]);
    glia_predictor_free(p);
    glia_model_free(m);
}

typedef struct known {
    int h, w, c;
    const char *text;
    layer l;
} known;

static void compare_with_loops(const known *of, int count, int (*size)(int, const layer *, int)) {
    gl_rng r = gl_rng_new(1, GL_STREAM_TEST, 5);
    for (int i = 0; i < count; i++, of++) {
        picture x = {of->h, of->w, of->c, {0}}, y;
        for (int k = 0; k < x.h * x.w * x.c; k++) x.v[k] = gl_rng_normal(&r);
        y.h = size(x.h, &of->l, 0), y.w = size(x.w, &of->l, 1), y.c = of->l.n;
        by_network(of->text, &x, &of->l, &y);
    }
}

static void convolutions_are_those_of_plain_loops(void **state) {
    (void)state;
    static const known cases[] = {
        {5, 6, 3, "conv 4 3x2", {4, {3, 2}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, 1}},
        {5, 6, 3, "conv 4 3 pad 1", {4, {3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, 1}},
        {5, 6, 1, "conv 2 2x3 pad 1x0 stride 2x1", {2, {2, 3}, {2, 1}, {1, 1}, {1, 0}, {1, 0}, 1}},
        {7, 7, 4, "conv 6 3 dilation 2 groups 2", {6, {3, 3}, {1, 1}, {2, 2}, {0, 0}, {0, 0}, 2}},
        {5, 5, 4, "conv 4 3 groups 4 pad same", {4, {3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, 4}},
        /* same with a stride: 6 gives 3 windows, one zero is needed, and it stands at the end */
        {6, 6, 1, "conv 2 3 stride 2 pad same", {2, {3, 3}, {2, 2}, {1, 1}, {0, 0}, {1, 1}, 1}},
        /* an even kernel has its odd zero at the end, too */
        {5, 4, 2, "conv 3 2x4 pad same", {3, {2, 4}, {1, 1}, {1, 1}, {0, 1}, {1, 2}, 1}},
        /* no zeros where windows leave pixels out */
        {7, 5, 1, "conv 1 1 stride 3 pad same", {1, {1, 1}, {3, 3}, {1, 1}, {0, 0}, {0, 0}, 1}},
        {1, 9, 2, "conv 3 1x5 stride 1x4", {3, {1, 5}, {1, 4}, {1, 1}, {0, 0}, {0, 0}, 1}},
    };
    compare_with_loops(cases, sizeof cases / sizeof *cases, windows);
}

static void transposed_convolutions_are_those_of_plain_loops(void **state) {
    (void)state;
    static const known cases[] = {
        {1, 1, 5, "conv_transpose 4 1", {4, {1, 1}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, 1}},
        {3,
         4,
         2,
         "conv_transpose 3 3x2 stride 2x1",
         {3, {3, 2}, {2, 1}, {1, 1}, {0, 0}, {0, 0}, 1}},
        /* output_pad takes back a part of what pad cuts off at the end, or adds pixels of b */
        {3,
         3,
         4,
         "conv_transpose 6 3 stride 2 pad 1 output_pad 1 groups 2",
         {6, {3, 3}, {2, 2}, {1, 1}, {1, 1}, {0, 0}, 2}},
        {3,
         2,
         1,
         "conv_transpose 1 2x3 stride 3x1 output_pad 2x0",
         {1, {2, 3}, {3, 1}, {1, 1}, {0, 0}, {-2, 0}, 1}},
        {3,
         3,
         2,
         "conv_transpose 4 2 dilation 2 pad 1 groups 2",
         {4, {2, 2}, {1, 1}, {2, 2}, {1, 1}, {1, 1}, 2}},
        /* same gives stride times as many; of an odd edge more is cut off at the end */
        {2,
         3,
         2,
         "conv_transpose 2 4 stride 2 pad same",
         {2, {4, 4}, {2, 2}, {1, 1}, {1, 1}, {1, 1}, 1}},
        {2,
         3,
         1,
         "conv_transpose 2 3 stride 2 pad same",
         {2, {3, 3}, {2, 2}, {1, 1}, {0, 0}, {1, 1}, 1}},
        {2,
         2,
         3,
         "conv_transpose 2 2 stride 3 pad same",
         {2, {2, 2}, {3, 3}, {1, 1}, {0, 0}, {-1, -1}, 1}},
        {1,
         4,
         3,
         "conv_transpose 33 1x5 stride 1x2",
         {33, {1, 5}, {1, 2}, {1, 1}, {0, 0}, {0, 0}, 1}},
    };
    compare_with_loops(cases, sizeof cases / sizeof *cases, written);
}

/* One sample through `text`, whose values a dense layer copies. */
static void values_of(const char *text, double *x, int64_t inputs, double *y, int64_t width) {
    glia_model_options o = {.dtype = GLIA_F64, .init = "zeros"};
    glia_model *m = glia_model_new(g, inputs, text, &o);
    if (!m) fail_msg("%s: %s", text, glia_message(g));
    double *copy = glia_model_param(m, glia_model_find_param(m, "fc1.w")).data;
    for (int64_t i = 0; i < width * width; i++) copy[i] = i % (width + 1) == 0;
    glia_predictor *p = glia_predictor_new(g, m, 1);
    assert_int_equal(glia_predictor_run(p, glia_tensor_f64(x, 1, inputs),
                                        glia_tensor_f64(y, 1, width)),
                     GLIA_OK);
    glia_predictor_free(p);
    glia_model_free(m);
}

static void assert_values(const double *is, const double *want, int n) {
    for (int i = 0; i < n; i++)
        if (!(fabs(is[i] - want[i]) < 1e-15)) fail_msg("value %d is %g, not %g", i, is[i], want[i]);
}

/*      -1  2 -3  4
 *      -5 -6 -7 -8
 *       9  1  0  2     what lies beyond the edge is no 0 that could be the largest */
static void pools_do_not_count_what_is_beyond_the_edge(void **state) {
    (void)state;
    double x[] = {-1, 2, -3, 4, -5, -6, -7, -8, 9, 1, 0, 2}, y[12];
    static const double largest[] = {2, 4}, padded[] = {-1, 2, 4, 9, 1, 2},
                        means[] = {-1, -0.5, 4, 2, -3, -3}, all[] = {-1};
    values_of("image 3 4, pool 2x2, dense 2", x, 12, y, 2);
    assert_values(y, largest, 2);
    values_of("image 3 4, pool 2x2 pad 1, dense 6", x, 12, y, 6);
    assert_values(y, padded, 6);
    values_of("image 3 4, mean_pool 2x2 pad 1, dense 6", x, 12, y, 6);
    assert_values(y, means, 6);
    values_of("image 3 4, global_pool, dense 1", x, 12, y, 1);
    assert_values(y, all, 1);
    values_of("image 3 2 2, pool 3 stride 1 pad same, global_pool, dense 2", x, 12, y, 2);
}

/*      1 2      each pixel 2 x 3 times;     zeros above, on the left and on the right
 *      3 4                                  what is cropped away leaves 5 of 1 .. 6 */
static void pictures_become_larger_and_smaller(void **state) {
    (void)state;
    double x[] = {1, 2, 3, 4, 5, 6}, y[24];
    static const double large[] = {1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2,
                                   3, 3, 3, 4, 4, 4, 3, 3, 3, 4, 4, 4},
                        padded[] = {0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0}, cropped[] = {5},
                        steps[] = {0, 0, 1, 2, 1, 2, 3, 4, 3, 4},
                        channels[] = {1, 2, 1, 2, 3, 4, 3, 4, 5, 6, 5, 6};
    values_of("image 2 2, upsample 2x3, dense 24", x, 4, y, 24);
    assert_values(y, large, 24);
    values_of("image 2 2, pad 1 0x1, dense 12", x, 4, y, 12);
    assert_values(y, padded, 12);
    values_of("image 2 3, crop 1 0x1, dense 1", x, 6, y, 1);
    assert_values(y, cropped, 1);
    values_of("sequence 2 2, upsample 2, pad 1 0, dense 10", x, 4, y, 10);
    assert_values(y, steps, 10);
    values_of("image 3 1 2, upsample 1x2, dense 12", x, 6, y, 12);
    assert_values(y, channels, 12);
}

/* He's rule counts the numbers of which a value is a sum; Xavier's also to how many each goes. Of
 * windows of 4 x 4 pixels that step by 2, 2 x 2 meet at each pixel of what is written. */
static void initial_weights_have_the_deviation_of_their_rule(void **state) {
    (void)state;
    static const struct {
        const char *text, *init;
        double variance;
    } rules[] = {
        {"image 5 5 16, conv 64 3 relu, dense 2", "he", 2. / (9 * 16)},
        {"image 5 5 16, conv 64 3 relu, dense 2", "xavier", 2. / (9 * 16 + 9 * 64)},
        {"image 5 5 16, conv_transpose 32 4 stride 2, dense 2", "he", 2. / (4 * 16)},
        {"image 5 5 16, conv_transpose 32 4 stride 2, dense 2", "xavier", 2. / (4 * 16 + 16 * 32)},
    };
    for (int i = 0; i < 4; i++) {
        glia_model_options o = {.dtype = GLIA_F64, .init = rules[i].init, .seed = 1};
        glia_model *m = glia_model_new(g, 400, rules[i].text, &o);
        glia_tensor w = glia_model_param(m, 0);
        int64_t count = glia_tensor_count(&w, 0);
        double sum = 0;
        for (int64_t k = 0; k < count; k++) sum += pow(((double *)w.data)[k], 2);
        assert_true(fabs(sum / (double)count / rules[i].variance - 1) < 0.05);
        glia_model_free(m);
    }
}

/* ---------------------------------------------------------------------- batch_norm inside -- */

/* The cost of a model's predictions, whose convolutions have the norms inside, and that of a plan
 * which evaluates, and keeps them apart. */
static void compare_folded(glia_dtype dtype, const char *text, int folds, double tolerance) {
    enum { ROWS = 40, INPUTS = 40 };
    double x[ROWS * INPUTS], y[ROWS], out[ROWS], sum = 0;
    gl_rng r = gl_rng_new(1, GL_STREAM_TEST, 6);
    for (int i = 0; i < ROWS * INPUTS; i++) x[i] = 3 + 2 * gl_rng_normal(&r);
    for (int i = 0; i < ROWS; i++) y[i] = gl_rng_normal(&r);
    glia_tensor xs = glia_tensor_f64(x, ROWS, INPUTS), ys = glia_tensor_f64(y, ROWS, 1);
    glia_model *m =
        glia_model_new(g, INPUTS, text, &(glia_model_options){.dtype = dtype, .seed = 2});
    if (!m) fail_msg("%s: %s", text, glia_message(g));
    glia_fit_options o = {.epochs = 3, .batch = 8, .lr = 0.05};
    assert_int_equal(glia_model_fit(m, xs, ys, &o, NULL), GLIA_OK);
    char *plan = glia_model_plan(m, "predict", ROWS);
    int norms = 0;
    for (const char *at = plan; (at = strstr(at, " fold ")); at++) norms++;
    if (norms != folds) fail_msg("%s: %d norms are folded, not %d: %s", text, norms, folds, plan);
    glia_text_free(g, plan);
    glia_predictor *p = glia_predictor_new(g, m, ROWS);
    assert_int_equal(glia_predictor_run(p, xs, glia_tensor_f64(out, ROWS, 1)), GLIA_OK);
    for (int i = 0; i < ROWS; i++) sum += pow(out[i] - y[i], 2) / ROWS;
    double cost = glia_model_cost(g, m, xs, ys);
    if (!(fabs(sum - cost) < tolerance * cost))
        fail_msg("%s: the cost is %.17g, of predictions %.17g", text, cost, sum);
    glia_predictor_free(p);
    glia_model_free(m);
}

static void a_norm_behind_a_convolution_is_in_its_weights(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int folds;
    } cases[] = {
        {"image 5 4 2, conv 6 3 pad same groups 2, batch_norm, leaky_relu, conv 4 2, batch_norm, "
         "dense 1",
         2},
        {"sequence 10 4, conv 4 3, batch_norm, dense 1", 1},
        /* the value before it is read by others, or is no convolution's */
        {"image 5 4 2, a: conv 4 3 pad same, batch_norm, add a, dense 1", 0},
        {"image 5 4 2, conv 4 3 relu, batch_norm, dense 1", 0},
        {"image 5 4 2, conv_transpose 4 3, batch_norm, dense 1", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        compare_folded(GLIA_F64, cases[i].text, cases[i].folds, 1e-12);
        compare_folded(GLIA_F32, cases[i].text, cases[i].folds, 1e-5);
    }
}

/* Filters are units, and W lies as it does. */
static void layers_say_their_filters_and_the_shape_of_w(void **state) {
    (void)state;
    glia_model *m = glia_model_new(g, 24,
                                   "image 3 4 2, conv 6 3 groups 2 pad same, conv_transpose 4 2 "
                                   "groups 2 stride 2, dense 3",
                                   NULL);
    static const int64_t want[][4] = {{9, 6, 6, 9}, {12, 4, 6, 8}, {192, 3, 3, 192}};
    for (int i = 0; i < 3; i++) {
        glia_layer l = glia_model_layer(m, i);
        const int64_t is[] = {l.in, l.units, l.w[0], l.w[1]};
        for (int k = 0; k < 4; k++)
            if (is[k] != want[i][k])
                fail_msg("layer %d: number %d is %lld, not %lld", i + 1, k, (long long)is[k],
                         (long long)want[i][k]);
    }
    glia_model_free(m);
}

/* No unit of a convolution has a row of W for itself: looking for one read beyond W. */
static void explain_knows_that_filters_are_no_rows_of_units(void **state) {
    (void)state;
    assert_int_equal(chdir(scratch()), 0);
    FILE *f = fopen("conv.csv", "w");
    fputs("a,b,c,d,e,f,y\n", f);
    for (int i = 0; i < 30; i++)
        fprintf(f, "%d,%d,%d,%d,%d,%d,%d\n", i * i % 11, i % 4, i % 7, i % 3, i % 5, i % 6, i % 2);
    fclose(f);
    result r = run("$GLIA train conv.csv --net 'image 3 2, conv 2 2x2 pad same relu, pool 2x2' "
                   "--epochs 1 --target y -q -o conv.glia");
    if (r.status) fail_msg("%s", r.err);
    result_free(&r);
    r = run("$GLIA explain conv.glia conv.csv");
    if (!strstr(r.out, "z^[1] = conv(a^[0], W^[1]) + b^[1]")) fail_msg("%s%s", r.out, r.err);
    result_free(&r);
    r = run("$GLIA explain conv.glia conv.csv --unit 1:12");
    assert_int_equal(r.status, 2);
    if (!strstr(r.err, "layer 1 is a convolution")) fail_msg("%s%s", r.out, r.err);
    result_free(&r);
    r = run("$GLIA train conv.csv --net 'image 3 2, conv 2 2x2 strid 2' --target y -q");
    if (!strstr(r.err, "did you mean 'stride'")) fail_msg("%s", r.err);
    result_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convolutions_are_those_of_plain_loops),
        cmocka_unit_test(transposed_convolutions_are_those_of_plain_loops),
        cmocka_unit_test(pools_do_not_count_what_is_beyond_the_edge),
        cmocka_unit_test(pictures_become_larger_and_smaller),
        cmocka_unit_test(initial_weights_have_the_deviation_of_their_rule),
        cmocka_unit_test(a_norm_behind_a_convolution_is_in_its_weights),
        cmocka_unit_test(layers_say_their_filters_and_the_shape_of_w),
        cmocka_unit_test(explain_knows_that_filters_are_no_rows_of_units),
    };
    return cmocka_run_group_tests_name("conv", tests, open_context, close_context);
}
