/*
 * rnn.c: the cells of a recurrent network and of an LSTM, over one step and over several, forward
 * and back. The exercise's arrays are (units, examples, steps); a sample of ours has its steps one
 * after the other.
 *
 * The exercise's states begin where it says, glia's at 0. So the state before the first step comes
 * in as features beside x: what U would have given of it, W gives. An LSTM's memory is put in by
 * four steps before the first, with open gates and a closed output, that add a quarter each; and a
 * step behind the last, with the memory kept and the output open, shows it: h = tanh c. Gates that
 * are open or closed by 1000 are exactly 1 or 0, and let no gradient into their weights.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "small.h"

enum { M = 10, N = 5, SEES = 3, CLASSES = 2, PUTS = 4, MOST_STEPS = PUTS + 7 + 1 };

/* Features of a step: x, the state before, and of an LSTM 1 for its biases, what is put in, and
 * which kind of step it is. */
enum { X, A = X + SEES, ONE = A + N, PUT, PUTTING = PUT + N, SHOWING, MOST_FEATURES };

typedef struct cell {
    const char *op;
    int features;
    double w[4 * N * MOST_FEATURES], u[4 * N * N], b[4 * N];
    const double *wy, *by;
} cell;

typedef struct steps {
    int count;
    double x[M][MOST_STEPS][MOST_FEATURES];
} steps;

/* Steps of f features, side by side as a network reads them. */
static double *rows_of(const steps *s, int features) {
    double *x = calloc((size_t)(M * s->count * features), sizeof *x), *to = x;
    for (int i = 0; i < M; i++)
        for (int t = 0; t < s->count; t++, to += features)
            memcpy(to, s->x[i][t], (size_t)features * sizeof *to);
    return x;
}

/* The cell behind `front`, in front of `behind`; `layer` is its number. */
static glia_model *network(const course *k, const cell *c, int count, const char *front, int layer,
                           const char *behind) {
    char *text =
        format_text("sequence %d %d, %s%s %d%s", count, c->features, front, c->op, N, behind);
    glia_model *m = small_network(k, count * c->features, text, "zeros", 0, NULL);
    const double *const values[] = {c->w, c->u, c->b};
    for (int i = 0; i < 3; i++) {
        char *name = format_text("%s%d.%c", c->op, layer, "wub"[i]);
        small_set(m, name, values[i]);
        free(name);
    }
    free(text);
    return m;
}

/* The states of all steps, (examples, steps, units). */
static double *states(const course *k, const cell *c, const steps *s) {
    glia_model *m = network(k, c, s->count, "", 1, " steps all");
    double *x = rows_of(s, c->features), *h = calloc((size_t)(M * s->count * N), sizeof *h);
    small_predict(k, m, x, M, h);
    glia_model_free(m);
    free(x);
    return h;
}

/* softmax(Wy a + by) of the last step, (examples, classes). */
static void answers(const course *k, const cell *c, const steps *s, double y[M][CLASSES]) {
    glia_model *m = network(k, c, s->count, "", 1, ", dense 2 softmax");
    double *x = rows_of(s, c->features);
    small_set(m, "fc2.w", c->wy);
    small_set(m, "fc2.b", c->by);
    small_predict(k, m, x, M, y[0]);
    glia_model_free(m);
    free(x);
}

/* What comes back where the states are told da, (examples, steps, units): a layer in front that
 * changes nothing has dx, and squared error, whose slope is 2 (a - y) / m, sends back da. */
static glia_trace *way_back(const course *k, const cell *c, const steps *s, const double *da) {
    char *front = format_text("conv %d 1 linear, ", c->features);
    glia_model *m = network(k, c, s->count, front, 2, " steps all");
    double *x = rows_of(s, c->features), *y = states(k, c, s), *w = small_param(m, "conv1.w");
    for (int i = 0; i < c->features; i++) w[i * c->features + i] = 1;
    for (int i = 0; i < M * s->count * N; i++) y[i] -= da[i] * M / 2;
    glia_trace *t = small_trace(k, m, x, y, M);
    glia_model_free(m);
    free(x), free(y), free(front);
    return t;
}

/* Of example i at step t, towards feature f. */
static double dx_of(const glia_trace *t, const cell *c, const steps *s, int i, int step, int f) {
    return glia_tensor_value(&t->step[0].gradient, (i * s->count + step) * c->features + f);
}

enum { DW = 2, DB, DU }; /* gradients: those of the layer in front come first */

static double dw_of(const glia_trace *t, const cell *c, int row, int f) {
    return glia_tensor_value(&t->gradient[DW], row * c->features + f);
}

/* What W had to give in the first step is U's in the exercise. */
static double du_of(const glia_trace *t, const cell *c, int row, int unit) {
    return glia_tensor_value(&t->gradient[DU], row * N + unit) + dw_of(t, c, row, A + unit);
}

/* x is (3, examples, count), a (5, examples) before the first of them, which is step number at. */
static void put_inputs(steps *s, int at, int count, int of, const double *x, const double *a) {
    for (int i = 0; i < M; i++) {
        for (int t = 0; t < count; t++)
            for (int f = 0; f < SEES; f++) s->x[i][at + t][X + f] = x[(f * M + i) * of + t];
        for (int j = 0; j < N; j++) s->x[i][at][A + j] = a[j * M + i];
    }
}

static double *told(const double *da, int count, int before, int all) {
    double *to = calloc((size_t)(M * all * N), sizeof *to);
    for (int i = 0; i < M; i++)
        for (int t = 0; t < count; t++)
            for (int j = 0; j < N; j++)
                to[(i * all + before + t) * N + j] = da[(j * M + i) * count + t];
    return to;
}

/* ---------------------------------------------------------------------------------- rnn -- */

/* The forward tests draw Waa first, those of the way back Wax. */
static void draw_rnn(stream *s, bool back, int count, cell *c, steps *in) {
    const double *x = draw_next(s, SEES, M * count), *a = draw_next(s, N, M);
    const double *first = draw_next(s, N, back ? SEES : N),
                 *second = draw_next(s, N, back ? N : SEES);
    const double *wax = back ? first : second, *waa = back ? second : first;
    *c = (cell){.op = "rnn", .features = A + N, .wy = draw_next(s, CLASSES, N)};
    memcpy(c->b, draw_next(s, N, 1), sizeof(double[N]));
    c->by = draw_next(s, CLASSES, 1);
    memcpy(c->u, waa, sizeof(double[N * N]));
    for (int j = 0; j < N; j++) {
        memcpy(c->w + j * c->features + X, wax + j * SEES, sizeof(double[SEES]));
        memcpy(c->w + j * c->features + A, waa + j * N, sizeof(double[N]));
    }
    *in = (steps){.count = count};
    put_inputs(in, 0, count, count, x, a);
}

static void rnn_forward(course *k, int count, const char *a_item, const char *y_item) {
    stream s = seeded(k, 1);
    cell c;
    steps in;
    draw_rnn(&s, false, count, &c, &in);
    double *h = states(k, &c, &in), a[M], y[M][CLASSES], of[M];
    bool one = count == 1; /* all examples of a cell, all steps of example 1 or 3 */
    int n = one ? M : count;
    for (int i = 0; i < n; i++) a[i] = h[one ? i * N + 4 : (count + i) * N + 4];
    for (int t = 1; t <= count; t++) {
        in.count = t;
        answers(k, &c, &in, y);
        for (int i = 0; one && i < M; i++) of[i] = y[i][1];
        if (!one) of[t - 1] = y[3][1];
    }
    compare(k, "rnn", a_item, a, n);
    compare(k, "rnn", y_item, of, n);
    free(h);
}

static void rnn_backward(course *k, int count, const char *name) {
    stream s = seeded(k, 1);
    cell c;
    steps in;
    draw_rnn(&s, true, count, &c, &in);
    double *da = told(draw_next(&s, N, M * count), count, 0, count), dx[MOST_STEPS];
    glia_trace *t = way_back(k, &c, &in, da);
    for (int i = 0; i < count; i++) dx[i] = dx_of(t, &c, &in, 2, i, X + 1);
    const double one[] = {dx_of(t, &c, &in, 3, 0, A + 2), dw_of(t, &c, 3, X + 1),
                          du_of(t, &c, 1, 2), glia_tensor_value(&t->gradient[DB], 4)};
    const char *const items[] = {count > 1 ? "da0[2][3]" : "da_prev[2][3]", "dWax[3][1]",
                                 "dWaa[1][2]", "dba[4]"};
    char *item = format_text("%s.%s[1][2]", name, count > 1 ? "dx" : "dxt");
    compare(k, "rnn", item, dx, count);
    free(item);
    for (int i = 0; i < 4; i++) {
        item = format_text("%s.%s", name, items[i]);
        compare(k, "rnn", item, &one[i], 1);
        free(item);
    }
    glia_trace_free(k->g, t);
    free(da);
}

/* --------------------------------------------------------------------------------- lstm -- */

enum { INPUT, FORGET, CANDIDATE, OUTPUT, GATES }; /* rows of W, in glia's order */

static double *weight(cell *c, int gate, int unit, int feature) {
    return c->w + (gate * N + unit) * c->features + feature;
}

/* W of a gate is (5, 8) there, for the state and x one below the other. */
static void set_gate(cell *c, int gate, const double *w, const double *b) {
    static const int putting[GATES] = {1000, 1000, 0, -1000},
                     showing[GATES] = {-1000, 1000, 0, 1000};
    for (int j = 0; j < N; j++) {
        memcpy(c->u + (gate * N + j) * N, w + j * (N + SEES), sizeof(double[N]));
        memcpy(weight(c, gate, j, A), w + j * (N + SEES), sizeof(double[N]));
        memcpy(weight(c, gate, j, X), w + j * (N + SEES) + N, sizeof(double[SEES]));
        *weight(c, gate, j, ONE) = b[j];
        *weight(c, gate, j, PUT + j) = gate == CANDIDATE;
        *weight(c, gate, j, PUTTING) = putting[gate];
        *weight(c, gate, j, SHOWING) = showing[gate];
    }
}

/* Of count steps the first `used`. memory: of a cell, (5, examples); NULL: 0. */
static void lay_out(steps *in, int used, int count, const double *x, const double *a,
                    const double *memory) {
    *in = (steps){.count = PUTS + used + 1};
    put_inputs(in, PUTS, used, count, x, a);
    for (int i = 0; i < M; i++) {
        for (int t = 0; t < PUTS; t++) {
            in->x[i][t][PUTTING] = 1;
            for (int j = 0; memory && j < N; j++)
                in->x[i][t][PUT + j] = atanh(memory[j * M + i] / PUTS);
        }
        for (int t = 0; t < used; t++) in->x[i][PUTS + t][ONE] = 1;
        in->x[i][PUTS + used][SHOWING] = 1;
    }
}

/* x, a, of a cell its memory, the gates in the exercise's order, and unless `bare` Wy and by. */
typedef struct lstm {
    cell c;
    const double *x, *a, *memory;
    int count;
} lstm;

static lstm draw_lstm(stream *s, int count, bool bare) {
    static const int order[GATES] = {FORGET, INPUT, OUTPUT, CANDIDATE};
    lstm l = {.c = {.op = "lstm", .features = MOST_FEATURES}, .count = count};
    l.x = draw_next(s, SEES, M * count), l.a = draw_next(s, N, M);
    if (count == 1) l.memory = draw_next(s, N, M);
    for (int i = 0; i < GATES; i++) {
        const double *w = draw_next(s, N, N + SEES);
        set_gate(&l.c, order[i], w, draw_next(s, N, 1));
    }
    if (!bare) l.c.wy = draw_next(s, CLASSES, N), l.c.by = draw_next(s, CLASSES, 1);
    return l;
}

/* Unit j of example i behind `used` steps: its state, its memory. */
typedef struct seen {
    double a[M][N], memory[M][N], y[M][CLASSES];
} seen;

static seen look(const course *k, const lstm *l, int used) {
    seen is;
    steps in;
    lay_out(&in, used, l->count, l->x, l->a, l->memory);
    double *h = states(k, &l->c, &in);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++) {
            const double *last = h + ((i + 1) * in.count - 2) * N;
            is.a[i][j] = last[j], is.memory[i][j] = atanh(last[N + j]);
        }
    in.count--;
    answers(k, &l->c, &in, is.y);
    free(h);
    return is;
}

static void lstm_cell_forward(course *k) {
    stream s = seeded(k, 1);
    lstm l = draw_lstm(&s, 1, false);
    seen is = look(k, &l, 1);
    double a[M], two[M], three[M], y[M];
    for (int i = 0; i < M; i++)
        a[i] = is.a[i][4], two[i] = is.memory[i][2], three[i] = is.memory[i][3], y[i] = is.y[i][1];
    compare(k, "rnn", "lstm_cell.a_next[4]", a, M);
    compare(k, "rnn", "lstm_cell.c_next[2]", two, M);
    compare(k, "rnn", "lstm_cell.yt[1]", y, M);
    compare(k, "rnn", "lstm_cell.cache[1][3]", three, M);
}

static void lstm_forward(course *k) {
    enum { COUNT = 7 };
    stream s = seeded(k, 1);
    lstm l = draw_lstm(&s, COUNT, false);
    seen last = look(k, &l, COUNT), fourth = look(k, &l, 4), second = look(k, &l, 2);
    compare(k, "rnn", "lstm.a[4][3][6]", &last.a[3][4], 1);
    compare(k, "rnn", "lstm.y[1][4][3]", &fourth.y[4][1], 1);
    compare(k, "rnn", "lstm.caches[1][1[1]]", l.x + (1 * M + 1) * COUNT, COUNT); /* x itself */
    compare(k, "rnn", "lstm.c[1][2][1]", &second.memory[2][1], 1);
}

static void compare_gates(course *k, const char *name, const glia_trace *t, const cell *c) {
    static const struct {
        const char *w, *b;
        int gate, unit, of;
    } all[] = {{"dWf[3][1]", "dbf[4]", FORGET, 3, 1},
               {"dWi[1][2]", "dbi[4]", INPUT, 1, 2},
               {"dWc[3][1]", "dbc[4]", CANDIDATE, 3, 1},
               {"dWo[1][2]", "dbo[4]", OUTPUT, 1, 2}};
    for (int i = 0; i < GATES; i++) {
        double dw = du_of(t, c, all[i].gate * N + all[i].unit, all[i].of),
               db = dw_of(t, c, all[i].gate * N + 4, ONE);
        char *w = format_text("%s.%s", name, all[i].w), *b = format_text("%s.%s", name, all[i].b);
        compare(k, "rnn", w, &dw, 1);
        compare(k, "rnn", b, &db, 1);
        free(w), free(b);
    }
}

/* dc, (5, examples), of the memory behind the last step; NULL: none. The step that shows it has
 * h = tanh c. */
static void tell_memory(const course *k, const lstm *l, int used, const double *dc, double *da) {
    seen is = look(k, l, used);
    for (int i = 0; dc && i < M; i++)
        for (int j = 0; j < N; j++)
            da[(i * (PUTS + used + 1) + PUTS + used) * N + j] =
                dc[j * M + i] / (1 - pow(tanh(is.memory[i][j]), 2));
}

/* Of as many steps as da has. */
static void lstm_backward(course *k, const char *name, int count, int used) {
    stream s = seeded(k, 1);
    lstm l = draw_lstm(&s, count, count > 1);
    steps in;
    lay_out(&in, used, count, l.x, l.a, l.memory);
    double *da = told(draw_next(&s, N, M * used), used, PUTS, in.count), dx[MOST_STEPS];
    if (l.memory) tell_memory(k, &l, used, draw_next(&s, N, M), da);
    glia_trace *t = way_back(k, &l.c, &in, da);
    for (int i = 0; i < used; i++) dx[i] = dx_of(t, &l.c, &in, 2, PUTS + i, X + 1);
    double da_prev = dx_of(t, &l.c, &in, 3, PUTS, A + 2);
    char *item = format_text("%s.%s[1][2]", name, count > 1 ? "dx" : "dxt");
    compare(k, "rnn", item, dx, used);
    free(item), item = format_text("%s.%s[2][3]", name, count > 1 ? "da0" : "da_prev");
    compare(k, "rnn", item, &da_prev, 1);
    free(item);
    if (l.memory) {
        double g = l.memory[2 * M + 3] / PUTS,
               dc = dx_of(t, &l.c, &in, 3, 0, PUT + 2) / (1 - g * g);
        compare(k, "rnn", "lstm_cell_backward.dc_prev[2][3]", &dc, 1);
    }
    compare_gates(k, name, t, &l.c);
    glia_trace_free(k->g, t);
    free(da);
}

int run_rnn(course *k, const char *name) {
    (void)name;
    rnn_forward(k, 1, "rnn_cell.a_next[4]", "rnn_cell.yt_pred[1]");
    rnn_forward(k, 4, "rnn.a[4][1]", "rnn.y_pred[1][3]");
    lstm_cell_forward(k);
    lstm_forward(k);
    rnn_backward(k, 1, "rnn_cell_backward");
    rnn_backward(k, 4, "rnn_backward");
    lstm_backward(k, "lstm_cell_backward", 1, 1);
    lstm_backward(k, "lstm_backward", 7, 4);
    return 0;
}
