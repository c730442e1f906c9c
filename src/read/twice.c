/*
 * twice.c: texts that are in UTF-8 twice: somebody read UTF-8 as windows-1252 and wrote it again.
 *
 *     André   43 6E 64 72 C3 A9   ->   AndrÃ©        it’s   ->   itâ€™s
 *
 * Such a file is valid; its texts are others than those of the next one, which may be as it should
 * be. What was meant is found by going one step back.
 */
#include "readers.h"

#include <stdio.h>

/* The byte that a letter at *s was, in windows-1252 or latin-1, and *s behind it; -1: none. */
static int byte_of(const char **s) {
    const unsigned char *u = (const unsigned char *)*s;
    unsigned c = 0;
    int n = (u[0] & 0xE0) == 0xC0 ? 2 : (u[0] & 0xF0) == 0xE0 ? 3 : 0;
    for (int i = 1; i < n; i++)
        if ((u[i] & 0xC0) != 0x80) return -1;
    if (n == 2) c = (u[0] & 0x1Fu) << 6 | (u[1] & 0x3Fu);
    if (n == 3) c = (u[0] & 0xFu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3Fu);
    for (int i = 0; i < 32 && c > 0xFF; i++)
        if (gl_windows_1252[i] == c) c = 0x80 + (unsigned)i;
    if (c < 0x80 || c > 0xFF) return -1;
    *s += n;
    return (int)c;
}

/* The letters at *s that were the bytes of one, which goes to `to`: how many bytes; 0: there are
 * none. *usual: it is of western Europe or a sign, as most are. */
static int take_letter(const char **s, char *to, bool *usual) {
    const char *at = *s;
    int lead = byte_of(&at), n = lead < 0xC2   ? 0
                                 : lead < 0xE0 ? 2
                                 : lead < 0xF0 ? 3
                                 : lead < 0xF5 ? 4
                                               : 0;
    to[0] = (char)lead;
    for (int i = 1; i < n; i++) {
        int next = byte_of(&at);
        if (next < 0x80 || next > 0xBF) return 0;
        to[i] = (char)next;
    }
    *usual = lead == 0xC2 || lead == 0xC3 || lead == 0xE2;
    if (n) *s = at;
    return n;
}

/* What was meant, in `meant`. One letter that is not usual may be a capital in front of a quote. */
static bool undo(const char *text, char *meant, size_t size) {
    int usual = 0, other = 0;
    size_t n = 0;
    if (!strchr(text, '\xC3')) return false;
    while (*text && n + 5 < size) {
        bool is_usual = false;
        int bytes = take_letter(&text, meant + n, &is_usual);
        if (!bytes) meant[n++] = *text++;
        n += (size_t)bytes;
        usual += bytes && is_usual;
        other += bytes && !is_usual;
    }
    meant[n] = 0;
    return (usual || other > 1) && !gl_not_utf8(meant, meant + n);
}

static int64_t line_of(const glia_table *t, const gl_column *c, int64_t k) {
    int64_t row = 0;
    while (row < t->rows && c->code[row] != k) row++;
    return row < t->rows ? glia_table_line(t, row) : 1;
}

typedef struct found {
    int64_t texts, line;
    const gl_column *column;
    const char *text;
    char meant[120];
} found;

static void look_at(found *f, const glia_table *t, const gl_column *c, const char *text,
                    int64_t k) {
    char meant[sizeof f->meant];
    if (!undo(text, meant, sizeof meant) || f->texts++) return;
    f->column = c, f->text = text;
    f->line = k < 0 ? 1 : line_of(t, c, k);
    memcpy(f->meant, meant, sizeof meant);
}

void gl_warn_of_twice(const glia_table *t, bool said) {
    found f = {0};
    for (int j = 0; j < t->columns; j++) {
        const gl_column *c = &t->column[j];
        look_at(&f, t, c, c->name, -1);
        for (int64_t k = 0; c->type == GLIA_CATEGORY && k < c->categories; k++)
            look_at(&f, t, c, c->category[k], k);
    }
    if (!f.texts) return;
    char more[64] = "";
    if (f.texts > 1)
        snprintf(more, sizeof more, ", as %lld more text%s do%s", (long long)f.texts - 1,
                 f.texts > 2 ? "s" : "", f.texts > 2 ? "" : "es");
    gl_warn(t->g,
            "%s, %s %lld, column '%.60s': '%.80s' looks like '%.80s', read as windows-1252 and "
            "written as UTF-8 again%s; %s",
            t->source, gl_row_word(t), (long long)f.line, f.column->name, f.text, f.meant, more,
            said ? "leave out option 'encoding', if the file is UTF-8"
                 : "it is read as it stands: convert it back, from UTF-8 to windows-1252 (iconv)");
}
