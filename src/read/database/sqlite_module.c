/*
 * sqlite_module.c: SQLite's rows, for sqlite.c. A module of its own (glia-sqlite.so), loaded when a
 * file asks for it. The file may come from anybody: it is opened read-only, and nothing that its
 * schema defines may call functions with effects.
 */
#include "database.h"

#include <errno.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

typedef struct open {
    sqlite3 *db;
    sqlite3_stmt *rows;
    char text[32]; /* of the present whole number */
} open;

static void close_it(void *user) {
    open *o = user;
    sqlite3_finalize(o->rows);
    sqlite3_close(o->db);
    sqlite3_free(o);
}

/* What the machine failed to do, or 0. A page that the disk does not give is malformed to SQLite,
 * but its file knows. */
static int errno_of(const open *o) {
    int last = 0, code = sqlite3_errcode(o->db) & 0xFF;
    if (code == SQLITE_NOMEM) return ENOMEM;
    if (code != SQLITE_CORRUPT) return o->db ? sqlite3_system_errno(o->db) : 0;
    sqlite3_file_control(o->db, "main", SQLITE_FCNTL_LAST_ERRNO, &last);
    return last;
}

/* What SQLite calls malformed is most often a file that was not copied to its end. */
static void explain(const open *o, char *why, size_t size) {
    int code = sqlite3_errcode(o->db) & 0xFF;
    const char *mend = "";
    if (code == SQLITE_CORRUPT)
        mend = "; is the file complete? Copy it again, or save what is left: sqlite3 FILE .recover "
               "| sqlite3 new.db";
    if (code == SQLITE_NOTADB) mend = "; a table of text is read by option 'format' csv";
    if (code == SQLITE_TOOBIG) mend = "; option 'max-bytes' N allows N bytes";
    snprintf(why, size, "%s (SQLite)%s", sqlite3_errmsg(o->db), mend);
    errno = errno_of(o);
}

static void *open_it(const char *path, int64_t most, char *why, size_t size) {
    open *o = sqlite3_malloc(sizeof *o);
    if (!o) return snprintf(why, size, "memory is out"), errno = ENOMEM, NULL;
    *o = (open){0};
    int result = sqlite3_open_v2(path, &o->db, SQLITE_OPEN_READONLY, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_exec(o->db, "PRAGMA trusted_schema = OFF", NULL, NULL, NULL);
    if (result == SQLITE_OK)
        return sqlite3_limit(o->db, SQLITE_LIMIT_LENGTH, most < INT_MAX ? (int)most : INT_MAX), o;
    explain(o, why, size);
    close_it(o);
    return NULL;
}

/* One statement that changes nothing. */
static bool query(void *user, const char *sql, char *why, size_t size) {
    open *o = user;
    const char *behind = NULL;
    sqlite3_finalize(o->rows);
    o->rows = NULL;
    if (sqlite3_prepare_v2(o->db, sql, -1, &o->rows, &behind) != SQLITE_OK)
        return explain(o, why, size), false;
    behind += strspn(behind, " \t\r\n;");
    if (*behind) return snprintf(why, size, "found '%.40s' behind the query", behind), false;
    if (!o->rows) return snprintf(why, size, "the query is empty, expected SELECT ..."), false;
    if (sqlite3_stmt_readonly(o->rows)) return true;
    return snprintf(why, size, "the query would change the database, expected SELECT ..."), false;
}

static int columns(void *user) { return sqlite3_column_count(((open *)user)->rows); }

/* By SQLite's own rule for the affinity of a declared type. */
static bool is_text(const char *declared) {
    static const char *const words[] = {"CHAR", "CLOB", "TEXT"};
    if (!declared || strcasestr(declared, "INT")) return false;
    for (int i = 0; i < 3; i++)
        if (strcasestr(declared, words[i])) return true;
    return false;
}

static gl_column_info column(void *user, int j) {
    open *o = user;
    const char *name = sqlite3_column_name(o->rows, j);
    return (gl_column_info){name ? name : "", is_text(sqlite3_column_decltype(o->rows, j))};
}

static int next(void *user, char *why, size_t size) {
    open *o = user;
    int result = sqlite3_step(o->rows);
    if (result == SQLITE_ROW) return 1;
    if (result == SQLITE_DONE) return 0;
    explain(o, why, size);
    return -1;
}

static gl_cell cell(void *user, int j) {
    open *o = user;
    gl_cell c = {.text = o->text};
    switch (sqlite3_column_type(o->rows, j)) {
    case SQLITE_INTEGER:
        snprintf(o->text, sizeof o->text, "%lld", (long long)sqlite3_column_int64(o->rows, j));
        c.kind = GL_CELL_NUMBER;
        break;
    case SQLITE_FLOAT:
        c.kind = GL_CELL_VALUE;
        c.value = sqlite3_column_double(o->rows, j);
        return c;
    case SQLITE_TEXT:
        c.kind = GL_CELL_TEXT;
        c.text = (const char *)sqlite3_column_text(o->rows, j);
        c.length = (size_t)sqlite3_column_bytes(o->rows, j);
        if (!c.text) c.kind = GL_CELL_LOST;
        return c;
    case SQLITE_BLOB:
        snprintf(o->text, sizeof o->text, "%d bytes (a blob)", sqlite3_column_bytes(o->rows, j));
        c.kind = GL_CELL_OTHER;
        break;
    default: return c;
    }
    c.length = strlen(o->text);
    return c;
}

__attribute__((visibility("default"))) const gl_database gl_sqlite = {
    open_it,
    query,
    columns,
    column,
    next,
    cell,
    close_it,
    "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' "
    "ESCAPE '\\' ORDER BY name",
    false,
    true};
