/*
 * parts.h: the sections of the report. Each writes nothing where there is nothing to say.
 */
#ifndef REPORT_PARTS_H
#define REPORT_PARTS_H

#include "report.h"
#include "svg.h"
#include "../gallery.h"
#include "../view.h"

typedef struct page {
    FILE *f;
    const cli *c;
    const report_input *in;
} page;

/* report.c */
bool is_regression(const page *p);
bool is_training(const page *p); /* otherwise a model was measured on new data */
/* The part that tells most about new data: test, else validation, else training. */
const glia_metrics *best_part(const page *p, const char **name);
/* The samples of the test table, or of all that was given to train. */
const glia_table *shown_table(const page *p);
const char *shown_part(const page *p);
/* 97.7%, 0.0998, 17,466: what a reader takes in at a glance. */
char *glance_text(const glia_score *s, double value, char buf[32]);
bool has_interval(const glia_score *s);
void section_begin(const page *p, const char *title);
void section_end(const page *p);
void html_note(const page *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A table that scrolls sideways when it is wide, with the words of its heading row; a word that
 * begins with < stands on the left. Then rows of cells, then the end. */
void table_begin(const page *p, const char *class, const char *label, const char *const *heading);
void table_end(const page *p);

/* curves.c: cost, predicted against true, ROC, precision against recall, calibration */
void costs_section(const page *p);
void values_section(const page *p);
void curves_sections(const page *p);
/* plane.c: where two features are cut */
void plane_section(const page *p);
/* tables.c */
void scores_section(const page *p);
void targets_section(const page *p);              /* of several targets each */
void confusion_section(const page *p, bool wide); /* small ones stand beside another section */
void folds_section(const page *p);
void importance_section(const page *p);
void mistakes_section(const page *p);
/* images.c */
void images_sections(const page *p);
/* origin.c: network, decisions, how to get the same again */
void network_section(const page *p);
void decisions_section(const page *p);
void origin_section(const page *p);

#endif
