/*
 * apply_speed.c: what one row costs: microseconds a call of glia_model_apply, of an applier, and
 * of an applier whose row comes from a builder.
 *
 *     apply_speed MODEL DATA
 *
 * The row is DATA's first. Built with -DONLY_APPLY it measures a library that has no applier.
 */
#include <glia/glia.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

typedef struct bench {
    glia_ctx *g;
    const glia_model *m;
    const glia_table *row;
#ifndef ONLY_APPLY
    glia_applier *a;
    glia_table_builder *b;
    char cell[64][64];
#endif
} bench;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int apply(bench *k) {
    glia_predictions *p = glia_model_apply(k->g, k->m, k->row);
    glia_predictions_free(k->g, p);
    return p != NULL;
}

#ifndef ONLY_APPLY
static int run(bench *k) { return glia_applier_run(k->a, k->row, 0, 1) != NULL; }

static int build(bench *k) {
    glia_table_builder_clear(k->b);
    int ok = glia_table_builder_row(k->b) == GLIA_OK;
    for (int j = 0; j < glia_table_columns(k->row); j++)
        ok = ok && glia_table_builder_text(k->b, j, k->cell[j]) == GLIA_OK;
    return ok && glia_applier_run(k->a, glia_table_builder_table(k->b), 0, 1) != NULL;
}

static int open_applier(bench *k) {
    k->a = glia_applier_new(k->g, k->m, 1);
    k->b = glia_table_builder_new(k->g);
    for (int j = 0; k->b && j < glia_table_columns(k->row) && j < 64; j++) {
        glia_column c = glia_table_column(k->row, j);
        glia_table_builder_column(k->b, c.name, c.type);
        glia_table_cell(k->row, 0, j, k->cell[j], sizeof k->cell[j]);
    }
    return k->a && k->b;
}
#endif

/* The best of rounds of some milliseconds each. */
static void measure(const char *name, int (*call)(bench *), bench *k) {
    double best = 1e9;
    for (int round = 0; round < 15; round++) {
        double begin = now(), end;
        long calls = 0;
        do calls += call(k);
        while ((end = now()) - begin < 0.02);
        if ((end - begin) / (double)calls < best) best = (end - begin) / (double)calls;
    }
    printf("%-8s %9.3f us\n", name, 1e6 * best);
}

int main(int argc, char **argv) {
    if (argc != 3) return fprintf(stderr, "usage: apply_speed MODEL DATA\n"), 2;
    bench k = {.g = glia_open(&(glia_settings){.threads = 1})};
    glia_model *m = glia_model_load(k.g, argv[1]);
    glia_table *all = m ? glia_table_read(k.g, argv[2], NULL) : NULL;
    k.m = m, k.row = all ? glia_table_select(all, (int64_t[]){0}, 1) : NULL;
    if (!k.row || !apply(&k)) return fprintf(stderr, "%s\n", glia_message(k.g)), 1;
    measure("apply", apply, &k);
#ifndef ONLY_APPLY
    if (!open_applier(&k) || !run(&k) || !build(&k))
        return fprintf(stderr, "%s\n", glia_message(k.g)), 1;
    measure("applier", run, &k);
    measure("builder", build, &k);
#endif
    return 0;
}
