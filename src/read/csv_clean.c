/*
 * csv_clean.c: what has to be done with the bytes of a table of text before anything can be seen in
 * them: the byte order mark, the encoding, the line ends.
 */
#include "csv.h"

#include <string.h>

/* Counted only when it is to be told. */
static int64_t line_of(const csv *c, const char *at) {
    int64_t line = 1;
    for (const char *s = c->text; s < at; s++) line += *s == '\n';
    return line;
}

/* Byte and code point are the same number in latin-1, so a byte from 80 on becomes the two bytes of
 * its UTF-8, and no file can fail to be read this way. */
static glia_status from_latin1(csv *c) {
    int64_t high = 0, n = 0;
    for (int64_t i = 0; i < c->size; i++) high += (unsigned char)c->text[i] >= 0x80;
    char *text = gl_alloc(c->g, c->size + high + 1, 1);
    if (!text) return GLIA_RESOURCE;
    for (int64_t i = 0; i < c->size; i++) {
        unsigned char b = (unsigned char)c->text[i];
        if (b >= 0x80) text[n++] = (char)(0xC0 | b >> 6);
        text[n++] = (char)(b < 0x80 ? b : 0x80 | (b & 0x3F));
    }
    gl_free(c->g, c->text);
    c->text = text;
    c->size = n;
    return GLIA_OK;
}

static glia_status fix_encoding(csv *c) {
    const char *wanted = c->options->encoding;
    if (wanted && (!strcmp(wanted, "latin-1") || !strcmp(wanted, "latin1"))) return from_latin1(c);
    if (wanted && strcmp(wanted, "utf-8") && strcmp(wanted, "utf8")) {
        return gl_fail(c->g, GLIA_USAGE, "encoding '%s' is not known; expected utf-8 or latin-1",
                       wanted);
    }
    const char *bad = gl_not_utf8(c->text, c->text + c->size);
    if (!bad) return GLIA_OK;
    long long line = line_of(c, bad);
    if (wanted) {
        return gl_fail(c->g, GLIA_INPUT,
                       "%s, line %lld: byte 0x%02x is not UTF-8; try option 'encoding' latin-1",
                       c->path, line, (unsigned char)*bad);
    }
    gl_warn(
        c->g,
        "%s, line %lld: byte 0x%02x is not UTF-8; the file is read as latin-1 (option 'encoding')",
        c->path, line, (unsigned char)*bad);
    return from_latin1(c);
}

/* UTF-16 (Excel's "Unicode text") has a zero byte for each letter of English, and would be called
 * binary below, without the mend. */
glia_status gl_csv_clean(csv *c) {
    if (c->size >= 2 && (!memcmp(c->text, "\xFF\xFE", 2) || !memcmp(c->text, "\xFE\xFF", 2))) {
        return gl_fail(c->g, GLIA_INPUT,
                       "%s: the text is UTF-16; save it as UTF-8 (iconv -f utf-16 -t utf-8)",
                       c->path);
    }
    if (c->size >= 3 && !memcmp(c->text, "\xEF\xBB\xBF", 3)) { /* byte order mark */
        c->size -= 3;
        memmove(c->text, c->text + 3, (size_t)c->size + 1);
    }
    const char *nul = memchr(c->text, 0, (size_t)c->size);
    if (nul) {
        return gl_fail(c->g, GLIA_INPUT,
                       "%s, line %lld: found a zero byte, expected text; is this a binary file "
                       "(option 'format')?",
                       c->path, (long long)line_of(c, nul));
    }
    if (!memchr(c->text, '\n', (size_t)c->size)) { /* line ends of old Macs */
        for (int64_t i = 0; i < c->size; i++) {
            if (c->text[i] == '\r') c->text[i] = '\n';
        }
    }
    return fix_encoding(c);
}
