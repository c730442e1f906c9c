/*
 * nettext.c: the text of a network, both ways.
 *
 *     dense 64 relu, dropout 0.5, dense 10 softmax
 *     image 28 28 1, a: dense 64 relu, dense 64, add a, relu, dense 10 softmax
 *     t: dense 32 relu, dense 3 softmax, output, from t, dense 1
 *
 * Layers are separated by commas; a layer is an op, its attributes in order, and the activation
 * behind it. name:value is another way to write an attribute: leaky_relu:0.1. Each layer reads the
 * one before it. "a:" names the value of a layer, which a join reads beside the one before it, and
 * from which "from a" goes on. "output" ends a head; the last one ends with the text. The last
 * activation and the loss together choose the loss op: losses work on logits where they can. The
 * second text as a graph, with the names that its nodes get:
 *
 *     x -> fc1 -> relu1 -> fc2 -> add1 -> relu2 -> fc3 -> softmax_ce3
 *                   |              ^
 *                   +----- a ------+
 *
 *     net      piece { "," piece }
 *     piece    [ label ":" ] op { activation }  |  "from" label { activation }  |  "output"
 *     op       name { [ ":" ] number } { label }          labels behind a join only
 *
 * This text is what a model file holds, so it is a format: what was once written must be read for
 * good, and what is printed must read as the same network, node for node. One pass from left to
 * right does it, since a text can only name what stands before it; the graph then has no cycles,
 * and its order is that of the text.
 */
#include "../base/option.h"
#include "nettext.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* An output whose text has been read; its loss becomes a node when all others are there. */
typedef struct ending {
    int from, behind;
    const gl_op *loss;
    double attr[GL_MAX_ATTRS];
} ending;

/* What is read behind an output before anything is said: a softmax or sigmoid there is part of the
 * loss, so that "the value before" would not be what it seems. Values from 0 on are nodes, from -1
 * down inlets. */
#define NOWHERE INT_MIN

typedef struct reader {
    gl_net *m;
    const char *text, *at;
    const char *losses;  /* as asked for; NULL: not asked */
    int current;         /* the value that the next layer reads, as `from` of a node names it */
    const char *link;    /* where this head's text said softmax or exp; NULL: it did not */
    const gl_op *linked; /* the loss that this belongs to */
    int layers;          /* layers with units so far */
    int norms;           /* others with parameters: no two parameters may have one name */
    int joins;
    ending ending[GL_MOST_HEADS];
    int endings;
} reader;

typedef struct word {
    const char *s;
    size_t n;
} word;

/* Counted from 1 and in bytes, as an editor shows columns of a text without letters
 * beyond ASCII. */
static int position(const reader *r, const char *where) { return (int)(where - r->text) + 1; }

static glia_status fail_at(const reader *r, const char *where, const char *what) {
    return gl_fail(r->m->g, GLIA_USAGE, "network '%s', position %d: %s", r->text,
                   position(r, where), what);
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

static bool read_number(word w, const gl_attr *row, double *value) {
    bool whole = row->kind != GL_ANY_NUMBER;
    return gl_parse_number(w.s, w.n, '.', value) && isfinite(*value) &&
           !(whole && *value != floor(*value)) && *value >= row->low && *value <= row->high;
}

/* "3x3", or "3", which has no second number until a shape rule knows what it stands for. */
static bool read_pair(word w, const gl_attr *row, double value[2]) {
    const char *x = memchr(w.s, 'x', w.n);
    size_t first = x ? (size_t)(x - w.s) : w.n;
    word second = {w.s + first + 1, x ? w.n - first - 1 : 0};
    value[1] = NAN;
    return read_number((word){w.s, first}, row, &value[0]) &&
           (!x || read_number(second, row, &value[1]));
}

/* "after|before": the number of the word among them. */
static bool read_choice(word w, const gl_attr *row, double *value) {
    *value = 0;
    for (const char *at = row->word;; (*value)++) {
        size_t n = strcspn(at, "|");
        if (n == w.n && memcmp(w.s, at, n) == 0) return true;
        if (!at[n]) return false;
        at += n + 1;
    }
}

static bool read_value(word w, const gl_attr *row, double *value) {
    if (row->kind == GL_CHOICE) return read_choice(w, row, value);
    if (row->word && says(w, row->word)) {
        value[0] = row->stands_for;
        if (row->kind == GL_PAIR) value[1] = NAN;
        return true;
    }
    return row->kind == GL_PAIR ? read_pair(w, row, value) : read_number(w, row, value);
}

static glia_status read_attr(reader *r, const gl_attr *row, double *value, const char *op) {
    word w = next_word(r);
    char message[256], low[40], high[40];
    int n = (int)(w.n < 40 ? w.n : 40);
    if (read_value(w, row, value)) return GLIA_OK;
    if (row->kind == GL_CHOICE) {
        snprintf(message, sizeof message, "%s's %s is '%.*s', expected %s", op, row->name, n, w.s,
                 gl_list_words(row->word, low, sizeof low));
        return fail_at(r, w.s, message);
    }
    snprintf(message, sizeof message,
             "%s's %s is '%.*s', expected %s%s%sa %snumber from %s to %s%s", op, row->name, n, w.s,
             row->word ? "'" : "", row->word ? row->word : "", row->word ? "', or " : "",
             row->kind == GL_ANY_NUMBER ? "" : "whole ", gl_print_number(row->low, low, sizeof low),
             gl_print_number(row->high, high, sizeof high),
             row->kind == GL_PAIR ? ", or two, as in '3x3'" : "");
    return fail_at(r, w.s, message);
}

static bool starts_number(char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.';
}

/* With an example: "conv 20 3x3". */
static glia_status needs_attr(const reader *r, const gl_op *op, int i) {
    char message[160];
    int n = snprintf(message, sizeof message, "%s needs its %s, '%s", op->name, op->attr[i].name,
                     op->name);
    for (int k = 0; k < op->attrs; k++)
        if (op->attr[k].name && isnan(op->attr[k].initial))
            n += snprintf(message + n, sizeof message - (size_t)n, "%s",
                          op->attr[k].kind == GL_PAIR ? " 3x3" : " 20");
    snprintf(message + n, sizeof message - (size_t)n, "' say");
    return fail_at(r, r->at, message);
}

/* The attributes behind an op's name: ":0.1" or " 64". A word that does not begin like a
 * number is the activation already, and the attribute keeps its initial value; behind a colon
 * it must be one. */
static glia_status read_plain_attrs(reader *r, const gl_op *op, double *attr) {
    for (int i = 0; i < op->attrs; i++) {
        const char *before = r->at;
        if (!op->attr[i].name || op->attr[i].named) continue;
        if (*r->at == ':') r->at++;
        else skip_blanks(r);
        if (before != r->at && (*before == ':' || starts_number(*r->at))) {
            glia_status status = read_attr(r, &op->attr[i], &attr[i], op->name);
            if (status != GLIA_OK) return status;
        } else if (isnan(op->attr[i].initial)) {
            return needs_attr(r, op, i);
        } else {
            attr[i] = op->attr[i].initial;
            if (op->attr[i].kind == GL_PAIR) attr[i + 1] = NAN;
        }
    }
    return GLIA_OK;
}

/* The attribute of this name, which is written with it; -1: there is none. */
static int named_attr(const gl_op *op, word w) {
    for (int i = 0; i < op->attrs; i++)
        if (op->attr[i].named && says(w, op->attr[i].name)) return i;
    return -1;
}

/* "stride 2 pad same". */
static glia_status read_named_attrs(reader *r, const gl_op *op, double *attr) {
    bool said[GL_MAX_ATTRS] = {false};
    for (int i = 0; i < op->attrs; i++) {
        if (op->attr[i].named) attr[i] = op->attr[i].initial;
        if (op->attr[i].named && op->attr[i].kind == GL_PAIR) attr[i + 1] = NAN;
    }
    for (;;) {
        const char *before = r->at;
        skip_blanks(r);
        word w = next_word(r);
        int i = named_attr(op, w);
        if (i < 0) {
            r->at = before;
            return GLIA_OK;
        }
        if (said[i]) return fail_at(r, w.s, "this attribute stands twice");
        said[i] = true;
        skip_blanks(r);
        glia_status status = read_attr(r, &op->attr[i], &attr[i], op->name);
        if (status != GLIA_OK) return status;
    }
}

static glia_status read_attrs(reader *r, const gl_op *op, double *attr) {
    glia_status status = read_plain_attrs(r, op, attr);
    if (status == GLIA_OK) status = read_named_attrs(r, op, attr);
    if (status == GLIA_OK && *r->at == ':')
        status = fail_at(r, r->at, "more attributes than the op has");
    return status;
}

/* softmax and exp are part of their losses, and no activations. */
static bool is_link_alone(const gl_op *loss) {
    return loss->role == GL_LOSS && loss->link && !gl_op_find(loss->link, strlen(loss->link));
}

/* The loss whose link that is; NULL: it is none. */
static const gl_op *loss_of_link(word w) {
    for (int i = 0; i < gl_ops_count; i++)
        if (is_link_alone(gl_ops[i]) && says(w, gl_ops[i]->link)) return gl_ops[i];
    return NULL;
}

enum { MOST_NAMES = 64 + GL_MAX_ATTRS };

/* What a text may name: one of the losses, or else a layer or activation. */
static int list_ops(bool losses, const char **names) {
    int count = 0;
    if (losses) names[count++] = "cross_entropy";
    for (int i = 0; i < gl_ops_count && count < MOST_NAMES - GL_MAX_ATTRS; i++) {
        const gl_op *op = gl_ops[i];
        bool loss = op->role == GL_LOSS;
        if (loss == losses && !op->says) names[count++] = op->name;
        if (loss && !losses && is_link_alone(op)) names[count++] = op->link;
    }
    return count;
}

/* `behind`: the op that begins the piece, whose attributes may have been meant; NULL: none does. */
static glia_status unknown_word(const reader *r, word w, const gl_op *behind) {
    char name[40], list[400];
    const char *known[MOST_NAMES];
    int count = 0;
    for (int i = 0; behind && i < behind->attrs; i++)
        if (behind->attr[i].named) known[count++] = behind->attr[i].name;
    count += list_ops(false, known + count);
    snprintf(name, sizeof name, "%.*s", (int)w.n, w.s);
    int used = snprintf(list, sizeof list, "known: ");
    gl_list(known, count, list + used, sizeof list - (size_t)used);
    return gl_fail_word(r->m->g, GLIA_USAGE, name, known, count, list,
                        "network '%s', position %d: unknown layer or activation '%s'", r->text,
                        position(r, w.s), name);
}

static glia_status unknown_loss(glia_ctx *g, const char *loss) {
    char list[160];
    const char *known[MOST_NAMES];
    int count = list_ops(true, known);
    return gl_fail_word(g, GLIA_USAGE, loss, known, count, NULL, "unknown loss '%s', expected %s",
                        loss, gl_list(known, count, list, sizeof list));
}

/* "fc1" for the first dense layer, "relu1" for what stands behind it, "batch_norm1" for the first
 * normalisation. With ".w" they are the names of tensors in model files, where other programs look
 * for them: they stay as they are, and two nodes with parameters never share one. */
static void name_node(gl_node *node, int number) {
    snprintf(node->name, sizeof node->name, "%.14s%d",
             strcmp(node->op->name, "dense") == 0 ? "fc" : node->op->name, number);
}

/* How many read a value decides what may join: one that two nodes read must exist (fuse.c). */
static void count_reader(gl_net *m, int from, int more) {
    if (from >= 0) m->node[from].readers += more;
    else m->inlet[-1 - from].readers += more;
}

static bool count_values(gl_node *node) {
    node->width = 1;
    for (int i = 0; i < node->shape.rank; i++)
        if (!gl_multiply(node->width, node->shape.dim[i], &node->width)) return false;
    return true;
}

/* ------------------------------------------------------------------------ different lengths -- */

/* "ragged 50 6" */
static const char *ragged_text(const gl_net *m, int inlet, char buf[GL_SHAPE_TEXT]) {
    const gl_shape *s = &m->inlet[inlet - 1].shape;
    snprintf(buf, GL_SHAPE_TEXT, "ragged %lld %lld", (long long)s->dim[0], (long long)s->dim[1]);
    return buf;
}

/* All that a node reads has the same lengths, and its op knows of them. */
static glia_status check_lengths(const gl_net *m, const gl_node *node) {
    char text[GL_SHAPE_TEXT];
    int lengths = gl_read_lengths(m, node, 0);
    for (int i = 1; i < node->froms; i++) {
        int other = gl_read_lengths(m, node, i);
        if (other != lengths)
            return gl_fail(m->g, GLIA_USAGE,
                           "'%s': steps of '%s' and others do not fit together: samples have "
                           "another length there",
                           node->name, ragged_text(m, lengths ? lengths : other, text));
    }
    if (!lengths || node->op->behind != GL_COUNTS_BEHIND) return GLIA_OK;
    return gl_fail(m->g, GLIA_USAGE,
                   "'%s' would count what stands behind the last step of a sample of '%s'; put a "
                   "layer in front of it that gives its last state, 'gru 32' say, or 'global_pool'",
                   node->name, ragged_text(m, lengths, text));
}

/* Behind the shape rule: steps that were handed on have the lengths of those that were read. */
static glia_status set_lengths(const gl_net *m, gl_node *node) {
    char text[GL_SHAPE_TEXT], steps[GL_SHAPE_TEXT];
    int lengths = gl_read_lengths(m, node, 0);
    if (!lengths || node->shape.rank == 1) return GLIA_OK;
    node->lengths = lengths;
    if (node->shape.dim[0] == gl_read_shape(m, node, 0)->dim[0]) return GLIA_OK;
    return gl_fail(m->g, GLIA_USAGE,
                   "'%s' makes %s of the steps of '%s', and nobody would know how many of these a "
                   "sample has; keep all steps, with 'pad same' and without a stride",
                   node->name, gl_print_shape(&node->shape, steps), ragged_text(m, lengths, text));
}

/* from[0] is what the node reads first. Its shape is the node's, too, unless the op has a rule of
 * its own: so activations, dropout, norms and losses need none. */
static glia_status add_node(gl_net *m, const gl_op *op, const double *attr, const int *from,
                            int froms, int number) {
    if (!gl_reserve(m->g, &m->node, &m->node_cap, m->nodes + 1, sizeof *m->node))
        return GLIA_RESOURCE;
    if (op->role == GL_LAYER) {
        if (!gl_reserve(m->g, &m->layer, &m->layer_cap, m->layers + 1, sizeof *m->layer))
            return GLIA_RESOURCE;
        m->layer[m->layers++] = m->nodes;
    }
    gl_node *node = &m->node[m->nodes++];
    *node = (gl_node){.op = op, .froms = froms};
    memcpy(node->attr, attr, sizeof node->attr);
    memcpy(node->from, from, (size_t)froms * sizeof *from);
    for (int i = 0; i < froms; i++) count_reader(m, from[i], 1);
    name_node(node, number);
    node->shape = *gl_read_shape(m, node, 0);
    count_values(node);
    node->in = node->width;
    glia_status status = check_lengths(m, node);
    if (status == GLIA_OK && op->shape) status = op->shape(m, node);
    if (status == GLIA_OK) status = set_lengths(m, node);
    if (status != GLIA_OK || count_values(node)) return status;
    return gl_fail(m->g, GLIA_RESOURCE, "'%s': its values do not fit into any memory", node->name);
}

/* ------------------------------------------------------------------------------------ labels -- */

/* The value of this label, as `from` names it; false: there is none. */
static bool find_label(const gl_net *m, word w, int *from) {
    for (int i = 0; i < m->nodes; i++)
        if (*m->node[i].label && says(w, m->node[i].label)) return *from = i, true;
    for (int k = 0; k < m->inlets; k++)
        if (*m->inlet[k].label && says(w, m->inlet[k].label))
            return *from = gl_inlet_number(k), true;
    return false;
}

static glia_status unknown_label(const reader *r, word w) {
    char name[GL_NAME];
    const char *known[64];
    int count = 0;
    for (int k = 0; k < r->m->inlets; k++)
        if (*r->m->inlet[k].label) known[count++] = r->m->inlet[k].label;
    for (int i = 0; i < r->m->nodes && count < 64; i++)
        if (*r->m->node[i].label) known[count++] = r->m->node[i].label;
    snprintf(name, sizeof name, "%.*s", (int)(w.n < sizeof name ? w.n : sizeof name - 1), w.s);
    char otherwise[120];
    if (strcmp(name, "x") == 0)
        snprintf(otherwise, sizeof otherwise, "begin with 'x: input %lld'",
                 (long long)r->m->inputs);
    else
        snprintf(otherwise, sizeof otherwise, "name one where it is made: '%s: dense 20 relu'",
                 name);
    return gl_fail_word(r->m->g, GLIA_USAGE, name, known, count, otherwise,
                        "network '%s', position %d: no value before it is named '%s'", r->text,
                        position(r, w.s), name);
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static bool is_name(word w) {
    for (size_t i = 0; i < w.n; i++) {
        bool inside = w.s[i] == '_' || (i > 0 && w.s[i] >= '0' && w.s[i] <= '9');
        if (!is_letter(w.s[i]) && !inside) return false;
    }
    return w.n > 0;
}

/* A label that is also an op could not be told from it: "add relu" would read a value called relu,
 * or apply one, and "leaky_relu:" begins an attribute. */
static bool is_taken(word w) {
    return gl_op_find(w.s, w.n) || loss_of_link(w) || says(w, "from") || says(w, "output");
}

/* "a:" in front of a layer; label.n 0: there is none. */
static glia_status read_label(reader *r, word *label) {
    const char *start = r->at;
    int known;
    *label = next_word(r);
    if (*r->at != ':' || is_taken(*label)) {
        r->at = start, label->n = 0;
        return GLIA_OK;
    }
    if (!is_name(*label) || label->n >= GL_NAME)
        return fail_at(r, start,
                       "a label begins with a letter and has letters, digits and '_', "
                       "23 at most");
    if (find_label(r->m, *label, &known)) return fail_at(r, start, "this label stands twice");
    r->at++;
    return GLIA_OK;
}

/* The label goes to what the whole piece gives: of "a: dense 64 relu" that is the relu. */
static glia_status set_label(reader *r, word label) {
    if (label.n == 0) return GLIA_OK;
    if (r->link) {
        char message[80];
        snprintf(message, sizeof message, "%s output takes no label: no layer can read it",
                 r->linked->classes ? "a softmax" : "an exp");
        return fail_at(r, label.s, message);
    }
    char *to = r->current >= 0 ? r->m->node[r->current].label : r->m->inlet[-1 - r->current].label;
    if (*to) return fail_at(r, label.s, "this value has a label already");
    memcpy(to, label.s, label.n);
    to[label.n] = 0;
    return GLIA_OK;
}

/* -------------------------------------------------------------------------------- the layers -- */

/* Attributes as dimensions, those that were left out (0) aside. */
static gl_shape shape_of(const double *attr) {
    gl_shape s = {0};
    while (s.rank < GL_MOST_RANK && attr[s.rank] > 0)
        s.dim[s.rank] = (int64_t)attr[s.rank], s.rank++;
    return s;
}

/* The next columns of X. The first declaration takes the place of the inlet that all nets have, of
 * all columns of X in one row; once a layer has read that, it is too late. Widths are compared with
 * what is left before they are added up, so that no sum can overflow. */
static glia_status add_inlet(reader *r, const gl_op *op, const double *attr, const char *where) {
    gl_net *m = r->m;
    bool first = m->inlets == 1 && !m->inlet[0].op && m->inlet[0].readers == 0;
    if (!first && !m->inlet[m->inlets - 1].op)
        return fail_at(r, where,
                       "the first input has layers already: declare every input, "
                       "beginning with the first");
    if (!first && m->inlets == GL_MOST_INLETS)
        return fail_at(r, where, "a network has 4 inputs at most");
    gl_inlet *inlet = &m->inlet[first ? 0 : m->inlets];
    *inlet = (gl_inlet){.op = op, .shape = shape_of(attr), .width = 1, .before = m->nodes};
    inlet->first = first ? 0 : inlet[-1].first + inlet[-1].width;
    int64_t left = m->inputs - inlet->first - op->ragged; /* without the column of lengths */
    for (int i = 0; i < inlet->shape.rank; i++)
        if (!gl_multiply(inlet->width, inlet->shape.dim[i], &inlet->width) || inlet->width > left) {
            char message[160], shape[GL_SHAPE_TEXT];
            snprintf(message, sizeof message,
                     "%s %s needs more columns than the %lld that there are%s", op->name,
                     gl_print_shape(&inlet->shape, shape), (long long)(m->inputs - inlet->first),
                     op->ragged ? ", of which one says how many steps there are" : "");
            return fail_at(r, where, message);
        }
    inlet->width += op->ragged;
    m->inlets += !first;
    r->current = gl_inlet_number((int)(inlet - m->inlet));
    return GLIA_OK;
}

static glia_status check_inlets(reader *r) {
    const gl_net *m = r->m;
    const gl_inlet *last = &m->inlet[m->inlets - 1];
    if (last->first + last->width != m->inputs)
        return gl_fail(m->g, GLIA_USAGE,
                       "network '%s': its inputs have %lld column%s, the data has %lld", r->text,
                       (long long)(last->first + last->width), gl_plural(last->first + last->width),
                       (long long)m->inputs);
    for (int k = 0; k < m->inlets; k++)
        if (m->inlet[k].readers == 0)
            return gl_fail(m->g, GLIA_USAGE, "network '%s': no layer reads input %d", r->text,
                           k + 1);
    return GLIA_OK;
}

/* The labels behind a join. They end where a comma, an activation or the text does: "add
 * a b relu". */
static glia_status read_joined(reader *r, const gl_op *op, int *from, int *froms) {
    for (skip_blanks(r); !is_end(*r->at); skip_blanks(r)) {
        const char *before = r->at;
        word w = next_word(r);
        if (is_taken(w)) {
            r->at = before;
            break;
        }
        if (*froms == op->most_reads) return fail_at(r, w.s, "this op reads no more values");
        if (!find_label(r->m, w, &from[*froms])) return unknown_label(r, w);
        ++*froms;
    }
    if (*froms > 1) return GLIA_OK;
    char message[96];
    snprintf(message, sizeof message, "%s needs the name of what it reads, '%s a' say", op->name,
             op->name);
    return fail_at(r, r->at, message);
}

/* Joins and norms are counted by themselves, since several may stand behind one layer; everything
 * else has the number of the last layer, so that relu2 is found beside fc2. */
static int number_for(reader *r, const gl_op *op) {
    if (op->role == GL_JOIN) return ++r->joins;
    bool norm = op->role == GL_BETWEEN && op->shape;
    return norm ? ++r->norms : r->layers;
}

static glia_status link_is_last(const reader *r, word w) {
    char message[80];
    snprintf(message, sizeof message, "%s must be the last word: it belongs to the output",
             r->linked->link);
    return fail_at(r, w.s, message);
}

/* One op with its attributes. `first`: it begins a layer, so anything but a loss may stand here. */
static glia_status read_op(reader *r, bool first) {
    skip_blanks(r);
    word w = next_word(r);
    if (w.n == 0) return fail_at(r, w.s, "a layer is missing; write for example 'dense 20 relu'");
    if (r->link) return link_is_last(r, w);
    if ((r->linked = loss_of_link(w))) {
        r->link = w.s;
        return GLIA_OK;
    }
    const gl_op *op = gl_op_find(w.s, w.n);
    if (!op || op->role == GL_LOSS) return unknown_word(r, w, NULL);
    if (!first && op->role != GL_ACTIVATION)
        return fail_at(r, w.s, "a comma is missing in front of this layer");
    if (r->current == NOWHERE && op->role != GL_INLET)
        return fail_at(r, w.s, "say what is read behind an output: 'from NAME'");
    double attr[GL_MAX_ATTRS] = {0};
    int from[GL_MOST_READ] = {r->current}, froms = 1;
    glia_status status = read_attrs(r, op, attr);
    if (status == GLIA_OK && op->role == GL_JOIN) status = read_joined(r, op, from, &froms);
    if (status != GLIA_OK) return status;
    if (op->role == GL_INLET) return add_inlet(r, op, attr, w.s);
    if (op->role == GL_LAYER) r->layers++;
    if (!op->forward && !op->shape) return GLIA_OK; /* linear: nothing to do */
    status = add_node(r->m, op, attr, from, froms, number_for(r, op));
    r->current = r->m->nodes - 1;
    return status;
}

/* "from a", and what may stand behind it: an activation. */
static glia_status read_from(reader *r) {
    skip_blanks(r);
    word w = next_word(r);
    if (r->link) return link_is_last(r, w);
    /* the activations behind it are read by read_layer, like those behind an op */
    return find_label(r->m, w, &r->current) ? GLIA_OK : unknown_label(r, w);
}

/* read_layer and end_head call each other: "output" stands where a layer could. */
static glia_status end_head(reader *r, const char *where);

static glia_status read_layer(reader *r) {
    word label;
    skip_blanks(r);
    glia_status status = read_label(r, &label);
    if (status != GLIA_OK) return status;
    skip_blanks(r);
    const char *start = r->at;
    word w = next_word(r);
    if (says(w, "output")) {
        skip_blanks(r);
        if (!is_end(*r->at)) return fail_at(r, r->at, "nothing more was expected behind 'output'");
        return label.n ? fail_at(r, label.s, "'output' makes no value that could be read")
                       : end_head(r, start);
    }
    if (!says(w, "from")) r->at = start;
    status = says(w, "from") ? read_from(r) : read_op(r, true);
    for (skip_blanks(r); status == GLIA_OK && !is_end(*r->at); skip_blanks(r))
        status = read_op(r, false);
    return status == GLIA_OK ? set_label(r, label) : status;
}

/* --------------------------------------------------------------------------------- the heads -- */

/* More than any loss with its attributes has: eight numbers of 17 digits; a longer one is then
 * unknown by its beginning. */
enum { LOSS_TEXT = 256 };

/* Number k of what is separated by commas; false: there are fewer. */
static bool nth(const char *list, int k, char *item, size_t size) {
    for (; k > 0; k--, list++)
        if (!(list = strchr(list, ','))) return false;
    while (is_blank(*list)) list++;
    snprintf(item, size, "%.*s", (int)strcspn(list, ","), list);
    return true;
}

/* The loss asked for head k: one for all, or the k-th of a list; "": none was asked for. */
static glia_status asked_loss(const reader *r, int k, char loss[LOSS_TEXT]) {
    *loss = 0;
    if (!r->losses) return GLIA_OK;
    bool list = strchr(r->losses, ',') != NULL;
    if (nth(r->losses, list ? k : 0, loss, LOSS_TEXT)) return GLIA_OK;
    return gl_fail(r->m->g, GLIA_USAGE, "loss '%s': output %d of the network '%s' has none",
                   r->losses, k + 1, r->text);
}

static glia_status check_losses(const reader *r) {
    char more[LOSS_TEXT];
    if (!r->losses || !strchr(r->losses, ',') || !nth(r->losses, r->endings, more, sizeof more))
        return GLIA_OK;
    return gl_fail(r->m->g, GLIA_USAGE, "loss '%s': the network '%s' has %d output%s", r->losses,
                   r->text, r->endings, gl_plural(r->endings));
}

static glia_status needs_link(const reader *r, const char *loss, const char *links) {
    bool one = !strchr(links, ' ');
    return gl_fail(
        r->m->g, GLIA_USAGE,
        "%s needs %s %s output, but the network '%s' ends otherwise; end it with %s%s%s, "
        "or choose mse",
        loss, one ? "an" : "a", links, r->text, one ? "'" : "",
        one ? links : "'sigmoid' or 'softmax'", one ? "'" : "");
}

/* A loss is written like an op, "huber:1.5", so it is read by the same functions, from a text of
 * its own: positions in messages then count in what the user wrote as the loss. */
static glia_status choose_value_loss(reader *r, ending *e, const char *loss) {
    reader inner = {.m = r->m, .text = loss, .at = loss};
    word w = next_word(&inner);
    const gl_op *op = gl_op_find(w.s, w.n);
    if (says(w, "cross_entropy")) return needs_link(r, loss, "sigmoid or softmax");
    if (!op || op->role != GL_LOSS || op->says) return unknown_loss(r->m->g, loss);
    if (op->link && !r->link) return needs_link(r, loss, op->link);
    if (r->link)
        return gl_fail(r->m->g, GLIA_USAGE, "%s goes with the loss %s, not with '%s'",
                       r->linked->link, gl_loss_name(r->linked), loss);
    e->loss = op;
    glia_status status = read_attrs(&inner, op, e->attr);
    if (status == GLIA_OK && *inner.at)
        status = fail_at(&inner, inner.at, "nothing more was expected");
    return status;
}

/* Cross entropy works on what sigmoid reads; one that nobody else reads is part of the loss: the
 * last node goes, and predictions apply the link. With a label, or read by a later layer, it stays,
 * and the loss reads past it. */
static void take_logits(reader *r, ending *e) {
    gl_net *m = r->m;
    const gl_node *sigmoid = &m->node[e->from];
    e->from = sigmoid->from[0];
    if (*sigmoid->label || sigmoid != &m->node[m->nodes - 1]) return;
    m->nodes--;
    count_reader(m, e->from, -1);
    e->behind = m->nodes;
}

/* The loss op for the last activation and the loss asked for; the activation becomes part of the
 * loss where that is computed from logits.
 *
 *     ends with    nothing said    mse, mae, huber           cross_entropy    poisson
 *     softmax      softmax_ce      refused                   softmax_ce       refused
 *     sigmoid      sigmoid_ce      of the sigmoid's value    sigmoid_ce       refused
 *     exp          poisson         refused                   refused          poisson
 *     otherwise    mse             of the value              refused          refused */
static glia_status end_head(reader *r, const char *where) {
    gl_net *m = r->m;
    char loss[LOSS_TEXT];
    if (r->endings == GL_MOST_HEADS) return fail_at(r, where, "a network has 4 outputs at most");
    if (r->current < 0) return fail_at(r, where, "no layer makes this output");
    ending *e = &r->ending[r->endings];
    *e = (ending){.from = r->current, .behind = m->nodes};
    glia_status status = asked_loss(r, r->endings++, loss);
    if (status != GLIA_OK) return status;
    const gl_node *last = &m->node[e->from];
    if (r->link && r->linked->classes && last->shape.dim[last->shape.rank - 1] < 2)
        return fail_at(r, r->link,
                       "softmax needs at least 2 outputs; one output goes with sigmoid");
    bool sigmoid = !r->link && strcmp(last->op->name, "sigmoid") == 0;
    const gl_op *linked = sigmoid ? gl_op_find("sigmoid_ce", 10) : r->link ? r->linked : NULL;
    if (!r->losses) strcpy(loss, linked ? gl_loss_name(linked) : "mse");
    if (linked && strcmp(loss, gl_loss_name(linked)) == 0) {
        e->loss = linked;
        if (sigmoid) take_logits(r, e);
    } else status = choose_value_loss(r, e, loss);
    r->link = NULL;
    r->current = NOWHERE;
    return status;
}

/* A head whose cost no weights change has no gradient to write: its loss would have nowhere to put
 * it. */
static glia_status check_learning(const reader *r) {
    const gl_net *m = r->m;
    bool *learns = gl_alloc(m->g, m->nodes, sizeof *learns);
    if (!learns) return GLIA_RESOURCE;
    gl_net_learns(m, learns);
    glia_status status = GLIA_OK;
    for (int k = 0; k < r->endings && status == GLIA_OK; k++) {
        int from = r->ending[k].from;
        if (from < 0 || !learns[from])
            status = gl_fail(m->g, GLIA_USAGE,
                             "network '%s': no layer with weights stands before output %d", r->text,
                             k + 1);
    }
    gl_free(m->g, learns);
    return status;
}

static int64_t labels_of(const gl_node *loss) {
    if (loss->op->classes) return gl_places(loss);
    return loss->op->one_label ? 1 : loss->width;
}

/* Heads become nodes when all other nodes are there: losses stand last (net.h), and what the text
 * says behind an "output" stands before them. Class numbers are one column of labels for each
 * place, whatever the number of classes; probabilities are one column each. */
static glia_status add_head(reader *r, const ending *e) {
    gl_net *m = r->m;
    glia_status status = add_node(m, e->loss, e->attr, &e->from, 1, r->layers);
    if (status != GLIA_OK) return status;
    const gl_node *loss = &m->node[m->nodes - 1];
    int64_t width = loss->width, labels = labels_of(loss);
    m->head[m->heads++] = (gl_head){.loss = m->nodes - 1,
                                    .first = m->outputs,
                                    .width = width,
                                    .label = m->labels,
                                    .labels = labels,
                                    .behind = e->behind};
    m->outputs += width;
    m->labels += labels;
    int n = (int)strlen(m->loss);
    snprintf(m->loss + n, sizeof m->loss - (size_t)n, "%s%s", n ? ", " : "", gl_loss_name(e->loss));
    return GLIA_OK;
}

/* What nobody reads would be computed in every step and learn nothing: its gradient is 0. */
static glia_status check_read(const reader *r) {
    for (const gl_node *node = r->m->node; node < gl_loss_node(r->m); node++) {
        if (node->readers > 0) continue;
        if (*node->label && strcmp(node->op->name, "sigmoid") == 0)
            return gl_fail(r->m->g, GLIA_USAGE,
                           "network '%s': no layer reads '%s'; where a sigmoid is an output, leave "
                           "its label out",
                           r->text, node->label);
        return gl_fail(
            r->m->g, GLIA_USAGE,
            "network '%s': no layer reads '%s'%s%s, and it is no output; read it, end it "
            "with 'output', or leave it out",
            r->text, node->name, *node->label ? ", named " : "", node->label);
    }
    return GLIA_OK;
}

static glia_status parse_net(gl_net *m, const char *net, const char *losses) {
    reader r = {.m = m, .text = net, .at = net, .losses = losses, .current = gl_inlet_number(0)};
    const char *output = NULL; /* where the last piece began, if it ended a head */
    m->inlet[0] = (gl_inlet){.shape = {1, {m->inputs}}, .width = m->inputs};
    m->inlets = 1;
    for (;;) {
        int endings = r.endings;
        glia_status status = read_layer(&r);
        if (status != GLIA_OK) return status;
        output = r.endings > endings ? r.at : NULL;
        if (*r.at == 0) break;
        r.at++; /* the comma */
    }
    if (r.layers == 0)
        return fail_at(&r, net, "no layer has weights; write for example 'dense 1 sigmoid'");
    glia_status status = output ? GLIA_OK : end_head(&r, r.at);
    if (status == GLIA_OK) status = check_losses(&r);
    if (status == GLIA_OK) status = check_learning(&r);
    for (int k = 0; k < r.endings && status == GLIA_OK; k++) status = add_head(&r, &r.ending[k]);
    if (status == GLIA_OK) status = check_inlets(&r);
    return status == GLIA_OK ? check_read(&r) : status;
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

/* ------------------------------------------------------------------------------- words alone -- */

/* "dense 64 relu", "a: from b tanh": the first word is an op, and so are all behind it that are no
 * numbers; a join is followed by labels. */
static glia_status check_piece(reader *r) {
    skip_blanks(r);
    word w = next_word(r);
    bool named = *r->at == ':' && !is_taken(w);
    if (named) r->at++, skip_blanks(r), w = next_word(r);
    const gl_op *op = gl_op_find(w.s, w.n);
    bool labels = says(w, "from") || says(w, "output") || (op && op->role == GL_JOIN);
    if (labels) r->at += strcspn(r->at, ",");
    while (!labels && w.n) {
        bool number = starts_number(*w.s), is_attr = op && named_attr(op, w) >= 0;
        if (!number && !is_attr && !gl_op_find(w.s, w.n) && !loss_of_link(w))
            return unknown_word(r, w, op);
        if (*r->at == ':') r->at++;
        if (is_attr) skip_blanks(r), next_word(r); /* its value */
        skip_blanks(r);
        w = next_word(r);
    }
    r->at += strcspn(r->at, ",");
    return GLIA_OK;
}

glia_status gl_net_check_words(glia_ctx *g, const char *net) {
    reader r = {.m = &(gl_net){.g = g}, .text = net, .at = net};
    glia_status status = check_piece(&r);
    for (; !status && *r.at; status = check_piece(&r)) r.at++;
    return status;
}

/* The op of a piece; NULL: it begins with none. */
static const gl_op *op_of_piece(reader *r) {
    skip_blanks(r);
    word w = next_word(r);
    if (*r->at == ':' && !is_taken(w)) r->at++, skip_blanks(r), w = next_word(r);
    r->at += strcspn(r->at, ",");
    return gl_op_find(w.s, w.n);
}

static bool has_op(const char *net, bool (*wanted)(const gl_op *op)) {
    reader r = {.text = net, .at = net};
    const gl_op *op = op_of_piece(&r);
    for (; *r.at && !(op && wanted(op)); op = op_of_piece(&r)) r.at++;
    return op && wanted(op);
}

static bool is_inlet(const gl_op *op) { return op->role == GL_INLET; }
static bool looks_up(const gl_op *op) { return op->looks_up; }
static bool has_states(const gl_op *op) { return op->states; }

bool gl_net_declares(const char *net) { return has_op(net, is_inlet); }
bool gl_net_looks_up(const char *net) { return has_op(net, looks_up); }
bool gl_net_has_states(const char *net) { return has_op(net, has_states); }

static bool needs_picture(const gl_op *op) { return op->windows && !op->steps; }
static bool needs_sequence(const gl_op *op) { return op->windows && op->steps; }

gl_need gl_net_needs_shape(const char *net) {
    if (gl_net_declares(net)) return GL_ANY_SHAPE;
    if (has_op(net, needs_sequence)) return GL_A_SEQUENCE;
    return has_op(net, needs_picture) ? GL_A_PICTURE : GL_ANY_SHAPE;
}

glia_status gl_loss_check_words(glia_ctx *g, const char *losses) {
    char loss[LOSS_TEXT];
    for (int k = 0; nth(losses, k, loss, sizeof loss); k++) {
        size_t n = strcspn(loss, ": ");
        const gl_op *op = gl_op_find(loss, n);
        bool known = (op && op->role == GL_LOSS) || says((word){loss, n}, "cross_entropy");
        if (!known && strcmp(losses, "auto") != 0) return unknown_loss(g, loss);
    }
    return GLIA_OK;
}

/* ---------------------------------------------------------------------------------- printing -- */

/* What was left out and is 0 then, as the third dimension of a shape, or what nobody could have
 * written, is left out again. Other defaults are printed (leaky_relu:0.01): should one change some
 * day, old files keep theirs. */
static bool is_left_out(const gl_attr *row, double value) {
    return value == row->initial && (value == 0 || value < row->low);
}

static void print_choice(gl_text *t, const gl_attr *row, double value) {
    const char *at = row->word;
    for (int i = 0; i < (int)value; i++) at += strcspn(at, "|") + 1;
    gl_add(t, "%.*s", (int)strcspn(at, "|"), at);
}

static void print_attr(gl_text *t, const gl_attr *row, const double *value) {
    char first[40], second[40];
    if (row->kind == GL_CHOICE) {
        print_choice(t, row, *value);
        return;
    }
    gl_print_number(value[0], first, sizeof first);
    if (row->word && value[0] == row->stands_for) gl_add(t, "%s", row->word);
    else if (row->kind == GL_PAIR && !isnan(value[1]))
        gl_add(t, "%sx%s", first, gl_print_number(value[1], second, sizeof second));
    else gl_add(t, "%s", first);
}

static bool is_initial(const gl_attr *row, const double *value) {
    bool second = row->kind != GL_PAIR || isnan(value[1]) || value[1] == row->initial;
    return value[0] == row->initial && second;
}

void gl_print_op(gl_text *t, const gl_op *op, const double *attr, char mark) {
    gl_add(t, "%s", op->name);
    for (int i = 0; i < op->attrs; i++) {
        const gl_attr *row = &op->attr[i];
        if (!row->name || (row->named && is_initial(row, &attr[i]))) continue;
        if (!row->named && is_left_out(row, attr[i])) break;
        gl_add(t, "%c", mark);
        if (row->named) gl_add(t, "%s%c", row->name, mark);
        print_attr(t, row, &attr[i]);
    }
}

char *gl_net_loss_text(glia_ctx *g, const gl_net *m) {
    gl_text t = {.g = g};
    for (const gl_head *h = m->head; h < m->head + m->heads; h++) {
        const gl_node *loss = gl_loss_of(m, h);
        if (h > m->head) gl_add(&t, ", ");
        if (loss->op->says) gl_add(&t, "%s", loss->op->says);
        else gl_print_op(&t, loss->op, loss->attr, ':');
    }
    return gl_text_end(&t);
}

typedef struct printer {
    gl_text t;
    const gl_net *m;
    int current; /* what the next layer reads if nothing is said */
    int inlets, heads;
} printer;

static void begin_piece(printer *p, const char *label) {
    if (p->t.n > 0) gl_add(&p->t, ", ");
    if (*label) gl_add(&p->t, "%s: ", label);
}

static const char *label_of(const gl_net *m, int from) {
    return from >= 0 ? m->node[from].label : m->inlet[-1 - from].label;
}

/* Only where it is needed: the text of a chain has no "from", and is that of version 0.1.0. */
static void go_on_from(printer *p, int from) {
    if (p->current == from) return;
    begin_piece(p, "");
    gl_add(&p->t, "from %s", label_of(p->m, from));
    p->current = from;
}

/* Inputs and outputs whose words stand in front of node number i. */
static void add_declarations(printer *p, int i) {
    for (; p->inlets < p->m->inlets; p->inlets++) {
        const gl_inlet *inlet = &p->m->inlet[p->inlets];
        if (!inlet->op || inlet->before > i) break;
        double attr[GL_MAX_ATTRS] = {0};
        for (int d = 0; d < inlet->shape.rank; d++) attr[d] = (double)inlet->shape.dim[d];
        begin_piece(p, inlet->label);
        gl_print_op(&p->t, inlet->op, attr, ' ');
        p->current = gl_inlet_number(p->inlets);
    }
}

/* A sigmoid that others read, too, says by itself that its head is one of cross entropy: to print
 * the link behind it would read as a second sigmoid. */
static bool says_link(const gl_net *m, int from, int current) {
    const gl_node *node = current >= 0 ? &m->node[current] : NULL;
    return node && strcmp(node->op->name, "sigmoid") == 0 && node->from[0] == from;
}

/* Behind a layer with a label the link is a piece of its own, or the label would be the link's. */
static void add_link(printer *p, int from, const char *link) {
    bool labelled = p->current == from && *label_of(p->m, from);
    go_on_from(p, from);
    if (link) gl_add(&p->t, "%s %s", labelled ? "," : "", link);
}

static void end_heads(printer *p, int i) {
    for (; p->heads < p->m->heads && p->m->head[p->heads].behind <= i; p->heads++) {
        const gl_node *loss = gl_loss_of(p->m, &p->m->head[p->heads]);
        if (!says_link(p->m, loss->from[0], p->current)) add_link(p, loss->from[0], loss->op->link);
        if (p->heads + 1 < p->m->heads) gl_add(&p->t, ", output");
        p->current = NOWHERE;
    }
}

/* The activation that stands in one piece with its layer. */
static const gl_node *same_piece(const gl_net *m, const gl_node *node) {
    const gl_node *next = node + 1;
    bool joined = next < gl_loss_node(m) && next->op->role == GL_ACTIVATION &&
                  next->from[0] == node - m->node && !*node->label;
    return joined ? next : NULL;
}

/* "dense 10 softmax": the link says what "linear" would. Everywhere else a layer without an
 * activation is printed with "linear", so that nobody takes one for forgotten. */
static bool ends_linked(const gl_net *m, const gl_node *node) {
    for (const gl_head *h = m->head; h < m->head + m->heads; h++)
        if (h->behind == node - m->node + 1 && gl_loss_of(m, h)->op->link &&
            gl_loss_of(m, h)->from[0] == node - m->node)
            return true;
    return false;
}

/* One piece; returns how many nodes it holds. */
static int add_piece(printer *p, const gl_node *node) {
    const gl_net *m = p->m;
    const gl_node *act = node->op->role == GL_LAYER ? same_piece(m, node) : NULL;
    go_on_from(p, node->from[0]);
    begin_piece(p, act ? act->label : node->label);
    gl_print_op(&p->t, node->op, node->attr, ' ');
    for (int i = 1; i < node->froms; i++) gl_add(&p->t, " %s", label_of(m, node->from[i]));
    if (act) {
        gl_add(&p->t, " ");
        gl_print_op(&p->t, act->op, act->attr, ':');
    } else if (node->op->role == GL_LAYER && !node->op->steps && !node->op->looks_up &&
               !ends_linked(m, node)) {
        gl_add(&p->t, " linear");
    }
    p->current = (int)((act ? act : node) - m->node);
    return act ? 2 : 1;
}

char *gl_net_text(glia_ctx *g, const gl_net *m) {
    printer p = {.t.g = g, .m = m, .current = gl_inlet_number(0)};
    int losses = (int)(gl_loss_node(m) - m->node);
    for (int i = 0; i < losses;) {
        end_heads(&p, i);
        add_declarations(&p, i);
        i += add_piece(&p, &m->node[i]);
    }
    end_heads(&p, losses);
    return gl_text_end(&p.t);
}
