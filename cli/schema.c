/*
 * schema.c: --schema and --prepare: a file that a training obeys, and that `glia data` writes. In a
 * configuration file they are what is obeyed, whatever the command: a name, or the schema itself.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

const char *const schema_options[SCHEMAS] = {"schema", "prepare"};

/* ----------------------------------------------------------------------------------- obeying -- */

static bool is_obeyed(const cli *c) { return c->command != &data_command; }

static int read_one(cli *c, int k) {
    const config_schema *config = &c->configured[k];
    const char *path = is_obeyed(c) ? given(c, schema_options[k]) : NULL;
    if (!path && !config->source) return 0;
    c->schema[k] = path || !config->text ? glia_schema_read(c->g, path ? path : config->source)
                                         : glia_schema_parse(c->g, config->text, config->source);
    return c->schema[k] ? 0 : failed(c);
}

int read_schemas(cli *c) {
    if (!(c->command->shared & (TRAINING | COLUMNS))) return 0;
    for (int k = 0; k < SCHEMAS; k++) {
        int status = read_one(c, k);
        if (status) return status;
    }
    return glia_recipe_obey(c->recipe, c->schema[0], c->schema[1]) ? failed(c) : 0;
}

void free_schemas(cli *c) {
    for (int k = 0; k < SCHEMAS; k++) {
        glia_schema_free(c->schema[k]);
        free(c->configured[k].source);
        free(c->configured[k].text);
    }
}

/* ----------------------------------------------------------------------------------- writing -- */

/* It is made to be edited: what somebody wrote into it is not lost by the same command again. */
static bool would_lose_edits(const char *path, const char *text) {
    FILE *f = look_into(path);
    if (!f) return false;
    size_t n = strlen(text);
    char *old = reserve(NULL, n + 2);
    size_t got = read_some(f, path, old, n + 1);
    fclose(f);
    bool lost = got > 0 && (got != n || memcmp(old, text, n) != 0);
    free(old);
    if (lost)
        fail(GLIA_USAGE,
             "'%s' is there and says something else, perhaps by hand; remove it, or name another "
             "file",
             path);
    return lost;
}

static int write_text(const cli *c, const char *path, const char *text) {
    output o;
    if (replaces_input(c, path) || replaces_model(path) || would_lose_edits(path, text))
        return GLIA_USAGE;
    if (!output_open(&o, c, path)) return GLIA_RESOURCE;
    fputs(text, o.f);
    return output_close(&o);
}

static int write_one(const cli *c, const glia_table *t, int k, json_t *written) {
    static const char *const part[SCHEMAS] = {"schema", "preparation"};
    const char *path = given(c, schema_options[k]);
    if (!path) return 0;
    glia_train_job job = {.recipe = c->recipe, .train = t};
    char *text = glia_schema_text(c->g, &job, part[k]);
    int status = text ? write_text(c, path, text) : failed(c);
    glia_text_free(c->g, text);
    if (status || strcmp(path, "-") == 0) return status;
    json_object_set_new(written, schema_options[k], json_text(path));
    if (!c->json) print_fact(schema_options[k], "%s", path);
    return 0;
}

/* It looks at nothing else: what was asked for beside it would be left out without a word. */
static int refuse_others(const cli *c) {
    static const char *const others[] = {"convert", "split", "against", "report", "head"};
    for (int i = 0; i < 5; i++)
        if (given(c, others[i]))
            return fail(GLIA_USAGE, "--%s and --%s are two commands; expected one of them",
                        given(c, "schema") ? "schema" : "prepare", others[i]);
    return 0;
}

int write_schemas(const cli *c, const glia_table *t) {
    static const char *const what[SCHEMAS] = {"the schema", "the preparation"};
    const char *const path[SCHEMAS] = {given(c, schema_options[0]), given(c, schema_options[1])};
    json_t *written = json_object();
    int status = refuse_others(c);
    if (!status && same_outputs(what, path, SCHEMAS)) status = GLIA_USAGE;
    for (int k = 0; k < SCHEMAS && !status; k++) status = write_one(c, t, k, written);
    bool to_output = given(c, "schema") && !strcmp(given(c, "schema"), "-");
    to_output |= given(c, "prepare") && !strcmp(given(c, "prepare"), "-");
    if (status || !c->json || to_output) return json_decref(written), status;
    return print_json(written);
}
