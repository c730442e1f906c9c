/*
 * dot.c: the graph in the language of Graphviz, which lays it out.
 */
#include <string.h>

#include "graph.h"

/* Of a text in double quotes; the last letters of each line say that it stands at the left. */
static void put_text(FILE *f, const char *text) {
    for (; *text; text++) {
        if (strchr("\"\\", *text)) putc('\\', f);
        putc(*text, f);
    }
}

static void put_block(FILE *f, char way, int b, const graph_lines *l) {
    fprintf(f, "  %c%d [class=\"%s\", label=\"", way, b, way == 'f' ? "forward" : "backward");
    for (int i = 0; i < l->count; i++) {
        put_text(f, l->line[i].text);
        if (l->line[i].shape) fprintf(f, "  "), put_text(f, l->line[i].shape);
        fputs("\\l", f);
    }
    fprintf(f, "\"%s];\n", way == 'f' ? "" : ", style=\"rounded,dashed\"");
}

static void put_edges(FILE *f, int to, const block *b) {
    for (int k = 0; k < b->reads; k++) {
        fprintf(f, "  f%d -> f%d [label=\"%s\"];\n", b->read[k], to, b->symbol[k]);
        /* Laid out as the way forward, and drawn against it. */
        if (b->returns[k])
            fprintf(f, "  b%d -> b%d [dir=back, style=dashed, label=\"d%s\"];\n", b->read[k], to,
                    b->symbol[k]);
    }
    if (*b->cache)
        fprintf(f, "  f%d -> b%d [style=dotted, constraint=false, label=\"cache %s\"];\n", to, to,
                b->cache);
    if (b->nodes) fprintf(f, "  {rank=same; f%d; b%d}\n", to, to);
}

void graph_print_dot(const graph *g, FILE *f) {
    fputs("digraph network {\n  rankdir=TB;\n  node [shape=box, style=rounded, "
          "fontname=\"monospace\", fontsize=11];\n  edge [fontname=\"monospace\", "
          "fontsize=11];\n",
          f);
    for (int b = 0; b < g->blocks; b++) {
        put_block(f, 'f', b, &g->block[b].forward);
        if (g->block[b].nodes) put_block(f, 'b', b, &g->block[b].backward);
    }
    for (int b = 0; b < g->blocks; b++) put_edges(f, b, &g->block[b]);
    fputs("}\n", f);
}
