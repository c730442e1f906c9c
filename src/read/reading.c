/*
 * reading.c: how a table was read, as a text that a model keeps, so that rows which come later are
 * read the same way. It is a JSON object of options:
 *
 *     {"missing": "-999", "decimal": ","}
 *
 * What was said at training is in it, and what was found out and another file may not show: a file
 * of whole numbers has no decimal comma. An option that is given now wins. And what the options
 * say of cells.
 */
#include "../base/json.h"
#include "../table/schema.h"
#include "../table/slips.h"
#include "cells.h"
#include "readers.h"

#include <ctype.h>
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
    {"size", MEMBER(size), GL_KEPT_PICTURES},
    {"fit", MEMBER(fit), GL_KEPT_PICTURES},
    {"channels", MEMBER(channels), GL_KEPT_PICTURES},
    {"image-column", MEMBER(image_column), GL_KEPT_PICTURES},
};
/* What else a schema may say of a file, and no model keeps. */
static const struct {
    const char *name;
    size_t offset;
} places[] = {{"format", MEMBER(format)}, {"table", MEMBER(table)}, {"query", MEMBER(query)}};
enum { MEMBERS = sizeof members / sizeof *members };

static const char **member(glia_read_options *o, int i) {
    return (const char **)(void *)((char *)o + members[i].offset);
}

/* ------------------------------------------------------------------------------------ schema -- */

static glia_status take_header(glia_ctx *g, const glia_schema *s, glia_read_options *o) {
    const gl_schema_option *header = gl_schema_find_option(s, "header"),
                           *skip = gl_schema_find_option(s, "skip");
    if (header && !o->header) {
        bool yes = !strcmp(header->value, "true"), no = !strcmp(header->value, "false");
        if (!yes && !no)
            return gl_schema_fail(g, s, header->line, NULL,
                                  "header: found '%s', expected true or false", header->value);
        o->header = yes ? 1 : -1;
    }
    if (skip && !o->skip) {
        int64_t lines;
        if (!gl_parse_int(skip->value, &lines) || lines < 0 || lines > 1000000)
            return gl_schema_fail(g, s, skip->line, NULL,
                                  "skip: found '%s', expected a number of lines", skip->value);
        o->skip = lines ? (int)lines : -1;
    }
    return GLIA_OK;
}

/* What was typed for this very file wins. */
static glia_status take_schema(glia_ctx *g, const glia_schema *s, glia_read_options *o) {
    for (int i = 0; i < MEMBERS; i++)
        if (!*member(o, i)) *member(o, i) = gl_schema_option_value(s, members[i].name);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char **place = (const char **)(void *)((char *)o + places[i].offset);
        if (!*place) *place = gl_schema_option_value(s, places[i].name);
    }
    return take_header(g, s, o);
}

/* A later file may need to hear of a type again: cells that are no numbers, texts that look like
 * numbers. */
static bool shows_its_type(const gl_column *c, gl_column_role role) {
    double v;
    if (role == GL_AS_NUMBER) return c->lost;
    if (role == GL_AS_DATE) return c->date > GL_MDY;
    for (int64_t k = 0; k < c->categories; k++)
        if (gl_parse_number(c->category[k], strlen(c->category[k]), '.', &v)) return true;
    return false;
}

/* "a,\"size, m2\"": the columns that were said to be so; NULL: none. */
static glia_status columns_as(const glia_table *t, gl_column_role role, char **out) {
    gl_text list = {.g = t->g};
    for (int j = 0; j < t->columns; j++) {
        const gl_column *c = &t->column[j];
        if (c->role == role && shows_its_type(c, role)) gl_add_item(&list, c->name);
    }
    *out = list.n || list.failed ? gl_text_end(&list) : NULL;
    return list.failed ? GLIA_RESOURCE : GLIA_OK;
}

/* ----------------------------------------------------------------------------------- writing -- */

/* What is said of a reading: the options, and the texts of those that were found out. */
typedef struct account {
    glia_read_options o;
    char decimal[2], group[2], size[48], channels[2];
    char *columns[GL_AS_DATE + 1];
    glia_status status;
} account;

/* The columns that are of a type by somebody's word, a schema's included. */
static void keep_types(account *a, const glia_table *t) {
    const char **const said[] = {[GL_AS_NUMBER] = &a->o.number,
                                 [GL_AS_CATEGORY] = &a->o.category,
                                 [GL_AS_TEXT] = &a->o.text,
                                 [GL_AS_DATE] = &a->o.date};
    for (gl_column_role k = GL_AS_NUMBER; k <= GL_AS_DATE; k++) {
        if (columns_as(t, k, &a->columns[k])) a->status = GLIA_RESOURCE;
        if (a->columns[k]) *said[k] = a->columns[k];
    }
}

/* The signs of numbers in human dress, where all columns that are dressed agree, and none without
 * dress has fractions: a later file may have one row, "1,240", which does not tell. */
static void keep_dress(account *a, const glia_table *t) {
    char decimal = 0, group = 0;
    for (int k = 0; k < t->columns; k++) {
        const gl_column *c = &t->column[k];
        if (c->type != GLIA_NUMBER || c->date || !c->dress.decimal || c->dress.implied) continue;
        if (decimal && (decimal != c->dress.decimal || (group && c->dress.group != group))) return;
        decimal = c->dress.decimal;
        if (c->dress.group) group = c->dress.group;
    }
    bool other = decimal && decimal != t->decimal;
    if (other && gl_has_plain_fractions(t)) return;
    *a->decimal = decimal, *a->group = group;
    if (!a->o.decimal && other) a->o.decimal = a->decimal;
    if (!a->o.thousands && group) a->o.thousands = a->group;
}

/* What was decided by these files is no matter of those that come later. */
static void keep_pictures(account *a, const glia_table *t) {
    int x = t->pictures.files ? gl_table_find(t, "x") : -1;
    if (x < 0) return;
    const int64_t *dim = t->column[x].array.dim;
    snprintf(a->size, sizeof a->size, "%lldx%lld", (long long)dim[2], (long long)dim[1]);
    snprintf(a->channels, sizeof a->channels, "%lld", (long long)dim[3]);
    a->o.size = a->size, a->o.channels = a->channels, a->o.fit = t->pictures.fit;
}

static void add_option(gl_text *j, const char *name, const char *value) {
    gl_add(j, j->n ? "," : "{");
    gl_add_json_text(j, name);
    gl_add(j, ":");
    gl_add_json_text(j, value);
}

/* NULL: nothing that is not found out anew, or, with a status, memory is out. */
static char *account_text(account *a, glia_ctx *g) {
    gl_text j = {.g = g};
    glia_read_options *o = &a->o;
    for (int i = 0; i < MEMBERS; i++)
        if (*member(o, i)) add_option(&j, members[i].name, *member(o, i));
    if (o->header) add_option(&j, o->header > 0 ? "header" : "no-header", "true");
    if (o->skip) {
        char lines[24];
        snprintf(lines, sizeof lines, "%d", o->skip < 0 ? 0 : o->skip);
        add_option(&j, "skip", lines);
    }
    if (j.n) gl_add(&j, "}");
    if (j.failed) a->status = GLIA_RESOURCE;
    return j.n || j.failed ? gl_text_end(&j) : NULL;
}

static glia_status keep_reading(glia_table *t, const glia_read_options *options) {
    account a = {.o = *options};
    if (t->decimal) keep_dress(&a, t);
    if (!a.o.decimal && t->decimal == ',') a.o.decimal = ",";
    if (!a.o.encoding) a.o.encoding = t->encoding;
    if (a.o.schema) keep_types(&a, t);
    keep_pictures(&a, t);
    t->reading = account_text(&a, t->g);
    for (int k = 0; k <= GL_AS_DATE; k++) gl_free(t->g, a.columns[k]);
    return a.status;
}

/* ----------------------------------------------------------------------------------- reading -- */

static void say_both(glia_ctx *g, const char *name, const char *given, const char *kept) {
    if (strcmp(given, kept) != 0)
        gl_note(g, "option '%s' %s is given here and wins over the model's, %s", name, given, kept);
}

/* Kept options stand in for those that are not given; `said` lists them. */
static void take_kept(glia_ctx *g, const gl_json *kept, glia_read_options *o, gl_text *said) {
    const gl_json *at = NULL;
    int header = o->header, skip = o->skip;
    while ((at = gl_json_name(kept, at))) {
        const char *name = at->text, *text = gl_json_text(at + 1);
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

/* One byte that no number, word or quote has; Hive writes \x01. */
static bool is_delimiter(const char *d) {
    unsigned char c = (unsigned char)*d;
    return c && !d[1] && c < 0x7F && !isalnum(c) && !strchr("\"'.+-_\\\r\n", c);
}

/* What is wrong with the options whatever the file is, before it is read. */
static glia_status check_options(glia_ctx *g, const glia_read_options *o) {
    gl_cell_signs signs;
    const char *d = o->delimiter;
    if (d && strcmp(d, "\\t") && strcmp(d, "tab") && !is_delimiter(d))
        return gl_fail(g, GLIA_USAGE,
                       "delimiter '%s' cannot separate cells; expected one sign that is no part of "
                       "a number, a word or a quote, such as \",\" \";\" \"\\t\" \"|\" \" \"",
                       d);
    if (o->decimal && strcmp(o->decimal, ".") && strcmp(o->decimal, ","))
        return gl_fail(g, GLIA_USAGE, "decimal mark '%s' is not known; expected \".\" or \",\"",
                       o->decimal);
    glia_status status = gl_read_cell_signs(g, o, &signs);
    return status ? status : gl_check_missing(g, o->missing);
}

/* What a schema says is told with its line. */
static glia_status check_schema_options(glia_ctx *g, const glia_schema *s, glia_read_options *all) {
    for (int i = 0; s && i < MEMBERS; i++) {
        const gl_schema_option *said = gl_schema_find_option(s, members[i].name);
        if (!said || *member(all, i) != said->value) continue;
        glia_read_options one = {0};
        *member(&one, i) = said->value;
        if (check_options(g, &one) == GLIA_OK) continue;
        char *why = gl_copy_text(g, glia_message(g));
        if (why) gl_schema_fail(g, s, said->line, NULL, "%s", why);
        gl_free(g, why);
        return g->code;
    }
    return check_options(g, all);
}

/* A delimiter that no line has makes one column of all, and whoever misses the others is to know
 * why. */
static void doubt_delimiter(const glia_table *t, const glia_schema *s) {
    const gl_schema_option *said = gl_schema_find_option(s, "delimiter");
    if (said && t->delimiter && t->columns == 1)
        gl_warn(t->g, "%s, line %lld: with the delimiter '%s' %s has one column, '%.60s'",
                s->source, (long long)said->line, said->value, t->source, t->column[0].name);
}

/* Who trains, or looks at a table, asks for its sums later (gl_find_total). */
static void doubt_texts(const glia_table *t, const glia_read_options *o) {
    char line[400];
    bool trained = o->as_trained & GL_KEPT_MODEL;
    if (trained && gl_find_total(t, line, sizeof line)) gl_warn(t->g, "%s, %s", t->source, line);
    if (trained) return;
    gl_warn_of_names(t);
    gl_warn_of_twice(t, o->encoding != NULL);
}

static glia_table *read_as(glia_ctx *g, const char *data, const glia_read_options *options,
                           const gl_json *kept) {
    glia_read_options o = options ? *options : (glia_read_options){0};
    gl_text said = {.g = g};
    glia_status status = o.schema ? take_schema(g, o.schema, &o) : GLIA_OK;
    if (!status) take_kept(g, kept, &o, &said);
    if (said.n) gl_note(g, "%s is read as the rows of training were: %s", data, said.s);
    if (!status) status = check_schema_options(g, o.schema, &o);
    glia_table *t = status ? NULL : gl_table_read(g, data, &o);
    if (t) doubt_texts(t, &o);
    if (t && o.schema && !(options && options->delimiter)) doubt_delimiter(t, o.schema);
    if (t && keep_reading(t, &o)) {
        glia_table_free(t);
        t = NULL;
    }
    gl_free(g, said.s);
    return t;
}

glia_table *glia_table_read_as(glia_ctx *g, const char *data, const glia_read_options *options,
                               const char *reading) {
    char *copy = NULL;
    const int64_t troubles = g->troubles;
    gl_json *kept = reading ? gl_json_read_copy(g, reading, &copy) : NULL;
    bool understood = !reading || (kept && kept->kind == GL_JSON_OBJECT);
    if (!understood && (kept || g->code != GLIA_RESOURCE))
        gl_fail(g, GLIA_INPUT, "how the rows are to be read is not understood: %.80s", reading);
    glia_table *t = understood ? read_as(g, data, options, kept) : NULL;
    gl_free(g, kept);
    gl_free(g, copy);
    if (gl_outcome(g, troubles, GLIA_OK) == GLIA_OK) return t;
    glia_table_free(t);
    return NULL;
}

glia_table *glia_table_read(glia_ctx *g, const char *data, const glia_read_options *options) {
    return glia_table_read_as(g, data, options, NULL);
}

const char *glia_table_reading(const glia_table *t) { return t->reading; }

/* ------------------------------------------------------------------------------------ cells -- */

/* What options say of the cells. */
glia_status gl_read_cell_signs(glia_ctx *g, const glia_read_options *o, gl_cell_signs *out) {
    static const char *const words[] = {"ymd", "dmy", "mdy"};
    const char *k = o->thousands, *order = o->date_order;
    *out = (gl_cell_signs){.missing = o->missing,
                           .spelt = o->spelt > 0,
                           .trained = o->as_trained & GL_KEPT_MODEL};
    for (gl_date d = GL_YYMD; order && d <= GL_MDY; d++)
        if (!strcmp(order, words[d - GL_YYMD])) out->order = d;
    if (order && !out->order)
        return gl_fail(g, GLIA_USAGE, "date-order '%s' is not known; expected dmy, mdy or ymd",
                       order);
    if (!k || !strcmp(k, "auto")) return GLIA_OK;
    out->no_thousands = !strcmp(k, "none");
    if (out->no_thousands) return GLIA_OK;
    if (strlen(k) != 1 || !strchr(",.'_ ", *k))
        return gl_fail(
            g, GLIA_USAGE,
            "thousands '%s' is not known; expected \",\" \".\" \"'\" \"_\" \" \" or none", k);
    if (o->decimal && *o->decimal == *k)
        return gl_fail(g, GLIA_USAGE,
                       "option 'thousands' and option 'decimal' are both '%s'; expected two signs",
                       k);
    out->thousands = *k;
    return GLIA_OK;
}
