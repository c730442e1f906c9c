/*
 * xml_module.c: XML by expat, for the readers of workbooks. A module of its own (glia-xml.so),
 * loaded when a file asks for it. The file may come from anybody: a document that declares a type
 * could declare entities, which grow when they are replaced, and is refused; no workbook has one.
 */
#include "xml.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>

/* A tag or an attribute that is longer is none of a workbook's: expat begins it anew with every
 * piece that comes, until it is complete. */
enum { LONGEST = 1 << 22, PIECE = 1 << 20 };

typedef struct open {
    XML_Parser parser;
    gl_xml_events to;
    bool stopped, typed;
    int64_t given;
} open;

static void stop(open *o) {
    o->stopped = true;
    XML_StopParser(o->parser, XML_FALSE);
}

static void begin(void *user, const char *name, const char **attributes) {
    open *o = user;
    if (o->stopped) return;
    if (!o->to.begin(o->to.user, gl_xml_local(name), (const char *const *)attributes)) stop(o);
}

static void end(void *user, const char *name) {
    open *o = user;
    if (!o->stopped && !o->to.end(o->to.user, gl_xml_local(name))) stop(o);
}

static void text(void *user, const char *s, int n) {
    open *o = user;
    if (!o->stopped && !o->to.text(o->to.user, s, n)) stop(o);
}

static void type(void *user, const char *name, const char *system, const char *public, int has) {
    open *o = user;
    (void)name, (void)system, (void)public, (void)has;
    o->typed = true;
    stop(o);
}

static void close_it(void *user) {
    open *o = user;
    XML_ParserFree(o->parser);
    free(o);
}

static void *open_it(const gl_xml_events *events) {
    open *o = calloc(1, sizeof *o);
    if (!o) return NULL;
    o->to = *events;
    o->parser = XML_ParserCreateNS(NULL, '|');
    if (!o->parser) return free(o), NULL;
    XML_SetUserData(o->parser, o);
    XML_SetElementHandler(o->parser, begin, end);
    XML_SetCharacterDataHandler(o->parser, text);
    XML_SetStartDoctypeDeclHandler(o->parser, type);
    return o;
}

static gl_xml_result feed_piece(open *o, const char *bytes, int n, bool last, char *why,
                                size_t size) {
    bool good = XML_Parse(o->parser, bytes, n, last) == XML_STATUS_OK;
    o->given += n;
    if (o->typed) snprintf(why, size, "it declares a document type, which no workbook does");
    if (o->stopped) return o->typed ? GL_XML_WRONG : GL_XML_STOPPED;
    if (good && o->given - XML_GetCurrentByteIndex(o->parser) <= LONGEST) return GL_XML_GOES_ON;
    if (!good && XML_GetErrorCode(o->parser) == XML_ERROR_NO_MEMORY) return GL_XML_SHORT;
    snprintf(why, size, "%s in line %lu",
             good ? "a tag is longer than 4 MiB" : XML_ErrorString(XML_GetErrorCode(o->parser)),
             (unsigned long)XML_GetCurrentLineNumber(o->parser));
    return GL_XML_WRONG;
}

static gl_xml_result feed(void *user, const char *bytes, int64_t n, bool last, char *why,
                          size_t size) {
    gl_xml_result result = GL_XML_GOES_ON;
    do {
        int piece = n > PIECE ? PIECE : (int)n;
        result = feed_piece(user, bytes, piece, last && piece == n, why, size);
        bytes += piece, n -= piece;
    } while (n > 0 && result == GL_XML_GOES_ON);
    return result;
}

__attribute__((visibility("default"))) const gl_xml gl_expat = {open_it, feed, close_it};
