/*
 * pictures.c: pictures as data. Files are written by the test, byte by byte or by the libraries;
 * what they must become is computed here, in other ways.
 */
#include "pictures.h"

#include <glia/glia.h>
#include <math.h>
#include <sys/stat.h>

static glia_ctx *g;
static blob b;
static char heard[1 << 14]; /* notes and warnings */

static void hear(void *user, glia_level level, const char *text) {
    (void)user;
    size_t n = strlen(heard);
    snprintf(heard + n, sizeof heard - n, "%s: %s\n", level == GLIA_NOTE ? "note" : "warning",
             text);
}

static int begin(void **state) {
    (void)state;
    g = glia_open(&(glia_settings){.log = hear});
    return !g || chdir(scratch());
}

static int end(void **state) {
    (void)state;
    glia_close(g);
    return 0;
}

/* The same numbers each time. */
static uint32_t seed = 1;
static unsigned draw(unsigned below) {
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

static glia_table *read_as(const char *path, const glia_read_options *o) {
    heard[0] = 0;
    glia_table *t = glia_table_read(g, path, o);
    if (!t) fail_msg("%s: %s", path, glia_message(g));
    return t;
}

static void expect_shape(const glia_table *t, int height, int width, int channels) {
    glia_column c = glia_table_column(t, 0);
    assert_string_equal(c.name, "x");
    assert_int_equal(c.type, GLIA_ARRAY);
    assert_int_equal(c.dtype, GLIA_U8);
    assert_int_equal(c.ndim, 3);
    if (c.dim[0] != height || c.dim[1] != width || c.dim[2] != channels)
        fail_msg("%s: found %d x %d x %d, expected %d x %d x %d", glia_table_source(t),
                 (int)c.dim[0], (int)c.dim[1], (int)c.dim[2], height, width, channels);
}

static const unsigned char *pixels_of(const glia_table *t) { return glia_table_values(t, 0).data; }

static void expect_pixels(const char *what, const unsigned char *found,
                          const unsigned char *expected, int n, int within) {
    for (int i = 0; i < n; i++)
        if (abs(found[i] - expected[i]) > within)
            fail_msg("%s: value %d is %d, expected %d", what, i, found[i], expected[i]);
}

/* -------------------------------------------------------------------------------- every kind -- */

static const png_kind png_kinds[] = {
    {1, 0, false, false},  {2, 0, false, false},  {4, 0, false, false},  {8, 0, false, false},
    {16, 0, false, false}, {1, 0, true, true},    {2, 0, true, true},    {8, 0, false, true},
    {16, 0, true, true},   {8, 2, false, false},  {16, 2, false, false}, {8, 2, true, true},
    {16, 2, true, true},   {1, 3, false, false},  {2, 3, false, true},   {4, 3, true, false},
    {8, 3, false, false},  {8, 3, true, true},    {8, 4, false, false},  {16, 4, true, false},
    {8, 6, true, false},   {16, 6, false, false},
};

static unsigned char to_byte(unsigned v, int bits) {
    return (unsigned char)floor((double)v * 255 / ((1u << bits) - 1) + 0.5);
}

/* One pixel as colours and alpha of 8 bits; returns how many channels a picture of its kind has. */
static int png_pixel(png_kind k, const unsigned *first, const unsigned *s, unsigned char to[4]) {
    int samples = png_samples(k.type);
    if (k.type == 3) return palette_colour((int)*s, to), k.transparent ? 4 : 3;
    for (int c = 0; c < samples; c++) to[c] = to_byte(s[c], k.bits);
    if (k.transparent) to[samples] = memcmp(s, first, (size_t)samples * sizeof *s) ? 255 : 0;
    return samples + k.transparent;
}

/* In four channels, as option 'channels' 4 has them. */
static void four(const unsigned char *c, int channels, unsigned char to[4]) {
    for (int k = 0; k < 3; k++) to[k] = c[channels >= 3 ? k : 0];
    to[3] = channels % 2 ? 255 : c[channels - 1];
    if (!to[3]) memset(to, 0, 3);
}

static void png_of_every_kind_becomes_bytes(void **state) {
    (void)state;
    enum { W = 11, H = 9 };
    unsigned sample[W * H * 4];
    unsigned char expected[W * H * 4], c[4], *to;
    for (size_t i = 0; i < sizeof png_kinds / sizeof *png_kinds; i++) {
        png_kind k = png_kinds[i];
        int samples = png_samples(k.type);
        for (int j = 0; j < W * H * samples; j++) sample[j] = draw(1u << k.bits);
        make_png(&b, k, sample, W, H, NULL, NULL, 0);
        write_blob("one.png", &b);
        glia_table *t = read_as("one.png", &(glia_read_options){.channels = "4"});
        expect_shape(t, H, W, 4);
        to = expected;
        for (int j = 0; j < W * H; j++, to += 4)
            four(c, png_pixel(k, sample, sample + j * samples, c), to);
        /* colour under what is transparent is as it is: no mean was taken */
        unsigned char found[W * H * 4];
        memcpy(found, pixels_of(t), sizeof found);
        for (int j = 0; j < W * H; j++)
            if (!found[4 * j + 3]) memset(found + 4 * j, 0, 3);
        char what[80];
        snprintf(what, sizeof what, "PNG of %d bits, type %d%s", k.bits, k.type,
                 k.interlaced ? ", interlaced" : "");
        expect_pixels(what, found, expected, W * H * 4, 0);
        glia_table_free(t);
    }
}

static const struct {
    const char *name, *bytes;
    size_t size;
    const char *expected; /* 2 x 2 pixels */
    int channels;
} small_files[] = {
#define FILE_OF(name, bytes, expected, channels)                                                   \
    { name, bytes, sizeof bytes - 1, expected, channels }
    FILE_OF("a.pbm", "P1\n# c\n2 2\n10\n0 1\n", "\0\xff\xff\0", 1),
    FILE_OF("a.pgm", "P2 2 2 3\n0 1 2 3\n", "\0\x55\xaa\xff", 1),
    FILE_OF("a.ppm", "P3 2 2 255 1 2 3 4 5 6 7 8 9 10 11 12", "\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c",
            3),
    FILE_OF("b.pbm", "P4 2 2\n\x80\x40", "\0\xff\xff\0", 1),
    FILE_OF("b.pgm", "P5 2 2 255\n\1\2\3\4", "\1\2\3\4", 1),
    FILE_OF("c.pgm", "P5 2 2 65535\n\0\0\x80\0\xff\xff\1\1", "\0\x80\xff\1", 1),
    FILE_OF("b.ppm", "P6 2 2 255\n\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c",
            "\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c", 3),
};

static void pictures_of_netpbm_are_read(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof small_files / sizeof *small_files; i++) {
        b.n = 0;
        put(&b, small_files[i].bytes, small_files[i].size);
        write_blob(small_files[i].name, &b);
        glia_table *t = read_as(small_files[i].name, NULL);
        expect_shape(t, 2, 2, small_files[i].channels);
        expect_pixels(small_files[i].name, pixels_of(t),
                      (const unsigned char *)small_files[i].expected, 4 * small_files[i].channels,
                      0);
        glia_table_free(t);
    }
}

/* Red, green over blue, white. */
static const unsigned char flag[12] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255};

static void bitmaps_of_every_depth_are_read(void **state) {
    (void)state;
    static const unsigned char palette[16] = {0,   0, 255, 0, 0,   255, 0,   0,
                                              255, 0, 0,   0, 255, 255, 255, 0};
    static const struct {
        int bits, colours, height;
        const char *rows;
        size_t n;
    } files[] = {
        {4, 4, 2, "\x23\0\0\0\x01\0\0\0", 8},
        {8, 4, 2, "\2\3\0\0\0\1\0\0", 8},
        {8, 4, -2, "\0\1\0\0\2\3\0\0", 8},
        {16, 0, 2, "\x1f\0\xff\x7f\0\x7c\xe0\3", 8},
        {24, 0, 2, "\xff\0\0\xff\xff\xff\0\0\0\0\xff\0\xff\0\0\0", 16},
        {32, 0, 2, "\xff\0\0\0\xff\xff\xff\0\0\0\xff\0\0\xff\0\0", 16},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        make_bmp(&b, 2, files[i].height, files[i].bits, palette, files[i].colours, files[i].rows,
                 files[i].n);
        write_blob("flag.bmp", &b);
        glia_table *t = read_as("flag.bmp", NULL);
        expect_shape(t, 2, 2, 3);
        expect_pixels("BMP", pixels_of(t), flag, 12, 0);
        glia_table_free(t);
    }
}

#ifdef HAVE_JPEG
/* 16 x 8 in four quarters of colours, as it stands upright. */
static void quarters(unsigned char *to, int width, int height) {
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++, to += 3)
            memcpy(to, flag + 3 * (2 * (y >= height / 2) + (x >= width / 2)), 3);
}

/* What a camera writes that was held in one of the eight ways: turned back, written down from the
 * standard's words for the corner where row 0 and column 0 of the file are seen. */
static void hold(int turn, const unsigned char *upright, int width, int height,
                 unsigned char *file) {
    bool lies = turn >= 5;
    int w = lies ? height : width, h = lies ? width : height;
    for (int row = 0; row < h; row++)
        for (int column = 0; column < w; column++) {
            /* row 0 is seen at: top 1 2, bottom 3 4, left 5 8, right 6 7 */
            bool far_row = turn == 3 || turn == 4 || turn == 6 || turn == 7;
            bool far_column = turn == 2 || turn == 3 || turn == 7 || turn == 8;
            int a = far_row ? h - 1 - row : row, c = far_column ? w - 1 - column : column;
            int x = lies ? a : c, y = lies ? c : a;
            memcpy(file + 3 * (row * w + column), upright + 3 * (y * width + x), 3);
        }
}

static void jpeg_is_read_and_stands_upright(void **state) {
    (void)state;
    enum { W = 32, H = 16 };
    unsigned char upright[W * H * 3], file[W * H * 3], grey[W * H];
    quarters(upright, W, H);
    for (int turn = 0; turn <= 8; turn++) {
        hold(turn, upright, W, H, file);
        make_jpeg(&b, file, turn >= 5 ? H : W, turn >= 5 ? W : H, 3, turn % 2, turn);
        write_blob("turned.jpg", &b);
        glia_table *t = read_as("turned.jpg", NULL);
        expect_shape(t, H, W, 3);
        char what[40];
        snprintf(what, sizeof what, "JPEG, turn %d", turn);
        expect_pixels(what, pixels_of(t), upright, W * H * 3, 3);
        glia_table_free(t);
    }
    for (int i = 0; i < W * H; i++) grey[i] = (unsigned char)(i % W * 8);
    make_jpeg(&b, grey, W, H, 1, false, 0);
    write_blob("grey.jpg", &b);
    glia_table *t = read_as("grey.jpg", NULL);
    expect_shape(t, H, W, 1);
    expect_pixels("grey JPEG", pixels_of(t), grey, W * H, 2);
    glia_table_free(t);
}
#else
static void jpeg_is_read_and_stands_upright(void **state) {
    (void)state;
    print_message("# skipped: there is no libjpeg\n");
    skip();
}
#endif

static void webp_is_read(void **state) {
    (void)state;
#ifdef HAVE_WEBP
    unsigned char pixels[7 * 5 * 4];
    for (int channels = 3; channels <= 4; channels++) {
        for (size_t i = 0; i < sizeof pixels; i++) pixels[i] = (unsigned char)(1 + draw(255));
        make_webp(&b, pixels, 7, 5, channels);
        write_blob("a.webp", &b);
        glia_table *t = read_as("a.webp", NULL);
        expect_shape(t, 5, 7, channels);
        expect_pixels("WebP", pixels_of(t), pixels, 7 * 5 * channels, 0);
        glia_table_free(t);
    }
#else
    print_message("# skipped: there is no libwebp\n");
    skip();
#endif
}

/* ----------------------------------------------------------------------------- the same size -- */

/* The mean of the picture over [x0, x1) x [y0, y1), in doubles, from the definition. */
static double mean_over(const unsigned char *p, int width, int height, int channels, int c,
                        double x0, double x1, double y0, double y1) {
    double sum = 0;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            double w = fmin(x1, x + 1) - fmax(x0, x), h = fmin(y1, y + 1) - fmax(y0, y);
            if (w > 0 && h > 0) sum += w * h * p[(y * width + x) * channels + c];
        }
    return sum / ((x1 - x0) * (y1 - y0));
}

static void write_pam(const char *name, const unsigned char *p, int width, int height,
                      int channels) {
    char header[64];
    b.n = 0;
    int n =
        snprintf(header, sizeof header, "P%d %d %d 255\n", channels == 3 ? 6 : 5, width, height);
    put(&b, header, (size_t)n);
    put(&b, p, (size_t)(width * height * channels));
    write_blob(name, &b);
}

static void sizes_change_by_the_mean_over_areas(void **state) {
    (void)state;
    static unsigned char p[40 * 40 * 3];
    for (int i = 0; i < 60; i++) {
        int w = 1 + (int)draw(40), h = 1 + (int)draw(40), channels = i % 2 ? 3 : 1;
        int width = 1 + (int)draw(20), height = 1 + (int)draw(20);
        for (int k = 0; k < w * h * channels; k++) p[k] = (unsigned char)draw(256);
        write_pam("a.ppm", p, w, h, channels);
        char size[32];
        snprintf(size, sizeof size, "%dx%d", width, height);
        glia_table *t = read_as("a.ppm", &(glia_read_options){.size = size, .fit = "stretch"});
        expect_shape(t, height, width, channels);
        const unsigned char *found = pixels_of(t);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                for (int c = 0; c < channels; c++) {
                    double mean = mean_over(p, w, h, channels, c, (double)x * w / width,
                                            (double)(x + 1) * w / width, (double)y * h / height,
                                            (double)(y + 1) * h / height);
                    int is = found[(y * width + x) * channels + c];
                    if (fabs(is - mean) > 0.5 + 1e-9)
                        fail_msg("%dx%d to %s: %d, expected %.6f", w, h, size, is, mean);
                }
        glia_table_free(t);
    }
}

/* Rows of one digit each: what is left of a picture of other proportions. */
static void another_shape_is_cut_framed_or_stretched(void **state) {
    (void)state;
    static const unsigned char six[6] = {10, 20, 30, 40, 50, 60};
    static const struct {
        const char *size, *fit;
        int width, height;
        unsigned char expected[8];
    } cases[] = {
        {"2x1", "crop", 2, 1, {30, 40}},
        {"2x1", NULL, 2, 1, {30, 40}},
        {"3x1", "stretch", 3, 1, {15, 35, 55}},
        {"6x3", "letterbox", 6, 3, {0, 0, 0, 0, 0, 0, 10, 20}},
        {"3x3", "letterbox", 3, 3, {0, 0, 0, 15, 35, 55, 0, 0}},
    };
    write_pam("six.pgm", six, 6, 1, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        glia_table *t =
            read_as("six.pgm", &(glia_read_options){.size = cases[i].size, .fit = cases[i].fit});
        expect_shape(t, cases[i].height, cases[i].width, 1);
        int n = cases[i].width * cases[i].height;
        expect_pixels(cases[i].fit ? cases[i].fit : "default", pixels_of(t), cases[i].expected,
                      n < 8 ? n : 8, 0);
        glia_table_free(t);
    }
}

/* Two pixels become one: half of the opaque one is seen, and all of its colour. */
static void alpha_weighs_colours_and_lies_on_white(void **state) {
    (void)state;
    static const unsigned sample[8] = {200, 100, 0, 255, 9, 9, 9, 0};
    make_png(&b, (png_kind){8, 6, false, false}, sample, 2, 1, NULL, NULL, 0);
    write_blob("alpha.png", &b);
    const struct {
        const char *channels;
        int count;
        unsigned char expected[4];
    } cases[] = {{"4", 4, {200, 100, 0, 128}}, {"3", 3, {228, 178, 128}}, {"1", 1, {187}}};
    for (int i = 0; i < 3; i++) {
        glia_table *t = read_as("alpha.png", &(glia_read_options){.channels = cases[i].channels,
                                                                  .size = "1x1",
                                                                  .fit = "stretch"});
        expect_shape(t, 1, 1, cases[i].count);
        expect_pixels("alpha", pixels_of(t), cases[i].expected, cases[i].count, 0);
        glia_table_free(t);
    }
}

/* ----------------------------------------------------------------------------------- folders -- */

static void write_grey(const char *path, int width, int height, unsigned char value) {
    unsigned char p[64 * 64];
    memset(p, value, sizeof p);
    write_pam(path, p, width, height, 1);
}

static void make_pets(void) {
    static const char *const folders[] = {"pets", "pets/cat", "pets/dog", "pets/dog/old",
                                          "pets/.git"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) mkdir(folders[i], 0700);
    write_grey("pets/dog/2.pgm", 8, 4, 20), write_grey("pets/dog/10.pgm", 8, 4, 30);
    write_grey("pets/cat/b.pgm", 8, 4, 40), write_grey("pets/dog/old/1.pgm", 8, 4, 50);
    write_grey("pets/cat/a.PGM", 8, 4, 60), write_grey("pets/.git/x.pgm", 9, 9, 0);
    b.n = 0, put(&b, "read me", 7), write_blob("pets/README", &b);
}

static void a_folder_is_rows_in_the_order_of_paths(void **state) {
    (void)state;
    make_pets();
    static const char *const names[] = {"cat/a.PGM", "cat/b.pgm", "dog/10.pgm", "dog/2.pgm",
                                        "dog/old/1.pgm"};
    static const unsigned char values[] = {60, 40, 30, 20, 50};
    glia_table *t = read_as("pets/", NULL);
    assert_string_equal(glia_table_source(t), "pets");
    assert_int_equal(glia_table_rows(t), 5);
    expect_shape(t, 4, 8, 1);
    for (int i = 0; i < 5; i++) {
        char class[32];
        assert_string_equal(glia_table_row_name(t, i), names[i]);
        assert_int_equal(pixels_of(t)[i * 32 + 7], values[i]);
        glia_table_cell(t, i, 1, class, sizeof class);
        assert_string_equal(class, i < 2 ? "cat" : "dog");
    }
    assert_non_null(strstr(heard, "1 file is no picture and left alone: README"));
    assert_non_null(strstr(heard, "8x4, as they are (option 'size'); 1 channel, grey"));
    glia_table_free(t);
}

static void broken_pictures_have_names_and_no_rows(void **state) {
    (void)state;
    make_pets();
    b.n = 0, put(&b, "P5 8 4 255\n123", 14), write_blob("pets/dog/11.pgm", &b);
    glia_table *t = read_as("pets", NULL);
    assert_int_equal(glia_table_rows(t), 5);
    assert_int_equal(glia_table_bad_rows(t), 1);
    assert_string_equal(glia_table_bad_row(t, 0).name, "dog/11.pgm");
    assert_string_equal(glia_table_bad_row(t, 0).why, "it is cut short");
    assert_string_equal(glia_table_row_name(t, 3), "dog/2.pgm");
    assert_int_equal(pixels_of(t)[3 * 32], 20);
    assert_int_equal(glia_table_pictures(t).broken, 1);
    assert_non_null(strstr(heard, "warning: pets/dog/11.pgm: skipped: it is cut short"));
    assert_non_null(strstr(heard, "pets: 1 of 6 pictures skipped"));
    glia_table_free(t);
    assert_null(glia_table_read(g, "pets", &(glia_read_options){.bad_images = "fail"}));
    assert_string_equal(glia_message(g), "pets/dog/11.pgm: it is cut short");
    remove("pets/dog/11.pgm");
}

static void any_number_of_threads_reads_the_same(void **state) {
    (void)state;
    char path[64];
    mkdir("many", 0700);
    for (int i = 0; i < 60; i++) {
        snprintf(path, sizeof path, "many/%d.pgm", i);
        write_grey(path, 1 + (int)draw(64), 1 + (int)draw(64), (unsigned char)draw(256));
        b.n = 0;
        if (i % 9 == 4) put(&b, "P5 3 3 255\n", 11), write_blob(path, &b);
    }
    glia_table *one[2];
    glia_ctx *each[2];
    for (int k = 0; k < 2; k++) {
        each[k] = glia_open(&(glia_settings){.threads = k ? 4 : 1});
        one[k] = glia_table_read(each[k], "many", NULL);
        assert_non_null(one[k]);
    }
    int64_t rows = glia_table_rows(one[0]);
    assert_int_equal(rows, 53);
    assert_int_equal(glia_table_rows(one[1]), rows);
    glia_tensor a = glia_table_values(one[0], 0), c = glia_table_values(one[1], 0);
    assert_int_equal(glia_tensor_count(&a, 0), glia_tensor_count(&c, 0));
    assert_memory_equal(a.data, c.data, (size_t)glia_tensor_count(&a, 0));
    for (int64_t i = 0; i < rows; i++)
        assert_string_equal(glia_table_row_name(one[0], i), glia_table_row_name(one[1], i));
    for (int64_t i = 0; i < glia_table_bad_rows(one[0]); i++)
        assert_string_equal(glia_table_bad_row(one[0], i).name, glia_table_bad_row(one[1], i).name);
    for (int k = 0; k < 2; k++) glia_table_free(one[k]), glia_close(each[k]);
}

static void a_table_may_name_them_beside_numbers_and_labels(void **state) {
    (void)state;
    make_pets();
    b.n = 0;
    const char *text = "age,path,kind\n1,pets/dog/2.pgm,dog\n2,pets/none.pgm,cat\n3,,cat\n"
                       "4,pets/cat/a.PGM,cat\n5,pets/README,dog\n";
    put(&b, text, strlen(text)), write_blob("list.csv", &b);
    glia_table *t = read_as("list.csv", &(glia_read_options){.image_column = "path"});
    assert_int_equal(glia_table_rows(t), 2);
    assert_int_equal(glia_table_columns(t), 3);
    assert_string_equal(glia_table_column(t, 0).name, "age");
    assert_string_equal(glia_table_column(t, 1).name, "x");
    assert_int_equal(glia_table_column(t, 1).type, GLIA_ARRAY);
    assert_string_equal(glia_table_row_name(t, 1), "pets/cat/a.PGM");
    assert_int_equal(((const unsigned char *)glia_table_values(t, 1).data)[32], 60);
    assert_int_equal(glia_table_line(t, 1), 5);
    assert_non_null(strstr(heard, "list.csv, line 3: skipped: pets/none.pgm: cannot read"));
    assert_non_null(strstr(heard, "list.csv, line 4: skipped: the path of its picture is missing"));
    assert_non_null(strstr(heard, "list.csv, line 6: skipped: pets/README: it is no picture"));
    glia_table_free(t);
}

/* ------------------------------------------------------------------------------ bad pictures -- */

typedef enum base {
    NOTHING,
    GREY,
    COLOUR,
    PALETTE,
    WIDE,
    JPEG,
    PROGRESSIVE,
    CMYK,
    WEBP,
    BMP,
    PGM,
    ANIMATED
} base;

/* A good file of a kind; false: there is no library to write it. */
static bool make_base(base kind) {
    static unsigned sample[64 * 4];
    static unsigned char pixels[16 * 16 * 4];
    for (int i = 0; i < 256; i++) sample[i] = (unsigned)i * 7 % 256;
    for (size_t i = 0; i < sizeof pixels; i++) pixels[i] = (unsigned char)(i * 5);
    b.n = 0;
    switch (kind) {
    case GREY:
        make_png(&b, (png_kind){8, 0, false, false}, sample, 8, 8, NULL, NULL, 0);
        return true;
    case COLOUR:
        make_png(&b, (png_kind){8, 2, true, true}, sample, 8, 8, NULL, NULL, 0);
        return true;
    case PALETTE:
        for (int i = 0; i < 64; i++) sample[i] %= 4;
        make_png(&b, (png_kind){2, 3, false, true}, sample, 8, 8, NULL, NULL, 0);
        return true;
    case WIDE:
        make_png(&b, (png_kind){16, 0, false, false}, sample, 8, 8, NULL, NULL, 0);
        return true;
    case ANIMATED:
        make_png(&b, (png_kind){8, 0, false, false}, sample, 8, 8, "acTL", "\0\0\0\3\0\0\0\0", 8);
        return true;
    case PGM: write_grey("base.pgm", 8, 8, 9); return true;
    case BMP: make_bmp(&b, 4, 4, 24, NULL, 0, pixels, 48); return true;
#ifdef HAVE_JPEG
    case JPEG: make_jpeg(&b, pixels, 16, 16, 3, false, 6); return true;
    case PROGRESSIVE: make_jpeg(&b, pixels, 16, 16, 3, true, 0); return true;
    case CMYK: make_jpeg(&b, pixels, 16, 16, 4, false, 0); return true;
#endif
#ifdef HAVE_WEBP
    case WEBP: make_webp(&b, pixels, 8, 8, 4); return true;
#endif
    default: return kind == NOTHING;
    }
}

/* What is done to it: it ends at `cut` (below 0: so many bytes before its end; 0: it stays), and
 * the bytes stand at `at` (below 0: from the end). */
typedef struct bad {
    const char *what, *name;
    base base;
    int cut, at;
    const char *bytes;
    size_t size;
    const char *options;
    int status;
    const char *says;
} bad;

#define WITH(at, bytes) at, bytes, sizeof bytes - 1
#define PLAIN 0, "", 0
#define BOMB "\0\0\x75\x30\0\0\x75\x30" /* 30,000 x 30,000 */
/* clang-format off */
static const bad cases[] = {
    {"an empty file", "a.png", NOTHING, 0, PLAIN, "", 3, "a.png: the file is empty"},
    {"an empty JPEG", "a.jpg", NOTHING, 0, PLAIN, "", 3, "a.jpg: the file is empty"},
    {"a text", "a.png", NOTHING, 0, WITH(0, "no picture at all\n"), "", 3, "a.png: it is no picture: it begins like none"},
    {"a page that a download brought", "a.jpg", NOTHING, 0, WITH(0, "<!DOCTYPE html><html>"), "--format pictures", 3, "it is a web page (HTML), expected PNG, JPEG"},
    {"a GIF called PNG", "a.png", NOTHING, 0, WITH(0, "GIF89a\1\0\1\0\x80\0\0"), "--format pictures", 3, "it is a GIF image, expected PNG, JPEG, WebP, BMP or PNM"},
    {"a TIFF", "a.tif", NOTHING, 0, WITH(0, "II*\0\x08\0\0\0"), "", 3, "it is a TIFF image, and this kind of file is not read; make a PNG of it"},
    {"HEIC", "a.heic", NOTHING, 0, WITH(0, "\0\0\0\x18" "ftypheic\0\0\0\0"), "", 3, "HEIF image"},
    {"a PNG called JPEG", "a.jpg", GREY, 0, PLAIN, "", 0, ""},
    {"a JPEG called PNG", "a.png", JPEG, 0, PLAIN, "", 0, ""},
    {"a picture of one pixel", "a.pgm", NOTHING, 0, WITH(0, "P5 1 1 255\n\7"), "", 0, ""},
    {"the same, larger", "a.pgm", NOTHING, 0, WITH(0, "P5 1 1 255\n\7"), "--size 9x5", 0, ""},
    {"zeros", "a.jpg", NOTHING, 0, WITH(0, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "", 3, "a.jpg: it is no picture: it begins like none"},
    {"one pixel of 16 bits", "a.png", WIDE, 0, PLAIN, "--size 1x1", 0, ""},
    {"PNG, its signature alone", "a.png", GREY, 8, PLAIN, "", 3, "a.png: it is cut short"},
    {"PNG, cut in its header", "a.png", GREY, 20, PLAIN, "", 3, "a.png: it is cut short"},
    {"PNG, cut in its pixels", "a.png", GREY, 60, PLAIN, "", 3, "a.png: it is cut short"},
    {"PNG without its last chunk", "a.png", GREY, -12, PLAIN, "", 3, "a.png: it is cut short"},
    {"PNG, cut in its last chunk", "a.png", GREY, -1, PLAIN, "", 3, "a.png: it is cut short"},
    {"PNG, a byte of its pixels", "a.png", GREY, 0, WITH(50, "\x55"), "", 3, "its packed pixels are damaged"},
    {"PNG, interlaced, a byte of its pixels", "a.png", COLOUR, 0, WITH(80, "\x55"), "", 3, "its packed pixels are damaged"},
    {"PNG, a checksum of transparency", "a.png", PALETTE, 0, WITH(33 + 24 + 8, "\x77"), "", 3, "the checksum of its chunk tRNS is wrong: it was changed or damaged"},
    {"PNG, a checksum of its header", "a.png", GREY, 0, WITH(29, "\0\0\0\0"), "", 3, "the checksum of its chunk IHDR is wrong"},
    {"PNG, its line ends changed", "a.png", GREY, 0, WITH(0, "\x89PNG\n\x1A\n\0"), "", 3, "a.png: it was a PNG, whose first bytes were changed"},
    {"PNG, copied by seven bits", "a.png", GREY, 0, WITH(0, "\x09"), "", 3, "a.png: it was a PNG, whose first bytes were changed"},
    {"a PNG bomb", "a.png", GREY, 0, WITH(16, BOMB "\x08\0\0\0\0\xa0\x1b\x3a\xfa"), "", 3, "the checksum of its chunk IHDR is wrong"},
    {"APNG", "a.png", ANIMATED, 0, PLAIN, "", 3, "it is animated (APNG, 3 frames)"},
    {"JPEG, its mark alone", "a.jpg", JPEG, 4, PLAIN, "", 3, "Premature end of JPEG file"},
    {"JPEG, cut in its tables", "a.jpg", JPEG, 200, PLAIN, "", 3, "Premature end of JPEG file"},
    {"JPEG, cut in its pixels", "a.jpg", JPEG, -100, PLAIN, "", 3, "Premature end of JPEG file"},
    {"JPEG without its last mark", "a.jpg", JPEG, -2, PLAIN, "", 3, "Premature end of JPEG file"},
    {"JPEG, the end in its pixels", "a.jpg", JPEG, 0, WITH(-200, "\xff\xd9"), "", 3, "Corrupt JPEG data"},
    {"JPEG, progressive, cut", "a.jpg", PROGRESSIVE, -80, PLAIN, "", 3, "Premature end of JPEG file"},
    {"JPEG in the colours of print", "a.jpg", CMYK, 0, PLAIN, "", 3, "the colours of print (CMYK), expected grey or red, green and blue"},
    {"WebP, its mark alone", "a.webp", WEBP, 16, PLAIN, "", 3, "a.webp: it is cut short"},
    {"WebP, cut in its pixels", "a.webp", WEBP, -20, PLAIN, "", 3, "a.webp: it is"},
    {"WebP, animated", "a.webp", NOTHING, 0, WITH(0, "RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\2\0\0\0\7\0\0\7\0\0" "ANIM\0\0\0\0"), "", 3, "it is animated"},
    {"BMP, cut", "a.bmp", BMP, -1, PLAIN, "", 3, "a.bmp: it is cut short"},
    {"BMP, cut in its header", "a.bmp", BMP, 30, PLAIN, "", 3, "a.bmp: it is cut short"},
    {"BMP, packed", "a.bmp", BMP, 0, WITH(30, "\1"), "", 3, "it is packed (RLE), which is not read"},
    {"BMP of 3 bits", "a.bmp", BMP, 0, WITH(28, "\3"), "", 3, "its number of bits is none of 1, 4, 8, 16, 24, 32"},
    {"BMP without width", "a.bmp", BMP, 0, WITH(18, "\0\0\0\0"), "", 3, "its size is not above 0"},
    {"a BMP bomb", "a.bmp", BMP, 0, WITH(18, "\x30\x75\0\0\x30\x75\0\0"), "", 3, "it claims 30000 x 30000 pixels, expected 178956970 at most"},
    {"a PNM bomb", "a.ppm", NOTHING, 0, WITH(0, "P6 30000 30000 255\n"), "", 3, "it claims 30000 x 30000 pixels, expected 178956970 at most"},
    {"a long PNM", "a.ppm", NOTHING, 0, WITH(0, "P6 1 2000000000 255\n"), "", 3, "it claims 1 x 2000000000 pixels"},
    {"more than is allowed", "a.pgm", NOTHING, 0, WITH(0, "P5 3000 3000 255\n"), "--max-bytes 5000000", 3, "its 3000 x 3000 pixels take 9 MB, and at most 5 MB are taken at once (--max-bytes)"},
    {"PNM, cut", "a.pgm", NOTHING, 0, WITH(0, "P5 3 3 255\n12345678"), "", 3, "a.pgm: it is cut short"},
    {"PNM of text, cut", "a.pgm", NOTHING, 0, WITH(0, "P2 3 3 255\n1 2 3"), "", 3, "a.pgm: it is cut short"},
    {"PNM, a value above the largest", "a.pgm", NOTHING, 0, WITH(0, "P2 2 1 7\n1 8\n"), "", 3, "a value is no number up to the largest"},
    {"PNM, a byte above the largest", "a.pgm", NOTHING, 0, WITH(0, "P5 2 1 7\n\1\x09"), "", 3, "a value is above the largest that its header says"},
    {"PNM without a size", "a.pgm", NOTHING, 0, WITH(0, "P5 0 3 255\n"), "", 3, "its size is not above 0"},
    {"PNM, its largest value", "a.pgm", NOTHING, 0, WITH(0, "P5 1 1 70000\n12"), "", 3, "its largest value is none of 1 to 65535"},
    {"a size that is none", "a.png", GREY, 0, PLAIN, "--size 64*64", 2, "--size is '64*64', expected WIDTHxHEIGHT in pixels, such as 64x48"},
    {"a size too large", "a.png", GREY, 0, PLAIN, "--size 20000x2", 2, "each up to 16384"},
    {"an unknown fit", "a.png", GREY, 0, PLAIN, "--fit fill", 2, "--fit"},
    {"two channels", "a.png", GREY, 0, PLAIN, "--channels 2", 2, "--channels"},
    {"an unknown word for broken ones", "a.png", GREY, 0, PLAIN, "--bad-images drop", 2, "--bad-images"},
};
/* clang-format on */

static void write_case(const bad *c) {
    if (c->cut > 0) b.n = (size_t)c->cut;
    if (c->cut < 0) b.n -= (size_t)-c->cut;
    size_t at = c->at < 0 ? b.n - (size_t)-c->at : (size_t)c->at;
    if (at + c->size > b.n) b.n = at + c->size;
    memcpy(b.bytes + at, c->bytes, c->size);
    write_blob(c->name, &b);
}

static void bad_pictures_are_told(void **state) {
    (void)state;
    int tried = 0, failures = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const bad *c = &cases[i];
        if (!make_base(c->base)) continue;
        write_case(c);
        tried++;
        result r = run("$GLIA data %s %s", c->name, c->options);
        const char *lone = strstr(r.err, "glia: error: ");
        bool one = !c->status || (lone && !strstr(lone + 1, "glia: error: ") && !*r.out);
        if (r.status != c->status || !one || !strstr(r.err, c->says)) {
            failures++;
            print_message("# %s: status %d, expected %d and '%s':\n# %s\n", c->what, r.status,
                          c->status, c->says, r.err);
        }
        result_free(&r);
        remove(c->name);
    }
    print_message("# %d bad pictures\n", tried);
    assert_int_equal(failures, 0);
}

/* Files of 4 x 4 pixels whose chunks are whole, and what is wrong with them all the same. Chunks:
 * H a header, P a palette of 4, p of 5 bytes, o of none, T transparency, t of 3 bytes, I pixels, f
 * with a filter that there is not, s too few, z not packed, C a comment, U something needed, 7 a
 * name that is none, E the end. */
typedef struct ruleless {
    const char *what;
    unsigned char bits, type, packing, filter, interlacing;
    uint32_t width;
    const char *chunks, *says; /* NULL: it is read */
} ruleless;

/* clang-format off */
static const ruleless ruleless_files[] = {
    {"nothing is wrong", 8, 0, 0, 0, 0, 4, "CTICE", NULL},
    {"a palette in grey", 8, 0, 0, 0, 0, 4, "PIE", NULL},
    {"alpha and transparency", 8, 4, 0, 0, 0, 2, "TIE", NULL},
    {"no width", 8, 0, 0, 0, 0, 0, "IE", "its size is not above 0"},
    {"a width beyond PNG's", 8, 0, 0, 0, 0, 0x80000001, "IE", "it claims more than 2147483647 bytes or pixels"},
    {"3 bits", 3, 0, 0, 0, 0, 4, "IE", "its header claims 3 bits of colour type 0, which PNG does not have"},
    {"a palette of 16 bits", 16, 3, 0, 0, 0, 4, "PIE", "its header claims 16 bits of colour type 3"},
    {"colours of type 5", 8, 5, 0, 0, 0, 4, "IE", "its header claims 8 bits of colour type 5"},
    {"another packing", 8, 0, 1, 0, 0, 4, "IE", "its header claims a packing, filter or interlacing that PNG does not have"},
    {"another filter", 8, 0, 0, 1, 0, 4, "IE", "its header claims a packing, filter"},
    {"another interlacing", 8, 0, 0, 0, 2, 4, "IE", "its header claims a packing, filter"},
    {"two headers", 8, 0, 0, 0, 0, 4, "HIE", "it has two headers"},
    {"no palette", 8, 3, 0, 0, 0, 4, "IE", "its palette is missing"},
    {"a palette behind the pixels", 8, 3, 0, 0, 0, 4, "IPE", "its palette is missing"},
    {"a palette of 5 bytes", 8, 3, 0, 0, 0, 4, "pIE", "its palette is damaged"},
    {"a palette of no colours", 8, 3, 0, 0, 0, 4, "oIE", "its palette is empty"},
    {"two palettes", 8, 3, 0, 0, 0, 4, "PPIE", "its palette is damaged"},
    {"a palette of 4 of 255 colours", 8, 3, 0, 0, 0, 4, "PIE", "a pixel has no colour in its palette"},
    {"transparency of 3 bytes", 8, 0, 0, 0, 0, 4, "tIE", "what says which of its colours are transparent (its chunk tRNS) is damaged"},
    {"transparency behind the pixels", 8, 0, 0, 0, 0, 4, "ITE", "its chunk tRNS) is damaged"},
    {"transparency twice", 8, 0, 0, 0, 0, 4, "TTIE", "its chunk tRNS) is damaged"},
    {"no pixels", 8, 0, 0, 0, 0, 4, "CE", "it ends in front of its pixels"},
    {"too few pixels", 8, 0, 0, 0, 0, 4, "sE", "its pixels are fewer than its header claims"},
    {"pixels that are not packed", 8, 0, 0, 0, 0, 4, "zE", "its packed pixels are damaged"},
    {"a row with a filter of its own", 8, 0, 0, 0, 0, 4, "fE", "a row has a filter that PNG does not have"},
    {"a chunk that is needed", 8, 0, 0, 0, 0, 4, "UIE", "its chunk ABCD is unknown, and it cannot be read without"},
    {"a chunk without a name", 8, 0, 0, 0, 0, 4, "7IE", "a chunk has a name that is not of letters: it was damaged"},
    {"no end", 8, 0, 0, 0, 0, 4, "I", "it is cut short"},
};
/* clang-format on */

static void put_rows(unsigned char filter, int rows) {
    unsigned char raw[4 * 5], packed[128];
    uLongf n = sizeof packed;
    for (int i = 0; i < 20; i++) raw[i] = i % 5 ? (unsigned char)(i * 9) : filter;
    assert_int_equal(compress(packed, &n, raw, (uLong)rows * 5), Z_OK);
    put_chunk(&b, "IDAT", packed, n);
}

static void put_letter(const ruleless *f, char letter) {
    switch (letter) {
    case 'P': put_chunk(&b, "PLTE", "abcdefghijkl", 12); return;
    case 'p': put_chunk(&b, "PLTE", "abcde", 5); return;
    case 'o': put_chunk(&b, "PLTE", "", 0); return;
    case 'T': put_chunk(&b, "tRNS", "\0\1", 2); return;
    case 't': put_chunk(&b, "tRNS", "\0\1\2", 3); return;
    case 'I': put_rows(0, 4); return;
    case 'f': put_rows(5, 4); return;
    case 's': put_rows(0, 2); return;
    case 'z': put_chunk(&b, "IDAT", "no stream of zlib", 17); return;
    case 'C': put_chunk(&b, "tEXt", "Title\0none", 10); return;
    case 'U': put_chunk(&b, "ABCD", "", 0); return;
    case '7': put_chunk(&b, "\1\2\3\4", "", 0); return;
    case 'E': put_chunk(&b, "IEND", "", 0); return;
    }
    blob h = {.n = 0};
    put_number(&h, f->width, 4, true), put_number(&h, 4, 4, true);
    put(&h, (unsigned char[]){f->bits, f->type, f->packing, f->filter, f->interlacing}, 5);
    put_chunk(&b, "IHDR", h.bytes, h.n);
}

static void png_that_breaks_a_rule_is_told(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ruleless_files / sizeof *ruleless_files; i++) {
        const ruleless *f = &ruleless_files[i];
        b.n = 0, put(&b, "\x89PNG\r\n\x1A\n", 8);
        put_letter(f, 'H');
        for (const char *c = f->chunks; *c; c++) put_letter(f, *c);
        write_blob("ruleless.png", &b);
        glia_table *t = glia_table_read(g, "ruleless.png", NULL);
        if (!t != (f->says != NULL) || (!t && !strstr(glia_message(g), f->says)))
            fail_msg("%s: %s, expected '%s'", f->what, t ? "it is read" : glia_message(g),
                     f->says ? f->says : "");
        glia_table_free(t);
    }
}

/* libpng alone would refuse it: a scan of a kilometre of film, say. */
static void png_may_be_longer_than_a_million_pixels(void **state) {
    (void)state;
    enum { W = 1200000 };
    unsigned char *raw = calloc(W + 1, 1), *packed = malloc(W);
    uLongf n = W;
    assert_true(raw && packed);
    memset(raw + 1 + W / 2, 200, W / 2);
    assert_int_equal(compress(packed, &n, raw, W + 1), Z_OK);
    put_header(&b, (png_kind){8, 0, false, false}, W, 1);
    put_chunk(&b, "IDAT", packed, n);
    put_chunk(&b, "IEND", "", 0);
    write_blob("film.png", &b);
    free(raw), free(packed);
    glia_table *t = read_as("film.png", &(glia_read_options){.size = "4x1", .fit = "stretch"});
    expect_pixels("film", pixels_of(t), (const unsigned char[]){0, 0, 200, 200}, 4, 0);
    glia_table_free(t);
}

/* Headers whose checksums are right, and which claim much. */
/* AddressSanitizer takes more memory than any limit leaves. */
#ifdef __SANITIZE_ADDRESS__
#define BOUNDED ""
#else
#define BOUNDED "ulimit -v 1000000; "
#endif

static void a_bomb_is_refused_before_its_memory_is_taken(void **state) {
    (void)state;
    const unsigned one[1] = {0};
    put_header(&b, (png_kind){8, 2, false, false}, 30000, 30000);
    put_pixels(&b, (png_kind){8, 0, false, false}, one, 1, 1);
    put_chunk(&b, "IEND", "", 0);
    write_blob("bomb.png", &b);
    refuses(3, "bomb.png: it claims 30000 x 30000 pixels, expected 178956970 at most",
            "(" BOUNDED "$GLIA data bomb.png)");
}

static void a_picture_may_come_through_a_pipe(void **state) {
    (void)state;
    make_base(GREY);
    write_blob("piped.png", &b);
    result r = run("$GLIA data - -q <piped.png");
    if (r.status || !strstr(r.out, "1 (1 PNG), 0 broken")) fail_msg("%s%s", r.out, r.err);
    result_free(&r);
    refuses(3, "it is cut short", "head -c 50 piped.png | $GLIA data -");
}

/* Grey of 16 bits beside colour, one pixel, a palette: all become the same. */
static void unlike_pictures_become_alike(void **state) {
    (void)state;
    mkdir("mixed", 0700);
    static const base kinds[] = {WIDE, COLOUR, PALETTE, BMP, GREY};
    char name[40];
    for (int i = 0; i < 5; i++) {
        make_base(kinds[i]);
        snprintf(name, sizeof name, "mixed/%d.png", i);
        write_blob(name, &b);
    }
    glia_table *t = read_as("mixed", NULL);
    expect_shape(t, 8, 8, 3);
    assert_int_equal(glia_table_rows(t), 5);
    assert_non_null(strstr(heard, "8x8, by the median of their widths and heights"));
    assert_non_null(strstr(heard, "3 channels, red, green and blue, as 3 of 5 have colour, what is "
                                  "transparent lies on white (2 have alpha)"));
    glia_table_free(t);
}

static void folders_that_are_no_classes_are_told(void **state) {
    (void)state;
    static const char *const folders[] = {"sets",         "sets/train",  "sets/test",
                                          "sets/train/a", "sets/test/a", "none"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) mkdir(folders[i], 0700);
    write_grey("sets/train/a/1.pgm", 2, 2, 1), write_grey("sets/test/a/1.pgm", 2, 2, 1);
    refuses(3, "sets: its folders hold no pictures but folders of them, such as 'test/a'",
            "$GLIA train sets");
    refuses(3, "none: there are no pictures in it; expected PNG", "$GLIA train none");
    refuses(3, "the pictures have no classes; put those of each class in a folder of its own",
            "$GLIA train many --quiet");
}

/* ----------------------------------------------------------------------------------- a model -- */

static void make_shades(void) {
    char path[64];
    mkdir("shades", 0700), mkdir("shades/dark", 0700), mkdir("shades/light", 0700);
    mkdir("new", 0700);
    for (int i = 0; i < 40; i++) {
        snprintf(path, sizeof path, "shades/%s/%d.pgm", i % 2 ? "light" : "dark", i);
        write_grey(path, 12, 12, (unsigned char)(i % 2 ? 200 + i : 10 + i));
    }
    write_grey("new/a.pgm", 30, 20, 240), write_grey("new/b.pgm", 9, 9, 5);
    b.n = 0, put(&b, "P5 9 9 255\n", 11), write_blob("new/aa.pgm", &b);
}

static void a_model_reads_new_pictures_as_those_of_its_training(void **state) {
    (void)state;
    make_shades();
    result r = run("$GLIA train shades/ --size 6x4 --epochs 30 -q && $GLIA show shades.glia");
    if (r.status || !strstr(r.out, "--size 6x4 --fit crop --channels 1"))
        fail_msg("status %d\n%s%s", r.status, r.out, r.err);
    result_free(&r);
    r = run("$GLIA predict shades.glia new -o answers.csv -q && cut -d, -f1,2 answers.csv");
    assert_int_equal(r.status, 0);
    assert_string_equal(r.out, "file,prediction\na.pgm,light\naa.pgm,\nb.pgm,dark\n");
    result_free(&r);
    r = run("$GLIA eval shades.glia shades --json -q");
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "\"accuracy\": "));
    assert_non_null(strstr(r.err, "is the data that the model has learned from"));
    result_free(&r);
    r = run("$GLIA predict shades.glia new --json -q");
    assert_non_null(strstr(r.out, "\"file\": \"aa.pgm\""));
    result_free(&r);
}

/* The parts are tables of paths, from which a training reads them. */
static void a_folder_is_split_into_two_tables_of_paths(void **state) {
    (void)state;
    make_shades();
    remove("shades/light/copy.pgm"), remove("shades/dark/aa.pgm");
    result r =
        run("mkdir -p parts && $GLIA data shades --split 0.75,0.25 -q && "
            "$GLIA data shades --split 0.75,0.25 -o parts/some -q && "
            "head -n 2 shades-test.csv && wc -l <shades-train.csv && "
            "$GLIA train shades-train.csv --image-column path --test shades-test.csv "
            "--epochs 1 -q -o l.glia && $GLIA predict l.glia parts/some-test.csv -q | wc -l");
    static const char *const says[] = {"path,y\nshades/dark/", ",dark\n31\n", "10 test", "\n11\n"};
    for (size_t i = 0; i < sizeof says / sizeof *says; i++)
        if (r.status || !strstr(r.out, says[i]))
            fail_msg("'%s' is not in\n%s%s", says[i], r.out, r.err);
    result_free(&r);
}

static void a_look_at_pictures_tells_what_they_are(void **state) {
    (void)state;
    make_shades();
    result r = run("cp shades/dark/0.pgm shades/light/copy.pgm; cp new/aa.pgm shades/dark/; "
                   "$GLIA data shades --report shades.html");
    assert_int_equal(r.status, 0);
    static const char *const says[] = {"pictures       41 (41 PNM), 1 broken", "12x12",
                                       "1 picture is the same as another one of another class, "
                                       "such as dark/0.pgm and light/copy.pgm",
                                       "dark", "light"};
    for (size_t i = 0; i < sizeof says / sizeof *says; i++)
        if (!strstr(r.out, says[i])) fail_msg("'%s' is not in\n%s", says[i], r.out);
    result_free(&r);
    char *page = slurp("shades.html");
    assert_non_null(strstr(page, "data:image/bmp;base64,"));
    free(page);
}

/* From 0 to 1; other numbers have other hills. */
static double wave(int number, double u, double v) {
    double sum = 0;
    uint32_t h = (uint32_t)number;
    for (int i = 0; i < 5; i++) {
        h = (h + 1) * 2654435761u;
        sum += cos((1 + (h >> 28) % 8) * u + (1 + (h >> 24) % 8) * v + (h >> 16) % 64);
    }
    return (sum + 5) / 10;
}

/* A landscape of waves, of any size. */
static void write_waves(const char *path, int number, int width, int height, bool mirrored,
                        double light, double dark) {
    static unsigned char p[80 * 60];
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            double u = (x + 0.5) / width, v = (y + 0.5) / height;
            if (mirrored) u = 1 - u;
            p[y * width + x] = (unsigned char)(dark + (light - dark) * wave(number, u, v));
        }
    write_pam(path, p, width, height, 1);
}

static void pictures_that_are_nearly_the_same_are_told(void **state) {
    (void)state;
    char path[64];
    mkdir("alike", 0700), mkdir("alike/a", 0700), mkdir("alike/b", 0700), mkdir("unseen", 0700);
    write_waves("alike/a/1.pgm", 0, 40, 30, false, 250, 5);
    write_waves("alike/a/2.pgm", 0, 80, 60, false, 250, 5);
    write_waves("alike/b/3.pgm", 0, 40, 30, true, 250, 5);
    write_waves("alike/b/4.pgm", 0, 40, 30, false, 220, 60);
    for (int i = 1; i < 20; i++) {
        snprintf(path, sizeof path, "alike/%c/%d.pgm", i % 2 ? 'a' : 'b', 10 + i);
        write_waves(path, i, 40, 30, false, 250, 5);
    }
    write_waves("unseen/5.pgm", 0, 60, 45, true, 250, 60);
    write_waves("unseen/6.pgm", 40, 60, 45, false, 250, 60);
    result r = run("$GLIA data alike --size 40x30 --against unseen");
    static const char *const says[] = {
        "3 pictures are nearly the same as another one, 1 in a mirror, such as a/1.pgm and a/2.pgm",
        "2 of these are of another class, such as a/1.pgm and b/3.pgm",
        "of unseen 1 picture is nearly the same as one here, ",
    };
    for (size_t i = 0; i < sizeof says / sizeof *says; i++)
        if (!strstr(r.out, says[i])) fail_msg("'%s' is not in\n%s%s", says[i], r.out, r.err);
    result_free(&r);
}

/* Pearson's r of the means over 2 x 2 pixels, in double; c in a mirror or not. */
static double correlation(const unsigned char *a, const unsigned char *c, bool mirrored) {
    enum { SIDE = 16, WIDTH = 2 * SIDE };
    double x[SIDE * SIDE], y[SIDE * SIDE], mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
    for (int k = 0; k < SIDE * SIDE; k++) {
        int at = k / SIDE * 2 * WIDTH, from = at + k % SIDE * 2,
            to = at + (mirrored ? SIDE - 1 - k % SIDE : k % SIDE) * 2;
        x[k] = (a[from] + a[from + 1] + a[from + WIDTH] + a[from + WIDTH + 1]) / 4.0;
        y[k] = (c[to] + c[to + 1] + c[to + WIDTH] + c[to + WIDTH + 1]) / 4.0;
        mx += x[k] / (SIDE * SIDE), my += y[k] / (SIDE * SIDE);
    }
    for (int k = 0; k < SIDE * SIDE; k++) {
        xx += (x[k] - mx) * (x[k] - mx), yy += (y[k] - my) * (y[k] - my);
        xy += (x[k] - mx) * (y[k] - my);
    }
    return xy / sqrt(xx * yy);
}

/* Landscapes again and again, each time with more noise: some are just alike, and some just not. */
static void no_pair_of_pictures_is_passed_over(void **state) {
    (void)state;
    enum { N = 160, SIDE = 32 };
    char path[64];
    mkdir("pairs", 0700);
    for (int i = 0; i < N; i++) {
        unsigned char p[SIDE * SIDE];
        int noise = 1 + i / 20 * 4;
        for (int k = 0; k < SIDE * SIDE; k++) {
            double u = (k % SIDE + 0.5) / SIDE, v = (k / SIDE + 0.5) / SIDE;
            double w = wave(i % 20, i % 3 ? u : 1 - u, v);
            p[k] = (unsigned char)(40 + 150 * w + (double)draw((unsigned)noise));
        }
        snprintf(path, sizeof path, "pairs/%03d.pgm", i);
        write_pam(path, p, SIDE, SIDE, 1);
    }
    glia_table *t = read_as("pairs", NULL);
    const unsigned char *p = pixels_of(t);
    int64_t expected = 0, mirrored = 0, first = -1, like = -1;
    for (int i = 0; i < N; i++)
        for (int k = 0; k < i; k++) {
            double plain = correlation(p + k * SIDE * SIDE, p + i * SIDE * SIDE, false),
                   other = correlation(p + k * SIDE * SIDE, p + i * SIDE * SIDE, true);
            assert_true(fabs(plain - 0.995) > 1e-6 && fabs(other - 0.995) > 1e-6);
            if (plain < 0.995 && other < 0.995) continue;
            if (first < 0) first = i, like = k;
            expected++, mirrored += plain < 0.995;
            break;
        }
    glia_alike found;
    assert_int_equal(glia_table_alike(t, NULL, -1, &found), GLIA_OK);
    print_message("# %d of %d pictures are alike an earlier one, %d in a mirror\n", (int)expected,
                  N, (int)mirrored);
    assert_true(mirrored > 5 && expected > mirrored + 5 && expected < N - 25);
    assert_int_equal(found.rows, expected);
    assert_int_equal(found.mirrored, mirrored);
    assert_int_equal(found.row, first);
    assert_int_equal(found.original, like);
    glia_table_free(t);
    t = read_as("list.csv", NULL);
    assert_int_equal(glia_table_alike(t, NULL, -1, &found), GLIA_OK);
    assert_int_equal(found.rows, -1);
    glia_table_free(t);
}

/* Two classes of 30 landscapes each, all different; what is planted among them. */
typedef enum planted {
    SOUND,
    REPEATED, /* b is one picture, saved again and again */
    SIZES,    /* the files of b are larger */
    LIGHT     /* b is lighter */
} planted;

static void make_landscapes(const char *folder, planted what, int first) {
    char path[80];
    snprintf(path, sizeof path, "%s/a", folder);
    mkdir(folder, 0700), mkdir(path, 0700);
    path[strlen(path) - 1] = 'b', mkdir(path, 0700);
    for (int i = 0; i < 60; i++) {
        bool b_class = i % 2;
        int number = first + (what == REPEATED && b_class ? 1 : i), width = 40 + 4 * (i % 3);
        double light = 200 + i % 50;
        snprintf(path, sizeof path, "%s/%c/%d.pgm", folder, b_class ? 'b' : 'a', i);
        if (what == SIZES) width = b_class ? 60 : 40;
        if (what == LIGHT) light = b_class ? 255 : 60;
        write_waves(path, number, width, width * 3 / 4, what == REPEATED && i % 4 == 1, light,
                    what == LIGHT && b_class ? 150 : 10);
    }
}

static void what_is_planted_among_pictures_is_told(void **state) {
    (void)state;
    static const struct {
        const char *folder;
        planted what;
        const char *look, *finding; /* of `data`, of `train`; NULL: nothing */
    } sets[] = {
        {"sound", SOUND, NULL, NULL},
        {"repeated", REPEATED,
         "100% of the pictures of 'b' are nearly the same one, b/1.pgm: a network learns that one",
         "repeated-picture: class 'b': 100% of its training pictures are nearly the same one, b/"},
        {"sizes", SIZES,
         "the width of their files alone tells the classes of the pictures apart: a network may",
         "telltale-pictures: the width of their files alone tells the classes of the pictures"},
        {"light", LIGHT, "the mean brightness alone tells the classes of the pictures apart",
         "telltale-pictures: the mean brightness alone tells the classes of the pictures apart"},
    };
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        make_landscapes(sets[i].folder, sets[i].what, 0);
        result r = run("$GLIA data %s --size 40x30", sets[i].folder);
        bool said = strstr(r.out, "alone tells") || strstr(r.out, "nearly the same");
        if (r.status || said != (sets[i].look != NULL) || (said && !strstr(r.out, sets[i].look)))
            fail_msg("%s: %s%s", sets[i].folder, r.out, r.err);
        result_free(&r);
        r = run("$GLIA train %s --size 16x12 --hidden 4 --epochs 2 -q -o planted.glia",
                sets[i].folder);
        said = strstr(r.err, "repeated-picture") || strstr(r.err, "telltale-pictures");
        bool copies = strstr(r.err, "duplicate-rows") && sets[i].what != REPEATED;
        if (r.status || copies || said != (sets[i].finding != NULL) ||
            (said && !strstr(r.err, sets[i].finding)))
            fail_msg("%s: %s", sets[i].folder, r.err);
        result_free(&r);
    }
}

/* A test of pictures that are in a mirror, lighter and larger than they were learned. */
static void a_test_of_pictures_that_were_learned_is_told(void **state) {
    (void)state;
    static const char *const command = "$GLIA train sound --test %s --size 40x30 --hidden 4 "
                                       "--epochs 2 --val none -q -o planted.glia";
    make_landscapes("sound", SOUND, 0), make_landscapes("others", SOUND, 1000);
    result r = run(command, "others");
    if (r.status || strstr(r.err, "duplicate-rows")) fail_msg("%s", r.err);
    result_free(&r);
    for (int i = 0; i < 6; i++) {
        char path[64];
        snprintf(path, sizeof path, "others/a/again%d.pgm", i);
        write_waves(path, 2 * i, 80, 60, i % 2, 180, 60);
    }
    r = run(command, "others");
    static const char says[] =
        "duplicate-rows: 6 of 66 test pictures are nearly the same as training pictures, 3 of them "
        "in a mirror, such as a/again0.pgm, which is like a/0.pgm; remove the copies";
    if (r.status || !strstr(r.err, says)) fail_msg("%s", r.err);
    result_free(&r);
}

/* The number behind a name in JSON, from some text on. */
static double number_behind(const char *json, const char *from, const char *name) {
    char key[64];
    const char *at = strstr(json, from);
    snprintf(key, sizeof key, "\"%s\": ", name);
    at = at ? strstr(at, key) : NULL;
    if (!at) fail_msg("no '%s' behind '%s' in %s", name, from, json);
    return atof(at + strlen(key));
}

/* The same six among pictures that no model has seen, by the file of a model alone. One that goes
 * on from it with other pictures knows them, too, and one that keeps no likenesses does not. */
static void a_model_knows_pictures_that_it_has_learned_from(void **state) {
    (void)state;
    static const char *const eval = "$GLIA eval %s.glia %s --json -q";
    make_landscapes("sound", SOUND, 0), make_landscapes("unknown", SOUND, 2000);
    make_landscapes("later", SOUND, 3000);
    result r = run("$GLIA train sound --size 40x30 --hidden 4 --epochs 2 -q -o knows.glia && "
                   "$GLIA train later --init knows.glia --epochs 1 -q -o later.glia && "
                   "$GLIA train sound --size 40x30 --hidden 4 --epochs 1 --likenesses off -q -o "
                   "forgets.glia && $GLIA show knows.glia && $GLIA show later.glia --json && "
                   "$GLIA eval knows.glia unknown --json -q");
    if (r.status || strstr(r.err, "flattered") || !strstr(r.out, "of 60 of its pictures"))
        fail_msg("%s%s", r.out, r.err);
    assert_int_equal(number_behind(r.out, "", "likenesses"), 120);
    assert_int_equal(number_behind(r.out, "near_copies", "rows"), 0);
    double accuracy = number_behind(r.out, "\"rows\": 60", "accuracy");
    result_free(&r);
    for (int i = 0; i < 6; i++) {
        char path[64];
        snprintf(path, sizeof path, "unknown/a/again%d.pgm", i);
        write_waves(path, 2 * i, 80, 60, i % 2, 180, 60);
    }
    static const char says[] = "6 of 66 pictures are nearly the same as training pictures, 3 of "
                               "them in a mirror, such as a/again0.pgm, so these scores are "
                               "flattered: without them accuracy is ";
    static const char *const models[] = {"knows", "later", "forgets"};
    for (int k = 0; k < 3; k++) {
        r = run(eval, models[k], "unknown");
        if (r.status || !strstr(r.err, says) != (k == 2)) fail_msg("%s: %s", models[k], r.err);
        if (k < 2) {
            assert_int_equal(number_behind(r.out, "near_copies", "rows"), 6);
            assert_int_equal(number_behind(r.out, "near_copies", "mirrored"), 3);
        } else assert_null(strstr(r.out, "near_copies"));
        if (k == 0) assert_true(number_behind(r.out, "without", "accuracy") == accuracy);
        result_free(&r);
    }
}

/* Squared steps of 1/127 between what two pictures of `pairs` have of 32 long waves, in double: the
 * mean of each 2 x 2 pixels, mean 0, length 1, then a cosine transform by its definition. */
static double wave_distance(const unsigned char *a, const unsigned char *c, bool mirrored) {
    enum { SIDE = 16, WIDTH = 2 * SIDE };
    static const char *const waves = "01 20 02 21 03 22 40 41 04 23 05 42 24 60 06 43 "
                                     "10 11 12 30 31 13 32 50 14 51 33 15 70 52 34 16";
    const unsigned char *both[] = {a, c};
    double v[2][SIDE * SIDE], sum = 0;
    for (int p = 0; p < 2; p++) {
        double mean = 0, length = 0;
        for (int k = 0; k < SIDE * SIDE; k++) {
            int x = p && mirrored ? SIDE - 1 - k % SIDE : k % SIDE,
                at = k / SIDE * 2 * WIDTH + 2 * x;
            v[p][k] = both[p][at] + both[p][at + 1] + both[p][at + WIDTH] + both[p][at + WIDTH + 1];
            mean += v[p][k] / (SIDE * SIDE);
        }
        for (int k = 0; k < SIDE * SIDE; k++) length += (v[p][k] - mean) * (v[p][k] - mean);
        for (int k = 0; k < SIDE * SIDE; k++) v[p][k] = (v[p][k] - mean) / sqrt(length);
    }
    for (const char *w = waves; w; w = strchr(w, ' ') ? strchr(w, ' ') + 1 : NULL) {
        int across = w[0] - '0', down = w[1] - '0';
        double d = 0, size = (across ? 2 : 1) * (down ? 2 : 1) / 256.0;
        for (int k = 0; k < SIDE * SIDE; k++)
            d += (v[0][k] - v[1][k]) * cos(M_PI * across * (k % SIDE + 0.5) / SIDE) *
                 cos(M_PI * down * (k / SIDE + 0.5) / SIDE);
        sum += d * d * size;
    }
    return 127 * 127 * sum;
}

/* The limit is 25, of squares to which two roundings of each coordinate add 5 and which they
 * scatter by a few, so nothing is said of what lies between 10 and 40. */
static void likenesses_are_coordinates_along_long_waves(void **state) {
    (void)state;
    enum { N = 160, SIDE = 32, KNOWN = 40 };
    result r = run("rm -rf first && mkdir -p first/a first/b && for i in $(seq -w 0 2 38); do cp "
                   "pairs/0$i.pgm first/a; done; for i in $(seq -w 1 2 39); do cp pairs/0$i.pgm "
                   "first/b; done; $GLIA train first --size 32x32 --hidden 1 --epochs 1 -q -o "
                   "first.glia");
    if (r.status) fail_msg("%s", r.err);
    result_free(&r);
    glia_table *t = read_as("pairs", NULL);
    glia_model *m = glia_model_load(g, "first.glia");
    const unsigned char *p = pixels_of(t);
    char like[N];
    glia_alike found;
    int64_t near = 0, far = 0, rows = 0;
    assert_int_equal(glia_model_likenesses(m), KNOWN);
    assert_int_equal(glia_model_alike(g, m, t, like, &found), GLIA_OK);
    for (int i = 0; i < N; i++) {
        double least = 1e9;
        for (int k = 0; k < KNOWN; k++)
            for (int mirrored = 0; mirrored < 2; mirrored++)
                least =
                    fmin(least, wave_distance(p + k * SIDE * SIDE, p + i * SIDE * SIDE, mirrored));
        if (least < 10 && !like[i]) fail_msg("picture %d is not known, at %g", i, least);
        if (least > 40 && like[i]) fail_msg("picture %d is known, at %g", i, least);
        near += i >= KNOWN && least<7, far += least> 53, rows += like[i];
    }
    print_message("# %d others are near, %d are far, %d are known\n", (int)near, (int)far,
                  (int)rows);
    assert_true(near > 5 && far > 20);
    assert_int_equal(found.rows, rows);
    assert_int_equal(found.row, 0);
    glia_model_free(m);
    glia_table_free(t);
    t = read_as("list.csv", NULL);
    m = glia_model_load(g, "first.glia");
    assert_int_equal(glia_model_alike(g, m, t, NULL, &found), GLIA_OK);
    assert_int_equal(found.rows, -1);
    glia_model_free(m);
    glia_table_free(t);
}

/* ------------------------------------------------------------------------ pictures of others -- */

static void digits_of_mnist_are_those_of_their_files(void **state) {
    (void)state;
    need_shared("data/digits_png");
    glia_table *t = read_as(shared_path("data/digits_png/test"), NULL);
    assert_int_equal(glia_table_rows(t), 150);
    expect_shape(t, 28, 28, 1);
    /* the same digits, unpacked by others: 60003.png is the fourth of the test set */
    glia_table *idx = read_as(shared_path("data/mnist/t10k-images-idx3-ubyte.gz"), NULL);
    for (int64_t i = 0; i < 150; i++) {
        const char *name = strrchr(glia_table_row_name(t, i), '/') + 1;
        assert_memory_equal(pixels_of(t) + i * 784, pixels_of(idx) + (atoi(name) - 60000) * 784,
                            784);
    }
    glia_table_free(idx);
    glia_table_free(t);
    /* a model of these arrays takes pictures of any size */
    result r = run("$GLIA train %s --net 'conv 8 3x3 stride 2 relu, dense 32 relu' --epochs 1 -q "
                   "-o m.glia >out && $GLIA predict m.glia new -q | "
                   "wc -l && $GLIA predict m.glia %s/7 -q | cut -d, -f2 | sort | uniq -c | sort "
                   "-n | tail -n 1",
                   shared_path("data/mnist/t10k-images-idx3-ubyte.gz"),
                   shared_path("data/digits_png/test"));
    if (r.status || !strstr(r.out, "4\n") || !strstr(r.out, " 7\n")) fail_msg("%s%s", r.out, r.err);
    result_free(&r);
}

static void signs_are_read_and_shrunk(void **state) {
    (void)state;
    need_shared("data/sign_digits_jpg");
    glia_table *t =
        read_as(shared_path("data/sign_digits_jpg/test"), &(glia_read_options){.size = "25x25"});
    assert_int_equal(glia_table_rows(t), 100);
    expect_shape(t, 25, 25, 3);
    glia_table_free(t);
}

int main(void) {
    setenv("GLIA_MODULE_DIR", BUILD_ROOT "/src/read", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(png_of_every_kind_becomes_bytes),
        cmocka_unit_test(pictures_of_netpbm_are_read),
        cmocka_unit_test(bitmaps_of_every_depth_are_read),
        cmocka_unit_test(jpeg_is_read_and_stands_upright),
        cmocka_unit_test(webp_is_read),
        cmocka_unit_test(sizes_change_by_the_mean_over_areas),
        cmocka_unit_test(another_shape_is_cut_framed_or_stretched),
        cmocka_unit_test(alpha_weighs_colours_and_lies_on_white),
        cmocka_unit_test(a_folder_is_rows_in_the_order_of_paths),
        cmocka_unit_test(broken_pictures_have_names_and_no_rows),
        cmocka_unit_test(any_number_of_threads_reads_the_same),
        cmocka_unit_test(a_table_may_name_them_beside_numbers_and_labels),
        cmocka_unit_test(bad_pictures_are_told),
        cmocka_unit_test(png_that_breaks_a_rule_is_told),
        cmocka_unit_test(png_may_be_longer_than_a_million_pixels),
        cmocka_unit_test(a_bomb_is_refused_before_its_memory_is_taken),
        cmocka_unit_test(a_picture_may_come_through_a_pipe),
        cmocka_unit_test(unlike_pictures_become_alike),
        cmocka_unit_test(folders_that_are_no_classes_are_told),
        cmocka_unit_test(a_model_reads_new_pictures_as_those_of_its_training),
        cmocka_unit_test(a_folder_is_split_into_two_tables_of_paths),
        cmocka_unit_test(a_look_at_pictures_tells_what_they_are),
        cmocka_unit_test(pictures_that_are_nearly_the_same_are_told),
        cmocka_unit_test(no_pair_of_pictures_is_passed_over),
        cmocka_unit_test(likenesses_are_coordinates_along_long_waves),
        cmocka_unit_test(what_is_planted_among_pictures_is_told),
        cmocka_unit_test(a_test_of_pictures_that_were_learned_is_told),
        cmocka_unit_test(a_model_knows_pictures_that_it_has_learned_from),
        cmocka_unit_test(digits_of_mnist_are_those_of_their_files),
        cmocka_unit_test(signs_are_read_and_shrunk),
    };
    return cmocka_run_group_tests_name("pictures", tests, begin, end);
}
