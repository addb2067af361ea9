#!/usr/bin/env python3
"""Makes the small Keras files that the tests read, in Tests/NeuralNetTests/Fixtures/Keras.

Needs keras 3, tensorflow and h5py. Files of Keras 3 are written by Keras itself. Those of Keras 2 are put together
here as Keras 2.0.9 and tf.keras 2.x wrote them: the networks are the same, with the old fields. `expected.h5` has an
input and Keras 3's prediction for each network.
"""
import json
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import h5py
import keras
import numpy as np
from keras import layers as L

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests/NeuralNetTests/Fixtures/Keras"
# HDF5's newer layout makes files of many groups a fifth as large; Keras's own are left in the older one.
COMPACT = ("v108", "v108")


def sequential():
    """One of each layer that fits in a chain."""
    return keras.Sequential(
        [
            keras.Input((9, 9, 2), name="picture"),
            L.Rescaling(0.5, offset=-0.25),
            L.ZeroPadding2D(((1, 0), (0, 2))),
            L.Conv2D(3, (3, 2), strides=(2, 1), padding="same", activation="relu",
                     kernel_initializer="he_normal", kernel_regularizer=keras.regularizers.L2(0.01)),
            L.BatchNormalization(momentum=0.9, epsilon=1e-4),
            L.DepthwiseConv2D(3, depth_multiplier=2, padding="same", activation="silu"),
            L.PReLU(shared_axes=[1, 2], alpha_initializer="glorot_uniform"),
            L.SeparableConv2D(4, 2, dilation_rate=2, activation="elu", use_bias=False),
            L.AveragePooling2D(2, strides=1, padding="same"),
            L.LeakyReLU(negative_slope=0.1),
            L.MaxPooling2D((1, 2), padding="same"),
            L.ELU(alpha=0.5),
            L.Activation("gelu"),
            L.Reshape((-1, 4)),
            L.Flatten(),
            L.Dropout(0.25),
            L.Dense(5, activation="tanh", bias_initializer="ones"),
            L.ReLU(negative_slope=0.2),
            L.Dense(3),
            L.Softmax(),
        ],
        name="chain",
    )


def functional():
    """Branches whose order of computation differs from Keras's order of layers, with weights of equal shapes."""
    x = inputs = keras.Input((6, 6, 2), name="picture")
    for block in (1, 2):
        side = L.Conv2D(2, 3, padding="same", name=f"side{block}")(x)
        y = L.Conv2D(2, 3, padding="same", use_bias=True, name=f"first{block}")(x)
        y = L.BatchNormalization(name=f"norm{block}")(y)
        y = L.Activation("relu", name=f"relu{block}")(y)
        y = L.Conv2D(2, 3, padding="same", name=f"second{block}")(y)
        x = L.Add(name=f"add{block}")([side, y])
    x = L.Concatenate(name="join")([inputs, x])
    x = L.GlobalAveragePooling2D(keepdims=True, name="mean")(x)
    x = L.Flatten(name="flat")(x)
    return keras.Model(inputs, L.Dense(3, activation="softmax", name="answer")(x), name="branches")


def randomize(model, seed):
    random = np.random.default_rng(seed)
    for weight in model.weights:
        values = random.normal(0, 0.4, weight.shape)
        weight.assign(np.abs(values) + 0.5 if "variance" in weight.path else values)


def old_initializer(value):
    scales = {"GlorotUniform": (1.0, "fan_avg", "uniform"), "HeNormal": (2.0, "fan_in", "normal")}
    if value["class_name"] in scales:
        scale, mode, distribution = scales[value["class_name"]]
        config = {"scale": scale, "mode": mode, "distribution": distribution, "seed": None}
        return {"class_name": "VarianceScaling", "config": config}
    return {"class_name": value["class_name"], "config": {}}


def old_regularizer(value):
    return value and {"class_name": "L1L2", "config": {"l1": 0.0, "l2": float(np.float32(value["config"]["l2"]))}}


def old_config(layer, tf_keras):
    """A layer's configuration with the fields of Keras 2.0.9, or of tf.keras 2.x."""
    config = layer.get_config()
    kind = type(layer).__name__
    del config["dtype"]
    for field in ("groups", "synchronized", "renorm", "renorm_clipping", "renorm_momentum", "quantization_config",
                  "ragged", "optional", "keepdims", "noise_shape", "seed"):
        if not (tf_keras and field in ("groups", "keepdims", "noise_shape", "seed")):
            config.pop(field, None)
    if kind in ("GlobalAveragePooling2D", "Flatten") and not tf_keras:
        config.pop("data_format", None)
    if kind == "InputLayer":
        config["batch_input_shape"] = config.pop("batch_shape")
    if kind == "LeakyReLU":
        config["alpha"] = float(np.float32(config.pop("negative_slope")))
    if kind == "ReLU" and tf_keras:
        config["negative_slope"] = {"class_name": "__numpy__", "config": {"value": config["negative_slope"]}}
    if kind in ("SeparableConv2D", "DepthwiseConv2D") and tf_keras:
        # Leftovers of the class they come from.
        config["kernel_initializer"] = {"class_name": "GlorotUniform", "config": {"seed": None}}
        config["kernel_regularizer"] = None
        config["kernel_constraint"] = None
    for field, value in config.items():
        if field.endswith("_initializer"):
            config[field] = {k: value[k] for k in ("class_name", "config")} if tf_keras else old_initializer(value)
        elif field.endswith("_regularizer"):
            config[field] = {"class_name": "L2", "config": value["config"]} if tf_keras and value else old_regularizer(value)
    if tf_keras:
        config["dtype"] = "float32"
        if kind == "BatchNormalization":
            config["axis"] = [3]
    elif kind == "InputLayer":
        config.update(dtype="float32", sparse=False)
    return config


def old_layers(model, tf_keras):
    items = []
    for layer in model.layers:
        sources = [t._keras_history.operation.name for t in layer._inbound_nodes[0].input_tensors]
        if isinstance(layer, L.InputLayer):
            sources = []
        items.append({
            "name": layer.name, "class_name": type(layer).__name__, "config": old_config(layer, tf_keras),
            "inbound_nodes": [[[name, 0, 0, {}] for name in sources]] if sources else [],
        })
    return items


def old_model_config(model, tf_keras):
    if isinstance(model, keras.Sequential):
        shape = [None] + list(model.input_shape[1:])
        items = [{"class_name": type(l).__name__, "config": old_config(l, tf_keras)} for l in model.layers]
        if tf_keras:
            first = {"class_name": "InputLayer", "config": {
                "batch_input_shape": shape, "dtype": "float32", "sparse": False, "ragged": False, "name": "picture"}}
            return {"class_name": "Sequential", "config": {"name": model.name, "layers": [first] + items}}
        items[0]["config"]["batch_input_shape"] = shape
        items[0]["config"]["dtype"] = "float32"
        return {"class_name": "Sequential", "config": items}
    return {"class_name": "Functional" if tf_keras else "Model", "config": {
        "name": model.name, "layers": old_layers(model, tf_keras),
        "input_layers": [["picture", 0, 0]], "output_layers": [["answer", 0, 0]]}}


def write_old_weights(group, model, rename=lambda name: name, split=False, double=False):
    group.attrs["backend"] = b"tensorflow"
    group.attrs["keras_version"] = b"2.0.9"
    names = np.array([rename(l.name).encode() for l in model.layers])
    if split:
        for part, some in enumerate(np.array_split(names, 3)):
            group.attrs[f"layer_names{part}"] = some
    else:
        group.attrs["layer_names"] = names
    for layer in model.layers:
        name = rename(layer.name)
        inner = group.create_group(name)
        weights = [f"{name}/{w.name}:0" for w in layer.weights]
        inner.attrs["weight_names"] = [w.encode() for w in weights]
        for path, weight in zip(weights, layer.weights):
            inner.create_dataset(path, data=weight.numpy().astype("float64" if double else "float32"))


def write_old(path, model, tf_keras):
    with h5py.File(path, "w", libver=COMPACT) as file:
        text = json.dumps(old_model_config(model, tf_keras))
        file.attrs["model_config"] = text if tf_keras else text.encode()
        file.attrs["keras_version"] = "2.4.0" if tf_keras else b"2.0.9"
        file.attrs["backend"] = b"tensorflow"
        write_old_weights(file.create_group("model_weights"), model)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.h5"):
        if "-composed" not in old.name and "-first" not in old.name:  # of make-composed-keras-files.py
            old.unlink()
    with h5py.File(FOLDER / "expected.h5", "w") as expected:
        for seed, model in enumerate((sequential(), functional()), 1):
            randomize(model, seed)
            name = "sequential" if isinstance(model, keras.Sequential) else "functional"
            inputs = np.random.default_rng(10 + seed).uniform(-1, 1, (3, *model.input_shape[1:])).astype("float32")
            group = expected.create_group(name)
            group["input"] = inputs
            group["output"] = model.predict(inputs, verbose=0)
            model.save(FOLDER / f"keras3-{name}.h5", include_optimizer=False)
            model.save_weights(FOLDER / f"keras3-{name}.weights.h5")
            write_old(FOLDER / f"keras2.0-{name}.h5", model, tf_keras=False)
            write_old(FOLDER / f"keras2.4-{name}.h5", model, tf_keras=True)
        # Other names, split lists, float64: matched by order.
        with h5py.File(FOLDER / "keras2.0-functional-weights.h5", "w", libver=COMPACT) as file:
            write_old_weights(file, model, rename=lambda name: "old_" + name, split=True, double=True)
    # A dataset whose claimed size no memory holds.
    with h5py.File(FOLDER / "claims-much.h5", "w") as file:
        file.attrs["layer_names"] = [b"d"]
        group = file.create_group("d")
        group.attrs["weight_names"] = [b"kernel", b"bias"]
        group.create_dataset("kernel", (1 << 20, 1 << 20), "float32", chunks=(64, 64))
        group.create_dataset("bias", data=np.zeros(3, "float32"))
    for path in sorted(FOLDER.glob("*.h5")):
        print(f"{path.stat().st_size:7} {path.name}")


if __name__ == "__main__":
    main()
