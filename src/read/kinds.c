/*
 * kinds.c: kinds of files that people have and no reader reads: known by their first bytes, or by
 * their names where the bytes tell nothing, and named together with what makes a table of them.
 *
 *     50 41 52 31 "PAR1"       Parquet        duckdb -csv -c "FROM 'sales.parquet'" >table.csv
 *     "<!DOCTYPE html>"        HTML           a page that a download brought instead of the data
 *     model.pkl, no file yet   pickle         by its name alone
 *     sales.xls, of text       no kind        what programs call .xls is often a table of text
 */
#include "kinds.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* What its first bytes must be. A text may have blanks before it and any case. Bytes that could
 * begin a table of text as well ("PAR1,PAR2") must have others behind them that no text has. */
typedef enum how { BYTES, TEXT, NOT_TEXT, WITHIN, LOOKS } how;

typedef struct kind {
    const char *name, *mend; /* FILE in a mend stands for the file's name */
    how how;
    int at; /* where the bytes stand */
    int length;
    const char *bytes;     /* NULL: the suffix alone tells */
    const char *suffix[3]; /* of the names of its files */
    bool (*looks)(const char *s, const char *end);
} kind;

#define IS(how, at, bytes) how, at, sizeof bytes - 1, bytes
#define PANDAS(read)                                                                               \
    "python3 -c 'import pandas as p; p." read ".to_csv(\"table.csv\", index=False)'"
#define R(read) "Rscript -e 'write.csv(" read ", \"table.csv\", row.names=FALSE)'"
#define R_OBJECT "an R object (RDS)"
#define R_OBJECT_MEND R("readRDS(\"FILE\")")
#define R_OBJECTS "objects of R (RData)"
#define R_OBJECTS_MEND R("get(load(\"FILE\")[1])")
#define PICKLE "a pickle of Python"
#define PICKLE_MEND PANDAS("read_pickle(\"FILE\")")
#define TORCH "a file of PyTorch"
#define TORCH_MEND "save its arrays by numpy.save"
#define DUCKDB "duckdb -csv -c \"FROM 'FILE'\" >table.csv"
#define PARQUET "Parquet"
#define PARQUET_MEND DUCKDB " or " PANDAS("read_parquet(\"FILE\")")
#define FEATHER "an Arrow file (Feather)"
#define FEATHER_MEND PANDAS("read_feather(\"FILE\")")
#define SHEET_MEND "ssconvert FILE table.csv"
#define STATA "a Stata file"
#define STATA_MEND PANDAS("read_stata(\"FILE\")")
#define SAS_MEND PANDAS("read_sas(\"FILE\")")
#define SPSS "an SPSS file"
#define SPSS_MEND R("foreign::read.spss(\"FILE\", to.data.frame=TRUE)")
#define ACCESS "an Access database"
#define ACCESS_MEND "mdb-export FILE TABLE >table.csv"
#define IMAGE_MEND "make a PNG of it (ImageMagick: convert FILE picture.png)"
#define PAGE "a web page (HTML)"
#define PAGE_MEND                                                                                  \
    "where a download brought this page instead of the data, load the data themselves; a table "   \
    "in it: " PANDAS("read_html(\"FILE\")[0]")
#define XML_MEND PANDAS("read_xml(\"FILE\")")
#define CONFLICT "a file with a conflict of Git"
#define CONFLICT_MEND                                                                              \
    "keep the rows of one side, and take the lines <<<<<<<, ======= and >>>>>>> out"
#define DUMP_MEND "run it in a database and read that"

#define YAML_MEND                                                                                  \
    "python3 -c 'import yaml, pandas as p; "                                                       \
    "p.DataFrame(yaml.safe_load(open(\"FILE\"))).to_csv(\"table.csv\", index=False)'"
#define WABBIT_MEND                                                                                \
    "python3 -c 'import json; [print(json.dumps({\"label\": l.split()[0], **{t.split(\":\")[0]: "  \
    "float((t.split(\":\") + [1])[1]) for t in l[l.index(\"|\"):].split() if t[0] != \"|\"}})) "   \
    "for l in open(\"FILE\")]' >table.jsonl"
#define SHOWN_MEND(write) "what it shows is for people, and may be cut; write the table by " write
#define LIKE(looks) LOOKS, 0, 0, NULL, {NULL}, looks

/* ---------------------------------------------------------------------------- looks of texts -- */

/* The line at s, without the blanks at its end; returns where the next begins. */
static const char *next_line(const char *s, const char *end, const char **stop) {
    const char *line = memchr(s, '\n', (size_t)(end - s));
    *stop = line ? line : end;
    while (*stop > s && isspace((unsigned char)(*stop)[-1])) --*stop;
    return line ? line + 1 : end;
}

/* "size: 82.7" or "size:"; where its value begins; NULL: it is none. */
static const char *behind_key(const char *s, const char *stop) {
    const char *key = s;
    while (s < stop && (isalnum((unsigned char)*s) || strchr("_ .'\"-", *s))) s++;
    bool is = s > key && s < stop && *s == ':' && (s + 1 == stop || s[1] == ' ');
    return is ? s + 1 : NULL;
}

static bool is_item(const char *s, const char *stop) {
    return stop - s > 2 && s[0] == '-' && s[1] == ' ';
}

/* A list of mappings, or a mapping of lists; perhaps below "---" and comments. */
static bool looks_like_yaml(const char *s, const char *end) {
    const char *stop, *next = next_line(s, end, &stop);
    while (next < end && (stop == s || *s == '#' || (stop - s == 3 && !memcmp(s, "---", 3))))
        s = next, next = next_line(s, end, &stop);
    bool list = is_item(s, stop);
    const char *value = behind_key(s + (list ? 2 : 0), stop);
    if (!value || next == end) return false;
    while (value < stop && *value == ' ') value++;
    const bool block = value == stop;
    s = next;
    next_line(s, end, &stop);
    const char *below = s;
    while (below < stop && *below == ' ') below++;
    if (list) return is_item(s, stop) || (below > s && behind_key(below, stop));
    return block ? is_item(below, stop) : *value == '[' && behind_key(s, stop);
}

/* "[section]" above "name = value". */
static bool looks_like_ini(const char *s, const char *end) {
    const char *stop, *next = next_line(s, end, &stop);
    if (*s != '[' || stop - s < 3 || stop[-1] != ']' || !isalpha((unsigned char)s[1])) return false;
    s = next;
    next_line(s, end, &stop);
    return memmem(s, (size_t)(stop - s), " = ", 3);
}

/* ">name" above letters alone. */
static bool looks_like_fasta(const char *s, const char *end) {
    const char *stop, *next = next_line(s, end, &stop);
    if (*s != '>' || stop - s < 2) return false;
    s = next;
    next_line(s, end, &stop);
    for (const char *c = s; c < stop; c++)
        if (!isalpha((unsigned char)*c) && *c != '-' && *c != '*') return false;
    return stop - s > 3;
}

static bool begins(const char *s, const char *stop, const char *word) {
    const size_t n = strlen(word);
    return (size_t)(stop - s) >= n && !memcmp(s, word, n);
}

static bool looks_like_tektronix(const char *s, const char *end) {
    const char *stop, *next = next_line(s, end, &stop);
    if (!begins(s, stop, "Model,")) return false;
    next_line(next, end, &stop);
    return begins(next, stop, "Firmware Version,");
}

/* What was measured stands beside what describes it. */
static bool looks_like_old_tektronix(const char *s, const char *end) {
    const char *stop, *next = next_line(s, end, &stop);
    if (!begins(s, stop, "Record Length,")) return false;
    next_line(next, end, &stop);
    return begins(next, stop, "Sample Interval,");
}

static bool looks_like_rigol(const char *s, const char *end) {
    const char *stop, *next = next_line(s, end, &stop);
    if (!begins(s, stop, "X,CH") || !memmem(s, (size_t)(stop - s), ",Start,Increment", 16))
        return false;
    next_line(next, end, &stop);
    return begins(next, stop, "Sequence,");
}

/* "1 1.0 |f price:0.23 sqft:0.25 2006": numbers, a bar behind a blank, and features by their names,
 * one of which at least has a value. */
static bool is_wabbit(const char *s, const char *stop) {
    const char *bar = memchr(s, '|', (size_t)(stop - s));
    if (!bar || bar == s || bar[-1] != ' ' || stop - bar < 2) return false;
    for (const char *c = s; c < bar; c++)
        if (!isdigit((unsigned char)*c) && !strchr(" .+-", *c)) return false;
    for (const char *c = bar + 1; c + 1 < stop; c++) {
        if (*c == '|' || *c == ',') return false;
        if (*c == ':' && isalpha((unsigned char)c[-1]) && strchr("0123456789.-", c[1])) return true;
    }
    return false;
}

static bool looks_like_wabbit(const char *s, const char *end) {
    const char *stop, *next = next_line(s, end, &stop);
    if (!is_wabbit(s, stop)) return false;
    next_line(next, end, &stop);
    return next == end || is_wabbit(next, stop);
}

/* "  size = 82.7": where its name ends; NULL: it is none. */
static const char *name_before_sign(const char *s, const char *stop) {
    const char *sign = memmem(s, (size_t)(stop - s), " = ", 3);
    return sign && sign > s ? sign : NULL;
}

/* As `sqlite3 -line` has rows: names up to one place, and behind an empty line the first again. */
static bool looks_like_sqlite_lines(const char *s, const char *end) {
    const char *stop, *sign, *at = next_line(s, end, &stop);
    const ptrdiff_t width = (sign = name_before_sign(s, stop)) ? sign - s : 0;
    bool same = width > 0;
    for (; same && at < end; at = next_line(at, end, &stop)) {
        next_line(at, end, &stop);
        if (stop == at) break;
        same = (sign = name_before_sign(at, stop)) && sign - at == width;
    }
    if (!same || at == end) return false;
    const char *again = next_line(at, end, &stop);
    return end - again > width && !memcmp(again, s, (size_t)width);
}

/* Julia's "3×2 DataFrame" */
static bool looks_like_julia(const char *s, const char *end) {
    const char *stop;
    next_line(s, end, &stop);
    static const char name[] = " DataFrame";
    size_t n = sizeof name - 1;
    return isdigit((unsigned char)*s) && (size_t)(stop - s) > n && !memcmp(stop - n, name, n);
}

static const char *first_word(const char *s, const char *stop, size_t *n) {
    while (s < stop && *s == ' ') s++;
    for (*n = 0; s + *n < stop && s[*n] != ' ';) ++*n;
    return s;
}

/* pandas ends names that go on below by a backslash; R has names, behind a blank, once more, and
 * then the rows from the first on. */
static bool looks_wrapped(const char *s, const char *end) {
    const char *stop, *row = next_line(s, end, &stop), *at = row, *first_stop;
    size_t n, m;
    if (*s != ' ' || stop == s || row == end) return false;
    if (stop[-1] == '\\') return true;
    next_line(row, end, &first_stop);
    const char *first = first_word(row, first_stop, &n);
    for (const char *next; at < end; at = next) {
        next = next_line(at, end, &stop);
        if (at > row && *at == ' ' && *row != ' ' && stop > at && next < end) {
            next_line(next, end, &stop);
            const char *again = first_word(next, stop, &m);
            return n && m == n && !memcmp(first, again, n);
        }
        if (*at == ' ' && *row != ' ') return false;
    }
    return false;
}

/* The first that fits is it, so what is special stands above what is general. A row is a line or
 * two: */
/* clang-format off */
static const kind kinds[] = {
    {PARQUET, PARQUET_MEND, IS(NOT_TEXT, 0, "PAR1"), {".parquet", ".pq"}},
    {FEATHER, FEATHER_MEND, IS(NOT_TEXT, 0, "ARROW1"), {".feather", ".arrow"}},
    {FEATHER, FEATHER_MEND, IS(NOT_TEXT, 0, "FEA1"), {NULL}},
    {"an ORC file", PANDAS("read_orc(\"FILE\")"), IS(NOT_TEXT, 0, "ORC"), {".orc"}},
    {"an Avro file", "avro-tools tojson FILE >table.jsonl", IS(NOT_TEXT, 0, "Obj\1"), {".avro"}},
    {R_OBJECT, R_OBJECT_MEND, IS(BYTES, 0, "X\n\0\0\0\2"), {".rds"}},
    {R_OBJECT, R_OBJECT_MEND, IS(BYTES, 0, "X\n\0\0\0\3"), {NULL}},
    {R_OBJECTS, R_OBJECTS_MEND, IS(BYTES, 0, "RDX2\n"), {".rdata", ".rda"}},
    {R_OBJECTS, R_OBJECTS_MEND, IS(BYTES, 0, "RDX3\n"), {NULL}},
    {PICKLE, PICKLE_MEND, IS(BYTES, 0, "\x80\2"), {".pkl", ".pickle"}},
    {PICKLE, PICKLE_MEND, IS(BYTES, 0, "\x80\3"), {".joblib"}},
    {PICKLE, PICKLE_MEND, IS(BYTES, 0, "\x80\4"), {NULL}},
    {PICKLE, PICKLE_MEND, IS(BYTES, 0, "\x80\5"), {NULL}},
    {"a SAS file", SAS_MEND, IS(BYTES, 12, "\xC2\xEA\x81\x60\xB3\x14\x11\xCF"), {".sas7bdat"}},
    {"a SAS transport file", SAS_MEND, IS(TEXT, 0, "HEADER RECORD*******LIB"), {".xpt"}},
    {SPSS, SPSS_MEND, IS(NOT_TEXT, 0, "$FL2"), {".sav"}},
    {SPSS, SPSS_MEND, IS(NOT_TEXT, 0, "$FL3"), {".zsav"}},
    {STATA, STATA_MEND, IS(TEXT, 0, "<stata_dta>"), {".dta"}},
    {STATA, STATA_MEND, IS(BYTES, 0, "\x71\2\1\0"), {NULL}},
    {STATA, STATA_MEND, IS(BYTES, 0, "\x72\2\1\0"), {NULL}},
    {STATA, STATA_MEND, IS(BYTES, 0, "\x73\2\1\0"), {NULL}},
    {"HDF4", "h4toh5 FILE table.h5", IS(BYTES, 0, "\x0E\3\x13\1"), {".hdf"}},
    {"an old Excel workbook (.xls), or one with a password", SHEET_MEND, IS(BYTES, 0, "\xD0\xCF\x11\xE0\xA1\xB1"), {".xls"}},
    {"an OpenDocument document", "save its table as .ods or .csv", IS(BYTES, 30, "mimetypeapplication/vnd.oasis"), {".odt"}},
    {"an Office document", "save its table as .xlsx or .csv", IS(BYTES, 30, "[Content_Types].xml"), {".docx", ".pptx"}},
    {"a binary Excel workbook", SHEET_MEND, BYTES, 0, 0, NULL, {".xlsb"}},
    {"a DuckDB database", "duckdb -csv FILE 'FROM TABLE' >table.csv", IS(BYTES, 8, "DUCK"), {".duckdb"}},
    {ACCESS, ACCESS_MEND, IS(BYTES, 4, "Standard Jet DB"), {".mdb"}},
    {ACCESS, ACCESS_MEND, IS(BYTES, 4, "Standard ACE DB"), {".accdb"}},
    {"a dBase file", SHEET_MEND, BYTES, 0, 0, NULL, {".dbf"}},
    {"a dump of PostgreSQL", "pg_restore it and read the database", IS(BYTES, 0, "PGDMP"), {NULL}},
    {"a dump of PostgreSQL", DUMP_MEND, IS(TEXT, 0, "--\n-- PostgreSQL database"), {NULL}},
    {"a dump of MySQL", DUMP_MEND, IS(TEXT, 0, "-- MySQL dump"), {NULL}},
    {"a dump of MariaDB", DUMP_MEND, IS(TEXT, 0, "-- MariaDB dump"), {NULL}},
    {"a dump of SQLite", "sqlite3 table.db <FILE", IS(TEXT, 0, "PRAGMA foreign_keys=OFF;"), {NULL}},
    {TORCH, TORCH_MEND, IS(BYTES, 30, "archive/data.pkl"), {".pt", ".pth"}},
    {"a zip archive", "unzip it (a single table: unzip -p FILE >table.csv)", IS(BYTES, 0, "PK\3\4"), {".zip"}},
    {"an empty zip archive", "pack the table once more", IS(BYTES, 0, "PK\5\6"), {NULL}},
    {"a tar archive", "tar xf FILE", IS(BYTES, 257, "ustar"), {".tar", ".tgz"}},
    {"packed by bzip2", "bzcat FILE >table.csv", IS(NOT_TEXT, 0, "BZh"), {".bz2"}},
    {"packed by xz", "xzcat FILE >table.csv", IS(BYTES, 0, "\xFD" "7zXZ"), {".xz"}},
    {"packed by zstd", "zstdcat FILE >table.csv", IS(BYTES, 0, "\x28\xB5\x2F\xFD"), {".zst"}},
    {"packed by lz4", "lz4cat FILE >table.csv", IS(BYTES, 0, "\4\x22\x4D\x18"), {".lz4"}},
    {"packed by gzip twice", "gunzip -c FILE | gunzip -c >table.csv", IS(BYTES, 0, "\x1F\x8B"), {NULL}},
    {"a 7z archive", "7z x FILE", IS(BYTES, 0, "7z\xBC\xAF\x27\x1C"), {".7z"}},
    {"a RAR archive", "unrar x FILE", IS(BYTES, 0, "Rar!\x1A\7"), {".rar"}},
    {"a PDF document", "pdftotext -layout FILE shows its texts", IS(TEXT, 0, "%PDF-"), {".pdf"}},
    {"a GIF image", IMAGE_MEND, IS(NOT_TEXT, 0, "GIF8"), {".gif"}},
    {"a TIFF image", IMAGE_MEND, IS(BYTES, 0, "II*\0"), {".tif", ".tiff"}},
    {"a TIFF image", IMAGE_MEND, IS(BYTES, 0, "MM\0*"), {NULL}},
    {"a HEIF image (HEIC, AVIF)", IMAGE_MEND, IS(NOT_TEXT, 4, "ftyphei"), {".heic", ".heif"}},
    {"a HEIF image (HEIC, AVIF)", IMAGE_MEND, IS(NOT_TEXT, 4, "ftypmif1"), {NULL}},
    {"a HEIF image (HEIC, AVIF)", IMAGE_MEND, IS(NOT_TEXT, 4, "ftypavif"), {".avif"}},
    {"a JPEG 2000 image", IMAGE_MEND, IS(BYTES, 0, "\0\0\0\fjP  "), {".jp2"}},
    {"a JPEG XL image", IMAGE_MEND, IS(BYTES, 0, "\0\0\0\fJXL "), {".jxl"}},
    {"a program", "name the data", IS(BYTES, 0, "\x7F" "ELF"), {NULL}},
    {"sound (WAV)", "numpy.save its samples", IS(NOT_TEXT, 8, "WAVE"), {".wav"}},
    {"a pointer of Git LFS, not the file itself", "git lfs pull", IS(TEXT, 0, "version https://git-lfs"), {NULL}},
    {CONFLICT, CONFLICT_MEND, IS(TEXT, 0, "<<<<<<< "), {NULL}},
    {"a rich text document (RTF)", "save it as plain text", IS(TEXT, 0, "{\\rtf"), {".rtf"}},
    {"a script of SQL", DUMP_MEND, IS(TEXT, 0, "INSERT INTO "), {".sql"}},
    {"a script of SQL", DUMP_MEND, IS(TEXT, 0, "CREATE TABLE "), {NULL}},
    {"a table of LaTeX", "sed -n 's/ *\\\\\\\\.*//;s/ *& */,/gp' FILE >table.csv", IS(TEXT, 0, "\\begin{tab"), {NULL}},
    {"rows as the mysql client prints them for \\G", "mysql -B writes a table", IS(TEXT, 0, "*************************** 1. row"), {NULL}},
    {PAGE, PAGE_MEND, IS(TEXT, 0, "<!doctype html"), {".html", ".htm"}},
    {PAGE, PAGE_MEND, IS(TEXT, 0, "<html"), {NULL}},
    {"an Excel workbook of XML (2003)", "open it in Excel or LibreOffice and save it as .xlsx", IS(WITHIN, 0, "urn:schemas-microsoft-com:office:spreadsheet"), {NULL}},
    {PAGE, PAGE_MEND, IS(TEXT, 0, "<table"), {NULL}},
    {"a print of polars", SHOWN_MEND("df.write_csv(\"table.csv\")"), IS(TEXT, 0, "shape: ("), {NULL}},
    {"a print of R (tibble)", SHOWN_MEND("write.csv(x, \"table.csv\", row.names=FALSE)"), IS(TEXT, 0, "# A tibble: "), {NULL}},
    {"a print of Julia", SHOWN_MEND("CSV.write(\"table.csv\", df)"), LIKE(looks_like_julia)},
    {"a print that was wrapped, its columns in several blocks", "write the table by to_csv (pandas), or write.csv(x, \"table.csv\", row.names=FALSE) (R)", LIKE(looks_wrapped)},
    {"rows as psql prints them for \\x", "psql -A writes a table", IS(TEXT, 0, "-[ RECORD 1 ]"), {NULL}},
    {"texts with their labels in front, as fastText has them", "sed -E 's/^(__label__[^ ]+) /\\1\\t/' FILE >table.tsv", IS(TEXT, 0, "__label__"), {NULL}},
    {"a file of PANGAEA with its description above", "sed '1,/^\\*\\//d' FILE >table.tsv leaves the table", IS(TEXT, 0, "/* DATA DESCRIPTION:"), {NULL}},
    {"rows as sqlite3 prints them for -line", "sqlite3 -header -csv writes a table", LIKE(looks_like_sqlite_lines)},
    {"a file of Vowpal Wabbit", WABBIT_MEND, LIKE(looks_like_wabbit)},
    {"a file of an oscilloscope, with its settings above", "sed '1,/^,*\\r*$/d' FILE >table.csv leaves the table", LIKE(looks_like_tektronix)},
    {"a file of an oscilloscope, with its settings beside what was measured", "cut -d, -f4,5 FILE >table.csv", LIKE(looks_like_old_tektronix)},
    {"a file of an oscilloscope, with its settings in the first rows", "sed '1s/,Start,Increment.*//;2d;s/[,\\r]*$//' FILE >table.csv", LIKE(looks_like_rigol)},
    {"a measurement of LabVIEW, with its settings above", "awk 'n > 1 {sub(/\\tComment\\r?$/, \"\"); print} /End_of_Header/ {n++}' FILE >table.tsv leaves the table", IS(TEXT, 0, "LabVIEW Measurement"), {NULL}},
    {"a PLY file of points", "where it is ASCII: sed '1,/^end_header/d' FILE >points.txt leaves them", IS(TEXT, 0, "ply\nformat "), {NULL}},
    {"a PCD file of points", "where it is ASCII: sed '1,/^DATA/d' FILE >points.txt leaves them", IS(TEXT, 0, "# .PCD v"), {NULL}},
    {"contacts (vCard)", "let the address book write CSV", IS(TEXT, 0, "BEGIN:VCARD"), {NULL}},
    {"a calendar (iCalendar)", "let the calendar write CSV", IS(TEXT, 0, "BEGIN:VCALENDAR"), {NULL}},
    {"FASTA", "seqkit fx2tab FILE >table.tsv", LIKE(looks_like_fasta)},
    {"YAML", YAML_MEND, LIKE(looks_like_yaml)},
    {"TOML or an INI file", "write its values as a table, such as CSV or JSON", LIKE(looks_like_ini)},
    {"XML", XML_MEND, IS(TEXT, 0, "<?xml"), {".xml"}},
};
/* clang-format on */

/* ------------------------------------------------------------------------------- recognising -- */

/* No text has control characters besides blanks and line ends, but where it is UTF-16. */
static bool is_text(const unsigned char *bytes, size_t n) {
    if (n >= 2 && (!memcmp(bytes, "\xFF\xFE", 2) || !memcmp(bytes, "\xFE\xFF", 2))) return true;
    for (size_t i = 0; i < n; i++)
        if (bytes[i] < 32 && !isspace(bytes[i])) return false;
    return true;
}

static bool begins_with_text(const unsigned char *bytes, size_t n, const kind *k) {
    size_t at = n >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3) ? 3 : 0, length = (size_t)k->length;
    while (at < n && isspace(bytes[at])) at++;
    if (n - at < length) return false;
    for (size_t i = 0; i < length; i++)
        if (tolower(bytes[at + i]) != tolower((unsigned char)k->bytes[i])) return false;
    return true;
}

static bool looks_so(const unsigned char *bytes, size_t n, const kind *k) {
    size_t at = n >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3) ? 3 : 0;
    return n > at && is_text(bytes, n) &&
           k->looks((const char *)bytes + at, (const char *)bytes + n);
}

static bool fits(const unsigned char *bytes, size_t n, const kind *k) {
    if (k->looks) return looks_so(bytes, n, k);
    if (!k->bytes) return false;
    if (k->how == TEXT) return begins_with_text(bytes, n, k);
    if (k->how == WITHIN) return *bytes == '<' && memmem(bytes, n, k->bytes, (size_t)k->length);
    size_t at = (size_t)k->at, length = (size_t)k->length;
    if (n < at + length || memcmp(bytes + at, k->bytes, length)) return false;
    return k->how == BYTES || !is_text(bytes, n);
}

static const kind *kind_of_bytes(const unsigned char *bytes, size_t n) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (fits(bytes, n, &kinds[i])) return &kinds[i];
    return NULL;
}

static const kind *kind_of_name(const char *path) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        for (const char *const *s = kinds[i].suffix; *s; s++)
            if (gl_has_suffix(path, *s)) return &kinds[i];
    }
    return NULL;
}

/* By its first bytes; where there are none (no file yet), or they are of no kind and no text
 * either, by its name. */
static const kind *other_kind(const char *path, const gl_beginning *b) {
    const kind *k = kind_of_bytes(b->bytes, b->n);
    return k || (b->n && is_text(b->bytes, b->n)) ? k : kind_of_name(path);
}

bool gl_is_other_kind(const char *path, const gl_beginning *b) { return other_kind(path, b); }

const char *gl_kind_name(const gl_beginning *b) {
    const kind *k = kind_of_bytes(b->bytes, b->n);
    return k ? k->name : NULL;
}

/* ------------------------------------------------------------------------------------ saying -- */

/* A name that a shell takes as it is goes into the command, to be copied; else it stays FILE. */
static char *command_for(glia_ctx *g, const char *mend, const char *path) {
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+/";
    gl_text text = {.g = g};
    const char *name = path[strspn(path, plain)] || *path == '-' ? "FILE" : path, *at;
    for (; (at = strstr(mend, "FILE")); mend = at + strlen("FILE"))
        gl_add(&text, "%.*s%s", (int)(at - mend), mend, name);
    gl_add(&text, "%s", mend);
    return gl_text_end(&text);
}

glia_status gl_check_kind(glia_ctx *g, const char *path, const gl_beginning *b) {
    const kind *k = other_kind(path, b);
    bool by_bytes = kind_of_bytes(b->bytes, b->n);
    if (!k) return GLIA_OK;
    char *mend = command_for(g, k->mend, path);
    if (!mend) return GLIA_RESOURCE;
    gl_fail(g, GLIA_INPUT, "cannot read '%s': %s %s, and this kind of file is not read; %s", path,
            by_bytes ? "it is" : "by its name it is", k->name, mend);
    gl_free(g, mend);
    return GLIA_INPUT;
}
