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
#include <limits.h>
#include <zlib.h>

#include "failing/commands.h"

/* ---------------------------------------------------------------------------------- commands -- */

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
    {"colour.png", "glia data colour.png --json"},
    {"pictures", "glia data . --size 4x4 --json"},
    {"filters", "glia show seen.glia --filters new.png"},
    {"activations", "glia show seen.glia --activations colour.png -o new.html"},
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
    "npy/floats.npy",  "npz/packed.npz",  "sqlite/table.db",   "pictures/colour.png",

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

/* ---------------------------------------------------------------------------------- the rule -- */

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

/* -------------------------------------------------------------------------------------- work -- */

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

static void add_files(void) {
    write_rows("few.csv", 24, "\"");
    write_packed("few.csv");
    copy_samples();
    write_text("seen.csv", "path,y\ncolour.png,a\ncolour.png,b\ncolour.png,a\ncolour.png,b\n");
    must_run("glia train seen.csv --image-column path --size 8x8 --lr 0.01 --epochs 1 --val none "
             "--threads 1 -o seen.glia",
             "none", 0);
}

/* A command allocates hundreds of times, and makes a few dozens of each other call. */
enum { SOME = 3, SOME_ALLOCATIONS = 12 };

static void some_calls_fail(void **state) {
    const struct command *c = *state;
    long wrong = 0;
    if (!take_reference(c->line)) skip();
    for (int k = 0; k < KINDS; k++)
        wrong += try_kind(c, &kinds[k], *kinds[k].error ? SOME : SOME_ALLOCATIONS).wrong;
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
        if (!take_reference(commands[i].line)) continue;
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
        begin_work(NULL);
        long wrong = print_table(most ? most : LONG_MAX, argc - first, argv + first);
        end_work(NULL);
        return wrong > 0;
    }
    for (int i = 0; i < COMMANDS; i++)
        tests[i] = (struct CMUnitTest){commands[i].name, some_calls_fail, NULL, NULL,
                                       (void *)&commands[i]};
    return cmocka_run_group_tests_name("failures", tests, begin_work, end_work);
}
