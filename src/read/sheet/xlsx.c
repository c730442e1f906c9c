/*
 * xlsx.c: the reader of Excel workbooks (.xlsx, .xlsm), transitional and strict.
 *
 *     _rels/.rels                      where the workbook is
 *     xl/workbook.xml                  its sheets, each with a number of ...
 *     xl/_rels/workbook.xml.rels       ... places: of sheets, of shared texts, of styles
 *     xl/worksheets/sheet1.xml         cells
 *
 * Places are taken as they are written, since programs call their parts what they like.
 */
#include "xlsx.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

typedef struct relation {
    char *id, *type, *target;
} relation;

typedef struct relations {
    glia_ctx *g;
    relation *item;
    int64_t count, cap;
} relations;

/* "x/y/../z" is "x/z"; the folder is that of the part which names the target. */
static char *resolve(glia_ctx *g, const char *folder, const char *target) {
    gl_text path = {.g = g};
    if (*target != '/') gl_add(&path, "%s", folder);
    target += *target == '/';
    for (;; target++) {
        size_t n = strcspn(target, "/");
        bool up = n == 2 && !memcmp(target, "..", 2), here = n == 1 && *target == '.';
        if (up && path.n) {
            path.n--;
            while (path.n && path.s[path.n - 1] != '/') path.n--;
            path.s[path.n] = 0;
        } else if (!up && !here) {
            gl_add(&path, "%.*s%s", (int)n, target, target[n] ? "/" : "");
        }
        target += n;
        if (!*target) break;
    }
    return gl_text_end(&path);
}

/* Some writers change the case of names, or write '\' for '/'. */
static const gl_zip_member *find_part(const gl_workbook *w, const char *name) {
    const gl_zip_member *m = gl_zip_find(w->zip, name);
    for (int64_t i = 0; !m && i < w->zip->count; i++) {
        const char *a = w->zip->member[i].name, *b = name;
        while (*a && *b && (strncasecmp(a, b, 1) == 0 || (*a == '\\' && *b == '/'))) a++, b++;
        if (!*a && !*b) m = &w->zip->member[i];
    }
    return m;
}

/* --------------------------------------------------------------------------------- relations -- */

static bool begin_relation(void *user, const char *name, const char *const *attributes) {
    relations *r = user;
    const char *id = gl_xml_get(attributes, "Id"), *type = gl_xml_get(attributes, "Type"),
               *target = gl_xml_get(attributes, "Target");
    if (strcmp(name, "Relationship") != 0 || !id || !type || !target) return true;
    if (!gl_reserve(r->g, &r->item, &r->cap, r->count + 1, sizeof *r->item)) return false;
    r->item[r->count++] =
        (relation){gl_copy_text(r->g, id), gl_copy_text(r->g, type), gl_copy_text(r->g, target)};
    const relation *last = &r->item[r->count - 1];
    return last->id && last->type && last->target;
}

static bool ignore_text(void *user, const char *s, int64_t n) {
    (void)user, (void)s, (void)n;
    return true;
}

static bool ignore_end(void *user, const char *name) {
    (void)user, (void)name;
    return true;
}

static void free_relations(relations *r) {
    for (int64_t i = 0; i < r->count; i++) {
        gl_free(r->g, r->item[i].id);
        gl_free(r->g, r->item[i].type);
        gl_free(r->g, r->item[i].target);
    }
    gl_free(r->g, r->item);
}

/* None, where there is no such part. */
static glia_status read_relations(gl_workbook *w, const char *part, relations *out) {
    const gl_zip_member *m = find_part(w, part);
    *out = (relations){.g = w->g};
    if (!m) return GLIA_OK;
    return gl_workbook_parse(w, m, &(gl_xml_events){begin_relation, ignore_text, ignore_end, out},
                             NULL);
}

/* The last word of a type is the same in transitional and in strict files. */
static bool is_of_type(const relation *r, const char *word) {
    const char *slash = strrchr(r->type, '/');
    return slash && !strcmp(slash + 1, word);
}

static const relation *of_type(const relations *r, const char *word) {
    for (int64_t i = 0; i < r->count; i++)
        if (is_of_type(&r->item[i], word)) return &r->item[i];
    return NULL;
}

/* ---------------------------------------------------------------------------------- workbook -- */

typedef struct book {
    gl_workbook w;
    char *folder; /* of the workbook's part: "xl/" */
    relations parts;
    gl_sheets sheets;
    gl_formats formats;
    gl_shared shared;
    bool from_1904;
} book;

static bool begin_workbook(void *user, const char *name, const char *const *attributes) {
    book *b = user;
    if (!strcmp(name, "workbookPr")) {
        const char *value = gl_xml_get(attributes, "date1904");
        b->from_1904 = value && (!strcmp(value, "1") || !strcmp(value, "true"));
    }
    const char *id = gl_xml_get(attributes, "id"), *title = gl_xml_get(attributes, "name"),
               *state = gl_xml_get(attributes, "state");
    if (strcmp(name, "sheet") != 0 || !id || !title) return true;
    for (int64_t i = 0; i < b->parts.count; i++) {
        const relation *r = &b->parts.item[i];
        if (strcmp(r->id, id) != 0 || !is_of_type(r, "worksheet")) continue;
        char *place = resolve(b->w.g, b->folder, r->target);
        bool good = place && !gl_sheets_add(b->w.g, &b->sheets, title, place);
        gl_free(b->w.g, place);
        if (!good) return false;
        b->sheets.entry[b->sheets.count - 1].hidden = state && strcmp(state, "visible") != 0;
    }
    return true;
}

static char *workbook_place(book *b) {
    relations root;
    char *place = NULL;
    if (!read_relations(&b->w, "_rels/.rels", &root)) {
        const relation *r = of_type(&root, "officeDocument");
        place = resolve(b->w.g, "", r ? r->target : "xl/workbook.xml");
    }
    free_relations(&root);
    return place;
}

static glia_status read_parts(book *b, const char *place) {
    const char *slash = strrchr(place, '/'), *name = slash ? slash + 1 : place;
    b->folder = gl_format(b->w.g, "%.*s", (int)(name - place), place);
    char *rels = b->folder ? gl_format(b->w.g, "%s_rels/%s.rels", b->folder, name) : NULL;
    glia_status status = rels ? read_relations(&b->w, rels, &b->parts) : GLIA_RESOURCE;
    gl_free(b->w.g, rels);
    return status;
}

static glia_status read_workbook(book *b, const char *place) {
    size_t n = strlen(place);
    const gl_zip_member *m = find_part(&b->w, place);
    if (n > 4 && !strcmp(place + n - 4, ".bin"))
        return gl_workbook_fail(&b->w, "it is a binary workbook (xlsb), which is not read; "
                                       "save it as xlsx, or ssconvert FILE table.csv");
    if (!m) return gl_workbook_fail(&b->w, "found no workbook in it; is it of another program?");
    glia_status status = read_parts(b, place);
    if (!status)
        status =
            gl_workbook_parse(&b->w, m,
                              &(gl_xml_events){begin_workbook, ignore_text, ignore_end, b}, NULL);
    if (!status && !b->sheets.count) return gl_workbook_fail(&b->w, "it has no sheets of cells");
    return status;
}

/* ------------------------------------------------------------------------------------- parts -- */

static glia_status read_styles(book *b) {
    const relation *r = of_type(&b->parts, "styles");
    char *place = r ? resolve(b->w.g, b->folder, r->target) : NULL;
    if (!place) return r ? GLIA_RESOURCE : GLIA_OK;
    const gl_zip_member *m = find_part(&b->w, place);
    gl_free(b->w.g, place);
    return m ? gl_formats_read(&b->w, m, &b->formats) : GLIA_OK;
}

static glia_status read_shared(book *b, gl_sheet *to) {
    const relation *r = of_type(&b->parts, "sharedStrings");
    char *place = r ? resolve(b->w.g, b->folder, r->target) : NULL;
    if (!place) return r ? GLIA_RESOURCE : GLIA_OK;
    const gl_zip_member *m = find_part(&b->w, place);
    gl_free(b->w.g, place);
    return m ? gl_shared_read(&b->w, m, to, &b->shared) : GLIA_OK;
}

static glia_status read_sheet(book *b, int64_t k, bool look, gl_sheet *to) {
    const gl_zip_member *m = find_part(&b->w, b->sheets.entry[k].place);
    const gl_worksheet_rules rules = {&b->shared, &b->formats, b->from_1904, look};
    if (m) return gl_worksheet_read(&b->w, m, &rules, to);
    return gl_fail(b->w.g, GLIA_INPUT, "%s: the part '%s' of the sheet '%s' is not in it",
                   b->w.source, b->sheets.entry[k].place, b->sheets.entry[k].name);
}

/* Which sheets have cells: a damaged one may have. Nobody asks where there is one sheet only. */
static glia_status look_at_sheets(book *b, gl_sheet *to) {
    gl_sheets *s = &b->sheets;
    for (int64_t i = 0; i < s->count; i++) {
        int64_t before = to->texts.n;
        s->entry[i].filled = true;
        if (s->count == 1) break;
        glia_status status = read_sheet(b, i, true, to);
        if (status == GLIA_RESOURCE) return status;
        s->entry[i].filled = status || to->cells;
        to->cells = 0, to->merges = 0, to->texts.n = before;
        to->last_row = 0, to->unsorted = false;
        to->errors = to->unvalued = to->times = to->no_days = (gl_first){0};
        to->hidden = to->hidden_columns = (gl_first){0};
    }
    return GLIA_OK;
}

static glia_status read_book(book *b, gl_sheet *to, const char *wanted) {
    char *place = workbook_place(b);
    glia_status status = place ? read_workbook(b, place) : glia_code(b->w.g);
    gl_free(b->w.g, place);
    if (!status) status = read_styles(b);
    if (!status) status = read_shared(b, to);
    if (!status && !wanted) status = look_at_sheets(b, to);
    int64_t chosen = status ? -1 : gl_sheets_choose(&b->w, &b->sheets, wanted);
    return chosen < 0 ? glia_code(b->w.g) : read_sheet(b, chosen, false, to);
}

static void close_book(book *b) {
    gl_free(b->w.g, b->folder);
    free_relations(&b->parts);
    gl_sheets_free(b->w.g, &b->sheets);
    gl_free(b->w.g, b->formats.of_style);
    gl_free(b->w.g, b->shared.place);
    gl_workbook_close(&b->w);
}

static glia_table *read_xlsx(glia_ctx *g, const char *path, const glia_read_options *options) {
    book b = {.parts.g = g};
    gl_sheet sheet = {.g = g, .source = path, .texts.g = g};
    if (gl_workbook_open(g, path, &b.w)) return NULL;
    glia_status status = read_book(&b, &sheet, options->table);
    close_book(&b);
    glia_table *t = status ? NULL : gl_sheet_table(&sheet, options);
    gl_sheet_free(&sheet);
    return t;
}

/* A zip archive whose first members are called as those of a workbook; of a document of Word, too,
 * unless its own come early. */
static bool begins_like_xlsx(const unsigned char *b, size_t n, bool whole) {
    static const char *const first[] = {"[Content_Types].xml", "_rels/", "docProps/", "xl/"};
    (void)whole;
    if (n < 60 || memcmp(b, "PK\3\4", 4)) return false;
    if (memmem(b, n, "word/", 5) || memmem(b, n, "ppt/", 4)) return false;
    for (int i = 0; i < 4; i++)
        if (!memcmp(b + 30, first[i], strlen(first[i]))) return true;
    return false;
}

/* No name is enough: programs call a table of text so, too. */
const gl_reader gl_reader_xlsx = {
    .names = {"xlsx"},
    .signature = begins_like_xlsx,
    .read_table = read_xlsx,
    .uses = GL_USES_TABLE,
    .cells = true,
    .rows = true,
};
