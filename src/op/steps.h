/*
 * steps.h: what ops over the steps of a sequence share: they must find one, and what they multiply
 * by the same W in each step is one product of all steps.
 *
 *     y_t = W x_t + b         a convolution whose windows are one step
 *     dx_t = W' dy_t          its two ways back
 *     dW = sum of dy_t x_t'
 *     db = sum of dy_t
 */
#ifndef GL_STEPS_H
#define GL_STEPS_H

#include "../net/program.h"

glia_status gl_check_sequence(const gl_net *m, const gl_node *node);

/* x has m samples of t steps, c numbers each, y has n. With p_w a window stands so many steps
 * before its own; zeros stand in front of the first. */
gl_conv_n gl_each_step(int64_t m, int64_t t, int64_t c, int64_t n);

void gl_emit_steps(gl_program *p, const gl_node *node, gl_buf y, gl_buf x, int w, int b,
                   const gl_conv_n *n);
void gl_emit_steps_dx(gl_program *p, const gl_node *node, gl_buf dx, gl_buf dy, int w,
                      const gl_conv_n *n, bool add);
void gl_emit_steps_dw(gl_program *p, const gl_node *node, int w, gl_buf x, gl_buf dy,
                      const gl_conv_n *n);
void gl_emit_steps_db(gl_program *p, const gl_node *node, int b, gl_buf dy, const gl_conv_n *n);

#endif
