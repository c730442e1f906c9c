/*
 * window.c: how many windows a layer has, and whether they fit, by the shape of what it reads.
 */
#include "window.h"

#include <math.h>

/* A sequence [steps, features] is a picture of one row, whose windows are one row high. */
static gl_side_of side(const gl_shape *read, const gl_node *node, const gl_window_at *at, int i) {
    int rows = read->rank - 1, place = i - (2 - rows);
    bool is_there = place >= 0;
    const double *attr = node->attr;
    gl_side_of s = {.in = is_there ? read->dim[place] : 1, .k = 1, .stride = 1, .dilation = 1};
    if (!is_there) return s;
    s.k = (int64_t)attr[at->kernel + place];
    s.stride = (int64_t)attr[at->stride + place];
    if (s.stride == 0) s.stride = s.k; /* left out: windows lie side by side */
    s.pad = (int64_t)attr[at->pad + place];
    if (at->dilation >= 0) s.dilation = (int64_t)attr[at->dilation + place];
    return s;
}

static int64_t reach(const gl_side_of *s) { return (s->k - 1) * s->dilation + 1; }

/* How many windows there are; below 1: none fits. */
static void count_windows(gl_side_of *s) {
    int64_t after = s->pad;
    if (s->pad == GL_SAME) {
        int64_t out = (s->in - 1) / s->stride + 1;
        int64_t zeros = (out - 1) * s->stride + reach(s) - s->in;
        s->pad = zeros > 0 ? zeros / 2 : 0;
        after = zeros > 0 ? zeros - s->pad : 0;
    }
    int64_t room = s->in + s->pad + after - reach(s);
    s->out = room < 0 ? 0 : room / s->stride + 1;
}

gl_window gl_window_of(const gl_shape *read, const gl_node *node, const gl_window_at *at) {
    gl_window w = {side(read, node, at, 0), side(read, node, at, 1), read->dim[read->rank - 1]};
    count_windows(&w.rows), count_windows(&w.columns);
    return w;
}

/* "3" of a picture is "3x3". */
static glia_status complete_pairs(const gl_net *m, gl_node *node, const gl_window_at *at) {
    int pairs[] = {at->kernel, at->stride, at->pad, at->dilation};
    for (int i = 0; i < 4; i++) {
        if (pairs[i] < 0) continue;
        double *pair = node->attr + pairs[i];
        if (node->shape.rank == 2 && !isnan(pair[1]))
            return gl_fail(m->g, GLIA_USAGE,
                           "'%s': its %s has two numbers, and what it reads has steps in one "
                           "direction; write '%s %g'",
                           node->name, node->op->attr[pairs[i]].name, node->op->attr[pairs[i]].name,
                           pair[0]);
        if (node->shape.rank == 3 && isnan(pair[1])) pair[1] = pair[0];
    }
    return GLIA_OK;
}

/* With as many zeros as a window is long there would be windows of zeros alone, which a pool has no
 * value for. */
static bool pads_too_much(const gl_side_of *s) { return s->pad >= reach(s); }

static glia_status misfit(const gl_net *m, const gl_node *node, const gl_window *w) {
    char read[GL_SHAPE_TEXT];
    gl_print_shape(&node->shape, read);
    if (pads_too_much(&w->rows) || pads_too_much(&w->columns))
        return gl_fail(
            m->g, GLIA_USAGE,
            "'%s': its pad is %lldx%lld, expected less than its kernel reaches, %lldx%lld",
            node->name, (long long)w->rows.pad, (long long)w->columns.pad,
            (long long)reach(&w->rows), (long long)reach(&w->columns));
    return gl_fail(m->g, GLIA_USAGE,
                   "'%s': its kernel reaches over %lldx%lld, and what it reads is %s; make the "
                   "kernel or the strides before it smaller, or write 'pad same'",
                   node->name, (long long)reach(&w->rows), (long long)reach(&w->columns), read);
}

glia_status gl_window_check(const gl_net *m, gl_node *node, const gl_window_at *at, gl_window *w) {
    if (node->shape.rank < 2)
        return gl_fail(
            m->g, GLIA_USAGE,
            "'%s' needs a picture or a sequence, and reads %lld values in a row; begin "
            "the network with 'image HEIGHT WIDTH CHANNELS' or 'sequence STEPS FEATURES'",
            node->name, (long long)node->in);
    glia_status status = complete_pairs(m, node, at);
    if (status != GLIA_OK) return status;
    *w = gl_window_of(&node->shape, node, at);
    bool fits = w->rows.out > 0 && w->columns.out > 0;
    return fits && !pads_too_much(&w->rows) && !pads_too_much(&w->columns) ? GLIA_OK
                                                                           : misfit(m, node, w);
}

void gl_window_shape(const gl_window *w, gl_shape *shape, int64_t channels) {
    int last = shape->rank - 1;
    if (last == 2) shape->dim[0] = w->rows.out;
    shape->dim[last - 1] = w->columns.out;
    shape->dim[last] = channels;
}
