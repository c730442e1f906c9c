/*
 * symbols.c: the notation of the course for what a trace holds. l counts layers with weights, (i)
 * is a sample, j a unit, k what it reads.
 *
 *     z^[l] = W^[l] a^[l-1] + b^[l]      dz^[l] = da^[l] * g'(z^[l])      dW^[l] = dz^[l] a^[l-1]T
 *     a^[l] = g(z^[l])                   da^[l] = W^[l+1]T dz^[l+1]       db^[l] = sum_i dz^[l](i)
 *
 * Who reads a value, not the number of its layer, says how its gradient comes about: so branches
 * come out right, too.
 */
#include <stdlib.h>
#include <string.h>

#include "explain.h"

bool is_conv(const glia_traced *s) { return s->layers && strncmp(s->op, "conv", 4) == 0; }

bool is_embedding(const glia_traced *s) { return s->layers && strcmp(s->op, "embedding") == 0; }
bool is_attention(const glia_traced *s) { return s->layers && strcmp(s->op, "attention") == 0; }

bool is_recurrent(const glia_traced *s) {
    return s->layers && !is_conv(s) && !is_embedding(s) && !is_attention(s) &&
           strcmp(s->op, "dense") != 0;
}

char *symbol_of(const explaining *e, int step) {
    if (step < 0) return copy_text(step == -1 ? "a^[0]" : "x");
    const glia_traced *s = &e->trace->step[step];
    if (is_recurrent(s)) return format_text("h^[%d]", s->layer);
    if (is_embedding(s)) return format_text("e^[%d]", s->layer);
    if (s->layers) return format_text("z^[%d]", s->layer);
    return s->activates ? format_text("a^[%d]", s->layer) : copy_text(s->name);
}

/* Releases both, for texts that grow. */
static char *joined(char *a, const char *between, char *b) {
    char *text = format_text("%s%s%s", a, *a ? between : "", b);
    free(a);
    free(b);
    return text;
}

char *forward_formula(const explaining *e, int step) {
    const glia_traced *s = &e->trace->step[step];
    char *reads = copy_text(""), *symbol = symbol_of(e, step), *text;
    for (int i = 0; i < s->reads; i++) reads = joined(reads, ", ", symbol_of(e, s->read[i]));
    if (is_conv(s))
        text =
            format_text("%s = %s(%s, W^[%d]) + b^[%d]", symbol, s->op, reads, s->layer, s->layer);
    else if (is_embedding(s))
        text = format_text("%s = W^[%d]_k where %s = k", symbol, s->layer, reads);
    else if (s->layers && !is_recurrent(s) && !is_attention(s))
        text = format_text("%s = W^[%d] %s + b^[%d]", symbol, s->layer, reads, s->layer);
    else text = format_text("%s = %s(%s)", symbol, s->op, reads);
    free(reads);
    free(symbol);
    return text;
}

/* An output whose loss reads logits gives no gradient to its a, but dz at once. */
static bool is_answer(const glia_traced *s) { return s->activates && !s->gradient.data; }

/* What a loss's answers are: a = g(z), where it has a link, else what it reads. */
static int answer_of(const explaining *e, int step) {
    for (int r = step + 1; r < e->trace->steps; r++)
        for (int i = 0; i < e->trace->step[r].reads; i++)
            if (e->trace->step[r].read[i] == step && is_answer(&e->trace->step[r])) return r;
    return step;
}

/* "2 (A - Y) / m" with the symbols of this step; of one row without " / m", and without brackets
 * that then have nothing to hold together. */
static char *loss_gradient(const explaining *e, int step) {
    const char *slope = e->trace->step[step].slope, *labels = "y";
    char *answer = symbol_of(e, answer_of(e, step)), *text = copy_text(""), *weighed;
    size_t n = strlen(slope), m = ends_in(slope, " / m") && e->rows == 1 ? 4 : 0;
    bool weighs = e->trace->weights.data != NULL;
    bool bare = m && !weighs && *slope == '(' && strcspn(slope, ")") == n - m - 1 &&
                !strstr(slope, "where");
    if (e->options.label_smoothing > 0) labels = "y_s";
    for (const char *c = slope + bare; c < slope + n - m - bare; c++) {
        if (strncmp(c, "onehot ", 7) == 0) c += 7; /* the course's y is one already */
        bool many = *c == 'q' && glia_model_quantiles(e->model) > 1;
        const char letter[] = {*c, 0};
        text = joined(text, "",
                      copy_text(*c == 'A'   ? answer
                                : *c == 'Y' ? labels
                                : many      ? "q_j"
                                            : letter));
    }
    free(answer);
    if (!weighs) return text;
    weighed = format_text("w %s", text);
    free(text);
    return weighed;
}

static char *part_of_gradient(const explaining *e, int step, int reader) {
    const glia_traced *r = &e->trace->step[reader];
    if (is_conv(r) || is_attention(r)) return format_text("dz^[%d] through %s", r->layer, r->op);
    if (is_recurrent(r)) return format_text("dh^[%d] through %s", r->layer, r->op);
    if (r->layers) return format_text("W^[%d]T dz^[%d]", r->layer, r->layer);
    char *symbol = symbol_of(e, reader), *text, *own = symbol_of(e, step);
    if (r->activates) text = format_text("d%s * %s'(%s)", symbol, r->op, own);
    else text = format_text("d%s through %s", symbol, r->op);
    free(symbol);
    free(own);
    return text;
}

char *backward_formula(const explaining *e, int step) {
    char *parts = copy_text(""), *symbol = symbol_of(e, step);
    for (int r = step + 1; r < e->trace->steps; r++)
        for (int i = 0; i < e->trace->step[r].reads; i++)
            if (e->trace->step[r].read[i] == step && !is_answer(&e->trace->step[r]))
                parts = joined(parts, " + ", part_of_gradient(e, step, r));
    if (e->trace->step[step].slope) parts = joined(parts, " + ", loss_gradient(e, step));
    char *text = format_text("d%s = %s", symbol, parts);
    free(symbol);
    free(parts);
    return text;
}

char *weight_formula(const explaining *e, int step) {
    const glia_traced *s = &e->trace->step[step];
    char *read = symbol_of(e, s->read[0]), l2[64] = "", l1[64] = "";
    if (e->options.l2 > 0) snprintf(l2, sizeof l2, " + %g W^[%d]", e->options.l2, s->layer);
    if (e->options.l1 > 0) snprintf(l1, sizeof l1, " + %g sign(W^[%d])", e->options.l1, s->layer);
    const char *form = is_embedding(s)   ? "dW^[%d]_k = sum over steps de^[%d]_t where %s_t = k%s%s"
                       : is_recurrent(s) ? "dW^[%d] = sum over steps dz^[%d]_t %s_tT%s%s"
                       : is_attention(s) ? "dW^[%d] = sum over steps d(q, k, v)^[%d]_t %s_tT%s%s"
                       : is_conv(s)      ? "dW^[%d] = sum over windows dz^[%d] %s%s%s"
                                         : "dW^[%d] = dz^[%d] %sT%s%s";
    char *text = format_text(form, s->layer, s->layer, read, l2, l1);
    free(read);
    return text;
}

int param_of(const explaining *e, int step, const char *suffix) {
    char *name = format_text("%s%s", e->trace->step[step].name, suffix);
    int i = glia_model_find_param(e->model, name);
    free(name);
    return i;
}

static const char *class_name(const explaining *e, int step, int64_t j) {
    bool last = step == e->trace->steps - 1 && e->trace->step[step].activates;
    bool class_each = glia_model_classes(e->model) == glia_model_outputs(e->model);
    if (!last) return "";
    if (class_each && glia_model_targets(e->model) == 1) return glia_model_class(e->model, j);
    const char *positive = positive_class(e->model);
    return positive ? positive : "";
}

char *unit_name(const explaining *e, int step, int64_t j) {
    if (step != -1) return step < 0 ? copy_text("") : clean_text(class_name(e, step, j));
    char *name = glia_model_feature_name(e->c->g, e->model, j),
         *clean = clean_text(name ? name : "");
    glia_text_free(e->c->g, name);
    return clean;
}

const char *words_of(const explaining *e, phrase p) { return phrase_text(e->language, p); }

char *label_text(const explaining *e, int64_t i) {
    char *text = copy_text(""), cell[128];
    for (int k = 0; k < glia_model_targets(e->model) && e->trace->y.data; k++) {
        const char *target = glia_model_target(e->model, k);
        glia_table_cell(e->table, e->row[i], glia_table_locate(e->table, target), cell,
                        sizeof cell);
        text = joined(text, ", ", format_text("%s = %s", target, cell));
    }
    return text;
}
