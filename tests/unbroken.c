/*
 * unbroken.c: what stays whole when something breaks: a run that is killed, two that write one
 * file. Memory that runs out, and other calls that fail: failures.c; the power: power_cut.c.
 */
#include <fcntl.h>
#include <glia/glia.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "test.h"

static glia_ctx *g;
static bool folder_was_last; /* of what was synced */

/* The C library's function under this name, watched. */
int fsync(int fd) {
    struct stat st;
    folder_was_last = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
    return (int)syscall(SYS_fsync, fd);
}

static const char *in_scratch(const char *name) {
    static char paths[4][1024];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", scratch(), name);
    return path;
}

static void shell(const char *line) {
    result r = run("%s", line);
    if (r.status != 0) fail_msg("%s\nended with %d: %s", line, r.status, r.err);
    result_free(&r);
}

static glia_model *new_model(glia_ctx *in) {
    glia_model *m = glia_model_new(in, 3, "dense 4 relu, dense 1 sigmoid", NULL);
    if (!m) fail_msg("%s", glia_message(in));
    return m;
}

static void put_file(const char *name) {
    FILE *f = fopen(in_scratch(name), "wb");
    assert_non_null(f);
    fputs("something", f);
    fclose(f);
}

static bool is_there(const char *name) { return access(in_scratch(name), F_OK) == 0; }

/* ------------------------------------------------------------------------------------ drafts -- */

static void the_mode_of_a_file_stays(void **state) {
    (void)state;
    struct stat st;
    glia_model *m = new_model(g);
    mode_t mask = umask(022);
    assert_int_equal(glia_model_save(m, in_scratch("mode.glia")), GLIA_OK);
    assert_int_equal(stat(in_scratch("mode.glia"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0644);
    assert_int_equal(chmod(in_scratch("mode.glia"), 0600), 0);
    assert_int_equal(glia_model_save(m, in_scratch("mode.glia")), GLIA_OK);
    assert_int_equal(stat(in_scratch("mode.glia"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    glia_model_free(m);
    shell("$GLIA demo moons --rows 60 --write d.csv && $GLIA train d.csv -q --epochs 3 -o m.glia");
    shell("touch p.csv && chmod 660 p.csv && $GLIA predict m.glia d.csv -o p.csv");
    assert_int_equal(stat(in_scratch("p.csv"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0660);
    umask(mask);
}

/* A link to a file, to a link, to a file that is not there yet; and one that leads to itself. */
static void links_lead_to_what_is_written(void **state) {
    (void)state;
    struct stat st;
    static const char *const links[] = {"one.glia", "two.glia", "new.glia"};
    shell("mkdir -p far && rm -f far/* && touch far/old.glia && ln -sf far/old.glia one.glia && "
          "ln -sf one.glia two.glia && ln -sf \"$PWD/far/new.glia\" new.glia && "
          "ln -sf loop.glia loop.glia");
    glia_model *m = new_model(g);
    for (int i = 0; i < 3; i++) {
        if (glia_model_save(m, in_scratch(links[i])) != GLIA_OK) fail_msg("%s", glia_message(g));
        assert_int_equal(lstat(in_scratch(links[i]), &st), 0);
        assert_true(S_ISLNK(st.st_mode));
        glia_model *read = glia_model_load(g, in_scratch(links[i]));
        assert_non_null(read);
        glia_model_free(read);
    }
    assert_true(is_there("far/new.glia"));
    assert_int_equal(glia_model_save(m, in_scratch("loop.glia")), GLIA_RESOURCE);
    assert_non_null(strstr(glia_message(g), "cannot write '"));
    glia_model_free(m);
    shell("$GLIA demo moons --rows 60 --write d.csv && ln -sf far/p.csv p.csv && "
          "$GLIA train d.csv -q --epochs 3 -o two.glia && $GLIA predict one.glia d.csv -o p.csv && "
          "test -L two.glia && test -L p.csv && test -s far/p.csv && ! ls far/*.tmp-*");
}

static void what_a_killed_run_left_is_removed(void **state) {
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        glia_draft *d = glia_draft_open(g, in_scratch("left.glia"));
        if (!d || write(glia_draft_file(d), "half", 4) != 4) _exit(1);
        raise(SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    shell("ls left.glia.tmp-*");
    /* What has another name, is of another file, or is written right now, is no business of it. */
    put_file("left.glia.tmp-2026-11-29-notes");
    put_file("left.glia.tmp-00c5a1f7e2094b3d.csv");
    put_file("other.glia.tmp-00c5a1f7e2094b3d");
    glia_draft *open = glia_draft_open(g, in_scratch("left.glia"));
    assert_non_null(open);
    glia_model *m = new_model(g);
    assert_int_equal(glia_model_save(m, in_scratch("left.glia")), GLIA_OK);
    glia_model_free(m);
    result r = run("ls left.glia.tmp-* | wc -l");
    assert_int_equal(atoi(r.out), 3);
    result_free(&r);
    glia_draft_discard(open);
    r = run("ls left.glia.tmp-*");
    assert_string_equal(r.out, "left.glia.tmp-00c5a1f7e2094b3d.csv\n"
                               "left.glia.tmp-2026-11-29-notes\n");
    result_free(&r);
    assert_true(is_there("other.glia.tmp-00c5a1f7e2094b3d"));
}

/* Each saves and reads what is there: a whole model, of the one or the other. The path is made
 * once: in_scratch has four places for all threads. */
static void *save_again_and_again(void *user) {
    const char *path = user;
    glia_ctx *own = glia_open(&(glia_settings){.threads = 1});
    glia_model *m = new_model(own);
    intptr_t failures = 0;
    for (int i = 0; i < 100; i++) {
        failures += glia_model_save(m, path) != GLIA_OK;
        glia_model *read = glia_model_load(own, path);
        failures += read == NULL;
        glia_model_free(read);
    }
    glia_model_free(m);
    glia_close(own);
    return (void *)failures;
}

static void two_that_write_one_file_spoil_nothing(void **state) {
    (void)state;
    pthread_t other;
    void *failures;
    char path[600];
    snprintf(path, sizeof path, "%s", in_scratch("both.glia"));
    assert_int_equal(pthread_create(&other, NULL, save_again_and_again, path), 0);
    assert_null(save_again_and_again(path));
    pthread_join(other, &failures);
    assert_null(failures);
    result r = run("ls both.glia*");
    assert_string_equal(r.out, "both.glia\n");
    result_free(&r);
}

static void a_new_name_is_on_the_disk(void **state) {
    (void)state;
    glia_model *m = new_model(g);
    folder_was_last = false;
    assert_int_equal(glia_model_save(m, in_scratch("synced.glia")), GLIA_OK);
    assert_true(folder_was_last);
    glia_model_free(m);
}

/* A name as long as a name may be. */
static void long_names_have_drafts(void **state) {
    (void)state;
    char name[256];
    memset(name, 'n', 255);
    name[255] = 0;
    glia_model *m = new_model(g);
    if (glia_model_save(m, in_scratch(name)) != GLIA_OK) fail_msg("%s", glia_message(g));
    assert_true(is_there(name));
    glia_model_free(m);
}

/* ------------------------------------------------------------------------------------- sizes -- */

/* Numbers that lie no further apart than doubles do: a mark and a step is the same mark. */
static void axes_have_few_marks(void **state) {
    (void)state;
    static const char *const tables[] = {
        "x,y\n1,1e17\n2,100000000000000016\n3,100000000000000032\n4,1e17\n",
        "x,y\n1,1\n2,1.0000000000000002\n3,1.0000000000000004\n4,1.0000000000000007\n",
        "x,y\n1,1700000000000000000\n2,1700000000000000100\n3,1700000000000000300\n4,1.7e18\n"};
    for (int i = 0; i < 3; i++) {
        FILE *f = fopen(in_scratch("near.csv"), "w");
        assert_non_null(f);
        fputs(tables[i], f);
        fclose(f);
        shell("ulimit -f 20000; timeout 60 $GLIA train near.csv --target y --val none --epochs 20 "
              "-o near.glia --report near.html && timeout 60 $GLIA eval near.glia near.csv "
              "--report near2.html && timeout 60 $GLIA data near.csv --report near3.html");
    }
}

/* Told apart by what comes first: a name that is there, a number that was given. */
static void columns_of_one_name_are_told_apart(void **state) {
    (void)state;
    FILE *f = fopen(in_scratch("same.csv"), "w");
    assert_non_null(f);
    fputs("a,a_2,a,b,a,a_2,a_3,b\n1,2,3,4,5,6,7,8\n", f);
    fclose(f);
    static const char *const names[] = {"a", "a_2", "a_4", "b", "a_5", "a_2_2", "a_3", "b_2"};
    glia_table *t = glia_table_read(g, in_scratch("same.csv"), NULL);
    assert_non_null(t);
    assert_int_equal(glia_table_columns(t), 8);
    for (int i = 0; i < 8; i++) assert_string_equal(glia_table_column(t, i).name, names[i]);
    glia_table_free(t);
}

/* ----------------------------------------------------------------------------- other files -- */

/* What has no last newline may be anybody's; a log that was cut off is mended. */
static void nothing_but_a_log_is_mended(void **state) {
    (void)state;
    static const char *const foreign[] = {"a,b\n1,2\n3,4", "mine, without an end", "trial,rung\n1",
                                          "trial,mine"};
    shell("$GLIA demo moons --rows 60 --write d.csv");
    for (int i = 0; i < 4; i++) {
        FILE *f = fopen(in_scratch("user.csv"), "w");
        assert_non_null(f);
        fputs(foreign[i], f);
        fclose(f);
        refuses(3, "'user.csv' is no log of glia tune",
                "$GLIA tune d.csv --trials 2 --epochs 9 --log user.csv --resume -o t.glia");
        char *text = slurp(in_scratch("user.csv"));
        assert_string_equal(text, foreign[i]);
        free(text);
    }
    shell("$GLIA tune d.csv --trials 2 --epochs 9 --log t.csv -o t.glia && cp t.csv whole.csv && "
          "head -c -9 whole.csv >t.csv && "
          "$GLIA tune d.csv --trials 2 --epochs 9 --log t.csv --resume -o t2.glia && "
          "cmp t.glia t2.glia && test $(wc -l <t.csv) = $(wc -l <whole.csv) && "
          "head -c 20 whole.csv >t.csv && "
          "$GLIA tune d.csv --trials 2 --epochs 9 --log t.csv --resume -o t3.glia && "
          "cmp t.glia t3.glia && test $(wc -l <t.csv) = $(wc -l <whole.csv)");
}

/* Zeros are what a file system may put in the place of bytes that had not come to the disk. */
static void a_line_of_zeros_is_a_line_cut_off(void **state) {
    (void)state;
    shell("$GLIA demo moons --rows 60 --write d.csv && "
          "$GLIA tune d.csv --trials 2 --epochs 9 --log t.csv -o t.glia && cp t.csv whole.csv && "
          "head -n -1 whole.csv >t.csv && head -c 9 /dev/zero >>t.csv && echo 9 >>t.csv && "
          "$GLIA tune d.csv --trials 2 --epochs 9 --log t.csv --resume -o t2.glia && "
          "cmp t.glia t2.glia && test $(wc -l <t.csv) = $(wc -l <whole.csv)");
    refuses(3, "zero byte",
            "(head -c 9 /dev/zero; tail -n 1 whole.csv) >>t.csv; tail -n 1 whole.csv >>t.csv; "
            "cp t.csv before.csv; "
            "$GLIA tune d.csv --trials 2 --epochs 9 --log t.csv --resume -o t2.glia");
    shell("cmp t.csv before.csv");
}

/* Of two searches that write one log, the second is refused and has touched nothing. */
static void a_log_is_of_one_search(void **state) {
    (void)state;
    static const char *const ways[] = {"", " --resume"};
    shell("$GLIA demo moons --rows 60 --write d.csv && "
          "$GLIA tune d.csv --trials 2 --epochs 9 --log t.csv -o t.glia && cp t.csv before.csv");
    int running = open(in_scratch("t.csv"), O_RDONLY);
    assert_int_equal(flock(running, LOCK_EX), 0);
    for (int i = 0; i < 2; i++)
        refuses(4, "'t.csv' is the log of a search that is running",
                "$GLIA tune d.csv --trials 2 --epochs 9 --log t.csv -o t.glia%s", ways[i]);
    close(running);
    shell("cmp t.csv before.csv && $GLIA tune d.csv --trials 2 --epochs 9 --log t.csv -o t.glia");
}

/* Each of these waits for its rows, its outputs looked at, while another run writes one of them. */
static void two_runs_that_write_one_file_are_told(void **state) {
    (void)state;
    static const char *const commands[] = {"predict m.glia pipe -o told",
                                           "tune pipe --trials 2 --epochs 9 -o told",
                                           "train pipe --epochs 9 -o told",
                                           "train pipe --epochs 9 -o n.glia --report told"};
    shell("$GLIA demo moons --rows 60 --write d.csv && $GLIA train d.csv -q --epochs 3 -o m.glia");
    for (int i = 0; i < 8; i++) {
        result r = run("rm -f pipe told; mkfifo pipe; %s $GLIA %s & exec 3>pipe; "
                       "echo other >another && mv another told; cat d.csv >&3; exec 3>&-; wait $!",
                       i % 2 ? "echo old >told;" : "", commands[i / 2]);
        if (r.status != 0 || !strstr(r.err, "'told' has been written by another run since"))
            fail_msg("%s: status %d: %s", commands[i / 2], r.status, r.err);
        result_free(&r);
    }
    result r = run("$GLIA predict m.glia d.csv -o told && $GLIA predict m.glia d.csv -o told");
    assert_int_equal(r.status, 0);
    assert_null(strstr(r.err, "another run"));
    result_free(&r);
}

/* A search does not need its log. */
static void a_log_that_cannot_grow_costs_no_work(void **state) {
    (void)state;
    if (access("/dev/full", W_OK) != 0) skip();
    shell("rm -f t.glia full.glia; $GLIA demo moons --rows 60 --write d.csv && "
          "$GLIA tune d.csv --trials 2 --epochs 9 -o t.glia");
    result r = run("$GLIA tune d.csv --trials 2 --epochs 9 --log /dev/full -o full.glia; s=$?; "
                   "cmp t.glia full.glia && exit $s");
    assert_int_equal(r.status, 4);
    assert_non_null(strstr(r.err, "cannot write '/dev/full': No space left on device; the search "
                                  "goes on, its trials are not logged from here"));
    assert_non_null(strstr(r.err, "the model is in full.glia all the same"));
    result_free(&r);
}

static void two_files_of_one_command_are_two(void **state) {
    (void)state;
    static const char *const commands[] = {
        "train d.csv -o new --log new",
        "train d.csv -o new --report ./new",
        "train d.csv --log to-new --report new",
        "train d.csv --log to-new -o new",
        "train d.csv --log one --report two",
        "train d.csv -o new --checkpoint to-new",
        "tune d.csv -o new --log new",
        "tune d.csv -o one --log two",
        "data d.csv --schema new --prepare to-new",
        "data d.csv --schema one --prepare two",
        "data d.csv --convert d-test.csv --split 0.8,0.2",
        "data d.csv --convert n-train.csv --split 0.8,0.2 -o ./n"};
    shell(
        "rm -f new; $GLIA demo moons --rows 60 --write d.csv && ln -sf new to-new && echo >one && "
        "ln -f one two");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        refuses(2, "are both to be", "$GLIA %s", commands[i]);
    shell(
        "! test -e new && ! test -e n-train.csv && ! test -e d-test.csv && test $(wc -c <one) = 1");
}

/* A pipe gives its rows once: none is opened a second time, and what is not known is not said. */
static void a_pipe_is_read_once(void **state) {
    (void)state;
    shell("$GLIA demo moons --rows 60 --write d.csv && rm -f pipe && mkfifo pipe");
    result r = run("cat d.csv >pipe & timeout 60 $GLIA train pipe --epochs 9 -o p.glia --report "
                   "p.html --json && $GLIA show p.glia --json");
    assert_int_equal(r.status, 0);
    assert_non_null(
        strstr(r.err, "the model has no hash of its data: 'pipe' is no file that is there again"));
    assert_non_null(strstr(r.out, "sha256 none"));
    result_free(&r);
    shell("cat d.csv >pipe & timeout 60 $GLIA eval p.glia pipe --report e.html");
    shell("cat pipe >got.glia & timeout 60 $GLIA train d.csv --epochs 9 -o pipe --json; wait; "
          "$GLIA show got.glia");
}

static void append(const char *name, const char *text) {
    FILE *f = fopen(in_scratch(name), "a");
    fputs(text, f);
    fclose(f);
}

typedef struct changing {
    int heard;
    bool told;
} changing;

static void change(void *user, glia_level level, const char *text) {
    changing *k = user;
    if (k->heard++ == 0) append("dates.csv", "4,06.05.2020,1\n");
    k->told |= level == GLIA_WARNING && strstr(text, "dates.csv' was changed while it was read");
}

/* Where a file is not what it was when it was read, its hash is not that of the rows. */
static void the_hash_is_of_what_was_read(void **state) {
    (void)state;
    static const char rows[] = "u,day,y\n1,03.04.2020,0\n2,04.05.2020,1\n3,05.05.2020,0\n";
    char before[65], behind[65];
    remove(in_scratch("dates.csv"));
    append("dates.csv", rows);
    glia_table *t = glia_table_read(g, in_scratch("dates.csv"), NULL);
    assert_int_equal(glia_table_sha256(t, behind), GLIA_OK);
    assert_int_equal(glia_file_sha256(g, in_scratch("dates.csv"), before), GLIA_OK);
    assert_string_equal(before, behind);
    shell("mv dates.csv old && cp old dates.csv");
    assert_int_equal(glia_table_sha256(t, behind), GLIA_INPUT);
    assert_non_null(strstr(glia_message(g), "dates.csv' was changed after it was read"));
    glia_table_free(t);

    changing k = {0};
    glia_ctx *c = glia_open(&(glia_settings){.log = change, .log_user = &k});
    t = glia_table_read(c, in_scratch("dates.csv"), NULL);
    assert_true(k.told);
    assert_int_equal(glia_table_sha256(t, behind), GLIA_INPUT);
    glia_table_free(t);
    glia_close(c);

    shell(
        "$GLIA demo moons --rows 60 --write d.csv && cp d.csv t.csv && rm -f pipe && mkfifo pipe");
    result r = run("timeout 60 $GLIA train d.csv --test pipe --epochs 9 -o p.glia & exec 3>pipe; "
                   "sed 2d t.csv >d.csv; cat t.csv >&3; exec 3>&-; wait; $GLIA show p.glia");
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.err, "warning: the model has no hash of its data: 'd.csv' was changed "
                                  "after it was read"));
    assert_non_null(strstr(r.out, "sha256 none"));
    result_free(&r);
}

static int begin(void **state) {
    (void)state;
    g = glia_open(&(glia_settings){.threads = 1});
    return g == NULL;
}

static int end(void **state) {
    (void)state;
    glia_close(g);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mode_of_a_file_stays),
        cmocka_unit_test(links_lead_to_what_is_written),
        cmocka_unit_test(what_a_killed_run_left_is_removed),
        cmocka_unit_test(two_that_write_one_file_spoil_nothing),
        cmocka_unit_test(a_new_name_is_on_the_disk),
        cmocka_unit_test(long_names_have_drafts),
        cmocka_unit_test(axes_have_few_marks),
        cmocka_unit_test(columns_of_one_name_are_told_apart),
        cmocka_unit_test(nothing_but_a_log_is_mended),
        cmocka_unit_test(a_line_of_zeros_is_a_line_cut_off),
        cmocka_unit_test(a_log_is_of_one_search),
        cmocka_unit_test(two_runs_that_write_one_file_are_told),
        cmocka_unit_test(a_log_that_cannot_grow_costs_no_work),
        cmocka_unit_test(two_files_of_one_command_are_two),
        cmocka_unit_test(a_pipe_is_read_once),
        cmocka_unit_test(the_hash_is_of_what_was_read),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
