/*
 * eval.c: `glia eval`: measures a model on labelled data.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "curves.h"
#include "plot.h"
#include "report/report.h"

enum { REPEATS = 5 };

/* What one evaluation finds. */
typedef struct evaluation {
    cli *c;
    glia_model *model;
    glia_table *table;
    glia_evaluation *found;
    glia_importances *importances; /* NULL: not asked for */
    double miss, alarm;            /* what errors cost; 0: not asked for */
    glia_alike alike;              /* its pictures that are nearly training ones */
    glia_evaluation *without;      /* these; NULL: nobody need know */
    json_t *skipped;               /* rows that --bad-rows skip left out; NULL: not asked for */
} evaluation;

static void json_add_alike(const evaluation *e, json_t *j) {
    if (e->alike.rows < 0) return;
    json_t *alike = json_pack("{s:I, s:I}", "rows", (json_int_t)e->alike.rows, "mirrored",
                              (json_int_t)e->alike.mirrored);
    if (e->without)
        json_object_set_new(alike, "without", json_metrics(e->model, &e->without->scores, false));
    json_object_set_new(j, "near_copies", alike);
}

static int print_eval_json(const evaluation *e) {
    const glia_metrics *s = &e->found->scores;
    json_t *j = json_pack("{s:I}", "rows", (json_int_t)s->rows),
           *scores = json_metrics(e->model, s, true);
    const char *positive = positive_class(e->model);
    if (positive) json_object_set_new(j, "positive", json_text(positive));
    if (e->skipped) json_object_set(j, "skipped", e->skipped);
    json_object_update(j, scores);
    json_object_set_new(j, "baseline", json_number(s->baseline));
    if (glia_model_sequence(e->model).season > 0)
        json_object_set_new(j, "naive", json_number(s->naive));
    json_decref(scores);
    json_add_alike(e, j);
    json_add_curves(j, s);
    if (e->miss > 0) json_object_set_new(j, "cost", json_error_costs(s, e->miss, e->alarm));
    if (e->importances)
        json_object_set_new(j, "importance", json_importances(e->table, e->importances));
    return print_json(j);
}

static void plot(const evaluation *e) {
    value_view v;
    putchar('\n');
    plot_curves(e->model, &e->found->scores);
    if (!value_view_make(e->table, e->found, &v)) return;
    plot_values(stdout, &v, 44, 11);
    value_view_free(&v);
}

static int print_eval(const evaluation *e) {
    const glia_metrics *s = &e->found->scores;
    const char *target = glia_model_note(e->model, "target"),
               *task = glia_model_note(e->model, "task");
    putchar('\n');
    print_fact("task", "%s%s%s", task ? task : "?", target ? ": " : "", target ? target : "");
    print_fact("rows", "%lld", (long long)s->rows);
    putchar('\n');
    print_scores(e->model, (const char *const[]){"value"}, (const glia_metrics *const[]){s}, 1);
    putchar('\n');
    print_targets(e->model, s);
    print_baseline(s);
    print_naive(e->model, s);
    print_scope(e->model, s);
    print_curves(e->model, s);
    if (e->miss > 0) print_error_costs(e->model, s, e->miss, e->alarm);
    print_threshold_advice(s, e->miss > 0);
    if (s->classes > 0) putchar('\n');
    print_confusion(e->model, s);
    if (is_on(e->c, "top")) putchar('\n'), print_tops(e->model, s);
    if (is_on(e->c, "plot")) plot(e);
    if (e->importances) putchar('\n'), print_importances(e->table, e->importances);
    return 0;
}

/* "5:1": a missed positive row costs five times a false alarm. */
static int read_costs(evaluation *e) {
    const char *text = given(e->c, "cost");
    char end;
    if (!text) return 0;
    if (sscanf(text, "%lf:%lf%c", &e->miss, &e->alarm, &end) == 2 && e->miss > 0 && e->alarm > 0 &&
        isfinite(e->miss) && isfinite(e->alarm))
        return 0;
    return fail(GLIA_USAGE, "--cost is '%s', expected MISS:ALARM, two numbers above 0, such as 5:1",
                text);
}

/* Both are about rows that are called positive. */
static int check_classes(const evaluation *e) {
    const char *asked = given(e->c, "cost") ? "cost" : is_on(e->c, "top") ? "top" : NULL;
    const glia_curves *c = e->found->scores.curves;
    if (!asked || (c && c->roc_points)) return 0;
    return fail(GLIA_USAGE, "--%s is for one target of two classes, with rows of both", asked);
}

/* Whoever measures on the rows that were learned from measures a memory. The model knows the hash
 * of its data; standard input, databases and pairs of arrays are not asked. */
static bool warn_of_known_rows(const evaluation *e) {
    const char *known = glia_model_note(e->model, "fingerprint"),
               *before = glia_model_note(e->model, "began_from");
    char hex[65];
    if (!known || given(e->c, "x") || given(e->c, "query")) return false;
    glia_status status = glia_table_sha256(e->table, hex);
    if (status == GLIA_RESOURCE) exit(failed(e->c));
    bool same = status == GLIA_OK && (strstr(known, hex) || (before && strstr(before, hex)));
    if (same)
        warn(e->c,
             "%s is the data that the model has learned from, so these scores are flattered; "
             "measure it on other rows",
             glia_table_source(e->table));
    return same;
}

static int measure_others(evaluation *e, const char *like) {
    int64_t n = 0, rows = glia_table_rows(e->table);
    int64_t *row = reserve(NULL, (size_t)rows * sizeof *row);
    for (int64_t i = 0; i < rows; i++)
        if (!like[i]) row[n++] = i;
    glia_table *others = n > 0 ? glia_table_select(e->table, row, n) : NULL;
    if (others) e->without = glia_model_evaluate(e->c->g, e->model, others, 0);
    glia_table_free(others);
    free(row);
    return n == 0 || e->without ? 0 : failed(e->c);
}

static void warn_of_alike(const evaluation *e) {
    const glia_alike *a = &e->alike;
    const glia_metrics *all = &e->found->scores, *others = e->without ? &e->without->scores : NULL;
    const char *name = main_score(all);
    char before[32], after[32], *rest = copy_text("they are no test");
    if (others) {
        free(rest);
        rest = format_text("without them %s is %s, with them %s", name,
                           score_text(score_value(others, name), after),
                           score_text(score_value(all, name), before));
    }
    warn(e->c,
         "%lld of %lld pictures are nearly the same as training pictures, %lld of them in a "
         "mirror, such as %s, so these scores are flattered: %s",
         (long long)a->rows, (long long)glia_table_rows(e->table), (long long)a->mirrored,
         glia_table_row_name(e->table, a->row), rest);
    free(rest);
}

/* Pictures that were learned from and saved again, made smaller or mirrored, measure a memory as
 * well. Of fewer the doctor of a training does not speak either. */
static int find_alike(evaluation *e) {
    enum { LEAST = 5, ONE_IN = 50 };
    int64_t rows = glia_table_rows(e->table);
    char *like = reserve(NULL, (size_t)rows);
    int status = glia_model_alike(e->c->g, e->model, e->table, like, &e->alike) ? failed(e->c) : 0;
    bool many = !status && e->alike.rows >= LEAST && e->alike.rows >= rows / ONE_IN;
    if (many) status = measure_others(e, like);
    if (many && !status) warn_of_alike(e);
    free(like);
    return status;
}

static int find_importances(evaluation *e) {
    const char *text = given(e->c, "importance");
    int64_t repeats = REPEATS;
    if (!text) return 0;
    if (strcmp(text, "true") != 0 && !given_int(e->c, "importance", 1, 10000, &repeats))
        return GLIA_USAGE;
    e->importances = glia_model_importances(e->c->g, e->model, e->table, (int)repeats, 1);
    return e->importances ? 0 : failed(e->c);
}

static int write_eval_report(const evaluation *e, const char *path) {
    glia_report report = {.task = glia_model_note(e->model, "task"),
                          .test_rows = e->found->scores.rows,
                          .features = glia_model_inputs(e->model),
                          .test = e->found->scores};
    report_input in = {.model = e->model,
                       .report = &report,
                       .test = e->table,
                       .shown = e->found,
                       .command = e->c->line,
                       .importances = e->importances,
                       .weighed = e->table,
                       .weighed_part = "measured"};
    if (!given_language(e->c, &in.lang)) return GLIA_USAGE;
    return report_write(e->c, path, &in);
}

static int evaluate(evaluation *e) {
    cli *c = e->c;
    const char *data = c->operands > 1 ? c->operand[1] : NULL, *report = given(c, "report");
    int status = read_costs(e);
    if (!status) status = check_language(c);
    if (!status) status = load_model(c, c->operand[0], &e->model);
    if (!status) status = use_threshold(c, e->model);
    if (!status) status = read_data_for(c, e->model, data, &e->table);
    if (!status && skips_bad_rows(c)) json_add_skipped(e->skipped = json_array(), e->table);
    if (!status) status = keep_counted(c, e->model, &e->table);
    if (!status && report && (replaces_input(c, report) || replaces_model(report)))
        status = GLIA_USAGE;
    if (!status && report && !can_write(report)) status = GLIA_RESOURCE;
    if (!status && !(e->found = glia_model_evaluate(c->g, e->model, e->table, 1)))
        status = failed(c);
    if (!status && !warn_of_known_rows(e)) status = find_alike(e);
    if (!status) warn_of_baseline(c, e->model, &e->found->scores, "given");
    if (!status) status = check_classes(e);
    if (!status) status = find_importances(e);
    if (!status && report) status = write_eval_report(e, report);
    if (!status) status = c->json ? print_eval_json(e) : print_eval(e);
    return status;
}

static int run_eval(cli *c) {
    evaluation e = {.c = c, .alike.rows = -1};
    int status = evaluate(&e);
    glia_importances_free(c->g, e.importances);
    glia_evaluation_free(c->g, e.found);
    glia_evaluation_free(c->g, e.without);
    json_decref(e.skipped);
    glia_table_free(e.table);
    glia_model_free(e.model);
    return status;
}

static const glia_option eval_options[] = {
    {"threshold", NULL, "P", "view", "the model's",
     "of two classes, take the second when its probability is above P"},
    {"plot", NULL, NULL, "view", NULL,
     "ROC, precision against recall and calibration, or predicted against true, on the terminal"},
    {"top", NULL, NULL, "view", NULL,
     "two classes: how many of the rows with the highest scores are positive, and how many of all "
     "positive ones are among them: lift and gain"},
    {"cost", NULL, "MISS:ALARM", "view", NULL,
     "two classes: what errors cost a row, and the threshold where that is least; 5:1 says that a "
     "missed positive row costs five times a false alarm"},
    {"importance", NULL, "[=REPEATS]", "view", NULL,
     "what every column is worth: how much the score loses when its cells are shuffled; 5 repeats"},
    {"report", NULL, "FILE.html", "view", NULL, "the evaluation as one HTML page with figures"},
    {"lang", NULL, "en|zh", "view", "en", "the language of the report: English or Chinese"},
    {NULL},
};

static const char *const eval_examples[] = {
    "glia eval cats.glia cats_test.h5",
    "accuracy, F1 and the other scores with 95% intervals, and the confusion matrix",
    "glia eval titanic.glia titanic.csv --plot --importance",
    "also its curves, and which columns it lives on",
    "glia eval churn.glia customers.csv --top --cost 20:1",
    "whom to call first, and from which score on a call is worth it",
    "glia eval houses.glia sold.csv --json",
    "the same numbers as JSON",
    NULL,
};

const command eval_command = {
    .name = "eval",
    .alias = "evaluate",
    .usage = "MODEL DATA",
    .summary = "measures a model: scores with 95% intervals, curves, what columns are worth",
    .text =
        "Applies the model to labelled DATA and compares. The 95% interval beside a score says "
        "how far it could be from the score on all such data, seeing how many rows there are. "
        "The baseline is what the most frequent class, or the mean, would score without any "
        "learning. With two classes a hint tells which threshold would suit these very rows.\n\n"
        "With --json: {\"rows\": ..., \"accuracy\": ..., ..., \"interval\": {\"accuracy\": "
        "[low, high], ...}, \"confusion\": [[...], ...], \"baseline\": ...}, null where these rows "
        "have "
        "no such score; with --bad-rows skip \"skipped\": [{\"file\", \"line\", \"why\"}, ...]; of "
        "pictures \"near_copies\": {\"rows\", \"mirrored\", \"without\": {scores}}, those that are "
        "nearly the same as training pictures; "
        "rows of the "
        "confusion matrix are true classes, columns predicted ones. For two classes also "
        "\"positive\", the class "
        "that precision, recall, f1 and average_precision are about, and \"roc\": "
        "[[false positive rate, true positive rate, threshold], ...] and \"pr\": [[recall, "
        "precision, threshold], ...], every corner, and \"thresholds\": {\"f1\": "
        "[threshold, value], ...}, \"top\": [{\"share\", \"rows\", \"precision\", \"recall\", "
        "\"lift\", \"threshold\"}, ...], with --cost \"cost\"; for classes \"calibration\": "
        "{\"error\": ..., \"bins\": [[mean "
        "probability, share that came true, rows], ...]}; with --importance \"importance\".",
    .min = 1,
    .max = 2,
    .shared = READING,
    .options = eval_options,
    .examples = eval_examples,
    .run = run_eval,
};
