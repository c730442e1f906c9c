/*
 * schema.c: a schema is parsed, and what is one is obeyed: by the reading of a table, and by what
 * would be learned from it.
 */
#include "readers.h"

static const char rows[] = "size,kind,built,weight,PassengerId,price\n82.7,flat,1974-05-01,1,7,9\n"
                           "59.1,house,1980-12-31,2,8,7.5\n-999,flat,,0.5,9,1\n";

static void obey(const glia_schema *schema) {
    glia_recipe *recipe = glia_recipe_new(g);
    if (!recipe) abort();
    glia_table *t = fuzz_file((const uint8_t *)rows, sizeof rows - 1,
                              &(glia_read_options){.format = "csv", .schema = schema});
    bool obeyed = t && glia_schema_check(schema, t) == GLIA_OK &&
                  glia_recipe_obey(recipe, schema, NULL) == GLIA_OK;
    glia_model *m = NULL;
    if (obeyed) m = glia_prepare(g, &(glia_train_job){.recipe = recipe, .train = t});
    if (!m) fuzz_told("obeying a schema");
    glia_model_free(m);
    glia_table_free(t);
    glia_recipe_free(recipe);
}

void fuzz_schema(const uint8_t *bytes, size_t n) {
    char *text = fuzz_text(bytes, n);
    glia_schema *schema = glia_schema_parse(g, text, "schema");
    if (schema) obey(schema);
    else fuzz_told("parsing a schema");
    glia_schema_free(schema);
    free(text);
}
