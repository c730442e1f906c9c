/*
 * sources.c: tables that are not files of text: SQLite, and PostgreSQL with a server of its own,
 * started here in a folder of the test and stopped again. What is said and what is read is compared
 * with what was put in by SQL.
 */
#include "test.h"

#include <glia/glia.h>

#include "server.h"

#ifdef HAVE_SQLITE
#include <sqlite3.h>
#endif

/* What a command must print, and how it must end. */
static void expect_run(const char *command, int status, const char *out, const char *err) {
    result r = run("%s", command);
    if (r.status != status || !strstr(r.out, out) || !strstr(r.err, err))
        fail_msg(
            "%s\n status %d, expected %d\n out: %s\n expected in it: %s\n err: %s\n expected in "
            "it: %s",
            command, r.status, status, r.out, out, r.err, err);
    result_free(&r);
}

typedef struct line {
    const char *options; /* behind the database */
    int status;
    const char *out, *err; /* one must be there; both "" never */
} line;

#define COPY " --quiet --convert t.csv && cat t.csv"

static void expect_lines(const char *data, const line *lines, size_t count) {
    char command[1200];
    for (size_t i = 0; i < count; i++) {
        snprintf(command, sizeof command, "$GLIA data '%s' %s", data, lines[i].options);
        expect_run(command, lines[i].status, lines[i].out, lines[i].err);
    }
}
#define EXPECT(data, lines) expect_lines(data, lines, sizeof lines / sizeof *lines)

/* ------------------------------------------------------------------------------------ SQLite -- */

#ifdef HAVE_SQLITE
static void put(const char *name, const char *sql) {
    char path[600];
    sqlite3 *db;
    char *why = NULL;
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why)) fail_msg("%s", why);
    sqlite3_close(db);
}

static void need_module(void) {
    if (access(BUILD_ROOT "/src/read/glia-sqlite.so", R_OK) == 0) return;
    print_message("# skipped: glia was built without SQLite\n");
    skip();
}

static void a_table_or_a_query_of_sqlite_is_read(void **state) {
    (void)state;
    static const line lines[] = {
        {"", 3, "",
         "shop.db: found 3 tables; say which by --table NAME, or by --query 'SELECT ...': "
         "odd \"name, sales or twice"},
        {"--table sales" COPY, 0,
         "id,price,code,day,n,big\n1,1.5,007,2024-01-05,1,9007199254740993\n"
         "2,,008,2024-01-06,x,5\n3,2.25,\"NA\",2024-02-06,3,6\n",
         ""},
        {"--query 'SELECT price*2 AS p, code FROM sales WHERE id <> 2 ORDER BY id DESC'" COPY, 0,
         "p,code\n4.5,\"NA\"\n3,007\n", ""},
        {"--table twice" COPY, 0, "p2\n3\nNA\n4.5\n", ""},
        {"--query 'SELECT id, id FROM sales'" COPY, 0, "id,id_2\n1,1\n",
         "two columns are called 'id'; the later one is read as 'id_2'"},
        {"--table 'odd \"name'", 3, "",
         "shop.db, row 1, column 'b': found 2 bytes (a blob), expected a number or a text; name "
         "the "
         "other columns by --query 'SELECT ...'"},
        {"--table sale", 3, "", "there is no table 'sale'; did you mean 'sales'?"},
        {"--table wxyz", 3, "", "its tables are odd \"name, sales or twice"},
        {"--query 'DELETE FROM sales'", 3, "", "the query would change the database"},
        {"--query 'SELECT 1; SELECT 2'", 3, "", "found 'SELECT 2' behind the query"},
        {"--query ''", 3, "", "the query is empty"},
        {"--query 'SELECT nowhere FROM sales'", 3, "", "no such column: nowhere (SQLite)"},
        {"--query 'SELECT * FROM sales WHERE id > 9'", 3, "", "shop.db: found no rows"},
        {"--query 'SELECT 9e999 AS a'", 3, "", "row 1, column 'a': found an infinite number"},
        {"--table sales --query 'SELECT 1'", 2, "", "--table and --query exclude each other"},
    };
    need_module();
    put("shop.db",
        "CREATE TABLE sales(id INTEGER PRIMARY KEY, price REAL, code TEXT, day TEXT, n, big INT);"
        "INSERT INTO sales VALUES (1, 1.5, '007', '2024-01-05', 1, 9007199254740993),"
        "(2, NULL, '008', '2024-01-06', 'x', 5), (3, 2.25, 'NA', '2024-02-06', 3, 6);"
        "CREATE TABLE \"odd \"\"name\"(a INT, b BLOB); INSERT INTO \"odd \"\"name\" VALUES (1, "
        "x'0011');"
        "CREATE VIEW twice AS SELECT price*2 AS p2 FROM sales;");
    EXPECT("shop.db", lines);
    expect_run("$GLIA data shop.db --table sales --quiet && sqlite3 shop.db 'SELECT 1' >/dev/null "
               "2>&1; ls shop.db*",
               0, "shop.db\n", "");
    /* SQLite has no type for dates: a text column of nothing else holds them. */
    expect_run("$GLIA data shop.db --table sales | grep -cE ' day +date '", 0, "1\n", "");
    expect_run("$GLIA data shop.db --table sales --category day | grep -cE ' day +category '", 0,
               "1\n", "");
}

static void the_only_table_needs_no_name_and_the_bytes_say_what_it_is(void **state) {
    (void)state;
    need_module();
    put("one.csv", "CREATE TABLE t(a, y); INSERT INTO t VALUES (1, 'u'), (2, 'v')");
    expect_run("$GLIA data one.csv" COPY, 0, "a,y\n1,u\n2,v\n", "");
    expect_run("$GLIA data - <one.csv", 3, "", "it is a SQLite database, which must be a file");
    expect_run("head -c 3000 one.csv >cut.db; $GLIA data cut.db", 3, "",
               "malformed (SQLite); is the file complete? Copy it again");
    expect_run("printf 'a,y\\n1,2\\n' >text.db; $GLIA data text.db", 3, "",
               "file is not a database (SQLite); a table of text is read by --format csv");
    put("none.db", "CREATE TABLE t(a); DROP TABLE t");
    expect_run("$GLIA data none.db", 3, "", "none.db: the database holds no tables");
    expect_run("printf 'a,y\\n1,2\\n' >plain.csv; $GLIA data plain.csv --table t", 0, "1 row",
               "'plain.csv' is read as csv, for which --table means nothing");
}

/* Rows without end, texts that grow, and a long one, by views of the file. */
static void a_query_takes_no_more_than_is_allowed(void **state) {
    (void)state;
    need_module();
    const char *most = "at most 1 MB are taken at once; --max-bytes N allows N bytes";
#define ENDLESS "WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k) SELECT i FROM k"
    put("endless.db", "CREATE VIEW v AS " ENDLESS);
    put("texts.db", "CREATE VIEW v AS WITH RECURSIVE k(i) AS (SELECT 'x' UNION ALL SELECT i || i "
                    "FROM k) SELECT i FROM k");
    put("zeros.db", "CREATE VIEW v AS SELECT hex(zeroblob(5000000)) AS x");
    refuses(4, most, "ulimit -t 20; $GLIA data endless.db --max-bytes 1000000");
    refuses(4, "endless.db, row 62501 (if there is no end, or too much, a query ends by LIMIT N)",
            "ulimit -t 20; $GLIA data endless.db --max-bytes 1000000 --query '" ENDLESS "'");
    refuses(4, most, "ulimit -t 20; $GLIA data texts.db --max-bytes 1000000");
    refuses(3, "string or blob too big (SQLite); --max-bytes N allows N bytes",
            "$GLIA data zeros.db --max-bytes 1000000");
    expect_run("$GLIA data endless.db --max-bytes 1000000 --query '" ENDLESS " LIMIT 62500'", 0,
               "62,500 rows", "");
#undef ENDLESS
}

static void texts_that_are_all_numbers_stay_texts_and_are_told(void **state) {
    (void)state;
    need_module();
    put("import.db",
        "CREATE TABLE t(x TEXT, y INT); WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
        "FROM k WHERE i < 40) INSERT INTO t SELECT i / 2.0, i FROM k");
    const char *said = "import.db: declared to hold texts, and holding numbers only: 'x'; read as "
                       "texts (--number reads numbers";
    expect_run("$GLIA data import.db", 0, "category", said);
    result r = run("$GLIA data import.db --category x");
    if (strstr(r.err, "declared")) fail_msg("said, though it was asked for: %s", r.err);
    result_free(&r);
}

static void rows_of_a_database_are_no_lines(void **state) {
    (void)state;
    need_module();
    put("odd.db", "CREATE TABLE t(n, y INT); WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT "
                  "i + 1 FROM k WHERE i < 40) INSERT INTO t SELECT i / 2.0, i FROM k; "
                  "INSERT INTO t VALUES ('abc', 1)");
    expect_run("$GLIA data odd.db", 0, "",
               "column 'n': 40 numbers and 1 text, the first 'abc' in row 41");
}
#endif

/* -------------------------------------------------------------------------------- PostgreSQL -- */

static char server[300]; /* its folder; "" when there is none */

/* initdb refuses root; the package of the server has a user of its own. */
static const char *start_server =
    "PATH=$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1)\n"
    "command -v initdb psql >/dev/null || exit 9\n"
    "d=$(mktemp -d /tmp/glia-test.XXXXXX) || exit 1\n"
    "as=\n"
    "if [ $(id -u) = 0 ]; then chown postgres $d || exit 9; as='setpriv --reuid=postgres "
    "--regid=postgres --clear-groups'; fi\n"
    "echo $d\n"
    "cd $d\n"
    "$as initdb -D $d/data -A trust -N -U ann --no-instructions >/dev/null || exit 1\n"
    "$as pg_ctl -D $d/data -w -o \"-F -k $d -c listen_addresses=\" -l $d/log start >/dev/null || "
    "exit "
    "1\n"
    "psql -q -h $d -U ann postgres <<'END' || exit 1\n"
    "CREATE TABLE sales(id bigserial, price numeric(10,2), code text, day date, big int8, ok "
    "bool,\n"
    " c char(5), f float8);\n"
    "INSERT INTO sales(price, code, day, big, ok, c, f) VALUES\n"
    " (1.50, '007', '2024-01-05', 9007199254740993, true, 'ab', 0.1),\n"
    " (NULL, 'NA', '2024-02-05', 1, false, 'abc', 1e300);\n"
    "CREATE SCHEMA other; CREATE TABLE other.odd(a int[], b bytea);\n"
    "INSERT INTO other.odd VALUES ('{1,2}', 'x');\n"
    "END\n";

static int start(void **state) {
    (void)state;
    result r = run("%s", start_server);
    snprintf(server, sizeof server, "%.*s", (int)strcspn(r.out, "\n"), r.out);
    if (r.status) print_message("# no server: status %d, %s\n", r.status, r.err);
    int status = r.status == 0 || r.status == 9 ? 0 : 1;
    if (r.status == 9) *server = 0;
    result_free(&r);
    return status;
}

static int stop(void **state) {
    (void)state;
    if (!*server) return 0;
    result r =
        run("kill -INT $(head -1 %s/data/postmaster.pid); while [ -e %s/data/postmaster.pid ]; "
            "do sleep 0.02; done; rm -rf %s",
            server, server, server);
    result_free(&r);
    return 0;
}

static void a_table_or_a_query_of_postgresql_is_read(void **state) {
    (void)state;
    char address[500];
    static const line lines[] = {
        {"", 3, "", "postgresql://ann@/postgres: found 2 tables; say which by --table NAME"},
        {"--table sales" COPY, 0,
         "id,price,code,day,big,ok,c,f\n1,1.50,007,2024-01-05,9007199254740993,true,ab,0.1\n"
         "2,,\"NA\",2024-02-05,1,false,abc,1e+300\n",
         ""},
        {"--query 'SELECT g AS id, g * 0.5 AS x FROM generate_series(1, 20000) g'", 0,
         "20,000 rows", ""},
        {"--table other.odd", 3, "", "row 1, column 'a': found an array or an object"},
        {"--query 'SELECT b FROM other.odd'", 3, "", "column 'b': found bytes (bytea)"},
        {"--query \"SELECT 'Infinity'::float8 AS x\"", 3, "", "found an infinite number"},
        {"--query 'SELECT code FROM sales WHERE false'", 3, "", "found no rows"},
        {"--table sale", 3, "", "there is no table 'sale'; did you mean 'sales'?"},
        {"--query 'DROP TABLE sales'", 3, "",
         "cannot execute DROP TABLE in a read-only transaction (SQL state 25006, database "
         "'postgres' "
         "on /tmp/glia-test."},
        {"--query 'COMMIT; DROP TABLE sales'", 3, "", "SQL state 42601"},
        {"--query 'selec 1'", 3, "", "syntax error at or near \"selec\" (SQL state 42601"},
        {"--query 'SELECT 1 / (id - 2) FROM sales'", 3, "", "division by zero (SQL state 22012"},
        {"--query 'COMMIT'", 3, "", "the query gives no rows, expected SELECT ..."},
    };
    if (!*server) {
        print_message("# skipped: initdb and psql are not here\n");
        skip();
    }
    snprintf(address, sizeof address, "postgresql://ann:secret@/postgres?host=%s", server);
    EXPECT(address, lines);
    snprintf(
        address, sizeof address,
        "$GLIA train 'postgresql://ann:secret@/postgres?host=%s' --query 'SELECT g AS x, g * 2.5 "
        "AS y FROM generate_series(1, 50) g' --epochs 1 -o pg.glia && ! grep -c secret pg.glia && "
        "$GLIA show pg.glia",
        server);
    expect_run(address, 0, "postgresql://ann@/postgres", "");
}

static void no_message_has_a_password(void **state) {
    (void)state;
    if (access(BUILD_ROOT "/src/read/glia-postgresql.so", R_OK) != 0) skip();
    static const struct {
        const char *address, *says;
    } wrong[] = {
        {"postgresql://ann:sec@ret@localhost/x", "cannot read 'postgresql://ann@localhost/x': the "
                                                 "address is not one, expected postgresql://USER@"},
        {"postgresql://ann:sec/ret@localhost/x", "the address is not one"},
        {"postgresql://ann:secret@localhost:1/x", "(database 'x' on localhost)"},
        {"postgres://ann:secret@localhost:1/x?password=secret", "(database 'x' on localhost)"},
        {"postgresql://ann@localhost:1/x?password=secret&host", "the address is not one"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        result r = run("$GLIA data '%s' --query 'SELECT 1'", wrong[i].address);
        if (r.status != 3 || !strstr(r.err, wrong[i].says) || strstr(r.err, "ret"))
            fail_msg("%s: %d %s", wrong[i].address, r.status, r.err);
        result_free(&r);
    }
}

/* The seed of the fuzz target, which reads it without libpq. */
static void answers_that_fuzzing_begins_with_are_a_table(void **state) {
    (void)state;
    char cell[64], place[64], address[160];
    char *bytes = slurp(SOURCE_ROOT "/fuzz/corpus/postgresql/flats");
    if (access(BUILD_ROOT "/src/read/glia-postgresql.so", R_OK)) skip();
    strcpy(place, "/tmp/glia-server.XXXXXX");
    assert_non_null(mkdtemp(place));
    test_server s;
    server_open(&s, place, bytes, 433);
    glia_ctx *g = glia_open(NULL);
    snprintf(address, sizeof address, "postgresql:///t?user=u&host=%s", place);
    glia_table *t = glia_table_read(g, address, NULL);
    server_close(&s);
    rmdir(place);
    if (!t) fail_msg("%s", glia_message(g));
    assert_int_equal(glia_table_rows(t), 2);
    glia_table_cell(t, 1, glia_table_locate(t, "rooms"), cell, sizeof cell);
    assert_string_equal(cell, "-3");
    glia_table_free(t);
    glia_close(g);
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#ifdef HAVE_SQLITE
        cmocka_unit_test(a_table_or_a_query_of_sqlite_is_read),
        cmocka_unit_test(the_only_table_needs_no_name_and_the_bytes_say_what_it_is),
        cmocka_unit_test(a_query_takes_no_more_than_is_allowed),
        cmocka_unit_test(texts_that_are_all_numbers_stay_texts_and_are_told),
        cmocka_unit_test(rows_of_a_database_are_no_lines),
#endif
        cmocka_unit_test(answers_that_fuzzing_begins_with_are_a_table),
        cmocka_unit_test(no_message_has_a_password),
        cmocka_unit_test_setup_teardown(a_table_or_a_query_of_postgresql_is_read, start, stop),
    };
    return cmocka_run_group_tests_name("sources", tests, NULL, NULL);
}
