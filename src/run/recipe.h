/*
 * recipe.h: reading a recipe.
 *
 * A recipe may be NULL: nothing is set in it. A text that glia_recipe_get gives is valid until the
 * option is set again or the recipe is freed.
 */
#ifndef GL_RECIPE_H
#define GL_RECIPE_H

#include "../base/base.h"

/* r NULL: a recipe in which nothing is set. NULL: out of memory. */
glia_recipe *gl_recipe_copy(glia_ctx *g, const glia_recipe *r);
bool gl_recipe_was_set(const glia_recipe *r,
                       const char *name); /* by the user, to something else than "auto" */
/* Says which columns there are, and how they become features; NULL: nobody does. */
const glia_schema *gl_recipe_schema(const glia_recipe *r);
const glia_schema *gl_recipe_preparation(const glia_recipe *r);
/* recipe_words.c: what its row cannot say of a text. */
glia_status gl_recipe_check(glia_ctx *g, const char *name, const char *value);
/* The option as a number; `otherwise` when it is a word such as auto. */
double gl_recipe_number(const glia_recipe *r, const char *name, double otherwise);

#endif
