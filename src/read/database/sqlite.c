/*
 * sqlite.c: the reader of SQLite databases, read-only. Its functions are those of sqlite_module.c,
 * a module that is loaded when the first such file is read.
 */
#include "../../base/module.h"
#include "database.h"

#include <string.h>

static glia_table *read_sqlite(glia_ctx *g, const char *path, const glia_read_options *options) {
    static const gl_module module = {.name = "glia-sqlite.so",
                                     .symbol = "gl_sqlite",
                                     .needed_by = "SQLite databases",
                                     .package = "libsqlite3-dev",
                                     .room = "read"};
    if (!strcmp(path, "-")) {
        gl_fail(g, GLIA_INPUT,
                "standard input: it is a SQLite database, which must be a file: save it as one");
        return NULL;
    }
    if (gl_check_readable(g, path)) return NULL;
    const gl_database *d = gl_load_module(g, &module);
    return d ? gl_read_database(g, d, path, path, options) : NULL;
}

static bool begins_like_sqlite(const unsigned char *b, size_t n, bool whole) {
    (void)whole;
    return n >= 16 && !memcmp(b, "SQLite format 3", 16);
}

const gl_reader gl_reader_sqlite = {
    .names = {"sqlite"},
    .suffixes = {".sqlite", ".sqlite3", ".db"},
    .signature = begins_like_sqlite,
    .read_table = read_sqlite,
    .uses = GL_USES_TABLE | GL_USES_QUERY,
    .cells = true,
};
