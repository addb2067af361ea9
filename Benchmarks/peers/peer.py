"""What the peers of the comparison share: one JSON request per line on standard input, one answer per line.

A request has `measure` (`info`, `train`, `infer`, `predict`, `output`), `network` (a name of networks.py, or a Keras
file), `onnx` (that file as ONNX), `batch`, `seconds`; `output` also has `input`, a file of floats as they lie in memory.
"""

import json
import statistics
import sys
import time

import numpy


def repeat(step, seconds):
    """How long each of the calls took."""
    times = []
    end = time.perf_counter() + seconds
    while True:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
        if start + times[-1] > end:
            return times


def in_turn(batches, step):
    """A call of `step` with one batch after the other."""
    position = 0

    def run():
        nonlocal position
        position += 1
        return step(batches[position % len(batches)])

    return run


def serve(info, makers, output):
    """Answers requests until there are no more.

    `makers` has for each measure a function that turns a request into a step to be timed, or None if this program does
    not have it; `output(request, pictures)` gives the probabilities of pictures as numpy, or None.
    """
    prepared = {}
    for line in sys.stdin:
        request = json.loads(line)
        kind, name, batch = request["measure"], request.get("network", "cnn"), request.get("batch", 64)
        answer = {"error": "not measured"}
        if kind == "info":
            answer = info
        elif kind == "output":
            values = output(request, numpy.fromfile(request["input"], dtype=numpy.float32).reshape(request["shape"]))
            if values is not None:
                answer = {"output": [float(v) for v in numpy.asarray(values, dtype=numpy.float32).ravel()]}
        elif kind in makers:
            key = (kind, name, batch)
            if key not in prepared:
                prepared.clear()
                prepared[key] = makers[kind](request)
                if prepared[key]:
                    repeat(prepared[key], min(request["seconds"], 0.5))
                    repeat(prepared[key], min(request["seconds"], 0.5))
            if prepared[key]:
                times = repeat(prepared[key], request["seconds"])
                middle = statistics.median(times)
                # Training counts everything that happened, as throughput does; inference the median batch.
                rate = batch * len(times) / sum(times) if kind == "train" else batch / middle
                tail = sorted(times)[min(len(times) - 1, int(len(times) * 0.99))]
                answer = {"rate": rate, "median": middle, "p99": tail, "runs": len(times)}
        print(json.dumps(answer), flush=True)
