/*
 * crew.c: a lock, and a row of turns: jobs that were given out and are not settled yet, the oldest
 * first. Whoever has nothing to do waits until something changes.
 *
 *     turn       12         13         14         15        given = 16
 *     job        trial 9    trial 10   trial 11   trial 12
 *     done       yes        no         yes        no
 *             settled = 12
 *
 *     12 is settled next, on the caller's thread. 14 is done and waits for 13: in which order
 *     jobs end depends on the machine, in which order they are settled does not. If 13 fails,
 *     14 is forgotten and 15 is stopped, as one after another neither would have begun.
 *
 * Threads are those of POSIX and not of OpenMP: a hand without a job must sleep, and the caller
 * must be able to ask meanwhile whether to go on.
 */
#include "crew.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

/* Turns that wait for the oldest one, for each hand: enough for the short trainings of a search
 * beside a long one (a trial goes on for 9 times the epochs of a first rung), few enough that
 * little is lost when it is stopped. 64 hands: more cores than that are for one large training, not
 * for many small ones. */
enum { AHEAD = 16, MOST_HANDS = 64, TURNS = AHEAD * MOST_HANDS };

typedef struct turn {
    int64_t job;
    bool done;
} turn;

struct gl_crew {
    glia_ctx *g;
    gl_work work;
    gl_hand hand[MOST_HANDS];
    int hands, threads;     /* how many work; those of a hand's own trainings */
    glia_settings settings; /* of the caller */
    pthread_mutex_t memory; /* held while the caller's functions take or release some */
    pthread_mutex_t lock;   /* of all that follows */
    pthread_cond_t changed;
    turn turn[TURNS];
    int64_t given, settled, listed;
    bool over;            /* nothing is given out any more */
    _Atomic bool stopped; /* by the caller */
    _Atomic int64_t last; /* this turn failed: those behind it are to stop */
    glia_status status;   /* of that turn, and its message */
    char message[sizeof((glia_ctx *)0)->message];
    glia_progress latest; /* that the caller was shown; epochs 0: none yet */
};

/* ------------------------------------------------------------------------- one after another -- */

static int64_t next_job(gl_crew *c) {
    if (c->work.next) return c->work.next(c->work.user);
    return c->listed < c->work.n ? c->listed++ : -1;
}

static glia_status settle(gl_crew *c, int64_t job) {
    return c->work.settle ? c->work.settle(c->work.user, job) : GLIA_OK;
}

/* One hand works in the caller's context with all its threads, without a lock: progress, allocator
 * and log are called as if there were no crew. */
static glia_status work_alone(gl_crew *c) {
    glia_status status = GLIA_OK;
    for (int64_t job; status == GLIA_OK && (job = next_job(c)) >= 0;) {
        status = c->work.job(c->work.user, &c->hand[0], job);
        if (status == GLIA_OK) status = settle(c, job);
    }
    return status;
}

/* Asked after every update, so it looks at two atomics and takes no lock. Relaxed, since a hand
 * that sees the order one update later has lost one update. */
int gl_hand_progress(void *user, const glia_progress *p) {
    gl_hand *hand = user;
    gl_crew *c = hand->crew;
    if (hand == c->hand && c->work.progress) {
        c->latest = *p;
        if (c->work.progress(c->work.progress_user, p) != 0) atomic_store(&c->stopped, true);
    }
    return atomic_load_explicit(&c->stopped, memory_order_relaxed) ||
           hand->turn > atomic_load_explicit(&c->last, memory_order_relaxed);
}

/* ------------------------------------------------------------------------------ side by side -- */

/* The user's allocator was written for one thread at a time. A lock of its own, because a job
 * allocates while others hold the crew's lock to take a turn. */
static void *alloc_in_turn(void *user, size_t size) {
    gl_crew *c = user;
    pthread_mutex_lock(&c->memory);
    void *memory = c->settings.alloc(c->settings.user, size);
    pthread_mutex_unlock(&c->memory);
    return memory;
}

static void tell_in_turn(void *user, size_t size) {
    gl_crew *c = user;
    pthread_mutex_lock(&c->memory);
    c->settings.exhausted(c->settings.user, size);
    pthread_mutex_unlock(&c->memory);
}

static void release_in_turn(void *user, void *memory) {
    gl_crew *c = user;
    pthread_mutex_lock(&c->memory);
    c->settings.release(c->settings.user, memory);
    pthread_mutex_unlock(&c->memory);
}

/* With the lock held, as everything down to the hands' own loops. False: nothing to do now, because
 * the row of turns is full or `next` waits for a result, or nothing to do any more. */
static bool take_turn(gl_crew *c, gl_hand *hand, int64_t *job) {
    if (c->over || atomic_load(&c->stopped) || c->status != GLIA_OK) return false;
    if (c->given - c->settled >= (int64_t)AHEAD * c->hands) return false;
    *job = next_job(c);
    if (*job < 0) return false;
    hand->turn = c->given++;
    c->turn[hand->turn % TURNS] = (turn){.job = *job};
    return true;
}

/* The message is copied, for the hand's context goes on to the next job or is closed. */
static void end_at(gl_crew *c, int64_t at, glia_status status, const char *message) {
    atomic_store(&c->last, at);
    c->status = status;
    memcpy(c->message, message, sizeof c->message);
}

/* Does the job in hand; the lock is open meanwhile. */
static void take_part(gl_crew *c, gl_hand *hand, int64_t job) {
    pthread_mutex_unlock(&c->lock);
    glia_status status = c->work.job(c->work.user, hand, job);
    pthread_mutex_lock(&c->lock);
    /* A failure behind one that is known does not count, an earlier one does: which of two failures
     * is reported does not depend on which was quicker. */
    bool counts = c->status == GLIA_OK || hand->turn < atomic_load(&c->last);
    if (status != GLIA_OK && counts) end_at(c, hand->turn, status, hand->g->message);
    c->turn[hand->turn % TURNS].done = true;
    pthread_cond_broadcast(&c->changed);
}

static void *help(void *user) {
    gl_hand *hand = user;
    gl_crew *c = hand->crew;
    int64_t job;
    pthread_mutex_lock(&c->lock);
    while (!c->over) {
        if (take_turn(c, hand, &job)) take_part(c, hand, job);
        else pthread_cond_wait(&c->changed, &c->lock);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

/* What is done and has nothing unsettled before it. Settling happens with the lock held, so it is
 * to be short: a note, a line of a log, a copy of a result. */
static void settle_turns(gl_crew *c) {
    while (c->settled < c->given && c->turn[c->settled % TURNS].done) {
        int64_t at = c->settled++;
        if (at >= atomic_load(&c->last)) continue;
        glia_status status = settle(c, c->turn[at % TURNS].job);
        if (status != GLIA_OK) end_at(c, at, status, c->g->message);
        pthread_cond_broadcast(&c->changed);
    }
}

/* The caller may want to stop while its own thread has nothing to do. */
static void wait_and_ask(gl_crew *c) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 50000000;
    if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
    if (pthread_cond_timedwait(&c->changed, &c->lock, &until) == 0) return;
    if (c->latest.epochs == 0) return;
    pthread_mutex_unlock(&c->lock);
    gl_hand_progress(&c->hand[0], &c->latest);
    pthread_mutex_lock(&c->lock);
}

static void lead(gl_crew *c) {
    int64_t job;
    for (;;) {
        settle_turns(c);
        if (take_turn(c, &c->hand[0], &job)) take_part(c, &c->hand[0], job);
        else if (c->settled == c->given) break;
        else wait_and_ask(c);
    }
    c->over = true;
    pthread_cond_broadcast(&c->changed);
}

/* As many as the system gives; with none, the caller does all of it. The first turn is the
 * caller's: so there is something to show. */
static void work_together(gl_crew *c) {
    pthread_t thread[MOST_HANDS];
    int threads = 0;
    pthread_mutex_lock(&c->lock);
    while (threads + 1 < c->hands &&
           pthread_create(&thread[threads], NULL, help, &c->hand[threads + 1]) == 0)
        threads++;
    lead(c);
    pthread_mutex_unlock(&c->lock);
    for (int i = 0; i < threads; i++) pthread_join(thread[i], NULL);
}

/* ----------------------------------------------------------------------- opening and closing -- */

/* Threads are divided, not multiplied: 8 threads and 3 hands give each hand 2. */
static void open_hands(gl_crew *c) {
    int wanted = c->hands;
    c->threads = c->g->threads / wanted;
    c->g->threads = c->threads;
    c->g->settings.alloc = alloc_in_turn;
    c->g->settings.release = release_in_turn;
    c->g->settings.user = c;
    if (c->settings.exhausted) c->g->settings.exhausted = tell_in_turn;
    glia_settings settings = c->g->settings;
    settings.threads = c->threads;
    settings.log = NULL;
    for (c->hands = 1; c->hands < wanted; c->hands++) {
        glia_ctx *g = glia_open(&settings);
        if (!g) return;
        c->hand[c->hands] = (gl_hand){.g = g, .crew = c};
    }
}

static void close_hands(gl_crew *c) {
    /* A context is closed with its own settings, through the lock, so the caller's own come
     * back last. */
    while (--c->hands > 0) {
        glia_ctx *g = c->hand[c->hands].g;
        if (g->troubles) gl_trouble(c->g, "%s", g->trouble);
        glia_close(g);
    }
    c->g->settings = c->settings;
}

static glia_status work_side_by_side(gl_crew *c) {
    int threads = c->g->threads;
    pthread_mutex_init(&c->memory, NULL);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->changed, NULL);
    open_hands(c);
    work_together(c);
    close_hands(c);
    c->g->threads = threads;
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->lock);
    pthread_mutex_destroy(&c->memory);
    if (c->status != GLIA_OK) return gl_fail(c->g, c->status, "%s", c->message);
    return c->stopped ? gl_fail(c->g, GLIA_INTERRUPTED, "interrupted") : GLIA_OK;
}

glia_status gl_crew_work(glia_ctx *g, const gl_work *work) {
    gl_crew *c = gl_alloc(g, 1, sizeof *c);
    if (!c) return GLIA_RESOURCE;
    c->g = g, c->work = *work, c->settings = g->settings;
    c->hand[0] = (gl_hand){.g = g, .crew = c};
    atomic_init(&c->last, INT64_MAX);
    c->hands = g->threads < MOST_HANDS ? g->threads : MOST_HANDS;
    if (c->hands > work->hands) c->hands = work->hands;
    if (!work->next && c->hands > work->n) c->hands = (int)work->n;
    glia_status status = c->hands > 1 ? work_side_by_side(c) : work_alone(c);
    gl_free(g, c);
    return status;
}
