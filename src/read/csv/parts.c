/*
 * parts.c: a text is cut between two rows into parts, which are read side by side, and joined in
 * their order: the table is that of one part, whatever the number of threads.
 *
 *     a,x    part 1    rows 0, 1    x is 0, y is 1            0  1
 *     b,y                                                     a: as it is
 *     ------
 *     c,y    part 2    rows 2, 3    y is 0, z is 1            1  2
 *     d,z                           joined: y is 1, z is 2
 *
 * Every part writes codes to its own place in columns that all share, since no row can begin before
 * the lines above it: where some of those are no rows, what follows moves up. Texts get codes in
 * each part, and then those of the whole. Numbers are packed in each part, and then put behind
 * those of the whole: as doubles they would be the most of a training's memory.
 *
 * In a file with quotes a line end may be within a cell. Parts are cut where an even number of
 * quotes stands before; and where a part finds a row open at its end, that was a mistake (a quote
 * stood within a cell), and all is read as one.
 */
#include "../../base/crew.h"
#include "build.h"

#include <math.h>
#include <string.h>

typedef struct parts {
    csv *c;
    glia_table *t;
    gl_csv_tally *tally; /* [columns] of the whole */
    gl_csv_part part[GL_CSV_CHUNKS + 1];
    int64_t row[GL_CSV_CHUNKS + 1]; /* where its place begins */
    int n;
    bool mistaken;     /* a cut was within a row */
    bool whole;        /* one was: there is one part */
    int64_t first_row; /* the line of the first row, which may name the columns */
    uint64_t seen;
} parts;

/* -------------------------------------------------------------------------------------- cuts -- */

/* A row of n cells takes n bytes or more, its line end included. So memory for all cells is at most
 * eight times the file, whatever the file looks like, also where a million empty lines follow a
 * header of a thousand columns. libcsv ends rows at a carriage return, too. */
static int64_t most_rows(const parts *p, const gl_csv_part *part, int64_t lines) {
    int64_t by_size = part->text.size / p->t->columns + 1;
    if (p->c->survey.all.quotes) lines += p->c->survey.all.returns;
    return (lines < by_size ? lines : by_size) - part->header;
}

/* Of `size` bytes, with `lines` line ends below `above` others. */
static gl_csv_part *add_part(parts *p, int64_t size, int64_t above, int64_t lines, bool last) {
    const csv *c = p->c;
    gl_csv_part *part = &p->part[p->n];
    *part = (gl_csv_part){.rules = c->rules,
                          .header = p->n == 0 && c->header,
                          .first_row = p->first_row};
    part->text = (gl_csv_text){NULL, size, above + 1, c->survey.all.quotes > 0};
    part->cap = most_rows(p, part, lines + last);
    p->row[p->n] = p->n ? p->row[p->n - 1] + p->part[p->n - 1].cap : 0;
    p->n++;
    return part;
}

static void add_range(parts *p, int64_t from, int64_t to, int64_t above, int64_t lines, bool last) {
    gl_csv_part *part = add_part(p, to - from, above, lines, last);
    if (p->c->partial) part->from = from;
    else part->text.s = p->c->text + from;
}

/* At the first row of each chunk, but not above the first of all, so that the header is in the
 * first part. */
static void cut(parts *p) {
    const csv *c = p->c;
    const gl_csv_surveyed *s = &c->survey;
    int64_t from = c->partial ? c->rest_from : 0, end = c->partial ? c->file.size : c->size;
    int64_t above = 0, lines = 0, quotes = 0, begin = from;
    p->n = 0;
    if (c->partial) {
        add_part(p, c->size, 0, s->head.lines, false)->text.s = c->text;
        above = lines = s->head.lines;
    }
    for (int k = 0; k + 1 < s->chunks && !p->whole; k++) {
        lines += s->chunk[k].lines, quotes += s->chunk[k].quotes;
        gl_csv_cut next = s->chunk[k + 1].cut[quotes & 1];
        int64_t to = begin + (k + 1) * s->chunk_size + next.at;
        if (!next.at || to == end || lines + next.lines < p->first_row) continue;
        add_range(p, from, to, above, lines + next.lines - above, false);
        from = to, above = lines + next.lines;
    }
    add_range(p, from, end, above, s->all.lines - above, true);
}

/* ------------------------------------------------------------------------------- one of them -- */

/* g: the hand's, or the whole table's when hands may be gone; the memory is of one kind. */
static void close_part(gl_csv_part *part, glia_ctx *g) {
    glia_table *t = part->table;
    if (!t) return;
    t->g = g;
    for (int j = 0; j < t->columns; j++) {
        gl_column *c = &t->column[j];
        gl_free(g, c->category);
        gl_free(g, c->slot);
        gl_free(g, c->spelt);
        gl_free(g, c->packed.bytes);
    }
    gl_free(g, part->numbers);
    part->numbers = NULL;
    gl_table_drop_texts(t);
    gl_free(g, part->tally);
    gl_free(g, part->memo);
    part->memo = NULL;
    gl_table_close_view(t);
    part->table = NULL;
}

/* 400 kB for each part at most; of more columns not even the memos would stay in a cache. */
enum { MOST_MEMOS = 256 };

/* Room for the numbers of a part, as doubles: a megabyte of text or two. */
static bool open_numbers(gl_csv_part *part, glia_ctx *g) {
    glia_table *t = part->table;
    int64_t columns = 0, cells;
    for (int j = 0; j < t->columns; j++)
        columns += t->column[j].type == GLIA_NUMBER && !part->tally[j].done;
    if (!gl_multiply(columns, part->cap, &cells)) return false;
    double *at = part->numbers = gl_alloc_unset(g, cells, sizeof *at);
    for (int j = 0; at && j < t->columns; j++) {
        if (t->column[j].type != GLIA_NUMBER || part->tally[j].done) continue;
        t->column[j].number = at;
        at += part->cap;
    }
    return part->numbers;
}

/* Its columns are those of the whole from its row on, with texts and numbers of their own. */
static bool open_part(const parts *p, gl_csv_part *part, int64_t row, glia_ctx *g) {
    glia_table *t = part->table = gl_table_view(g, p->t);
    if (!t) return false;
    part->tally = gl_alloc(g, t->columns, sizeof *part->tally);
    bool many = t->columns > MOST_MEMOS;
    part->memo = many ? NULL : gl_alloc(g, t->columns, GL_MEMOS * sizeof *part->memo);
    t->rows = 0, t->line += row, t->pool = NULL;
    for (int j = 0; j < t->columns; j++) {
        gl_column *c = &t->column[j];
        c->number = NULL, c->packed = (gl_packed){0};
        if (c->code) c->code += row;
        c->category = NULL, c->slot = NULL, c->spelt = NULL;
        c->categories = c->category_cap = c->slots = 0;
        if (part->tally) part->tally[j].done = p->tally[j].done;
    }
    return part->tally && (many || part->memo) && open_numbers(part, g);
}

/* Cells are read from memory of the hand, which the next part gets. */
static glia_status read_cells(const parts *p, gl_csv_part *part, glia_ctx *g) {
    if (part->text.s) return gl_csv_build(p->c, part);
    gl_csv_buffer *b = gl_csv_borrow(p->c, g, part->from, part->text.size);
    if (!b) return g->code;
    if (part->text.quoted) gl_csv_open_formulas_in(b->text, part->text.size);
    if (part->text.quoted) gl_csv_mark_na_in(b->text, part->text.size);
    part->text.s = b->text;
    glia_status status = gl_csv_build(p->c, part);
    part->text.s = NULL;
    gl_csv_give_back(b);
    return status;
}

static glia_status pack_numbers(gl_csv_part *part, glia_ctx *g) {
    glia_table *t = part->table;
    bool ok = true;
    for (int j = 0; ok && j < t->columns; j++) {
        gl_column *c = &t->column[j];
        if (c->number) ok = gl_pack(g, &c->packed, t->rows, 0, c->number, t->rows);
        c->number = NULL;
    }
    gl_free(g, part->numbers);
    part->numbers = NULL;
    return ok ? GLIA_OK : GLIA_RESOURCE;
}

static glia_status read_part(void *user, gl_hand *hand, int64_t k) {
    parts *p = user;
    gl_csv_part *part = &p->part[k];
    glia_status status = GLIA_RESOURCE;
    if (open_part(p, part, p->row[k], hand->g)) status = read_cells(p, part, hand->g);
    if (!status) status = pack_numbers(part, hand->g);
    if (status) close_part(part, hand->g);
    return status;
}

/* ----------------------------------------------------------------------------------- joining -- */

static void add_tally(gl_csv_tally *to, const gl_csv_tally *from) {
    if (!to->words && from->words) {
        to->word_line = from->word_line;
        memcpy(to->word, from->word, sizeof to->word);
    }
    to->numbers += from->numbers, to->texts += from->texts, to->infinite += from->infinite;
    to->words += from->words, to->codes += from->codes, to->large += from->large;
    to->na += from->na, to->padded += from->padded;
}

static void add_left_out(gl_left_out *to, const gl_left_out *from) {
    if (!to->count) to->line = from->line;
    to->count += from->count;
}

/* Codes of the part become those of the whole: none, where its texts came in the same order. */
static bool join_codes(glia_table *t, gl_column *to, const gl_column *from, int64_t rows) {
    bool same = true;
    int32_t *code = gl_alloc_unset(t->g, from->categories, sizeof *code);
    for (int64_t k = 0; code && k < from->categories; k++) {
        code[k] = gl_column_code(t, to, from->category[k], strlen(from->category[k]));
        if (code[k] < 0) return gl_free(t->g, code), false;
        same &= code[k] == k;
    }
    for (int64_t i = 0; code && !same && i < rows; i++)
        if (from->code[i] >= 0) from->code[i] = code[from->code[i]];
    gl_free(t->g, code);
    return code;
}

/* Spelt cells of the part, whose texts t gets. */
static bool join_spelt(parts *p, gl_column *to, const gl_column *from, int64_t rows) {
    int64_t cap = p->row[p->n - 1] + p->part[p->n - 1].cap;
    if (!from->spelt) return true;
    if (!to->spelt && !(to->spelt = gl_alloc(p->t->g, cap, sizeof *to->spelt))) return false;
    memcpy(to->spelt + p->t->rows, from->spelt, (size_t)rows * sizeof *to->spelt);
    return true;
}

static void move_up(gl_column *to, const gl_column *from, int64_t at, int64_t rows) {
    if (to->code && to->code + at != from->code)
        memmove(to->code + at, from->code, (size_t)rows * sizeof *to->code);
}

static bool join_numbers(parts *p, gl_column *to, const gl_column *from, int64_t rows) {
    int64_t cap = p->row[p->n - 1] + p->part[p->n - 1].cap;
    return !from->packed.bytes ||
           gl_pack_again(p->t->g, &to->packed, cap, p->t->rows, &from->packed, rows);
}

static bool join_columns(parts *p, const gl_csv_part *part) {
    glia_table *t = p->t;
    int64_t rows = part->table->rows;
    for (int j = 0; j < t->columns; j++) {
        gl_column *to = &t->column[j], *from = &part->table->column[j];
        if (p->tally[j].done) continue;
        add_tally(&p->tally[j], &part->tally[j]);
        if (to->code && !join_codes(t, to, from, rows)) return false;
        if (!join_spelt(p, to, from, rows) || !join_numbers(p, to, from, rows)) return false;
        move_up(to, from, t->rows, rows);
    }
    return true;
}

static glia_status join_part(void *user, int64_t k) {
    parts *p = user;
    gl_csv_part *part = &p->part[k];
    glia_table *t = p->t, *own = part->table;
    bool last = k == p->n - 1, joined = true;
    p->mistaken = part->open && !last;
    if (part->open && last) gl_csv_never_closed(t->g, t->source, part->open);
    if (!part->open) {
        joined = join_columns(p, part);
        if (t->line + t->rows != own->line)
            memmove(t->line + t->rows, own->line, (size_t)own->rows * sizeof *t->line);
        t->rows += own->rows;
        p->seen |= part->seen;
        add_left_out(&p->c->rules.empty, &part->rules.empty);
        add_left_out(&p->c->rules.comments, &part->rules.comments);
        add_left_out(&p->c->rules.headers, &part->rules.headers);
        if (p->c->options->spelt > 0) gl_table_take_texts(t, own);
    }
    close_part(part, t->g);
    return part->open ? GLIA_INPUT : joined ? GLIA_OK : GLIA_RESOURCE;
}

/* ------------------------------------------------------------------------------- all of them -- */

/* For all parts; columns of a pass before that are as they should be stay. */
static glia_status prepare_columns(parts *p) {
    glia_table *t = p->t;
    int64_t cap = p->row[p->n - 1] + p->part[p->n - 1].cap;
    t->rows = 0;
    gl_csv_rules *r = &p->c->rules;
    r->empty = r->comments = r->headers = (gl_left_out){0};
    if (!t->line && !(t->line = gl_alloc_unset(t->g, cap, sizeof *t->line))) return GLIA_RESOURCE;
    for (int j = 0; j < t->columns; j++) {
        gl_column *c = &t->column[j];
        if (p->tally[j].done) continue;
        p->tally[j] = (gl_csv_tally){0};
        if (c->type == GLIA_CATEGORY && !c->code)
            c->code = gl_alloc_unset(t->g, cap, sizeof *c->code);
        if (c->type == GLIA_CATEGORY && !c->code) return GLIA_RESOURCE;
    }
    return GLIA_OK;
}

/* Numbers that take 8 bytes are doubles. */
static void settle_numbers(glia_table *t) {
    for (gl_column *c = t->column; c < t->column + t->columns; c++) {
        if (!c->packed.bytes || c->packed.width < 8) continue;
        c->number = (double *)(void *)c->packed.bytes;
        c->packed = (gl_packed){0};
    }
}

static glia_status read_parts(parts *p) {
    glia_status status = prepare_columns(p);
    if (status) return status;
    gl_work work = {
        .n = p->n, .job = read_part, .settle = join_part, .user = p, .hands = p->t->g->threads};
    status = gl_crew_work(p->t->g, &work);
    for (int k = 0; k < p->n; k++)
        close_part(&p->part[k], p->t->g); /* of those that were forgotten */
    settle_numbers(p->t);
    return status;
}

/* Numbers that were read are no longer known as they were spelt. */
static void become_texts(glia_table *t, int column) {
    gl_column *c = &t->column[column];
    gl_column_drop_numbers(t->g, c);
    gl_free(t->g, c->spelt);
    c->spelt = NULL;
    c->type = GLIA_CATEGORY;
}

/* As if no part had been read: those were cut wrongly. */
static void start_over(parts *p) {
    glia_table *t = p->t;
    for (gl_column *c = t->column; c < t->column + t->columns; c++) {
        gl_column_drop_numbers(t->g, c);
        gl_free(t->g, c->code);
        gl_free(t->g, c->spelt);
        c->code = NULL, c->spelt = NULL;
        c->categories = 0;
        if (c->slot) memset(c->slot, 0, (size_t)c->slots * sizeof *c->slot);
    }
    gl_free(t->g, t->line);
    t->line = NULL;
}

/* 1.10 and 1.1 among few different ones are classes that look like numbers: cells.c asks their
 * texts. */
static bool may_be_versions(const parts *p, int j) {
    double values[GL_FEW_VALUES];
    const gl_column *c = &p->t->column[j];
    return p->tally[j].padded && c->role == GL_AS_GUESSED &&
           gl_distinct(c, NULL, p->t->rows, GL_FEW_VALUES, values) <= GL_FEW_VALUES;
}

/* One text makes a column text, but "007" was read as 7: such columns are then read again, once,
 * because the tally has seen every cell of every column. The sample settles most of them, so that
 * this is rare. */
static bool has_more_texts(parts *p) {
    bool more = false;
    for (int j = 0; j < p->t->columns; j++) {
        gl_csv_tally *found = &p->tally[j];
        bool texts = p->t->column[j].type == GLIA_NUMBER &&
                     (found->texts || found->codes || may_be_versions(p, j));
        found->done = !texts;
        if (texts) become_texts(p->t, j);
        more |= texts;
    }
    return more;
}

static glia_status read_first(parts *p) {
    cut(p);
    glia_status status = read_parts(p);
    if (!p->mistaken) return status;
    start_over(p);
    p->whole = true;
    if (!gl_csv_need_all(p->c)) return p->c->status;
    cut(p);
    return read_parts(p);
}

glia_status gl_csv_parts(csv *c, glia_table *t, gl_csv_tally *tally, int64_t first_row,
                         uint64_t *seen) {
    parts *p = gl_alloc(t->g, 1, sizeof *p);
    if (!p) return GLIA_RESOURCE;
    p->c = c, p->t = t, p->tally = tally, p->first_row = first_row;
    glia_status status = read_first(p);
    if (!status && has_more_texts(p)) status = read_parts(p);
    *seen = p->seen;
    gl_free(t->g, p);
    return status;
}
