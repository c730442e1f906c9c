/*
 * html.c: an explanation as one page: no script, nothing from the network, light and dark.
 */
#include <stdlib.h>
#include <string.h>

#include "../report/parts.h"
#include "explain.h"

static const char math_style[] =
    ".math { font: italic 1.05rem/1.6 'STIX Two Math',Cambria,'Times New Roman',serif }\n"
    ".math b { font-weight: 400; font-style: normal }\n"
    ".math sup, .math sub { font-size: .72em; line-height: 0; font-style: normal }\n"
    "th .math { font-size: .95rem }\n"
    "h2 { margin: 2rem 0 0 }\n"
    "h3 { font-weight: 400; margin: 1.3rem 0 .4rem }\n"
    "h3 small { color: var(--soft); font-size: .8rem; margin-left: .8rem }\n"
    "table { width: auto; min-width: 50% }\n"
    /* tables stand on the page itself */
    "main { --card: var(--paper); container-type: inline-size }\n"
    "main > header { padding-left: 0 }\n";

static const markup html_markup = {.raised = {"<sup>", "</sup>"},
                                   .lowered = {"<sub>", "</sub>"},
                                   .word = {"<b>", "</b>"},
                                   .transposed = "⊤",
                                   .times = "∗",
                                   .sum = "Σ",
                                   .gap = "",
                                   .letter = {[GAMMA] = "γ", [BETA] = "β", [YHAT] = "ŷ"},
                                   .put = html_text};

static void begin(const explaining *e) {
    char *name = stem_of(glia_table_source(e->table));
    fprintf(e->f,
            "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>",
            language_code(e->language));
    html_text(e->f, name);
    fprintf(e->f, " · glia explain</title>\n<style>\n%s%s", report_style, math_style);
    width_rules(e->f);
    fputs("</style>\n</head>\n<body>\n<main>\n", e->f);
    fprintf(e->f, "<header><p class=\"kicker\">glia explain</p>\n<h1><bdi>");
    html_text(e->f, name);
    fputs("</bdi></h1></header>\n", e->f);
    free(name);
}

static void put_fact(const explaining *e, const char *name, const char *text) {
    fputs("<p class=\"note\">", e->f);
    html_text(e->f, name);
    fputs(": ", e->f);
    html_text(e->f, text);
    fputs("</p>\n", e->f);
}

static void put_part(const explaining *e, const char *title) {
    fputs("<h2>", e->f);
    html_text(e->f, title);
    fputs("</h2>\n", e->f);
}

static void put_formula(const explaining *e, const char *formula, int64_t units, int64_t columns) {
    fputs("<h3><span class=\"math\">", e->f);
    put_math(e->f, formula, &html_markup);
    fputs("</span>", e->f);
    if (units) fprintf(e->f, " <small>(%lld, %lld)</small>", (long long)units, (long long)columns);
    fputs("</h3>\n", e->f);
}

static void set_cell(const explaining *e, const grid *g, int i, int columns) {
    bool heading = i < columns, text = g->align[i % columns] == 'l';
    fprintf(e->f, "<t%c%s>", heading ? 'h' : 'd', text ? " class=\"text\"" : "");
    if (heading && *g->cell[i] != ' ') {
        fputs("<span class=\"math\">", e->f);
        put_math(e->f, g->cell[i], &html_markup);
        fputs("</span>", e->f);
    } else {
        fputs("<bdi>", e->f);
        html_text(e->f, g->cell[i]);
        fputs("</bdi>", e->f);
    }
    fprintf(e->f, "</t%c>", heading ? 'h' : 'd');
}

/* No cell is broken. */
static double table_width(const grid *g, int columns) {
    double all = 0;
    for (int j = 0; j < columns; j++) {
        int widest = 0;
        for (int i = j; i < g->cells; i += columns)
            if (text_width(g->cell[i]) > widest) widest = text_width(g->cell[i]);
        all += DIGIT_WIDTH * widest + CELL_PADDING;
    }
    return all;
}

static void put_table(const explaining *e, grid *g) {
    int columns = (int)strlen(g->align);
    say_scrolls(e->f, e->language, table_width(g, columns));
    fprintf(e->f, "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"%s\"><table>\n",
            words_of(e, SAY_explain_numbers));
    for (int i = 0; i < g->cells; i++) {
        if (i % columns == 0) fputs("<tr>", e->f);
        set_cell(e, g, i, columns);
        if ((i + 1) % columns == 0) fputs("</tr>\n", e->f);
    }
    fputs("</table></div>\n", e->f);
    grid_free(g);
}

static void put_remark(const explaining *e, const char *text) {
    fputs("<p class=\"note\">", e->f);
    html_text(e->f, text);
    fputs("</p>\n", e->f);
}

/* So many that the page still begins with numbers. */
enum { MOST_PICTURES = 4 };

static void put_pictures(const explaining *e) {
    page p = {.f = e->f, .c = e->c, .lang = e->language};
    int count = e->rows < MOST_PICTURES ? (int)e->rows : MOST_PICTURES;
    gallery all = gallery_of_pairs(e->c, e->model, e->table, e->row, count);
    put_part(e, words_of(e, all.count > 1 && all.image[1].look ? SAY_looked : SAY_pictures));
    put_gallery(&p, &all);
    looked_note(&p, &all);
    gallery_free(&all);
}

static void end(const explaining *e) { fputs("</main>\n</body>\n</html>\n", e->f); }

const medium in_html = {
    .ending = ".html",
    .begin = begin,
    .fact = put_fact,
    .part = put_part,
    .formula = put_formula,
    .table = put_table,
    .remark = put_remark,
    .pictures = put_pictures,
    .end = end,
};
