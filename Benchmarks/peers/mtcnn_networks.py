"""MTCNN's three networks as Keras models with weights by lot: `python mtcnn_networks.py FOLDER` writes them as HDF5.

They have the published shapes (Zhang et al., 2016, figure 2) and one output each: boxes, landmarks and whether there is
a face. The proposal network gets half a frame of 640 x 480.
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
from keras import layers


def prelu(x):
    axes = [1, 2] if len(x.shape) == 4 else None
    return layers.PReLU(shared_axes=axes, alpha_initializer=keras.initializers.Constant(0.2))(x)


def convolution(x, filters, size, pool=None):
    x = prelu(layers.Conv2D(filters, size, bias_initializer="random_normal")(x))
    return pool(x) if pool else x


def proposal():
    x = inputs = keras.Input((240, 320, 3))
    x = convolution(x, 10, 3, layers.MaxPooling2D(2, padding="same"))
    x = convolution(convolution(x, 16, 3), 32, 3)
    return keras.Model(inputs, layers.Conv2D(6, 1)(x))


def refinement():
    x = inputs = keras.Input((24, 24, 3))
    x = convolution(x, 28, 3, layers.MaxPooling2D(3, strides=2, padding="same"))
    x = convolution(x, 48, 3, layers.MaxPooling2D(3, strides=2))
    x = layers.Flatten()(convolution(x, 64, 2))
    return keras.Model(inputs, layers.Dense(6)(prelu(layers.Dense(128)(x))))


def output():
    x = inputs = keras.Input((48, 48, 3))
    x = convolution(x, 32, 3, layers.MaxPooling2D(3, strides=2, padding="same"))
    x = convolution(x, 64, 3, layers.MaxPooling2D(3, strides=2))
    x = convolution(x, 64, 3, layers.MaxPooling2D(2, padding="same"))
    x = layers.Flatten()(convolution(x, 128, 2))
    return keras.Model(inputs, layers.Dense(16)(prelu(layers.Dense(256)(x))))


if __name__ == "__main__":
    keras.utils.set_random_seed(1)
    for make in proposal, refinement, output:
        make().save(os.path.join(sys.argv[1], make.__name__ + ".h5"))
