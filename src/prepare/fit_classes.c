/*
 * fit_classes.c: which classes there are, and which of two is the positive one.
 *
 *     training rows     healthy, sick, healthy      other rows of the table     rare
 *     classes           healthy, rare, sick
 *
 * A class list says what may come, and not how often: it tells nothing of a row that is to be
 * measured. From the training rows alone a class of one row would end a cross-validation in the
 * fold that has it; so the fold measures it, as wrong.
 */
#include "fit.h"

#include <string.h>

gl_fitting gl_fit_known(const gl_fitting *f) {
    gl_fitting all = *f;
    if (f->spec->known) all.t = f->spec->known;
    all.rows = NULL;
    all.n = all.t->rows;
    return all;
}

static glia_status no_such_class(const gl_fitting *f, const char *name) {
    char *const *class = f->now->class;
    const char *names[] = {class[0], class[1]};
    char list[200];
    return gl_fail_word(f->g, GLIA_USAGE, name, names, 2, NULL,
                        "option 'positive': there is no class '%s', expected %s", name,
                        gl_list(names, 2, list, sizeof list));
}

/* By text, or by value: 1 and 1.0 are one class. */
static bool is_class(const gl_target *p, int k, const char *name) {
    double v = gl_value_of_text(name);
    return !strcmp(p->class[k], name) || v == p->class_value[k];
}

/* Everything that is asked of two classes is asked of the second: its probability is the output,
 * above the threshold it is answered, scores and curves are of it. So the order is all there is to
 * keep. */
glia_status gl_fit_positive(gl_fitting *f) {
    const char *name = f->spec->positive;
    gl_target *t = f->now;
    if (!name) return GLIA_OK;
    if (t->classes != 2 || f->p->task == GL_MULTICLASS)
        return gl_fail(f->g, GLIA_USAGE, "option 'positive' is for two classes; '%s' has %s",
                       t->name, t->classes ? "more" : "values");
    if (is_class(t, 1, name)) return GLIA_OK;
    if (!is_class(t, 0, name)) return no_such_class(f, name);
    char *class = t->class[0];
    double value = t->class_value[0];
    t->class[0] = t->class[1], t->class[1] = class;
    t->class_value[0] = t->class_value[1], t->class_value[1] = value;
    return GLIA_OK;
}
