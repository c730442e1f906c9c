/*
 * calls.h: the record of what a program did to files. failing.c writes it, power_cut.c reads it: a
 * call, the bytes that it wrote, its names, each with a 0 behind it.
 */
#ifndef GLIA_TEST_CALLS_H
#define GLIA_TEST_CALLS_H

#include <stdint.h>

enum call_kind {
    CALL_OPEN,   /* made or emptied: a name; at: flags of open */
    CALL_WRITE,  /* at: where */
    CALL_RESIZE, /* at: the new size */
    CALL_SYNC,
    CALL_RENAME, /* two names */
    CALL_UNLINK, /* a name */
    CALL_OTHER,  /* at: the number of a system call of which nothing is known here */
};

typedef struct call {
    int32_t kind, names;
    uint64_t
        file; /* its inode; of names: of the folder in which they are, 0: where the program is */
    int64_t at, size;
} call;

#endif
