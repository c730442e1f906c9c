/*
 * pair.c: which of a file's arrays are the samples x and which their labels y.
 *
 *     train_set_x (209, 64, 64, 3)   train_set_y (209,)    words x and y, set off by train_set
 *     train/x     (40, 4)            train/y     (40,)     both in the folder train
 *     X_train     (40, 4)            y_train     (40,)     the same, behind the word
 *     test_x      (20, 4)            test_y      (20,)     a pair, too: train comes before test
 *     mean_x      (4,)                                     no pair: nothing is called mean_y
 *
 * A pair shares its folder and what sets its words off. An exact word comes before any other, so
 * that x and y win over a_x and a_y; of two pairs as good as each other none is taken.
 */
#include "arrays.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const x_words[] = {"x",      "images", "data", "features",
                                      "inputs", "image",  "input"};
static const char *const y_words[] = {"y", "labels", "target", "targets", "label"};
#define COUNT(list) ((int)(sizeof(list) / sizeof *(list)))

/* Words that libraries write side by side. */
static const char *const usual[][2] = {{"images", "labels"},   {"data", "target"},
                                       {"features", "labels"}, {"data", "label"},
                                       {"data", "labels"},     {"image", "label"},
                                       {"inputs", "targets"},  {"features", "target"}};

typedef enum part { WHOLE, TRAIN, VALIDATION, TEST } part;

typedef struct named { /* an array by one of the words that its name may be */
    const gl_array_info *array;
    const char *word;
    char folder[GL_NAME], mark[GL_NAME]; /* what sets the word off, in small letters */
    part part;
} named;

/* ------------------------------------------------------------------------------------- names -- */

static bool begins(const char *s, size_t n, const char *word) {
    return n >= strlen(word) && !strncasecmp(s, word, strlen(word));
}

static bool is_word(const char *s, size_t n, const char *word) {
    return n == strlen(word) && !strncasecmp(s, word, n);
}

static part part_of_token(const char *s, size_t n) {
    if (begins(s, n, "train") || is_word(s, n, "tr")) return TRAIN;
    if (begins(s, n, "test") || is_word(s, n, "te")) return TEST;
    if (begins(s, n, "valid") || is_word(s, n, "val") || is_word(s, n, "dev")) return VALIDATION;
    return WHOLE;
}

static part part_of(const char *s) {
    while (*s) {
        size_t n = 0;
        while (isalnum((unsigned char)s[n])) n++;
        part p = part_of_token(s, n);
        if (p) return p;
        s += n ? n : 1;
    }
    return WHOLE;
}

/* "train_set_x" and "x" -> "train_set". A word must be set off from the rest: "max" is no x; but
 * "xtrain" is. */
static bool mark_of(const char *base, const char *word, char mark[GL_NAME]) {
    static const char between[] = "_-. ";
    size_t n = strlen(base), m = strlen(word), from, to;
    if (n < m) return false;
    bool behind = !strncasecmp(base + n - m, word, m), before = !strncasecmp(base, word, m);
    bool cut = n == m || (behind && strchr(between, base[n - m - 1])) ||
               (before && strchr(between, base[m]));
    if (!cut)
        cut = (behind && part_of_token(base, n - m)) || (before && part_of_token(base + m, n - m));
    if (!cut || (!behind && !before)) return false;
    bool at_end = behind && (n == m || !before || strchr(between, base[n - m - 1]));
    from = at_end ? 0 : m, to = at_end ? n - m : n;
    while (from < to && strchr(between, base[from])) from++;
    while (to > from && strchr(between, base[to - 1])) to--;
    for (size_t i = from; i < to; i++) mark[i - from] = (char)tolower((unsigned char)base[i]);
    mark[to - from] = 0;
    return true;
}

/* AnnData keeps its samples in X and what is known of each in the folder obs. */
static void folder_of(const char *name, char folder[GL_NAME]) {
    const char *slash = strrchr(name, '/');
    snprintf(folder, GL_NAME, "%.*s", slash ? (int)(slash - name) : 0, name);
    if (!strcmp(folder, "obs")) *folder = 0;
}

static bool is_named(const gl_array_info *a, const char *word, named *n) {
    if (a->aside || *a->table) return false;
    const char *slash = strrchr(a->name, '/');
    if (!mark_of(slash ? slash + 1 : a->name, word, n->mark)) return false;
    folder_of(a->name, n->folder);
    n->array = a;
    n->word = word;
    n->part = part_of(n->mark);
    if (!n->part) n->part = part_of(n->folder);
    return true;
}

/* ------------------------------------------------------------------------------------- pairs -- */

/* How good a name is for samples: less is better. */
static int rank_of_name(const named *n) {
    switch (n->part) {
    case TRAIN: return 1;
    case VALIDATION: return 4;
    case TEST: return 5;
    case WHOLE: break;
    }
    if (*n->mark) return 3;
    return *n->folder ? 2 : 0;
}

static int rank_of_words(const char *x, const char *y) {
    if (!strcmp(x, "x") && !strcmp(y, "y")) return 0;
    for (int i = 0; i < COUNT(usual); i++) {
        if (!strcmp(x, usual[i][0]) && !strcmp(y, usual[i][1])) return 1;
    }
    return 2;
}

typedef struct search {
    gl_pair found;
    int rank; /* of it */
    named x;  /* its x */
} search;

static void weigh(search *s, const named *x, const named *y) {
    int rank = 4 * rank_of_name(x) + (y ? rank_of_words(x->word, y->word) : 3);
    const gl_array_info *ya = y ? y->array : NULL;
    if (x->part == TEST && (!s->found.test_x || !s->found.test_y))
        s->found.test_x = x->array, s->found.test_y = ya;
    if (s->found.x && rank > s->rank) return;
    if (s->found.x && rank == s->rank) {
        if (s->found.x == x->array && s->found.y == ya) return;
        s->found.other_x = x->array, s->found.other_y = ya;
        return;
    }
    s->found.x = x->array, s->found.y = ya;
    s->found.other_x = s->found.other_y = NULL;
    s->rank = rank;
    s->x = *x;
}

static bool belong_together(const named *x, const named *y) {
    return x->array != y->array && !strcmp(x->folder, y->folder) && !strcmp(x->mark, y->mark);
}

/* All arrays that may be the labels of x. */
static int weigh_labels(search *s, const gl_contents *c, const named *x) {
    int labels = 0;
    named y;
    for (int j = 0; j < c->count; j++) {
        for (int w = 0; w < COUNT(y_words); w++) {
            if (!is_named(&c->array[j], y_words[w], &y)) continue;
            labels++;
            if (belong_together(x, &y)) weigh(s, x, &y);
        }
    }
    return labels;
}

/* Samples without labels are data, too (for predictions), where no array is called like labels. */
gl_pair gl_find_pair(const gl_contents *c) {
    search pairs = {0}, alone = {0};
    int labels = 0;
    named x;
    for (int i = 0; i < c->count; i++) {
        for (int w = 0; w < COUNT(x_words); w++) {
            if (!is_named(&c->array[i], x_words[w], &x)) continue;
            labels += weigh_labels(&pairs, c, &x);
            if (strcmp(x_words[w], "data")) weigh(&alone, &x, NULL); /* a table with its target */
        }
    }
    search *s = pairs.found.x || labels ? &pairs : &alone;
    if (s->found.test_x == s->found.x) s->found.test_x = s->found.test_y = NULL;
    return s->found;
}

/* ---------------------------------------------------------------------------- without names -- */

/* "arr_0": numpy.savez(a, b) names them so. */
static bool is_unnamed(const gl_array_info *a) {
    const char *s = a->name;
    if (strncmp(s, "arr_", 4) || !s[4]) return false;
    return s[4 + strspn(s + 4, "0123456789")] == 0;
}

static bool are_labels(const gl_array_info *y) {
    bool flat = y->shape.ndim == 1 || (y->shape.ndim == 2 && y->shape.dim[1] == 1);
    return flat && y->kind != GL_UNREAD;
}

/* Samples whose rows, or another axis, are as many as the labels: then they were turned, which is
 * told when they are read. */
static bool are_samples_of(const gl_array_info *x, const gl_array_info *y) {
    bool fits = false;
    for (int k = 0; k < x->shape.ndim; k++) fits |= x->shape.dim[k] == y->shape.dim[0];
    return fits && x->kind == GL_NUMBERS && x->shape.ndim > 1 && x->shape.dim[1] > 1;
}

gl_pair gl_find_unnamed_pair(const gl_contents *c) {
    const gl_array_info *found[2];
    int count = 0;
    for (int i = 0; i < c->count; i++) {
        if (c->array[i].aside) continue;
        if (count == 2 || !is_unnamed(&c->array[i])) return (gl_pair){0};
        found[count++] = &c->array[i];
    }
    for (int i = 0; count == 2 && i < 2; i++) {
        const gl_array_info *x = found[i], *y = found[1 - i];
        if (are_labels(y) && are_samples_of(x, y))
            return (gl_pair){.x = x, .y = y, .by_shape = true};
    }
    return (gl_pair){0};
}
