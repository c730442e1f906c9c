/*
 * bytes.c: all bytes of a file or of standard input, gunzipped where they begin like gzip: what a
 * file is called does not matter, and standard input has no name.
 */
#include "readers.h"

#include <string.h>
#include <unistd.h>
#include <zlib.h>

void *gl_zlib_alloc(void *g, unsigned count, unsigned size) {
    return gl_alloc_unset(g, count, size);
}

void gl_zlib_free(void *g, void *memory) { gl_free(g, memory); }

/* From where the bytes ahead end. */
static char *read_stdin(glia_ctx *g, int64_t *size) {
    char *bytes = g->ahead;
    int64_t n = g->ahead_size, cap = n;
    g->ahead = NULL, g->ahead_size = 0;
    for (;;) {
        if (!gl_reserve_bytes(g, "standard input", &bytes, &cap, n + 2, n + 65536)) break;
        ssize_t got = gl_read(STDIN_FILENO, bytes + n, (size_t)(cap - n - 1), -1);
        if (got > 0) n += got;
        if (got > 0) continue;
        bytes[n] = 0;
        *size = n;
        if (got == 0) return bytes;
        gl_cannot_read(g, "standard input");
        break;
    }
    gl_free(g, bytes);
    return NULL;
}

/* Zeros behind the last member are padding of tapes and blocks. Anything else may be all that is
 * left of rows. */
static void tell_rest(glia_ctx *g, const char *path, const unsigned char *s, int64_t n,
                      int64_t size) {
    int64_t zeros = 0;
    while (zeros < n && !s[zeros]) zeros++;
    if (zeros < n)
        gl_warn(g,
                "%s: the gzip data ends at byte %lld, and the %lld bytes behind it are no gzip "
                "data; they are not read",
                path, (long long)(size - n), (long long)n);
}

/* Inflates all members of a gzip file into *out: `cat a.gz b.gz` is one, and pigz or bgzip write
 * such files. */
static glia_status inflate_all(glia_ctx *g, const char *path, z_stream *z, int64_t size,
                               gl_text *out) {
    int64_t left = size;
    while (left > 0 || z->avail_in > 0) {
        if (!z->avail_in) {
            z->avail_in = left > (1 << 30) ? 1 << 30 : (uInt)left;
            left -= z->avail_in;
        }
        /* Text shrinks to a third or a quarter, so the first guess is often enough; another
         * doubles. zlib counts in 32 bits, so it is given 1 GB at a time. */
        int64_t room = 4 * (int64_t)size > (1 << 16) ? 4 * (int64_t)size : 1 << 16;
        if (!gl_reserve_bytes(g, path, &out->s, &out->cap, out->n + 2, out->n + room))
            return GLIA_RESOURCE;
        int64_t free = out->cap - out->n - 1;
        z->next_out = (Bytef *)out->s + out->n;
        z->avail_out = free > (1 << 30) ? 1 << 30 : (uInt)free;
        int64_t before = z->avail_out;
        int result = inflate(z, Z_NO_FLUSH);
        out->n += before - z->avail_out;
        if (result == Z_STREAM_END) {
            const unsigned char *next = z->next_in;
            bool another = z->avail_in + left >= 2 && next[0] == 0x1F && next[1] == 0x8B;
            if (!another) return tell_rest(g, path, next, z->avail_in + left, size), GLIA_OK;
            inflateReset(z);
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            return gl_fail(g, GLIA_INPUT, "%s: the gzip data is damaged near byte %lld (%s)", path,
                           (long long)z->total_in, z->msg ? z->msg : "zlib");
        } else if (!z->avail_in && !left && z->avail_out) {
            break;
        }
    }
    return gl_fail(g, GLIA_INPUT,
                   "%s: the gzip data ends too early after %lld bytes; is the file complete?", path,
                   (long long)size);
}

static char *gunzip(glia_ctx *g, const char *path, char *bytes, int64_t *size) {
    z_stream z = {.next_in = (Bytef *)bytes, .zalloc = gl_zlib_alloc, .zfree = gl_zlib_free};
    z.opaque = g;
    gl_text out = {.g = g};
    const int64_t troubles = g->troubles;
    if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) {
        gl_fail(g, GLIA_RESOURCE, "%s: zlib did not start", path);
        return NULL;
    }
    glia_status status = gl_outcome(g, troubles, inflate_all(g, path, &z, *size, &out));
    inflateEnd(&z);
    if (status) {
        gl_free(g, out.s);
        return NULL;
    }
    out.s[out.n] = 0;
    *size = out.n;
    return out.s;
}

char *gl_read_bytes(glia_ctx *g, const char *path, int64_t *size) {
    char *bytes = strcmp(path, "-") ? gl_read_file(g, path, size) : read_stdin(g, size);
    if (!bytes || *size < 2 || memcmp(bytes, "\x1F\x8B", 2)) return bytes;
    char *plain = gunzip(g, path, bytes, size);
    gl_free(g, bytes);
    return plain;
}

/* ------------------------------------------------------------------------------- first bytes -- */

static void read_beginning(glia_ctx *g, gl_beginning *b) {
    size_t size = sizeof b->bytes;
    ssize_t got = 1;
    while (b->n < size && (got = gl_read(STDIN_FILENO, b->bytes + b->n, size - b->n, -1)) > 0)
        b->n += (size_t)got;
    if (got < 0) gl_doubt(g, "standard input");
}

/* Asked twice it tells the same. */
static void look_ahead(glia_ctx *g, gl_beginning *b) {
    if (!g->ahead) {
        read_beginning(g, b);
        g->ahead = gl_alloc(g, (int64_t)b->n, 1);
        if (!g->ahead) return;
        memcpy(g->ahead, b->bytes, b->n);
        g->ahead_size = (int64_t)b->n;
    }
    b->n = (size_t)g->ahead_size;
    b->whole = b->n < sizeof b->bytes;
    memcpy(b->bytes, g->ahead, b->n);
}

static void look_into(glia_ctx *g, const char *path, gl_beginning *b) {
    gl_file f;
    if (gl_file_open(path, &f)) {
        b->n = (size_t)gl_file_read(&f, 0, b->bytes, sizeof b->bytes);
        b->whole = b->n < sizeof b->bytes;
        gl_file_close(&f);
    }
    if (g && !b->n) gl_doubt(g, path);
}

/* As far as the packed bytes reach. */
static void gunzip_beginning(glia_ctx *g, gl_beginning *b) {
    gl_beginning packed = *b;
    z_stream z = {.next_in = packed.bytes, .avail_in = (uInt)packed.n, .next_out = b->bytes};
    if (g) z.zalloc = gl_zlib_alloc, z.zfree = gl_zlib_free, z.opaque = g;
    z.avail_out = sizeof b->bytes;
    if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) return;
    int result;
    do result = inflate(&z, Z_SYNC_FLUSH);
    while (result == Z_OK && z.avail_in && z.avail_out);
    inflateEnd(&z);
    b->n = sizeof b->bytes - z.avail_out;
    b->whole = packed.whole && result == Z_STREAM_END && !z.avail_in;
}

void gl_read_beginning(glia_ctx *g, const char *path, gl_beginning *b) {
    *b = (gl_beginning){0};
    if (strcmp(path, "-")) look_into(g, path, b);
    else if (g) look_ahead(g, b);
    if (b->n >= 2 && !memcmp(b->bytes, "\x1F\x8B", 2)) gunzip_beginning(g, b);
}
