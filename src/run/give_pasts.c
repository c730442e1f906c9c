/*
 * give_pasts.c: the tables of a job of sequences become tables of rows that have a past
 * (src/table/series.h), as the recipe says it.
 */
#include "training.h"

#include <stdio.h>
#include <string.h>

typedef struct name_list {
    const glia_table *t;
    gl_text text;
} name_list;

/* In quotes only where a list needs them. */
static glia_status add_name(void *user, int j) {
    name_list *l = user;
    const char *name = l->t->column[j].name;
    if (!*name || strpbrk(name, ",\"") || *name == ' ' || name[strlen(name) - 1] == ' ')
        gl_add_item(&l->text, name);
    else gl_add(&l->text, "%s%s", l->text.n ? "," : "", name);
    return GLIA_OK;
}

/* The columns that a list names or numbers, by their names; NULL: none, or a failure in t's
 * context. */
static char *names_of(const glia_table *t, const char *said, glia_status *status) {
    name_list l = {t, {.g = t->g}};
    if (*status == GLIA_OK) *status = gl_table_named(t, said, add_name, &l);
    if (*status == GLIA_OK && l.text.failed) *status = GLIA_RESOURCE;
    return l.text.s;
}

/* Classes are of the row that they stand in; values are to be known before they come. */
static int64_t usual_horizon(const glia_train_job *job, const gl_series *s) {
    const char *task = glia_recipe_get(job->recipe, "task");
    if (strcmp(task, "auto") != 0)
        return strcmp(task, "regression") == 0 || strcmp(task, "count") == 0;
    const glia_table *t = job->train;
    const int column = gl_series_target(t->g, t, s);
    return column < 0 || glia_table_classes(t, column) == 0;
}

static bool is_whole(const glia_recipe *r) {
    return strcmp(glia_recipe_get(r, "sequence"), "all") == 0;
}

/* Each group is one sample, of which nothing comes later and nothing is left out. */
static glia_status check_whole(const glia_train_job *job) {
    static const char *const of_windows[] = {"horizon", "stride", "season"};
    glia_ctx *g = job->train->g;
    for (int i = 0; i < 3; i++)
        if (gl_recipe_was_set(job->recipe, of_windows[i]))
            return gl_fail(g, GLIA_USAGE,
                           "option '%s' belongs to option 'sequence' N; with option 'sequence' all "
                           "each group is one sample, whose answer is that of its rows",
                           of_windows[i]);
    if (gl_recipe_was_set(job->recipe, "group")) return GLIA_OK;
    return gl_fail(g, GLIA_USAGE,
                   "option 'sequence' all makes one sample of each group of rows; say the columns "
                   "that tell groups apart (option 'group')");
}

/* As the recipe says it, with every column by its name. */
static glia_status series_of_job(const glia_train_job *job, gl_series *s) {
    const glia_table *t = job->train;
    const glia_recipe *r = job->recipe;
    const char *time = glia_recipe_get(r, "time");
    *s = (gl_series){.whole = is_whole(r),
                     .length = (int64_t)gl_recipe_number(r, "sequence", 0),
                     .season = (int64_t)gl_recipe_number(r, "season", 0)};
    glia_status status = s->whole ? check_whole(job) : GLIA_OK;
    s->target = names_of(t, gl_job_target(job), &status);
    s->group = names_of(t, glia_recipe_get(r, "group"), &status);
    if (strcmp(time, "auto") == 0) s->time = gl_series_guess_time(t);
    else if (strcmp(time, "none") != 0 && status == GLIA_OK) {
        int column = glia_table_locate(t, time);
        status = column < 0 ? glia_code(t->g) : GLIA_OK;
        if (column >= 0) s->time = gl_copy_text(t->g, t->column[column].name);
    }
    int when = s->time ? gl_table_find(t, s->time) : -1;
    if (when >= 0) s->date = t->column[when].date;
    if (status == GLIA_OK && !s->target) status = GLIA_RESOURCE;
    if (status == GLIA_OK) s->horizon = (int64_t)gl_recipe_number(r, "horizon", -1);
    if (s->whole) s->horizon = 0;
    if (s->horizon < 0) s->horizon = usual_horizon(job, s);
    return status;
}

/* What such options say has no meaning without a sequence. */
static glia_status check_series_options(const glia_train_job *job) {
    static const char *const of_series[] = {"horizon", "stride", "season", "group", "time"};
    for (size_t i = 0; i < sizeof of_series / sizeof *of_series; i++)
        if (gl_recipe_was_set(job->recipe, of_series[i]))
            return gl_fail(job->train->g, GLIA_USAGE,
                           "option '%s' belongs to option 'sequence', which says how many rows the "
                           "network reads at once",
                           of_series[i]);
    return GLIA_OK;
}

static void tell_whole(const glia_table *rows, const gl_series *s) {
    int64_t shortest = s->length;
    for (int64_t i = 0; i < rows->rows; i++)
        if (gl_past_rows(rows->past, i) < shortest) shortest = gl_past_rows(rows->past, i);
    gl_note(rows->g,
            "%lld sample%s, one for each '%s', of %lld to %lld row%s; what a shorter one has not "
            "counts nowhere",
            (long long)rows->rows, gl_plural(rows->rows), s->group, (long long)shortest,
            (long long)s->length, gl_plural(s->length));
}

static void tell_sequences(const glia_table *rows, const gl_series *s) {
    char when[64] = "the last row of each";
    if (s->horizon > 0)
        snprintf(when, sizeof when, "%lld row%s later", (long long)s->horizon,
                 gl_plural(s->horizon));
    gl_note(rows->g, "%lld sequence%s of %lld row%s each; answers are for %s",
            (long long)rows->rows, gl_plural(rows->rows), (long long)s->length,
            gl_plural(s->length), when);
}

/* Fewer rows than these do not fill a state: of the last fifth of airline-passengers, behind 92
 * rows, a linear autoregression is off by 14, one with 32 units beside it by 23 to 55
 * (docs/quality.md). */
enum { FEW_ROWS = 500 };

/* Without any word about the network, that is option 'hidden' none. */
static glia_status prefer_linear(gl_counted_job *c, const gl_series *s) {
    static const char *const of_network[] = {"hidden", "net", "activation", "norm", "dropout"};
    const glia_recipe *said = c->job.recipe;
    bool network = false;
    for (size_t i = 0; i < sizeof of_network / sizeof *of_network; i++)
        network = network || gl_recipe_was_set(said, of_network[i]);
    if (s->horizon < 1 || c->job.train->rows >= FEW_ROWS || network || c->job.begin) return GLIA_OK;
    c->recipe = gl_recipe_copy(c->job.train->g, said);
    if (!c->recipe) return GLIA_RESOURCE;
    c->job.recipe = c->recipe;
    gl_note(c->job.train->g, "few rows: a linear autoregression, as by option 'hidden' none");
    return glia_recipe_set(c->recipe, "hidden", "none");
}

/* Tables of rows that have a past take the place of the job's. */
glia_status gl_give_pasts(gl_counted_job *c) {
    const glia_table **table[] = {&c->job.train, &c->job.val, &c->job.test};
    gl_series s;
    const double length = gl_recipe_number(c->job.recipe, "sequence", 0);
    if (c->job.train->past) return GLIA_OK;
    if (length < 1 && !is_whole(c->job.recipe)) return check_series_options(&c->job);
    glia_ctx *g = c->job.train->g;
    glia_status status = series_of_job(&c->job, &s);
    for (int i = 0; i < 3 && status == GLIA_OK; i++) {
        if (!*table[i]) continue;
        status = gl_table_check_context(g, *table[i]);
        if (status == GLIA_OK) c->series[i] = gl_series_rows(*table[i], &s);
        if (status == GLIA_OK && !c->series[i]) status = glia_code(g);
        if (c->series[i]) *table[i] = c->series[i];
        if (c->series[i]) s.length = c->series[i]->past->of->series.length; /* that of training */
    }
    if (status == GLIA_OK) (s.whole ? tell_whole : tell_sequences)(c->job.train, &s);
    if (status == GLIA_OK) status = prefer_linear(c, &s);
    c->job.use_up = 0; /* a row may be in pasts of several parts */
    gl_series_clear(g, &s);
    return status;
}
