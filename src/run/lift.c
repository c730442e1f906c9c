/*
 * lift.c: where the logarithm of a target was learned, answers become means in its own units
 * (target.c says why), by the rows that the network has learned from.
 */
#include "training.h"

glia_status gl_lift_answers(training *r) {
    if (!gl_pipeline_logs(r->pipeline)) return GLIA_OK;
    double loss;
    glia_evaluation e;
    glia_status status = gl_part_answer(&r->train, r->model, &e, &loss);
    if (status == GLIA_OK)
        gl_pipeline_lift(r->pipeline, e.answers.value, e.truth, r->train.counts, e.answers.rows);
    gl_evaluation_clear(r->g, &e);
    return status;
}
