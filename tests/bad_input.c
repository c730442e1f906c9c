/*
 * bad_input.c: what the program says when something is wrong. One case is one line of a table: the
 * file that is written, the command line, the exit status and what the message must name: the
 * thing, the place, what was found, what was expected. Beside that every case must print exactly
 * one "glia: error: " line, nothing on stdout, and leave no file.
 *
 * Exit status: 1 the work failed, 2 the command line is wrong, 3 the input, 4 a resource. A case
 * with status 0 says what is only a warning.
 */
#include <dirent.h>
#include <sys/stat.h>
#include <zlib.h>

#include "test.h"

#define T "$GLIA train --quiet "
#define IRIS T "iris.csv "
#define NEW "length,width,colour\n"
#define LABELLED "length,width,colour,species\n"

enum { ADDRESS_SPACE = 1, HDF5 = 2, NOT_ROOT = 4 }; /* what a case needs to make sense */

typedef struct bad {
    const char *name;
    const char *file, *text; /* written before; NULL: none */
    const char *line;        /* of the shell */
    int status;
    const char *says[4];
    unsigned needs;
} bad;

/* A case is a line or two: */
/* clang-format off */
static const bad cases[] = {
    /* --------------------------------------------------------------------------- data: files -- */
    {"a missing file", 0, 0, T "missing.csv", 3, {"cannot read 'missing.csv': No such file"}},
    {"an empty file", "e.csv", "", T "e.csv", 3, {"e.csv: the file is empty", "expected rows"}},
    {"only a header", "h.csv", "a,b,y\n", T "h.csv", 3,
     {"h.csv: found a header and no rows below it", "--no-header"}},
    {"a directory for a file", 0, 0, T "folder --format csv", 3,
     {"cannot read 'folder': it is a directory, a file was expected"}},
    {"a folder without pictures", 0, 0, T "folder", 3, {"folder: there are no pictures in it"}},
    {"a size for a table", 0, 0, IRIS "--size 8x8 --epochs 1 -o s.glia; s=$?; rm s.glia; exit $s", 0,
     {"'iris.csv' is read as csv, for which --size means nothing"}},
    {"a model as data", 0, 0, T "iris.glia", 3,
     {"'iris.glia' is a model file, not data", "usage: glia train"}},
    {"a table packed twice", 0, 0, "gzip -c iris.csv.gz | $GLIA train --quiet -", 3,
     {"it is packed by gzip twice", "gunzip -c FILE | gunzip -c >table.csv"}},
    {"a conflict of Git", "n.csv", "a,b,y\n1,2,0\n<<<<<<< HEAD\n1,2,1\n=======\n1,3,1\n>>>>>>> x\n", T "n.csv", 3,
     {"n.csv, line 3: found 1 cell", "'<<<<<<<' is of a conflict of Git: keep the rows of one side"}},
    {"a conflict of Git in the first line", "n.csv", "<<<<<<< HEAD\na,b,y\n1,2,0\n", T "n.csv", 3,
     {"it is a file with a conflict of Git"}},
    {"images of the other byte order", 0, 0,
     "printf '\\003\\010\\0\\0\\012\\0\\0\\0\\001\\0\\0\\0\\001\\0\\0\\0abcdefghij' | " T "--format idx -", 3,
     {"found 03080000, expected 0000", "its numbers are in the other byte order"}},
    {"sizes of the other byte order", 0, 0,
     "printf '\\0\\0\\010\\003\\012\\0\\0\\0\\001\\0\\0\\0\\001\\0\\0\\0abcdefghij' | " T "--format idx -", 3,
     {"found shape (167772160, 16777216, 16777216); its numbers are in the other byte order"}},
    {"a transposed table", 0, 0,
     "(echo rooms,3,2,4,1,5,6,2,3,4; echo kind,flat,house,flat,flat,loft,flat,loft,loft,house; echo price,25,20,31,9,40,55,21,26,33) | $GLIA data - | grep -o 'it looks transposed: column 1 holds names' >&2", 0,
     {"it looks transposed: column 1 holds names"}},
    {"a no in a configuration", "g.yaml", "epochs: 2\nval: no\n", IRIS "--config g.yaml", 2,
     {"g.yaml:2: val: found no, expected FRACTION|none|DATA; did you mean 'none'?"}},
    {"an empty standard input", 0, 0, T "-", 3, {"standard input: the file is empty"}},
    {"a zipped archive", "x.zip", "PK\3\4", T "x.zip", 3,
     {"cannot read 'x.zip': it is a zip archive", "not read; unzip it (a single table: unzip -p x.zip >table.csv)"}},
    {"a sparse row without a label", "x.libsvm", "1 1:2 3:4\n2:1\n", T "x.libsvm", 3,
     {"x.libsvm, line 2, field 1: found '2:1', expected the label first"}},
    {"a file without permission", 0, 0, "chmod 0 secret.csv; " T "secret.csv", 3,
     {"'secret.csv': Permission denied"}, NOT_ROOT},
    {"an infinite value in an array", 0, 0, T "--x inf.npy --y y.npy", 3,
     {"inf.npy, row 3: value 2 of x is infinite", "--bad-rows skip leaves such rows out"}},
    {"an infinite value in an array that is left out", 0, 0,
     "$GLIA predict arrays.glia inf.npy --bad-rows skip", 0,
     {"inf.npy, row 3: skipped: value 2 of x is infinite", "inf.npy: 1 of 8 rows skipped"}},
    {"gzip data cut short", 0, 0, T "cut.csv.gz", 3,
     {"cut.csv.gz: the gzip data ends too early", "is the file complete?"}},
    {"gzip data damaged", 0, 0, T "damaged.csv.gz", 3,
     {"damaged.csv.gz: the gzip data is damaged near byte"}},
    {"bytes behind gzip data", 0, 0, "(cat iris.csv.gz; echo rubbish) | $GLIA predict iris.glia -", 0,
     {"the gzip data ends at byte", "the 8 bytes behind it are no gzip data; they are not read"}},
    {"a second gzip member cut short", 0, 0, "cat iris.csv.gz cut.csv.gz | $GLIA predict iris.glia -", 3,
     {"the gzip data ends too early"}},

    /* --------------------------------------------------------------------------- data: cells -- */
    {"a short row", "r.csv", "a,b,y\n1,2,0\n1,2,1\n1,2\n", T "r.csv", 3,
     {"r.csv, line 4: found 2 cells, expected 3 as in line 1"}},
    {"a row with another delimiter", "r.csv", "a,b,y\n1,2,0\n1;2;1\n1,2,1\n", T "r.csv", 3,
     {"r.csv, line 3: found 1 cell, expected 3", "';' separates the cells of this line"}},
    {"a row in quotes", "r.csv", "a,b,y\n1,2,0\n\"1,2,1\"\n1,2,1\n", T "r.csv", 3,
     {"r.csv, line 3: found 1 cell", "the line as a whole is in quotes; take them off"}},
    {"a name too few", "r.csv", "a,y\nx,u,0\nz,v,1\nz,u,1\n", T "r.csv --delimiter , --header", 3,
     {"r.csv, line 2: found 3 cells, expected 2", "is a name missing in line 1?"}},
    {"a table cut short", "r.csv", "a,b,y\n1,2,0\n1,2,1\n1,", T "r.csv", 3,
     {"r.csv, line 4: found 2 cells", "the text ends in this line: is the file complete?"}},
    {"lines in quotes", "r.csv", "\"a,b,y\"\n\"1,2,p\"\n\"3,4,q\"\n\"5,6,r\"\n\"7,8,s\"\n\"9,8,t\"\n\"10,8,u\"\n", T "r.csv --delimiter ,", 3,
     {"no column is left to learn 'a,b,y' from; the table has one column", "or are whole lines in quotes?"}},
    {"names with another delimiter", "r.csv", "a;b;y\n1,2,0\n3,4,1\n5,6,0\n7,8,1\n", "$GLIA data r.csv >o.csv; rm o.csv", 0,
     {"r.csv, line 1: 'a;b;y' is unlike all lines below", "are they names? Write ',' between them, as below"}},
    {"rich text", "r.csv", "{\\rtf1\\ansi\na,b\n", T "r.csv", 3, {"it is a rich text document (RTF)", "save it as plain text"}},
    {"a script of SQL", "r.csv", "INSERT INTO t VALUES (1);\n", T "r.csv", 3, {"it is a script of SQL"}},
    {"a page of an error", "r.csv", "404: Not Found", T "r.csv", 3, {"found a header and no rows below it, '404:' ..."}},
    {"a name with a loose accent", 0, 0,
     "printf 'Gr\\303\\266,y\\n' >g.csv; awk 'BEGIN{for(i=1;i<30;i++) print i*1.5 \",\" i%7}' >>g.csv; " T "g.csv --epochs 1 -o g.glia 2>/dev/null >&2; "
     "(printf 'Gro\\314\\210,y\\n'; sed 1d g.csv) | $GLIA predict g.glia -; s=$?; rm g.csv g.glia; exit $s", 3,
     {"did you rename it to", "one writes accents beside their letters"}},
    {"a long row", "r.csv", "a,b,y\n1,2,0\n1,2,1,5\n", T "r.csv", 3,
     {"r.csv, line 3: found 4 cells, expected 3"}},
    {"a quote never closed", "q.csv", "a,b,y\n1,2,0\n1,\"2,1\n1,2,3\n", T "q.csv", 3,
     {"q.csv, line 3: a quote", "never closed"}},
    {"a zero byte", 0, 0, T "nul.csv", 3, {"nul.csv, line 2: found a zero byte, expected text"}},
    {"UTF-16 with a header alone", 0, 0, T "utf16.csv", 3, {"found a header and no rows below it"}},
    {"an infinite cell", "i.csv", "a,b,y\n1,inf,0\n1,2,1\n2,2,1\n", T "i.csv", 3,
     {"i.csv, line 2, column 'b': found an infinite number, expected a finite one", "--missing"}},
    {"a number too large", "i.csv", "a,b,y\n1,1,0\n1,1e999,1\n2,2,1\n", T "i.csv", 3,
     {"i.csv, line 3, column 'b': found an infinite"}},
    {"an infinite target", "i.csv", "a,y\n1,1.5\n2,-inf\n3,2.5\n4,4.5\n", T "i.csv", 3,
     {"i.csv, line 3, column 'y'", "infinite"}},
    {"a missing target cell", "m.csv", "a,y\n1,0\n2,\n3,1\n4,0\n", T "m.csv", 3,
     {"m.csv, line 3, column 'y': the target is missing"}},
    {"a NaN target cell", "m.csv", "a,y\n1,0\n2,1\n3,NaN\n4,0\n", T "m.csv", 3,
     {"m.csv, line 4, column 'y': the target is missing"}},
    {"no target cell at all", "m.csv", "a,y\n1,\n2,NA\n3,?\n", T "m.csv", 3,
     {"the target 'y' is missing in every row"}},
    {"one row", "o.csv", "a,y\n1,0\n", T "o.csv", 3,
     {"'o.csv' has 1 row of data, training needs at least 2"}},
    {"too few rows behind the split", "o.csv", "a,y\n1,0\n2,1\n", T "o.csv --val 0.9", 3,
     {"no column is left to learn 'y' from (a: the same value in every row)"}},
    {"a file of one column", "o.csv", "y\n1\n2\n3\n", T "o.csv", 3,
     {"o.csv: no column is left to learn 'y' from"}},
    {"features that are all constant", "o.csv", "a,y\n1,0\n1,1\n1,0\n", T "o.csv", 3,
     {"no column is left to learn 'y' from", "a: the same value in every row"}},

    /* -------------------------------------------------------------------------------- target -- */
    {"an unknown target", 0, 0, IRIS "--target specis", 3,
     {"iris.csv: there is no column 'specis'; did you mean 'species'?"}},
    {"a target number too large", 0, 0, IRIS "--target 9", 3,
     {"no column 9; it has 4 (1 is the first, -1 the last)"}},
    {"target 0", 0, 0, IRIS "--target 0", 3, {"no column 0; it has 4"}},
    {"a constant target", "c.csv", "a,y\n1,5\n2,5\n3,5\n", T "c.csv", 3,
     {"c.csv: the target 'y' is 5 in each of the 3 training rows"}},
    {"one class only", "c.csv", "a,y\n1,x\n2,x\n3,x\n", T "c.csv", 3,
     {"the target 'y' is 'x' in each of the 3 training rows"}},
    {"an unknown column to ignore", 0, 0, IRIS "--ignore colur", 3,
     {"no column 'colur'; did you mean 'colour'?"}},
    {"the target ignored", 0, 0, IRIS "--ignore species", 2,
     {"'species' is the target and cannot be ignored"}},
    {"classes for a regression", 0, 0, IRIS "--task regression", 3,
     {"iris.csv, line 2, column 'species': found 'setosa', expected a number for --task regression"}},
    {"three classes for two", 0, 0, IRIS "--task binary", 3,
     {"has 3 different values, --task binary expects 2"}},
    {"a target of numbers with one decimal comma", 0, 0,
     "awk 'BEGIN{print \"a,y\"; for(i=1;i<60;i++) print i \",\" (i==7 ? \"\\\"8,5\\\"\" : i*1.5+0.25)}' | " T "-", 3,
     {"standard input, line 8, column 'y': found '8,5', and 58 of 59 cells are plain numbers",
      "--number 'y' makes it missing"}},
    {"a cell with a letter that nobody sees", 0, 0,
     "awk 'BEGIN{print \"a,y\"; for(i=1;i<60;i++) print i*1.5+0.25 (i==7 ? \"\\342\\200\\213\" : \"\") \",\" i%2}' | $GLIA data - >/dev/null", 0,
     {"58 are written like '1.75' in line 2, and 1 not, the first '10.75\\u200b' in line 8", "--number 'a' reads the others"}},
    {"a target of names", 0, 0, "awk 'BEGIN{print \"a,y\"; for(i=1;i<60;i++) print i \",n\" i}' | " T "-", 3,
     {"the target 'y' has 59 different texts in 59 rows, such as 'n1' in line 2", "name another column (--target)"}},
    {"texts that are no classes", 0, 0, IRIS "--delimiter ';' -o bad.glia", 3,
     {"no column is left to learn 'length,width,colour,species' from"}},

    /* ----------------------------------------------------------------- tables beside another -- */
    {"text among numbers at prediction", "p.csv", NEW "1,2,red\n1,two,red\n", "$GLIA predict iris.glia p.csv", 3,
     {"p.csv, line 3, column 'width': found 'two', expected a number"}},
    {"an infinite cell at prediction", "p.csv", NEW "1,inf,red\n",
     "$GLIA predict iris.glia p.csv", 3,
     {"p.csv, line 2, column 'width'"}},
    {"a missing column at prediction", "p.csv", "length,colour\n1,red\n", "$GLIA predict iris.glia p.csv", 3,
     {"p.csv: column 'width' is missing, the model was trained with it"}},
    {"misspelt texts at prediction", "p.csv", NEW "1,2,rde\n1,2,red\n1,2,Rad\n1,2,violet\n",
     "$GLIA predict iris.glia p.csv", 0,
     {"'rde' is a text that training did not know", "(3 in all); did you mean 'red'?",
      "others are 'Rad' ('red'?), 'violet'"}},
    {"a renamed column at prediction", "p.csv", "length,widht,colour\n1,2,red\n", "$GLIA predict iris.glia p.csv", 3,
     {"column 'width' is missing", "did you rename it to 'widht'?"}},
    {"renamed columns at prediction", "p.csv", "LENGTH,width_cm,Colour\n1,2,red\n", "$GLIA predict iris.glia p.csv", 3,
     {"p.csv: columns are missing that the model was trained with: 'length' (renamed to 'LENGTH'?), "
      "'width' (renamed to 'width_cm'?), 'colour' (renamed to 'Colour'?); give them the names of training"}},
    {"a row for names at prediction", "p.csv", "5,y,red\n1,2,red\n", "$GLIA predict iris.glia p.csv --header", 3,
     {"the first row ('5', ...) looks like data: --no-header"}},
    {"an empty name at prediction", "p.csv", "length,,colour\n1,2,red\n", "$GLIA predict iris.glia p.csv", 3,
     {"p.csv: column 'width' is missing", "is it column 2, whose name is empty?"}},
    {"an extra column at prediction", "p.csv", "x,length,width,colour\n1,2,3,red\n",
     "$GLIA predict iris.glia p.csv", 0,
     {"p.csv: training had no column 'x'; it is not used"}},
    {"an unseen category at prediction", "p.csv", NEW "1,2,green\n",
     "$GLIA predict iris.glia p.csv", 0,
     {"p.csv, line 2, column 'colour': 'green' is a text that training did not know"}},
    {"no rows at prediction", "p.csv", NEW, "$GLIA predict iris.glia p.csv", 3,
     {"p.csv: found a header and no rows"}},
    {"the table of another model", 0, 0, "$GLIA predict reg.glia iris.csv", 3,
     {"iris.csv: columns are missing that the model was trained with: 'a', 'b'",
      "now there are 'length', 'width', 'colour', 'species'"}},
    {"scores without the target", "p.csv", NEW "1,2,red\n", "$GLIA eval iris.glia p.csv", 3,
     {"p.csv: column 'species' is missing"}},
    {"scores of an unseen class", "p.csv", LABELLED "1,2,red,tulip\n", "$GLIA eval iris.glia p.csv", 3,
     {"p.csv, line 2, column 'species': found class 'tulip', the model knows setosa, versicolor, virginica"}},
    {"scores of a missing label", "p.csv", LABELLED "1,2,red,\n", "$GLIA eval iris.glia p.csv", 3,
     {"p.csv, line 2, column 'species': the target is missing"}},
    {"a test set with other columns", "p.csv", "length,colour,species\n1,red,setosa\n", IRIS "--test p.csv", 3,
     {"p.csv: column 'width' is missing"}},
    {"a test set with an unseen class", "p.csv", LABELLED "1,2,red,tulip\n", IRIS "--test p.csv", 3,
     {"found class 'tulip'"}},
    {"a missing validation file", 0, 0, IRIS "--val nofile.csv", 3, {"cannot read 'nofile.csv'"}},
    {"an empty validation file", "p.csv", LABELLED, IRIS "--val p.csv", 3,
     {"p.csv: found a header and no rows"}},

    /* -------------------------------------------------------------------------------- arrays -- */
    {"fewer labels than images", 0, 0, T "few-images-idx3-ubyte", 3,
     {"x has 10 rows, y has shape (9,); expected one label per row"}},
    {"images cut short", 0, 0, T "cut-images-idx3-ubyte", 3,
     {"found 100 bytes of values, expected 160 for shape (10, 4, 4)"}},
    {"images without labels", 0, 0, T "alone-images-idx3-ubyte", 3,
     {"there are no labels", "say --x FILE[:ARRAY] --y FILE[:ARRAY]"}},
    {"images of an absurd size", 0, 0, T "huge-images-idx3-ubyte", 3,
     {"shape (10, 4294967295, 4294967295) is too large"}},
    {"images of an unknown type", 0, 0, T "type-images-idx3-ubyte", 3,
     {"IDX type 0x03 is not read; expected 08 (bytes)"}},
    {"rows that do not agree", 0, 0, T "--x x.npy --y y7.npy", 3,
     {"x.npy: x has 8 rows, y has shape (7,)"}},
    {"an array of objects", 0, 0, T "--x object.npy --y y.npy", 3,
     {"object.npy: array holds Python objects ('|O'); expected numbers or texts, so save a.astype"}},
    {"an array cut short", 0, 0, T "--x cut.npy --y y.npy", 3,
     {"found 12 bytes of values, expected 64 for shape (8, 2)"}},
    {"an array of negative size", 0, 0, T "--x negative.npy --y y.npy", 3,
     {"'shape': found (-8, 2), expected"}},
    {"an array of an absurd size", 0, 0, T "--x huge.npy --y y.npy", 3,
     {"huge.npy: shape (99999999999, 99999999) is too large"}},
    {"an array of NaN", 0, 0, T "--x nan.npy --y y.npy", 3,
     {"nan.npy, column 'x': every value is missing (NaN)"}},
    {"labels of NaN", 0, 0, T "--x x.npy --y nan8.npy", 3,
     {"x.npy: the target 'y' is missing in every row"}},
    {"an array that ends in its header", "head.npy", "\x93NUMPY\1", T "--x head.npy --y y.npy", 3,
     {"head.npy"}},
    {"an array file without names", 0, 0, T "--x x.npy:images --y y.npy", 3,
     {"'x.npy' holds one array", "leave ':images' out"}},
    {"a table as an array", 0, 0, T "--x iris.csv --y y.npy", 3,
     {"iris.csv: it is a table of 4 columns, expected an array or one column"}},
    {"a missing array file", 0, 0, T "--x none.npy --y y.npy", 3,
     {"cannot read 'none.npy': No such file"}},
    {"no HDF5 file", "bad.h5", "hello", T "bad.h5", 3,
     {"cannot read 'bad.h5': it is no HDF5 file"}, HDF5},
    {"an HDF5 array that is not there", 0, 0, T "--x $CATS:nope --y $CATS:test_set_y", 3,
     {"there is no array 'nope'", "test_set_x (50, 64, 64, 3) u8, test_set_y"}, HDF5},
    {"samples without labels", 0, 0, T "--x x.npy", 2,
     {"--x gives samples, but --y gives no labels"}},
    {"labels without samples", 0, 0, T "--y y.npy", 2,
     {"--y gives labels, but --x gives no samples"}},
    {"test samples without labels", 0, 0, IRIS "--test-x x.npy", 2,
     {"--test-x gives samples, but --test-y gives no labels"}},
    {"data named twice", 0, 0, IRIS "--x x.npy", 2, {"'iris.csv' and --x both name the data"}},

    /* -------------------------------------------------------------------------------- models -- */
    {"data as a model", 0, 0, "$GLIA predict iris.csv iris.csv", 3,
     {"'iris.csv' is data, not a model file", "usage: glia predict"}},
    {"model and data exchanged", 0, 0, "$GLIA predict iris.csv iris.glia", 3,
     {"the two operands are swapped"}},
    {"two models", 0, 0, "$GLIA predict iris.glia iris.glia", 3,
     {"'iris.glia' is a model file, not data"}},
    {"a missing model", 0, 0, "$GLIA predict none.glia iris.csv", 3, {"cannot read 'none.glia'"}},
    {"an empty model", "t.glia", "", "$GLIA show t.glia", 3,
     {"'t.glia' is empty, a glia model file was expected"}},
    {"a wrong magic number", "t.glia", "\x7f" "ELF\2\1\1\3 this is a program",
     "$GLIA show t.glia", 3,
     {"'t.glia' is not a glia model"}},
    {"a text as a model", "t.glia", "dear diary, today I learned\n", "$GLIA show t.glia", 3,
     {"'t.glia' is a text file"}},
    {"a model cut in its header", 0, 0, "$GLIA show head.glia", 3,
     {"'head.glia' is damaged", "shorter than its header says"}},
    {"a model cut in its weights", 0, 0, "$GLIA show --json cut.glia", 3,
     {"'cut.glia' is damaged", "checksum", "restore"}},
    {"a directory as a model", 0, 0, "$GLIA show folder", 3,
     {"'folder' is data, not a model file (pictures)"}},

    /* -------------------------------------------------------------------------- command line -- */
    {"an unknown command", 0, 0, "$GLIA trian iris.csv", 2,
     {"unknown command 'trian'; did you mean 'glia train'?"}},
    {"a word that is no command", 0, 0, "$GLIA frobnicate", 2, {"'glia help' lists the commands"}},
    {"help on nothing", 0, 0, "$GLIA help frobnicate", 2, {"'frobnicate'"}},
    {"a command that is only planned", 0, 0, "$GLIA serve iris.glia", 2,
     {"unknown command 'serve'; 'glia help' lists the commands"}},
    {"bench of one layer", 0, 0, "$GLIA bench --net 784", 2, {"--net: expected", "784-128-10"}},
    {"bench of no numbers", 0, 0, "$GLIA bench --net 4-x", 2, {"--net: expected", "found '4-x'"}},
    {"bench of an unknown loss", 0, 0, "$GLIA bench --net 4-2 --loss softmx", 2,
     {"--loss: expected", "did you mean 'softmax'?"}},
    {"bench of an unknown activation", 0, 0, "$GLIA bench --net 4-3-2 --activation rel", 2,
     {"unknown layer or activation 'rel'", "did you mean 'relu'?"}},
    {"bench of an unknown optimizer", 0, 0, "$GLIA bench --net 4-2 --optimizer sdg", 2,
     {"unknown optimizer 'sdg'"}},
    {"bench of all rows, however many", 0, 0, "$GLIA bench --net 4-2 --batch full", 2,
     {"say how many with --rows"}},
    {"bench of one softmax output", 0, 0, "$GLIA bench --net 4-1 --loss softmax", 2,
     {"softmax needs at least 2 outputs"}},
    {"bench of a table with a network's option", 0, 0, "$GLIA bench --predict", 2,
     {"--predict goes with --net"}},
    {"no operand", 0, 0, "$GLIA train", 2, {"no data; name a file after 'glia train'"}},
    {"no model", 0, 0, "$GLIA predict", 2,
     {"glia predict", "missing; usage: glia predict MODEL DATA"}},
    {"no data", 0, 0, "$GLIA predict iris.glia", 2, {"no data; name a file"}},
    {"one operand too many", 0, 0, "$GLIA train a b", 2,
     {"'b' is one operand too many; usage: glia train DATA"}},
    {"an unknown option", 0, 0, IRIS "--epocs 3", 2,
     {"unknown option '--epocs' of glia train; did you mean '--epochs'?"}},
    {"an option that is like none", 0, 0, IRIS "--zzzzzzzz", 2,
     {"unknown option '--zzzzzzzz'", "'glia train --help' lists"}},
    {"an unknown letter", 0, 0, IRIS "-z", 2, {"unknown option '-z' of glia train"}},
    {"an ambiguous beginning", 0, 0, IRIS "--mom=1 --e 3", 2, {"'--e'", "--epochs", "--early-stop"}},
    {"an option without its value", 0, 0, IRIS "--epochs", 2,
     {"--epochs needs a value: --epochs N"}},
    {"a switch with a value", 0, 0, IRIS "--json=3", 2, {"--json is a switch and takes no value"}},
    {"two ways to read a header", 0, 0, IRIS "--header --no-header", 2,
     {"--header and --no-header exclude each other"}},

    /* ------------------------------------------------------------------------- option values -- */
    {"a learning rate that is no number", 0, 0, IRIS "--lr abc", 2,
     {"--lr is 'abc', expected a number from 1e-12 to 1000000"}},
    {"a negative learning rate", 0, 0, IRIS "--lr -1", 2, {"--lr is '-1', expected a number"}},
    {"a learning rate of 0", 0, 0, IRIS "--lr 0", 2, {"--lr is '0', expected a number"}},
    {"a learning rate of NaN", 0, 0, IRIS "--lr nan", 2, {"--lr is 'nan', expected a number"}},
    {"no epochs", 0, 0, IRIS "--epochs 0", 2, {"--epochs is '0', expected a whole number from 1"}},
    {"epochs beyond counting", 0, 0, IRIS "--epochs 1e30", 2,
     {"--epochs is '1e30', expected a whole number"}},
    {"a batch of 0", 0, 0, IRIS "--batch 0", 2,
     {"--batch is '0', expected a whole number from 1", "or full"}},
    {"a batch of a part", 0, 0, IRIS "--batch 1.5", 2,
     {"--batch is '1.5', expected a whole number"}},
    {"a validation part above 1", 0, 0, IRIS "--val 1.5", 2,
     {"--val is '1.5', expected a number from 0 to 0.9 or none"}},
    {"a negative seed", 0, 0, IRIS "--seed -1", 2,
     {"--seed is '-1', expected a whole number from 0"}},
    {"an unknown precision", 0, 0, IRIS "--precision f16", 2,
     {"--precision is 'f16', expected f32 or f64"}},
    {"an unknown generator", 0, 0, IRIS "--rng foo", 2, {"--rng is 'foo', expected glia or numpy"}},
    {"a seed that NumPy has not", 0, 0, IRIS "--rng numpy --seed 5000000000", 2,
     {"too large for rng numpy"}},
    {"threads that are no number", 0, 0, IRIS "--threads x", 2,
     {"--threads: expected a whole number from 0 to 1024, found 'x'"}},
    {"negative threads", 0, 0, IRIS "--threads -1", 2,
     {"--threads: expected a whole number", "found '-1'"}},
    {"a momentum of 1.5", 0, 0, IRIS "--momentum 1.5", 2,
     {"--momentum is '1.5', expected a number"}},
    {"a negative L2", 0, 0, IRIS "--l2 -1", 2, {"--l2 is '-1', expected a number from 0"}},
    {"a dropout of everything", 0, 0, IRIS "--dropout 1", 2,
     {"--dropout is '1', expected a number from 0 to 0.99"}},
    {"a log of never", 0, 0, IRIS "--log-every 0", 2,
     {"--log-every is '0', expected a whole number from 1"}},
    {"an unknown optimizer", 0, 0, IRIS "--optimizer adm", 2,
     {"--optimizer is 'adm', expected auto, sgd", "did you mean 'adam'?"}},
    {"lbfgs in mini-batches", 0, 0, IRIS "--optimizer lbfgs --batch 32", 2,
     {"--optimizer lbfgs looks at all samples in each step", "--batch full", "32"}},
    {"lbfgs with a learning rate", 0, 0, IRIS "--optimizer lbfgs --lr 0.1", 2,
     {"--optimizer lbfgs finds the length of its steps itself: leave out --lr"}},
    {"lbfgs with dropout", 0, 0, IRIS "--optimizer lbfgs --dropout 0.1", 2,
     {"--optimizer lbfgs does not go with 'dropout1', whose cost changes by chance"}},
    {"lbfgs with dropout on states", 0, 0,
     IRIS "--optimizer lbfgs --net 'sequence 2 2, gru 3 state_dropout 0.2'", 2,
     {"--optimizer lbfgs does not go with 'gru1', whose cost changes by chance", "leave state_dropout out"}},
    {"a dropout on states of everything", 0, 0,
     IRIS "--net 'sequence 2 2, gru 3 state_dropout 1'", 2,
     {"gru's state_dropout is '1', expected a number from 0 to 0.99"}},
    {"lbfgs with batch_norm", 0, 0, IRIS "--optimizer lbfgs --norm batch", 2,
     {"--optimizer lbfgs does not go with 'batch_norm1', whose running averages", "say adam"}},
    {"batch_norm in mini-batches of one row", 0, 0, IRIS "--batch 1 --norm batch", 2,
     {"'batch_norm1' needs the variance of a mini-batch", "1 row", "layer_norm"}},
    {"an unknown norm", 0, 0, IRIS "--norm bath", 2,
     {"--norm is 'bath', expected none, batch or layer; did you mean 'batch'?"}},
    {"--norm without hidden layers", 0, 0, IRIS "--norm layer --hidden none", 2,
     {"--norm normalises hidden layers"}},
    {"decay for an optimizer without it", 0, 0, IRIS "--optimizer adam --decay 0.1", 2,
     {"--decay belongs to adamw", "--l2"}},
    {"an unknown schedule", 0, 0, IRIS "--schedule cosin", 2,
     {"unknown schedule 'cosin', expected constant,", "plateau:PATIENCE:FACTOR",
      "did you mean 'cosine'?"}},
    {"a schedule with a wrong number", 0, 0, IRIS "--schedule step:0.5", 2,
     {"schedule 'step:0.5': EVERY is '0.5', expected a whole number from 1"}},
    {"a schedule with too many numbers", 0, 0, IRIS "--schedule exp:0.9:2", 2,
     {"schedule 'exp:0.9:2' has too many numbers; expected exp:FACTOR"}},
    {"a schedule for lbfgs", 0, 0, IRIS "--optimizer lbfgs --schedule step", 2,
     {"its steps itself: leave out --lr, --schedule and --warmup"}},
    {"L1 for lbfgs", 0, 0, IRIS "--optimizer lbfgs --l1 0.1", 2,
     {"--optimizer lbfgs needs a smooth cost", "--l1", "say --l2"}},
    {"a clip of 0", 0, 0, IRIS "--clip 0", 2, {"--clip is '0', expected a number above 0"}},
    {"an unknown clip", 0, 0, IRIS "--clip length:1", 2, {"norm:C, value:C or none"}},
    {"a largest norm below 0", 0, 0, IRIS "--max-norm -1", 2, {"--max-norm is '-1'"}},
    {"too much smoothing", 0, 0, IRIS "--label-smoothing 1", 2, {"--label-smoothing is '1'"}},
    {"label smoothing of values", 0, 0, IRIS "--target 1 --label-smoothing 0.1 -o bad.glia", 2,
     {"label smoothing is for classes"}},
    {"weights of classes for values", 0, 0, IRIS "--target 1 --class-weight balanced -o bad.glia", 2,
     {"--class-weight is for classes", "--sample-weight"}},
    {"the weight of an unknown class", 0, 0, IRIS "--class-weight setossa:2", 2,
     {"there is no class 'setossa', expected setosa, versicolor or virginica; did you mean "
      "'setosa'?"}},
    {"a class weight that is no number", 0, 0, IRIS "--class-weight setosa:x", 2,
     {"--class-weight has 'setosa:x', expected balanced, or NAME:WEIGHT"}},
    {"a sample weight that is text", "w.csv", "a,w,y\n1,1,p\n2,2,q\n3,big,p\n4,1,q\n",
     T "w.csv --sample-weight w --val none", 3, {"w.csv, line 4, column 'w': found 'big'"}},
    {"a sample weight below 0", "w.csv", "a,w,y\n1,1,p\n2,-2,q\n3,1,p\n4,1,q\n",
     T "w.csv --sample-weight w --val none", 3, {"w.csv, line 3, column 'w': found '-2'"}},
    {"a sample weight that is missing", "w.csv", "a,w,y\n1,1,p\n2,2,q\n3,,p\n4,1,q\n",
     T "w.csv --sample-weight w --val none", 3, {"w.csv, line 4, column 'w': found ''"}},
    {"the target as sample weight", 0, 0, IRIS "--sample-weight species", 2,
     {"column 'species' is the target and cannot be the sample weight"}},
    {"an unknown score to monitor", 0, 0, IRIS "--monitor acuracy", 2,
     {"no score 'acuracy' to monitor, expected loss, accuracy", "did you mean 'accuracy'?"}},
    {"a score without validation rows", 0, 0, IRIS "--monitor accuracy --val none", 2,
     {"--monitor needs validation data"}},
    {"an unknown task", 0, 0, IRIS "--task guess", 2,
     {"--task is 'guess', expected auto, binary, multiclass, regression, count or ordinal"}},
    {"an unknown scale", 0, 0, IRIS "--scale foo", 2,
     {"scale 'foo' is not known; expected auto, standard, minmax"}},
    /* What is wrong whatever the data are is told before they are read: there is no missing.csv. */
    {"an unknown activation", 0, 0, T "missing.csv --activation tanh,relo", 2,
     {"--activation has 'relo', expected sigmoid, tanh, relu", "did you mean 'relu'?"}},
    {"an unknown layer, early", 0, 0, T "missing.csv --net 'a: dense 9 relu, dens 3, add a'", 2,
     {"position 18: unknown layer or activation 'dens'; did you mean 'dense'?"}},
    {"an unknown loss, early", 0, 0, T "missing.csv --loss mes", 2, {"unknown loss 'mes'", "did you mean 'mse'?"}},
    {"an unknown init, early", 0, 0, T "missing.csv --init hee", 2, {"unknown init 'hee'", "did you mean 'he'?"}},
    {"an unknown schedule, early", 0, 0, T "missing.csv --schedule cosin:0", 2, {"unknown schedule 'cosin:0'"}},
    {"an unknown score to monitor, early", 0, 0, T "missing.csv --monitor accurac", 2,
     {"there is no score 'accurac' to monitor", "did you mean 'accuracy'?"}},
    {"a wrong clip, early", 0, 0, T "missing.csv --clip nor:3", 2, {"--clip is 'nor:3', expected a number above 0"}},
    {"a wrong hidden layer, early", 0, 0, T "missing.csv --hidden 10,x", 2, {"--hidden has 'x', expected whole numbers"}},
    {"a wrong quantile, early", 0, 0, T "missing.csv --quantiles 0.1,2", 2, {"--quantiles has '2'"}},
    {"an unknown class weight, early", 0, 0, T "missing.csv --class-weight balancd", 2,
     {"--class-weight has 'balancd'", "did you mean 'balanced'?"}},
    {"an unknown order of dates, early", 0, 0, T "missing.csv --date-order dym", 2,
     {"date-order 'dym' is not known; expected dmy, mdy or ymd"}},
    {"an option in place of a value", 0, 0, T "missing.csv --missing -o m.glia", 2,
     {"--missing needs a value: --missing WORD", "found '-o', an option (--missing=-o if it is none)"}},
    {"a long option in place of a value", 0, 0, T "missing.csv --ignore --target y", 2,
     {"--ignore needs a value", "found '--target', an option"}},
    {"a scale of 0", 0, 0, IRIS "--scale 0", 2, {"scale '0' is not known"}},
    {"a threshold of 2", 0, 0, IRIS "--threshold 2", 2,
     {"--threshold is '2', expected a number from 0 to 1"}},
    {"a threshold for three classes", 0, 0, IRIS "--threshold 0.3", 2,
     {"--threshold is for two classes"}},
    {"a threshold of 2 at prediction", 0, 0, "$GLIA predict bin.glia bin.csv --threshold 2", 2,
     {"--threshold: expected a number from 0 to 1"}},
    {"a threshold for numbers", 0, 0, "$GLIA predict reg.glia reg.csv --threshold 0.3", 2,
     {"this model predicts numbers"}},
    {"an unknown format", 0, 0, IRIS "--format foo", 2,
     {"format 'foo' is not known; expected csv"}},
    {"an unknown delimiter", 0, 0, IRIS "--delimiter xx", 2, {"delimiter 'xx' cannot separate cells"}},
    {"an unknown encoding", 0, 0, IRIS "--encoding foo", 2,
     {"encoding 'foo' is not known; expected utf-8, latin-1"}},
    {"a value in the environment", 0, 0, "GLIA_EPOCHS=x " IRIS, 2,
     {"GLIA_EPOCHS", "'x'", "expected a whole number"}},
    {"--set without a value", 0, 0, IRIS "--set epochs", 2,
     {"--set: expected NAME=VALUE, found 'epochs'"}},
    {"--set of an unknown option", 0, 0, IRIS "--set epocs=3", 2,
     {"unknown option '--set epocs'", "did you mean '--set epochs'?"}},
    {"an unknown view", 0, 0, "$GLIA show iris.glia --plan --mode trian", 2,
     {"--mode: expected train, eval or predict, found 'trian'"}},
    {"a view's option without it", 0, 0, "$GLIA show iris.glia --mode train", 2,
     {"--mode and --batch belong to --plan"}},
    {"a tolerance of 0", 0, 0, "$GLIA check iris.csv --tolerance 0", 2,
     {"--tolerance: expected a number", "found '0'"}},
    {"a network for a model file", 0, 0, "$GLIA check iris.glia iris.csv --hidden 3", 2,
     {"--hidden: the network comes from iris.glia"}},
    {"an unknown column to keep", 0, 0, "$GLIA predict iris.glia iris.csv --keep foo", 3,
     {"--keep: iris.csv: there is no column 'foo'; expected length"}},
    {"an unknown demo", 0, 0, "$GLIA demo moonz", 2, {"'moonz'", "did you mean 'moons'?"}},
    {"parts of no whole", 0, 0, "$GLIA data iris.csv --split 0.8,0.3", 2,
     {"--split: expected two parts of a whole", "found '0.8,0.3'"}},
    {"a conversion to what is not written", 0, 0, "$GLIA data iris.csv --convert x.h5", 2,
     {"expected a name that ends in .csv"}},

    /* --------------------------------------------------------------------------- the network -- */
    {"a misspelt layer", 0, 0, IRIS "--net 'dense 4 relu, dens 3'", 2,
     {"position 15: unknown layer or activation 'dens'; did you mean 'dense'?"}},
    {"a misspelt activation in a net", 0, 0, IRIS "--net 'dense 4 rleu'", 2,
     {"position 9", "'rleu'; did you mean 'relu'?"}},
    {"a layer without units", 0, 0, IRIS "--net dense", 2, {"position 6: dense needs its units"}},
    {"a layer of no units", 0, 0, IRIS "--net 'dense 0'", 2,
     {"position 7: dense's units is '0', expected a whole number from 1 to 16777216"}},
    {"a net that ends in a comma", 0, 0, IRIS "--net 'dense 4 relu,'", 2, {"a layer is missing"}},
    {"an empty net", 0, 0, IRIS "--net ''", 2,
     {"position 1: a layer is missing; write for example 'dense 20 relu'"}},
    {"a dropout above 1", 0, 0, IRIS "--net 'dense 4 relu, dropout 1.5'", 2,
     {"position 23: dropout's rate is '1.5'"}},
    {"a misspelt norm in a net", 0, 0, IRIS "--net 'dense 4, batchnorm, relu'", 2,
     {"position 10", "'batchnorm'; did you mean 'batch_norm'?"}},
    {"a norm with a number", 0, 0, IRIS "--net 'dense 4, layer_norm:3, relu'", 2,
     {"more attributes than the op has"}},
    {"a norm without a comma", 0, 0, IRIS "--net 'dense 4 batch_norm'", 2,
     {"position 9", "a comma is missing"}},
    {"softmax in the middle", 0, 0, IRIS "--net 'dense 4 softmax, dense 3'", 2,
     {"softmax must be the last word"}},
    {"--net and --hidden", 0, 0, IRIS "--net 'dense 4 relu' --hidden 3", 2,
     {"--net and --hidden both describe the network"}},
    {"--net and --norm", 0, 0, IRIS "--net 'dense 4' --norm batch", 2,
     {"--norm belongs to --hidden; with --net, write it"}},
    {"--net and --activation", 0, 0, IRIS "--net 'dense 4' --activation tanh", 2,
     {"--activation belongs to --hidden; with --net, write it"}},
    {"no hidden units", 0, 0, IRIS "--hidden 0", 2,
     {"--hidden has '0', expected whole numbers such as 20,7,5, or none"}},
    {"negative hidden units", 0, 0, IRIS "--hidden -3", 2,
     {"--hidden has '-3', expected whole numbers"}},
    {"hidden units that are no number", 0, 0, IRIS "--hidden 8,abc", 2, {"--hidden has 'abc'"}},
    {"a hidden layer left out", 0, 0, IRIS "--hidden 3,,4", 2, {"--hidden has ''"}},
    {"hidden units beyond all measure", 0, 0, IRIS "--hidden 999999999,999999999", 2,
     {"999999999", "expected a whole number from 1 to 16777216"}},
    {"an unknown activation", 0, 0, IRIS "--activation rleu", 2, {"--activation has 'rleu'", "did you mean 'relu'?"}},
    {"four activations for two layers", 0, 0,
     IRIS "--hidden 3,4 --activation relu,tanh,relu,relu", 2,
     {"4 activations for 2 hidden layers"}},
    {"another output activation", 0, 0, IRIS "--hidden 3,4 --activation relu,tanh,relu", 2,
     {"this task's output is softmax"}},
    {"a slope that is no number", 0, 0, IRIS "--activation leaky_relu:x", 2,
     {"leaky_relu's slope is 'x', expected a number"}},
    {"an unknown loss", 0, 0, IRIS "--loss cross_entrpy", 2,
     {"unknown loss 'cross_entrpy', expected cross_entropy, mse, mae, huber, poisson or pinball; did you mean "
      "'cross_entropy'?"}},
    {"a loss that does not go with classes", 0, 0, IRIS "--loss mse", 2,
     {"softmax goes with the loss cross_entropy, not with 'mse'"}},
    {"cross-entropy on a regression", 0, 0, T "reg.csv --loss cross_entropy", 2,
     {"cross_entropy needs a sigmoid or softmax output"}},
    {"an unknown init", 0, 0, IRIS "--init xaver", 2,
     {"unknown init 'xaver', expected auto, zeros", "did you mean 'xavier'?"}},
    {"an init without its scale", 0, 0, IRIS "--init normal", 2, {"init 'normal' needs a scale"}},
    {"an init of negative scale", 0, 0, IRIS "--init normal:-1", 2,
     {"'-1' is no scale, expected a number of at least 0"}},
    {"early stop without validation", 0, 0, IRIS "--early-stop 5 --val none", 2,
     {"--early-stop needs validation data", "--val 0.2"}},
    {"a tolerance with mini-batches", 0, 0, IRIS "--tol 1e-3 --batch 8", 2,
     {"--tol looks at the gradient of all samples", "--batch full"}},

    /* -------------------------------------------------------------------------------- config -- */
    {"a config that is no YAML", "c.yaml", "seed: 1\nhidden: [3\nbatch: 4\n",
     IRIS "--config c.yaml", 2,
     {"c.yaml:3:", "expected ',' or ']'"}},
    {"an unknown key in a config", "c.yaml", "seed: 1\nhiden: 3\n", IRIS "--config c.yaml", 2,
     {"c.yaml:2: unknown option 'hiden'; did you mean 'hidden'?"}},
    {"a wrong value in a config", "c.yaml", "seed: 1\nepochs: x\n", IRIS "--config c.yaml", 2,
     {"c.yaml:2: epochs", "'x', expected a whole number"}},
    {"a list for a config", "c.yaml", "- seed: 1\n", IRIS "--config c.yaml", 2,
     {"c.yaml:1: expected lines of 'name: value'"}},
    {"a key twice in a config", "c.yaml", "batch: 3\nbatch-size: 4\n", IRIS "--config c.yaml", 2,
     {"c.yaml:2: 'batch-size' is given twice"}},
    {"a config that copies itself", "c.yaml", "hidden: &x 3\nseed: *x\n", IRIS "--config c.yaml", 2,
     {"c.yaml:1: hidden: expected one value, found an anchor"}},
    {"a zero byte in a config", "c.yaml", "target: \"species\\0s\"\n", IRIS "--config c.yaml", 2,
     {"c.yaml:1: target: expected one value, found a zero byte"}},
    {"a schema in a config of UTF-16", "c.yaml", "seed: 1\nschema: {target: species}\n",
     "iconv -t UTF-16 c.yaml >wide.yaml; " IRIS "--config wide.yaml; s=$?; rm wide.yaml; exit $s", 2,
     {"wide.yaml:2: a schema in UTF-16; expected UTF-8"}},
    {"a missing config", 0, 0, IRIS "--config none.yaml", 3,
     {"none.yaml: cannot read the configuration: No such file"}},
    {"a directory for a config", 0, 0, IRIS "--config folder", 3,
     {"folder: it is a directory, a configuration file was expected"}},

    /* -------------------------------------------------------------------------------- output -- */
    {"an output that is a directory", 0, 0, IRIS "-o folder", 4,
     {"cannot write 'folder': it is a directory, a file name was expected"}},
    {"an output in no folder", 0, 0, IRIS "-o nowhere/m.glia", 4,
     {"cannot write 'nowhere/m.glia': the folder does not exist"}},
    {"an output that may not be", 0, 0, IRIS "-o /proc/m.glia", 4, {"cannot write '/proc/m.glia'"}},
    {"a report in no folder", 0, 0, IRIS "--report nowhere/r.html", 4,
     {"cannot write 'nowhere/r.html'"}},
    {"a log in no folder", 0, 0, IRIS "--log nowhere/l.csv", 4, {"cannot write 'nowhere/l.csv'"}},
    {"a table in no folder", 0, 0, "$GLIA data iris.csv --convert nowhere/x.csv", 4,
     {"cannot write 'nowhere/x.csv'"}},
    {"a model on standard output", 0, 0, IRIS "-o -", 2,
     {"a model does not go to standard output"}},
    {"an output that is the data", 0, 0, IRIS "-o iris.csv", 2,
     {"'iris.csv' is read by this command and would be replaced"}},
    {"predictions over the data", 0, 0, "$GLIA predict iris.glia iris.csv -o iris.csv", 2,
     {"'iris.csv' is read by this command"}},
    {"a disk full of a model", 0, 0, IRIS "--epochs 2 -o /dev/full", 4,
     {"cannot write '/dev/full': No space left on device"}},
    {"a disk full of predictions", 0, 0, "$GLIA predict iris.glia iris.csv -o /dev/full", 4,
     {"cannot write '/dev/full': No space left"}},
    {"a standard output full of predictions", 0, 0,
     "$GLIA predict iris.glia iris.csv >/dev/full", 4,
     {"standard output: No space left"}},
    {"a standard output full of JSON", 0, 0, "$GLIA show iris.glia --json >/dev/full", 4,
     {"standard output: No space left"}},
    {"a standard output full of help", 0, 0, "$GLIA --help >/dev/full", 4,
     {"standard output: No space left"}},
    {"a model that may not grow", 0, 0, "ulimit -f 1; " IRIS "--epochs 2 -o m.glia", 4,
     {"cannot write 'm.glia': File too large"}},
    {"predictions that may not grow", 0, 0,
     "ulimit -f 1; $GLIA predict iris.glia iris.csv -o p.out", 4,
     {"cannot write 'p.out': File too large"}},
    {"a table that may not grow", 0, 0, "ulimit -f 1; $GLIA data iris.csv --convert x.csv", 4,
     {"cannot write 'x.csv': File too large"}},
    {"parts that may not grow", 0, 0, "ulimit -f 1; $GLIA data iris.csv --split 0.9 -o part", 4,
     {"cannot write 'part-train.csv': File too large"}},

    /* ----------------------------------------------------------------------------- resources -- */
    {"weights beyond all memory", 0, 0, IRIS "--hidden 16777216,16777216", 4, {"out of memory"}},
    {"weights beyond the allowed memory", 0, 0,
     "ulimit -v 300000; " IRIS "--hidden 20000,20000 --threads 1", 4,
     {"out of memory: 1600"}, ADDRESS_SPACE},
    {"a plan beyond the allowed memory", 0, 0,
     "ulimit -v 300000; " T "wide.csv --hidden 4000,4000 --threads 1", 4,
     {"out of memory"}, ADDRESS_SPACE},

    /* ----------------------------------------------------------------------- the work itself -- */
    {"a learning rate that diverges", 0, 0, T "big.csv --optimizer sgd --lr 1e6 --scale none --loss mse", 1,
     {"training diverged: the cost became", ", batch 1", "first in 'fc", "lower the learning rate 1000000"}},
    {"a regression that diverges", 0, 0, T "big.csv --optimizer sgd --lr 100 --scale none --hidden none --batch full --epochs 2000", 1,
     {"training diverged", "batch 1", "inputs as large as", "scale them"}},
};
/* clang-format on */

enum { CASES = sizeof cases / sizeof *cases };

/* ---------------------------------------------------------------------------------- checking -- */

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in the scratch folder, sorted, one a line. */
static char *files_here(void) {
    char *name[1024], *all = calloc(1, 1 << 16);
    int n = 0;
    DIR *d = opendir(scratch());
    for (struct dirent *e; n < 1024 && (e = readdir(d));) {
        if (strcmp(e->d_name, "stdout") != 0 && strcmp(e->d_name, "stderr") != 0)
            name[n++] = strdup(e->d_name);
    }
    closedir(d);
    qsort(name, (size_t)n, sizeof *name, by_name);
    for (int i = 0; i < n; i++) {
        strcat(strcat(all, name[i]), "\n");
        free(name[i]);
    }
    return all;
}

static int count(const char *text, const char *word) {
    int n = 0;
    for (const char *at = text; (at = strstr(at, word)); at += strlen(word)) n++;
    return n;
}

static void write_bytes(const char *name, const void *bytes, size_t n) {
    char path[700];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

static void write_text(const char *name, const char *text) {
    write_bytes(name, text, strlen(text));
}

static bool has_hdf5(void) { return access(BUILD_ROOT "/src/read/glia-hdf5.so", R_OK) == 0; }

static void skip_without(unsigned needs) {
#ifdef __SANITIZE_ADDRESS__
    if (needs & ADDRESS_SPACE) skip(); /* AddressSanitizer itself maps terabytes */
#endif
    if ((needs & HDF5) && !has_hdf5()) skip();
    if ((needs & NOT_ROOT) && geteuid() == 0) skip();
}

static void check_case(void **state) {
    const bad *b = *state;
    skip_without(b->needs);
    if (strstr(b->line, "$CATS")) need_shared("data/cats/test_catvnoncat.h5");
    if (b->file) write_text(b->file, b->text);
    char *before = files_here();
    result r = run("%s", b->line);
    char *after = files_here();

    if (r.status != b->status)
        fail_msg("%s\n exit status %d, expected %d: %s", b->line, r.status, b->status, r.err);
    for (int i = 0; i < 4 && b->says[i]; i++) {
        if (!strstr(r.err, b->says[i]))
            fail_msg("%s\n found    %s expected %s", b->line, r.err, b->says[i]);
    }
    int errors = count(r.err, "glia: error: ");
    if (errors != (b->status != 0)) fail_msg("%s\n %d error lines: %s", b->line, errors, r.err);
    if (b->status != 0 && *r.out) fail_msg("%s\n standard output: %s", b->line, r.out);
    if (strcmp(before, after) != 0)
        fail_msg("%s\n leaves files behind; now there are:\n%s", b->line, after);
    bool flagged = !strstr(r.err, "option '") || strstr(r.err, "unknown option '");
    if (!flagged) fail_msg("%s\n the library's words: %s", b->line, r.err);
    if (strstr(r.err, "ERROR: ") || strstr(r.err, "runtime error: "))
        fail_msg("%s\n %s", b->line, r.err);
    free(before);
    free(after);
    result_free(&r);
}

/* ---------------------------------------------------------------------------------- fixtures -- */

/* An IDX file of bytes: `n` of them, whatever the dimensions say. */
static void write_idx(const char *name, int type, int dims, const uint32_t *dim, size_t n) {
    unsigned char bytes[512] = {0, 0, (unsigned char)type, (unsigned char)dims};
    size_t at = 4;
    for (int i = 0; i < dims; i++) {
        for (int shift = 24; shift >= 0; shift -= 8) bytes[at++] = (unsigned char)(dim[i] >> shift);
    }
    for (size_t i = 0; i < n; i++) bytes[at++] = (unsigned char)(i * 37 % 2 + i % 3);
    write_bytes(name, bytes, at);
}

static void write_images(void) {
    const uint32_t images[3] = {10, 4, 4}, labels[1] = {10}, few[1] = {9},
                   huge[3] = {10, 0xffffffff, 0xffffffff};
    write_idx("few-images-idx3-ubyte", 8, 3, images, 160);
    write_idx("few-labels-idx1-ubyte", 8, 1, few, 9);
    write_idx("cut-images-idx3-ubyte", 8, 3, images, 100);
    write_idx("cut-labels-idx1-ubyte", 8, 1, labels, 10);
    write_idx("huge-images-idx3-ubyte", 8, 3, huge, 160);
    write_idx("huge-labels-idx1-ubyte", 8, 1, labels, 10);
    write_idx("type-images-idx3-ubyte", 3, 3, images, 160);
    write_idx("alone-images-idx3-ubyte", 8, 3, images, 160);
}

static void write_npy(const char *name, const char *descr, const char *shape, const void *data,
                      size_t n) {
    char bytes[512] = "\x93NUMPY\1";
    int length =
        sprintf(bytes + 10, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr, shape);
    memset(bytes + 10 + length, ' ', (size_t)(118 - length));
    bytes[127] = '\n';
    bytes[8] = 118;
    memcpy(bytes + 128, data, n);
    write_bytes(name, bytes, 128 + n);
}

static void write_arrays(void) {
    float x[16], y[8], nan[16];
    for (int i = 0; i < 16; i++)
        x[i] = (float)i, nan[i] = (float)(0.0 / 0.0), y[i / 2] = (float)(i / 2 % 2);
    write_npy("x.npy", "<f4", "(8, 2)", x, sizeof x);
    write_npy("y.npy", "<f4", "(8,)", y, sizeof y);
    write_npy("y7.npy", "<f4", "(7,)", y, 7 * sizeof *y);
    write_npy("object.npy", "|O", "(8, 2)", x, 5);
    write_npy("cut.npy", "<f4", "(8, 2)", x, 12);
    write_npy("negative.npy", "<f4", "(-8, 2)", x, sizeof x);
    write_npy("huge.npy", "<f4", "(99999999999, 99999999)", x, 12);
    nan[0] = x[5], x[5] = 1.0f / 0.0f;
    write_npy("inf.npy", "<f4", "(8, 2)", x, sizeof x);
    x[5] = nan[0], nan[0] = nan[1];
    write_npy("nan.npy", "<f4", "(8, 2)", nan, sizeof nan);
    write_npy("nan8.npy", "<f4", "(8,)", nan, 8 * sizeof *nan);
}

static void write_tables(void) {
    static const char *const species[] = {"setosa", "virginica", "versicolor"};
    static char text[1 << 16];
    size_t n = (size_t)sprintf(text, LABELLED);
    for (int i = 0; i < 60; i++) {
        n += (size_t)sprintf(text + n, "%g,%g,%s,%s\n", i % 3 + i * 7 % 10 * 0.1,
                             3 - i % 3 + i * 3 % 10 * 0.1, i % 5 < 2 ? "red" : "blue",
                             species[i % 3]);
    }
    write_text("iris.csv", text);
    n = (size_t)sprintf(text, "a,b,y\n");
    for (int i = 0; i < 40; i++)
        n += (size_t)sprintf(text + n, "%d,%d,%d\n", i % 7, i % 5, 2 * (i % 7) - 3 * (i % 5));
    write_text("reg.csv", text);
    n = (size_t)sprintf(text, "a,b,y\n");
    for (int i = 0; i < 40; i++)
        n += (size_t)sprintf(text + n, "%d,%d,%d\n", i % 7, i % 5, i % 7 > i % 5);
    write_text("bin.csv", text);
    n = (size_t)sprintf(text, "a,b,y\n");
    for (int i = 0; i < 40; i++)
        n += (size_t)sprintf(text + n, "%g,%g,%g\n", i * 1e8, i * i * 1e7, i * 3e9);
    write_text("big.csv", text);
    n = (size_t)sprintf(text, "a,b,y\n");
    for (int i = 0; i < 4000; i++)
        n += (size_t)sprintf(text + n, "%d,%d,%d\n", i % 97, i % 89, i % 3);
    write_text("wide.csv", text);
    write_text("secret.csv", "a,y\n1,0\n2,1\n");
    write_bytes("nul.csv", "a,b,y\n1,\0002,0\n1,1,1\n", 20);
    write_bytes("utf16.csv",
                "\xff\xfe"
                "a\0,\0b\0\n\0",
                10);
}

/* The first `keep` bytes of a file under another name, byte `flip` changed. */
static void write_part(const char *from, const char *to, size_t keep, size_t flip) {
    char path[700];
    static char bytes[1 << 16];
    snprintf(path, sizeof path, "%s/%s", scratch(), from);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    if (flip > 0) bytes[n / 2] ^= 0x55;
    write_bytes(to, bytes, keep < n ? keep : n - (keep == n ? 0 : 3));
}

static int prepare(void **state) {
    (void)state;
    setenv("ASAN_OPTIONS", "allocator_may_return_null=1", 1);
    setenv("CATS", shared_path("data/cats/test_catvnoncat.h5"), 1);
    unsetenv("OMP_NUM_THREADS");
    write_tables();
    write_images();
    write_arrays();
    result r =
        run("mkdir -p folder images/cat images/dog && gzip -c iris.csv >iris.csv.gz &&"
            "for m in iris reg bin; do $GLIA train $m.csv --epochs 3 --quiet || exit 1; done; "
            "$GLIA train --x x.npy --y y.npy --epochs 3 --quiet --val none -o arrays.glia");
    if (r.status != 0) print_error("%s\n", r.err);
    int status = r.status;
    result_free(&r);
    if (status != 0) return status;
    write_part("iris.csv.gz", "cut.csv.gz", 100, 0);
    write_part("iris.csv.gz", "damaged.csv.gz", SIZE_MAX, 1);
    write_part("iris.glia", "head.glia", 500, 0);
    write_part("iris.glia", "cut.glia", SIZE_MAX, 0);
    return 0;
}

int main(void) {
    struct CMUnitTest tests[CASES];
    for (int i = 0; i < CASES; i++) {
        tests[i] = (struct CMUnitTest){.name = cases[i].name,
                                       .test_func = check_case,
                                       .initial_state = (void *)&cases[i]};
    }
    return cmocka_run_group_tests_name("bad input", tests, prepare, NULL);
}
