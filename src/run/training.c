/*
 * training.c: one training from table to model: split, fit the pipeline on the training part,
 * decide, train, measure, and write into the model's notes how it was made.
 *
 *     prepare         open_parts     rows of both parts; a pipeline from the first alone
 *                     fill_parts     cells become features, once for each part
 *                     make_model     decisions, a network with its initial weights, weights of rows
 *     train           learn          few rows: choose L2 and epochs; fit; threshold; scores
 *                     gl_examine     the doctor, behind the scores
 *     write_notes     what show and a reader a year later need to know
 *     close_run
 *
 * glia_prepare is the same without the training: for the plan, the memory and the gradient check of
 * what would be trained. The order of the steps in which something is said is that of the notes in
 * the model file, so none of it may depend on time, threads or chance.
 */
#include "../base/json.h"
#include "../op/nettext.h"
#include "../train/fit_options.h"
#include "../train/monitor.h"
#include "go_on.h"
#include "training.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --------------------------------------------------------------------------------- the parts -- */

/* Notes before training are decisions and become part of the model file. What is said later has
 * times in it, or "goes on in epoch 40": the file would differ between two runs of a command. */
static void keep_note(void *user, glia_level level, const char *text) {
    training *r = user;
    if (level == GLIA_NOTE && !r->decided) gl_add(&r->said, "%s\n", text);
    gl_tell(r->outer, level, text);
}

const char *gl_job_target(const glia_train_job *job) {
    const char *hint = glia_table_target_hint(job->train);
    if (job->train->past) return job->train->past->of->answers;
    if (gl_recipe_was_set(job->recipe, "target") || !hint)
        return glia_recipe_get(job->recipe, "target");
    return hint;
}

static gl_part whole_table(glia_ctx *g, const glia_table *t) {
    return (gl_part){.g = g, .table = t, .n = t ? glia_table_rows(t) : 0, .again = true};
}

/* A fifth; of many rows a tenth says enough; of very few none would say anything. An accuracy on m
 * rows is known to 1 / (2 sqrt(m)) at worst: to 18% on the 8 rows that a fifth of 40 gives, to 1.6%
 * on the thousand that a tenth of 10,000 gives. Below 2,000 rows five splits decide instead
 * (small_data.c). */
static double default_val(int64_t rows) { return rows < 40 ? 0 : rows < 10000 ? 0.2 : 0.1; }

double gl_val_share(const glia_recipe *r, int64_t rows) {
    bool none = strcmp(glia_recipe_get(r, "val"), "none") == 0 || gl_finds_optimum(r);
    return gl_recipe_number(r, "val", none ? 0 : default_val(rows));
}

static void say_split(const training *r, int64_t rows, uint64_t seed) {
    const bool in_time = gl_series_overlap(r->job->train),
               whole = in_time && gl_series_splits_whole(r->job->train);
    char by[80] = "";
    if (!in_time || whole)
        snprintf(by, sizeof by, " (%sseed %llu)", whole ? "whole series, " : "",
                 (unsigned long long)seed);
    gl_note(r->g, "validation: %s%lld of %lld rows%s decide%s when to stop; %lld row%s train%s",
            in_time && !whole ? "the last " : "", (long long)r->val.n, (long long)rows, by,
            r->val.n == 1 ? "s" : "", (long long)r->train.n, gl_plural(r->train.n),
            r->train.n == 1 ? "s" : "");
}

/* Splits the training table into training and validation rows. */
static glia_status split(training *r) {
    const glia_table *t = r->job->train;
    int64_t rows = r->train.n, first, second;
    double share = gl_val_share(r->recipe, rows);
    if (r->job->val || share <= 0) return GLIA_OK;
    uint64_t seed = (uint64_t)gl_recipe_number(r->recipe, "seed", 1);
    r->stratum = gl_job_stratum(r->job, t);
    if (!r->stratum) return glia_code(r->g);
    int64_t *order = r->train.rows = gl_alloc(r->g, rows, sizeof *order);
    if (!order) return GLIA_RESOURCE;
    const bool in_time = gl_series_overlap(t);
    glia_status status = in_time ? gl_series_split(t, share, seed, order, &first, &second)
                                 : glia_table_split(t, r->stratum, 1 - share, seed, order, &first);
    if (status != GLIA_OK) return status;
    if (!in_time) second = rows - first;
    int64_t *rest = gl_alloc(r->g, second, sizeof *rest);
    if (!rest) return GLIA_RESOURCE;
    memcpy(rest, order + first, (size_t)second * sizeof *rest);
    r->train.n = first;
    r->val = whole_table(r->g, t);
    r->val.rows = rest, r->val.n = second;
    say_split(r, rows, seed);
    return GLIA_OK;
}

/* Of a series, as option 'stride' says; the rows between are read all the same, as pasts. */
static glia_status thin(training *r) {
    const glia_table *t = r->job->train;
    int64_t stride = (int64_t)gl_recipe_number(r->recipe, "stride", 1), all = r->train.n;
    if (!gl_series_overlap(t) || stride < 2) return GLIA_OK;
    int64_t *rows = r->train.rows ? r->train.rows : gl_alloc(r->g, all, sizeof *rows);
    if (!rows) return GLIA_RESOURCE;
    for (int64_t i = 0; !r->train.rows && i < all; i++) rows[i] = i;
    r->train.rows = rows;
    r->train.n = gl_series_thin(t, stride, rows, all);
    gl_note(r->g, "stride %lld: %lld of %lld rows train", (long long)stride, (long long)r->train.n,
            (long long)all);
    if (r->train.n >= 2) return GLIA_OK;
    return gl_fail(r->g, GLIA_INPUT,
                   "%s: of every %lldth row %lld is left to train, and training needs at least 2; "
                   "say a smaller option 'stride'",
                   t->source, (long long)stride, (long long)r->train.n);
}

static glia_status open_parts(training *r) {
    r->train = whole_table(r->g, r->job->train);
    r->columns = r->job->train->columns;
    r->val = whole_table(r->g, r->job->val);
    r->test = whole_table(r->g, r->job->test);
    if (r->train.n < 2) {
        return gl_fail(r->g, GLIA_INPUT, "'%s' has %lld row%s of data, training needs at least 2",
                       glia_table_source(r->job->train), (long long)r->train.n,
                       gl_plural(r->train.n));
    }
    const char *weight = glia_recipe_get(r->recipe, "sample-weight"),
               *positive = glia_recipe_get(r->recipe, "positive"),
               *quantiles = glia_recipe_get(r->recipe, "quantiles"),
               *order = glia_recipe_get(r->recipe, "order");
    bool named = gl_recipe_was_set(r->recipe, "target") || r->train.table->past;
    gl_pipeline_spec spec = {.target = named ? gl_job_target(r->job) : NULL,
                             .ignore = glia_recipe_get(r->recipe, "ignore"),
                             .use = glia_recipe_get(r->recipe, "use"),
                             .number = glia_recipe_get(r->recipe, "number"),
                             .category = glia_recipe_get(r->recipe, "category"),
                             .text = glia_recipe_get(r->recipe, "text"),
                             .text_as = glia_recipe_get(r->recipe, "text-as"),
                             .length = (int64_t)gl_recipe_number(r->recipe, "length", 0),
                             .vocabulary = (int64_t)gl_recipe_number(r->recipe, "vocabulary", 0),
                             .weight = strcmp(weight, "none") == 0 ? NULL : weight,
                             .task = glia_recipe_get(r->recipe, "task"),
                             .quantiles = strcmp(quantiles, "none") == 0 ? NULL : quantiles,
                             .order = strcmp(order, "auto") == 0 ? NULL : order,
                             .transform = gl_decide_transform(r->recipe),
                             .scale = glia_recipe_get(r->recipe, "scale"),
                             .positive = strcmp(positive, "auto") == 0 ? NULL : positive,
                             .schema = gl_recipe_schema(r->recipe),
                             .preparation = gl_recipe_preparation(r->recipe),
                             .known = r->known,
                             .notes = true};
    spec.scale_target = strcmp(spec.scale, "none") != 0;
    /* Split before fit: a median or a list of texts that had seen the validation rows would flatter
     * their scores. */
    glia_status status = split(r);
    if (status == GLIA_OK) status = thin(r);
    if (status != GLIA_OK) return status;
    const glia_model *begin = r->job->begin;
    r->pipeline = begin ? gl_go_on_pipeline(r->g, begin)
                        : gl_pipeline_fit(r->g, r->train.table, r->train.rows, r->train.n, &spec);
    if (!r->pipeline) return glia_code(r->g);
    r->target = gl_table_find(r->train.table, gl_pipeline_target(r->pipeline, 0));
    return GLIA_OK;
}

/* --------------------------------------------------------------------------------- the model -- */

glia_dtype gl_training_precision(const training *r) {
    return strcmp(glia_recipe_get(r->recipe, "precision"), "f64") == 0 ? GLIA_F64 : GLIA_F32;
}

/* The table that the last part to be filled of it uses up; NULL: it is needed afterwards. */
static glia_table *to_use_up(const training *r, gl_part *const *part, int rest) {
    for (int i = 1; i < rest; i++)
        if (part[i]->n > 0 && part[i]->table == part[0]->table) return NULL;
    return r->job->use_up ? (glia_table *)part[0]->table : NULL;
}

static glia_status fill_parts(training *r) {
    gl_part *parts[] = {&r->val, &r->test, &r->train};
    for (int i = 0; i < 3; i++) {
        if (parts[i]->n == 0) continue;
        glia_table *t = to_use_up(r, parts + i, 3 - i);
        glia_dtype dtype = gl_training_precision(r);
        glia_status status = t ? gl_part_use_up(parts[i], r->pipeline, dtype, t)
                               : gl_part_fill(parts[i], r->pipeline, dtype, true);
        if (status != GLIA_OK) return status;
        r->used_up = t != NULL;
    }
    return GLIA_OK;
}

static bool bends(const gl_net *net) {
    for (const gl_node *node = net->node; node < net->node + net->nodes; node++)
        if (node->op->bends) return true;
    return false;
}

/* The product of two matrices is a matrix. As a lesson it may be meant, so it is a warning. */
static void warn_linear(const training *r) {
    if (bends(r->model->net)) return;
    for (int i = 0, linear = 0, L = glia_model_layers(r->model); i + 1 < L; i++) {
        glia_layer l = glia_model_layer(r->model, i);
        linear += l.b > 0 && strcmp(l.activation, "linear") == 0; /* no b: it looks numbers up */
        if (i + 2 == L && linear == L - 1) {
            gl_warn(r->g, "every hidden layer is linear: together they compute no more than one "
                          "layer without hidden ones");
        }
    }
}

/* Ids are names: what reads them as numbers would learn from their order. */
static bool looks_up(const gl_net *net, const gl_text_steps *s) {
    for (const gl_inlet *inlet = net->inlet; inlet < net->inlet + net->inlets; inlet++)
        if (inlet->first == s->first && inlet->width == 1 + s->steps && gl_is_ragged(inlet))
            return gl_has_ids(net, inlet);
    return false;
}

/* An embedding of this text with fewer rows than ids: a later text that has such a token, which
 * training need not have, could not be predicted. NULL: there is none. */
static const gl_node *too_few_rows(const gl_net *net, const gl_text_steps *s) {
    for (const gl_node *node = net->node; node < net->node + net->nodes; node++)
        if (node->op->looks_up && gl_read_inlet(net, node, 0)->first == s->first &&
            net->param[node->param].rows < s->ids)
            return node;
    return NULL;
}

static bool check_texts(const training *r, const gl_net *net) {
    gl_text_steps s;
    for (int i = 0; gl_pipeline_text(r->pipeline, i, &s); i++) {
        const gl_node *few = looks_up(net, &s) ? too_few_rows(net, &s) : NULL;
        if (few) {
            const gl_param *w = &net->param[few->param];
            gl_fail(
                r->g, GLIA_USAGE,
                "'%s' has ids from 1 to %lld, also for what training never saw, and '%s' has rows "
                "of weights for %lld: 'embedding %lld %lld'",
                s.column, (long long)s.ids, few->name, (long long)w->rows, (long long)s.ids,
                (long long)w->cols);
            return false;
        }
        if (looks_up(net, &s)) continue;
        gl_fail(
            r->g, GLIA_USAGE,
            "'%s' is a sequence of ids of its %s, columns %lld to %lld of x, which an embedding "
            "alone can read: 'ragged %lld 1, embedding %lld 32, gru 32'",
            s.column, s.of, (long long)s.first + 1, (long long)(s.first + 1 + s.steps),
            (long long)s.steps, (long long)s.ids);
        return false;
    }
    return true;
}

/* Numbers that are looked up are those of the table. */
static bool check_ids(const training *r, const gl_net *net) {
    for (const gl_node *node = net->node; node < net->node + net->nodes; node++) {
        const gl_inlet *inlet = node->op->looks_up ? gl_read_inlet(net, node, 0) : NULL;
        for (int64_t k = 0; inlet && k < inlet->width; k++) {
            if (!gl_pipeline_scales(r->pipeline, inlet->first + k)) continue;
            gl_fail(r->g, GLIA_USAGE,
                    "'%s' looks numbers up, and those of column '%s' are scaled; option 'scale' "
                    "none leaves them as they are",
                    node->name, gl_pipeline_column(r->pipeline, inlet->first + k));
            return false;
        }
    }
    return true;
}

glia_model *gl_training_model(const training *r) {
    glia_model_options o = {.loss = r->decisions.loss,
                            .init = r->decisions.init,
                            .dtype = gl_training_precision(r),
                            .seed = r->decisions.fit.seed,
                            .rng = r->decisions.fit.rng};
    glia_model *m = glia_model_new(r->g, gl_pipeline_features(r->pipeline), r->decisions.net, &o);
    if (m && !(check_texts(r, m->net) && check_ids(r, m->net))) {
        glia_model_free(m);
        return NULL;
    }
    if (m && r->job->begin) gl_go_on_weights(m, r->job->begin);
    return m;
}

static glia_status make_model(training *r) {
    gl_task task = gl_pipeline_task(r->pipeline);
    gl_facts facts = {.task = task,
                      .rows = r->train.n,
                      .features = gl_pipeline_features(r->pipeline),
                      .outputs = gl_pipeline_outputs(r->pipeline),
                      .pipeline = r->pipeline,
                      .validates = r->val.n > 0,
                      .val_apart = r->job->val != NULL};
    char *net = r->job->begin ? gl_net_text(r->g, r->job->begin->net) : NULL;
    if (net) facts.net = net, facts.loss = glia_model_loss(r->job->begin);
    bool known = net || !r->job->begin;
    glia_status status = known ? gl_decide(r->g, r->recipe, &facts, &r->decisions) : GLIA_RESOURCE;
    gl_free(r->g, net);
    if (status != GLIA_OK) return status;
    r->model = gl_training_model(r);
    if (!r->model) return glia_code(r->g);
    /* From here on the model frees it. */
    r->model->pipeline = r->pipeline;
    r->model->likenesses = r->likenesses;
    if (r->model->net->outputs != facts.outputs) {
        return gl_fail(r->g, GLIA_USAGE, "the network '%s' has %lld outputs, this task needs %lld",
                       r->decisions.net, (long long)r->model->net->outputs,
                       (long long)facts.outputs);
    }
    if (r->model->net->heads > 1)
        return gl_fail(r->g, GLIA_USAGE,
                       "the network '%s' has %d outputs with a loss each, and a table has one "
                       "target: train it on arrays",
                       r->decisions.net, r->model->net->heads);
    warn_linear(r);
    const gl_part *parts[] = {&r->train, &r->val, &r->test};
    for (int i = 0; i < 3 && status == GLIA_OK; i++)
        status = gl_part_check_steps(parts[i], r->model);
    if (status == GLIA_OK) status = gl_row_weights(r, &r->train);
    if (status == GLIA_OK) status = gl_note_row_weights(r, &r->train);
    if (status == GLIA_OK) status = gl_row_weights(r, &r->val);
    if (status != GLIA_OK) return status;
    return glia_model_set_note(r->model, "threshold",
                               r->decisions.aim ? "0.5" : glia_recipe_get(r->recipe, "threshold"));
}

/* ------------------------------------------------------------------------------------- notes -- */

/* What was decided for an option, as text; "auto" where nothing was: the optimizer does not read
 * it, as adam reads no `decay` and lbfgs no `lr`. */
static const char *decided_text(const training *r, const gl_fit_row *row, char *buf, size_t size) {
    const glia_fit_options *f = &r->decisions.fit;
    if (!row || (row->own && gl_fit_number(row, f) == 0)) return "auto";
    return f->batch == GLIA_FULL_BATCH && strcmp(row->member, "batch") == 0
               ? "full"
               : gl_fit_text(row, f, buf, size);
}

/* Every option with the value that was in force: what was decided stands in for "auto". So a later
 * version with other defaults can still be told to train the same. Who looked on (the doctor) is no
 * part of it. */
static char *hyperparameters(const training *r) {
    int count;
    const glia_option *options = glia_recipe_options(&count);
    gl_text all = {.g = r->g};
    for (int i = 0; i < count; i++) {
        const char *text = glia_recipe_get(r->recipe, options[i].name);
        const gl_fit_row *row = gl_fit_find(options[i].name);
        char buf[40];
        if (row && row->effect == LOOKS) continue;
        if (r->job->begin && strcmp(options[i].name, "init") == 0) text = "model";
        if (strcmp(text, "auto") == 0) text = decided_text(r, row, buf, sizeof buf);
        gl_add(&all, all.n ? ", " : "{");
        gl_add_json_text(&all, options[i].name);
        gl_add(&all, ": ");
        gl_add_json_text(&all, text);
    }
    gl_add(&all, "}");
    return gl_text_end(&all);
}

static glia_status set_note(training *r, const char *name, char *text) {
    glia_status status = text ? gl_model_keep_note(r->model, name, text) : glia_code(r->g);
    gl_free(r->g, text);
    return status;
}

/* A file that was changed is the first failure only where the training was not interrupted. */
static glia_status hash_of_file(const training *r, const glia_table *t, char hex[65]) {
    const glia_status before = r->g->code, status = glia_table_sha256(t, hex);
    if (status != GLIA_OK)
        gl_warn(r->g, "the model has no hash of its data: %s", glia_message(r->g));
    r->g->code = before;
    return status;
}

/* "none" for what is not there again: standard input, pipes, generated data. */
static void hash_source(const training *r, const glia_table *t, char hex[65]) {
    struct stat st;
    const bool there = t->stamp.file || (t->name && t->arrays);
    if (there && hash_of_file(r, t, hex) == GLIA_OK) return;
    if (!there && stat(t->source, &st) == 0 && !S_ISDIR(st.st_mode))
        gl_note(r->g, "the model has no hash of its data: '%s' is no file that is there again",
                t->source);
    snprintf(hex, 65, "none");
}

/* Of the file as it lies on the disk, not of the cells: sha256sum gives the same digits. The folder
 * is left out: the model of a colleague who keeps his data elsewhere is the same file. */
static char *fingerprint(const training *r) {
    char hex[65];
    const glia_table *t = r->job->train;
    const char *source = glia_table_source(t), *slash = strrchr(source, '/');
    hash_source(r, t, hex);
    return gl_format(r->g, "%s, %lld row%s, %d column%s, sha256 %s", slash ? slash + 1 : source,
                     (long long)t->rows, gl_plural(t->rows), r->columns, gl_plural(r->columns),
                     hex);
}

static char *target_names(const training *r) {
    gl_text list = {.g = r->g};
    for (int t = 0; t < gl_pipeline_targets(r->pipeline); t++)
        gl_add(&list, "%s%s", t ? "," : "", gl_pipeline_target(r->pipeline, t));
    return gl_text_end(&list);
}

static glia_status note_partial(training *r) {
    const glia_history *h = r->report->history;
    char *text =
        gl_format(r->g, "interrupted after %lld of %lld epochs and %lld update%s%s",
                  (long long)h->epochs, (long long)r->decisions.fit.epochs, (long long)h->updates,
                  gl_plural(h->updates),
                  h->best_epoch >= 0 ? "; these weights were the best on validation rows" : "");
    return set_note(r, "partial", text);
}

/* Every text is made before the first is kept, and each is kept or freed even when one before
 * it failed. */
static glia_status write_notes(training *r) {
    glia_ctx *g = r->g;
    const char *reading = glia_table_reading(r->job->train);
    glia_status status = set_note(r, "pipeline", gl_pipeline_save(r->g, r->pipeline));
    const struct {
        const char *name;
        char *text;
    } notes[] = {
        {"created_by", gl_copy_text(g, "glia " GLIA_VERSION)},
        {"task", gl_copy_text(g, gl_task_name(gl_pipeline_task(r->pipeline)))},
        {"target", target_names(r)},
        {"preprocessing", gl_pipeline_describe(r->pipeline)},
        {"hyperparameters", hyperparameters(r)},
        {"seed", gl_copy_text(g, glia_recipe_get(r->recipe, "seed"))},
        {"fingerprint", fingerprint(r)},
        {"command", gl_copy_text(g, r->job->command ? r->job->command : "glia_train()")},
        {"reading", reading ? gl_copy_text(g, reading) : NULL},
        {"decisions", gl_copy_text(g, r->said.s ? r->said.s : "")},
    };
    const char *weight = gl_pipeline_weight(r->pipeline);
    if (r->report && r->report->partial && status == GLIA_OK) status = note_partial(r);
    if (weight && status == GLIA_OK) status = glia_model_set_note(r->model, "weight", weight);
    if (r->job->begin && status == GLIA_OK)
        status = set_note(r, "began_from", gl_go_on_history(r->g, r->job->begin));
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
        if (!notes[i].text && !reading && !strcmp(notes[i].name, "reading")) continue;
        glia_status one = set_note(r, notes[i].name, notes[i].text);
        if (one != GLIA_OK) status = one;
    }
    return status;
}

/* ------------------------------------------------------------------------------ the training -- */

/* What is tried out has nothing to show, but can be stopped: Ctrl-C during the 25 trials ends
 * the command. */
static int ask(void *user, const glia_progress *p) {
    const training *r = user;
    glia_progress trial = *p;
    trial.trial = 1;
    return r->job->progress(r->job->user, &trial);
}

glia_status gl_training_fit(training *r, glia_model *m, const gl_part *train, const gl_part *val,
                            glia_history **history) {
    glia_fit_options o = r->decisions.fit;
    gl_company with = {.orders = r->orders, .x = train->features.from};
    o.divisor = train->features.divisor;
    o.progress = r->silent && r->job->progress ? ask : r->job->progress;
    o.user = r->silent ? r : r->job->user;
    o.doctor = !r->silent && gl_wants_doctor(r);
    if (val->n > 0) {
        o.x_val = val->features.x, with.x_val = val->features.from;
        o.y_val = gl_part_labels(val, m->net->dtype);
        if (val->weights) o.val_weights = glia_tensor_f64(val->weights, val->n, 1);
    }
    /* Of a fold that is no reason to stop: it is judged by its cost, and folds.c says so. */
    if (r->known && val->n > 0 && strcmp(o.monitor, "loss") != 0 &&
        gl_monitor_lacks(r->g, m->net, &o, with.x_val, m->threshold))
        o.monitor = "loss";
    if (train->weights) o.sample_weights = glia_tensor_f64(train->weights, train->n, 1);
    glia_tensor x = train->features.x, y = gl_part_labels(train, m->net->dtype);
    return r->keeping ? gl_keeping_fit(r->keeping, m, x, y, &o, &with, history)
                      : gl_model_fit(m, x, y, &o, &with, history);
}

/* The recipe as it was given: the rest follows from it and the data. "auto" stays "auto", so that a
 * message says what the user typed and not what was made of it. */
static glia_status open_checkpoint(training *r) {
    int count;
    const glia_option *options = glia_recipe_options(&count);
    if (!r->job->checkpoint.path) return GLIA_OK;
    glia_status status = gl_keeping_open(&r->checkpoint, r->g, &r->job->checkpoint);
    for (int i = 0; i < count && status == GLIA_OK; i++) {
        char name[40];
        snprintf(name, sizeof name, "option '%s'", options[i].name);
        status =
            gl_keeping_option(&r->checkpoint, name, glia_recipe_get(r->recipe, options[i].name));
    }
    return status;
}

/* An interval tells what other rows would give. Of rows that the network learned from it cannot,
 * and is left out wherever there are others. */
static glia_status measure(const training *r, gl_part *part, glia_metrics *out) {
    bool learned_from = part == &r->train && r->val.n + r->test.n > 0;
    gl_depth depth = !r->job->deep ? GL_SCORES : learned_from ? GL_RANKED : GL_DEEP;
    return part->n > 0 ? gl_part_measure(part, r->model, depth, out) : GLIA_OK;
}

/* The scores as one line of JSON, so that `show` can tell how good the model was. A score may be
 * NaN (an auc of one class), which JSON has no word for. Nine digits tell two models apart; the
 * last ones of a double would differ between processors that train the same file. */
static glia_status note_scores(training *r, const glia_report *report) {
    const glia_metrics *parts[] = {&report->train, &report->val, &report->test};
    static const char *const names[] = {"train", "val", "test"};
    gl_text all = {.g = r->g};
    gl_add(&all, "{");
    for (int i = 0; i < 3; i++) {
        if (parts[i]->rows == 0) continue;
        gl_add(&all, "%s\"%s\": {\"rows\": %lld", all.n > 1 ? ", " : "", names[i],
               (long long)parts[i]->rows);
        for (int k = 0; k < parts[i]->scores; k++) {
            double v = parts[i]->score[k].value;
            gl_add(&all, ", \"%s\": ", parts[i]->score[k].name);
            if (isfinite(v)) gl_add_json_digits(&all, v, 9);
            else gl_add(&all, "null");
        }
        gl_add(&all, "}");
    }
    gl_add(&all, "}");
    return set_note(r, "scores", gl_text_end(&all));
}

static glia_report *new_report(const training *r) {
    size_t size = (size_t)r->val.n * sizeof *r->val.rows;
    glia_report *report = gl_alloc(r->g, 1, sizeof *report);
    int64_t *rows = r->val.rows ? gl_alloc(r->g, r->val.n, sizeof *rows) : NULL;
    if (!report || (r->val.rows && !rows)) {
        gl_free(r->g, report);
        gl_free(r->g, rows);
        return NULL;
    }
    if (rows) memcpy(rows, r->val.rows, size);
    *report = (glia_report){.task = gl_task_name(gl_pipeline_task(r->pipeline)),
                            .train_rows = r->train.n,
                            .val_rows = r->val.n,
                            .test_rows = r->test.n,
                            .val_row = rows,
                            .features = gl_pipeline_features(r->pipeline)};
    return report;
}

void glia_report_free(glia_ctx *g, glia_report *r) {
    if (!r) return;
    glia_history_free(g, (glia_history *)r->history);
    gl_metrics_clear(g, &r->train);
    gl_metrics_clear(g, &r->val);
    gl_metrics_clear(g, &r->test);
    gl_free(g, (void *)r->val_row);
    gl_free(g, r);
}

/* Of what was interrupted: are there weights, and does somebody want them? */
static bool makes_do(const training *r, glia_status status) {
    bool learned = r->history && r->history->updates > 0;
    return status == GLIA_INTERRUPTED && r->job->partial && learned;
}

/* epochs 0: the network that is measured is the one that is kept. Otherwise there are two: one that
 * has not seen the validation rows, for threshold and scores, and the final one, trained from all
 * rows, whose weights take the other's place before the test rows are measured. So the
 * validation scores are of a network that had not learned from these rows, and the test scores
 * alone are of the model that is kept. */
static glia_status fit_and_measure(training *r, int64_t epochs) {
    glia_report *report = r->report;
    void *final = NULL;
    report->refit_epochs = epochs;
    glia_status status = epochs > 0 ? gl_small_data_fit(r, epochs, &r->history, &final)
                                    : gl_training_fit(r, r->model, &r->train, &r->val, &r->history);
    report->history = r->history;
    if (status == GLIA_OK && !final && gl_wants_refit(r) && r->val.n > 0)
        status = gl_refit(r, &report->refit_epochs, &final);
    if (makes_do(r, status)) {
        gl_free(r->g, final);
        final = NULL;
        report->refit_epochs = 0, report->partial = 1;
        status = gl_note_row_weights(r, &r->train);
    }
    if (status == GLIA_OK) status = gl_lift_answers(r);
    if (status == GLIA_OK) status = gl_choose_threshold(r);
    /* By its rows a final network is lifted, and weights of classes are measured once more. */
    r->train.once = !final && !gl_weighs_classes(r);
    if (status == GLIA_OK) status = measure(r, &r->train, &report->train);
    if (status == GLIA_OK) status = measure(r, &r->val, &report->val);
    if (status == GLIA_OK && final) gl_small_data_finish(r, final);
    if (status == GLIA_OK && final) status = gl_lift_answers(r);
    gl_free(r->g, final);
    return status == GLIA_OK ? measure(r, &r->test, &report->test) : status;
}

static glia_status learn(training *r) {
    int64_t epochs = 0;
    glia_status status = open_checkpoint(r);
    if (status == GLIA_OK && r->decisions.few) status = gl_small_data_choose(r, &epochs);
    if (status != GLIA_OK) return status;
    r->decided = true;
    /* The splits of few rows are by their place in the table. */
    if (r->used_up && !r->decisions.few) status = gl_part_leave_table(&r->train);
    if (status != GLIA_OK) return status;
    /* Not earlier: the 25 trials of few rows take a moment and are done again after a kill. */
    r->keeping = r->job->checkpoint.path ? &r->checkpoint : NULL;
    return fit_and_measure(r, epochs);
}

static glia_status train(training *r) {
    glia_report *report = r->report = new_report(r);
    if (!report) return GLIA_RESOURCE;
    report->memory = r->train.features.bytes + r->val.features.bytes + r->test.features.bytes;
    glia_status status = learn(r);
    if (status != GLIA_OK) return status;
    if (gl_wants_doctor(r) && !report->partial) gl_examine(r, report);
    report->memory += r->history->memory;
    return note_scores(r, report);
}

static glia_status prepare(training *r) {
    glia_train_job job = *r->job;
    const glia_recipe *said = job.recipe;
    job.use_up = job.use_up && r->learns && !gl_wants_refit(r);
    if (job.begin && !(r->going_on = gl_go_on_recipe(r->g, job.begin, job.recipe)))
        return glia_code(r->g);
    if (job.begin) r->recipe = job.recipe = r->going_on;
    glia_status status = gl_count_job(r->g, &job, &r->counted);
    r->job = &r->counted.job;
    r->recipe = r->job->recipe;
    if (status == GLIA_OK) status = open_parts(r);
    if (status == GLIA_OK) status = gl_check_likenesses(r, said);
    if (status == GLIA_OK) status = gl_check_refit(r);
    if (status == GLIA_OK && r->learns) status = gl_look_at_pictures(r);
    if (status == GLIA_OK && r->learns && gl_wants_doctor(r)) gl_examine_data(r);
    gl_free_thumbs(&r->thumbs);
    if (status == GLIA_OK) status = fill_parts(r);
    if (status == GLIA_OK) status = make_model(r);
    return status;
}

static glia_model *close_run(training *r, glia_status status) {
    gl_unlisten(r->g, r->outer);
    gl_part_free(&r->train);
    gl_part_free(&r->val);
    gl_part_free(&r->test);
    if (!r->model) gl_pipeline_free(r->pipeline), gl_free(r->g, r->likenesses.of);
    gl_keeping_close(&r->checkpoint);
    gl_count_close(&r->counted);
    glia_recipe_free(r->going_on);
    glia_history_free(r->g, r->data);
    gl_free(r->g, r->decisions.net);
    gl_free(r->g, r->decisions.pinball);
    gl_free(r->g, r->said.s);
    if (status == GLIA_OK) return r->model;
    glia_model_free(r->model);
    return NULL;
}

/* The notes go through keep_note on their way to whoever listened before, and the listener is put
 * back by close_run in every case. */
glia_model *gl_train_known(glia_ctx *g, const glia_train_job *job, const glia_table *known,
                           glia_report **report) {
    training r = {
        .g = g, .job = job, .recipe = job->recipe, .known = known, .said.g = g, .learns = true};
    const int64_t troubles = g->troubles;
    r.outer = gl_listen(g, keep_note, &r);
    glia_status status = prepare(&r);
    if (status == GLIA_OK) status = train(&r);
    if (status == GLIA_OK) status = write_notes(&r);
    status = gl_outcome(g, troubles, status);
    if (report) *report = status == GLIA_OK ? r.report : NULL;
    if (!report || status != GLIA_OK) glia_report_free(g, r.report);
    return close_run(&r, status);
}

glia_model *glia_train(glia_ctx *g, const glia_train_job *job, glia_report **report) {
    return gl_train_known(g, job, NULL, report);
}

glia_model *glia_prepare(glia_ctx *g, const glia_train_job *job) {
    training r = {.g = g, .job = job, .recipe = job->recipe, .said.g = g};
    const int64_t troubles = g->troubles;
    r.outer = gl_listen(g, keep_note, &r);
    glia_status status = prepare(&r);
    if (status == GLIA_OK) status = write_notes(&r);
    return close_run(&r, gl_outcome(g, troubles, status));
}

static void pass_warnings(void *user, glia_level level, const char *text) {
    const training *r = user;
    if (level == GLIA_WARNING) gl_tell(r->outer, level, text);
}

/* The notes of its decisions are what the text says. */
char *glia_schema_text(glia_ctx *g, const glia_train_job *job, const char *part) {
    bool whole = !strcmp(part, "schema");
    if (!whole && strcmp(part, "preparation") != 0) {
        gl_fail(g, GLIA_USAGE, "part '%s' of a schema is not known; expected schema or preparation",
                part);
        return NULL;
    }
    training r = {.g = g, .job = job, .recipe = job->recipe, .said.g = g};
    const int64_t troubles = g->troubles;
    r.outer = gl_listen(g, pass_warnings, &r);
    char *text = prepare(&r) ? NULL : gl_training_schema(&r, whole);
    glia_model_free(close_run(&r, text ? GLIA_OK : GLIA_FAILED));
    if (gl_outcome(g, troubles, GLIA_OK) == GLIA_OK) return text;
    gl_free(g, text);
    return NULL;
}

/* Each holds features of its own: together no more than so many bytes. Where an update is worth
 * several threads, they work on one training at a time, whose memory is then in their caches. The
 * question is answered by preparing the training once in silence, since it depends on the network,
 * which depends on the data; that is a small part of one fold or trial. */
int gl_training_hands(glia_ctx *g, const glia_train_job *job, int64_t *val_rows) {
    const int64_t most = 512 << 20;
    training r = {.g = g, .job = job, .recipe = job->recipe, .said.g = g, .outer = gl_hush(g)};
    int64_t hands = 1;
    glia_status status = prepare(&r);
    bool made = r.train.features.from.of; /* by all threads */
    if (status == GLIA_OK && !made &&
        gl_fit_threads(r.model->net, &r.decisions.fit, r.train.n) == 1) {
        int64_t bytes = r.train.features.bytes + r.val.features.bytes;
        hands = bytes > 0 && most / bytes < g->threads ? most / bytes : g->threads;
    }
    if (val_rows) *val_rows = r.val.n;
    glia_model_free(close_run(&r, status));
    return hands > 1 ? (int)hands : 1;
}
