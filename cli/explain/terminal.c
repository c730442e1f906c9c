/*
 * terminal.c: an explanation as text.
 */
#include "explain.h"

static void begin(const explaining *e) {
    (void)e;
    putchar('\n');
}

static void put_fact(const explaining *e, const char *name, const char *text) {
    (void)e;
    print_fact(name, "%s", text);
}

static void put_part(const explaining *e, const char *title) {
    (void)e;
    print_title("%s", title);
}

static void put_formula(const explaining *e, const char *formula, int64_t units, int64_t columns) {
    (void)e;
    if (units) print_title("%s   (%lld, %lld)", formula, (long long)units, (long long)columns);
    else print_title("%s", formula);
}

static void put_table(const explaining *e, grid *g) {
    (void)e;
    grid_print(g);
}

static void put_remark(const explaining *e, const char *text) {
    (void)e;
    printf("  "), print_line(text, 2, 2, "");
}

static void end(const explaining *e) { (void)e; }

const medium on_terminal = {
    .begin = begin,
    .fact = put_fact,
    .part = put_part,
    .formula = put_formula,
    .table = put_table,
    .remark = put_remark,
    .end = end,
};
