/*
 * main.c: the `glia` program. Finds the command, reads its options, opens the library and runs the
 * command. The exit status is the command's: 0 done, 1 the work failed, 2 the command line, 3 the
 * input, 4 a resource, 130 interrupted.
 */
#include <errno.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

#include "cli.h"

/* Notes and warnings of the library. */
static void log_line(void *user, glia_level level, const char *text) {
    cli *c = user;
    const char *said = hear(c, level, text);
    if (said) note(c, "%s", said);
}

static int count_operands(const cli *c) {
    const command *k = c->command;
    if (c->operands >= k->min && c->operands <= k->max) return 0;
    if (c->operands > k->max)
        return fail(GLIA_USAGE, "glia %s: '%s' is one operand too many; usage: glia %s %s", k->name,
                    c->operand[k->max], k->name, k->usage);
    return fail(GLIA_USAGE, "glia %s: %s; usage: glia %s %s", k->name,
                c->operands == 0 ? "what to work on is missing" : "the second operand is missing",
                k->name, k->usage);
}

static void exhausted(void *user, size_t size) {
    (void)user;
    out_of_memory(size);
}

static int open_library(cli *c) {
    int64_t threads = 0;
    bool automatic = given(c, "max-bytes") && strcmp(given(c, "max-bytes"), "auto") == 0;
    if (!given_int(c, "threads", 0, 1024, &threads)) return GLIA_USAGE;
    if (!automatic && !given_int(c, "max-bytes", 1, INT64_MAX, &c->max_bytes)) return GLIA_USAGE;
    c->g = glia_open(&(glia_settings){.threads = (int)threads,
                                      .log = log_line,
                                      .log_user = c,
                                      .exhausted = exhausted,
                                      .max_bytes = c->max_bytes});
    if (!c->g) out_of_memory(sizeof *c);
    return 0;
}

/* A flag is named by the message already. */
static int refused_value(const cli *c, int i) {
    const option_set *set = &c->options;
    if (set->source[i] == FROM_FLAG) return failed(c);
    char *said = with_flags(c, glia_message(c->g));
    int status = fail((int)glia_code(c->g), "%s: %s", set->origin[i], said);
    free(said);
    return status;
}

/* It may have been meant as the file of a model. */
static int refused_init(const cli *c, int i) {
    const char *said = c->options.value[i];
    if (can_be_read(said))
        return fail(GLIA_INPUT, "--init '%s' is not a model file; a training goes on from those",
                    said);
    if (ends_in(said, ".glia")) return fail(GLIA_INPUT, "--init '%s': there is no such file", said);
    return refused_value(c, i);
}

/* Hands the training options that were given to the library, which checks them. --val may also name
 * a file, --init a model. */
static int fill_recipe(cli *c) {
    const option_set *set = &c->options;
    if (!(c->command->shared & (TRAINING | COLUMNS))) return 0;
    c->recipe = glia_recipe_new(c->g);
    if (!c->recipe) return failed(c);
    for (int i = set->training; i < set->training + set->trainings; i++) {
        if (!set->value[i] || set->value[i] == val_file(c)) continue;
        if (strcmp(set->row[i].name, "init") == 0 && looks_like_model(set->value[i])) {
            c->begin = set->value[i];
            continue;
        }
        if (glia_recipe_set(c->recipe, set->row[i].name, set->value[i]) == GLIA_OK) continue;
        return strcmp(set->row[i].name, "init") == 0 ? refused_init(c, i) : refused_value(c, i);
    }
    return c->begin && c->command != &train_command
               ? fail(GLIA_USAGE, "--init '%s' is a model: only `glia train` goes on from one",
                      c->begin)
               : 0;
}

/* Appends " word" to a line, quoted for a shell; of an address without its password, as a model
 * keeps this line. */
static void add_word(const cli *c, char **line, const char *option, const char *word) {
    char *shown = word ? glia_table_address(c->g, word) : NULL;
    if (word && !shown) exit(failed(c));
    char *quoted = shown ? quote_text(shown) : copy_text("");
    glia_text_free(c->g, shown);
    char *longer = format_text("%s%s%s%s%s", *line, option ? " --" : "", option ? option : "",
                               word ? " " : "", quoted);
    free(quoted);
    free(*line);
    *line = longer;
}

static bool changes_result(const glia_option *o) {
    static const char *const none[] = {"output",    "log",        "report",           "folds",
                                       "plot",      "checkpoint", "checkpoint-every", "resume",
                                       "max-memory"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (strcmp(o->name, none[i]) == 0) return false;
    return strcmp(o->group, "common") != 0 && strcmp(o->group, "search") != 0;
}

static void add_option(const cli *c, char **line, const glia_option *o, const char *value) {
    bool optional = o->argument && *o->argument == '['; /* "[=REPEATS]" */
    char *name = optional ? format_text("%s=%s", o->name, value) : copy_text(o->name);
    add_word(c, line, name, o->argument && !optional ? value : NULL);
    free(name);
}

/* A schema in a configuration file is no word of a command line. */
static bool obeys_config(const cli *c) {
    bool within = false;
    for (int k = 0; k < SCHEMAS; k++)
        within |= c->configured[k].source && !given(c, schema_options[k]);
    return within;
}

/* The command that gives the same result, wherever its options came from: operands and options, but
 * not those that leave the result as it is. A search adds what it chose. */
static char *command_line(const cli *c) {
    const option_set *set = &c->options;
    char *line = format_text("glia %s", c->command->name);
    for (int i = 0; i < c->operands; i++) add_word(c, &line, NULL, c->operand[i]);
    for (int i = 0; i < set->count; i++) {
        const glia_option *o = &set->row[i];
        if (set->value[i] && changes_result(o)) add_option(c, &line, o, set->value[i]);
    }
    if (obeys_config(c)) add_word(c, &line, "config", given(c, "config"));
    return line;
}

/* What the trainings of few rows take, asked for at once: 0.7 us a page, not 15 (a virtual machine;
 * notebook 2026-11, 28.8). The heap keeps the pages when the blocks are released, and threads have
 * no heaps of their own that would need others. */
static void take_pages(void) {
#if defined(__GLIBC__) && defined(MADV_POPULATE_WRITE)
    enum { BLOCKS = 2, BYTES = 3 << 19, PAGE = 4096 };
    void *block[BLOCKS];
    mallopt(M_ARENA_MAX, 1);
    for (int i = 0; i < BLOCKS; i++) {
        block[i] = aligned_alloc(PAGE, BYTES);
        if (block[i]) madvise(block[i], BYTES, MADV_POPULATE_WRITE);
    }
    for (int i = 0; i < BLOCKS; i++) free(block[i]);
#endif
}

static int run_command(cli *c, int argc, char **argv) {
    int status = read_options(c, argc, argv);
    if (status) return status;
    if (is_on(c, "help")) return print_help(c->command), 0;
    if ((status = count_operands(c))) return status;
    if (c->command->shared & TRAINING) take_pages();
    if ((status = open_library(c))) return status;
    if ((status = fill_recipe(c))) return status;
    if ((status = read_schemas(c))) return status;
    c->line = command_line(c);
    return c->command->run(c);
}

/* Results that could not be written are a failure too: a full disk, a closed pipe. */
static int finish(int status) {
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    int result =
        fail(GLIA_RESOURCE, "standard output: %s", errno ? strerror(errno) : "writing failed");
    return status ? status : result;
}

/* What one training releases the next one takes: pages stay. Where each takes 15 us to come (a
 * virtual machine), the twenty-odd trainings of few rows gain 5 to 9%: notebook 2026-11, 28.2. */
static void keep_pages(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 2 << 20);
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
#endif
}

static bool ends; /* by main, or after a message */

/* OpenMP's library ends a program that it has no memory or thread for, with a message of its own
 * and a status that means something else here. */
static void ended_by_another(void) {
    if (!ends && !has_failed()) _exit(fail(GLIA_RESOURCE, "memory or threads ran out"));
}

static int run(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : NULL;
    keep_pages();
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is a failed write with a message */
    if (!name) return print_overview(stderr), GLIA_USAGE;
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
        return puts("glia " GLIA_VERSION), finish(0);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return print_overview(stdout), finish(0);

    cli c = {.command = find_command(name)};
    int status = c.command ? run_command(&c, argc - 1, argv + 1) : unknown_command(name);
    status = finish(status);

    glia_recipe_free(c.recipe);
    free_schemas(&c);
    if (c.g) glia_close(c.g);
    free_options(&c.options);
    for (int i = 0; i < c.note_count; i++) free(c.notes[i]);
    free(c.notes);
    free(c.line);
    return status;
}

int main(int argc, char **argv) {
    atexit(ended_by_another);
    json_takes_memory();
    int status = run(argc, argv);
    ends = true;
    return status;
}
