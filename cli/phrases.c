/*
 * phrases.c: phrases with their places filled, as HTML or as plain text.
 */
#include "phrases.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word, *code;
} languages[LANGUAGES] = {{"en", "en"}, {"zh", "zh-CN"}};

static const struct {
    const char *name;
    const char *text[LANGUAGES];
} phrases[PHRASES] = {
#define PHRASE(name, english, chinese) {#name, {english, chinese}},
#include "phrases.def"
#undef PHRASE
};

bool given_language(const cli *c, language *l) {
    const char *text = given(c, "lang");
    for (int i = 0; i < LANGUAGES; i++)
        if (!text || strcmp(text, languages[i].word) == 0) return *l = (language)i, true;
    fail(GLIA_USAGE, "--lang is '%s', expected en or zh", text);
    return false;
}

int check_language(const cli *c) {
    language l;
    if (!given_language(c, &l)) return GLIA_USAGE;
    if (!given(c, "lang") || given(c, "report")) return 0;
    return fail(GLIA_USAGE, "--lang is the language of a --report, and there is none");
}

const char *language_code(language l) { return languages[l].code; }

const char *phrase_text(language l, phrase p) { return phrases[p].text[l]; }

/* "word_early_stop" is that of "early stop". */
static bool is_name_of(const char *name, const char *word) {
    if (strncmp(name, "word_", 5) != 0) return false;
    for (name += 5; *name && (*name == *word || (*name == '_' && *word == ' ')); name++) word++;
    return *name == '\0' && *word == '\0';
}

const char *phrase_of_word(language l, const char *word) {
    for (int p = 0; l != ENGLISH && p < PHRASES; p++)
        if (is_name_of(phrases[p].name, word)) return phrases[p].text[l];
    return word;
}

/* -------------------------------------------------------------------------------------- HTML -- */

void html_text(FILE *f, const char *text) {
    for (const unsigned char *s = (const unsigned char *)(text ? text : ""); *s; s++) {
        if (*s == '&') fputs("&amp;", f);
        else if (*s == '<') fputs("&lt;", f);
        else if (*s == '>') fputs("&gt;", f);
        else if (*s == '"') fputs("&quot;", f);
        else if (*s < 32 && *s != '\n' && *s != '\t') fprintf(f, "\\x%02x", *s);
        else fputc(*s, f);
    }
}

/* Has it letters of Hebrew, Arabic or another script that is written from the right? */
static bool turns(const char *text) {
    for (const unsigned char *s = (const unsigned char *)text; *s; s++) {
        unsigned c = *s < 0xe0 ? (*s & 0x1fu) << 6 : *s < 0xf0 ? (*s & 0xfu) << 12 : 0x10000;
        if (*s < 0xd6) continue; /* ASCII, what follows a first byte, and letters up to U+057F */
        if (*s >= 0xe0 && s[1]) c |= (s[1] & 0x3fu) << 6;
        if (c < 0x900 || (c >= 0xfb00 && c <= 0xfeff)) return true;
        if (*s == 0xf0 && (s[1] == 0x90 || s[1] == 0x9e)) return true;
    }
    return false;
}

void html_name(FILE *f, const char *name) {
    bool isolated = name && turns(name);
    if (isolated) fputs("<bdi>", f);
    html_text(f, name);
    if (isolated) fputs("</bdi>", f);
}

void html_long_name(FILE *f, const char *name) {
    bool isolated = name && turns(name);
    if (isolated) fputs("<bdi>", f);
    for (const char *s = name ? name : ""; *s;) {
        size_t n = strcspn(s, "_/");
        n += strspn(s + n, "_/");
        char *piece = format_text("%.*s", (int)n, s);
        html_text(f, piece);
        free(piece);
        s += n;
        if (*s) fputs("<wbr>", f);
    }
    if (isolated) fputs("</bdi>", f);
}

/* Where no element may stand, two characters of Unicode isolate. */
static void plain_name(FILE *f, const char *name) {
    bool isolated = name && turns(name);
    fprintf(f, "%s%s%s", isolated ? "\u2068" : "", name ? name : "", isolated ? "\u2069" : "");
}

static void fill_in(FILE *f, const char *text, const char *const *fill,
                    void (*put)(FILE *, const char *)) {
    for (; *text; text++) {
        if (*text == '{' && text[1] >= '1' && text[1] <= '9' && text[2] == '}') {
            put(f, fill[text[1] - '0']);
            text += 2;
        } else fputc(*text, f);
    }
}

void html_filled(FILE *f, const char *text, const char *const *fill) {
    fill_in(f, text, fill, html_long_name);
}

void phrase_html(FILE *f, language l, phrase p, const char *const *fill) {
    html_filled(f, phrase_text(l, p), fill);
}

char *phrase_plain(language l, phrase p, const char *const *fill) {
    char *text;
    size_t size;
    FILE *f = text_open(&text, &size);
    fill_in(f, phrase_text(l, p), fill, plain_name);
    text_close(f);
    return text;
}
