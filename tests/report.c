/*
 * report.c: the HTML reports of train and eval: whole, self-contained, readable without eyes,
 * holding the numbers that --json prints; and, where Chromium is installed, really shown by it.
 */
#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <zlib.h>

#include "test.h"

typedef struct page {
    const char *name;      /* of the report, without .html */
    const char *command;   /* that writes it; --json and --report are added */
    const char *part;      /* whose scores --json prints: a key of "metrics", or NULL: the top */
    const char *words[10]; /* it has these headings */
} page;

static const page pages[] = {
    {"table",
     "$GLIA train bin.csv --test bin2.csv --folds 3 --threshold youden -o bin.glia",
     "test",
     {"Cost while the number of epochs was chosen", "Scores", "What was taken for what",
      "True against false alarms (ROC)", "Precision against recall", "Do probabilities come true?",
      "Cross-validation", "Whom to call first"}},
    {"images",
     "$GLIA train x-images-idx3-ubyte --val 0.2 --epochs 6 --hidden 8 -o x.glia",
     "val",
     {"How the cost fell", "Samples", "Mistakes", "What the first layer looks for", "The network",
      "Decided for you", "The same again"}},
    {"measured",
     "$GLIA eval bin.glia bin2.csv --importance=3",
     NULL,
     {"Scores", "What each column is worth", "True against false alarms (ROC)", "The same again"}},
    {"values",
     "$GLIA train reg.csv --val 0.3 --epochs 20 -o reg.glia",
     "val",
     {"Predicted against true", "Farthest off", "What each column is worth",
      "What the first layer listens to", "What the hidden units do", "The first rows"}},
};

enum { PAGES = sizeof pages / sizeof *pages };

static char *html[PAGES];   /* what was written */
static json_t *json[PAGES]; /* what was printed */

/* ------------------------------------------------------------------------------- the reports -- */

static void write_idx(const char *name, const unsigned char *head, size_t bytes,
                      const unsigned char *data, size_t size) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fwrite(head, 1, bytes, f);
    fwrite(data, 1, size, f);
    fclose(f);
}

/* Bars that lie, stand or lean, under noise: three classes that are not always told apart. */
static void write_images(void) {
    enum { ROWS = 240, SIDE = 8 };
    static unsigned char pixel[ROWS][SIDE][SIDE], label[ROWS];
    unsigned seed = 7;
    for (int i = 0; i < ROWS; i++) {
        int at = (int)(seed >> 16) % SIDE;
        label[i] = (unsigned char)(i % 3);
        for (int row = 0; row < SIDE; row++) {
            for (int column = 0; column < SIDE; column++) {
                bool ink = label[i] == 0   ? row == at
                           : label[i] == 1 ? column == at
                                           : (row + column) % SIDE == at;
                seed = seed * 1664525 + 1013904223;
                pixel[i][row][column] = (unsigned char)((ink ? 90 : 0) + (seed >> 24) / 2);
            }
        }
    }
    write_idx("x-images-idx3-ubyte",
              (unsigned char[]){0, 0, 8, 3, 0, 0, 0, ROWS, 0, 0, 0, SIDE, 0, 0, 0, SIDE}, 16,
              pixel[0][0], sizeof pixel);
    write_idx("x-labels-idx1-ubyte", (unsigned char[]){0, 0, 8, 1, 0, 0, 0, ROWS}, 8, label, ROWS);
}

static int write_reports(void **state) {
    (void)state;
    write_images();
    result made = run("awk 'BEGIN { srand(2); for (f = 0; f < 2; f++) { file = f ? \"bin2.csv\" : "
                      "\"bin.csv\"; print "
                      "\"a,<b> & \\\"c\\\",y\" >file; for (i = 0; i < 300; i++) { a = rand(); b = "
                      "rand(); print a \",\" "
                      "b \",\" (a + b * b + rand() / 2 > 1.1 ? \"yes\" : \"<no>\") >file } }\n"
                      "print \"u,v,w\" >\"reg.csv\"; for (i = 0; i < 120; i++) { a = rand(); print "
                      "a \",\" rand() "
                      "\",\" 40000 * a * a + 9000 * rand() >\"reg.csv\" } }'");
    result_free(&made);
    for (int i = 0; i < PAGES; i++) {
        char path[600];
        result r = run("%s --json --quiet --report %s.html", pages[i].command, pages[i].name);
        if (r.status != 0) {
            print_message("# %s: %s", pages[i].command, r.err);
            return -1;
        }
        json[i] = json_loads(r.out, 0, NULL);
        snprintf(path, sizeof path, "%s/%s.html", scratch(), pages[i].name);
        html[i] = slurp(path);
        result_free(&r);
    }
    return 0;
}

static int forget_reports(void **state) {
    (void)state;
    for (int i = 0; i < PAGES; i++) {
        free(html[i]);
        json_decref(json[i]);
    }
    return 0;
}

/* ---------------------------------------------------------------------------------- its text -- */

/* The page without tags, style and entities; for free. */
static char *text_of(const char *h) {
    char *text = malloc(strlen(h) + 1), *out = text;
    const char *body = strstr(h, "<body");
    for (const char *s = body ? body : h; *s; s++) {
        if (strncmp(s, "<wbr>", 5) == 0) s += 4;
        else if (*s == '<') s = strchr(s, '>'), *out++ = ' ';
        else if (strncmp(s, "&lt;", 4) == 0) *out++ = '<', s += 3;
        else if (strncmp(s, "&gt;", 4) == 0) *out++ = '>', s += 3;
        else if (strncmp(s, "&amp;", 5) == 0) *out++ = '&', s += 4;
        else *out++ = *s;
    }
    *out = 0;
    return text;
}

/* As the page writes scores: 97.7%, 0.0998, 17,466. */
static void shown(const char *name, double v, char buf[40]) {
    static const char *const shares[] = {"accuracy", "precision", "recall", "f1", "macro_f1"};
    for (size_t i = 0; i < 5; i++)
        if (strcmp(name, shares[i]) == 0) {
            snprintf(buf, 40, "%.1f%%", 100 * v);
            return;
        }
    if (fabs(v) < 1e4) {
        snprintf(buf, 40, "%.4g", v);
        return;
    }
    char digits[40];
    int n = snprintf(digits, sizeof digits, "%lld", llround(v)), used = 0;
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0) buf[used++] = ',';
        buf[used++] = digits[i];
    }
    buf[used] = 0;
}

static void expect_number(const page *p, const char *text, const char *name, const json_t *v) {
    char number[40];
    if (!json_is_number(v)) return;
    shown(name, json_number_value(v), number);
    if (!strstr(text, number)) fail_msg("%s.html does not say %s, %s", p->name, name, number);
}

/* Every score, every interval where --json has them, every fold's mean, every column's worth. */
static void expect_numbers(int i, const char *text) {
    static const char *const not_scores[] = {"rows", "baseline"};
    const page *p = &pages[i];
    const json_t *block =
        p->part ? json_object_get(json_object_get(json[i], "metrics"), p->part) : json[i];
    const char *name;
    json_t *v;
    size_t k;
    json_object_foreach((json_t *)block, name, v) {
        if (strcmp(name, not_scores[0]) != 0 && strcmp(name, not_scores[1]) != 0)
            expect_number(p, text, name, v);
    }
    json_object_foreach(json_object_get(block, "interval"), name, v) {
        expect_number(p, text, name, json_array_get(v, 0));
        expect_number(p, text, name, json_array_get(v, 1));
    }
    json_object_foreach(json_object_get(json_object_get(json[i], "folds"), "mean"), name, v) {
        char number[40];
        snprintf(number, sizeof number, "%.4f", json_number_value(v));
        if (!strstr(text, number)) fail_msg("%s.html has no mean %s, %s", p->name, name, number);
    }
    json_array_foreach(json_object_get(json_object_get(json[i], "importance"), "columns"), k, v) {
        char number[40];
        snprintf(number, sizeof number, "%.4f", json_number_value(json_object_get(v, "drop")));
        if (!strstr(text, number)) fail_msg("%s.html has no importance %s", p->name, number);
    }
}

static void the_page_says_what_json_says(void **state) {
    (void)state;
    for (int i = 0; i < PAGES; i++) {
        char *text = text_of(html[i]);
        expect_numbers(i, text);
        for (int k = 0; k < 10 && pages[i].words[k]; k++)
            if (!strstr(text, pages[i].words[k]))
                fail_msg("%s.html has no '%s'", pages[i].name, pages[i].words[k]);
        free(text);
    }
}

static void the_page_tells_command_and_fingerprint(void **state) {
    (void)state;
    char *text = text_of(html[0]);
    assert_non_null(strstr(text, "glia train bin.csv --test bin2.csv --threshold youden"));
    result r = run("sha256sum bin.csv | cut -c1-64 | tr -d '\\n'");
    assert_int_equal(strlen(r.out), 64);
    assert_non_null(strstr(text, r.out));
    assert_non_null(strstr(text, "threshold: "));
    result_free(&r);
    free(text);
}

/* ---------------------------------------------------------------------------------- its form -- */

static void nothing_is_fetched_and_nothing_runs(void **state) {
    (void)state;
    static const char *const forbidden[] = {"http:", "https:", "<script", "<link",  "@import",
                                            "url(",  "onload", "<iframe", "<object"};
    for (int i = 0; i < PAGES; i++) {
        for (size_t k = 0; k < sizeof forbidden / sizeof *forbidden; k++)
            if (strstr(html[i], forbidden[k]))
                fail_msg("%s.html has '%s'", pages[i].name, forbidden[k]);
        for (const char *s = html[i]; (s = strstr(s, "src=\"")); s++)
            assert_int_equal(strncmp(s, "src=\"data:image/bmp;base64,", 27), 0);
    }
}

static bool needs_no_end(const char *tag) {
    static const char *const alone[] = {"meta", "img", "br", "wbr"};
    for (int i = 0; i < 4; i++)
        if (strcmp(tag, alone[i]) == 0) return true;
    return false;
}

/* Every tag that opens closes, in order; attributes are quoted; no bare < or &. */
static void expect_balanced(const page *p, const char *h) {
    char open[64][16], tag[16];
    int depth = 0;
    for (const char *s = h; *s; s++) {
        if (*s == '&' && !strchr(";", s[1 + strcspn(s + 1, "; \n<")]))
            fail_msg("%s.html has a bare & before '%.20s'", p->name, s);
        if (*s != '<' || s[1] == '!') continue;
        const char *end = s + strcspn(s, ">"), *name = s + 1 + (s[1] == '/');
        snprintf(tag, sizeof tag, "%.*s", (int)strcspn(name, " />"), name);
        int quotes = 0;
        for (const char *q = s; q < end; q++) quotes += *q == '"';
        if (!isalpha((unsigned char)*tag) || !*end || quotes % 2)
            fail_msg("%s.html: '%.40s' is no tag", p->name, s);
        bool closes = s[1] == '/', whole = end[-1] == '/';
        if (closes && (depth == 0 || strcmp(open[depth - 1], tag) != 0))
            fail_msg("%s.html: </%s> closes <%s>", p->name, tag, depth ? open[depth - 1] : "");
        if (closes) depth--;
        else if (!whole && !needs_no_end(tag) && depth < 64) strcpy(open[depth++], tag);
        s = end;
    }
    if (depth != 0) fail_msg("%s.html leaves <%s> open", p->name, open[depth - 1]);
}

static int count(const char *h, const char *words) {
    int n = 0;
    for (const char *s = h; (s = strstr(s, words)); s += strlen(words)) n++;
    return n;
}

static void the_page_is_well_formed(void **state) {
    (void)state;
    for (int i = 0; i < PAGES; i++) expect_balanced(&pages[i], html[i]);
}

static void the_page_can_be_heard(void **state) {
    (void)state;
    for (int i = 0; i < PAGES; i++) {
        const char *h = html[i];
        assert_non_null(strstr(h, "<html lang=\"en\">"));
        assert_int_equal(count(h, "<title>"), 1 + count(h, "<svg"));
        assert_int_equal(count(h, "<svg"), count(h, "role=\"img\""));
        assert_int_equal(count(h, "<img "), count(h, "alt=\""));
        assert_int_equal(count(h, "<h1>"), 1);
        assert_int_equal(count(h, "<section"), count(h, "<h2>"));
        assert_int_equal(count(h, "<table>") + count(h, "<table "),
                         count(h, "role=\"region\" tabindex=\"0\" aria-label=\"") +
                             count(h, "<table class=\"facts\">"));
        const char *header = strstr(h, "<header>"), *main = strstr(h, "<main>"),
                   *footer = strstr(h, "<footer>");
        assert_true(header && main && footer && header < main && main < footer);
        assert_true(strstr(h, "</header>") < main && strstr(h, "</main>") < footer);
        assert_int_equal(count(h, "<time datetime=\""), 1);
        assert_true(count(h, "<th scope=\"col\"") > 0);
        assert_non_null(strstr(h, "prefers-color-scheme:dark"));
        assert_non_null(strstr(h, "@media print"));
        assert_non_null(strstr(h, "width=device-width"));
    }
}

static void names_cannot_break_the_page(void **state) {
    (void)state;
    assert_null(strstr(html[0], "<no>"));
    assert_non_null(strstr(html[0], "&lt;no&gt;"));
    assert_null(strstr(html[2], "<b>&"));
    assert_non_null(strstr(html[2], "&lt;b&gt; &amp;"));
}

static void a_report_is_not_written_over_its_data(void **state) {
    (void)state;
    result r = run("$GLIA eval bin.glia bin2.csv --report bin2.csv --quiet");
    assert_int_equal(r.status, 2);
    assert_non_null(strstr(r.err, "would be replaced"));
    result_free(&r);
    r = run("$GLIA eval bin.glia bin2.csv --report nowhere/r.html --quiet");
    assert_int_equal(r.status, 4);
    assert_string_equal(r.out, "");
    result_free(&r);
}

/* ------------------------------------------------------------------------------ in a browser -- */

#define CHROMIUM                                                                                   \
    "timeout 300 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run "    \
    "--disable-background-networking --disable-component-update --disable-sync "                   \
    "--user-data-dir=\"$PWD/chromium\" "

static void need_chromium(void) {
    if (system("command -v chromium >/dev/null") == 0) return;
    print_message("# skipped: chromium is not here\n");
    skip();
}

static void a_browser_shows_the_numbers(void **state) {
    (void)state;
    need_chromium();
    result r = run(CHROMIUM "--dump-dom \"file://$PWD/table.html\"");
    if (r.status != 0) fail_msg("chromium: status %d: %s", r.status, r.err);
    char *text = text_of(r.out);
    expect_numbers(0, text);
    free(text);
    result_free(&r);
}

static unsigned big_endian(const unsigned char *b) {
    return (unsigned)b[0] << 24 | (unsigned)b[1] << 16 | (unsigned)b[2] << 8 | b[3];
}

typedef struct picture {
    unsigned width, height, channels;
    unsigned char *raw; /* [height, 1 + width * channels]: each row behind its filter */
} picture;

/* Joins the IDAT chunks of a PNG of 8 bits a channel and inflates them. */
static picture inflate_png(const unsigned char *b, size_t size) {
    picture p = {0};
    unsigned char *packed = malloc(size);
    size_t n = 0;
    for (size_t i = 8; i + 12 <= size; i += 12 + big_endian(b + i)) {
        unsigned length = big_endian(b + i);
        if (memcmp(b + i + 4, "IHDR", 4) == 0) {
            p.width = big_endian(b + i + 8), p.height = big_endian(b + i + 12);
            p.channels = b[i + 17] == 6 ? 4 : 3;
            assert_int_equal(b[i + 16], 8);
        }
        if (memcmp(b + i + 4, "IDAT", 4) == 0) memcpy(packed + n, b + i + 8, length), n += length;
    }
    uLongf room = (uLongf)p.height * (1 + (uLongf)p.width * p.channels);
    p.raw = malloc(room);
    assert_int_equal(uncompress(p.raw, &room, packed, n), Z_OK);
    free(packed);
    return p;
}

static int paeth(int a, int b, int c) {
    int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);
    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/* Undoes the row filters of the PNG specification, in place. */
static void unfilter(picture *p) {
    size_t stride = 1 + (size_t)p->width * p->channels;
    for (size_t y = 0; y < p->height; y++) {
        unsigned char *row = p->raw + y * stride;
        for (size_t x = 1; x < stride; x++) {
            int a = x > p->channels ? row[x - p->channels] : 0, b = y ? row[x - stride] : 0;
            int c = y && x > p->channels ? row[x - stride - p->channels] : 0;
            int add[] = {0, a, b, (a + b) / 2, paeth(a, b, c)};
            row[x] = (unsigned char)(row[x] + add[row[0] % 5]);
        }
    }
}

/* How many pixels have strong colour, and how many are dark: figures and words. */
static void count_pixels(const picture *p, long *colourful, long *dark) {
    size_t stride = 1 + (size_t)p->width * p->channels;
    *colourful = *dark = 0;
    for (size_t y = 0; y < p->height; y++) {
        for (size_t x = 0; x < p->width; x++) {
            const unsigned char *c = p->raw + y * stride + 1 + x * p->channels;
            int high = c[0] > c[1] ? c[0] : c[1], low = c[0] < c[1] ? c[0] : c[1];
            high = c[2] > high ? c[2] : high, low = c[2] < low ? c[2] : low;
            *colourful += high - low > 90;
            *dark += high < 70;
        }
    }
}

static void a_browser_draws_figures_and_words(void **state) {
    (void)state;
    need_chromium();
    result r = run(CHROMIUM "--screenshot=shot.png --window-size=1000,1600 --hide-scrollbars "
                            "\"file://$PWD/images.html\"");
    if (r.status != 0) fail_msg("chromium: status %d: %s", r.status, r.err);
    result_free(&r);
    char path[600];
    snprintf(path, sizeof path, "%s/shot.png", scratch());
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    static unsigned char bytes[8 << 20];
    size_t size = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    picture p = inflate_png(bytes, size);
    unfilter(&p);
    long colourful, dark;
    count_pixels(&p, &colourful, &dark);
    print_message("# %u x %u pixels, %ld colourful, %ld dark\n", p.width, p.height, colourful,
                  dark);
    assert_int_equal(p.width, 1000);
    assert_true(colourful > 2000);
    assert_true(dark > 2000);
    free(p.raw);
}

/* ------------------------------------------------------------------------------ other labels -- */

/* adult-test.csv ends its labels with a point, which training's do not have: the page must count as
 * the scores do. */
static void labels_that_end_in_a_point_are_the_same_labels(void **state) {
    (void)state;
    static const char marker[] = " measured samples are taken for another class";
    result made = run("sed 's/yes$/yes./; s/<no>\"*$/<no>./' bin2.csv >point.csv; "
                      "grep -c '[.]$' point.csv");
    assert_string_equal(made.out, "300\n");
    result_free(&made);
    result r = run("$GLIA eval bin.glia point.csv --json --report point.html");
    if (r.status != 0) fail_msg("%s", r.err);
    json_t *scores = json_loads(r.out, 0, NULL);
    double rows = 300, right = json_number_value(json_object_get(scores, "accuracy")) * rows;
    char path[600];
    snprintf(path, sizeof path, "%s/point.html", scratch());
    char *text = slurp(path), *end = strstr(text, marker), *start = end;
    assert_non_null(end);
    while (start > text && start[-1] != '>') start--;
    int wrong = -1, of = -1;
    assert_int_equal(sscanf(start, "%d of %d", &wrong, &of), 2);
    assert_int_equal(of, 300);
    assert_int_equal(wrong, 300 - (int)lround(right));
    assert_true(wrong > 0 && strstr(text, "yes.") && strstr(text, "&lt;no&gt;."));
    free(text);
    json_decref(scores);
    result_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_says_what_json_says),
        cmocka_unit_test(the_page_tells_command_and_fingerprint),
        cmocka_unit_test(nothing_is_fetched_and_nothing_runs),
        cmocka_unit_test(the_page_is_well_formed),
        cmocka_unit_test(the_page_can_be_heard),
        cmocka_unit_test(names_cannot_break_the_page),
        cmocka_unit_test(a_report_is_not_written_over_its_data),
        cmocka_unit_test(a_browser_shows_the_numbers),
        cmocka_unit_test(a_browser_draws_figures_and_words),
        cmocka_unit_test(labels_that_end_in_a_point_are_the_same_labels),
    };
    return cmocka_run_group_tests_name("report", tests, write_reports, forget_reports);
}
