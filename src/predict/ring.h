/*
 * ring.h: rows of a supply on their way into a network, made by threads of their own ahead of who
 * reads them.
 */
#ifndef GL_RING_H
#define GL_RING_H

#include "../base/supply.h"

typedef struct gl_ring gl_ring;

/* For `rows` rows; NULL: memory is out. */
gl_ring *gl_ring_new(glia_ctx *g, gl_supplied from, int64_t rows);
void gl_ring_free(gl_ring *r); /* takes NULL */
/* Room for some batches of so many rows (fewer, where `whole` is not asked for and memory is
 * short), and the threads that fill it; once. False: memory is out. */
bool gl_ring_room(gl_ring *r, int64_t batch, bool whole);
/* All that was asked for could be had, or the first failure, told in the ring's context. */
glia_status gl_ring_status(gl_ring *r);

/* In the order of a training: batches from that on which begins at number `first` of the order,
 * which stays as it is meanwhile. */
void gl_ring_aim(gl_ring *r, const int64_t *order, int64_t first);
/* The number of the next batch's first row in the ring's memory, where it stays until the next one
 * is asked for; -1: a failure. */
int64_t gl_ring_next(gl_ring *r);
void *gl_ring_memory(const gl_ring *r); /* [rows, bytes] */
int64_t gl_ring_rows(const gl_ring *r); /* so many */

/* Rows as they stand: those from `first` on, *n or fewer, which are *n then; NULL: a failure. From
 * row 0 on they are made ahead; others, out of turn, one by one. */
const void *gl_ring_from(gl_ring *r, int64_t first, int64_t *n);

#endif
