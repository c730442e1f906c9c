/*
 * libsvm.c: sparse text rows, as libsvm and svmlight write them:
 *
 *     label index:value index:value ... # comment
 *
 *     -1 3:1 11:1 14:0.5        f3 1, f11 1, f14 0.5, every other f 0, label -1
 *     +1 5:1
 *
 * Every index up to the largest becomes a number column f<index>, 0 where a row does not name it;
 * the column "label" is the last. Columns, not one array: each can be looked at, left out and
 * ranked, and another file may have more or fewer of them (gl_table_source). They are called by the
 * file's own indices, so that it need not be known whether those begin at 0 or at 1.
 *
 * The rows are read as they come into one list of entries, since how many columns there are is
 * known at the end only.
 */
#include "spoilt.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A thousand rows of so many columns take 0.5 GB, and a copy for training; bags of words with more
 * need columns without their zeros, which a table does not have. */
#define MOST_COLUMNS 65536

extern const gl_reader gl_reader_libsvm;

typedef struct entry {
    int64_t index;
    double value;
} entry;

typedef struct row {
    double label;
    int64_t line, end; /* its entries end before this one */
} row;

typedef struct field { /* of a line, both counted from 1 */
    const char *text;
    size_t length;
    int64_t line, number;
} field;

typedef struct reader {
    glia_ctx *g;
    const char *source; /* for messages */
    entry *entry;
    row *row;
    int64_t entries, entry_cap, rows, row_cap;
    int64_t first, last;           /* the indices that get a column */
    int64_t last_line, last_field; /* where the largest stands */
    bool grouped;                  /* a qid was seen */
    gl_spoilt *spoilt;             /* NULL: no line is left out */
} reader;

/* ------------------------------------------------------------------------------------ fields -- */

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

static bool next_field(const char **s, const char *end, field *f) {
    const char *at = *s;
    while (at < end && is_blank(*at)) at++;
    f->text = at;
    while (at < end && !is_blank(*at)) at++;
    f->length = (size_t)(at - f->text);
    f->number++;
    *s = at;
    return f->length > 0;
}

static bool is_label(const field *f, double *label) {
    return gl_parse_number(f->text, f->length, '.', label) && isfinite(*label);
}

/* index:value, an index of 18 digits at most, which cannot overflow 64 bits. "3: 0.5" is refused
 * and not read as 3 and a label. */
static bool is_pair(const field *f, entry *e) {
    const char *s = f->text, *end = s + f->length, *most = f->length > 18 ? s + 18 : end;
    e->index = 0;
    for (; s < most && *s >= '0' && *s <= '9'; s++) e->index = e->index * 10 + (*s - '0');
    if (s == f->text || s + 1 >= end || *s != ':' || is_blank(s[1])) return false;
    return gl_parse_number(s + 1, (size_t)(end - s - 1), '.', &e->value) && isfinite(e->value);
}

/* The group of a ranking, qid:N after the label. */
static bool is_group(const field *f) {
    double group;
    return f->number == 2 && f->length > 4 && !memcmp(f->text, "qid:", 4) &&
           gl_parse_number(f->text + 4, f->length - 4, '.', &group);
}

static const char *line_end(const char *s, const char *end) {
    const char *at = memchr(s, '\n', (size_t)(end - s));
    return at ? at : end;
}

static const char *without_comment(const char *s, const char *end) {
    const char *at = memchr(s, '#', (size_t)(end - s));
    return at ? at : end;
}

/* Every field of every line seen must be one, and there must be a pair: a file of one column of
 * numbers looks like labels alone, and "12:30" among other texts is a time. */
static bool looks_sparse(const unsigned char *bytes, size_t n, bool whole) {
    const char *s = (const char *)bytes, *end = s + n;
    while (!whole && end > s && !is_blank(end[-1]) && end[-1] != '\n') end--; /* a field cut off */
    int64_t pairs = 0;
    for (const char *next; s < end; s = next + 1) {
        field f = {0};
        entry e;
        next = line_end(s, end);
        for (const char *stop = without_comment(s, next); next_field(&s, stop, &f);) {
            if (f.number == 1 ? !is_label(&f, &e.value) : !is_pair(&f, &e) && !is_group(&f))
                return false;
            pairs += f.number > 1;
        }
    }
    return pairs > 0;
}

/* -------------------------------------------------------------------------------------- rows -- */

static glia_status bad_field(const reader *r, const field *f, const char *expected) {
    return gl_fail(r->g, GLIA_INPUT, "%s, line %lld, field %lld: found '%.*s', expected %s",
                   r->source, (long long)f->line, (long long)f->number,
                   (int)(f->length < 40 ? f->length : 40), f->text, expected);
}

/* A row that begins with a pair has no label, as rows to be predicted may; one with a comma has
 * several: each is told its own mend. */
static glia_status read_label(reader *r, const field *f) {
    if (!gl_reserve(r->g, &r->row, &r->row_cap, r->rows + 1, sizeof *r->row)) return GLIA_RESOURCE;
    row *to = &r->row[r->rows++];
    to->line = f->line;
    if (is_label(f, &to->label)) return GLIA_OK;
    if (memchr(f->text, ':', f->length))
        return bad_field(r, f, "the label first, a number (write 0 where it is not known)");
    if (memchr(f->text, ',', f->length))
        return bad_field(r, f, "one label; rows of several labels are not read");
    return bad_field(r, f, "a label that is a finite number");
}

/* libsvm demands it, too. An index that comes twice would silently be the later one, and two rows
 * glued together by a lost line end look like that. */
static glia_status out_of_order(const reader *r, const field *f, int64_t before) {
    char expected[80];
    snprintf(expected, sizeof expected, "an index above %lld: they ascend, none comes twice",
             (long long)before);
    return bad_field(r, f, expected);
}

static glia_status read_entry(reader *r, const field *f, int64_t before) {
    if (is_group(f)) return r->grouped = true, GLIA_OK;
    if (!gl_reserve(r->g, &r->entry, &r->entry_cap, r->entries + 1, sizeof *r->entry))
        return GLIA_RESOURCE;
    entry *e = &r->entry[r->entries];
    if (!is_pair(f, e))
        return bad_field(r, f, "index:value, a whole number from 0 and a finite number");
    if (e->index <= before) return out_of_order(r, f, before);
    r->entries++;
    if (e->index == 0) r->first = 0;
    if (e->index <= r->last) return GLIA_OK;
    r->last = e->index;
    r->last_line = f->line, r->last_field = f->number;
    return GLIA_OK;
}

static glia_status read_row(reader *r, const char *s, const char *end, int64_t line) {
    field f = {.line = line};
    if (!next_field(&s, end, &f)) return GLIA_OK;
    glia_status status = read_label(r, &f);
    int64_t begin = r->entries;
    while (!status && next_field(&s, end, &f))
        status = read_entry(r, &f, r->entries > begin ? r->entry[r->entries - 1].index : -1);
    if (!status) r->row[r->rows - 1].end = r->entries;
    return status;
}

/* Without anything of a line that cannot be read, where it is left out. */
static glia_status try_row(reader *r, const char *s, const char *end, int64_t line) {
    reader before = *r;
    glia_status status = read_row(r, s, end, line);
    if (status != GLIA_INPUT || !r->spoilt) return status;
    r->rows = before.rows, r->entries = before.entries, r->grouped = before.grouped;
    r->first = before.first, r->last = before.last;
    r->last_line = before.last_line, r->last_field = before.last_field;
    return gl_spoilt_add(r->spoilt, 0, 0, line);
}

static glia_status read_rows(reader *r, const char *s, const char *end) {
    if (end - s >= 3 && !memcmp(s, "\xEF\xBB\xBF", 3)) s += 3; /* byte order mark */
    glia_status status = GLIA_OK;
    for (int64_t line = 1; !status && s < end; line++) {
        const char *next = line_end(s, end);
        status = try_row(r, s, without_comment(s, next), line);
        s = next + 1;
    }
    if (!status && !r->rows && !(r->spoilt && r->spoilt->n))
        status = gl_fail(r->g, GLIA_INPUT,
                         "%s: the file is empty, expected rows such as '1 3:0.5 7:2'", r->source);
    if (!status && r->grouped)
        gl_note(r->g, "%s: groups of a ranking (qid) are not used", r->source);
    return status;
}

/* ----------------------------------------------------------------------------------- columns -- */

/* Every row gets every column: that must fit, and is known before anything is allocated. */
static glia_status check_size(const reader *r) {
    int64_t columns = r->last - r->first + 1;
    double giga = (double)columns * (double)r->rows * sizeof(double) / 1e9;
    if (columns > MOST_COLUMNS) {
        return gl_fail(r->g, GLIA_INPUT,
                       "%s, line %lld, field %lld: found index %lld, expected %d at most: %lld "
                       "rows of so many columns would take %.3g GB; number the features anew",
                       r->source, (long long)r->last_line, (long long)r->last_field,
                       (long long)r->last, MOST_COLUMNS, (long long)r->rows, giga);
    }
    /* What is certain not to fit is refused before it drives the machine into its swap. */
    return gl_check_bytes(r->g, r->source, columns * r->rows * (int64_t)sizeof(double));
}

static glia_status add_columns(const reader *r, glia_table *t) {
    for (int64_t index = r->first; index <= r->last + 1; index++) {
        char name[32] = "label";
        if (index <= r->last) snprintf(name, sizeof name, "f%lld", (long long)index);
        gl_column *c = gl_table_add(t, name, GLIA_NUMBER);
        if (!c || !(c->number = gl_alloc(r->g, r->rows, sizeof *c->number))) return GLIA_RESOURCE;
    }
    t->line = gl_alloc(r->g, r->rows, sizeof *t->line);
    return t->line ? GLIA_OK : GLIA_RESOURCE;
}

static void fill(const reader *r, glia_table *t) {
    const entry *e = r->entry;
    t->sparse = true;
    t->rows = r->rows;
    for (int64_t i = 0; i < r->rows; i++) {
        for (; e < r->entry + r->row[i].end; e++)
            t->column[e->index - r->first].number[i] = e->value;
        t->column[t->columns - 1].number[i] = r->row[i].label;
        t->line[i] = r->row[i].line;
    }
}

static glia_table *read_libsvm(glia_ctx *g, const char *path, const glia_read_options *options) {
    if (!options->format && !gl_is_called_for(&gl_reader_libsvm, path))
        gl_note(g, "%s: looks like sparse text rows, label index:value ... (option 'format')",
                path);
    int64_t size;
    char *text = gl_read_bytes(g, path, &size);
    if (!text) return NULL;
    gl_spoilt spoilt = {.g = g};
    reader r = {.g = g, .source = strcmp(path, "-") ? path : "standard input", .first = 1};
    if (gl_skips_bad_rows(options)) r.spoilt = &spoilt;
    glia_status status = read_rows(&r, text, text + size);
    gl_free(g, text);
    if (!status) status = check_size(&r);
    glia_table *t = status ? NULL : gl_table_new(g, r.source);
    if (t && add_columns(&r, t)) {
        glia_table_free(t);
        t = NULL;
    }
    if (t) fill(&r, t);
    if (gl_spoilt_end(&spoilt, status ? NULL : r.source, t)) {
        glia_table_free(t);
        t = NULL;
    }
    gl_free(g, r.entry);
    gl_free(g, r.row);
    return t;
}

const gl_reader gl_reader_libsvm = {
    .names = {"libsvm", "svmlight"},
    .suffixes = {".libsvm", ".svm"},
    .looks_so = looks_sparse,
    .read_table = read_libsvm,
};
