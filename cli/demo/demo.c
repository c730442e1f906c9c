/*
 * demo.c: `glia demo`: trains on built-in, generated data and explains what happens.
 */
#include "demo.h"

#include <stdlib.h>
#include <string.h>

static const lesson lessons[] = {
    {"flower", "petals of two classes: logistic regression fails, four tanh units do not",
     demo_flower, FROM_DATA, ANY, .rows = 400, .test_rows = 400, .seed = 1},
    {"moons", "two half moons with every choice left to glia", demo_moons, FROM_DATA, ANY,
     .rows = 600, .test_rows = 600, .seed = 3},
    {"circles", "a ring inside a ring", demo_circles, FROM_DATA, ANY, .rows = 300, .test_rows = 100,
     .seed = 1},
    {"spirals", "two spirals: one small layer is not enough, depth is", demo_spirals, FROM_DATA,
     ANY, .rows = 600, .test_rows = 600, .seed = 1},
    {"xor", "the classic that no straight line can solve", demo_xor, FROM_DATA, ANY, .rows = 400,
     .test_rows = 400, .seed = 1},
    {"houses", "prices of houses: regression, and what each feature is worth", demo_houses,
     FROM_DATA, ANY, .rows = 800, .test_rows = 400, .seed = 1},
    {"digits", "reads digits that it wrote itself; shows its mistakes and what it looks for",
     demo_digits, FROM_DATA, ANY, .rows = 6000, .test_rows = 1500, .seed = 1},
    {"sine", "two waves go on by themselves: a network reads its own answers, and errors add up",
     demo_sine, FROM_DATA, SEED | ROWS | EPOCHS, .rows = 500, .seed = 4},
    {"letters", "goes on with a text letter by letter, and knows at the verb who acts",
     demo_letters, FROM_DATA, SEED | ROWS | EPOCHS, .rows = 12000, .test_rows = 3000, .seed = 1},

    {"neuron", "one unit with numbers: z = w'x + b, then a = g(z); the one of biology beside it",
     demo_neuron, ONE_UNIT, 0},
    {"step", "forward and back through a 3-4-1 network, by hand, every number", demo_step, ONE_UNIT,
     0},
    {"loops", "loops over samples and units against matrices: how much faster, the same numbers",
     demo_loops, ONE_UNIT, 0},

    {"bowl", "the cost J(w,b) as a bowl, and the path of gradient descent down to its bottom",
     demo_bowl, DESCENT, SEED | ROWS | EPOCHS | REPORT},
    {"rate", "a learning rate that is too small, right, and too large", demo_rate, DESCENT,
     SEED | ROWS | EPOCHS | REPORT},
    {"batches", "all samples at once, mini-batches, one at a time; epochs and iterations",
     demo_batches, DESCENT, SEED | ROWS | EPOCHS},
    {"loss", "why classifiers learn from cross entropy, not from squared error", demo_loss, DESCENT,
     SEED | ROWS},
    {"overfit", "learned by heart: the gap between training and test, and what closes it",
     demo_overfit, DESCENT, SEED | ROWS | EPOCHS},

    {"linear", "why layers need a bend: stacked linear layers are one matrix", demo_linear, SHAPE,
     SEED | ROWS | EPOCHS},
    {"symmetry", "why weights must not start at zero: units that begin equal stay equal",
     demo_symmetry, SHAPE, SEED | ROWS | EPOCHS},
    {"saturation", "why sigmoid and tanh stop learning when weights are large", demo_saturation,
     SHAPE, SEED | ROWS | EPOCHS},
    {"dead", "relu units that are 0 for every sample learn no more; leaky relu does", demo_dead,
     SHAPE, SEED | ROWS | EPOCHS},
    {"copy", "three bits across a wait: what the first U of a recurrent network decides", demo_copy,
     SHAPE, SEED | ROWS | EPOCHS, .seed = 1},
    {"adding", "two marked numbers among a hundred: gates remember them, a plain network does not",
     demo_adding, SHAPE, SEED | ROWS | EPOCHS, .seed = 1},
};

static const char *const groups[LESSON_GROUPS] = {"Learning from data", "One unit, one step",
                                                  "How the cost goes down",
                                                  "Why networks are built as they are"};

enum { LESSONS = sizeof lessons / sizeof *lessons };

/* ----------------------------------------------------------------------------------- command -- */

/* Notes are kept, for the text and for the report; warnings are said at once. */
static void remember(void *user, glia_level level, const char *text) {
    demo *d = user;
    hear(&d->c, level, text);
}

static int list_lessons(const cli *c) {
    json_t *list = json_array();
    for (int i = 0; i < LESSONS; i++) {
        const lesson *l = &lessons[i];
        bool first = i == 0 || l[-1].group != l->group;
        if (!c->json && first) printf("%s%s\n", i ? "\n" : "", groups[l->group]);
        if (!c->json) printf("  %-11s ", l->name), print_line(l->line, 14, 14, "");
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name", l->name, "text", l->line,
                                              "group", groups[l->group]));
    }
    if (c->json) return print_json(list);
    json_decref(list);
    return 0;
}

static const lesson *find_lesson(const char *name) {
    const char *names[LESSONS + 1] = {NULL};
    for (int i = 0; i < LESSONS; i++) names[i] = lessons[i].name;
    int found = find_item("demo", "demo", name, names);
    return found < 0 ? NULL : &lessons[found];
}

static int run_lesson(demo *d, const lesson *l) {
    d->c.g = glia_open(
        &(glia_settings){.threads = glia_threads(d->c.g), .log = remember, .log_user = d});
    if (!d->c.g) return fail(GLIA_RESOURCE, "out of memory at start");
    d->facts = json_object();
    d->kept = lines_new();
    fact(d, "demo", json_text(l->name));
    int status = l->run(d);
    if (status == 0) say_next(d);
    if (status == 0 && !d->talks) status = print_json(d->facts);
    else json_decref(d->facts);
    flush_lines(d);
    lines_free(d->kept);
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

/* Options that this lesson has no use for. */
static int refuse_options(const cli *c, const lesson *l) {
    static const struct {
        const char *name;
        unsigned bit;
        const char *why;
    } all[] = {{"seed", SEED, "draws nothing"},
               {"rows", ROWS, "has samples of its own"},
               {"epochs", EPOCHS, "has updates of its own"},
               {"report", REPORT, "writes no report"}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (given(c, all[i].name) && !(l->takes & all[i].bit))
            return fail(GLIA_USAGE, "demo '%s' %s; leave --%s out", l->name, all[i].why,
                        all[i].name);
    if (given(c, "write") && !l->rows)
        return fail(GLIA_USAGE, "demo '%s' writes no data; leave --write out", l->name);
    return 0;
}

/* Whether the options go with the lesson and with each other: 0, or the exit status after an error
 * message. */
static int check_options(const cli *c, const lesson *l) {
    const char *write = given(c, "write"), *of_training = given(c, "report")   ? "report"
                                                          : given(c, "epochs") ? "epochs"
                                                                               : NULL;
    int status = refuse_options(c, l);
    if (status) return status;
    if (write && of_training)
        return fail(GLIA_USAGE, "--write writes the data and trains nothing; leave --%s out",
                    of_training);
    bool fits = !write || (ends_in_csv("write", write) && !replaces_model(write));
    return fits ? 0 : GLIA_USAGE;
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
    {"report", NULL, "FILE.html", "demo", NULL,
     "the last training, or the picture of bowl and rate, as one HTML page"},
    {"write", "save", "FILE.csv", "demo", NULL,
     "trains nothing, but writes the samples to a file that 'glia train' reads"},
    {NULL},
};

static const char *const demo_examples[] = {
    "glia demo",
    "two classes of petals, with the decision boundary drawn in the terminal",
    "glia demo digits --report digits.html",
    "handwritten digits; the page shows mistakes and weights as images",
    "glia demo step",
    "one update of a small network by hand, every number",
    "glia demo bowl --report bowl.html",
    "the cost as a bowl, and the path down",
    "glia demo houses --rows 400 --seed 2 --write later.csv",
    "400 houses as a CSV file; another seed gives houses that were not learned from",
    NULL,
};

static const char *lesson_name(int i) { return i < LESSONS ? lessons[i].name : NULL; }

const command demo_command = {
    .name = "demo",
    .usage = "[NAME]",
    .summary = "trains on a built-in, generated data set and explains what happens",
    .text = "Runs the demo NAME (flower unless said); --list names them all. Nothing is read "
            "from disk: the data are drawn by the program, and the same seed gives the same "
            "data. The first group of demos learns from data sets; the others each show one "
            "thing, by numbers. Run as it is, a demo also measures what it claims: status 1 says "
            "that it was not so. Each ends with commands to try.\n\n"
            "With --write the data of a demo of the first group become a CSV file and nothing is "
            "trained; images become one column a pixel. --json then prints {\"written\", "
            "\"rows\"}.",
    .min = 0,
    .max = 1,
    .word = lesson_name,
    .options = demo_options,
    .examples = demo_examples,
    .run = run_demo,
};
