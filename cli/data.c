/*
 * data.c: `glia data`: looks at a data set before anything is learned from it; converts and splits
 * tables.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum { BINS = 12, LOOKED_AT = 5000, MOST_WARNINGS = 64, MOST_CLASSES = 20 };

/* ----------------------------------------------------------------------------------- columns -- */

/* How the numbers of a column spread between its least and its largest, seen on an even choice of
 * rows. */
static char *histogram(const glia_table *t, int column, char *buf, size_t size) {
    glia_column k = glia_table_column(t, column);
    double bin[BINS] = {0}, span = k.max - k.min;
    int64_t rows = glia_table_rows(t), step = rows / LOOKED_AT + 1;
    if (!(span > 0)) return strcpy(buf, "");
    const double *value = glia_table_values(t, column).data;
    bool whole = span < BINS;
    for (int64_t i = 0; i < rows && whole; i += step)
        whole = isnan(value[i]) || value[i] == floor(value[i]);
    int bins = whole ? (int)span + 1 : BINS; /* few whole numbers have a bin each */
    for (int64_t i = 0; i < rows; i += step) {
        double share = (value[i] - k.min) / span;
        if (!(share >= 0 && share <= 1)) continue;
        bin[whole ? (int)(value[i] - k.min) : share < 1 ? (int)(share * BINS) : BINS - 1]++;
    }
    return sparkline(bin, bins, 0, bins, buf, size); /* from 0: even bins look even */
}

/* "setosa 50, versicolor 50, ..." */
static char *categories(const glia_table *t, int column) {
    int64_t n = glia_table_column(t, column).categories, count;
    char *list = copy_text("");
    for (int64_t k = 0; k < n; k++) {
        const char *name = glia_table_category(t, column, k, &count);
        bool full = k > 0 && text_width(list) + text_width(name) > 36;
        char *longer =
            full ? format_text("%s, ...", list)
                 : format_text("%s%s%s %lld", list, k > 0 ? ", " : "", name, (long long)count);
        free(list);
        list = longer;
        if (full) break;
    }
    return list;
}

static const char *type_name(const glia_column *k) {
    static const char *const names[] = {"number", "category", "array"};
    return names[k->type];
}

static void shape_words(const glia_column *k, char *buf, size_t size) {
    int n = snprintf(buf, size, "%s ", glia_dtype_name(k->dtype));
    for (int d = 0; d < k->ndim; d++)
        n +=
            snprintf(buf + n, size - (size_t)n, "%s%lld", d > 0 ? " x " : "", (long long)k->dim[d]);
}

static void add_column(grid *g, const glia_table *t, int i) {
    char buf[128], number[32];
    glia_column k = glia_table_column(t, i);
    bool counted = k.type != GLIA_CATEGORY;
    const double range[] = {k.min, k.mean, k.max};
    grid_add(g, "%d", i + 1);
    grid_add(g, "%s", k.name);
    grid_add(g, "%s", type_name(&k));
    grid_add(g, "%lld", (long long)k.missing);
    if (k.type == GLIA_ARRAY) grid_add(g, " ");
    else grid_add(g, "%lld", (long long)k.distinct);
    for (int j = 0; j < 3; j++) grid_add(g, "%s", counted ? short_text(range[j], number) : " ");
    if (k.type == GLIA_CATEGORY) {
        char *list = categories(t, i);
        grid_add(g, "%s", list);
        free(list);
        return;
    }
    if (k.type == GLIA_ARRAY) shape_words(&k, buf, sizeof buf);
    else histogram(t, i, buf, sizeof buf);
    grid_add(g, "%s", buf);
}

static void print_columns(const glia_table *t) {
    const char *const heading[] = {"",    "column", "type", "missing", "distinct",
                                   "min", "mean",   "max",  "values"};
    grid g = {.align = "rllrrrrrl"};
    for (int j = 0; j < 9; j++) grid_add(&g, "%s", heading[j]);
    for (int i = 0; i < glia_table_columns(t); i++) add_column(&g, t, i);
    grid_print(&g);
}

/* -------------------------------------------------------------------------------- the target -- */

typedef struct balance {
    int column; /* -1: none */
    int classes;
    char *class[MOST_CLASSES];
    int64_t count[MOST_CLASSES];
} balance;

static bool count_class(balance *b, const char *text, int64_t count) {
    for (int k = 0; k < b->classes; k++)
        if (strcmp(b->class[k], text) == 0) return b->count[k] += count, true;
    if (b->classes == MOST_CLASSES) return false;
    b->class[b->classes] = copy_text(text);
    b->count[b->classes++] = count;
    return true;
}

/* Numbers in their order, not as the rows happen to bring them. */
static void sort_balance(balance *b) {
    for (int i = 1; i < b->classes; i++) {
        for (int j = i; j > 0 && strtod(b->class[j - 1], NULL) > strtod(b->class[j], NULL); j--) {
            char *text = b->class[j];
            int64_t count = b->count[j];
            b->class[j] = b->class[j - 1], b->count[j] = b->count[j - 1];
            b->class[j - 1] = text, b->count[j - 1] = count;
        }
    }
}

/* The classes of the target when it has few different values; a target of many values is a number
 * to predict. */
static balance balance_of(const glia_table *t, int column) {
    balance b = {.column = column};
    glia_column k = column >= 0 ? glia_table_column(t, column) : (glia_column){.type = GLIA_ARRAY};
    int64_t n = k.type == GLIA_CATEGORY ? k.categories : k.distinct, count;
    if (k.type == GLIA_ARRAY || n > MOST_CLASSES) return b;
    char text[256];
    if (k.type == GLIA_CATEGORY) {
        for (int64_t i = 0; i < n; i++) {
            const char *name = glia_table_category(t, column, i, &count);
            count_class(&b, name, count);
        }
    } else {
        for (int64_t i = 0; i < glia_table_rows(t); i++) {
            glia_table_cell(t, i, column, text, sizeof text);
            if (*text && !count_class(&b, text, 1)) break;
        }
    }
    if (k.type == GLIA_NUMBER) sort_balance(&b);
    return b;
}

static void free_balance(balance *b) {
    for (int k = 0; k < b->classes; k++) free(b->class[k]);
}

static void print_balance(const glia_table *t, const balance *b, bool asked) {
    if (b->classes < 2) return;
    int64_t all = 0;
    for (int k = 0; k < b->classes; k++) all += b->count[k];
    printf("\n  balance of '%s'%s\n\n", glia_table_column(t, b->column).name,
           asked ? "" : ", the column to predict unless --target says otherwise");
    grid g = {.align = "lrr"};
    grid_add(&g, "class");
    grid_add(&g, "rows");
    grid_add(&g, "share");
    for (int k = 0; k < b->classes; k++) {
        grid_add(&g, "%s", b->class[k]);
        grid_add(&g, "%lld", (long long)b->count[k]);
        double share = 100 * (double)b->count[k] / (double)all;
        grid_add(&g, share < 0.1 ? "%.2f%%" : "%.1f%%", share);
    }
    grid_print(&g);
}

/* ------------------------------------------------------------------------------------- views -- */

typedef struct look {
    const cli *c;
    glia_table *table;
    int target; /* -1: none */
    int64_t head;
    int warnings;
    char warning[MOST_WARNINGS][256];
} look;

static void print_head(const look *l) {
    int columns = glia_table_columns(l->table);
    char cell[64], *align = reserve(NULL, (size_t)columns + 1);
    memset(align, 'l', (size_t)columns);
    align[columns] = '\0';
    grid g = {.align = align};
    for (int j = 0; j < columns; j++) grid_add(&g, "%s", glia_table_column(l->table, j).name);
    for (int64_t i = 0; i < l->head; i++) {
        for (int j = 0; j < columns; j++) {
            glia_table_cell(l->table, i, j, cell, sizeof cell);
            grid_add(&g, "%s", cell);
        }
    }
    putchar('\n');
    grid_print(&g);
    free(align);
}

static int print_look(const look *l) {
    const glia_table *t = l->table;
    char rows[32];
    balance b = balance_of(t, l->target);
    putchar('\n');
    print_fact("data", "%s", glia_table_source(t));
    print_fact("size", "%s rows, %d columns", count_text(glia_table_rows(t), rows),
               glia_table_columns(t));
    putchar('\n');
    print_columns(t);
    print_balance(t, &b, given(l->c, "target"));
    if (l->head > 0) print_head(l);
    if (l->warnings > 0) putchar('\n');
    for (int i = 0; i < l->warnings; i++) print_fact(i == 0 ? "warnings" : "", "%s", l->warning[i]);
    free_balance(&b);
    return 0;
}

static json_t *json_column(const glia_table *t, int i) {
    glia_column k = glia_table_column(t, i);
    json_t *j = json_object();
    json_object_set_new(j, "name", json_text(k.name));
    json_object_set_new(j, "type", json_text(type_name(&k)));
    json_object_set_new(j, "missing", json_integer(k.missing));
    if (k.type == GLIA_CATEGORY) {
        json_object_set_new(j, "categories", json_integer(k.categories));
        return j;
    }
    json_object_set_new(j, "min", json_number(k.min));
    json_object_set_new(j, "max", json_number(k.max));
    json_object_set_new(j, "mean", json_number(k.mean));
    if (k.type == GLIA_NUMBER) {
        json_object_set_new(j, "distinct", json_integer(k.distinct));
        return j;
    }
    json_t *shape = json_array();
    json_array_append_new(shape, json_integer(glia_table_rows(t)));
    for (int d = 0; d < k.ndim; d++) json_array_append_new(shape, json_integer(k.dim[d]));
    json_object_set_new(j, "shape", shape);
    json_object_set_new(j, "dtype", json_text(glia_dtype_name(k.dtype)));
    return j;
}

static json_t *json_head(const look *l) {
    char cell[256];
    json_t *rows = json_array();
    for (int64_t i = 0; i < l->head; i++) {
        json_t *row = json_array();
        for (int j = 0; j < glia_table_columns(l->table); j++) {
            glia_table_cell(l->table, i, j, cell, sizeof cell);
            json_array_append_new(row, json_text(cell));
        }
        json_array_append_new(rows, row);
    }
    return rows;
}

static int print_look_json(const look *l) {
    const glia_table *t = l->table;
    json_t *j = json_object(), *columns = json_array(), *warnings = json_array(),
           *classes = json_object();
    balance b = balance_of(t, l->target);
    for (int i = 0; i < glia_table_columns(t); i++)
        json_array_append_new(columns, json_column(t, i));
    for (int i = 0; i < l->warnings; i++) json_array_append_new(warnings, json_text(l->warning[i]));
    for (int k = 0; k < b.classes; k++)
        json_object_set_new(classes, b.class[k], json_integer(b.count[k]));
    free_balance(&b);
    json_object_set_new(j, "rows", json_integer(glia_table_rows(t)));
    json_object_set_new(j, "columns", columns);
    if (json_object_size(classes) > 0) json_object_set(j, "balance", classes);
    json_decref(classes);
    if (l->head > 0) json_object_set_new(j, "head", json_head(l));
    json_object_set_new(j, "warnings", warnings);
    return print_json(j);
}

/* ---------------------------------------------------------------------------- files to write -- */

static int convert(const look *l, const char *path) {
    if (!ends_in_csv("convert", path) || replaces_input(l->c, path)) return GLIA_USAGE;
    if (glia_table_write(l->table, path, NULL, 0) != GLIA_OK) return failed(l->c);
    return print_written(l->c, path, glia_table_rows(l->table));
}

/* "0.8,0.2" or "0.8" */
static bool read_fraction(const char *text, double *first) {
    double second;
    char *head = format_text("%.*s", (int)strcspn(text, ","), text);
    const char *comma = strchr(text, ',');
    bool ok = read_number(head, first) && *first > 0 && *first < 1;
    if (comma) ok = ok && read_number(comma + 1, &second) && fabs(*first + second - 1) < 1e-9;
    free(head);
    return ok;
}

static int write_part(const look *l, const char *path, const int64_t *rows, int64_t n) {
    if (replaces_input(l->c, path)) return GLIA_USAGE;
    if (glia_table_write(l->table, path, rows, n) != GLIA_OK) return failed(l->c);
    return l->c->json ? 0 : print_written(l->c, path, n);
}

static int split(const look *l, const char *fractions) {
    double first;
    int64_t seed = 1, n = 0, all = glia_table_rows(l->table);
    if (!read_fraction(fractions, &first))
        return fail(GLIA_USAGE,
                    "--split: expected two parts of a whole such as 0.8,0.2, found '%s'",
                    fractions);
    if (!given_int(l->c, "seed", 0, INT64_MAX, &seed)) return GLIA_USAGE;

    char *stem = given(l->c, "output") ? copy_text(given(l->c, "output"))
                                       : stem_of(glia_table_source(l->table));
    char *train = format_text("%s-train.csv", stem), *test = format_text("%s-test.csv", stem);
    int64_t *rows = reserve(NULL, (size_t)all * sizeof *rows);
    const char *target = l->target >= 0 ? glia_table_column(l->table, l->target).name : NULL;
    int status = 0;
    if (glia_table_split(l->table, target, first, (uint64_t)seed, rows, &n) != GLIA_OK)
        status = failed(l->c);
    if (!status) status = write_part(l, train, rows, n);
    if (!status) status = write_part(l, test, rows + n, all - n);
    if (!status && l->c->json)
        print_json(json_pack("{s:{s:s, s:I}, s:{s:s, s:I}}", "train", "file", train, "rows",
                             (json_int_t)n, "test", "file", test, "rows", (json_int_t)(all - n)));
    free(rows);
    free(test);
    free(train);
    free(stem);
    return status;
}

/* ----------------------------------------------------------------------------------- command -- */

/* The target that was asked for, the label column of array files, or the last column. */
/* The column that training would take. */
static int find_target(look *l) {
    const char *asked = given(l->c, "target"), *hint = glia_table_target_hint(l->table);
    l->target = glia_table_locate(l->table, asked ? asked : hint ? hint : "-1");
    return l->target < 0 ? failed(l->c) : 0;
}

static int look_at(look *l) {
    const cli *c = l->c;
    const char *convert_to = given(c, "convert"), *fractions = given(c, "split");
    if (!given_int(c, "head", 0, INT64_MAX, &l->head)) return GLIA_USAGE;
    int status = read_data_or_arrays(c, c->operands > 0 ? c->operand[0] : NULL, given(c, "x"),
                                     given(c, "y"), &l->table);
    if (!status) status = find_target(l);
    if (status) return status;
    if (l->head > glia_table_rows(l->table)) l->head = glia_table_rows(l->table);
    if (convert_to && (status = convert(l, convert_to))) return status;
    if (fractions) return split(l, fractions);
    if (convert_to) return 0;
    const char *target = l->target >= 0 ? glia_table_column(l->table, l->target).name : NULL;
    l->warnings = glia_table_warnings(l->table, target, l->warning, MOST_WARNINGS);
    if (l->warnings > MOST_WARNINGS) l->warnings = MOST_WARNINGS;
    for (int i = 0; i < l->warnings; i++) {
        char *said = with_flags(c, l->warning[i]);
        snprintf(l->warning[i], sizeof l->warning[i], "%s", said);
        free(said);
    }
    return c->json ? print_look_json(l) : print_look(l);
}

static int run_data(cli *c) {
    look l = {.c = c, .target = -1};
    int status = look_at(&l);
    glia_table_free(l.table);
    return status;
}

static const glia_option data_options[] = {
    {"target", NULL, "NAME|NUMBER", "view", "the last column",
     "the column to predict: 1 is the first, -1 the last"},
    {"head", NULL, "N", "view", "0", "also print the first N rows"},
    {"convert", NULL, "FILE.csv", "files", NULL, "write the table as CSV"},
    {"split", NULL, "P,Q", "files", NULL,
     "write a part P of the rows to NAME-train.csv and Q to NAME-test.csv; every class of the "
     "target in proportion"},
    {"output", "o", "NAME", "files", "DATA's name", "NAME of the files of --split"},
    {"seed", NULL, "N", "files", "1", "of the choice that --split makes"},
    {NULL},
};

static const char *const data_examples[] = {
    "glia data houses.csv",
    "columns, types, ranges, missing cells, warnings",
    "glia data iris.csv --target species --split 0.75,0.25 --seed 3",
    "writes iris-train.csv and iris-test.csv",
    "glia data table.txt --delimiter ';' --decimal , --convert table.csv",
    "a German table as plain CSV",
    NULL,
};

const command data_command = {
    .name = "data",
    .usage = "DATA",
    .summary = "looks at a data set: columns, types, ranges, balance, warnings",
    .text = "Reads DATA as 'glia train' would and prints what it finds, without learning anything: "
            "one line per column with its type, missing cells, range and spread, the balance of "
            "the classes, and what a careful reader would remark.\n\n"
            "With --json: {\"rows\", \"columns\": [{\"name\", \"type\", \"missing\", ...}], "
            "\"balance\": {class: rows}, \"warnings\": [...]}.",
    .min = 0,
    .max = 1,
    .shared = READING,
    .options = data_options,
    .examples = data_examples,
    .run = run_data,
};
