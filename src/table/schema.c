/*
 * schema.c: a schema as an object, and the types of columns that it says.
 */
#include "schema.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *const gl_schema_key_name[GL_KEYS] = {
#define KEY(name, list) #name,
#include "schema.def"
#undef KEY
};

/* ------------------------------------------------------------------------------------ memory -- */

glia_schema *gl_schema_new(glia_ctx *g, const char *source) {
    glia_schema *s = gl_alloc(g, 1, sizeof *s);
    if (!s) return NULL;
    s->g = g;
    s->source = gl_copy_text(g, source);
    if (s->source) return s;
    gl_free(g, s);
    return NULL;
}

static void free_said(glia_ctx *g, gl_schema_said *said) {
    for (int64_t i = 0; i < said->items; i++) gl_free(g, said->item[i].text);
    gl_free(g, said->item);
}

void glia_schema_free(glia_schema *s) {
    if (!s) return;
    for (gl_schema_option *o = s->option; o < s->option + s->options; o++) {
        gl_free(s->g, o->name);
        gl_free(s->g, o->value);
    }
    for (gl_schema_column *c = s->column; c < s->column + s->columns; c++) {
        gl_free(s->g, c->name);
        for (int k = 0; k < GL_KEYS; k++) free_said(s->g, &c->said[k]);
    }
    gl_free(s->g, s->option);
    gl_free(s->g, s->column);
    gl_free(s->g, s->source);
    gl_free(s->g, s);
}

/* ------------------------------------------------------------------------------ what it says -- */

const gl_schema_option *gl_schema_find_option(const glia_schema *s, const char *name) {
    for (int64_t i = 0; s && i < s->options; i++)
        if (!strcmp(s->option[i].name, name)) return &s->option[i];
    return NULL;
}

const char *gl_schema_option_value(const glia_schema *s, const char *name) {
    const gl_schema_option *o = gl_schema_find_option(s, name);
    return o ? o->value : NULL;
}

const gl_schema_column *gl_schema_find(const glia_schema *s, const char *name, int64_t usually) {
    if (!s) return NULL;
    if (usually >= 0 && usually < s->columns && !strcmp(s->column[usually].name, name))
        return &s->column[usually];
    for (int64_t i = 0; i < s->columns; i++)
        if (!strcmp(s->column[i].name, name)) return &s->column[i];
    return NULL;
}

const char *gl_schema_word(const gl_schema_said *said) {
    return said->items == 1 && !said->list ? said->item[0].text : NULL;
}

bool gl_schema_leaves_out(const gl_schema_column *c) {
    const char *why = gl_schema_word(&c->said[GL_KEY_left_out]);
    return c->said[GL_KEY_left_out].line && !(why && !strcmp(why, "false"));
}

glia_status gl_schema_fail(glia_ctx *g, const glia_schema *s, int64_t line, const char *column,
                           const char *format, ...) {
    char text[900];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return gl_fail(g, GLIA_INPUT, "%s, line %lld%s%s%s: %s", s->source, (long long)line,
                   column ? ", column '" : "", column ? column : "", column ? "'" : "", text);
}

static glia_status missing_column(const glia_table *t, const glia_schema *s,
                                  const gl_schema_column *c) {
    const char **names = gl_alloc(t->g, t->columns, sizeof *names);
    if (!names) return GLIA_RESOURCE;
    for (int j = 0; j < t->columns; j++) names[j] = t->column[j].name;
    const char *near = gl_nearest(c->name, names, t->columns);
    gl_schema_fail(t->g, s, c->line, c->name, "%s has no such column%s%s%s", t->source,
                   near ? "; did you mean '" : "; take the line out, or name one that it has",
                   near ? near : "", near ? "'?" : "");
    gl_free(t->g, names);
    return GLIA_INPUT;
}

/* Sparse rows leave zeros out, and with them whole columns. */
glia_status glia_schema_check(const glia_schema *s, const glia_table *t) {
    for (int64_t i = 0, near = 0; i < s->columns; i++, near++) {
        const gl_schema_column *c = &s->column[i];
        while (near < t->columns && strcmp(t->column[near].name, c->name) != 0) near++;
        if (near < t->columns || t->sparse) continue;
        near = gl_table_find(t, c->name);
        if (near < 0) return missing_column(t, s, c);
    }
    return GLIA_OK;
}

/* ------------------------------------------------------------------------------------- types -- */

static gl_column_role role_of(const char *type) {
    if (!type) return GL_AS_GUESSED;
    return !strcmp(type, "number")     ? GL_AS_NUMBER
           : !strcmp(type, "category") ? GL_AS_CATEGORY
           : !strcmp(type, "text")     ? GL_AS_TEXT
           : !strcmp(type, "date")     ? GL_AS_DATE
                                       : GL_AS_GUESSED;
}

/* An option that names the column was typed for this very command, and wins. */
void gl_schema_say(glia_table *t, const glia_schema *s) {
    int64_t next = 0;
    for (int j = 0; s && j < t->columns; j++) {
        gl_column *c = &t->column[j];
        const gl_schema_column *said = gl_schema_find(s, c->name, next);
        if (said) next = said - s->column + 1;
        if (said && !c->role && !gl_schema_leaves_out(said))
            c->role = role_of(gl_schema_word(&said->said[GL_KEY_type]));
    }
}

/* -------------------------------------------------------------------------------------- YAML -- */

/* What may stand as it is: a word that begins with a letter, and is no value of YAML's own. */
static bool is_plain(const char *s) {
    static const char *const words[] = {"true", "false", "yes", "no", "on", "off", "null", "y", "n",
                                        /* ours */
                                        "none", "all", "frequent", "most frequent", NULL};
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
                      others[] =
                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    for (const char *const *w = words; *w; w++)
        if (!strcasecmp(s, *w)) return false;
    return *s && strspn(s, letters) && !s[strspn(s, others)];
}

/* The letter at *s, and *s behind it; of valid UTF-8. */
static unsigned next_letter(const unsigned char **s) {
    unsigned c = *(*s)++;
    int more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
    if (more) c &= 0x3Fu >> more;
    for (; more && **s; more--) c = c << 6 | (*(*s)++ & 0x3F);
    return c;
}

/* Line breaks of any kind, control characters and what YAML does not take as it is. */
static bool needs_number(unsigned c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || c == 0xFEFF ||
           (c >= 0xFFFE && c <= 0xFFFF);
}

void gl_add_yaml_text(gl_text *t, const char *text) {
    if (is_plain(text)) {
        gl_add(t, "%s", text);
        return;
    }
    gl_add(t, "\"");
    for (const unsigned char *s = (const unsigned char *)text, *from = s; *s; from = s) {
        unsigned c = next_letter(&s);
        if (needs_number(c)) gl_add(t, "\\u%04X", c);
        else if (c == '"' || c == '\\') gl_add(t, "\\%c", (int)c);
        else gl_add_bytes(t, (const char *)from, s - from);
    }
    gl_add(t, "\"");
}
