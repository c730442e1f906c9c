/*
 * workbook.c: a workbook is a zip archive of XML. Opens one, gives the events of its parts, and
 * decides which of its sheets is read:
 *
 *     option 'table' Prices      the sheet of this name; option 'table' 2: the second
 *     no option                  the first that is shown and has cells; where others have some,
 *                                they are named, too
 */
#include "../../base/module.h"
#include "sheet.h"

#include <stdio.h>
#include <stdlib.h>

/* A part that grows to more bytes than these, or, beyond 64 MiB, more than 400-fold, is a bomb:
 * sheets of people grow tenfold to fiftyfold, those of one number in all cells 150-fold. */
static const int64_t most_bytes = (int64_t)4 << 30, surely = 64 << 20, most_growth = 400;

typedef struct parse {
    const gl_workbook *w;
    void *xml;
    gl_xml_result result;
    char why[200];
} parse;

glia_status gl_workbook_fail(const gl_workbook *w, const char *what) {
    return gl_fail(w->g, GLIA_INPUT, "%s: %s", w->source, what);
}

glia_status gl_workbook_open(glia_ctx *g, const char *path, gl_workbook *out) {
    static const gl_module module = {.name = "glia-xml.so",
                                     .symbol = "gl_expat",
                                     .needed_by = "Workbooks (of which 'ssconvert FILE table.csv' "
                                                  "makes a table of text)",
                                     .package = "libexpat1-dev",
                                     .room = "read"};
    *out = (gl_workbook){.g = g, .source = path};
    if (!strcmp(path, "-"))
        return gl_fail(g, GLIA_INPUT,
                       "standard input: it is a workbook, which must be a file: save it as one");
    if (gl_check_readable(g, path)) return glia_code(g);
    out->zip = gl_zip_open(g, path);
    if (out->zip) out->xml = gl_load_module(g, &module);
    if (out->xml) return GLIA_OK;
    gl_workbook_close(out);
    return glia_code(g);
}

void gl_workbook_close(gl_workbook *w) {
    gl_zip_close(w->zip);
    w->zip = NULL;
}

static bool feed(void *user, const char *bytes, int64_t n, bool last) {
    parse *p = user;
    p->result = p->w->xml->feed(p->xml, bytes, n, last, p->why, sizeof p->why);
    return p->result == GL_XML_GOES_ON;
}

glia_status gl_workbook_parse(gl_workbook *w, const gl_zip_member *m, const gl_xml_events *to,
                              bool *stopped) {
    if (m->size > most_bytes || (m->size > surely && m->size / most_growth > m->packed))
        return gl_fail(w->g, GLIA_INPUT,
                       "%s, member %s: it would grow to %lld bytes from %lld, and is not read",
                       w->source, m->name, (long long)m->size, (long long)m->packed);
    parse p = {.w = w, .xml = w->xml->open(to)};
    if (!p.xml) return gl_trouble(w->g, "out of memory reading %.180s", w->source);
    glia_status status = gl_zip_stream(w->zip, m, feed, &p);
    w->xml->close(p.xml);
    if (p.result == GL_XML_SHORT)
        return gl_trouble(w->g, "out of memory reading %.180s", w->source);
    if (!status && p.result == GL_XML_WRONG)
        return gl_fail(w->g, GLIA_INPUT, "%s, member %s: its XML is damaged: %s", w->source,
                       m->name, p.why);
    if (stopped) *stopped = p.result == GL_XML_STOPPED;
    return status || stopped || p.result != GL_XML_STOPPED ? status : glia_code(w->g);
}

/* ------------------------------------------------------------------------------------ sheets -- */

glia_status gl_sheets_add(glia_ctx *g, gl_sheets *s, const char *name, const char *place) {
    if (!gl_reserve(g, &s->entry, &s->cap, s->count + 1, sizeof *s->entry)) return GLIA_RESOURCE;
    gl_sheet_entry *e = &s->entry[s->count];
    *e = (gl_sheet_entry){.name = gl_copy_text(g, name), .place = gl_copy_text(g, place)};
    s->count++;
    return e->name && e->place ? GLIA_OK : GLIA_RESOURCE;
}

void gl_sheets_free(glia_ctx *g, gl_sheets *s) {
    for (int64_t i = 0; i < s->count; i++) {
        gl_free(g, s->entry[i].name);
        gl_free(g, s->entry[i].place);
    }
    gl_free(g, s->entry);
    *s = (gl_sheets){0};
}

enum { NAMED = 50 };

/* Their names for messages; shown: of those that are shown and have cells, without `but`. */
static int names_of(const gl_sheets *s, bool shown, int64_t but, const char *names[NAMED]) {
    int n = 0;
    for (int64_t i = 0; i < s->count && n < NAMED; i++) {
        const gl_sheet_entry *e = &s->entry[i];
        if (i != but && (!shown || (e->filled && !e->hidden))) names[n++] = e->name;
    }
    return n;
}

static int64_t find_wanted(const gl_workbook *w, const gl_sheets *s, const char *wanted) {
    const char *names[NAMED];
    char text[600];
    int64_t number;
    for (int64_t i = 0; i < s->count; i++)
        if (!strcmp(s->entry[i].name, wanted)) return i;
    if (gl_parse_int(wanted, &number) && number >= 1 && number <= s->count) return number - 1;
    int n = names_of(s, false, -1, names);
    size_t used = (size_t)snprintf(text, sizeof text, "its sheets are ");
    gl_list(names, n, text + used, sizeof text - used);
    gl_fail_word(w->g, GLIA_INPUT, wanted, names, n, text, "%s: there is no sheet '%s'", w->source,
                 wanted);
    return -1;
}

int64_t gl_sheets_choose(const gl_workbook *w, const gl_sheets *s, const char *wanted) {
    const char *names[NAMED];
    char text[600];
    int64_t chosen = 0;
    if (wanted) return find_wanted(w, s, wanted);
    while (chosen < s->count && (s->entry[chosen].hidden || !s->entry[chosen].filled)) chosen++;
    if (chosen < s->count) {
        int others = names_of(s, true, chosen, names);
        if (others)
            gl_note(w->g, "%s: the sheet '%s' is read, and not %s (option 'table')", w->source,
                    s->entry[chosen].name, gl_list(names, others, text, sizeof text));
        return chosen;
    }
    int hidden = names_of(s, false, -1, names);
    bool filled = false;
    for (int64_t i = 0; i < s->count; i++) filled |= s->entry[i].filled;
    if (filled)
        gl_fail(w->g, GLIA_INPUT,
                "%s: all its sheets with cells are hidden; say which by option 'table' NAME: %s",
                w->source, gl_list(names, hidden, text, sizeof text));
    else gl_workbook_fail(w, "its sheets have no cells");
    return -1;
}
