/*
 * modelfile.c: the model file. A damaged one is refused with a message; one with a right checksum
 * and nonsense inside is refused or does no harm; saving is all or nothing; other tools read the
 * weights.
 */
#include <jansson.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "../src/base/random.h"
#include "../src/file/hash.h"
#include "test.h"

#define gl_sha256 own_sha256 /* which a build with nettle leaves out */
#include "../src/file/sha256.c"
#undef gl_sha256

enum {
    LENGTH = 8,
    HASH_AT = LENGTH + sizeof "{\"__metadata__\":{\"format\":\"glia 1\",\"checksum\":\"" - 1,
    HEX = 64
};

static glia_ctx *g;
static glia_table *table;
static char path[600], other[600]; /* the good file; the one under test */
static char *good;                 /* bytes of the good file */
static size_t size, header;        /* of the file; of the JSON in it */

/* ----------------------------------------------------------------------------------- helpers -- */

static void write_bytes(const char *to, const void *bytes, size_t n) {
    FILE *f = fopen(to, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

static char *read_file(const char *from, size_t *n) {
    struct stat st;
    assert_int_equal(stat(from, &st), 0);
    char *bytes = malloc((size_t)st.st_size + 1);
    FILE *f = fopen(from, "rb");
    assert_non_null(f);
    *n = fread(bytes, 1, (size_t)st.st_size, f);
    fclose(f);
    return bytes;
}

static uint64_t get_length(const char *bytes) {
    uint64_t n = 0;
    for (int i = LENGTH - 1; i >= 0; i--) n = n << 8 | (uint8_t)bytes[i];
    return n;
}

/* Writes the bytes with a checksum that is right. */
static void write_sealed(const char *to, char *bytes, size_t n) {
    char hex[HEX + 1];
    memset(bytes + HASH_AT, '0', HEX);
    gl_sha256_of(&(gl_chunk){bytes, (int64_t)n}, 1, hex);
    memcpy(bytes + HASH_AT, hex, HEX);
    write_bytes(to, bytes, n);
}

static void expect_refused(const char *what, size_t at) {
    glia_model *m = glia_model_load(g, other);
    if (m) fail_msg("%s %zu: the file was loaded", what, at);
    const char *message = glia_message(g);
    bool told = strstr(message, "damaged") || strstr(message, "not a glia model") ||
                strstr(message, "a glia model file was expected");
    if (!told || glia_code(g) != GLIA_INPUT)
        fail_msg("%s %zu: status %d, %s", what, at, (int)glia_code(g), message);
}

/* Whatever was loaded is used in every way. */
static void use(glia_model *m) {
    int vectors;
    double worst;
    glia_predictions_free(g, glia_model_apply(g, m, table));
    glia_evaluation_free(g, glia_model_evaluate(g, m, table, 1));
    (void)glia_model_verify(g, m, &vectors, &worst);
    glia_text_free(g, glia_model_plan(m, "train", 3));
    glia_text_free(g, glia_model_equations(m));
    glia_text_free(g, glia_model_text(m));
    for (int i = 0; i < glia_model_layers(m); i++) assert_non_null(glia_model_layer(m, i).name);
    for (int64_t k = 0; k < glia_model_classes(m); k++) assert_non_null(glia_model_class(m, k));
    glia_model_free(m);
}

/* ------------------------------------------------------------------------------------ hashes -- */

/* Of a list of which the last has the size 0. */
static gl_chunk next_of_list(void *user) { return *(*(const gl_chunk **)user)++; }

static void expect_hash(const char *text, const char *expected) {
    char hex[65];
    const gl_chunk *list = (gl_chunk[]){{text, (int64_t)strlen(text)}, {0}};
    own_sha256(next_of_list, &list, hex);
    assert_string_equal(hex, expected);
}

/* FIPS 180-4's examples; and nettle, over every length up to five blocks, in two pieces. */
static void our_hash_is_that_of_the_standard_and_of_nettle(void **state) {
    (void)state;
    expect_hash("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect_hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    for (int64_t n = 0; n < 320; n++) {
        char ours[65], theirs[65];
        gl_chunk whole = {good, n}, pieces[] = {{good, n / 3}, {good + n / 3, n - n / 3}, {0}};
        const gl_chunk *list = n / 3 > 0 ? pieces : pieces + 1;
        own_sha256(next_of_list, &list, ours);
        gl_sha256_of(&whole, 1, theirs);
        assert_string_equal(ours, theirs);
    }
}

/* ----------------------------------------------------------------------------------- damaged -- */

static void a_flipped_bit_in_any_header_byte_is_found(void **state) {
    (void)state;
    char *bytes = malloc(size);
    gl_rng random = gl_rng_new(1, 0, 0);
    for (size_t i = 0; i < LENGTH + header; i++) {
        memcpy(bytes, good, size);
        bytes[i] ^= (char)(1 << (gl_rng_u32(&random) % 8));
        write_bytes(other, bytes, size);
        expect_refused("header byte", i);
    }
    free(bytes);
}

static void a_flipped_bit_anywhere_is_found(void **state) {
    (void)state;
    char *bytes = malloc(size);
    gl_rng random = gl_rng_new(2, 0, 0);
    for (int i = 0; i < 1000; i++) {
        size_t at = gl_rng_u32(&random) % size;
        memcpy(bytes, good, size);
        bytes[at] ^= (char)(1 << (gl_rng_u32(&random) % 8));
        write_bytes(other, bytes, size);
        expect_refused("byte", at);
    }
    free(bytes);
}

static void a_file_cut_anywhere_is_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < 200; i++) {
        size_t n = i < 20 ? i : i < 40 ? size - (i - 19) : size * (i - 40) / 160;
        write_bytes(other, good, n);
        expect_refused("cut to", n);
    }
}

static void a_file_with_more_behind_it_is_refused(void **state) {
    (void)state;
    char *bytes = calloc(1, size + 100);
    memcpy(bytes, good, size);
    for (size_t n = size + 1; n <= size + 100; n += 33) {
        write_bytes(other, bytes, n);
        expect_refused("grown to", n);
    }
    free(bytes);
}

/* ------------------------------------------------------------- nonsense, rightly checksummed -- */

enum outcome { REFUSED, HARMLESS };

/* What is put in place of entry.member; "" as entry: a new one; NULL as value: it is removed. */
typedef struct crafted {
    const char *name, *entry, *member, *value;
    enum outcome outcome;
} crafted;

static const crafted nonsense[] = {
    {"a shape with more rows", "fc1.w", "shape", "[9,5]", REFUSED},
    {"a shape with other columns", "fc1.w", "shape", "[8,6]", REFUSED},
    {"a shape of huge numbers", "fc1.w", "shape", "[4611686018427387904,4]", REFUSED},
    {"a shape of negative numbers", "fc1.w", "shape", "[-8,-5]", REFUSED},
    {"a shape of one number", "fc1.w", "shape", "[40]", REFUSED},
    {"a shape of texts", "fc1.w", "shape", "[\"8\",\"5\"]", REFUSED},
    {"a shape that is an object", "fc1.w", "shape", "{}", REFUSED},
    {"no shape", "fc1.w", "shape", NULL, REFUSED},
    {"offsets behind the end", "fc1.w", "data_offsets", "[100000,100160]", REFUSED},
    {"offsets of huge numbers", "fc1.w", "data_offsets",
     "[9223372036854775647,9223372036854775807]", REFUSED},
    {"offsets that are negative", "fc1.w", "data_offsets", "[-160,0]", REFUSED},
    {"offsets in reverse", "fc1.w", "data_offsets", "[160,0]", REFUSED},
    {"offsets that are too near", "fc1.w", "data_offsets", "[0,4]", REFUSED},
    {"offsets that are texts", "fc1.w", "data_offsets", "[\"0\",\"160\"]", REFUSED},
    {"no offsets", "fc1.w", "data_offsets", NULL, REFUSED},
    {"offsets on those of another", "fc2.b", "data_offsets", "[0,12]", HARMLESS},
    {"an unknown type", "fc1.w", "dtype", "\"F16\"", REFUSED},
    {"a type of twice the size", "fc1.w", "dtype", "\"F64\"", REFUSED},
    {"a type that is a number", "fc1.w", "dtype", "32", REFUSED},
    {"no weights", "fc1.w", NULL, NULL, REFUSED},
    {"weights that are a text", "fc1.w", NULL, "\"here\"", REFUSED},
    {"test vectors of another width", "glia.test.x", "shape", "[8,3]", REFUSED},
    {"test vectors without answers", "glia.test.y", NULL, NULL, REFUSED},
    {"no test vectors", "glia.test.x", NULL, NULL, HARMLESS},
    {"a billion test vectors", "glia.test.x", "shape", "[1000000000,5]", HARMLESS},
    {"likenesses of 31 bytes", "glia.likenesses", NULL,
     "{\"dtype\":\"U8\",\"shape\":[1,31],\"data_offsets\":[0,31]}", REFUSED},
    {"likenesses that are numbers", "glia.likenesses", NULL,
     "{\"dtype\":\"F32\",\"shape\":[1,32],\"data_offsets\":[0,128]}", REFUSED},
    {"more likenesses than bytes", "glia.likenesses", NULL,
     "{\"dtype\":\"U8\",\"shape\":[288230376151711744,32],\"data_offsets\":[0,0]}", REFUSED},
    {"no likenesses", "glia.likenesses", NULL,
     "{\"dtype\":\"U8\",\"shape\":[0,32],\"data_offsets\":[0,0]}", REFUSED},
    {"likenesses that lie elsewhere", "glia.likenesses", NULL,
     "{\"dtype\":\"U8\",\"shape\":[2,32],\"data_offsets\":[8,72]}", HARMLESS},
    {"a tensor that nobody asked for", "extra", NULL,
     "{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}", HARMLESS},
    {"no inputs", "__metadata__", "inputs", NULL, REFUSED},
    {"0 inputs", "__metadata__", "inputs", "\"0\"", REFUSED},
    {"negative inputs", "__metadata__", "inputs", "\"-5\"", REFUSED},
    {"too many inputs", "__metadata__", "inputs", "\"9223372036854775807\"", REFUSED},
    {"other inputs", "__metadata__", "inputs", "\"4\"", REFUSED},
    {"inputs that are no number", "__metadata__", "inputs", "\"five\"", REFUSED},
    {"inputs as a bare number", "__metadata__", "inputs", "5", REFUSED},
    {"no network", "__metadata__", "net", NULL, REFUSED},
    {"an empty network", "__metadata__", "net", "\"\"", REFUSED},
    {"a network of an unknown layer", "__metadata__", "net", "\"dense 8 relu, attention 3\"",
     REFUSED},
    {"a network that is too wide", "__metadata__", "net",
     "\"dense 16777216 relu, dense 16777216 relu, dense 3 softmax\"", REFUSED},
    {"a network with one layer more", "__metadata__", "net",
     "\"dense 8 relu, dense 8 relu, dense 3 softmax\"", REFUSED},
    {"a network of fewer outputs", "__metadata__", "net", "\"dense 8 relu, dense 2 softmax\"",
     REFUSED},
    {"a network without weights", "__metadata__", "net", "\"relu, tanh\"", REFUSED},
    {"another activation", "__metadata__", "net", "\"dense 8 tanh, dense 3 softmax\"", HARMLESS},
    {"no loss", "__metadata__", "loss", NULL, REFUSED},
    {"a loss that does not go with it", "__metadata__", "loss", "\"mse\"", REFUSED},
    {"an unknown loss", "__metadata__", "loss", "\"hinge\"", REFUSED},
    {"no preprocessing", "__metadata__", "pipeline", NULL, HARMLESS},
    {"preprocessing that is no JSON", "__metadata__", "pipeline", "\"garbage\"", REFUSED},
    {"empty preprocessing", "__metadata__", "pipeline", "\"{}\"", REFUSED},
    {"preprocessing of a list", "__metadata__", "pipeline", "\"[1,2]\"", REFUSED},
    {"preprocessing of other features", "__metadata__", "pipeline",
     "\"{\\\"version\\\":1,\\\"target\\\":{\\\"name\\\":\\\"y\\\",\\\"task\\\":\\\"regression\\\","
     "\\\"mean\\\":0,\\\"deviation\\\":1},"
     "\\\"columns\\\":[{\\\"name\\\":\\\"a\\\",\\\"type\\\":\\\"number\\\",\\\"fill\\\":0}]}\"",
     REFUSED},
    {"no notes", "__metadata__", "task", NULL, HARMLESS},
    {"a threshold that is no number", "__metadata__", "threshold", "\"often\"", HARMLESS},
    {"hyperparameters that are no JSON", "__metadata__", "hyperparameters", "\"{\"", HARMLESS},
    {"a note that is a number", "__metadata__", "command", "17", HARMLESS},
    {"a note of control characters", "__metadata__", "command", "\"\\u001b[2J\\n\\r\\u0007\"",
     HARMLESS},
};

/* A header of its own over the good data, padded and sealed. */
static void write_crafted(const char *text) {
    size_t n = strlen(text), padded = (n + 7) / 8 * 8, data = size - LENGTH - header;
    char *bytes = malloc(LENGTH + padded + data);
    for (int i = 0; i < LENGTH; i++) bytes[i] = (char)(padded >> (8 * i));
    memset(bytes + LENGTH, ' ', padded);
    memcpy(bytes + LENGTH, text, n);
    memcpy(bytes + LENGTH + padded, good + LENGTH + header, data);
    write_sealed(other, bytes, LENGTH + padded + data);
    free(bytes);
}

static void put(json_t *object, const char *key, const char *value) {
    if (!value) {
        json_object_del(object, key);
        return;
    }
    json_t *v = json_loads(value, JSON_DECODE_ANY, NULL);
    assert_non_null(v);
    json_object_set_new(object, key, v);
}

static void check_crafted(const crafted *c) {
    json_t *root = json_loadb(good + LENGTH, header, 0, NULL);
    if (c->member) put(json_object_get(root, c->entry), c->member, c->value);
    else put(root, c->entry, c->value);
    char *text = json_dumps(root, JSON_COMPACT);
    write_crafted(text);
    glia_model *m = glia_model_load(g, other);
    if (m && c->outcome == REFUSED) fail_msg("%s: the file was loaded", c->name);
    if (!m && c->outcome == HARMLESS) fail_msg("%s: %s", c->name, glia_message(g));
    if (!m && (glia_code(g) != GLIA_INPUT || !strstr(glia_message(g), other)))
        fail_msg("%s: status %d, without the file's name: %s", c->name, (int)glia_code(g),
                 glia_message(g));
    if (m) use(m);
    free(text);
    json_decref(root);
}

static void nonsense_under_a_right_checksum_is_refused_or_does_no_harm(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) check_crafted(&nonsense[i]);
}

static void headers_that_are_no_objects_are_refused(void **state) {
    (void)state;
    static const char *const tails[] = {"\"}",   "\"}]",          "\"}}",
                                        "\"},}", "\"}} trailing", "\",\"net\":\"dense 1\"}}",
                                        ""};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        char text[512];
        snprintf(text, sizeof text, "%.*s%064d%s", (int)(HASH_AT - LENGTH), good + LENGTH, 0,
                 tails[i]);
        write_crafted(text);
        expect_refused("header", i);
    }
}

static void deep_nesting_is_refused(void **state) {
    (void)state;
    enum { DEEP = 200000 };
    char *text = malloc(2 * DEEP + 512);
    int n = sprintf(text, "%.*s%064d\",\"note\":", (int)(HASH_AT - LENGTH), good + LENGTH, 0);
    memset(text + n, '[', DEEP);
    memset(text + n + DEEP, ']', DEEP);
    strcpy(text + n + 2 * DEEP, "}}");
    write_crafted(text);
    expect_refused("nesting", DEEP);
    free(text);
}

static void mutated_headers_do_no_harm(void **state) {
    (void)state;
    static const char letters[] = "0123456789-[]{},:\"\\e.+nul ";
    char *bytes = malloc(size);
    gl_rng random = gl_rng_new(3, 0, 0);
    int loaded = 0;
    for (int i = 0; i < 2000; i++) {
        memcpy(bytes, good, size);
        for (uint32_t k = gl_rng_u32(&random) % 3 + 1; k > 0; k--) {
            size_t at = HASH_AT + HEX + gl_rng_u32(&random) % (LENGTH + header - HASH_AT - HEX);
            bytes[at] = letters[gl_rng_u32(&random) % (sizeof letters - 1)];
        }
        write_sealed(other, bytes, size);
        glia_model *m = glia_model_load(g, other);
        if (m) loaded++, use(m);
        else assert_true(glia_code(g) == GLIA_INPUT || glia_code(g) == GLIA_RESOURCE);
    }
    assert_true(loaded > 0 && loaded < 2000);
    free(bytes);
}

static void weights_of_nan_do_no_harm(void **state) {
    (void)state;
    char *bytes = malloc(size);
    memcpy(bytes, good, size);
    memset(bytes + LENGTH + header, 0xff, size - LENGTH - header);
    write_sealed(other, bytes, size);
    glia_model *m = glia_model_load(g, other);
    if (m) use(m);
    free(bytes);
}

/* ------------------------------------------------------------------------------------ saving -- */

static void a_loaded_model_saves_the_same_bytes(void **state) {
    (void)state;
    glia_model *m = glia_model_load(g, path);
    assert_non_null(m);
    assert_int_equal(glia_model_save(m, other), GLIA_OK);
    size_t n;
    char *bytes = read_file(other, &n);
    assert_int_equal(n, size);
    assert_memory_equal(bytes, good, size);
    free(bytes);
    glia_model_free(m);
}

static void a_failing_save_leaves_the_old_file(void **state) {
    (void)state;
    glia_model *m = glia_model_load(g, path);
    assert_non_null(m);
    write_bytes(other, "the old file", 12);
    struct rlimit limit, small;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    small = limit;
    small.rlim_cur = 100; /* bytes: the disk is full */
    setrlimit(RLIMIT_FSIZE, &small);
    glia_status status = glia_model_save(m, other);
    setrlimit(RLIMIT_FSIZE, &limit);

    assert_int_equal(status, GLIA_RESOURCE);
    assert_non_null(strstr(glia_message(g), "cannot write"));
    size_t n;
    char *bytes = read_file(other, &n);
    assert_int_equal(n, 12);
    assert_memory_equal(bytes, "the old file", 12);
    free(bytes);
    result r = run("ls | grep -c tmp");
    assert_string_equal(r.out, "0\n");
    result_free(&r);
    assert_int_equal(glia_model_save(m, "/nowhere/m.glia"), GLIA_RESOURCE);
    assert_int_equal(glia_model_save(m, scratch()), GLIA_RESOURCE);
    glia_model_free(m);
}

/* ------------------------------------------------------------------------------- other tools -- */

/* A reader of safetensors that knows nothing of glia: names, types, shapes, offsets. */
static void other_tools_read_the_weights(void **state) {
    (void)state;
    glia_model *m = glia_model_load(g, path);
    json_t *root = json_loadb(good + LENGTH, header, 0, NULL), *entry;
    const char *name, *data = good + LENGTH + header;
    int64_t end = 0;
    assert_int_equal((LENGTH + header) % 8, 0);
    json_object_foreach(root, name, entry) {
        if (strcmp(name, "__metadata__") == 0) {
            const char *key;
            json_t *text;
            json_object_foreach(entry, key, text)
                assert_true(json_is_string(text)); /* as the format demands */
            continue;
        }
        const char *dtype;
        json_int_t rows, cols, from, to;
        assert_int_equal(json_unpack(entry, "{s:s, s:[I, I], s:[I, I]}", "dtype", &dtype, "shape",
                                     &rows, &cols, "data_offsets", &from, &to),
                         0);
        assert_string_equal(dtype, "F32");
        assert_int_equal(to - from, rows * cols * 4);
        assert_int_equal(from, end); /* no hole, no overlap */
        end = to;
        int i = glia_model_find_param(m, name);
        if (i < 0) {
            assert_true(strncmp(name, "glia.test.", 10) == 0);
            continue;
        }
        glia_tensor w = glia_model_param(m, i);
        assert_int_equal(w.dim[0], rows);
        assert_int_equal(w.dim[1], cols);
        assert_memory_equal(w.data, data + from, (size_t)(to - from));
    }
    assert_int_equal(end, size - LENGTH - header);
    assert_int_equal(json_object_size(root), 1 + glia_model_params(m) + 2);
    json_decref(root);
    glia_model_free(m);
}

static void show_verify_computes_the_answers_again(void **state) {
    (void)state;
    result r = run("$GLIA show %s --verify", path);
    if (r.status != 0) fail_msg("%s", r.err);
    assert_string_equal(r.out, "8 test vectors, every output as stored\n");
    result_free(&r);

    char *bytes = malloc(size);
    memcpy(bytes, good, size);
    json_t *root = json_loadb(good + LENGTH, header, 0, NULL);
    json_int_t from, to;
    assert_int_equal(json_unpack(root, "{s:{s:[I, I]}}", "fc2.w", "data_offsets", &from, &to), 0);
    for (json_int_t i = from; i < to; i += 4)
        bytes[LENGTH + header + (size_t)i + 3] ^= (char)0x80; /* another sign */
    json_decref(root);
    write_sealed(other, bytes, size);
    free(bytes);
    r = run("$GLIA show %s --verify", other);
    assert_int_equal(r.status, 1);
    assert_non_null(strstr(r.err, "glia: error: "));
    result_free(&r);
    r = run("$GLIA show %s --verify --json", other);
    assert_int_equal(r.status, 1);
    assert_non_null(strstr(r.out, "\"ok\": false"));
    result_free(&r);
}

/* ----------------------------------------------------------------------------------- fixture -- */

static void write_table(const char *to) {
    static const char *const colour[] = {"red", "green", "blue"}, *const class[] = {"small",
                                                                                    "middle",
                                                                                    "large"};
    FILE *f = fopen(to, "w");
    fprintf(f, "a,b,colour,y\n");
    for (int i = 0; i < 60; i++)
        fprintf(f, "%d,%g,%s,%s\n", i % 11, i % 7 * 0.5, colour[i % 5 % 3], class[i % 3]);
    fclose(f);
}

static int prepare(void **state) {
    (void)state;
    char csv[600];
    setenv("ASAN_OPTIONS", "allocator_may_return_null=1", 1);
    snprintf(path, sizeof path, "%s/good.glia", scratch());
    snprintf(other, sizeof other, "%s/other.glia", scratch());
    snprintf(csv, sizeof csv, "%s/t.csv", scratch());
    write_table(csv);
    g = glia_open(&(glia_settings){.threads = 1});
    table = glia_table_read(g, csv, NULL);
    glia_recipe *recipe = glia_recipe_new(g);
    glia_recipe_set(recipe, "hidden", "8");
    glia_recipe_set(recipe, "epochs", "3");
    glia_model *m =
        table ? glia_train(g, &(glia_train_job){.recipe = recipe, .train = table}, NULL) : NULL;
    if (!m || glia_model_save(m, path) != GLIA_OK) {
        print_error("%s\n", glia_message(g));
        return 1;
    }
    glia_model_free(m);
    glia_recipe_free(recipe);
    good = read_file(path, &size);
    header = (size_t)get_length(good);
    return 0;
}

static int clean_up(void **state) {
    (void)state;
    free(good);
    glia_table_free(table);
    glia_close(g);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_hash_is_that_of_the_standard_and_of_nettle),
        cmocka_unit_test(a_flipped_bit_in_any_header_byte_is_found),
        cmocka_unit_test(a_flipped_bit_anywhere_is_found),
        cmocka_unit_test(a_file_cut_anywhere_is_refused),
        cmocka_unit_test(a_file_with_more_behind_it_is_refused),
        cmocka_unit_test(nonsense_under_a_right_checksum_is_refused_or_does_no_harm),
        cmocka_unit_test(headers_that_are_no_objects_are_refused),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(mutated_headers_do_no_harm),
        cmocka_unit_test(weights_of_nan_do_no_harm),
        cmocka_unit_test(a_loaded_model_saves_the_same_bytes),
        cmocka_unit_test(a_failing_save_leaves_the_old_file),
        cmocka_unit_test(other_tools_read_the_weights),
        cmocka_unit_test(show_verify_computes_the_answers_again),
    };
    return cmocka_run_group_tests_name("modelfile", tests, prepare, clean_up);
}
