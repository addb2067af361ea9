"""PyTorch's side of the comparison; see peer.py. Usage: python torch_peer.py THREADS [bfloat16]

The documented network only, in eager mode, which is what people train with, pictures with their channels last;
bfloat16 is `torch.autocast`.
"""

import contextlib
import sys

import torch
from torch import nn

import peer

torch.set_num_threads(int(sys.argv[1]))
torch.set_num_interop_threads(1)
half = "bfloat16" in sys.argv[2:]


def precision():
    return torch.autocast("cpu", dtype=torch.bfloat16) if half else contextlib.nullcontext()


def documented(size=48):
    side = ((size - 4) // 2 - 2) // 2 - 2
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25),
        nn.Conv2d(64, 128, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(128, 128, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Dropout(0.25), nn.Flatten(), nn.Linear(128 * (side // 2) ** 2, 1024), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(1024, 7)).to(memory_format=torch.channels_last)


NETWORKS = {"cnn": 48, "cnn-96": 96}


def pictures(batch, size):
    return torch.rand(batch, 1, size, size).to(memory_format=torch.channels_last)


def training(request):
    size, batch = NETWORKS.get(request["network"]), request["batch"]
    if not size:
        return None
    model = documented(size).train()
    optimizer = torch.optim.Adam(model.parameters())
    loss = nn.CrossEntropyLoss()
    batches = [(pictures(batch, size), torch.randint(0, 7, (batch,))) for _ in range(4)]

    def step(pair):
        x, y = pair
        optimizer.zero_grad(set_to_none=True)
        with precision():
            value = loss(model(x), y)
        value.backward()
        optimizer.step()

    return peer.in_turn(batches, step)


def inference(request):
    size = NETWORKS.get(request["network"])
    if not size:
        return None
    model = documented(size).eval()
    batches = [pictures(request["batch"], size) for _ in range(4)]

    def step(x):
        with torch.inference_mode(), precision():
            return model(x).float().softmax(1).numpy()

    return peer.in_turn(batches, step)


info = {"version": torch.__version__, "precision": "bfloat16 autocast" if half else "float32"}
peer.serve(info, {"train": training, "infer": inference}, lambda request, pictures: None)
