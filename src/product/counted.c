/*
 * counted.c: which rows of a table count, and how much.
 *
 *     y      w      without an answer a row can neither be learned from nor be measured: it is an
 *     3      1      error, or left out where that was asked for
 *     _      1
 *     5      0      of weight 0: as if it were not in the file
 *
 * Both are settled before anything else looks at the table, so that no median, split, seed or count
 * knows of a row that is not there.
 */
#include "rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool gl_cell_is_missing(const gl_column *c, int64_t row) {
    if (c->type == GLIA_NUMBER) return isnan(gl_number(c, row));
    return c->type == GLIA_CATEGORY && c->code[row] < 0;
}

/* -------------------------------------------------------------------------------- which rows -- */

typedef struct counting {
    const glia_table *t;
    const int *target; /* columns */
    int targets;
    const gl_column *weight; /* NULL: not in this table */
    int64_t unanswered, weightless, to_come;
    int64_t first[3]; /* rows without an answer */
} counting;

/* Is what is predicted for a row of a series still to come? */
static bool is_to_come(const counting *c, int64_t row) {
    const gl_past *past = c->t->past;
    return past && c->targets > 0 && gl_series_to_come(past, row);
}

/* The first target that a row has none of; NULL: it has all. */
static const gl_column *lacking(const counting *c, int64_t row) {
    for (int i = 0; i < c->targets; i++)
        if (gl_cell_is_missing(&c->t->column[c->target[i]], row))
            return &c->t->column[c->target[i]];
    return NULL;
}

static bool weighs_nothing(const counting *c, int64_t row) {
    return c->weight && c->weight->type == GLIA_NUMBER && gl_number(c->weight, row) == 0;
}

/* A row of weight 0 is none whose answer is missed. */
static void count(counting *c) {
    for (int64_t row = 0; row < c->t->rows; row++) {
        if (weighs_nothing(c, row)) c->weightless++;
        else if (is_to_come(c, row)) c->to_come++;
        else if (lacking(c, row) && c->unanswered++ < 3) c->first[c->unanswered - 1] = row;
    }
}

/* "line 3, 9 and 12, ...": of the file, where it has lines. */
static const char *first_rows(const counting *c, char *buf, size_t size) {
    int64_t shown = c->unanswered < 3 ? c->unanswered : 3;
    const char *what = gl_row_word(c->t);
    size_t n = (size_t)snprintf(buf, size, "%s%s ", what, shown > 1 ? "s" : "");
    for (int64_t i = 0; i < shown && n < size; i++) {
        long long at = (long long)glia_table_line(c->t, c->first[i]);
        n += (size_t)snprintf(buf + n, size - n, "%s%lld", i ? ", " : "", at);
    }
    if (c->unanswered > shown && n < size) snprintf(buf + n, size - n, ", ...");
    return buf;
}

static glia_status refuse(const counting *c) {
    char where[512], rows[128];
    return gl_fail(c->t->g, GLIA_INPUT,
                   "%s, column '%s': the target is missing in %lld of %lld rows (%s); give them a "
                   "value, or leave them out by option 'bad-rows' skip",
                   gl_table_where(c->t, c->first[0], where, sizeof where),
                   lacking(c, c->first[0])->name, (long long)c->unanswered, (long long)c->t->rows,
                   first_rows(c, rows, sizeof rows));
}

static void tell(const counting *c) {
    char where[128];
    if (c->to_come)
        gl_note(c->t->g, "left out: %lld of %lld rows, whose '%s' is still to come",
                (long long)c->to_come, (long long)c->t->rows, c->t->column[c->target[0]].name);
    if (c->unanswered)
        gl_note(c->t->g, "left out: %lld of %lld rows, which have no '%s' (%s)",
                (long long)c->unanswered, (long long)c->t->rows, lacking(c, c->first[0])->name,
                first_rows(c, where, sizeof where));
    if (c->weightless)
        gl_note(c->t->g, "left out: %lld of %lld rows, whose weight '%s' is 0",
                (long long)c->weightless, (long long)c->t->rows, c->weight->name);
}

static glia_status select_rows(const counting *c, glia_table **out) {
    int64_t n = 0, *rows = gl_alloc(c->t->g, c->t->rows, sizeof *rows);
    if (!rows) return GLIA_RESOURCE;
    for (int64_t row = 0; row < c->t->rows; row++)
        if (!weighs_nothing(c, row) && !is_to_come(c, row) && !lacking(c, row)) rows[n++] = row;
    *out = glia_table_select(c->t, rows, n);
    gl_free(c->t->g, rows);
    return *out ? GLIA_OK : glia_code(c->t->g);
}

static glia_status nothing_came(const counting *c) {
    const gl_series *s = &c->t->past->of->series;
    return gl_fail(c->t->g, GLIA_INPUT,
                   "%s: no row has an answer: it would stand %lld row%s behind a sequence of %lld, "
                   "and no series is that long",
                   c->t->source, (long long)s->horizon, gl_plural(s->horizon),
                   (long long)s->length);
}

static const gl_column *column_at(const glia_table *t, int column) {
    return column < 0 ? NULL : &t->column[column];
}

/* Where no row has an answer the column is not what was meant, and whoever looks for it says so. */
glia_status gl_counted_rows(const glia_table *t, const int *target, int targets, int weight,
                            bool skip, glia_table **out) {
    counting c = {.t = t, .target = target, .targets = targets, .weight = column_at(t, weight)};
    *out = NULL;
    for (int i = 0; i < targets && t->past && t->past->of->series.whole; i++) {
        glia_status status = gl_series_check_answers(t, target[i]);
        if (status != GLIA_OK) return status;
    }
    count(&c);
    const int64_t left = c.unanswered + c.weightless + c.to_come;
    if (c.to_come > 0 && c.to_come == t->rows) return nothing_came(&c);
    if (left == 0 || left == t->rows) return GLIA_OK;
    if (c.unanswered && !skip) return refuse(&c);
    tell(&c);
    return select_rows(&c, out);
}

static glia_status count_for(const gl_pipeline *p, const glia_table *t, bool skip,
                             glia_table **out) {
    glia_ctx *g = t->g;
    const char *weight = gl_pipeline_weight(p);
    int n = 0, *target = gl_alloc(g, gl_pipeline_targets(p), sizeof *target);
    if (!target) return GLIA_RESOURCE;
    for (int i = 0; i < gl_pipeline_targets(p); i++) {
        int column = gl_table_find(t, gl_pipeline_target(p, i));
        if (column >= 0) target[n++] = column;
    }
    glia_status status =
        gl_counted_rows(t, target, n, weight ? gl_table_find(t, weight) : -1, skip, out);
    gl_free(g, target);
    return status;
}

glia_status glia_model_counted_rows(glia_ctx *g, const glia_model *m, const glia_table *t, int skip,
                                    glia_table **out) {
    const gl_pipeline *p = gl_model_pipeline(g, m, t);
    *out = NULL;
    if (!p) return glia_code(g);
    const gl_series *s = gl_pipeline_series(p);
    if (!s || t->past) return count_for(p, t, skip, out);
    /* Its order and gaps are told by whoever gives rows their past (glia_model_series), or trains
     * with them. */
    gl_listener before = gl_hush(g);
    glia_table *rows = gl_series_rows(t, s);
    gl_unlisten(g, before);
    glia_status status = rows ? count_for(p, rows, skip, out) : glia_code(g);
    if (status == GLIA_OK && !*out) *out = rows;
    else glia_table_free(rows);
    return status;
}

/* ---------------------------------------------------------------------------------- how much -- */

static glia_status bad_cell(const gl_part *part, int column, int64_t row) {
    char where[512], cell[128];
    glia_table_cell(part->table, row, column, cell, sizeof cell);
    return gl_fail(
        part->g, GLIA_INPUT,
        "%s, column '%s': found '%s', expected the weight of the row, a finite number of "
        "at least 0",
        gl_table_where(part->table, row, where, sizeof where),
        glia_table_column(part->table, column).name, cell);
}

/* The first row whose cell is no number: for that cell the column is one of texts. A column of
 * weights with "n/a" in line 812 is to be mended there and nowhere else. */
static int64_t first_text(const glia_table *t, int column) {
    char cell[128];
    double v;
    for (int64_t row = 0; row < glia_table_rows(t); row++) {
        glia_table_cell(t, row, column, cell, sizeof cell);
        if (*cell && !gl_parse_number(cell, strlen(cell), '.', &v)) return row;
    }
    return 0;
}

/* Neither missing nor negative: a missing weight cannot be filled in by a median without saying how
 * much a row counts, and a negative one would reward being wrong. Data of later need not have
 * weights: then each row counts the same. */
glia_status gl_part_weigh(gl_part *part, const gl_pipeline *p) {
    const char *name = gl_pipeline_weight(p);
    int column = name ? gl_table_find(part->table, name) : -1;
    if (column < 0) return GLIA_OK;
    if (glia_table_column(part->table, column).type != GLIA_NUMBER)
        return bad_cell(part, column, first_text(part->table, column));
    const gl_column *c = &part->table->column[column];
    part->counts = gl_alloc(part->g, part->n, sizeof *part->counts);
    for (int64_t i = 0; part->counts && i < part->n; i++) {
        int64_t row = part->rows ? part->rows[i] : i;
        double count = gl_number(c, row);
        if (!(count >= 0) || !isfinite(count)) return bad_cell(part, column, row);
        part->counts[i] = count;
    }
    return part->counts ? GLIA_OK : GLIA_RESOURCE;
}
