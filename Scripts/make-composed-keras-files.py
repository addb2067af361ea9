#!/usr/bin/env python3
"""Makes the files of composed models that the tests read, in Tests/NeuralNetTests/Fixtures/Keras.

    Scripts/make-composed-keras-files.py keras       files of Keras 3 (needs keras and tensorflow)
    Scripts/make-composed-keras-files.py tf_keras    files of Keras 2 (needs tf-keras, too)

Models inside models, called once and twice, shared layers, arithmetic written as layers, layers that do nothing at
prediction, frozen layers, penalties, several inputs and outputs; a model with the channels first; and one of Keras 3
with tensors given by keyword. Beside each file its inputs and the predictions of the library that wrote it. Names of
models behind the library's make only these.
"""
import importlib
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_USE_LEGACY_KERAS"] = "1" if sys.argv[1] == "tf_keras" else "0"
import h5py
import numpy as np

keras = importlib.import_module(sys.argv[1])
L = keras.layers
VERSION = "keras3" if sys.argv[1] == "keras" else "keras2"
FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests/NeuralNetTests/Fixtures/Keras"


def base():
    inner = keras.Sequential(
        [keras.Input((8, 8, 3)), L.Conv2D(3, 3, name="deep"), L.GaussianNoise(0.1, name="noise")], name="inner")
    x = inputs = keras.Input((10, 10, 1), name="picture")
    x = L.Conv2D(3, 3, kernel_regularizer=keras.regularizers.L1(0.01), name="conv")(x)
    x = L.BatchNormalization(name="norm")(x)
    y = inner(x)
    x = L.Cropping2D(1, name="crop")(L.ReLU(6.0, name="relu")(x))
    model = keras.Model(inputs, L.Add(name="add")([x, y]), name="base")
    model.get_layer("norm").trainable = False
    return model


def composed():
    augment = keras.Sequential(
        [keras.Input((10, 10, 1)), L.RandomFlip("horizontal", name="flip"), L.RandomRotation(0.1, name="turn")],
        name="augment")
    left, right = keras.Input((10, 10, 1), name="left"), keras.Input((10, 10, 1), name="right")
    both = base()
    tower = L.Dense(4, activation="tanh", name="tower")
    mean = L.GlobalAveragePooling2D(name="mean")
    a = tower(mean(both(augment(left) / 127.5 - 1.0, training=False)))
    b = tower(mean(both(right)))
    x = L.Concatenate(name="join")([a, 3.0 - b * 2.0, a * b])
    emotion = L.Dense(3, activation="softmax", name="emotion")(x)
    valence = L.Dense(1, name="valence", trainable=False, kernel_constraint=keras.constraints.MaxNorm(2.0))(x)
    return keras.Model([left, right], [emotion, valence], name="composed")


def channels_first():
    x = inputs = keras.Input((2, 8, 7), name="picture")
    x = L.Conv2D(3, 3, data_format="channels_first", activation="relu", name="conv")(x)
    x = L.BatchNormalization(axis=1, name="norm")(x)
    x = L.Concatenate(axis=1, name="join")([x, L.Activation("tanh", name="tanh")(x)])
    x = L.MaxPooling2D((1, 2), data_format="channels_first", name="pool")(x)
    x = L.Flatten(name="flat")(x)
    return keras.Model(inputs, L.Dense(3, activation="softmax", name="answer")(x), name="first")


def keywords():
    """What is attended to by keyword, in another order than that of the arguments; a model inside with two inputs; one
    inside whose pictures may have any size."""
    x = inputs = keras.Input((6, 5, 2), name="picture")
    base = keras.Sequential([keras.Input((None, None, 2)), L.Conv2D(3, 3, name="any")], name="base")
    x = L.Reshape((12, 3), name="rows")(base(x))
    query, key = L.Dense(4, name="query")(x), L.Dense(4, name="key")(x)
    x = L.MultiHeadAttention(2, 3, name="attention")(query=query, key=key, value=key)
    a, b = keras.Input((12, 4), name="a"), keras.Input((12, 4), name="b")
    both = keras.Model([a, b], L.Subtract(name="difference")([a, L.Dense(4, name="inside")(b)]), name="both")
    x = keras.ops.leaky_relu(both([x, query]))
    return keras.Model(inputs, L.Dense(3, activation="softmax", name="answer")(L.Flatten(name="flat")(x)), name="keywords")


def main():
    made = {"composed": composed, "first": channels_first}
    if VERSION == "keras3":
        made["keywords"] = keywords
    for name, make in made.items():
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        model = make()
        random = np.random.default_rng(7)
        for weight in model.weights:
            if "seed" in weight.name or "StateVar" in weight.name:
                continue
            values = random.normal(0, 0.4, weight.shape)
            weight.assign(np.abs(values) + 0.5 if "variance" in weight.name else values)
        inputs = [random.uniform(-1, 1, (3, *t.shape[1:])).astype("float32") for t in model.inputs]
        outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
        outputs = outputs if isinstance(outputs, list) else [outputs]
        model.save(FOLDER / f"{VERSION}-{name}.h5", include_optimizer=False)
        model.save(FOLDER / f"{VERSION}-{name}.keras")
        with h5py.File(FOLDER / f"{VERSION}-{name}-expected.h5", "w") as file:
            for i, values in enumerate(inputs):
                file[f"input{i}"] = values.transpose(0, 2, 3, 1) if name == "first" else values
            for i, values in enumerate(outputs):
                file[f"output{i}"] = values


if __name__ == "__main__":
    main()
