/*
 * generate.c: the built-in data sets: the course's points to the last digit, same seed same
 * bytes, fair classes.
 */
#include <glia/glia.h>
#include <math.h>

#include "../src/table/table.h"
#include "test.h"

#include "context.h"

static glia_table *made(const char *name, int64_t rows, uint64_t seed) {
    glia_table *t = glia_table_generate(g, name, rows, seed);
    if (!t) fail_msg("%s: %s", name, glia_message(g));
    return t;
}

/* ----------------------------------------------------------------------- the course's points -- */

static FILE *open_reference(const char *file) {
    char name[256];
    snprintf(name, sizeof name, "reference/course/sets/%s", file);
    need_shared(name);
    FILE *f = fopen(shared_path(name), "r");
    assert_non_null(f);
    return f;
}

/* sin, cos and log of another C library may differ in the last bits: 4e-15 allows for a few. */
static void assert_near(double found, double expected, const char *set, int64_t row) {
    if (!(fabs(found - expected) <= 4e-15))
        fail_msg("%s, row %lld: found %.17g, expected %.17g", set, (long long)row, found, expected);
}

static void compare(const char *name, int64_t rows, uint64_t seed, const char *file) {
    FILE *f = open_reference(file);
    glia_table *t = made(name, rows, seed);
    char line[256];
    assert_non_null(fgets(line, sizeof line, f));
    assert_memory_equal(line, "x1,x2,y", 7);
    for (int64_t i = 0; i < rows; i++) {
        double x1, x2, y;
        assert_non_null(fgets(line, sizeof line, f));
        assert_int_equal(sscanf(line, "%lf,%lf,%lf", &x1, &x2, &y), 3);
        assert_near(t->column[0].number[i], x1, name, i);
        assert_near(t->column[1].number[i], x2, name, i);
        assert_true(t->column[2].number[i] == y);
    }
    assert_null(fgets(line, sizeof line, f));
    fclose(f);
    glia_table_free(t);
}

static void flower_is_the_courses(void **state) {
    (void)state;
    compare("flower", 400, 1, "flower_400.csv");
}

static void circles_are_the_courses(void **state) {
    (void)state;
    compare("circles", 300, 1, "circles_train_300.csv");
    compare("circles", 100, 2, "circles_test_100.csv");
}

static void moons_are_the_courses(void **state) {
    (void)state;
    compare("moons", 300, 3, "moons_300.csv");
}

/* --------------------------------------------------------------------------------- every set -- */

static const struct expected {
    const char *name;
    int64_t rows;
    int columns, classes;
    double low, high; /* of the features */
} sets[] = {
    {"flower", 400, 3, 2, -6, 6},    {"moons", 300, 3, 2, -3, 4}, {"circles", 300, 3, 2, -2, 2},
    {"spirals", 600, 3, 2, -3, 3},   {"xor", 400, 3, 2, -4, 4},   {"houses", 800, 6, 0, 0, 320},
    {"digits", 6000, 2, 10, 0, 255},
};

#define SETS (int)(sizeof sets / sizeof *sets)

static size_t column_bytes(const glia_table *t, const gl_column *c, const void **bytes) {
    *bytes = c->type == GLIA_ARRAY      ? c->array.data
             : c->type == GLIA_CATEGORY ? (void *)c->code
                                        : (void *)c->number;
    return (size_t)t->rows * (c->type == GLIA_ARRAY      ? (size_t)glia_tensor_count(&c->array, 1)
                              : c->type == GLIA_CATEGORY ? sizeof(int32_t)
                                                         : sizeof(double));
}

static bool equal(const glia_table *a, const glia_table *b) {
    for (int i = 0; i < a->columns; i++) {
        const void *p, *q;
        size_t n = column_bytes(a, &a->column[i], &p), m = column_bytes(b, &b->column[i], &q);
        if (n != m || memcmp(p, q, n) != 0) return false;
    }
    return true;
}

static void the_usual_size_comes_without_a_number(void **state) {
    (void)state;
    for (int i = 0; i < SETS; i++) {
        glia_table *t = made(sets[i].name, 0, 1);
        assert_int_equal(glia_table_rows(t), sets[i].rows);
        assert_int_equal(glia_table_columns(t), sets[i].columns);
        glia_table_free(t);
    }
}

static void the_same_seed_gives_the_same_bytes_and_another_does_not(void **state) {
    (void)state;
    for (int i = 0; i < SETS; i++) {
        glia_table *a = made(sets[i].name, 101, 7), *b = made(sets[i].name, 101, 7),
                   *c = made(sets[i].name, 101, 8);
        assert_true(equal(a, b));
        assert_false(equal(a, c));
        glia_table_free(a);
        glia_table_free(b);
        glia_table_free(c);
    }
}

static void classes_are_balanced(void **state) {
    (void)state;
    for (int i = 0; i < SETS; i++) {
        if (!sets[i].classes) continue;
        glia_table *t = made(sets[i].name, 2000, 5);
        const double *y = t->column[t->columns - 1].number;
        int64_t count[10] = {0};
        for (int64_t row = 0; row < t->rows; row++) {
            assert_true(y[row] >= 0 && y[row] < sets[i].classes && y[row] == floor(y[row]));
            count[(int)y[row]]++;
        }
        for (int k = 0; k < sets[i].classes; k++)
            assert_in_range(count[k], 1600 / sets[i].classes, 2400 / sets[i].classes);
        glia_table_free(t);
    }
}

static void values_stay_in_their_range(void **state) {
    (void)state;
    for (int i = 0; i < SETS; i++) {
        glia_table *t = made(sets[i].name, 2000, 9);
        for (int k = 0; k + 1 < t->columns; k++)
            for (int64_t row = 0; t->column[k].type == GLIA_NUMBER && row < t->rows; row++)
                assert_true(t->column[k].number[row] >= sets[i].low &&
                            t->column[k].number[row] <= sets[i].high);
        glia_table_free(t);
    }
}

static void houses_cost_money_and_stand_in_three_cities(void **state) {
    (void)state;
    glia_table *t = made("houses", 0, 1);
    assert_int_equal(t->column[4].type, GLIA_CATEGORY);
    assert_int_equal(t->column[4].categories, 3);
    for (int64_t i = 0; i < t->rows; i++)
        assert_true(t->column[5].number[i] > 10000 && t->column[5].number[i] < 2000000);
    glia_table_free(t);
}

static void digits_are_grey_images_with_ink_and_paper(void **state) {
    (void)state;
    glia_table *t = made("digits", 200, 1), *longer = made("digits", 300, 1);
    const glia_tensor *x = &t->column[0].array;
    assert_int_equal(x->dtype, GLIA_U8);
    assert_int_equal(x->dim[1], 16);
    assert_int_equal(x->dim[2], 16);
    for (int64_t i = 0; i < t->rows; i++) {
        const uint8_t *image = (const uint8_t *)x->data + i * 256;
        int dark = 0, light = 0;
        for (int k = 0; k < 256; k++) {
            dark += image[k] > 128;
            light += image[k] < 64;
        }
        assert_in_range(dark, 8, 120);
        assert_in_range(light, 100, 245);
    }
    assert_memory_equal(x->data, longer->column[0].array.data, 200 * 256);
    glia_table_free(t);
    glia_table_free(longer);
}

static void a_wrong_name_or_size_is_refused(void **state) {
    (void)state;
    assert_null(glia_table_generate(g, "flowr", 0, 1));
    assert_int_equal(glia_code(g), GLIA_USAGE);
    assert_non_null(strstr(glia_message(g), "did you mean 'flower'?"));
    assert_null(glia_table_generate(g, NULL, 0, 1));
    assert_null(glia_table_generate(g, "moons", -1, 1));
    assert_null(glia_table_generate(g, "moons", 1, 1));
    assert_non_null(strstr(glia_message(g), "expected at least 2"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flower_is_the_courses),
        cmocka_unit_test(circles_are_the_courses),
        cmocka_unit_test(moons_are_the_courses),
        cmocka_unit_test(the_usual_size_comes_without_a_number),
        cmocka_unit_test(the_same_seed_gives_the_same_bytes_and_another_does_not),
        cmocka_unit_test(classes_are_balanced),
        cmocka_unit_test(values_stay_in_their_range),
        cmocka_unit_test(houses_cost_money_and_stand_in_three_cities),
        cmocka_unit_test(digits_are_grey_images_with_ink_and_paper),
        cmocka_unit_test(a_wrong_name_or_size_is_refused),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
