/*
 * ops.c: the list of ops as a table. The list is included four times: as declarations, as the
 * table, and as the words of two help texts. Those are in tables of options, which C wants to be
 * constant, so they cannot be put together when the program starts.
 */
#include "../net/op.h"

#include <string.h>

#define OP(name, ...) extern const gl_op gl_op_##name;
#include "ops.list"
#undef OP

const gl_op *const gl_ops[] = {
#define OP(name, ...) &gl_op_##name,
#include "ops.list"
#undef OP
};
const int gl_ops_count = sizeof gl_ops / sizeof *gl_ops;

/* Help texts hold the names of one role, so each role says what becomes of its rows. */
#define OP(name, role, ...) role##_WORD(#name __VA_ARGS__)
#define INLET_WORD(word)
#define LAYER_WORD(word)
#define JOIN_WORD(word)
#define BETWEEN_WORD(word)
#define LINKED_WORD(word)

const char gl_activation_help[] = "of the hidden layers:"
#define ACTIVATION_WORD(word) " " word
#define LOSS_WORD(word)
#include "ops.list"
#undef ACTIVATION_WORD
#undef LOSS_WORD
                                  "; a list gives one per layer";

const char gl_loss_words[] = "auto|cross_entropy"
#define ACTIVATION_WORD(word)
#define LOSS_WORD(word) "|" word
#include "ops.list"
    ;
#undef OP

/* By length, because names are looked for in the middle of a network's text. */
const gl_op *gl_op_find(const char *name, size_t length) {
    for (int i = 0; i < gl_ops_count; i++) {
        if (strlen(gl_ops[i]->name) == length && memcmp(gl_ops[i]->name, name, length) == 0)
            return gl_ops[i];
    }
    return NULL;
}
