#!/usr/bin/python3
"""Data that both sides read: make_data.py FOLDER. x, y: 400 x 30, for equal losses; l100x, l100y: 200,000 x 100 and l784x, l784y:
50,000 x 784, for logistic regression."""
import sys

import numpy as np


def save(name, x, y):
    np.save(sys.argv[1] + "/%sx.npy" % name, x)
    np.save(sys.argv[1] + "/%sy.npy" % name, y.astype(np.float32)[:, None])


r = np.random.RandomState(7)
x = r.rand(400, 30).astype(np.float32)
save("", x, x.sum(1) > 15)
for name, rows, columns in ("l100", 200000, 100), ("l784", 50000, 784):
    x = r.randn(rows, columns).astype(np.float32)
    z = x @ r.randn(columns) * (2 / np.sqrt(columns))
    save(name, x, r.rand(rows) < 1 / (1 + np.exp(-z)))
