/*
 * looks.c: what a network of pictures shows of itself: its filters as a file, what its layers
 * answer to a picture, where it looked, and which pictures it took for others. Weights are set by
 * hand, so that what is to be seen is known.
 */
#define LEAKS_OF_COMMANDS 1
#include "pictures.h"

#include <glia/glia.h>
#include <math.h>

static glia_ctx *g;
static blob b;

enum { SIDE = 10, PIXELS = SIDE * SIDE, EACH = 12 };

static void write_grey(const char *path, int row, int column, int ink) {
    unsigned sample[PIXELS];
    for (int i = 0; i < PIXELS; i++) {
        bool inside = abs(i / SIDE - row) < 2 && abs(i % SIDE - column) < 2;
        sample[i] = (unsigned)(inside ? ink : 20 + 7 * i % 50);
    }
    make_png(&b, (png_kind){8, 0, false, false}, sample, SIDE, SIDE, NULL, NULL, 0);
    write_blob(path, &b);
}

/* Light blots on the left and on the right; some are so faint that they are not told apart. */
static int begin(void **state) {
    (void)state;
    char path[64];
    g = glia_open(NULL);
    result r = run("mkdir -p blots/left blots/right");
    for (int i = 0; i < 2 * EACH; i++) {
        bool right = i >= EACH;
        snprintf(path, sizeof path, "blots/%s/%02d.png", right ? "right" : "left", i);
        write_grey(path, 2 + i % 6, (right ? 6 : 2) + i % 2, i % 4 ? 250 : 60);
    }
    result_free(&r);
    r = run(
        "$GLIA train blots --net 'conv 4 3x3 relu, pool 2x2, dense 8 relu' --epochs 3 --val none "
        "-o blots.glia -q");
    bool made = r.status == 0;
    if (!made) print_message("# %s", r.err);
    result_free(&r);
    return !g || !made || chdir(scratch());
}

static int end(void **state) {
    (void)state;
    glia_close(g);
    return 0;
}

static glia_model *load(const char *path) {
    glia_model *m = glia_model_load(g, path);
    if (!m) fail_msg("%s", glia_message(g));
    return m;
}

static float *weights(const glia_model *m, const char *name, int64_t count) {
    glia_tensor w = glia_model_param(m, glia_model_find_param(m, name));
    assert_int_equal(w.dtype, GLIA_F32);
    assert_int_equal(glia_tensor_count(&w, 0), count);
    return w.data;
}

static void succeeds(const char *command) {
    result r = run("%s", command);
    if (r.status) fail_msg("%s\nended with %d: %s", command, r.status, r.err);
    result_free(&r);
}

static char *page_of(const char *command, const char *path) {
    succeeds(command);
    return slurp(path);
}

static const char *expect(const char *page, const char *text) {
    const char *found = strstr(page, text);
    if (!found) fail_msg("there is no '%s'", text);
    return found;
}

/* -------------------------------------------------------------------------------------- PNG -- */

static void pixels_come_back_from_their_file(void **state) {
    (void)state;
    static const int64_t shapes[][3] = {{3, 5, 1}, {4, 7, 3}, {6, 2, 4}};
    for (int k = 0; k < 3; k++) {
        unsigned char pixels[100];
        glia_tensor x = {.dtype = GLIA_U8, .ndim = 3, .data = pixels};
        memcpy(x.dim, shapes[k], sizeof shapes[k]);
        for (int i = 0; i < 100; i++) pixels[i] = (unsigned char)(i * 37 + 11);
        for (int i = 3; i < 48 && k == 2; i += 4) pixels[i] = 255; /* colours behind glass change */
        if (glia_tensor_write_png(g, x, "back.png")) fail_msg("%s", glia_message(g));
        glia_table *t = glia_table_read(g, "back.png", NULL);
        glia_tensor back = glia_table_values(t, 0);
        assert_int_equal(back.ndim, 4);
        for (int i = 0; i < 3; i++) assert_int_equal(back.dim[i + 1], shapes[k][i]);
        assert_memory_equal(back.data, pixels, (size_t)glia_tensor_count(&x, 0));
        glia_table_free(t);
    }
}

static void what_is_no_picture_is_not_written(void **state) {
    (void)state;
    unsigned char pixels[12] = {0};
    glia_tensor flat = {GLIA_U8, 1, {12}, pixels}, two = {GLIA_U8, 3, {2, 3, 2}, pixels},
                none = {GLIA_U8, 2, {0, 3}, pixels}, one = {GLIA_U8, 2, {3, 4}, pixels};
    float real[4] = {0};
    assert_int_equal(glia_tensor_write_png(g, flat, "no.png"), GLIA_USAGE);
    assert_int_equal(glia_tensor_write_png(g, two, "no.png"), GLIA_USAGE);
    assert_int_equal(glia_tensor_write_png(g, none, "no.png"), GLIA_USAGE);
    assert_int_equal(glia_tensor_write_png(g, glia_tensor_f32(real, 2, 2), "no.png"), GLIA_USAGE);
    assert_int_equal(access("no.png", F_OK), -1);
    assert_int_equal(glia_tensor_write_png(g, one, "no/such/folder.png"), GLIA_RESOURCE);
}

/* ----------------------------------------------------------------------------------- filters -- */

typedef struct grid {
    int filters, height, width, channels; /* of the filters */
    int scale, across, down;              /* of the picture */
} grid;

/* Black and white are the largest weight, whatever its size; 0 is mid-grey. */
static unsigned char shade(double w, double largest) {
    return (unsigned char)(255 * (0.5 + w / largest / 2) + 0.5);
}

/* Every pixel of the file, white lines of two between tiles that are as large as is said. */
static void check_filters(const grid *k, const float *w, const float *largest) {
    glia_table *t = glia_table_read(g, "filters.png", NULL);
    if (!t) fail_msg("%s", glia_message(g));
    glia_tensor p = glia_table_values(t, 0);
    const unsigned char *pixel = p.data;
    int tile_h = k->height * k->scale + 2, tile_w = k->width * k->scale + 2;
    assert_int_equal(p.dim[1], k->down * tile_h + 2);
    assert_int_equal(p.dim[2], k->across * tile_w + 2);
    assert_int_equal(p.dim[3], k->channels);
    for (int64_t y = 0; y < p.dim[1]; y++)
        for (int64_t x = 0; x < p.dim[2]; x++)
            for (int c = 0; c < k->channels; c++, pixel++) {
                int64_t f = (y - 2) / tile_h * k->across + (x - 2) / tile_w;
                bool line = y < 2 || x < 2 || (y - 2) % tile_h >= tile_h - 2 ||
                            (x - 2) % tile_w >= tile_w - 2 || f >= k->filters;
                int64_t row = line ? 0 : (y - 2) % tile_h / k->scale,
                        column = line ? 0 : (x - 2) % tile_w / k->scale;
                int64_t at = ((f * k->height + row) * k->width + column) * k->channels + c;
                assert_int_equal(*pixel, line ? 255 : shade(w[at], largest[f]));
            }
    glia_table_free(t);
}

static void make_net(int64_t inputs, const char *net, float *w, int64_t count) {
    glia_model *m = glia_model_new(g, inputs, net, NULL);
    if (!m) fail_msg("%s", glia_message(g));
    memcpy(weights(m, "conv1.w", count), w, (size_t)count * sizeof *w);
    assert_int_equal(glia_model_save(m, "net.glia"), GLIA_OK);
    glia_model_free(m);
}

static void filters_of_colours_are_drawn_in_colours(void **state) {
    (void)state;
    float w[2 * 27], largest[2] = {2.6f, 0.026f};
    for (int i = 0; i < 27; i++) w[i] = 0.1f * (float)(i % 5 ? i : -i), w[27 + i] = w[i] / 100;
    w[26] = 2.6f, w[53] = 0.026f; /* the faint one looks like the strong one */
    make_net(192, "image 8 8 3, conv 2 3x3 relu, dense 2 softmax", w, 54);
    succeeds("$GLIA show net.glia --filters filters.png");
    check_filters(&(grid){2, 3, 3, 3, 16, 2, 1}, w, largest);
}

/* Five of 2 x 5 pixels: two rows of three, and one place stays white. The second has no weights. */
static void other_filters_are_drawn_in_greys(void **state) {
    (void)state;
    float w[50], largest[5] = {0, 1}, both[100];
    for (int i = 0; i < 50; i++) {
        w[i] = i / 10 == 1 ? 0 : (float)((i * 7) % 11 - 5);
        largest[i / 10] = fmaxf(largest[i / 10], fabsf(w[i]));
    }
    make_net(64, "image 8 8, conv 5 2x5 relu, dense 2 softmax", w, 50);
    succeeds("$GLIA show net.glia --filters filters.png --json");
    check_filters(&(grid){5, 2, 5, 1, 10, 3, 2}, w, largest);
    /* of two channels the mean is shown: the same picture */
    for (int i = 0; i < 50; i++) both[2 * i] = w[i] + 3, both[2 * i + 1] = w[i] - 3;
    make_net(128, "image 8 8 2, conv 5 2x5 relu, dense 2 softmax", both, 100);
    succeeds("$GLIA show net.glia --filters filters.png");
    check_filters(&(grid){5, 2, 5, 1, 10, 3, 2}, w, largest);
}

/* Rows are features, not colours, though there are three. */
static void filters_of_sequences_have_a_row_for_each_feature(void **state) {
    (void)state;
    enum { FILTERS = 2, STEPS = 5, FEATURES = 3, ALL = FILTERS * STEPS * FEATURES };
    float w[ALL], turned[ALL], largest[FILTERS] = {0};
    for (int i = 0; i < ALL; i++) {
        int f = i / (STEPS * FEATURES), step = i / FEATURES % STEPS, feature = i % FEATURES;
        w[i] = (float)((i * 11) % 17 - 8);
        turned[(f * FEATURES + feature) * STEPS + step] = w[i];
        largest[f] = fmaxf(largest[f], fabsf(w[i]));
    }
    make_net(24, "sequence 8 3, conv 2 5 relu, dense 2 softmax", w, ALL);
    succeeds("$GLIA show net.glia --filters filters.png");
    check_filters(&(grid){FILTERS, FEATURES, STEPS, 1, 10, 2, 1}, turned, largest);
}

static void what_cannot_be_shown_is_said(void **state) {
    (void)state;
    glia_model *m = glia_model_new(g, 4, "dense 3 relu, dense 1 linear", NULL);
    assert_int_equal(glia_model_save(m, "dense.glia"), GLIA_OK);
    glia_model_free(m);
    refuses(2, "'dense.glia' has no convolution", "$GLIA show dense.glia --filters f.png");
    refuses(2, "expected a name that ends in .png, found 'f.jpg'",
            "$GLIA show blots.glia --filters f.jpg");
    refuses(2, "two views", "$GLIA show blots.glia --filters f.png --plan");
    refuses(2, "two views", "$GLIA show blots.glia --filters f.png --activations f.png -o f.html");
    refuses(2, "is a model and would be replaced",
            "cp blots.glia m.png && $GLIA show blots.glia --filters m.png");
    refuses(4, "no/f.png", "$GLIA show blots.glia --filters no/f.png");
    refuses(2, "say where to, by -o FILE.html",
            "$GLIA show blots.glia --activations blots/left/00.png");
    refuses(2, "belong to --activations", "$GLIA show blots.glia -o f.html");
    refuses(2, "expected a name that ends in .html",
            "$GLIA show blots.glia --activations blots/left/00.png -o f.svg");
    refuses(2, "is read by this command",
            "cp blots/left/00.png p.html && $GLIA show blots.glia --activations p.html -o p.html");
    refuses(3, "expected one picture, 'blots' has 24",
            "$GLIA show blots.glia --activations blots -o f.html");
    refuses(3, "nowhere.png", "$GLIA show blots.glia --activations nowhere.png -o f.html");
    refuses(3, "cut.png",
            "head -c 60 blots/left/00.png >cut.png; $GLIA show blots.glia --activations cut.png "
            "-o f.html");
    assert_int_equal(access("f.html", F_OK), -1);
    refuses(
        3, "is no picture as the model reads them",
        "printf 'a,y\\n1,2\\n2,3\\n4,1\\n5,2\\n' >t.csv; $GLIA train t.csv -o t.glia -q --epochs 2 "
        "--val none; $GLIA show t.glia --activations t.csv -o f.html");
}

/* ------------------------------------------------------------------------------------- looks -- */

/* P(right) of a picture that is covered, by loops in double. */
static double answer(const float *w, double bias, const unsigned char *x, int top, int left,
                     int side) {
    double mean = 0, z = bias;
    for (int i = 0; i < PIXELS; i++) mean += x[i] / (double)PIXELS;
    for (int i = 0; i < PIXELS; i++) {
        bool covered =
            i / SIDE >= top && i / SIDE < top + side && i % SIDE >= left && i % SIDE < left + side;
        z += (double)w[i] * (covered ? mean : x[i]) / 255;
    }
    return 1 / (1 + exp(-z));
}

/* A model of one neuron; squares of 2 (a fifth of 10), a pixel apart. */
static void where_it_looked_is_what_covering_costs(void **state) {
    (void)state;
    succeeds("$GLIA train blots --hidden none --epochs 1 --val none --scale 255 -o one.glia -q");
    glia_model *m = load("one.glia");
    glia_table *t = glia_model_read(g, m, "blots", NULL);
    float *w = weights(m, "fc1.w", PIXELS);
    for (int i = 0; i < PIXELS; i++) w[i] = (float)((i * 13) % 17 - 8) / 16;
    *weights(m, "fc1.b", 1) = -0.5f;
    for (int64_t row = 0; row < 2 * EACH; row += 5) {
        const unsigned char *x = (unsigned char *)glia_table_values(t, 0).data + row * PIXELS;
        double all = answer(w, -0.5, x, 0, 0, 0), sum[PIXELS] = {0}, n[PIXELS] = {0};
        bool right = all > 0.5;
        glia_occlusion *o = glia_model_occlude(g, m, t, row);
        if (!o) fail_msg("%s", glia_message(g));
        assert_int_equal(o->height * o->width, PIXELS);
        assert_int_equal(o->side, 2);
        assert_int_equal(o->class_index, right);
        assert_true(fabs(o->answer - (right ? all : 1 - all)) < 1e-6);
        for (int k = 0; k < PIXELS; k++)
            for (int i = 0; i < PIXELS; i++)
                if ((unsigned)(i / SIDE - k / SIDE) < 2 && (unsigned)(i % SIDE - k % SIDE) < 2) {
                    double lost = all - answer(w, -0.5, x, k / SIDE, k % SIDE, 2);
                    sum[i] += right ? lost : -lost, n[i]++;
                }
        for (int i = 0; i < PIXELS; i++) assert_true(fabs(o->drop[i] - sum[i] / n[i]) < 1e-6);
        glia_occlusion_free(g, o);
    }
    assert_null(glia_model_occlude(g, m, t, 2 * EACH));
    assert_int_equal(glia_code(g), GLIA_INPUT);
    glia_table_free(t);
    glia_model_free(m);
}

/* A value, beside a column of numbers; then two values, and no picture. */
static void of_a_value_it_is_what_the_value_loses(void **state) {
    (void)state;
    succeeds(
        "ls blots/*/*.png | awk 'BEGIN { print \"path,size,y,z\" } { print $0 \",\" NR % 3 \",\" "
        "NR / 8 \",\" NR * 7 % 24 / 5 }' >values.csv");
    glia_read_options read = {.image_column = "path"};
    static const char *const commands[] = {
        "$GLIA train values.csv --image-column path --target y --ignore z --hidden 4 --epochs 9 "
        "--lr 0.01 --val none -o value.glia -q",
        "$GLIA train values.csv --image-column path --target y,z --hidden 4 --epochs 2 --lr 0.01 "
        "--val none -o value.glia -q",
        "$GLIA train values.csv --ignore path,z --target y --epochs 2 --lr 0.01 --val none -o "
        "value.glia -q"};
    for (int k = 0; k < 3; k++) {
        succeeds(commands[k]);
        glia_model *m = load("value.glia");
        glia_table *t = glia_model_read(g, m, "values.csv", k < 2 ? &read : NULL);
        glia_occlusion *o = glia_model_occlude(g, m, t, 3);
        assert_true((o != NULL) == (k == 0));
        if (k) assert_int_equal(glia_code(g), GLIA_USAGE);
        if (!k) {
            glia_predictions *p = glia_model_apply(g, m, t);
            assert_int_equal(o->class_index, -1);
            assert_true(fabs(o->answer - p->value[3]) < 1e-5);
            glia_predictions_free(g, p);
        }
        glia_occlusion_free(g, o);
        glia_table_free(t);
        glia_model_free(m);
    }
}

/* ------------------------------------------------------------------------------------- pages -- */

static int digit(char c) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* The next picture of a page, its rows from the top, a grey a pixel; what stands behind it. */
static const char *next_picture(const char *page, int width, int height, unsigned char *grey) {
    static unsigned char bytes[1 << 20];
    static const char mark[] = "data:image/bmp;base64,";
    const char *s = expect(page, mark) + strlen(mark);
    size_t n = 0;
    unsigned word = 0, bits = 0;
    for (; digit(*s) >= 0; s++) {
        word = word << 6 | (unsigned)digit(*s), bits += 6;
        if (bits >= 8) bytes[n++] = (unsigned char)(word >> (bits -= 8));
    }
    assert_memory_equal(bytes, "BM", 2);
    assert_int_equal(bytes[18] | bytes[19] << 8, width);
    assert_int_equal(bytes[22] | bytes[23] << 8, height);
    int size = bytes[28] / 8, first = bytes[10] | bytes[11] << 8,
        stride = (width * size + 3) / 4 * 4;
    assert_int_equal(n, first + stride * height);
    for (int i = 0; i < width * height; i++)
        grey[i] = bytes[first + stride * (height - 1 - i / width) + i % width * size];
    return s;
}

/* Filters let the picture through, its negative (which relu makes black), the pixel above on the
 * left, and nothing. */
static void layers_answer_as_their_weights_say(void **state) {
    (void)state;
    enum { MAP = SIDE - 2, SHIFTED = -SIDE - 1 };
    static const char command[] =
        "$GLIA show through.glia --activations blots/right/13.png -o a.html";
    unsigned char grey[MAP * MAP];
    glia_model *m = load("blots.glia");
    float *w = weights(m, "conv1.w", 36), *bias = weights(m, "conv1.b", 4);
    memset(w, 0, 36 * sizeof *w), memset(bias, 0, 4 * sizeof *bias);
    w[4] = 1, w[9 + 4] = -1, w[18] = 1;
    assert_int_equal(glia_model_save(m, "through.glia"), GLIA_OK);
    glia_table *t = glia_model_read(g, m, "blots/right/13.png", NULL);
    const unsigned char *x = glia_table_values(t, 0).data;
    char *page = page_of(command, "a.html");
    expect(page, "It is taken for <strong>");
    expect(page, "Orange: covered there");
    double largest = 0;
    for (int i = 0; i < MAP * MAP; i++) {
        const unsigned char *seen = x + (i / MAP + 1) * SIDE + i % MAP + 1;
        largest = fmax(largest, fmax(*seen, seen[SHIFTED]));
    }
    const char *at = expect(page, "<h2>conv1, relu <small>8 × 8 × 4</small></h2>");
    for (int map = 0; map < 4; map++) {
        at = next_picture(at, MAP, MAP, grey);
        for (int i = 0; i < MAP * MAP; i++) {
            const unsigned char *seen = x + (i / MAP + 1) * SIDE + i % MAP + 1;
            double value = map == 0 ? *seen : map == 2 ? seen[SHIFTED] : 0;
            assert_true(fabs(grey[i] - 255 * value / largest) < 1);
        }
    }
    expect(page, "<h2>pool1 <small>4 × 4 × 4</small></h2>");
    expect(page, "<h2>fc2, relu <small>8</small></h2>");
    assert_null(strstr(page, "<h2>fc3"));
    assert_null(strstr(page, "flatten"));
    assert_null(strstr(page, "<script"));
    free(page);
    page = page_of("$GLIA show through.glia --activations blots/right/13.png -o a.html --lang zh",
                   "a.html");
    expect(page, "它被认为是");
    free(page);
    glia_table_free(t);
    glia_model_free(m);
}

/* A picture of another size and kind becomes what the model reads, as `predict` has it. */
static void any_picture_gets_the_model_s_size(void **state) {
    (void)state;
    unsigned sample[3 * 30 * 20];
    char words[96];
    for (int i = 0; i < 3 * 30 * 20; i++) sample[i] = (unsigned)(i % 251);
    make_png(&b, (png_kind){8, 2, false, false}, sample, 30, 20, NULL, NULL, 0);
    write_blob("large.png", &b);
    result r = run("$GLIA show blots.glia --activations large.png -o large.html");
    assert_int_equal(r.status, 0);
    expect(r.err, "as the rows of training were: --size 10x10, --fit crop, --channels 1");
    result_free(&r);
    char *page = slurp("large.html");
    glia_model *m = load("blots.glia");
    glia_table *t = glia_model_read(g, m, "large.png", NULL);
    glia_predictions *p = glia_model_apply(g, m, t);
    int64_t class = p->class_index[0];
    snprintf(words, sizeof words, "with a probability of %.1f%%",
             100 * glia_predictions_probability(p, 0, class));
    const char *lead = expect(page, "It is taken for"),
               *name = expect(lead, glia_model_class(m, class));
    assert_true(expect(name, words) < strstr(lead, "</p>"));
    glia_predictions_free(g, p);
    glia_table_free(t);
    glia_model_free(m);
    free(page);
}

static int count_of(const char *from, const char *to, const char *text) {
    int n = 0;
    for (const char *s = from; (s = strstr(s, text)) && s < to; s++) n++;
    return n;
}

/* The gallery is the list of mistakes, the surest first, with the wrong class's probability. */
static void the_report_shows_mistakes_looks_and_filters(void **state) {
    (void)state;
    char *page = page_of("$GLIA eval blots.glia blots --report eval.html -q", "eval.html");
    glia_model *m = load("blots.glia");
    glia_table *t = glia_model_read(g, m, "blots", NULL);
    glia_evaluation *e = glia_model_evaluate(g, m, t, 0);
    assert_true(e && e->mistakes > 0);
    const char *at = expect(page, "<h2>Mistakes</h2>"), *end = strstr(at, "</section>");
    int shown = e->mistakes < 16 ? (int)e->mistakes : 16;
    assert_int_equal(count_of(at, end, "<figure>"), shown);
    for (int i = 0; i < shown; i++) {
        char words[160];
        int64_t row = e->mistake[i].row;
        snprintf(words, sizeof words, "%s, not %s",
                 glia_model_class(m, e->answers.class_index[row]),
                 glia_model_class(m, (int64_t)e->truth[row]));
        at = expect(at, "<figcaption class=\"miss\">");
        const char *caption = expect(at, words);
        snprintf(words, sizeof words, "%.1f%% sure", 100 * e->mistake[i].size);
        at = strstr(at, "</figcaption>");
        assert_true(caption < at);
        caption = expect(caption, words);
        assert_true(caption < at);
    }
    int looks = e->mistakes < 4 ? (int)e->mistakes : 4; /* and one of each class that is right */
    for (int k = 0; k < 2; k++) {
        bool right = false;
        for (int64_t i = 0; i < e->answers.rows; i++)
            right |= e->truth[i] == k && e->answers.class_index[i] == k;
        looks += right;
    }
    at = expect(page, "<h2>Where the network looked</h2>"), end = strstr(at, "</section>");
    assert_int_equal(count_of(at, end, "<figure>"), looks);
    assert_int_equal(count_of(at, end, "loses up to"), looks);
    assert_int_equal(count_of(at, end, "class=\"miss\""), e->mistakes < 4 ? e->mistakes : 4);
    at = expect(page, "<h2>What the first layer looks for</h2>"), end = strstr(at, "</section>");
    assert_int_equal(count_of(at, end, "<figure>"), 4);
    glia_evaluation_free(g, e);
    glia_table_free(t);
    glia_model_free(m);
    free(page);
    page = page_of("$GLIA eval blots.glia blots --report eval.html --lang zh -q", "eval.html");
    expect(expect(page, "<h2>错误</h2>"), "left，而非 right");
    expect(expect(page, "<h2>第一层在寻找什么</h2>"), "滤波器 1");
    free(page);
    page = page_of("$GLIA explain blots.glia blots --row 3,20 -o e.html", "e.html");
    at = expect(page, "<h2>Where the network looked</h2>");
    assert_int_equal(count_of(at, strstr(at + 1, "<h2>"), "<figure>"), 4);
    free(page);
}

/* 300 x 150 pixels are shown as 100 x 50: pages stay small. */
static void large_pictures_are_shown_smaller(void **state) {
    (void)state;
    char *page =
        page_of("$GLIA train blots --size 300x150 --net 'conv 2 9x9 stride 9 relu, global_pool' "
                "--epochs 1 --lr 0.01 --val none -o large.glia --report large.html -q",
                "large.html");
    const char *at = expect(page, "<h2>Where the network looked</h2>"),
               *end = strstr(at, "</section>");
    int looks = count_of(at, end, "<figure>");
    assert_true(looks > 0);
    assert_int_equal(count_of(at, end, "<img width=\"100\" height=\"50\""), looks);
    expect(at, "A square of 60 x 60 pixels");
    assert_true(strlen(page) < 1000000);
    free(page);
}

int main(void) {
    setenv("GLIA_MODULE_DIR", BUILD_ROOT "/src/read", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pixels_come_back_from_their_file),
        cmocka_unit_test(what_is_no_picture_is_not_written),
        cmocka_unit_test(filters_of_colours_are_drawn_in_colours),
        cmocka_unit_test(other_filters_are_drawn_in_greys),
        cmocka_unit_test(filters_of_sequences_have_a_row_for_each_feature),
        cmocka_unit_test(what_cannot_be_shown_is_said),
        cmocka_unit_test(where_it_looked_is_what_covering_costs),
        cmocka_unit_test(of_a_value_it_is_what_the_value_loses),
        cmocka_unit_test(layers_answer_as_their_weights_say),
        cmocka_unit_test(any_picture_gets_the_model_s_size),
        cmocka_unit_test(the_report_shows_mistakes_looks_and_filters),
        cmocka_unit_test(large_pictures_are_shown_smaller),
    };
    return cmocka_run_group_tests_name("looks", tests, begin, end);
}
