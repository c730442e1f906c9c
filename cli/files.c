/*
 * files.c: reads data and models with messages that tell them apart, and writes files whole or not
 * at all.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

/* ----------------------------------------------------------------------------------- reading -- */

/* After a question that was answered by errno. Where that is of the machine and not of the file,
 * the program ends: what is not known is not guessed. */
static void doubt(const char *path) {
    int why = errno;
    if (glia_file_error_of_machine(why))
        exit(fail(GLIA_RESOURCE, "cannot read '%s': %s", path, strerror(why)));
}

bool is_there(const char *path, struct stat *info) {
    if (stat(path, info) == 0) return true;
    doubt(path);
    return false;
}

bool can_be_read(const char *path) {
    if (access(path, R_OK) == 0) return true;
    doubt(path);
    return false;
}

/* A pipe is read only once. */
FILE *look_into(const char *path) {
    struct stat info;
    if (!is_there(path, &info) || !S_ISREG(info.st_mode)) return NULL;
    FILE *f = fopen(path, "rb");
    if (!f) doubt(path);
    return f;
}

size_t read_some(FILE *f, const char *path, void *bytes, size_t size) {
    size_t n = fread(bytes, 1, size, f);
    if (ferror(f)) doubt(path);
    return n;
}

/* A model file is a safetensors container: the length of a JSON header, then the header. */
bool looks_like_model(const char *path) {
    unsigned char head[9] = {0};
    FILE *f = look_into(path);
    if (!f) return false;
    size_t n = read_some(f, path, head, sizeof head);
    fclose(f);
    uint64_t length = 0;
    for (int i = 7; i >= 0; i--) length = length << 8 | head[i];
    return n == sizeof head && length >= 2 && length < 100u << 20 && head[8] == '{';
}

static bool looks_like_data(const char *path) {
    size_t n = strlen(path);
    bool other = n > 4 && strcasecmp(path + n - 4, ".txt") == 0;
    return other || (n > 3 && strcasecmp(path + n - 3, ".gz") == 0) || glia_table_format(path);
}

static bool reading_options(const cli *c, glia_read_options *options) {
    const char *delimiter = given(c, "delimiter");
    int64_t skip = 0, memory = 0;
    bool automatic = given(c, "max-memory") && strcmp(given(c, "max-memory"), "auto") == 0;
    if (!given_int(c, "skip", 0, 1000000, &skip)) return false;
    if (!automatic && !given_int(c, "max-memory", 1, INT64_MAX, &memory)) return false;
    *options = (glia_read_options){
        .format = given(c, "format"),
        .delimiter = delimiter && strcmp(delimiter, "\\t") == 0 ? "\t" : delimiter,
        .decimal = given(c, "decimal"),
        .thousands = given(c, "thousands"),
        .date_order = given(c, "date-order"),
        .encoding = given(c, "encoding"),
        .missing = given(c, "missing"),
        .spelt = is_on(c, "keep") || is_on(c, "convert") || is_on(c, "split"),
        .number = given(c, "number"),
        .category = given(c, "category"),
        .text = given(c, "text"),
        .date = given(c, "date"),
        .header = is_on(c, "header") - is_on(c, "no-header"),
        .comment = given(c, "comment"),
        .skip = given(c, "skip") && !skip ? -1 : (int)skip,
        .bad_rows = given(c, "bad-rows"),
        .table = given(c, "table"),
        .query = given(c, "query"),
        .size = given(c, "size"),
        .fit = given(c, "fit"),
        .channels = given(c, "channels"),
        .bad_images = given(c, "bad-images"),
        .image_column = given(c, "image-column"),
        .max_memory = memory,
        .schema = c->schema[0],
    };
    return true;
}

/* As the rows of a model's training were, or those of a table; both may be NULL. */
static int read_like(const cli *c, const char *data, const glia_model *m, const glia_table *like,
                     glia_table **t) {
    if (is_on(c, "header") && is_on(c, "no-header"))
        return fail(GLIA_USAGE, "--header and --no-header exclude each other");
    if (looks_like_model(data))
        return fail(GLIA_INPUT, "'%s' is a model file, not data; usage: glia %s %s", data,
                    c->command->name, c->command->usage);
    glia_read_options options;
    if (!reading_options(c, &options)) return GLIA_USAGE;
    if (like)
        options = (glia_read_options){.format = options.format,
                                      .spelt = options.spelt,
                                      .bad_images = options.bad_images,
                                      .max_memory = options.max_memory};
    if (m && c->command == &predict_command) options.spelt |= glia_model_sequence(m).length > 0;
    *t = m ? glia_model_read(c->g, m, data, &options)
           : glia_table_read_as(c->g, data, &options, like ? glia_table_reading(like) : NULL);
    return *t ? 0 : failed(c);
}

int read_data(const cli *c, const char *data, const glia_table *like, glia_table **t) {
    return read_like(c, data, NULL, like, t);
}

/* Arrays are numbers as they lie. */
static void warn_of_reading(const cli *c) {
    int count;
    const glia_option *rows = glia_table_options(&count);
    for (int i = 0; i < count; i++)
        if (given(c, rows[i].name))
            warn(c, "--%s is of tables, and means nothing for the arrays of --x", rows[i].name);
}

int read_data_or_arrays(const cli *c, const char *data, const char *x, const char *y,
                        glia_table **t) {
    bool of_test = (x && x == given(c, "test-x")) || (y && y == given(c, "test-y"));
    const char *test = of_test ? "test-" : "";
    if (data && (x || y))
        return fail(GLIA_USAGE, "'%s' and --%s%s both name the data; leave one out", data, test,
                    x ? "x" : "y");
    if (data) return read_data(c, data, NULL, t);
    bool needs_model = c->command == &predict_command || c->command == &eval_command;
    if (!x && !y)
        return fail(GLIA_USAGE, "no data; name a file after %s%s%s, or two arrays by --x and --y",
                    needs_model ? "the model" : "'glia ", needs_model ? "" : c->command->name,
                    needs_model ? "" : "'");
    if (!x)
        return fail(GLIA_USAGE, "--%sy gives labels, but --%sx gives no samples for them", test,
                    test);
    if (!y && c->command != &predict_command && c->command != &data_command)
        return fail(GLIA_USAGE, "--%sx gives samples, but --%sy gives no labels for them", test,
                    test);
    warn_of_reading(c);
    *t = glia_table_read_arrays(c->g, x, y);
    return *t ? 0 : failed(c);
}

bool skips_bad_rows(const cli *c) {
    const char *said = given(c, "bad-rows");
    return said && strcmp(said, "skip") == 0;
}

int keep_good_rows(const cli *c, glia_table **t) {
    if (glia_table_bad_rows(*t) == 0) return 0;
    glia_table *good = glia_table_good_rows(*t);
    if (!good) return failed(c);
    glia_table_free(*t);
    *t = good;
    return 0;
}

int keep_counted(const cli *c, const glia_model *m, glia_table **t) {
    glia_table *counted;
    if (glia_model_counted_rows(c->g, m, *t, skips_bad_rows(c), &counted) != GLIA_OK)
        return failed(c);
    if (!counted) return 0;
    glia_table_free(*t);
    *t = counted;
    return 0;
}

int give_pasts(const cli *c, const glia_model *m, bool labelled, glia_table **t) {
    int64_t length = glia_model_sequence(m).length, rows = glia_table_rows(*t);
    if (!length) return 0;
    glia_table *with_past = glia_model_series(c->g, m, *t);
    if (!with_past) return failed(c);
    *t = with_past;
    if (glia_model_sequence(m).whole)
        note(c, "%lld sample%s of %lld rows", (long long)glia_table_rows(*t),
             plural(glia_table_rows(*t)), (long long)rows);
    else if (glia_table_rows(*t) < rows)
        note(c,
             "%lld of %lld rows have %lld rows up to them, which the model reads at once; there "
             "is no answer for the others",
             (long long)glia_table_rows(*t), (long long)rows, (long long)length);
    return labelled ? keep_counted(c, m, t) : 0;
}

int read_data_for(const cli *c, const glia_model *m, const char *data, glia_table **t) {
    bool arrays = !data || given(c, "x") || given(c, "y");
    int status = arrays ? read_data_or_arrays(c, data, given(c, "x"), given(c, "y"), t)
                        : read_like(c, data, m, NULL, t);
    bool follows = c->command == &explain_command;
    bool answers = c->command == &predict_command, labelled = !answers || is_on(c, "losses");
    if (!status && glia_model_name_columns(c->g, m, *t) != GLIA_OK) status = failed(c);
    if (status) return status;
    /* A row that is left out would leave a gap in the pasts of others: of a series only answers
     * are looked at, by whoever measures them. */
    if (glia_model_sequence(m).length) return give_pasts(c, m, labelled && !follows, t);
    if (!skips_bad_rows(c)) return 0;
    if (glia_model_find_bad_rows(c->g, m, *t, labelled) != GLIA_OK) return failed(c);
    /* explain is asked for rows by their numbers in the file */
    return answers || follows ? 0 : keep_good_rows(c, t);
}

/* What stands in the place of a model is named as what it is. */
static int no_model(const cli *c, const char *path) {
    bool swapped = c->operands > 1 && path == c->operand[0] && looks_like_model(c->operand[1]);
    const char *kind = glia_file_kind(path), *format = glia_table_format(path);
    bool data = swapped || looks_like_data(path), named = format && strcmp(format, "csv") != 0;
    if (data)
        return fail(GLIA_INPUT, "'%s' is data, not a model file%s%s%s%s; usage: glia %s %s", path,
                    named ? " (" : "", named ? format : "", named ? ")" : "",
                    swapped ? " (the two operands are swapped)" : "", c->command->name,
                    c->command->usage);
    if (!kind) return 0;
    return fail(GLIA_INPUT, "'%s' is not a glia model file, it is %s; usage: glia %s %s", path,
                kind, c->command->name, c->command->usage);
}

int load_model(const cli *c, const char *path, glia_model **m) {
    bool other = !looks_like_model(path) && can_be_read(path);
    int status = other ? no_model(c, path) : 0;
    if (status) return status;
    *m = glia_model_load(c->g, path);
    return *m ? 0 : failed(c);
}

/* The model in memory carries its threshold as a note. */
int use_threshold(const cli *c, glia_model *m) {
    double p = 0.5;
    int64_t classes = glia_model_classes(m);
    if (!given(c, "threshold")) return 0;
    if (!given_number(c, "threshold", 0, 1, &p)) return GLIA_USAGE;
    if (classes != 2)
        return fail(GLIA_USAGE, "--threshold is for two classes; this model %s",
                    classes > 0 ? "has more" : "predicts numbers");
    return glia_model_set_note(m, "threshold", given(c, "threshold")) ? failed(c) : 0;
}

const char *val_file(const cli *c) {
    const char *val = given(c, "val");
    double fraction;
    bool words = val && (strcmp(val, "none") == 0 || strcmp(val, "auto") == 0 ||
                         read_number(val, &fraction));
    return words ? NULL : val;
}

/* ----------------------------------------------------------------------------------- writing -- */

static bool cannot_write(const char *path, const char *why) {
    fail(GLIA_RESOURCE, "cannot write '%s': %s", path, why);
    return false;
}

bool ends_in_csv(const char *option, const char *path) {
    if (ends_in(path, ".csv")) return true;
    fail(GLIA_USAGE, "--%s writes CSV: expected a name that ends in .csv, found '%s'", option,
         path);
    return false;
}

/* The folder of a path, with a / at its end. */
static char *folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? format_text("%.*s", (int)(slash - path + 1), path) : copy_text("./");
}

/* Files that this command writes, as they were when they were first looked at. */
typedef struct found {
    char *path;
    bool there;
    struct stat info;
    struct found *next;
} found;
static found *first_found;

static const found *find_found(const char *path) {
    const found *f = first_found;
    while (f && strcmp(f->path, path) != 0) f = f->next;
    return f;
}

void look_at_output(const char *path) {
    if (find_found(path)) return;
    found *f = reserve(NULL, sizeof *f);
    *f = (found){.path = copy_text(path), .next = first_found};
    f->there = is_there(path, &f->info);
    first_found = f;
}

/* Not by this one, which writes a file once. What is empty is nobody's work. */
static bool was_written_since(const found *f, const struct stat *now) {
    const struct stat *then = &f->info;
    if (now->st_size == 0) return false;
    return !f->there || then->st_ino != now->st_ino || then->st_dev != now->st_dev ||
           then->st_mtim.tv_sec != now->st_mtim.tv_sec ||
           then->st_mtim.tv_nsec != now->st_mtim.tv_nsec;
}

void tell_of_another_run(const cli *c, const char *path) {
    struct stat now;
    const found *f = find_found(path);
    if (f && stat(path, &now) == 0 && S_ISREG(now.st_mode) && was_written_since(f, &now))
        warn(c,
             "'%s' has been written by another run since this one began; it is replaced by the "
             "file of this one",
             path);
}

/* Whether a file could be written, asked before the work that it is for. */
bool can_write(const char *path) {
    struct stat info;
    if (strcmp(path, "-") == 0) return true;
    look_at_output(path);
    if (stat(path, &info) == 0) {
        if (S_ISDIR(info.st_mode))
            return cannot_write(path, "it is a directory, a file name was expected");
        return access(path, W_OK) == 0 ? true : cannot_write(path, strerror(errno));
    }
    char *folder = folder_of(path);
    bool ok = access(folder, W_OK | X_OK) == 0;
    if (!ok) cannot_write(path, errno == ENOENT ? "the folder does not exist" : strerror(errno));
    free(folder);
    return ok;
}

static bool same_file(const char *a, const char *b) {
    struct stat one, two;
    return is_there(a, &one) && is_there(b, &two) && one.st_dev == two.st_dev &&
           one.st_ino == two.st_ino && S_ISREG(one.st_mode);
}

/* Where links lead, be a file there already or not. */
static char *follow_links(const char *path) {
    enum { MOST_LINKS = 40 };
    char *at = copy_text(path), to[4096];
    ssize_t n;
    for (int i = 0; i < MOST_LINKS && (n = readlink(at, to, sizeof to - 1)) >= 0; i++) {
        to[n] = '\0';
        char *folder = *to == '/' ? copy_text("") : folder_of(at);
        free(at);
        at = format_text("%s%s", folder, to);
        free(folder);
    }
    return at;
}

/* Of a file that may not be there yet: its folder's path without links, and its name. */
static char *real_name(const char *path) {
    char *target = follow_links(path), *folder = folder_of(target), *real = realpath(folder, NULL);
    const char *slash = strrchr(target, '/');
    char *whole = format_text("%s/%s", real ? real : folder, slash ? slash + 1 : target);
    free(target);
    free(folder);
    free(real);
    return whole;
}

static bool same_output(const char *a, const char *b) {
    char *one = real_name(a), *two = real_name(b);
    bool same = same_file(a, b) || strcmp(one, two) == 0;
    free(one);
    free(two);
    return same;
}

bool same_outputs(const char *const *what, const char *const *path, int count) {
    for (int i = 0; i < count; i++)
        for (int k = 0; k < i && path[i] && strcmp(path[i], "-") != 0; k++)
            if (path[k] && same_output(path[i], path[k])) {
                fail(GLIA_USAGE, "%s and %s are both to be '%s'", what[k], what[i], path[i]);
                return true;
            }
    return false;
}

/* A page or a table in its place: whoever writes that has mistyped a name. */
bool replaces_model(const char *path) {
    if (!looks_like_model(path)) return false;
    fail(GLIA_USAGE, "'%s' is a model and would be replaced; name another file", path);
    return true;
}

bool replaces_input(const cli *c, const char *path) {
    static const char *const names[] = {"val",    "test",   "x",      "y",
                                        "test-x", "test-y", "config", "activations"};
    const char *input = NULL;
    for (int i = 0; i < c->operands; i++)
        if (same_file(c->operand[i], path)) input = c->operand[i];
    for (int i = 0; i < 8; i++)
        if (given(c, names[i]) && same_file(given(c, names[i]), path)) input = given(c, names[i]);
    for (int k = 0; k < SCHEMAS; k++) {
        const char *read = c->command == &data_command ? NULL : given(c, schema_options[k]);
        if (!read) read = c->configured[k].source;
        if (read && same_file(read, path)) input = read;
    }
    if (!input) return false;
    fail(GLIA_USAGE, "'%s' is read by this command and would be replaced; name another file", path);
    return true;
}

void put_cell(FILE *f, const char *text) {
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, f);
        return;
    }
    putc('"', f);
    for (; *text; text++) {
        if (*text == '"') putc('"', f);
        putc(*text, f);
    }
    putc('"', f);
}

static output *unfinished;

/* Called at the end of the program, too: memory that ran out leaves no half of a file. */
static void discard_unfinished(void) {
    for (output *o = unfinished; o; o = o->next) glia_draft_discard(o->draft);
    unfinished = NULL;
}

static void remember(output *o) {
    static bool asked;
    if (!asked) asked = atexit(discard_unfinished) == 0;
    o->next = unfinished;
    unfinished = o;
}

static void forget(const output *o) {
    for (output **at = &unfinished; *at; at = &(*at)->next)
        if (*at == o) return (void)(*at = o->next);
}

/* Devices, pipes and links to them are written directly; renaming a file over them would destroy
 * them. */
static bool open_directly(output *o) {
    struct stat info;
    if (stat(o->path, &info) != 0 || S_ISREG(info.st_mode)) return false;
    o->f = fopen(o->path, "wb");
    return true;
}

/* The draft keeps its own descriptor, by which it is synced once the stream has been closed. */
static FILE *open_stream(const glia_draft *draft) {
    int fd = dup(glia_draft_file(draft));
    FILE *f = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (fd >= 0 && !f) close(fd);
    return f;
}

bool output_open(output *o, const cli *c, const char *path) {
    *o = (output){.f = stdout, .c = c, .path = path ? path : "-"};
    if (strcmp(o->path, "-") == 0) return true;
    if (!can_write(path)) return false;
    if (!open_directly(o)) {
        if (!(o->draft = glia_draft_open(c->g, path))) return failed(c), false;
        remember(o);
        o->f = open_stream(o->draft);
    }
    if (o->f) return true;
    cannot_write(path, strerror(errno));
    return output_discard(o), false;
}

void output_discard(output *o) {
    if (o->f && o->f != stdout) fclose(o->f);
    forget(o);
    glia_draft_discard(o->draft);
    *o = (output){0};
}

int output_close(output *o) {
    if (o->f == stdout) return *o = (output){0}, 0; /* main looks at stdout's errors */
    if (fflush(o->f) != 0 || ferror(o->f)) {
        cannot_write(o->path, strerror(errno));
        return output_discard(o), GLIA_RESOURCE;
    }
    fclose(o->f);
    forget(o);
    if (o->draft) tell_of_another_run(o->c, o->path);
    int status = glia_draft_keep(o->draft) ? failed(o->c) : 0;
    return *o = (output){0}, status;
}
