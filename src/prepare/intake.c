/*
 * intake.c: finds a pipeline's inputs among the columns of a table, and texts among those of
 * training.
 *
 * Two kinds of things can be wrong with a table that training did not see. What would change the
 * meaning of every row (a column is missing, texts stand where numbers were) is an error here. What
 * concerns single cells is counted where they are written (apply.c).
 */
#include "intake.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ------------------------------------------------------------------------------------ memory -- */

/* A map of more texts would not be worth its memory, 256 kB a column, in each applier of each
 * thread: then they are looked up cell by cell, nine comparisons each at most among 256
 * categories. */
enum { MOST_TEXTS = 1 << 16 };

static bool take_maps(gl_intake *k, gl_found *s) {
    if (s->in->type != GLIA_CATEGORY) return true;
    if (gl_is_sequence(s->in->words)) return true;
    if (s->in->words) return gl_tally_open(k->g, &s->tally, s->in->words->words);
    s->feature = gl_alloc(k->g, k->texts, sizeof *s->feature);
    s->value = gl_alloc(k->g, s->in->categories, sizeof *s->value);
    return s->feature && s->value;
}

/* An intake is opened for row after row in a server, and must not allocate there: so maps are
 * as long as they can ever be, one text a row. columns -1 makes the first table tell its
 * extra columns. */
gl_intake *gl_intake_new(glia_ctx *g, const gl_pipeline *p, int64_t most_rows) {
    gl_intake *k = gl_alloc(g, 1, sizeof *k);
    if (!k) return NULL;
    *k = (gl_intake){.g = g, .p = p, .columns = -1};
    k->texts = most_rows < MOST_TEXTS ? most_rows : MOST_TEXTS;
    k->source = gl_alloc(g, p->inputs, sizeof *k->source);
    bool ok = k->source;
    for (int i = 0; ok && i < p->inputs; i++) {
        if (p->input[i].reason) continue;
        gl_found *s = &k->source[k->sources++];
        *s = (gl_found){.in = &p->input[i], .column = i, .reach = gl_reach_of(&p->input[i])};
        ok = take_maps(k, s);
    }
    if (ok) return k;
    gl_intake_free(k);
    return NULL;
}

void gl_intake_free(gl_intake *k) {
    if (!k) return;
    for (int i = 0; i < k->sources; i++) {
        if (!k->of) gl_free(k->g, k->source[i].feature);
        if (!k->of) gl_free(k->g, k->source[i].value);
        gl_tally_close(k->g, &k->source[i].tally);
    }
    gl_free(k->g, k->source);
    gl_free(k->g, k);
}

static void forget_surprises(gl_intake *k) {
    k->unseen = k->filled = k->far = (gl_surprise){0};
    for (gl_found *s = k->source; s < k->source + k->sources; s++)
        s->tiny = (gl_surprise){0}, s->usual = false, s->words = s->known = 0;
}

gl_intake *gl_intake_share(glia_ctx *g, const gl_intake *k) {
    gl_intake *part = gl_alloc(g, 1, sizeof *part);
    if (!part) return NULL;
    *part = *k;
    part->g = g, part->of = k;
    part->source = gl_alloc(g, k->sources, sizeof *part->source);
    bool ok = part->source;
    if (!ok) part->sources = 0;
    for (int i = 0; i < part->sources; i++) {
        gl_found *s = &part->source[i];
        *s = k->source[i];
        s->tally = (gl_tally){0};
        if (s->in->words && !gl_is_sequence(s->in->words))
            ok &= gl_tally_open(g, &s->tally, s->in->words->words);
    }
    forget_surprises(part);
    if (ok) return part;
    gl_intake_free(part);
    return NULL;
}

static void add_surprise(gl_surprise *to, const gl_surprise *from) {
    if (!to->cells) *to = *from;
    else to->cells += from->cells;
}

/* What part has is of one kind with k's memory. */
void gl_intake_join(gl_intake *k, gl_intake *part) {
    add_surprise(&k->unseen, &part->unseen);
    add_surprise(&k->filled, &part->filled);
    add_surprise(&k->far, &part->far);
    for (int i = 0; i < k->sources; i++) {
        gl_found *to = &k->source[i], *from = &part->source[i];
        add_surprise(&to->tiny, &from->tiny);
        to->usual |= from->usual;
        to->words += from->words, to->known += from->known;
    }
    part->g = k->g;
    gl_intake_free(part);
}

/* --------------------------------------------------------------------------- finding columns -- */

/* The column of training with this name, looked for first where it usually is: a table of 65,536
 * columns would otherwise take two thousand million comparisons before its first row. */
static bool is_known(const gl_pipeline *p, const char *name, int column) {
    if (gl_pipeline_find_target(p, name) >= 0) return true;
    if (column < p->inputs && !strcmp(name, p->input[column].name)) return true;
    for (int i = 0; i < p->inputs; i++) {
        if (!strcmp(name, p->input[i].name)) return true;
    }
    return false;
}

static glia_status header_is_data(glia_ctx *g, const gl_pipeline *p, const glia_table *t,
                                  const char *cell) {
    return gl_fail(
        g, GLIA_INPUT,
        "%s: none of the model's columns ('%s', ...) is there; the first row ('%.60s', ...) "
        "looks like data: option 'no-header' takes the columns by their order",
        t->source, p->inputs ? p->input[0].name : p->target[0].name, cell);
}

typedef struct absent { /* columns of training that the table lacks */
    glia_ctx *g;
    const gl_pipeline *p;
    const glia_table *t;
    const char **extra; /* those of the table that training did not have */
    int extras, names, near;
    gl_text list; /* "'rooms' ('Rooms'?), 'area'" */
} absent;

/* Names that were made up, c3 for column 3, are known to nobody who looks into the file. */
static bool is_made_up(const absent *a, const char *name) {
    int j = name ? gl_table_find(a->t, name) : -1;
    return j >= 0 && a->t->column[j].nameless;
}

static void find_extra(absent *a) {
    for (int j = 0; j < a->t->columns; j++)
        if (!is_known(a->p, a->t->column[j].name, j)) a->extra[a->extras++] = a->t->column[j].name;
}

/* The nearest name, or one that has this one in it: "area" and "area_m2". Every name is near to one
 * of two letters. */
static const char *find_near(const absent *a, const char *name) {
    bool short_name = strlen(name) < 3;
    const char *near = short_name ? NULL : gl_nearest(name, a->extra, a->extras);
    for (int i = 0; !near && i < a->extras; i++) {
        const char *other = a->extra[i];
        bool within = strlen(other) > 2 && (strcasestr(other, name) || strcasestr(name, other));
        if (short_name ? !strcasecmp(name, other) : within) near = other;
    }
    return near;
}

enum { NAMED = 8 };

static void add_absent(absent *a, const char *name) {
    const char *near = find_near(a, name);
    a->near += near != NULL;
    if (++a->names > NAMED) return;
    gl_add(&a->list, "%s'%s'", a->names > 1 ? ", " : "", name);
    if (near) gl_add(&a->list, " (renamed to '%s'?)", near);
}

/* What is there instead, where not every name is like another. */
static void add_instead(absent *a) {
    if (a->names > NAMED) gl_add(&a->list, ", ... (%d in all)", a->names);
    gl_add(&a->list, "; give them the names of training");
    for (int i = 0; a->near < a->names && i < a->extras && i < NAMED; i++)
        gl_add(&a->list, "%s'%s'", i ? ", " : ": now there are ", a->extra[i]);
    if (a->near < a->names && a->extras > NAMED) gl_add(&a->list, ", ...");
}

/* U+0300 to U+036F: an accent beside its letter, which looks like the letter with it. */
static bool has_loose_accents(const char *name) {
    for (; *name; name++)
        if (((unsigned char)*name == 0xCC || (unsigned char)*name == 0xCD) && name[1]) return true;
    return false;
}

#define LOOSE_ACCENTS                                                                              \
    " They look alike, but one writes accents beside their letters (uconv -x nfc makes them one)"

static void tell_absent(absent *a, const char *name) {
    const char *near = a->extras == 1 ? a->extra[0] : find_near(a, name);
    if (a->names == 1 && is_made_up(a, near))
        gl_fail(a->g, GLIA_INPUT,
                "%s: column '%s' is missing, the model was trained with it; is it column %d, whose "
                "name is empty?",
                a->t->source, name, gl_table_find(a->t, near) + 1);
    else if (a->names > 1)
        gl_fail(a->g, GLIA_INPUT, "%s: columns are missing that the model was trained with: %s",
                a->t->source, a->list.s ? a->list.s : "");
    else
        gl_fail(a->g, GLIA_INPUT,
                "%s: column '%s' is missing, the model was trained with it%s%s%s%s", a->t->source,
                name, near ? "; did you rename it to '" : "", near ? near : "", near ? "'?" : "",
                near && has_loose_accents(near) != has_loose_accents(name) ? LOOSE_ACCENTS : "");
}

/* A column that is there and that the model does not know may be the missing one, renamed: the only
 * one, or that with the nearest name. */
glia_status gl_missing_column(glia_ctx *g, const gl_pipeline *p, const glia_table *t,
                              const char *name) {
    const char *cell = gl_headless_cell(p, t);
    if (cell) return header_is_data(g, p, t, cell);
    absent a = {.g = g, .p = p, .t = t, .list = {.g = g}};
    a.extra = gl_alloc(g, t->columns, sizeof *a.extra);
    if (!a.extra) return GLIA_RESOURCE;
    find_extra(&a);
    add_absent(&a, name);
    for (int i = 0; i < p->inputs; i++)
        if (!p->input[i].reason && strcmp(p->input[i].name, name) != 0 &&
            !gl_table_source(t, p->input[i].name, i))
            add_absent(&a, p->input[i].name);
    add_instead(&a);
    tell_absent(&a, name);
    gl_free(g, a.extra);
    gl_free(g, a.list.s);
    return GLIA_INPUT;
}

static glia_status wrong_shape(const gl_intake *k, const gl_found *s) {
    char trained[96], found[96];
    glia_tensor row = {.ndim = s->c->array.ndim - 1};
    for (int i = 0; i < row.ndim; i++) row.dim[i] = s->c->array.dim[i + 1];
    return gl_fail(k->g, GLIA_INPUT,
                   "%s, column '%s': a row has shape %s, the model was trained with %s",
                   k->t->source, s->in->name, gl_shape_text(&row, found, sizeof found),
                   gl_shape_text(&s->in->shape, trained, sizeof trained));
}

/* A value is missing where training had none: what to put there is not known. */
static glia_status check_gaps(const gl_intake *k, const gl_found *s) {
    int64_t width = glia_tensor_count(&s->c->array, 1);
    for (int64_t i = 0; s->c->gaps && !s->in->fills && i < k->cells.n; i++) {
        int64_t row = gl_selected(&k->cells, i);
        for (int64_t j = 0; j < width; j++) {
            if (!isnan(glia_tensor_value(&s->c->array, row * width + j))) continue;
            char where[512];
            return gl_fail(k->g, GLIA_INPUT,
                           "%s: value %lld of '%s' is missing (NaN), and in training none was; "
                           "fill it before (option 'bad-rows' skip leaves such rows out)",
                           gl_table_where(k->t, row, where, sizeof where), (long long)j + 1,
                           s->in->name);
        }
    }
    return GLIA_OK;
}

static glia_status wrong_type(const gl_intake *k, const gl_found *s) {
    static const char *const kinds[] = {"numbers", "texts", "arrays"};
    return gl_fail(k->g, GLIA_INPUT, "%s, column '%s': found %s, the model was trained with %s",
                   k->t->source, s->in->name, kinds[s->c->type], kinds[s->in->type]);
}

/* A text where numbers were; NaN: it is none. */
double gl_number_of_text(const gl_intake *k, const gl_input_column *in, const char *text) {
    double v;
    bool timed = false;
    size_t n = strlen(text);
    if (in->date) return gl_date_of_text(text, in->date, &timed);
    if (in->dress.decimal && gl_dress_value(&in->dress, text, n, &v)) return v;
    return gl_parse_number(text, n, k->t->decimal, &v) && isfinite(v) ? v : NAN;
}

/* Texts where numbers were: all of those in hand must read as numbers. One odd cell somewhere in a
 * file makes a whole column text; it spoils the rows that have it, and no others. */
static glia_status check_numbers(const gl_intake *k, const gl_input_column *in,
                                 const gl_column *c) {
    for (int64_t i = 0; i < k->cells.n; i++) {
        int64_t row = gl_selected(&k->cells, i);
        int32_t code = c->code[row];
        if (code < 0 || !isnan(gl_number_of_text(k, in, c->category[code]))) continue;
        char where[512];
        return gl_fail(k->g, GLIA_INPUT,
                       "%s, column '%s': found '%s', expected a %s as in training",
                       gl_table_where(k->t, row, where, sizeof where), c->name, c->category[code],
                       in->date ? "date" : "number");
    }
    return GLIA_OK;
}

/* Bisection; the pipeline's texts are sorted, which pipeline_json.c checks when a model is read. */
static int64_t find_text(char *const *sorted, int64_t n, const char *text) {
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (strcmp(sorted[middle], text) < 0) low = middle + 1;
        else high = middle;
    }
    return low < n && !strcmp(sorted[low], text) ? low : -1;
}

int64_t gl_feature_of_text(const gl_found *s, int32_t code) {
    return find_text(s->in->category, s->in->categories, s->c->category[code]);
}

/* Each text once, where that is less than each cell: one row of a table with a million different
 * texts looks for one of them. */
static void map_texts(const gl_intake *k, gl_found *s) {
    s->mapped = s->c->categories <= k->texts && s->c->categories <= k->cells.n;
    for (int64_t i = 0; s->mapped && i < s->c->categories; i++)
        s->feature[i] = (int32_t)gl_feature_of_text(s, (int32_t)i);
}

/* Numbers where texts were: "1" and 1 are the same. In training a column of 1, 2 and x is text; a
 * table of a few rows without an x is read as numbers. */
static void value_categories(gl_found *s) {
    for (int64_t i = 0; !s->valued && i < s->in->categories; i++)
        s->value[i] = gl_value_of_text(s->in->category[i]);
    s->valued = true;
}

/* Told once, as an applier is opened for row after row. */
static void doubt_unit(const gl_intake *k, gl_found *s) {
    if (s->told || !gl_unit_is_unsure(&s->in->dress, s->c, &k->cells)) return;
    s->told = true;
    gl_tell_unit(k->g, k->t->source, &s->in->dress, s->c, &k->cells);
}

/* Missing cells are neither numbers nor dates. */
static bool has_numbers(const gl_intake *k, const gl_column *c) {
    for (int64_t i = 0; gl_has_numbers(c) && i < k->cells.n; i++)
        if (!isnan(gl_number(c, gl_selected(&k->cells, i)))) return true;
    return false;
}

/* Metres in place of feet, or 1.234 in place of 1234, would be answered as if nothing were
 * wrong. */
static glia_status check_writing(const gl_intake *k, gl_found *s) {
    const gl_input_column *in = s->in;
    const gl_column *c = s->c;
    const gl_dress *a = &in->dress, *b = &c->dress;
    bool plain = !c->date && in->date && in->date <= GL_MDY && has_numbers(k, c);
    if (plain || (c->date && !in->date))
        return gl_fail(k->g, GLIA_INPUT, "%s, column '%s': found %s, the model was trained with %s",
                       k->t->source, c->name, plain ? "numbers" : "dates",
                       plain ? "dates" : "numbers");
    if (gl_check_unit(k->g, k->t->source, a, c)) return GLIA_INPUT;
    doubt_unit(k, s);
    for (int64_t i = 0; a->group && a->group == k->t->decimal && !b->decimal && i < k->cells.n;
         i++) {
        int64_t row = gl_selected(&k->cells, i);
        double v = gl_number(c, row);
        if (isnan(v) || v == floor(v)) continue;
        char where[512], text[40];
        return gl_fail(k->g, GLIA_INPUT,
                       "%s, column '%s': found %s, and in training '%c' stood between thousands; "
                       "say option 'thousands' or option 'decimal'",
                       gl_table_where(k->t, row, where, sizeof where), c->name,
                       gl_print_number(v, text, sizeof text), a->group);
    }
    return GLIA_OK;
}

/* 03/04/2020 in every row: only training knows what is the day. */
static void tell_order(const gl_intake *k, gl_found *s) {
    const gl_column *c = s->c;
    if (!c->either_date || !c->categories || s->in->date > GL_MDY || s->told) return;
    s->told = true;
    gl_note(k->g,
            "%s, column '%s': dates such as '%.40s' are read with the %s first, as in training",
            k->t->source, c->name, c->category[0], gl_date_first[s->in->date]);
}

/* Arrays and the rest never change places; numbers and texts may, since it is the reader that
 * guesses between them. An array is taken in any shape with as many values: 28 x 28 and 784 are the
 * same row. */
static glia_status understand(const gl_intake *k, gl_found *s) {
    const gl_column *c = s->c;
    if ((s->in->type == GLIA_ARRAY) != (c->type == GLIA_ARRAY)) return wrong_type(k, s);
    switch (s->in->type) {
    case GLIA_ARRAY:
        return glia_tensor_count(&c->array, 1) == s->in->features - s->in->gaps ? check_gaps(k, s)
                                                                                : wrong_shape(k, s);
    case GLIA_NUMBER:
        if (c->type == GLIA_CATEGORY) {
            glia_status status = check_numbers(k, s->in, c);
            if (!status) tell_order(k, s);
            return status;
        }
        if (check_writing(k, s)) return k->g->code;
        return gl_table_check_finite(k->g, k->t, c, k->cells.list, k->cells.first, k->cells.n);
    case GLIA_CATEGORY:
        if (s->in->words) break;
        if (c->type == GLIA_CATEGORY) map_texts(k, s);
        else value_categories(s);
    }
    return GLIA_OK;
}

/* They are told and not refused: the file that is predicted often has the target, or an id, beside
 * what the model reads. Five names are enough to recognise a wrong file. */
static void tell_extra_columns(const gl_intake *k) {
    gl_text list = {.g = k->g};
    int count = 0;
    for (int j = 0; j < k->t->columns; j++) {
        if (is_known(k->p, k->t->column[j].name, j)) continue;
        if (count++ < 5) gl_add(&list, "%s'%s'", count > 1 ? ", " : "", k->t->column[j].name);
    }
    if (count) {
        gl_warn(k->g, "%s: training had no column %s%s; %s not used", k->t->source,
                list.s ? list.s : "", count > 5 ? ", ..." : "", count > 1 ? "they are" : "it is");
    }
    gl_free(k->g, list.s);
}

/* In sparse rows a column may be absent: then c is no column of the table, and has no name. */
static bool find_column(gl_intake *k, gl_found *s) {
    s->c = gl_table_source(k->t, s->in->name, s->column);
    if (!s->c || !s->c->name) return s->c;
    int column = (int)(s->c - k->t->column);
    if (column != s->column) k->columns = -1; /* another layout than before */
    s->column = column;
    return true;
}

void gl_intake_take_single_rows(gl_intake *k) { k->single = true; }

/* Rows of a series come with as many before them as the model reads. */
static glia_status check_past(const gl_intake *k, const glia_table *t) {
    const int64_t length = k->p->series.length, found = t->past ? t->past->of->series.length : 0;
    const bool alike = t->past && t->past->of->series.whole == k->p->series.whole;
    if (found == length && alike) return GLIA_OK;
    char what[64] = "no past; glia_model_series() gives them one";
    if (found) snprintf(what, sizeof what, "a past of %lld, for another model", (long long)found);
    return gl_fail(k->g, GLIA_USAGE,
                   "%s: the model reads %lld rows of a series at once, and rows of this table have "
                   "%s",
                   t->source, (long long)length, what);
}

/* Extra columns are told again only where their number or an input's place has changed: a program
 * that predicts a thousand records of one kind hears of them once. */
glia_status gl_intake_open(gl_intake *k, const glia_table *t, gl_selection rows) {
    const bool series = k->p->series.length > 0 && !k->single;
    if (series && check_past(k, t) != GLIA_OK) return GLIA_USAGE;
    k->past = series ? t->past : NULL;
    k->rows = k->cells = rows;
    if (series) {
        t = t->past->of->table;
        k->cells = (gl_selection){.n = t->rows};
    }
    k->t = t, k->fresh = 0;
    forget_surprises(k);
    for (gl_found *s = k->source; s < k->source + k->sources; s++) {
        glia_status status =
            find_column(k, s) ? understand(k, s) : gl_missing_column(k->g, k->p, t, s->in->name);
        if (status != GLIA_OK) return status;
    }
    if (k->columns != t->columns) tell_extra_columns(k);
    k->columns = t->columns;
    return GLIA_OK;
}
