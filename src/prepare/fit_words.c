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

static glia_status read_text_as(gl_fitting *f) {
    const char *said = f->spec->text_as;
    for (gl_text_as k = GL_TEXT_COUNTS; said && k < GL_TEXT_WAYS; k++)
        if (!strcmp(said, gl_text_as_name[k])) return f->as = k, GLIA_OK;
    return said ? gl_fail(f->g, GLIA_USAGE,
                          "text-as '%s' is not known; expected counts, words, characters or bytes",
                          said)
                : GLIA_OK;
}

static bool looks_like_classes(const gl_fitting *f, int column) {
    return f->t->column[column].type == GLIA_NUMBER && f->n >= GL_FEW_ROWS &&
           glia_table_classes(f->t, column) > 0;
}

/* Nobody named the target: what looks like another one is told. */
static void tell_target(const gl_fitting *f) {
    const glia_table *t = f->t;
    const char *name = t->column[f->target].name;
    int called = t->arrays || t->sparse ? f->target : gl_table_called_target(t);
    if (called == 0 && f->target == 0 && !t->arrays && !t->sparse)
        gl_note(
            f->g,
            "the target is '%s', the first column, as it is called (option 'target' names another)",
            name);
    else if (called >= 0 && called != f->target)
        gl_warn(f->g,
                "%s: column '%s' is not the target: that is '%s', the last one; option 'target' "
                "'%s' if it is",
                t->source, t->column[called].name, name, t->column[called].name);
    else if (called < 0 && t->unnamed && f->target > 0 && looks_like_classes(f, 0) &&
             !looks_like_classes(f, f->target))
        gl_warn(f->g,
                "%s: the first column looks like classes, and the target is the last one, whose "
                "values are numbers; option "
                "'target' 1 if it is the first",
                t->source);
    else if (called < 0)
        gl_note(f->g,
                "the target is '%s', the last column, since none was named (option 'target' names "
                "another)",
                name);
}

static glia_status take_target(void *user, int j) {
    gl_fitting *f = user;
    const gl_column *c = &f->t->column[j];
    if (c->type == GLIA_ARRAY)
        return gl_fail(f->g, GLIA_INPUT,
                       "%s: the target '%s' is an array; expected one label per row", f->t->source,
                       c->name);
    if (gl_is_target(f, j))
        return gl_fail(f->g, GLIA_USAGE, "option 'target' names column '%s' twice", c->name);
    gl_target *t = gl_pipeline_add_target(f->p);
    if (!t || !(t->name = gl_copy_text(f->g, c->name))) return GLIA_RESOURCE;
    t->column = j;
    return GLIA_OK;
}

/* The last column unless something is said, as in the files of the UCI repository. Arrays and
 * sparse rows know their target by name. A file of images alone has one column: that is x, so the
 * answer to it is a request for labels and not "the target is an array". */
static glia_status find_target(gl_fitting *f) {
    const char *said = f->spec->target ? f->spec->target : glia_table_target_hint(f->t);
    bool alone = f->t->arrays && (!said || f->t->columns == 1);
    if (alone && f->t->pictures.files)
        return gl_fail(f->g, GLIA_INPUT,
                       "%s: the pictures have no classes; put those of each class in a folder of "
                       "its own, or name them beside their labels in a table (option "
                       "'image-column')",
                       f->t->source);
    if (alone) {
        return gl_fail(
            f->g, GLIA_INPUT,
            "%s: there are no labels for these arrays and no labels file beside them; say "
            "option 'x' FILE[:ARRAY] option 'y' FILE[:ARRAY]",
            f->t->source);
    }
    glia_status status = gl_table_named(f->t, said ? said : "-1", take_target, f);
    if (status) return status;
    if (f->p->targets == 0) return gl_fail(f->g, GLIA_USAGE, "option 'target' names no column");
    f->target = f->p->target[0].column;
    if (!f->spec->target && f->spec->notes) tell_target(f);
    return GLIA_OK;
}

/* A name that is not there is an error and not nothing: misspelt, it would leave the column in that
 * was to be left out, an id or a leak say, and training would go well, too well. */
static glia_status ignore_one(void *user, int j) {
    gl_fitting *f = user;
    if (gl_is_target(f, j))
        return gl_fail(f->g, GLIA_USAGE, "column '%s' is the target and cannot be ignored",
                       f->t->column[j].name);
    f->said[j] = GL_SAID_IGNORED;
    return GLIA_OK;
}

static glia_status use_one(void *user, int j) {
    gl_fitting *f = user;
    if (f->said[j] == GL_SAID_IGNORED)
        return gl_fail(f->g, GLIA_USAGE,
                       "column '%s' is named by option 'ignore' and is to be used as well",
                       f->t->column[j].name);
    f->said[j] = GL_SAID_USED;
    return GLIA_OK;
}

/* Cells were read before training was asked for, and a text that was read as a number is no longer
 * known as it was spelt. So what was said of roles is said to the reader, too; this is for whoever
 * forgot to. */
static glia_status use_as(void *user, int j, glia_column_type type, const char *option) {
    const gl_fitting *f = user;
    if (f->t->column[j].type == type) return use_one(user, j);
    static const char *const kinds[] = {"numbers", "texts", "arrays"};
    return gl_fail(f->g, GLIA_INPUT,
                   "%s: column '%s' was read as %s and option '%s' names it; read the table with "
                   "the same option (glia_read_options, glia_table_as)",
                   f->t->source, f->t->column[j].name, kinds[f->t->column[j].type], option);
}

static glia_status use_numbers(void *user, int j) { return use_as(user, j, GLIA_NUMBER, "number"); }

static glia_status use_categories(void *user, int j) {
    return use_as(user, j, GLIA_CATEGORY, "category");
}

/* The target is what is learned; its words are no features. */
static glia_status use_texts(void *user, int j) {
    gl_fitting *f = user;
    const gl_column *c = &f->t->column[j];
    if (gl_is_target(f, j))
        return gl_fail(f->g, GLIA_USAGE,
                       "column '%s' is the target, and option 'text' is for columns to learn from",
                       c->name);
    f->wish[j].words = true;
    return use_as(user, j, GLIA_CATEGORY, "text");
}

static glia_status read_columns(gl_fitting *f) {
    glia_status status = gl_table_named(f->t, f->spec->ignore, ignore_one, f);
    if (!status) status = gl_table_named(f->t, f->spec->use, use_one, f);
    if (!status) status = gl_table_named(f->t, f->spec->number, use_numbers, f);
    if (!status) status = gl_table_named(f->t, f->spec->category, use_categories, f);
    if (!status) status = gl_table_named(f->t, f->spec->text, use_texts, f);
    for (int j = 0; !status && j < f->t->columns; j++) {
        if (f->t->column[j].role && !f->said[j]) f->said[j] = GL_SAID_USED;
    }
    return status;
}

/* Weights of rows are looked up here because they must not become a feature: nobody has them when
 * he asks for a prediction. */
static glia_status find_weight(gl_fitting *f) {
    f->weight = f->spec->weight ? glia_table_locate(f->t, f->spec->weight) : -1;
    if (f->spec->weight && f->weight < 0) return f->g->code;
    if (f->weight < 0 || !gl_is_target(f, f->weight)) return GLIA_OK;
    return gl_fail(f->g, GLIA_USAGE, "column '%s' is the target and cannot be the sample weight",
                   f->t->column[f->weight].name);
}

glia_status gl_fit_words(gl_fitting *f) {
    glia_status status = read_scale(f);
    if (!status) status = read_text_as(f);
    if (!status) status = find_target(f);
    if (!status) status = read_columns(f);
    if (!status) status = gl_fit_schema(f);
    return status ? status : find_weight(f);
}
