/*
 * option.h: what the text of an option may be, and words written as one text: "auto|sgd|momentum".
 */
#ifndef GL_OPTION_H
#define GL_OPTION_H

#include "base.h"

typedef enum gl_option_kind {
    GL_OPTION_TEXT, /* as it is */
    GL_OPTION_REAL, /* a number, or a word that the argument names */
    GL_OPTION_WHOLE,
    GL_OPTION_WORD /* one of the argument's words */
} gl_option_kind;

typedef struct gl_limits {
    gl_option_kind kind;
    double low, high; /* of numbers */
} gl_limits;

/* Fails with what was expected, and with the word that was probably meant. */
glia_status gl_option_check(glia_ctx *g, const glia_option *o, gl_limits limits, const char *value);
/* "number from 0 to 0.9", "whole number from 1 to 10". Returns buf. */
char *gl_limits_text(gl_limits limits, char *buf, size_t size);
bool gl_within(gl_limits limits, double value);

/* "auto|sgd|momentum" as "auto, sgd or momentum". Returns list. */
char *gl_list_words(const char *words, char *list, size_t size);

#endif
