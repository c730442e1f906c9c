# What PyTorch makes of the cases of tests/pytorch.c: cases.jsonl has an op and its shapes a line, cases.f64 the numbers, array
# by array: what the op read and gave, the gradients towards both, its parameters and theirs. Pictures have the channels last
# there, and first in PyTorch. Every number is compared. Prints how many cases there were, or the first array that differs, with
# status 1.
import array
import json
import math
import sys

import torch
import torch.nn.functional as F
import torch.nn.utils.rnn as nn_rnn

torch.set_default_dtype(torch.float64)
TOLERANCE = 1e-10  # of the largest number of an array


def first(t):  # channels
    return t.movedim(-1, 1)


def last(t):
    return t.movedim(1, -1)


def pair(text, sides):
    return [int(n) for n in text.split("x")] if "x" in text else [int(text)] * sides


def parse(text, sides):
    """An op's name, its plain numbers and its attributes, one number for each side of what it reads."""
    words, plain, named = text.split(), [], {}
    name = words.pop(0)
    while words:
        word = words.pop(0)
        if word[0].isdigit():
            plain.append(pair(word, sides))
        else:
            value = words.pop(0)
            named[word] = value if value in ("same", "all", "before", "yes") else pair(value, sides)
    return name, plain, named


def edges(t, before, behind, value=0.0):
    """t with so many places more on each side, or fewer. PyTorch names the last side first."""
    return F.pad(t, [n for both in reversed(list(zip(before, behind))) for n in both], value=value)


def windows(t, kernel, stride, dilation, pad):
    """How many places stand before the first and behind the last, as TensorFlow says `same`."""
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilation)]
    if pad != "same":
        return pad, pad
    more = [max((-(-n // s) - 1) * s + r - n, 0) for n, s, r in zip(t.shape[2:], stride, reach)]
    return [n // 2 for n in more], [n - n // 2 for n in more]


def conv(t, plain, named, p):
    sides = t.dim() - 2
    kernel, stride = plain[1], named.get("stride", [1] * sides)
    dilation, pad = named.get("dilation", [1] * sides), named.get("pad", [0] * sides)
    groups = named.get("groups", [1])[0]
    w = first(p["w"].reshape(plain[0][0], *kernel, -1))
    run = F.conv1d if sides == 1 else F.conv2d
    if pad != "same":
        return run(t, w, p["b"], stride, pad, dilation, groups)
    return run(edges(t, *windows(t, kernel, stride, dilation, pad)), w, p["b"], stride, 0, dilation, groups)


def conv_transpose(t, plain, named, p):
    sides = t.dim() - 2
    kernel, stride = plain[1], named.get("stride", [1] * sides)
    dilation, pad = named.get("dilation", [1] * sides), named.get("pad", [0] * sides)
    groups, more = named.get("groups", [1])[0], named.get("output_pad", [0] * sides)
    w = first(p["w"].reshape(t.shape[1], *kernel, -1))
    run = F.conv_transpose1d if sides == 1 else F.conv_transpose2d
    if pad != "same":
        return run(t, w, p["b"], stride, pad, more, groups, dilation)
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilation)]
    whole = run(t, w, p["b"], stride, 0, [max(s - r, 0) for s, r in zip(stride, reach)], groups, dilation)
    want = [n * s for n, s in zip(t.shape[2:], stride)]
    before = [max(r - s, 0) // 2 for s, r in zip(stride, reach)]
    behind = [n - b - v for n, b, v in zip(whole.shape[2:], before, want)]
    return edges(whole, [-n for n in before], [-n for n in behind])


def pool(t, plain, named, p):
    kernel = plain[0]
    stride, pad = named.get("stride", kernel), named.get("pad", [0] * len(kernel))
    t = edges(t, *windows(t, kernel, stride, [1, 1], pad), value=-math.inf)
    return (F.max_pool1d if len(kernel) == 1 else F.max_pool2d)(t, kernel, stride)


def mean_pool(t, plain, named, p):
    kernel = plain[0]
    stride, pad = named.get("stride", kernel), named.get("pad", [0] * len(kernel))
    around = windows(t, kernel, stride, [1, 1], pad)
    run = F.avg_pool1d if len(kernel) == 1 else F.avg_pool2d
    inside = run(edges(torch.ones_like(t), *around), kernel, stride)
    return run(edges(t, *around), kernel, stride) / inside


def batch_norm(t, plain, named, p):
    return F.batch_norm(t, None, None, p["gamma"], p["beta"], True, eps=1e-5)


def layer_norm(t, plain, named, p):
    return first(F.layer_norm(last(t), t.shape[1:2], p["gamma"], p["beta"], eps=1e-5))


def recurrent(t, plain, named, p):
    """By the functions below torch.nn.RNN, LSTM and GRU, whose weights are tensors of anybody's."""
    n, steps, x = plain[0][0], named.get("steps", [1]), last(t)
    zero = torch.zeros(1, x.shape[0], n)
    weights = [p["w"].reshape(-1, t.shape[1]), p["u"].reshape(-1, n), p["b"], p["v"] if "v" in p else torch.zeros_like(p["b"])]
    kind = "rnn_relu" if named.get("relu", [0])[0] else named["kind"]
    start = (zero, zero) if kind == "lstm" else zero
    if "reset" in named:
        h = gru_before(x, *weights[:3], n)
    else:
        h = getattr(torch._VF, kind)(x, start, weights, True, 1, 0.0, False, False, True)[0]
    h = h if steps == "all" else h[:, -steps[0]:]
    return h[:, 0] if steps == [1] else first(h)


def gru_before(x, w, u, b, n):
    """PyTorch has none: Cho et al. (2014), step by step, h~ = tanh(W x + b + U (r h'))."""
    z, h, states = x @ w.T + b, torch.zeros(x.shape[0], n), []
    for t in range(x.shape[1]):
        gates = torch.sigmoid(z[:, t, :2 * n] + h @ u[:2 * n].T)
        r, keep = gates[:, :n], gates[:, n:]
        h = keep * h + (1 - keep) * torch.tanh(z[:, t, 2 * n:] + (r * h) @ u[2 * n:].T)
        states.append(h)
    return torch.stack(states, 1)


def packed(t, case, p):
    """Recurrent layers over sequences of different lengths; of both directions the way back stands first."""
    name, plain, named = parse(case["op"], 1)
    n, x, both = plain[0][0], last(t), case["both"]
    lengths = torch.tensor(case["lengths"])
    there = lengths > 0  # PyTorch packs no empty sequence: of those everything is 0
    steps = nn_rnn.pack_padded_sequence(x[there], lengths[there], True, False)
    weights = []
    for way in ("", "2")[:1 + both]:
        b = p["b" + way]
        weights += [p["w" + way].reshape(-1, t.shape[1]), p["u" + way].reshape(-1, n), b, p.get("v" + way, torch.zeros_like(b))]
    kind = {"rnn": "rnn_relu" if "relu" in named else "rnn_tanh"}.get(name, name)
    zero = torch.zeros(1 + both, int(there.sum()), n)
    start = (zero, zero) if kind == "lstm" else zero
    out = getattr(torch._VF, kind)(steps.data, steps.batch_sizes, start, weights, True, 1, 0.0, False, bool(both))
    if named.get("steps") == "all":
        h = nn_rnn.PackedSequence(out[0], steps.batch_sizes, steps.sorted_indices, steps.unsorted_indices)
        h = nn_rnn.pad_packed_sequence(h, True, total_length=x.shape[1])[0]
    else:
        h = out[1][:, steps.unsorted_indices].transpose(0, 1).flatten(1)
    y = torch.zeros(len(lengths), *h.shape[1:])
    y[there] = torch.cat([h[..., n:], h[..., :n]], -1)
    return first(y) if y.dim() > 2 else y


def embedding(t, plain, named, p):
    """0 is torch's padding_idx: a row of zeros without a gradient, in front of those that glia has."""
    w = torch.cat([torch.zeros(1, plain[1][0]), p["w"].reshape(plain[0][0], -1)])
    return first(F.embedding(t[:, 0].long(), w, padding_idx=0))


def attention(t, plain, named, p):
    """torch.nn.MultiheadAttention, whose weights are tensors of anybody's."""
    x, n, steps = t.movedim(-1, 0).contiguous(), t.shape[1], t.shape[2]  # steps, samples, features
    mask = torch.ones(steps, steps).triu(1).bool() if "causal" in named else None  # what is not seen
    y, _ = F.multi_head_attention_forward(
        x, x, x, n, plain[0][0], p["w"].reshape(3 * n, n), p["b"], None, None, False, 0.0, p["wo"].reshape(n, n),
        p["bo"], training=True, key_padding_mask=named.get("behind"), need_weights=False, attn_mask=mask)
    return y.movedim(0, -1)


def padded(t, case, plain, named, p):
    """Sequences of different lengths, to an op that gives all steps; PyTorch's softmax of an empty one is NaN."""
    lengths = torch.tensor(case["lengths"])
    behind = torch.arange(t.shape[2]) >= lengths[lengths > 0, None]
    y = torch.zeros_like(t)
    given = RUN[case["op"].split()[0]](t[lengths > 0], plain, {**named, "behind": behind}, p)
    y[lengths > 0] = given.masked_fill(behind[:, None], 0)
    return y


def positions(t, plain, named, p):
    steps, n = t.shape[2], t.shape[1]
    if "learned" in named:
        return t + p["p"].reshape(steps, n).T
    wave = [[math.sin(i / 10000 ** (j / n)) if j % 2 == 0 else math.cos(i / 10000 ** ((j - 1) / n)) for j in range(n)]
            for i in range(steps)]
    return t + torch.tensor(wave).T


def kind(name):
    return lambda t, plain, named, p: recurrent(t, plain, {"kind": name, **named}, p)


RUN = {
    "embedding": embedding,
    "attention": attention, "positions": positions,
    "reverse": lambda t, plain, named, p: t.flip(-1),
    "rnn": kind("rnn_tanh"), "lstm": kind("lstm"), "gru": kind("gru"),
    "conv": conv, "conv_transpose": conv_transpose, "pool": pool, "mean_pool": mean_pool, "batch_norm": batch_norm, "layer_norm": layer_norm,
    "global_pool": lambda t, plain, named, p: t.mean(list(range(2, t.dim()))),
    "upsample": lambda t, plain, named, p: F.interpolate(t, scale_factor=[float(n) for n in plain[0]], mode="nearest"),
    "pad": lambda t, plain, named, p: edges(t, plain[0], plain[-1]),
    "crop": lambda t, plain, named, p: edges(t, [-n for n in plain[0]], [-n for n in plain[-1]]),
}


NAMES = ("w", "b", "u", "v", "w2", "b2", "u2", "v2", "gamma", "beta", "wo", "bo", "p")


def compare(case, what, found, want):
    found, want = found.reshape(-1), want.detach().reshape(-1)
    if len(found) != len(want):
        sys.exit(f"{case['op']} on {case['read']}: {what} has {len(found)} numbers, PyTorch's {len(want)}")
    far = (found - want).abs()
    if bool((far <= TOLERANCE * want.abs().max()).all()):
        return
    i = int(far.argmax())
    sys.exit(f"{case['op']} on {case['read']}: {what}[{i}] is {found[i].item():.17g}, PyTorch says {want[i].item():.17g}")


def compare_prediction(case, has):
    """The running averages behind one update, and what a prediction with them answers."""
    x = first(has["x"].reshape(-1, *case["read"]))
    mean, var = torch.zeros(x.shape[1]), torch.ones(x.shape[1])
    F.batch_norm(x, mean, var, None, None, True, momentum=0.1)
    compare(case, "mean", has["mean"], mean)
    compare(case, "var", has["var"], var)
    x = first(has["later_x"].reshape(-1, *case["read"]))
    y = F.batch_norm(x, mean, var, has["later_gamma"], has["later_beta"], False, eps=1e-5)
    compare(case, "answers", has["answers"], last(y).flatten(1) @ has["fc_w"] + has["fc_b"])


compared = 0
with open("cases.f64", "rb") as numbers:
    for line in open("cases.jsonl"):
        case, has = json.loads(line), {}
        for name, count in case["arrays"].items():
            values = array.array("d")
            values.fromfile(numbers, count)
            has[name] = torch.tensor(values)
        name, plain, named = parse(case["op"], len(case["read"]) - 1)
        params = {k: has[k].clone().requires_grad_() for k in NAMES if k in has}
        x = has["x"].reshape(-1, *case["read"]).requires_grad_()
        if "lengths" not in case:
            y = last(RUN[name](first(x), plain, named, params))
        elif name in ("rnn", "lstm", "gru"):
            y = last(packed(first(x), case, params))
        else:
            y = last(padded(first(x), case, plain, named, params))
        if list(y.shape[1:]) != case["given"]:
            sys.exit(f"{case['op']} on {case['read']} gives {case['given']}, PyTorch {list(y.shape[1:])}")
        y.backward(has["dy"].reshape(y.shape))
        compare(case, "y", has["y"], y)
        if "dx" in has:
            compare(case, "dx", has["dx"], x.grad)
        for k, t in params.items():
            compare(case, "d" + k, has["d" + k], t.grad)
        if "answers" in has:
            compare_prediction(case, has)
        compared += 1
print(compared)
