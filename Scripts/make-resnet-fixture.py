#!/usr/bin/env python3
"""What Keras's ResNet50V2 predicts with weights that follow from a formula, for the tests of the same network here.

    Scripts/make-resnet-fixture.py                 writes Tests/EmotionRecognitionTests/Fixtures/resnet50v2.json
    Scripts/make-resnet-fixture.py --files FOLDER  writes Keras's own files with these weights instead (95 MB each)

Needs keras 3 and tensorflow. The weights need not be stored: value i of the tensor "layer/name" is u - 0.5 for the
fraction u of ((i + 1) * 2654435761 + hash) mod 2^32, scaled as each kind of weight needs it.
"""
import json
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import keras
import numpy as np

TARGET = pathlib.Path(__file__).resolve().parent.parent / "Tests/EmotionRecognitionTests/Fixtures/resnet50v2.json"


def formula(name, shape):
    hashed = 0
    for byte in name.encode():
        hashed = (hashed * 31 + byte) % 2**32
    count = int(np.prod(shape))
    index = np.arange(1, count + 1, dtype=np.uint64)
    u = ((index * 2654435761 + hashed) % 2**32).astype(np.float64) / 2**32 - 0.5
    kind = name.rsplit("/", 1)[1]
    if kind == "kernel":
        fan_in = count // shape[-1]
        u = u * np.sqrt(24 / fan_in)
    elif kind in ("gamma", "moving_variance"):
        u = 1 + 0.5 * u
    else:
        u = 0.2 * u
    return u.astype(np.float32).reshape(shape)


def network(channels):
    keras.backend.clear_session()
    model = keras.applications.ResNet50V2(weights=None, input_shape=(48, 48, channels), classes=7)
    for layer in model.layers:
        for weight in layer.weights:
            weight.assign(formula(f"{layer.name}/{weight.name}", weight.shape))
    return model


def picture(channels):
    count = 2 * 48 * 48 * channels
    return ((np.arange(count, dtype=np.int64) * 37 % 257) / 256).astype(np.float32).reshape(2, 48, 48, channels)


if len(sys.argv) == 3 and sys.argv[1] == "--files":
    folder = pathlib.Path(sys.argv[2])
    for channels in (1, 3):
        model = network(channels)
        model.save(folder / f"resnet50v2-{channels}.h5")
        model.save_weights(folder / f"resnet50v2-{channels}.weights.h5")
    sys.exit()

result = {}
for channels in (1, 3):
    model = network(channels)
    result[str(channels)] = {
        "parameters": model.count_params(),
        "output": [float(v) for v in model.predict(picture(channels), verbose=0).flatten()],
    }
TARGET.write_text(json.dumps(result) + "\n")
