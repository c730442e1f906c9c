/*
 * eval.c: `glia eval`: measures a model on labelled data.
 */
#include <stdlib.h>

#include "cli.h"

static int print_eval_json(const glia_metrics *s) {
    json_t *j = json_pack("{s:I}", "rows", (json_int_t)s->rows), *scores = json_metrics(s, true);
    json_object_update(j, scores);
    json_object_set_new(j, "baseline", json_number(s->baseline));
    json_decref(scores);
    return print_json(j);
}

static int print_eval(const glia_model *m, const glia_metrics *s) {
    const char *target = glia_model_note(m, "target"), *task = glia_model_note(m, "task");
    putchar('\n');
    print_fact("task", "%s%s%s", task ? task : "?", target ? ": " : "", target ? target : "");
    print_fact("rows", "%lld", (long long)s->rows);
    putchar('\n');
    print_scores((const char *const[]){"value"}, (const glia_metrics *const[]){s}, 1);
    putchar('\n');
    print_baseline(s);
    if (s->classes > 0) putchar('\n');
    print_confusion(m, s);
    return 0;
}

static int run_eval(cli *c) {
    glia_model *m = NULL;
    glia_table *t = NULL;
    glia_metrics scores;
    const char *data = c->operands > 1 ? c->operand[1] : NULL;
    int status = load_model(c, c->operand[0], &m);
    if (!status) status = use_threshold(c, m);
    if (!status) status = read_data_or_arrays(c, data, given(c, "x"), given(c, "y"), &t);
    if (!status && glia_evaluate(c->g, m, t, &scores) != GLIA_OK) status = failed(c);
    if (!status) status = c->json ? print_eval_json(&scores) : print_eval(m, &scores);
    glia_table_free(t);
    glia_model_free(m);
    return status;
}

static const glia_option eval_options[] = {
    {"threshold", NULL, "P", "view", "the model's",
     "of two classes, take the second when its probability is above P"},
    {NULL},
};

static const char *const eval_examples[] = {
    "glia eval cats.glia cats_test.h5",
    "accuracy, F1 and the other scores with 95% intervals, and the confusion matrix",
    "glia eval houses.glia sold.csv --json",
    "the same numbers as JSON",
    NULL,
};

const command eval_command = {
    .name = "eval",
    .alias = "evaluate",
    .usage = "MODEL DATA",
    .summary = "measures a model: scores with 95% intervals, confusion matrix",
    .text = "Applies the model to labelled DATA and compares. The 95% interval beside a score says "
            "how far it could be from the score on all such data, seeing how many rows there are. "
            "The baseline is what the most frequent class, or the mean, would score without any "
            "learning.\n\n"
            "With --json: {\"rows\": ..., \"accuracy\": ..., ..., \"interval\": {\"accuracy\": "
            "[low, high], ...}, \"confusion\": [[...], ...], \"baseline\": ...}; rows of the "
            "confusion matrix are true classes, columns predicted ones.",
    .min = 1,
    .max = 2,
    .shared = READING,
    .options = eval_options,
    .examples = eval_examples,
    .run = run_eval,
};
