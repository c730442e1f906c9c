/*
 * progress.c: how far the training is. On a terminal one line that is redrawn ten times a second:
 *
 *     epoch 37/100, update 1,184  ━━━━━━╸────  loss 0.2134  val 0.2412  412k rows/s  0:03 left
 *
 * In a narrow one the rate leaves, then the updates. At the end it stays, with the time taken.
 * Elsewhere a plain line for every tenth of the epochs, at most one a second, and one at the end.
 * The first Ctrl-C (or SIGTERM) asks the training to stop in order; a second one, later than the
 * twin that `timeout` and some shells send to the process and again to its group, ends the program
 * at once.
 */
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "plot.h"

static double clock_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Twins come within a millisecond, also on a busy machine; nobody presses a key twice so fast. */
static const double twins_apart = 0.1; /* seconds */

/* A signal can reach nothing but globals. */
static volatile sig_atomic_t interrupted;
static volatile double interrupted_at;

static void on_interrupt(int number) {
    if (!interrupted) {
        interrupted_at = clock_seconds();
        interrupted = 1;
    } else if (clock_seconds() - interrupted_at > twins_apart) {
        signal(number, SIG_DFL);
        raise(number);
    }
}

void progress_begin(progress *p, cli *c) {
    const char *term = getenv("TERM");
    bool dumb = !term || strcmp(term, "dumb") == 0;
    *p = (progress){.c = c,
                    .last = clock_seconds(),
                    .bar = isatty(STDERR_FILENO) && !dumb,
                    .silent = c->quiet};
    c->progress = p;
    interrupted = 0;
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

void progress_clear(progress *p) {
    if (p->drawn) fputs("\r\033[K", stderr);
    p->drawn = false;
}

/* The filled part of a bar, in steps of half a character. */
static void draw_bar(double share, int width) {
    bool colour = use_colour(stderr), fine = use_utf8();
    const char *full = fine ? "━" : "=", *half = fine ? "╸" : ">", *empty = fine ? "─" : "-";
    int halves = (int)(share * 2 * width);
    if (colour) fputs("\033[36m", stderr);
    for (int i = 0; i < width; i++)
        fputs(2 * i + 2 <= halves ? full : 2 * i + 1 == halves ? half : empty, stderr);
    if (colour) fputs("\033[0m", stderr);
}

static char *rate_text(double rate, char buf[32]) {
    const char *unit = rate >= 1e6 ? "M" : rate >= 1e3 ? "k" : "";
    double value = rate >= 1e6 ? rate / 1e6 : rate >= 1e3 ? rate / 1e3 : rate;
    snprintf(buf, 32, value < 10 ? "%.1f%s" : "%.0f%s", value, unit);
    return buf;
}

static char *left_text(double seconds, char buf[32]) {
    if (!(seconds >= 0 && seconds < 360000)) return strcpy(buf, "-:--");
    int s = (int)(seconds + 0.5);
    if (s < 3600) snprintf(buf, 32, "%d:%02d", s / 60, s % 60);
    else snprintf(buf, 32, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    return buf;
}

static int terminal_width(void) {
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* What stands before the bar, and behind it. */
typedef struct words {
    char *head, *tail;
} words;

/* `less`: 1 leaves out the rate, 2 the updates, too. */
static words words_of(const glia_progress *now, const char *end, int less) {
    char rate[32], updates[32], val[40] = "";
    bool rated = less < 1, counts = less < 2;
    if (!isnan(now->val_loss)) snprintf(val, sizeof val, "  val %.4g", now->val_loss);
    return (words){.head = format_text("epoch %lld/%lld%s%s  ", (long long)now->epoch,
                                       (long long)now->epochs, counts ? ", update " : "",
                                       counts ? count_text(now->updates, updates) : ""),
                   .tail = format_text("  loss %.4g%s%s%s%s  %s", now->loss, val, rated ? "  " : "",
                                       rated ? rate_text(now->samples_per_second, rate) : "",
                                       rated ? " rows/s" : "", end)};
}

static void free_words(words *w) {
    free(w->head);
    free(w->tail);
}

/* `end`: what stands behind the rate, "0:03 left" or "in 1.2 s". Words leave where no bar of eight
 * would fit beside them. */
static void draw(progress *p, const glia_progress *now, const char *end) {
    enum { LEAST_BAR = 8 };
    double within = now->batches > 0 ? (double)now->batch / (double)now->batches : 1;
    double share = ((double)(now->epoch - 1) + within) / (double)now->epochs;
    int width = terminal_width() - 1, bar = 0;
    words w = {0};
    for (int less = 0; less < 3; less++) {
        free_words(&w);
        w = words_of(now, end, less);
        bar = width - (int)strlen(w.head) - (int)strlen(w.tail);
        if (bar >= LEAST_BAR) break;
    }

    int room = width - (int)strlen(w.head);
    fprintf(stderr, "\r\033[K%s", w.head);
    if (bar > 2) draw_bar(share > 1 ? 1 : share, bar > 30 ? 30 : bar);
    fprintf(stderr, "%.*s", room > 0 ? room : 0, w.tail);
    fflush(stderr);
    p->drawn = true;
    free_words(&w);
}

/* Without a terminal: a line. */
static void tell(progress *p, const glia_progress *now, double time, const char *end) {
    char val[40] = "", updates[32];
    p->said = 10 * now->epoch / now->epochs;
    p->last = time;
    if (!isnan(now->val_loss)) snprintf(val, sizeof val, ", val loss %.4g", now->val_loss);
    note(p->c, "epoch %lld/%lld, update %s: loss %.4g%s, %s", (long long)now->epoch,
         (long long)now->epochs, count_text(now->updates, updates), now->loss, val, end);
}

static bool is_time_to_tell(const progress *p, const glia_progress *now, double time) {
    bool epoch_done = now->batch == 0 || now->batch == now->batches;
    return epoch_done && 10 * now->epoch / now->epochs > p->said && time - p->last >= 1;
}

int progress_step(void *user, const glia_progress *now) {
    progress *p = user;
    char left[48];
    if (interrupted) return 1;
    if (p->silent || now->trial) return 0;
    p->latest = *now;
    double time = clock_seconds();
    if (p->bar ? time - p->last < 0.1 : !is_time_to_tell(p, now, time)) return 0;
    strcat(left_text(now->seconds_left, left), " left");
    p->last = time;
    if (p->bar) draw(p, now, left);
    else tell(p, now, time, left);
    return 0;
}

void progress_end(progress *p) {
    char time[32], end[48];
    const glia_progress *now = &p->latest;
    if (now->epoch > 0) {
        snprintf(end, sizeof end, "in %s", seconds_text(now->seconds, time));
        if (p->bar) draw(p, now, end), fputc('\n', stderr);
        else tell(p, now, clock_seconds(), end);
    }
    p->drawn = false;
    p->c->progress = NULL;
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
}
