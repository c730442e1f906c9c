/*
 * report.c: a training as one HTML page. The sections in order: headline, curves, picture of what
 * was learned, scores, confusion, images, network, decisions, how to get the same again. Each is
 * a function; report_style.c has the stylesheet.
 */
#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "svg.h"
#include "view.h"

typedef struct page {
    FILE *f;
    const cli *c;
    const report_input *in;
} page;

/* ---------------------------------------------------------------------------------- headline -- */

static const glia_score *find_score(const glia_metrics *m, const char *name) {
    for (int i = 0; i < m->scores; i++)
        if (!strcmp(m->score[i].name, name)) return &m->score[i];
    return NULL;
}

static bool is_regression(const page *p) { return glia_model_classes(p->in->model) == 0; }

/* The part that tells most about new data: test, else validation, else training. */
static const glia_metrics *best_part(const glia_report *r, const char **name) {
    *name = r->test.rows ? "test" : r->val.rows ? "validation" : "training";
    return r->test.rows ? &r->test : r->val.rows ? &r->val : &r->train;
}

static bool is_share(const char *name) {
    static const char *const shares[] = {"accuracy", "precision", "recall",
                                         "f1",       "macro_f1",  "balanced_accuracy"};
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
        if (!strcmp(name, shares[i])) return true;
    return false;
}

/* 97.7%, 0.0998, 17,466: what a reader takes in at a glance. */
static char *score_text(const char *name, double value, char buf[32]) {
    if (is_share(name)) snprintf(buf, 32, "%.1f%%", 100 * value);
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

static bool has_interval(const glia_score *s) {
    return isfinite(s->low) && isfinite(s->high) && s->low < s->high;
}

static char *title_of(const page *p) {
    if (p->in->title) return copy_text(p->in->title);
    return p->in->train ? stem_of(glia_table_source(p->in->train)) : copy_text("training");
}

/* The sentence that a reader in a hurry takes along. */
static void lead(const page *p) {
    const char *part;
    const glia_metrics *m = best_part(p->in->report, &part);
    const glia_score *s = find_score(m, is_regression(p) ? "rmse" : "accuracy");
    char *widths = widths_text(p->in->model), parameters[32], rows[32], value[32], base[32];
    fprintf(p->f, "<p class=\"lead\">A network %s with %s parameters learned from %s samples",
            widths, count_text(glia_model_parameters(p->in->model), parameters),
            count_text(p->in->report->train_rows, rows));
    if (s && is_regression(p))
        fprintf(p->f,
                ". On the %s %s samples its typical error (rmse) is <strong>%s</strong>; always "
                "saying the mean would give %s.",
                count_text(m->rows, rows), part, score_text("rmse", s->value, value),
                score_text("rmse", m->baseline, base));
    else if (s)
        fprintf(p->f,
                " and gets <strong>%.1f%%</strong> of the %s %s samples right; always saying "
                "the most frequent class would get %.1f%%.",
                100 * s->value, count_text(m->rows, rows), part, 100 * m->baseline);
    else fputs(".", p->f);
    fputs("</p>\n", p->f);
    free(widths);
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
        below = format_text("%s, 95%%: %s to %s", part, score_text(name, s->low, low),
                            score_text(name, s->high, high));
    else below = format_text("on %s data", part);
    tile(p->f, name, score_text(name, s->value, value), below);
    free(below);
}

static void tiles(const page *p) {
    const glia_report *r = p->in->report;
    const char *part;
    const glia_metrics *m = best_part(r, &part);
    char text[32], more[32], *below;
    fputs("<dl class=\"tiles\">\n", p->f);
    score_tile(p, m, part, is_regression(p) ? "rmse" : "accuracy");
    score_tile(p, m, part, is_regression(p) ? "r2" : "loss");
    below = format_text("train; %lld validation, %lld test", (long long)r->val_rows,
                        (long long)r->test_rows);
    tile(p->f, "samples", count_text(r->train_rows, text), below);
    free(below);
    below = format_text("%s updates", count_text(r->history.updates, more));
    tile(p->f, "epochs", count_text(r->history.epochs, text), below);
    free(below);
    below = format_text("stopped: %s", r->history.stopped ? r->history.stopped : "");
    tile(p->f, "time", seconds_text(r->history.seconds, text), below);
    free(below);
    if (r->memory > 0)
        tile(p->f, "memory", bytes_text((double)r->memory, text), "planned before the start");
    fputs("</dl>\n", p->f);
}

static void headline(const page *p) {
    char *title = title_of(p);
    fputs("<header><p class=\"kicker\">glia " GLIA_VERSION " &middot; training report</p>\n<h1>",
          p->f);
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

static void section_begin(const page *p, const char *title) {
    fprintf(p->f, "<section><h2>%s</h2>\n", title);
}

static void section_end(const page *p) { fputs("</section>\n", p->f); }

static void legend(const page *p, const char *kind, int colour, const char *text) {
    fprintf(p->f, "<li><span class=\"key %s c%d\"></span>", kind, colour);
    html_text(p->f, text);
    fputs("</li>\n", p->f);
}

static void stretch(double *low, double *high, const double *values, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        if (isfinite(values[i])) {
            *low = fmin(*low, values[i]);
            *high = fmax(*high, values[i]);
        }
}

/* A cost that falls by more than a factor of thirty is easier to read on a logarithmic axis. */
static void cost_axis(frame *a, double low, double high) {
    a->log_y = low > 0 && high / low > 30;
    if (a->log_y) {
        low = log10(low);
        high = log10(high);
    } else {
        low = fmin(low, 0);
    }
    double room = high > low ? 0.04 * (high - low) : 0.5;
    a->low[1] = a->log_y ? low - room : low;
    a->high[1] = high + room;
}

static void best_epoch(const frame *a, const glia_history *h) {
    if (h->best_epoch < 0) return;
    double x[2] = {(double)h->best_epoch, (double)h->best_epoch}, y[2] = {a->low[1], a->high[1]};
    if (a->log_y)
        for (int i = 0; i < 2; i++) y[i] = pow(10, y[i]);
    svg_line(a, "dash", x, y, 2);
}

static void curves(const page *p) {
    const glia_history *h = &p->in->report->history;
    double low = INFINITY, high = -INFINITY;
    if (h->entries < 2) return;
    const double *cost = h->mean ? h->mean : h->cost;
    bool validated = h->best_epoch >= 0 && h->val_loss;
    stretch(&low, &high, cost, h->entries);
    if (validated) stretch(&low, &high, h->val_loss, h->entries);
    if (!(high >= low)) return;
    double *epoch = reserve(NULL, (size_t)h->entries * sizeof *epoch);
    for (int64_t i = 0; i < h->entries; i++) epoch[i] = (double)h->epoch[i];

    section_begin(p, "How the cost fell");
    frame a = {.f = p->f,
               .width = 480,
               .square = true,
               .name = {"epoch", "cost J"},
               .title = "Cost by epoch"};
    a.low[0] = epoch[0];
    a.high[0] = epoch[h->entries - 1];
    cost_axis(&a, low, high);
    svg_begin(&a);
    best_epoch(&a, h);
    svg_line(&a, "line c0", epoch, cost, h->entries);
    if (validated) svg_line(&a, "line c1", epoch, h->val_loss, h->entries);
    svg_end(&a);
    fputs("<ul class=\"legend\">", p->f);
    legend(p, "flat", 0, "training");
    if (validated) {
        legend(p, "flat", 1, "validation");
        fputs("<li>dashed: the best epoch; its weights were kept</li>", p->f);
    }
    fputs("</ul>\n", p->f);
    section_end(p);
    free(epoch);
}

/* ------------------------------------------------------------------------- decision boundary -- */

#define OVERLAP                                                                                    \
    0.4 /* pixels by which runs reach into the next row, so that no seam shines through */

/* All cells of one predicted class as one path of horizontal runs. */
static void region_path(const frame *a, const plane_view *v, int class) {
    double left = svg_x(a, v->low[0]), width = (svg_x(a, v->high[0]) - left) / v->columns;
    double top = svg_y(a, v->high[1]), height = (svg_y(a, v->low[1]) - top) / v->rows;
    fprintf(a->f, "<path class=\"region c%d\" d=\"", class % SVG_COLOURS);
    for (int row = 0; row < v->rows; row++)
        for (int from = 0, to; from < v->columns; from = to) {
            const int *line = &v->region[row * v->columns];
            for (to = from + 1; to < v->columns && line[to] == line[from]; to++) continue;
            if (line[from] == class)
                fprintf(a->f, "M%.1f %.1fh%.1fv%.1fh-%.1fz", left + from * width,
                        top + row * height, (to - from) * width, height + OVERLAP,
                        (to - from) * width);
        }
    fputs("\"/>\n", a->f);
}

/* Where P passes 1/2 between two neighbouring cell middles, as a fraction of the way;
 * negative: it does not. */
static double crossing(double p, double q) {
    return (p > 0.5) == (q > 0.5) ? -1 : (0.5 - p) / (q - p);
}

/* Marching squares: in the square of four cell middles the line joins the crossings of its
 * sides. */
static void square_edge(const frame *a, const plane_view *v, int row, int column, double step_x,
                        double step_y) {
    const double *s = &v->share[row * v->columns + column];
    double corner[4] = {s[0], s[1], s[v->columns + 1], s[v->columns]};
    static const double x0[4] = {0, 1, 1, 0}, y0[4] = {0, 0, 1, 1};
    double at_x = svg_x(a, v->low[0]) + (column + 0.5) * step_x,
           at_y = svg_y(a, v->high[1]) + (row + 0.5) * step_y;
    int found = 0;
    for (int side = 0; side < 4; side++) {
        int next = (side + 1) % 4;
        double f = crossing(corner[side], corner[next]);
        if (f < 0) continue;
        double x = x0[side] + f * (x0[next] - x0[side]), y = y0[side] + f * (y0[next] - y0[side]);
        fprintf(a->f, "%c%.1f %.1f", found++ % 2 ? 'L' : 'M', at_x + x * step_x, at_y + y * step_y);
    }
}

static void region_edge(const frame *a, const plane_view *v) {
    double step_x = (svg_x(a, v->high[0]) - svg_x(a, v->low[0])) / v->columns;
    double step_y = (svg_y(a, v->low[1]) - svg_y(a, v->high[1])) / v->rows;
    fputs("<path class=\"edge\" d=\"", a->f);
    for (int row = 0; row + 1 < v->rows; row++)
        for (int column = 0; column + 1 < v->columns; column++)
            square_edge(a, v, row, column, step_x, step_y);
    fputs("\"/>\n", a->f);
}

static void plane_dots(const frame *a, const plane_view *v) {
    for (int wrong = 0; wrong < 2; wrong++) /* the wrong ones on top */
        for (int64_t i = 0; i < v->points; i++) {
            char class[32];
            if (v->class[i] < 0 || (plane_view_region(v, i) != v->class[i]) != wrong) continue;
            snprintf(class, sizeof class, "%s c%d", wrong ? "wrong" : "dot",
                     v->class[i] % SVG_COLOURS);
            svg_dot(a, class, v->x[0][i], v->x[1][i], 3.2);
        }
}

static void boundary(const page *p) {
    plane_view v;
    if (!p->in->train ||
        !plane_view_make(p->c, p->in->model, p->in->train, p->in->target, 160, 160, &v))
        return;
    section_begin(p, "Where it draws the line");
    frame a = {.f = p->f,
               .width = 480,
               .square = true,
               .title = "Predicted class in the plane, "
                        "and the points"};
    for (int i = 0; i < 2; i++) {
        a.low[i] = v.low[i];
        a.high[i] = v.high[i];
        a.name[i] = v.axis[i];
    }
    svg_begin(&a);
    for (int k = 0; k < v.classes; k++) region_path(&a, &v, k);
    if (v.share) region_edge(&a, &v);
    plane_dots(&a, &v);
    svg_end(&a);
    fputs("<ul class=\"legend\">", p->f);
    for (int k = 0; k < v.classes; k++)
        legend(p, "", k % SVG_COLOURS, glia_model_class(p->in->model, k));
    fputs("<li><span class=\"key ring\"></span>on the wrong side</li></ul>\n", p->f);
    section_end(p);
    plane_view_free(&v);
}

/* ------------------------------------------------------------------------ predicted and true -- */

static void values(const page *p) {
    const glia_table *t = p->in->test ? p->in->test : p->in->train;
    value_view v;
    if (!t || !value_view_make(p->c, p->in->model, t, p->in->target, &v)) return;
    double room = v.high > v.low ? 0.04 * (v.high - v.low) : 1,
           ends[2] = {v.low - room, v.high + room};
    char *truth = format_text("true %s", v.name), *guess = format_text("predicted %s", v.name);
    section_begin(p, "Predicted against true");
    frame a = {.f = p->f,
               .width = 480,
               .square = true,
               .name = {truth, guess},
               .title = "Predicted against true"};
    for (int i = 0; i < 2; i++) {
        a.low[i] = ends[0];
        a.high[i] = ends[1];
    }
    svg_begin(&a);
    svg_line(&a, "dash", ends, ends, 2);
    for (int64_t i = 0; i < v.points; i++) svg_dot(&a, "dot c0", v.truth[i], v.value[i], 3);
    svg_end(&a);
    fprintf(p->f,
            "<p class=\"note\">Each dot is one %s sample; on the dashed line it is right.</p>\n",
            p->in->test ? "test" : "training");
    section_end(p);
    free(truth);
    free(guess);
    value_view_free(&v);
}

/* ------------------------------------------------------------------------------------ scores -- */

static void score_cell(const page *p, const glia_metrics *m, const char *name) {
    const glia_score *s = find_score(m, name);
    char value[32], low[32], high[32];
    if (!s || isnan(s->value)) fputs("<td>&ndash;</td>", p->f);
    else if (has_interval(s))
        fprintf(p->f, "<td>%s <small>(%s to %s)</small></td>", score_text(name, s->value, value),
                score_text(name, s->low, low), score_text(name, s->high, high));
    else fprintf(p->f, "<td>%s</td>", score_text(name, s->value, value));
}

static bool any_interval(const glia_report *r) {
    const glia_metrics *parts[3] = {&r->train, &r->val, &r->test};
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < parts[k]->scores; i++)
            if (has_interval(&parts[k]->score[i])) return true;
    return false;
}

static void scores(const page *p) {
    const glia_report *r = p->in->report;
    const glia_metrics *parts[3] = {&r->train, &r->val, &r->test};
    static const char *const names[3] = {"training", "validation", "test"};
    section_begin(p, "Scores");
    fputs("<div class=\"wide\"><table><thead><tr><th></th>", p->f);
    for (int k = 0; k < 3; k++)
        if (parts[k]->rows) fprintf(p->f, "<th>%s</th>", names[k]);
    fputs("</tr></thead><tbody>\n", p->f);
    for (int i = 0; i < r->train.scores; i++) {
        fprintf(p->f, "<tr><td>%s</td>", r->train.score[i].name);
        for (int k = 0; k < 3; k++)
            if (parts[k]->rows) score_cell(p, parts[k], r->train.score[i].name);
        fputs("</tr>\n", p->f);
    }
    fputs("</tbody></table></div>\n", p->f);
    if (any_interval(r)) fputs("<p class=\"note\">In brackets: the 95% interval.</p>\n", p->f);
    section_end(p);
}

static void confusion_cell(const page *p, int64_t count, int64_t row_total, bool diagonal) {
    double share = row_total ? (double)count / (double)row_total : 0;
    if (!count) fputs("<td class=\"none\">&middot;</td>", p->f);
    else
        fprintf(p->f, "<td class=\"%s\" style=\"--v:%.3f\">%lld</td>", diagonal ? "ok" : "off",
                0.08 + 0.62 * (diagonal ? share : sqrt(share)), (long long)count);
}

static void confusion_row(const page *p, const glia_metrics *m, int64_t k) {
    const int64_t *row = &m->confusion[k * m->classes];
    int64_t total = 0;
    for (int64_t j = 0; j < m->classes; j++) total += row[j];
    fputs("<tr><th scope=\"row\">", p->f);
    html_text(p->f, glia_model_class(p->in->model, k));
    fputs("</th>", p->f);
    for (int64_t j = 0; j < m->classes; j++) confusion_cell(p, row[j], total, j == k);
    if (total)
        fprintf(p->f, "<td class=\"none\">%.1f%%</td></tr>\n",
                100.0 * (double)row[k] / (double)total);
    else fputs("<td class=\"none\">&ndash;</td></tr>\n", p->f);
}

/* A small table stands beside another section, a wide one by itself. */
static void confusion(const page *p, bool wide) {
    const char *part;
    const glia_metrics *m = best_part(p->in->report, &part);
    if (!m->confusion || m->classes < 2 || m->classes > 40 || (m->classes > 4) != wide) return;
    section_begin(p, "What was taken for what");
    fputs("<div class=\"wide\"><table class=\"confusion\"><thead><tr>"
          "<th>true &#8595; predicted &#8594;</th>",
          p->f);
    for (int64_t k = 0; k < m->classes; k++) {
        fputs("<th>", p->f);
        html_text(p->f, glia_model_class(p->in->model, k));
        fputs("</th>", p->f);
    }
    fputs("<th>right</th></tr></thead><tbody>\n", p->f);
    for (int64_t k = 0; k < m->classes; k++) confusion_row(p, m, k);
    fprintf(p->f, "</tbody></table></div>\n<p class=\"note\">Counts of %s samples.</p>\n", part);
    section_end(p);
}

/* ------------------------------------------------------------------------------------ images -- */

static void base64(FILE *f, const uint8_t *bytes, size_t n) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t second = i + 1 < n ? bytes[i + 1] : 0, third = i + 2 < n ? bytes[i + 2] : 0;
        uint32_t word = (uint32_t)bytes[i] << 16 | second << 8 | third;
        fputc(digits[word >> 18], f);
        fputc(digits[word >> 12 & 63], f);
        fputc(i + 1 < n ? digits[word >> 6 & 63] : '=', f);
        fputc(i + 2 < n ? digits[word & 63] : '=', f);
    }
}

static void little_endian(uint8_t *to, uint32_t value) {
    for (int i = 0; i < 4; i++) to[i] = (uint8_t)(value >> 8 * i);
}

/* The picture as a 24-bit Windows bitmap, the simplest format that every browser reads: rows
 * from the bottom, BGR, each padded to 4 bytes. */
static void bitmap(FILE *f, const image *i) {
    size_t stride = ((size_t)i->width * 3 + 3) / 4 * 4, size = 54 + stride * (size_t)i->height;
    uint8_t *b = memset(reserve(NULL, size), 0, size), rgb[3];
    memcpy(b, "BM", 2);
    little_endian(b + 2, (uint32_t)size);
    little_endian(b + 10, 54);
    little_endian(b + 14, 40);
    little_endian(b + 18, (uint32_t)i->width);
    little_endian(b + 22, (uint32_t)i->height);
    b[26] = 1;
    b[28] = 24;
    for (int row = 0; row < i->height; row++)
        for (int column = 0; column < i->width; column++) {
            uint8_t *to = b + 54 + stride * (size_t)(i->height - 1 - row) + 3 * (size_t)column;
            image_colour(i, row, column, rgb);
            to[0] = rgb[2], to[1] = rgb[1], to[2] = rgb[0];
        }
    base64(f, b, size);
    free(b);
}

static void images(const page *p, const char *title, gallery a, const char *remark) {
    if (a.count) {
        section_begin(p, title);
        fputs("<div class=\"gallery\">\n", p->f);
    }
    for (int k = 0; k < a.count; k++) {
        const image *i = &a.image[k];
        int scale = i->width < 72 ? 72 / i->width : 1;
        fprintf(p->f, "<figure><img width=\"%d\" height=\"%d\" alt=\"", i->width * scale,
                i->height * scale);
        html_text(p->f, i->caption);
        fputs("\" src=\"data:image/bmp;base64,", p->f);
        bitmap(p->f, i);
        fprintf(p->f, "\"><figcaption%s>", i->wrong ? " class=\"miss\"" : "");
        html_text(p->f, i->caption);
        fputs("</figcaption></figure>\n", p->f);
    }
    if (a.count) {
        fprintf(p->f, "</div><p class=\"note\">%s</p>\n", remark);
        section_end(p);
    }
    gallery_free(&a);
}

static void all_images(const page *p) {
    const report_input *in = p->in;
    const glia_table *t = in->test ? in->test : in->train;
    if (!t) return;
    const char *part = in->test ? "test" : "training";
    char *first = format_text("The first %s samples, with what the network takes them for.", part);
    char *wrong = format_text("From the %s samples: the predicted class, then the true one.", part);
    images(p, "Samples", gallery_of_samples(p->c, in->model, t, in->target, false, 16), first);
    images(p, "Mistakes", gallery_of_samples(p->c, in->model, t, in->target, true, 16), wrong);
    images(p, "What the first layer looks for", gallery_of_weights(in->model, t, 24),
           "Weights of the units with the largest norm. Red: ink here speaks for the unit; blue: "
           "against it.");
    free(first);
    free(wrong);
}

/* ---------------------------------------------------------------- network, decisions, origin -- */

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

static void network(const page *p) {
    const glia_model *m = p->in->model;
    section_begin(p, "The network");
    flow(p);
    fputs("<div class=\"wide\"><table><thead><tr><th>layer</th><th class=\"text\">name</th>"
          "<th class=\"text\">activation</th><th>W</th><th>b</th><th>parameters</th></tr></thead>"
          "<tbody>\n",
          p->f);
    for (int i = 0; i < glia_model_layers(m); i++) {
        glia_layer l = glia_model_layer(m, i);
        char text[32];
        fprintf(p->f, "<tr><td>%d</td><td class=\"text\">", i + 1);
        html_text(p->f, l.name);
        fputs("</td><td class=\"text\">", p->f);
        fprintf(p->f, "%s%s", l.norm ? l.norm : "", l.norm ? ", " : "");
        html_text(p->f, l.activation);
        fprintf(p->f, "</td><td>(%lld, %lld)</td><td>(%lld, 1)</td><td>%s</td></tr>\n",
                (long long)l.units, (long long)l.in, (long long)l.units,
                count_text(l.parameters, text));
    }
    fputs("</tbody></table></div>\n", p->f);
    section_end(p);
}

static void decisions(const page *p) {
    if (!p->in->decision_count) return;
    section_begin(p, "Decided for you");
    fputs("<ul class=\"plain\">\n", p->f);
    for (int i = 0; i < p->in->decision_count; i++) {
        fputs("<li>", p->f);
        html_text(p->f, p->in->decisions[i]);
        fputs("</li>\n", p->f);
    }
    fputs("</ul>\n", p->f);
    section_end(p);
}

static void origin_row(const page *p, const char *name, const char *value) {
    if (!value || !*value) return;
    fprintf(p->f, "<tr><td>%s</td><td class=\"wrap\">", name);
    html_text(p->f, value);
    fputs("</td></tr>\n", p->f);
}

static bool is_file(const char *path) {
    FILE *f = path ? fopen(path, "rb") : NULL;
    if (f) fclose(f);
    return f != NULL;
}

/* Where the data come from, and what they were. */
static void data_rows(const page *p) {
    const char *source = p->in->train ? glia_table_source(p->in->train) : NULL;
    char hex[65];
    origin_row(p, "data", p->in->data ? p->in->data : source);
    if (!p->in->data && is_file(source) && glia_file_sha256(p->c->g, source, hex) == GLIA_OK)
        origin_row(p, "data SHA-256", hex);
}

static void origin(const page *p) {
    char threads[32];
    section_begin(p, "The same again");
    if (p->in->command) {
        fputs("<pre>", p->f);
        html_text(p->f, p->in->command);
        fputs("</pre>\n", p->f);
    }
    fputs("<table><tbody>\n", p->f);
    data_rows(p);
    origin_row(p, "seed", p->in->seed);
    origin_row(p, "threads", count_text(glia_threads(p->c->g), threads));
    origin_row(p, "precision", glia_dtype_name(glia_model_dtype(p->in->model)));
    origin_row(p, "loss", glia_model_loss(p->in->model));
    fputs("</tbody></table>\n"
          "<p class=\"note\">The number of threads does not change the result.</p>\n",
          p->f);
    section_end(p);
}

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
    fputs(" &middot; glia</title>\n", p->f);
    fprintf(p->f, "<style>\n%s", report_style);
    colour_rules(p->f);
    fputs("</style>\n", p->f);
    fputs("</head><body><main>\n", p->f);
    headline(p);
    fputs("<div class=\"grid2\">\n", p->f);
    curves(p);
    boundary(p);
    values(p);
    scores(p);
    confusion(p, false);
    fputs("</div>\n", p->f);
    confusion(p, true);
    all_images(p);
    network(p);
    decisions(p);
    origin(p);
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

int write_report(const cli *c, const char *path, const glia_model *m, const glia_report *r,
                 const glia_table *train, const glia_table *test) {
    report_input in = {.model = m, .report = r, .train = train, .test = test, .command = c->line};
    in.decisions = (const char *const *)c->notes;
    in.decision_count = c->note_count;
    if (c->recipe) {
        in.seed = glia_recipe_get(c->recipe, "seed");
        in.target = glia_recipe_get(c->recipe, "target");
    }
    return report_write(c, path, &in);
}
