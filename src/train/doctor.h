/*
 * doctor.h: what ails a training. doctor.c looks at layers and costs while it runs,
 * src/run/examine.c at data and scores behind it; both report by gl_find.
 */
#ifndef GL_DOCTOR_H
#define GL_DOCTOR_H

#include "train.h"

typedef enum gl_illness {
#define ILLNESS(id, name, limit, measured, mend, source) GL_ILL_##id,
#include "illnesses.def"
#undef ILLNESS
    GL_ILLNESSES
} gl_illness;

double gl_limit(gl_illness illness);
const glia_illness *gl_illness_of(gl_illness illness);
/* Adds a finding to the history, with what was seen as text, and warns in the log. */
void gl_find(glia_ctx *g, glia_history *h, gl_illness illness, const char *where, double value,
             const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Adds one that another history has, and warns. */
void gl_find_again(glia_ctx *g, glia_history *h, const glia_finding *found);

/* Watches one training of m; o: with defaults filled in. Everything is allocated here. NULL: out of
 * memory; the other functions take NULL and then do nothing. */
typedef struct gl_doctor gl_doctor;
/* The feed and the options must stay where they are as long as the doctor lives. It looks at once:
 * the initial weights are those at hand. */
gl_doctor *gl_doctor_new(glia_ctx *g, const gl_net *m, const gl_feed *feed,
                         const glia_fit_options *o);
void gl_doctor_free(gl_doctor *d);
int64_t gl_doctor_bytes(const gl_doctor *d); /* 0 for NULL */
/* After an epoch and its validation. */
void gl_doctor_hear(gl_doctor *d, const glia_progress *now);
/* After the last: findings into the history. */
void gl_doctor_tell(gl_doctor *d, glia_history *h);

#endif
