/*
 * xml.h: XML as a stream of tags and texts, for sheets. The functions are those of xml_module.c, a
 * module that is loaded when the first workbook is read.
 */
#ifndef GL_XML_H
#define GL_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Who receives it; each returns false to stop. Names are without their namespace. */
typedef struct gl_xml_events {
    bool (*begin)(void *user, const char *name, const char *const *attributes);
    bool (*text)(void *user, const char *s, int64_t n);
    bool (*end)(void *user, const char *name);
    void *user;
} gl_xml_events;

typedef enum gl_xml_result {
    GL_XML_GOES_ON,
    GL_XML_STOPPED,
    GL_XML_SHORT, /* memory is out */
    GL_XML_WRONG
} gl_xml_result;

typedef struct gl_xml {
    void *(*open)(const gl_xml_events *events); /* NULL: memory is out */
    gl_xml_result (*feed)(void *xml, const char *bytes, int64_t n, bool last, char *why,
                          size_t size);
    void (*close)(void *xml);
} gl_xml;

/* What stands behind the namespace. */
static inline const char *gl_xml_local(const char *name) {
    const char *bar = strrchr(name, '|');
    return bar ? bar + 1 : name;
}

/* The value of an attribute, or NULL. */
static inline const char *gl_xml_get(const char *const *attributes, const char *name) {
    for (; *attributes; attributes += 2)
        if (!strcmp(gl_xml_local(*attributes), name)) return attributes[1];
    return NULL;
}

#endif
