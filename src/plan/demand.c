/*
 * demand.c: what one run of a plan asks of a machine at least, added up over its steps from what
 * kernels.def says of each. Multiply-adds decide how many threads are worth while; with the bytes
 * that must be moved they are the floor that a measured time is compared with.
 */
#include "plan.h"

/* Of its numbers: zeros are left out where x is sparse. */
static double share_read(const gl_plan *p, const gl_step *s) {
    for (int i = 0; i < s->operands; i++)
        if (p->buffer[s->p[i]].room == GL_SPARSE_X) return 1 - p->spec.zeros;
    return 1;
}

double gl_plan_multiply_adds(const gl_plan *p) {
    double sum = 0;
    for (const gl_step *s = p->step; s < p->step + p->steps; s++)
        sum += share_read(p, s) * gl_multiply_adds(s->id, s->call.n);
    return sum;
}

/* A run of the store that begins among the W: what else is learned is too little to count. */
static double numbers_of_w(const gl_plan *p, const gl_buffer *b) {
    return b->offset < p->model->decayed ? (double)b->rows * (double)b->cols : 0;
}

static void add_update(glia_demand *d, const gl_plan *p, const gl_step *s) {
    double size = (double)glia_dtype_size(p->model->dtype);
    for (int i = 0; i < s->operands; i++) {
        int ways = gl_kernel_table[s->id].operand[i].ways;
        double bytes = size * numbers_of_w(p, &p->buffer[s->p[i]]);
        d->kept += bytes;
        d->moved += bytes * (((ways & GL_READ) != 0) + ((ways & GL_WRITTEN) != 0));
    }
}

glia_demand gl_plan_demand(const gl_plan *p) {
    glia_demand d = {.multiply_adds = gl_plan_multiply_adds(p)};
    double size = (double)glia_dtype_size(p->model->dtype);
    /* of a training, weights, gradients and moments once through the update; of a prediction, the
     * weights once. What lies in the arena was just written and counts as being in a cache. */
    for (const gl_step *s = p->step + p->update; s < p->step + p->steps; s++)
        if (s->id == p->spec.update) add_update(&d, p, s);
    for (const gl_buffer *b = p->buffer; p->spec.mode == GL_PREDICT && b < p->buffer + p->buffers;
         b++)
        if (b->room == gl_room_of(GL_WEIGHTS)) d.moved = d.kept += size * numbers_of_w(p, b);
    return d;
}
