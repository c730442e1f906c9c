/*
 * cell_durations.c: spans of time among the texts of a column become seconds.
 *
 *     3:10  1:02:03  59.5       seconds; a bare number beside them is one of seconds
 *     1 h 5 min  45 min         each has its units
 *     3:10  4:02  soon          nearly all are: the others are missing, with a warning
 */
#include "../table/duration.h"
#include "cells.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct spans {
    int64_t sure, others;      /* different texts: with colons or two units; none */
    int64_t texts;             /* all that are one */
    int64_t first, pair;       /* a sure one; one of minutes and seconds; -1 */
    int64_t three;             /* one of hours, minutes and seconds; -1 */
    bool clock;                /* all pairs may be hours and minutes, one begins with a 0 */
    int64_t padded;            /* pairs that begin so */
    int64_t bare;              /* a number without a unit; -1 */
    int64_t slip;              /* the first that is none; -1 */
    int64_t zoned, other_zone; /* the first with a zone, with another; -1 */
    const char *zone;          /* of the first */
} spans;

/* Of a million names no more than the first are tried. */
static bool are_hopeless(const spans *s) { return s->others > 100 + s->texts / 4; }

static void look_at_zone(spans *s, int64_t k, const char *zone) {
    if (zone && s->zoned < 0) s->zoned = k, s->zone = zone;
    if (zone && s->other_zone < 0 && strcmp(zone, s->zone) != 0) s->other_zone = k;
}

static bool look_at_text(gl_texts *x, int64_t k, spans *s) {
    gl_duration d;
    const char *text = x->c->category[k];
    double v;
    if (gl_duration_read(text, strlen(text), &d)) {
        bool sure = d.colons || d.units > 1;
        x->value[k] = d.seconds;
        look_at_zone(s, k, d.zone);
        s->sure += sure;
        if (sure && s->first < 0) s->first = k;
        if (d.colons == 1 && s->pair < 0) s->pair = k;
        if (d.colons == 2 && s->three < 0) s->three = k;
        if (d.colons == 1) s->clock &= d.seconds < 24 * 60, s->padded += *text == '0';
        return true;
    }
    if (!gl_parse_number(text, strlen(text), x->t->decimal, &v) || !isfinite(v)) return false;
    x->value[k] = v;
    if (s->bare < 0) s->bare = k;
    return true;
}

static spans look_at_texts(gl_texts *x) {
    spans s = {.first = -1,
               .pair = -1,
               .three = -1,
               .clock = true,
               .bare = -1,
               .slip = -1,
               .zoned = -1,
               .other_zone = -1};
    for (int64_t k = 0; k < x->n && !are_hopeless(&s); k++) {
        if (x->kind[k] == GL_TEXT_WORD) continue;
        if (look_at_text(x, k, &s)) s.texts++;
        else if (!s.others++) s.slip = k;
    }
    return s;
}

static void forget(gl_texts *x) {
    for (int64_t k = 0; k < x->n; k++) x->value[k] = NAN;
}

/* Enough of them tell by themselves; others are few, as in cells.c and cell_dates.c. */
static bool are_spans(const gl_texts *x, const spans *s, int64_t *others) {
    int64_t good = 0;
    *others = 0;
    if (!s->sure || are_hopeless(s) || 4 * s->sure < s->texts) return false;
    if (!s->others) return true;
    for (int64_t i = 0; i < x->t->rows; i++) {
        int32_t k = x->c->code[i];
        if (k < 0 || x->kind[k] == GL_TEXT_WORD) continue;
        isnan(x->value[k]) ? ++*others : ++good;
    }
    return s->texts >= 3 && good >= 4 * *others && (s->others <= 3 || 20 * *others <= good);
}

/* ----------------------------------------------------------------------------------- telling -- */

static void tell(const gl_texts *x, const spans *s) {
    int64_t k = s->pair >= 0 ? s->pair : s->first;
    char value[40], bare[120] = "";
    if (s->bare >= 0)
        snprintf(bare, sizeof bare, ", and a bare '%.40s' as so many seconds",
                 x->c->category[s->bare]);
    if (s->three >= 0 && s->pair >= 0 && s->clock && s->padded)
        gl_warn(x->t->g,
                "%s, column '%s': '%s' is read as %s seconds, beside '%s' with its hours; is it "
                "hours and minutes, too? Then write %s:00",
                x->t->source, x->c->name, x->c->category[s->pair],
                gl_print_number(x->value[s->pair], value, sizeof value), x->c->category[s->three],
                x->c->category[s->pair]);
    else
        gl_note(x->t->g,
                "%s, column '%s': spans of time, '%s' is read as %s seconds%s%s (option 'category' "
                "'%s' reads texts)",
                x->t->source, x->c->name, x->c->category[k],
                gl_print_number(x->value[k], value, sizeof value), bare,
                s->pair >= 0 ? "; where it is hours and minutes, as so many minutes" : "",
                x->c->name);
}

static void tell_slips(const gl_texts *x, const spans *s, int64_t others, bool trained) {
    const char *text = x->c->category[s->slip], *name = x->c->name;
    char end[400];
    if (trained) snprintf(end, sizeof end, "these are missing, as training read numbers");
    else
        snprintf(end, sizeof end,
                 "these are missing (option 'missing' '%.60s' says so; option 'category' '%s' "
                 "reads all as texts)",
                 text, name);
    gl_warn(
        x->t->g,
        "%s, column '%s': spans of time and %lld other text%s, the first '%.60s' in %s %lld; %s",
        x->t->source, name, (long long)others, others == 1 ? "" : "s", text, gl_row_word(x->t),
        (long long)gl_texts_line(x, s->slip, GL_TEXT_OTHER), end);
}

bool gl_settle_durations(gl_texts *x, const gl_cell_signs *signs, gl_words_found *words,
                         glia_status *status) {
    spans s = look_at_texts(x);
    int64_t others;
    if (!are_spans(x, &s, &others)) return forget(x), false;
    if (others) tell_slips(x, &s, others, signs->trained);
    if (!signs->trained) tell(x, &s);
    if (s.other_zone >= 0) gl_tell_zones(x, s.zoned, s.other_zone);
    gl_texts_words(x, words);
    *status = gl_texts_become(x, signs->spelt, false);
    x->c->dress = (gl_dress){.decimal = x->t->decimal, .after = "seconds", .implied = true};
    return true;
}
