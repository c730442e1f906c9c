/*
 * libfuzzer.c: the target that GLIA_FUZZ names, for libFuzzer.
 */
#include "fuzz.h"

#include <stdio.h>
#include <time.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const fuzz_target *chosen;
static int64_t inputs;

/* What libFuzzer says of its speed is of the clock, which other programs use as well. */
static void report(void) {
    printf("%s: %lld inputs, %.0f a second of the processor\n", chosen->name, (long long)inputs,
           (double)inputs * CLOCKS_PER_SEC / (double)clock());
    fuzz_close();
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    const char *name = getenv("GLIA_FUZZ");
    chosen = name ? fuzz_find(name) : NULL;
    if (!chosen) {
        fprintf(stderr, "GLIA_FUZZ names no target: '%s'\n", name ? name : "");
        exit(2);
    }
    fuzz_open();
    atexit(report);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    inputs++;
    chosen->run(bytes, n);
    return 0;
}
