/*
 * commands.c: which commands there are.
 */
#include <string.h>

#include "cli.h"

const command *const commands[] = {
    &train_command, &tune_command,   &predict_command, &eval_command,
    &show_command,  &check_command,  &explain_command, &data_command,
    &demo_command,  &course_command, &bench_command,   &help_command,
    NULL,
};

const command *find_command(const char *name) {
    for (const command *const *k = commands; *k; k++)
        if (strcmp((*k)->name, name) == 0 || ((*k)->alias && strcmp((*k)->alias, name) == 0))
            return *k;
    return NULL;
}

int unknown_command(const char *name) {
    const char *names[2 * sizeof commands / sizeof *commands];
    int n = 0;
    for (const command *const *k = commands; *k; k++) {
        names[n++] = (*k)->name;
        if ((*k)->alias) names[n++] = (*k)->alias;
    }
    names[n] = NULL;
    const char *near = nearest(name, names);
    if (near) return fail(GLIA_USAGE, "unknown command '%s'; did you mean 'glia %s'?", name, near);
    return fail(GLIA_USAGE, "unknown command '%s'; 'glia help' lists the commands", name);
}
