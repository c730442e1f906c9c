/*
 * json_names.c: names of records that never stand together with another one, and never both are
 * left out: one name, spelt in two ways, or records of two kinds.
 *
 *     {"price": 9.5, "rooms": 3}
 *     {"prise": 8.0, "rooms": 2}       'prise' stands where 'price' is left out
 *
 * No sets of records are compared: the sum of their hashes says which they are, and the sums of two
 * such names are that of all records.
 */
#include "json.h"

/* The end of MurmurHash3 (Appleby, 2011): sums need all bits of each to be good. */
static uint64_t hash_of(int64_t record) {
    uint64_t h = (uint64_t)record + 0x9E3779B97F4A7C15u;
    h = (h ^ (h >> 33)) * 0xFF51AFD7ED558CCDu;
    h = (h ^ (h >> 33)) * 0xC4CEB9FE1A85EC53u;
    return h ^ (h >> 33);
}

glia_status gl_json_named(json_text *j, int column) {
    gl_json_names *n = &j->names;
    if (column >= n->cap && !gl_reserve(j->g, &n->name, &n->cap, column + 1, sizeof *n->name))
        return GLIA_RESOURCE;
    while (n->count <= column) n->name[n->count++] = (gl_json_name_seen){0};
    gl_json_name_seen *s = &n->name[column];
    int64_t record = gl_records_rows(j->to);
    if (s->last == record) return GLIA_OK;
    if (!s->records++) s->line = j->value_line;
    s->last = record;
    s->sum += hash_of(record);
    return GLIA_OK;
}

/* Columns of some thousand names are sparse, and compared by nobody. */
enum { MOST_NAMES = 1000, MOST_TOLD = 3 };

/* The name that all other records have, and that is the more frequent one; -1: there is none. */
static int64_t find_complement(const gl_json_names *n, int64_t b, int64_t rows, uint64_t all) {
    const gl_json_name_seen *few = &n->name[b];
    for (int64_t a = 0; few->records && a < n->count; a++) {
        const gl_json_name_seen *many = &n->name[a];
        bool rarer = few->records < many->records || (few->records == many->records && b > a);
        if (rarer && few->records + many->records == rows && few->sum + many->sum == all) return a;
    }
    return -1;
}

void gl_json_doubt_names(const json_text *j, const glia_table *t) {
    const gl_json_names *n = &j->names;
    uint64_t all = 0;
    int told = 0;
    if (n->count > MOST_NAMES) return;
    for (int64_t i = 1; i <= t->rows; i++) all += hash_of(i);
    for (int64_t b = 0; b < n->count && b < t->columns && told < MOST_TOLD; b++) {
        int64_t a = find_complement(n, b, t->rows, all);
        if (a < 0 || a >= t->columns) continue;
        told++;
        gl_warn(j->g,
                "%s, line %lld: '%s' stands in the records that leave '%s' out (%lld), and in no "
                "other; are they one name?",
                j->source, (long long)n->name[b].line, t->column[b].name, t->column[a].name,
                (long long)n->name[b].records);
    }
}
