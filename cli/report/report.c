/*
 * report.c: a training or an evaluation as one HTML page: its headline and the order of its
 * sections. These are in the files beside it; style.c has the stylesheet.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

/* ------------------------------------------------------------------------------------- facts -- */

bool is_regression(const page *p) { return glia_model_classes(p->in->model) == 0; }

bool is_training(const page *p) { return p->in->train != NULL; }

bool has_forerunner(const page *p) { return p->in->report->refit_epochs > 0; }

const glia_metrics *best_part(const page *p, const char **name) {
    const glia_report *r = p->in->report;
    *name = !is_training(p) ? "measured"
            : r->test.rows  ? "test"
            : r->val.rows   ? "validation"
                            : "training";
    return r->test.rows ? &r->test : r->val.rows ? &r->val : &r->train;
}

const glia_table *shown_table(const page *p) {
    if (p->in->rows) return p->in->rows;
    return p->in->test ? p->in->test : p->in->train;
}

const char *shown_part(const page *p) {
    if (p->in->rows_part) return p->in->rows_part;
    if (p->in->test) return is_training(p) ? "test" : "measured";
    bool apart = p->in->val || p->in->report->val_rows == 0;
    return apart ? "training" : "training and validation";
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

/* The best part's scores are not those of the network that is kept. */
static bool is_of_forerunner(const page *p) {
    return has_forerunner(p) && p->in->report->test.rows == 0;
}

/* -------------------------------------------------------------------------------------- lead -- */

/* "A network 4-32-3 with 259 parameters learned from 150 samples." */
static void lead_network(page *p) {
    const glia_report *r = p->in->report;
    char *widths = widths_text(p->in->model), parameters[32], rows[32];
    count_text(glia_model_parameters(p->in->model), parameters);
    count_text(r->train_rows + (has_forerunner(p) ? r->val_rows : 0), rows);
    if (is_training(p)) TELL(p, lead_learned, widths, parameters, rows);
    else TELL(p, lead_is, widths, parameters);
    const char *between = p->lang == ENGLISH ? " " : ""; /* sentences */
    fputs(between, p->f);
    if (is_of_forerunner(p)) TELL(p, lead_forerunner, count_text(r->train_rows, rows));
    if (is_of_forerunner(p)) fputs(between, p->f);
    free(widths);
}

/* What a reader in a hurry takes along, of the part that tells most. */
static void lead_score(page *p, const glia_metrics *m, const char *part) {
    char rows[32], value[32], base[32], targets[32];
    const glia_score *error = find_score(m, "rmse"), *pinball = find_score(m, "pinball"),
                     *mean = find_score(m, is_regression(p) ? "r2" : "accuracy");
    count_text(m->rows, rows);
    part = word(p, part);
    if (pinball)
        TELL(p, lead_pinball, rows, part, glance_text(pinball, pinball->value, value),
             glance_text(pinball, m->baseline, base));
    else if (mean && m->targets > 0)
        TELL(p, lead_mean, rows, part, word(p, mean->name), glance_text(mean, mean->value, value),
             count_text(m->targets, targets));
    else if (is_regression(p) && error)
        TELL(p, lead_error, rows, part, glance_text(error, error->value, value),
             glance_text(error, m->baseline, base));
    else if (mean && !is_regression(p))
        TELL(p, lead_right, rows, part, glance_text(mean, mean->value, value),
             glance_text(mean, m->baseline, base));
}

/* The first score of all that tells of right answers, or of errors. */
static void lead_folds(page *p) {
    const glia_folds *f = p->in->folds;
    char folds[32], value[32];
    for (int i = 0; f && i < f->scores; i++) {
        const glia_score *s = &f->mean[i];
        if (strcmp(s->name, "accuracy") != 0 && strcmp(s->name, "rmse") != 0) continue;
        fputs("<p class=\"lead\">", p->f);
        TELL(p, lead_folds, count_text(f->folds, folds), word(p, s->name),
             glance_text(s, s->value, value));
        fputs("</p>\n", p->f);
        return;
    }
}

static void lead(page *p) {
    const char *part;
    const glia_metrics *m = best_part(p, &part);
    fputs("<p class=\"lead\">", p->f);
    lead_network(p);
    lead_score(p, m, part);
    fputs("</p>\n", p->f);
    if (strcmp(part, "training") == 0) NOTE(p, lead_own);
    lead_folds(p);
}

/* ------------------------------------------------------------------------------------- tiles -- */

/* Long numbers in smaller letters, so that they stay inside. */
static void tile(page *p, const char *name, const char *value, const char *below) {
    int width = text_width(value);
    fprintf(p->f, "<div class=\"tile\"><dt>%s</dt><dd%s>", name,
            width > 8   ? " class=\"longest\""
            : width > 6 ? " class=\"long\""
                        : "");
    html_text(p->f, value);
    if (below) {
        fputs("<small>", p->f);
        html_text(p->f, below);
        fputs("</small>", p->f);
    }
    fputs("</dd></div>\n", p->f);
}

static void score_tile(page *p, const glia_metrics *m, const char *part, const char *name) {
    const glia_score *s = find_score(m, name);
    char value[32], low[32], high[32], *of, *below;
    if (!s || isnan(s->value)) return;
    part = word(p, part);
    of = is_of_forerunner(p) ? PLAIN(p, on_part_of_forerunner, part) : PLAIN(p, on_part, part);
    below = has_interval(s) ? PLAIN(p, on_part_interval, of, glance_text(s, s->low, low),
                                    glance_text(s, s->high, high))
                            : copy_text(of);
    tile(p, word(p, name), glance_text(s, s->value, value), below);
    free(below);
    free(of);
}

static void tile_of(page *p, phrase name, const char *value, char *below) {
    tile(p, phrase_text(p->lang, name), value, below);
    free(below);
}

static void training_tiles(page *p) {
    const glia_report *r = p->in->report;
    const glia_history *h = r->history;
    char text[32], more[32];
    tile_of(p, SAY_tile_samples, count_text(r->train_rows, text),
            PLAIN(p, tile_samples_below, count_text(r->val_rows, (char[32]){0}),
                  count_text(r->test_rows, (char[32]){0})));
    tile_of(p, SAY_tile_epochs, count_text(has_forerunner(p) ? r->refit_epochs : h->epochs, text),
            has_forerunner(p) ? PLAIN(p, tile_epochs_refit)
                              : PLAIN(p, tile_updates, count_text(h->updates, more)));
    tile_of(p, SAY_tile_time, seconds_text(h->seconds, text),
            PLAIN(p, tile_stopped, word(p, h->stopped ? h->stopped : "")));
    if (r->memory > 0)
        tile_of(p, SAY_tile_memory, bytes_text((double)r->memory, text),
                PLAIN(p, tile_memory_below));
}

static void tiles(page *p) {
    static const char *const shown[] = {"accuracy", "deviance", "d2", "pinball", "coverage",
                                        "rmse",     "auc",      "r2", "mae",     "loss"};
    const char *part;
    const glia_metrics *m = best_part(p, &part);
    char text[32];
    fputs("<dl class=\"tiles\">\n", p->f);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) score_tile(p, m, part, shown[i]);
    if (is_training(p)) training_tiles(p);
    else tile_of(p, SAY_tile_samples, count_text(m->rows, text), NULL);
    fputs("</dl>\n", p->f);
}

/* -------------------------------------------------------------------------------------- page -- */

static void headline(page *p) {
    char *title = title_of(p);
    page_begin(p, is_training(p) ? SAY_report_training : SAY_report_evaluation, title);
    lead(p);
    if (p->in->summary) {
        fputs("<p class=\"note\">", p->f);
        html_text(p->f, p->in->summary);
        fputs("</p>\n", p->f);
    }
    fputs("</header>\n<main>\n", p->f);
    tiles(p);
    free(title);
}

/* -1: it is not one column. */
static int target_column(const page *p) {
    const glia_table *t = is_training(p) ? p->in->train : p->in->test;
    const char *name = glia_model_note(p->in->model, "target");
    return t && name && !strchr(name, ',') ? glia_table_locate(t, name) : -1;
}

/* Are the tables of columns and layers as short as a drawing is high? */
static bool fits_beside(const page *p) {
    enum { MOST = 10 };
    const glia_importances *i = p->in->importances;
    return (!i || i->columns <= MOST) && glia_model_layers(p->in->model) <= MOST;
}

static void write_page(page *p) {
    headline(p);
    findings_section(p);
    beside_begin(p);
    scores_section(p);
    costs_section(p);
    bool one = glia_model_targets(p->in->model) <= 1; /* what is shown of single rows */
    if (one) plane_section(p);
    if (one) values_section(p);
    confusion_section(p, false);
    curves_sections(p);
    tops_section(p);
    if (fits_beside(p)) importance_section(p), network_section(p);
    beside_end(p);
    if (one) series_section(p);
    targets_section(p);
    confusion_section(p, true);
    folds_section(p);
    if (!fits_beside(p)) importance_section(p);
    listens_section(p);
    units_section(p);
    if (one) images_sections(p);
    if (one) mistakes_section(p);
    preview_section(p, is_training(p) ? p->in->train : p->in->test, target_column(p));
    if (!fits_beside(p)) network_section(p);
    decisions_section(p);
    origin_section(p);
    page_end(p, is_training(p) ? SAY_footer_training : SAY_footer);
}

int report_write(const cli *c, const char *path, const report_input *in) {
    output o;
    if (!output_open(&o, c, path)) return GLIA_RESOURCE;
    page p = {.f = o.f, .c = c, .in = in, .lang = in->lang};
    choose_dots(&p);
    write_page(&p);
    forget_dots(&p);
    if (glia_code(c->g) == GLIA_RESOURCE) { /* a section that memory was out for is not there */
        output_discard(&o);
        return failed(c);
    }
    return output_close(&o);
}
