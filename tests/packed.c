/*
 * packed.c: numbers packed by their digits are the very doubles that were read, and a table of them
 * and a training take the memory that is said.
 */
#include "table/packed.h"

#include "test.h"

#include <stdatomic.h>

/* ------------------------------------------------------------------------------- one by one -- */

static void assert_same_bits(double found, double expected, int64_t row) {
    uint64_t a, b;
    memcpy(&a, &found, sizeof a);
    memcpy(&b, &expected, sizeof b);
    if (a != b) fail_msg("row %lld: found %.17g, expected %.17g", (long long)row, found, expected);
}

static double value_at(const gl_packed *p, int64_t row) {
    double v;
    if (p->width < 8) return gl_packed_at(p, row);
    memcpy(&v, p->bytes + 8 * row, sizeof v);
    return v;
}

/* Packed in pieces of so many; *width: as it ends. */
static void pack(const double *v, int64_t n, int64_t piece, int *width) {
    glia_ctx *g = glia_open(NULL);
    gl_packed p = {0}, again = {0}, some = {0};
    int64_t rows[] = {n - 1, 0, n / 2};
    for (int64_t i = 0; i < n; i += piece)
        assert_true(gl_pack(g, &p, n, i, v + i, n - i < piece ? n - i : piece));
    for (int64_t i = 0; i < n; i++) assert_same_bits(value_at(&p, i), v[i], i);
    for (int64_t i = 0, k; i < n; i += k) {
        gl_packed one = {0};
        k = n - i < piece ? n - i : piece;
        assert_true(gl_pack(g, &one, k, 0, v + i, k));
        assert_true(gl_pack_again(g, &again, n, i, &one, k));
        gl_free(g, one.bytes);
    }
    for (int64_t i = 0; i < n; i++) assert_same_bits(value_at(&again, i), v[i], i);
    if (p.width < 8) {
        assert_true(gl_pack_some(g, &some, &p, rows, 3));
        for (int64_t i = 0; i < 3; i++) assert_same_bits(value_at(&some, i), v[rows[i]], i);
    }
    if (width) *width = p.width;
    gl_free(g, p.bytes);
    gl_free(g, again.bytes);
    gl_free(g, some.bytes);
    glia_close(g);
}

static void each_form_holds_what_it_is_for(void **state) {
    (void)state;
    static const struct {
        double v[4];
        int width;
    } cases[] = {
        {{0, 1, -0.0, NAN}, 1},
        {{125, -125, NAN, 7}, 1},
        {{126, 0, 0, 0}, 2},
        {{-128, 0, 0, 0}, 2},
        {{0.1, -0.25, 3, NAN}, 2},
        {{32765, 1, 2, 3}, 2},
        {{32766, 1, 2, 3}, 3},
        {{0.12345, -60, 7, NAN}, 3},
        {{8388605, 0, NAN, 0}, 3},
        {{8388606, 0, NAN, 0}, 4},
        {{2147483645, -2147483645, 0, 0}, 4},
        {{2147483646, 0, 0, 0}, 8},
        {{1e-9, 1, NAN, -0.0}, 4},
        {{1e-9, 100, 0, -0.0}, 4},
        {{0.000123456, 12.5, -3.1, NAN}, 4},
        {{67108863, -67108863, 1e-22, -6.7108863e-15}, 4},
        {{67108864, 1e-12, 0, 0}, 8},
        {{2147483645, 1e-9, 0, 0}, 8},
        {{1e-9, 100, 0.123456789, 0}, 8},
        {{1e-23, 0, 0, 0}, 8},
        {{1.0 / 3, 0, 0, NAN}, 8},
        {{INFINITY, 1, 0, 0}, 8},
        {{1e300, -0.0, NAN, 5e-324}, 8},
        {{NAN, NAN, NAN, NAN}, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int width = 0;
        pack(cases[i].v, 4, 4, &width);
        pack(cases[i].v, 4, 1, NULL);
        if (width != cases[i].width)
            fail_msg("case %zu: %d bytes, expected %d", i, width, cases[i].width);
    }
}

/* Decimals as a file has them, which grow longer as it goes on. */
static void what_was_read_is_what_is_there(void **state) {
    (void)state;
    enum { ROWS = 3000 };
    static double v[ROWS];
    for (int last = 0; last < 12; last++) {
        uint64_t x = 88172645463325252u + (uint64_t)last;
        for (int i = 0; i < ROWS; i++) {
            char text[400];
            x ^= x << 13, x ^= x >> 7, x ^= x << 17;
            int decimals = i * (last + 1) / ROWS;
            double number = (double)(int32_t)x / 65536 / (1 + last);
            if (last % 3) snprintf(text, sizeof text, "%.*f", decimals, number);
            else snprintf(text, sizeof text, "%.*g", decimals, number);
            v[i] = i % 97 ? strtod(text, NULL) : NAN;
        }
        pack(v, ROWS, ROWS, NULL);
        pack(v, ROWS, 700, NULL);
    }
}

/* ----------------------------------------------------------------------------------- memory -- */

static atomic_long held, most;

/* In front of what it gives is its size. */
static void *weighed(void *user, size_t size) {
    (void)user;
    char *memory = aligned_alloc(64, 64 + (size + 63) / 64 * 64);
    if (!memory) return NULL;
    memcpy(memory, &size, sizeof size);
    held += (long)size;
    if (held > most) most = held;
    return memory + 64;
}

static void put_back(void *user, void *memory) {
    (void)user;
    size_t size;
    if (!memory) return;
    memcpy(&size, (char *)memory - 64, sizeof size);
    held -= (long)size;
    free((char *)memory - 64);
}

enum { ROWS = 70000, COLUMNS = 5 };

static const char *numbers_file(void) {
    static char path[600];
    snprintf(path, sizeof path, "%s/packed.csv", scratch());
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "a,b,c,d,y\n");
    uint64_t x = 88172645463325252u;
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < COLUMNS; j++) {
            x ^= x << 13, x ^= x >> 7, x ^= x << 17;
            fprintf(f, "%.*f%s", 2 + j, (double)(x % 100000) / 10000 - 5, j < 4 ? "," : "\n");
        }
    }
    assert_int_equal(fclose(f), 0);
    return path;
}

/* 3 bytes a cell and a few blocks; as doubles they would be 8, with a line for each row 8 more for
 * the row. */
static void a_table_takes_what_its_digits_take(void **state) {
    (void)state;
    held = most = 0;
    glia_ctx *g = glia_open(&(glia_settings){.threads = 2, .alloc = weighed, .release = put_back});
    long before = held;
    glia_table *t = glia_table_read(g, numbers_file(), NULL);
    if (!t) fail_msg("%s", glia_message(g));
    assert_int_equal(glia_table_rows(t), ROWS);
    long table = held - before;
    if (table > 3.2 * ROWS * COLUMNS) fail_msg("%ld bytes", table);
    const double *y = glia_table_values(t, 4).data;
    for (int64_t i = 0; i < ROWS; i += 777) {
        char cell[40];
        glia_table_cell(t, i, 4, cell, sizeof cell);
        assert_same_bits(y[i], strtod(cell, NULL), i);
    }
    assert_ptr_equal(glia_table_values(t, 4).data, y);
    glia_table_free(t);
    glia_close(g);
    assert_int_equal(held, 0);
}

/* Of a small network: what the doctor takes to look at units does not hang on the rows. */
static long peak_of_training(const char *doctor) {
    held = most = 0;
    glia_ctx *g = glia_open(&(glia_settings){.threads = 1, .alloc = weighed, .release = put_back});
    glia_table *t = glia_table_read(g, numbers_file(), NULL);
    glia_recipe *recipe = glia_recipe_new(g);
    assert_int_equal(glia_recipe_set(recipe, "target", "y"), GLIA_OK);
    assert_int_equal(glia_recipe_set(recipe, "epochs", "1"), GLIA_OK);
    assert_int_equal(glia_recipe_set(recipe, "hidden", "32"), GLIA_OK);
    assert_int_equal(glia_recipe_set(recipe, "doctor", doctor), GLIA_OK);
    glia_model *m = glia_train(g, &(glia_train_job){.recipe = recipe, .train = t}, NULL);
    if (!m) fail_msg("%s", glia_message(g));
    glia_model_free(m);
    glia_recipe_free(recipe);
    glia_table_free(t);
    glia_close(g);
    return most;
}

static void the_doctor_takes_no_more_than_training(void **state) {
    (void)state;
    assert_int_equal(peak_of_training("on"), peak_of_training("off"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_holds_what_it_is_for),
        cmocka_unit_test(what_was_read_is_what_is_there),
        cmocka_unit_test(a_table_takes_what_its_digits_take),
        cmocka_unit_test(the_doctor_takes_no_more_than_training),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
