#!/bin/sh
# libmatio lists a sparse matrix of a MATLAB version 4 file with the shape of its stored triples, not with its own.
#
# Who: every program that lists a file with Mat_VarReadNextInfo or Mat_VarReadInfo and takes memory, or matches rows with labels,
# by the dims that it finds there. With: libmatio 1.5.23, as Debian 12 has it.
# Expected: 4 x 2, as for a full matrix of version 4 and for a sparse one of version 5; Mat_VarRead gives it.
# Seen: 4 x 3: a row for each of three entries and one for the size, and a column each for row, column and value. Mat_VarRead of the
# same variable says 4 x 2 and class sparse.
# What helps: read the variable before its shape is believed, or ask for save -v7.
#
# Needs Debian 12 on amd64 with apt-get, dpkg and /usr/bin/python3. Installs nothing outside a temporary folder.
# Ends with 0 while this is so, and with 1 when it has changed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get download -qq libmatio11=1.5.23-2+deb12u1 libhdf5-103-1=1.10.8+repack1-1 libaec0=1.0.6-1+b1 libsz2=1.0.6-1+b1 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
lib=$work/usr/lib/x86_64-linux-gnu
LD_LIBRARY_PATH=$lib /usr/bin/python3 -I - <<'PYTHON'
import ctypes
import struct
import sys


class Variable(ctypes.Structure):  # matvar_t of matio.h, its beginning
    _fields_ = [("nbytes", ctypes.c_size_t), ("rank", ctypes.c_int), ("data_type", ctypes.c_int), ("data_size", ctypes.c_int),
                ("class_type", ctypes.c_int), ("complex", ctypes.c_int), ("globally", ctypes.c_int), ("logical", ctypes.c_int),
                ("dims", ctypes.POINTER(ctypes.c_size_t))]


def write(path, kind, columns):
    """A version 4 file: type, rows, columns, no imaginary part, length of the name; the name; doubles column by column."""
    with open(path, "wb") as f:
        f.write(struct.pack("<5i", kind, len(columns[0]), len(columns), 0, 2) + b"X\0")
        for column in columns:
            f.write(struct.pack("<%dd" % len(column), *column))


def dims_of(variable):
    return [variable.contents.dims[i] for i in range(variable.contents.rank)]


def listed_and_read(path):
    mat = matio.Mat_Open(path, 0)
    listed = dims_of(matio.Mat_VarReadNextInfo(mat))
    matio.Mat_Rewind(mat)
    read = dims_of(matio.Mat_VarRead(mat, b"X"))
    matio.Mat_Close(mat)
    return listed, read


matio = ctypes.CDLL("libmatio.so.11")
matio.Mat_Open.restype = ctypes.c_void_p
for function in (matio.Mat_VarReadNextInfo, matio.Mat_VarRead):
    function.restype = ctypes.POINTER(Variable)
    function.argtypes = [ctypes.c_void_p] + [ctypes.c_char_p] * (function is matio.Mat_VarRead)
matio.Mat_Rewind.argtypes = matio.Mat_Close.argtypes = [ctypes.c_void_p]

write("full.mat", 0, [[1, 0, 0, 5], [0, 2, 0, 0]])
# rows, columns and values of the entries; the last row says how large the matrix is
write("sparse.mat", 2, [[1, 4, 2, 4], [1, 1, 2, 2], [1, 5, 2, 0]])
full, sparse = listed_and_read(b"full.mat"), listed_and_read(b"sparse.mat")
print("full:   listed %s, read %s" % full)
print("sparse: listed %s, read %s" % sparse)
same = full == ([4, 2], [4, 2]) and sparse == ([4, 3], [4, 2])
print("as described" if same else "this has changed")
sys.exit(0 if same else 1)
PYTHON
