/*
 * probe.c: what this machine can do at all: the peak of fused multiply-adds and the speed of
 * reading caches and memory, for a number of threads; and how long a signal takes from core to
 * core. `glia bench` puts its own figures beside these.
 */
#include "bench.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../cli.h"

enum { MOST_THREADS = 64, TRIES = 15 };

double bench_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, by_value);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* -------------------------------------------------------------------------- multiply and add -- */

typedef float v4 __attribute__((vector_size(16)));
typedef float v8 __attribute__((vector_size(32)));
typedef float v16 __attribute__((vector_size(64)));

/* The chains must be more than latency times units (4 x 2), and fit into the registers. The number
 * of operations is what counts; the result is kept so that nobody leaves the work out. */
enum { CHAINS = 12 };

#define MULTIPLY_AND_ADD(v)                                                                        \
    v a[CHAINS], x = (v){0} + 0.999f, y = (v){0} + 1e-3f, sum = {0};                               \
    for (int k = 0; k < CHAINS; k++) a[k] = x * (float)k;                                          \
    for (long i = 0; i < rounds; i++) {                                                            \
        _Pragma("GCC unroll 12") for (int k = 0; k < CHAINS; k++) a[k] = a[k] * x + y;             \
    }                                                                                              \
    for (int k = 0; k < CHAINS; k++) sum += a[k];                                                  \
    *kept = sum[0];                                                                                \
    return (long)(sizeof(v) / sizeof(float)) * CHAINS * 2 * rounds

static long multiply_v4(long rounds, float *kept) { MULTIPLY_AND_ADD(v4); }

#ifdef __x86_64__
__attribute__((target("avx2,fma"))) static long multiply_v8(long rounds, float *kept) {
    MULTIPLY_AND_ADD(v8);
}

__attribute__((target("avx512f"))) static long multiply_v16(long rounds, float *kept) {
    MULTIPLY_AND_ADD(v16);
}
#endif

/* The widest that runs here. Returns how many operations it did. */
static long multiply(long rounds, float *kept) {
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f")) return multiply_v16(rounds, kept);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return multiply_v8(rounds, kept);
#endif
    return multiply_v4(rounds, kept);
}

/* ------------------------------------------------------------------------------------ memory -- */

enum { AT_LEAST = 128 << 20 }; /* read in all, by each thread */

/* A block of `bytes` again and again: how fast depends on the cache that it fits. */
#define READ_ALL(v)                                                                                \
    const v *p = (const v *)(const void *)memory;                                                  \
    v a = {0}, b = {0}, c = {0}, d = {0};                                                          \
    long done = 0;                                                                                 \
    for (; done < AT_LEAST; done += (long)bytes)                                                   \
        for (size_t i = 0; i < bytes / sizeof *p; i += 4)                                          \
            a += p[i], b += p[i + 1], c += p[i + 2], d += p[i + 3];                                \
    *kept = (a + b + c + d)[0];                                                                    \
    return done

static long read_v4(const char *memory, size_t bytes, float *kept) { READ_ALL(v4); }

#ifdef __x86_64__
__attribute__((target("avx2"))) static long read_v8(const char *memory, size_t bytes, float *kept) {
    READ_ALL(v8);
}

__attribute__((target("avx512f"))) static long read_v16(const char *memory, size_t bytes,
                                                        float *kept) {
    READ_ALL(v16);
}
#endif

static long read_all(const char *memory, size_t bytes, float *kept) {
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f")) return read_v16(memory, bytes, kept);
    if (__builtin_cpu_supports("avx2")) return read_v8(memory, bytes, kept);
#endif
    return read_v4(memory, bytes, kept);
}

/* ----------------------------------------------------------------------------------- threads -- */

typedef struct worker {
    pthread_t thread;
    pthread_barrier_t *start;
    char *memory; /* NULL: multiply */
    size_t bytes;
    double begin, end, done;
    float kept;
} worker;

static void *work(void *user) {
    worker *w = user;
    if (w->memory)
        memset(w->memory, 1, w->bytes); /* by the thread that reads: its own node's memory */
    else multiply(200000, &w->kept);
    pthread_barrier_wait(w->start);
    w->begin = bench_now();
    w->done =
        (double)(w->memory ? read_all(w->memory, w->bytes, &w->kept) : multiply(1000000, &w->kept));
    w->end = bench_now();
    return NULL;
}

/* Done per second by all threads between the first start and the last end: bytes read, or with
 * bytes = 0 operations; 0: it could not be measured. */
static double together(int threads, size_t bytes) {
    worker w[MOST_THREADS] = {0};
    pthread_barrier_t start;
    double done = 0, begin = 0, end = 0;
    int running = 0;
    for (int t = 0; t < threads; t++)
        if (bytes && !(w[t].memory = aligned_alloc(64, bytes))) threads = 0;
    pthread_barrier_init(&start, NULL, threads > 0 ? (unsigned)threads : 1);
    for (int t = 0; t < threads; t++, running++) {
        w[t].start = &start;
        w[t].bytes = bytes;
        if (pthread_create(&w[t].thread, NULL, work, &w[t]) != 0)
            exit(fail(GLIA_RESOURCE, "thread %d could not be started", t + 1));
    }
    for (int t = 0; t < running; t++) {
        pthread_join(w[t].thread, NULL);
        done += w[t].done;
        if (t == 0 || w[t].begin < begin) begin = w[t].begin;
        if (t == 0 || w[t].end > end) end = w[t].end;
    }
    for (int t = 0; t < MOST_THREADS; t++) free(w[t].memory);
    pthread_barrier_destroy(&start);
    return running > 0 ? done / (end - begin) : 0;
}

/* The best of several tries: what else runs on the machine only takes away. */
static double best_of(int threads, size_t bytes) {
    double best = 0;
    if (threads > MOST_THREADS) threads = MOST_THREADS;
    for (int i = 0; i < TRIES; i++) {
        double rate = together(threads, bytes);
        if (rate > best) best = rate;
    }
    return best;
}

double peak_gflops(int threads) { return 1e-9 * best_of(threads, 0); }

double read_bandwidth(int threads, size_t bytes) { return best_of(threads, bytes); }

/* ----------------------------------------------------------------------------------- signals -- */

enum { SIGNALS = 100000, WARM_UP = SIGNALS / 2 };

typedef struct table { /* where two threads play: each waits for the other's number */
    _Alignas(128) atomic_int ball;
    _Alignas(128) atomic_int back;
} table;

static void *answer(void *user) {
    table *t = user;
    for (int i = 1; i <= SIGNALS; i++) {
        while (atomic_load(&t->ball) != i) continue;
        atomic_store(&t->back, i);
    }
    return NULL;
}

static double play(void) {
    table t = {0};
    pthread_t partner;
    if (pthread_create(&partner, NULL, answer, &t) != 0)
        exit(fail(GLIA_RESOURCE, "a second thread could not be started"));
    double begin = 0;
    for (int i = 1; i <= SIGNALS; i++) {
        if (i == WARM_UP) begin = bench_now(); /* by now the partner has a core of its own */
        atomic_store(&t.ball, i);
        while (atomic_load(&t.back) != i) continue;
    }
    double took = bench_now() - begin;
    pthread_join(partner, NULL);
    return took / (SIGNALS - WARM_UP) / 2;
}

double signal_time(void) {
    double best = play();
    for (int i = 1; i < TRIES; i++) {
        double seconds = play();
        if (seconds < best) best = seconds;
    }
    return best;
}
