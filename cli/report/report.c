/*
 * report.c: a training or an evaluation as one HTML page: its headline and the order of its
 * sections. These are in the files beside it; style.c has the stylesheet.
 */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

/* ------------------------------------------------------------------------------------- facts -- */

bool is_regression(const page *p) { return glia_model_classes(p->in->model) == 0; }

bool is_training(const page *p) { return p->in->train != NULL; }

const glia_metrics *best_part(const page *p, const char **name) {
    const glia_report *r = p->in->report;
    *name = !is_training(p) ? "measured"
            : r->test.rows  ? "test"
            : r->val.rows   ? "validation"
                            : "training";
    return r->test.rows ? &r->test : r->val.rows ? &r->val : &r->train;
}

const glia_table *shown_table(const page *p) { return p->in->test ? p->in->test : p->in->train; }

const char *shown_part(const page *p) {
    if (p->in->test) return is_training(p) ? "test" : "measured";
    return p->in->report->val_rows > 0 ? "training and validation" : "training";
}

char *glance_text(const glia_score *s, double value, char buf[32]) {
    if (s->share) snprintf(buf, 32, "%.1f%%", 100 * value);
    else if (fabs(value) >= 1e4 && fabs(value) < 1e15) count_text(llround(value), buf);
    else snprintf(buf, 32, "%.4g", value);
    return buf;
}

/* 2-4-1 */
static char *widths_text(const glia_model *m) {
    char *text = format_text("%lld", (long long)glia_model_inputs(m));
    for (int i = 0; i < glia_model_layers(m); i++) {
        char *longer = format_text("%s-%lld", text, (long long)glia_model_layer(m, i).units);
        free(text);
        text = longer;
    }
    return text;
}

bool has_interval(const glia_score *s) {
    return isfinite(s->low) && isfinite(s->high) && s->low < s->high;
}

static char *title_of(const page *p) {
    if (p->in->title) return copy_text(p->in->title);
    const glia_table *t = is_training(p) ? p->in->train : p->in->test;
    return t ? stem_of(glia_table_source(t)) : copy_text("training");
}

/* "A network 4-32-3 with 259 parameters learned from 150 samples" */
static void lead_network(const page *p) {
    const glia_report *r = p->in->report;
    char *widths = widths_text(p->in->model), parameters[32], rows[32];
    int64_t learned = r->train_rows + (r->refit_epochs > 0 ? r->val_rows : 0);
    fprintf(p->f, "<p class=\"lead\">A network %s with %s parameters", widths,
            count_text(glia_model_parameters(p->in->model), parameters));
    if (is_training(p)) fprintf(p->f, " learned from %s samples", count_text(learned, rows));
    free(widths);
}

static void lead_quantiles(const page *p, const glia_metrics *m, const char *part) {
    char rows[32], value[32], base[32];
    const glia_score *s = find_score(m, "pinball");
    fprintf(p->f,
            ". On the %s %s samples its pinball loss is <strong>%s</strong>; the same quantiles "
            "for every sample would give %s.",
            count_text(m->rows, rows), part, glance_text(s, s->value, value),
            glance_text(s, m->baseline, base));
}

/* The sentence that a reader in a hurry takes along. */
static void lead(const page *p) {
    const char *part;
    const glia_metrics *m = best_part(p, &part);
    const glia_score *s = find_score(m, is_regression(p) ? "rmse" : "accuracy");
    char rows[32], value[32], base[32];
    lead_network(p);
    const glia_score *mean = find_score(m, is_regression(p) ? "r2" : "accuracy");
    if (find_score(m, "pinball")) lead_quantiles(p, m, part);
    else if (mean && m->targets > 0)
        fprintf(p->f,
                ". On the %s %s samples its %s is <strong>%s</strong>, the mean over %d targets.",
                count_text(m->rows, rows), part, mean->name, glance_text(mean, mean->value, value),
                m->targets);
    else if (s && is_regression(p))
        fprintf(p->f,
                ". On the %s %s samples its typical error (rmse) is <strong>%s</strong>; always "
                "saying the mean would give %s.",
                count_text(m->rows, rows), part, glance_text(s, s->value, value),
                glance_text(s, m->baseline, base));
    else if (s)
        fprintf(p->f,
                "%s gets <strong>%.1f%%</strong> of the %s %s samples right; always saying "
                "the most frequent class would get %.1f%%.",
                is_training(p) ? " and" : "", 100 * s->value, count_text(m->rows, rows), part,
                100 * m->baseline);
    else fputs(".", p->f);
    fputs("</p>\n", p->f);
}

static void tile(FILE *f, const char *name, const char *value, const char *below) {
    fprintf(f, "<div class=\"tile\"><dt>%s</dt><dd>", name);
    html_text(f, value);
    if (below) {
        fputs("<small>", f);
        html_text(f, below);
        fputs("</small>", f);
    }
    fputs("</dd></div>\n", f);
}

static void score_tile(const page *p, const glia_metrics *m, const char *part, const char *name) {
    const glia_score *s = find_score(m, name);
    char value[32], low[32], high[32], *below;
    if (!s) return;
    if (has_interval(s))
        below = format_text("%s, 95%%: %s to %s", part, glance_text(s, s->low, low),
                            glance_text(s, s->high, high));
    else below = format_text("on %s data", part);
    tile(p->f, name, glance_text(s, s->value, value), below);
    free(below);
}

static void training_tiles(const page *p) {
    const glia_report *r = p->in->report;
    int64_t epochs = r->refit_epochs > 0 ? r->refit_epochs : r->history->epochs;
    char text[32], more[32];
    char *below = format_text("train; %lld validation, %lld test", (long long)r->val_rows,
                              (long long)r->test_rows);
    tile(p->f, "samples", count_text(r->train_rows, text), below);
    free(below);
    below = r->refit_epochs > 0 ? copy_text("chosen, then on all rows")
                                : format_text("%s updates", count_text(r->history->updates, more));
    tile(p->f, "epochs", count_text(epochs, text), below);
    free(below);
    below = format_text("stopped: %s", r->history->stopped ? r->history->stopped : "");
    tile(p->f, "time", seconds_text(r->history->seconds, text), below);
    free(below);
    if (r->memory > 0)
        tile(p->f, "memory", bytes_text((double)r->memory, text), "planned before the start");
}

static void tiles(const page *p) {
    static const char *const shown[] = {"accuracy", "deviance", "d2", "pinball", "coverage",
                                        "rmse",     "auc",      "r2", "mae",     "loss"};
    const char *part;
    const glia_metrics *m = best_part(p, &part);
    char text[32];
    fputs("<dl class=\"tiles\">\n", p->f);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) score_tile(p, m, part, shown[i]);
    if (is_training(p)) training_tiles(p);
    else tile(p->f, "samples", count_text(m->rows, text), NULL);
    fputs("</dl>\n", p->f);
}

static void headline(const page *p) {
    char *title = title_of(p);
    fprintf(p->f, "<header><p class=\"kicker\">glia " GLIA_VERSION " &middot; %s report</p>\n<h1>",
            is_training(p) ? "training" : "evaluation");
    html_text(p->f, title);
    fputs("</h1>\n", p->f);
    lead(p);
    if (p->in->summary) {
        fputs("<p class=\"note\">", p->f);
        html_text(p->f, p->in->summary);
        fputs("</p>\n", p->f);
    }
    fputs("</header>\n", p->f);
    tiles(p);
    free(title);
}

/* ---------------------------------------------------------------------------------- sections -- */

void section_begin(const page *p, const char *title) {
    fprintf(p->f, "<section><h2>%s</h2>\n", title);
}

void section_end(const page *p) { fputs("</section>\n", p->f); }

void html_note(const page *p, const char *format, ...) {
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0) text = NULL;
    va_end(args);
    fputs("<p class=\"note\">", p->f);
    html_text(p->f, text);
    fputs("</p>\n", p->f);
    free(text);
}

void table_begin(const page *p, const char *class, const char *label, const char *const *heading) {
    fprintf(p->f, "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"%s\"><table",
            label);
    if (class) fprintf(p->f, " class=\"%s\"", class);
    fputs("><thead><tr>", p->f);
    for (; *heading; heading++) {
        bool left = **heading == '<';
        fputs(left ? "<th scope=\"col\" class=\"text\">" : "<th scope=\"col\">", p->f);
        html_text(p->f, *heading + left);
        fputs("</th>", p->f);
    }
    fputs("</tr></thead><tbody>\n", p->f);
}

void table_end(const page *p) { fputs("</tbody></table></div>\n", p->f); }

/* -------------------------------------------------------------------------------------- page -- */

/* Every class or series has a colour, as line, dot, region and key. */
static void colour_rules(FILE *f) {
    for (int i = 0; i < SVG_COLOURS; i++) {
        fprintf(f, ".line.c%d { stroke: var(--c%d) } .key.c%d { background: var(--c%d) }\n", i, i,
                i, i);
        fprintf(f, ".dot.c%d, .region.c%d, .wrong.c%d { fill: var(--c%d) }\n", i, i, i, i);
    }
}

static void write_page(const page *p) {
    char *title = title_of(p);
    fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>",
          p->f);
    html_text(p->f, title);
    fprintf(p->f, " &middot; glia %s report</title>\n", is_training(p) ? "training" : "evaluation");
    fprintf(p->f, "<style>\n%s", report_style);
    colour_rules(p->f);
    fputs("</style>\n", p->f);
    fputs("</head><body><main>\n", p->f);
    headline(p);
    fputs("<div class=\"grid2\">\n", p->f);
    costs_section(p);
    bool one = glia_model_targets(p->in->model) <= 1; /* what is shown of single rows */
    if (one) plane_section(p);
    if (one) values_section(p);
    scores_section(p);
    targets_section(p);
    confusion_section(p, false);
    curves_sections(p);
    fputs("</div>\n", p->f);
    confusion_section(p, true);
    folds_section(p);
    importance_section(p);
    if (one) images_sections(p);
    if (one) mistakes_section(p);
    network_section(p);
    decisions_section(p);
    origin_section(p);
    fputs("<footer>Written by glia " GLIA_VERSION
          ". J is the mean cost over the samples of a mini-batch before its "
          "update; an epoch is one pass over the training data.</footer>\n</main></body></html>\n",
          p->f);
    free(title);
}

int report_write(const cli *c, const char *path, const report_input *in) {
    output o;
    if (!output_open(&o, path)) return GLIA_RESOURCE;
    write_page(&(page){o.f, c, in});
    return output_close(&o);
}
