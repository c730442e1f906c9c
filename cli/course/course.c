/*
 * course.c: `glia course`: the published tables of the course, printed beside what glia computes.
 */
#include "course.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const lesson lessons[] = {
    {"basics", "sigmoid and its slope, softmax, the losses L1 and L2", NULL, run_basics},
    {"logistic", "logistic regression: cost, gradients, 100 updates, predictions", NULL,
     run_logistic},
    {"weights", "first weights by NumPy's generator: x 0.01, x 10, He", NULL, run_weights},
    {"steps", "a deep network step by step: forward, cost, backward, update", NULL, run_steps},
    {"hidden", "one hidden layer: forward, cost, gradients, 10,000 updates on three points", NULL,
     run_hidden},
    {"updates", "one update by gradient descent, momentum and Adam", NULL, run_updates},
    {"conv", "convolution: zeros around x, one window, eight filters, pools", NULL, run_conv},
    {"rnn", "cells of a recurrent network and an LSTM, one step and several, and back", NULL,
     run_rnn},
    {"planar", "one hidden layer on the flower: costs of 10,000 iterations", NULL, run_trainings},
    {"init", "weights from zero, too large, He, on the circles", NULL, run_trainings},
    {"opt", "mini-batches on the moons: gradient descent, momentum", NULL, run_trainings},
    {"cats", "logistic regression on images of cats", cat_files, run_trainings},
    {"rates", "the same with three learning rates", cat_files, run_trainings},
    {"slip", "the same with the pixels of all images mixed up", cat_files, run_slip},
    {"deep", "12288-20-7-5-1 on images of cats", cat_files, run_trainings},
};

enum { LESSONS = sizeof lessons / sizeof *lessons, MOST_LINES = 40 };

/* --------------------------------------------------------------------------------- comparing -- */

static int digits_of(const char *text) {
    const char *point = strchr(text, '.');
    return point ? (int)strspn(point + 1, "0123456789") : 0;
}

/* Arrays are printed with 8 digits behind the point or less, from which NumPy drops zeros at the
 * end: the table's longest text tells how many were meant. Longer texts stand for themselves. */
static int digits_meant(const published *p, const char *text) {
    int most = 0;
    for (const char *s = p->printed; *s; s += strcspn(s, " "), s += *s == ' ') {
        char *word = format_text("%.*s", (int)strcspn(s, " "), s);
        if (digits_of(word) > most) most = digits_of(word);
        free(word);
    }
    return most <= 8 ? most : digits_of(text);
}

static char *rounded(double found, const char *text, int digits) {
    return format_text(strchr(text, 'e') ? "%.*e" : "%.*f", digits, found);
}

/* "same", "near" (as the table's note allows) or "differs". */
static const char *verdict_of(const published *p, int i, double found, const char *text) {
    double expected = strtod(text, NULL);
    char *mine = rounded(found, text, digits_meant(p, text));
    bool same = strtod(mine, NULL) == expected;
    free(mine);
    if (same) return "same";
    if (p->relative == 0 || i < p->from) return "differs";
    if (isinf(expected)) return isfinite(found) && found > 1 ? "near" : "differs";
    return fabs(found - expected) <= p->relative * fabs(expected) ? "near" : "differs";
}

static void count(course *k, const char *verdict) {
    if (!strcmp(verdict, "same")) k->same++;
    else if (!strcmp(verdict, "near")) k->near++;
    else k->off++;
}

/* Word i of the table; NULL: it has fewer. For free. */
static char *word_of(const published *p, int i) {
    const char *s = p->printed;
    for (; i > 0 && *s; i--) s += strcspn(s, " "), s += *s == ' ';
    return *s ? format_text("%.*s", (int)strcspn(s, " "), s) : NULL;
}

/* From column `at` on, and in lines that begin there. */
static void print_sentence(int at, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = format_args(format, args);
    va_end(args);
    print_line(text, at, at, "");
    free(text);
}

/* Numbers of the tables have up to 18 letters, those that have more than 13 short labels. */
static void print_row(const char *label, const char *text, const char *mine, const char *verdict) {
    int width = output_width();
    bool narrow = width && width < 75;
    int number = !narrow ? 20 : strlen(text) > 14 ? 18 : 14, name = !narrow ? 18 : 44 - 2 * number;
    printf("  %-*s %*s %*s   %s\n", name, label, number, text, number, mine, verdict);
}

static void print_number(const published *p, int i, int every, const char *text, double found,
                         const char *verdict) {
    char *label = every == SCORES ? format_text(i % 2 ? "test" : "training")
                  : every         ? format_text("iteration %d", i * every)
                                  : format_text("[%d]", i),
         *mine = rounded(found, text, digits_meant(p, text));
    print_row(label, text, mine, verdict);
    free(label);
    free(mine);
}

static void print_heading(const published *p) {
    putchar('\n');
    print_sentence(0, "%s %s", p->of, p->item);
    printf("  ");
    print_sentence(2, "%s", p->source);
    putchar('\n');
}

/* One number; true: as published, or near it where that is allowed. */
static bool compare_one(course *k, const published *p, int i, int every, double found, bool shown,
                        json_t *rows) {
    char *text = word_of(p, i);
    const char *verdict = text ? verdict_of(p, i, found, text) : "differs";
    count(k, verdict);
    bool fits = strcmp(verdict, "differs") != 0;
    if (text && (shown || (!fits && !k->c->json))) print_number(p, i, every, text, found, verdict);
    json_array_append_new(rows, json_pack("{s:o, s:o, s:s}", "published", json_text(text),
                                          "computed", json_number(found), "verdict", verdict));
    free(text);
    return fits;
}

void compare_part(course *k, const char *of, const char *item, const double *found, int first,
                  int n, int every) {
    const published *p = find_published(of, item);
    json_t *rows = json_array();
    bool shown = !k->c->json && n <= MOST_LINES, all = true;
    int near = k->near;
    if (!p) exit(fail(GLIA_FAILED, "there is no published table %s %s", of, item));
    if (!k->c->json) print_heading(p);
    if (shown) print_row("", "published", "computed", "verdict");
    for (int i = 0; i < n; i++)
        all = compare_one(k, p, first + i, every, found[i], shown, rows) && all;
    if (!k->c->json && !shown) printf("  %d numbers: %s\n", n, all ? "all the same" : "see above");
    if (!k->c->json && k->near > near) printf("\n  near: "), print_sentence(8, "%s", p->why);
    json_array_append_new(k->items,
                          json_pack("{s:s, s:s, s:s, s:i, s:o}", "of", of, "item", item, "source",
                                    p->source, "first", first, "numbers", rows));
}

void compare(course *k, const char *of, const char *item, const double *found, int n) {
    compare_part(k, of, item, found, 0, n, 0);
}

/* ----------------------------------------------------------------------------------- command -- */

static int list_lessons(const cli *c) {
    json_t *list = json_array();
    for (int i = 0; i < LESSONS; i++) {
        const lesson *l = &lessons[i];
        if (!c->json)
            printf("%-9s ", l->name),
                print_sentence(10, "%s%s", l->line, l->needs ? " (needs data)" : "");
        json_array_append_new(list, json_pack("{s:s, s:s, s:s?}", "name", l->name, "text", l->line,
                                              "needs", l->needs));
    }
    if (c->json) return print_json(list);
    json_decref(list);
    putchar('\n');
    print_sentence(0, "The last four need %s: --data FOLDER says where they are.", cat_files);
    return 0;
}

static const lesson *find_lesson(const char *name) {
    const char *names[LESSONS + 1] = {NULL};
    for (int i = 0; i < LESSONS; i++) names[i] = lessons[i].name;
    int found = find_item("course", "lesson", name, names);
    return found < 0 ? NULL : &lessons[found];
}

static void conclude(const course *k) {
    char near[80] = "", off[40] = "";
    if (k->near)
        snprintf(near, sizeof near, ", %d are near where no digit can be expected", k->near);
    if (k->off) snprintf(off, sizeof off, ", %d differ", k->off);
    putchar('\n');
    print_sentence(0, "%d numbers: %d are the same in every printed digit%s%s.",
                   k->same + k->near + k->off, k->same, near, off);
}

static int report(course *k, const lesson *l) {
    if (!k->c->json) conclude(k);
    else
        print_json(json_pack("{s:s, s:i, s:i, s:i, s:O, s:O}", "lesson", l->name, "same", k->same,
                             "near", k->near, "differ", k->off, "runs", k->runs, "tables",
                             k->items));
    fflush(stdout); /* before what goes to stderr */
    if (k->off == 0) return 0;
    return fail(GLIA_FAILED, "course '%s': %d of %d numbers differ from what was published",
                l->name, k->off, k->same + k->near + k->off);
}

static int run_course(cli *c) {
    if (is_on(c, "list") || c->operands == 0) return list_lessons(c);
    const lesson *l = find_lesson(c->operand[0]);
    if (!l) return GLIA_USAGE;
    if (given(c, "data") && !l->needs)
        return fail(GLIA_USAGE, "course '%s' needs no data; leave --data out", l->name);
    course k = {.c = c, .items = json_array(), .runs = json_array()};
    k.g = glia_open(&(glia_settings){.threads = glia_threads(c->g), .max_bytes = c->max_bytes});
    if (!k.g) return fail(GLIA_RESOURCE, "out of memory at start");
    int status = l->run(&k, l->name);
    if (!status) status = report(&k, l);
    json_decref(k.items);
    json_decref(k.runs);
    glia_close(k.g);
    return status;
}

static const glia_option course_options[] = {
    {"list", "l", NULL, "course", NULL, "names the lessons, a line each"},
    {"data", NULL, "FOLDER", "course", "., datasets, data, data/cats",
     "where the cat images of the course are"},
    {NULL},
};

static const char *const course_examples[] = {
    "glia course planar",
    "the costs of the flower's network, as published and as computed",
    "glia course steps",
    "what the functions of a deep network give, to the printed digit",
    "glia course cats --data ~/datasets",
    "logistic regression on the cat images of the course",
    NULL,
};

static const char *lesson_name(int i) { return i < LESSONS ? lessons[i].name : NULL; }

const command course_command = {
    .name = "course",
    .usage = "[NAME]",
    .summary = "the published tables of the course, beside what glia computes",
    .text =
        "Computes what the exercises of the classic course (Andrew Ng's Deep Learning "
        "Specialization) print, and puts each number beside the published one: same to the "
        "printed digit, near where a note says why no digit can be expected, or differs. "
        "Trainings are shown as commands that do the same by hand. Sets and function tests are "
        "drawn by NumPy's generator; only the images of cats have to be there.\n\n"
        "Status 1: a number differs. Status 3: the images are not where they should be.\n\n"
        "With --json: {\"lesson\", \"same\", \"near\", \"differ\", \"runs\": [{\"of\", \"data\", "
        "\"command\"}, ...], \"tables\": [{\"of\", \"item\", \"source\", \"first\", \"numbers\": "
        "[{\"published\", \"computed\", \"verdict\"}, ...]}, ...]}.",
    .min = 0,
    .max = 1,
    .word = lesson_name,
    .options = course_options,
    .examples = course_examples,
    .run = run_course,
};
