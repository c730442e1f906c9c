/*
 * fit_schema.c: what a schema says of each column: whether it is an input, and how it becomes
 * features. What it does not say stays to be decided from the data.
 *
 *     fill        median, a number, a date; most frequent, none (of the texts), a text
 *     indicator   true, false
 *     log         true (s: the median of what is above 0), false, s
 *     scale       standard, minmax, none, largest, auto, a divisor
 *     center      a number, or one for each feature; with spread, in place of scale
 *     categories  all, frequent, a list of texts
 *     parts       a list of days, year, month, weekday, hour
 *     as          counts, words, characters, bytes: what a text is read as
 *     length      auto (all of 19 texts in 20), or how many tokens of a sequence at most
 *     words       frequent (the rule of fit_vocabulary.c), or how many at most
 *     pairs       true, false: of neighbouring words
 */
#include "fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum kind { NUMBERS = 1, TEXTS = 2, ARRAYS = 4, DATES = 8, WORDS = 16 } kind;

static kind kind_of(const gl_column *c) {
    if (c->type == GLIA_NUMBER) return c->date ? DATES : NUMBERS;
    return c->type == GLIA_CATEGORY ? TEXTS : ARRAYS;
}

static const char *kind_name(kind k) {
    return k == NUMBERS  ? "numbers"
           : k == TEXTS  ? "texts"
           : k == ARRAYS ? "arrays"
           : k == DATES  ? "dates"
                         : "free texts";
}

/* ---------------------------------------------------------------------------------- failures -- */

static const glia_schema *preparation_of(const gl_fitting *f) {
    return f->spec->preparation ? f->spec->preparation : f->spec->schema;
}

glia_status gl_wish_fail(const gl_fitting *f, const gl_wish *w, gl_schema_key key,
                         const char *format, ...) {
    char text[700];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return gl_schema_fail(f->g, preparation_of(f), w->said->said[key].line, w->said->name, "%s: %s",
                          gl_schema_key_name[key], text);
}

/* "found 'abc', expected ..." */
static glia_status unexpected(const gl_fitting *f, const gl_wish *w, gl_schema_key key,
                              const char *expected) {
    const gl_schema_said *said = &w->said->said[key];
    if (said->list || !said->items)
        return gl_wish_fail(f, w, key, "found %s, expected %s",
                            said->items ? "a list" : "an empty list", expected);
    return gl_wish_fail(f, w, key, "found '%.60s', expected %s", said->item[0].text, expected);
}

/* ------------------------------------------------------------------------------------ values -- */

/* One of our words, which stands without quotes. */
static bool is_word(const gl_schema_said *said, const char *word) {
    return gl_schema_word(said) && !said->item[0].quoted && !strcmp(said->item[0].text, word);
}

static bool number_of(const gl_schema_item *item, double *value) {
    return gl_parse_number(item->text, strlen(item->text), '.', value) && isfinite(*value);
}

static bool number_in(const gl_schema_said *said, double *value) {
    return gl_schema_word(said) && number_of(&said->item[0], value);
}

static bool truth_in(const gl_schema_said *said, int *truth) {
    if (is_word(said, "true")) *truth = 1;
    else if (is_word(said, "false")) *truth = 0;
    else if (!is_word(said, "auto")) return false;
    return true;
}

/* -------------------------------------------------------------------------------------- keys -- */

typedef glia_status read_key(const gl_fitting *f, const gl_column *c, gl_wish *w);

/* "true" says that it is left out, and no more. */
static glia_status read_left_out(const gl_fitting *f, const gl_column *c, gl_wish *w) {
    const gl_schema_said *said = &w->said->said[GL_KEY_left_out];
    const char *word = gl_schema_word(said);
    char list[200];
    (void)c;
    if (is_word(said, "false")) return GLIA_OK;
    w->reason = GL_IGNORED;
    if (is_word(said, "true") || is_word(said, gl_reason_name[GL_WEIGHT])) return GLIA_OK;
    for (gl_reason k = GL_IGNORED; word && k < GL_REASONS; k++)
        if (!strcmp(word, gl_reason_name[k])) return w->reason = k, GLIA_OK;
    return unexpected(f, w, GL_KEY_left_out,
                      gl_list(gl_reason_name + 1, GL_REASONS - 1, list, sizeof list));
}

static glia_status read_text_fill(const gl_fitting *f, gl_wish *w, const gl_schema_said *said) {
    const char *text = gl_schema_word(said);
    if (!text) return unexpected(f, w, GL_KEY_fill, "most frequent, none, or one text");
    w->fill_none = is_word(said, "none");
    if (!w->fill_none && !is_word(said, "most frequent")) w->fill_text = text;
    return GLIA_OK;
}

static bool day_in(const gl_schema_said *said, double *day) {
    gl_date_parts parts;
    const char *text = gl_schema_word(said);
    if (!text || !gl_date_read(text, strlen(text), &parts) || !parts.may[GL_YMD]) return false;
    *day = gl_date_days(&parts, GL_YMD);
    return true;
}

static glia_status read_fill(const gl_fitting *f, const gl_column *c, gl_wish *w) {
    const gl_schema_said *said = &w->said->said[GL_KEY_fill];
    kind k = kind_of(c);
    if (is_word(said, "auto")) return GLIA_OK;
    if (k == TEXTS) w->fill_said = true;
    if (k == TEXTS) return read_text_fill(f, w, said);
    if (is_word(said, "median")) return GLIA_OK;
    w->fill_said = k == DATES ? day_in(said, &w->fill) : number_in(said, &w->fill);
    if (w->fill_said) return GLIA_OK;
    return unexpected(f, w, GL_KEY_fill,
                      k == DATES ? "median, or a date such as 2020-01-31" : "median, or a number");
}

static glia_status read_indicator(const gl_fitting *f, const gl_column *c, gl_wish *w) {
    (void)c;
    if (truth_in(&w->said->said[GL_KEY_indicator], &w->indicator)) return GLIA_OK;
    return unexpected(f, w, GL_KEY_indicator, "true, false or auto");
}

static glia_status read_log(const gl_fitting *f, const gl_column *c, gl_wish *w) {
    const gl_schema_said *said = &w->said->said[GL_KEY_log];
    (void)c;
    if (truth_in(said, &w->log)) return GLIA_OK;
    if (!number_in(said, &w->log_scale) || w->log_scale <= 0)
        return unexpected(f, w, GL_KEY_log, "true, false, auto, or s above 0 of log(1 + x/s)");
    w->log = 1;
    return GLIA_OK;
}

static glia_status read_scale(const gl_fitting *f, const gl_column *c, gl_wish *w) {
    static const char *const words[] = {"auto", "standard", "minmax", "none", "", "largest"};
    const gl_schema_said *said = &w->said->said[GL_KEY_scale];
    if (w->words && is_word(said, "minmax"))
        return unexpected(f, w, GL_KEY_scale, "standard, none or auto");
    for (gl_scaling k = GL_SCALE_AUTO; k <= GL_SCALE_LARGEST; k++) {
        if (!is_word(said, words[k]) || (k == GL_SCALE_LARGEST && kind_of(c) != NUMBERS)) continue;
        w->scale = k;
        return GLIA_OK;
    }
    w->scale = GL_SCALE_DIVIDE;
    if (w->words) return unexpected(f, w, GL_KEY_scale, "standard, none or auto");
    if (kind_of(c) == DATES)
        return unexpected(f, w, GL_KEY_scale, "standard, minmax, none or auto");
    if (number_in(said, &w->divisor) && w->divisor != 0) return GLIA_OK;
    return unexpected(
        f, w, GL_KEY_scale,
        "standard, minmax, none, auto, largest (of numbers), or a divisor such as 255");
}

/* They come together: half of a scale is a slip. */
static glia_status read_center(const gl_fitting *f, const gl_column *c, gl_wish *w) {
    const gl_schema_said *center = &w->said->said[GL_KEY_center],
                         *spread = &w->said->said[GL_KEY_spread];
    (void)c;
    if (w->said->said[GL_KEY_scale].line)
        return gl_wish_fail(f, w, GL_KEY_scale, "center and spread are said as well; expected one");
    if (!center->line) return gl_wish_fail(f, w, GL_KEY_spread, "it goes with center");
    if (!spread->line) return gl_wish_fail(f, w, GL_KEY_center, "it goes with spread");
    w->scale = GL_SCALE_GIVEN;
    return GLIA_OK;
}

static glia_status read_categories(const gl_fitting *f, const gl_column *c, gl_wish *w) {
    const gl_schema_said *said = &w->said->said[GL_KEY_categories];
    (void)c;
    if (said->list && said->items) w->choice = GL_CHOICE_LIST;
    else if (is_word(said, "all")) w->choice = GL_CHOICE_ALL;
    else if (is_word(said, "frequent")) w->choice = GL_CHOICE_FREQUENT;
    else if (!is_word(said, "auto"))
        return unexpected(f, w, GL_KEY_categories, "all, frequent, auto, or a list of texts");
    return GLIA_OK;
}

static glia_status read_parts(const gl_fitting *f, const gl_column *c, gl_wish *w) {
    const gl_schema_said *said = &w->said->said[GL_KEY_parts];
    (void)c;
    if (is_word(said, "auto")) return GLIA_OK;
    for (int64_t i = 0; i < said->items; i++) {
        int part = 0;
        while (part < GL_DATE_PARTS && strcmp(said->item[i].text, gl_part_name[part]) != 0) part++;
        if (part == GL_DATE_PARTS)
            return gl_wish_fail(f, w, GL_KEY_parts,
                                "found '%.60s', expected days, year, month, weekday or hour",
                                said->item[i].text);
        w->parts |= 1u << part;
    }
    if (w->parts) return GLIA_OK;
    return unexpected(f, w, GL_KEY_parts, "a list of days, year, month, weekday, hour");
}

static glia_status read_words(const gl_fitting *f, const gl_column *c, gl_wish *w) {
    const gl_schema_said *said = &w->said->said[GL_KEY_words];
    double most;
    (void)c;
    if (is_word(said, "frequent") || is_word(said, "auto")) return GLIA_OK;
    bool fits = number_in(said, &most) && most >= 1 && most <= 1e6 && most == floor(most);
    if (!fits)
        return unexpected(f, w, GL_KEY_words, "frequent, auto, or how many from 1 to 1000000");
    w->most_words = (int64_t)most;
    return GLIA_OK;
}

static glia_status read_as(const gl_fitting *f, const gl_column *c, gl_wish *w) {
    const gl_schema_said *said = &w->said->said[GL_KEY_as];
    (void)c;
    if (is_word(said, "auto")) return GLIA_OK;
    for (gl_text_as k = GL_TEXT_COUNTS; k < GL_TEXT_WAYS; k++)
        if (is_word(said, gl_text_as_name[k])) return w->as = k, GLIA_OK;
    return unexpected(f, w, GL_KEY_as, "counts, words, characters or bytes");
}

static glia_status read_length(const gl_fitting *f, const gl_column *c, gl_wish *w) {
    const gl_schema_said *said = &w->said->said[GL_KEY_length];
    double length;
    (void)c;
    if (is_word(said, "auto")) return GLIA_OK;
    bool fits = number_in(said, &length) && length >= 1 && length <= GL_LONGEST_TEXT;
    if (!fits || length != floor(length))
        return unexpected(f, w, GL_KEY_length, "auto, or how many tokens from 1 to 1000000");
    w->length = (int64_t)length;
    return GLIA_OK;
}

static glia_status read_pairs(const gl_fitting *f, const gl_column *c, gl_wish *w) {
    int pairs = 1;
    (void)c;
    if (!truth_in(&w->said->said[GL_KEY_pairs], &pairs))
        return unexpected(f, w, GL_KEY_pairs, "true, false or auto");
    w->pairs = pairs;
    return GLIA_OK;
}

static const struct {
    unsigned kinds; /* of columns that it is for */
    read_key *read;
} keys[GL_KEYS] = {
    [GL_KEY_left_out] = {NUMBERS | TEXTS | ARRAYS | DATES | WORDS, read_left_out},
    [GL_KEY_fill] = {NUMBERS | TEXTS | DATES, read_fill},
    [GL_KEY_indicator] = {NUMBERS | ARRAYS | WORDS, read_indicator},
    [GL_KEY_log] = {NUMBERS, read_log},
    [GL_KEY_scale] = {NUMBERS | ARRAYS | DATES | WORDS, read_scale},
    [GL_KEY_center] = {NUMBERS | ARRAYS | DATES, read_center},
    [GL_KEY_spread] = {NUMBERS | ARRAYS | DATES, read_center},
    [GL_KEY_categories] = {TEXTS, read_categories},
    [GL_KEY_parts] = {DATES, read_parts},
    [GL_KEY_as] = {WORDS, read_as},
    [GL_KEY_length] = {WORDS, read_length},
    [GL_KEY_words] = {WORDS, read_words},
    [GL_KEY_pairs] = {WORDS, read_pairs},
};

/* What counts of words have, and sequences have not; and the other way round. */
static glia_status check_as(const gl_fitting *f, const gl_wish *w) {
    static const gl_schema_key of_counts[] = {GL_KEY_pairs, GL_KEY_indicator, GL_KEY_scale},
                               of_sequences[] = {GL_KEY_length};
    bool counts = w->as == GL_TEXT_COUNTS;
    const gl_schema_key *key = counts ? of_sequences : of_counts;
    for (int i = 0; i < (counts ? 1 : 3); i++)
        if (w->said->said[key[i]].line)
            return gl_wish_fail(f, w, key[i],
                                "it is for texts that are %s, and this one is read "
                                "as %s; take it out, or say another 'as'",
                                counts ? "sequences" : "counts of words", gl_text_as_name[w->as]);
    return GLIA_OK;
}

static glia_status read_wish(const gl_fitting *f, const gl_column *c, gl_wish *w) {
    kind k = w->words ? WORDS : kind_of(c);
    glia_status status = GLIA_OK;
    for (int key = 0; key < GL_KEYS && !status; key++) {
        if (!w->said->said[key].line || !keys[key].read) continue;
        if (keys[key].kinds & k) status = keys[key].read(f, c, w);
        else
            status = gl_wish_fail(f, w, (gl_schema_key)key,
                                  "it is not for %s, as which the column of %s was read; take it "
                                  "out, or say another type",
                                  kind_name(k), f->t->source);
    }
    return status || k != WORDS ? status : check_as(f, w);
}

/* ------------------------------------------------------------------------- center and spread -- */

static glia_status take_numbers(const gl_fitting *f, const gl_wish *w, gl_schema_key key,
                                double *to, int64_t n) {
    const gl_schema_said *said = &w->said->said[key];
    for (int64_t i = 0; i < n; i++) {
        if (!number_of(&said->item[i], &to[i]))
            return gl_wish_fail(f, w, key, "found '%.60s', expected a number", said->item[i].text);
        if (key == GL_KEY_spread && to[i] == 0)
            return gl_wish_fail(f, w, key, "found 0, by which nothing can be divided");
    }
    return GLIA_OK;
}

glia_status gl_take_scales(const gl_fitting *f, const gl_wish *w, gl_input_column *in,
                           int64_t width) {
    int64_t n = w->said->said[GL_KEY_center].items, spreads = w->said->said[GL_KEY_spread].items;
    if (n != spreads || (n != 1 && n != width))
        return gl_wish_fail(f, w, GL_KEY_center,
                            "found %lld number%s, and %lld of spread; expected %s%lld of each",
                            (long long)n, gl_plural(n), (long long)spreads,
                            width > 1 ? "1 or " : "", (long long)width);
    glia_status status = gl_set_scales(f, in, n);
    if (!status) status = take_numbers(f, w, GL_KEY_center, in->center, n);
    return status ? status : take_numbers(f, w, GL_KEY_spread, in->spread, n);
}

/* ------------------------------------------------------------------------------- all columns -- */

/* A type is said to the reader, too: what it gives then is that, but for arrays and for tables that
 * were read without the schema. */
static glia_status check_type(const gl_fitting *f, const gl_column *c, const gl_schema_column *s) {
    static const struct {
        const char *name;
        kind kind;
    } types[] = {{"number", NUMBERS},
                 {"category", TEXTS},
                 {"text", TEXTS},
                 {"date", DATES},
                 {"array", ARRAYS}};
    const char *type = gl_schema_leaves_out(s) ? NULL : gl_schema_word(&s->said[GL_KEY_type]);
    for (int i = 0; type && i < 5; i++) {
        if (strcmp(type, types[i].name) != 0 || types[i].kind == kind_of(c)) continue;
        return gl_schema_fail(f->g, f->spec->schema, s->said[GL_KEY_type].line, s->name,
                              "found the type '%s', and %s has %s there; say %s, or read the table "
                              "with the schema",
                              type, f->t->source, kind_name(kind_of(c)),
                              kind_of(c) == TEXTS ? "category" : "another type");
    }
    bool lost = type && !strcmp(type, "number") && c->lost;
    for (int64_t i = 0; lost && i < f->t->rows; i++) lost = isnan(gl_number(c, i));
    if (!lost) return GLIA_OK;
    return gl_schema_fail(f->g, f->spec->schema, s->said[GL_KEY_type].line, s->name,
                          "found the type 'number', and no cell of it in %s is one; say category",
                          f->t->source);
}

static glia_status check_target(const gl_fitting *f, const gl_column *c,
                                const gl_schema_column *role, const gl_schema_column *s) {
    const char *type = role ? gl_schema_word(&role->said[GL_KEY_type]) : NULL;
    if (type && !strcmp(type, "text"))
        return gl_schema_fail(f->g, f->spec->schema, role->said[GL_KEY_type].line, c->name,
                              "found the type 'text', and it is the target; say category");
    for (int key = 0; s && key < GL_KEYS; key++)
        if (key != GL_KEY_type && s->said[key].line)
            return gl_schema_fail(f->g, preparation_of(f), s->said[key].line, c->name,
                                  "%s: it is the target, of which only a type can be said",
                                  gl_schema_key_name[key]);
    return GLIA_OK;
}

/* What an option says of a column wins: it was typed for this training. */
static void settle(gl_fitting *f, int j, const gl_schema_column *role) {
    gl_wish *w = &f->wish[j];
    if (!w->said && role && gl_schema_leaves_out(role)) w->reason = GL_IGNORED;
    if (f->said[j] != GL_SAID_NOTHING) w->reason = GL_KEPT;
    else if (w->reason) f->said[j] = GL_SAID_IGNORED;
    else if (w->said || role) f->said[j] = GL_SAID_USED;
}

/* A preparation says no types, but whether words count. An option that makes it a category wins. */
static bool is_free_text(const gl_column *c, const gl_schema_column *role,
                         const gl_schema_column *said) {
    const char *type = role ? gl_schema_word(&role->said[GL_KEY_type]) : NULL;
    if (c->type != GLIA_CATEGORY) return false;
    if (c->role) return c->role == GL_AS_TEXT;
    return type ? !strcmp(type, "text")
                : said && (said->said[GL_KEY_words].line || said->said[GL_KEY_as].line);
}

/* A schema leaves open what it does not name: a line that was taken out leaves out no column. */
static void tell_unnamed(const gl_fitting *f, const glia_schema *schema) {
    enum { NAMED = 5 };
    gl_text list = {.g = f->g};
    int64_t count = 0, next = 0;
    for (int j = 0; j < f->t->columns; j++) {
        const char *name = f->t->column[j].name;
        const gl_schema_column *said = gl_schema_find(schema, name, next);
        if (said) next = said - schema->column + 1;
        if (said || gl_is_target(f, j) || f->t->sparse || f->said[j] == GL_SAID_IGNORED) continue;
        if (count++ < NAMED) gl_add(&list, "%s'%s'", count > 1 ? ", " : "", name);
    }
    if (count && list.s)
        gl_note(f->g,
                "%s: it does not name %s%s, so that is decided as ever ('left_out: true' or option "
                "'ignore' leaves a column out)",
                schema->source, list.s, count > NAMED ? ", ..." : "");
    gl_free(f->g, list.s);
}

glia_status gl_fit_schema(gl_fitting *f) {
    const glia_schema *schema = f->spec->schema, *preparation = preparation_of(f);
    glia_status status = GLIA_OK;
    if (schema) status = glia_schema_check(schema, f->t);
    if (!status && preparation != schema) status = glia_schema_check(preparation, f->t);
    int64_t next = 0, then = 0;
    for (int j = 0; j < f->t->columns && !status; j++) {
        const gl_column *c = &f->t->column[j];
        const gl_schema_column *role = gl_schema_find(schema, c->name, next);
        gl_wish *w = &f->wish[j];
        *w = (gl_wish){.words = w->words,
                       .pairs = true,
                       .scale = f->scale,
                       .as = f->as,
                       .length = f->spec->length,
                       .most_words = f->spec->vocabulary,
                       .divisor = f->divisor,
                       .indicator = -1,
                       .log = -1};
        w->said = gl_schema_find(preparation, c->name, then);
        if (role) next = role - schema->column + 1, status = check_type(f, c, role);
        if (w->said) then = w->said - preparation->column + 1;
        if (status) break;
        w->words |= is_free_text(c, role, w->said);
        if (gl_is_target(f, j)) status = check_target(f, c, role, w->said);
        else if (w->said) status = read_wish(f, c, w);
        if (!status) settle(f, j, role);
    }
    if (!status && schema && f->spec->notes) tell_unnamed(f, schema);
    return status;
}
