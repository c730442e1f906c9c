/*
 * trainings.c: the trainings of the course, as options of `glia train`. Each is run once, and its
 * costs and scores are compared with what was printed.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "course.h"

typedef enum measure {
    NOTHING,
    COSTS,
    SHARES,
    PERCENTS,
    WHOLE_PERCENT,
    ANSWERS,
    TEST_ANSWERS
} measure;

enum { MOST_ITEMS = 4 };

typedef struct wanted {
    measure what;
    const char *item;
    int first;
} wanted;

/* A built-in set (400 flowers from seed 1 are the course's own), or NULL: the cats. */
typedef struct recipe_of {
    const char *lesson, *of;
    const char *set;
    int64_t rows, test_rows;
    uint64_t seed, test_seed;
    const char *options;
    int epochs, every;
    wanted item[MOST_ITEMS];
} recipe_of;

#define FULL "--optimizer sgd --batch full "
#define CIRCLES                                                                                    \
    "circles", 300, 100, 1, 2, FULL "--hidden 10,5 --activation relu --seed 3 --lr 0.01 "
#define MOONS                                                                                      \
    "moons", 300, 0, 3, 0, "--hidden 5,2 --activation relu --init he --seed 3 --lr 0.0007 "
#define CATS NULL, 0, 0, 0, 0, FULL "--scale 255 --seed 1 "

static const recipe_of recipes[] = {
    {"planar",
     "planar",
     "flower",
     400,
     0,
     1,
     0,
     FULL "--hidden 4 --activation tanh --init normal:0.01 --seed 2 --lr 1.2",
     10000,
     1000,
     {{COSTS, "train.costs"}, {WHOLE_PERCENT, "train.acc"}}},
    {"init",
     "init",
     CIRCLES "--init zeros",
     15000,
     1000,
     {{COSTS, "zeros.costs"}, {SHARES, "zeros.acc"}}},
    {"init",
     "init",
     CIRCLES "--init normal:10",
     15000,
     1000,
     {{COSTS, "random.costs"},
      {SHARES, "random.acc"},
      {ANSWERS, "random.predictions_train"},
      {TEST_ANSWERS, "random.predictions_test"}}},
    {"init", "init", CIRCLES "--init he", 15000, 1000, {{COSTS, "he.costs"}, {SHARES, "he.acc"}}},
    {"opt",
     "opt",
     MOONS "--batch 64 --optimizer sgd",
     10000,
     1000,
     {{COSTS, "gd.costs"}, {SHARES, "gd.acc"}}},
    {"opt",
     "opt",
     MOONS "--batch 64 --optimizer momentum --momentum 0.9",
     10000,
     1000,
     {{COSTS, "momentum.costs"}, {SHARES, "momentum.acc"}}},
    {"cats",
     "logistic",
     CATS "--hidden none --lr 0.005",
     2000,
     100,
     {{COSTS, "train.costs"}, {PERCENTS, "train.acc"}}},
    {"rates", "logistic", CATS "--hidden none --lr 0.01", 1500, 1500, {{PERCENTS, "lr.acc", 0}}},
    {"rates", "logistic", CATS "--hidden none --lr 0.001", 1500, 1500, {{PERCENTS, "lr.acc", 2}}},
    {"rates", "logistic", CATS "--hidden none --lr 0.0001", 1500, 1500, {{PERCENTS, "lr.acc", 4}}},
    {"deep",
     "l_layer",
     CATS "--hidden 20,7,5 --activation relu --init lecun --lr 0.0075",
     2500,
     100,
     {{COSTS, "later edition.costs"}, {SHARES, "later edition.acc"}}},
};

static const char common[] = "--rng numpy --precision f64 --val none";

/* A training and what it left. */
typedef struct stage {
    course *k;
    const recipe_of *r;
    char *train_path, *test_path; /* of the cats; or as --write would call the sets */
    glia_table *train, *test;
    glia_model *model;
    glia_report *report;
} stage;

/* ------------------------------------------------------------------------------ by hand: how -- */

static void add_command(json_t *list, bool talks, char *text) {
    if (talks) printf("  "), print_line(text, 2, 6, " \\");
    json_array_append_new(list, json_text(text));
    free(text);
}

static char *data_options(const stage *s) {
    char *test =
        s->r->test_rows || !s->r->set ? format_text(" --test %s", s->test_path) : copy_text("");
    char *text =
        format_text("%s%s%s", s->train_path, test, s->r->set ? " --target y --scale none" : "");
    free(test);
    return text;
}

/* The commands that do the same. */
static void say_how(const stage *s) {
    const recipe_of *r = s->r;
    bool talks = !s->k->c->json;
    json_t *data = json_array(), *run = json_array();
    if (talks) printf("\nThe same by hand:\n\n");
    if (r->set)
        add_command(data, talks,
                    format_text("glia demo %s --rows %lld --seed %llu --write %s", r->set,
                                (long long)r->rows, (unsigned long long)r->seed, s->train_path));
    if (r->test_rows)
        add_command(data, talks,
                    format_text("glia demo %s --rows %lld --seed %llu --write %s", r->set,
                                (long long)r->test_rows, (unsigned long long)r->test_seed,
                                s->test_path));
    char *named = data_options(s);
    add_command(run, talks,
                format_text("glia train %s %s %s --epochs %d --log-every %d", named, common,
                            r->options, r->epochs, r->every));
    free(named);
    json_array_append_new(s->k->runs, json_pack("{s:s, s:o, s:O}", "of", r->item[0].item, "data",
                                                data, "command", json_array_get(run, 0)));
    json_decref(run);
}

/* ----------------------------------------------------------------------------------- running -- */

static int read_cats(stage *s) {
    int status = find_cats(s->k->c, &s->train_path, &s->test_path);
    if (status) return status;
    s->train = glia_table_read(s->k->g, s->train_path, NULL);
    s->test = s->train ? glia_table_read(s->k->g, s->test_path, NULL) : NULL;
    return s->test ? 0 : fail((int)glia_code(s->k->g), "%s", glia_message(s->k->g));
}

static int draw_sets(stage *s) {
    const recipe_of *r = s->r;
    s->train_path = format_text("%s.csv", r->set);
    s->test_path = format_text("%s_test.csv", r->set);
    s->train = glia_table_generate(s->k->g, r->set, r->rows, r->seed);
    bool ok = s->train != NULL;
    if (ok && r->test_rows) {
        s->test = glia_table_generate(s->k->g, r->set, r->test_rows, r->test_seed);
        ok = s->test != NULL;
    }
    return ok ? 0 : fail((int)glia_code(s->k->g), "%s", glia_message(s->k->g));
}

/* "--name value --name value ..." */
static bool set_options(glia_recipe *r, const char *options) {
    char *copy = copy_text(options), *rest = NULL;
    bool ok = true;
    for (char *word = strtok_r(copy, " ", &rest); word && ok; word = strtok_r(NULL, " ", &rest))
        ok = glia_recipe_set(r, word + strlen("--"), strtok_r(NULL, " ", &rest)) == GLIA_OK;
    free(copy);
    return ok;
}

static int learn(stage *s) {
    progress p;
    glia_recipe *r = glia_recipe_new(s->k->g);
    char *last =
        format_text("%s %s --epochs %d --log-every %d --doctor off%s", common, s->r->options,
                    s->r->epochs, s->r->every, s->r->set ? " --target y --scale none" : "");
    if (r && set_options(r, last)) {
        glia_train_job job = {
            .recipe = r, .train = s->train, .test = s->test, .progress = progress_step, .user = &p};
        fflush(stdout); /* before the progress on stderr */
        progress_begin(&p, s->k->c);
        s->model = glia_train(s->k->g, &job, &s->report);
        progress_end(&p);
    }
    free(last);
    glia_recipe_free(r);
    return s->model ? 0 : fail((int)glia_code(s->k->g), "%s", glia_message(s->k->g));
}

/* --------------------------------------------------------------------------------- comparing -- */

/* Shares from whole counts, as the exercises have them. */
static double right_share(const glia_metrics *m) {
    double right = 0, all = 0;
    for (int64_t i = 0; i < m->classes * m->classes; i++) {
        all += (double)m->confusion[i];
        if (i % (m->classes + 1) == 0) right += (double)m->confusion[i];
    }
    return right / all;
}

/* 100 - mean(|prediction - y|) 100, which rounds in another place. */
static double percent(const glia_metrics *m) {
    double rows = (double)m->rows, wrong = rows - round(right_share(m) * rows);
    return 100 - wrong / rows * 100;
}

static void compare_scores(const stage *s, const wanted *w) {
    const glia_metrics *part[2] = {&s->report->train, &s->report->test};
    double found[2];
    int n = 0;
    for (int i = 0; i < 2 && part[i]->rows > 0; i++, n++)
        found[i] = w->what == PERCENTS ? percent(part[i])
                   : w->what == SHARES ? right_share(part[i])
                                       : floor(100 * right_share(part[i]));
    compare_part(s->k, s->r->of, w->item, found, w->first, n, SCORES);
}

static bool compare_answers(const stage *s, const wanted *w) {
    const glia_table *t = w->what == ANSWERS ? s->train : s->test;
    glia_predictions *p = glia_model_apply(s->k->g, s->model, t);
    if (!p) return false;
    double *found = reserve(NULL, (size_t)p->rows * sizeof *found);
    for (int64_t i = 0; i < p->rows; i++)
        if (!read_number(glia_model_class(s->model, p->class_index[i]), &found[i])) found[i] = NAN;
    compare(s->k, s->r->of, w->item, found, (int)p->rows);
    free(found);
    glia_predictions_free(s->k->g, p);
    return true;
}

static int compare_all(const stage *s) {
    for (const wanted *w = s->r->item; w < s->r->item + MOST_ITEMS && w->what; w++) {
        const glia_history *h = s->report->history;
        if (w->what == COSTS)
            compare_part(s->k, s->r->of, w->item, h->cost, 0, (int)h->entries, s->r->every);
        else if (w->what < ANSWERS) compare_scores(s, w);
        else if (!compare_answers(s, w))
            return fail((int)glia_code(s->k->g), "%s", glia_message(s->k->g));
    }
    return 0;
}

int run_trainings(course *k, const char *name) {
    int status = 0;
    for (size_t i = 0; i < sizeof recipes / sizeof *recipes && !status; i++) {
        if (strcmp(recipes[i].lesson, name) != 0) continue;
        stage s = {.k = k, .r = &recipes[i]};
        status = s.r->set ? draw_sets(&s) : read_cats(&s);
        if (!status) say_how(&s);
        if (!status) status = learn(&s);
        if (!status) status = compare_all(&s);
        glia_report_free(k->g, s.report);
        glia_model_free(s.model);
        glia_table_free(s.train);
        glia_table_free(s.test);
        free(s.train_path);
        free(s.test_path);
    }
    return status;
}
