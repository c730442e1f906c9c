/*
 * database.c: the rows of one table or one query of a database, streamed into a table.
 *
 *     shop.db, no option                       its only table; several: they are listed
 *     option 'table' sales                     SELECT * FROM "sales"
 *     option 'query' 'SELECT a, b FROM ...'    as it stands; nothing can be changed by it
 *
 * A database has types and a word for what is missing, and both are believed: NULL is missing, and
 * a column of texts stays one where its texts are digits (postal codes), which is told.
 */
#include "database.h"
#include "../records.h"

#include <stdio.h>
#include <string.h>

enum { MOST_TABLES = 200 };

typedef struct reading {
    glia_ctx *g;
    const gl_database *d;
    void *open;
    const char *source;
    const glia_read_options *options;
    gl_records *to;
    int64_t most, taken; /* bytes of rows: so many may be taken, and were */
    char why[600];
} reading;

static bool has_trouble(const reading *r) {
    return r->d->leaves_errno && gl_doubt(r->g, r->source);
}

static glia_status failed(const reading *r) {
    if (has_trouble(r)) return GLIA_RESOURCE;
    return gl_fail(r->g, GLIA_INPUT, "%s: %s", r->source, r->why);
}

/* ------------------------------------------------------------------------------- which table -- */

typedef struct tables {
    char *name[MOST_TABLES];
    int count;
} tables;

static void close_tables(glia_ctx *g, tables *list) {
    for (int i = 0; i < list->count; i++) gl_free(g, list->name[i]);
}

static glia_status list_tables(reading *r, tables *list) {
    const gl_database *d = r->d;
    int more = 0;
    *list = (tables){0};
    if (!d->query(r->open, d->tables, r->why, sizeof r->why)) return failed(r);
    while (list->count < MOST_TABLES && (more = d->next(r->open, r->why, sizeof r->why)) > 0) {
        gl_cell c = d->cell(r->open, 0);
        char *name = gl_format(r->g, "%.*s", (int)c.length, c.text ? c.text : "");
        if (!name) return GLIA_RESOURCE;
        list->name[list->count++] = name;
    }
    return more < 0 ? failed(r) : GLIA_OK;
}

/* A name in quotes, as SQL has it; where there are schemas, both parts of SCHEMA.TABLE. */
static char *select_all(const reading *r, const char *name) {
    gl_text sql = {.g = r->g};
    bool split = r->d->schemas;
    gl_add(&sql, "SELECT * FROM \"");
    for (const char *s = name; *s; s++) {
        if (*s == '.' && split) gl_add(&sql, "\".\""), split = false;
        else gl_add(&sql, *s == '"' ? "\"\"" : "%c", *s);
    }
    gl_add(&sql, "\"");
    return gl_text_end(&sql);
}

static char *choose(reading *r, const tables *list) {
    const char *const *names = (const char *const *)list->name;
    const char *wanted = r->options->table;
    char text[600];
    if (!list->count) {
        gl_fail(r->g, GLIA_INPUT, "%s: the database holds no tables", r->source);
        return NULL;
    }
    if (!wanted && list->count == 1) return select_all(r, list->name[0]);
    if (!wanted) {
        gl_fail(r->g, GLIA_INPUT,
                "%s: found %d tables; say which by option 'table' NAME, or by option 'query' "
                "'SELECT ...': %s",
                r->source, list->count, gl_list(names, list->count, text, sizeof text));
        return NULL;
    }
    for (int i = 0; i < list->count; i++)
        if (!strcmp(list->name[i], wanted)) return select_all(r, wanted);
    if (list->count == MOST_TABLES) return select_all(r, wanted);
    size_t used = (size_t)snprintf(text, sizeof text, "its tables are ");
    gl_list(names, list->count, text + used, sizeof text - used);
    gl_fail_word(r->g, GLIA_INPUT, wanted, names, list->count, text, "%s: there is no table '%s'",
                 r->source, wanted);
    return NULL;
}

/* For gl_free; NULL after gl_fail. */
static char *query_of(reading *r) {
    const glia_read_options *o = r->options;
    if (o->table && o->query) {
        gl_fail(r->g, GLIA_USAGE, "option 'table' and option 'query' exclude each other");
        return NULL;
    }
    if (o->query) return gl_copy_text(r->g, o->query);
    tables list;
    char *sql = list_tables(r, &list) ? NULL : choose(r, &list);
    close_tables(r->g, &list);
    return sql;
}

/* -------------------------------------------------------------------------------------- rows -- */

static glia_status add_columns(reading *r) {
    int columns = r->d->columns(r->open);
    if (!columns)
        return gl_fail(r->g, GLIA_INPUT, "%s: the query gives no rows, expected SELECT ...",
                       r->source);
    for (int j = 0; j < columns; j++) {
        gl_column_info info = r->d->column(r->open, j);
        int column = gl_records_add(r->to, info.name);
        if (column < 0) return glia_code(r->g);
        if (info.text) gl_records_keep_texts(r->to, column);
    }
    return GLIA_OK;
}

/* A view may have no end, as a query may. What a table takes of a row: its number, and of each cell
 * a number or the text. */
enum { WORD = 8 };

static glia_status take_bytes(reading *r, size_t bytes) {
    char where[700];
    r->taken += (int64_t)bytes;
    if (r->taken <= r->most) return GLIA_OK;
    snprintf(where, sizeof where,
             "%s, row %lld (if there is no end, or too much, a query ends by LIMIT N)", r->source,
             (long long)gl_records_rows(r->to));
    return gl_check_bytes(r->g, where, r->taken);
}

static glia_status add_cell(reading *r, int j) {
    gl_cell c = r->d->cell(r->open, j);
    char where[600];
    if (take_bytes(r, WORD + (c.kind == GL_CELL_TEXT ? c.length : 0))) return GLIA_RESOURCE;
    switch (c.kind) {
    case GL_CELL_MISSING: return GLIA_OK;
    case GL_CELL_NUMBER: return gl_records_number(r->to, j, c.text, c.length);
    case GL_CELL_VALUE: return gl_records_value(r->to, j, c.value);
    case GL_CELL_TEXT: return gl_records_text(r->to, j, c.text, c.length);
    case GL_CELL_LOST: return gl_trouble(r->g, "out of memory reading %.180s", r->source);
    case GL_CELL_OTHER: break;
    }
    return gl_fail(r->g, GLIA_INPUT,
                   "%s: found %.*s, expected a number or a text; name the other columns by option "
                   "'query' 'SELECT ...'",
                   gl_records_where(r->to, j, where, sizeof where), (int)c.length, c.text);
}

static glia_status add_rows(reading *r) {
    int columns = gl_records_columns(r->to), more;
    while ((more = r->d->next(r->open, r->why, sizeof r->why)) > 0) {
        glia_status status = gl_records_row(r->to, 0);
        if (!status) status = take_bytes(r, WORD);
        for (int j = 0; j < columns && !status; j++) status = add_cell(r, j);
        if (status) return status;
    }
    return more < 0 ? failed(r) : GLIA_OK;
}

static glia_status read_rows(reading *r) {
    char *sql = query_of(r);
    if (!sql) return glia_code(r->g);
    bool good = r->d->query(r->open, sql, r->why, sizeof r->why);
    gl_free(r->g, sql);
    if (!good) return failed(r);
    r->to = gl_records_new(r->g, r->source, r->options);
    glia_status status = r->to ? add_columns(r) : GLIA_RESOURCE;
    return status ? status : add_rows(r);
}

glia_table *gl_read_database(glia_ctx *g, const gl_database *d, const char *where,
                             const char *source, const glia_read_options *options) {
    reading r = {.g = g, .d = d, .source = source, .options = options, .most = gl_most_bytes(g)};
    r.open = d->open(where, r.most, r.why, sizeof r.why);
    if (!r.open) {
        if (!has_trouble(&r)) gl_fail(g, GLIA_INPUT, "cannot read '%s': %s", source, r.why);
        return NULL;
    }
    glia_status status = read_rows(&r);
    d->close(r.open);
    if (!status) return gl_records_end(r.to);
    gl_records_free(r.to);
    return NULL;
}
