/*
 * options.h: the options of one command, and where each value came from.
 *
 * The rows are glia_option, the same as the library's table of training options; an alias of one
 * letter is a short option. A value comes from, in this order: the command line, the environment
 * (GLIA_BATCH for --batch), the file of
 * --config, the default.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <glia/glia.h>
#include <stdbool.h>
#include <stdio.h>

struct cli;
struct command;

enum { MAX_OPTIONS = 128 };

typedef enum option_source { UNSET, FROM_FILE, FROM_ENVIRONMENT, FROM_FLAG } option_source;

typedef struct option_set {
    int count, training,
        trainings; /* rows training .. training + trainings - 1 belong to the recipe */
    glia_option row[MAX_OPTIONS];
    char *value[MAX_OPTIONS];
    char *origin[MAX_OPTIONS]; /* for messages: "--batch", "GLIA_BATCH", "run.yaml:3: batch" */
    option_source source[MAX_OPTIONS];
} option_set;

/* Collects the rows of a command: making, its own, reading, training, common. */
void options_of(const struct command *cmd, option_set *set);
int find_option(const option_set *set, const char *name); /* by name or alias; -1: none */
const struct command *command_with(const char *name); /* the first that has the option; or NULL */
/* A text of the library as people type it: its "option 'lr'" becomes "--lr"; "glia data --split"
 * when c's command has no such option. malloc'ed. */
char *with_flags(const struct cli *c, const char *text);
/* Records a value unless a stronger source gave one already. */
void set_option(option_set *set, int i, option_source source, const char *origin,
                const char *value);

/* Reads argv (after the command's name), the environment and --config into c. Returns 0 or the exit
 * status, after an error message. */
int read_options(struct cli *c, int argc, char **argv);
void free_options(option_set *set);
/* Adds the keys of a YAML file (config.c), or of its text, with a 0 behind it, of which messages
 * say `path`. */
int read_config(struct cli *c, const char *path);
int read_config_text(struct cli *c, const char *path, const char *text, size_t size);

/* The names and aliases of a set, NULL-ended; `names` has room for 2 * MAX_OPTIONS + 1. */
void option_names(const option_set *set, const char **names);
/* The place of a name in a list that ends with NULL; -1 after an error message: "demo 'bowls': no
 * such demo; did you mean 'bowl'?" */
int find_item(const char *of, const char *what, const char *name, const char *const *names);
/* The word nearest to `word`, or NULL when none is near; words end with NULL. */
const char *nearest(const char *word, const char *const *words);

/* Written from the tables (help.c). */
void print_help(const struct command *cmd);
void print_overview(FILE *f);
void print_man(const struct command *cmd); /* NULL: all commands */
int print_completion(const char *shell);   /* "true": bash; the exit status */

#endif
