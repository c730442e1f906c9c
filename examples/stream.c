/* stream.c: learn what comes next in a series of measurements, then say it anew with each one that
 * comes in. The stream remembers those before it, and takes no memory once it is there. */
#include <glia/glia.h>
#include <math.h>
#include <stdio.h>

enum { STEPS = 16, WINDOWS = 256, LATER = 200 };

/* What a sensor would say. */
static float measurement(int t) { return (float)(sin(0.3 * t) + 0.5 * sin(0.11 * t)); }

static int failed(glia_ctx *g) {
    fprintf(stderr, "stream: %s\n", glia_message(g));
    return (int)glia_code(g);
}

int main(void) {
    static float x[WINDOWS][STEPS], y[WINDOWS]; /* and what came behind each window */
    for (int i = 0; i < WINDOWS; i++) {
        for (int t = 0; t < STEPS; t++) x[i][t] = measurement(i + t);
        y[i] = measurement(i + STEPS);
    }
    glia_ctx *g = glia_open(NULL);
    const char *text = "sequence 16 1, gru 12, dense 1";
    glia_model *net = !g ? NULL : glia_model_new(g, STEPS, text, NULL);
    glia_fit_options options = {0};
    options.epochs = 30;
    options.lr = 0.01;
    if (!net || glia_model_fit(net, glia_tensor_f32(&x[0][0], WINDOWS, STEPS),
                               glia_tensor_f32(y, WINDOWS, 1), &options, NULL) != GLIA_OK)
        return failed(g);

    glia_stream *stream = glia_stream_new(g, net, 1);
    if (!stream) return failed(g);
    double error = 0, standstill = 0; /* of the forecasts, and of who says what he saw last */
    float now = 0, next = 0, before = 0;
    for (int t = 0; t < LATER; t++, before = now) {
        now = measurement(WINDOWS + STEPS + t);
        if (t >= STEPS) error += fabs(now - next), standstill += fabs(now - before);
        if (glia_stream_step(stream, glia_tensor_f32(&now, 1, 1), glia_tensor_f32(&next, 1, 1)) !=
            GLIA_OK)
            return failed(g);
        if (t % 50 == 49) printf("after %d: %.2f, next %.2f\n", t + 1, now, next);
    }
    printf("mean error %.3f, of the last value %.3f\n", error / (LATER - STEPS),
           standstill / (LATER - STEPS));

    glia_stream_free(stream);
    glia_model_free(net);
    glia_close(g);
    return fflush(stdout) ? perror("stream"), 4 : 0;
}
