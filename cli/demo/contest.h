/*
 * contest.h: one data set, and networks that try it in turn, the plainest first.
 */
#ifndef CONTEST_H
#define CONTEST_H

#include "demo.h"

typedef struct contender {
    const char *title;
    const char *options; /* "hidden=4 activation=tanh"; the rest is glia's choice */
} contender;

typedef struct contest {
    const char *title, *intro;
    contender contender[4]; /* ended by one without a title */
} contest;

/* A contest under way: the data, and the latest contender's model. */
typedef struct stage {
    demo *d;
    const contest *contest;
    glia_table *train, *test;
    glia_model *model;
    glia_report *report;
    grid results;
    json_t *facts;
    double plainest, last; /* the test score of the first contender, and of the latest one */
} stage;

/* Introduces, trains every contender, shows the table and the cost of the last one. Returns
 * the exit status; the stage has to be cleared in any case. */
int hold_contest(stage *s, demo *d, const contest *k);
void clear_stage(stage *s);
/* A contest in the plane: the boundary of the last contender, and what is to be learned from it. */
int plane_contest(demo *d, const contest *k, const char *moral);
/* Of other numbers than the demo's own nothing is claimed. */
int claim_better(const stage *s, double plainest, double last);
int write_demo_report(const stage *s, const char *summary);

#endif
