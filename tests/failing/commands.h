/*
 * commands.h: commands run under failing.c, each in a folder of its own that is compared with what
 * a run without failures leaves.
 */
#ifndef GLIA_TEST_COMMANDS_H
#define GLIA_TEST_COMMANDS_H

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "../test.h"

/* A training that takes a moment. */
#define NET "--target class --hidden 4 --epochs 3 --l2 0 --threads 1 --positive yes"

/* Of what a run counts the calls. */
static const char *const counted[] = {
#define KIND(name, ...) #name,
#include "kinds.def"
#undef KIND
};
enum { COUNTED = sizeof counted / sizeof *counted };

/* ----------------------------------------------------------------------------------- folders -- */

enum { FILES = 64 };

typedef struct file {
    char name[64];
    char *bytes;
    size_t size;
} file;

typedef struct folder {
    file file[FILES];
    int files;
} folder;

static const char *path_in(const char *in, const char *name) {
    static char paths[4][700];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s/%s", scratch(), in, name);
    return path;
}

static file read_file(const char *path) {
    file f = {0};
    struct stat info;
    int fd = open(path, O_RDONLY);
    if (fd < 0) fail_msg("cannot read %s", path);
    assert_true(fstat(fd, &info) == 0);
    snprintf(f.name, sizeof f.name, "%s", strrchr(path, '/') + 1);
    f.size = (size_t)info.st_size;
    f.bytes = malloc(f.size + 1);
    assert_int_equal(read(fd, f.bytes, f.size), f.size);
    f.bytes[f.size] = 0;
    close(fd);
    return f;
}

static file read_whole(const char *in, const char *name) { return read_file(path_in(in, name)); }

static folder look_into(const char *in) {
    folder all = {0};
    struct dirent *entry;
    DIR *d = opendir(path_in(in, ""));
    assert_non_null(d);
    while ((entry = readdir(d))) {
        if (*entry->d_name == '.') continue;
        assert_true(all.files < FILES);
        all.file[all.files++] = read_whole(in, entry->d_name);
    }
    closedir(d);
    return all;
}

static void forget(folder *all) {
    for (int i = 0; i < all->files; i++) free(all->file[i].bytes);
    *all = (folder){0};
}

static const file *find(const folder *in, const char *name) {
    for (int i = 0; i < in->files; i++)
        if (strcmp(in->file[i].name, name) == 0) return &in->file[i];
    return NULL;
}

static bool same_bytes(const file *a, const file *b) {
    return a && b && a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static void write_bytes(const char *in, const file *f) {
    int fd = open(path_in(in, f->name), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    assert_true(fd >= 0 && write(fd, f->bytes, f->size) == (ssize_t)f->size);
    close(fd);
}

/* ---------------------------------------------------------------------------------- one run -- */

/* What a command left: its output, its messages, and the folder. */
typedef struct outcome {
    int status; /* 128 + n: a signal ended it */
    file out, err;
    folder left;
    long calls[COUNTED];
} outcome;

static folder begin;          /* what is in the folder when a command begins */
static outcome reference;     /* the command's, without failures */
static long *calls;           /* [COUNTED], in memory that the command shares */
static const char *recording; /* of its changes, a file; NULL: none */

static void free_outcome(outcome *o) {
    free(o->out.bytes);
    free(o->err.bytes);
    forget(&o->left);
    *o = (outcome){0};
}

/* As `begin` has it. */
static void restore(const folder *left) {
    for (int i = 0; i < left->files; i++)
        if (!find(&begin, left->file[i].name)) unlink(path_in("work", left->file[i].name));
    for (int i = 0; i < begin.files; i++)
        if (!same_bytes(find(left, begin.file[i].name), &begin.file[i]))
            write_bytes("work", &begin.file[i]);
}

/* The program of a command, and its words. */
static void split(const char *line, char *words, size_t size, char *argv[]) {
    static char program[600];
    int n = 0;
    snprintf(words, size, "%s", line);
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " ")) argv[n++] = word;
    argv[n] = NULL;
    snprintf(program, sizeof program, BUILD_ROOT "/%s%s",
             strncmp(argv[0], "example-", 8) == 0 ? "examples/" : "", argv[0]);
    argv[0] = program;
}

static void redirect(int to, const char *name) {
    int fd = open(path_in("said", name), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd < 0 || dup2(fd, to) < 0) _exit(126);
    close(fd);
}

/* A command that takes longer than a hundred times what it needs has lost its way. */
static void be_child(char *argv[], const char *plan) {
    const struct rlimit seconds = {20, 20};
    setrlimit(RLIMIT_CPU, &seconds);
    alarm(60);
    redirect(STDOUT_FILENO, "out");
    redirect(STDERR_FILENO, "err");
    if (freopen("/dev/null", "r", stdin) == NULL || chdir(path_in("work", "")) != 0) _exit(126);
    setenv("GLIA_FAIL", plan, 1);
    setenv("GLIA_FAIL_COUNT", path_in("said", "count"), 1);
    if (recording) setenv("GLIA_FAIL_RECORD", recording, 1);
    setenv("LD_PRELOAD", BUILD_ROOT "/tests/failing.so", 1);
    execv(argv[0], argv);
    _exit(126);
}

static outcome run_failing(const char *line, const char *plan) {
    char words[512], *argv[64];
    int status;
    outcome o = {0};
    split(line, words, sizeof words, argv);
    memset(calls, 0, sizeof o.calls);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) be_child(argv, plan);
    assert_int_equal(waitpid(child, &status, 0), child);
    o.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    o.out = read_whole("said", "out");
    o.err = read_whole("said", "err");
    o.left = look_into("work");
    memcpy(o.calls, calls, sizeof o.calls);
    return o;
}

static long calls_of(const outcome *o, const char *kind) {
    int i = 0;
    while (strcmp(counted[i], kind) != 0) i++;
    return o->calls[i];
}

static bool as_in(const folder *left, const folder *expected, const char **what) {
    for (int i = 0; i < expected->files; i++)
        if (!same_bytes(find(left, *what = expected->file[i].name), &expected->file[i]))
            return false;
    for (int i = 0; i < left->files; i++)
        if (!find(expected, *what = left->file[i].name)) return false;
    return true;
}

/* Two runs are the same, or nothing could be said of a third. False: its module was not built. */
static bool take_reference(const char *line) {
    const char *what = "";
    free_outcome(&reference);
    reference = run_failing(line, "none");
    restore(&reference.left);
    if (strstr(reference.err.bytes, "need the module")) return false;
    outcome again = run_failing(line, "none");
    restore(&again.left);
    if (reference.status != 0 || !same_bytes(&reference.out, &again.out) ||
        !same_bytes(&reference.err, &again.err) || !as_in(&again.left, &reference.left, &what))
        fail_msg("%s: status %d, twice not the same (%s): %s", line, reference.status, what,
                 reference.err.bytes);
    free_outcome(&again);
    return true;
}

/* -------------------------------------------------------------------------------------- work -- */

static void write_text(const char *name, const char *text) {
    file f = {.bytes = (char *)text, .size = strlen(text)};
    snprintf(f.name, sizeof f.name, "%s", name);
    write_bytes("work", &f);
}

static void write_rows(const char *name, int rows, const char *quote) {
    char text[8000];
    int n = snprintf(text, sizeof text, "size,colour,day,class\n");
    for (int i = 0; i < rows; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "%s%d.%d%s,%s%s%s,2024-%02d-%02d,%s\n",
                      quote, i * 7 % 10, i * 3 % 10, quote, quote, i % 3 ? "red" : "blue green",
                      quote, 1 + i % 12, 1 + i % 28, i * 7 % 10 + i % 3 > 5 ? "yes" : "no");
    write_text(name, text);
}

static void must_run(const char *line, const char *plan, int status) {
    outcome o = run_failing(line, plan);
    if (o.status != status) fail_msg("%s: status %d: %s", line, o.status, o.err.bytes);
    free_outcome(&o);
}

/* The model, which is renamed last, does not get its name. */
static void leave_checkpoint(const char *line) {
    char plan[40];
    outcome o = run_failing(line, "none");
    snprintf(plan, sizeof plan, "rename:%ld", calls_of(&o, "rename"));
    free_outcome(&o);
    unlink(path_in("work", "n"));
    must_run(line, plan, 4);
}

static void make_folders(void) {
    mkdir(path_in("", "work"), 0777);
    mkdir(path_in("", "said"), 0777);
    int fd = open(path_in("said", "count"), O_RDWR | O_CREAT, 0666);
    assert_true(fd >= 0 && ftruncate(fd, COUNTED * sizeof *calls) == 0);
    calls = mmap(NULL, COUNTED * sizeof *calls, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(calls != MAP_FAILED);
    close(fd);
}

/* What the commands work on: rows, a model of them, the checkpoint of a training that did not end,
 * and what else the test adds. */
static void add_files(void);

static int begin_work(void **state) {
    (void)state;
    make_folders();
    write_rows("rows.csv", 60, "");
    must_run("glia train rows.csv " NET " --seed 5 -o old.glia", "none", 0);
    add_files();
    leave_checkpoint("glia train rows.csv " NET " --checkpoint old.ckpt --checkpoint-every 1 -o n");
    begin = look_into("work");
    return 0;
}

static int end_work(void **state) {
    (void)state;
    free_outcome(&reference);
    forget(&begin);
    munmap(calls, COUNTED * sizeof *calls);
    return 0;
}

#endif
