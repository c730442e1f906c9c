/*
 * schema_text.c: what a training would settle on, as the text of a schema: how the file was read,
 * what is predicted, and each column (src/prepare/fit_text.c). What was found out in the file, and
 * will be again, is a comment: without its # it is said.
 */
#include "../base/json.h"
#include "training.h"

#include <string.h>

static const char *file_name(const glia_table *t) {
    const char *slash = strrchr(t->source, '/');
    return slash ? slash + 1 : t->source;
}

static void add_head(gl_text *out, const glia_table *t, bool whole) {
    gl_text name = {.g = out->g};
    for (const char *s = file_name(t); *s; s++)
        gl_add_bytes(&name, (unsigned char)*s < 0x20 ? " " : s, 1);
    gl_add(out, "# %s of %s, as glia " GLIA_VERSION " decides.\n",
           whole ? "How to read, what the columns are, how they become features:"
                 : "How the columns become features:",
           name.s ? name.s : "");
    gl_add(out, "# What is taken out is decided anew. docs/data.md has every word.\n");
    gl_free(out->g, name.s);
}

/* ----------------------------------------------------------------------------------- reading -- */

static void add_option(gl_text *out, const char *name, const char *value) {
    gl_add(out, "%s: ", name);
    gl_add_yaml_text(out, value);
    gl_add(out, "\n");
}

static bool is_of_columns(const char *name) {
    static const char *const roles[] = {"number", "category", "text", "date"};
    for (int i = 0; i < 4; i++)
        if (!strcmp(name, roles[i])) return true;
    return false;
}

static void add_reading(gl_text *out, const glia_table *t, const gl_json *said) {
    const gl_json *at = NULL;
    while ((at = gl_json_name(said, at))) {
        const char *name = at->text, *value = gl_json_text(at + 1);
        if (is_of_columns(name) || !value) continue;
        if (!strcmp(name, "header")) gl_add(out, "header: true\n");
        else if (!strcmp(name, "no-header")) gl_add(out, "header: false\n");
        else add_option(out, name, value);
    }
    if (!t->delimiter) return;
    if (!gl_json_get(said, "delimiter")) {
        gl_add(out, "# ");
        add_option(out, "delimiter", (char[]){t->delimiter, 0});
    }
    if (!gl_json_get(said, "decimal")) gl_add(out, "# decimal: \"%c\"\n", t->decimal);
    if (!gl_json_get(said, "header") && !gl_json_get(said, "no-header"))
        gl_add(out, "# header: %s\n", t->header > 0 ? "true" : "false");
}

/* ------------------------------------------------------------------------------------ target -- */

/* The word of the option that gives it. */
static const char *task_of(const training *r) {
    gl_task task = gl_pipeline_task(r->pipeline);
    const char *said = glia_recipe_get(r->recipe, "task");
    if (strcmp(said, "auto") != 0) return said;
    return gl_task_name(task == GL_MULTILABEL  ? GL_BINARY
                        : task == GL_QUANTILES ? GL_REGRESSION
                                               : task);
}

static void add_target(gl_text *out, const training *r) {
    const gl_pipeline *p = r->pipeline;
    const gl_series *series = gl_pipeline_series(p);
    int targets = gl_pipeline_targets(p);
    char *name = series ? gl_copy_text(r->g, series->target) : NULL;
    const char *rest = name ? series->target : NULL;
    gl_add(out, targets > 1 ? "target: [" : "target: ");
    for (int t = 0; t < targets; t++) {
        if (t) gl_add(out, ", ");
        if (rest) rest = gl_next_item(rest, name);
        gl_add_yaml_text(out, rest ? name : gl_pipeline_target(p, t));
    }
    gl_free(r->g, name);
    gl_add(out, targets > 1 ? "]\n" : "\n");
    add_option(out, "task", task_of(r));
    static const char *const said[] = {"quantiles", "target-transform"};
    for (int i = 0; i < 2; i++)
        if (gl_recipe_was_set(r->recipe, said[i]))
            add_option(out, said[i], glia_recipe_get(r->recipe, said[i]));
    if (gl_pipeline_task(p) == GL_BINARY) add_option(out, "positive", gl_pipeline_class(p, 0, 1));
}

/* ------------------------------------------------------------------------------------- whole -- */

static void add_columns(gl_text *out, const gl_pipeline *p, bool whole) {
    char *columns = gl_pipeline_schema(p, whole);
    if (columns) gl_add_bytes(out, columns, (int64_t)strlen(columns));
    out->failed |= !columns;
    gl_free(out->g, columns);
}

char *gl_training_schema(const training *r, bool whole) {
    const glia_table *t = r->job->train;
    gl_text out = {.g = r->g};
    const char *reading = glia_table_reading(t);
    char *copy = NULL;
    gl_json *said = reading ? gl_json_read_copy(r->g, reading, &copy) : NULL;
    out.failed = reading && !said;
    add_head(&out, t, whole);
    if (whole) add_reading(&out, t, said);
    if (whole) add_target(&out, r);
    add_columns(&out, r->pipeline, whole);
    gl_free(r->g, said);
    gl_free(r->g, copy);
    return gl_text_end(&out);
}
