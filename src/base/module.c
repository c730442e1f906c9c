/*
 * module.c: finds and loads shared modules. Each context has its own list of those that it uses.
 */
#include "module.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct gl_loaded {
    struct gl_loaded *next;
    const char *name;
    void *handle;
    const void *functions;
} loaded;

/* The folder of the file that this code was linked into. */
static bool own_folder(char *folder, size_t size) {
    Dl_info info;
    if (!dladdr((void *)(uintptr_t)own_folder, &info) || !info.dli_fname) return false;
    char *real = realpath(strchr(info.dli_fname, '/') ? info.dli_fname : "/proc/self/exe", NULL);
    if (!real) return false;
    char *slash = strrchr(real, '/');
    if (slash) *slash = 0;
    bool fits = slash && strlen(real) < size;
    if (fits) strcpy(folder, real);
    free(real);
    return fits;
}

typedef struct place {
    const char *folder, *below, *room; /* folder NULL: there is none */
} place;

/* A library that is loaded stays in memory, though its handle is closed: what CUDA, MPI and HDF5
 * leave behind (threads, functions for the end of the program) must not point to nothing, and the
 * next context need not load it again. why: what the loader said, whose own memory is
 * gone with the next call. */
enum { WHY = 512 };
static void *open_in(place p, const char *name, char why[WHY]) {
    char path[1400];
    if (!p.folder) return NULL;
    int n = snprintf(path, sizeof path, "%s%s%s/%s", p.folder, p.below, p.room, name);
    if (n >= (int)sizeof path || access(path, R_OK)) return NULL;
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!handle) snprintf(why, WHY, "%s", dlerror());
    return handle;
}

static void not_loaded(glia_ctx *g, const gl_module *m, const char *const *folders, int count,
                       const char *why) {
    char tried[512];
    gl_list(folders, count, tried, sizeof tried);
    gl_fail(g, GLIA_RESOURCE,
            "%s need the module %s, which %s%s%s; build with %s installed, or set GLIA_MODULE_DIR "
            "to its folder",
            m->needed_by, m->name, *why ? "did not load (" : "was not found in ",
            *why ? why : tried, *why ? ")" : "", m->package);
}

/* Modules lie where the user says; beside the program, also in its build tree; where `make install`
 * puts them. */
static void *open_module(glia_ctx *g, const gl_module *m) {
    char folder[1024] = "";
    const char *own = own_folder(folder, sizeof folder) ? folder : NULL, *installed = NULL;
#ifdef GLIA_MODULE_DIR
    installed = GLIA_MODULE_DIR;
#endif
    const place places[] = {
        {getenv("GLIA_MODULE_DIR"), "", ""},
        {own, "", ""},
        {own, "/src/", m->room},
        {own, "/../src/", m->room},
        {own, "/../lib/glia", ""},
        {installed, "", ""},
    };
    const char *tried[3];
    char why[WHY] = "";
    int count = 0;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        void *handle = open_in(places[i], m->name, why);
        if (handle && *why)
            gl_warn(g, "a module %s did not load (%s); another one is used", m->name, why);
        if (handle) return handle;
        if (places[i].folder && !*places[i].below) tried[count++] = places[i].folder;
    }
    not_loaded(g, m, tried, count, why);
    return NULL;
}

static void unload_all(glia_ctx *g) {
    while (g->loaded) {
        loaded *l = g->loaded;
        g->loaded = l->next;
        dlclose(l->handle);
        gl_free(g, l);
    }
}

static const void *keep(glia_ctx *g, const gl_module *m, void *handle, const void *functions) {
    loaded *l = gl_alloc(g, 1, sizeof *l);
    if (!l) return NULL;
    *l = (loaded){g->loaded, m->name, handle, functions};
    g->loaded = l;
    g->unload = unload_all;
    return functions;
}

const void *gl_load_module(glia_ctx *g, const gl_module *m) {
    for (const loaded *l = g->loaded; l; l = l->next) {
        if (!strcmp(l->name, m->name)) return l->functions;
    }
    void *handle = open_module(g, m);
    if (!handle) return NULL;
    const void *functions = dlsym(handle, m->symbol);
    if (!functions)
        gl_fail(g, GLIA_RESOURCE, "the module %s is of another version of glia", m->name);
    else if (keep(g, m, handle, functions)) return functions;
    dlclose(handle);
    return NULL;
}
