"""PyTorch's side of the comparison: one JSON request per line on standard input, one answer per line.

Usage: python torch_peer.py THREADS. The documented network only, in eager mode, which is what people train with.
"""

import json
import statistics
import sys
import time

import torch
from torch import nn

torch.set_num_threads(int(sys.argv[1]))
torch.set_num_interop_threads(1)


def documented(size=48):
    side = ((size - 4) // 2 - 2) // 2 - 2
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25),
        nn.Conv2d(64, 128, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(128, 128, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Dropout(0.25), nn.Flatten(), nn.Linear(128 * (side // 2) ** 2, 1024), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(1024, 7))


NETWORKS = {"cnn": 48, "cnn-96": 96}


def training(model, size, batch):
    model.train()
    optimizer = torch.optim.Adam(model.parameters())
    loss = nn.CrossEntropyLoss()
    batches = [(torch.rand(batch, 1, size, size), torch.randint(0, 7, (batch,))) for _ in range(4)]
    position = 0

    def run():
        nonlocal position
        position += 1
        x, y = batches[position % 4]
        optimizer.zero_grad(set_to_none=True)
        loss(model(x), y).backward()
        optimizer.step()

    return run


def inference(model, size, batch):
    model.eval()
    batches = [torch.rand(batch, 1, size, size) for _ in range(4)]
    position = 0

    def run():
        nonlocal position
        position += 1
        with torch.inference_mode():
            model(batches[position % 4]).softmax(1).numpy()

    return run


def repeat(step, seconds):
    times = []
    end = time.perf_counter() + seconds
    while True:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
        if start + times[-1] > end:
            return times


makers = {"train": training, "infer": inference}
prepared = {}
for line in sys.stdin:
    request = json.loads(line)
    kind, name, batch = request["measure"], request.get("network", "cnn"), request.get("batch", 64)
    if kind == "info":
        answer = {"version": torch.__version__}
    elif kind not in makers or name not in NETWORKS:
        answer = {"error": "not measured"}
    else:
        key = (kind, name, batch)
        if key not in prepared:
            prepared.clear()
            prepared[key] = makers[kind](documented(NETWORKS[name]), NETWORKS[name], batch)
            repeat(prepared[key], min(request["seconds"], 0.5))
        times = repeat(prepared[key], request["seconds"])
        middle = statistics.median(times)
        rate = batch * len(times) / sum(times) if kind == "train" else batch / middle
        answer = {
            "rate": rate, "median": middle, "p99": sorted(times)[min(len(times) - 1, int(len(times) * 0.99))],
            "runs": len(times),
        }
    print(json.dumps(answer), flush=True)
