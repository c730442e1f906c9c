/*
 * array_rows.c: rows of an array column, one after another: as they lie, or, of a column with a
 * supply, made by all threads, a block at a time.
 */
#include "../base/crew.h"
#include "table.h"

/* Pictures of 64 x 64 in colour are 3 MB then, and take two threads some ten milliseconds. */
enum { BLOCK = 256, JOB = 8 };

gl_array_rows gl_array_open(glia_ctx *g, const gl_column *c, gl_selection rows) {
    return (gl_array_rows){.g = g, .c = c, .rows = rows};
}

static int64_t block_rows(const gl_array_rows *r) {
    int64_t most = r->c->supply->most / 8 / r->c->supply->bytes, n = r->rows.n;
    if (most > BLOCK) most = BLOCK;
    if (most > n) most = n;
    return most > 1 ? most : 1;
}

static glia_status make_some(void *user, gl_hand *hand, int64_t job) {
    gl_array_rows *r = user;
    const gl_supply *s = r->c->supply;
    int64_t begin = r->begin + job * JOB, end = begin + JOB < r->until ? begin + JOB : r->until;
    void *maker = s->open(hand->g, s);
    glia_status status = maker ? GLIA_OK : GLIA_RESOURCE;
    for (int64_t i = begin; !status && i < end; i++)
        status = s->make(maker, gl_selected(&r->rows, i), r->made + (i - r->begin) * s->bytes);
    s->close(maker);
    return status;
}

/* From the next one on. */
static glia_status make_block(gl_array_rows *r) {
    int64_t rows = block_rows(r);
    if (!r->made) r->made = gl_alloc_unset(r->g, rows, (size_t)r->c->supply->bytes);
    if (!r->made) return GLIA_RESOURCE;
    r->begin = r->next;
    r->until = r->rows.n - r->begin < rows ? r->rows.n : r->begin + rows;
    return gl_crew_work(r->g, &(gl_work){.n = (r->until - r->begin + JOB - 1) / JOB,
                                         .job = make_some,
                                         .user = r,
                                         .hands = r->g->threads});
}

static void *next_made(gl_array_rows *r) {
    if (!r->status && r->next >= r->until) r->status = make_block(r);
    return r->status ? NULL : r->made + (r->next++ - r->begin) * r->c->supply->bytes;
}

static void *next_lying(gl_array_rows *r) {
    const glia_tensor *a = &r->c->array;
    size_t bytes = (size_t)glia_tensor_count(a, 1) * glia_dtype_size(a->dtype);
    return (char *)a->data + (size_t)gl_selected(&r->rows, r->next++) * bytes;
}

glia_tensor gl_array_next(gl_array_rows *r) {
    const glia_tensor *a = &r->c->array;
    glia_tensor row = {.dtype = a->dtype, .ndim = a->ndim - 1};
    for (int i = 0; i < row.ndim; i++) row.dim[i] = a->dim[i + 1];
    row.data = r->c->supply ? next_made(r) : next_lying(r);
    return row;
}

glia_status gl_array_close(gl_array_rows *r) {
    gl_free(r->g, r->made);
    r->made = NULL;
    return r->status;
}
