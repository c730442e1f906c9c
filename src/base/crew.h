/*
 * crew.h: independent jobs side by side, with the outcome of one after another.
 *
 * A context serves one thread at a time, so each hand of the crew works in its own: the caller's
 * thread in the caller's context, every other in one opened from its settings, which says nothing.
 * What a job has to say or to hand over is settled on the caller's thread, in the order in which
 * the jobs were given out. The first job in this order that fails ends the work; jobs behind it are
 * stopped and forgotten.
 *
 * The user's functions are never called by two threads at once: notes, warnings and progress come
 * from the caller's thread alone, memory is taken and released by one hand at a time.
 */
#ifndef GL_CREW_H
#define GL_CREW_H

#include "base.h"

typedef struct gl_crew gl_crew;

typedef struct gl_hand {
    glia_ctx *g; /* for whatever a job takes; it is closed when the work is done */
    gl_crew *crew;
    /* Not the job's number, which `next` may give out twice. */
    int64_t turn; /* of the job in hand, among all that were given out */
} gl_hand;

typedef struct gl_work {
    int64_t
        n; /* jobs 0 .. n-1, unless `next` says which one is next; -1: none before one in hand is
                  done, or none at all. Jobs are given out and settled by one thread at a time */
    int64_t (*next)(void *user);
    glia_status (*job)(void *user, gl_hand *hand, int64_t job);
    glia_status (*settle)(void *user, int64_t job); /* NULL: there is nothing to settle */
    void *user;
    int hands; /* at most; 1: one job after another, each with all threads */
    int (*progress)(void *user, const glia_progress *p); /* nonzero: stop; NULL: nobody looks on */
    void *progress_user;
} gl_work;

glia_status gl_crew_work(glia_ctx *g, const gl_work *work);

/* The progress callback for trainings of a job; user: its hand. Those on the caller's thread are
 * shown to the caller, and what the caller answers stops the trainings of all. */
int gl_hand_progress(void *hand, const glia_progress *p);

#endif
