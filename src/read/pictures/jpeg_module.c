/*
 * jpeg_module.c: JPEG by libjpeg-turbo, for pictures.c. A module of its own (glia-jpeg.so), loaded
 * when the first such file is read. Grey and colour, baseline and progressive.
 *
 * libjpeg makes something of any bytes, and warns: what a file lacks is grey. Here a warning is an
 * error, but for those that leave the pixels as they were meant.
 */
#include "decoder.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

/* A picture of few bytes may ask for thousands of passes over all pixels; programs write twenty at
 * most. */
enum { MOST_SCANS = 100 };

typedef struct reader {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf back;
    char *wrong;
    bool no_memory;
} reader;

static void fail(j_common_ptr jpeg) {
    reader *r = jpeg->client_data;
    char text[JMSG_LENGTH_MAX];
    r->no_memory = r->errors.msg_code == JERR_OUT_OF_MEMORY;
    r->errors.format_message(jpeg, text);
    snprintf(r->wrong, GL_WRONG_PICTURE, "%s", text);
    longjmp(r->back, 1);
}

/* Cameras pad the data in front of the last marker, and Photoshop writes marks of its own. */
static bool is_harmless(const struct jpeg_error_mgr *e) {
    enum { END = 0xD9 };
    if (e->msg_code == JWRN_EXTRANEOUS_DATA) return e->msg_parm.i[1] == END;
    return e->msg_code == JWRN_ADOBE_XFORM || e->msg_code == JWRN_NOT_SEQUENTIAL;
}

static void hear(j_common_ptr jpeg, int level) {
    if (level < 0 && !is_harmless(jpeg->err)) fail(jpeg);
}

static void count_scans(j_common_ptr jpeg) {
    reader *r = jpeg->client_data;
    if (r->jpeg.input_scan_number <= MOST_SCANS) return;
    snprintf(r->wrong, GL_WRONG_PICTURE, "it has more than %d scans", (int)MOST_SCANS);
    longjmp(r->back, 1);
}

static gl_decoded outcome(const reader *r, bool ok) {
    if (r->no_memory) return GL_NO_MEMORY;
    return ok ? GL_DECODED : GL_BROKEN;
}

/* Up to the first pixels; errors go back to r->back. */
static void read_header(reader *r, const unsigned char *bytes, size_t n) {
    jpeg_create_decompress(&r->jpeg);
    r->jpeg.client_data = r;
    r->jpeg.progress = &r->progress;
    r->progress.progress_monitor = count_scans;
    jpeg_mem_src(&r->jpeg, bytes, n);
    jpeg_save_markers(&r->jpeg, JPEG_APP0 + 1, 0xFFFF);
    jpeg_read_header(&r->jpeg, TRUE);
}

static void set_up(reader *r, char *wrong) {
    *r = (reader){.wrong = wrong};
    r->jpeg.err = jpeg_std_error(&r->errors);
    r->errors.error_exit = fail;
    r->errors.emit_message = hear;
    r->jpeg.client_data = r;
}

static int turn_of(const reader *r) {
    for (jpeg_saved_marker_ptr m = r->jpeg.marker_list; m; m = m->next)
        if (m->data_length >= 6 && !memcmp(m->data, "Exif\0", 6))
            return gl_exif_turn(m->data, m->data_length);
    return 1;
}

static bool describe(reader *r, gl_picture *p) {
    const struct jpeg_decompress_struct *j = &r->jpeg;
    int colours = j->num_components;
    if (colours != 1 && colours != 3) {
        snprintf(r->wrong, GL_WRONG_PICTURE,
                 "it has the colours of print (%s), expected grey or "
                 "red, green and blue",
                 colours == 4 ? "CMYK" : "not three of them");
        return false;
    }
    p->width = j->image_width, p->height = j->image_height;
    p->channels = colours;
    p->turn = turn_of(r);
    /* of a picture in several scans all coefficients are kept, of 16 bits each */
    if (jpeg_has_multiple_scans(&r->jpeg)) p->beside = 2 * p->width * p->height * colours;
    return true;
}

static gl_decoded look(const unsigned char *bytes, size_t n, gl_picture *p,
                       char wrong[GL_WRONG_PICTURE]) {
    reader r;
    volatile bool ok = false;
    set_up(&r, wrong);
    if (!setjmp(r.back)) {
        read_header(&r, bytes, n);
        ok = describe(&r, p);
    }
    jpeg_destroy_decompress(&r.jpeg);
    return outcome(&r, ok);
}

/* To the mark at the end: a file that was cut behind its last pixel is cut all the same. */
static void read_rows(reader *r, const gl_picture *p, unsigned char *pixels) {
    struct jpeg_decompress_struct *j = &r->jpeg;
    size_t stride = (size_t)p->width * (size_t)p->channels;
    j->out_color_space = p->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_start_decompress(j);
    while (j->output_scanline < j->output_height) {
        JSAMPROW row = pixels + (size_t)j->output_scanline * stride;
        jpeg_read_scanlines(j, &row, 1);
    }
    jpeg_finish_decompress(j);
}

static gl_decoded decode(const unsigned char *bytes, size_t n, const gl_picture *p,
                         unsigned char *pixels, char wrong[GL_WRONG_PICTURE]) {
    reader r;
    volatile bool ok = false;
    set_up(&r, wrong);
    if (!setjmp(r.back)) {
        read_header(&r, bytes, n);
        read_rows(&r, p, pixels);
        ok = true;
    }
    jpeg_destroy_decompress(&r.jpeg);
    return outcome(&r, ok);
}

__attribute__((visibility("default"))) const gl_decoder gl_jpeg = {look, decode};
