"""One training by scikit-learn with its defaults, as a careful user would write it; prints its scores on the test rows as JSON.

    sklearn_table.py mlp|linear TASK SEED TRAIN TEST TARGET DROPPED

TASK: classes or values. TRAIN, TEST: CSV with a header, or .npz of x and y whose x are pixels. TARGET: a column, DROPPED:
columns to leave out, comma separated. Numbers: median for missing cells, StandardScaler. Texts: the most frequent for missing
ones, OneHotEncoder. MLPRegressor learns a standardised target, as glia does; without it, it fails on prices.
"""
import csv
import json
import sys
import warnings

import numpy as np
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")  # "maximum number of iterations reached": the default is what is asked about
kind, task, seed, train, test, target, dropped = sys.argv[1:]


def number(cell):
    try:
        return float(cell)
    except ValueError:
        return None


def is_missing(cell):
    return cell in ("", "NA", "NaN", "null", "?")


def read(path):
    """Cells by column, without the dropped ones, and the target's texts."""
    with open(path, newline="") as f:
        rows = list(csv.reader(f, skipinitialspace=True))
    columns = dict(zip(rows[0], zip(*rows[1:])))
    y = [cell.rstrip(".") for cell in columns.pop(target)]
    return {name: cells for name, cells in columns.items() if name not in dropped.split(",")}, y


def is_number(cells):
    return all(is_missing(c) or number(c) is not None for c in cells)


def matrix(columns, numbers):
    """(rows, columns) of objects: numbers with NaN, texts with None for missing cells."""
    cells = [[np.nan if is_missing(c) else float(c) for c in column] if numbers[name]
             else [None if is_missing(c) else c for c in column] for name, column in columns.items()]
    return np.array(cells, dtype=object).T


def pipeline(numbers):
    """The preparation of columns."""
    which = list(numbers.values())
    return ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), [i for i, n in enumerate(which) if n]),
        ("texts", make_pipeline(SimpleImputer(strategy="most_frequent", missing_values=None),
                                OneHotEncoder(handle_unknown="ignore")), [i for i, n in enumerate(which) if not n])])


def learner():
    if task == "classes":
        return MLPClassifier(random_state=int(seed)) if kind == "mlp" else LogisticRegression()
    if kind == "mlp":
        return TransformedTargetRegressor(MLPRegressor(random_state=int(seed)), transformer=StandardScaler())
    return Ridge()


if train.endswith(".npz"):
    model = learner()
    (x, y), (x_test, y_test) = [(f["x"].reshape(len(f["x"]), -1) / 255.0, f["y"].ravel()) for f in (np.load(train), np.load(test))]
else:
    (columns, y), (columns_test, y_test) = read(train), read(test)
    numbers = {name: is_number(cells) for name, cells in columns.items()}
    x, x_test = matrix(columns, numbers), matrix({name: columns_test[name] for name in columns}, numbers)
    model = make_pipeline(pipeline(numbers), learner())
    if task == "values":
        y, y_test = np.array(y, dtype=float), np.array(y_test, dtype=float)

model.fit(x, y)
if task == "classes":
    p = model.predict_proba(x_test)
    print(json.dumps({"accuracy": float(np.mean(model.predict(x_test) == np.array(y_test))),
                      "loss": float(log_loss(y_test, p, labels=model.classes_))}))
else:
    print(json.dumps({"rmse": float(np.sqrt(np.mean((model.predict(x_test) - y_test) ** 2)))}))
