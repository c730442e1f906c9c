/*
 * help.c: the tables of commands and options as help text and manual page.
 * Nothing is written twice: a new option appears in all of them with its row.
 */
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static int page_width(void) {
    int width = output_width();
    return !width ? 80 : width > 100 ? 100 : width;
}

/* Prints text in lines of at most `width`; the cursor stands at column `at`, later lines begin at
 * `indent`. Newlines in the text stay, and a line that begins with a blank keeps its form. */
static void print_wrapped(FILE *f, const char *text, int at, int indent, int width) {
    bool first = true; /* word of its line */
    while (*text) {
        if (*text == '\n') {
            putc('\n', f);
            at = 0, first = true, text++;
            continue;
        }
        int length = *text == ' ' && at == 0 ? (int)strcspn(text, "\n") : (int)strcspn(text, " \n");
        if (!first && at + 1 + length > width) {
            putc('\n', f);
            at = 0, first = true;
        }
        if (at < indent) at += fprintf(f, "%*s", indent - at, "");
        at += fprintf(f, "%s%.*s", first ? "" : " ", length, text);
        first = false;
        text += length;
        while (*text == ' ') text++;
    }
    putc('\n', f);
}

static bool is_short(const glia_option *o) { return o->alias && !o->alias[1]; }

/* "-o, --output MODEL" */
static char *option_words(const glia_option *o) {
    char letter[8] = "    ";
    if (is_short(o)) snprintf(letter, sizeof letter, "-%s, ", o->alias);
    return format_text("  %s--%s%s%s", letter, o->name,
                       o->argument && *o->argument != '[' ? " " : "",
                       o->argument ? o->argument : "");
}

/* The help text with its default and its second name. */
static char *option_text(const glia_option *o) {
    bool has_initial = o->initial && *o->initial && o->argument,
         has_alias = o->alias && !is_short(o);
    return format_text("%s%s%s%s%s%s%s", o->help, has_initial ? " [" : "",
                       has_initial ? o->initial : "", has_initial ? "]" : "",
                       has_alias ? " (also --" : "", has_alias ? o->alias : "",
                       has_alias ? ")" : "");
}

/* A list of words a|b|c that has no room on a terminal goes on below; where the cursor then stands.
 * In a file or a pipe it stays whole, for whoever looks for it. */
static int print_words(const char *words) {
    enum { BELOW = 10 };
    int at = 0, width = output_width() ? page_width() : INT_MAX;
    while (*words) {
        int n = (int)strcspn(words, "|");
        n += words[n] == '|';
        if (at > BELOW && at + n > width) at = printf("\n%*s", BELOW, "") - 1;
        at += printf("%.*s", n, words);
        words += n;
    }
    return at;
}

static void print_row(const char *words, const char *text, int width) {
    enum { COLUMN = 30 };
    int at = print_words(words);
    if (at > COLUMN - 2) putchar('\n'), at = 0;
    print_wrapped(stdout, text, at, COLUMN, width);
}

static void print_option(const glia_option *o, int width) {
    char *words = option_words(o), *text = option_text(o);
    print_row(words, text, width);
    free(text);
    free(words);
}

/* Rows of what a search varies: a name is no option, but a word of --range. */
static void print_range(const glia_option *o, int width) {
    char *words = format_text("      %s=%s", o->name, o->initial);
    print_row(words, o->help, width);
    free(words);
}

static void each_range(const command *cmd, void (*print)(const glia_option *, int)) {
    int count = 0;
    const glia_option *rows = cmd->ranges ? cmd->ranges(&count) : NULL;
    for (int i = 0; i < count; i++) print(&rows[i], page_width());
}

static bool same_group(const glia_option *a, const glia_option *b) {
    return strcmp(a->group ? a->group : "", b->group ? b->group : "") == 0;
}

/* Calls print for each option, group by group in the order in which the groups first appear. */
static void each_group(const option_set *set, void (*heading)(const char *),
                       void (*print)(const glia_option *, int)) {
    int width = page_width();
    for (int i = 0; i < set->count; i++) {
        bool done = false;
        for (int j = 0; j < i; j++) done = done || same_group(&set->row[i], &set->row[j]);
        if (done) continue;
        heading(set->row[i].group ? set->row[i].group : "options");
        for (int j = i; j < set->count; j++)
            if (same_group(&set->row[i], &set->row[j])) print(&set->row[j], width);
    }
}

static void help_heading(const char *group) { printf("\n%s:\n", group); }

static void print_example(const char *line, const char *text) {
    printf("  ");
    print_line(line, 2, 6, " \\");
    printf("      ");
    print_line(text, 6, 6, "");
}

void print_help(const command *cmd) {
    option_set set;
    options_of(cmd, &set);
    char *usage =
        format_text("usage: glia %s %s%s[options]", cmd->name, cmd->usage, *cmd->usage ? " " : "");
    print_line(usage, 0, 7, "");
    free(usage);
    putchar('\n');
    print_wrapped(stdout, cmd->text, 0, 0, page_width());
    each_group(&set, help_heading, print_option);
    if (cmd->ranges) help_heading("ranges, unless --range says otherwise");
    each_range(cmd, print_range);
    printf("\nexamples:\n");
    for (const char *const *e = cmd->examples; *e; e += 2) print_example(e[0], e[1]);
    free_options(&set);
}

static void print_beside(FILE *f, const char *words, int column, const char *text) {
    int at = fprintf(f, "  %-*s ", column - 3, words);
    print_wrapped(f, text, at, column, page_width());
}

void print_overview(FILE *f) {
    static const char *const session[] = {"glia demo",
                                          "see a network learn",
                                          "glia data houses.csv",
                                          "look at a table",
                                          "glia train houses.csv --target price",
                                          "learn from it; writes houses.glia",
                                          "glia predict houses.glia new.csv",
                                          "apply what was learned",
                                          NULL};
    fprintf(f, "usage: glia COMMAND ...\n\n");
    print_wrapped(f,
                  "Neural networks from the command line: trains, applies, measures and explains "
                  "them.",
                  0, 0, page_width());
    putc('\n', f);
    for (const command *const *k = commands; *k; k++)
        print_beside(f, (*k)->name, 12, (*k)->summary);
    putc('\n', f);
    print_wrapped(f, "'glia COMMAND --help' explains a command, with examples. A first session:\n",
                  0, 0, page_width());
    for (const char *const *line = session; *line; line += 2) print_beside(f, line[0], 44, line[1]);
}

/* ------------------------------------------------------------------------------- manual page -- */

/* Text for roff: backslashes and dashes escaped, a leading dot or quote protected. */
static void roff(const char *text) {
    bool start = true;
    for (; *text; text++) {
        if (start && (*text == '.' || *text == '\'')) fputs("\\&", stdout);
        if (*text == '\\') fputs("\\e", stdout);
        else if (*text == '-') fputs("\\-", stdout);
        else if (*text == '\n' && text[1] == '\n') fputs("\n.PP", stdout);
        else putchar(*text);
        start = *text == '\n';
    }
}

static void man_heading(const char *group) {
    char *name = copy_text(group);
    *name = (char)toupper((unsigned char)*name);
    printf(".PP\n.I ");
    roff(name);
    printf(" options\n");
    free(name);
}

static void man_row(const char *words, const char *text) {
    printf(".TP\n.B ");
    roff(words + strspn(words, " "));
    putchar('\n');
    roff(text);
    putchar('\n');
}

static void man_option(const glia_option *o, int width) {
    (void)width;
    char *words = option_words(o), *text = option_text(o);
    man_row(words, text);
    free(text);
    free(words);
}

static void man_range(const glia_option *o, int width) {
    (void)width;
    char *words = format_text("%s=%s", o->name, o->initial);
    man_row(words, o->help);
    free(words);
}

static void man_command(const command *cmd) {
    option_set set;
    options_of(cmd, &set);
    printf(".SH GLIA ");
    for (const char *p = cmd->name; *p; p++) putchar(toupper((unsigned char)*p));
    printf("\n.B glia %s\n", cmd->name);
    roff(cmd->usage);
    printf(" [options]\n.PP\n");
    roff(cmd->text);
    putchar('\n');
    each_group(&set, man_heading, man_option);
    if (cmd->ranges) printf(".PP\nRanges, unless \\-\\-range says otherwise:\n");
    each_range(cmd, man_range);
    printf(".PP\nExamples:\n");
    for (const char *const *e = cmd->examples; *e; e += 2) {
        printf(".PP\n.RS 4\n.nf\n");
        roff(e[0]);
        printf("\n.fi\n");
        roff(e[1]);
        printf("\n.RE\n");
    }
    free_options(&set);
}

void print_man(const command *only) {
    printf(".TH GLIA 1 \"\" \"glia %s\" \"User Commands\"\n.SH NAME\nglia%s%s \\- ", GLIA_VERSION,
           only ? " " : "", only ? only->name : "");
    roff(only ? only->summary : "neural networks from the command line");
    printf("\n.SH SYNOPSIS\n");
    for (const command *const *k = commands; *k; k++) {
        if (only && *k != only) continue;
        printf(".B glia %s\n", (*k)->name);
        roff((*k)->usage);
        printf(" [options]\n.br\n");
    }
    for (const command *const *k = commands; *k; k++)
        if (!only || *k == only) man_command(*k);
    printf(".SH ENVIRONMENT\n"
           "Every option can be given as a variable: GLIA_BATCH stands for \\-\\-batch. A flag is "
           "stronger than the environment, the environment stronger than the file of "
           "\\-\\-config. NO_COLOR switches colours off,\n"
           "COLUMNS says how wide tables may be in place of the terminal.\n"
           ".SH EXIT STATUS\n"
           "0 done; 1 the work itself failed (training diverged, a check failed); 2 the command "
           "line is wrong; 3 a data or model file is wrong or unreadable; 4 out of memory, disk or "
           "another resource; 130 interrupted.\n");
}

/* --------------------------------------------------------------------------------- glia help -- */

static int run_help(cli *c) {
    const command *topic = c->operands > 0 ? find_command(c->operand[0]) : NULL;
    if (c->operands > 0 && !topic)
        return fail(GLIA_USAGE, "no command is called '%s'; 'glia help' lists them", c->operand[0]);
    const char *shell = given(c, "completion");
    if (shell) return print_completion(shell);
    if (is_on(c, "man")) print_man(topic);
    else if (topic) print_help(topic);
    else print_overview(stdout);
    return 0;
}

static const glia_option help_options[] = {
    {"man", NULL, NULL, "output", NULL, "the manual page, for man(1)"},
    {"completion", NULL, "[=bash|zsh|fish]", "output", NULL,
     "completion for a shell; bash unless said"},
    {NULL},
};

static const char *const help_examples[] = {
    "glia help train",
    "what 'glia train --help' prints",
    "glia help --man > glia.1; man ./glia.1",
    "reads the manual page",
    "source <(glia help --completion)",
    "completes commands, options and their words in this shell",
    "glia help --completion=zsh > _glia",
    "for zsh, into a folder of $fpath; fish reads ~/.config/fish/completions/glia.fish",
    NULL,
};

static const char *command_name(int i) { return commands[i] ? commands[i]->name : NULL; }

const command help_command = {
    .name = "help",
    .usage = "[COMMAND]",
    .summary = "explains a command; manual page and shell completion",
    .text = "Prints the help of a command, or the list of commands.",
    .max = 1,
    .word = command_name,
    .options = help_options,
    .examples = help_examples,
    .run = run_help,
};
