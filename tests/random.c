/*
 * random.c: Philox against its published answers, NumPy's legacy generator against 95 recorded
 * cases, and what a user of gl_rng relies on.
 */
#include "base/random.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "philox.h"

#ifdef SOURCE_ROOT
#define SHARED SOURCE_ROOT "/../shared" /* where GLIA_SHARED is not set */
#else
#define SHARED "../shared"
#endif

/* ------------------------------------------------------------------------------------ philox -- */

/* The vectors of Random123 (kat_vectors, philox4x32 10). */
static void philox_gives_the_published_answers(void **state) {
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint32_t out[4];
        philox(known[i].counter, known[i].key, out);
        assert_memory_equal(out, known[i].out, sizeof out);
    }
}

/* ------------------------------------------------------------------------------------ gl_rng -- */

static void a_stream_repeats_and_differs_from_its_neighbours(void **state) {
    (void)state;
    gl_rng a = gl_rng_new(7, GL_STREAM_SHUFFLE, 3), again = gl_rng_new(7, GL_STREAM_SHUFFLE, 3);
    gl_rng others[] = {gl_rng_new(8, GL_STREAM_SHUFFLE, 3), gl_rng_new(7, GL_STREAM_SPLIT, 3),
                       gl_rng_new(7, GL_STREAM_SHUFFLE, 4),
                       gl_rng_new(7, GL_STREAM_SHUFFLE, (uint64_t)1 << 32 | 3),
                       gl_rng_new((uint64_t)1 << 32 | 7, GL_STREAM_SHUFFLE, 3)};
    int equal[5] = {0};
    for (int i = 0; i < 1000; i++) {
        uint32_t word = gl_rng_u32(&a);
        assert_int_equal(word, gl_rng_u32(&again));
        for (int o = 0; o < 5; o++) equal[o] += gl_rng_u32(&others[o]) == word;
    }
    for (int o = 0; o < 5; o++) assert_true(equal[o] < 3);
}

static void expect_blocks(gl_rng *r, uint64_t first, const uint32_t key[2], uint32_t c2,
                          uint32_t c3) {
    r->counter[0] = (uint32_t)first, r->counter[1] = (uint32_t)(first >> 32);
    r->used = GL_RNG_WORDS;
    for (uint64_t block = first; block < first + 100; block++) {
        uint32_t words[4], counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), c2, c3};
        philox(counter, key, words);
        for (int i = 0; i < 4; i++) assert_int_equal(gl_rng_u32(r), words[i]);
    }
}

/* They are made several at a time; also where the first word of the counter begins anew. */
static void the_words_of_a_stream_are_the_blocks_of_philox(void **state) {
    (void)state;
    const uint32_t key[2] = {7, 9}, c2 = ~((uint32_t)GL_STREAM_TEST + (2u << 8)), c3 = 5;
    gl_rng r = gl_rng_new((uint64_t)9 << 32 | 7, GL_STREAM_TEST, (uint64_t)2 << 32 | 5);
    expect_blocks(&r, 0, key, c2, c3);
    expect_blocks(&r, ((uint64_t)1 << 32) - 3 * GL_RNG_BLOCKS, key, c2, c3);
}

static void uniforms_are_uniform(void **state) {
    (void)state;
    enum { DRAWS = 200000, BINS = 20 };
    gl_rng r = gl_rng_new(1, GL_STREAM_TEST, 0);
    int bin[BINS] = {0};
    for (int i = 0; i < DRAWS; i++) {
        double u = gl_rng_uniform(&r);
        assert_true(u >= 0 && u < 1);
        bin[(int)(u * BINS)]++;
    }
    double chi2 = 0, expected = (double)DRAWS / BINS;
    for (int b = 0; b < BINS; b++) chi2 += (bin[b] - expected) * (bin[b] - expected) / expected;
    assert_true(chi2 > 4 && chi2 < 44); /* 19 degrees of freedom: 99.9% on either side */
}

static void normals_have_the_moments_of_a_normal(void **state) {
    (void)state;
    enum { DRAWS = 200000 };
    gl_rng r = gl_rng_new(2, GL_STREAM_TEST, 0);
    double sum[5] = {0};
    for (int i = 0; i < DRAWS; i++) {
        double x = gl_rng_normal(&r), power = 1;
        for (int k = 0; k < 5; k++, power *= x) sum[k] += power / DRAWS;
    }
    assert_true(fabs(sum[1]) < 0.01);
    assert_true(fabs(sum[2] - 1) < 0.015);
    assert_true(fabs(sum[3]) < 0.04);
    assert_true(fabs(sum[4] - 3) < 0.1);
}

static void below_reaches_every_number_and_nothing_else(void **state) {
    (void)state;
    gl_rng r = gl_rng_new(3, GL_STREAM_TEST, 0);
    int seen[7] = {0};
    for (int i = 0; i < 70000; i++) {
        int64_t v = gl_rng_below(&r, 7);
        assert_true(v >= 0 && v < 7);
        seen[v]++;
    }
    for (int v = 0; v < 7; v++) assert_true(seen[v] > 9500 && seen[v] < 10500);
    assert_int_equal(gl_rng_below(&r, 1), 0);
    int64_t huge = (int64_t)3 << 61, v = gl_rng_below(&r, huge);
    assert_true(v >= 0 && v < huge);
}

static void a_shuffle_keeps_every_item(void **state) {
    (void)state;
    gl_rng r = gl_rng_new(4, GL_STREAM_SHUFFLE, 0);
    int64_t items[100], seen[100] = {0}, moved = 0;
    for (int64_t i = 0; i < 100; i++) items[i] = i;
    gl_rng_shuffle(&r, items, 100);
    for (int64_t i = 0; i < 100; i++) {
        seen[items[i]]++;
        moved += items[i] != i;
    }
    for (int i = 0; i < 100; i++) assert_int_equal(seen[i], 1);
    assert_true(moved > 80);
}

/* ------------------------------------------------------------------------------------- numpy -- */

enum { MOST = 1000 }; /* numbers in a case */

/* "7" or "[1 2 3]" */
static void seed_from_text(gl_numpy *r, const char *text) {
    if (*text != '[') {
        gl_numpy_seed(r, (uint32_t)strtoul(text, NULL, 10));
        return;
    }
    uint32_t key[8];
    int length = 0;
    char *at = (char *)text + 1;
    while (*at != ']') key[length++] = (uint32_t)strtoul(at, &at, 10);
    gl_numpy_seed_array(r, key, length);
}

static double *put(double *out, const int64_t *values, int64_t n) {
    for (int64_t i = 0; i < n; i++) *out++ = (double)values[i];
    return out;
}

static double *put_randn(double *out, gl_numpy *r, int n) {
    while (n-- > 0) *out++ = gl_numpy_randn(r);
    return out;
}

static double *put_permutation(double *out, gl_numpy *r, int64_t n, int64_t first) {
    int64_t items[MOST];
    gl_numpy_permutation(r, items, n);
    return put(out, items, first);
}

static double *put_choice(double *out, gl_numpy *r, const char *args) {
    static const double p[] = {0.1, 0.2, 0.3, 0.4};
    long classes = 0, n = 0;
    int64_t items[MOST];
    sscanf(args, "%ld %ld", &classes, &n);
    if (strstr(args, "no replace")) return put_permutation(out, r, classes, n);
    gl_numpy_choice(r, strstr(args, "p=") ? p : NULL, classes, items, n);
    return put(out, items, n);
}

static double *put_shuffle(double *out, gl_numpy *r, int64_t n) {
    int64_t items[MOST];
    for (int64_t i = 0; i < n; i++) items[i] = i;
    gl_numpy_shuffle(r, items, n);
    return put(out, items, n);
}

/* "randn(3) rand(2) randn(2) randint(0,100) randn(1) permutation(5) randn(1)" */
static double *put_mixed(double *out, gl_numpy *r) {
    out = put_randn(out, r, 3);
    *out++ = gl_numpy_rand(r);
    *out++ = gl_numpy_rand(r);
    out = put_randn(out, r, 2);
    *out++ = (double)gl_numpy_randint(r, 0, 100);
    out = put_randn(out, r, 1);
    out = put_permutation(out, r, 5, 5);
    return put_randn(out, r, 1);
}

/* Draws the numbers of one case; returns how many. */
static int64_t draw_case(const char *function, const char *seed, const char *args, double *out) {
    gl_numpy r;
    seed_from_text(&r, seed);
    double a = 0, b = 0, *end = out;
    int n = 0;
    int given = sscanf(args, "%lf %lf %d", &a, &b, &n);
    if (strcmp(function, "rand") == 0)
        for (int i = 0; i < (int)(a * b); i++) *end++ = gl_numpy_rand(&r);
    else if (strcmp(function, "randn") == 0) end = put_randn(out, &r, (int)(a * b));
    else if (strcmp(function, "raw_uint32") == 0)
        for (int i = 0; i < (int)a; i++) *end++ = gl_numpy_u32(&r);
    else if (strcmp(function, "uniform") == 0 && given == 3)
        for (int i = 0; i < n; i++) *end++ = a + (b - a) * gl_numpy_rand(&r);
    else if (strcmp(function, "normal") == 0 && given == 3)
        for (int i = 0; i < n; i++) *end++ = a + b * gl_numpy_randn(&r);
    else if (strcmp(function, "randint") == 0 && given == 3)
        for (int i = 0; i < n; i++) *end++ = (double)gl_numpy_randint(&r, (int64_t)a, (int64_t)b);
    else if (strcmp(function, "choice") == 0) end = put_choice(out, &r, args);
    else if (strcmp(function, "permutation") == 0)
        end = put_permutation(out, &r, (int64_t)a, (int64_t)a);
    else if (strcmp(function, "shuffle") == 0) end = put_shuffle(out, &r, (int64_t)a);
    else if (strcmp(function, "mixed") == 0) end = put_mixed(out, &r);
    else if (strcmp(function, "reseed") == 0) {
        end = put_randn(out, &r, 1);
        seed_from_text(&r, seed);
        end = put_randn(end, &r, 2);
    } else if (strcmp(function, "randn tail") == 0) {
        for (int i = 0; i < 86016 - 10; i++) gl_numpy_randn(&r);
        end = put_randn(out, &r, 10);
    } else if (strcmp(function, "rand tail") == 0) {
        for (int i = 0; i < 5000; i++) *(i < 4990 ? out : end++) = gl_numpy_rand(&r);
    } else fail_msg("no way to draw '%s'", function);
    return end - out;
}

/* The next field of a CSV line, its quotes taken off; *line moves behind it. */
static char *next_field(char **line) {
    char *field = *line, *end;
    if (*field == '"') {
        end = strchr(++field, '"');
        *end++ = 0;
    } else end = field + strcspn(field, ",\r\n");
    *line = *end ? end + 1 : end;
    *end = 0;
    return field;
}

static void numpy_gives_the_recorded_numbers_bit_for_bit(void **state) {
    (void)state;
    const char *shared = getenv("GLIA_SHARED");
    char path[4096], line[512];
    snprintf(path, sizeof path, "%s/reference/numpy-random/vectors.csv", shared ? shared : SHARED);
    FILE *file = fopen(path, "r");
    if (!file) {
        print_message("# skipped: no %s; set GLIA_SHARED to the folder that holds reference/\n",
                      path);
        skip();
    }
    double drawn[MOST];
    int64_t count = 0, at = 0;
    int cases = 0;
    assert_non_null(fgets(line, sizeof line, file)); /* the header */
    while (fgets(line, sizeof line, file)) {
        char *rest = line, *function = next_field(&rest), *seed = next_field(&rest),
             *args = next_field(&rest);
        char *index = next_field(&rest), *value = next_field(&rest), *hex = next_field(&rest);
        if (strcmp(index, "0") == 0) {
            assert_int_equal(at, count);
            count = draw_case(function, seed, args, drawn);
            at = 0;
            cases++;
        }
        double expected = strtod(*hex ? hex : value, NULL);
        if (at >= count || drawn[at] != expected)
            fail_msg("%s seed %s (%s) [%s]: expected %s, drew %.17g", function, seed, args, index,
                     value, drawn[at]);
        at++;
    }
    assert_int_equal(at, count);
    assert_int_equal(cases, 95);
    fclose(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_published_answers),
        cmocka_unit_test(a_stream_repeats_and_differs_from_its_neighbours),
        cmocka_unit_test(the_words_of_a_stream_are_the_blocks_of_philox),
        cmocka_unit_test(uniforms_are_uniform),
        cmocka_unit_test(normals_have_the_moments_of_a_normal),
        cmocka_unit_test(below_reaches_every_number_and_nothing_else),
        cmocka_unit_test(a_shuffle_keeps_every_item),
        cmocka_unit_test(numpy_gives_the_recorded_numbers_bit_for_bit),
    };
    return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
