/*
 * series.c: rows of a table in the order of time, which of them have a past, and their answers.
 *
 *     group   time   order    series 0: rows 1 0 3, series 1: rows 2 4
 *     a       2      1
 *     a       1      0        length 2: rows 0 and 3 of the file, and row 4
 *     b       1      2
 *     a       5      3        from 2 to 5 where the others are 1 apart: a gap, which is told
 *     b       2      4
 */
#include "series.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------------------- texts -- */

static bool copy_member(glia_ctx *g, char **to, const char *from) {
    *to = from ? gl_copy_text(g, from) : NULL;
    return *to || !from;
}

bool gl_series_copy(glia_ctx *g, gl_series *to, const gl_series *from) {
    *to = *from;
    to->group = to->time = to->target = NULL;
    bool ok = copy_member(g, &to->group, from->group);
    ok = copy_member(g, &to->time, from->time) && ok;
    ok = copy_member(g, &to->target, from->target) && ok;
    if (!ok) gl_series_clear(g, to);
    return ok;
}

void gl_series_clear(glia_ctx *g, gl_series *s) {
    gl_free(g, s->group);
    gl_free(g, s->time);
    gl_free(g, s->target);
    *s = (gl_series){0};
}

/* ---------------------------------------------------------------------------- shared by rows -- */

static void leave(gl_source_rows *of) {
    if (!of || atomic_fetch_sub(&of->users, 1) > 1) return;
    if (of->own) glia_table_free(of->table);
    gl_series_clear(of->g, &of->series);
    gl_free(of->g, of->begin);
    gl_free(of->g, of->answers);
    gl_free(of->g, of);
}

void gl_past_free(glia_ctx *g, gl_past *past) {
    if (!past) return;
    leave(past->of);
    gl_free(g, past->at);
    gl_free(g, past->series);
    gl_free(g, past);
}

static gl_past *new_past(glia_ctx *g, gl_source_rows *of, int64_t rows) {
    gl_past *past = gl_alloc(g, 1, sizeof *past);
    if (!past) return NULL;
    past->at = gl_alloc(g, rows, sizeof *past->at);
    past->series = gl_alloc(g, rows, sizeof *past->series);
    if (past->at && past->series) {
        past->of = of;
        atomic_fetch_add(&of->users, 1);
        return past;
    }
    gl_past_free(g, past);
    return NULL;
}

bool gl_past_select(glia_table *to, const glia_table *from, const int64_t *rows) {
    const gl_past *all = from->past;
    if (!all) return true;
    to->past = new_past(to->g, all->of, to->rows);
    for (int64_t i = 0; to->past && i < to->rows; i++) {
        to->past->at[i] = all->at[rows[i]];
        to->past->series[i] = all->series[rows[i]];
    }
    return to->past;
}

/* ------------------------------------------------------------------------------------- order -- */

/* A row on its way to its place. */
typedef struct place {
    int64_t series;
    double time;
    int64_t row;
} place;

static int by_place(const void *a, const void *b) {
    const place *x = a, *y = b;
    if (x->series != y->series) return x->series < y->series ? -1 : 1;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

typedef struct ordering {
    const glia_table *t;
    const gl_series *s;
    int time;      /* the column that orders the rows; -1: none does */
    place *place;  /* [rows] */
    int64_t *from; /* [rows] the series of each row, on the way there */
} ordering;

static double cell_value(const gl_column *c, int64_t row) {
    if (c->type == GLIA_NUMBER) return gl_number(c, row);
    return c->type == GLIA_CATEGORY && c->code[row] >= 0 ? (double)c->code[row] : NAN;
}

static glia_status missing_cell(const ordering *o, const gl_column *c, int64_t row,
                                const char *what) {
    char where[512];
    return gl_fail(o->t->g, GLIA_INPUT, "%s, column '%s': the cell is missing, and it tells %s",
                   gl_table_where(o->t, row, where, sizeof where), c->name, what);
}

/* Series by series: those that were one and differ in this column become several, numbered by
 * their first rows. */
static glia_status part_series(void *user, int column) {
    ordering *o = user;
    const gl_column *c = &o->t->column[column];
    const int64_t n = o->t->rows;
    if (c->type == GLIA_ARRAY)
        return gl_fail(o->t->g, GLIA_INPUT, "%s, column '%s': arrays tell no series apart",
                       o->t->source, c->name);
    for (int64_t i = 0; i < n; i++) {
        o->place[i] = (place){o->from[i], cell_value(c, i), i};
        if (isnan(o->place[i].time)) return missing_cell(o, c, i, "which series a row is of");
    }
    qsort(o->place, (size_t)n, sizeof *o->place, by_place);
    /* Each row takes the first row of its kind for a number; then these are counted. */
    for (int64_t i = 0, first = 0; i < n; i++) {
        bool same = i > 0 && o->place[i].series == o->place[i - 1].series &&
                    o->place[i].time == o->place[i - 1].time;
        if (!same) first = o->place[i].row;
        o->from[o->place[i].row] = first;
    }
    for (int64_t i = 0, series = 0; i < n; i++)
        o->from[i] = o->from[i] == i ? series++ : o->from[o->from[i]];
    return GLIA_OK;
}

static glia_status no_time(const ordering *o, const gl_column *c) {
    char cell[80] = "";
    glia_table_cell(o->t, 0, (int)(c - o->t->column), cell, sizeof cell);
    return gl_fail(o->t->g, GLIA_INPUT,
                   "%s, column '%s': found '%s', expected numbers or dates, which order rows in "
                   "time",
                   o->t->source, c->name, cell);
}

static glia_status find_time(ordering *o) {
    o->time = o->s->time ? glia_table_locate(o->t, o->s->time) : -1;
    if (o->time < 0) return o->s->time ? glia_code(o->t->g) : GLIA_OK;
    const gl_column *c = &o->t->column[o->time];
    return c->type == GLIA_NUMBER ? GLIA_OK : no_time(o, c);
}

static glia_status twice(const ordering *o, const gl_column *c, const place *p) {
    char where[512], cell[80] = "";
    glia_table_cell(o->t, p[1].row, (int)(c - o->t->column), cell, sizeof cell);
    return gl_fail(o->t->g, GLIA_INPUT,
                   "%s, column '%s': '%s' stands in %s %lld as well, and a series has one row for "
                   "each time; %s",
                   gl_table_where(o->t, p[1].row, where, sizeof where), c->name, cell,
                   gl_row_word(o->t), (long long)glia_table_line(o->t, p[0].row),
                   o->s->group
                       ? "leave one of them out, or name a further column that tells series apart "
                         "(option 'group')"
                       : "where the table has several series, name the column that tells "
                         "them apart (option 'group'); to take rows in the order of the "
                         "file say option 'time' none");
}

/* By series, and in each by time; rows without a time keep the order of the file. */
static glia_status order_rows(ordering *o) {
    const gl_column *time = o->time < 0 ? NULL : &o->t->column[o->time];
    for (int64_t i = 0; i < o->t->rows; i++) {
        double at = time ? gl_number(time, i) : (double)i;
        if (isnan(at)) return missing_cell(o, time, i, "when the row is");
        if (isinf(at)) return gl_table_check_finite(o->t->g, o->t, time, NULL, 0, o->t->rows);
        o->place[i] = (place){o->from[i], at, i};
    }
    qsort(o->place, (size_t)o->t->rows, sizeof *o->place, by_place);
    for (int64_t i = 1; time && i < o->t->rows; i++)
        if (o->place[i].series == o->place[i - 1].series &&
            o->place[i].time == o->place[i - 1].time)
            return twice(o, time, &o->place[i - 1]);
    return GLIA_OK;
}

static bool is_sorted(const ordering *o) {
    for (int64_t i = 0; i < o->t->rows; i++)
        if (o->place[i].row != i) return false;
    return true;
}

/* -------------------------------------------------------------------------------- the rows -- */

char *gl_series_guess_time(const glia_table *t) {
    const gl_column *only = NULL;
    for (const gl_column *c = t->column; c < t->column + t->columns; c++) {
        if (!c->date) continue;
        if (only) return NULL;
        only = c;
    }
    return only ? gl_copy_text(t->g, only->name) : NULL;
}

static int64_t rows_of(const gl_source_rows *of, int64_t series) {
    return of->begin[series + 1] - of->begin[series];
}

static int64_t longest_of(const gl_source_rows *of) {
    int64_t longest = 0;
    for (int64_t k = 0; k < of->count; k++)
        if (rows_of(of, k) > longest) longest = rows_of(of, k);
    return longest;
}

static glia_status too_short(const gl_source_rows *of) {
    const int64_t longest = longest_of(of);
    return gl_fail(of->g, GLIA_INPUT,
                   "%s: a sequence of %lld rows is longer than %s, which has %lld; a training "
                   "may take a shorter one (option 'sequence')",
                   of->table->source, (long long)of->series.length,
                   of->count > 1 ? "the longest series" : "the series", (long long)longest);
}

/* How many rows have a past; series that are too short for one are told. */
static int64_t count_rows(const gl_source_rows *of) {
    int64_t rows = 0, short_ones = 0;
    for (int64_t k = 0; k < of->count; k++) {
        int64_t n = rows_of(of, k) - of->series.length + 1;
        if (n > 0) rows += n;
        else short_ones++;
    }
    if (short_ones > 0)
        gl_note(of->g, "left out: %lld of %lld series, which are shorter than %lld rows",
                (long long)short_ones, (long long)of->count, (long long)of->series.length);
    return rows;
}

int gl_series_target(glia_ctx *g, const glia_table *t, const gl_series *s) {
    char *item = gl_copy_text(g, s->target);
    int first = -1, column = item ? 0 : -1;
    for (const char *rest = s->target; column >= 0 && (rest = gl_next_item(rest, item));) {
        column = gl_table_find(t, item);
        if (first < 0) first = column;
    }
    gl_free(g, item);
    return column < 0 ? -1 : first;
}

static void answer_name(const gl_series *s, const char *name, char *buf, size_t size) {
    snprintf(buf, size, "%s in %lld row%s", name, (long long)s->horizon, gl_plural(s->horizon));
}

static char *answer_names(glia_ctx *g, const gl_series *s) {
    gl_text list = {.g = g};
    char *item = gl_copy_text(g, s->target);
    for (const char *rest = s->target; item && (rest = gl_next_item(rest, item));) {
        char name[512];
        answer_name(s, item, name, sizeof name);
        gl_add_item(&list, s->horizon ? name : item);
    }
    gl_free(g, item);
    return gl_text_end(&list);
}

typedef struct naming {
    const glia_table *t;
    int64_t row;
    gl_text text;
} naming;

static glia_status add_cell(void *user, int column) {
    naming *n = user;
    char cell[80] = "";
    glia_table_cell(n->t, n->row, column, cell, sizeof cell);
    gl_add(&n->text, "%s%s '%s'", n->text.n ? ", " : "", n->t->column[column].name, cell);
    return GLIA_OK;
}

static glia_status other_answer(const gl_source_rows *of, int64_t first, int64_t row, int target) {
    char where[512], a[80] = "", b[80] = "";
    naming n = {of->table, row, {.g = of->g}};
    glia_table_cell(of->table, first, target, a, sizeof a);
    glia_table_cell(of->table, row, target, b, sizeof b);
    (void)gl_table_named(of->table, of->series.group, add_cell, &n);
    gl_fail(
        of->g, GLIA_INPUT,
        "%s, column '%s': found '%s', and %s %lld of the same sample (%s) has '%s'; with option "
        "'sequence' all a sample has one answer, with option 'sequence' N each row has its own",
        gl_table_where(of->table, row, where, sizeof where), of->table->column[target].name, b,
        gl_row_word(of->table), (long long)glia_table_line(of->table, first),
        n.text.s ? n.text.s : "", a);
    gl_free(of->g, n.text.s);
    return GLIA_INPUT;
}

/* A missing one is another, too. */
static bool is_same_cell(const gl_column *c, int64_t a, int64_t b) {
    if (c->type != GLIA_NUMBER) return c->type != GLIA_CATEGORY || c->code[a] == c->code[b];
    const double x = gl_number(c, a), y = gl_number(c, b);
    return x == y || (isnan(x) && isnan(y));
}

glia_status gl_series_check_answers(const glia_table *t, int target) {
    const gl_past *past = t->past;
    const gl_source_rows *of = past->of;
    const int column = gl_table_find(of->table, t->column[target].name);
    for (int64_t i = 0; column >= 0 && i < t->rows; i++) {
        const int64_t first = of->begin[past->series[i]];
        for (int64_t at = first + 1; at <= past->at[i]; at++)
            if (!is_same_cell(&of->table->column[column], first, at))
                return other_answer(of, first, at, column);
    }
    return GLIA_OK;
}

typedef struct later_column {
    glia_table *to;
    const gl_past *past;
} later_column;

bool gl_series_to_come(const gl_past *past, int64_t i) {
    const gl_source_rows *of = past->of;
    return past->at[i] + of->series.horizon >= of->begin[past->series[i] + 1];
}

/* The cells of a target so many rows later. */
static glia_status add_answer(void *user, int column) {
    const later_column *a = user;
    const gl_column *from = &a->past->of->table->column[column];
    const int64_t horizon = a->past->of->series.horizon;
    char name[512];
    answer_name(&a->past->of->series, from->name, name, sizeof name);
    if (from->type == GLIA_ARRAY)
        return gl_fail(a->to->g, GLIA_INPUT, "%s, column '%s': arrays cannot be predicted",
                       a->to->source, from->name);
    if (gl_table_find(a->to, name) >= 0)
        return gl_fail(a->to->g, GLIA_INPUT,
                       "%s: there is a column '%s', and that is what the answers for column '%s' "
                       "are called; give it another name",
                       a->to->source, name, from->name);
    gl_column *c = gl_table_add(a->to, name, from->type);
    if (!c) return GLIA_RESOURCE;
    c->role = from->role, c->date = from->date, c->timed = from->timed, c->dress = from->dress;
    /* Whether they are values all rows say, and not the few that have an answer. */
    if (!c->role && from->type == GLIA_NUMBER && !glia_table_classes(a->past->of->table, column))
        c->role = GL_AS_NUMBER;
    if (from->type == GLIA_NUMBER) c->number = gl_alloc(a->to->g, a->to->rows, sizeof *c->number);
    else c->code = gl_alloc(a->to->g, a->to->rows, sizeof *c->code);
    if (!c->number && !c->code) return GLIA_RESOURCE;
    for (int64_t i = 0; i < a->to->rows; i++) {
        const int64_t at = a->past->at[i] + horizon;
        bool there = !gl_series_to_come(a->past, i);
        if (c->number) {
            c->number[i] = there ? gl_number(from, at) : NAN;
            c->infinite += isinf(c->number[i]) != 0;
            continue;
        }
        int32_t code = there ? from->code[at] : -1;
        const char *text = code < 0 ? NULL : from->category[code];
        c->code[i] = text ? gl_column_code(a->to, c, text, strlen(text)) : -1;
        if (text && c->code[i] < 0) return GLIA_RESOURCE;
    }
    return GLIA_OK;
}

/* Where each series begins among the rows in order. */
static bool find_series(gl_source_rows *of, const ordering *o) {
    const int64_t rows = o->t->rows;
    of->count = rows > 0 ? o->place[rows - 1].series + 1 : 0;
    of->begin = gl_alloc(of->g, of->count + 1, sizeof *of->begin);
    for (int64_t i = 0; of->begin && i < rows; i++) of->begin[o->place[i].series + 1] = i + 1;
    return of->begin;
}

/* The table that pasts are read from: t itself where its rows are in order. */
static gl_source_rows *open_source(const ordering *o) {
    glia_ctx *g = o->t->g;
    gl_source_rows *of = gl_alloc(g, 1, sizeof *of);
    if (!of) return NULL;
    *of = (gl_source_rows){.g = g, .table = (glia_table *)o->t, .time = o->time};
    atomic_init(&of->users, 1);
    bool ok = gl_series_copy(g, &of->series, o->s) && (of->answers = answer_names(g, o->s)) &&
              find_series(of, o);
    if (ok && !is_sorted(o)) {
        for (int64_t i = 0; i < o->t->rows; i++) o->from[i] = o->place[i].row;
        of->table = glia_table_select(o->t, o->from, o->t->rows);
        of->own = ok = of->table;
    }
    if (ok) return of;
    leave(of);
    return NULL;
}

/* As long as the longest is where nobody says; of longer ones the last rows are read. */
static void find_length(gl_source_rows *of) {
    gl_series *s = &of->series;
    int64_t longest = longest_of(of), longer = 0;
    if (s->length == 0) s->length = longest < GL_LONGEST_PAST ? longest : GL_LONGEST_PAST;
    for (int64_t k = 0; k < of->count; k++) longer += rows_of(of, k) > s->length;
    if (longer > 0)
        gl_warn(
            of->g,
            "%s: %lld of %lld samples have more rows than the %lld that are read at once, up to "
            "%lld; their last %lld rows are read",
            of->table->source, (long long)longer, (long long)of->count, (long long)s->length,
            (long long)longest, (long long)s->length);
}

static gl_past *find_ends(gl_source_rows *of) {
    gl_past *past = new_past(of->g, of, of->count);
    for (int64_t k = 0; past && k < of->count; k++)
        past->at[k] = of->begin[k + 1] - 1, past->series[k] = k;
    return past;
}

/* Each row with enough of its series before it. */
static gl_past *find_pasts(gl_source_rows *of, int64_t rows) {
    gl_past *past = new_past(of->g, of, rows);
    int64_t series = 0;
    for (int64_t at = of->series.length - 1, i = 0; past && i < rows; at++, i++) {
        while (at >= of->begin[series + 1]) at = of->begin[++series] + of->series.length - 1;
        past->at[i] = at;
        past->series[i] = series;
    }
    return past;
}

static glia_table *rows_with_past(gl_source_rows *of, int64_t rows) {
    glia_ctx *g = of->g;
    gl_past *past = of->series.whole ? find_ends(of) : find_pasts(of, rows);
    glia_table *to = past ? glia_table_select(of->table, past->at, rows) : NULL;
    if (!to) return gl_past_free(g, past), NULL;
    to->past = past;
    later_column later = {to, past};
    /* A table to predict for need not have what is predicted, where the past does not need it. */
    if (of->series.horizon == 0 || gl_series_target(g, of->table, &of->series) < 0) return to;
    if (gl_table_named(of->table, of->series.target, add_answer, &later) == GLIA_OK) return to;
    glia_table_free(to);
    return NULL;
}

static gl_source_rows *order_table(const glia_table *t, const gl_series *s) {
    ordering o = {.t = t,
                  .s = s,
                  .place = gl_alloc(t->g, t->rows, sizeof *o.place),
                  .from = gl_alloc(t->g, t->rows, sizeof *o.from)};
    glia_status status = o.place && o.from ? GLIA_OK : GLIA_RESOURCE;
    if (status == GLIA_OK && s->group) status = gl_table_named(t, s->group, part_series, &o);
    if (status == GLIA_OK) status = find_time(&o);
    if (status == GLIA_OK) status = order_rows(&o);
    gl_source_rows *of = status == GLIA_OK ? open_source(&o) : NULL;
    gl_free(t->g, o.place);
    gl_free(t->g, o.from);
    return of;
}

glia_table *gl_series_rows(const glia_table *t, const gl_series *s) {
    gl_source_rows *of = order_table(t, s);
    if (!of) return NULL;
    gl_series_find_calendar(of);
    gl_series_tell_order(of);
    if (s->whole) find_length(of);
    const int64_t rows = s->whole ? of->count : count_rows(of);
    glia_table *to = rows > 0 ? rows_with_past(of, rows) : NULL;
    if (!rows) too_short(of);
    leave(of);
    return to;
}

/* ------------------------------------------------------------------------- the last of each -- */

/* The last rows of `rows` that each series has; how many. */
static int64_t find_last(const gl_past *past, int64_t rows, int64_t *last) {
    int64_t n = 0;
    for (int64_t i = 0; i < rows; i++)
        if (i + 1 == rows || past->series[i + 1] != past->series[i]) last[n++] = i;
    return n;
}

static gl_source_rows *copy_pasts(const gl_past *past, const int64_t *last, int64_t n) {
    glia_ctx *g = past->of->g;
    const int64_t length = past->of->series.length;
    gl_source_rows *of = gl_alloc(g, 1, sizeof *of);
    int64_t *row = of ? gl_alloc(g, n * length, sizeof *row) : NULL;
    if (!row) return gl_free(g, of), NULL;
    for (int64_t i = 0; i < n * length; i++)
        row[i] = past->at[last[i / length]] - length + 1 + i % length;
    *of = *past->of;
    of->answers = NULL, of->series = (gl_series){0};
    atomic_init(&of->users, 1);
    of->count = n;
    of->begin = gl_alloc(g, n + 1, sizeof *of->begin);
    for (int64_t k = 0; of->begin && k <= n; k++) of->begin[k] = k * length;
    of->table = glia_table_select(past->of->table, row, n * length);
    of->own = of->table;
    gl_free(g, row);
    if (of->begin && of->own && gl_series_copy(g, &of->series, &past->of->series)) return of;
    leave(of);
    return NULL;
}

glia_table *gl_series_last(const glia_table *rows) {
    glia_ctx *g = rows->g;
    int64_t *last = gl_alloc(g, rows->rows, sizeof *last);
    int64_t n = last ? find_last(rows->past, rows->rows, last) : 0;
    gl_source_rows *of = n > 0 ? copy_pasts(rows->past, last, n) : NULL;
    glia_table *to = of ? glia_table_select(rows, last, n) : NULL;
    gl_past *past = to ? new_past(g, of, n) : NULL;
    for (int64_t i = 0; past && i < n; i++) past->at[i] = of->begin[i + 1] - 1, past->series[i] = i;
    if (to) gl_past_free(g, to->past), to->past = past;
    leave(of);
    gl_free(g, last);
    if (past) return to;
    glia_table_free(to);
    return NULL;
}
