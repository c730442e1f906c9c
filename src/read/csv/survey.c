/*
 * survey.c: one look at all bytes of a text, by all threads: which signs it has at all, whether it
 * is UTF-8, and how many line ends and quotes each chunk of it has. Most steps ask for a sign that
 * most files do not have ('#', '\', a quote), and each would look for it through the whole text;
 * and parts.c cuts a text between two rows, for which it must know where those are.
 */
#include "../../base/crew.h"
#include "csv.h"

#include <string.h>

/* Counters of a byte do not overflow within a block, and fill whole vectors: so the compiler looks
 * at 16 or 32 bytes at once. */
enum { BLOCK = 240 };

static void look_at_block(const unsigned char *s, gl_csv_chunk *to) {
    unsigned char lines = 0, quotes = 0, lone = 0, zero = 0, high = 0, tab = 0, hash = 0, back = 0;
    for (int i = 0; i < BLOCK; i++) {
        lines = (unsigned char)(lines + (s[i] == '\n'));
        quotes = (unsigned char)(quotes + (s[i] == '"'));
        lone = (unsigned char)(lone + ((s[i] == '\r') & (s[i + 1] != '\n')));
        zero |= s[i] == 0;
        tab |= s[i] == '\t';
        hash |= s[i] == '#';
        back |= s[i] == '\\';
        high |= s[i] & 0x80;
    }
    to->lines += lines, to->quotes += quotes, to->returns += lone;
    to->zero |= zero, to->tab |= tab, to->hash |= hash, to->backslash |= back;
    to->high |= high != 0;
}

/* A byte follows the last one, too: the next of the text, or a 0. */
static void look_at(const char *text, int64_t size, gl_csv_chunk *to) {
    const unsigned char *s = (const unsigned char *)text;
    *to = (gl_csv_chunk){0};
    for (; size >= BLOCK; s += BLOCK, size -= BLOCK) look_at_block(s, to);
    for (; size > 0; s++, size--) {
        to->lines += *s == '\n', to->quotes += *s == '"';
        to->returns += *s == '\r' && s[1] != '\n';
        to->zero |= !*s, to->tab |= *s == '\t', to->hash |= *s == '#', to->backslash |= *s == '\\';
        to->high |= *s >= 0x80;
    }
}

static int64_t count_lines(const char *s, const char *end) {
    int64_t lines = 0;
    for (; (s = memchr(s, '\n', (size_t)(end - s))); s++) lines++;
    return lines;
}

/* Where the first row begins in a chunk, if at its beginning a quote is open or not. */
static gl_csv_cut find_cut(const char *text, int64_t size, bool within) {
    const char *s = text, *end = text + size, *quote;
    int64_t lines = 0;
    while (s < end) {
        const char *line = within ? end : memchr(s, '\n', (size_t)(end - s));
        if (!line) break;
        quote = memchr(s, '"', (size_t)(line - s));
        if (!quote && within) break;
        if (!quote) return (gl_csv_cut){line + 1 - text, lines + 1};
        lines += count_lines(s, quote);
        s = quote + 1;
        within = !within;
    }
    return (gl_csv_cut){0};
}

/* Behind the character that goes on beyond `at`, or `at`. */
static const char *end_of_character(const char *begin, const char *at) {
    for (int back = 1; back <= 3 && at - back >= begin; back++) {
        unsigned char lead = (unsigned char)at[-back];
        if ((lead & 0xC0) == 0x80) continue;
        int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
        return length > back ? at - back + length : at;
    }
    return at;
}

/* Characters that begin in the chunk; `size` bytes from s on, with those around it that are at
 * hand: a character has 4 bytes at most. */
static bool is_utf8(const char *begin, const char *s, int64_t size, const char *end) {
    const char *first = end_of_character(begin, s), *last = end_of_character(begin, s + size);
    if (first > last) return false;
    return last <= end && !gl_not_utf8(first, last);
}

static bool has_mark(const char *s, int64_t size) {
    return memmem(s, (size_t)size, GL_CSV_MARKED_LINE, strlen(GL_CSV_MARKED_LINE));
}

static glia_status look_at_chunk(void *user, gl_hand *hand, int64_t k) {
    csv *c = user;
    gl_csv_chunk *chunk = &c->survey.chunk[k];
    int64_t end = c->partial ? c->file.size : c->size, first = c->partial ? c->rest_from : 0;
    int64_t from = first + k * c->survey.chunk_size, to = from + c->survey.chunk_size;
    if (to > end) to = end;
    int64_t before = from - first < 3 ? from - first : 3, behind = end - to < 4 ? end - to : 4;
    gl_csv_buffer *b = NULL;
    const char *text = c->text + from - before;
    if (c->partial) {
        b = gl_csv_borrow(c, hand->g, from - before, before + to - from + behind);
        if (!b) return hand->g->code;
        text = b->text;
    }
    look_at(text + before, to - from, chunk);
    chunk->cut[0] = find_cut(text + before, to - from, false);
    if (chunk->quotes) chunk->cut[1] = find_cut(text + before, to - from, true);
    chunk->not_utf8 = chunk->high && !is_utf8(text, text + before, to - from,
                                              text + before + (to - from) + behind);
    chunk->mark = chunk->high && has_mark(text, before + (to - from) + behind);
    if (b) gl_csv_give_back(b);
    return GLIA_OK;
}

static void add(gl_csv_chunk *to, const gl_csv_chunk *chunk) {
    to->lines += chunk->lines, to->quotes += chunk->quotes, to->returns += chunk->returns;
    to->zero |= chunk->zero, to->tab |= chunk->tab, to->hash |= chunk->hash;
    to->backslash |= chunk->backslash, to->high |= chunk->high, to->not_utf8 |= chunk->not_utf8;
    to->mark |= chunk->mark;
}

void gl_csv_survey(csv *c) {
    gl_csv_surveyed *s = &c->survey;
    int64_t size = c->partial ? c->file.size - c->rest_from : c->size;
    int64_t chunk_size = size / GL_CSV_CHUNKS + 1;
    *s = (gl_csv_surveyed){.chunk_size = chunk_size < GL_CSV_CHUNK ? GL_CSV_CHUNK : chunk_size};
    s->chunks = (int)((size + s->chunk_size - 1) / s->chunk_size);
    gl_work work = {.n = s->chunks, .job = look_at_chunk, .user = c, .hands = c->g->threads};
    glia_status status = gl_crew_work(c->g, &work);
    if (status && !c->status) c->status = status;
    for (int k = 0; k < s->chunks; k++) add(&s->all, &s->chunk[k]);
    if (!c->partial) return;
    look_at(c->text, c->size, &s->head);
    s->head.not_utf8 = s->head.high && gl_not_utf8(c->text, c->text + c->size);
    s->head.mark = s->head.high && has_mark(c->text, c->size);
    add(&s->all, &s->head);
}
