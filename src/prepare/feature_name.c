/*
 * feature_name.c: what a feature is called: by its column, and where that has several, by which of
 * them it is. The order is that in which apply.c writes them.
 *
 *     age            colour = red        review: excellent       when, month       x[3]
 *     age missing    (one for a text)    (one for a word)        (of a date)       x[3] missing
 *                                        review, how many        review[3]         (of a sequence)
 */
#include "pipeline_parts.h"

static void add_part(gl_text *t, const gl_input_column *in, int64_t k) {
    for (int part = 0; part < GL_DATE_PARTS; part++)
        if (in->parts >> part & 1 && k-- == 0) gl_add(t, ", %s", gl_part_name[part]);
}

static void add_value(gl_text *t, const gl_input_column *in, int64_t k) {
    int64_t width = in->features - in->gaps, at = k < width ? k : in->gap[k - width];
    if (width > 1) gl_add(t, "[%lld]", (long long)at + 1);
    if (k >= width) gl_add(t, " missing");
}

static void add_step(gl_text *t, const gl_input_column *in, int64_t k) {
    if (k == 0) gl_add(t, ", how many %s", gl_text_as_name[in->words->as]);
    else gl_add(t, "[%lld]", (long long)k);
}

static void add_which(gl_text *t, const gl_input_column *in, int64_t k) {
    int64_t own = in->features - in->indicator;
    if (in->type == GLIA_ARRAY) add_value(t, in, k);
    else if (gl_is_sequence(in->words)) add_step(t, in, k);
    else if (in->indicator && k == own) gl_add(t, " missing");
    else if (in->words) gl_add(t, ": %s", in->words->word[k]);
    else if (in->type == GLIA_CATEGORY) gl_add(t, " = %s", in->category[k]);
    else if (in->date) add_part(t, in, k);
}

char *gl_pipeline_feature_name(glia_ctx *g, const gl_pipeline *p, int64_t k) {
    gl_text t = {.g = g};
    const int64_t steps = gl_steps(p);
    k -= gl_leading(p);
    if (k < 0) gl_add(&t, "rows");
    const bool inside = k >= 0 && k < steps * p->features;
    const int64_t before = inside ? steps - 1 - k / p->features : 0, row = k / p->features + 1;
    if (inside) k %= p->features;
    for (int i = 0; i < p->inputs; i++) {
        const gl_input_column *in = &p->input[i];
        if (in->reason || k < in->first || k >= in->first + in->features) continue;
        gl_add(&t, "%s", in->name);
        add_which(&t, in, k - in->first);
        if (p->series.whole) gl_add(&t, ", row %lld", (long long)row);
        else if (before > 0)
            gl_add(&t, ", %lld row%s before", (long long)before, gl_plural(before));
    }
    return gl_text_end(&t);
}
