/*
 * module.h: shared modules, loaded when something needs them: what would cost every start of the
 * program, or stands on a library that few machines have.
 */
#ifndef GL_MODULE_H
#define GL_MODULE_H

#include "base.h"

typedef struct gl_module { /* a constant: its texts are kept */
    const char *name;      /* "glia-hdf5.so" */
    const char *symbol;    /* its table of functions, a constant in it */
    const char *needed_by; /* for messages: "HDF5 files" */
    const char *package;   /* with which it is built: "libhdf5-dev" */
    const char *room;      /* below src/, where a build leaves it: "read" */
} gl_module;

/* The module's table of functions. Loaded at the first call; closed with the context. NULL after
 * gl_fail. */
const void *gl_load_module(glia_ctx *g, const gl_module *module);

#endif
