/*
 * fit_words.c: what the user said about the columns: how they are scaled, which is the target,
 * which are left out, which holds weights.
 */
#include "fit.h"

#include <math.h>
#include <string.h>

static glia_status read_scale(gl_fitting *f) {
    static const char *const names[] = {"auto", "standard", "minmax", "none"};
    const char *said = f->spec->scale ? f->spec->scale : "auto";
    for (int i = 0; i < 4; i++) {
        if (!strcmp(said, names[i])) return f->scale = (gl_scaling)i, GLIA_OK;
    }
    /* A 0 would make every feature infinite. A negative one only turns signs, and is left to
     * whoever wants it. */
    f->scale = GL_SCALE_DIVIDE;
    bool number = gl_parse_number(said, strlen(said), '.', &f->divisor);
    if (number && isfinite(f->divisor) && f->divisor != 0) return GLIA_OK;
    return gl_fail(
        f->g, GLIA_USAGE,
        "scale '%s' is not known; expected auto, standard, minmax, none or a divisor such as 255",
        said);
}

/* The last column unless something is said, as in the files of the UCI repository. Arrays and
 * sparse rows know their target by name. A file of images alone has one column: that is x, so the
 * answer to it is a request for labels and not "the target is an array". */
static glia_status find_target(gl_fitting *f) {
    const char *said = f->spec->target ? f->spec->target : glia_table_target_hint(f->t);
    if (f->t->arrays && (!said || f->t->columns == 1)) {
        return gl_fail(
            f->g, GLIA_INPUT,
            "%s: there are no labels for these arrays and no labels file beside them; say "
            "option 'x' FILE[:ARRAY] option 'y' FILE[:ARRAY]",
            f->t->source);
    }
    f->target = glia_table_locate(f->t, said ? said : "-1");
    if (f->target < 0) return f->g->code;
    if (f->t->column[f->target].type != GLIA_ARRAY) return GLIA_OK;
    return gl_fail(f->g, GLIA_INPUT, "%s: the target '%s' is an array; expected one label per row",
                   f->t->source, f->t->column[f->target].name);
}

/* A name that is not there is an error and not nothing: misspelt, it would leave the column in that
 * was to be left out, an id or a leak say, and training would go well, too well. */
static glia_status ignore_one(gl_fitting *f, const char *name) {
    int j = glia_table_locate(f->t, name);
    if (j < 0) return f->g->code;
    if (j == f->target)
        return gl_fail(f->g, GLIA_USAGE, "column '%s' is the target and cannot be ignored",
                       f->t->column[j].name);
    f->ignored[j] = true;
    return GLIA_OK;
}

/* "id,name"; a column whose name has a comma may stand alone. */
static glia_status read_ignored(gl_fitting *f) {
    const char *said = f->spec->ignore;
    if (!said || !*said) return GLIA_OK;
    if (gl_table_find(f->t, said) >= 0) return ignore_one(f, said);
    char *words = gl_copy_text(f->g, said), *rest = words;
    if (!words) return GLIA_RESOURCE;
    glia_status status = GLIA_OK;
    for (char *word; !status && (word = strsep(&rest, ","));) {
        while (*word == ' ') word++;
        if (*word) status = ignore_one(f, word);
    }
    gl_free(f->g, words);
    return status;
}

/* Weights of rows are looked up here because they must not become a feature: nobody has them when
 * he asks for a prediction. */
static glia_status find_weight(gl_fitting *f) {
    f->weight = f->spec->weight ? glia_table_locate(f->t, f->spec->weight) : -1;
    if (f->spec->weight && f->weight < 0) return f->g->code;
    if (f->weight != f->target) return GLIA_OK;
    return gl_fail(f->g, GLIA_USAGE, "column '%s' is the target and cannot be the sample weight",
                   f->t->column[f->target].name);
}

glia_status gl_fit_words(gl_fitting *f) {
    glia_status status = read_scale(f);
    if (!status) status = find_target(f);
    if (!status) status = read_ignored(f);
    return status ? status : find_weight(f);
}
