/*
 * duration.h: spans of time as texts, in seconds.
 */
#ifndef GL_DURATION_H
#define GL_DURATION_H

#include "../base/base.h"

typedef struct gl_duration {
    double seconds;
    int colons;       /* 1: minutes and seconds, 2: with hours; 0: words for its units */
    int units;        /* how many words it has, as 2 of "1 h 5 min" */
    const char *zone; /* "CET" of "10:00 CET", which is a time of day; NULL: it has none */
} gl_duration;

/* False: none. One number with one unit is one, too; whoever knows the column says if it counts. */
bool gl_duration_read(const char *text, size_t length, gl_duration *out);

#endif
