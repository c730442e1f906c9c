/*
 * slip.c: what becomes of logistic regression when the pixels of all images are mixed: the classic
 * slip x.reshape(-1, m) in place of x.reshape(m, -1).T. Nothing fails; the cost falls, too.
 */
#include <math.h>
#include <stdlib.h>

#include "course.h"

typedef struct images {
    double *x, *y; /* (m, n), (m) */
    int64_t m, n;
} images;

/* Value i of image j is byte i m + j of the file. */
static int take_mixed(course *k, const char *path, images *to) {
    glia_table *t = glia_table_read(k->g, path, NULL);
    if (!t) return fail((int)glia_code(k->g), "%s", glia_message(k->g));
    int column = glia_table_locate(t, "x"), classes = glia_table_locate(t, "y");
    if (column < 0 || classes < 0) {
        glia_table_free(t);
        return fail((int)glia_code(k->g), "%s", glia_message(k->g));
    }
    glia_tensor x = glia_table_values(t, column), y = glia_table_values(t, classes);
    to->m = x.dim[0];
    to->n = glia_tensor_count(&x, 1);
    to->x = reserve(NULL, (size_t)(to->m * to->n) * sizeof *to->x);
    to->y = reserve(NULL, (size_t)to->m * sizeof *to->y);
    for (int64_t j = 0; j < to->m; j++) {
        to->y[j] = glia_tensor_value(&y, j);
        for (int64_t i = 0; i < to->n; i++)
            to->x[j * to->n + i] = glia_tensor_value(&x, i * to->m + j) / 255;
    }
    glia_table_free(t);
    return 0;
}

static void free_images(images *a) {
    free(a->x);
    free(a->y);
}

static glia_model *learn(course *k, const images *a, glia_history **h) {
    progress p;
    glia_model *m = glia_model_new(k->g, a->n, "dense 1 sigmoid",
                                   &(glia_model_options){.init = "zeros", .dtype = GLIA_F64});
    glia_fit_options o = {.epochs = 2000,
                          .batch = GLIA_FULL_BATCH,
                          .optimizer = "sgd",
                          .lr = 0.005,
                          .log_every = 100,
                          .progress = progress_step,
                          .user = &p};
    if (!m) return NULL;
    progress_begin(&p, k->c);
    glia_status status =
        glia_model_fit(m, glia_tensor_f64(a->x, a->m, a->n), glia_tensor_f64(a->y, a->m, 1), &o, h);
    progress_end(&p);
    if (status == GLIA_OK) return m;
    glia_model_free(m);
    return NULL;
}

/* 100 - mean(|prediction - y|) 100; negative: it could not be measured. */
static double percent(const course *k, const glia_model *m, const images *a) {
    double *p = reserve(NULL, (size_t)a->m * sizeof *p), wrong = 0;
    glia_predictor *q = glia_predictor_new(k->g, m, a->m);
    bool ok = q && glia_predictor_run(q, glia_tensor_f64(a->x, a->m, a->n),
                                      glia_tensor_f64(p, a->m, 1)) == GLIA_OK;
    for (int64_t i = 0; i < a->m; i++) wrong += (p[i] > 0.5) != (a->y[i] > 0.5);
    glia_predictor_free(q);
    free(p);
    return ok ? 100 - wrong / (double)a->m * 100 : -1;
}

static int compare_mixed(course *k, const images *train, const images *test) {
    glia_history *h = NULL;
    glia_model *m = learn(k, train, &h);
    if (m) {
        double scores[2] = {percent(k, m, train), percent(k, m, test)};
        compare_part(k, "logistic", "scrambled.costs", h->cost, 0, (int)h->entries, 100);
        compare_part(k, "logistic", "scrambled.acc", scores, 0, 2, SCORES);
    }
    glia_history_free(k->g, h);
    glia_model_free(m);
    return m ? 0 : fail((int)glia_code(k->g), "%s", glia_message(k->g));
}

int run_slip(course *k, const char *name) {
    (void)name;
    images train = {0}, test = {0};
    char *paths[2];
    int status = find_cats(k->c, &paths[0], &paths[1]);
    if (status) return status;
    if (!k->c->json) {
        putchar('\n');
        print_line("x.reshape(-1, m) mixes the pixels of all images; x.reshape(m, -1).T does not.",
                   0, 0, "");
        print_line("The cost still falls, and training images are learned by heart: only the test "
                   "set tells.",
                   0, 0, "");
    }
    status = take_mixed(k, paths[0], &train);
    if (!status) status = take_mixed(k, paths[1], &test);
    if (!status) status = compare_mixed(k, &train, &test);
    free_images(&train);
    free_images(&test);
    free(paths[0]);
    free(paths[1]);
    return status;
}
