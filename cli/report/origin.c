/*
 * origin.c: the end of the report: the network, what was decided, and how to get the same
 * again.
 */
#include <stdlib.h>
#include <string.h>

#include "parts.h"

static void flow(const page *p) {
    const glia_model *m = p->in->model;
    fprintf(p->f, "<ul class=\"flow\"><li><span><b>%lld</b> <i>inputs</i></span></li>\n",
            (long long)glia_model_inputs(m));
    for (int i = 0; i < glia_model_layers(m); i++) {
        glia_layer l = glia_model_layer(m, i);
        fprintf(p->f, "<li><span><b>%lld</b> <i>", (long long)l.units);
        html_text(p->f, l.activation);
        fputs("</i></span></li>\n", p->f);
    }
    fputs("</ul>\n", p->f);
}

void network_section(const page *p) {
    const glia_model *m = p->in->model;
    section_begin(p, "The network");
    flow(p);
    table_begin(p, NULL, "Layers",
                (const char *const[]){"<layer", "<name", "<activation", "W", "b", "parameters",
                                      NULL});
    for (int i = 0; i < glia_model_layers(m); i++) {
        glia_layer l = glia_model_layer(m, i);
        char text[32];
        fprintf(p->f, "<tr><th scope=\"row\">%d</th><td class=\"text\">", i + 1);
        html_text(p->f, l.name);
        fputs("</td><td class=\"text\">", p->f);
        fprintf(p->f, "%s%s", l.norm ? l.norm : "", l.norm ? ", " : "");
        html_text(p->f, l.activation);
        fprintf(p->f, "</td><td>(%lld, %lld)</td><td>(%lld, 1)</td><td>%s</td></tr>\n",
                (long long)l.units, (long long)l.in, (long long)l.units,
                count_text(l.parameters, text));
    }
    table_end(p);
    section_end(p);
}

/* The lines of the model's own note. */
void decisions_section(const page *p) {
    const char *lines = glia_model_note(p->in->model, "decisions");
    if (!lines || !*lines) return;
    section_begin(p, "Decided for you");
    fputs("<ul class=\"plain\">\n", p->f);
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        char *line = format_text("%.*s", (int)length, lines);
        fputs("<li>", p->f);
        html_text(p->f, line);
        fputs("</li>\n", p->f);
        free(line);
        lines += length + (lines[length] == '\n');
    }
    fputs("</ul>\n", p->f);
    section_end(p);
}

static void origin_row(const page *p, const char *name, const char *value) {
    if (!value || !*value) return;
    fprintf(p->f, "<tr><th scope=\"row\">%s</th><td class=\"wrap\">", name);
    html_text(p->f, value);
    fputs("</td></tr>\n", p->f);
}

static bool is_file(const char *path) {
    FILE *f = path ? fopen(path, "rb") : NULL;
    if (f) fclose(f);
    return f != NULL;
}

static void table_rows(const page *p, const char *name, const glia_table *t) {
    const char *source = t ? glia_table_source(t) : NULL;
    char hex[65];
    origin_row(p, name, source);
    if (!is_file(source) || glia_file_sha256(p->c->g, source, hex) != GLIA_OK) return;
    char *label = format_text("%s, SHA-256", name);
    origin_row(p, label, hex);
    free(label);
}

/* Where the data come from, and what they were. */
static void data_rows(const page *p) {
    const glia_model *m = p->in->model;
    if (p->in->data) origin_row(p, "data", p->in->data);
    else origin_row(p, is_training(p) ? "data" : "learned from", glia_model_note(m, "fingerprint"));
    if (!is_training(p)) origin_row(p, "learned by", glia_model_note(m, "command"));
    if (!p->in->data) table_rows(p, is_training(p) ? "test data" : "measured data", p->in->test);
}

void origin_section(const page *p) {
    char threads[32];
    section_begin(p, "The same again");
    if (p->in->command) {
        fputs("<pre>", p->f);
        html_text(p->f, p->in->command);
        fputs("</pre>\n", p->f);
    }
    fputs("<table class=\"facts\"><tbody>\n", p->f);
    data_rows(p);
    origin_row(p, "seed", p->in->seed);
    if (glia_model_classes(p->in->model) == 2)
        origin_row(p, "threshold", glia_model_note(p->in->model, "threshold"));
    origin_row(p, "threads", count_text(glia_threads(p->c->g), threads));
    origin_row(p, "precision", glia_dtype_name(glia_model_dtype(p->in->model)));
    origin_row(p, "loss", glia_model_loss(p->in->model));
    fputs("</tbody></table>\n"
          "<p class=\"note\">The number of threads does not change the result.</p>\n",
          p->f);
    section_end(p);
}
