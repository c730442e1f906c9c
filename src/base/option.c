/*
 * option.c: the check of an option's text against its row.
 *
 *     argument "N|full"           32, full                       2.5: a whole number was expected
 *     argument "auto|sgd|adam"    sgd                            adma: did you mean 'adam'?
 *     argument "RATE"             0.1, and auto if it begins so  fast
 *
 * One check serves the recipe, a configuration file, a search's ranges and glia_fit_options_set, so
 * that they refuse the same texts in the same words.
 */
#include "option.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------------------------- words -- */

/* More than the longest row has. What is beyond would be missing from a message, and from
 * nothing else. */
enum { MOST_WORDS = 32, LONGEST = 320 };

static bool is_word_of(const char *value, const char *words) {
    size_t n = strlen(value);
    for (const char *w = words; w; w = strchr(w, '|') ? strchr(w, '|') + 1 : NULL) {
        size_t length = strcspn(w, "|");
        if (length == n && memcmp(w, value, n) == 0) return true;
    }
    return false;
}

/* The words of a text, which becomes theirs. */
static int split(char *words, const char **known) {
    int count = 0;
    while (words && count < MOST_WORDS) known[count++] = strsep(&words, "|");
    return count;
}

char *gl_list_words(const char *words, char *list, size_t size) {
    char copy[LONGEST];
    const char *known[MOST_WORDS];
    snprintf(copy, sizeof copy, "%s", words);
    return gl_list(known, split(copy, known), list, size);
}

/* A flag of the command line has no argument; in a file it is true or false. */
static const char *words_of(const glia_option *o) {
    return o->argument ? o->argument : "true|false";
}

static glia_status wrong_word(glia_ctx *g, const glia_option *o, const char *value) {
    char list[LONGEST], words[LONGEST];
    const char *known[MOST_WORDS];
    snprintf(words, sizeof words, "%s", words_of(o));
    int count = split(words, known);
    return gl_fail_word(g, GLIA_USAGE, value, known, count, NULL,
                        "option '%s' is '%s', expected %s", o->name, value,
                        gl_list(known, count, list, sizeof list));
}

/* What is allowed beside a number: " or full" for "N|full", ", accuracy, f1 or youden". A word in
 * capitals (N, RATE, DATA) stands for what the user puts there, one in small letters for itself. */
static void list_or(const char *argument, char *list, size_t size) {
    size_t used = 0;
    *list = 0;
    for (const char *bar = strchr(argument, '|'); bar && used < size; bar = strchr(bar + 1, '|')) {
        bool last = !strchr(bar + 1, '|') || !islower((unsigned char)strchr(bar + 1, '|')[1]);
        if (!islower((unsigned char)bar[1])) continue;
        used += (size_t)snprintf(list + used, size - used, "%s%.*s", last ? " or " : ", ",
                                 (int)strcspn(bar + 1, "|"), bar + 1);
    }
}

/* What every option may be besides, if it begins as that: whoever has set one in a file takes it
 * back by "auto" or "none". */
static bool is_small_word(const char *value) {
    return strcmp(value, "auto") == 0 || strcmp(value, "none") == 0 || strcmp(value, "full") == 0;
}

/* ----------------------------------------------------------------------------------- numbers -- */

/* NaN is within no limits, and neither is an infinity where the table says so: an lr of inf
 * is a slip. */
bool gl_within(gl_limits limits, double value) {
    bool whole = limits.kind != GL_OPTION_WHOLE || value == floor(value);
    return isfinite(value) && value >= limits.low && value <= limits.high && whole;
}

char *gl_limits_text(gl_limits limits, char *buf, size_t size) {
    char low[40], high[40];
    const char *whole = limits.kind == GL_OPTION_WHOLE ? "whole " : "";
    gl_print_number(limits.low, low, sizeof low);
    gl_print_number(limits.high, high, sizeof high);
    if (isfinite(limits.high)) snprintf(buf, size, "%snumber from %s to %s", whole, low, high);
    else if (isfinite(limits.low)) snprintf(buf, size, "%snumber of at least %s", whole, low);
    else snprintf(buf, size, "finite number");
    return buf;
}

glia_status gl_option_check(glia_ctx *g, const glia_option *o, gl_limits limits,
                            const char *value) {
    double v;
    char range[120], words[80];
    if (!value) return gl_fail(g, GLIA_USAGE, "option '%s' needs a value", o->name);
    if (limits.kind == GL_OPTION_TEXT) return GLIA_OK;
    bool word =
        is_word_of(value, words_of(o)) || (is_small_word(value) && strcmp(value, o->initial) == 0);
    if (limits.kind == GL_OPTION_WORD) return word ? GLIA_OK : wrong_word(g, o, value);
    /* "N" typed for a number is in the argument, too. */
    if (word && islower((unsigned char)*value)) return GLIA_OK;
    if (gl_parse_number(value, strlen(value), '.', &v) && gl_within(limits, v)) return GLIA_OK;
    list_or(o->argument, words, sizeof words);
    return gl_fail(g, GLIA_USAGE, "option '%s' is '%s', expected a %s%s", o->name, value,
                   gl_limits_text(limits, range, sizeof range), words);
}
