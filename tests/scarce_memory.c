/*
 * scarce_memory.c: the glia program whose memory is out after SCARCE_AFTER calls: of malloc and its
 * family, whoever calls them; for good, or with SCARCE_ONCE for one call.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#ifdef __GLIBC__
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t align, size_t size);

static atomic_long calls;

static bool is_out(void) {
    static const char *after, *once;
    long n = ++calls;
    if (n == 1) after = getenv("SCARCE_AFTER"), once = getenv("SCARCE_ONCE");
    bool out = after && (once ? n == atol(after) : n >= atol(after));
    if (out) errno = ENOMEM;
    return out;
}

void *malloc(size_t size) { return is_out() ? NULL : __libc_malloc(size); }
void *calloc(size_t n, size_t size) { return is_out() ? NULL : __libc_calloc(n, size); }
void *realloc(void *memory, size_t size) { return is_out() ? NULL : __libc_realloc(memory, size); }
void *aligned_alloc(size_t align, size_t size) {
    return is_out() ? NULL : __libc_memalign(align, size);
}
#endif
