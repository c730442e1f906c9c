/*
 * worksheet.c: the cells of one sheet of an Excel workbook.
 *
 *     <row r="2"><c r="A2" t="s"><v>7</v></c><c r="B2" s="3"><v>45322</v></c></row>
 *
 *     A2  text 7 of the shared ones       B2  a number, which style 3 may show as a date
 *
 * Where a row or a cell does not say its place, it is the next one.
 */
#include "xlsx.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct reading {
    gl_workbook *w;
    const gl_worksheet_rules *rules;
    gl_sheet *to;
    int64_t row, column; /* of the present cell; column -1: none yet */
    bool inside, hidden, cell, formula, taken, spoken;
    char type[12];
    int64_t style;
    gl_text text;                         /* of the cell's value */
    bool hidden_column[GL_SHEET_COLUMNS]; /* without those that were counted */
    bool failed;                          /* the context says why */
} reading;

/* "BC23": column 54, row 23. False: it is no place. */
static bool read_place(const char *s, int64_t *row, int64_t *column) {
    int64_t c = 0;
    const char *begin = s;
    for (; isalpha((unsigned char)*s) && s - begin < 4; s++)
        c = 26 * c + (toupper((unsigned char)*s) - 'A' + 1);
    *column = c - 1;
    return s > begin && isdigit((unsigned char)*s) && gl_parse_int(s, row);
}

static bool is_true(const char *value) {
    return value && (!strcmp(value, "1") || !strcmp(value, "true"));
}

static void begin_row(reading *r, const char *const *attributes) {
    const char *number = gl_xml_get(attributes, "r");
    int64_t row;
    r->row = number && gl_parse_int(number, &row) ? row : r->row + 1;
    r->column = -1;
    r->hidden = is_true(gl_xml_get(attributes, "hidden"));
}

static void begin_columns(reading *r, const char *const *attributes) {
    const char *min = gl_xml_get(attributes, "min"), *max = gl_xml_get(attributes, "max");
    int64_t from, to;
    if (!is_true(gl_xml_get(attributes, "hidden")) || !min || !max) return;
    if (!gl_parse_int(min, &from) || !gl_parse_int(max, &to) || from < 1) return;
    for (int64_t k = from; k <= to && k <= GL_SHEET_COLUMNS; k++) r->hidden_column[k - 1] = true;
}

static void count_hidden_column(reading *r) {
    if (!r->hidden_column[r->column]) return;
    gl_sheet_count(&r->to->hidden_columns, r->row, r->column, "");
    r->hidden_column[r->column] = false; /* once a column */
}

static void begin_cell(reading *r, const char *const *attributes) {
    const char *place = gl_xml_get(attributes, "r"), *type = gl_xml_get(attributes, "t"),
               *style = gl_xml_get(attributes, "s");
    int64_t row, column;
    r->column++;
    if (place && read_place(place, &row, &column)) r->row = row, r->column = column;
    snprintf(r->type, sizeof r->type, "%s", type ? type : "n");
    if (!style || !gl_parse_int(style, &r->style)) r->style = 0;
    r->cell = true;
    r->formula = r->spoken = false;
    r->text.n = 0;
}

static bool add_merged(reading *r, const char *const *attributes) {
    const char *ref = gl_xml_get(attributes, "ref"), *colon = ref ? strchr(ref, ':') : NULL;
    int64_t row, column, last_row, last_column;
    if (!colon || !read_place(colon + 1, &last_row, &last_column)) return true;
    char first[16];
    snprintf(first, sizeof first, "%.*s", (int)(colon - ref), ref);
    if (!read_place(first, &row, &column) || row > GL_SHEET_ROWS || last_row > GL_SHEET_ROWS ||
        last_column > GL_SHEET_COLUMNS)
        return true;
    return gl_sheet_add_merged(r->to, (gl_merged){(int32_t)row, (int32_t)column, (int32_t)last_row,
                                                  (int32_t)last_column});
}

static bool begin(void *user, const char *name, const char *const *attributes) {
    reading *r = user;
    if (!strcmp(name, "sheetData")) r->inside = true;
    if (!strcmp(name, "mergeCell")) return add_merged(r, attributes);
    if (!strcmp(name, "col")) begin_columns(r, attributes);
    if (!r->inside) return true;
    if (!strcmp(name, "row")) begin_row(r, attributes);
    else if (!strcmp(name, "c")) begin_cell(r, attributes);
    else if (!strcmp(name, "f")) r->formula = true;
    else if (!strcmp(name, "rPh")) r->spoken = true;
    r->taken = r->cell && (!strcmp(name, "v") || (!strcmp(name, "t") && !r->spoken));
    return true;
}

static bool text(void *user, const char *s, int64_t n) {
    reading *r = user;
    if (r->taken) gl_add_bytes(&r->text, s, n);
    return !(r->failed = r->text.failed);
}

/* ------------------------------------------------------------------------------------- cells -- */

static bool damaged(reading *r, const char *expected) {
    char place[16];
    gl_fail(r->w->g, GLIA_INPUT, "%s, cell %s: found '%.40s', expected %s", r->w->source,
            gl_sheet_place(r->row, r->column, place, sizeof place), r->text.n ? r->text.s : "",
            expected);
    return false;
}

static bool add_shared(reading *r) {
    const gl_shared *shared = r->rules->shared;
    int64_t k;
    if (!gl_parse_int(r->text.s, &k) || k < 0 || !shared || k >= shared->count)
        return damaged(r, "the number of a text");
    if (shared->place[k] < 0) return true;
    gl_sheet_cell *c = gl_sheet_add(r->to, r->row, r->column, GL_SHEET_TEXT);
    if (c) c->text = shared->place[k];
    return c != NULL;
}

static bool add_days(reading *r, double days) {
    gl_sheet_kind kind = days == floor(days) ? GL_SHEET_DATE : GL_SHEET_TIMED;
    gl_sheet_cell *c = gl_sheet_add(r->to, r->row, r->column, kind);
    if (c) c->number = days;
    return c != NULL;
}

/* As strict files have them: t="d". */
static bool add_iso_date(reading *r) {
    gl_date_parts p;
    bool good = gl_date_read(r->text.s, (size_t)r->text.n, &p) && p.may[GL_YMD];
    if (!good) return gl_sheet_add_text(r->to, r->row, r->column, r->text.s, (size_t)r->text.n);
    return add_days(r, gl_date_days(&p, GL_YMD));
}

/* To the millisecond: 10:30 is no whole number of binary parts of a day. */
static double round_days(double days) { return round(days * 86400e3) / 86400e3; }

static bool add_number(reading *r) {
    double v;
    const gl_formats *f = r->rules->formats;
    if (!gl_parse_number(r->text.s, (size_t)r->text.n, '.', &v) || !isfinite(v))
        return damaged(r, "a number");
    gl_shown format = f && r->style >= 0 && r->style < f->count ? (gl_shown)f->of_style[r->style]
                                                                : GL_SHOWN_NUMBER;
    if (format >= GL_SHOWN_CODE && v >= 0 && v < 1e15 && v == floor(v)) {
        char code[40];
        int n = snprintf(code, sizeof code, "%0*lld", (int)(format - GL_SHOWN_CODE), (long long)v);
        return gl_sheet_add_text(r->to, r->row, r->column, code, (size_t)n);
    }
    if (format == GL_SHOWN_TIME) gl_sheet_count(&r->to->times, r->row, r->column, r->text.s);
    if (format == GL_SHOWN_DATE) {
        double days = gl_days_of_serial(v, r->rules->from_1904);
        if (!isnan(days)) return add_days(r, round_days(days));
        gl_sheet_count(&r->to->no_days, r->row, r->column, r->text.s);
        return true;
    }
    gl_sheet_kind kind = format == GL_SHOWN_TIME    ? GL_SHEET_DAYS
                         : format == GL_SHOWN_SHARE ? GL_SHEET_SHARE
                                                    : GL_SHEET_NUMBER;
    gl_sheet_cell *c = gl_sheet_add(r->to, r->row, r->column, kind);
    if (c) c->number = v;
    return c != NULL;
}

/* What has no other type is a text: "str", "inlineStr". A formula may have an empty text as its
 * value, and says so by its type. */
static bool add_cell(reading *r) {
    if (r->formula && !r->text.n && strcmp(r->type, "str") != 0)
        gl_sheet_count(&r->to->unvalued, r->row, r->column, "");
    if (!r->text.n) return true;
    if (!strcmp(r->type, "s")) return add_shared(r);
    if (!strcmp(r->type, "n")) return add_number(r);
    if (!strcmp(r->type, "d")) return add_iso_date(r);
    if (!strcmp(r->type, "b")) {
        const char *word = is_true(r->text.s) ? "TRUE" : "FALSE";
        return gl_sheet_add_text(r->to, r->row, r->column, word, strlen(word));
    }
    if (!strcmp(r->type, "e"))
        return gl_sheet_count(&r->to->errors, r->row, r->column, r->text.s), true;
    size_t n = gl_unescape(r->text.s, (size_t)r->text.n);
    return gl_sheet_add_text(r->to, r->row, r->column, r->text.s, n);
}

static bool end_cell(reading *r) {
    int64_t before = r->to->cells;
    r->cell = false;
    r->failed = !add_cell(r);
    if (r->to->cells > before) count_hidden_column(r);
    if (r->to->cells > before && r->hidden) {
        gl_sheet_count(&r->to->hidden, r->row, r->column, "");
        r->hidden = false; /* counted, once a row */
    }
    return !r->failed && !(r->rules->look && r->to->cells);
}

static bool end(void *user, const char *name) {
    reading *r = user;
    r->taken = false;
    if (!strcmp(name, "sheetData")) r->inside = false;
    if (!strcmp(name, "rPh")) r->spoken = false;
    return !r->cell || strcmp(name, "c") != 0 || end_cell(r);
}

glia_status gl_worksheet_read(gl_workbook *w, const gl_zip_member *m,
                              const gl_worksheet_rules *rules, gl_sheet *to) {
    reading r = {.w = w, .rules = rules, .to = to, .column = -1, .text = {.g = w->g}};
    bool stopped, *may_stop = rules->look ? &stopped : NULL;
    glia_status status = gl_workbook_parse(w, m, &(gl_xml_events){begin, text, end, &r}, may_stop);
    gl_free(w->g, r.text.s);
    return !status && r.failed ? glia_code(w->g) : status;
}
