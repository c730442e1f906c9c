/*
 * batches.c: how many samples an update looks at: all of them, a mini-batch, one. And what an epoch
 * and an iteration are.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"

enum { KINDS = 4, EPOCHS_EACH = 10, CURVE = 48 };

static const struct kind {
    const char *name;
    int64_t batch;
    double lr; /* the noisier the gradient, the smaller the step */
} kinds[KINDS] = {{"full batch", GLIA_FULL_BATCH, 0.5},
                  {"batches of 100", 100, 0.5},
                  {"batches of 300", 300, 0.5},
                  {"online, one by one", 1, 0.02}};

/* What one training was like. */
typedef struct course {
    int64_t updates, epochs;
    double seconds, J;   /* over all samples, at the end */
    double *batch_cost;  /* [updates] J of each mini-batch before its update */
    double before, jump; /* the running mean that progress tells; mean |change| of these */
    int64_t room;
} course;

static int remember_cost(void *user, const glia_progress *p) {
    course *c = user;
    if (p->batch < 1 || c->updates == c->room) return 0;
    double sum = p->batch > 1 ? c->before * (double)(p->batch - 1) : 0;
    c->batch_cost[c->updates++] = p->loss * (double)p->batch - sum;
    c->before = p->loss;
    return 0;
}

static bool learn(demo *d, const struct kind *k, glia_tensor x, glia_tensor y, course *c) {
    int64_t epochs = steps_of(d, EPOCHS_EACH), rows = x.dim[0];
    glia_model *m = network(d, x.dim[1], "dense 10 softmax", "zeros", NULL, 1);
    glia_history *h = NULL;
    *c = (course){.room = epochs * rows};
    c->batch_cost = reserve(NULL, (size_t)c->room * sizeof(double));
    glia_fit_options o = {.epochs = epochs,
                          .batch = k->batch,
                          .optimizer = "sgd",
                          .lr = k->lr,
                          .divisor = 255,
                          .seed = d->seed,
                          .progress = remember_cost,
                          .user = c};
    bool ok = m && glia_model_fit(m, x, y, &o, &h) == GLIA_OK;
    if (m && !ok) failed(&d->c);
    if (ok) {
        c->epochs = h->epochs;
        c->updates = h->updates;
        c->seconds = h->seconds;
        c->J = h->mean[h->entries - 1];
    }
    for (int64_t i = 1; ok && i < c->updates; i++)
        c->jump += fabs(c->batch_cost[i] - c->batch_cost[i - 1]) / (double)(c->updates - 1);
    glia_history_free(d->c.g, h);
    glia_model_free(m);
    return ok;
}

/* --------------------------------------------------------------------- J and how it is split -- */

/* The mean of the costs of batches of 100, and the cost of all rows; false after an error
 * message. */
static bool split_cost(demo *d, glia_tensor x, glia_tensor y, double *parts, double *whole) {
    const int64_t batch = 100;
    glia_model *m = network(d, x.dim[1], "dense 10 softmax", "normal:0.01", NULL, 1);
    *parts = 0;
    *whole = m ? glia_model_cost(d->c.g, m, x, y) : NAN;
    for (int64_t i = 0; m && i < x.dim[0]; i += batch) {
        glia_tensor px = x, py = y;
        int64_t n = x.dim[0] - i < batch ? x.dim[0] - i : batch;
        px.dim[0] = py.dim[0] = n;
        px.data = (uint8_t *)x.data + (size_t)(i * x.dim[1]) * glia_dtype_size(x.dtype);
        py.data = (double *)y.data + i;
        *parts += glia_model_cost(d->c.g, m, px, py) * (double)n / (double)x.dim[0];
    }
    glia_model_free(m);
    return m != NULL;
}

/* ----------------------------------------------------------------------------------- telling -- */

static int64_t iterations(const struct kind *k, int64_t rows) {
    return k->batch < 1 ? 1 : (rows + k->batch - 1) / k->batch;
}

static void say_courses(demo *d, const course c[KINDS], int64_t rows) {
    json_t *facts = json_array();
    char curve[3 * CURVE + 1], time[32];
    line(d, "  %-19s %14s %7s %11s %8s %8s %8s", "", "iterations", "epochs", "iterations",
         "mean J,", "J jumps", "time");
    line(d, "  %-19s %14s %7s %11s %8s %8s %8s", "", "in one epoch", "", "in all", "last ep.", "by",
         "");
    for (int i = 0; i < KINDS; i++) {
        line(d, "  %-19s %14lld %7lld %11lld %8.4f %8.4f %8s", kinds[i].name,
             (long long)iterations(&kinds[i], rows), (long long)c[i].epochs,
             (long long)c[i].updates, c[i].J, c[i].jump, seconds_text(c[i].seconds, time));
        json_array_append_new(facts,
                              json_pack("{s:s, s:I, s:I, s:I, s:f, s:f}", "name", kinds[i].name,
                                        "batch", (json_int_t)kinds[i].batch, "epochs",
                                        (json_int_t)c[i].epochs, "iterations",
                                        (json_int_t)c[i].updates, "J", c[i].J, "jump", c[i].jump));
    }
    blank(d);
    fact(d, "kinds", facts);
    int room = room_for(d, CURVE, 22);
    line(d, "J of each mini-batch, iteration by iteration:\n");
    for (int i = 0; i < KINDS; i++)
        line(d, "  %-19s %s", kinds[i].name,
             sparkline(c[i].batch_cost, c[i].updates < CURVE ? c[i].updates : CURVE, 0, room, curve,
                       sizeof curve));
    line(d, "  %-19s (the first %d of them; the full batch has one an epoch)\n", "", CURVE);
}

static int judge(demo *d, const course c[KINDS], int64_t rows, double parts, double whole) {
    int status = 0;
    for (int i = 0; i < KINDS && !status; i++)
        status = claim(d, c[i].updates == c[i].epochs * iterations(&kinds[i], rows),
                       "%s took %lld iterations in %lld epochs", kinds[i].name,
                       (long long)c[i].updates, (long long)c[i].epochs);
    if (!status)
        status = claim(d, fabs(parts - whole) < 1e-12, "J of ten batches is %.17g, of all %.17g",
                       parts, whole);
    if (!status)
        status = claim(d, c[1].J < c[0].J, "mini-batches came to J = %g, the full batch to %g",
                       c[1].J, c[0].J);
    if (!status)
        status = claim(d, c[3].jump > c[1].jump, "online J jumped by %g, with batches by %g",
                       c[3].jump, c[1].jump);
    return status;
}

static int compare(demo *d, glia_tensor x, glia_tensor y) {
    course c[KINDS] = {{0}};
    double parts = 0, whole = 0;
    bool ok = split_cost(d, x, y, &parts, &whole);
    for (int i = 0; i < KINDS && ok; i++) ok = learn(d, &kinds[i], x, y, &c[i]);
    int status = (int)glia_code(d->c.g);
    if (ok) {
        say_courses(d, c, x.dim[0]);
        say(d,
            "An iteration is one update; an epoch is one pass over all samples. %lld samples in "
            "batches of 100 are %lld iterations an epoch. The short last batch of those of 300 "
            "is averaged over its own samples. After as many epochs the mini-batches are "
            "further down, since they stepped more often; one sample at a time steps most "
            "often, but each step follows one sample's opinion, so J jumps.",
            (long long)x.dim[0], (long long)iterations(&kinds[1], x.dim[0]));
        say(d,
            "How J is added up does not matter: the mean over batches is %.12f, over all at "
            "once %.12f. Nor is this what matrices are for: a batch of 100 is one matrix, and "
            "so is the full batch.",
            parts, whole);
        number_fact(d, "J_of_batches", parts);
        number_fact(d, "J_of_all", whole);
        status = judge(d, c, x.dim[0], parts, whole);
    }
    for (int i = 0; i < KINDS; i++) free(c[i].batch_cost);
    return status;
}

/* The class of each row as the number that the network learns. */
static double *labels_of(const glia_table *t) {
    int64_t rows = glia_table_rows(t);
    glia_tensor column = glia_table_values(t, 1);
    double *y = reserve(NULL, (size_t)rows * sizeof *y);
    for (int64_t i = 0; i < rows; i++) y[i] = glia_tensor_value(&column, i);
    return y;
}

int demo_batches(demo *d) {
    heading(d, "Batches: all samples, some, or one to an update");
    say(d,
        "1,000 digits of 16 x 16 pixels, softmax regression from zero weights, %lld epochs of "
        "plain gradient descent.",
        (long long)steps_of(d, EPOCHS_EACH));
    glia_table *t =
        glia_table_generate(d->c.g, "digits", d->rows ? d->rows : 1000, d->seeded ? d->seed : 1);
    if (!t) return failed(&d->c);
    glia_tensor x = glia_table_values(t, 0);
    x.dim[1] = glia_tensor_count(&x, 1);
    x.ndim = 2;
    double *y = labels_of(t);
    int status = compare(d, x, glia_tensor_f64(y, x.dim[0], 1));
    free(y);
    glia_table_free(t);
    return status;
}
