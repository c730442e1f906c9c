/*
 * number.c: numbers as text. Reading is compared with strtod, printing with Python's repr and, in
 * its form, with printf's %g.
 */
#include "test.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>

#include "base/base.h"
#include "base/random.h"

static gl_rng rng;

static double of_bits(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static float of_bits_32(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Any double but inf and nan, each bit pattern as likely as the next. */
static double any_double(void) {
    for (;;) {
        double x = of_bits((uint64_t)gl_rng_u32(&rng) << 32 | gl_rng_u32(&rng));
        if (isfinite(x)) return x;
    }
}

/* ----------------------------------------------------------------------------------- reading -- */

static void expect_read(const char *text) {
    double found, expected = strtod(text, NULL);
    if (!gl_parse_number(text, strlen(text), '.', &found)) fail_msg("'%s' was not read", text);
    if (memcmp(&found, &expected, sizeof found) != 0)
        fail_msg("'%s' is read as %a, expected %a", text, found, expected);
}

static void numbers_of_any_length_are_rounded_correctly(void **state) {
    (void)state;
    static const char *const forms[] = {"%.*e", "%.*g", "%+.*f", "%#.*G"};
    char text[512];
    for (int i = 0; i < 400000; i++) {
        double x = i % 2 ? any_double() : ldexp(gl_rng_normal(&rng), i % 60 - 30);
        int form = i / 2 % 4;
        if (form == 2 && fabs(x) > 1e100) continue;
        snprintf(text, sizeof text, forms[form], i % 24, x);
        expect_read(text);
    }
}

/* The middle between two doubles has up to 767 digits; 17 to 20 of them decide nearly nothing. */
static void numbers_near_the_middle_of_two_doubles_are_rounded_correctly(void **state) {
    (void)state;
    char text[512];
    for (int i = 0; i < 100000; i++) {
        double x = ldexp((double)gl_rng_u32(&rng) + 1, i % 40 - 20);
        double middle = x + (nextafter(x, INFINITY) - x) / 2; /* one of the two, or between */
        snprintf(text, sizeof text, "%.*e", 14 + i % 8, middle);
        expect_read(text);
    }
    for (int i = 0; i < 4000; i++) { /* exactly in the middle: ties go to even */
        snprintf(text, sizeof text, "%" PRIu64, (UINT64_C(1) << 53) + 2 * (uint64_t)i + 1);
        expect_read(text);
        snprintf(text, sizeof text, "%" PRIu64 ".0", (UINT64_C(1) << 62) + 512 * (uint64_t)i);
        expect_read(text);
    }
}

static void odd_spellings_are_read(void **state) {
    (void)state;
    static const char *const texts[] = {
        "0",
        "-0",
        "00012",
        ".5",
        "5.",
        "-.25e-3",
        "1e22",
        "1e23",
        "1e-400",
        "1e400",
        "1E+5",
        "0e999",
        "0.0e-9",
        "4.9e-324",
        "2.4e-324",
        "1e0000001",
        "1e-0000001",
        "+7",
        "1e308",
        "1.8e308",
        "2.2250738585072011e-308",
        "0.00000000000000000000000000000000000000012345678901234567",
        "123456789012345678901234567890",
        "9999999999999999999",
        "1.7976931348623158e308",
        "10000000000000000000000000000000000000000e-40",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) expect_read(texts[i]);
    static const char *const wrong[] = {"",    ".",     "-",         "e5",       "1e",
                                        "1e+", "1.2.3", "0x10",      "1 2",      "1,5",
                                        "--1", "1e5.",  "12345678a", "1234567:", "1/2"};
    double v;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (gl_parse_number(wrong[i], strlen(wrong[i]), '.', &v))
            fail_msg("'%s' is read as %g, expected none", wrong[i], v);
    assert_true(gl_parse_number(" 12345678,25 ", 13, ',', &v) && v == 12345678.25);
    assert_false(gl_parse_number("1.5", 3, ',', &v));
    char text[1200]; /* 0.1 in 1,012 characters: refused rather than misread */
    int n = snprintf(text, sizeof text, "0.%01001de1000", 1);
    assert_false(gl_parse_number(text, (size_t)n, '.', &v));
}

/* ---------------------------------------------------------------------------------- printing -- */

static void a_printed_number_reads_back_as_itself(void **state) {
    (void)state;
    char text[32];
    for (int i = 0; i < 1000000; i++) {
        double x = any_double();
        if (strtod(glia_number_print(x, GLIA_F64, text), NULL) != x)
            fail_msg("%a is printed as %s", x, text);
        float y = of_bits_32(gl_rng_u32(&rng));
        if (isfinite(y) && strtof(glia_number_print((double)y, GLIA_F32, text), NULL) != y)
            fail_msg("the float %a is printed as %s", (double)y, text);
    }
}

/* As %g with the fewest digits that read back, of 15, 16 and 17: the same but for denormal numbers,
 * which need fewer, and powers of two, where the nearest of 16 digits need not read back. */
static void printing_has_the_form_of_printf(void **state) {
    (void)state;
    for (int i = 0; i < 200000; i++) {
        char text[32], expected[32];
        double x = i % 2 ? any_double() : ldexp(gl_rng_normal(&rng), i % 120 - 60);
        for (int digits = 15; digits <= 17; digits++) {
            snprintf(expected, sizeof expected, "%.*g", digits, x);
            if (strtod(expected, NULL) == x) break;
        }
        int exponent;
        if (fabs(x) < DBL_MIN || frexp(x, &exponent) == 0.5) continue;
        assert_string_equal(glia_number_print(x, GLIA_F64, text), expected);
    }
    static const struct {
        double x;
        const char *text;
    } cases[] = {{0, "0"},          {-0.0, "-0"},        {NAN, "nan"},
                 {INFINITY, "inf"}, {-INFINITY, "-inf"}, {1e14, "100000000000000"},
                 {1e15, "1e+15"},   {0.0001, "0.0001"},  {0.00001, "1e-05"},
                 {1e23, "1e+23"},   {5e-324, "5e-324"},  {-1.5e300, "-1.5e+300"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[32];
        assert_string_equal(glia_number_print(cases[i].x, GLIA_F64, text), cases[i].text);
    }
}

static const char *const compare_with_repr =
    "import sys, struct, decimal\n"
    "wrong = n = 0\n"
    "for line in open('printed'):\n"
    "    bits, text = line.split()\n"
    "    x = struct.unpack('>d', bytes.fromhex(bits))[0]\n"
    "    same = decimal.Decimal(text).normalize().as_tuple() == "
    "decimal.Decimal(repr(x)).normalize().as_tuple()\n"
    "    n += 1\n"
    "    if not same:\n"
    "        wrong += 1\n"
    "        print(bits, 'is printed as', text, 'and is', repr(x))\n"
    "sys.exit(wrong > 0 or n < 100000)\n";

static void the_digits_are_those_of_python(void **state) {
    (void)state;
    result have = run("python3 -c 'import struct, decimal'");
    if (have.status != 0) {
        print_message("# skipped: there is no python3\n");
        skip();
    }
    result_free(&have);
    char path[600], text[32];
    snprintf(path, sizeof path, "%s/compare.py", scratch());
    FILE *f = fopen(path, "w");
    fputs(compare_with_repr, f);
    fclose(f);
    snprintf(path, sizeof path, "%s/printed", scratch());
    f = fopen(path, "w");
    for (int i = 0; i < 110000; i++) {
        double x = i < 2098    ? ldexp(1, i - 1074)
                   : i < 4000  ? ldexp(gl_rng_u32(&rng), i % 60 - 10)
                   : i < 40000 ? round(gl_rng_normal(&rng) * 1e6) / pow(10, i % 9)
                               : any_double();
        uint64_t bits;
        memcpy(&bits, &x, sizeof bits);
        fprintf(f, "%016" PRIx64 " %s\n", bits, glia_number_print(x, GLIA_F64, text));
    }
    fclose(f);
    result r = run("python3 compare.py");
    if (r.status != 0) fail_msg("%.2000s%s", r.out, r.err);
    result_free(&r);
}

int main(void) {
    rng = gl_rng_new(3, GL_STREAM_TEST, 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_any_length_are_rounded_correctly),
        cmocka_unit_test(numbers_near_the_middle_of_two_doubles_are_rounded_correctly),
        cmocka_unit_test(odd_spellings_are_read),
        cmocka_unit_test(a_printed_number_reads_back_as_itself),
        cmocka_unit_test(printing_has_the_form_of_printf),
        cmocka_unit_test(the_digits_are_those_of_python),
    };
    return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
