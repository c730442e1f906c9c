/*
 * dense.c: z = W x + b, every unit sees every value of a sample, whatever its shape. W is (units,
 * in), row i is unit i; b is (units, 1).
 *
 * In memory a sample is a row: z[m, units] = x[m, in] W' + b. With da from behind:
 *
 *     dz = da g'(z)          [m, units]
 *     dx = dz W              [m, in]       da of the layer before; cut by samples like dz where
 *                                          those are many: then no thread waits between the two
 *     dW = dz' x             [units, in]   reads all samples: everybody waits first
 *     db = sum of dz         [units]
 *
 * The first layer of a network gives no dx: nobody before it learns.
 */
#include "layer.h"

#include <math.h>

/* 2^24 units: 64 MB of W for each feature in f32. What is more is a slip of the finger, and is told
 * before memory is asked for. */
static const gl_attr attrs[] = {
    {"units", GL_WHOLE_NUMBER, 1, 16777216, NAN, "how many outputs the layer has"},
};

static glia_status shape(gl_net *m, gl_node *node) {
    int64_t units = (int64_t)node->attr[0];
    node->shape = (gl_shape){1, {units}};
    glia_status status = gl_add_param(m, node, ".w", units, node->in, GL_DECAYED, 0);
    return status == GLIA_OK ? gl_add_param(m, node, ".b", units, 1, GL_PLAIN, 0) : status;
}

/* Which side of z[m, units] or dx[m, in] is cut for threads? The larger: by columns, a thread
 * needs all of x (or dz) but its own part of W only, in the forward product as well as in dW; by
 * samples it is the other way round. A prediction is cut by samples: how many there are is known
 * when it runs. Two threads gain from columns 59 to 57 us in W2, 911 to 878 in W1 (notebook
 * 2026-11, 21.16). With fewer than 64 columns a second thread would have less than one panel of 32
 * of its own. */
static bool cut_by_columns(const gl_program *p, int64_t columns) {
    return gl_has_labels(p) && columns >= 64 && columns >= gl_rows(p);
}

/* y = a b, a product as gemm takes it, cut along its columns: m and n change places, because the
 * dimension that is cut is always the first (kernel.h). */
static gl_emission by_columns(gl_emission e) {
    int64_t m = e.gemm_n.m, n = e.gemm_n.n;
    e.kernel = GL_K_gemm_cols, e.split = GL_BY_COLUMNS;
    e.gemm_cols_n.m = m, e.gemm_cols_n.n = n;
    return e;
}

/* a is x as it lies, [m, in]. b is W', which need not be made: W[units, in] read with row and
 * column steps exchanged. In a prediction W was turned once instead, and its rows can be read
 * as vectors. */
static void forward(gl_program *p, const gl_node *node) {
    int64_t m = gl_rows(p), n = node->width, k = node->in;
    int64_t row = 1, col = k; /* W' lies in W; or was turned, and its rows are contiguous */
    const gl_node *act = gl_fused(p, node);
    gl_buf w = gl_turned_weight(p, node, 0, &row);
    if (w) col = 1;
    else w = gl_weight(p, node, 0);
    gl_emission z = {
        .kernel = GL_K_gemm,
        .gemm_p = {.y = gl_value(p, act ? act : node),
                   .a = gl_input(p, node, 0),
                   .b = w,
                   .bias = gl_weight(p, node, 1)},
        .gemm_n = {.m = m,
                   .n = n,
                   .k = k,
                   .a_row = k,
                   .a_col = 1,
                   .b_row = row,
                   .b_col = col,
                   .y_row = n},
        .s = {act ? act->attr[0] : 0},
        .split = GL_BY_ROWS,
        .then = act ? act->op : NULL,
    };
    gl_emit(p, node, cut_by_columns(p, n) ? by_columns(z) : z);
}

/* dx[m, k] = dz W, and times the slope of the activation before: dz of that layer. Where another
 * reader of the same value has written its gradient already, `add` adds to it as tiles are stored.
 * Both save a pass over dx while its rows are hot: 179 to 167 ms in W6, together with the cut by
 * columns (notebook 2026-11, 26.6). */
static void backward_input(gl_program *p, const gl_node *node, gl_buf dz) {
    bool add = false;
    gl_buf dx = gl_add_to_gradient(p, node, 0, &add);
    if (!dx) return;
    int64_t m = gl_rows(p), n = node->width, k = node->in;
    const gl_node *before = gl_fused_slope(p, node);
    gl_emission e = {
        .kernel = GL_K_gemm,
        .gemm_p = {.y = dx,
                   .a = dz,
                   .b = gl_weight(p, node, 0),
                   .value = before ? gl_value(p, before) : GL_NO_BUF},
        .gemm_n = {.m = m,
                   .n = k,
                   .k = n,
                   .a_row = n,
                   .a_col = 1,
                   .b_row = k,
                   .b_col = 1,
                   .y_row = k,
                   .add = add},
        .s = {before ? before->attr[0] : 0},
        .split = GL_BY_ROWS,
        .slope = before ? before->op : NULL,
    };
    gl_emit(p, node, cut_by_columns(p, k) ? by_columns(e) : e);
}

/* dW[n, k] = dz' x, db[n] = column sums; dz carries the 1/m of the mean already. Of few units dW is
 * cut along its columns: ten rows of W for two threads were tiles of 4 and 1 rows, and each packed
 * all of x (W4: 1530 to 940 us, notebook 2026-11, 21.17). */
static void backward_weights(gl_program *p, const gl_node *node, gl_buf x, gl_buf dz) {
    int64_t m = gl_rows(p), n = node->width, k = node->in;
    gl_emission e = {
        .kernel = GL_K_gemm,
        .gemm_p = {.y = gl_weight_gradient(p, node, 0), .a = dz, .b = x},
        .gemm_n =
            {.m = n, .n = k, .k = m, .a_row = 1, .a_col = n, .b_row = k, .b_col = 1, .y_row = k},
        .split = GL_BY_UNITS,
    };
    gl_emit(p, node, k > n && !cut_by_columns(p, n) ? by_columns(e) : e);
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_colsum,
                          .p = {gl_weight_gradient(p, node, 1), dz},
                          .n = {n, m},
                          .split = GL_BY_UNITS});
}

static void backward(gl_program *p, const gl_node *node) {
    gl_buf dz = gl_layer_dz(p, node); /* [m, n] */
    gl_buf x = gl_input(p, node, 0);
    backward_input(p, node, dz);
    backward_weights(p, node, x, dz);
}

const gl_op gl_op_dense = {
    .name = "dense",
    .role = GL_LAYER,
    .linear = true,
    .takes_slope = true,
    .attr = attrs,
    .attrs = 1,
    .shape = shape,
    .forward = forward,
    .backward = backward,
};
