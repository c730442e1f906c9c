/*
 * ops.c: the list of ops as a table.
 */
#include "../net/op.h"

#include <string.h>

#define OP(name) extern const gl_op gl_op_##name;
#include "ops.list"
#undef OP

const gl_op *const gl_ops[] = {
#define OP(name) &gl_op_##name,
#include "ops.list"
#undef OP
};
const int gl_ops_count = sizeof gl_ops / sizeof *gl_ops;

const gl_op *gl_op_find(const char *name, size_t length) {
    for (int i = 0; i < gl_ops_count; i++) {
        if (strlen(gl_ops[i]->name) == length && memcmp(gl_ops[i]->name, name, length) == 0)
            return gl_ops[i];
    }
    return NULL;
}
