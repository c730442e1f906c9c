/*
 * generate.c: built-in data sets, drawn on the spot so that demos and tests need no file.
 *
 *     flower, circles, moons   the course's sets by its recipes and NumPy's legacy generator: its
 *                              sizes and seeds give its points (flower 400 seed 1; circles 300
 *                              seed 1, 100 seed 2; moons 300 seed 3)
 *     spirals, xor             the first needs depth, the second defeats any straight line
 *     houses                   a regression in a buyer's units, with one category
 *     sine                     a series: two waves, 25 and 60 rows long, with noise
 *     letters                  a series: short sentences, a letter a row
 *     digits                   16 x 16 grey images of 0..9, written by a jittery hand
 *
 * The same name, rows and seed give the same table. A set is one row of `sets` below.
 */
#include "../base/random.h"
#include "table.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

/* Columns of a set in the plane: two numbers and a class 0 or 1. */
typedef struct plane {
    double *x1, *x2, *y; /* [n] each */
    int64_t n;
} plane;

static void put(const plane *p, int64_t i, double x1, double x2, double y) {
    p->x1[i] = x1;
    p->x2[i] = x2;
    p->y[i] = y;
}

/* ------------------------------------------------------------------------- the course's sets -- */

/* A seed beyond NumPy's 32 bits goes in as an array of two words. */
static gl_numpy numpy_from(uint64_t seed) {
    gl_numpy r;
    if (seed <= UINT32_MAX) gl_numpy_seed(&r, (uint32_t)seed);
    else gl_numpy_seed_array(&r, (const uint32_t[]){(uint32_t)seed, (uint32_t)(seed >> 32)}, 2);
    return r;
}

/* Element k of NumPy's linspace(from, to, n). */
static double linspace(double from, double to, int64_t n, int64_t k) {
    return n > 1 && k == n - 1 ? to
                               : (double)k * ((to - from) / (double)(n > 1 ? n - 1 : 1)) + from;
}

/* Two classes of interleaved petals: r = 4 sin 4t. All angles of a class are drawn before its
 * radii, because the course's recipe does so: in another order the same generator gives other
 * points. 3.12 and 0.2 are its numbers, and so is that the angles are noisy before the sine is
 * taken of them. */
static void draw_flower(const plane *p, uint64_t seed) {
    gl_numpy r = numpy_from(seed);
    for (int class = 0; class < 2; class ++) {
        int64_t first = class ? p->n / 2 : 0, count = class ? p->n - p->n / 2 : p->n / 2;
        double *angle = p->x1 + first;
        for (int64_t k = 0; k < count; k++)
            angle[k] =
                linspace(class * 3.12, (class + 1) * 3.12, count, k) + 0.2 * gl_numpy_randn(&r);
        for (int64_t k = 0; k < count; k++) {
            double t = angle[k], radius = 4 * sin(4 * t) + 0.2 * gl_numpy_randn(&r);
            put(p, first + k, radius * sin(t), radius * cos(t), class);
        }
    }
}

typedef void curve(double *x1, double *x2, int class, int64_t k, int64_t count);

/* Class 0 then class 1 along two curves, in shuffled order, then noise row by row: make_circles and
 * make_moons of scikit-learn, whose draws the course used. y holds the order meanwhile, since a
 * double is as large as an int64_t, and is read before it is written. */
static void draw_curves(const plane *p, uint64_t seed, curve *at, double noise) {
    gl_numpy r = numpy_from(seed);
    int64_t half = p->n / 2, *order = (int64_t *)(void *)p->y;
    for (int64_t i = 0; i < p->n; i++) order[i] = i;
    gl_numpy_shuffle(&r, order, p->n);
    for (int64_t i = 0; i < p->n; i++) {
        int class = order[i] >= half;
        double x1, x2;
        at(&x1, &x2, class, class ? order[i] - half : order[i], class ? p->n - half : half);
        x1 += noise * gl_numpy_randn(&r);
        x2 += noise * gl_numpy_randn(&r);
        put(p, i, x1, x2, class);
    }
}

static void circle(double *x1, double *x2, int class, int64_t k, int64_t count) {
    double angle = (double)k * (2 * PI / (double)count), radius = class ? 0.8 : 1;
    *x1 = radius * cos(angle);
    *x2 = radius * sin(angle);
}

static void moon(double *x1, double *x2, int class, int64_t k, int64_t count) {
    double angle = linspace(0, PI, count, k);
    *x1 = class ? 1 - cos(angle) : cos(angle);
    *x2 = class ? 1 - sin(angle) - 0.5 : sin(angle);
}

/* The course's noise. Rings 0.2 apart with noise of 0.05 hardly touch; moons with 0.2 overlap
 * a little. */
static void draw_circles(const plane *p, uint64_t seed) { draw_curves(p, seed, circle, 0.05); }

static void draw_moons(const plane *p, uint64_t seed) { draw_curves(p, seed, moon, 0.2); }

/* --------------------------------------------------------------------- own sets in the plane -- */

/* Two arms, each one and three quarter turns; denser towards the middle is avoided by the
 * square root. The arms are 0.57 apart (2 / 3.5), eleven deviations of the noise: all of it can
 * be learned. */
static void draw_spirals(const plane *p, uint64_t seed) {
    gl_rng r = gl_rng_new(seed, GL_STREAM_GENERATE, 0);
    for (int64_t i = 0; i < p->n; i++) {
        int class = (int)(i % 2);
        double along = sqrt(gl_rng_uniform(&r)), angle = 3.5 * PI * along + PI * class,
               radius = 0.15 + 2 * along;
        double x1 = radius * cos(angle) + 0.05 * gl_rng_normal(&r);
        double x2 = radius * sin(angle) + 0.05 * gl_rng_normal(&r);
        put(p, i, x1, x2, class);
    }
}

/* A cloud at each corner of a square; the class says whether the signs differ. The corners are 3.3
 * deviations from the axes: one row in a thousand lies beyond one. */
static void draw_xor(const plane *p, uint64_t seed) {
    gl_rng r = gl_rng_new(seed, GL_STREAM_GENERATE, 0);
    for (int64_t i = 0; i < p->n; i++) {
        int corner = (int)gl_rng_below(&r, 4), right = corner & 1, top = corner >> 1;
        double x1 = (right ? 1 : -1) + 0.3 * gl_rng_normal(&r);
        double x2 = (top ? 1 : -1) + 0.3 * gl_rng_normal(&r);
        put(p, i, x1, x2, right != top);
    }
}

static bool fill_plane(glia_table *t, void (*draw)(const plane *p, uint64_t seed), uint64_t seed) {
    static const char *const names[3] = {"x1", "x2", "y"};
    double *values[3];
    for (int i = 0; i < 3; i++) {
        gl_column *c = gl_table_add(t, names[i], GLIA_NUMBER);
        values[i] = c ? gl_alloc(t->g, t->rows, sizeof(double)) : NULL;
        if (!values[i]) return false;
        c->number = values[i];
    }
    draw(&(plane){values[0], values[1], values[2], t->rows}, seed);
    return true;
}

/* ------------------------------------------------------------------------------------ houses -- */

/* Euros for a square metre in the centre, and how many kilometres out the price has fallen to
 * 1/e. */
static const struct city {
    const char *name;
    double rate, reach;
} cities[] = {{"Lund", 3600, 30}, {"Porto", 2900, 20}, {"Turin", 2200, 25}};

typedef struct house {
    double area, rooms, age, distance, price;
    int city;
} house;

/* A price that is a product, so that a straight line is a fair start but not the truth; noise of 6
 * per cent, which no model gets below. Areas are log-normal around 90 square metres (e^4.5),
 * houses are younger and nearer to the centre more often than not, and numbers are rounded as an
 * agent would. */
static house draw_house(gl_rng *r) {
    house h = {.city = (int)gl_rng_below(r, 3)};
    /* rooms follow the area, at 28 square metres each, but not exactly: two columns that say nearly
     * the same, as real ones do */
    h.area = round(fmin(fmax(exp(4.5 + 0.4 * gl_rng_normal(r)), 25), 320));
    h.rooms = fmax(1, round(h.area / 28 + 0.8 * gl_rng_normal(r)));
    h.age = floor(100 * pow(gl_rng_uniform(r), 1.5));
    h.distance = round(10 * 25 * pow(gl_rng_uniform(r), 1.3)) / 10;
    const struct city *c = &cities[h.city];
    double price =
        h.area * c->rate * exp(-h.distance / c->reach) * (1 - 0.004 * h.age) + 9000 * h.rooms;
    h.price = round(price * (1 + 0.06 * gl_rng_normal(r)) / 100) * 100;
    return h;
}

static bool fill_houses(glia_table *t, uint64_t seed) {
    static const char *const names[] = {"area", "rooms", "age", "distance", "city", "price"};
    for (int i = 0; i < 6; i++) {
        gl_column *c = gl_table_add(t, names[i], i == 4 ? GLIA_CATEGORY : GLIA_NUMBER);
        void *memory =
            c ? gl_alloc(t->g, t->rows, i == 4 ? sizeof(int32_t) : sizeof(double)) : NULL;
        if (!memory) return false;
        if (i == 4) c->code = memory;
        else c->number = memory;
    }
    gl_column *column = t->column;
    gl_rng r = gl_rng_new(seed, GL_STREAM_GENERATE, 0);
    for (int64_t i = 0; i < t->rows; i++) {
        house h = draw_house(&r);
        const char *name = cities[h.city].name;
        column[0].number[i] = h.area;
        column[1].number[i] = h.rooms;
        column[2].number[i] = h.age;
        column[3].number[i] = h.distance;
        column[4].code[i] = gl_column_code(t, &column[4], name, strlen(name));
        column[5].number[i] = h.price;
        if (column[4].code[i] < 0) return false;
    }
    return true;
}

/* ------------------------------------------------------------------------------------ digits -- */

/* 16 x 16 is enough to tell digits and keeps a training in seconds, since it has a third of
 * the pixels of MNIST's. The longest digit is written in 48 pieces, and its longest stroke has
 * 9 points. */
#define SIDE 16       /* pixels */
#define MAX_POINTS 16 /* of a stroke's skeleton */
#define STEPS 6       /* straight pieces between two points of a smooth stroke */
#define MAX_PIECES 160

/* How each digit is written, in two hands. A stroke is smooth (~) or straight (-) through points xy
 * on a 9 x 9 grid, x to the right and y down. Two hands, so that a class is not one shape that a
 * linear model could learn as a template. */
static const char *const handwriting[10][2] = {
    {"~50 82 86 59 16 22 50", "~40 12 16 49 76 72 50 30"},
    {"-32 50 59", "-50 49"},
    {"~12 40 72 65 19 -19 89", "~22 50 81 55 38 18 27 59 89"},
    {"~11 50 82 44 ~44 85 59 18", "-10 80 44 ~44 84 78 49 17"},
    {"-60 16 86 -64 69", "-20 25 85 -70 79"},
    {"-80 20 24 ~24 63 86 59 18", "-30 24 ~24 63 75 68 39 17 -30 80"},
    {"~70 32 16 49 77 55 17", "~50 23 17 39 79 76 45 16"},
    {"-10 80 39", "-11 80 49 -24 74"},
    {"~54 22 50 82 54 17 59 87 54", "~71 40 22 44 76 59 27 44 71"},
    {"~82 54 22 40 82 75 59", "~72 44 12 40 72 -72 69"},
};

typedef struct point {
    double x, y;
} point;

/* The pen's path: straight pieces from `a` to `b`, in pixels. */
typedef struct path {
    point a[MAX_PIECES], b[MAX_PIECES];
    int pieces;
} path;

/* What one drawing has of its own: where, how large, how slanted, how wide, how steady the hand.
 * Lengths are pixels, turn is radians, slant and tremor are shares of the size, ink and grain
 * grey values. */
typedef struct hand {
    double x, y, width, height, slant, turn, pen, ink, tremor, grain;
} hand;

static double between(gl_rng *r, double low, double high) {
    return low + (high - low) * gl_rng_uniform(r);
}

/* Line by line: in one initialiser C would leave the order of the draws open. */
static hand draw_hand(gl_rng *r) {
    hand h;
    h.x = SIDE / 2.0 + between(r, -1.4, 1.4);
    h.y = SIDE / 2.0 + between(r, -1.2, 1.2);
    h.width = between(r, 6.2, 10.2);
    h.height = between(r, 9.8, 13);
    h.slant = between(r, -0.15, 0.45);
    h.turn = between(r, -0.2, 0.2);
    h.pen = between(r, 0.65, 1.35);
    h.ink = between(r, 170, 255);
    h.tremor = between(r, 0.02, 0.065);
    h.grain = between(r, 4, 22);
    return h;
}

/* A skeleton point (0..9 on both axes) to pixels: jitter, slant, turn, scale, place. */
static point to_pixels(const hand *h, gl_rng *r, int column, int row) {
    double u = column / 9.0 - 0.5 + h->tremor * gl_rng_normal(r);
    double v = row / 9.0 - 0.5 + h->tremor * gl_rng_normal(r);
    double x = h->width * (u - h->slant * v), y = h->height * v;
    return (point){h->x + x * cos(h->turn) - y * sin(h->turn),
                   h->y + x * sin(h->turn) + y * cos(h->turn)};
}

/* The Catmull-Rom spline between b and c at f in 0..1 (1974): it passes through its points, so
 * that a digit is where its skeleton says. At the ends of a stroke the last point stands for
 * the next. */
static double spline(double a, double b, double c, double d, double f) {
    return b + 0.5 * f * (c - a + f * (2 * a - 5 * b + 4 * c - d + f * (3 * (b - c) + d - a)));
}

static point on_curve(const point *p, int n, int k, double f) {
    const point *a = &p[k ? k - 1 : 0], *b = &p[k], *c = &p[k + 1],
                *d = &p[k + 2 < n ? k + 2 : n - 1];
    return (point){spline(a->x, b->x, c->x, d->x, f), spline(a->y, b->y, c->y, d->y, f)};
}

static void add_stroke(path *to, const point *p, int n, bool smooth) {
    int steps = smooth ? STEPS : 1;
    for (int k = 0; k + 1 < n; k++)
        for (int s = 0; s < steps && to->pieces < MAX_PIECES; s++, to->pieces++) {
            to->a[to->pieces] = on_curve(p, n, k, (double)s / steps);
            to->b[to->pieces] = on_curve(p, n, k, (double)(s + 1) / steps);
        }
}

static void write_digit(path *to, const char *strokes, const hand *h, gl_rng *r) {
    to->pieces = 0;
    for (const char *s = strokes; *s;) {
        bool smooth = *s++ == '~';
        point p[MAX_POINTS];
        int n = 0;
        for (; *s && *s != '~' && *s != '-'; s += s[2] == ' ' ? 3 : 2)
            p[n++] = to_pixels(h, r, s[0] - '0', s[1] - '0');
        add_stroke(to, p, n, smooth);
    }
}

/* The square of the distance from (x, y) to the piece a-b. */
static double distance2(point a, point b, double x, double y) {
    double dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy;
    double f = length2 > 0 ? ((x - a.x) * dx + (y - a.y) * dy) / length2 : 0;
    f = fmin(fmax(f, 0), 1);
    double ex = a.x + f * dx - x, ey = a.y + f * dy - y;
    return ex * ex + ey * ey;
}

/* Inks every pixel by its distance from the path, which smooths the edge over one pixel, and
 * adds the paper's grain: without grain the paper would be 0 exactly, and a network could
 * count zeros. */
static void ink(uint8_t *image, const path *of, const hand *h, gl_rng *r) {
    for (int row = 0; row < SIDE; row++)
        for (int column = 0; column < SIDE; column++) {
            double nearest = INFINITY;
            for (int i = 0; i < of->pieces; i++)
                nearest = fmin(nearest, distance2(of->a[i], of->b[i], column + 0.5, row + 0.5));
            double cover = fmin(fmax(h->pen + 0.5 - sqrt(nearest), 0), 1);
            double grey = h->ink * cover + h->grain * gl_rng_normal(r);
            image[row * SIDE + column] = (uint8_t)fmin(fmax(grey + 0.5, 0), 255);
        }
}

/* Every row has a stream of its own, so a longer table begins with the shorter one. */
static void draw_digit(uint8_t *image, double *label, uint64_t seed, int64_t row) {
    gl_rng r = gl_rng_new(seed, GL_STREAM_GENERATE, (uint64_t)row);
    int digit = (int)gl_rng_below(&r, 10);
    hand h = draw_hand(&r);
    path strokes;
    write_digit(&strokes, handwriting[digit][gl_rng_below(&r, 2)], &h, &r);
    ink(image, &strokes, &h, &r);
    *label = digit;
}

static bool fill_digits(glia_table *t, uint64_t seed) {
    gl_column *x = gl_table_add(t, "x", GLIA_ARRAY);
    uint8_t *image = x ? gl_alloc(t->g, t->rows, SIDE * SIDE) : NULL;
    if (!image) return false;
    x->array =
        (glia_tensor){.dtype = GLIA_U8, .ndim = 3, .dim = {t->rows, SIDE, SIDE}, .data = image};
    gl_column *y = gl_table_add(t, "y", GLIA_NUMBER);
    double *label = y ? gl_alloc(t->g, t->rows, sizeof(double)) : NULL;
    if (!label) return false;
    y->number = label;
    t->arrays = true;
    for (int64_t i = 0; i < t->rows; i++) draw_digit(image + i * SIDE * SIDE, &label[i], seed, i);
    return true;
}

/* ------------------------------------------------------------------------------------ series -- */

/* Where the waves begin is drawn first, then the noise row by row, so a longer series begins with
 * the shorter one. No stretch of fewer than 300 rows comes again. */
static bool fill_sine(glia_table *t, uint64_t seed) {
    gl_rng r = gl_rng_new(seed, GL_STREAM_GENERATE, 0);
    double first = 2 * PI * gl_rng_uniform(&r), second = 2 * PI * gl_rng_uniform(&r);
    gl_column *c = gl_table_add(t, "y", GLIA_NUMBER);
    double *y = c ? gl_alloc(t->g, t->rows, sizeof *y) : NULL;
    if (!y) return false;
    c->number = y;
    for (int64_t i = 0; i < t->rows; i++)
        y[i] = sin(2 * PI * (double)i / 25 + first) + 0.5 * sin(2 * PI * (double)i / 60 + second) +
               0.05 * gl_rng_normal(&r);
    return true;
}

static const char *one_of(gl_rng *r, const char *const *words, int count) {
    return words[gl_rng_below(r, count)];
}

/* "the_bird_near_the_kings_sings." Who acts stands in front of where he is, and the verb follows
 * the first: a singular noun has no s and its verb one, a plural noun the other way round. */
static void write_sentence(gl_rng *r, gl_text *to) {
    static const char *const nouns[] = {"dog", "cat", "bird", "king", "farmer", "girl", "boat"},
                             *const where[] = {"near", "behind", "above"},
                             *const verbs[] = {"sleep", "sing", "run", "dream", "laugh"};
    bool plural = gl_rng_below(r, 2);
    gl_add(to, "the_%s%s", one_of(r, nouns, 7), plural ? "s" : "");
    if (gl_rng_below(r, 2)) {
        const char *at = one_of(r, where, 3), *other = one_of(r, nouns, 7);
        gl_add(to, "_%s_the_%s%s", at, other, gl_rng_below(r, 2) ? "s" : "");
    }
    gl_add(to, "_%s%s._", one_of(r, verbs, 5), plural ? "" : "s");
}

/* A longer text begins with the shorter one. */
static bool fill_letters(glia_table *t, uint64_t seed) {
    gl_rng r = gl_rng_new(seed, GL_STREAM_GENERATE, 0);
    gl_text text = {.g = t->g};
    gl_column *c = gl_table_add(t, "letter", GLIA_CATEGORY);
    bool ok = c && (c->code = gl_alloc(t->g, t->rows, sizeof *c->code));
    for (int64_t i = 0; ok && i < t->rows && text.n < t->rows; i++) write_sentence(&r, &text);
    for (int64_t i = 0; i < t->rows && ok; i++)
        ok = text.n > i && (c->code[i] = gl_column_code(t, c, text.s + i, 1)) >= 0;
    gl_free(t->g, text.s);
    return ok;
}

/* -------------------------------------------------------------------------------------- sets -- */

/* The usual sizes are the course's where it has one; the others are large enough for a fifth of
 * them to tell a difference of a few per cent. */
static const struct set {
    const char *name;
    int64_t rows; /* the usual size */
    void (*draw)(const plane *p, uint64_t seed);
    bool (*fill)(glia_table *t, uint64_t seed);
} sets[] = {
    {"flower", 400, draw_flower, NULL},     {"moons", 300, draw_moons, NULL},
    {"circles", 300, draw_circles, NULL},   {"spirals", 600, draw_spirals, NULL},
    {"xor", 400, draw_xor, NULL},           {"houses", 800, NULL, fill_houses},
    {"digits", 6000, NULL, fill_digits},    {"sine", 500, NULL, fill_sine},
    {"letters", 12000, NULL, fill_letters},
};

#define SETS (int)(sizeof sets / sizeof *sets)

static const struct set *find_set(glia_ctx *g, const char *name) {
    const char *names[SETS];
    for (int i = 0; i < SETS; i++) {
        if (!strcmp(sets[i].name, name)) return &sets[i];
        names[i] = sets[i].name;
    }
    char list[160];
    gl_fail_word(g, GLIA_USAGE, name, names, SETS, NULL,
                 "generated data '%s': no such set, expected %s", name,
                 gl_list(names, SETS, list, sizeof list));
    return NULL;
}

glia_table *glia_table_generate(glia_ctx *g, const char *name, int64_t rows, uint64_t seed) {
    const struct set *set = find_set(g, name ? name : "");
    if (!set) return NULL;
    if (rows < 0 || rows == 1) {
        gl_fail(g, GLIA_USAGE, "generated data '%s': found %lld row%s, expected at least 2", name,
                (long long)rows, gl_plural(rows));
        return NULL;
    }
    glia_table *t = gl_table_new(g, name);
    if (!t) return NULL;
    t->rows = rows ? rows : set->rows;
    t->decimal = '.';
    if (set->draw ? fill_plane(t, set->draw, seed) : set->fill(t, seed)) return t;
    glia_table_free(t);
    return NULL;
}
