"""TensorFlow's side of the comparison: one JSON request per line on standard input, one answer per line.

Usage: python tensorflow_peer.py THREADS. Everything is traced (`tf.function`) and fed from memory, which is the fastest
way that TensorFlow offers; `predict` measures `model.predict`, which is what programs usually call per picture.
"""

import json
import os
import statistics
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
threads = int(sys.argv[1])
started = time.perf_counter()
import numpy
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(threads)
tf.config.threading.set_inter_op_parallelism_threads(1)
import keras
from networks import NETWORKS

import_seconds = time.perf_counter() - started
random = numpy.random.default_rng(1)


def repeat(step, seconds):
    times = []
    end = time.perf_counter() + seconds
    while True:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
        if start + times[-1] > end:
            return times


def pictures(model, count):
    return random.random((count, *model.input_shape[1:]), dtype=numpy.float32)


def training(model, batch):
    optimizer = keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)
    loss = keras.losses.CategoricalCrossentropy()
    batches = [
        (tf.constant(pictures(model, batch)), tf.constant(numpy.eye(7, dtype="float32")[random.integers(0, 7, batch)]))
        for _ in range(4)
    ]

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            value = loss(y, model(x, training=True))
        optimizer.apply_gradients(zip(tape.gradient(value, model.trainable_variables), model.trainable_variables))
        return value

    position = 0

    def run():
        nonlocal position
        position += 1
        step(*batches[position % 4]).numpy()

    return run


def inference(model, batch):
    batches = [pictures(model, batch) for _ in range(4)]
    traced = tf.function(lambda x: model(x, training=False))
    position = 0

    def run():
        nonlocal position
        position += 1
        traced(tf.constant(batches[position % 4])).numpy()

    return run


def prediction(model, batch):
    x = pictures(model, batch)
    return lambda: model.predict(x, verbose=0)


makers = {"train": training, "infer": inference, "predict": prediction}
prepared = {}
for line in sys.stdin:
    request = json.loads(line)
    kind, name, batch = request["measure"], request.get("network", "cnn"), request.get("batch", 64)
    if kind == "info":
        answer = {"version": tf.__version__, "keras": keras.__version__, "importSeconds": import_seconds}
    elif kind not in makers:
        answer = {"error": "unknown measure"}
    else:
        key = (kind, name, batch)
        if key not in prepared:
            prepared.clear()
            prepared[key] = makers[kind](NETWORKS[name](), batch)
            repeat(prepared[key], min(request["seconds"], 0.5))
            repeat(prepared[key], min(request["seconds"], 0.5))
        times = repeat(prepared[key], request["seconds"])
        middle = statistics.median(times)
        # Training counts everything that happened, as throughput does; inference the median batch.
        rate = batch * len(times) / sum(times) if kind == "train" else batch / middle
        answer = {
            "rate": rate, "median": middle, "p99": sorted(times)[min(len(times) - 1, int(len(times) * 0.99))],
            "runs": len(times),
        }
    print(json.dumps(answer), flush=True)
