#!/bin/sh
# HDF5's scale-offset filter turns a missing value (NaN) into the smallest value of its chunk.
#
# Who: everybody who stores measurements with gaps as floats and asks for h5py's scaleoffset=DIGITS (H5Pset_scaleoffset with
# H5Z_SO_FLOAT_DSCALE). With: HDF5 1.10.8, h5py 3.7.0, NumPy 1.24.2, as Debian 12 has them.
# Expected: a filter that keeps two digits gives a NaN back as NaN, as it gives infinity back as infinity, or refuses it.
# Seen: no error; 20.25 20.5 NaN 21.0 19.75 22.5 comes back as 20.25 20.5 19.75 21.0 19.75 22.5. The gap is now a measurement,
# and nothing in the file says where it was. A chunk of NaN alone comes back right, so that a short test may not show it.
# What it means for a reader of such files: the gaps cannot be found again; whoever writes them should use gzip with shuffle.
#
# Needs Debian 12 on amd64 with apt-get, dpkg and /usr/bin/python3 (3.11). Installs nothing outside a temporary folder.
# Ends with 0 while this is so, and with 1 when it has changed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get download -qq python3-h5py=3.7.0-8 python3-h5py-serial=3.7.0-8 python3-numpy=1:1.24.2-1+deb12u1 \
    libhdf5-103-1=1.10.8+repack1-1 libhdf5-hl-100=1.10.8+repack1-1 libaec0=1.0.6-1+b1 libsz2=1.0.6-1+b1 \
    libblas3=3.11.0-2 liblapack3=3.11.0-2 libgfortran5=12.2.0-14+deb12u1 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
lib=$work/usr/lib/x86_64-linux-gnu
LD_LIBRARY_PATH=$lib:$lib/blas:$lib/lapack /usr/bin/python3 -I - "$work" <<'PYTHON'
import sys

sys.path.insert(0, sys.argv[1] + "/usr/lib/python3/dist-packages")
import h5py
import numpy as np

print("h5py", h5py.version.version, "HDF5", h5py.version.hdf5_version, "NumPy", np.__version__)


def through_file(x):
    with h5py.File("t.h5", "w") as f:
        f.create_dataset("x", data=x, chunks=x.shape, scaleoffset=2)
    with h5py.File("t.h5") as f:
        return f["x"][:]


written = np.array([20.25, 20.5, np.nan, 21.0, 19.75, 22.5])
read = through_file(written)
print("written ", written)
print("expected", written)
print("seen    ", read)
print("an infinity instead:", through_file(np.where(np.isnan(written), np.inf, written)))
print("NaN alone:", through_file(np.full(6, np.nan)))
same = not np.isnan(read).any() and read[2] == np.nanmin(written)
print("as described" if same else "this has changed")
sys.exit(0 if same else 1)
PYTHON
