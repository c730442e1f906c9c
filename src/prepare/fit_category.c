/*
 * fit_category.c: a column of texts: whether it helps, which texts become features, and which its
 * missing cells count as.
 */
#include "fit.h"

#include <stdlib.h>
#include <string.h>

/* A text column becomes as many features as it has texts. Up to so many, one column is a matrix of
 * W like that of an image of 16 x 16; adult's longest, native-country, has 41. Of more, those that
 * come RARE times have a feature each, the most frequent MOST_FEATURES at most: as many as an image
 * of 32 x 32. */
enum { MOST_CATEGORIES = 256, MOST_FEATURES = 1024, RARE = 3 };

/* By bytes, not by the words of a locale: another machine must number the classes in the
 * same way. */
static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The texts of a category column in use, sorted, in fresh memory (the texts are the table's). In
 * use means in a training row: the table also lists those of the other rows, in the order in which
 * the file shows them. Sorted, the order of the rows does not matter: a shuffled file gives the
 * same features and class numbers. */
char **gl_used_texts(const gl_fitting *f, const gl_column *c, int64_t *count) {
    bool *used = gl_alloc(f->g, c->categories, sizeof *used);
    char **texts = gl_alloc(f->g, c->categories, sizeof *texts);
    *count = 0;
    if (used && texts) {
        for (int64_t i = 0; i < f->n; i++) {
            int32_t code = c->code[gl_row_of(f, i)];
            if (code >= 0) used[code] = true;
        }
        for (int64_t k = 0; k < c->categories; k++) {
            if (used[k]) texts[(*count)++] = c->category[k];
        }
        qsort(texts, (size_t)*count, sizeof *texts, by_text);
    }
    if (!used) {
        gl_free(f->g, texts);
        texts = NULL;
    }
    gl_free(f->g, used);
    return texts;
}

/* Where texts occur less than twice on average, most texts of the next file will be new. In
 * titanic.csv these are Name (891 different in 891 cells), Ticket (681 in 891) and Cabin (147 in
 * the 204 that are there); missing cells do not count, since 147 in 891 rows would have passed. */
gl_reason gl_judge_category(const gl_fitting *f, int j) {
    const gl_column *c = &f->t->column[j];
    int64_t present = 0, used;
    for (int64_t i = 0; i < f->n; i++) present += c->code[gl_row_of(f, i)] >= 0;
    if (!present) return GL_EMPTY;
    if (gl_is_text_index(f, j)) return GL_INDEX;
    char **texts = gl_used_texts(f, c, &used);
    gl_free(f->g, texts);
    if (2 * used > present && f->n >= GL_FEW_ROWS) return GL_TEXTS;
    bool leaves_out = !gl_as_in_the_file(gl_wish_of(f, c));
    return used == 1 && present == f->n && leaves_out ? GL_CONSTANT : GL_KEPT;
}

typedef struct text { /* and how many training rows have it */
    char *text;
    int64_t rows;
} text;

static int by_rows(const void *a, const void *b) {
    const text *x = a, *y = b;
    if (x->rows != y->rows) return x->rows < y->rows ? 1 : -1;
    return strcmp(x->text, y->text);
}

static int text_by_text(const void *a, const void *b) {
    return strcmp(((const text *)a)->text, ((const text *)b)->text);
}

/* The texts of the training rows, the most frequent first, in fresh memory with room for those that
 * were listed; of equals the first in sorted order, so that the order of rows decides nothing. */
static text *count_texts(const gl_fitting *f, const gl_column *c, const gl_wish *w, int64_t *used,
                         int64_t *missing) {
    int64_t listed = w->choice == GL_CHOICE_LIST ? w->said->said[GL_KEY_categories].items : 0;
    text *texts = gl_alloc(f->g, c->categories + listed + 1, sizeof *texts);
    *used = *missing = 0;
    if (!texts) return NULL;
    for (int64_t k = 0; k < c->categories; k++) texts[k].text = c->category[k];
    for (int64_t i = 0; i < f->n; i++) {
        int32_t code = c->code[gl_row_of(f, i)];
        if (code < 0) ++*missing;
        else texts[code].rows++;
    }
    qsort(texts, (size_t)c->categories, sizeof *texts, by_rows);
    while (*used < c->categories && texts[*used].rows > 0) ++*used;
    return texts;
}

/* How many of the texts have a feature of their own: all, where they are few. Of many, a text of
 * one or two rows would be learned by heart; it counts with the other rare ones. */
static int64_t own_features(const text *texts, int64_t used, gl_choice choice) {
    if (choice == GL_CHOICE_ALL) return used;
    int64_t own = 0, least = texts[0].rows < RARE ? 1 : RARE;
    while (own < used && own < MOST_FEATURES && texts[own].rows >= least) own++;
    return own;
}

/* The texts that were listed come first, with the rows that each has: perhaps none. */
static int64_t listed_first(const gl_fitting *f, const gl_wish *w, text *texts, int64_t used) {
    const gl_schema_said *said = &w->said->said[GL_KEY_categories];
    int64_t own = 0;
    for (int64_t i = 0; i < said->items; i++, own++) {
        int64_t k = own;
        while (k < used && strcmp(texts[k].text, said->item[i].text) != 0) k++;
        for (int64_t b = 0; b < own; b++)
            if (!strcmp(texts[b].text, said->item[i].text))
                return gl_wish_fail(f, w, GL_KEY_categories, "'%.60s' is listed twice",
                                    said->item[i].text),
                       -1;
        text found = k < used ? texts[k] : (text){said->item[i].text, 0};
        memmove(texts + own + 1, texts + own,
                (size_t)((k < used ? k : used++) - own) * sizeof found);
        texts[own] = found;
    }
    return own;
}

/* -1: a failure. */
static int64_t choose_own(const gl_fitting *f, const gl_wish *w, gl_input_column *in, text *texts,
                          int64_t used) {
    bool few = w->choice == GL_CHOICE_AUTO && used <= MOST_CATEGORIES;
    in->choice = w->choice ? w->choice : few ? GL_CHOICE_ALL : GL_CHOICE_FREQUENT;
    if (in->choice == GL_CHOICE_LIST) return listed_first(f, w, texts, used);
    return own_features(texts, used, in->choice);
}

/* Which of the own texts, sorted now, a missing cell becomes. */
static glia_status choose_fill(const gl_fitting *f, const gl_wish *w, gl_input_column *in,
                               const char *most, int64_t missing) {
    const char *fill = w->fill_text ? w->fill_text : most;
    for (int64_t k = 0; k < in->categories; k++)
        if (!strcmp(in->category[k], fill)) in->fill_code = k;
    in->had_missing = missing > 0;
    in->fill_said = w->fill_text;
    bool telling = missing >= 3 && missing * 100 >= f->n;
    if (w->fill_said ? w->fill_none : telling) in->fill_code = -1;
    if (!w->fill_text || !strcmp(in->category[in->fill_code], fill)) return GLIA_OK;
    return gl_wish_fail(f, w, GL_KEY_fill,
                        "found '%.60s', which is none of the column's categories; expected one of "
                        "them, most frequent or none",
                        fill);
}

static const char *most_frequent(const text *texts, int64_t n) {
    int64_t most = 0;
    for (int64_t k = 1; k < n; k++)
        if (texts[k].rows > texts[most].rows) most = k;
    return texts[most].text;
}

/* One feature for each text, none left out as a baseline: a text without a feature of its own, rare
 * or unknown to training, is zeros everywhere, and must not look like one that has. So is a gap
 * where training had enough of them to learn what they mean; a few are slips, and become the most
 * frequent text. That the features of a column sum to 1, like the bias, makes W ambiguous by a
 * constant; L2 settles it. */
glia_status gl_fit_category_column(const gl_fitting *f, const gl_column *c, gl_input_column *in) {
    const gl_wish *w = gl_wish_of(f, c);
    int64_t used, missing;
    text *texts = count_texts(f, c, w, &used, &missing);
    int64_t own = texts ? choose_own(f, w, in, texts, used) : -1, kept = 0;
    const char *most = own > 0 ? most_frequent(texts, own) : NULL;
    if (own > 0) qsort(texts, (size_t)own, sizeof *texts, text_by_text);
    if (own > 0) in->category = gl_alloc(f->g, own, sizeof *in->category);
    for (int64_t k = 0; in->category && k < own; k++) {
        if (!(in->category[k] = gl_copy_text(f->g, texts[k].text))) break;
        in->categories++;
        kept += texts[k].rows > 0;
    }
    bool ok = own > 0 && in->categories == own;
    glia_status status = ok ? choose_fill(f, w, in, most, missing) : f->g->code;
    gl_free(f->g, texts);
    in->had_other = kept < used;
    return status;
}
