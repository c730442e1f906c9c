/*
 * quality.c: what `glia train` reaches on real tables without any option but files, target and
 * seed: the mean over five seeds on a held-out quarter, or on the set's own test file. The bounds
 * are the promises of the project; docs/quality.md has what is reached beside scikit-learn. Of the
 * sets of thousands of rows, which take most of the time and whose seeds differ by less than they
 * are away from the bound, one seed keeps the promise of the mean; `make nightly` trains all
 * (GLIA_SEEDS).
 */
#include "test.h"

#include <jansson.h>

enum { SEEDS = 5 };

typedef struct set {
    const char *name, *file, *test; /* test NULL: a quarter is held out */
    const char *options;
    const char *split_by; /* the target, for a split in proportion */
    const char *score;
    double bound;
    bool at_most;
    int seeds; /* 0: all */
} set;

static const set sets[] = {
    {"iris", "data/tabular/iris.csv", NULL, "--target species", "--target species", "accuracy",
     0.95, false},
    {"wine", "data/tabular/wine.csv", NULL, "", "", "accuracy", 0.96, false},
    {"breast cancer", "data/tabular/wisc_breast_cancer.csv", NULL, "--target diagnosis --ignore id",
     "--target diagnosis", "accuracy", 0.96, false},
    {"titanic", "data/tabular/titanic.csv", NULL, "--target Survived", "--target Survived",
     "accuracy", 0.79, false},
    {"adult", "data/tabular/adult-train.csv", "data/tabular/adult-test.csv", "", "", "accuracy",
     0.85, false, 1},
    {"svmguide1", "data/tabular/svmguide1.csv", "data/tabular/svmguide1.t.csv", "--target 0",
     "--target 0", "accuracy", 0.96, false, 1},
    {"diabetes", "data/tabular/diabetes.csv", NULL, "--target Y", "--target Y", "rmse", 57, true},
    {"california housing", "data/tabular/california_housing.csv", NULL,
     "--target median_house_value", "--target median_house_value", "rmse", 58000, true, 1},
    {"wine quality", "data/tabular/winequality-white.csv", NULL, "--target quality",
     "--target quality", "rmse", 0.75, true, 1},
    {"MNIST", "data/mnist/train-images-idx3-ubyte.gz", "data/mnist/t10k-images-idx3-ubyte.gz",
     "--hidden 128", "", "accuracy", 0.978, false, 1},
};

/* The training and the test file for one seed; a quarter is split off where the set has no test
 * file. */
static void files_for(const set *s, int seed, char *train, char *test, size_t size) {
    if (s->test) {
        snprintf(train, size, "%s", shared_path(s->file));
        snprintf(test, size, "%s", shared_path(s->test));
        return;
    }
    result r = run("$GLIA data '%s' --split 0.75,0.25 --seed %d -o part %s", shared_path(s->file),
                   seed, s->split_by);
    result_free(&r);
    snprintf(train, size, "part-train.csv");
    snprintf(test, size, "part-test.csv");
}

static double score_for(const set *s, int seed) {
    char train[1024], test[1024];
    files_for(s, seed, train, test, sizeof train);
    result r = run("$GLIA train '%s' --test '%s' %s --seed %d --quiet --json -o q.glia", train,
                   test, s->options, seed);
    if (r.status != 0) fail_msg("%s, seed %d: exit %d: %s", s->name, seed, r.status, r.err);
    json_t *all = json_loads(r.out, 0, NULL);
    json_t *scores =
        json_object_get(json_object_get(json_object_get(all, "metrics"), "test"), s->score);
    double value = json_number_value(scores);
    json_decref(all);
    result_free(&r);
    return value;
}

static void the_mean_over_seeds_keeps_its_promise(void **state) {
    const set *s = *state;
    need_shared(s->file);
    double sum = 0, least = 1e300, most = 0;
    int seeds = test_seeds(s->seeds ? s->seeds : SEEDS);
    for (int seed = 1; seed <= seeds; seed++) {
        double v = score_for(s, seed);
        sum += v;
        least = v < least ? v : least;
        most = v > most ? v : most;
    }
    double mean = sum / seeds;
    print_message("# | %s | %s | %.5g | %.5g to %.5g | %s %g |\n", s->name, s->score, mean, least,
                  most, s->at_most ? "<=" : ">=", s->bound);
    assert_true(s->at_most ? mean <= s->bound : mean >= s->bound);
}

int main(void) {
    enum { COUNT = sizeof sets / sizeof *sets };
    struct CMUnitTest tests[COUNT];
    for (int i = 0; i < COUNT; i++) {
        tests[i] = (struct CMUnitTest){.name = sets[i].name,
                                       .test_func = the_mean_over_seeds_keeps_its_promise,
                                       .initial_state = (void *)&sets[i]};
    }
    return cmocka_run_group_tests_name("quality", tests, NULL, NULL);
}
