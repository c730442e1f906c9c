/*
 * equations.c: the formulas of a network with its own shapes, as the textbook writes them: samples
 * are columns.
 *
 * Every value has a symbol: Z of layer l until an activation makes it A; S, M or C for what a join
 * gives. What is written over, as by dropout, keeps its symbol where nobody else reads it, else it
 * gets one of its own: A1b, A1c. So does the second activation of one Z.
 *
 *     a: dense 8 relu        Z1 = W1 A0 + b1, A1 = relu(Z1)      dZ1 = dA1 * g'(Z1)
 *     dense 8                Z2 = W2 A1 + b2                     dA1 := dA1 + W2' dZ2   the second
 *     add a                  S1 = Z2 + A1                        dZ2 = dS1, dA1 = dS1   the first
 *     relu                   S1 := relu(S1)                      dS1 := dS1 * g'(S1)
 *     dense 3 softmax        Z3 = W3 S1 + b3, A3 = softmax(Z3)   dZ3 = (A - onehot Y) / m
 *
 * The right column is read upwards. A gradient is "=" for whoever comes first to a value and ":= +"
 * for the next, as lowering has it; = and := are told apart because a page on which a symbol means
 * two things by "=" is not mathematics.
 */
#include "net.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

typedef struct symbol {
    char letter; /* 'X' or 'A' of an inlet, 'Z', 'A', 'S', 'M', 'C' */
    int number, copy;
} symbol;

typedef struct value {
    symbol name;
    symbol z;    /* name is its identity, A1 = linear(Z1); letter 0: it is not */
    symbol norm; /* whose number gamma and its like have; letter 0: made by no norm */
    int readers;
    bool weighed; /* a W or a loss without a link reads it */
    bool learns;  /* it or what is before it has parameters: else no gradient is computed */
    bool written; /* its gradient was */
} value;

typedef struct walk {
    gl_text *t;
    const gl_net *m;
    value *values; /* [inlets + nodes] */
    value **of; /* [inlets + nodes] a node that computes nothing shares the value that it reads */
    int layers, joins;
} walk;

static value *value_at(const walk *w, int from) { return w->of[from + w->m->inlets]; }
static value *value_of(const walk *w, const gl_node *node) {
    return value_at(w, (int)(node - w->m->node));
}
static value *first_read(const walk *w, const gl_node *node) { return value_at(w, node->from[0]); }

static bool computes(const gl_node *node) {
    return node->op->role != GL_BETWEEN || node->op->forward;
}

static bool is_same(symbol a, symbol b) {
    return a.letter == b.letter && a.number == b.number && a.copy == b.copy;
}

/* A1, A1b .. A1z, A1_26 */
static const char *print(symbol s, char buf[32]) {
    int n = snprintf(buf, 32, "%c%d", s.letter, s.number);
    if (s.copy >= 26) snprintf(buf + n, 32 - (size_t)n, "_%d", s.copy);
    else if (s.copy > 0) snprintf(buf + n, 32 - (size_t)n, "%c", 'a' + s.copy);
    return buf;
}

static bool is_taken(const walk *w, symbol s) {
    for (const value *v = w->values; v < w->values + w->m->inlets + w->m->nodes; v++)
        if (is_same(v->name, s) || is_same(v->z, s) || is_same(v->norm, s)) return true;
    return false;
}

static symbol new_symbol(const walk *w, char letter, symbol like) {
    symbol s = {letter, like.number, like.copy};
    while (is_taken(w, s)) s.copy++;
    return s;
}

/* A head's answer, where a layer had the same sigmoid of the same Z; NULL: it has not. */
static value *answered(const walk *w, const gl_node *loss) {
    for (const gl_node *node = w->m->node; node < loss && loss->op->link; node++)
        if (node->op->role == GL_ACTIVATION && first_read(w, node) == first_read(w, loss) &&
            strcmp(node->op->name, loss->op->link) == 0)
            return value_of(w, node);
    return NULL;
}

static void count_reads(walk *w, const gl_node *node) {
    const gl_op *op = node->op;
    value *v = value_of(w, node);
    v->learns = v->learns || node->params > 0;
    for (int i = 0; i < node->froms; i++) {
        value *read = value_at(w, node->from[i]);
        read->readers++;
        if (op->role == GL_LAYER || (op->role == GL_LOSS && !op->link)) read->weighed = true;
        v->learns = v->learns || read->learns;
    }
}

/* That of another node, where this one makes none. */
static value *known_value(const walk *w, const gl_node *node) {
    if (!computes(node)) return first_read(w, node);
    return node->op->role == GL_LOSS ? answered(w, node) : NULL;
}

/* All readers are known before the first line is printed. */
static void make_values(walk *w) {
    const gl_net *m = w->m;
    value *v = w->values;
    for (int k = 0; k < m->inlets; k++, v++) {
        v->name = m->inlets > 1 ? (symbol){'X', k + 1, 0} : (symbol){'A', 0, 0};
        w->of[gl_inlet_number(k) + m->inlets] = v;
    }
    for (const gl_node *node = m->node; node < m->node + m->nodes; node++, v++) {
        value *known = known_value(w, node);
        w->of[m->inlets + (node - m->node)] = known ? known : v;
        if (computes(node)) count_reads(w, node);
        if (computes(node) && known) known->readers++;
    }
}

/* Of a picture a norm's units are the channels. */
static int64_t units_of(const gl_node *node) {
    return node->op->norm ? node->shape.dim[node->shape.rank - 1] : node->width;
}

/* "28x28", "50", 1: of each of its units a sample has so many. */
static void add_places(const walk *w, const gl_node *node) {
    char text[GL_SHAPE_TEXT];
    gl_shape places = {node->shape.rank - 1, {node->shape.dim[0], node->shape.dim[1]}};
    gl_add(w->t, "%s", places.rank ? gl_print_shape(&places, text) : "1");
}

static const char *and_places(const gl_node *node) {
    return node->shape.rank == 1 ? "" : node->shape.rank == 2 ? " and steps" : " and pixels";
}

/* The lines of an op between layers: V stands for the value (Z or A), @ for its number, N for its
 * units, E for the places that a sample has of each, P for their name. What a norm has of its own
 * takes the norm's number. */
static void add_lines(const walk *w, const char *lines, const value *v, const gl_node *node) {
    char name[32], norm[32];
    print(v->name, name);
    print(v->norm, norm);
    gl_add(w->t, "  ");
    for (const char *c = lines; *c; c++) {
        if (*c == '@') gl_add(w->t, "%s", v->norm.letter && c[-1] != 'V' ? norm + 1 : name + 1);
        else if (*c == 'V') gl_add(w->t, "%c", v->name.letter);
        else if (*c == 'N') gl_add(w->t, "%lld", (long long)units_of(node));
        else if (*c == 'E') add_places(w, node);
        else if (*c == 'P') gl_add(w->t, "%s", and_places(node));
        else if (*c == '\n') gl_add(w->t, "\n  ");
        else gl_add(w->t, "%c", *c);
    }
    gl_add(w->t, "\n");
}

/* ----------------------------------------------------------------------------------- forward -- */

/* A = g(Z); act NULL: the identity, or what the loss applies. */
static void add_activation(const walk *w, symbol a, symbol z, const char *name, const gl_op *act) {
    char left[32], right[32];
    gl_add(w->t, "  %s %s %s(%s)", print(a, left), is_same(a, z) ? ":=" : "=", name,
           print(z, right));
    if (act) gl_add(w->t, "      a = %s", act->formula);
    gl_add(w->t, "\n");
}

/* Its own, or that of what it writes over. */
static symbol written_over(const walk *w, const value *read) {
    return read->readers > 1 ? new_symbol(w, read->name.letter, read->name) : read->name;
}

static symbol activated(const walk *w, const value *read) {
    return read->name.letter == 'Z' ? new_symbol(w, 'A', read->name) : written_over(w, read);
}

/* Filters over a picture: no product of matrices, although it can be written as one. */
static void add_conv(const walk *w, const gl_node *node, int l) {
    const gl_param *filters = &w->m->param[node->param];
    char a[32], shape[GL_SHAPE_TEXT];
    gl_add(w->t, "  Z%d = %s(%s, W%d) + b%d      W%d (%lld, %lld)  b%d (%lld, 1)  Z%d (%s, m)\n", l,
           node->op->name, print(first_read(w, node)->name, a), l, l, l, (long long)filters->rows,
           (long long)filters->cols, l, (long long)filters[1].rows, l,
           gl_print_shape(&node->shape, shape));
}

/* Lines of a layer that goes from step to step: @ is its number, R what it reads. */
static void add_step_lines(const walk *w, const gl_node *node, const char *lines, int l) {
    char read[32];
    print(first_read(w, node)->name, read);
    for (; *lines; lines += strcspn(lines, "\n"), lines += *lines == '\n') {
        gl_add(w->t, "    ");
        for (const char *c = lines; *c && *c != '\n'; c++) {
            if (*c == '@') gl_add(w->t, "%d", l);
            else if (*c == 'R') gl_add(w->t, "%s", read);
            else gl_add(w->t, "%c", *c);
        }
        gl_add(w->t, "\n");
    }
}

/* "W1 (20, 4)  b1 (20, 1)  U1 (20, 5)"; "Wo1 (8, 8)". */
static void add_param_shapes(const walk *w, const gl_node *node, const char *mark, int l) {
    for (int i = 0; i < node->params; i++) {
        const gl_param *p = &w->m->param[node->param + i];
        const char *name = strchr(p->name, '.') + 1;
        bool matrix = p->kind == GL_DECAYED;
        gl_add(w->t, "%s%s%c%s%d (%lld, %lld)", i ? "  " : "      ", mark,
               matrix ? (char)toupper(*name) : *name, name + 1, l, (long long)p->rows,
               (long long)p->cols);
    }
}

static const char *form_of(const gl_node *node, bool back) {
    const char *formula = node->op->formula, *slope = node->op->slope;
    if (node->op->forms) node->op->forms(node, &formula, &slope);
    return back ? slope : formula;
}

/* "n" where samples have different numbers of steps. */
static const char *last_step(const walk *w, const gl_node *node, char buf[24]) {
    long long steps = (long long)gl_read_shape(w->m, node, 0)->dim[0];
    if (gl_read_lengths(w->m, node, 0)) return "n";
    snprintf(buf, 24, "%lld", steps);
    return buf;
}

/* Its states are activated already: A, not Z. */
static void add_recurrent(walk *w, const gl_node *node, int l) {
    char shape[GL_SHAPE_TEXT], last[24];
    long long steps = (long long)gl_read_shape(w->m, node, 0)->dim[0],
              given = node->shape.rank == 1 ? 1 : (long long)node->shape.dim[0];
    bool ragged = gl_read_lengths(w->m, node, 0);
    value_of(w, node)->name = (symbol){'A', l, 0};
    gl_add(w->t, "  for t = 1 .. %s, from states 0 on:\n", last_step(w, node, last));
    add_step_lines(w, node, form_of(node, false), l);
    if (ragged && given == 1) gl_add(w->t, "  A%d = H_n, 0 where n = 0", l);
    else if (ragged) gl_add(w->t, "  A%d = H_1 .. H_n, 0 .. 0", l);
    else if (given == 1) gl_add(w->t, "  A%d = H_%lld", l, steps);
    else gl_add(w->t, "  A%d = H_%lld .. H_%lld", l, steps - given + 1, steps);
    add_param_shapes(w, node, "", l);
    gl_add(w->t, "  A%d (%s, m)\n", l, gl_print_shape(&node->shape, shape));
}

/* What it gives is as it stands in W: A, not Z. */
static void add_embedding(walk *w, const gl_node *node, int l) {
    const gl_param *rows = &w->m->param[node->param];
    char a[32], shape[GL_SHAPE_TEXT];
    print(first_read(w, node)->name, a);
    value_of(w, node)->name = (symbol){'A', l, 0};
    gl_add(w->t, "  A%d = rows of W%d whose numbers are %s, 0 where that is 0", l, l, a);
    gl_add(w->t, "      W%d (%lld, %lld)  A%d (%s, m)\n", l, (long long)rows->rows,
           (long long)rows->cols, l, gl_print_shape(&node->shape, shape));
}

/* So many of the numbers of a step each head has. */
static int64_t head_size(const gl_node *node) {
    return node->shape.dim[1] / (int64_t)node->attr[0];
}

static void add_attention(walk *w, const gl_node *node, int l) {
    char shape[GL_SHAPE_TEXT], last[24];
    gl_add(w->t, "  for t, s = 1 .. %s, head by head, d = %lld:\n", last_step(w, node, last),
           (long long)head_size(node));
    add_step_lines(w, node, form_of(node, false), l);
    gl_add(w->t, "  Z%d_t = Wo%d H_t + bo%d", l, l, l);
    add_param_shapes(w, node, "", l);
    gl_add(w->t, "  Z%d (%s, m)\n", l, gl_print_shape(&node->shape, shape));
}

static void add_layer(walk *w, const gl_node *node) {
    long long n = (long long)node->width, k = (long long)node->in;
    char a[32];
    int l = ++w->layers;
    value_of(w, node)->name = (symbol){'Z', l, 0};
    if (!node->op->linear) {
        if (node->op->states) add_recurrent(w, node, l);
        else if (node->op->looks_up) add_embedding(w, node, l);
        else if (node->op->steps) add_attention(w, node, l);
        else add_conv(w, node, l);
        return;
    }
    gl_add(w->t, "  Z%d = W%d %s + b%d      W%d (%lld, %lld)  b%d (%lld, 1)  Z%d (%lld, m)\n", l, l,
           print(first_read(w, node)->name, a), l, l, n, k, l, n, l, n);
}

static void add_join(walk *w, const gl_node *node) {
    symbol s = value_of(w, node)->name = (symbol){node->op->symbol, ++w->joins, 0};
    char text[32];
    gl_add(w->t, "  %s = ", print(s, text));
    for (int i = 0; i < node->froms; i++)
        gl_add(w->t, "%s%s", i ? node->op->formula : "",
               print(value_at(w, node->from[i])->name, text));
    gl_add(w->t, "      (%lld, m)\n", (long long)node->width);
}

/* Two norms of one number, as of Z1 and S1 or of A1 twice, have two gammas. */
static void add_between(const walk *w, const gl_node *node) {
    value *v = value_of(w, node);
    symbol read = first_read(w, node)->name;
    char old[32], own[32];
    v->name = written_over(w, first_read(w, node));
    if (node->params) v->norm = new_symbol(w, 'g', v->name);
    if (!is_same(v->name, read)) gl_add(w->t, "  %s = %s\n", print(v->name, own), print(read, old));
    add_lines(w, form_of(node, false), v, node);
}

/* A layer or a loss reads an A: the Z that it is given passes through the identity, since
 * the textbook knows no layer without an activation (linear is one), and no Z that is
 * multiplied by a W. Whoever else reads it reads that A, too. */
static void add_identity(const walk *w, value *v) {
    v->z = v->name;
    v->name = new_symbol(w, 'A', v->z);
    add_activation(w, v->name, v->z, "linear", NULL);
}

static void add_loss(const walk *w, const gl_node *node) {
    value *v = value_of(w, node);
    symbol read = first_read(w, node)->name;
    bool links = node->op->link;
    if (v->name.letter) return;
    v->name = links ? activated(w, first_read(w, node)) : read;
    if (links) add_activation(w, v->name, read, node->op->link, NULL);
}

static void add_forward(walk *w, const gl_node *node) {
    value *v = value_of(w, node);
    if (!computes(node)) return;
    if (node->op->role == GL_LAYER) add_layer(w, node);
    if (node->op->role == GL_JOIN) add_join(w, node);
    if (node->op->role == GL_BETWEEN) add_between(w, node);
    if (node->op->role == GL_LOSS) add_loss(w, node);
    if (node->op->role == GL_ACTIVATION) {
        v->name = activated(w, first_read(w, node));
        add_activation(w, v->name, first_read(w, node)->name, node->op->name, node->op);
    }
    if (v->name.letter == 'Z' && v->weighed) add_identity(w, v);
}

/* ---------------------------------------------------------------------------------- backward -- */

/* Every gradient is written behind this: "dA1 =", or where another reader has written it before,
 * "dA1 := dA1 +", or where it stands in the place of the one that it comes from, "dA1 :=". */
static void begin_gradient(const walk *w, value *to, symbol by) {
    char text[32];
    print(to->name, text);
    gl_add(w->t, "  d%s %s ", text, to->written || is_same(to->name, by) ? ":=" : "=");
    if (to->written) gl_add(w->t, "d%s + ", text);
    to->written = true;
}

static void add_slope(const walk *w, value *z, symbol a, const char *slope) {
    char left[32], right[32];
    begin_gradient(w, z, a);
    gl_add(w->t, "d%s * g'(%s)      g' = %s\n", print(a, right), print(z->name, left), slope);
}

/* Once all have written dA1, which is dZ1. */
static void through_identity(const walk *w, value *v) {
    value z = {.name = v->z};
    add_slope(w, &z, v->name, "1");
    v->name = v->z;
}

static void add_conv_backward(const walk *w, const gl_node *node) {
    const gl_param *filters = &w->m->param[node->param];
    value *read = first_read(w, node);
    symbol z = value_of(w, node)->name;
    char a[32], shape[GL_SHAPE_TEXT];
    int l = z.number;
    gl_add(w->t, "  dW%d = sum of dZ%d * %s over samples and windows      (%lld, %lld)\n", l, l,
           print(read->name, a), (long long)filters->rows, (long long)filters->cols);
    gl_add(w->t, "  db%d = sum of dZ%d over samples and pixels      (%lld, 1)\n", l, l,
           (long long)filters[1].rows);
    if (!read->learns) return;
    begin_gradient(w, read, z);
    gl_add(w->t, "dZ%d * W%d %s      (%s, m)\n", l, l, node->op->slope,
           gl_print_shape(gl_read_shape(w->m, node, 0), shape));
}

static void add_steps_backward(const walk *w, const gl_node *node) {
    value *read = first_read(w, node);
    symbol a = value_of(w, node)->name;
    char shape[GL_SHAPE_TEXT], last[24];
    const char *n = last_step(w, node, last);
    if (node->op->states) gl_add(w->t, "  for t = %s .. 1, with dH = 0 behind the last:\n", n);
    else gl_add(w->t, "  for t, s = 1 .. %s, head by head:\n", n);
    add_step_lines(w, node, form_of(node, true), a.number);
    gl_add(w->t, "  gradients are sums over t and samples");
    add_param_shapes(w, node, "d", a.number);
    gl_add(w->t, "\n");
    if (!read->learns) return;
    begin_gradient(w, read, a);
    gl_add(w->t, "W%d' %s, step by step      (%s, m)\n", a.number,
           node->op->states ? "dZ_t" : "(dQ_t, dK_t, dV_t)",
           gl_print_shape(gl_read_shape(w->m, node, 0), shape));
}

static void add_embedding_backward(const walk *w, const gl_node *node) {
    const gl_param *rows = &w->m->param[node->param];
    char a[32], own[32];
    gl_add(w->t, "  dW%d: row k = sum of d%s where %s is k      (%lld, %lld)\n",
           value_of(w, node)->name.number, print(value_of(w, node)->name, own),
           print(first_read(w, node)->name, a), (long long)rows->rows, (long long)rows->cols);
}

static void add_layer_backward(const walk *w, const gl_node *node) {
    if (!node->op->linear) {
        if (node->op->steps) add_steps_backward(w, node);
        else if (node->op->looks_up) add_embedding_backward(w, node);
        else add_conv_backward(w, node);
        return;
    }
    long long n = (long long)node->width, k = (long long)node->in;
    value *read = first_read(w, node);
    symbol z = value_of(w, node)->name;
    char a[32];
    int l = z.number;
    gl_add(w->t, "  dW%d = dZ%d %s'      (%lld, %lld)\n", l, l, print(read->name, a), n, k);
    gl_add(w->t, "  db%d = sum of dZ%d over samples      (%lld, 1)\n", l, l, n);
    if (!read->learns) return;
    begin_gradient(w, read, z);
    gl_add(w->t, "W%d' dZ%d      (%lld, m)\n", l, l, k);
}

static int64_t last(const gl_shape *s) { return s->dim[s->rank - 1]; }

/* Of what stands side by side, value i's: one run of rows, or one of each group. */
static void add_rows(const walk *w, const gl_node *node, int i) {
    long long first = 1, part = last(gl_read_shape(w->m, node, i)), all = last(&node->shape);
    for (int k = 0; k < i; k++) first += last(gl_read_shape(w->m, node, k));
    gl_add(w->t, "rows %lld..%lld of ", first, first + part - 1);
    if (node->width > all) gl_add(w->t, "each %lld of ", all);
}

static void add_join_backward(const walk *w, const gl_node *node) {
    symbol s = value_of(w, node)->name;
    char own[32], other[32];
    for (int i = 0; i < node->froms; i++) {
        value *read = value_at(w, node->from[i]);
        if (!read->learns) continue;
        begin_gradient(w, read, s);
        if (s.letter == 'C') add_rows(w, node, i);
        gl_add(w->t, "d%s", print(s, own));
        for (int j = 0; j < node->froms && s.letter == 'M'; j++)
            if (j != i) gl_add(w->t, " * %s", print(value_at(w, node->from[j])->name, other));
        gl_add(w->t, "\n");
    }
}

/* The formula of a loss: where the network has several heads, its a and y are those of h. */
static void add_of_head(const walk *w, const gl_head *h, const char *formula) {
    symbol s = value_at(w, h->loss)->name;
    char name[32];
    print(s, name);
    for (const char *c = formula; *c; c++) {
        bool begins = c == formula || !isalpha((unsigned char)c[-1]);
        bool alone = begins && !isalpha((unsigned char)c[1]);
        bool is_a = alone && (*c == 'a' || *c == 'A'), is_y = alone && (*c == 'y' || *c == 'Y');
        if (w->m->heads == 1 || (!is_a && !is_y)) gl_add(w->t, "%c", *c);
        else if (is_y) gl_add(w->t, "%c%d", *c, (int)(h - w->m->head) + 1);
        else gl_add(w->t, "%c%s", *c == 'a' ? tolower(name[0]) : name[0], name + 1);
    }
}

static void add_loss_backward(const walk *w, const gl_node *node) {
    const gl_head *h = w->m->head;
    while (h->loss != node - w->m->node) h++;
    begin_gradient(w, first_read(w, node), (symbol){0});
    add_of_head(w, h, node->op->slope);
    gl_add(w->t, "      (%lld, m)\n", (long long)node->width);
}

/* A value that is written over has one gradient, unless it was a copy. */
static void add_between_backward(const walk *w, const gl_node *node) {
    value *read = first_read(w, node), *v = value_of(w, node);
    char text[32];
    add_lines(w, form_of(node, true), v, node);
    if (is_same(read->name, v->name) || !read->learns) return;
    begin_gradient(w, read, v->name);
    gl_add(w->t, "d%s\n", print(v->name, text));
}

static void add_backward(const walk *w, const gl_node *node) {
    const gl_op *op = node->op;
    value *v = value_of(w, node), *read = first_read(w, node);
    if (!v->learns || !computes(node)) return;
    if (v->z.letter) through_identity(w, v);
    if (op->role == GL_LOSS) add_loss_backward(w, node);
    if (op->role == GL_LAYER) add_layer_backward(w, node);
    if (op->role == GL_JOIN) add_join_backward(w, node);
    if (op->role == GL_BETWEEN) add_between_backward(w, node);
    if (op->role == GL_ACTIVATION && read->learns) add_slope(w, read, v->name, op->slope);
}

/* ------------------------------------------------------------------------------------- both -- */

/* Is there an op between layers with a parameter of that name? */
static bool has(const gl_net *m, const char *suffix) {
    for (const gl_node *node = m->node; node < gl_loss_node(m); node++)
        if (node->op->role == GL_BETWEEN && node->params > 0 &&
            strcmp(strchr(m->param[node->param].name, '.'), suffix) == 0)
            return true;
    return false;
}

/* The first row of X, or of X2, is no value of a step. */
static void add_steps_of(gl_text *t, const gl_net *m, int k) {
    const gl_inlet *inlet = &m->inlet[k];
    char shape[GL_SHAPE_TEXT], name[16];
    if (!gl_is_ragged(inlet)) return;
    snprintf(name, sizeof name, m->inlets > 1 ? "X%d" : "X", k + 1);
    gl_add(t,
           "  n = row 1 of %s: of %lld steps a sample has the first n, whose values are the other "
           "rows, %s\n"
           "  behind them every value of a step is 0, and so is the gradient towards it; a mean of "
           "steps is one of n\n",
           name, (long long)inlet->shape.dim[0], gl_print_shape(&inlet->shape, shape));
}

static void add_inlets(gl_text *t, const gl_net *m) {
    gl_add(t, "%d layer%s (the input is layer 0 and is not counted); m samples are the columns of ",
           m->layers, gl_plural(m->layers));
    if (m->inlets == 1) gl_add(t, "X (%lld, m) = A0", (long long)m->inputs);
    for (int k = 0; k < m->inlets && m->inlets > 1; k++)
        gl_add(t, "%sX%d (%lld, m)", k ? ", " : "", k + 1, (long long)m->inlet[k].width);
    gl_add(t, "\n\nforward\n");
    for (int k = 0; k < m->inlets; k++) add_steps_of(t, m, k);
}

static void add_cost(const walk *w) {
    gl_text *t = w->t;
    const gl_net *m = w->m;
    gl_add(t, "  J = (1/m) sum over samples of ");
    for (const gl_head *h = m->head; h < m->head + m->heads; h++) {
        const gl_op *loss = gl_loss_of(m, h)->op;
        bool sums = !loss->classes && h->width > 1; /* of classes the true one alone has a term */
        bool parts = m->heads > 1 && strchr(loss->formula, ',');
        gl_add(t, "%s%s%s", h > m->head ? " + " : "", sums ? "sum over outputs of " : "",
               parts ? "(" : "");
        add_of_head(w, h, loss->formula);
        gl_add(t, "%s", parts ? ")" : "");
    }
    gl_add(t, "\n\nbackward (the 1/m is in the first line)\n");
}

static void write_all(walk *w) {
    gl_text *t = w->t;
    const gl_net *m = w->m;
    make_values(w);
    add_inlets(t, m);
    for (const gl_node *node = m->node; node < m->node + m->nodes; node++) add_forward(w, node);
    add_cost(w);
    for (const gl_node *node = m->node + m->nodes - 1; node >= m->node; node--)
        add_backward(w, node);
    gl_add(t, "\nupdate, for every l\n  W := W - lr dW      b := b - lr db      (sgd; the other "
              "optimizers change the step)\n");
    if (has(m, ".d")) gl_add(t, "  d := d - lr dd\n");
    if (has(m, ".p")) gl_add(t, "  p := p - lr dp\n");
    if (has(m, ".gamma")) gl_add(t, "  gamma := gamma - lr dgamma      beta := beta - lr dbeta\n");
}

static bool begin_walk(walk *w, gl_text *t, const gl_net *m) {
    *w = (walk){.t = t, .m = m};
    w->values = gl_alloc(m->g, m->inlets + m->nodes, sizeof *w->values);
    w->of = gl_alloc(m->g, m->inlets + m->nodes, sizeof *w->of);
    if (!w->of || !w->values) t->failed = true;
    return !t->failed;
}

static void end_walk(walk *w) {
    gl_free(w->m->g, w->of);
    gl_free(w->m->g, w->values);
}

char *gl_net_equations(const gl_net *m) {
    gl_text t = {.g = m->g};
    walk w;
    if (begin_walk(&w, &t, m)) write_all(&w);
    end_walk(&w);
    return gl_text_end(&t);
}

bool gl_net_symbols(const gl_net *m, gl_symbols *node) {
    gl_text t = {.g = m->g};
    walk w;
    if (begin_walk(&w, &t, m)) make_values(&w);
    for (int i = 0; i < m->nodes && !t.failed; i++) add_forward(&w, &m->node[i]);
    for (int i = 0; i < m->nodes && !t.failed; i++) {
        const value *v = value_at(&w, i);
        print(v->name, node[i].value);
        if (v->z.letter) print(v->z, node[i].z);
    }
    end_walk(&w);
    gl_free(m->g, gl_text_end(&t));
    return !t.failed;
}
