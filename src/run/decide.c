/*
 * decide.c: the choices that a recipe leaves open: network, optimizer, batch, epochs, when to stop.
 * Each is said in a note.
 *
 * What enters: the recipe, and six facts about the data (gl_facts). What leaves: the text
 * of a network and glia_fit_options with every member filled in, so that no later floor
 * decides anything. 713 training rows of titanic.csv with 10 features and two classes, for
 * instance, give
 *
 *     network    dense 32 relu, dense 1 sigmoid
 *     training   adam, lr 0.002, batch 32, at most 300 epochs, patience 30
 *     few        yes: L2 and the number of epochs are chosen over five splits (small_data.c)
 *
 * The defaults were chosen on the tables of docs/quality.md; what the user sets is taken as it is.
 * A choice looks at sizes and the task, never at values.
 */
#include "../op/nettext.h"
#include "../train/augment.h"
#include "../train/fit_options.h"
#include "../train/schedule.h"
#include "decide.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool is(const char *a, const char *b) { return strcmp(a, b) == 0; }
static bool says_the_usual(const glia_recipe *r, const gl_facts *f, int i);

/* ------------------------------------------------------------------------------- the network -- */

static const char *output_activation(gl_task task) {
    static const char *const of[GL_TASKS] = {"sigmoid", "softmax", "linear", "sigmoid",
                                             "exp",     "softmax", "linear"};
    return of[task];
}

/* The option that says how to train, and otherwise than "auto" would; NULL: there is none, and the
 * defaults may regularise, too. Whoever sets any of it gets exactly the textbook cost that was
 * asked for. The case that shows why: a student types the course's network, lr 0.0075 and batch
 * full, and compares the cost after 2,500 steps with the page. An L2 of ours would move every digit
 * of it. Facts may be NULL where a linear model is asked about, whose optimizer needs none. */
static const char *describes(const glia_recipe *r, const gl_facts *f) {
    if (f && f->net) return NULL;
    if (is(glia_recipe_get(r, "plain"), "true")) return "plain";
    for (int i = 0; i < gl_fit_rows_count; i++) {
        const char *name = gl_fit_rows[i].option.name;
        if (gl_fit_rows[i].effect == DESCRIBES && gl_recipe_was_set(r, name) &&
            !says_the_usual(r, f, i))
            return name;
    }
    return gl_recipe_was_set(r, "init") ? "init" : NULL;
}

static bool trains_by_default(const glia_recipe *r, const gl_facts *f) { return !describes(r, f); }

static bool is_linear(const glia_recipe *r) { return is(glia_recipe_get(r, "hidden"), "none"); }

/* A line search asks for a slope that changes smoothly (strong Wolfe conditions). That of |a - y|
 * jumps from -1 to 1 at a = y, where the optimum of mae is, and that of pinball as well. */
static const char *usual_optimizer(const glia_recipe *r) {
    bool smooth =
        !is(glia_recipe_get(r, "loss"), "mae") && is(glia_recipe_get(r, "quantiles"), "none");
    return is_linear(r) && smooth ? "lbfgs" : "adam";
}

const char *gl_decide_optimizer(const glia_recipe *r) {
    if (gl_recipe_was_set(r, "optimizer")) return glia_recipe_get(r, "optimizer");
    return is_linear(r) && !trains_by_default(r, NULL) ? "adam" : usual_optimizer(r);
}

static bool monitors_score(const glia_recipe *r) {
    return !is(glia_recipe_get(r, "monitor"), "loss");
}

/* Stopping early is the regulariser of networks. A linear model has L2 for that, and one optimum,
 * which any stop would miss; so its rows are better used for training. Whoever asks for early stop
 * or a monitored score has asked for validation rows. */
bool gl_finds_optimum(const glia_recipe *r) {
    return is_linear(r) && is(gl_decide_optimizer(r), "lbfgs") &&
           !gl_recipe_was_set(r, "early-stop") && !monitors_score(r);
}

/* "auto" is for a network of which nothing more was said: a linear model is to be linear in y, and
 * whoever names a loss or scales nothing means y as it is. */
const char *gl_decide_transform(const glia_recipe *r) {
    const char *said = glia_recipe_get(r, "target-transform");
    bool plain = is_linear(r) || is(glia_recipe_get(r, "scale"), "none") ||
                 !is(glia_recipe_get(r, "loss"), "auto");
    return is(said, "auto") && plain ? "none" : said;
}

/* More features than this are pixels rather than columns: the widest table of docs/quality.md is
 * a1a with 113 features, MNIST has 784. */
enum { WIDE = 256 };

/* Two hidden layers for tables; wide inputs get one wide layer. With ten features "32" are 385
 * parameters and "64,32" 2,800: below 1,000 rows the larger one has several for each row. A value
 * asks for more of a network than the side of a border, and from 2,000 rows on twice the units give
 * it (notebook 2026-11, 30.2). Of words 32 units learn as well as 128, values better, in less of
 * the time (28.21). */
static const char *default_hidden(const gl_facts *f) {
    bool words = 2 * gl_pipeline_words(f->pipeline) > f->features;
    if (f->features > WIDE) return words ? "32" : "128";
    if (f->rows < 1000) return "32";
    return f->rows >= 2000 && gl_task_has_values(f->task) ? "128,64" : "64,32";
}

/* The next item of a comma-separated list; false at its end. */
static bool next_item(const char **list, const char **item, int *length) {
    if (!*list) return false;
    *item = *list + strspn(*list, " ");
    const char *comma = strchr(*item, ',');
    *length = comma ? (int)(comma - *item) : (int)strlen(*item);
    while (*length > 0 && (*item)[*length - 1] == ' ') (*length)--;
    *list = comma ? comma + 1 : NULL;
    return true;
}

static int count_items(const char *list) {
    int count = 0, length;
    const char *item;
    while (next_item(&list, &item, &length)) count++;
    return count;
}

/* One name for all, one for each hidden layer, or the course's way, which counts the output
 * as a layer: "relu,relu,sigmoid" for two hidden ones. The output's is not a choice, so it
 * must agree. */
static glia_status check_activations(glia_ctx *g, const char *activation, int layers,
                                     const char *output) {
    int names = count_items(activation);
    if (names == layers + 1 && names > 1 && !is(strrchr(activation, ',') + 1, output)) {
        return gl_fail(
            g, GLIA_USAGE,
            "option 'activation' ends with '%s' for the output, but this task's output is %s",
            strrchr(activation, ',') + 1, output);
    }
    if (names == 1 || names == layers || names == layers + 1) return GLIA_OK;
    return gl_fail(
        g, GLIA_USAGE,
        "option 'activation' names %d activations for %d hidden layers; give one, or one per layer",
        names, layers);
}

static glia_status add_hidden(glia_ctx *g, gl_text *net, const glia_recipe *r, const gl_facts *f,
                              const char *hidden) {
    const char *activation = glia_recipe_get(r, "activation"), *units, *act = NULL;
    const char *norm = glia_recipe_get(r, "norm");
    int layers = count_items(hidden), names = count_items(activation), units_length, act_length = 0;
    /* Behind the one wide layer only: with it MNIST reaches 98.1%, without it 97.5
     * (docs/quality.md). On tables L2 does that work. */
    double dropout =
        gl_recipe_number(r, "dropout", trains_by_default(r, f) && f->features > WIDE ? 0.25 : 0);
    glia_status status = check_activations(g, activation, layers, output_activation(f->task));
    if (status != GLIA_OK) return status;
    for (int i = 0; next_item(&hidden, &units, &units_length); i++) {
        if (i < names) next_item(&activation, &act, &act_length);
        double n;
        if (!gl_parse_number(units, (size_t)units_length, '.', &n) || n < 1 || n != floor(n)) {
            return gl_fail(
                g, GLIA_USAGE,
                "option 'hidden' has '%.*s', expected whole numbers such as 20,7,5, or none",
                units_length, units);
        }
        gl_add(net, "dense %.*s", units_length, units);
        if (!is(norm, "none")) gl_add(net, ", %s_norm,", norm);
        gl_add(net, " %.*s, ", act_length, act);
        if (dropout > 0) gl_add(net, "dropout %g, ", dropout);
    }
    return GLIA_OK;
}

/* ------------------------------------------------------------------------------- of pictures -- */

/* Pixels, as they lie: bytes in rows, or rows of the channels that pictures have. */
static bool is_picture(const glia_tensor *row) {
    bool pixels = row->ndim == 2 ? row->dtype == GLIA_U8 : row->ndim == 3 && row->dim[2] <= 4;
    return pixels && row->dim[0] >= 8 && row->dim[1] >= 8;
}

/* Of a row of 2 or 3 dimensions; 28 x 28 numbers are a picture of one channel. */
static void add_image(gl_text *net, const glia_tensor *row) {
    gl_add(net, "image %lld %lld %lld, ", (long long)row->dim[0], (long long)row->dim[1],
           (long long)(row->ndim == 3 ? row->dim[2] : 1));
}

/* Blocks of filters and a pool that halves the sides, until the shorter one is below 8: what a
 * filter of 3 x 3 sees then is most of the picture. Twice as many filters behind each pool, 64 at
 * most; half as many for few pictures, which have less to tell them. Dropout stands where most of
 * the weights are, around the dense layer. Tried on three sets, all small: docs/quality.md. */
static void add_filters(gl_text *net, const glia_recipe *r, const gl_facts *f) {
    glia_tensor row = gl_pipeline_shape(f->pipeline);
    int64_t height = row.dim[0], width = row.dim[1];
    int filters = f->rows < 2000 ? 16 : 32, units = f->rows < 2000 ? 64 : 128;
    const char *activation = glia_recipe_get(r, "activation"), *norm = glia_recipe_get(r, "norm");
    double dropout = gl_recipe_number(r, "dropout", trains_by_default(r, f) ? 0.25 : 0);
    add_image(net, &row);
    for (; height >= 8 && width >= 8; height /= 2, width /= 2) {
        gl_add(net, "conv %d 3x3 pad same", filters);
        if (!is(norm, "none")) gl_add(net, ", %s_norm,", norm);
        gl_add(net, " %s, pool 2x2, ", activation);
        if (filters < 64) filters *= 2;
    }
    if (dropout > 0) gl_add(net, "dropout %g, ", dropout);
    gl_add(net, "dense %d %s, ", units, activation);
    if (dropout > 0) gl_add(net, "dropout %g, ", dropout);
}

/* Nothing was said of hidden layers, and one activation serves them all. */
static bool takes_filters(const glia_recipe *r, const gl_facts *f) {
    glia_tensor row = gl_pipeline_shape(f->pipeline);
    return is(glia_recipe_get(r, "hidden"), "auto") && is_picture(&row) &&
           count_items(glia_recipe_get(r, "activation")) == 1;
}

/* True when the text ends with the very output layer that the task asks for. Such a text comes out
 * of `glia show` and of a model file, and may be given again as it is; without this the network
 * would end with two of them. */
static bool ends_with_output(const char *net, const char *output, const char *short_output) {
    const char *last = strrchr(net, ',');
    char words[64] = "";
    size_t n = 0;
    for (const char *c = last ? last + 1 : net; *c && n + 1 < sizeof words;
         c++) { /* blanks folded */
        bool blank = *c == ' ' || *c == '\t';
        if (!blank) words[n++] = *c;
        else if (n > 0 && words[n - 1] != ' ') words[n++] = ' ';
    }
    while (n > 0 && words[n - 1] == ' ') n--;
    words[n] = 0;
    return is(words, output) || is(words, short_output);
}

/* Samples have different numbers of rows. */
static bool is_whole(const gl_facts *f) {
    const gl_series *s = gl_pipeline_series(f->pipeline);
    return s && s->whole;
}

/* Layers that go over pictures or steps need to know how a row is one. What the text does not say,
 * the data do. */
static void add_shape(glia_ctx *g, gl_text *net, const gl_facts *f, const char *text) {
    glia_tensor s = gl_pipeline_shape(f->pipeline);
    gl_need need = gl_net_needs_shape(text);
    if (is_whole(f)) {
        if (!gl_net_declares(text))
            gl_add(net, "ragged %lld %lld, ", (long long)s.dim[0], (long long)s.dim[1]);
        return;
    }
    if (s.ndim < 2 || s.ndim > GL_MOST_RANK || need == GL_ANY_SHAPE) return;
    if (s.ndim == 2 && (need == GL_A_SEQUENCE || gl_pipeline_series(f->pipeline))) {
        gl_add(net, "sequence %lld %lld, ", (long long)s.dim[0], (long long)s.dim[1]);
        return;
    }
    add_image(net, &s);
    if (s.ndim == 2)
        gl_note(g,
                "a row of the data is %lld x %lld numbers, read as a picture of one channel; for "
                "steps of %lld values begin the network with 'sequence %lld %lld'",
                (long long)s.dim[0], (long long)s.dim[1], (long long)s.dim[1], (long long)s.dim[0],
                (long long)s.dim[1]);
    else if (s.dim[0] <= 4 && s.dim[2] > 4)
        gl_warn(g,
                "a row of the data is %lld x %lld x %lld numbers, read as rows, columns and "
                "channels; if its first %lld are the channels, turn the axes before training",
                (long long)s.dim[0], (long long)s.dim[1], (long long)s.dim[2], (long long)s.dim[0]);
}

/* Pictures that are varied stay pictures, for dense layers, too. */
static void add_picture(gl_text *net, const glia_recipe *r, const gl_facts *f) {
    glia_tensor row = gl_pipeline_shape(f->pipeline);
    bool varied = gl_recipe_was_set(r, "augment") && gl_augments(glia_recipe_get(r, "augment"));
    if (varied && is_picture(&row)) add_image(net, &row);
}

/* A gru of 32 units goes over the rows of the past: of gates it has fewer weights than an lstm. A
 * forecast is a linear autoregression and what the state adds: values that rise beyond those of
 * training are no place for units that end at 1 (docs/quality.md). */
/* Nothing was said of hidden layers, nor what only dense ones have. */
static bool takes_state(const glia_recipe *r, const gl_facts *f) {
    bool dense = gl_recipe_was_set(r, "activation") || gl_recipe_was_set(r, "norm");
    return gl_pipeline_series(f->pipeline) && is(glia_recipe_get(r, "hidden"), "auto") && !dense;
}

static void add_state(gl_text *net, const glia_recipe *r, const gl_facts *f) {
    glia_tensor row = gl_pipeline_shape(f->pipeline);
    const long long steps = row.dim[0], features = row.dim[1];
    bool forecasts = gl_pipeline_series(f->pipeline)->horizon > 0 && gl_task_has_values(f->task);
    double dropout = gl_recipe_number(r, "dropout", 0);
    if (forecasts)
        gl_add(net, "x: sequence %lld %lld, a: dense %lld linear, from x, ", steps, features,
               (long long)f->outputs);
    else gl_add(net, "%s %lld %lld, ", is_whole(f) ? "ragged" : "sequence", steps, features);
    gl_add(net, "gru 32, ");
    if (dropout > 0) gl_add(net, "dropout %g, ", dropout);
    if (forecasts) gl_add(net, "concat a, ");
}

/* ------------------------------------------------------------------------ of texts, in order -- */

/* An id's row of weights, and a state. Twice as many of both learn titles of packages half a point
 * better, and reviews no better, in three times the time (docs/quality.md). */
enum { EMBEDDED = 32, STATE = 32 };

static void add_ids(gl_text *net, const gl_text_steps *s, bool embedding) {
    gl_add(net, "ragged %lld 1, ", (long long)s->steps);
    if (embedding) gl_add(net, "embedding %lld %d, ", (long long)s->ids, EMBEDDED);
}

/* Of thousands of words most come a few times, and are learned by heart: with dropout behind their
 * embedding titles of packages are right in 80% in place of 78. Of few ids it takes a point. */
static double dropout_of_ids(const glia_recipe *r, const gl_facts *f, int64_t ids) {
    return ids > WIDE ? gl_recipe_number(r, "dropout", trains_by_default(r, f) ? 0.5 : 0) : 0;
}

/* How many texts are sequences, and how many features the other columns have. */
static int count_texts(const gl_facts *f, int64_t *others) {
    gl_text_steps s;
    int texts = 0;
    for (*others = f->features; gl_pipeline_text(f->pipeline, texts, &s); texts++)
        *others -= 1 + s.steps;
    return texts;
}

/* Each text by itself, with a state behind its last token; other columns beside the states. */
static void add_states(gl_text *net, const glia_recipe *r, const gl_facts *f, int texts,
                       int64_t others) {
    gl_text_steps s;
    if (others > 0) gl_add(net, "x: input %lld, ", (long long)others);
    for (int i = 0; i < texts; i++) {
        gl_pipeline_text(f->pipeline, i, &s);
        add_ids(net, &s, true);
        double dropout = dropout_of_ids(r, f, s.ids);
        if (dropout > 0) gl_add(net, "dropout %g, ", dropout);
        if (i + 1 < texts) gl_add(net, "%c: ", 'a' + i);
        gl_add(net, "gru %d, ", STATE);
    }
    if (texts + (others > 0) < 2) return;
    gl_add(net, "concat");
    for (int i = 0; i + 1 < texts; i++) gl_add(net, " %c", 'a' + i);
    gl_add(net, "%s, ", others > 0 ? " x" : "");
}

/* A network that takes x for one row of numbers would take ids for quantities. */
static glia_status no_inlets(glia_ctx *g, const glia_recipe *r, const gl_facts *f, int texts,
                             int64_t others) {
    gl_text front = {.g = g};
    add_states(&front, r, f, texts, others);
    if (!front.failed) /* without the last ", " */
        gl_fail(g, GLIA_USAGE,
                "option 'net' has to say how texts are read beside other inputs: put '%.*s' in "
                "front of it",
                (int)front.n - 2, front.s);
    gl_free(g, front.s);
    return g->code;
}

/* What a text says that says nothing of inputs, where one column is all there is. */
static glia_status add_text_inlet(glia_ctx *g, gl_text *net, const glia_recipe *r,
                                  const gl_facts *f, const char *text) {
    gl_text_steps s;
    int64_t others;
    int texts = count_texts(f, &others);
    if (!texts || gl_net_declares(text)) return GLIA_OK;
    if (texts + (others > 0) > 1) return no_inlets(g, r, f, texts, others);
    gl_pipeline_text(f->pipeline, 0, &s);
    add_ids(net, &s, !gl_net_looks_up(text));
    if (!gl_net_looks_up(text))
        gl_note(g, "'%s' is a sequence of ids: an embedding reads them, in front of option 'net'",
                s.column);
    return GLIA_OK;
}

/* Hidden layers stand behind the states: where they are asked for, or where there are several
 * things to be taken together. */
static glia_status add_texts(glia_ctx *g, gl_text *net, const glia_recipe *r, const gl_facts *f,
                             const char *hidden) {
    int64_t others;
    int texts = count_texts(f, &others);
    gl_facts behind = *f;
    behind.features = others + texts * STATE;
    if (is(hidden, "none"))
        return gl_fail(g, GLIA_USAGE,
                       "option 'hidden' none has no layer that reads a text in its order; leave it "
                       "out, or say option 'text-as' counts");
    if (texts + (others > 0) > GL_MOST_INLETS)
        return gl_fail(g, GLIA_USAGE,
                       "%d texts are sequences, and with the other columns a network has %d inputs "
                       "at most; read some as counts (the key 'as' of a schema)",
                       texts, GL_MOST_INLETS);
    add_states(net, r, f, texts, others);
    bool asked =
        !is(hidden, "auto") || gl_recipe_was_set(r, "activation") || gl_recipe_was_set(r, "norm");
    if (asked || texts + (others > 0) > 1)
        return add_hidden(g, net, r, &behind,
                          is(hidden, "auto") ? default_hidden(&behind) : hidden);
    double dropout = gl_recipe_number(r, "dropout", 0);
    if (dropout > 0) gl_add(net, "dropout %g, ", dropout);
    return GLIA_OK;
}

/* Dense layers would count the rows that a shorter sample has not. */
static glia_status no_state(glia_ctx *g, const glia_recipe *r) {
    static const char *const of_dense[] = {"hidden", "activation", "norm"};
    int i = 0;
    while (i < 2 && !gl_recipe_was_set(r, of_dense[i])) i++;
    return gl_fail(
        g, GLIA_USAGE,
        "option '%s' is of dense layers, and samples of option 'sequence' all have "
        "different numbers of rows; leave it out, or say layers that go over them, as in "
        "option 'net' \"gru 32, dense 16 relu\"",
        of_dense[i]);
}

static glia_status decide_net(glia_ctx *g, const glia_recipe *r, const gl_facts *f,
                              gl_decisions *d) {
    gl_text net = {.g = g};
    const char *text = glia_recipe_get(r, "net"), *hidden = glia_recipe_get(r, "hidden");
    char output[64], short_output[64] = "";
    const char *score = f->task == GL_ORDINAL ? "dense 1 linear, " : "";
    snprintf(output, sizeof output, "%s %lld %s", *score ? "ordinal" : "dense",
             (long long)f->outputs, output_activation(f->task));
    if (is(output_activation(f->task), "linear"))
        snprintf(short_output, sizeof short_output, "dense %lld", (long long)f->outputs);
    if (!is(text, "none") && gl_recipe_was_set(r, "hidden")) {
        return gl_fail(
            g, GLIA_USAGE,
            "option 'net' and option 'hidden' both describe the network; give one of them");
    }
    static const char *const of_hidden[] = {"activation", "dropout", "norm"};
    for (int i = 0; i < 3 && !is(text, "none"); i++) {
        if (!gl_recipe_was_set(r, of_hidden[i])) continue;
        return gl_fail(g, GLIA_USAGE,
                       "option '%s' belongs to option 'hidden'; with option 'net', write it into "
                       "the text: \"dense 64 relu, dropout 0.5\"",
                       of_hidden[i]);
    }
    if (is_linear(r) && !f->net && !is(glia_recipe_get(r, "norm"), "none")) {
        return gl_fail(
            g, GLIA_USAGE,
            "option 'norm' normalises hidden layers, but with option 'hidden' none there are none");
    }
    glia_status status = GLIA_OK;
    if (f->net) {
        gl_add(&net, "%s", f->net);
    } else if (!is(text, "none")) {
        add_shape(g, &net, f, text);
        status = add_text_inlet(g, &net, r, f, text);
        gl_add(&net, "%s", text);
        if (!ends_with_output(text, output, short_output)) gl_add(&net, ", %s%s", score, output);
    } else if (gl_pipeline_text(f->pipeline, 0, &(gl_text_steps){0})) {
        status = add_texts(g, &net, r, f, hidden);
        gl_add(&net, "%s%s", score, output);
    } else {
        bool state = takes_state(r, f), filters = state || takes_filters(r, f);
        if (is(hidden, "auto")) hidden = default_hidden(f);
        if (is_whole(f) && !state) return no_state(g, r);
        if (state) add_state(&net, r, f);
        else if (filters) add_filters(&net, r, f);
        else add_picture(&net, r, f);
        if (!filters && !is(hidden, "none")) status = add_hidden(g, &net, r, f, hidden);
        gl_add(&net, "%s%s", score, output);
    }
    d->net = net.s;
    return status != GLIA_OK ? status : net.failed ? GLIA_RESOURCE : GLIA_OK;
}

/* -------------------------------------------------------------------- what "auto" stands for -- */

typedef struct situation {
    const glia_recipe *r;
    const gl_facts *f;
    const gl_optimizer *optimizer;
    const glia_fit_options *o; /* of the rows above it is decided */
    const char *net;           /* NULL: not decided yet */
} situation;

/* Twice the 0.001 of Adam's paper. A weight moves by about lr in an update, whatever the gradient:
 * 713 rows are 23 updates an epoch, and 30 epochs without a better cost end the training. So 23 *
 * 30 * 0.002 = 1.4 is how far a weight may still get, about as far as it has to from standardised
 * features. */
static double auto_lr(const situation *s) {
    return is(s->optimizer->name, "adam") ? 0.002 : s->optimizer->lr;
}

/* Small batches generalise better for the same number of passes (Masters and Luschi, 2018:
 * between 2 and 32), large ones multiply faster. From 20,000 rows on an epoch still has 156
 * updates of 128. */
static double auto_batch(const situation *s) {
    return gl_searches(s->optimizer) ? s->optimizer->batch : s->f->rows < 20000 ? 32 : 128;
}

/* So that small sets see enough updates and large ones end: two million rows in all, by at least 30
 * passes and at most 300. That is 300 epochs up to 6,666 rows, 69 for adult's 29,305, 34 for the
 * 60,000 images of MNIST. Early stop often ends a training before. */
static double auto_epochs(const situation *s) {
    if (gl_searches(s->optimizer)) return s->optimizer->epochs;
    return fmin(fmax(ceil(2e6 / (double)s->f->rows), 30), 300);
}

/* The fewer the samples, the stronger; values are noisier than classes. m lambda is the same for
 * all m, for it is the precision of a normal prior of the weights: J = mean loss + lambda/2 sum
 * w^2, times m, is the negative log-likelihood of classes plus m lambda/2 sum w^2, whose deviation
 * is 1 / sqrt(m lambda). So 3/m expects weights of 0.6, where scikit-learn's C = 1 (m lambda = 1,
 * docs/linear.md) expects 1. For values the squares are 2 s^2 times that likelihood, s the noise of
 * a standardised target: 10/m expects weights of s / sqrt(5), 0.3 where half of the variance is
 * noise. Not above 0.01, which would be below 300 rows of classes or 1,000 of values; the splits of
 * small_data.c, where they run, choose 0.01 for iris and titanic, too. */
static double auto_l2(const situation *s) {
    double lambda = (gl_task_has_values(s->f->task) ? 10 : 3) / (double)s->f->rows;
    return trains_by_default(s->r, s->f) ? fmin(fmax(lambda, 1e-5), 0.01) : 0;
}

/* Over many steps a gradient may grow as a power of U, and one such step throws the weights away
 * (Pascanu, Mikolov and Bengio, 2013). The cost is a mean over rows of values that are standardised
 * or of classes, so that gradients which lead somewhere are about 1 long or less: 1 shortens the
 * others alone, and is what those take who take means. The 5 of Sutskever, Vinyals and Le (2014) is
 * for sums over the words of a sentence. `plain` is nothing that was not asked for; a search
 * and `tol` look at the gradient itself. */
static double auto_clip(const situation *s) {
    bool plain = is(glia_recipe_get(s->r, "plain"), "true") || gl_searches(s->optimizer) ||
                 gl_recipe_number(s->r, "tol", 0) > 0;
    return s->net && !plain && gl_net_has_states(s->net) ? 1 : 0;
}

/* A tenth of the epochs: validation costs of mini-batch training go up and down for that long (30
 * of 300 epochs on a small table), and 10 where epochs are few and long. */
static double auto_patience(const situation *s) { return fmax(10, (double)s->o->epochs / 10); }

/* With all rows in a step an epoch is one update: thousands of them are the course's gradient
 * descent, which prints each hundredth cost. */
static double auto_log_every(const situation *s) {
    bool long_run = s->o->batch == GLIA_FULL_BATCH && s->o->epochs >= 1000;
    return long_run && !gl_searches(s->optimizer) ? 100 : 1;
}

/* Row by row of gl_fit_rows; NULL: what 0 stands for. */
static double (*const rules[])(const situation *s) = {
#define AS_ZERO NULL
#define SAID AS_ZERO
#define ZERO(text) AS_ZERO
#define AUTO(text, own, rule) rule
#define FIT(member, name, alias, argument, initial, kind, low, high, zero, effect, help) zero,
#define MEMBER(...) AS_ZERO,
#define OPTION(...)
#include "../train/fit_options.def"
};

/* Moved, turned and scaled a little, a picture of nearly anything shows the same thing: of 400
 * hands 0.98 are then read where it were 0.91 (docs/quality.md). Not flipped: a mirrored letter is
 * another one, or none. */
static const char *auto_augment(const glia_recipe *r, const gl_facts *f) {
    bool filters = !f->net && is(glia_recipe_get(r, "net"), "none") && takes_filters(r, f);
    return filters && trains_by_default(r, f) ? "shift, rotate, scale" : "none";
}

static bool same_number(const char *a, const char *b) {
    double x, y;
    return gl_parse_number(a, strlen(a), '.', &x) && gl_parse_number(b, strlen(b), '.', &y) &&
           x == y;
}

/* Is what the recipe says in row i what "auto" would have chosen? A default that is typed is still
 * a default: 300 epochs where there would be 300 take nothing away. */
static bool says_the_usual(const glia_recipe *r, const gl_facts *f, int i) {
    const gl_fit_row *row = &gl_fit_rows[i];
    const char *said = glia_recipe_get(r, row->option.name), *usual = row->option.initial;
    const gl_optimizer *optimizer = gl_optimizer_find(NULL, usual_optimizer(r));
    glia_fit_options typed = {0}, initial = {0};
    if (is(row->option.name, "optimizer")) return is(said, optimizer->name);
    if (!is(usual, "auto")) return is(said, usual) || same_number(said, usual);
    if (!f && !gl_searches(optimizer)) return false;
    situation s = {.r = r, .f = f, .optimizer = optimizer, .o = &initial};
    gl_fit_put(row, &initial, rules[i] ? rules[i](&s) : gl_fit_zero(row, optimizer));
    return gl_fit_read(NULL, row, said, &typed) == GLIA_OK &&
           gl_fit_number(row, &typed) == gl_fit_number(row, &initial) && typed.clip_value == 0;
}

/* Fills in what the recipe says, and what "auto" stands for there. */
static glia_status decide_members(glia_ctx *g, const glia_recipe *r, const gl_facts *f,
                                  const gl_optimizer *optimizer, gl_decisions *d) {
    glia_fit_options *o = &d->fit;
    situation s = {.r = r, .f = f, .optimizer = optimizer, .o = o, .net = d->net};
    for (int i = 0; i < gl_fit_rows_count; i++) {
        const gl_fit_row *row = &gl_fit_rows[i];
        if (!row->option.group) continue;
        const char *text = glia_recipe_get(r, row->option.name);
        glia_status status = gl_fit_read(g, row, text, o);
        if (status != GLIA_OK) return status;
        if (is(text, "auto"))
            gl_fit_put(row, o, rules[i] ? rules[i](&s) : gl_fit_zero(row, optimizer));
    }
    o->optimizer = optimizer->name;
    if (!o->augment) o->augment = auto_augment(r, f);
    return GLIA_OK;
}

/* ------------------------------------------------------------------------------ the training -- */

/* Few enough to be learned many times in a moment. The second condition counts multiply-adds of
 * one pass over all epochs: 64 features + 3,000 is about what "64,32" has in weights. The thirty
 * trials go forward and back, 90 times as much: 1e11 at most, some seconds of a core. titanic.csv
 * has 0.8e9, breast cancer 0.7e9; a1a, 1,284 rows of 113 features, has 4e9 and keeps one
 * validation part. */
static bool is_few(const gl_facts *f, const glia_fit_options *o) {
    double weights = 64.0 * (double)f->features + 3000;
    const bool series = gl_pipeline_series(f->pipeline) != NULL,
               texts = gl_pipeline_text(f->pipeline, 0, &(gl_text_steps){0});
    return !series && !texts && f->rows < 2000 &&
           weights * (double)f->rows * (double)o->epochs < 1e9;
}

static glia_status check_goal(glia_ctx *g, const glia_recipe *r, const gl_facts *f,
                              const glia_fit_options *o) {
    gl_schedule schedule;
    bool stops = gl_recipe_was_set(r, "early-stop") && o->patience > 0;
    if (!f->validates && (stops || monitors_score(r))) {
        return gl_fail(g, GLIA_USAGE,
                       "option '%s' needs validation data, but option 'val' is none; give "
                       "option 'val' 0.2 or option 'val' DATA",
                       stops ? "early-stop" : "monitor");
    }
    if (gl_task_has_values(f->task) && !is(glia_recipe_get(r, "class-weight"), "none")) {
        return gl_fail(
            g, GLIA_USAGE,
            "option 'class-weight' is for classes; this target has values: option 'sample-weight' "
            "weighs single rows");
    }
    return gl_schedule_open(&schedule, g, o->schedule, o->warmup);
}

static glia_status decide_training(glia_ctx *g, const glia_recipe *r, const gl_facts *f,
                                   gl_decisions *d) {
    glia_fit_options *o = &d->fit;
    const gl_optimizer *optimizer = gl_optimizer_find(g, gl_decide_optimizer(r));
    if (!optimizer) return GLIA_USAGE;
    glia_status status = decide_members(g, r, f, optimizer, d);
    if (status == GLIA_OK) status = check_goal(g, r, f, o);
    if (!f->validates) o->patience = 0;
    /* Rows in a table of their own stay unlearned: whoever keeps them apart had a reason, such as a
     * later year. And with option 'val', 'l2', 'early-stop' or 'monitor' set, there is nothing left
     * to be chosen in that way. Pictures that vary are never the same rows twice, which regularises
     * more than any L2, and takes as long for one training as thirty would without. */
    d->described = describes(r, f);
    d->few = f->validates && !f->val_apart && !gl_searches(optimizer) && is_few(f, o) &&
             !d->described && !f->net && !gl_augments(o->augment) && !gl_recipe_was_set(r, "l2") &&
             !gl_recipe_was_set(r, "val") && !gl_recipe_was_set(r, "early-stop") &&
             !monitors_score(r);
    return status;
}

static void say_knobs(glia_ctx *g, const glia_fit_options *o, bool l2) {
    gl_text t = {.g = g};
    if (!is(o->schedule, "constant") || o->warmup > 0) {
        gl_add(&t, "learning rate: schedule %s", o->schedule);
        if (o->warmup > 0) gl_add(&t, ", warm-up over %g epochs", o->warmup);
        if (t.s) gl_note(g, "%s", t.s);
        t.n = 0;
    }
    if (l2) gl_add(&t, ", L2 with lambda %.3g", o->l2);
    if (o->l1 > 0) gl_add(&t, ", L1 with lambda %.3g", o->l1);
    if (o->clip_norm > 0) gl_add(&t, ", gradients no longer than %g", o->clip_norm);
    if (o->clip_value > 0) gl_add(&t, ", gradient components within %g", o->clip_value);
    if (o->max_norm > 0) gl_add(&t, ", rows of weights no longer than %g", o->max_norm);
    if (o->label_smoothing > 0) gl_add(&t, ", labels smoothed by %g", o->label_smoothing);
    if (t.n > 0 && t.s) gl_note(g, "regularisation: %s", t.s + 2);
    if (gl_augments(o->augment))
        gl_note(g, "augmentation, by chance and anew in each step: %s", o->augment);
    gl_free(g, t.s);
}

static void say(glia_ctx *g, const gl_decisions *d) {
    const glia_fit_options *o = &d->fit;
    char batch[32];
    snprintf(batch, sizeof batch, "%lld", (long long)o->batch);
    gl_note(g, "network: %s", d->net);
    const char *no_l2 = o->l2 > 0 || d->few ? "" : ", no L2";
    if (is(o->optimizer, "lbfgs")) {
        gl_note(g, "training: lbfgs, all rows in each step, to the optimum, at most %lld step%s%s",
                (long long)o->epochs, gl_plural(o->epochs), no_l2);
    } else {
        gl_note(g, "training: %s, lr %g, batch %s, up to %lld epoch%s%s", o->optimizer, o->lr,
                o->batch == GLIA_FULL_BATCH ? "full" : batch, (long long)o->epochs,
                gl_plural(o->epochs), no_l2);
    }
    if (d->described)
        gl_note(g,
                "plain training, since option '%s' says how: no L2, no splits that choose one and "
                "no training anew from all rows, unless they are asked for",
                d->described);
    say_knobs(g, o, o->l2 > 0 && !d->few);
    if (o->patience > 0) {
        gl_note(g,
                "stops early if %lld epoch%s bring%s no better validation %s, and keeps the best "
                "weights",
                (long long)o->patience, gl_plural(o->patience), o->patience == 1 ? "s" : "",
                is(o->monitor, "loss") ? "cost" : o->monitor);
    }
}

static glia_status decide_threshold(glia_ctx *g, const glia_recipe *r, const gl_facts *f,
                                    gl_decisions *d) {
    bool two = f->task == GL_BINARY || f->task == GL_MULTILABEL;
    if (!two && gl_recipe_was_set(r, "threshold")) {
        return gl_fail(g, GLIA_USAGE, "option 'threshold' is for two classes; this target has %s",
                       gl_task_has_values(f->task) ? "values" : "more");
    }
    bool number = gl_recipe_number(r, "threshold", -1) >= 0;
    d->aim = number ? NULL : glia_recipe_get(r, "threshold");
    if (number || f->validates) return GLIA_OK;
    return gl_fail(g, GLIA_USAGE,
                   "option 'threshold' %s is chosen on validation rows, and there are none; give "
                   "option 'val' 0.2, option 'val' DATA or a number",
                   d->aim);
}

static glia_status decide_loss(glia_ctx *g, const glia_recipe *r, const gl_facts *f,
                               gl_decisions *d) {
    const char *loss = glia_recipe_get(r, "loss");
    const double *quantile;
    int quantiles = gl_pipeline_quantiles(f->pipeline, &quantile);
    bool said = !is(loss, "auto");
    if (said && quantiles > 0)
        return gl_fail(g, GLIA_USAGE,
                       "option 'quantiles' learns by the loss pinball: leave option 'loss' out");
    if (is(loss, "poisson") && f->task != GL_COUNT)
        return gl_fail(g, GLIA_USAGE, "the loss poisson is for counts: say option 'task' count");
    if (strncmp(loss, "pinball", 7) == 0)
        return gl_fail(g, GLIA_USAGE,
                       "the loss pinball is for quantiles: say option 'quantiles' 0.1,0.5,0.9");
    bool logs = is(glia_recipe_get(r, "target-transform"), "log");
    if (gl_recipe_was_set(r, "order") && f->task != GL_ORDINAL)
        return gl_fail(g, GLIA_USAGE, "option 'order' is for option 'task' ordinal");
    if (logs && (f->task == GL_COUNT || !gl_task_has_values(f->task)))
        return gl_fail(g, GLIA_USAGE, "option 'target-transform' is for values; this target has %s",
                       f->task == GL_COUNT ? "counts, whose rate is exp z already" : "classes");
    d->loss = f->loss ? f->loss : said ? loss : NULL;
    gl_text text = {.g = g};
    for (int i = 0; i < quantiles; i++) {
        char number[40];
        gl_add(&text, "%s:%s", i ? "" : "pinball",
               gl_print_number(quantile[i], number, sizeof number));
    }
    if (quantiles > 0) d->loss = d->pinball = text.s;
    return text.failed ? GLIA_RESOURCE : GLIA_OK;
}

glia_status gl_decide(glia_ctx *g, const glia_recipe *r, const gl_facts *facts, gl_decisions *d) {
    *d = (gl_decisions){0};
    d->init = glia_recipe_get(r, "init");
    glia_status status = decide_loss(g, r, facts, d);
    if (status == GLIA_OK) status = decide_threshold(g, r, facts, d);
    if (status == GLIA_OK) status = decide_net(g, r, facts, d);
    if (status == GLIA_OK) status = decide_training(g, r, facts, d);
    if (status == GLIA_OK) say(g, d);
    return status;
}
