/*
 * zip.c: a zip archive, read by its directory. See PKWARE's APPNOTE.TXT, 4.3 and 4.5.3.
 *
 *     PK 3 4 | name | bytes of x.npy     a member; what stands here is also in the directory, and
 *     PK 3 4 | name | bytes of y.npy     some writers know it only there
 *     PK 1 2 | sizes, place, name        the directory, an entry a member
 *     PK 1 2 | sizes, place, name
 *     PK 5 6 | where the directory is    the end; of large archives a PK 6 6 before it
 *
 * Sizes are compared with those of the file before memory is taken: deflate makes no more than 1032
 * bytes from one.
 */
#include "readers.h"
#include "zip.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#define END 22        /* bytes of the end without its comment */
#define LONGEST 65535 /* of a comment, a name, an extra field */
#define ENTRY 46      /* of an entry of the directory before its name */
#define LOCAL 30      /* of what stands before a member's name */
#define MOST_EXPANDED 1032

static uint64_t little(const unsigned char *b, int n) {
    uint64_t v = 0;
    while (n-- > 0) v = v << 8 | b[n];
    return v;
}

static glia_status damaged(const gl_zip *z, const char *what) {
    return gl_fail(z->g, GLIA_INPUT, "%s: the zip archive is damaged: %s; is the file complete?",
                   z->path, what);
}

static bool read_at(const gl_zip *z, int64_t at, void *to, int64_t n) {
    if (at < 0 || n < 0 || at > z->file.size - n) return false;
    if (gl_file_read(&z->file, at, to, n) == n) return true;
    gl_doubt(z->g, z->path);
    return false;
}

/* --------------------------------------------------------------------------------- directory -- */

typedef struct directory {
    int64_t at, bytes, count;
} directory;

/* Of an archive above 4 GB, or of more than 65,535 members: 20 bytes before the end stands where
 * the wide end is. */
static bool read_wide_end(const gl_zip *z, int64_t end, directory *d) {
    unsigned char locator[20], wide[56];
    if (!read_at(z, end - 20, locator, 20) || memcmp(locator, "PK\6\7", 4)) return false;
    if (!read_at(z, (int64_t)little(locator + 8, 8), wide, 56) || memcmp(wide, "PK\6\6", 4))
        return false;
    d->count = (int64_t)little(wide + 32, 8);
    d->bytes = (int64_t)little(wide + 40, 8);
    d->at = (int64_t)little(wide + 48, 8);
    return true;
}

/* From behind, since a comment of any length may follow. */
static glia_status find_directory(const gl_zip *z, directory *d) {
    int64_t n = z->file.size < END + LONGEST ? z->file.size : END + LONGEST, at = n - END;
    unsigned char *tail = gl_alloc(z->g, n, 1);
    if (!tail) return GLIA_RESOURCE;
    bool ok = read_at(z, z->file.size - n, tail, n);
    while (ok && at >= 0 && memcmp(tail + at, "PK\5\6", 4)) at--;
    if (ok && at >= 0) {
        *d = (directory){.count = (int64_t)little(tail + at + 10, 2),
                         .bytes = (int64_t)little(tail + at + 12, 4),
                         .at = (int64_t)little(tail + at + 16, 4)};
        read_wide_end(z, z->file.size - n + at, d);
    }
    gl_free(z->g, tail);
    return ok && at >= 0 ? GLIA_OK : damaged(z, "it has no directory at its end");
}

/* Sizes that do not fit into 32 bits stand in an extra field, in this order. */
static bool widen(gl_zip_member *m, const unsigned char *extra, int64_t n) {
    int64_t *const wide[] = {&m->size, &m->packed, &m->header};
    while (n >= 4) {
        int64_t length = (int64_t)little(extra + 2, 2);
        const unsigned char *b = extra + 4, *end = b + length;
        if (length > n - 4) return false;
        for (int i = 0; little(extra, 2) == 1 && i < 3; i++) {
            if (*wide[i] != UINT32_MAX) continue;
            if (end - b < 8) return false;
            *wide[i] = (int64_t)little(b, 8);
            b += 8;
        }
        extra += 4 + length, n -= 4 + length;
    }
    return true;
}

/* One entry; returns its bytes, or 0. */
static int64_t read_entry(gl_zip *z, const unsigned char *b, int64_t n) {
    if (n < ENTRY || memcmp(b, "PK\1\2", 4)) return 0;
    int64_t name = (int64_t)little(b + 28, 2), extra = (int64_t)little(b + 30, 2),
            all = ENTRY + name + extra + (int64_t)little(b + 32, 2);
    if (all > n) return 0;
    gl_zip_member *m = &z->member[z->count];
    *m = (gl_zip_member){.method = (int)little(b + 10, 2),
                         .locked = b[8] & 1,
                         .crc = (uint32_t)little(b + 16, 4),
                         .packed = (int64_t)little(b + 20, 4),
                         .size = (int64_t)little(b + 24, 4),
                         .header = (int64_t)little(b + 42, 4)};
    bool ok = widen(m, b + ENTRY + name, extra) && m->packed >= 0 && m->packed <= z->file.size &&
              m->size >= 0 && m->size / MOST_EXPANDED <= m->packed + 1;
    m->name = ok ? gl_format(z->g, "%.*s", (int)name, (const char *)b + ENTRY) : NULL;
    if (m->name) z->count++;
    return m->name ? all : 0;
}

static glia_status read_directory(gl_zip *z) {
    directory d = {0};
    glia_status status = find_directory(z, &d);
    if (status) return status;
    if (d.at < 0 || d.bytes < 0 || d.at > z->file.size - d.bytes || d.count < 0 ||
        d.count > d.bytes / ENTRY)
        return damaged(z, "its directory is larger than the file");
    unsigned char *b = gl_alloc(z->g, d.bytes, 1);
    z->member = gl_alloc(z->g, d.count, sizeof *z->member);
    status = b && z->member ? GLIA_OK : GLIA_RESOURCE;
    if (!status && !read_at(z, d.at, b, d.bytes)) status = damaged(z, "its directory is cut short");
    for (int64_t i = 0, at = 0, n; !status && i < d.count; i++, at += n) {
        n = read_entry(z, b + at, d.bytes - at);
        if (!n) status = damaged(z, "an entry of its directory is no entry");
    }
    gl_free(z->g, b);
    return status;
}

gl_zip *gl_zip_open(glia_ctx *g, const char *path) {
    gl_zip *z = gl_alloc(g, 1, sizeof *z);
    if (!z) return NULL;
    z->g = g, z->path = gl_copy_text(g, path), z->file.fd = -1;
    if (z->path && !gl_file_open(path, &z->file)) {
        gl_doubt(g, path);
        gl_fail(g, GLIA_INPUT, "cannot read '%s': a zip archive must be a file", path);
    } else if (z->path && !read_directory(z)) return z;
    gl_zip_close(z);
    return NULL;
}

void gl_zip_close(gl_zip *z) {
    if (!z) return;
    gl_file_close(&z->file);
    for (int64_t i = 0; i < z->count; i++) gl_free(z->g, z->member[i].name);
    gl_free(z->g, z->member);
    gl_free(z->g, z->path);
    gl_free(z->g, z);
}

const gl_zip_member *gl_zip_find(const gl_zip *z, const char *name) {
    for (int64_t i = 0; i < z->count; i++) {
        if (!strcmp(z->member[i].name, name)) return &z->member[i];
    }
    return NULL;
}

/* ----------------------------------------------------------------------------------- members -- */

static glia_status bad_member(const gl_zip *z, const gl_zip_member *m, const char *what) {
    return gl_fail(z->g, GLIA_INPUT, "%s, member %s: %s", z->path, m->name, what);
}

/* Where its bytes begin; -1: the file ends before. */
static int64_t find_bytes(const gl_zip *z, const gl_zip_member *m) {
    unsigned char b[LOCAL];
    if (!read_at(z, m->header, b, LOCAL) || memcmp(b, "PK\3\4", 4)) return -1;
    return m->header + LOCAL + (int64_t)little(b + 26, 2) + (int64_t)little(b + 28, 2);
}

/* Fills `to` with the first n bytes of the member. */
static bool inflate_from(const gl_zip *z, const gl_zip_member *m, int64_t at, char *to, int64_t n) {
    unsigned char packed[65536];
    z_stream s = {.zalloc = gl_zlib_alloc, .zfree = gl_zlib_free, .opaque = z->g};
    int64_t left = m->packed;
    int result = inflateInit2(&s, -MAX_WBITS); /* no header before it */
    while (result == Z_OK && n > 0) {
        if (!s.avail_in) {
            int64_t part = left < (int64_t)sizeof packed ? left : (int64_t)sizeof packed;
            if (!part || !read_at(z, at, packed, part)) break;
            at += part, left -= part;
            s.next_in = packed, s.avail_in = (uInt)part;
        }
        uInt room = n > 1 << 30 ? 1 << 30 : (uInt)n;
        s.next_out = (Bytef *)to, s.avail_out = room;
        result = inflate(&s, Z_NO_FLUSH);
        to += room - s.avail_out, n -= room - s.avail_out;
    }
    inflateEnd(&s);
    return n == 0;
}

static bool has_crc(const char *bytes, int64_t n, uint32_t expected) {
    uLong crc = crc32(0, NULL, 0);
    for (int64_t at = 0; at < n; at += 1 << 30)
        crc = crc32(crc, (const Bytef *)bytes + at, (uInt)(n - at < 1 << 30 ? n - at : 1 << 30));
    return crc == expected;
}

static glia_status check_readable(const gl_zip *z, const gl_zip_member *m) {
    if (m->locked) return bad_member(z, m, "it is locked by a password");
    if (m->method == 0 || m->method == 8) return GLIA_OK;
    return bad_member(z, m, "its way of compression is not read, expected deflate or none");
}

static glia_status unpack(gl_zip *z, const gl_zip_member *m, char *to, int64_t n) {
    int64_t at = find_bytes(z, m);
    if (check_readable(z, m)) return GLIA_INPUT;
    bool ok = at >= 0 && (m->method || m->size <= m->packed) &&
              (m->method ? inflate_from(z, m, at, to, n) : read_at(z, at, to, n));
    if (ok && n == m->size) ok = has_crc(to, n, m->crc);
    return ok ? GLIA_OK : bad_member(z, m, "its bytes are damaged or cut short");
}

char *gl_zip_read(gl_zip *z, const gl_zip_member *m, int64_t most, int64_t *n) {
    *n = most < 0 || most > m->size ? m->size : most;
    if (gl_check_bytes(z->g, z->path, *n + 1)) return NULL;
    char *bytes = gl_alloc(z->g, *n + 1, 1);
    if (!bytes || !unpack(z, m, bytes, *n)) return bytes;
    gl_free(z->g, bytes);
    return NULL;
}

/* ----------------------------------------------------------------------------------- streams -- */

enum { PIECE = 65536 };

typedef struct stream {
    gl_zip *zip;
    const gl_zip_member *m;
    gl_take_bytes *take;
    void *user;
    z_stream z;
    int64_t at, left, given; /* of the packed bytes; of the others */
    uLong crc;
    char packed[PIECE], plain[PIECE];
} stream;

/* The next packed bytes; 0: there are none. */
static int64_t next_piece(stream *s) {
    int64_t n = s->left < PIECE ? s->left : PIECE;
    if (!n || !read_at(s->zip, s->at, s->packed, n)) return 0;
    s->at += n, s->left -= n;
    return n;
}

/* The next plain ones; 0: no more, or they are damaged. */
static int64_t next_plain(stream *s) {
    if (!s->m->method) {
        int64_t n = next_piece(s);
        memcpy(s->plain, s->packed, (size_t)n);
        return n;
    }
    s->z.next_out = (Bytef *)s->plain, s->z.avail_out = PIECE;
    while (s->z.avail_out) {
        if (!s->z.avail_in) {
            s->z.avail_in = (uInt)next_piece(s);
            s->z.next_in = (Bytef *)s->packed;
        }
        if (inflate(&s->z, Z_NO_FLUSH) != Z_OK) break;
    }
    return PIECE - s->z.avail_out;
}

/* False: stopped by the receiver. */
static bool give_all(stream *s) {
    int64_t n;
    while ((n = next_plain(s)) > 0 && s->given + n <= s->m->size) {
        s->given += n;
        s->crc = crc32(s->crc, (const Bytef *)s->plain, (uInt)n);
        bool last = s->given == s->m->size;
        if (last && s->crc != s->m->crc) break;
        if (!s->take(s->user, s->plain, n, last)) return false;
        if (last) return true;
    }
    if (s->given == s->m->size && !s->m->size) return s->take(s->user, "", 0, true);
    s->given = -1;
    return true;
}

glia_status gl_zip_stream(gl_zip *z, const gl_zip_member *m, gl_take_bytes *take, void *user) {
    if (check_readable(z, m)) return GLIA_INPUT;
    if (gl_check_bytes(z->g, z->path, m->size)) return GLIA_RESOURCE;
    stream *s = gl_alloc(z->g, 1, sizeof *s);
    if (!s) return GLIA_RESOURCE;
    *s = (stream){.zip = z, .m = m, .take = take, .user = user, .crc = crc32(0, NULL, 0)};
    s->z = (z_stream){.zalloc = gl_zlib_alloc, .zfree = gl_zlib_free, .opaque = z->g};
    s->at = find_bytes(z, m);
    s->left = m->packed;
    bool ready = s->at >= 0 && inflateInit2(&s->z, -MAX_WBITS) == Z_OK;
    if (ready) {
        give_all(s);
        inflateEnd(&s->z);
    }
    bool damaged = !ready || s->given < 0;
    gl_free(z->g, s);
    return damaged ? bad_member(z, m, "its bytes are damaged or cut short") : GLIA_OK;
}
