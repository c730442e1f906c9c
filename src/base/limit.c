/*
 * limit.c: how much a file may take at once. 2 MB of gzip are 2 GB of zeros, a header of 80 bytes
 * claims any shape, and /dev/zero has no end: each is to be an error with a number in it, before
 * the memory is taken and others on the machine go without.
 */
#include "base.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Version 2 says "max" for no limit, version 1 nearly 2^63. */
static double memory_of(const char *folder) {
    char line[64];
    double bytes = atof(gl_first_line(folder, "memory.max", line, sizeof line));
    if (!(bytes > 0))
        bytes = atof(gl_first_line(folder, "memory.limit_in_bytes", line, sizeof line));
    return bytes > 0 ? bytes : (double)INFINITY;
}

/* Of the machine, not what is free: caches give way. */
double gl_memory(const char *root) {
    struct rlimit space;
    double bytes = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY)
        bytes = fmin(bytes, (double)space.rlim_cur);
    return fmin(bytes, gl_least_of_groups(root, "memory", memory_of));
}

/* Half: what is read becomes a table beside it. */
int64_t gl_most_bytes(const glia_ctx *g) {
    const int64_t said = g->settings.max_bytes;
    return said > 0 ? said : (int64_t)(gl_memory("") / 2);
}

/* Every machine has so much, and asking reads some files. */
static bool is_small(const glia_ctx *g, int64_t bytes) {
    return bytes <= 16 << 20 && g->settings.max_bytes <= 0;
}

glia_status gl_check_bytes(glia_ctx *g, const char *source, int64_t bytes) {
    const bool said = g->settings.max_bytes > 0;
    if (is_small(g, bytes)) return GLIA_OK;
    int64_t most = gl_most_bytes(g);
    if (bytes <= most) return GLIA_OK;
    return gl_fail(g, GLIA_RESOURCE,
                   "%s: it holds %.4g MB or more, and at most %.4g MB are taken at once%s; option "
                   "'max-bytes' N allows N bytes",
                   source, (double)bytes / 1e6, (double)most / 1e6,
                   said ? "" : ", half of the memory");
}

/* What was there is copied, and both are there meanwhile: so the last step goes from a quarter of
 * the limit to all of it, whose pages come as they are written. */
bool gl_reserve_bytes(glia_ctx *g, const char *source, char **bytes, int64_t *cap, int64_t need,
                      int64_t wish) {
    if (need <= *cap) return true;
    if (gl_check_bytes(g, source, need) != GLIA_OK) return false;
    int64_t grown = wish > 2 * *cap ? wish : 2 * *cap;
    int64_t most = is_small(g, grown) ? INT64_MAX : gl_most_bytes(g);
    if (grown > most || (*cap && grown > most / 4)) grown = most;
    if (grown < need) grown = need;
    char *fresh = gl_alloc_unset(g, grown, 1);
    if (!fresh) return false;
    if (*cap) memcpy(fresh, *bytes, (size_t)*cap);
    gl_free(g, *bytes);
    *bytes = fresh, *cap = grown;
    return true;
}
