/*
 * unit.c: are the numbers of a later file in the unit of training's?
 *
 *     training    later
 *     m2          ft       refused, as it would be answered as if nothing were wrong
 *     (bare)      m2       a warning: training may have meant it
 *     7.5%        0.075    a warning: a workbook has 0.075 for 7.5%
 *     $12.50      12.50    nothing: money is written with its sign or without
 *     4th         4        nothing
 *     1:05        65       nothing: seconds, as beside times they are
 *     1:05        04:35    in a workbook, as a part of a day: refused
 */
#include "pipeline_parts.h"

#include <math.h>
#include <string.h>

static const char *unit_of(const gl_dress *d) { return *d->after ? d->after : d->before; }

/* A bare 0 has every unit. NaN: there is no other number. */
static double first_number(const gl_column *c, const gl_selection *rows) {
    for (int64_t i = 0; gl_has_numbers(c) && i < rows->n; i++) {
        double v = gl_number(c, gl_selected(rows, i));
        if (isfinite(v) && v != 0) return v;
    }
    return NAN;
}

bool gl_unit_is_unsure(const gl_dress *trained, const gl_column *c, const gl_selection *rows) {
    const char *mine = unit_of(trained), *found = unit_of(&c->dress);
    if (!*mine) return *found && !c->dress.implied;
    bool may_lack = trained->implied || gl_is_currency(mine) || !strcmp(mine, GL_RANK_SUFFIX);
    return !*found && !may_lack && c->type == GLIA_NUMBER && !isnan(first_number(c, rows));
}

void gl_tell_unit(glia_ctx *g, const char *source, const gl_dress *trained, const gl_column *c,
                  const gl_selection *rows) {
    const char *mine = unit_of(trained), *found = unit_of(&c->dress);
    char number[40];
    if (*found)
        gl_warn(g,
                "%s, column '%s': found numbers in %s, and training had bare numbers; are they in "
                "%s, too?",
                source, c->name, found, found);
    else
        gl_warn(g,
                "%s, column '%s': found bare numbers such as %s, and training had numbers in %s; "
                "are they in %s, too?%s",
                source, c->name, gl_print_number(first_number(c, rows), number, sizeof number),
                mine, mine,
                strcmp(mine, "%") ? "" : " A workbook has 0.5 for 50%, which is read as 0.5%");
}

glia_status gl_check_unit(glia_ctx *g, const char *source, const gl_dress *trained,
                          const gl_column *c) {
    const char *mine = unit_of(trained), *found = unit_of(&c->dress);
    if (c->type != GLIA_NUMBER || !*mine || !*found || !strcmp(mine, found)) return GLIA_OK;
    return gl_fail(g, GLIA_INPUT,
                   "%s, column '%s': found numbers in %s, the model was trained with %s; write "
                   "them as the file of training does",
                   source, c->name, found, mine);
}
