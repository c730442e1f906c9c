/*
 * letters.c: a network that goes on with a text, beside n-grams, which know the last letters alone.
 */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"

/* The letters that the network reads at once: more than a sentence has, so that who acts is among
 * them. */
enum { PAST = 32, UNITS = 64, RUN = 3000, SHOWN = 200 };
/* a .. z, the blank, the full stop. An n-gram of order k counts what follows k letters. */
enum { LETTERS = 32, BLANK = 26, STOP = 27, ORDERS = 3 };
/* Who knows how sentences are made needs so many bits for a letter: a sentence is one of 7 nouns in
 * one of 2 numbers, with or without one of 3 places of 14, and one of 5 verbs, 9.8 bits in all, and
 * has 24.2 letters on average. */
static const double least_bits = 0.407;

typedef struct ngrams {
    double *count[ORDERS + 1]; /* [LETTERS^k, LETTERS] */
} ngrams;

/* ----------------------------------------------------------------------------------- n-grams -- */

static int number_of(char c) { return c == '_' ? BLANK : c == '.' ? STOP : tolower(c) - 'a'; }

static char letter_of(int number) {
    return number == BLANK ? '_' : number == STOP ? '.' : (char)('a' + number);
}

/* What stands in front of letter `at`, k letters of it, as a number. */
static int64_t context(const char *text, int64_t at, int k) {
    int64_t number = 0;
    for (int i = k; i > 0; i--) number = number * LETTERS + number_of(text[at - i]);
    return number;
}

static ngrams count_letters(const char *text) {
    ngrams n;
    int64_t rows = 1;
    for (int k = 0; k <= ORDERS; k++, rows *= LETTERS) {
        size_t size = (size_t)(rows * LETTERS) * sizeof *n.count[k];
        n.count[k] = memset(reserve(NULL, size), 0, size);
        for (int64_t i = k; text[i]; i++)
            n.count[k][context(text, i, k) * LETTERS + number_of(text[i])]++;
    }
    return n;
}

static void free_ngrams(ngrams *n) {
    for (int k = 0; k <= ORDERS; k++) free(n->count[k]);
}

/* Of letter `next` behind `order` letters: shares of what was counted, mixed with those of one
 * letter less by how many different ones were seen there (Witten and Bell, 1991). */
static double chance(const ngrams *n, const char *text, int64_t at, int order, int next) {
    double p = 1.0 / LETTERS;
    for (int k = 0; k <= order && k <= at; k++) {
        const double *count = n->count[k] + context(text, at, k) * LETTERS;
        double all = 0, kinds = 0;
        for (int j = 0; j < LETTERS; j++) all += count[j], kinds += count[j] > 0;
        if (all > 0) p = (count[next] + kinds * p) / (all + kinds);
    }
    return p;
}

static double bits_of(const ngrams *n, const char *text, int order) {
    double bits = 0;
    int64_t letters = 0;
    for (int64_t i = PAST; text[i]; i++, letters++)
        bits -= log2(chance(n, text, i, order, number_of(text[i])));
    return bits / (double)letters;
}

/* In [0, 1): splitmix64 (Steele, Lea and Flood, 2014). */
static double draw(uint64_t *state) {
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

/* Behind the text's last letters, which stand in front of to[0]. */
static void write_on(const ngrams *n, uint64_t seed, char *to, int64_t letters) {
    for (int64_t i = ORDERS; i < letters + ORDERS; i++) {
        double rest = draw(&seed);
        int next = 0;
        while (next < LETTERS - 1 && (rest -= chance(n, to, i, ORDERS, next)) >= 0) next++;
        to[i] = letter_of(next <= STOP ? next : BLANK);
    }
}

/* ----------------------------------------------------------------------------------- grammar -- */

/* Share of the sentences whose verb is of the noun that acts: of "the_birds_near_the_king_sing" the
 * second word or the last one has an s, not both and not neither. The first and the last sentence
 * may be pieces. */
static double share_that_agrees(const char *text) {
    double sentences = 0, agree = 0;
    for (const char *at = strchr(text, '.'), *end; at && (end = strchr(at + 1, '.')); at = end) {
        const char *noun = strchr(at + 1 + (at[1] == '_'), '_');
        noun = noun && noun < end ? strchr(noun + 1, '_') : NULL;
        sentences++;
        agree += noun && noun < end && (noun[-1] == 's') != (end[-1] == 's');
    }
    return sentences > 0 ? agree / sentences : 0;
}

/* ------------------------------------------------------------------------------- the network -- */

static char *text_of(const glia_table *t, int64_t rows) {
    char *text = reserve(NULL, (size_t)rows + 1), cell[16];
    for (int64_t i = 0; i < rows; i++) {
        glia_table_cell(t, i, glia_table_columns(t) - 1, cell, sizeof cell);
        text[i] = cell[0];
    }
    text[rows] = 0;
    return text;
}

typedef struct writer {
    demo *d;
    glia_model *model;
    char *read, *later,
        *written; /* what it learned from and is measured on; what it goes on with */
    double bits, accuracy, agree; /* of a letter; share of next letters, and of sentences */
    double bits_of[ORDERS], three_agree;
} writer;

static glia_recipe *make_recipe(demo *d) {
    char past[16], net[16], seed[24], epochs[24];
    snprintf(past, sizeof past, "%d", PAST);
    snprintf(net, sizeof net, "gru %d", UNITS);
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)seed_of(d));
    snprintf(epochs, sizeof epochs, "%lld", (long long)steps_of(d, 10));
    const char *const options[][2] = {{"sequence", past}, {"horizon", "1"},       {"net", net},
                                      {"val", "none"},    {"doctor", "off"},      {"batch", "32"},
                                      {"lr", "0.01"},     {"schedule", "cosine"}, {"seed", seed},
                                      {"epochs", epochs}};
    glia_recipe *r = glia_recipe_new(d->c.g);
    for (size_t i = 0; r && i < sizeof options / sizeof *options; i++)
        if (glia_recipe_set(r, options[i][0], options[i][1]) != GLIA_OK) {
            glia_recipe_free(r);
            return NULL;
        }
    return r;
}

static bool learn(writer *w) {
    demo *d = w->d;
    progress p;
    glia_report *report = NULL;
    glia_table *t = training_table(d);
    glia_recipe *recipe = t ? make_recipe(d) : NULL;
    if (t) w->read = text_of(t, glia_table_rows(t));
    fflush(stdout); /* before the progress on stderr */
    progress_begin(&p, &d->c);
    glia_train_job job = {
        .recipe = recipe, .train = t, .command = d->c.line, .progress = progress_step, .user = &p};
    w->model = recipe ? glia_train(d->c.g, &job, &report) : NULL;
    progress_end(&p);
    glia_report_free(d->c.g, report);
    glia_recipe_free(recipe);
    glia_table_free(t);
    return w->model || (failed(&d->c), false);
}

/* The cost is in nats: ln 2 of them are a bit. */
static bool measure(writer *w) {
    glia_ctx *g = w->d->c.g;
    glia_table *t = test_table(w->d);
    if (!t) return false;
    w->later = text_of(t, glia_table_rows(t));
    glia_table *rows = glia_model_series(g, w->model, t), *answered = NULL; /* not the last */
    if (rows) glia_model_counted_rows(g, w->model, rows, 1, &answered);
    glia_evaluation *e = answered ? glia_model_evaluate(g, w->model, answered, 0) : NULL;
    if (e) w->bits = score_value(&e->scores, "loss") / log(2);
    if (e) w->accuracy = score_value(&e->scores, "accuracy");
    glia_evaluation_free(g, e);
    glia_table_free(answered);
    glia_table_free(rows ? rows : t);
    return e || (failed(&w->d->c), false);
}

static bool go_on(writer *w) {
    glia_ctx *g = w->d->c.g;
    const glia_forecast_options o = {.temperature = 1, .seed = seed_of(w->d)};
    glia_table *t = test_table(w->d), *rows = t ? glia_model_series(g, w->model, t) : NULL,
               *next = rows ? glia_model_forecast(g, w->model, rows, RUN, &o) : NULL;
    if (next) w->written = text_of(next, RUN);
    glia_table_free(next);
    glia_table_free(rows ? rows : t);
    return next || (failed(&w->d->c), false);
}

/* ----------------------------------------------------------------------------------- results -- */

/* From its first sentence on, blanks as blanks. */
static void show_text(demo *d, const char *name, const char *text) {
    char shown[SHOWN + 1];
    const char *first = strchr(text, '.');
    snprintf(shown, sizeof shown, "%.*s", SHOWN, first && first[1] ? first + 2 : text);
    for (char *c = shown; *c; c++)
        if (*c == '_') *c = ' ';
    say(d, "%s: %s...", name, shown);
}

static void compare(writer *w, const ngrams *n, char *by_three) {
    size_t end = strlen(w->later);
    memcpy(by_three, w->later + end - ORDERS, ORDERS);
    write_on(n, seed_of(w->d), by_three, RUN);
    for (int k = 1; k <= ORDERS; k++) w->bits_of[k - 1] = bits_of(n, w->later, k);
    w->agree = share_that_agrees(w->written);
    w->three_agree = share_that_agrees(by_three);
}

static void show_bits(const writer *w) {
    demo *d = w->d;
    line(d, "  %-28s %16s", "", "bits a letter");
    for (int k = 1; k <= ORDERS; k++)
        line(d, "  the last %d letter%-13s %16.3f", k, plural(k), w->bits_of[k - 1]);
    line(d, "  gru %d, %d letters %-9s %16.3f", UNITS, PAST, "", w->bits);
    line(d, "  %-28s %16.3f", "who knows the grammar", least_bits);
    blank(d);
    fact(d, "bits_of_ngrams", json_numbers(w->bits_of, ORDERS));
    number_fact(d, "bits", w->bits);
    number_fact(d, "accuracy", w->accuracy);
    number_fact(d, "agree", w->agree);
    number_fact(d, "agree_of_three_letters", w->three_agree);
    fact(d, "text", json_text(w->written));
}

static void show(const writer *w, const char *by_three) {
    demo *d = w->d;
    show_bits(w);
    say(d, "Both write on, drawing letter after letter as they believe:");
    show_text(d, "Three letters", by_three + ORDERS);
    show_text(d, "gru", w->written);
    say(d,
        "Of the gru's sentences %.0f%% have the verb that the acting noun wants, of those of three "
        "letters %.0f%%. The s that tells stands up to twenty letters earlier: a table of what "
        "follows so many would have a row for every sentence that there is. The state of %d "
        "numbers keeps it, if not always.",
        100 * w->agree, 100 * w->three_agree, UNITS);
}

static int judge(const writer *w) {
    demo *d = w->d;
    if (!as_it_is(d)) return 0;
    int status = claim(d, w->bits < w->bits_of[ORDERS - 1],
                       "the gru needs %.3f bits a letter, three letters %.3f", w->bits,
                       w->bits_of[ORDERS - 1]);
    if (status) return status;
    return claim(d, w->agree > w->three_agree + 0.1, "%.2f of its sentences agree, of others %.2f",
                 w->agree, w->three_agree);
}

int demo_letters(demo *d) {
    writer w = {.d = d};
    heading(d, "Letters: a text that is gone on with");
    say(d,
        "Short sentences, a letter a row: somebody, maybe where, and what he does; the verb has an "
        "s "
        "where the noun that acts has none. A gru reads %d letters and learns to say the next. "
        "Beside "
        "it whoever counts what follows the last one, two or three letters. How well each knows a "
        "text that nobody has seen is told in bits: how many yes-or-no questions a letter still "
        "costs.",
        PAST);
    bool ok = learn(&w) && measure(&w) && go_on(&w);
    int status = (int)glia_code(d->c.g);
    if (ok) {
        char by_three[RUN + ORDERS + 1] = {0};
        ngrams n = count_letters(w.read);
        compare(&w, &n, by_three);
        free_ngrams(&n);
        show(&w, by_three);
        status = judge(&w);
    }
    glia_model_free(w.model);
    free(w.read), free(w.later), free(w.written);
    return status;
}
