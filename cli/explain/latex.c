/*
 * latex.c: an explanation as a document for LaTeX; of Chinese words for xelatex, by ctex.
 */
#include <stdlib.h>
#include <string.h>

#include "explain.h"

/* What LaTeX reads as an order of its own. */
static void latex_text(FILE *f, const char *text) {
    for (; *text; text++) {
        if (strchr("&%$#_{}", *text)) fprintf(f, "\\%c", *text);
        else if (*text == '\\') fputs("\\textbackslash{}", f);
        else if (*text == '~') fputs("\\textasciitilde{}", f);
        else if (*text == '^') fputs("\\textasciicircum{}", f);
        else putc(*text, f);
    }
}

static const markup latex_markup = {
    .raised = {"^{", "}"},
    .lowered = {"_{", "}"},
    .word = {"\\mathrm{", "}"},
    .transposed = "\\top",
    .times = "\\odot",
    .sum = "\\sum",
    .gap = "\\ ",
    .letter = {[GAMMA] = "\\gamma ", [BETA] = "\\beta ", [YHAT] = "\\hat y"},
    .put = latex_text};

/* 1.5e-07 is read best as a power of ten. */
static void put_number(FILE *f, const char *number) {
    const char *power = strchr(number, 'e');
    if (!power) fprintf(f, "$%s$", number);
    else fprintf(f, "$%.*s\\cdot10^{%d}$", (int)(power - number), number, atoi(power + 1));
}

static void begin(const explaining *e) {
    fprintf(e->f,
            "\\documentclass{%s}\n\\usepackage{amsmath}\n\\usepackage[margin=2cm]{geometry}\n"
            "\\setlength{\\parindent}{0pt}\n\\begin{document}\n\\raggedright\n",
            e->language == CHINESE ? "ctexart" : "article");
}

static void put_fact(const explaining *e, const char *name, const char *text) {
    latex_text(e->f, name);
    fputs(": \\texttt{", e->f);
    latex_text(e->f, text);
    fputs("}\\\\\n", e->f);
}

static void put_part(const explaining *e, const char *title) {
    fputs("\\section*{", e->f);
    latex_text(e->f, title);
    fputs("}\n", e->f);
}

static void put_formula(const explaining *e, const char *formula, int64_t units, int64_t columns) {
    fputs("\\[ ", e->f);
    put_math(e->f, formula, &latex_markup);
    if (units) fprintf(e->f, " \\qquad (%lld, %lld)", (long long)units, (long long)columns);
    fputs(" \\]\n", e->f);
}

static void set_cell(const explaining *e, const grid *g, int i, int columns) {
    const char *cell = g->cell[i];
    if (i < columns && *cell != ' ') {
        putc('$', e->f);
        put_math(e->f, cell, &latex_markup);
        putc('$', e->f);
    } else if (g->align[i % columns] == 'r') {
        put_number(e->f, cell);
    } else {
        latex_text(e->f, cell);
    }
    fputs((i + 1) % columns ? " & " : i < columns ? " \\\\ \\hline\n" : " \\\\\n", e->f);
}

static void put_table(const explaining *e, grid *g) {
    int columns = (int)strlen(g->align);
    fprintf(e->f, "{\\small\\begin{tabular}{%s}\n", g->align);
    for (int i = 0; i < g->cells; i++) set_cell(e, g, i, columns);
    fputs("\\end{tabular}}\n\n", e->f);
    grid_free(g);
}

static void put_remark(const explaining *e, const char *text) {
    latex_text(e->f, text);
    fputs("\n\n", e->f);
}

static void end(const explaining *e) { fputs("\\end{document}\n", e->f); }

const medium in_latex = {
    .ending = ".tex",
    .begin = begin,
    .fact = put_fact,
    .part = put_part,
    .formula = put_formula,
    .table = put_table,
    .remark = put_remark,
    .end = end,
};
