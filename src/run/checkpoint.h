/*
 * checkpoint.h: trainings that keep their state in a file.
 */
#ifndef GL_CHECKPOINT_H
#define GL_CHECKPOINT_H

#include "../file/container.h"
#include "../product/model.h"

/* One run with its file: one training or several after each other, told apart by number. */
typedef struct gl_keeping {
    glia_ctx *g;
    glia_checkpoint where;
    gl_note_entry *fact; /* what tells this training from others, beside the state in the file */
    int64_t facts, cap, common; /* the first `common` are the same for all trainings of the run */
    gl_container found;         /* what there is to go on from, until it is read */
    int64_t fit, found_fit; /* the number of the training in hand, and of the one found; 0: none */
    gl_writer file;
    gl_stamp last; /* of the file as this run found it or saved it */
    bool told;     /* that another run saves to it */
} gl_keeping;

/* Reads the file when there is one to go on from. */
glia_status gl_keeping_open(gl_keeping *k, glia_ctx *g, const glia_checkpoint *where);
/* Tells the run from others; before its first training. */
glia_status gl_keeping_option(gl_keeping *k, const char *name, const char *value);
/* glia_model_fit for the next training of the run. Those before the one found are done again: they
 * were complete, and come out the same. */
glia_status gl_keeping_fit(gl_keeping *k, glia_model *m, glia_tensor x, glia_tensor y,
                           const glia_fit_options *options, const gl_company *with,
                           glia_history **history);
void gl_keeping_close(gl_keeping *k);

#endif
