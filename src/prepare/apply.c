/*
 * apply.c: a fitted pipeline at work: cells of a table become features.
 *
 *     open    finds the inputs among the columns, and texts among those of training (intake.c)
 *     view    pixels that a network reads as they lie stay where they are
 *     write   everything else is imputed, scaled and one-hot encoded, row block by row block
 *     pasts   overlap: a row is written once, and a past is where among the rows it begins
 *     use up  of a table that is not needed behind its features, each block lets its cells go
 *
 * A table is columns, what a network reads is rows; write is where one becomes the other:
 *
 *     Age     22    38   ...
 *     Sex     male  female ...         x [rows, features]   -0.57  0 1  -0.83 ...
 *     Fare    7.25  71.28 ...    ->                          0.66  1 0   1.41 ...
 *
 * What is wrong with single cells (a new text, a missing number) is counted, and written as well as
 * can be: a program that answers requests cannot stop for them.
 */
#include "intake.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------------------------- features -- */

static size_t row_bytes(const gl_intake *k, glia_dtype dtype) {
    return (size_t)gl_pipeline_features(k->p) * glia_dtype_size(dtype);
}

/* Rows begin .. end-1 of those in hand, on their way into x. */
typedef struct block {
    gl_selection rows;
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
 * there are. A cell of many pasts counts once. */
static void note(const gl_intake *k, gl_surprise *s, const gl_input_column *in, int64_t row) {
    if (row < k->fresh || s->cells++) return;
    s->row = row;
    s->in = in;
}

static void note_filled(gl_intake *k, const gl_input_column *in, int64_t row) {
    if (!in->had_missing) note(k, &k->filled, in, row);
}

static double number_at(const gl_intake *k, const gl_found *s, int64_t row) {
    if (s->c->type == GLIA_NUMBER) {
        double v = gl_number(s->c, row);
        return s->in->date > GL_MDY && !s->c->date ? gl_date_of_number(v, s->in->date) : v;
    }
    int32_t code = s->c->code[row];
    return code < 0 ? NAN : gl_number_of_text(k, s->in, s->c->category[code]);
}

/* The category of a cell: its feature, -1 when unseen, -2 when missing. Equality of numbers
 * is exact on purpose: gl_value_of_text gives the double that the text "0.1" means, and so
 * does a reader. */
static int64_t category_at(const gl_found *s, int64_t row) {
    if (s->c->type == GLIA_CATEGORY) {
        int32_t code = s->c->code[row];
        return code < 0 ? -2 : s->mapped ? s->feature[code] : gl_feature_of_text(s, code);
    }
    double v = gl_number(s->c, row);
    if (isnan(v)) return -2;
    for (int64_t i = 0; i < s->in->categories; i++) {
        if (s->value[i] == v) return i;
    }
    return -1;
}

static void write_date(gl_intake *k, const gl_found *s, block b, int64_t i, double days) {
    int64_t at = (i - b.begin) * k->p->features + s->in->first, n = 0;
    for (int part = 0; part < GL_DATE_PARTS; part++) {
        if (!(s->in->parts >> part & 1)) continue;
        gl_put(b.x, b.dtype, at + n, scaled(s->in, n, gl_date_part(days, part)));
        n++;
    }
}

/* Told at the end. 0 has every unit. */
static inline void note_far(gl_intake *k, gl_found *s, int64_t row, double v, gl_reach reach) {
    if (v < reach.low || v > reach.high) note(k, &k->far, s->in, row);
    s->usual |= v >= reach.tiny;
    if (v > 0 && v < reach.tiny) note(k, &s->tiny, s->in, row);
}

/* What nearly all cells are, without a question asked again for each: numbers, scaled, floats. */
static bool is_plain(const gl_found *s, block b) {
    const gl_input_column *in = s->in;
    return s->c->type == GLIA_NUMBER && !in->date && !in->indicator && in->scales == 1 &&
           !(in->log > 0) && b.dtype == GLIA_F32;
}

static void write_plain(gl_intake *k, gl_found *s, block b) {
    const double center = *s->in->center, spread = *s->in->spread;
    const gl_reach reach = s->reach;
    const int64_t features = k->p->features;
    float *x = (float *)b.x + s->in->first;
    for (int64_t i = b.begin; i < b.end; i++, x += features) {
        int64_t row = gl_selected(&b.rows, i);
        double v = gl_number(s->c, row);
        if (isnan(v)) {
            note_filled(k, s->in, row);
            v = s->in->fill;
        } else {
            note_far(k, s, row, v, reach);
        }
        *x = (float)((v - center) / spread);
    }
}

static void write_numbers(gl_intake *k, gl_found *s, block b) {
    if (is_plain(s, b)) {
        write_plain(k, s, b);
        return;
    }
    for (int64_t i = b.begin; i < b.end; i++) {
        int64_t row = gl_selected(&b.rows, i);
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
        if (!missing) note_far(k, s, row, v, s->reach);
        gl_put(b.x, b.dtype, at, scaled(s->in, 0, v));
        if (s->in->indicator) gl_put(b.x, b.dtype, at + 1, missing);
    }
}

/* x is not clean: an applier's block still holds the rows before. So all features of the column are
 * cleared first, and an unseen text stays at that. */
static void write_categories(gl_intake *k, const gl_found *s, block b) {
    size_t size = glia_dtype_size(b.dtype);
    for (int64_t i = b.begin; i < b.end; i++) {
        int64_t row = gl_selected(&b.rows, i), at = (i - b.begin) * k->p->features + s->in->first;
        int64_t one = category_at(s, row);
        memset((char *)b.x + (size_t)at * size, 0, (size_t)s->in->features * size);
        if (one == -1 && !s->in->had_other) note(k, &k->unseen, s->in, row);
        if (one == -2) note_filled(k, s->in, row), one = s->in->fill_code;
        if (one >= 0) gl_put(b.x, b.dtype, at + one, 1);
    }
}

/* A column that is read as numbers or dates here, "2012" say, has the words of their texts. */
static const char *text_at(const gl_found *s, int64_t row, char buf[40]) {
    if (s->c->type == GLIA_CATEGORY)
        return s->c->code[row] < 0 ? NULL : s->c->category[s->c->code[row]];
    double v = gl_number(s->c, row);
    if (isnan(v)) return NULL;
    return s->c->date ? gl_date_text(v, s->c->timed, buf, 40) : gl_print_number(v, buf, 40);
}

/* The ids of a text's first tokens, and zeros; how many they are. Those behind them are looked at,
 * too, for what is told in the end. */
static int64_t write_ids(gl_found *s, block b, int64_t at, const char *text, bool *knows) {
    const gl_vocabulary *v = s->in->words;
    gl_tokens t = gl_tokens_of(text, v->as, false);
    int64_t n = 0, others = v->as == GL_TEXT_OF_BYTES ? 0 : gl_vocabulary_ids(v);
    for (; gl_tokens_next(&t); n++) {
        int64_t id = gl_token_id(v, &t);
        s->words++, s->known += id != others;
        *knows |= id != others;
        if (n < v->length) gl_put(b.x, b.dtype, at + n, (double)id);
    }
    return n < v->length ? n : v->length;
}

/* A missing text is one without a token. */
static void write_sequences(gl_intake *k, gl_found *s, block b) {
    size_t size = glia_dtype_size(b.dtype);
    char buf[40];
    for (int64_t i = b.begin; i < b.end; i++) {
        int64_t row = gl_selected(&b.rows, i), at = (i - b.begin) * k->p->features + s->in->first;
        const char *text = text_at(s, row, buf);
        bool knows = false;
        memset((char *)b.x + (size_t)at * size, 0, (size_t)s->in->features * size);
        if (!text) note_filled(k, s->in, row);
        int64_t n = text ? write_ids(s, b, at + 1, text, &knows) : 0;
        gl_put(b.x, b.dtype, at, (double)n);
        if (n && !knows && !s->in->had_other) note(k, &k->unseen, s->in, row);
    }
}

/* x is not clean, as above; what was counted is. */
static void write_words(gl_intake *k, gl_found *s, block b) {
    const gl_vocabulary *v = s->in->words;
    size_t size = glia_dtype_size(b.dtype);
    char buf[40];
    for (int64_t i = b.begin; i < b.end; i++) {
        int64_t row = gl_selected(&b.rows, i), at = (i - b.begin) * k->p->features + s->in->first;
        const char *text = text_at(s, row, buf);
        memset((char *)b.x + (size_t)at * size, 0, (size_t)s->in->features * size);
        if (s->in->indicator) gl_put(b.x, b.dtype, at + v->words, !text);
        if (!text) note_filled(k, s->in, row);
        if (!text) continue;
        gl_tally_count(&s->tally, v, text);
        if (!s->tally.count && !s->in->had_other) note(k, &k->unseen, s->in, row);
        s->words += s->tally.words, s->known += s->tally.known;
        for (int64_t w = 0; w < s->tally.count; w++)
            gl_put(b.x, b.dtype, at + s->tally.met[w],
                   scaled(s->in, 0, gl_tally_value(&s->tally, v, w)));
        gl_tally_clear(&s->tally);
    }
}

static glia_status write_arrays(gl_intake *k, const gl_found *s, block b) {
    int64_t width = s->in->features - s->in->gaps;
    gl_array_rows rows = gl_array_open(k->g, s->c, gl_some(b.rows, b.begin, b.end));
    for (int64_t i = b.begin; i < b.end; i++) {
        glia_tensor row = gl_array_next(&rows);
        if (!row.data) break;
        int64_t at = (i - b.begin) * k->p->features + s->in->first;
        for (int64_t j = 0; j < width; j++) {
            double v = glia_tensor_value(&row, j);
            if (isnan(v)) v = s->in->fills[j];
            gl_put(b.x, b.dtype, at + j, scaled(s->in, j, v));
        }
        for (int64_t j = 0; j < s->in->gaps; j++)
            gl_put(b.x, b.dtype, at + width + j, isnan(glia_tensor_value(&row, s->in->gap[j])));
    }
    return gl_array_close(&rows);
}

static void write_texts(gl_intake *k, gl_found *s, block b) {
    if (gl_is_sequence(s->in->words)) write_sequences(k, s, b);
    else if (s->in->words) write_words(k, s, b);
    else write_categories(k, s, b);
}

/* Input by input over a block of rows, not row by row: the switch and the pointers of a column are
 * then looked at once a block, and cells are read in the order in which they lie. */
static glia_status write_block(gl_intake *k, block b) {
    glia_status status = GLIA_OK;
    for (gl_found *s = k->source; !status && s < k->source + k->sources; s++) {
        switch (s->in->type) {
        case GLIA_NUMBER: write_numbers(k, s, b); break;
        case GLIA_CATEGORY: write_texts(k, s, b); break;
        case GLIA_ARRAY: status = write_arrays(k, s, b); break;
        }
    }
    return status;
}

static size_t step_bytes(const gl_intake *k, glia_dtype dtype) {
    return (size_t)k->p->features * glia_dtype_size(dtype);
}

/* Rows first .. end-1 of the table that pasts are read from. */
static glia_status write_source(gl_intake *k, int64_t first, int64_t end, glia_dtype dtype,
                                void *x) {
    const gl_selection rows = {.first = first, .n = end - first};
    glia_status status = write_block(k, (block){rows, 0, end - first, dtype, x});
    if (end > k->fresh) k->fresh = end;
    return status;
}

/* Where the past of row i of those in hand ends. */
static int64_t end_of_past(const gl_intake *k, int64_t i) {
    return k->past->at[gl_selected(&k->rows, i)] + 1;
}

/* As one row of x. What it shares with the past before it, in the row before, is copied. */
static glia_status write_past(gl_intake *k, int64_t i, bool follows, glia_dtype dtype, char *x) {
    const int64_t length = k->p->series.length, end = end_of_past(k, i);
    const int64_t ahead = follows ? end - end_of_past(k, i - 1) : length;
    const int64_t fresh = ahead > 0 && ahead < length ? ahead : length;
    const size_t step = step_bytes(k, dtype), shared = (size_t)(length - fresh) * step;
    memcpy(x, x - shared, shared);
    return write_source(k, end - fresh, end, dtype, x + shared);
}

/* A sample of all its rows: how many, these, and zeros in the place of those that it has not. */
static glia_status write_whole(gl_intake *k, int64_t i, glia_dtype dtype, char *x) {
    const int64_t end = end_of_past(k, i), n = gl_past_rows(k->past, gl_selected(&k->rows, i));
    memset(x, 0, row_bytes(k, dtype));
    gl_put(x, dtype, 0, (double)n);
    return write_source(k, end - n, end, dtype, x + glia_dtype_size(dtype));
}

glia_status gl_intake_write(gl_intake *k, int64_t begin, int64_t end, glia_dtype dtype, void *x) {
    glia_status status = GLIA_OK;
    if (!k->past) return write_block(k, (block){k->rows, begin, end, dtype, x});
    /* A part of a table begins behind rows that another hand writes. */
    if (begin > 0 && !k->fresh) k->fresh = end_of_past(k, begin - 1);
    for (int64_t i = begin; !status && i < end; i++) {
        char *to = (char *)x + (size_t)(i - begin) * row_bytes(k, dtype);
        status = gl_leading(k->p) ? write_whole(k, i, dtype, to)
                                  : write_past(k, i, i > begin, dtype, to);
    }
    return status;
}

void gl_intake_surprises(const gl_intake *k, int64_t *unseen, int64_t *filled) {
    *unseen = k->unseen.cells;
    *filled = k->filled.cells;
}

/* Half as many as in training: another language, another subject, another column. */
static void tell_strange_words(const gl_intake *k) {
    for (const gl_found *s = k->source; s < k->source + k->sources; s++) {
        if (!s->in->words || !s->words) continue;
        double known = (double)s->known / (double)s->words;
        if (known >= 0.5 * s->in->words->known) continue;
        bool sequence = gl_is_sequence(s->in->words);
        gl_warn(k->g,
                "%s, column '%s': training knew %.0f%% of its %s, and %.0f%% of its own; the "
                "others %s (another language, or another column?)",
                k->t->source, s->in->name, 100 * known,
                sequence ? gl_text_as_name[s->in->words->as] : "words", 100 * s->in->words->known,
                sequence ? "count as one that is not known" : "are left out");
    }
}

/* What a missing cell becomes, as people read it: "21.5", "'red'". */
static const char *filling(const gl_input_column *in, char *buf, size_t size) {
    if (in->words) snprintf(buf, size, "texts without a word");
    else if (in->type == GLIA_CATEGORY && in->fill_code >= 0)
        snprintf(buf, size, "'%.50s'", in->category[in->fill_code]);
    else if (in->type == GLIA_CATEGORY) snprintf(buf, size, "none of its texts");
    else if (in->date) gl_date_text(in->fill, false, buf, size);
    else if (in->type == GLIA_NUMBER) snprintf(buf, size, "%.6g", in->fill);
    else snprintf(buf, size, "the median of training");
    return buf;
}

static bool is_unknown(const gl_found *s, int64_t code) {
    return gl_feature_of_text(s, (int32_t)code) == -1 && *s->c->category[code];
}

/* "; did you mean 'house'? Others are 'Flat' ('flat'?), 'castle'": of a whole table, as a server
 * would look through it for each row. */
static void add_unknown(const gl_intake *k, const gl_found *s, const char *first, gl_text *out) {
    enum { NAMED = 5, SHOWN = 40 };
    const char *const *known = (const char *const *)s->in->category;
    int categories = (int)s->in->categories, others = 0;
    const char *near = gl_nearest(first, known, categories);
    if (near) gl_add(out, "; did you mean '%.*s'?", SHOWN, near);
    bool whole = k->cells.n == k->t->rows && s->c->type == GLIA_CATEGORY;
    for (int64_t i = 0; whole && i < s->c->categories && others <= NAMED; i++) {
        const char *text = s->c->category[i];
        if (!strcmp(text, first) || !is_unknown(s, i) || others++ == NAMED) continue;
        gl_add(out, "%s'%.*s'", others > 1 ? ", " : "; others are ", SHOWN, text);
        near = gl_nearest(text, known, categories);
        if (near) gl_add(out, " ('%.*s'?)", SHOWN, near);
    }
    if (others > NAMED) gl_add(out, ", ...");
}

static void tell_unknown(const gl_intake *k, const gl_surprise *u) {
    char where[512];
    gl_text more = {.g = k->g};
    for (const gl_found *s = k->source; s < k->source + k->sources; s++)
        if (s->in == u->in && !u->in->words) add_unknown(k, s, u->cell, &more);
    gl_warn(k->g,
            "%s, column '%s': '%s' is a text that training did not know; such cells count as "
            "none of the known ones (%lld in all)%s",
            gl_table_where(k->t, u->row, where, sizeof where), u->in->name, u->cell,
            (long long)u->cells, more.s ? more.s : "");
    gl_free(k->g, more.s);
}

/* It is told at the end, when the table may have let it go. */
static void keep_cell(const gl_intake *k, gl_surprise *s) {
    if (s->cells && !s->kept)
        glia_table_cell(k->t, s->row, gl_table_find(k->t, s->in->name), s->cell, sizeof s->cell);
    s->kept = s->cells;
}

static void keep_cells(gl_intake *k) {
    keep_cell(k, &k->unseen);
    keep_cell(k, &k->far);
    for (gl_found *s = k->source; s < k->source + k->sources; s++) keep_cell(k, &s->tiny);
}

/* The first cell that is far from all of training; or of a column whose cells all are. */
static void tell_far(const gl_intake *k) {
    char where[512];
    const gl_surprise *a = &k->far;
    for (const gl_found *s = k->source; !a->cells && s < k->source + k->sources; s++)
        if (!s->usual && s->tiny.cells) a = &s->tiny;
    if (!a->cells) return;
    gl_tell_far(k->g, a->in, gl_table_where(k->t, a->row, where, sizeof where), a->cell, a->cells);
}

void gl_intake_tell(gl_intake *k) {
    keep_cells(k);
    tell_strange_words(k);
    char where[512], fill[64];
    /* "none of the known ones": all features of the column are 0, the answer is that of the
     * other columns */
    const gl_surprise *u = &k->unseen, *f = &k->filled;
    if (u->cells) tell_unknown(k, u);
    tell_far(k);
    if (f->cells) {
        gl_warn(k->g,
                "%s, column '%s': a missing cell where training had none; such cells become %s "
                "(%lld in all)",
                gl_table_where(k->t, f->row, where, sizeof where), f->in->name,
                filling(f->in, fill, sizeof fill), (long long)f->cells);
    }
}

/* ---------------------------------------------------------------------------- the whole part -- */

/* Can the array stay as it is in the table? Then x = values / divisor, done where x is read. 60,000
 * images of 784 bytes are 47 MB; as floats they would be 188 MB beside them. A center, or a spread
 * for each pixel, cannot be done on the way: gather knows one divisor. */
static bool stays_as_it_is(const gl_intake *k, glia_dtype dtype, double *divisor) {
    const gl_found *s = &k->source[0];
    if (k->past || k->sources != 1 || s->in->type != GLIA_ARRAY || s->in->scales > 1) return false;
    if (s->in->gaps || s->c->gaps) return false;
    if (s->in->scales && s->in->center[0] != 0) return false;
    *divisor = s->in->scales ? s->in->spread[0] : 1;
    return s->c->array.dtype == GLIA_U8 || (s->c->array.dtype == dtype && *divisor == 1);
}

static glia_tensor matrix(const gl_intake *k, glia_dtype dtype, void *data) {
    return (glia_tensor){.dtype = dtype,
                         .ndim = 2,
                         .dim = {k->rows.n, gl_pipeline_features(k->p)},
                         .data = data};
}

/* A list of rows has gaps, and a view of memory has none. */
bool gl_intake_view(const gl_intake *k, glia_dtype dtype, gl_features *out) {
    if (!stays_as_it_is(k, dtype, &out->divisor)) return false;
    const gl_column *c = k->source[0].c;
    if (!c->supply && k->rows.list) return false;
    size_t skipped = (size_t)k->rows.first * row_bytes(k, c->array.dtype);
    out->x = matrix(k, c->array.dtype, c->supply ? NULL : (char *)c->array.data + skipped);
    out->from = (gl_supplied){.of = c->supply, .list = k->rows.list, .first = k->rows.first};
    return true;
}

/* Rows of the table's array, copied as they are. */
static glia_status gather(const gl_intake *k, gl_features *out) {
    const gl_column *c = k->source[0].c;
    size_t width = row_bytes(k, c->array.dtype);
    out->from = (gl_supplied){0};
    out->owned = gl_alloc(k->g, k->rows.n, width);
    out->bytes = k->rows.n * (int64_t)width;
    out->x = matrix(k, c->array.dtype, out->owned);
    gl_array_rows rows = gl_array_open(k->g, c, k->rows);
    const void *row;
    for (int64_t i = 0; out->owned && i < k->rows.n && (row = gl_array_next(&rows).data); i++)
        memcpy((char *)out->owned + (size_t)i * width, row, width);
    glia_status status = gl_array_close(&rows);
    return out->owned ? status : GLIA_RESOURCE;
}

/* A table that is not needed behind its features, but for targets and weights: of labels, truth and
 * counts. */
typedef struct using_up {
    glia_table *t; /* NULL: it is needed */
    bool *stays;   /* [columns] */
    int64_t gone;  /* rows, from the first on */
} using_up;

static bool open_using_up(using_up *u, const gl_pipeline *p, glia_table *t) {
    *u = (using_up){.t = t};
    const char *weight = gl_pipeline_weight(p);
    u->stays = gl_alloc(t->g, t->columns, sizeof *u->stays);
    for (int j = 0; u->stays && j < t->columns; j++) {
        const char *name = t->column[j].name;
        u->stays[j] = gl_pipeline_find_target(p, name) >= 0 || (weight && !strcmp(weight, name));
    }
    return u->stays;
}

/* Rows before number `next` of those in hand, which ascend. Many at once: what goes are pages. */
static void let_go(using_up *u, gl_intake *k, int64_t next) {
    enum { ROWS = 1 << 16 };
    if (!u->t || next == k->rows.n || gl_selected(&k->rows, next) - u->gone < ROWS) return;
    keep_cells(k);
    for (int j = 0; j < u->t->columns; j++)
        if (!u->stays[j]) gl_column_let_go(&u->t->column[j], u->gone, gl_selected(&k->rows, next));
    u->gone = gl_selected(&k->rows, next);
}

/* Pixels that a network reads as they lie are needed where they are. */
static void close_using_up(using_up *u, const gl_features *out) {
    bool views = (out->x.data || out->from.of) && !out->owned;
    if (u->stays && !views) gl_table_keep_columns(u->t, u->stays);
    gl_free(u->t->g, u->stays);
}

static void tell_surprises(gl_intake *k, gl_features *out) {
    gl_intake_surprises(k, &out->unseen, &out->filled);
    gl_intake_tell(k);
}

static glia_status too_much(const gl_intake *k, int64_t rows, int64_t features) {
    return gl_fail(k->g, GLIA_RESOURCE, "%lld rows of %lld features do not fit into memory",
                   (long long)rows, (long long)features);
}

/* Rows that stay in a second-level cache while the inputs take turns: 256 rows of 108 features, as
 * adult has, are 110 kB of floats. With all rows at once each input would bring all of x in from
 * memory again, to write one number in every row. */
enum { BLOCK = 256 };

static glia_status write_features(gl_intake *k, glia_dtype dtype, using_up *u, gl_features *out) {
    int64_t count, n = k->rows.n;
    if (!gl_multiply(n, gl_pipeline_features(k->p), &count))
        return too_much(k, n, gl_pipeline_features(k->p));
    out->owned = gl_alloc_unset(k->g, count, glia_dtype_size(dtype));
    if (!out->owned) return GLIA_RESOURCE;
    out->bytes = count * (int64_t)glia_dtype_size(dtype);
    out->x = matrix(k, dtype, out->owned);
    for (int64_t begin = 0, end; begin < n; begin = end) {
        end = n - begin < BLOCK ? n : begin + BLOCK;
        glia_status status =
            gl_intake_write(k, begin, end, dtype,
                            (char *)out->owned + (size_t)begin * row_bytes(k, dtype));
        if (status) return status;
        let_go(u, k, end);
    }
    tell_surprises(k, out);
    return GLIA_OK;
}

/* Of rows in hand from number i on those whose pasts, one behind the other, cover rows
 * *first .. *end-1 of the table without a gap; the number behind them. */
static int64_t stretch(const gl_intake *k, int64_t i, int64_t *first, int64_t *end) {
    const int64_t length = k->p->series.length;
    *end = end_of_past(k, i);
    *first = *end - length;
    while (++i < k->rows.n) {
        const int64_t next = end_of_past(k, i);
        if (next < *end || next - length > *end) break;
        *end = next;
    }
    return i;
}

static glia_status write_stretch(gl_intake *k, int64_t first, int64_t end, glia_dtype dtype,
                                 char *x) {
    glia_status status = GLIA_OK;
    for (int64_t next; first < end && !status; first = next) {
        next = end - first < BLOCK ? end : first + BLOCK;
        status = write_source(k, first, next, dtype, x);
        x += (size_t)(next - first) * step_bytes(k, dtype);
    }
    return status;
}

/* Room for where each past begins, and for the features of so many rows. */
static glia_status take_overlap(gl_intake *k, int64_t rows, glia_dtype dtype, gl_features *out) {
    const int64_t n = k->rows.n, begins = n * (int64_t)sizeof(int64_t);
    if (!gl_multiply(rows, (int64_t)step_bytes(k, dtype), &out->bytes) ||
        out->bytes > INT64_MAX - begins)
        return too_much(k, rows, k->p->features);
    out->bytes += begins;
    int64_t *begin = out->owned = gl_alloc_unset(k->g, out->bytes, 1);
    if (!begin) return GLIA_RESOURCE;
    out->x = matrix(k, dtype, NULL);
    out->from = (gl_supplied){.list = begin, .base = begin + n, .step = k->p->features};
    return GLIA_OK;
}

/* The features of each row once, and where among them each past begins. */
static glia_status write_overlap(gl_intake *k, glia_dtype dtype, gl_features *out) {
    const int64_t length = k->p->series.length, n = k->rows.n;
    int64_t first, end, rows = 0;
    for (int64_t i = 0; i < n; rows += end - first) i = stretch(k, i, &first, &end);
    glia_status status = take_overlap(k, rows, dtype, out);
    if (status) return status;
    int64_t *begin = out->owned;
    char *x = (char *)(begin + n);
    rows = 0;
    for (int64_t i = 0, next; i < n && !status; i = next, rows += end - first) {
        next = stretch(k, i, &first, &end);
        for (int64_t j = i; j < next; j++) begin[j] = rows + end_of_past(k, j) - length - first;
        status = write_stretch(k, first, end, dtype, x + (size_t)rows * step_bytes(k, dtype));
    }
    if (status == GLIA_OK) tell_surprises(k, out);
    return status;
}

static glia_status fill(gl_intake *k, glia_dtype dtype, bool again, using_up *u, gl_features *out) {
    bool views = gl_intake_view(k, dtype, out), made = out->from.of;
    if (views && (!made || (again && !gl_supply_fits(out->from.of, k->rows.n)))) return GLIA_OK;
    if (views || stays_as_it_is(k, dtype, &out->divisor)) return gather(k, out);
    out->divisor = 1;
    const bool overlap = k->past && k->p->series.length > 1 && !gl_leading(k->p);
    if (again && overlap) return write_overlap(k, dtype, out);
    return write_features(k, dtype, u, out);
}

/* Everything is t's context's, nothing p's: threads have contexts of their own and share the
 * pipeline. */
static glia_status apply(const gl_pipeline *p, const glia_table *t, gl_selection rows,
                         glia_dtype dtype, bool again, using_up *u, gl_features *out) {
    gl_intake *k = gl_intake_new(t->g, p, rows.n);
    *out = (gl_features){.divisor = 1};
    glia_status status = k ? gl_intake_open(k, t, rows) : GLIA_RESOURCE;
    if (status == GLIA_OK) status = fill(k, dtype, again, u, out);
    gl_intake_free(k);
    return status;
}

static gl_selection rows_of(const glia_table *t, const int64_t *rows, int64_t n) {
    return (gl_selection){.list = rows, .n = rows ? n : t->rows};
}

glia_status gl_pipeline_apply(const gl_pipeline *p, const glia_table *t, const int64_t *rows,
                              int64_t n, glia_dtype dtype, bool again, gl_features *out) {
    using_up none = {0};
    return apply(p, t, rows_of(t, rows, n), dtype, again, &none, out);
}

glia_status gl_pipeline_use_up(const gl_pipeline *p, glia_table *t, const int64_t *rows, int64_t n,
                               glia_dtype dtype, gl_features *out) {
    using_up u;
    *out = (gl_features){.divisor = 1};
    glia_status status = open_using_up(&u, p, t)
                             ? apply(p, t, rows_of(t, rows, n), dtype, true, &u, out)
                             : GLIA_RESOURCE;
    close_using_up(&u, out);
    return status;
}
