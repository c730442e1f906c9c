#!/usr/bin/python3
"""Data that both sides read: make_data.py FOLDER. x, y: 400 x 30, for equal losses; lx, ly: 200,000 x 100, for logistic regression."""
import sys

import numpy as np

r = np.random.RandomState(7)
x = r.rand(400, 30).astype(np.float32)
np.save(sys.argv[1] + "/x.npy", x)
np.save(sys.argv[1] + "/y.npy", (x.sum(1, keepdims=True) > 15).astype(np.float32))
x = r.randn(200000, 100).astype(np.float32)
z = x @ r.randn(100) / 5
np.save(sys.argv[1] + "/lx.npy", x)
np.save(sys.argv[1] + "/ly.npy", (r.rand(200000) < 1 / (1 + np.exp(-z))).astype(np.float32)[:, None])
