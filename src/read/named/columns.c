/*
 * columns.c: arrays that are the columns of a table: of one folder, with one axis each and as many
 * values. xarray, netCDF and R write tables so, and whoever saves column by column.
 *
 *     temp (500,)   wind (500,)   site_name (5,)   site_height (5,)
 *
 *     table temp of temp, wind; table site_name of site_name, site_height
 *
 * Such a table is called as its folder or, at the top and where a folder has several, as its first
 * column. It is read when it is asked for.
 */
#include "arrays.h"

#include <stdio.h>
#include <string.h>

/* MATLAB's row of 60 values is a column, too. */
static bool is_column(const gl_array_info *a) {
    const glia_tensor *t = &a->shape;
    bool flat = t->ndim == 1 || (a->two_axes && t->ndim == 2 && (t->dim[0] == 1 || t->dim[1] == 1));
    return flat && glia_tensor_count(t, 0) > 1 && !a->aside && !*a->table && !a->sparse &&
           a->kind != GL_UNREAD;
}

static size_t folder_of(const gl_array_info *a) {
    const char *slash = strrchr(a->name, '/');
    return slash ? (size_t)(slash - a->name) : 0;
}

static bool same_folder(const gl_array_info *a, const gl_array_info *b) {
    size_t n = folder_of(a);
    return n == folder_of(b) && !memcmp(a->name, b->name, n);
}

static bool belong_together(const gl_array_info *a, const gl_array_info *b) {
    return is_column(b) && same_folder(a, b) &&
           glia_tensor_count(&a->shape, 0) == glia_tensor_count(&b->shape, 0);
}

/* Samples of as many rows: the columns are labels of theirs. */
static bool has_samples(const gl_contents *c, const gl_array_info *column) {
    for (int i = 0; i < c->count; i++) {
        const gl_array_info *a = &c->array[i];
        if (a->kind == GL_NUMBERS && a->shape.ndim > 1 && a->shape.dim[1] > 1 && !*a->table &&
            same_folder(a, column) && a->shape.dim[0] == glia_tensor_count(&column->shape, 0))
            return true;
    }
    return false;
}

/* How many columns the table of column i has; 0: an earlier one begins it. */
static int count_columns(const gl_contents *c, int i) {
    int count = 0;
    for (int j = 0; j < c->count; j++) {
        if (!belong_together(&c->array[i], &c->array[j])) continue;
        if (j < i) return 0;
        count++;
    }
    return count;
}

static bool is_only_one_of_folder(const gl_contents *c, int i) {
    for (int j = 0; j < c->count; j++) {
        const gl_array_info *b = &c->array[j];
        if (!same_folder(&c->array[i], b) || belong_together(&c->array[i], b)) continue;
        if (b->joined || (is_column(b) && count_columns(c, j) != 1)) return false;
    }
    return true;
}

static void join(gl_contents *c, int i) {
    char name[GL_NAME];
    bool by_folder = folder_of(&c->array[i]) && is_only_one_of_folder(c, i);
    snprintf(name, sizeof name, "%.*s",
             by_folder ? (int)folder_of(&c->array[i]) : (int)strlen(c->array[i].name),
             c->array[i].name);
    const gl_array_info first = c->array[i];
    for (int j = i; j < c->count; j++) {
        gl_array_info *a = &c->array[j];
        if (!belong_together(&first, a)) continue;
        if (a->shape.ndim == 2 && a->shape.dim[0] == 1)
            a->shape.dim[0] = a->shape.dim[1], a->shape.dim[1] = 1;
        strcpy(a->table, name);
        a->joined = true;
    }
}

void gl_find_columns(gl_contents *c) {
    for (int i = 0; i < c->count; i++) {
        const gl_array_info *a = &c->array[i];
        if (is_column(a) && count_columns(c, i) > 1 && !has_samples(c, a)) join(c, i);
    }
}
