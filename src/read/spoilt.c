/*
 * spoilt.c: which pieces of a text are no rows, and that it is told.
 */
#include "spoilt.h"

#include <string.h>

glia_status gl_spoilt_add(gl_spoilt *s, int64_t begin, int64_t end, int64_t line) {
    const char *why = glia_message(s->g), *where = strstr(why, ", line ");
    const char *behind = where ? where + strcspn(where + 2, ",:") + 2 : why;
    if (!gl_reserve(s->g, &s->piece, &s->cap, s->n + 1, sizeof *s->piece)) return GLIA_RESOURCE;
    char *kept = gl_copy_text(s->g, behind + strspn(behind, ",: "));
    if (!kept) return GLIA_RESOURCE;
    s->piece[s->n++] = (gl_spoilt_piece){begin, end, line, kept};
    return GLIA_OK;
}

int64_t gl_spoilt_behind(gl_spoilt *s, int64_t at) {
    if (s->passed == s->n || s->piece[s->passed].begin != at) return at;
    return s->piece[s->passed++].end;
}

/* Slips are few: what is left of a text that is read wrongly would be another table. */
static glia_status check_share(const gl_spoilt *s, const char *source, int64_t left) {
    int64_t all = s->n + left;
    if (left && (all < 10 || 2 * s->n <= all)) return GLIA_OK;
    return gl_fail(s->g, GLIA_INPUT,
                   "%s, line %lld: %s; so %lld of %lld rows cannot be used, too many for slips, "
                   "which is what option 'bad-rows' skip leaves out",
                   source, (long long)s->piece[0].line, s->piece[0].why, (long long)s->n,
                   (long long)all);
}

static glia_status tell(const gl_spoilt *s, glia_table *t) {
    glia_status status = GLIA_OK;
    for (int64_t i = 0; i < s->n && !status; i++)
        status = gl_table_add_bad(t, -1, s->piece[i].line, s->piece[i].why);
    if (!status) gl_table_tell_bad(t, 0);
    return status;
}

glia_status gl_spoilt_end(gl_spoilt *s, const char *source, glia_table *t) {
    glia_status status = source && s->n ? check_share(s, source, t ? t->rows : 0) : GLIA_OK;
    if (!status && t) status = tell(s, t);
    for (int64_t i = 0; i < s->n; i++) gl_free(s->g, s->piece[i].why);
    gl_free(s->g, s->piece);
    *s = (gl_spoilt){.g = s->g};
    return status;
}
