/*
 * pipeline.c: a fitted pipeline at work: from the columns of a table to a matrix of features and a
 * vector of labels.
 */
#include "pipeline_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const gl_reason_name[GL_REASONS] = {"",   "ignored", "empty", "constant",
                                                "id", "texts",   "weight"};
const char *const gl_reason_text[GL_REASONS] = {
    "",
    "ignored as asked",
    "every cell is missing",
    "the same value in every row",
    "a different whole number in every row, an id",
    "too many different texts to learn from",
    "says how much each row counts",
};

/* ------------------------------------------------------------------------------------ memory -- */

gl_pipeline *gl_pipeline_new(glia_ctx *g, int inputs) {
    gl_pipeline *p = gl_alloc(g, 1, sizeof *p);
    if (!p) return NULL;
    p->g = g;
    p->deviation = 1;
    p->input = gl_alloc(g, inputs, sizeof *p->input);
    if (p->input) return p;
    gl_free(g, p);
    return NULL;
}

static void free_texts(glia_ctx *g, char **texts, int64_t n) {
    for (int64_t i = 0; texts && i < n; i++) gl_free(g, texts[i]);
    gl_free(g, texts);
}

void gl_pipeline_free(gl_pipeline *p) {
    if (!p) return;
    for (int i = 0; i < p->inputs; i++) {
        gl_free(p->g, p->input[i].name);
        gl_free(p->g, p->input[i].center);
        gl_free(p->g, p->input[i].spread);
        free_texts(p->g, p->input[i].category, p->input[i].categories);
    }
    free_texts(p->g, p->class, p->classes);
    gl_free(p->g, p->class_value);
    gl_free(p->g, p->input);
    gl_free(p->g, p->target);
    gl_free(p->g, p);
}

char **gl_copy_texts(glia_ctx *g, char *const *texts, int64_t n) {
    char **copy = gl_alloc(g, n, sizeof *copy);
    for (int64_t i = 0; copy && i < n; i++) {
        if ((copy[i] = gl_copy_text(g, texts[i]))) continue;
        free_texts(g, copy, i);
        return NULL;
    }
    return copy;
}

static double value_of_text(const char *text) {
    double v;
    return gl_parse_number(text, strlen(text), '.', &v) && isfinite(v) ? v : NAN;
}

bool gl_pipeline_value_classes(gl_pipeline *p) {
    p->class_value = gl_alloc(p->g, p->classes, sizeof *p->class_value);
    for (int64_t k = 0; p->class_value && k < p->classes; k++)
        p->class_value[k] = value_of_text(p->class[k]);
    return p->class_value;
}

bool gl_pipeline_number_features(gl_pipeline *p) {
    p->features = 0;
    for (int i = 0; i < p->inputs; i++) {
        gl_input_column *in = &p->input[i];
        if (in->reason) continue;
        in->first = p->features;
        in->features = in->type == GLIA_NUMBER     ? 1
                       : in->type == GLIA_CATEGORY ? in->categories
                                                   : glia_count(&in->shape, 0);
        if (in->features < 1 || in->features > INT32_MAX - p->features) return false;
        p->features += in->features;
    }
    return p->features > 0;
}

/* ------------------------------------------------------------------------- asking a pipeline -- */

gl_task gl_pipeline_task(const gl_pipeline *p) { return p->task; }
int64_t gl_pipeline_features(const gl_pipeline *p) { return p->features; }
int64_t gl_pipeline_classes(const gl_pipeline *p) { return p->classes; }
const char *gl_pipeline_target(const gl_pipeline *p) { return p->target; }
const char *gl_pipeline_class(const gl_pipeline *p, int64_t k) {
    return k >= 0 && k < p->classes ? p->class[k] : NULL;
}

const char *gl_task_name(gl_task task) {
    static const char *const names[] = {"binary", "multiclass", "regression"};
    return names[task];
}

const char *gl_pipeline_left_out(const gl_pipeline *p, const char *column, int near) {
    for (int i = near > 0 ? near - 1 : 0; i <= near && i < p->inputs; i++) {
        if (strcmp(p->input[i].name, column) == 0) return gl_reason_name[p->input[i].reason];
    }
    for (int i = 0; i < p->inputs; i++) {
        if (strcmp(p->input[i].name, column) == 0) return gl_reason_name[p->input[i].reason];
    }
    return NULL;
}

const char *gl_pipeline_column(const gl_pipeline *p, int64_t k) {
    for (int i = 0; i < p->inputs; i++) {
        const gl_input_column *in = &p->input[i];
        if (!in->reason && k >= in->first && k < in->first + in->features) return in->name;
    }
    return NULL;
}

void gl_pipeline_target_scale(const gl_pipeline *p, double *mean, double *deviation) {
    *mean = p->mean;
    *deviation = p->deviation;
}

static void describe_scale(gl_text *out, const gl_input_column *in) {
    char divisor[40];
    if (in->log) gl_add(out, "log(1 + x/%.6g), ", in->log);
    if (in->scales == 0) gl_add(out, "as it is");
    else if (in->scales > 1) gl_add(out, "each value scaled by its own center and spread");
    else if (in->center[0] == 0)
        gl_add(out, "divided by %s", gl_print_number(in->spread[0], divisor, sizeof divisor));
    else gl_add(out, "(x - %.6g) / %.6g", in->center[0], in->spread[0]);
}

static void describe_input(gl_text *out, const gl_input_column *in) {
    char shape[96];
    gl_add(out, "%-24s ", in->name);
    if (in->reason) {
        gl_add(out, "left out: %s\n", gl_reason_text[in->reason]);
        return;
    }
    switch (in->type) {
    case GLIA_NUMBER:
        gl_add(out, "number    missing -> %.6g; ", in->fill);
        describe_scale(out, in);
        break;
    case GLIA_CATEGORY:
        gl_add(out, "category  missing -> %s; one feature each for", in->category[in->fill_code]);
        for (int64_t k = 0; k < in->categories && k < 12; k++)
            gl_add(out, "%s %s", k ? "," : "", in->category[k]);
        if (in->categories > 12) gl_add(out, ", ... (%lld in all)", (long long)in->categories);
        break;
    case GLIA_ARRAY:
        gl_add(out, "array     %s %s; ", gl_shape_text(&in->shape, shape, sizeof shape),
               glia_dtype_name(in->shape.dtype));
        describe_scale(out, in);
        break;
    }
    gl_add(out, "\n");
}

char *gl_pipeline_describe(const gl_pipeline *p) {
    gl_text out = {.g = p->g};
    for (int i = 0; i < p->inputs; i++) describe_input(&out, &p->input[i]);
    gl_add(&out, "%-24s target    %s", p->target, gl_task_name(p->task));
    for (int64_t k = 0; k < p->classes && k < 12; k++)
        gl_add(&out, "%s %s", k ? "," : ":", p->class[k]);
    if (p->classes > 12) gl_add(&out, ", ... (%lld in all)", (long long)p->classes);
    if (p->task == GL_REGRESSION && (p->mean != 0 || p->deviation != 1)) {
        gl_add(&out, "; learned as (y - %.6g) / %.6g", p->mean, p->deviation);
    }
    gl_add(&out, "\n");
    if (!out.failed) return out.s;
    gl_free(p->g, out.s);
    return NULL;
}

/* --------------------------------------------------------------------------- finding columns -- */

typedef struct source { /* where an input's values come from, in the table at hand */
    const gl_input_column *in;
    const gl_column *c;
    int64_t *feature; /* category in both: feature of each code, -1 = unseen */
    double *value; /* number expected, texts found: value of each code; category expected, numbers
                      found: value of each category */
} source;

typedef struct work {
    const gl_pipeline *p;
    const glia_table *t;
    const int64_t *rows;
    int64_t n;
    source *source;
    int sources;
    int64_t unseen, filled;         /* cells */
    int64_t unseen_row, filled_row; /* the first of them */
    const gl_input_column *unseen_in, *filled_in;
} work;

static int64_t row_of(const work *w, int64_t i) { return w->rows ? w->rows[i] : i; }

static bool uses(const gl_pipeline *p, const char *name) {
    bool used = strcmp(p->target, name) == 0;
    for (int i = 0; i < p->inputs; i++) used = used || strcmp(p->input[i].name, name) == 0;
    return used;
}

/* A column that is there and that the model does not know may be the missing one, renamed. */
static glia_status missing_column(const gl_pipeline *p, const glia_table *t, const char *name) {
    const char **names = gl_alloc(t->g, t->columns, sizeof *names);
    if (!names) return GLIA_RESOURCE;
    int extra = 0;
    for (int i = 0; i < t->columns; i++) {
        if (!uses(p, t->column[i].name)) names[extra++] = t->column[i].name;
    }
    const char *near = gl_nearest(name, names, extra);
    gl_fail(t->g, GLIA_INPUT, "%s: column '%s' is missing, the model was trained with it%s%s%s",
            t->source, name, near ? "; did you rename it to '" : "", near ? near : "",
            near ? "'?" : "");
    gl_free(t->g, names);
    return GLIA_INPUT;
}

static glia_status wrong_shape(const work *w, const gl_input_column *in, const gl_column *c) {
    char trained[96], found[96];
    glia_tensor row = {.ndim = c->array.ndim - 1};
    for (int i = 0; i < row.ndim; i++) row.dim[i] = c->array.dim[i + 1];
    return gl_fail(w->t->g, GLIA_INPUT,
                   "%s, column '%s': a row has shape %s, the model was trained with %s",
                   w->t->source, in->name, gl_shape_text(&row, found, sizeof found),
                   gl_shape_text(&in->shape, trained, sizeof trained));
}

static glia_status wrong_type(const work *w, const gl_input_column *in, const gl_column *c) {
    static const char *const kinds[] = {"numbers", "texts", "arrays"};
    return gl_fail(w->t->g, GLIA_INPUT, "%s, column '%s': found %s, the model was trained with %s",
                   w->t->source, in->name, kinds[c->type], kinds[in->type]);
}

/* Texts where numbers were: all of those in use must read as numbers. */
static glia_status texts_as_numbers(const work *w, source *s) {
    const gl_column *c = s->c;
    s->value = gl_alloc(w->t->g, c->categories, sizeof *s->value);
    if (!s->value) return GLIA_RESOURCE;
    for (int64_t k = 0; k < c->categories; k++) {
        double v;
        bool number = gl_parse_number(c->category[k], strlen(c->category[k]), w->t->decimal, &v);
        s->value[k] = number && isfinite(v) ? v : NAN;
    }
    for (int64_t i = 0; i < w->n; i++) {
        int64_t row = row_of(w, i);
        int32_t code = c->code[row];
        if (code < 0 || !isnan(s->value[code])) continue;
        char where[512];
        return gl_fail(w->t->g, GLIA_INPUT,
                       "%s, column '%s': found '%s', expected a number as in training",
                       gl_table_where(w->t, row, where, sizeof where), c->name, c->category[code]);
    }
    return GLIA_OK;
}

static int64_t find_text(char *const *sorted, int64_t n, const char *text) {
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (strcmp(sorted[middle], text) < 0) low = middle + 1;
        else high = middle;
    }
    return low < n && !strcmp(sorted[low], text) ? low : -1;
}

static glia_status map_categories(const work *w, source *s) {
    s->feature = gl_alloc(w->t->g, s->c->categories, sizeof *s->feature);
    if (!s->feature) return GLIA_RESOURCE;
    for (int64_t k = 0; k < s->c->categories; k++) {
        s->feature[k] = find_text(s->in->category, s->in->categories, s->c->category[k]);
    }
    return GLIA_OK;
}

/* Numbers where texts were: "1" and 1 are the same. */
static glia_status numbers_as_categories(const work *w, source *s) {
    s->value = gl_alloc(w->t->g, s->in->categories, sizeof *s->value);
    if (!s->value) return GLIA_RESOURCE;
    for (int64_t k = 0; k < s->in->categories; k++) s->value[k] = value_of_text(s->in->category[k]);
    return GLIA_OK;
}

static glia_status find_source(const work *w, int column, const gl_input_column *in, source *s) {
    *s = (source){.in = in, .c = gl_table_source(w->t, in->name, column)};
    if (!s->c) return missing_column(w->p, w->t, in->name);
    if ((in->type == GLIA_ARRAY) != (s->c->type == GLIA_ARRAY)) return wrong_type(w, in, s->c);
    if (in->type == GLIA_ARRAY) {
        return glia_count(&s->c->array, 1) == in->features ? GLIA_OK : wrong_shape(w, in, s->c);
    }
    if (in->type == GLIA_NUMBER)
        return s->c->type == GLIA_NUMBER ? GLIA_OK : texts_as_numbers(w, s);
    return s->c->type == GLIA_CATEGORY ? map_categories(w, s) : numbers_as_categories(w, s);
}

static glia_status find_sources(work *w) {
    w->source = gl_alloc(w->t->g, w->p->inputs, sizeof *w->source);
    if (!w->source) return GLIA_RESOURCE;
    for (int i = 0; i < w->p->inputs; i++) {
        if (w->p->input[i].reason) continue;
        glia_status status = find_source(w, i, &w->p->input[i], &w->source[w->sources++]);
        if (status) return status;
    }
    return GLIA_OK;
}

static void free_sources(work *w) {
    for (int i = 0; i < w->sources; i++) {
        gl_free(w->t->g, w->source[i].feature);
        gl_free(w->t->g, w->source[i].value);
    }
    gl_free(w->t->g, w->source);
}

/* ---------------------------------------------------------------------------------- features -- */

static void put(void *x, glia_dtype dtype, int64_t at, double v) {
    if (dtype == GLIA_F64) ((double *)x)[at] = v;
    else ((float *)x)[at] = (float)v;
}

static double scaled(const gl_input_column *in, int64_t k, double v) {
    if (in->log) v = log1p(fmax(v, 0) / in->log);
    if (!in->scales) return v;
    int64_t s = in->scales == 1 ? 0 : k;
    return (v - in->center[s]) / in->spread[s];
}

static void note_filled(work *w, const gl_input_column *in, int64_t row) {
    if (in->had_missing || w->filled++) return;
    w->filled_row = row;
    w->filled_in = in;
}

static void note_unseen(work *w, const gl_input_column *in, int64_t row) {
    if (w->unseen++) return;
    w->unseen_row = row;
    w->unseen_in = in;
}

static double number_at(const source *s, int64_t row) {
    if (s->c->type == GLIA_NUMBER) return s->c->number ? s->c->number[row] : 0;
    return s->c->code[row] < 0 ? NAN : s->value[s->c->code[row]];
}

/* The category of a cell: its feature, -1 when unseen, -2 when missing. */
static int64_t category_at(const source *s, int64_t row) {
    if (s->c->type == GLIA_CATEGORY) return s->c->code[row] < 0 ? -2 : s->feature[s->c->code[row]];
    double v = number_at(s, row);
    if (isnan(v)) return -2;
    for (int64_t k = 0; k < s->in->categories; k++) {
        if (s->value[k] == v) return k;
    }
    return -1;
}

/* Writes the features of one input for rows begin .. end-1 of the result. */
static void write_input(work *w, const source *s, int64_t begin, int64_t end, void *x,
                        glia_dtype dtype) {
    const gl_input_column *in = s->in;
    for (int64_t i = begin; i < end; i++) {
        int64_t row = row_of(w, i), at = i * w->p->features + in->first;
        if (in->type == GLIA_NUMBER) {
            double v = number_at(s, row);
            if (isnan(v)) {
                note_filled(w, in, row);
                v = in->fill;
            }
            put(x, dtype, at, scaled(in, 0, v));
        } else if (in->type == GLIA_CATEGORY) {
            int64_t k = category_at(s, row);
            if (k == -1) note_unseen(w, in, row);
            if (k == -2) note_filled(w, in, row);
            if (k != -1) put(x, dtype, at + (k < 0 ? in->fill_code : k), 1);
        } else {
            for (int64_t k = 0; k < in->features; k++) {
                put(x, dtype, at + k,
                    scaled(in, k, gl_tensor_value(&s->c->array, row * in->features + k)));
            }
        }
    }
}

static void tell_surprises(const work *w) {
    char where[512], cell[64];
    if (w->unseen) {
        glia_table_cell(w->t, w->unseen_row, gl_table_find(w->t, w->unseen_in->name), cell,
                        sizeof cell);
        gl_warn(w->t->g,
                "%s, column '%s': '%s' is a text that training did not know; such cells count as "
                "none of the known ones (%lld in all)",
                gl_table_where(w->t, w->unseen_row, where, sizeof where), w->unseen_in->name, cell,
                (long long)w->unseen);
    }
    if (w->filled) {
        gl_warn(w->t->g,
                "%s, column '%s': a missing cell where training had none; such cells are filled as "
                "the model's note 'preprocessing' says (%lld in all)",
                gl_table_where(w->t, w->filled_row, where, sizeof where), w->filled_in->name,
                (long long)w->filled);
    }
}

/* The column of training with this name, looked for first where it usually is. */
static bool is_known(const gl_pipeline *p, const char *name, int column) {
    if (!strcmp(name, p->target)) return true;
    if (column < p->inputs && !strcmp(name, p->input[column].name)) return true;
    for (int i = 0; i < p->inputs; i++) {
        if (!strcmp(name, p->input[i].name)) return true;
    }
    return false;
}

static void tell_extra_columns(const work *w) {
    gl_text list = {.g = w->t->g};
    int count = 0;
    for (int j = 0; j < w->t->columns; j++) {
        if (is_known(w->p, w->t->column[j].name, j)) continue;
        if (count++ < 5) gl_add(&list, "%s'%s'", count > 1 ? ", " : "", w->t->column[j].name);
    }
    if (count) {
        gl_warn(w->t->g, "%s: training had no column %s%s; %s not used", w->t->source,
                list.s ? list.s : "", count > 5 ? ", ..." : "", count > 1 ? "they are" : "it is");
    }
    gl_free(w->t->g, list.s);
}

/* Can the array stay as it is in the table? Then x = values / divisor, done where x is read. */
static bool stays_as_it_is(const work *w, glia_dtype dtype, double *divisor) {
    const source *s = &w->source[0];
    if (w->sources != 1 || s->in->type != GLIA_ARRAY || s->in->scales > 1) return false;
    if (s->in->scales && s->in->center[0] != 0) return false;
    *divisor = s->in->scales ? s->in->spread[0] : 1;
    return s->c->array.dtype == GLIA_U8 || (s->c->array.dtype == dtype && *divisor == 1);
}

/* Rows of the table's array: a view when all are wanted, a copy otherwise. */
static glia_status gather(const work *w, gl_features *out) {
    const glia_tensor *a = &w->source[0].c->array;
    int64_t width = w->p->features * (int64_t)glia_dtype_size(a->dtype);
    out->x =
        (glia_tensor){.dtype = a->dtype, .ndim = 2, .dim = {w->n, w->p->features}, .data = a->data};
    if (!w->rows) return GLIA_OK;
    out->x.data = out->owned = gl_alloc(w->t->g, w->n, (size_t)width);
    if (!out->owned) return GLIA_RESOURCE;
    for (int64_t i = 0; i < w->n; i++) {
        memcpy((char *)out->owned + i * width, (const char *)a->data + w->rows[i] * width,
               (size_t)width);
    }
    return GLIA_OK;
}

static glia_status write_features(work *w, glia_dtype dtype, gl_features *out) {
    enum { BLOCK = 256 }; /* rows that stay in the cache while the inputs take turns */
    int64_t count;
    if (!gl_multiply(w->n, w->p->features, &count)) {
        return gl_fail(w->t->g, GLIA_RESOURCE, "%lld rows of %lld features do not fit into memory",
                       (long long)w->n, (long long)w->p->features);
    }
    out->owned = gl_alloc(w->t->g, count, glia_dtype_size(dtype));
    if (!out->owned) return GLIA_RESOURCE;
    out->x =
        (glia_tensor){.dtype = dtype, .ndim = 2, .dim = {w->n, w->p->features}, .data = out->owned};
    for (int64_t begin = 0; begin < w->n; begin += BLOCK) {
        int64_t end = w->n - begin < BLOCK ? w->n : begin + BLOCK;
        for (int i = 0; i < w->sources; i++)
            write_input(w, &w->source[i], begin, end, out->owned, dtype);
    }
    tell_surprises(w);
    return GLIA_OK;
}

glia_status gl_pipeline_apply(const gl_pipeline *p, const glia_table *t, const int64_t *rows,
                              int64_t n, glia_dtype dtype, gl_features *out) {
    work w = {.p = p, .t = t, .rows = rows, .n = rows ? n : t->rows};
    *out = (gl_features){.divisor = 1};
    glia_status status = find_sources(&w);
    if (!status) tell_extra_columns(&w);
    if (!status && stays_as_it_is(&w, dtype, &out->divisor)) {
        status = gather(&w, out);
    } else if (!status) {
        out->divisor = 1;
        status = write_features(&w, dtype, out);
    }
    free_sources(&w);
    return status;
}

/* ------------------------------------------------------------------------------------ labels -- */

/* Length of a class text without blanks around it and a final '.': adult-test.csv writes
 * "<=50K." */
static const char *core_of(const char *text, size_t *length) {
    while (*text == ' ') text++;
    *length = strlen(text);
    while (*length && strchr(" .", text[*length - 1])) --*length;
    return text;
}

static int64_t class_of_value(const gl_pipeline *p, double v) {
    for (int64_t k = 0; k < p->classes; k++) {
        if (p->class_value[k] == v) return k;
    }
    return -1;
}

/* The class of a text: exactly, by its value, or (then *loose is set) by its core. */
static int64_t class_of_text(const gl_pipeline *p, const char *text, char decimal, bool *loose) {
    for (int64_t k = 0; k < p->classes; k++) {
        if (!strcmp(p->class[k], text)) return k;
    }
    double v;
    if (gl_parse_number(text, strlen(text), decimal, &v)) return class_of_value(p, v);
    size_t n, m;
    const char *core = core_of(text, &n);
    for (int64_t k = 0; n && k < p->classes; k++) {
        const char *other = core_of(p->class[k], &m);
        if (n == m && !memcmp(core, other, n)) return *loose = true, k;
    }
    return -1;
}

typedef struct labels { /* the target column of the table at hand */
    const gl_pipeline *p;
    const glia_table *t;
    const gl_column *c;
    double *value; /* a category column: class or value of each code, NaN when there is none */
} labels;

static glia_status read_codes(labels *l) {
    const gl_column *c = l->c;
    bool loose = false;
    const char *first_loose = "";
    l->value = gl_alloc(l->t->g, c->categories, sizeof *l->value);
    if (!l->value) return GLIA_RESOURCE;
    for (int64_t k = 0; k < c->categories; k++) {
        const char *text = c->category[k];
        double v;
        if (l->p->task == GL_REGRESSION) {
            bool number = gl_parse_number(text, strlen(text), l->t->decimal, &v);
            l->value[k] = number && isfinite(v) ? v : NAN;
            continue;
        }
        bool before = loose;
        int64_t class = class_of_text(l->p, text, l->t->decimal, &loose);
        if (loose && !before) first_loose = text;
        l->value[k] = class < 0 ? NAN : (double)class;
    }
    if (loose) {
        gl_warn(l->t->g,
                "%s, column '%s': texts such as '%s' are read as the class without the final '.'",
                l->t->source, c->name, first_loose);
    }
    return GLIA_OK;
}

/* The class number or value of one row; NaN when there is none. */
static double label_at(const labels *l, int64_t row) {
    if (l->c->type == GLIA_CATEGORY) return l->c->code[row] < 0 ? NAN : l->value[l->c->code[row]];
    double v = l->c->number[row];
    if (l->p->task == GL_REGRESSION || isnan(v)) return v;
    int64_t class = class_of_value(l->p, v);
    return class < 0 ? NAN : (double)class;
}

static glia_status bad_label(const labels *l, int64_t row) {
    char where[512], cell[128];
    int column = (int)(l->c - l->t->column);
    glia_table_cell(l->t, row, column, cell, sizeof cell);
    gl_table_where(l->t, row, where, sizeof where);
    if (!*cell) {
        return gl_fail(l->t->g, GLIA_INPUT,
                       "%s, column '%s': the target is missing; give it a value or remove the row",
                       where, l->c->name);
    }
    if (l->p->task == GL_REGRESSION) {
        return gl_fail(l->t->g, GLIA_INPUT, "%s, column '%s': found '%s', expected a number", where,
                       l->c->name, cell);
    }
    gl_text known = {.g = l->t->g};
    for (int64_t k = 0; k < l->p->classes && k < 10; k++)
        gl_add(&known, "%s%s", k ? ", " : "", l->p->class[k]);
    gl_fail(l->t->g, GLIA_INPUT, "%s, column '%s': found class '%s', the model knows %s%s", where,
            l->c->name, cell, known.s ? known.s : "", l->p->classes > 10 ? ", ..." : "");
    gl_free(l->t->g, known.s);
    return GLIA_INPUT;
}

static glia_status find_target(labels *l) {
    int j = gl_table_find(l->t, l->p->target);
    if (j < 0) return missing_column(l->p, l->t, l->p->target);
    l->c = &l->t->column[j];
    if (l->c->type == GLIA_ARRAY) {
        return gl_fail(l->t->g, GLIA_INPUT,
                       "%s: the target '%s' is an array, expected one label per row", l->t->source,
                       l->c->name);
    }
    return l->c->type == GLIA_CATEGORY ? read_codes(l) : GLIA_OK;
}

void *gl_pipeline_labels(const gl_pipeline *p, const glia_table *t, const int64_t *rows, int64_t n,
                         glia_dtype dtype) {
    labels l = {.p = p, .t = t};
    if (!rows) n = t->rows;
    void *y = find_target(&l) ? NULL : gl_alloc(t->g, n, glia_dtype_size(dtype));
    for (int64_t i = 0; y && i < n; i++) {
        int64_t row = rows ? rows[i] : i;
        double v = label_at(&l, row);
        if (isnan(v)) {
            bad_label(&l, row);
            gl_free(t->g, y);
            y = NULL;
            break;
        }
        put(y, dtype, i, (v - p->mean) / p->deviation);
    }
    gl_free(t->g, l.value);
    return y;
}
