/*
 * origin.c: the end of the report: the network, what was decided, and how to get the same
 * again.
 */
#include <stdlib.h>
#include <string.h>

#include "parts.h"

static void flow(page *p) {
    const glia_model *m = p->in->model;
    fprintf(p->f, "<ul class=\"flow\"><li><span><b>%lld</b> <i>%s</i></span></li>\n",
            (long long)glia_model_inputs(m), phrase_text(p->lang, SAY_inputs));
    for (int i = 0; i < glia_model_layers(m); i++) {
        glia_layer l = glia_model_layer(m, i);
        fprintf(p->f, "<li><span><b>%lld</b> <i>", (long long)l.units);
        html_text(p->f, l.activation);
        fputs("</i></span></li>\n", p->f);
    }
    fputs("</ul>\n", p->f);
}

static void layer_row(page *p, int i) {
    glia_layer l = glia_model_layer(p->in->model, i);
    char number[32];
    char *activation =
             format_text("%s%s%s", l.norm ? l.norm : "", l.norm ? ", " : "", l.activation),
         *w = format_text("(%lld, %lld)", (long long)l.w[0], (long long)l.w[1]),
         *b = l.b ? format_text("(%lld, 1)", (long long)l.b) : copy_text("–");
    row_begin(p, count_text(i + 1, number));
    cell(p, TEXT, l.name);
    cell(p, TEXT, activation);
    cell(p, NUMBER, w);
    cell(p, NUMBER, b);
    cell(p, NUMBER, count_text(l.parameters, number));
    row_end(p);
    free(activation);
    free(w);
    free(b);
}

void network_section(page *p) {
    section_begin(p, SAY_network);
    flow(p);
    table_begin(p, NULL, SAY_layers);
    head(p, TEXT, SAY_layer);
    head(p, TEXT, SAY_name);
    head(p, TEXT, SAY_activation);
    head_name(p, NUMBER, "W");
    head_name(p, NUMBER, "b");
    head(p, NUMBER, SAY_parameters);
    for (int i = 0; i < glia_model_layers(p->in->model); i++) layer_row(p, i);
    table_end(p);
    section_end(p);
}

void findings_section(page *p) {
    const glia_history *h = p->in->report->history;
    if (!h || h->findings == 0) return;
    section_begin(p, SAY_findings);
    fputs("<ul class=\"plain\">\n", p->f);
    for (const glia_finding *one = h->finding; one < h->finding + h->findings; one++) {
        fprintf(p->f, "<li><strong>%s</strong>: ", one->illness->name);
        said_html(p->f, p->c, p->lang, one->seen);
        fprintf(p->f, "<br><small>%s ", phrase_text(p->lang, SAY_mend));
        said_html(p->f, p->c, p->lang, one->illness->mend);
        fputs("</small></li>\n", p->f);
    }
    fputs("</ul>\n", p->f);
    section_end(p);
}

/* The lines of the model's own note. */
void decisions_section(page *p) {
    const char *lines = glia_model_note(p->in->model, "decisions");
    if (!lines || !*lines) return;
    section_begin(p, SAY_decisions);
    fputs("<ul class=\"plain\">\n", p->f);
    bool all = true;
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        char *line = format_text("%.*s", (int)length, lines);
        fputs("<li>", p->f);
        if (!said_html(p->f, p->c, p->lang, line)) all = false;
        fputs("</li>\n", p->f);
        free(line);
        lines += length + (lines[length] == '\n');
    }
    fputs("</ul>\n", p->f);
    if (!all) NOTE(p, in_english);
    section_end(p);
}

static void origin_row(page *p, const char *name, const char *value) {
    if (!value || !*value) return;
    fprintf(p->f, "<tr><th scope=\"row\">%s</th><td class=\"wrap\">", name);
    html_name(p->f, value);
    fputs("</td></tr>\n", p->f);
}

static void origin_of(page *p, phrase name, const char *value) {
    origin_row(p, phrase_text(p->lang, name), value);
}

static void table_rows(page *p, phrase name, const glia_table *t) {
    const char *source = t ? glia_table_source(t) : NULL;
    char hex[65];
    origin_of(p, name, source);
    if (!source) return;
    glia_status status = glia_table_sha256(t, hex);
    if (status == GLIA_RESOURCE) exit(failed(p->c));
    if (status != GLIA_OK) return;
    char *label = PLAIN(p, sha256, phrase_text(p->lang, name));
    origin_row(p, label, hex);
    free(label);
}

/* Where the data come from, and what they were. */
static void data_rows(page *p) {
    const glia_model *m = p->in->model;
    if (p->in->data) origin_of(p, SAY_data, p->in->data);
    else
        origin_of(p, is_training(p) ? SAY_data : SAY_learned_data,
                  glia_model_note(m, "fingerprint"));
    if (!is_training(p)) origin_of(p, SAY_learned_by, glia_model_note(m, "command"));
    if (!p->in->data)
        table_rows(p, is_training(p) ? SAY_test_data : SAY_measured_data, p->in->test);
}

void origin_section(page *p) {
    char threads[32];
    section_begin(p, SAY_again);
    if (p->in->command) {
        fputs("<pre>", p->f);
        html_text(p->f, p->in->command);
        fputs("</pre>\n", p->f);
    }
    fputs("<table class=\"facts\"><tbody>\n", p->f);
    data_rows(p);
    origin_of(p, SAY_seed, p->in->seed);
    if (glia_model_classes(p->in->model) == 2)
        origin_of(p, SAY_threshold, glia_model_note(p->in->model, "threshold"));
    origin_of(p, SAY_threads, count_text(glia_threads(p->c->g), threads));
    origin_of(p, SAY_numbers, glia_dtype_name(glia_model_dtype(p->in->model)));
    origin_of(p, SAY_loss, glia_model_loss(p->in->model));
    fputs("</tbody></table>\n", p->f);
    NOTE(p, threads_note);
    section_end(p);
}
