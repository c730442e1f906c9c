/*
 * files_of_tools.c: array files that other programs wrote, in ../shared/cases/files: one invented
 * table of 60 flats, and what of it is read. What the values are is known from the table's CSV.
 */
#include "arrays.h"

/* "x (60, 4) 18.588 | y yes:35 no:25": an array by its mean, labels by how often each comes. */
static void add_labels(const gl_column *c, int64_t rows, char *buf, size_t size) {
    double values[8];
    int n = c->type == GLIA_NUMBER ? gl_distinct(c, NULL, rows, 7, values) : (int)c->categories;
    for (int k = 0; k < n && k < 7; k++) {
        int count = 0;
        for (int64_t i = 0; i < rows; i++)
            count += c->type == GLIA_NUMBER ? gl_number(c, i) == values[k] : c->code[i] == k;
        size_t used = strlen(buf);
        if (c->type == GLIA_NUMBER) snprintf(buf + used, size - used, " %g:%d", values[k], count);
        else snprintf(buf + used, size - used, " %s:%d", c->category[k], count);
    }
}

static void summarise(const glia_table *t, char *buf, size_t size) {
    *buf = 0;
    for (int j = 0; j < t->columns; j++) {
        const gl_column *c = &t->column[j];
        size_t n = strlen(buf);
        if (c->type == GLIA_ARRAY) {
            double sum = 0;
            char shape[96];
            int64_t count = 0;
            for (int64_t i = 0; i < glia_tensor_count(&c->array, 0); i++) {
                double v = glia_tensor_value(&c->array, i);
                if (v == v) sum += v, count++;
            }
            gl_shape_text(&c->array, shape, sizeof shape);
            snprintf(buf + n, size - n, "%s%s %s %.5g", j ? " | " : "", c->name, shape,
                     sum / (double)count);
        } else {
            snprintf(buf + n, size - n, "%s%s", j ? " | " : "", c->name);
            if (t->arrays || j == t->columns - 1) add_labels(c, t->rows, buf, size);
        }
    }
}

#define XY "x (60, 4) 18.588 | y 0:25 1:35"
#define NAMED "x (60, 4) 18.588 | y yes:35 no:25"
#define TRANSPOSED "! x may be transposed: its shape is (4, 60)"

static const struct {
    const char *path, *expected; /* "! message" */
} files[] = {
    {"h5/be.h5", XY},
    {"h5/bool.h5", XY},
    {"h5/col.h5", XY},
    {"h5/f128.h5", XY},
    {"h5/link.h5", XY},
    {"h5/plain.h5", XY},
    {"h5/ref.h5", XY},
    {"h5/resized.h5", XY},
    {"h5/scalars.h5", XY},
    {"h5/stats2.h5", XY},
    {"h5/userblock.mat", XY},
    {"h5/vds.h5", XY},
    {"h5/mat73.h5", XY},
    {"h5/mat73.mat", XY},
    {"h5/so.h5", XY},
    {"a23/chunk.h5", XY},
    {"a23/flet.h5", XY},
    {"a23/gz_shuf.h5", XY},
    {"a23/nbit.h5", XY},
    {"a23/plain.h5", XY},
    {"a23/shuf_gz.h5", XY},
    {"h5tools/ad_dense.h5", XY},
    {"h5tools/ad_dense.h5ad", XY},
    {"h5tools/pt.h5", XY},
    {"h5tools/pt_bool.h5", XY},
    {"h5tools/rhdf5_nat.h5", XY},
    {"h5tools/hdf5r_lgl.h5", XY},
    {"h5tools/nc_unl.nc", XY},
    {"oct/Xy.h5", XY},
    {"oct/dt.h5", XY},
    {"oct/s.h5", XY},
    {"oct/Xy4.mat", XY},
    {"oct/Xy6.mat", XY},
    {"oct/Xy7.mat", XY},
    {"oct/text_Xy.txt", XY},
    {"npy/xy.npz", XY},
    {"h5/enum1.h5", "x (60, 4) 18.588 | y YES:35 NO:25"},
    {"h5/strfixed.h5", NAMED},
    {"h5/strvlen.h5", NAMED},
    {"h5tools/pt_str.h5", NAMED},
    {"h5tools/rhdf5_fac.h5", NAMED},
    {"h5tools/hdf5r_fac.h5", NAMED},
    {"h5/f16.h5", XY},
    {"h5/twosets.h5", "x (40, 4) 18.995 | y 0:15 1:25"},
    {"h5/xbool.h5", "x (60, 4) 0.35417 | y 0:25 1:35"},
    {"h5/enum4.h5", "x (60, 4) 18.588 | y YES:35 NO:25"},
    {"h5/i8.h5", "x (60, 4) 18.588 | y -1:25 1:35"},
    {"h5/fill.h5", "x (60, 4) 1.7654 | y 0:25 1:35"},
    {"h5/cross.h5", "! found no pair"},
    {"h5/cols.h5", "! found no pair"},
    {"h5/mat.h5", "! its arrays are: M (60, 5) f64"},
    {"h5/complex.h5", "! holds complex numbers"},
    {"h5/ragged.h5", "! lists of different lengths"},
#ifdef HAVE_LZF
    {"h5/lzf.h5", XY},
#else
    {"h5/lzf.h5", "! compressed by filter 32000 (lzf)"},
#endif
    {"h5/vdsmiss.h5", "! a part of it lies in 'gone.h5', which is not there"},
    {"h5/row.h5", "! transpose y"},
    {"h5/images_last.h5", "! its shape is (6, 6, 60)"},
    {"h5/xt.h5", TRANSPOSED},
    {"h5/xt2.h5", TRANSPOSED},
    {"h5tools/rhdf5.h5", TRANSPOSED},
    {"h5tools/hdf5r.h5", TRANSPOSED},
    {"h5tools/nc_coord.nc", "! its arrays are: height (30, 30) f32"},
    {"h5tools/nc_ml.nc", "x (60, 4) 18.346 | y 0:25 1:34"},
    {"h5tools/pt_vl.h5", "! lists of different lengths"},
    {"h5tools/csr2.h5", "x (60, 7) 4.3571 | y 0:25 1:35"},
    {"h5tools/rhdf5_na.h5", "x (60, 4) 18.588 | y 0:25 1:34"},
    {"h5tools/pd_table.h5", "size | temp | rooms | sold 0:25 1:35"},
    {"h5tools/pd_dc.h5", "size | rooms | temp | sold 0:25 1:35"},
    {"h5tools/pd_fixedf.h5", "size | rooms | temp | sold 0:25 1:35"},
    {"h5tools/pt_table.h5", "size | rooms | temp | sold 0:25 1:35"},
    {"h5tools/rhdf5_df.h5", "V1 | V2 | V3 | V4 | V5 0:25 1:35"},
    {"h5tools/pd_colxy.h5", "x | y 0:25 1:35"},
    {"h5tools/pd_colxy_dc.h5", "x | y 0:25 1:35"},
    {"npy/struct.npy", "size | rooms | temp | sold 0:25 1:35"},
    {"npy/rec.npy", "! holds Python objects"},
    {"npy/c16.npy", "! complex numbers"},
    {"npy/y_O.npy", "! Python objects"},
    {"npy/dt.npy", "! dates"},
    {"npy/be_f4.npy", "x (60, 4) 18.588"},
    {"npy/f16.npy", "x (60, 4) 18.588"},
    {"npy/f2.npy", "x (60, 4) 18.588"},
    {"npy/be_i4.npy", "x (60, 4) 18.6"},
    {"npy/three.npy", "x (60, 3, 4) 359.5"},
    {"npy/nan.npy", "x (60, 4) 18.346"},
    {"oct/text_M.txt", "c1 | c2 | c3 | c4 | c5 0:25 1:35"},
    {"oct/Mz.txt.gz", "c1 | c2 | c3 | c4 | c5 0:25 1:35"},
    {"oct/Xyt.h5", "! its arrays are: Xt (4, 60) f64"},
    {"oct/M.h5", "! its arrays are: M (60, 5) f64"},
    {"oct/text_int.txt", "! its arrays are: yi (60, 1) u8"},
};

static void files_of_other_programs_are_read_or_refused(void **state) {
    (void)state;
    need_shared("cases/files/h5/plain.h5");
    int read = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char name[256], found[1024];
        snprintf(name, sizeof name, "cases/files/%s", files[i].path);
        const char *path = shared_path(name), *expected = files[i].expected;
        if (access(path, R_OK)) continue;
        glia_table *t = read_file(path);
        if (!t && strstr(glia_message(g), "needs the module")) continue;
        if (t) summarise(t, found, sizeof found);
        else snprintf(found, sizeof found, "! %s", glia_message(g));
        bool same = t ? !strcmp(found, expected) : *expected == '!' && strstr(found, expected + 2);
        if (!same) fail_msg("%s\n found    %s\n expected %s", path, found, expected);
        read++;
        glia_table_free(t);
    }
    assert_true(read > 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_other_programs_are_read_or_refused),
    };
    return cmocka_run_group_tests_name("files of tools", tests, open_arrays, close_context);
}
