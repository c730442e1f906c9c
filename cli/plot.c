/*
 * plot.c: pictures on a terminal.
 */
#include "plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool use_utf8(void) {
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value && *value) return strcasestr(value, "UTF-8") || strcasestr(value, "UTF8");
    }
    return false;
}

/* ----------------------------------------------------------------------------------- colours -- */

typedef struct shade {
    uint8_t rgb[3];
} shade;

/* By class: the region behind, the points on it. Blue and orange first: they differ for every
 * eye. */
static const shade behind[] = {{{24, 58, 99}}, {{122, 67, 16}}, {{32, 82, 48}}, {{94, 40, 84}}};
static const shade before[] = {{{136, 192, 255}},
                               {{255, 189, 89}},
                               {{140, 220, 150}},
                               {{240, 150, 220}}};

enum { SHADES = 4 };

static bool true_colour(void) {
    const char *term = getenv("COLORTERM");
    return term && (strstr(term, "truecolor") || strstr(term, "24bit"));
}

/* A channel's step in xterm's 6 x 6 x 6 cube, whose steps are 0, 95, 135, 175, 215, 255. */
static int cube_step(int value) { return value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40; }

/* The nearest of the cube, or of xterm's 24 greys. */
static int cube_colour(const uint8_t c[3]) {
    if (c[0] == c[1] && c[1] == c[2])
        return c[0] < 5 ? 16 : c[0] > 246 ? 231 : 232 + (c[0] - 5) * 23 / 241;
    return 16 + 36 * cube_step(c[0]) + 6 * cube_step(c[1]) + cube_step(c[2]);
}

static void set_colour(FILE *f, bool background, const uint8_t c[3]) {
    if (true_colour()) fprintf(f, "\033[%d;2;%d;%d;%dm", background ? 48 : 38, c[0], c[1], c[2]);
    else fprintf(f, "\033[%d;5;%dm", background ? 48 : 38, cube_colour(c));
}

static void end_colour(FILE *f) { fputs("\033[0m", f); }

/* -------------------------------------------------------------------------------- sparklines -- */

static void value_range(const double *values, int64_t count, double *low, double *high) {
    *low = INFINITY;
    *high = -INFINITY;
    for (int64_t i = 0; i < count; i++)
        if (isfinite(values[i])) {
            *low = fmin(*low, values[i]);
            *high = fmax(*high, values[i]);
        }
}

/* The mean of the values that fall into column i of `width`; NaN: none. */
static double column_mean(const double *values, int64_t count, int width, int i) {
    int64_t from = count * i / width, to = count * (i + 1) / width, n = 0;
    double sum = 0;
    for (int64_t k = from; k < (to > from ? to : from + 1) && k < count; k++)
        if (isfinite(values[k])) {
            sum += values[k];
            n++;
        }
    return n ? sum / (double)n : NAN;
}

char *sparkline(const double *values, int64_t count, double low, int width, char *buf,
                size_t size) {
    static const char *const blocks[2][8] = {{"_", ".", ",", "-", "=", "+", "*", "#"},
                                             {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}};
    const char *const *block = blocks[use_utf8()];
    double least, high;
    size_t used = 0;
    value_range(values, count, &least, &high);
    if (isnan(low)) low = least;
    if (count < width) width = (int)count;
    for (int i = 0; i < width; i++) {
        double value = column_mean(values, count, width, i);
        int level = high > low ? (int)lround(7 * (value - low) / (high - low)) : 0;
        const char *text = isnan(value) ? " " : block[level];
        if (used + strlen(text) + 1 > size) break;
        memcpy(buf + used, text, strlen(text));
        used += strlen(text);
    }
    if (size) buf[used] = '\0';
    return buf;
}

/* ------------------------------------------------------------------------------------- plane -- */

enum { NO_POINT = -1 };

/* Which point each character shows: the last that falls there, but a wrong one before all
 * others. */
static int64_t *place_points(const plane_view *v, int lines) {
    int64_t *shown = reserve(NULL, (size_t)v->columns * (size_t)lines * sizeof *shown);
    for (int i = 0; i < v->columns * lines; i++) shown[i] = NO_POINT;
    for (int64_t i = 0; i < v->points; i++) {
        int region = plane_view_region(v, i);
        if (region < 0) continue;
        int column = (int)(v->columns * (v->x[0][i] - v->low[0]) / (v->high[0] - v->low[0]));
        int line = (int)(lines * (v->high[1] - v->x[1][i]) / (v->high[1] - v->low[1]));
        int64_t *here = &shown[line * v->columns + column];
        if (*here == NO_POINT || region != v->class[i] ||
            v->class[*here] == plane_view_region(v, *here))
            *here = i;
    }
    return shown;
}

/* A character with its background; without a point its two halves may differ. */
static void plane_cell_colour(FILE *f, const plane_view *v, const int *region, int64_t point) {
    int top = region[0] % SHADES, bottom = region[v->columns] % SHADES;
    bool wrong = point != NO_POINT && v->class[point] != plane_view_region(v, point);
    if (point != NO_POINT) bottom = top = plane_view_region(v, point) % SHADES;
    set_colour(f, true, behind[bottom].rgb);
    if (point != NO_POINT) {
        set_colour(f, false, before[v->class[point] % SHADES].rgb);
        fputs(use_utf8() ? (wrong ? "×" : "•") : wrong ? "X" : "o", f);
    } else if (top != bottom && use_utf8()) {
        set_colour(f, false, behind[top].rgb);
        fputs("▀", f);
    } else {
        fputc(' ', f);
    }
}

/* Class 0 is o on blank, class 1 is x on dots, ...; capitals are wrong. */
static void plane_cell_letter(FILE *f, const plane_view *v, const int *region, int64_t point) {
    static const char ground[SHADES] = {' ', '.', ':', '-'}, right[SHADES] = {'o', 'x', 'v', 's'},
                      wrong[SHADES] = {'O', 'X', 'V', 'S'};
    if (point == NO_POINT) fputc(ground[*region % SHADES], f);
    else if (v->class[point] == plane_view_region(v, point))
        fputc(right[v->class[point] % SHADES], f);
    else fputc(wrong[v->class[point] % SHADES], f);
}

static void plane_line(FILE *f, const plane_view *v, int line, const int64_t *shown, bool colour) {
    for (int column = 0; column < v->columns; column++) {
        const int *region = &v->region[2 * line * v->columns + column];
        if (colour) plane_cell_colour(f, v, region, shown[column]);
        else plane_cell_letter(f, v, region, shown[column]);
    }
    if (colour) end_colour(f);
}

/* The mark at the left of a line: the axis' ends and its name in the middle. */
static void plane_margin(FILE *f, const plane_view *v, int line, int lines) {
    char text[32];
    if (line == 0) fprintf(f, "%8s ", short_text(v->high[1], text));
    else if (line == lines - 1) fprintf(f, "%8s ", short_text(v->low[1], text));
    else if (line == lines / 2) fprintf(f, "%8.8s ", v->axis[1]);
    else fprintf(f, "%8s ", "");
}

/* "low       name       high" under a diagram. */
static void ruler(FILE *f, int margin, int columns, double low, const char *name, double high) {
    char left[32], right[32];
    short_text(low, left);
    short_text(high, right);
    int room = columns - (int)strlen(left) - (int)strlen(right),
        before_name = (room - text_width(name)) / 2;
    int after = room - text_width(name) - before_name;
    fprintf(f, "%*s%s%*s%s%*s%s\n", margin, "", left, before_name > 1 ? before_name : 1, "", name,
            after > 1 ? after : 1, "", right);
}

static void plane_legend(FILE *f, const plane_view *v, bool colour) {
    static const char letter[SHADES] = {'o', 'x', 'v', 's'};
    fprintf(f, "%9s", "");
    for (int k = 0; k < v->classes && k < SHADES; k++) {
        if (colour) {
            set_colour(f, true, behind[k].rgb);
            set_colour(f, false, before[k].rgb);
            fputs(use_utf8() ? " • " : " o ", f);
            end_colour(f);
        } else {
            fputc(letter[k], f);
        }
        fprintf(f, " class %d   ", k);
    }
    fputs(colour ? (use_utf8() ? "× a wrong one\n" : "X a wrong one\n") : "CAPITAL a wrong one\n",
          f);
}

void plot_plane(FILE *f, const plane_view *v) {
    int lines = v->rows / 2;
    bool colour = use_colour(f);
    int64_t *shown = place_points(v, lines);
    for (int line = 0; line < lines; line++) {
        plane_margin(f, v, line, lines);
        plane_line(f, v, line, shown + line * v->columns, colour);
        fputc('\n', f);
    }
    ruler(f, 9, v->columns, v->low[0], v->axis[0], v->high[0]);
    plane_legend(f, v, colour);
    free(shown);
}

/* ---------------------------------------------------------------------------------- diagrams -- */

/* Dots, 2 x 4 to a character as braille has them; every dot remembers which series set it. */
typedef struct canvas {
    int columns, lines;
    uint8_t *bits; /* [lines * columns] */
    int8_t *owner;
    double low[2], high[2];
} canvas;

static void canvas_dot(canvas *c, int owner, double x, double y) {
    static const uint8_t braille[4][2] = {{1, 8}, {2, 16}, {4, 32}, {64, 128}};
    double right = (x - c->low[0]) / (c->high[0] - c->low[0]),
           down = (c->high[1] - y) / (c->high[1] - c->low[1]);
    if (!(right >= 0 && right <= 1 && down >= 0 && down <= 1)) return;
    int column = (int)lround(right * (2 * c->columns - 1)),
        row = (int)lround(down * (4 * c->lines - 1));
    int cell = row / 4 * c->columns + column / 2;
    c->bits[cell] |= braille[row % 4][column % 2];
    c->owner[cell] = (int8_t)owner;
}

static void canvas_line(canvas *c, int owner, double x0, double y0, double x1, double y1) {
    double across = fabs(x1 - x0) / (c->high[0] - c->low[0]) * 2 * c->columns;
    double along = fabs(y1 - y0) / (c->high[1] - c->low[1]) * 4 * c->lines;
    int steps = (int)fmin(fmax(fmax(across, along), 1), 1000);
    for (int i = 0; i <= steps; i++) {
        double f = (double)i / steps;
        canvas_dot(c, owner, x0 + f * (x1 - x0), y0 + f * (y1 - y0));
    }
}

static void canvas_series(canvas *c, int owner, const series *s) {
    double px = NAN, py = NAN;
    for (int64_t i = 0; i < s->count; i++) {
        double x = s->x ? s->x[i] : (double)i, y = s->y[i];
        if (!isfinite(x) || !isfinite(y)) continue;
        if (s->dots || isnan(px)) canvas_dot(c, owner, x, y);
        else canvas_line(c, owner, px, py, x, y);
        px = x;
        py = y;
    }
}

static void canvas_cell(FILE *f, const canvas *c, int cell, bool colour) {
    static const char mark[SHADES] = {'*', 'o', '+', 'x'};
    uint8_t bits = c->bits[cell];
    int owner = c->owner[cell] % SHADES;
    if (!bits) {
        fputc(' ', f);
        return;
    }
    if (colour) set_colour(f, false, before[owner].rgb);
    if (use_utf8()) /* U+2800 + bits */
        fprintf(f, "\xe2%c%c", 0xa0 | bits >> 6, 0x80 | (bits & 63));
    else fputc(mark[owner], f);
    if (colour) end_colour(f);
}

static void canvas_print(FILE *f, const canvas *c, const char *x_name) {
    char text[32];
    bool colour = use_colour(f);
    for (int line = 0; line < c->lines; line++) {
        if (line == 0 || line == c->lines - 1)
            fprintf(f, "%8s ", short_text(line ? c->low[1] : c->high[1], text));
        else fprintf(f, "%9s", "");
        fputs(use_utf8() ? "│" : "|", f);
        for (int column = 0; column < c->columns; column++)
            canvas_cell(f, c, line * c->columns + column, colour);
        fputc('\n', f);
    }
    fprintf(f, "%9s%s", "", use_utf8() ? "└" : "+");
    for (int column = 0; column < c->columns; column++) fputs(use_utf8() ? "─" : "-", f);
    fputc('\n', f);
    ruler(f, 10, c->columns, c->low[0], x_name, c->high[0]);
}

static void series_range(const series *s, canvas *c) {
    for (int64_t i = 0; i < s->count; i++) {
        double at[2] = {s->x ? s->x[i] : (double)i, s->y[i]};
        for (int a = 0; a < 2; a++)
            if (isfinite(at[a])) {
                c->low[a] = fmin(c->low[a], at[a]);
                c->high[a] = fmax(c->high[a], at[a]);
            }
    }
}

static canvas canvas_new(const series *s, int count, int columns, int lines) {
    canvas c = {columns, lines, NULL, NULL, {INFINITY, INFINITY}, {-INFINITY, -INFINITY}};
    size_t cells = (size_t)columns * (size_t)lines;
    c.bits = memset(reserve(NULL, cells), 0, cells);
    c.owner = memset(reserve(NULL, cells), 0, cells);
    for (int i = 0; i < count; i++) series_range(&s[i], &c);
    for (int a = 0; a < 2; a++)
        if (!(c.high[a] > c.low[a])) /* one point, or none */
            c.high[a] = (isfinite(c.low[a]) ? c.low[a] : (c.low[a] = 0)) + 1;
    return c;
}

static void series_legend(FILE *f, const series *s, int count) {
    static const char mark[SHADES] = {'*', 'o', '+', 'x'};
    bool colour = use_colour(f);
    int limit = output_width(), used = fprintf(f, "%10s", "");
    for (int i = 0; i < count; i++) {
        if (!s[i].name) continue;
        int width = 3 + text_width(s[i].name);
        if (limit && used > 10 && used + width + 3 > limit) used = fprintf(f, "\n%10s", "") - 1;
        used += width + 3;
        if (colour) set_colour(f, false, before[i % SHADES].rgb);
        if (use_utf8()) fputs(s[i].dots ? "⠶" : "──", f);
        else fputc(mark[i % SHADES], f);
        if (colour) end_colour(f);
        fprintf(f, " %s   ", s[i].name);
    }
    fputc('\n', f);
}

void plot_series(FILE *f, const series *s, int count, int columns, int lines, const char *x_name) {
    canvas c = canvas_new(s, count, columns, lines);
    for (int i = 0; i < count; i++) canvas_series(&c, i, &s[i]);
    canvas_print(f, &c, x_name);
    if (count > 1) series_legend(f, s, count);
    free(c.bits);
    free(c.owner);
}

void plot_values(FILE *f, const value_view *v, int columns, int lines) {
    double ends[2] = {v->low, v->high};
    series s[] = {{"predicted", v->truth, v->value, v->points, true},
                  {"exactly right", ends, ends, 2, false}};
    char *name = format_text("true %s", v->name);
    plot_series(f, s, 2, columns, lines, name);
    free(name);
}

/* ------------------------------------------------------------------------------------ images -- */

/* How much ink a pixel is worth without colour: 0 to 1. */
static double darkness(const image *i, int row, int column) {
    const double *p = &i->pixel[(row * i->width + column) * i->channels];
    double value = i->channels == 3 ? (p[0] + p[1] + p[2]) / 3 : p[0];
    return fmin(fabs(value), 1);
}

/* Two rows of pixels as one line: half blocks in colour, otherwise a ramp. */
static void image_line(FILE *f, const image *i, int line, bool colour) {
    static const char *const ramps[2][10] = {{" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"},
                                             {" ", " ", "░", "░", "▒", "▒", "▓", "▓", "█", "█"}};
    int row = 2 * line;
    for (int column = 0; column < i->width; column++) {
        uint8_t top[3], bottom[3];
        bool last = row + 1 >= i->height;
        if (colour && use_utf8()) {
            image_colour(i, row, column, top);
            image_colour(i, last ? row : row + 1, column, bottom);
            set_colour(f, false, top);
            set_colour(f, true, bottom);
            fputs("▀", f);
        } else {
            double ink = (darkness(i, row, column) + darkness(i, last ? row : row + 1, column)) / 2;
            fputs(ramps[use_utf8()][(int)(9.99 * fmin(ink, 1))], f);
        }
    }
    if (colour && use_utf8()) end_colour(f);
}

static char *caption_of(const image *i) {
    if (i->number) return format_text("unit %lld", (long long)i->number);
    if (i->truth) return format_text("%s, not %s", i->class, i->truth);
    return copy_text(i->class ? i->class : "");
}

static void gallery_captions(FILE *f, const image *i, int count) {
    for (int k = 0; k < count; k++) {
        char *caption = caption_of(&i[k]);
        fprintf(f, "  %-*.*s", i[k].width, i[k].width, caption);
        free(caption);
    }
    fputc('\n', f);
}

void plot_gallery(FILE *f, const gallery *a, int columns) {
    if (!a->count || a->image->width + 2 > columns) return;
    int across = columns / (a->image->width + 2), lines = (a->image->height + 1) / 2;
    for (int first = 0; first < a->count; first += across) {
        int count = a->count - first < across ? a->count - first : across;
        for (int line = 0; line < lines; line++) {
            for (int k = 0; k < count; k++) {
                fputs("  ", f);
                image_line(f, &a->image[first + k], line, use_colour(f));
            }
            fputc('\n', f);
        }
        gallery_captions(f, &a->image[first], count);
    }
}
