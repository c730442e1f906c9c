/*
 * reading.c: new rows for a model are read as those of its training were.
 */
#include "model.h"

/* So many names tell a header; a million are not written down for it. */
enum { NAMES = 50 };

/* "a,b,\"c,d\"" */
static char *list_names(glia_ctx *g, const glia_model *m) {
    gl_text list = {.g = g};
    int columns = glia_model_columns(m);
    glia_column_type type;
    for (int i = 0; i < columns && i < NAMES; i++) {
        gl_add(&list, "%s\"", i ? "," : "");
        for (const char *s = glia_model_column(m, i, &type); *s; s++)
            gl_add(&list, *s == '"' ? "\"\"" : "%c", *s);
        gl_add(&list, "\"");
    }
    return gl_text_end(&list);
}

glia_table *glia_model_read(glia_ctx *g, const glia_model *m, const char *data,
                            const glia_read_options *options) {
    glia_read_options o = options ? *options : (glia_read_options){0};
    char *names = glia_model_columns(m) ? list_names(g, m) : NULL;
    if (!o.names) o.names = names;
    o.as_trained |= GL_KEPT_MODEL;
    glia_table *t = glia_table_read_as(g, data, &o, glia_model_note(m, "reading"));
    gl_free(g, names);
    return t;
}
