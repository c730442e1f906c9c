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
    printf("\n  %s\n", title);
}

static void put_formula(const explaining *e, const char *formula, int64_t units, int64_t columns) {
    (void)e;
    printf("\n  %s", formula);
    if (units) printf("   (%lld, %lld)", (long long)units, (long long)columns);
    putchar('\n');
}

static void put_table(const explaining *e, grid *g) {
    (void)e;
    grid_print(g);
}

static void put_remark(const explaining *e, const char *text) {
    (void)e;
    printf("  %s\n", text);
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
