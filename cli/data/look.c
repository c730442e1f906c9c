/*
 * look.c: what was found in a table, for people and as JSON.
 */
#include <stdlib.h>
#include <string.h>

#include "data.h"

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

static void print_near(const look *l) {
    char *near = near_text(l);
    if (near) printf("\n"), print_fact("near rows", "%s", near);
    free(near);
}

int print_look(const look *l) {
    const glia_table *t = l->table;
    char rows[32];
    balance b = balance_of(l->c, t, l->target);
    putchar('\n');
    print_fact("data", "%s", glia_table_source(t));
    print_fact("size", "%s row%s, %d column%s", count_text(glia_table_rows(t), rows),
               plural(glia_table_rows(t)), glia_table_columns(t), plural(glia_table_columns(t)));
    print_pictures(l);
    putchar('\n');
    print_columns(l);
    print_near(l);
    print_balance(t, &b, given(l->c, "target"));
    if (l->against) print_drift(l);
    if (l->head > 0) print_head(l);
    if (l->warnings > 0) putchar('\n');
    for (int i = 0; i < l->warnings; i++) print_fact(i == 0 ? "warnings" : "", "%s", l->warning[i]);
    free_balance(&b);
    return 0;
}

static json_t *json_column(const look *l, int i) {
    const glia_table *t = l->table;
    glia_column k = glia_table_column(t, i);
    json_t *j = json_object();
    json_object_set_new(j, "name", json_text(k.name));
    json_object_set_new(j, "type", json_text(type_name(&k)));
    json_object_set_new(j, "missing", json_integer(k.missing));
    if (l->profile) add_profile_json(l, i, j);
    if (k.type == GLIA_CATEGORY) {
        json_object_set_new(j, "categories", json_integer(k.categories));
        return j;
    }
    if (k.infinite > 0) json_object_set_new(j, "infinite", json_integer(k.infinite));
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

int print_look_json(const look *l) {
    const glia_table *t = l->table;
    json_t *j = json_object(), *columns = json_array(), *warnings = json_array(),
           *classes = json_object();
    balance b = balance_of(l->c, t, l->target);
    for (int i = 0; i < glia_table_columns(t); i++)
        json_array_append_new(columns, json_column(l, i));
    for (int i = 0; i < l->warnings; i++) json_array_append_new(warnings, json_text(l->warning[i]));
    for (int k = 0; k < b.classes; k++)
        json_object_set_new(classes, b.class[k], json_integer(b.count[k]));
    free_balance(&b);
    json_object_set_new(j, "rows", json_integer(glia_table_rows(t)));
    json_object_set_new(j, "copies", json_integer(glia_table_copies(t, NULL, -1)));
    json_object_set_new(j, "near", json_integer(l->near.rows));
    json_object_set_new(j, "columns", columns);
    if (glia_table_pictures(t).files > 0) json_object_set_new(j, "pictures", json_pictures(l));
    if (json_object_size(classes) > 0) json_object_set(j, "balance", classes);
    json_decref(classes);
    if (l->against) json_object_set_new(j, "against", json_drift(l));
    if (l->head > 0) json_object_set_new(j, "head", json_head(l));
    json_object_set_new(j, "warnings", warnings);
    return print_json(j);
}
