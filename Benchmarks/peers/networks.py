"""The networks of the comparison as Keras models; `python networks.py FOLDER` writes them as model JSON."""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
from keras import layers


def documented(size=48):
    """The documented emotion network: four 3x3 convolutions, two dense layers."""
    return keras.Sequential([
        keras.Input((size, size, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Dropout(0.25),
        layers.Conv2D(128, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(128, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(1024, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(7, activation="softmax"),
    ])


def bottlenecks():
    """ResNet50V2's pre-activation bottlenecks (He et al., 2016), four of them, two with stride 2."""
    x = inputs = keras.Input((48, 48, 1))
    x = layers.Conv2D(64, 3, strides=2, padding="same")(x)
    for filters, stride in [(64, 1), (64, 2), (128, 1), (128, 2)]:
        y = layers.Activation("relu")(layers.BatchNormalization()(x))
        shortcut = layers.Conv2D(4 * filters, 1, strides=stride)(y)
        y = layers.Conv2D(filters, 1, use_bias=False)(y)
        y = layers.Activation("relu")(layers.BatchNormalization()(y))
        y = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(y)
        y = layers.Activation("relu")(layers.BatchNormalization()(y))
        y = layers.Conv2D(4 * filters, 1)(y)
        x = layers.Add()([shortcut, y])
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(7, activation="softmax")(x))


def separable():
    """Depthwise separable blocks with residual connections, as in mini-Xception (Arriaga et al., 2017), wider."""
    x = inputs = keras.Input((48, 48, 1))
    x = layers.Conv2D(32, 3, padding="same", use_bias=False)(x)
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    for filters in [32, 64, 128]:
        shortcut = layers.BatchNormalization()(layers.Conv2D(filters, 1, strides=2, padding="same", use_bias=False)(x))
        y = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
        y = layers.Activation("relu")(layers.BatchNormalization()(y))
        y = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(y)
        y = layers.BatchNormalization()(y)
        y = layers.MaxPooling2D(3, strides=2, padding="same")(y)
        x = layers.Add()([shortcut, y])
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(7, activation="softmax")(x))


NETWORKS = {
    "cnn": documented,
    "cnn-96": lambda: documented(96),
    "bottlenecks": bottlenecks,
    "separable": separable,
}

if __name__ == "__main__":
    for name, make in NETWORKS.items():
        keras.backend.clear_session()
        with open(os.path.join(sys.argv[1], name + ".json"), "w") as file:
            file.write(make().to_json())
