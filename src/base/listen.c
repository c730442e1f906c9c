/*
 * listen.c: who hears notes and warnings. The user's log hears them first; whoever works for a
 * while may stand in front of it, pass on what it hears or keep it, and steps aside again.
 *
 *     the user's log  <-  training.c, which keeps notes for the model  <-  gl_note in the pipeline
 *     the user's log  <-  training.c  <-  nobody, while small_data.c tries thirty trainings
 *
 * Each keeps what stood before it on its own stack, so they must step aside in the reverse order,
 * and do, since calls end in that order. Failures do not go this way: they are kept in the context
 * for whoever asked for the work.
 */
#include "base.h"

#include <stdio.h>

gl_listener gl_listen(glia_ctx *g, gl_hear *hear, void *user) {
    gl_listener before = g->listener;
    g->listener = (gl_listener){hear, user};
    return before;
}

gl_listener gl_hush(glia_ctx *g) { return gl_listen(g, NULL, NULL); }

void gl_unlisten(glia_ctx *g, gl_listener before) { g->listener = before; }

void gl_tell(gl_listener to, glia_level level, const char *text) {
    if (to.hear) to.hear(to.user, level, text);
}

static void say(glia_ctx *g, glia_level level, const char *format, va_list args) {
    /* Before formatting: thirty silent trials say as much as a loud one. */
    if (!g->listener.hear) return;
    char text[1024];
    vsnprintf(text, sizeof text, format, args);
    gl_tell(g->listener, level, text);
}

void gl_note(glia_ctx *g, const char *format, ...) {
    va_list args;
    va_start(args, format);
    say(g, GLIA_NOTE, format, args);
    va_end(args);
}

void gl_warn(glia_ctx *g, const char *format, ...) {
    va_list args;
    va_start(args, format);
    say(g, GLIA_WARNING, format, args);
    va_end(args);
}
