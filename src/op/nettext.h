/*
 * nettext.h: a network from its text, and back.
 */
#ifndef GL_NETTEXT_H
#define GL_NETTEXT_H

#include "../net/net.h"

/* A network of this text without weights yet, so that its size can be looked at first;
 * gl_net_allocate and gl_init_weights give it some. loss: one for all outputs, or one for each,
 * separated by commas; NULL: what suits their last layers. NULL after gl_fail, which names the
 * position in the text. Neither text is kept. */
gl_net *gl_net_sketch(glia_ctx *g, int64_t inputs, const char *net, const char *loss,
                      glia_dtype dtype);
/* Are all ops and losses known by name? Asked before there is data, on which the rest depends. */
glia_status gl_net_check_words(glia_ctx *g, const char *net);
glia_status gl_loss_check_words(glia_ctx *g, const char *losses);
/* What its layers go over, where it has no word of its inputs' shapes. Windows go over both, steps
 * are those of sequences. */
typedef enum gl_need { GL_ANY_SHAPE, GL_A_PICTURE, GL_A_SEQUENCE } gl_need;
gl_need gl_net_needs_shape(const char *net);
/* Does it say what its inputs are? Has it a layer that looks numbers up? */
bool gl_net_declares(const char *net);
bool gl_net_looks_up(const char *net);
/* Has it a layer whose states come one from the other, step by step? */
bool gl_net_has_states(const char *net);
/* Its text, the output layer included, for gl_free. gl_net_sketch makes the same nodes of it, and
 * it is the same text for all ways to write a network: "dense 4" and "dense 4 linear" both give
 * the second. */
char *gl_net_text(glia_ctx *g, const gl_net *m);
/* Its losses, with their attributes, as gl_net_sketch reads them, for gl_free. */
char *gl_net_loss_text(glia_ctx *g, const gl_net *m);
/* An op with its attributes as text: "leaky_relu:0.1". */
void gl_print_op(gl_text *t, const gl_op *op, const double *attr, char mark);

#endif
