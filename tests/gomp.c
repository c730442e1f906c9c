/*
 * gomp.c: as much of OpenMP as glia uses, by threads of POSIX, in the place of libgomp: what that
 * waits with, system calls, ThreadSanitizer does not see, and takes what lies behind for a race.
 * With this it sees which steps of a plan wait for which (src/plan/sync.c).
 *
 * `scripts/test-builds threads` links it.
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct team {
    void (*part)(void *data);
    void *data;
    int members;
    pthread_barrier_t barrier;
} team;

typedef struct member {
    team *team;
    int number;
    pthread_t thread;
} member;

static _Thread_local member *self; /* NULL: outside of any team */

int omp_get_thread_num(void) { return self ? self->number : 0; }
int omp_get_num_threads(void) { return self ? self->team->members : 1; }
int omp_get_num_procs(void) { return (int)sysconf(_SC_NPROCESSORS_ONLN); }
int omp_get_max_threads(void) { return omp_get_num_procs(); }
void GOMP_barrier(void) { pthread_barrier_wait(&self->team->barrier); }

static void *take_part(void *user) {
    member *outside = self;
    self = user;
    self->team->part(self->team->data);
    self = outside;
    return NULL;
}

void GOMP_parallel(void (*part)(void *data), void *data, unsigned members, unsigned flags) {
    team t = {.part = part, .data = data, .members = (int)members};
    member *all = calloc(members, sizeof *all);
    (void)flags;
    if (!all || pthread_barrier_init(&t.barrier, NULL, members)) abort();
    for (unsigned i = 0; i < members; i++) {
        all[i].team = &t, all[i].number = (int)i;
        if (i && pthread_create(&all[i].thread, NULL, take_part, &all[i])) abort();
    }
    take_part(&all[0]);
    for (unsigned i = 1; i < members; i++) pthread_join(all[i].thread, NULL);
    pthread_barrier_destroy(&t.barrier);
    free(all);
}
