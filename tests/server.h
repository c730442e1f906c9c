/*
 * server.h: a PostgreSQL server whose answers are bytes that no server wrote. It sends them up
 * to the next "ready for query", waits for a query of the client, and goes on; behind the last it
 * hangs up. See "Message Formats" of PostgreSQL's manual.
 */
#ifndef GLIA_TEST_SERVER_H
#define GLIA_TEST_SERVER_H

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct test_server {
    char path[108]; /* of its socket, as libpq looks for it in a folder */
    int socket;
    pthread_t thread;
    const char *bytes;
    size_t n;
} test_server;

/* A client that waits for more than there is must not wait long. */
enum { PATIENCE_MS = 20 };

static inline size_t up_to_ready(const char *s, size_t n) {
    const char *ready = memmem(s, n, "Z\0\0\0\5", 5);
    size_t part = ready ? (size_t)(ready - s) + 6 : n;
    return part < n ? part : n;
}

static inline void talk(int client, const char *s, size_t n) {
    char heard[4096];
    struct pollfd p = {.fd = client, .events = POLLIN};
    while (n && poll(&p, 1, PATIENCE_MS) >= 0) {
        if (p.revents && read(client, heard, sizeof heard) <= 0) return;
        size_t part = up_to_ready(s, n);
        if (send(client, s, part, MSG_NOSIGNAL) < 0) return;
        s += part, n -= part;
    }
}

/* The first client is answered; one that comes to cancel a query is not. */
static inline void *serve(void *user) {
    test_server *s = user;
    int client;
    while ((client = accept(s->socket, NULL, NULL)) >= 0) {
        talk(client, s->bytes, s->n);
        s->n = 0;
        close(client);
    }
    return NULL;
}

/* Ends the program where there is no socket: nothing would be tested. */
static inline void server_open(test_server *s, const char *folder, const char *bytes, size_t n) {
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    s->bytes = bytes, s->n = n;
    snprintf(s->path, sizeof s->path, "%s/.s.PGSQL.5432", folder);
    memcpy(at.sun_path, s->path, sizeof s->path);
    s->socket = socket(AF_UNIX, SOCK_STREAM, 0);
    if (s->socket < 0 || bind(s->socket, (struct sockaddr *)&at, sizeof at) ||
        listen(s->socket, 4) || pthread_create(&s->thread, NULL, serve, s))
        abort();
}

static inline void server_close(test_server *s) {
    shutdown(s->socket, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->socket);
    unlink(s->path);
}

#endif
