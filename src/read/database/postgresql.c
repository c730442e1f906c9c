/*
 * postgresql.c: the reader of PostgreSQL databases: an address instead of a file. Its functions are
 * those of postgresql_module.c, a module that is loaded when the first such address is read.
 *
 *     postgresql://ann:secret@db.example.org/shop    is called postgresql://ann@db.example.org/shop
 *
 * An address may hold a password. It is not kept, not in the name of the table either, and no
 * message has it (glia_table_address).
 */
#include "../../base/module.h"
#include "database.h"

static glia_table *read_rows(glia_ctx *g, const char *address, const glia_read_options *options) {
    static const gl_module module = {.name = "glia-postgresql.so",
                                     .symbol = "gl_postgresql",
                                     .needed_by = "PostgreSQL databases",
                                     .package = "libpq-dev",
                                     .room = "read"};
    const gl_database *d = gl_load_module(g, &module);
    char *source = d ? glia_table_address(g, address) : NULL;
    glia_table *t = source ? gl_read_database(g, d, address, source, options) : NULL;
    gl_free(g, source);
    return t;
}

const gl_reader gl_reader_postgresql = {
    .names = {"postgresql"},
    .schemes = {"postgresql://", "postgres://"},
    .read_table = read_rows,
    .uses = GL_USES_TABLE | GL_USES_QUERY,
    .cells = true,
};
