/*
 * same_names.c: columns are found by name, so of two "age" the second becomes "age_2". However
 * many there are, they are told in one line. A number that was taken once stays taken: to begin at
 * 2 each time would take hours for many columns of one name.
 */
#include "readers.h"

enum { SHOWN = 8 };

char *gl_rename(gl_renamed *r, const gl_column *taken, const char *name, int *next) {
    glia_ctx *g = r->list.g;
    char *fresh = NULL;
    if (*next < 2) *next = 2;
    do {
        gl_free(g, fresh);
        fresh = gl_format(g, "%s_%d", name, (*next)++);
    } while (fresh && gl_column_find(taken, fresh, strlen(fresh)) >= 0);
    if (!fresh) return NULL;
    if (r->count == 0) r->name = gl_copy_text(g, name);
    if (r->count++ < SHOWN) gl_add(&r->list, "%s'%s'", r->count > 1 ? ", " : "", fresh);
    return fresh;
}

void gl_tell_renamed(gl_renamed *r, const char *source) {
    glia_ctx *g = r->list.g;
    if (r->count > SHOWN) gl_add(&r->list, " and %lld more", (long long)(r->count - SHOWN));
    if (r->count == 1 && r->name && r->list.s)
        gl_warn(g, "%s: two columns are called '%s'; the later one is read as %s", source, r->name,
                r->list.s);
    if (r->count > 1 && r->list.s)
        gl_warn(g, "%s: %lld columns are called as others before them; they are read as %s", source,
                (long long)r->count, r->list.s);
    gl_free(g, r->list.s);
    gl_free(g, r->name);
    *r = (gl_renamed){.list.g = g};
}
