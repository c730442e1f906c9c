#!/usr/bin/python3
"""Logistic regression with scikit-learn: logistic.py FOLDER SOLVER L2 -> seconds of fit, and the objective that it reached.
The objective is glia's: mean cost + (L2 / 2) sum w^2."""
import sys
import time

import numpy as np
from sklearn.linear_model import LogisticRegression

folder, solver, l2 = sys.argv[1], sys.argv[2], float(sys.argv[3])
x, y = np.load(folder + "/lx.npy"), np.load(folder + "/ly.npy").ravel()
if solver == "newton-cholesky":
    x, y = x.astype(float), y.astype(float)  # it takes nothing else (1.2)
m = LogisticRegression(C=1 / (l2 * len(x)), solver=solver, tol=1e-6 * (len(x) if solver == "lbfgs" else 1), max_iter=1000)
begin = time.perf_counter()
m.fit(x, y)
took = time.perf_counter() - begin
z = x.astype(float) @ m.coef_[0] + m.intercept_[0]
cost = np.mean(np.logaddexp(0, z) - y * z) + l2 / 2 * np.sum(m.coef_ ** 2)
print("%.6g %.10g" % (took, cost))
