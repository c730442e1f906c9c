/*
 * scarce.h: an allocator that answers so many calls and then none, or all but one, and counts what
 * it holds.
 */
#ifndef GLIA_TEST_SCARCE_H
#define GLIA_TEST_SCARCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

static atomic_long allocations_left, allocations_held;
static atomic_bool allocations_once; /* only the one behind those left fails */

static inline void *scarce_alloc(void *user, size_t size) {
    (void)user;
    long left = allocations_left--;
    if (allocations_once ? left == 0 : left <= 0) return NULL;
    allocations_held++;
    return aligned_alloc(64, (size + 63) / 64 * 64);
}

static inline void scarce_release(void *user, void *memory) {
    (void)user;
    allocations_held -= memory != NULL;
    free(memory);
}

#endif
