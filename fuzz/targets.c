/*
 * targets.c: the table of targets: each reader, and what stands in targets.list.
 */
#include "fuzz.h"
#include "readers.h"

#define TARGET(name) fuzz_function fuzz_##name;
#include "targets.list"
#undef TARGET

#define READER(name, ...)                                                                          \
    static void read_##name(const uint8_t *bytes, size_t n) { fuzz_read(#name, bytes, n); }
#include "../src/read/readers.list"
#undef READER

const fuzz_target fuzz_targets[] = {
#define READER(name, ...) {#name, read_##name},
#include "../src/read/readers.list"
#undef READER
#define TARGET(name) {#name, fuzz_##name},
#include "targets.list"
#undef TARGET
};
const int fuzz_targets_count = sizeof fuzz_targets / sizeof *fuzz_targets;

const fuzz_target *fuzz_find(const char *name) {
    for (int i = 0; i < fuzz_targets_count; i++)
        if (!strcmp(fuzz_targets[i].name, name)) return &fuzz_targets[i];
    return NULL;
}
