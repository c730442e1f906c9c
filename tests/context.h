/*
 * context.h: the context of a test program: for cmocka_run_group_tests(tests, open_context,
 * close_context).
 */
#ifndef GLIA_CONTEXT_H
#define GLIA_CONTEXT_H

#include <glia/glia.h>

static glia_ctx *g;

static int open_context(void **state) {
    (void)state;
    g = glia_open(NULL);
    return g == NULL;
}

static int close_context(void **state) {
    (void)state;
    glia_close(g);
    return 0;
}

#endif
