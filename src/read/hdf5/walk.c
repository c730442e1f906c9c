/*
 * walk.c: every array of an HDF5 file under the name that its writer knows it by.
 *
 *     in the file            it was written by     name and axes
 *     train/x                h5py, PyTables        train/x
 *     X/value, X/type        Octave                X, axes reversed
 *     X with MATLAB_class    MATLAB 7.3            X, axes reversed
 *     512 bytes before it    JLD2 of Julia         as it is, axes reversed
 *     y/values, y/index      pandas, a series      y
 *     obs/y/codes            AnnData               obs/y, texts
 *
 * Links are followed, as their writers meant them to be: soft ones and those into other files.
 */
#include "module.h"

#include <stdio.h>
#include <string.h>

/* A file may link to itself. */
#define MOST_DEEP 12
#define MOST_VISITED 20000

/* All of a chunked data set's values may be fill values that nobody wrote; then its shape is only a
 * claim. Believed up to this size: */
#define MOST_UNWRITTEN ((int64_t)1 << 30)

/* Deflate makes no more than 1032 bytes from one. */
static int64_t most_of_stored(int64_t stored, bool plain) {
    if (stored < 0 || stored > INT64_MAX / 1032) return INT64_MAX;
    return plain ? stored : stored * 1032;
}

/* How many values of a virtual data set lie in others. */
static int64_t most_of_parts(hid_t list) {
    size_t parts = 0;
    int64_t most = 0;
    if (H5Pget_virtual_count(list, &parts) < 0) return 0;
    for (size_t i = 0; i < parts; i++) {
        hid_t space = H5Pget_virtual_vspace(list, i);
        hssize_t n = space >= 0 ? H5Sget_select_npoints(space) : 0;
        if (space >= 0) H5Sclose(space);
        if (n > 0 && most < INT64_MAX - n) most += n;
    }
    return most;
}

/* A damaged file may claim any shape. */
static int64_t most_values(hid_t dataset, hid_t type) {
    int64_t stored = (int64_t)H5Dget_storage_size(dataset), most = 0;
    hid_t list = H5Dget_create_plist(dataset);
    H5D_layout_t layout = list >= 0 ? H5Pget_layout(list) : H5D_CONTIGUOUS;
    int64_t width = (int64_t)H5Tget_size(type); /* 0: damaged */
    if (width < 1) most = 0;
    else if (layout == H5D_VIRTUAL) most = most_of_parts(list);
    else if (layout != H5D_CHUNKED) most = most_of_stored(stored, true) / width;
    else {
        most = most_of_stored(stored, H5Pget_nfilters(list) == 0);
        if (most < MOST_UNWRITTEN) most = MOST_UNWRITTEN;
        most /= width;
    }
    if (list >= 0) H5Pclose(list);
    return most;
}

/* How many chunks a data set of this shape has when all are written; -1: it has none. */
static int64_t chunks_of(hid_t dataset, hid_t list) {
    hsize_t dim[H5S_MAX_RANK], chunk[H5S_MAX_RANK], count = 1;
    hid_t space = H5Dget_space(dataset);
    int n = space >= 0 ? H5Sget_simple_extent_dims(space, dim, NULL) : -1;
    if (space >= 0) H5Sclose(space);
    if (n < 1 || H5Pget_layout(list) != H5D_CHUNKED || H5Pget_chunk(list, n, chunk) != n) return -1;
    for (int i = 0; i < n; i++) {
        if (__builtin_mul_overflow(count, (dim[i] + chunk[i] - 1) / chunk[i], &count)) return -1;
    }
    return count > INT64_MAX ? -1 : (int64_t)count;
}

/* Rows that were never written hold a value that no sample had. */
static void remark_unwritten(hid_t dataset, gl_array_info *a) {
#if H5_VERSION_GE(1, 10, 5)
    hsize_t written = 0;
    hid_t list = H5Dget_create_plist(dataset), space = H5Dget_space(dataset);
    int64_t chunks = list >= 0 ? chunks_of(dataset, list) : -1;
    if (chunks > 0 && space >= 0 && H5Dget_num_chunks(dataset, space, &written) >= 0 &&
        (int64_t)written < chunks)
        snprintf(a->remark, sizeof a->remark,
                 "%lld of its %lld chunks were never written and hold the file's fill value",
                 (long long)(chunks - (int64_t)written), (long long)chunks);
    if (space >= 0) H5Sclose(space);
    if (list >= 0) H5Pclose(list);
#else
    (void)dataset, (void)a;
#endif
}

gl_array_info *gl_hdf5_add(gl_listing *l, hid_t dataset, const char *place, const char *name) {
    if (l->count == l->size || strlen(place) >= GL_NAME || strlen(name) >= GL_NAME) return NULL;
    gl_array_info *a = &l->list[l->count];
    *a = (gl_array_info){.column = -1};
    snprintf(a->name, sizeof a->name, "%s", name);
    snprintf(a->place, sizeof a->place, "%s", place);
    hid_t type = H5Dget_type(dataset);
    bool ok = type >= 0 && gl_hdf5_describe(dataset, type, a);
    if (ok) {
        hid_t one = H5Tget_class(type) == H5T_ARRAY ? H5Tget_super(type) : H5Tcopy(type);
        a->most = most_values(dataset, one);
        H5Tclose(one);
        if (a->kind != GL_UNREAD) remark_unwritten(dataset, a);
        l->count++;
    }
    if (type >= 0) H5Tclose(type);
    return ok ? a : NULL;
}

/* ----------------------------------------------------------------------------------- records -- */

static void add_member(gl_listing *l, hid_t dataset, hid_t type, unsigned i, const char *place,
                       const char *table) {
    char *part = H5Tget_member_name(type, i), name[GL_NAME + 96];
    hid_t member = H5Tget_member_type(type, i);
    gl_array_info *a = &l->list[l->count];
    if (part && member >= 0 && l->count < l->size && strlen(part) < sizeof a->part) {
        *a = (gl_array_info){.column = -1, .most = most_values(dataset, type)};
        snprintf(name, sizeof name, "%s/%s", table, part);
        snprintf(a->name, sizeof a->name, "%.*s", GL_NAME - 1, name);
        snprintf(a->place, sizeof a->place, "%s", place);
        snprintf(a->table, sizeof a->table, "%s", table);
        snprintf(a->part, sizeof a->part, "%s", part);
        if (gl_hdf5_describe(dataset, member, a)) l->count++;
        int64_t width = gl_hdf5_count(&a->shape, 1);
        if (width > 0 && a->most <= INT64_MAX / width) a->most *= width;
    }
    if (part) H5free_memory(part);
    if (member >= 0) H5Tclose(member);
}

void gl_hdf5_add_records(gl_listing *l, hid_t dataset, const char *place, const char *name) {
    hid_t type = H5Dget_type(dataset);
    if (strlen(place) < GL_NAME && strlen(name) < GL_NAME) {
        for (int i = 0; i < H5Tget_nmembers(type); i++)
            add_member(l, dataset, type, (unsigned)i, place, name);
    }
    H5Tclose(type);
}

static bool holds_records(hid_t dataset) {
    hid_t type = H5Dget_type(dataset);
    bool is = type >= 0 && H5Tget_class(type) == H5T_COMPOUND && !gl_hdf5_is_complex(type);
    if (type >= 0) H5Tclose(type);
    return is;
}

/* ----------------------------------------------------------------------------------- writers -- */

static bool is_placeholder(hid_t dataset) {
    char name[80] = "";
    return gl_hdf5_text(dataset, "NAME", name, sizeof name) &&
           !strncmp(name, "This is a netCDF dimension but not a netCDF variable", 52);
}

/* MATLAB's texts and cells of texts are numbers and references that texts.c reads. */
static void as_matlab(hid_t dataset, gl_array_info *a) {
    a->reversed = a->shape.ndim > 1;
    bool cells = gl_hdf5_says(dataset, "MATLAB_class", "cell"),
         texts = gl_hdf5_says(dataset, "MATLAB_class", "char");
    if (!cells && !texts) return;
    a->kind = GL_TEXTS;
    *a->remark = 0;
    if (texts && a->shape.ndim == 2) a->shape.ndim = 1, a->shape.dim[0] = a->shape.dim[1];
}

static void turn_shape(gl_array_info *a) {
    glia_tensor t = a->shape;
    for (int i = 0; i < t.ndim; i++) a->shape.dim[i] = t.dim[t.ndim - 1 - i];
}

static void add_dataset(gl_listing *l, hid_t dataset, const char *place, const char *name,
                        bool octave) {
    const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
    if (!strncmp(base, "_i_", 3) || is_placeholder(dataset) || gl_hdf5_has(dataset, "MATLAB_empty"))
        return;
    if (holds_records(dataset)) {
        gl_hdf5_add_records(l, dataset, place, name);
        return;
    }
    gl_array_info *a = gl_hdf5_add(l, dataset, place, name);
    if (!a) return;
    a->aside = gl_hdf5_says(dataset, "CLASS", "DIMENSION_SCALE");
    bool matlab = gl_hdf5_has(dataset, "MATLAB_class");
    if (matlab) as_matlab(dataset, a);
    if (octave || l->julia) a->reversed = a->shape.ndim > 1;
    a->two_axes = matlab || octave;
    if (a->reversed) turn_shape(a);
    if (a->reversed && !*a->remark)
        snprintf(a->remark, sizeof a->remark, "its axes are those of %s",
                 matlab   ? "MATLAB"
                 : octave ? "Octave"
                          : "Julia");
}

static void add_link(gl_listing *l, hid_t parent, const char *link, const char *place,
                     const char *name, bool octave, int deep);

static bool is_hidden(const char *link) {
    /* MATLAB's references, PyTables' indices, types of JLD2 */
    return *link == '#' || !strncmp(link, "_i_", 3) || !strcmp(link, "_types");
}

static void join_path(char to[2 * GL_NAME], const char *path, const char *link) {
    snprintf(to, 2 * GL_NAME, "%s%s%s", path, *path ? "/" : "", link);
}

/* In which they were made, where the writer kept it, as netCDF-4 does; else that of their names. */
static H5_index_t order_of(hid_t group) {
    unsigned flags = 0;
    hid_t list = H5Gget_create_plist(group);
    if (list >= 0 && H5Pget_link_creation_order(list, &flags) < 0) flags = 0;
    if (list >= 0) H5Pclose(list);
    return flags & H5P_CRT_ORDER_INDEXED ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
}

static void walk_group(gl_listing *l, hid_t group, const char *place, const char *name, int deep) {
    bool octave = gl_hdf5_has(group, "OCTAVE_NEW_FORMAT");
    H5_index_t order = order_of(group);
    H5G_info_t info;
    if (deep > MOST_DEEP || gl_hdf5_add_frame(l, group, place) || H5Gget_info(group, &info) < 0)
        return;
    for (hsize_t i = 0; i < info.nlinks && l->visited++ < MOST_VISITED; i++) {
        char link[GL_NAME], child_place[2 * GL_NAME], child_name[2 * GL_NAME];
        ssize_t n =
            H5Lget_name_by_idx(group, ".", order, H5_ITER_INC, i, link, sizeof link, H5P_DEFAULT);
        if (n <= 0 || n >= (ssize_t)sizeof link || is_hidden(link)) continue;
        bool value = octave && !strcmp(link, "value");
        if (octave && !value) continue;
        join_path(child_place, place, link);
        if (value) snprintf(child_name, sizeof child_name, "%s", name);
        else join_path(child_name, name, link);
        if (strlen(child_place) < GL_NAME)
            add_link(l, group, link, child_place, child_name, octave, deep + 1);
    }
}

/* A sparse matrix knows its shape by an attribute of its folder. */
static void add_sparse_shape(hid_t group, gl_array_info *list, int from, int to) {
    double shape[2], rows;
    int n = 0;
    bool said = gl_hdf5_number(group, "shape", shape, 2, &n) ||
                gl_hdf5_number(group, "h5sparse_shape", shape, 2, &n);
    bool matlab = gl_hdf5_number(group, "MATLAB_sparse", &rows, 1, &n);
    for (int i = from; i < to && (matlab || (said && n == 2)); i++) {
        for (int k = 0; k < 2; k++)
            list[i].sparse_shape[k] = matlab ? (k ? 0 : (int64_t)rows) : (int64_t)shape[k];
        list[i].by_columns = matlab || gl_hdf5_says(group, "encoding-type", "csc_matrix") ||
                             gl_hdf5_says(group, "h5sparse_format", "csc");
    }
}

/* Texts by number, as AnnData keeps them: codes beside categories. */
static bool add_categories(gl_listing *l, hid_t group, const char *place, const char *name) {
    char codes[2 * GL_NAME];
    if (!gl_hdf5_says(group, "encoding-type", "categorical")) return false;
    hid_t dataset = H5Dopen2(group, "codes", H5P_DEFAULT);
    if (dataset < 0) return false;
    join_path(codes, place, "codes");
    gl_array_info *a = gl_hdf5_add(l, dataset, codes, name);
    if (a) a->kind = GL_TEXTS;
    H5Dclose(dataset);
    return true;
}

static void add_link(gl_listing *l, hid_t parent, const char *link, const char *place,
                     const char *name, bool octave, int deep) {
    hid_t object = H5Oopen(parent, link, H5P_DEFAULT);
    if (object < 0) return; /* its target is not there */
    int from = l->count;
    switch (H5Iget_type(object)) {
    case H5I_DATASET: add_dataset(l, object, place, name, octave); break;
    case H5I_GROUP:
        if (add_categories(l, object, place, name)) break;
        walk_group(l, object, place, name, deep);
        add_sparse_shape(object, l->list, from, l->count);
        break;
    default: break;
    }
    H5Oclose(object);
}

int gl_hdf5_walk(hid_t file, bool julia, gl_array_info *list, int size) {
    gl_listing l = {.list = list, .size = size, .julia = julia};
    hid_t root = H5Gopen2(file, "/", H5P_DEFAULT);
    if (root < 0) return -1;
    walk_group(&l, root, "", "", 0);
    add_sparse_shape(root, list, 0, 0);
    H5Gclose(root);
    return l.count;
}
