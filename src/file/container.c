/*
 * container.c: writes and reads safetensors files with a checksum.
 */
#include "container.h"
#include "hash.h"

#include <stdio.h>
#include <string.h>

const gl_file_kind gl_model_kind = {"glia 1", "model file",
                                    "train again or restore it from a copy"};
const gl_file_kind gl_checkpoint_kind = {"glia checkpoint 1", "checkpoint",
                                         "restore it from a copy, or remove it and train anew"};

static const gl_file_kind *const kinds[] = {&gl_model_kind, &gl_checkpoint_kind};

static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";

/* 80: what a header begins with, 58 letters for a checkpoint and fewer for a model, and some
 * to spare. */
enum { LENGTH = 8, HEX = sizeof zeros - 1, MOST_PREFIX = 80 };

/* What the header begins with, up to the checksum. Returns its length. */
static int64_t begin_with(const gl_file_kind *kind, char prefix[MOST_PREFIX]) {
    return snprintf(prefix, MOST_PREFIX, "{\"__metadata__\":{\"format\":\"%s\",\"checksum\":\"",
                    kind->format);
}

static const char *type_name(glia_dtype dtype) {
    static const char *const names[] = {[GLIA_F32] = "F32",
                                        [GLIA_F64] = "F64",
                                        [GLIA_U8] = "U8",
                                        [GLIA_I32] = "I32",
                                        [GLIA_I64] = "I64"};
    return names[dtype];
}

/* ----------------------------------------------------------------------------------- writing -- */

/* A list of pieces and no copy: the weights are hashed and written where they lie. */
static void add_chunk(gl_writer *w, const void *data, int64_t size) {
    if (gl_reserve(w->header.g, &w->chunk, &w->cap, w->chunks + 1, sizeof *w->chunk))
        w->chunk[w->chunks++] = (gl_chunk){data, size};
    else w->header.failed = true;
}

void gl_writer_begin(gl_writer *w, glia_ctx *g, const gl_file_kind *kind) {
    char prefix[MOST_PREFIX];
    *w = (gl_writer){.header = {.g = g}, .hex = begin_with(kind, prefix)};
    gl_add(&w->header, "%s%s\"", prefix, zeros);
    add_chunk(w, w->length, LENGTH);
    add_chunk(w, NULL, 0); /* the header, once it is complete */
}

void gl_writer_text(gl_writer *w, const char *name, const char *text) {
    gl_add(&w->header, ",");
    gl_add_json_text(&w->header, name);
    gl_add(&w->header, ":");
    gl_add_json_text(&w->header, text);
}

void gl_writer_tensor(gl_writer *w, const char *name, glia_dtype dtype, int64_t rows, int64_t cols,
                      const void *data) {
    int64_t bytes = rows * cols * (int64_t)glia_dtype_size(dtype);
    gl_add(&w->header,
           "%s,\"%s\":{\"dtype\":\"%s\",\"shape\":[%lld,%lld],\"data_offsets\":[%lld,%lld]}",
           w->chunks == 2 ? "}" : "", name, type_name(dtype), (long long)rows, (long long)cols,
           (long long)w->offset, (long long)(w->offset + bytes));
    w->offset += bytes;
    add_chunk(w, data, bytes);
}

/* Blanks up to a multiple of 8, so that the tensors are aligned in a file that is mapped
 * into memory. */
void gl_writer_end(gl_writer *w) {
    gl_add(&w->header, w->chunks == 2 ? "}}" : "}");
    while (!w->header.failed && w->header.n % 8 != 0) gl_add(&w->header, " ");
    for (int i = 0; i < LENGTH; i++) w->length[i] = (uint8_t)((uint64_t)w->header.n >> (8 * i));
    if (!w->header.failed) w->chunk[1] = (gl_chunk){w->header.s, w->header.n};
}

/* The zeros again: a checkpoint is written every 30 seconds from one header, which holds the
 * last hash. */
glia_status gl_writer_write(gl_writer *w, const char *path) {
    char hex[HEX + 1];
    if (w->header.failed) return GLIA_RESOURCE;
    memcpy(w->header.s + w->hex, zeros, HEX);
    gl_sha256_of(w->chunk, (int)w->chunks, hex);
    memcpy(w->header.s + w->hex, hex, HEX);
    return gl_write_file(w->header.g, path, w->chunk, (int)w->chunks);
}

void gl_writer_free(gl_writer *w) {
    if (!w->header.g) return;
    gl_free(w->header.g, w->header.s);
    gl_free(w->header.g, w->chunk);
    *w = (gl_writer){0};
}

/* ----------------------------------------------------------------------------------- reading -- */

static int64_t get_length(const char *bytes) {
    uint64_t n = 0;
    for (int i = LENGTH - 1; i >= 0; i--) n = n << 8 | (uint8_t)bytes[i];
    return n > INT64_MAX ? -1 : (int64_t)n;
}

glia_status gl_container_damaged(const gl_container *f, const char *what) {
    return gl_fail(f->g, GLIA_INPUT, "%s '%s' is damaged: %s; %s", f->kind->name, f->path, what,
                   f->kind->mend);
}

/* As much as there is of a file of this kind's first bytes: one that was cut within them is a
 * damaged model file, and not "no model file". */
static bool begins_like(const gl_container *f, const gl_file_kind *kind) {
    char prefix[MOST_PREFIX];
    int64_t there = f->size - LENGTH, n = begin_with(kind, prefix);
    return there > 0 && memcmp(f->bytes + LENGTH, prefix, (size_t)(there < n ? there : n)) == 0;
}

static bool looks_like_text(const gl_container *f) {
    for (int64_t i = 0; i < f->size && i < 64; i++)
        if ((unsigned char)f->bytes[i] < 32 && !strchr("\t\r\n", f->bytes[i])) return false;
    return true;
}

/* Says what the file is instead, from the likeliest mistake on: the data in place of the
 * model, a checkpoint in place of a model, another program's file. Only what looks like ours
 * is called damaged. */
static glia_status another_kind(const gl_container *f) {
    const char *name = f->kind->name;
    if (f->size == 0)
        return gl_fail(f->g, GLIA_INPUT, "'%s' is empty, a glia %s was expected", f->path, name);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i] != f->kind && f->size > LENGTH + MOST_PREFIX && begins_like(f, kinds[i]))
            return gl_fail(f->g, GLIA_INPUT, "'%s' is a %s, a glia %s was expected", f->path,
                           kinds[i]->name, name);
    }
    if (looks_like_text(f))
        return gl_fail(f->g, GLIA_INPUT,
                       "'%s' is a text file, a glia %s was expected; is it the data?", f->path,
                       name);
    if (f->size > LENGTH && f->bytes[LENGTH] == '{' &&
        !memmem(f->bytes, (size_t)(f->size < 4096 ? f->size : 4096), "glia", 4)) {
        return gl_fail(f->g, GLIA_INPUT, "'%s' is a safetensors file, but not one that glia wrote",
                       f->path);
    }
    if (f->size > LENGTH && f->bytes[LENGTH] == '{')
        return gl_container_damaged(f, "its first bytes are not those that glia writes");
    return gl_fail(f->g, GLIA_INPUT, "'%s' is not a glia %s", f->path, name);
}

/* The length of the header is trusted only as far as the file reaches, and nothing is parsed before
 * the checksum agrees: a damaged file ends here, whatever its bytes would mean. */
static glia_status check_frame(gl_container *f) {
    char prefix[MOST_PREFIX], found[HEX + 1], computed[HEX + 1];
    int64_t n = begin_with(f->kind, prefix), there = f->size - LENGTH;
    if (!begins_like(f, f->kind)) return another_kind(f);
    f->header = there < n + HEX ? -1 : get_length(f->bytes);
    if (f->header < n + HEX || f->header > there)
        return gl_container_damaged(f, "it is shorter than its header says");

    char *stored = f->bytes + LENGTH + n;
    memcpy(found, stored, HEX);
    memcpy(stored, zeros, HEX);
    gl_sha256_of(&(gl_chunk){f->bytes, f->size}, 1, computed);
    if (memcmp(found, computed, HEX) != 0)
        return gl_container_damaged(f, "its checksum does not agree with its bytes");
    return GLIA_OK;
}

static glia_status parse_header(gl_container *f) {
    f->json = gl_json_read(f->g, f->bytes + LENGTH, f->header);
    if (f->json || glia_code(f->g) != GLIA_INPUT) return f->json ? GLIA_OK : glia_code(f->g);
    return gl_container_damaged(f, glia_message(f->g));
}

glia_status gl_container_open(gl_container *f, glia_ctx *g, const gl_file_kind *kind,
                              const char *path) {
    *f = (gl_container){.g = g, .kind = kind, .path = path};
    f->bytes = gl_read_file(g, path, &f->size);
    glia_status status = f->bytes ? check_frame(f) : glia_code(g);
    return status == GLIA_OK ? parse_header(f) : status;
}

void gl_container_close(gl_container *f) {
    if (!f->g) return;
    gl_free(f->g, f->json);
    gl_free(f->g, f->bytes);
    *f = (gl_container){0};
}

const char *gl_container_text(const gl_container *f, const char *name) {
    const char *text = gl_json_text(gl_json_get(gl_json_get(f->json, "__metadata__"), name));
    return text ? text : "";
}

/* Name, type, shape and place must all be what the network needs: the caller reads rows x cols
 * numbers from the pointer and asks no more. */
const char *gl_container_tensor(const gl_container *f, const char *name, glia_dtype dtype,
                                int64_t rows, int64_t cols) {
    const gl_json *entry = gl_json_get(f->json, name), *shape = gl_json_get(entry, "shape");
    const gl_json *offsets = gl_json_get(entry, "data_offsets");
    const char *type = gl_json_text(gl_json_get(entry, "dtype"));
    if (!type || strcmp(type, type_name(dtype)) != 0) return NULL;
    if (gl_json_whole(gl_json_at(shape, 0)) != rows || gl_json_whole(gl_json_at(shape, 1)) != cols)
        return NULL;
    int64_t from = gl_json_whole(gl_json_at(offsets, 0)),
            to = gl_json_whole(gl_json_at(offsets, 1));
    int64_t room = gl_container_room(f), bytes = rows * cols * (int64_t)glia_dtype_size(dtype);
    if (from < 0 || to > room || from > to || to - from != bytes) return NULL;
    return f->bytes + LENGTH + f->header + from;
}
