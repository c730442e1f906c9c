/*
 * power_cut.c: the power fails at any moment of a saving. What each command below does to files is
 * recorded, call by call (failing/failing.c), and done again in memory up to each call, where the
 * machine goes down: every folder that a file system may leave then must hold the old files or the
 * new ones, whole, and the command, given again, must make what it would have made.
 *
 *     test-power_cut          the suite: all folders; of the runs that go on from them, a few
 *     test-power_cut 1000     up to 1000 of each, as the table of docs/reliability.md
 *
 * What a file system may leave:
 *
 *     a name      is as the last sync of its folder left it, with the changes since then up to any
 *                 one of them; of the weaker kind, with any choice of them, and a rename is two
 *     a file      has what was written before its last sync, and of each call since then all, none
 *                 or a part, or zeros in its place: lost_bytes
 *     both        are apart: a new name may be there before the bytes, or the bytes before the name
 *
 * Of the calls of one file since its last sync, those up to any one, or all but any one; of several
 * files at once every combination, or, where these are more than COMBINED, one file at a time. Of
 * more than CHOSEN names of the weaker kind, one at a time is lost. Of a draft it matters only that
 * it is there, so it is as it was written.
 */
#include <limits.h>

#include "failing/calls.h"
#include "failing/commands.h"

enum { COMBINED = 20000, CHOSEN = 10 };

/* ----------------------------------------------------------------------------------- savings -- */

/* `again`, in a folder that a cut left, makes what the line would have made; NULL: the line does.
 * `log`: a file that grows line by line in its place. */
static const struct saving {
    const char *name, *line, *again, *log;
} savings[] = {
    {"a model", "glia train rows.csv " NET " -o old.glia"},
    {"a model of a new name", "glia train rows.csv " NET " -o new.glia"},
    {"a model, its page and its log",
     "glia train rows.csv " NET " -o old.glia --report page.html --log told.csv"},
    {"a checkpoint",
     "glia train rows.csv " NET " --checkpoint new.ckpt --checkpoint-every 0 -o old.glia",
     "glia train rows.csv " NET " --checkpoint new.ckpt --resume -o old.glia"},
    {"a checkpoint that is gone on from",
     "glia train rows.csv " NET " --checkpoint old.ckpt --resume --checkpoint-every 0 -o old.glia"},
    {"a search and its log", "glia tune rows.csv " NET " --trials 3 --log new.csv -o old.glia",
     "glia tune rows.csv " NET " --trials 3 --log new.csv --resume -o old.glia", "new.csv"},
    {"a search in the place of another",
     "glia tune rows.csv " NET " --trials 3 --log other.csv -o old.glia", NULL, "other.csv"},
    {"a search that goes on",
     "glia tune rows.csv " NET " --trials 3 --log half.csv --resume -o old.glia", NULL, "half.csv"},
    {"predictions", "glia predict old.glia rows.csv -o told.csv"},
    {"values of a layer", "glia predict old.glia rows.csv --layer 1 -o told.npy"},
    {"the page of an evaluation", "glia eval old.glia rows.csv --report page.html"},
    {"the page of a table", "glia data rows.csv --report page.html"},
    {"a schema", "glia data rows.csv --target class --schema new.yaml --prepare newer.yaml"},
    {"a table", "glia data rows.csv --convert told.csv"},
    {"parts of a table", "glia data rows.csv --split 0.8,0.2 --convert told.csv"},
    {"the picture of a network", "glia show old.glia --graph old.svg"},
    {"an explanation", "glia explain old.glia rows.csv --row 2 -o page.html"},
    {"a demonstration", "glia demo moons --rows 60 --threads 1 --report page.html"},
    {"rows of a demonstration", "glia demo moons --rows 60 --threads 1 --write told.csv"},
    {"a model of a program in C", "example-csv rows.csv class old.glia"},
};
enum { SAVINGS = sizeof savings / sizeof *savings };

static const char *again_line(const struct saving *s) { return s->again ? s->again : s->line; }

static void add_files(void) {
    static const char *const old[] = {"page.html", "told.csv",      "told.npy",
                                      "old.svg",   "told-test.csv", "told-train.csv"};
    for (size_t i = 0; i < sizeof old / sizeof *old; i++) write_text(old[i], "what was there\n");
    must_run("glia tune rows.csv " NET " --trials 2 --seed 5 --log other.csv -o n", "none", 0);
    must_run("glia tune rows.csv " NET " --trials 3 --log half.csv -o n", "none", 0);
    file log = read_whole("work", "half.csv");
    assert_int_equal(truncate(path_in("work", "half.csv"), (off_t)log.size / 2), 0);
    free(log.bytes);
}

/* ---------------------------------------------------------------------------------- contents -- */

static file copy_of(const file *f) {
    file copy = *f;
    copy.bytes = malloc(f->size + 1);
    memcpy(copy.bytes, f->bytes, f->size + 1);
    return copy;
}

static void resize(file *f, size_t size) {
    f->bytes = realloc(f->bytes, size + 1);
    if (size > f->size) memset(f->bytes + f->size, 0, size - f->size);
    f->bytes[f->size = size] = 0;
}

/* `size` bytes of the call from byte `from` on, or zeros in their place. */
static void put(file *f, const call *c, const char *bytes, int64_t from, int64_t size, bool zero) {
    if (c->kind == CALL_RESIZE) return resize(f, (size_t)c->at);
    size_t end = (size_t)(c->at + from + size);
    if (end > f->size) resize(f, end);
    if (zero) memset(f->bytes + c->at + from, 0, (size_t)size);
    else memcpy(f->bytes + c->at + from, bytes + from, (size_t)size);
}

/* ------------------------------------------------------------------------------------ record -- */

enum { STEPS = 4000, INODES = 400, NO_FILE = -1, FOLDER = -2 };

/* A call of the record. */
typedef struct step {
    call c;
    const char *bytes, *name[2];
    int inode; /* of which file */
} step;

static struct {
    char *bytes;
    step step[STEPS];
    int steps;
    int inodes;
    const file *from[INODES]; /* of which file in `begin`; NULL: a new one */
} record;

/* A version of a file that a run leaves or goes through, whole. */
static folder versions;

static void read_record(const char *path) {
    file f = read_file(path);
    record.steps = 0;
    record.bytes = f.bytes;
    for (char *at = f.bytes; at < f.bytes + f.size;) {
        assert_true(record.steps < STEPS);
        step *s = &record.step[record.steps++];
        *s = (step){.inode = NO_FILE};
        memcpy(&s->c, at, sizeof s->c);
        s->bytes = at += sizeof s->c;
        at += s->c.size;
        for (int i = 0; i < s->c.names; i++, at += strlen(at) + 1) s->name[i] = at;
    }
}

static bool changes_bytes(const step *s, int inode) {
    return s->inode == inode && (s->c.kind == CALL_WRITE || s->c.kind == CALL_RESIZE);
}

/* What the file holds after `steps` steps of the record, when all of them have come to the disk. */
static file content(int inode, int steps) {
    const file none = {.bytes = ""};
    file f = copy_of(record.from[inode] ? record.from[inode] : &none);
    for (int i = 0; i < steps; i++) {
        const step *s = &record.step[i];
        if (changes_bytes(s, inode)) put(&f, &s->c, s->bytes, 0, s->c.size, 0);
    }
    return f;
}

/* The part of a path below the folder of the command; NULL: it is elsewhere. */
static const char *in_work(const char *path) {
    const char *work = path_in("work", "");
    if (strncmp(path, work, strlen(work)) == 0) path += strlen(work);
    if (strncmp(path, "./", 2) == 0) path += 2;
    return strchr(path, '/') ? NULL : path;
}

/* Names as they are while the record is read. */
static struct {
    uint64_t number[INODES];
    const char *name[INODES]; /* NULL: it has none (left) */
} now;

static int named(const char *name) {
    for (int i = 0; i < record.inodes; i++)
        if (now.name[i] && strcmp(now.name[i], name) == 0) return i;
    return NO_FILE;
}

static int numbered(uint64_t number) {
    for (int i = record.inodes - 1; i >= 0; i--) /* numbers are given again: the last one is it */
        if (now.number[i] == number) return i;
    return NO_FILE;
}

static int new_inode(uint64_t number, const char *name, const file *from) {
    assert_true(record.inodes < INODES);
    now.number[record.inodes] = number;
    now.name[record.inodes] = name;
    record.from[record.inodes] = from;
    return record.inodes++;
}

static void take_version(const char *name, int inode, int steps) {
    file f = content(inode, steps);
    snprintf(f.name, sizeof f.name, "%s", name);
    assert_true(versions.files < FILES);
    versions.file[versions.files++] = f;
}

static void resolve(step *s, uint64_t work) {
    int steps = (int)(s - record.step), old;
    for (int i = 0; i < s->c.names; i++) s->name[i] = in_work(s->name[i]);
    if (s->c.kind == CALL_OTHER) fail_msg("system call %ld is not simulated", (long)s->c.at);
    if (s->c.names && !s->name[0]) return;
    switch (s->c.kind) {
    case CALL_OPEN:
        s->inode = named(s->name[0]);
        if (s->inode == NO_FILE) s->inode = new_inode(s->c.file, s->name[0], NULL);
        else if (s->c.at & O_TRUNC) s->c.kind = CALL_RESIZE, s->c.at = 0;
        else s->inode = NO_FILE;
        return;
    case CALL_RENAME:
        s->inode = named(s->name[0]);
        assert_true(s->inode != NO_FILE && s->name[1]);
        if ((old = named(s->name[1])) != NO_FILE) now.name[old] = NULL;
        now.name[s->inode] = s->name[1];
        take_version(s->name[1], s->inode, steps);
        return;
    case CALL_UNLINK:
        s->inode = named(s->name[0]);
        assert_true(s->inode != NO_FILE && (s->c.file == 0 || s->c.file == work));
        now.name[s->inode] = NULL;
        return;
    default: s->inode = s->c.file == work ? FOLDER : numbered(s->c.file);
    }
}

static uint64_t inode_of(const char *name) {
    struct stat info;
    assert_int_equal(stat(path_in("work", name), &info), 0);
    return info.st_ino;
}

/* The record of a run that does what the reference did; that it is all there is shown by the last
 * state. */
static void take_record(const struct saving *s) {
    static char path[700];
    const char *what = "";
    snprintf(path, sizeof path, "%s", path_in("said", "record"));
    close(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666));
    record.inodes = 0;
    for (int i = 0; i < begin.files; i++)
        new_inode(inode_of(begin.file[i].name), begin.file[i].name, &begin.file[i]);
    recording = path;
    outcome o = run_failing(s->line, "change:0");
    recording = NULL;
    if (!as_in(&o.left, &reference.left, &what)) fail_msg("%s: another '%s'", s->line, what);
    restore(&o.left);
    free_outcome(&o);
    read_record(path);
    uint64_t work = inode_of("");
    for (int i = 0; i < record.steps; i++) resolve(&record.step[i], work);
}

static void forget_record(void) {
    free(record.bytes);
    forget(&versions);
}

/* ------------------------------------------------------------------------------ what is lost -- */

/* Syncs that are not believed, to see that their want is found. */
static enum { BELIEVED, NOT_OF_FILES, NOT_OF_FOLDERS } syncs;

/* The step behind the last sync of a file, or of the folder, before so many steps. */
static int synced(int inode, int steps) {
    if (syncs == (inode == FOLDER ? NOT_OF_FOLDERS : NOT_OF_FILES)) return 0;
    for (int i = steps; i > 0; i--)
        if (record.step[i - 1].c.kind == CALL_SYNC && record.step[i - 1].inode == inode) return i;
    return 0;
}

/* What one file may hold; the first is all that was written. */
typedef struct contents {
    file *one;
    int count, capacity;
} contents;

static void add_content(contents *all, file f) {
    for (int i = 0; i < all->count; i++)
        if (same_bytes(&all->one[i], &f)) return free(f.bytes);
    if (all->count == all->capacity) {
        all->capacity = all->capacity * 2 + 16;
        all->one = realloc(all->one, (size_t)all->capacity * sizeof *all->one);
    }
    all->one[all->count++] = f;
}

static void free_contents(contents *all) {
    for (int i = 0; i < all->count; i++) free(all->one[i].bytes);
    free(all->one);
    *all = (contents){0};
}

/* What one call has become of that was not synced: bytes from..from+size-1 of it are there, those
 * before and behind are zeros, where they are not left out. */
static void lost_bytes(contents *all, const file *before, const step *s) {
    enum { BLOCK = 4096 };
    int64_t n = s->c.size, cuts[] = {1, n / 2, n - 1, n / BLOCK * BLOCK};
    if (s->c.kind != CALL_WRITE) return;
    for (int i = 0; i < 4; i++) {
        if (cuts[i] <= 0 || cuts[i] >= n) continue;
        for (int how = 0; how < 3; how++) {
            file f = copy_of(before);
            put(&f, &s->c, s->bytes, 0, cuts[i], how == 2);
            if (how) put(&f, &s->c, s->bytes, cuts[i], n - cuts[i], how == 1);
            add_content(all, f);
        }
    }
    file f = copy_of(before);
    put(&f, &s->c, s->bytes, 0, n, true);
    add_content(all, f);
}

/* All calls of the file but one, which is lost or has become zeros; `all_zero`: each of them. */
static file without(int inode, int from, int to, int lost, bool zero, bool all_zero) {
    file f = content(inode, from);
    for (int i = from; i < to; i++) {
        const step *s = &record.step[i];
        if (!changes_bytes(s, inode)) continue;
        if (i != lost || zero)
            put(&f, &s->c, s->bytes, 0, s->c.size, all_zero || (i == lost && zero));
    }
    return f;
}

static contents possible(int inode, int steps) {
    contents all = {0};
    int from = synced(inode, steps);
    add_content(&all, content(inode, steps));
    add_content(&all, content(inode, from));
    for (int i = from; i < steps; i++) {
        const step *s = &record.step[i];
        if (!changes_bytes(s, inode)) continue;
        file before = content(inode, i);
        lost_bytes(&all, &before, s);
        free(before.bytes);
        add_content(&all, content(inode, i + 1));
        add_content(&all, without(inode, from, steps, i, false, false));
        add_content(&all, without(inode, from, steps, i, true, false));
    }
    add_content(&all, without(inode, from, steps, -1, false, true));
    return all;
}

/* ------------------------------------------------------------------------------------- names -- */

/* A change of names: a name gets a file, another one is gone; NULL: neither. */
typedef struct change {
    const char *name, *gone;
    int inode;
} change;

enum { CHANGES = 400 };

/* At a moment: names that are sure, and changes that may be lost. */
typedef struct moment {
    int steps;
    const char *name[INODES]; /* of each inode; NULL: none */
    change change[CHANGES];
    int changes;
    contents of[INODES];
} moment;

static void apply(const char **name, const change *c) {
    for (int i = 0; i < record.inodes; i++) {
        bool replaced = c->name && name[i] && strcmp(name[i], c->name) == 0;
        bool gone = c->gone && name[i] && strcmp(name[i], c->gone) == 0;
        if (replaced || gone) name[i] = NULL;
    }
    if (c->name) name[c->inode] = c->name;
}

static void add_change(moment *m, change c) {
    assert_true(m->changes < CHANGES);
    m->change[m->changes++] = c;
}

static void add_step(moment *m, const step *s, bool sure, bool weaker) {
    change c = {.inode = s->inode};
    if (s->c.kind == CALL_OPEN) c.name = s->name[0];
    else if (s->c.kind == CALL_UNLINK) c.gone = s->name[0];
    else if (s->c.kind == CALL_RENAME) c.name = s->name[1], c.gone = s->name[0];
    else return;
    if (s->inode == NO_FILE) return;
    if (sure) return apply(m->name, &c);
    if (weaker && c.name && c.gone) {
        add_change(m, (change){.gone = c.gone});
        c.gone = NULL;
    }
    add_change(m, c);
}

static bool is_draft(const char *name) { return strstr(name, ".tmp-") != NULL; }

/* Whether it may have a name that is no draft's. */
static bool may_be_read(const moment *m, int inode) {
    bool read = m->name[inode] && !is_draft(m->name[inode]);
    for (int i = 0; i < m->changes; i++) {
        const change *c = &m->change[i];
        read = read || (c->name && c->inode == inode && !is_draft(c->name));
    }
    return read;
}

static moment after(int steps, bool weaker) {
    moment m = {.steps = steps};
    int sure = synced(FOLDER, steps);
    for (int i = 0; i < begin.files; i++) m.name[i] = begin.file[i].name;
    for (int i = 0; i < steps; i++) add_step(&m, &record.step[i], i < sure, weaker);
    for (int i = 0; i < record.inodes; i++)
        if (may_be_read(&m, i)) m.of[i] = possible(i, steps);
        else add_content(&m.of[i], content(i, steps));
    return m;
}

static void leave_moment(moment *m) {
    for (int i = 0; i < record.inodes; i++) free_contents(&m->of[i]);
}

/* -------------------------------------------------------------------------------- the folder -- */

/* Whole lines of the log as it will be, then at most one that was cut off, or zeros. */
static bool begins_log(const file *there, const file *whole) {
    size_t n = 0, lines = 0;
    for (; n < there->size && n < whole->size && there->bytes[n] == whole->bytes[n]; n++)
        if (there->bytes[n] == '\n') lines = n + 1;
    const char *rest = there->bytes + lines;
    size_t size = there->size - lines;
    return !memchr(rest, '\n', size) || memchr(rest, 0, size);
}

static bool is_whole(const struct saving *s, const file *f) {
    if (s->log && strcmp(f->name, s->log) == 0 && begins_log(f, find(&reference.left, s->log)))
        return true;
    if (same_bytes(f, find(&begin, f->name)) || same_bytes(f, find(&reference.left, f->name)))
        return true;
    for (int i = 0; i < versions.files; i++)
        if (strcmp(versions.file[i].name, f->name) == 0 && same_bytes(f, &versions.file[i]))
            return true;
    return false;
}

/* NULL: within the rule. `ended`: the command has, so all that it made is there. */
static const char *breaks_rule(const struct saving *s, const folder *left, bool ended) {
    static char why[200];
    for (int i = 0; i < left->files; i++)
        if (!is_draft(left->file[i].name) && !is_whole(s, &left->file[i]))
            return snprintf(why, sizeof why, "half a file '%s'", left->file[i].name), why;
    for (int i = 0; i < begin.files; i++) {
        const char *name = begin.file[i].name;
        if (!find(left, name) && find(&reference.left, name))
            return snprintf(why, sizeof why, "no file '%s'", name), why;
    }
    for (int i = 0; i < reference.left.files && ended; i++)
        if (!same_bytes(&reference.left.file[i], find(left, reference.left.file[i].name)))
            return snprintf(why, sizeof why, "'%s' is lost", reference.left.file[i].name), why;
    return NULL;
}

/* Folders that are not alike, for runs that go on from them; of drafts it matters that they are. */
enum { KEPT = 4000 };

typedef struct tally {
    long calls, ordered, weaker, wrong, resumed, killed;
    uint64_t seen[KEPT];
    folder *kept[KEPT];
    int keeps;
} tally;

static uint64_t hash(uint64_t h, const char *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) h = (h ^ (unsigned char)bytes[i]) * 0x100000001b3u;
    return h;
}

static uint64_t look_of(const folder *left) {
    uint64_t look = 0, draft = 0;
    for (int i = 0; i < left->files; i++) {
        const file *f = &left->file[i];
        if (is_draft(f->name)) draft = 1;
        else look += hash(hash(0xcbf29ce484222325u, f->name, strlen(f->name)), f->bytes, f->size);
    }
    return look + draft;
}

static void keep_folder(tally *t, const folder *left) {
    uint64_t look = look_of(left);
    for (int i = 0; i < t->keeps; i++)
        if (t->seen[i] == look) return;
    assert_true(t->keeps < KEPT);
    folder *copy = malloc(sizeof *copy);
    copy->files = left->files;
    for (int i = 0; i < left->files; i++) copy->file[i] = copy_of(&left->file[i]);
    t->seen[t->keeps] = look;
    t->kept[t->keeps++] = copy;
}

static void meet(const struct saving *s, const moment *m, const folder *left, tally *t) {
    const char *why = breaks_rule(s, left, m->steps == record.steps);
    if (why && syncs == BELIEVED && t->wrong < 5)
        fprintf(stderr, "# %s, after call %d: %s\n", s->name, m->steps, why);
    t->wrong += why != NULL;
    if (syncs == BELIEVED && !why) keep_folder(t, left);
}

/* Files that have a name, and how many contents. */
typedef struct choice {
    const char *name[FILES];
    const contents *of[FILES];
    int files;
} choice;

static void meet_one(const struct saving *s, const moment *m, const choice *c, const long *which,
                     tally *t) {
    static folder left;
    left.files = c->files;
    for (int i = 0; i < c->files; i++) {
        left.file[i] = c->of[i]->one[which[i]];
        snprintf(left.file[i].name, sizeof left.file[i].name, "%s", c->name[i]);
    }
    meet(s, m, &left, t);
}

/* Every combination of contents, or, where these are too many, each file in turn. */
static long meet_contents(const struct saving *s, const moment *m, const choice *c, tally *t) {
    long all = 1, alone = 0, which[FILES] = {0};
    for (int i = 0; i < c->files; i++) {
        alone += c->of[i]->count;
        if (all <= COMBINED) all *= c->of[i]->count;
    }
    for (long n = 0; n < all && all <= COMBINED; n++) {
        long rest = n;
        for (int i = 0; i < c->files; i++, rest /= c->of[i - 1]->count)
            which[i] = rest % c->of[i]->count;
        meet_one(s, m, c, which, t);
    }
    for (int i = 0; i < c->files && all > COMBINED; i++, which[i - 1] = 0)
        for (which[i] = 0; which[i] < c->of[i]->count; which[i]++) meet_one(s, m, c, which, t);
    return all > COMBINED ? alone : all;
}

static choice choose(const moment *m, const char *const *name) {
    choice c = {.files = 0};
    for (int i = 0; i < record.inodes; i++) {
        if (!name[i]) continue;
        assert_true(c.files < FILES);
        c.name[c.files] = name[i];
        c.of[c.files++] = &m->of[i];
    }
    return c;
}

/* Whether the k-th change is there in the i-th choice of them. */
static bool has_change(const moment *m, bool weaker, long i, int k) {
    if (!weaker) return k < i;
    return m->changes <= CHOSEN ? i >> k & 1 : k != i;
}

static long meet_names(const struct saving *s, int steps, bool weaker, tally *t) {
    moment m = after(steps, weaker);
    long met = 0, most = weaker && m.changes <= CHOSEN ? 1L << m.changes : m.changes + 1;
    for (long i = 0; i < most; i++) {
        const char *name[INODES];
        memcpy(name, m.name, sizeof name);
        for (int k = 0; k < m.changes; k++)
            if (has_change(&m, weaker, i, k)) apply(name, &m.change[k]);
        choice c = choose(&m, name);
        met += meet_contents(s, &m, &c, t);
    }
    leave_moment(&m);
    return met;
}

static void cut_everywhere(const struct saving *s, tally *t) {
    for (int steps = 0; steps <= record.steps; steps++) {
        t->ordered += meet_names(s, steps, false, t);
        t->weaker += meet_names(s, steps, true, t);
    }
}

static void free_tally(tally *t) {
    for (int i = 0; i < t->keeps; i++) {
        forget(t->kept[i]);
        free(t->kept[i]);
    }
    *t = (tally){0};
}

/* ---------------------------------------------------------------------------------- going on -- */

/* The command, or the one that goes on, in the folder as it is: what it would have made, and no
 * draft of the run that ended. */
static bool goes_on(const struct saving *s, const char *when, long number) {
    const char *what = "";
    outcome o = run_failing(again_line(s), "none");
    bool good = o.status == 0 && as_in(&o.left, &reference.left, &what);
    if (!good)
        fprintf(stderr, "# %s, %s %ld, then again: status %d, another '%s': %.300s\n", s->name,
                when, number, o.status, what, o.err.bytes);
    restore(&o.left);
    free_outcome(&o);
    return good;
}

static void fill_work(const folder *with) {
    folder there = look_into("work");
    for (int i = 0; i < there.files; i++) unlink(path_in("work", there.file[i].name));
    for (int i = 0; i < with->files; i++) write_bytes("work", &with->file[i]);
    forget(&there);
}

/* The i-th of up to `most` that are spread over `count`. */
static long spread(long i, long most, long count) {
    return most >= count ? i : i * (count - 1) / (most > 1 ? most - 1 : 1);
}

static void go_on_from_folders(const struct saving *s, long most, tally *t) {
    for (long i = 0; i < t->keeps && i < most; i++) {
        long one = spread(i, most, t->keeps);
        fill_work(t->kept[one]);
        t->wrong += !goes_on(s, "folder", one);
        t->resumed++;
    }
}

/* By a signal that nobody can catch, before each change: the machine stays up, what was done is
 * done, and the lock of the draft has gone with its run. */
static void kill_and_go_on(const struct saving *s, long most, tally *t) {
    outcome o = run_failing(s->line, "change:0");
    long changes = calls_of(&o, "change");
    restore(&o.left);
    free_outcome(&o);
    for (long i = 0; i < changes && i < most; i++) {
        char plan[40];
        long one = spread(i, most, changes) + 1;
        snprintf(plan, sizeof plan, "change:%ld:kill", one);
        o = run_failing(s->line, plan);
        assert_int_equal(o.status, 128 + SIGKILL);
        const char *why = breaks_rule(s, &o.left, false);
        bool good = goes_on(s, "killed at call", one);
        if (why) fprintf(stderr, "# %s, killed at %ld: %s\n", s->name, one, why);
        t->wrong += why || !good;
        t->killed++;
        free_outcome(&o);
    }
}

/* ---------------------------------------------------------------------------------- a saving -- */

/* Whether the want of syncs would be seen, of files and of the folder. */
static bool wants_syncs(const struct saving *s) {
    bool both = true;
    for (syncs = NOT_OF_FILES; syncs <= NOT_OF_FOLDERS; syncs++) {
        static tally t;
        cut_everywhere(s, &t);
        if (!t.wrong) fprintf(stderr, "# %s: syncs of kind %d are not missed\n", s->name, syncs);
        both = both && t.wrong;
        free_tally(&t);
    }
    syncs = BELIEVED;
    return both;
}

static const tally *try_saving(const struct saving *s, long most) {
    static tally t;
    free_tally(&t);
    assert_true(take_reference(s->line));
    take_record(s);
    t.calls = record.steps;
    cut_everywhere(s, &t);
    t.wrong += !wants_syncs(s);
    go_on_from_folders(s, most, &t);
    kill_and_go_on(s, most, &t);
    forget_record();
    return &t;
}

static void the_power_fails(void **state) { assert_int_equal(try_saving(*state, 3)->wrong, 0); }

static long print_table(long most) {
    long wrong = 0;
    printf("| what is saved | calls | folders after a cut | of the weaker kind | unlike | gone on "
           "from | killed | otherwise |\n|---|---|---|---|---|---|---|---|\n");
    for (int i = 0; i < SAVINGS; i++) {
        const tally *t = try_saving(&savings[i], most);
        printf("| %s | %ld | %ld | %ld | %d | %ld | %ld | %ld |\n", savings[i].name, t->calls,
               t->ordered, t->weaker, t->keeps, t->resumed, t->killed, t->wrong);
        fflush(stdout);
        wrong += t->wrong;
    }
    return wrong;
}

int main(int argc, char **argv) {
    struct CMUnitTest tests[SAVINGS];
    if (argc > 1) {
        begin_work(NULL);
        long wrong = print_table(atol(argv[1]));
        end_work(NULL);
        return wrong > 0;
    }
    for (int i = 0; i < SAVINGS; i++)
        tests[i] =
            (struct CMUnitTest){savings[i].name, the_power_fails, NULL, NULL, (void *)&savings[i]};
    return cmocka_run_group_tests_name("power cuts", tests, begin_work, end_work);
}
