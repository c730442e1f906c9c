/*
 * json.c: results as JSON. Numbers are printed in the shortest form that reads back as the same
 * double, and lists of plain values stay on one line, so that a list of costs can be read by people
 * too.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static void *take(size_t size) { return reserve(NULL, size); }

void json_takes_memory(void) { json_set_alloc_funcs(take, free); }

json_t *json_number(double value) {
    if (isnan(value)) return json_null();
    if (isinf(value)) return json_string(value > 0 ? "inf" : "-inf");
    return json_real(value);
}

json_t *json_text(const char *text) {
    if (!text) return json_null();
    json_t *s = json_string(text);
    if (s) return s;
    char *ascii = copy_text(text); /* it was no UTF-8 */
    for (char *p = ascii; *p; p++)
        if (*p & 0x80) *p = '?';
    s = json_string(ascii);
    free(ascii);
    return s;
}

json_t *json_sha256(const cli *c, const char *path) {
    char hex[65];
    glia_status status = glia_file_sha256(c->g, path, hex);
    if (status == GLIA_RESOURCE) exit(failed(c));
    return status == GLIA_OK ? json_text(hex) : json_null();
}

static json_t *json_targets(const glia_model *model, const glia_metrics *m, bool intervals) {
    json_t *each = json_object();
    for (int t = 0; t < m->targets; t++) {
        char *name = glia_model_quantiles(model) ? part_name(model, t)
                                                 : copy_text(glia_model_target(model, t));
        json_t *one = json_metrics(model, &m->target[t], intervals);
        const char *class = glia_model_target_class(model, t, 1);
        if (class) json_object_set_new(one, "positive", json_text(class));
        json_object_set_new(one, "baseline", json_number(m->target[t].baseline));
        json_object_set_new(each, name, one);
        free(name);
    }
    return each;
}

json_t *json_metrics(const glia_model *model, const glia_metrics *m, bool intervals) {
    json_t *block = json_object(), *interval = json_object();
    for (int i = 0; i < m->scores; i++) {
        const glia_score *s = &m->score[i];
        json_object_set_new(block, s->name, json_number(s->value));
        if (isnan(s->low) || isnan(s->high)) continue;
        json_object_set_new(interval, s->name,
                            json_pack("[o, o]", json_number(s->low), json_number(s->high)));
    }
    if (intervals) json_object_set(block, "interval", interval);
    json_decref(interval);
    if (m->targets > 0)
        json_object_set_new(block, glia_model_quantiles(model) ? "quantiles" : "targets",
                            json_targets(model, m, intervals));
    if (!m->confusion || m->classes < 1) return block;

    json_t *rows = json_array();
    for (int64_t i = 0; i < m->classes; i++) {
        json_t *row = json_array();
        for (int64_t j = 0; j < m->classes; j++)
            json_array_append_new(row, json_integer(m->confusion[i * m->classes + j]));
        json_array_append_new(rows, row);
    }
    json_object_set_new(block, "confusion", rows);
    return block;
}

static json_t *json_shape(int ndim, const int64_t *dim) {
    json_t *shape = json_array();
    for (int d = 0; d < ndim; d++) json_array_append_new(shape, json_integer(dim[d]));
    return shape;
}

json_t *json_layers(const glia_model *m) {
    json_t *layers = json_array();
    for (int i = 0; i < glia_model_layers(m); i++) {
        glia_layer l = glia_model_layer(m, i);
        json_int_t units = l.units, rows = l.w[0], columns = l.w[1], biases = l.b;
        json_t *layer = json_pack("{s:s, s:s, s:I, s:s, s:[I,I]}", "name", l.name, "op", l.op,
                                  "units", units, "activation", l.activation, "w", rows, columns);
        if (l.b) json_object_set_new(layer, "b", json_pack("[I,i]", biases, 1));
        if (l.u[0]) json_object_set_new(layer, "u", json_shape(2, l.u));
        if (l.ndim > 1) json_object_set_new(layer, "output", json_shape(l.ndim, l.dim));
        if (l.norm) json_object_set_new(layer, "norm", json_string(l.norm));
        json_array_append_new(layers, layer);
    }
    return layers;
}

/* ---------------------------------------------------------------------------------- printing -- */

/* About how many characters the value takes on one line; counting stops above `most`. */
static int line_length(json_t *j, int most) {
    const char *key;
    size_t i;
    json_t *item;
    int n = 2;
    if (json_is_string(j)) return 2 + (int)json_string_length(j);
    if (json_is_real(j)) return 12;
    json_array_foreach(j, i, item) {
        if (n <= most) n += 2 + line_length(item, most - n);
    }
    json_object_foreach(j, key, item) {
        if (n <= most) n += 6 + (int)strlen(key) + line_length(item, most - n);
    }
    return json_is_array(j) || json_is_object(j) ? n : 5;
}

/* Short values stay on one line, and lists of plain values whatever their length. */
static bool on_one_line(json_t *j) {
    json_t *first = json_array_get(j, 0);
    return (first && !json_is_array(first) && !json_is_object(first)) || line_length(j, 132) <= 132;
}

static void print_string(const char *text) {
    json_t *s = json_string(text);
    char *quoted = json_dumps(s, JSON_ENCODE_ANY);
    fputs(quoted ? quoted : "null", stdout);
    free(quoted);
    json_decref(s);
}

static void print_plain(const json_t *j) {
    char buf[32];
    if (json_is_string(j)) print_string(json_string_value(j));
    else if (json_is_integer(j)) printf("%lld", (long long)json_integer_value(j));
    else if (json_is_real(j)) fputs(exact_text(json_real_value(j), buf), stdout);
    else fputs(json_is_true(j) ? "true" : json_is_false(j) ? "false" : "null", stdout);
}

static void print_value(json_t *j, int depth, bool flat);

/* What stands in front of item i: a comma, and a line of its own unless the whole is flat. */
static void separate(bool first, int depth, bool flat) {
    fputs(first ? "" : flat ? ", " : ",", stdout);
    if (!flat) printf("\n%*s", 2 * depth, "");
}

static void print_list(json_t *list, int depth, bool flat) {
    size_t i;
    json_t *item;
    putchar('[');
    json_array_foreach(list, i, item) {
        separate(i == 0, depth + 1, flat);
        print_value(item, depth + 1, flat);
    }
    if (!flat) printf("\n%*s", 2 * depth, "");
    putchar(']');
}

static void print_object(json_t *object, int depth, bool flat) {
    const char *key;
    json_t *item;
    bool first = true;
    putchar('{');
    json_object_foreach(object, key, item) {
        separate(first, depth + 1, flat);
        print_string(key);
        fputs(": ", stdout);
        print_value(item, depth + 1, flat);
        first = false;
    }
    if (!flat) printf("\n%*s", 2 * depth, "");
    putchar('}');
}

static void print_value(json_t *j, int depth, bool flat) {
    if (json_is_array(j)) print_list(j, depth, flat || on_one_line(j));
    else if (json_is_object(j)) print_object(j, depth, flat || (depth > 0 && on_one_line(j)));
    else print_plain(j);
}

int print_json(json_t *document) {
    if (!document) return fail(GLIA_INPUT, "a name is not UTF-8, and JSON holds no other");
    print_value(document, 0, false);
    putchar('\n');
    json_decref(document);
    return 0;
}

void json_add_skipped(json_t *list, const glia_table *t) {
    for (int64_t i = 0; t && i < glia_table_bad_rows(t); i++) {
        glia_bad_row b = glia_table_bad_row(t, i);
        json_t *j = json_pack("{s:o, s:I, s:o}", "file", json_text(glia_table_source(t)), "line",
                              (json_int_t)b.line, "why", json_text(b.why));
        if (b.name) json_object_set_new(j, "picture", json_text(b.name));
        json_array_append_new(list, j);
    }
}
