/*
 * predict.h: the answers of a model for the rows of a table, and the ways to write them.
 */
#ifndef PREDICT_H
#define PREDICT_H

#include "../cli.h"

enum { MOST_KEPT = 64 };

typedef struct prediction {
    cli *c;
    glia_model *model;
    glia_table *table, *good; /* good: the rows that can be answered; NULL: all can */
    glia_predictions *p;
    char *layer;       /* "fc1": p is what this layer computes; NULL: p are answers */
    double *losses;    /* of each row that p has; NULL: not wanted */
    const char *score; /* of which they are the parts: "loss", "mse" */
    int kept, keep[MOST_KEPT];
} prediction;

/* A line of the output, in the order of the file. */
typedef struct line {
    int64_t row;             /* of the table; -1: a bad row that is not in it */
    int64_t answer;          /* its row in the predictions; -1: a bad row */
    int64_t rows, bad, good; /* seen so far */
} line;
bool next_line(const prediction *a, line *at); /* false: there is none */

/* Pictures are known by their paths, "" where there is none. */
bool has_names(const prediction *a);
const char *name_of(const prediction *a, const line *at);

void say_written(const prediction *a, const char *path);
/* forecast.c: --steps, with the exit status. */
int forecast(prediction *a);
/* The exit status; what it was is said. */
int write_csv(const prediction *a);
int write_json(const prediction *a);
int write_npy(const prediction *a);

#endif
