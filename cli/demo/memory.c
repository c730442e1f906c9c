/*
 * memory.c: what recurrence is for, and where a plain recurrent network forgets: two tasks that
 * have been used to show it since Hochreiter and Schmidhuber (1997).
 *
 *     adding    numbers pass by, two of them are marked: their sum
 *     copy      three bits, a wait, then the same bits
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"

enum { BATCH = 32, TEST_ROWS = 1000, EPOCHS_KEPT = 400 };

typedef struct sequences {
    int64_t rows, steps, outputs;
    float *x, *y; /* [rows, steps, 2], [rows, outputs] */
} sequences;

/* In [0, 1): splitmix64 (Steele, Lea and Flood, 2014). */
static double draw(uint64_t *state) {
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

static sequences blank_sequences(int64_t rows, int64_t steps, int64_t outputs) {
    sequences s = {rows, steps, outputs, reserve(NULL, (size_t)(rows * steps * 2) * sizeof *s.x),
                   reserve(NULL, (size_t)(rows * outputs) * sizeof *s.y)};
    memset(s.x, 0, (size_t)(rows * steps * 2) * sizeof *s.x);
    return s;
}

static void free_sequences(sequences *s) {
    free(s->x);
    free(s->y);
}

static glia_tensor x_of(const sequences *s) { return glia_tensor_f32(s->x, s->rows, s->steps * 2); }

static glia_tensor y_of(const sequences *s) { return glia_tensor_f32(s->y, s->rows, s->outputs); }

/* --------------------------------------------------------------------------------- training -- */

/* The cost on rows that are not learned from, behind each epoch but the last. */
typedef struct road {
    double lr, goal, cost[EPOCHS_KEPT];
    int epochs;
    int64_t updates;
    bool there; /* the goal was reached, and the training ended */
} road;

static int watch(void *user, const glia_progress *p) {
    road *c = user;
    if (p->batch < p->batches) return 0;
    if (p->epoch > 1 && c->epochs < EPOCHS_KEPT) c->cost[c->epochs++] = p->val_loss;
    c->updates = p->updates;
    c->there = p->epoch > 1 && p->val_loss < c->goal;
    return c->there;
}

/* Learns until the goal is reached; false after an error message. */
static bool learn(demo *d, glia_model *m, const sequences *train, const sequences *test,
                  int64_t epochs, road *c) {
    glia_fit_options o = {.epochs = epochs,
                          .batch = BATCH,
                          .lr = c->lr,
                          .clip_norm = 1,
                          .seed = seed_of(d),
                          .x_val = x_of(test),
                          .y_val = y_of(test),
                          .progress = watch,
                          .user = c};
    glia_status status = glia_model_fit(m, x_of(train), y_of(train), &o, NULL);
    if (status == GLIA_OK || c->there) return true;
    failed(&d->c);
    return false;
}

static glia_model *recurrent(demo *d, const sequences *s, const char *layer, const char *behind) {
    char *text = format_text("sequence %lld 2, %s%s", (long long)s->steps, layer, behind);
    glia_model *m =
        glia_model_new(d->c.g, s->steps * 2, text, &(glia_model_options){.seed = seed_of(d)});
    if (!m) failed(&d->c);
    free(text);
    return m;
}

/* ----------------------------------------------------------------------------------- adding -- */

enum { LENGTH = 100, NETS = 3, PLAIN = 0 };
static const double VARIANCE = 2 / 12.0; /* of the sum of two uniform numbers */

/* One mark in each half. */
static sequences sums(int64_t rows, uint64_t seed) {
    sequences s = blank_sequences(rows, LENGTH, 1);
    for (int64_t i = 0; i < rows; i++) {
        float *x = s.x + i * LENGTH * 2;
        for (int t = 0; t < LENGTH; t++) x[2 * t] = (float)draw(&seed);
        int first = (int)(draw(&seed) * (LENGTH / 2)),
            second = LENGTH / 2 + (int)(draw(&seed) * (LENGTH / 2));
        x[2 * first + 1] = x[2 * second + 1] = 1;
        s.y[i] = x[2 * first] + x[2 * second];
    }
    return s;
}

typedef struct adder {
    double mse;
    road c;
} adder;

static bool add_up(demo *d, const char *layer, const sequences *train, const sequences *test,
                   adder *a) {
    glia_model *m = recurrent(d, train, layer, ", dense 1 linear");
    a->c = (road){.lr = 0.01, .goal = 0.007};
    bool ok = m && learn(d, m, train, test, steps_of(d, 20), &a->c);
    if (ok) a->mse = glia_model_cost(d->c.g, m, x_of(test), y_of(test));
    glia_model_free(m);
    return ok;
}

static void say_adders(demo *d, const char *const *layers, const adder *a) {
    json_t *facts = json_array();
    line(d, "  %-9s %9s %28s", "", "updates", "mse on rows not learned from");
    for (int i = 0; i < NETS; i++) {
        line(d, "  %-9s %9lld %28.4f", layers[i], (long long)a[i].c.updates, a[i].mse);
        json_array_append_new(facts, json_pack("{s:s, s:I, s:f, s:o}", "name", layers[i], "updates",
                                               (json_int_t)a[i].c.updates, "mse", a[i].mse, "costs",
                                               json_numbers(a[i].c.cost, a[i].c.epochs)));
    }
    blank(d);
    fact(d, "networks", facts);
}

static int judge_adders(demo *d, const char *const *layers, const adder *a) {
    int status = 0;
    for (int i = 0; i < NETS && !status && as_it_is(d); i++)
        status = i == PLAIN
                     ? claim(d, a[i].mse > VARIANCE / 2, "%s has an mse of %g", layers[i], a[i].mse)
                     : claim(d, a[i].mse < 0.01, "%s has an mse of %g", layers[i], a[i].mse);
    return status;
}

static bool gates_win(const adder *a) {
    return a[1].mse < 0.01 && a[2].mse < 0.01 && a[PLAIN].mse > VARIANCE / 2;
}

int demo_adding(demo *d) {
    static const char *const layers[NETS] = {"rnn 16", "gru 16", "lstm 16"};
    adder a[NETS];
    sequences train = sums(d->rows ? d->rows : 3200, seed_of(d)),
              test = sums(TEST_ROWS, seed_of(d) + 1);
    bool ok = true;
    heading(d, "Adding: two numbers out of a hundred");
    say(d,
        "Each step has a number between 0 and 1 and a mark, which is 1 at two of the %d steps, one "
        "in each half. The answer, behind the last step, is the sum of the two marked numbers. "
        "Whoever answers 1 whatever comes has an mse of 2/12 = %.3f. All three networks learn "
        "from the same rows, by adam with lr 0.01 and gradients no longer than 1, until the mse "
        "is below 0.007 or the updates are used up.",
        LENGTH, VARIANCE);
    for (int i = 0; i < NETS && ok; i++) ok = add_up(d, layers[i], &train, &test, &a[i]);
    int status = (int)glia_code(d->c.g);
    if (ok) {
        number_fact(d, "variance", VARIANCE);
        say_adders(d, layers, a);
        say(d,
            "In a plain network every step writes over the state, so what was marked early is "
            "mixed with all that came later, and the gradient on its way back to the mark is "
            "multiplied by U and a slope below 1 at each step. Gates can leave a state as it is: "
            "%s",
            gates_win(a) ? "the gru and the lstm have learned to open at a mark and to stay shut "
                           "otherwise. Ten times the updates help the plain one a little: "
                           "--epochs 200."
                         : "which this run shows less clearly than the demo as it is.");
        status = judge_adders(d, layers, a);
    }
    free_sequences(&train), free_sequences(&test);
    return status;
}

/* ------------------------------------------------------------------------------------- copy -- */

enum { BITS = 3, WAITS = 3, STARTS = 2 };
static const int waits[WAITS] = {5, 20, 50};

/* The bits as -1 and 1; then nothing; then a mark at each step at which one is asked for. */
static sequences bits(int64_t rows, int wait, uint64_t seed) {
    int steps = wait + 2 * BITS;
    sequences s = blank_sequences(rows, steps, BITS);
    for (int64_t i = 0; i < rows; i++) {
        float *x = s.x + i * steps * 2;
        for (int t = 0; t < BITS; t++) {
            bool one = draw(&seed) < 0.5;
            x[2 * t] = one ? 1 : -1, s.y[i * BITS + t] = one;
            x[2 * (steps - BITS + t) + 1] = 1;
        }
    }
    return s;
}

/* What the first U is multiplied by. */
static const struct start_of_u {
    const char *name;
    double scale;
} starts[STARTS] = {{"U orthogonal", 1}, {"the same, half", 0.5}};

typedef struct copier {
    double right;
    road c;
} copier;

/* Below 0 after an error message. */
static double share_right(demo *d, const glia_model *m, const sequences *s) {
    int64_t count = s->rows * BITS, right = 0;
    float *answer = reserve(NULL, (size_t)count * sizeof *answer);
    glia_predictor *p = glia_predictor_new(d->c.g, m, s->rows);
    bool ok =
        p && glia_predictor_run(p, x_of(s), glia_tensor_f32(answer, s->rows, BITS)) == GLIA_OK;
    for (int64_t i = 0; ok && i < count; i++) right += (answer[i] > 0.5F) == (s->y[i] > 0.5F);
    if (!ok) failed(&d->c);
    glia_predictor_free(p);
    free(answer);
    return ok ? (double)right / (double)count : -1;
}

static bool copy_bits(demo *d, int wait, double scale, copier *c) {
    sequences train = bits(d->rows ? d->rows : 3200, wait, seed_of(d)),
              test = bits(TEST_ROWS, wait, seed_of(d) + 1);
    glia_model *m = recurrent(d, &train, "rnn 16 steps 3", ", conv 1 1 linear, sigmoid");
    if (m) {
        glia_tensor u = glia_model_param(m, glia_model_find_param(m, "rnn1.u"));
        for (int64_t i = 0; i < glia_tensor_count(&u, 0); i++) ((float *)u.data)[i] *= (float)scale;
    }
    c->c = (road){.lr = 0.005, .goal = 0.05};
    bool ok = m && learn(d, m, &train, &test, steps_of(d, 10), &c->c);
    if (ok) c->right = share_right(d, m, &test);
    glia_model_free(m);
    free_sequences(&train), free_sequences(&test);
    return ok && c->right >= 0;
}

static void say_copiers(demo *d, copier c[STARTS][WAITS]) {
    json_t *facts = json_array();
    line(d, "  %-16s %12s %12s %12s", "bits right", "wait 5", "wait 20", "wait 50");
    for (int i = 0; i < STARTS; i++) {
        double right[WAITS], updates[WAITS];
        for (int k = 0; k < WAITS; k++)
            right[k] = c[i][k].right, updates[k] = (double)c[i][k].c.updates;
        line(d, "  %-16s %11.1f%% %11.1f%% %11.1f%%", starts[i].name, 100 * right[0],
             100 * right[1], 100 * right[2]);
        json_array_append_new(facts, json_pack("{s:s, s:o, s:o}", "name", starts[i].name, "right",
                                               json_numbers(right, WAITS), "updates",
                                               json_numbers(updates, WAITS)));
    }
    blank(d);
    fact(d, "networks", facts);
}

static int judge_copiers(demo *d, copier c[STARTS][WAITS]) {
    int status = 0;
    for (int k = 0; k < WAITS && !status && as_it_is(d); k++)
        status = claim(d, c[0][k].right > 0.99, "U orthogonal has %g of the bits right, wait %d",
                       c[0][k].right, waits[k]);
    if (!status && as_it_is(d))
        status = claim(d, c[1][WAITS - 1].right < 0.6, "half of it has %g right, wait %d",
                       c[1][WAITS - 1].right, waits[WAITS - 1]);
    return status;
}

int demo_copy(demo *d) {
    copier c[STARTS][WAITS];
    bool ok = true;
    heading(d, "Copy: three bits across a wait");
    say(d,
        "Three bits come in, then nothing for a while, then the same bits are asked for. A plain "
        "rnn of 16 units learns it twice: from an orthogonal U, as glia begins, and from the same "
        "U times one half. Guessing has half of the bits right.");
    for (int i = 0; i < STARTS; i++)
        for (int k = 0; k < WAITS && ok; k++)
            ok = copy_bits(d, waits[k], starts[i].scale, &c[i][k]);
    int status = (int)glia_code(d->c.g);
    if (ok) {
        say_copiers(d, c);
        say(d,
            "While nothing comes in the state is only multiplied by U, step after step, and so is "
            "the gradient on its way back. An orthogonal U leaves their length as it is; one half "
            "of it leaves a millionth of it after 20 steps, and after 50 less than a float can "
            "tell beside 1, so that no update says that the bits were needed. To keep something "
            "while other things come in, as in `glia demo adding`, a plain network has no means; "
            "gates have.");
        status = judge_copiers(d, c);
    }
    return status;
}
