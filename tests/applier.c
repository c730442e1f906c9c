/*
 * applier.c: rows of tables through a compiled model: the same bits as the table as a whole, from a
 * file or from a builder; and tables that are built cell by cell.
 */
#include <glia/glia.h>
#include <math.h>

#include "test.h"

static glia_ctx *g;
static char said[4096]; /* warnings since the last forget() */

static void hear(void *user, glia_level level, const char *text) {
    (void)user;
    size_t n = strlen(said);
    if (level == GLIA_WARNING) snprintf(said + n, sizeof said - n, "%s\n", text);
}

static void forget(void) { said[0] = 0; }

static int open_listening(void **state) {
    (void)state;
    g = glia_open(&(glia_settings){.log = hear});
    return g == NULL;
}

static int close_context(void **state) {
    (void)state;
    glia_close(g);
    return 0;
}

/* ------------------------------------------------------------------------------------ models -- */

static glia_table *read_text(const char *text) {
    char path[600];
    snprintf(path, sizeof path, "%s/rows.csv", scratch());
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    glia_table *t = glia_table_read(g, path, NULL);
    if (!t) fail_msg("%s", glia_message(g));
    return t;
}

/* Rows of a number, a text, a number with gaps, and what follows from them. */
static glia_table *make_rows(int rows, const char *target) {
    static char text[1 << 18];
    static const char *const colour[] = {"red", "green", "blue", "black"};
    int n = snprintf(text, sizeof text, "size,colour,age,%s\n", target);
    for (int i = 0; i < rows; i++) {
        double size = (i * 37 % 101) / 10.0;
        int c = i * 7 % 4, age = 20 + i * 13 % 50, class = size + c > 6;
        n += snprintf(text + n, sizeof text - (size_t)n, "%g,%s,", size, colour[c]);
        if (i % 9) n += snprintf(text + n, sizeof text - (size_t)n, "%d", age);
        if (strcmp(target, "price") == 0)
            n += snprintf(text + n, sizeof text - (size_t)n, ",%g\n", 3 * size + c + age / 10.0);
        else
            n += snprintf(text + n, sizeof text - (size_t)n, ",%s\n",
                          class ? age > 45 ? "old" : "large" : "small");
    }
    return read_text(text);
}

static glia_model *learn(const glia_table *t) {
    glia_recipe *r = glia_recipe_new(g);
    assert_int_equal(glia_recipe_set(r, "epochs", "5"), GLIA_OK);
    assert_int_equal(glia_recipe_set(r, "l2", "0"), GLIA_OK);
    glia_model *m = glia_train(g, &(glia_train_job){.recipe = r, .train = t}, NULL);
    if (!m) fail_msg("%s", glia_message(g));
    glia_recipe_free(r);
    forget();
    return m;
}

static void same_row(const glia_predictions *a, int64_t i, const glia_predictions *b, int64_t j) {
    assert_int_equal(a->outputs, b->outputs);
    assert_memory_equal(a->value + i * a->outputs, b->value + j * b->outputs,
                        (size_t)a->outputs * sizeof(double));
    assert_true(!a->class_index == !b->class_index);
    if (a->class_index) assert_int_equal(a->class_index[i], b->class_index[j]);
}

/* -------------------------------------------------------------------------------------- rows -- */

static void row_by_row_gives_the_bits_of_the_whole_table(void **state) {
    (void)state;
    static const char *const targets[] = {"kind", "price"};
    for (int k = 0; k < 2; k++) {
        glia_table *t = make_rows(700, targets[k]);
        glia_model *m = learn(t);
        glia_predictions *whole = glia_model_apply(g, m, t);
        assert_non_null(whole);
        for (int64_t step = 1; step <= 600; step = step * 7 + 1) { /* 1, 8, 57, 400 */
            glia_applier *a = glia_applier_new(g, m, step);
            assert_non_null(a);
            for (int64_t first = 0; first < 700; first += step) {
                int64_t rows = 700 - first < step ? 700 - first : step;
                const glia_predictions *p = glia_applier_run(a, t, first, rows);
                assert_non_null(p);
                assert_int_equal(p->rows, rows);
                for (int64_t i = 0; i < rows; i++) same_row(p, i, whole, first + i);
            }
            glia_applier_free(a);
        }
        glia_predictions_free(g, whole);
        glia_model_free(m);
        glia_table_free(t);
    }
}

static void images_are_read_where_they_lie(void **state) {
    (void)state;
    glia_table *t = glia_table_generate(g, "digits", 300, 3);
    glia_model *m = learn(t);
    glia_predictions *whole = glia_model_apply(g, m, t);
    glia_applier *a = glia_applier_new(g, m, 40);
    for (int64_t first = 0; first < 300; first += 37) {
        int64_t rows = 300 - first < 37 ? 300 - first : 37;
        const glia_predictions *p = glia_applier_run(a, t, first, rows);
        assert_non_null(p);
        for (int64_t i = 0; i < rows; i++) same_row(p, i, whole, first + i);
    }
    glia_applier_free(a);
    glia_predictions_free(g, whole);
    glia_model_free(m);
    glia_table_free(t);
}

/* Columns may change places between two runs, and so may texts. */
static void the_columns_of_each_table_are_found(void **state) {
    (void)state;
    glia_table *t = make_rows(400, "kind"),
               *a = read_text("size,colour,age\n1,blue,30\n9,red,60\n"),
               *b = read_text("age,size,shop,colour\n60,9,x,red\n30,1,y,blue\n"),
               *lacks = read_text("age,size,color\n60,9,red\n");
    glia_model *m = learn(t);
    glia_applier *k = glia_applier_new(g, m, 2);
    glia_predictions *whole = glia_model_apply(g, m, a);
    for (int round = 0; round < 3; round++) {
        const glia_predictions *p = glia_applier_run(k, a, 0, 2);
        for (int i = 0; i < 2; i++) same_row(p, i, whole, i);
        forget();
        for (int again = 0; again < 2; again++) p = glia_applier_run(k, b, 0, 2);
        for (int i = 0; i < 2; i++) same_row(p, i, whole, 1 - i);
        assert_non_null(strstr(said, "training had no column 'shop'; it is not used\n"));
        assert_null(strstr(strstr(said, "shop") + 1, "shop")); /* once for two runs */
        assert_null(glia_applier_run(k, lacks, 0, 1));
        assert_non_null(strstr(glia_message(g), "did you rename it to 'color'?"));
    }
    glia_predictions_free(g, whole);
    glia_applier_free(k);
    glia_model_free(m);
    glia_table_free(t);
    glia_table_free(a);
    glia_table_free(b);
    glia_table_free(lacks);
}

static void surprises_are_counted_and_not_said(void **state) {
    (void)state;
    glia_table *t = make_rows(400, "kind"),
               *odd = read_text("size,colour,age\n1,pink,30\n,red,\n,mauve,60\n");
    glia_model *m = learn(t);
    glia_applier *a = glia_applier_new(g, m, 3);
    const glia_predictions *p = glia_applier_run(a, odd, 0, 3);
    assert_non_null(p);
    assert_int_equal(p->unseen, 2);
    assert_int_equal(p->filled, 2); /* of `size`; `age` had gaps in training */
    assert_string_equal(said, "");
    glia_predictions *whole = glia_model_apply(g, m, odd);
    assert_int_equal(whole->unseen, 2);
    assert_non_null(strstr(said, "column 'colour': 'pink' is a text that training did not know"));
    assert_non_null(strstr(said, "(2 in all)"));
    p = glia_applier_run(a, t, 0, 3);
    assert_int_equal(p->unseen + p->filled, 0);
    glia_predictions_free(g, whole);
    glia_applier_free(a);
    glia_model_free(m);
    glia_table_free(t);
    glia_table_free(odd);
}

/* 50,000 rows, of which some are odd; `huge` may be too large for the model. */
static void write_many_rows(const char *huge) {
    char path[600];
    snprintf(path, sizeof path, "%s/many.csv", scratch());
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("size,colour,age\n", f);
    for (int i = 0; i < 50000; i++) {
        const char *colour = i == 20000 ? "pink" : i == 40000 ? "mauve" : i % 3 ? "red" : "blue";
        if (i == 45000) fprintf(f, ",%s,30\n", colour);
        else if (i == 48000) fprintf(f, "%s,%s,30\n", huge, colour);
        else fprintf(f, "%g,%s,%d\n", i * 37 % 101 / 10.0, colour, 20 + i % 50);
    }
    fclose(f);
}

static void threads_share_a_whole_table(void **state) {
    (void)state;
    glia_table *t = make_rows(400, "kind");
    glia_model *m = learn(t);
    char path[600];
    snprintf(path, sizeof path, "%s/shared.glia", scratch());
    assert_int_equal(glia_model_save(m, path), GLIA_OK);
    glia_model_free(m);
    glia_table_free(t);
    for (int huge = 0; huge < 2; huge++) {
        write_many_rows(huge ? "1e300" : "1e5");
        result r = run("for n in 1 2 3; do $GLIA predict shared.glia many.csv --threads $n >o$n "
                       "2>e$n; echo $?; done; cmp o1 o2; cmp o1 o3; cmp e1 e2; cmp e1 e3; wc -l "
                       "<o1; cat e1");
        const char *begins = huge ? "3\n3\n3\n0\n" : "0\n0\n0\n50001\n";
        if (strncmp(r.out, begins, strlen(begins)) != 0) fail_msg("%s", r.out);
        static const char *const words[] = {"line 20002, column 'colour': 'pink'", "(2 in all)",
                                            "line 48002, column 'size'", "line 45002"};
        for (int i = 0; i < 4 && !huge; i++) assert_non_null(strstr(r.out, words[i]));
        if (huge) assert_non_null(strstr(r.out, "line 48002, column 'size': the value is too l"));
        result_free(&r);
    }
}

static void an_applier_refuses_what_it_cannot_do(void **state) {
    (void)state;
    glia_table *t = make_rows(100, "kind");
    glia_model *m = learn(t), *arrays = glia_model_new(g, 2, "dense 1 sigmoid", NULL);
    assert_null(glia_applier_new(g, arrays, 1));
    assert_non_null(strstr(glia_message(g), "knows no columns"));
    assert_null(glia_applier_new(g, m, 0));
    assert_int_equal(glia_code(g), GLIA_USAGE);
    glia_applier *a = glia_applier_new(g, m, 10);
    static const int64_t wrong[][2] = {{0, 11}, {-1, 1}, {100, 1}, {95, 6}, {0, -1}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_null(glia_applier_run(a, t, wrong[i][0], wrong[i][1]));
        assert_int_equal(glia_code(g), GLIA_USAGE);
    }
    assert_int_equal(glia_applier_run(a, t, 100, 0)->rows, 0);
    double none[3] = {INFINITY, 1, 30}, huge[3] = {1e300, 1, 30};
    static const char *const names[] = {"size", "colour", "age"};
    glia_table *infinite = glia_table_from(g, glia_tensor_f64(none, 1, 3), names),
               *large = glia_table_from(g, glia_tensor_f64(huge, 1, 3), names);
    assert_null(glia_applier_run(a, infinite, 0, 1));
    assert_non_null(strstr(glia_message(g), "row 1, column 'size': found an infinite number"));
    assert_null(glia_applier_run(a, large, 0, 1));
    assert_non_null(strstr(glia_message(g), "row 1, column 'size': the value is too large"));
    glia_table_free(infinite);
    glia_table_free(large);
    glia_applier_free(a);
    glia_model_free(arrays);
    glia_model_free(m);
    glia_table_free(t);
}

/* A note that is set later means what it says. */
static void a_threshold_set_as_a_note_is_in_force_at_once(void **state) {
    (void)state;
    glia_table *t = glia_table_generate(g, "moons", 200, 1);
    glia_model *m = learn(t);
    glia_applier *a = glia_applier_new(g, m, 200);
    for (double threshold = 0.1; threshold < 1; threshold += 0.2) {
        char text[32];
        snprintf(text, sizeof text, "%.1f", threshold);
        assert_int_equal(glia_model_set_note(m, "threshold", text), GLIA_OK);
        const glia_predictions *p = glia_applier_run(a, t, 0, 200);
        for (int i = 0; i < 200; i++)
            assert_int_equal(p->class_index[i], p->value[i] > strtod(text, NULL));
    }
    const char *pipeline = glia_model_note(m, "pipeline");
    assert_int_equal(glia_model_set_note(m, "pipeline", "{}"), GLIA_INPUT);
    assert_true(pipeline == glia_model_note(m, "pipeline")); /* what is damaged changes nothing */
    assert_int_equal(glia_model_set_note(m, "pipeline", NULL), GLIA_OK);
    assert_int_equal(glia_model_classes(m), 0);
    assert_null(glia_model_apply(g, m, t));
    glia_applier_free(a);
    glia_model_free(m);
    glia_table_free(t);
}

/* ----------------------------------------------------------------------------------- records -- */

/* A builder with the columns that a model reads. */
static glia_table_builder *builder_for(const glia_model *m) {
    glia_table_builder *b = glia_table_builder_new(g);
    for (int i = 0; i < glia_model_columns(m); i++) {
        glia_column_type type;
        const char *name = glia_model_column(m, i, &type);
        assert_int_equal(glia_table_builder_column(b, name, type), i);
    }
    return b;
}

static void record(glia_table_builder *b, const char *size, const char *colour, const char *age) {
    const char *const cell[] = {size, colour, age};
    assert_int_equal(glia_table_builder_row(b), GLIA_OK);
    for (int i = 0; i < 3; i++)
        if (cell[i]) assert_int_equal(glia_table_builder_text(b, i, cell[i]), GLIA_OK);
}

static void a_record_means_what_a_line_of_a_file_means(void **state) {
    (void)state;
    static const char *const cell[][3] = {{"1", "blue", "0:30"}, {"9.5", "red", "?"},
                                          {" 2 ", "pink", "NA"}, {"", " green ", ""},
                                          {"1e1", "", "55"},     {NULL, "black", NULL}};
    enum { RECORDS = sizeof cell / sizeof *cell };
    char text[400] = "size,colour,age\n";
    for (int i = 0; i < RECORDS; i++)
        for (int j = 0; j < 3; j++)
            strcat(strcat(text, cell[i][j] ? cell[i][j] : ""), j < 2 ? "," : "\n");
    glia_table *t = make_rows(400, "kind"), *file = read_text(text);
    glia_model *m = learn(t);
    glia_predictions *whole = glia_model_apply(g, m, file);
    glia_table_builder *b = builder_for(m);
    glia_applier *a = glia_applier_new(g, m, RECORDS);
    for (int round = 0; round < 2; round++) { /* one by one, then all at once */
        for (int i = 0; i < RECORDS; i++) {
            if (round == 0) glia_table_builder_clear(b);
            record(b, cell[i][0], cell[i][1], cell[i][2]);
            const glia_table *rows = glia_table_builder_table(b);
            const glia_predictions *p = glia_applier_run(a, rows, glia_table_rows(rows) - 1, 1);
            assert_non_null(p);
            same_row(p, 0, whole, i);
            assert_int_equal(p->unseen, i == 2);
        }
        if (round == 0) glia_table_builder_clear(b);
    }
    const glia_predictions *p = glia_applier_run(a, glia_table_builder_table(b), 0, RECORDS);
    for (int i = 0; i < RECORDS; i++) same_row(p, i, whole, i);
    assert_int_equal(p->unseen, whole->unseen);
    assert_int_equal(p->filled, whole->filled);
    glia_applier_free(a);
    glia_table_builder_free(b);
    glia_predictions_free(g, whole);
    glia_model_free(m);
    glia_table_free(file);
    glia_table_free(t);
}

static void a_built_table_is_a_table(void **state) {
    (void)state;
    char cell[64];
    glia_table_builder *b = glia_table_builder_new(g);
    int n = glia_table_builder_column(b, "n", GLIA_NUMBER),
        c = glia_table_builder_column(b, "c", GLIA_CATEGORY);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(glia_table_builder_row(b), GLIA_OK);
        assert_int_equal(glia_table_builder_number(b, n, i % 10 ? i : (double)NAN), GLIA_OK);
        if (i % 2) assert_int_equal(glia_table_builder_number(b, c, i % 3), GLIA_OK);
        else assert_int_equal(glia_table_builder_text(b, c, "two"), GLIA_OK);
    }
    const glia_table *t = glia_table_builder_table(b);
    glia_column of_n = glia_table_column(t, n), of_c = glia_table_column(t, c);
    assert_int_equal(glia_table_rows(t), 100);
    assert_int_equal(of_n.missing, 10);
    assert_true(of_n.min == 1 && of_n.max == 99);
    assert_int_equal(of_c.categories, 4);
    glia_table_cell(t, 7, c, cell, sizeof cell);
    assert_string_equal(cell, "1");

    glia_table *kept = glia_table_select(t, (int64_t[]){4, 5}, 2);
    glia_table_builder_clear(b);
    assert_int_equal(glia_table_rows(t), 0);
    assert_int_equal(glia_table_builder_row(b), GLIA_OK);
    assert_int_equal(glia_table_builder_text(b, c, "three"), GLIA_OK);
    assert_int_equal(glia_table_column(t, c).categories, 1);
    assert_int_equal(glia_table_column(t, n).missing, 1);
    glia_table_cell(kept, 0, c, cell, sizeof cell);
    assert_string_equal(cell, "two");
    glia_table_free(kept);
    glia_table_builder_free(b);
}

static void a_builder_says_what_is_wrong(void **state) {
    (void)state;
    glia_table_builder *b = glia_table_builder_new(g);
    int n = glia_table_builder_column(b, "n", GLIA_NUMBER);
    assert_int_equal(glia_table_builder_column(b, "n", GLIA_CATEGORY), -1);
    assert_non_null(strstr(glia_message(g), "there is a column 'n' already"));
    assert_int_equal(glia_table_builder_column(b, "x", GLIA_ARRAY), -1);
    assert_int_equal(glia_table_builder_number(b, n, 1), GLIA_USAGE); /* no row yet */
    assert_int_equal(glia_table_builder_row(b), GLIA_OK);
    assert_int_equal(glia_table_builder_column(b, "late", GLIA_NUMBER), -1);
    assert_int_equal(glia_table_builder_number(b, 1, 1), GLIA_USAGE);
    assert_int_equal(glia_table_builder_number(b, n, INFINITY), GLIA_INPUT);
    assert_int_equal(glia_table_builder_text(b, n, "many"), GLIA_INPUT);
    assert_non_null(
        strstr(glia_message(g), "row 1, column 'n': found 'many', expected a finite number"));
    assert_int_equal(glia_table_column(glia_table_builder_table(b), n).missing, 1);
    glia_table_builder_free(b);
    glia_table_builder_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_by_row_gives_the_bits_of_the_whole_table),
        cmocka_unit_test(images_are_read_where_they_lie),
        cmocka_unit_test(the_columns_of_each_table_are_found),
        cmocka_unit_test(surprises_are_counted_and_not_said),
        cmocka_unit_test(threads_share_a_whole_table),
        cmocka_unit_test(an_applier_refuses_what_it_cannot_do),
        cmocka_unit_test(a_threshold_set_as_a_note_is_in_force_at_once),
        cmocka_unit_test(a_record_means_what_a_line_of_a_file_means),
        cmocka_unit_test(a_built_table_is_a_table),
        cmocka_unit_test(a_builder_says_what_is_wrong),
    };
    return cmocka_run_group_tests_name("applier", tests, open_listening, close_context);
}
