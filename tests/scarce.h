/*
 * scarce.h: an allocator that answers so many calls and then none, and counts what it holds.
 */
#ifndef GLIA_TEST_SCARCE_H
#define GLIA_TEST_SCARCE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

static atomic_long allocations_left, allocations_held;

static inline void *scarce_alloc(void *user, size_t size) {
    (void)user;
    if (allocations_left-- <= 0) return NULL;
    allocations_held++;
    return aligned_alloc(64, (size + 63) / 64 * 64);
}

static inline void scarce_release(void *user, void *memory) {
    (void)user;
    allocations_held -= memory != NULL;
    free(memory);
}

#endif
