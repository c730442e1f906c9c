/*
 * drift.c: the table beside that of --against: what a model that learned from the one would meet in
 * the other.
 */
#include <math.h>
#include <stdlib.h>

#include "data.h"

static const double MUCH = 0.25, GAPS = 0.1;

static const char *name_of(const look *l, int i) { return glia_table_column(l->table, i).name; }

static void remark_drift(look *l, int i, const char *file) {
    const glia_drift *d = &l->drift[i];
    if (d->column < 0) {
        bool asked = i != l->target; /* rows to predict have none */
        if (asked) remark(l, "column '%s': %s has no such column", name_of(l, i), file);
        return;
    }
    if (d->retyped)
        remark(l, "column '%s': %s here and %s in %s", name_of(l, i),
               type_name(&(glia_column){.type = glia_table_column(l->table, i).type}),
               type_name(&(glia_column){.type = glia_table_column(l->against, d->column).type}),
               file);
    if (d->fresh > 0)
        remark(l, "column '%s': %lld new text%s in %lld row%s of %s, such as '%.60s'",
               name_of(l, i), (long long)d->fresh, plural(d->fresh), (long long)d->fresh_rows,
               plural(d->fresh_rows), file, d->example);
    if (fabs(d->missing - d->missing_there) > GAPS)
        remark(l, "column '%s': %.0f%% of the cells are missing here, %.0f%% in %s", name_of(l, i),
               100 * d->missing, 100 * d->missing_there, file);
    if (d->shift > MUCH)
        remark(l, "column '%s': its values have shifted much (%.2f)", name_of(l, i), d->shift);
}

static void remark_extra(look *l, const char *file) {
    for (int j = 0; j < glia_table_columns(l->against); j++) {
        bool known = false;
        for (int i = 0; i < glia_table_columns(l->table); i++) known |= l->drift[i].column == j;
        if (!known)
            remark(l, "column '%s': only %s has it", glia_table_column(l->against, j).name, file);
    }
}

static void remark_copies(look *l, const char *file) {
    int64_t copies = glia_table_copies(l->table, l->against, l->target);
    if (copies > 0)
        remark(l, "%lld of the %lld rows of %s stand in %s, too; scores on them are flattered",
               (long long)copies, (long long)glia_table_rows(l->against), file,
               glia_table_source(l->table));
}

int find_drift(look *l) {
    int columns = glia_table_columns(l->table), status;
    if ((status = read_data(l->c, given(l->c, "against"), l->table, &l->against))) return status;
    const char *file = glia_table_source(l->against);
    if (glia_table_name_columns(l->against, l->table) != GLIA_OK) return failed(l->c);
    l->drift = reserve(NULL, (size_t)columns * sizeof *l->drift);
    for (int i = 0; i < columns; i++)
        if (glia_table_drift(l->table, i, l->against, &l->drift[i]) != GLIA_OK) return failed(l->c);
    for (int i = 0; i < columns; i++) remark_drift(l, i, file);
    remark_extra(l, file);
    remark_copies(l, file);
    if ((status = remark_pictures_of(l, l->against))) return status;
    if (glia_table_near(l->table, l->against, l->target, &l->near_there) != GLIA_OK)
        return failed(l->c);
    remark_near(l, &l->near_there, l->against);
    return 0;
}

static void add_share(grid *g, double share) { grid_add(g, "%.1f%%", 100 * share); }

static void add_number(grid *g, const char *format, double v) {
    char text[32] = " ";
    if (isfinite(v)) snprintf(text, sizeof text, format[1] == '+' ? "%+.2f" : "%.2f", v);
    grid_add(g, "%s", text);
}

void print_drift(const look *l) {
    const char *const heading[] = {"column",  "shift", "mean moved",
                                   "missing", "there", "new texts"};
    char rows[32];
    print_title("against %s, %s rows: 0.1 is some shift, 0.25 is much; the mean in deviations",
                glia_table_source(l->against), count_text(glia_table_rows(l->against), rows));
    putchar('\n');
    grid g = {.align = "lrrrrr"};
    for (int j = 0; j < 6; j++) grid_add(&g, "%s", heading[j]);
    for (int i = 0; i < glia_table_columns(l->table); i++) {
        const glia_drift *d = &l->drift[i];
        if (d->column < 0) continue;
        grid_add(&g, "%s", name_of(l, i));
        add_number(&g, "%.2f", d->shift);
        add_number(&g, "%+.2f", d->moved);
        add_share(&g, d->missing);
        add_share(&g, d->missing_there);
        if (glia_table_column(l->table, i).type == GLIA_CATEGORY)
            grid_add(&g, "%lld", (long long)d->fresh);
        else grid_add(&g, " ");
    }
    grid_print(&g);
    if (l->near_there.rows > 0)
        print_title("rows of %s that are near: %lld", glia_table_source(l->against),
                    (long long)l->near_there.rows);
}

json_t *json_drift(const look *l) {
    json_t *columns = json_array();
    for (int i = 0; i < glia_table_columns(l->table); i++) {
        const glia_drift *d = &l->drift[i];
        json_t *j =
            json_pack("{s:o, s:b}", "name", json_text(name_of(l, i)), "there", d->column >= 0);
        json_array_append_new(columns, j);
        if (d->column < 0) continue;
        json_object_set_new(j, "shift", json_number(d->shift));
        json_object_set_new(j, "moved", json_number(d->moved));
        json_object_set_new(j, "missing",
                            json_pack("[o, o]", json_number(d->missing),
                                      json_number(d->missing_there)));
        json_object_set_new(j, "new", json_integer(d->fresh));
    }
    return json_pack("{s:o, s:I, s:I, s:I, s:o}", "file", json_text(glia_table_source(l->against)),
                     "rows", (json_int_t)glia_table_rows(l->against), "copies",
                     (json_int_t)glia_table_copies(l->table, l->against, l->target), "near",
                     (json_int_t)l->near_there.rows, "columns", columns);
}
