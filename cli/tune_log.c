/*
 * tune_log.c: the log of a search. Lines are appended one by one and synced, so that a search that
 * was killed, or whose machine went down, leaves what it had finished; a last line that was cut off
 * is dropped when it is resumed. A new log begins as a draft with its heading: what stood in its
 * place is there whole until the new one's name is on the disk.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tune.h"

static const char *const before[] = {"trial", "rung", "epochs"};
static const char *const after[] = {"val_cost", "val_score", "seconds", "command"};

/* ----------------------------------------------------------------------------------- writing -- */

static void put_heading(FILE *f) {
    int rows;
    const glia_option *row = glia_tune_ranges(&rows);
    for (int i = 0; i < 3; i++) fprintf(f, "%s,", before[i]);
    for (int i = 0; i < rows; i++) fprintf(f, "%s,", row[i].name);
    for (int i = 0; i < 4; i++) fprintf(f, "%s%c", after[i], i < 3 ? ',' : '\n');
}

/* What diverged has neither cost nor score. */
static void put_number(FILE *f, double value) {
    char buf[32];
    fprintf(f, "%s,", isfinite(value) ? exact_text(value, buf) : "");
}

/* A trial takes seconds, to sync its line takes milliseconds. Pipes and devices have nothing to
 * sync. */
static bool sync_lines(FILE *f) {
    return fflush(f) == 0 && !ferror(f) && (fdatasync(fileno(f)) == 0 || errno == EINVAL);
}

bool write_tune_log(const tune_log *log, const glia_trial *trial) {
    FILE *f = log->f;
    int rows;
    if (!f || trial->known) return true;
    glia_tune_ranges(&rows);
    fprintf(f, "%lld,%d,%lld,", (long long)trial->number, trial->rung, (long long)trial->epochs);
    for (int i = 0; i < rows; i++) fprintf(f, "%s,", trial->value[i] ? trial->value[i] : "");
    put_number(f, trial->cost);
    put_number(f, trial->score);
    put_number(f, trial->seconds);
    put_cell(f, trial->command);
    putc('\n', f);
    return sync_lines(f);
}

/* ----------------------------------------------------------------------------------- reading -- */

static int find_column(const glia_table *t, const char *name) {
    for (int i = 0; i < glia_table_columns(t); i++)
        if (strcmp(glia_table_column(t, i).name, name) == 0) return i;
    return -1;
}

static double number_at(const glia_table *t, const char *name, int64_t row) {
    int i = find_column(t, name);
    if (glia_table_column(t, i).type != GLIA_NUMBER) return NAN;
    return ((const double *)glia_table_values(t, i).data)[row];
}

static const char *text_at(const glia_table *t, const char *name, int64_t row) {
    int i = find_column(t, name);
    if (glia_table_column(t, i).type != GLIA_CATEGORY) return "";
    int64_t count;
    int32_t code = ((const int32_t *)glia_table_values(t, i).data)[row];
    return code < 0 ? "" : glia_table_category(t, i, code, &count);
}

static glia_trial trial_at(const glia_table *t, int64_t row) {
    double number = number_at(t, "trial", row), rung = number_at(t, "rung", row),
           cost = number_at(t, "val_cost", row);
    return (glia_trial){.number = number >= 1 && number < 1e15 ? (int64_t)number : 0,
                        .rung = rung >= 1 && rung < 100 ? (int)rung : 0,
                        .command = text_at(t, "command", row),
                        .cost = isnan(cost) ? INFINITY : cost,
                        .score = number_at(t, "val_score", row),
                        .seconds = number_at(t, "seconds", row)};
}

static bool is_log(const glia_table *t) {
    for (int i = 0; i < 3; i++)
        if (find_column(t, before[i]) < 0) return false;
    for (int i = 0; i < 4; i++)
        if (find_column(t, after[i]) < 0) return false;
    return true;
}

static bool has_field(const char *line, const char *name) {
    size_t n = strlen(name);
    for (const char *at = line; at; at = strchr(at, ','), at = at ? at + 1 : NULL)
        if (strncmp(at, name, n) == 0 && strchr(",\r\n", at[n])) return true;
    return false;
}

/* Whether this is the first line of a log, or what there is of it. */
static bool begins_log(const char *line, size_t n) {
    static const char head[] = "trial,rung,epochs,";
    if (line[n - 1] != '\n') return strncmp(line, head, n < sizeof head ? n : sizeof head - 1) == 0;
    for (int i = 0; i < 3; i++)
        if (!has_field(line, before[i])) return false;
    for (int i = 0; i < 4; i++)
        if (!has_field(line, after[i])) return false;
    return true;
}

static int no_log(const char *path) {
    return fail(GLIA_INPUT, "'%s' is no log of glia tune: it has no columns trial to command",
                path);
}

/* Asked before its lines are read: one of another file may have no end. */
static bool is_headed(FILE *f) {
    char head[4096];
    size_t n = fread(head, 1, sizeof head - 1, f);
    head[n] = '\0';
    const char *end = memchr(head, '\n', n);
    rewind(f);
    return n == 0 || begins_log(head, end ? (size_t)(end + 1 - head) : n);
}

/* Where the last line of a log ends, or begins if it was cut off or left out in part, for which a
 * file system may have put zeros; and how many lines there are up to it. */
static int find_end(FILE *f, const char *path, long *end, long *size, int64_t *lines) {
    char *line = NULL;
    size_t cap = 0;
    int status = is_headed(f) ? 0 : no_log(path);
    for (ssize_t n; !status && (n = getline(&line, &cap, f)) > 0;) {
        bool whole = line[n - 1] == '\n' && !memchr(line, 0, (size_t)n);
        *end = whole ? *size + n : *size;
        *lines += whole;
        *size += n;
    }
    free(line);
    if (!status && !feof(f))
        status = fail(GLIA_RESOURCE, "cannot read '%s': %s", path, strerror(errno));
    return status;
}

/* Cuts off a last line that has no end, of nothing but a log; *lines: how many there are. */
static int mend_log(const char *path, int64_t *lines) {
    FILE *f = fopen(path, "rb");
    long end = 0, size = 0;
    *lines = 0;
    if (!f) return fail(GLIA_RESOURCE, "cannot read '%s': %s", path, strerror(errno));
    int status = find_end(f, path, &end, &size, lines);
    fclose(f);
    if (status || size == end || truncate(path, end) == 0) return status;
    return fail(GLIA_RESOURCE, "cannot write '%s': %s", path, strerror(errno));
}

static int read_known(tune_log *log, const cli *c, const char *path, int64_t *lines) {
    int status = mend_log(path, lines);
    if (status || *lines < 2) return status; /* nothing has finished yet */
    glia_read_options options = {.format = "csv", .delimiter = ",", .header = 1};
    log->table = glia_table_read(c->g, path, &options);
    if (!log->table) return failed(c);
    if (!is_log(log->table)) return no_log(path);
    log->knowns = glia_table_rows(log->table);
    log->known = reserve(NULL, (size_t)log->knowns * sizeof *log->known);
    for (int64_t i = 0; i < log->knowns; i++) log->known[i] = trial_at(log->table, i);
    return 0;
}

/* Held as long as the search goes on. A file system without locks has logs without them. */
static int open_locked(tune_log *log, const char *path) {
    if (log->f) fclose(log->f);
    log->f = fopen(path, "ab");
    if (!log->f) return fail(GLIA_RESOURCE, "cannot write '%s': %s", path, strerror(errno));
    if (flock(fileno(log->f), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return 0;
    return fail(GLIA_RESOURCE,
                "'%s' is the log of a search that is running; wait for its end, or name another "
                "file",
                path);
}

/* The heading of a file as a draft, of a pipe or a device at its first line. */
static int begin_log(tune_log *log, const cli *c, const char *path) {
    struct stat info;
    output o;
    if (fstat(fileno(log->f), &info) != 0)
        return fail(GLIA_RESOURCE, "cannot write '%s': %s", path, strerror(errno));
    if (!S_ISREG(info.st_mode)) return put_heading(log->f), 0;
    if (!output_open(&o, c, path)) return GLIA_RESOURCE;
    put_heading(o.f);
    int status = output_close(&o);
    return status ? status : open_locked(log, path);
}

int open_tune_log(tune_log *log, const cli *c) {
    const char *path = given(c, "log");
    bool resumes = is_on(c, "resume");
    int64_t lines = 0;
    *log = (tune_log){0};
    if (resumes && !path)
        return fail(GLIA_USAGE, "--resume goes on from a log: name it by --log FILE.csv");
    if (!path) return 0;
    if (strcmp(path, "-") == 0)
        return fail(GLIA_USAGE, "--log of a search goes to a file, not to standard output");
    int status = open_locked(log, path);
    if (!status && resumes) status = read_known(log, c, path, &lines);
    return status || lines > 0 ? status : begin_log(log, c, path);
}

void close_tune_log(tune_log *log) {
    if (log->f) fclose(log->f);
    free(log->known);
    glia_table_free(log->table);
}
