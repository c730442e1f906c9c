/*
 * explain.h: what the parts of `glia explain` share: a few rows followed through a network, and how
 * its values are called.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "../cli.h"

typedef struct explaining {
    cli *c;
    glia_model *model;
    glia_table *table;
    int64_t *row, rows; /* of the table, from 0; m of them */
    glia_trace_options options;
    glia_trace *trace;
    int64_t most; /* units and columns that are shown, of each value */
} explaining;

/* Texts to be freed. Step -1 is the input. "z^[1]", "a^[1]"; of other steps their name. */
char *symbol_of(const explaining *e, int step);
/* "z^[1] = W^[1] a^[0] + b^[1]"; "dz^[1] = da^[1] * relu'(z^[1])". */
char *forward_formula(const explaining *e, int step);
char *backward_formula(const explaining *e, int step);
/* What unit j of a step stands for: a column of the data, a class; "" elsewhere. */
const char *unit_name(const explaining *e, int step, int64_t j);
/* Its labels in the table: "species = setosa"; "" where it has none. */
char *label_text(const explaining *e, int64_t i);
/* W (".w") or b (".b") of the layer that a step is: its number among the parameters. */
int param_of(const explaining *e, int step, const char *suffix);
/* dW = dz a' (+ what L2 and L1 add). */
char *weight_formula(const explaining *e, int step);

void print_trace(const explaining *e);
int print_trace_json(const explaining *e);

#endif
