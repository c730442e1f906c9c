/*
 * fuzz.h: what fuzz targets share. A target is one function that takes any bytes and returns, or
 * ends the program: by a crash, or by fuzz_check where what it computed is not right.
 *
 *     targets.list    which there are, beside the readers
 *     memory.c        the bytes are a file, and what is written stays in memory
 *     replay.c        reads the corpus and changes of it, for `make test`
 *     libfuzzer.c     the same targets for libFuzzer, for `make fuzz`
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "base/base.h"

#include <stdlib.h>
#include <string.h>

/* A file longer than this is no input. */
enum { FUZZ_MOST_BYTES = 1 << 16 };

typedef void fuzz_function(const uint8_t *bytes, size_t n);
typedef struct fuzz_target {
    const char *name;
    fuzz_function *run;
} fuzz_target;
extern const fuzz_target fuzz_targets[];
extern const int fuzz_targets_count;
/* NULL: no target is called so. */
const fuzz_target *fuzz_find(const char *name);

/* The context of all targets: one thread, and so little memory that a file which claims much must
 * be refused before it is out. */
extern glia_ctx *g;
void fuzz_open(void);
void fuzz_close(void);

/* Says what is wrong, and ends the program. */
void fuzz_check(bool ok, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A failure says what failed. */
void fuzz_told(const char *what);
/* The bytes with a 0 behind them, for free. */
char *fuzz_text(const uint8_t *bytes, size_t n);
/* The next of bytes that decide something; 0 where there are none left. */
typedef struct fuzz_choices {
    const uint8_t *at, *end;
} fuzz_choices;
static inline unsigned fuzz_choose(fuzz_choices *c, unsigned below) {
    return c->at < c->end ? *c->at++ % below : 0;
}

/* memory.c: from now on the library finds these bytes, and no file, under fuzz_name. What it writes
 * under any name goes to fuzz_written and nowhere else. */
extern const char fuzz_name[];
void fuzz_lend(const void *bytes, size_t n);
extern char *fuzz_written;
extern size_t fuzz_written_size;

/* A folder in memory, where there is one, for what libraries open by themselves. */
const char *fuzz_folder(void);

/* Rebuilds what a change of bytes would break in any case, so that it comes further: the checksums
 * of a zip archive's members that are stored; of the chunks of a PNG; of a model file or a
 * checkpoint. */
void fuzz_mend_zip(uint8_t *bytes, size_t n);
void fuzz_mend_png(uint8_t *bytes, size_t n);
void fuzz_mend_container(uint8_t *bytes, size_t n);

#endif
