/*
 * picture.c: the graph as SVG. Blocks stand in bands, as many side by side as a page is wide:
 *
 *      lanes of what skips blocks        .--------------.
 *      forward, to the right       X --> fc1 --> fc2 --> add --> loss   down to the next band
 *      what is kept                       :       :               :
 *      backward, to the left             fc1 <-- fc2 <-- add <-- loss   up from the next band
 *      lanes of their gradients          '--------------'
 *
 * An edge that skips blocks and ends in another band is cut: both ends say where the other is.
 */
#include <stdlib.h>
#include <string.h>

#include "../report/svg.h"
#include "graph.h"

/* In pixels. A letter of a monospaced font of LINE's size is 0.602 of it in DejaVu, Menlo and
 * Consolas: 7 at most. */
enum {
    LETTER = 7,
    LINE = 17,
    PAD = 10,  /* within a block */
    ROOM = 62, /* between two blocks: an arrow with "dA[50]" */
    EDGE = 48, /* left of a band: the lines to other bands */
    SIDE = 78, /* right of it: these, and what they carry */
    KEPT = 52, /* between forward and backward */
    LANE = 26,
    GAP = 64, /* between bands */
    HEAD = 74,
    PAGE = 1600, /* as wide as it gets */
    MOST_LANES = 5
};

typedef struct arc { /* an edge that skips blocks, or one end of it */
    int from, to;    /* blocks */
    int read;        /* which of block to's */
    int lane;
    bool out, in; /* begins, ends in this band */
} arc;

typedef struct band {
    int first, count; /* blocks */
    arc *arc;
    int arcs, lanes;
    int top, forward, backward; /* y of the band, and of its two rows */
    int heights[2], bottom;
} band;

typedef struct picture {
    const graph *g;
    FILE *f;
    int width, columns, block_width;
    band *band;
    int bands;
} picture;

/* ------------------------------------------------------------------------------------- text -- */

/* "W[1] (8, 4)" with the 1 above. */
static void put_raised(FILE *f, const char *text) {
    while (*text) {
        const char *open = strchr(text, '[');
        size_t digits = open ? strspn(open + 1, "0123456789") : 0;
        bool is_number = digits && open[1 + digits] == ']';
        size_t plain = is_number ? (size_t)(open - text) : strlen(text);
        char *piece = format_text("%.*s", (int)plain, text);
        html_text(f, piece);
        free(piece);
        text += plain;
        if (!is_number) break;
        fprintf(f, "<tspan class=\"up\" dy=\"-4\">[%.*s]</tspan>", (int)digits, open + 1);
        text += digits + 2;
        /* An empty piece would not move what follows it. */
        if (!*text) break;
        fprintf(f, "<tspan dy=\"4\">%s%c</tspan>",
                *text == '&'   ? "&amp"
                : *text == '<' ? "&lt"
                : *text == '>' ? "&gt"
                               : "",
                strchr("&<>", *text) ? ';' : *text);
        text++;
    }
}

static void put_text(FILE *f, const char *class, int x, int y, const char *text) {
    fprintf(f, "<text class=\"%s\" x=\"%d\" y=\"%d\">", class, x, y);
    put_raised(f, text);
    fputs("</text>\n", f);
}

/* ------------------------------------------------------------------------------------ places -- */

static int longest(const graph_lines *l) {
    int most = 0;
    for (int i = 0; i < l->count; i++) {
        const char *shape = l->line[i].shape;
        int n = (int)strlen(l->line[i].text) + (shape ? (int)strlen(shape) + 2 : 0);
        most = n > most ? n : most;
    }
    return most;
}

static int height_of(const graph_lines *l) { return l->count * LINE + 2 * PAD - 4; }

static int left_of(const picture *p, const band *d, int number) {
    return EDGE + (number - d->first) * (p->block_width + ROOM);
}

static bool is_in(const band *d, int number) {
    return number >= d->first && number < d->first + d->count;
}

/* Twice the column, one more right of its middle: where an arc's line and words are. */
static int begins(const band *d, const arc *a) {
    return a->out ? 2 * (a->from - d->first) + 1 : 2 * (a->to - d->first);
}
static int ends(const band *d, const arc *a) {
    return a->in && a->out ? 2 * (a->to - d->first) : begins(d, a) + 1;
}

/* The lowest lane in which nothing is where it is. */
static void place_arc(band *d, arc a) {
    for (int i = 0; i < d->arcs;) {
        const arc *b = &d->arc[i++];
        bool meet = b->lane == a.lane && begins(d, b) <= ends(d, &a) && begins(d, &a) <= ends(d, b);
        if (meet) a.lane++, i = 0;
    }
    if (a.lane >= d->lanes) d->lanes = a.lane + 1;
    d->arc[d->arcs++] = a;
}

static void place_arcs(const graph *g, band *d) {
    d->arc = reserve(NULL, (size_t)(g->blocks * MOST_READ + 1) * sizeof *d->arc);
    for (int to = 0; to < g->blocks; to++)
        for (int k = 0; k < g->block[to].reads; k++) {
            arc a = {.from = g->block[to].read[k], .to = to, .read = k};
            a.out = is_in(d, a.from), a.in = is_in(d, to);
            if (a.from != to - 1 && (a.out || a.in)) place_arc(d, a);
        }
}

static void place_band(const picture *p, band *d, int top) {
    for (int b = d->first; b < d->first + d->count; b++) {
        int f = height_of(&p->g->block[b].forward), h = height_of(&p->g->block[b].backward);
        d->heights[0] = f > d->heights[0] ? f : d->heights[0];
        d->heights[1] = h > d->heights[1] ? h : d->heights[1];
    }
    place_arcs(p->g, d);
    d->top = top;
    d->forward = top + d->lanes * LANE;
    d->backward = d->forward + d->heights[0] + KEPT;
    d->bottom = d->backward + d->heights[1] + d->lanes * LANE;
}

static void place(picture *p) {
    int most = 26;
    for (const block *b = p->g->block; b < p->g->block + p->g->blocks; b++) {
        int one = longest(&b->forward), other = longest(&b->backward);
        most = one > most ? one : most;
        most = other > most ? other : most;
    }
    p->block_width = most * LETTER + 2 * PAD;
    int columns = (PAGE - EDGE - SIDE + ROOM) / (p->block_width + ROOM);
    p->bands = (p->g->blocks + columns - 1) / columns;
    p->columns = (p->g->blocks + p->bands - 1) / p->bands; /* bands are about as long */
    p->width = EDGE + SIDE + p->columns * (p->block_width + ROOM) - ROOM;
    p->band = reserve(NULL, (size_t)p->bands * sizeof *p->band);
    for (int i = 0, top = HEAD; i < p->bands; top = p->band[i++].bottom + GAP) {
        int first = i * p->columns, rest = p->g->blocks - first;
        p->band[i] = (band){.first = first, .count = rest < p->columns ? rest : p->columns};
        place_band(p, &p->band[i], top);
    }
}

/* ------------------------------------------------------------------------------------ blocks -- */

static void put_lines(const picture *p, const char *class, int x, int y, int height,
                      const graph_lines *l) {
    fprintf(p->f, "<g class=\"%s\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"7\"/>\n",
            class, x, y, p->block_width, height);
    for (int i = 0; i < l->count; i++) {
        int at = y + PAD + LINE * i + 11;
        put_text(p->f, l->line[i].shape ? "name" : "", x + PAD, at, l->line[i].text);
        if (l->line[i].shape)
            put_text(p->f, "shape", x + p->block_width - PAD, at, l->line[i].shape);
    }
    fputs("</g>\n", p->f);
}

/* The first two lines of a cache that is longer than its block is wide. */
static void put_kept(const picture *p, const band *d, int x, const char *kept) {
    int y = d->forward + d->heights[0], most = (p->block_width - 30) / LETTER;
    char *text = format_text("cache %s", kept);
    int n = (int)strlen(text), lines = n > most ? 2 : 1;
    if (lines == 2)
        for (n = most; n > 6 && text[n] != ' '; n--) {
        }
    char *first = format_text("%.*s", n, text);
    fprintf(p->f, "<path class=\"kept\" d=\"M%d %dV%d\"/>\n", x + 14, y, y + KEPT - 2);
    put_text(p->f, "", x + 24, y + KEPT / 2 + (lines == 2 ? -3 : 4), first);
    if (lines == 2) put_text(p->f, "", x + 24, y + KEPT / 2 + 13, text + n + 1);
    free(first);
    free(text);
}

static void put_block(const picture *p, const band *d, int number) {
    const block *b = &p->g->block[number];
    int x = left_of(p, d, number);
    put_lines(p, "forward", x, d->forward, d->heights[0], &b->forward);
    if (!b->nodes) return;
    put_lines(p, "backward", x, d->backward, d->heights[1], &b->backward);
    if (*b->cache) put_kept(p, d, x, b->cache);
}

/* ------------------------------------------------------------------------------------- edges -- */

/* To the block right of it, or to the first one of the next band and back. */
static void put_step(const picture *p, const band *d, int number, int read) {
    const block *b = &p->g->block[number];
    int x = left_of(p, d, number), f = d->forward + 18, back = d->backward + 18;
    const char *symbol = b->symbol[read];
    bool first = number == d->first;
    char *slope = format_text("d%s", symbol);
    int length = first ? 16 : ROOM, end = p->width - SIDE;
    if (first) {
        const band *up = d - 1;
        int one = up->bottom + GAP / 2 - 8, other = one + 16;
        fprintf(p->f, "<path class=\"way\" d=\"M%d %dH%dV%dH%dV%dH%d\"/>\n", end, up->forward + 18,
                end + 64, other, x - 18, f, x - 2);
        if (b->returns[read])
            fprintf(p->f, "<path class=\"back\" d=\"M%d %dH%dV%dH%dV%dH%d\"/>\n", x, back, x - 34,
                    one, end + 48, up->backward + 18, end + 2);
    } else {
        fprintf(p->f, "<path class=\"way\" d=\"M%d %dH%d\"/>\n", x - length, f, x - 2);
        if (b->returns[read])
            fprintf(p->f, "<path class=\"back\" d=\"M%d %dH%d\"/>\n", x, back, x - length + 2);
    }
    int at = first ? end + 2 : x - ROOM / 2, y = first ? d[-1].forward + 18 : f;
    int below = first ? d[-1].backward + 18 : back;
    put_text(p->f, first ? "" : "mid", at, y - 7, symbol);
    if (b->returns[read]) put_text(p->f, first ? "" : "mid", at, below - 7, slope);
    free(slope);
}

/* One way of an arc: from its beginning to its end through y, or a stub at one of them. */
static void put_way(const picture *p, const band *d, const arc *a, int row, int y,
                    const char *symbol) {
    bool back = row != d->forward;
    int shift = 12 * (a->lane % MOST_LANES), w = p->block_width;
    int from = left_of(p, d, a->from) + w * 3 / 4 - shift;
    int to = left_of(p, d, a->to) + w / 4 - shift;
    int tip = back ? row + 2 : row - 2;
    const char *other = block_name(p->g, &p->g->block[a->out ? a->to : a->from]);
    fprintf(p->f, "<path class=\"%s\" d=\"", back ? "back" : "way");
    if (a->out && a->in && back) fprintf(p->f, "M%d %dV%dH%dV%d", to, row, y, from, tip);
    else if (a->out && a->in) fprintf(p->f, "M%d %dV%dH%dV%d", from, row, y, to, tip);
    else if (a->out == back) fprintf(p->f, "M%d %dV%d", a->out ? from : to, y, tip);
    else fprintf(p->f, "M%d %dV%d", a->out ? from : to, row, y + (back ? -2 : 2));
    fputs("\"/>\n", p->f);
    char *text = a->out && a->in ? format_text("%s%s", back ? "d" : "", symbol)
                                 : format_text("%s%s %s %s", back ? "d" : "", symbol,
                                               a->out == back ? "from" : "to", other);
    int x = a->out ? from : to;
    bool fits = x + 7 + LETTER * (int)strlen(text) < p->width;
    put_text(p->f, fits ? "" : "end", fits ? x + 7 : x - 7, y + (back ? -4 : 14), text);
    free(text);
}

static void put_arc(const picture *p, const band *d, const arc *a) {
    const block *b = &p->g->block[a->to];
    int away = (a->lane + 1) * LANE - 6, below = d->backward + d->heights[1];
    put_way(p, d, a, d->forward, d->forward - away, b->symbol[a->read]);
    if (b->returns[a->read]) put_way(p, d, a, below, below + away, b->symbol[a->read]);
}

static void put_band(const picture *p, const band *d) {
    for (int b = d->first; b < d->first + d->count; b++) {
        put_block(p, d, b);
        for (int k = 0; k < p->g->block[b].reads; k++)
            if (p->g->block[b].read[k] == b - 1) put_step(p, d, b, k);
    }
    for (int i = 0; i < d->arcs; i++) put_arc(p, d, &d->arc[i]);
}

/* -------------------------------------------------------------------------------------- page -- */

static const char style[] =
    "<style>\n"
    "svg { color-scheme: light dark; --paper: #fcfcfb; --card: #fff; --ink: #1d2129;\n"
    "  --soft: #5d6673; --go: #1f6feb; --come: #b4540a; background: var(--paper) }\n"
    "@media (prefers-color-scheme: dark) { svg { --paper: #14171c; --card: #1b1f26;\n"
    "  --ink: #e6e9ee; --soft: #98a2b1; --go: #6cb0ff; --come: #ffb05c } }\n"
    "@media print { svg { --paper: #fff; --card: #fff; --ink: #000; --soft: #000; --go: #000;\n"
    "  --come: #000; width: 100%; height: auto } }\n"
    "text { font: 11.5px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;\n"
    "  fill: var(--ink); white-space: pre }\n"
    ".up { font-size: 8.5px }\n"
    ".name, .title { font-weight: bold }\n"
    ".title { font-size: 15px }\n"
    ".shape { text-anchor: end; fill: var(--soft) }\n"
    ".end { text-anchor: end }\n"
    ".mid { text-anchor: middle }\n"
    "rect { fill: var(--card); stroke-width: 1.5 }\n"
    ".forward rect { stroke: var(--go) }\n"
    ".backward rect { stroke: var(--come); stroke-dasharray: 6 3 }\n"
    ".way, .back, .kept { fill: none; stroke-width: 1.5 }\n"
    ".way { stroke: var(--go); marker-end: url(#go) }\n"
    ".back { stroke: var(--come); stroke-dasharray: 6 3; marker-end: url(#come) }\n"
    ".kept { stroke: var(--soft); stroke-dasharray: 2 3; marker-end: url(#keep) }\n"
    "</style>\n";

static void put_marker(FILE *f, const char *id, const char *colour) {
    fprintf(f,
            "<marker id=\"%s\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" "
            "markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">"
            "<path d=\"M0 0L8 4L0 8z\" fill=\"var(--%s)\"/></marker>\n",
            id, colour);
}

static void put_head(const picture *p, const char *net, int height) {
    FILE *f = p->f;
    int layers = glia_model_layers(p->g->m);
    fprintf(f,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
            "height=\"%d\" role=\"img\" aria-labelledby=\"title desc\">\n"
            "<title id=\"title\">Computation graph, %d layer%s</title>\n<desc id=\"desc\">",
            p->width, height, p->width, height, layers, plural(layers));
    html_text(f, net);
    fputs(". Blocks of the forward pass stand above those of the backward pass, which goes from "
          "the loss back; dotted arrows are what the one keeps for the other.</desc>\n",
          f);
    fputs(style, f);
    fputs("<defs>\n", f);
    put_marker(f, "go", "go");
    put_marker(f, "come", "come");
    put_marker(f, "keep", "soft");
    fputs("</defs>\n", f);
}

/* What the three kinds of arrows mean. */
static void put_legend(const picture *p) {
    static const char *const kinds[] = {"way", "back", "kept"};
    static const char *const words[] = {"forward", "backward", "cache"};
    put_text(p->f, "title", EDGE, 30, "Computation graph");
    for (int i = 0; i < 3; i++) {
        int x = EDGE + i * 122;
        fprintf(p->f, "<path class=\"%s\" d=\"M%d 50H%d\"/>\n", kinds[i], x, x + 34);
        put_text(p->f, "", x + 42, 54, words[i]);
    }
}

void graph_print_svg(const graph *g, const char *net, FILE *f) {
    picture p = {.g = g, .f = f};
    place(&p);
    put_head(&p, net, p.band[p.bands - 1].bottom + 24);
    put_legend(&p);
    for (int i = 0; i < p.bands; i++) put_band(&p, &p.band[i]);
    fputs("</svg>\n", f);
    for (int i = 0; i < p.bands; i++) free(p.band[i].arc);
    free(p.band);
}
