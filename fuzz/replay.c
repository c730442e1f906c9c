/*
 * replay.c: the targets without libFuzzer. Prints TAP.
 *
 *     fuzz-replay SECONDS [TARGET...]     the corpus, then changes of it for so long, shared by all
 *     fuzz-replay --seeds FOLDER          writes where fuzzing begins to FOLDER/TARGET/
 *     fuzz-replay --list                  the names of the targets
 *     fuzz-replay TARGET FILE...          these inputs once
 *
 * The changes are the same at every run; how many there are is a matter of time. The input of which
 * the program dies is kept.
 */
#include "fuzz.h"
#include "base/random.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

typedef struct seed {
    uint8_t *bytes;
    size_t n;
} seed;

typedef struct seeds {
    seed *seed;
    int64_t count, cap;
} seeds;

static void add_seed(seeds *s, const void *bytes, size_t n) {
    if (!gl_reserve(g, &s->seed, &s->cap, s->count + 1, sizeof *s->seed)) abort();
    s->seed[s->count++] = (seed){(uint8_t *)fuzz_text(bytes, n), n};
}

static void free_seeds(seeds *s) {
    for (int64_t i = 0; i < s->count; i++) free(s->seed[i].bytes);
    gl_free(g, s->seed);
}

/* ------------------------------------------------------------------------------------- seeds -- */

static void add_file(seeds *s, const char *path) {
    static uint8_t bytes[FUZZ_MOST_BYTES];
    FILE *f = fopen(path, "rb");
    if (!f) return;
    add_seed(s, bytes, fread(bytes, 1, sizeof bytes, f));
    fclose(f);
}

static int is_visible(const struct dirent *e) { return *e->d_name != '.'; }

/* In the order of their names, which a folder does not have. */
static void add_folder(seeds *s, const char *folder) {
    struct dirent **entry;
    char path[2048];
    int n = scandir(folder, &entry, is_visible, alphasort);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name);
        add_file(s, path);
        free(entry[i]);
    }
    if (n >= 0) free(entry);
}

/* The rows of tests/files.def of which a format says that they are its own; what none claims is a
 * table of text. */
static void add_rows(seeds *s, const char *target) {
    static const struct {
        const char *bytes;
        size_t n;
    } rows[] = {
#define READ(tool, bytes, options, table, said) {bytes, sizeof bytes - 1},
#define LEARN(tool, bytes, options, columns, said) {bytes, sizeof bytes - 1},
#define LATER(tool, bytes, options, later, later_options, table, said)                             \
    {bytes, sizeof bytes - 1}, {later, sizeof later - 1},
#include "../tests/files.def"
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fuzz_lend(rows[i].bytes, rows[i].n);
        const char *format = glia_table_format(fuzz_name);
        if (!strcmp(target, format ? format : "csv")) add_seed(s, rows[i].bytes, rows[i].n);
    }
}

static seeds seeds_of(const char *target) {
    char folder[1024];
    seeds s = {0};
    snprintf(folder, sizeof folder, SOURCE_ROOT "/fuzz/corpus/%s", target);
    add_folder(&s, folder);
    add_rows(&s, target);
    return s;
}

static void write_seeds(const char *root) {
    char path[1024];
    for (int k = 0; k < fuzz_targets_count; k++) {
        seeds s = seeds_of(fuzz_targets[k].name);
        snprintf(path, sizeof path, "%s/%s", root, fuzz_targets[k].name);
        mkdir(path, 0777);
        for (int64_t i = 0; i < s.count; i++) {
            snprintf(path, sizeof path, "%s/%s/seed-%03d", root, fuzz_targets[k].name, (int)i);
            FILE *f = fopen(path, "wb");
            if (!f || fwrite(s.seed[i].bytes, 1, s.seed[i].n, f) != s.seed[i].n || fclose(f)) {
                perror(path);
                exit(1);
            }
        }
        free_seeds(&s);
    }
}

/* ------------------------------------------------------------------------------------ inputs -- */

/* Of a program that dies the input in hand stays, as a file. */
static struct {
    const char *target;
    uint8_t bytes[FUZZ_MOST_BYTES];
    size_t n;
    volatile int64_t number;
    int64_t seen; /* by the last tick */
} hand;

extern void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void say(const char *text) { (void)!write(STDOUT_FILENO, text, strlen(text)); }

static void keep_input(void) {
    if (!hand.target) return;
    static const char path[] = BUILD_ROOT "/fuzz/input";
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    bool kept = fd >= 0 && write(fd, hand.bytes, hand.n) == (ssize_t)hand.n;
    say("# the input of "), say(hand.target);
    say(kept ? " is in " : " could not be written to "), say(path), say("\n");
}

static void die(int signal_number) {
    keep_input();
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

/* An input that takes from one tick to the next is one that does not end. */
enum { TICK = 20 };
static void tick(int signal_number) {
    (void)signal_number;
    if (hand.seen == hand.number) keep_input(), abort();
    hand.seen = hand.number;
}

static void watch(void) {
    static const int deaths[] = {SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE};
    bool sanitized = __sanitizer_set_death_callback != NULL; /* it looks at the others itself */
    if (sanitized) __sanitizer_set_death_callback(keep_input);
    for (size_t i = 0; i < (sanitized ? 1 : sizeof deaths / sizeof *deaths); i++)
        signal(deaths[i], die);
    signal(SIGALRM, tick);
    setitimer(ITIMER_REAL, &(struct itimerval){{TICK, 0}, {TICK, 0}}, NULL);
}

/* The target gets memory of exactly this size, beyond which AddressSanitizer looks. */
static void run_hand(const fuzz_target *t) {
    uint8_t *exact = malloc(hand.n ? hand.n : 1);
    if (!exact) abort();
    memcpy(exact, hand.bytes, hand.n);
    hand.target = t->name;
    hand.number++;
    t->run(exact, hand.n);
    free(exact);
}

static void take(const seed *s) {
    memcpy(hand.bytes, s->bytes, s->n);
    hand.n = s->n;
}

/* ----------------------------------------------------------------------------------- changes -- */

static const char odd[] = "\0\xFF\x7F\x80\"',;|\t\n\r {}[]:%@#\\-+.e09";

/* Cuts bytes out at `at`, or doubles them. */
static size_t resize(gl_rng *r, uint8_t *bytes, size_t n) {
    size_t at = (size_t)gl_rng_below(r, (int64_t)n), most = n - at < 40 ? n - at : 40,
           part = 1 + (size_t)gl_rng_below(r, (int64_t)most);
    bool more = gl_rng_below(r, 2) && n + part <= FUZZ_MOST_BYTES;
    if (more) memmove(bytes + at + part, bytes + at, n - at);
    else memmove(bytes + at, bytes + at + part, n - at - part);
    return more ? n + part : n - part;
}

/* What stands there in another seed. */
static size_t graft(gl_rng *r, uint8_t *bytes, size_t n, const seed *other) {
    if (!other->n) return n;
    size_t from = (size_t)gl_rng_below(r, (int64_t)other->n),
           at = (size_t)gl_rng_below(r, (int64_t)n), part = other->n - from;
    if (part > n - at) part = n - at;
    memcpy(bytes + at, other->bytes + from, part);
    return n;
}

static size_t change(gl_rng *r, uint8_t *bytes, size_t n, const seed *other) {
    if (!n) return bytes[0] = (uint8_t)gl_rng_below(r, 256), 1;
    size_t at = (size_t)gl_rng_below(r, (int64_t)n);
    switch (gl_rng_below(r, 6)) {
    case 0: bytes[at] ^= (uint8_t)(1 << gl_rng_below(r, 8)); return n;
    case 1: bytes[at] = (uint8_t)odd[gl_rng_below(r, sizeof odd - 1)]; return n;
    case 2: bytes[at] = (uint8_t)gl_rng_below(r, 256); return n;
    case 3: bytes[at] = bytes[gl_rng_below(r, (int64_t)n)]; return n;
    case 4: return graft(r, bytes, n, other);
    default: return resize(r, bytes, n);
    }
}

/* libhdf5 and libmatio may crash on damaged files, and which ones they do differs by version: of
 * theirs only the end is cut off. */
static bool only_cut(const fuzz_target *t) {
    return !strcmp(t->name, "hdf5") || !strcmp(t->name, "mat");
}

static void take_changed(const fuzz_target *t, gl_rng *r, const seeds *s) {
    take(&s->seed[gl_rng_below(r, s->count)]);
    if (only_cut(t)) {
        hand.n = (size_t)gl_rng_below(r, (int64_t)hand.n + 1);
        return;
    }
    for (int64_t k = 1 + gl_rng_below(r, 4); k > 0; k--)
        hand.n = change(r, hand.bytes, hand.n, &s->seed[gl_rng_below(r, s->count)]);
}

/* -------------------------------------------------------------------------------------- runs -- */

static int64_t replay(const fuzz_target *t, const seeds *s, double seconds) {
    gl_rng r = gl_rng_new(1, GL_STREAM_TEST, 0);
    int64_t runs = 0;
    double until = gl_now() + seconds;
    for (; runs < s->count; runs++) take(&s->seed[runs]), run_hand(t);
    for (; gl_now() < until; runs++) take_changed(t, &r, s), run_hand(t);
    return runs;
}

static bool is_asked(const char *name, char **asked, int count) {
    for (int i = 0; i < count; i++)
        if (!strcmp(asked[i], name)) return true;
    return count == 0;
}

static bool replay_one(int number, const fuzz_target *t, double seconds) {
    seeds s = seeds_of(t->name);
    clock_t begin = clock();
    int64_t runs = s.count ? replay(t, &s, seconds) : 0;
    double rate = (double)runs * CLOCKS_PER_SEC / (double)(clock() - begin);
    printf("%sok %d - %s: %lld files, %lld inputs, %.0f a second of the processor\n",
           s.count ? "" : "not ", number, t->name, (long long)s.count, (long long)runs, rate);
    fflush(stdout);
    bool begun = s.count > 0;
    free_seeds(&s);
    return begun;
}

static int replay_all(double seconds, char **asked, int count) {
    int number = 0, targets = 0;
    bool ok = true;
    for (int i = 0; i < fuzz_targets_count; i++)
        targets += is_asked(fuzz_targets[i].name, asked, count);
    if (!targets) return fprintf(stderr, "no target is called so; --list names them\n"), 2;
    printf("TAP version 13\n1..%d\n", targets);
    for (int i = 0; i < fuzz_targets_count; i++) {
        const fuzz_target *t = &fuzz_targets[i];
        if (is_asked(t->name, asked, count)) ok &= replay_one(++number, t, seconds / targets);
    }
    return !ok;
}

static int read_once(const char *name, char **paths, int count) {
    const fuzz_target *t = fuzz_find(name);
    seeds s = {0};
    if (!t) return fprintf(stderr, "no target is called '%s'; --list names them\n", name), 2;
    for (int i = 0; i < count; i++) add_file(&s, paths[i]);
    for (int64_t i = 0; i < s.count; i++) take(&s.seed[i]), run_hand(t);
    free_seeds(&s);
    return s.count < count;
}

static int list(void) {
    for (int i = 0; i < fuzz_targets_count; i++) puts(fuzz_targets[i].name);
    return 0;
}

static int work(int argc, char **argv) {
    double seconds;
    if (argc == 2 && !strcmp(argv[1], "--list")) return list();
    if (argc == 3 && !strcmp(argv[1], "--seeds")) return write_seeds(argv[2]), 0;
    if (argc >= 2 && gl_parse_number(argv[1], strlen(argv[1]), '.', &seconds))
        return replay_all(seconds, argv + 2, argc - 2);
    if (argc >= 3) return read_once(argv[1], argv + 2, argc - 2);
    fputs("usage: fuzz-replay SECONDS [TARGET...] | TARGET FILE... | --seeds FOLDER | --list\n",
          stderr);
    return 2;
}

int main(int argc, char **argv) {
    fuzz_open();
    watch();
    int status = work(argc, argv);
    fuzz_close();
    return status;
}
