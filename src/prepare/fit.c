/*
 * fit.c: decides a pipeline from the training rows: what the task is, which columns help, how each
 * becomes features. Every decision is one small function, and is told as a note.
 *
 * What enters: a table, the numbers of its training rows, and what the user said (target, columns
 * to ignore, scale). What leaves: numbers and texts alone, so that a cell of any later table can be
 * treated in the same way. All of titanic.csv, for instance, leaves
 *
 *     Age    missing -> 28, then (x - 29.36) / 13.01                        22   -> -0.57
 *     Fare   log(1 + x/14.5), then (x - 0.917) / 0.614                      7.25 -> -0.83
 *     Sex    one feature for "female", one for "male"                       male -> 0 1
 *     Name   left out: 891 different texts in 891 rows
 *
 * Nothing here looks at a row that is not a training row. A mean or a list of categories that had
 * seen the validation rows would flatter their scores, and the test rows' as well. Which rows are
 * training rows, the network and how it is trained are decided elsewhere (src/run).
 *
 * Sums run over the rows in their order, on one thread: the same table gives the same bytes.
 */
#include "fit.h"

#include <math.h>

static gl_reason guess(const gl_fitting *f, int j) {
    glia_column_type type = f->t->column[j].type;
    if (f->t->column[j].date) return gl_judge_date(f, &f->t->column[j]);
    if (f->wish[j].words) return gl_judge_text(f, &f->t->column[j]);
    if (type == GLIA_NUMBER) return gl_judge_number(f, j);
    return type == GLIA_CATEGORY ? gl_judge_category(f, j) : GL_KEPT;
}

/* What was said wins, but for a column that tells nothing: no scale makes a feature of one
 * value. */
static gl_reason judge(const gl_fitting *f, int column) {
    const gl_column *c = &f->t->column[column];
    if (column == f->weight) return GL_WEIGHT;
    if (f->said[column] == GL_SAID_IGNORED)
        return f->wish[column].reason ? f->wish[column].reason : GL_IGNORED;
    gl_reason reason = guess(f, column);
    if (!reason || f->said[column] != GL_SAID_USED) return reason;
    if (reason != GL_EMPTY && reason != GL_CONSTANT) return GL_KEPT;
    gl_warn(f->g, "%s: column '%s' is to be used, and it cannot: %s", f->t->source, c->name,
            gl_reason_text[reason]);
    return reason;
}

static bool keeps_any(const gl_pipeline *p) {
    for (int i = 0; i < p->inputs; i++)
        if (p->input[i].reason == GL_KEPT) return true;
    return false;
}

/* Reviews and their stars: the words are all there is. */
static void keep_text(gl_fitting *f, gl_input_column *in, int j) {
    if (!in->prose) return;
    in->reason = GL_KEPT;
    f->wish[j].words = true;
    if (f->spec->notes)
        gl_note(f->g,
                "'%s' is learned from by its %s, as by option 'text': no other column is left",
                in->name, f->as == GL_TEXT_COUNTS ? "words" : gl_text_as_name[f->as]);
}

static void keep_id(gl_fitting *f, gl_input_column *in, int j) {
    bool guessed = in->reason == GL_ID || in->reason == GL_INDEX;
    if (guessed && f->said[j] != GL_SAID_IGNORED) in->reason = GL_KEPT;
}

/* An id is better than nothing: x = 1, 2, 3, ... may be all there is, as in a curve to
 * be fitted. Not where somebody said that it is left out. */
static void keep_last_resort(gl_fitting *f) {
    static void (*const keeps[])(gl_fitting *, gl_input_column *, int) = {keep_text, keep_id};
    gl_pipeline *p = f->p;
    for (int way = 0; way < 2 && !keeps_any(p); way++) {
        for (int i = 0, j = 0; i < p->inputs; i++, j++) {
            while (gl_is_target(f, j)) j++;
            keeps[way](f, &p->input[i], j);
        }
    }
}

/* What was said of texts is said of one at least. */
static glia_status check_texts(const gl_fitting *f) {
    int64_t texts = 0, sequences = 0;
    for (int j = 0; j < f->t->columns; j++) {
        texts += f->wish[j].words;
        sequences += f->wish[j].words && f->wish[j].as != GL_TEXT_COUNTS;
    }
    const char *option = f->as != GL_TEXT_COUNTS ? "text-as" : "vocabulary";
    if (!texts && (f->as != GL_TEXT_COUNTS || f->spec->vocabulary))
        return gl_fail(f->g, GLIA_USAGE,
                       "option '%s' is for columns of free text, and none is learned from; option "
                       "'text' names them",
                       option);
    if (!sequences && f->spec->length)
        return gl_fail(f->g, GLIA_USAGE,
                       "option 'length' is for texts that are read as sequences: say option "
                       "'text-as' words, characters or bytes");
    if (sequences && (f->t->past || f->p->series.whole))
        return gl_fail(f->g, GLIA_USAGE,
                       "texts as sequences are for rows without a past; with option 'sequence' "
                       "read them as counts (option 'text-as')");
    return GLIA_OK;
}

/* All columns are judged before the first is fitted: whether an id stays depends on the others. */
static glia_status fit_inputs(gl_fitting *f) {
    gl_pipeline *p = f->p;
    for (int j = 0; j < f->t->columns; j++) {
        if (gl_is_target(f, j)) continue;
        gl_input_column *in = &p->input[p->inputs];
        if (!(in->name = gl_copy_text(f->g, f->t->column[j].name))) return GLIA_RESOURCE;
        p->inputs++;
        in->type = f->t->column[j].type;
        if (gl_check_dates(f, j)) return f->g->code;
        in->reason = judge(f, j);
        in->prose = in->reason == GL_TEXTS && f->said[j] != GL_SAID_IGNORED &&
                    gl_looks_like_text(f->t, &f->t->column[j], f->rows, f->n);
        in->dress = f->t->column[j].dress;
    }
    keep_last_resort(f);
    if (check_texts(f)) return f->g->code;
    /* inputs are the columns of the table in their order, without the targets */
    for (int i = 0, j = 0; i < p->inputs; i++, j++) {
        while (gl_is_target(f, j)) j++;
        gl_input_column *in = &p->input[i];
        if (in->reason) continue;
        const gl_column *c = &f->t->column[j];
        glia_status status = gl_table_check_finite(f->g, f->t, c, f->rows, 0, f->n);
        if (status) return status;
        status = c->date                     ? gl_fit_date_column(f, c, in)
                 : in->type == GLIA_NUMBER   ? gl_fit_number_column(f, c, in)
                 : gl_wish_of(f, c)->words   ? gl_fit_text_column(f, c, in)
                 : in->type == GLIA_CATEGORY ? gl_fit_category_column(f, c, in)
                                             : gl_fit_array_column(f, c, in);
        if (status) return status;
    }
    return GLIA_OK;
}

/* --------------------------------------------------------------------------------------- fit -- */

static glia_status nothing_left(const gl_fitting *f) {
    const gl_input_column *in = f->p->inputs ? &f->p->input[0] : NULL;
    const char *one = f->t->columns == 1 ? gl_one_column(f->t) : "";
    return gl_fail(f->g, GLIA_INPUT, "%s: no column is left to learn '%.200s' from%s%s%s%s%s%s%s",
                   f->t->source, f->p->target[0].name, in ? " (" : "", in ? in->name : "",
                   in ? ": " : "", in ? gl_reason_text[in->reason] : "", in ? ")" : "",
                   *one ? "; " : "", one);
}

static void leave_out(gl_fitting *f, int column, gl_reason why) {
    if (f->said[column] != GL_SAID_NOTHING) return;
    f->said[column] = GL_SAID_IGNORED;
    f->wish[column].reason = why;
}

static glia_status leave_out_group(void *user, int column) {
    leave_out(user, column, GL_GROUP);
    return GLIA_OK;
}

/* Numbers that say when go on for ever; of a date the month and the hour come again, and may be
 * learned from. */
static glia_status fit_series(gl_fitting *f) {
    if (!f->t->past) return GLIA_OK;
    const gl_series *s = &f->t->past->of->series;
    int time = s->time ? gl_table_find(f->t, s->time) : -1;
    if (!gl_series_copy(f->g, &f->p->series, s)) return GLIA_RESOURCE;
    if (time >= 0 && !f->t->column[time].date) leave_out(f, time, GL_TIME);
    return s->group ? gl_table_named(f->t, s->group, leave_out_group, f) : GLIA_OK;
}

/* The mean error of whoever says what stood a season before, over the training rows that have it:
 * so many are *rows. */
static double naive_error(const gl_fitting *f, const gl_column *answer, const gl_column *target,
                          int64_t season, int64_t *rows) {
    const gl_past *past = f->t->past;
    double sum = 0;
    *rows = 0;
    for (int64_t i = 0; i < f->n; i++) {
        const int64_t row = gl_row_of(f, i);
        double off = gl_number(answer, row) - gl_series_known(past, target, season, row);
        if (isnan(off)) continue;
        sum += fabs(off);
        ++*rows;
    }
    return *rows > 0 ? sum / (double)*rows : NAN;
}

/* Which season tells most without a network: what a forecast is measured by. One that fewer than
 * half of the rows have behind them was not seen often enough. */
static glia_status fit_season(gl_fitting *f) {
    gl_series *s = &f->p->series;
    if (s->horizon < 1 || f->p->targets != 1 || !gl_task_has_values(f->p->task))
        return s->season == 0 ? GLIA_OK
                              : gl_fail(f->g, GLIA_USAGE,
                                        "option 'season' measures forecasts of one value, and this "
                                        "is none (%s); leave it out",
                                        !gl_task_has_values(f->p->task) ? "classes are found"
                                        : s->horizon < 1 ? "option 'horizon' 0: nothing is to come"
                                                         : "several targets");
    const gl_past *past = f->t->past;
    const gl_column *answer = &f->t->column[f->p->target[0].column];
    const int column = gl_series_target(f->g, past->of->table, s);
    int64_t seasons[4], rows;
    int count = s->season > 0 ? 1 : gl_series_seasons(past, seasons);
    if (s->season > 0) seasons[0] = s->season;
    s->scale = NAN;
    for (int k = 0; k < count && column >= 0; k++) {
        const gl_column *target = &past->of->table->column[column];
        double error = naive_error(f, answer, target, seasons[k], &rows);
        if (isnan(error) || (k > 0 && (2 * rows < f->n || !(error < s->scale)))) continue;
        s->season = seasons[k], s->scale = error;
    }
    if (isnan(s->scale) && s->season > 0)
        gl_warn(f->g,
                "season %lld: no training row has a value so many rows before what it predicts; "
                "there is nothing to measure a forecast by",
                (long long)s->season);
    if (isnan(s->scale)) s->season = 0, s->scale = 0;
    else if (s->season > 1 && f->spec->notes)
        gl_note(f->g, "season: %lld rows; what stood there before is off by %.4g on the mean",
                (long long)s->season, s->scale);
    return GLIA_OK;
}

/* Of whole series each row is one that a network reads, and not the last alone. Their targets are
 * all alike, and their columns those of the table in hand. */
static glia_status fit_all_rows(const gl_fitting *f) {
    const gl_past *past = f->t->past;
    gl_fitting all = *f;
    all.n = 0, all.t = past->of->table;
    for (int64_t i = 0; i < f->n; i++) all.n += gl_past_rows(past, gl_row_of(f, i));
    int64_t *rows = gl_alloc(f->g, all.n, sizeof *rows), n = 0;
    all.scratch = gl_alloc(f->g, all.n, sizeof *all.scratch);
    all.rows = rows;
    for (int64_t i = 0; rows && i < f->n; i++) {
        const int64_t row = gl_row_of(f, i), end = past->at[row] + 1;
        for (int64_t at = end - gl_past_rows(past, row); at < end; at++) rows[n++] = at;
    }
    glia_status status = rows && all.scratch ? fit_inputs(&all) : GLIA_RESOURCE;
    gl_free(f->g, rows);
    gl_free(f->g, all.scratch);
    return status;
}

/* The order of the messages: what was said wrongly, then the target, then columns. A user who named
 * the wrong target should not first hear of what is odd in the others. */
static glia_status fit_all(gl_fitting *f) {
    glia_status status = gl_fit_words(f);
    if (!status) status = fit_series(f);
    if (!status) status = gl_fit_target(f);
    if (!status) status = fit_season(f);
    if (!status) status = f->p->series.whole ? fit_all_rows(f) : fit_inputs(f);
    if (status) return status;
    if (!gl_pipeline_number_features(f->p)) return nothing_left(f);
    gl_fit_notes(f);
    return GLIA_OK;
}

gl_pipeline *gl_pipeline_fit(glia_ctx *g, const glia_table *t, const int64_t *rows, int64_t n,
                             const gl_pipeline_spec *spec) {
    gl_fitting f = {.g = g, .t = t, .rows = rows, .n = rows ? n : t->rows, .spec = spec};
    if (f.n < 1) {
        gl_fail(g, GLIA_INPUT, "%s: there are no rows to learn from", t->source);
        return NULL;
    }
    f.p = gl_pipeline_new(g, t->columns);
    f.said = gl_alloc(g, t->columns, sizeof *f.said);
    f.wish = gl_alloc(g, t->columns, sizeof *f.wish);
    f.scratch = gl_alloc(g, f.n, sizeof *f.scratch);
    bool ok = f.p && f.said && f.wish && f.scratch && !fit_all(&f);
    gl_free(g, f.said);
    gl_free(g, f.wish);
    gl_free(g, f.scratch);
    if (ok) return f.p;
    gl_pipeline_free(f.p);
    return NULL;
}
