/*
 * augment.c: pictures as training varies them: what each way does, that it depends on seed, step
 * and row alone, which words say it, and that it teaches what it is for.
 */
#include <math.h>

#include "base/random.h"
#include "kernel/kernel.h"
#include "test.h"

enum { M = 64, H = 9, W = 12, C = 3, FIRST = 2, BEHIND = 1, N = FIRST + H * W * C + BEHIND };

static double x[M][N], y[M][N];

static void draw_x(void) {
    gl_rng r = gl_rng_new(1, GL_STREAM_TEST, 0);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++) x[i][j] = gl_rng_uniform(&r);
}

static gl_knobs knobs = {.seed = 7, .step = 3};

static gl_call augment(void) {
    return (gl_call){.augment_p = {y, x}, .augment_n = {M, N, FIRST, H, W, C}, .knobs = &knobs};
}

static gl_call mixup(void) {
    return (gl_call){.mixup_p = {y, x}, .mixup_n = {M, N}, .knobs = &knobs};
}

static void run_kernel(gl_kernel_id id, const gl_call *c) {
    gl_kernels(GLIA_F64)->kernel[id](c, 0, M, NULL);
}

static void vary(int way, double amount) {
    gl_call c = augment();
    c.s[way] = amount;
    run_kernel(GL_K_augment, &c);
}

static double at(double (*of)[N], int i, int r, int q, int k) {
    return of[i][FIRST + (r * W + q) * C + k];
}

/* Each row is as it was, or turned round this way; both happen. */
static void check_flip(int way) {
    int flipped = 0;
    vary(way, 1);
    for (int i = 0; i < M; i++) {
        bool turned = at(y, i, 0, 0, 0) != at(x, i, 0, 0, 0);
        flipped += turned;
        for (int r = 0; r < H; r++)
            for (int q = 0; q < W; q++)
                for (int k = 0; k < C; k++) {
                    int from_r = turned && way == GL_WAY_flip_down ? H - 1 - r : r,
                        from_q = turned && way == GL_WAY_flip ? W - 1 - q : q;
                    assert_true(at(y, i, r, q, k) == at(x, i, from_r, from_q, k));
                }
    }
    assert_in_range(flipped, M / 4, 3 * M / 4);
}

static void half_of_the_pictures_are_flipped(void **state) {
    (void)state;
    draw_x();
    check_flip(GL_WAY_flip);
    check_flip(GL_WAY_flip_down);
}

/* A plane, so that what lies between pixels is known: channel 0 counts rows, 1 columns. */
static void draw_places(void) {
    draw_x();
    for (int i = 0; i < M; i++)
        for (int r = 0; r < H; r++)
            for (int q = 0; q < W; q++) {
                x[i][FIRST + (r * W + q) * C] = r;
                x[i][FIRST + (r * W + q) * C + 1] = q;
            }
}

/* Where pixel (r, q) of row i comes from; false: it may lie beyond the edge. */
static bool source(int i, int r, int q, double *row, double *col) {
    *row = at(y, i, r, q, 0), *col = at(y, i, r, q, 1);
    return *row > 0 && *row < H - 1 && *col > 0 && *col < W - 1;
}

static void pictures_move_as_far_as_was_said(void **state) {
    (void)state;
    double least = 0, most = 0;
    draw_places();
    vary(GL_WAY_shift, 0.25);
    for (int i = 0; i < M; i++) {
        double row, col, down = NAN, right = NAN;
        for (int r = 0; r < H; r++)
            for (int q = 0; q < W; q++) {
                if (!source(i, r, q, &row, &col)) continue;
                if (isnan(down)) down = r - row, right = q - col;
                assert_true(fabs(r - row - down) < 1e-12 && fabs(q - col - right) < 1e-12);
            }
        assert_true(fabs(down) <= 0.25 * H && fabs(right) <= 0.25 * W);
        least = fmin(least, right), most = fmax(most, right);
    }
    assert_true(least < -0.2 * W && most > 0.2 * W);
}

/* One step to the right in y is a step of length 1 / scale, turned by the angle, in x. */
static void check_turn(int way, double amount, double most_angle, double least, double most) {
    double seen_angle = 0, smallest = INFINITY, largest = 0;
    vary(way, amount);
    for (int i = 0; i < M; i++) {
        double row, col, next_row, next_col, below_row, below_col;
        int r = H / 2, q = W / 2 - 1;
        assert_true(source(i, r, q, &row, &col) && source(i, r, q + 1, &next_row, &next_col) &&
                    source(i, r + 1, q, &below_row, &below_col));
        double down = next_row - row, right = next_col - col, angle = atan2(-down, right),
               scale = 1 / hypot(down, right);
        /* a turn and one scale: the step down stands upright on it */
        assert_true(fabs(below_row - row - right) < 1e-12);
        assert_true(fabs(below_col - col + down) < 1e-12);
        assert_true(fabs(angle) <= most_angle + 1e-12);
        assert_true(scale >= least - 1e-12 && scale <= most + 1e-12);
        /* the middle stays where it is: of an even number of columns between two */
        assert_true(fabs((row + next_row) / 2 - (H - 1) / 2.0) < 1e-12);
        assert_true(fabs((col + next_col) / 2 - (W - 1) / 2.0) < 1e-12);
        seen_angle = fmax(seen_angle, fabs(angle));
        smallest = fmin(smallest, scale), largest = fmax(largest, scale);
    }
    assert_true(seen_angle >= 0.8 * most_angle);
    assert_true(smallest <= 1 - 0.8 * (1 - least) && largest >= 1 + 0.8 * (most - 1));
}

static void pictures_turn_and_grow_about_their_middle(void **state) {
    (void)state;
    draw_places();
    check_turn(GL_WAY_rotate, 20, 20 * 3.14159265358979 / 180, 1, 1);
    check_turn(GL_WAY_scale, 0.3, 0, 0.7, 1.3);
}

static void beyond_the_edge_stands_the_edge(void **state) {
    (void)state;
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++) x[i][j] = 5;
    vary(GL_WAY_shift, 1);
    assert_memory_equal(x, y, sizeof x);
    vary(GL_WAY_scale, 0.9);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++) assert_true(fabs(y[i][j] - 5) < 1e-12);
}

static void a_picture_is_brighter_or_darker_as_a_whole(void **state) {
    (void)state;
    double least = INFINITY, most = 0;
    draw_x();
    vary(GL_WAY_brightness, 0.5);
    for (int i = 0; i < M; i++) {
        double light = at(y, i, 0, 0, 0) / at(x, i, 0, 0, 0);
        for (int j = FIRST; j < N - BEHIND; j++)
            assert_true(fabs(y[i][j] - light * x[i][j]) < 1e-12);
        least = fmin(least, light), most = fmax(most, light);
    }
    assert_true(least >= 0.5 && least < 0.6 && most > 1.4 && most <= 1.5);
}

static void noise_has_its_deviation(void **state) {
    (void)state;
    double sum = 0, squares = 0;
    int64_t count = (int64_t)M * H * W * C;
    draw_x();
    vary(GL_WAY_noise, 0.1);
    for (int i = 0; i < M; i++)
        for (int j = FIRST; j < N - BEHIND; j++)
            sum += y[i][j] - x[i][j], squares += pow(y[i][j] - x[i][j], 2);
    /* 20,736 values: the mean within 5, the variance within 5 deviations of its own */
    assert_true(fabs(sum / (double)count) < 5 * 0.1 / sqrt((double)count));
    assert_true(fabs(squares / (double)count / 0.01 - 1) < 5 * sqrt(2 / (double)count));
}

static void cutout_leaves_a_square_of_the_mean(void **state) {
    (void)state;
    int whole = 0;
    draw_x();
    vary(GL_WAY_cutout, 0.5);
    for (int i = 0; i < M; i++) {
        int top = H, bottom = 0, left = W, right = 0, covered = 0;
        for (int r = 0; r < H; r++)
            for (int q = 0; q < W; q++) {
                double mean = 0;
                if (at(y, i, r, q, 1) == at(x, i, r, q, 1)) continue;
                for (int p = 0; p < H * W; p++) mean += x[i][FIRST + p * C + 1];
                assert_true(fabs(at(y, i, r, q, 1) - mean / (H * W)) < 1e-12);
                top = r < top ? r : top, bottom = r >= bottom ? r + 1 : bottom;
                left = q < left ? q : left, right = q >= right ? q + 1 : right;
                covered++;
            }
        assert_int_equal(covered, covered ? (bottom - top) * (right - left) : 0);
        assert_true(covered == 0 || (bottom - top <= 5 && right - left <= 5));
        whole += covered >= 16;
    }
    assert_true(whole > M / 4);
}

static void columns_beside_the_picture_stay(void **state) {
    (void)state;
    draw_x();
    for (int way = 0; way < GL_WAY_mixup; way++) {
        vary(way, 0.5);
        for (int i = 0; i < M; i++) {
            assert_memory_equal(x[i], y[i], FIRST * sizeof x[i][0]);
            assert_memory_equal(x[i] + N - BEHIND, y[i] + N - BEHIND, BEHIND * sizeof x[i][0]);
        }
    }
}

/* The row whose mixture with x[i] y[i] is, and its share. */
static int other_of(int i, double *share) {
    for (int j = 0; j < M; j++) {
        double s = (y[i][0] - x[i][0]) / (x[j][0] - x[i][0]), off = 0;
        for (int k = 0; k < N && j != i; k++)
            off = fmax(off, fabs(x[i][k] + s * (x[j][k] - x[i][k]) - y[i][k]));
        if (j != i && off < 1e-9) return *share = s, j;
    }
    return -1;
}

/* L of Beta(a + 1, a): 1 - L has the mean a / (2a + 1), and the variance below. */
static void mixup_mixes_by_the_beta_that_keeps_the_label(void **state) {
    (void)state;
    enum { STEPS = 60 };
    const double a = 0.5, mean = a / (2 * a + 1),
                 variance = a * (a + 1) / ((2 * a + 1) * (2 * a + 1) * (2 * a + 2));
    double sum = 0, squares = 0;
    int distances = 0, last = 0;
    draw_x();
    for (int step = 0; step < STEPS; step++) {
        gl_call c = mixup();
        gl_knobs own = {.seed = 7, .step = (uint64_t)step};
        int distance = 0;
        c.knobs = &own, c.s[0] = a;
        run_kernel(GL_K_mixup, &c);
        for (int i = 0; i < M; i++) {
            double share = 0;
            int other = other_of(i, &share);
            assert_true(other >= 0 && share >= 0 && share <= 1);
            if (share > 1e-9) distance = (other - i + M) % M;
            sum += share, squares += (share - mean) * (share - mean);
        }
        distances += distance != last, last = distance;
    }
    assert_true(fabs(sum / (STEPS * M) - mean) < 5 * sqrt(variance / (STEPS * M)));
    assert_true(fabs(squares / (STEPS * M) / variance - 1) < 0.1);
    assert_true(distances > STEPS / 2);
}

static void a_row_alone_is_mixed_with_nothing(void **state) {
    (void)state;
    gl_call c = mixup();
    draw_x();
    c.n[0] = 1, c.s[0] = 1;
    gl_kernels(GLIA_F64)->kernel[GL_K_mixup](&c, 0, 1, NULL);
    assert_memory_equal(x[0], y[0], sizeof x[0]);
}

/* ------------------------------------------------------------- seed, step, row, nothing else -- */

static void check_cuts(gl_kernel_id id, gl_call c) {
    static const char *const sets[] = {"ref", "sse2", "avx2", "avx512", "neon"};
    static double want[M][N];
    draw_x();
    for (size_t s = 0; s < sizeof sets / sizeof *sets; s++) {
        const gl_kernel_set *kernels = gl_kernels_named(GLIA_F64, sets[s]);
        if (!kernels) continue;
        kernels->kernel[id](&c, 0, M, NULL);
        memcpy(want, y, sizeof y);
        memset(y, 0, sizeof y);
        kernels->kernel[id](&c, 17, M, NULL);
        kernels->kernel[id](&c, 0, 1, NULL);
        kernels->kernel[id](&c, 1, 17, NULL);
        assert_memory_equal(want, y, sizeof y);
        gl_knobs later = {.seed = 7, .step = 4};
        gl_call next = c;
        next.knobs = &later;
        kernels->kernel[id](&next, 0, M, NULL);
        assert_memory_not_equal(want, y, sizeof y);
    }
}

static void any_cut_gives_the_same_bits_and_any_step_others(void **state) {
    (void)state;
    static const double amounts[GL_WAY_mixup] = {1, 1, 0.1, 20, 0.2, 0.2, 0.1, 0.3};
    gl_call all = augment(), mix = mixup();
    memcpy(all.s, amounts, sizeof amounts);
    mix.s[0] = 0.2;
    check_cuts(GL_K_augment, all);
    check_cuts(GL_K_mixup, mix);
}

/* Two classes of bars, standing and lying, in the middle of 12 x 12 pixels. */
enum { SIDE = 12, BARS = 120 };
static float bars[BARS][SIDE * SIDE], labels[BARS];

static void draw_bars(gl_rng *r, int64_t reach) {
    memset(bars, 0, sizeof bars);
    for (int i = 0; i < BARS; i++) {
        int64_t row = SIDE / 2 + (reach ? gl_rng_below(r, 2 * reach + 1) - reach : 0),
                col = SIDE / 2 + (reach ? gl_rng_below(r, 2 * reach + 1) - reach : 0);
        labels[i] = (float)(i % 2);
        for (int64_t k = -2; k <= 2; k++)
            bars[i][(row + (i % 2 ? k : 0)) * SIDE + col + (i % 2 ? 0 : k)] = 1;
        for (int j = 0; j < SIDE * SIDE; j++) bars[i][j] += 0.2f * (float)gl_rng_normal(r);
    }
}

typedef struct learner {
    glia_ctx *g;
    glia_model *m;
    glia_status status;
} learner;

static learner learn_by(const char *loss, const char *net, const char *ways, int threads,
                        int64_t batch) {
    learner l = {.g = glia_open(&(glia_settings){.threads = threads})};
    glia_fit_options o = {.epochs = 60, .batch = batch, .augment = ways, .seed = 5};
    l.m = glia_model_new(l.g, SIDE * SIDE, net, &(glia_model_options){.loss = loss, .seed = 2});
    assert_non_null(l.m);
    l.status = glia_model_fit(l.m, glia_tensor_f32(bars[0], BARS, SIDE * SIDE),
                              glia_tensor_f32(labels, BARS, 1), &o, NULL);
    return l;
}

static learner learn_bars(const char *net, const char *ways, int threads, int64_t batch) {
    return learn_by(NULL, net, ways, threads, batch);
}

static void forget(learner *l) {
    glia_model_free(l->m);
    glia_close(l->g);
}

static void hash_weights(const learner *l, char hex[65]) {
    char path[600];
    snprintf(path, sizeof path, "%s/bars.glia", scratch());
    assert_int_equal(glia_model_save(l->m, path), GLIA_OK);
    assert_int_equal(glia_file_sha256(l->g, path, hex), GLIA_OK);
}

static const char sees[] = "image 12 12, dense 24 relu, dense 1 sigmoid";

static double share_right(learner *l) {
    float p[BARS] = {0};
    int right = 0;
    glia_predictor *predictor = glia_predictor_new(l->g, l->m, BARS);
    assert_int_equal(glia_predictor_run(predictor, glia_tensor_f32(bars[0], BARS, SIDE * SIDE),
                                        glia_tensor_f32(p, BARS, 1)),
                     GLIA_OK);
    glia_predictor_free(predictor);
    for (int i = 0; i < BARS; i++) right += (p[i] > 0.5f) == (labels[i] > 0.5f);
    return (double)right / BARS;
}

static void what_was_moved_in_training_is_known_elsewhere(void **state) {
    (void)state;
    gl_rng r = gl_rng_new(3, GL_STREAM_TEST, 0);
    draw_bars(&r, 0);
    learner still = learn_bars(sees, NULL, 1, 20), moved = learn_bars(sees, "shift 0.3", 1, 20);
    assert_int_equal(still.status, GLIA_OK);
    assert_int_equal(moved.status, GLIA_OK);
    draw_bars(&r, 3);
    double without = share_right(&still), with = share_right(&moved);
    print_message("# still %.3f, moved %.3f\n", without, with);
    assert_true(without < 0.8);
    assert_true(with > 0.85);
    forget(&still), forget(&moved);
}

static bool plan_has(glia_ctx *g, const glia_model *m, const char *mode, const char *step) {
    char *plan = glia_model_plan(m, mode, 4);
    bool has = plan && strstr(plan, step);
    glia_text_free(g, plan);
    return has;
}

/* And both of a network that reads two; what only training does is in its plan alone. */
static void pictures_vary_in_training_alone(void **state) {
    (void)state;
    glia_ctx *g = glia_open(NULL);
    glia_model *m = glia_model_new(g, 13,
                                   "n: input 3, p: image 2 3, a: dense 2 tanh, q: image 2 2, "
                                   "dense 2 relu, concat a n, dense 1 sigmoid",
                                   NULL);
    if (!m) fail_msg("%s", glia_message(g));
    assert_int_equal(glia_model_set_note(m, "hyperparameters", "{\"augment\": \"flip, mixup\"}"),
                     GLIA_OK);
    assert_true(plan_has(g, m, "train", "augment      y=varied.x"));
    assert_true(plan_has(g, m, "train", "first=3 h=2 w=3 c=1"));
    assert_true(plan_has(g, m, "train", "first=9 h=2 w=2 c=1"));
    assert_true(plan_has(g, m, "train", "mixup        y=mixed.x"));
    static const char *const others[] = {"eval", "predict"};
    for (int i = 0; i < 2; i++) {
        assert_false(plan_has(g, m, others[i], "varied"));
        assert_false(plan_has(g, m, others[i], "mixed"));
    }
    glia_model_free(m);
    glia_close(g);
}

/* Mini-batches that gather, and all rows in each step, which lie where they are. */
static void any_threads_give_the_same_model(void **state) {
    (void)state;
    static const char deep[] = "image 12 12, conv 16 3x3 relu, pool 2x2, dense 64 relu, dense 1 "
                               "sigmoid",
                      all[] = "flip, flip_down, shift, rotate, scale, brightness, noise, cutout, "
                              "mixup";
    gl_rng r = gl_rng_new(4, GL_STREAM_TEST, 0);
    draw_bars(&r, 2);
    for (int64_t batch = 50; batch <= BARS; batch += BARS - 50) {
        char want[65], got[65];
        for (int threads = 1; threads <= 3; threads++) {
            learner l = learn_bars(deep, all, threads, batch);
            assert_int_equal(l.status, GLIA_OK);
            hash_weights(&l, threads == 1 ? want : got);
            if (threads > 1) assert_string_equal(got, want);
            forget(&l);
        }
    }
}

/* What one looks at is what training saw. */
static void pictures_to_look_at_are_those_of_training(void **state) {
    (void)state;
    enum { SIZE = H * W * C };
    static double from[M * SIZE], want[M * SIZE], got[M * SIZE];
    glia_ctx *g = glia_open(NULL);
    draw_x();
    gl_call c = augment(), mix = mixup();
    gl_knobs own = {.seed = 9, .step = 4};
    for (int i = 0; i < M; i++) memcpy(from + i * SIZE, x[i] + FIRST, SIZE * sizeof **x);
    c.augment_p = (gl_augment_p){want, from}, c.augment_n = (gl_augment_n){M, SIZE, 0, H, W, C};
    c.knobs = mix.knobs = &own;
    c.s[GL_WAY_flip] = 1, c.s[GL_WAY_rotate] = 15;
    run_kernel(GL_K_augment, &c);
    memcpy(from, want, sizeof from);
    mix.mixup_p = (gl_mixup_p){want, from}, mix.mixup_n = (gl_mixup_n){M, SIZE}, mix.s[0] = 0.4;
    run_kernel(GL_K_mixup, &mix);
    for (int i = 0; i < M; i++) memcpy(from + i * SIZE, x[i] + FIRST, SIZE * sizeof **x);
    glia_tensor xs = {GLIA_F64, 4, {M, H, W, C}, from}, ys = {GLIA_F64, 4, {M, H, W, C}, got};
    assert_int_equal(glia_pictures_augment(g, "mixup 0.4, flip, rotate 15", 9, 4, xs, ys), GLIA_OK);
    assert_memory_equal(got, want, sizeof want);
    assert_int_equal(glia_pictures_augment(g, "flip", 9, 4, xs, xs), GLIA_USAGE);
    ys.dim[3] = 1;
    assert_int_equal(glia_pictures_augment(g, "flip", 9, 4, xs, ys), GLIA_USAGE);
    assert_non_null(strstr(glia_message(g), "found (64, 9, 12, 3) and (64, 9, 12, 1)"));
    glia_close(g);
}

/* ------------------------------------------------------------------------------------- words -- */

/* Forty squares of one grey each. `described`: options that say how to train. */
static void what_is_chosen_for(const char *described, const char *says, const char * not ) {
    result r = run("mkdir -p greys/a greys/b && for i in $(seq 1 20); do "
                   "printf 'P5 8 8 255\n' | tee greys/a/$i.pgm >greys/b/$i.pgm; "
                   "head -c 64 /dev/zero >>greys/a/$i.pgm; "
                   "head -c 64 /dev/zero | tr '\\0' 'z' >>greys/b/$i.pgm; done; "
                   "$GLIA train greys --doctor off %s -o greys.glia --report greys.html && "
                   "grep -c '>As training varied them' greys.html",
                   described);
    if (says && !strstr(r.err, says)) fail_msg("%s: %s", described, r.err);
    if (not &&strstr(r.err, not )) fail_msg("%s: %s", described, r.err);
    assert_int_equal(r.status, says ? 0 : 1); /* the page has the section, or not */
    result_free(&r);
}

static void pictures_vary_by_default(void **state) {
    (void)state;
    what_is_chosen_for("--early-stop 2", "anew in each step: shift, rotate, scale", NULL);
    what_is_chosen_for("--early-stop 2 --hidden 4 --augment flip", "anew in each step: flip", NULL);
    what_is_chosen_for("--early-stop 2 --augment none", NULL, "anew in each step");
    what_is_chosen_for("--epochs 2", NULL, "anew in each step");
    what_is_chosen_for("--early-stop 2 --hidden 4", NULL, "anew in each step");
}

static void wrong_words_are_told(void **state) {
    (void)state;
    static const struct {
        const char *net, *ways, *says;
    } cases[] = {
        {sees, "flipp", "did you mean 'flip'?"},
        {sees, "shift 0.1,, flip", "has '', expected auto, none or a list of flip, flip_down"},
        {sees, "shift 2", "'shift 2', expected a number above 0 and up to 1, such as 'shift 0.1'"},
        {sees, "rotate -10", "above 0 and up to 180"},
        {sees, "scale nan", "above 0 and up to 0.9"},
        {sees, "flip 0.5", "flip is there or not; leave 0.5 out"},
        {sees, "flip, shift, flip", "has 'flip' twice"},
        {"dense 4 relu, dense 1 sigmoid", "mixup, rotate",
         "has rotate, but this network sees no pictures"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        learner l = learn_bars(cases[i].net, cases[i].ways, 1, 20);
        assert_int_equal(l.status, GLIA_USAGE);
        if (!strstr(glia_message(l.g), cases[i].says))
            fail_msg("'%s': %s", cases[i].ways, glia_message(l.g));
        forget(&l);
    }
    learner l = learn_bars("dense 4 relu, dense 1 sigmoid", "mixup", 1, 20);
    assert_int_equal(l.status, GLIA_OK);
    forget(&l);
    l = learn_by("huber", "dense 4 relu, dense 1", "mixup", 1, 20);
    assert_int_equal(l.status, GLIA_USAGE);
    assert_non_null(strstr(glia_message(l.g), "this network's cost is huber"));
    forget(&l);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_of_the_pictures_are_flipped),
        cmocka_unit_test(pictures_move_as_far_as_was_said),
        cmocka_unit_test(pictures_turn_and_grow_about_their_middle),
        cmocka_unit_test(beyond_the_edge_stands_the_edge),
        cmocka_unit_test(a_picture_is_brighter_or_darker_as_a_whole),
        cmocka_unit_test(noise_has_its_deviation),
        cmocka_unit_test(cutout_leaves_a_square_of_the_mean),
        cmocka_unit_test(columns_beside_the_picture_stay),
        cmocka_unit_test(mixup_mixes_by_the_beta_that_keeps_the_label),
        cmocka_unit_test(a_row_alone_is_mixed_with_nothing),
        cmocka_unit_test(any_cut_gives_the_same_bits_and_any_step_others),
        cmocka_unit_test(what_was_moved_in_training_is_known_elsewhere),
        cmocka_unit_test(pictures_vary_in_training_alone),
        cmocka_unit_test(any_threads_give_the_same_model),
        cmocka_unit_test(pictures_to_look_at_are_those_of_training),
        cmocka_unit_test(pictures_vary_by_default),
        cmocka_unit_test(wrong_words_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
