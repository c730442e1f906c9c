/*
 * demo.c: `glia demo`: trains on built-in, generated data and explains what happens.
 */
#include "demo.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const lesson lessons[] = {
    {"flower", "petals of two classes: logistic regression fails, four tanh units do not",
     demo_flower, .rows = 400, .test_rows = 400, .seed = 1},
    {"moons", "two half moons with every choice left to glia", demo_moons, .rows = 600,
     .test_rows = 600, .seed = 3},
    {"circles", "a ring inside a ring", demo_circles, .rows = 300, .test_rows = 100, .seed = 1},
    {"spirals", "two spirals: one small layer is not enough, depth is", demo_spirals, .rows = 600,
     .test_rows = 600, .seed = 1},
    {"xor", "the classic that no straight line can solve", demo_xor, .rows = 400, .test_rows = 400,
     .seed = 1},
    {"houses", "prices of houses: regression, and what each feature is worth", demo_houses,
     .rows = 800, .test_rows = 400, .seed = 1},
    {"digits", "reads digits that it wrote itself; shows its mistakes and what it looks for",
     demo_digits, .rows = 6000, .test_rows = 1500, .seed = 1},
    {"symmetry", "why weights must not start at zero: units that begin equal stay equal",
     demo_symmetry},
    {"linear", "why layers need a bend: stacked linear layers are one matrix", demo_linear},
    {"saturation", "why sigmoid and tanh stop learning when weights are large", demo_saturation},
    {"loss", "why classifiers learn from cross entropy, not from squared error", demo_loss},
};

enum { LESSONS = sizeof lessons / sizeof *lessons, WIDTH = 78 };

/* ----------------------------------------------------------------------------------- talking -- */

/* Prints text broken at blanks, each line behind the same indent. */
static void print_wrapped(const char *first, const char *indent, const char *text) {
    int column = printf("%s", first);
    bool begin = true;
    while (*text) {
        int length = (int)strcspn(text, " ");
        char *word = format_text("%.*s", length, text);
        if (!begin && column + 1 + text_width(word) > WIDTH) {
            column = printf("\n%s", indent) - 1;
            begin = true;
        }
        column += text_width(word) + (begin ? 0 : 1);
        printf("%s%s", begin ? "" : " ", word);
        begin = false;
        free(word);
        text += length + (text[length] == ' ');
    }
    putchar('\n');
}

void heading(const demo *d, const char *text) {
    if (!d->talks) return;
    bool bold = use_colour(stdout);
    printf("\n%s%s%s\n\n", bold ? "\033[1m" : "", text, bold ? "\033[0m" : "");
}

void blank(const demo *d) {
    if (d->talks) putchar('\n');
}

void say(const demo *d, const char *format, ...) {
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0) text = copy_text(format);
    va_end(args);
    if (d->talks) {
        print_wrapped("", "", text);
        putchar('\n');
    }
    free(text);
}

void line(const demo *d, const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (d->talks) {
        vprintf(format, args);
        putchar('\n');
    }
    va_end(args);
}

void say_decisions(const demo *d) {
    if (!d->talks || d->c.quiet || !d->c.note_count) return;
    line(d, "Decided for you:");
    for (int i = 0; i < d->c.note_count; i++) print_wrapped("  - ", "    ", d->c.notes[i]);
    putchar('\n');
}

void say_cost(const demo *d, const glia_history *h) {
    char text[3 * 48 + 1], time[32], updates[32];
    if (h->entries < 1) return;
    line(d, "cost J  %.4g  %s  %.4g   %s updates in %s\n", h->mean[0],
         sparkline(h->mean, h->entries, NAN, 40, text, sizeof text), h->mean[h->entries - 1],
         count_text(h->updates, updates), seconds_text(h->seconds, time));
}

void fact(demo *d, const char *name, json_t *value) { json_object_set_new(d->facts, name, value); }

void number_fact(demo *d, const char *name, double value) { fact(d, name, json_number(value)); }

/* -------------------------------------------------------------------------------------- data -- */

static glia_table *table_of(demo *d, const char *set, int64_t rows, uint64_t seed) {
    glia_table *t = glia_table_generate(d->c.g, set, rows, seed);
    if (!t) failed(&d->c);
    return t;
}

uint64_t seed_of(const demo *d) { return d->seeded ? d->seed : d->lesson->seed; }

glia_table *training_table(demo *d) {
    return table_of(d, d->lesson->name, d->rows ? d->rows : d->lesson->rows, seed_of(d));
}

glia_table *test_table(demo *d) {
    return table_of(d, d->lesson->name, d->lesson->test_rows, seed_of(d) + 1);
}

bool take_points(demo *d, const char *set, int64_t rows, uint64_t seed, points *p) {
    glia_table *t = table_of(d, set, d->rows ? d->rows : rows, d->seeded ? d->seed : seed);
    if (!t) return false;
    p->rows = glia_table_rows(t);
    p->x = reserve(NULL, (size_t)p->rows * 2 * sizeof(double));
    p->y = reserve(NULL, (size_t)p->rows * sizeof(double));
    char cell[64];
    for (int64_t i = 0; i < p->rows; i++)
        for (int k = 0; k < 3; k++) {
            glia_table_cell(t, i, k, cell, sizeof cell);
            read_number(cell, k < 2 ? &p->x[2 * i + k] : &p->y[i]);
        }
    glia_table_free(t);
    return true;
}

void free_points(points *p) {
    free(p->x);
    free(p->y);
}

glia_tensor points_x(const points *p) { return glia_tensor_f64(p->x, p->rows, 2); }

glia_tensor points_y(const points *p) { return glia_tensor_f64(p->y, p->rows, 1); }

bool measure_points(demo *d, const glia_model *m, const points *p, double *accuracy,
                    double *log_loss) {
    double *a = reserve(NULL, (size_t)p->rows * sizeof *a), right = 0, sum = 0;
    glia_predictor *predictor = glia_predictor_new(d->c.g, m, p->rows);
    bool ok = predictor &&
              glia_predictor_run(predictor, points_x(p), glia_tensor_f64(a, p->rows, 1)) == GLIA_OK;
    for (int64_t i = 0; ok && i < p->rows; i++) {
        right += (a[i] > 0.5) == (p->y[i] > 0.5);
        sum -= log(fmax(p->y[i] > 0.5 ? a[i] : 1 - a[i], 1e-300));
    }
    *accuracy = right / (double)p->rows;
    *log_loss = sum / (double)p->rows;
    glia_predictor_free(predictor);
    free(a);
    if (!ok) failed(&d->c);
    return ok;
}

double *param_values(const glia_model *m, const char *name, int64_t *count) {
    glia_tensor t = glia_model_param(m, glia_model_find_param(m, name));
    if (count) *count = glia_tensor_count(&t, 0);
    return t.data;
}

/* ----------------------------------------------------------------------------------- command -- */

/* Notes are kept, for the text and for the report; warnings are said at once. */
static void remember(void *user, glia_level level, const char *text) {
    demo *d = user;
    hear(&d->c, level, text);
}

static int list_lessons(const cli *c) {
    if (!c->json) {
        for (int i = 0; i < LESSONS; i++) printf("%-11s %s\n", lessons[i].name, lessons[i].line);
        return 0;
    }
    json_t *list = json_array();
    for (int i = 0; i < LESSONS; i++)
        json_array_append_new(list, json_pack("{s:s, s:s}", "name", lessons[i].name, "text",
                                              lessons[i].line));
    return print_json(list);
}

static const lesson *find_lesson(const char *name) {
    const char *names[LESSONS + 1];
    for (int i = 0; i < LESSONS; i++) {
        if (!strcmp(lessons[i].name, name)) return &lessons[i];
        names[i] = lessons[i].name;
    }
    names[LESSONS] = NULL;
    const char *near = nearest(name, names);
    if (near) fail(GLIA_USAGE, "demo '%s': no such demo; did you mean '%s'?", name, near);
    else fail(GLIA_USAGE, "demo '%s': no such demo; 'glia demo --list' names them", name);
    return NULL;
}

static int run_lesson(demo *d, const lesson *l) {
    d->c.g = glia_open(
        &(glia_settings){.threads = glia_threads(d->c.g), .log = remember, .log_user = d});
    if (!d->c.g) return fail(GLIA_RESOURCE, "out of memory at start");
    d->facts = json_object();
    fact(d, "demo", json_text(l->name));
    int status = l->run(d);
    if (status == 0 && !d->talks) status = print_json(d->facts);
    else json_decref(d->facts);
    fflush(stdout); /* before what goes to stderr */
    if (status == 0 && d->report) note(&d->c, "the report is in %s", d->report);
    for (int i = 0; i < d->c.note_count; i++) free(d->c.notes[i]);
    free(d->c.notes);
    glia_close(d->c.g);
    return status;
}

/* CSV knows no images: says what becomes of them. */
static void note_arrays(const demo *d, const glia_table *t) {
    for (int i = 0; i < glia_table_columns(t); i++) {
        glia_column k = glia_table_column(t, i);
        int64_t n = 1;
        for (int j = 0; j < k.ndim; j++) n *= k.dim[j];
        if (k.type == GLIA_ARRAY)
            note(&d->c, "a row of '%s' is an array of %lld numbers: columns %s_1 to %s_%lld",
                 k.name, (long long)n, k.name, k.name, (long long)n);
    }
}

static int write_set(demo *d, const char *path) {
    glia_table *t = training_table(d);
    if (!t) return (int)glia_code(d->c.g);
    int status = glia_table_write(t, path, NULL, 0) != GLIA_OK ? failed(&d->c) : 0;
    if (!status) note_arrays(d, t);
    if (!status) status = print_written(&d->c, path, glia_table_rows(t));
    glia_table_free(t);
    return status;
}

/* The first of the options that was given; NULL: none. */
static const char *first_given(const cli *c, const char *one, const char *other) {
    return given(c, one) ? one : given(c, other) ? other : NULL;
}

/* Whether the options go with the lesson and with each other: 0, or the exit status after an error
 * message. */
static int check_options(const cli *c, const lesson *l) {
    const char *write = given(c, "write"), *of_sets = first_given(c, "report", "write"),
               *of_training = first_given(c, "report", "epochs");
    if (of_sets && !l->rows)
        return fail(GLIA_USAGE,
                    "demo '%s' trains several small networks and writes no %s; leave --%s out",
                    l->name, given(c, "report") ? "report" : "data", of_sets);
    if (write && of_training)
        return fail(GLIA_USAGE, "--write writes the data and trains nothing; leave --%s out",
                    of_training);
    return !write || ends_in_csv("write", write) ? 0 : GLIA_USAGE;
}

static int run_demo(cli *c) {
    if (is_on(c, "list")) return list_lessons(c);
    const lesson *l = find_lesson(c->operands ? c->operand[0] : "flower");
    if (!l) return GLIA_USAGE;
    int status = check_options(c, l);
    if (status) return status;
    demo d = {.c = *c, .talks = !c->json, .lesson = l, .report = given(c, "report")};
    int64_t seed = 0;
    d.seeded = given(c, "seed") != NULL;
    if (!given_int(c, "seed", 0, INT64_MAX, &seed) || !given_int(c, "rows", 16, 1000000, &d.rows) ||
        !given_int(c, "epochs", 1, 10000000, &d.epochs))
        return GLIA_USAGE;
    if (d.report && replaces_model(d.report)) return GLIA_USAGE;
    if (d.report && !can_write(d.report)) return GLIA_RESOURCE;
    d.seed = (uint64_t)seed;
    const char *write = given(c, "write");
    return write ? write_set(&d, write) : run_lesson(&d, l);
}

static const glia_option demo_options[] = {
    {"list", "l", NULL, "demo", NULL, "names the demos, a line each"},
    {"seed", NULL, "N", "demo", "each demo's own", "seed of the data and of the first weights"},
    {"rows", NULL, "N", "demo", "each demo's own", "how many samples to generate for training"},
    {"epochs", NULL, "N", "demo", "each demo's own", "how many passes over the data"},
    {"report", NULL, "FILE.html", "demo", NULL, "the last training as one HTML page with figures"},
    {"write", NULL, "FILE.csv", "demo", NULL,
     "trains nothing, but writes the samples to a file that 'glia train' reads"},
    {NULL},
};

static const char *const demo_examples[] = {
    "glia demo",
    "two classes of petals, with the decision boundary drawn in the terminal",
    "glia demo digits --report digits.html",
    "handwritten digits; the page shows mistakes and weights as images",
    "glia demo symmetry",
    "why weights must not start at zero",
    "glia demo houses --rows 400 --seed 2 --write later.csv",
    "400 houses as a CSV file; another seed gives houses that were not learned from",
    NULL,
};

const command demo_command = {
    .name = "demo",
    .usage = "[NAME]",
    .summary = "trains on a built-in, generated data set and explains what happens",
    .text = "Runs the demo NAME (flower unless said); --list names them all. Nothing is read "
            "from disk: the data are drawn by the program, and the same seed gives the same "
            "data. The first group of demos learns from data sets, the second shows why "
            "networks are built as they are.\n\n"
            "With --write the data of a demo of the first group become a CSV file and nothing is "
            "trained; images become one column a pixel. --json then prints {\"written\", "
            "\"rows\"}.",
    .min = 0,
    .max = 1,
    .options = demo_options,
    .examples = demo_examples,
    .run = run_demo,
};
