/*
 * demo.h: what the demos share. A demo is one row of a table (demo.c): a name, a line, and the
 * function that runs it. It talks on stdout, or with --json collects facts and prints them at the
 * end.
 */
#ifndef DEMO_H
#define DEMO_H

#include "../cli.h"

typedef struct lesson lesson;

typedef struct demo {
    cli c;      /* the command's, with a context of the demo's own that remembers the notes */
    bool talks; /* to people; false: --json */
    const lesson *lesson;
    int64_t rows, epochs; /* 0: the demo's own choice */
    uint64_t seed;
    bool seeded;        /* --seed was given */
    const char *report; /* path; NULL: none */
    json_t *facts;
} demo;

struct lesson {
    const char *name, *line;
    int (*run)(demo *d); /* the exit status, after an error message */
    /* The generated set of this name that it learns from and is tested on, which --report and
     * --write need. rows 0: it trains small networks on points of its own. */
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
/* lessons.c: why networks are built as they are */
int demo_symmetry(demo *d);
int demo_linear(demo *d);
int demo_saturation(demo *d);
int demo_loss(demo *d);

/* Talking; all silent with --json. */
void heading(const demo *d, const char *text);
void say(const demo *d, const char *format, ...)
    __attribute__((format(printf, 2, 3))); /* a paragraph, wrapped */
void line(const demo *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
void blank(const demo *d);
void say_decisions(const demo *d);
void say_cost(const demo *d, const glia_history *h);
void fact(demo *d, const char *name, json_t *value); /* takes over `value` */
void number_fact(demo *d, const char *name, double value);

/* The lesson's own set, to learn from and to be tested on; NULL after an error message. */
glia_table *training_table(demo *d);
glia_table *test_table(demo *d);
uint64_t seed_of(const demo *d); /* of the first; that of the second is one more */

/* The points of a table in the plane, for the demos that train on arrays. */
typedef struct points {
    int64_t rows;
    double *x, *y; /* [rows, 2], [rows] */
} points;

bool take_points(demo *d, const char *set, int64_t rows, uint64_t seed,
                 points *p); /* false after an error message */
void free_points(points *p);
glia_tensor points_x(const points *p);
glia_tensor points_y(const points *p);
/* Share of points on the right side and mean cross entropy; false after an error message. */
bool measure_points(demo *d, const glia_model *m, const points *p, double *accuracy,
                    double *log_loss);
double *param_values(const glia_model *m, const char *name, int64_t *count); /* of a double model */

#endif
