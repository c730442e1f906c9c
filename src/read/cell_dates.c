/*
 * cell_dates.c: are all texts of a column dates, and in which order do day and month stand? One
 * above 12 anywhere in the column tells it for all:
 *
 *     03/04/2020  13/04/2020     13 is no month: day first
 *     03/04/2020  04/13/2020     month first
 *     03/04/2020  05/04/2020     either: the option 'date-order' says it
 */
#include "cells.h"

#include <math.h>
#include <string.h>

/* What MySQL writes for a date that is not known. */
static bool is_zero_date(const char *text) { return !strncmp(text, "0000-00-00", 10); }

static gl_date choose(const bool *may, gl_date wanted, bool *either) {
    if (may[GL_YMD]) return GL_YMD;
    *either = may[GL_DMY] && may[GL_MDY];
    if (!*either) return may[GL_DMY] ? GL_DMY : may[GL_MDY] ? GL_MDY : GL_NO_DATE;
    *either = !wanted;
    return wanted;
}

gl_date gl_find_date(gl_texts *x, gl_date wanted, bool *either, bool *timed) {
    bool may[GL_DATES] = {[GL_YMD] = true, [GL_DMY] = true, [GL_MDY] = true};
    int64_t dates = 0;
    *either = *timed = false;
    for (int64_t k = 0; k < x->n; k++) {
        gl_date_parts p;
        const char *text = x->c->category[k];
        if (x->kind[k] == GL_TEXT_WORD || is_zero_date(text)) continue;
        if (!gl_date_read(text, strlen(text), &p)) return GL_NO_DATE;
        for (int o = GL_YMD; o <= GL_MDY; o++) may[o] &= p.may[o];
        *timed |= p.timed;
        dates++;
    }
    gl_date order = dates ? choose(may, wanted, either) : GL_NO_DATE;
    for (int64_t k = 0; order && k < x->n; k++) {
        gl_date_parts p;
        const char *text = x->c->category[k];
        bool read = x->kind[k] != GL_TEXT_WORD && gl_date_read(text, strlen(text), &p);
        x->value[k] = read ? gl_date_days(&p, order) : NAN;
    }
    return order;
}
