/*
 * ranges.c: the table of what a search varies, the ranges that stand in for its rows, and
 * the draws.
 *
 *     ranges.def        lr 0.0003:0.3   width 16,32,64,128,256   depth 1:3   ...
 *     the user's text   lr=0.01:1,batch=16,32     stands for two rows
 *     the recipe        option 'l2' 0.01          fixes one: it is not varied
 *     a trial           lr 0.0462   width 64   depth 2   dropout 0.25   batch 32
 *
 * Drawn at random and not on a grid: of few settings that matter, a grid of 20 trials tries two or
 * three values each, and a draw tries 20 (Bergstra and Bengio, 2012).
 */
#include "ranges.h"

#include "../base/random.h"
#include "decide.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef enum draw { LOG, WHOLE, UNIFORM } draw;

static const glia_option rows[] = {
#define RANGE(name, draw, initial, most, help)                                                     \
    {name, NULL, "LOW:HIGH|A,B,...", "ranges", initial, help},
#include "ranges.def"
#undef RANGE
};

static const struct {
    draw draw;
    double most;
} kinds[] = {
#define RANGE(name, draw, initial, most, help) {draw, most},
#include "ranges.def"
#undef RANGE
};

enum { ROWS = sizeof rows / sizeof *rows };
_Static_assert(ROWS <= GLIA_MAX_RANGES, "glia_trial has no room for so many rows");

const glia_option *glia_tune_ranges(int *count) {
    *count = ROWS;
    return rows;
}

/* ----------------------------------------------------------------------------------- reading -- */

static glia_status unknown_row(glia_ctx *g, const char *name, int length) {
    const char *names[ROWS];
    char word[64], list[160];
    snprintf(word, sizeof word, "%.*s", length, name);
    for (int i = 0; i < ROWS; i++) names[i] = rows[i].name;
    return gl_fail_word(g, GLIA_USAGE, word, names, ROWS, NULL, "range '%s': expected %s", word,
                        gl_list(names, ROWS, list, sizeof list));
}

static int find_row(const char *name, size_t length) {
    for (int i = 0; i < ROWS; i++)
        if (strlen(rows[i].name) == length && memcmp(rows[i].name, name, length) == 0) return i;
    return -1;
}

/* One number of row i, within what its option, or the table, allows. */
static glia_status read_one(glia_ctx *g, int i, const char *text, size_t length, double *value) {
    char word[40];
    snprintf(word, sizeof word, "%.*s", (int)length, text);
    bool number = gl_parse_number(word, strlen(word), '.', value) && isfinite(*value);
    /* The recipe of a trial would refuse it, too, but not before trial 7, say, has drawn it. */
    if (number && kinds[i].most == 0) { /* the option's own check and message */
        glia_recipe *r = glia_recipe_new(g);
        glia_status status = r ? glia_recipe_set(r, rows[i].name, word) : GLIA_RESOURCE;
        glia_recipe_free(r);
        if (status != GLIA_OK)
            return gl_fail(g, status, "range %s: %s", rows[i].name, glia_message(g));
    }
    bool within = kinds[i].most == 0 || (*value >= 1 && *value <= kinds[i].most);
    bool whole = kinds[i].draw != WHOLE || *value == floor(*value);
    if (number && whole && within) return GLIA_OK;
    char limit[40] = "";
    if (kinds[i].most > 0) snprintf(limit, sizeof limit, " from 1 to %g", kinds[i].most);
    return gl_fail(g, GLIA_USAGE, "range %s: '%s' is no %snumber%s", rows[i].name, word,
                   kinds[i].draw == WHOLE ? "whole " : "", limit);
}

static glia_status read_interval(glia_ctx *g, int i, const char *text, size_t length,
                                 gl_range *range) {
    const char *colon = memchr(text, ':', length);
    size_t first = (size_t)(colon - text);
    glia_status status = read_one(g, i, text, first, &range->low);
    if (status == GLIA_OK) status = read_one(g, i, colon + 1, length - first - 1, &range->high);
    if (status != GLIA_OK) return status;
    if (range->low > range->high || (kinds[i].draw == LOG && range->low <= 0)) {
        return gl_fail(g, GLIA_USAGE, "range %s is '%.*s': expected LOW:HIGH with %sLOW <= HIGH",
                       rows[i].name, (int)length, text, kinds[i].draw == LOG ? "0 < " : "");
    }
    return GLIA_OK;
}

/* "LOW:HIGH" or "A,B,C" */
static glia_status read_range(glia_ctx *g, int i, const char *text, size_t length,
                              gl_range *range) {
    range->items = 0;
    if (memchr(text, ':', length)) return read_interval(g, i, text, length, range);
    for (const char *end = text + length; text <= end;) {
        const char *comma = memchr(text, ',', (size_t)(end - text));
        size_t n = (size_t)((comma ? comma : end) - text);
        if (range->items == GL_MAX_ITEMS) {
            return gl_fail(g, GLIA_USAGE, "range %s lists more than %d values", rows[i].name,
                           GL_MAX_ITEMS);
        }
        glia_status status = read_one(g, i, text, n, &range->item[range->items++]);
        if (status != GLIA_OK) return status;
        text += n + 1;
    }
    return GLIA_OK;
}

/* How far the range goes that begins here: to the comma before the next "name=", or to the end. A
 * comma parts the values of a list and the ranges as well: "width=16,32,lr=0.01:1". */
static size_t range_length(const char *text) {
    const char *equals = strchr(text, '='), *end = equals ? equals : text + strlen(text);
    while (equals && end > text && *end != ',') end--;
    return (size_t)(end - text);
}

static glia_status replace_rows(gl_ranges *ranges, const char *text) {
    while (*text) {
        const char *equals = strchr(text, '=');
        if (!equals || equals == text) {
            return gl_fail(ranges->g, GLIA_USAGE,
                           "'%s' is no range: expected NAME=LOW:HIGH or NAME=A,B,..., such as "
                           "lr=0.001:0.1",
                           text);
        }
        int i = find_row(text, (size_t)(equals - text));
        if (i < 0) return unknown_row(ranges->g, text, (int)(equals - text));
        if (!ranges->row[i].varied) {
            return gl_fail(ranges->g, GLIA_USAGE,
                           "range %s: the options fix %s, or leave no use for it; leave out one of "
                           "the two",
                           rows[i].name, rows[i].name);
        }
        size_t length = range_length(equals + 1);
        glia_status status = read_range(ranges->g, i, equals + 1, length, &ranges->row[i]);
        if (status != GLIA_OK) return status;
        text = equals + 1 + length;
        text += *text == ',';
    }
    return GLIA_OK;
}

/* A search varies what the recipe leaves open and the training then reads. A row that is drawn
 * without being read would print settings that differ beside trainings that do not: lr with lbfgs,
 * dropout without a hidden layer, width with a network given as text. */
static bool is_varied(const char *name, const glia_recipe *r) {
    bool net = strcmp(glia_recipe_get(r, "net"), "none") != 0;
    bool linear = strcmp(glia_recipe_get(r, "hidden"), "none") == 0;
    bool whole = strcmp(glia_recipe_get(r, "sequence"), "all") == 0; /* they get a state */
    bool steps = strcmp(gl_decide_optimizer(r), "lbfgs") != 0;       /* of a length, on some rows */
    if (strcmp(name, "width") == 0 || strcmp(name, "depth") == 0)
        return !net && !whole && !gl_recipe_was_set(r, "hidden");
    if (gl_recipe_was_set(r, name)) return false;
    if (strcmp(name, "dropout") == 0) return steps && !net && !linear;
    return steps || strcmp(name, "l2") == 0;
}

glia_status gl_ranges_open(gl_ranges *ranges, glia_ctx *g, const char *text, const glia_recipe *r) {
    *ranges = (gl_ranges){.g = g};
    bool any = false;
    for (int i = 0; i < ROWS; i++) {
        const char *initial = rows[i].initial;
        glia_status status = read_range(g, i, initial, strlen(initial), &ranges->row[i]);
        if (status != GLIA_OK) return status;
        any |= ranges->row[i].varied = is_varied(rows[i].name, r);
    }
    if (!any) {
        return gl_fail(g, GLIA_USAGE,
                       "the options fix everything that a search varies: leave out one of them");
    }
    return replace_rows(ranges, text ? text : "");
}

/* ----------------------------------------------------------------------------------- drawing -- */

/* Three significant digits: as precise as a search is, and the same on every machine's libm, whose
 * pow may differ in the last bit. The text is what the training gets and what the log shows, so
 * that the command of a trial gives its very weights. */
static double rounded(double v) {
    if (v == 0) return 0;
    double scale = pow(10, 2 - floor(log10(fabs(v))));
    return round(v * scale) / scale;
}

/* u is from 0 to below 1. LOG: each factor of ten is as likely, for a rate of 0.001 differs from
 * one of 0.002 as 0.1 from 0.2. Rounding may leave the range by half a unit of the third digit. */
static double draw_between(const gl_range *range, draw kind, double u) {
    double low = range->low, high = range->high;
    if (kind == WHOLE) return low + floor(u * (high - low + 1));
    double v = kind == LOG ? low * pow(high / low, u) : low + u * (high - low);
    return fmin(fmax(rounded(v), low), high);
}

void gl_ranges_draw(const gl_ranges *ranges, uint64_t seed, int64_t trial, gl_drawn *out) {
    gl_rng stream = gl_rng_new(seed, GL_STREAM_TUNE, (uint64_t)trial);
    *out = (gl_drawn){0};
    for (int i = 0; i < ROWS; i++) {
        const gl_range *range = &ranges->row[i];
        /* Drawn for every row, varied or not: with option 'l2' set, the learning rates stay those
         * of the same search without it. */
        double u = gl_rng_uniform(&stream);
        double v = range->items > 0 ? range->item[(int)(u * range->items)]
                                    : draw_between(range, kinds[i].draw, u);
        if (range->varied) gl_print_number(v, out->value[i], sizeof out->value[i]);
    }
}
