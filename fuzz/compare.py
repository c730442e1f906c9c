#!/usr/bin/env python3
"""Compares what glia reads of the corpora with Python's csv, and of arrays with NumPy, where that is installed.

    fuzz/compare.py build [FOLDER...]       FOLDER: of more files, such as build-fuzz/corpus/libcsv

A file that either of the two refuses is passed over. Ends with 1 where they differ.
"""
import csv, glob, io, os, subprocess, sys, tempfile

try:
    import numpy
except ImportError:
    numpy = None

BLANKS = " \t"


def read_by_glia(program, path, options):
    """The rows that glia writes; None: it refuses the file."""
    with tempfile.TemporaryDirectory() as folder:
        table = os.path.join(folder, "table.csv")
        done = subprocess.run([program, "data", path, "--convert", table, "--quiet", *options], capture_output=True)
        if done.returncode > 4:
            sys.exit(f"{path}: glia ended with {done.returncode}")
        if done.returncode:
            return None
        with open(table, encoding="utf-8", newline="") as file:
            return list(csv.reader(file))[1:]


def compare_texts(program, path):
    """True: the same cells. Only tables of texts in which nothing is to be found out."""
    with open(path, "rb") as file:
        text = file.read()
    if b"\\" in text or b"'" in text or b"\0" in text:
        return None
    try:
        lines = io.StringIO(text.decode("ascii"), newline="")
        rows = list(csv.reader(lines, skipinitialspace=True, strict=True))
    except (csv.Error, UnicodeDecodeError):
        return None
    rows = [[cell.strip(BLANKS) for cell in row] for row in rows if row]
    rows = [row for row in rows if any(row)]
    if len(rows) < 2 or len(rows[0]) < 2 or any(len(row) != len(rows[0]) for row in rows) or not any(row[-1] for row in rows):
        return None
    columns = ",".join(str(j + 1) for j in range(len(rows[0])))
    options = ["--format", "csv", "--delimiter", ",", "--no-header", "--skip", "0", "--comment", "none", "--missing", "none"]
    found = read_by_glia(program, path, options + ["--thousands", "none", "--category", columns])
    return None if found is None else found == rows


def compare_arrays(program, path):
    """True: the same numbers, row by row."""
    try:
        array = numpy.load(path, allow_pickle=False)
    except Exception:
        return None
    if array.dtype.kind not in "fiu" or array.ndim < 1 or not array.size:
        return None
    found = read_by_glia(program, path, ["--format", "npy"])
    if found is None:
        return None
    expected = array.reshape(len(array), -1)
    numbers = [[float(cell or "nan") for cell in row] for row in found]
    return numpy.array_equal(numpy.array(numbers), expected.astype(float), equal_nan=True)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    root = os.path.dirname(os.path.abspath(__file__))
    program = os.path.join(sys.argv[1], "glia")
    folders = [os.path.join(root, "corpus", name) for name in ("csv", "libcsv", "table", "npy")] + sys.argv[2:]
    count = {True: 0, False: 0, None: 0}
    if numpy is None:
        print("NumPy is not installed; arrays are not compared")
    for path in sorted(path for folder in folders for path in glob.glob(os.path.join(folder, "*"))):
        with open(path, "rb") as file:
            is_array = file.read(6) == b"\x93NUMPY"
        if is_array and numpy is None:
            continue
        same = (compare_arrays if is_array else compare_texts)(program, path)
        count[same] += 1
        if same is False:
            print("not the same:", path)
    print(f"{count[True]} the same, {count[False]} not, {count[None]} passed over")
    sys.exit(1 if count[False] else 0)


main()
