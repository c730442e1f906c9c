/*
 * fit_text.c: what a fit has decided, as the text of a schema that gives the same fit back.
 *
 *     columns:
 *       PassengerId: {type: number, left_out: id}  # a different whole number in every row, an id
 *       Age: {type: number, fill: median, scale: standard}  # missing -> 28; (x - 29.4) / 13
 *
 * What is fitted to rows stays a rule, with what it gave as a comment: a fold, or a training with
 * other rows, then fits it to its own.
 */
#include "pipeline_parts.h"

#include <string.h>

/* YAML's limit for a key that stands before its colon is 1,024 letters. */
enum { LONG_KEY = 1000 };

/* A comment ends with its line, and may hold anything else. The column of types in `glia show` is
 * none here, and the type stands before it. */
static void add_comment(gl_text *t, const char *text, bool typed) {
    gl_add(t, "  #");
    if (typed) text += strcspn(text, " ");
    for (const char *s = text; *s; s++) {
        bool blank = (unsigned char)*s <= 0x20 || *s == 0x7F;
        if (!blank && (s == text || (unsigned char)s[-1] <= 0x20)) gl_add(t, " ");
        if (!blank) gl_add_bytes(t, s, 1);
    }
}

static void add_key(gl_text *t, gl_schema_key key, const char *value) {
    gl_add(t, "%s%s: %s", t->n && t->s[t->n - 1] == '{' ? "" : ", ", gl_schema_key_name[key],
           value);
}

static const char *type_of(const gl_input_column *in) {
    return in->words                   ? "text"
           : in->type == GLIA_CATEGORY ? "category"
           : in->type == GLIA_ARRAY    ? "array"
           : in->date                  ? "date"
                                       : "number";
}

/* ------------------------------------------------------------------------------- preparation -- */

static void add_number(gl_text *t, gl_schema_key key, double value) {
    char number[40];
    add_key(t, key, gl_print_number(value, number, sizeof number));
}

static void add_numbers(gl_text *t, gl_schema_key key, const double *v, int64_t n) {
    char number[40];
    if (n == 1) {
        add_number(t, key, v[0]);
        return;
    }
    add_key(t, key, "[");
    for (int64_t i = 0; i < n; i++)
        gl_add(t, "%s%s", i ? ", " : "", gl_print_number(v[i], number, sizeof number));
    gl_add(t, "]");
}

static void add_scale(gl_text *t, const gl_input_column *in) {
    static const char *const word[GL_SCALINGS] = {[GL_SCALE_STANDARD] = "standard",
                                                  [GL_SCALE_MINMAX] = "minmax",
                                                  [GL_SCALE_NONE] = "none",
                                                  [GL_SCALE_LARGEST] = "largest"};
    if (in->scaling == GL_SCALE_GIVEN) {
        add_numbers(t, GL_KEY_center, in->center, in->scales);
        add_numbers(t, GL_KEY_spread, in->spread, in->scales);
    } else if (in->scaling == GL_SCALE_DIVIDE) {
        if (in->scales) add_number(t, GL_KEY_scale, in->spread[0]);
        else add_key(t, GL_KEY_scale, "none");
    } else {
        add_key(t, GL_KEY_scale, word[in->scaling]);
    }
}

static void add_date(gl_text *t, const gl_input_column *in) {
    char fill[40];
    add_key(t, GL_KEY_fill,
            in->fill_said ? gl_date_text(in->fill, false, fill, sizeof fill) : "median");
    add_key(t, GL_KEY_parts, "[");
    for (int part = 0, k = 0; part < GL_DATE_PARTS; part++)
        if (in->parts >> part & 1) gl_add(t, "%s%s", k++ ? ", " : "", gl_part_name[part]);
    gl_add(t, "]");
    add_scale(t, in);
}

static void add_number_keys(gl_text *t, const gl_input_column *in) {
    if (in->fill_said || in->box) add_number(t, GL_KEY_fill, in->fill);
    else add_key(t, GL_KEY_fill, "median");
    bool gaps = in->had_missing || in->indicator;
    if (gaps) add_key(t, GL_KEY_indicator, in->indicator ? "true" : "false");
    if (in->log > 0 && in->log_said) add_number(t, GL_KEY_log, in->log);
    else if (in->log > 0) add_key(t, GL_KEY_log, "true");
    add_scale(t, in);
}

static void add_array(gl_text *t, const gl_input_column *in) {
    if (in->had_missing) add_key(t, GL_KEY_indicator, in->gaps ? "true" : "false");
    add_scale(t, in);
}

static void add_sequence(gl_text *t, const gl_vocabulary *v) {
    add_key(t, GL_KEY_as, gl_text_as_name[v->as]);
    if (v->asked) add_number(t, GL_KEY_length, (double)v->asked);
    else add_key(t, GL_KEY_length, "auto");
}

static void add_word_keys(gl_text *t, const gl_input_column *in) {
    if (gl_is_sequence(in->words)) add_sequence(t, in->words);
    if (in->words->most) add_number(t, GL_KEY_words, (double)in->words->most);
    else add_key(t, GL_KEY_words, "frequent");
    if (gl_is_sequence(in->words)) return;
    add_key(t, GL_KEY_pairs, in->words->pairs ? "true" : "false");
    if (in->had_missing) add_key(t, GL_KEY_indicator, in->indicator ? "true" : "false");
    add_scale(t, in);
}

static void add_texts(gl_text *t, char *const *texts, int64_t n) {
    gl_add(t, "[");
    for (int64_t i = 0; i < n; i++) {
        if (i) gl_add(t, ", ");
        gl_add_yaml_text(t, texts[i]);
    }
    gl_add(t, "]");
}

static void add_category(gl_text *t, const gl_input_column *in) {
    if (in->choice == GL_CHOICE_LIST) {
        add_key(t, GL_KEY_categories, "");
        add_texts(t, in->category, in->categories);
    } else {
        add_key(t, GL_KEY_categories, in->choice == GL_CHOICE_FREQUENT ? "frequent" : "all");
    }
    if (in->fill_said) {
        add_key(t, GL_KEY_fill, "");
        gl_add_yaml_text(t, in->category[in->fill_code]);
    } else {
        add_key(t, GL_KEY_fill, in->fill_code < 0 ? "none" : "most frequent");
    }
}

/* ----------------------------------------------------------------------------------- columns -- */

static void add_name(gl_text *t, const char *name) {
    gl_text key = {.g = t->g};
    gl_add_yaml_text(&key, name);
    bool is_long = key.n > LONG_KEY;
    gl_add(t, is_long ? "  ? %s\n  : {" : "  %s: {", key.s ? key.s : "");
    t->failed |= key.failed;
    gl_free(t->g, key.s);
}

static void add_input(gl_text *t, const gl_input_column *in, bool typed) {
    gl_text said = {.g = t->g};
    add_name(t, in->name);
    if (typed) add_key(t, GL_KEY_type, type_of(in));
    if (in->reason) add_key(t, GL_KEY_left_out, gl_reason_name[in->reason]);
    else if (in->words) add_word_keys(t, in);
    else if (in->type == GLIA_CATEGORY) add_category(t, in);
    else if (in->type == GLIA_ARRAY) add_array(t, in);
    else if (in->date) add_date(t, in);
    else add_number_keys(t, in);
    gl_add(t, "}");
    if (in->reason) gl_add(&said, "%s", gl_reason_text[in->reason]);
    else gl_describe_input(&said, in);
    if (said.s) add_comment(t, said.s, typed && !in->reason);
    gl_add(t, "\n");
    t->failed |= said.failed;
    gl_free(t->g, said.s);
}

char *gl_pipeline_schema(const gl_pipeline *p, bool typed) {
    gl_text t = {.g = p->g};
    gl_add(&t, "columns:\n");
    for (int i = 0; i < p->inputs; i++) {
        const char *name = p->input[i].name;
        if (gl_not_utf8(name, name + strlen(name))) {
            gl_fail(p->g, GLIA_INPUT, "the name of column %d is not UTF-8, and YAML holds no other",
                    i + 1);
            t.failed = true;
            break;
        }
        add_input(&t, &p->input[i], typed);
    }
    return gl_text_end(&t);
}
