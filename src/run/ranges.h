/*
 * ranges.h: where a search looks, and what it draws there.
 */
#ifndef GL_RANGES_H
#define GL_RANGES_H

#include "recipe.h"

/* Of a list. A longer one is an interval, written out. */
enum { GL_MAX_ITEMS = 32 };

typedef struct gl_range { /* one row of ranges.def, in force */
    bool varied;          /* the recipe leaves it open, and it means something there */
    double low, high;     /* of LOW:HIGH */
    int items;            /* of a list; 0: LOW:HIGH */
    double item[GL_MAX_ITEMS];
} gl_range;

typedef struct gl_ranges {
    glia_ctx *g;
    gl_range row[GLIA_MAX_RANGES];
} gl_ranges;

/* The rows for a recipe; text: "lr=1e-4:1e-1,width=32,64" stands for theirs (NULL: none does). */
glia_status gl_ranges_open(gl_ranges *ranges, glia_ctx *g, const char *text, const glia_recipe *r);

/* A number as text for each row that is varied; "" for the others. */
typedef struct gl_drawn {
    char value[GLIA_MAX_RANGES][40];
} gl_drawn;
/* Depends on seed and trial only: what one row gives does not change when another is fixed. */
void gl_ranges_draw(const gl_ranges *ranges, uint64_t seed, int64_t trial, gl_drawn *out);

#endif
