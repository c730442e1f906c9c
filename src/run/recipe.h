/*
 * recipe.h: reading a recipe.
 */
#ifndef GL_RECIPE_H
#define GL_RECIPE_H

#include "../base/base.h"

glia_recipe *gl_recipe_copy(const glia_recipe *r); /* NULL: out of memory */
bool gl_recipe_was_set(const glia_recipe *r,
                       const char *name); /* by the user, to something else than "auto" */
/* The option as a number; `otherwise` when it is a word such as auto. */
double gl_recipe_number(const glia_recipe *r, const char *name, double otherwise);

#endif
