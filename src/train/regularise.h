/*
 * regularise.h: what stands beside the loss to keep a network from learning too well.
 */
#ifndef GL_REGULARISE_H
#define GL_REGULARISE_H

#include "train.h"

/* Checks l1, clip_norm, clip_value, max_norm, label_smoothing and weights against the network and
 * the optimizer, and writes them into *spec. */
glia_status gl_regularise(glia_ctx *g, const glia_model *m, const glia_fit_options *o,
                          const gl_optimizer *optimizer, gl_plan_spec *spec);

#endif
