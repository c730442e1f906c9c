/*
 * graph_picture.c: glia show --graph: every node stands once on the way forward and once on the way
 * back, with its shape; nothing overlaps or is cut; XML and Graphviz readers take it.
 */
#include "test.h"

#include <glia/glia.h>

typedef struct network {
    const char *name;
    int64_t inputs;
    const char *text;
} network;

static char fifty[4000]; /* filled by save_all */

static const network networks[] = {
    {"three", 4, "dense 20 relu, dense 7 relu, dense 1 sigmoid"},
    {"fifty", 4, fifty},
    {"residual", 4, "a: dense 8 relu, dense 8 linear, add a, relu, dense 3 softmax"},
    {"concat", 8, "x: input 8, dense 32 relu, dense 16 relu, concat x, dense 1 sigmoid"},
    {"inlets", 8,
     "p: input 5, q: input 3, dense 8 relu, r: dense 4 relu, from p, dense 4 relu, concat r, "
     "dense 1 linear"},
    {"heads", 8, "t: dense 32 relu, dense 3 softmax, output, from t, dense 1 linear"},
    {"norm", 4, "dense 8 linear, batch_norm, relu, layer_norm, dense 2 softmax"},
    {"dropout", 4,
     "dropout 0.1, a: dense 1024 relu, dropout 0.5, dense 1024 tanh, mul a, dense 2 softmax"},
    {"softmax", 4, "dense 3 softmax"},
    {"linear", 12,
     "a: image 2 2 3, dense 12 linear, reshape 2 2 3, concat a, flatten, dense 1 linear"},
};
enum { NETWORKS = sizeof networks / sizeof *networks, MOST = 128 };

static char *read_scratch(const char *name, const char *ending) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s%s", scratch(), name, ending);
    return slurp(path);
}

static int draw_all(void **state) {
    (void)state;
    strcpy(fifty, "dense 6 tanh");
    for (int i = 0; i < 48; i++) strcat(fifty, ", dense 6 tanh");
    strcat(fifty, ", dense 1 sigmoid");
    glia_ctx *g = glia_open(NULL);
    for (int i = 0; i < NETWORKS; i++) {
        const network *n = &networks[i];
        char path[600];
        snprintf(path, sizeof path, "%s/%s.glia", scratch(), n->name);
        glia_model *m = glia_model_new(g, n->inputs, n->text, NULL);
        if (!m || glia_model_save(m, path) != GLIA_OK) fail_msg("%s", glia_message(g));
        glia_model_free(m);
        result r = run("$GLIA show %s.glia --graph %s.svg && $GLIA show %s.glia --graph %s.dot",
                       n->name, n->name, n->name, n->name);
        if (r.status) fail_msg("%s: %s", n->name, r.err);
        result_free(&r);
    }
    glia_close(g);
    return 0;
}

/* How often a part of the file, from `begin` up to "</g>", has the text. */
static int count_in(const char *file, const char *begin, const char *text) {
    int n = 0;
    for (const char *p = file; (p = strstr(p, begin)); p++) {
        const char *end = strstr(p, "</g>");
        for (const char *at = p; (at = strstr(at, text)) && at < end; at++) n++;
    }
    return n;
}

/* What a reader of the file sees of it: no tags. */
static char *words_of(const char *file) {
    char *all = strdup(file), *out = all;
    for (const char *p = file; *p; p++) {
        if (*p == '<') p = strchr(p, '>');
        else *out++ = *p;
    }
    *out = 0;
    return all;
}

static void expect_words(const char *name, const char *const *words) {
    char *file = read_scratch(name, ".svg"), *all = words_of(file);
    for (; *words; words++)
        if (!strstr(all, *words)) fail_msg("%s lacks '%s':\n%s", name, *words, all);
    free(all);
    free(file);
}

static void expect_node(const network *net, const char *file, const glia_node *n) {
    char name[64], shape[64] = "", dim[32];
    snprintf(name, sizeof name, ">%s</text>", n->name);
    for (int k = 0; k < n->ndim; k++) {
        snprintf(dim, sizeof dim, "%s%lld", k ? "x" : "(", (long long)n->dim[k]);
        strcat(shape, dim);
    }
    strcat(shape, ", m)</text>");
    static const char *const ways[] = {"<g class=\"forward\">", "<g class=\"backward\">"};
    for (int way = 0; way < 2; way++) {
        int found = count_in(file, ways[way], name);
        if (found != 1)
            fail_msg("%s: %s stands %d times in %s", net->name, n->name, found, ways[way]);
        const char *at = strstr(strstr(file, ways[way]), name);
        for (const char *p = file; (p = strstr(p, ways[way])); p++)
            if (strstr(p, name) && strstr(p, name) < strstr(p, "</g>")) at = strstr(p, name);
        const char *next = strstr(at + strlen(name), "\">") + 2;
        if (strncmp(next, shape, strlen(shape)) != 0)
            fail_msg("%s: beside %s stands %.20s, expected %s", net->name, n->name, next, shape);
    }
}

static void each_node_stands_once_on_each_way_with_its_shape(void **state) {
    (void)state;
    glia_ctx *g = glia_open(NULL);
    for (int i = 0; i < NETWORKS; i++) {
        glia_node node[MOST];
        glia_model *m = glia_model_new(g, networks[i].inputs, networks[i].text, NULL);
        int nodes = glia_model_graph(m, node, MOST);
        char *file = read_scratch(networks[i].name, ".svg");
        assert_in_range(nodes, 1, MOST);
        for (int k = 0; k < nodes; k++) expect_node(&networks[i], file, &node[k]);
        free(file);
        glia_model_free(m);
    }
    glia_close(g);
}

static void formulas_of_three_layers_are_those_of_the_course(void **state) {
    (void)state;
    expect_words("three",
                 (const char *const[]){"Z[1] = W[1] A[0] + b[1]", "W[1] (20, 4)  b[1] (20, 1)",
                                       "A[2] = relu(Z[2])", "A[3] = sigmoid(Z[3])",
                                       "cache Z[1], A[0], W[1]", "dZ[3] = (A - Y) / m",
                                       "dZ[2] = dA[2] * g'(Z[2])", "dW[2] = dZ[2] A[1]'",
                                       "dA[1] = W[2]' dZ[2]", "dW[2] (7, 20)  db[2] (7, 1)",
                                       "W[1] := W[1] - lr dW[1]", NULL});
}

static void a_value_that_two_read_adds_their_gradients(void **state) {
    (void)state;
    expect_words("residual", (const char *const[]){"S1 = Z[2] + A[1]", "dA[1] = dS1",
                                                   "dA[1] += W[2]' dZ[2]", NULL});
    expect_words("heads",
                 (const char *const[]){"dA[1] = W[3]' dZ[3]", "dA[1] += W[2]' dZ[2]", NULL});
}

/* Nothing is computed for what has no parameters before it. */
static void no_gradient_goes_where_nothing_learns(void **state) {
    (void)state;
    char *file = read_scratch("dropout", ".svg"), *all = words_of(file);
    assert_non_null(strstr(all, "no gradient: nothing here learns"));
    assert_null(strstr(all, "dA[0]"));
    free(all);
    free(file);
}

typedef struct rect {
    int x, y, width, height;
} rect;

static void blocks_and_texts_lie_on_the_page_and_apart(void **state) {
    (void)state;
    for (int i = 0; i < NETWORKS; i++) {
        rect r[2 * MOST], page = {0};
        int n = 0, x, y;
        char *file = read_scratch(networks[i].name, ".svg");
        sscanf(strstr(file, "viewBox=\"0 0 "), "viewBox=\"0 0 %d %d", &page.width, &page.height);
        for (const char *p = file; (p = strstr(p, "<rect ")); p++, n++)
            assert_int_equal(sscanf(p, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d", &r[n].x,
                                    &r[n].y, &r[n].width, &r[n].height),
                             4);
        for (int a = 0; a < n; a++) {
            assert_true(r[a].x + r[a].width <= page.width && r[a].y + r[a].height <= page.height);
            for (int b = 0; b < a; b++)
                assert_true(r[a].x + r[a].width <= r[b].x || r[b].x + r[b].width <= r[a].x ||
                            r[a].y + r[a].height <= r[b].y || r[b].y + r[b].height <= r[a].y);
        }
        for (const char *p = file; (p = strstr(p, "<text ")); p++) {
            char *end = strstr(p, "</text>"), *copy = strndup(p, (size_t)(end - p));
            char *words = words_of(copy);
            bool ends = strncmp(p, "<text class=\"shape\"", 19) == 0 ||
                        strncmp(p, "<text class=\"end\"", 17) == 0;
            assert_int_equal(sscanf(strstr(p, " x=\""), " x=\"%d\" y=\"%d", &x, &y), 2);
            int width = ends ? 0 : 7 * (int)strlen(words);
            /* What is raised is smaller. */
            if (strchr(words, '[')) width -= 6;
            if (x + width > page.width || y > page.height)
                fail_msg("%s: '%s' at %d, %d is cut", networks[i].name, words, x, y);
            free(words);
            free(copy);
        }
        free(file);
    }
}

static void readers_of_xml_take_every_picture(void **state) {
    (void)state;
    result r = run("command -v python3");
    bool here = r.status == 0;
    result_free(&r);
    if (!here) {
        print_message("# skipped: python3 is not here\n");
        skip();
    }
    r = run("python3 -c 'import glob, xml.etree.ElementTree as t\n"
            "s = \"{http://www.w3.org/2000/svg}\"\n"
            "for f in glob.glob(\"*.svg\"):\n"
            "    e = t.parse(f).getroot()\n"
            "    assert e.find(s + \"title\").text and e.find(s + \"desc\").text, f\n"
            "    print(f)'");
    if (r.status) fail_msg("%s", r.err);
    int lines = 0;
    for (const char *p = r.out; *p; p++) lines += *p == '\n';
    assert_int_equal(lines, NETWORKS);
    result_free(&r);
}

static void graphviz_draws_every_graph(void **state) {
    (void)state;
    result r = run("command -v dot");
    bool here = r.status == 0;
    result_free(&r);
    if (!here) {
        print_message("# skipped: dot (Debian package graphviz) is not here\n");
        skip();
    }
    for (int i = 0; i < NETWORKS; i++) {
        r = run("dot -Tsvg %s.dot -o %s.drawn", networks[i].name, networks[i].name);
        if (r.status || *r.err) fail_msg("%s: %s", networks[i].name, r.err);
        result_free(&r);
        char *drawn = read_scratch(networks[i].name, ".drawn");
        assert_non_null(strstr(drawn, "</svg>"));
        free(drawn);
    }
}

static void other_names_are_refused_and_models_stay(void **state) {
    (void)state;
    refuses(2, "expected a name that ends in .svg or .dot, found 'a.png'",
            "$GLIA show three.glia --graph a.png");
    refuses(2, "would be replaced",
            "mkdir -p own; cp three.glia own/m.svg; "
            "$GLIA show own/m.svg --graph own/m.svg");
    refuses(4, "the folder does not exist", "$GLIA show three.glia --graph no/a.svg");
    result r = run("$GLIA show three.glia --graph own/a.svg --json && cmp three.svg own/a.svg");
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "\"written\": \"own/a.svg\""));
    result_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_node_stands_once_on_each_way_with_its_shape),
        cmocka_unit_test(formulas_of_three_layers_are_those_of_the_course),
        cmocka_unit_test(a_value_that_two_read_adds_their_gradients),
        cmocka_unit_test(no_gradient_goes_where_nothing_learns),
        cmocka_unit_test(blocks_and_texts_lie_on_the_page_and_apart),
        cmocka_unit_test(readers_of_xml_take_every_picture),
        cmocka_unit_test(graphviz_draws_every_graph),
        cmocka_unit_test(other_names_are_refused_and_models_stay),
    };
    return cmocka_run_group_tests_name("graph_picture", tests, draw_all, NULL);
}
