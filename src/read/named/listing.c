/*
 * listing.c: what a file with named arrays holds, for whoever must choose.
 *
 *     train_set_x (209, 64, 64, 3) u8, table flats of size, rooms, sold
 */
#include "arrays.h"

#include <string.h>

static const char *kind_text(const gl_array_info *a) {
    switch (a->kind) {
    case GL_TEXTS: return "texts";
    case GL_NAMED_NUMBERS: return "names";
    case GL_UNREAD: return a->remark;
    case GL_NUMBERS: break;
    }
    return glia_dtype_name(a->shape.dtype);
}

void gl_add_array_text(gl_text *text, const gl_array_info *a) {
    char shape[96];
    if (a->sparse) {
        gl_add(text, "%s, sparse", a->name);
        return;
    }
    gl_add(text, "%s %s %s", a->name, gl_shape_text(&a->shape, shape, sizeof shape), kind_text(a));
}

/* What begins a table or is an array; not what a writer needs for itself. */
static bool is_listed(const gl_contents *c, int i) {
    const gl_array_info *a = &c->array[i];
    if (a->aside) return false;
    for (int j = 0; *a->table && j < i; j++) {
        if (!c->array[j].aside && !strcmp(c->array[j].table, a->table)) return false;
    }
    return true;
}

/* "train_set_x (209, 64, 64, 3) u8, ..." */
static char *list_text(const gl_contents *c, bool arrays) {
    gl_text text = {.g = c->g};
    int listed = 0;
    for (int i = 0; i < c->count; i++) {
        const char *table = c->array[i].table;
        if (!is_listed(c, i) || (!*table && !arrays)) continue;
        if (listed++ == 12) {
            gl_add(&text, ", ...");
            break;
        }
        gl_add(&text, "%s", listed > 1 ? ", " : "");
        if (*table) gl_add_table_text(&text, c, table);
        else gl_add_array_text(&text, &c->array[i]);
    }
    if (!listed) gl_add(&text, "none");
    return text.s;
}

glia_status gl_fail_not_found(const gl_contents *c, const char *what) {
    char *list = list_text(c, true);
    gl_fail(c->g, GLIA_INPUT,
            "%s: %s; its arrays are: %s; in place of the file say option 'x' FILE:ARRAY option 'y' "
            "FILE:ARRAY%s",
            c->path, what, list ? list : "",
            gl_count_tables(c, NULL) ? ", or option 'table' NAME" : "");
    gl_free(c->g, list);
    return GLIA_INPUT;
}

glia_status gl_fail_tables(const gl_contents *c, const char *what) {
    char *list = list_text(c, false);
    gl_fail(c->g, GLIA_INPUT, "%s: %s; say which by option 'table' NAME: %s", c->path, what,
            list ? list : "");
    gl_free(c->g, list);
    return GLIA_INPUT;
}
