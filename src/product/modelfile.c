/*
 * modelfile.c: a model as one file (container.h), so that other tools read the weights:
 * network and notes as texts, W and b and the test vectors as tensors. docs/modelfile.md has
 * it byte by byte.
 *
 * A file is distrusted, one thing after another: its checksum (it may be damaged), the form of its
 * header, its network as a text (the parser is the one for what users type), then each tensor by
 * name, type and shape. Memory for weights is taken when the file is known to hold as many: a file
 * of 200 bytes that asks for 10^12 weights is an error and not an allocation.
 */
#include "../file/container.h"
#include "../op/nettext.h"
#include "model.h"

#include <stdio.h>
#include <string.h>

/* ----------------------------------------------------------------------------------- writing -- */

static void add_texts(gl_writer *w, const glia_model *m) {
    char number[24];
    char *net = gl_net_text(m->g, m->net);
    char *loss = gl_net_loss_text(m->g, m->net);
    snprintf(number, sizeof number, "%lld", (long long)m->net->inputs);
    gl_writer_text(w, "inputs", number);
    gl_writer_text(w, "net", net ? net : "");
    gl_writer_text(w, "loss", loss ? loss : "");
    /* In the order in which they were set: the same training sets them in the same order, and the
     * file is the same bytes. */
    for (int i = 0; i < m->note_count; i++) gl_writer_text(w, m->notes[i].name, m->notes[i].text);
    w->header.failed = w->header.failed || !net || !loss;
    gl_free(m->g, net);
    gl_free(m->g, loss);
}

static void add_tensors(gl_writer *w, const glia_model *m, const gl_vectors *v) {
    const gl_net *net = m->net;
    for (int i = 0; i < net->params; i++) {
        const gl_param *p = &net->param[i];
        gl_writer_tensor(w, p->name, net->dtype, p->rows, p->cols,
                         gl_store_at(net->store, GL_WEIGHTS, p->offset));
    }
    /* No layer can be called as these are: a user's names have no dots. */
    gl_writer_tensor(w, "glia.test.x", net->dtype, v->n, net->inputs, v->x);
    gl_writer_tensor(w, "glia.test.y", net->dtype, v->n, net->outputs, v->y);
    if (m->likenesses.n)
        gl_writer_tensor(w, "glia.likenesses", GLIA_U8, m->likenesses.n, GL_LIKENESS,
                         m->likenesses.of);
}

glia_status glia_model_save(glia_model *m, const char *path) {
    gl_writer w;
    gl_vectors vectors;
    const int64_t troubles = m->g->troubles;
    glia_status status = gl_vectors_make(&vectors, m->net);
    if (status != GLIA_OK) return status;
    gl_writer_begin(&w, m->g, &gl_model_kind);
    add_texts(&w, m);
    add_tensors(&w, m, &vectors);
    gl_writer_end(&w);
    status = gl_outcome(m->g, troubles, GLIA_OK);
    if (status == GLIA_OK) status = gl_writer_write(&w, path);
    gl_writer_free(&w);
    gl_vectors_free(&vectors, m->g);
    return status;
}

/* ----------------------------------------------------------------------------------- reading -- */

static glia_status read_weights(const gl_container *f, gl_net *m) {
    if (m->count > gl_container_room(f) / (int64_t)glia_dtype_size(m->dtype))
        return gl_container_damaged(f, "it holds fewer weights than its network has");
    if (gl_net_allocate(m) != GLIA_OK) return GLIA_RESOURCE;
    for (int i = 0; i < m->params; i++) {
        const gl_param *w = &m->param[i];
        const char *from = gl_container_tensor(f, w->name, m->dtype, w->rows, w->cols);
        if (!from) {
            return gl_fail(
                f->g, GLIA_INPUT,
                "model file '%s': '%s' of shape (%lld, %lld) is missing or of another shape",
                f->path, w->name, (long long)w->rows, (long long)w->cols);
        }
        gl_store_put(m->store, GL_WEIGHTS, w->offset, w->rows * w->cols, from);
    }
    return GLIA_OK;
}

/* None is fine: a file of another tool has none. More than 1,024 would only be a way to make
 * loading slow. */
static glia_status read_vectors(const gl_container *f, glia_model *m) {
    const gl_net *net = m->net;
    int64_t n =
        gl_json_whole(gl_json_at(gl_json_get(gl_json_get(f->json, "glia.test.x"), "shape"), 0));
    if (n < 1 || n > 1024) return GLIA_OK; /* none */
    const char *x = gl_container_tensor(f, "glia.test.x", net->dtype, n, net->inputs),
               *y = gl_container_tensor(f, "glia.test.y", net->dtype, n, net->outputs);
    if (!x || !y) return gl_container_damaged(f, "its test vectors do not fit its network");
    if (gl_vectors_new(&m->vectors, net, (int)n) != GLIA_OK) return GLIA_RESOURCE;
    size_t size = glia_dtype_size(net->dtype);
    memcpy(m->vectors.x, x, (size_t)(n * net->inputs) * size);
    memcpy(m->vectors.y, y, (size_t)(n * net->outputs) * size);
    return GLIA_OK;
}

/* Of a model of pictures, by a version that knows them. */
static glia_status read_likenesses(const gl_container *f, glia_model *m) {
    const gl_json *entry = gl_json_get(f->json, "glia.likenesses");
    if (!entry) return GLIA_OK;
    int64_t n = gl_json_whole(gl_json_at(gl_json_get(entry, "shape"), 0));
    bool fits = n > 0 && n <= gl_container_room(f) / GL_LIKENESS;
    const char *from =
        fits ? gl_container_tensor(f, "glia.likenesses", GLIA_U8, n, GL_LIKENESS) : NULL;
    if (!from) return gl_container_damaged(f, "its likenesses of pictures have not 32 bytes each");
    if (!(m->likenesses.of = gl_alloc(f->g, n, GL_LIKENESS))) return GLIA_RESOURCE;
    memcpy(m->likenesses.of, from, (size_t)n * GL_LIKENESS);
    m->likenesses.n = n;
    return GLIA_OK;
}

/* Notes that are not known here are kept, and saved again: what a later version or another program
 * has written is not lost by passing through this one. */
static glia_status read_notes(const gl_container *f, glia_model *m) {
    static const char *const own[] = {"format", "checksum", "inputs", "net", "loss"};
    const gl_json *all = gl_json_get(f->json, "__metadata__"), *name = NULL;
    while ((name = gl_json_name(all, name))) {
        const char *text = gl_json_text(name + 1);
        bool skip = !text;
        for (int i = 0; i < 5; i++) skip = skip || strcmp(name->text, own[i]) == 0;
        glia_status status = skip ? GLIA_OK : glia_model_set_note(m, name->text, text);
        if (status == GLIA_INPUT)
            gl_fail(f->g, status, "model file '%s': %s", f->path, glia_message(f->g));
        if (status != GLIA_OK) return status;
    }
    return GLIA_OK;
}

/* The network of the file, its weights included. One tensor of 64 bits makes a model of 64 bits;
 * another one of 32 is then missing, by its type. The number of inputs is multiplied before any
 * weight is seen, so it is bounded first: each has a weight, and so some bytes of the file. */
static gl_net *build_net(const gl_container *f) {
    int64_t inputs;
    glia_dtype dtype = GLIA_F32;
    const gl_json *name = NULL;
    while ((name = gl_json_name(f->json, name))) {
        const char *type = gl_json_text(gl_json_get(name + 1, "dtype"));
        if (type && strcmp(type, "F64") == 0) dtype = GLIA_F64;
    }
    if (!gl_parse_int(gl_container_text(f, "inputs"), &inputs) || inputs < 1 || inputs > f->size) {
        gl_container_damaged(f, "it does not say how many inputs it has");
        return NULL;
    }
    gl_net *net = gl_net_sketch(f->g, inputs, gl_container_text(f, "net"),
                                gl_container_text(f, "loss"), dtype);
    if (!net && glia_code(f->g) != GLIA_RESOURCE)
        gl_fail(f->g, GLIA_INPUT, "model file '%s': %s", f->path, glia_message(f->g));
    if (net && read_weights(f, net) == GLIA_OK) return net;
    gl_net_free(net);
    return NULL;
}

static glia_model *build(const gl_container *f) {
    gl_net *net = build_net(f);
    glia_model *m = net ? gl_model_around(f->g, net) : NULL;
    if (m && read_vectors(f, m) == GLIA_OK && read_likenesses(f, m) == GLIA_OK &&
        read_notes(f, m) == GLIA_OK)
        return m;
    glia_model_free(m);
    return NULL;
}

glia_model *glia_model_load(glia_ctx *g, const char *path) {
    gl_container f;
    const int64_t troubles = g->troubles;
    glia_model *m = gl_container_open(&f, g, &gl_model_kind, path) == GLIA_OK ? build(&f) : NULL;
    gl_container_close(&f);
    if (gl_outcome(g, troubles, GLIA_OK) == GLIA_OK) return m;
    glia_model_free(m);
    return NULL;
}
