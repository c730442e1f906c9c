/*
 * go_on.h: a training that goes on from a model.
 */
#ifndef GL_GO_ON_H
#define GL_GO_ON_H

#include "../product/model.h"
#include "recipe.h"

/* What is said, and what the model's training had where nothing is. NULL: it says what the model
 * settles. */
glia_recipe *gl_go_on_recipe(glia_ctx *g, const glia_model *m, const glia_recipe *said);
gl_pipeline *gl_go_on_pipeline(glia_ctx *g, const glia_model *m);
/* The data that m learned from, its own beginning included; for gl_free. */
char *gl_go_on_history(glia_ctx *g, const glia_model *m);
void gl_go_on_weights(glia_model *to, const glia_model *from);

#endif
