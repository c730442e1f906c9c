/*
 * parts.h: the sections of the report. Each writes nothing where there is nothing to say.
 */
#ifndef REPORT_PARTS_H
#define REPORT_PARTS_H

#include "report.h"
#include "svg.h"
#include "../gallery.h"
#include "../view.h"

enum { TRAINING_PART, VALIDATION_PART, TEST_PART, PARTS };

/* A page while it is written. */
typedef struct page {
    FILE *f;
    const cli *c;
    const report_input *in;
    language lang;
    /* Some rows of each part, an even choice, for dots: NULL where there are none. */
    const glia_table *dots[PARTS];
    glia_table *chosen[PARTS]; /* those that are the page's own */
    /* The table that is being written: it is kept back until its width is known. */
    FILE *behind;
    char *table;
    size_t table_size;
    phrase table_label;
    const char *table_class;
    bool in_heading;
    /* Sections that stand in two columns. */
    FILE *outside;
    char *inside;
    size_t inside_size;
} page;

/* ---------------------------------------------------------------------------------- html.c -- */

void page_begin(page *p, phrase kind, const char *title); /* up to the stylesheet and its end */
void page_end(page *p, phrase footer);
#define TELL(p, name, ...) tell(p, SAY_##name, FILL(__VA_ARGS__))
#define NOTE(p, name, ...) note_html(p, SAY_##name, FILL(__VA_ARGS__))
#define PLAIN(p, name, ...) phrase_plain((p)->lang, SAY_##name, FILL(__VA_ARGS__))
void tell(page *p, phrase what, const char *const *fill);
void note_html(page *p, phrase what, const char *const *fill); /* a paragraph below */
const char *word(const page *p, const char *text); /* what the program calls so, as the page does */
void section_begin(page *p, phrase title);
void section_end(page *p);

/* A table: its heading, then rows of cells. Numbers stand on the right, texts on the left. A wide
 * one scrolls sideways, and says so. */
typedef enum cell_side { TEXT, NUMBER } cell_side;
void table_begin(page *p, const char *class, phrase label);
void head(page *p, cell_side at, phrase name);
void head_name(page *p, cell_side at, const char *name);
void row_begin(page *p, const char *name); /* its first cell; NULL: it has none of its own */
void cell(page *p, cell_side at, const char *text);
void cell_number(page *p, double value); /* NaN: a dash */
void row_end(page *p);
void table_end(page *p);

/* beside.c: the sections between these stand in two columns where there is room. */
void beside_begin(page *p);
void beside_end(page *p);

/* -------------------------------------------------------------------------------- report.c -- */

bool is_regression(const page *p);
bool is_training(const page *p); /* otherwise a model was measured on new data */
/* The network that is kept has learned from the validation rows, too. */
bool has_forerunner(const page *p);
/* The part that tells most about new data: test, else validation, else training. */
const glia_metrics *best_part(const page *p, const char **name);
/* The samples of the test table, or of all that was given to train. */
const glia_table *shown_table(const page *p);
const char *shown_part(const page *p);
/* 97.7%, 0.0998, 17,466: what a reader takes in at a glance. */
char *glance_text(const glia_score *s, double value, char buf[32]);
bool has_interval(const glia_score *s);

/* -------------------------------------------------------------------------------- sections -- */

/* curves.c: cost, ROC, precision against recall, calibration */
void costs_section(page *p);
void curves_sections(page *p);
/* dots.c: where two features are cut; predicted against true */
void choose_dots(page *p);
void forget_dots(page *p);
void plane_section(page *p);
void values_section(page *p);
/* series.c */
void series_section(page *p);
/* tables.c */
void scores_section(page *p);
void targets_section(page *p);              /* of several targets each */
void confusion_section(page *p, bool wide); /* small ones stand beside another section */
void folds_section(page *p);
void tops_section(page *p);
/* rows.c */
/* `target` is among the columns that are shown; -1: there is none. */
void preview_section(page *p, const glia_table *t, int target);
void mistakes_section(page *p);
/* columns.c: what columns are worth, and which of them the first layer listens to */
void importance_section(page *p);
void listens_section(page *p);
/* units.c: activations of the hidden layers */
void units_section(page *p);
/* images.c */
void put_image(page *p, const image *i, const char *attributes); /* an <img> */
void put_gallery(page *p, const gallery *a);
/* How to read where a network looked; nothing where a gallery has no such pictures. */
void looked_note(page *p, const gallery *a);
void images_sections(page *p);
void contact_section(page *p, const glia_table *t, int target); /* some pictures of each class */
/* origin.c: network, findings, decisions, how to get the same again */
void network_section(page *p);
void findings_section(page *p);
void decisions_section(page *p);
void origin_section(page *p);

#endif
