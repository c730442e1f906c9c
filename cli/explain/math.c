/*
 * math.c: a formula of the terminal as HTML and LaTeX have it:
 *
 *     da^[1](2)_j = W^[2]T dz^[2]     [1](2) and [2]T are raised, j is lowered
 *     leaky_relu'(z^[1])              more than two letters: a word, upright
 *     sum_i, *                        the sum sign, the product element by element
 *     dgamma, beta_j, yhat            letters that have names
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"

static const char *put_part(FILE *f, const char *s, size_t n, const markup *m) {
    char *text = format_text("%.*s", (int)n, s);
    m->put(f, text);
    free(text);
    return s + n;
}

/* At the bracket of "[1](2)T". */
static const char *put_raised(FILE *f, const char *s, const markup *m) {
    fputs(m->raised[0], f);
    s = put_part(f, s, strcspn(s, "]") + 1, m);
    size_t n = *s == '(' ? strspn(s + 1, "0123456789i") : 0;
    if (n && s[n + 1] == ')') s = put_part(f, s, n + 2, m);
    if (*s == 'T') fputs(m->transposed, f), s++;
    fputs(m->raised[1], f);
    return s;
}

static const char *put_lowered(FILE *f, const char *s, const markup *m) {
    size_t n = 0;
    while (isalnum((unsigned char)s[n])) n++;
    fputs(m->lowered[0], f);
    s = put_part(f, s, n, m);
    fputs(m->lowered[1], f);
    return s;
}

/* A word of a sentence and not a name. */
static bool is_said(const char *s, size_t n) {
    static const char *const words[] = {"where", "else", "through", NULL};
    for (const char *const *word = words; *word; word++)
        if (strlen(*word) == n && strncmp(s, *word, n) == 0) return true;
    return false;
}

/* Which of them the n letters are, of their gradient behind the d; LETTERS: they are a word. */
static named_letter letter_of(const char *s, size_t n) {
    static const char *const names[LETTERS] = {[GAMMA] = "gamma", [BETA] = "beta", [YHAT] = "yhat"};
    named_letter k = 0;
    while (k < LETTERS && (strlen(names[k]) != n || strncmp(s, names[k], n) != 0)) k++;
    return k;
}

static const char *put_word(FILE *f, const char *s, const markup *m) {
    size_t letters = 0, n = 0;
    while (isalpha((unsigned char)s[letters])) letters++;
    if (letters <= 2) return put_part(f, s, letters, m);
    bool gradient = *s == 'd' && letter_of(s + 1, letters - 1) < LETTERS;
    named_letter named = letter_of(s + gradient, letters - gradient);
    if (named < LETTERS) {
        fprintf(f, "%s%s", gradient ? "d" : "", m->letter[named]);
        return s + letters;
    }
    if (strncmp(s, "sum_", 4) == 0) {
        fputs(m->sum, f);
        return put_lowered(f, s + 4, m);
    }
    while (isalnum((unsigned char)s[n]) || s[n] == '_') n++;
    bool said = is_said(s, n);
    fprintf(f, "%s%s", said ? m->gap : "", m->word[0]);
    s = put_part(f, s, n, m);
    fprintf(f, "%s%s", m->word[1], said ? m->gap : "");
    return s;
}

void put_math(FILE *f, const char *s, const markup *m) {
    while (*s) {
        if (s[0] == '^' && s[1] == '[') s = put_raised(f, s + 1, m);
        else if (s[0] == '_') s = put_lowered(f, s + 1, m);
        else if (isalpha((unsigned char)*s)) s = put_word(f, s, m);
        else if (*s == '*') fputs(m->times, f), s++;
        else s = put_part(f, s, 1, m);
    }
}
