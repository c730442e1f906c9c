/*
 * examine.h: what the files of the doctor's look at a finished training share.
 */
#ifndef GL_EXAMINE_H
#define GL_EXAMINE_H

#include "training.h"

/* Why a column of the training table is not learned from; "": it is; NULL: the target. */
const char *gl_left_out(const training *r, int column);
/* examine_scores.c: findings about what was learned, after those about the data. */
void gl_examine_scores(const training *r, const glia_report *report);

#endif
