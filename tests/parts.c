/*
 * parts.c: a large table of text is read in parts, side by side, and is the table of its lines in
 * their order, for any number of threads. What the cells must be is computed here once more.
 */
#include <glia/glia.h>
#include <math.h>

#include "test.h"

/* Four parts of 1 MB, with rows of some 45 bytes. */
enum { ROWS = 100000 };

static char path[600];

static FILE *begin(const char *name, const char *first) {
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(first, f);
    return f;
}

static glia_ctx *open_with(int threads) {
    glia_ctx *g = glia_open(&(glia_settings){.threads = threads});
    assert_non_null(g);
    return g;
}

static glia_table *read_with(glia_ctx *g, const glia_read_options *options) {
    glia_table *t = glia_table_read(g, path, options);
    if (!t) fail_msg("%s", glia_message(g));
    assert_int_equal(glia_table_rows(t), ROWS);
    return t;
}

static double number_at(const glia_table *t, int column, int i) {
    return ((const double *)glia_table_values(t, column).data)[i];
}

static const char *text_at(const glia_table *t, int column, int i) {
    int32_t code = ((const int32_t *)glia_table_values(t, column).data)[i];
    return code < 0 ? NULL : glia_table_category(t, column, code, NULL);
}

/* Kinds come later and later: some are new to every part. */
static int kind_of(int i) { return i % 7 ? i / 997 : i % 5; }

/* Numbers with gaps, texts with gaps, and a text that goes on over two lines in every 11th row. */
static void write_rows(FILE *f, bool quotes, bool gaps_between) {
    for (int i = 0; i < ROWS; i++) {
        if (gaps_between && i % 13 == 0) fputs(i % 2 ? "\n" : "# remark\n", f);
        fprintf(f, "%d,", i);
        if (i % 3) fprintf(f, "%.3f", i / 8.0);
        fprintf(f, ",%s%.0d,", i % 17 ? "kind " : "", i % 17 ? kind_of(i) + 1 : 0);
        if (quotes && i % 11 == 0) fprintf(f, "\"say \"\"%d\"\",\nand go on\"\n", i % 4);
        else fprintf(f, "plain text %d\n", i % 4);
    }
    fclose(f);
}

static void expect_rows(const glia_table *t, bool quotes) {
    char text[80];
    for (int i = 0; i < ROWS; i++) {
        assert_true(number_at(t, 0, i) == i);
        double v = number_at(t, 1, i);
        assert_true(i % 3 ? v == i / 8.0 : isnan(v));
        snprintf(text, sizeof text, "kind %d", kind_of(i) + 1);
        if (i % 17) assert_string_equal(text_at(t, 2, i), text);
        else assert_null(text_at(t, 2, i));
        if (quotes && i % 11 == 0) snprintf(text, sizeof text, "say \"%d\",\nand go on", i % 4);
        else snprintf(text, sizeof text, "plain text %d", i % 4);
        assert_string_equal(text_at(t, 3, i), text);
    }
}

/* Codes are given in the order in which texts first come. */
static void expect_order(const glia_table *t) {
    int32_t next = 0;
    const int32_t *code = glia_table_values(t, 2).data;
    for (int i = 0; i < ROWS; i++) {
        assert_true(code[i] <= next);
        next += code[i] == next;
    }
}

static void parts_are_joined_in_their_order(void **state) {
    (void)state;
    write_rows(begin("plain.csv", "id,value,kind,note\n"), false, false);
    for (int threads = 1; threads <= 3; threads++) {
        glia_ctx *g = open_with(threads);
        glia_table *t = read_with(g, NULL);
        expect_rows(t, false);
        expect_order(t);
        assert_int_equal(glia_table_line(t, 0), 2);
        assert_int_equal(glia_table_line(t, ROWS - 1), ROWS + 1);
        glia_table_free(t);
        glia_close(g);
    }
}

static void lines_that_are_no_rows_leave_no_gaps(void **state) {
    (void)state;
    write_rows(begin("gaps.csv", "# a file\n\nid,value,kind,note\n"), false, true);
    glia_ctx *g = open_with(2);
    glia_table *t = read_with(g, &(glia_read_options){.comment = "#"});
    expect_rows(t, false);
    assert_int_equal(glia_table_line(t, 0), 5);
    assert_int_equal(glia_table_line(t, ROWS - 1), ROWS + 3 + (ROWS + 12) / 13);
    glia_table_free(t);
    glia_close(g);
}

static void rows_go_on_over_lines(void **state) {
    (void)state;
    write_rows(begin("quoted.csv", "id,value,kind,\"note\"\n"), true, false);
    for (int threads = 1; threads <= 2; threads++) {
        glia_ctx *g = open_with(threads);
        glia_table *t = read_with(g, NULL);
        expect_rows(t, true);
        expect_order(t);
        assert_int_equal(glia_table_line(t, ROWS - 1), ROWS + 1 + (ROWS + 10) / 11);
        glia_table_free(t);
        glia_close(g);
    }
}

/* 5" is five inches: with one such cell quotes before a line end are odd, although no cell is open,
 * and the first cuts lie within rows. */
static void a_quote_within_a_cell_misleads_nobody(void **state) {
    (void)state;
    FILE *f = begin("inches.csv", "id,value,kind,note\n");
    for (int i = 0; i < ROWS; i++) {
        if (i == 100) fprintf(f, "%d,1,5\" pipe,x\n", i);
        else fprintf(f, "%d,%d,a,\"one,\nof %d\"\n", i, i % 5, i % 1000);
    }
    fclose(f);
    glia_ctx *g = open_with(2);
    glia_table *t = read_with(g, NULL);
    assert_string_equal(text_at(t, 2, 100), "5\" pipe");
    for (int i = 0; i < ROWS; i++) {
        char text[40] = "x";
        if (i != 100) snprintf(text, sizeof text, "one,\nof %d", i % 1000);
        assert_true(number_at(t, 0, i) == i);
        assert_string_equal(text_at(t, 3, i), text);
    }
    glia_table_free(t);
    glia_close(g);
}

static void a_late_text_makes_texts_of_its_column(void **state) {
    (void)state;
    FILE *f = begin("late.csv", "id,code,value\n");
    for (int i = 0; i < ROWS; i++)
        fprintf(f, "%d,%s%d,%d.5 is a text of some length\n", i, i == ROWS - 5 ? "00" : "",
                i % 1000, i);
    fclose(f);
    glia_ctx *g = open_with(2);
    glia_table *t = read_with(g, NULL);
    for (int i = 0; i < ROWS; i++) {
        char text[20];
        snprintf(text, sizeof text, "%s%d", i == ROWS - 5 ? "00" : "", i % 1000);
        assert_true(number_at(t, 0, i) == i);
        assert_string_equal(text_at(t, 1, i), text);
    }
    glia_table_free(t);
    glia_close(g);
}

static void expect_refusal(const char *what) {
    for (int threads = 1; threads <= 2; threads++) {
        glia_ctx *g = open_with(threads);
        assert_null(glia_table_read(g, path, NULL));
        assert_int_equal(glia_code(g), GLIA_INPUT);
        if (!strstr(glia_message(g), what)) fail_msg("%s", glia_message(g));
        glia_close(g);
    }
}

static void the_first_bad_row_is_refused_by_its_line(void **state) {
    (void)state;
    FILE *f = begin("bad.csv", "id,value,kind\n");
    for (int i = 0; i < ROWS; i++)
        fprintf(f, "%d,%.5f,of some kind%s\n", i, i / 7.0, i == 60000 || i == 90000 ? ",9" : "");
    fclose(f);
    expect_refusal("line 60002: found 4 cells, expected 3 as in line 1");
}

static void a_quote_that_is_never_closed_is_named_by_its_line(void **state) {
    (void)state;
    FILE *f = begin("open.csv", "id,value,kind\n");
    for (int i = 0; i < ROWS; i++)
        fprintf(f, "%d,%.5f,%sof some kind\n", i, i / 7.0, i == 50000 ? "\"" : "");
    fclose(f);
    expect_refusal("line 50002: a quote (\") in the row that begins here is never closed");
}

static void cells_of_all_parts_are_copied_as_spelt(void **state) {
    (void)state;
    FILE *f = begin("spelt.csv", "id,value,price\n");
    for (int i = 0; i < ROWS; i++)
        fprintf(f, "%d,%d.%d0,some text that is long %d\n", i, i, i % 10, i % 3);
    fclose(f);
    result r = run("$GLIA data spelt.csv --convert again.csv -q && cmp spelt.csv again.csv");
    if (r.status) fail_msg("%s%s", r.out, r.err);
    result_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_joined_in_their_order),
        cmocka_unit_test(lines_that_are_no_rows_leave_no_gaps),
        cmocka_unit_test(rows_go_on_over_lines),
        cmocka_unit_test(a_quote_within_a_cell_misleads_nobody),
        cmocka_unit_test(a_late_text_makes_texts_of_its_column),
        cmocka_unit_test(the_first_bad_row_is_refused_by_its_line),
        cmocka_unit_test(a_quote_that_is_never_closed_is_named_by_its_line),
        cmocka_unit_test(cells_of_all_parts_are_copied_as_spelt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
