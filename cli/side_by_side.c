/*
 * side_by_side.c: a long text is made in pieces by all threads, and written in their order. The
 * library's crews are no part of its interface, and the program uses nothing else.
 */
#include <pthread.h>
#include <stdio_ext.h>
#include <stdlib.h>

#include "cli.h"

typedef struct work {
    FILE *to;
    int64_t pieces, taken, written;
    make_piece *make;
    void *user;
    pthread_mutex_t lock;
    pthread_cond_t changed;
} work;

/* Nobody else has it. */
static char *make_text(const work *w, int64_t piece, size_t *size) {
    char *text;
    FILE *f = text_open(&text, size);
    __fsetlocking(f, FSETLOCKING_BYCALLER);
    w->make(w->user, piece, f);
    text_close(f);
    return text;
}

/* A hand holds one piece at a time, and so no more memory is taken than for as many. */
static void *take_part(void *user) {
    work *w = user;
    pthread_mutex_lock(&w->lock);
    while (w->taken < w->pieces) {
        int64_t piece = w->taken++;
        size_t size = 0;
        pthread_mutex_unlock(&w->lock);
        char *text = make_text(w, piece, &size);
        pthread_mutex_lock(&w->lock);
        while (w->written < piece) pthread_cond_wait(&w->changed, &w->lock);
        fwrite(text, 1, size, w->to);
        w->written = piece + 1;
        free(text);
        pthread_cond_broadcast(&w->changed);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

void put_side_by_side(FILE *to, int threads, int64_t pieces, make_piece *make, void *user) {
    enum { MOST = 64 };
    pthread_t hand[MOST];
    int hands = 0;
    work w = {.to = to, .pieces = pieces, .make = make, .user = user};
    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.changed, NULL);
    while (hands < MOST && hands + 1 < threads && hands + 1 < pieces &&
           pthread_create(&hand[hands], NULL, take_part, &w) == 0)
        hands++;
    take_part(&w);
    for (int i = 0; i < hands; i++) pthread_join(hand[i], NULL);
    pthread_cond_destroy(&w.changed);
    pthread_mutex_destroy(&w.lock);
}
