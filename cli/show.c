/*
 * show.c: `glia show`: what is inside a model file.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"
#include "gallery.h"
#include "graph/graph.h"
#include "report/report.h"

/* ------------------------------------------------------------------------------------- parts -- */

/* Prints a text of several lines, each indented. */
static void print_lines(const cli *c, const char *heading, const char *lines) {
    if (!lines || !*lines) return;
    print_title("%s", heading);
    while (*lines) {
        int n = (int)strcspn(lines, "\n");
        char *line = format_text("%.*s", n, lines), *said = with_flags(c, line),
             *clean = clean_text(said);
        if (n > 0) printf("    "), print_line(clean, 4, 8, "");
        free(clean);
        free(said);
        free(line);
        lines += n + (lines[n] != '\0');
    }
}

/* What "auto" was, in the order of the layers: "auto: he for fc1, fc2, xavier for fc3". */
static char *init_text(const glia_model *m) {
    char *text;
    size_t size;
    FILE *f = text_open(&text, &size);
    const char *before = "";
    fputs("auto:", f);
    for (int i = 0; i < glia_model_layers(m); i++) {
        const char *init = glia_model_layer_init(m, i);
        bool same = strcmp(init, before) == 0;
        fprintf(f, "%s %s%s%s", i > 0 ? "," : "", same ? "" : init, same ? "" : " for ",
                glia_model_layer(m, i).name);
        before = init;
    }
    return text_close(f), text;
}

static void print_hyperparameters(const glia_model *m) {
    const char *note = glia_model_note(m, "hyperparameters");
    json_t *all = note ? json_loads(note, 0, NULL) : NULL, *value;
    const char *name;
    if (json_object_size(all) > 0) printf("\n  hyperparameters (chosen before learning)\n");
    json_object_foreach(all, name, value) {
        const char *said = json_string_value(value);
        bool init = said && strcmp(name, "init") == 0 && strcmp(said, "auto") == 0;
        char *text = init                    ? init_text(m)
                     : json_is_string(value) ? copy_text(said)
                                             : json_dumps(value, JSON_ENCODE_ANY);
        char *clean = clean_text(text ? text : "");
        printf("    %-16s ", name);
        print_line(clean, 21, 21, "");
        free(clean);
        free(text);
    }
    json_decref(all);
}

static char *class_list(const glia_model *m) {
    char *list;
    size_t size;
    FILE *f = text_open(&list, &size);
    int64_t n = glia_model_classes(m);
    for (int64_t k = 0; k < n; k++) fprintf(f, "%s%s", k > 0 ? ", " : "", glia_model_class(m, k));
    return text_close(f), list;
}

static void print_note(const glia_model *m, const char *label, const char *name) {
    const char *text = glia_model_note(m, name);
    if (text && *text) print_fact(label, "%s", text);
}

static double weights_bytes(const glia_model *m) {
    return (double)glia_model_parameters(m) * (double)glia_dtype_size(glia_model_dtype(m));
}

/* The options by which new rows are read: "missing -999, no-header". */
static void print_reading(const glia_model *m) {
    const char *text = glia_model_note(m, "reading"), *name;
    json_t *all = text ? json_loads(text, 0, NULL) : NULL, *value;
    char *said = copy_text("");
    json_object_foreach(all, name, value) {
        const char *option = json_string_value(value);
        bool on = option && strcmp(option, "true") == 0;
        char *more = format_text("%s%s--%s%s%s", said, *said ? " " : "", name, on ? "" : " ",
                                 on || !option ? "" : option);
        free(said);
        said = more;
    }
    if (*said) print_fact("rows read by", "%s", said);
    free(said);
    json_decref(all);
}

static int print_model(const cli *c, glia_model *m) {
    char count[32], weights[32];
    putchar('\n');
    if (print_model_file(c->operand[0])) return GLIA_RESOURCE;
    char *classes = class_list(m), *net = glia_model_text(m);
    const char *task = glia_model_note(m, "task"), *target = glia_model_note(m, "target");
    print_fact("task", "%s%s%s", task ? task : "not recorded", target ? ": " : "",
               target ? target : "");
    if (*classes && glia_model_targets(m) <= 1) print_fact("classes", "%s", classes);
    print_fact("network", "%s", net ? net : "?");
    print_fact("loss", "%s", glia_model_loss(m));
    print_note(m, "partial", "partial");
    if (glia_model_note(m, "command")) print_command("command", glia_model_note(m, "command"));
    print_note(m, "seed", "seed");
    print_note(m, "data", "fingerprint");
    print_note(m, "began from", "began_from");
    if (glia_model_likenesses(m) > 0)
        print_fact("likenesses", "of %s of its pictures, 32 bytes each, by which eval knows copies",
                   count_text(glia_model_likenesses(m), count));
    print_note(m, "made by", "created_by");
    print_reading(m);
    print_lines(c,
                glia_model_note(m, "began_from") ? "preprocessing, fitted where it began"
                                                 : "preprocessing, fitted on the training rows",
                glia_model_note(m, "preprocessing"));
    putchar('\n');
    print_layers(m);
    putchar('\n');
    print_fact("size",
               "L = %d (the input is layer 0 and is not counted); m is the number of samples",
               glia_model_layers(m));
    print_fact("parameters", "%s values learned, %s as %s",
               count_text(glia_model_parameters(m), count), bytes_text(weights_bytes(m), weights),
               glia_dtype_name(glia_model_dtype(m)));
    print_hyperparameters(m);
    print_lines(c, "decisions", glia_model_note(m, "decisions"));
    glia_text_free(c->g, net);
    free(classes);
    return 0;
}

/* -------------------------------------------------------------------------------------- JSON -- */

static json_t *json_lines(const char *lines) {
    json_t *list = json_array();
    while (lines && *lines) {
        int n = (int)strcspn(lines, "\n");
        char *line = format_text("%.*s", n, lines);
        if (n > 0) json_array_append_new(list, json_text(line));
        free(line);
        lines += n + (lines[n] != '\0');
    }
    return list;
}

/* A note that is JSON itself. */
static json_t *json_note(const glia_model *m, const char *name) {
    const char *text = glia_model_note(m, name);
    json_t *j = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    return j ? j : json_text(text);
}

static json_t *json_classes(const glia_model *m) {
    json_t *list = json_array();
    for (int64_t k = 0; k < glia_model_classes(m); k++)
        json_array_append_new(list, json_text(glia_model_class(m, k)));
    return list;
}

static json_t *json_model(const cli *c, const glia_model *m) {
    static const char *const texts[] = {"task", "target",      "command",
                                        "seed", "fingerprint", "created_by"};
    static const char *const trees[] = {"hyperparameters", "pipeline", "summary", "reading"};
    static const char *const lines[] = {"preprocessing", "decisions"};
    char *net = glia_model_text(m);
    json_t *j = json_object();
    json_object_set_new(j, "model", json_text(c->operand[0]));
    json_object_set_new(j, "network", json_text(net));
    json_object_set_new(j, "loss", json_text(glia_model_loss(m)));
    json_object_set_new(j, "dtype", json_text(glia_dtype_name(glia_model_dtype(m))));
    json_object_set_new(j, "classes", json_classes(m));
    json_object_set_new(j, "features", json_integer(glia_model_inputs(m)));
    json_object_set_new(j, "L", json_integer(glia_model_layers(m)));
    json_object_set_new(j, "layers", json_layers(m));
    json_object_set_new(j, "parameters", json_integer(glia_model_parameters(m)));
    json_object_set_new(j, "memory", json_integer((json_int_t)weights_bytes(m)));
    json_object_set_new(j, "likenesses", json_integer(glia_model_likenesses(m)));
    for (int i = 0; i < 6; i++)
        json_object_set_new(j, texts[i], json_text(glia_model_note(m, texts[i])));
    for (int i = 0; i < 2; i++)
        json_object_set_new(j, lines[i], json_lines(glia_model_note(m, lines[i])));
    for (int i = 0; i < 4; i++) json_object_set_new(j, trees[i], json_note(m, trees[i]));
    glia_text_free(c->g, net);
    return j;
}

/* ------------------------------------------------------------------------------- other views -- */

/* A text of the library, on stdout or as {"name": [lines]}. */
static int print_text(const cli *c, const char *name, char *text) {
    if (!text) return failed(c);
    int status = 0;
    if (c->json) status = print_json(json_pack("{s:o}", name, json_lines(text)));
    else printf("%s%s", text, *text && text[strlen(text) - 1] == '\n' ? "" : "\n");
    glia_text_free(c->g, text);
    return status;
}

static int show_plan(const cli *c, const glia_model *m) {
    static const char *const modes[] = {"train", "eval", "predict"};
    const char *mode = given(c, "mode") ? given(c, "mode") : "predict";
    int64_t batch = 1;
    bool known = false;
    for (int i = 0; i < 3; i++) known = known || strcmp(mode, modes[i]) == 0;
    if (!known)
        return fail(GLIA_USAGE, "--mode: expected train, eval or predict, found '%s'", mode);
    if (!given_int(c, "batch", 1, 1 << 24, &batch)) return GLIA_USAGE;
    return print_text(c, "plan", glia_model_plan(m, mode, batch));
}

static int verify(const cli *c, const glia_model *m) {
    int vectors = 0;
    double worst = 0;
    bool same = glia_model_verify(c->g, m, &vectors, &worst) == GLIA_OK;
    if (c->json)
        print_json(json_pack("{s:b, s:i, s:o}", "ok", same, "vectors", vectors, "worst",
                             json_number(worst)));
    if (!same) return failed(c);
    if (!c->json) printf("%d test vectors, every output as stored\n", vectors);
    return 0;
}

static int show(cli *c, glia_model *m) {
    if (given(c, "graph")) return write_graph(c, m, given(c, "graph"));
    if (given(c, "filters")) return write_filters(c, m, given(c, "filters"));
    if (given(c, "activations"))
        return write_activations(c, m, given(c, "activations"), given(c, "output"));
    if (is_on(c, "verify")) return verify(c, m);
    if (is_on(c, "plan")) return show_plan(c, m);
    if (is_on(c, "equations")) return print_text(c, "equations", glia_model_equations(m));
    return c->json ? print_json(json_model(c, m)) : print_model(c, m);
}

/* One view at a time. */
static int refuse_two_views(const cli *c) {
    static const char *const views[] = {"graph",  "filters", "activations",
                                        "verify", "plan",    "equations"};
    const char *first = NULL;
    for (int i = 0; i < 6; i++) {
        if (!given(c, views[i])) continue;
        if (first)
            return fail(GLIA_USAGE, "--%s and --%s are two views; give one", first, views[i]);
        first = views[i];
    }
    return 0;
}

/* --activations IMAGE -o FILE.html: each without the other is half of it. */
static bool is_page_name(const cli *c) {
    const char *path = given(c, "output");
    if (path && ends_in(path, ".html")) return true;
    if (path) fail(GLIA_USAGE, "--output: expected a name that ends in .html, found '%s'", path);
    else fail(GLIA_USAGE, "--activations draws a page: say where to, by -o FILE.html");
    return false;
}

/* False: the error was printed. */
static bool can_draw(const cli *c) {
    const char *drawing = given(c, "graph"), *filters = given(c, "filters"), *path = drawing;
    if (drawing && !is_graph_name(drawing)) return false;
    if (filters && !is_png_name("filters", path = filters)) return false;
    if (given(c, "activations") && !is_page_name(c)) return false;
    if (given(c, "activations")) path = given(c, "output");
    return !path || (!replaces_input(c, path) && !replaces_model(path));
}

int say_drawn(const cli *c, const char *path) {
    if (c->json) return print_json(json_pack("{s:o}", "written", json_text(path)));
    print_fact("written", "%s", path);
    return 0;
}

static int run_show(cli *c) {
    glia_model *m = NULL;
    if (refuse_two_views(c)) return GLIA_USAGE;
    if ((given(c, "mode") || given(c, "batch")) && !is_on(c, "plan"))
        return fail(GLIA_USAGE, "--mode and --batch belong to --plan");
    if ((given(c, "output") || is_typed(c, "lang")) && !given(c, "activations"))
        return fail(GLIA_USAGE, "--output and --lang belong to --activations");
    if (!can_draw(c)) return GLIA_USAGE;
    int status = load_model(c, c->operand[0], &m);
    if (!status) status = show(c, m);
    glia_model_free(m);
    return status;
}

static const glia_option show_options[] = {
    {"plan", NULL, NULL, "view", NULL, "the compiled steps, their buffers and memory"},
    {"mode", NULL, "train|eval|predict", "view", "predict", "of --plan: which one"},
    {"batch", NULL, "N", "view", "1", "of --plan: rows at once"},
    {"equations", NULL, NULL, "view", NULL,
     "the forward and backward formulas with the shapes of this network"},
    {"graph", NULL, "FILE", "view", NULL,
     "draws the computation graph, forward and backward with shapes and caches: a picture for "
     "browsers (.svg), or for Graphviz (.dot)"},
    {"filters", NULL, "FILE.png", "view", NULL,
     "draws the filters of the first convolution, each scaled by its largest weight, zero is "
     "mid-grey; in colour where they see colours"},
    {"activations", NULL, "IMAGE", "view", NULL,
     "draws what each layer answers to a picture, and where the network looked, as one page"},
    {"output", "o", "FILE.html", "view", NULL, "of --activations: the page"},
    {"lang", NULL, "en|zh", "view", "en", "of --activations: its language, English or Chinese"},
    {"verify", NULL, NULL, "view", NULL,
     "computes the stored test vectors again; exit status 1 when one differs"},
    {NULL},
};

static const char *const show_examples[] = {
    "glia show cats.glia",
    "task, classes, preprocessing, layers, hyperparameters, the command that made it",
    "glia show cats.glia --equations",
    "Z1 = W1 X + b1 and all that follows, with shapes",
    "glia show cats.glia --graph cats.svg",
    "the picture of these: forward blocks, backward blocks, and what is kept in between",
    "glia show cats.glia --plan --mode train --batch 64",
    "what one training step does, kernel by kernel, with the optimizer of its training",
    "glia show pets.glia --filters filters.png",
    "what the first convolution looks for",
    "glia show pets.glia --activations felix.jpg -o felix.html",
    "what each layer answers to one picture",
    "glia show cats.glia --verify",
    "whether this machine computes what the file promises",
    NULL,
};

const command show_command = {
    .name = "show",
    .usage = "MODEL",
    .summary = "what is inside a model: layers, shapes, preprocessing, command",
    .text = "Prints what a model file holds. Shapes are the textbook's: X is (features, m) with "
            "one column per sample, W of a layer is (units, inputs), b is (units, 1).",
    .min = 1,
    .max = 1,
    .options = show_options,
    .examples = show_examples,
    .run = run_show,
};
