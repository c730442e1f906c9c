/*
 * table.c: a file of which nobody says what it is, from its first bytes to the features of a
 * network.
 */
#include "prepare/pipeline.h"
#include "readers.h"

void fuzz_table(const uint8_t *bytes, size_t n) {
    glia_table *t = fuzz_file(bytes, n, &(glia_read_options){.header = (int)(n % 3) - 1});
    gl_pipeline *p = t ? gl_pipeline_fit(g, t, NULL, 0, &(gl_pipeline_spec){0}) : NULL;
    gl_features x = {0};
    if (!p) fuzz_told("preparing a table");
    else if (!gl_pipeline_apply(p, t, NULL, 0, GLIA_F32, false, &x)) gl_free(g, x.owned);
    gl_pipeline_free(p);
    glia_table_free(t);
}
