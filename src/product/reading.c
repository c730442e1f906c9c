/*
 * reading.c: new rows for a model are read as those of its training were.
 */
#include "model.h"

#include <stdio.h>
#include <string.h>

/* So many names tell a header; a million are not written down for it. */
enum { NAMES = 50 };

static char *list_names(glia_ctx *g, const glia_model *m) {
    gl_text list = {.g = g};
    int columns = glia_model_columns(m);
    for (int i = 0; i < columns && i < NAMES; i++)
        gl_add_item(&list, glia_model_column(m, i, NULL));
    return gl_text_end(&list);
}

/* Columns of t that are texts to the model and were read as numbers, and those that are read as
 * texts anyhow; NULL: there are none of the first. A column of "9:00", "noon", "10:30" may have
 * nothing but times in a later file, and which numbers are found in texts grows with versions. */
static char *list_texts(glia_ctx *g, const glia_model *m, const glia_table *t) {
    gl_text list = {.g = g};
    int columns = glia_model_columns(m), numbers = 0;
    glia_column_type type;
    for (int i = 0; i < columns; i++) {
        int k = gl_table_find(t, glia_model_column(m, i, &type));
        if (k < 0 || type != GLIA_CATEGORY) continue;
        const gl_column *c = &t->column[k];
        bool number = c->type == GLIA_NUMBER && c->role == GL_AS_GUESSED;
        if (number || c->role == GL_AS_CATEGORY) gl_add_item(&list, c->name);
        numbers += number;
    }
    if (numbers) return gl_text_end(&list);
    gl_free(g, list.s);
    return NULL;
}

/* The file once more, with these columns as texts: what there is to say of it was said. */
static glia_table *read_again(glia_ctx *g, const glia_model *m, const char *data,
                              glia_read_options o, const char *texts) {
    o.category = texts;
    gl_listener before = gl_hush(g);
    glia_table *t = glia_table_read_as(g, data, &o, glia_model_note(m, "reading"));
    gl_unlisten(g, before);
    return t;
}

/* Of a model that learned from arrays of images new pictures get the size and channels; one that
 * learned from pictures has them in its reading. */
typedef struct row_shape {
    char size[48], channels[2];
} row_shape;

static void say_shape(glia_ctx *g, const char *data, const glia_read_options *o) {
    const char *format = glia_table_format(data);
    if (format && !strcmp(format, "pictures"))
        gl_note(g, "%s: pictures become %s, %s channel%s, as the rows of the model's training were",
                data, o->size, o->channels, strcmp(o->channels, "1") != 0 ? "s" : "");
}

static void take_shape(glia_ctx *g, const glia_model *m, const char *data, glia_read_options *o,
                       row_shape *s) {
    const char *reading = glia_model_note(m, "reading");
    glia_tensor row = m->pipeline ? gl_pipeline_shape(m->pipeline) : (glia_tensor){0};
    int64_t channels = row.ndim == 3 ? row.dim[2] : 1;
    bool image = (row.ndim == 2 || row.ndim == 3) && row.dtype == GLIA_U8;
    if (!image || (channels != 1 && channels != 3 && channels != 4)) return;
    if (reading && strstr(reading, "\"channels\"")) return;
    snprintf(s->size, sizeof s->size, "%lldx%lld", (long long)row.dim[1], (long long)row.dim[0]);
    snprintf(s->channels, sizeof s->channels, "%lld", (long long)channels);
    if (!o->size) o->size = s->size;
    if (!o->channels) o->channels = s->channels;
    o->as_trained |= GL_KEPT_PICTURES;
    say_shape(g, data, o);
}

/* A pipe is read once. */
static bool is_there_again(const char *data) {
    gl_file f;
    bool is = gl_file_open(data, &f);
    if (is) gl_file_close(&f);
    return is;
}

glia_table *glia_model_read(glia_ctx *g, const glia_model *m, const char *data,
                            const glia_read_options *options) {
    glia_read_options o = options ? *options : (glia_read_options){0};
    char *names = glia_model_columns(m) ? list_names(g, m) : NULL;
    if (!o.names) o.names = names;
    o.as_trained |= GL_KEPT_MODEL;
    row_shape shape;
    take_shape(g, m, data, &o, &shape);
    glia_table *t = glia_table_read_as(g, data, &o, glia_model_note(m, "reading"));
    char *texts = t && is_there_again(data) ? list_texts(g, m, t) : NULL;
    glia_table *again = texts ? read_again(g, m, data, o, texts) : NULL;
    if (again) { /* a format that has no such option keeps its numbers */
        glia_table_free(t);
        t = again;
    }
    gl_free(g, texts);
    gl_free(g, names);
    return t;
}
