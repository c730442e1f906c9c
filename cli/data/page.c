/*
 * page.c: what was found in a table as one HTML page: no script, nothing from the network.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../report/parts.h"
#include "data.h"

enum { BAR = 10, HEIGHT = 32, MOST_BARS = 12 };

static void put_bars(page *p, const char *name, const double *bin, int bins) {
    double highest = 0;
    for (int k = 0; k < bins; k++) highest = fmax(highest, bin[k]);
    if (!(highest > 0)) return;
    char *label = PLAIN(p, how_often, name);
    fprintf(p->f, "<svg viewBox=\"0 0 %d %d\" style=\"width:%dpx\" role=\"img\"><title>",
            bins * BAR, HEIGHT, bins * BAR);
    html_text(p->f, label);
    fputs("</title>", p->f);
    for (int k = 0; k < bins; k++) {
        double height = bin[k] > 0 ? fmax(1, bin[k] / highest * HEIGHT) : 0;
        fprintf(p->f, "<rect class=\"bin\" x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\"/>",
                k * BAR, HEIGHT - height, BAR - 2, height);
    }
    fputs("</svg>", p->f);
    free(label);
}

/* Of numbers from the least to the largest; of texts those that come first, beside their names. */
static void put_values(page *p, const look *l, int i) {
    double bin[MOST_BARS] = {0};
    glia_column k = glia_table_column(l->table, i);
    if (k.type == GLIA_NUMBER) put_bars(p, k.name, bin, count_bins(l->table, i, bin));
    if (k.type != GLIA_CATEGORY) return;
    char *list = categories(l->table, i);
    html_name(p->f, list);
    free(list);
}

static void put_number(page *p, double v) {
    char text[32];
    cell(p, NUMBER, isfinite(v) ? short_text(v, text) : "");
}

static void put_count(page *p, int64_t n) {
    char text[32];
    cell(p, NUMBER, count_text(n, text));
}

static void put_column(page *p, const look *l, int i) {
    glia_column k = glia_table_column(l->table, i);
    const glia_profile *profile = &l->profile[i];
    row_begin(p, k.name);
    cell(p, TEXT, word(p, type_name(&k)));
    put_count(p, k.missing);
    put_count(p, k.distinct);
    put_number(p, k.min);
    put_number(p, profile->median);
    put_number(p, k.max);
    if (i == l->target) cell(p, NUMBER, phrase_text(p->lang, SAY_target));
    else put_number(p, round(100 * profile->relation) / 100);
    fputs("<td class=\"text wrap\">", p->f);
    put_values(p, l, i);
    fputs("</td>", p->f);
    row_end(p);
}

static void columns_section(page *p, const look *l) {
    static const phrase names[] = {SAY_missing, SAY_distinct, SAY_least,
                                   SAY_median,  SAY_largest,  SAY_relation};
    section_begin(p, SAY_columns);
    table_begin(p, NULL, SAY_columns);
    head(p, TEXT, SAY_column);
    head(p, TEXT, SAY_type);
    for (int i = 0; i < 6; i++) head(p, NUMBER, names[i]);
    head(p, TEXT, SAY_spread);
    for (int i = 0; i < glia_table_columns(l->table); i++) put_column(p, l, i);
    table_end(p);
    NOTE(p, relation_note);
    section_end(p);
}

static void warnings_section(page *p, const look *l) {
    char *near = near_text(l);
    if (l->warnings > 0 || near) {
        section_begin(p, SAY_remarks);
        fputs("<ul class=\"plain\">\n", p->f);
        for (int i = 0; i < l->warnings + (near != NULL); i++) {
            fputs("<li>", p->f);
            said_html(p->f, p->c, p->lang, i < l->warnings ? l->warning[i] : near);
            fputs("</li>\n", p->f);
        }
        fputs("</ul>\n", p->f);
        section_end(p);
    }
    free(near);
}

static void put_share(page *p, double share) {
    char text[32];
    snprintf(text, sizeof text, "%.1f%%", 100 * share);
    cell(p, NUMBER, text);
}

static void drift_section(page *p, const look *l) {
    static const phrase names[] = {SAY_shift, SAY_moved, SAY_missing, SAY_missing_there, SAY_fresh};
    if (!l->against) return;
    section_begin(p, SAY_drift);
    table_begin(p, NULL, SAY_drift);
    head(p, TEXT, SAY_column);
    for (int i = 0; i < 5; i++) head(p, NUMBER, names[i]);
    for (int i = 0; i < glia_table_columns(l->table); i++) {
        const glia_drift *d = &l->drift[i];
        if (d->column < 0) continue;
        row_begin(p, glia_table_column(l->table, i).name);
        put_number(p, round(100 * d->shift) / 100);
        put_number(p, round(100 * d->moved) / 100);
        put_share(p, d->missing);
        put_share(p, d->missing_there);
        put_count(p, d->fresh);
        row_end(p);
    }
    table_end(p);
    NOTE(p, drift_note, glia_table_source(l->against));
    section_end(p);
}

static void put_page(page *p, const look *l) {
    char rows[32], columns[32], *title = stem_of(glia_table_source(l->table));
    page_begin(p, SAY_report_data, title);
    fputs("<p class=\"lead\">", p->f);
    TELL(p, data_lead, count_text(glia_table_rows(l->table), rows),
         count_text(glia_table_columns(l->table), columns));
    fputs("</p></header>\n<main>\n", p->f);
    columns_section(p, l);
    warnings_section(p, l);
    contact_section(p, l->table, l->target);
    drift_section(p, l);
    preview_section(p, l->table, l->target);
    section_begin(p, SAY_again);
    fputs("<pre>", p->f);
    html_text(p->f, l->c->line);
    fputs("</pre>\n", p->f);
    section_end(p);
    page_end(p, SAY_footer);
    free(title);
}

int write_page(const look *l, const char *path) {
    output o;
    page p = {.c = l->c};
    if (replaces_input(l->c, path) || replaces_model(path) || !given_language(l->c, &p.lang))
        return GLIA_USAGE;
    if (!output_open(&o, l->c, path)) return GLIA_RESOURCE;
    p.f = o.f;
    put_page(&p, l);
    return output_close(&o);
}
