#!/usr/bin/python3
"""Microseconds of one step with PyTorch: torch_step.py train|predict NET ACTIVATION LOSS BATCH OPTIMIZER THREADS [SECONDS]

The best that a user could write, not nn.Module: backward propagation by hand into memory taken beforehand, no autograd, one flat
run of weights for the update. Rows are gathered from shuffled data when there is more than one mini-batch, as glia bench does.
--loss-of FOLDER instead of SECONDS: the cost before each of 50 updates on FOLDER/x.npy, FOLDER/y.npy (same_loss.sh)."""
import statistics
import sys
import time

import numpy as np
import torch

mode, net, activation, loss, batch, optimizer, threads = sys.argv[1:8]
sizes = [int(n) for n in net.split("-")]
folder = sys.argv[9] if len(sys.argv) > 9 else None
seconds = float(sys.argv[8]) if len(sys.argv) == 9 else 1
rows = {"full209": 209, "full400": 400}.get(batch)
size = rows or int(batch)
lr = 0.1 if folder else 1e-4
torch.set_num_threads(int(threads))
torch.set_grad_enabled(False)
torch.manual_seed(1)

if not rows:
    most = (64 << 20) // (4 * (sizes[0] + 1)) // size
    rows = size if mode == "predict" else size * max(4, min(64, most))
out = sizes[-1]
if folder:
    x, y = torch.from_numpy(np.load(folder + "/x.npy")), torch.from_numpy(np.load(folder + "/y.npy"))
    rows = size = len(x)
else:
    x = torch.rand(rows, sizes[0])
    y = {"softmax": lambda: torch.randint(0, out, (rows,)), "sigmoid": lambda: torch.randint(0, 2, (rows, 1)).float(),
         "mse": lambda: torch.rand(rows, out)}[loss]()
if loss == "softmax":
    y = torch.nn.functional.one_hot(y.flatten().long(), out).float()
layers = list(zip(sizes, sizes[1:]))
count = sum(i * o + o for i, o in layers)
flat, grad = torch.zeros(count), torch.zeros(count)
v, s = torch.zeros(count), torch.zeros(count)


def views(run):
    found, at = [], 0
    for i, o in layers:
        found.append((run[at:at + o * i].view(o, i), run[at + o * i:at + o * i + o]))
        at += o * i + o
    return found


weights, slopes = views(flat), views(grad)
draw = np.random.RandomState(1)
for w, b in weights:
    if folder:
        w.copy_(torch.from_numpy(draw.randn(*w.shape) * 0.1))
    else:
        w.normal_(0, w.shape[1] ** -0.5)


def forward(xb):
    a = [xb]
    for k, (w, b) in enumerate(weights):
        z = torch.addmm(b, a[-1], w.t())
        last = k == len(weights) - 1
        if not last:
            z = z.relu_() if activation == "relu" else z.tanh_()
        a.append(z)
    return a


def answer(z):
    return {"softmax": lambda: torch.softmax(z, 1), "sigmoid": lambda: torch.sigmoid(z), "mse": lambda: z}[loss]()


def cost(p, yb):
    eps = 1e-30
    if loss == "mse":
        return float(((p - yb) ** 2).sum() / len(p))
    if loss == "softmax":
        return float(-(yb * (p + eps).log()).sum() / len(p))
    return float(-(yb * (p + eps).log() + (1 - yb) * (1 - p + eps).log()).mean())


def step(n, xb, yb):
    a = forward(xb)
    p = answer(a[-1])
    dz = p.sub_(yb).mul_(1 / len(xb)) if not folder else p.sub(yb).mul_(1 / len(xb))
    for k in range(len(weights) - 1, -1, -1):
        w, _ = weights[k]
        dw, db = slopes[k]
        torch.mm(dz.t(), a[k], out=dw)
        torch.sum(dz, 0, out=db)
        if k:
            da = dz @ w
            dz = da.mul_(a[k] > 0) if activation == "relu" else da.mul_(1 - a[k] * a[k])
    if optimizer == "sgd":
        flat.add_(grad, alpha=-lr)
    else:
        v.mul_(0.9).add_(grad, alpha=0.1)
        s.mul_(0.999).addcmul_(grad, grad, value=0.001)
        c1, c2 = 1 - 0.9 ** (n + 1), 1 - 0.999 ** (n + 1)
        flat.addcdiv_(v, (s / c2).sqrt_().add_(1e-8), value=-lr / c1)
    return p


def run(n):
    global order
    if mode == "predict":
        answer(forward(x)[-1])
        return
    if size == rows:
        step(n, x, y)
        return
    at = n % (rows // size) * size
    if at == 0:
        order = torch.randperm(rows)
    pick = order[at:at + size]
    step(n, x[pick], y[pick])


if folder:
    for n in range(50):
        print("%.9g" % cost(step(n, x, y), y))
    sys.exit()

n, begin = 0, time.perf_counter()
while n < 8 or time.perf_counter() - begin < seconds / 7:
    run(n)
    n += 1
per_round = max(1, int(seconds / 7 / (time.perf_counter() - begin) * n))
rounds = []
for _ in range(7):
    begin = time.perf_counter()
    for _ in range(per_round):
        run(n)
        n += 1
    rounds.append((time.perf_counter() - begin) / per_round)
print("%.6g" % (1e6 * statistics.median(rounds)))
