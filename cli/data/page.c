/*
 * page.c: what was found in a table as one HTML page: no script, nothing from the network.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../report/parts.h"
#include "data.h"

enum { BAR = 10, HEIGHT = 32, MOST_BARS = 12 };

static void put_bars(FILE *f, const double *bin, int bins) {
    double highest = 0;
    for (int k = 0; k < bins; k++) highest = fmax(highest, bin[k]);
    if (!(highest > 0)) return;
    fprintf(f,
            "<svg viewBox=\"0 0 %d %d\" style=\"width:%dpx\" role=\"img\" "
            "aria-label=\"how often\">",
            bins * BAR, HEIGHT, bins * BAR);
    for (int k = 0; k < bins; k++) {
        double height = bin[k] > 0 ? fmax(1, bin[k] / highest * HEIGHT) : 0;
        fprintf(f, "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"var(--c0)\"/>",
                k * BAR, HEIGHT - height, BAR - 2, height);
    }
    fputs("</svg>", f);
}

/* Of numbers from the least to the largest; of texts those that come first, beside their names. */
static void put_values(const look *l, int i, FILE *f) {
    double bin[MOST_BARS] = {0};
    glia_column k = glia_table_column(l->table, i);
    if (k.type == GLIA_NUMBER) put_bars(f, bin, count_bins(l->table, i, bin));
    if (k.type != GLIA_CATEGORY) return;
    char *list = categories(l->table, i);
    html_text(f, list);
    free(list);
}

static void put_text(FILE *f, const char *tag, const char *text) {
    fprintf(f, "<%s class=\"text\">", tag);
    html_text(f, text);
    fprintf(f, "</%.2s>", tag);
}

static void put_number(FILE *f, double v) {
    char text[32];
    fprintf(f, "<td>%s</td>", isfinite(v) ? short_text(v, text) : "");
}

static void put_column(const look *l, int i, FILE *f) {
    glia_column k = glia_table_column(l->table, i);
    const glia_profile *p = &l->profile[i];
    fputs("<tr>", f);
    put_text(f, "th scope=\"row\"", k.name);
    put_text(f, "td", type_name(&k));
    fprintf(f, "<td>%lld</td>", (long long)k.missing);
    fprintf(f, "<td>%lld</td>", (long long)k.distinct);
    put_number(f, k.min);
    put_number(f, p->median);
    put_number(f, k.max);
    if (i == l->target) fputs("<td>target</td>", f);
    else put_number(f, round(100 * p->relation) / 100);
    fputs("<td class=\"text\">", f);
    put_values(l, i, f);
    fputs("</td></tr>\n", f);
}

static void columns_section(const page *p, const look *l) {
    static const char *const heading[] = {"<column", "<type", "missing",  "distinct", "min",
                                          "median",  "max",   "relation", "<values",  NULL};
    section_begin(p, "Columns");
    table_begin(p, NULL, "columns", heading);
    for (int i = 0; i < glia_table_columns(l->table); i++) put_column(l, i, p->f);
    table_end(p);
    html_note(p, "The relation to the target is 0 where there is none and 1 where the one follows "
                 "from the other: rank correlation of two numbers, Cramer's V of two categories, "
                 "else the correlation ratio of ranks.");
    char *near = near_text(l);
    if (near) html_note(p, "%s.", near);
    free(near);
    section_end(p);
}

static void warnings_section(const page *p, const look *l) {
    if (l->warnings == 0) return;
    section_begin(p, "What a careful reader would remark");
    fputs("<ul>\n", p->f);
    for (int i = 0; i < l->warnings; i++) {
        fputs("<li>", p->f);
        html_text(p->f, l->warning[i]);
        fputs("</li>\n", p->f);
    }
    fputs("</ul>\n", p->f);
    section_end(p);
}

static void drift_section(const page *p, const look *l) {
    static const char *const heading[] = {"<column", "shift",     "mean moved", "missing",
                                          "there",   "new texts", NULL};
    if (!l->against) return;
    section_begin(p, "What has changed");
    table_begin(p, NULL, "drift", heading);
    for (int i = 0; i < glia_table_columns(l->table); i++) {
        const glia_drift *d = &l->drift[i];
        if (d->column < 0) continue;
        fputs("<tr>", p->f);
        put_text(p->f, "th scope=\"row\"", glia_table_column(l->table, i).name);
        put_number(p->f, round(100 * d->shift) / 100);
        put_number(p->f, round(100 * d->moved) / 100);
        fprintf(p->f, "<td>%.1f%%</td><td>%.1f%%</td><td>%lld</td></tr>\n", 100 * d->missing,
                100 * d->missing_there, (long long)d->fresh);
    }
    table_end(p);
    html_note(p,
              "Against %s. A shift of 0.1 is some, 0.25 is much (population stability index "
              "less chance); the mean is in deviations.",
              glia_table_source(l->against));
    section_end(p);
}

static void put_page(const page *p, const look *l) {
    char rows[32], *title = stem_of(glia_table_source(l->table));
    fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta "
          "name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>",
          p->f);
    html_text(p->f, title);
    fprintf(p->f, " &middot; glia data report</title>\n<style>\n%s</style>\n", report_style);
    fputs("</head><body><main>\n<header><p class=\"kicker\">glia data report</p><h1>", p->f);
    html_text(p->f, title);
    fprintf(p->f, "</h1><p class=\"lead\">%s rows, %d columns.</p></header>\n",
            count_text(glia_table_rows(l->table), rows), glia_table_columns(l->table));
    columns_section(p, l);
    warnings_section(p, l);
    drift_section(p, l);
    fputs("<footer>Written by glia " GLIA_VERSION ": <code>", p->f);
    html_text(p->f, l->c->line);
    fputs("</code></footer>\n</main></body></html>\n", p->f);
    free(title);
}

int write_page(const look *l, const char *path) {
    output o;
    if (replaces_input(l->c, path) || replaces_model(path)) return GLIA_USAGE;
    if (!output_open(&o, path)) return GLIA_RESOURCE;
    put_page(&(page){.f = o.f, .c = l->c}, l);
    return output_close(&o);
}
