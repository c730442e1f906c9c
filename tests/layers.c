/*
 * layers.c: what layers compute, handed out: bit by bit what a trace shows, as CSV and as an array;
 * and the loss of each row, whose mean is what an evaluation says.
 */
#include "test.h"

#include "nets.h"
#include <jansson.h>

#include "context.h"

static double at(const glia_tensor *t, int64_t i) { return glia_tensor_value(t, i); }

/* ---------------------------------------------------------------------------------- networks -- */

/* In blocks of up to seven rows. */
static void same_values(const glia_model *m, const char *layer, const glia_tensor *x,
                        const glia_tensor *expected, const char *text) {
    int64_t rows = expected->dim[0], units = expected->dim[1];
    double *found = calloc((size_t)(rows * units), sizeof *found);
    glia_predictor *p = glia_predictor_new_at(g, m, layer, 7);
    if (!p) fail_msg("%s, layer %s: %s", text, layer, glia_message(g));
    if (glia_predictor_units(p) != units)
        fail_msg("%s, layer %s has %d units, %d are handed out", text, layer, (int)units,
                 (int)glia_predictor_units(p));
    if (glia_predictor_run(p, *x, glia_tensor_f64(found, rows, units)) != GLIA_OK)
        fail_msg("%s", glia_message(g));
    for (int64_t i = 0; i < rows * units; i++)
        if (found[i] != at(expected, i))
            fail_msg("%s, layer %s, value %d: %.17g is handed out, the trace shows %.17g", text,
                     layer, (int)i, found[i], at(expected, i));
    glia_predictor_free(p);
    free(found);
}

/* Layer l is its last step, by its number and by its name; other steps go by theirs. */
static void layers_are_traced(const glia_model *m, const double *x, int64_t rows,
                              const char *text) {
    glia_tensor in = glia_tensor_f64(x, rows, glia_model_inputs(m));
    glia_trace *t = glia_model_trace(g, m, in, (glia_tensor){0}, NULL);
    if (!t) fail_msg("%s: %s", text, glia_message(g));
    for (int l = 1; l <= glia_model_layers(m); l++) {
        const glia_traced *last = NULL;
        char number[16];
        for (int k = 0; k < t->steps; k++)
            if (t->step[k].layer == l) last = &t->step[k];
        snprintf(number, sizeof number, "%d", l);
        same_values(m, number, &in, &last->value, text);
        same_values(m, glia_model_layer(m, l - 1).name, &in, &last->value, text);
    }
    for (int k = 0; k < t->steps; k++)
        if (!t->step[k].layers && t->step[k].layer < glia_model_layers(m))
            same_values(m, t->step[k].name, &in, &t->step[k].value, text);
    glia_trace_free(g, t);
}

static void every_layer_hands_out_what_a_trace_shows(void **state) {
    (void)state;
    for (int i = 0; i < 120; i += EVERY) {
        net n = net_any(g, i % 2 ? GLIA_F64 : GLIA_F32, 21, i, i % 4 ? 0 : 0.3);
        layers_are_traced(n.m, n.x, n.rows, n.text);
        net_free(&n);
    }
}

static void branches_and_outputs_are_layers_too(void **state) {
    (void)state;
    static const char *const texts[] = {
        "a: dense 5 relu, dense 5, add a, relu, dense 1 sigmoid",
        "t: dense 6 tanh, dense 3 softmax, output, from t, dense 1",
        "dense 4 relu, dropout 0.5, dense 2",
    };
    double x[9 * 4];
    for (int i = 0; i < 36; i++) x[i] = sin(i);
    for (int k = 0; k < 3; k++) {
        glia_model *m = glia_model_new(g, 4, texts[k], &(glia_model_options){.seed = 3});
        if (!m) fail_msg("%s", glia_message(g));
        glia_tensor in = glia_tensor_f64(x, 9, 4);
        glia_trace *t = glia_model_trace(g, m, in, (glia_tensor){0}, NULL);
        for (int s = 0; s < t->steps; s++) /* fc2 itself is not a loss's probability */
            if (t->step[s].activates && strcmp(t->step[s].op, "sigmoid") != 0 &&
                strcmp(t->step[s].op, "softmax") != 0)
                same_values(m, t->step[s].name, &in, &t->step[s].value, texts[k]);
            else if (!strcmp(t->step[s].op, "softmax") || !strcmp(t->step[s].op, "sigmoid"))
                same_values(m, glia_model_layer(m, t->step[s].layer - 1).name, &in,
                            &t->step[s].value, texts[k]);
        glia_trace_free(g, t);
        glia_model_free(m);
    }
}

static void a_wrong_name_is_refused_with_the_list(void **state) {
    (void)state;
    glia_model *m = glia_model_new(g, 4, "dense 5 relu, dense 3 softmax", NULL);
    static const char *const wrong[] = {"fc3", "0", "3", "-1", "", "softmax_ce1"};
    for (int i = 0; i < 6; i++) {
        assert_null(glia_predictor_new_at(g, m, wrong[i], 1));
        assert_int_equal(glia_code(g), GLIA_USAGE);
        assert_non_null(strstr(glia_message(g), "1 fc1 (5), 2 fc2 (3)"));
    }
    glia_model_free(m);
}

/* ------------------------------------------------------------------------------- the command -- */

/* Numbers with gaps, a text, and a target of every kind; row i has weight 1, 2 or 3. */
static void write_rows(void) {
    char path[600];
    snprintf(path, sizeof path, "%s/rows.csv", scratch());
    FILE *f = fopen(path, "w");
    fprintf(f, "u,v,town,two,three,value,count,w\n");
    for (int i = 0; i < 300; i++) {
        double u = sin(i * 1.7), v = cos(i * 0.9);
        fprintf(f, "%.4f,", u);
        if (i % 11) fprintf(f, "%.4f", v);
        fprintf(f, ",%s,%s,%s,%.3f,%d,%d\n", i % 3 ? "Ulm" : "Bonn", u + v > 0.2 ? "yes" : "no",
                u > 0.4 ? "high"
                : v > 0 ? "middle"
                        : "low",
                50 + 20 * u * v + i % 7, (int)(2 + 2 * u + i % 3), 1 + i % 3);
    }
    fclose(f);
}

static result succeeds(const char *line) {
    result r = run("%s", line);
    if (r.status != 0) fail_msg("%s\nended with %d: %s", line, r.status, r.err);
    return r;
}

static void runs(const char *line) {
    result r = succeeds(line);
    result_free(&r);
}

/* The cells of column `name`. */
static int64_t column(const char *csv, const char *name, double *out) {
    int want = -1, k = 0;
    int64_t rows = 0;
    char *copy = strdup(csv), *rest = copy, *head = strsep(&rest, "\n");
    for (char *cell; (cell = strsep(&head, ",")); k++)
        if (!strcmp(cell, name)) want = k;
    if (want < 0) fail_msg("there is no column %s in %.200s", name, csv);
    for (char *line; (line = strsep(&rest, "\n")) && *line;) {
        char *cell = NULL;
        for (int j = 0; j <= want; j++) cell = strsep(&line, ",");
        out[rows++] = cell ? strtod(cell, NULL) : NAN;
    }
    free(copy);
    return rows;
}

static void the_command_writes_what_a_trace_shows(void **state) {
    (void)state;
    static double cell[512];
    write_rows();
    runs("$GLIA train rows.csv --target two --ignore three,value,count,w --hidden 5,3 --epochs 3 "
         "--val none -q -o two.glia >log");
    char path[600];
    snprintf(path, sizeof path, "%s/two.glia", scratch());
    glia_model *m = glia_model_load(g, path);
    snprintf(path, sizeof path, "%s/rows.csv", scratch());
    glia_table *t = glia_model_read(g, m, path, NULL);
    if (!t) fail_msg("%s", glia_message(g));
    int64_t row[300];
    for (int64_t i = 0; i < 300; i++) row[i] = i;
    result csv = succeeds("$GLIA predict two.glia rows.csv --layer 2 --keep town");
    runs("$GLIA predict two.glia rows.csv --layer fc2 -o fc2.npy");
    snprintf(path, sizeof path, "%s/fc2.npy", scratch());
    glia_table *npy = glia_table_read(g, path, NULL);
    if (!npy) fail_msg("%s", glia_message(g));
    glia_tensor stored = glia_table_values(npy, 0);
    assert_int_equal(stored.dtype, GLIA_F32);
    assert_int_equal(stored.dim[0], 300);
    assert_int_equal(stored.dim[1], 3);
    for (int64_t i = 0; i < 300; i++) { /* alone: batch or not, the bits are the same */
        glia_trace *trace = glia_model_trace_table(g, m, t, &row[i], 1, NULL);
        const glia_tensor *a2 = &trace->step[3].value;
        for (int j = 0; j < 3; j++) {
            char name[16];
            snprintf(name, sizeof name, "fc2_%d", j + 1);
            if (i == 0 || i == 299) assert_int_equal(column(csv.out, name, cell), 300);
            if (i == 0 || i == 299) assert_true((float)cell[i] == (float)at(a2, j));
            assert_true(at(&stored, i * 3 + j) == at(a2, j));
        }
        glia_trace_free(g, trace);
    }
    result_free(&csv);
    glia_table_free(npy);
    glia_table_free(t);
    glia_model_free(m);
    refuses(2, "1 fc1 (5), 2 fc2 (3), 3 fc3 (1)", "$GLIA predict two.glia rows.csv --layer 9");
    refuses(2, "--layer writes", "$GLIA predict two.glia rows.csv -o p.npy");
    refuses(2, "--keep copies", "$GLIA predict two.glia rows.csv --layer 1 --keep town -o p.npy");
}

static double score_in(const json_t *all, const char *name) {
    return json_number_value(json_object_get(all, name));
}

static void the_mean_of_the_losses_is_what_eval_says(void **state) {
    (void)state;
    static const struct {
        const char *options, *score;
    } kinds[] = {
        {"--target two --ignore three,value,count,w", "loss"},
        {"--target three --ignore two,value,count,w", "loss"},
        {"--target three --task ordinal --order low,middle,high --ignore two,value,count,w",
         "loss"},
        {"--target value --ignore two,three,count,w", "mse"},
        {"--target value --ignore two,three,count,w --loss mae", "mae"},
        {"--target value --ignore two,three,count,w --target-transform log", "mse"},
        {"--target count --task count --ignore two,three,value,w", "deviance"},
        {"--target value --quantiles 0.1,0.5,0.9 --ignore two,three,count,w", "pinball"},
        {"--target value,count --task regression --ignore two,three,w", "mse"},
        {"--target two --ignore three,value,count --sample-weight w", "loss"},
        {"--target value --ignore three,two,count --sample-weight w", "mse"},
    };
    static double loss[512], weight[512];
    write_rows();
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i += EVERY) {
        char line[500];
        snprintf(line, sizeof line,
                 "$GLIA train rows.csv %s --epochs 4 --val none -q -o k.glia >log",
                 kinds[i].options);
        runs(line);
        result csv = succeeds("$GLIA predict k.glia rows.csv --losses --keep w"),
               scores = succeeds("$GLIA eval k.glia rows.csv --json -q");
        json_t *all = json_loads(scores.out, 0, NULL);
        double sum = 0, total = 0, said = score_in(all, kinds[i].score);
        bool weighs = strstr(kinds[i].options, "sample-weight");
        int64_t rows = column(csv.out, "loss", loss);
        assert_int_equal(rows, 300);
        column(csv.out, "w", weight);
        for (int64_t r = 0; r < rows; r++) {
            double w = weighs ? weight[r] : 1;
            sum += w * loss[r], total += w;
        }
        if (!(fabs(sum / total - said) <= 2e-6 * said))
            fail_msg("%s: the mean of the losses is %.17g, eval says %.17g", kinds[i].options,
                     sum / total, said);
        json_decref(all);
        result_free(&csv);
        result_free(&scores);
    }
}

static void losses_need_a_target(void **state) {
    (void)state;
    write_rows();
    runs("$GLIA train rows.csv --target value --ignore two,three,count,w --epochs 3 --val none -q "
         "-o v.glia >log && printf 'u,v,town,value\n1,2,Ulm,3\n1,2,Ulm,\n' >gap.csv && "
         "printf 'u,v,town\n1,2,Ulm\n' >blind.csv");
    refuses(3, "value", "$GLIA predict v.glia blind.csv --losses");
    refuses(3, "line 3", "$GLIA predict v.glia gap.csv --losses");
    result r = succeeds("$GLIA predict v.glia gap.csv --losses --bad-rows skip");
    assert_non_null(strstr(r.out, "prediction,loss\n"));
    assert_non_null(strstr(r.out, "\n,\n"));
    assert_non_null(strstr(r.err, "the squared error in units of value"));
    result_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_layer_hands_out_what_a_trace_shows),
        cmocka_unit_test(branches_and_outputs_are_layers_too),
        cmocka_unit_test(a_wrong_name_is_refused_with_the_list),
        cmocka_unit_test(the_command_writes_what_a_trace_shows),
        cmocka_unit_test(the_mean_of_the_losses_is_what_eval_says),
        cmocka_unit_test(losses_need_a_target),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
