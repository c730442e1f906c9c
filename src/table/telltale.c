/*
 * telltale.c: classes of pictures that something else than what they show tells apart. Cats that
 * came from one place and dogs from another differ by the size of their files, by their kind or by
 * how light they are, and a network learns just that.
 *
 *     cat   500x375 500x375 500x375      the width of the file decides, and nothing is left
 *     dog   640x480 640x480              undecided
 *
 * What a size decides is measured as it is of any column (leaks.c): one range a class.
 */
#include "alike.h"

#include <math.h>

typedef double measure(const glia_table *t, int64_t row);

static double width(const glia_table *t, int64_t row) { return t->origin[row].width; }
static double height(const glia_table *t, int64_t row) { return t->origin[row].height; }
static double kind(const glia_table *t, int64_t row) { return t->origin[row].kind; }
static double channels(const glia_table *t, int64_t row) { return t->origin[row].channels; }

/* The mean of its colours, not of its alpha. */
static double brightness(const glia_tensor *picture) {
    int64_t size = glia_tensor_count(picture, 0), of = picture->dim[2], sum = 0;
    int64_t colours = of == 4 ? 3 : of;
    const uint8_t *p = picture->data;
    for (int64_t i = 0; i < size; i += of)
        for (int64_t k = 0; k < colours; k++) sum += p[i + k];
    return (double)sum / (double)(size / of * colours);
}

/* What a file is like comes first: what it decides nobody meant. */
static const struct {
    const char *what;
    measure *of; /* NULL: the picture itself is looked at */
} measures[] = {
    {"width of their files", width}, {"height of their files", height},
    {"kind of their files", kind},   {"channels of their files", channels},
    {"mean brightness", NULL},
};

static glia_status take_brightness(const glia_table *t, const int64_t *rows, int64_t n,
                                   double *value) {
    gl_array_rows pictures =
        gl_array_open(t->g, &t->column[gl_pictures_of(t)], (gl_selection){.list = rows, .n = n});
    for (int64_t i = 0; i < n; i++) {
        glia_tensor picture = gl_array_next(&pictures);
        if (!picture.data) break;
        value[rows[i]] = brightness(&picture);
    }
    return gl_array_close(&pictures);
}

static glia_status take(const glia_table *t, measure *of, const int64_t *rows, int64_t n,
                        double *value) {
    for (int64_t i = 0; of && i < n; i++) value[rows[i]] = of(t, rows[i]);
    return of ? GLIA_OK : take_brightness(t, rows, n, value);
}

static double undecided_by(const glia_table *t, int target, bool classes, const int64_t *rows,
                           int64_t n, double *value) {
    gl_column x = {.type = GLIA_NUMBER, .number = value};
    return gl_undecided(t->g, &x, &t->column[target], classes, rows, n);
}

/* By chance one value tells 10 rows of one class from 10 of another once in 90,000 sets. */
static bool are_enough(const glia_table *t, int target, const int64_t *rows, int64_t n) {
    enum { LEAST = 10 };
    const gl_column *y = &t->column[target];
    int64_t first = 0;
    for (int64_t i = 0; i < n; i++)
        first += y->type == GLIA_CATEGORY ? y->code[rows[i]] == y->code[*rows]
                                          : gl_number(y, rows[i]) == gl_number(y, *rows);
    return first >= LEAST && n - first >= LEAST;
}

glia_status gl_find_telltale(const gl_near_part *part, int target, bool classes, int64_t most,
                             glia_telltale *out) {
    const glia_table *t = part->t;
    int64_t n = part->n < most ? part->n : most;
    *out = (glia_telltale){.undecided = NAN};
    if (gl_pictures_of(t) < 0 || !t->origin || !classes || n < 1) return GLIA_OK;
    if (t->column[target].type == GLIA_ARRAY) return GLIA_OK;
    int64_t *rows = gl_alloc(t->g, n, sizeof *rows);
    double *value = gl_alloc(t->g, t->rows, sizeof *value);
    bool ok = rows && value;
    for (int64_t i = 0; ok && i < n; i++) {
        int64_t at = i * part->n / n;
        rows[i] = part->rows ? part->rows[at] : at;
    }
    bool enough = ok && are_enough(t, target, rows, n);
    glia_status status = ok ? GLIA_OK : GLIA_RESOURCE;
    for (size_t k = 0; enough && k < sizeof measures / sizeof *measures; k++) {
        status = take(t, measures[k].of, rows, n, value);
        if (status) break;
        double left = undecided_by(t, target, classes, rows, n, value);
        bool less = left < out->undecided || isnan(out->undecided);
        if (less) *out = (glia_telltale){.what = measures[k].what, .undecided = left};
    }
    gl_free(t->g, rows);
    gl_free(t->g, value);
    return status;
}

glia_status glia_table_telltale(const glia_table *t, int target, glia_telltale *out) {
    enum { MOST = 1000 };
    *out = (glia_telltale){.undecided = NAN};
    if (target < 0 || target >= t->columns) return GLIA_OK;
    return gl_find_telltale(&(gl_near_part){.t = t, .n = t->rows}, target,
                            t->column[target].type == GLIA_CATEGORY, MOST, out);
}
