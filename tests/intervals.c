/*
 * intervals.c: how sure a score is. Against what rows pull at it, had by weighing each a little
 * more and measuring again; against a bootstrap; and by simulation: of 2,000 sets whose true score
 * is known, 95% of the intervals are to hold it.
 */
#include <math.h>

#include "base/random.h"
#include "evaluate.h"
#include "score/interval.h"
#include "score/metrics.h"

#include "context.h"

enum { ROWS = 120, MOST_OUTPUTS = 4, SETS = 2000, MOST_ROWS = 1000 };

typedef struct answers {
    gl_answers a;
    double value[MOST_ROWS * MOST_OUTPUTS], label[MOST_ROWS], weight[MOST_ROWS];
    int64_t class_index[MOST_ROWS], confusion[MOST_OUTPUTS * MOST_OUTPUTS];
    glia_curves curves;
    glia_metrics scores;
} answers;

static void measure(answers *s) {
    s->a.value = s->value, s->a.label = s->label, s->a.loss = NAN;
    s->a.class_index = s->a.classes > 0 ? s->class_index : NULL;
    assert_int_equal(gl_measure(g, &s->a, GL_DEEP, s->confusion, &s->curves, &s->scores), GLIA_OK);
}

/* Scores of two decimals, with ties. */
static void fill_two(answers *s, gl_rng *r) {
    for (int i = 0; i < ROWS; i++) {
        double p = gl_rng_uniform(r);
        s->label[i] = gl_rng_uniform(r) < 0.15 + 0.6 * p;
        s->value[i] = fmin(fmax(round(p * 50) / 50, 0.001), 0.999);
        s->class_index[i] = s->value[i] > 0.5;
    }
    s->a = (gl_answers){.rows = ROWS, .outputs = 1, .classes = 2};
}

static void fill_classes(answers *s, gl_rng *r) {
    for (int i = 0; i < ROWS; i++) {
        double sum = 0, *p = &s->value[i * MOST_OUTPUTS];
        s->label[i] = (double)gl_rng_below(r, MOST_OUTPUTS);
        for (int k = 0; k < MOST_OUTPUTS; k++)
            sum += p[k] = 1 + (double)gl_rng_below(r, 5) + (k == (int)s->label[i]);
        for (int k = 0; k < MOST_OUTPUTS; k++) p[k] /= sum;
    }
    gl_choose_classes(s->value, ROWS, MOST_OUTPUTS, 0.5, s->class_index);
    s->a = (gl_answers){.rows = ROWS,
                        .outputs = MOST_OUTPUTS,
                        .classes = MOST_OUTPUTS,
                        .ordered = true};
}

static void fill_counts(answers *s, gl_rng *r) {
    for (int i = 0; i < ROWS; i++) {
        s->value[i] = 0.5 + 4 * gl_rng_uniform(r);
        s->label[i] = floor(s->value[i] + 2 * gl_rng_uniform(r));
    }
    s->a = (gl_answers){.rows = ROWS, .outputs = 1, .counts = true};
}

static void fill_quantiles(answers *s, gl_rng *r) {
    static const double quantile[] = {0.1, 0.5, 0.9};
    for (int i = 0; i < ROWS; i++) {
        double middle = gl_rng_normal(r), half = 0.5 + gl_rng_uniform(r);
        for (int k = 0; k < 3; k++) s->value[i * 3 + k] = middle + (k - 1) * half;
        s->label[i] = middle + gl_rng_normal(r);
    }
    s->a = (gl_answers){.rows = ROWS, .outputs = 3, .quantile = quantile};
}

static void (*const fill[])(answers *s, gl_rng *r) = {fill_two, fill_classes, fill_counts,
                                                      fill_quantiles};
enum { KINDS = sizeof fill / sizeof *fill };

/* ------------------------------------------------------------------------------------- pulls -- */

/* Of each score: row i a little heavier and a little lighter, and how much it changes for it. */
static void weigh_row(answers *s, int64_t i, double w, double *pull) {
    const double step = 1e-4;
    double sum[GLIA_MAX_SCORES];
    s->a.weight = s->weight;
    for (int side = 0; side < 2; side++) {
        s->weight[i] = w * (side ? 1 - step : 1 + step);
        measure(s);
        for (int k = 0; k < s->scores.scores; k++)
            sum[k] = side ? sum[k] - s->scores.score[k].value : s->scores.score[k].value;
    }
    s->weight[i] = w;
    for (int k = 0; k < s->scores.scores; k++) pull[k] = sum[k] / (2 * step);
}

typedef struct pulled {
    double squares[GLIA_MAX_SCORES], cubes[GLIA_MAX_SCORES];
} pulled;

static pulled pull_rows(answers *s) {
    pulled p = {0};
    for (int64_t i = 0; i < s->a.rows; i++) {
        double pull[GLIA_MAX_SCORES];
        weigh_row(s, i, s->weight[i], pull);
        for (int k = 0; k < s->scores.scores; k++)
            p.squares[k] += pull[k] * pull[k], p.cubes[k] += pow(pull[k], 3);
    }
    return p;
}

static bool is_counted(const char *name) {
    static const char *const names[] = {"accuracy", "precision", "recall", "coverage", "below"};
    for (int i = 0; i < 5; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

static bool is_logit(const char *name) {
    static const char *const names[] = {"f1", "macro_f1", "auc", "average_precision"};
    for (int i = 0; i < 4; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

/* rmse is the root of what is told of mse, so its own skewness does not matter. */
static void compare(const glia_score *score, const pulled *p, int k, double n) {
    double error = sqrt(p->squares[k] * n / (n - 1)), skew = p->cubes[k] / pow(p->squares[k], 1.5);
    if (is_counted(score->name) || strcmp(score->name, "rmse") == 0) return;
    gl_range r = is_logit(score->name) ? gl_logit_t(score->value, error, INFINITY)
                                       : gl_skewed_t(score->value, error, skew, n);
    close_to(score->name, score->low, r.low, 1e-6);
    close_to(score->name, score->high, r.high, 1e-6);
}

static void intervals_come_from_how_rows_move_a_score(void **state) {
    (void)state;
    static answers s;
    for (int kind = 0; kind < KINDS; kind++)
        for (int weighted = 0; weighted < 2; weighted++) {
            gl_rng r = gl_rng_new(5, GL_STREAM_TEST, (uint64_t)kind);
            double sum = 0, squares = 0;
            fill[kind](&s, &r);
            for (int i = 0; i < ROWS; i++) {
                double w = s.weight[i] = weighted ? 0.5 + gl_rng_uniform(&r) : 1;
                sum += w, squares += w * w;
            }
            pulled p = pull_rows(&s);
            measure(&s);
            for (int k = 0; k < s.scores.scores; k++)
                compare(&s.scores.score[k], &p, k, sum * sum / squares);
        }
}

/* --------------------------------------------------------------------------------- bootstrap -- */

enum { SAMPLES = 1000 };

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Counts of rows drawn with replacement are weights. */
static void draw(answers *s, gl_rng *r) {
    for (int i = 0; i < ROWS; i++) s->weight[i] = 0;
    for (int i = 0; i < ROWS; i++) s->weight[gl_rng_below(r, ROWS)]++;
    s->a.weight = s->weight;
}

/* Ends of 1,000 samples move by a tenth of the width; a wrong spread is off by more. */
static void check_ends(const glia_score *score, double *seen) {
    qsort(seen, SAMPLES, sizeof *seen, ascending);
    double low = seen[SAMPLES / 40], high = seen[SAMPLES - 1 - SAMPLES / 40];
    if (fabs((score->high - score->low) / (high - low) - 1) > 0.2)
        fail_msg("%s: %g .. %g, by a bootstrap %g .. %g", score->name, score->low, score->high, low,
                 high);
}

static void intervals_are_as_wide_as_those_of_a_bootstrap(void **state) {
    (void)state;
    static answers s;
    static double seen[GLIA_MAX_SCORES][SAMPLES];
    for (int kind = 0; kind < KINDS; kind++) {
        gl_rng r = gl_rng_new(9, GL_STREAM_TEST, (uint64_t)kind);
        fill[kind](&s, &r);
        for (int b = 0; b < SAMPLES; b++) {
            draw(&s, &r);
            measure(&s);
            for (int k = 0; k < s.scores.scores; k++) seen[k][b] = s.scores.score[k].value;
        }
        s.a.weight = NULL;
        measure(&s);
        for (int k = 0; k < s.scores.scores; k++) check_ends(&s.scores.score[k], seen[k]);
    }
}

/* -------------------------------------------------------------------------------- simulation -- */

/* Two classes, equally often; the score of one is normal around 0, of the other around APART, and
 * the answer is the probability that follows from it. */
#define APART 1.2

static void simulate_two(answers *s, gl_rng *r, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        s->label[i] = gl_rng_uniform(r) < 0.5;
        double score = gl_rng_normal(r) + APART * s->label[i];
        s->value[i] = 1 / (1 + exp(-APART * (score - APART / 2)));
        s->class_index[i] = s->value[i] > 0.5;
    }
    s->a = (gl_answers){.rows = n, .outputs = 1, .classes = 2};
}

static void simulate_values(answers *s, gl_rng *r, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        s->value[i] = gl_rng_normal(r);
        s->label[i] = s->value[i] + gl_rng_normal(r);
    }
    s->a = (gl_answers){.rows = n, .outputs = 1};
}

static double normal_below(double x) { return erfc(-x / sqrt(2)) / 2; }

/* The mean of f(p) over rows, p the probability of their true class: its logit is normal around
 * APART^2/2 with deviation APART. Steps of 0.001 deviations are right to 10 digits. */
static double mean_of(double (*f)(double p)) {
    double sum = 0;
    for (int i = -8000; i <= 8000; i++) {
        double x = i / 1000.0, logit = APART * APART / 2 + APART * x;
        sum += f(1 / (1 + exp(-logit))) * exp(-x * x / 2) / sqrt(2 * M_PI) / 1000;
    }
    return sum;
}
static double loss_of(double p) { return -log(p); }
static double brier_of(double p) { return (1 - p) * (1 - p); }

typedef struct known {
    const char *name;
    double truth;
    int held, sets;
} known;

static void count_held(const answers *s, known *k, int count) {
    for (int i = 0; i < count; i++) {
        const glia_score *score = gl_score_of(&s->scores, k[i].name);
        if (isnan(score->low)) continue;
        k[i].sets++;
        k[i].held += score->low <= k[i].truth && k[i].truth <= score->high;
    }
}

static void check_held(known *k, int count, int64_t n) {
    for (int i = 0; i < count; i++) {
        double share = (double)k[i].held / k[i].sets;
        print_message("# n = %4lld: %-9s %.1f%% of %d\n", (long long)n, k[i].name, 100 * share,
                      k[i].sets);
        if (share < 0.93 || share > 0.97)
            fail_msg("%s of %lld rows: %.1f%% of the intervals hold the truth", k[i].name,
                     (long long)n, 100 * share);
        k[i].held = k[i].sets = 0;
    }
}

static void of_100_intervals_95_hold_the_truth(void **state) {
    (void)state;
    static answers s;
    static const int64_t rows[] = {20, 100, MOST_ROWS};
    known two[] = {{.name = "accuracy", .truth = normal_below(APART / 2)},
                   {.name = "recall", .truth = normal_below(APART / 2)},
                   {.name = "auc", .truth = normal_below(APART / sqrt(2))},
                   {.name = "loss", .truth = mean_of(loss_of)},
                   {.name = "brier", .truth = mean_of(brier_of)}};
    known values[] = {{.name = "mse", .truth = 1},
                      {.name = "rmse", .truth = 1},
                      {.name = "mae", .truth = sqrt(2 / M_PI)}};
    gl_rng r = gl_rng_new(12, GL_STREAM_TEST, 0);
    for (int k = 0; k < 3; k++) {
        for (int set = 0; set < SETS; set++) {
            simulate_two(&s, &r, rows[k]);
            measure(&s);
            count_held(&s, two, 5);
            simulate_values(&s, &r, rows[k]);
            measure(&s);
            count_held(&s, values, 3);
        }
        check_held(two, 5, rows[k]);
        check_held(values, 3, rows[k]);
    }
}

/* ----------------------------------------------------------------------------------- corners -- */

/* Student's t of published tables: 2.7764, 2.0930, 1.9842, 1.9623. */
static void t_is_that_of_tables(void **state) {
    (void)state;
    static const double n[] = {5, 20, 100, 1000}, t[] = {2.7764, 2.0930, 1.9842, 1.9623};
    for (int i = 0; i < 4; i++) close_to("t", gl_skewed_t(0, 1, 0, n[i]).high, t[i], 1e-4);
    close_to("z", gl_skewed_t(0, 1, 0, INFINITY).high, 1.959964, 1e-6);
}

/* Skewness moves both ends to the long side, and a little of it a little. */
static void skewness_moves_ends_smoothly(void **state) {
    (void)state;
    gl_range none = gl_skewed_t(0, 1, 0, 50), before = none;
    for (double skew = 1e-8; skew < 0.5; skew *= 1.5) {
        gl_range right = gl_skewed_t(0, 1, skew, 50), left = gl_skewed_t(0, 1, -skew, 50);
        assert_true(right.low >= before.low && right.high >= before.high);
        assert_true(right.high - before.high < 2 * skew && right.low - before.low < 2 * skew);
        close_to("mirrored", left.low, -right.high, 1e-9);
        before = right;
    }
}

/* All right: Wilson's for the accuracy, and of what ranks or balances classes no more than the rows
 * of the rarer class can tell. All of one class: no auc, and none of its interval. */
static void perfect_scores_are_no_proof(void **state) {
    (void)state;
    static answers s;
    for (int i = 0; i < 30; i++) {
        s.class_index[i] = i < 10;
        s.label[i] = i < 10;
        s.value[i] = i < 10 ? 0.9 : 0.1;
    }
    s.a = (gl_answers){.rows = 30, .outputs = 1, .classes = 2};
    measure(&s);
    const double z2 = 1.959964 * 1.959964;
    close_to("accuracy", gl_score_of(&s.scores, "accuracy")->low, 30 / (30 + z2), 1e-6);
    close_to("auc", gl_score_of(&s.scores, "auc")->low, 10 / (10 + z2), 1e-6);
    close_to("f1", gl_score_of(&s.scores, "f1")->low, 10 / (10 + z2), 1e-6);
    close_to("auc", gl_score_of(&s.scores, "auc")->high, 1, 1e-12);
    assert_true(isnan(gl_score_of(&s.scores, "loss")->low)); /* every row loses the same */
    for (int i = 0; i < 30; i++) s.label[i] = 0;
    measure(&s);
    assert_true(isnan(gl_score_of(&s.scores, "auc")->value));
    assert_true(isnan(gl_score_of(&s.scores, "auc")->low));
}

/* The loss of a sure and wrong answer is greater than its probability, rounded to 0, can say. */
static void a_loss_that_its_rows_do_not_add_up_to_has_no_interval(void **state) {
    (void)state;
    static answers s;
    gl_rng r = gl_rng_new(5, GL_STREAM_TEST, 0);
    fill_two(&s, &r);
    measure(&s);
    assert_true(s.scores.score[0].low > 0);
    s.a.loss = 11365;
    assert_int_equal(gl_measure(g, &s.a, GL_DEEP, s.confusion, &s.curves, &s.scores), GLIA_OK);
    close_to("loss", s.scores.score[0].value, 11365, 1e-9);
    assert_true(isnan(s.scores.score[0].low) && isnan(s.scores.score[0].high));
}

/* Of digits, ten classes: *found is the report of a training with so many validation rows. */
static void train_digits(const char *val, glia_report **found) {
    glia_recipe *recipe = glia_recipe_new(g);
    glia_table *t = glia_table_generate(g, "digits", 300, 3);
    assert_int_equal(glia_recipe_set(recipe, "epochs", "2"), GLIA_OK);
    assert_int_equal(glia_recipe_set(recipe, "val", val), GLIA_OK);
    glia_train_job job = {.recipe = recipe, .train = t, .deep = 1};
    glia_model *m = glia_train(g, &job, found);
    if (!m) fail_msg("%s", glia_message(g));
    glia_model_free(m);
    glia_table_free(t);
    glia_recipe_free(recipe);
}

static bool has_interval(const glia_metrics *m, const char *name) {
    const glia_score *s = gl_score_of(m, name);
    assert_non_null(s);
    assert_true(isfinite(s->value));
    return isfinite(s->low) && isfinite(s->high);
}

static void rows_that_were_learned_from_say_nothing_of_others(void **state) {
    (void)state;
    glia_report *r;
    train_digits("0.3", &r);
    assert_true(has_interval(&r->val, "accuracy") && has_interval(&r->val, "auc"));
    assert_false(has_interval(&r->train, "accuracy") || has_interval(&r->train, "auc"));
    assert_true(r->val.curves && !r->train.curves);
    glia_report_free(g, r);
    train_digits("none", &r);
    assert_true(has_interval(&r->train, "accuracy") && has_interval(&r->train, "auc"));
    assert_non_null(r->train.curves);
    glia_report_free(g, r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_is_that_of_tables),
        cmocka_unit_test(skewness_moves_ends_smoothly),
        cmocka_unit_test(intervals_come_from_how_rows_move_a_score),
        cmocka_unit_test(intervals_are_as_wide_as_those_of_a_bootstrap),
        cmocka_unit_test(of_100_intervals_95_hold_the_truth),
        cmocka_unit_test(perfect_scores_are_no_proof),
        cmocka_unit_test(a_loss_that_its_rows_do_not_add_up_to_has_no_interval),
        cmocka_unit_test(rows_that_were_learned_from_say_nothing_of_others),
    };
    return cmocka_run_group_tests_name("intervals", tests, open_context, close_context);
}
