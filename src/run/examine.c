/*
 * examine.c: the doctor's findings that need the table, the pipeline or the scores. They are told
 * behind those about layers and costs (src/train/doctor.c).
 *
 * What enters: the parts of a training and its pipeline, before tables are used up; its scores when
 * it is over. What leaves: findings in its history, each a warning as well. Nothing is changed:
 * model and scores are those without a doctor. The limits stand in src/train/illnesses.def; here
 * stands what must be so besides, which is what keeps healthy trainings from hearing anything:
 * tests/doctor.c expects that of 18 sets that are as they should be, most of them with three seeds
 * each.
 *
 * A rule that looks at a share wants a number of rows, too: a tenth of ten rows is one row. And
 * roots come before symptoms: columns and copies are looked at first, scores last.
 */
#include "../base/keyed.h"
#include "../op/nettext.h"
#include "../score/metrics.h"
#include "../train/doctor.h"
#include "../table/alike.h"
#include "training.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many rows are looked at, so that the doctor takes no time worth speaking of. A mean over 256
 * rows is known to a sixteenth of the deviation, and what it is compared with are factors of 30 and
 * 100. 1,000 rows: half a percent of the 500 that are wrong when one of two equal classes is always
 * answered are two and a half, so two exceptions to a rule are still seen as what they are. 64 rows
 * are enough to let nearly every column go. */
enum { FEATURE_ROWS = 256, GLANCE_ROWS = 64, COLUMN_ROWS = 1000 }; /* looked at */

/* Of a part, from which near rows are told: no honest data has so many. */
#define NEAR_SHARE 0.02

bool gl_wants_doctor(const training *r) {
    return strcmp(glia_recipe_get(r->recipe, "doctor"), "on") == 0;
}

static int64_t row_of(const gl_part *part, int64_t i) { return part->rows ? part->rows[i] : i; }

static const char *name_of(const training *r, int column) {
    return r->train.table->column[column].name;
}

/* Why a column of the training table is not learned from; "": it is; NULL: the target. */
static const char *left_out(const training *r, int column) {
    return column == r->target ? NULL
                               : gl_pipeline_left_out(r->pipeline, name_of(r, column), column);
}

static bool is_learned_from(const training *r, int column) {
    const char *reason = left_out(r, column);
    return reason && !*reason;
}

/* ----------------------------------------------------------------------------------- columns -- */

/* As the network sees them. */
static glia_status take_features(const training *r, gl_features *out) {
    int64_t rows[FEATURE_ROWS], n = r->train.n < FEATURE_ROWS ? r->train.n : FEATURE_ROWS;
    for (int64_t i = 0; i < n; i++) rows[i] = row_of(&r->train, i * r->train.n / n);
    return gl_pipeline_apply(r->pipeline, r->train.table, rows, n, gl_training_precision(r), false,
                             out);
}

/* Of the absolute values. A standardised feature has about 0.8 (normally distributed: sqrt(2/pi)),
 * a pixel divided by 255 has less than 1. */
static double mean_size(const gl_features *f, int64_t feature) {
    int64_t width = glia_tensor_count(&f->x, 1), rows = f->x.dim[0];
    double sum = 0;
    for (int64_t i = 0; i < rows; i++) sum += fabs(glia_tensor_value(&f->x, i * width + feature));
    return sum / (double)rows / f->divisor;
}

/* Numbers that are names have no size: of a text that is a sequence the pipeline knows. */
static bool is_of_text(const training *r, int64_t feature) {
    gl_text_steps s;
    for (int i = 0; gl_pipeline_text(r->pipeline, i, &s); i++)
        if (feature >= s.first && feature <= s.first + s.steps) return true;
    return false;
}

/* The step that gradient descent may take is bounded by the largest feature, and the smallest then
 * hardly moves: the curvature of the cost goes with the product of two features, so a ratio of 100
 * between sizes is one of 10,000 between curvatures (LeCun and others, 1998, 4.3). A ratio alone is
 * no illness: the 0 or 1 of a text that one row in a hundred has is 100 times smaller than its
 * neighbours, and harmless. So something must be above 3, which nothing standardised is (a mean of
 * absolute values is at most the deviation). A feature that is 0 in all rows has no size to be
 * compared with. Nor have other columns that a network looks up, and which these are its text alone
 * knows. */
static void find_unscaled(const training *r) {
    int64_t large = 0, small = 0;
    double most = 0, least = INFINITY;
    gl_features some;
    if (gl_net_looks_up(glia_recipe_get(r->recipe, "net"))) return;
    if (take_features(r, &some) != GLIA_OK) return;
    for (int64_t k = 0; k < gl_pipeline_features(r->pipeline); k++) {
        if (is_of_text(r, k)) continue;
        if (!gl_pipeline_column(r->pipeline, k)) continue; /* how many rows there are */
        double size = mean_size(&some, k);
        if (size > most) most = size, large = k;
        if (size > 0 && size < least) least = size, small = k;
    }
    gl_free(r->g, some.owned);
    if (!(most > gl_limit(GL_ILL_unscaled)) && !(most > 3 && most > 100 * least)) return;
    const char *name = gl_pipeline_column(r->pipeline, large);
    char other[100] = "";
    if (most > 100 * least)
        snprintf(other, sizeof other, ", of '%.40s' about %.3g",
                 gl_pipeline_column(r->pipeline, small), least);
    gl_find(r->g, r->data, GL_ILL_unscaled, name, most,
            "column '%s': the network sees values of about %.3g%s", name, most, other);
}

/* What column j alone leaves undecided of the target, looked at in `most` rows, evenly spread: a
 * file is often sorted by its classes, as iris.csv is. */
static double undecided_by(const training *r, int j, int64_t most) {
    int64_t rows[COLUMN_ROWS], n = r->train.n < most ? r->train.n : most;
    for (int64_t i = 0; i < n; i++) rows[i] = row_of(&r->train, i * r->train.n / n);
    return gl_table_undecided(r->train.table, j, r->target, gl_pipeline_classes(r->pipeline) > 0,
                              rows, n);
}

/* One column knows what all others together can hardly tell. In iris.csv the best one, petal_width,
 * leaves 6 of the 100 rows that "always setosa" gets wrong: good columns look like that. A leak
 * leaves none or nearly none, and there is a gap behind it: the next column leaves ten times the
 * limit. Where every column decides alone, nothing is a leak: y is then a function to be learned.
 * The first look, 64 rows, spares sorting the other thousand for each of 784 pixels: what leaves a
 * fifth there does not leave half a percent here.
 *
 * What cannot be seen is whether a column is known before the target is. Asked for setosa or
 * not, iris.csv is reported for its petals, rightly measured and no leak; so the mend begins
 * with "if". */
static void find_leakage(const training *r) {
    const glia_table *t = r->train.table;
    double *undecided = gl_alloc(r->g, t->columns, sizeof *undecided), next = INFINITY;
    for (int j = 0; undecided && j < t->columns; j++) {
        undecided[j] = NAN;
        if (!is_learned_from(r, j)) continue;
        undecided[j] = undecided_by(r, j, GLANCE_ROWS);
        if (!(undecided[j] > 0.2)) undecided[j] = undecided_by(r, j, COLUMN_ROWS);
        if (undecided[j] >= gl_limit(GL_ILL_leakage)) next = fmin(next, undecided[j]);
    }
    bool alone = isfinite(next) && next > 10 * gl_limit(GL_ILL_leakage);
    for (int j = 0; undecided && alone && j < t->columns; j++) {
        if (!(undecided[j] < gl_limit(GL_ILL_leakage))) continue;
        gl_find(r->g, r->data, GL_ILL_leakage, name_of(r, j), undecided[j],
                "column '%s' alone gives the target '%s' away", name_of(r, j),
                gl_pipeline_target(r->pipeline, 0));
    }
    gl_free(r->g, undecided);
}

static bool may_miss(const gl_column *c) { return !c->packed.bytes || c->packed.gaps; }

/* In more than half of the rows the network then learns from one and the same filled-in value, and
 * a mean or median of the rest speaks for rows that may lack the cell for a reason (Little and
 * Rubin, 2002). Age in titanic.csv lacks 20% and is silent; Cabin lacks 77% but is not learned
 * from, having too many texts. */
static void find_missing(const training *r) {
    for (int j = 0; j < r->train.table->columns; j++) {
        bool filled =
            is_learned_from(r, j) && !gl_pipeline_sees_gaps(r->pipeline, name_of(r, j), j);
        const gl_column *c = &r->train.table->column[j];
        int64_t missing = 0, rows = filled && may_miss(c) ? r->train.n : 0;
        for (int64_t i = 0; i < rows; i++) missing += gl_cell_is_missing(c, row_of(&r->train, i));
        double share = (double)missing / (double)r->train.n;
        if (!(share > gl_limit(GL_ILL_missing))) continue;
        gl_find(r->g, r->data, GL_ILL_missing, name_of(r, j), share,
                "column '%s': %.0f%% of the training cells are missing and were filled in",
                name_of(r, j), 100 * share);
    }
}

/* Rows of a part whose cell differs from the first one of training. As text: a category's code is a
 * table's own, and the part may be a table of another file. */
static int64_t count_different(const training *r, const gl_part *part, int column) {
    char first[160], other[160];
    int k = part->n > 0 ? gl_table_find(part->table, name_of(r, column)) : -1;
    int64_t different = 0;
    glia_table_cell(r->train.table, row_of(&r->train, 0), column, first, sizeof first);
    for (int64_t i = 0; k >= 0 && i < part->n; i++) {
        glia_table_cell(part->table, row_of(part, i), k, other, sizeof other);
        different += strcmp(first, other) != 0;
    }
    return different;
}

/* A column without any cell is not constant but missing: that is the pipeline's note. NaN would not
 * even be equal to itself. */
static bool is_constant(const training *r, int column) {
    const gl_column *c = &r->train.table->column[column];
    int64_t first = row_of(&r->train, 0);
    if (c->type == GLIA_ARRAY || gl_cell_is_missing(c, first)) return false;
    for (int64_t i = 1; i < r->train.n; i++) {
        int64_t row = row_of(&r->train, i);
        bool same = c->type == GLIA_NUMBER ? gl_number(c, row) == gl_number(c, first)
                                           : c->code[row] == c->code[first];
        if (!same) return false;
    }
    return true;
}

/* The pipeline has left the column out, for it says nothing in training. It does in the rows to
 * come: a file cut by year, say, of which the first part trained. Whoever ignored the column knows
 * it. At least ten rows, so that a typing error in the test file is not taken for another time. */
static void find_constant(const training *r) {
    for (int j = 0; j < r->train.table->columns; j++) {
        const char *reason = left_out(r, j);
        if (!reason || strcmp(reason, "ignored") == 0 || !is_constant(r, j)) continue;
        const gl_part *part = r->test.n > 0 ? &r->test : &r->val;
        int64_t different = count_different(r, part, j);
        double share = (double)different / fmax(1, (double)part->n);
        if (different < 10 || !(share > gl_limit(GL_ILL_constant))) continue;
        gl_find(r->g, r->data, GL_ILL_constant, name_of(r, j), share,
                "column '%s': the same in every training row, but another in %lld of %lld %s rows",
                name_of(r, j), (long long)different, (long long)part->n,
                part == &r->test ? "test" : "validation");
    }
}

/* ------------------------------------------------------------------------------------ copies -- */

/* All columns but those that number the rows, which no two rows share. Those that are not learned
 * from count: people of the same age and class are twins until their names are compared. */
static bool *compared_columns(const training *r) {
    bool *counts = gl_alloc(r->g, r->train.table->columns, sizeof *counts);
    for (int j = 0; counts && j < r->train.table->columns; j++) {
        const char *reason = left_out(r, j);
        counts[j] = !reason || (strcmp(reason, "id") != 0 && strcmp(reason, "index") != 0);
    }
    return counts;
}

/* Could chance make equal rows? Not when there are far more possible ones. Of p equally likely
 * rows, n of which train, another one is a copy with probability n/p at most: p = 100 n leaves a
 * tenth of the limit, and room for values that are not equally likely. Four questions with yes or
 * no have 16 rows, and copies say nothing there. The counting of distinct values ends at MANY: two
 * columns of measurements are enough then. */
static bool has_room(const training *r, const bool *counts) {
    enum { MANY = 100 };
    double values[MANY], possible = 1, wanted = 100 * (double)r->train.n;
    for (int j = 0; j < r->train.table->columns; j++) {
        const gl_column *c = &r->train.table->column[j];
        if (!counts[j]) continue;
        if (c->type == GLIA_NUMBER)
            possible *= gl_distinct(c, r->train.rows, r->train.n, MANY, values);
        else possible *= c->type == GLIA_CATEGORY ? (double)c->categories + 1 : wanted;
        if (possible >= wanted) return true;
    }
    return false;
}

/* The rows of a part by their hash: open addressing. At most half of the slots are taken, so a
 * search that finds nothing looks at 2.5 of them (Knuth, volume 3, 6.4). Training rows go past
 * them, since they are many more and would take as much memory as several columns. */
enum { FREE, NOT_MET };
typedef struct known_row {
    uint64_t hash;
    int64_t met; /* FREE, NOT_MET, or the first training row that is equal, and 2 */
} known_row;

typedef struct row_set {
    const gl_secret *secret;
    const gl_part *part;
    uint64_t *hash; /* of each of its rows; NULL: they cannot be compared */
    known_row *slot;
    int64_t slots;
} row_set;

/* The slot of that hash: its own, or the free one where it belongs. */
static known_row *find_row(const row_set *s, uint64_t hash) {
    int64_t i = (int64_t)(gl_keyed_number(s->secret, hash) % (uint64_t)s->slots);
    while (s->slot[i].met != FREE && s->slot[i].hash != hash) i = i + 1 < s->slots ? i + 1 : 0;
    return &s->slot[i];
}

/* A part in a table of its own is hashed by the columns of the training table, found by name; where
 * one is not there, rows cannot be compared and nothing is said. */
static void collect_rows(const training *r, const bool *counts, const gl_part *part, row_set *s) {
    gl_selection rows = {.list = part->rows, .n = part->n};
    *s = (row_set){.secret = &r->g->secret, .part = part, .slots = 2 * part->n + 1};
    s->slot = gl_alloc(r->g, s->slots, sizeof *s->slot);
    s->hash = s->slot ? gl_alloc_unset(r->g, part->n, sizeof *s->hash) : NULL;
    if (s->hash && gl_rows_hash(part->table, &rows, r->train.table, counts, s->hash)) {
        for (int64_t i = 0; i < part->n; i++)
            *find_row(s, s->hash[i]) = (known_row){s->hash[i], NOT_MET};
        return;
    }
    gl_free(r->g, s->hash);
    s->hash = NULL;
}

static void meet(row_set *s, const gl_part *train, int64_t begin, int64_t n, const uint64_t *hash) {
    for (int64_t i = 0; s->hash && i < n; i++) {
        known_row *known = find_row(s, hash[i]);
        if (known->met == NOT_MET) known->met = row_of(train, begin + i) + 2;
    }
}

static bool meet_training_rows(const training *r, const bool *counts, row_set set[2]) {
    enum { BLOCK = 1024 };
    uint64_t hash[BLOCK];
    const gl_part *train = &r->train;
    for (int64_t i = 0, n; i < train->n; i += n) {
        n = train->n - i < BLOCK ? train->n - i : BLOCK;
        gl_selection rows = {.list = train->rows ? train->rows + i : NULL, .first = i, .n = n};
        if (!gl_rows_hash(train->table, &rows, train->table, counts, hash)) return false;
        for (int k = 0; k < 2; k++) meet(&set[k], train, i, n, hash);
    }
    return true;
}

/* "houses.csv, line 7", without the folder. */
static const char *place_of(const glia_table *t, int64_t row, char buf[512]) {
    const char *slash = strrchr(gl_table_where(t, row, buf, 512), '/');
    return slash ? slash + 1 : buf;
}

static void report_copies(const training *r, const gl_part *part, int64_t copies, int64_t row,
                          int64_t original) {
    char here[512], there[512];
    const char *name = part == &r->test ? "test" : "validation";
    gl_find(r->g, r->data, GL_ILL_duplicates, name, (double)copies / (double)part->n,
            "%lld of %lld %s rows are copies of training rows, such as %s, a copy of %s",
            (long long)copies, (long long)part->n, name, place_of(part->table, row, here),
            place_of(r->train.table, original, there));
}

static bool has_finding(const training *r, gl_illness illness, const char *where) {
    for (int i = 0; i < r->data->findings; i++) {
        const glia_finding *f = &r->data->finding[i];
        if (f->illness == gl_illness_of(illness) && !strcmp(f->where, where)) return true;
    }
    return false;
}

/* Of a part in a table of its own more pictures are not looked at: with the 20,000 of training
 * those are 40 million pairs, a tenth of a second. */
enum { MOST_COMPARED = 2000 };

static gl_near_part near_part(const gl_part *part) {
    return (gl_near_part){part->table, part->rows, part->n};
}

static void find_alike_in(const training *r, const gl_thumbs *train, const gl_part *part) {
    enum { LEAST_ROWS = 5 };
    gl_near_part these = near_part(part);
    gl_thumbs own = {0}, thumbs = gl_thumbs_of(r, part);
    glia_alike a = {0};
    if (!thumbs.t && gl_pictures_of(part->table) >= 0 &&
        !gl_take_thumbs(&these, MOST_COMPARED, &own))
        thumbs = own;
    if (thumbs.n == 0 || gl_find_alike(train, &thumbs, -1, &a)) a.rows = 0;
    double share = a.rows > 0 ? (double)a.rows / (double)thumbs.n : 0;
    const char *name = part == &r->test ? "test" : "validation";
    if (a.rows >= LEAST_ROWS && share >= NEAR_SHARE)
        gl_find(r->g, r->data, GL_ILL_duplicates, name, share,
                "%lld of %lld %s pictures are nearly the same as training pictures, %lld of them "
                "in a mirror, such as %.50s, which is like %.50s",
                (long long)a.rows, (long long)thumbs.n, name, (long long)a.mirrored,
                glia_table_row_name(part->table, a.row), glia_table_row_name(train->t, a.original));
    gl_free_thumbs(&own);
}

static void find_repeated(const training *r, const gl_thumbs *train) {
    glia_alike a;
    char class[64];
    if (gl_pipeline_classes(r->pipeline) < 1 || gl_find_alike(train, train, r->target, &a)) return;
    if (a.repeated_row < 0 || !(a.repeated > gl_limit(GL_ILL_repeated))) return;
    glia_table_cell(train->t, a.repeated_row, r->target, class, sizeof class);
    gl_find(r->g, r->data, GL_ILL_repeated, class, a.repeated,
            "class '%s': %.0f%% of its training pictures are nearly the same one, %.60s", class,
            100 * a.repeated, glia_table_row_name(train->t, a.repeated_row));
}

/* Copies that somebody saved again are told where equal ones were not. */
static void find_alike(const training *r) {
    const gl_thumbs train = gl_thumbs_of(r, &r->train);
    const gl_part *parts[] = {&r->val, &r->test};
    if (!train.t) return;
    for (int k = 0; k < 2; k++)
        if (parts[k]->n > 0 && !has_finding(r, GL_ILL_duplicates, k ? "test" : "validation"))
            find_alike_in(r, &train, parts[k]);
    if (gl_pipeline_targets(r->pipeline) == 1) find_repeated(r, &train);
}

static void find_telltale(const training *r) {
    gl_near_part these = near_part(&r->train);
    glia_telltale told;
    bool classes = gl_pipeline_classes(r->pipeline) > 0;
    if (gl_find_telltale(&these, r->target, classes, COLUMN_ROWS, &told) || !told.what) return;
    if (!(told.undecided < gl_limit(GL_ILL_telltale))) return;
    gl_find(r->g, r->data, GL_ILL_telltale, told.what, told.undecided,
            "the %s alone tells the classes of the pictures apart", told.what);
}

/* Copies that somebody rounded or numbered anew flatter as well. near.c counts only what chance
 * does not make as sure; it asks every cell several times, so that large tables are left to `glia
 * data`. */
static void find_near_in(const training *r, const gl_part *part, const bool *counts) {
    enum { MOST_CELLS = 300000, LEAST_ROWS = 5 };
    const glia_table *t = r->train.table;
    const gl_near_part train = {t, r->train.rows, r->train.n},
                       other = {part->table, part->rows, part->n};
    char here[512], there[512];
    glia_near near;
    if (part->n < 1 || (t->rows + part->table->rows) * t->columns > MOST_CELLS) return;
    if (gl_near_parts(&train, &other, counts, &near)) return;
    double share = (double)near.sure / (double)part->n;
    if (near.sure < LEAST_ROWS || share < NEAR_SHARE) return;
    const char *name = part == &r->test ? "test" : "validation";
    gl_find(r->g, r->data, GL_ILL_duplicates, name, share,
            "%lld of %lld %s rows are nearly copies of training rows, such as %s of %s: equal but "
            "for one cell, or once numbers are rounded to three digits",
            (long long)near.sure, (long long)part->n, name, place_of(part->table, near.row, here),
            place_of(t, near.original, there));
}

/* Five copies at least: honest data has twins, as two virginicas in iris.csv have the same four
 * measures. */
static void find_copies_in(const training *r, const row_set *s, const bool *counts) {
    const gl_part *part = s->part;
    int64_t copies = 0, row = 0, original = 0;
    for (int64_t i = 0; s->hash && i < part->n; i++) {
        int64_t met = find_row(s, s->hash[i])->met;
        if (met > NOT_MET && !copies++) row = row_of(part, i), original = met - 2;
    }
    bool many = (double)copies > gl_limit(GL_ILL_duplicates) * (double)part->n;
    if (copies >= 5 && many && has_room(r, counts)) report_copies(r, part, copies, row, original);
    else if (s->hash) find_near_in(r, part, counts);
}

static void find_copies(const training *r) {
    bool *counts = r->val.n + r->test.n > 0 ? compared_columns(r) : NULL;
    row_set set[2] = {{.part = &r->val}, {.part = &r->test}};
    for (int k = 0; counts && k < 2; k++)
        if (set[k].part->n > 0) collect_rows(r, counts, set[k].part, &set[k]);
    bool met = counts && meet_training_rows(r, counts, set);
    for (int k = 0; k < 2; k++) {
        if (met) find_copies_in(r, &set[k], counts);
        gl_free(r->g, set[k].slot);
        gl_free(r->g, set[k].hash);
    }
    gl_free(r->g, counts);
}

/* What is about one target is looked for where there is one. Told behind the training, as what they
 * may have done to it. */
void gl_examine_data(training *r) {
    gl_listener before = gl_hush(r->g);
    r->data = gl_alloc(r->g, 1, sizeof *r->data);
    if (r->data) {
        find_unscaled(r);
        if (gl_pipeline_targets(r->pipeline) == 1) find_leakage(r), find_telltale(r);
        find_copies(r);
        find_alike(r);
        find_missing(r);
        find_constant(r);
    }
    gl_unlisten(r->g, before);
}

/* So few rows may be told from the others by chance, or by an honest column. The second condition
 * counts the rows that are not of the most frequent class: of 20,000 rows with 12 frauds nobody is
 * surprised that an amount singles them out. */
static bool by_chance(const glia_metrics *train) {
    return train->rows < 50 ||
           (train->classes > 0 && (1 - train->baseline) * (double)train->rows < 20);
}

void gl_examine(const training *r, const glia_report *report) {
    bool chance = by_chance(&report->train);
    for (int i = 0; r->data && i < r->data->findings; i++) {
        const glia_finding *found = &r->data->finding[i];
        if (!chance || found->illness != gl_illness_of(GL_ILL_leakage))
            gl_find_again(r->g, r->history, found);
    }
    gl_examine_scores(r, report);
}
