/*
 * recur.c: layers that go over the steps of a sequence and remember.
 *
 *     sequence 30 4, lstm 64, dense 1             64 values: the state behind the last step
 *     lstm 64 steps all, lstm 32                  a state for each step, for the next layer
 *     gru 32 steps 5                              those of the last 5 steps
 *     rnn 16 relu 1                               h = relu(W x + b + U h') in place of tanh
 *     ragged 30 4, gru 32, dense 1                the state behind the last step that a sample has
 *     gru 32 reset before                         h' is reset before it is multiplied by U
 *     lstm 64 state_dropout 0.3                   in training U reads 7 of 10 units of h'
 *     a: lstm 8 steps all, from x, reverse, lstm 8 steps all, reverse, concat a    both directions
 *
 * W is (gates x units, features), U (gates x units, units), b (gates x units, 1), a row for each
 * unit of each gate: of lstm input, forget, candidate, output, of gru reset, update, candidate, as
 * in PyTorch. gru has a second bias v beside U: the reset gate stands behind the product, as in
 * cuDNN, so what v adds to the candidate is gated and what b adds is not. With `reset before`, as
 * Cho et al. (2014) have it, the candidate's part of U reads r h', and v would be b once more. The
 * forget gate's b begins at 1 (Jozefowicz, Zaremba and Sutskever, 2015): a cell that begins by
 * remembering learns what lies far back.
 *
 * state_dropout is that of Gal and Ghahramani (2016): which units of h' U reads is drawn once for
 * each sequence of a mini-batch and stays so for all of its steps, since noise that is new in each
 * step would wash out what is to be remembered. What a state keeps of the one before it by itself,
 * the cell of lstm and u h' of gru, is whole. The mask is what `dropout` would make of ones at this
 * place of the network.
 *
 * What x gives to the gates is a convolution with windows of one step; and dU is the dW of one that
 * reads the states one step late. So the kernels of recurrence do what only they can, the steps
 * one after the other.
 */
#include "steps.h"

#include <math.h>

extern const gl_op gl_op_rnn, gl_op_lstm, gl_op_gru;

enum { UNITS, STEPS, DROPOUT, RELU, RESET = RELU };
enum { W, B, U, V }; /* parameters */
/* What forward leaves for backward (gru has Q where lstm has CELLS), and what only stands between
 * two steps of one kernel. */
enum { GATES, STATES, CELLS, Q = CELLS, SUMS, READ, MASK, H0, C0, DZ, DS, DH, DC, DQ = DC };

#define ALL 0
#define ITS_UNITS                                                                                  \
    { "units", GL_WHOLE_NUMBER, 1, 16777216, NAN, "numbers of its state" }
#define ITS_STEPS                                                                                  \
    {                                                                                              \
        "steps", GL_WHOLE_NUMBER, 1, 16777216, 1, "states it gives, of so many last steps",        \
            .named = true, .word = "all", .stands_for = ALL                                        \
    }
/* At most 0.99, as dropout. */
#define ITS_DROPOUT                                                                                \
    {                                                                                              \
        "state_dropout", GL_ANY_NUMBER, 0, 0.99, 0, "share of h' that U does not read",            \
            .named = true, .by_chance = true                                                       \
    }
static const gl_attr lstm_attrs[] = {ITS_UNITS, ITS_STEPS, ITS_DROPOUT};
static const gl_attr rnn_attrs[] = {
    ITS_UNITS,
    ITS_STEPS,
    ITS_DROPOUT,
    [RELU] = {"relu", GL_WHOLE_NUMBER, 0, 1, 0, "1: relu in place of tanh", .named = true},
};
static const gl_attr gru_attrs[] = {
    ITS_UNITS,
    ITS_STEPS,
    ITS_DROPOUT,
    [RESET] = {"reset", GL_CHOICE, 0, 1, 0, "of the state, after or before its product with U",
               .named = true, .word = "after|before"},
};

/* What differs between them. */
typedef struct kind {
    int64_t gates;
    gl_kernel_id forward, backward;
} kind;

static bool resets_before(const gl_node *node) {
    return node->op == &gl_op_gru && node->attr[RESET] == 1;
}

static kind kind_of(const gl_node *node) {
    static const kind rnn = {1, GL_K_rnn, GL_K_rnn_b}, lstm = {4, GL_K_lstm, GL_K_lstm_b},
                      gru = {3, GL_K_gru, GL_K_gru_b},
                      before = {3, GL_K_gru_before, GL_K_gru_before_b};
    if (node->op == &gl_op_rnn) return rnn;
    if (node->op == &gl_op_lstm) return lstm;
    return resets_before(node) ? before : gru;
}

static bool has_relu(const gl_node *node) { return node->op == &gl_op_rnn && node->attr[RELU] > 0; }

static bool has_v(const gl_node *node) { return node->op == &gl_op_gru && !resets_before(node); }

/* m samples, t steps of f features, n units; the states of k steps are given. */
typedef struct sizes {
    int64_t m, t, f, n, k, gates;
} sizes;

static sizes sizes_of(const gl_program *p, const gl_node *node) {
    const gl_shape *read = gl_input_shape(p, node, 0);
    int64_t t = read->dim[0], k = (int64_t)node->attr[STEPS];
    return (sizes){gl_rows(p),       t,
                   read->dim[1],     (int64_t)node->attr[UNITS],
                   k == ALL ? t : k, kind_of(node).gates};
}

static glia_status check(const gl_net *m, const gl_node *node) {
    glia_status status = gl_check_sequence(m, node);
    int64_t steps = gl_read_shape(m, node, 0)->dim[0];
    if (status == GLIA_OK && node->attr[STEPS] > 1 && node->attr[STEPS] < (double)steps &&
        gl_read_lengths(m, node, 0))
        return gl_fail(m->g, GLIA_USAGE,
                       "'%s' is to give the last %.0f steps, and samples have different numbers of "
                       "them, fewer say; let it give all, 'steps all', or the last state",
                       node->name, node->attr[STEPS]);
    if (status == GLIA_OK && node->attr[STEPS] > (double)steps)
        return gl_fail(m->g, GLIA_USAGE, "'%s' is to give the last %.0f steps, and reads %lld",
                       node->name, node->attr[STEPS], (long long)steps);
    return status;
}

/* Its state of the step, but not those of several. */
static bool by_step(const gl_net *m, const gl_node *node) {
    (void)m;
    return node->attr[STEPS] == ALL || node->attr[STEPS] == 1;
}

static glia_status add_params(gl_net *m, gl_node *node, int64_t gates, int64_t features) {
    int64_t n = (int64_t)node->attr[UNITS], rows = gates * n;
    glia_status status = gl_add_param(m, node, ".w", rows, features, GL_DECAYED, 0);
    if (status == GLIA_OK) status = gl_add_param(m, node, ".b", rows, 1, GL_PLAIN, 0);
    if (status == GLIA_OK) status = gl_add_param(m, node, ".u", rows, n, GL_DECAYED, 0);
    if (status == GLIA_OK) {
        m->param[node->param + W].parts = m->param[node->param + U].parts = gates;
        m->param[node->param + U].of_states = true;
    }
    if (status == GLIA_OK && node->op == &gl_op_lstm)
        m->param[node->param + B].one_from = n, m->param[node->param + B].one_to = 2 * n;
    if (status == GLIA_OK && has_v(node))
        status = gl_add_param(m, node, ".v", rows, 1, GL_PLAIN, 0);
    return status;
}

static glia_status shape(gl_net *m, gl_node *node) {
    glia_status status = check(m, node);
    if (status != GLIA_OK) return status;
    const gl_shape *read = gl_read_shape(m, node, 0);
    int64_t n = (int64_t)node->attr[UNITS], k = (int64_t)node->attr[STEPS], features = read->dim[1];
    node->shape = k == 1 ? (gl_shape){1, {n}} : (gl_shape){2, {k == ALL ? read->dim[0] : k, n}};
    return add_params(m, node, kind_of(node).gates, features);
}

/* ----------------------------------------------------------------------------------- forward -- */

/* What reads the states of the step before reads them one step late. */
static gl_conv_n each_step(const sizes *s, int64_t channels, int64_t filters, int64_t late) {
    gl_conv_n n = gl_each_step(s->m, s->t, channels, filters);
    n.p_w = late;
    return n;
}

static gl_buf own(gl_program *p, const gl_node *node, int i, const char *name, int64_t cols) {
    return gl_own(p, node, i, name, GL_BY_ROWS, cols);
}

/* What the step behind it reads; of a step alone, that is in the next run. */
static gl_buf remembered(gl_program *p, const gl_node *node, int i, const char *name,
                         const sizes *s) {
    int64_t cols = s->t * s->n;
    return node->carries ? gl_own_kept(p, node, i, name, cols) : own(p, node, i, name, cols);
}

static gl_buf gates_of(gl_program *p, const gl_node *node, const sizes *s) {
    return own(p, node, GATES, "gates.", s->t * s->gates * s->n);
}

/* Of one step in all a last state is that of the step, but where a sample has none and goes on. */
static bool gives_its_states(const gl_program *p, const gl_node *node, const sizes *s) {
    bool goes_on = gl_carries(p) && node->attr[STEPS] == 1;
    return s->k == s->t && !node->carries && !goes_on;
}

/* The states of all steps: what the node gives, where it gives all. */
static gl_buf states_of(gl_program *p, const gl_node *node, const sizes *s) {
    return gives_its_states(p, node, s) ? gl_value(p, node)
                                        : remembered(p, node, STATES, "states.", s);
}

/* Of one step alone: a convolution would pack W in every run. Its sums are those of a product, in
 * every set, where there are more columns than the widest vector has (has_long_tiles of gemm.c);
 * what fewer have to pack is little. */
static bool gates_by_product(const gl_node *node, const sizes *s) {
    enum { WIDEST = 16 };
    return node->carries && s->gates * s->n > WIDEST;
}

static void emit_product(gl_program *p, const gl_node *node, const sizes *s) {
    int64_t n = s->gates * s->n, row = 0;
    gl_buf w = gl_turned_weight(p, node, W, &row);
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_gemm,
                          .gemm_p = {.y = gates_of(p, node, s),
                                     .a = gl_input(p, node, 0),
                                     .b = w,
                                     .bias = gl_weight(p, node, B)},
                          .gemm_n = {.m = s->m,
                                     .n = n,
                                     .k = s->f,
                                     .a_row = s->f,
                                     .a_col = 1,
                                     .b_row = row,
                                     .b_col = 1,
                                     .y_row = n},
                          .split = GL_BY_ROWS});
}

static void emit_gates(gl_program *p, const gl_node *node, const sizes *s) {
    if (gates_by_product(node, s)) {
        emit_product(p, node, s);
        return;
    }
    gl_conv_n n = each_step(s, s->f, s->gates * s->n, 0);
    gl_emit_steps(p, node, gates_of(p, node, s), gl_input(p, node, 0), W, B, &n);
}

static bool drops(const gl_program *p, const gl_node *node) {
    return gl_is_training(p) && node->attr[DROPOUT] > 0;
}

/* Of h', the same in each step; no buffer: U reads all of it. */
static gl_buf mask_of(gl_program *p, const gl_node *node, const sizes *s) {
    return drops(p, node) ? own(p, node, MASK, "mask.", s->n) : GL_NO_BUF;
}

/* What U reads in each step, for dU; no buffer: the states, one step late. */
static gl_buf read_of(gl_program *p, const gl_node *node, const sizes *s) {
    bool reads = drops(p, node) || (gl_carries(p) && gl_is_training(p));
    if (resets_before(node)) return own(p, node, READ, "read.", s->t * s->gates * s->n);
    return reads ? own(p, node, READ, "read.", s->t * s->n) : GL_NO_BUF;
}

/* [m, n] what stands in front of the first step, h' or the cell: where the row ended in the run
 * before. No buffer: 0. */
static gl_buf front_of(gl_program *p, const gl_node *node, int which, const sizes *s) {
    bool there = gl_carries(p) && (which == H0 || node->op == &gl_op_lstm);
    const char *name = which == H0 ? "h0." : "c0.";
    return there ? gl_own_kept(p, node, which, name, s->n) : GL_NO_BUF;
}

/* A row that begins anew is one of no steps so far: its states are masked like what is behind a
 * last step. */
static void emit_fronts(gl_program *p, const gl_node *node, const sizes *s) {
    for (int which = H0; which <= C0; which++) {
        gl_buf front = front_of(p, node, which, s);
        if (front)
            gl_emit(p, node,
                    (gl_emission){.kernel = GL_K_mask,
                                  .mask_p = {.y = front, .x = front, .lengths = gl_goes_on(p)},
                                  .mask_n = {s->m, 1, s->n},
                                  .split = GL_BY_ROWS});
    }
}

static void emit_mask(gl_program *p, const gl_node *node, const sizes *s) {
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_dropout,
                          .dropout_p = {.y = mask_of(p, node, s)},
                          .dropout_n = {.m = s->m, .n = s->n, .node = gl_place_of(p, node)},
                          .s = {node->attr[DROPOUT]},
                          .split = GL_BY_ROWS});
}

static void emit_steps(gl_program *p, const gl_node *node, const sizes *s) {
    int64_t row = 0;
    gl_buf u = gl_turned_for_steps(p, node, U, &row), z = gates_of(p, node, s),
           h = states_of(p, node, s), lengths = gl_lengths(p, node, 0), mask = mask_of(p, node, s),
           read = read_of(p, node, s), h0 = front_of(p, node, H0, s);
    gl_emission e = {.kernel = kind_of(node).forward,
                     .rnn_n = {s->m, s->t, s->n, row, 1, node->carries},
                     .s = {has_relu(node)},
                     .split = GL_BY_ROWS};
    if (e.kernel == GL_K_rnn) {
        e.rnn_p.z = z, e.rnn_p.h = h, e.rnn_p.u = u, e.rnn_p.lengths = lengths;
        e.rnn_p.mask = mask, e.rnn_p.h0 = h0, e.rnn_p.read = read;
    } else if (e.kernel == GL_K_lstm) {
        e.lstm_p.z = z, e.lstm_p.h = h, e.lstm_p.u = u;
        e.lstm_p.c = remembered(p, node, CELLS, "cells.", s), e.lstm_p.lengths = lengths;
        e.lstm_p.mask = mask, e.lstm_p.h0 = h0, e.lstm_p.read = read;
        e.lstm_p.c0 = front_of(p, node, C0, s);
    } else if (e.kernel == GL_K_gru_before) {
        e.gru_before_p.z = z, e.gru_before_p.h = h, e.gru_before_p.u = u;
        e.gru_before_p.read = read, e.gru_before_p.lengths = lengths, e.gru_before_p.mask = mask;
        e.gru_before_p.h0 = h0;
    } else {
        e.gru_p.z = z, e.gru_p.h = h, e.gru_p.u = u, e.gru_p.v = gl_weight(p, node, V);
        e.gru_p.q = own(p, node, Q, "q.", s->t * s->n);
        e.gru_p.s = own(p, node, SUMS, "sums.", 3 * s->n), e.gru_p.lengths = lengths;
        e.gru_p.mask = mask, e.gru_p.h0 = h0, e.gru_p.read = read;
    }
    gl_emit(p, node, e);
}

/* y [m, k n]: the last k steps of x; of different lengths each sample's own last one, and where it
 * has none what stands in front. */
static void emit_last(gl_program *p, const gl_node *node, const sizes *s, int64_t k, gl_buf y,
                      gl_buf x, gl_buf front) {
    gl_buf lengths = gl_lengths(p, node, 0);
    if (lengths)
        gl_emit(p, node,
                (gl_emission){.kernel = GL_K_last,
                              .last_p = {.y = y, .x = x, .lengths = lengths, .first = front},
                              .last_n = {s->m, s->t, s->n},
                              .split = GL_BY_ROWS});
    else
        gl_emit(p, node,
                (gl_emission){.kernel = GL_K_take,
                              .p = {y, x},
                              .n = {s->m, 1, (s->t - k) * s->n, k * s->n, 0},
                              .split = GL_BY_ROWS});
}

/* What the next run begins with, behind everything that reads what this one began with. */
static void emit_ends(gl_program *p, const gl_node *node, const sizes *s) {
    gl_buf h0 = front_of(p, node, H0, s), c0 = front_of(p, node, C0, s);
    if (h0) emit_last(p, node, s, 1, h0, states_of(p, node, s), h0);
    if (c0) emit_last(p, node, s, 1, c0, remembered(p, node, CELLS, "cells.", s), c0);
}

static void forward(gl_program *p, const gl_node *node) {
    sizes s = sizes_of(p, node);
    emit_fronts(p, node, &s);
    emit_gates(p, node, &s);
    if (drops(p, node)) emit_mask(p, node, &s);
    emit_steps(p, node, &s);
    if (!gives_its_states(p, node, &s))
        emit_last(p, node, &s, s.k, gl_value(p, node), states_of(p, node, &s),
                  front_of(p, node, H0, &s));
    if (!gl_is_training(p)) emit_ends(p, node, &s);
}

/* ---------------------------------------------------------------------------------- backward -- */

/* dz, and ds: what goes back through U, which of gru alone is another. */
typedef struct told {
    gl_buf dz, ds;
} told;

static told emit_steps_back(gl_program *p, const gl_node *node, const sizes *s) {
    int64_t wide = s->t * s->gates * s->n;
    gl_buf dz = own(p, node, DZ, "d.gates.", wide), dh = own(p, node, DH, "d.h.", s->n),
           dy = gl_gradient(p, node), u = gl_weight(p, node, U), z = gates_of(p, node, s),
           h = states_of(p, node, s), lengths = gl_lengths(p, node, 0), mask = mask_of(p, node, s);
    told of = {dz, dz};
    gl_emission e = {.kernel = kind_of(node).backward,
                     .n = {s->m, s->t, s->n, s->k},
                     .s = {has_relu(node)},
                     .split = GL_BY_ROWS};
    if (e.kernel == GL_K_rnn_b) {
        e.rnn_b_p.dz = dz, e.rnn_b_p.dh = dh, e.rnn_b_p.dy = dy, e.rnn_b_p.h = h, e.rnn_b_p.u = u;
        e.rnn_b_p.lengths = lengths, e.rnn_b_p.mask = mask;
    } else if (e.kernel == GL_K_lstm_b) {
        e.lstm_b_p.dz = dz, e.lstm_b_p.dh = dh, e.lstm_b_p.dy = dy, e.lstm_b_p.z = z;
        e.lstm_b_p.dc = own(p, node, DC, "d.c.", s->n), e.lstm_b_p.lengths = lengths;
        e.lstm_b_p.c = own(p, node, CELLS, "cells.", s->t * s->n), e.lstm_b_p.u = u;
        e.lstm_b_p.mask = mask, e.lstm_b_p.c0 = front_of(p, node, C0, s);
    } else if (e.kernel == GL_K_gru_before_b) {
        e.gru_before_b_p.dz = dz, e.gru_before_b_p.dh = dh, e.gru_before_b_p.dy = dy;
        e.gru_before_b_p.z = z, e.gru_before_b_p.h = h, e.gru_before_b_p.u = u;
        e.gru_before_b_p.dq = own(p, node, DQ, "d.q.", s->n), e.gru_before_b_p.lengths = lengths;
        e.gru_before_b_p.mask = mask, e.gru_before_b_p.h0 = front_of(p, node, H0, s);
    } else {
        of.ds = own(p, node, DS, "d.s.", wide);
        e.gru_b_p.dz = dz, e.gru_b_p.ds = of.ds, e.gru_b_p.dh = dh, e.gru_b_p.dy = dy;
        e.gru_b_p.z = z, e.gru_b_p.h = h, e.gru_b_p.q = own(p, node, Q, "q.", s->t * s->n);
        e.gru_b_p.u = u, e.gru_b_p.lengths = lengths, e.gru_b_p.mask = mask;
        e.gru_b_p.h0 = front_of(p, node, H0, s);
    }
    gl_emit(p, node, e);
    return of;
}

static void emit_dx(gl_program *p, const gl_node *node, gl_buf dz, const gl_conv_n *n) {
    bool add = false;
    gl_buf dx = gl_add_to_gradient(p, node, 0, &add);
    if (dx) gl_emit_steps_dx(p, node, dx, dz, W, n, add);
}

/* Each gate's part of U reads something of its own where h' is reset before: a group each. */
static void emit_du(gl_program *p, const gl_node *node, gl_buf ds, const sizes *s) {
    int64_t gates = s->gates * s->n;
    bool before = resets_before(node);
    gl_buf read = read_of(p, node, s);
    gl_conv_n n = each_step(s, before ? gates : s->n, gates, read ? 0 : 1);
    if (before) n.groups = s->gates;
    gl_emit_steps_dw(p, node, U, read ? read : states_of(p, node, s), ds, &n);
}

static void backward(gl_program *p, const gl_node *node) {
    sizes s = sizes_of(p, node);
    gl_conv_n n = each_step(&s, s.f, s.gates * s.n, 0);
    told d = emit_steps_back(p, node, &s);
    emit_dx(p, node, d.dz, &n);
    gl_emit_steps_dw(p, node, W, gl_input(p, node, 0), d.dz, &n);
    emit_du(p, node, d.ds, &s);
    gl_emit_steps_db(p, node, B, d.dz, &n);
    if (has_v(node)) gl_emit_steps_db(p, node, V, d.ds, &n);
    emit_ends(p, node, &s);
}

/* ----------------------------------------------------------------------------------- reverse -- */

static glia_status shape_reverse(gl_net *m, gl_node *node) { return gl_check_sequence(m, node); }

static void emit_reverse(gl_program *p, const gl_node *node, gl_buf to, gl_buf from) {
    const gl_shape *s = &node->shape;
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_reverse,
                          .p = {to, from, gl_lengths(p, node, 0)},
                          .n = {gl_rows(p), s->dim[0], s->dim[1]},
                          .split = GL_BY_ROWS});
}

static void forward_reverse(gl_program *p, const gl_node *node) {
    emit_reverse(p, node, gl_value(p, node), gl_input(p, node, 0));
}

static void backward_reverse(gl_program *p, const gl_node *node) {
    gl_buf dx = gl_input_gradient(p, node, 0);
    if (dx) emit_reverse(p, node, dx, gl_gradient(p, node));
}

/* ----------------------------------------------------------------------------------- the ops -- */

/* What U reads of the state before; what comes back from it stands between `from` and `to`. */
#define WHOLE "H_(t-1)"
#define KEPT "(K * H_(t-1))"
#define MASK_LINE                                                                                  \
    "K = dropout(1)      in training, the same for all t: 1 / (1 - rate) where kept, else 0\n"
#define SUMS_OF(ds, read) "dW@ += dZ_t R_t', db@ += dZ_t, dU@ += " ds " " read "'"

#define RNN(read) "H_t = g(W@ R_t + b@ + U@ " read ")      g: tanh, or relu"
#define RNN_BACK(read, from, to)                                                                   \
    "dZ_t = (dH + dA@_t) * g'      g' = 1 - H_t^2, or 1 where H_t > 0\n"                           \
    "dH = " from "U@' dZ_t" to "\n" SUMS_OF("dZ_t", read)

#define LSTM(read)                                                                                 \
    "(i, f, g, o) = W@ R_t + b@ + U@ " read "\n"                                                   \
    "i, f, o := sigmoid(i, f, o), g := tanh(g)\n"                                                  \
    "C_t = f * C_(t-1) + i * g\n"                                                                  \
    "H_t = o * tanh(C_t)"
#define LSTM_BACK(read, from, to)                                                                  \
    "dH := dH + dA@_t, dC := dC + dH * o * (1 - tanh(C_t)^2)\n"                                    \
    "dZ_t = (dC * g * i (1 - i), dC * C_(t-1) * f (1 - f), dC * i * (1 - g^2), "                   \
    "dH * tanh(C_t) * o (1 - o))\n"                                                                \
    "dC := dC * f, dH = " from "U@' dZ_t" to "\n" SUMS_OF("dZ_t", read)

#define GRU(read)                                                                                  \
    "(r, u, g) = W@ R_t + b@, (r', u', g') = U@ " read " + v@\n"                                   \
    "r := sigmoid(r + r'), u := sigmoid(u + u'), g := tanh(g + r * g')\n"                          \
    "H_t = (1 - u) * g + u * H_(t-1)"
#define GRU_BACK(read, from, to)                                                                   \
    "dH := dH + dA@_t, dg = dH * (1 - u) * (1 - g^2)\n"                                            \
    "dZ_t = (dg * g' * r (1 - r), dH * (H_(t-1) - g) * u (1 - u), dg)\n"                           \
    "dS_t = dZ_t, but r * dg for the last\n"                                                       \
    "dH := dH * u + " from "U@' dS_t" to "\n" SUMS_OF("dS_t", read) ", dv@ += dS_t"

#define BEFORE(read)                                                                               \
    "(r, u, g) = W@ R_t + b@, (r', u') = (Ur, Uu) " read "      U@ = (Ur, Uu, Ug)\n"               \
    "r := sigmoid(r + r'), u := sigmoid(u + u'), g := tanh(g + Ug (r * " read "))\n"               \
    "H_t = (1 - u) * g + u * H_(t-1)"
#define BEFORE_BACK(read, from, to)                                                                \
    "dH := dH + dA@_t, dg = dH * (1 - u) * (1 - g^2), dq = " from "Ug' dg" to "\n"                 \
    "dZ_t = (dq * H_(t-1) * r (1 - r), dH * (H_(t-1) - g) * u (1 - u), dg)\n"                      \
    "dH := dH * u + dq * r + " from "(Ur, Uu)' dZ_t" to                                            \
    "      of r and u\n" SUMS_OF("dZ_t", read) ", but dg (r * " read ")' of Ug"

/* Without and with state_dropout. */
typedef struct form {
    const char *formula, *slope;
} form;
static const form forms_of[][2] = {
    {{RNN(WHOLE), RNN_BACK(WHOLE, "", "")}, {MASK_LINE RNN(KEPT), RNN_BACK(KEPT, "K * (", ")")}},
    {{LSTM(WHOLE), LSTM_BACK(WHOLE, "", "")},
     {MASK_LINE LSTM(KEPT), LSTM_BACK(KEPT, "K * (", ")")}},
    {{GRU(WHOLE), GRU_BACK(WHOLE, "", "")}, {MASK_LINE GRU(KEPT), GRU_BACK(KEPT, "K * (", ")")}},
    {{BEFORE(WHOLE), BEFORE_BACK(WHOLE, "", "")},
     {MASK_LINE BEFORE(KEPT), BEFORE_BACK(KEPT, "K * (", ")")}},
};

static void forms(const gl_node *node, const char **formula, const char **slope) {
    int which = node->op == &gl_op_rnn    ? 0
                : node->op == &gl_op_lstm ? 1
                : resets_before(node)     ? 3
                                          : 2;
    const form *of = &forms_of[which][node->attr[DROPOUT] > 0];
    *formula = of->formula, *slope = of->slope;
}

#define RECURRENT(id, text, back)                                                                  \
    const gl_op gl_op_##id = {                                                                     \
        .name = #id,                                                                               \
        .role = GL_LAYER,                                                                          \
        .windows = true,                                                                           \
        .bends = true,                                                                             \
        .steps = true,                                                                             \
        .behind = GL_ZERO_BEHIND,                                                                  \
        .states = true,                                                                            \
        .formula = text,                                                                           \
        .slope = back,                                                                             \
        .forms = forms,                                                                            \
        .attr = id##_attrs,                                                                        \
        .attrs = sizeof id##_attrs / sizeof *id##_attrs,                                           \
        .by_step = by_step,                                                                        \
        .shape = shape,                                                                            \
        .forward = forward,                                                                        \
        .backward = backward,                                                                      \
    }

RECURRENT(rnn, RNN(WHOLE), RNN_BACK(WHOLE, "", ""));
RECURRENT(lstm, LSTM(WHOLE), LSTM_BACK(WHOLE, "", ""));
RECURRENT(gru, GRU(WHOLE), GRU_BACK(WHOLE, "", ""));

const gl_op gl_op_reverse = {
    .name = "reverse",
    .role = GL_BETWEEN,
    .windows = true,
    .steps = true,
    .behind = GL_ZERO_BEHIND,
    .formula = "V@ := its steps, the last one first      (N, m)",
    .slope = "dV@ := its steps, the last one first",
    .shape = shape_reverse,
    .forward = forward_reverse,
    .backward = backward_reverse,
};
