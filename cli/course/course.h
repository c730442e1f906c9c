/*
 * course.h: the published tables of the course beside what glia computes. A lesson is a row of a
 * table (course.c) with the function that computes it and calls compare() for each table.
 */
#ifndef COURSE_H
#define COURSE_H

#include "../cli.h"

/* One table as it was printed: texts separated by blanks. */
typedef struct published {
    const char *of, *item; /* "planar", "train.costs" */
    const char *source;    /* repository, commit, notebook, cell */
    const char *printed;
    int from;        /* numbers from this one on ... */
    double relative; /* ... may be off by this share; 0: no digit may differ */
    const char *why;
} published;

const published *find_published(const char *of, const char *item);

typedef struct course {
    cli *c;
    glia_ctx *g; /* of its own: what a lesson decides was decided by the course */
    json_t *items, *runs;
    int same, near, off;
} course;

typedef struct lesson {
    const char *name, *line;
    const char *needs;                       /* files; NULL: none */
    int (*run)(course *k, const char *name); /* the exit status, after an error message */
} lesson;

/* Numbers `first` and on of a published table against n that were found; every: iterations between
 * two of them, or SCORES of training and test, or 0. */
enum { SCORES = -1 };

void compare_part(course *k, const char *of, const char *item, const double *found, int first,
                  int n, int every);
void compare(course *k, const char *of, const char *item, const double *found, int n);

/* trainings.c, functions.c, steps.c, hidden.c, conv.c, rnn.c, slip.c */
int run_trainings(course *k, const char *name);
int run_basics(course *k, const char *name);
int run_logistic(course *k, const char *name);
int run_weights(course *k, const char *name);
int run_steps(course *k, const char *name);
int run_hidden(course *k, const char *name);
int run_updates(course *k, const char *name);
int run_conv(course *k, const char *name);
int run_rnn(course *k, const char *name);
int run_slip(course *k, const char *name);
/* data.c: the two files of cat images, where --data says or in a folder of the usual names; for
 * free. The exit status. */
int find_cats(const cli *c, char **train, char **test);
extern const char cat_files[];

#endif
