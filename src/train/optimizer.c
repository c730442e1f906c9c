/*
 * optimizer.c: the table of optimizers. Each is a kernel and a row here.
 */
#include "train.h"

#include <string.h>

const gl_optimizer gl_optimizers[] = {
    {"sgd", GL_K_sgd, .lr = 0.1, .formula = "w := w - lr dw", .source = "Cauchy, 1847"},
    {"momentum", GL_K_momentum, .lr = 0.1, .formula = "v := beta v + (1 - beta) dw;  w := w - lr v",
     .source = "Polyak, 1964; v as a moving average, so lr means the same as in sgd"},
    {"nesterov", GL_K_nesterov, .lr = 0.1,
     .formula = "v := beta v + (1 - beta) dw;  w := w - lr (beta v + (1 - beta) dw)",
     .source = "Nesterov, 1983, in the form of Sutskever, Martens, Dahl and Hinton, 2013"},
    {"rmsprop", GL_K_rmsprop, .lr = 0.001, .beta2 = 0.9,
     .formula = "s := beta2 s + (1 - beta2) dw^2;  w := w - lr dw / (sqrt(s) + eps)",
     .source = "Tieleman and Hinton, Coursera lecture 6.5, 2012"},
    {"adam", GL_K_adam, .lr = 0.001, .beta2 = 0.999,
     .formula = "v, s := moving averages of dw, dw^2, corrected for their start;  "
                "w := w - lr v / (sqrt(s) + eps)",
     .source = "Kingma and Ba, 2015"},
    {"adamw", GL_K_adamw, .lr = 0.001, .beta2 = 0.999, .decay = 0.01,
     .formula = "W := W - lr decay W;  then as adam", .source = "Loshchilov and Hutter, 2019"},
    {"lbfgs", GL_KERNELS, .formula = "w := w - a H dw;  H from the last 10 steps, a by line search",
     .source = "Liu and Nocedal, 1989; Nocedal and Wright, 2006, algorithms 7.5 and 3.5"},
};

enum { COUNT = sizeof gl_optimizers / sizeof *gl_optimizers };
const int gl_optimizers_count = COUNT;

const gl_optimizer *gl_optimizer_find(glia_ctx *g, const char *name) {
    const char *names[COUNT];
    char list[160];
    if (!name) name = "adam";
    for (int i = 0; i < COUNT; i++) {
        if (strcmp(gl_optimizers[i].name, name) == 0) return &gl_optimizers[i];
        names[i] = gl_optimizers[i].name;
    }
    gl_fail_word(g, GLIA_USAGE, name, names, COUNT, NULL, "unknown optimizer '%s', expected %s",
                 name, gl_list(names, COUNT, list, sizeof list));
    return NULL;
}
