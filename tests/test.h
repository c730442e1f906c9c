/*
 * test.h: what every test program shares: cmocka, the folder of reference data, and the glia
 * program as a command.
 */
#ifndef GLIA_TEST_H
#define GLIA_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A loop that goes one way with other numbers takes each EVERY-th of them: all in the plain run,
 * each third under the sanitizers, where everything takes five to ten times as long, and fewer
 * under ThreadSanitizer, which looks at every number that a kernel touches. */
#if defined(__SANITIZE_THREAD__)
enum { EVERY = 13 };
#elif defined(__SANITIZE_ADDRESS__)
enum { EVERY = 3 };
#else
enum { EVERY = 1 };
#endif

/* A path below shared/, in a buffer that the next four calls leave alone. */
static inline const char *shared_path(const char *name) {
    static char paths[4][1024];
    static int next;
    const char *root = getenv("GLIA_SHARED");
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", root ? root : SOURCE_ROOT "/../shared", name);
    return path;
}

/* Skips the running test with a message when the reference data is not there. */
static inline void need_shared(const char *name) {
    if (access(shared_path(name), R_OK) == 0) return;
    print_message("# skipped: %s is not here\n", shared_path(name));
    skip();
}

/* How many seeds: as many as a test usually tries, or as GLIA_SEEDS says. */
static inline int test_seeds(int usual) {
    const char *said = getenv("GLIA_SEEDS");
    return said ? atoi(said) : usual;
}

/* What a command printed, and how it ended. */
typedef struct result {
    int status;      /* exit status; 128 + n when a signal ended it */
    char *out, *err; /* malloc'ed */
} result;

static inline char *slurp(const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f) return strdup("");
    char *text = NULL;
    size_t n = 0, cap = 0, got;
    do {
        if (n + 65536 > cap) text = realloc(text, cap = cap * 2 + 65537);
        got = fread(text + n, 1, cap - n - 1, f);
        n += got;
    } while (got > 0);
    text[n] = 0;
    fclose(f);
    return text;
}

/* A fresh folder for a test's files. Whoever names GLIA_SCRATCH removes them; in the build folder
 * nobody does, so that one can look at what a test left. */
static inline const char *scratch(void) {
    static char path[512];
    if (!path[0]) {
        const char *in = getenv("GLIA_SCRATCH");
        snprintf(path, sizeof path, "%s/scratch.XXXXXX", in ? in : BUILD_ROOT "/tests");
        if (!mkdtemp(path)) abort();
    }
    return path;
}

/* AddressSanitizer has a program look for leaks on its way out, which takes longer than all else of
 * a short run. The test programs look for those of the library; those of the commands are looked
 * for where cli.c and looks.c run them. */
#ifndef LEAKS_OF_COMMANDS
#define LEAKS_OF_COMMANDS 0
#endif

/* Writes text into a file of the scratch folder. */
static inline void write_file(const char *name, const char *text) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static inline void expect_in(const char *text, const char *part) {
    if (!strstr(text, part)) fail_msg("expected '%s' in:\n%s", part, text);
}

static inline void expect_not_in(const char *text, const char *part) {
    if (strstr(text, part)) fail_msg("did not expect '%s' in:\n%s", part, text);
}

/* Runs a shell command line in scratch(), with $GLIA as the program. */
static inline result run(const char *format, ...) {
    char command[8192], line[10000];
    va_list args;
    va_start(args, format);
    vsnprintf(command, sizeof command, format, args);
    va_end(args);
    if (!getenv("GLIA")) setenv("GLIA", BUILD_ROOT "/glia", 1);
    snprintf(line, sizeof line,
             "export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=%d; "
             "cd %s && { %s\n} >%s/stdout 2>%s/stderr </dev/null",
             LEAKS_OF_COMMANDS, scratch(), command, scratch(), scratch());
    int status = system(line);
    char out[600], err[600];
    snprintf(out, sizeof out, "%s/stdout", scratch());
    snprintf(err, sizeof err, "%s/stderr", scratch());
    return (result){WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), slurp(out),
                    slurp(err)};
}

static inline void result_free(result *r) {
    free(r->out);
    free(r->err);
}

/* A command line that must succeed; does: and whose output nobody reads. */
static inline result done(const char *command) {
    result r = run("%s", command);
    if (r.status) fail_msg("%s\nended with %d:\n%s", command, r.status, r.err);
    return r;
}

static inline void does(const char *command) {
    result r = done(command);
    result_free(&r);
}

/* The command line must end with this status, and its errors must have this text in them. */
static inline void refuses(int status, const char *message, const char *format, ...) {
    char command[8192];
    va_list args;
    va_start(args, format);
    vsnprintf(command, sizeof command, format, args);
    va_end(args);
    result r = run("%s", command);
    if (r.status != status || !strstr(r.err, message))
        fail_msg("%s\nended with %d, expected %d and '%s':\n%s", command, r.status, status, message,
                 r.err);
    result_free(&r);
}

#endif
