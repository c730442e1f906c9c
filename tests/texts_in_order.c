/*
 * texts_in_order.c: texts that are read as sequences: what a token is, its id, the features, and
 * what is said of such a column everywhere. What counts cannot tell a sequence learns.
 */
#include <math.h>

#include "../src/prepare/pipeline.h"
#include "../src/prepare/tokens.h"
#include "context.h"
#include "test.h"

/* ------------------------------------------------------------------------------------ tokens -- */

static void expect_tokens(const char *text, gl_text_as as, const char *expected) {
    char found[1000] = "";
    gl_tokens t = gl_tokens_of(text, as, true);
    for (size_t n = 0; gl_tokens_next(&t) && n < sizeof found; n = strlen(found)) {
        assert_int_equal(t.length, strlen(t.token));
        snprintf(found + n, sizeof found - n, "%s%s", n ? "|" : "", t.token);
    }
    assert_string_equal(found, expected);
}

static void a_text_is_cut_as_asked(void **state) {
    (void)state;
    expect_tokens("Not good", GL_TEXT_COUNTS, "not|good|not good");
    expect_tokens("Not good", GL_TEXT_OF_WORDS, "not|good");
    expect_tokens("很好吃", GL_TEXT_OF_WORDS, "很|好|吃");
    expect_tokens("Né a", GL_TEXT_OF_CHARACTERS, "N|é| |a");
    expect_tokens("é", GL_TEXT_OF_BYTES, "\xC3|\xA9");
    for (gl_text_as as = GL_TEXT_COUNTS; as < GL_TEXT_WAYS; as++) expect_tokens("", as, "");
}

/* Each byte that is part of no character is one sign, U+FFFD. */
static void what_is_not_utf8_is_told_as_such(void **state) {
    (void)state;
    expect_tokens("a\xE9z", GL_TEXT_OF_CHARACTERS, "a|\xEF\xBF\xBD|z");
    expect_tokens("\xE2\x82", GL_TEXT_OF_CHARACTERS, "\xEF\xBF\xBD|\xEF\xBF\xBD");
    expect_tokens("\xC0\xAF", GL_TEXT_OF_BYTES, "\xC0|\xAF");
    expect_tokens("a\xE9z", GL_TEXT_OF_WORDS, "a|z");
}

/* ---------------------------------------------------------------------------------- features -- */

static const char *const texts[] = {"a good book", "Not a good book", "", "book, book! book; book.",
                                    "a rare one"};
enum { TEXTS = 5 };

static glia_table *table_of(const char *const *text, int rows) {
    glia_table_builder *b = glia_table_builder_new(g);
    glia_table_builder_column(b, "review", GLIA_CATEGORY);
    glia_table_builder_column(b, "price", GLIA_NUMBER);
    glia_table_builder_column(b, "y", GLIA_NUMBER);
    for (int i = 0; i < rows; i++) {
        glia_table_builder_row(b);
        if (text[i]) glia_table_builder_text(b, 0, text[i]);
        glia_table_builder_number(b, 1, i);
        glia_table_builder_number(b, 2, i * 0.7 + i % 3);
    }
    int64_t all[64];
    for (int i = 0; i < rows; i++) all[i] = i;
    glia_table *t = glia_table_select(glia_table_builder_table(b), all, rows);
    glia_table_builder_free(b);
    assert_int_equal(glia_table_as(t, &(glia_read_options){.text = "review"}), GLIA_OK);
    return t;
}

static gl_pipeline *fit(const glia_table *t, const char *as, int64_t length, int64_t vocabulary) {
    gl_pipeline_spec spec = {.target = "y",
                             .task = "regression",
                             .scale = "none",
                             .use = "price",
                             .text_as = as,
                             .length = length,
                             .vocabulary = vocabulary};
    gl_pipeline *p = gl_pipeline_fit(g, t, NULL, 0, &spec);
    if (!p) fail_msg("%s", glia_message(g));
    return p;
}

static double *features_of(const gl_pipeline *p, const glia_table *t) {
    gl_features f;
    if (gl_pipeline_apply(p, t, NULL, 0, GLIA_F64, false, &f)) fail_msg("%s", glia_message(g));
    return f.owned;
}

static void expect_features(const gl_pipeline *p, const char *const *text, int rows,
                            const double *expected) {
    glia_table *t = table_of(text, rows);
    double *x = features_of(p, t);
    int64_t width = gl_pipeline_features(p);
    for (int64_t i = 0; i < rows * width; i++)
        if (x[i] != expected[i])
            fail_msg("row %d, feature %d: %g, not %g", (int)(i / width), (int)(i % width), x[i],
                     expected[i]);
    gl_free(g, x);
    glia_table_free(t);
}

/* Words a 1, book 2, good 3, not 4, one 5, rare 6, any other 7, although the column stands first,
 * behind the price. */
static void ids_follow_the_number_of_tokens(void **state) {
    (void)state;
    glia_table *t = table_of(texts, TEXTS);
    gl_pipeline *p = fit(t, "words", 3, 0);
    static const double expected[TEXTS][5] = {
        {0, 3, 1, 3, 2}, {1, 3, 4, 1, 3}, {2, 0, 0, 0, 0}, {3, 3, 2, 2, 2}, {4, 3, 1, 6, 5}};
    expect_features(p, texts, TEXTS, expected[0]);
    static const char *const others[] = {"new words", NULL, "a NEW one: a long long long one"};
    static const double of_others[][5] = {{0, 2, 7, 7, 0}, {1, 0, 0, 0, 0}, {2, 3, 1, 7, 5}};
    expect_features(p, others, 3, of_others[0]);
    gl_text_steps s;
    assert_true(gl_pipeline_text(p, 0, &s));
    assert_string_equal(s.column, "review");
    assert_int_equal(s.first, 1);
    assert_int_equal(s.steps, 3);
    assert_int_equal(s.ids, 7);
    assert_false(gl_pipeline_text(p, 1, &s));
    char *first = gl_pipeline_feature_name(g, p, 1), *second = gl_pipeline_feature_name(g, p, 2);
    assert_string_equal(first, "review, how many words");
    assert_string_equal(second, "review[1]");
    gl_free(g, first), gl_free(g, second);
    gl_pipeline_free(p);
    glia_table_free(t);
}

/* Of one known word every other is the unknown one; of one step the first token is all. */
static void a_vocabulary_and_a_length_of_one_will_do(void **state) {
    (void)state;
    glia_table *t = table_of(texts, TEXTS);
    gl_pipeline *p = fit(t, "words", 1, 1);
    static const double expected[TEXTS][3] = {
        {0, 1, 1}, {1, 1, 2}, {2, 0, 0}, {3, 1, 2}, {4, 1, 1}};
    expect_features(p, texts, TEXTS, expected[0]);
    gl_pipeline_free(p);
    glia_table_free(t);
}

static void bytes_are_all_known(void **state) {
    (void)state;
    glia_table *t = table_of(texts, TEXTS);
    gl_pipeline *p = fit(t, "bytes", 2, 0);
    static const char *const others[] = {"\xFFz", "~"};
    static const double expected[][4] = {{0, 2, 256, 'z' + 1}, {1, 1, '~' + 1, 0}};
    expect_features(p, others, 2, expected[0]);
    gl_pipeline_free(p);
    glia_table_free(t);
}

static void characters_are_as_they_are_written(void **state) {
    (void)state;
    static const char *const few[] = {"aA", "é", "A\xE9"};
    glia_table *t = table_of(few, 3);
    gl_pipeline *p = fit(t, "characters", 0, 0); /* A 1, a 2, é 3, U+FFFD 4 */
    static const double expected[][4] = {{0, 2, 2, 1}, {1, 1, 3, 0}, {2, 2, 1, 4}};
    expect_features(p, few, 3, expected[0]);
    gl_pipeline_free(p);
    glia_table_free(t);
}

/* 20 texts of 1 to 20 words: 19 of them have no more than 19. */
static void the_usual_length_has_all_of_nineteen_in_twenty(void **state) {
    (void)state;
    char text[20][80] = {""};
    const char *all[20];
    for (int i = 0; i < 20; i++) {
        for (int k = 0; k <= i; k++) strcat(text[i], "hm ");
        all[19 - i] = text[i];
    }
    glia_table *t = table_of(all, 20);
    gl_pipeline *p = fit(t, "words", 0, 0);
    gl_text_steps s;
    assert_true(gl_pipeline_text(p, 0, &s));
    assert_int_equal(s.steps, 19);
    gl_pipeline_free(p);
    glia_table_free(t);
}

/* -------------------------------------------------------------------------- kept in a model -- */

static void a_pipeline_of_sequences_is_read_back(void **state) {
    (void)state;
    glia_table *t = table_of(texts, TEXTS);
    for (gl_text_as as = GL_TEXT_OF_WORDS; as < GL_TEXT_WAYS; as++) {
        gl_pipeline *p = fit(t, gl_text_as_name[as], 0, 0);
        char *json = gl_pipeline_save(g, p);
        gl_pipeline *q = gl_pipeline_load(g, json);
        if (!q) fail_msg("%s", glia_message(g));
        char *again = gl_pipeline_save(g, q);
        assert_string_equal(json, again);
        double *x = features_of(p, t), *y = features_of(q, t);
        assert_memory_equal(x, y, sizeof *x * TEXTS * (size_t)gl_pipeline_features(p));
        gl_free(g, x), gl_free(g, y), gl_free(g, json), gl_free(g, again);
        gl_pipeline_free(p), gl_pipeline_free(q);
    }
    glia_table_free(t);
}

static void a_damaged_sequence_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *column, *why;
    } cases[] = {
        {"\"as\":\"words\",\"length\":4,\"words\":[\"a\",\"b\"],\"known\":1", NULL},
        {"\"as\":\"bytes\",\"length\":4,\"known\":1", NULL},
        {"\"as\":\"bytes\",\"length\":4,\"words\":[\"a\"],\"known\":1", "a list of words"},
        {"\"as\":\"words\",\"length\":4,\"known\":1", "a list of words is missing"},
        {"\"as\":\"words\",\"words\":[\"a\"],\"known\":1", "a text has no length"},
        {"\"as\":\"words\",\"length\":0,\"words\":[\"a\"],\"known\":1", "a text has no length"},
        {"\"as\":\"words\",\"length\":1000001,\"words\":[\"a\"],\"known\":1", "no length"},
        {"\"as\":\"syllables\",\"length\":4,\"words\":[\"a\"],\"known\":1", "something unknown"},
        {"\"as\":3,\"length\":4,\"words\":[\"a\"],\"known\":1", "something unknown"},
        {"\"as\":\"words\",\"length\":4,\"words\":[\"b\",\"a\"],\"known\":1", "are not sorted"},
        {"\"as\":\"words\",\"length\":4,\"words\":[\"a\"],\"known\":-1", "how many are known"},
        {"\"as\":\"counts\",\"length\":4,\"words\":[\"a\"],\"known\":1", "weights do not fit"},
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

/* Which of two words comes first, among others: no count tells it, nor that of a pair. */
static const char order[] =
    "awk 'BEGIN { srand(5); split(\"the a of and box lamp sun tree\", w, \" \"); print "
    "\"text,size,y\"; for (i = 0; i < 600; i++) { s = int(2 * rand()); n = 3 + int(3 * rand()); "
    "t = w[1 + int(8 * rand())] \" \" (s ? \"red\" : \"blue\"); "
    "for (k = 0; k < n; k++) t = t \" \" w[1 + int(8 * rand())]; "
    "print t \" \" (s ? \"blue\" : \"red\") \" \" w[1 + int(8 * rand())] \",\" "
    "int(rand() * 100) / 10 \",\" (s ? \"yes\" : \"no\") } }' >order.csv; "
    "head -401 order.csv >few.csv; (head -1 order.csv; tail -200 order.csv) >rest.csv";

#define TRAIN "$GLIA train few.csv --target y --text text --seed 1 "
#define ALONE "--ignore size "

static double accuracy_of(const char *options) {
    result r =
        run(TRAIN ALONE "%s -o m.glia -q >train.out && $GLIA eval m.glia rest.csv -q", options);
    if (r.status) fail_msg("%s: %s", options, r.err);
    const char *accuracy = strstr(r.out, "\n  accuracy ");
    assert_non_null(accuracy);
    double value = atof(accuracy + 12);
    result_free(&r);
    return value;
}

static int make_files(void **state) {
    int status = open_context(state);
    does(order);
    return status;
}

static void what_counts_cannot_tell_a_sequence_learns(void **state) {
    (void)state;
    double counts = accuracy_of("--epochs 30"),
           words = accuracy_of("--text-as words --epochs 30 --lr 0.01");
    if (counts > 0.65 || words < 0.95) fail_msg("counts %g, words %g", counts, words);
}

/* What is trained, from the notes of a training of one epoch. */
static void expect_net(const char *options, const char *net) {
    result r = run(TRAIN "%s --epochs 1 -o n.glia", options);
    if (r.status) fail_msg("%s: %s", options, r.err);
    char line[300];
    snprintf(line, sizeof line, "network: %s\n", net);
    if (!strstr(r.err, line)) fail_msg("%s: expected '%s' in:\n%s", options, line, r.err);
    result_free(&r);
}

static void the_network_follows_from_the_columns(void **state) {
    (void)state;
#define WORDS "--text-as words --length 9 "
    expect_net(ALONE WORDS, "ragged 9 1, embedding 11 32, gru 32, dense 1 sigmoid");
    expect_net(ALONE WORDS "--dropout 0.2",
               "ragged 9 1, embedding 11 32, gru 32, dropout 0.2, dense 1 sigmoid");
    expect_net(ALONE WORDS "--hidden 4",
               "ragged 9 1, embedding 11 32, gru 32, dense 4 relu, dense 1 sigmoid");
    expect_net(WORDS, "x: input 1, ragged 9 1, embedding 11 32, gru 32, concat x, dense 32 relu, "
                      "dense 1 sigmoid");
    expect_net(WORDS "--vocabulary 3 --hidden 8,4 --activation tanh",
               "x: input 1, ragged 9 1, embedding 4 32, gru 32, concat x, dense 8 tanh, "
               "dense 4 tanh, dense 1 sigmoid");
    expect_net(ALONE "--text-as bytes --length 5",
               "ragged 5 1, embedding 256 32, gru 32, dense 1 sigmoid");
    expect_net(ALONE WORDS "--net 'lstm 5'",
               "ragged 9 1, embedding 11 32, lstm 5, dense 1 sigmoid");
    expect_net(ALONE WORDS "--net 'embedding 20 3, gru 5, dense 4 relu'",
               "ragged 9 1, embedding 20 3, gru 5, dense 4 relu, dense 1 sigmoid");
    expect_net(WORDS "--net 'p: input 1, ragged 9 1, embedding 11 3, gru 5, concat p'",
               "p: input 1, ragged 9 1, embedding 11 3, gru 5, concat p, dense 1 sigmoid");
    does("awk -F, 'NR == 1 { print \"a,size,b,y\" } NR > 1 { print $1 \",\" $2 \",\" $1 \",\" $3 "
         "}' few.csv >two.csv");
    result r = done("$GLIA train two.csv --text a,b " WORDS "--epochs 1 -o n.glia");
    expect_in(r.err, "network: x: input 1, ragged 9 1, embedding 11 32, a: gru 32, ragged 9 1, "
                     "embedding 11 32, gru 32, concat a x, dense 32 relu, dense 1 sigmoid\n");
    result_free(&r);
}

static void it_is_said_what_is_cut_and_known(void **state) {
    (void)state;
    result r = done(TRAIN ALONE "--text-as words --length 5 --vocabulary 3 --epochs 1 -o n.glia && "
                                "$GLIA show n.glia && $GLIA data few.csv --text text --text-as "
                                "characters --length 4 --schema -");
    expect_in(r.err, "'text' is a sequence of words, the first 5 of each text; ");
    expect_in(r.err, "% of the texts are longer, and cut; 3 of 10 have an id, which are ");
    expect_in(r.out, "text      a sequence of words, the first 5 of each; missing -> none of them; "
                     "ids of 3 known, the others are 4\n");
    expect_in(r.out, "\n  text: {type: text, as: characters, length: 4, words: frequent}  # a "
                     "sequence of characters");
    expect_not_in(r.err, "unscaled");
    result_free(&r);
}

static void what_takes_ids_for_quantities_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *options, *why;
    } wrong[] = {
        {ALONE WORDS "--hidden none", "has no layer that reads a text in its order"},
        {ALONE WORDS "--net 'dense 4 relu'", "would count what stands behind the last step"},
        {WORDS "--net 'input 11, dense 4 relu'",
         "'text' is a sequence of ids of its words, columns 2 to 11 "
         "of x, which an embedding alone can read: 'ragged 9 1, "
         "embedding 11 32, gru 32'"},
        {WORDS "--net 'gru 4'", "--net has to say how texts are read beside other inputs: put 'x: "
                                "input 1, ragged 9 1, embedding 11 32, gru 32, concat x' in front"},
        {ALONE WORDS "--net 'sequence 10, embedding 11 4, gru 4'", "an embedding alone can read"},
        {ALONE WORDS "--net 'ragged 9 1, gru 4'", "an embedding alone can read"},
        {ALONE WORDS "--net 'embedding 5 4, gru 4'",
         "'text' has ids from 1 to 11, also for what training never "
         "saw, and 'embedding1' has rows of weights for 5: "
         "'embedding 11 4'"},
        {ALONE "--length 5", "--length is for texts that are read as sequences: say --text-as"},
        {ALONE "--text-as syllables", "syllables"},
        {"--text-as words --length 0", "length"},
        {"--text-as words --sequence 3", "texts as sequences are for rows without a past"},
        {"--text-as words --sequence all --group y --net 'gru 4'", "are for rows without a past"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        result r = run(TRAIN "%s --epochs 1 -o n.glia", wrong[i].options);
        if (!r.status) fail_msg("%s: trained", wrong[i].options);
        if (!strstr(r.err, wrong[i].why)) fail_msg("%s: %s", wrong[i].options, r.err);
        result_free(&r);
    }
    result r = run("$GLIA train few.csv --target y --ignore text --text-as words -o n.glia");
    assert_int_equal(r.status, 2);
    expect_in(r.err, "--text-as is for columns of free text, and none is learned from; --text");
    result_free(&r);
}

/* ------------------------------------------------------------------------------- many ways -- */

#define SMALL ALONE "--text-as words --epochs 3 -q "

static void threads_and_eval_give_the_same_answers(void **state) {
    (void)state;
    does(TRAIN SMALL "--threads 1 -o a.glia >a.out && " TRAIN SMALL
                     "--threads 3 -o b.glia >b.out && cmp a.glia b.glia");
    result r =
        done("$GLIA predict a.glia rest.csv -q -o p.csv && $GLIA eval a.glia rest.csv -q && paste "
             "-d, p.csv rest.csv | awk -F, 'NR > 1 { n++; k += $1 == $NF } END { printf "
             "\"\\nsame %.4f\\n\", k / n }'");
    const char *of_eval = strstr(r.out, "\n  accuracy "), *own = strstr(r.out, "\nsame ");
    assert_non_null(of_eval), assert_non_null(own);
    if (fabs(atof(of_eval + 12) - atof(own + 6)) > 1e-4) fail_msg("%s", r.out);
    result_free(&r);
}

static int stop_at_20(void *user, const glia_progress *p) {
    return *(const int *)user && p->updates == 20;
}

static void a_training_that_was_stopped_goes_on_to_the_same_bytes(void **state) {
    (void)state;
    char path[700], kept[700], hex[2][65];
    snprintf(path, sizeof path, "%s/few.csv", scratch());
    snprintf(kept, sizeof kept, "%s/c.ckpt", scratch());
    glia_recipe *recipe = glia_recipe_new(g);
    const char *const set[][2] = {{"target", "y"}, {"text", "text"},   {"text-as", "characters"},
                                  {"epochs", "3"}, {"ignore", "size"}, {"length", "12"}};
    for (int i = 0; i < 6; i++)
        assert_int_equal(glia_recipe_set(recipe, set[i][0], set[i][1]), GLIA_OK);
    for (int way = 0; way < 2; way++) {
        int stops = way;
        glia_table *t = glia_table_read(g, path, &(glia_read_options){.text = "text"});
        glia_train_job job = {.recipe = recipe, .train = t, .progress = stop_at_20, .user = &stops};
        if (way) job.checkpoint = (glia_checkpoint){.path = kept};
        glia_model *m = glia_train(g, &job, NULL);
        if (way) {
            assert_null(m);
            stops = 0, job.checkpoint.resume = 1;
            m = glia_train(g, &job, NULL);
        }
        if (!m) fail_msg("%s", glia_message(g));
        char out[700];
        snprintf(out, sizeof out, "%s/r%d.glia", scratch(), way);
        assert_int_equal(glia_model_save(m, out), GLIA_OK);
        assert_int_equal(glia_file_sha256(g, out, hex[way]), GLIA_OK);
        glia_model_free(m);
        glia_table_free(t);
    }
    assert_string_equal(hex[0], hex[1]);
    glia_recipe_free(recipe);
}

/* Missing, all unknown, far longer than any: an answer each, and what is odd is told. */
static void any_text_has_an_answer(void **state) {
    (void)state;
    does(TRAIN SMALL "-o a.glia >a.out && " TRAIN ALONE
                     "--text-as characters --epochs 1 -q -o c.glia >c.out");
    does("rm -f odd.csv; (echo text,size; echo '\"\",1'; echo 'NA,2'; echo 'xyzzy plugh,3'; "
         "awk 'BEGIN { for (i = 0; i < 100000; i++) printf \"red \"; print \",4\" }') >odd.csv");
    for (int i = 0; i < 2; i++) {
        result r = run("$GLIA predict %s odd.csv", i ? "c.glia" : "a.glia");
        int lines = 0;
        if (r.status) fail_msg("%s", r.err);
        for (const char *c = r.out; *c; c++) lines += *c == '\n';
        assert_int_equal(lines, 5);
        expect_in(r.err, "column 'text': a missing cell where training had none; such cells become "
                         "texts without a word (2 in all)");
        expect_not_in(r.out, "nan");
        result_free(&r);
    }
    result r = done("rm odd.csv; (echo text; echo 'xyzzy plugh'; echo 'foo bar') >odd.csv; $GLIA "
                    "predict a.glia "
                    "odd.csv");
    expect_in(r.err, "training knew 0% of its words, and 100% of its own; the others count as one "
                     "that is not known");
    result_free(&r);
}

static void a_schema_goes_there_and_back(void **state) {
    (void)state;
    does("rm -f s.yaml p.yaml; $GLIA data few.csv --target y --ignore size --text text --text-as "
         "words --schema s.yaml --prepare p.yaml -q");
    does(TRAIN SMALL "-o a.glia >a.out && $GLIA train few.csv --seed 1 --schema s.yaml --epochs 3 "
                     "-q -o b.glia >b.out && $GLIA train few.csv --target y --seed 1 --prepare "
                     "p.yaml --epochs 3 -q -o c.glia >c.out && for m in a b c; do $GLIA predict "
                     "$m.glia rest.csv -q -o $m.csv; done; cmp a.csv b.csv && cmp a.csv c.csv");
    static const struct {
        const char *line, *why;
    } wrong[] = {
        {"text: {type: text, as: lines}", "as: found 'lines', expected counts, words, characters"},
        {"text: {type: text, as: words, length: 0}", "length: found '0', expected auto, or how"},
        {"text: {type: text, length: 4}", "length: it is for texts that are sequences"},
        {"text: {type: text, as: words, pairs: true}", "pairs: it is for texts that are counts"},
        {"text: {type: text, as: bytes, scale: none}", "scale: it is for texts that are counts"},
        {"size: {as: words}", "it is not for numbers"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        result r = run("printf 'columns:\\n  %s\\n' >e.yaml; $GLIA train few.csv --target y "
                       "--schema e.yaml --epochs 1 -o e.glia",
                       wrong[i].line);
        if (r.status != 3) fail_msg("%s: %d %s", wrong[i].line, r.status, r.err);
        expect_in(r.err, wrong[i].why);
        result_free(&r);
    }
    result r = done("printf 'columns:\\n  text: {as: bytes, length: 7}\\n' >e.yaml; $GLIA train "
                    "few.csv --target y --schema e.yaml --epochs 1 -o e.glia");
    expect_in(r.err, "ragged 7 1, embedding 256 32");
    result_free(&r);
}

/* One column, whatever its features: shuffled as a whole, drawn, explained. */
static void a_sequence_is_one_column_everywhere(void **state) {
    (void)state;
    does(TRAIN "--text-as words --epochs 12 --lr 0.01 -q -o a.glia --report a.html >a.out");
    result r = done("$GLIA eval a.glia rest.csv --importance -q && $GLIA explain a.glia rest.csv "
                    "--row 1 && $GLIA eval a.glia rest.csv -q --report e.html && $GLIA show a.glia "
                    "--equations");
    const char *text = strstr(r.out, "\n  text  "), *size = strstr(r.out, "\n  size  ");
    if (!text || !size || text > size) fail_msg("%s", r.out);
    expect_in(r.out, "text, how many words");
    expect_in(r.out, "text[1]");
    result_free(&r);
    r = done("$GLIA data few.csv --against rest.csv --target y --text text --text-as words");
    expect_in(r.out, "column text is learned as a sequence of words, the first ");
    expect_not_in(r.out, "text[1]");
    result_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_cut_as_asked),
        cmocka_unit_test(what_is_not_utf8_is_told_as_such),
        cmocka_unit_test(ids_follow_the_number_of_tokens),
        cmocka_unit_test(a_vocabulary_and_a_length_of_one_will_do),
        cmocka_unit_test(bytes_are_all_known),
        cmocka_unit_test(characters_are_as_they_are_written),
        cmocka_unit_test(the_usual_length_has_all_of_nineteen_in_twenty),
        cmocka_unit_test(a_pipeline_of_sequences_is_read_back),
        cmocka_unit_test(a_damaged_sequence_is_refused),
        cmocka_unit_test(what_counts_cannot_tell_a_sequence_learns),
        cmocka_unit_test(the_network_follows_from_the_columns),
        cmocka_unit_test(it_is_said_what_is_cut_and_known),
        cmocka_unit_test(what_takes_ids_for_quantities_is_refused),
        cmocka_unit_test(threads_and_eval_give_the_same_answers),
        cmocka_unit_test(a_training_that_was_stopped_goes_on_to_the_same_bytes),
        cmocka_unit_test(any_text_has_an_answer),
        cmocka_unit_test(a_schema_goes_there_and_back),
        cmocka_unit_test(a_sequence_is_one_column_everywhere),
    };
    return cmocka_run_group_tests_name("texts_in_order", tests, make_files, close_context);
}
