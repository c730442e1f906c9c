/*
 * html.c: what pages are made of: head and landmarks, sections, tables that say when they scroll.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "parts.h"

/* -------------------------------------------------------------------------------------- page -- */

/* Every class or series has a colour, as line, dot, region and key. */
static void colour_rules(FILE *f) {
    for (int i = 0; i < SVG_COLOURS; i++) {
        fprintf(f, ".line.c%d { stroke: var(--c%d) } .key.c%d { background: var(--c%d) }\n", i, i,
                i, i);
        fprintf(f, ".dot.c%d, .region.c%d, .wrong.c%d { fill: var(--c%d) }\n", i, i, i, i);
    }
}

/* Widths of tables, in rem, by whose steps they say that they scroll. */
enum { NARROWEST = 16, WIDEST = 62, WIDTH_STEP = 2 };

/* A table of class w30 is wider than a section of 30rem. */
void width_rules(FILE *f) {
    for (int w = NARROWEST; w < WIDEST; w += WIDTH_STEP)
        fprintf(f, "@container (max-width:%drem) { .w%d { display: block } }\n", w, w);
    fprintf(f, ".w%d { display: block }\n", WIDEST);
}

void say_scrolls(FILE *f, language lang, double width) {
    int need = (int)fmin(width, WIDEST) / WIDTH_STEP * WIDTH_STEP;
    if (need < NARROWEST) return;
    fprintf(f, "<p class=\"hint w%d\">%s</p>\n", need, phrase_text(lang, SAY_scrolls));
}

/* Now, or the second that builds that can be repeated name. */
static void put_date(FILE *f) {
    const char *said = getenv("SOURCE_DATE_EPOCH");
    double second;
    time_t now = said && read_number(said, &second) && second >= 0 ? (time_t)second : time(NULL);
    char date[32], shown[32];
    struct tm utc, here;
    gmtime_r(&now, &utc);
    said ? gmtime_r(&now, &here) : localtime_r(&now, &here);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &utc);
    strftime(shown, sizeof shown, "%Y-%m-%d %H:%M", &here);
    fprintf(f, "<time datetime=\"%s\">%s</time>", date, shown);
}

void page_begin(page *p, phrase kind, const char *title) {
    fprintf(p->f,
            "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>",
            language_code(p->lang));
    html_text(p->f, title);
    fprintf(p->f, " · glia %s</title>\n<style>\n%s", phrase_text(p->lang, kind), report_style);
    colour_rules(p->f);
    width_rules(p->f);
    fprintf(p->f,
            "</style>\n</head><body>\n<header><p class=\"kicker\">glia " GLIA_VERSION " · %s · ",
            phrase_text(p->lang, kind));
    put_date(p->f);
    fputs("</p>\n<h1>", p->f);
    html_name(p->f, title);
    fputs("</h1>\n", p->f);
}

void page_end(page *p, phrase footer) {
    fputs("</main>\n<footer><p>", p->f);
    tell(p, footer, FILL(GLIA_VERSION));
    fputs("</p></footer>\n</body></html>\n", p->f);
}

void tell(page *p, phrase what, const char *const *fill) { phrase_html(p->f, p->lang, what, fill); }

void note_html(page *p, phrase what, const char *const *fill) {
    fputs("<p class=\"note\">", p->f);
    tell(p, what, fill);
    fputs("</p>\n", p->f);
}

const char *word(const page *p, const char *text) { return phrase_of_word(p->lang, text); }

void section_begin(page *p, phrase title) {
    fprintf(p->f, "<section><h2>%s</h2>\n", phrase_text(p->lang, title));
}

void section_end(page *p) { fputs("</section>\n", p->f); }

/* ------------------------------------------------------------------------------------ tables -- */

void table_begin(page *p, const char *class, phrase label) {
    p->behind = p->f;
    p->table_label = label;
    p->table_class = class;
    p->f = text_open(&p->table, &p->table_size);
    fputs("<thead><tr>", p->f);
    p->in_heading = true;
}

static const char *const side_class[] = {" class=\"text\"", ""};

void head_name(page *p, cell_side at, const char *name) {
    fprintf(p->f, "<th scope=\"col\"%s>", side_class[at]);
    html_long_name(p->f, name);
    fputs("</th>", p->f);
}

void head(page *p, cell_side at, phrase name) {
    fprintf(p->f, "<th scope=\"col\"%s>%s</th>", side_class[at], phrase_text(p->lang, name));
}

void row_begin(page *p, const char *name) {
    if (p->in_heading) fputs("</tr></thead><tbody>\n", p->f);
    p->in_heading = false;
    fputs("<tr>", p->f);
    if (!name) return;
    fputs("<th scope=\"row\">", p->f);
    html_long_name(p->f, name);
    fputs("</th>", p->f);
}

void cell(page *p, cell_side at, const char *text) {
    fprintf(p->f, "<td%s>", side_class[at]);
    html_name(p->f, text);
    fputs("</td>", p->f);
}

void cell_number(page *p, double value) {
    char text[32];
    cell(p, NUMBER, isnan(value) ? "–" : score_text(value, text));
}

void row_end(page *p) { fputs("</tr>\n", p->f); }

/* The letter at s: how many bytes, and how many digits wide. */
static size_t letter_at(const char *s, int *width) {
    char letter[8];
    size_t n = *s == '&' ? strcspn(s, ";") + 1 : 1;
    while (*s != '&' && (s[n] & 0xc0) == 0x80) n++;
    snprintf(letter, sizeof letter, "%.*s", n < 7 ? (int)n : 6, s);
    *width = *s == '&' ? 1 : text_width(letter);
    return n;
}

/* The widest part of a cell that cannot be broken: numbers cannot, texts can between words and
 * between letters of Chinese. */
static double cell_width(const char *s, const char *end, bool breaks) {
    double line = 0, widest = 0;
    while (s < end) {
        bool tag = *s == '<', below = tag && (s[1] == 's' || s[1] == 'b' || s[1] == 'w');
        int width = 0;
        size_t n = tag ? strcspn(s, ">") + 1 : letter_at(s, &width);
        if (below || (breaks && !tag && (*s == ' ' || width > 1)))
            widest = fmax(widest, line), line = 0;
        if (tag && s[1] == 's') breaks = true;             /* a line of <small> may */
        if (tag && strncmp(s, "<span", 5) == 0) line += 5; /* a bar */
        if (tag && strncmp(s, "<svg", 4) == 0) line += 7, n = (size_t)(strstr(s, "</svg>") - s);
        line += DIGIT_WIDTH * width;
        s += n;
    }
    return fmax(widest, line) + CELL_PADDING;
}

/* The sum of what each column needs. */
static double table_width(const char *html) {
    enum { MOST = 512 };
    double need[MOST] = {0}, all = 0;
    int columns = 0;
    for (const char *row = strstr(html, "<tr"); row; row = strstr(row + 1, "<tr")) {
        const char *end = strstr(row, "</tr>"), *s = strchr(row, '>') + 1;
        for (int j = 0; j < MOST && s < end; j++) {
            const char *from = strchr(s, '>') + 1, *to = from;
            bool breaks = s[2] == 'h' || strncmp(s, "<td class=\"text", 15) == 0;
            while (strncmp(to, "</td>", 5) != 0 && strncmp(to, "</th>", 5) != 0) to++;
            need[j] = fmax(need[j], cell_width(from, to, breaks));
            s = to + 5;
            if (j + 1 > columns) columns = j + 1;
        }
    }
    for (int j = 0; j < columns; j++) all += need[j];
    return all;
}

void table_end(page *p) {
    fputs(p->in_heading ? "</tr></thead>" : "</tbody>", p->f);
    text_close(p->f);
    p->f = p->behind;
    say_scrolls(p->f, p->lang, table_width(p->table));
    fprintf(p->f, "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"%s\"><table",
            phrase_text(p->lang, p->table_label));
    if (p->table_class) fprintf(p->f, " class=\"%s\"", p->table_class);
    fprintf(p->f, ">%s</table></div>\n", p->table);
    free(p->table);
    p->table = NULL;
}
