/*
 * threads.c: how many threads are used when nobody says: affinity, OMP_NUM_THREADS, and the CPU
 * quota of control groups, whose files are written below a folder that stands for "/".
 */
#include "test.h"

#include <math.h>

#include "base/base.h"

/* ----------------------------------------------------------------------------- the CPU quota -- */

/* The quota with these files, each "path=text", ending with NULL. */
static double quota_with(const char *const *files) {
    static int made;
    char root[600], command[2048];
    snprintf(root, sizeof root, "%s/root%d", scratch(), made++);
    for (; *files; files++) {
        const char *text = strchr(*files, '=');
        snprintf(command, sizeof command,
                 "f='%s/%.*s'; mkdir -p \"${f%%/*}\"; printf -- '%s\\n' >\"$f\"", root,
                 (int)(text - *files), *files, text + 1);
        assert_int_equal(system(command), 0);
    }
    return gl_cpu_quota(root);
}

#define QUOTA(...) quota_with((const char *const[]){__VA_ARGS__, NULL})

static void a_quota_of_version_2_is_found(void **state) {
    (void)state;
    assert_true(QUOTA("proc/self/cgroup=0::/", "sys/fs/cgroup/cpu.max=150000 100000") == 1.5);
    assert_true(isinf(QUOTA("proc/self/cgroup=0::/", "sys/fs/cgroup/cpu.max=max 100000")));
    assert_true(isinf(QUOTA("proc/self/cgroup=0::/user.slice")));
    assert_true(isinf(QUOTA("proc/self/other=nothing")));
}

static void the_least_quota_on_the_way_up_counts(void **state) {
    (void)state;
    assert_true(QUOTA("proc/self/cgroup=0::/a/b", "sys/fs/cgroup/a/cpu.max=100000 100000",
                      "sys/fs/cgroup/a/b/cpu.max=400000 100000") == 1);
    assert_true(QUOTA("proc/self/cgroup=0::/docker/0123", "sys/fs/cgroup/cpu.max=50000 100000") ==
                0.5);
}

static void a_quota_of_version_1_is_found(void **state) {
    (void)state;
    const char *groups =
        "proc/self/cgroup=9:cpuset:/\\n4:cpu,cpuacct:/box\\n1:name=systemd:/\\n0::/";
    assert_true(QUOTA(groups, "sys/fs/cgroup/cpu/box/cpu.cfs_quota_us=300000",
                      "sys/fs/cgroup/cpu/box/cpu.cfs_period_us=100000",
                      "sys/fs/cgroup/cpu/cpu.cfs_quota_us=-1",
                      "sys/fs/cgroup/cpu/cpu.cfs_period_us=100000") == 3);
    assert_true(isinf(QUOTA("proc/self/cgroup=9:cpuset:/box",
                            "sys/fs/cgroup/cpu/box/cpu.cfs_quota_us=300000",
                            "sys/fs/cgroup/cpu/box/cpu.cfs_period_us=100000")));
}

static void strange_files_are_no_limit(void **state) {
    (void)state;
    assert_true(
        isinf(QUOTA("proc/self/cgroup=\\n:\\n::\\n0:\\n1:cpu\\n", "sys/fs/cgroup/cpu.max=")));
    assert_true(isinf(QUOTA("proc/self/cgroup=0::/", "sys/fs/cgroup/cpu.max=100000 0")));
    assert_true(isinf(QUOTA("proc/self/cgroup=0::/", "sys/fs/cgroup/cpu.max=-5 100000")));
}

/* ------------------------------------------------------------------------------- the program -- */

/* What the plan of a model says about threads, for a program that starts in this way. */
static void expect_threads(const char *start, const char *options, const char *said) {
    result r = run("%s $GLIA show line.glia --plan %s", start, options);
    if (r.status != 0 || !strstr(r.out, said))
        fail_msg("%s glia show %s\n%s%s\nexpected in it: %s", start, options, r.out, r.err, said);
    result_free(&r);
}

static void affinity_and_environment_are_respected(void **state) {
    (void)state;
    result r =
        run("printf 'x,y\\n1,2\\n2,4\\n3,6\\n4,8\\n' | $GLIA train - --epochs 1 -o line.glia");
    assert_int_equal(r.status, 0);
    result_free(&r);
    expect_threads("unset OMP_NUM_THREADS; taskset -c 0", "", "threads: at most 1 (");
    expect_threads("OMP_NUM_THREADS=1", "", "threads: at most 1 (OMP_NUM_THREADS)");
    expect_threads("OMP_NUM_THREADS=3 taskset -c 0", "", "threads: at most 1 (");
    expect_threads("OMP_NUM_THREADS=1 taskset -c 0", "--threads 5",
                   "threads: at most 5 (as asked)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quota_of_version_2_is_found),
        cmocka_unit_test(the_least_quota_on_the_way_up_counts),
        cmocka_unit_test(a_quota_of_version_1_is_found),
        cmocka_unit_test(strange_files_are_no_limit),
        cmocka_unit_test(affinity_and_environment_are_respected),
    };
    return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
