/*
 * fit_options.h: the rows of fit_options.def that are members of glia_fit_options.
 *
 * Whoever has a row can read, write, print and check the member by its offset and type, without
 * knowing its name: so a new option is a row, a member, and its use.
 */
#ifndef GL_FIT_OPTIONS_H
#define GL_FIT_OPTIONS_H

#include "../base/option.h"
#include "train.h"

/* What a member is in C. */
typedef enum gl_member {
    GL_MEMBER_REAL,   /* double */
    GL_MEMBER_WHOLE,  /* int64_t */
    GL_MEMBER_SEED,   /* uint64_t: any number will do */
    GL_MEMBER_SWITCH, /* int: "on" or "off" */
    GL_MEMBER_TEXT    /* const char *, of the caller */
} gl_member;

typedef enum gl_effect { LOOKS, CHANGES, DESCRIBES } gl_effect;

typedef struct gl_fit_row {
    const char *member;
    gl_member type;
    size_t at;          /* in glia_fit_options */
    glia_option option; /* group NULL: a member only, no option */
    gl_limits limits;
    const char *zero; /* NULL: option.initial */
    size_t own;       /* in gl_optimizer; 0: no optimizer has a default of its own */
    gl_effect effect;
} gl_fit_row;
extern const gl_fit_row gl_fit_rows[];
extern const int gl_fit_rows_count;

/* By option, its other name, or member; NULL: none. */
const gl_fit_row *gl_fit_find(const char *name);
/* Reads a text that gl_option_check has let pass into its member; "auto" and "none" are 0. */
glia_status gl_fit_read(glia_ctx *g, const gl_fit_row *row, const char *text, glia_fit_options *o);
double gl_fit_number(const gl_fit_row *row, const glia_fit_options *o);
void gl_fit_put(const gl_fit_row *row, glia_fit_options *o, double value);
/* What 0 stands for with this optimizer. */
double gl_fit_zero(const gl_fit_row *row, const gl_optimizer *optimizer);
/* The member as text: a number into buf, or the text that it is (which may be NULL). */
const char *gl_fit_text(const gl_fit_row *row, const glia_fit_options *o, char *buf, size_t size);

#endif
