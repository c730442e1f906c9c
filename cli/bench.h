/*
 * bench.h: what `glia bench` is made of: a probe of the machine (probe.c), and the measuring of one
 * network (bench.c).
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

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

#endif
