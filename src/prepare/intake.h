/*
 * intake.h: a pipeline's inputs in the table at hand: intake.c finds them, apply.c takes their
 * cells.
 */
#ifndef GL_INTAKE_H
#define GL_INTAKE_H

#include "pipeline_parts.h"

typedef struct gl_surprise {
    int64_t cells, row; /* how many, and where the first is */
    const gl_input_column *in;
    bool kept; /* its text is in `cell` */
    char cell[64];
} gl_surprise;

/* The category codes of a table number its texts in the order in which it shows them; those of the
 * pipeline are sorted. `feature` leads from the first to the second. */
typedef struct gl_found { /* where an input's values come from, in the table at hand */
    const gl_input_column *in;
    const gl_column *c;
    int column;           /* where it was found last */
    int32_t *feature;     /* category: of each text of the table's column, -1: unseen; [texts] */
    bool mapped;          /* feature is filled; else texts are looked up cell by cell */
    double *value;        /* category: what it knows, as numbers; [categories] */
    gl_reach reach;       /* number: what is beyond is told */
    gl_surprise tiny;     /* numbers above 0 and below reach.tiny; */
    bool usual;           /* there are others */
    bool told;            /* of its numbers' unit, or the order of its dates */
    bool valued;          /* value is filled: only where numbers stood in place of texts */
    gl_tally tally;       /* text: a cell's words */
    int64_t words, known; /* text: words, or other tokens, of all cells written */
} gl_found;

struct gl_intake {
    glia_ctx *g;
    const gl_intake *of; /* whose texts it shares; NULL: it has its own */
    const gl_pipeline *p;
    const glia_table *t;
    gl_selection rows;   /* in hand */
    gl_selection cells;  /* rows of t whose cells are read: the same, or those of all pasts */
    bool single;         /* rows of series are taken by themselves */
    const gl_past *past; /* of the rows in hand; NULL: they have none */
    int64_t fresh;       /* the first row whose cells were not written for a row before */
    gl_found *source;
    int sources, columns; /* columns: of the table before; -1: there was none */
    int64_t texts;
    gl_surprise unseen, filled, far;
};

/* A text where numbers were; NaN: it is none. */
double gl_number_of_text(const gl_intake *k, const gl_input_column *in, const char *text);
/* The feature of a text of the table's column; -1: training did not know it. */
int64_t gl_feature_of_text(const gl_found *s, int32_t code);

#endif
