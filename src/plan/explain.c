/*
 * explain.c: the plan as text, a line a step. A change in fusion, memory or threads shows as a
 * difference of this text.
 *
 *     nr phase kernel  operands (@12 = from element 12 of the arena)  dimensions   node
 *
 * tests/golden.c compares ten plans with those of version 0.1.0, so what is printed here stays: a
 * word changed for its beauty hides what else has changed.
 */
#include "lowering.h"

#include <stdio.h>
#include <string.h>

static const char *const modes[] = {"train", "eval", "predict"};

static void add_operands(gl_text *t, const gl_plan *p, const gl_step *s) {
    for (int i = 0; i < s->operands; i++) {
        const char *name = gl_kernel_table[s->id].operand[i].name;
        const gl_buffer *b = &p->buffer[s->p[i]];
        if (!s->p[i]) continue;
        if (b->room == GL_ARENA) gl_add(t, " %s=%s@%lld", name, b->name, (long long)b->offset);
        else gl_add(t, " %s=%s", name, b->name);
    }
}

/* What tells of sizes; strides and their like are left out. */
static void add_dims(gl_text *t, const gl_step *s) {
    static const char others[] = " add keep carries node places groups whole ";
    const char *name = gl_kernel_table[s->id].dims;
    for (int i = 0; *name; i++, name += strspn(name, ", ")) {
        char word[24];
        size_t length = strcspn(name, ",");
        snprintf(word, sizeof word, " %.*s ", (int)length, name);
        bool shows = !strchr(word, '_') && !strstr(others, word);
        if (strcmp(word, " one ") == 0) strcpy(word, " 1 ");
        if (shows) gl_add(t, "%.*s=%lld", (int)strlen(word) - 1, word, (long long)s->call.n[i]);
        name += length;
    }
}

static void add_step(gl_text *t, const gl_plan *p, int i) {
    const gl_step *s = &p->step[i];
    gl_add(t, "%3d %c%c %-12s", i, s->phase, s->barrier && p->threads > 1 ? '|' : ' ',
           gl_kernel_table[s->id].name);
    add_operands(t, p, s);
    gl_add(t, " ");
    add_dims(t, s);
    if (s->then) gl_add(t, " %s=%s", s->then->role == GL_LOSS ? "loss" : "act", s->then->name);
    if (s->slope) gl_add(t, " slope=%s", s->slope->name);
    if (s->node) gl_add(t, "   %s", s->node->name);
    gl_add(t, "\n");
}

/* What fuse.c decided. */
static void add_fusion(gl_text *t, const gl_plan *p) {
    int64_t before = t->n;
    for (int i = 0; i < p->model->nodes; i++) {
        const gl_fusion *f = &p->fusion[i];
        const char *layer = p->model->node[i].name;
        if (f->norm)
            gl_add(t, "%s%s in the weights of %s", t->n > before ? ", " : "fused: ", f->norm->name,
                   layer);
        if (f->then)
            gl_add(t, "%s%s in %s", t->n > before ? ", " : "fused: ", f->then->name, layer);
        if (f->slope)
            gl_add(t, "%sslope of %s in dx of %s", t->n > before ? ", " : "fused: ", f->slope->name,
                   layer);
    }
    if (gl_reads_once(p)) gl_add(t, "fused: layer and loss, x is read once");
    if (t->n > before) gl_add(t, "\n");
}

char *gl_explain(const gl_plan *p) {
    gl_text t = {.g = p->g};
    size_t size = glia_dtype_size(p->model->dtype);
    gl_add(&t, "plan: %s, %lld row%s, %s, kernels %s, %s%d thread%s%s\n", modes[p->spec.mode],
           (long long)p->spec.rows, gl_plural(p->spec.rows), glia_dtype_name(p->model->dtype),
           p->spec.kernels->name, p->threads > 1 ? "up to " : "", p->threads, gl_plural(p->threads),
           p->threads > 1
               ? " (one where that is faster at the moment; | = they wait for each other)"
           : p->spec.threads > 1 ? " (faster than more for this little)"
                                 : "");
    gl_add(&t, "threads: at most %d (%s)\n", p->g->threads, p->g->threads_reason);
    add_fusion(&t, p);
    for (int i = 0; i < p->steps; i++) add_step(&t, p, i);
    gl_add(&t, "memory: arena %.1f kB (%.1f kB without reuse), scratch %.1f kB, weights %.1f kB",
           (double)p->arena * (double)size / 1e3, (double)p->arena_unshared * (double)size / 1e3,
           (double)p->threads * (double)p->work_bytes / 1e3,
           (double)p->model->count * (double)size / 1e3);
    if (p->kept > 0) gl_add(&t, ", turned %.1f kB", (double)p->kept * (double)size / 1e3);
    gl_add(&t, "\n");
    if (!t.failed) return t.s;
    gl_free(p->g, t.s);
    return NULL;
}

char *gl_plan_text(const gl_net *m, const char *mode, gl_plan_spec spec) {
    spec.threads = m->g->threads;
    for (int i = 0; i < 3; i++) {
        if (strcmp(mode, modes[i]) != 0) continue;
        spec.mode = (gl_mode)i;
        if (spec.rows < 1) break;
        gl_plan *p = gl_compile(m->g, m, &spec);
        char *text = p ? gl_explain(p) : NULL;
        gl_plan_free(p);
        return text;
    }
    gl_fail(
        m->g, GLIA_USAGE,
        "a plan is for mode train, eval or predict and at least 1 row; found mode '%s', %lld rows",
        mode, (long long)spec.rows);
    return NULL;
}
