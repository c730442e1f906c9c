"""The peers of tests/knobs.c: `torch FILE` trains with every knob turned, `sklearn FILE CLASS_WEIGHT`
writes a table and solves weighted softmax regression on it. Both print JSON."""
import json
import math
import sys

LR, STEPS, WARMUP, L1, L2, CLIP, MAX_NORM, SMOOTHING = 0.05, 60, 10, 0.002, 0.01, 0.1, 0.9, 0.2


def torch_peer(path):
    import torch
    problem = json.load(open(path))
    torch.set_default_dtype(torch.float64)
    x = torch.tensor(problem["x"]).reshape(-1, 4)
    y = torch.tensor(problem["y"]).long()
    s = torch.tensor(problem["weights"])
    s = s / s.mean()
    net = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Tanh(), torch.nn.Linear(3, 3))
    names = {"fc1.w": net[0].weight, "fc1.b": net[0].bias, "fc2.w": net[2].weight, "fc2.b": net[2].bias}
    with torch.no_grad():
        for name, p in names.items():
            p.copy_(torch.tensor(problem[name]).reshape(p.shape))
    matrices = [net[0].weight, net[2].weight]
    optimizer = torch.optim.Adam(net.parameters(), lr=LR)
    factor = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda u: min(1, (u + 1) / WARMUP) * (1 + math.cos(math.pi * u / STEPS)) / 2)
    costs = []
    for _ in range(STEPS):
        losses = torch.nn.functional.cross_entropy(net(x), y, reduction="none", label_smoothing=SMOOTHING)
        J = (s * losses).mean() + sum(L2 / 2 * (w * w).sum() + L1 * w.abs().sum() for w in matrices)
        costs.append(J.item())
        optimizer.zero_grad()
        J.backward()
        norm = torch.sqrt(sum((p.grad ** 2).sum() for p in net.parameters()))
        for p in net.parameters():  # clip_grad_norm_ would add 1e-6 to the norm
            p.grad.mul_(min(1, CLIP / norm.item()))
        optimizer.step()
        factor.step()
        with torch.no_grad():
            for w in matrices:
                norms = w.norm(dim=1, keepdim=True)
                w.mul_(torch.where(norms > MAX_NORM, MAX_NORM / norms, torch.ones_like(norms)))
    print(json.dumps({"costs": costs, **{n: p.flatten().tolist() for n, p in names.items()}}))


def sklearn_peer(path, class_weight):
    import numpy
    from sklearn.linear_model import LogisticRegression
    from sklearn.utils.class_weight import compute_sample_weight
    r = numpy.random.RandomState(4)
    x = r.randn(150, 3)
    y = (x @ r.randn(3, 3) + r.randn(150, 3) + [0, 1.5, -0.5]).argmax(1)
    s = numpy.round(r.rand(150) * 3, 3)
    with open(path, "w") as f:
        f.write("a,b,c,s,y\n")
        for i in range(150):
            f.write(",".join(repr(float(v)) for v in x[i]) + f",{s[i]},class{y[i]}\n")
    if class_weight == "balanced":  # scikit-learn's counts rows; to glia a row of weight 2 is two rows
        class_weight = {k: s.sum() / (3 * s[y == k].sum()) for k in range(3)}
    else:  # "class0:2,class2:0.5"
        pairs = [item.split(":") for item in class_weight.split(",")]
        class_weight = {int(name[-1]): float(w) for name, w in pairs}
    total = (s * compute_sample_weight(class_weight, y)).sum()
    m = LogisticRegression(C=1 / (0.02 * total), class_weight=class_weight, solver="newton-cg", tol=1e-12,
                           max_iter=10000, multi_class="multinomial")
    m.fit(x, y, sample_weight=s)
    print(json.dumps({"coef": m.coef_.flatten().tolist(),
                      "intercept": m.intercept_.tolist()}))


{"torch": torch_peer, "sklearn": sklearn_peer}[sys.argv[1]](*sys.argv[2:])
