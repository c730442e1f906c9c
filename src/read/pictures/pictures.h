/*
 * pictures.h: what the steps from files of pictures to rows of a table share.
 *
 *     folder.c      which files there are, in the order of their paths
 *     kind.c        what a file is by its first bytes, and who decodes it
 *     decode.c      all of them, by all threads
 *     fit.c         one picture in the size and channels of all
 *     decide.c      which size and channels that is
 *     pictures.c    the reader: the table
 *     again.c       rows that are decoded again, since they do not fit into memory
 *     write.c       the way back: pixels as a file
 */
#ifndef GL_PICTURES_H
#define GL_PICTURES_H

#include "../readers.h"
#include "decoder.h"

typedef enum gl_fit { GL_FIT_CROP, GL_FIT_LETTERBOX, GL_FIT_STRETCH } gl_fit;

/* The shape of every row, and how a picture of another is brought to it. */
typedef struct gl_picture_shape {
    int64_t width, height; /* 0: not decided yet */
    int channels;          /* 1 grey, 3 colour, 4 colour and alpha; 0: not decided yet */
    gl_fit fit;
} gl_picture_shape;

typedef enum gl_picture_state {
    GL_PICTURE_NEW,
    GL_PICTURE_SEEN,  /* its header has been read */
    GL_PICTURE_NONE,  /* nothing says that it is meant to be a picture */
    GL_PICTURE_BROKEN /* it is, and cannot be read */
} gl_picture_state;

typedef struct gl_picture_file {
    const char *path; /* below the root, in the pool of the table */
    int64_t line;     /* its number, from 1, or the line that names it */
    int64_t row;      /* of a table that names it */
    gl_picture_state state;
    gl_picture seen;
    int kind;
    char *why; /* GL_PICTURE_BROKEN; for gl_free */
} gl_picture_file;

typedef struct gl_picture_list {
    glia_ctx *g;
    glia_table *t;    /* what comes of it; its source is for messages */
    const char *root; /* the folder of all paths, "" or with a / at its end */
    bool skip;        /* broken ones; else they are errors */
    bool named;       /* one by one: what is no picture is broken */
    int64_t known;    /* bad rows of the table that are told already */
    gl_picture_file *file;
    int64_t n, cap;
    gl_picture_shape shape;
    int64_t most; /* bytes that one picture may take */
    char *piped;  /* all bytes of standard input, which is read once; NULL: it is a file */
    int64_t piped_size;
    int64_t most_memory;   /* bytes that rows may take */
    unsigned char *pixels; /* [n, height, width, channels]; */
    uint64_t *mark;        /* [n] in their place. Both NULL: headers are all that is wanted */
} gl_picture_list;

static inline int64_t gl_picture_bytes(const gl_picture_shape *s) {
    return s->width * s->height * s->channels;
}

/* folder.c */
bool gl_is_folder(glia_ctx *g, const char *path);
glia_status gl_list_folder(gl_picture_list *l);
glia_status gl_add_picture(gl_picture_list *l, const char *path, int64_t line, int64_t row);
void gl_free_pictures(gl_picture_list *l);

/* kind.c: the index of a kind, or -1. */
int gl_picture_kind(const unsigned char *bytes, size_t n);
const char *gl_picture_kind_name(int kind); /* NULL: there is no such kind */
/* Was it a PNG? Its signature is there to be spoilt by what spoils files. */
bool gl_was_png(const unsigned char *bytes, size_t n);
/* NULL after gl_fail: there is no such module. */
const gl_decoder *gl_picture_decoder(glia_ctx *g, int kind);
const gl_decoder *gl_picture_encoder(glia_ctx *g); /* of PNG */
/* Is it called as pictures are? */
bool gl_called_picture(const char *path);
extern const gl_decoder gl_bmp, gl_pnm;

/* decode.c: reads the headers of all, or their pixels too, into l->pixels or for l->mark. */
glia_status gl_decode_pictures(gl_picture_list *l);
/* One of them, which is f; what is wrong with it stands there. */
typedef struct gl_picture_work gl_picture_work;
glia_status gl_decode_picture(const gl_picture_list *l, gl_picture_work *w, gl_picture_file *f);

/* again.c: what a row is known by. */
uint64_t gl_picture_mark(const unsigned char *row, int64_t bytes);
/* For the rows of t, whose names are known, by the marks of the list, which it takes. NULL: memory
 * is out. */
gl_supply *gl_supply_pictures(gl_picture_list *l, const glia_table *t);

/* decide.c */
extern const char *const gl_picture_fits[]; /* of gl_fit */
glia_status gl_parse_picture_options(glia_ctx *g, const glia_read_options *o, gl_picture_shape *s);
/* Fills what is open, says so, and notes in l->t->pictures what the files are. */
glia_status gl_decide_shape(gl_picture_list *l, const glia_read_options *o);
/* The same of pictures whose shape is known. */
glia_status gl_note_pictures(gl_picture_list *l);

/* fit.c: memory for one picture on its way, which grows. */
struct gl_picture_work {
    glia_ctx *g;
    unsigned char *pixels, *turned; /* as decoded, and upright */
    int64_t pixels_cap, turned_cap;
    uint64_t *sums; /* [width * channels] of columns */
    int64_t sums_cap;
    unsigned char *row; /* one of the result, with the channels of the picture */
    int64_t row_cap;
    unsigned char *fitted; /* all of it, where it is not kept */
    int64_t fitted_cap;
};
bool gl_picture_room(glia_ctx *g, void *memory, int64_t *cap, int64_t need, size_t size);
/* w->pixels [p->height, p->width, p->channels] into `to`. False: memory is out. */
bool gl_fit_picture(gl_picture_work *w, const gl_picture *p, const gl_picture_shape *s,
                    unsigned char *to);
void gl_free_picture_work(gl_picture_work *w);

#endif
