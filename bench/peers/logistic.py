#!/usr/bin/python3
"""Logistic regression beside glia: J = mean cost + (L2 / 2) sum w^2, each objective computed here, in double.

    logistic.py FOLDER SET L2 SOLVER     seconds of scikit-learn's fit, and J of what it found
    logistic.py FOLDER SET L2 MODEL      J of a model file of glia (.glia) or of liblinear (-B 1)
    logistic.py FOLDER SET L2 text       writes SET.svm for liblinear

SET: l100 or l784, see make_data.py. Each side stops at the loosest power of ten at which it comes within 1e-6 of the least J on
both sets: L-BFGS, glia's and theirs, where the largest component of the gradient is 1e-5, the Newton methods at 1e-4."""
import json
import os
import sys
import time

import numpy as np

folder, name, l2, what = sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4]
x, y = np.load("%s/%sx.npy" % (folder, name)), np.load("%s/%sy.npy" % (folder, name)).ravel()


def objective(w, b):
    z = x.astype(float) @ w.astype(float) + float(b)
    return np.mean(np.logaddexp(0, z) - y * z) + l2 / 2 * np.sum(w.astype(float) ** 2)


def fit(solver):
    from sklearn.linear_model import LogisticRegression
    # lbfgs looks at the sum over rows, not at the mean; newton-cholesky takes doubles only (1.2)
    tol = 1e-5 * len(x) if solver == "lbfgs" else 1e-4
    m = LogisticRegression(C=1 / (l2 * len(x)), solver=solver, tol=tol, max_iter=1000)
    a, t = (x.astype(float), y.astype(float)) if solver == "newton-cholesky" else (x, y)
    begin = time.perf_counter()
    m.fit(a, t)
    return time.perf_counter() - begin, m.coef_[0], m.intercept_[0]


def of_glia(path):
    raw = open(path, "rb").read()
    size = 8 + int.from_bytes(raw[:8], "little")
    tensors = json.loads(raw[8:size])
    w, b = (np.frombuffer(raw[size:], "<f4", (j - i) // 4, i)
            for i, j in (tensors[key]["data_offsets"] for key in ("fc1.w", "fc1.b")))
    return w, b[0]


def of_liblinear(path):
    lines = open(path).read().split("\n")
    sign = 1 if "label 1 -1" in lines else -1
    w = sign * np.array([float(line) for line in lines[lines.index("w") + 1:] if line])
    return w[:-1], w[-1]


if what == "text":
    with open("%s/%s.svm" % (folder, name), "w") as f:
        for row, t in zip(x, y):
            f.write("%d %s\n" % (2 * t - 1, " ".join("%d:%.7g" % pair for pair in enumerate(row, 1))))
elif os.path.exists(what):
    print("%.12g" % objective(*(of_glia(what) if what.endswith(".glia") else of_liblinear(what))))
else:
    took, w, b = fit(what)
    print("%.6g %.12g" % (took, objective(w, b)))
