/*
 * packed.h: a column of numbers in as few bytes as its digits take.
 *
 *     -1.25  3  0.5  missing      in hundredths: -125  300  50  -32768      2 bytes each
 *     0.000123456  12.5  -3.1     123456 / 10^9  125 / 10^1  -31 / 10^1     4 bytes each
 *
 * Where the digits of all cells together are too many for one d, each has its own: in the lower
 * five bits, below its m.
 *
 * What a file has are decimals of a few digits. m / 10^d is the double nearest to such a decimal
 * where both are whole numbers that a double holds, and so the very one that the cell was read as;
 * each is tried before it is packed. 8 bytes: they are doubles as they are.
 */
#ifndef GL_PACKED_H
#define GL_PACKED_H

#include "../base/base.h"

#include <math.h>
#include <string.h>

typedef struct gl_packed {
    char *bytes; /* NULL: nothing is packed. The last may be looked at as 4, whatever the width */
    int width, decimals;
    int unused;      /* bits of the 4 bytes that are others' */
    int32_t missing; /* the least that there is: a missing cell; the next one: -0 */
    bool gaps;       /* there is one of these */
    bool own;        /* each cell has a d of its own */
    double unit;     /* 10^decimals */
    int64_t most;    /* the largest m without its sign */
} gl_packed;

enum { GL_OWN_BITS = 5, GL_MOST_OWN = 22 }; /* larger powers of ten are no doubles */
extern const double gl_powers[GL_MOST_OWN + 1];

static inline double gl_packed_at(const gl_packed *p, int64_t row) {
    int32_t m;
    memcpy(&m, p->bytes + row * p->width, sizeof m);
    m = (int32_t)((uint32_t)m << p->unused) >> p->unused;
    if (m <= p->missing + 1) return m == p->missing ? NAN : -0.0;
    if (p->own) return (double)(m >> GL_OWN_BITS) / gl_powers[m & ((1 << GL_OWN_BITS) - 1)];
    return (double)m / p->unit;
}

/* Puts n numbers behind the first `at`, in room for `cap` in all, wider where they need it. False:
 * memory is out. */
bool gl_pack(glia_ctx *g, gl_packed *p, int64_t cap, int64_t at, const double *v, int64_t n);
/* The same of those that are packed elsewhere. */
bool gl_pack_again(glia_ctx *g, gl_packed *p, int64_t cap, int64_t at, const gl_packed *from,
                   int64_t n);
bool gl_packed_whole(const gl_packed *p); /* none has a fraction; false: one may have */
/* n rows of another. */
bool gl_pack_some(glia_ctx *g, gl_packed *p, const gl_packed *from, const int64_t *rows, int64_t n);

#endif
