/*
 * tune.h: the log of a search, a CSV file with a line for every training (tune_log.c).
 */
#ifndef TUNE_H
#define TUNE_H

#include "cli.h"

typedef struct tune_log {
    FILE *f;           /* NULL: no log */
    glia_table *table; /* of the log that is resumed: the texts of `known` are its */
    glia_trial *known;
    int64_t knowns;
} tune_log;

/* Opens --log, and with --resume reads first what it holds. Returns 0, or the exit status after an
 * error message. */
int open_tune_log(tune_log *log, const cli *c);
/* Adds a line, unless it is there already; false: it could not be written. */
bool write_tune_log(const tune_log *log, const glia_trial *trial);
void close_tune_log(tune_log *log);

#endif
