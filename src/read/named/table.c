/*
 * table.c: tables among named arrays: records (R's data frames, PyTables, pandas, NumPy's
 * structured arrays), and arrays that columns.c joined, become a table like any other.
 */
#include "arrays.h"

#include <string.h>

static bool begins_table(const gl_contents *c, int i) {
    for (int j = 0; j < i; j++) {
        if (!c->array[j].aside && !strcmp(c->array[j].table, c->array[i].table)) return false;
    }
    return true;
}

int gl_count_tables(const gl_contents *c, const char **first) {
    int count = 0;
    for (int i = c->count; i-- > 0;) {
        if (!*c->array[i].table || c->array[i].aside || !begins_table(c, i)) continue;
        if (first) *first = c->array[i].table;
        count++;
    }
    return count;
}

const char *gl_find_table(const gl_contents *c, const char *name) {
    while (*name == '/') name++;
    for (int i = 0; i < c->count; i++)
        if (*c->array[i].table && !strcmp(c->array[i].table, name)) return c->array[i].table;
    for (int i = 0; i < c->count; i++)
        if (*c->array[i].table && !strcmp(c->array[i].name, name)) return c->array[i].table;
    return NULL;
}

/* The column's own name: behind its table's. */
static const char *column_name(const gl_array_info *a) {
    const char *slash = strrchr(a->name, '/');
    size_t n = strlen(a->table);
    if (a->joined) return slash ? slash + 1 : a->name;
    return !strncmp(a->name, a->table, n) && a->name[n] == '/' ? a->name + n + 1 : a->name;
}

void gl_add_table_text(gl_text *text, const gl_contents *c, const char *name) {
    int count = 0;
    gl_add(text, "table %s of ", name);
    for (int i = 0; i < c->count; i++) {
        if (strcmp(c->array[i].table, name) || c->array[i].aside) continue;
        gl_add(text, "%s%s", count ? ", " : "", count < 6 ? column_name(&c->array[i]) : "...");
        if (count++ == 6) return;
    }
}

/* Numbers of one dimension are a column, of two as many as the second has. */
static glia_status add_numbers(glia_table *t, const gl_contents *c, const gl_array_info *a) {
    glia_tensor values;
    glia_status status = gl_read_values(c, a, &values);
    if (status) return status;
    int64_t width = glia_tensor_count(&values, 1);
    for (int64_t j = 0; !status && j < width; j++) {
        char *name = width == 1 ? gl_copy_text(c->g, column_name(a))
                                : gl_format(c->g, "%s_%lld", column_name(a), (long long)j);
        gl_column *column = name ? gl_table_add(t, name, GLIA_NUMBER) : NULL;
        if (column) column->number = gl_alloc(c->g, t->rows, sizeof *column->number);
        if (!column || !column->number) status = GLIA_RESOURCE;
        for (int64_t i = 0; !status && i < t->rows; i++)
            column->number[i] = glia_tensor_value(&values, i * width + j);
        gl_free(c->g, name);
    }
    gl_free(c->g, values.data);
    return status;
}

static glia_status add_column(glia_table *t, const gl_contents *c, const gl_array_info *a) {
    char wrong[GL_WRONG] = "";
    gl_text_column to;
    if (a->kind == GL_UNREAD) {
        gl_note(c->g, "%s: column '%s' is left out: it holds %s", c->path, column_name(a),
                a->remark);
        return GLIA_OK;
    }
    if (a->shape.dim[0] != t->rows)
        return gl_fail(c->g, GLIA_INPUT, "%s, table %s: column '%s' has %lld row%s, expected %lld",
                       c->path, a->table, column_name(a), (long long)a->shape.dim[0],
                       gl_plural(a->shape.dim[0]), (long long)t->rows);
    if (a->kind == GL_NUMBERS) return add_numbers(t, c, a);
    glia_status status = gl_add_text_column(t, column_name(a), &to);
    if (status || gl_read_listed_texts(c, a, gl_take_cell, &to, wrong)) return status;
    return *wrong ? gl_fail(c->g, GLIA_INPUT, "cannot read '%s', column %s: %s", c->path,
                            column_name(a), wrong)
                  : c->g->code;
}

/* What is no column of it, and what a user should hear of one that is. */
static void add_left_out(gl_text *text, const gl_contents *c, const char *name) {
    const char *before = "; left out: ";
    for (int i = 0; i < c->count; i++) {
        const gl_array_info *a = &c->array[i];
        if (a->aside || !strcmp(a->table, name) || (*a->table && !begins_table(c, i))) continue;
        gl_add(text, "%s", before);
        if (*a->table) gl_add(text, "table %s", a->table);
        else gl_add_array_text(text, a);
        before = ", ";
    }
}

static void add_remark(gl_text *text, const gl_contents *c, const char *name) {
    for (int i = 0; i < c->count; i++) {
        const gl_array_info *a = &c->array[i];
        if (strcmp(a->table, name) || a->kind == GL_UNREAD || a->reversed || !*a->remark) continue;
        gl_add(text, "; %s: %s", column_name(a), a->remark);
    }
}

/* HDF5 lists what is in a folder by the alphabet, unless its writer wanted it otherwise. */
static bool are_sorted(const gl_contents *c, const char *name) {
    const gl_array_info *before = NULL;
    for (int i = 0; i < c->count; i++) {
        const gl_array_info *a = &c->array[i];
        if (strcmp(a->table, name)) continue;
        if (!a->joined || (before && strcmp(before->name, a->name) > 0)) return false;
        before = a;
    }
    return true;
}

static void say_table(const gl_contents *c, const char *name) {
    gl_text text = {.g = c->g};
    gl_add_table_text(&text, c, name);
    if (are_sorted(c, name))
        gl_add(&text, ", in the order of their names (option 'target' says what to learn)");
    add_left_out(&text, c, name);
    add_remark(&text, c, name);
    if (text.s) gl_note(c->g, "%s: the rows are those of its %s", c->path, text.s);
    gl_free(c->g, text.s);
}

glia_table *gl_read_listed_table(const gl_contents *c, const char *name) {
    say_table(c, name);
    glia_table *t = gl_table_new(c->g, c->path);
    glia_status status = t ? GLIA_OK : GLIA_RESOURCE;
    for (int i = 0; !status && i < c->count; i++) {
        const gl_array_info *a = &c->array[i];
        if (strcmp(a->table, name) || a->aside) continue;
        if (!t->rows) t->rows = a->shape.dim[0];
        status = add_column(t, c, a);
    }
    if (!status && !t->columns)
        status = gl_fail(c->g, GLIA_INPUT, "%s, table %s: no column can be read", c->path, name);
    if (!status) return t;
    glia_table_free(t);
    return NULL;
}

glia_table *gl_read_matrix(const gl_contents *c, const gl_array_info *a) {
    gl_array read;
    gl_text text = {.g = c->g};
    gl_add_array_text(&text, a);
    if (text.s) gl_note(c->g, "%s: the rows are those of %s", c->path, text.s);
    gl_free(c->g, text.s);
    if (gl_read_listed(c, a, false, &read)) return NULL;
    glia_table *t = glia_table_from(c->g, read.values, NULL);
    char *source = t ? gl_copy_text(c->g, c->path) : NULL;
    gl_free_array(c->g, &read);
    if (source) {
        gl_free(c->g, t->source);
        t->source = source;
        return t;
    }
    glia_table_free(t);
    return NULL;
}
