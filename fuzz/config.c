/*
 * config.c: a configuration file, for each command in turn. What is wrong with it is said; else
 * what libyaml's own loader finds in it is what was set, a schema in it is the same by itself, and
 * what was set is set once more by the file that libyaml's emitter makes of it.
 */
#include "program.h"
#include "table/table.h"

#include <yaml.h>

enum { MOST_COMMANDS = 32, MOST_WRITTEN = 16 * FUZZ_MOST_BYTES };

static int count_commands(void) {
    int n = 0;
    while (commands[n]) n++;
    return n;
}

/* Of each command, made once. */
static const option_set *options_for(int k) {
    static option_set sets[MOST_COMMANDS];
    if (!sets[k].count) options_of(commands[k], &sets[k]);
    return &sets[k];
}

static int read_text(cli *c, int k, const char *text, size_t n) {
    *c = (cli){.command = commands[k], .options = *options_for(k), .g = g};
    *fuzz_said = 0;
    int status = read_config_text(c, "input", text, n);
    fuzz_check(!status == !*fuzz_said, "a configuration ends with %d and says '%s'", status,
               fuzz_said);
    return status;
}

static void close_cli(cli *c) {
    free_schemas(c);
    free_options(&c->options);
}

static bool load(yaml_document_t *d, const char *text, size_t n) {
    yaml_parser_t p;
    if (!yaml_parser_initialize(&p)) abort();
    yaml_parser_set_input_string(&p, (const unsigned char *)text, n);
    bool loaded = yaml_parser_load(&p, d);
    yaml_parser_delete(&p);
    return loaded;
}

/* ------------------------------------------------------------------------------------ values -- */

static const char *text_of(const yaml_node_t *node) {
    fuzz_check(node && node->type == YAML_SCALAR_NODE, "what was set is no text in the file");
    const char *text = (const char *)node->data.scalar.value;
    fuzz_check(strlen(text) == node->data.scalar.length, "'%s' was cut at a zero byte", text);
    return text;
}

static bool is_plain_name(const char *item) {
    size_t n = strlen(item);
    return n && !strchr(" \t\n", item[0]) && !strchr(" \t\n", item[n - 1]);
}

/* Item by item, as a list of columns is read; items of blanks alone are none. */
static void compare_list(yaml_document_t *d, const yaml_node_t *list, const char *value) {
    yaml_node_item_t *first = list->data.sequence.items.start, *end = list->data.sequence.items.top;
    const char *rest = value;
    char *item = malloc(strlen(value) + 1);
    if (!item) abort();
    for (yaml_node_item_t *i = first; i < end; i++) {
        const char *text = text_of(yaml_document_get_node(d, *i));
        if (!is_plain_name(text)) break;
        rest = gl_next_item(rest, item);
        fuzz_check(rest && !strcmp(item, text), "item '%s' of '%s' is read as '%s'", text, value,
                   rest ? item : "nothing");
    }
    free(item);
}

static void join(yaml_document_t *d, const yaml_node_t *list, char *to) {
    yaml_node_item_t *first = list->data.sequence.items.start, *end = list->data.sequence.items.top;
    char *begin = to;
    for (yaml_node_item_t *i = first; i < end; i++) {
        const char *text = text_of(yaml_document_get_node(d, *i));
        if (to > begin) *to++ = ',';
        to = stpcpy(to, text);
    }
    *to = 0;
}

static void compare_value(yaml_document_t *d, const yaml_node_t *node, const glia_option *row,
                          const char *value) {
    static char joined[MOST_WRITTEN];
    bool list = node->type == YAML_SEQUENCE_NODE;
    if (list && row->argument && !strncmp(row->argument, "COLUMNS", 7))
        return compare_list(d, node, value);
    if (list) join(d, node, joined);
    const char *expected = list ? joined : text_of(node);
    fuzz_check(!strcmp(value, expected), "%s is '%s', and to libyaml '%s'", row->name, value,
               expected);
}

static void compare_pair(const cli *c, yaml_document_t *d, const yaml_node_pair_t *pair) {
    const char *key = text_of(yaml_document_get_node(d, pair->key));
    if (!strcmp(key, schema_options[0]) || !strcmp(key, schema_options[1])) return;
    char *name = fuzz_text((const uint8_t *)key, strlen(key));
    for (char *p = name; *p; p++)
        if (*p == '_') *p = '-';
    int i = find_option(&c->options, name);
    if (i >= 0)
        compare_value(d, yaml_document_get_node(d, pair->value), &c->options.row[i],
                      c->options.value[i]);
    else fuzz_check(command_with(name), "no command has the option '%s'", name);
    free(name);
}

/* ----------------------------------------------------------------------------------- schemas -- */

static void compare_nodes(yaml_document_t *d, const yaml_node_t *a, yaml_document_t *e,
                          const yaml_node_t *b) {
    fuzz_check(a && b && a->type == b->type && a->start_mark.line == b->start_mark.line &&
                   a->start_mark.column == b->start_mark.column,
               "a schema is another by itself");
    if (a->type == YAML_SCALAR_NODE) {
        fuzz_check(a->data.scalar.length == b->data.scalar.length &&
                       !memcmp(a->data.scalar.value, b->data.scalar.value, a->data.scalar.length),
                   "'%s' of a schema is '%s' by itself", a->data.scalar.value,
                   b->data.scalar.value);
    } else if (a->type == YAML_SEQUENCE_NODE) {
        yaml_node_item_t *i = a->data.sequence.items.start, *k = b->data.sequence.items.start;
        for (; i < a->data.sequence.items.top && k < b->data.sequence.items.top; i++, k++)
            compare_nodes(d, yaml_document_get_node(d, *i), e, yaml_document_get_node(e, *k));
        fuzz_check(i == a->data.sequence.items.top && k == b->data.sequence.items.top,
                   "a list of a schema has other items by itself");
    } else {
        yaml_node_pair_t *i = a->data.mapping.pairs.start, *k = b->data.mapping.pairs.start;
        for (; i < a->data.mapping.pairs.top && k < b->data.mapping.pairs.top; i++, k++) {
            compare_nodes(d, yaml_document_get_node(d, i->key), e,
                          yaml_document_get_node(e, k->key));
            compare_nodes(d, yaml_document_get_node(d, i->value), e,
                          yaml_document_get_node(e, k->value));
        }
        fuzz_check(i == a->data.mapping.pairs.top && k == b->data.mapping.pairs.top,
                   "a mapping of a schema has other keys by itself");
    }
}

static void obey(const config_schema *schema) {
    glia_schema *s = glia_schema_parse(g, schema->text, schema->source);
    if (!s) fuzz_told("parsing a schema");
    glia_schema_free(s);
}

/* An alias, which is refused later, would lead round in circles. Where the schema does not load, a
 * name that only the whole file knows is in it. */
static void compare_schema(const config_schema *schema, yaml_document_t *d,
                           const yaml_node_t *node) {
    yaml_document_t own;
    if (!schema->text) return;
    obey(schema);
    if (strchr(schema->text, '*') || !load(&own, schema->text, strlen(schema->text))) return;
    compare_nodes(d, node, &own, yaml_document_get_root_node(&own));
    yaml_document_delete(&own);
}

/* ----------------------------------------------------------------------------- written again -- */

static void emit(yaml_emitter_t *e, yaml_event_t *event) {
    fuzz_check(yaml_emitter_emit(e, event), "libyaml does not write: %s", e->problem);
}

static void emit_text(yaml_emitter_t *e, const char *text) {
    yaml_event_t event;
    if (!yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text,
                                      (int)strlen(text), 1, 1, YAML_DOUBLE_QUOTED_SCALAR_STYLE))
        abort();
    emit(e, &event);
}

static size_t write_options(const option_set *set, char *to, size_t room) {
    size_t n = 0;
    yaml_emitter_t e;
    yaml_event_t event;
    if (!yaml_emitter_initialize(&e)) abort();
    yaml_emitter_set_output_string(&e, (unsigned char *)to, room, &n);
    yaml_emitter_set_width(&e, -1);
    emit(&e, (yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING), &event));
    emit(&e, (yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1), &event));
    emit(&e, (yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE),
              &event));
    for (int i = 0; i < set->count; i++)
        if (set->value[i]) emit_text(&e, set->row[i].name), emit_text(&e, set->value[i]);
    emit(&e, (yaml_mapping_end_event_initialize(&event), &event));
    emit(&e, (yaml_document_end_event_initialize(&event, 1), &event));
    emit(&e, (yaml_stream_end_event_initialize(&event), &event));
    yaml_emitter_delete(&e);
    return n;
}

static void compare_written(const cli *c, int k) {
    static char written[MOST_WRITTEN];
    cli again;
    size_t n = write_options(&c->options, written, sizeof written - 1);
    written[n] = 0;
    fuzz_check(!read_text(&again, k, written, n), "what was written is refused: %s", fuzz_said);
    for (int i = 0; i < c->options.count; i++) {
        const char *one = c->options.value[i], *two = again.options.value[i];
        fuzz_check(!one == !two && (!one || !strcmp(one, two)), "'%s' is '%s' when written again",
                   one ? one : "nothing", two ? two : "nothing");
    }
    close_cli(&again);
}

/* ------------------------------------------------------------------------------------- whole -- */

static void compare(const cli *c, const char *text, size_t n) {
    yaml_document_t d;
    if (!load(&d, text, n)) return; /* a schema with an alias of nothing, say */
    yaml_node_t *root = yaml_document_get_root_node(&d);
    if (root)
        for (yaml_node_pair_t *p = root->data.mapping.pairs.start; p < root->data.mapping.pairs.top;
             p++) {
            const char *key = text_of(yaml_document_get_node(&d, p->key));
            compare_pair(c, &d, p);
            for (int k = 0; k < SCHEMAS; k++)
                if (!strcmp(key, schema_options[k]))
                    compare_schema(&c->configured[k], &d, yaml_document_get_node(&d, p->value));
        }
    yaml_document_delete(&d);
}

void fuzz_config(const uint8_t *bytes, size_t n) {
    int k = (int)(n % (size_t)count_commands());
    char *text = fuzz_text(bytes, n);
    cli c;
    if (!read_text(&c, k, text, n)) {
        compare(&c, text, n);
        compare_written(&c, k);
    }
    close_cli(&c);
    free(text);
}
