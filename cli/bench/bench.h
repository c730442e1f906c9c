/*
 * bench.h: what `glia bench` is made of: a probe of the machine (probe.c), what a step takes there
 * at least (least.c), and the measuring of one network (bench.c).
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

#endif
