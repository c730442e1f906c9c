/*
 * recipe.c: the options of one training as texts, each checked when it is set.
 */
#include "recipe.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum kind { TEXT, REAL, WHOLE, WORD } kind;

static const glia_option options[] = {
#define OPTION(name, alias, argument, group, initial, kind, low, high, help)                       \
    {name, alias, argument, group, initial, help},
#include "options.def"
#undef OPTION
};

static const struct {
    kind kind;
    double low, high;
} checks[] = {
#define OPTION(name, alias, argument, group, initial, kind, low, high, help) {kind, low, high},
#include "options.def"
#undef OPTION
};

enum { COUNT = sizeof options / sizeof *options };

struct glia_recipe {
    glia_ctx *g;
    char *value[COUNT]; /* NULL: not set */
};

const glia_option *glia_train_options(int *count) {
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

glia_recipe *gl_recipe_copy(glia_ctx *g, const glia_recipe *r) {
    glia_recipe *copy = glia_recipe_new(g);
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

/* One of the words of "auto|binary|..." */
static bool is_word_of(const char *value, const char *words) {
    size_t n = strlen(value);
    for (const char *w = words; w; w = strchr(w, '|') ? strchr(w, '|') + 1 : NULL) {
        size_t length = strcspn(w, "|");
        if (length == n && memcmp(w, value, n) == 0) return true;
    }
    return false;
}

/* Not one of the words of "auto|binary|...". */
static glia_status wrong_word(glia_ctx *g, const glia_option *o, const char *value) {
    char list[160], words[160];
    const char *known[16];
    int count = 0;
    snprintf(words, sizeof words, "%s", o->argument);
    for (char *rest = words; rest && count < 16;) known[count++] = strsep(&rest, "|");
    return gl_fail_word(g, GLIA_USAGE, value, known, count, NULL,
                        "option '%s' is '%s', expected %s", o->name, value,
                        gl_list(known, count, list, sizeof list));
}

/* What is allowed beside a number: " or full" for "N|full", ", accuracy, f1 or youden". */
static void list_or(const char *argument, char *list, size_t size) {
    size_t used = 0;
    *list = 0;
    for (const char *bar = strchr(argument, '|'); bar && used < size; bar = strchr(bar + 1, '|')) {
        bool last = !strchr(bar + 1, '|') || !islower((unsigned char)strchr(bar + 1, '|')[1]);
        if (!islower((unsigned char)bar[1])) continue;
        used += (size_t)snprintf(list + used, size - used, "%s%.*s", last ? " or " : ", ",
                                 (int)strcspn(bar + 1, "|"), bar + 1);
    }
}

static bool is_small_word(const char *value) {
    return strcmp(value, "auto") == 0 || strcmp(value, "none") == 0 || strcmp(value, "full") == 0;
}

static glia_status check_value(glia_ctx *g, int i, const char *value) {
    const glia_option *o = &options[i];
    double v;
    if (checks[i].kind == TEXT) return GLIA_OK;
    bool word =
        is_word_of(value, o->argument) || (is_small_word(value) && strcmp(value, o->initial) == 0);
    if (checks[i].kind == WORD) {
        return word ? GLIA_OK : wrong_word(g, o, value);
    }
    if (word && islower((unsigned char)*value)) return GLIA_OK;
    bool number = gl_parse_number(value, strlen(value), '.', &v) && isfinite(v);
    bool whole = checks[i].kind == WHOLE;
    if (number && v >= checks[i].low && v <= checks[i].high && (!whole || v == floor(v)))
        return GLIA_OK;
    char words[80];
    list_or(o->argument, words, sizeof words);
    char low[40], high[40];
    return gl_fail(g, GLIA_USAGE, "option '%s' is '%s', expected a %snumber from %s to %s%s",
                   o->name, value, whole ? "whole " : "",
                   gl_print_number(checks[i].low, low, sizeof low),
                   gl_print_number(checks[i].high, high, sizeof high), words);
}

glia_status glia_recipe_set(glia_recipe *r, const char *name, const char *value) {
    int i = find(name);
    if (i < 0) return unknown(r->g, name);
    glia_status status = check_value(r->g, i, value);
    if (status != GLIA_OK) return status;
    char *copy = gl_copy_text(r->g, value);
    if (!copy) return GLIA_RESOURCE;
    gl_free(r->g, r->value[i]);
    r->value[i] = copy;
    return GLIA_OK;
}

const char *glia_recipe_get(const glia_recipe *r, const char *name) {
    int i = find(name);
    if (i < 0) return NULL;
    return r && r->value[i] ? r->value[i] : options[i].initial;
}

bool gl_recipe_was_set(const glia_recipe *r, const char *name) {
    int i = find(name);
    return r && i >= 0 && r->value[i] && strcmp(r->value[i], "auto") != 0;
}

double gl_recipe_number(const glia_recipe *r, const char *name, double otherwise) {
    const char *text = glia_recipe_get(r, name);
    double v;
    return gl_parse_number(text, strlen(text), '.', &v) ? v : otherwise;
}
