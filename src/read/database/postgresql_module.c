/*
 * postgresql_module.c: the rows of a query to PostgreSQL, for postgresql.c. A module of its own
 * (glia-postgresql.so), loaded when an address asks for it.
 *
 * The transaction is read-only and a query is one statement, so that nothing can be changed. Rows
 * come one by one (single-row mode), and none is kept.
 */
#include "database.h"

#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct open {
    PGconn *connection;
    PGresult *first; /* already taken, for the columns */
    PGresult *row;   /* the present one */
    int fields;      /* columns of the query */
    bool asked;      /* the rest of a query is still to come */
} open;

/* ---------------------------------------------------------------------------------- messages -- */

/* One line of libpq's text, without its blanks at the end. */
static void one_line(const char *text, char *why, size_t size) {
    snprintf(why, size, "%s", text);
    for (char *s = why; *s; s++)
        if (*s == '\n' || *s == '\t') *s = ' ';
    for (size_t n = strlen(why); n && why[n - 1] == ' ';) why[--n] = 0;
}

/* "relation "x" does not exist (SQL state 42P01, database 'shop' on localhost)" */
static void say(const open *o, const PGresult *result, char *why, size_t size) {
    char text[400];
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    one_line(message ? message : PQerrorMessage(o->connection), text, sizeof text);
    snprintf(why, size, "%s (SQL state %s, database '%s' on %s)", text, state ? state : "unknown",
             PQdb(o->connection), PQhost(o->connection));
}

/* ------------------------------------------------------------------------------ a connection -- */

/* PQcancel of libpq 15 sends with the default of SIGPIPE, which ends the program where the server
 * has hung up; all else of libpq holds the signal back, and so does this. */
static void ask_to_stop(open *o) {
    char why[256];
    sigset_t pipes, before, waiting;
    PGcancel *cancel = PQgetCancel(o->connection);
    if (!cancel) return;
    sigemptyset(&pipes);
    sigaddset(&pipes, SIGPIPE);
    sigpending(&waiting);
    pthread_sigmask(SIG_BLOCK, &pipes, &before);
    PQcancel(cancel, why, sizeof why);
    if (!sigismember(&waiting, SIGPIPE)) sigtimedwait(&pipes, NULL, &(struct timespec){0});
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    PQfreeCancel(cancel);
}

static void drop_rows(open *o, bool early) {
    PQclear(o->first);
    PQclear(o->row);
    o->first = o->row = NULL;
    if (!o->asked) return;
    if (early) ask_to_stop(o);
    for (PGresult *r; (r = PQgetResult(o->connection));) PQclear(r);
    o->asked = false;
}

static void close_it(void *user) {
    open *o = user;
    if (o->connection) drop_rows(o, true);
    PQfinish(o->connection);
    free(o);
}

static bool run(open *o, const char *sql, char *why, size_t size) {
    PGresult *r = PQexec(o->connection, sql);
    bool good = PQresultStatus(r) == PGRES_COMMAND_OK;
    if (!good) say(o, r, why, size);
    PQclear(r);
    return good;
}

/* A password with @, : or / in it is taken for a host, a port or a database, and libpq's message
 * would show it. */
static bool is_torn(const char *address) {
    const char *begin = strstr(address, "://") + 3;
    const char *slash = memchr(begin, '/', strcspn(begin, "?"));
    return slash && memchr(slash, '@', strcspn(slash, "?"));
}

static bool is_readable(const char *address, char *why, size_t size) {
    PQconninfoOption *options = PQconninfoParse(address, NULL);
    bool good = options && !is_torn(address);
    for (const PQconninfoOption *p = options; p && p->keyword; p++) {
        if (!p->val) continue;
        if (!strcmp(p->keyword, "host") && strchr(p->val, '@')) good = false;
        if (!strcmp(p->keyword, "port") && p->val[strspn(p->val, "0123456789,")]) good = false;
    }
    PQconninfoFree(options);
    if (!good)
        snprintf(why, size,
                 "the address is not one, expected postgresql://USER@HOST:PORT/DATABASE (in names "
                 "and passwords @ is written %%40, : %%3A, / %%2F, %% %%25)");
    return good;
}

/* A server sends a value as a whole, of 1 GB at most. */
static void *open_it(const char *address, int64_t most, char *why, size_t size) {
    char text[400];
    (void)most;
    if (!is_readable(address, why, size)) return NULL;
    open *o = calloc(1, sizeof *o);
    if (!o) return snprintf(why, size, "memory is out"), NULL;
    static const char *const names[] = {"dbname", "client_encoding", "fallback_application_name",
                                        NULL};
    const char *const values[] = {address, "UTF8", "glia", NULL};
    o->connection = PQconnectdbParams(names, values, 1);
    if (PQstatus(o->connection) != CONNECTION_OK) {
        one_line(PQerrorMessage(o->connection), text, sizeof text);
        snprintf(why, size, "%s (database '%s' on %s)", text, PQdb(o->connection),
                 PQhost(o->connection));
    } else if (run(o, "SET datestyle = ISO", why, size) &&
               run(o, "SET extra_float_digits = 3", why, size) &&
               run(o, "BEGIN TRANSACTION READ ONLY", why, size)) {
        return o;
    }
    close_it(o);
    return NULL;
}

/* -------------------------------------------------------------------------------------- rows -- */

/* With parameters, though there are none: such a query is one statement. */
static bool query(void *user, const char *sql, char *why, size_t size) {
    open *o = user;
    drop_rows(o, true);
    if (!PQsendQueryParams(o->connection, sql, 0, NULL, NULL, NULL, NULL, 0))
        return say(o, NULL, why, size), false;
    o->asked = true;
    PQsetSingleRowMode(o->connection);
    o->first = PQgetResult(o->connection);
    o->fields = PQnfields(o->first);
    ExecStatusType status = PQresultStatus(o->first);
    if (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return true;
    say(o, o->first, why, size);
    drop_rows(o, false);
    return false;
}

static const PGresult *present(const open *o) { return o->row ? o->row : o->first; }

static int columns(void *user) { return PQnfields(present(user)); }

/* Numbers of types, fixed in PostgreSQL's pg_type.dat. */
enum {
    BOOL = 16,
    BYTEA = 17,
    CHAR = 18,
    NAME = 19,
    INT8 = 20,
    INT2 = 21,
    INT4 = 23,
    TEXT = 25,
    OID = 26,
    FLOAT4 = 700,
    FLOAT8 = 701,
    BPCHAR = 1042,
    VARCHAR = 1043,
    NUMERIC = 1700
};

static gl_column_info column(void *user, int j) {
    Oid type = PQftype(present(user), j);
    bool text = type == TEXT || type == VARCHAR || type == BPCHAR || type == CHAR || type == NAME;
    return (gl_column_info){PQfname(present(user), j), text};
}

static int next(void *user, char *why, size_t size) {
    open *o = user;
    PQclear(o->row);
    o->row = o->first ? o->first : PQgetResult(o->connection);
    o->first = NULL;
    if (PQresultStatus(o->row) == PGRES_SINGLE_TUPLE) {
        int fields = PQnfields(o->row);
        if (fields == o->fields) return 1;
        snprintf(why, size, "the server sent a row of %d columns, expected %d", fields, o->fields);
        drop_rows(o, false);
        return -1;
    }
    bool good = !o->row || PQresultStatus(o->row) == PGRES_TUPLES_OK;
    if (!good) say(o, o->row, why, size);
    drop_rows(o, false);
    return good ? 0 : -1;
}

static gl_cell other(const char *what) {
    return (gl_cell){.kind = GL_CELL_OTHER, .text = what, .length = strlen(what)};
}

static gl_cell cell(void *user, int j) {
    const PGresult *r = ((open *)user)->row;
    if (PQgetisnull(r, 0, j)) return (gl_cell){GL_CELL_MISSING};
    gl_cell c = {GL_CELL_TEXT, 0, PQgetvalue(r, 0, j), (size_t)PQgetlength(r, 0, j)};
    switch (PQftype(r, j)) {
    case INT2:
    case INT4:
    case INT8:
    case OID:
    case FLOAT4:
    case FLOAT8:
    case NUMERIC: c.kind = GL_CELL_NUMBER; return c;
    case BOOL:
        c.text = *c.text == 't' ? "true" : "false";
        c.length = strlen(c.text);
        return c;
    case BPCHAR: /* is filled up with blanks */
        while (c.length && c.text[c.length - 1] == ' ') c.length--;
        return c;
    case BYTEA: return other("bytes (bytea)");
    case TEXT:
    case VARCHAR:
    case CHAR:
    case NAME: return c;
    default: return *c.text == '{' ? other("an array or an object") : c;
    }
}

__attribute__((visibility("default"))) const gl_database gl_postgresql = {
    open_it,
    query,
    columns,
    column,
    next,
    cell,
    close_it,
    "SELECT CASE table_schema WHEN 'public' THEN table_name::text "
    "ELSE table_schema || '.' || table_name END FROM information_schema.tables "
    "WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1",
    true};
