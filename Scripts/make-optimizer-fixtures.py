#!/usr/bin/env python3
"""Writes Tests/NeuralNetTests/Fixtures/optimizers.json: ten training steps of a small network in Keras.

Usage: make-optimizer-fixtures.py OUT.json
Needs Keras 3 with TensorFlow. For each optimizer: the loss before each of ten steps on one batch, and the weights of
the last layer afterwards.
"""
import json
import sys

import keras
import numpy as np

rng = np.random.default_rng(7)
x = rng.uniform(-1, 1, (8, 6, 6, 1)).astype("float32")
labels = rng.integers(0, 3, 8)
y = np.eye(3, dtype="float32")[labels]


def network():
    return keras.Sequential(
        [
            keras.layers.Input((6, 6, 1)),
            keras.layers.Conv2D(4, 3, activation="tanh"),
            keras.layers.Flatten(),
            keras.layers.Dense(5, activation="tanh", kernel_regularizer=keras.regularizers.L2(0.01)),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )


base = network()
start = [rng.uniform(-0.5, 0.5, w.shape).astype("float32") for w in base.get_weights()]
optimizers = {
    "sgd": keras.optimizers.SGD(0.1),
    "momentum": keras.optimizers.SGD(0.05, momentum=0.9),
    "nesterov": keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "adam": keras.optimizers.Adam(0.02),
    "adam-clip": keras.optimizers.Adam(0.02, global_clipnorm=0.1),
    "adamw": keras.optimizers.AdamW(0.02, weight_decay=0.1),
    "rmsprop": keras.optimizers.RMSprop(0.01),
    "nadam": keras.optimizers.Nadam(0.02),
    "adagrad": keras.optimizers.Adagrad(0.1),
    "adadelta": keras.optimizers.Adadelta(1.0),
    "lion": keras.optimizers.Lion(0.01, weight_decay=0.1),
    "lamb": keras.optimizers.Lamb(0.05),
    "adam-clipnorm": keras.optimizers.Adam(0.02, clipnorm=0.05),
    "sgd-clipvalue": keras.optimizers.SGD(0.1, clipvalue=0.01),
    "rmsprop-momentum": keras.optimizers.RMSprop(0.01, momentum=0.9),
}
result = {
    "x": x.flatten().tolist(),
    "labels": labels.tolist(),
    "weights": [w.flatten().tolist() for w in start],
    "runs": {},
}
for name, optimizer in optimizers.items():
    model = network()
    model.set_weights(start)
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.1)
    model.compile(optimizer, loss)
    losses = []
    for _ in range(10):
        model.reset_metrics()  # otherwise Keras returns the mean of all steps so far
        losses.append(float(model.train_on_batch(x, y, class_weight={0: 1.0, 1: 2.0, 2: 0.5})))
    result["runs"][name] = {"losses": losses, "kernel": model.get_weights()[4].flatten().tolist()}
json.dump(result, open(sys.argv[1], "w"))
print({n: r["losses"][:3] for n, r in result["runs"].items()})
