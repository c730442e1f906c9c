/*
 * modelfile.c: a model as one file, in the safetensors container, so that other tools read the
 * weights.
 *
 *     8 bytes   length of the header, little-endian
 *     header    JSON: "__metadata__" (texts), one entry a tensor; blanks up to a multiple of 8
 *     data      the tensors, raw little-endian, in the order of the header
 *
 * The header begins with a fixed text that holds the format and a SHA-256 over the whole file,
 * computed with 64 zeros in its own place. Any damaged byte is found; nothing of a damaged file is
 * used. A file is untrusted until it was checked, and still distrusted afterwards: every number is
 * compared with what the network needs before memory is taken.
 */
#include "../model/model.h"
#include "hash.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char prefix[] = "{\"__metadata__\":{\"format\":\"glia 1\",\"checksum\":\"";
static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";

enum { LENGTH = 8, PREFIX = sizeof prefix - 1, HEX = sizeof zeros - 1 };

/* ----------------------------------------------------------------------------------- writing -- */

/* A text as JSON. What is not UTF-8 is written byte by byte as '?'. */
static void add_json_text(gl_text *t, const char *text) {
    json_t *s = json_string(text);
    if (!s) {
        char *ascii = gl_copy_text(t->g, text);
        for (char *c = ascii; c && *c; c++) *c = (unsigned char)*c > 127 ? '?' : *c;
        s = ascii ? json_string(ascii) : NULL;
        gl_free(t->g, ascii);
    }
    char *quoted = s ? json_dumps(s, JSON_ENCODE_ANY) : NULL;
    if (quoted) gl_add_bytes(t, quoted, (int64_t)strlen(quoted));
    else t->failed = true;
    free(quoted);
    json_decref(s);
}

static void add_metadata(gl_text *t, const char *name, const char *text) {
    gl_add(t, ",");
    add_json_text(t, name);
    gl_add(t, ":");
    add_json_text(t, text);
}

static void add_tensor(gl_text *t, const glia_model *m, const char *name, int64_t rows,
                       int64_t cols, int64_t *offset) {
    int64_t bytes = rows * cols * (int64_t)glia_dtype_size(m->dtype);
    gl_add(t, ",\"%s\":{\"dtype\":\"%s\",\"shape\":[%lld,%lld],\"data_offsets\":[%lld,%lld]}", name,
           m->dtype == GLIA_F64 ? "F64" : "F32", (long long)rows, (long long)cols,
           (long long)*offset, (long long)(*offset + bytes));
    *offset += bytes;
}

static void add_header(gl_text *t, const glia_model *m) {
    char number[24];
    char *net = glia_model_text(m);
    gl_text loss = {.g = m->g};
    const gl_node *last = gl_loss_node(m);
    if (last->op->link) gl_add(&loss, "cross_entropy");
    else gl_print_op(&loss, last->op, last->attr, ':');

    gl_add(t, "%s%s\"", prefix, zeros);
    snprintf(number, sizeof number, "%lld", (long long)m->inputs);
    add_metadata(t, "inputs", number);
    add_metadata(t, "net", net ? net : "");
    add_metadata(t, "loss", loss.s ? loss.s : "");
    for (int i = 0; i < m->note_count; i++) add_metadata(t, m->notes[i].name, m->notes[i].text);
    gl_add(t, "}");
    int64_t offset = 0;
    for (int i = 0; i < m->params; i++)
        add_tensor(t, m, m->param[i].name, m->param[i].rows, m->param[i].cols, &offset);
    if (m->vectors) {
        add_tensor(t, m, "glia.test.x", m->vectors, m->inputs, &offset);
        add_tensor(t, m, "glia.test.y", m->vectors, m->outputs, &offset);
    }
    gl_add(t, "}");
    while (!t->failed && t->n % 8 != 0) gl_add(t, " ");
    t->failed = t->failed || !net || loss.failed;
    gl_free(m->g, net);
    gl_free(m->g, loss.s);
}

static void put_length(uint8_t bytes[LENGTH], int64_t n) {
    for (int i = 0; i < LENGTH; i++) bytes[i] = (uint8_t)((uint64_t)n >> (8 * i));
}

static void collect(const glia_model *m, gl_chunk *chunk) {
    int64_t size = (int64_t)glia_dtype_size(m->dtype);
    for (int i = 0; i < m->params; i++) {
        const gl_param *w = &m->param[i];
        *chunk++ = (gl_chunk){(char *)m->weights + w->offset * size, w->rows * w->cols * size};
    }
    *chunk++ = (gl_chunk){m->vector_x, m->vectors * m->inputs * size};
    *chunk = (gl_chunk){m->vector_y, m->vectors * m->outputs * size};
}

glia_status glia_model_save(glia_model *m, const char *path) {
    glia_ctx *g = m->g;
    gl_text header = {.g = g};
    uint8_t length[LENGTH];
    int count = m->params + 4; /* length, header, the parameters, two of test vectors */
    gl_chunk *chunks = gl_alloc(g, count, sizeof *chunks);
    add_header(&header, m);
    glia_status status = GLIA_RESOURCE;
    if (chunks && !header.failed) {
        char hex[HEX + 1];
        put_length(length, header.n);
        chunks[0] = (gl_chunk){length, LENGTH};
        chunks[1] = (gl_chunk){header.s, header.n};
        collect(m, chunks + 2);
        gl_sha256(chunks, count, hex);
        memcpy(header.s + PREFIX, hex, HEX);
        status = gl_write_file(g, path, chunks, count);
    }
    gl_free(g, header.s);
    gl_free(g, chunks);
    return status;
}

/* ----------------------------------------------------------------------------------- reading -- */

typedef struct opened {
    glia_ctx *g;
    const char *path;
    char *bytes;
    int64_t size, header; /* whole file; length of the header */
    json_t *json;
} opened;

static int64_t get_length(const char *bytes) {
    uint64_t n = 0;
    for (int i = LENGTH - 1; i >= 0; i--) n = n << 8 | (uint8_t)bytes[i];
    return n > INT64_MAX ? -1 : (int64_t)n;
}

static glia_status damaged(const opened *f, const char *what) {
    return gl_fail(f->g, GLIA_INPUT,
                   "model file '%s' is damaged: %s; train again or restore it from a copy", f->path,
                   what);
}

static glia_status not_a_model(const opened *f) {
    const char *b = f->bytes;
    if (f->size == 0)
        return gl_fail(f->g, GLIA_INPUT, "'%s' is empty, a glia model file was expected", f->path);
    bool text = true;
    for (int64_t i = 0; i < f->size && i < 64; i++)
        text = text && ((unsigned char)b[i] >= 32 || strchr("\t\r\n", b[i]));
    if (text)
        return gl_fail(f->g, GLIA_INPUT,
                       "'%s' is a text file, a glia model file was expected; is it the data?",
                       f->path);
    if (f->size > LENGTH && b[LENGTH] == '{' &&
        !memmem(b, (size_t)(f->size < 4096 ? f->size : 4096), "glia", 4)) {
        return gl_fail(f->g, GLIA_INPUT, "'%s' is a safetensors file, but not one that glia wrote",
                       f->path);
    }
    if (f->size > LENGTH && b[LENGTH] == '{')
        return damaged(f, "its first bytes are not those of a glia model");
    return gl_fail(f->g, GLIA_INPUT, "'%s' is not a glia model file", f->path);
}

static glia_status check_frame(opened *f) {
    int64_t there = f->size - LENGTH;
    if (there > 0 && there < PREFIX + HEX &&
        memcmp(f->bytes + LENGTH, prefix, (size_t)(there < PREFIX ? there : PREFIX)) == 0) {
        return damaged(f, "it is shorter than its header says");
    }
    if (there < PREFIX + HEX) return not_a_model(f);
    f->header = get_length(f->bytes);
    if (memcmp(f->bytes + LENGTH, prefix, PREFIX) != 0) return not_a_model(f);
    if (f->header < PREFIX + HEX || f->header > f->size - LENGTH)
        return damaged(f, "it is shorter than its header says");

    char *stored = f->bytes + LENGTH + PREFIX, found[HEX + 1], computed[HEX + 1];
    memcpy(found, stored, HEX);
    memcpy(stored, zeros, HEX);
    gl_sha256(&(gl_chunk){f->bytes, f->size}, 1, computed);
    if (memcmp(found, computed, HEX) != 0)
        return damaged(f, "its checksum does not agree with its bytes");
    return GLIA_OK;
}

static glia_status parse_header(opened *f) {
    json_error_t error;
    f->json = json_loadb(f->bytes + LENGTH, (size_t)f->header, 0, &error);
    return f->json ? GLIA_OK : damaged(f, error.text);
}

static const char *metadata(const opened *f, const char *name) {
    const char *text =
        json_string_value(json_object_get(json_object_get(f->json, "__metadata__"), name));
    return text ? text : "";
}

/* Bytes first..last of the data, or NULL when the entry is not what the model needs. */
static const char *tensor(const opened *f, const char *name, glia_dtype dtype, int64_t rows,
                          int64_t cols) {
    json_t *entry = json_object_get(f->json, name), *shape = json_object_get(entry, "shape");
    json_t *offsets = json_object_get(entry, "data_offsets");
    const char *type = json_string_value(json_object_get(entry, "dtype"));
    if (!type || strcmp(type, dtype == GLIA_F64 ? "F64" : "F32") != 0) return NULL;
    if (json_integer_value(json_array_get(shape, 0)) != rows ||
        json_integer_value(json_array_get(shape, 1)) != cols)
        return NULL;
    int64_t from = json_integer_value(json_array_get(offsets, 0)),
            to = json_integer_value(json_array_get(offsets, 1));
    int64_t room = f->size - LENGTH - f->header,
            bytes = rows * cols * (int64_t)glia_dtype_size(dtype);
    if (from < 0 || to > room || from > to || to - from != bytes) return NULL;
    return f->bytes + LENGTH + f->header + from;
}

static glia_status read_weights(opened *f, glia_model *m) {
    size_t size = glia_dtype_size(m->dtype);
    if (m->count > (f->size - LENGTH - f->header) / (int64_t)size)
        return damaged(f, "it holds fewer weights than its network has");
    if (gl_model_allocate(m) != GLIA_OK) return GLIA_RESOURCE;
    for (int i = 0; i < m->params; i++) {
        const gl_param *w = &m->param[i];
        const char *from = tensor(f, w->name, m->dtype, w->rows, w->cols);
        if (!from) {
            return gl_fail(
                f->g, GLIA_INPUT,
                "model file '%s': '%s' of shape (%lld, %lld) is missing or of another shape",
                f->path, w->name, (long long)w->rows, (long long)w->cols);
        }
        memcpy((char *)m->weights + (size_t)w->offset * size, from,
               (size_t)(w->rows * w->cols) * size);
    }
    return GLIA_OK;
}

static glia_status read_vectors(opened *f, glia_model *m) {
    json_int_t n = json_integer_value(
        json_array_get(json_object_get(json_object_get(f->json, "glia.test.x"), "shape"), 0));
    if (n < 1 || n > 1024) return GLIA_OK; /* none */
    const char *x = tensor(f, "glia.test.x", m->dtype, n, m->inputs),
               *y = tensor(f, "glia.test.y", m->dtype, n, m->outputs);
    if (!x || !y) return damaged(f, "its test vectors do not fit its network");
    if (gl_model_set_vectors(m, (int)n) != GLIA_OK) return GLIA_RESOURCE;
    size_t size = glia_dtype_size(m->dtype);
    memcpy(m->vector_x, x, (size_t)(n * m->inputs) * size);
    memcpy(m->vector_y, y, (size_t)(n * m->outputs) * size);
    return GLIA_OK;
}

static glia_status read_notes(opened *f, glia_model *m) {
    static const char *const own[] = {"format", "checksum", "inputs", "net", "loss"};
    const char *name;
    json_t *text;
    json_object_foreach(json_object_get(f->json, "__metadata__"), name, text) {
        bool skip = !json_is_string(text);
        for (int i = 0; i < 5; i++) skip = skip || strcmp(name, own[i]) == 0;
        if (!skip && glia_model_set_note(m, name, json_string_value(text)) != GLIA_OK)
            return GLIA_RESOURCE;
    }
    return GLIA_OK;
}

static glia_model *build(opened *f) {
    int64_t inputs;
    json_t *first;
    const char *name;
    glia_dtype dtype = GLIA_F32;
    json_object_foreach(f->json, name, first) {
        const char *type = json_string_value(json_object_get(first, "dtype"));
        if (type && strcmp(type, "F64") == 0) dtype = GLIA_F64;
    }
    if (!gl_parse_int(metadata(f, "inputs"), &inputs) || inputs < 1 || inputs > f->size) {
        damaged(f, "it does not say how many inputs it has");
        return NULL;
    }
    glia_model *m = gl_model_sketch(f->g, inputs, metadata(f, "net"), metadata(f, "loss"), dtype);
    if (!m) {
        gl_fail(f->g, GLIA_INPUT, "model file '%s': %s", f->path, glia_message(f->g));
        return NULL;
    }
    if (read_weights(f, m) == GLIA_OK && read_vectors(f, m) == GLIA_OK &&
        read_notes(f, m) == GLIA_OK)
        return m;
    glia_model_free(m);
    return NULL;
}

glia_model *gl_model_read(glia_ctx *g, const char *path) {
    opened f = {.g = g, .path = path};
    glia_model *m = NULL;
    f.bytes = gl_read_file(g, path, &f.size);
    if (f.bytes && check_frame(&f) == GLIA_OK && parse_header(&f) == GLIA_OK) m = build(&f);
    json_decref(f.json);
    gl_free(g, f.bytes);
    return m;
}
