#!/usr/bin/python3
"""Microseconds of one step of a convolutional network with PyTorch: torch_conv.py train|predict NAME BATCH THREADS LAYOUT [SECONDS]

NAME is C1 to C4 of bench/run; LAYOUT is channels_first or channels_last. torch_conv.py export NAME FILE.onnx writes the
network, with any number of rows, for ONNX Runtime. Rows are gathered from shuffled data when training, as glia bench does."""
import statistics
import sys
import time

import torch
from torch import nn


def block(channels):
    """Two convolutions with batch normalisation, beside what came in."""
    return Residual(nn.Sequential(
        nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(),
        nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)))


class Residual(nn.Module):
    def __init__(self, inside):
        super().__init__()
        self.inside = inside

    def forward(self, x):
        return torch.relu(x + self.inside(x))


# The channels, height and width of a picture, and what is done with it: bench/run has the same in glia's words.
NETWORKS = {
    "C1": ((1, 28, 28), lambda: nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))),
    "C2": ((1, 28, 28), lambda: nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10))),
    "C3": ((3, 32, 32), lambda: nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(4096, 128), nn.ReLU(), nn.Linear(128, 10))),
    "C4": ((3, 32, 32), lambda: nn.Sequential(
        nn.Conv2d(3, 64, 3, padding=1), nn.ReLU(), block(64), block(64), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))),
}


def median_step(step, seconds):
    """Seven rounds after a warm-up, as glia bench does."""
    end = time.perf_counter() + seconds / 7
    steps = 0
    while steps < 3 or time.perf_counter() < end:
        step(steps)
        steps += 1
    rounds = []
    for _ in range(7):
        begin = time.perf_counter()
        for i in range(steps):
            step(i)
        rounds.append((time.perf_counter() - begin) / steps)
    return 1e6 * statistics.median(rounds)


def main():
    mode, name = sys.argv[1:3]
    shape, build = NETWORKS[name]
    torch.manual_seed(1)
    if mode == "export":
        model = nn.Sequential(build(), nn.Softmax(1)).eval()
        torch.onnx.export(model, torch.zeros(1, *shape), sys.argv[3], input_names=["x"], output_names=["y"],
                          dynamic_axes={"x": {0: "rows"}, "y": {0: "rows"}}, opset_version=13)
        return
    batch, threads, layout = int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
    seconds = float(sys.argv[6]) if len(sys.argv) > 6 else 1
    torch.set_num_threads(threads)
    memory_format = torch.channels_last if layout == "channels_last" else torch.contiguous_format
    model = build().to(memory_format=memory_format)
    rows = batch if mode == "predict" else batch * max(4, min(64, (64 << 20) // (4 * shape[0] * shape[1] * shape[2] + 4) // batch))
    x = torch.rand(rows, *shape).contiguous(memory_format=memory_format)
    if mode == "predict":
        model.eval()
        with torch.inference_mode():
            print(median_step(lambda i: torch.softmax(model(x), 1), seconds))
        return
    y = torch.randint(0, 10, (rows,))
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
    loss = nn.CrossEntropyLoss()
    order = torch.randperm(rows)

    def step(i):
        at = i % (rows // batch) * batch
        chosen = order[at:at + batch]
        optimizer.zero_grad(set_to_none=True)
        loss(model(x[chosen]), y[chosen]).backward()
        optimizer.step()

    print(median_step(step, seconds))


main()
