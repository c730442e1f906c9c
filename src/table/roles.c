/*
 * roles.c: what the user said of columns: which are meant, and as what their cells are read.
 *
 *     option 'category' zip,"size, m2"      two columns, the second with a comma in its name
 *     option 'number' 3,-1                  the third and the last
 *
 * A reader of text obeys while it reads, since it alone knows how a cell was spelt; what a file
 * holds as numbers or texts by itself is turned into what was said behind the reader.
 */
#include "schema.h"

#include <math.h>
#include <string.h>

/* -------------------------------------------------------------------------- lists of columns -- */

const char *gl_next_item(const char *rest, char *item) {
    char *out = item;
    rest += strspn(rest, ", ");
    if (!*rest) return NULL;
    bool quoted = *rest == '"';
    for (rest += quoted; *rest && (quoted || *rest != ','); rest++) {
        if (quoted && *rest == '"' && *++rest != '"') break;
        *out++ = *rest;
    }
    while (!quoted && out > item && out[-1] == ' ') out--;
    *out = 0;
    return rest;
}

void gl_add_item(gl_text *list, const char *item) {
    gl_add(list, "%s\"", list->n ? "," : "");
    for (; *item; item++) gl_add(list, *item == '"' ? "\"\"" : "%c", *item);
    gl_add(list, "\"");
}

glia_status gl_table_named(const glia_table *t, const char *said, gl_take_column *take,
                           void *user) {
    if (!said || (!strcmp(said, "none") && gl_table_find(t, said) < 0)) return GLIA_OK;
    int whole = gl_table_find(t, said);
    if (whole >= 0) return take(user, whole);
    char *item = gl_copy_text(t->g, said);
    if (!item) return GLIA_RESOURCE;
    glia_status status = GLIA_OK;
    for (const char *rest = said; !status && (rest = gl_next_item(rest, item));) {
        int j = glia_table_locate(t, item);
        status = j < 0 ? t->g->code : take(user, j);
    }
    gl_free(t->g, item);
    return status;
}

/* ------------------------------------------------------------------------------------- roles -- */

static const char *const role_name[] = {"", "number", "category", "text", "date"};

typedef struct saying {
    glia_table *t;
    gl_column_role role;
} saying;

static glia_status say(void *user, int column) {
    const saying *s = user;
    gl_column *c = &s->t->column[column];
    if (c->role && c->role != s->role) {
        return gl_fail(s->t->g, GLIA_USAGE,
                       "column '%s' is named by option '%s' and by option '%s'; expected one",
                       c->name, role_name[c->role], role_name[s->role]);
    }
    c->role = s->role;
    return GLIA_OK;
}

/* A model's options may name columns that this file lacks, its target above all. */
static glia_status say_known(void *user, const char *name) {
    const saying *s = user;
    int j = gl_table_find(s->t, name);
    return j < 0 ? GLIA_OK : say(user, j);
}

static glia_status say_all(saying *s, const char *said, bool as_trained) {
    if (!as_trained) return gl_table_named(s->t, said, say, s);
    char *item = said ? gl_copy_text(s->t->g, said) : NULL;
    if (said && !item) return GLIA_RESOURCE;
    glia_status status = GLIA_OK;
    for (const char *rest = said; rest && !status && (rest = gl_next_item(rest, item));)
        status = say_known(s, item);
    gl_free(s->t->g, item);
    return status;
}

glia_status gl_table_say(glia_table *t, const glia_read_options *o) {
    const char *const said[] = {NULL, o->number, o->category, o->text, o->date};
    glia_status status = GLIA_OK;
    for (gl_column_role k = GL_AS_NUMBER; k <= GL_AS_DATE && !status; k++)
        status = say_all(&(saying){t, k}, said[k], o->as_trained & GL_KEPT_COLUMNS);
    if (!status) gl_schema_say(t, o->schema);
    return status;
}

/* ----------------------------------------------------------------------------------- obeying -- */

void gl_table_note_no_numbers(const glia_table *t, gl_column *c, int64_t cells, const char *where,
                              const char *text) {
    c->lost = true;
    gl_note(t->g,
            "%s, column '%s': found '%.60s', no number as option 'number' has it; %lld such cell%s "
            "missing",
            where, c->name, text, (long long)cells, cells == 1 ? " is" : "s are");
}

static glia_status make_numbers(glia_table *t, gl_column *c) {
    double *number = gl_alloc(t->g, t->rows, sizeof *number);
    if (!number) return GLIA_RESOURCE;
    int64_t lost = 0, first = 0;
    for (int64_t i = 0; i < t->rows; i++) {
        const char *text = c->code[i] < 0 ? NULL : c->category[c->code[i]];
        bool is = text && gl_parse_number(text, strlen(text), t->decimal, &number[i]) &&
                  isfinite(number[i]);
        if (!is) number[i] = NAN;
        if (text && !is && !lost++) first = i;
    }
    char where[512];
    if (lost)
        gl_table_note_no_numbers(t, c, lost, gl_table_where(t, first, where, sizeof where),
                                 c->category[c->code[first]]);
    gl_free(t->g, c->code);
    gl_free(t->g, c->category);
    gl_free(t->g, c->slot);
    *c = (gl_column){.name = c->name,
                     .role = c->role,
                     .nameless = c->nameless,
                     .lost = c->lost,
                     .type = GLIA_NUMBER,
                     .number = number,
                     .spelt = c->spelt};
    return GLIA_OK;
}

static glia_status make_texts(glia_table *t, gl_column *c) {
    int32_t *code = gl_alloc(t->g, t->rows, sizeof *code);
    if (!code) return GLIA_RESOURCE;
    glia_status status = GLIA_OK;
    for (int64_t i = 0; i < t->rows && !status; i++) {
        char text[40];
        code[i] = -1;
        double number = gl_number(c, i);
        if (isnan(number)) continue;
        const char *spelt = c->spelt ? c->spelt[i] : NULL;
        if (!spelt) spelt = gl_print_number(number, text, sizeof text);
        code[i] = gl_column_code(t, c, spelt, strlen(spelt));
        if (code[i] < 0) status = t->g->code;
    }
    gl_column_drop_numbers(t->g, c);
    c->type = GLIA_CATEGORY;
    c->code = code;
    return status;
}

static glia_status obey(glia_table *t) {
    glia_status status = GLIA_OK;
    for (int j = 0; j < t->columns && !status; j++) {
        gl_column *c = &t->column[j];
        bool texts = c->role == GL_AS_CATEGORY || c->role == GL_AS_TEXT;
        if (c->role && c->type == GLIA_ARRAY) {
            status = gl_fail(t->g, GLIA_INPUT,
                             "%s: column '%s' is an array and cannot be read by option '%s'",
                             t->source, c->name, role_name[c->role]);
        } else if (c->role == GL_AS_NUMBER && c->type == GLIA_CATEGORY) {
            status = make_numbers(t, c);
        } else if (texts && c->type == GLIA_NUMBER) {
            status = make_texts(t, c);
        }
    }
    return status;
}

glia_status glia_table_as(glia_table *t, const glia_read_options *options) {
    glia_status status = gl_table_say(t, options);
    return status ? status : obey(t);
}
