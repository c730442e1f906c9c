/*
 * write.c: cells as text, and a table as CSV.
 *
 * What a cell shows is its value: 1.10 and 1.1 are one number. What is copied is the cell as the
 * file spelt it, since an id of 19 digits, 00017 or version 1.10 means more than the number: a
 * reader that was asked for copies (option 'spelt' of glia_read_options) has left the spelling in
 * the column wherever the number by itself would be written in another way.
 */
#include "table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void glia_table_cell(const glia_table *t, int64_t row, int column, char *buf, size_t size) {
    const gl_column *c = &t->column[column];
    switch (c->type) {
    case GLIA_ARRAY: snprintf(buf, size, "[...]"); break;
    case GLIA_CATEGORY:
        snprintf(buf, size, "%s", c->code[row] < 0 ? "" : c->category[c->code[row]]);
        break;
    case GLIA_NUMBER:
        snprintf(buf, size, "%s", "");
        if (isnan(gl_number(c, row))) break;
        if (c->date) gl_date_text(gl_number(c, row), c->timed, buf, size);
        else gl_print_number(gl_number(c, row), buf, size);
        break;
    }
}

const char *glia_table_spelling(const glia_table *t, int64_t row, int column, char buf[32],
                                int *quote) {
    const gl_column *c = &t->column[column];
    *quote = 0;
    *buf = 0;
    if (c->spelt && c->spelt[row]) return c->spelt[row];
    if (c->type == GLIA_CATEGORY && c->code[row] >= 0) {
        const char *text = c->category[c->code[row]];
        *quote = gl_is_missing(text, strlen(text), NULL);
        return text;
    }
    glia_table_cell(t, row, column, buf, 32);
    return buf;
}

/* Quoted where a reader would otherwise see another cell, another row, or nothing: every delimiter
 * that a reader guesses counts, and so do blanks at the ends, which it takes off. */
static void add_csv_text(gl_text *out, const char *s, bool quote) {
    size_t n = strlen(s);
    bool plain = !quote && !strpbrk(s, ",;\"\n\r\t|") && s[0] != ' ' && (!n || s[n - 1] != ' ');
    if (plain) {
        gl_add_bytes(out, s, (int64_t)n);
        return;
    }
    gl_add_bytes(out, "\"", 1);
    for (; *s; s++) gl_add_bytes(out, *s == '"' ? "\"\"" : s, *s == '"' ? 2 : 1);
    gl_add_bytes(out, "\"", 1);
}

static void add_csv_name(gl_text *out, const char *name) { add_csv_text(out, name, !*name); }

/* What is written, and from where paths of pictures are found by who reads it. */
typedef struct csv_writer {
    gl_text out, path;
    const glia_table *t;
    char *root; /* NULL: the table has no pictures */
} csv_writer;

/* Pictures are written as a column of their paths, which a reader takes by option
 * 'image-column'. */
static bool is_picture(const glia_table *t, int j) {
    return t->name && t->column[j].type == GLIA_ARRAY && !strcmp(t->column[j].name, "x");
}

static void add_path(csv_writer *w, const char *name) {
    w->path.n = 0;
    gl_add(&w->path, "%s%s", *name == '/' ? "" : w->root, name);
    if (w->path.failed) w->out.failed = true;
    else add_csv_text(&w->out, w->path.s, false);
}

/* A missing cell that nobody spelt is empty, which every reader takes for missing, and numbers have
 * as many digits as it takes to read the same double: a table that is written and read is the same
 * table. */
static void add_csv_cell(gl_text *out, const glia_table *t, int64_t row, int j, int64_t k) {
    const gl_column *c = &t->column[j];
    char buf[40];
    int quote;
    if (c->type != GLIA_ARRAY) {
        const char *text = glia_table_spelling(t, row, j, buf, &quote);
        add_csv_text(out, text, quote);
        return;
    }
    double v = glia_tensor_value(&c->array, row * glia_tensor_count(&c->array, 1) + k);
    if (!isnan(v)) gl_add(out, "%s", gl_print_number(v, buf, sizeof buf));
}

/* An array column x becomes x_1, x_2, ... */
static int64_t width(const glia_table *t, int j) {
    const gl_column *c = &t->column[j];
    return c->type == GLIA_ARRAY && !is_picture(t, j) ? glia_tensor_count(&c->array, 1) : 1;
}

static void add_csv_header(gl_text *out, const glia_table *t) {
    for (int j = 0; j < t->columns; j++) {
        const gl_column *c = &t->column[j];
        for (int64_t k = 0; k < width(t, j); k++) {
            if (j || k) gl_add_bytes(out, ",", 1);
            if (is_picture(t, j)) add_csv_name(out, "path");
            else if (c->type == GLIA_ARRAY) gl_add(out, "%s_%lld", c->name, (long long)k + 1);
            else add_csv_name(out, c->name);
        }
    }
    gl_add_bytes(out, "\n", 1);
}

static void add_csv_row(csv_writer *w, int64_t row) {
    gl_text *out = &w->out;
    const glia_table *t = w->t;
    int64_t begin = out->n;
    for (int j = 0; j < t->columns; j++) {
        for (int64_t k = 0; k < width(t, j); k++) {
            if (j || k) gl_add_bytes(out, ",", 1);
            if (is_picture(t, j)) add_path(w, t->name[row]);
            else add_csv_cell(out, t, row, j, k);
        }
    }
    if (out->n == begin) gl_add_bytes(out, "NA", 2); /* an empty line would be no row */
    gl_add_bytes(out, "\n", 1);
}

/* As the table's own paths begin, where the file goes to this folder; else from / on. */
static bool find_root(csv_writer *w, const char *path) {
    if (!w->t->name) return true;
    bool here = !strchr(path, '/') || *w->t->root == '/';
    char *whole = here ? NULL : realpath(*w->t->root ? w->t->root : ".", NULL);
    w->root = whole ? gl_format(w->t->g, "%s/", whole) : gl_copy_text(w->t->g, w->t->root);
    free(whole);
    return w->root;
}

/* The file is made in memory and written as a whole or not at all. */
glia_status glia_table_write(const glia_table *t, const char *path, const int64_t *rows,
                             int64_t n) {
    csv_writer w = {.out.g = t->g, .path.g = t->g, .t = t};
    bool ok = find_root(&w, path);
    add_csv_header(&w.out, t);
    if (!rows) n = t->rows;
    for (int64_t i = 0; ok && i < n && !w.out.failed; i++) add_csv_row(&w, rows ? rows[i] : i);
    glia_status status = GLIA_RESOURCE;
    if (ok && !w.out.failed) status = gl_write_file(t->g, path, &(gl_chunk){w.out.s, w.out.n}, 1);
    gl_free(t->g, w.out.s);
    gl_free(t->g, w.path.s);
    gl_free(t->g, w.root);
    return status;
}
