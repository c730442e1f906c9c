/*
 * demo.h: what the demos share. A demo is one row of a table (demo.c): a name, a line, and the
 * function that runs it. It talks on stdout, or with --json collects facts and prints them at the
 * end. What it claims it also measures: a claim that is not so ends it with status 1.
 */
#ifndef DEMO_H
#define DEMO_H

#include "../cli.h"

typedef struct lesson lesson;
typedef struct lines lines;

typedef struct demo {
    cli c;      /* the command's, with a context of the demo's own that remembers the notes */
    bool talks; /* to people; false: --json */
    const lesson *lesson;
    int64_t rows, epochs; /* 0: the demo's own choice */
    uint64_t seed;
    bool seeded;        /* --seed was given */
    const char *report; /* path; NULL: none */
    json_t *facts;
    lines *kept; /* lines that are not yet printed */
} demo;

/* The groups of the list, and the options that a demo has a use for. */
typedef enum lesson_group { FROM_DATA, ONE_UNIT, DESCENT, SHAPE, LESSON_GROUPS } lesson_group;
enum { SEED = 1, ROWS = 2, EPOCHS = 4, REPORT = 8, ANY = 15 };

struct lesson {
    const char *name, *line;
    int (*run)(demo *d); /* the exit status, after an error message */
    lesson_group group;
    unsigned takes; /* SEED | ROWS | EPOCHS | REPORT */
    /* The generated set of this name that it learns from and is tested on, which --write needs.
     * rows 0: it trains small networks on points of its own. */
    int64_t rows, test_rows;
    uint64_t seed;
};

/* sets.c: learning from generated data */
int demo_flower(demo *d);
int demo_moons(demo *d);
int demo_circles(demo *d);
int demo_spirals(demo *d);
int demo_xor(demo *d);
int demo_houses(demo *d);
int demo_digits(demo *d);
int demo_sine(demo *d);    /* sine.c */
int demo_letters(demo *d); /* letters.c */
/* by_hand.c: one unit and one step with every number; speed.c */
int demo_neuron(demo *d);
int demo_step(demo *d);
int demo_loops(demo *d);
/* descent.c: how the cost goes down; batches.c; overfit.c */
int demo_bowl(demo *d);
int demo_rate(demo *d);
int demo_batches(demo *d);
int demo_overfit(demo *d);
/* lessons.c: why networks are built as they are; dead.c; memory.c */
int demo_symmetry(demo *d);
int demo_linear(demo *d);
int demo_saturation(demo *d);
int demo_loss(demo *d);
int demo_dead(demo *d);
int demo_adding(demo *d);
int demo_copy(demo *d);

/* ------------------------------------------------------------------------------------ talk.c -- */

/* Talking; all silent with --json. */
void heading(const demo *d, const char *text);
void say(const demo *d, const char *format, ...)
    __attribute__((format(printf, 2, 3))); /* a paragraph, wrapped */
void line(const demo *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
void blank(const demo *d);
void say_decisions(const demo *d);
/* lines.c: lines that follow each other are printed together, when one knows how wide they are. */
lines *lines_new(void);
void lines_free(lines *l);
void keep_lines(const demo *d, const char *text);
void flush_lines(const demo *d); /* before something else is printed */
/* The columns of a picture that would like `width` with so many around it; flushes. */
int room_for(const demo *d, int width, int around);
void say_cost(const demo *d, const glia_history *h);
void fact(demo *d, const char *name, json_t *value); /* takes over `value` */
void number_fact(demo *d, const char *name, double value);
json_t *json_numbers(const double *values, int64_t count);
/* What the demo shows: the text says what was found and expected. 0, or status 1 after an error
 * message. */
int claim(const demo *d, bool holds, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Without --seed, --rows, --epochs: then what the demo is about must be seen, and is claimed. With
 * them the text says what happened. */
bool as_it_is(const demo *d);
/* next.c: commands to try after this demo, at its end. */
void say_next(demo *d);

/* ---------------------------------------------------------------------------------- arrays.c -- */

/* The lesson's own set, to learn from and to be tested on; NULL after an error message. */
glia_table *training_table(demo *d);
glia_table *test_table(demo *d);
uint64_t seed_of(const demo *d);                /* of the first; that of the second is one more */
int64_t steps_of(const demo *d, int64_t usual); /* --epochs, or `usual` */

/* Samples for the demos that train on arrays. */
typedef struct points {
    int64_t rows, columns;
    double *x, *y; /* [rows, columns], [rows] */
} points;

/* The first two columns of a set and its class; false after an error message. */
bool take_points(demo *d, const char *set, int64_t rows, uint64_t seed, points *p);
/* Houses: x the area in 100 square metres, y the price in 100,000 euro. */
bool take_houses(demo *d, int64_t rows, uint64_t seed, points *p);
void free_points(points *p);
glia_tensor points_x(const points *p);
glia_tensor points_y(const points *p);
/* Share of points on the right side and mean cross entropy; false after an error message. */
bool measure_points(demo *d, const glia_model *m, const points *p, double *accuracy,
                    double *log_loss);
double *param_values(const glia_model *m, const char *name, int64_t *count); /* of a double model */
double largest(const double *values, int64_t n);                             /* of their sizes */

/* A network in double precision; NULL after an error message. */
glia_model *network(demo *d, int64_t inputs, const char *text, const char *init, const char *loss,
                    uint64_t seed);
/* Gradient descent over all points; false after an error message. */
bool descend(demo *d, glia_model *m, const points *p, int64_t steps, double lr);

#endif
