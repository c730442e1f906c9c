/*
 * fit_date.c: which parts of a date differ in training (dates.c), and the mean and deviation of
 * each.
 */
#include "fit.h"

#include <math.h>
#include <string.h>

gl_reason gl_judge_date(const gl_fitting *f, const gl_column *c) {
    double first = NAN;
    for (int64_t i = 0; i < f->n; i++) {
        double v = gl_number(c, gl_row_of(f, i));
        if (isnan(v)) continue;
        if (isnan(first)) first = v;
        else if (v != first) return GL_KEPT;
    }
    return isnan(first) ? GL_EMPTY : GL_CONSTANT;
}

static double part_at(const gl_fitting *f, const gl_column *c, const gl_input_column *in, int64_t i,
                      int part) {
    double v = gl_number(c, gl_row_of(f, i));
    return gl_date_part(isnan(v) ? in->fill : v, part);
}

/* Of a series those that come again: no day and no year of the future is one of training's. */
static unsigned find_parts(const gl_fitting *f, const gl_column *c, const gl_input_column *in) {
    unsigned parts = 0;
    for (int part = f->p->series.length > 0 ? GL_FIRST_THAT_RETURNS : 0; part < GL_DATE_PARTS;
         part++) {
        double first = part_at(f, c, in, 0, part);
        for (int64_t i = 1; i < f->n && !(parts >> part & 1); i++)
            if (part_at(f, c, in, i, part) != first) parts |= 1u << part;
    }
    return parts;
}

static void measure_part(const gl_fitting *f, const gl_column *c, gl_input_column *in, int part,
                         int64_t k) {
    double sum = 0, squares = 0, min = INFINITY, max = -INFINITY;
    for (int64_t i = 0; i < f->n; i++) {
        double v = part_at(f, c, in, i, part);
        sum += v;
        min = fmin(min, v);
        max = fmax(max, v);
    }
    double mean = sum / (double)f->n;
    for (int64_t i = 0; i < f->n; i++) {
        double d = part_at(f, c, in, i, part) - mean;
        squares += d * d;
    }
    bool minmax = in->scaling == GL_SCALE_MINMAX;
    in->center[k] = minmax ? min : mean;
    in->spread[k] = minmax ? max - min : sqrt(squares / (double)f->n);
    if (!(max > min)) in->spread[k] = 1; /* a part that was asked for, and does not differ */
}

/* The fill is the median of the days, which the column has as one of numbers. */
glia_status gl_fit_date_column(const gl_fitting *f, const gl_column *c, gl_input_column *in) {
    const gl_wish *w = gl_wish_of(f, c);
    gl_fit_gaps(f, c, in);
    in->indicator = in->box = false;
    in->date = c->date;
    in->parts = w->parts ? w->parts : find_parts(f, c, in);
    if (!in->parts) in->parts = 1;
    in->scaling = w->scale == GL_SCALE_AUTO ? GL_SCALE_STANDARD : w->scale;
    if (w->scale == GL_SCALE_NONE || w->scale == GL_SCALE_DIVIDE) return GLIA_OK;
    if (w->scale == GL_SCALE_GIVEN) return gl_take_scales(f, w, in, gl_parts_count(in->parts));
    glia_status status = gl_set_scales(f, in, gl_parts_count(in->parts));
    int64_t k = 0;
    for (int part = 0; part < GL_DATE_PARTS && !status; part++)
        if (in->parts >> part & 1) measure_part(f, c, in, part, k++);
    return status;
}

typedef struct sided {  /* cells that are dates in one order alone */
    int64_t cells, row; /* how many, the row of the first */
} sided;

static sided find_sided(const gl_fitting *f, const gl_column *c, gl_date order) {
    sided s = {0};
    for (int64_t i = 0; i < f->t->rows; i++) {
        gl_date_parts p;
        const char *text = c->code[i] < 0 ? "" : c->category[c->code[i]];
        if (!gl_date_read(text, strlen(text), &p)) continue;
        if (!p.may[order] || p.may[GL_YMD] + p.may[GL_DMY] + p.may[GL_MDY] != 1) continue;
        if (!s.cells++) s.row = i;
    }
    return s;
}

/* "'25/12/2021' in line 3 and 7 more cells have the day first" */
static void add_side(const gl_fitting *f, const gl_column *c, const sided *s, const char *first,
                     gl_text *out) {
    gl_add(out, "'%.40s' in %s %lld", c->category[c->code[s->row]], gl_row_word(f->t),
           (long long)glia_table_line(f->t, s->row));
    if (s->cells > 1)
        gl_add(out, " and %lld more cell%s", (long long)s->cells - 1, s->cells == 2 ? "" : "s");
    gl_add(out, " %s the %s first", s->cells > 1 ? "have" : "has", first);
}

/* No order fits all: option 'date-order' would make a part of them missing. */
static glia_status contradiction(const gl_fitting *f, const gl_column *c, const sided *day,
                                 const sided *month) {
    gl_text text = {.g = f->g};
    add_side(f, c, day, "day", &text);
    gl_add(&text, ", ");
    add_side(f, c, month, "month", &text);
    bool few_days = 20 * day->cells <= month->cells, few_months = 20 * month->cells <= day->cells;
    if (few_days || few_months)
        gl_add(&text, "; correct the few, or say option 'date-order' %s, which makes them missing",
               few_days ? "mdy" : "dmy");
    else
        gl_add(&text, "; write all in one, such as 2020-01-31, or leave the column out (option "
                      "'ignore')");
    gl_fail(f->g, GLIA_INPUT, "%s, column '%s': no order of day and month fits all: %s",
            f->t->source, c->name, text.s ? text.s : "");
    gl_free(f->g, text.s);
    return GLIA_INPUT;
}

/* Refused where it would be learned from, and not where it only stands in the file. */
glia_status gl_check_dates(const gl_fitting *f, int j) {
    const gl_column *c = &f->t->column[j];
    if (!c->either_date || f->said[j] || j == f->weight) return GLIA_OK;
    sided day = find_sided(f, c, GL_DMY), month = find_sided(f, c, GL_MDY);
    if (day.cells && month.cells) return contradiction(f, c, &day, &month);
    return gl_fail(f->g, GLIA_INPUT,
                   "%s, column '%s': dates such as '%s' may have the day or the %s first; say "
                   "option 'date-order' dmy or %s, or leave the column out (option 'ignore')%s",
                   f->t->source, c->name, c->categories ? c->category[0] : "",
                   day.cells ? "year" : "month", day.cells ? "ymd" : "mdy",
                   day.cells ? ", or learn from its texts, as of versions (option 'category')"
                             : "");
}

/* Rows that follow each other in time are alike: those that are picked from between others are
 * answered too well. Twenty rows in order are no chance. */
void gl_tell_time_order(const gl_fitting *f) {
    if (f->t->past || f->n == f->t->rows || f->t->rows < GL_FEW_ROWS) return;
    for (int j = 0; j < f->t->columns; j++) {
        const gl_column *c = &f->t->column[j];
        if (!gl_in_order_of_time(f->t, c)) continue;
        gl_warn(
            f->g,
            "%s: the rows are in the order of '%s', and validation rows are picked from between "
            "the others, which flatters scores of what comes later; let the network read a series "
            "(option 'sequence' N), or keep the last rows in a file of their own (option 'val' "
            "DATA)",
            f->t->source, c->name);
        return;
    }
}
