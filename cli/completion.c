/*
 * completion.c: completion for bash, from the tables of commands and options: commands, options,
 * the words that an option takes, and operands that are words; file names otherwise.
 *
 *     glia train --opt<TAB>            --optimizer
 *     glia train --optimizer <TAB>     auto sgd momentum ...     of its argument, auto|sgd|...
 *     glia train --activation <TAB>    sigmoid tanh relu ...     of its help
 *     glia demo <TAB>                  flower moons ...          of the command's words
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* "huber[:delta]" and "normal:S" begin with a word; N, NAME and 1 are none. */
static void add_word(char **words, const char *from, size_t length) {
    size_t n = 0;
    while (n < length &&
           (islower((unsigned char)from[n]) || isdigit((unsigned char)from[n]) || from[n] == '_'))
        n++;
    bool ends = n == length || from[n] == ':' || from[n] == '[';
    if (n < 2 || !ends || !islower((unsigned char)*from) || strncmp(from, "or", n) == 0) return;
    char *longer = format_text("%s%s%.*s", *words, **words ? " " : "", (int)n, from);
    free(*words);
    *words = longer;
}

static void add_words(char **words, const char *text, const char *between, size_t length) {
    for (const char *end = text + length; text < end;) {
        size_t n = strcspn(text, between);
        if (text + n > end) n = (size_t)(end - text);
        add_word(words, text, n);
        text += n + 1;
    }
}

/* Options that list their words in the help, behind its first colon, in one sentence. */
static bool lists_in_help(const char *name) {
    static const char *const names[] = {"activation", "schedule", "monitor"};
    for (int i = 0; i < 3; i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

/* For free; "": it takes none. */
static char *words_of(const glia_option *o) {
    char *words = copy_text("");
    const char *list = strstr(o->help, ": ");
    if (o->argument && lists_in_help(o->name) && list)
        add_words(&words, list + 2, " ,", strcspn(list + 2, ";"));
    else if (o->argument && strchr(o->argument, '|'))
        add_words(&words, o->argument, "|", strlen(o->argument));
    return words;
}

/* What may stand behind an option, each once: words of one name are those of the first command that
 * lists some. */
static void print_option_words(void) {
    char *done = copy_text(" ");
    printf("    case $before in\n");
    for (const command *const *k = commands; *k; k++) {
        option_set set;
        options_of(*k, &set);
        for (int i = 0; i < set.count; i++) {
            char *words = words_of(&set.row[i]), *name = format_text(" %s ", set.row[i].name);
            if (*words && !strstr(done, name)) {
                printf("    --%s) words=\"%s\"; values=1 ;;\n", set.row[i].name, words);
                char *longer = format_text("%s%s ", done, set.row[i].name);
                free(done);
                done = longer;
            }
            free(words);
            free(name);
        }
        free_options(&set);
    }
    printf("    esac\n");
    free(done);
}

static void print_options_of(const command *k) {
    option_set set;
    options_of(k, &set);
    printf("    *:%s%s%s) words=\"", k->name, k->alias ? "|*:" : "", k->alias ? k->alias : "");
    for (int i = 0; i < set.count; i++) printf("%s--%s", i > 0 ? " " : "", set.row[i].name);
    printf("\"");
    if (k->word) {
        printf("; operands=\"");
        for (int i = 0; k->word(i); i++) printf("%s%s", i > 0 ? " " : "", k->word(i));
        printf("\"");
    }
    printf(" ;;\n");
    free_options(&set);
}

void print_completion(void) {
    printf("# bash completion for glia; written by: glia help --completion\n"
           "_glia() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words "
           "operands "
           "values\n"
           "    COMPREPLY=()\n"
           "    case $COMP_CWORD:${COMP_WORDS[1]} in\n"
           "    1:*) words=\"");
    for (const command *const *k = commands; *k; k++) printf("%s ", (*k)->name);
    printf("--help --version\" ;;\n");
    for (const command *const *k = commands; *k; k++) print_options_of(*k);
    printf("    esac\n");
    print_option_words();
    printf("    if [[ $word == -* || $COMP_CWORD -eq 1 || $values ]]; then\n"
           "        COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
           "    elif [[ $operands && $COMP_CWORD -eq 2 ]]; then\n"
           "        COMPREPLY=($(compgen -W \"$operands\" -- \"$word\"))\n"
           "    fi\n"
           "    # an option may take a file as well: --val none, or --val later.csv\n"
           "    [[ ${COMPREPLY[*]} || $word == -* ]] || COMPREPLY=($(compgen -f -- \"$word\"))\n"
           "}\n"
           "complete -o filenames -F _glia glia\n");
}
