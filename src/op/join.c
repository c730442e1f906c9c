/*
 * join.c: ops that read several values: their sum, their product, and values side by side. Shapes
 * must fit; an error names both.
 *
 *     y = a + b          da += dy             db += dy
 *     y = a b            da += dy b           db += dy a
 *     y = a beside b     da += dy's part      db += dy's part
 *
 * "+=" because a may be read elsewhere, too, or twice here: `mul` of a value with itself gives dy
 * twice. Who comes first writes and the others add; buffers.c knows which.
 *
 * Values are not broadcast: a sum of shapes 64 and 1 is more often a mistake than meant.
 */
#include "../net/program.h"

/* The shapes agree in all dimensions but the last `free` ones. */
static glia_status check_shapes(gl_net *m, const gl_node *node, int free) {
    char first[GL_SHAPE_TEXT], other[GL_SHAPE_TEXT];
    const gl_shape *a = gl_read_shape(m, node, 0);
    for (int i = 1; i < node->froms; i++) {
        const gl_shape *b = gl_read_shape(m, node, i);
        bool fits = a->rank == b->rank;
        for (int d = 0; fits && d < a->rank - free; d++) fits = a->dim[d] == b->dim[d];
        if (!fits)
            return gl_fail(m->g, GLIA_USAGE,
                           "'%s': a value of shape %s and one of shape %s do not fit together%s",
                           node->name, gl_print_shape(a, first), gl_print_shape(b, other),
                           free ? ": only the last dimension may differ" : ": both must be equal");
    }
    return GLIA_OK;
}

static glia_status same_shape(gl_net *m, gl_node *node) { return check_shapes(m, node, 0); }

/* y = a b, or a + b, value by value. */
static void emit_pair(gl_program *p, const gl_node *node, gl_kernel_id kernel, gl_buf y, gl_buf a,
                      gl_buf b) {
    gl_emit(p, node,
            (gl_emission){.kernel = kernel,
                          .p = {y, a, b},
                          .n = {gl_rows(p), node->width},
                          .split = GL_BY_ROWS});
}

/* --------------------------------------------------------------------------------------- add -- */

/* From the left, two at a time: a sum of four has one order, hence the same bits. */
static void forward_add(gl_program *p, const gl_node *node) {
    gl_buf y = gl_value(p, node);
    for (int i = 1; i < node->froms; i++)
        emit_pair(p, node, GL_K_sum, y, i == 1 ? gl_input(p, node, 0) : y, gl_input(p, node, i));
}

/* A copy, though the numbers are the same: each gradient may then be written over by the node that
 * it belongs to. The last of them takes the place of dy, and there is nothing to move (place.c). */
static void backward_add(gl_program *p, const gl_node *node) {
    for (int i = 0; i < node->froms; i++) {
        bool add = false;
        gl_buf dx = gl_add_to_gradient(p, node, i, &add);
        if (dx)
            emit_pair(p, node, add ? GL_K_accumulate : GL_K_copy, dx, gl_gradient(p, node),
                      GL_NO_BUF);
    }
}

/* --------------------------------------------------------------------------------------- mul -- */

static void forward_mul(gl_program *p, const gl_node *node) {
    emit_pair(p, node, GL_K_product, gl_value(p, node), gl_input(p, node, 0), gl_input(p, node, 1));
}

static void backward_mul(gl_program *p, const gl_node *node) {
    for (int i = 0; i < 2; i++) {
        gl_buf dx = gl_input_gradient(p, node, i);
        if (dx)
            emit_pair(p, node, GL_K_product, dx, gl_gradient(p, node), gl_input(p, node, 1 - i));
    }
}

/* ------------------------------------------------------------------------------------ concat -- */

static int64_t last(const gl_shape *s) { return s->dim[s->rank - 1]; }

static glia_status shape_concat(gl_net *m, gl_node *node) {
    glia_status status = check_shapes(m, node, 1);
    int64_t *sum = &node->shape.dim[node->shape.rank - 1];
    for (int i = 1; i < node->froms; i++) *sum += last(gl_read_shape(m, node, i));
    return status;
}

/* Part i of the last dimension, from column `first` on: to the node's value, or back. What is in
 * front of the last dimension are groups: 28 x 28 pixels of 1 and of 3 channels become 784
 * groups of 4.
 *
 *     y, a group:   |  first  |  part i  |  the rest  | */
static void emit_part(gl_program *p, const gl_node *node, int i, gl_kernel_id kernel, gl_buf to,
                      gl_buf from, int64_t first) {
    int64_t all = last(&node->shape), part = last(gl_input_shape(p, node, i));
    gl_emit(p, node,
            (gl_emission){.kernel = kernel,
                          .p = {to, from},
                          .n = {gl_rows(p), node->width / all, first, part, all - first - part},
                          .split = GL_BY_ROWS});
}

static void forward_concat(gl_program *p, const gl_node *node) {
    int64_t first = 0;
    for (int i = 0; i < node->froms; i++) {
        emit_part(p, node, i, GL_K_put, gl_value(p, node), gl_input(p, node, i), first);
        first += last(gl_input_shape(p, node, i));
    }
}

static void backward_concat(gl_program *p, const gl_node *node) {
    int64_t first = 0;
    for (int i = 0; i < node->froms; i++) {
        gl_buf dx = gl_input_gradient(p, node, i);
        if (dx) emit_part(p, node, i, GL_K_take, dx, gl_gradient(p, node), first);
        first += last(gl_input_shape(p, node, i));
    }
}

const gl_op gl_op_add = {.name = "add",
                         .role = GL_JOIN,
                         .behind = GL_ZERO_BEHIND,
                         .most_reads = GL_MOST_READ,
                         .symbol = 'S',
                         .formula = " + ",
                         .by_step = gl_always_by_step,
                         .shape = same_shape,
                         .forward = forward_add,
                         .backward = backward_add};
const gl_op gl_op_mul = {.name = "mul",
                         .role = GL_JOIN,
                         .bends = true,
                         .behind = GL_ZERO_BEHIND,
                         .most_reads = 2,
                         .symbol = 'M',
                         .formula = " * ",
                         .by_step = gl_always_by_step,
                         .shape = same_shape,
                         .forward = forward_mul,
                         .backward = backward_mul};
const gl_op gl_op_concat = {.name = "concat",
                            .role = GL_JOIN,
                            .behind = GL_ZERO_BEHIND,
                            .most_reads = GL_MOST_READ,
                            .symbol = 'C',
                            .formula = " beside ",
                            .by_step = gl_always_by_step,
                            .shape = shape_concat,
                            .forward = forward_concat,
                            .backward = backward_concat};
