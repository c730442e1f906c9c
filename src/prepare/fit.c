/*
 * fit.c: decides a pipeline from the training rows: what the task is, which columns help, how each
 * becomes features. Every decision is one small function, and is told as a note.
 *
 * What enters: a table, the numbers of its training rows, and what the user said (target, columns
 * to ignore, scale). What leaves: numbers and texts alone, so that a cell of any later table can be
 * treated in the same way. All of titanic.csv, for instance, leaves
 *
 *     Age    missing -> 28, then (x - 29.36) / 13.01                        22   -> -0.57
 *     Fare   log(1 + x/14.5), then (x - 0.917) / 0.614                      7.25 -> -0.83
 *     Sex    one feature for "female", one for "male"                       male -> 0 1
 *     Name   left out: 891 different texts in 891 rows
 *
 * Nothing here looks at a row that is not a training row. A mean or a list of categories that had
 * seen the validation rows would flatter their scores, and the test rows' as well. Which rows are
 * training rows, the network and how it is trained are decided elsewhere (src/run).
 *
 * Sums run over the rows in their order, on one thread: the same table gives the same bytes.
 */
#include "pipeline_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A number may be a class (0, 1, 2) or a quantity (rooms, children), and nothing in the column
 * tells which. Up to so many values the guess is classes, where they also count from 0 or 1 without
 * a gap: the ten digits are then classes, and a quality from 3 to 9 is a quantity. The note that is
 * printed says what was guessed, and option 'task' overrules it. split.c keeps the shares of as
 * many values. */
#define FEW_VALUES 20
/* As many as ImageNet's challenge has. With more, an output layer of them is hardly what was meant:
 * a column of prices or of names was taken for the target. */
#define MOST_CLASSES 1000
/* A text column becomes as many features as it has texts. Up to so many, one column is a matrix of
 * W like that of an image of 16 x 16; adult's longest, native-country, has 41. More different
 * texts are names, addresses, tickets: they would fill the first layer and mean nothing in the
 * next file. */
#define MOST_CATEGORIES 256
/* In a table of fewer rows anything may be different in every row: x = 1, 2, 3 ... may be a
 * dose, and three texts in three rows three kinds. Only from here on that says something of
 * the column. */
#define FEW_ROWS 20
/* Skewness from which the logarithm is taken. A normal distribution has 0, waiting times
 * (exponential) have 2: what is at least as skewed has most of its rows in a corner and a few far
 * out. In titanic.csv these are Fare (4.8), SibSp (3.7) and Parch (2.7), in california_housing.csv
 * population (4.9) but not median_income (1.6). Means of 5 splits without and with: california
 * housing RMSE 54,100 and 53,200, adult 85.5 and 85.7%, titanic 82.2 and 81.9%, the others
 * unchanged (docs/quality.md). */
#define LONG_TAIL 2.0

typedef enum scale { AUTO, STANDARD, MINMAX, NONE, DIVIDE } scale;

typedef struct fit {
    glia_ctx *g;
    const glia_table *t;
    const int64_t *rows;
    int64_t n;
    const gl_pipeline_spec *spec;
    scale scale;
    double divisor;
    int target;      /* its column */
    int weight;      /* the column of sample weights, or -1 */
    bool *ignored;   /* [columns] */
    double *scratch; /* [n] */
    gl_pipeline *p;
} fit;

/* Row i of the training rows: they are a list of the table's rows, and nothing is copied. */
static int64_t row_of(const fit *f, int64_t i) { return f->rows ? f->rows[i] : i; }

/* --------------------------------------------------------------------------------- the words -- */

static glia_status read_scale(fit *f) {
    static const char *const names[] = {"auto", "standard", "minmax", "none"};
    const char *said = f->spec->scale ? f->spec->scale : "auto";
    for (int i = 0; i < 4; i++) {
        if (!strcmp(said, names[i])) return f->scale = (scale)i, GLIA_OK;
    }
    /* A 0 would make every feature infinite. A negative one only turns signs, and is left to
     * whoever wants it. */
    f->scale = DIVIDE;
    bool number = gl_parse_number(said, strlen(said), '.', &f->divisor);
    if (number && isfinite(f->divisor) && f->divisor != 0) return GLIA_OK;
    return gl_fail(
        f->g, GLIA_USAGE,
        "scale '%s' is not known; expected auto, standard, minmax, none or a divisor such as 255",
        said);
}

/* The last column unless something is said, as in the files of the UCI repository. Arrays and
 * sparse rows know their target by name. A file of images alone has one column: that is x, so the
 * answer to it is a request for labels and not "the target is an array". */
static glia_status find_target(fit *f) {
    const char *said = f->spec->target ? f->spec->target : glia_table_target_hint(f->t);
    if (f->t->arrays && (!said || f->t->columns == 1)) {
        return gl_fail(
            f->g, GLIA_INPUT,
            "%s: there are no labels for these arrays and no labels file beside them; say "
            "option 'x' FILE[:ARRAY] option 'y' FILE[:ARRAY]",
            f->t->source);
    }
    f->target = glia_table_locate(f->t, said ? said : "-1");
    if (f->target < 0) return f->g->code;
    if (f->t->column[f->target].type != GLIA_ARRAY) return GLIA_OK;
    return gl_fail(f->g, GLIA_INPUT, "%s: the target '%s' is an array; expected one label per row",
                   f->t->source, f->t->column[f->target].name);
}

/* A name that is not there is an error and not nothing: misspelt, it would leave the column in that
 * was to be left out, an id or a leak say, and training would go well, too well. */
static glia_status ignore_one(fit *f, const char *name) {
    int j = glia_table_locate(f->t, name);
    if (j < 0) return f->g->code;
    if (j == f->target)
        return gl_fail(f->g, GLIA_USAGE, "column '%s' is the target and cannot be ignored",
                       f->t->column[j].name);
    f->ignored[j] = true;
    return GLIA_OK;
}

/* "id,name"; a column whose name has a comma may stand alone. */
static glia_status read_ignored(fit *f) {
    const char *said = f->spec->ignore;
    if (!said || !*said) return GLIA_OK;
    if (gl_table_find(f->t, said) >= 0) return ignore_one(f, said);
    char *words = gl_copy_text(f->g, said), *rest = words;
    if (!words) return GLIA_RESOURCE;
    glia_status status = GLIA_OK;
    for (char *word; !status && (word = strsep(&rest, ","));) {
        while (*word == ' ') word++;
        if (*word) status = ignore_one(f, word);
    }
    gl_free(f->g, words);
    return status;
}

/* Weights of rows are looked up here because they must not become a feature: nobody has them when
 * he asks for a prediction. */
static glia_status find_weight(fit *f) {
    f->weight = f->spec->weight ? glia_table_locate(f->t, f->spec->weight) : -1;
    if (f->spec->weight && f->weight < 0) return f->g->code;
    if (f->weight != f->target) return GLIA_OK;
    return gl_fail(f->g, GLIA_USAGE, "column '%s' is the target and cannot be the sample weight",
                   f->t->column[f->target].name);
}

/* -------------------------------------------------------------------------------- the target -- */

static glia_status missing_target(const fit *f, int64_t row, int64_t count) {
    char where[512];
    return gl_fail(f->g, GLIA_INPUT,
                   "%s, column '%s': the target is missing (%lld such row%s); give it a value or "
                   "remove the row%s",
                   gl_table_where(f->t, row, where, sizeof where), f->t->column[f->target].name,
                   (long long)count, count == 1 ? "" : "s", count == 1 ? "" : "s");
}

/* One missing target is an error. Leaving its row out would be easy, but a column that is
 * misread, by another decimal sign or another word for "missing", would then lose its rows
 * without a word. */
static glia_status check_target(const fit *f) {
    const gl_column *c = &f->t->column[f->target];
    int64_t first = -1, missing = 0;
    for (int64_t i = 0; i < f->n; i++) {
        int64_t row = row_of(f, i);
        if (c->type == GLIA_CATEGORY ? c->code[row] >= 0 : !isnan(c->number[row])) continue;
        if (!missing++) first = row;
    }
    if (!missing) return GLIA_OK;
    if (missing < f->n) return missing_target(f, first, missing);
    return gl_fail(f->g, GLIA_INPUT, "%s: the target '%s' is missing in every row", f->t->source,
                   c->name);
}

static glia_status only_one(const fit *f, const char *value) {
    return gl_fail(
        f->g, GLIA_INPUT,
        "%s: the target '%s' is %s in each of the %lld training rows; there is nothing to learn",
        f->t->source, f->t->column[f->target].name, value, (long long)f->n);
}

/* By bytes, not by the words of a locale: another machine must number the classes in the
 * same way. */
static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The texts of a category column in use, sorted, in fresh memory (the texts are the table's). In
 * use means in a training row: the table also lists those of the other rows, in the order in which
 * the file shows them. Sorted, the order of the rows does not matter: a shuffled file gives the
 * same features and class numbers. */
static char **used_texts(const fit *f, const gl_column *c, int64_t *count) {
    bool *used = gl_alloc(f->g, c->categories, sizeof *used);
    char **texts = gl_alloc(f->g, c->categories, sizeof *texts);
    *count = 0;
    if (used && texts) {
        for (int64_t i = 0; i < f->n; i++) {
            int32_t code = c->code[row_of(f, i)];
            if (code >= 0) used[code] = true;
        }
        for (int64_t k = 0; k < c->categories; k++) {
            if (used[k]) texts[(*count)++] = c->category[k];
        }
        qsort(texts, (size_t)*count, sizeof *texts, by_text);
    }
    if (!used) {
        gl_free(f->g, texts);
        texts = NULL;
    }
    gl_free(f->g, used);
    return texts;
}

/* A handful of texts are classes whatever they are. More than FEW_VALUES of them must occur
 * twice on average: a column of names or dates fails here, where a network could learn one row
 * of each at most. */
static glia_status take_text_classes(fit *f, const gl_column *c) {
    int64_t count;
    char **texts = used_texts(f, c, &count);
    if (!texts) return GLIA_RESOURCE;
    glia_status status = GLIA_OK;
    if (count == 1) {
        char quoted[200];
        snprintf(quoted, sizeof quoted, "'%.190s'", texts[0]);
        status = only_one(f, quoted);
    } else if (count > MOST_CLASSES || (count > FEW_VALUES && 2 * count > f->n)) {
        status = gl_fail(
            f->g, GLIA_INPUT,
            "%s: the target '%s' has %lld different texts in %lld rows; these are no classes",
            f->t->source, c->name, (long long)count, (long long)f->n);
    } else {
        f->p->class = gl_copy_texts(f->g, texts, count);
        if (f->p->class) f->p->classes = count;
        else status = GLIA_RESOURCE;
    }
    gl_free(f->g, texts);
    return status;
}

static glia_status take_number_classes(fit *f, const double *values, int count) {
    f->p->class = gl_alloc(f->g, count, sizeof *f->p->class);
    if (!f->p->class) return GLIA_RESOURCE;
    for (int k = 0; k < count; k++) {
        char text[40];
        gl_print_number(values[k], text, sizeof text);
        if (!(f->p->class[k] = gl_copy_text(f->g, text))) return GLIA_RESOURCE;
        f->p->classes = k + 1;
    }
    return GLIA_OK;
}

/* 0, 1, ... or 1, 2, ... without a gap, each more than once: these count classes.
 * winequality-white.csv (3 to 9) begins elsewhere: its order means something, and regression keeps
 * it. A value that occurs once could either be learned from or be measured on, never both. */
static bool counts_classes(const fit *f, const gl_column *c, const double *values, int count) {
    if (values[0] != 0 && values[0] != 1) return false;
    for (int k = 0; k < count; k++) {
        int64_t times = 0;
        if (values[k] != values[0] + k) return false;
        for (int64_t i = 0; i < f->n; i++) times += c->number[row_of(f, i)] == values[k];
        if (times < 2) return false;
    }
    return true;
}

/* Two values are two classes, whatever they are: 1 and 2, -1 and 1. Whoever names a task has
 * decided, and then it is no more guessed: up to MOST_CLASSES different values are classes. */
static glia_status read_number_target(fit *f, const gl_column *c, const char *task) {
    double *values = gl_alloc(f->g, MOST_CLASSES, sizeof *values);
    if (!values) return GLIA_RESOURCE;
    bool classify = strcmp(task, "auto") != 0;
    int limit = classify ? MOST_CLASSES : FEW_VALUES;
    int count = gl_distinct(c, f->rows, f->n, limit, values);
    char number[40];
    gl_print_number(values[0], number, sizeof number);
    glia_status status = GLIA_OK;
    if (count == 1) status = only_one(f, number);
    else if (classify && count > MOST_CLASSES) {
        status =
            gl_fail(f->g, GLIA_INPUT,
                    "%s: the target '%s' has more than %d different values; option 'task' %s needs "
                    "classes (try option 'task' regression)",
                    f->t->source, c->name, MOST_CLASSES, task);
    } else if (classify || count == 2 ||
               (count <= FEW_VALUES && counts_classes(f, c, values, count))) {
        status = take_number_classes(f, values, count);
    }
    gl_free(f->g, values);
    return status;
}

/* A column is text because at least one of its cells is; that cell is what must be shown. */
static glia_status texts_are_no_numbers(const fit *f, const gl_column *c) {
    for (int64_t i = 0; i < f->n; i++) {
        int64_t row = row_of(f, i);
        const char *text = c->code[row] < 0 ? NULL : c->category[c->code[row]];
        double v;
        if (!text || gl_parse_number(text, strlen(text), f->t->decimal, &v)) continue;
        char where[512];
        return gl_fail(
            f->g, GLIA_INPUT,
            "%s, column '%s': found '%s', expected a number for option 'task' regression",
            gl_table_where(f->t, row, where, sizeof where), c->name, text);
    }
    return gl_fail(f->g, GLIA_INPUT,
                   "%s: the target '%s' is text, expected numbers for option 'task' regression",
                   f->t->source, c->name);
}

/* A target is standardised because weights begin for values around 1. A network that must first
 * learn that prices are near 200,000 spends its training on that: scikit-learn's MLPRegressor,
 * which does not do so by itself, fails on prices (docs/quality.md).
 *
 * The mean comes first and the squares of differences then: sum y^2 - n mean^2 would lose the
 * digits that matter where the mean is large. Deviations are divided by n, as in StandardScaler.
 * A constant column is found by comparing, since the mean of three times 0.1 is
 * 0.10000000000000002. */
static glia_status read_regression_target(fit *f, const gl_column *c) {
    if (c->type == GLIA_CATEGORY) return texts_are_no_numbers(f, c);
    double sum = 0, squares = 0, first = c->number[row_of(f, 0)];
    bool constant = true;
    for (int64_t i = 0; i < f->n; i++) {
        sum += c->number[row_of(f, i)];
        constant &= c->number[row_of(f, i)] == first;
    }
    char number[40];
    if (constant) return only_one(f, gl_print_number(first, number, sizeof number));
    double mean = sum / (double)f->n;
    for (int64_t i = 0; i < f->n; i++) squares += pow(c->number[row_of(f, i)] - mean, 2);
    double deviation = sqrt(squares / (double)f->n);
    if (!isfinite(mean) || !isfinite(deviation) || deviation == 0) {
        return gl_fail(f->g, GLIA_INPUT,
                       "%s: the values of the target '%s' are too large or too close to each other",
                       f->t->source, c->name);
    }
    f->p->task = GL_REGRESSION;
    if (f->spec->scale_target) f->p->mean = mean, f->p->deviation = deviation;
    return GLIA_OK;
}

/* Checked before the target is looked at: a misspelt word is a mistake of the command, not of
 * the data. */
static glia_status check_task(const fit *f, const char *task) {
    static const char *const names[] = {"auto", "binary", "multiclass", "regression"};
    for (int i = 0; i < 4; i++) {
        if (!strcmp(task, names[i])) return GLIA_OK;
    }
    return gl_fail(f->g, GLIA_USAGE,
                   "task '%s' is not known; expected auto, binary, multiclass or regression", task);
}

static glia_status read_target(fit *f) {
    const gl_column *c = &f->t->column[f->target];
    const char *task = f->spec->task ? f->spec->task : "auto";
    gl_pipeline *p = f->p;
    glia_status status = check_task(f, task);
    if (!status && !(p->target = gl_copy_text(f->g, c->name))) status = GLIA_RESOURCE;
    if (!status) status = check_target(f);
    if (status) return status;
    if (!strcmp(task, "regression")) return read_regression_target(f, c);

    status = c->type == GLIA_CATEGORY ? take_text_classes(f, c) : read_number_target(f, c, task);
    if (status) return status;
    if (!p->classes) return read_regression_target(f, c);
    if (!strcmp(task, "binary") && p->classes != 2) {
        return gl_fail(
            f->g, GLIA_INPUT,
            "%s: the target '%s' has %lld different values, option 'task' binary expects 2; "
            "say option 'task' multiclass",
            f->t->source, c->name, (long long)p->classes);
    }
    p->task = p->classes == 2 && strcmp(task, "multiclass") != 0 ? GL_BINARY : GL_MULTICLASS;
    return gl_pipeline_value_classes(p) ? GLIA_OK : GLIA_RESOURCE;
}

/* ---------------------------------------------------------------------------- number columns -- */

/* The k-th smallest of v[0..n-1] at v[k], smaller ones before it (Hoare, "Algorithm 65:
 * Find", 1961): time in proportion to n, where sorting each column of a large table would be
 * most of the fit. The pivot is the middle one: columns that are sorted already, as times
 * are, halve exactly. */
static double select_value(double *v, int64_t n, int64_t k) {
    int64_t low = 0, high = n - 1;
    while (low < high) {
        double pivot = v[low + (high - low) / 2];
        int64_t i = low, j = high;
        while (i <= j) {
            while (v[i] < pivot) i++;
            while (v[j] > pivot) j--;
            if (i > j) break;
            double swap = v[i];
            v[i++] = v[j], v[j--] = swap;
        }
        if (k <= j) high = j;
        else if (k >= i) low = i;
        else break;
    }
    return v[k];
}

/* Reorders v. Of an even number, the mean of the two in the middle, as in NumPy; the lower one is
 * the largest of what selection left before the upper. Half their difference is added to it: their
 * sum might be infinite. */
static double median(double *v, int64_t n) {
    double upper = select_value(v, n, n / 2), lower = upper;
    if (n % 2) return upper;
    lower = v[0];
    for (int64_t i = 1; i < n / 2; i++) lower = fmax(lower, v[i]);
    return lower + (upper - lower) / 2;
}

/* skewness is the third moment over the cube of the deviation, sum (x - mean)^3 / n / deviation^3.
 * Its standard error for a normal column is about sqrt(6/n), 0.25 for 100 rows: LONG_TAIL is not
 * reached by chance. */
typedef struct moments {
    double min, max, mean, deviation, skewness;
} moments;

static moments measure(const double *v, int64_t n) {
    moments m = {.min = v[0], .max = v[0]};
    double sum = 0, second = 0, third = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += v[i];
        if (v[i] < m.min) m.min = v[i];
        if (v[i] > m.max) m.max = v[i];
    }
    m.mean = sum / (double)n;
    for (int64_t i = 0; i < n; i++) {
        double d = v[i] - m.mean;
        second += d * d;
        third += d * d * d;
    }
    m.deviation = sqrt(second / (double)n);
    m.skewness =
        m.deviation > 0 ? third / (double)n / (m.deviation * m.deviation * m.deviation) : 0;
    return m;
}

/* The training cells of a number column, those that are there, into scratch; returns how many. */
static int64_t present_numbers(const fit *f, const gl_column *c) {
    int64_t m = 0;
    for (int64_t i = 0; i < f->n; i++) {
        double v = c->number[row_of(f, i)];
        if (!isnan(v)) f->scratch[m++] = v;
    }
    return m;
}

/* What tools write (rownames by R, "Unnamed: 0" by pandas), and what people call it. Upper and
 * lower case count where the word is only the end of a name: PassengerId is one, and paid, humid
 * and valid are none. */
static bool called_id(const char *name) {
    size_t n = strlen(name);
    if (!strcasecmp(name, "id") || !strcasecmp(name, "index") || !strcasecmp(name, "rownames"))
        return true;
    if (!strncasecmp(name, "unnamed", 7) || !strcasecmp(name, "rownumber")) return true;
    return n > 2 && (!strcmp(name + n - 2, "Id") || !strcmp(name + n - 2, "ID") ||
                     !strcasecmp(name + n - 3, "_id"));
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* An id: a different whole number in every row, and called so or counting the table's rows from
 * 0 or 1. Neither alone would do: the ids of breast cancer (8670 to 911320502) count nothing,
 * and incomes of a small table may be different in every row and mean a lot. Years of a series
 * (1949, 1950, ...) count, but from elsewhere. Counted are rows of the table, since training
 * rows have gaps.
 *
 * An id that stays in does harm: where a file is sorted by class it gives the class away, and
 * elsewhere it is noise that looks like a feature. */
static bool is_id(const fit *f, const gl_column *c) {
    if (f->n < FEW_ROWS) return false;
    bool counting = true;
    double start = c->number[row_of(f, 0)] - (double)row_of(f, 0);
    for (int64_t i = 0; i < f->n; i++) {
        double v = c->number[row_of(f, i)];
        if (isnan(v) || v != floor(v)) return false;
        counting &= v - (double)row_of(f, i) == start;
    }
    if (counting) return start == 0 || start == 1 || called_id(c->name);
    if (!called_id(c->name)) return false;
    for (int64_t i = 0; i < f->n; i++) f->scratch[i] = c->number[row_of(f, i)];
    qsort(f->scratch, (size_t)f->n, sizeof *f->scratch, by_value);
    for (int64_t i = 1; i < f->n; i++) {
        if (f->scratch[i] == f->scratch[i - 1]) return false;
    }
    return true;
}

/* With scale "none" or a divisor nothing is left out: the features are then the user's own, a
 * constant or an id among them. */
static gl_reason judge_number(const fit *f, const gl_column *c) {
    if (f->scale == NONE || f->scale == DIVIDE)
        return GL_KEPT; /* as in the file: published recipes count on it */
    int64_t m = present_numbers(f, c);
    if (!m) return GL_EMPTY;
    bool constant = true;
    for (int64_t i = 1; i < m; i++) constant &= f->scratch[i] == f->scratch[0];
    if (constant) return GL_CONSTANT;
    return is_id(f, c) ? GL_ID : GL_KEPT;
}

static glia_status set_scales(const fit *f, gl_input_column *in, int64_t scales) {
    in->scales = scales;
    in->center = gl_alloc(f->g, scales, sizeof *in->center);
    in->spread = gl_alloc(f->g, scales, sizeof *in->spread);
    return in->center && in->spread ? GLIA_OK : GLIA_RESOURCE;
}

static glia_status set_scale(const fit *f, gl_input_column *in, double center, double spread) {
    glia_status status = set_scales(f, in, 1);
    if (status) return status;
    in->center[0] = center;
    in->spread[0] = spread;
    return GLIA_OK;
}

/* In sparse rows 0 stays 0, and what lies between -1 and 1 stays as it is. A mean taken off would
 * make numbers of all that the file leaves out; zeros are also what `linear_sparse` skips. Files
 * that were scaled to [-1, 1] by their makers (heart_scale) or hold ones alone (a1a) are learned
 * from as they are, so that published results can be met. */
static glia_status keep_zero(const fit *f, gl_input_column *in) {
    double largest = 1;
    for (int64_t i = 0; i < f->n; i++) largest = fmax(largest, fabs(f->scratch[i]));
    return largest > 1 ? set_scale(f, in, 0, largest) : GLIA_OK;
}

/* A long right tail (fares, populations, incomes) is drawn in by log(1 + x/s), s the median of the
 * positive values: the result does not depend on the unit, euros or cents. Half of what is positive
 * lies below s, where the curve is nearly a line, and half above, where it bends; 0 stays 0. Zeros
 * do not count for s: the median of Parch, or of a capital gain, is 0. The largest Fare is 9.7
 * deviations from the mean without and 4.4 with the logarithm, the largest population 30 and 8.
 *
 * A negative value has no such logarithm, and what is negative is seldom a size. Whoever asks
 * for "standard" gets what other programs mean by it. Returns s, or 0 where the logarithm does
 * not help. */
static double choose_log(const fit *f, double *v, const moments *m) {
    if (f->scale != AUTO || m->min < 0 || m->skewness < LONG_TAIL) return 0;
    double *copy = gl_alloc(f->g, f->n, sizeof *copy);
    int64_t positive = 0;
    for (int64_t i = 0; copy && i < f->n; i++) {
        if (v[i] > 0) copy[positive++] = v[i];
    }
    double s = positive ? median(copy, positive) : 0;
    gl_free(f->g, copy);
    return s;
}

/* Missing cells are filled first and measured with the others: the feature that the network sees
 * then has mean 0 and deviation 1. The median fills, not the mean, which one fare of 512 moves and
 * which may be a value that no row has anything like. It is taken before the logarithm, which is
 * monotone: it is then the median of what comes out, too. */
static glia_status fit_number(const fit *f, const gl_column *c, gl_input_column *in) {
    double *v = f->scratch;
    int64_t present = present_numbers(f, c);
    in->had_missing = present < f->n;
    /* With scale "none" or a divisor a column without a single number is kept, and has
     * no median. */
    in->fill = present ? median(v, present) : 0;
    if (f->scale == NONE) return GLIA_OK;
    if (f->scale == DIVIDE) return set_scale(f, in, 0, f->divisor);

    for (int64_t i = 0; i < f->n; i++) {
        v[i] = c->number[row_of(f, i)];
        if (isnan(v[i])) v[i] = in->fill;
    }
    if (f->scale == AUTO && f->t->sparse) return keep_zero(f, in);
    moments m = measure(v, f->n);
    if ((in->log = choose_log(f, v, &m))) {
        for (int64_t i = 0; i < f->n; i++) v[i] = log1p(v[i] / in->log);
        m = measure(v, f->n);
    }
    bool minmax = f->scale == MINMAX;
    double center = minmax ? m.min : m.mean, spread = minmax ? m.max - m.min : m.deviation;
    /* Values that are different but as good as equal (1e300 and its neighbour, subnormals) would be
     * divided by 0 or by what is left of rounding. */
    if (!isfinite(center) || !isfinite(spread) || spread <= 0) {
        return gl_fail(f->g, GLIA_INPUT,
                       "%s, column '%s': its values (%g to %g) are too large or too close to be "
                       "scaled; leave it out (option 'ignore')",
                       f->t->source, c->name, m.min, m.max);
    }
    return set_scale(f, in, center, spread);
}

/* -------------------------------------------------------------------------- category columns -- */

/* Where texts occur less than twice on average, most texts of the next file will be new. In
 * titanic.csv these are Name (891 different in 891 cells), Ticket (681 in 891) and Cabin (147 in
 * the 204 that are there); missing cells do not count, since 147 in 891 rows would have passed. */
static gl_reason judge_category(const fit *f, const gl_column *c) {
    int64_t present = 0, used;
    for (int64_t i = 0; i < f->n; i++) present += c->code[row_of(f, i)] >= 0;
    if (!present) return GL_EMPTY;
    char **texts = used_texts(f, c, &used);
    gl_free(f->g, texts);
    if (used > MOST_CATEGORIES || (2 * used > present && f->n >= FEW_ROWS)) return GL_TEXTS;
    return used == 1 && f->scale != NONE && f->scale != DIVIDE ? GL_CONSTANT : GL_KEPT;
}

/* The most frequent text; the first of equals in sorted order, so that the order of rows decides
 * nothing. Codes are looked up by text because the table numbers texts as they come, this column in
 * sorted order. */
static glia_status find_fill(const fit *f, const gl_column *c, gl_input_column *in) {
    int64_t *count = gl_alloc(f->g, c->categories, sizeof *count), most = -1;
    if (!count) return GLIA_RESOURCE;
    for (int64_t i = 0; i < f->n; i++) {
        int32_t code = c->code[row_of(f, i)];
        if (code >= 0) count[code]++;
        else in->had_missing = true;
    }
    for (int64_t k = 0; k < in->categories; k++) {
        int64_t code = 0;
        while (strcmp(c->category[code], in->category[k]) != 0) code++;
        if (count[code] > most) most = count[code], in->fill_code = k;
    }
    gl_free(f->g, count);
    return GLIA_OK;
}

/* One feature for each text, none left out as a baseline: a text that training did not know is
 * zeros everywhere, and must not look like the one that was left out. That the features of a column
 * sum to 1, like the bias, makes W ambiguous by a constant; L2 settles it. */
static glia_status fit_category(const fit *f, const gl_column *c, gl_input_column *in) {
    int64_t used;
    char **texts = used_texts(f, c, &used);
    if (texts) in->category = gl_copy_texts(f->g, texts, used);
    gl_free(f->g, texts);
    if (!in->category) return GLIA_RESOURCE;
    in->categories = used;
    return find_fill(f, c, in);
}

/* ----------------------------------------------------------------------------- array columns -- */

/* Do all training values lie between -1 and 1 (such as pixels that were divided already)? A NaN
 * says no, and scale_each then refuses the column. */
static bool within_one(const fit *f, const glia_tensor *a, int64_t width) {
    for (int64_t i = 0; i < f->n; i++) {
        for (int64_t k = 0; k < width; k++) {
            double v = glia_tensor_value(a, row_of(f, i) * width + k);
            if (!(v >= -1 && v <= 1)) return false;
        }
    }
    return true;
}

/* center = mean or minimum, spread = deviation or range, for every value of a row, [width] each; a
 * constant one keeps spread 1. In a table a constant column is left out; in an array the border of
 * an image is part of its shape. */
static glia_status scale_each(const fit *f, const glia_tensor *a, gl_input_column *in,
                              int64_t width) {
    glia_status status = set_scales(f, in, width);
    if (status) return status;
    bool minmax = f->scale == MINMAX;
    double *center = in->center, *spread = in->spread;
    for (int64_t i = 0; i < f->n; i++) {
        for (int64_t k = 0; k < width; k++) {
            double v = glia_tensor_value(a, row_of(f, i) * width + k);
            if (!minmax) center[k] += v / (double)f->n;
            else if (!i || v < center[k]) center[k] = v;
        }
    }
    for (int64_t i = 0; i < f->n; i++) {
        for (int64_t k = 0; k < width; k++) {
            double d = glia_tensor_value(a, row_of(f, i) * width + k) - center[k];
            spread[k] = minmax ? fmax(spread[k], d) : spread[k] + d * d / (double)f->n;
        }
    }
    for (int64_t k = 0; k < width; k++) {
        /* A mean of n equal numbers is off by about sqrt(n) 1e-16 of them, and so is the deviation:
         * 1e-12 covers a hundred million rows. */
        if (!minmax) spread[k] = sqrt(spread[k]);
        if (spread[k] <= 1e-12 * fabs(center[k])) spread[k] = 1; /* constant, but for rounding */
        if (spread[k] == 0) spread[k] = 1;
        if (isfinite(center[k]) && isfinite(spread[k])) continue;
        return gl_fail(f->g, GLIA_INPUT, "%s, column '%s': values are too large to be scaled",
                       f->t->source, in->name);
    }
    return GLIA_OK;
}

/* Bytes are divided by 255 and by nothing else, without a mean: then they stay bytes in the table
 * and are divided where rows are gathered, a quarter of what floats would take; and x/255 is what
 * the course and the published results of MNIST take. Bytes of 0 and 1 alone are a mask. */
static glia_status fit_array(const fit *f, const gl_column *c, gl_input_column *in) {
    in->shape = (glia_tensor){.dtype = c->array.dtype, .ndim = c->array.ndim - 1};
    for (int i = 0; i < in->shape.ndim; i++) in->shape.dim[i] = c->array.dim[i + 1];
    int64_t width = glia_tensor_count(&in->shape, 0);
    if (f->scale == NONE) return GLIA_OK;
    if (f->scale == DIVIDE) return set_scale(f, in, 0, f->divisor);
    if (f->scale == AUTO && c->array.dtype == GLIA_U8) {
        return within_one(f, &c->array, width) ? GLIA_OK : set_scale(f, in, 0, 255);
    }
    if (f->scale == AUTO && within_one(f, &c->array, width)) return GLIA_OK;
    return scale_each(f, &c->array, in, width);
}

/* ------------------------------------------------------------------------------- all columns -- */

static gl_reason judge(const fit *f, int column) {
    const gl_column *c = &f->t->column[column];
    if (column == f->weight) return GL_WEIGHT;
    if (f->ignored[column]) return GL_IGNORED;
    if (c->type == GLIA_NUMBER) return judge_number(f, c);
    return c->type == GLIA_CATEGORY ? judge_category(f, c) : GL_KEPT;
}

/* An id is better than nothing: x = 1, 2, 3, ... may be all there is, as in a curve to
 * be fitted. */
static void keep_last_resort(gl_pipeline *p) {
    for (int i = 0; i < p->inputs; i++) {
        if (p->input[i].reason == GL_KEPT) return;
    }
    for (int i = 0; i < p->inputs; i++) {
        if (p->input[i].reason == GL_ID) p->input[i].reason = GL_KEPT;
    }
}

/* All columns are judged before the first is fitted: whether an id stays depends on the others. */
static glia_status fit_inputs(fit *f) {
    gl_pipeline *p = f->p;
    for (int j = 0; j < f->t->columns; j++) {
        if (j == f->target) continue;
        gl_input_column *in = &p->input[p->inputs];
        if (!(in->name = gl_copy_text(f->g, f->t->column[j].name))) return GLIA_RESOURCE;
        p->inputs++;
        in->type = f->t->column[j].type;
        in->reason = judge(f, j);
    }
    keep_last_resort(p);
    for (int i = 0; i < p->inputs; i++) {
        gl_input_column *in = &p->input[i];
        if (in->reason) continue;
        /* inputs are the columns of the table in their order, without the target */
        const gl_column *c = &f->t->column[i + (i >= f->target)];
        glia_status status = in->type == GLIA_NUMBER     ? fit_number(f, c, in)
                             : in->type == GLIA_CATEGORY ? fit_category(f, c, in)
                                                         : fit_array(f, c, in);
        if (status) return status;
    }
    return GLIA_OK;
}

/* ------------------------------------------------------------------------------------- notes -- */

typedef struct list { /* "Age, Fare and 3 more" */
    gl_text text;
    int count;
} list;

static void add_name(list *l, const gl_input_column *in) {
    if (l->count++ < 8) gl_add(&l->text, "%s%s", l->count > 1 ? ", " : "", in->name);
    if (l->count <= 8 && in->categories) gl_add(&l->text, " (%lld)", (long long)in->categories);
}

/* Says `format` with the names of the inputs that `wanted` picks, and nothing when there are
 * none. Of hundreds of columns eight are named: a note is a line, and `glia_model_note` has
 * all of them. */
static void tell(const fit *f, bool (*wanted)(const gl_input_column *in, int arg), int arg,
                 const char *before, const char *after) {
    list l = {.text = {.g = f->g}};
    for (int i = 0; i < f->p->inputs; i++) {
        if (wanted(&f->p->input[i], arg)) add_name(&l, &f->p->input[i]);
    }
    if (l.count > 8) gl_add(&l.text, " and %d more", l.count - 8);
    if (l.count && l.text.s) gl_note(f->g, "%s%s%s", before, l.text.s, after);
    gl_free(f->g, l.text.s);
}

static bool left_out_for(const gl_input_column *in, int reason) {
    return (int)in->reason == reason;
}
static bool filled(const gl_input_column *in, int type) {
    return !in->reason && in->had_missing && (int)in->type == type;
}
static bool logged(const gl_input_column *in, int arg) {
    return (void)arg, !in->reason && in->log > 0;
}
static bool one_hot(const gl_input_column *in, int arg) {
    return (void)arg, !in->reason && in->type == GLIA_CATEGORY;
}
static bool scaled(const gl_input_column *in, int type) {
    return !in->reason && in->scales && (int)in->type == type;
}

/* Counts are told because it is here that misread labels show, or a class of three rows. */
static void tell_target(const fit *f) {
    const gl_pipeline *p = f->p;
    const gl_column *c = &f->t->column[f->target];
    if (p->task == GL_REGRESSION) {
        gl_note(f->g, "target '%s': numbers, so regression%s", p->target,
                p->deviation != 1 ? " (standardised for training)" : "");
        return;
    }
    gl_text text = {.g = f->g};
    for (int64_t k = 0; k < p->classes && k < 10; k++) {
        int64_t n = 0;
        for (int64_t i = 0; i < f->n; i++) {
            int64_t row = row_of(f, i);
            if (c->type == GLIA_NUMBER) n += c->number[row] == p->class_value[k];
            else n += c->code[row] >= 0 && !strcmp(c->category[c->code[row]], p->class[k]);
        }
        gl_add(&text, "%s%s %lld", k ? ", " : "", p->class[k], (long long)n);
    }
    gl_note(f->g, "target '%s': %lld classes, so %s (rows: %s%s)", p->target, (long long)p->classes,
            gl_task_name(p->task), text.s ? text.s : "", p->classes > 10 ? ", ..." : "");
    gl_free(f->g, text.s);
}

static void tell_all(const fit *f) {
    if (!f->spec->notes) return;
    tell_target(f);
    for (int r = GL_IGNORED; r < GL_REASONS; r++) {
        char after[100];
        snprintf(after, sizeof after, ": %s", gl_reason_text[r]);
        tell(f, left_out_for, r, "left out ", after);
    }
    tell(f, filled, GLIA_NUMBER, "missing cells become the median: ", "");
    tell(f, filled, GLIA_CATEGORY, "missing cells become the most frequent text: ", "");
    tell(f, logged, 0, "log(1 + x/s) draws in a long tail: ", "");
    tell(f, one_hot, 0, "one 0/1 feature per text: ", "");
    static const char *const how[] = {": mean 0, deviation 1", ": mean 0, deviation 1",
                                      ": from 0 to 1", ": as they are", ": divided"};
    tell(f, scaled, GLIA_NUMBER, "scaled ",
         f->scale == AUTO && f->t->sparse ? ": divided by the largest magnitude, so that 0 stays 0"
                                          : how[f->scale]);
    tell(f, scaled, GLIA_ARRAY, "scaled ",
         f->scale == AUTO && f->p->input[0].scales == 1 ? ": divided by 255" : how[f->scale]);
}

/* --------------------------------------------------------------------------------------- fit -- */

/* The order of the messages: what was said wrongly, then the target, then columns. A user who named
 * the wrong target should not first hear of what is odd in the others. */
static glia_status fit_all(fit *f) {
    glia_status status = read_scale(f);
    if (!status) status = find_target(f);
    if (!status) status = read_ignored(f);
    if (!status) status = find_weight(f);
    if (!status) status = read_target(f);
    if (!status) status = fit_inputs(f);
    if (status) return status;
    if (!gl_pipeline_number_features(f->p)) {
        const gl_input_column *in = f->p->inputs ? &f->p->input[0] : NULL;
        return gl_fail(f->g, GLIA_INPUT, "%s: no column is left to learn '%s' from%s%s%s%s%s",
                       f->t->source, f->p->target, in ? " (" : "", in ? in->name : "",
                       in ? ": " : "", in ? gl_reason_text[in->reason] : "", in ? ")" : "");
    }
    tell_all(f);
    return GLIA_OK;
}

gl_pipeline *gl_pipeline_fit(glia_ctx *g, const glia_table *t, const int64_t *rows, int64_t n,
                             const gl_pipeline_spec *spec) {
    fit f = {.g = g, .t = t, .rows = rows, .n = rows ? n : t->rows, .spec = spec};
    if (f.n < 1) {
        gl_fail(g, GLIA_INPUT, "%s: there are no rows to learn from", t->source);
        return NULL;
    }
    f.p = gl_pipeline_new(g, t->columns);
    f.ignored = gl_alloc(g, t->columns, sizeof *f.ignored);
    f.scratch = gl_alloc(g, f.n, sizeof *f.scratch);
    bool ok = f.p && f.ignored && f.scratch && !fit_all(&f);
    gl_free(g, f.ignored);
    gl_free(g, f.scratch);
    if (ok) return f.p;
    gl_pipeline_free(f.p);
    return NULL;
}
