/*
 * curves.c: ROC and precision-recall curves, corner by corner, against scikit-learn; and what is
 * left of them where there are more corners than room.
 */
#include <jansson.h>
#include <math.h>

#include "base/random.h"
#include "evaluate.h"
#include "score/metrics.h"

#include "context.h"

enum { SETS = 20, ROWS = 2000, MANY = 400000 };

typedef struct answers {
    gl_answers a;
    double value[MANY], label[MANY];
    int64_t class_index[MANY], confusion[4];
    glia_curves curves;
    glia_metrics scores;
} answers;

/* A positive row in 50, whose scores lie higher; every other set has scores of two decimals, with
 * ties. */
static void fill(answers *s, int64_t rows, uint64_t set) {
    gl_rng r = gl_rng_new(7, GL_STREAM_TEST, set);
    s->label[0] = 1, s->label[1] = 0;
    for (int64_t i = 0; i < rows; i++) {
        if (i > 1) s->label[i] = gl_rng_uniform(&r) < 0.02;
        double logit = gl_rng_normal(&r) + 2 * s->label[i] - 2, p = 1 / (1 + exp(-logit));
        s->value[i] = set % 2 ? round(p * 100) / 100 : p;
        s->class_index[i] = s->value[i] > 0.5;
    }
    s->a = (gl_answers){.rows = rows,
                        .outputs = 1,
                        .classes = 2,
                        .value = s->value,
                        .label = s->label,
                        .class_index = s->class_index,
                        .loss = NAN};
    assert_int_equal(gl_measure(g, &s->a, GL_DEEP, s->confusion, &s->curves, &s->scores), GLIA_OK);
}

static int64_t rows_of(int set) { return 50 + ROWS / SETS * set; }

/* Their curves with every threshold; a corner is where the next piece does not go straight on: up
 * again, right again, or along the top. */
static const char scikit[] =
    "import json, numpy as np\n"
    "from sklearn.metrics import roc_curve, precision_recall_curve\n"
    "def corners(points, straight):\n"
    "    out = points[:1]\n"
    "    for a, b, c in zip(points, points[1:], points[2:]):\n"
    "        if len(out) == 0 or not straight(a, b, c): out.append(b)\n"
    "    return out + points[-1:]\n"
    "d = np.loadtxt('sets.csv', delimiter=',')\n"
    "result = []\n"
    "for k in range(20):\n"
    "    y, p = d[d[:, 0] == k][:, 1:].T\n"
    "    fpr, tpr, t = roc_curve(y, p, drop_intermediate=False)\n"
    "    roc = corners(list(zip(fpr, tpr)),\n"
    "        lambda a, b, c: a[0] == b[0] == c[0] or a[1] == b[1] == c[1])\n"
    "    precision, recall, t = precision_recall_curve(y, p)\n"
    "    pr = [(r, q) for r, q in zip(recall, precision)][::-1]\n"
    "    pr = pr[:1 + [r for r, q in pr].index(1.0)]\n"
    "    pr = corners(pr, lambda a, b, c: a[0] == b[0] == c[0] or a[1] == b[1] == c[1] == 1)\n"
    "    result.append(dict(roc=roc, pr=pr))\n"
    "print(json.dumps(result))\n";

static void compare(const char *what, int set, const glia_curve_point *p, int count,
                    const json_t *theirs) {
    if (count != (int)json_array_size(theirs))
        fail_msg("set %d: %s has %d corners, theirs %zu", set, what, count,
                 json_array_size(theirs));
    for (int i = 0; i < count; i++) {
        const json_t *t = json_array_get(theirs, (size_t)i);
        close_to(what, p[i].x, item(t, 0), 1e-12);
        close_to(what, p[i].y, item(t, 1), 1e-12);
    }
}

static void every_corner_is_that_of_scikit_learn(void **state) {
    (void)state;
    static answers s;
    char path[600];
    need_sklearn();
    snprintf(path, sizeof path, "%s/sets.csv", scratch());
    FILE *f = fopen(path, "w");
    for (int set = 0; set < SETS; set++) {
        fill(&s, rows_of(set), (uint64_t)set);
        for (int64_t i = 0; i < s.a.rows; i++)
            fprintf(f, "%d,%g,%.17g\n", set, s.label[i], s.value[i]);
    }
    fclose(f);
    write_file("curves.py", scikit);
    json_t *theirs = json_of("/usr/bin/python3 curves.py");
    for (int set = 0; set < SETS; set++) {
        const json_t *one = json_array_get(theirs, (size_t)set);
        fill(&s, rows_of(set), (uint64_t)set);
        compare("roc", set, s.curves.roc, s.curves.roc_points, json_object_get(one, "roc"));
        compare("pr", set, s.curves.pr, s.curves.pr_points, json_object_get(one, "pr"));
    }
    json_decref(theirs);
}

/* ----------------------------------------------------------------------------- too many rows -- */

static void check_dense(const glia_curve_point *p, int count, bool falls) {
    const double near = 1.0 / 4096;
    assert_in_range(count, 1000, GLIA_CURVE_POINTS);
    for (int i = 1; i < count; i++) {
        assert_true(p[i].x >= p[i - 1].x && p[i].threshold < p[i - 1].threshold);
        assert_true(falls || p[i].y >= p[i - 1].y);
        /* One corner further than what is left out, at most a step of both. */
        assert_true(p[i].x - p[i - 1].x < 2 * near || fabs(p[i].y - p[i - 1].y) < 2 * near);
    }
}

static void of_more_corners_than_room_the_first_ranks_are_kept(void **state) {
    (void)state;
    static answers s;
    fill(&s, MANY, 0);
    const glia_curves *c = &s.curves;
    check_dense(c->roc, c->roc_points, false);
    check_dense(c->pr, c->pr_points, true);
    assert_true(c->roc[0].x == 0 && c->roc[0].y == 0 && isinf(c->roc[0].threshold));
    assert_true(c->pr[0].x == 0 && c->pr[0].y == 1);
    assert_true(c->roc[c->roc_points - 1].x == 1 && c->roc[c->roc_points - 1].y == 1);
    assert_true(c->pr[c->pr_points - 1].x == 1);
    /* Of the first ranks each changes the precision so much that none is left out. */
    double hits = 0, misses = 0, all = (double)(s.confusion[2] + s.confusion[3]);
    for (int i = 1; hits + misses < 100; i++) {
        hits = round(c->pr[i].x * all);
        double rows = round(hits / c->pr[i].y), more = rows - hits - misses;
        assert_true(c->pr[i].y == 1 || more >= 0);
        misses = rows - hits;
        close_to("precision", c->pr[i].y, hits / (hits + misses), 1e-12);
        assert_true(i < 110);
    }
}

/* ------------------------------------------------------------------------ whom to call first -- */

/* Rows above a score come whole, those with that score as the share of them that is wanted. */
static void check_top(const answers *s, const glia_top *top) {
    double rows = 0, hits = 0, tied = 0, tied_hits = 0, positives = 0;
    for (int64_t i = 0; i < s->a.rows; i++) {
        positives += s->label[i];
        if (s->value[i] > top->threshold) rows++, hits += s->label[i];
        if (s->value[i] == top->threshold) tied++, tied_hits += s->label[i];
    }
    assert_true(rows < top->rows && top->rows <= rows + tied + 1e-6);
    hits += (top->rows - rows) / tied * tied_hits;
    assert_true(top->rows >= 1 && top->rows == round(top->rows));
    close_to("rows", top->rows, top->share * (double)s->a.rows, 1e-9);
    close_to("precision", top->precision, hits / top->rows, 1e-12);
    close_to("recall", top->recall, hits / positives, 1e-12);
    close_to("lift", top->lift, hits / top->rows / (positives / (double)s->a.rows), 1e-9);
}

static void the_highest_scores_are_counted(void **state) {
    (void)state;
    static answers s;
    for (int set = 0; set < 6; set++) {
        fill(&s, rows_of(set), (uint64_t)set);
        for (int i = 0; i < GLIA_TOPS; i++) check_top(&s, &s.curves.top[i]);
        close_to("all", s.curves.top[GLIA_TOPS - 1].recall, 1, 1e-12);
    }
}

static double cost_at(const answers *s, double threshold, double miss, double alarm) {
    double cost = 0;
    for (int64_t i = 0; i < s->a.rows; i++) {
        bool called = s->value[i] > threshold;
        cost += s->label[i] == 1 ? (called ? 0 : miss) : called ? alarm : 0;
    }
    return cost / (double)s->a.rows;
}

static void no_threshold_costs_less_than_the_best(void **state) {
    (void)state;
    static answers s;
    static const double miss[] = {1, 5, 40, 0.2};
    for (int set = 0; set < 8; set++) {
        fill(&s, rows_of(set), (uint64_t)set);
        glia_error_costs k = glia_curves_costs(&s.curves, miss[set % 4], 1);
        double least = fmin(cost_at(&s, 1, miss[set % 4], 1), cost_at(&s, -1, miss[set % 4], 1));
        for (int64_t i = 0; i < s.a.rows; i++)
            least = fmin(least, cost_at(&s, s.value[i], miss[set % 4], 1));
        close_to("least", k.least, least, 1e-12);
        close_to("least", cost_at(&s, k.threshold, miss[set % 4], 1), least, 1e-12);
        close_to("now", k.now, cost_at(&s, 0.5, miss[set % 4], 1), 1e-12);
        close_to("none", k.none, cost_at(&s, 1, miss[set % 4], 1), 1e-12);
        close_to("all", k.all, cost_at(&s, -1, miss[set % 4], 1), 1e-12);
    }
    assert_true(isnan(glia_curves_costs(&(glia_curves){0}, 1, 1).least));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_corner_is_that_of_scikit_learn),
        cmocka_unit_test(of_more_corners_than_room_the_first_ranks_are_kept),
        cmocka_unit_test(the_highest_scores_are_counted),
        cmocka_unit_test(no_threshold_costs_less_than_the_best),
    };
    return cmocka_run_group_tests_name("curves", tests, open_context, close_context);
}
