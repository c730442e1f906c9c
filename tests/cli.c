/*
 * cli.c: the contract of the command line: what train, predict, eval, show, check, demo, data
 * and bench print, and where options come from. What happens
 * when something is wrong is bad_input.c's.
 */
#include <float.h>
#include <glia/glia.h>
#include <jansson.h>
#include <math.h>

#define LEAKS_OF_COMMANDS 1
#include "test.h"

/* Runs a line that must succeed and print one JSON document. */
static json_t *json_of(const char *line) {
    result r = run("%s", line);
    json_error_t error;
    if (r.status != 0) fail_msg("%s\n exit status %d: %s", line, r.status, r.err);
    json_t *j = json_loads(r.out, JSON_DECODE_ANY, &error);
    if (!j) fail_msg("%s\n line %d: %s:\n%s", line, error.line, error.text, r.out);
    result_free(&r);
    return j;
}

/* Runs a line that must succeed; its standard output, for free. */
static char *text_of(const char *line) {
    result r = run("%s", line);
    if (r.status != 0) fail_msg("%s\n exit status %d: %s", line, r.status, r.err);
    free(r.err);
    return r.out;
}

static void expect_same_output(const char *one, const char *two) {
    char *a = text_of(one), *b = text_of(two);
    if (strcmp(a, b) != 0) fail_msg("%s\n and\n%s\n differ:\n%s\n%s", one, two, a, b);
    free(a);
    free(b);
}

static json_t *member(const json_t *object, const char *key) {
    json_t *v = json_object_get(object, key);
    if (!v) fail_msg("there is no \"%s\"", key);
    return v;
}

static double number(const json_t *object, const char *key) {
    const json_t *v = member(object, key);
    if (!json_is_number(v)) fail_msg("\"%s\" is no number", key);
    return json_number_value(v);
}

static void expect_text(const json_t *object, const char *key, const char *expected) {
    const char *found = json_string_value(member(object, key));
    if (!found || strcmp(found, expected) != 0)
        fail_msg("\"%s\" is %s, expected %s", key, found ? found : "no text", expected);
}

/* The keys of an object in their order, "a b c". */
static void expect_keys(const json_t *object, const char *expected) {
    char found[1024] = "";
    const char *key;
    json_t *v;
    json_object_foreach((json_t *)object, key, v) strcat(strcat(found, *found ? " " : ""), key);
    if (strcmp(found, expected) != 0)
        fail_msg("\n found keys    %s\n expected keys %s", found, expected);
}

static void expect_shape(const json_t *list, long rows, long cols) {
    assert_int_equal(json_array_size(list), 2);
    assert_int_equal(json_integer_value(json_array_get(list, 0)), rows);
    assert_int_equal(json_integer_value(json_array_get(list, 1)), cols);
}

static void header_library_program_and_build_name_one_version(void **state) {
    (void)state;
    char *said = text_of("$GLIA --version"), numbers[32];
    assert_string_equal(said, "glia " PROJECT_VERSION "\n");
    assert_string_equal(glia_version(), PROJECT_VERSION);
    snprintf(numbers, sizeof numbers, "%d.%d.%d", GLIA_VERSION_MAJOR, GLIA_VERSION_MINOR,
             GLIA_VERSION_PATCH);
    assert_string_equal(numbers, PROJECT_VERSION);
    result read = run("grep -q " PROJECT_VERSION " " SOURCE_ROOT
                      "/README.md && grep -q " PROJECT_VERSION " " SOURCE_ROOT "/README.zh-CN.md");
    assert_int_equal(read.status, 0);
    result_free(&read);
    free(said);
}

/* ------------------------------------------------------------------------------ train --json -- */

static void train_prints_what_the_manual_says(void **state) {
    (void)state;
    json_t *j = json_of("$GLIA train bin.csv --test bin.csv --hidden 20,7 --activation relu,tanh "
                        "--epochs 12 --batch full --val none "
                        "--log-every 5 -o b.glia --json --quiet");
    expect_keys(j,
                "task samples features positive layers parameters epochs updates seconds stopped "
                "updates_per_epoch costs mean_costs "
                "metrics findings model model_sha256");
    expect_text(j, "task", "binary");
    expect_keys(member(j, "samples"), "train val test");
    assert_int_equal(number(member(j, "samples"), "train"), 80);
    assert_int_equal(number(member(j, "samples"), "val"), 0);
    assert_int_equal(number(member(j, "samples"), "test"), 80);
    assert_int_equal(number(j, "features"), 2);
    assert_int_equal(number(j, "parameters"), 3 * 20 + 21 * 7 + 8);
    assert_int_equal(number(j, "epochs"), 12);
    assert_int_equal(number(j, "updates"), 12);
    assert_true(number(j, "seconds") > 0);
    expect_text(j, "stopped", "epochs");
    expect_text(j, "model", "b.glia");

    static const struct {
        const char *name, *activation;
        long units, in;
    } layers[] = {{"fc1", "relu", 20, 2}, {"fc2", "tanh", 7, 20}, {"fc3", "sigmoid", 1, 7}};
    assert_int_equal(json_array_size(member(j, "layers")), 3);
    for (size_t i = 0; i < 3; i++) {
        const json_t *l = json_array_get(member(j, "layers"), i);
        expect_keys(l, "name op units activation w b");
        expect_text(l, "name", layers[i].name);
        expect_text(l, "op", "dense");
        expect_text(l, "activation", layers[i].activation);
        assert_int_equal(number(l, "units"), layers[i].units);
        expect_shape(member(l, "w"), layers[i].units, layers[i].in);
        expect_shape(member(l, "b"), layers[i].units, 1);
    }

    const json_t *costs = member(j, "costs");
    assert_int_equal(json_array_size(costs), 3); /* before updates 0, 5, 10 */
    for (size_t i = 0; i < 3; i++) {
        const json_t *cost = json_array_get(costs, i);
        assert_int_equal(json_array_size(cost), 2);
        assert_int_equal(json_integer_value(json_array_get(cost, 0)), 5 * i);
        assert_true(json_real_value(json_array_get(cost, 1)) > 0);
    }
    char line[200];
    snprintf(line, sizeof line, "echo '%s  b.glia' | sha256sum -c --quiet",
             json_string_value(member(j, "model_sha256")));
    free(text_of(line));
    json_decref(j);
}

static void train_prints_the_scores_of_the_task(void **state) {
    (void)state;
    static const struct {
        const char *data, *task, *scores;
    } sets[] = {
        {"bin.csv", "binary",
         "loss accuracy precision recall f1 auc brier average_precision confusion"},
        {"iris.csv", "multiclass", "loss accuracy macro_f1 confusion"},
        {"reg.csv", "regression", "mse rmse mae r2"},
    };
    for (size_t i = 0; i < 3; i++) {
        char line[200];
        snprintf(line, sizeof line,
                 "$GLIA train %s --test %s --val 0.25 --epochs 4 -o s.glia --json --quiet",
                 sets[i].data, sets[i].data);
        json_t *j = json_of(line), *metrics = member(j, "metrics");
        expect_text(j, "task", sets[i].task);
        expect_keys(metrics, "train val test");
        expect_keys(member(metrics, "train"), sets[i].scores);
        expect_keys(member(metrics, "val"), sets[i].scores);
        expect_keys(member(metrics, "test"), sets[i].scores);
        json_decref(j);
    }
}

static void eval_puts_an_interval_beside_each_score(void **state) {
    (void)state;
    static const char *const models[] = {"bin", "iris", "reg"};
    for (size_t i = 0; i < 3; i++) {
        char line[200];
        snprintf(line, sizeof line, "$GLIA eval %s.glia %s.csv --json", models[i], models[i]);
        json_t *j = json_of(line), *interval = member(j, "interval"), *v;
        const char *key;
        assert_true(number(j, "rows") > 0);
        json_object_foreach(j, key, v) {
            if (!json_is_number(v) || strcmp(key, "rows") == 0 || strcmp(key, "baseline") == 0)
                continue;
            const json_t *range = member(interval, key);
            double low = json_number_value(json_array_get(range, 0)),
                   high = json_number_value(json_array_get(range, 1));
            if (!(low <= json_number_value(v) && json_number_value(v) <= high))
                fail_msg("%s: %s is outside its interval", line, key);
        }
        json_decref(j);
    }
}

/* --------------------------------------------------------------------- what is printed where -- */

static void succeeds(const char *line) {
    result r = run("%s", line);
    if (r.status != 0) fail_msg("%s: status %d, %s", line, r.status, r.err);
    result_free(&r);
}

static void json_is_one_document_for_every_command(void **state) {
    (void)state;
    static const char *const lines[] = {
        "train iris.csv --epochs 2 -o t.glia",
        "predict iris.glia iris.csv",
        "predict reg.glia reg.csv",
        "predict bin.glia bin.csv",
        "eval iris.glia iris.csv",
        "eval reg.glia reg.csv",
        "show iris.glia",
        "show iris.glia --plan",
        "show iris.glia --plan --mode train --batch 8",
        "show iris.glia --equations",
        "show iris.glia --verify",
        "check iris.csv",
        "check iris.glia iris.csv",
        "data iris.csv",
        "data iris.csv --head 3",
        "data iris.csv --split 0.8 -o part",
        "data iris.csv --convert c.csv",
        "demo --list",
        "demo xor",
        "bench --net 4-3-2 --steps 10",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char line[200];
        snprintf(line, sizeof line, "$GLIA %s --json", lines[i]);
        json_decref(json_of(line));
    }
}

static void quiet_says_nothing_on_standard_error(void **state) {
    (void)state;
    static const char *const lines[] = {
        "train iris.csv --epochs 3 --doctor off -o t.glia",
        "predict iris.glia iris.csv -o p.csv",
        "eval iris.glia others.csv",
        "show iris.glia",
        "check iris.csv",
        "data iris.csv --convert c.csv",
        "demo xor",
        "bench --net 4-3-2 --seconds 0.01",
    };
    succeeds("sed '$d' iris.csv >others.csv");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        result r = run("$GLIA %s --quiet", lines[i]);
        if (r.status != 0 || *r.err)
            fail_msg("glia %s --quiet: exit status %d: %s", lines[i], r.status, r.err);
        result_free(&r);
    }
}

static void notes_go_to_standard_error_and_have_no_colours(void **state) {
    (void)state;
    result r = run("$GLIA train iris.csv --epochs 3 -o t.glia");
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.err, "glia: network: dense"));
    assert_null(strstr(r.out, "glia: "));
    assert_null(strpbrk(r.out, "\033\r"));
    assert_null(strpbrk(r.err, "\033\r")); /* no terminal, so no bar */
    result_free(&r);
}

static void help_is_a_result(void **state) {
    (void)state;
    static const char *const lines[] = {"--help",      "help",           "train --help",
                                        "fit -h",      "predict --help", "eval --help",
                                        "show --help", "check --help",   "data --help",
                                        "demo --help", "bench --help",   "help train",
                                        "--version"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        result r = run("$GLIA %s", lines[i]);
        if (r.status != 0 || *r.err || !strstr(r.out, "glia"))
            fail_msg("glia %s: exit status %d: %s", lines[i], r.status, r.err);
        result_free(&r);
    }
}

/* ----------------------------------------------------------------------------------- options -- */

static void spellings_that_people_bring_along_are_the_same(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"train iris.csv --epochs 3", "fit iris.csv --epochs=3"},
        {"train iris.csv --epochs 3 --batch 8", "train --batch-size 8 --epochs 3 iris.csv"},
        {"train iris.csv --epochs 3 --lr 0.01", "fit iris.csv --epochs 3 --learning-rate 0.01"},
        {"train iris.csv --epochs 3 --val 0.25",
         "train iris.csv --epochs 3 --validation-split 0.25"},
        {"train iris.csv --epochs 40 --early-stop 2", "train iris.csv --epochs 40 --patience 2"},
        {"train iris.csv --epochs 3 --seed 7", "train iris.csv --set epochs=3 --set seed=7"},
        {"train iris.csv --epochs 3 --lr 0.01",
         "train iris.csv --epochs 3 --set learning-rate=0.01"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        result r = run("$GLIA %s -o one.glia --quiet && $GLIA %s -o two.glia --quiet && "
                       "cmp one.glia two.glia",
                       pairs[i][0], pairs[i][1]);
        if (r.status != 0)
            fail_msg("glia %s\nglia %s: %s%s", pairs[i][0], pairs[i][1], r.out, r.err);
        result_free(&r);
    }
    expect_same_output("$GLIA eval iris.glia iris.csv --json",
                       "$GLIA evaluate iris.glia iris.csv --json");
}

static void a_flag_beats_the_environment_beats_the_file(void **state) {
    (void)state;
    static const struct {
        const char *line;
        int epochs;
    } lines[] = {
        {"GLIA_EPOCHS=4 $GLIA train iris.csv --config run.yaml --epochs 5", 5},
        {"GLIA_EPOCHS=4 $GLIA train iris.csv --config run.yaml --set epochs=5", 5},
        {"GLIA_EPOCHS=4 $GLIA train iris.csv --config run.yaml", 4},
        {"$GLIA train iris.csv --config run.yaml", 3},
        {"GLIA_CONFIG=run.yaml $GLIA train iris.csv", 3},
        {"$GLIA train iris.csv --epochs 6 --epochs 7", 7}, /* the last one counts */
        {"$GLIA train iris.csv --epochs 6 --set epochs=7", 7},
    };
    free(text_of(
        "printf 'epochs: 3\\nhidden: [6, 5]  # a list\\nlearning_rate: 0.01\\n' >run.yaml"));
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char line[300];
        snprintf(line, sizeof line, "%s --val none -o t.glia --json --quiet", lines[i].line);
        json_t *j = json_of(line);
        if (number(j, "epochs") != lines[i].epochs)
            fail_msg("%s: %g epochs, expected %d", line, number(j, "epochs"), lines[i].epochs);
        json_decref(j);
    }
    json_t *j = json_of("$GLIA train iris.csv --config run.yaml -o t.glia --quiet >one && $GLIA "
                        "show t.glia --json"),
           *h = member(j, "hyperparameters");
    expect_text(h, "lr", "0.01");
    expect_text(h, "hidden", "6,5");
    expect_text(h, "momentum", "0.9"); /* the default */
    json_decref(j);
}

static void the_command_in_a_model_makes_it_again(void **state) {
    (void)state;
    result r = run("$GLIA train iris.csv --config run.yaml --seed 9 -o one.glia --quiet && "
                   "$GLIA show one.glia --json | sed -n 's/^  \"command\": \"glia "
                   "\\(.*\\)\",$/\\1/p' >command && "
                   "eval \"$GLIA $(cat command) -o two.glia --quiet\" && cmp one.glia two.glia");
    if (r.status != 0) fail_msg("%s%s", r.out, r.err);
    result_free(&r);
}

/* -------------------------------------------------------------------------------------- data -- */

static void the_same_table_in_other_clothes_gives_the_same_predictions(void **state) {
    (void)state;
    static const char *const lines[] = {
        "$GLIA predict iris.glia - <iris.csv",
        "$GLIA predict iris.glia iris.csv.gz",
        "cat iris.csv.gz | $GLIA predict iris.glia -",
        "$GLIA predict iris.glia iris.tsv",
        "$GLIA predict iris.glia semicolon.csv --delimiter ';' --decimal ,",
        "$GLIA predict iris.glia reversed.csv", /* columns are found by name */
        "$GLIA predict iris.glia crlf.csv",
        "$GLIA predict iris.glia bom.csv",
    };
    free(text_of("gzip -kf iris.csv && tr , '\\t' <iris.csv >iris.tsv && sed 's/,/;/g; s/\\./,/g' "
                 "iris.csv >semicolon.csv && "
                 "awk -F, '{print $3 \",\" $2 \",\" $1}' iris.csv >reversed.csv && sed 's/$/\\r/' "
                 "iris.csv >crlf.csv && "
                 "{ printf '\\357\\273\\277'; cat iris.csv; } >bom.csv"));
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        expect_same_output("$GLIA predict iris.glia iris.csv", lines[i]);
}

static void training_from_standard_input_writes_model_glia(void **state) {
    (void)state;
    expect_same_output(
        "$GLIA train iris.csv --epochs 3 --quiet -o x.glia >one && $GLIA predict x.glia iris.csv",
        "$GLIA train - --epochs 3 --quiet <iris.csv >one && $GLIA predict model.glia iris.csv && "
        "rm model.glia");
}

static void predictions_are_classes_and_probabilities_that_sum_to_one(void **state) {
    (void)state;
    char *csv = text_of("$GLIA predict iris.glia iris.csv"), *line = strtok(csv, "\n");
    int rows = 0;
    assert_string_equal(line, "prediction,P(setosa),P(versicolor),P(virginica)");
    for (; (line = strtok(NULL, "\n")); rows++) {
        static const char *const classes[] = {"setosa", "versicolor", "virginica"};
        char class[32];
        double p[3];
        assert_int_equal(sscanf(line, "%31[^,],%lf,%lf,%lf", class, &p[0], &p[1], &p[2]), 4);
        int best = p[0] >= p[1] && p[0] >= p[2] ? 0 : p[1] >= p[2] ? 1 : 2;
        assert_string_equal(class, classes[best]);
        assert_true(fabs(p[0] + p[1] + p[2] - 1) < 1e-6);
    }
    assert_int_equal(rows, 60);
    free(csv);
    csv = text_of("$GLIA predict reg.glia reg.csv | head -1");
    assert_string_equal(csv, "prediction\n");
    free(csv);
    csv = text_of("$GLIA predict iris.glia iris.csv --keep species,width | head -1");
    assert_string_equal(csv, "species,width,prediction,P(setosa),P(versicolor),P(virginica)\n");
    free(csv);
}

/* With bounds from 1e-38 up, which softmax reaches on rows far outside. */
static void a_predicted_number_is_the_shortest_text_of_its_float(void **state) {
    (void)state;
    int numbers = 0;
    free(text_of("awk -F, 'NR == 1 {print; next} {for (k = -300; k < 300; k += 7) "
                 "print $1 * k \",\" $2 - k \",\" $3 \",\" $4}' iris.csv >far.csv"));
    char *csv = text_of("$GLIA predict iris.glia far.csv | tail -n +2 | cut -d, -f2-");
    for (char *cell = strtok(csv, ",\n"); cell; cell = strtok(NULL, ",\n"), numbers++) {
        char want[32];
        float x = strtof(cell, NULL);
        for (int digits = x < FLT_MIN ? 1 : 6; digits <= 9; digits++) {
            snprintf(want, sizeof want, "%.*g", digits, (double)x);
            if (strtof(want, NULL) == x) break;
        }
        assert_string_equal(cell, want);
    }
    assert_int_equal(numbers, 60 * 86 * 3);
    free(csv);
}

static void a_threshold_moves_the_answer(void **state) {
    (void)state;
    char *csv = text_of("$GLIA predict bin.glia bin.csv --threshold 1 | cut -d, -f1 | sort -u");
    assert_string_equal(csv, "0\nprediction\n");
    free(csv);
    csv = text_of("$GLIA predict bin.glia bin.csv --threshold 0 | cut -d, -f1 | sort -u");
    assert_string_equal(csv, "1\nprediction\n");
    free(csv);
}

static void data_describes_every_column(void **state) {
    (void)state;
    json_t *j = json_of("$GLIA data iris.csv --json"), *columns = member(j, "columns");
    assert_int_equal(number(j, "rows"), 60);
    assert_int_equal(json_array_size(columns), 4);
    const json_t *length = json_array_get(columns, 0), *species = json_array_get(columns, 3);
    expect_text(length, "name", "length");
    expect_text(length, "type", "number");
    assert_int_equal(number(length, "missing"), 0);
    assert_true(number(length, "min") < number(length, "mean") &&
                number(length, "mean") < number(length, "max"));
    expect_keys(species, "name type missing most categories");
    expect_text(species, "type", "category");
    assert_int_equal(number(species, "categories"), 3);
    assert_true(json_is_array(member(j, "warnings")));
    json_decref(j);

    j = json_of("$GLIA data odd.csv --json");
    assert_int_equal(number(json_array_get(member(j, "columns"), 1), "missing"), 2);
    assert_true(json_array_size(member(j, "warnings")) > 0); /* a constant column, say */
    json_decref(j);
}

/* The library says option 'ignore'; the program says what its user types, with the command in front
 * where that is another one. */
static void the_librarys_options_are_said_as_flags(void **state) {
    (void)state;
    static const struct {
        const char *line, *said;
    } cases[] = {
        {"$GLIA data ids.csv", "is it an id? (--ignore 'id')"},
        {"$GLIA data ids.csv --json", "is it an id? (--ignore 'id')"},
        {"GLIA_LR=x $GLIA train ids.csv", "GLIA_LR: --lr is 'x', expected a number"},
        {"$GLIA train ids.csv --lr x", "error: --lr is 'x', expected a number"},
        {"$GLIA train ids.csv --val none --early-stop 3",
         "--early-stop needs validation data, but --val is none; give --val 0.2 or --val DATA"},
        {"$GLIA tune ids.csv --val none", "but --val is none; leave it out, or give --val 0.2"},
        {"$GLIA train ids.csv --val years.csv --epochs 3 -o ids.glia",
         "split the data at random (glia data --split)"},
    };
    result made = run(
        "awk 'BEGIN { print \"id,year,a,y\"; for (i = 0; i < 60; i++) print i \",1999,\" i %% 7 "
        "\",\" i %% 2 }' >ids.csv && sed 's/1999/2001/' ids.csv >years.csv");
    assert_int_equal(made.status, 0);
    result_free(&made);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        result r = run("%s", cases[i].line);
        if (!strstr(r.out, cases[i].said) && !strstr(r.err, cases[i].said))
            fail_msg("%s\n%s%s\n expected: %s", cases[i].line, r.out, r.err, cases[i].said);
        if (strstr(r.out, "option '") || strstr(r.err, "option '"))
            fail_msg("%s\n%s%s\n has words of the library", cases[i].line, r.out, r.err);
        result_free(&r);
    }
}

/* Bars are counts, from 0; few whole numbers have a bar each. */
static void even_columns_look_even(void **state) {
    (void)state;
    result r =
        run("{ echo n,d,y; for i in $(seq 240); do echo $i,$((i % 10)),0.$i; done; } >even.csv; "
            "LC_ALL=C $GLIA data even.csv --quiet");
    assert_non_null(strstr(r.out, " ############"));
    assert_non_null(strstr(r.out, " ##########\n"));
    result_free(&r);
}

static void data_splits_in_proportion_and_loses_no_row(void **state) {
    (void)state;
    result r = run("$GLIA data iris.csv --split 0.75,0.25 --seed 3 -o cut --quiet >one && "
                   "{ cat cut-train.csv; tail -n +2 cut-test.csv; } | sort >joined && sort "
                   "iris.csv | cmp - joined && "
                   "cut -d, -f4 cut-test.csv | sort | uniq -c | grep -c ' 5 '");
    if (r.status != 0) fail_msg("%s%s", r.out, r.err);
    assert_string_equal(r.out, "3\n"); /* five of each class */
    result_free(&r);
    expect_same_output(
        "$GLIA data iris.csv --split 0.75 --seed 3 -o again --quiet >one && cat again-test.csv",
        "cat cut-test.csv");
}

static void a_converted_table_is_the_same_table(void **state) {
    (void)state;
    free(text_of(
        "$GLIA data semicolon.csv --delimiter ';' --decimal , --convert plain.csv --quiet"));
    expect_same_output("cat iris.csv", "cat plain.csv");
}

static void show_prints_layers_command_and_plan(void **state) {
    (void)state;
    json_t *j = json_of("$GLIA show iris.glia --json");
    expect_text(j, "task", "multiclass");
    expect_text(j, "command", "glia train iris.csv --epochs 20");
    assert_int_equal(json_array_size(member(j, "classes")), 3);
    assert_int_equal(number(j, "L"), json_array_size(member(j, "layers")));
    json_decref(j);
    static const struct {
        const char *line, *says;
    } views[] = {{"", "W1 ("},
                 {"--plan", "gemm"},
                 {"--equations", "W1"},
                 {"--verify", "8 test vectors, every output as stored"}};
    for (size_t i = 0; i < 4; i++) {
        result r = run("$GLIA show iris.glia %s", views[i].line);
        if (r.status != 0 || !strstr(r.out, views[i].says))
            fail_msg("glia show %s: %s%s", views[i].line, r.out, r.err);
        result_free(&r);
    }
}

static void check_gives_a_verdict_for_every_parameter(void **state) {
    (void)state;
    json_t *j = json_of("$GLIA check iris.csv --hidden 5 --activation tanh --json"),
           *rows = member(j, "parameters"), *row;
    static const char *const names[] = {"fc1.w", "fc1.b", "fc2.w", "fc2.b"};
    size_t i;
    assert_true(json_is_true(member(j, "ok")));
    assert_int_equal(json_array_size(rows), 4);
    json_array_foreach(rows, i, row) {
        expect_text(row, "parameter", names[i]);
        assert_true(json_is_true(member(row, "ok")));
        assert_true(number(row, "difference") < 1e-7);
    }
    json_decref(j);
}

/* Never how fast: that is bench/run's, on a quiet machine. */
static void bench_prints_three_positive_numbers(void **state) {
    (void)state;
    static const char *const lines[] = {
        "--net 20-16-3 --activation relu --loss softmax --batch 32 --optimizer sgd --threads 2",
        "--net 20-16-1 --activation tanh --loss sigmoid --batch full --rows 50 --optimizer adam",
        "--net 20-16-5 --loss mse --batch 8 --rows 20 --optimizer momentum",
        "--net 20-16-3 --predict --batch 1 --threads 1",
        "--net 20-3 --predict --batch 64",
        "--net 'image 6 6 2, conv 3 3x3 relu, dense 4 softmax' --batch 5",
        "--net 'sequence 6 2, conv 3 3 relu, dense 2 linear' --batch 5 --predict",
        "--net 'image 6 6, conv 3 3x3 relu, dense 2' --batch 5 --loss huber",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char line[200];
        snprintf(line, sizeof line, "$GLIA bench %s --seconds 0.01 --json", lines[i]);
        json_t *j = json_of(line);
        bool predicts = strstr(lines[i], "--predict");
        expect_keys(j, predicts ? "samples_per_second us_per_step gflops threads multiply_adds "
                                  "bytes bytes_from"
                                : "samples_per_second us_per_step gflops threads multiply_adds "
                                  "bytes bytes_from memory_bytes");
        assert_true(number(j, "samples_per_second") > 0);
        assert_true(number(j, "us_per_step") > 0);
        assert_true(number(j, "gflops") > 0);
        json_decref(j);
    }
}

/* No option does nothing. */
static void bench_hears_activations_and_losses_of_a_text_from_the_text(void **state) {
    (void)state;
    static const char net[] = "image 6 6, conv 3 3x3 relu, dense 2 softmax";
    refuses(2, "--activation goes with sizes", "$GLIA bench --net '%s' --activation tanh", net);
    refuses(2, "--loss goes with sizes", "$GLIA bench --net '%s' --loss mse", net);
}

static void bench_counts_six_operations_for_each_connection(void **state) {
    (void)state;
    json_t *j = json_of("$GLIA bench --net 20-16-3 --batch 32 --steps 20 --json");
    double operations = 6 * 32 * (20 * 16 + 16 * 3), us = number(j, "us_per_step");
    assert_true(fabs(number(j, "gflops") * us * 1e3 / operations - 1) < 1e-6);
    assert_true(fabs(number(j, "samples_per_second") * us * 1e-6 / 32 - 1) < 1e-6);
    /* at least: the first layer has no gradient of its input; W and dW are read, W is written */
    assert_true(number(j, "multiply_adds") == 32 * (2 * 20 * 16 + 3 * 16 * 3));
    json_decref(j);
    j = json_of(
        "$GLIA bench --net 500-200 --batch 32 --steps 20 --optimizer adam --threads 1 --json");
    assert_true(number(j, "bytes") == 4 * 7 * 500 * 200);
    json_decref(j);
    /* 16 pixels of 3 filters of 18 numbers there and for dW, 48 inputs of 4 units there and twice
     * back */
    j = json_of("$GLIA bench --net 'image 6 6 2, conv 3 3x3, dense 4 softmax' --batch 5 --steps 9 "
                "--json");
    assert_true(number(j, "multiply_adds") == 5 * (2 * 16 * 3 * 18 + 3 * 48 * 4));
    json_decref(j);
}

static void training_measures_at_the_threshold(void **state) {
    (void)state;
    json_t *trained =
               json_of("$GLIA train bin.csv --threshold 0.2 --val none --epochs 3 -o low.glia "
                       "--json --quiet"),
           *measured = json_of("$GLIA eval low.glia bin.csv --json");
    json_t *scores = member(member(trained, "metrics"), "train");
    assert_true(number(scores, "recall") == number(measured, "recall"));
    assert_true(number(scores, "precision") == number(measured, "precision"));
    json_decref(measured);
    json_decref(trained);
}

static void a_log_has_a_line_for_every_logged_epoch(void **state) {
    (void)state;
    char *out = text_of("$GLIA train iris.csv --epochs 6 --log-every 2 --val none --log l.csv -o "
                        "t.glia --quiet >one && wc -l <l.csv && head -1 l.csv");
    assert_string_equal(out, "4\nepoch,updates,cost,mean_cost,val_loss,lr\n");
    free(out);
    out = text_of("$GLIA train iris.csv --epochs 6 --log-every 2 --log l.jsonl -o t.glia --quiet "
                  ">one && tail -1 l.jsonl");
    json_t *j = json_loads(out, 0, NULL);
    assert_non_null(j);
    expect_keys(j, "epoch updates cost mean_cost val_loss lr");
    json_decref(j);
    free(out);
    out =
        text_of("$GLIA train iris.csv --epochs 3 --monitor macro_f1 --schedule step:1:0.5 --lr 0.5 "
                "--log l.csv -o t.glia --quiet >one && cut -d, -f6,7 l.csv | head -3");
    assert_true(strncmp(out, "lr,val_macro_f1\n0.5,", 20) == 0 && strstr(out, "\n0.25,"));
    free(out);
}

/* The last epoch's cost of validation, not that of the epoch before. */
static void the_last_line_of_progress_is_the_end_of_the_log(void **state) {
    (void)state;
    char *out = text_of("$GLIA train iris.csv --epochs 7 --val 0.3 --log l.csv -o t.glia "
                        "2>&1 >/dev/null | sed -n 's|.*epoch 7/7.* val loss \\([^,]*\\),.*|\\1|p'; "
                        "tail -1 l.csv | cut -d, -f5");
    double said = 0, logged = 1;
    assert_int_equal(sscanf(out, "%lf %lf", &said, &logged), 2);
    assert_true(fabs(said / logged - 1) < 1e-3);
    free(out);
}

/* ------------------------------------------------------------------------- the world outside -- */

/* A locale with a decimal comma: installed, or compiled into the scratch folder; NULL: neither. */
static const char *comma_locale(void) {
    result r = run("locale -a | grep -E '^(de|fr|it|es|pt|nl|pl|ru)_' | head -1 | tr -d '\\n'");
    static char name[64];
    snprintf(name, sizeof name, "%s", r.out);
    result_free(&r);
    if (*name) return name;
    r = run("mkdir -p locales && localedef -i de_DE -f UTF-8 locales/de_DE.UTF-8 && echo yes");
    bool made = strstr(r.out, "yes");
    result_free(&r);
    char folder[700];
    snprintf(folder, sizeof folder, "%s/locales", scratch());
    if (made) setenv("LOCPATH", folder, 1);
    return made ? "de_DE.UTF-8" : NULL;
}

static void a_decimal_comma_in_the_locale_changes_nothing(void **state) {
    (void)state;
    const char *locale = comma_locale();
    if (!locale) {
        print_message("# skipped: no locale with a decimal comma\n");
        skip();
    }
    free(text_of("$GLIA train reg.csv --epochs 3 --lr 0.01 -o plain.glia --quiet && "
                 "$GLIA explain plain.glia reg.csv --row 1,2 >plain.explained"));
    setenv("LC_ALL", locale, 1);
    char *shown = text_of("env printf '%.1f' 0,5"); /* the locale is in force */
    bool comma = strcmp(shown, "0,5") == 0;
    free(shown);
    result r =
        run("$GLIA train reg.csv --epochs 3 --lr 0.01 -o comma.glia --quiet >one && cmp "
            "plain.glia comma.glia && "
            "$GLIA predict comma.glia reg.csv >comma.out && $GLIA show comma.glia --verify && "
            "$GLIA explain comma.glia reg.csv --row 1,2 >comma.explained && "
            "cmp plain.explained comma.explained");
    char *predictions = text_of("cat comma.out");
    unsetenv("LC_ALL");
    unsetenv("LOCPATH");
    if (!comma) print_message("# the locale %s writes no comma\n", locale);
    if (r.status != 0) fail_msg("%s%s", r.out, r.err);
    assert_null(strchr(predictions, ','));
    free(predictions);
    result_free(&r);
}

/* ----------------------------------------------------------------------------------- fixture -- */

static FILE *open_in_scratch(const char *name) {
    char path[700];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    return fopen(path, "w");
}

static int prepare(void **state) {
    (void)state;
    static const char *const species[] = {"setosa", "virginica", "versicolor"};
    FILE *f = open_in_scratch("iris.csv");
    fprintf(f, "length,width,colour,species\n");
    for (int i = 0; i < 60; i++) {
        fprintf(f, "%g,%g,%s,%s\n", i % 3 + (i * 7 + 1) % 10 * 0.1 + 0.01,
                3 - i % 3 + (i * 3 + 1) % 10 * 0.1 + 0.01, i % 5 < 2 ? "red" : "blue",
                species[i % 3]);
    }
    fclose(f);
    f = open_in_scratch("reg.csv");
    fprintf(f, "a,b,y\n");
    for (int i = 0; i < 80; i++)
        fprintf(f, "%g,%d,%g\n", i % 7 * 0.5, i % 5, 2.5 * (i % 7) - 3 * (i % 5));
    fclose(f);
    f = open_in_scratch("bin.csv");
    FILE *bare = open_in_scratch("noheader.csv"), *wide = open_in_scratch("wide.csv");
    fprintf(f, "a,b,y\n");
    fprintf(wide, "a,b,y\n");
    for (int i = 0; i < 80; i++) fprintf(f, "%d,%d,%d\n", i % 7, i % 5, i % 7 > i % 5);
    for (int i = 0; i < 80; i++) fprintf(bare, "%d,%d,%d\n", i % 7, i % 5, i % 7 > i % 5);
    for (int i = 0; i < 5000; i++) fprintf(wide, "%d,%d,%d\n", i % 97, i % 89, i % 2);
    fclose(f);
    fclose(bare);
    fclose(wide);
    f = open_in_scratch("odd.csv");
    fprintf(f, "a,b,c,y\n1,,7,0\n2,NA,7,1\n3,4,7,0\n4,5,7,1\n");
    fclose(f);
    result r =
        run("for m in iris reg bin; do $GLIA train $m.csv --epochs 20 --quiet || exit 1; done");
    if (r.status != 0) print_error("%s\n", r.err);
    int status = r.status;
    result_free(&r);
    return status;
}

/* A name that nobody typed replaces a model of the same target only; nothing but a model replaces
 * one; and two results of a command have two names. */
static void nothing_is_replaced_that_nobody_named(void **state) {
    (void)state;
    static const char *const refused[][2] = {
        {"train kept.csv --target 1", "'kept.glia' is a model of"},
        {"tune kept.csv --target 1 --trials 1", "name the file of the new one after -o"},
        {"train kept.csv -o new.glia --report kept.glia", "is a model and would be replaced"},
        {"predict iris.glia iris.csv -o kept.glia", "is a model and would be replaced"},
        {"eval iris.glia iris.csv --report kept.glia", "is a model and would be replaced"},
        {"show iris.glia --graph kept.svg", "is a model and would be replaced"},
        {"train kept.csv -o new.glia --report ./new.glia", "the model and the report are both"},
        {"train kept.csv -o new.glia --log new.html --report new.html", "the log and the report"}};
    succeeds("cp iris.csv kept.csv && $GLIA train kept.csv --epochs 2 --quiet && cp kept.glia "
             "before.glia && cp kept.glia kept.svg");
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        result r = run("$GLIA %s", refused[i][0]);
        if (r.status != 2 || !strstr(r.err, refused[i][1]))
            fail_msg("%s: status %d, %s", refused[i][0], r.status, r.err);
        result_free(&r);
    }
    succeeds("cmp kept.glia before.glia && ! test -e new.glia");
    succeeds("$GLIA train kept.csv --epochs 3 --quiet && ! cmp -s kept.glia before.glia");
    succeeds("$GLIA train kept.csv --target 1 --epochs 2 --quiet -o kept.glia");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_replaced_that_nobody_named),
        cmocka_unit_test(header_library_program_and_build_name_one_version),
        cmocka_unit_test(train_prints_what_the_manual_says),
        cmocka_unit_test(train_prints_the_scores_of_the_task),
        cmocka_unit_test(eval_puts_an_interval_beside_each_score),
        cmocka_unit_test(json_is_one_document_for_every_command),
        cmocka_unit_test(quiet_says_nothing_on_standard_error),
        cmocka_unit_test(notes_go_to_standard_error_and_have_no_colours),
        cmocka_unit_test(help_is_a_result),
        cmocka_unit_test(spellings_that_people_bring_along_are_the_same),
        cmocka_unit_test(a_flag_beats_the_environment_beats_the_file),
        cmocka_unit_test(the_command_in_a_model_makes_it_again),
        cmocka_unit_test(the_same_table_in_other_clothes_gives_the_same_predictions),
        cmocka_unit_test(training_from_standard_input_writes_model_glia),
        cmocka_unit_test(predictions_are_classes_and_probabilities_that_sum_to_one),
        cmocka_unit_test(a_predicted_number_is_the_shortest_text_of_its_float),
        cmocka_unit_test(a_threshold_moves_the_answer),
        cmocka_unit_test(data_describes_every_column),
        cmocka_unit_test(the_librarys_options_are_said_as_flags),
        cmocka_unit_test(even_columns_look_even),
        cmocka_unit_test(data_splits_in_proportion_and_loses_no_row),
        cmocka_unit_test(a_converted_table_is_the_same_table),
        cmocka_unit_test(show_prints_layers_command_and_plan),
        cmocka_unit_test(check_gives_a_verdict_for_every_parameter),
        cmocka_unit_test(bench_prints_three_positive_numbers),
        cmocka_unit_test(bench_hears_activations_and_losses_of_a_text_from_the_text),
        cmocka_unit_test(bench_counts_six_operations_for_each_connection),
        cmocka_unit_test(training_measures_at_the_threshold),
        cmocka_unit_test(a_log_has_a_line_for_every_logged_epoch),
        cmocka_unit_test(the_last_line_of_progress_is_the_end_of_the_log),
        cmocka_unit_test(a_decimal_comma_in_the_locale_changes_nothing),
    };
    return cmocka_run_group_tests_name("cli", tests, prepare, NULL);
}
