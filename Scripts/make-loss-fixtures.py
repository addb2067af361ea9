#!/usr/bin/env python3
"""Writes Tests/NeuralNetTests/Fixtures/losses.json: values and gradients of losses, and metrics, as Keras has them.

Usage: make-loss-fixtures.py OUT.json
Needs Keras 3 with TensorFlow. Each loss has the outputs of a model, targets, perhaps weights of samples, the value and the
gradient with respect to the outputs; those with logits also the gradient with respect to them through a softmax or sigmoid.
"""
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(11)
rows, classes = 6, 4
logits = rng.normal(0, 2, (rows, classes)).astype("float32")
softmax = tf.nn.softmax(logits).numpy()
sigmoid = tf.nn.sigmoid(logits).numpy()
numbers = rng.normal(0, 2, (rows, classes)).astype("float32")
labels = rng.integers(0, classes, rows)
onehot = np.eye(classes, dtype="float32")[labels]
soft = rng.dirichlet(np.ones(classes), rows).astype("float32")
many = (rng.uniform(size=(rows, classes)) > 0.6).astype("float32")
wanted = rng.normal(0, 2, (rows, classes)).astype("float32")
sample_weights = rng.uniform(0.2, 2, rows).astype("float32")
sparse = labels.reshape(rows, 1).astype("float32")
places_logits = rng.normal(0, 2, (rows, 3, classes)).astype("float32")
places = tf.nn.softmax(places_logits).numpy()
places_labels = rng.integers(0, classes, (rows, 3)).astype("float32")

K = keras.losses
cases = [
    ("categorical", K.CategoricalCrossentropy(), softmax, onehot, False),
    ("categorical soft", K.CategoricalCrossentropy(), softmax, soft, False),
    ("categorical smooth", K.CategoricalCrossentropy(label_smoothing=0.2), softmax, onehot, True),
    ("categorical logits", K.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), logits, onehot, True),
    ("sparse", K.SparseCategoricalCrossentropy(), softmax, sparse, True),
    ("sparse logits", K.SparseCategoricalCrossentropy(from_logits=True), logits, sparse, False),
    ("sparse places", K.SparseCategoricalCrossentropy(), places, places_labels, False),
    ("binary", K.BinaryCrossentropy(), sigmoid, many, True),
    ("binary smooth", K.BinaryCrossentropy(label_smoothing=0.2), sigmoid, many, False),
    ("binary logits", K.BinaryCrossentropy(from_logits=True), logits, many, False),
    ("mse", K.MeanSquaredError(), numbers, wanted, True),
    ("mae", K.MeanAbsoluteError(), numbers, wanted, False),
    ("huber", K.Huber(delta=0.7), numbers, wanted, True),
    ("kl", K.KLDivergence(), softmax, soft, False),
    ("focal", K.CategoricalFocalCrossentropy(alpha=0.3, gamma=1.5), softmax, onehot, True),
    ("focal smooth", K.CategoricalFocalCrossentropy(label_smoothing=0.1), softmax, onehot, False),
    ("binary focal", K.BinaryFocalCrossentropy(gamma=1.5), sigmoid, many, False),
    ("binary focal balanced", K.BinaryFocalCrossentropy(apply_class_balancing=True, alpha=0.3), sigmoid, many, True),
    ("focal logits", K.CategoricalFocalCrossentropy(gamma=1.5, from_logits=True, label_smoothing=0.1), logits, onehot, True),
    ("focal factors", K.CategoricalFocalCrossentropy(alpha=[0.1, 0.2, 0.3, 0.4]), softmax, onehot, False),
    ("focal factors logits", K.CategoricalFocalCrossentropy(alpha=[0.1, 0.2, 0.3, 0.4], from_logits=True), logits, soft, False),
    ("binary focal smooth", K.BinaryFocalCrossentropy(label_smoothing=0.2), sigmoid, many, False),
    ("binary focal logits", K.BinaryFocalCrossentropy(gamma=1.5, from_logits=True), logits, many, False),
    ("binary focal balanced logits", K.BinaryFocalCrossentropy(
        apply_class_balancing=True, alpha=0.3, from_logits=True, label_smoothing=0.1), logits, many, True),
]
result = {"losses": [], "metrics": []}
for name, loss, outputs, targets, weighted in cases:
    weights = sample_weights if weighted else None
    x = tf.Variable(outputs)
    with tf.GradientTape() as tape:
        value = loss(targets, x, sample_weight=weights)
    gradient = tape.gradient(value, x)
    result["losses"].append({
        "name": name, "shape": list(outputs.shape[1:]), "outputs": outputs.flatten().tolist(),
        "targets": np.asarray(targets).flatten().tolist(), "weights": weights.tolist() if weighted else [],
        "value": float(value), "gradient": gradient.numpy().flatten().tolist(),
    })

M = keras.metrics
metrics = [
    ("accuracy", M.CategoricalAccuracy(), softmax, onehot),
    ("sparse accuracy", M.SparseCategoricalAccuracy(), softmax, sparse),
    ("top 2", M.TopKCategoricalAccuracy(k=2), softmax, onehot),
    ("binary accuracy", M.BinaryAccuracy(), sigmoid, many),
    ("auc", M.AUC(), sigmoid, many),
    ("auc of 5", M.AUC(num_thresholds=5), sigmoid, many),
    ("auc of 2", M.AUC(num_thresholds=2), sigmoid, many),
    ("mae", M.MeanAbsoluteError(), numbers, wanted),
    ("mse", M.MeanSquaredError(), numbers, wanted),
    ("r2", M.R2Score(), numbers, wanted),
]
for name, metric, outputs, targets in metrics:
    metric.update_state(targets, outputs)
    result["metrics"].append({
        "name": name, "outputs": outputs.flatten().tolist(), "targets": np.asarray(targets).flatten().tolist(),
        "value": float(metric.result()),
    })
json.dump(result, open(sys.argv[1], "w"))
for item in result["losses"] + result["metrics"]:
    print(item["name"], item["value"])
