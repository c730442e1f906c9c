/*
 * embedding.c: a row of W for each number. What a number names is learned: words, characters, codes
 * of categories.
 *
 *     sequence 30, embedding 500 16, gru 32       W (500, 16): ids 1 .. 500, 30 steps of 16 values
 *     input 3, embedding 12 4, dense 8 relu       three codes of one kind, 3x4 values
 *
 * 0 is no id: it gives zeros and learns nothing, so that it can stand where nothing does. In a
 * plan, which cannot fail, so does whatever is not a whole number from 0 to COUNT; rows that have
 * such numbers are refused before they get there (src/predict/feed.c).
 *
 * A number is no quantity, so nothing is told back to it, and it cannot have been computed: an
 * embedding reads x as it is. Each value is the product of a number of W and a 1, of one place and
 * for one unit; so init xavier, as lecun, draws W with a deviation of 1, and the next layer reads
 * values as large as those of a standardised column.
 */
#include "../net/program.h"

#include <math.h>

enum { COUNT, UNITS };

/* 2^24: a float still tells it from the number before. */
static const gl_attr attrs[] = {
    {"count", GL_WHOLE_NUMBER, 1, 16777216, NAN, "ids, from 1 on; 0 is none"},
    {"units", GL_WHOLE_NUMBER, 1, 16777216, NAN, "values of an id"},
};

static glia_status shape(gl_net *m, gl_node *node) {
    char text[GL_SHAPE_TEXT];
    const gl_shape *read = gl_read_shape(m, node, 0);
    if (!gl_read_inlet(m, node, 0))
        return gl_fail(m->g, GLIA_USAGE,
                       "'%s' looks numbers of x up, and what it reads was computed of them; let it "
                       "stand in front",
                       node->name);
    if (read->rank > 2 || (read->rank == 2 && read->dim[1] != 1))
        return gl_fail(
            m->g, GLIA_USAGE,
            "'%s' reads one number a step, and what it reads is %s; write 'sequence %lld' "
            "or 'input %lld'",
            node->name, gl_print_shape(read, text), (long long)node->in, (long long)node->in);
    node->shape = (gl_shape){2, {read->dim[0], (int64_t)node->attr[UNITS]}};
    glia_status status = gl_add_param(m, node, ".w", (int64_t)node->attr[COUNT],
                                      (int64_t)node->attr[UNITS], GL_DECAYED, 0);
    if (status == GLIA_OK) m->param[node->param].fan_in = m->param[node->param].fan_out = 1;
    return status;
}

static void forward(gl_program *p, const gl_node *node) {
    const gl_shape *s = &node->shape;
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_embed,
                          .embed_p = {.y = gl_value(p, node),
                                      .ids = gl_input(p, node, 0),
                                      .w = gl_weight(p, node, 0)},
                          .embed_n = {.m = gl_rows(p),
                                      .t = s->dim[0],
                                      .n = s->dim[1],
                                      .v = (int64_t)node->attr[COUNT]},
                          .split = GL_BY_ROWS});
}

static void backward(gl_program *p, const gl_node *node) {
    const gl_shape *s = &node->shape;
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_embed_b,
                          .embed_b_p = {.dw = gl_weight_gradient(p, node, 0),
                                        .ids = gl_input(p, node, 0),
                                        .dy = gl_gradient(p, node)},
                          .embed_b_n = {.n = s->dim[1],
                                        .m = gl_rows(p),
                                        .t = s->dim[0],
                                        .v = (int64_t)node->attr[COUNT]},
                          .split = GL_BY_COLUMNS});
}

const gl_op gl_op_embedding = {
    .name = "embedding",
    .role = GL_LAYER,
    .looks_up = true,
    .behind = GL_ZERO_BEHIND,
    .by_step = gl_always_by_step,
    .attr = attrs,
    .attrs = sizeof attrs / sizeof *attrs,
    .shape = shape,
    .forward = forward,
    .backward = backward,
};
