/*
 * elsewhere.c: data sets whose values lie in other files.
 *
 *     virtual     parts of other HDF5 files, or of this one, put together      read
 *     external    bytes of files of any kind                                   refused
 *
 * Somebody who gives away a file could name any other by external storage, /dev/zero or a file of
 * passwords, and a table would be made of it.
 */
#include "module.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The path of a file that is named in one at `path`: beside it, else as it is. */
static const char *find_beside(const char *path, const char *name, char beside[4096]) {
    const char *slash = strrchr(path, '/');
    snprintf(beside, 4096, "%.*s%s", slash && *name != '/' ? (int)(slash - path) + 1 : 0, path,
             name);
    if (!access(beside, R_OK)) return beside;
    return access(name, R_OK) ? NULL : name;
}

/* ---------------------------------------------------------------------------------- external -- */

/* The file of a part of a virtual data set, for H5Fclose; below 0: it is not there. */
static hid_t open_part(hid_t dataset, const char *name) {
    char own[4096], beside[4096];
    if (!strcmp(name, ".")) return H5Iget_file_id(dataset);
    if (H5Fget_name(dataset, own, sizeof own) < 0) return -1;
    const char *path = find_beside(own, name, beside);
    return path ? H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT) : -1;
}

static bool lies_elsewhere(hid_t dataset, int deep);

static bool part_lies_elsewhere(hid_t dataset, hid_t list, size_t i, int deep) {
    char path[1024], name[1024];
    ssize_t n = H5Pget_virtual_filename(list, i, path, sizeof path),
            m = H5Pget_virtual_dsetname(list, i, name, sizeof name);
    if (n <= 0 || m <= 0 || n >= (ssize_t)sizeof path || m >= (ssize_t)sizeof name) return false;
    hid_t file = open_part(dataset, path);
    hid_t part = file >= 0 ? H5Dopen2(file, name, H5P_DEFAULT) : -1;
    bool elsewhere = part >= 0 && lies_elsewhere(part, deep + 1);
    if (part >= 0) H5Dclose(part);
    if (file >= 0) H5Fclose(file);
    return elsewhere;
}

/* By itself, or one of its parts; a virtual data set may be a part of another. */
static bool lies_elsewhere(hid_t dataset, int deep) {
    enum { DEEPEST = 4 };
    size_t parts = 0;
    hid_t list = H5Dget_create_plist(dataset);
    bool elsewhere = list >= 0 && H5Pget_external_count(list) > 0;
    if (list >= 0 && deep < DEEPEST && H5Pget_layout(list) == H5D_VIRTUAL)
        H5Pget_virtual_count(list, &parts);
    for (size_t i = 0; !elsewhere && i < parts; i++)
        elsewhere = part_lies_elsewhere(dataset, list, i, deep);
    if (list >= 0) H5Pclose(list);
    return elsewhere;
}

bool gl_hdf5_is_external(hid_t dataset) { return lies_elsewhere(dataset, 0); }

bool gl_hdf5_read(hid_t dataset, hid_t memory, hid_t to_space, hid_t space, void *to) {
    return !gl_hdf5_is_external(dataset) &&
           H5Dread(dataset, memory, to_space, space, H5P_DEFAULT, to) >= 0;
}

/* ----------------------------------------------------------------------------------- virtual -- */

/* One whose part is not there gives fill values, and no error. */
bool gl_hdf5_has_its_parts(const char *path, hid_t dataset, char wrong[GL_WRONG]) {
    char name[1024], beside[4096];
    size_t parts = 0;
    bool ok = true;
    hid_t list = H5Dget_create_plist(dataset);
    if (list >= 0 && H5Pget_layout(list) == H5D_VIRTUAL) H5Pget_virtual_count(list, &parts);
    for (size_t i = 0; ok && i < parts; i++) {
        ssize_t n = H5Pget_virtual_filename(list, i, name, sizeof name);
        if (n <= 0 || n >= (ssize_t)sizeof name || !strcmp(name, ".") || strchr(name, '%'))
            continue;
        ok = find_beside(path, name, beside);
        if (!ok)
            snprintf(wrong, GL_WRONG, "a part of it lies in '%.200s', which is not there", name);
    }
    if (list >= 0) H5Pclose(list);
    return ok;
}
