/*
 * delimiter.c: what separates the cells of a line, and what follows from it: which lines above
 * the table are none of it, and which lines have a cell too many or too few at an end.
 *
 *     Prices in 2026                a title: unlike all lines below it
 *     name,price,                   a delimiter behind the last name, and none behind the last cell
 *     a,1.5
 *
 *     "size" "sold"                 R's write.table: the rows have names, whose column has none
 *     "1" 82.73 "yes"
 */
#include "csv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* How the first lines split at a delimiter. */
typedef struct splitting {
    int64_t columns; /* that most lines have */
    int first;       /* the first line of so many cells */
    int agreeing;    /* lines from there on that have as many; 0: they are no columns */
    int64_t above;   /* cells of the line before; 0: none */
} splitting;

/* The length that most lines have; of those that are as frequent, the first. */
static int64_t usual(const int64_t *cells, int lines) {
    int most = 0;
    int64_t found = 0;
    for (int i = 0; i < lines; i++) {
        int same = 0;
        for (int k = 0; k < lines; k++) same += cells[k] == cells[i];
        if (same > most) most = same, found = cells[i];
    }
    return found;
}

/* A few lines above the table may be of another length, and one in ten below them: those are slips,
 * and are told later. Where the first line is as most are, nothing else is asked. */
static splitting split(const csv *c, char delimiter) {
    int64_t cells[GL_CSV_LINES];
    for (int i = 0; i < c->lines; i++)
        cells[i] = gl_csv_count(c->line[i].s, c->line[i].end, delimiter);
    splitting s = {.columns = usual(cells, c->lines)};
    while (s.first < c->lines && cells[s.first] != s.columns) s.first++;
    for (int i = s.first; i < c->lines; i++) s.agreeing += cells[i] == s.columns;
    s.above = s.first ? cells[s.first - 1] : 0;
    int below = c->lines - s.first;
    bool few_above = 2 * s.first <= c->lines && 10 * s.agreeing >= 9 * below && below > 1;
    if (s.columns < 2 || (s.first && !few_above)) s.agreeing = 0;
    return s;
}

/* ------------------------------------------------------------------------------------ blanks -- */

/* Does the cell that begins at s look like a number? */
static bool begins_number(const char *s) {
    s += *s == '-' || *s == '+' || *s == '.';
    return *s >= '0' && *s <= '9';
}

/* Texts have blanks, too. Where the line above has another length, or a line below, numbers must
 * show that they are columns: more than half of the cells. */
static bool are_numbers(const csv *c, const splitting *s) {
    int64_t numbers = 0, cells = 0;
    for (int i = s->first; i < c->lines; i++) {
        bool before = true;
        for (const char *at = c->line[i].s; at < c->line[i].end; at++) {
            if (*at != ' ' && before) numbers += begins_number(at), cells++;
            before = *at == ' ';
        }
    }
    return 2 * numbers > cells;
}

static bool has_quotes(const csv *c) { return c->survey.all.quotes > 0; }

/* Blanks separate cells only where they do so in every line: else they are text, as in
 * "New York". */
static splitting split_at_blanks(const csv *c) {
    splitting s = split(c, ' ');
    bool all = s.agreeing == c->lines - s.first;
    bool r = s.first == 1 && s.above == s.columns - 1;
    bool columns = !s.first || (s.columns > 2 && are_numbers(c, &s)) ||
                   (r && (has_quotes(c) || (s.columns > 2 && are_numbers(c, &s))));
    if (!all || !columns) s.agreeing = 0;
    return s;
}

/* Two blanks between numbers, within what tabs leave together: no text has them. */
static bool has_blanks_between_numbers(const gl_line *line) {
    bool quoted = false;
    for (const char *s = line->s; s + 3 < line->end; s++) {
        quoted ^= *s == '"';
        bool digit = *s >= '0' && *s <= '9';
        if (quoted || !digit || s[1] != ' ' || s[2] != ' ') continue;
        for (s++; s < line->end && *s == ' ';) s++;
        if (begins_number(s)) return true;
    }
    return false;
}

static void tabs_to_blanks(csv *c) {
    if (!gl_csv_need_all(c)) return;
    bool quoted = false;
    for (char *s = c->text, *end = s + c->size; s < end; s++) {
        quoted ^= *s == '"';
        if (!quoted && *s == '\t') *s = ' ';
    }
    gl_csv_look(c);
}

/* 82.7   5    12.4<tab>"red car": blanks and tabs separate alike, where that makes lines of one
 * length, and tabs alone do not, or leave numbers together. */
static glia_status mix_tabs(csv *c) {
    if (!c->lines || !c->survey.all.tab) return GLIA_OK;
    for (const char *d = ";|,"; *d; d++)
        if (split(c, *d).agreeing == c->lines) return GLIA_OK;
    splitting by_tab = split(c, '\t');
    int together = 0;
    for (int i = 0; i < c->lines; i++) together += has_blanks_between_numbers(&c->line[i]);
    if (by_tab.agreeing == c->lines && 2 * together <= c->lines) return GLIA_OK;
    if (!gl_csv_need_all(c)) return c->status;
    int64_t size = c->size;
    char *kept = gl_alloc(c->g, size + 1, 1);
    if (!kept) return GLIA_RESOURCE;
    memcpy(kept, c->text, (size_t)size + 1);
    tabs_to_blanks(c);
    splitting s = split_at_blanks(c);
    if (s.agreeing == c->lines && s.columns > 1) {
        c->rules.delimiter = ' ';
        gl_note(c->g, "%s: blanks and tabs separate cells alike (option 'delimiter')", c->path);
    } else {
        memcpy(c->text, kept, (size_t)size);
        gl_csv_look(c);
    }
    gl_free(c->g, kept);
    return GLIA_OK;
}

/* --------------------------------------------------------------------------------- delimiter -- */

static const char *said(const csv *c) {
    const char *wanted = c->options->delimiter, *format = c->options->format;
    if (wanted && (!strcmp(wanted, "\\t") || !strcmp(wanted, "tab"))) return "\t";
    if (wanted) return wanted;
    return (format && !strcmp(format, "tsv")) || gl_has_suffix(c->path, ".tsv") ? "\t" : NULL;
}

/* "1,5" or "7", up to a blank; *commas counts. */
static bool is_decimal(const char *s, const char *end, int *commas) {
    s += s < end && (*s == '-' || *s == '+');
    if (s == end) return false;
    const char *comma = memchr(s, ',', (size_t)(end - s));
    if (comma == s || comma == end - 1) return false;
    for (; s < end; s++)
        if (s != comma && (*s < '0' || *s > '9')) return false;
    *commas += comma != NULL;
    return true;
}

/* "1,5 2,5 3,5": blanks separate numbers with decimal commas; only the first line may be names. */
static bool has_decimal_commas(const csv *c) {
    int commas = 0;
    for (int i = 0; i < c->lines; i++) {
        int before = commas;
        const char *s = c->line[i].s, *end = c->line[i].end;
        bool numbers = gl_csv_count(s, end, ' ') > 1;
        for (const char *stop; s < end && numbers; s = stop) {
            while (s < end && *s == ' ') s++;
            for (stop = s; stop < end && *stop != ' ';) stop++;
            numbers = s == end || is_decimal(s, stop, &commas);
        }
        if (!numbers && i) return false;
        if (!numbers) commas = before;
    }
    return c->lines > 1 && commas >= c->lines - 1;
}

/* "1,5;2,5" splits at commas, too, into three cells in every line: the rarer delimiters go first,
 * and a later one must agree in more lines. The blank comes last and only where nothing else
 * splits. */
static splitting find_delimiter(csv *c) {
    splitting best = {0};
    bool decimal_commas = has_decimal_commas(c);
    for (const char *d = "\t;|, "; *d; d++) {
        if (*d == ' ' && best.agreeing) continue;
        if (*d == ',' && decimal_commas) continue;
        splitting s = *d == ' ' ? split_at_blanks(c) : split(c, *d);
        if (s.agreeing <= best.agreeing) continue;
        best = s;
        c->rules.delimiter = *d;
    }
    return best;
}

/* Signs that stand in twos, and never alone: how many in a line; -1: one does. */
static int64_t count_twos(const gl_line *l, char sign) {
    int64_t twos = 0;
    for (const char *s = l->s; s < l->end; s++) {
        if (*s != sign) continue;
        if (s + 1 == l->end || s[1] != sign) return -1;
        twos++, s++;
    }
    return twos;
}

/* a||b, a::b: a delimiter and a blank take their place, a tab where bars may be text. */
static bool halve_twos(csv *c, char sign, char delimiter) {
    for (int i = 0; i < c->lines; i++)
        if (count_twos(&c->line[i], sign) < 1) return false;
    if (!c->lines || !gl_csv_need_all(c)) return false;
    bool quoted = false;
    for (char *s = c->text, *end = s + c->size; s + 1 < end; s++) {
        quoted ^= *s == '"';
        if (!quoted && s[0] == sign && s[1] == sign) *s = delimiter, *++s = ' ';
    }
    gl_csv_look(c);
    return true;
}

static void take_twos(csv *c) {
    if (halve_twos(c, '|', '|')) gl_note(c->g, "%s: two bars (||) separate cells", c->path);
    for (const char *d = ";|,"; *d; d++)
        if (split(c, *d).agreeing == c->lines) return;
    if (c->survey.all.tab || !halve_twos(c, ':', '\t')) return;
    gl_note(c->g, "%s: two colons (::) separate cells", c->path);
    c->rules.delimiter = '\t';
}

/* ------------------------------------------------------------------------- the ends of lines -- */

static bool ends_with_delimiter(const csv *c, const gl_line *l) {
    return c->rules.delimiter != ' ' && l->end > l->s && l->end[-1] == c->rules.delimiter;
}

static void cut_end(const csv *c, const gl_line *l) {
    if (ends_with_delimiter(c, l)) l->end[-1] = ' ';
}

static bool all_end_so(const csv *c, int first) {
    for (int i = first; i < c->lines; i++)
        if (!ends_with_delimiter(c, &c->line[i])) return false;
    return true;
}

/* In the names only, or below them only: an empty cell that no name has. */
static bool cut_ends(csv *c, const splitting *s) {
    bool names = s->first == 1 && s->above == s->columns + 1 && all_end_so(c, 0) == false &&
                 ends_with_delimiter(c, &c->line[0]);
    bool rows = s->first == 1 && s->above == s->columns - 1 && all_end_so(c, 1);
    if (!names && !rows) return false;
    if (rows && !gl_csv_need_all(c)) return false;
    gl_note(c->g, "%s: the delimiter at the end of %s is no cell", c->path,
            names ? "the names" : "each line");
    gl_line line;
    int64_t number = 1;
    if (names) cut_end(c, &c->line[0]);
    for (char *at = c->text; rows && gl_csv_next(c, &at, &number, &line);) cut_end(c, &line);
    c->columns = names ? s->columns : s->above;
    gl_csv_look(c);
    return true;
}

/* --------------------------------------------------------------------------------- row names -- */

/* Where the first cell of a line ends. */
static const char *first_cell(const csv *c, const gl_line *l, const char **end) {
    const char *s = l->s;
    while (s < l->end && *s == ' ') s++;
    bool quoted = false;
    for (*end = s; *end < l->end && (quoted || **end != c->rules.delimiter); ++*end)
        quoted ^= **end == '"';
    return s;
}

/* Row names are all different. */
static bool first_cells_differ(const csv *c) {
    for (int i = 1; i < c->lines; i++) {
        const char *a_end, *b_end, *a = first_cell(c, &c->line[i], &a_end);
        for (int k = 1; k < i; k++) {
            const char *b = first_cell(c, &c->line[k], &b_end);
            if (a_end - a == b_end - b && !memcmp(a, b, (size_t)(a_end - a))) return false;
        }
    }
    return c->lines > 1;
}

/* One name and two cells could be a title above a table of two columns: not where a counter or
 * quotes begin the rows. */
static bool begins_counting(const csv *c) {
    const char *s = c->lines > 1 ? c->line[1].s : "";
    while (*s == ' ') s++;
    return *s == '"' || (*s == '1' && (s[1] == ' ' || s[1] == c->rules.delimiter));
}

/* "Paris, France": a column below which every cell begins with a blank, and no name does; 0: there
 * is none, or every one is so. */
static int64_t find_blank_cells(const csv *c, int64_t columns) {
    int64_t found = 0, count = 0;
    const gl_line *names = &c->line[0];
    if (c->rules.delimiter != ',' || memmem(names->s, (size_t)(names->end - names->s), ", ", 2))
        return 0;
    for (int64_t j = 1; j < columns; j++) {
        int blank = 0;
        for (int i = 1; i < c->lines; i++) {
            const char *s = c->line[i].s, *end = c->line[i].end;
            for (int64_t k = 0; s && k < j; k++)
                if ((s = memchr(s, ',', (size_t)(end - s)))) s++;
            blank += s && s + 1 < end && *s == ' ' && s[1] != ' ';
        }
        if (blank < c->lines - 1) continue;
        found = j, count++;
    }
    return count == 1 ? found : 0;
}

static glia_status refuse_comma(const csv *c, int64_t column) {
    const gl_line *l = &c->line[1];
    const char *s = l->s, *end;
    for (int64_t j = 1; j < column; j++) s = (const char *)memchr(s, ',', (size_t)(l->end - s)) + 1;
    end = (const char *)memchr(s, ',', (size_t)(l->end - s)) + 1;
    while (end < l->end && *end != ',') end++;
    return gl_fail(c->g, GLIA_INPUT,
                   "%s, line %lld has one cell more than there are names: '%.*s' looks like one "
                   "cell, with a comma in it; write such cells in quotes",
                   c->path, (long long)l->number, (int)(end - s < 60 ? end - s : 60), s);
}

/* Names of rows are texts, or count, whole or not; numbers that go up and down are a column. */
static bool begins_with_numbers(const csv *c) {
    double last = -INFINITY;
    bool ascend = true;
    for (int i = 1; i < c->lines; i++) {
        const char *end, *s = first_cell(c, &c->line[i], &end);
        double v;
        if (!gl_parse_number(s, (size_t)(end - s), '.', &v)) return false;
        ascend &= v > last;
        last = v;
    }
    return !ascend;
}

/* R's own rule: where the header is one cell short, the first column has the names of rows. It gets
 * an empty name. */
static glia_status name_row_names(csv *c, const splitting *s, bool *done) {
    *done = s->first == 1 && s->above == s->columns - 1 && first_cells_differ(c) &&
            (s->columns > 2 || begins_counting(c));
    if (!*done) return GLIA_OK;
    int64_t blank = find_blank_cells(c, s->columns);
    if (blank) return refuse_comma(c, blank);
    if (!gl_csv_need_all(c)) return c->status;
    const gl_line *row = &c->line[1];
    if (c->rules.delimiter == ',' && begins_with_numbers(c))
        gl_warn(c->g,
                "%s: the header is one name short, and the first column is read as the names of "
                "rows, as R has them, though its numbers do not ascend; does a cell of line %lld "
                "have a comma in it, '%.*s'? Write it in quotes",
                c->path, (long long)row->number,
                (int)(row->end - row->s < 60 ? row->end - row->s : 60), row->s);
    else
        gl_note(c->g,
                "%s: the header is one name short, as R writes it: the first column has the names "
                "of rows",
                c->path);
    gl_text text = {.g = c->g};
    int64_t at = c->line[0].s - c->text;
    gl_add_bytes(&text, c->text, at);
    gl_add_bytes(&text, (char[]){'"', '"', c->rules.delimiter}, 3);
    gl_add_bytes(&text, c->text + at, c->size - at);
    if (!gl_text_end(&text)) return gl_free(c->g, text.s), GLIA_RESOURCE;
    gl_csv_replace(c, text.s, text.n);
    return GLIA_OK;
}

/* ----------------------------------------------------------------------------------- the top -- */

/* Lines above that have at most half of the cells are no header of the table. */
static void blank_above(csv *c, const splitting *s) {
    if (!s->first || !gl_csv_skips(c)) return;
    for (int i = 0; i < s->first; i++) {
        int64_t cells = gl_csv_count(c->line[i].s, c->line[i].end, c->rules.delimiter);
        if (2 * cells > s->columns) return;
    }
    gl_line last = c->line[s->first - 1];
    char lines[64] = "line 1";
    int64_t from = c->line[0].number, to = last.number;
    if (from == to) snprintf(lines, sizeof lines, "line %lld", (long long)to);
    else snprintf(lines, sizeof lines, "lines %lld to %lld", (long long)from, (long long)to);
    char names[80] = "";
    for (const char *d = ";\t,|"; *d; d++)
        if (*d != c->rules.delimiter && s->columns > 1 &&
            gl_csv_count(last.s, last.end, *d) == s->columns)
            snprintf(names, sizeof names, "; are they names? Write '%s' between them, as below",
                     c->rules.delimiter == '\t' ? "\\t" : (char[]){c->rules.delimiter, 0});
    gl_warn(c->g,
            "%s, %s: '%.*s' is unlike all lines below, which have %lld cells; it is left out "
            "(option 'skip')%s",
            c->path, lines, (int)(last.end - last.s < 60 ? last.end - last.s : 60), last.s,
            (long long)s->columns, names);
    for (int i = 0; i < s->first; i++) gl_csv_blank(c->line[i]);
    gl_csv_look(c);
}

static glia_status mend(csv *c, const splitting *s) {
    bool named = false;
    if (!s->agreeing) return GLIA_OK;
    c->columns = s->columns;
    if (cut_ends(c, s)) return GLIA_OK;
    glia_status status = s->first == 1 ? gl_csv_doubt_rows(c, 1, s->above, s->columns) : GLIA_OK;
    if (!status) status = name_row_names(c, s, &named);
    if (!status && !named) blank_above(c, s);
    return status;
}

/* Signs that a few programs write between cells, and that are text in most files. */
static bool doubt_sign(const csv *c) {
    enum { CLOCK = 3 }; /* cells that the colons of a time make */
    for (const char *d = "\x01\x1F^~&:"; *d && c->lines > 1; d++) {
        splitting s = split(c, *d);
        if (s.agreeing < c->lines || (*d == ':' && s.columns <= CLOCK)) continue;
        char shown[8];
        snprintf(shown, sizeof shown, *d < ' ' ? "$'\\x%02x'" : "'%c'", *d);
        gl_warn(c->g,
                "%s: no delimiter is known that splits the lines, so each is one text; %s stands "
                "%lld time%s in each of them (option 'delimiter' %s reads the cells between)",
                c->path, shown, (long long)s.columns - 1, gl_plural(s.columns - 1), shown);
        return true;
    }
    return false;
}

/* Lines of numbers with blanks between them that do not agree: they were hardly meant as texts. */
static void doubt_texts(const csv *c) {
    splitting all = {0};
    if (c->lines < 2 || doubt_sign(c) || !are_numbers(c, &all)) return;
    for (int i = 0; i < c->lines; i++)
        if (gl_csv_count(c->line[i].s, c->line[i].end, ' ') < 2) return;
    gl_warn(
        c->g,
        "%s: no delimiter splits all lines alike, so each is one text; if blanks do, one line has "
        "more cells than another (option 'delimiter' ' ' names it)",
        c->path);
}

glia_status gl_csv_delimiter(csv *c) {
    const char *wanted = said(c);
    splitting s = {0};
    glia_status status = GLIA_OK;
    if (wanted) c->rules.delimiter = *wanted;
    if (!wanted && !c->rules.delimiter) take_twos(c);
    if (c->rules.delimiter == ' ') tabs_to_blanks(c);
    if (!c->rules.delimiter) status = mix_tabs(c);
    if (status) return status;
    if (c->options->as_trained & GL_KEPT_DELIMITER && split(c, c->rules.delimiter).columns < 2) {
        gl_note(c->g, "%s: no line has the delimiter of training, so it is found out", c->path);
        c->rules.delimiter = 0;
    }
    bool known = c->rules.delimiter != 0;
    if (known) s = split(c, c->rules.delimiter);
    else s = find_delimiter(c);
    if (!known && !s.agreeing && gl_csv_fixed(c, &status)) s = split(c, c->rules.delimiter);
    if (!status) status = mend(c, &s);
    if (!known && !c->rules.delimiter) doubt_texts(c);
    if (!c->rules.delimiter) c->rules.delimiter = ',';
    return status;
}
