/*
 * units.c: what the hidden units do over the data: how their activations spread, how many units are
 * dead, how many values stand at an end of their range.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

enum { MOST_ROWS = 500, BINS = 16, BAR = 6, HEIGHT = 26 };

/* Where activations have ends, as `glia show --equations` has them; `top` NaN: none above. Beyond
 * the end below no gradient comes back, or hardly any. */
static const struct {
    const char *activation;
    double low, high;
} ends[] = {{"relu", 0, NAN}, {"sigmoid", 0, 1}, {"tanh", -1, 1}};

/* As the doctor has it: within 1% of an end hardly any gradient comes back. */
static const double near_an_end = 0.01;

typedef struct activity { /* of one layer */
    int64_t units, dead;
    double mean, deviation, low, high;
    double zero, saturated; /* shares of all values; saturated NaN: the range has no two ends */
    double bin[BINS];
} activity;

static int ends_of(const char *activation) {
    for (int i = 0; i < (int)(sizeof ends / sizeof *ends); i++)
        if (strcmp(activation, ends[i].activation) == 0) return i;
    return -1;
}

/* At an end where no gradient comes back: 0 of relu, both of sigmoid and tanh. */
static bool is_idle(int kind, double a) {
    if (kind < 0) return false;
    if (isnan(ends[kind].high)) return a <= ends[kind].low;
    return a < ends[kind].low + near_an_end || a > ends[kind].high - near_an_end;
}

/* value is (rows, units). */
static void measure(const glia_predictions *v, int kind, activity *a) {
    int64_t idle = 0;
    double sum = 0, squares = 0, n = (double)v->rows * (double)v->outputs;
    *a = (activity){.units = v->outputs, .low = INFINITY, .high = -INFINITY};
    for (int64_t j = 0; j < a->units; j++) {
        int64_t of_unit = 0;
        for (int64_t i = 0; i < v->rows; i++) {
            double value = v->value[i * a->units + j];
            sum += value, squares += value * value;
            a->low = fmin(a->low, value), a->high = fmax(a->high, value);
            a->zero += value == 0;
            of_unit += is_idle(kind, value);
        }
        idle += of_unit;
        a->dead += of_unit == v->rows;
    }
    a->mean = sum / n;
    a->deviation = sqrt(fmax(0, squares / n - a->mean * a->mean));
    a->zero /= n;
    a->saturated = kind >= 0 && !isnan(ends[kind].high) ? (double)idle / n : NAN;
}

static void count_values(const glia_predictions *v, activity *a) {
    double span = a->high - a->low;
    for (int64_t i = 0; i < v->rows * v->outputs; i++) {
        double share = span > 0 ? (v->value[i] - a->low) / span : 0;
        a->bin[share < 1 ? (int)(share * BINS) : BINS - 1]++;
    }
}

/* Square roots, since zeros are so many that nothing else would be seen beside them. */
static void put_spread(page *p, const char *layer, const activity *a) {
    char low[32], high[32];
    double most = 0;
    for (int k = 0; k < BINS; k++) most = fmax(most, a->bin[k]);
    char *label = PLAIN(p, spread_label, layer, short_text(a->low, low), short_text(a->high, high));
    fprintf(p->f,
            "<td class=\"text\"><svg viewBox=\"0 0 %d %d\" style=\"width:%dpx\" role=\"img\">"
            "<title>",
            BINS * BAR, HEIGHT, BINS * BAR);
    html_text(p->f, label);
    fputs("</title>", p->f);
    for (int k = 0; k < BINS; k++) {
        double height = a->bin[k] > 0 ? fmax(1, sqrt(a->bin[k] / most) * HEIGHT) : 0;
        fprintf(p->f, "<rect class=\"bin\" x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\"/>",
                k * BAR, HEIGHT - height, BAR - 1, height);
    }
    fprintf(p->f, "</svg><small>%s … %s</small></td>", low, high);
    free(label);
}

static void share_cell(page *p, double share) {
    char text[32];
    snprintf(text, sizeof text, "%.1f%%", 100 * share);
    cell(p, NUMBER, isnan(share) ? "–" : text);
}

static void layer_row(page *p, int i, const glia_predictions *v) {
    glia_layer l = glia_model_layer(p->in->model, i);
    activity a;
    char *name = format_text("%d %s, %s", i + 1, l.name, l.activation), number[32];
    measure(v, ends_of(l.activation), &a);
    count_values(v, &a);
    row_begin(p, name);
    cell(p, NUMBER, count_text(a.units, number));
    fprintf(p->f, "<td>%lld<small>%.1f%%</small></td>", (long long)a.dead,
            100 * (double)a.dead / (double)a.units);
    cell(p, NUMBER, short_text(round(a.mean * 1e4) / 1e4, number));
    cell(p, NUMBER, short_text(round(a.deviation * 1e4) / 1e4, number));
    share_cell(p, a.zero);
    share_cell(p, a.saturated);
    put_spread(p, name, &a);
    row_end(p);
    free(name);
}

static void layers_table(page *p, const glia_table *t) {
    static const phrase names[] = {SAY_count_of_units, SAY_dead,    SAY_mean,
                                   SAY_deviation,      SAY_at_zero, SAY_saturated};
    table_begin(p, "units", SAY_units);
    head(p, TEXT, SAY_layer);
    for (int i = 0; i < 6; i++) head(p, NUMBER, names[i]);
    head(p, TEXT, SAY_spread);
    for (int i = 0; i + 1 < glia_model_layers(p->in->model); i++) {
        char number[32];
        count_text(i + 1, number);
        glia_predictions *v = glia_model_apply_at(p->c->g, p->in->model, number, t);
        if (v) layer_row(p, i, v);
        glia_predictions_free(p->c->g, v);
    }
    table_end(p);
}

/* Some of the rows of the part that tells most. */
static glia_table *some_rows(const page *p, int part) {
    int64_t rows = glia_table_rows(p->dots[part]), at[MOST_ROWS],
            n = rows < MOST_ROWS ? rows : MOST_ROWS;
    for (int64_t i = 0; i < n; i++) at[i] = i * rows / n;
    return glia_table_select(p->dots[part], at, n);
}

void units_section(page *p) {
    static const char *const names[PARTS] = {"training", "validation", "test"};
    int part = TEST_PART;
    while (part > TRAINING_PART && !p->dots[part]) part--;
    if (glia_model_layers(p->in->model) < 2 || !p->dots[part]) return;
    glia_table *t = some_rows(p, part);
    char rows[32];
    if (!t) return;
    section_begin(p, SAY_units);
    layers_table(p, t);
    NOTE(p, units_note, count_text(glia_table_rows(t), rows),
         word(p, is_training(p) ? names[part] : "measured"));
    section_end(p);
    glia_table_free(t);
}
