/*
 * arrays.h: files that hold several named arrays (HDF5, MATLAB, npz, Octave). A reader of one
 * such format lists what a file holds, each thing with its type and with what its writer said about
 * it, and reads one of them. Which array is x and which is y is decided once, in pair.c; what
 * is a table, in table.c; what is a sparse matrix, in sparse.c.
 */
#ifndef GL_NAMED_ARRAYS_H
#define GL_NAMED_ARRAYS_H

#include "../readers.h"

#define GL_NAME 256  /* bytes of a name with its folders */
#define GL_WRONG 320 /* bytes of what went wrong */

typedef enum gl_array_kind {
    GL_NUMBERS,
    GL_NAMED_NUMBERS, /* numbers with names (an enumeration): texts as labels, else numbers */
    GL_TEXTS,
    GL_UNREAD /* `remark` says what it is */
} gl_array_kind;

typedef struct gl_array_info {
    char name[GL_NAME];  /* by which users know it, with its folders: "train/x" */
    char place[GL_NAME]; /* where its reader finds it */
    char part[96];       /* a member of the records there; "": all of it */
    int64_t column;      /* a column of the two dimensions there; -1: all */
    char table[GL_NAME]; /* it is a column of this table; "": it stands for itself */
    gl_array_kind kind;
    glia_tensor shape; /* as its writer saw it; data NULL; more than GLIA_MAX_DIMS dimensions are
                          folded into the last */
    int64_t most;      /* no more values than these can come out of the file for it */
    bool reversed;     /* the file has the axes in reverse order */
    bool two_axes;     /* its writer has no arrays of one dimension: a row is a vector, too */
    bool joined;       /* it became a column of `table` because others have as many values */
    bool aside;        /* coordinates, indices: taken only when asked for by name */
    bool sparse;       /* the entries of a matrix, whose zeros are left out */
    bool by_columns;   /* a sparse matrix lies here column by column */
    int64_t sparse_shape[2]; /* its shape; 0: not said */
    char remark[160]; /* what a user should hear when it is taken; of GL_UNREAD, what it is */
    const char *mend; /* of GL_UNREAD: what its writer could do, a constant; NULL: nothing */
} gl_array_info;

/* What fails returns NULL or false after gl_fail or, in a module, which has none, after writing
 * what went wrong into `wrong`. */
typedef struct gl_array_reader {
    void *(*open)(glia_ctx *g, const char *path, char wrong[GL_WRONG]);
    void (*close)(void *file);
    bool (*list)(void *file, gl_array_info *list, int size, int *count, char wrong[GL_WRONG]);
    bool (*read)(void *file, const gl_array_info *array, void *data, char wrong[GL_WRONG]);
    bool (*read_texts)(void *file, const gl_array_info *array, gl_take_text *take, void *to,
                       char wrong[GL_WRONG]);
    bool lone_matrix_is_table;           /* its programs keep whole tables in one matrix */
    bool one_at_a_time;                  /* its library serves one thread of a process at a time */
    void (*enter)(void), (*leave)(void); /* around each turn in that library; NULL: nothing */
} gl_array_reader;

/* The table of this name; NULL: the pair of arrays with usual names, or the only table. */
glia_table *gl_read_named_pair(glia_ctx *g, const gl_array_reader *r, const char *path,
                               const glia_read_options *options);
/* The array of this name (NULL: the only one). */
glia_status gl_read_named_array(glia_ctx *g, const gl_array_reader *r, const char *path,
                                const char *array, gl_array *out);

/* The only table, or the only array as samples without labels. */
glia_table *gl_read_table_or_array(glia_ctx *g, const gl_array_reader *r, const char *path,
                                   const glia_read_options *options);

/* A file with more (a model's checkpoint, say) is not a set of samples; what is beyond cannot be
 * asked for. */
#define GL_MAX_ARRAYS 1024

typedef struct gl_contents {
    glia_ctx *g;
    const gl_array_reader *reader;
    const char *path;
    void *file; /* the reader's */
    gl_array_info array[GL_MAX_ARRAYS];
    int count;
    bool skip; /* rows with an infinite value are bad ones, and no error */
} gl_contents;

/* arrays.c: one of them, with its axes as the writer saw them. */
glia_status gl_read_listed(const gl_contents *c, const gl_array_info *a, bool as_labels,
                           gl_array *out);
glia_status gl_read_values(const gl_contents *c, const gl_array_info *a, glia_tensor *out);
/* The reader's read_texts. */
bool gl_read_listed_texts(const gl_contents *c, const gl_array_info *a, gl_take_text *take,
                          void *to, char wrong[GL_WRONG]);

/* listing.c: "train_x (209, 64, 64, 3) u8" */
void gl_add_array_text(gl_text *text, const gl_array_info *a);
/* Fail, saying `what` and what is there: arrays and tables, or tables alone. */
glia_status gl_fail_not_found(const gl_contents *c, const char *what);
glia_status gl_fail_tables(const gl_contents *c, const char *what);

/* pair.c */
typedef struct gl_pair {
    const gl_array_info *x, *y;             /* y NULL: samples alone; both NULL: there is none */
    const gl_array_info *test_x, *test_y;   /* left aside; NULL: none */
    const gl_array_info *other_x, *other_y; /* as good as x and y; NULL: nothing is */
    bool by_shape;                          /* their names say nothing */
} gl_pair;
gl_pair gl_find_pair(const gl_contents *c);
/* The only two arrays, where nobody named them. */
gl_pair gl_find_unnamed_pair(const gl_contents *c);

/* sparse.c: lets the parts of sparse matrices be one array each. */
void gl_find_sparse(gl_contents *c);
glia_status gl_read_sparse(const gl_contents *c, const gl_array_info *a, glia_tensor *out);

/* columns.c: lets arrays of equal length be the columns of tables. */
void gl_find_columns(gl_contents *c);

/* table.c: how many tables there are, and the name of the first; NULL: there is none. */
int gl_count_tables(const gl_contents *c, const char **first);
/* The table of this name, or with a column of this name; NULL: there is none. */
const char *gl_find_table(const gl_contents *c, const char *name);
glia_table *gl_read_listed_table(const gl_contents *c, const char *name);
/* A matrix as a table of columns c1, c2, ... */
glia_table *gl_read_matrix(const gl_contents *c, const gl_array_info *a);
void gl_add_table_text(gl_text *text, const gl_contents *c, const char *name);

#endif
