/*
 * threads.c: how many threads this process should use when nobody says: one for each processor that
 * it may run on, but no more than its control group is given time for, nor than OMP_NUM_THREADS
 * says.
 *
 * A container with two processors' worth of time on a machine of 64 may run on all of them, for 3
 * of every 100 ms. 64 threads then stop together in the middle of a step, and those that wait spin
 * through what is left: a training takes many times as long as with two. The number changes the
 * time alone; results are the same bits.
 */
#include "base.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef _OPENMP
#include <omp.h>
#endif

char *gl_first_line(const char *folder, const char *name, char *line, int size) {
    char path[4096 + 64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "r");
    if (!f || !fgets(line, size, f)) *line = '\0';
    if (f) fclose(f);
    return line;
}

/* Processors' worth of time that one group gives: cpu.max says "150000 100000" or "max 100000", its
 * elder brother -1 for no limit. cfs_quota_us and cfs_period_us are those of version 1. */
static double quota_of(const char *folder) {
    char line[64];
    double quota, period;
    if (sscanf(gl_first_line(folder, "cpu.max", line, sizeof line), "%lf %lf", &quota, &period) !=
        2) {
        quota = atof(gl_first_line(folder, "cpu.cfs_quota_us", line, sizeof line));
        period = atof(gl_first_line(folder, "cpu.cfs_period_us", line, sizeof line));
    }
    return quota > 0 && period > 0 ? quota / period : INFINITY;
}

/* The least of the group and those that it lies in: each may bound the time of all below it. A
 * container sees its own group as the root, and may still be told the path that it has outside;
 * folders that are not there say nothing. */
static double least_above(const char *mount, char *group, gl_group_says *says) {
    char folder[4096];
    double least = INFINITY;
    for (;;) {
        snprintf(folder, sizeof folder, "%s%s", mount, group);
        least = fmin(least, says(folder));
        char *slash = strrchr(group, '/');
        if (!slash) return least;
        *slash = '\0';
    }
}

/* Is it the one, or among others, "cpu,cpuacct"? */
static bool has_word(const char *list, const char *word) {
    size_t n = strlen(word);
    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (!strncmp(at, word, n) && (!at[n] || at[n] == ',')) return true;
    return false;
}

/* A line is "0::/group" (version 2), or "4:cpu,cpuacct:/group". */
double gl_least_of_groups(const char *root, const char *controller, gl_group_says *says) {
    char path[512], mount[512], line[2048];
    double least = INFINITY;
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f)) {
        char *controllers = strchr(line, ':'), *group = controllers;
        if (!group || !(group = strchr(controllers + 1, ':'))) continue;
        *group++ = '\0';
        group[strcspn(group, "\n")] = '\0';
        controllers++;
        bool second = *controllers == '\0';
        if (!second && !has_word(controllers, controller)) continue;
        snprintf(mount, sizeof mount, "%s/sys/fs/cgroup%s%s", root, second ? "" : "/",
                 second ? "" : controller);
        least = fmin(least, least_above(mount, group, says));
    }
    if (f) fclose(f);
    return least;
}

double gl_cpu_quota(const char *root) { return gl_least_of_groups(root, "cpu", quota_of); }

int gl_usable_threads(const char **reason) {
#ifdef _OPENMP
    int usable = omp_get_num_procs(); /* knows the affinity */
    *reason = usable < sysconf(_SC_NPROCESSORS_ONLN) ? "the processors that this process may use"
                                                     : "all processors";
    /* At 1.5 processors' worth two threads are stopped for a quarter of the time and do the work of
     * 1.5; one thread would do that of one. */
    double quota = ceil(gl_cpu_quota(""));
    if (quota < usable) usable = (int)quota, *reason = "the CPU quota of this process";
    /* More threads than processors wait for each other: eight on two took 1.6 times as long as two.
     * The variable is often set once for a whole cluster. */
    int asked = omp_get_max_threads();
    if (getenv("OMP_NUM_THREADS") && asked <= usable) usable = asked, *reason = "OMP_NUM_THREADS";
    return usable;
#else
    *reason = "built without OpenMP";
    return 1;
#endif
}
