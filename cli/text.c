/*
 * text.c: small helpers on text. Nothing here knows a model or an option.
 */
#include "text.h"

#include <ctype.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* ------------------------------------------------------------------------------------ memory -- */

/* Of threads that come at once one ends the program, and the others wait for that. What is done at
 * the end takes no memory; if it did, there would be no second end. */
_Noreturn void out_of_memory(size_t size) {
    static atomic_flag ends = ATOMIC_FLAG_INIT;
    static _Thread_local bool here;
    if (here) _exit(GLIA_RESOURCE);
    while (atomic_flag_test_and_set(&ends)) pause();
    here = true;
    exit(fail(GLIA_RESOURCE, "out of memory: %.1f MB were asked for and not given",
              (double)size / 1e6));
}

void *reserve(void *memory, size_t size) {
    void *grown = realloc(memory, size > 0 ? size : 1);
    if (!grown) out_of_memory(size);
    return grown;
}

char *copy_text(const char *text) {
    size_t n = strlen(text) + 1;
    return memcpy(reserve(NULL, n), text, n);
}

char *format_args(const char *format, va_list args) {
    char *text;
    if (vasprintf(&text, format, args) < 0) out_of_memory(strlen(format));
    return text;
}

char *format_text(const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = format_args(format, args);
    va_end(args);
    return text;
}

typedef struct text_stream {
    char **text;
    size_t *size, capacity;
} text_stream;

static ssize_t add_text(void *user, const char *bytes, size_t n) {
    text_stream *s = user;
    size_t needed = *s->size + n + 1;
    if (needed > s->capacity) {
        *s->text = reserve(*s->text, 2 * needed); /* without memory exit() comes here once more */
        s->capacity = 2 * needed;
    }
    memcpy(*s->text + *s->size, bytes, n);
    *s->size += n;
    (*s->text)[*s->size] = '\0';
    return (ssize_t)n;
}

static int close_text(void *user) {
    free(user);
    return 0;
}

/* The C library's own (open_memstream) loses what it has no memory for, and does not tell. */
FILE *text_open(char **text, size_t *size) {
    text_stream *s = reserve(NULL, sizeof *s);
    *s = (text_stream){text, size, 0};
    *text = NULL, *size = 0;
    add_text(s, "", 0);
    FILE *f = fopencookie(s, "w", (cookie_io_functions_t){.write = add_text, .close = close_text});
    if (!f) out_of_memory(BUFSIZ);
    return f;
}

void text_close(FILE *f) { fclose(f); }

/* ----------------------------------------------------------------------------------- numbers -- */

char *count_text(int64_t n, char buf[32]) {
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)(n < 0 ? -n : n));
    char *out = buf;
    if (n < 0) *out++ = '-';
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) *out++ = ',';
        *out++ = digits[i];
    }
    *out = '\0';
    return buf;
}

char *bytes_text(double bytes, char buf[32]) {
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    int unit = 0;
    while (bytes >= 1000 && unit < 4) bytes /= 1000, unit++;
    snprintf(buf, 32, unit > 0 && bytes < 99.95 ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
    return buf;
}

char *seconds_text(double seconds, char buf[32]) {
    if (!(seconds >= 0 && seconds < 1e9)) return strcpy(buf, "?");
    long long s = (long long)seconds;
    if (seconds < 0.9995) snprintf(buf, 32, "%.3g ms", 1000 * seconds);
    else if (seconds < 60) snprintf(buf, 32, "%.3g s", seconds);
    else if (s < 3600) snprintf(buf, 32, "%lld:%02lld", s / 60, s % 60);
    else snprintf(buf, 32, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    return buf;
}

char *short_text(double value, char buf[32]) {
    bool large = fabs(value) >= 1e5 && fabs(value) < 1e15;
    snprintf(buf, 32, large ? "%.0f" : "%.5g", value);
    return buf;
}

/* 0.8234, 0.03000, 12.30, 15351, 3.000e-05: a whole number keeps its digits. */
char *score_text(double value, char buf[32]) {
    double size = fabs(value);
    bool whole = size >= 999.95 && size < 1e15;
    snprintf(buf, 32, whole ? "%.0f" : "%#.4g", value);
    return isnan(value) ? strcpy(buf, "-") : buf;
}

char *exact_text(double value, char buf[32]) { return glia_number_print(value, GLIA_F64, buf); }

static bool only_blanks(const char *text) {
    while (isspace((unsigned char)*text)) text++;
    return *text == '\0';
}

bool read_number(const char *text, double *value) {
    char *end;
    *value = strtod(text, &end);
    return end != text && only_blanks(end);
}

bool read_int(const char *text, int64_t *value) {
    char *end;
    double number;
    long long whole = strtoll(text, &end, 10);
    if (end != text && only_blanks(end)) return *value = whole, true;
    if (!read_number(text, &number) || number != floor(number) || fabs(number) > 1e15) return false;
    return *value = (int64_t)number, true; /* 1e3 */
}

/* ------------------------------------------------------------------------------------- texts -- */

/* Decodes one character of UTF-8 and steps over it; a wrong byte counts as one character. */
static unsigned next_character(const unsigned char **p) {
    unsigned first = *(*p)++;
    int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
    unsigned c = more > 0 ? first & (0x3fu >> more) : first;
    while (more-- > 0 && (**p & 0xc0) == 0x80) c = c << 6 | (*(*p)++ & 0x3f);
    return c;
}

/* Marks above and below letters, and characters that join, part or turn others: no column. */
static bool is_mark(unsigned c) {
    return (c >= 0x300 && c <= 0x36f) || (c >= 0x591 && c <= 0x5c7 && c != 0x5be && c != 0x5c0) ||
           (c >= 0x610 && c <= 0x61a) || (c >= 0x64b && c <= 0x65f) || c == 0x670 ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x2069) || (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff;
}

/* Chinese, Japanese and Korean characters take two columns. */
static int character_width(unsigned c) {
    if (is_mark(c)) return 0;
    bool wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
                (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
                (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
                (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) ||
                (c >= 0x20000 && c <= 0x3fffd);
    return wide ? 2 : 1;
}

int text_width(const char *text) {
    int width = 0;
    for (const unsigned char *p = (const unsigned char *)text; *p;)
        width += character_width(next_character(&p));
    return width;
}

char *fit_text(const char *text, int width, const char *end) {
    const unsigned char *p = (const unsigned char *)text;
    int room = width - text_width(end);
    if (text_width(text) <= width) return copy_text(text);
    while (*p) {
        const unsigned char *next = p;
        int wide = character_width(next_character(&next));
        if (wide > room) break;
        room -= wide;
        p = next;
    }
    return format_text("%.*s%s", (int)((const char *)p - text), text, end);
}

char *fit_name(const char *name, int width, const char *middle) {
    int room = width - text_width(middle), behind = room / 2;
    const unsigned char *p = (const unsigned char *)name;
    if (text_width(name) <= width) return copy_text(name);
    while (text_width((const char *)p) > behind) next_character(&p);
    char *before = fit_text(name, room - text_width((const char *)p), ""),
         *fitted = format_text("%s%s%s", before, middle, (const char *)p);
    free(before);
    return fitted;
}

/* What stands in a text and nobody sees: no-break and soft signs, zero-width ones but for joiners,
 * which scripts and emoji are written with, and those that turn the direction. */
static bool is_unseen(unsigned c) {
    return c == 0xa0 || c == 0xad || c == 0x200b || c == 0x2060 || c == 0xfeff ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

void clean_into(const char *text, char *out) {
    for (const unsigned char *p = (const unsigned char *)text, *from = p; *p; from = p) {
        unsigned c = next_character(&p);
        if (c == '\n') out = stpcpy(out, "\\n");
        else if (c == '\r') out = stpcpy(out, "\\r");
        else if (c == '\t') out = stpcpy(out, "\\t");
        else if (c < 0x20 || c == 0x7f) out += sprintf(out, "\\x%02x", c);
        else if (p - from > 1 && is_unseen(c)) out += sprintf(out, "\\u%04x", c);
        else out = mempcpy(out, from, (size_t)(p - from));
    }
    *out = '\0';
}

char *clean_text(const char *text) {
    char *clean = reserve(NULL, CLEAN * strlen(text) + 1);
    return clean_into(text, clean), clean;
}

char *quote_text(const char *text) {
    bool plain = *text != '\0';
    for (const char *p = text; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("-_./,:=+@%", *p) && (unsigned char)*p < 0x80)
            plain = false;
    if (plain) return copy_text(text);

    char *quoted = reserve(NULL, 4 * strlen(text) + 3), *out = quoted;
    *out++ = '\'';
    for (; *text; text++) {
        if (*text == '\'') out = stpcpy(out, "'\\''");
        else *out++ = *text;
    }
    *out++ = '\'';
    *out = '\0';
    return quoted;
}

bool ends_in(const char *text, const char *end) {
    size_t n = strlen(text), k = strlen(end);
    return n > k && strcmp(text + n - k, end) == 0;
}

char *stem_of(const char *path) {
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/') n--; /* of a folder */
    const char *slash = memrchr(path, '/', n);
    const char *name = slash && slash + 1 < path + n ? slash + 1 : path;
    char *stem = format_text("%.*s", (int)(path + n - name), name);
    char *dot = strrchr(stem, '.');
    if (dot && dot != stem && strcmp(dot, ".gz") == 0) *dot = '\0', dot = strrchr(stem, '.');
    if (dot && dot != stem) *dot = '\0';
    return stem;
}
