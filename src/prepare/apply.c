/*
 * apply.c: a fitted pipeline at work: cells of a table become features.
 *
 *     open    finds the inputs among the columns, and texts among those of training
 *     view    pixels that a network reads as they lie stay where they are
 *     write   everything else is imputed, scaled and one-hot encoded, row block by row block
 *
 * A table is columns, what a network reads is rows; write is where one becomes the other:
 *
 *     Age     22    38   ...
 *     Sex     male  female ...         x [rows, features]   -0.57  0 1  -0.83 ...
 *     Fare    7.25  71.28 ...    ->                          0.66  1 0   1.41 ...
 *
 * Two kinds of things can be wrong with a table that training did not see. What would change the
 * meaning of every row (a column is missing, texts stand where numbers were) is an error of open.
 * What concerns single cells (a new text, a missing number) is counted, and written as well as can
 * be: a program that answers requests cannot stop for them.
 */
#include "pipeline_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The category codes of a table number its texts in the order in which it shows them; those of the
 * pipeline are sorted. `feature` leads from the first to the second. */
typedef struct source { /* where an input's values come from, in the table at hand */
    const gl_input_column *in;
    const gl_column *c;
    int column;           /* where it was found last */
    int32_t *feature;     /* category: of each text of the table's column, -1: unseen; [texts] */
    bool mapped;          /* feature is filled; else texts are looked up cell by cell */
    double *value;        /* category: what it knows, as numbers; [categories] */
    gl_reach reach;       /* number: what is beyond is told */
    bool unit_told;       /* that its numbers have another unit than training's */
    bool valued;          /* value is filled: only where numbers stood in place of texts */
    gl_tally tally;       /* text: a cell's words */
    int64_t words, known; /* text: of all cells written */
} source;

typedef struct surprise {
    int64_t cells, row; /* how many, and where the first is */
    const gl_input_column *in;
} surprise;

struct gl_intake {
    glia_ctx *g;
    const gl_pipeline *p;
    const glia_table *t;
    gl_selection rows;
    source *source;
    int sources, columns; /* columns: of the table before; -1: there was none */
    int64_t texts;
    surprise unseen, filled, far;
};

/* ------------------------------------------------------------------------------------ memory -- */

/* A map of more texts would not be worth its memory, 256 kB a column, in each applier of each
 * thread: then they are looked up cell by cell, nine comparisons each at most among 256
 * categories. */
enum { MOST_TEXTS = 1 << 16 };

static bool take_maps(gl_intake *k, source *s) {
    if (s->in->type != GLIA_CATEGORY) return true;
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
        source *s = &k->source[k->sources++];
        *s = (source){.in = &p->input[i], .column = i, .reach = gl_reach_of(&p->input[i])};
        ok = take_maps(k, s);
    }
    if (ok) return k;
    gl_intake_free(k);
    return NULL;
}

void gl_intake_free(gl_intake *k) {
    if (!k) return;
    for (int i = 0; i < k->sources; i++) {
        gl_free(k->g, k->source[i].feature);
        gl_free(k->g, k->source[i].value);
        gl_tally_close(k->g, &k->source[i].tally);
    }
    gl_free(k->g, k->source);
    gl_free(k->g, k);
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

static glia_status header_is_data(glia_ctx *g, const gl_pipeline *p, const glia_table *t) {
    return gl_fail(
        g, GLIA_INPUT,
        "%s: none of the model's columns ('%s', ...) is there; the first row ('%s', ...) "
        "looks like data: option 'no-header' takes the columns by their order",
        t->source, p->inputs ? p->input[0].name : p->target[0].name, t->column[0].name);
}

/* A column that is there and that the model does not know may be the missing one, renamed. */
glia_status gl_missing_column(glia_ctx *g, const gl_pipeline *p, const glia_table *t,
                              const char *name) {
    if (gl_is_headless(p, t)) return header_is_data(g, p, t);
    const char **names = gl_alloc(g, t->columns, sizeof *names);
    if (!names) return GLIA_RESOURCE;
    int extra = 0;
    for (int i = 0; i < t->columns; i++) {
        if (!is_known(p, t->column[i].name, i)) names[extra++] = t->column[i].name;
    }
    const char *near = gl_nearest(name, names, extra);
    gl_fail(g, GLIA_INPUT, "%s: column '%s' is missing, the model was trained with it%s%s%s",
            t->source, name, near ? "; did you rename it to '" : "", near ? near : "",
            near ? "'?" : "");
    gl_free(g, names);
    return GLIA_INPUT;
}

static glia_status wrong_shape(const gl_intake *k, const source *s) {
    char trained[96], found[96];
    glia_tensor row = {.ndim = s->c->array.ndim - 1};
    for (int i = 0; i < row.ndim; i++) row.dim[i] = s->c->array.dim[i + 1];
    return gl_fail(k->g, GLIA_INPUT,
                   "%s, column '%s': a row has shape %s, the model was trained with %s",
                   k->t->source, s->in->name, gl_shape_text(&row, found, sizeof found),
                   gl_shape_text(&s->in->shape, trained, sizeof trained));
}

/* A value is missing where training had none: what to put there is not known. */
static glia_status check_gaps(const gl_intake *k, const source *s) {
    int64_t width = glia_tensor_count(&s->c->array, 1);
    for (int64_t i = 0; s->c->gaps && !s->in->fills && i < k->rows.n; i++) {
        int64_t row = gl_selected(&k->rows, i);
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

static glia_status wrong_type(const gl_intake *k, const source *s) {
    static const char *const kinds[] = {"numbers", "texts", "arrays"};
    return gl_fail(k->g, GLIA_INPUT, "%s, column '%s': found %s, the model was trained with %s",
                   k->t->source, s->in->name, kinds[s->c->type], kinds[s->in->type]);
}

/* A text where numbers were; NaN: it is none. */
static double number_of_text(const gl_intake *k, const gl_input_column *in, const char *text) {
    double v;
    gl_date_parts parts;
    size_t n = strlen(text);
    if (in->date) {
        bool date = in->date <= GL_MDY && gl_date_read(text, n, &parts);
        return !date ? NAN : gl_date_days(&parts, parts.may[GL_YMD] ? GL_YMD : in->date);
    }
    if (in->dress.decimal && gl_dress_value(&in->dress, text, n, &v)) return v;
    return gl_parse_number(text, n, k->t->decimal, &v) && isfinite(v) ? v : NAN;
}

/* Texts where numbers were: all of those in hand must read as numbers. One odd cell somewhere in a
 * file makes a whole column text; it spoils the rows that have it, and no others. */
static glia_status check_numbers(const gl_intake *k, const gl_input_column *in,
                                 const gl_column *c) {
    for (int64_t i = 0; i < k->rows.n; i++) {
        int64_t row = gl_selected(&k->rows, i);
        int32_t code = c->code[row];
        if (code < 0 || !isnan(number_of_text(k, in, c->category[code]))) continue;
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

static int64_t feature_of_text(const source *s, int32_t code) {
    return find_text(s->in->category, s->in->categories, s->c->category[code]);
}

/* Each text once, where that is less than each cell: one row of a table with a million different
 * texts looks for one of them. */
static void map_texts(const gl_intake *k, source *s) {
    s->mapped = s->c->categories <= k->texts && s->c->categories <= k->rows.n;
    for (int64_t i = 0; s->mapped && i < s->c->categories; i++)
        s->feature[i] = (int32_t)feature_of_text(s, (int32_t)i);
}

/* Numbers where texts were: "1" and 1 are the same. In training a column of 1, 2 and x is text; a
 * table of a few rows without an x is read as numbers. */
static void value_categories(source *s) {
    for (int64_t i = 0; !s->valued && i < s->in->categories; i++)
        s->value[i] = gl_value_of_text(s->in->category[i]);
    s->valued = true;
}

/* It may be that of training, which did not say. Told once, as an applier is opened for row after
 * row. */
static void tell_unit(const gl_intake *k, source *s, const char *unit) {
    if (s->unit_told) return;
    s->unit_told = true;
    gl_warn(k->g,
            "%s, column '%s': found numbers in %s, and training had bare numbers; are they in %s, "
            "too?",
            k->t->source, s->in->name, unit, unit);
}

/* Metres in place of feet, or 1.234 in place of 1234, would be answered as if nothing were wrong. A
 * bare number may be of the same unit. */
static glia_status check_writing(const gl_intake *k, source *s) {
    const gl_input_column *in = s->in;
    const gl_column *c = s->c;
    const gl_dress *a = &in->dress, *b = &c->dress;
    bool plain = !c->date && in->date && in->date <= GL_MDY;
    if (plain || (c->date && !in->date))
        return gl_fail(k->g, GLIA_INPUT, "%s, column '%s': found %s, the model was trained with %s",
                       k->t->source, c->name, plain ? "numbers" : "dates",
                       plain ? "dates" : "numbers");
    const char *mine = *a->after ? a->after : a->before, *found = *b->after ? b->after : b->before;
    if (*mine && *found && strcmp(mine, found) != 0)
        return gl_fail(k->g, GLIA_INPUT,
                       "%s, column '%s': found numbers in %s, the model was trained with %s",
                       k->t->source, c->name, found, mine);
    if (!*mine && *found) tell_unit(k, s, found);
    for (int64_t i = 0; a->group && a->group == k->t->decimal && !b->decimal && i < k->rows.n;
         i++) {
        int64_t row = gl_selected(&k->rows, i);
        double v = c->number ? c->number[row] : 0;
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

/* Arrays and the rest never change places; numbers and texts may, since it is the reader that
 * guesses between them. An array is taken in any shape with as many values: 28 x 28 and 784 are the
 * same row. */
static glia_status understand(const gl_intake *k, source *s) {
    const gl_column *c = s->c;
    if ((s->in->type == GLIA_ARRAY) != (c->type == GLIA_ARRAY)) return wrong_type(k, s);
    switch (s->in->type) {
    case GLIA_ARRAY:
        return glia_tensor_count(&c->array, 1) == s->in->features - s->in->gaps ? check_gaps(k, s)
                                                                                : wrong_shape(k, s);
    case GLIA_NUMBER:
        if (c->type == GLIA_CATEGORY) return check_numbers(k, s->in, c);
        if (check_writing(k, s)) return k->g->code;
        return gl_table_check_finite(k->g, k->t, c, k->rows.list, k->rows.first, k->rows.n);
    case GLIA_CATEGORY:
        s->words = s->known = 0;
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
static bool find_column(gl_intake *k, source *s) {
    s->c = gl_table_source(k->t, s->in->name, s->column);
    if (!s->c || !s->c->name) return s->c;
    int column = (int)(s->c - k->t->column);
    if (column != s->column) k->columns = -1; /* another layout than before */
    s->column = column;
    return true;
}

/* Extra columns are told again only where their number or an input's place has changed: a program
 * that predicts a thousand records of one kind hears of them once. */
glia_status gl_intake_open(gl_intake *k, const glia_table *t, gl_selection rows) {
    k->t = t, k->rows = rows;
    k->unseen = k->filled = k->far = (surprise){0};
    for (source *s = k->source; s < k->source + k->sources; s++) {
        glia_status status =
            find_column(k, s) ? understand(k, s) : gl_missing_column(k->g, k->p, t, s->in->name);
        if (status != GLIA_OK) return status;
    }
    if (k->columns != t->columns) tell_extra_columns(k);
    k->columns = t->columns;
    return GLIA_OK;
}

/* ---------------------------------------------------------------------------------- features -- */

/* Rows begin .. end-1 of those in hand, on their way into x. */
typedef struct block {
    int64_t begin, end;
    glia_dtype dtype;
    void *x;
} block;

/* As fit_number.c measured it, in double, and rounded to the network's precision once, at the
 * end. A negative value where training had none counts as 0: below -s it would have no
 * logarithm at all. */
static double scaled(const gl_input_column *in, int64_t k, double v) {
    if (in->log > 0) v = log1p(fmax(v, 0) / in->log);
    if (!in->scales) return v;
    int64_t s = in->scales == 1 ? 0 : k;
    return (v - in->center[s]) / in->spread[s];
}

/* Only the first is remembered with its place; the message shows that one and tells how many
 * there are. */
static void note(surprise *s, const gl_input_column *in, int64_t row) {
    if (s->cells++) return;
    s->row = row;
    s->in = in;
}

static void note_filled(gl_intake *k, const gl_input_column *in, int64_t row) {
    if (!in->had_missing) note(&k->filled, in, row);
}

static double number_at(const gl_intake *k, const source *s, int64_t row) {
    if (s->c->type == GLIA_NUMBER) {
        double v = s->c->number ? s->c->number[row] : 0;
        return s->in->date > GL_MDY && !s->c->date ? gl_date_of_number(v, s->in->date) : v;
    }
    int32_t code = s->c->code[row];
    return code < 0 ? NAN : number_of_text(k, s->in, s->c->category[code]);
}

/* The category of a cell: its feature, -1 when unseen, -2 when missing. Equality of numbers
 * is exact on purpose: gl_value_of_text gives the double that the text "0.1" means, and so
 * does a reader. */
static int64_t category_at(const source *s, int64_t row) {
    if (s->c->type == GLIA_CATEGORY) {
        int32_t code = s->c->code[row];
        return code < 0 ? -2 : s->mapped ? s->feature[code] : feature_of_text(s, code);
    }
    double v = s->c->number ? s->c->number[row] : 0;
    if (isnan(v)) return -2;
    for (int64_t i = 0; i < s->in->categories; i++) {
        if (s->value[i] == v) return i;
    }
    return -1;
}

static void write_date(gl_intake *k, const source *s, block b, int64_t i, double days) {
    int64_t at = (i - b.begin) * k->p->features + s->in->first, n = 0;
    for (int part = 0; part < GL_DATE_PARTS; part++) {
        if (!(s->in->parts >> part & 1)) continue;
        gl_put(b.x, b.dtype, at + n, scaled(s->in, n, gl_date_part(days, part)));
        n++;
    }
}

static void write_numbers(gl_intake *k, const source *s, block b) {
    for (int64_t i = b.begin; i < b.end; i++) {
        int64_t row = gl_selected(&k->rows, i);
        int64_t at = (i - b.begin) * k->p->features + s->in->first;
        double v = number_at(k, s, row);
        bool missing = isnan(v);
        if (missing) {
            note_filled(k, s->in, row);
            v = s->in->fill;
        }
        if (s->in->date) {
            write_date(k, s, b, i, v);
            continue;
        }
        if (v < s->reach.low || v > s->reach.high) note(&k->far, s->in, row);
        gl_put(b.x, b.dtype, at, scaled(s->in, 0, v));
        if (s->in->indicator) gl_put(b.x, b.dtype, at + 1, missing);
    }
}

/* x is not clean: an applier's block still holds the rows before. So all features of the column are
 * cleared first, and an unseen text stays at that. */
static void write_categories(gl_intake *k, const source *s, block b) {
    size_t size = glia_dtype_size(b.dtype);
    for (int64_t i = b.begin; i < b.end; i++) {
        int64_t row = gl_selected(&k->rows, i), at = (i - b.begin) * k->p->features + s->in->first;
        int64_t one = category_at(s, row);
        memset((char *)b.x + (size_t)at * size, 0, (size_t)s->in->features * size);
        if (one == -1 && !s->in->had_other) note(&k->unseen, s->in, row);
        if (one == -2) note_filled(k, s->in, row), one = s->in->fill_code;
        if (one >= 0) gl_put(b.x, b.dtype, at + one, 1);
    }
}

/* A column that is read as numbers or dates here, "2012" say, has the words of their texts. */
static const char *text_at(const source *s, int64_t row, char buf[40]) {
    if (s->c->type == GLIA_CATEGORY)
        return s->c->code[row] < 0 ? NULL : s->c->category[s->c->code[row]];
    double v = s->c->number ? s->c->number[row] : 0;
    if (isnan(v)) return NULL;
    return s->c->date ? gl_date_text(v, s->c->timed, buf, 40) : gl_print_number(v, buf, 40);
}

/* x is not clean, as above; what was counted is. */
static void write_words(gl_intake *k, source *s, block b) {
    const gl_vocabulary *v = s->in->words;
    size_t size = glia_dtype_size(b.dtype);
    char buf[40];
    for (int64_t i = b.begin; i < b.end; i++) {
        int64_t row = gl_selected(&k->rows, i), at = (i - b.begin) * k->p->features + s->in->first;
        const char *text = text_at(s, row, buf);
        memset((char *)b.x + (size_t)at * size, 0, (size_t)s->in->features * size);
        if (s->in->indicator) gl_put(b.x, b.dtype, at + v->words, !text);
        if (!text) note_filled(k, s->in, row);
        if (!text) continue;
        gl_tally_count(&s->tally, v, text);
        if (!s->tally.count && !s->in->had_other) note(&k->unseen, s->in, row);
        s->words += s->tally.words, s->known += s->tally.known;
        for (int64_t w = 0; w < s->tally.count; w++)
            gl_put(b.x, b.dtype, at + s->tally.met[w],
                   scaled(s->in, 0, gl_tally_value(&s->tally, v, w)));
        gl_tally_clear(&s->tally);
    }
}

static void write_arrays(gl_intake *k, const source *s, block b) {
    int64_t width = s->in->features - s->in->gaps;
    for (int64_t i = b.begin; i < b.end; i++) {
        int64_t row = gl_selected(&k->rows, i), at = (i - b.begin) * k->p->features + s->in->first;
        for (int64_t j = 0; j < width; j++) {
            double v = glia_tensor_value(&s->c->array, row * width + j);
            if (isnan(v)) v = s->in->fills[j];
            gl_put(b.x, b.dtype, at + j, scaled(s->in, j, v));
        }
        for (int64_t j = 0; j < s->in->gaps; j++) {
            double v = glia_tensor_value(&s->c->array, row * width + s->in->gap[j]);
            gl_put(b.x, b.dtype, at + width + j, isnan(v));
        }
    }
}

/* Input by input over a block of rows, not row by row: the switch and the pointers of a column are
 * then looked at once a block, and cells are read in the order in which they lie. */
void gl_intake_write(gl_intake *k, int64_t begin, int64_t end, glia_dtype dtype, void *x) {
    block b = {begin, end, dtype, x};
    for (source *s = k->source; s < k->source + k->sources; s++) {
        switch (s->in->type) {
        case GLIA_NUMBER: write_numbers(k, s, b); break;
        case GLIA_CATEGORY: s->in->words ? write_words(k, s, b) : write_categories(k, s, b); break;
        case GLIA_ARRAY: write_arrays(k, s, b); break;
        }
    }
}

void gl_intake_surprises(const gl_intake *k, int64_t *unseen, int64_t *filled) {
    *unseen = k->unseen.cells;
    *filled = k->filled.cells;
}

/* Half as many as in training: another language, another subject, another column. */
static void tell_strange_words(const gl_intake *k) {
    for (const source *s = k->source; s < k->source + k->sources; s++) {
        if (!s->in->words || !s->words) continue;
        double known = (double)s->known / (double)s->words;
        if (known >= 0.5 * s->in->words->known) continue;
        gl_warn(k->g,
                "%s, column '%s': training knew %.0f%% of its words, and %.0f%% of its own; the "
                "others are left out (another language, or another column?)",
                k->t->source, s->in->name, 100 * known, 100 * s->in->words->known);
    }
}

void gl_intake_tell(const gl_intake *k) {
    tell_strange_words(k);
    char where[512], cell[64];
    /* "none of the known ones": all features of the column are 0, the answer is that of the
     * other columns */
    const surprise *u = &k->unseen, *f = &k->filled;
    if (u->cells) {
        glia_table_cell(k->t, u->row, gl_table_find(k->t, u->in->name), cell, sizeof cell);
        gl_warn(k->g,
                "%s, column '%s': '%s' is a text that training did not know; such cells count as "
                "none of the known ones (%lld in all)",
                gl_table_where(k->t, u->row, where, sizeof where), u->in->name, cell,
                (long long)u->cells);
    }
    const surprise *a = &k->far;
    if (a->cells) {
        glia_table_cell(k->t, a->row, gl_table_find(k->t, a->in->name), cell, sizeof cell);
        gl_tell_far(k->g, a->in, gl_table_where(k->t, a->row, where, sizeof where), cell, a->cells);
    }
    if (f->cells) {
        gl_warn(k->g,
                "%s, column '%s': a missing cell where training had none; such cells are filled as "
                "the model's note 'preprocessing' says (%lld in all)",
                gl_table_where(k->t, f->row, where, sizeof where), f->in->name,
                (long long)f->cells);
    }
}

/* ---------------------------------------------------------------------------- the whole part -- */

/* Can the array stay as it is in the table? Then x = values / divisor, done where x is read. 60,000
 * images of 784 bytes are 47 MB; as floats they would be 188 MB beside them. A center, or a spread
 * for each pixel, cannot be done on the way: gather knows one divisor. */
static bool stays_as_it_is(const gl_intake *k, glia_dtype dtype, double *divisor) {
    const source *s = &k->source[0];
    if (k->sources != 1 || s->in->type != GLIA_ARRAY || s->in->scales > 1) return false;
    if (s->in->gaps || s->c->gaps) return false;
    if (s->in->scales && s->in->center[0] != 0) return false;
    *divisor = s->in->scales ? s->in->spread[0] : 1;
    return s->c->array.dtype == GLIA_U8 || (s->c->array.dtype == dtype && *divisor == 1);
}

static size_t row_bytes(const gl_intake *k, glia_dtype dtype) {
    return (size_t)k->p->features * glia_dtype_size(dtype);
}

static glia_tensor matrix(const gl_intake *k, glia_dtype dtype, void *data) {
    return (
        glia_tensor){.dtype = dtype, .ndim = 2, .dim = {k->rows.n, k->p->features}, .data = data};
}

/* A list of rows has gaps, and a view has none. */
bool gl_intake_view(const gl_intake *k, glia_dtype dtype, glia_tensor *x, double *divisor) {
    if (k->rows.list || !stays_as_it_is(k, dtype, divisor)) return false;
    const glia_tensor *a = &k->source[0].c->array;
    *x = matrix(k, a->dtype, (char *)a->data + (size_t)k->rows.first * row_bytes(k, a->dtype));
    return true;
}

/* Rows of the table's array, copied as they are. */
static glia_status gather(const gl_intake *k, gl_features *out) {
    const glia_tensor *a = &k->source[0].c->array;
    size_t width = row_bytes(k, a->dtype);
    out->owned = gl_alloc(k->g, k->rows.n, width);
    out->x = matrix(k, a->dtype, out->owned);
    for (int64_t i = 0; out->owned && i < k->rows.n; i++) {
        memcpy((char *)out->owned + (size_t)i * width,
               (const char *)a->data + (size_t)k->rows.list[i] * width, width);
    }
    return out->owned ? GLIA_OK : GLIA_RESOURCE;
}

static glia_status write_features(gl_intake *k, glia_dtype dtype, gl_features *out) {
    /* Rows that stay in a second-level cache while the inputs take turns: 256 rows of 108 features,
     * as adult has, are 110 kB of floats. With all rows at once each input would bring all of x in
     * from memory again, to write one number in every row. */
    enum { BLOCK = 256 };
    int64_t count, n = k->rows.n;
    if (!gl_multiply(n, k->p->features, &count)) {
        return gl_fail(k->g, GLIA_RESOURCE, "%lld rows of %lld features do not fit into memory",
                       (long long)n, (long long)k->p->features);
    }
    out->owned = gl_alloc(k->g, count, glia_dtype_size(dtype));
    if (!out->owned) return GLIA_RESOURCE;
    out->x = matrix(k, dtype, out->owned);
    for (int64_t begin = 0; begin < n; begin += BLOCK)
        gl_intake_write(k, begin, n - begin < BLOCK ? n : begin + BLOCK, dtype,
                        (char *)out->owned + (size_t)begin * row_bytes(k, dtype));
    gl_intake_surprises(k, &out->unseen, &out->filled);
    gl_intake_tell(k);
    return GLIA_OK;
}

static glia_status fill(gl_intake *k, glia_dtype dtype, gl_features *out) {
    if (gl_intake_view(k, dtype, &out->x, &out->divisor)) return GLIA_OK;
    if (stays_as_it_is(k, dtype, &out->divisor)) return gather(k, out);
    out->divisor = 1;
    return write_features(k, dtype, out);
}

/* Everything is t's context's, nothing p's: threads have contexts of their own and share the
 * pipeline. */
glia_status gl_pipeline_apply(const gl_pipeline *p, const glia_table *t, const int64_t *rows,
                              int64_t n, glia_dtype dtype, gl_features *out) {
    gl_selection part = {.list = rows, .n = rows ? n : t->rows};
    gl_intake *k = gl_intake_new(t->g, p, part.n);
    *out = (gl_features){.divisor = 1};
    glia_status status = k ? gl_intake_open(k, t, part) : GLIA_RESOURCE;
    if (status == GLIA_OK) status = fill(k, dtype, out);
    gl_intake_free(k);
    return status;
}
