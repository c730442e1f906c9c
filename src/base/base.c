/*
 * base.c: the context: memory through the user's allocator, the last failure.
 *
 * A context serves one thread at a time: its message, its listener and its number of threads are
 * not locked. Whoever works on several threads opens one for each (crew.c does).
 */
#include "base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

/* Large blocks in pages of 2 MB where the system has them: reading a table of 40 MB spent 40% of
 * its time on the first touch of small ones: notebook 2026-11, 21.13. 64 bytes are a cache line and
 * the widest vector (AVX-512): a row that begins there is read by whole lines. */
static void *default_alloc(void *user, size_t size) {
    (void)user;
    const size_t page = 2 << 20;
    if (size < page) return aligned_alloc(64, size);
    void *memory;
    if (posix_memalign(&memory, page, size) != 0) return NULL;
#ifdef MADV_HUGEPAGE
    madvise(memory, size, MADV_HUGEPAGE);
#endif
    return memory;
}

static void default_release(void *user, void *memory) {
    (void)user;
    free(memory);
}

const char *glia_version(void) { return GLIA_VERSION; }

/* Where the system has no random numbers yet, an address and the time are better than nothing. */
static gl_secret draw_secret(const glia_ctx *g) {
    gl_secret s;
    if (getrandom(&s, sizeof s, GRND_NONBLOCK) != (ssize_t)sizeof s)
        s = (gl_secret){(uint64_t)(uintptr_t)g, (uint64_t)(gl_now() * 1e9) * 0x9E3779B97F4A7C15};
    s.factor |= 1;
    return s;
}

bool gl_memory_is_shared(const glia_ctx *g) { return g->settings.alloc == default_alloc; }

glia_ctx *glia_open(const glia_settings *settings) {
    glia_settings s = settings ? *settings : (glia_settings){0};
    if (!s.alloc || !s.release) s.alloc = default_alloc, s.release = default_release;
    /* aligned_alloc wants a size that is a multiple of the alignment. */
    glia_ctx *g = s.alloc(s.user, (sizeof *g + 63) & ~(size_t)63);
    if (!g) return NULL;
    memset(g, 0, sizeof *g);
    g->settings = s;
    g->secret = draw_secret(g);
    gl_listen(g, s.log, s.log_user);
    g->threads_reason = "as asked";
    g->threads = s.threads > 0 ? s.threads : gl_usable_threads(&g->threads_reason);
    return g;
}

void glia_close(glia_ctx *g) {
    if (!g) return;
    if (g->unload) g->unload(g);
    gl_free(g, g->ahead);
    g->settings.release(g->settings.user, g);
}

const char *glia_message(const glia_ctx *g) { return g ? g->message : "out of memory"; }
glia_status glia_code(const glia_ctx *g) { return g ? g->code : GLIA_RESOURCE; }
int glia_threads(const glia_ctx *g) { return g->threads; }
const char *glia_threads_reason(const glia_ctx *g) { return g->threads_reason; }
void glia_text_free(glia_ctx *g, char *text) { gl_free(g, text); }

bool gl_multiply(int64_t a, int64_t b, int64_t *product) {
    return a >= 0 && b >= 0 && !__builtin_mul_overflow(a, b, product);
}

/* make fuzz looks at every byte beyond what was asked for. */
#ifdef GL_EXACT_MEMORY
#define MULTIPLE 1
#else
#define MULTIPLE 64
#endif

/* At least one byte more than was asked for: a count of 0 gives a pointer that is not NULL, so NULL
 * means one thing. */
static void *take(glia_ctx *g, int64_t count, size_t size, size_t *rounded) {
    int64_t bytes;
    if (!gl_multiply(count, (int64_t)size, &bytes) || bytes > INT64_MAX - MULTIPLE) {
        gl_fail(g, GLIA_RESOURCE,
                "out of memory: %lld items of %zu bytes do not fit into any memory",
                (long long)count, size);
        return NULL;
    }
    *rounded = ((size_t)bytes + MULTIPLE) & ~(size_t)(MULTIPLE - 1);
    void *memory = g->settings.alloc(g->settings.user, *rounded);
    if (memory) return memory;
    if (g->settings.exhausted) g->settings.exhausted(g->settings.user, (size_t)bytes);
    gl_trouble(g, "out of memory: %.1f MB were asked for and not given", (double)bytes / 1e6);
    return NULL;
}

/* Zeros cost little beside the first touch of a page, and no number depends on what memory held
 * before (tests/equal.c). */
void *gl_alloc(glia_ctx *g, int64_t count, size_t size) {
    size_t rounded;
    void *memory = take(g, count, size, &rounded);
    return memory ? memset(memory, 0, rounded) : NULL;
}

void *gl_alloc_unset(glia_ctx *g, int64_t count, size_t size) {
    size_t rounded;
    return take(g, count, size, &rounded);
}

/* 0.7 us a page, not 15 (a virtual machine; notebook 2026-11, 28.8). */
void gl_touch(void *memory, size_t bytes) {
#ifdef MADV_POPULATE_WRITE
    const uintptr_t page = 4096, first = ((uintptr_t)memory + page - 1) & ~(page - 1);
    uintptr_t end = (uintptr_t)memory + bytes;
    if (end > first) madvise((void *)first, end - first, MADV_POPULATE_WRITE);
#else
    (void)memory, (void)bytes;
#endif
}

/* Only whole pages of this memory go: from that of `from` on, up to that of `until`. */
void gl_let_go(void *memory, size_t from, size_t until) {
#ifdef MADV_DONTNEED
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), begin = (uintptr_t)memory;
    uintptr_t first = (begin + page - 1) & ~(page - 1), end = (begin + until) & ~(page - 1);
    if (begin + from > first) first = (begin + from) & ~(page - 1);
    if (end > first) madvise((void *)first, end - first, MADV_DONTNEED);
#else
    (void)memory, (void)from, (void)until;
#endif
}

void gl_free(glia_ctx *g, void *memory) {
    if (memory) g->settings.release(g->settings.user, memory);
}

/* *items_ptr is a pointer to any type, which C lets nobody write through a void **: so it is copied
 * out and in. Doubling moves each item once on average. There is no realloc, since the user's
 * allocator has none. */
bool gl_reserve(glia_ctx *g, void *items_ptr, int64_t *cap, int64_t need, size_t size) {
    if (need <= *cap) return true;
    int64_t grown = *cap ? *cap : 8;
    while (grown < need) {
        if (grown > INT64_MAX / 2) break;
        grown *= 2;
    }
    void *old, *fresh = gl_alloc(g, grown < need ? need : grown, size);
    if (!fresh) return false;
    memcpy(&old, items_ptr, sizeof old);
    if (old) memcpy(fresh, old, (size_t)*cap * size);
    gl_free(g, old);
    memcpy(items_ptr, &fresh, sizeof fresh);
    *cap = grown < need ? need : grown;
    return true;
}

/* Formatted beside the old message, which the arguments may quote: "fold 3 of 5: " and
 * what it said. */
glia_status gl_fail(glia_ctx *g, glia_status code, const char *format, ...) {
    char text[sizeof g->message];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    memcpy(g->message, text, sizeof text);
    return g->code = code;
}

glia_status gl_trouble(glia_ctx *g, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(g->trouble, sizeof g->trouble, format, args);
    va_end(args);
    g->troubles++;
    return gl_fail(g, GLIA_RESOURCE, "%s", g->trouble);
}

glia_status gl_outcome(glia_ctx *g, int64_t since, glia_status status) {
    return g->troubles == since ? status : gl_fail(g, GLIA_RESOURCE, "%s", g->trouble);
}

/* Not the time of day, which jumps when a clock is set. */
double gl_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
