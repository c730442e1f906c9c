/*
 * folder.c: the files of a folder and of those in it, in the order of the bytes of their paths, on
 * every machine and with every file system the same.
 *
 *     pets/cat/1.png      cat/1.png      its class is the first part: cat
 *     pets/cat/old/7.png  cat/old/7.png  cat
 *     pets/3.png          3.png          none
 */
#include "pictures.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

/* Deeper than anybody keeps pictures, and not as deep as a link that leads back. */
enum { DEEPEST = 16 };

bool gl_is_folder(glia_ctx *g, const char *path) {
    struct stat st;
    if (!strcmp(path, "-")) return false;
    bool there = !stat(path, &st);
    if (!there) gl_doubt(g, path);
    return there && S_ISDIR(st.st_mode);
}

glia_status gl_add_picture(gl_picture_list *l, const char *path, int64_t line, int64_t row) {
    char *kept = gl_table_keep(l->t, path, strlen(path));
    if (!kept || !gl_reserve(l->g, &l->file, &l->cap, l->n + 1, sizeof *l->file))
        return GLIA_RESOURCE;
    l->file[l->n++] = (gl_picture_file){.path = kept, .line = line, .row = row};
    return GLIA_OK;
}

void gl_free_pictures(gl_picture_list *l) {
    for (int64_t i = 0; i < l->n; i++) gl_free(l->g, l->file[i].why);
    gl_free(l->g, l->file);
    gl_free(l->g, l->piped);
    gl_free(l->g, l->pixels);
    gl_free(l->g, l->mark);
}

/* What systems put beside pictures. */
static bool is_unseen(const char *name) {
    static const char *const names[] = {"__MACOSX", "Thumbs.db", "desktop.ini"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcasecmp(name, names[i])) return true;
    return *name == '.';
}

static glia_status list(gl_picture_list *l, const char *below, int depth);

/* Links are followed. What is neither a file nor a folder, a pipe say, is left alone. */
static glia_status take_entry(gl_picture_list *l, const char *below, const char *name, int depth) {
    struct stat st;
    char *path = gl_format(l->g, "%s%s", below, name),
         *whole = path ? gl_format(l->g, "%s%s", l->root, path) : NULL;
    glia_status status = whole ? GLIA_OK : GLIA_RESOURCE;
    bool there = whole && !stat(whole, &st);
    if (whole && !there) status = gl_doubt(l->g, whole);
    if (there && S_ISREG(st.st_mode)) status = gl_add_picture(l, path, 0, -1);
    if (there && S_ISDIR(st.st_mode)) {
        char *folder = gl_format(l->g, "%s/", path);
        status = folder ? list(l, folder, depth + 1) : GLIA_RESOURCE;
        gl_free(l->g, folder);
    }
    gl_free(l->g, whole);
    gl_free(l->g, path);
    return status;
}

static glia_status list_open(gl_picture_list *l, DIR *folder, const char *below, int depth) {
    glia_status status = GLIA_OK;
    const struct dirent *e;
    for (errno = 0; !status && (e = readdir(folder)); errno = 0)
        if (!is_unseen(e->d_name)) status = take_entry(l, below, e->d_name, depth);
    return !status && errno ? gl_cannot_read(l->g, l->root) : status;
}

static glia_status list(gl_picture_list *l, const char *below, int depth) {
    if (depth > DEEPEST)
        return gl_fail(l->g, GLIA_INPUT,
                       "%s: folders lie more than %d deep, '%.200s'; does a link lead back?",
                       l->t->source, (int)DEEPEST, below);
    char *whole = gl_format(l->g, "%s%s", l->root, below);
    if (!whole) return GLIA_RESOURCE;
    DIR *folder = opendir(whole);
    glia_status status = folder ? list_open(l, folder, below, depth) : gl_cannot_read(l->g, whole);
    if (folder) closedir(folder);
    gl_free(l->g, whole);
    return status;
}

static int by_path(const void *a, const void *b) {
    return strcmp(((const gl_picture_file *)a)->path, ((const gl_picture_file *)b)->path);
}

glia_status gl_list_folder(gl_picture_list *l) {
    glia_status status = list(l, "", 0);
    if (l->n) qsort(l->file, (size_t)l->n, sizeof *l->file, by_path);
    return status;
}
