/*
 * npy.c: the values of a layer as one array in NumPy's format (numpy.lib.format): (rows, units),
 * and the loss of each row as a last column where it is wanted; a row that has none is NaN.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "predict.h"

/* Magic and dictionary fill a multiple of 64 bytes, so that the numbers are aligned in a map. */
static void put_head(FILE *f, glia_dtype dtype, int64_t rows, int64_t cols) {
    char text[119];
    memset(text, ' ', sizeof text);
    int n = snprintf(text, sizeof text,
                     "{'descr': '<f%d', 'fortran_order': False, 'shape': (%lld, "
                     "%lld), }",
                     dtype == GLIA_F64 ? 8 : 4, (long long)rows, (long long)cols);
    text[n] = ' ';
    text[117] = '\n';
    fwrite("\x93NUMPY\1\0v\0", 1, 10, f);
    fwrite(text, 1, 118, f);
}

/* The lowest byte first, on any machine. */
static void put_number(FILE *f, glia_dtype dtype, double value) {
    float single = (float)value;
    uint64_t bits = 0;
    uint32_t low = 0;
    int size = dtype == GLIA_F64 ? 8 : 4;
    memcpy(&bits, &value, sizeof bits);
    memcpy(&low, &single, sizeof low);
    if (size == 4) bits = low;
    for (int i = 0; i < size; i++) putc((int)(bits >> 8 * i & 255), f);
}

static void put_row(const prediction *a, FILE *f, glia_dtype dtype, int64_t row) {
    for (int64_t j = 0; j < a->p->outputs; j++)
        put_number(f, dtype, row < 0 ? NAN : a->p->value[row * a->p->outputs + j]);
    if (a->losses) put_number(f, dtype, row < 0 ? NAN : a->losses[row]);
}

int write_npy(const prediction *a) {
    const char *path = given(a->c, "output");
    glia_dtype dtype = glia_model_dtype(a->model);
    int64_t rows = 0;
    output o;
    if (!output_open(&o, a->c, path)) return GLIA_RESOURCE;
    for (line at = {0}; next_line(a, &at);) rows++;
    put_head(o.f, dtype, rows, a->p->outputs + (a->losses ? 1 : 0));
    for (line at = {0}; next_line(a, &at);) put_row(a, o.f, dtype, at.answer);
    int status = output_close(&o);
    if (!status) say_written(a, path);
    return status;
}
