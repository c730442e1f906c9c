/*
 * source.c: where the bytes of a table of text are. Those of a small file, of a pipe, or of what
 * was packed, are all in memory. Of a large file only the head is, from which everything about it
 * is found out: the rest is read part by part when its cells are (parts.c), so that its text takes
 * no memory, and no time for touching that. A step that has to change lines all over a text asks
 * for all of it.
 *
 *     text    | head: whole rows     |
 *     file    | head                 | chunk 0   | chunk 1   | chunk 2 |
 *                                    rest_from
 */
#include "csv.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

/* Reads exactly these bytes of the file, and puts a 0 behind them. */
static bool read_at(const csv *c, glia_ctx *g, char *to, int64_t from, int64_t size) {
    to[size] = 0;
    int64_t n = gl_file_read(&c->file, from, to, size);
    if (n == size) return true;
    if (errno) return gl_cannot_read(g, c->path), false;
    gl_fail(g, GLIA_INPUT, "%s: cannot read byte %lld; was the file changed meanwhile?", c->path,
            (long long)(from + n));
    return false;
}

/* -------------------------------------------------------------------------------------- head -- */

/* Behind the last line end that no quote hides; 0: there is none. */
static int64_t end_of_rows(const char *text, int64_t size) {
    bool within = false;
    int64_t end = 0;
    for (int64_t i = 0; i < size; i++) {
        within ^= text[i] == '"';
        if (text[i] == '\n' && !within) end = i + 1;
    }
    return end;
}

/* A head has as many bytes as a chunk, so that a file of two is worth it. */
static bool open_head(csv *c) {
    bool large = gl_file_open(c->path, &c->file) && c->file.size > 2 * GL_CSV_CHUNK;
    c->text = large ? gl_alloc_unset(c->g, GL_CSV_CHUNK + 1, 1) : NULL;
    if (!c->text || !read_at(c, c->g, c->text, 0, GL_CSV_CHUNK)) return false;
    c->size = end_of_rows(c->text, GL_CSV_CHUNK);
    c->rest_from = c->size;
    c->text[c->size] = 0;
    return c->size && memcmp(c->text, "\x1F\x8B", 2) != 0;
}

glia_status gl_csv_open(csv *c) {
    c->file.fd = -1;
    bool piped = !strcmp(c->path, "-");
    c->partial = !piped && open_head(c);
    if (!c->partial) {
        gl_free(c->g, c->text);
        gl_file_close(&c->file);
        c->text = gl_read_bytes(c->g, c->path, &c->size);
        if (!c->text) return c->g->code;
    }
    if (piped) c->path = "standard input";
    gl_csv_survey(c);
    return c->status;
}

void gl_csv_close(csv *c) {
    for (int k = 0; k < GL_CSV_BUFFERS; k++) gl_free(c->g, c->buffer[k].text);
    gl_free(c->g, c->text);
    gl_file_close(&c->file);
}

/* --------------------------------------------------------------------------------------- all -- */

bool gl_csv_need_all(csv *c) {
    if (!c->partial || c->status) return !c->status;
    int64_t rest = c->file.size - c->rest_from;
    bool fits = !gl_check_bytes(c->g, c->path, c->size + rest + 1);
    char *text = fits ? gl_alloc_unset(c->g, c->size + rest + 1, 1) : NULL;
    if (!text || !read_at(c, c->g, text + c->size, c->rest_from, rest)) {
        gl_free(c->g, text);
        c->status = c->g->code;
        return false;
    }
    memcpy(text, c->text, (size_t)c->size);
    if (c->naming.s) {
        c->naming.end = text + (c->naming.end - c->text);
        c->naming.s = text + (c->naming.s - c->text);
    }
    if (c->rules.header) c->rules.header = text + (c->rules.header - c->text);
    gl_free(c->g, c->text);
    gl_file_close(&c->file);
    c->text = text;
    c->size += rest;
    c->partial = false;
    gl_csv_survey(c);
    gl_csv_look(c);
    return !c->status;
}

/* ------------------------------------------------------------------------------ some of it -- */

/* As many hands may want one at once, and no more (crew.c). */
static gl_csv_buffer *claim(csv *c) {
    for (int k = 0;; k = (k + 1) % GL_CSV_BUFFERS)
        if (!atomic_exchange(&c->buffer[k].taken, true)) return &c->buffer[k];
}

gl_csv_buffer *gl_csv_borrow(csv *c, glia_ctx *g, int64_t from, int64_t size) {
    gl_csv_buffer *b = claim(c);
    if (b->size <= size) { /* with room for the next, which may be a row longer */
        gl_free(g, b->text);
        b->size = size + size / 4 + 1;
        b->text = gl_alloc_unset(g, b->size, 1);
        if (!b->text) b->size = 0;
    }
    if (b->text && read_at(c, g, b->text, from, size)) return b;
    gl_csv_give_back(b);
    return NULL;
}

void gl_csv_give_back(gl_csv_buffer *b) { atomic_store(&b->taken, false); }
