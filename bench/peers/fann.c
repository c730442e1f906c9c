/* fann.c: microseconds of one prediction with FANN: fann 784-128-10 */
#include <floatfann.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv) {
    unsigned size[16], n = 0;
    for (char *p = argc > 1 ? argv[1] : ""; *p && n < 16; p += *p == '-')
        size[n++] = (unsigned)strtoul(p, &p, 10);
    struct fann *net = fann_create_standard_array(n, size);
    if (n < 2 || !net) return 2;
    fann_set_activation_function_hidden(net, FANN_LINEAR_PIECE); /* 2.2 has no relu; as cheap */
    fann_set_activation_function_output(net, FANN_SIGMOID);
    float *x = calloc(size[0], sizeof *x), best = 1e9f;
    for (unsigned i = 0; i < size[0]; i++) x[i] = (float)(i % 7) / 7;
    for (int round = 0; round < 9; round++) { /* its best round */
        long runs = 0;
        double begin = now(), passed;
        do {
            for (int i = 0; i < 100; i++) fann_run(net, x);
            runs += 100;
        } while ((passed = now() - begin) < 0.05);
        if ((float)(passed / (double)runs) < best) best = (float)(passed / (double)runs);
    }
    printf("%.6g\n", 1e6 * (double)best);
    return 0;
}
