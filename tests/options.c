/*
 * options.c: one row says all of an option, and the manual (glia.h) says what the rows say.
 */
#include "test.h"

#include "context.h"
#include "net/op.h"
#include "train/fit_options.h"
#include "train/schedule.h"

#include <math.h>

enum { ROWS = 40, INPUTS = 3 };

static double x[ROWS][INPUTS], y[ROWS];

static void make_rows(void) {
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < INPUTS; j++) x[i][j] = sin(1.7 * i + 2.3 * j);
        y[i] = x[i][0] + 0.5 * cos(i) > 0;
    }
}

static glia_model *trained(const glia_fit_options *o) {
    make_rows();
    glia_model *m = glia_model_new(g, INPUTS, "dense 4 tanh, dense 1 sigmoid", NULL);
    glia_fit_options all = *o;
    all.x_val = glia_tensor_f64(x[0], ROWS, INPUTS), all.y_val = glia_tensor_f64(y, ROWS, 1);
    glia_status status = glia_model_fit(m, glia_tensor_f64(x[0], ROWS, INPUTS),
                                        glia_tensor_f64(y, ROWS, 1), &all, NULL);
    if (status == GLIA_OK) return m;
    glia_model_free(m);
    return NULL;
}

static bool same_weights(glia_model *a, glia_model *b) {
    bool same = a && b;
    for (int i = 0; same && i < glia_model_params(a); i++) {
        glia_tensor p = glia_model_param(a, i), q = glia_model_param(b, i);
        same = memcmp(p.data, q.data, (size_t)glia_tensor_count(&p, 0) * sizeof(float)) == 0;
    }
    glia_model_free(a);
    glia_model_free(b);
    return same;
}

/* --------------------------------------------------------------------------------- from text -- */

/* Every member with the texts that set it, and what then stands in it. */
static const struct {
    const char *name, *value;
    glia_fit_options o;
} settings[] = {
    {"optimizer", "nesterov", {.optimizer = "nesterov"}},
    {"lr", "0.25", {.lr = 0.25}},
    {"learning-rate", "0.5", {.lr = 0.5}},
    {"schedule", "step:3:0.5", {.schedule = "step:3:0.5"}},
    {"warmup", "2.5", {.warmup = 2.5}},
    {"momentum", "0.7", {.momentum = 0.7}},
    {"beta1", "0.8", {.beta1 = 0.8}},
    {"beta2", "0.99", {.beta2 = 0.99}},
    {"eps", "1e-6", {.eps = 1e-6}},
    {"eps-root", "1e-7", {.eps_root = 1e-7}},
    {"eps_root", "1e-7", {.eps_root = 1e-7}},
    {"decay", "0.02", {.decay = 0.02}},
    {"batch", "7", {.batch = 7}},
    {"batch-size", "full", {.batch = GLIA_FULL_BATCH}},
    {"epochs", "12", {.epochs = 12}},
    {"l2", "0.1", {.l2 = 0.1}},
    {"l1", "0.2", {.l1 = 0.2}},
    {"clip", "3", {.clip_norm = 3}},
    {"clip", "norm:4", {.clip_norm = 4}},
    {"clip", "value:5", {.clip_value = 5}},
    {"clip_value", "6", {.clip_value = 6}},
    {"max-norm", "2", {.max_norm = 2}},
    {"augment", "flip, shift 0.2", {.augment = "flip, shift 0.2"}},
    {"label-smoothing", "0.1", {.label_smoothing = 0.1}},
    {"monitor", "accuracy", {.monitor = "accuracy"}},
    {"early-stop", "9", {.patience = 9}},
    {"patience", "8", {.patience = 8}},
    {"tol", "0.001", {.tol = 0.001}},
    {"cost-tol", "0.002", {.cost_tol = 0.002}},
    {"seed", "9000000000000000", {.seed = 9000000000000000}},
    {"rng", "numpy", {.rng = "numpy"}},
    {"shuffle-seed", "21", {.shuffle_seed = 21}},
    {"divisor", "255", {.divisor = 255}},
    {"log-every", "4", {.log_every = 4}},
    {"doctor", "on", {.doctor = 1}},
    {"doctor", "off", {.doctor = 0}},
    {"lr", "auto", {.lr = 0}},
    {"optimizer", "auto", {.optimizer = NULL}},
    {"max-norm", "none", {.max_norm = 0}},
};

/* Texts by what they say, everything else byte by byte. */
static bool equal_options(glia_fit_options a, glia_fit_options b) {
    const char **texts[][2] = {{&a.optimizer, &b.optimizer},
                               {&a.schedule, &b.schedule},
                               {&a.monitor, &b.monitor},
                               {&a.augment, &b.augment},
                               {&a.rng, &b.rng}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *s = *texts[i][0], *t = *texts[i][1];
        if (!s != !t || (s && strcmp(s, t) != 0)) return false;
        *texts[i][0] = *texts[i][1] = NULL;
    }
    return memcmp(&a, &b, sizeof a) == 0;
}

static void a_text_sets_the_member_of_its_option_and_no_other(void **unused) {
    (void)unused;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        glia_fit_options o;
        memset(&o, 0, sizeof o);
        if (glia_fit_options_set(g, &o, settings[i].name, settings[i].value) != GLIA_OK)
            fail_msg("%s: %s", settings[i].name, glia_message(g));
        if (!equal_options(o, settings[i].o))
            fail_msg("%s = %s sets something else", settings[i].name, settings[i].value);
    }
}

static void every_option_of_training_can_be_set(void **unused) {
    (void)unused;
    int count;
    const glia_option *o = glia_recipe_options(&count);
    for (int i = 0; i < count; i++) {
        bool tried = false, member = strcmp(o[i].group, "training") == 0;
        for (size_t k = 0; k < sizeof settings / sizeof *settings; k++)
            tried = tried || strcmp(settings[k].name, o[i].name) == 0;
        if (strcmp(o[i].name, "class-weight") == 0) member = false; /* it has weights */
        if (strcmp(o[i].name, "plain") == 0) member = false;        /* it is always plain */
        if (tried != member) fail_msg("--%s: set by text: %d", o[i].name, tried);
    }
}

static void what_is_set_by_text_trains_to_the_same_bits(void **unused) {
    (void)unused;
    static const char *const texts[][2] = {{"optimizer", "rmsprop"}, {"lr", "0.01"},
                                           {"epochs", "9"},          {"batch", "8"},
                                           {"clip", "0.5"},          {"schedule", "cosine"},
                                           {"monitor", "f1"},        {"early-stop", "4"}};
    glia_fit_options o = {0}, same = {.optimizer = "rmsprop",
                                      .lr = 0.01,
                                      .epochs = 9,
                                      .batch = 8,
                                      .clip_norm = 0.5,
                                      .schedule = "cosine",
                                      .monitor = "f1",
                                      .patience = 4};
    for (int i = 0; i < 8; i++)
        assert_int_equal(glia_fit_options_set(g, &o, texts[i][0], texts[i][1]), GLIA_OK);
    assert_true(same_weights(trained(&o), trained(&same)));
}

static void wrong_texts_are_refused_and_change_nothing(void **unused) {
    (void)unused;
    static const struct {
        const char *name, *value, *says;
    } cases[] = {
        {"momentum", "1", "'momentum' is '1', expected a number from 1e-09 to 0.999999"},
        {"epochs", "2.5", "expected a whole number from 1 to 1000000000"},
        {"batch", "all", "or full"},
        {"lr", "fast", "'lr' is 'fast'"},
        {"optimizer", "adm", "did you mean 'adam'?"},
        {"rng", "python", "expected glia or numpy"},
        {"clip", "value:-1", "expected a number above 0, norm:C, value:C or none"},
        {"divisor", "inf", "expected a finite number"},
        {"doctor", "perhaps", "expected on or off"},
        {"lrr", "1", "did you mean 'lr'?"},
        {"hidden", "20", "unknown option 'hidden'"},
        {"class-weight", "balanced", "unknown option 'class-weight'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        glia_fit_options o = {.clip_norm = 2, .clip_value = 3, .lr = 4, .rng = "glia"}, kept = o;
        glia_status status = glia_fit_options_set(g, &o, cases[i].name, cases[i].value);
        if (status != GLIA_USAGE || !strstr(glia_message(g), cases[i].says))
            fail_msg("%s = %s: expected %s; found %d, %s", cases[i].name, cases[i].value,
                     cases[i].says, status, glia_message(g));
        assert_memory_equal(&o, &kept, sizeof o);
    }
}

/* ----------------------------------------------------------------------------- rows in force -- */

static void numbers_in_the_struct_are_held_to_the_range_of_their_row(void **unused) {
    (void)unused;
    int tried = 0;
    for (int i = 0; i < gl_fit_rows_count; i++) {
        const gl_fit_row *row = &gl_fit_rows[i];
        if (row->type != GL_MEMBER_REAL && row->type != GL_MEMBER_WHOLE) continue;
        const double wrong[] = {-5, 2 * row->limits.high + 1};
        for (int k = 0; k < 2; k++) {
            bool batch = strcmp(row->member, "batch") == 0 && wrong[k] > 0; /* all rows */
            if (batch || gl_within(row->limits, wrong[k])) continue;
            glia_fit_options o = {.epochs = 1};
            gl_fit_put(row, &o, wrong[k]);
            char says[64];
            snprintf(says, sizeof says, "%s is ", row->member);
            assert_null(trained(&o));
            if (!strstr(glia_message(g), says))
                fail_msg("%s = %g: %s", row->member, wrong[k], glia_message(g));
            tried++;
        }
    }
    assert_true(tried > 30);
}

/* Numbers and words of the manual, not of the table. */
static void zero_trains_as_the_default_that_the_manual_names(void **unused) {
    (void)unused;
    static const struct {
        const char *optimizer;
        glia_fit_options o;
    } cases[] = {
        {"sgd", {.lr = 0.1, .batch = 32, .schedule = "constant", .rng = "glia"}},
        {"momentum", {.lr = 0.1, .momentum = 0.9}},
        {"nesterov", {.lr = 0.1, .momentum = 0.9}},
        {"rmsprop", {.lr = 0.001, .beta2 = 0.9, .eps = 1e-8}},
        {"adam", {.lr = 0.001, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8, .epochs = 100}},
        {"adamw", {.lr = 0.001, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8, .decay = 0.01}},
        {"lbfgs", {.batch = GLIA_FULL_BATCH, .epochs = 1000}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        glia_fit_options zero = {.optimizer = cases[i].optimizer}, said = cases[i].o;
        said.optimizer = cases[i].optimizer, said.divisor = 1, said.log_every = 1;
        said.monitor = "loss";
        if (!same_weights(trained(&zero), trained(&said)))
            fail_msg("%s: zeros train otherwise", cases[i].optimizer);
    }
    glia_fit_options numpy = {.rng = "numpy", .epochs = 3, .batch = 8}, eleven = numpy;
    eleven.shuffle_seed = 11;
    assert_true(same_weights(trained(&numpy), trained(&eleven)));
    glia_fit_options none = {.epochs = 3}, adam = {.optimizer = "adam", .epochs = 3};
    assert_true(same_weights(trained(&none), trained(&adam)));
}

/* -------------------------------------------------------------------------------- the manual -- */

static char *manual;

/* The header with its line breaks, and what comments begin lines with, folded into one blank. */
static void open_manual(void) {
    char *text = slurp(SOURCE_ROOT "/include/glia/glia.h"), *to = manual = text;
    for (char *from = text; *from;) {
        if (*from != '\n') {
            *to++ = *from++;
            continue;
        }
        from += strspn(from, "\n ");
        if (from[0] == '*' && from[1] == ' ') from += 2;
        if (to == text || to[-1] != ' ') *to++ = ' ';
    }
    *to = 0;
    assert_true(to > text);
}

static void the_manual_has(const char *words) {
    if (!strstr(manual, words)) fail_msg("glia.h does not say \"%s\"", words);
}

static void put_own(char *text, size_t size, const gl_fit_row *row) {
    double last = 0;
    for (int i = 0; i < gl_optimizers_count; i++) {
        const gl_optimizer *o = &gl_optimizers[i];
        double own = *(const double *)((const char *)o + row->own);
        char number[40] = "full";
        size_t n = strlen(text);
        if (own == 0) continue;
        if (own != GLIA_FULL_BATCH) gl_print_number(own, number, sizeof number);
        char *colon = strrchr(text, ':');
        if (own == last) n = (size_t)(colon - text); /* "sgd: 0.1" becomes "sgd, momentum: 0.1" */
        snprintf(text + n, size - n, "%s%s: %s",
                 own == last ? ", "
                 : n         ? "; "
                             : "",
                 o->name, number);
        last = own;
    }
}

/* What stands in the brackets behind a member begins with this. */
static void default_of(const gl_fit_row *row, char *text, size_t size) {
    const char *zero = row->zero ? row->zero : row->option.initial;
    bool nothing = row->type != GL_MEMBER_TEXT && /* a number, or a switch */
                   (strcmp(zero, "none") == 0 || strcmp(zero, "off") == 0);
    snprintf(text, size, "%s", nothing ? "0" : zero);
    if (!row->own) return;
    if (strcmp(zero, "0") == 0) *text = 0;
    put_own(text, size, row);
}

/* The declaration of a member: where its name stands in front of a semicolon; NULL: nowhere. */
static char *find_member(char *options, const char *member) {
    size_t n = strlen(member);
    for (char *at = options; (at = strstr(at, member)); at += n)
        if ((at[-1] == ' ' || at[-1] == '*') && at[n] == ';') return at;
    return NULL;
}

static char *open_struct(void) {
    open_manual();
    char *options = strstr(manual, "typedef struct glia_fit_options {");
    *strstr(options, "} glia_fit_options;") = 0;
    return options;
}

static void the_manual_says_the_default_of_every_member(void **unused) {
    (void)unused;
    char *options = open_struct();
    for (int i = 0; i < gl_fit_rows_count; i++) {
        const char *member = gl_fit_rows[i].member;
        char expected[200] = "", *bracket = NULL, *at = find_member(options, member);
        default_of(&gl_fit_rows[i], expected, sizeof expected);
        if (!at) fail_msg("glia_fit_options has no member %s of its own line", member);
        for (char *s = at, *end = strstr(at, "*/"); s < end; s++)
            if (*s == '[') bracket = s + 1;
        if (!bracket || strncmp(bracket, expected, strlen(expected)) != 0)
            fail_msg("glia.h says of %s: [%.40s, expected [%s]", member, bracket, expected);
    }
    free(manual);
}

static void every_number_and_text_of_the_struct_has_its_row(void **unused) {
    (void)unused;
    static const char *const types[] = {"double ", "int64_t ", "uint64_t ", "int ", "const char *"};
    char *options = open_struct();
    int found = 0;
    for (int i = 0; i < 5; i++) {
        for (char *at = options; (at = strstr(at, types[i]));) {
            if (at[-1] != ' ') { /* uint64_t */
                at++;
                continue;
            }
            at += strlen(types[i]);
            char member[40];
            snprintf(member, sizeof member, "%.*s", (int)strcspn(at, ";,( "), at);
            if (at[strlen(member)] != ';') continue; /* words of a comment, a callback */
            if (!gl_fit_find(member)) fail_msg("%s of glia_fit_options has no row", member);
            found++;
        }
    }
    assert_int_equal(found, gl_fit_rows_count);
    free(manual);
}

/* Reads ops.list once more: what it says of an op is what the op says of itself. */
static const struct {
    const char *name, *role, *numbers;
} listed[] = {
#define OP(name, role, ...) {#name, #role, "" __VA_ARGS__},
#include "op/ops.list"
};

static void the_list_of_ops_tells_their_roles_and_numbers(void **unused) {
    (void)unused;
    static const char *const roles[] = {"INLET", "LAYER", "JOIN", "BETWEEN", "ACTIVATION", "LOSS"};
    assert_int_equal(sizeof listed / sizeof *listed, gl_ops_count);
    for (int i = 0; i < gl_ops_count; i++) {
        const gl_op *op = gl_ops[i];
        bool shown = op->role >= GL_ACTIVATION;
        char numbers[80] = "";
        for (int k = 0; shown && k < op->attrs && (k == 0 || op->attr[k].initial > 0); k++)
            snprintf(numbers + strlen(numbers), sizeof numbers - strlen(numbers), "[:%s]",
                     op->attr[k].name);
        assert_string_equal(listed[i].name, op->name);
        assert_string_equal(listed[i].role, op->says ? "LINKED" : roles[op->role]);
        assert_string_equal(listed[i].numbers, numbers);
    }
}

static const char *option_named(const char *name, bool help) {
    int count;
    const glia_option *o = glia_recipe_options(&count);
    while (strcmp(o->name, name) != 0) o++;
    return help ? o->help : o->argument;
}

/* "a|b[:c]" as "a, b[:c]"; "auto|" in front is dropped, `between` stands for the bar. */
static char *words_of(const char *words, const char *between) {
    static char list[400];
    *list = 0;
    if (strncmp(words, "auto|", 5) == 0) words += 5;
    for (; *words; words++) {
        char letter[2] = {*words, 0};
        strcat(list, *words == '|' ? between : letter);
    }
    return list;
}

static void the_manual_names_what_the_tables_name(void **unused) {
    (void)unused;
    open_manual();
    the_manual_has(words_of(option_named("optimizer", false), ", "));
    the_manual_has(words_of(option_named("init", false), ", "));
    the_manual_has(words_of(option_named("rng", false), ", "));
    char activations[200] = "ACTIVATION is";
    for (int i = 0; i < gl_ops_count; i++) {
        const gl_op *op = gl_ops[i];
        if (op->role == GL_ACTIVATION)
            sprintf(activations + strlen(activations), " %s%s,", op->name,
                    op->attrs ? "[:SLOPE]" : "");
        char quoted[40];
        snprintf(quoted, sizeof quoted, "\"%s\"", op->name);
        if (op->role == GL_LOSS && !op->link) the_manual_has(quoted);
    }
    the_manual_has(activations);
    const char *help = strchr(option_named("schedule", true), ':') + 2;
    char schedules[300];
    snprintf(schedules, sizeof schedules, "%.*s", (int)strcspn(help, ";"), help);
    the_manual_has(schedules);
    free(manual);
}

/* "auto: 0.9 for rmsprop, else 0.999" names every number that an optimizer has for it. */
static void help_says_what_auto_is_where_the_optimizer_says_it(void **unused) {
    (void)unused;
    static const char *const names[] = {"beta2", "decay"};
    for (int i = 0; i < 2; i++) {
        const gl_fit_row *row = gl_fit_find(names[i]);
        const char *said = strstr(row->option.help, "auto: ");
        assert_non_null(said);
        for (int k = 0; k < gl_optimizers_count; k++) {
            char number[40];
            double own = *(const double *)((const char *)&gl_optimizers[k] + row->own);
            gl_print_number(own, number, sizeof number);
            if (own != 0 && !strstr(said, number))
                fail_msg("--%s: %s has %s, the help says %s", names[i], gl_optimizers[k].name,
                         number, said);
        }
    }
}

/* The program sees no table of ops: its list of losses is compared. */
static void glia_bench_knows_every_loss(void **unused) {
    (void)unused;
    result help = run("$GLIA bench --help");
    for (int i = 0; i < gl_ops_count; i++) {
        const gl_op *op = gl_ops[i];
        const char *name = op->link ? op->link : op->name;
        if (op->role != GL_LOSS) continue;
        assert_non_null(strstr(help.out, name));
        result r = run("$GLIA bench --net 4-3-2 --batch 4 --steps 1 --loss %s --quiet", name);
        if (r.status != 0) fail_msg("bench --loss %s: %s", name, r.err);
        result_free(&r);
    }
    result_free(&help);
}

static void is_refused(bool refused, const char *says) {
    assert_true(refused);
    if (!strstr(glia_message(g), says)) fail_msg("'%s' in: %s", says, glia_message(g));
}

static void what_is_missing_is_said(void **state) {
    (void)state;
    make_rows();
    glia_tensor xs = glia_tensor_f64(x[0], ROWS, INPUTS), ys = glia_tensor_f64(y, ROWS, 1),
                no = {0};
    glia_model *m = glia_model_new(g, INPUTS, "dense 1 sigmoid", NULL);
    glia_fit_options o = {.x_val = xs};
    is_refused(glia_model_fit(m, xs, ys, &o, NULL) == GLIA_USAGE, "y_val has no data");
    o = (glia_fit_options){.y_val = ys};
    is_refused(glia_model_fit(m, xs, ys, &o, NULL) == GLIA_USAGE, "x_val has no data");
    o = (glia_fit_options){.patience = 3};
    is_refused(glia_model_fit(m, xs, ys, &o, NULL) == GLIA_USAGE, "needs validation data");
    is_refused(isnan(glia_model_cost(g, m, xs, no)), "needs labels");
    is_refused(glia_model_fit(m, xs, no, NULL, NULL) != GLIA_OK, "needs labels");
    is_refused(glia_fit_options_set(g, &o, "lr", NULL) == GLIA_USAGE, "'lr' needs a value");
    glia_predictor *p = glia_predictor_new(g, m, ROWS);
    is_refused(glia_predictor_run(p, xs, no) == GLIA_USAGE, "y has no data");
    is_refused(glia_predictor_run(p, no, ys) != GLIA_OK, "x has no data");
    glia_predictor_free(p);
    glia_model_free(m);
    glia_recipe *r = glia_recipe_new(g);
    is_refused(glia_recipe_set(r, "net", NULL) == GLIA_USAGE, "'net' needs a value");
    is_refused(!glia_train(g, &(glia_train_job){.recipe = r}, NULL), "train is NULL");
    glia_recipe_free(r);
}

/* ------------------------------------------------------------------- defaults that are typed -- */

typedef struct heard {
    bool few, plain;
} heard;

static void hear(void *user, glia_level level, const char *text) {
    heard *h = user;
    (void)level;
    h->few = h->few || strstr(text, "few rows");
    h->plain = h->plain || strstr(text, "plain training");
}

/* The answer to one row tells two trainings apart. */
static double answer_of(const char *name, const char *value, heard *h) {
    glia_ctx *own = glia_open(&(glia_settings){.log = hear, .log_user = h});
    glia_table *t = glia_table_generate(own, "moons", 200, 1);
    glia_recipe *r = glia_recipe_new(own);
    if (name) assert_int_equal(glia_recipe_set(r, name, value), GLIA_OK);
    *h = (heard){0};
    glia_model *m = glia_train(own, &(glia_train_job){.recipe = r, .train = t}, NULL);
    assert_non_null(m);
    glia_predictions *p = glia_model_apply(own, m, t);
    double answer = p->value[17];
    glia_predictions_free(own, p);
    glia_model_free(m);
    glia_recipe_free(r);
    glia_table_free(t);
    glia_close(own);
    return answer;
}

static void a_default_that_is_typed_is_a_default(void **state) {
    (void)state;
    static const char *const same[][2] = {{"epochs", "300"}, {"lr", "2e-3"},       {"batch", "32"},
                                          {"l1", "0.0"},     {"clip", "none"},     {"rng", "glia"},
                                          {"warmup", "0"},   {"optimizer", "adam"}};
    static const char *const other[][2] = {{"epochs", "301"},
                                           {"lr", "0.003"},
                                           {"batch", "16"},
                                           {"plain", "true"}};
    heard h;
    double usual = answer_of(NULL, NULL, &h);
    assert_true(h.few && !h.plain);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        if (answer_of(same[i][0], same[i][1], &h) != usual || !h.few || h.plain)
            fail_msg("%s %s is what is usual, and changes something", same[i][0], same[i][1]);
    }
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        if (answer_of(other[i][0], other[i][1], &h) == usual || h.few || !h.plain)
            fail_msg("%s %s describes the training, and is not heard", other[i][0], other[i][1]);
    }
    assert_true(answer_of("plain", "false", &h) == usual);
    glia_recipe *r = glia_recipe_new(g);
    assert_int_equal(glia_recipe_set(r, "plain", "maybe"), GLIA_USAGE);
    assert_non_null(strstr(glia_message(g), "expected true or false"));
    glia_recipe_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_default_that_is_typed_is_a_default),
        cmocka_unit_test(a_text_sets_the_member_of_its_option_and_no_other),
        cmocka_unit_test(every_option_of_training_can_be_set),
        cmocka_unit_test(what_is_set_by_text_trains_to_the_same_bits),
        cmocka_unit_test(wrong_texts_are_refused_and_change_nothing),
        cmocka_unit_test(numbers_in_the_struct_are_held_to_the_range_of_their_row),
        cmocka_unit_test(zero_trains_as_the_default_that_the_manual_names),
        cmocka_unit_test(the_manual_says_the_default_of_every_member),
        cmocka_unit_test(every_number_and_text_of_the_struct_has_its_row),
        cmocka_unit_test(the_manual_names_what_the_tables_name),
        cmocka_unit_test(the_list_of_ops_tells_their_roles_and_numbers),
        cmocka_unit_test(help_says_what_auto_is_where_the_optimizer_says_it),
        cmocka_unit_test(glia_bench_knows_every_loss),
        cmocka_unit_test(what_is_missing_is_said),
    };
    return cmocka_run_group_tests_name("options", tests, open_context, close_context);
}
