/*
 * failing.c: for LD_PRELOAD: lets one call fail that a program or its libraries make from main on,
 * or all calls of its kind from that one on. No privileges are needed.
 *
 *     GLIA_FAIL=memory:17          the 17th allocation gives NULL
 *     GLIA_FAIL=memory:17+         and all behind it
 *     GLIA_FAIL=read:3:EIO         the third read fails; what errors there are: errors[]
 *     GLIA_FAIL=write:2:short      the second write takes half of the bytes
 *     GLIA_FAIL=say:1              of what goes to standard error; write is of all else
 *     GLIA_FAIL=change:4:kill      the program is killed instead of the fourth change of a file
 *     GLIA_FAIL=none               nothing fails
 *     GLIA_FAIL_COUNT=FILE         of 8 bytes a kind (kinds.def), in which calls are counted: those
 *                                  of the kind that fails; where none does, all
 *     GLIA_FAIL_RECORD=FILE        in which changes are recorded (calls.h), with change:0
 *
 * Allocations are met as functions of the C library. System calls are met by the kernel's filter
 * for them (seccomp), which turns each into a signal: so those of stdio are met, too, which the C
 * library makes within itself. The handler makes the call from one place that the filter lets pass.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "calls.h"

#ifndef __x86_64__
#error "failing.c knows the registers of x86-64 only"
#endif

enum { MOST = 32 };

static const struct kind {
    const char *name;
    int calls[MOST];
} kinds[] = {
#define KIND(name, ...) {#name, {__VA_ARGS__}},
#include "kinds.def"
#undef KIND
};

enum {
#define KIND(name, ...) K_##name,
#include "kinds.def"
#undef KIND
    KINDS
};

static struct {
    int kind;    /* of the call that fails; KINDS: none */
    long number; /* of the call that fails */
    bool on;     /* from here on */
    bool halved; /* done by half, no error */
    bool kills;
    int error;
    _Atomic long *count; /* [KINDS], in a file, so that it is known however the program ends */
    int record;          /* a file; -1: none */
} plan = {.record = -1};

static const struct {
    const char *name;
    int error;
} errors[] = {{"EIO", EIO},       {"EINTR", EINTR},   {"ENOSPC", ENOSPC},
              {"EMFILE", EMFILE}, {"ENOMEM", ENOMEM}, {"EACCES", EACCES}};

static bool is_due(int kind) {
    if (kind == KINDS) return false;
    long n = atomic_fetch_add(&plan.count[kind], 1) + 1;
    return kind == plan.kind && (plan.on ? n >= plan.number : n == plan.number);
}

/* ------------------------------------------------------------------------------------ memory -- */

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t align, size_t size);

static bool refuses(void) {
    if (!plan.count || !is_due(K_memory)) return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size) { return refuses() ? NULL : __libc_malloc(size); }

void *calloc(size_t n, size_t size) { return refuses() ? NULL : __libc_calloc(n, size); }

void *realloc(void *memory, size_t size) { return refuses() ? NULL : __libc_realloc(memory, size); }

void *memalign(size_t align, size_t size) {
    return refuses() ? NULL : __libc_memalign(align, size);
}

void *aligned_alloc(size_t align, size_t size) { return memalign(align, size); }

int posix_memalign(void **out, size_t align, size_t size) {
    void *memory = memalign(align, size);
    if (memory) *out = memory;
    return memory ? 0 : ENOMEM;
}

/* ------------------------------------------------------------------------------ system calls -- */

/* A system call, and the address behind the one instruction that the filter lets pass. */
long failing_pass(long number, ...);
extern const char failing_passed[];
__asm__(".text\n"
        "failing_pass:\n"
        "    mov %rdi, %rax\n"
        "    mov %rsi, %rdi\n"
        "    mov %rdx, %rsi\n"
        "    mov %rcx, %rdx\n"
        "    mov %r8, %r10\n"
        "    mov %r9, %r8\n"
        "    mov 8(%rsp), %r9\n"
        "    syscall\n"
        "failing_passed:\n"
        "    ret\n");

static bool has_call(int kind, long number) {
    for (int i = 0; i < MOST && (i == 0 || kinds[kind].calls[i]); i++)
        if (kinds[kind].calls[i] == number) return true;
    return false;
}

static bool is_open(long number) {
    return number == SYS_open || number == SYS_openat || number == SYS_creat;
}

static long open_flags(long number, const greg_t *r) {
    return number == SYS_creat ? O_CREAT | O_TRUNC
                               : (long)r[number == SYS_openat ? REG_RDX : REG_RSI];
}

/* Of those that are met where changes are asked for: what only reads is none. */
static bool is_change(long number, const greg_t *r) {
    if (is_open(number)) return open_flags(number, r) & (O_CREAT | O_TRUNC);
    if (has_call(K_write, number)) return r[REG_RDI] != STDERR_FILENO;
    if (number == SYS_mmap) return (r[REG_R10] & MAP_SHARED) && (r[REG_RDX] & PROT_WRITE);
    return true;
}

/* KINDS: of none. What changes files is asked for alone, since it is of other kinds, too. */
static int kind_of(long number, const greg_t *r) {
    if (plan.kind == K_change) return is_change(number, r) ? K_change : KINDS;
    if (has_call(K_write, number)) return r[REG_RDI] == STDERR_FILENO ? K_say : K_write;
    int kind = K_memory + 1;
    while (!has_call(kind, number)) kind++;
    return kind;
}

static bool moves_bytes(long number) {
    return number == SYS_read || number == SYS_pread64 || number == SYS_write ||
           number == SYS_pwrite64;
}

/* ------------------------------------------------------------------------------------ record -- */

static void keep(call c, const void *bytes, const char *one, const char *two) {
    c.names = (one != NULL) + (two != NULL);
    const struct iovec parts[] = {{&c, sizeof c},
                                  {(void *)bytes, (size_t)c.size},
                                  {(void *)one, one ? strlen(one) + 1 : 0},
                                  {(void *)two, two ? strlen(two) + 1 : 0}};
    size_t whole = 0;
    for (int i = 0; i < 4; i++) whole += parts[i].iov_len;
    if (failing_pass(SYS_writev, (long)plan.record, parts, 4L) != (long)whole) _exit(125);
}

/* Of what is open, or of a name. */
static uint64_t inode(long opened, const char *name) {
    struct stat info;
    long failed =
        name ? failing_pass(SYS_stat, name, &info) : failing_pass(SYS_fstat, opened, &info);
    return failed ? 0 : info.st_ino;
}

/* Pieces that are written at once may come to the disk one by one. */
static void keep_pieces(int fd, const struct iovec *piece, long pieces, long written) {
    int64_t at = failing_pass(SYS_lseek, (long)fd, 0L, (long)SEEK_CUR) - written;
    for (long i = 0; i < pieces && written > 0; i++) {
        int64_t size = (int64_t)piece[i].iov_len < written ? (int64_t)piece[i].iov_len : written;
        keep((call){CALL_WRITE, .file = inode(fd, NULL), .at = at, .size = size}, piece[i].iov_base,
             NULL, NULL);
        at += size, written -= size;
    }
}

static uint64_t folder(long fd) { return (int)fd == AT_FDCWD ? 0 : inode(fd, NULL); }

/* What was done. */
static void record(long number, const greg_t *r, long result) {
    long a = r[REG_RDI], b = r[REG_RSI], c = r[REG_RDX], d = r[REG_R10];
    const char *name = (const char *)(number == SYS_openat || number == SYS_unlinkat ? b : a);
    const struct iovec whole = {(void *)b, (size_t)result};
    switch (number) {
    case SYS_open:
    case SYS_openat:
    case SYS_creat:
        keep((call){CALL_OPEN, .file = inode(result, NULL), .at = open_flags(number, r)}, NULL,
             name, NULL);
        return;
    case SYS_write: keep_pieces((int)a, &whole, 1, result); return;
    case SYS_writev: keep_pieces((int)a, (const struct iovec *)b, c, result); return;
    case SYS_pwrite64:
        keep((call){CALL_WRITE, .file = inode(a, NULL), .at = d, .size = result}, (void *)b, NULL,
             NULL);
        return;
    case SYS_ftruncate:
        keep((call){CALL_RESIZE, .file = inode(a, NULL), .at = b}, NULL, NULL, NULL);
        return;
    case SYS_truncate:
        keep((call){CALL_RESIZE, .file = inode(0, name), .at = b}, NULL, NULL, NULL);
        return;
    case SYS_fsync:
    case SYS_fdatasync: keep((call){CALL_SYNC, .file = inode(a, NULL)}, NULL, NULL, NULL); return;
    case SYS_rename: keep((call){CALL_RENAME}, NULL, name, (const char *)b); return;
    case SYS_unlink: keep((call){CALL_UNLINK}, NULL, name, NULL); return;
    case SYS_unlinkat: keep((call){CALL_UNLINK, .file = folder(a)}, NULL, name, NULL); return;
    default: keep((call){CALL_OTHER, .at = number}, NULL, NULL, NULL);
    }
}

/* ---------------------------------------------------------------------------------- the call -- */

/* A close that fails has closed all the same. */
static void meet_call(int signal, siginfo_t *info, void *context) {
    (void)signal;
    greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
    long number = info->si_syscall;
    int kind = kind_of(number, r);
    bool due = is_due(kind), halved = due && plan.halved;
    if (due && plan.kills) failing_pass(SYS_kill, (long)getpid(), (long)SIGKILL);
    greg_t size = halved && moves_bytes(number) && r[REG_RDX] > 1 ? r[REG_RDX] / 2 : r[REG_RDX];
    long result = -plan.error;
    if (!due || halved || number == SYS_close) {
        long done =
            failing_pass(number, r[REG_RDI], r[REG_RSI], size, r[REG_R10], r[REG_R8], r[REG_R9]);
        if (!due || halved) result = done;
        if (kind == K_change && plan.record >= 0 && done >= 0) record(number, r, done);
    }
    r[REG_RAX] = result;
}

/* Those of the kind that fails; where none does, of all. */
static void filter_calls(void) {
    enum { FIRST = 5 };
    uint64_t passed = (uintptr_t)failing_passed;
    struct sock_filter filter[FIRST + 2 * MOST * KINDS + 2] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)passed, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer) + 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(passed >> 32), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    unsigned short n = FIRST;
    filter[n++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (int kind = K_memory + 1; kind < KINDS; kind++)
        for (int i = 0; i < MOST && (i == 0 || kinds[kind].calls[i]); i++) {
            if (plan.kind != KINDS && plan.kind != kind) continue;
            filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                                       (uint32_t)kinds[kind].calls[i], 0, 1);
            filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
        }
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {n, filter};
    struct sigaction met = {.sa_sigaction = meet_call, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSYS, &met, NULL);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        _exit(125);
}

/* ------------------------------------------------------------------------------------- clock -- */

/* A second later at each call, so that what is printed of times is the same in every run; the date
 * stays, by which names of drafts are drawn, as often as one is taken. */
int clock_gettime(clockid_t clock, struct timespec *now) {
    static _Atomic long asked;
    long n = clock == CLOCK_REALTIME ? 0 : asked++;
    *now = (struct timespec){1700000000 + n, 0};
    return 0;
}

time_t time(time_t *now) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    if (now) *now = t.tv_sec;
    return t.tv_sec;
}

/* ------------------------------------------------------------------------------------- start -- */

/* "write:2:short", "memory:17+", "none" */
static void read_plan(const char *text) {
    size_t n = strcspn(text, ":");
    char *end = NULL;
    while (plan.kind < KINDS &&
           !(strlen(kinds[plan.kind].name) == n && memcmp(text, kinds[plan.kind].name, n) == 0))
        plan.kind++;
    if (text[n]) plan.number = strtol(text + n + 1, &end, 10);
    if (end && *end == '+') plan.on = true, end++;
    plan.error = EIO;
    plan.halved = end && strcmp(end, ":short") == 0;
    plan.kills = end && strcmp(end, ":kill") == 0;
    for (size_t i = 0; end && *end && i < sizeof errors / sizeof *errors; i++)
        if (strcmp(end + 1, errors[i].name) == 0) plan.error = errors[i].error;
    if (plan.kind != K_memory) filter_calls();
}

static void begin(void) {
    static _Atomic long own[KINDS];
    const char *text = getenv("GLIA_FAIL"), *file = getenv("GLIA_FAIL_COUNT"),
               *record = getenv("GLIA_FAIL_RECORD");
    if (record) plan.record = open(record, O_WRONLY | O_APPEND | O_CLOEXEC);
    int fd = file ? open(file, O_RDWR | O_CLOEXEC) : -1;
    void *count =
        fd >= 0 ? mmap(NULL, sizeof own, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (fd >= 0) close(fd);
    if (!text) return;
    plan.count = count != MAP_FAILED ? count : own;
    read_plan(text);
}

typedef int start(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                  void (*fini)(void), void (*loader)(void), void *stack);

static int (*real_main)(int, char **, char **);

static int main_that_may_fail(int argc, char **argv, char **environment) {
    begin();
    return real_main(argc, argv, environment);
}

/* The C library calls this before main; `next` is found without allocating. */
int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*loader)(void), void *stack);
int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*loader)(void), void *stack) {
    start *next;
    void *found = dlsym(RTLD_NEXT, "__libc_start_main");
    memcpy(&next, &found, sizeof next);
    real_main = main;
    return next(main_that_may_fail, argc, argv, init, fini, loader, stack);
}
