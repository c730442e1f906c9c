/*
 * equations.c: the formulas of a network with its own shapes, as the textbook writes them: samples
 * are columns.
 *
 * Every value has a symbol: Z of layer l until an activation makes it A; S, M or C for what a join
 * gives. What is written over, as by dropout, keeps its symbol where nobody else reads it, else the
 * copy is called A1b.
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

#include <stdio.h>
#include <string.h>

typedef struct symbol {
    char letter; /* 'X' or 'A' of an inlet, 'Z', 'A', 'S', 'M', 'C' */
    int number;
    char copy[2];
} symbol;

typedef struct walk {
    gl_text *t;
    const gl_net *m;
    symbol *of;    /* [nodes] */
    bool *written; /* [nodes] the gradient towards its value was written already */
    int layers, joins;
} walk;

static symbol symbol_of(const walk *w, int from) {
    if (from >= 0) return w->of[from];
    return w->m->inlets > 1 ? (symbol){'X', -from, ""} : (symbol){'A', 0, ""};
}

static symbol first_symbol(const walk *w, const gl_node *node) {
    return symbol_of(w, node->from[0]);
}

static const char *print(symbol s, char buf[32]) {
    snprintf(buf, 32, "%c%d%s", s.letter, s.number, s.copy);
    return buf;
}

static bool is_copied(const walk *w, const gl_node *node) {
    int from = node->from[0];
    int readers = from >= 0 ? w->m->node[from].readers : w->m->inlet[-1 - from].readers;
    return readers > 1;
}

/* The lines of an op between layers: V stands for the value (Z or A), @ for its number, N for its
 * width. */
static void add_lines(const walk *w, const char *lines, symbol v, int64_t width) {
    gl_add(w->t, "  ");
    for (const char *c = lines; *c; c++) {
        if (*c == '@') gl_add(w->t, "%d%s", v.number, v.copy);
        else if (*c == 'V') gl_add(w->t, "%c", v.letter);
        else if (*c == 'N') gl_add(w->t, "%lld", (long long)width);
        else if (*c == '\n') gl_add(w->t, "\n  ");
        else gl_add(w->t, "%c", *c);
    }
    gl_add(w->t, "\n");
}

/* ----------------------------------------------------------------------------------- forward -- */

/* A = g(Z); act NULL: the identity, or what the loss applies. */
static void add_activation(const walk *w, symbol a, symbol z, const char *name, const gl_op *act) {
    char left[32], right[32];
    bool same = strcmp(print(a, left), print(z, right)) == 0;
    gl_add(w->t, "  %s %s %s(%s)", left, same ? ":=" : "=", name, right);
    if (act) gl_add(w->t, "      a = %s", act->formula);
    gl_add(w->t, "\n");
}

/* A layer or a loss reads an A: the Z that it is given passes through the identity, since
 * the textbook knows no layer without an activation (linear is one), and no Z that is
 * multiplied by a W. */
static symbol activated(const walk *w, const gl_node *node) {
    symbol s = first_symbol(w, node);
    if (s.letter != 'Z') return s;
    symbol a = {'A', s.number, ""};
    bool link = node->op->role == GL_LOSS && node->op->link;
    add_activation(w, a, s, link ? node->op->link : "linear", NULL);
    return a;
}

static symbol written_over(const walk *w, const gl_node *node) {
    symbol s = first_symbol(w, node);
    char old[32], new[32];
    if (!is_copied(w, node)) return s;
    print(s, old);
    s.copy[0] = 'b';
    gl_add(w->t, "  %s = %s\n", print(s, new), old);
    return s;
}

static void add_layer(walk *w, const gl_node *node) {
    long long n = (long long)node->width, k = (long long)node->in;
    char a[32];
    print(activated(w, node), a);
    int l = ++w->layers;
    w->of[node - w->m->node] = (symbol){'Z', l, ""};
    gl_add(w->t, "  Z%d = W%d %s + b%d      W%d (%lld, %lld)  b%d (%lld, 1)  Z%d (%lld, m)\n", l, l,
           a, l, l, n, k, l, n, l, n);
}

static void add_join(walk *w, const gl_node *node) {
    symbol s = {node->op->symbol, ++w->joins, ""};
    char text[32];
    w->of[node - w->m->node] = s;
    gl_add(w->t, "  %s = ", print(s, text));
    for (int i = 0; i < node->froms; i++)
        gl_add(w->t, "%s%s", i ? node->op->formula : "", print(symbol_of(w, node->from[i]), text));
    gl_add(w->t, "      (%lld, m)\n", (long long)node->width);
}

static void add_forward(walk *w, const gl_node *node) {
    const gl_op *op = node->op;
    symbol *s = &w->of[node - w->m->node];
    if (op->role == GL_LAYER) add_layer(w, node);
    if (op->role == GL_JOIN) add_join(w, node);
    if (op->role == GL_LOSS) *s = activated(w, node);
    if (op->role == GL_BETWEEN) {
        *s = op->forward ? written_over(w, node) : first_symbol(w, node);
        if (op->formula) add_lines(w, op->formula, *s, node->width);
    }
    if (op->role == GL_ACTIVATION) {
        symbol z = first_symbol(w, node);
        *s = z.letter == 'Z' ? (symbol){'A', z.number, ""} : written_over(w, node);
        add_activation(w, *s, z.letter == 'Z' ? z : *s, op->name, op);
    }
}

/* ---------------------------------------------------------------------------------- backward -- */

/* Whether this value or anything before it has parameters: else no gradient goes there, as none is
 * computed there: dA0 is of no use to anybody. */
static bool learns(const gl_net *m, int from) {
    if (from < 0) return false;
    const gl_node *node = &m->node[from];
    bool found = node->params > 0;
    for (int i = 0; i < node->froms && !found; i++) found = learns(m, node->from[i]);
    return found;
}

/* "dA1 =", or where another reader has written it before, "dA1 := dA1 +". */
static void begin_gradient(walk *w, int from, symbol s) {
    char text[32];
    print(s, text);
    if (w->written[from]) gl_add(w->t, "  d%s := d%s + ", text, text);
    else gl_add(w->t, "  d%s = ", text);
    w->written[from] = true;
}

static void add_slope(const walk *w, symbol z, symbol a, const char *slope) {
    char left[32], right[32];
    bool same = strcmp(print(z, left), print(a, right)) == 0;
    gl_add(w->t, "  d%s %s d%s * g'(%s)      g' = %s\n", left, same ? ":=" : "=", right, left,
           slope);
}

/* Through the identity that stood between a Z and what reads an A. */
static void through_identity(walk *w, const gl_node *node, bool was_linear) {
    symbol s = first_symbol(w, node);
    if (was_linear && s.letter == 'Z') add_slope(w, s, (symbol){'A', s.number, ""}, "1");
}

static void add_layer_backward(walk *w, const gl_node *node) {
    long long n = (long long)node->width, k = (long long)node->in;
    symbol s = first_symbol(w, node);
    char a[32];
    if (s.letter == 'Z') s.letter = 'A';
    print(s, a);
    int l = w->of[node - w->m->node].number;
    gl_add(w->t, "  dW%d = dZ%d %s'      (%lld, %lld)\n", l, l, a, n, k);
    gl_add(w->t, "  db%d = sum of dZ%d over samples      (%lld, 1)\n", l, l, n);
    if (!learns(w->m, node->from[0])) return;
    begin_gradient(w, node->from[0], s);
    gl_add(w->t, "W%d' dZ%d      (%lld, m)\n", l, l, k);
    through_identity(w, node, true);
}

static void add_join_backward(walk *w, const gl_node *node) {
    char own[32], other[32];
    print(w->of[node - w->m->node], own);
    for (int i = 0; i < node->froms; i++) {
        if (!learns(w->m, node->from[i])) continue;
        begin_gradient(w, node->from[i], symbol_of(w, node->from[i]));
        gl_add(w->t, "d%s", own);
        for (int j = 0; j < node->froms && node->op->symbol == 'M'; j++)
            if (j != i) gl_add(w->t, " * %s", print(symbol_of(w, node->from[j]), other));
        gl_add(w->t, "\n");
    }
}

static void add_loss_backward(walk *w, const gl_node *node) {
    const gl_op *op = node->op;
    symbol s = first_symbol(w, node);
    if (s.letter == 'Z' && !op->link) s.letter = 'A';
    begin_gradient(w, node->from[0], s);
    gl_add(w->t, "%s      (%lld, m)\n", op->slope, (long long)node->width);
    through_identity(w, node, !op->link);
}

/* A value that is written over has one gradient, unless it was a copy. */
static void add_copied(walk *w, const gl_node *node) {
    char text[32];
    int from = node->from[0];
    if (!is_copied(w, node)) return;
    begin_gradient(w, from, symbol_of(w, from));
    gl_add(w->t, "d%s\n", print(w->of[node - w->m->node], text));
}

static void add_backward(walk *w, const gl_node *node) {
    const gl_op *op = node->op;
    symbol s = w->of[node - w->m->node], z = first_symbol(w, node);
    if (!learns(w->m, (int)(node - w->m->node)) && op->role != GL_LOSS) return;
    if (op->role == GL_LOSS && !learns(w->m, node->from[0])) return;
    if (op->role == GL_LOSS) add_loss_backward(w, node);
    if (op->role == GL_LAYER) add_layer_backward(w, node);
    if (op->role == GL_JOIN) add_join_backward(w, node);
    if (op->role == GL_BETWEEN && op->slope) add_lines(w, op->slope, s, node->width);
    if (op->role == GL_ACTIVATION) add_slope(w, z.letter == 'Z' ? z : s, s, op->slope);
    bool over = op->role == GL_BETWEEN || (op->role == GL_ACTIVATION && z.letter != 'Z');
    if (over) add_copied(w, node);
}

/* ------------------------------------------------------------------------------------- both -- */

static bool has_gamma(const gl_net *m) {
    for (const gl_node *node = m->node; node < gl_loss_node(m); node++)
        if (node->op->role == GL_BETWEEN && node->params > 0) return true;
    return false;
}

static void add_inlets(gl_text *t, const gl_net *m) {
    gl_add(t, "%d layer%s (the input is layer 0 and is not counted); m samples are the columns of ",
           gl_net_layers(m), gl_net_layers(m) == 1 ? "" : "s");
    if (m->inlets == 1) gl_add(t, "X (%lld, m) = A0", (long long)m->inputs);
    for (int k = 0; k < m->inlets && m->inlets > 1; k++)
        gl_add(t, "%sX%d (%lld, m)", k ? ", " : "", k + 1, (long long)m->inlet[k].width);
    gl_add(t, "\n\nforward\n");
}

static void add_cost(gl_text *t, const gl_net *m) {
    gl_add(t, "  J = (1/m) sum over samples of ");
    for (const gl_head *h = m->head; h < m->head + m->heads; h++) {
        const gl_op *loss = gl_loss_of(m, h)->op;
        bool sums = !loss->classes && h->width > 1; /* of classes the true one alone has a term */
        gl_add(t, "%s%s%s", h > m->head ? " + " : "", sums ? "sum over outputs of " : "",
               loss->formula);
    }
    gl_add(t, "\n\nbackward (the 1/m is in the first line)\n");
}

static void write_all(walk *w) {
    gl_text *t = w->t;
    const gl_net *m = w->m;
    add_inlets(t, m);
    for (const gl_node *node = m->node; node < m->node + m->nodes; node++) add_forward(w, node);
    add_cost(t, m);
    for (const gl_node *node = m->node + m->nodes - 1; node >= m->node; node--)
        add_backward(w, node);
    gl_add(t, "\nupdate, for every l\n  W := W - lr dW      b := b - lr db      (sgd; the other "
              "optimizers change the step)\n");
    if (has_gamma(m)) gl_add(t, "  gamma := gamma - lr dgamma      beta := beta - lr dbeta\n");
}

char *gl_net_equations(const gl_net *m) {
    gl_text t = {.g = m->g};
    walk w = {.t = &t, .m = m};
    w.of = gl_alloc(m->g, m->nodes, sizeof *w.of);
    w.written = gl_alloc(m->g, m->nodes, sizeof *w.written);
    if (w.of && w.written) write_all(&w);
    else t.failed = true;
    gl_free(m->g, w.of);
    gl_free(m->g, w.written);
    return gl_text_end(&t);
}
