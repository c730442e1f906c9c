/*
 * frames.c: what pandas writes by to_hdf. A frame is a folder of blocks, columns of one type
 * side by side, or one table of records; a series is one array.
 *
 *     df/block0_items   "size", "temp"          the columns' names
 *     df/block0_values  (60, 2)                 and their values
 *     df/block1_items   "rooms"                 columns of another type
 */
#include "module.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_COLUMNS 4096

typedef struct names {
    char (*name)[96];
    int64_t count;
} names;

static bool take_name(void *to, int64_t row, const char *text, int64_t length) {
    names *n = to;
    if (row < n->count && length >= 0)
        snprintf(n->name[row], sizeof *n->name, "%.*s", (int)(length < 95 ? length : 95), text);
    return true;
}

/* The names in a data set of texts or, where columns are called by numbers, of numbers. */
static names read_names(hid_t group, const char *items, int64_t count) {
    names n = {.count = count};
    gl_array_info a = {.column = -1};
    char wrong[GL_WRONG];
    hid_t dataset = H5Dopen2(group, items, H5P_DEFAULT),
          type = dataset >= 0 ? H5Dget_type(dataset) : -1;
    if (count > 0 && count <= MOST_COLUMNS) n.name = calloc((size_t)count, sizeof *n.name);
    if (n.name && type >= 0 && gl_hdf5_describe(dataset, type, &a) && a.shape.dim[0] == count) {
        int64_t *number = a.kind == GL_NUMBERS ? calloc((size_t)count, sizeof *number) : NULL;
        if (a.kind == GL_TEXTS) gl_hdf5_read_texts(group, dataset, &a, take_name, &n, wrong);
        if (number && gl_hdf5_count(&a.shape, 1) == 1 &&
            gl_hdf5_read(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, number)) {
            for (int64_t i = 0; i < count; i++)
                snprintf(n.name[i], sizeof *n.name, "%lld", (long long)number[i]);
        }
        free(number);
    }
    if (type >= 0) H5Tclose(type);
    if (dataset >= 0) H5Dclose(dataset);
    return n;
}

/* The columns of array `whole`, which is taken out of the list where the frame has several. */
static void split_columns(gl_listing *l, const gl_array_info *whole, const names *n,
                          const char *table) {
    int64_t width = gl_hdf5_count(&whole->shape, 1);
    for (int64_t j = 0; j < width && l->count < l->size; j++) {
        gl_array_info *a = &l->list[l->count++];
        char name[GL_NAME + 128];
        *a = *whole;
        a->column = j;
        a->shape.ndim = 1;
        bool small = whole->shape.dtype == GLIA_F32 || whole->shape.dtype == GLIA_U8;
        a->shape.dtype = small ? GLIA_F32 : GLIA_F64;
        const char *known = n->name && j < n->count ? n->name[j] : "";
        if (*known) snprintf(name, sizeof name, "%s/%s", table, known);
        else
            snprintf(name, sizeof name, "%s/%s_%lld", table, *whole->part ? whole->part : "column",
                     (long long)j);
        snprintf(a->name, sizeof a->name, "%.*s", GL_NAME - 1, name);
        snprintf(a->table, sizeof a->table, "%s", table);
    }
}

static void add_block(gl_listing *l, hid_t group, const char *path, int k, bool only) {
    char values[40], items[40], place[2 * GL_NAME];
    snprintf(values, sizeof values, "block%d_values", k);
    snprintf(items, sizeof items, "block%d_items", k);
    snprintf(place, sizeof place, "%s/%s", path, values);
    hid_t dataset = H5Dopen2(group, values, H5P_DEFAULT);
    gl_array_info *a = dataset >= 0 ? gl_hdf5_add(l, dataset, place, path) : NULL;
    if (a && a->kind == GL_UNREAD)
        snprintf(a->remark, sizeof a->remark,
                 "Python objects (pandas to_hdf with format='table' "
                 "writes texts)");
    if (a && gl_hdf5_says(dataset, "value_type", "datetime64"))
        snprintf(a->remark, sizeof a->remark, "times as nanoseconds since 1970");
    if (a && a->shape.ndim == 2) {
        gl_array_info whole = *a;
        names n = read_names(group, items, whole.shape.dim[1]);
        if (!only) l->count--;
        split_columns(l, &whole, &n, path);
        free(n.name);
    } else if (a) {
        snprintf(a->table, sizeof a->table, "%s", path);
        snprintf(a->name, sizeof a->name, "%.200s/block%d", path, k);
    }
    if (dataset >= 0) H5Dclose(dataset);
}

static void add_series(gl_listing *l, hid_t group, const char *path) {
    char place[2 * GL_NAME];
    snprintf(place, sizeof place, "%s/values", path);
    hid_t dataset = H5Dopen2(group, "values", H5P_DEFAULT);
    if (dataset < 0) return;
    gl_hdf5_add(l, dataset, place, path);
    H5Dclose(dataset);
}

/* "(lp0\nVsize\np1\naVrooms\np2\na.": Python's list of texts, pickled as text. */
static names unpickle(const char *s, int64_t count) {
    names n = {.count = count};
    int64_t k = 0;
    if (count > 0 && count <= MOST_COLUMNS) n.name = calloc((size_t)count, sizeof *n.name);
    for (; n.name && *s && k < count; s += *s == '\n') {
        size_t length = strcspn(s, "\n");
        const char *text = *s == 'a' ? s + 1 : s;
        if (*text == 'V') take_name(&n, k++, text + 1, (int64_t)length - 1 - (text - s));
        s += length;
    }
    return n;
}

/* Categories stand in a table of their own, which texts.c reads. */
static bool has_categories(hid_t group, const gl_array_info *a) {
    char place[128];
    snprintf(place, sizeof place, "meta/%s/meta/table", a->part);
    hid_t table = H5Dopen2(group, place, H5P_DEFAULT);
    if (table >= 0) H5Dclose(table);
    return table >= 0;
}

/* Of a column that pandas keeps in other values than those that a user sees. */
static void tell_kind(hid_t group, hid_t dataset, gl_array_info *a) {
    char attribute[128], text[80] = "";
    snprintf(attribute, sizeof attribute, "%s_meta", a->part);
    gl_hdf5_text(dataset, attribute, text, sizeof text);
    if (strstr(text, "category")) {
        a->kind = has_categories(group, a) ? GL_TEXTS : GL_UNREAD;
        if (a->kind == GL_UNREAD)
            snprintf(a->remark, sizeof a->remark, "categories by number, without the categories");
    }
    snprintf(attribute, sizeof attribute, "%s_dtype", a->part);
    gl_hdf5_text(dataset, attribute, text, sizeof text);
    if (strstr(text, "datetime64"))
        snprintf(a->remark, sizeof a->remark, "times as nanoseconds since 1970");
}

/* The members called values_block_0, 1, ... are columns of one type; their names are pickled. */
static void split_members(gl_listing *l, hid_t group, hid_t dataset, int from, const char *table) {
    int end = l->count;
    for (int i = from; i < end; i++) {
        char attribute[128], text[8192] = "";
        gl_array_info whole = l->list[i];
        if (!strcmp(whole.part, "index")) l->list[i].aside = true;
        else tell_kind(group, dataset, &l->list[i]);
        whole = l->list[i];
        if (strncmp(whole.part, "values_block_", 13) || whole.shape.ndim != 2) continue;
        snprintf(attribute, sizeof attribute, "%s_kind", whole.part);
        gl_hdf5_text(dataset, attribute, text, sizeof text);
        names n = unpickle(text, whole.shape.dim[1]);
        l->list[i].aside = true;
        split_columns(l, &whole, &n, table);
        free(n.name);
    }
}

static void add_table(gl_listing *l, hid_t group, const char *path) {
    char place[2 * GL_NAME];
    int from = l->count;
    snprintf(place, sizeof place, "%s/table", path);
    hid_t dataset = strlen(place) < GL_NAME ? H5Dopen2(group, "table", H5P_DEFAULT) : -1;
    if (dataset < 0) return;
    gl_hdf5_add_records(l, dataset, place, path);
    split_members(l, group, dataset, from, path);
    H5Dclose(dataset);
}

bool gl_hdf5_add_frame(gl_listing *l, hid_t group, const char *path) {
    char type[40] = "";
    double blocks = 0;
    int n;
    if (!gl_hdf5_text(group, "pandas_type", type, sizeof type)) return false;
    if (!strcmp(type, "series")) add_series(l, group, path);
    else if (strstr(type, "_table")) add_table(l, group, path);
    else if (!strcmp(type, "frame") && gl_hdf5_number(group, "nblocks", &blocks, 1, &n)) {
        for (int k = 0; k < (int)blocks && k < MOST_COLUMNS; k++)
            add_block(l, group, path, k, blocks == 1);
    } else return false;
    return true;
}
