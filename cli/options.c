/*
 * options.c: reads the command line of one command from its table of options.
 *
 * getopt_long does the reading, so the habits of GNU programs hold: --name value, --name=value, -o
 * value, unambiguous beginnings of names, operands anywhere, "--" before operands that begin with a
 * dash. What is added here: the nearest name for an unknown option, the environment, and --set
 * name=value.
 */
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static const glia_option making[] = {
    {"output", "o", "MODEL", "files", "DATA's name with .glia, in this folder",
     "the model file to write"},
    {"test", NULL, "DATA", "files", NULL, "rows that are only measured, never learned from"},
    {"test-x", NULL, "FILE[:ARRAY]", "files", NULL, "test samples as an array; needs --test-y"},
    {"test-y", NULL, "FILE[:ARRAY]", "files", NULL, "labels for --test-x"},
    {NULL},
};

static const glia_option reading[] = {
    {"x", NULL, "FILE[:ARRAY]", "data", NULL,
     "samples from an array file, such as npy, npz, HDF5 or MATLAB's; with --y where labels are "
     "needed"},
    {"y", NULL, "FILE[:ARRAY]", "data", NULL, "labels for --x; a column of a table, too"},
    {NULL},
};

static const glia_option obeying[] = {
    {"schema", NULL, "FILE.yaml", "columns", NULL,
     "how DATA is read, what its columns are and how they become features, as 'glia data --schema' "
     "wrote it and you edited it; options win"},
    {"prepare", NULL, "FILE.yaml", "columns", NULL,
     "how columns become features alone, of such a file or of 'glia data --prepare'"},
    {NULL},
};

static const glia_option common[] = {
    {"threads", NULL, "N", "common", "0", "how many threads; 0: as many as this process may use"},
    {"max-bytes", NULL, "N", "common", "auto",
     "the most memory that is taken at once for what a file holds (unpacked, or an array in it); "
     "auto: half of the memory"},
    {"config", NULL, "FILE", "common", NULL, "YAML file of option names and values"},
    {"set", NULL, "NAME=VALUE", "common", NULL, "any option as one word; may be repeated"},
    {"json", NULL, NULL, "common", NULL, "one JSON document on standard output"},
    {"quiet", "q", NULL, "common", NULL, "no notes and no progress"},
    {"help", "h", NULL, "common", NULL, "this text"},
    {NULL},
};

/* --------------------------------------------------------------------------------- the table -- */

int find_option(const option_set *set, const char *name) {
    for (int i = 0; i < set->count; i++) {
        const glia_option *o = &set->row[i];
        if (strcmp(o->name, name) == 0 || (o->alias && strcmp(o->alias, name) == 0)) return i;
    }
    return -1;
}

/* A command's own row comes first and hides a shared one of the same name, which may have a second
 * one: of `glia tune` --time is how long it takes, and --in-order-of the column. */
static void add_row(option_set *set, const glia_option *row) {
    bool hidden = find_option(set, row->name) >= 0, renamed = row->alias && row->alias[1];
    if ((hidden && !renamed) || set->count == MAX_OPTIONS) return;
    glia_option *to = &set->row[set->count++];
    *to = *row;
    if (hidden) to->name = row->alias, to->alias = NULL;
}

/* The library's own: those of a group, or all (NULL). */
static void add_rows(option_set *set, const glia_option *(*table)(int *count), const char *group) {
    int count;
    const glia_option *rows = table(&count);
    for (int i = 0; i < count; i++)
        if (!group || strcmp(rows[i].group, group) == 0) add_row(set, &rows[i]);
}

void options_of(const command *cmd, option_set *set) {
    *set = (option_set){0};
    if (cmd->shared & MAKING)
        for (const glia_option *o = making; o->name; o++) add_row(set, o);
    for (const glia_option *o = cmd->options; o && o->name; o++) add_row(set, o);
    if (cmd->shared & READING) {
        for (const glia_option *o = reading; o->name; o++) add_row(set, o);
        add_rows(set, glia_table_options, NULL);
    }
    set->training = set->count;
    if (cmd->shared & (TRAINING | COLUMNS))
        add_rows(set, glia_recipe_options, cmd->shared & TRAINING ? NULL : "columns");
    set->trainings = set->count - set->training;
    if (cmd->shared & TRAINING)
        for (const glia_option *o = obeying; o->name; o++) add_row(set, o);
    for (const glia_option *o = common; o->name; o++) add_row(set, o);
}

const command *command_with(const char *name) {
    for (const command *const *k = commands; *k; k++) {
        option_set set;
        options_of(*k, &set);
        if (find_option(&set, name) >= 0) return *k;
    }
    return NULL;
}

void set_option(option_set *set, int i, option_source source, const char *origin,
                const char *value) {
    if (source < set->source[i]) return;
    free(set->value[i]);
    free(set->origin[i]);
    set->value[i] = copy_text(value);
    set->origin[i] = copy_text(origin);
    set->source[i] = source;
}

void free_options(option_set *set) {
    for (int i = 0; i < set->count; i++) {
        free(set->value[i]);
        free(set->origin[i]);
    }
}

/* --------------------------------------------------------------------------------- the words -- */

static int smaller(int a, int b) { return a < b ? a : b; }

/* Edits that turn a into b: insert, delete, replace, swap two neighbours. */
static int distance(const char *a, const char *b) {
    enum { MAX = 40 };
    int d[MAX + 1][MAX + 1];
    int n = (int)strlen(a), m = (int)strlen(b);
    if (n > MAX || m > MAX) return MAX;
    for (int i = 0; i <= n; i++) {
        for (int j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            int replace = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            d[i][j] = smaller(replace, 1 + smaller(d[i - 1][j], d[i][j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = smaller(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[n][m];
}

const char *nearest(const char *word, const char *const *words) {
    const char *best = NULL;
    int length = (int)strlen(word), limit = length < 2 ? 0 : length < 4 ? 1 : length < 8 ? 2 : 3;
    for (; *words; words++) {
        int d = distance(word, *words);
        if (d <= limit) best = *words, limit = d - 1;
    }
    return best;
}

/* ---------------------------------------------------------------------------------- failures -- */

int find_item(const char *of, const char *what, const char *name, const char *const *names) {
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0) return i;
    const char *near = nearest(name, names);
    if (near) fail(GLIA_USAGE, "%s '%s': no such %s; did you mean '%s'?", of, name, what, near);
    else fail(GLIA_USAGE, "%s '%s': no such %s; 'glia %s --list' names them", of, name, what, of);
    return -1;
}

/* The names of a set, for nearest(); `names` has room for 2 * MAX_OPTIONS + 1. */
void option_names(const option_set *set, const char **names) {
    for (int i = 0; i < set->count; i++) {
        const glia_option *o = &set->row[i];
        *names++ = o->name;
        if (o->alias && o->alias[1]) *names++ = o->alias;
    }
    *names = NULL;
}

/* "--lr, --log, --log-every" when several options begin with the word; else NULL. */
static char *beginnings(const option_set *set, const char *word) {
    char *list = copy_text("");
    int count = 0;
    for (int i = 0; i < set->count; i++) {
        if (!*word || strncmp(set->row[i].name, word, strlen(word)) != 0) continue;
        char *longer = format_text("%s%s--%s", list, count++ > 0 ? ", " : "", set->row[i].name);
        free(list);
        list = longer;
    }
    if (count > 1) return list;
    free(list);
    return NULL;
}

/* An option that this command does not have; `where` is "--" or "--set ". */
static int unknown_option(const cli *c, const char *where, const char *name) {
    const char *names[2 * MAX_OPTIONS + 1];
    option_names(&c->options, names);
    char *word = format_text("%.*s", (int)strcspn(name, "="), name), *mend;
    char *list = beginnings(&c->options, word);
    const char *near = nearest(word, names);
    if (list) mend = format_text("it could be %s", list);
    else if (near) mend = format_text("did you mean '%s%s'?", where, near);
    else mend = format_text("'glia %s --help' lists the options", c->command->name);
    int status = fail(GLIA_USAGE, "unknown option '%s%s' of glia %s; %s", where, word,
                      c->command->name, mend);
    free(mend);
    free(list);
    free(word);
    return status;
}

static bool read_switch(const char *text, bool *on) {
    static const char *const yes[] = {"1", "true", "yes", "on"};
    static const char *const no[] = {"0", "false", "no", "off"};
    for (int i = 0; i < 4; i++) {
        if (strcasecmp(text, yes[i]) == 0) return *on = true, true;
        if (strcasecmp(text, no[i]) == 0) return *on = false, true;
    }
    return false;
}

/* ------------------------------------------------------------------ the words of the library -- */

static bool is_among(const glia_option *rows, int n, const char *name) {
    for (int i = 0; i < n; i++)
        if (strcmp(rows[i].name, name) == 0) return true;
    return false;
}

/* Of training or of reading: many commands have it, and a model remembers it. */
static bool is_common_option(const char *name) {
    int n;
    const glia_option *rows = glia_recipe_options(&n);
    if (is_among(rows, n, name)) return true;
    rows = glia_table_options(&n);
    return is_among(rows, n, name);
}

/* NULL: no command has it. */
static char *flag_of(const cli *c, const char *name) {
    if (find_option(&c->options, name) >= 0 || is_common_option(name))
        return format_text("--%s", name);
    const command *other = command_with(name);
    return other ? format_text("glia %s --%s", other->name, name) : NULL;
}

/* The flag of the first "option 'NAME'" in a text, and where that lies; NULL: there is none. */
static char *first_flag(const cli *c, const char *text, const char **from, const char **to) {
    static const char mark[] = "option '";
    for (*from = strstr(text, mark); *from; *from = strstr(*to, mark)) {
        *to = *from + strlen(mark);
        size_t length = strcspn(*to, "'");
        char *name = format_text("%.*s", (int)length, *to), *flag = flag_of(c, name);
        bool closed = (*to)[length] == '\'';
        free(name);
        if (flag && closed) return *to += length + 1, flag;
        free(flag);
    }
    return NULL;
}

char *with_flags(const cli *c, const char *text) {
    const char *from, *to;
    char *said = copy_text(""), *flag;
    while ((flag = first_flag(c, text, &from, &to))) {
        char *longer = format_text("%s%.*s%s", said, (int)(from - text), text, flag);
        free(said);
        free(flag);
        said = longer;
        text = to;
    }
    char *all = format_text("%s%s", said, text);
    free(said);
    return all;
}

/* ----------------------------------------------------------------------------------- reading -- */

/* --set name=value */
static int set_by_name(cli *c, const char *text) {
    const char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return fail(GLIA_USAGE, "--set: expected NAME=VALUE, found '%s'", text);
    char *name = format_text("%.*s", (int)(equals - text), text);
    char *origin = format_text("--set %s", name);
    int i = find_option(&c->options, name), status = 0;
    if (i < 0) status = unknown_option(c, "--set ", name);
    else set_option(&c->options, i, FROM_FLAG, origin, equals + 1);
    free(origin);
    free(name);
    return status;
}

/* What getopt_long refuses: optopt tells which option it was, when it knows. */
static int refused_option(const cli *c, int result, char **argv) {
    const char *word = argv[optind - 1];
    if (optopt >= 256) {
        const glia_option *o = &c->options.row[optopt - 256];
        if (result == ':')
            return fail(GLIA_USAGE, "--%s needs a value: --%s %s", o->name, o->name, o->argument);
        return fail(GLIA_USAGE, "--%s is a switch and takes no value, found '%s'", o->name, word);
    }
    if (optopt == 0) return unknown_option(c, "--", word + strspn(word, "-"));
    if (result == ':') return fail(GLIA_USAGE, "-%c needs a value", optopt);
    return fail(GLIA_USAGE, "unknown option '-%c' of glia %s; 'glia %s --help' lists the options",
                optopt, c->command->name, c->command->name);
}

/* An argument that ends in " ..." may be given several times: its texts are joined by commas. */
static char *flag_text(const option_set *set, int i, const char *text) {
    const char *argument = set->row[i].argument;
    size_t n = argument ? strlen(argument) : 0;
    bool repeats = n > 4 && strcmp(argument + n - 4, " ...") == 0;
    bool again = repeats && set->source[i] == FROM_FLAG;
    return again ? format_text("%s,%s", set->value[i], text) : copy_text(text);
}

/* The rows of the table as getopt_long wants them; option i has the value 256 + i. */
static void getopt_tables(const option_set *set, struct option *longs, char *shorts) {
    *shorts++ = ':';
    for (int i = 0; i < set->count; i++) {
        const glia_option *o = &set->row[i];
        int takes = !o->argument          ? no_argument
                    : *o->argument == '[' ? optional_argument
                                          : required_argument;
        *longs++ = (struct option){o->name, takes, NULL, 256 + i};
        if (!o->alias) continue;
        if (o->alias[1]) *longs++ = (struct option){o->alias, takes, NULL, 256 + i};
        else shorts += sprintf(shorts, o->argument ? "%c:" : "%c", o->alias[0]);
    }
    *longs = (struct option){0};
    *shorts = '\0';
}

/* "--missing -o m.glia": the word after an option that needs one is another option of the command;
 * "--missing=-o" says that it is not. */
static bool is_flag(const option_set *set, const char *word) {
    if (word[0] != '-' || !word[1]) return false;
    const char *name = word + 1 + (word[1] == '-');
    char *known = format_text("%.*s", (int)strcspn(name, "="), name);
    bool letter = word[1] != '-', one = strlen(name) == 1;
    bool found = letter == one && find_option(set, known) >= 0;
    free(known);
    return found;
}

static int swallowed(const cli *c, int i, const char *word) {
    const glia_option *o = &c->options.row[i];
    return fail(GLIA_USAGE,
                "--%s needs a value: --%s %s; found '%s', an option (--%s=%s if it is none)",
                o->name, o->name, o->argument, word, o->name, word);
}

static int read_flags(cli *c, int argc, char **argv) {
    struct option longs[2 * MAX_OPTIONS + 1];
    char shorts[2 * MAX_OPTIONS + 2];
    getopt_tables(&c->options, longs, shorts);
    opterr = 0;
    optind = 1;

    int result;
    while ((result = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        if (result == '?' || result == ':') return refused_option(c, result, argv);
        char letter[2] = {(char)result, '\0'};
        int i = result >= 256 ? result - 256 : find_option(&c->options, letter), status = 0;
        bool apart = optarg && argv[optind - 1] == optarg;
        if (apart && is_flag(&c->options, optarg)) return swallowed(c, i, optarg);
        if (strcmp(c->options.row[i].name, "set") == 0) status = set_by_name(c, optarg);
        if (status) return status;
        char *origin = format_text("--%s", c->options.row[i].name);
        char *text = flag_text(&c->options, i, optarg ? optarg : "true");
        set_option(&c->options, i, FROM_FLAG, origin, text);
        free(text);
        free(origin);
    }
    c->operand = argv + optind;
    c->operands = argc - optind;
    return 0;
}

/* GLIA_BATCH_SIZE stands for --batch-size. */
static void read_environment(option_set *set) {
    for (int i = 0; i < set->count; i++) {
        const char *names[2] = {set->row[i].name, set->row[i].alias};
        for (int k = 0; k < 2 && names[k]; k++) {
            char *variable = format_text("GLIA_%s", names[k]);
            for (char *p = variable; *p; p++)
                *p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
            const char *value = names[k][1] ? getenv(variable) : NULL;
            if (value && *value) set_option(set, i, FROM_ENVIRONMENT, variable, value);
            free(variable);
        }
    }
}

/* Switches become "true" or stay unset, whoever set them. */
static int read_switches(option_set *set) {
    for (int i = 0; i < set->count; i++) {
        bool on;
        if (set->row[i].argument || !set->value[i]) continue;
        if (!read_switch(set->value[i], &on))
            return fail(GLIA_USAGE, "%s: expected true or false, found '%s'", set->origin[i],
                        set->value[i]);
        if (on) continue;
        free(set->value[i]);
        set->value[i] = NULL;
    }
    return 0;
}

/* Options are read before the operands are counted, so that --help always helps. */
int read_options(cli *c, int argc, char **argv) {
    options_of(c->command, &c->options);
    int status = read_flags(c, argc, argv);
    if (status) return status;
    read_environment(&c->options);
    const char *config = given(c, "config");
    if (config && (status = read_config(c, config))) return status;
    if ((status = read_switches(&c->options))) return status;
    c->json = is_on(c, "json");
    c->quiet = is_on(c, "quiet");
    return 0;
}

/* ------------------------------------------------------------------------------------ values -- */

const char *given(const cli *c, const char *name) {
    int i = find_option(&c->options, name);
    return i >= 0 ? c->options.value[i] : NULL;
}

bool is_typed(const cli *c, const char *name) {
    int i = find_option(&c->options, name);
    return i >= 0 && c->options.source[i] == FROM_FLAG;
}

bool is_on(const cli *c, const char *name) { return given(c, name) != NULL; }

bool given_number(const cli *c, const char *name, double low, double high, double *value) {
    const char *text = given(c, name),
               *origin = text ? c->options.origin[find_option(&c->options, name)] : "";
    double number;
    if (!text) return true;
    if (read_number(text, &number) && number >= low && number <= high) return *value = number, true;
    return fail(GLIA_USAGE, "%s: expected a number from %g to %g, found '%s'", origin, low, high,
                text),
           false;
}

bool given_int(const cli *c, const char *name, int64_t low, int64_t high, int64_t *value) {
    const char *text = given(c, name),
               *origin = text ? c->options.origin[find_option(&c->options, name)] : "";
    int64_t number;
    if (!text) return true;
    if (read_int(text, &number) && number >= low && number <= high) return *value = number, true;
    char *limit = high == INT64_MAX ? copy_text("up") : format_text("to %lld", (long long)high);
    fail(GLIA_USAGE, "%s: expected a whole number from %lld %s, found '%s'", origin, (long long)low,
         limit, text);
    free(limit);
    return false;
}
