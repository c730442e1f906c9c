/*
 * model.h: what a user trains, saves and applies: a network with its classes, its notes (pipeline,
 * threshold, how it was made) and its test vectors.
 */
#ifndef GL_MODEL_H
#define GL_MODEL_H

#include "../prepare/pipeline.h"
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
    int64_t classes; /* of a classifier trained on a table; 0: none known */
    char **class_name;
    gl_note_entry *notes;
    int note_count;
    int64_t note_cap;
    gl_vectors vectors; /* of the file that it was read from */
    gl_record record;   /* of its last training */
    void *report;       /* memory of the last glia_report */
};

/* A model around a network, which it owns from now on, also on failure. */
glia_model *gl_model_around(glia_ctx *g, gl_net *net);
/* Names the classes; the texts are copied. */
glia_status gl_model_set_classes(glia_model *m, int64_t n,
                                 const char *(*name)(const void *from, int64_t k),
                                 const void *from);
/* From the model's notes; NULL: it has none, or it is damaged. */
gl_pipeline *gl_model_pipeline(glia_ctx *g, const glia_model *m);
/* Above it the second of two classes is chosen: as the notes say, else 0.5. */
double gl_model_threshold(const glia_model *m);
/* glia_fit with a keeper; NULL: nobody keeps. */
glia_status gl_model_fit(glia_model *m, glia_tensor x, glia_tensor y,
                         const glia_fit_options *options, const gl_keeper *keeper,
                         glia_history *history);

/* Room for n of them; then those that go into a file, with the answers of the network as it is. */
glia_status gl_vectors_new(gl_vectors *v, const gl_net *net, int n);
glia_status gl_vectors_make(gl_vectors *v, const gl_net *net);
void gl_vectors_free(gl_vectors *v, glia_ctx *g);

/* modelfile.c: reads a model file; glia_model_load also understands its pipeline. */
glia_model *gl_model_read(glia_ctx *g, const char *path);

#endif
