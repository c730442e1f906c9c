/*
 * compile.c: turns a model into a plan: a flat list of kernel calls over one arena. The passes:
 *
 *     lower   each node emits its calls, forward then backward; activations join their layer
 *     live    a buffer lives from the first step that names it to the last; some run in place
 *     place   buffers that never live together share memory
 *     cut     how many threads, and what each does of a sample where these are few
 *     sync    where they must wait for each other
 *
 * then memory is taken, once, and every pointer is set by gl_bind.
 *
 *     memory        values, their gradients, losses, what ops keep     one arena, shared over time
 *     work          scratch of thread 0 | of thread 1 | ...            panels of products
 *     kept_memory   W' | W' | ... | states                             what stays from run to run
 *     the caller's  x, labels, weights, gradients, moments, output     bound by room
 *
 * dense 64 relu, dense 32 relu, dense 1 sigmoid over 30 features, 200 rows in f64: 18 steps of
 * training, an arena of 258 kB that would be 314 without sharing, 33 kB of weights
 * (tests/golden/plans.txt).
 */
#include "plan.h"

#include <math.h>
#include <string.h>

/* Scratch memory of a thread: what the largest product needs. Where that is much, a page of 2 MB at
 * least, which gl_alloc then takes as one: panels in one page need one entry of the processor's
 * table of pages, not 512. W2 takes 42.5 us in small pages, 41 in a large one; a network of 65
 * parameters plans 0.1 MB of it, not 2.4 a thread (notebook 2026-11, 26.12). */
static size_t most_work(const gl_plan *p) {
    enum { MUCH = 256 << 10, PAGE = 2 << 20 };
    size_t most = 0;
    for (const gl_step *s = p->step; s < p->step + p->steps; s++) {
        size_t bytes = gl_kernel_work(s->id, s->call.n, p->model->dtype);
        if (bytes > most) most = (bytes + 63) / 64 * 64;
    }
    return most > MUCH && most < PAGE ? PAGE : most;
}

static bool take_memory(gl_plan *p) {
    glia_ctx *g = p->g;
    p->work_bytes = most_work(p);
    p->memory = gl_alloc(g, p->arena, glia_dtype_size(p->model->dtype));
    p->work = gl_alloc_unset(g, p->threads, p->work_bytes);
    p->cost = gl_alloc(g, 1, sizeof(double));
    p->kept_memory = gl_alloc(g, p->kept, glia_dtype_size(p->model->dtype));
    return p->memory && p->work && p->cost && p->kept_memory;
}

/* Pieces of a sequence have edges that only a layer which goes step by step does not see. */
static bool can_carry(const gl_plan *p) {
    if (!p->spec.carries) return true;
    gl_net *step = gl_step_net_new(p->g, p->model);
    gl_step_net_free(step);
    return step != NULL;
}

gl_plan *gl_compile(glia_ctx *g, const gl_net *m, const gl_plan_spec *spec) {
    gl_plan *p = gl_alloc(g, 1, sizeof *p);
    if (!p) return NULL;
    *p = (gl_plan){.g = g, .model = m, .spec = *spec, .threads = 1, .rows = spec->rows};
    if (!p->spec.kernels) p->spec.kernels = gl_kernels(m->dtype);
    bool ok = can_carry(p) && gl_lower(p);
    if (ok) gl_live(p);
    ok = ok && gl_place(p);
    if (ok) gl_cut(p);
    ok = ok && gl_sync(p) && take_memory(p);
    if (ok) return p;
    gl_plan_free(p);
    return NULL;
}

void gl_plan_free(gl_plan *p) {
    if (!p) return;
    glia_ctx *g = p->g;
    gl_free(g, p->buffer);
    gl_free(g, p->fusion);
    gl_free(g, p->value);
    gl_free(g, p->step);
    gl_free(g, p->memory);
    gl_free(g, p->work);
    gl_free(g, p->cost);
    gl_free(g, p->kept_memory);
    gl_free(g, p);
}

int64_t gl_plan_bytes(const gl_plan *p) {
    return (p->arena + p->kept) * (int64_t)glia_dtype_size(p->model->dtype) +
           p->threads * (int64_t)p->work_bytes;
}

bool gl_reads(const gl_plan *p, gl_room room) {
    for (const gl_buffer *b = p->buffer; b < p->buffer + p->buffers; b++)
        if (b->room == room) return true;
    return false;
}

void *gl_states(const gl_plan *p, int64_t *count) {
    *count = p->kept;
    return p->kept_memory;
}

const void *gl_value_of(const gl_plan *p, const gl_node *node) {
    const gl_buffer *b = &p->buffer[p->value[node - p->model->node]];
    bool there = b != p->buffer && b->room == GL_ARENA;
    return there ? (char *)p->memory + (size_t)b->offset * glia_dtype_size(p->model->dtype) : NULL;
}

static void find_rooms(const gl_plan *p, const gl_binding *b, char *room[GL_ROOMS]) {
    for (int i = 0; i < GL_STORE; i++) room[i] = b->room[i];
    room[GL_ARENA] = p->memory, room[GL_COST] = p->cost, room[GL_LASTING] = p->kept_memory;
    for (gl_run_id run = 0; run < GL_RUNS; run++)
        room[gl_room_of(run)] = gl_store_at(b->store, run, 0);
}

void gl_bind(gl_plan *p, const gl_binding *b) {
    size_t size = glia_dtype_size(p->model->dtype);
    char *room[GL_ROOMS];
    find_rooms(p, b, room);
    for (gl_step *s = p->step; s < p->step + p->steps; s++) {
        s->call.knobs = b->knobs;
        for (int i = 0; i < s->operands; i++) {
            const gl_buffer *buffer = &p->buffer[s->p[i]];
            char *from = s->p[i] ? room[buffer->room] : NULL;
            s->call.p[i] = from ? from + (size_t)buffer->offset * size : NULL;
        }
    }
    for (const gl_step *s = p->step; s < p->step + p->once; s++)
        s->kernel(&s->call, 0, s->call.n[0], p->work);
}

/* Fewer rows need no other plan: every step of a prediction has the samples in n[0] (kernel.h), or
 * in n[1] where it is cut by columns, and strides belong to columns. x and output are the only
 * memory that changes from call to call. */
void gl_aim(gl_plan *p, int64_t rows, void *x, void *output) {
    p->rows = rows;
    for (gl_step *s = p->step + p->once; s < p->step + p->steps; s++) {
        s->call.n[s->split == GL_BY_COLUMNS] = rows;
        for (int i = 0; i < s->operands; i++) {
            gl_room room = p->buffer[s->p[i]].room;
            if (room == GL_X) s->call.p[i] = x;
            if (room == GL_OUTPUT) s->call.p[i] = output;
        }
    }
}

double gl_cost(const gl_plan *p) { return gl_get(p->cost, p->model->dtype, 0); }
