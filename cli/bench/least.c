/*
 * least.c: what a step takes at least on this machine.
 *
 * The multiply-adds that must be done (the first layer needs no gradient of its input) at the peak
 * of the machine, and bytes that must move at the speed of the cache that a thread's share of them
 * fits. In training these are the update's, after the arithmetic: weights, gradients and
 * moments. In prediction they are the weights, which come meanwhile: the longer of the two
 * counts.
 */
#include "bench.h"

#include <math.h>

static const struct level {
    const char *name;
    size_t probe, most; /* bytes to read when it is measured; for a thread's share up to `most` */
} levels[LEVELS] = {{"256 kB", 256 << 10, 512 << 10},
                    {"4 MB", 4 << 20, 8 << 20},
                    {"memory", 128 << 20, (size_t)-1}};

enum { FIRST_LEVEL_CACHE = 32 << 10 };

const char *level_name(int level) { return levels[level].name; }

/* ------------------------------------------------------------------------------- the machine -- */

machine probe_machine(const glia_ctx *g) {
    machine m = {.threads = glia_threads(g), .reason = glia_threads_reason(g)};
    for (int i = 0; i < 2; i++) {
        int threads = i == 0 ? 1 : m.threads;
        m.peak[i] = peak_gflops(threads);
        for (int l = 0; l < LEVELS; l++)
            m.read[l][i] = 1e-9 * read_bandwidth(threads, levels[l].probe);
    }
    if (m.threads > 1) m.signal = 1e9 * signal_time();
    return m;
}

json_t *json_machine(const machine *m) {
    json_t *read = json_object();
    for (int l = 0; l < LEVELS; l++)
        json_object_set_new(read, levels[l].name, json_pack("[f,f]", m->read[l][0], m->read[l][1]));
    return json_pack("{s:i, s:s, s:[f,f], s:o, s:f}", "threads", m->threads, "threads_reason",
                     m->reason, "peak_gflops", m->peak[0], m->peak[1], "read_gb_per_second", read,
                     "signal_ns", m->signal);
}

void print_machine(const machine *m) {
    print_fact("threads", "%d (%s)", m->threads, m->reason);
    print_fact("peak", "%.0f GFLOP/s with one thread, %.0f with %d (fp32 multiply-adds)",
               m->peak[0], m->peak[1], m->threads);
    for (int l = 0; l < LEVELS; l++)
        print_fact(l == 0 ? "reads" : "", "%s: %.1f GB/s by one thread, %.1f by %d%s",
                   levels[l].name, m->read[l][0], m->read[l][1], m->threads,
                   l < LEVELS - 1 ? " (again and again: a cache)" : "");
    if (m->threads > 1) print_fact("signal", "%.0f ns from core to core", m->signal);
    if (m->threads == 2 && m->peak[1] < 1.5 * m->peak[0])
        print_fact("beware", "two threads share one core here: figures for two mean little");
}

/* ---------------------------------------------------------------------------------- the step -- */

demand demand_of(const glia_demand *step, bool trains, int threads) {
    double share = step->kept / threads;
    demand d = {.multiply_adds = step->multiply_adds,
                .bytes = share > FIRST_LEVEL_CACHE ? step->moved : 0,
                .threads = threads,
                .trains = trains};
    while (share > (double)levels[d.level].most) d.level++;
    return d;
}

double floor_us(const machine *m, const demand *d) {
    bool many = d->threads > 1;
    double arithmetic = 2e-3 * d->multiply_adds / m->peak[many];
    double moving = 1e-3 * d->bytes / m->read[d->level][many];
    return d->trains ? arithmetic + moving : fmax(arithmetic, moving);
}
