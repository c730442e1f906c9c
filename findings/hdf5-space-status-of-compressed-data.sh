#!/bin/sh
# HDF5 calls a data set that was written completely "partly allocated" when its chunks are compressed.
#
# Who: every reader that asks H5Dget_space_status whether a data set holds what its shape says, before it believes the shape.
# With: HDF5 1.10.8 through h5py 3.7.0, as Debian 12 has them.
# Expected: H5D_SPACE_STATUS_ALLOCATED (2): all chunks were written. So it is for the same data without a filter.
# Seen: H5D_SPACE_STATUS_PART_ALLOCATED (1), which half of a data set without a filter says as well: a sound file and a file
# that ends in the middle look the same.
# What helps: count the chunks (H5Dget_num_chunks) and compare with how many the shape has.
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

NAMES = {0: "not allocated", 1: "partly allocated", 2: "allocated"}
print("h5py", h5py.version.version, "HDF5", h5py.version.hdf5_version)
status = {}
with h5py.File("t.h5", "w") as f:
    x = np.arange(6000.0).reshape(600, 10)
    f.create_dataset("plain", data=x, chunks=(100, 10))
    f.create_dataset("gzip", data=x, chunks=(100, 10), compression="gzip")
    f.create_dataset("half, plain", shape=x.shape, chunks=(100, 10))[:300] = x[:300]
with h5py.File("t.h5") as f:
    for name in f:
        d = f[name].id
        status[name] = d.get_space_status()
        print("%-12s %d of 6 chunks are stored: %s (%d)" % (name, d.get_num_chunks(), NAMES[status[name]], status[name]))
same = status["plain"] == 2 and status["gzip"] == 1 and status["half, plain"] == 1
print("as described" if same else "this has changed")
sys.exit(0 if same else 1)
PYTHON
