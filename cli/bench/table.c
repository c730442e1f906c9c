/*
 * table.c: the standard networks, each measured and put beside what it must take at least.
 */
#include "bench.h"

/* The workloads of shared/design/performance.md. */
static const workload standard[] = {
    {"W1", "784-512-256-10", "relu", "softmax", 128, 0, "sgd", false, 0, 1750},
    {"W2", "784-128-10", "relu", "softmax", 32, 0, "sgd", false, 0, 95},
    {"W3", "30-64-32-1", "relu", "sigmoid", 32, 0, "sgd", false, 0, 9},
    {"W4", "12288-20-7-5-1", "relu", "sigmoid", 0, 209, "sgd", false, 0, 1400},
    {"W5", "2-4-1", "tanh", "sigmoid", 0, 400, "sgd", false, 0, 3.5},
    {"W6", "1024-4096-4096-1024", "relu", "mse", 512, 0, "sgd", false, 0, 395000},
    {"W7", "784-512-256-10", "relu", "softmax", 128, 0, "adam", false, 0, 2200},
    {"I1", "30-64-32-1", "relu", "sigmoid", 1, 0, NULL, true, 1, 0.25},
    {"I2", "784-128-10", "relu", "softmax", 1, 0, NULL, true, 1, 5},
    {"I3", "784-512-256-10", "relu", "softmax", 1, 0, NULL, true, 1, 33},
    {"I1", "30-64-32-1", "relu", "sigmoid", 1024, 0, NULL, true, 0, 102.4},
    {"I2", "784-128-10", "relu", "softmax", 1024, 0, NULL, true, 0, 1280},
    {"I3", "784-512-256-10", "relu", "softmax", 1024, 0, NULL, true, 0, 6206},
};

enum { STANDARD = sizeof standard / sizeof *standard };

static void add_row(grid *t, const bench *b, double us, double least) {
    char text[32];
    grid_add(t, "%s", b->w.name);
    grid_add(t, "%s", b->w.net);
    grid_add(t, "%s", b->w.predict ? "predict" : b->w.optimizer);
    grid_add(t, "%lld", (long long)b->batch);
    grid_add(t, "%d", b->used);
    grid_add(t, "%s", short_text(us, text));
    grid_add(t, "%s", count_text((int64_t)(1e6 * (double)b->batch / us), text));
    grid_add(t, "%.1f", gflops(b, us));
    grid_add(t, "%s", short_text(least, text));
    grid_add(t, "%.2f", us / least);
    grid_add(t, "%s", short_text(b->w.goal_us, text));
}

static json_t *json_row(const bench *b, double us, double least) {
    return json_pack("{s:s, s:s, s:b, s:I, s:i, s:f, s:f, s:f, s:f, s:f}", "name", b->w.name, "net",
                     b->w.net, "predict", b->w.predict, "batch", (json_int_t)b->batch, "threads",
                     b->used, "samples_per_second", 1e6 * (double)b->batch / us, "us_per_step", us,
                     "gflops", gflops(b, us), "floor_us", least, "goal_us", b->w.goal_us);
}

int bench_all(bench *b) {
    static const char *const heading[] = {"",        "network", "step",      "batch",
                                          "threads", "us",      "samples/s", "GFLOP/s",
                                          "floor",   "x floor", "goal"};
    machine m = probe_machine(b->c->g);
    grid t = {.align = "lllrrrrrrrr"};
    json_t *rows = json_array();
    if (!b->c->json) print_machine(&m), putchar('\n');
    for (int j = 0; j < 11; j++) grid_add(&t, "%s", heading[j]);
    int status = 0;
    for (int i = 0; i < STANDARD && !status; i++) {
        double us;
        b->w = standard[i];
        note(b->c, "%s: %s", b->w.name, b->w.net);
        if ((status = measure(b, &us))) break;
        demand d = demand_of_step(b);
        double least = floor_us(&m, &d);
        if (b->c->json) json_array_append_new(rows, json_row(b, us, least));
        else add_row(&t, b, us, least);
    }
    if (!status && b->c->json)
        status = print_json(json_pack("{s:o, s:O}", "machine", json_machine(&m), "rows", rows));
    else if (!status) {
        grid_print(&t);
        printf("\n  us: median step. floor: its arithmetic at the peak above, and weights at the "
               "speed of the cache\n  that they fit. goal: what the design asks of two Zen 3 cores "
               "(100 GFLOP/s each).\n");
    }
    json_decref(rows);
    return status;
}
