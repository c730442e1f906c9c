/*
 * train.c: `glia train`: learns a network from data and writes one model file.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"
#include "curves.h"
#include "report/report.h"

/* ------------------------------------------------------------------------------------ result -- */

static void print_cost(const glia_history *h, bool weighted) {
    char line[3 * 40 + 1], time[32], first[32], last[32];
    if (h->entries < 1) return;
    print_fact("mean cost J", "%s -> %s  %s", score_text(h->mean[0], first),
               score_text(h->mean[h->entries - 1], last),
               sparkline(h->mean, h->entries, NAN, 30, line, sizeof line));
    print_fact("", "%lld epoch%s, %lld update%s in %s; stopped: %s", (long long)h->epochs,
               plural(h->epochs), (long long)h->updates, plural(h->updates),
               seconds_text(h->seconds, time), h->stopped ? h->stopped : "epochs");
    if (h->best_epoch >= 0)
        print_fact("", "best validation %s %s%s after epoch %lld", h->monitor,
                   score_text(h->best_val, first), weighted ? ", classes weighted," : "",
                   (long long)h->best_epoch + 1);
}

/* How much worse the model is on rows that it has not seen; whether that is too much, the doctor
 * says. */
static void print_gap(const glia_metrics *train, const char *name, const glia_metrics *other) {
    const char *key = train->classes > 0 ? "accuracy" : "r2";
    double a = score_value(train, key), b = score_value(other, key);
    if (isnan(a) || isnan(b)) return;
    char gap[32];
    print_fact("gap", "%s on training rows minus %s rows: %s%s", key, name, a >= b ? "+" : "",
               score_text(a - b, gap));
}

static bool has_finding(const glia_history *h, const char *name) {
    for (int i = 0; i < h->findings; i++)
        if (strcmp(h->finding[i].illness->name, name) == 0) return true;
    return false;
}

/* What the doctor has said is not said again. */
static void warn_of_epochs(const cli *c, const glia_history *h) {
    bool said = has_finding(h, "lr-too-high") || has_finding(h, "no-signal");
    char lr[32], third[32];
    if (said || h->best_epoch != 0 || h->epochs < 2) return;
    if (isnan(h->lr[0]))
        warn(c, "validation was best after the first of %lld steps: nothing was gained after it",
             (long long)h->epochs);
    else
        warn(c,
             "validation was best after the first of %lld epochs: the learning rate %s is too "
             "large, "
             "or there is no more to learn; try --lr %s",
             (long long)h->epochs, short_text(h->lr[0], lr), short_text(h->lr[0] / 10, third));
}

static void warn_of_scores(const cli *c, const glia_model *m, const glia_report *r) {
    const glia_history *h = r->history;
    bool test = r->test.rows > 0,
         said = has_finding(h, "not-learning") || has_finding(h, "no-signal");
    if (!said) warn_of_baseline(c, m, test ? &r->test : &r->val, test ? "test" : "validation");
    warn_of_epochs(c, h);
}

void print_training(const cli *c, const glia_model *m, const glia_report *r) {
    (void)c;
    char parameters[32], memory[32], features[32], train[32], val[32], test[32];
    const char *target = glia_model_note(m, "target");
    putchar('\n');
    print_fact("task", "%s%s%s, %s feature%s", r->task, target ? ": " : "", target ? target : "",
               count_text(r->features, features), plural(r->features));
    print_fact("rows", "%s training, %s validation, %s test", count_text(r->train_rows, train),
               count_text(r->val_rows, val), count_text(r->test_rows, test));
    putchar('\n');
    print_layers(m);
    putchar('\n');
    print_fact("size", "L = %d, %s parameters, %s of memory in training", glia_model_layers(m),
               count_text(glia_model_parameters(m), parameters),
               bytes_text((double)r->memory, memory));
    const char *weights = c->recipe ? glia_recipe_get(c->recipe, "class-weight") : "none";
    bool loss = strcmp(r->history->monitor, "loss") == 0;
    print_cost(r->history, loss && strcmp(weights, "none") != 0);
    if (r->refit_epochs > 0)
        print_fact(
            "",
            "then anew from all %s rows for %lld epoch%s: the network that is kept; scores of "
            "train and validation are of the one before",
            count_text(r->train_rows + r->val_rows, train), (long long)r->refit_epochs,
            plural(r->refit_epochs));
    putchar('\n');

    const char *const all[] = {"train", "validation", "test"};
    const glia_metrics *const part[] = {&r->train, &r->val, &r->test}, *found[3];
    const char *names[3];
    int count = 0;
    for (int i = 0; i < 3; i++)
        if (part[i]->rows > 0) found[count] = part[i], names[count++] = all[i];
    if (count == 0) return;
    print_scores(m, names, found, count);
    putchar('\n');
    if (count > 1 && found[0] == &r->train)
        print_gap(&r->train, names[count - 1], found[count - 1]);
    print_targets(m, found[count - 1]);
    print_baseline(found[count - 1]);
    print_naive(m, found[count - 1]);
    print_scope(m, found[count - 1]);
}

int print_next(const training *t) {
    int status = print_model_file(t->path);
    if (status) return status;
    char *path = quote_text(t->path);
    char *predict = format_text("glia predict %s NEW_DATA", path),
         *show = format_text("glia show %s", path);
    print_command("next", predict);
    print_command("", show);
    free(predict);
    free(show);
    free(path);
    return 0;
}

static json_t *json_costs(const glia_history *h, const double *values) {
    json_t *list = json_array();
    for (int64_t i = 0; i < h->entries; i++)
        json_array_append_new(list,
                              json_pack("[I, o]", (json_int_t)h->epoch[i], json_number(values[i])));
    return list;
}

json_t *json_parts(const glia_model *m, const glia_report *r) {
    json_t *metrics = json_object();
    if (r->train.rows > 0) json_object_set_new(metrics, "train", json_metrics(m, &r->train, false));
    if (r->val.rows > 0) json_object_set_new(metrics, "val", json_metrics(m, &r->val, false));
    if (r->test.rows > 0) json_object_set_new(metrics, "test", json_metrics(m, &r->test, false));
    return metrics;
}

static json_t *json_findings(const cli *c, const glia_history *h) {
    json_t *list = json_array();
    for (const glia_finding *f = h->finding; f < h->finding + h->findings; f++) {
        char *mend = with_flags(c, f->illness->mend);
        json_array_append_new(list,
                              json_pack("{s:s, s:o, s:o, s:o, s:s}", "name", f->illness->name,
                                        "where", json_text(f->where), "seen", json_text(f->seen),
                                        "value", json_number(f->value), "mend", mend));
        free(mend);
    }
    return list;
}

static json_t *json_skipped(const training *t) {
    json_t *list = json_array();
    json_add_skipped(list, t->train);
    json_add_skipped(list, t->val);
    json_add_skipped(list, t->test);
    return list;
}

static int print_training_json(const training *t) {
    const glia_report *r = t->report;
    const glia_history *h = r->history;
    json_t *j = json_object();
    json_object_set_new(j, "task", json_text(r->task));
    json_object_set_new(j, "samples",
                        json_pack("{s:I, s:I, s:I}", "train", (json_int_t)r->train_rows, "val",
                                  (json_int_t)r->val_rows, "test", (json_int_t)r->test_rows));
    if (skips_bad_rows(t->c)) json_object_set_new(j, "skipped", json_skipped(t));
    json_object_set_new(j, "features", json_integer(r->features));
    const char *positive = positive_class(t->model);
    if (positive) json_object_set_new(j, "positive", json_text(positive));
    json_object_set_new(j, "layers", json_layers(t->model));
    json_object_set_new(j, "parameters", json_integer(glia_model_parameters(t->model)));
    json_object_set_new(j, "epochs", json_integer(h->epochs));
    json_object_set_new(j, "updates", json_integer(h->updates));
    json_object_set_new(j, "seconds", json_number(h->seconds));
    json_object_set_new(j, "stopped", json_text(h->stopped));
    json_object_set_new(j, "updates_per_epoch", json_integer(h->batches));
    if (h->best_epoch >= 0) json_object_set_new(j, "best_epoch", json_integer(h->best_epoch + 1));
    json_object_set_new(j, "costs", json_costs(h, h->cost));
    json_object_set_new(j, "mean_costs", json_costs(h, h->mean));
    if (r->val_rows > 0) json_object_set_new(j, "val_losses", json_costs(h, h->val_loss));
    if (r->refit_epochs > 0) json_object_set_new(j, "refit_epochs", json_integer(r->refit_epochs));
    json_object_set_new(j, "metrics", json_parts(t->model, r));
    if (t->folds) json_object_set_new(j, "folds", json_folds(t->model, t->folds));
    json_object_set_new(j, "findings", json_findings(t->c, h));
    json_object_set_new(j, "model", json_text(t->path));
    json_object_set_new(j, "model_sha256", json_sha256(t->c, t->path));
    return print_json(j);
}

/* --------------------------------------------------------------------------------------- log -- */

static void log_number(FILE *f, const char *name, double value, bool csv) {
    char buf[32];
    if (csv) fprintf(f, ",%s", isnan(value) ? "" : exact_text(value, buf));
    else if (isinf(value)) fprintf(f, ", \"%s\": \"inf\"", name);
    else fprintf(f, ", \"%s\": %s", name, isnan(value) ? "null" : exact_text(value, buf));
}

/* The history as a table: a line for every logged epoch. */
static int write_log(const cli *c, const char *path, const glia_history *h) {
    size_t n = strlen(path);
    bool csv = !(n > 6 && strcmp(path + n - 6, ".jsonl") == 0);
    output o;
    if (!output_open(&o, c, path)) return GLIA_RESOURCE;
    char *monitor = h->monitored ? format_text("val_%s", h->monitor) : NULL;
    if (csv)
        fprintf(o.f, "epoch,updates,cost,mean_cost,val_loss,lr%s%s\n", monitor ? "," : "",
                monitor ? monitor : "");
    for (int64_t i = 0; i < h->entries; i++) {
        fprintf(o.f, csv ? "%lld,%lld" : "{\"epoch\": %lld, \"updates\": %lld",
                (long long)h->epoch[i], (long long)((h->epoch[i] + 1) * h->batches));
        log_number(o.f, "cost", h->cost[i], csv);
        log_number(o.f, "mean_cost", h->mean[i], csv);
        log_number(o.f, "val_loss", h->val_loss[i], csv);
        log_number(o.f, "lr", h->lr[i], csv);
        if (monitor) log_number(o.f, monitor, h->monitored[i], csv);
        fputs(csv ? "\n" : "}\n", o.f);
    }
    free(monitor);
    return output_close(&o);
}

/* ---------------------------------------------------------------------------------- training -- */

/* "cats.glia" from data/cats.h5 or --x data/cats.h5:train_x; "model.glia" from standard input. */
static char *default_path(const cli *c) {
    const char *data = c->operands > 0 ? c->operand[0] : given(c, "x");
    if (!data || strcmp(data, "-") == 0) return copy_text("model.glia");
    const char *slash = strrchr(data, '/'), *colon = strrchr(data, ':');
    char *file =
        format_text("%.*s",
                    colon && (!slash || colon > slash) ? (int)(colon - data) : (int)strlen(data),
                    data);
    char *stem = stem_of(file);
    bool here = strcmp(stem, ".") == 0 || strcmp(stem, "..") == 0;
    char *path = format_text("%s.glia", here ? "model" : stem);
    free(stem);
    free(file);
    return path;
}

/* What is to be predicted, by name: one column, or the list that was given. NULL: there is no such
 * column, which the training says. */
static const char *target_of(const training *t) {
    const char *said = glia_recipe_get(t->c->recipe, "target"),
               *hint = given(t->c, "target") ? NULL : glia_table_target_hint(t->train);
    if (hint || strchr(said, ',')) return hint ? hint : said;
    int column = glia_table_locate(t->train, said);
    return column >= 0 ? glia_table_column(t->train, column).name : NULL;
}

/* A model learned anew takes the place of the one before. One that predicts something else is
 * another model: it is replaced when it is named after -o, and not by a name that nobody typed. */
static int check_model_there(const training *t) {
    if (given(t->c, "output") || !looks_like_model(t->path)) return 0;
    glia_ctx *quiet = glia_open(NULL);
    glia_model *there = quiet ? glia_model_load(quiet, t->path) : NULL;
    const char *target = target_of(t), *known = there ? glia_model_note(there, "target") : NULL;
    if (there && glia_model_sequence(there).length) known = glia_model_sequence(there).target;
    int status = 0;
    if (target && known && strcmp(known, target) != 0)
        status = fail(GLIA_USAGE,
                      "'%s' is a model of '%s' and would be replaced by one of '%s'; name the file "
                      "of the new one after -o",
                      t->path, known, target);
    glia_model_free(there);
    glia_close(quiet);
    return status;
}

enum { OUTPUTS = 4 };

static void outputs_of(const training *t, const char *path[OUTPUTS]) {
    path[0] = t->path;
    path[1] = given(t->c, "log");
    path[2] = given(t->c, "report");
    path[3] = t->checkpoint.path;
}

static void look_at_outputs(const training *t) {
    const char *path[OUTPUTS];
    outputs_of(t, path);
    for (int i = 0; i < OUTPUTS; i++)
        if (path[i]) look_at_output(path[i]);
}

/* Asked before the training, so that no work is lost. */
static int check_outputs(const training *t) {
    static const char *const what[] = {"the model", "the log", "the report", "the checkpoint"};
    const char *path[OUTPUTS];
    outputs_of(t, path);
    if (strcmp(t->path, "-") == 0)
        return fail(GLIA_USAGE, "a model does not go to standard output; name a file after -o");
    if (same_outputs(what, path, OUTPUTS)) return GLIA_USAGE;
    for (int i = 0; i < OUTPUTS; i++) {
        if (!path[i]) continue;
        if (replaces_input(t->c, path[i])) return GLIA_USAGE;
        if ((i == 1 || i == 2) && replaces_model(path[i])) return GLIA_USAGE;
        if (!can_write(path[i])) return GLIA_RESOURCE;
    }
    return check_model_there(t);
}

int settle_rows(const cli *c, glia_table **t, const glia_table *like) {
    if (glia_table_name_columns(*t, like) != GLIA_OK) return failed(c);
    if (!skips_bad_rows(c)) return 0;
    return glia_recipe_find_bad_rows(c->recipe, *t) ? failed(c) : keep_good_rows(c, t);
}

static int read_tables(training *t) {
    const cli *c = t->c;
    const char *data = c->operands > 0 ? c->operand[0] : NULL;
    const char *val = val_file(c), *test = given(c, "test"), *x = given(c, "test-x"),
               *y = given(c, "test-y");
    int status = t->begin ? read_data_for(c, t->begin, data, &t->train)
                          : read_data_or_arrays(c, data, given(c, "x"), given(c, "y"), &t->train);
    bool arrays = x || y;
    if (!status && val) status = read_data(c, val, t->train, &t->val);
    if (!status && test && !arrays) status = read_data(c, test, t->train, &t->test);
    if (!status && arrays) status = read_data_or_arrays(c, test, x, y, &t->test);
    glia_table **const all[] = {&t->train, &t->val, &t->test};
    for (int i = 0; i < 3 && !status; i++)
        if (*all[i]) status = settle_rows(c, all[i], t->train);
    return status;
}

static int load_begin(training *t) {
    const cli *c = t->c;
    if (given(c, "folds"))
        return fail(GLIA_USAGE,
                    "--folds measures trainings from fresh weights, and --init '%s' "
                    "has learned; give one of them",
                    c->begin);
    return load_model(c, c->begin, &t->begin);
}

int open_training(training *t, cli *c) {
    t->c = c;
    t->path = given(c, "output") ? copy_text(given(c, "output")) : default_path(c);
    look_at_outputs(t);
    int status = c->begin ? load_begin(t) : 0;
    if (!status) status = read_tables(t);
    return status ? status : check_outputs(t);
}

void close_training(training *t) {
    glia_folds_free(t->c->g, t->folds);
    glia_report_free(t->c->g, t->report);
    glia_model_free(t->model);
    glia_model_free(t->begin);
    glia_table_free(t->test);
    glia_table_free(t->val);
    glia_table_free(t->train);
    free(t->path);
}

int save_trained(const training *t) {
    tell_of_another_run(t->c, t->path);
    return glia_model_save(t->model, t->path) == GLIA_OK ? 0 : failed(t->c);
}

static int read_checkpoint_options(training *t) {
    const cli *c = t->c;
    double seconds = 30;
    t->checkpoint.path = given(c, "checkpoint");
    t->checkpoint.resume = is_on(c, "resume");
    if (!given_number(c, "checkpoint-every", 0, 1e9, &seconds)) return GLIA_USAGE;
    t->checkpoint.seconds = seconds > 0 ? seconds : GLIA_EVERY_UPDATE;
    if (t->checkpoint.path || !(is_on(c, "resume") || given(c, "checkpoint-every"))) return 0;
    return fail(GLIA_USAGE, "--%s needs --checkpoint FILE",
                is_on(c, "resume") ? "resume" : "checkpoint-every");
}

/* "cats.partial.glia" of "cats.glia". */
static char *partial_path(const training *t) {
    size_t n = strlen(t->path) - (ends_in(t->path, ".glia") ? strlen(".glia") : 0);
    return format_text("%.*s.partial.glia", (int)n, t->path);
}

/* The weights so far are a model as well, beside the name of the one that was to be; a checkpoint
 * is what a training goes on from. */
static int interrupted(const training *t) {
    const char *path = t->checkpoint.path;
    struct stat info;
    bool keeps = path && stat(path, &info) == 0;
    char *goes_on = keeps ? format_text("; '%s' keeps the training so far: the same command with "
                                        "--resume goes on",
                                        path)
                          : copy_text(""),
         *there = t->model ? partial_path(t) : NULL;
    const glia_history *h = t->report ? t->report->history : NULL;
    int status = GLIA_INTERRUPTED;
    if (there && glia_model_save(t->model, there) != GLIA_OK) status = failed(t->c);
    else if (there)
        fail(status, "interrupted; the %s weights so far are in '%s'%s",
             h && h->best_epoch >= 0 ? "best" : "last", there, goes_on);
    else fail(status, "interrupted; no model was written%s", goes_on);
    free(goes_on);
    free(there);
    return status;
}

/* Of an earlier run of the same name, which this one has overtaken. It is somebody's file. */
static void tell_of_partial(const training *t) {
    char *path = partial_path(t);
    struct stat info;
    if (is_there(path, &info))
        note(t->c,
             "'%s' is of an earlier training that was interrupted; this one has ended, so it "
             "may be removed",
             path);
    free(path);
}

static int not_learned(const training *t) {
    return glia_code(t->c->g) == GLIA_INTERRUPTED ? interrupted(t) : failed(t->c);
}

static int cross_validate(training *t, const glia_train_job *job) {
    int64_t folds = 0;
    if (!given_int(t->c, "folds", 2, 1000, &folds)) return GLIA_USAGE;
    if (folds == 0) return 0;
    progress_begin(job->user, t->c);
    t->folds = glia_cross_validate(t->c->g, job, (int)folds);
    progress_end(job->user);
    return t->folds ? 0 : not_learned(t);
}

static int learn(training *t) {
    cli *c = t->c;
    progress p;
    glia_train_job job = {
        .recipe = c->recipe,
        .train = t->train,
        .val = t->val,
        .test = t->test,
        .command = c->line,
        .deep = given(c, "report") != NULL,
        .progress = progress_step,
        .user = &p,
        .checkpoint = t->checkpoint,
        .begin = t->begin,
        .partial = 1,
        .use_up = !given(c, "report"), /* which draws them */
    };
    int status = cross_validate(t, &job);
    if (status) return status;
    progress_begin(&p, c);
    t->model = glia_train(c->g, &job, &t->report);
    const glia_history *h = t->report ? t->report->history : NULL;
    /* The last call came before the last epoch's validation. */
    if (h && h->entries > 0 && !isnan(p.latest.val_loss))
        p.latest.val_loss = h->val_loss[h->entries - 1];
    progress_end(&p);
    if (t->model && t->report && t->report->partial) return interrupted(t);
    return t->model ? 0 : not_learned(t);
}

static int train(training *t) {
    cli *c = t->c;
    const char *log = given(c, "log"), *report = given(c, "report");
    int status = learn(t);
    if (!status) status = save_trained(t);
    if (status) return status;
    if (log && (status = write_log(t->c, log, t->report->history))) return status;
    if (report && (status = report_training(c, t, report))) return status;
    tell_of_partial(t);
    if (t->checkpoint.path) remove(t->checkpoint.path); /* nothing is left to go on with */
    warn_of_scores(c, t->model, t->report);
    if (c->json) return print_training_json(t);
    if (t->folds) print_folds(t->model, t->folds);
    print_training(c, t->model, t->report);
    return print_next(t);
}

static int run_train(cli *c) {
    training t = {.c = c};
    int status = read_checkpoint_options(&t);
    if (!status) status = check_language(c);
    if (!status) status = open_training(&t, c);
    if (!status) status = train(&t);
    close_training(&t);
    return status;
}

static const glia_option train_options[] = {
    {"folds", NULL, "K", "files", NULL,
     "before the training, K-fold cross-validation: K trainings, each measured on the part of the "
     "rows that it left out"},
    {"log", NULL, "FILE", "files", NULL,
     "a line for every logged epoch, as .csv or .jsonl: updates so far, cost of the last "
     "mini-batch and "
     "mean cost, validation, learning rate"},
    {"report", NULL, "FILE.html", "files", NULL, "the training as one HTML page with figures"},
    {"lang", NULL, "en|zh", "files", "en", "the language of the report: English or Chinese"},
    {"checkpoint", NULL, "FILE", "files", NULL,
     "keeps the training here while it runs, for --resume; removed when the model is written"},
    {"checkpoint-every", NULL, "SECONDS", "files", "30",
     "time between two saves of the checkpoint; 0: at every update"},
    {"resume", NULL, NULL, "files", NULL,
     "goes on from the checkpoint, to the same bytes as if never stopped; without one, begins"},
    {NULL},
};

static const char *const train_examples[] = {
    "glia train houses.csv --target price",
    "sound choices for everything, each printed; writes houses.glia",
    "glia train cats.h5 --test cats_test.h5 --hidden 20,7,5 --scale 255 --val none --batch full "
    "--optimizer sgd --lr 0.0075 --init lecun --rng numpy --epochs 2500 -o cats.glia",
    "the deep network of the classic course on images in an HDF5 file: 0.80 of the test images",
    "glia train iris.csv --target species --folds 5",
    "how well this learns, by five-fold cross-validation, then the model from all rows",
    "glia train iris.csv --target species --hidden none --val none --json",
    "softmax regression on all rows; the result as JSON",
    "glia train train-images-idx3-ubyte.gz --hidden 128 --report digits.html",
    "handwritten digits; the labels file beside the images is found by itself",
    "glia train big.csv --checkpoint big.ckpt --resume",
    "can be stopped or killed at any moment: the same command goes on",
    "glia train pets/ --size 64x64 --report pets.html",
    "pictures, those of each class in a folder of its own",
    "glia train december.csv --init houses.glia -o houses2.glia",
    "goes on from a model with other rows: its columns, network and weights",
    "glia train temperatures.csv --target temp --sequence 30",
    "a forecast: the next temperature from the last 30 rows, in the order of their dates",
    NULL,
};

const command train_command = {
    .name = "train",
    .alias = "fit",
    .usage = "DATA [-o MODEL]",
    .summary = "learns a network from data, writes one model file",
    .text =
        "Learns to predict one column (--target; the last one unless said) from the others and "
        "writes one model file that holds everything needed to use it. What is not said is "
        "decided from the data, and every decision is printed.\n\n"
        "DATA is a table (.csv, .tsv, also .gz; - is standard input), sparse text rows 'label "
        "index:value ...' (.libsvm, .svm, or seen in the file: columns f1, f2, ... and label, 0 "
        "where a row names nothing), IDX images, a file with arrays called x and y (HDF5, npz, "
        "MATLAB), or two arrays given by --x and --y.\n\n"
        "With --folds K every row is measured once, by a network that learned from the other K-1 "
        "parts only, its scaling and all its decisions too. The model that is written is the "
        "same as without.\n\n"
        "With --sequence N the rows are a series: the network reads N that follow each other in "
        "time and answers for the last one or, with --horizon H, for what comes H rows later. The "
        "last rows of each series validate, or whole series where each row has its own label; "
        "--folds measures each part by what came before it. With --sequence all each --group of "
        "rows is one sample with one answer, however many rows it has.\n\n"
        "With --json, \"costs\" lists [epoch, J], epochs from 0: J of the epoch's last mini-batch "
        "before its update, so that with --batch full entry i is the cost before update i; "
        "\"mean_costs\" the mean over the epoch's mini-batches, which is what the text shows. "
        "\"best_epoch\": after how many epochs validation was best. \"folds\": "
        "{\"count\": "
        "K, \"fold\": [{score: ..., \"rows\": ...}, ...], \"mean\": {...}, \"interval\": "
        "{...}}. \"findings\": what ails the training ({\"name\", \"where\", \"seen\", "
        "\"value\", \"mend\"}), which is also said in warnings; docs/doctor.md explains.\n\n"
        "Ctrl-C and SIGTERM stop after the update in hand, with exit status 130; the weights so "
        "far, the best ones where there are validation rows, are kept in MODEL.partial.glia, and "
        "with --checkpoint the training is, to go on with. docs/reproducibility.md says which "
        "results are the same to the last byte.",
    .min = 0,
    .max = 1,
    .shared = READING | TRAINING | MAKING,
    .options = train_options,
    .examples = train_examples,
    .run = run_train,
};
