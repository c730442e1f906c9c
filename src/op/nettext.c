/*
 * nettext.c: the text of a network, both ways.
 *
 *     dense 64 relu, dropout 0.5, dense 10 softmax
 *
 * Layers are separated by commas; a layer is an op, its attributes in order, and for a layer with
 * units the activation behind it. name:value is another way to write an attribute: leaky_relu:0.1.
 * The last activation and the loss together choose the loss op: losses work on logits where they
 * can.
 */
#include "nettext.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct reader {
    gl_net *m;
    const char *text, *at;
    const char *softmax; /* where the text said softmax; NULL: it did not */
    int layers;          /* layers with units so far */
    int norms;           /* others with parameters: no two parameters may have one name */
} reader;

typedef struct word {
    const char *s;
    size_t n;
} word;

static glia_status fail_at(const reader *r, const char *where, const char *what) {
    return gl_fail(r->m->g, GLIA_USAGE, "network '%s', position %d: %s", r->text,
                   (int)(where - r->text) + 1, what);
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
static bool is_end(char c) { return c == 0 || c == ','; }

static void skip_blanks(reader *r) {
    while (is_blank(*r->at)) r->at++;
}

/* The next word up to a blank, a comma or a colon. */
static word next_word(reader *r) {
    word w = {r->at, 0};
    while (!is_blank(*r->at) && !is_end(*r->at) && *r->at != ':') r->at++;
    w.n = (size_t)(r->at - w.s);
    return w;
}

static bool says(word w, const char *name) {
    return strlen(name) == w.n && memcmp(w.s, name, w.n) == 0;
}

static glia_status read_attr(reader *r, const gl_attr *row, double *value, const char *op) {
    word w = next_word(r);
    char message[256], low[40], high[40];
    bool number = gl_parse_number(w.s, w.n, '.', value) && isfinite(*value);
    if (number && !(row->kind == GL_WHOLE_NUMBER && *value != floor(*value)) &&
        *value >= row->low && *value <= row->high)
        return GLIA_OK;
    snprintf(
        message, sizeof message, "%s's %s is '%.*s', expected a %snumber from %s to %s", op,
        row->name, (int)(w.n < 40 ? w.n : 40), w.s, row->kind == GL_WHOLE_NUMBER ? "whole " : "",
        gl_print_number(row->low, low, sizeof low), gl_print_number(row->high, high, sizeof high));
    return fail_at(r, w.s, message);
}

static bool starts_number(char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.';
}

/* The attributes behind an op's name: ":0.1" or " 64". */
static glia_status read_attrs(reader *r, const gl_op *op, double *attr) {
    for (int i = 0; i < op->attrs; i++) {
        const char *before = r->at;
        if (*r->at == ':') r->at++;
        else skip_blanks(r);
        if (before != r->at && (*before == ':' || starts_number(*r->at))) {
            glia_status status = read_attr(r, &op->attr[i], &attr[i], op->name);
            if (status != GLIA_OK) return status;
        } else if (isnan(op->attr[i].initial)) {
            char message[128];
            snprintf(message, sizeof message, "%s needs its %s, '%s 20' say", op->name,
                     op->attr[i].name, op->name);
            return fail_at(r, r->at, message);
        } else {
            attr[i] = op->attr[i].initial;
        }
    }
    if (*r->at == ':') return fail_at(r, r->at, "more attributes than the op has");
    return GLIA_OK;
}

static glia_status unknown_word(const reader *r, word w) {
    char name[40], message[320];
    const char *known[64];
    int count = 0;
    for (int i = 0; i < gl_ops_count; i++) {
        if (gl_ops[i]->role != GL_LOSS) known[count++] = gl_ops[i]->name;
    }
    known[count++] = "softmax";
    snprintf(name, sizeof name, "%.*s", (int)w.n, w.s);
    const char *near = gl_nearest(name, known, count);
    int used = snprintf(message, sizeof message, "unknown layer or activation '%s'", name);
    if (near) snprintf(message + used, sizeof message - (size_t)used, "; did you mean '%s'?", near);
    else
        snprintf(message + used, sizeof message - (size_t)used,
                 "; known: dense, dropout, batch_norm, layer_norm, relu, tanh, sigmoid, ...");
    return fail_at(r, w.s, message);
}

static int64_t width_so_far(const gl_net *m) {
    return m->nodes ? m->node[m->nodes - 1].width : m->inputs;
}

/* "fc1" for the first dense layer, "relu1" for what stands behind it, "batch_norm1" for the first
 * normalisation. */
static void name_node(gl_node *node, int number) {
    snprintf(node->name, sizeof node->name, "%.12s%d",
             strcmp(node->op->name, "dense") == 0 ? "fc" : node->op->name, number);
}

static glia_status add_node(gl_net *m, const gl_op *op, const double *attr, int number) {
    if (!gl_reserve(m->g, &m->node, &m->node_cap, m->nodes + 1, sizeof *m->node))
        return GLIA_RESOURCE;
    int64_t in = width_so_far(m);
    gl_node *node = &m->node[m->nodes];
    *node = (gl_node){.op = op, .in = in, .width = in};
    memcpy(node->attr, attr, sizeof node->attr);
    name_node(node, number);
    m->nodes++;
    return op->shape ? op->shape(m, node, in) : GLIA_OK;
}

/* One op with its attributes. `first`: it begins a layer, so anything but a loss may stand here. */
static glia_status read_op(reader *r, bool first) {
    skip_blanks(r);
    word w = next_word(r);
    if (w.n == 0) return fail_at(r, w.s, "a layer is missing; write for example 'dense 20 relu'");
    if (r->softmax)
        return fail_at(r, w.s, "softmax must be the last word: it belongs to the output");
    if (says(w, "softmax")) {
        r->softmax = w.s;
        return GLIA_OK;
    }
    const gl_op *op = gl_op_find(w.s, w.n);
    if (!op || op->role == GL_LOSS) return unknown_word(r, w);
    if (!first && op->role != GL_ACTIVATION)
        return fail_at(r, w.s, "a comma is missing in front of this layer");
    double attr[GL_MAX_ATTRS] = {0};
    glia_status status = read_attrs(r, op, attr);
    if (status != GLIA_OK) return status;
    if (op->role == GL_LAYER) r->layers++;
    if (!op->forward) return GLIA_OK; /* linear: nothing to do */
    bool norm = op->role == GL_BETWEEN && op->shape;
    return add_node(r->m, op, attr, norm ? ++r->norms : r->layers);
}

static glia_status read_layer(reader *r) {
    glia_status status = read_op(r, true);
    for (skip_blanks(r); status == GLIA_OK && !is_end(*r->at); skip_blanks(r))
        status = read_op(r, false);
    return status;
}

/* The loss op for the last activation and the loss asked for; the activation becomes part of the
 * loss where that is computed from logits. */
static glia_status add_loss(reader *r, const char *loss) {
    gl_net *m = r->m;
    gl_node *last = &m->node[m->nodes - 1];
    bool sigmoid = !r->softmax && strcmp(last->op->name, "sigmoid") == 0;
    bool linked = r->softmax || sigmoid;
    if (!loss) loss = linked ? "cross_entropy" : "mse";

    double attr[GL_MAX_ATTRS] = {0};
    if (strcmp(loss, "cross_entropy") == 0) {
        if (!linked) {
            return gl_fail(m->g, GLIA_USAGE,
                           "cross_entropy needs a sigmoid or softmax output, but the network '%s' "
                           "ends otherwise; "
                           "end it with 'sigmoid' or 'softmax', or choose mse",
                           r->text);
        }
        if (sigmoid) m->nodes--;
        const char *name = sigmoid ? "sigmoid_ce" : "softmax_ce";
        return add_node(m, gl_op_find(name, strlen(name)), attr, r->layers);
    }
    reader inner = {.m = m, .text = loss, .at = loss};
    word w = next_word(&inner);
    const gl_op *op = gl_op_find(w.s, w.n);
    if (!op || op->role != GL_LOSS || op->link) {
        static const char *const known[] = {"cross_entropy", "mse", "mae", "huber"};
        const char *near = gl_nearest(loss, known, 4);
        return gl_fail(m->g, GLIA_USAGE,
                       "unknown loss '%s'%s%s%s; expected cross_entropy, mse, mae or huber", loss,
                       near ? ", did you mean '" : "", near ? near : "", near ? "'" : "");
    }
    if (r->softmax)
        return gl_fail(m->g, GLIA_USAGE, "softmax goes with the loss cross_entropy, not with '%s'",
                       loss);
    glia_status status = read_attrs(&inner, op, attr);
    if (status == GLIA_OK && *inner.at)
        status = fail_at(&inner, inner.at, "nothing more was expected");
    return status == GLIA_OK ? add_node(m, op, attr, r->layers) : status;
}

static glia_status parse_net(gl_net *m, const char *net, const char *loss) {
    reader r = {.m = m, .text = net, .at = net};
    for (;;) {
        glia_status status = read_layer(&r);
        if (status != GLIA_OK) return status;
        if (*r.at == 0) break;
        r.at++; /* the comma */
    }
    if (r.layers == 0)
        return fail_at(&r, net, "no layer has weights; write for example 'dense 1 sigmoid'");
    m->outputs = width_so_far(m);
    if (r.softmax && m->outputs < 2) {
        return fail_at(&r, r.softmax,
                       "softmax needs at least 2 outputs; one output goes with sigmoid");
    }
    return add_loss(&r, loss);
}

static glia_status sketch(gl_net *m, const char *net, const char *loss) {
    if (m->inputs < 1) {
        return gl_fail(m->g, GLIA_USAGE, "a network needs at least 1 input, %lld were asked for",
                       (long long)m->inputs);
    }
    if (m->dtype != GLIA_F32 && m->dtype != GLIA_F64) {
        return gl_fail(m->g, GLIA_USAGE, "a network computes in f32 or f64, not in %s",
                       glia_dtype_name(m->dtype));
    }
    return parse_net(m, net, loss);
}

gl_net *gl_net_sketch(glia_ctx *g, int64_t inputs, const char *net, const char *loss,
                      glia_dtype dtype) {
    gl_net *m = gl_net_new(g, inputs, dtype);
    if (m && sketch(m, net, loss) != GLIA_OK) {
        gl_net_free(m);
        return NULL;
    }
    return m;
}

/* ---------------------------------------------------------------------------------- printing -- */

void gl_print_op(gl_text *t, const gl_op *op, const double *attr, char mark) {
    gl_add(t, "%s", op->name);
    for (int i = 0; i < op->attrs; i++) {
        char number[40];
        gl_add(t, "%c%s", mark, gl_print_number(attr[i], number, sizeof number));
    }
}

char *gl_net_text(const gl_net *m) {
    gl_text t = {.g = m->g};
    const char *link = gl_loss_node(m)->op->link;
    for (int i = 0; i + 1 < m->nodes; i++) {
        const gl_node *node = &m->node[i], *next = node + 1;
        if (i > 0) gl_add(&t, ", ");
        gl_print_op(&t, node->op, node->attr, ' ');
        if (node->op->role != GL_LAYER) continue;
        if (next->op->role == GL_ACTIVATION) {
            gl_add(&t, " ");
            gl_print_op(&t, next->op, next->attr, ':');
            i++;
        } else if (!(next->op->role == GL_LOSS && link)) {
            gl_add(&t, " linear");
        }
    }
    if (link) gl_add(&t, " %s", link);
    if (t.failed) {
        gl_free(m->g, t.s);
        return NULL;
    }
    return t.s;
}
