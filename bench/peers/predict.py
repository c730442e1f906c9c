#!/usr/bin/python3
"""Microseconds of predicting one batch with NumPy or scikit-learn: predict.py numpy|sklearn NET ACTIVATION LOSS BATCH [SECONDS]

NumPy: a forward pass as a user would write it who cares, in fp32 into memory taken beforehand. scikit-learn: predict_proba of an
MLPClassifier of this shape, fitted for one iteration in fp32. Both use the BLAS of the system; OMP_NUM_THREADS says how many threads."""
import statistics
import sys
import time
import warnings

import numpy as np

who, net, activation, loss, batch = sys.argv[1:6]
seconds = float(sys.argv[6]) if len(sys.argv) > 6 else 1
sizes = [int(n) for n in net.split("-")]
draw = np.random.RandomState(1)
x = draw.rand(int(batch), sizes[0]).astype(np.float32)


def numpy_predictor():
    w = [(draw.randn(i, o) * i ** -0.5).astype(np.float32) for i, o in zip(sizes, sizes[1:])]
    b = [np.zeros(o, np.float32) for o in sizes[1:]]
    a = [x] + [np.empty((len(x), o), np.float32) for o in sizes[1:]]

    def predict():
        for l in range(len(w)):
            z = np.dot(a[l], w[l], out=a[l + 1])
            z += b[l]
            if l < len(w) - 1:
                np.maximum(z, 0, out=z) if activation == "relu" else np.tanh(z, out=z)
        if loss == "sigmoid":
            np.negative(z, out=z)
            np.exp(z, out=z)
            z += 1
            return np.reciprocal(z, out=z)
        z -= z.max(axis=1, keepdims=True)
        np.exp(z, out=z)
        z /= z.sum(axis=1, keepdims=True)
        return z

    return predict


def sklearn_predictor():
    from sklearn.neural_network import MLPClassifier
    warnings.simplefilter("ignore")
    classes = max(2, sizes[-1])
    rows = draw.rand(10 * classes, sizes[0]).astype(np.float32)
    m = MLPClassifier(sizes[1:-1], activation=activation, max_iter=1).fit(rows, np.arange(len(rows)) % classes)
    return lambda: m.predict_proba(x)


predict = numpy_predictor() if who == "numpy" else sklearn_predictor()
n, begin = 0, time.perf_counter()
while n < 8 or time.perf_counter() - begin < seconds / 7:
    predict()
    n += 1
per_round = max(1, int(seconds / 7 / (time.perf_counter() - begin) * n))
rounds = []
for _ in range(7):
    begin = time.perf_counter()
    for _ in range(per_round):
        predict()
    rounds.append((time.perf_counter() - begin) / per_round)
print("%.6g" % (1e6 * statistics.median(rounds)))
