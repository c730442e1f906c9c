/*
 * pipeline.c: the JSON text in a model file that says how columns become features. What is loaded
 * is saved, loads again to the same text, and is applied to a table.
 */
#include "fuzz.h"
#include "prepare/pipeline.h"
#include "readers.h"

static const char rows[] =
    "size,kind,built,rooms,text,price\n82.7,flat,1974-05-01,1,a red house,9\n"
    "59.1,house,1980-12-31,2,green,7.5\n,flat,,5,a,1\n";

static void compare(const gl_pipeline *p) {
    char *once = gl_pipeline_save(g, p);
    gl_pipeline *again = once ? gl_pipeline_load(g, once) : NULL;
    fuzz_check(again, "a pipeline that was saved is not loaded: %s\n%s", glia_message(g),
               once ? once : "");
    char *twice = gl_pipeline_save(g, again);
    fuzz_check(twice && !strcmp(once, twice), "'%s'\nbecomes '%s'", once, twice);
    gl_pipeline_free(again);
    gl_free(g, once), gl_free(g, twice);
}

static void apply(const gl_pipeline *p) {
    gl_features x = {0};
    glia_table *t =
        fuzz_file((const uint8_t *)rows, sizeof rows - 1, &(glia_read_options){.format = "csv"});
    if (!t) abort();
    const gl_series *s = gl_pipeline_series(p);
    glia_table *all = t;
    if (s && !(t = gl_series_rows(all, s))) {
        fuzz_told("giving rows a past");
        glia_table_free(all);
        return;
    }
    if (gl_pipeline_apply(p, t, NULL, 0, GLIA_F32, false, &x)) fuzz_told("applying a pipeline");
    else gl_free(g, x.owned);
    gl_free(g, gl_pipeline_labels(p, t, NULL, 0, GLIA_F32));
    if (t != all) glia_table_free(t);
    glia_table_free(all);
}

void fuzz_pipeline(const uint8_t *bytes, size_t n) {
    char *text = fuzz_text(bytes, n);
    gl_pipeline *p = gl_pipeline_load(g, text);
    if (!p) fuzz_told("loading a pipeline");
    if (p && gl_pipeline_features(p) < 4096) {
        gl_free(g, gl_pipeline_describe(p));
        for (int64_t k = 0; k < gl_pipeline_features(p); k++)
            gl_free(g, gl_pipeline_feature_name(g, p, k));
        compare(p);
        apply(p);
    }
    gl_pipeline_free(p);
    free(text);
}
