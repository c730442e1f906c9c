/*
 * place.c: where buffers lie in the arena. A buffer lives from the first step that names it to the
 * last; buffers that never live together may share memory; an elementwise step may write over what
 * it reads for the last time.
 *
 *     steps ->    0   1   2   3   4   5
 *     fc1         [===============]          two buffers side by side in a column never overlap
 *     fc2             [=======]
 *     d.fc1                   [=======]
 *
 * Nothing here knows what a buffer is for. What backward will read is alive until then because a
 * step of backward names it; in a prediction no such step exists, and the same network takes less:
 * 258 kB in training and 154 in prediction (the second network of tests/golden/plans.txt).
 */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

/* Its first operand may be the same memory as the second. */
static bool runs_in_place(gl_kernel_id id) {
    return (gl_kernel_table[id].operand[0].ways & GL_OVER) != 0;
}

static bool in_arena(const gl_plan *p, gl_buf b) { return b && p->buffer[b].room == GL_ARENA; }

static int64_t size_of(const gl_buffer *b) {
    return (b->rows * b->cols + 15) & ~(int64_t)15;
} /* whole cache lines */

static void find_lifetimes(gl_plan *p) {
    for (int i = 0; i < p->steps; i++) {
        for (int j = 0; j < p->step[i].operands; j++) {
            gl_buffer *b = &p->buffer[p->step[i].p[j]];
            if (b->first < 0) b->first = i;
            b->last = i;
        }
    }
}

/* Aliases form chains: sigmoid in place of what dropout wrote in place of fc1. The end of a chain
 * has the memory. */
static gl_buf root(const gl_plan *p, gl_buf b) {
    while (p->buffer[b].alias != b) b = p->buffer[b].alias;
    return b;
}

/* In the order of the steps, so that a chain grows by one. Only where the value is read for the
 * last time, and made by this step: a gradient that grew before must not be overwritten. Sizes must
 * agree, as the place is decided for the first of them. */
static void join_in_place(gl_plan *p) {
    for (int i = 0; i < p->steps; i++) {
        const gl_step *s = &p->step[i];
        gl_buf to = s->p[0], from = s->p[1];
        if (!runs_in_place(s->id) || to == from || !in_arena(p, to) || !in_arena(p, from)) continue;
        gl_buffer *y = &p->buffer[to], *x = &p->buffer[root(p, from)];
        if (y->first != i || x->last != i || size_of(x) != size_of(y)) continue;
        y->alias = root(p, from);
        x->last = y->last;
    }
}

void gl_live(gl_plan *p) {
    find_lifetimes(p);
    if (!p->spec.keep_all) join_in_place(p);
}

/* Largest first, each at the lowest offset that is free for its whole life (greedy by size;
 * Pisarchyk and Lee, 2020). The best placement is a hard problem; small buffers find gaps between
 * large ones, seldom the other way round. Among equals the order of the buffers decides, so that a
 * plan is the same in every run. */
static int by_size(const void *a, const void *b) {
    const gl_buffer *x = *(gl_buffer *const *)a, *y = *(gl_buffer *const *)b;
    if (size_of(x) != size_of(y)) return size_of(x) < size_of(y) ? 1 : -1;
    return x < y ? -1 : 1;
}

static bool live_together(const gl_plan *p, const gl_buffer *a, const gl_buffer *b) {
    return p->spec.keep_all || (a->first <= b->last && b->first <= a->last);
}

/* `placed` in the order of their offsets: once past a gap that is too small, never back. */
static int64_t lowest_free(const gl_plan *p, gl_buffer *const *placed, int count,
                           const gl_buffer *b) {
    int64_t offset = 0;
    for (int i = 0; i < count && placed[i]->offset < offset + size_of(b); i++) {
        int64_t end = placed[i]->offset + size_of(placed[i]);
        if (end > offset && live_together(p, b, placed[i])) offset = end;
    }
    return offset;
}

/* Behind those of the same offset. */
static void insert(gl_buffer **placed, int count, gl_buffer *b) {
    int low = 0, high = count;
    while (low < high) {
        int middle = (low + high) / 2;
        if (placed[middle]->offset <= b->offset) low = middle + 1;
        else high = middle;
    }
    memmove(placed + low + 1, placed + low, (size_t)(count - low) * sizeof *placed);
    placed[low] = b;
}

bool gl_place(gl_plan *p) {
    gl_buffer **order = gl_alloc(p->g, 2 * p->buffers, sizeof *order);
    if (!order) return false;
    gl_buffer **placed = order + p->buffers;
    int count = 0;
    for (gl_buf b = 1; b < p->buffers; b++) {
        if (in_arena(p, b) && p->buffer[b].alias == b && p->buffer[b].first >= 0)
            order[count++] = &p->buffer[b];
    }
    qsort(order, (size_t)count, sizeof *order, by_size);
    for (int i = 0; i < count; i++) {
        gl_buffer *b = order[i];
        b->offset = lowest_free(p, placed, i, b);
        insert(placed, i, b);
        if (b->offset + size_of(b) > p->arena) p->arena = b->offset + size_of(b);
        p->arena_unshared += size_of(b);
    }
    for (gl_buf b = 1; b < p->buffers; b++) {
        if (root(p, b) != b)
            p->buffer[b].offset = p->buffer[root(p, b)].offset,
            p->arena_unshared += size_of(&p->buffer[b]);
    }
    gl_free(p->g, order);
    return true;
}
