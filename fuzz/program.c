/*
 * program.c: fail() and failed() of cli/console.c, in whose way the linker puts these (--wrap).
 */
#include "program.h"

#include <stdarg.h>
#include <stdio.h>

char fuzz_said[1024];

int __wrap_fail(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));
int __wrap_fail(int status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(fuzz_said, sizeof fuzz_said, format, args);
    va_end(args);
    return status;
}

int __wrap_failed(const cli *c);
int __wrap_failed(const cli *c) {
    return __wrap_fail((int)glia_code(c->g), "%s", glia_message(c->g));
}
