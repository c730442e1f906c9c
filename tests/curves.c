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
    assert_int_equal(gl_measure(g, &s->a, s->confusion, &s->curves, &s->scores), GLIA_OK);
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_corner_is_that_of_scikit_learn),
        cmocka_unit_test(of_more_corners_than_room_the_first_ranks_are_kept),
    };
    return cmocka_run_group_tests_name("curves", tests, open_context, close_context);
}
