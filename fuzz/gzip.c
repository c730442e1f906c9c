/*
 * gzip.c: what is packed, in one member or several, with anything behind them: the bytes that zlib
 * reads from such a file, or a message; and they begin as the file was said to begin.
 */
#include "readers.h"
#include "read/readers.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

/* *whole: zlib had nothing to say against the file. */
static int64_t read_by_zlib(const uint8_t *bytes, size_t n, char *to, int64_t room, bool *whole) {
    int fd = memfd_create("fuzz", 0), failure;
    if (fd < 0 || write(fd, bytes, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET)) abort();
    gzFile f = gzdopen(fd, "rb");
    if (!f) abort();
    int64_t got = gzread(f, to, (unsigned)room);
    gzerror(f, &failure);
    *whole = gzclose(f) == Z_OK && failure == Z_OK;
    return got;
}

void fuzz_gzip(const uint8_t *bytes, size_t n) {
    enum { ROOM = 1 << 20 };
    static char theirs[ROOM];
    bool whole;
    int64_t size = 0, expected = read_by_zlib(bytes, n, theirs, ROOM, &whole);
    gl_beginning b;
    fuzz_lend(bytes, n);
    gl_read_beginning(g, fuzz_name, &b);
    char *ours = gl_read_bytes(g, fuzz_name, &size);
    if (!ours) fuzz_told("unpacking");
    else if (expected >= 0 && expected < ROOM) {
        fuzz_check(size == expected && !memcmp(ours, theirs, (size_t)size),
                   "%lld bytes are unpacked, and %lld by zlib", (long long)size,
                   (long long)expected);
        fuzz_check((int64_t)b.n <= size && !memcmp(ours, b.bytes, b.n),
                   "a file does not begin as it is said to");
        fuzz_check(!b.whole || (int64_t)b.n == size, "a file goes on where it is said to end");
    }
    fuzz_check(ours || !whole || expected == ROOM || glia_code(g) == GLIA_RESOURCE,
               "zlib unpacks what is refused: %s", glia_message(g));
    gl_free(g, ours);
}
