/*
 * csv_speed.c: seconds that reading a table takes, without looking at it: csv_speed FILE. It is
 * read twice and the second time counts: memory that a virtual machine has never used before comes
 * slowly.
 */
#include <glia/glia.h>
#include <stdio.h>
#include <time.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv) {
    glia_ctx *g = glia_open(&(glia_settings){.threads = 1});
    if (!g || argc != 2) return 2;
    glia_table_free(glia_table_read(g, argv[1], NULL));
    double begin = now();
    glia_table *t = glia_table_read(g, argv[1], NULL);
    if (t) printf("%.6g\n", now() - begin);
    else fprintf(stderr, "%s\n", glia_message(g));
    int status = t ? 0 : (int)glia_code(g);
    glia_table_free(t);
    glia_close(g);
    return status;
}
