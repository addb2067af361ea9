"""The documented network trained by PyTorch's DistributedDataParallel over Gloo, as Scripts/measure-scaling asks for it:
RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT in the environment; images per second on standard output of rank 0.

    python torch_ddp.py GLOBAL-BATCH SECONDS
"""

import os
import sys
import time

import torch
from torch import nn

batch, seconds = int(sys.argv[1]), float(sys.argv[2])
torch.set_num_threads(int(os.environ.get("THREADS", "1")))
torch.set_num_interop_threads(1)
rank, world = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
model = nn.Sequential(
    nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25),
    nn.Conv2d(64, 128, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(128, 128, 3), nn.ReLU(), nn.MaxPool2d(2),
    nn.Dropout(0.25), nn.Flatten(), nn.Linear(128 * 16, 1024), nn.ReLU(), nn.Dropout(0.5), nn.Linear(1024, 7),
).to(memory_format=torch.channels_last).train()
if world > 1:
    torch.distributed.init_process_group("gloo")
    model = nn.parallel.DistributedDataParallel(model)
optimizer, loss = torch.optim.Adam(model.parameters()), nn.CrossEntropyLoss()
own = batch // world
pairs = [
    (torch.rand(own, 1, 48, 48).to(memory_format=torch.channels_last), torch.randint(0, 7, (own,))) for _ in range(4)
]


def step(number):
    x, y = pairs[number % len(pairs)]
    optimizer.zero_grad(set_to_none=True)
    loss(model(x), y).backward()
    optimizer.step()


for number in range(5):
    step(number)
# All ranks must take as many steps: rank 0 measures how many fit.
start = time.perf_counter()
for number in range(3):
    step(number)
steps = torch.tensor(max(3, int(seconds / ((time.perf_counter() - start) / 3))))
if world > 1:
    torch.distributed.broadcast(steps, 0)
start = time.perf_counter()
for number in range(int(steps)):
    step(number)
took = time.perf_counter() - start
if rank == 0:
    print(f"{int(steps) * own * world / took:.1f}")
if world > 1:
    torch.distributed.destroy_process_group()
