/*
 * fit_target.c: what the task is: classes, or values to predict.
 */
#include "fit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static glia_status missing_target(const gl_fitting *f, int64_t row, int64_t count) {
    char where[512];
    return gl_fail(f->g, GLIA_INPUT,
                   "%s, column '%s': the target is missing (%lld such row%s); give it a value or "
                   "remove the row%s",
                   gl_table_where(f->t, row, where, sizeof where), f->t->column[f->target].name,
                   (long long)count, gl_plural(count), gl_plural(count));
}

/* One missing target is an error. Leaving its row out would be easy, but a column that is
 * misread, by another decimal sign or another word for "missing", would then lose its rows
 * without a word. */
static glia_status check_target(const gl_fitting *f) {
    const gl_column *c = &f->t->column[f->target];
    int64_t first = -1, missing = 0;
    for (int64_t i = 0; i < f->n; i++) {
        int64_t row = gl_row_of(f, i);
        if (c->type == GLIA_CATEGORY ? c->code[row] >= 0 : !isnan(gl_number(c, row))) continue;
        if (!missing++) first = row;
    }
    if (!missing) return GLIA_OK;
    if (missing < f->n) return missing_target(f, first, missing);
    return gl_fail(f->g, GLIA_INPUT, "%s: the target '%s' is missing in every row", f->t->source,
                   c->name);
}

static bool is_number(const gl_fitting *f, const char *text) {
    double v;
    return gl_parse_number(text, strlen(text), f->t->decimal, &v);
}

/* The first row whose number has another unit, or currency, than that of the first row; -1: they
 * are no numbers, or of one unit. */
static int64_t find_other_unit(const gl_fitting *f, const gl_column *c) {
    gl_undressed first = {0}, u;
    int64_t other = -1;
    for (int64_t i = 0; i < f->n; i++) {
        int32_t code = c->code[gl_row_of(f, i)];
        if (code < 0) continue;
        const char *text = c->category[code];
        if (!gl_undress(text, strlen(text), &u)) return -1;
        if (!*first.body) first = u;
        bool same = !strcmp(u.before, first.before) && !strcmp(u.after, first.after);
        if (!same && other < 0) other = gl_row_of(f, i);
    }
    return other;
}

static glia_status different_units(const gl_fitting *f, const gl_column *c, int64_t other) {
    char where[512];
    int64_t first = gl_row_of(f, 0);
    for (int64_t i = 0; c->code[first] < 0; i++) first = gl_row_of(f, i);
    return gl_fail(f->g, GLIA_INPUT,
                   "%s, column '%s': found '%.60s', where %s %lld has '%.60s': numbers of two "
                   "units are no values to learn; write all in one",
                   gl_table_where(f->t, other, where, sizeof where), c->name,
                   c->category[c->code[other]], gl_row_word(f->t),
                   (long long)glia_table_line(f->t, first), c->category[c->code[first]]);
}

/* What makes texts of numbers, or of classes: what to do about it. */
static const char *mend_texts(const gl_fitting *f, const char *text) {
    const char *equals = strchr(text, '=');
    bool named = equals && equals > text && is_number(f, equals + 1);
    if (*text == '"') return "its cells are in quotes; take those off";
    if (named)
        return "its cells have a name and '=' in front; sed 's/[A-Za-z_]*=//g' takes them off";
    return f->t->columns > 1 ? "name another column (option 'target')" : gl_one_column(f->t);
}

/* One cell that is no number makes a column of numbers one of texts. */
static glia_status no_classes(const gl_fitting *f, const gl_column *c, int64_t count) {
    char where[512];
    int64_t numbers = 0, cells = 0, odd = -1, shown;
    for (int64_t i = 0; i < f->n; i++) {
        int64_t row = gl_row_of(f, i);
        if (c->code[row] < 0) continue;
        bool number = is_number(f, c->category[c->code[row]]);
        cells++, numbers += number;
        if (!number && odd < 0) odd = row;
    }
    bool spoilt = odd >= 0 && 2 * numbers > cells;
    shown = odd >= 0 ? odd : gl_row_of(f, 0);
    const char *text = c->code[shown] < 0 ? "" : c->category[c->code[shown]];
    gl_table_where(f->t, shown, where, sizeof where);
    if (spoilt)
        return gl_fail(f->g, GLIA_INPUT,
                       "%s, column '%s': found '%.60s', and %lld of %lld cells are plain numbers; "
                       "as texts the target has %lld different ones, which are no classes: write "
                       "it like the others (option 'number' '%s' makes it missing)",
                       where, c->name, text, (long long)numbers, (long long)cells, (long long)count,
                       c->name);
    int64_t other = find_other_unit(f, c);
    if (other >= 0) return different_units(f, c, other);
    return gl_fail(f->g, GLIA_INPUT,
                   "%s: the target '%.200s' has %lld different texts in %lld rows, such as '%.60s' "
                   "in %s %lld; these are no classes: %s",
                   f->t->source, c->name, (long long)count, (long long)f->n, text,
                   gl_row_word(f->t), (long long)glia_table_line(f->t, shown), mend_texts(f, text));
}

static glia_status take_text_classes(gl_fitting *f, const gl_column *c) {
    int64_t count;
    char **texts = gl_used_texts(f, c, &count);
    if (!texts) return GLIA_RESOURCE;
    glia_status status = GLIA_OK;
    if (count == 1) {
        char quoted[200];
        snprintf(quoted, sizeof quoted, "'%.190s'", texts[0]);
        status = gl_only_one_value(f, quoted);
    } else if (!gl_texts_are_classes(count, f->n)) {
        status = no_classes(f, c, count);
    } else {
        f->now->class = gl_copy_texts(f->g, texts, count);
        if (f->now->class) f->now->classes = count;
        else status = GLIA_RESOURCE;
    }
    gl_free(f->g, texts);
    return status;
}

static glia_status take_number_classes(gl_fitting *f, const double *values, int count) {
    f->now->class = gl_alloc(f->g, count, sizeof *f->now->class);
    if (!f->now->class) return GLIA_RESOURCE;
    for (int k = 0; k < count; k++) {
        char text[40];
        gl_print_number(values[k], text, sizeof text);
        if (!(f->now->class[k] = gl_copy_text(f->g, text))) return GLIA_RESOURCE;
        f->now->classes = k + 1;
    }
    return GLIA_OK;
}

/* Whoever names a task has decided, and then it is no more guessed: up to GL_MOST_CLASSES different
 * values are classes. */
static glia_status classes_as_asked(gl_fitting *f, const gl_column *c, const char *task) {
    double *values = gl_alloc(f->g, GL_MOST_CLASSES, sizeof *values);
    if (!values) return GLIA_RESOURCE;
    int count = gl_distinct(c, f->rows, f->n, GL_MOST_CLASSES, values);
    glia_status status = GLIA_OK;
    if (count > GL_MOST_CLASSES)
        status =
            gl_fail(f->g, GLIA_INPUT,
                    "%s: the target '%s' has more than %d different values; option 'task' %s needs "
                    "classes (try option 'task' regression)",
                    f->t->source, c->name, GL_MOST_CLASSES, task);
    else status = take_number_classes(f, values, count);
    gl_free(f->g, values);
    return status;
}

static glia_status read_number_target(gl_fitting *f, const gl_column *c, const char *task) {
    double values[GL_FEW_VALUES];
    char line[400];
    bool doubtful;
    int different = gl_distinct(c, f->rows, f->n, GL_FEW_VALUES, values);
    if (different == 1) return gl_only_one_value(f, gl_print_number(values[0], line, sizeof line));
    if (strcmp(task, "auto") != 0) return classes_as_asked(f, c, task);
    int classes = gl_number_classes(f->t, f->target, f->rows, f->n, values, &doubtful);
    if (doubtful && f->spec->notes) {
        gl_say_doubt(f->t, f->target, values, different, classes > 0, line, sizeof line);
        gl_warn(f->g, "%s", line);
    }
    return classes ? take_number_classes(f, values, classes) : GLIA_OK;
}

/* Checked before the target is looked at: a misspelt word is a mistake of the command, not of
 * the data. */
static glia_status check_task(const gl_fitting *f, const char *task) {
    static const char *const names[] = {"auto",       "binary", "multiclass",
                                        "regression", "count",  "ordinal"};
    for (int i = 0; i < 6; i++) {
        if (!strcmp(task, names[i])) return GLIA_OK;
    }
    return gl_fail(
        f->g, GLIA_USAGE,
        "task '%s' is not known; expected auto, binary, multiclass, regression, count or ordinal",
        task);
}

/* The classes of the target in hand, or its mean and deviation. */
static glia_status fit_one(gl_fitting *f, const char *task) {
    const gl_column *c = &f->t->column[f->target];
    glia_status status = check_target(f);
    if (!status) status = gl_table_check_finite(f->g, f->t, c, f->rows, 0, f->n);
    if (status) return status;
    if (!strcmp(task, "regression") || f->p->task == GL_COUNT || f->p->task == GL_QUANTILES)
        return gl_fit_values(f, c);
    gl_fitting known = gl_fit_known(f);
    const gl_column *all = &known.t->column[f->target];
    status = all->type == GLIA_CATEGORY ? take_text_classes(&known, all)
                                        : read_number_target(&known, all, task);
    if (status) return status;
    if (!f->now->classes) return gl_fit_values(f, c);
    if (!strcmp(task, "binary") && f->now->classes != 2) {
        return gl_fail(
            f->g, GLIA_INPUT,
            "%s: the target '%s' has %lld different values, option 'task' binary expects 2; "
            "say option 'task' multiclass",
            f->t->source, c->name, (long long)f->now->classes);
    }
    if (!gl_value_classes(f->g, f->now)) return GLIA_RESOURCE;
    return !strcmp(task, "ordinal") ? gl_fit_order(f) : GLIA_OK;
}

static gl_task task_of(const gl_fitting *f, const gl_target *t, const char *task) {
    bool several = f->p->targets > 1;
    if (f->p->quantiles) return GL_QUANTILES;
    if (!strcmp(task, "count")) return GL_COUNT;
    if (!strcmp(task, "ordinal")) return GL_ORDINAL;
    if (!t->classes) return GL_REGRESSION;
    if (t->classes > 2 || !strcmp(task, "multiclass")) return GL_MULTICLASS;
    return several ? GL_MULTILABEL : GL_BINARY;
}

/* One network answers all of them, and its scores are means over them: so they are of one kind. */
static glia_status different_kinds(const gl_fitting *f, const gl_target *t) {
    static const char *const kind[GL_TASKS] = {"two classes", "classes", "values",
                                               "two classes", "counts",  "ordered classes"};
    const gl_pipeline *p = f->p;
    gl_task second = task_of(f, t, "auto");
    return gl_fail(f->g, GLIA_INPUT,
                   "%s: the targets '%s' (%s) and '%s' (%s) cannot be learned together, expected "
                   "all of values or all of two classes; say option 'task' regression, or train a "
                   "model for each",
                   f->t->source, p->target[0].name, kind[p->task], t->name, kind[second]);
}

glia_status gl_fit_target(gl_fitting *f) {
    const char *task = f->spec->task ? f->spec->task : "auto";
    gl_pipeline *p = f->p;
    glia_status status = check_task(f, task);
    if (!status) status = gl_fit_quantiles(f, task);
    if (!strcmp(task, "count")) p->task = GL_COUNT;
    for (int i = 0; i < p->targets && !status; i++) {
        f->now = &p->target[i];
        f->target = f->now->column;
        status = fit_one(f, task);
        gl_task found = task_of(f, f->now, task);
        if (i == 0) p->task = found;
        if (!status) status = gl_fit_positive(f);
        if (!status && i > 0 && (found != p->task || found == GL_MULTICLASS || found == GL_ORDINAL))
            status = different_kinds(f, f->now);
    }
    f->now = &p->target[0]; /* what columns are compared with */
    f->target = f->now->column;
    return status;
}
