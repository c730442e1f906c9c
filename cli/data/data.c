/*
 * data.c: `glia data`: looks at a data set before anything is learned from it; converts and splits
 * tables.
 */
#include <stdlib.h>
#include <string.h>

#include "../phrases.h"
#include "data.h"

/* The next name of a list, without its quotes, in `name`, which has room for all; NULL: none. */
static const char *next_name(const char *rest, char *name) {
    bool quoted = false;
    if (!*rest) return NULL;
    for (; *rest && (quoted || *rest != ','); rest++) {
        if (*rest == '"' && quoted && rest[1] == '"') *name++ = *rest++;
        else if (*rest == '"') quoted = !quoted;
        else *name++ = *rest;
    }
    *name = '\0';
    return rest + (*rest == ',');
}

/* Several targets, "y1,y2": what is told of one is told of the first. */
static int first_target(look *l, const char *asked) {
    char *name = reserve(NULL, strlen(asked) + 1);
    int first = -1, count = 0;
    for (const char *rest = asked; (rest = next_name(rest, name)); count++) {
        int column = glia_table_locate(l->table, name);
        if (column < 0) return free(name), -1;
        if (!count) first = column;
    }
    free(name);
    if (count > 1)
        note(l->c, "relations are those to '%s', the first of %d targets",
             glia_table_column(l->table, first).name, count);
    return first;
}

/* The column that training would take: the one asked for, the label column of array files, or the
 * last. */
static int find_target(look *l) {
    const char *asked = glia_recipe_get(l->c->recipe, "target"),
               *hint = glia_table_target_hint(l->table);
    bool named = given(l->c, "target") || strcmp(asked, "-1") != 0;
    const char *wanted = named || !hint ? asked : hint;
    l->target = glia_table_locate(l->table, wanted);
    if (l->target < 0 && strchr(wanted, ',')) l->target = first_target(l, wanted);
    return l->target < 0 ? failed(l->c) : 0;
}

/* Texts that are read in their order, as the comments of a schema have them. */
static void tell_sequences(look *l, const char *schema) {
    for (const char *at = schema; (at = strstr(at, "  # a sequence of ")); at++) {
        const char *line = at;
        while (line > schema && line[-1] != '\n') line--;
        remark(l, "column %.*s is learned as %.*s", (int)strcspn(line + 2, ":"), line + 2,
               (int)strcspn(at + 4, "\n"), at + 4);
    }
}

/* What was said of weights, of the task and of texts is held against the rows as a training
 * does. */
static void find_refusal(look *l) {
    const cli *c = l->c;
    const char *task = given(c, "task"), *target = given(c, "target");
    bool said = given(c, "sample-weight") || given(c, "order") || given(c, "quantiles") ||
                given(c, "text-as") || given(c, "length") || given(c, "vocabulary") ||
                (task && strcmp(task, "auto") != 0) || (target && strchr(target, ','));
    if (!said) return;
    glia_train_job job = {.recipe = c->recipe, .train = l->table};
    char *text = glia_schema_text(c->g, &job, "schema"), *why = NULL;
    if (!text) why = with_flags(c, glia_message(c->g));
    if (why) remark(l, "a training refuses this: %s", why);
    else tell_sequences(l, text);
    free(why);
    glia_text_free(c->g, text);
}

static int look_at(look *l) {
    const cli *c = l->c;
    const char *convert_to = given(c, "convert"), *fractions = given(c, "split");
    if (!given_int(c, "head", 0, INT64_MAX, &l->head)) return GLIA_USAGE;
    int status = check_language(c);
    if (!status)
        status = read_data_or_arrays(c, c->operands > 0 ? c->operand[0] : NULL, given(c, "x"),
                                     given(c, "y"), &l->table);
    bool schema = given(c, "schema") || given(c, "prepare");
    if (!status && schema) status = settle_rows(c, &l->table, l->table);
    if (!status && schema) return write_schemas(c, l->table);
    if (!status) status = find_target(l);
    if (status) return status;
    if (l->head > glia_table_rows(l->table)) l->head = glia_table_rows(l->table);
    if (fractions) return split(l, fractions, convert_to);
    if (convert_to) return convert(l, convert_to);
    const char *target = l->target >= 0 ? glia_table_column(l->table, l->target).name : NULL;
    l->warnings = glia_table_warnings(l->table, target, l->warning, MOST_WARNINGS);
    if (l->warnings > MOST_WARNINGS) l->warnings = MOST_WARNINGS;
    for (int i = 0; i < l->warnings; i++) {
        char *said = with_flags(c, l->warning[i]);
        snprintf(l->warning[i], sizeof l->warning[i], "%s", said);
        free(said);
    }
    if (!status) status = find_profiles(l);
    if (!status) find_refusal(l);
    if (!status && given(c, "against")) status = find_drift(l);
    if (!status && given(c, "report")) status = write_page(l, given(c, "report"));
    if (status) return status;
    return c->json ? print_look_json(l) : print_look(l);
}

static int run_data(cli *c) {
    look l = {.c = c, .target = -1, .near.rows = -1};
    int status = look_at(&l);
    glia_table_free(l.table);
    glia_table_free(l.against);
    free(l.profile);
    free(l.drift);
    return status;
}

static const glia_option data_options[] = {
    {"head", NULL, "N", "view", "0", "also print the first N rows"},
    {"against", NULL, "FILE", "view", NULL,
     "what has changed from DATA to FILE, its test rows or those of today: shifted columns, new "
     "texts, "
     "gaps, rows that stand in both"},
    {"report", NULL, "FILE.html", "view", NULL, "all of it as one HTML page"},
    {"lang", NULL, "en|zh", "view", "en", "the language of the report: English or Chinese"},
    {"schema", NULL, "FILE.yaml|-", "files", NULL,
     "write what training would make of DATA: how it is read, what each column is, how it becomes "
     "features; to edit, and for 'glia train --schema'"},
    {"prepare", NULL, "FILE.yaml|-", "files", NULL,
     "write how each column would become features, and nothing else, for 'glia train --prepare'"},
    {"convert", NULL, "FILE.csv", "files", NULL,
     "write the table as CSV, pictures as their paths (for --image-column path)"},
    {"split", NULL, "P,Q", "files", NULL,
     "write a part P of the rows to NAME-train.csv and Q to NAME-test.csv; every class of the "
     "target in proportion"},
    {"output", "o", "NAME", "files", "DATA's name", "NAME of the files of --split"},
    {"seed", NULL, "N", "files", "1", "of the choice that --split makes"},
    {NULL},
};

static const char *const data_examples[] = {
    "glia data houses.csv",
    "columns, types, ranges, missing cells, warnings",
    "glia data train.csv --against new.csv --target price",
    "whether the rows of today are like those of training",
    "glia data iris.csv --target species --split 0.75,0.25 --seed 3",
    "writes iris-train.csv and iris-test.csv",
    "glia data pets/ --report pets.html",
    "a folder of pictures, those of each class in a folder of its own: sizes, broken files, copies",
    "glia data table.txt --delimiter ';' --decimal , --convert table.csv",
    "a German table as plain CSV",
    NULL,
};

const command data_command = {
    .name = "data",
    .usage = "DATA",
    .summary = "looks at a data set: columns, types, ranges, balance, warnings",
    .text =
        "Reads DATA as 'glia train' would and prints what it finds, without learning anything: "
        "one line per column with its type, missing cells, range, spread and relation to the "
        "target, the balance of the classes, and what a careful reader would remark.\n\n"
        "The relation is a number from 0 (none) to 1 (the one follows from the other): the rank "
        "correlation of two numbers, with its sign; Cramer's V of two categories; else the "
        "correlation ratio of ranks.\n\n"
        "Of pictures it tells what the files are, which are broken and why, and which are the same "
        "once they have the size of all (--size).\n\n"
        "With --json: {\"rows\", \"copies\", \"near\", \"columns\": [{\"name\", \"type\", "
        "\"missing\", "
        "\"relation\", \"quartiles\", \"outliers\", ...}], \"balance\": {class: rows}, "
        "\"pictures\": {...}, \"against\": {...}, \"warnings\": [...]}.",
    .min = 0,
    .max = 1,
    .shared = READING | COLUMNS,
    .options = data_options,
    .examples = data_examples,
    .run = run_data,
};
