/*
 * tune_log.c: what a search that was killed left of its log: its trainings, or a message. Only a
 * last line without an end, or with zeros, is cut off, and what is written of a training reads back
 * as the same.
 */
#include "program.h"
#include "../cli/tune.h"

#include <math.h>
#include <stdio.h>

enum { ROOM = 2 * FUZZ_MOST_BYTES };

static const char *log_path(void) {
    static char path[80];
    snprintf(path, sizeof path, "%s/file", fuzz_folder());
    return path;
}

static void write_file(const void *bytes, size_t n) {
    FILE *f = fopen(log_path(), "wb");
    if (!f || fwrite(bytes, 1, n, f) != n || fclose(f)) abort();
}

static size_t read_file(char *bytes) {
    FILE *f = fopen(log_path(), "rb");
    if (!f) abort();
    size_t n = fread(bytes, 1, ROOM, f);
    fclose(f);
    return n;
}

static bool resume(tune_log *log) {
    static option_set options;
    if (!options.count) {
        options_of(&tune_command, &options);
        set_option(&options, find_option(&options, "log"), FROM_FLAG, "--log", log_path());
        set_option(&options, find_option(&options, "resume"), FROM_FLAG, "--resume", "true");
    }
    const cli c = {.command = &tune_command, .options = options, .g = g};
    *fuzz_said = 0;
    int status = open_tune_log(log, &c);
    fuzz_check(!status || *fuzz_said, "a log is refused with %d without a word", status);
    return !status;
}

/* Without a last line that has no end, or zeros; a new log gets a heading behind nothing. */
static void compare_file(const uint8_t *bytes, size_t n) {
    static char left[ROOM];
    size_t now = read_file(left), last = n ? n - 1 : 0;
    while (last && bytes[last - 1] != '\n') last--;
    if (n && (bytes[n - 1] != '\n' || memchr(bytes + last, 0, n - last))) n = last;
    fuzz_check(now >= n && !memcmp(left, bytes, n) && (now == n || !n),
               "a log of %zu bytes has %zu", n, now);
}

static bool same(double a, double b) { return a == b || (isnan(a) && isnan(b)); }

static void compare_written(const tune_log *log) {
    tune_log again;
    write_file("", 0);
    if (!resume(&again)) abort();
    for (int64_t i = 0; i < log->knowns; i++) write_tune_log(&again, &log->known[i]);
    close_tune_log(&again);
    fuzz_check(resume(&again), "a log that was written is refused: %s", fuzz_said);
    fuzz_check(again.knowns == log->knowns, "%lld trainings are written, and %lld read",
               (long long)log->knowns, (long long)again.knowns);
    for (int64_t i = 0; i < log->knowns; i++) {
        const glia_trial *a = &log->known[i], *b = &again.known[i];
        fuzz_check(a->number == b->number && a->rung == b->rung && same(a->cost, b->cost) &&
                       same(a->score, b->score) && same(a->seconds, b->seconds),
                   "training %lld of a log reads back as another", (long long)i);
        fuzz_check(!strcmp(a->command, b->command), "command '%s' reads back as '%s'", a->command,
                   b->command);
    }
    close_tune_log(&again);
}

void fuzz_tune_log(const uint8_t *bytes, size_t n) {
    tune_log log;
    write_file(bytes, n);
    bool resumed = resume(&log);
    if (log.f) fclose(log.f); /* which ends its lock, too */
    log.f = NULL;
    if (resumed) compare_file(bytes, n), compare_written(&log);
    close_tune_log(&log);
}
