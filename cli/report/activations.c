/*
 * activations.c: `glia show --activations`: what each layer answers to one picture, as one page.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

/* Of a layer so many maps, a side of each at most so many pixels, and of single values so many. */
enum { MOST_MAPS = 40, MAP = 64, MOST_UNITS = 400 };

typedef struct picture {
    const cli *c;
    const glia_model *m;
    glia_table *t; /* one row */
    glia_node *node;
    int nodes;
} picture;

/* --------------------------------------------------------------------------------- its steps -- */

static bool is_norm(const glia_node *n) { return strstr(n->op, "_norm") != NULL; }

/* A value that another step of its layer takes further, and what is the answer itself. */
static bool goes_on(const picture *a, int i) {
    for (int k = i + 1; k < a->nodes; k++) {
        const glia_node *n = &a->node[k];
        bool further = n->role == GLIA_ACTIVATION || n->role == GLIA_LOSS || is_norm(n);
        for (int r = 0; further && r < n->reads; r++)
            if (n->read[r] == i) return true;
    }
    return false;
}

static bool is_shown(const picture *a, int i) {
    const glia_node *n = &a->node[i];
    return n->role != GLIA_LOSS && n->computes && strcmp(n->op, "dropout") != 0 && !goes_on(a, i);
}

/* "conv1, batch_norm, relu"; for free. */
static char *name_of(const picture *a, int i) {
    const glia_node *n = &a->node[i];
    bool step = (n->role == GLIA_ACTIVATION || is_norm(n)) && n->reads && n->read[0] >= 0;
    if (!step) return copy_text(n->name);
    char *before = name_of(a, n->read[0]), *name = format_text("%s, %s", before, n->op);
    free(before);
    return name;
}

static char *shape_of(const glia_node *n) {
    char *text = copy_text("");
    for (int i = 0; i < n->ndim; i++) {
        char *longer = format_text("%s%s%lld", text, i ? " × " : "", (long long)n->dim[i]);
        free(text);
        text = longer;
    }
    return text;
}

/* -------------------------------------------------------------------------------------- maps -- */

/* Values as greys: black is 0, white the largest; where some are below 0, that is mid-grey. */
typedef struct greys {
    double largest;
    bool below;
} greys;

static greys greys_of(const glia_predictions *v) {
    greys g = {0};
    for (int64_t i = 0; i < v->outputs; i++) {
        g.largest = fmax(g.largest, fabs(v->value[i]));
        g.below = g.below || v->value[i] < 0;
    }
    return g;
}

static double grey(const greys *g, double value) {
    double share = g->largest > 0 ? value / g->largest : 0;
    return g->below ? 0.5 + share / 2 : share;
}

/* The maps of a step, channels last; a value without place is a map of one pixel. */
static gallery maps_of(const glia_node *n, const glia_predictions *v, const greys *g) {
    bool places = n->ndim == 3;
    int64_t maps = places ? n->dim[2] : v->outputs, most = places ? MOST_MAPS : MOST_UNITS;
    gallery all = {.count = (int)(maps < most ? maps : most)};
    all.image = reserve(NULL, (size_t)all.count * sizeof(image));
    for (int k = 0; k < all.count; k++) {
        image *to = &all.image[k];
        *to = image_new(places ? (int)n->dim[0] : 1, places ? (int)n->dim[1] : 1, 1);
        for (int64_t i = 0; i < (int64_t)to->height * to->width; i++)
            to->pixel[i] = grey(g, v->value[i * maps + k]);
        image_shrink(to, MAP);
    }
    return all;
}

static void put_maps(page *p, const gallery *all, const char *name) {
    bool places = all->image->width * all->image->height > 1;
    fprintf(p->f, "<div class=\"maps%s\" role=\"img\" aria-label=\"", places ? "" : " units");
    html_text(p->f, name);
    fputs("\">\n", p->f);
    for (int k = 0; k < all->count; k++) put_image(p, &all->image[k], "");
    fputs("</div>\n", p->f);
}

static void step_section(page *p, const picture *a, int i, const glia_predictions *v) {
    char shown[32], whole[32], largest[32], *name = name_of(a, i), *shape = shape_of(&a->node[i]);
    greys g = greys_of(v);
    gallery maps = maps_of(&a->node[i], v, &g);
    int64_t all = a->node[i].ndim == 3 ? a->node[i].dim[2] : v->outputs;
    fputs("<section><h2>", p->f);
    html_text(p->f, name);
    fprintf(p->f, " <small>%s</small></h2>\n", shape);
    put_maps(p, &maps, name);
    short_text(g.largest, largest);
    if (g.below) NOTE(p, greys_around, largest);
    else NOTE(p, greys_above, largest);
    if (all > maps.count) NOTE(p, maps_rest, count_text(maps.count, shown), count_text(all, whole));
    section_end(p);
    gallery_free(&maps);
    free(name);
    free(shape);
}

static bool put_steps(page *p, const picture *a) {
    for (int i = 0; i < a->nodes; i++) {
        if (!is_shown(a, i)) continue;
        glia_predictions *v = glia_model_apply_at(a->c->g, a->m, a->node[i].name, a->t);
        if (!v) return false;
        step_section(p, a, i, v);
        glia_predictions_free(a->c->g, v);
    }
    return true;
}

/* ------------------------------------------------------------------------------------ answer -- */

static void put_answer(page *p, const picture *a, const glia_predictions *v) {
    char text[32];
    fputs("<p class=\"lead\">", p->f);
    if (v->class_index && glia_model_targets(a->m) <= 1) {
        int64_t class = v->class_index[0];
        snprintf(text, sizeof text, "%.1f%%", 100 * glia_predictions_probability(v, 0, class));
        TELL(p, picture_class, glia_model_class(a->m, class), text);
    } else {
        TELL(p, picture_value, short_text(v->value[0], text));
    }
    fputs("</p></header>\n<main>\n", p->f);
}

/* The picture as the network sees it, and where it looked. */
static void picture_section(page *p, const picture *a) {
    gallery all = gallery_of_pairs(a->c, a->m, a->t, (const int64_t[]){0}, 1);
    section_begin(p, SAY_picture);
    put_gallery(p, &all);
    looked_note(p, &all);
    section_end(p);
    gallery_free(&all);
}

static bool put_page(page *p, const picture *a) {
    char *title = stem_of(glia_table_source(a->t));
    glia_predictions *v = glia_model_apply(a->c->g, a->m, a->t);
    if (v) {
        page_begin(p, SAY_report_activations, title);
        put_answer(p, a, v);
        picture_section(p, a);
    }
    bool ok = v && put_steps(p, a);
    page_end(p, SAY_footer);
    glia_predictions_free(a->c->g, v);
    free(title);
    return ok;
}

/* --------------------------------------------------------------------------------- the whole -- */

static int open_picture(picture *a, const char *path) {
    a->t = glia_model_read(a->c->g, a->m, path, &(glia_read_options){.bad_images = "fail"});
    if (!a->t) return failed(a->c);
    if (!has_images(a->t))
        return fail(GLIA_INPUT, "--activations: '%s' is no picture as the model reads them", path);
    if (glia_table_rows(a->t) != 1)
        return fail(GLIA_INPUT, "--activations: expected one picture, '%s' has %lld", path,
                    (long long)glia_table_rows(a->t));
    a->nodes = glia_model_graph(a->m, NULL, 0);
    if (a->nodes < 0) return failed(a->c);
    a->node = reserve(NULL, (size_t)a->nodes * sizeof *a->node);
    return glia_model_graph(a->m, a->node, a->nodes) < 0 ? failed(a->c) : 0;
}

int write_activations(const cli *c, const glia_model *m, const char *path, const char *to) {
    picture a = {.c = c, .m = m};
    page p = {.c = c};
    output o;
    int status = given_language(c, &p.lang) ? open_picture(&a, path) : GLIA_USAGE;
    if (!status && !output_open(&o, c, to)) status = GLIA_RESOURCE;
    if (!status) {
        p.f = o.f;
        if (put_page(&p, &a)) status = output_close(&o);
        else output_discard(&o), status = failed(c);
    }
    glia_table_free(a.t);
    free(a.node);
    return status ? status : say_drawn(c, to);
}
