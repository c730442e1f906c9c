/*
 * checkpoint.c: the state of a training as one file (container.h): facts as texts, the state's
 * memory as tensors. The header is made once; a save fills in the checksum.
 *
 *     texts     format, checksum
 *               created_by, kernels              warned of when they differ
 *               option 'lr' ... option 'seed'    facts of the run, the same for all its trainings
 *               fit                              which of its trainings
 *               training x, training y, ...      type, shape and hash of what it learns from
 *               network, loss, precision
 *     tensors   weights, moment1, moment2, best, epoch, updates, ..., history.cost: state.c
 *
 * Facts tell which training it is: options, network, data by their hashes. They must be the same
 * for a training to go on; the first that differs is named. Going on with other data would not fail
 * by itself: weights fit any rows of as many columns.
 *
 *     gl_keeping_open      the file, if there is one, is read and its checksum compared
 *     gl_keeping_option    the recipe as it was given: a fact each
 *     gl_keeping_fit       the facts of one training; then the trainer calls
 *       load               once: what the file has goes into the state; the new file is laid out
 *       save               at the start, every 30 seconds, when it is stopped
 *     gl_keeping_close
 *
 * The file itself is removed by whoever keeps the model (the program), not here: until the model is
 * written, the checkpoint is all that there is.
 */
#include "../file/hash.h"
#include "../op/nettext.h"
#include "../train/fit_options.h"
#include "checkpoint.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* ------------------------------------------------------------------------------------- facts -- */

static glia_status another_training(const gl_keeping *k, glia_status code, const char *name,
                                    const char *there, const char *here) {
    return gl_fail(k->g, code,
                   "checkpoint '%s' is of another training: %s is %s there and %s here; resume "
                   "with the same options and data, or name another file",
                   k->where.path, name, *there ? there : "not said", here);
}

/* Is to be written, and to be found again; `code` when it is not. Facts of the run are compared at
 * once; those of a training when it is the one that the file is of, for an earlier training of the
 * run has other rows. */
static glia_status add_fact(gl_keeping *k, const char *name, const char *text, glia_status code) {
    bool resumes = k->found.json && (k->fit == 0 || k->fit == k->found_fit);
    if (!gl_reserve(k->g, &k->fact, &k->cap, k->facts + 1, sizeof *k->fact)) return GLIA_RESOURCE;
    gl_note_entry *f = &k->fact[k->facts++];
    f->name = gl_copy_text(k->g, name);
    f->text = gl_copy_text(k->g, text);
    if (!f->name || !f->text) return GLIA_RESOURCE;
    const char *there = resumes ? gl_container_text(&k->found, name) : text;
    return strcmp(there, text) == 0 ? GLIA_OK : another_training(k, code, name, there, text);
}

static void drop_facts(gl_keeping *k, int64_t from) {
    while (k->facts > from) {
        gl_note_entry *f = &k->fact[--k->facts];
        gl_free(k->g, f->name);
        gl_free(k->g, f->text);
    }
}

glia_status gl_keeping_option(gl_keeping *k, const char *name, const char *value) {
    glia_status status = add_fact(k, name, value, GLIA_USAGE);
    k->common = k->facts;
    return status;
}

typedef struct made_rows {
    gl_ring *ring;
    int64_t bytes, at, rows;
} made_rows;

static gl_chunk next_made(void *user) {
    made_rows *m = user;
    int64_t n = m->rows - m->at;
    const void *data = n ? gl_ring_from(m->ring, m->at, &n) : NULL;
    m->at += data ? n : 0;
    return (gl_chunk){data, data ? n * m->bytes : 0};
}

/* As if they lay in memory. */
static glia_status hash_made(glia_ctx *g, gl_supplied from, int64_t rows, char hex[65]) {
    enum { AT_ONCE = 256 };
    made_rows m = {.ring = gl_ring_new(g, from, rows), .bytes = from.of->bytes, .rows = rows};
    bool ok = m.ring && gl_ring_room(m.ring, AT_ONCE, false);
    if (ok) gl_sha256(next_made, &m, hex);
    glia_status status = ok ? gl_ring_status(m.ring) : GLIA_RESOURCE;
    gl_ring_free(m.ring);
    return status;
}

typedef struct lying_rows {
    gl_supplied from;
    size_t step, bytes;
    int64_t at, rows;
} lying_rows;

static gl_chunk next_lying(void *user) {
    lying_rows *l = user;
    if (l->at == l->rows) return (gl_chunk){0};
    return (gl_chunk){(const char *)l->from.base + (size_t)l->from.list[l->at++] * l->step,
                      (int64_t)l->bytes};
}

static void hash_overlap(gl_supplied from, const glia_tensor *x, char hex[65]) {
    size_t size = glia_dtype_size(x->dtype);
    lying_rows l = {.from = from,
                    .step = (size_t)from.step * size,
                    .bytes = (size_t)glia_tensor_count(x, 1) * size,
                    .rows = x->dim[0]};
    gl_sha256(next_lying, &l, hex);
}

/* By content, not by the name of a file: a copy elsewhere, or arrays of a C program, are the
 * same data. All bytes are hashed at the start of a training, 250 to 1,300 MB a second; 16 of
 * the 64 digits are enough to tell two tables apart by accident, and nobody has a reason to
 * forge his own. */
static glia_status add_data(gl_keeping *k, const char *name, const glia_tensor *t,
                            gl_supplied from) {
    char shape[80], hex[65], text[160] = "none";
    if (t->data || gl_are_supplied(&from)) {
        int64_t count = glia_tensor_count(t, 0), size = (int64_t)glia_dtype_size(t->dtype);
        if (from.of && hash_made(k->g, from, t->dim[0], hex)) return k->g->code;
        if (from.base) hash_overlap(from, t, hex);
        if (t->data) gl_sha256_of(&(gl_chunk){t->data, count > 0 ? count * size : 0}, 1, hex);
        snprintf(text, sizeof text, "%s %s with sha256 %.16s...", glia_dtype_name(t->dtype),
                 gl_shape_text(t, shape, sizeof shape), hex);
    }
    return add_fact(k, name, text, GLIA_INPUT);
}

static glia_status add_model(gl_keeping *k, const glia_model *m) {
    char *net = gl_net_text(k->g, m->net);
    glia_status status = net ? add_fact(k, "network", net, GLIA_USAGE) : GLIA_RESOURCE;
    gl_free(k->g, net);
    if (status == GLIA_OK) status = add_fact(k, "loss", glia_model_loss(m), GLIA_USAGE);
    if (status != GLIA_OK) return status;
    return add_fact(k, "precision", glia_dtype_name(m->net->dtype), GLIA_USAGE);
}

/* The facts of one training of the run. Data before network: other rows may make for another
 * network (docs/quality.md), and the message is to name the cause. */
static glia_status add_training(gl_keeping *k, const glia_model *m, const glia_tensor *x,
                                const glia_tensor *y, const glia_fit_options *o,
                                const gl_company *with) {
    static const char *const names[] = {"training x", "training y", "validation x", "validation y",
                                        "weights"};
    const glia_tensor *const data[] = {
        x, y, &o->x_val, &o->y_val, &o->sample_weights, &o->val_weights};
    const gl_supplied from[] = {with->x, {0}, with->x_val, {0}, {0}};
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)k->fit);
    glia_status status = add_fact(k, "fit", number, GLIA_USAGE);
    for (int i = 0; i < 5 && status == GLIA_OK; i++)
        status = add_data(k, names[i], data[i], from[i]);
    return status == GLIA_OK ? add_model(k, m) : status;
}

/* --------------------------------------------------------------------------------- the hooks -- */

/* Not part of the promise: the same bytes need the same build and the same kernels. */
static void warn_of_other_bits(const gl_keeping *k, glia_dtype dtype) {
    const char *kernels = gl_container_text(&k->found, "kernels"),
               *by = gl_container_text(&k->found, "created_by");
    if (strcmp(kernels, gl_kernels(dtype)->name) != 0)
        gl_warn(k->g,
                "checkpoint '%s' was made with kernels %s, here %s are used: the last bits of the "
                "result may differ; GLIA_KERNELS=%s keeps them",
                k->where.path, kernels, gl_kernels(dtype)->name, kernels);
    if (strcmp(by, "glia " GLIA_VERSION) != 0)
        gl_warn(k->g,
                "checkpoint '%s' was made by %s, this is glia " GLIA_VERSION
                ": the last bits of the result may differ",
                k->where.path, by);
}

/* The checksum says that the file is as it was written, and not by whom: a batch number of 10^9 in
 * a well-formed file would be an index outside of memory. So whole numbers are held to their range;
 * reals can do no harm. */
static glia_status read_item(const gl_keeping *k, const gl_named *item) {
    const char *from = gl_container_tensor(&k->found, item->name, item->dtype, item->count, 1);
    bool whole = item->dtype == GLIA_I64;
    if (!from) return gl_container_damaged(&k->found, "its state does not fit this training");
    if (item->store) gl_store_put(item->store, item->run, 0, item->count, from);
    else memcpy(item->data, from, (size_t)item->count * glia_dtype_size(item->dtype));
    for (int64_t i = 0; whole && i < item->count; i++) {
        int64_t value = ((int64_t *)item->data)[i];
        if (value < 0 || value > item->most)
            return gl_container_damaged(&k->found, "its state holds an impossible number");
    }
    return GLIA_OK;
}

static int64_t whole_number(const gl_state *s, const char *name) {
    for (int i = 0; i < s->count; i++)
        if (strcmp(s->item[i].name, name) == 0) return *(int64_t *)s->item[i].data;
    return 0;
}

static glia_status restore(gl_keeping *k, const gl_state *s) {
    warn_of_other_bits(k, s->item[0].dtype);
    for (int i = 0; i < s->count; i++) {
        glia_status status = read_item(k, &s->item[i]);
        if (status != GLIA_OK) return status;
    }
    gl_note(k->g, "goes on in epoch %lld after update %lld, from '%s'",
            (long long)whole_number(s, "epoch") + 1, (long long)whole_number(s, "updates"),
            k->where.path);
    gl_container_close(&k->found);
    return GLIA_OK;
}

/* Where each tensor lies is known before the first save and does not change, so a save computes
 * a checksum and writes: it allocates nothing, in the loop of a training that has no memory left
 * to ask for. */
static void make_file(gl_keeping *k, const gl_state *s) {
    gl_writer_free(&k->file);
    gl_writer_begin(&k->file, k->g, &gl_checkpoint_kind);
    gl_writer_text(&k->file, "created_by", "glia " GLIA_VERSION);
    gl_writer_text(&k->file, "kernels", gl_kernels(s->item[0].dtype)->name);
    for (int64_t i = 0; i < k->facts; i++)
        gl_writer_text(&k->file, k->fact[i].name, k->fact[i].text);
    for (int i = 0; i < s->count; i++)
        gl_writer_tensor(&k->file, s->item[i].name, s->item[i].dtype, s->item[i].count, 1,
                         s->item[i].data);
    gl_writer_end(&k->file);
}

static glia_status load(void *user, const gl_state *s) {
    gl_keeping *k = user;
    /* Said, since the same command is run in a loop: whoever mistyped the path sees that it
     * starts anew. */
    if (k->where.resume && k->found_fit == 0 && k->fit == 1)
        gl_note(k->g, "'%s' does not exist yet: the training begins anew", k->where.path);
    glia_status status = k->found.json ? restore(k, s) : GLIA_OK;
    if (status == GLIA_OK) make_file(k, s);
    return status;
}

/* Two runs of one command: each keeps its own training, and goes on from the other's. */
static void tell_of_another_run(gl_keeping *k) {
    const gl_stamp now = gl_stamp_of(k->where.path);
    if (k->told || !k->last.file || !now.file || gl_same_stamp(&k->last, &now)) return;
    k->told = true;
    gl_warn(k->g,
            "checkpoint '%s' is written by another run as well, and each replaces what the other "
            "has kept: end one of them, or name another file",
            k->where.path);
}

static glia_status save(void *user, const gl_state *s) {
    gl_keeping *k = user;
    (void)s; /* the file knows where it lies */
    tell_of_another_run(k);
    glia_status status = gl_writer_write(&k->file, k->where.path);
    k->last = gl_stamp_of(k->where.path);
    return status;
}

/* ---------------------------------------------------------------------------------- the runs -- */

/* Which training of the run the file is of. */
static glia_status read_number(gl_keeping *k) {
    glia_status status = gl_container_open(&k->found, k->g, &gl_checkpoint_kind, k->where.path);
    if (status != GLIA_OK) return status;
    if (!gl_parse_int(gl_container_text(&k->found, "fit"), &k->found_fit) || k->found_fit < 1)
        return gl_container_damaged(&k->found, "it does not say which training it is of");
    return GLIA_OK;
}

glia_status gl_keeping_open(gl_keeping *k, glia_ctx *g, const glia_checkpoint *where) {
    struct stat st;
    *k = (gl_keeping){.g = g, .where = *where, .last = gl_stamp_of(where->path)};
    /* At most half a minute of work is lost. A save of a million parameters with Adam's moments and
     * the best weights writes 16 MB and syncs them: at 100 MB/s half a percent of that time. */
    if (where->seconds == 0) k->where.seconds = 30;
    if (stat(where->path, &st) != 0) return gl_doubt(g, where->path);
    if (!S_ISREG(st.st_mode))
        return gl_fail(g, GLIA_RESOURCE, "checkpoint '%s' is not a file: name one to write",
                       where->path);
    /* Otherwise a command that was typed again without the word would write over a day's work. */
    if (!where->resume)
        return gl_fail(g, GLIA_USAGE,
                       "checkpoint '%s' is there already: resume from it, or remove it to train "
                       "anew",
                       where->path);
    return read_number(k);
}

glia_status gl_keeping_fit(gl_keeping *k, glia_model *m, glia_tensor x, glia_tensor y,
                           const glia_fit_options *options, const gl_company *with,
                           glia_history **history) {
    /* Trainings before the one that the file is of are done again, not read: they come out the
     * same, and a file that held each result would be a file of models. */
    gl_keeper keeper = {.seconds = k->where.seconds, .load = load, .save = save, .user = k};
    if (history) *history = NULL;
    gl_company company = {.x = with->x, .x_val = with->x_val};
    if (++k->fit < k->found_fit) return gl_model_fit(m, x, y, options, &company, history);
    drop_facts(k, k->common);
    company.keeper = &keeper;
    glia_status status = add_training(k, m, &x, &y, options, with);
    return status == GLIA_OK ? gl_model_fit(m, x, y, options, &company, history) : status;
}

void gl_keeping_close(gl_keeping *k) {
    if (!k->g) return;
    drop_facts(k, 0);
    gl_free(k->g, k->fact);
    gl_writer_free(&k->file);
    gl_container_close(&k->found);
}

/* ------------------------------------------------------------------------------ arrays alone -- */

static glia_status add_options(gl_keeping *k, const glia_fit_options *o) {
    glia_status status = GLIA_OK;
    for (int i = 0; i < gl_fit_rows_count && status == GLIA_OK; i++) {
        const gl_fit_row *row = &gl_fit_rows[i];
        char number[40];
        const char *text = gl_fit_text(row, o, number, sizeof number);
        /* Whether the doctor looks on does not tell trainings apart. */
        if (row->effect == LOOKS) continue;
        status = gl_keeping_option(k, row->member, text ? text : "the default");
    }
    return status;
}

glia_status glia_model_fit_resumable(glia_model *m, glia_tensor x, glia_tensor y,
                                     const glia_fit_options *options,
                                     const glia_checkpoint *checkpoint, glia_history **history) {
    gl_keeping k;
    if (history) *history = NULL;
    glia_fit_options o = options ? *options : (glia_fit_options){0};
    if (!checkpoint || !checkpoint->path) return glia_model_fit(m, x, y, &o, history);
    glia_status status = gl_keeping_open(&k, m->g, checkpoint);
    if (status == GLIA_OK) status = add_options(&k, &o);
    if (status == GLIA_OK) status = gl_keeping_fit(&k, m, x, y, &o, &(gl_company){0}, history);
    gl_keeping_close(&k);
    return status;
}
