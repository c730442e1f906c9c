/*
 * config.c: options from a YAML file. The file is one flat mapping of option names to values:
 *
 *     hidden: [20, 7, 5]      # a list is the same as "20,7,5"
 *     batch: full
 *     quiet: true
 *
 * Anchors and aliases are refused, because copies of copies grow exponentially; so are nested
 * mappings, but for a schema, which is handed on as it stands. JSON is YAML. A key of another
 * command is fine: one file may serve train, eval and predict.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

#include "cli.h"

typedef struct reader {
    cli *c;
    const char *path;
    const char *text;
    yaml_parser_t parser;
    yaml_event_t event;
    size_t line; /* of the event, from 1 */
} reader;

/* Reads the next event into r->event; false after an error message. */
static bool next(reader *r) {
    yaml_event_delete(&r->event);
    if (!yaml_parser_parse(&r->parser, &r->event)) {
        const yaml_parser_t *p = &r->parser;
        if (p->error == YAML_MEMORY_ERROR) out_of_memory(strlen(r->text));
        size_t line = p->problem_mark.line + 1;
        fail(GLIA_USAGE, "%s:%zu: %s%s%s", r->path, line, p->problem ? p->problem : "not YAML",
             p->context ? " " : "", p->context ? p->context : "");
        return false;
    }
    r->line = r->event.start_mark.line + 1;
    return true;
}

/* The text of the scalar in r->event; NULL after an error message. */
static const char *scalar(const reader *r, const char *key) {
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
    fail(GLIA_USAGE,
         "%s:%zu: %s%sexpected one value, found %s; options are written flat, 'name: value'",
         r->path, r->line, key, *key ? ": " : "", found);
    return NULL;
}

/* The name of a column may hold a comma; what else is listed holds none. */
static bool lists_columns(const reader *r, const char *key) {
    int i = find_option(&r->c->options, key);
    const char *argument = i < 0 ? NULL : r->c->options.row[i].argument;
    return argument && strncmp(argument, "COLUMNS", 7) == 0;
}

/* name, or "size, m2" with its quotes, as on the command line. */
static void put_item(FILE *f, const char *item, bool column) {
    bool quoted = column && strpbrk(item, ",\"");
    if (quoted) putc('"', f);
    for (; *item; item++) {
        if (quoted && *item == '"') putc('"', f);
        putc(*item, f);
    }
    if (quoted) putc('"', f);
}

/* The items up to the end of a list; false after an error message. */
static bool put_items(reader *r, const char *key, FILE *f) {
    bool columns = lists_columns(r, key), any = false;
    while (next(r)) {
        if (r->event.type == YAML_SEQUENCE_END_EVENT) return true;
        const char *text = scalar(r, key);
        if (!text) return false;
        if (any) putc(',', f);
        put_item(f, text, columns);
        any |= *text != 0;
    }
    return false;
}

/* "[20, 7, 5]" becomes "20,7,5". NULL after an error message. */
static char *list(reader *r, const char *key) {
    char *joined;
    size_t size;
    FILE *f = text_open(&joined, &size);
    bool whole = put_items(r, key, f);
    text_close(f);
    if (!whole) free(joined);
    return whole ? joined : NULL;
}

/* What YAML calls false, where people mean that there is none; a text of these letters has
 * quotes. */
static bool is_no(const reader *r, const char *key) {
    static const char *const words[] = {"no", "off", "false", "~", "null"};
    int i = find_option(&r->c->options, key);
    const char *argument = i < 0 ? NULL : r->c->options.row[i].argument;
    if (r->event.type != YAML_SCALAR_EVENT || !argument || !strstr(argument, "none")) return false;
    if (r->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE) return false;
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (!strcasecmp((const char *)r->event.data.scalar.value, words[k])) return true;
    return false;
}

static char *refuse_no(const reader *r, const char *key) {
    const char *found = (const char *)r->event.data.scalar.value;
    fail(GLIA_USAGE,
         "%s:%zu: %s: found %s, expected %s; did you mean 'none'? (\"%s\" in quotes is a "
         "name)",
         r->path, r->line, key, found, r->c->options.row[find_option(&r->c->options, key)].argument,
         found);
    return NULL;
}

static char *value(reader *r, const char *key) {
    if (!next(r)) return NULL;
    if (is_no(r, key)) return refuse_no(r, key);
    if (r->event.type == YAML_SEQUENCE_START_EVENT && !r->event.data.sequence_start.anchor)
        return list(r, key);
    const char *text = scalar(r, key);
    return text ? copy_text(text) : NULL;
}

static bool unknown_key(const reader *r, const char *key, size_t line) {
    const char *names[2 * MAX_OPTIONS + 1];
    option_names(&r->c->options, names);
    const char *near = nearest(key, names);
    fail(GLIA_USAGE,
         near ? "%s:%zu: unknown option '%s'; did you mean '%s'?" : "%s:%zu: unknown option '%s'",
         r->path, line, key, near);
    return false;
}

/* ----------------------------------------------------------------------------------- schemas -- */

/* Marks count letters, and a text is of bytes. */
static const char *letter(const char *text, size_t index) {
    for (; index && *text; index--)
        for (text++; (*text & 0xC0) == 0x80;) text++;
    return text;
}

static char *refuse_encoding(const reader *r) {
    fail(GLIA_USAGE, "%s:%zu: a schema in UTF-16; expected UTF-8", r->path, r->line);
    return NULL;
}

/* The mapping in hand as a text of its own, in which lines have the numbers that they have here;
 * NULL after an error message. */
static char *own_text(reader *r) {
    yaml_mark_t from = r->event.start_mark;
    int depth = 1;
    if (r->parser.encoding != YAML_UTF8_ENCODING) return refuse_encoding(r);
    while (depth && next(r)) {
        yaml_event_type_t type = r->event.type;
        depth += type == YAML_MAPPING_START_EVENT || type == YAML_SEQUENCE_START_EVENT;
        depth -= type == YAML_MAPPING_END_EVENT || type == YAML_SEQUENCE_END_EVENT;
    }
    if (depth) return NULL;
    const char *begin = letter(r->text, from.index),
               *end = letter(r->text, r->event.end_mark.index);
    size_t before = from.line + from.column, n = (size_t)(end - begin);
    char *text = reserve(NULL, before + n + 1);
    memset(text, '\n', from.line);
    memset(text + from.line, ' ', from.column);
    memcpy(text + before, begin, n);
    text[before + n] = '\0';
    return text;
}

/* The value behind the key of schema k: a name, or the schema itself. */
static bool take_schema(reader *r, int k) {
    config_schema *to = &r->c->configured[k];
    if (to->source)
        return fail(GLIA_USAGE, "%s:%zu: '%s' is given twice", r->path, r->line, schema_options[k]),
               false;
    if (!next(r)) return false;
    if (r->event.type == YAML_MAPPING_START_EVENT) {
        to->source = copy_text(r->path);
        return (to->text = own_text(r)) != NULL;
    }
    const char *path = scalar(r, schema_options[k]);
    if (path) to->source = copy_text(path);
    return path;
}

static int find_schema(const char *key) {
    for (int k = 0; k < SCHEMAS; k++)
        if (!strcmp(key, schema_options[k])) return k;
    return -1;
}

/* ------------------------------------------------------------------------------------- whole -- */

/* One "key: value", with the key in r->event. */
static bool pair(reader *r, bool *seen) {
    const char *text = scalar(r, "");
    if (!text) return false;
    int schema = find_schema(text);
    if (schema >= 0) return take_schema(r, schema);
    char *key = copy_text(text);
    for (char *p = key; *p; p++)
        if (*p == '_') *p = '-';
    size_t line = r->line;
    char *words = value(r, key);
    int i = find_option(&r->c->options, key);
    bool forbidden = strcmp(key, "config") == 0 || strcmp(key, "set") == 0, ok = words != NULL;

    if (ok && forbidden)
        ok = (fail(GLIA_USAGE, "%s:%zu: '%s' belongs on the command line", r->path, line, key),
              false);
    else if (ok && i < 0) ok = command_with(key) || unknown_key(r, key, line);
    else if (ok && seen[i])
        ok = (fail(GLIA_USAGE, "%s:%zu: '%s' is given twice", r->path, line, key), false);
    else if (ok) {
        char *origin = format_text("%s:%zu: %s", r->path, line, key);
        set_option(&r->c->options, i, FROM_FILE, origin, words);
        seen[i] = true;
        free(origin);
    }
    free(words);
    free(key);
    return ok;
}

static bool mapping(reader *r) {
    bool seen[MAX_OPTIONS] = {false};
    if (!next(r) || !next(r)) return false;                  /* stream, document */
    if (r->event.type == YAML_STREAM_END_EVENT) return true; /* an empty file */
    if (!next(r)) return false;
    if (r->event.type != YAML_MAPPING_START_EVENT) {
        fail(GLIA_USAGE, "%s:%zu: expected lines of 'name: value'", r->path, r->line);
        return false;
    }
    while (next(r)) {
        if (r->event.type == YAML_MAPPING_END_EVENT) break;
        if (!pair(r, seen)) return false;
    }
    if (r->event.type != YAML_MAPPING_END_EVENT || !next(r) || !next(r)) return false;
    if (r->event.type == YAML_STREAM_END_EVENT) return true;
    fail(GLIA_USAGE, "%s:%zu: a second document; options are one mapping", r->path, r->line);
    return false;
}

/* A list of a million columns is 16 MB. --max-bytes may be an option of the file itself. */
enum { MOST_BYTES = 64 << 20 };

/* NULL: it cannot be read as far as its end. */
static char *read_all(FILE *f, size_t *size) {
    enum { PIECE = 1 << 16 };
    char *text = NULL;
    size_t n = 0, got;
    do {
        if (n > MOST_BYTES) return free(text), errno = EFBIG, NULL;
        text = reserve(text, n + PIECE + 1);
        n += got = fread(text + n, 1, PIECE, f);
    } while (got == PIECE);
    if (ferror(f)) return free(text), NULL;
    text[ *size = n] = '\0';
    return text;
}

int read_config_text(cli *c, const char *path, const char *text, size_t size) {
    reader r = {.c = c, .path = path};
    bool marked = size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0;
    r.text = text + (marked ? 3 : 0);
    if (!yaml_parser_initialize(&r.parser)) out_of_memory(sizeof r.parser);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, size);
    bool ok = mapping(&r);
    yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    return ok ? 0 : GLIA_USAGE;
}

int read_config(cli *c, const char *path) {
    struct stat info;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return fail(GLIA_INPUT, "%s: it is a directory, a configuration file was expected", path);
    FILE *f = fopen(path, "rb");
    if (!f) return fail(GLIA_INPUT, "%s: cannot read the configuration: %s", path, strerror(errno));
    size_t size;
    char *text = read_all(f, &size);
    int why = errno;
    fclose(f);
    if (!text)
        return fail(GLIA_RESOURCE, "%s: cannot read the configuration: %s", path, strerror(why));
    int status = read_config_text(c, path, text, size);
    free(text);
    return status;
}
