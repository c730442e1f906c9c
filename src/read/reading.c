/*
 * reading.c: how a table was read, as a text that a model keeps, so that rows which come later are
 * read the same way. It is a JSON object of options:
 *
 *     {"missing": "-999", "decimal": ","}
 *
 * What was said at training is in it, and what was found out and another file may not show: a file
 * of whole numbers has no decimal comma. An option that is given now wins.
 */
#include "readers.h"

#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMBER(name) offsetof(glia_read_options, name)

static const struct {
    const char *name;
    size_t offset;
    int kept; /* the bit of as_trained */
} members[] = {
    {"delimiter", MEMBER(delimiter), GL_KEPT_DELIMITER},
    {"decimal", MEMBER(decimal), GL_KEPT_DECIMAL},
    {"thousands", MEMBER(thousands), 0},
    {"date-order", MEMBER(date_order), 0},
    {"encoding", MEMBER(encoding), GL_KEPT_ENCODING},
    {"missing", MEMBER(missing), GL_KEPT_MISSING},
    {"comment", MEMBER(comment), 0},
    {"number", MEMBER(number), GL_KEPT_COLUMNS},
    {"category", MEMBER(category), GL_KEPT_COLUMNS},
    {"text", MEMBER(text), GL_KEPT_COLUMNS},
    {"date", MEMBER(date), GL_KEPT_COLUMNS},
};
enum { MEMBERS = sizeof members / sizeof *members };

static const char **member(glia_read_options *o, int i) {
    return (const char **)(void *)((char *)o + members[i].offset);
}

/* ----------------------------------------------------------------------------------- writing -- */

/* The signs of numbers in human dress, where all columns that are dressed agree, and none without
 * dress has fractions: a later file may have one row, "1,240", which does not tell. */
static void keep_dress(json_t *j, const glia_table *t, const glia_read_options *o) {
    char decimal = 0, group = 0;
    bool fractions = false;
    for (int k = 0; k < t->columns; k++) {
        const gl_column *c = &t->column[k];
        if (c->type != GLIA_NUMBER || c->date) continue;
        for (int64_t i = 0; c->number && !c->dress.decimal && !fractions && i < t->rows; i++)
            fractions = isfinite(c->number[i]) && c->number[i] != floor(c->number[i]);
        if (!c->dress.decimal) continue;
        if (decimal && (decimal != c->dress.decimal || (group && c->dress.group != group))) return;
        decimal = c->dress.decimal;
        if (c->dress.group) group = c->dress.group;
    }
    bool other = decimal && decimal != t->decimal;
    if (other && fractions) return;
    if (!o->decimal && other) json_object_set_new(j, "decimal", json_pack("s#", &decimal, 1));
    if (!o->thousands && group) json_object_set_new(j, "thousands", json_pack("s#", &group, 1));
}

/* NULL: nothing that is not found out anew, or memory is out. */
static json_t *options_json(const glia_table *t, glia_read_options *o) {
    json_t *j = json_object();
    for (int i = 0; i < MEMBERS; i++)
        if (*member(o, i)) json_object_set_new(j, members[i].name, json_string(*member(o, i)));
    if (o->header)
        json_object_set_new(j, o->header > 0 ? "header" : "no-header", json_string("true"));
    if (o->skip) {
        char lines[24];
        snprintf(lines, sizeof lines, "%d", o->skip < 0 ? 0 : o->skip);
        json_object_set_new(j, "skip", json_string(lines));
    }
    if (!o->decimal && t->decimal == ',') json_object_set_new(j, "decimal", json_string(","));
    if (t->decimal) keep_dress(j, t, o);
    if (json_object_size(j)) return j;
    json_decref(j);
    return NULL;
}

static glia_status keep_reading(glia_table *t, const glia_read_options *options) {
    glia_read_options o = *options;
    json_t *j = options_json(t, &o);
    if (!j) return GLIA_OK;
    char *text = json_dumps(j, JSON_COMPACT);
    t->reading = text ? gl_copy_text(t->g, text) : NULL;
    free(text);
    json_decref(j);
    return t->reading ? GLIA_OK : gl_fail(t->g, GLIA_RESOURCE, "out of memory");
}

/* ----------------------------------------------------------------------------------- reading -- */

static void say_both(glia_ctx *g, const char *name, const char *given, const char *kept) {
    if (strcmp(given, kept) != 0)
        gl_note(g, "option '%s' %s is given here and wins over the model's, %s", name, given, kept);
}

/* Kept options stand in for those that are not given; `said` lists them. */
static void take_kept(glia_ctx *g, json_t *kept, glia_read_options *o, gl_text *said) {
    const char *name;
    json_t *value;
    int header = o->header, skip = o->skip;
    json_object_foreach(kept, name, value) {
        const char *text = json_string_value(value);
        if (!text) continue;
        bool taken = false;
        for (int i = 0; i < MEMBERS; i++) {
            if (strcmp(name, members[i].name) != 0) continue;
            if (*member(o, i)) say_both(g, name, *member(o, i), text);
            else *member(o, i) = text, o->as_trained |= members[i].kept, taken = true;
        }
        bool named = !strcmp(name, "header"), unnamed = !strcmp(name, "no-header");
        if ((named || unnamed) && !header) o->header = named ? 1 : -1, taken = true;
        if (!strcmp(name, "skip") && !skip) {
            o->skip = atoi(text) ? atoi(text) : -1;
            o->as_trained |= GL_KEPT_SKIP;
            taken = true;
        }
        if (taken)
            gl_add(said, "%soption '%s'%s%s", said->n ? ", " : "", name,
                   named || unnamed ? "" : " ", named || unnamed ? "" : text);
    }
}

glia_table *glia_table_read_as(glia_ctx *g, const char *data, const glia_read_options *options,
                               const char *reading) {
    glia_read_options o = options ? *options : (glia_read_options){0};
    json_t *kept = reading ? json_loads(reading, 0, NULL) : NULL;
    if (reading && !json_is_object(kept)) {
        json_decref(kept);
        gl_fail(g, GLIA_INPUT, "how the rows are to be read is not understood: %.80s", reading);
        return NULL;
    }
    gl_text said = {.g = g};
    if (kept) take_kept(g, kept, &o, &said);
    if (said.n) gl_note(g, "%s is read as the rows of training were: %s", data, said.s);
    glia_table *t = gl_check_missing(g, o.missing) ? NULL : gl_table_read(g, data, &o);
    if (t && keep_reading(t, &o)) {
        glia_table_free(t);
        t = NULL;
    }
    gl_free(g, said.s);
    json_decref(kept);
    return t;
}

glia_table *glia_table_read(glia_ctx *g, const char *data, const glia_read_options *options) {
    return glia_table_read_as(g, data, options, NULL);
}

const char *glia_table_reading(const glia_table *t) { return t->reading; }
