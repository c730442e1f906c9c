# What PyTorch makes of the cases of tests/states.c: states.jsonl has a network's text and its arrays a line, states.f64 the
# numbers. Layers are loops over steps here, with the masks given. Every cost and gradient of every run is compared. Prints how
# many cases there were, or the first array that differs, with status 1.
import array
import json
import sys

import torch

torch.set_default_dtype(torch.float64)
TOLERANCE = 1e-10  # of the largest number of an array


def turned(x, lengths):
    """The steps that there are, the last one first."""
    steps = torch.arange(x.shape[1])
    at = torch.where(steps < lengths[:, None], lengths[:, None] - 1 - steps, steps)
    return torch.gather(x, 1, at[:, :, None].expand(x.shape))


def cell(kind, z, read, h, c, p):
    """A step: z is W x + b, read what U reads."""
    n = h.shape[1]
    u = p["u"].reshape(-1, n)
    if kind in ("tanh", "relu"):
        return getattr(torch, kind)(z + read @ u.T), c
    if kind == "lstm":
        i, f, g, o = (z + read @ u.T).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c
    if kind == "before":
        r, k = torch.sigmoid(z[:, :2 * n] + read @ u[:2 * n].T).chunk(2, 1)
        g = torch.tanh(z[:, 2 * n:] + (r * read) @ u[2 * n:].T)
    else:
        s = read @ u.T + p["v"]
        r, k = torch.sigmoid(z[:, :2 * n] + s[:, :2 * n]).chunk(2, 1)
        g = torch.tanh(z[:, 2 * n:] + r * s[:, 2 * n:])
    return (1 - k) * g + k * h, c


def recurrent(x, words, p, mask, lengths, start):
    """The states of all steps, 0 behind the last, and where it ends: its h and c."""
    n = int(words[1])
    kind = "relu" if "relu" in words else "before" if "before" in words else {"rnn": "tanh"}.get(words[0], words[0])
    h, c = start if start else (torch.zeros(len(x), n),) * 2
    z, states = x @ p["w"].reshape(-1, x.shape[2]).T + p["b"], []
    for t in range(x.shape[1]):
        there = (t < lengths)[:, None]
        h_new, c_new = cell(kind, z[:, t], mask * h, h, c, p)
        h, c = torch.where(there, h_new, h), torch.where(there, c_new, c)
        states.append(torch.where(there, h, torch.zeros_like(h)))
    return torch.stack(states, 1), (h, c)


def forward(case, params, has, run, states):
    """The cost of one run. states: where the layers' rows ended before, replaced by where they end now."""
    pieces = [piece.split() for piece in case["text"].split(", ")]
    steps, features = int(pieces[0][1]), int(pieces[0][2])
    x = has[f"{run}.x"].reshape(case["rows"], -1)
    lengths = torch.full((len(x),), steps)
    if pieces[0][0] == "ragged":
        lengths, x = x[:, 0].long(), x[:, 1:]
    behind = torch.arange(steps) >= lengths[:, None]
    x = x.reshape(len(x), steps, features)
    for i, words in enumerate(pieces[1:]):
        if words[0] == "reverse":
            x = turned(x, lengths)
            continue
        name = next(k.split(".")[0] for k in params if k.startswith(NAMES[words[0]]) and k.split(".")[0] not in forward.used)
        forward.used.add(name)
        p = {k.split(".")[1]: v for k, v in params.items() if k.split(".")[0] == name}
        if words[0] in ("conv", "dense"):
            x = x @ p["w"].reshape(-1, x.shape[-1]).T + p["b"]
            if x.dim() == 3:
                x = x.masked_fill(behind[:, :, None], 0)
            continue
        n, start = int(words[1]), states.get(name)
        if start and f"{run}.goes_on" in has:
            start = [torch.where(has[f"{run}.goes_on"][:, None] > 0, s, torch.zeros_like(s)) for s in start]
        mask = has[f"{run}.mask.{name}"].reshape(len(x), n)
        every, end = recurrent(x, words, p, mask, lengths, start)
        if case.get("carries"):
            states[name] = [s.detach() for s in end]
        x = every if "all" in words else end[0]
    forward.used.clear()
    y = has[f"{run}.y"].reshape(x.shape)
    if x.dim() == 3:
        y = y.masked_fill(behind[:, :, None], 0)
    return ((x - y) ** 2).flatten(1).sum(1).mean()


forward.used = set()
NAMES = {"conv": "conv", "dense": "fc", "rnn": "rnn", "lstm": "lstm", "gru": "gru"}


def compare(case, what, found, want):
    found, want = found.reshape(-1), want.detach().reshape(-1)
    if len(found) != len(want):
        sys.exit(f"{case['text']}: {what} has {len(found)} numbers, PyTorch's {len(want)}")
    far = (found - want).abs()
    if bool((far <= TOLERANCE * want.abs().max()).all()):
        return
    i = int(far.argmax())
    sys.exit(f"{case['text']}: {what}[{i}] is {found[i].item():.17g}, PyTorch says {want[i].item():.17g}")


compared = 0
with open("states.f64", "rb") as numbers:
    for line in open("states.jsonl"):
        case, has, states = json.loads(line), {}, {}
        for name, count in case["arrays"].items():
            values = array.array("d")
            values.fromfile(numbers, count)
            has[name] = torch.tensor(values)
        for run in range(case["runs"]):
            params = {k[8:]: v.clone().requires_grad_() for k, v in has.items() if k.startswith("0.param.")}
            cost = forward(case, params, has, run, states)
            cost.backward()
            compare(case, f"the cost of run {run}", has[f"{run}.cost"], cost)
            for k, t in params.items():
                compare(case, f"the gradient of {k} in run {run}", has[f"{run}.grad.{k}"],
                        torch.zeros_like(t) if t.grad is None else t.grad)
        compared += 1
print(compared)
