/*
 * repeats.c: results that come with repeats: what columns are worth, and scores over folds.
 */
#include <math.h>
#include <string.h>

#include "curves.h"

/* ----------------------------------------------------------------------------------- columns -- */

static const char *name_of(const glia_table *t, const glia_importance *i) {
    return glia_table_column(t, i->column).name;
}

const char *importance_word(const glia_importances *i) {
    bool error = strcmp(i->score, "rmse") == 0 || strcmp(i->score, "pinball") == 0;
    return error ? "gained" : "lost";
}

void print_importances(const glia_table *t, const glia_importances *i) {
    bool intervals = i->repeats > 1;
    grid g = {.align = intervals ? "lrl" : "lr"};
    grid_add(&g, "column");
    grid_add(&g, "%s %s", i->score, importance_word(i));
    if (intervals) grid_add(&g, "95%% interval");
    for (int k = 0; k < i->columns; k++) {
        const glia_importance *c = &i->column[k];
        grid_add(&g, "%s", name_of(t, c));
        grid_add(&g, "%+.4g", c->drop);
        if (intervals) grid_add(&g, "%+.4g .. %+.4g", c->low, c->high);
    }
    grid_print(&g);
    print_fact("", "when a column's cells are shuffled among the rows, mean of %d time%s; %s is",
               i->repeats, plural(i->repeats), i->score);
    print_fact("", "%.4g with all in place; columns that tell the same stand in for each other",
               i->value);
}

json_t *json_importances(const glia_table *t, const glia_importances *i) {
    json_t *columns = json_array();
    for (int k = 0; k < i->columns; k++) {
        const glia_importance *c = &i->column[k];
        json_t *one = json_pack("{s:o, s:o}", "column", json_text(name_of(t, c)), "drop",
                                json_number(c->drop));
        if (i->repeats > 1)
            json_object_set_new(one, "interval",
                                json_pack("[o, o]", json_number(c->low), json_number(c->high)));
        json_array_append_new(columns, one);
    }
    return json_pack("{s:s, s:o, s:i, s:o}", "score", i->score, "value", json_number(i->value),
                     "repeats", i->repeats, "columns", columns);
}

/* ------------------------------------------------------------------------------------- folds -- */

static void print_fold(grid *g, const char *name, int64_t rows, const glia_score *score,
                       int scores) {
    char value[32];
    grid_add(g, "%s", name);
    if (rows > 0) grid_add(g, "%lld", (long long)rows);
    else grid_add(g, " ");
    for (int i = 0; i < scores; i++) grid_add(g, "%s", score_text(score[i].value, value));
}

static void print_bound(grid *g, const char *name, const glia_folds *f, bool high) {
    glia_score bound[GLIA_MAX_SCORES];
    for (int i = 0; i < f->scores; i++)
        bound[i] = (glia_score){.value = high ? f->mean[i].high : f->mean[i].low};
    print_fold(g, name, 0, bound, f->scores);
}

/* A mean over fewer folds than there are, because the others have no row of a class. */
static void print_gaps(const glia_folds *f) {
    for (int i = 0; i < f->scores; i++) {
        int defined = 0;
        for (int k = 0; k < f->folds; k++) defined += !isnan(f->fold[k].score[i].value);
        if (defined < f->folds)
            print_fact("", "%s: %d of %d folds have one; the rows of the others lack a class",
                       f->mean[i].name, defined, f->folds);
    }
}

void print_folds(const glia_model *m, const glia_folds *f) {
    char align[GLIA_MAX_SCORES + 3] = "lr", name[32];
    for (int i = 0; i < f->scores; i++) strcat(align, "r");
    grid g = {.align = align};
    int64_t rows = 0;
    putchar('\n');
    grid_add(&g, "fold");
    grid_add(&g, "rows");
    for (int i = 0; i < f->scores; i++) grid_add(&g, "%s", f->mean[i].name);
    for (int k = 0; k < f->folds; k++) {
        snprintf(name, sizeof name, "%d", k + 1);
        print_fold(&g, name, f->fold[k].rows, f->fold[k].score, f->scores);
        rows += f->fold[k].rows;
    }
    print_fold(&g, "mean", rows, f->mean, f->scores);
    print_bound(&g, "95% from", f, false);
    print_bound(&g, "95% to", f, true);
    grid_print(&g);
    if (positive_class(m))
        print_fact("", "precision, recall, f1 and average_precision are of '%s'",
                   positive_class(m));
    print_gaps(f);
    print_fact("", "%s",
               glia_model_sequence(m).length && !glia_model_sequence(m).whole
                   ? "each fold was measured by a network that learned from what came before it, "
                     "or from other series;"
                   : "each row was measured once, by a network that learned from the other folds "
                     "only;");
    print_fact("", "95%%: Student's t interval of the mean, %d degrees of freedom", f->folds - 1);
}

json_t *json_folds(const glia_model *m, const glia_folds *f) {
    json_t *fold = json_array(), *mean = json_object(), *interval = json_object();
    for (int k = 0; k < f->folds; k++) {
        json_t *one = json_metrics(m, &f->fold[k], false);
        json_object_set_new(one, "rows", json_integer(f->fold[k].rows));
        json_array_append_new(fold, one);
    }
    for (int i = 0; i < f->scores; i++) {
        const glia_score *s = &f->mean[i];
        json_object_set_new(mean, s->name, json_number(s->value));
        if (isnan(s->low)) continue;
        json_object_set_new(interval, s->name,
                            json_pack("[o, o]", json_number(s->low), json_number(s->high)));
    }
    return json_pack("{s:i, s:o, s:o, s:o}", "count", f->folds, "fold", fold, "mean", mean,
                     "interval", interval);
}
