/*
 * crew.c: jobs side by side come out as one after another: settled in order, the first failure in
 * order reported, the user's functions called by one thread at a time.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "base/crew.h"
#include "test.h"

enum { JOBS = 60 };

typedef struct counters {
    pthread_t caller;
    _Atomic int inside, together; /* of the user's allocator; more than one at once were seen */
    _Atomic int started, contexts_shared;
    _Atomic(glia_ctx *) working[JOBS];
    int64_t settled[JOBS];
    int settled_count, settled_elsewhere, asked, asked_elsewhere;
    int64_t fails[2], settle_fails; /* jobs; -1: none */
    int stop_at;                    /* ask number; 0: never */
} counters;

static void *count_alloc(void *user, size_t size) {
    counters *c = user;
    if (atomic_fetch_add(&c->inside, 1) > 0) c->together++;
    void *memory = aligned_alloc(64, size);
    atomic_fetch_sub(&c->inside, 1);
    return memory;
}

static void count_release(void *user, void *memory) {
    counters *c = user;
    if (atomic_fetch_add(&c->inside, 1) > 0) c->together++;
    free(memory);
    atomic_fetch_sub(&c->inside, 1);
}

/* Job 0 takes longest, so that others are done before it. */
static void linger(int64_t job) {
    struct timespec t = {.tv_nsec = job == 0 ? 30000000 : job % 7 * 200000};
    nanosleep(&t, NULL);
}

static glia_status job(void *user, gl_hand *hand, int64_t k) {
    counters *c = user;
    c->started++;
    for (int i = 0; i < JOBS; i++) c->contexts_shared += atomic_load(&c->working[i]) == hand->g;
    atomic_store(&c->working[k], hand->g);
    void *memory = gl_alloc(hand->g, 100, 8);
    glia_progress p = {.epoch = 1, .epochs = 2};
    linger(c->stop_at ? k + 1 : k);
    bool stopped = gl_hand_progress(hand, &p) != 0;
    gl_free(hand->g, memory);
    atomic_store(&c->working[k], NULL);
    if (stopped) return gl_fail(hand->g, GLIA_INTERRUPTED, "stopped in job %d", (int)k);
    if (k == c->fails[0] || k == c->fails[1])
        return gl_fail(hand->g, GLIA_INPUT, "job %d has failed", (int)k);
    return GLIA_OK;
}

static glia_status settle(void *user, int64_t k) {
    counters *c = user;
    c->settled_elsewhere += !pthread_equal(pthread_self(), c->caller);
    c->settled[c->settled_count++] = k;
    return k == c->settle_fails ? GLIA_FAILED : GLIA_OK;
}

static int ask(void *user, const glia_progress *p) {
    counters *c = user;
    (void)p;
    c->asked_elsewhere += !pthread_equal(pthread_self(), c->caller);
    return ++c->asked == c->stop_at;
}

static glia_status work_with(int threads, counters *c, char message[200]) {
    c->caller = pthread_self();
    glia_ctx *g = glia_open(&(glia_settings){
        .threads = threads, .alloc = count_alloc, .release = count_release, .user = c});
    gl_work work = {.n = JOBS,
                    .job = job,
                    .settle = settle,
                    .user = c,
                    .hands = threads,
                    .progress = ask,
                    .progress_user = c};
    glia_status status = gl_crew_work(g, &work);
    snprintf(message, 200, "%s", glia_message(g));
    assert_int_equal(glia_threads(g), threads);
    glia_close(g);
    assert_int_equal(c->together, 0);
    assert_int_equal(c->contexts_shared, 0);
    assert_int_equal(c->settled_elsewhere, 0);
    assert_int_equal(c->asked_elsewhere, 0);
    for (int i = 0; i < c->settled_count; i++) assert_int_equal(c->settled[i], i);
    return status;
}

static const int threads[] = {1, 2, 3, 8};

static void jobs_are_settled_in_order_on_the_callers_thread(void **state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        char message[200];
        counters c = {.fails = {-1, -1}, .settle_fails = -1};
        assert_int_equal(work_with(threads[i], &c, message), GLIA_OK);
        assert_int_equal(c.settled_count, JOBS);
        assert_int_equal(c.started, JOBS);
        assert_true(c.asked >= 1);
    }
}

static void the_first_failure_in_order_is_reported(void **state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        char message[200];
        counters c = {.fails = {9, 6}, .settle_fails = -1}; /* 6 lingers longer than 9 */
        assert_int_equal(work_with(threads[i], &c, message), GLIA_INPUT);
        assert_string_equal(message, "job 6 has failed");
        assert_int_equal(c.settled_count, 6);
    }
}

static void what_cannot_be_settled_ends_the_work(void **state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        char message[200];
        counters c = {.fails = {30, -1}, .settle_fails = 12};
        assert_int_equal(work_with(threads[i], &c, message), GLIA_FAILED);
        assert_int_equal(c.settled_count, 13);
    }
}

static void a_caller_who_stops_one_stops_all(void **state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        char message[200];
        counters c = {.fails = {-1, -1}, .settle_fails = -1, .stop_at = 1};
        assert_int_equal(work_with(threads[i], &c, message), GLIA_INTERRUPTED);
        assert_true(c.started < JOBS);
        assert_int_equal(c.settled_count, 0); /* the first ask is in job 0 */
        assert_string_equal(message, "stopped in job 0");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_are_settled_in_order_on_the_callers_thread),
        cmocka_unit_test(the_first_failure_in_order_is_reported),
        cmocka_unit_test(what_cannot_be_settled_ends_the_work),
        cmocka_unit_test(a_caller_who_stops_one_stops_all),
    };
    return cmocka_run_group_tests_name("crew", tests, NULL, NULL);
}
