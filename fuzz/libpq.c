/*
 * libpq.c: answers of a PostgreSQL server without the server. As much of libpq as the module calls
 * (src/read/database/postgresql_module.c, which is linked here with it) finds the messages of a
 * server one behind the other in memory. Through libpq and a socket it was a tenth as fast, and
 * what was tried then was libpq. See "Message Formats" of PostgreSQL's manual.
 *
 * A message is a letter, its length, and what it says:
 *
 *     T   the columns       D   a row        C   no more rows    E   an error
 *     Z   what was asked for is answered     others say nothing that anybody asks for here
 *
 * Each result and each of its texts is memory of its own, so that what is used too far or too late
 * is seen.
 */
#include "base/module.h"
#include "readers.h"

#include <libpq-fe.h>

/* ------------------------------------------------------------------------------------- bytes -- */

typedef struct part {
    const uint8_t *at, *end;
    bool bad; /* more was wanted than there is */
} part;

static const uint8_t *take(part *p, size_t n) {
    const uint8_t *at = p->at;
    p->bad |= (size_t)(p->end - at) < n;
    if (!p->bad) p->at += n;
    return p->bad ? NULL : at;
}

static int64_t number(part *p, size_t bytes) {
    const uint8_t *b = take(p, bytes);
    uint32_t n = 0;
    for (size_t i = 0; b && i < bytes; i++) n = n << 8 | b[i];
    return bytes == 4 ? (int32_t)n : (int16_t)n;
}

/* With the 0 behind it, for free; NULL: there is none. */
static char *text(part *p) {
    size_t n = strnlen((const char *)p->at, (size_t)(p->end - p->at));
    const uint8_t *b = take(p, n + 1);
    return b ? fuzz_text(b, n) : NULL;
}

/* ----------------------------------------------------------------------------------- results -- */

enum { MOST_FIELDS = 1664 }; /* as PostgreSQL has it */

typedef struct field {
    char *name, *value; /* value NULL: it is null, or this is no row */
    Oid type;
    int length;
} field;

struct pg_result {
    ExecStatusType status;
    int fields;
    field *field;
    char *state, *message; /* of an error */
};

struct pg_conn {
    part rest;
    PGresult *columns; /* of the present query; NULL: it gives no rows, so far */
    ConnStatusType status;
    bool asked;
};

static PGresult *new_result(ExecStatusType status, int fields) {
    PGresult *r = calloc(1, sizeof *r);
    if (!r || !(r->field = calloc((size_t)fields + 1, sizeof *r->field))) abort();
    r->status = status;
    r->fields = fields;
    return r;
}

void PQclear(PGresult *r) {
    if (!r) return;
    for (field *f = r->field; f < r->field + r->fields; f++) free(f->name), free(f->value);
    free(r->field), free(r->state), free(r->message), free(r);
}

static PGresult *an_error(const char *message) {
    PGresult *r = new_result(PGRES_FATAL_ERROR, 0);
    r->message = fuzz_text((const uint8_t *)message, strlen(message));
    return r;
}

/* Of the columns before, with the values of no row. */
static PGresult *result_like(const PGresult *columns, ExecStatusType status) {
    PGresult *r = new_result(status, columns->fields);
    for (int i = 0; i < r->fields; i++) {
        const char *name = columns->field[i].name;
        r->field[i].name = fuzz_text((const uint8_t *)name, strlen(name));
        r->field[i].type = columns->field[i].type;
    }
    return r;
}

/* ---------------------------------------------------------------------------------- messages -- */

static PGresult *read_columns(part *p) {
    enum { TABLE = 4 + 2, SIZE_AND_FORMAT = 2 + 4 + 2 };
    int64_t n = number(p, 2);
    if (n < 0 || n > MOST_FIELDS) return NULL;
    PGresult *r = new_result(PGRES_TUPLES_OK, (int)n);
    for (field *f = r->field; f < r->field + r->fields && !p->bad; f++) {
        f->name = text(p);
        take(p, TABLE);
        f->type = (Oid)number(p, 4);
        take(p, SIZE_AND_FORMAT);
    }
    if (!p->bad) return r;
    PQclear(r);
    return NULL;
}

static PGresult *read_row(part *p, const PGresult *columns) {
    if (!columns || number(p, 2) != columns->fields) return NULL;
    PGresult *r = result_like(columns, PGRES_SINGLE_TUPLE);
    for (field *f = r->field; f < r->field + r->fields && !p->bad; f++) {
        int64_t n = number(p, 4);
        const uint8_t *value = n >= 0 ? take(p, (size_t)n) : NULL;
        if (!value) continue;
        f->value = fuzz_text(value, (size_t)n);
        f->length = (int)n;
    }
    if (!p->bad) return r;
    PQclear(r);
    return NULL;
}

static PGresult *read_error(part *p) {
    PGresult *r = new_result(PGRES_FATAL_ERROR, 0);
    while (p->at < p->end && *p->at) {
        char **to = *p->at == 'C' ? &r->state : *p->at == 'M' ? &r->message : NULL;
        p->at++;
        char *said = text(p);
        if (to) free(*to), *to = said;
        else free(said);
    }
    return r;
}

/* The next message, its letter first; 0: the server has hung up, or is not understood. */
static int next_message(PGconn *c, part *body) {
    const uint8_t *letter = take(&c->rest, 1);
    int64_t n = number(&c->rest, 4);
    const uint8_t *at = n >= 4 ? take(&c->rest, (size_t)n - 4) : NULL;
    if (at) *body = (part){at, at + n - 4, false};
    else c->status = CONNECTION_BAD;
    return at ? *letter : 0;
}

static PGresult *keep_columns(PGconn *c, part *body) {
    PQclear(c->columns);
    c->columns = read_columns(body);
    return c->columns ? NULL : an_error("the columns are not understood");
}

/* What a message says; NULL: nothing by itself. */
static PGresult *say(PGconn *c, int letter, part *body) {
    PGresult *r = NULL;
    switch (letter) {
    case 'T': return keep_columns(c, body);
    case 'D': return (r = read_row(body, c->columns)) ? r : an_error("a row is not understood");
    case 'C':
        return c->columns ? result_like(c->columns, PGRES_TUPLES_OK)
                          : new_result(PGRES_COMMAND_OK, 0);
    case 'I': return new_result(PGRES_EMPTY_QUERY, 0);
    case 'E': return read_error(body);
    default: return NULL;
    }
}

PGresult *PQgetResult(PGconn *c) {
    part body;
    PGresult *r = NULL;
    while (c->asked && !r) {
        int letter = next_message(c, &body);
        c->asked = letter && letter != 'Z';
        if (!letter) r = an_error("server closed the connection unexpectedly");
        else r = say(c, letter, &body);
    }
    return r;
}

static bool ask(PGconn *c) {
    PQclear(c->columns);
    c->columns = NULL;
    return c->asked = c->status == CONNECTION_OK;
}

/* The last result of a query. */
PGresult *PQexec(PGconn *c, const char *query) {
    (void)query;
    PGresult *last = NULL;
    if (!ask(c)) return NULL;
    for (PGresult *r; (r = PQgetResult(c));) PQclear(last), last = r;
    return last;
}

int PQsendQueryParams(PGconn *c, const char *query, int n, const Oid *types,
                      const char *const *values, const int *lengths, const int *formats,
                      int format) {
    (void)query, (void)n, (void)types, (void)values, (void)lengths, (void)formats, (void)format;
    return ask(c);
}

int PQsetSingleRowMode(PGconn *c) { return c->asked; }

/* --------------------------------------------------------------------------------- accessors -- */

static const field *field_of(const PGresult *r, int j) {
    fuzz_check(r && j >= 0 && j < r->fields, "libpq is asked for field %d", j);
    return &r->field[j];
}

ExecStatusType PQresultStatus(const PGresult *r) { return r ? r->status : PGRES_FATAL_ERROR; }
int PQnfields(const PGresult *r) { return r ? r->fields : 0; }
char *PQfname(const PGresult *r, int j) { return field_of(r, j)->name; }
Oid PQftype(const PGresult *r, int j) { return field_of(r, j)->type; }
int PQgetlength(const PGresult *r, int row, int j) { return (void)row, field_of(r, j)->length; }
int PQgetisnull(const PGresult *r, int row, int j) { return (void)row, !field_of(r, j)->value; }

char *PQgetvalue(const PGresult *r, int row, int j) {
    static char none[] = "";
    (void)row;
    return field_of(r, j)->value ? field_of(r, j)->value : none;
}

char *PQresultErrorField(const PGresult *r, int which) {
    if (!r) return NULL;
    return which == PG_DIAG_SQLSTATE          ? r->state
           : which == PG_DIAG_MESSAGE_PRIMARY ? r->message
                                              : NULL;
}

/* ------------------------------------------------------------------------------ a connection -- */

PGconn *PQconnectdbParams(const char *const *names, const char *const *values, int expand) {
    (void)names, (void)values, (void)expand;
    PGconn *c = calloc(1, sizeof *c);
    if (!c) abort();
    c->rest = (part){fuzz_answers, fuzz_answers + fuzz_answers_size, false};
    ask(c);
    PGresult *r = PQexec(c, "");
    if (r) c->status = CONNECTION_BAD;
    PQclear(r);
    return c;
}

void PQfinish(PGconn *c) {
    if (c) PQclear(c->columns);
    free(c);
}

ConnStatusType PQstatus(const PGconn *c) { return c->status; }
char *PQerrorMessage(const PGconn *c) { return (void)c, "an error of the connection\n"; }
char *PQdb(const PGconn *c) { return (void)c, "t"; }
char *PQhost(const PGconn *c) { return (void)c, "memory"; }

PQconninfoOption *PQconninfoParse(const char *address, char **message) {
    (void)message;
    PQconninfoOption *all = calloc(2, sizeof *all);
    if (!all) abort();
    all->keyword = "dbname", all->val = (char *)address;
    return all;
}

void PQconninfoFree(PQconninfoOption *all) { free(all); }

/* Nothing goes to the server. */
PGcancel *PQgetCancel(PGconn *c) { return (void)c, NULL; }
int PQcancel(PGcancel *cancel, char *why, int size) {
    return (void)cancel, (void)why, (void)size, 1;
}
void PQfreeCancel(PGcancel *cancel) { (void)cancel; }

/* -------------------------------------------------------------------------------- the module -- */

extern const struct gl_database gl_postgresql;
const void *__real_gl_load_module(glia_ctx *ctx, const gl_module *module);
const void *__wrap_gl_load_module(glia_ctx *ctx, const gl_module *module);
const void *__wrap_gl_load_module(glia_ctx *ctx, const gl_module *module) {
    bool ours = !strcmp(module->symbol, "gl_postgresql");
    return ours ? &gl_postgresql : __real_gl_load_module(ctx, module);
}
