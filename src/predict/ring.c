/*
 * ring.c: a few batches of rows in turn. Threads of their own make rows in the order in which they
 * will be read; who reads has one batch in hand and waits for none that is complete.
 *
 *     batch      40          41          42          43
 *     slot       0           1           2           3          batch 44 will be in slot 0
 *                in hand     complete    100 of 128  3 of 128
 *
 * Which thread makes a row depends on the machine; what it is and where it goes does not. A failure
 * ends the making; all rows before the first that failed have been given out, so that it is the
 * first one in their order that is told, when its batch is asked for.
 *
 * One thread, or memory by the caller's own functions, which serve one thread at a time: a batch is
 * made when it is asked for.
 */
#include "ring.h"

#include <pthread.h>
#include <string.h>

/* Batches: enough for one in hand, one complete and two in the making. */
enum { SLOTS = 4, MOST_HELPERS = 64 };

typedef struct helper {
    gl_ring *ring;
    glia_ctx *g;
    void *maker;
    pthread_t thread;
} helper;

struct gl_ring {
    glia_ctx *g;
    gl_supplied from;
    int64_t rows, batch;
    int slots;
    unsigned char *memory; /* [slots * batch, bytes] */
    void *maker;           /* of the caller's thread */
    unsigned char *one;    /* a row out of turn */
    helper helper[MOST_HELPERS];
    int helpers;
    bool ahead; /* aimed at rows as they stand */

    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t changed;
    const int64_t *order; /* NULL: as they stand */
    int64_t begin;        /* the first row of batch 0 */
    int64_t taken;        /* batches that were asked for; the last of them is in hand */
    int64_t given;        /* the next row to be made */
    int64_t made[SLOTS];  /* rows of the batch in a slot */
    int busy;             /* helpers with a row in hand */
    bool over;            /* they are to end */
    int64_t failed;       /* the first row that could not be made; -1: none */
    glia_status status;   /* of it, and its message */
    char message[sizeof((glia_ctx *)0)->message];
};

gl_ring *gl_ring_new(glia_ctx *g, gl_supplied from, int64_t rows) {
    gl_ring *r = gl_alloc(g, 1, sizeof *r);
    if (!r) return NULL;
    *r = (gl_ring){.g = g, .from = from, .rows = rows, .given = rows, .failed = -1};
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->changed, NULL);
    r->maker = from.of->open(g, from.of);
    r->one = gl_alloc_unset(g, 1, (size_t)from.of->bytes);
    if (r->maker && r->one) return r;
    gl_ring_free(r);
    return NULL;
}

static void end_helpers(gl_ring *r) {
    pthread_mutex_lock(&r->lock);
    r->over = true;
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
    for (helper *h = r->helper; h < r->helper + r->helpers; h++) {
        pthread_join(h->thread, NULL);
        r->from.of->close(h->maker);
        glia_close(h->g);
    }
    r->helpers = 0;
}

void gl_ring_free(gl_ring *r) {
    if (!r) return;
    end_helpers(r);
    pthread_cond_destroy(&r->changed);
    pthread_mutex_destroy(&r->lock);
    r->from.of->close(r->maker);
    gl_free(r->g, r->one);
    gl_free(r->g, r->memory);
    gl_free(r->g, r);
}

void *gl_ring_memory(const gl_ring *r) { return r->memory; }
int64_t gl_ring_rows(const gl_ring *r) { return r->slots * r->batch; }

/* ------------------------------------------------------------------------------------ making -- */

/* Row i of those that will be read. */
static int64_t row_of(const gl_ring *r, int64_t i) {
    return gl_supplied_row(&r->from, r->order ? r->order[i] : i);
}

static int64_t batch_of(const gl_ring *r, int64_t i) { return (i - r->begin) / r->batch; }

static int64_t size_of(const gl_ring *r, int64_t batch) {
    int64_t left = r->rows - r->begin - batch * r->batch;
    return left < r->batch ? left : r->batch;
}

static unsigned char *place_of(const gl_ring *r, int64_t i) {
    int64_t slot = batch_of(r, i) % r->slots;
    return r->memory + (slot * r->batch + (i - r->begin) % r->batch) * r->from.of->bytes;
}

/* With the lock, as all that is called without one but by helpers. */
static void note_failure(gl_ring *r, int64_t i, glia_status status, const char *message) {
    if (r->failed >= 0 && r->failed < i) return;
    r->failed = i, r->status = status, r->given = r->rows;
    memcpy(r->message, message, sizeof r->message);
}

/* Slots free themselves as batches are asked for: the one in hand is not written to. */
static bool is_free(const gl_ring *r, int64_t i) {
    int64_t in_hand = r->taken > 0 ? r->taken - 1 : 0;
    return i < r->rows && batch_of(r, i) < in_hand + r->slots;
}

static void make_next(helper *h) {
    gl_ring *r = h->ring;
    int64_t i = r->given++, batch = batch_of(r, i), row = row_of(r, i);
    unsigned char *to = place_of(r, i);
    r->busy++;
    pthread_mutex_unlock(&r->lock);
    glia_status status = r->from.of->make(h->maker, row, to);
    pthread_mutex_lock(&r->lock);
    r->busy--;
    if (status) note_failure(r, i, status, h->g->message);
    else r->made[batch % r->slots]++;
    pthread_cond_broadcast(&r->changed);
}

static void *help(void *user) {
    helper *h = user;
    gl_ring *r = h->ring;
    pthread_mutex_lock(&r->lock);
    while (!r->over) {
        if (is_free(r, r->given)) make_next(h);
        else pthread_cond_wait(&r->changed, &r->lock);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

/* One fewer than wished is no failure; with none, the caller makes all rows. */
static void start_helper(gl_ring *r) {
    helper *h = &r->helper[r->helpers];
    const glia_settings settings = {.threads = 1, .max_bytes = r->g->settings.max_bytes};
    *h = (helper){.ring = r, .g = glia_open(&settings)};
    if (!h->g) return;
    h->maker = r->from.of->open(h->g, r->from.of);
    if (h->maker && pthread_create(&h->thread, NULL, help, h) == 0) {
        r->helpers++;
        return;
    }
    r->from.of->close(h->maker);
    glia_close(h->g);
}

bool gl_ring_room(gl_ring *r, int64_t batch, bool whole) {
    const gl_supply *s = r->from.of;
    bool alone = r->g->threads < 2 || !gl_memory_is_shared(r->g);
    int64_t most = s->most / 8 / s->bytes;
    if (r->memory) return true;
    r->slots = alone ? 1 : SLOTS;
    while (whole && r->slots > 2 && r->slots * batch > most) r->slots--;
    if (batch > r->rows) batch = r->rows;
    if (!whole && batch > most / r->slots) batch = most / r->slots;
    r->batch = batch > 1 ? batch : 1;
    r->memory = gl_alloc_unset(r->g, r->slots * r->batch, (size_t)s->bytes);
    for (int i = 0; r->memory && !alone && i < r->g->threads && i < MOST_HELPERS; i++)
        start_helper(r);
    return r->memory;
}

/* ----------------------------------------------------------------------------------- reading -- */

/* The batch in hand, by the caller. */
static void make_batch(gl_ring *r, int64_t batch) {
    int64_t first = r->begin + batch * r->batch, n = size_of(r, batch);
    for (int64_t i = first; i < first + n && r->failed < 0; i++) {
        glia_status status = r->from.of->make(r->maker, row_of(r, i), place_of(r, i));
        if (status) note_failure(r, i, status, r->g->message);
        else r->made[batch % r->slots]++;
    }
}

static bool is_settled(const gl_ring *r, int64_t batch) {
    return r->made[batch % r->slots] == size_of(r, batch) || (r->failed >= 0 && !r->busy);
}

int64_t gl_ring_next(gl_ring *r) {
    pthread_mutex_lock(&r->lock);
    if (r->taken > 0) r->made[(r->taken - 1) % r->slots] = 0;
    int64_t batch = r->taken++;
    pthread_cond_broadcast(&r->changed);
    if (!r->helpers) make_batch(r, batch);
    while (!is_settled(r, batch)) pthread_cond_wait(&r->changed, &r->lock);
    bool complete = r->made[batch % r->slots] == size_of(r, batch);
    pthread_mutex_unlock(&r->lock);
    return complete ? batch % r->slots * r->batch : -1;
}

/* What is in the making is finished first. */
void gl_ring_aim(gl_ring *r, const int64_t *order, int64_t first) {
    pthread_mutex_lock(&r->lock);
    r->given = r->rows;
    while (r->busy) pthread_cond_wait(&r->changed, &r->lock);
    memset(r->made, 0, sizeof r->made);
    r->order = order, r->begin = first, r->taken = 0, r->ahead = !order;
    if (r->failed < 0) r->given = first;
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
}

glia_status gl_ring_status(gl_ring *r) {
    pthread_mutex_lock(&r->lock);
    glia_status status = r->failed < 0 ? GLIA_OK : r->status;
    pthread_mutex_unlock(&r->lock);
    if (!status) return GLIA_OK;
    return status == GLIA_RESOURCE ? gl_trouble(r->g, "%s", r->message)
                                   : gl_fail(r->g, status, "%s", r->message);
}

/* Is it in the batch in hand? */
static bool has(const gl_ring *r, int64_t row) {
    if (!r->ahead || r->taken < 1) return false;
    int64_t first = r->begin + (r->taken - 1) * r->batch;
    return row >= first && row < first + size_of(r, r->taken - 1);
}

static const void *make_one(gl_ring *r, int64_t row) {
    glia_status status = r->from.of->make(r->maker, gl_supplied_row(&r->from, row), r->one);
    if (!status) return r->one;
    pthread_mutex_lock(&r->lock);
    note_failure(r, row, status, r->g->message);
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

const void *gl_ring_from(gl_ring *r, int64_t first, int64_t *n) {
    int64_t next = r->begin + r->taken * r->batch;
    bool in_turn = r->ahead && first == next;
    if (!has(r, first) && !in_turn && r->memory && first == 0 && *n > 1) {
        gl_ring_aim(r, NULL, 0);
        in_turn = true;
    }
    if (!has(r, first) && in_turn && gl_ring_next(r) < 0) return NULL;
    if (!has(r, first)) return *n = 1, make_one(r, first);
    int64_t left = r->begin + (r->taken - 1) * r->batch + size_of(r, r->taken - 1) - first;
    if (*n > left) *n = left;
    return place_of(r, first);
}
