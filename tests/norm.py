# Trains networks in PyTorch, for tests/norm.c: each argument is a file with a network, its weights, rows and options as JSON;
# prints name and values of every parameter afterwards, and of the predictions, a line each.
import json
import sys

import numpy as np
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}


def build(text, width):
    modules, names, seen = [], [], {}
    for word in text.replace(",", " ").split():
        if word.isdigit():
            modules.append(nn.Linear(width, int(word)))
            width = int(word)
        elif word == "batch_norm":
            modules.append(nn.BatchNorm1d(width))
        elif word == "layer_norm":
            modules.append(nn.LayerNorm(width))
        elif word in ACTIVATIONS:
            modules.append(ACTIVATIONS[word]())
        else:  # dense stands before its units; softmax is in the cost
            continue
        kind = "fc" if word.isdigit() else "norm" if "norm" in word else word
        seen[kind] = seen.get(kind, 0) + 1
        names.append((word if kind == "norm" else kind) + str(seen[kind]))
    return nn.Sequential(*modules), names


def tensors(net, names):
    """Every tensor by the name that glia gives it."""
    parts = {"fc": {"w": "weight", "b": "bias"},
             "layer_norm": {"gamma": "weight", "beta": "bias"},
             "batch_norm": {"gamma": "weight", "beta": "bias", "mean": "running_mean", "var": "running_var"}}
    return {f"{name}.{short}": getattr(module, long)
            for name, module in zip(names, net)
            for short, long in parts.get(name.rstrip("0123456789"), {}).items()}


def optimizer(case, weights, others):
    decay = case["decay"]
    groups = [{"params": weights, "weight_decay": decay}, {"params": others, "weight_decay": 0}]
    if case["optimizer"] == "sgd":
        return torch.optim.SGD(groups, lr=case["lr"])
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[case["optimizer"]]
    return kind(groups, lr=case["lr"], eps=case["eps"])


for path in sys.argv[1:]:
    case = json.load(open(path))
    net, names = build(case["net"], case["inputs"])
    named = tensors(net, names)
    with torch.no_grad():
        for name, values in case["weights"].items():
            named[name].copy_(torch.tensor(values).reshape(named[name].shape))
    x = torch.tensor(case["x"]).reshape(-1, case["inputs"])
    y = torch.tensor(case["y"]).long()
    weights = [t for name, t in named.items() if name.endswith(".w")]
    others = [p for p in net.parameters() if not any(p is w for w in weights)]
    steps = optimizer(case, weights, others)
    for epoch in range(case["epochs"]):
        np.random.seed(case["shuffle_seed"] + epoch)
        order = np.random.permutation(len(x))
        for first in range(0, len(x), case["batch"]):
            rows = order[first:first + case["batch"]]
            cost = nn.functional.cross_entropy(net(x[rows]), y[rows])
            cost = cost + case["l2"] / 2 * sum((w ** 2).sum() for w in weights)
            steps.zero_grad()
            cost.backward()
            steps.step()
    net.eval()
    named["predictions"] = torch.softmax(net(x), 1)
    for name, t in named.items():
        print(name, *(repr(v) for v in t.detach().reshape(-1).tolist()))
