/*
 * clean.c: what has to be done with the bytes of a table of text before anything can be seen in
 * them: the byte order mark, the encoding, the line ends.
 */
#include "csv.h"

#include <string.h>
#include <strings.h>

/* Counted only when it is to be told. */
static int64_t line_of(const csv *c, const char *at) {
    int64_t line = 1;
    for (const char *s = c->text; s < at; s++) line += *s == '\n';
    return line;
}

static bool is_utf8(const char *name) {
    return !strcasecmp(name, "utf-8") || !strcasecmp(name, "utf8");
}

static glia_status refuse_byte(const csv *c, const char *bad, const char *guess) {
    return gl_fail(c->g, GLIA_INPUT,
                   "%s, line %lld: byte 0x%02x is not UTF-8; try option 'encoding' %s", c->path,
                   (long long)line_of(c, bad), (unsigned char)*bad,
                   !strcmp(guess, "windows-1252") ? "latin-1" : guess);
}

/* A mark cannot be mistaken, and needs no word. Zero bytes can only be a binary file's else. */
static bool is_marked(const char *encoding) { return !strncmp(encoding, "UTF-", 4); }

static glia_status refuse_zero(const csv *c) {
    const char *nul = c->survey.all.zero ? memchr(c->text, 0, (size_t)c->size) : NULL;
    return !nul ? GLIA_OK
                : gl_fail(c->g, GLIA_INPUT,
                          "%s, line %lld: found a zero byte, expected text; where this is no "
                          "binary file (option 'format'), tr -d '\\000' <FILE >table.csv takes "
                          "such bytes out",
                          c->path, (long long)line_of(c, nul));
}

static glia_status fix_encoding(csv *c) {
    const char *wanted = c->options->encoding;
    bool kept = c->options->as_trained & GL_KEPT_ENCODING;
    if (wanted && !kept && !is_utf8(wanted)) return gl_csv_from(c, wanted);
    bool valid = !c->survey.all.not_utf8 && !c->survey.all.zero;
    const char *guess = valid ? NULL : gl_csv_guess_encoding(c->text, c->size);
    if (!guess) return GLIA_OK;
    int64_t others = 0;
    bool mixed = !strcmp(guess, "windows-1252") && gl_csv_is_mixed(c->text, c->size, &others);
    if (kept && !mixed && !is_marked(guess)) return gl_csv_from(c, wanted);
    if (is_marked(guess)) {
        gl_note(c->g, "%s: the text is %s", c->path, guess);
        return gl_csv_from(c, guess);
    }
    if (c->survey.all.zero) return GLIA_OK; /* refused below */
    const char *bad = gl_not_utf8(c->text, c->text + c->size);
    if (wanted && !kept) return refuse_byte(c, bad, guess);
    if (mixed) {
        gl_warn(c->g,
                "%s, line %lld: byte 0x%02x is not UTF-8, as the rest of the file is%s; it is read "
                "as windows-1252",
                c->path, (long long)line_of(c, bad), (unsigned char)*bad,
                others > 1 ? ", nor are some others" : "");
        return gl_csv_mend_mixed(c, others);
    }
    const char *utf8 = strcmp(guess, "windows-1252") ? NULL : gl_csv_find_utf8(c->text, c->size);
    gl_warn(c->g,
            "%s, line %lld: byte 0x%02x is not UTF-8; the file is read as %s (option 'encoding')",
            c->path, (long long)line_of(c, bad), (unsigned char)*bad, guess);
    if (utf8)
        gl_warn(c->g,
                "%s, line %lld: this looks like UTF-8, in a file of windows-1252: whoever joined "
                "the two made other letters of it; convert one of them",
                c->path, (long long)line_of(c, utf8));
    c->encoding = guess; /* in which later files of a model are read, too */
    return gl_csv_from(c, guess);
}

/* Files that were put together have one each, which is no text. */
static void drop_marks(csv *c) {
    enum { END = 1, MARK = 3 };
    char *to = c->text, *s = c->text, *end = s + c->size, *at;
    int64_t line = 0;
    while ((at = memmem(s, (size_t)(end - s), GL_CSV_MARKED_LINE, END + MARK))) {
        at += END;
        if (!line) line = line_of(c, at);
        memmove(to, s, (size_t)(at - s));
        to += at - s, s = at + MARK;
    }
    if (!line) return;
    memmove(to, s, (size_t)(end - s) + 1);
    c->size = to - c->text + (end - s);
    gl_note(c->g,
            "%s, line %lld: a byte order mark begins this line, as where files were joined; "
            "it is left out",
            c->path, (long long)line);
    gl_csv_survey(c);
}

glia_status gl_csv_clean(csv *c) {
    bool plain = !c->options->encoding || is_utf8(c->options->encoding);
    const gl_csv_chunk *all = &c->survey.all;
    bool mended =
        !plain || all->zero || all->not_utf8 || all->mark || (!all->lines && all->returns);
    if (mended && !gl_csv_need_all(c)) return c->status;
    glia_status status = fix_encoding(c);
    if (status) return status;
    if (c->size >= 3 && !memcmp(c->text, "\xEF\xBB\xBF", 3)) { /* byte order mark */
        c->size -= 3;
        memmove(c->text, c->text + 3, (size_t)c->size + 1);
        if (!c->partial) gl_csv_survey(c);
    }
    if (c->survey.all.mark) drop_marks(c);
    status = refuse_zero(c);
    if (status) return status;
    if (c->survey.all.lines || !c->survey.all.returns) return GLIA_OK;
    for (char *s = c->text; s < c->text + c->size; s++) /* line ends of old Macs */
        if (*s == '\r') *s = '\n';
    gl_csv_survey(c);
    return GLIA_OK;
}
