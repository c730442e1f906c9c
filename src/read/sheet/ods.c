/*
 * ods.c: the reader of OpenDocument sheets (.ods): content.xml, which has all of them.
 *
 *     <table:table table:name="Prices"> <table:table-row table:number-rows-repeated="2">
 *       <table:table-cell office:value-type="float" office:value="82.5"> <text:p>82,50</text:p>
 *
 * What is shown is in the paragraphs, what is meant in the attributes; texts are in both or in the
 * paragraphs.
 */
#include "sheet.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct reading {
    glia_ctx *g;
    gl_sheet *to;
    gl_sheets *list;       /* of all tables: their names are collected; NULL: the cells of one */
    int64_t table, wanted; /* the present one, and that which is read */
    int depth, aside;      /* of tables; of what holds no cells: notes, changes */
    int64_t row, rows;     /* the present row, and how often it comes */
    int64_t column, columns, begin; /* begin: the first cell of the row in the sheet */
    int64_t repeated;               /* cells of the sheet that are others once more */
    bool cell, covered, paragraph, hidden;
    int64_t declared;                     /* columns of the table, so far */
    bool hidden_column[GL_SHEET_COLUMNS]; /* without those that were counted */
    char type[16];
    double number;
    gl_text text, hidden_styles; /* each with its 0 */
    char style_name[80];
} reading;

static const char *const asides[] = {"annotation",        "tracked-changes", "shapes",
                                     "named-expressions", "dde-links",       "database-ranges",
                                     "table-source"};

static bool is_aside(const char *name) {
    for (size_t i = 0; i < sizeof asides / sizeof *asides; i++)
        if (!strcmp(name, asides[i])) return true;
    return false;
}

static int64_t times(const char *const *attributes, const char *name) {
    const char *text = gl_xml_get(attributes, name);
    int64_t v;
    return text && gl_parse_int(text, &v) && v > 1 ? v : 1;
}

/* ------------------------------------------------------------------------------------- begin -- */

/* Styles of tables that are not shown come before the tables. */
static void begin_style(reading *r, const char *name, const char *const *attributes) {
    const char *title = gl_xml_get(attributes, "name"), *shown = gl_xml_get(attributes, "display");
    if (!strcmp(name, "style"))
        snprintf(r->style_name, sizeof r->style_name, "%s", title ? title : "");
    if (strcmp(name, "table-properties") != 0 || !shown || strcmp(shown, "false") != 0) return;
    gl_add_bytes(&r->hidden_styles, r->style_name, (int64_t)strlen(r->style_name) + 1);
}

static bool is_hidden_style(const reading *r, const char *name) {
    for (int64_t i = 0; name && i < r->hidden_styles.n;) {
        if (!strcmp(r->hidden_styles.s + i, name)) return true;
        i += (int64_t)strlen(r->hidden_styles.s + i) + 1;
    }
    return false;
}

static bool begin_table(reading *r, const char *const *attributes) {
    const char *name = gl_xml_get(attributes, "name");
    if (r->depth++) return true;
    r->table++;
    r->row = 0, r->rows = 1, r->declared = 0;
    if (!r->list) return true;
    if (gl_sheets_add(r->g, r->list, name ? name : "", "")) return false;
    r->list->entry[r->table].hidden = is_hidden_style(r, gl_xml_get(attributes, "style-name"));
    return true;
}

static bool is_hidden(const char *const *attributes) {
    const char *shown = gl_xml_get(attributes, "visibility");
    return shown && strcmp(shown, "visible") != 0;
}

static void begin_column(reading *r, const char *const *attributes) {
    int64_t columns = times(attributes, "number-columns-repeated");
    bool counts = !r->list && r->table == r->wanted && is_hidden(attributes);
    for (int64_t k = 0; counts && k < columns && r->declared + k < GL_SHEET_COLUMNS; k++)
        r->hidden_column[r->declared + k] = true;
    r->declared += columns < GL_SHEET_COLUMNS ? columns : GL_SHEET_COLUMNS;
}

static void begin_row(reading *r, const char *const *attributes) {
    r->row += r->rows;
    r->rows = times(attributes, "number-rows-repeated");
    r->column = 0, r->columns = 0;
    r->begin = r->to->cells;
    r->hidden = is_hidden(attributes);
}

static void begin_cell(reading *r, const char *name, const char *const *attributes) {
    const char *type = gl_xml_get(attributes, "value-type"), *value = NULL;
    r->column += r->columns;
    r->columns = times(attributes, "number-columns-repeated");
    r->cell = true;
    r->covered = !strcmp(name, "covered-table-cell");
    r->number = NAN;
    r->text.n = 0;
    /* calcext:value-type comes behind office:value-type, and says what failed. */
    for (const char *const *a = attributes; *a; a += 2)
        if (!strcmp(gl_xml_local(*a), "value-type") && !strcmp(a[1], "error")) type = a[1];
    snprintf(r->type, sizeof r->type, "%s", type ? type : "");
    if ((value = gl_xml_get(attributes, "value")))
        gl_parse_number(value, strlen(value), '.', &r->number);
    if ((value = gl_xml_get(attributes, "date-value")) ||
        (value = gl_xml_get(attributes, "boolean-value")) ||
        (value = gl_xml_get(attributes, "string-value")) ||
        (value = gl_xml_get(attributes, "time-value")))
        gl_add_bytes(&r->text, value, (int64_t)strlen(value));
    int64_t down = times(attributes, "number-rows-spanned"),
            right = times(attributes, "number-columns-spanned");
    bool many = (down > 1 || right > 1) && r->row + down <= GL_SHEET_ROWS &&
                r->column + right <= GL_SHEET_COLUMNS;
    if (many && !r->list && r->table == r->wanted)
        gl_sheet_add_merged(r->to, (gl_merged){(int32_t)r->row, (int32_t)r->column,
                                               (int32_t)(r->row + down - 1),
                                               (int32_t)(r->column + right - 1)});
}

/* Paragraphs are what a text is, where no attribute has it. */
static void begin_in_cell(reading *r, const char *name, const char *const *attributes) {
    bool shown = !strcmp(r->type, "error"), own = !strcmp(r->type, "string") || !*r->type || shown;
    if (!strcmp(name, "p")) {
        if (r->paragraph || !own) return;
        if (r->text.n) gl_add_bytes(&r->text, "\n", 1);
        r->paragraph = true;
    }
    if (!r->paragraph) return;
    int64_t blanks = !strcmp(name, "s") ? times(attributes, "c") : 0;
    for (int64_t i = 0; i < blanks && i < 1000; i++) gl_add_bytes(&r->text, " ", 1);
    if (!strcmp(name, "tab")) gl_add_bytes(&r->text, "\t", 1);
    if (!strcmp(name, "line-break")) gl_add_bytes(&r->text, "\n", 1);
}

static bool begin(void *user, const char *name, const char *const *attributes) {
    reading *r = user;
    if (r->aside || is_aside(name)) return r->aside++, true;
    if (!r->depth) begin_style(r, name, attributes);
    if (!strcmp(name, "table")) return begin_table(r, attributes);
    if (r->depth != 1) return true;
    if (!strcmp(name, "table-column")) begin_column(r, attributes);
    else if (!strcmp(name, "table-row")) begin_row(r, attributes);
    else if (!strcmp(name, "table-cell") || !strcmp(name, "covered-table-cell"))
        begin_cell(r, name, attributes);
    else if (r->cell) begin_in_cell(r, name, attributes);
    return !r->text.failed;
}

static bool text(void *user, const char *s, int64_t n) {
    reading *r = user;
    if (r->paragraph && !r->aside && r->depth == 1) gl_add_bytes(&r->text, s, n);
    return !r->text.failed;
}

/* --------------------------------------------------------------------------------------- end -- */

static bool add_number(reading *r, int64_t column, gl_sheet_kind kind, double v) {
    gl_sheet_cell *c = gl_sheet_add(r->to, r->row, column, kind);
    if (c) c->number = v;
    return c != NULL;
}

/* PT10H30M00S as a share of a day; NaN: it is none. */
static double days_of_time(const char *s) {
    double days = 0, v;
    bool negative = *s == '-';
    s += negative;
    if (*s++ != 'P') return NAN;
    for (s += *s == 'T'; *s; s++) {
        size_t n = strspn(s, "0123456789.");
        if (!gl_parse_number(s, n, '.', &v)) return NAN;
        s += n;
        if (!*s || !strchr("HMS", *s)) return NAN;
        days += v / (*s == 'H' ? 24 : *s == 'M' ? 1440 : 86400);
    }
    return negative ? -days : days;
}

static bool add_date(reading *r, int64_t column) {
    gl_date_parts p;
    bool good = gl_date_read(r->text.s, (size_t)r->text.n, &p) && p.may[GL_YMD];
    if (!good) return gl_sheet_add_text(r->to, r->row, column, r->text.s, (size_t)r->text.n);
    return add_number(r, column, p.timed && p.time > 0 ? GL_SHEET_TIMED : GL_SHEET_DATE,
                      gl_date_days(&p, GL_YMD));
}

static bool add_cell(reading *r, int64_t column) {
    const char *t = r->type, *s = r->text.n ? r->text.s : "";
    bool share = !strcmp(t, "percentage");
    if (!strcmp(t, "float") || share || !strcmp(t, "currency"))
        return !isfinite(r->number) ||
               add_number(r, column, share ? GL_SHEET_SHARE : GL_SHEET_NUMBER, r->number);
    if (!strcmp(t, "error")) return gl_sheet_count(&r->to->errors, r->row, column, s), true;
    if (!*s) return true;
    if (!strcmp(t, "date")) return add_date(r, column);
    double days = !strcmp(t, "time") ? days_of_time(s) : NAN;
    if (!isnan(days)) {
        gl_sheet_count(&r->to->times, r->row, column, s);
        return add_number(r, column, GL_SHEET_DAYS, days);
    }
    if (!strcmp(t, "boolean")) s = strcmp(s, "true") ? "FALSE" : "TRUE";
    return gl_sheet_add_text(r->to, r->row, column, s, strlen(s));
}

/* A few bytes can say that a cell comes again in all places of a sheet. */
static bool count_repeated(reading *r, int64_t n) {
    enum { MOST_REPEATED = 1 << 22 };
    if ((r->repeated += n) <= MOST_REPEATED) return true;
    gl_fail(r->g, GLIA_INPUT, "%s: more than %d cells repeat others", r->to->source, MOST_REPEATED);
    return false;
}

static void count_hidden_column(reading *r, int64_t column) {
    if (r->list || column >= GL_SHEET_COLUMNS || !r->hidden_column[column]) return;
    gl_sheet_count(&r->to->hidden_columns, r->row, column, "");
    r->hidden_column[column] = false; /* once a column */
}

/* Repeated empty cells reach to the sheet's end, and are none. */
static bool end_cell(reading *r) {
    bool counts = r->list ? !r->list->entry[r->table].filled : r->table == r->wanted;
    int64_t before = r->to->cells;
    r->cell = false;
    for (int64_t k = 0; counts && !r->covered && k < r->columns; k++) {
        int64_t cells = r->to->cells;
        if (!add_cell(r, r->column + k) || !count_repeated(r, k > 0)) return false;
        if (r->to->cells == cells) break;
        count_hidden_column(r, r->column + k);
        if (!r->list) continue;
        r->list->entry[r->table].filled = true;
        gl_sheet_free(r->to);
        return true;
    }
    if (r->to->cells > before && r->hidden) {
        gl_sheet_count(&r->to->hidden, r->row, r->column, "");
        r->hidden = false;
    }
    return true;
}

static bool end_row(reading *r) {
    int64_t n = r->to->cells - r->begin;
    for (int64_t k = 1; n > 0 && k < r->rows; k++) {
        if (!count_repeated(r, n)) return false;
        for (int64_t i = 0; i < n; i++) {
            gl_sheet_cell cell = r->to->cell[r->begin + i];
            gl_sheet_cell *c =
                gl_sheet_add(r->to, cell.row + k, cell.column, (gl_sheet_kind)cell.kind);
            if (!c) return false;
            cell.row = c->row;
            *c = cell;
        }
    }
    return true;
}

static bool end(void *user, const char *name) {
    reading *r = user;
    if (r->aside) return r->aside--, true;
    if (!strcmp(name, "table")) return r->depth--, true;
    if (r->depth != 1) return true;
    if (!strcmp(name, "p")) r->paragraph = false;
    if (!strcmp(name, "table-row")) return end_row(r);
    return !r->cell || !strstr(name, "table-cell") || end_cell(r);
}

/* ------------------------------------------------------------------------------------ reader -- */

static glia_status parse(gl_workbook *w, gl_sheet *to, gl_sheets *list, int64_t wanted) {
    const gl_zip_member *m = gl_zip_find(w->zip, "content.xml");
    reading r = {.g = w->g, .to = to, .list = list, .table = -1, .wanted = wanted};
    r.text.g = r.hidden_styles.g = w->g;
    if (!m) return gl_workbook_fail(w, "found no content.xml in it; is it complete?");
    glia_status status = gl_workbook_parse(w, m, &(gl_xml_events){begin, text, end, &r}, NULL);
    gl_free(w->g, r.text.s);
    gl_free(w->g, r.hidden_styles.s);
    return status;
}

static glia_status read_book(gl_workbook *w, gl_sheet *to, const char *wanted) {
    gl_sheets list = {0};
    glia_status status = parse(w, to, &list, -1);
    gl_sheet_free(to);
    if (!status && !list.count) status = gl_workbook_fail(w, "it has no sheets");
    int64_t chosen = status ? -1 : gl_sheets_choose(w, &list, wanted);
    gl_sheets_free(w->g, &list);
    return chosen < 0 ? glia_code(w->g) : parse(w, to, NULL, chosen);
}

static glia_table *read_ods(glia_ctx *g, const char *path, const glia_read_options *options) {
    gl_workbook w;
    gl_sheet sheet = {.g = g, .source = path, .texts.g = g};
    if (gl_workbook_open(g, path, &w)) return NULL;
    glia_status status = read_book(&w, &sheet, options->table);
    gl_workbook_close(&w);
    glia_table *t = status ? NULL : gl_sheet_table(&sheet, options);
    gl_sheet_free(&sheet);
    return t;
}

/* The archive's first member says what it is; some writers pack it, and so hide it, against the
 * rule. */
static bool begins_like_ods(const unsigned char *b, size_t n, bool whole) {
    static const char type[] = "mimetypeapplication/vnd.oasis.opendocument.spreadsheet";
    (void)whole;
    bool packed = n > 38 && b[8] && !memcmp(b + 30, type, strlen("mimetype"));
    return n > 30 + sizeof type && !memcmp(b, "PK\3\4", 4) &&
           (packed || !memcmp(b + 30, type, sizeof type - 1));
}

const gl_reader gl_reader_ods = {
    .names = {"ods"},
    .signature = begins_like_ods,
    .read_table = read_ods,
    .uses = GL_USES_TABLE,
    .cells = true,
    .rows = true,
};
