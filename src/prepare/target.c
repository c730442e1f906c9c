/*
 * target.c: a target of values on its way into what the network learns, and the way back.
 *
 *     regression    (y - 186468) / 100890           mean + deviation a
 *     with a log    (log y - 12.0) / 0.54           1.19 exp(mean + deviation a)
 *     count         y / 3.2                         3.2 a, where a = exp z
 *     quantiles     as regression                   each, then in ascending order
 */
#include "pipeline_parts.h"

#include <math.h>

double gl_target_learned(const gl_pipeline *p, const gl_target *t, double value) {
    if (p->task == GL_COUNT && value < 0) return NAN;
    if (t->log) value = value + t->shift > 0 ? log(value + t->shift) : NAN;
    return (value - t->mean) / t->deviation;
}

const char *gl_expected_value(const gl_pipeline *p, const gl_target *t) {
    if (p->task == GL_COUNT) return "a count, 0 or more";
    if (!t->log) return "a number";
    return t->shift > 0 ? "a number above -1, for log(1 + y) is learned"
                        : "a number above 0, for its logarithm is learned";
}

static double value_of(const gl_target *t, double learned) {
    double value = t->mean + t->deviation * learned;
    return t->log ? t->lift * exp(fmin(value, 700)) - t->shift : value; /* exp 710 is infinite */
}

/* Each quantile has an output of its own, and nothing in the network keeps two from crossing.
 * Values that are put in order lie nearer to the true quantiles, never farther (Chernozhukov,
 * Fernandez-Val and Galichon, "Quantile and probability curves without crossing", 2010). */
static void ascend(double *value, int n) {
    for (int i = 1; i < n; i++)
        for (int j = i; j > 0 && value[j - 1] > value[j]; j--) {
            double larger = value[j - 1];
            value[j - 1] = value[j], value[j] = larger;
        }
}

/* exp of a mean of logarithms is a median where they are symmetric, below the mean: an rmse, and
 * whoever adds predictions up, asks for means. So answers are lifted until their sum over the
 * training rows is that of the target: the ratio estimator, which needs no law of the errors, in
 * the place of exp(s^2 / 2). It changes no order, and quantiles need none. */
void gl_pipeline_lift(gl_pipeline *p, const double *value, const double *truth,
                      const double *weight, int64_t rows) {
    for (int k = 0; k < p->targets && !p->quantiles; k++) {
        gl_target *t = &p->target[k];
        double said = 0, is = 0;
        for (int64_t i = 0; t->log && i < rows; i++) {
            double w = weight ? weight[i] : 1;
            said += w * (value[i * p->targets + k] + t->shift);
            is += w * (truth[i * p->targets + k] + t->shift);
        }
        if (said > 0 && is > 0 && isfinite(is / said)) t->lift *= is / said;
    }
}

bool gl_pipeline_logs(const gl_pipeline *p) {
    for (int k = 0; k < p->targets; k++)
        if (p->target[k].log) return true;
    return false;
}

void gl_pipeline_undo(const gl_pipeline *p, double *value, int64_t rows) {
    int64_t outputs = gl_pipeline_outputs(p);
    for (int64_t j = 0; j < outputs; j++) {
        const gl_target *t = &p->target[p->quantiles ? 0 : j];
        for (int64_t i = j; i < rows * outputs; i += outputs) value[i] = value_of(t, value[i]);
    }
    for (int64_t i = 0; p->quantiles && i < rows; i++) ascend(value + i * outputs, p->quantiles);
}
