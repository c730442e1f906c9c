/*
 * demo.c: the demos as a user runs them: each shows what it claims, and its report is a whole page.
 */
#include <glia/glia.h>
#include <jansson.h>
#include <math.h>

#include "test.h"

static json_t *told; /* what demos have told in this run, by their arguments */

/* The JSON document of `glia demo ...`; fails the test when there is none. */
static json_t *facts_of(const char *arguments) {
    if (!told) told = json_object();
    json_t *facts = json_object_get(told, arguments);
    if (facts) return json_incref(facts);
    result r = run("$GLIA demo %s --json --quiet --threads 1", arguments);
    json_error_t error;
    if (r.status != 0) fail_msg("glia demo %s: exit status %d, %s", arguments, r.status, r.err);
    facts = json_loads(r.out, 0, &error);
    if (!facts) fail_msg("glia demo %s: line %d: %s", arguments, error.line, error.text);
    result_free(&r);
    json_object_set(told, arguments, facts);
    return facts;
}

static int forget_all(void **state) {
    (void)state;
    json_decref(told);
    return 0;
}

static double number(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    if (!json_is_number(value)) fail_msg("no number '%s'", name);
    return json_number_value(value);
}

/* A test score of one contender. */
static double score(const json_t *facts, size_t contender, const char *name) {
    const json_t *one = json_array_get(json_object_get(facts, "contenders"), contender);
    return number(json_object_get(one, "test"), name);
}

/* ------------------------------------------------------------------------------------ claims -- */

static void a_hidden_layer_beats_a_straight_line(void **state) {
    (void)state;
    static const struct {
        const char *name;
        size_t winner;
        double line_at_most, winner_at_least;
    } sets[] = {
        {"flower", 1, 0.60, 0.86},  {"moons", 1, 0.92, 0.925}, {"circles", 1, 0.65, 0.90},
        {"spirals", 2, 0.75, 0.95}, {"xor", 1, 0.76, 0.97},    {"digits", 1, 0.95, 0.96},
    };
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i += EVERY) {
        json_t *facts = facts_of(sets[i].name);
        double line = score(facts, 0, "accuracy");
        double winner = score(facts, sets[i].winner, "accuracy");
        if (line > sets[i].line_at_most || winner < sets[i].winner_at_least)
            fail_msg("%s: a line gets %g, the network %g", sets[i].name, line, winner);
        json_decref(facts);
    }
}

static void houses_have_weights_in_euros_and_the_network_is_nearer(void **state) {
    (void)state;
    json_t *facts = facts_of("houses");
    assert_true(number(facts, "one more square metre") > 500);
    assert_true(number(facts, "one year older") < 0);
    assert_true(number(facts, "one kilometre further") < -1000);
    assert_true(score(facts, 1, "rmse") < score(facts, 0, "rmse"));
    json_decref(facts);
}

static void zero_weights_never_separate(void **state) {
    (void)state;
    json_t *facts = facts_of("symmetry");
    const json_t *tanh_units = json_object_get(facts, "zero_tanh");
    assert_true(number(facts, "zero_w1_row_difference") == 0);
    assert_true(number(facts, "zero_dw1_row_difference") == 0);
    assert_true(number(tanh_units, "w1") == 0 && number(tanh_units, "w2") == 0);
    assert_true(number(tanh_units, "b2") != 0);
    assert_true(number(facts, "accuracy_zeros") < 0.6);
    assert_true(number(facts, "accuracy_xavier") > 0.95);
    json_decref(facts);
}

static void stacked_linear_layers_are_one_matrix(void **state) {
    (void)state;
    json_t *facts = facts_of("linear");
    assert_true(number(facts, "largest_difference") <= 1e-6);
    assert_true(number(facts, "accuracy_stack") == number(facts, "accuracy_product"));
    json_decref(facts);
}

/* The mean of the slopes of one row of the saturation demo. */
static double mean_slope(const json_t *facts, const char *activation, const char *init) {
    size_t i, k;
    json_t *row, *slope;
    double sum = 0;
    json_array_foreach(json_object_get(facts, "networks"), i, row) {
        if (strcmp(json_string_value(json_object_get(row, "activation")), activation) != 0 ||
            strcmp(json_string_value(json_object_get(row, "init")), init) != 0)
            continue;
        const json_t *slopes = json_object_get(row, "slopes");
        json_array_foreach(slopes, k, slope) { sum += json_number_value(slope); }
        return sum / (double)json_array_size(slopes);
    }
    fail_msg("no row for %s with %s", activation, init);
    return 0;
}

static void large_weights_flatten_sigmoid_and_tanh(void **state) {
    (void)state;
    json_t *facts = facts_of("saturation --epochs 10");
    double tanh_usual = mean_slope(facts, "tanh", "xavier");
    double tanh_large = mean_slope(facts, "tanh", "normal:10");
    double sigmoid_usual = mean_slope(facts, "sigmoid", "xavier");
    double sigmoid_large = mean_slope(facts, "sigmoid", "normal:10");
    assert_true(tanh_usual > 10 * tanh_large && sigmoid_usual > 5 * sigmoid_large);
    json_decref(facts);
}

static void cross_entropy_recovers_where_squared_error_is_stuck(void **state) {
    (void)state;
    json_t *facts = facts_of("loss");
    const json_t *runs = json_object_get(facts, "runs");
    double after_100[2];
    for (size_t i = 0; i < 2; i++)
        after_100[i] = json_number_value(
            json_array_get(json_object_get(json_array_get(runs, 2 + i), "accuracy"), 2));
    assert_true(after_100[0] > 0.8 && after_100[1] < 0.6);
    json_decref(facts);
}

/* ----------------------------------------------------------- claims that the demo judges itself */

static double item(const json_t *facts, const char *list, size_t i) {
    const json_t *value = json_array_get(json_object_get(facts, list), i);
    if (!json_is_number(value)) fail_msg("no number %s[%zu]", list, i);
    return json_number_value(value);
}

static double fact_of(const json_t *facts, const char *list, size_t i, const char *name) {
    return number(json_array_get(json_object_get(facts, list), i), name);
}

static void assert_near(double found, double expected) {
    if (!(fabs(found - expected) <= 1e-15 * fmax(1, fabs(expected))))
        fail_msg("found %.17g, expected %.17g", found, expected);
}

/* x = [1 2 -1]', w = [0.5 -1 0.25]', b = 0.5, y = 1, rate 0.1: on paper z = -1.25, dz = a - 1, and
 * after the update z + 0.1 (1 - a) (x'x + 1), x'x = 6. */
static void one_unit_is_two_steps(void **state) {
    (void)state;
    json_t *facts = facts_of("neuron");
    double a = 1 / (1 + exp(1.25));
    assert_near(number(facts, "z"), -1.25);
    assert_near(number(json_object_get(facts, "a"), "sigmoid"), a);
    assert_near(number(json_object_get(facts, "a"), "relu"), 0);
    assert_near(number(json_object_get(facts, "a"), "leaky_relu"), -0.0125);
    assert_near(number(facts, "loss"), -log(a));
    assert_near(number(facts, "z_after"), -1.25 + 0.1 * (1 - a) * 7);
    json_decref(facts);
}

/* The numbers of tests/trace.c, which were worked out on paper. */
static void a_step_of_3_4_1_is_that_on_paper(void **state) {
    (void)state;
    json_t *facts = facts_of("step");
    const double a2 = 0.6224593312018546, d = a2 - 1, z1[] = {2, -0.5, -2, 3.5};
    const double dw1[] = {d / 2, d, -d / 2, 0, 0, 0, 0, 0, 0, d, 2 * d, -d};
    for (size_t i = 0; i < 4; i++) assert_near(item(facts, "z1", i), z1[i]);
    for (size_t i = 0; i < 12; i++) assert_near(item(facts, "dw1", i), dw1[i]);
    assert_near(number(facts, "a2"), a2);
    assert_near(number(facts, "loss"), 0.47407698418010663);
    assert_true(number(facts, "loss_after") < 0.2);
    json_decref(facts);
}

static void matrices_are_faster_than_loops_with_the_same_numbers(void **state) {
    (void)state;
    json_t *facts = facts_of("loops");
    assert_true(json_is_true(json_object_get(facts, "same_bits")));
    assert_true(number(facts, "answers_difference") <= 1e-4);
    assert_true(number(facts, "gradients_difference") <= 1e-4);
    assert_true(number(facts, "ratio_forward") > 1);
    json_decref(facts);
    static const char *const nets[] = {"--activation tanh --batch 16",
                                       "--net 9-8-1 --activation sigmoid --batch 7",
                                       "--net 9-8-7-1 --activation leaky_relu --batch 16 --predict",
                                       "--net 9-8-7-3 --activation leaky_relu:0.3 --batch 16",
                                       "--net 9-8-3 --batch 5"};
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        result r = run("$GLIA bench --loops --seconds 0.01 --json %s", nets[i]);
        if (r.status != 0) fail_msg("%s: %s", nets[i], r.err);
        json_t *doc = json_loads(r.out, 0, NULL);
        assert_true(number(doc, "loops_difference") <= 1e-5);
        json_decref(doc);
        result_free(&r);
    }
    refuses(2, "found 'tanh'", "$GLIA bench --loops --net 9-8-3 --activation relu,tanh");
    refuses(2, "gelu'", "$GLIA bench --loops --seconds 0.01 --activation gelu");
    refuses(2, "leave --optimizer out", "$GLIA bench --loops --optimizer adam");
}

static void the_cost_is_a_bowl_with_one_bottom(void **state) {
    (void)state;
    json_t *facts = facts_of("bowl");
    assert_true(number(facts, "rises") == 0 && number(facts, "dents") == 0);
    assert_true(number(facts, "gap") < 1e-6);
    assert_true(item(facts, "J", 0) > item(facts, "J", 300));
    json_decref(facts);
}

static void above_the_limit_the_learning_rate_is_too_large(void **state) {
    (void)state;
    json_t *facts = facts_of("rate");
    const json_t *rates = json_object_get(facts, "rates");
    double start = item(json_array_get(rates, 0), "J", 0), limit = number(facts, "limit");
    assert_true(item(json_array_get(rates, 0), "J", 4) > start / 3);
    assert_true(item(json_array_get(rates, 2), "J", 4) < number(facts, "bottom") * 1.001);
    assert_true(item(json_array_get(rates, 3), "J", 4) > start * 1e3);
    assert_true(fact_of(facts, "rates", 2, "lr") < limit);
    assert_true(fact_of(facts, "rates", 3, "lr") > limit);
    assert_true(json_is_true(json_object_get(facts, "diverged")));
    json_decref(facts);
}

static void a_thousand_rows_in_batches_of_100_are_10_iterations_an_epoch(void **state) {
    (void)state;
    json_t *facts = facts_of("batches");
    static const double iterations[] = {10, 100, 40, 10000};
    for (size_t i = 0; i < 4; i++)
        assert_true(fact_of(facts, "kinds", i, "iterations") == iterations[i]);
    assert_true(fabs(number(facts, "J_of_batches") - number(facts, "J_of_all")) < 1e-12);
    assert_true(fact_of(facts, "kinds", 1, "J") < fact_of(facts, "kinds", 0, "J"));
    assert_true(fact_of(facts, "kinds", 3, "jump") > 2 * fact_of(facts, "kinds", 1, "jump"));
    json_decref(facts);
}

static double gap_of(const json_t *facts, size_t i) {
    const json_t *one = json_array_get(json_object_get(facts, "contenders"), i);
    return item(one, "J", 1) - item(one, "J", 0);
}

static void l2_and_more_data_narrow_the_gap(void **state) {
    (void)state;
    json_t *facts = facts_of("overfit");
    assert_true(gap_of(facts, 1) > 2 * gap_of(facts, 2) && gap_of(facts, 1) > 2 * gap_of(facts, 3));
    assert_true(gap_of(facts, 0) < gap_of(facts, 2));
    json_decref(facts);
}

static void dead_units_do_not_move_and_leaky_ones_do(void **state) {
    (void)state;
    json_t *facts = facts_of("dead");
    assert_true(fact_of(facts, "networks", 1, "moved") == 0);
    assert_true(fact_of(facts, "networks", 1, "dw1") == 0);
    assert_true(fact_of(facts, "networks", 2, "moved") > 1);
    assert_true(fact_of(facts, "networks", 2, "accuracy") >
                fact_of(facts, "networks", 1, "accuracy") + 0.2);
    json_decref(facts);
}

/* Of the network `i`: a number, or the last of a list of them. */
static double of_network(const json_t *facts, size_t i, const char *name) {
    const json_t *value =
        json_object_get(json_array_get(json_object_get(facts, "networks"), i), name);
    if (json_is_array(value)) value = json_array_get(value, json_array_size(value) - 1);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

static void gates_add_what_lies_far_back_and_a_plain_network_does_not(void **state) {
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip(); /* six times slower: tests/kernel.c and graph.c look at the memory of recurrence */
#endif
    json_t *facts = facts_of("adding");
    assert_true(of_network(facts, 0, "mse") > 0.1);
    for (size_t i = 1; i < 3; i++) {
        assert_true(of_network(facts, i, "mse") < 0.01);
        assert_true(of_network(facts, i, "updates") <= 20000);
    }
    json_decref(facts);
}

/* 50 steps of U / 2 leave nothing of three bits; a learner that knows nothing has 0.5. */
static void bits_pass_an_orthogonal_u_and_not_half_of_it(void **state) {
    (void)state;
    json_t *facts = facts_of("copy");
    assert_true(of_network(facts, 0, "right") == 1);
    assert_true(fabs(of_network(facts, 1, "right") - 0.5) < 0.06);
    json_decref(facts);
}

static double number_at(const json_t *list, size_t i) {
    return json_number_value(json_array_get(list, i));
}

/* What came is what the set goes on with; the plainest guess is computed here from the rows, and
 * the same training by hand runs on to the same answers. */
static void waves_go_on_by_themselves(void **state) {
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip(); /* as above */
#endif
    enum { ROWS = 500, RUN = 150 };
    double y[ROWS + RUN], squares = 0;
    json_t *facts = facts_of("sine"), *came = json_object_get(facts, "came"),
           *runners = json_object_get(facts, "runners");
    result r = run("$GLIA demo sine --rows 650 --write longer.csv -q && tail -n +2 longer.csv");
    char *at = strchr(r.out, '\n') + 1;
    for (int i = 0; i < ROWS + RUN; i++) y[i] = strtod(at, &at);
    result_free(&r);
    for (int i = 0; i < RUN; i++) {
        assert_true(fabs(number_at(came, (size_t)i) - y[ROWS + i]) < 1e-6);
        if (i >= 75) squares += pow(y[ROWS + i] - y[ROWS - 25 + i % 25], 2);
    }
    double before = number_at(json_object_get(json_array_get(runners, 1), "alone"), 2),
           lstm = number_at(json_object_get(json_array_get(runners, 4), "alone"), 2);
    assert_true(fabs(before - sqrt(squares / 75)) < 1e-6);
    assert_true(lstm < before / 2);
    const json_t *answers = json_object_get(json_array_get(runners, 4), "answers");
    r = run("$GLIA demo sine --write sine.csv -q >told && $GLIA train sine.csv --sequence 50 --net "
            "'lstm 16' --val none --lr 0.01 --schedule cosine --batch 32 --epochs 100 --seed 4 -q "
            "-o sine.glia >told && $GLIA predict sine.glia sine.csv --steps 150 -q | tail -n +2");
    at = r.out;
    for (size_t i = 0; i < RUN; i++)
        if (!(fabs(strtod(at, &at) - number_at(answers, i)) < 1e-3))
            fail_msg("row %zu: %g is not in %s%s", i, number_at(answers, i), r.out, r.err);
    result_free(&r);
    json_decref(facts);
}

/* Letters of a set, without the heading. */
static char *letters_of(const char *how) {
    result r =
        run("$GLIA demo letters %s --write text.csv -q && tail -n +2 text.csv | tr -d '\\n'", how);
    char *text = strdup(strchr(r.out, '\n') + 1);
    result_free(&r);
    return text;
}

/* Of the letter before alone, by pairs that were counted, as the page of Witten and Bell has it. */
static double bits_behind_one(const char *read, const char *later) {
    double pair[128][128] = {{0}}, one[128] = {0}, all = 0, kinds = 0, bits = 0;
    int first = 32;
    for (const char *c = read; *c; c++) all++, kinds += one[(int)*c]++ == 0;
    for (const char *c = read; c[1]; c++) pair[(int)c[0]][(int)c[1]]++;
    for (const char *c = later + first; *c; c++) {
        double behind = 0, different = 0, p = (one[(int)*c] + kinds / 32) / (all + kinds);
        for (int k = 0; k < 128; k++)
            behind += pair[(int)c[-1]][k], different += pair[(int)c[-1]][k] > 0;
        bits -= log2((pair[(int)c[-1]][(int)*c] + different * p) / (behind + different));
    }
    return bits / (double)(strlen(later) - (size_t)first);
}

/* Its claims it checks itself; what they stand beside is computed here once more. */
static void a_text_is_gone_on_with(void **state) {
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip(); /* as above */
#endif
    json_t *facts = facts_of("letters");
    char *read = letters_of(""), *later = letters_of("--seed 2 --rows 3000");
    const char *text = json_string_value(json_object_get(facts, "text"));
    double bits = number_at(json_object_get(facts, "bits_of_ngrams"), 0);
    assert_int_equal(strlen(read), 12000);
    assert_true(fabs(bits - bits_behind_one(read, later)) < 1e-9);
    assert_int_equal(strlen(text), 3000);
    assert_int_equal(strspn(text, "abcdefghijklmnopqrstuvwxyz_."), 3000);
    assert_true(strstr(text, "._the_"));
    free(read), free(later);
    json_decref(facts);
}

static void a_claim_that_is_not_so_is_status_1(void **state) {
    (void)state;
    refuses(1, "does not show what it claims: the two ends differ", "$GLIA demo bowl --epochs 3");
    refuses(1, "--seed, --rows and --epochs can do that", "$GLIA demo rate --epochs 2");
}

static void a_surface_is_a_page_of_its_own(void **state) {
    (void)state;
    static const char *const names[] = {"bowl", "rate"};
    for (int i = 0; i < 2; i++) {
        result r = run("$GLIA demo %s --quiet --report page.html && cat page.html", names[i]);
        assert_int_equal(r.status, 0);
        assert_non_null(strstr(r.out, "<svg viewBox"));
        assert_non_null(strstr(r.out, "class=\"line c1\""));
        assert_null(strstr(r.out, "nan"));
        assert_null(strstr(r.out, "<script"));
        assert_non_null(strstr(r.out, "</html>"));
        result_free(&r);
    }
}

/* -------------------------------------------------------------------------------------- page -- */

static void a_report_is_one_whole_page_without_scripts(void **state) {
    (void)state;
    result r = run("$GLIA demo flower --quiet --report page.html && cat page.html");
    assert_int_equal(r.status, 0);
    const char *page = strstr(r.out, "<!DOCTYPE html>");
    assert_non_null(page);
    assert_non_null(strstr(page, "prefers-color-scheme:dark"));
    assert_non_null(strstr(page, "Where it draws the line"));
    assert_non_null(strstr(page, "What was taken for what"));
    assert_non_null(strstr(page, "generated: flower, 400 rows from seed 1"));
    assert_non_null(strstr(page, "</html>"));
    assert_null(strstr(page, "<script"));
    assert_null(strstr(page, "http"));
    result_free(&r);
}

static void a_report_shows_digits_mistakes_and_weights(void **state) {
    (void)state;
    result r = run("$GLIA demo digits --rows 1500 --quiet --report page.html && cat page.html");
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "data:image/bmp;base64,Qk"));
    assert_non_null(strstr(r.out, "Mistakes"));
    assert_non_null(strstr(r.out, "What the first layer looks for"));
    result_free(&r);
}

static void a_report_escapes_what_it_is_given(void **state) {
    (void)state;
    result r = run("printf 'a<b>,<script>,y\\n' >evil.csv; for i in 1 2 3 4 5 6 7 8 9 10; do "
                   "printf '%%d,%%d,<i>\\n%%d,%%d,&amp\\n' $i 1 -$i 2; done >>evil.csv; "
                   "$GLIA train evil.csv -o evil.glia --quiet --epochs 5 --report evil.html && "
                   "cat evil.html");
    assert_int_equal(r.status, 0);
    assert_null(strstr(r.out, "<script>"));
    assert_null(strstr(r.out, "<i>:"));
    assert_non_null(strstr(r.out, "&lt;script&gt;"));
    assert_non_null(strstr(r.out, "&amp;amp"));
    result_free(&r);
}

/* ----------------------------------------------------------------------------------- command -- */

/* Every demo of the list, with what it suggests to try next: each command runs, in a folder where
 * only those before it have run. */
static void every_demo_of_the_list_ends_with_commands_that_run(void **state) {
    (void)state;
    result r = run("$GLIA demo --list --json");
    json_t *list = json_loads(r.out, 0, NULL), *one, *command;
    size_t i, k;
    assert_true(json_array_size(list) >= 22);
    result_free(&r);
    json_array_foreach(list, i, one) {
        const char *name = json_string_value(json_object_get(one, "name"));
        if (EVERY > 1 && i % EVERY != 0) continue;
        json_t *facts = facts_of(name), *next = json_object_get(facts, "next");
        assert_true(json_array_size(next) > 0);
        json_array_foreach(next, k, command) {
            result c = run("mkdir -p try-%s; cd try-%s; glia() { $GLIA \"$@\"; }; %s", name, name,
                           json_string_value(command));
            if (c.status != 0) fail_msg("%s: %s", json_string_value(command), c.err);
            result_free(&c);
        }
        json_decref(facts);
    }
    json_decref(list);
}

static void the_list_is_grouped(void **state) {
    (void)state;
    result r = run("$GLIA demo --list");
    assert_int_equal(r.status, 0);
    static const char *const lines[] = {"Learning from data\n  flower ", "One unit, one step\n",
                                        "\n\nHow the cost goes down\n  bowl ", "\n  dead "};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_non_null(strstr(r.out, lines[i]));
    result_free(&r);
}

static void without_utf8_and_colour_everything_is_ascii(void **state) {
    (void)state;
    result r =
        run("for d in moons houses digits batches; do LC_ALL=C $GLIA demo $d --rows 300 --epochs 3 "
            "--quiet; done");
    assert_int_equal(r.status, 0);
    for (const char *s = r.out; *s; s++) assert_true((unsigned char)*s < 128 && *s != '\033');
    result_free(&r);
}

/* Another seed shows what it shows, and says that: seeds that once broke the claims. */
static void other_seeds_say_what_they_show(void **state) {
    (void)state;
    result r = run("$GLIA demo dead --seed 17 && $GLIA demo overfit --seed 14");
    if (r.status) fail_msg("%s", r.err);
    assert_non_null(strstr(r.out, "biases of 2-8-1 on\nthe moons are put at -7"));
    assert_non_null(strstr(r.out, "Ten times the data did not help enough in this run"));
    result_free(&r);
}

static void the_same_seed_tells_the_same_story(void **state) {
    (void)state;
    const char *command = "$GLIA demo digits --json -q --epochs 5 --rows 200 --seed %d "
                          "--threads %d";
    result a = run(command, 9, 1), b = run(command, 9, 2), c = run(command, 10, 1);
    assert_string_equal(a.out, b.out);
    assert_string_not_equal(a.out, c.out);
    result_free(&a);
    result_free(&b);
    result_free(&c);
}

/* The set as the library draws it, written by another road: glia_table_generate and _write. */
static void a_written_set_is_what_the_demo_learns_from(void **state) {
    (void)state;
    static const struct {
        const char *name, *options;
        int64_t rows;
        uint64_t seed;
    } sets[] = {{"houses", "", 800, 1},
                {"moons", "", 600, 3},
                {"xor", "--rows 50 --seed 9", 50, 9}};
    glia_ctx *g = glia_open(NULL);
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/expected.csv", scratch());
        glia_table *t = glia_table_generate(g, sets[i].name, sets[i].rows, sets[i].seed);
        assert_int_equal(glia_table_write(t, path, NULL, 0), GLIA_OK);
        glia_table_free(t);
        result r = run("$GLIA demo %s %s --write set.csv && cmp set.csv expected.csv", sets[i].name,
                       sets[i].options);
        if (r.status != 0) fail_msg("%s: exit status %d, %s", sets[i].name, r.status, r.err);
        assert_non_null(strstr(r.out, "set.csv, "));
        result_free(&r);
    }
    glia_close(g);
}

static void a_written_set_can_be_learned_from(void **state) {
    (void)state;
    result r = run("$GLIA demo houses --save houses.csv -q && "
                   "$GLIA train houses.csv --hidden none --json -q");
    json_t *facts = json_loads(r.out + strcspn(r.out, "{"), 0, NULL);
    assert_int_equal(r.status, 0);
    assert_int_equal(number(json_object_get(facts, "samples"), "train"), 800);
    json_decref(facts);
    result_free(&r);
}

static void written_images_are_columns_and_say_so(void **state) {
    (void)state;
    result r = run("$GLIA demo digits --rows 20 --write digits.csv && head -n 1 digits.csv");
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.err, "'x' is an array of 256 numbers: columns x_1 to x_256"));
    assert_non_null(strstr(r.out, "x_255,x_256,y\n"));
    result_free(&r);
}

static void a_set_that_cannot_be_written_whole_leaves_the_old_file(void **state) {
    (void)state;
    result r =
        run("echo old >set.csv; (ulimit -f 1; trap '' XFSZ; $GLIA demo digits --write set.csv -q); "
            "status=$?; cat set.csv; ls set.csv*; exit $status");
    assert_int_equal(r.status, 4);
    assert_string_equal(r.out, "old\nset.csv\n");
    result_free(&r);
}

static void wrong_use_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *arguments;
        int status;
        const char *says;
    } cases[] = {
        {"flowr", 2, "did you mean 'flower'?"},
        {"nothing-like-it", 2, "--list"},
        {"linear --report page.html", 2, "writes no report"},
        {"moons --rows 3", 2, "rows"},
        {"moons --seed -1", 2, "seed"},
        {"moons --epochs 0", 2, "epochs"},
        {"moons flower", 2, "flower"},
        {"moons --epochs 1 --report /nowhere/page.html", 4, "/nowhere"},
        {"linear --write x.csv", 2, "writes no data"},
        {"neuron --seed 2", 2, "draws nothing; leave --seed out"},
        {"loss --epochs 2", 2, "leave --epochs out"},
        {"batches --save x.csv", 2, "writes no data"},
        {"moons --write x.h5", 2, "ends in .csv"},
        {"moons --write x.csv --epochs 1", 2, "leave --epochs out"},
        {"moons --write x.csv --report x.html", 2, "leave --report out"},
        {"moons --write /nowhere/x.csv", 4, "/nowhere"},
        {"sine --rows 40", 3, "50"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        result r = run("$GLIA demo %s", cases[i].arguments);
        if (r.status != cases[i].status || !strstr(r.err, cases[i].says))
            fail_msg("glia demo %s: exit status %d, %s", cases[i].arguments, r.status, r.err);
        result_free(&r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hidden_layer_beats_a_straight_line),
        cmocka_unit_test(houses_have_weights_in_euros_and_the_network_is_nearer),
        cmocka_unit_test(zero_weights_never_separate),
        cmocka_unit_test(stacked_linear_layers_are_one_matrix),
        cmocka_unit_test(large_weights_flatten_sigmoid_and_tanh),
        cmocka_unit_test(cross_entropy_recovers_where_squared_error_is_stuck),
        cmocka_unit_test(one_unit_is_two_steps),
        cmocka_unit_test(a_step_of_3_4_1_is_that_on_paper),
        cmocka_unit_test(matrices_are_faster_than_loops_with_the_same_numbers),
        cmocka_unit_test(the_cost_is_a_bowl_with_one_bottom),
        cmocka_unit_test(above_the_limit_the_learning_rate_is_too_large),
        cmocka_unit_test(a_thousand_rows_in_batches_of_100_are_10_iterations_an_epoch),
        cmocka_unit_test(l2_and_more_data_narrow_the_gap),
        cmocka_unit_test(dead_units_do_not_move_and_leaky_ones_do),
        cmocka_unit_test(gates_add_what_lies_far_back_and_a_plain_network_does_not),
        cmocka_unit_test(bits_pass_an_orthogonal_u_and_not_half_of_it),
        cmocka_unit_test(waves_go_on_by_themselves),
        cmocka_unit_test(a_text_is_gone_on_with),
        cmocka_unit_test(a_claim_that_is_not_so_is_status_1),
        cmocka_unit_test(a_surface_is_a_page_of_its_own),
        cmocka_unit_test(a_report_is_one_whole_page_without_scripts),
        cmocka_unit_test(a_report_shows_digits_mistakes_and_weights),
        cmocka_unit_test(a_report_escapes_what_it_is_given),
        cmocka_unit_test(the_list_is_grouped),
        cmocka_unit_test(every_demo_of_the_list_ends_with_commands_that_run),
        cmocka_unit_test(without_utf8_and_colour_everything_is_ascii),
        cmocka_unit_test(other_seeds_say_what_they_show),
        cmocka_unit_test(the_same_seed_tells_the_same_story),
        cmocka_unit_test(a_written_set_is_what_the_demo_learns_from),
        cmocka_unit_test(a_written_set_can_be_learned_from),
        cmocka_unit_test(written_images_are_columns_and_say_so),
        cmocka_unit_test(a_set_that_cannot_be_written_whole_leaves_the_old_file),
        cmocka_unit_test(wrong_use_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, forget_all);
}
