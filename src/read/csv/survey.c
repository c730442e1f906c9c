/*
 * survey.c: one look at all bytes of a text, by all threads: which signs it has at all, and how
 * many line ends and quotes each chunk of it. Most steps ask for a sign that most files do not have
 * ('#', '\', a quote), and each would look for it through the whole text; and parts.c cuts a text
 * between two rows, for which it must know how many lines and quotes are before.
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
    to->zero |= zero, to->tab |= tab, to->hash |= hash, to->backslash |= back,
        to->high |= high != 0;
}

/* The text ends with a 0, which may be looked at behind the last byte of all. */
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

static glia_status look_at_chunk(void *user, gl_hand *hand, int64_t k) {
    (void)hand;
    csv *c = user;
    int64_t from = k * c->survey.chunk_size, left = c->size - from;
    look_at(c->text + from, left < c->survey.chunk_size ? left : c->survey.chunk_size,
            &c->survey.chunk[k]);
    return GLIA_OK;
}

void gl_csv_survey(csv *c) {
    gl_csv_surveyed *s = &c->survey;
    *s = (gl_csv_surveyed){.chunk_size = c->size / GL_CSV_CHUNKS + 1};
    if (s->chunk_size < GL_CSV_CHUNK) s->chunk_size = GL_CSV_CHUNK;
    s->chunks = (int)((c->size + s->chunk_size - 1) / s->chunk_size);
    gl_work work = {.n = s->chunks, .job = look_at_chunk, .user = c, .hands = c->g->threads};
    bool done = gl_crew_work(c->g, &work) == GLIA_OK;
    for (int k = 0; k < s->chunks; k++) {
        const gl_csv_chunk *chunk = &s->chunk[k];
        if (!done) look_at_chunk(c, NULL, k); /* there was no memory for a crew */
        s->all.lines += chunk->lines, s->all.quotes += chunk->quotes;
        s->all.returns += chunk->returns;
        s->all.zero |= chunk->zero, s->all.tab |= chunk->tab, s->all.hash |= chunk->hash;
        s->all.backslash |= chunk->backslash, s->all.high |= chunk->high;
    }
}
