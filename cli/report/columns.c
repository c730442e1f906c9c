/*
 * columns.c: what columns are worth to a model, and which of them the units of its first layer
 * listen to.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

/* -------------------------------------------------------------------------------- importance -- */

enum { MOST_COLUMNS = 30 };

static void importance_row(page *p, const glia_importance *c, double largest) {
    char low[32], high[32];
    double share = largest > 0 && c->drop > 0 ? c->drop / largest : 0;
    row_begin(p, glia_table_column(p->in->weighed, c->column).name);
    cell_number(p, c->drop);
    fputs("<td>", p->f);
    if (isnan(c->low)) fputs("–", p->f);
    else TELL(p, from_to, score_text(c->low, low), score_text(c->high, high));
    fprintf(p->f, "</td><td class=\"bar\"><span style=\"width:%.1f%%\"></span></td>", 100 * share);
    row_end(p);
}

void importance_section(page *p) {
    const glia_importances *i = p->in->importances;
    char text[32], repeats[32], rows[32];
    if (!i || i->columns == 0) return;
    int shown = i->columns < MOST_COLUMNS ? i->columns : MOST_COLUMNS;
    const char *score = word(p, i->score);
    bool gained = strcmp(importance_word(i), "gained") == 0;
    char *change = gained ? PLAIN(p, gained, score) : PLAIN(p, lost, score);
    section_begin(p, SAY_importance);
    table_begin(p, "importance", SAY_importance);
    head(p, TEXT, SAY_column);
    head_name(p, NUMBER, change);
    head(p, NUMBER, SAY_interval);
    head(p, TEXT, SAY_bar);
    for (int k = 0; k < shown; k++) importance_row(p, &i->column[k], i->column[0].drop);
    table_end(p);
    if (shown < i->columns)
        NOTE(p, importance_first, count_text(shown, text), count_text(i->columns, rows));
    NOTE(p, importance_note, score, score_text(i->value, text), count_text(i->repeats, repeats),
         count_text(glia_table_rows(p->in->weighed), rows), word(p, p->in->weighed_part));
    section_end(p);
    free(change);
}

/* ----------------------------------------------------------------------------------- listens -- */

enum { MOST_UNITS = 10, MOST_LISTENED = 12 };

typedef struct ranked { /* a unit or a column, and how much it weighs */
    int at;
    double size;
} ranked;

/* The first layer: units, and the columns that its inputs were made from. */
typedef struct listening {
    glia_tensor w;
    int columns, units;
    char **name;    /* [columns] */
    int64_t *first; /* [columns + 1] inputs of the network */
    ranked *column, *unit;
    double largest;
} listening;

static int by_size(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    return x->size != y->size ? (x->size < y->size) - (x->size > y->size) : x->at - y->at;
}

/* Of a series the same columns come again for each row of the past: the last one's have their own
 * names, those of the row before "temp −1". */
static char *listened_name(const char *column, int64_t before) {
    return before > 0 ? format_text("%s −%lld", column, (long long)before) : copy_text(column);
}

/* Inputs side by side that are made from one column belong together, in each row of a past. */
static void find_columns(listening *l, const glia_model *m) {
    int64_t inputs = glia_model_inputs(m), rows = glia_model_sequence(m).length;
    if (rows < 1) rows = 1;
    l->name = reserve(NULL, (size_t)inputs * sizeof *l->name);
    l->first = reserve(NULL, (size_t)(inputs + 1) * sizeof *l->first);
    const char *last = NULL;
    for (int64_t k = 0; k < inputs; k++) {
        const char *name = glia_model_feature(m, k);
        if (!name) name = "?";
        if (last && strcmp(last, name) == 0 && k % (inputs / rows) != 0) continue;
        last = name;
        l->first[l->columns] = k;
        l->name[l->columns++] = listened_name(name, rows - 1 - k / (inputs / rows));
    }
    l->first[l->columns] = inputs;
}

/* The weight of a unit on a column; of several features their length. */
static double weight_on(const listening *l, int unit, int column) {
    int64_t from = l->first[column], to = l->first[column + 1], inputs = l->w.dim[1];
    double sum = 0;
    if (to == from + 1) return glia_tensor_value(&l->w, unit * inputs + from);
    for (int64_t k = from; k < to; k++) {
        double w = glia_tensor_value(&l->w, unit * inputs + k);
        sum += w * w;
    }
    return sqrt(sum);
}

static void rank_all(listening *l) {
    l->column = reserve(NULL, (size_t)l->columns * sizeof *l->column);
    l->unit = reserve(NULL, (size_t)l->units * sizeof *l->unit);
    for (int j = 0; j < l->columns; j++) l->column[j] = (ranked){j, 0};
    for (int i = 0; i < l->units; i++) {
        l->unit[i] = (ranked){i, 0};
        for (int j = 0; j < l->columns; j++) {
            double w = weight_on(l, i, j);
            l->unit[i].size += w * w;
            l->column[j].size += w * w;
            l->largest = fmax(l->largest, fabs(w));
        }
    }
    qsort(l->column, (size_t)l->columns, sizeof *l->column, by_size);
    qsort(l->unit, (size_t)l->units, sizeof *l->unit, by_size);
}

static void weight_cell(page *p, const listening *l, int unit, int column) {
    double w = weight_on(l, unit, column);
    bool sign = l->first[column + 1] == l->first[column] + 1;
    fprintf(p->f, "<td class=\"%s\" style=\"--v:%.3f\">%s%.2f</td>",
            !sign   ? "some"
            : w < 0 ? "against"
                    : "for",
            l->largest > 0 ? 0.75 * fabs(w) / l->largest : 0,
            !sign   ? ""
            : w < 0 ? "−"
                    : "+",
            fabs(w));
}

/* Where the first layer is the last, its units have the names of what they answer. */
static char *unit_name(const page *p, int unit) {
    const glia_model *m = p->in->model;
    char number[32];
    if (glia_model_layers(m) > 1) return PLAIN(p, unit_number, count_text(unit + 1, number));
    if (glia_model_targets(m) > 1 || glia_model_quantiles(m)) return part_name(m, unit);
    int64_t classes = glia_model_classes(m);
    return copy_text(classes == 2  ? glia_model_class(m, 1)
                     : classes > 2 ? glia_model_class(m, unit)
                                   : glia_model_target(m, 0));
}

static void listens_table(page *p, const listening *l, int columns, int units) {
    table_begin(p, "listens", SAY_listens);
    head(p, TEXT, SAY_unit);
    for (int j = 0; j < columns; j++) head_name(p, NUMBER, l->name[l->column[j].at]);
    for (int i = 0; i < units; i++) {
        char *name = unit_name(p, l->unit[i].at);
        row_begin(p, name);
        for (int j = 0; j < columns; j++) weight_cell(p, l, l->unit[i].at, l->column[j].at);
        row_end(p);
        free(name);
    }
    table_end(p);
}

/* W of the layer that reads the columns; data NULL: it reads arrays, or parts of the columns. */
static glia_tensor first_weights(const glia_model *m) {
    bool one = glia_model_columns(m) < 2 && !glia_model_sequence(m).length;
    if (one || glia_model_layer(m, 0).b == 0) return (glia_tensor){0}; /* none weighs columns */
    glia_tensor w = glia_model_param(m, 0);
    return w.ndim == 2 && w.dim[1] == glia_model_inputs(m) ? w : (glia_tensor){0};
}

void listens_section(page *p) {
    listening l = {.w = first_weights(p->in->model)};
    char shown[32], all[32];
    if (!l.w.data) return;
    l.units = (int)l.w.dim[0];
    find_columns(&l, p->in->model);
    rank_all(&l);
    int columns = l.columns < MOST_LISTENED ? l.columns : MOST_LISTENED,
        units = l.units < MOST_UNITS ? l.units : MOST_UNITS;
    section_begin(p, SAY_listens);
    listens_table(p, &l, columns, units);
    if (columns < l.columns)
        NOTE(p, listens_columns, count_text(columns, shown), count_text(l.columns, all));
    NOTE(p, listens_note);
    section_end(p);
    for (int j = 0; j < l.columns; j++) free(l.name[j]);
    free(l.name);
    free(l.first);
    free(l.column);
    free(l.unit);
}
