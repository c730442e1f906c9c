/*
 * cli.h: what the commands of the `glia` program share.
 *
 * One command is one file and one `const command`: its name, its options, its examples and the
 * function that runs it. main.c finds the command, options.c reads the command line into a `cli`,
 * and the command's run function does the work and returns the exit status. Help, manual page,
 * completion and configuration keys come from the same tables.
 *
 * Results go to stdout; notes, warnings, errors and progress go to stderr.
 */
#ifndef CLI_H
#define CLI_H

#include <glia/glia.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

#include "options.h"
#include "text.h"

/* ---------------------------------------------------------------------------------- commands -- */

typedef struct cli cli;

/* Tables of options that several commands take. */
enum { READING = 1, TRAINING = 2, MAKING = 4, COLUMNS = 8 };

typedef struct command {
    const char *name, *alias;   /* "train", "fit" */
    const char *usage;          /* "DATA [-o MODEL]" */
    const char *summary;        /* one line */
    const char *text;           /* what it does: paragraphs separated by empty lines */
    int min, max;               /* how many operands */
    const char *(*word)(int i); /* of operands that are words the i-th, at the end NULL; or NULL */
    unsigned
        shared; /* READING | TRAINING | MAKING | COLUMNS, of TRAINING those that name columns */
    const glia_option *options;  /* its own, ended by {NULL}; an alias of one letter is -o */
    const char *const *examples; /* a command line, then what it does, ...; NULL */
    int (*run)(cli *c);
    /* What it searches, for the help; NULL: nothing. */
    const glia_option *(*ranges)(int *count);
} command;

extern const command train_command, tune_command, predict_command, eval_command, show_command,
    check_command, explain_command, data_command, demo_command, course_command, bench_command,
    help_command;
extern const command *const commands[];        /* in the order of the help; NULL at the end */
const command *find_command(const char *name); /* by name or alias; NULL: none */
int unknown_command(const char *name);         /* the exit status, after the message */

/* --schema and --prepare. */
enum { SCHEMAS = 2 };
extern const char *const schema_options[SCHEMAS];

typedef struct config_schema { /* in a configuration file */
    char *source;              /* a file, or the configuration that holds `text`; NULL: none */
    char *text;                /* NULL: source has it */
} config_schema;

struct cli {
    const command *command;
    option_set options;
    int operands;
    char **operand;
    bool json, quiet;
    int64_t max_bytes; /* of glia_settings */
    glia_ctx *g;
    glia_recipe *recipe; /* of commands with TRAINING: the options, set and checked */
    const char *begin;   /* --init names this model; NULL: none */
    config_schema configured[SCHEMAS];
    glia_schema *schema[SCHEMAS]; /* NULL: there is none to obey */
    char *line;                   /* the command that gives this result, quoted for a shell */
    char **notes;                 /* what the library decided, in order: for the report */
    int note_count;
    struct progress *progress; /* what notes have to clear from the terminal first; or NULL */
};

/* The text of an option: as given by flag, environment or file; NULL when it was not given. */
const char *given(const cli *c, const char *name);
bool is_on(const cli *c, const char *name); /* a switch */
/* On this command line, and not in the environment or a file for all commands. */
bool is_typed(const cli *c, const char *name);
const char *val_file(const cli *c); /* --val when it names data, no fraction or "none"; or NULL */
/* Numbers with a range; *value stays when the option was not given. false: wrong, and was told. */
bool given_number(const cli *c, const char *name, double low, double high, double *value);
bool given_int(const cli *c, const char *name, int64_t low, int64_t high, int64_t *value);

/* ---------------------------------------------------------------------------------- messages -- */

/* One line "glia: error: ..." on stderr; returns the status. Control characters are escaped. */
int fail(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool has_failed(void); /* and told it */
/* The same with the last failure of the library. */
int failed(const cli *c);
/* What the library says: a warning is printed, a note kept in c->notes and returned (else NULL). */
const char *hear(cli *c, glia_level level, const char *text);
/* "glia: ..." unless --quiet, and "glia: warning: ...". */
void note(const cli *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
void warn(const cli *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ------------------------------------------------------------------------ training (train.c) -- */

/* Everything that one training needs and leaves. */
typedef struct training {
    cli *c;
    char *path; /* of the model */
    glia_table *train, *val, *test;
    glia_model *begin; /* of --init; NULL: none */
    glia_model *model;
    glia_report *report;
    glia_checkpoint checkpoint;
    glia_folds *folds; /* NULL: --folds was not given */
} training;

/* Reads the tables and asks whether files can be written; *t is zero, but for a checkpoint. */
int open_training(training *t, cli *c);
void close_training(training *t);
int save_trained(const training *t); /* the model; the exit status */
/* Columns without names have those of `like`; bad rows are left out when that is wanted. */
int settle_rows(const cli *c, glia_table **t, const glia_table *like);
int print_next(const training *t); /* where the model is, and what to do with it */
json_t *json_parts(const glia_model *m, const glia_report *r);

/* ---------------------------------------------------------------------------------- schema.c -- */

/* Those that are to be obeyed, into c->schema and the recipe; the exit status. */
int read_schemas(cli *c);
void free_schemas(cli *c);
/* What training would make of the table, into the files that were named; the exit status. */
int write_schemas(const cli *c, const glia_table *t);

/* ------------------------------------------------------------------------------------- files -- */

/* Each returns 0, or the exit status after an error message. What was given instead (a model as
 * data, data as a model) is recognised. */
/* With the reading options; as `like` was read, unless it is NULL. */
int read_data(const cli *c, const char *data, const glia_table *like, glia_table **t);
int read_data_or_arrays(const cli *c, const char *data, const char *x, const char *y,
                        glia_table **t);
bool skips_bad_rows(const cli *c); /* --bad-rows skip */
int keep_good_rows(const cli *c, glia_table **t);
/* A model of sequences reads rows with those before them, which take the place of *t; labelled:
 * those whose answers are there. Of another model nothing changes. The exit status. */
int give_pasts(const cli *c, const glia_model *m, bool labelled, glia_table **t);
/* The rows that count for the model (glia_model_counted_rows) take the place of *t. */
int keep_counted(const cli *c, const glia_model *m, glia_table **t);
/* DATA, or the arrays of --x and --y, for a model: columns without names have those of training.
 * Where bad rows are skipped they are known, and but for predict left out. */
int read_data_for(const cli *c, const glia_model *m, const char *data, glia_table **t);
int load_model(const cli *c, const char *path, glia_model **m);
int use_threshold(const cli *c, glia_model *m); /* --threshold instead of the model's own */

/* A file written as a whole, or not at all if the program ends before. NULL or "-": standard
 * output. */
typedef struct output {
    FILE *f;
    glia_draft *draft; /* NULL: written directly (stdout, a device, a pipe) */
    const cli *c;
    const char *path;
    struct output *next; /* of those that are not finished */
} output;

bool ends_in_csv(const char *option, const char *path); /* false: the error was printed */
bool can_write(const char *path); /* asked before long work; false: the error was printed */
/* Before work, as can_write does; and before the file is replaced: a warning where somebody else
 * has written it since. */
void look_at_output(const char *path);
void tell_of_another_run(const cli *c, const char *path);
bool replaces_input(const cli *c, const char *path); /* true: the error was printed */
bool replaces_model(const char *path);               /* likewise, of what is no model itself */
/* Files that one command writes, NULL for those that it does not: whether two are one, by whatever
 * names. True: the error was printed. */
bool same_outputs(const char *const *what, const char *const *path, int count);
/* Questions to a disk that may not answer: then the program ends, as what is not known is not
 * guessed. */
bool is_there(const char *path, struct stat *info);
bool can_be_read(const char *path);
FILE *look_into(const char *path); /* NULL: it is no file, or may not be read */
size_t read_some(FILE *f, const char *path, void *bytes, size_t size); /* as many as there are */
bool looks_like_model(const char *path);                               /* or a checkpoint */
bool output_open(output *o, const cli *c, const char *path);           /* likewise */
int output_close(output *o); /* 0, or the exit status after an error message; nothing is left */
void output_discard(output *o);
void put_cell(FILE *f, const char *text); /* of CSV: quoted when needed */
/* Pieces 0 .. pieces-1 of a text, made by as many threads at once and written in their order. */
typedef void make_piece(void *user, int64_t piece, FILE *to);
void put_side_by_side(FILE *to, int threads, int64_t pieces, make_piece *make, void *user);

/* ----------------------------------------------------------------------------------- results -- */

json_t *json_number(double value);   /* NaN: null; infinity: the text "inf" */
json_t *json_text(const char *text); /* NULL: null; bytes that are no UTF-8 become "?" */
json_t *json_sha256(const cli *c, const char *path); /* null: what was written is not there again */
void json_takes_memory(void);                        /* as everything does: text.h */
json_t *json_metrics(const glia_model *model, const glia_metrics *m, bool intervals);
json_t *json_layers(const glia_model *m);
/* The rows of t that --bad-rows skip left out. */
void json_add_skipped(json_t *list, const glia_table *t);
/* Prints the document on stdout, lists of plain values on one line, and releases it. Returns the
 * exit status. */
int print_json(json_t *document);

/* How wide stdout may be: what COLUMNS says, else the terminal, at least 60; 0: a file or a pipe
 * takes any width. */
int output_width(void);
/* A text from column `from` on, then a line end. Where it is too long it goes on at column
 * `indent`; `behind` stands at the end of lines that go on. */
void print_line(const char *text, int from, int indent, const char *behind);
/* The same of a line of its own, behind an empty one. */
void print_title(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Rows of aligned cells. The first row is the heading. align: one letter per column, l or r. */
typedef struct grid {
    const char *align;
    char **cell;
    int cells, capacity;
} grid;

/* Adds the next cell; prints the grid on stdout and releases it. */
void grid_add(grid *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void grid_print(grid *t);
void grid_free(grid *t);

const glia_score *find_score(const glia_metrics *m, const char *name); /* NULL: none */
double score_value(const glia_metrics *m, const char *name);           /* NaN: there is none */
const char *main_score(const glia_metrics *m); /* the one by which a model is compared with none */

/* A line "name   text"; a command that goes on in the next line says so as the shell does. */
void print_command(const char *name, const char *text);
int print_model_file(const char *path);                          /* and its size */
int print_written(const cli *c, const char *path, int64_t rows); /* the exit status */
void print_fact(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));
int say_drawn(const cli *c, const char *path); /* what `show` has drawn; the exit status */
/* The layers with textbook shapes. */
void print_layers(const glia_model *m);
/* The scores of up to three parts side by side, with the interval of the last. */
void print_scores(const glia_model *model, const char *const *names,
                  const glia_metrics *const *parts, int count);
void print_baseline(const glia_metrics *m);
/* Of a series: what the last value, or that of a season before, would score. */
void print_naive(const glia_model *model, const glia_metrics *m);
/* What the model was trained with, as it was said; "": nothing is known; for free. */
char *trained_with(const glia_model *m, const char *option);
/* Where these rows, "test", are answered worse than without a model. */
void warn_of_baseline(const cli *c, const glia_model *m, const glia_metrics *s, const char *part);
/* Of several targets the scores of each. */
void print_targets(const glia_model *model, const glia_metrics *m);
const char *importance_word(
    const glia_importances *i);                  /* "lost" of a score, "gained" of an error */
char *part_name(const glia_model *model, int t); /* "y = 'yes'", "y_q10"; to be freed */
char *parts_text(const glia_metrics *m);         /* what the scores above the parts are */
/* Which rows and classes the scores are of, where these are not all. */
void print_scope(const glia_model *model, const glia_metrics *m);
/* Of two classes the one that is looked for; NULL: there are not two. */
const char *positive_class(const glia_model *m);
/* "recall of 'sick'": with the class that it is about; for free. */
char *score_name(const glia_model *m, const glia_score *s);
/* The confusion matrix, with recall and precision per class. */
void print_confusion(const glia_model *m, const glia_metrics *s);
bool use_colour(FILE *f); /* a terminal, and NO_COLOR is not set */

/* Prints what a training learned: layers, cost, scores, baseline (train.c; demo uses it too). */
void print_training(const cli *c, const glia_model *m, const glia_report *r);

/* ---------------------------------------------------------------------------------- progress -- */

/* The progress of one training: a bar on a terminal, a few lines elsewhere. Ctrl-C and SIGTERM ask
 * the training to stop.
 *     progress p;
 *     progress_begin(&p, c);
 *     ... glia_train with progress = progress_step and user = &p ...
 *     progress_end(&p); */
typedef struct progress {
    cli *c;
    bool silent, bar;     /* with --quiet; on a terminal */
    bool drawn;           /* a line is on the screen */
    double last;          /* when it was drawn, seconds */
    int64_t said;         /* tenths of the epochs that were told, without a terminal */
    glia_progress latest; /* the last one heard of; epoch 0: none */
} progress;

void progress_begin(progress *p, cli *c);
int progress_step(void *user, const glia_progress *now);
void progress_clear(progress *p); /* wipes the line so that something else can be printed */
void progress_end(progress *p);

/* ----------------------------------------------------------------------- plot.c (and demo.c) -- */

/* The values as one line of block characters, from `low` (NaN: the least of them) to the highest,
 * resampled to `width` columns. NaN is a blank. The text ends up in buf (3 bytes a column + 1),
 * which is returned. */
char *sparkline(const double *values, int64_t count, double low, int width, char *buf, size_t size);

#endif
