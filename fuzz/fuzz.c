/*
 * fuzz.c: the context of the targets, their complaints, and checksums.
 */
#include "fuzz.h"
#include "file/hash.h"

#include <sanitizer/asan_interface.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { MOST_MEMORY = 64 << 20 };

glia_ctx *g;
static char folder[64];

/* ------------------------------------------------------------------------------------ memory -- */

/* Large blocks are kept from one input to the next: to ask the system for fresh pages, as malloc
 * does for each under AddressSanitizer, took nine tenths of the time of a small array. Nothing
 * beyond what was asked for may be touched, nor anything once it is released. */
enum { LARGE = 1 << 16, KEPT = 16, MOST_KEPT = 4 << 20 };

static struct block {
    char *memory;
    size_t size;
    bool taken;
} kept[KEPT];

static void *lend(struct block *b, size_t size) {
    b->taken = true;
    ASAN_UNPOISON_MEMORY_REGION(b->memory, size);
    return b->memory;
}

/* NULL: they are all too small, or taken. */
static void *take_kept(size_t size) {
    struct block *empty = NULL;
    for (struct block *b = kept; b < kept + KEPT; b++) {
        if (b->memory && !b->taken && b->size >= size && b->size / 2 <= size) return lend(b, size);
        if (!b->memory && !empty) empty = b;
    }
    if (!empty) return NULL;
    for (empty->size = LARGE; empty->size < size;) empty->size *= 2;
    void *memory;
    if (posix_memalign(&memory, 64, empty->size)) return NULL;
    empty->memory = memory;
    ASAN_POISON_MEMORY_REGION(memory, empty->size);
    return lend(empty, size);
}

static void *take(void *user, size_t size) {
    (void)user;
    void *memory = size >= LARGE && size <= MOST_KEPT ? take_kept(size) : NULL;
    if (memory) return memory;
    return size > MOST_MEMORY || posix_memalign(&memory, 64, size) ? NULL : memory;
}

static void release(void *user, void *memory) {
    (void)user;
    for (struct block *b = kept; b < kept + KEPT; b++) {
        if (b->memory != memory) continue;
        b->taken = false;
        ASAN_POISON_MEMORY_REGION(memory, b->size);
        return;
    }
    free(memory);
}

static void free_kept(void) {
    for (struct block *b = kept; b < kept + KEPT; b++) {
        if (b->memory) ASAN_UNPOISON_MEMORY_REGION(b->memory, b->size);
        free(b->memory);
        *b = (struct block){0};
    }
}

/* What is released is watched for 8 MB of later blocks, and its pages stay: with 256 MB, which is
 * usual, the pages of most blocks were fresh, and that took half of the time. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "quarantine_size_mb=8:allocator_release_to_os_interval_ms=-1";
}

/* -------------------------------------------------------------------------------- the target -- */

void fuzz_open(void) {
    g = glia_open(&(
        glia_settings){.threads = 1, .alloc = take, .release = release, .max_bytes = MOST_MEMORY});
    if (!g) abort();
}

void fuzz_close(void) {
    char file[80];
    glia_close(g);
    free_kept();
    free(fuzz_written);
    if (!*folder) return;
    snprintf(file, sizeof file, "%s/file", folder);
    remove(file);
    rmdir(folder);
}

const char *fuzz_folder(void) {
    if (*folder) return folder;
    snprintf(folder, sizeof folder, "%s/glia-fuzz.XXXXXX",
             access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    if (!mkdtemp(folder)) abort();
    return folder;
}

void fuzz_check(bool ok, const char *format, ...) {
    if (ok) return;
    va_list args;
    va_start(args, format);
    fputs("fuzz: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    abort();
}

void fuzz_told(const char *what) {
    fuzz_check(*glia_message(g) && glia_code(g), "%s failed without a word", what);
}

char *fuzz_text(const uint8_t *bytes, size_t n) {
    char *text = malloc(n + 1);
    if (!text) abort();
    if (n) memcpy(text, bytes, n);
    text[n] = 0;
    return text;
}

void fuzz_mend_zip(uint8_t *b, size_t n) {
    for (size_t i = 0; i + 46 <= n; i++) {
        uint32_t size, at, skip, crc;
        if (memcmp(b + i, "PK\1\2", 4)) continue;
        memcpy(&size, b + i + 24, 4), memcpy(&at, b + i + 42, 4);
        if (at > n || n - at < 30) continue;
        skip = 30u + b[at + 26] + 256u * b[at + 27] + b[at + 28] + 256u * b[at + 29];
        if (n - at < skip || n - at - skip < size) continue;
        crc = (uint32_t)crc32(0, b + at + skip, size);
        memcpy(b + i + 16, &crc, 4);
    }
}

static uint32_t big_endian(const uint8_t *b) {
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

void fuzz_mend_png(uint8_t *b, size_t n) {
    if (n < 8 || memcmp(b, "\x89PNG", 4)) return;
    for (size_t at = 8, size; n - at >= 12; at += size + 12) {
        size = big_endian(b + at);
        if (size > n - at - 12) return;
        uint32_t crc = (uint32_t)crc32(0, b + at + 4, (uInt)size + 4);
        for (int i = 0; i < 4; i++) b[at + 8 + size + (size_t)i] = (uint8_t)(crc >> (24 - 8 * i));
    }
}

/* Its length of the header, too: letters come and go there. */
void fuzz_mend_container(uint8_t *b, size_t n) {
    static const char before[] = "\"checksum\":\"";
    enum { LENGTH = 8, HEX = 64 };
    char hex[HEX + 1];
    const uint8_t *mark = memmem(b, n, before, sizeof before - 1);
    if (!mark) return;
    size_t at = (size_t)(mark - b) + sizeof before - 1;
    if (n - at < HEX) return;
    memset(b + at, '0', HEX);
    gl_sha256_of(&(gl_chunk){b, (int64_t)n}, 1, hex);
    memcpy(b + at, hex, HEX);
}
