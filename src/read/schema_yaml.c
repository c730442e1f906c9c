/*
 * schema_yaml.c: reads a schema from YAML: one mapping of options to values, and of `columns` to
 * what each column is.
 *
 *     missing: [N/A, -999]
 *     target: price
 *     columns:
 *       "size, m2": {type: number, fill: median}
 *
 * Anchors and aliases are refused, because copies of copies grow exponentially. JSON is YAML.
 */
#include "../table/schema.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

typedef struct reader {
    glia_ctx *g;
    glia_schema *s;
    const char *text;
    yaml_parser_t parser;
    yaml_event_t event;
    int64_t line; /* of the event, from 1 */
} reader;

/* The options of a schema: how the file is read, then what is predicted. */
static const char *const option_names[] = {
    "format",  "delimiter", "decimal",          "thousands", "date-order", "encoding",
    "missing", "header",    "comment",          "skip",      "table",      "query",
    "target",  "quantiles", "target-transform", "task",      "positive",
};
enum { OPTIONS = sizeof option_names / sizeof *option_names };

static const char *const column_types[] = {"number", "category", "text", "date", "array"};
enum { TYPES = sizeof column_types / sizeof *column_types };

/* ------------------------------------------------------------------------------------ events -- */

static glia_status wrong(const reader *r, const char *column, const char *what) {
    return gl_schema_fail(r->g, r->s, r->line, column, "%s", what);
}

/* Line `line`, counted from 0, without blanks around it; *length: 60 letters of it at most. */
static const char *line_text(const char *text, size_t line, int *length) {
    for (; line && (text = strchr(text, '\n')); line--) text++;
    if (!text) text = "";
    text += strspn(text, " \t");
    *length = (int)strcspn(text, "\r\n");
    while (*length && text[*length - 1] == ' ') --*length;
    if (*length > 60) *length = 60;
    return text;
}

static bool has_tab(const char *text, size_t line) {
    for (; line && (text = strchr(text, '\n')); line--) text++;
    size_t n = text ? strspn(text, " \t") : 0;
    return n && memchr(text, '\t', n);
}

/* What libyaml found often lies behind the slip: a bracket that is not closed is missed in the next
 * line. So the line where the thing began is shown. */
static glia_status not_yaml(const reader *r) {
    const yaml_parser_t *p = &r->parser;
    if (p->error == YAML_MEMORY_ERROR)
        return gl_trouble(r->g, "out of memory reading %.180s", r->s->source);
    size_t line = p->problem_mark.line;
    int length;
    const char *problem = p->problem ? p->problem : "it is not YAML", *shown;
    if (has_tab(r->text, line)) {
        shown = line_text(r->text, line, &length);
        return gl_schema_fail(r->g, r->s, (int64_t)line + 1, NULL,
                              "found a tab in front of '%.*s', expected blanks", length, shown);
    }
    bool open = p->context && (strstr(p->context, "flow") || strstr(p->context, "quoted")) &&
                p->context_mark.line < line;
    if (open) line = p->context_mark.line;
    shown = line_text(r->text, line, &length);
    if (!length && line) shown = line_text(r->text, --line, &length);
    return gl_schema_fail(r->g, r->s, (int64_t)line + 1, NULL, "in '%.*s': %s%s%s%s", length, shown,
                          open ? "is a bracket or a quote not closed? " : "", problem,
                          p->context ? " " : "", p->context ? p->context : "");
}

static glia_status next(reader *r) {
    yaml_event_delete(&r->event);
    if (!yaml_parser_parse(&r->parser, &r->event)) return not_yaml(r);
    r->line = (int64_t)r->event.start_mark.line + 1;
    return GLIA_OK;
}

/* The text of the scalar in hand; NULL after a failure. */
static const char *scalar(const reader *r, const char *column, const char *key) {
    const yaml_event_t *e = &r->event;
    const char *found = e->type == YAML_ALIAS_EVENT            ? "an alias (*name)"
                        : e->type == YAML_MAPPING_START_EVENT  ? "a mapping"
                        : e->type == YAML_SEQUENCE_START_EVENT ? "a list"
                        : e->type != YAML_SCALAR_EVENT         ? "no value"
                        : e->data.scalar.anchor                ? "an anchor (&name)"
                        : strlen((const char *)e->data.scalar.value) != e->data.scalar.length
                            ? "a zero byte"
                            : NULL;
    if (!found) return (const char *)e->data.scalar.value;
    gl_schema_fail(r->g, r->s, r->line, column, "%s%sfound %s, expected one value", key,
                   *key ? ": " : "", found);
    return NULL;
}

static bool is_quoted(const reader *r) {
    return r->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
}

static glia_status begin_mapping(reader *r, const char *column, const char *expected) {
    if (r->event.type == YAML_MAPPING_START_EVENT && !r->event.data.mapping_start.anchor)
        return GLIA_OK;
    return wrong(r, column, expected);
}

/* ------------------------------------------------------------------------------------ values -- */

static glia_status add_item(reader *r, gl_schema_said *said, const char *text) {
    if (!gl_reserve(r->g, &said->item, &said->cap, said->items + 1, sizeof *said->item))
        return GLIA_RESOURCE;
    gl_schema_item *item = &said->item[said->items];
    *item = (gl_schema_item){gl_copy_text(r->g, text), is_quoted(r)};
    if (!item->text) return GLIA_RESOURCE;
    said->items++;
    return GLIA_OK;
}

/* The value behind a key: one text, or a list of texts. */
static glia_status value(reader *r, const char *column, const char *key, bool may_list,
                         gl_schema_said *said) {
    glia_status status = next(r);
    said->line = r->line;
    said->list = !status && may_list && r->event.type == YAML_SEQUENCE_START_EVENT &&
                 !r->event.data.sequence_start.anchor;
    if (said->list) status = next(r);
    while (!status) {
        if (said->list && r->event.type == YAML_SEQUENCE_END_EVENT) break;
        const char *text = scalar(r, column, key);
        if (!text) return r->g->code;
        status = add_item(r, said, text);
        if (!said->list) break;
        if (!status) status = next(r);
    }
    return status;
}

/* ----------------------------------------------------------------------------------- options -- */

/* name, or "size, m2" with its quotes, as on the command line. */
static void add_quoted(gl_text *t, const gl_schema_item *item) {
    if (!strpbrk(item->text, ",\"")) {
        gl_add(t, "%s", item->text);
        return;
    }
    gl_add(t, "\"");
    for (const char *s = item->text; *s; s++) gl_add(t, *s == '"' ? "\"\"" : "%c", *s);
    gl_add(t, "\"");
}

static char *joined(glia_ctx *g, const gl_schema_said *said) {
    if (!said->list) return gl_copy_text(g, said->items ? said->item[0].text : "");
    gl_text t = {.g = g};
    for (int64_t i = 0; i < said->items; i++) {
        if (i) gl_add(&t, ",");
        add_quoted(&t, &said->item[i]);
    }
    return gl_text_end(&t);
}

static glia_status unknown_option(const reader *r, const char *name) {
    const char *known[OPTIONS + 1] = {"columns"};
    memcpy(known + 1, option_names, sizeof option_names);
    const char *near = gl_nearest(name, known, OPTIONS + 1);
    return gl_schema_fail(r->g, r->s, r->line, NULL,
                          "found the key '%s', which no schema has%s%s%s", name,
                          near ? "; did you mean '" : "; a column stands below 'columns'",
                          near ? near : "", near ? "'?" : "");
}

static glia_status keep_option(reader *r, const char *name, const char *text, int64_t line) {
    glia_schema *s = r->s;
    if (!gl_reserve(r->g, &s->option, &s->option_cap, s->options + 1, sizeof *s->option))
        return GLIA_RESOURCE;
    gl_schema_option *o = &s->option[s->options++];
    *o = (gl_schema_option){gl_copy_text(r->g, name), gl_copy_text(r->g, text), line};
    return o->name && o->value ? GLIA_OK : GLIA_RESOURCE;
}

/* The key is in hand, with its '_' as '-'. */
static glia_status read_option(reader *r, const char *name) {
    int i = 0;
    while (i < OPTIONS && strcmp(option_names[i], name) != 0) i++;
    if (i == OPTIONS) return unknown_option(r, name);
    if (gl_schema_find_option(r->s, name))
        return gl_schema_fail(r->g, r->s, r->line, NULL, "'%s' is said twice", name);
    gl_schema_said said = {0};
    glia_status status = value(r, NULL, name, true, &said);
    char *text = status ? NULL : joined(r->g, &said);
    if (!status) status = text ? keep_option(r, name, text, said.line) : GLIA_RESOURCE;
    gl_free(r->g, text);
    for (int64_t k = 0; k < said.items; k++) gl_free(r->g, said.item[k].text);
    gl_free(r->g, said.item);
    return status;
}

/* ----------------------------------------------------------------------------------- columns -- */

static glia_status unknown_key(const reader *r, const char *column, const char *name) {
    char list[200];
    const char *near = gl_nearest(name, gl_schema_key_name, GL_KEYS);
    if (near)
        return gl_schema_fail(r->g, r->s, r->line, column,
                              "'%s' is no key of a column; did you "
                              "mean '%s'?",
                              name, near);
    return gl_schema_fail(r->g, r->s, r->line, column, "'%s' is no key of a column, expected %s",
                          name, gl_list(gl_schema_key_name, GL_KEYS, list, sizeof list));
}

static glia_status check_type(const reader *r, const gl_schema_column *c) {
    const char *type = gl_schema_word(&c->said[GL_KEY_type]);
    char list[100];
    for (int i = 0; i < TYPES; i++)
        if (!type || !strcmp(type, column_types[i])) return GLIA_OK;
    return gl_schema_fail(r->g, r->s, c->said[GL_KEY_type].line, c->name,
                          "found the type '%s', expected %s", type,
                          gl_list(column_types, TYPES, list, sizeof list));
}

/* Sample weights are an option of training: a column that is one says so there. */
static glia_status check_weight(reader *r, const gl_schema_column *c) {
    const char *why = gl_schema_word(&c->said[GL_KEY_left_out]);
    if (!why || strcmp(why, "weight") != 0) return GLIA_OK;
    if (!gl_schema_find_option(r->s, "sample-weight"))
        return keep_option(r, "sample-weight", c->name, c->said[GL_KEY_left_out].line);
    return gl_schema_fail(r->g, r->s, c->said[GL_KEY_left_out].line, c->name,
                          "'%s' holds the weights already, expected one such column",
                          gl_schema_option_value(r->s, "sample-weight"));
}

static glia_status read_key(reader *r, gl_schema_column *c) {
    static const bool may_list[GL_KEYS] = {
#define KEY(name, list) list,
#include "../table/schema.def"
#undef KEY
    };
    const char *name = scalar(r, c->name, "");
    if (!name) return r->g->code;
    int k = 0;
    while (k < GL_KEYS && strcmp(gl_schema_key_name[k], name) != 0) k++;
    if (k == GL_KEYS) return unknown_key(r, c->name, name);
    if (c->said[k].line)
        return gl_schema_fail(r->g, r->s, r->line, c->name, "'%s' is said twice", name);
    return value(r, c->name, gl_schema_key_name[k], may_list[k], &c->said[k]);
}

/* Its name is in hand. */
static glia_status read_column(reader *r) {
    glia_schema *s = r->s;
    const char *name = scalar(r, NULL, "columns");
    if (!name) return r->g->code;
    if (!gl_reserve(r->g, &s->column, &s->column_cap, s->columns + 1, sizeof *s->column))
        return GLIA_RESOURCE;
    gl_schema_column *c = &s->column[s->columns++];
    *c = (gl_schema_column){.name = gl_copy_text(r->g, name), .line = r->line};
    glia_status status = c->name ? next(r) : GLIA_RESOURCE;
    if (!status)
        status = begin_mapping(r, c->name,
                               "expected braces: 'size: {type: number}' says what a column is");
    if (!status) status = next(r);
    while (!status && r->event.type != YAML_MAPPING_END_EVENT) {
        status = read_key(r, c);
        if (!status) status = next(r);
    }
    if (!status) status = check_type(r, c);
    return status ? status : check_weight(r, c);
}

static int by_name(const void *a, const void *b) {
    const gl_schema_column *const *x = a, *const *y = b;
    int order = strcmp((*x)->name, (*y)->name);
    return order ? order : ((*x)->line > (*y)->line) - ((*x)->line < (*y)->line);
}

/* Sorted, since sparse rows may have a hundred thousand columns. */
static glia_status check_twice(const reader *r) {
    const glia_schema *s = r->s;
    const gl_schema_column **sorted = gl_alloc(r->g, s->columns, sizeof *sorted);
    if (!sorted) return GLIA_RESOURCE;
    for (int64_t i = 0; i < s->columns; i++) sorted[i] = &s->column[i];
    qsort(sorted, (size_t)s->columns, sizeof *sorted, by_name);
    glia_status status = GLIA_OK;
    for (int64_t i = 1; i < s->columns && !status; i++)
        if (!strcmp(sorted[i - 1]->name, sorted[i]->name))
            status = gl_schema_fail(r->g, s, sorted[i]->line, sorted[i]->name,
                                    "it stands in line %lld already, expected each column once",
                                    (long long)sorted[i - 1]->line);
    gl_free(r->g, sorted);
    return status;
}

static glia_status read_columns(reader *r) {
    if (r->s->columns) return wrong(r, NULL, "'columns' is said twice");
    glia_status status = next(r);
    if (!status) status = begin_mapping(r, NULL, "columns: expected lines of 'NAME: {...}'");
    if (!status) status = next(r);
    while (!status && r->event.type != YAML_MAPPING_END_EVENT) {
        status = read_column(r);
        if (!status) status = next(r);
    }
    return status ? status : check_twice(r);
}

/* --------------------------------------------------------------------------------- the whole -- */

static glia_status read_pair(reader *r) {
    const char *text = scalar(r, NULL, "");
    if (!text) return r->g->code;
    if (!strcmp(text, "columns")) return read_columns(r);
    char *name = gl_copy_text(r->g, text);
    if (!name) return GLIA_RESOURCE;
    for (char *p = name; *p; p++)
        if (*p == '_') *p = '-';
    glia_status status = read_option(r, name);
    gl_free(r->g, name);
    return status;
}

static glia_status read_document(reader *r) {
    glia_status status = next(r);
    if (!status) status = next(r); /* stream, document */
    if (!status && r->event.type == YAML_STREAM_END_EVENT)
        return wrong(r, NULL, "it is empty, expected options and 'columns'");
    if (!status) status = next(r);
    if (!status) status = begin_mapping(r, NULL, "expected lines of 'KEY: ...'");
    if (!status) status = next(r);
    while (!status && r->event.type != YAML_MAPPING_END_EVENT) {
        status = read_pair(r);
        if (!status) status = next(r);
    }
    if (!status) status = next(r);
    if (!status) status = next(r);
    if (status || r->event.type == YAML_STREAM_END_EVENT) return status;
    return wrong(r, NULL, "a second document begins; expected one");
}

glia_schema *glia_schema_parse(glia_ctx *g, const char *text, const char *source) {
    const int64_t troubles = g->troubles;
    reader r = {.g = g, .s = gl_schema_new(g, source), .text = text};
    if (!r.s) return NULL;
    if (!yaml_parser_initialize(&r.parser)) {
        gl_trouble(g, "out of memory reading %.180s", source);
        glia_schema_free(r.s);
        return NULL;
    }
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, strlen(text));
    glia_status status = read_document(&r);
    yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    if (gl_outcome(g, troubles, status) == GLIA_OK) return r.s;
    glia_schema_free(r.s);
    return NULL;
}

glia_schema *glia_schema_read(glia_ctx *g, const char *path) {
    int64_t size;
    char *text = gl_read_file(g, path, &size);
    if (!text) return NULL;
    glia_schema *s = NULL;
    if ((int64_t)strlen(text) == size) s = glia_schema_parse(g, text, path);
    else gl_fail(g, GLIA_INPUT, "%s: it holds a zero byte, expected a schema in YAML", path);
    gl_free(g, text);
    return s;
}
