/*
 * completion.c: completion for bash, zsh and fish, from the tables of commands and options:
 * commands, options, the words that an option takes, layers of the model on the line, and operands
 * that are words; file names otherwise.
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
    if (o->argument && *o->argument == '[') return words; /* --name=VALUE is one word */
    if (o->argument && lists_in_help(o->name) && list)
        add_words(&words, list + 2, " ,", strcspn(list + 2, ";"));
    else if (o->argument && strchr(o->argument, '|'))
        add_words(&words, o->argument, "|", strlen(o->argument));
    return words;
}

/* Layers that --layer of a model names: those that `show` tells. */
#define LAYERS(model)                                                                              \
    "glia show " model " --json --quiet 2>/dev/null | sed -n '/^  \"layers\"/,/^  [^ ]/p' | "      \
    "grep -o '\"name\": \"[^\"]*\"' | cut -d '\"' -f 4"

static char *operands_of(const command *k) {
    char *words = copy_text("");
    for (int i = 0; k->word && k->word(i); i++) {
        char *longer = format_text("%s%s%s", words, i > 0 ? " " : "", k->word(i));
        free(words);
        words = longer;
    }
    return words;
}

/* -------------------------------------------------------------------------------- bash, zsh -- */

/* Both have `case`; the lists are a text in bash, an array in zsh. */
typedef struct dialect {
    const char *option, *command, *operands; /* how the words of each are set */
} dialect;

static const dialect bash = {.option = "    --%s) words=\"%s\"; values=1 ;;\n",
                             .command = "    *:%s%s%s) words=\"",
                             .operands = "\"; operands=\""};
static const dialect zsh = {.option = "    --%s) values=(%s) ;;\n",
                            .command = "    %s%s%s) options=(",
                            .operands = "); operands=("};

/* What may stand behind an option, each once: words of one name are those of the first command that
 * lists some. */
static void print_option_words(const dialect *in) {
    char *done = copy_text(" ");
    for (const command *const *k = commands; *k; k++) {
        option_set set;
        options_of(*k, &set);
        for (int i = 0; i < set.count; i++) {
            char *words = words_of(&set.row[i]), *name = format_text(" %s ", set.row[i].name);
            if (*words && !strstr(done, name)) {
                printf(in->option, set.row[i].name, words);
                char *longer = format_text("%s%s ", done, set.row[i].name);
                free(done);
                done = longer;
            }
            free(words);
            free(name);
        }
        free_options(&set);
    }
    free(done);
}

static void print_options_of(const command *k, const dialect *in) {
    option_set set;
    options_of(k, &set);
    char *operands = operands_of(k);
    printf(in->command, k->name, k->alias ? in->command == bash.command ? "|*:" : "|" : "",
           k->alias ? k->alias : "");
    for (int i = 0; i < set.count; i++) printf("%s--%s", i > 0 ? " " : "", set.row[i].name);
    printf("%s%s%s ;;\n", in->operands, operands, in == &bash ? "\"" : ")");
    free(operands);
    free_options(&set);
}

static void print_commands(void) {
    for (const command *const *k = commands; *k; k++) printf("%s ", (*k)->name);
    printf("--help --version");
}

static void print_bash(void) {
    printf("# bash completion for glia; written by: glia help --completion\n"
           "_glia() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words "
           "operands "
           "values model\n"
           "    COMPREPLY=()\n"
           "    case $COMP_CWORD:${COMP_WORDS[1]} in\n"
           "    1:*) words=\"");
    print_commands();
    printf("\" ;;\n");
    for (const command *const *k = commands; *k; k++) print_options_of(*k, &bash);
    printf("    esac\n"
           "    case $before in\n");
    print_option_words(&bash);
    printf("    --layer) for model in \"${COMP_WORDS[@]}\"; do\n"
           "        [[ $model != *.glia ]] || { words=$(" LAYERS("\"$model\"") "); values=1; }\n"
                                                                               "        done ;;\n"
                                                                               "    esac\n");
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

static void print_zsh(void) {
    printf("#compdef glia\n"
           "# zsh completion for glia; written by: glia help --completion=zsh\n"
           "_glia() {\n"
           "    local before=${words[CURRENT-1]} model\n"
           "    local -a options operands values\n"
           "    case ${words[2]} in\n");
    for (const command *const *k = commands; *k; k++) print_options_of(*k, &zsh);
    printf("    esac\n"
           "    case $before in\n");
    print_option_words(&zsh);
    printf("    --layer) for model in $words; do\n"
           "        [[ $model != *.glia ]] || values=($(" LAYERS(
               "\"$model\"") "))\n"
                             "        done ;;\n"
                             "    esac\n"
                             "    if (( CURRENT == 2 )); then\n"
                             "        compadd -- ");
    print_commands();
    printf("\n"
           "    elif (( $#values )); then\n"
           "        compadd -- $values\n"
           "        _files\n"
           "    elif [[ ${words[CURRENT]} == -* ]]; then\n"
           "        compadd -- $options\n"
           "    elif (( CURRENT == 3 && $#operands )); then\n"
           "        compadd -- $operands\n"
           "    else\n"
           "        _files\n"
           "    fi\n"
           "}\n"
           "if [[ ${funcstack[1]} == _glia ]]; then _glia \"$@\"; else compdef _glia glia; fi\n");
}

/* ------------------------------------------------------------------------------------- fish -- */

static void print_quoted(const char *text) {
    putchar('\'');
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\') putchar('\\');
        putchar(*text);
    }
    putchar('\'');
}

static void print_fish_option(const command *k, const glia_option *o) {
    char *words = words_of(o);
    printf("complete -c glia -n '__fish_seen_subcommand_from %s%s%s' -l %s", k->name,
           k->alias ? " " : "", k->alias ? k->alias : "", o->name);
    if (o->alias && !o->alias[1]) printf(" -s %s", o->alias);
    if (o->argument && *o->argument != '[') printf(" -r");
    if (*words) printf(" -a '%s'", words);
    if (strcmp(o->name, "layer") == 0) printf(" -a '(__glia_layers)'");
    printf(" -d ");
    print_quoted(o->help);
    putchar('\n');
    free(words);
}

static void print_fish_command(const command *k) {
    option_set set;
    char *operands = operands_of(k);
    options_of(k, &set);
    printf("complete -c glia -n __fish_use_subcommand -f -a %s -d ", k->name);
    print_quoted(k->summary);
    putchar('\n');
    if (*operands)
        printf("complete -c glia -n '__fish_seen_subcommand_from %s' -f -a '%s'\n", k->name,
               operands);
    for (int i = 0; i < set.count; i++) print_fish_option(k, &set.row[i]);
    free(operands);
    free_options(&set);
}

static void print_fish(void) {
    printf("# fish completion for glia; written by: glia help --completion=fish\n"
           "function __glia_layers\n"
           "    for model in (commandline -opc | string match '*.glia')\n"
           "        " LAYERS("$model") "\n"
                                       "    end\n"
                                       "end\n");
    for (const command *const *k = commands; *k; k++) print_fish_command(*k);
}

int print_completion(const char *shell) {
    if (strcmp(shell, "true") == 0 || strcmp(shell, "bash") == 0) print_bash();
    else if (strcmp(shell, "zsh") == 0) print_zsh();
    else if (strcmp(shell, "fish") == 0) print_fish();
    else return fail(GLIA_USAGE, "--completion: expected bash, zsh or fish, found '%s'", shell);
    return 0;
}
