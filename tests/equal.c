/*
 * equal.c: what must be the same to the last bit: one row or many, saved or not, any number of
 * threads, memory shared or not; and what must be the same by definition: logistic regression and a
 * network of one unit, a text and the network it describes, a short mini-batch and a full one of
 * its rows.
 */
#include "test.h"

#include "nets.h"
#include "oracle.h"
#include "product/model.h"
#include "train/train.h"
#include <math.h>

static glia_ctx *g;

static const glia_dtype dtypes[] = {GLIA_F32, GLIA_F64};
/* Fewer under the sanitizers, where a training takes three times as long: the plain run has all
 * numbers of threads. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const int many_threads[] = {8, 0}, file_threads[] = {1, 8, 0};
#else
static const int many_threads[] = {2, 3, 4, 5, 8, 0}, file_threads[] = {1, 2, 3, 4, 8, 0};
#endif

static const char *const kernel_sets[] = {"ref", "sse2", "avx2", "avx512", "neon"};

/* A network of its own text, with data for it. loss: number in losses[]. */
static net net_of(glia_dtype dtype, int64_t inputs, const char *text, int loss, int64_t rows) {
    net n = {.layers = 1, .loss = loss, .inputs = inputs, .rows = rows, .l2 = 0.01};
    snprintf(n.text, sizeof n.text, "%s", text);
    glia_model_options o = {.loss = loss < 2 ? "cross_entropy" : losses[loss],
                            .init = "xavier",
                            .dtype = dtype};
    n.m = glia_model_new(g, inputs, text, &o);
    if (!n.m) fail_msg("%s: %s", text, glia_message(g));
    gl_rng r = gl_rng_new(5, GL_STREAM_TEST, 0);
    n.units[0] = n.m->net->outputs;
    net_fill(&n, &r);
    return n;
}

/* Numbers in the precision of a model. */
static void *reals(glia_dtype dtype, const double *from, int64_t n) {
    void *to = calloc((size_t)n + 1, sizeof(double));
    for (int64_t i = 0; i < n; i++) gl_put(to, dtype, i, from[i]);
    return to;
}

static void assert_same_bits(const void *a, const void *b, int64_t n, glia_dtype dtype,
                             const char *what) {
    size_t size = glia_dtype_size(dtype);
    for (int64_t i = 0; i < n; i++) {
        const char *x = (const char *)a + (size_t)i * size, *y = (const char *)b + (size_t)i * size;
        if (memcmp(x, y, size) == 0) continue;
        fail_msg("%s, %s: number %lld is %.17g and %.17g", what, glia_dtype_name(dtype),
                 (long long)i, gl_get(a, dtype, i), gl_get(b, dtype, i));
    }
}

/* ---------------------------------------------------------------------- one row or many rows -- */

/* Predictions of all rows, `block` rows at a time. For free. */
static void *predict_by(const net *n, int64_t block) {
    glia_dtype dtype = n->m->net->dtype;
    int64_t outputs = n->m->net->outputs;
    void *y = calloc((size_t)(n->rows * outputs), sizeof(double));
    glia_predictor *p = glia_predictor_new(g, n->m, block);
    assert_non_null(p);
    for (int64_t first = 0; first < n->rows; first += block) {
        int64_t rows = first + block < n->rows ? block : n->rows - first;
        glia_tensor out = {.dtype = dtype,
                           .ndim = 2,
                           .dim = {rows, outputs},
                           .data = (char *)y + (size_t)(first * outputs) * glia_dtype_size(dtype)};
        assert_int_equal(
            glia_predictor_run(p, glia_tensor_f64(n->x + first * n->inputs, rows, n->inputs), out),
            GLIA_OK);
    }
    glia_predictor_free(p);
    return y;
}

static void same_for_all_blocks(const net *n, const char *set) {
    void *one = predict_by(n, 1);
    for (const int64_t *block = (const int64_t[]){2, 3, 7, 64, 1000, 0}; *block; block++) {
        char what[800];
        void *many = predict_by(n, *block);
        snprintf(what, sizeof what, "%s, kernels %s, %d rows at once", n->text, set, (int)*block);
        assert_same_bits(many, one, n->rows * n->m->net->outputs, n->m->net->dtype, what);
        free(many);
    }
    free(one);
}

static void batch_forward_equals_one_by_one_forward(void **state) {
    (void)state;
    static const struct {
        int64_t inputs;
        const char *text;
        int loss;
    } cases[] = {
        {1, "dense 1 sigmoid", 0},
        {3, "dense 1 sigmoid", 0},
        {784, "dense 1 sigmoid", 0},
        {13, "dense 3 softmax", 1},
        {30, "dense 64 relu, dense 32 relu, dense 1 sigmoid", 0},
        {1000, "dense 257 gelu, dropout 0.5, dense 130 tanh, dense 10 softmax", 1},
        {129, "dense 33 silu, dense 512 softplus, dense 5 linear", 2},
        {64, "dense 1 elu, dense 300 leaky_relu, dense 17 sigmoid", 0},
        {64, "batch_norm, dense 300, batch_norm, relu, dense 70, layer_norm, dense 3 softmax", 1},
        {20, "dense 65 relu, layer_norm, dense 129, batch_norm", 2},
        {6, "sequence 2 3, gru 130 reset before steps all, lstm 66, dense 2 linear", 2},
    };
    int tried = 0;
    for (size_t s = 0; s < sizeof kernel_sets / sizeof *kernel_sets; s++) {
        if (!gl_kernels_named(GLIA_F32, kernel_sets[s])) continue;
        setenv("GLIA_KERNELS", kernel_sets[s], 1);
        for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i += EVERY) {
            net n = net_of(dtypes[i % 2], cases[i / 2].inputs, cases[i / 2].text, cases[i / 2].loss,
                           150);
            same_for_all_blocks(&n, kernel_sets[s]);
            net_free(&n);
        }
        for (int i = 0; i < 60; i += EVERY) {
            net n = net_any(g, dtypes[i % 2], 11, i, 0);
            same_for_all_blocks(&n, kernel_sets[s]);
            net_free(&n);
        }
        tried++;
    }
    unsetenv("GLIA_KERNELS");
    assert_true(tried >= 2);
}

/* ----------------------------------------------------------------------------- save and load -- */

static void saved_and_loaded_model_predicts_the_same_bits(void **state) {
    (void)state;
    char path[600];
    snprintf(path, sizeof path, "%s/saved.glia", scratch());
    for (int i = 0; i < 90; i++) {
        net n = net_any(g, dtypes[i % 2], 3, i, i % 4 == 1 ? 0.2 : 0);
        void *before = predict_by(&n, n.rows);
        assert_int_equal(glia_model_save(n.m, path), GLIA_OK);
        glia_model_free(n.m);
        n.m = glia_model_load(g, path);
        if (!n.m) fail_msg("%s: %s", n.text, glia_message(g));
        void *after = predict_by(&n, n.rows);
        assert_same_bits(after, before, n.rows * n.m->net->outputs, n.m->net->dtype, n.text);
        free(before);
        free(after);
        net_free(&n);
    }
}

/* ------------------------------------------- threads, shared memory, what memory held before -- */

typedef struct variant {
    int threads;
    bool keep_all, poison;
    gl_kernel_id optimizer;
    int used; /* threads that the plan took */
} variant;

/* The weights after three updates, in the model's precision; the model keeps its own. For free. */
static void *train_by(const net *n, variant *v) {
    const glia_model *m = n->m;
    size_t size = (size_t)m->net->count * glia_dtype_size(m->net->dtype);
    void *x = reals(m->net->dtype, n->x, n->rows * n->inputs),
         *y = reals(m->net->dtype, n->y, n->rows * n->labels);
    gl_store *store = gl_store_new(g, m->net->count, m->net->dtype);
    for (gl_run_id run = 0; run < GL_RUNS; run++) assert_true(gl_store_take(store, run));
    gl_store_copy(store, GL_WEIGHTS, m->net->store, GL_WEIGHTS);
    gl_plan *plan = gl_compile(g, m->net,
                               &(gl_plan_spec){.mode = GL_TRAIN,
                                               .rows = n->rows,
                                               .l2 = n->l2,
                                               .update = v->optimizer,
                                               .threads = v->threads,
                                               .keep_all = v->keep_all});
    gl_knobs knobs = {.lr = 0.05,
                      .momentum = 0.9,
                      .beta1 = 0.9,
                      .beta2 = 0.999,
                      .eps = 1e-8,
                      .decay = 0.1,
                      .correct1 = 0.1,
                      .correct2 = 0.001,
                      .seed = 4};
    gl_bind(plan,
            &(gl_binding){.room = {[GL_X] = x, [GL_LABELS] = y}, .store = store, .knobs = &knobs});
    for (; knobs.step < 3; knobs.step++) {
        if (v->poison) { /* all bits set: NaN in either precision */
            memset(plan->memory, 0xff, (size_t)plan->arena * glia_dtype_size(m->net->dtype));
            memset(plan->work, 0xff, (size_t)plan->threads * plan->work_bytes);
            memset(gl_store_at(store, GL_GRADIENTS, 0), 0xff, size);
        }
        if (!gl_run(plan)) fail_msg("%s: the cost is not finite", n->text);
    }
    v->used = plan->threads;
    gl_plan_free(plan);
    free(x);
    free(y);
    void *weights = malloc(size);
    gl_store_get(store, GL_WEIGHTS, 0, m->net->count, weights);
    gl_store_free(store);
    return weights;
}

/* expected: of another variant of the same training. */
static void gives_the_weights(const net *n, variant *v, const void *expected, const char *what) {
    char text[800];
    void *weights = train_by(n, v);
    snprintf(text, sizeof text, "%s, %s", n->text, what);
    assert_same_bits(weights, expected, n->m->net->count, n->m->net->dtype, text);
    free(weights);
}

static void same_training(const net *n, variant *a, variant *b, const char *what) {
    void *weights = train_by(n, a);
    gives_the_weights(n, b, weights, what);
    free(weights);
}

static const gl_kernel_id optimizers[] = {GL_K_sgd,     GL_K_momentum, GL_K_nesterov,
                                          GL_K_rmsprop, GL_K_adam,     GL_K_adamw};
enum { OPTIMIZERS = sizeof optimizers / sizeof *optimizers };

static void training_in_shared_memory_gives_the_same_bits_as_in_memory_of_its_own(void **state) {
    (void)state;
    for (int i = 0; i < 90; i++) {
        net n = net_any(g, dtypes[i % 2], 17, i, i % 3 == 2 ? 0.3 : 0);
        gl_kernel_id optimizer = optimizers[i % OPTIMIZERS];
        same_training(&n, &(variant){.optimizer = optimizer},
                      &(variant){.optimizer = optimizer, .keep_all = true}, "keep all");
        net_free(&n);
    }
}

/* What gl_aim relies on. */
static void every_step_of_a_prediction_is_cut_by_samples(void **state) {
    (void)state;
    enum { FEW = 37 };
    for (int i = 0; i < 90; i++) {
        net n = net_any(g, GLIA_F32, 21, i, 0.2);
        gl_plan *p =
            gl_compile(g, n.m->net,
                       &(gl_plan_spec){.mode = GL_PREDICT, .rows = FEW, .update = GL_KERNELS});
        for (const gl_step *s = p->step + p->once; s < p->step + p->steps; s++)
            if (s->split != GL_BY_ROWS || s->call.n[0] != FEW)
                fail_msg("%s: %s is not", n.text, gl_kernel_table[s->id].name);
        gl_plan_free(p);
        net_free(&n);
    }
}

/* Answers for the first rows of n, by so many threads, of a plan for so many rows. For free. */
static void *answers_by(const net *n, int threads, int64_t most, int64_t rows, bool *cut) {
    const gl_net *m = n->m->net;
    void *x = reals(m->dtype, n->x, rows * n->inputs), *y = calloc((size_t)(rows * m->outputs), 8);
    gl_plan *p = gl_compile(g, m,
                            &(gl_plan_spec){.mode = GL_PREDICT,
                                            .rows = most,
                                            .update = GL_KERNELS,
                                            .threads = threads});
    gl_bind(p, &(gl_binding){.store = m->store});
    memset(p->memory, 0xff, (size_t)p->arena * glia_dtype_size(m->dtype));
    memset(p->work, 0xff, (size_t)p->threads * p->work_bytes);
    gl_aim(p, rows, x, y);
    for (int i = 0; i < 4; i++) gl_run(p); /* the first two are tried alone (pace.c) */
    for (const gl_step *s = p->step; s < p->step + p->steps; s++)
        *cut = *cut || s->split == GL_BY_BANDS || s->split == GL_BY_COLUMNS;
    assert_true(*cut == (most < p->threads));
    gl_plan_free(p);
    free(x);
    return y;
}

static void few_samples_by_many_threads_give_the_same_bits(void **state) {
    (void)state;
    static const struct {
        int64_t inputs;
        const char *text;
    } nets[] = {
        {40 * 38 * 3,
         "image 40 38 3, conv 32 3x3 relu, conv 32 3x3 pad same, batch_norm, relu, pool 2x2, "
         "conv 32 5x5 stride 2 gelu, dense 130 relu, dense 9 softmax"},
        {41 * 30 * 2,
         "image 41 30 2, conv 6 5x5 pad same tanh, mean_pool 3x3 stride 2 pad 1, "
         "conv_transpose 24 4x4 stride 2 relu, a: conv 16 3x3 pad same silu, conv 16 3x3 pad same, "
         "add a, leaky_relu, conv 16 3x3 groups 16 dilation 2, global_pool, dense 3 softmax"},
        {1024, "dense 2048 relu, dense 70 tanh, dense 5 softmax"},
    };
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++)
        for (int precision = 0; precision < 2; precision++) {
            net n = net_of(dtypes[precision], nets[i].inputs, nets[i].text, 1, 3);
            int64_t answers = n.m->net->outputs;
            bool cut = false;
            void *want = answers_by(&n, 1, 3, 3, &cut);
            for (const int *threads = many_threads; *threads; threads++)
                for (int64_t most = 1; most <= 3; most++)
                    for (int64_t rows = 1; rows <= most; rows++) {
                        cut = false;
                        void *got = answers_by(&n, *threads, most, rows, &cut);
                        assert_same_bits(got, want, rows * answers, dtypes[precision], n.text);
                        free(got);
                    }
            free(want);
            net_free(&n);
        }
}

static void memory_is_really_shared(void **state) {
    (void)state;
    net n = net_of(GLIA_F32, 20,
                   "dense 30 gelu, dense 30 tanh, dense 30 relu, dense 30 relu, dense 3 softmax", 1,
                   64);
    gl_plan *train =
        gl_compile(g, n.m->net, &(gl_plan_spec){.mode = GL_TRAIN, .rows = 64, .update = GL_K_sgd});
    gl_plan *predict =
        gl_compile(g, n.m->net,
                   &(gl_plan_spec){.mode = GL_PREDICT, .rows = 64, .update = GL_KERNELS});
    assert_true(train->arena < train->arena_unshared);
    assert_true(predict->arena <= 2 * 64 * 32);
    gl_plan_free(train);
    gl_plan_free(predict);
    net_free(&n);
}

static void what_memory_held_before_changes_nothing(void **state) {
    (void)state;
    for (int i = 0; i < 90; i++) {
        net n = net_any(g, dtypes[i % 2], 23, i, i % 3 == 1 ? 0.3 : 0);
        gl_kernel_id optimizer = optimizers[i % OPTIMIZERS];
        same_training(&n, &(variant){.optimizer = optimizer},
                      &(variant){.optimizer = optimizer, .poison = true}, "poisoned");
        net_free(&n);
    }
}

static void training_gives_the_same_bits_for_any_number_of_threads(void **state) {
    (void)state;
    static const struct {
        int64_t inputs;
        const char *text;
        int loss;
    } cases[] = {
        {200, "dense 256 relu, dense 128 relu, dense 10 softmax", 1},
        {300, "dense 301 gelu, dropout 0.4, dense 77 tanh, dropout 0.1, dense 9 sigmoid", 0},
        {1500, "dense 40 silu, dense 1 linear", 2},
        {64, "dense 500 softplus, dense 333 elu, dense 3 linear", 4},
        {500,
         "batch_norm, dense 101, batch_norm, relu, dense 101, layer_norm, tanh, dense 101 relu, "
         "batch_norm, dense 5 softmax",
         1}, /* as many units as rows */
        {48,
         "sequence 8 6, lstm 40 steps all state_dropout 0.3, gru 40 state_dropout 0.4, dense 9 "
         "softmax",
         1},
        {512, "dense 300 relu, dense 257 tanh, dense 10 softmax", 1}, /* worth eight threads */
    };
    for (size_t i = 0; i < 2 * OPTIMIZERS * sizeof cases / sizeof *cases; i += EVERY) {
        net n = net_of(dtypes[i % 2], cases[i / (2 * OPTIMIZERS)].inputs,
                       cases[i / (2 * OPTIMIZERS)].text, cases[i / (2 * OPTIMIZERS)].loss, 101);
        gl_kernel_id optimizer = optimizers[i / 2 % OPTIMIZERS];
        variant one = {.optimizer = optimizer, .threads = 1};
        void *weights = train_by(&n, &one);
        assert_int_equal(one.used, 1);
        for (const int *threads = many_threads; *threads; threads++) {
            variant many = {.optimizer = optimizer, .threads = *threads, .poison = true};
            gives_the_weights(&n, &many, weights, "threads");
            assert_true(n.inputs == 512 ? many.used == *threads : many.used > 1);
        }
        free(weights);
        net_free(&n);
    }
}

/* --------------------------------------------------------------------------- the model file -- */

/* 400 rows of 60 numbers and one of three classes. */
static void write_table(const char *name) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    FILE *f = fopen(path, "w");
    gl_rng r = gl_rng_new(9, GL_STREAM_TEST, 1);
    for (int j = 0; j < 60; j++) fprintf(f, "x%d,", j);
    fprintf(f, "kind\n");
    for (int i = 0; i < 400; i++) {
        double sum = 0, x;
        for (int j = 0; j < 60; j++) {
            fprintf(f, "%.6g,", x = gl_rng_normal(&r));
            sum += j % 5 == 0 ? x : 0;
        }
        fprintf(f, "%s\n", sum < -1.5 ? "low" : sum < 1.5 ? "middle" : "high");
    }
    fclose(f);
}

/* Options as on the command line of `glia train`, each with its value. */
static glia_recipe *recipe_of(glia_ctx *c, const char *options) {
    char text[300], *rest = text, *name, *value;
    glia_recipe *r = glia_recipe_new(c);
    snprintf(text, sizeof text, "%s", options);
    while ((name = strsep(&rest, " ")) && (value = strsep(&rest, " "))) {
        assert_memory_equal(name, "--", 2);
        if (glia_recipe_set(r, name + 2, value) != GLIA_OK) fail_msg("%s", glia_message(c));
    }
    return r;
}

static bool is_search(const char *options) { return strstr(options, "lbfgs") != NULL; }

/* What `glia train threads.csv --threads N -o path` does, from the table's text to the model file,
 * in this process: to start the program, or another under sanitizers, takes longer than such a
 * training. */
static void train_file(const char *options, int threads, const char *path) {
    glia_ctx *c = glia_open(&(glia_settings){.threads = threads});
    char table[600], all[300];
    snprintf(table, sizeof table, "%s/threads.csv", scratch());
    snprintf(all, sizeof all, "--target kind --hidden 256,128 --seed 8%s --epochs 3 %s",
             is_search(options) ? "" : " --batch 128", options);
    glia_recipe *recipe = recipe_of(c, all);
    glia_table *t = glia_table_read(c, table, NULL);
    glia_model *m = glia_train(c, &(glia_train_job){.recipe = recipe, .train = t}, NULL);
    if (!m || glia_model_save(m, path) != GLIA_OK)
        fail_msg("%s, %d threads: %s", options, threads, glia_message(c));
    glia_model_free(m);
    glia_table_free(t);
    glia_recipe_free(recipe);
    glia_close(c);
}

static void same_file_for_any_number_of_threads(const char *options) {
    char one[65], many[65], path[600];
    for (const int *threads = file_threads; *threads; threads++) {
        snprintf(path, sizeof path, "%s/%d.glia", scratch(), *threads);
        train_file(options, *threads, path);
        assert_int_equal(glia_file_sha256(g, path, *threads == 1 ? one : many), GLIA_OK);
        if (*threads > 1 && strcmp(many, one) != 0)
            fail_msg("%s: %d threads give another file than one", options, *threads);
    }
}

/* The program itself: its option reaches the library. */
static void so_does_the_program(const char *options) {
    result r =
        run("for n in 1 8; do $GLIA train threads.csv --target kind --hidden 256,128 --seed 8 "
            "--epochs 3 --quiet %s %s --threads $n -o model.glia && mv model.glia p$n.glia "
            "|| exit 1; done; cmp p1.glia p8.glia",
            is_search(options) ? "" : "--batch 128", options);
    if (r.status != 0) fail_msg("%s: %s%s", options, r.out, r.err);
    result_free(&r);
}

static void same_command_gives_the_same_file_for_any_number_of_threads(void **state) {
    (void)state;
    static const char *const cases[] = {
        "--optimizer sgd --lr 0.05",
        "--optimizer momentum --precision f64",
        "--optimizer adam",
        "--optimizer adam --dropout 0.3 --batch 100",
        "--optimizer sgd --batch full --l2 0.01",
        "--optimizer momentum --activation gelu --rng numpy",
        "--optimizer adam --val none --dropout 0.2 --precision f64",
        "--optimizer nesterov --lr 0.05",
        "--optimizer rmsprop --dropout 0.2",
        "--optimizer adamw --decay 0.1 --precision f64",
        "--optimizer lbfgs --l2 0.001",
        "--norm batch --dropout 0.2",
        "--norm layer --activation gelu --optimizer rmsprop",
        "--optimizer lbfgs --epochs 6 --precision f64 --activation tanh",
    };
    write_table("threads.csv");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i += EVERY)
        same_file_for_any_number_of_threads(cases[i]);
    so_does_the_program("--optimizer adam --dropout 0.3 --batch 100");
    so_does_the_program("--optimizer lbfgs --l2 0.001");
}

/* Shuffled rows, dropout, and each optimizer under each set of kernels that runs here. */
static void so_does_every_kernel_set(void **state) {
    (void)state;
    static const char *const cases[] = {
        "--epochs 1 --dropout 0.2 --optimizer sgd",
        "--epochs 1 --dropout 0.2 --optimizer momentum --precision f64",
        "--epochs 1 --dropout 0.2 --optimizer nesterov",
        "--epochs 1 --dropout 0.2 --optimizer rmsprop --precision f64",
        "--epochs 1 --dropout 0.2 --optimizer adam",
        "--epochs 1 --dropout 0.2 --optimizer adamw",
        "--epochs 2 --optimizer lbfgs --precision f64",
    };
    for (size_t s = 0; s < sizeof kernel_sets / sizeof *kernel_sets; s++) {
        if (!gl_kernels_named(GLIA_F32, kernel_sets[s])) continue;
        setenv("GLIA_KERNELS", kernel_sets[s], 1);
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i += EVERY)
            same_file_for_any_number_of_threads(cases[i]);
    }
    unsetenv("GLIA_KERNELS");
}

static void threads_were_really_used(void **state) {
    (void)state;
    glia_ctx *four = glia_open(&(glia_settings){.threads = 4});
    char path[600];
    snprintf(path, sizeof path, "%s/1.glia", scratch());
    glia_model *m = glia_model_load(four, path);
    assert_non_null(m);
    char *plan = glia_model_plan(m, "train", 128);
    assert_non_null(strstr(plan, "4 threads"));
    glia_text_free(four, plan);
    glia_model_free(m);
    glia_close(four);
}

/* ----------------------------------------------------------------------- logistic regression -- */

static void copy_weights(const char *name, double *to, int64_t n) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    glia_model *m = glia_model_load(g, path);
    if (!m) fail_msg("%s: %s", name, glia_message(g));
    assert_int_equal(m->net->count, n);
    for (int64_t i = 0; i < n; i++) to[i] = gl_store_value(m->net->store, GL_WEIGHTS, i);
    glia_model_free(m);
}

static void one_unit_with_sigmoid_is_logistic_regression_bit_for_bit(void **state) {
    (void)state;
    char path[600];
    snprintf(path, sizeof path, "%s/moons.csv", scratch());
    glia_table *t = glia_table_generate(g, "moons", 200, 1);
    assert_int_equal(glia_table_write(t, path, NULL, 0), GLIA_OK);
    glia_table_free(t);
    static const char *const cases[] = {
        "--precision f32",
        "--precision f64 --optimizer sgd --batch full",
        "--l2 0.1 --optimizer momentum",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double a[3], b[3];
        result r =
            run("$GLIA train moons.csv --quiet --epochs 50 %s --hidden none -o none.glia\n"
                "$GLIA train moons.csv --quiet --epochs 50 %s --net 'dense 1 sigmoid' -o net.glia\n"
                "$GLIA predict none.glia moons.csv --quiet >none.csv\n"
                "$GLIA predict net.glia moons.csv --quiet >net.csv\n"
                "cmp none.csv net.csv",
                cases[i], cases[i]);
        if (r.status != 0) fail_msg("%s: %s%s", cases[i], r.out, r.err);
        copy_weights("none.glia", a, 3);
        copy_weights("net.glia", b, 3);
        assert_memory_equal(a, b, sizeof a);
        assert_true(a[0] != 0 && a[1] != 0 && a[2] != 0);
        result_free(&r);
    }
}

/* The library's gradient descent beside textbook loops, step by step. */
static void logistic_regression_follows_the_textbook_loops(void **state) {
    (void)state;
    enum { N = 5, STEPS = 50 };
    net n = net_of(GLIA_F64, N, "dense 1 sigmoid", 0, 40);
    double w[N + 1] = {0}, d[N + 1], output[40], lr = 0.3, cost[STEPS];
    memset(gl_store_at(n.m->net->store, GL_WEIGHTS, 0), 0, sizeof w);
    oracle o = {.layers = 1, .loss = "sigmoid", .layer = {{N, 1, "linear", w, w + N, d, d + N}}};
    for (int step = 0; step < STEPS; step++) {
        memset(d, 0, sizeof d);
        cost[step] = oracle_run(&o, n.x, n.y, n.rows, 1, output);
        for (int i = 0; i <= N; i++) w[i] -= lr * d[i];
    }
    glia_history *h;
    glia_fit_options fit = {.epochs = STEPS,
                            .batch = GLIA_FULL_BATCH,
                            .optimizer = "sgd",
                            .lr = lr};
    assert_int_equal(glia_model_fit(n.m, glia_tensor_f64(n.x, n.rows, N),
                                    glia_tensor_f64(n.y, n.rows, 1), &fit, &h),
                     GLIA_OK);
    for (int step = 0; step < STEPS; step++) {
        if (fabs(h->cost[step] - cost[step]) > 1e-15) {
            fail_msg("step %d: J is %.17g, loops say %.17g", step, h->cost[step], cost[step]);
        }
    }
    for (int i = 0; i <= N; i++) {
        double found = gl_store_value(n.m->net->store, GL_WEIGHTS, i);
        if (fabs(found - w[i]) > 1e-15)
            fail_msg("weight %d is %.17g, loops say %.17g", i, found, w[i]);
    }
    glia_history_free(g, h);
    net_free(&n);
}

/* ------------------------------------------------------------------------------ mini-batches -- */

/* 10 rows in mini-batches of 4: the last one has 2 and is averaged over 2. */
static void short_last_mini_batch_is_averaged_over_its_own_size(void **state) {
    (void)state;
    enum { ROWS = 10, BATCH = 4 };
    for (int i = 0; i < 40; i++) {
        net n = net_any(g, dtypes[i % 2], 31, i, 0);
        free(n.x);
        free(n.y);
        n.rows = ROWS;
        gl_rng r = gl_rng_new(6, GL_STREAM_TEST, (uint64_t)i);
        net_fill(&n, &r);
        glia_model *whole = gl_model_around(g, gl_net_convert(g, n.m->net, n.m->net->dtype));
        glia_fit_options o = {.epochs = 1,
                              .batch = BATCH,
                              .optimizer = "sgd",
                              .lr = 0.1,
                              .l2 = n.l2,
                              .rng = "numpy",
                              .shuffle_seed = 3};
        assert_int_equal(glia_model_fit(n.m, glia_tensor_f64(n.x, ROWS, n.inputs),
                                        glia_tensor_f64(n.y, ROWS, n.labels), &o, NULL),
                         GLIA_OK);

        gl_numpy numpy;
        int64_t order[ROWS];
        gl_numpy_seed(&numpy, 3);
        gl_numpy_permutation(&numpy, order, ROWS);
        o.batch = GLIA_FULL_BATCH;
        for (int64_t first = 0; first < ROWS; first += BATCH) {
            int64_t rows = ROWS - first < BATCH ? ROWS - first : BATCH;
            double x[BATCH * MOST_UNITS], y[BATCH * MOST_UNITS];
            for (int64_t k = 0; k < rows; k++) {
                memcpy(x + k * n.inputs, n.x + order[first + k] * n.inputs,
                       (size_t)n.inputs * sizeof *x);
                memcpy(y + k * n.labels, n.y + order[first + k] * n.labels,
                       (size_t)n.labels * sizeof *y);
            }
            assert_int_equal(glia_model_fit(whole, glia_tensor_f64(x, rows, n.inputs),
                                            glia_tensor_f64(y, rows, n.labels), &o, NULL),
                             GLIA_OK);
        }
        assert_same_bits(gl_store_at(n.m->net->store, GL_WEIGHTS, 0),
                         gl_store_at(whole->net->store, GL_WEIGHTS, 0), whole->net->count,
                         whole->net->dtype, n.text);
        glia_model_free(whole);
        net_free(&n);
    }
}

/* J of all rows is the mean of J over equal parts: however the rows are split. */
static void cost_does_not_depend_on_the_split(void **state) {
    (void)state;
    for (int i = 0; i < 45; i++) {
        net n = net_any(g, GLIA_F64, 41, i, 0);
        double sum = 0, J = glia_model_cost(g, n.m, glia_tensor_f64(n.x, n.rows, n.inputs),
                                            glia_tensor_f64(n.y, n.rows, n.labels));
        for (int64_t k = 0; k < n.rows; k++) {
            sum += glia_model_cost(g, n.m, glia_tensor_f64(n.x + k * n.inputs, 1, n.inputs),
                                   glia_tensor_f64(n.y + k * n.labels, 1, n.labels));
        }
        if (!(fabs(sum / (double)n.rows - J) <= 1e-14 * fabs(J)))
            fail_msg("%s: J is %.17g, by rows %.17g", n.text, J, sum / (double)n.rows);
        net_free(&n);
    }
}

/* ------------------------------------------------------------------------------------- texts -- */

static void network_survives_being_written_as_text(void **state) {
    (void)state;
    static const struct {
        const char *net, *loss, *text; /* text: NULL: the same */
    } cases[] = {
        {"dense 1 sigmoid", NULL, NULL},
        {"dense 3 softmax", NULL, NULL},
        {"dense 3", NULL, "dense 3 linear"},
        {"dense 2 linear", "mae", NULL},
        {"dense 2 linear", "huber:0.5", NULL},
        {"dense 2 sigmoid", "mse", NULL},
        {"  dense 20 relu ,dense 7 relu,\tdense 5 relu, dense 1 sigmoid ", NULL,
         "dense 20 relu, dense 7 relu, dense 5 relu, dense 1 sigmoid"},
        {"dense 4 leaky_relu, dense 1", NULL, "dense 4 leaky_relu:0.01, dense 1 linear"},
        {"dense 4 leaky_relu:0.2, dense 1", NULL, "dense 4 leaky_relu:0.2, dense 1 linear"},
        {"dense:4 tanh, dense:1 sigmoid", NULL, "dense 4 tanh, dense 1 sigmoid"},
        {"dropout 0.2, dense 4 gelu, dropout 0.5, dense 4 silu, dense 2 softmax", NULL, NULL},
        {"dense 4 elu, dropout:0.25, dense 4 softplus, dense 2 softmax", NULL,
         "dense 4 elu, dropout 0.25, dense 4 softplus, dense 2 softmax"},
        {"relu, dense 3 linear", NULL, NULL},
        {"dense 4 linear, dense 3 linear", NULL, NULL},
        {"dense 4, batch_norm, relu, dense 3 tanh, layer_norm, dense 2, batch_norm, softmax", NULL,
         "dense 4 linear, batch_norm, relu, dense 3 tanh, layer_norm, dense 2 linear, batch_norm "
         "softmax"},
        {"layer_norm relu, dense 3 linear, layer_norm, batch_norm, batch_norm", NULL,
         "layer_norm, relu, dense 3 linear, layer_norm, batch_norm, batch_norm"},
        {"batch_norm, dense 1, batch_norm, sigmoid", "mse",
         "batch_norm, dense 1 linear, batch_norm, sigmoid"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *expected = cases[i].text ? cases[i].text : cases[i].net;
        glia_model_options o = {.loss = cases[i].loss, .init = "he", .dtype = GLIA_F64};
        glia_model *m = glia_model_new(g, 6, cases[i].net, &o);
        if (!m) fail_msg("%s: %s", cases[i].net, glia_message(g));
        char *text = glia_model_text(m);
        if (strcmp(text, expected) != 0)
            fail_msg("'%s' was written as '%s', expected '%s'", cases[i].net, text, expected);
        glia_model *again = glia_model_new(g, 6, text, &o);
        char *second = glia_model_text(again);
        assert_string_equal(second, text);
        assert_string_equal(glia_model_loss(again), glia_model_loss(m));
        assert_int_equal(again->net->count, m->net->count);
        assert_same_bits(gl_store_at(again->net->store, GL_WEIGHTS, 0),
                         gl_store_at(m->net->store, GL_WEIGHTS, 0), m->net->count, GLIA_F64, text);
        glia_text_free(g, text);
        glia_text_free(g, second);
        glia_model_free(m);
        glia_model_free(again);
    }
}

static void random_networks_survive_being_written_as_text(void **state) {
    (void)state;
    for (int i = 0; i < 180; i++) {
        net n = net_any(g, GLIA_F32, 53, i, i % 2 ? 0.125 : 0);
        glia_model_options o = {.loss = glia_model_loss(n.m), .init = "zeros"};
        char *text = glia_model_text(n.m);
        glia_model *again = glia_model_new(g, n.inputs, text, &o);
        if (!again) fail_msg("%s, from %s: %s", text, n.text, glia_message(g));
        gl_store_copy(again->net->store, GL_WEIGHTS, n.m->net->store, GL_WEIGHTS);
        net other = n;
        other.m = again;
        void *a = predict_by(&n, n.rows), *b = predict_by(&other, n.rows);
        assert_same_bits(b, a, n.rows * n.m->net->outputs, GLIA_F32, text);
        free(a);
        free(b);
        glia_text_free(g, text);
        glia_model_free(again);
        net_free(&n);
    }
}

/* ------------------------------------------------------------------------------ broadcasting -- */

typedef struct shape {
    int ndim;
    int64_t dim[4];
} shape;

static glia_tensor tensor(shape s, void *data) {
    glia_tensor t = {.dtype = GLIA_F64, .ndim = s.ndim, .data = data};
    memcpy(t.dim, s.dim, sizeof s.dim);
    return t;
}

static void shapes_fit_when_dimensions_are_equal_or_1(void **state) {
    (void)state;
    static const struct {
        shape a, b, out;
        const char *shapes, *dimensions; /* NULL: they fit */
    } cases[] = {
        {{2, {4, 2}}, {2, {4, 2}}, {2, {4, 2}}, NULL, NULL},
        {{2, {4, 2}}, {2, {1, 2}}, {2, {4, 2}}, NULL, NULL},
        {{2, {4, 1}}, {2, {4, 2}}, {2, {4, 2}}, NULL, NULL},
        {{2, {4, 1}}, {2, {1, 3}}, {2, {4, 3}}, NULL, NULL},
        {{2, {1, 1}}, {2, {5, 7}}, {2, {5, 7}}, NULL, NULL},
        {{1, {3}}, {2, {4, 3}}, {2, {4, 3}}, NULL, NULL},
        {{2, {4, 3}}, {1, {3}}, {2, {4, 3}}, NULL, NULL},
        {{1, {1}}, {3, {2, 3, 4}}, {3, {2, 3, 4}}, NULL, NULL},
        {{3, {2, 1, 4}}, {2, {3, 1}}, {3, {2, 3, 4}}, NULL, NULL},
        {{4, {2, 1, 1, 5}}, {3, {6, 3, 1}}, {4, {2, 6, 3, 5}}, NULL, NULL},
        {{2, {0, 3}}, {2, {1, 3}}, {2, {0, 3}}, NULL, NULL},
        {{2, {4, 2}}, {2, {4, 3}}, {0}, "(4, 2) and (4, 3)", "2 and 3"},
        {{2, {4, 3}}, {1, {4}}, {0}, "(4, 3) and (4,)", "3 and 4"},
        {{2, {2, 3}}, {2, {3, 2}}, {0}, "(2, 3) and (3, 2)", "3 and 2"},
        {{3, {2, 3, 4}}, {2, {2, 4}}, {0}, "(2, 3, 4) and (2, 4)", "3 and 2"},
        {{2, {0, 3}}, {2, {2, 3}}, {0}, "(0, 3) and (2, 3)", "0 and 2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        glia_tensor a = tensor(cases[i].a, NULL), b = tensor(cases[i].b, NULL), out;
        glia_status status = glia_tensor_broadcast(g, &a, &b, &out);
        assert_int_equal(status, cases[i].shapes ? GLIA_USAGE : GLIA_OK);
        if (cases[i].shapes) {
            char expected[200];
            snprintf(expected, sizeof expected,
                     "shapes %s do not fit: dimensions %s are neither equal nor 1", cases[i].shapes,
                     cases[i].dimensions);
            assert_string_equal(glia_message(g), expected);
            continue;
        }
        assert_int_equal(out.ndim, cases[i].out.ndim);
        assert_memory_equal(out.dim, cases[i].out.dim, (size_t)out.ndim * sizeof *out.dim);
        assert_int_equal(glia_tensor_broadcast(g, &b, &a, &out), GLIA_OK); /* either way round */
        assert_memory_equal(out.dim, cases[i].out.dim, (size_t)out.ndim * sizeof *out.dim);
    }
}

static void values_are_copied_along_dimensions_of_1(void **state) {
    (void)state;
    static const struct {
        shape a, out;
        double expected[12];
        const char *message;
    } cases[] = {
        /* a holds 1, 2, 3 ... */
        {{1, {3}}, {2, {2, 3}}, {1, 2, 3, 1, 2, 3}, NULL},
        {{2, {1, 3}}, {2, {2, 3}}, {1, 2, 3, 1, 2, 3}, NULL},
        {{2, {2, 1}}, {2, {2, 3}}, {1, 1, 1, 2, 2, 2}, NULL},
        {{2, {2, 3}}, {2, {2, 3}}, {1, 2, 3, 4, 5, 6}, NULL},
        {{2, {1, 1}}, {2, {2, 2}}, {1, 1, 1, 1}, NULL},
        {{3, {2, 1, 2}}, {3, {2, 3, 2}}, {1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4}, NULL},
        {{2, {2, 1}}, {3, {2, 2, 3}}, {1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2}, NULL},
        {{2, {4, 3}}, {2, {1, 3}}, {0}, "f64 (4, 3) cannot be expanded to f64 (1, 3)"},
        {{2, {2, 3}}, {2, {2, 4}}, {0}, "shapes (2, 3) and (2, 4) do not fit"},
        {{3, {1, 2, 3}}, {2, {2, 3}}, {0}, "f64 (1, 2, 3) cannot be expanded to f64 (2, 3)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double from[12], to[12] = {0};
        for (int k = 0; k < 12; k++) from[k] = k + 1;
        glia_tensor a = tensor(cases[i].a, from), out = tensor(cases[i].out, to);
        assert_int_equal(glia_tensor_expand(g, &a, &out), cases[i].message ? GLIA_USAGE : GLIA_OK);
        if (cases[i].message) assert_non_null(strstr(glia_message(g), cases[i].message));
        assert_memory_equal(to, cases[i].expected, sizeof to);
    }
}

static void precision_is_never_changed_by_expanding(void **state) {
    (void)state;
    float from[2] = {1, 2};
    double to[4] = {0};
    glia_tensor a = glia_tensor_f32(from, 1, 2), out = glia_tensor_f64(to, 2, 2);
    assert_int_equal(glia_tensor_expand(g, &a, &out), GLIA_USAGE);
    assert_string_equal(glia_message(g), "f32 (1, 2) cannot be expanded to f64 (2, 2)");
}

static char noted[256];

static void take_note(void *user, glia_level level, const char *text) {
    (void)user;
    if (level == GLIA_NOTE) snprintf(noted, sizeof noted, "%s", text);
}

static void labels_become_a_column_and_say_so(void **state) {
    (void)state;
    static const struct {
        shape y;
        int64_t rows;
        shape out;        /* ndim 0: an error */
        const char *said; /* note or message; "": nothing */
    } cases[] = {
        {{1, {5}}, 5, {2, {5, 1}}, "labels of shape (5,) are read as one column, (5, 1)"},
        {{2, {5, 1}}, 5, {2, {5, 1}}, ""},
        {{2, {5, 3}}, 5, {2, {5, 3}}, ""},
        {{1, {1}}, 1, {2, {1, 1}}, "labels of shape (1,) are read as one column, (1, 1)"},
        {{2, {1, 1}}, 1, {2, {1, 1}}, ""},
        {{2, {1, 5}},
         5,
         {0},
         "labels have shape (1, 5), but samples are rows: expected (5, 1); transpose them"},
        {{1, {4}}, 5, {0}, "there are 5 samples, but the labels have shape (4,): expected 5 rows"},
        {{2, {4, 1}},
         5,
         {0},
         "there are 5 samples, but the labels have shape (4, 1): expected 5 rows"},
    };
    glia_ctx *loud = glia_open(&(glia_settings){.log = take_note});
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double values[16] = {0};
        glia_tensor y = tensor(cases[i].y, values);
        noted[0] = 0;
        glia_status status = glia_tensor_as_column(loud, &y, cases[i].rows);
        bool fits = cases[i].out.ndim > 0;
        assert_int_equal(status, fits ? GLIA_OK : GLIA_INPUT);
        assert_string_equal(fits ? noted : glia_message(loud), cases[i].said);
        if (!fits) continue;
        assert_int_equal(y.ndim, cases[i].out.ndim);
        assert_memory_equal(y.dim, cases[i].out.dim, 2 * sizeof *y.dim);
    }
    glia_close(loud);
}

static int open_context(void **state) {
    (void)state;
    g = glia_open(&(glia_settings){.threads = 3});
    return g == NULL;
}

static int close_context(void **state) {
    (void)state;
    glia_close(g);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batch_forward_equals_one_by_one_forward),
        cmocka_unit_test(saved_and_loaded_model_predicts_the_same_bits),
        cmocka_unit_test(training_in_shared_memory_gives_the_same_bits_as_in_memory_of_its_own),
        cmocka_unit_test(every_step_of_a_prediction_is_cut_by_samples),
        cmocka_unit_test(few_samples_by_many_threads_give_the_same_bits),
        cmocka_unit_test(memory_is_really_shared),
        cmocka_unit_test(what_memory_held_before_changes_nothing),
        cmocka_unit_test(training_gives_the_same_bits_for_any_number_of_threads),
        cmocka_unit_test(same_command_gives_the_same_file_for_any_number_of_threads),
        cmocka_unit_test(so_does_every_kernel_set),
        cmocka_unit_test(threads_were_really_used),
        cmocka_unit_test(one_unit_with_sigmoid_is_logistic_regression_bit_for_bit),
        cmocka_unit_test(logistic_regression_follows_the_textbook_loops),
        cmocka_unit_test(short_last_mini_batch_is_averaged_over_its_own_size),
        cmocka_unit_test(cost_does_not_depend_on_the_split),
        cmocka_unit_test(network_survives_being_written_as_text),
        cmocka_unit_test(random_networks_survive_being_written_as_text),
        cmocka_unit_test(shapes_fit_when_dimensions_are_equal_or_1),
        cmocka_unit_test(values_are_copied_along_dimensions_of_1),
        cmocka_unit_test(precision_is_never_changed_by_expanding),
        cmocka_unit_test(labels_become_a_column_and_say_so),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
