/*
 * optimizer.c: the table of optimizers. Each is a kernel and a row of optimizers.def.
 */
#include "../base/option.h"
#include "train.h"

#include <string.h>

const gl_optimizer gl_optimizers[] = {
#define OPTIMIZER(id, formula, source, ...) {#id, GL_K_##id, formula, source, __VA_ARGS__},
#define SEARCH(id, formula, source, ...) {#id, GL_KERNELS, formula, source, __VA_ARGS__},
#include "optimizers.def"
#undef OPTIMIZER
#undef SEARCH
};

#define OPTIMIZER(id, ...)                                                                         \
    _Static_assert(sizeof(gl_##id##_p) <= sizeof(void * [GL_MOMENT + GL_MOST_MOMENTS]),            \
                   #id " has more moments than a store has room for");
#define SEARCH(id, ...)
#include "optimizers.def"
#undef OPTIMIZER
#undef SEARCH

const char gl_optimizer_words[] = "auto"
#define OPTIMIZER(id, ...) "|" #id
#define SEARCH OPTIMIZER
#include "optimizers.def"
#undef OPTIMIZER
#undef SEARCH
    ;

enum { COUNT = sizeof gl_optimizers / sizeof *gl_optimizers };
const int gl_optimizers_count = COUNT;

const gl_optimizer *gl_optimizer_find(glia_ctx *g, const char *name) {
    const char *names[COUNT];
    char list[200];
    for (int i = 0; i < COUNT; i++) {
        if (strcmp(gl_optimizers[i].name, name) == 0) return &gl_optimizers[i];
        names[i] = gl_optimizers[i].name;
    }
    gl_fail_word(g, GLIA_USAGE, name, names, COUNT, NULL, "unknown optimizer '%s', expected %s",
                 name, gl_list(names, COUNT, list, sizeof list));
    return NULL;
}
