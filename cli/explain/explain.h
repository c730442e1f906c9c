/*
 * explain.h: what the parts of `glia explain` share: a few rows followed through a network, how its
 * values are called, and where all this is written.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "../cli.h"
#include "../phrases.h"

typedef struct medium medium;

typedef struct explaining {
    cli *c;
    glia_model *model;
    glia_table *table;
    int64_t *row, rows; /* of the table, from 0; m of them */
    glia_trace_options options;
    glia_trace *trace;
    double *losses;  /* of each row, as they are measured; NULL: it has no label */
    int64_t most;    /* units and columns that are shown, of each value */
    int layer, unit; /* whose two steps are shown, from 1; 0: all of the network */
    language language;
    const medium *medium;
    FILE *f;
} explaining;

/* Texts to be freed. Step -1 is the input. "z^[1]", "a^[1]"; of other steps their name. */
bool is_recurrent(const glia_traced *s); /* h of rnn, lstm or gru */
bool is_conv(const glia_traced *s);      /* z of filters over a picture, not W a + b */
bool is_embedding(const glia_traced *s); /* e, rows of W by number */
bool is_attention(const glia_traced *s); /* z of steps that look at each other */
char *symbol_of(const explaining *e, int step);
/* "z^[1] = W^[1] a^[0] + b^[1]"; "dz^[1] = da^[1] * relu'(z^[1])". */
char *forward_formula(const explaining *e, int step);
char *backward_formula(const explaining *e, int step);
/* What unit j of a step stands for: a feature, a class; "" elsewhere. Clean, for free. */
char *unit_name(const explaining *e, int step, int64_t j);
const char *words_of(const explaining *e, phrase p);
/* Its labels in the table: "species = setosa"; "" where it has none. */
char *label_text(const explaining *e, int64_t i);
/* W (".w") or b (".b") of the layer that a step is: its number among the parameters. */
int param_of(const explaining *e, int step, const char *suffix);
/* dW = dz a' (+ what L2 and L1 add). */
char *weight_formula(const explaining *e, int step);

/* steps.c: all of it */
void explain_steps(const explaining *e);
/* How many there are, where not all are shown. */
void put_rest(const explaining *e, int64_t count, phrase what);
void add_number(grid *g, double value);
/* A table of a value, (samples, units), with a line for each unit; step -2: of no step. */
void put_value(const explaining *e, const char *symbol, int step, const glia_tensor *t);
/* losses.c: what J adds up, and what is measured; the exit status */
int measure_losses(explaining *e);
void put_losses(const explaining *e);
/* own.c: parameters of a step between layers */
void put_own_parameters(const explaining *e, int step);
void put_own_gradients(const explaining *e, int step);
/* unit.c: z and a of one unit, product by product; the exit status */
int find_unit(const explaining *e);
void explain_unit(const explaining *e);
int print_trace_json(const explaining *e);

/* ------------------------------------------------------------------------------------- media -- */

/* Where an explanation goes. Formulas are texts as a terminal shows them: put_math makes more of
 * them elsewhere. */
struct medium {
    const char *ending; /* of the file's name; NULL: the terminal */
    void (*begin)(const explaining *e);
    void (*fact)(const explaining *e, const char *name, const char *text);
    void (*part)(const explaining *e, const char *title);
    /* units 0: it has no shape */
    void (*formula)(const explaining *e, const char *formula, int64_t units, int64_t columns);
    void (*table)(const explaining *e, grid *g); /* releases it */
    void (*remark)(const explaining *e, const char *text);
    void (*pictures)(const explaining *e); /* those rows that are pictures; NULL: it has none */
    void (*end)(const explaining *e);
};

extern const medium on_terminal, in_html, in_latex;

/* Letters that have names: the gain and shift of a norm, and what it makes of a value. */
typedef enum named_letter { GAMMA, BETA, YHAT, LETTERS } named_letter;

typedef struct markup {
    const char *raised[2], *lowered[2], *word[2]; /* around them */
    const char *letter[LETTERS];
    const char *transposed, *times, *sum, *gap; /* gap: around a word of a sentence */
    void (*put)(FILE *f, const char *text);
} markup;

/* "W^[1]T dz^[1](2)_j" with its indices where they belong. */
void put_math(FILE *f, const char *formula, const markup *m);

#endif
