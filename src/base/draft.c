/*
 * draft.c: a file that takes the place of another one once it is complete, so that a reader never
 * sees half of it and a failure leaves the old one as it was.
 *
 *     model.glia.tmp-00c5a1f7e2094b3d    written, synced     the bytes are on the disk
 *     rename                             model.glia is the old file or the new one
 *     fsync of the folder                the name is on the disk, too
 *
 * Without the first sync a file system may keep the new name and lose the bytes when the machine
 * goes down: an empty file in the place of a good one.
 *
 * A draft has a name that no other has, so that two runs that write one file spoil nothing: the one
 * that ends last has its file there. Whoever writes it holds a lock, which ends with its process:
 * a draft without a lock is what a killed run left, and the next draft of the same file removes it.
 */
#include "base.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MARK ".tmp-"
/* Of 255 bytes that a name may have, what MARK and the digits leave. */
enum { DIGITS = 16, NAME_KEPT = 255 - 5 - DIGITS };

static glia_status cannot_write(const gl_draft *d) {
    return gl_fail(d->g, GLIA_RESOURCE, "cannot write '%s': %s", d->path, strerror(errno));
}

/* ------------------------------------------------------------------------------------- names -- */

static const char *name_in(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Where links lead, to a file that may not be there yet. */
static bool follow_links(char target[GL_PATH]) {
    char to[GL_PATH];
    for (int links = 0; links < 40; links++) {
        ssize_t n = readlink(target, to, sizeof to);
        size_t folder = n > 0 && to[0] != '/' ? (size_t)(name_in(target) - target) : 0;
        if (n < 0) return true; /* it is no link */
        if (folder + (size_t)n >= GL_PATH) return errno = ENAMETOOLONG, false;
        memcpy(target + folder, to, (size_t)n);
        target[folder + (size_t)n] = 0;
    }
    return errno = ELOOP, false;
}

static bool find_target(gl_draft *d) {
    size_t n = strlen(d->path);
    if (n >= sizeof d->target) return errno = ENAMETOOLONG, false;
    memcpy(d->target, d->path, n + 1);
    return follow_links(d->target);
}

/* A name that others hold is no harm, only another attempt. */
static void choose_name(gl_draft *d, int attempt) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t number = (uint64_t)now.tv_sec << 30 ^ (uint64_t)now.tv_nsec;
    number = (number ^ (uint64_t)getpid() << 40) * 0x9e3779b97f4a7c15u;
    number = (number ^ (uint64_t)(uintptr_t)d) + (uint64_t)attempt;
    const char *name = name_in(d->target);
    snprintf(d->name, sizeof d->name, "%.*s%.*s" MARK "%0*llx", (int)(name - d->target), d->target,
             NAME_KEPT, name, DIGITS, (unsigned long long)number);
}

/* ------------------------------------------------------------------------- what others left -- */

static bool is_draft_of(const char *target, const char *name) {
    size_t n = strnlen(target, NAME_KEPT), mark = strlen(MARK);
    return strncmp(name, target, n) == 0 && strncmp(name + n, MARK, mark) == 0 &&
           strlen(name + n + mark) == DIGITS &&
           strspn(name + n + mark, "0123456789abcdef") == DIGITS;
}

/* Whether fd still is the file of this name. */
static bool has_name(int fd, int folder, const char *name) {
    struct stat open, named;
    return fstat(fd, &open) == 0 && fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           open.st_ino == named.st_ino && open.st_dev == named.st_dev && S_ISREG(open.st_mode);
}

static void remove_if_left(int folder, const char *name) {
    int fd = openat(folder, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && has_name(fd, folder, name)) unlinkat(folder, name, 0);
    close(fd);
}

static void open_folder(const gl_draft *d, char folder[GL_PATH]) {
    size_t n = (size_t)(name_in(d->target) - d->target);
    if (n == 0) memcpy(folder, "./", n = 2);
    else memcpy(folder, d->target, n);
    folder[n] = 0;
}

static void remove_left(const gl_draft *d) {
    char folder[GL_PATH];
    open_folder(d, folder);
    DIR *all = opendir(folder);
    if (!all) return;
    for (struct dirent *e; (e = readdir(all));)
        if (is_draft_of(name_in(d->target), e->d_name)) remove_if_left(dirfd(all), e->d_name);
    closedir(all);
}

/* The rename is durable only once the folder is synced, too. If that fails, the file is there all
 * the same, so it is no failure. */
static void sync_folder(const gl_draft *d) {
    char folder[GL_PATH];
    open_folder(d, folder);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    fsync(fd);
    close(fd);
}

/* ------------------------------------------------------------------------------------ drafts -- */

/* A file system without locks has drafts without them, which nobody takes for left. */
static bool is_locked(const gl_draft *d) {
    return flock(d->fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

/* Between the opening and the lock somebody else may have taken it for left. */
static bool open_new(gl_draft *d) {
    enum { ATTEMPTS = 100 };
    for (int i = 0; i < ATTEMPTS; i++) {
        choose_name(d, i);
        d->fd = open(d->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, d->replaces ? 0600 : 0666);
        if (d->fd < 0 && errno != EEXIST) return false;
        if (d->fd < 0) continue;
        if (is_locked(d) && has_name(d->fd, AT_FDCWD, d->name)) return true;
        close(d->fd);
        unlink(d->name);
    }
    return errno = EEXIST, false;
}

glia_status gl_draft_open(gl_draft *d, glia_ctx *g, const char *path) {
    struct stat st;
    *d = (gl_draft){.g = g, .path = path, .fd = -1};
    if (!find_target(d)) return cannot_write(d);
    d->replaces = stat(d->target, &st) == 0;
    if (d->replaces) d->mode = st.st_mode & 0777;
    remove_left(d);
    return open_new(d) ? GLIA_OK : cannot_write(d);
}

/* The lock is held until the draft has its last name. */
glia_status gl_draft_keep(gl_draft *d) {
    bool ok = !d->replaces || fchmod(d->fd, d->mode) == 0;
    ok = ok && fsync(d->fd) == 0 && rename(d->name, d->target) == 0;
    glia_status status = ok ? GLIA_OK : cannot_write(d);
    if (!ok) return gl_draft_discard(d), status;
    sync_folder(d);
    close(d->fd);
    return status;
}

void gl_draft_discard(gl_draft *d) {
    unlink(d->name);
    close(d->fd);
}

/* ------------------------------------------------------------------------------ for programs -- */

struct glia_draft {
    gl_draft draft;
    char path[GL_PATH];
};

glia_draft *glia_draft_open(glia_ctx *g, const char *path) {
    glia_draft *d = gl_alloc(g, 1, sizeof *d);
    if (!d) return NULL;
    snprintf(d->path, sizeof d->path, "%s", path);
    if (gl_draft_open(&d->draft, g, path) == GLIA_OK) return d->draft.path = d->path, d;
    gl_free(g, d);
    return NULL;
}

int glia_draft_file(const glia_draft *d) { return d->draft.fd; }

glia_status glia_draft_keep(glia_draft *d) {
    if (!d) return GLIA_OK;
    glia_status status = gl_draft_keep(&d->draft);
    gl_free(d->draft.g, d);
    return status;
}

void glia_draft_discard(glia_draft *d) {
    if (!d) return;
    gl_draft_discard(&d->draft);
    gl_free(d->draft.g, d);
}
