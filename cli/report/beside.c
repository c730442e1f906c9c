/*
 * beside.c: sections in two columns that end at the same height. A browser that balances columns by
 * itself leaves holes where a section does not fit; so of all ways to deal the sections, whose
 * heights are estimated, the most even one is taken, and the last of each column fills it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

enum { MOST_SECTIONS = 12, LETTERS = 62 /* of a line of a note */ };

/* In rem, as style.c has them: what stands around a section, a drawing of 480 x 460, a row of a
 * table, the second line of its cells, a line of a note. */
static const double around = 5, drawing = 27, row = 2.1, second = 0.75, line = 1.4;

static double count(const char *from, const char *to, const char *word) {
    double n = 0;
    for (const char *s = from; (s = strstr(s, word)) && s < to; s++) n++;
    return n;
}

static double height(const char *from, const char *to) {
    double all = around + drawing * count(from, to, "<svg viewBox=\"0 0 480") +
                 row * count(from, to, "<tr") + line * count(from, to, "<ul class=\"legend\"");
    for (const char *s = from; (s = strstr(s, "<tr>")) && s < to; s++)
        if (count(s, strstr(s, "</tr>"), "<small") > 0) all += second;
    for (const char *s = from; (s = strstr(s, "<p class=\"note\">")) && s < to; s++)
        all += line * ceil((double)(strstr(s, "</p>") - s) / LETTERS);
    return all;
}

/* How much higher one column would be; bit i of `right`: section i stands in the second. */
static double unevenness(const double *height, int n, unsigned right) {
    double more = 0;
    for (int i = 0; i < n; i++) more += right >> i & 1 ? -height[i] : height[i];
    return fabs(more);
}

/* The most even way, with the first two sections beside each other. */
static unsigned best_way(const double *height, int n) {
    unsigned best = 2;
    for (unsigned way = 2; way < 1u << n; way += 4)
        if (unevenness(height, n, way) < unevenness(height, n, best)) best = way;
    return best;
}

/* How many sections there are, and where each begins. */
static int find_sections(const char *html, const char *start[MOST_SECTIONS + 1]) {
    int n = 0;
    for (const char *s = strstr(html, "<section"); s && n < MOST_SECTIONS;
         s = strstr(s + 1, "<section"))
        start[n++] = s;
    start[n] = html + strlen(html);
    return n;
}

/* The column of each section; returns how many stand in columns. The last may as well stand
 * below. */
static int place(int n, const char *const start[MOST_SECTIONS + 1], unsigned *right) {
    double heights[MOST_SECTIONS] = {0};
    for (int i = 0; i < n; i++) heights[i] = height(start[i], start[i + 1]);
    *right = best_way(heights, n);
    if (n < 3) return n;
    unsigned without = best_way(heights, n - 1);
    if (unevenness(heights, n - 1, without) >= unevenness(heights, n, *right)) return n;
    *right = without;
    return n - 1;
}

void beside_begin(page *p) {
    p->outside = p->f;
    p->f = text_open(&p->inside, &p->inside_size);
}

void beside_end(page *p) {
    const char *start[MOST_SECTIONS + 1];
    unsigned right;
    text_close(p->f);
    p->f = p->outside;
    int all = find_sections(p->inside, start), n = place(all, start, &right);
    fputs("<div class=\"beside\">\n", p->f);
    for (unsigned k = 0; k < 2; k++) {
        fputs("<div class=\"column\">\n", p->f);
        for (int i = 0; i < n; i++)
            if ((right >> i & 1) == k)
                fprintf(p->f, "<section style=\"order:%d\"%.*s", i,
                        (int)(start[i + 1] - start[i] - 8), start[i] + 8);
        fputs("</div>\n", p->f);
    }
    fputs("</div>\n", p->f);
    if (n < all) fputs(start[n], p->f);
    free(p->inside);
    p->inside = NULL;
}
