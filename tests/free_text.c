/*
 * free_text.c: columns of free text: what a word is, which words have a feature, what a text is in
 * them (numbers of scikit-learn's TfidfVectorizer), and what is said of such a column everywhere.
 */
#include <math.h>

#include "../src/prepare/pipeline.h"
#include "../src/table/words.h"
#include "context.h"
#include "test.h"

/* ------------------------------------------------------------------------------------- words -- */

static void expect_words(const char *text, bool pairs, const char *expected) {
    char found[1000] = "";
    gl_words w = gl_words_of(text, pairs);
    for (size_t n = 0; gl_words_next(&w) && n < sizeof found; n = strlen(found)) {
        assert_int_equal(w.length, strlen(w.word));
        snprintf(found + n, sizeof found - n, "%s%s", n ? "|" : "", w.word);
    }
    assert_string_equal(found, expected);
}

static void a_word_is_a_run_of_letters_and_digits(void **state) {
    (void)state;
    expect_words("Don't buy it, 2 stars!", false, "don|t|buy|it|2|stars");
    expect_words("  e-mail\tC3PO_x\n(b)", false, "e|mail|c3po|x|b");
    expect_words("", false, "");
    expect_words(" -- ... ", false, "");
}

/* As Python's lower() has them, but for the final sigma. */
static void letters_are_those_of_any_script(void **state) {
    (void)state;
    expect_words("TRÈS Straße ÅSE ŽENA", false, "très|straße|åse|žena");
    expect_words("ΛΌΓΟΣ λόγος", false, "λόγοσ|λόγοσ");
    expect_words("ПРИВЕТ, Мир — «ДА»", false, "привет|мир|да");
    expect_words("हिन्दी में। שָׁלוֹם، عربي؟", false, "हिन्दी|में|שָׁלוֹם|عربي");
    expect_words("한국어 문장", false, "한국어|문장");
    expect_words("ＡＢｃ１２", false, "abc12");
}

static void scripts_without_blanks_have_signs_and_pairs(void **state) {
    (void)state;
    expect_words("很好吃。贵", false, "很|好|很好|吃|好吃|贵");
    expect_words("USB线 3米", false, "usb|线|3|米");
    expect_words("とても", false, "と|て|とて|も|ても");
    expect_words("Good 👍👍❤️!", false, "good|👍|👍|👍👍|❤|👍❤");
    expect_words("好,吃", true, "好|吃|好 吃");
}

static void pairs_of_neighbours_are_words_when_asked_for(void **state) {
    (void)state;
    expect_words("Not good. At all", true, "not|good|not good|at|good at|all|at all");
    expect_words("one", true, "one");
}

static void what_is_not_utf8_separates(void **state) {
    (void)state;
    expect_words("a\xE9"
                 "b \xC3\x28 c\xE2\x82",
                 false, "a|b|c");
    expect_words("x\xED\xA0\x80y\xC0\xAFz\xF5\x80\x80\x80", false, "x|y|z");
}

static void of_a_long_word_the_beginning_counts(void **state) {
    (void)state;
    char text[300], word[300];
    memset(text, 'a', 200), text[200] = 0;
    memset(word, 'a', 61), word[61] = 0;
    expect_words(text, false, word);
    for (int i = 0; i < 50; i++) memcpy(text + 3 * i, "\xE0\xA4\x95", 3);
    text[150] = 0;
    gl_words w = gl_words_of(text, true);
    assert_true(gl_words_next(&w));
    assert_int_equal(w.length, 63);
    assert_false(gl_words_next(&w));
}

/* ------------------------------------------------------------------------------------ tf-idf -- */

static glia_table *table_of(const char *const *text, int rows) {
    glia_table_builder *b = glia_table_builder_new(g);
    glia_table_builder_column(b, "review", GLIA_CATEGORY);
    glia_table_builder_column(b, "y", GLIA_NUMBER);
    for (int i = 0; i < rows; i++) {
        glia_table_builder_row(b);
        glia_table_builder_text(b, 0, text[i]);
        glia_table_builder_number(b, 1, i * 0.7 + i % 3);
    }
    int64_t all[64];
    for (int i = 0; i < rows; i++) all[i] = i;
    glia_table *t = glia_table_select(glia_table_builder_table(b), all, rows);
    glia_table_builder_free(b);
    assert_int_equal(glia_table_as(t, &(glia_read_options){.text = "review"}), GLIA_OK);
    return t;
}

static gl_pipeline *fit(const glia_table *t, const char *scale) {
    gl_pipeline_spec spec = {.target = "y", .task = "regression", .scale = scale};
    gl_pipeline *p = gl_pipeline_fit(g, t, NULL, 0, &spec);
    if (!p) fail_msg("%s", glia_message(g));
    return p;
}

static const char *const texts[] = {
    "A good book.", "Not a good book at all", "Good!", "Das ist GRÜN und gut, sehr gut", "",
    "a a a book"};
enum { TEXTS = 6, WORDS = 25 };

/* scikit-learn 1.2.1: TfidfVectorizer(token_pattern=r"(?u)\w+", ngram_range=(1, 2)).fit_transform
 * (texts), its columns in the order of their names' bytes. */
static const double tfidf[WORDS][TEXTS] = {
    /* a */ {0.415017195, 0.233607725, 0, 0, 0, 0.663691537},
    /* a a */ {0, 0, 0, 0, 0, 0.639106003},
    /* a book */ {0, 0, 0, 0, 0, 0.319553001},
    /* a good */ {0.491570028, 0.276698309, 0, 0, 0, 0},
    /* all */ {0, 0.337431075, 0, 0, 0, 0},
    /* at */ {0, 0.337431075, 0, 0, 0, 0},
    /* at all */ {0, 0.337431075, 0, 0, 0, 0},
    /* book */ {0.415017195, 0.233607725, 0, 0, 0, 0.221230512},
    /* book at */ {0, 0.337431075, 0, 0, 0, 0},
    /* das */ {0, 0, 0, 0.25819889, 0, 0},
    /* das ist */ {0, 0, 0, 0.25819889, 0, 0},
    /* good */ {0.415017195, 0.233607725, 1, 0, 0, 0},
    /* good book */ {0.491570028, 0.276698309, 0, 0, 0, 0},
    /* grün */ {0, 0, 0, 0.25819889, 0, 0},
    /* grün und */ {0, 0, 0, 0.25819889, 0, 0},
    /* gut */ {0, 0, 0, 0.516397779, 0, 0},
    /* gut sehr */ {0, 0, 0, 0.25819889, 0, 0},
    /* ist */ {0, 0, 0, 0.25819889, 0, 0},
    /* ist grün */ {0, 0, 0, 0.25819889, 0, 0},
    /* not */ {0, 0.337431075, 0, 0, 0, 0},
    /* not a */ {0, 0.337431075, 0, 0, 0, 0},
    /* sehr */ {0, 0, 0, 0.25819889, 0, 0},
    /* sehr gut */ {0, 0, 0, 0.25819889, 0, 0},
    /* und */ {0, 0, 0, 0.25819889, 0, 0},
    /* und gut */ {0, 0, 0, 0.25819889, 0, 0},
};

static double *features_of(const gl_pipeline *p, const glia_table *t) {
    gl_features f;
    if (gl_pipeline_apply(p, t, NULL, 0, GLIA_F64, false, &f)) fail_msg("%s", glia_message(g));
    return f.owned;
}

static void features_are_those_of_scikit_learn(void **state) {
    (void)state;
    glia_table *t = table_of(texts, TEXTS);
    gl_pipeline *p = fit(t, "none");
    assert_int_equal(gl_pipeline_features(p), WORDS);
    double *x = features_of(p, t);
    for (int i = 0; i < TEXTS; i++)
        for (int k = 0; k < WORDS; k++)
            if (fabs(x[i * WORDS + k] - tfidf[k][i]) > 1e-8)
                fail_msg("text %d, word %d: %.9g, not %.9g", i, k, x[i * WORDS + k], tfidf[k][i]);
    gl_free(g, x);
    gl_pipeline_free(p);
    glia_table_free(t);
}

/* Of 4 + 8 + 1 + 11 + 4 words in 5 rows: the mean square of what is not 0 is 1. */
static void by_default_a_word_that_comes_is_about_1(void **state) {
    (void)state;
    glia_table *t = table_of(texts, TEXTS);
    gl_pipeline *p = fit(t, "auto");
    double *x = features_of(p, t), squares = 0;
    int words = 0;
    for (int i = 0; i < TEXTS * WORDS; i++) squares += x[i] * x[i], words += x[i] != 0;
    assert_true(fabs(squares / words - 1) < 1e-12);
    assert_true(fabs(x[2 * WORDS + 11] - sqrt(words / 5.0)) < 1e-12); /* "Good!" */
    gl_free(g, x);
    gl_pipeline_free(p);
    glia_table_free(t);
}

/* From 20 rows on a word stands in two: TfidfVectorizer(..., min_df=2), 30 texts. */
static void words_of_one_row_are_left_out(void **state) {
    (void)state;
    char text[31][120];
    const char *all[30];
    for (int i = 0; i < 30; i++) {
        text[i][0] = 0;
        for (int k = 0; k < i % 4; k++) strcat(text[i], "red green blue ");
        sprintf(text[i] + strlen(text[i]), "w%d %s thing", i % 7, i % 3 ? "good" : "bad");
        all[i] = text[i];
    }
    strcat(text[3], " alone");
    glia_table *t = table_of(all, 30);
    gl_pipeline *p = fit(t, "none");
    assert_int_equal(gl_pipeline_features(p), 35);
    double *x = features_of(p, t), sum = 0;
    for (int i = 0; i < 30 * 35; i++) sum += x[i];
    assert_true(fabs(sum - 86.739507785) < 1e-6);
    gl_free(g, x);
    gl_pipeline_free(p);
    glia_table_free(t);
}

/* -------------------------------------------------------------------------- kept in a model -- */

static void a_pipeline_of_words_is_read_back(void **state) {
    (void)state;
    glia_table *t = table_of(texts, TEXTS);
    gl_pipeline *p = fit(t, "auto");
    char *json = gl_pipeline_save(g, p);
    gl_pipeline *q = gl_pipeline_load(g, json);
    char *again = gl_pipeline_save(g, q);
    assert_string_equal(json, again);
    double *x = features_of(p, t), *y = features_of(q, t);
    assert_memory_equal(x, y, sizeof *x * TEXTS * WORDS);
    gl_free(g, x), gl_free(g, y), gl_free(g, json), gl_free(g, again);
    gl_pipeline_free(p), gl_pipeline_free(q);
    glia_table_free(t);
}

static void a_damaged_vocabulary_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *column, *why;
    } cases[] = {
        {"\"words\":[\"a\",\"b\"],\"idf\":[1,2],\"known\":1", NULL},
        {"\"words\":[\"b\",\"a\"],\"idf\":[1,2],\"known\":1", "words are not sorted"},
        {"\"words\":[\"a\",\"a\"],\"idf\":[1,2],\"known\":1", "words are not sorted"},
        {"\"words\":[\"\",\"a\"],\"idf\":[1,2],\"known\":1", "words are not sorted"},
        {"\"words\":[\"a\",3],\"idf\":[1,2],\"known\":1", "words are not sorted"},
        {"\"words\":[],\"idf\":[],\"known\":1", "a list of words is missing"},
        {"\"idf\":[1],\"known\":1", "a list of words is missing"},
        {"\"words\":[\"a\"],\"idf\":[1,2],\"known\":1", "weights do not fit the words"},
        {"\"words\":[\"a\"],\"idf\":[0],\"known\":1", "a word has no weight"},
        {"\"words\":[\"a\"],\"idf\":[1],\"known\":7", "how many are known"},
        {"\"words\":[\"a\"],\"idf\":[1],\"known\":1,\"center\":[0],\"spread\":[0]",
         "a spread is 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char json[600];
        snprintf(json, sizeof json,
                 "{\"version\":1,\"target\":{\"name\":\"y\",\"task\":\"regression\",\"mean\":0,"
                 "\"deviation\":1},\"columns\":[{\"name\":\"t\",\"type\":\"text\",%s}]}",
                 cases[i].column);
        gl_pipeline *p = gl_pipeline_load(g, json);
        if (!p != !!cases[i].why) fail_msg("%s: %s", cases[i].column, glia_message(g));
        if (!p) expect_in(glia_message(g), cases[i].why);
        gl_pipeline_free(p);
    }
}

/* ----------------------------------------------------------------------------- on the shell -- */

/* 300 reviews of which the words tell the stars, in a table with an id and a price. */
static const char reviews[] =
    "awk -v OFS=, 'BEGIN { srand(4); split(\"good great lovely bad poor broken\", w, \" \"); "
    "split(\"book lamp chair phone\", n, \" \"); print \"id,review,price,stars\"; "
    "for (i = 0; i < 300; i++) { s = rand() < 0.5; "
    "t = \"The \" n[1 + int(4 * rand())] \" is \" w[1 + int(3 * rand()) + 3 * s] \", number \" i; "
    "if (i % 3) t = t \". I find it \" (rand() < 0.5 ? \"\" : \"really \") w[1 + int(3 * rand()) + "
    "3 "
    "* s]; print 1000 + i * 7 % 307, (i % 60 == 7 ? \"\" : \"\\\"\" t \"\\\"\"), "
    "int(90 * rand()) / 10, s ? \"low\" : \"high\" } }' >reviews.csv";

static void words_are_learned_from(void **state) {
    (void)state;
    does(reviews);
    result r = done("$GLIA train reviews.csv --text review --epochs 30 -o m.glia && "
                    "$GLIA eval m.glia reviews.csv && $GLIA show m.glia");
    expect_in(r.err, "one feature per word, tf-idf: review (");
    expect_in(r.out,
              "\n    review                   text      missing -> no word; one feature each "
              "for, with pairs, is, number, the, ");
    char *accuracy = strstr(r.out, "\n  accuracy ");
    assert_non_null(accuracy);
    assert_true(atof(accuracy + 12) > 0.95);
    expect_in(r.out, "rows read by   --text review");
    result_free(&r);
}

static void names_and_numbers_of_columns_are_taken_and_lists(void **state) {
    (void)state;
    does("printf 't,\"a, b\",y\\nan old one,x y,1\\nan old two,y z,2\\nnew one,x,3.5\\n' >n.csv; "
         "printf 'text: [t, \"a, b\"]\\n' >n.yaml");
    static const char *const ways[] = {"--text 1,2", "--text 't,\"a, b\"'", "--config n.yaml"};
    for (size_t i = 0; i < 3; i++) {
        result r = run("$GLIA train n.csv %s --epochs 1 -o n.glia", ways[i]);
        assert_int_equal(r.status, 0);
        expect_in(r.err, "tf-idf: t (9), a, b (5)");
        result_free(&r);
    }
    static const struct {
        const char *options, *why;
    } wrong[] = {
        {"--text y", "column 'y' is the target, and --text is for columns to learn from"},
        {"--text z", "no column"},
        {"--text t --category t", "is named by --category and by --text"},
        {"--text t --ignore t", "is named by --ignore and is to be used as well"},
    };
    for (size_t i = 0; i < 4; i++) {
        result r = run("$GLIA train n.csv %s --epochs 1 -o n.glia", wrong[i].options);
        assert_int_not_equal(r.status, 0);
        expect_in(r.err, wrong[i].why);
        result_free(&r);
    }
}

/* Rows of validation have words of their own, which training does not hear of. */
static void words_are_those_of_the_training_rows(void **state) {
    (void)state;
    does("awk 'BEGIN { print \"t,y\"; for (i = 0; i < 40; i++) print \"red apple \" i % 4 \",\" i "
         "}' "
         ">a.csv; awk 'BEGIN { print \"t,y\"; for (i = 0; i < 30; i++) print \"green pear \" i % 4 "
         "\",\" i }' >b.csv");
    result r =
        done("$GLIA train a.csv --val b.csv --text t --epochs 1 -o a.glia; $GLIA show a.glia");
    expect_in(r.out, "apple");
    expect_not_in(r.out, "pear");
    expect_in(r.err, "warning: b.csv, column 't': training knew 33% of its words, and 100% of its "
                     "own");
    result_free(&r);
}

/* ----------------------------------------------------------------------------------- schema -- */

static void expect_same_model(const char *schema) {
    result r = run("$GLIA train reviews.csv --text review --epochs 2 -o a.glia && "
                   "$GLIA train reviews.csv %s --epochs 2 -o b.glia && "
                   "$GLIA predict a.glia reviews.csv -o a.csv && "
                   "$GLIA predict b.glia reviews.csv -o b.csv && cmp a.csv b.csv",
                   schema);
    if (r.status) fail_msg("%s: %s%s", schema, r.out, r.err);
    result_free(&r);
}

static void a_schema_goes_there_and_back(void **state) {
    (void)state;
    does(reviews);
    does("rm -f s.yaml p.yaml; $GLIA data reviews.csv --text review --schema s.yaml --prepare "
         "p.yaml");
    char path[700];
    snprintf(path, sizeof path, "%s/s.yaml", scratch());
    char *text = slurp(path);
    expect_in(text,
              "\n  review: {type: text, words: frequent, pairs: true, indicator: false, scale: "
              "standard}  # missing -> no word; one feature each for");
    free(text);
    expect_same_model("--schema s.yaml");
    expect_same_model("--prepare p.yaml");
    expect_same_model("--schema s.yaml --prepare p.yaml");
}

static void an_edit_of_words_is_obeyed(void **state) {
    (void)state;
    does(reviews);
    result few = done("printf 'columns: {review: {words: 3}}' >e.yaml; "
                      "$GLIA train reviews.csv --schema e.yaml --epochs 1 -o e.glia");
    expect_in(few.err, "tf-idf: review (3 of ");
    result_free(&few);
    static const struct {
        const char *line, *shown;
    } edits[] = {
        {"review: {type: text, words: 3, pairs: false}",
         "no word; one feature each for is, number, the; tf-idf"},
        {"review: {type: text, words: 4}", "with pairs, is, number, the, find; tf-idf"},
        {"review: {words: 3, pairs: false, scale: none}",
         "is, number, the; tf-idf, rows of length 1"
         "\n"},
        {"review: {type: text, indicator: true}", "no word, and a 0/1 feature of its own; "},
        {"review: {type: category}", "review                   category  "},
        {"review: {type: text, left_out: true}", "left out: ignored as asked"},
        {"price: {type: text}", "price                    text      "},
    };
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        result r =
            run("printf 'columns:\\n  %s\\n' >e.yaml; $GLIA train reviews.csv --schema e.yaml "
                "--epochs 1 -o e.glia && $GLIA show e.glia",
                edits[i].line);
        if (r.status) fail_msg("%s: %s", edits[i].line, r.err);
        expect_in(r.out, edits[i].shown);
        result_free(&r);
    }
    static const struct {
        const char *line, *why;
    } wrong[] = {
        {"review: {type: text, words: 0}",
         "words: found '0', expected frequent, auto, or how many"},
        {"review: {type: text, words: many}", "words: found 'many'"},
        {"review: {type: text, pairs: 2}", "pairs: found '2', expected true, false or auto"},
        {"review: {type: text, scale: minmax}", "expected standard, none or auto"},
        {"review: {type: text, categories: all}", "it is not for free texts"},
        {"review: {type: category, words: 3}", "it is not for texts"},
        {"price: {words: 3}", "it is not for numbers"},
        {"stars: {type: text}", "is the target"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        result r =
            run("printf 'columns:\\n  %s\\n' >e.yaml; $GLIA train reviews.csv --schema e.yaml "
                "--epochs 1 -o e.glia",
                wrong[i].line);
        if (r.status != 3) fail_msg("%s: %d %s", wrong[i].line, r.status, r.err);
        expect_in(r.err, wrong[i].why);
        result_free(&r);
    }
}

/* --------------------------------------------------------------------- what looks like text -- */

static void prose_is_left_out_with_the_mend(void **state) {
    (void)state;
    does(reviews);
    result r = done("$GLIA train reviews.csv --epochs 1 -o m.glia && $GLIA data reviews.csv");
    expect_in(r.err, "left out review: free text, different in most rows (--text learns from its "
                     "words)");
    expect_in(r.out,
              "column 'review': 295 different texts in 295 rows; training has other columns, "
              "or learns from its words (--text)");
    result_free(&r);
    r = done("$GLIA data reviews.csv --text review");
    expect_in(r.out, "review   text");
    expect_not_in(r.out, "different texts");
    result_free(&r);
}

static void where_nothing_else_is_left_prose_is_used(void **state) {
    (void)state;
    does(reviews);
    result r = done("$GLIA train reviews.csv --ignore price --epochs 1 -o m.glia");
    expect_in(r.err,
              "'review' is learned from by its words, as by --text: no other column is left");
    expect_in(r.err, "left out id: a different whole number");
    expect_in(r.err, "tf-idf: review (");
    result_free(&r);
    r = done("$GLIA data reviews.csv --ignore price --schema -");
    expect_in(r.out, "\n  review: {type: text, words: frequent, ");
    result_free(&r);
}

/* Two signs are a word: titles of eight signs are text, names of three are not. */
static void chinese_is_seen_and_learned(void **state) {
    (void)state;
    does("awk 'BEGIN { split(\"很好吃 不好吃 好看 难看 便宜 贵\", w, \" \"); "
         "split(\"这家店 那本书 新手机 老电影\", n, \" \"); split(\"王 李 张 刘\", a, \" \"); "
         "split(\"伟 芳 娜 敏 静 强\", b, \" \"); print \"name,review,v,y\"; for (i = 0; i < 96; "
         "i++) print a[1 + i % 4] b[1 + int(i / 4) % 6] b[1 + int(i / 24)] \",\" n[1 + i % 4] "
         "w[1 + int(i / 4) % 6] \"，第\" i \"次，\" w[1 + int(i / 24)] \",\" i % 7 \",\" "
         "int(i / 4) % 2 }' >zh.csv");
    result r = done("$GLIA train zh.csv --epochs 1 -o zh.glia");
    expect_in(r.err, "left out review: free text");
    expect_in(r.err, "left out name: too many different texts");
    result_free(&r);
    r = done("$GLIA train zh.csv --text review --hidden none -o zh.glia >train.out && $GLIA eval "
             "zh.glia zh.csv && $GLIA show zh.glia");
    char *accuracy = strstr(r.out, "\n  accuracy ");
    assert_non_null(accuracy);
    assert_true(atof(accuracy + 12) == 1);
    expect_in(r.out, "with pairs, ");
    result_free(&r);
}

static void keys_and_numbers_are_no_prose(void **state) {
    (void)state;
    static const char *const cells[] = {"\"PC \" 17000 + i * 37 % 997",
                                        "sprintf(\"%x-%x-%x-%x\", i * 7919, i * 31, i * i, i + 9)",
                                        "\"+49 30 \" 10000 + i * 91 \" \" i",
                                        "\"192.168.\" i \".1\"", "\"name\" i"};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        result r =
            run("awk 'BEGIN { print \"k,v,y\"; for (i = 0; i < 90; i++) print %s \",\" i %% 7 "
                "\",\" i * i %% 11 }' >k.csv; $GLIA train k.csv --epochs 1 -o k.glia",
                cells[i]);
        expect_in(r.err, "left out k: too many different texts to learn from (--use keeps it)");
        expect_not_in(r.err, "--text");
        result_free(&r);
    }
    result r = run("awk 'BEGIN { print \"k,v,y\"; for (i = 0; i < 90; i++) print "
                   "\"\\\"\" sprintf(\"N%%c%%d\", 65 + i %% 26, i) \", Mr. Ann \" i \"\\\",\" "
                   "i %% 7 \",\" i * i %% 11 }' >k.csv; $GLIA train k.csv --epochs 1 -o k.glia");
    expect_in(r.err,
              "left out k: free text, different in most rows (--text learns from its words)");
    result_free(&r);
}

static void texts_without_a_common_word_are_left_out(void **state) {
    (void)state;
    result r =
        run("awk 'BEGIN { print \"k,v,y\"; for (i = 0; i < 90; i++) print \"w\" i \",\" i %% 7 "
            "\",\" i * i %% 11 }' >k.csv; $GLIA train k.csv --text k --epochs 1 -o k.glia");
    assert_int_equal(r.status, 0);
    expect_in(r.err, "left out k: no word of it comes in a second row");
    result_free(&r);
}

/* --------------------------------------------------------------------------------- new rows -- */

static void gaps_and_strange_words_are_told(void **state) {
    (void)state;
    does(reviews);
    does("$GLIA train reviews.csv --text review --epochs 2 -o m.glia");
    result r =
        done("printf 'review,price\\nDer Stuhl ist kaputt,1\\n,2\\nDas Buch war gut,3\\n' >g.csv; "
             "$GLIA predict m.glia g.csv");
    expect_in(r.err, "warning: g.csv, column 'review': training knew 0% of its words, and ");
    expect_not_in(r.err, "a missing cell where training had none");
    result_free(&r);
    r = done("printf 'review,price\\n2012,1\\n2013,2\\n' >g.csv; $GLIA predict m.glia g.csv");
    assert_int_equal(r.status, 0);
    result_free(&r);
}

static void a_gap_where_training_had_none_is_told(void **state) {
    (void)state;
    does(reviews);
    does("grep -v ',,' reviews.csv >full.csv; $GLIA train full.csv --text review --epochs 1 -q -o "
         "m.glia >train.out");
    result r = done("printf 'review,price\\n,2\\ngood,3\\n' >g.csv; $GLIA predict m.glia g.csv");
    expect_in(r.err, "g.csv, line 2, column 'review': a missing cell where training had none; such "
                     "cells become texts without a word (1 in all)");
    result_free(&r);
}

static long asked;

static void *count_alloc(void *user, size_t size) {
    (void)user;
    asked++;
    return aligned_alloc(64, (size + 63) / 64 * 64);
}

static void count_release(void *user, void *memory) {
    (void)user;
    free(memory);
}

/* Record by record, as in a server. */
static void a_record_has_the_bits_of_a_table_and_takes_no_memory(void **state) {
    (void)state;
    does(reviews);
    does("$GLIA train reviews.csv --text review --epochs 2 -o m.glia");
    glia_ctx *own = glia_open(&(glia_settings){.alloc = count_alloc, .release = count_release});
    char path[700], cell[400];
    snprintf(path, sizeof path, "%s/m.glia", scratch());
    glia_model *m = glia_model_load(own, path);
    snprintf(path, sizeof path, "%s/reviews.csv", scratch());
    glia_table *t = glia_table_read(own, path, NULL);
    glia_predictions *all = glia_model_apply(own, m, t);
    glia_applier *a = glia_applier_new(own, m, 1);
    glia_table_builder *b = glia_table_builder_new(own);
    assert_non_null(all);
    assert_int_equal(glia_table_builder_column(b, "review", GLIA_CATEGORY), 0);
    assert_int_equal(glia_table_builder_column(b, "price", GLIA_NUMBER), 1);
    for (int i = 0; i < 60; i++) {
        glia_table_builder_clear(b);
        glia_table_builder_row(b);
        glia_table_cell(t, i, 1, cell, sizeof cell);
        glia_table_builder_text(b, 0, cell);
        glia_table_cell(t, i, 2, cell, sizeof cell);
        glia_table_builder_text(b, 1, cell);
        const glia_table *one = glia_table_builder_table(b);
        long before = asked;
        const glia_predictions *p = glia_applier_run(a, one, 0, 1);
        if (!p) fail_msg("%s", glia_message(own));
        assert_int_equal(asked, before);
        assert_memory_equal(p->value, all->value + i, sizeof *p->value);
    }
    glia_table_builder_free(b);
    glia_applier_free(a);
    glia_predictions_free(own, all);
    glia_table_free(t);
    glia_model_free(m);
    glia_close(own);
}

static void a_recipe_says_it_for_a_table_that_was_read_without(void **state) {
    (void)state;
    does(reviews);
    char path[700];
    snprintf(path, sizeof path, "%s/reviews.csv", scratch());
    glia_table *t = glia_table_read(g, path, NULL);
    glia_recipe *r = glia_recipe_new(g);
    glia_recipe_set(r, "text", "review");
    glia_recipe_set(r, "epochs", "1");
    glia_model *m = glia_train(g, &(glia_train_job){.recipe = r, .train = t}, NULL);
    if (!m) fail_msg("%s", glia_message(g));
    expect_in(glia_model_note(m, "preprocessing"), "review                   text ");
    glia_model_free(m);
    glia_recipe_set(r, "text", "price");
    assert_null(glia_train(g, &(glia_train_job){.recipe = r, .train = t}, NULL));
    expect_in(glia_message(g), "was read as numbers and option 'text' names it");
    glia_recipe_free(r);
    glia_table_free(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_is_a_run_of_letters_and_digits),
        cmocka_unit_test(letters_are_those_of_any_script),
        cmocka_unit_test(scripts_without_blanks_have_signs_and_pairs),
        cmocka_unit_test(pairs_of_neighbours_are_words_when_asked_for),
        cmocka_unit_test(what_is_not_utf8_separates),
        cmocka_unit_test(of_a_long_word_the_beginning_counts),
        cmocka_unit_test(features_are_those_of_scikit_learn),
        cmocka_unit_test(by_default_a_word_that_comes_is_about_1),
        cmocka_unit_test(words_of_one_row_are_left_out),
        cmocka_unit_test(a_pipeline_of_words_is_read_back),
        cmocka_unit_test(a_damaged_vocabulary_is_refused),
        cmocka_unit_test(words_are_learned_from),
        cmocka_unit_test(names_and_numbers_of_columns_are_taken_and_lists),
        cmocka_unit_test(words_are_those_of_the_training_rows),
        cmocka_unit_test(a_schema_goes_there_and_back),
        cmocka_unit_test(an_edit_of_words_is_obeyed),
        cmocka_unit_test(prose_is_left_out_with_the_mend),
        cmocka_unit_test(where_nothing_else_is_left_prose_is_used),
        cmocka_unit_test(chinese_is_seen_and_learned),
        cmocka_unit_test(keys_and_numbers_are_no_prose),
        cmocka_unit_test(texts_without_a_common_word_are_left_out),
        cmocka_unit_test(gaps_and_strange_words_are_told),
        cmocka_unit_test(a_gap_where_training_had_none_is_told),
        cmocka_unit_test(a_record_has_the_bits_of_a_table_and_takes_no_memory),
        cmocka_unit_test(a_recipe_says_it_for_a_table_that_was_read_without),
    };
    return cmocka_run_group_tests_name("free_text", tests, open_context, close_context);
}
