/*
 * file.c: whole files in, whole files out.
 */
#include "base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int glia_file_error_of_machine(int error) {
    static const int of[] = {EIO, EINTR, EMFILE, ENFILE, ENOMEM, ENOSPC, EDQUOT, EAGAIN, ESTALE};
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        if (error == of[i]) return true;
    return false;
}

glia_status gl_cannot_read(glia_ctx *g, const char *path) {
    int why = errno;
    if (glia_file_error_of_machine(why))
        return gl_trouble(g, "cannot read '%.180s': %s", path, strerror(why));
    return gl_fail(g, GLIA_INPUT, "cannot read '%s': %s", path, strerror(why));
}

glia_status gl_doubt(glia_ctx *g, const char *path) {
    return glia_file_error_of_machine(errno) ? gl_cannot_read(g, path) : GLIA_OK;
}

ssize_t gl_read(int fd, void *to, size_t size, int64_t at) {
    ssize_t got;
    do got = at < 0 ? read(fd, to, size) : pread(fd, to, size, at);
    while (got < 0 && errno == EINTR);
    return got;
}

/* The size of a regular file is a guess that saves copies: it may grow while it is read, and a pipe
 * has none. */
static char *read_all(glia_ctx *g, const char *path, int fd, int64_t expected, int64_t *size) {
    char *bytes = NULL;
    int64_t n = 0, cap = 0;
    for (;;) {
        int64_t need = n < expected ? expected + 1 : n + 2;
        if (!gl_reserve_bytes(g, path, &bytes, &cap, need, n + 65536)) break;
        ssize_t got = gl_read(fd, bytes + n, (size_t)(cap - n - 1), -1);
        if (got < 0) {
            gl_cannot_read(g, path);
            break;
        }
        if (got == 0) {
            bytes[n] = 0;
            *size = n;
            return bytes;
        }
        n += got;
    }
    gl_free(g, bytes);
    return NULL;
}

/* A file that can be read, its size where it has one (a pipe: 0); -1: it cannot. */
static int open_file(glia_ctx *g, const char *path, int64_t *size) {
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        gl_cannot_read(g, path);
    } else if (S_ISDIR(st.st_mode)) {
        gl_fail(g, GLIA_INPUT, "cannot read '%s': it is a directory, a file was expected", path);
    } else {
        *size = S_ISREG(st.st_mode) ? (int64_t)st.st_size : 0;
        return fd;
    }
    if (fd >= 0) close(fd);
    return -1;
}

char *gl_read_file(glia_ctx *g, const char *path, int64_t *size) {
    int64_t expected;
    int fd = open_file(g, path, &expected);
    if (fd < 0) return NULL;
    char *bytes = read_all(g, path, fd, expected, size);
    close(fd);
    return bytes;
}

glia_status gl_check_readable(glia_ctx *g, const char *path) {
    return access(path, R_OK) == 0 ? GLIA_OK : gl_cannot_read(g, path);
}

size_t gl_path_length(const char *spec) {
    struct stat st;
    const char *colon = stat(spec, &st) ? strrchr(spec, ':') : NULL;
    return colon ? (size_t)(colon - spec) : strlen(spec);
}

gl_stamp gl_stamp_of(const char *path) {
    struct stat st;
    if (stat(path, &st) || !S_ISREG(st.st_mode)) return (gl_stamp){0};
    return (gl_stamp){st.st_dev, st.st_ino, st.st_size, st.st_mtim};
}

bool gl_same_stamp(const gl_stamp *a, const gl_stamp *b) {
    return a->device == b->device && a->file == b->file && a->size == b->size &&
           a->written.tv_sec == b->written.tv_sec && a->written.tv_nsec == b->written.tv_nsec;
}

/* -------------------------------------------------------------------------- from any byte on -- */

/* Looked at before it is opened: to open a pipe waits for its writer, and to close it again takes
 * it from the reader to come. */
bool gl_file_open(const char *path, gl_file *f) {
    struct stat st;
    *f = (gl_file){.fd = -1};
    errno = 0;
    if (stat(path, &st) || !S_ISREG(st.st_mode)) return false;
    f->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (f->fd >= 0 && fstat(f->fd, &st)) gl_file_close(f);
    f->size = st.st_size;
    return f->fd >= 0;
}

int64_t gl_file_read(const gl_file *f, int64_t at, void *to, int64_t n) {
    int64_t done = 0;
    while (done < n) {
        errno = 0;
        ssize_t got = gl_read(f->fd, (char *)to + done, (size_t)(n - done), at + done);
        if (got <= 0) break;
        done += got;
    }
    return done;
}

void gl_file_close(gl_file *f) {
    if (f->fd >= 0) close(f->fd);
    f->fd = -1;
}

/* --------------------------------------------------------------------------- piece by piece -- */

enum { PIECE = 1 << 20 }; /* fits a second-level cache, and a call of 1 us for it is nothing */

struct gl_open_file {
    glia_ctx *g;
    char *path, *bytes;
    int fd;
    glia_status status;
};

gl_open_file *gl_open_bytes(glia_ctx *g, const char *path) {
    int64_t size;
    int fd = open_file(g, path, &size);
    gl_open_file *s = fd >= 0 ? gl_alloc(g, 1, sizeof *s) : NULL;
    if (s) *s = (gl_open_file){g, gl_copy_text(g, path), gl_alloc(g, PIECE, 1), fd, GLIA_OK};
    if (s && s->path && s->bytes) return s;
    if (s) gl_close_bytes(s);
    else if (fd >= 0) close(fd);
    return NULL;
}

gl_chunk gl_next_bytes(gl_open_file *s) {
    ssize_t n = gl_read(s->fd, s->bytes, PIECE, -1);
    if (n < 0) s->status = gl_cannot_read(s->g, s->path);
    return (gl_chunk){s->bytes, n > 0 ? n : 0};
}

glia_status gl_close_bytes(gl_open_file *s) {
    glia_status status = s->status;
    close(s->fd);
    gl_free(s->g, s->path);
    gl_free(s->g, s->bytes);
    gl_free(s->g, s);
    return status;
}

static bool write_bytes(int fd, const char *p, int64_t left) {
    while (left > 0) {
        ssize_t done = write(fd, p, (size_t)left);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return false;
        p += done, left -= done;
    }
    return true;
}

/* Small pieces together: a checkpoint has thirty numbers beside its weights. */
static bool write_all(int fd, const gl_chunk *chunks, int count) {
    char small[1 << 14];
    int64_t n = 0;
    bool ok = true;
    for (const gl_chunk *c = chunks; ok && c < chunks + count; c++) {
        bool fits = c->size <= (int64_t)sizeof small - n, large = c->size > (int64_t)sizeof small;
        if (!fits) ok = write_bytes(fd, small, n), n = 0;
        if (large) ok = ok && write_bytes(fd, c->data, c->size);
        else if (c->size) memcpy(small + n, c->data, (size_t)c->size), n += c->size;
    }
    return ok && write_bytes(fd, small, n);
}

/* A pipe or a device (/dev/null, /dev/stdout) cannot be renamed over: written as it is. */
static glia_status write_special(glia_ctx *g, const char *path, const gl_chunk *chunks, int count) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool ok = fd >= 0 && write_all(fd, chunks, count);
    int why = errno;
    if (fd >= 0) close(fd);
    return ok ? GLIA_OK : gl_fail(g, GLIA_RESOURCE, "cannot write '%s': %s", path, strerror(why));
}

static glia_status write_draft(glia_ctx *g, const char *path, const gl_chunk *chunks, int count) {
    gl_draft d;
    glia_status status = gl_draft_open(&d, g, path);
    if (status != GLIA_OK) return status;
    if (write_all(d.fd, chunks, count)) return gl_draft_keep(&d);
    status = gl_fail(g, GLIA_RESOURCE, "cannot write '%s': %s", path, strerror(errno));
    gl_draft_discard(&d);
    return status;
}

glia_status gl_write_file(glia_ctx *g, const char *path, const gl_chunk *chunks, int count) {
    struct stat st;
    bool exists = stat(path, &st) == 0;
    if (exists && S_ISDIR(st.st_mode)) {
        return gl_fail(g, GLIA_RESOURCE,
                       "cannot write '%s': it is a directory, a file name was expected", path);
    }
    if (exists && !S_ISREG(st.st_mode)) return write_special(g, path, chunks, count);
    return write_draft(g, path, chunks, count);
}
