/*
 * results.c: layers, scores and confusion matrices as people read them. json.c prints the same for
 * programs.
 */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

enum { NAMES = 14, INDENT = 2 + NAMES + 1 }; /* of a fact: its name, where its text begins */
enum { MOST_CLASSES = 20 };                  /* a wider confusion matrix is no help */

void print_fact(const char *name, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = format_args(format, args);
    va_end(args);
    char *clean = clean_text(text);
    printf("  %-*s ", NAMES, name);
    print_line(clean, INDENT, INDENT, "");
    free(clean);
    free(text);
}

void print_command(const char *name, const char *text) {
    char *clean = clean_text(text);
    printf("  %-*s ", NAMES, name);
    print_line(clean, INDENT, INDENT, " \\");
    free(clean);
}

int print_model_file(const char *path) {
    char size[32];
    struct stat info;
    if (stat(path, &info) != 0)
        return fail(GLIA_RESOURCE, "cannot read '%s': %s", path, strerror(errno));
    print_fact("model", "%s, %s", path, bytes_text((double)info.st_size, size));
    return 0;
}

int print_written(const cli *c, const char *path, int64_t rows) {
    char count[32];
    if (c->json)
        return print_json(json_pack("{s:s, s:I}", "written", path, "rows", (json_int_t)rows));
    print_fact("written", "%s, %s row%s", path, count_text(rows, count), plural(rows));
    return 0;
}

/* ------------------------------------------------------------------------------------ layers -- */

/* "26x26x32" */
static const char *shape_text(int ndim, const int64_t *dim, char buf[64]) {
    int n = 0;
    for (int i = 0; i < ndim; i++)
        n += snprintf(buf + n, 64 - (size_t)n, "%s%lld", i ? "x" : "", (long long)dim[i]);
    return buf;
}

/* With what a pool or the like behind it makes of that: "26x26x32 to 13x13x32". */
static void add_output(grid *t, int i, const glia_layer *l) {
    char own[64], next[64];
    shape_text(l->ndim, l->dim, own);
    shape_text(l->next_ndim, l->next_dim, next);
    bool same = strcmp(own, next) == 0;
    grid_add(t, "A%d (%s%s%s, m)", i, own, same ? "" : " to ", same ? "" : next);
}

static void add_input(grid *t, const glia_model *m) {
    char shape[64];
    glia_port port = glia_model_input_port(m, 0);
    bool one = glia_model_input_ports(m) == 1;
    if (!one) port = (glia_port){.ndim = 1, .dim = {glia_model_inputs(m)}};
    grid_add(t, "X (%s, m)", shape_text(port.ndim, port.dim, shape));
}

void print_layers(const glia_model *m) {
    char count[32];
    grid t = {.align = "lllllr"};
    const char *const top[] = {"layer", "weights", "bias", "output", "activation", "parameters"};
    for (int j = 0; j < 6; j++) grid_add(&t, "%s", top[j]);
    for (int j = 0; j < 6; j++)
        if (j == 3) add_input(&t, m);
        else grid_add(&t, "%s", j == 0 ? "0 input" : " ");

    for (int i = 0; i < glia_model_layers(m); i++) {
        glia_layer l = glia_model_layer(m, i);
        grid_add(&t, "%d %s", i + 1, l.name);
        char state[64] = "";
        if (l.u[0])
            snprintf(state, sizeof state, "  U%d (%lld, %lld)", i + 1, (long long)l.u[0],
                     (long long)l.u[1]);
        grid_add(&t, "W%d (%lld, %lld)%s", i + 1, (long long)l.w[0], (long long)l.w[1], state);
        if (l.b) grid_add(&t, "b%d (%lld, 1)", i + 1, (long long)l.b);
        else grid_add(&t, " ");
        add_output(&t, i + 1, &l);
        grid_add(&t, "%s%s%s", l.norm ? l.norm : "", l.norm ? ", " : "", l.activation);
        grid_add(&t, "%s", count_text(l.parameters, count));
    }
    grid_print(&t);
}

/* ------------------------------------------------------------------------------------ scores -- */

const glia_score *find_score(const glia_metrics *m, const char *name) {
    for (int i = 0; i < m->scores; i++)
        if (strcmp(m->score[i].name, name) == 0) return &m->score[i];
    return NULL;
}

double score_value(const glia_metrics *m, const char *name) {
    const glia_score *s = find_score(m, name);
    return s ? s->value : NAN;
}

static void add_value(grid *t, double value) {
    char buf[32];
    grid_add(t, "%s", score_text(value, buf));
}

static bool has_interval(const glia_score *s) { return !isnan(s->low) && !isnan(s->high); }

static void add_interval(grid *t, const glia_score *s) {
    char low[32], high[32];
    if (!has_interval(s)) grid_add(t, " ");
    else grid_add(t, "%s .. %s", score_text(s->low, low), score_text(s->high, high));
}

const char *positive_class(const glia_model *m) {
    bool binary = glia_model_classes(m) == 2 && glia_model_outputs(m) == 1;
    return binary ? glia_model_class(m, 1) : NULL;
}

char *score_name(const glia_model *m, const glia_score *s) {
    const char *class = positive_class(m);
    return s->positive && class ? format_text("%s of '%s'", s->name, class) : copy_text(s->name);
}

/* One column per part, then the interval of the last one. */
void print_scores(const glia_model *model, const char *const *names,
                  const glia_metrics *const *parts, int count) {
    const glia_metrics *last = parts[count - 1];
    bool intervals = false;
    for (int i = 0; i < last->scores; i++) intervals = intervals || has_interval(&last->score[i]);
    char align[8] = "lrrr";
    strcpy(align + count + 1, intervals ? "l" : "");
    grid t = {.align = align};

    grid_add(&t, "score");
    for (int j = 0; j < count; j++) grid_add(&t, "%s", names[j]);
    if (intervals)
        grid_add(&t, count > 1 ? "95%% interval (%s)" : "95%% interval", names[count - 1]);
    for (int i = 0; i < last->scores; i++) {
        const glia_score *s = &last->score[i];
        char *name = score_name(model, s);
        grid_add(&t, "%s", name);
        free(name);
        for (int j = 0; j < count; j++) {
            const glia_score *found = find_score(parts[j], s->name);
            add_value(&t, found ? found->value : NAN);
        }
        if (intervals) add_interval(&t, s);
    }
    grid_print(&t);
}

char *trained_with(const glia_model *m, const char *option) {
    const char *note = glia_model_note(m, "hyperparameters");
    json_t *all = note ? json_loads(note, 0, NULL) : NULL;
    const char *said = json_string_value(json_object_get(all, option));
    char *text = copy_text(said ? said : "");
    json_decref(all);
    return text;
}

/* Whoever weighs classes, or moves the threshold, gives accuracy away on purpose. */
static bool aims_at_accuracy(const glia_model *m) {
    const char *threshold = glia_model_note(m, "threshold");
    char *weight = trained_with(m, "class-weight");
    bool plain =
        (!*weight || strcmp(weight, "none") == 0) && (!threshold || strcmp(threshold, "0.5") == 0);
    free(weight);
    return plain;
}

enum { ACCURACY, PINBALL, RMSE, D2 };
static const char *const main_scores[] = {"accuracy", "pinball", "rmse", "d2"};

static int main_score_of(const glia_metrics *s) {
    return s->classes > 0             ? ACCURACY
           : find_score(s, "pinball") ? PINBALL
           : find_score(s, "d2")      ? D2
                                      : RMSE;
}

const char *main_score(const glia_metrics *s) { return main_scores[main_score_of(s)]; }

void warn_of_baseline(const cli *c, const glia_model *m, const glia_metrics *s, const char *part) {
    enum { FEW = 10 }; /* of so few rows a single one decides */
    static const char *const bare[] = {"the most frequent class", "the same quantiles for each",
                                       "their mean", "their mean"};
    int k = main_score_of(s);
    double value = score_value(s, main_scores[k]), baseline = k == D2 ? 0 : s->baseline;
    bool more = k == ACCURACY || k == D2;
    char is[32], base[32];
    if (s->rows < FEW || (s->targets > 0 && k != PINBALL) || isnan(value) || isnan(baseline))
        return;
    if (!isnan(s->naive) && k == RMSE && s->naive < baseline && value > s->naive)
        warn(c, "the model is worse than no model on the %s rows: rmse %s, where %s alone has %s",
             part, score_text(value, is),
             glia_model_sequence(m).season > 1 ? "what stood a season before" : "the last value",
             score_text(s->naive, base));
    if (more ? value >= baseline : value <= baseline) return;
    if (k == ACCURACY && !aims_at_accuracy(m)) return;
    warn(c, "the model is worse than no model on the %s rows: %s %s, where %s alone has %s", part,
         main_scores[k], score_text(value, is), bare[k], score_text(baseline, base));
}

void print_baseline(const glia_metrics *m) {
    char buf[32];
    bool quantiles = find_score(m, "pinball");
    if (m->targets > 0 && !quantiles) return; /* of other units */
    const char *who = m->classes > 0 ? "the most frequent class alone: accuracy"
                      : quantiles    ? "the same quantiles for every row: pinball"
                                     : "the mean alone: rmse";
    if (!isnan(m->baseline)) print_fact("baseline", "%s %s", who, score_text(m->baseline, buf));
}

void print_naive(const glia_model *model, const glia_metrics *m) {
    const int64_t season = glia_model_sequence(model).season;
    char buf[32];
    if (season < 1 || isnan(m->naive)) return;
    if (season == 1) print_fact("", "the last value: rmse %s", score_text(m->naive, buf));
    else
        print_fact("", "the value %lld rows before: rmse %s", (long long)season,
                   score_text(m->naive, buf));
}

char *part_name(const glia_model *model, int t) {
    double q = glia_model_quantile(model, t);
    const char *class = glia_model_target_class(model, t, 1);
    if (!isnan(q)) return format_text("%s_q%g", glia_model_target(model, 0), 100 * q);
    return class ? format_text("%s = '%s'", glia_model_target(model, t), class)
                 : copy_text(glia_model_target(model, t));
}

char *parts_text(const glia_metrics *m) {
    return find_score(m, "pinball")
               ? format_text("the first table is of the %d quantiles together", m->targets)
               : format_text("the scores above are means over the %d targets", m->targets);
}

/* Each target a row, each score a column; what is about the positive class is named in front. */
void print_targets(const glia_model *model, const glia_metrics *m) {
    char align[GLIA_MAX_SCORES + 2] = "l";
    if (m->targets == 0) return;
    const glia_metrics *first = m->target;
    for (int i = 0; i < first->scores; i++) strcat(align, "r");
    grid g = {.align = align};
    grid_add(&g, glia_model_quantiles(model) ? "quantile" : "target");
    for (int i = 0; i < first->scores; i++) grid_add(&g, "%s", first->score[i].name);
    for (int t = 0; t < m->targets; t++) {
        char *name = part_name(model, t);
        grid_add(&g, "%s", name);
        free(name);
        for (int i = 0; i < first->scores; i++) add_value(&g, m->target[t].score[i].value);
    }
    putchar('\n');
    grid_print(&g);
    char *text = parts_text(m);
    print_fact("", "%s", text);
    free(text);
}

static int64_t rows_of_class(const glia_metrics *m, int64_t k) {
    int64_t rows = 0;
    for (int64_t j = 0; j < m->classes; j++) rows += m->confusion[k * m->classes + j];
    return rows;
}

static void print_absent(const glia_model *model, const glia_metrics *m) {
    int64_t absent = 0, first = 0;
    for (int64_t k = 0; m->confusion && k < m->classes; k++)
        if (rows_of_class(m, k) == 0 && !absent++) first = k;
    if (absent == 0) return;
    char others[64] = "";
    if (absent > 1) snprintf(others, sizeof others, " and of %lld more", (long long)absent - 1);
    print_fact("no rows", "of class '%s'%s: recall and f1 are not known%s",
               glia_model_class(model, first), others,
               positive_class(model) ? "" : ", means are over the other classes");
}

void print_scope(const glia_model *model, const glia_metrics *m) {
    const char *weight = glia_model_note(model, "weight");
    print_absent(model, m);
    if (!weight) return;
    if (m->weight > 0)
        print_fact("weights", "each row counts by its '%s' in the scores%s", weight,
                   m->classes > 0 ? ", once in the matrix" : "");
    else print_fact("weights", "these rows have no '%s': each counts the same", weight);
}

/* --------------------------------------------------------------------------------- confusion -- */

static double ratio(int64_t part, int64_t whole) {
    return whole > 0 ? (double)part / (double)whole : NAN;
}

void print_confusion(const glia_model *m, const glia_metrics *s) {
    int64_t n = s->classes;
    if (n < 2 || !s->confusion) return;
    int64_t shown = n <= MOST_CLASSES ? n : 0;
    char *align = reserve(NULL, (size_t)shown + 5);
    memset(align, 'r', (size_t)shown + 4);
    align[0] = 'l';
    align[shown + 4] = '\0';

    grid t = {.align = align};
    grid_add(&t, shown > 0 ? "true \\ predicted" : "class");
    for (int64_t j = 0; j < shown; j++) grid_add(&t, "%s", glia_model_class(m, j));
    grid_add(&t, "rows");
    grid_add(&t, "recall");
    grid_add(&t, "precision");
    for (int64_t i = 0; i < n; i++) {
        int64_t row = 0, column = 0, right = s->confusion[i * n + i];
        for (int64_t j = 0; j < n; j++)
            row += s->confusion[i * n + j], column += s->confusion[j * n + i];
        grid_add(&t, "%s", glia_model_class(m, i));
        for (int64_t j = 0; j < shown; j++) {
            int64_t count = s->confusion[i * n + j];
            if (count > 0) grid_add(&t, "%lld", (long long)count);
            else grid_add(&t, ".");
        }
        grid_add(&t, "%lld", (long long)row);
        add_value(&t, ratio(right, row));
        add_value(&t, ratio(right, column));
    }
    grid_print(&t);
    free(align);
}
