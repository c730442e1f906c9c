/*
 * recipe.c: the options of one training as texts, each checked when it is set.
 *
 * Texts, because they are what the user typed: the model's note `hyperparameters`, the facts of a
 * checkpoint and the log of a search quote them, and "auto" or "full" need no number that stands
 * for a word. Each is checked by its row when it is set, so a wrong one is told before a file is
 * read. What needs the data (a column's name, a class) is checked by whoever has them.
 */
#include "../base/random.h"
#include "../net/net.h"
#include "../table/schema.h"
#include "../train/augment.h"
#include "../train/fit_options.h"
#include "../train/schedule.h"
#include "recipe.h"

#include <math.h>
#include <string.h>

static const glia_option options[] = {
#define OPTION(name, alias, argument, group, initial, kind, low, high, help)                       \
    {name, alias, argument, group, initial, help},
#define FIT(member, name, alias, argument, initial, kind, low, high, zero, effect, help)           \
    {name, alias, argument, "training", initial, help},
#define MEMBER(...)
#include "options.def"
#undef OPTION
#undef FIT
};

static const gl_limits limits[] = {
#define OPTION(name, alias, argument, group, initial, kind, low, high, help)                       \
    {GL_OPTION_##kind, low, high},
#define FIT(member, name, alias, argument, initial, kind, low, high, zero, effect, help)           \
    {GL_OPTION_##kind, low, high},
#include "options.def"
};

enum { COUNT = sizeof options / sizeof *options };

struct glia_recipe {
    glia_ctx *g;
    char *value[COUNT]; /* NULL: not set */
    const glia_schema *schema, *preparation;
};

const glia_option *glia_recipe_options(int *count) {
    *count = COUNT;
    return options;
}

glia_recipe *glia_recipe_new(glia_ctx *g) {
    glia_recipe *r = gl_alloc(g, 1, sizeof *r);
    if (r) r->g = g;
    return r;
}

void glia_recipe_free(glia_recipe *r) {
    if (!r) return;
    for (int i = 0; i < COUNT; i++) gl_free(r->g, r->value[i]);
    gl_free(r->g, r);
}

/* For whoever changes a few options of a recipe that is not his: a search does so for
 * each trial. */
glia_recipe *gl_recipe_copy(glia_ctx *g, const glia_recipe *r) {
    glia_recipe *copy = glia_recipe_new(g);
    if (copy && r) copy->schema = r->schema, copy->preparation = r->preparation;
    for (int i = 0; copy && i < COUNT; i++) {
        if (!r || !r->value[i]) continue;
        copy->value[i] = gl_copy_text(g, r->value[i]);
        if (!copy->value[i]) return glia_recipe_free(copy), NULL;
    }
    return copy;
}

static int find(const char *name) {
    for (int i = 0; i < COUNT; i++) {
        const char *alias = options[i].alias;
        if (strcmp(options[i].name, name) == 0 || (alias && strcmp(alias, name) == 0)) return i;
    }
    return -1;
}

static glia_status unknown(glia_ctx *g, const char *name) {
    const char *names[COUNT];
    for (int i = 0; i < COUNT; i++) names[i] = options[i].name;
    return gl_fail_word(g, GLIA_USAGE, name, names, COUNT, NULL, "unknown option '%s'", name);
}

static glia_status check(glia_ctx *g, int i, const char *value) {
    glia_status status = gl_option_check(g, &options[i], limits[i], value);
    return status ? status : gl_recipe_check(g, options[i].name, value);
}

glia_status glia_recipe_set(glia_recipe *r, const char *name, const char *value) {
    int i = find(name);
    if (i < 0) return unknown(r->g, name);
    glia_status status = check(r->g, i, value);
    if (status != GLIA_OK) return status;
    char *copy = gl_copy_text(r->g, value);
    if (!copy) return GLIA_RESOURCE;
    gl_free(r->g, r->value[i]);
    r->value[i] = copy;
    return GLIA_OK;
}

/* What was set; else what the schema says; NULL: neither. */
static const char *said(const glia_recipe *r, int i) {
    if (!r || i < 0) return NULL;
    return r->value[i] ? r->value[i] : gl_schema_option_value(r->schema, options[i].name);
}

const char *glia_recipe_get(const glia_recipe *r, const char *name) {
    int i = find(name);
    if (i < 0) return NULL;
    return said(r, i) ? said(r, i) : options[i].initial;
}

static glia_status check_schema(glia_ctx *g, const glia_schema *s) {
    for (int i = 0; s && i < COUNT; i++) {
        const gl_schema_option *o = gl_schema_find_option(s, options[i].name);
        if (!o || check(g, i, o->value) == GLIA_OK) continue;
        char *why = gl_copy_text(g, glia_message(g));
        if (why) gl_schema_fail(g, s, o->line, NULL, "%s", why);
        gl_free(g, why);
        return glia_code(g);
    }
    return GLIA_OK;
}

glia_status glia_recipe_obey(glia_recipe *r, const glia_schema *schema,
                             const glia_schema *preparation) {
    glia_status status = check_schema(r->g, schema);
    if (status) return status;
    r->schema = schema;
    r->preparation = preparation;
    return GLIA_OK;
}

const glia_schema *gl_recipe_schema(const glia_recipe *r) { return r ? r->schema : NULL; }
const glia_schema *gl_recipe_preparation(const glia_recipe *r) {
    return r && r->preparation ? r->preparation : gl_recipe_schema(r);
}

/* "auto" said is "auto" not said: a configuration file may list every option, and a search writes
 * "auto" where it draws nothing. */
bool gl_recipe_was_set(const glia_recipe *r, const char *name) {
    const char *text = said(r, find(name));
    return text && strcmp(text, "auto") != 0;
}

double gl_recipe_number(const glia_recipe *r, const char *name, double otherwise) {
    const char *text = glia_recipe_get(r, name);
    double v;
    return text && gl_parse_number(text, strlen(text), '.', &v) ? v : otherwise;
}
