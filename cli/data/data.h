/*
 * data.h: what the parts of `glia data` share: one look at a table.
 */
#ifndef DATA_H
#define DATA_H

#include "../cli.h"

enum { MOST_WARNINGS = 64, MOST_CLASSES = 20 };

typedef struct look {
    const cli *c;
    glia_table *table;
    int target; /* -1: none */
    int64_t head;
    glia_profile *profile;      /* [columns] */
    glia_near near, near_there; /* rows within the table, and of `against` */
    glia_table *against;        /* NULL: none was given */
    glia_drift *drift;          /* [columns] from table to against */
    int warnings;
    char warning[MOST_WARNINGS][256];
} look;

typedef struct balance {
    int column; /* -1: none */
    int classes;
    char *class[MOST_CLASSES];
    int64_t count[MOST_CLASSES];
} balance;

/* columns.c */
const char *type_name(const glia_column *k);
void print_columns(const look *l);
/* Into bin, which is clear; how many bins there are. */
int count_bins(const glia_table *t, int column, double bin[12]);
char *categories(const glia_table *t, int column);

/* page.c: all of it as an HTML page; the exit status. */
int write_page(const look *l, const char *path);

/* profile.c: what every column is like, and what a careful reader remarks on it; the status. */
int find_profiles(look *l);
/* The limit from which on the doctor would say it, by the illness's name. */
double limit_of(const char *illness);
void remark(look *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "12 rows ...", for free; NULL: none is near another one. */
char *near_text(const look *l);
void remark_near(look *l, const glia_near *n, const glia_table *of);
void add_profile_json(const look *l, int column, json_t *j);

/* drift.c: what has changed from the table to --against. */
int find_drift(look *l);
void print_drift(const look *l);
json_t *json_drift(const look *l);

/* balance.c: the classes of the target, when they are classes to training and few. */
balance balance_of(const cli *c, const glia_table *t, int column);
void free_balance(balance *b);
void print_balance(const glia_table *t, const balance *b, bool asked);

/* pictures.c: what the files were. What flatters a score is remarked on: copies, and what tells
 * classes apart without being seen in them. Where a status is returned, it is the exit status. */
void print_pictures(const look *l);
int remark_pictures(look *l);
json_t *json_pictures(const look *l);
/* Behind find_drift: those of --against that are alike ones of the table. */
int remark_pictures_of(look *l, const glia_table *against);

/* look.c: each returns the exit status. */
int print_look(const look *l);
int print_look_json(const look *l);

/* parts.c: the table as CSV, whole or in two parts; each returns the exit status. */
int convert(const look *l, const char *path);
int split(const look *l, const char *fractions, const char *convert_to);

#endif
