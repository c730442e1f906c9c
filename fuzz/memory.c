/*
 * memory.c: files that are none. The linker puts these functions in the way of those of
 * src/base/file.c (--wrap), so that the library under test is the real one and opens nothing.
 */
#include "fuzz.h"

#include <stdio.h>
#include <sys/stat.h>

const char fuzz_name[] = "input";
char *fuzz_written;
size_t fuzz_written_size;

static const char *lent;
static int64_t size;

void fuzz_lend(const void *bytes, size_t n) {
    lent = bytes;
    size = (int64_t)n;
}

static bool is_lent(const char *path) { return lent && !strcmp(path, fuzz_name); }

char *__real_gl_read_file(glia_ctx *ctx, const char *path, int64_t *n);
char *__wrap_gl_read_file(glia_ctx *ctx, const char *path, int64_t *n);
char *__wrap_gl_read_file(glia_ctx *ctx, const char *path, int64_t *n) {
    if (!is_lent(path)) return __real_gl_read_file(ctx, path, n);
    char *bytes = gl_alloc_unset(ctx, size + 1, 1);
    if (!bytes) return NULL;
    memcpy(bytes, lent, (size_t)size);
    bytes[size] = 0;
    *n = size;
    return bytes;
}

glia_status __real_gl_check_readable(glia_ctx *ctx, const char *path);
glia_status __wrap_gl_check_readable(glia_ctx *ctx, const char *path);
glia_status __wrap_gl_check_readable(glia_ctx *ctx, const char *path) {
    return is_lent(path) ? GLIA_OK : __real_gl_check_readable(ctx, path);
}

bool __real_gl_file_open(const char *path, gl_file *f);
bool __wrap_gl_file_open(const char *path, gl_file *f);
bool __wrap_gl_file_open(const char *path, gl_file *f) {
    if (!is_lent(path)) return __real_gl_file_open(path, f);
    *f = (gl_file){.fd = -1, .size = size};
    return true;
}

int64_t __real_gl_file_read(const gl_file *f, int64_t at, void *to, int64_t n);
int64_t __wrap_gl_file_read(const gl_file *f, int64_t at, void *to, int64_t n);
int64_t __wrap_gl_file_read(const gl_file *f, int64_t at, void *to, int64_t n) {
    if (f->fd >= 0) return __real_gl_file_read(f, at, to, n);
    int64_t there = at < size ? size - at : 0;
    if (n > there) n = there;
    if (n > 0) memcpy(to, lent + at, (size_t)n);
    return n;
}

int __real_stat(const char *path, struct stat *st);
int __wrap_stat(const char *path, struct stat *st);
int __wrap_stat(const char *path, struct stat *st) {
    if (!is_lent(path)) return __real_stat(path, st);
    *st = (struct stat){.st_mode = S_IFREG | 0600, .st_size = size};
    return 0;
}

glia_status __wrap_gl_write_file(glia_ctx *ctx, const char *path, const gl_chunk *chunks,
                                 int count);
glia_status __wrap_gl_write_file(glia_ctx *ctx, const char *path, const gl_chunk *chunks,
                                 int count) {
    (void)ctx, (void)path;
    fuzz_written_size = 0;
    for (int i = 0; i < count; i++) {
        size_t part = (size_t)chunks[i].size;
        fuzz_written = realloc(fuzz_written, fuzz_written_size + part + 1);
        if (!fuzz_written) abort();
        if (part) memcpy(fuzz_written + fuzz_written_size, chunks[i].data, part);
        fuzz_written_size += part;
    }
    return GLIA_OK;
}
