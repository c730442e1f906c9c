/*
 * decide.h: what a careful practitioner would choose where the recipe says nothing.
 *
 * The decisions point into the recipe where they are texts of it (loss, init, aim, schedule): they
 * are valid as long as it is, but for `net` and `pinball`, which are the caller's.
 */
#ifndef GL_DECIDE_H
#define GL_DECIDE_H

#include "../prepare/pipeline.h"
#include "../net/net.h"
#include "recipe.h"

typedef struct gl_facts { /* what decisions look at */
    gl_task task;
    int64_t rows, features, outputs;
    const gl_pipeline *pipeline;
    bool validates;
    const char *net, *loss; /* settled by the model that the training goes on from; NULL: open */
    bool val_apart; /* validation rows are a table of their own, not a part of the training rows */
} gl_facts;

typedef struct gl_decisions {
    char *net;        /* the whole network, output included; for gl_free */
    const char *loss; /* NULL: from the output */
    char *pinball;    /* that of quantiles; for gl_free */
    const char *init;
    glia_fit_options fit;
    const char *aim;       /* what the threshold is to be best for; NULL: it is a number */
    const char *described; /* the option that says how to train, in place of what is usual; NULL */
    bool few;              /* few rows and nothing said about training: see small_data.c */
} gl_decisions;

/* The optimizer in force: the one asked for; else adam, or L-BFGS, which goes to the optimum, for a
 * network without hidden layers about whose training nothing was said. */
const char *gl_decide_optimizer(const glia_recipe *r);
/* The optimum of a linear model is where training ends: no validation rows are needed to stop
 * it. */
bool gl_finds_optimum(const glia_recipe *r);

/* Of a target of values: "auto", "log" or "none". */
const char *gl_decide_transform(const glia_recipe *r);
/* Fills *d and logs a note for each decision. */
glia_status gl_decide(glia_ctx *g, const glia_recipe *r, const gl_facts *facts, gl_decisions *d);

#endif
