/*
 * libfuzzer.c: the target that GLIA_FUZZ names, for libFuzzer.
 */
#include "fuzz.h"

#include <stdio.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const fuzz_target *chosen;

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    const char *name = getenv("GLIA_FUZZ");
    chosen = name ? fuzz_find(name) : NULL;
    if (!chosen) {
        fprintf(stderr, "GLIA_FUZZ names no target: '%s'\n", name ? name : "");
        exit(2);
    }
    fuzz_open();
    atexit(fuzz_close);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    chosen->run(bytes, n);
    return 0;
}
