/*
 * graph.h: the computation graph of a network as blocks, as the course draws it: what goes forward
 * above, what comes back below, and between them what the one keeps for the other.
 */
#ifndef GRAPH_H
#define GRAPH_H

#include "../cli.h"

enum { GRAPH_COLUMNS = 32, MOST_READ = 4 }; /* letters of a line; longer ones are wrapped */

/* A name with the shape of its value, or (shape NULL) a formula. "Z[1]" is Z with 1 above. */
typedef struct graph_line {
    char *text, *shape;
} graph_line;

typedef struct graph_lines {
    graph_line *line;
    int count, room;
} graph_lines;

/* Nodes that stand in a row and are read by each other alone, or an inlet: it has no way back. */
typedef struct block {
    int first, nodes;        /* nodes 0: input port `first` */
    int read[MOST_READ];     /* blocks */
    char *symbol[MOST_READ]; /* of what is read there */
    bool returns[MOST_READ]; /* a gradient goes back to it */
    int reads;
    graph_lines forward, backward;
    char *cache; /* what is kept for the way back; "": nothing */
} block;

typedef struct graph {
    const glia_model *m;
    glia_node *node;
    int nodes;
    block *block;
    int blocks;
} graph;

/* False: memory is out, and the context says so. */
bool graph_build(graph *g, const glia_model *m);
void graph_free(graph *g);
const char *block_name(const graph *g, const block *b); /* of its first node */
/* The lines of each block. */
void graph_write_lines(graph *g);
char *node_symbol(const graph *g, int node); /* "A[1]"; of input port 0: node -1; for free */

void graph_print_svg(const graph *g, const char *net, FILE *f);
void graph_print_dot(const graph *g, FILE *f);

/* The picture of a model, as the extension says, or of glia show; the exit status. */
int write_graph(const cli *c, const glia_model *m, const char *path);
bool is_graph_name(const char *path); /* false: the error was printed */

#endif
