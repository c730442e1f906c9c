/*
 * model.h: what a user trains, saves and applies: a network with its classes, its notes (pipeline,
 * threshold, how it was made) and its test vectors.
 */
#ifndef GL_MODEL_H
#define GL_MODEL_H

#include "../prepare/pipeline.h"
#include "../table/alike.h"
#include "../train/train.h"

typedef struct gl_note_entry {
    char *name, *text;
} gl_note_entry;

/* Synthetic inputs, never training data, and what a network answers to them (vectors.c). */
typedef struct gl_vectors {
    int n;
    void *x, *y; /* [n, inputs], [n, outputs] in the network's precision */
} gl_vectors;

struct glia_model {
    glia_ctx *g;
    gl_net *net;
    gl_pipeline *pipeline; /* of its note; NULL: trained on arrays, it knows no columns */
    double threshold;      /* of its note: above it the second of two classes is chosen */
    double *thresholds;    /* where its note has one for each target, [targets]; else NULL */
    gl_note_entry *notes;
    int note_count;
    int64_t note_cap;
    gl_likenesses likenesses; /* of the pictures that it has learned from; n 0: of none */
    /* None until then: those of a file are made when it is written. */
    gl_vectors vectors; /* of the file that it was read from */
};

/* A model around a network, which it owns from now on, also on failure. */
glia_model *gl_model_around(glia_ctx *g, gl_net *net);
/* It belongs to g from now on, a context with the same memory. */
void gl_model_give(glia_model *m, glia_ctx *g);
/* Its pipeline, for rows of a table of this context (NULL: of none); NULL, and a failure in g: it
 * has none, or the table is of another. */
const gl_pipeline *gl_model_pipeline(glia_ctx *g, const glia_model *m, const glia_table *t);
/* glia_model_set_note of a text whose meaning the model has already. */
glia_status gl_model_keep_note(glia_model *m, const char *name, const char *text);
/* glia_model_fit with some company. */
glia_status gl_model_fit(glia_model *m, glia_tensor x, glia_tensor y,
                         const glia_fit_options *options, const gl_company *with,
                         glia_history **history);

/* Room for n of them; then those that go into a file, with the answers of the network as it is. */
glia_status gl_vectors_new(gl_vectors *v, const gl_net *net, int n);
glia_status gl_vectors_make(gl_vectors *v, const gl_net *net);
void gl_vectors_free(gl_vectors *v, glia_ctx *g);

#endif
