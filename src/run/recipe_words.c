/*
 * recipe_words.c: texts of a recipe that more than one word of a list may be: networks, lists of
 * activations, a schedule with its numbers. What is wrong whatever the data are is told when the
 * option is set, before a file of an hour is read; what depends on the data (a class, how many
 * outputs there are) is told by whoever has them.
 */
#include "../net/net.h"
#include "../op/nettext.h"
#include "../score/metrics.h"
#include "../train/fit_options.h"
#include "../train/augment.h"
#include "../train/schedule.h"
#include "recipe.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 64 };

/* Activations, and what stands for one behind an output layer. */
static int list_activations(const char **names) {
    int count = 0;
    for (int i = 0; i < gl_ops_count && count < MOST; i++)
        if (gl_ops[i]->role == GL_ACTIVATION) names[count++] = gl_ops[i]->name;
    return count;
}

static bool is_link(const char *name, size_t length) {
    for (int i = 0; i < gl_ops_count; i++) {
        const char *link = gl_ops[i]->role == GL_LOSS ? gl_ops[i]->link : NULL;
        if (link && strlen(link) == length && !memcmp(link, name, length)) return true;
    }
    return false;
}

/* "relu,leaky_relu:0.1,sigmoid" */
static glia_status check_activation(glia_ctx *g, const char *value) {
    for (const char *s = value; s; s = strchr(s, ',') ? strchr(s, ',') + 1 : NULL) {
        s += strspn(s, " ");
        size_t n = strcspn(s, " :,");
        const gl_op *op = gl_op_find(s, n);
        if ((op && op->role == GL_ACTIVATION) || is_link(s, n)) continue;
        const char *known[MOST];
        char name[40], list[320];
        int count = list_activations(known);
        snprintf(name, sizeof name, "%.*s", (int)n, s);
        return gl_fail_word(g, GLIA_USAGE, name, known, count, NULL,
                            "option 'activation' has '%s', expected %s", name,
                            gl_list(known, count, list, sizeof list));
    }
    return GLIA_OK;
}

static glia_status check_hidden(glia_ctx *g, const char *value) {
    if (!strcmp(value, "auto") || !strcmp(value, "none")) return GLIA_OK;
    for (const char *s = value; s; s = strchr(s, ',') ? strchr(s, ',') + 1 : NULL) {
        s += strspn(s, " ");
        size_t n = strcspn(s, ",");
        double units;
        while (n && s[n - 1] == ' ') n--;
        if (gl_parse_number(s, n, '.', &units) && units >= 1 && units == floor(units)) continue;
        return gl_fail(g, GLIA_USAGE,
                       "option 'hidden' has '%.*s', expected whole numbers such as 20,7,5, or none",
                       (int)n, s);
    }
    return GLIA_OK;
}

static glia_status check_net(glia_ctx *g, const char *value) {
    return !strcmp(value, "none") ? GLIA_OK : gl_net_check_words(g, value);
}

static glia_status check_monitor(glia_ctx *g, const char *value) {
    const char *known[MOST];
    char list[400];
    int count = gl_score_goals(known, MOST);
    for (int i = 0; i < count; i++)
        if (!strcmp(known[i], value)) return GLIA_OK;
    return gl_fail_word(g, GLIA_USAGE, value, known, count, NULL,
                        "there is no score '%s' to monitor, expected %s", value,
                        gl_list(known, count, list, sizeof list));
}

static glia_status check_augment(glia_ctx *g, const char *value) {
    double way[GL_WAYS];
    return strcmp(value, "auto") == 0 ? GLIA_OK : gl_augment_read(g, value, way);
}

static glia_status check_schedule(glia_ctx *g, const char *value) {
    gl_schedule s;
    return gl_schedule_open(&s, g, value, 0);
}

static glia_status check_clip(glia_ctx *g, const char *value) {
    glia_fit_options o = {0};
    return gl_fit_read(g, gl_fit_find("clip"), value, &o);
}

static glia_status check_scale(glia_ctx *g, const char *value) {
    static const char *const known[] = {"auto", "standard", "minmax", "none"};
    double divisor;
    for (int i = 0; i < 4; i++)
        if (!strcmp(known[i], value)) return GLIA_OK;
    if (gl_parse_number(value, strlen(value), '.', &divisor) && isfinite(divisor) && divisor != 0)
        return GLIA_OK;
    return gl_fail_word(g, GLIA_USAGE, value, known, 4, NULL,
                        "scale '%s' is not known; expected auto, standard, minmax, none or a "
                        "divisor such as 255",
                        value);
}

static glia_status check_quantiles(glia_ctx *g, const char *value) {
    for (const char *s = !strcmp(value, "none") ? NULL : value; s;
         s = strchr(s, ',') ? strchr(s, ',') + 1 : NULL) {
        double q;
        size_t n = strcspn(s, ",");
        if (gl_parse_number(s, n, '.', &q) && q > 0 && q < 1) continue;
        return gl_fail(g, GLIA_USAGE,
                       "option 'quantiles' has '%.*s', expected numbers between 0 and 1 such as "
                       "0.1,0.5,0.9",
                       (int)n, s);
    }
    return GLIA_OK;
}

static glia_status check_class_weight(glia_ctx *g, const char *value) {
    static const char *const known[] = {"balanced", "none"};
    if (!strcmp(value, known[0]) || !strcmp(value, known[1]) || strchr(value, ':')) return GLIA_OK;
    return gl_fail_word(g, GLIA_USAGE, value, known, 2, NULL,
                        "option 'class-weight' has '%s', expected balanced, none, or NAME:WEIGHT "
                        "for each class that does not count 1",
                        value);
}

static const struct {
    const char *name;
    glia_status (*check)(glia_ctx *g, const char *value);
} checks[] = {
    {"activation", check_activation},
    {"hidden", check_hidden},
    {"net", check_net},
    {"loss", gl_loss_check_words},
    {"init", gl_init_check},
    {"augment", check_augment},
    {"schedule", check_schedule},
    {"clip", check_clip},
    {"monitor", check_monitor},
    {"scale", check_scale},
    {"quantiles", check_quantiles},
    {"class-weight", check_class_weight},
};

glia_status gl_recipe_check(glia_ctx *g, const char *name, const char *value) {
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (!strcmp(checks[i].name, name)) return checks[i].check(g, value);
    return GLIA_OK;
}
