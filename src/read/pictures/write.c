/*
 * write.c: pixels as a file of a picture. PNG keeps every value and is shown by everything.
 */
#include "pictures.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static bool take_shape(const glia_tensor *pixels, gl_picture *p) {
    *p = (gl_picture){.height = pixels->dim[0], .width = pixels->dim[1], .channels = 1};
    if (pixels->dtype != GLIA_U8 || pixels->ndim < 2 || pixels->ndim > 3) return false;
    int64_t channels = pixels->ndim == 3 ? pixels->dim[2] : 1;
    p->channels = (int)channels;
    return p->height > 0 && p->width > 0 && (channels == 1 || channels == 3 || channels == 4);
}

static glia_status cannot_write(glia_ctx *g, const char *path, const char *why) {
    return gl_fail(g, GLIA_RESOURCE, "cannot write '%s': %s", path, why);
}

/* Through a descriptor of its own: the draft is synced by the one that it has. */
static glia_status encode(glia_ctx *g, const gl_decoder *png, const gl_picture *p,
                          const unsigned char *pixels, int file, const char *path) {
    char wrong[GL_WRONG_PICTURE] = "it has no such pixels";
    int fd = dup(file);
    FILE *f = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (!f) {
        glia_status status = cannot_write(g, path, strerror(errno));
        if (fd >= 0) close(fd);
        return status;
    }
    gl_decoded done = png->encode(f, p, pixels, wrong);
    bool lost = ferror(f) != 0;
    lost |= fclose(f) != 0;
    if (done == GL_NO_MEMORY) return gl_trouble(g, "'%s': no memory is left to write it", path);
    if (done == GL_BROKEN) return cannot_write(g, path, wrong);
    return lost ? cannot_write(g, path, strerror(errno)) : GLIA_OK;
}

glia_status glia_tensor_write_png(glia_ctx *g, glia_tensor pixels, const char *path) {
    gl_picture p;
    if (!take_shape(&pixels, &p))
        return gl_fail(g, GLIA_USAGE,
                       "'%s': expected pixels of u8, (height, width) or (height, width, channels) "
                       "of 1, 3 or 4 channels",
                       path);
    const gl_decoder *png = gl_picture_encoder(g);
    glia_draft *draft = png ? glia_draft_open(g, path) : NULL;
    if (!draft) return glia_code(g);
    glia_status status = encode(g, png, &p, pixels.data, glia_draft_file(draft), path);
    if (status) return glia_draft_discard(draft), status;
    return glia_draft_keep(draft);
}
