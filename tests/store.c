/*
 * store.c: the verbs of a store beside plain loops over arrays of the same numbers, in both
 * precisions, for ranges of every length down to none, for zeros and for what is not finite.
 */
#include "product/model.h"

#include "context.h"
#include "test.h"
#include <math.h>

enum { COUNT = 700 }; /* more than one block of those who work block by block */

static const glia_dtype precisions[] = {GLIA_F32, GLIA_F64};
static const int64_t ranges[][2] = {{0, COUNT}, {0, 0}, {COUNT, 0}, {3, 1}, {5, 257}, {699, 1}};
enum { RANGES = sizeof ranges / sizeof *ranges };

/* What a run of this precision keeps of a number. */
static double kept(glia_dtype dtype, double v) { return dtype == GLIA_F64 ? v : (double)(float)v; }

/* No two are equal, signs and sizes differ, and no float holds them as they are. */
static double number(int64_t i) { return (i % 3 ? 1 : -1) * exp((double)(i % 97) / 10) / 7; }

static gl_store *filled(glia_dtype dtype, double *truth) {
    gl_store *s = gl_store_new(g, COUNT, dtype);
    assert_non_null(s);
    assert_true(gl_store_take(s, GL_WEIGHTS));
    for (int64_t i = 0; i < COUNT; i++) {
        gl_store_set(s, GL_WEIGHTS, i, number(i));
        truth[i] = kept(dtype, number(i));
    }
    return s;
}

static void a_taken_run_is_zero_and_a_dropped_one_is_not_there(void **state) {
    (void)state;
    for (int p = 0; p < 2; p++) {
        gl_store *s = gl_store_new(g, COUNT, precisions[p]);
        int64_t bytes = COUNT * (int64_t)glia_dtype_size(precisions[p]);
        assert_int_equal(gl_store_bytes(s), 0);
        for (gl_run_id run = 0; run < GL_RUNS; run++) {
            assert_null(gl_store_at(s, run, 0));
            assert_true(gl_store_take(s, run));
            assert_int_equal(gl_store_bytes(s), bytes * (run + 1));
            for (int64_t i = 0; i < COUNT; i++) assert_true(gl_store_value(s, run, i) == 0);
        }
        gl_store_set(s, GL_MOMENT + 1, 5, 1);
        assert_true(gl_store_take(s, GL_MOMENT + 1)); /* anew */
        assert_true(gl_store_value(s, GL_MOMENT + 1, 5) == 0);
        gl_store_drop(s, GL_MOMENT + 1);
        gl_store_drop(s, GL_MOMENT + 1);
        assert_null(gl_store_at(s, GL_MOMENT + 1, 7));
        assert_int_equal(gl_store_bytes(s), bytes * (GL_RUNS - 1));
        gl_store_free(s);
    }
    gl_store_free(NULL);
}

static void runs_have_names_and_moments_are_counted(void **state) {
    (void)state;
    char name[GL_RUN_NAME], expected[32];
    assert_string_equal(gl_run_name(GL_WEIGHTS, name), "weights");
    assert_string_equal(gl_run_name(GL_GRADIENTS, name), "gradients");
    assert_string_equal(gl_run_name(GL_BEST, name), "best");
    for (int i = 0; i < GL_MOST_MOMENTS; i++) {
        snprintf(expected, sizeof expected, "moment%d", i + 1);
        assert_string_equal(gl_run_name(GL_MOMENT + i, name), expected);
    }
}

static void elements_are_those_of_an_array_of_this_precision(void **state) {
    (void)state;
    double truth[COUNT];
    for (int p = 0; p < 2; p++) {
        gl_store *s = filled(precisions[p], truth);
        const char *start = gl_store_at(s, GL_WEIGHTS, 0);
        for (int64_t i = 0; i < COUNT; i++) {
            double there = precisions[p] == GLIA_F64 ? ((const double *)(const void *)start)[i]
                                                     : ((const float *)(const void *)start)[i];
            assert_true(there == truth[i] && gl_store_value(s, GL_WEIGHTS, i) == truth[i]);
            assert_ptr_equal(gl_store_at(s, GL_WEIGHTS, i),
                             start + (size_t)i * glia_dtype_size(precisions[p]));
        }
        gl_store_free(s);
    }
}

/* Puts a range into a run of 1s, and wants it there and 1s around it; gets it back. */
static void check_range(gl_store *s, glia_dtype dtype, int64_t first, int64_t count) {
    double ones[COUNT], doubles[COUNT + 1] = {0};
    float floats[COUNT];
    for (int64_t i = 0; i < COUNT; i++) ones[i] = 1;
    for (int64_t i = 0; i < count; i++) doubles[i] = number(i), floats[i] = (float)number(i);
    const void *same = dtype == GLIA_F64 ? (void *)doubles : (void *)floats;
    for (int as_doubles = 0; as_doubles < 2; as_doubles++) {
        gl_store_put_doubles(s, GL_GRADIENTS, 0, COUNT, ones);
        if (as_doubles) gl_store_put_doubles(s, GL_GRADIENTS, first, count, doubles);
        else gl_store_put(s, GL_GRADIENTS, first, count, same);
        for (int64_t i = 0; i < COUNT; i++) {
            bool inside = i >= first && i < first + count;
            assert_true(gl_store_value(s, GL_GRADIENTS, i) ==
                        (inside ? kept(dtype, number(i - first)) : 1));
        }
    }
    double again[COUNT + 1] = {0}, back[COUNT + 1] = {0};
    again[count] = back[count] = 42; /* behind what is got */
    gl_store_get(s, GL_GRADIENTS, first, count, again);
    gl_store_get_doubles(s, GL_GRADIENTS, first, count, back);
    assert_memory_equal(again, same, (size_t)count * glia_dtype_size(dtype));
    for (int64_t i = 0; i < count; i++) assert_true(back[i] == kept(dtype, number(i)));
    assert_true(again[count] == 42 && back[count] == 42);
}

static void ranges_go_in_and_come_out(void **state) {
    (void)state;
    for (int p = 0; p < 2; p++) {
        gl_store *s = gl_store_new(g, COUNT, precisions[p]);
        assert_true(gl_store_take(s, GL_GRADIENTS));
        for (int r = 0; r < RANGES; r++) check_range(s, precisions[p], ranges[r][0], ranges[r][1]);
        gl_store_free(s);
    }
}

static void copies_round_once_between_precisions(void **state) {
    (void)state;
    double truth[COUNT];
    for (int from = 0; from < 2; from++) {
        gl_store *s = filled(precisions[from], truth);
        for (int to = 0; to < 2; to++) {
            gl_store *copy = gl_store_new(g, COUNT, precisions[to]);
            assert_true(gl_store_take(copy, GL_MOMENT));
            gl_store_copy(copy, GL_MOMENT, s, GL_WEIGHTS);
            for (int64_t i = 0; i < COUNT; i++)
                assert_true(gl_store_value(copy, GL_MOMENT, i) == kept(precisions[to], truth[i]));
            gl_store_free(copy);
        }
        gl_store_free(s);
    }
}

static void largest_and_norm_are_those_of_plain_loops(void **state) {
    (void)state;
    double truth[COUNT];
    for (int p = 0; p < 2; p++) {
        gl_store *s = filled(precisions[p], truth);
        for (int r = 0; r < RANGES; r++) {
            int64_t first = ranges[r][0], count = ranges[r][1];
            double largest = 0, squares = 0;
            for (int64_t i = first; i < first + count; i++) {
                if (fabs(truth[i]) > largest) largest = fabs(truth[i]);
                squares += truth[i] * truth[i];
            }
            assert_true(gl_store_largest(s, GL_WEIGHTS, first, count) == largest);
            assert_true(gl_store_norm(s, GL_WEIGHTS, first, count) == sqrt(squares));
            assert_true(gl_store_finite(s, GL_WEIGHTS, first, count));
        }
        assert_true(gl_store_take(s, GL_WEIGHTS)); /* zeros */
        assert_true(gl_store_largest(s, GL_WEIGHTS, 0, COUNT) == 0);
        assert_true(gl_store_norm(s, GL_WEIGHTS, 0, COUNT) == 0);
        gl_store_free(s);
    }
}

static void what_is_not_finite_shows_where_it_lies_and_nowhere_else(void **state) {
    (void)state;
    static const double bad[] = {NAN, INFINITY, -INFINITY};
    double truth[COUNT];
    for (int k = 0; k < 6; k++) {
        gl_store *s = filled(precisions[k % 2], truth);
        double v = bad[k / 2], others = gl_store_largest(s, GL_WEIGHTS, 0, COUNT);
        gl_store_set(s, GL_WEIGHTS, 0, 0);
        gl_store_set(s, GL_WEIGHTS, 300, v);
        assert_false(gl_store_finite(s, GL_WEIGHTS, 0, COUNT));
        assert_false(gl_store_finite(s, GL_WEIGHTS, 300, 1));
        assert_true(gl_store_finite(s, GL_WEIGHTS, 0, 300));
        assert_true(gl_store_finite(s, GL_WEIGHTS, 301, COUNT - 301));
        assert_true(gl_store_finite(s, GL_WEIGHTS, 300, 0));
        double largest = gl_store_largest(s, GL_WEIGHTS, 0, COUNT),
               norm = gl_store_norm(s, GL_WEIGHTS, 0, COUNT);
        assert_true(largest == (isnan(v) ? others : INFINITY));
        assert_true(isnan(v) ? isnan(norm) : norm == INFINITY);
        assert_true(isfinite(gl_store_norm(s, GL_WEIGHTS, 0, 300)));
        gl_store_free(s);
    }
}

static void the_best_weights_are_kept_and_brought_back(void **state) {
    (void)state;
    double truth[COUNT];
    for (int p = 0; p < 2; p++) {
        gl_store *s = filled(precisions[p], truth);
        gl_store_keep_best(s); /* there is no run for them */
        gl_store_set(s, GL_WEIGHTS, 1, 8);
        gl_store_bring_best(s);
        assert_true(gl_store_value(s, GL_WEIGHTS, 1) == 8);
        assert_true(gl_store_take(s, GL_BEST));
        gl_store_set(s, GL_WEIGHTS, 1, truth[1]);
        gl_store_keep_best(s);
        for (int64_t i = 0; i < COUNT; i++) gl_store_set(s, GL_WEIGHTS, i, NAN);
        gl_store_bring_best(s);
        for (int64_t i = 0; i < COUNT; i++)
            assert_true(gl_store_value(s, GL_WEIGHTS, i) == truth[i]);
        gl_store_free(s);
    }
}

static void a_run_that_does_not_fit_is_refused(void **state) {
    (void)state;
    gl_store *s = gl_store_new(g, INT64_MAX / 8, GLIA_F64);
    assert_non_null(s);
    assert_false(gl_store_take(s, GL_WEIGHTS));
    assert_int_equal(glia_code(g), GLIA_RESOURCE);
    assert_null(gl_store_at(s, GL_WEIGHTS, 0));
    gl_store_free(s);
}

static void a_training_leaves_the_weights_alone_in_the_store(void **state) {
    (void)state;
    static const double x[] = {0, 1, 2, 3, 4, 5, 6, 7}, y[] = {1, 3, 5, 7, 9, 11, 13, 15};
    glia_tensor xs = glia_tensor_f64(x, 8, 1), ys = glia_tensor_f64(y, 8, 1);
    glia_model *m = glia_model_new(g, 1, "dense 3 tanh, dense 1", NULL);
    int64_t bytes = gl_store_bytes(m->net->store);
    assert_int_equal(bytes, 10 * (int64_t)sizeof(float));
    glia_fit_options o = {
        .epochs = 2, .optimizer = "adam", .patience = 1, .x_val = xs, .y_val = ys};
    assert_int_equal(glia_model_fit(m, xs, ys, &o, NULL), GLIA_OK);
    assert_int_equal(gl_store_bytes(m->net->store), bytes);
    o = (glia_fit_options){.epochs = 50, .optimizer = "momentum", .lr = 1e6};
    assert_int_equal(glia_model_fit(m, xs, ys, &o, NULL), GLIA_FAILED); /* it diverged */
    assert_int_equal(gl_store_bytes(m->net->store), bytes);
    glia_model_free(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_taken_run_is_zero_and_a_dropped_one_is_not_there),
        cmocka_unit_test(runs_have_names_and_moments_are_counted),
        cmocka_unit_test(elements_are_those_of_an_array_of_this_precision),
        cmocka_unit_test(ranges_go_in_and_come_out),
        cmocka_unit_test(copies_round_once_between_precisions),
        cmocka_unit_test(largest_and_norm_are_those_of_plain_loops),
        cmocka_unit_test(what_is_not_finite_shows_where_it_lies_and_nowhere_else),
        cmocka_unit_test(the_best_weights_are_kept_and_brought_back),
        cmocka_unit_test(a_run_that_does_not_fit_is_refused),
        cmocka_unit_test(a_training_leaves_the_weights_alone_in_the_store),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
