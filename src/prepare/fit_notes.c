/*
 * fit_notes.c: every decision of a fit, told as a note.
 */
#include "../table/slips.h"
#include "fit.h"

#include <stdio.h>
#include <string.h>

typedef struct list { /* "Age, Fare and 3 more" */
    gl_text text;
    int count;
} list;

static void add_name(list *l, const gl_input_column *in) {
    if (l->count++ < 8) gl_add(&l->text, "%s%s", l->count > 1 ? ", " : "", in->name);
    int64_t texts = in->words ? in->words->words : in->categories;
    if (l->count > 8 || !texts) return;
    gl_add(&l->text, " (%lld", (long long)texts);
    if (in->words && in->words->of > texts) gl_add(&l->text, " of %lld", (long long)in->words->of);
    gl_add(&l->text, ")");
}

/* Says `format` with the names of the inputs that `wanted` picks, and nothing when there are
 * none. Of hundreds of columns eight are named: a note is a line, and `glia_model_note` has
 * all of them. */
static void tell(const gl_fitting *f, bool (*wanted)(const gl_input_column *in, int arg), int arg,
                 const char *before, const char *after) {
    list l = {.text = {.g = f->g}};
    for (int i = 0; i < f->p->inputs; i++) {
        if (wanted(&f->p->input[i], arg)) add_name(&l, &f->p->input[i]);
    }
    if (l.count > 8) gl_add(&l.text, " and %d more", l.count - 8);
    if (l.count && l.text.s) gl_note(f->g, "%s%s%s", before, l.text.s, after);
    gl_free(f->g, l.text.s);
}

static bool left_out_for(const gl_input_column *in, int reason) {
    return (int)in->reason == reason && !in->prose;
}
static bool left_out_text(const gl_input_column *in, int arg) {
    return (void)arg, in->reason == GL_TEXTS && in->prose;
}
static bool worded(const gl_input_column *in, int arg) {
    return (void)arg, in->words && !gl_is_sequence(in->words);
}
static bool filled(const gl_input_column *in, int type) {
    bool filled = in->type == GLIA_CATEGORY ? !in->words && in->fill_code >= 0 : !in->box;
    return !in->reason && in->had_missing && !in->fill_said && (int)in->type == type && filled;
}
static bool filled_as_said(const gl_input_column *in, int arg) {
    return (void)arg, !in->reason && in->had_missing && in->fill_said;
}
static bool has_gap(const gl_input_column *in, int arg) {
    return (void)arg, !in->reason && gl_gaps_count(in);
}
static bool has_other(const gl_input_column *in, int arg) {
    return (void)arg, !in->reason && in->had_other && !in->words;
}
static bool logged(const gl_input_column *in, int arg) {
    return (void)arg, !in->reason && in->log > 0;
}
static bool dated(const gl_input_column *in, int arg) { return (void)arg, !in->reason && in->date; }
static bool one_hot(const gl_input_column *in, int arg) {
    return (void)arg, !in->reason && in->type == GLIA_CATEGORY && !in->words;
}
static bool scaled(const gl_input_column *in, glia_column_type type) {
    return !in->reason && in->scales && in->type == type;
}
static bool flagged(const gl_input_column *in, int arg) {
    return (void)arg, !in->reason && in->flag;
}
static bool scaled_number(const gl_input_column *in, int scaling) {
    return scaled(in, GLIA_NUMBER) && (int)in->scaling == scaling;
}
/* Bytes are divided, under "auto", and by nothing else. */
static bool divided_by_255(const gl_input_column *in, int arg) {
    bool one = in->scales == 1 && in->center[0] == 0 && in->spread[0] == 255;
    return (void)arg, scaled(in, GLIA_ARRAY) && in->shape.dtype == GLIA_U8 && one;
}
static bool scaled_array(const gl_input_column *in, int scaling) {
    bool so = scaled(in, GLIA_ARRAY) && (int)in->scaling == scaling;
    return so && !divided_by_255(in, 0);
}

/* Counts are told because it is here that misread labels show, or a class of three rows. */
static void tell_target(const gl_fitting *f, const gl_target *a) {
    const gl_pipeline *p = f->p;
    const gl_column *c = &f->t->column[a->column];
    if (gl_task_has_values(p->task)) {
        gl_tell_values(f, a);
        return;
    }
    gl_text text = {.g = f->g};
    for (int64_t k = 0; k < a->classes && k < 10; k++) {
        int64_t n = 0;
        for (int64_t i = 0; i < f->n; i++) {
            int64_t row = gl_row_of(f, i);
            if (c->type == GLIA_NUMBER) n += gl_number(c, row) == a->class_value[k];
            else n += c->code[row] >= 0 && !strcmp(c->category[c->code[row]], a->class[k]);
        }
        gl_add(&text, "%s%s %lld", k ? ", " : "", a->class[k], (long long)n);
    }
    bool binary = p->task == GL_BINARY || p->task == GL_MULTILABEL;
    gl_note(f->g, "target '%s': %lld classes, so %s (rows: %s%s)%s%s%s", a->name,
            (long long)a->classes, gl_task_name(p->task), text.s ? text.s : "",
            a->classes > 10 ? ", ..." : "", binary ? "; the positive one is '" : "",
            binary ? a->class[1] : "", binary ? "'" : "");
    gl_free(f->g, text.s);
}

static bool is_learned(const gl_fitting *f, int column) {
    const gl_input_column *in = gl_pipeline_find(f->p, f->t->column[column].name, column);
    return (in && !in->reason) || gl_is_target(f, column);
}

static void tell_slips(const gl_fitting *f) {
    char line[400];
    for (int j = 0; j < f->t->columns; j++) {
        if (!is_learned(f, j)) continue;
        bool classes = gl_is_target(f, j) && !gl_task_has_values(f->p->task);
        if (gl_find_spellings(f->t, j, line, sizeof line))
            gl_warn(f->g, "%s, %s", f->t->source, line);
        if (!classes && gl_find_outsider(f->t, j, line, sizeof line))
            gl_warn(f->g, "%s, %s", f->t->source, line);
    }
    for (int j = 0; j < f->t->columns && gl_find_filled_once(f->t, j, line, sizeof line); j++)
        gl_warn(f->g, "%s, %s", f->t->source, line);
    if (gl_find_transposed(f->t, line, sizeof line)) gl_warn(f->g, "%s: %s", f->t->source, line);
    if (gl_find_total(f->t, line, sizeof line)) gl_warn(f->g, "%s, %s", f->t->source, line);
}

static void tell_cramped(const gl_fitting *f) {
    for (int i = 0; i < f->p->inputs; i++) {
        const gl_input_column *in = &f->p->input[i];
        if (!in->words || !in->words->cramped) continue;
        gl_note(
            f->g,
            "%lld words of '%s' are a matrix of %.1f GB; more, or fewer, by the key 'words' of a "
            "schema",
            (long long)in->words->words, in->name, 4e-9 * (double)in->words->words * (double)f->n);
    }
}

/* "6.3% of the texts are longer, and cut" */
static void add_cut(gl_text *t, const gl_vocabulary *v) {
    if (v->longer > 0) gl_add(t, "; %.2g%% of the texts are longer, and cut", 100 * v->longer);
    else gl_add(t, "; no text is longer");
}

static void tell_sequences(const gl_fitting *f) {
    for (int i = 0; i < f->p->inputs; i++) {
        const gl_input_column *in = &f->p->input[i];
        const gl_vocabulary *v = in->words;
        gl_text t = {.g = f->g};
        if (!gl_is_sequence(v)) continue;
        add_cut(&t, v);
        if (v->as != GL_TEXT_OF_BYTES)
            gl_add(&t, "; %lld of %lld have an id, which are %.3g%% of all, and the others one",
                   (long long)v->words, (long long)v->of, 100 * v->known);
        gl_note(f->g, "'%s' is a sequence of %s, the first %lld of each text%s", in->name,
                gl_text_as_name[v->as], (long long)v->length, t.s ? t.s : "");
        gl_free(f->g, t.s);
    }
}

void gl_fit_notes(const gl_fitting *f) {
    if (!f->spec->notes) return;
    for (int t = 0; t < f->p->targets; t++) tell_target(f, &f->p->target[t]);
    tell_slips(f);
    for (int r = GL_IGNORED; r < GL_REASONS; r++) {
        char after[100];
        bool guessed = r == GL_ID || r == GL_INDEX || r == GL_TEXTS;
        snprintf(after, sizeof after, ": %s%s", gl_reason_text[r],
                 guessed ? " (option 'use' keeps it)" : "");
        tell(f, left_out_for, r, "left out ", after);
    }
    tell(f, left_out_text, 0, "left out ",
         ": free text, different in most rows (option 'text' learns from its words)");
    tell(f, filled, GLIA_NUMBER, "missing cells become the median: ", "");
    tell(f, filled, GLIA_CATEGORY, "missing cells become the most frequent text: ", "");
    tell(f, filled, GLIA_ARRAY, "missing values become the median of their place: ", "");
    tell(f, filled_as_said, 0, "missing cells become what the schema says: ", "");
    tell(f, has_gap, 0, "missing cells tell something of their own: ", "");
    tell(f, logged, 0, "log(1 + x/s) draws in a long tail: ", "");
    tell(f, dated, 0,
         f->t->past ? "dates become month, weekday and hour, where they differ: "
                    : "dates become days, year, month, weekday and hour, where they differ: ",
         "");
    gl_tell_time_order(f);
    tell(f, one_hot, 0, "one 0/1 feature per text: ", "");
    tell(f, worded, 0, "one feature per word, tf-idf: ", "");
    tell_sequences(f);
    tell_cramped(f);
    tell(f, has_other, 0, "rare texts count together, as texts that training does not know: ", "");
    static const char *const how[GL_SCALINGS] = {
        [GL_SCALE_STANDARD] = ": mean 0, deviation 1",
        [GL_SCALE_MINMAX] = ": from 0 to 1",
        [GL_SCALE_DIVIDE] = ": divided",
        [GL_SCALE_LARGEST] = ": divided by the largest magnitude, so that 0 stays 0",
        [GL_SCALE_GIVEN] = ": by the center and spread of the schema"};
    for (int k = 0; k < GL_SCALINGS; k++)
        if (how[k]) tell(f, scaled_number, k, "scaled ", how[k]);
    tell(f, flagged, 0, "0 and 1, as they are: ", "");
    tell(f, divided_by_255, 0, "scaled ", ": divided by 255");
    for (int k = 0; k < GL_SCALINGS; k++)
        if (how[k]) tell(f, scaled_array, k, "scaled ", how[k]);
}
