/*
 * window.c: how many windows a layer has, and whether they fit, by the shape of what it reads.
 */
#include "window.h"

#include <math.h>

/* A sequence [steps, features] is a picture of one row, whose windows are one row high. */
static int place_of(const gl_shape *read, int side) { return side - (3 - read->rank); }

int64_t gl_side_length(const gl_shape *read, int side) {
    int place = place_of(read, side);
    return place < 0 ? 1 : read->dim[place];
}

int64_t gl_pair_of(const gl_shape *read, const double *pair, int side, int64_t otherwise) {
    int place = place_of(read, side);
    return place < 0 ? otherwise : (int64_t)pair[place];
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

/* Windows that are written: how far they go, without the edge that pad cuts off, and `more` places
 * behind them: a conv with a stride of 2 has as many windows on 5 places as on 6. */
static void lay_windows(gl_side_of *s, int64_t more) {
    if (s->pad == GL_SAME) {
        int64_t beyond = reach(s) - s->stride;
        s->pad = beyond > 0 ? beyond / 2 : 0;
        s->out = s->in * s->stride;
    } else {
        s->out = (s->in - 1) * s->stride + reach(s) - 2 * s->pad + more;
    }
}

static gl_side_of side(const gl_shape *read, const gl_node *node, const gl_window_at *at, int i) {
    const double *attr = node->attr;
    gl_side_of s = {.in = gl_side_length(read, i),
                    .k = gl_pair_of(read, attr + at->kernel, i, 1),
                    .stride = gl_pair_of(read, attr + at->stride, i, 1),
                    .pad = gl_pair_of(read, attr + at->pad, i, 0),
                    .dilation = 1};
    if (s.stride == 0) s.stride = s.k; /* left out: windows lie side by side */
    if (at->dilation >= 0) s.dilation = gl_pair_of(read, attr + at->dilation, i, 1);
    if (at->output_pad < 0) count_windows(&s);
    else lay_windows(&s, gl_pair_of(read, attr + at->output_pad, i, 0));
    return s;
}

gl_window gl_window_of(const gl_shape *read, const gl_node *node, const gl_window_at *at) {
    return (gl_window){side(read, node, at, 0), side(read, node, at, 1), read->dim[read->rank - 1]};
}

glia_status gl_complete_pair(const gl_net *m, gl_node *node, int at) {
    double *pair = node->attr + at;
    const char *name = node->op->attr[at].name;
    if (node->shape.rank == 2 && !isnan(pair[1]))
        return gl_fail(m->g, GLIA_USAGE,
                       "'%s': its %s has two numbers, and what it reads has steps in one "
                       "direction; write '%s %g'",
                       node->name, name, name, pair[0]);
    if (node->shape.rank == 3 && isnan(pair[1])) pair[1] = pair[0];
    return GLIA_OK;
}

static glia_status complete_pairs(const gl_net *m, gl_node *node, const gl_window_at *at) {
    int pairs[] = {at->kernel, at->stride, at->pad, at->dilation, at->output_pad};
    glia_status status = GLIA_OK;
    for (int i = 0; i < 5 && status == GLIA_OK; i++)
        if (pairs[i] >= 0) status = gl_complete_pair(m, node, pairs[i]);
    return status;
}

/* With as many zeros as a window is long there are windows of zeros alone, which a pool has no
 * value for. A convolution gives its bias there. */
static bool is_wide(const gl_side_of *s) { return s->pad >= reach(s); }

static glia_status pads_too_much(const gl_net *m, const gl_node *node, const gl_window *w) {
    return gl_fail(m->g, GLIA_USAGE,
                   "'%s': its pad is %lldx%lld, expected less than its kernel reaches, %lldx%lld",
                   node->name, (long long)w->rows.pad, (long long)w->columns.pad,
                   (long long)reach(&w->rows), (long long)reach(&w->columns));
}

static glia_status no_window(const gl_net *m, const gl_node *node, const gl_window *w) {
    char read[GL_SHAPE_TEXT];
    return gl_fail(m->g, GLIA_USAGE,
                   "'%s': its kernel reaches over %lldx%lld, and what it reads is %s; make the "
                   "kernel or the strides before it smaller, or write 'pad same'",
                   node->name, (long long)reach(&w->rows), (long long)reach(&w->columns),
                   gl_print_shape(&node->shape, read));
}

static glia_status nothing_left(const gl_net *m, const gl_node *node, const gl_window *w) {
    char read[GL_SHAPE_TEXT];
    return gl_fail(m->g, GLIA_USAGE,
                   "'%s': its pad of %lldx%lld leaves %lldx%lld of what it makes of %s; make it "
                   "smaller, or write 'pad same'",
                   node->name, (long long)w->rows.pad, (long long)w->columns.pad,
                   (long long)w->rows.out, (long long)w->columns.out,
                   gl_print_shape(&node->shape, read));
}

/* As many places more as the stride would be room for another window. */
static glia_status check_output_pad(const gl_net *m, const gl_node *node, const gl_window_at *at,
                                    const gl_window *w) {
    const double *pad = node->attr + at->output_pad;
    int64_t rows = gl_pair_of(&node->shape, pad, 0, 0),
            columns = gl_pair_of(&node->shape, pad, 1, 0);
    bool same = node->attr[at->pad] == GL_SAME;
    if (same && (rows || columns))
        return gl_fail(m->g, GLIA_USAGE,
                       "'%s': 'pad same' says how large it is; leave 'output_pad' out", node->name);
    if (rows < w->rows.stride && columns < w->columns.stride) return GLIA_OK;
    return gl_fail(m->g, GLIA_USAGE,
                   "'%s': its output_pad is %lldx%lld, expected less than its stride, %lldx%lld",
                   node->name, (long long)rows, (long long)columns, (long long)w->rows.stride,
                   (long long)w->columns.stride);
}

/* As many steps may be left by chance, each in another place. */
static glia_status check_stride(const gl_net *m, const gl_node *node, const gl_window *w) {
    if (w->columns.stride == 1 || !gl_read_lengths(m, node, 0)) return GLIA_OK;
    return gl_fail(m->g, GLIA_USAGE,
                   "'%s' has a stride of %lld over steps of which samples have different numbers, "
                   "and nobody would know how many it leaves of them; write 'stride 1 pad same'",
                   node->name, (long long)w->columns.stride);
}

glia_status gl_check_picture(const gl_net *m, const gl_node *node) {
    if (node->shape.rank >= 2) return GLIA_OK;
    return gl_fail(m->g, GLIA_USAGE,
                   "'%s' needs a picture or a sequence, and reads %lld values in a row; begin "
                   "the network with 'image HEIGHT WIDTH CHANNELS' or 'sequence STEPS FEATURES'",
                   node->name, (long long)node->in);
}

glia_status gl_window_check(const gl_net *m, gl_node *node, const gl_window_at *at, gl_window *w) {
    glia_status status = gl_check_picture(m, node);
    if (status == GLIA_OK) status = complete_pairs(m, node, at);
    if (status != GLIA_OK) return status;
    *w = gl_window_of(&node->shape, node, at);
    bool pools = at->dilation < 0;
    if (pools && (is_wide(&w->rows) || is_wide(&w->columns))) return pads_too_much(m, node, w);
    if (at->output_pad >= 0) status = check_output_pad(m, node, at, w);
    if (status == GLIA_OK) status = check_stride(m, node, w);
    if (status != GLIA_OK || (w->rows.out > 0 && w->columns.out > 0)) return status;
    return at->output_pad < 0 ? no_window(m, node, w) : nothing_left(m, node, w);
}

/* A side is bounded by what may be multiplied by a stride or a factor again. */
glia_status gl_set_picture(const gl_net *m, gl_node *node, int64_t rows, int64_t columns,
                           int64_t channels) {
    enum { MOST_BITS = 40 };
    gl_shape *s = &node->shape;
    if (rows >> MOST_BITS || columns >> MOST_BITS)
        return gl_fail(m->g, GLIA_RESOURCE, "'%s': its values do not fit into any memory",
                       node->name);
    if (s->rank == 3) s->dim[0] = rows;
    s->dim[s->rank - 2] = columns;
    s->dim[s->rank - 1] = channels;
    return GLIA_OK;
}
