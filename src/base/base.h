/*
 * base.h: what every floor stands on: the context, memory, failures, texts, numbers as text, files,
 * threads.
 *
 * Internal names begin with gl_, public ones with glia_. A function that fails calls gl_fail once,
 * where the fact is known, and its callers only pass the status (or NULL) on.
 */
#ifndef GL_BASE_H
#define GL_BASE_H

#include <glia/glia.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* Hears a note or a warning; user: gl_listener's, or log_user of glia_settings. */
typedef void gl_hear(void *user, glia_level level, const char *text);

typedef struct gl_listener {
    gl_hear *hear; /* NULL: nobody */
    void *user;
} gl_listener;

/* Drawn for each context (keyed.h). */
typedef struct gl_secret {
    uint64_t start, factor;
} gl_secret;

struct glia_ctx {
    glia_settings settings;
    gl_listener listener; /* of notes and warnings: at first the log of the settings */
    int threads;
    const char *threads_reason;
    _Atomic double busy_until; /* gl_now() from which threads are worth another try: plan/pace.c */
    struct gl_loaded *loaded;  /* the modules that it uses */
    void (*unload)(glia_ctx *g); /* closes them; set by module.c, which the core does without */
    char *ahead; /* of standard input, taken by whoever asked what it is (bytes.c) */
    int64_t ahead_size;
    int64_t troubles;  /* how often the machine failed: gave no memory, could not read */
    char trouble[256]; /* the last one */
    gl_secret secret;
    glia_status code;
    char message[1024];
};

/* Memory: zeroed, aligned to 64 bytes; the product is checked before it is formed. NULL after
 * gl_fail(GLIA_RESOURCE). A count of 0 gives a valid pointer. gl_free takes NULL. Not from two
 * threads at once: kernels allocate nothing, and the hands of a crew have contexts of their own. */
void *gl_alloc(glia_ctx *g, int64_t count, size_t size);
/* The same, holding anything: for much memory of which only a part may ever be touched, all of it
 * written before it is read. */
void *gl_alloc_unset(glia_ctx *g, int64_t count, size_t size);
/* Asks for the pages of a block at once that would come one by one as they are met. */
void gl_touch(void *memory, size_t bytes);
/* Gives the system back what lies in bytes `from` to `until` of memory that is still to be freed:
 * nobody reads them again, and what is before them is gone already. */
void gl_let_go(void *memory, size_t from, size_t until);
void gl_free(glia_ctx *g, void *memory);
/* Is it the system's own, which serves any number of threads? The caller's serves one. */
bool gl_memory_is_shared(const glia_ctx *g);
/* Makes room for `need` items in *items (of `size` bytes, capacity *cap): doubles, keeps what was
 * there. */
bool gl_reserve(glia_ctx *g, void *items_ptr, int64_t *cap, int64_t need, size_t size);
char *gl_copy_text(glia_ctx *g, const char *text);
char *gl_format(glia_ctx *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* a * b, or false when it does not fit (both must be >= 0). */
bool gl_multiply(int64_t a, int64_t b, int64_t *product);

/* Records a failure and returns its status. The message is cut after 1,023 bytes, and stays until
 * the next failure of this context. */
glia_status gl_fail(glia_ctx *g, glia_status code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with GLIA_RESOURCE for what the machine failed to do: it gave no memory, a disk did not
 * answer. It is counted. */
glia_status gl_trouble(glia_ctx *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* How a call ended: with the machine's last trouble where there was one since `since` (of
 * g->troubles), whatever came of it: a text may have been left out, or the failure been taken for a
 * damaged file. Every public function that makes something asks at its end. */
glia_status gl_outcome(glia_ctx *g, int64_t since, glia_status status);
void gl_note(glia_ctx *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
void gl_warn(glia_ctx *g, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Who hears notes and warnings (listen.c). What stood before comes back, for gl_unlisten and, when
 * it is to hear as well, for gl_tell. gl_hush: nobody hears. */
gl_listener gl_listen(glia_ctx *g, gl_hear *hear, void *user);
gl_listener gl_hush(glia_ctx *g);
void gl_unlisten(glia_ctx *g, gl_listener before);
void gl_tell(gl_listener to, glia_level level, const char *text);

/* A text that grows. After an allocation failure it stays as it was and `failed` is set. */
typedef struct gl_text {
    glia_ctx *g;
    char *s; /* always terminated once something was added; NULL before */
    int64_t n, cap;
    bool failed;
} gl_text;
void gl_add(gl_text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void gl_add_bytes(gl_text *t, const char *bytes, int64_t n);
/* The text, for gl_free; NULL when an allocation failed. */
char *gl_text_end(gl_text *t);
/* "784x128", "(4, 2)" for error messages. Returns buf. */
char *gl_shape_text(const glia_tensor *t, char *buf, size_t size);

/* Element i of a run of reals of either precision. */
static inline double gl_get(const void *run, glia_dtype dtype, int64_t i) {
    return dtype == GLIA_F64 ? ((const double *)run)[i] : (double)((const float *)run)[i];
}
static inline void gl_put(void *run, glia_dtype dtype, int64_t i, double value) {
    if (dtype == GLIA_F64) ((double *)run)[i] = value;
    else ((float *)run)[i] = (float)value;
}

/* The first byte that is not UTF-8, or NULL. */
const char *gl_not_utf8(const char *s, const char *end);
/* The word nearest to `word` by edit distance, or NULL when none is near. */
const char *gl_nearest(const char *word, const char *const *words, int count);
/* gl_fail for a word that is none of the known ones. Behind what the format says comes "; did you
 * mean 'NEAREST'?", or, when none is near, "; " and `otherwise` (NULL: nothing). */
glia_status gl_fail_word(glia_ctx *g, glia_status code, const char *word, const char *const *known,
                         int count, const char *otherwise, const char *format, ...)
    __attribute__((format(printf, 7, 8)));
/* "1 row", "2 rows". */
static inline const char *gl_plural(int64_t n) { return n == 1 ? "" : "s"; }
/* "a, b or c"; "a, b, ..." where buf ends before the words do. Returns buf. */
char *gl_list(const char *const *words, int count, char *buf, size_t size);

/* Numbers as text, independent of the locale. Parsing accepts surrounding blanks, consumes the
 * whole text, and refuses everything else; "inf" and "nan" spellings count as numbers. The text
 * needs no NUL behind it: a cell is parsed where it lies in its file. */
bool gl_parse_number(const char *text, size_t length, char decimal, double *value);
/* The same for a number at the beginning of a text: what follows it. NULL: there is none, or none
 * of the usual ones (up to 19 digits, no inf, no nan), and the other one is to be asked. */
const char *gl_parse_plain(const char *s, const char *end, char decimal, double *value);
bool gl_parse_int(const char *text, int64_t *value);
/* glia_number_print of a double, cut to size. Returns buf. */
char *gl_print_number(double value, char *buf, size_t size);

/* Files. Reading gives a NUL-terminated buffer; "is a directory", "no such file" become the
 * message. */
char *gl_read_file(glia_ctx *g, const char *path, int64_t *size);
/* Some bytes, from a place of the file (-1: where it stands). A signal (Ctrl-C, a changed window)
 * interrupts a call, not the work. */
ssize_t gl_read(int fd, void *to, size_t size, int64_t at);
/* After a call that set errno: trouble where the machine failed or something ran out, GLIA_INPUT
 * where it is a matter of the file. gl_doubt is for questions (is it there? what is it?): GLIA_OK
 * where it is no trouble. */
glia_status gl_cannot_read(glia_ctx *g, const char *path);
glia_status gl_doubt(glia_ctx *g, const char *path);
/* The same message where there is no such file or none that may be read: for those whose library
 * would say it in its own words. */
glia_status gl_check_readable(glia_ctx *g, const char *path);

/* Of FILE or FILE:ARRAY the length of FILE. A file whose name has a colon is found before the colon
 * means anything. */
size_t gl_path_length(const char *spec);

/* Which state of which file; all zero: there is no file, or it is a pipe or a device. Whoever
 * writes to it, or puts another in its place, makes another state. What is written twice within a
 * tick of the kernel's clock (some ms) and keeps its size is not told apart. */
typedef struct gl_stamp {
    dev_t device;
    ino_t file; /* 0: none */
    off_t size;
    struct timespec written;
} gl_stamp;
gl_stamp gl_stamp_of(const char *path);
bool gl_same_stamp(const gl_stamp *a, const gl_stamp *b);

/* A file, and no pipe, that is read from any byte on. False: there is none. Where it could not be
 * opened, or read as far as was asked, errno tells why; 0: it is no file, or ends. */
typedef struct gl_file {
    int fd; /* -1: it is closed */
    int64_t size;
} gl_file;
bool gl_file_open(const char *path, gl_file *f);
/* How many bytes were read from `at` on, n or as many as there are. */
int64_t gl_file_read(const gl_file *f, int64_t at, void *to, int64_t n);
void gl_file_close(gl_file *f);

typedef struct gl_chunk {
    const void *data;
    int64_t size;
} gl_chunk;
/* The same a megabyte at a time, each until the next one is asked for; size 0: the end, or a
 * failure that closing tells. NULL: it cannot be read. */
typedef struct gl_open_file gl_open_file;
gl_open_file *gl_open_bytes(glia_ctx *g, const char *path);
gl_chunk gl_next_bytes(gl_open_file *s);
glia_status gl_close_bytes(gl_open_file *s);
/* Writes a draft, or into the pipe or device that `path` is. Refuses nothing silently:
 * GLIA_RESOURCE when the disk is full or the folder is not writable. Allocates nothing. */
glia_status gl_write_file(glia_ctx *g, const char *path, const gl_chunk *chunks, int count);

/* A file beside `path` that takes its place, once it is complete, by being kept: as a whole, with
 * the mode of the file before; or it is discarded. Where `path` is a link, where that leads. */
enum { GL_PATH = 4096 }; /* Linux opens no longer one */
typedef struct gl_draft {
    glia_ctx *g;
    const char *path;
    int fd;
    bool replaces; /* there is such a file, of this mode */
    mode_t mode;
    char target[GL_PATH], name[GL_PATH + 32];
} gl_draft;
glia_status gl_draft_open(gl_draft *d, glia_ctx *g, const char *path);
glia_status gl_draft_keep(gl_draft *d); /* which discards what cannot be kept */
void gl_draft_discard(gl_draft *d);

/* How many threads to use when nobody says, and what decided it. */
int gl_usable_threads(const char **reason);
/* The first line of a file in a folder, or "" */
char *gl_first_line(const char *folder, const char *name, char *line, int size);
/* The least that the control groups of this process say in their folders: of the group and those
 * that it lies in, each of which may bound all below it. */
typedef double gl_group_says(const char *folder);
double gl_least_of_groups(const char *root, const char *controller, gl_group_says *says);
/* Processors' worth of time that the control groups of this process give it; infinite without a
 * limit. `root` stands in front of /proc and /sys: "" but in tests. */
double gl_cpu_quota(const char *root);

/* Bytes of memory that this process may have: of the machine, its control groups and ulimit. */
double gl_memory(const char *root);
/* How many bytes may be taken at once for what a file says, GLIA_RESOURCE when they are more. What
 * is not known before is asked as it grows. */
int64_t gl_most_bytes(const glia_ctx *g);
glia_status gl_check_bytes(glia_ctx *g, const char *source, int64_t bytes);
/* gl_reserve for bytes as they come from a source, within that; `wish` are probably enough. What is
 * added holds anything. */
bool gl_reserve_bytes(glia_ctx *g, const char *source, char **bytes, int64_t *cap, int64_t need,
                      int64_t wish);

double gl_now(void); /* seconds, monotonic */

#endif
