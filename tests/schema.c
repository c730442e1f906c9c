/*
 * schema.c: what glia would make of a table as a text that people edit: written, taken back
 * unchanged, obeyed where it was edited, and refused with its line where it cannot be.
 */
#include <glia/glia.h>

#include "test.h"

static char *in_scratch(const char *name) {
    static char path[700];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    return path;
}

/* A note of a model file, for free. */
static char *note_of(const char *model, const char *name) {
    glia_ctx *g = glia_open(NULL);
    glia_model *m = glia_model_load(g, in_scratch(model));
    if (!m) fail_msg("%s", glia_message(g));
    char *text = strdup(glia_model_note(m, name) ? glia_model_note(m, name) : "");
    glia_model_free(m);
    glia_close(g);
    return text;
}

/* Names as people have them: a blank, a comma, quotes, a colon, a word of YAML, a mark of it, two
 * alike, Unicode, a break of lines; an id, a gap that tells, a long tail, a date, a constant, many
 * texts. */
static const char awkward[] =
    "awk 'BEGIN { srand(7); OFS = \",\"; print \"PassengerId,\\\"size, m2\\\",\\\"say \\"
    "\"\\\"x\\\"\\\"\\\",a: b,yes,# mark,age,age,gr\\303\\266\\303\\237e "
    "\\342\\202\\254,\\\"two\\nlines\\\",null,"
    "name,- dash,ill\";\n"
    "for (i = 0; i < 90; i++) { y = rand() < 0.5; print 1000 + i * 7 % 97, "
    "rand() * 10, i % 3 ? \"red\" : \"blue: \\342\\202\\254\", y && i % 2 ? \"\" : rand() * 3, "
    "exp(3 * rand() * rand() * rand()), "
    "i % 7 ? \"none\" : \"all\", 20 + i % 13, 5 + i % 11 + y, i % 5, "
    "sprintf(\"2020-%02d-%02d\", 1 + i % 12, 1 + i % 28), 4, \"name \" i, "
    "i % 9 == 4 ? \"\" : i % 4 ? \"yes\" : \"no\", y ? \"ill\" : \"well\" } }' >awkward.csv";

static void write_awkward(void) { does(awkward); }

/* ---------------------------------------------------------------------------- there and back -- */

static void expect_same_training(const char *data, const char *options, const char *taken) {
    result r = run("rm -f s.yaml p.yaml; $GLIA data %s %s --schema s.yaml --prepare p.yaml && "
                   "$GLIA train %s %s --epochs 3 -o a.glia && "
                   "$GLIA train %s %s --epochs 3 -o b.glia",
                   data, options, data, options, data, taken);
    if (r.status) fail_msg("%s: %s", data, r.err);
    result_free(&r);
    static const char *const notes[] = {"pipeline", "scores", "task", "net"};
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
        char *a = note_of("a.glia", notes[i]), *b = note_of("b.glia", notes[i]);
        assert_string_equal(a, b);
        free(a);
        free(b);
    }
}

static void expect_same_predictions(const char *data) {
    result r = run("$GLIA predict a.glia %s -o a.csv && $GLIA predict b.glia %s -o b.csv && "
                   "cmp a.csv b.csv && test -s a.csv",
                   data, data);
    if (r.status) fail_msg("%s: %s%s", data, r.out, r.err);
    result_free(&r);
}

static void a_schema_that_nobody_edited_changes_nothing(void **state) {
    (void)state;
    write_awkward();
    expect_same_training("awkward.csv", "", "--schema s.yaml");
    expect_same_predictions("awkward.csv");
    char *text = slurp(in_scratch("s.yaml"));
    static const char *const lines[] = {
        "\ntarget: ill\ntask: binary\npositive: well\n",
        "\n  PassengerId: {type: number, left_out: id}  # a different whole number",
        "\n  \"size, m2\": {type: number, fill: median, scale: standard}  # missing -> ",
        "\n  \"say \\\"x\\\"\": {type: category, categories: all, fill: most frequent}  # missing",
        "\n  \"a: b\": {type: number, fill: median, indicator: true, scale: standard}",
        "\n  \"yes\": {type: number, fill: median, log: true, scale: standard}",
        "\n  \"# mark\": {type: category,",
        "\n  age: {type: number,",
        "\n  age_2: {type: number,",
        "\n  \"gr\303\266\303\237e \342\202\254\": {type: number,",
        "\n  \"two\\u000Alines\": {type: date, fill: median, parts: [days, ",
        "\n  \"null\": {type: number, left_out: constant}",
        "\n  name: {type: category, left_out: texts}",
        "\n  \"- dash\": {type: category, categories: all, fill: none}",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) expect_in(text, lines[i]);
    free(text);
}

static void nor_does_its_preparation(void **state) {
    (void)state;
    write_awkward();
    expect_same_training("awkward.csv", "", "--prepare p.yaml");
    expect_same_predictions("awkward.csv");
    char *text = slurp(in_scratch("p.yaml"));
    expect_in(text, "\n  PassengerId: {left_out: id}");
    expect_not_in(text, "type:");
    expect_not_in(text, "target:");
    free(text);
}

static void what_was_said_of_a_file_is_in_its_schema(void **state) {
    (void)state;
    does("awk 'BEGIN { print \"made by me\"; print \"k;v;w;y\"; for (i = 0; i < 40; i++) print i % "
         "3 \";\" "
         "(i % 5 ? i % 7 \",5\" : \"weg\") \";00\" i % 4 \";\" i * i % 11 }' >german.csv");
    expect_same_training("german.csv", "--skip 1 --missing weg,egal --category k",
                         "--schema s.yaml");
    char *text = slurp(in_scratch("s.yaml"));
    expect_in(text, "\nmissing: \"weg,egal\"\n");
    expect_in(text, "\nskip: \"1\"\n");
    expect_in(text, "\ndecimal: \",\"\n");
    expect_in(text, "\n# delimiter: \";\"\n");
    expect_in(text, "\n  k: {type: category,");
    free(text);
}

static void a_column_that_a_schema_does_not_name_is_told(void **state) {
    (void)state;
    does("awk 'BEGIN { print \"a,b,y\"; for (i = 0; i < 40; i++) print i % 7 \",\" i % 5 \",\" i % "
         "11 "
         "}' >t.csv");
    does("$GLIA data t.csv --target y --schema t.yaml && grep -v '^  b:' t.yaml >less.yaml");
    result r = run("$GLIA train t.csv --schema less.yaml --epochs 1 -o m.glia");
    assert_int_equal(r.status, 0);
    expect_in(r.err, "less.yaml: it does not name 'b', so that is decided as ever ('left_out: "
                     "true' or --ignore leaves a column out)");
    result_free(&r);
    r = run("$GLIA train t.csv --schema t.yaml --epochs 1 -o m.glia");
    expect_not_in(r.err, "it does not name");
    result_free(&r);
}

static void targets_that_are_not_one_number_have_schemas(void **state) {
    (void)state;
    does(awkward);
    expect_same_training("awkward.csv", "--target yes --quantiles 0.1,0.9 --target-transform log",
                         "--schema s.yaml");
    expect_same_training("awkward.csv", "--target age,age_2 --task count", "--schema s.yaml");
    char *text = slurp(in_scratch("s.yaml"));
    expect_in(text, "\ntarget: [age, age_2]\ntask: count\n");
    free(text);
}

static void arrays_and_sparse_rows_have_schemas(void **state) {
    (void)state;
    does("awk 'BEGIN { for (i = 0; i < 50; i++) print i % 2, \"1:\" i % 5 * 3, (i % 3 ? \"4:\" i : "
         "\"\") }' >rows.libsvm");
    expect_same_training("rows.libsvm", "", "--schema s.yaml");
    char *text = slurp(in_scratch("s.yaml"));
    expect_in(text, "\n  f4: {type: number, fill: median, scale: largest}");
    free(text);
    unsigned char bytes[40 * 6];
    for (int i = 0; i < 240; i++) bytes[i] = (unsigned char)(i * 37 % 256);
    FILE *f = fopen(in_scratch("images-idx3-ubyte"), "wb");
    fwrite("\0\0\10\3\0\0\0\50\0\0\0\2\0\0\0\3", 1, 16, f);
    fwrite(bytes, 1, sizeof bytes, f);
    fclose(f);
    f = fopen(in_scratch("labels-idx1-ubyte"), "wb");
    fwrite("\0\0\10\1\0\0\0\50", 1, 8, f);
    for (int i = 0; i < 40; i++) fputc(i % 2, f);
    fclose(f);
    expect_same_training("images-idx3-ubyte", "", "--schema s.yaml");
    text = slurp(in_scratch("s.yaml"));
    expect_in(text, "\n  x: {type: array, scale: 255}");
    free(text);
}

/* ------------------------------------------------------------------------------------- edits -- */

static const char small[] =
    "awk 'BEGIN { OFS = \",\"; print \"id,zip,size,wait,kind,day,y\"; for (i = 0; i < 60; i++) "
    "print "
    "100 + i * 7 % 61, 10 + i % 4, i % 9 == 3 ? \"\" : i % 8, i % 12 ? 1 + i % 3 : 90, "
    "i % 10 == 7 ? \"\" : i % 3 ? \"a\" : i % 4 ? \"b\" : \"c\", "
    "sprintf(\"2020-%02d-11\", 1 + i % 12), i % 10 }' >small.csv";

/* One line of a schema in place of what glia has decided; what the model says of it then. */
static void an_edit_is_obeyed(void **state) {
    (void)state;
    static const struct {
        const char *line, *shown;
    } edits[] = {
        {"zip: {type: category}",
         "zip                      category  missing -> 10; one feature each for 10, 11, 12, 13"},
        {"zip: {type: number, left_out: ignored}",
         "zip                      left out: ignored as asked"},
        {"zip: {left_out: true}", "zip                      left out: ignored as asked"},
        {"id: {type: number}", "id                       number    missing -> 129.5"},
        {"size: {fill: 2.5}", "size                     number    missing -> 2.5; "},
        {"size: {fill: 0, indicator: true}",
         "size                     number    missing -> 0, and a 0/1 feature of its own; "},
        {"wait: {scale: minmax}", "missing -> 2; (x - 1) / 89"},
        {"size: {scale: none}", "size                     number    missing -> 3; as it is"},
        {"size: {scale: 8}", "size                     number    missing -> 3; divided by 8"},
        {"size: {scale: largest}", "size                     number    missing -> 3; divided by 7"},
        {"size: {center: 3, spread: 1.5}",
         "size                     number    missing -> 3; (x - 3) / 1.5"},
        {"size: {log: 10, scale: none}",
         "size                     number    missing -> 3; log(1 + x/10), as it is"},
        {"size: {log: true, scale: none}",
         "size                     number    missing -> 3; log(1 + x/3), as it is"},
        {"wait: {fill: median}",
         "wait                     number    missing -> 2; log(1 + x/2), (x - "},
        {"wait: {log: false}", "wait                     number    missing -> 2; (x - "},
        {"wait: {scale: standard}", "wait                     number    missing -> 2; (x - "},
        {"kind: {categories: [c, a]}", "kind                     category  missing -> none of "
                                       "them; one feature each for a, c; rare texts"},
        {"kind: {categories: [z, a], fill: a}",
         "kind                     category  missing -> a; one feature each for a, z; rare texts"},
        {"kind: {fill: most frequent}",
         "kind                     category  missing -> a; one feature each for a, b, c\n"},
        {"kind: {fill: b}", "kind                     category  missing -> b; "},
        {"kind: {categories: frequent}", "one feature each for a, b, c\n"},
        {"day: {parts: [month, year], fill: 2020-03-01}",
         "day                      date      missing -> 2020-03-01; one feature each for year, "
         "month"},
        {"day: {type: category}", "day                      category  missing -> 2020-01-11; one "
                                  "feature each for 2020-01-11,"},
    };
    does(small);
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        result r = run("printf 'columns:\\n  %s\\n' >e.yaml; "
                       "$GLIA train small.csv --task regression --val none --schema e.yaml "
                       "--epochs 1 -o m.glia && "
                       "$GLIA predict m.glia small.csv -o out.csv",
                       edits[i].line);
        if (r.status) fail_msg("%s: %s", edits[i].line, r.err);
        result_free(&r);
        char *text = note_of("m.glia", "preprocessing");
        expect_in(text, edits[i].shown);
        free(text);
    }
}

/* A schema that was written from an edited one says the edits. */
static void edits_are_written_again(void **state) {
    (void)state;
    static const char *const lines[] = {
        "size: {type: number, fill: 2.5, indicator: true, log: 10, scale: minmax}",
        "kind: {type: category, categories: [a, \"none\", z], fill: \"none\"}",
        "day: {type: date, fill: 2020-03-01, parts: [year, month], center: [2020, 6], spread: [1, "
        "3]}",
        "zip: {type: number, left_out: ignored}",
        "wait: {type: number, fill: median, scale: 10}",
    };
    does(small);
    FILE *f = fopen(in_scratch("w.yaml"), "w");
    fprintf(f, "schema:\n  task: regression\n  columns:\n");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) fprintf(f, "    %s\n", lines[i]);
    fclose(f);
    result r = run("$GLIA data small.csv --config w.yaml --schema -");
    assert_int_equal(r.status, 0);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) expect_in(r.out, lines[i]);
    expect_in(r.out, "\ntask: regression\n");
    result_free(&r);
}

static void options_win(void **state) {
    (void)state;
    does(small);
    does("printf 'target: zip\\ntask: multiclass\\ncolumns:\\n  size: {left_out: true}\\n  kind: "
         "{type: category}\\n' >o.yaml; "
         "$GLIA train small.csv --schema o.yaml --target y --task regression --use size --ignore "
         "kind --epochs 1 -o m.glia");
    char *text = note_of("m.glia", "preprocessing");
    expect_in(text, "y                        target    regression");
    expect_in(text, "size                     number ");
    expect_in(text, "kind                     left out: ignored as asked");
    free(text);
}

static void a_preparation_says_nothing_else(void **state) {
    (void)state;
    does(small);
    does("printf 'target: zip\\nmissing: \"3\"\\ncolumns:\\n  zip: {type: category, scale: 4}\\n' "
         ">o.yaml; "
         "$GLIA train small.csv --prepare o.yaml --task regression --epochs 1 -o m.glia");
    char *text = note_of("m.glia", "preprocessing");
    expect_in(text, "y                        target    regression");
    expect_in(text, "zip                      number    missing -> 11.5; divided by 4");
    free(text);
    does("printf 'columns:\\n  zip: {type: number}\\n  kind: {left_out: true}\\n' >s2.yaml; $GLIA "
         "train small.csv --schema "
         "s2.yaml --prepare o.yaml --task regression --epochs 1 -o m.glia");
    text = note_of("m.glia", "preprocessing");
    expect_in(text, "zip                      number    missing -> 11.5; divided by 4");
    expect_in(text, "kind                     left out");
    free(text);
}

static void weights_are_a_column_of_a_schema(void **state) {
    (void)state;
    does(small);
    does("printf 'columns:\\n  wait: {left_out: weight}\\n' >o.yaml; "
         "$GLIA train small.csv --schema o.yaml --task regression --epochs 1 -o m.glia");
    char *weight = note_of("m.glia", "weight");
    assert_string_equal(weight, "wait");
    free(weight);
}

/* What the training of a schema reads as a number or a code, predictions read so, too. */
static void new_rows_are_read_as_the_schema_says(void **state) {
    (void)state;
    does("awk 'BEGIN { print \"code,n,y\"; for (i = 0; i < 60; i++) print i % 3 \",\" (i % 4 ? i % "
         "7 : \"bad\") \",\" i % 10 }' >n.csv; "
         "printf 'columns:\\n  code: {type: category}\\n  n: {type: number, indicator: true}\\n' "
         ">n.yaml; "
         "$GLIA train n.csv --task regression --schema n.yaml --epochs 1 -o m.glia; "
         "printf 'code,n\\n01,3\\n1,worse\\n' >new.csv");
    result r = run("$GLIA predict m.glia new.csv");
    assert_int_equal(r.status, 0);
    expect_in(r.err, "column 'code': '01' is a text that training did not know");
    expect_in(r.err, "found 'worse', no number as --number has it");
    result_free(&r);
}

static void folds_and_searches_obey_a_schema(void **state) {
    (void)state;
    does(small);
    does("printf 'target: zip\\ncolumns:\\n  kind: {categories: [a]}\\n  size: {left_out: "
         "true}\\n' >o.yaml");
    result r = run("$GLIA train small.csv --schema o.yaml --folds 3 --epochs 1 -o m.glia && "
                   "$GLIA tune small.csv --schema o.yaml --trials 2 --epochs 2 -o t.glia && $GLIA "
                   "check small.csv --schema o.yaml");
    if (r.status) fail_msg("%s", r.err);
    result_free(&r);
    char *text = note_of("t.glia", "preprocessing"), *command = note_of("t.glia", "command");
    expect_in(text, "size                     left out");
    expect_in(text, "one feature each for a; rare");
    expect_in(command, "--schema o.yaml");
    free(command);
    free(text);
}

/* ----------------------------------------------------------------------------- configuration -- */

static void a_configuration_holds_a_schema(void **state) {
    (void)state;
    does(small);
    does("printf '# \\303\\244\\303\\266\\nepochs: 1\\nschema:\\n  target: zip\\n  columns:\\n    "
         "size: {left_out: true}\\n"
         "    \"kind\": {fill: \"b\"}\\nseed: 3\\n' >c.yaml; $GLIA train small.csv --config c.yaml "
         "-o m.glia");
    char *text = note_of("m.glia", "preprocessing"), *command = note_of("m.glia", "command"),
         *seed = note_of("m.glia", "seed");
    expect_in(text, "size                     left out");
    expect_in(text, "zip                      target");
    expect_in(text, "missing -> b");
    expect_in(command, "--config c.yaml");
    assert_string_equal(seed, "3");
    free(seed);
    free(command);
    free(text);
    does("printf '{schema: {columns: {kind: {fill: a}}}, epochs: 1, target: zip}' >j.yaml; $GLIA "
         "train small.csv --config j.yaml -o m.glia");
    text = note_of("m.glia", "preprocessing");
    expect_in(text, "missing -> a");
    free(text);
    does("printf 'columns: {kind: {fill: c}}' >k.yaml; printf 'schema: k.yaml\\ntarget: "
         "zip\\nepochs: 1\\n' >l.yaml; $GLIA train small.csv --config l.yaml -o m.glia && "
         "$GLIA predict m.glia small.csv --config l.yaml -o out.csv");
    text = note_of("m.glia", "preprocessing");
    expect_in(text, "missing -> c");
    free(text);
    refuses(3, "c.yaml, line 6, column 'kind': fill: found 'q'",
            "printf 'epochs: 1\\nschema:\\n  target: zip\\n  columns:\\n\\n    kind: {fill: "
            "q}\\nseed: 3\\n' >c.yaml; $GLIA train small.csv --config c.yaml -o m.glia");
}

static void a_schema_by_hand_is_not_written_over(void **state) {
    (void)state;
    does(small);
    does("rm -f h.yaml; $GLIA data small.csv --schema h.yaml && $GLIA data small.csv --schema "
         "h.yaml && echo '# mine' >>h.yaml");
    refuses(2, "'h.yaml' is there and says something else", "$GLIA data small.csv --schema h.yaml");
    refuses(2, "'h.yaml' is read by this command and would be replaced",
            "$GLIA train small.csv --schema h.yaml -o h.yaml");
    does("tail -1 h.yaml | grep -q mine");
    refuses(2, "--schema and --report are two commands",
            "$GLIA data small.csv --schema h2.yaml --report r.html");
    result r = run("rm -f h.yaml; $GLIA data small.csv --schema h.yaml --json");
    expect_in(r.out, "\"schema\": \"h.yaml\"");
    result_free(&r);
}

/* ------------------------------------------------------------------------------------ errors -- */

static void what_cannot_be_is_refused_with_its_line(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "e.yaml, line 1: it is empty, expected options and 'columns'"},
        {"- a", "e.yaml, line 1: expected lines of 'KEY: ...'"},
        {"target: [y", "e.yaml, line 1: in 'target: [y': is a bracket or a quote not closed?"},
        {"columns:\\n\\tsize: {scale: none}",
         "e.yaml, line 2: found a tab in front of 'size: {scale: none}', expected blanks"},
        {"columns:\\n  size: {scale: none; fill: 3}",
         "e.yaml, line 2: in 'size: {scale: none; fill: 3}': did not find expected ',' or '}'"},
        {"columns:\\n  size: {scale: none\\n  kind: {fill: none}",
         "e.yaml, line 2: in 'size: {scale: none': is a bracket or a quote not closed?"},
        {"target: y\\ndelimiter: x",
         "e.yaml, line 2: delimiter 'x' cannot separate cells; expected one sign"},
        {"target: y\\ndate-order: dym", "e.yaml, line 2: date-order 'dym' is not known"},
        {"target: y\\ndelimiter: \"|\"",
         "e.yaml, line 2: with the delimiter '|' small.csv has one column"},
        {"targt: y",
         "e.yaml, line 1: found the key 'targt', which no schema has; did you mean 'target'?"},
        {"size: {type: number}",
         "line 1: found the key 'size', which no schema has; a column stands below 'columns'"},
        {"target: y\\ntarget: y", "line 2: 'target' is said twice"},
        {"target: &a y\\ntask: *a", "line 1: target: found an anchor (&name), expected one value"},
        {"task: clases", "e.yaml, line 1: "},
        {"columns:\\n  sise: {scale: none}",
         "line 2, column 'sise': small.csv has no such column; did you mean 'size'?"},
        {"columns:\\n  quux: {scale: none}",
         "line 2, column 'quux': small.csv has no such column; take the line out"},
        {"columns:\\n  \"3\": {scale: none}", "line 2, column '3': small.csv has no such column"},
        {"columns:\\n  size: {scale: none}\\n  size: {}",
         "line 3, column 'size': it stands in line 2 already"},
        {"columns:\\n  size: {fil: 3}",
         "line 2, column 'size': 'fil' is no key of a column; did you mean 'fill'?"},
        {"columns:\\n  size: {fill: 3, fill: 4}", "'fill' is said twice"},
        {"columns:\\n  size: number",
         "line 2, column 'size': expected braces: 'size: {type: number}' says what"},
        {"columns:\\n  size: {type: numeric}",
         "found the type 'numeric', expected number, category, text, date or array"},
        {"columns:\\n  kind: {type: number}", "line 2, column 'kind': found the type 'number', and "
                                              "no cell of it in small.csv is one; say category"},
        {"columns:\\n  kind: {type: array}",
         "found the type 'array', and small.csv has texts there"},
        {"columns:\\n  kind: {type: date}", "found 'c', expected a date"},
        {"columns:\\n  size: {left_out: bored}",
         "left_out: found 'bored', expected ignored, empty, constant, id, texts, weight, index, "
         "words, group or time"},
        {"columns:\\n  size: {fill: much}",
         "line 2, column 'size': fill: found 'much', expected median, or a number"},
        {"columns:\\n  kind: {fill: d}",
         "fill: found 'd', which is none of the column's categories"},
        {"columns:\\n  kind: {fill: none}\\n  day: {fill: soon}",
         "line 3, column 'day': fill: found 'soon', expected median, or a date such as 2020-01-31"},
        {"columns:\\n  size: {indicator: perhaps}",
         "indicator: found 'perhaps', expected true, false or auto"},
        {"columns:\\n  size: {log: -1}",
         "log: found '-1', expected true, false, auto, or s above 0"},
        {"columns:\\n  size: {fill: -3, log: true}",
         "log: found the value -3, expected none below 0"},
        {"columns:\\n  size: {scale: 0}", "scale: found '0', expected standard, minmax, none"},
        {"columns:\\n  size: {center: 3}", "center: it goes with spread"},
        {"columns:\\n  size: {spread: 3}", "spread: it goes with center"},
        {"columns:\\n  size: {center: 3, spread: 0}",
         "spread: found 0, by which nothing can be divided"},
        {"columns:\\n  size: {center: [1, 2], spread: [1, 2]}",
         "center: found 2 numbers, and 2 of spread; expected 1 of each"},
        {"columns:\\n  size: {center: 1, spread: 2, scale: none}",
         "scale: center and spread are said as well"},
        {"columns:\\n  kind: {categories: []}", "categories: found an empty list, expected all"},
        {"columns:\\n  kind: {categories: some}",
         "categories: found 'some', expected all, frequent, auto, or a list"},
        {"columns:\\n  kind: {categories: [a, b, a]}", "categories: 'a' is listed twice"},
        {"columns:\\n  kind: {scale: none}",
         "scale: it is not for texts, as which the column of small.csv was read"},
        {"columns:\\n  size: {categories: all}", "categories: it is not for numbers"},
        {"columns:\\n  day: {parts: [decade]}",
         "parts: found 'decade', expected days, year, month, weekday or hour"},
        {"columns:\\n  y: {scale: none}",
         "line 2, column 'y': scale: it is the target, of which only a type can be said"},
        {"columns:\\n  id: {left_out: weight}\\n  wait: {left_out: weight}",
         "line 3, column 'wait': 'id' holds the weights already"},
        {"header: maybe", "line 1: header: found 'maybe', expected true or false"},
        {"skip: two", "line 1: skip: found 'two', expected a number of lines"},
        {"target: y\\n---\\ntask: auto", "a second document begins; expected one"},
    };
    does(small);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char command[2000];
        snprintf(command, sizeof command,
                 "printf -- '%s\\n' >e.yaml; $GLIA train small.csv --task regression --schema "
                 "e.yaml --epochs 1 -o m.glia",
                 cases[i].text);
        if (!*cases[i].text)
            snprintf(command, sizeof command,
                     ": >e.yaml; $GLIA train small.csv --schema e.yaml -o m.glia");
        refuses(3, cases[i].message, "%s", command);
    }
    refuses(3, "cannot read 'nowhere.yaml'",
            "$GLIA train small.csv --schema nowhere.yaml -o m.glia");
    refuses(2, "--schema: columns are those of m.glia",
            "echo task: auto >e.yaml; $GLIA train small.csv --task regression --epochs 1 -o m.glia "
            "&& $GLIA check m.glia small.csv --schema e.yaml");
}

/* --------------------------------------------------------------------------------- in memory -- */

static void a_program_reads_and_writes_schemas(void **state) {
    (void)state;
    does(small);
    glia_ctx *g = glia_open(NULL);
    glia_schema *s =
        glia_schema_parse(g,
                          "target: zip\ncolumns: {size: {type: category}, kind: {left_out: true}}",
                          "mine");
    assert_non_null(s);
    glia_table *t = glia_table_read(g, in_scratch("small.csv"), &(glia_read_options){.schema = s});
    assert_non_null(t);
    assert_int_equal(glia_table_column(t, 2).type, GLIA_CATEGORY);
    assert_int_equal(glia_schema_check(s, t), GLIA_OK);
    glia_recipe *r = glia_recipe_new(g);
    assert_int_equal(glia_recipe_obey(r, s, NULL), GLIA_OK);
    assert_string_equal(glia_recipe_get(r, "target"), "zip");
    glia_train_job job = {.recipe = r, .train = t};
    char *text = glia_schema_text(g, &job, "schema");
    assert_non_null(text);
    expect_in(text, "target: zip\n");
    expect_in(text, "kind: {type: category, left_out: ignored}");
    expect_in(text, "size: {type: category, categories: all, fill: none}");
    glia_text_free(g, text);
    assert_null(glia_schema_text(g, &job, "half"));
    assert_int_equal(glia_code(g), GLIA_USAGE);
    glia_schema *other = glia_schema_parse(g, "columns: {none: {}}", "mine");
    assert_int_equal(glia_schema_check(other, t), GLIA_INPUT);
    expect_in(glia_message(g), "mine, line 1, column 'none'");
    glia_schema_free(other);
    other = glia_schema_parse(g, "task: perhaps", "mine");
    assert_int_equal(glia_recipe_obey(r, other, NULL), GLIA_INPUT);
    expect_in(glia_message(g), "mine, line 1: ");
    glia_schema_free(other);
    glia_recipe_free(r);
    glia_table_free(t);
    glia_schema_free(s);
    glia_close(g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_schema_that_nobody_edited_changes_nothing),
        cmocka_unit_test(nor_does_its_preparation),
        cmocka_unit_test(what_was_said_of_a_file_is_in_its_schema),
        cmocka_unit_test(a_column_that_a_schema_does_not_name_is_told),
        cmocka_unit_test(targets_that_are_not_one_number_have_schemas),
        cmocka_unit_test(arrays_and_sparse_rows_have_schemas),
        cmocka_unit_test(an_edit_is_obeyed),
        cmocka_unit_test(edits_are_written_again),
        cmocka_unit_test(options_win),
        cmocka_unit_test(a_preparation_says_nothing_else),
        cmocka_unit_test(weights_are_a_column_of_a_schema),
        cmocka_unit_test(new_rows_are_read_as_the_schema_says),
        cmocka_unit_test(folds_and_searches_obey_a_schema),
        cmocka_unit_test(a_configuration_holds_a_schema),
        cmocka_unit_test(a_schema_by_hand_is_not_written_over),
        cmocka_unit_test(what_cannot_be_is_refused_with_its_line),
        cmocka_unit_test(a_program_reads_and_writes_schemas),
    };
    return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
