/*
 * supply.h: rows that are made whenever somebody asks for them, since all of them together do not
 * fit into memory: pictures, which are decoded again. Who makes them stands on a floor above; who
 * asks need not know what they are.
 */
#ifndef GL_SUPPLY_H
#define GL_SUPPLY_H

#include "base.h"

typedef struct gl_supply gl_supply;
struct gl_supply {
    int64_t bytes; /* of a row */
    int64_t most;  /* that rows may take while they are used, all of them together */
    /* What one thread makes rows with; NULL, and a failure in g: memory is out. */
    void *(*open)(glia_ctx *g, const gl_supply *s);
    /* The same bytes as ever, or a failure. */
    glia_status (*make)(void *maker, int64_t row, void *to);
    void (*close)(void *maker); /* takes NULL */
    /* The same for a part of the rows, whose names are here now; NULL: memory is out. */
    gl_supply *(*some)(const gl_supply *s, glia_ctx *g, char *const *name, const char *root,
                       const int64_t *rows, int64_t n);
    void (*drop)(gl_supply *s, glia_ctx *g);
};

/* Some of its rows in some order: those of a list, or from `first` on. Or rows that overlap, as
 * pasts do, and lie in memory once: row i is what begins list[i] steps behind the base. */
typedef struct gl_supplied {
    const gl_supply *of; /* NULL: nobody need make them */
    const int64_t *list;
    int64_t first;
    const void *base; /* NULL: they do not overlap */
    int64_t step;     /* in numbers */
} gl_supplied;
/* Else they lie in an array as they are read. */
static inline bool gl_are_supplied(const gl_supplied *s) { return s->of || s->base; }
static inline int64_t gl_supplied_row(const gl_supplied *s, int64_t i) {
    return s->list ? s->list[i] : s->first + i;
}

/* How many may be gathered in memory: rows of validation and test may, and some on their way into a
 * training, each a part of what all may take. */
static inline bool gl_supply_fits(const gl_supply *s, int64_t rows) {
    return rows <= s->most / 8 / s->bytes;
}

#endif
