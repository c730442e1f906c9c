/*
 * reach.c: how far a number may lie outside of what training had before its answer means nothing:
 * another unit, a slip, a word for missing such as 999.
 *
 *     training    32.5 ........ 42.0              low 23, high 51.5: once more its width
 *     later       999                             a warning
 *
 * Where a logarithm is learned the width is that of the logarithms, and what is below 0 has none.
 * The numbers of a normal distribution lie within 9 deviations then.
 *
 *     training    1000 ........ 99000             kilograms in place of grams lie within a width:
 *     later       1, 50, 99                       all of a file below a tenth of the least, and
 *                                                 above 0, are told
 */
#include "pipeline_parts.h"

#include <math.h>
#include <stdio.h>

/* Models of before, and of a few rows, have no range: then it is so many deviations. */
#define DEVIATIONS 10

/* Of kilograms and grams, per cent and shares, thousands and ones; one number alone may be so small
 * among others that are not. */
#define TINY 0.1

static gl_reach by_scale(const gl_input_column *in) {
    if (in->scales != 1) return (gl_reach){-INFINITY, INFINITY, 0};
    double far = DEVIATIONS * fabs(in->spread[0]), low = in->center[0] - far,
           high = in->center[0] + far;
    return in->log > 0 ? (gl_reach){0, in->log * expm1(high), 0} : (gl_reach){low, high, 0};
}

gl_reach gl_reach_of(const gl_input_column *in) {
    if (in->date || in->type != GLIA_NUMBER) return (gl_reach){-INFINITY, INFINITY, 0};
    if (!(in->least < in->most)) return by_scale(in);
    const double tiny = TINY * in->least;
    if (!(in->log > 0) || in->least < 0)
        return (gl_reach){in->least - (in->most - in->least), in->most + (in->most - in->least),
                          tiny};
    double least = log1p(in->least / in->log), most = log1p(in->most / in->log);
    return (gl_reach){fmax(0, in->least - (in->most - in->least)),
                      in->log * expm1(most + (most - least)), tiny};
}

/* "999 is far outside of what training had, 32.5 to 42" */
void gl_tell_far(glia_ctx *g, const gl_input_column *in, const char *where, const char *cell,
                 int64_t cells) {
    char range[120], least[40], most[40];
    if (in->least < in->most)
        snprintf(range, sizeof range, "far outside of what training had, %s to %s",
                 gl_print_number(in->least, least, sizeof least),
                 gl_print_number(in->most, most, sizeof most));
    else
        snprintf(range, sizeof range, "more than %d deviations away from what training had",
                 DEVIATIONS);
    gl_warn(g,
            "%s, column '%s': %s is %s (%lld such cell%s); another unit, a slip, or a word for "
            "missing (option 'missing')?",
            where, in->name, cell, range, (long long)cells, gl_plural(cells));
}
