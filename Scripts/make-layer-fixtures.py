#!/usr/bin/env python3
"""Makes Tests/NeuralNetTests/Fixtures/layers.json: what each layer computes in Keras 3.

Each case has a model in Keras's own JSON, inputs, weights, outputs, an upstream gradient, and the gradients that
tf.GradientTape finds for inputs and trainable weights; while training for batch normalisation, whose moving
statistics after the step are there too. Needs keras 3 and tensorflow. Run it again only to add cases.
"""
import json
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import keras
import numpy as np
import tensorflow as tf
from keras import layers as L
from keras.src.applications.convnext import LayerScale, StochasticDepth

TARGET = pathlib.Path(__file__).resolve().parent.parent / "Tests/NeuralNetTests/Fixtures/layers.json"
IMAGE = [(5, 6, 3)]

# name, input shapes, layer, options
CASES = [
    ("conv2d", IMAGE, L.Conv2D(4, 3), {}),
    ("conv2d same stride 2 relu", [(6, 5, 3)], L.Conv2D(4, 3, strides=2, padding="same", activation="relu"), {}),
    ("conv2d one channel", [(6, 6, 1)], L.Conv2D(16, 3, padding="same", activation="relu"), {}),
    ("conv2d winograd", [(6, 7, 16)], L.Conv2D(16, 3, padding="same"), {"batch": 1}),
    ("conv2d dilation no bias", [(7, 6, 2)], L.Conv2D(3, (2, 3), dilation_rate=(3, 2), use_bias=False), {}),
    ("conv2d 5x4 stride 3x2", [(8, 9, 2)], L.Conv2D(2, (5, 4), strides=(3, 2), padding="same"), {}),
    ("depthwise", IMAGE, L.DepthwiseConv2D(3), {}),
    ("depthwise same stride 2 multiplier 2", [(6, 5, 3)],
     L.DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=2, activation="tanh"), {}),
    ("depthwise dilation no bias", [(6, 7, 2)], L.DepthwiseConv2D((2, 3), dilation_rate=2, padding="same", use_bias=False), {}),
    ("separable", IMAGE, L.SeparableConv2D(4, 3), {}),
    ("separable same stride 2 multiplier 2", [(6, 5, 3)],
     L.SeparableConv2D(4, 3, strides=2, padding="same", depth_multiplier=2, activation="relu", use_bias=False), {}),
    ("dense", [(7,)], L.Dense(5, activation="softmax"), {}),
    ("dense on rows", [(3, 4)], L.Dense(5, use_bias=False), {}),
    ("max pooling", [(5, 6, 2)], L.MaxPooling2D(2), {}),
    ("max pooling same overlapping", [(6, 5, 2)], L.MaxPooling2D(3, strides=2, padding="same"), {}),
    ("average pooling", [(5, 6, 2)], L.AveragePooling2D(2), {}),
    ("average pooling same overlapping", [(6, 5, 2)], L.AveragePooling2D((3, 2), strides=(2, 1), padding="same"), {}),
    ("global average pooling", IMAGE, L.GlobalAveragePooling2D(), {}),
    ("global average pooling keepdims", IMAGE, L.GlobalAveragePooling2D(keepdims=True), {}),
    ("global max pooling", IMAGE, L.GlobalMaxPooling2D(), {}),
    ("flatten", [(2, 3, 2)], L.Flatten(), {}),
    ("reshape", [(2, 3, 2)], L.Reshape((4, -1)), {}),
    ("dropout when predicting", [(6,)], L.Dropout(0.5), {}),
    ("batch normalization training", [(2, 3, 4)], L.BatchNormalization(momentum=0.9), {"training": True, "batch": 3}),
    ("batch normalization of features", [(4,)], L.BatchNormalization(epsilon=0.01, scale=False), {"training": True, "batch": 5}),
    ("batch normalization predicting", [(2, 3, 4)], L.BatchNormalization(center=False), {"gradients": False}),
    ("prelu", [(2, 3, 2)], L.PReLU(), {}),
    ("prelu shared", [(3, 4, 2)], L.PReLU(shared_axes=[1, 2]), {}),
    ("prelu shared rows", [(3, 4, 2)], L.PReLU(shared_axes=[2]), {}),
    ("zero padding", [(2, 3, 2)], L.ZeroPadding2D(((1, 2), (0, 3))), {}),
    ("add", [(2, 3), (2, 3), (2, 3)], L.Add(), {}),
    ("multiply", [(2, 3), (2, 3), (2, 3)], L.Multiply(), {}),
    ("concatenate", [(2, 3), (2, 4)], L.Concatenate(), {}),
    ("concatenate rows", [(2, 3), (1, 3)], L.Concatenate(axis=1), {}),
    ("rescaling", [(2, 3, 2)], L.Rescaling(1 / 127.5, offset=-1), {}),
    ("rescaling of channels", [(2, 3, 2)], L.Rescaling([0.5, 2.0], offset=[1.0, -3.0]), {}),
    ("leaky relu", [(9,)], L.LeakyReLU(negative_slope=0.1), {}),
    ("elu", [(9,)], L.ELU(alpha=0.7), {}),
    ("relu", [(9,)], L.ReLU(), {}),
    ("softmax", [(2, 5)], L.Softmax(), {}),
    ("softmax of rows", [(3, 4, 2)], L.Softmax(axis=1), {}),
    ("softmax of two axes", [(3, 4, 2)], L.Softmax(axis=[1, 3]), {}),
    ("relu layer all settings", [(24,)], L.ReLU(max_value=1.2, negative_slope=0.1, threshold=0.3), {}),
    ("relu layer threshold", [(24,)], L.ReLU(threshold=0.8), {}),
    ("relu layer limit", [(24,)], L.ReLU(max_value=1), {}),
    ("dense with a layer as activation", [(6,)], L.Dense(8, activation=L.LeakyReLU(negative_slope=0.4)), {}),
    ("permute", [(3, 4, 2)], L.Permute((2, 3, 1)), {}),
    ("permute rows", [(3, 4, 2)], L.Permute((2, 1, 3)), {}),
] + [
    (f"activation {name}", [(9,)], L.Activation(name), {})
    for name in ["relu", "leaky_relu", "elu", "sigmoid", "tanh", "silu", "gelu", "softmax", "linear", "relu6"]
] + [
    (f"activation {name}", [(40,)], L.Activation(name), {"range": 5})
    for name in ["selu", "celu", "softplus", "softsign", "mish", "exponential", "log_softmax", "log_sigmoid",
                 "hard_sigmoid", "hard_silu", "hard_tanh", "tanh_shrink", "soft_shrink", "hard_shrink", "squareplus",
                 "sparse_plus", "sparse_sigmoid"]
]

CASES += [
    (f"{name} of {', '.join(map(str, shapes))}", shapes, layer(), {})
    for name, layer in [("add", L.Add), ("subtract", L.Subtract), ("multiply", L.Multiply), ("average", L.Average),
                        ("maximum", L.Maximum), ("minimum", L.Minimum)]
    for shapes in [[(2, 3), (2, 3)], [(3, 4, 5), (1, 1, 5)], [(3, 4, 5), (5,)], [(3, 4, 1), (3, 4, 5)],
                   [(3, 4, 5), (3, 1, 1)], [(3, 1, 5), (1, 4, 5)]]
] + [
    (f"{name} of three", [(2, 3), (2, 1), (2, 3)], layer(), {})
    for name, layer in [("average", L.Average), ("maximum", L.Maximum), ("minimum", L.Minimum), ("add", L.Add),
                        ("multiply", L.Multiply)]
] + [
    ("repeat vector", [(4,)], L.RepeatVector(3), {}),
] + [
    (f"dot {axes} of {a}, {b}", [a, b], L.Dot(axes=axes), {})
    for axes, a, b in [(1, (4,), (4,)), (2, (3, 4), (5, 4)), ((2, 1), (3, 4), (4, 5)), ((1, 2), (4, 3), (5, 4)),
                       (1, (4, 3), (4, 5)), ((1, 2), (4,), (3, 4)), ((2, 1), (3, 4), (4,)), (-1, (2, 3, 4), (5, 4)),
                       ((2, 1), (2, 4, 3), (4, 5)), ((1, 2), (4, 2), (2, 4, 3)), ((3, 2), (2, 3, 4), (2, 4, 5))]
]

CASES += [
    ("batch normalization of rows", [(3, 4, 2)], L.BatchNormalization(axis=1), {"training": True, "batch": 3}),
    ("batch normalization of rows predicting", [(3, 4, 2)], L.BatchNormalization(axis=2), {"gradients": False}),
    ("layer normalization", [(3, 4, 20)], L.LayerNormalization(), {}),
    ("layer normalization plain", [(7,)], L.LayerNormalization(center=False, scale=False, epsilon=0.1), {}),
    ("layer normalization no gamma", [(5, 3)], L.LayerNormalization(scale=False), {}),
    ("layer normalization of images", [(3, 4, 2)], L.LayerNormalization(axis=[1, 2, 3]), {}),
    ("layer normalization of rows", [(3, 4, 2)], L.LayerNormalization(axis=1), {}),
    ("layer normalization of two axes", [(3, 4, 2)], L.LayerNormalization(axis=[1, 3], center=False), {}),
    ("rms normalization", [(3, 17)], L.RMSNormalization(), {}),
    ("group normalization", [(3, 4, 6)], L.GroupNormalization(groups=2), {}),
    ("group normalization of one", [(3, 4, 6)], L.GroupNormalization(groups=1, scale=False), {}),
    ("group normalization per channel", [(3, 4, 6)], L.GroupNormalization(groups=-1, center=False), {}),
    ("group normalization of rows", [(4, 3, 5)], L.GroupNormalization(groups=2, axis=1), {}),
    ("group normalization of features", [(6,)], L.GroupNormalization(groups=3), {}),
    ("unit normalization", [(3, 4, 18)], L.UnitNormalization(), {}),
    ("unit normalization of rows", [(3, 4, 2)], L.UnitNormalization(axis=[1, 2]), {}),
    ("normalization", [(3, 4, 3)], L.Normalization(), {}),
    ("normalization of all", [(3, 4, 3)], L.Normalization(axis=None), {}),
    ("normalization of two axes", [(3, 4, 3)], L.Normalization(axis=(1, 3)), {}),
    ("normalization given", [(3, 4, 3)], L.Normalization(mean=[0.5, 1, -1], variance=[1, 0.25, 4]), {}),
    ("normalization given for all", [(3, 4, 3)], L.Normalization(mean=0.5, variance=2), {}),
    ("normalization inverted", [(3, 4, 3)], L.Normalization(invert=True), {}),
]

CASES += [
    ("cropping", [(5, 6, 2)], L.Cropping2D(((1, 2), (0, 3))), {}),
    ("zero padding of two numbers", [(2, 3, 2)], L.ZeroPadding2D((1, 2)), {}),
    ("up sampling", [(2, 3, 2)], L.UpSampling2D((2, 3)), {}),
    ("up sampling bilinear", [(3, 4, 2)], L.UpSampling2D(2, interpolation="bilinear"), {}),
    ("up sampling bicubic", [(5, 4, 2)], L.UpSampling2D((3, 2), interpolation="bicubic"), {}),
    ("resizing down", [(7, 9, 2)], L.Resizing(3, 4), {}),
    ("resizing up", [(3, 4, 2)], L.Resizing(7, 5), {}),
    ("resizing nearest", [(7, 5, 2)], L.Resizing(4, 8, interpolation="nearest"), {}),
    ("resizing bicubic", [(7, 5, 2)], L.Resizing(4, 8, interpolation="bicubic"), {}),
    ("resizing cropped", [(7, 11, 2)], L.Resizing(4, 3, crop_to_aspect_ratio=True), {}),
    ("resizing padded", [(7, 12, 2)], L.Resizing(4, 4, pad_to_aspect_ratio=True), {}),
    ("center crop", [(6, 7, 2)], L.CenterCrop(3, 4), {}),
    ("center crop enlarged", [(3, 8, 2)], L.CenterCrop(5, 4), {}),
]

CASES += [
    ("conv2d groups", [(5, 6, 4)], L.Conv2D(6, 3, groups=2, strides=2, padding="same", activation="relu"), {}),
    ("conv2d groups dilated", [(6, 7, 6)], L.Conv2D(3, (3, 2), groups=3, dilation_rate=2, use_bias=False), {}),
    ("conv2d groups of one channel", [(5, 6, 3)], L.Conv2D(6, 3, groups=3), {}),
    ("conv2d groups 1x1", [(2, 3, 32)], L.Conv2D(32, 1, groups=4), {}),
    ("conv2d transpose", [(3, 4, 2)], L.Conv2DTranspose(3, 3), {}),
    ("conv2d transpose stride 2", [(3, 4, 2)], L.Conv2DTranspose(3, 3, strides=2, activation="tanh"), {}),
    ("conv2d transpose same stride 2", [(3, 4, 2)], L.Conv2DTranspose(3, 4, strides=2, padding="same"), {}),
    ("conv2d transpose small window", [(3, 4, 2)], L.Conv2DTranspose(3, (2, 1), strides=(3, 2), use_bias=False), {}),
    ("conv2d transpose same 5x3 stride 3x2", [(4, 3, 2)],
     L.Conv2DTranspose(2, (5, 3), strides=(3, 2), padding="same"), {}),
    ("conv2d transpose output padding", [(3, 4, 2)],
     L.Conv2DTranspose(2, 3, strides=2, padding="same", output_padding=1), {}),
    ("conv2d transpose valid output padding", [(3, 4, 2)],
     L.Conv2DTranspose(2, 3, strides=2, output_padding=(0, 1)), {}),
    ("conv1d", [(7, 3)], L.Conv1D(4, 3), {}),
    ("conv1d same stride 2", [(8, 3)], L.Conv1D(4, 3, strides=2, padding="same", activation="relu"), {}),
    ("conv1d causal dilated", [(8, 3)], L.Conv1D(4, 3, padding="causal", dilation_rate=2, use_bias=False), {}),
    ("conv1d groups", [(8, 4)], L.Conv1D(6, 3, groups=2), {}),
    ("conv1d wide", [(40, 16)], L.Conv1D(32, 5, padding="same"), {}),
    ("depthwise conv1d", [(8, 3)], L.DepthwiseConv1D(3, depth_multiplier=2, padding="same", activation="relu"), {}),
    ("separable conv1d", [(8, 3)], L.SeparableConv1D(4, 3, depth_multiplier=2, strides=2), {}),
    ("conv1d transpose", [(4, 3)], L.Conv1DTranspose(2, 3, strides=2, padding="same"), {}),
    ("conv1d transpose valid", [(4, 3)], L.Conv1DTranspose(2, 2, strides=3), {}),
    ("max pooling 1d", [(7, 3)], L.MaxPooling1D(2), {}),
    ("max pooling 1d same", [(7, 3)], L.MaxPooling1D(3, strides=2, padding="same"), {}),
    ("average pooling 1d", [(7, 3)], L.AveragePooling1D(3, strides=2, padding="same"), {}),
    ("global average pooling 1d", [(7, 3)], L.GlobalAveragePooling1D(), {}),
    ("global max pooling 1d", [(7, 3)], L.GlobalMaxPooling1D(keepdims=True), {}),
    ("zero padding 1d", [(4, 3)], L.ZeroPadding1D((1, 2)), {}),
    ("cropping 1d", [(6, 3)], L.Cropping1D((1, 2)), {}),
    ("up sampling 1d", [(3, 2)], L.UpSampling1D(3), {}),
]

CASES += [
    ("layer scale", [(3, 4, 5)], LayerScale(0.5, 5), {}),
    ("dropout of channels when predicting", [(2, 2, 3)], L.Dropout(0.5, noise_shape=(None, 1, 1, 3)),
     {"gradients": False}),
    ("spatial dropout when predicting", [(2, 2, 3)], L.SpatialDropout2D(0.5), {"gradients": False}),
    ("stochastic depth when predicting", [(3, 4)], StochasticDepth(0.3), {"gradients": False}),
]

RECURRENT = [L.SimpleRNN, L.LSTM, L.GRU]
CASES += [
    (f"{layer.__name__} {options}".lower(), [(4, 3)], layer(3, **options), {"batch": 3})
    for layer in RECURRENT
    for options in [{}, {"return_sequences": True}, {"return_sequences": True, "go_backwards": True},
                    {"use_bias": False, "activation": "relu"}]
] + [
    (f"bidirectional {layer.__name__} {options}".lower(), [(4, 3)], L.Bidirectional(layer(2, **options)), {})
    for layer in RECURRENT for options in [{}, {"return_sequences": True}]
] + [
    ("lstm hard sigmoid", [(5, 2)], L.LSTM(3, recurrent_activation="hard_sigmoid"), {}),
    ("gru reset before", [(4, 3)], L.GRU(3, reset_after=False, return_sequences=True), {}),
    ("gru reset before plain", [(4, 3)], L.GRU(2, reset_after=False, use_bias=False, go_backwards=True), {}),
    ("lstm one step", [(1, 3)], L.LSTM(2), {}),
    ("time distributed dense", [(3, 4)], L.TimeDistributed(L.Dense(5, activation="tanh")), {}),
    ("time distributed conv2d", [(2, 4, 5, 3)], L.TimeDistributed(L.Conv2D(2, 3, padding="same")), {}),
    ("time distributed separable conv2d", [(2, 4, 5, 3)], L.TimeDistributed(L.SeparableConv2D(2, 3)), {}),
    ("embedding", [(6,)], L.Embedding(5, 3), {"whole": 5}),
]

CASES += [
    ("attention", [(4, 6), (5, 6)], L.MultiHeadAttention(2, 3), {}),
    ("attention with value size", [(4, 6), (3, 5)], L.MultiHeadAttention(3, 2, value_dim=4, use_bias=False), {}),
    ("attention with key", [(4, 6), (3, 5), (3, 2)], L.MultiHeadAttention(2, 4, output_shape=7), {}),
]


def numbers(tensor):
    return [float(f"{value:.7g}") for value in np.asarray(tensor, np.float32).ravel()]


def name_of(weight, layer):
    if isinstance(layer, LayerScale):
        return "gamma"  # Keras gives it no name
    if isinstance(layer, L.MultiHeadAttention):
        return "_".join(weight.path.split("/")[-2:])
    direction = [part for part in ("forward_", "backward_") if f"/{part}" in weight.path]
    return "".join(direction) + weight.path.split("/")[-1]


def make(index, name, shapes, layer, options):
    random = np.random.default_rng(1000 + index)
    batch = options.get("batch", 2)
    inputs = [keras.Input(shape, name=f"input{i}") for i, shape in enumerate(shapes)]
    if isinstance(layer, L.MultiHeadAttention):
        output = layer(*inputs)
    else:
        output = layer(inputs if len(inputs) > 1 else inputs[0])
    model = keras.Model(inputs, output, name="case")
    for weight in model.weights:
        values = random.normal(0, 0.5, weight.shape)
        weight.assign(np.abs(values) + 0.5 if "variance" in weight.path else values)
    if hasattr(layer, "finalize_state"):  # Normalization keeps a copy
        layer.finalize_state()
    before = [numbers(weight) for weight in model.weights]
    size = options.get("range", 2)
    values = [tf.constant(random.uniform(-size, size, (batch,) + shape), tf.float32) for shape in shapes]
    if "whole" in options:
        values = [tf.constant(random.integers(0, options["whole"], (batch,) + shape), tf.float32) for shape in shapes]
    training = options.get("training", False)
    with tf.GradientTape() as tape:
        tape.watch(values)
        output = model(values if len(values) > 1 else values[0], training=training)
        upstream = tf.constant(random.uniform(-1, 1, output.shape), tf.float32)
        loss = tf.reduce_sum(output * upstream)
    description = json.loads(model.to_json())
    for item in description["config"]["layers"]:
        for node in item["inbound_nodes"]:
            node["kwargs"].pop("training", None)  # Keras notes the default
    trainable = [weight.value for weight in model.trainable_weights]
    gradients = tape.gradient(loss, values + trainable, unconnected_gradients="zero")
    gradients = [tf.convert_to_tensor(gradient) for gradient in gradients]
    case = {
        "name": name,
        "model": description,
        "batch": batch,
        "training": training,
        "inputs": [numbers(value) for value in values],
        "weights": [{"name": name_of(w, layer), "shape": list(w.shape), "values": v} for w, v in zip(model.weights, before)],
        "outputShape": list(output.shape)[1:],
        "output": numbers(output),
    }
    if options.get("gradients", True):
        case["upstream"] = numbers(upstream)
        case["inputGradients"] = [numbers(gradient) for gradient in gradients[: len(values)]]
        case["weightGradients"] = [numbers(gradient) for gradient in gradients[len(values):]]
    if training:
        case["weightsAfter"] = [numbers(weight) for weight in model.weights]
    return case


def main():
    cases = [make(i, *case) for i, case in enumerate(CASES)]
    # One case per line, so that a change shows in a diff.
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    TARGET.write_text(f"[\n{lines}\n]\n")
    print(f"{TARGET}: {len(cases)} cases, {TARGET.stat().st_size} bytes, keras {keras.__version__}")


if __name__ == "__main__":
    main()
