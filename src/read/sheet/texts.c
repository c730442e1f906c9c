/*
 * texts.c: the texts that cells of an Excel workbook share: a cell has the number of its text.
 *
 *     <si><t>Bonn</t></si>                                  Bonn
 *     <si><r><t>Bo</t></r><r><t>nn</t></r></si>             Bonn: its runs are formatted apart
 *     <si><t>東京</t><rPh><t>トウキョウ</t></rPh></si>        東京: how it is spoken is left out
 */
#include "xlsx.h"

typedef struct reading {
    glia_ctx *g;
    gl_sheet *sheet;
    gl_shared *to;
    gl_text text;
    bool taken, spoken;
} reading;

static int hex(const char *s) {
    int v = 0;
    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef0123456789ABCDEF",
                   *at = s[i] ? strchr(digits, s[i]) : NULL;
        if (!at) return -1;
        v = v * 16 + (int)(at - digits) % 16;
    }
    return v;
}

static size_t put_utf8(char *to, int v) {
    if (v < 0x80) return to[0] = (char)v, 1;
    if (v < 0x800) return to[0] = (char)(0xC0 | v >> 6), to[1] = (char)(0x80 | (v & 63)), 2;
    to[0] = (char)(0xE0 | v >> 12), to[1] = (char)(0x80 | (v >> 6 & 63));
    to[2] = (char)(0x80 | (v & 63));
    return 3;
}

/* Halves of pairs, and 0, stay as they are spelt. */
size_t gl_unescape(char *text, size_t n) {
    size_t to = 0;
    for (size_t i = 0; i < n;) {
        int v = n - i >= 7 && text[i] == '_' && text[i + 1] == 'x' && text[i + 6] == '_'
                    ? hex(text + i + 2)
                    : -1;
        bool good = v > 0 && (v < 0xD800 || v > 0xDFFF);
        if (good) to += put_utf8(text + to, v), i += 7;
        else text[to++] = text[i++];
    }
    return to;
}

static bool begin(void *user, const char *name, const char *const *attributes) {
    reading *r = user;
    (void)attributes;
    if (!strcmp(name, "si")) r->text.n = 0;
    if (!strcmp(name, "rPh")) r->spoken = true;
    r->taken = !strcmp(name, "t") && !r->spoken;
    return true;
}

static bool text(void *user, const char *s, int64_t n) {
    reading *r = user;
    if (r->taken) gl_add_bytes(&r->text, s, n);
    return !r->text.failed;
}

static bool keep(reading *r) {
    gl_shared *to = r->to;
    if (!gl_reserve(r->g, &to->place, &to->cap, to->count + 1, sizeof *to->place)) return false;
    size_t n = r->text.n ? gl_unescape(r->text.s, (size_t)r->text.n) : 0;
    to->place[to->count] = gl_sheet_keep(r->sheet, r->text.s, n);
    return to->place[to->count++] > -2;
}

static bool end(void *user, const char *name) {
    reading *r = user;
    r->taken = false;
    if (!strcmp(name, "rPh")) r->spoken = false;
    return strcmp(name, "si") != 0 || keep(r);
}

glia_status gl_shared_read(gl_workbook *w, const gl_zip_member *m, gl_sheet *to, gl_shared *out) {
    reading r = {.g = w->g, .sheet = to, .to = out, .text = {.g = w->g}};
    glia_status status = gl_workbook_parse(w, m, &(gl_xml_events){begin, text, end, &r}, NULL);
    gl_free(w->g, r.text.s);
    return status;
}
