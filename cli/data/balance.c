/*
 * balance.c: how many rows each class of the target has.
 */
#include <stdlib.h>
#include <string.h>

#include "data.h"

static bool count_class(balance *b, const char *text, int64_t count) {
    for (int k = 0; k < b->classes; k++)
        if (strcmp(b->class[k], text) == 0) return b->count[k] += count, true;
    if (b->classes == MOST_CLASSES) return false;
    b->class[b->classes] = copy_text(text);
    b->count[b->classes++] = count;
    return true;
}

/* Numbers in their order, not as the rows happen to bring them. */
static void sort_balance(balance *b) {
    for (int i = 1; i < b->classes; i++) {
        for (int j = i; j > 0 && strtod(b->class[j - 1], NULL) > strtod(b->class[j], NULL); j--) {
            char *text = b->class[j];
            int64_t count = b->count[j];
            b->class[j] = b->class[j - 1], b->count[j] = b->count[j - 1];
            b->class[j - 1] = text, b->count[j - 1] = count;
        }
    }
}

/* As training sees it. */
static bool are_classes(const cli *c, const glia_table *t, int column) {
    const char *task = given(c, "task");
    if (!task || strcmp(task, "auto") == 0) return glia_table_classes(t, column) > 0;
    return strcmp(task, "regression") != 0 && strcmp(task, "count") != 0;
}

balance balance_of(const cli *c, const glia_table *t, int column) {
    balance b = {.column = column};
    glia_column k = column >= 0 ? glia_table_column(t, column) : (glia_column){.type = GLIA_ARRAY};
    int64_t n = k.type == GLIA_CATEGORY ? k.categories : k.distinct, count;
    if (k.type == GLIA_ARRAY || n > MOST_CLASSES || !are_classes(c, t, column)) return b;
    char text[256];
    if (k.type == GLIA_CATEGORY) {
        for (int64_t i = 0; i < n; i++) {
            const char *name = glia_table_category(t, column, i, &count);
            count_class(&b, name, count);
        }
    } else {
        for (int64_t i = 0; i < glia_table_rows(t); i++) {
            glia_table_cell(t, i, column, text, sizeof text);
            if (*text && !count_class(&b, text, 1)) break;
        }
    }
    if (k.type == GLIA_NUMBER) sort_balance(&b);
    return b;
}

void free_balance(balance *b) {
    for (int k = 0; k < b->classes; k++) free(b->class[k]);
}

void print_balance(const glia_table *t, const balance *b, bool asked) {
    if (b->classes < 2) return;
    int64_t all = 0;
    for (int k = 0; k < b->classes; k++) all += b->count[k];
    print_title("balance of '%s'%s", glia_table_column(t, b->column).name,
                asked ? "" : ", the column to predict unless --target says otherwise");
    putchar('\n');
    grid g = {.align = "lrr"};
    grid_add(&g, "class");
    grid_add(&g, "rows");
    grid_add(&g, "share");
    for (int k = 0; k < b->classes; k++) {
        grid_add(&g, "%s", b->class[k]);
        grid_add(&g, "%lld", (long long)b->count[k]);
        double share = 100 * (double)b->count[k] / (double)all;
        grid_add(&g, share < 0.1 ? "%.2f%%" : "%.1f%%", share);
    }
    grid_print(&g);
}
