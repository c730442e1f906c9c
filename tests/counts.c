/*
 * counts.c: iterations are counted as epochs are, and what is said in one place is said the same in
 * the others: text, JSON, log, and what show tells of a training.
 */
#include "evaluate.h"

/* The lines of a text that have `part` in them; the first is returned. */
static const char *line_with(const char *text, const char *part, char line[400]) {
    const char *at = strstr(text, part);
    if (!at) fail_msg("'%s' is not in %s", part, text);
    while (at > text && at[-1] != '\n') at--;
    snprintf(line, 400, "%.*s", (int)strcspn(at, "\n"), at);
    return line;
}

static void train_houses(void) {
    result r =
        run("$GLIA demo houses --rows 500 --write h.csv && "
            "$GLIA train h.csv --target price --val 0.2 --batch 40 --epochs 60 --lr 0.03 --log "
            "h.log.csv -o h.glia >text 2>notes && $GLIA train h.csv --target price --val 0.2 "
            "--batch 40 --epochs 60 --lr 0.03 --log h.jsonl -o h.glia --json -q >json");
    if (r.status != 0) fail_msg("%s", r.err);
    result_free(&r);
}

static char *file_text(const char *name) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    return slurp(path);
}

/* 400 rows, 40 in each update: ten updates an epoch. */
static void updates_are_counted_in_log_and_json(void **state) {
    (void)state;
    train_houses();
    char *log = file_text("h.log.csv"), *lines = file_text("h.jsonl"), *text = file_text("json");
    json_t *j = json_loads(text, 0, NULL);
    assert_true(at(j, "updates_per_epoch") == 10);
    assert_true(at(j, "updates") == 10 * at(j, "epochs"));
    assert_non_null(strstr(log, "epoch,updates,cost,"));
    assert_non_null(strstr(log, "\n0,10,"));
    assert_non_null(strstr(log, "\n7,80,"));
    assert_non_null(strstr(lines, "{\"epoch\": 7, \"updates\": 80, "));
    json_decref(j);
    free(log);
    free(lines);
    free(text);
}

static void text_and_json_have_the_same_costs_and_best_epoch(void **state) {
    (void)state;
    train_houses();
    char line[400], best[80], *said = file_text("text"), *text = file_text("json");
    json_t *j = json_loads(text, 0, NULL), *list = json_object_get(j, "mean_costs"),
           *val = json_object_get(j, "val_losses");
    double first = 0, last = 0;
    size_t n = json_array_size(list);
    int epoch = (int)at(j, "best_epoch");
    double least = item(json_array_get(val, (size_t)epoch - 1), 1);
    for (size_t i = 0; i < n; i++) assert_true(item(json_array_get(val, i), 1) >= least);
    line_with(said, "mean cost J", line);
    assert_int_equal(sscanf(line, " mean cost J %lf -> %lf", &first, &last), 2);
    close_to("the first cost", first, item(json_array_get(list, 0), 1), 1e-3 * first);
    close_to("the last cost", last, item(json_array_get(list, n - 1), 1), 1e-3 * last);
    snprintf(best, sizeof best, "after epoch %d", epoch);
    assert_non_null(strstr(line_with(said, "best validation", line), best));
    json_decref(j);
    free(said);
    free(text);
}

static void show_knows_initialiser_and_optimizer(void **state) {
    (void)state;
    char line[400];
    train_houses();
    result r = run("$GLIA train h.csv --target price --hidden 9,8,7 --activation relu,relu,tanh "
                   "--optimizer momentum --l2 0.01 --epochs 2 --val none -q -o deep.glia >log && "
                   "$GLIA show deep.glia && $GLIA show deep.glia --plan --mode train --batch 40");
    if (r.status != 0) fail_msg("%s", r.err);
    assert_non_null(
        strstr(line_with(r.out, "  init  ", line), "auto: he for fc1, fc2, xavier for fc3, fc4"));
    assert_non_null(strstr(r.out, " momentum "));
    assert_non_null(strstr(r.out, " decay "));
    assert_null(strstr(r.out, " sgd "));
    result_free(&r);
    r = run("$GLIA train h.csv --target price --hidden none --epochs 2 --val none -q -o one.glia "
            ">log && $GLIA show one.glia && $GLIA train h.csv --target price --init normal:0.1 "
            "--epochs 2 -q -o said.glia >log && $GLIA show said.glia");
    assert_non_null(strstr(r.out, "auto: zeros for fc1"));
    assert_non_null(strstr(r.out, "normal:0.1"));
    result_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(updates_are_counted_in_log_and_json),
        cmocka_unit_test(text_and_json_have_the_same_costs_and_best_epoch),
        cmocka_unit_test(show_knows_initialiser_and_optimizer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
