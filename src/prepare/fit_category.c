/*
 * fit_category.c: a column of texts: whether it helps, which texts become features, and which its
 * missing cells count as.
 */
#include "fit.h"

#include <stdlib.h>
#include <string.h>

/* A text column becomes as many features as it has texts. Up to so many, one column is a matrix of
 * W like that of an image of 16 x 16; adult's longest, native-country, has 41. More different
 * texts are names, addresses, tickets: they would fill the first layer and mean nothing in the
 * next file. */
#define MOST_CATEGORIES 256

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
    if (used > MOST_CATEGORIES || (2 * used > present && f->n >= GL_FEW_ROWS)) return GL_TEXTS;
    return used == 1 && f->scale != GL_SCALE_NONE && f->scale != GL_SCALE_DIVIDE ? GL_CONSTANT
                                                                                 : GL_KEPT;
}

/* The most frequent text; the first of equals in sorted order, so that the order of rows decides
 * nothing. Codes are looked up by text because the table numbers texts as they come, this column in
 * sorted order. */
static glia_status find_fill(const gl_fitting *f, const gl_column *c, gl_input_column *in) {
    int64_t *count = gl_alloc(f->g, c->categories, sizeof *count), most = -1;
    if (!count) return GLIA_RESOURCE;
    for (int64_t i = 0; i < f->n; i++) {
        int32_t code = c->code[gl_row_of(f, i)];
        if (code >= 0) count[code]++;
        else in->had_missing = true;
    }
    for (int64_t k = 0; k < in->categories; k++) {
        int64_t code = 0;
        while (strcmp(c->category[code], in->category[k]) != 0) code++;
        if (count[code] > most) most = count[code], in->fill_code = k;
    }
    gl_free(f->g, count);
    return GLIA_OK;
}

/* One feature for each text, none left out as a baseline: a text that training did not know is
 * zeros everywhere, and must not look like the one that was left out. That the features of a column
 * sum to 1, like the bias, makes W ambiguous by a constant; L2 settles it. */
glia_status gl_fit_category_column(const gl_fitting *f, const gl_column *c, gl_input_column *in) {
    int64_t used;
    char **texts = gl_used_texts(f, c, &used);
    if (texts) in->category = gl_copy_texts(f->g, texts, used);
    gl_free(f->g, texts);
    if (!in->category) return GLIA_RESOURCE;
    in->categories = used;
    return find_fill(f, c, in);
}
