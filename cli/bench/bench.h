/*
 * bench.h: what `glia bench` is made of: a probe of the machine (probe.c), what a step takes there
 * at least (least.c), the measuring of one network (bench.c), the table of standard networks
 * (table.c), and the same step by plain loops (loops.c).
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

#include "../cli.h"

double bench_now(void); /* seconds, of a clock that only goes forward */
/* The middle of the values, which end up sorted. */
double median(double *values, int count);

/* What this machine can do at all, with so many threads at once. */
double peak_gflops(int threads); /* fused multiply-adds in fp32 that wait for nothing */
/* Bytes a second, of a block of its own for each thread, read again and again: from the cache that
 * it fits, or from memory. */
double read_bandwidth(int threads, size_t bytes);
/* Seconds until one core sees what another has written: what a barrier between two threads and
 * every shared number cost. */
double signal_time(void);

/* The speeds of the machine. A block that a thread reads again and again fits a cache, or does not:
 * that is its level. */
enum { LEVELS = 3 };

typedef struct machine {
    int threads;
    const char *reason;
    double peak[2], read[LEVELS][2]; /* GFLOP/s, GB/s: one thread, all threads */
    double signal;                   /* ns from core to core; 0: there is one thread */
} machine;

machine probe_machine(const glia_ctx *g);
json_t *json_machine(const machine *m);
void print_machine(const machine *m);

/* What a step must do at least. */
typedef struct demand {
    double multiply_adds, bytes; /* bytes 0: they are too near to count */
    int level, threads;
    bool trains;
} demand;

demand demand_of(const glia_demand *step, bool trains, int threads);
const char *level_name(int level);
double floor_us(const machine *m, const demand *d);

/* ------------------------------------------------------------------------------- one network -- */

typedef struct workload {
    const char *name, *net, *activation, *loss;
    int64_t batch, rows; /* rows 0: as many as is usual, -1: one batch; batch 0: all rows */
    const char *optimizer;
    bool predict;
    int threads;    /* 0: the command's */
    double goal_us; /* of performance.md; 0: none */
    bool loops;     /* time and compare plain loops as well */
} workload;

enum { MOST_SIZES = 32, ROUNDS = 7 };

typedef struct bench {
    cli *c;
    workload w;
    int sizes, threads;       /* sizes 0: the network is a text */
    int64_t size[MOST_SIZES]; /* units of each layer, the input first */
    int64_t inputs, outputs;
    int64_t rows, batch, steps; /* steps 0: as many as fill the time */
    double seconds;
    glia_ctx *g;
    glia_model *model;
    float *x, *y; /* [rows, inputs], and labels or predictions [rows, labels] */

    /* the clock: */
    int64_t step, end; /* steps taken; where this round ends */
    int64_t per_round;
    double began;
    int round; /* -1: warming up */
    double us[ROUNDS];
    int64_t memory; /* bytes that training took, besides the data */
    int used;       /* threads: a step may be too small for all */
    glia_demand step_asks;
    double loops_us, loops_apart; /* of the same step by plain loops; how far the numbers differ */
} bench;

/* Measures b->w; *us is the median of a step. Returns the exit status, after an error message. */
int measure(bench *b, double *us);
double gflops(const bench *b, double us);
demand demand_of_step(const bench *b);
/* The standard networks, each beside its floor. */
int bench_all(bench *b);

#endif
