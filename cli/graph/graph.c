/*
 * graph.c: which nodes of a network make a block, and which blocks read which; the file.
 */
#include "graph.h"

#include <stdlib.h>
#include <string.h>

/* "Z1b" -> "Z[1]b": what has the number of a layer carries it above. */
static char *raised(const char *symbol) {
    size_t digits = strspn(symbol + 1, "0123456789");
    if (!strchr("ZA", symbol[0])) return copy_text(symbol);
    return format_text("%c[%.*s]%s", symbol[0], (int)digits, symbol + 1, symbol + 1 + digits);
}

char *node_symbol(const graph *g, int node) {
    if (node >= 0) return raised(g->node[node].symbol);
    return glia_model_input_ports(g->m) == 1 ? copy_text("A[0]") : format_text("X%d", -node);
}

const char *block_name(const graph *g, const block *b) {
    if (b->nodes) return g->node[b->first].name;
    static const char *const names[] = {"X1", "X2", "X3", "X4"};
    return glia_model_input_ports(g->m) == 1 ? "X" : names[b->first % 4];
}

static int readers(const graph *g, int node) {
    int n = 0;
    for (int i = 0; i < g->nodes; i++)
        for (int k = 0; k < g->node[i].reads; k++) n += g->node[i].read[k] == node;
    return n;
}

static bool opens_block(const graph *g, int i) {
    const glia_node *n = &g->node[i];
    bool alone = n->role == GLIA_LAYER || n->role == GLIA_JOIN || n->role == GLIA_LOSS;
    return alone || i == 0 || n->read[0] != i - 1 || readers(g, i - 1) > 1;
}

static int block_of(const graph *g, int node) {
    for (int b = 0; b < g->blocks; b++) {
        const block *k = &g->block[b];
        bool is_inlet = node < 0 && k->nodes == 0 && k->first == -1 - node;
        if (is_inlet || (node >= k->first && node < k->first + k->nodes)) return b;
    }
    return -1;
}

/* An inlet stands in front of the block that reads it first. */
static void add_inlets(graph *g, const glia_node *n) {
    for (int k = 0; k < n->reads; k++)
        if (n->read[k] < 0 && block_of(g, n->read[k]) < 0)
            g->block[g->blocks++] = (block){.first = -1 - n->read[k]};
}

static void add_reads(graph *g, block *b) {
    const glia_node *n = &g->node[b->first];
    for (int k = 0; k < n->reads && b->nodes; k++) {
        int from = block_of(g, n->read[k]);
        bool known = false;
        for (int i = 0; i < b->reads; i++) known = known || b->read[i] == from;
        if (known) continue;
        b->returns[b->reads] = n->read[k] >= 0 && g->node[n->read[k]].learns;
        b->symbol[b->reads] = node_symbol(g, n->read[k]);
        b->read[b->reads++] = from;
    }
}

bool graph_build(graph *g, const glia_model *m) {
    *g = (graph){.m = m, .nodes = glia_model_graph(m, NULL, 0)};
    if (g->nodes < 0) return false;
    size_t nodes = (size_t)g->nodes, most = nodes + (size_t)glia_model_input_ports(m);
    g->node = reserve(NULL, nodes * sizeof *g->node);
    g->block = reserve(NULL, most * sizeof *g->block);
    if (glia_model_graph(m, g->node, g->nodes) < 0) return false;
    for (int i = 0; i < g->nodes; i++) {
        add_inlets(g, &g->node[i]);
        if (opens_block(g, i)) g->block[g->blocks++] = (block){.first = i};
        g->block[g->blocks - 1].nodes++;
    }
    for (int b = 0; b < g->blocks; b++) add_reads(g, &g->block[b]);
    graph_write_lines(g);
    return true;
}

static void free_lines(graph_lines *l) {
    for (int i = 0; i < l->count; i++) free(l->line[i].text), free(l->line[i].shape);
    free(l->line);
}

void graph_free(graph *g) {
    for (block *b = g->block; b < g->block + g->blocks; b++) {
        for (int k = 0; k < b->reads; k++) free(b->symbol[k]);
        free_lines(&b->forward);
        free_lines(&b->backward);
        free(b->cache);
    }
    free(g->block);
    free(g->node);
}

/* ------------------------------------------------------------------------------------- files -- */

bool is_graph_name(const char *path) {
    if (ends_in(path, ".svg") || ends_in(path, ".dot")) return true;
    fail(GLIA_USAGE, "--graph: expected a name that ends in .svg or .dot, found '%s'", path);
    return false;
}

int write_graph(const cli *c, const glia_model *m, const char *path) {
    graph g = {0};
    output o;
    char *net = glia_model_text(m);
    bool built = net && graph_build(&g, m);
    int status = built ? GLIA_OK : failed(c);
    if (built && !output_open(&o, c, path)) status = GLIA_RESOURCE;
    if (!status) {
        if (ends_in(path, ".svg")) graph_print_svg(&g, net, o.f);
        else graph_print_dot(&g, o.f);
        status = output_close(&o);
    }
    graph_free(&g);
    glia_text_free(c->g, net);
    return status ? status : say_drawn(c, path);
}
