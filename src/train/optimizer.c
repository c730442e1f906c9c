/*
 * optimizer.c: the table of optimizers. Each is a kernel (one call over the whole store) and a row
 * here.
 */
#include "train.h"

#include <string.h>

static const gl_optimizer table[] = {
    {"sgd", GL_K_sgd, 0, 0.1, "w := w - lr dw", "gradient descent; Cauchy, 1847"},
    {"momentum", GL_K_momentum, 1, 0.1, "v := beta v + (1 - beta) dw;  w := w - lr v",
     "Polyak, 1964; v as a moving average, so lr means the same as in sgd"},
    {"adam", GL_K_adam, 2, 0.001,
     "v, s := moving averages of dw, dw^2, corrected for their start;  w := w - lr v / (sqrt(s) + "
     "eps)",
     "Kingma and Ba, 2015"},
};

const gl_optimizer *gl_optimizer_find(glia_ctx *g, const char *name) {
    enum { COUNT = sizeof table / sizeof *table };
    const char *names[COUNT];
    if (!name) name = "adam";
    for (int i = 0; i < COUNT; i++) {
        if (strcmp(table[i].name, name) == 0) return &table[i];
        names[i] = table[i].name;
    }
    const char *near = gl_nearest(name, names, COUNT);
    gl_fail(g, GLIA_USAGE, "unknown optimizer '%s'%s%s%s; expected sgd, momentum or adam", name,
            near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return NULL;
}
