/*
 * sheets.c: workbooks, xlsx and ods, in the bytes that Excel, LibreOffice, openpyxl and others
 * write; the zip archives around them are made here. What is read is compared with what these
 * programs show.
 */
#include "test.h"

#include <zlib.h>

/* ------------------------------------------------------------------------------- the archive -- */

typedef struct part {
    const char *name, *text;
} part;

static void little(FILE *f, uint64_t v, int n) {
    for (int i = 0; i < n; i++, v >>= 8) fputc((int)(v & 255), f);
}

static void sizes(FILE *f, const part *p, uint32_t crc) {
    size_t n = strlen(p->text);
    little(f, 20, 2), little(f, 0, 8), little(f, crc, 4);
    little(f, n, 4), little(f, n, 4), little(f, strlen(p->name), 2), little(f, 0, 2);
}

static void write_zip(const char *name, const part *p, int count) {
    char path[700];
    long at[10];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    for (int pass = 0; pass < 2; pass++) {
        long begin = ftell(f);
        for (int i = 0; i < count; i++) {
            uint32_t crc = (uint32_t)crc32(0, (const Bytef *)p[i].text, (uInt)strlen(p[i].text));
            if (!pass) at[i] = ftell(f);
            fputs(pass ? "PK\1\2" : "PK\3\4", f);
            if (pass) little(f, 20, 2);
            sizes(f, &p[i], crc);
            if (pass) little(f, 0, 10), little(f, (uint64_t)at[i], 4);
            fprintf(f, "%s%s", p[i].name, pass ? "" : p[i].text);
        }
        if (!pass) continue;
        long end = ftell(f);
        fputs("PK\5\6", f), little(f, 0, 4), little(f, (uint64_t)count, 2);
        little(f, (uint64_t)count, 2), little(f, (uint64_t)(end - begin), 4);
        little(f, (uint64_t)begin, 4), little(f, 0, 2);
    }
    fclose(f);
}

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define RELS(items)                                                                                \
    "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>" items   \
    "</Relationships>"
#define REL(id, type, to) "<Relationship Id='" id "' Type='" OFFICE "/" type "' Target='" to "'/>"
#define BOOK(before, sheets)                                                                       \
    "<workbook xmlns='" MAIN "' xmlns:r='" OFFICE "'>" before "<sheets>" sheets                    \
    "</sheets></workbook>"
#define SHEET(name, k, more) "<sheet name='" name "' sheetId='" k "' r:id='r" k "'" more "/>"
#define CELLS(rows) "<worksheet xmlns='" MAIN "'><sheetData>" rows "</sheetData></worksheet>"
#define ROW(cells) "<row>" cells "</row>"
#define N(v) "<c><v>" v "</v></c>"
#define T(s) "<c t='inlineStr'><is><t>" s "</t></is></c>"
#define S(k) "<c t='s'><v>" k "</v></c>"
#define D(v, style) "<c s='" style "'><v>" v "</v></c>"
#define NAMES ROW(T("a") T("y"))

static const char styles[] =
    "<styleSheet xmlns='" MAIN "'><numFmts><numFmt numFmtId='164' formatCode='dd\\.mm\\.yyyy'/>"
    "<numFmt numFmtId='165' formatCode='[h]:mm'/><numFmt numFmtId='166' "
    "formatCode='0.0\" days\"'/><numFmt numFmtId='167' formatCode='0.00E+00'/>"
    "<numFmt numFmtId='168' formatCode='00000'/></numFmts>"
    "<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
    "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='22'/><xf numFmtId='164'/>"
    "<xf numFmtId='165'/><xf numFmtId='166'/><xf numFmtId='10'/><xf numFmtId='167'/><xf "
    "numFmtId='168'/></cellXfs>"
    "</styleSheet>";
static const char texts[] =
    "<sst xmlns='" MAIN "'><si><t>a</t></si><si><t xml:space='preserve'> y </t></si>"
    "<si><r><t>Bo</t></r><r><rPr><b/></rPr><t>nn</t></r></si>"
    "<si><t>\xE6\x9D\xB1</t><rPh sb='0' eb='1'><t>to</t></rPh></si><si><t>one_x000D_two</t></si>"
    "<si><t/></si></sst>";
static const char first[] = RELS(REL("x", "officeDocument", "xl/workbook.xml"));

static void write_book(const char *name, const char *book, const char *one, const char *two) {
    const part parts[] = {
        {"[Content_Types].xml", "<Types/>"},
        {"_rels/.rels", first},
        {"xl/workbook.xml", book},
        {"xl/_rels/workbook.xml.rels",
         RELS(REL("r1", "worksheet", "worksheets/sheet1.xml") REL("r2", "worksheet", "/xl/2.xml")
                  REL("r3", "chartsheet", "c.xml") REL("r8", "styles", "./styles.xml")
                      REL("r9", "sharedStrings", "x/../texts.xml"))},
        {"xl/worksheets/sheet1.xml", one},
        {"xl/styles.xml", styles},
        {"xl/texts.xml", texts},
        {"xl/2.xml", two},
    };
    write_zip(name, parts, two ? 8 : 7);
}

static void write_sheet(const char *name, const char *sheet) {
    write_book(name, BOOK("", SHEET("Sheet1", "1", "")), sheet, NULL);
}

/* --------------------------------------------------------------------------------- comparing -- */

/* The table as `glia data --convert` writes it, and what is said; both where nothing fails. */
static void expect(const char *what, const char *file, const char *options, const char *table,
                   const char *said) {
    result r = run("rm -f t.csv; $GLIA data %s %s --convert t.csv >o; status=$?; cat t.csv "
                   "2>/dev/null; exit $status",
                   file, options);
    bool fails = !strcmp(table, "fails");
    bool good = fails ? r.status == 3 : r.status == 0 && !strcmp(r.out, table);
    bool right = *said ? strstr(r.err, said) != NULL : !*r.err;
    if (!good || !right)
        fail_msg("%s: status %d\n%s\nexpected:\n%s\nsaid: %s\nexpected: %s", what, r.status, r.out,
                 table, r.err, said);
    result_free(&r);
}

static void need_module(void) {
    if (access(BUILD_ROOT "/src/read/glia-xml.so", R_OK) == 0) return;
    print_message("# skipped: glia was built without expat\n");
    skip();
}

typedef struct sheet_case {
    const char *what, *sheet, *options, *table, *said;
} sheet_case;

static void expect_all(const sheet_case *c, size_t count) {
    need_module();
    for (size_t i = 0; i < count; i++) {
        write_sheet("t.xlsx", c[i].sheet);
        expect(c[i].what, "t.xlsx", c[i].options, c[i].table, c[i].said);
    }
}
#define EXPECT_ALL(cases) expect_all(cases, sizeof cases / sizeof *cases)

/* ------------------------------------------------------------------------------------- cases -- */

static void cells_of_all_types_are_read(void **state) {
    (void)state;
    static const sheet_case cases[] = {
        {"shared texts: runs, how they are spoken, carriage returns, none",
         CELLS(ROW(S("0") S("1")) ROW(N("1") S("2")) ROW(N("2") S("3")) ROW(N("3") S("5"))), "",
         "a,y\n1,Bonn\n2,\xE6\x9D\xB1\n3,\n", ""},
        {"truth values, formulas, texts of formulas, empty ones too",
         CELLS(NAMES ROW("<c><f>1/8</f><v>0.125</v></c><c t='b'><v>1</v></c>")
                   ROW("<c t='str'><f>B1</f><v></v></c><c t='b'><v>0</v></c>")),
         "", "a,y\n0.125,TRUE\n,FALSE\n", ""},
        {"numbers as Excel writes them",
         CELLS(NAMES ROW(N("0.30000000000000004") N("1E-3")) ROW(N("9007199254740993") N("-7"))),
         "", "a,y\n0.30000000000000004,0.001\n9007199254740992,-7\n", ""},
        {"errors", CELLS(NAMES ROW("<c t='e'><v>#DIV/0!</v></c>" N("1")) ROW(N("5") N("2"))), "",
         "a,y\n,1\n5,2\n", "1 cell holds an error, the first '#DIV/0!' in A2; read as missing"},
        {"openpyxl: a formula that nobody has computed",
         CELLS(NAMES ROW("<c><f>1+1</f><v/></c>" N("1")) ROW(N("5") N("2"))), "", "a,y\n,1\n5,2\n",
         "warning: t.xlsx: 1 formula has no value in the file, the first in A2"},
        {"codes are texts, since they are none of numbers",
         CELLS(NAMES ROW(T("007") N("1")) ROW(T("010") N("2")) ROW(T("0") N("3"))), "",
         "a,y\n007,1\n010,2\n0,3\n", "'007' begins with a 0"},
        {"blanks around texts", CELLS(NAMES ROW(T(" red ") N("1")) ROW(T("red") N("2"))), "",
         "a,y\nred,1\nred,2\n", ""},
    };
    EXPECT_ALL(cases);
}

/* As Excel shows them: 1 is 1900-01-01, 60 is 1900-02-29, 61 is 1900-03-01. */
static void dates_are_numbers_that_are_shown_so(void **state) {
    (void)state;
    static const sheet_case cases[] = {
        {"formats",
         CELLS(NAMES ROW(D("45322", "1") D("45322.4375", "2"))
                   ROW(D("45323", "3") D("45323.75", "2"))),
         "", "a,y\n2024-01-31,2024-01-31T10:30:00\n2024-02-01,2024-02-01T18:00:00\n", ""},
        {"durations, units, shares and exponents are numbers",
         CELLS(ROW(T("d") T("u") T("p") T("e"))
                   ROW(D("1.5", "4") D("2.5", "5") D("0.075", "6") D("45322", "7"))),
         "", "d,u,p,e\n1.5,2.5,0.075,45322\n",
         "1 time of day or duration, the first '1.5' in A2; they are read as numbers of days"},
        {"the leap year that there was not",
         CELLS(NAMES ROW(D("1", "1") N("1")) ROW(D("59", "1") N("2")) ROW(D("60", "1") N("3"))
                   ROW(D("61", "1") N("4"))),
         "", "a,y\n1900-01-01,1\n1900-02-28,2\n,3\n1900-03-01,4\n",
         "warning: t.xlsx: 1 cell holds 1900-02-29, a day that there was not, the first '60' in "
         "A4"},
        {"strict files have dates as texts",
         CELLS(NAMES ROW("<c t='d' s='1'><v>2024-01-31T10:30:00</v></c>" N("1"))), "",
         "a,y\n2024-01-31T10:30:00,1\n", ""},
    };
    EXPECT_ALL(cases);
    write_book("mac.xlsx", BOOK("<workbookPr date1904='1'/>", SHEET("A", "1", "")),
               CELLS(NAMES ROW(D("0", "1") D("43860", "1"))), NULL);
    expect("1904", "mac.xlsx", "", "a,y\n1904-01-01,2024-01-31\n", "");
}

#define ROW_OF(k, cells) "<row r='" k "'>" cells "</row>"
#define AT(place, v) "<c r='" place "'><v>" v "</v></c>"
#define TEXT_AT(place, s) "<c r='" place "' t='inlineStr'><is><t>" s "</t></is></c>"
#define THREE ROW_OF("1", TEXT_AT("A1", "a") TEXT_AT("B1", "b") TEXT_AT("C1", "y"))

static void a_table_is_found_on_its_sheet(void **state) {
    (void)state;
    static const sheet_case cases[] = {
        {"a title, empty rows and columns, a source below",
         CELLS(ROW_OF("1", TEXT_AT("B1", "Flats"))
                   ROW_OF("3", TEXT_AT("B3", "a") TEXT_AT("D3", "b") TEXT_AT("E3", "y"))
                       ROW_OF("4", AT("B4", "1") AT("D4", "2") AT("E4", "3"))
                           ROW_OF("6", AT("B6", "4") AT("D6", "5") AT("E6", "6"))
                               ROW_OF("9", TEXT_AT("B9", "Source: us"))),
         "", "a,b,y\n1,2,3\n4,5,6\n",
         "line 1: 'Flats' looks like a title, and is left out (--skip 0 keeps it)\nglia: warning: "
         "t.xlsx, line 9: 'Source: us' looks like a note below the table, and is left out"},
        {"cells that were made one",
         "<worksheet xmlns='" MAIN
         "'><sheetData>" THREE ROW_OF("2", TEXT_AT("A2", "Ulm") AT("B2", "1") AT("C2", "2"))
             ROW_OF("3", AT("B3", "3") AT("C3", "4"))
                 ROW_OF("4", AT("B4", "5") AT("C4", "6")) "</sheetData><mergeCells><mergeCell "
                                                          "ref='A2:A3'/></mergeCells></worksheet>",
         "", "a,b,y\nUlm,1,2\nUlm,3,4\n,5,6\n",
         "1 cell is merged with those above, whose value they have, such as A2"},
        {"cells that were made one beside each other",
         "<worksheet xmlns='" MAIN "'><sheetData>" THREE ROW_OF("2", AT("A2", "1") AT("C2", "2"))
             ROW_OF("3", AT("A3", "3") AT("B3", "7")
                             AT("C3", "4")) "</sheetData><mergeCells><mergeCell "
                                            "ref='A2:B2'/></mergeCells></worksheet>",
         "", "a,b,y\n1,1,2\n3,7,4\n",
         "1 cell is merged with one to their left, whose value they have, such as A2"},
        {"a name over two columns",
         "<worksheet xmlns='" MAIN
         "'><sheetData>" ROW_OF("1", TEXT_AT("A1", "a") TEXT_AT("C1", "y"))
             ROW_OF("2", AT("A2", "1") AT("B2", "5") AT("C2", "2"))
                 ROW_OF("3", AT("A3", "3") AT("B3", "7")
                                 AT("C3", "4")) "</sheetData><mergeCells><mergeCell "
                                                "ref='A1:B1'/></mergeCells></worksheet>",
         "", "a,a_2,y\n1,5,2\n3,7,4\n", ""},
        {"names over names",
         "<worksheet xmlns='" MAIN
         "'><sheetData>" ROW_OF("1", TEXT_AT("A1", "size") TEXT_AT("C1", "y"))
             ROW_OF("2", TEXT_AT("A2", "cm") TEXT_AT("B2", "in"))
                 ROW_OF("3", AT("A3", "1") AT("B3", "5") AT("C3", "2"))
                     ROW_OF("4", AT("A4", "3") AT("B4", "7")
                                     AT("C4", "4")) "</sheetData><mergeCells><mergeCell "
                                                    "ref='A1:B1'/></mergeCells></worksheet>",
         "", "size cm,size in,y\n1,5,2\n3,7,4\n",
         "lines 1 and 2: names above names are read as one"},
        {"groups over names",
         "<worksheet xmlns='" MAIN
         "'><sheetData>" ROW_OF("1", TEXT_AT("A1", "left") TEXT_AT("C1", "right"))
             ROW_OF("2",
                    TEXT_AT("A2", "x") TEXT_AT("B2", "y") TEXT_AT("C2", "x") TEXT_AT("D2", "y"))
                 ROW_OF("3", AT("A3", "1") AT("B3", "2") AT("C3", "3") AT("D3", "4"))
                     ROW_OF("4", AT("A4", "5") AT("B4", "6") AT("C4", "7") AT("D4", "8"))
                         ROW_OF("5", AT("A5", "9") AT("B5", "1") AT("C5", "2")
                                         AT("D5", "3")) "</sheetData><mergeCells><mergeCell "
                                                        "ref='A1:B1'/><mergeCell ref='C1:D1'/>"
                                                        "</mergeCells></worksheet>",
         "", "left x,left y,right x,right y\n1,2,3,4\n5,6,7,8\n9,1,2,3\n",
         "lines 1 and 2: names above names are read as one"},
        {"another table below it",
         CELLS(THREE ROW_OF("2", AT("A2", "1") AT("B2", "2") AT("C2", "3"))
                   ROW_OF("3", AT("A3", "4") AT("B3", "5") AT("C3", "6"))
                       ROW_OF("5", TEXT_AT("A5", "city") TEXT_AT("B5", "pop"))
                           ROW_OF("6", TEXT_AT("A6", "Ulm") AT("B6", "7"))),
         "", "fails",
         "line 5: another table begins here, behind an empty row: 'city' ... 'pop' name its "
         "columns; keep one of the two on the sheet"},
        {"a hidden column",
         "<worksheet xmlns='" MAIN "'><cols><col min='2' max='3' hidden='1'/></cols>"
         "<sheetData>" THREE ROW_OF("2", AT("A2", "1") AT("B2", "2") AT("C2", "3"))
             ROW_OF("3", AT("A3", "4") AT("B3", "5") AT("C3", "6")) "</sheetData></worksheet>",
         "", "a,b,y\n1,2,3\n4,5,6\n",
         "2 columns that are hidden are read, too, the first in B1 (--ignore)"},
        {"codes that their format shows",
         CELLS(NAMES ROW(D("501", "8") N("1")) ROW(D("94105", "8") N("2"))
                   ROW(D("501", "8") N("3"))),
         "", "a,y\n00501,1\n94105,2\n00501,3\n",
         "column 'a': '00501' begins with a 0, so its cells are texts"},
        {"another table beside it",
         CELLS(ROW_OF("1", TEXT_AT("A1", "a") TEXT_AT("B1", "y") TEXT_AT("D1", "code"))
                   ROW_OF("2", AT("A2", "1") AT("B2", "2") AT("D2", "7"))
                       ROW_OF("3", AT("A3", "3") AT("B3", "4"))),
         "", "a,y,code\n1,2,7\n3,4,\n",
         "cells from D1 on stand beside the others, behind an empty column and in other rows; is "
         "it another table?"},
        {"units",
         CELLS(ROW(T("s") T("t") T("c")) ROW(T("m2") T("C") T("-")) ROW(N("1") N("2") T("A"))
                   ROW(N("3") N("4") T("B")) ROW(N("5") N("6") T("C"))),
         "", "s,t,c\n1,2,A\n3,4,B\n5,6,C\n",
         "line 2: 'm2' looks like units, and is left out (--skip 1 takes it for the names, --skip "
         "0 "
         "for a row)"},
        {"no names", CELLS(ROW(N("1") T("x")) ROW(N("2") T("x")) ROW(N("3") T("y"))), "",
         "c1,c2\n1,x\n2,x\n3,y\n", ""},
        {"names that are said to be data", CELLS(NAMES ROW(T("b") T("z"))), "--no-header",
         "c1,c2\na,y\nb,z\n", ""},
        {"rows above that are said", CELLS(ROW(T("x") T("y")) NAMES ROW(N("1") N("2"))), "--skip 1",
         "a,y\n1,2\n", ""},
        {"the names once more", CELLS(NAMES ROW(N("1") N("2")) NAMES ROW(N("3") N("4"))), "",
         "a,y\n1,2\n3,4\n", "line 3: the header comes again, and is left out"},
        {"rows that a filter hides",
         CELLS(NAMES "<row hidden='1'>" N("1") N("2") "</row>" ROW(N("3") N("4"))), "",
         "a,y\n1,2\n3,4\n", "1 row that is hidden is read, too"},
        {"two cells in one place", CELLS(ROW_OF("1", AT("A1", "1") AT("A1", "2"))), "", "fails",
         "row 1: found two cells in one place"},
        {"rows in another order",
         CELLS(ROW_OF("3", AT("A3", "3") AT("B3", "4")) ROW_OF("2", AT("B2", "2") AT("A2", "1"))
                   ROW_OF("1", TEXT_AT("A1", "a") TEXT_AT("B1", "y"))),
         "", "a,y\n1,2\n3,4\n", ""},
        {"another name of columns",
         "<x:worksheet xmlns:x='" MAIN
         "'><x:sheetData><x:row><x:c><x:v>1</x:v></x:c><x:c><x:v>2</x:v>"
         "</x:c></x:row></x:sheetData></x:worksheet>",
         "", "c1,c2\n1,2\n", ""},
    };
    EXPECT_ALL(cases);
}

static void pandas_has_no_name_for_its_index(void **state) {
    (void)state;
    need_module();
    write_sheet("p.xlsx", CELLS(ROW_OF("1", TEXT_AT("B1", "a") TEXT_AT("C1", "y"))
                                    ROW_OF("2", AT("A2", "0") AT("B2", "3") AT("C2", "5"))
                                        ROW_OF("3", AT("A3", "1") AT("B3", "7") AT("C3", "4"))));
    expect("an index", "p.xlsx", "", "c1,a,y\n0,3,5\n1,7,4\n", "");
    result r =
        run("$GLIA train p.xlsx --epochs 1 --val none -o p.glia && $GLIA predict p.glia p.xlsx");
    assert_int_equal(r.status, 0);
    if (!strstr(r.err, "left out c1: a different one in every row of the first column, an index"))
        fail_msg("%s", r.err);
    result_free(&r);
}

/* Excel saves 50% and 04:35 as such texts in CSV, and as 0.5 and 0.19 in its own files. */
static void a_sheet_for_a_model_of_its_csv_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *csv, *sheet, *said;
    } cases[] = {
        {"a,y\\n50%%,1.5\\n36.5%%,2.5\\n7%%,4\\n",
         CELLS(NAMES ROW(D("0.5", "6") N("1.5")) ROW(D("0.25", "6") N("2.5"))
                   ROW(D("0.1", "6") N("4"))),
         "column 'a': found numbers in shares of 1, the model was trained with %;"},
        {"a,y\\n04:35,1.5\\n04:50,2.5\\n09:10,4\\n",
         CELLS(NAMES ROW(D("0.19", "4") N("1.5")) ROW(D("0.2", "4") N("2.5"))
                   ROW(D("0.4", "4") N("4"))),
         "column 'a': found numbers in days, the model was trained with seconds;"},
    };
    need_module();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_sheet("s.xlsx", cases[i].sheet);
        result r = run("printf '%s' >s.csv && $GLIA train s.csv --epochs 1 --val none -o s.glia && "
                       "$GLIA predict s.glia s.csv && $GLIA predict s.glia s.xlsx",
                       cases[i].csv);
        if (r.status != 3 || !strstr(r.err, cases[i].said)) fail_msg("%s", r.err);
        result_free(&r);
        r = run("$GLIA train s.xlsx --epochs 1 --val none -o s.glia && printf "
                "'a\n0.5\n' >s.csv && $GLIA predict s.glia s.csv");
        if (r.status != 0 || strstr(r.err, "found bare numbers")) fail_msg("%s", r.err);
        result_free(&r);
    }
}

static void a_sheet_is_chosen(void **state) {
    (void)state;
    static const char *const one = CELLS(NAMES ROW(N("1") N("2"))),
                             *const two = CELLS(ROW(T("b") T("z")) ROW(N("3") N("4"))),
                             *const none = CELLS("");
    need_module();
    write_book("w.xlsx",
               BOOK("", SHEET("First", "1", "") SHEET("Chart", "3", "") SHEET("2nd", "2", "")), one,
               two);
    expect("the first", "w.xlsx", "", "a,y\n1,2\n",
           "w.xlsx: the sheet 'First' is read, and not 2nd (--table)");
    expect("by name", "w.xlsx", "--table 2nd", "b,z\n3,4\n", "");
    expect("by number", "w.xlsx", "--sheet 2", "b,z\n3,4\n", "");
    expect("no such one", "w.xlsx", "--table Frist", "fails", "did you mean 'First'?");
    expect("no query", "w.xlsx", "--query x", "a,y\n1,2\n", "--query means nothing");
    write_book("w.xlsx", BOOK("", SHEET("A", "1", "") SHEET("B", "2", "")), none, two);
    expect("one that is empty", "w.xlsx", "", "b,z\n3,4\n", "");
    write_book("w.xlsx", BOOK("", SHEET("Cover", "1", "") SHEET("Data", "2", "")),
               CELLS(ROW(T("Flats 2026"))), two);
    expect("behind a cover", "w.xlsx", "--table Data", "b,z\n3,4\n", "");
    expect("a cover", "w.xlsx", "", "fails",
           "the sheet 'Cover' is read, and not Data (--table)\nglia: error: w.xlsx: found no rows");
    write_book("w.xlsx", BOOK("", SHEET("A", "1", " state='hidden'") SHEET("B", "2", "")), one,
               two);
    expect("one that is hidden", "w.xlsx", "", "b,z\n3,4\n", "");
    expect("hidden, and named", "w.xlsx", "--table A", "a,y\n1,2\n", "");
    write_book("w.xlsx", BOOK("", SHEET("A", "1", " state='hidden'") SHEET("B", "2", "")), one,
               none);
    expect("all hidden", "w.xlsx", "", "fails", "hidden; say which by --table NAME: A or B");
    write_sheet("w.xlsx", none);
    expect("no cells", "w.xlsx", "", "fails", "the sheet has no cells");
}

static void damaged_workbooks_are_refused(void **state) {
    (void)state;
    static const sheet_case cases[] = {
        {"entities", "<!DOCTYPE x [<!ENTITY a 'aaaa'>]>" CELLS(ROW(T("&a;"))), "", "fails",
         "sheet1.xml: its XML is damaged: it declares a document type, which no workbook does"},
        {"a tag that is not closed", "<worksheet><sheetData><row>", "", "fails",
         "its XML is damaged: no element found in line 1"},
        {"no number", CELLS(NAMES ROW(N("1,5") N("2"))), "", "fails",
         "cell A2: found '1,5', expected a number"},
        {"no text of this number", CELLS(NAMES ROW(S("6") N("2"))), "", "fails",
         "cell A2: found '6', expected the number of a text"},
        {"a cell beyond the last", CELLS(ROW_OF("1048577", AT("A1048577", "1"))), "", "fails",
         "found a cell in row 1048577, column 1, beyond the largest sheet"},
    };
    EXPECT_ALL(cases);
    write_zip("d.xlsx", (part[]){{"[Content_Types].xml", "<Types/>"}, {"a.txt", "x"}}, 2);
    expect("no workbook", "d.xlsx", "", "fails", "found no workbook in it");
    write_book("d.xlsx", BOOK("", SHEET("A", "2", "")), "", NULL);
    expect("a sheet that is not there", "d.xlsx", "", "fails",
           "the part 'xl/2.xml' of the sheet 'A' is not in it");
    write_zip("d.xlsx",
              (part[]){{"[Content_Types].xml", "<Types/>"},
                       {"_rels/.rels", RELS(REL("x", "officeDocument", "xl/workbook.bin"))}},
              2);
    expect("xlsb", "d.xlsx", "", "fails", "it is a binary workbook (xlsb), which is not read");
    write_sheet("d.xlsx", CELLS(NAMES ROW(N("1") N("2"))));
    result r = run("$GLIA data - <d.xlsx");
    assert_non_null(strstr(r.err, "it is a workbook, which must be a file"));
    result_free(&r);
    r = run("sed 's/<v>1</<v>7</' d.xlsx >e.xlsx; $GLIA data e.xlsx");
    if (!strstr(r.err, "its bytes are damaged or cut short")) fail_msg("%s", r.err);
    result_free(&r);
}

/* A million rows of nothing but blanks take a few kilobytes. */
static void a_workbook_that_grows_without_end_is_refused(void **state) {
    (void)state;
    need_module();
    write_sheet("b.xlsx", CELLS(NAMES ROW(N("1") N("2"))));
    result r = run(
        "python3 -c \"import zipfile\nz = zipfile.ZipFile('b.xlsx'); o = zipfile.ZipFile('c.xlsx', "
        "'w', zipfile.ZIP_DEFLATED)\nfor n in z.namelist():\n  b = z.read(n)\n  o.writestr(n, "
        "b.replace(b'</sheetData>', b' ' * 70000000 + b'</sheetData>') if 'sheet1' in n else "
        "b)\n\" "
        "|| exit 9; $GLIA data c.xlsx");
    if (r.status == 9) skip();
    if (!strstr(r.err, "sheet1.xml: it would grow to 70000")) fail_msg("%s", r.err);
    result_free(&r);
}

/* --------------------------------------------------------------------------------------- ods -- */

#define ODS(before, tables)                                                                        \
    "<o:c xmlns:o='urn:o' xmlns:t='urn:t' xmlns:x='urn:x' xmlns:c='urn:c' xmlns:s='urn:s'>" before \
    "<o:spreadsheet>" tables "</o:spreadsheet></o:c>"
#define TABLE(name, rows) "<t:table t:name='" name "' t:style-name='" name "'>" rows "</t:table>"
#define R(cells) "<t:table-row>" cells "</t:table-row>"
#define F(v) "<t:table-cell o:value-type='float' o:value='" v "'><x:p>shown</x:p></t:table-cell>"
#define P(s) "<t:table-cell o:value-type='string'><x:p>" s "</x:p></t:table-cell>"

static void write_ods(const char *content) {
    write_zip("t.ods",
              (part[]){{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"},
                       {"content.xml", content}},
              2);
}

static void opendocument_sheets_are_read(void **state) {
    (void)state;
    need_module();
    write_ods(ODS(
        "",
        TABLE("A",
              R(P("a") P("b") P("y")) R(F("82.5") P(
                  "red<x:s x:c='2'/><x:span>car</x:span>") "<t:table-cell o:value-type='date' "
                                                           "o:date-value='2024-01-31'/>")
                  R("<t:table-cell o:value-type='boolean' o:boolean-value='true'><x:p>WAHR"
                    "</x:p></t:table-cell><t:table-cell/><t:table-cell o:value-type='date' "
                    "o:date-value='2024-02-01T10:30:00'><o:annotation><x:p>why?</x:p>"
                    "</o:annotation></t:table-cell>") "<t:table-row "
                                                      "t:number-rows-repeated='2'>" F("7") P("x")
                                                          F("1") "</t:table-row><t:table-row "
                                                                 "t:number-rows-repeated='"
                                                                 "1048000'><t:table-cell "
                                                                 "t:number-columns-repeated='"
                                                                 "16384'/></t:table-row>")));
    expect("cells", "t.ods", "",
           "a,b,y\n82.5,red  car,2024-01-31\nTRUE,,2024-02-01T10:30:00\n7,x,1\n7,x,1\n", "");
    write_ods(ODS("<s:style s:name='H' s:family='table'><s:table-properties t:display='false'/>"
                  "</s:style>",
                  TABLE("H", R(P("a")) R(F("1"))) TABLE("E", R("<t:table-cell/>"))
                      TABLE("B", R(P("b") P("c")) R("<t:table-cell t:number-rows-spanned='2' "
                                                    "o:value-type='float' o:value='5'/>" F("2"))
                                     R("<t:covered-table-cell/>" F("3")))));
    expect("the sheet that is shown, cells made one", "t.ods", "", "b,c\n5,2\n5,3\n",
           "1 cell is merged with those above");
    expect("by name", "t.ods", "--table H", "a\n1\n", "");
    write_ods(ODS("", TABLE("A", R(P("a") P("y"))
                                     R("<t:table-cell o:value-type='string' c:value-type='error'>"
                                       "<x:p>#DIV/0!</x:p></t:table-cell>" F("1"))
                                         R("<t:table-cell o:value-type='time' "
                                           "o:time-value='PT12H00M00S'/>" F("2")))));
    expect("errors and times", "t.ods", "", "a,y\n,1\n0.5,2\n",
           "1 cell holds an error, the first '#DIV/0!' in A2");
    write_ods(ODS("", TABLE("A", "<t:table-column/><t:table-column t:visibility='collapse' "
                                 "t:number-columns-repeated='2'/>" R(P("a") P("b") P("y"))
                                     R(F("1") F("2") F("3")) "<t:table-row "
                                                             "t:visibility='filter'>" F("4") F("5")
                                                                 F("6") "</t:table-row>")));
    expect("hidden rows", "t.ods", "", "a,b,y\n1,2,3\n4,5,6\n",
           "1 row that is hidden is read, too, the first in A3; take them out of the sheet");
    expect("hidden columns", "t.ods", "", "a,b,y\n1,2,3\n4,5,6\n",
           "2 columns that are hidden are read, too, the first in B1 (--ignore)");
    result r = run("python3 -c \"import zipfile\nz = zipfile.ZipFile('t.ods'); o = "
                   "zipfile.ZipFile('p.ods', 'w', zipfile.ZIP_DEFLATED)\nfor n in z.namelist(): "
                   "o.writestr(n, z.read(n))\"");
    if (!r.status)
        expect("its first member packed, against the rule", "p.ods", "", "a,b,y\n1,2,3\n4,5,6\n",
               "2 columns that are hidden");
    result_free(&r);
    write_ods(ODS("", TABLE("A", "<t:table-row t:number-rows-repeated='1048576'><t:table-cell "
                                 "t:number-columns-repeated='16384' o:value-type='float' "
                                 "o:value='1'/></t:table-row>")));
    expect("a bomb", "t.ods", "", "fails", "more than 4194304 cells repeat others");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_of_all_types_are_read),
        cmocka_unit_test(dates_are_numbers_that_are_shown_so),
        cmocka_unit_test(a_table_is_found_on_its_sheet),
        cmocka_unit_test(pandas_has_no_name_for_its_index),
        cmocka_unit_test(a_sheet_for_a_model_of_its_csv_is_refused),
        cmocka_unit_test(a_sheet_is_chosen),
        cmocka_unit_test(damaged_workbooks_are_refused),
        cmocka_unit_test(a_workbook_that_grows_without_end_is_refused),
        cmocka_unit_test(opendocument_sheets_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
