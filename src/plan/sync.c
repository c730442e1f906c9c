/*
 * sync.c: where the threads of a plan must wait for each other.
 *
 * Every step is cut along its first dimension at places that depend on its size and the number of
 * threads; any cut gives the same bits (kernel.h). Two steps need no barrier between them when each
 * thread touches only what it touched itself: both cut by samples over the same rows. Anything else
 * that shares memory, be it the same buffer or reused memory, and is written by one of the two
 * needs one. Deciding this on memory rather than on meaning keeps reuse safe by itself.
 *
 *      4 b  sigmoid_ce_b  dz=d.fc3@19200            samples
 *      5 b  gemm          y=d.relu2@25600 a=d.fc3   samples, the same rows: nobody waits
 *      6 b| gemm_cols     y=d.fc3.w a=d.fc3         columns: every thread reads all rows of d.fc3
 *      8 b| gemm          y=d.relu1@12800           samples, but 6 read relu2, which lay at 12800
 */
#include "plan.h"

#include <string.h>

static bool overlap(const gl_plan *p, gl_buf a, gl_buf b) {
    const gl_buffer *x = &p->buffer[a], *y = &p->buffer[b];
    return x->room == y->room && x->offset < y->offset + y->rows * y->cols &&
           y->offset < x->offset + x->rows * x->cols;
}

/* Both steps give row i of this memory to the same thread: of samples where they are cut by
 * samples, of units where they are cut by units. */
static bool same_owner(const gl_plan *p, const gl_step *s, gl_buf a, const gl_step *t, gl_buf b) {
    const gl_buffer *x = &p->buffer[a], *y = &p->buffer[b];
    if (s->split != t->split || s->split == GL_BY_COLUMNS || s->split == GL_BY_BANDS) return false;
    if (s->split == GL_WHOLE) return true;
    if (x->offset != y->offset || x->cols != y->cols || s->call.n[0] != t->call.n[0]) return false;
    return s->split == GL_BY_ROWS
               ? x->by_rows && y->by_rows
               : !x->by_rows && !y->by_rows && x->rows == s->call.n[0] && y->rows == s->call.n[0];
}

static bool writes(const gl_step *s, int operand) {
    return (gl_kernel_table[s->id].operand[operand].ways & GL_WRITTEN) != 0;
}

/* What the steps since the last barrier touch, in the order of where it lies. Touches that no step
 * could tell apart are kept once: the steps of a thousand equal layers go by without a barrier, and
 * each would be held against all before it. */
typedef struct touch {
    const gl_step *step;
    int operand;
} touch;

typedef struct window {
    const gl_plan *p;
    touch *touch;
    int count;
    int64_t longest;
} window;

static const gl_buffer *touched(const window *w, const touch *t) {
    return &w->p->buffer[t->step->p[t->operand]];
}

static int64_t length(const gl_buffer *b) { return b->rows * b->cols; }

/* The first touch in this room from this offset on. */
static int find_from(const window *w, gl_room room, int64_t offset) {
    int low = 0, high = w->count;
    while (low < high) {
        int middle = (low + high) / 2;
        const gl_buffer *b = touched(w, &w->touch[middle]);
        if (b->room < room || (b->room == room && b->offset < offset)) low = middle + 1;
        else high = middle;
    }
    return low;
}

static bool alike(const window *w, const touch *s, const touch *t) {
    const gl_buffer *x = touched(w, s), *y = touched(w, t);
    return s->step->split == t->step->split && s->step->call.n[0] == t->step->call.n[0] &&
           x->rows == y->rows && x->cols == y->cols && !x->by_rows == !y->by_rows &&
           writes(s->step, s->operand) == writes(t->step, t->operand);
}

static void add_touch(window *w, touch t) {
    const gl_buffer *b = touched(w, &t);
    int at = find_from(w, b->room, b->offset);
    for (int i = at; i < w->count; i++) {
        const gl_buffer *other = touched(w, &w->touch[i]);
        if (other->room != b->room || other->offset != b->offset) break;
        if (alike(w, &w->touch[i], &t)) return;
    }
    memmove(&w->touch[at + 1], &w->touch[at], (size_t)(w->count++ - at) * sizeof *w->touch);
    w->touch[at] = t;
    if (length(b) > w->longest) w->longest = length(b);
}

static void add_step(window *w, const gl_step *s) {
    for (int i = 0; i < s->operands; i++)
        if (s->p[i]) add_touch(w, (touch){s, i});
}

static bool must_wait_for(const window *w, touch s, touch t) {
    gl_buf a = s.step->p[s.operand], b = t.step->p[t.operand];
    bool written = writes(s.step, s.operand) || writes(t.step, t.operand);
    return written && overlap(w->p, a, b) && !same_owner(w->p, s.step, a, t.step, b);
}

static bool must_wait(const window *w, const gl_step *s) {
    for (int i = 0; i < s->operands; i++) {
        if (!s->p[i]) continue;
        const gl_buffer *b = &w->p->buffer[s->p[i]];
        for (int k = find_from(w, b->room, b->offset - w->longest); k < w->count; k++) {
            const gl_buffer *other = touched(w, &w->touch[k]);
            if (other->room != b->room || other->offset >= b->offset + length(b)) break;
            if (must_wait_for(w, (touch){s, i}, w->touch[k])) return true;
        }
    }
    return false;
}

bool gl_sync(gl_plan *p) {
    int64_t touches = 0;
    for (int i = 0; i < p->steps; i++) touches += p->step[i].operands;
    window w = {.p = p, .touch = gl_alloc(p->g, touches, sizeof *w.touch)};
    if (!w.touch) return false;
    for (int i = p->once; i < p->steps; i++) {
        gl_step *s = &p->step[i];
        s->barrier = s->barrier || must_wait(&w, s);
        if (i == p->update && i > p->once)
            s->barrier = true; /* everybody reads the cost before anybody updates */
        if (s->barrier) w.count = 0, w.longest = 0;
        add_step(&w, s);
    }
    gl_free(p->g, w.touch);
    return true;
}
