/*
 * report.h: a training, or an evaluation, as one self-contained HTML page: no script, nothing from
 * the network, light and dark, printable.
 */
#ifndef REPORT_H
#define REPORT_H

#include "../cli.h"
#include "../phrases.h"

/* What the page is made of. Everything but model and report may be NULL: its section is then left
 * out. */
typedef struct report_input {
    const char *title;   /* NULL: the name of the table */
    const char *summary; /* a paragraph below the sentences that the page makes itself */
    language lang;
    const glia_model *model;
    const glia_report *report;
    const glia_table *train;      /* NULL: the model is measured on `test`, not trained */
    const glia_table *val;        /* validation rows that are a table of their own */
    const glia_table *test;       /* labelled, as train */
    const glia_evaluation *shown; /* of `rows`: for images and mistakes */
    const glia_table *rows;       /* NULL: test, else train */
    const char *rows_part;        /* whose they are: "validation" */
    const int64_t *row;  /* which row of the file each of them is; NULL: their own numbers */
    const char *command; /* as typed */
    const char *data; /* where they come from; NULL: the name of `train`, with a file's SHA-256 */
    const char *seed;
    const glia_folds *folds;
    const glia_importances *importances; /* columns of `weighed` */
    const glia_table *weighed;
    const char *weighed_part; /* "test" */
} report_input;

extern const char report_style[]; /* the stylesheet */

/* A digit of a table and the padding of its cells, in rem, as style.c has them. */
#define DIGIT_WIDTH 0.56
#define CELL_PADDING 1.1
/* Rules by which say_scrolls speaks where a table does not fit; they stand in the stylesheet. */
void width_rules(FILE *f);
/* In front of a table `width` rem wide. */
void say_scrolls(FILE *f, language lang, double width);

/* activations.c: what each layer of a network answers to the picture `path`, as a page; the exit
 * status. */
int write_activations(const cli *c, const glia_model *m, const char *path, const char *to);

/* Writes the page atomically. Returns the exit status, after an error message. */
int report_write(const cli *c, const char *path, const report_input *in);
/* training.c: what a training gave, with what columns are worth. */
int report_training(const cli *c, const training *t, const char *path);

#endif
