/*
 * lines.c: what stands in the blocks: the formulas that `glia show --equations` prints, shorter.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "graph.h"

/* ------------------------------------------------------------------------------------- lines -- */

static void put(graph_lines *l, char *text, char *shape) {
    if (l->count == l->room) {
        l->room = l->room ? 2 * l->room : 8;
        l->line = reserve(l->line, (size_t)l->room * sizeof *l->line);
    }
    l->line[l->count++] = (graph_line){text, shape};
}

/* How many letters of a text, longer than a line, stand in its first one. */
static int break_at(const char *text, int most) {
    int n = (int)strlen(text);
    if (n <= most) return n;
    for (n = most; n > most / 2 && text[n] != ' '; n--) {
    }
    return text[n] == ' ' ? n : most;
}

/* A formula; what does not fit goes on in the next line, indented. */
static void add(graph_lines *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(graph_lines *l, const char *format, ...) {
    char text[512];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    int indent = 0;
    for (const char *rest = text; *rest; indent = 4) {
        int n = break_at(rest, GRAPH_COLUMNS - indent);
        put(l, format_text("%*s%.*s", indent, "", n, rest), NULL);
        rest += n + (rest[n] == ' ');
    }
}

static char *shape_of(int ndim, const int64_t *dim) {
    char *shape = format_text("(");
    for (int i = 0; i < ndim; i++) {
        char *longer = format_text("%s%s%lld", shape, i ? "x" : "", (long long)dim[i]);
        free(shape);
        shape = longer;
    }
    char *all = format_text("%s, m)", shape);
    free(shape);
    return all;
}

static void add_name(graph_lines *l, const glia_node *n) {
    put(l, copy_text(n->name), shape_of(n->ndim, n->dim));
}

/* ------------------------------------------------------------------------------------- names -- */

/* "2" of "Z2": the number that W and b of a layer have. */
static const char *number_of(const glia_node *n) { return (*n->z ? n->z : n->symbol) + 1; }

/* What the picture calls a parameter: "W[2]", "gamma"; for free. */
static char *param_symbol(const graph *g, const glia_node *n, int k) {
    const char *name = strrchr(glia_model_param_name(g->m, n->param + k), '.') + 1;
    if (n->role != GLIA_LAYER) return copy_text(name);
    return format_text("%s[%s]", strcmp(name, "w") == 0 ? "W" : name, number_of(n));
}

/* In one line where they fit; before: "" or "d". */
static void add_params(const graph *g, graph_lines *l, const glia_node *n, const char *before) {
    char *all = copy_text("");
    for (int k = 0; k < n->params; k++) {
        glia_tensor t = glia_model_param(g->m, n->param + k);
        char *name = param_symbol(g, n, k);
        char *one = format_text("%s%s (%lld, %lld)", before, name, (long long)t.dim[0],
                                (long long)t.dim[1]);
        bool fits = strlen(all) + 2 + strlen(one) <= GRAPH_COLUMNS;
        if (!fits) add(l, "%s", all);
        char *longer = format_text("%s%s%s", fits ? all : "", fits && k ? "  " : "", one);
        free(name);
        free(one);
        free(all);
        all = longer;
    }
    add(l, "%s", all);
    free(all);
}

static bool looks_up(const glia_node *n) { return strcmp(n->op, "embedding") == 0; }

static char *joined(const graph *g, const glia_node *n, int without, const char *between) {
    char *all = copy_text("");
    for (int k = 0; k < n->reads; k++) {
        if (k == without) continue;
        char *one = node_symbol(g, n->read[k]);
        char *longer = format_text("%s%s%s", all, *all ? between : "", one);
        free(all);
        free(one);
        all = longer;
    }
    return all;
}

/* ----------------------------------------------------------------------------------- forward -- */

static int count_losses(const graph *g) {
    int losses = 0;
    for (int i = 0; i < g->nodes; i++) losses += g->node[i].role == GLIA_LOSS;
    return losses;
}

static void forward(const graph *g, graph_lines *l, int i) {
    const glia_node *n = &g->node[i];
    const char *number = number_of(n);
    char *own = node_symbol(g, i), *read = node_symbol(g, n->read[0]);
    const char *sign = strcmp(own, read) == 0 ? ":=" : "=";
    add_name(l, n);
    if (looks_up(n)) {
        add(l, "%s = the rows of W[%s] numbered %s", own, number, read);
    } else if (n->role == GLIA_LAYER) {
        add(l, "Z[%s] = W[%s] %s + b[%s]", number, number, read, number);
        if (*n->z) add(l, "%s = Z[%s]", own, number);
    } else if (n->role == GLIA_JOIN) {
        char *all = joined(g, n, -1, n->formula);
        add(l, "%s = %s", own, all);
        free(all);
    } else if (n->role == GLIA_LOSS) {
        if (n->link) add(l, "%s %s %s(%s)", own, sign, n->link, read);
        add(l, "loss = %s", n->formula);
        if (count_losses(g) > 1) add(l, "J = sum over the outputs of their mean losses");
        else add(l, "J = mean loss of the m samples");
    } else add(l, "%s %s %s(%s)", own, sign, n->op, read);
    if (n->role == GLIA_ACTIVATION) add(l, "a = %s", n->formula);
    add_params(g, l, n, "");
    free(own);
    free(read);
}

/* ---------------------------------------------------------------------------------- backward -- */

/* "dA[1] =", for the next reader of A[1] "dA[1] +="; ":=" where the gradient that it comes from
 * stands in the same place. */
static void give_back(const graph *g, graph_lines *l, bool *written, int node, int by,
                      const char *what) {
    if (node < 0 || !g->node[node].learns) return;
    char *to = node_symbol(g, node), *from = node_symbol(g, by);
    bool same = g->node[by].role != GLIA_LOSS && strcmp(to, from) == 0;
    add(l, "d%s %s %s", to, written[node] ? "+=" : same ? ":=" : "=", what);
    written[node] = true;
    free(to);
    free(from);
}

static void join_backward(const graph *g, graph_lines *l, bool *written, int i) {
    const glia_node *n = &g->node[i];
    for (int k = 0; k < n->reads; k++) {
        char *others = joined(g, n, k, " * "), *text;
        if (*n->symbol == 'C') text = format_text("its rows of d%s", n->symbol);
        else if (*n->symbol == 'M') text = format_text("d%s * %s", n->symbol, others);
        else text = format_text("d%s", n->symbol);
        give_back(g, l, written, n->read[k], i, text);
        free(text);
        free(others);
    }
}

static void layer_backward(const graph *g, graph_lines *l, bool *written, int i) {
    const glia_node *n = &g->node[i];
    const char *number = number_of(n);
    char *own = node_symbol(g, i), *read = node_symbol(g, n->read[0]);
    char *text = format_text("W[%s]' dZ[%s]", number, number);
    if (looks_up(n)) {
        add(l, "dW[%s] = sums of d%s by the numbers %s", number, own, read);
        free(text), free(read), free(own);
        return;
    }
    if (*n->z) add(l, "dZ[%s] = d%s", number, own);
    add(l, "dW[%s] = dZ[%s] %s'", number, number, read);
    add(l, "db[%s] = sum of dZ[%s] over m", number, number);
    give_back(g, l, written, n->read[0], i, text);
    free(text);
    free(read);
    free(own);
}

static void update(const graph *g, graph_lines *l, const glia_node *n) {
    if (n->params) add_params(g, l, n, "d");
    for (int k = 0; k < n->params; k++) {
        char *name = param_symbol(g, n, k);
        add(l, "%s := %s - lr d%s", name, name, name);
        free(name);
    }
}

static void backward(const graph *g, graph_lines *l, bool *written, int i) {
    const glia_node *n = &g->node[i];
    char *own = node_symbol(g, i), *read = node_symbol(g, n->read[0]), *text;
    add_name(l, n);
    if (!n->learns) add(l, "no gradient: nothing here learns");
    else if (n->role == GLIA_LAYER) layer_backward(g, l, written, i);
    else if (n->role == GLIA_JOIN) join_backward(g, l, written, i);
    else {
        if (n->role == GLIA_LOSS) text = copy_text(n->slope);
        else if (n->role == GLIA_ACTIVATION) text = format_text("d%s * g'(%s)", own, read);
        else text = format_text("d%s back through %s", own, n->op);
        give_back(g, l, written, n->read[0], i, text);
        if (n->role == GLIA_ACTIVATION) add(l, "g' = %s", n->slope);
        free(text);
    }
    update(g, l, n);
    free(own);
    free(read);
}

/* ------------------------------------------------------------------------------------- cache -- */

/* What the way back of node i reads, beside the gradient. */
static char *kept(const graph *g, int i) {
    const glia_node *n = &g->node[i];
    char *read = node_symbol(g, n->read[0]), *own = node_symbol(g, i), *text;
    if (!n->learns) text = copy_text("");
    else if (looks_up(n)) text = copy_text(read);
    else if (n->role == GLIA_LAYER) text = format_text("%s, W[%s]", read, number_of(n));
    else if (n->role == GLIA_ACTIVATION) text = copy_text(read);
    else if (n->role == GLIA_LOSS) text = format_text("%s, Y", own);
    else if (n->role == GLIA_JOIN && *n->symbol == 'M') text = joined(g, n, -1, ", ");
    else text = copy_text(n->role == GLIA_BETWEEN && n->computes ? n->name : "");
    free(read);
    free(own);
    return text;
}

static void write_cache(const graph *g, block *b) {
    b->cache = copy_text("");
    for (int i = b->first + b->nodes - 1; i >= b->first && b->nodes; i--) {
        char *more = kept(g, i);
        char *all = format_text("%s%s%s", b->cache, *b->cache && *more ? ", " : "", more);
        free(more);
        free(b->cache);
        b->cache = all;
    }
}

static void write_inlet(const graph *g, block *b) {
    glia_port p = glia_model_input_port(g->m, b->first);
    char *own = node_symbol(g, -1 - b->first);
    int64_t values = 1;
    for (int i = 0; i < p.ndim; i++) values *= p.dim[i];
    put(&b->forward, copy_text(block_name(g, b)), shape_of(p.ndim, p.dim));
    if (strcmp(own, block_name(g, b)) != 0) add(&b->forward, "%s = X", own);
    add(&b->forward, "m samples, one in each column");
    if (p.columns > values) add(&b->forward, "of n steps, as their first row says");
    free(own);
}

void graph_write_lines(graph *g) {
    bool *written = reserve(NULL, (size_t)g->nodes + 1);
    memset(written, 0, (size_t)g->nodes + 1);
    for (block *b = g->block; b < g->block + g->blocks; b++) {
        for (int i = b->first; i < b->first + b->nodes; i++) forward(g, &b->forward, i);
        if (!b->nodes) write_inlet(g, b);
        write_cache(g, b);
    }
    for (block *b = g->block + g->blocks - 1; b >= g->block; b--)
        for (int i = b->first + b->nodes - 1; i >= b->first && b->nodes; i--)
            backward(g, &b->backward, written, i);
    free(written);
}
