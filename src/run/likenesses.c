/*
 * likenesses.c: the pictures of a training as thumbnails, for the doctor, who looks for copies, and
 * for the model, which keeps a likeness of each: so copies are known again when it is measured on
 * other pictures (glia_model_alike). The doctor changes nothing in a model, so likenesses are kept
 * without him as well.
 *
 * Validation pictures are looked at, too: they decided when to stop, and of few rows all train the
 * final network.
 */
#include "training.h"

#include <string.h>

/* Those of the same table that validate stand behind those that train. */
static int64_t *list_rows(const training *r, int64_t n) {
    int64_t *row = gl_alloc(r->g, n, sizeof *row);
    for (int64_t i = 0; row && i < r->train.n; i++) row[i] = r->train.rows ? r->train.rows[i] : i;
    if (row && n > r->train.n)
        memcpy(row + r->train.n, r->val.rows, (size_t)r->val.n * sizeof *row);
    return row;
}

static bool validates_itself(const training *r) {
    return r->val.n > 0 && r->val.table == r->train.table;
}

static glia_status take_thumbs(training *r) {
    int64_t n = r->train.n + (validates_itself(r) ? r->val.n : 0), *row = list_rows(r, n);
    gl_near_part these = {.t = r->train.table, .rows = row, .n = n};
    glia_status status =
        row ? gl_take_thumbs(&these, GL_MOST_LIKENESSES, &r->thumbs) : GLIA_RESOURCE;
    gl_free(r->g, row);
    return status;
}

glia_status gl_check_likenesses(const training *r, const glia_recipe *said) {
    const glia_table *t = r->train.table;
    if (!gl_recipe_was_set(said, "likenesses") || gl_pictures_of(t) >= 0) return GLIA_OK;
    return gl_fail(r->g, GLIA_USAGE,
                   "option 'likenesses' is of pictures that are read from files, and '%s' has "
                   "none: leave it out",
                   t->source);
}

/* With those of the model that it goes on from. */
glia_status gl_look_at_pictures(training *r) {
    const gl_likenesses *before = r->job->begin ? &r->job->begin->likenesses : NULL;
    bool keeps = strcmp(glia_recipe_get(r->recipe, "likenesses"), "on") == 0;
    bool looks = gl_pictures_of(r->train.table) >= 0 && (keeps || gl_wants_doctor(r));
    glia_status status = looks ? take_thumbs(r) : GLIA_OK;
    if (status || !keeps) return status;
    status = gl_take_likenesses(r->g, &r->thumbs, before, &r->likenesses);
    if (r->likenesses.n)
        gl_note(r->g,
                "the model keeps 32 bytes of each picture (%lld), to know copies later; option "
                "'likenesses' off: none",
                (long long)r->likenesses.n);
    return status;
}

/* gl_take_thumbs takes number i * all / n of all: those that train end at the first i for which
 * that is no longer below train.n. */
gl_thumbs gl_thumbs_of(const training *r, const gl_part *part) {
    const gl_thumbs s = r->thumbs;
    int64_t all = r->train.n + (validates_itself(r) ? r->val.n : 0);
    int64_t first = all > 0 ? (r->train.n * s.n + all - 1) / all : 0;
    bool validates = part == &r->val && validates_itself(r);
    if (s.t && part == &r->train) return gl_some_thumbs(&s, 0, first);
    return s.t && validates ? gl_some_thumbs(&s, first, s.n - first) : (gl_thumbs){0};
}
