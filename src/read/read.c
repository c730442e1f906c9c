/*
 * read.c: from the name of the data to a reader: by the format asked for, by the file's first
 * bytes, by its name, or by what its text looks like.
 *
 *     option 'format' npy              npy             whatever it is called
 *     first bytes 93 N U M P Y         npy             whatever it is called: digits.bin
 *     first bytes P A R 1              none            kinds.c names it, and what helps
 *     the name ends in .csv            csv             also where a cell looks like index:value
 *     "1 3:0.5 7:2"                    libsvm          a1a has no ending at all
 *     nothing says anything            csv             the first of readers.list
 *
 * Bytes come before names, as they cannot be mistaken and names can; what a text looks like comes
 * last, as it can be.
 */
#include "../base/option.h"
#include "kinds.h"
#include "readers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define READER(name, ...) extern const gl_reader gl_reader_##name;
#include "readers.list"
#undef READER

const gl_reader *const gl_readers[] = {
#define READER(name, ...) &gl_reader_##name,
#include "readers.list"
#undef READER
};
const int gl_readers_count = sizeof gl_readers / sizeof *gl_readers;

#define READER(name, ...) "|" #name __VA_ARGS__
static const char bar_and_words[] =
#include "readers.list"
    ;
#undef READER
#define FORMAT_WORDS (bar_and_words + 1)

static const glia_option rows[] = {
    {"format", NULL, FORMAT_WORDS, "data", "auto", "what DATA holds, whatever it is called"},
    {"delimiter", NULL, "CHARACTER", "data", "auto",
     "between cells: , ; | \\t, a blank or another sign"},
    {"decimal", NULL, "CHARACTER", "data", "auto", "decimal sign of numbers: . or ,"},
    {"thousands", NULL, "CHARACTER|none", "data", "auto",
     "between the thousands of numbers: , . ' _ or a blank; none: nothing"},
    {"date-order", NULL, "dmy|mdy|ymd", "data", "auto",
     "which comes first in dates such as 03/04/2020 or 20-03-19, the day, the month or the year"},
    {"encoding", NULL, "NAME", "data", "auto",
     "utf-8, latin-1, utf-16, gbk, shift_jis or another name that iconv knows"},
    {"missing", NULL, "WORD,... ...", "data", NULL,
     "more words for a missing cell, beside empty, NA, NaN, null, ? and \\N; none: only empty ones "
     "are; may be repeated"},
    {"header", NULL, NULL, "data", "auto", "the first row names the columns"},
    {"no-header", NULL, NULL, "data", "auto",
     "the first row is data; columns are called c1, c2, ..."},
    {"comment", NULL, "TEXT", "data", "auto",
     "lines that begin so are no rows; none: there are no comments"},
    {"skip", NULL, "N", "data", "auto",
     "lines above the table; 0: none, and titles, units and the like are rows, too"},
    {"bad-rows", NULL, "fail|skip", "data", "fail",
     "rows that cannot be used (too few cells or too many, an infinite number, a text where "
     "training "
     "had numbers, no target): skip tells their lines and goes on without them"},
    {"table", "sheet", "NAME", "data", "auto",
     "of a database or a file of arrays: this table; of a workbook: this sheet, or its number"},
    {"query", NULL, "SELECT", "data", NULL, "of a database: the rows of this query, in SQL"},
    {"size", NULL, "WIDTHxHEIGHT", "pictures", "auto",
     "what every picture becomes, in pixels, by area averaging; auto: their own size where all "
     "have "
     "the same, else by the median, at most 64"},
    {"fit", NULL, "crop|letterbox|stretch", "pictures", "crop",
     "of a picture of another shape: its middle, all of it between bars of black, or all of it out "
     "of proportion"},
    {"channels", NULL, "1|3|4", "pictures", "auto",
     "grey, colour, or colour and alpha; auto: by what the files have"},
    {"bad-images", NULL, "skip|fail", "pictures", "skip",
     "pictures that cannot be read are told and left out, or end the command"},
    {"image-column", NULL, "NAME", "pictures", NULL,
     "of a table: this column has paths of pictures, from the folder of the table on"},
    {"max-memory", NULL, "N", "pictures", "auto",
     "bytes that decoded pictures may take; what does not fit is decoded again in each epoch; "
     "auto: "
     "half of the memory"},
};

const glia_option *glia_table_options(int *count) {
    *count = sizeof rows / sizeof *rows;
    return rows;
}

/* ------------------------------------------------------------------------------ which reader -- */

bool gl_has_suffix(const char *path, const char *suffix) {
    size_t n = strlen(path), m = strlen(suffix);
    if (n > 3 && !strcasecmp(path + n - 3, ".gz")) n -= 3;
    return n >= m && !strncasecmp(path + n - m, suffix, m);
}

bool gl_is_called_for(const gl_reader *r, const char *path) {
    for (const char *const *s = r->suffixes; *s; s++) {
        if (gl_has_suffix(path, *s)) return true;
    }
    return false;
}

static const gl_reader *reader_of_address(const char *data) {
    for (int i = 0; i < gl_readers_count; i++) {
        for (const char *const *s = gl_readers[i]->schemes; *s; s++)
            if (!strncasecmp(data, *s, strlen(*s))) return gl_readers[i];
    }
    return NULL;
}

/* g NULL: nobody hears of a disk that does not answer. */
static bool is_folder(glia_ctx *g, const char *path) {
    struct stat st;
    if (!strcmp(path, "-")) return false;
    bool there = !stat(path, &st);
    if (!there && g) gl_doubt(g, path);
    return there && S_ISDIR(st.st_mode);
}

/* NULL where neither the first bytes nor the name say what it is, nor does its text look like
 * something. An unreadable file is reported by its reader. */
static const gl_reader *reader_of_beginning(const char *path, const gl_beginning *b) {
    const unsigned char *bytes = b->bytes;
    size_t n = b->n;
    for (int i = 0; n && i < gl_readers_count; i++) {
        const gl_reader *r = gl_readers[i];
        if (r->signature && r->signature(bytes, n, b->whole)) return r;
    }
    if (gl_is_other_kind(path, b)) return NULL;
    for (int i = 0; i < gl_readers_count; i++) {
        if (gl_is_called_for(gl_readers[i], path)) return gl_readers[i];
    }
    for (int i = 0; n && i < gl_readers_count; i++) {
        const gl_reader *r = gl_readers[i];
        if (r->looks_so && r->looks_so(bytes, n, b->whole)) return r;
    }
    return NULL;
}

static const gl_reader *reader_of_word(glia_ctx *g, const char *word) {
    char list[320];
    for (int i = 0; i < gl_readers_count; i++) {
        for (const char *const *name = gl_readers[i]->names; *name; name++) {
            if (!strcmp(*name, word)) return gl_readers[i];
        }
    }
    gl_fail(g, GLIA_USAGE, "format '%s' is not known; expected %s", word,
            gl_list_words(FORMAT_WORDS, list, sizeof list));
    return NULL;
}

/* NULL after gl_fail. */
static const gl_reader *find_reader(glia_ctx *g, const char *data, const char *format) {
    const gl_reader *of_address = reader_of_address(data);
    if (of_address) return of_address;
    if (format) return reader_of_word(g, format);
    if (is_folder(g, data)) return &gl_reader_pictures;
    gl_beginning b;
    gl_read_beginning(g, data, &b);
    const gl_reader *r = reader_of_beginning(data, &b);
    if (r) return r;
    return gl_check_kind(g, data, &b) ? NULL : gl_readers[0];
}

const char *glia_table_format(const char *data) {
    gl_beginning b;
    if (is_folder(NULL, data)) return gl_reader_pictures.names[0];
    if (reader_of_address(data)) return reader_of_address(data)->names[0];
    gl_read_beginning(NULL, data, &b);
    const gl_reader *r = reader_of_beginning(data, &b);
    return r ? r->names[0] : NULL;
}

const char *glia_file_kind(const char *path) {
    gl_beginning b;
    if (is_folder(NULL, path)) return NULL;
    gl_read_beginning(NULL, path, &b);
    return gl_kind_name(&b);
}

/* Without what stands before '@' behind a colon, and without what stands behind '?'. */
char *glia_table_address(glia_ctx *g, const char *data) {
    if (!reader_of_address(data)) return gl_copy_text(g, data);
    const char *begin = strstr(data, "://") + 3;
    size_t length = strcspn(data, "?");
    const char *at = memrchr(data, '@', length), *colon = at ? strchr(begin, ':') : NULL;
    if (!colon || colon > at) return gl_format(g, "%.*s", (int)length, data);
    return gl_format(g, "%.*s%.*s", (int)(colon - data), data, (int)(length - (size_t)(at - data)),
                     at);
}

/* ------------------------------------------------------------------------- tables and arrays -- */

static glia_status check_bad_rows(glia_ctx *g, const char *said) {
    if (!said || !strcmp(said, "fail") || !strcmp(said, "skip")) return GLIA_OK;
    return gl_fail(g, GLIA_USAGE, "option 'bad-rows' is fail or skip, found '%s'", said);
}

/* Options of texts and their cells say nothing to a reader that has none. What a model keeps is not
 * said by anybody here. */
static void tell_useless(glia_ctx *g, const gl_reader *r, const glia_read_options *o) {
    const struct {
        const char *name;
        bool given, of_cells, of_rows;
    } options[] = {
        {"delimiter", o->delimiter && !(o->as_trained & GL_KEPT_DELIMITER), false, false},
        {"decimal", o->decimal && !(o->as_trained & GL_KEPT_DECIMAL), false, false},
        {"encoding", o->encoding && !(o->as_trained & GL_KEPT_ENCODING), false, false},
        {"missing", o->missing && !(o->as_trained & GL_KEPT_MISSING), true, false},
        {"header", o->header > 0, false, true},
        {"no-header", o->header < 0, false, true},
        {"comment", o->comment != NULL, false, false},
        {"skip", o->skip && !(o->as_trained & GL_KEPT_SKIP), false, true},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        bool used = r == gl_readers[0] || (options[i].of_cells && r->cells) ||
                    (options[i].of_rows && r->rows);
        if (options[i].given && !used)
            gl_warn(g, "option '%s' is of tables of text, and says nothing for %s", options[i].name,
                    r->names[0]);
    }
}

/* What was asked for and cannot be: the table of a CSV file, the size of numbers. */
static void tell_unused(glia_ctx *g, const char *data, const gl_reader *r,
                        const glia_read_options *o) {
    const struct {
        const char *name, *value;
        unsigned use;
    } asked[] = {{"table", o->table, GL_USES_TABLE},
                 {"query", o->query, GL_USES_QUERY},
                 {"size", o->size, GL_USES_PICTURES},
                 {"fit", o->fit, GL_USES_PICTURES},
                 {"channels", o->channels, GL_USES_PICTURES},
                 {"bad-images", o->bad_images, GL_USES_PICTURES},
                 {"max-memory", o->max_memory > 0 ? "" : NULL, GL_USES_PICTURES}};
    const bool kept = o->as_trained & GL_KEPT_PICTURES;
    if (o->image_column && !kept && (r->uses & GL_USES_PICTURES))
        gl_warn(g, "'%s' is read as pictures, for which option 'image-column' means nothing", data);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        bool used = (r->uses & asked[i].use) ||
                    (asked[i].use == GL_USES_PICTURES && (o->image_column || kept));
        if (asked[i].value && !used)
            gl_warn(g, "'%s' is read as %s, for which option '%s' means nothing", data, r->names[0],
                    asked[i].name);
    }
}

/* A disk that does not answer is trouble, and not another state of the file. */
static gl_stamp stamp_of(glia_ctx *g, const char *path) {
    errno = 0;
    const gl_stamp s = gl_stamp_of(path);
    if (!s.file) gl_doubt(g, path);
    return s;
}

/* Rows of a file that is read part by part would be of both its states. */
static void stamp(glia_table *t, const char *data, const gl_stamp *before) {
    const gl_stamp behind = stamp_of(t->g, data);
    t->stamp = *before;
    if (!gl_same_stamp(before, &behind))
        gl_warn(t->g, "'%s' was changed while it was read; read it again", data);
}

static glia_table *read_table(glia_ctx *g, const char *data, const glia_read_options *options) {
    const gl_reader *r = find_reader(g, data, options->format);
    if (!r || check_bad_rows(g, options->bad_rows)) return NULL;
    tell_useless(g, r, options);
    tell_unused(g, data, r, options);
    gl_array x = {0};
    glia_table *t = NULL;
    if (r->read_table) t = r->read_table(g, data, options);
    else if (!r->read_array(g, data, NULL, &x)) {
        x.skip = gl_skips_bad_rows(options);
        t = gl_table_of_arrays(g, data, &x, NULL, NULL);
    }
    bool listed = t && options->image_column && !(r->uses & GL_USES_PICTURES);
    if (listed) t = gl_take_pictures(t, data, options);
    if (!t || !glia_table_as(t, options)) return t;
    glia_table_free(t);
    return NULL;
}

glia_table *gl_table_read(glia_ctx *g, const char *data, const glia_read_options *options) {
    const bool piped = strcmp(data, "-") == 0;
    const gl_stamp before = piped ? (gl_stamp){0} : stamp_of(g, data);
    glia_table *t = read_table(g, data, options);
    if (t && !piped) stamp(t, data, &before);
    return t;
}

/* "idx, hdf5 or npy": whose files hold arrays. */
static char *list_array_formats(char *list, size_t size) {
    const char *names[32];
    int count = 0;
    for (int i = 0; i < gl_readers_count && count < 32; i++) {
        if (gl_readers[i]->read_array) names[count++] = gl_readers[i]->names[0];
    }
    return gl_list(names, count, list, size);
}

/* Labels stand in a table as often as in an array: the one column that it has, or the one named. */
static glia_status read_column(glia_ctx *g, const gl_reader *r, const char *path,
                               const char *column, gl_array *out) {
    static const glia_read_options none;
    glia_table *t = r->read_table(g, path, &none);
    if (!t) return g->code;
    int j = column ? glia_table_locate(t, column) : 0;
    bool unsaid = !column && t->columns > 1;
    if (unsaid)
        gl_fail(g, GLIA_INPUT,
                "%s: it is a table of %d columns, expected an array or one column; say which one "
                "by FILE:COLUMN",
                path, t->columns);
    if (j < 0 || unsaid) {
        glia_table_free(t);
        return g->code;
    }
    gl_column first = t->column[0];
    t->column[0] = t->column[j];
    t->column[j] = first;
    *out = (gl_array){.values = {.ndim = 1, .dim = {t->rows}}, .column = t};
    return GLIA_OK;
}

static glia_status read_array_of(glia_ctx *g, const char *path, const char *array, gl_array *out) {
    char list[320];
    const gl_reader *r = find_reader(g, path, NULL);
    if (!r) return g->code;
    if (!r->read_array && access(path, F_OK))
        return gl_fail(g, GLIA_INPUT,
                       "cannot read '%s': there is no such file; expected an array file (%s)", path,
                       list_array_formats(list, sizeof list));
    if (!r->read_array) return read_column(g, r, path, array, out);
    if (array && !r->named_arrays)
        return gl_fail(g, GLIA_INPUT, "'%s' holds one array without a name; leave ':%s' out", path,
                       array);
    return r->read_array(g, path, array, out);
}

glia_status gl_read_array(glia_ctx *g, const char *spec, gl_array *out) {
    size_t n = gl_path_length(spec);
    char *path = gl_copy_text(g, spec);
    if (!path) return GLIA_RESOURCE;
    path[n] = 0;
    const gl_stamp before = stamp_of(g, path);
    glia_status status = read_array_of(g, path, spec[n] ? spec + n + 1 : NULL, out);
    out->stamp = before;
    gl_free(g, path);
    return status;
}

static glia_table *read_arrays(glia_ctx *g, const char *x, const char *y) {
    gl_array a = {0}, b = {0};
    if (gl_read_array(g, x, &a)) return NULL;
    if (!y) return gl_table_of_arrays(g, x, &a, NULL, NULL);
    if (!gl_read_array(g, y, &b)) return gl_table_of_arrays(g, x, &a, y, &b);
    gl_free_array(g, &a);
    return NULL;
}

glia_table *glia_table_read_arrays(glia_ctx *g, const char *x, const char *y) {
    const int64_t troubles = g->troubles;
    glia_table *t = read_arrays(g, x, y);
    if (gl_outcome(g, troubles, GLIA_OK) == GLIA_OK) return t;
    glia_table_free(t);
    return NULL;
}
