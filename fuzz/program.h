/*
 * program.h: what the program (cli/) says of failures is kept, not printed.
 */
#ifndef FUZZ_PROGRAM_H
#define FUZZ_PROGRAM_H

#include "../cli/cli.h"
#include "fuzz.h"

/* The last one, and ""; "": there was none since it was cleared. */
extern char fuzz_said[1024];

#endif
