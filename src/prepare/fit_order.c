/*
 * fit_order.c: the order of ordinal classes: as said, by number, or by the words of a known scale.
 *
 *     5, 3, 4                       3 4 5
 *     High, low, medium             low medium High      of a scale below, whatever their case
 *     gold, silver, bronze          refused: say option 'order' bronze,silver,gold
 */
#include "fit.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* Scales of questionnaires and grades, lowest first; classes may be a part of one. */
static const char *const scales[] = {
    "none,very low,low,medium,high,very high",
    "none,very low,low,moderate,high,very high,severe,extreme",
    "none,mild,moderate,severe,critical",
    "very small,small,medium,large,very large",
    "xxs,xs,s,m,l,xl,xxl,xxxl",
    "very poor,poor,fair,good,very good,excellent",
    "very bad,bad,average,good,very good,excellent",
    "very bad,bad,neutral,good,very good",
    "unacc,acc,good,vgood",
    "never,rarely,sometimes,often,always",
    "strongly disagree,disagree,neutral,agree,strongly agree",
    "very dissatisfied,dissatisfied,neutral,satisfied,very satisfied",
    "fail,pass,merit,distinction",
    "primary,secondary,tertiary",
};

/* The place of a class in a list of words; -1: it is not there. */
static int place_in(const char *list, const char *class) {
    size_t length = strlen(class);
    for (int place = 0;; place++) {
        list += strspn(list, " ");
        size_t n = strcspn(list, ",");
        size_t core = n;
        while (core > 0 && list[core - 1] == ' ') core--;
        if (core == length && strncasecmp(list, class, length) == 0) return place;
        if (!list[n]) return -1;
        list += n + 1;
    }
}

static bool holds_all(const gl_target *t, const char *list) {
    for (int64_t k = 0; k < t->classes; k++)
        if (place_in(list, t->class[k]) < 0) return false;
    return true;
}

static void sort_by(gl_target *t, const char *list) {
    for (int64_t i = 1; i < t->classes; i++)
        for (int64_t j = i; j > 0; j--) {
            if (place_in(list, t->class[j - 1]) <= place_in(list, t->class[j])) break;
            char *class = t->class[j];
            double value = t->class_value[j];
            t->class[j] = t->class[j - 1], t->class_value[j] = t->class_value[j - 1];
            t->class[j - 1] = class, t->class_value[j - 1] = value;
        }
}

static glia_status refuse(const gl_fitting *f, const char *why, const char *name) {
    const gl_target *t = f->now;
    gl_text list = {.g = f->g};
    for (int64_t k = 0; k < t->classes && k < 12; k++)
        gl_add(&list, "%s%s", k ? "," : "", t->class[k]);
    gl_fail(f->g, GLIA_USAGE, "%s%s%s; say option 'order' with these, lowest first: %s%s", why,
            name, *name ? "'" : "", list.s ? list.s : "", t->classes > 12 ? ",..." : "");
    gl_free(f->g, list.s);
    return GLIA_USAGE;
}

static glia_status order_as_said(gl_fitting *f, const char *said) {
    gl_target *t = f->now;
    for (int64_t k = 0; k < t->classes; k++)
        if (place_in(said, t->class[k]) < 0)
            return refuse(f, "option 'order' lacks the class '", t->class[k]);
    sort_by(t, said);
    return GLIA_OK;
}

/* Numbers are in order already. */
glia_status gl_fit_order(gl_fitting *f) {
    gl_target *t = f->now;
    bool numbers = true;
    if (t->classes < 3)
        return gl_fail(f->g, GLIA_INPUT,
                       "%s: the target '%s' has two classes, and these have an order anyway: say "
                       "option 'task' binary",
                       f->t->source, t->name);
    if (f->spec->order) return order_as_said(f, f->spec->order);
    for (int64_t k = 0; k < t->classes; k++) numbers &= !isnan(t->class_value[k]);
    if (numbers) {
        for (int64_t k = 1; k < t->classes; k++)
            numbers &= t->class_value[k] > t->class_value[k - 1];
        if (numbers) return GLIA_OK;
    }
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++)
        if (holds_all(t, scales[i])) return sort_by(t, scales[i]), GLIA_OK;
    return refuse(f, "nothing tells the order of the classes of '", t->name);
}
