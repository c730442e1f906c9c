/*
 * failures.c: every call that can fail, failing: of each command below, each allocation and each
 * system call in turn, alone or with all behind it. A run must end as if nothing had failed, or
 * with status 4, a message, and no file that is half of one.
 *
 *     test-failures               of each command and kind some calls: what the suite does
 *     test-failures all           all of them, as the table of docs/reliability.md
 *     test-failures train show    all of these commands
 *     test-failures 150 all       up to 150 of each command and kind (scripts/reliability)
 *
 * The calls are let fail by failing/failing.c. A command works in a folder of its own, which is
 * compared with what a run without failures leaves.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <zlib.h>

#include "test.h"

/* ---------------------------------------------------------------------------------- commands -- */

#define NET "--target class --hidden 4 --epochs 3 --l2 0 --threads 1 --positive yes"

/* The first word is the program, or an example; the words are parted by blanks. `again`, given to a
 * folder in which the command failed, makes what it would have made. */
static const struct command {
    const char *name, *line, *again;
} commands[] = {
    {"train", "glia train rows.csv " NET " -o new.glia"},
    {"report", "glia train rows.csv " NET " -o new.glia --report new.html --log new.csv"},
    {"few rows",
     "glia train few.csv --target class --hidden none --epochs 3 --threads 1 -o new.glia"},
    {"folds", "glia train rows.csv " NET " --folds 2 -o new.glia"},
    {"checkpoint",
     "glia train rows.csv " NET " --checkpoint new.ckpt --checkpoint-every 1 -o new.glia",
     "glia train rows.csv " NET " --checkpoint new.ckpt --resume -o new.glia"},
    {"resume", "glia train rows.csv " NET " --checkpoint old.ckpt --resume -o new.glia",
     "glia train rows.csv " NET " --checkpoint old.ckpt --resume -o new.glia"},
    {"go on", "glia train rows.csv --init old.glia --epochs 2 --threads 1 -o new.glia"},
    {"tune", "glia tune rows.csv " NET " --trials 3 --log new.csv -o new.glia",
     "glia tune rows.csv " NET " --trials 3 --log new.csv --resume -o new.glia"},
    {"predict", "glia predict old.glia rows.csv -o new.csv"},
    {"predict --json", "glia predict old.glia rows.csv --json"},
    {"eval", "glia eval old.glia rows.csv --report new.html"},
    {"eval --json", "glia eval old.glia rows.csv --json"},
    {"show", "glia show old.glia"},
    {"show --json", "glia show old.glia --json"},
    {"data", "glia data rows.csv --target class"},
    {"data --json", "glia data few.csv.gz --json"},
    {"check", "glia check old.glia rows.csv"},
    {"explain", "glia explain old.glia rows.csv --row 2"},
    {"latin1.csv", "glia data latin1.csv --json"},
    {"fixed.csv", "glia data fixed.csv --json"},
    {"lines.jsonl", "glia data lines.jsonl --json"},
    {"rows.libsvm", "glia data rows.libsvm --json"},
    {"flats.arff", "glia data flats.arff --json"},
    {"pair.txt", "glia data pair.txt --json"},
    {"records.nc", "glia data records.nc --json"},
    {"bytes.idx", "glia data bytes.idx --json"},
    {"floats.npy", "glia data floats.npy --json"},
    {"packed.npz", "glia data packed.npz --json"},
    {"table.db", "glia data table.db --query SELECT/**/a,b,c/**/FROM/**/t --json"},
    {"xor.c", "example-xor"},
    {"csv.c", "example-csv rows.csv class new.glia"},
    {"embed.c", "example-embed old.glia size=1 colour=red"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

/* Files of other programs, of fuzz/corpus. */
static const char *const samples[] = {
    "csv/latin1.csv",  "csv/fixed.csv",   "json/lines.jsonl",  "libsvm/rows.libsvm",
    "arff/flats.arff", "octave/pair.txt", "netcdf/records.nc", "idx/bytes.idx",
    "npy/floats.npy",  "npz/packed.npz",  "sqlite/table.db",
};

/* ------------------------------------------------------------------------------------- kinds -- */

/* What fails, and how. `on`: every call behind the first that fails does so, too. `heals`: the work
 * goes on as if nothing had been. */
static const struct kind {
    const char *call, *error;
    bool on, heals;
} kinds[] = {
    {"memory", "", false},           {"memory", "", true},
    {"open", "EMFILE", false},       {"open", "EIO", true},
    {"read", "EIO", false},          {"read", "EINTR", false},
    {"read", "short", false, true},  {"write", "ENOSPC", false},
    {"write", "EIO", true},          {"write", "EINTR", false},
    {"write", "short", false, true}, {"sync", "EIO", false},
    {"close", "EIO", false},         {"rename", "EIO", false},
    {"stat", "EIO", false},          {"stat", "EIO", true},
    {"seek", "EIO", false},          {"map", "ENOMEM", false},
    {"map", "ENOMEM", true},         {"say", "EIO", true, true},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* "read EINTR", "memory, all from there on" */
static const char *kind_text(const struct kind *k) {
    static char text[64];
    snprintf(text, sizeof text, "%s%s%s%s", k->call, *k->error ? " " : "", k->error,
             k->on ? ", all from there on" : "");
    return text;
}

/* Of what a run counts the calls. */
static const char *const counted[] = {
#define KIND(name, ...) #name,
#include "failing/kinds.def"
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

static folder begin; /* what is in the folder when a command begins */
static long *calls;  /* [COUNTED], in memory that the command shares */

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

static long calls_of(const outcome *o, const char *call) {
    int i = 0;
    while (strcmp(counted[i], call) != 0) i++;
    return o->calls[i];
}

/* ---------------------------------------------------------------------------------- the rule -- */

static outcome reference; /* the command's, without failures */

static bool as_in(const folder *left, const folder *expected, const char **what) {
    for (int i = 0; i < expected->files; i++)
        if (!same_bytes(find(left, *what = expected->file[i].name), &expected->file[i]))
            return false;
    for (int i = 0; i < left->files; i++)
        if (!find(expected, *what = left->file[i].name)) return false;
    return true;
}

/* Each file is as it was, or as the command makes it. */
static bool is_whole(const folder *left, const char **what) {
    for (int i = 0; i < begin.files; i++)
        if (!find(left, *what = begin.file[i].name)) return false;
    for (int i = 0; i < left->files; i++) {
        const file *f = &left->file[i];
        *what = f->name;
        if (!same_bytes(f, find(&begin, *what)) && !same_bytes(f, find(&reference.left, *what)))
            return false;
    }
    return true;
}

/* A checkpoint, a log of trials: what was done before the failure is not lost. */
static bool goes_on(const struct command *c, const char **what) {
    if (!c->again) return false;
    outcome o = run_failing(c->again, "none");
    bool good = o.status == 0 && as_in(&o.left, &reference.left, what);
    forget(&o.left);
    return good;
}

static int warnings(const file *err) {
    int n = 0;
    for (const char *at = err->bytes; (at = strstr(at, "warning: ")); at++) n++;
    return n;
}

/* What the reference says, unless that is what fails. */
static bool says_all(const struct kind *k, const outcome *o) {
    return strcmp(k->call, "say") == 0 || strstr(o->err.bytes, reference.err.bytes);
}

/* NULL: within the rule. */
static const char *breaks_rule(const struct command *c, const struct kind *k, outcome *o) {
    static char why[200];
    const char *what = "";
    bool glia = strncmp(c->line, "glia ", 5) == 0;
    if (o->status == reference.status) {
        if (!same_bytes(&o->out, &reference.out)) return "another output";
        if (!as_in(&o->left, &reference.left, &what))
            return snprintf(why, sizeof why, "another file '%s'", what), why;
        bool told = says_all(k, o) || warnings(&o->err) > warnings(&reference.err);
        return told ? NULL : "messages went without a warning";
    }
    if (o->status == 128 + SIGXCPU || o->status == 128 + SIGALRM) return "it does not end";
    if (o->status != 4) return snprintf(why, sizeof why, "status %d", o->status), why;
    if (k->heals) return "it gave up";
    if (glia ? !strstr(o->err.bytes, "glia: error: ") : !o->err.size) return "no message";
    if (strstr(o->err.bytes, "without a message")) return "a message that says nothing";
    if (!is_whole(&o->left, &what) && !goes_on(c, &what))
        return snprintf(why, sizeof why, "half a file '%s'", what), why;
    return NULL;
}

typedef struct tally {
    long calls, runs, same, warned, ended, wrong;
} tally;

static void try_one(const struct command *c, const struct kind *k, long number, tally *t) {
    char plan[64];
    snprintf(plan, sizeof plan, "%s:%ld%s%s%s", k->call, number, k->on ? "+" : "",
             *k->error ? ":" : "", k->error);
    outcome o = run_failing(c->line, plan);
    const char *why = breaks_rule(c, k, &o);
    bool same = o.status == reference.status;
    t->runs++;
    t->wrong += why != NULL;
    t->same += !why && same && says_all(k, &o);
    t->warned += !why && same && !says_all(k, &o);
    t->ended += !why && !same;
    if (why) fprintf(stderr, "# %s, %s: %s: %.300s\n", c->name, plan, why, o.err.bytes);
    folder left = look_into("work");
    restore(&left);
    forget(&left);
    free_outcome(&o);
}

/* Of `calls` so many that a kind is met in each part of a command: the first ones, at which a
 * program opens, and others in steps of the golden ratio, which fall everywhere. */
static tally try_kind(const struct command *c, const struct kind *k, long most) {
    tally t = {.calls = calls_of(&reference, k->call)};
    if (!*k->error)
        assert_true(t.calls > 0); /* every command takes memory, or it was not counted */
    for (long i = 0; i < t.calls && i < most; i++) {
        double place = 0.6180339887 * (double)(i + 1);
        long spread = (long)((place - (double)(long)place) * (double)t.calls);
        try_one(c, k, (most >= t.calls ? i : spread) + 1, &t);
    }
    return t;
}

/* Two runs are the same, or nothing could be said of a third. False: its module was not built. */
static bool take_reference(const struct command *c) {
    const char *what = "";
    free_outcome(&reference);
    reference = run_failing(c->line, "none");
    restore(&reference.left);
    if (strstr(reference.err.bytes, "need the module")) return false;
    outcome again = run_failing(c->line, "none");
    restore(&again.left);
    if (reference.status != 0 || !same_bytes(&reference.out, &again.out) ||
        !same_bytes(&reference.err, &again.err) || !as_in(&again.left, &reference.left, &what))
        fail_msg("%s: status %d, twice not the same (%s): %s", c->line, reference.status, what,
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

static void write_packed(const char *name) {
    char packed[80];
    file f = read_whole("work", name);
    snprintf(packed, sizeof packed, "%s.gz", name);
    gzFile to = gzopen(path_in("work", packed), "wb");
    assert_true(to && gzwrite(to, f.bytes, (unsigned)f.size) == (int)f.size);
    gzclose(to);
    free(f.bytes);
}

static void copy_samples(void) {
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        char path[1024];
        snprintf(path, sizeof path, SOURCE_ROOT "/fuzz/corpus/%s", samples[i]);
        file f = read_file(path);
        write_bytes("work", &f);
        free(f.bytes);
    }
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

static int make_folder(void **state) {
    (void)state;
    mkdir(path_in("", "work"), 0777);
    mkdir(path_in("", "said"), 0777);
    int fd = open(path_in("said", "count"), O_RDWR | O_CREAT, 0666);
    assert_true(fd >= 0 && ftruncate(fd, COUNTED * sizeof *calls) == 0);
    calls = mmap(NULL, COUNTED * sizeof *calls, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(calls != MAP_FAILED);
    close(fd);
    write_rows("rows.csv", 60, "");
    write_rows("few.csv", 24, "\"");
    write_packed("few.csv");
    copy_samples();
    must_run("glia train rows.csv " NET " -o old.glia", "none", 0);
    leave_checkpoint("glia train rows.csv " NET " --checkpoint old.ckpt --checkpoint-every 1 -o n");
    begin = look_into("work");
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    free_outcome(&reference);
    forget(&begin);
    munmap(calls, COUNTED * sizeof *calls);
    return 0;
}

static void some_calls_fail(void **state) {
    const struct command *c = *state;
    long wrong = 0;
    if (!take_reference(c)) skip();
    for (int k = 0; k < KINDS; k++) wrong += try_kind(c, &kinds[k], 3).wrong;
    assert_int_equal(wrong, 0);
}

/* ------------------------------------------------------------------------------------- table -- */

static bool is_named(const struct command *c, int names, char **name) {
    for (int i = 0; i < names; i++)
        if (strcmp(name[i], c->name) == 0 || strcmp(name[i], "all") == 0) return true;
    return false;
}

/* All of the named commands, a row for each kind of call. */
static long print_table(long most, int names, char **name) {
    tally sum[KINDS] = {0};
    long wrong = 0;
    printf("| what fails | calls | runs | as if nothing | with a warning | status 4 | otherwise |\n"
           "|---|---|---|---|---|---|---|\n");
    for (int i = 0; i < COMMANDS; i++) {
        if (!is_named(&commands[i], names, name)) continue;
        if (!take_reference(&commands[i])) continue;
        for (int k = 0; k < KINDS; k++) {
            tally t = try_kind(&commands[i], &kinds[k], most), *s = &sum[k];
            *s = (tally){s->calls + t.calls,   s->runs + t.runs,   s->same + t.same,
                         s->warned + t.warned, s->ended + t.ended, s->wrong + t.wrong};
        }
    }
    for (int k = 0; k < KINDS; k++) {
        const tally *s = &sum[k];
        wrong += s->wrong;
        printf("| %s | %ld | %ld | %ld | %ld | %ld | %ld |\n", kind_text(&kinds[k]), s->calls,
               s->runs, s->same, s->warned, s->ended, s->wrong);
    }
    return wrong;
}

int main(int argc, char **argv) {
    struct CMUnitTest tests[COMMANDS];
    if (argc > 1) {
        long most = atol(argv[1]);
        int first = most ? 2 : 1;
        make_folder(NULL);
        long wrong = print_table(most ? most : LONG_MAX, argc - first, argv + first);
        remove_folder(NULL);
        return wrong > 0;
    }
    for (int i = 0; i < COMMANDS; i++)
        tests[i] = (struct CMUnitTest){commands[i].name, some_calls_fail, NULL, NULL,
                                       (void *)&commands[i]};
    return cmocka_run_group_tests_name("failures", tests, make_folder, remove_folder);
}
