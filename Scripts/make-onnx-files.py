#!/usr/bin/env python3
"""Makes Tests/ONNXFilesTests/Fixtures: small networks as torch.onnx and tf2onnx write them, pictures (height, width,
channels) and what onnxruntime computes for them.

  python3 -m venv /tmp/onnx-files && /tmp/onnx-files/bin/pip install torch onnx onnxscript onnxruntime tensorflow-cpu tf2onnx
  /tmp/onnx-files/bin/python Scripts/make-onnx-files.py

Made with torch 2.13, tensorflow 2.21, tf2onnx 1.17, onnx 1.23 and onnxruntime 1.32.
"""
import os
import pathlib
import warnings

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
warnings.simplefilter("ignore")
import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch.nn import functional as F

folder = pathlib.Path(__file__).parent.parent / "Tests/ONNXFilesTests/Fixtures"
folder.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(7)


def keep(name, channels_first):
    """The input and output of a file that is already written."""
    path = folder / f"{name}.onnx"
    onnx.checker.check_model(str(path))
    session = onnxruntime.InferenceSession(str(path))
    given = session.get_inputs()[0]
    shape = [2] + given.shape[1:]
    x = random.normal(size=shape).astype("float16" if "16" in given.type else "float32")
    y = session.run(None, {given.name: x})[0].astype("float32")
    if channels_first and x.ndim == 4:
        x = x.transpose(0, 2, 3, 1)
    if channels_first and y.ndim == 4:
        y = y.transpose(0, 2, 3, 1)
    x.astype("<f4").tofile(folder / f"{name}.input")
    y.astype("<f4").tofile(folder / f"{name}.output")


def torch_file(name, network, shape=(3, 8, 8), new=False, opset=None, half=False, fixed=False):
    torch.manual_seed(1)
    network = network().eval()
    for module in network.modules():
        if isinstance(module, (nn.BatchNorm2d, nn.BatchNorm1d)):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias)
    x = torch.randn(1 if fixed else 2, *shape)
    if half:
        network, x = network.half(), x.half()
    path = str(folder / f"torch-{name}.onnx")
    if new:
        dynamic = None if fixed else ({0: torch.export.Dim("batch")},)
        torch.onnx.export(network, (x,), path, dynamic_shapes=dynamic, opset_version=opset, verbose=False)
    else:
        dynamic = None if fixed else {"input": {0: "batch"}}
        torch.onnx.export(
            network, (x,), path, dynamo=False, input_names=["input"], dynamic_axes=dynamic, opset_version=opset)
    if fixed:
        # As exported, for one sample; onnxruntime wants that number too.
        session = onnxruntime.InferenceSession(path)
        a = random.normal(size=(1, *shape)).astype("float32")
        b = session.run(None, {session.get_inputs()[0].name: a})[0]
        a.transpose(0, 2, 3, 1).astype("<f4").tofile(folder / f"torch-{name}.input")
        b.astype("<f4").tofile(folder / f"torch-{name}.output")
    else:
        keep(f"torch-{name}", True)


class Small(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(4, 6, 3, stride=2, padding=1, bias=False), nn.ReLU(), nn.Flatten(), nn.Dropout(0.3),
            nn.Linear(24, 5), nn.Softmax(1))


class Viewed(nn.Module):
    """Flattened by hand, normalised before and after, without a softmax."""

    def __init__(self):
        super().__init__()
        self.conv, self.slope = nn.Conv2d(3, 4, (3, 1), dilation=(2, 1)), nn.PReLU(4)
        self.fc1, self.norm, self.fc2 = nn.Linear(4 * 4 * 8, 6), nn.BatchNorm1d(6), nn.Linear(6, 3)
        self.act = nn.PReLU()

    def forward(self, x):
        x = self.slope(self.conv((x / 127.5 - 1) * 3))
        x = x.view(x.size(0), -1)
        return 2 - self.fc2(self.act(self.norm(self.fc1(x)).unsqueeze(1).squeeze(1)))


class Mobile(nn.Module):
    """Depthwise convolutions, a residual, pads on one side, means over the picture."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, stride=2, bias=False)
        self.deep, self.point = nn.Conv2d(6, 6, 3, padding=1, groups=6), nn.Conv2d(6, 6, 1)
        self.twice = nn.Conv2d(6, 12, 3, padding=1, groups=6, bias=False)
        self.head = nn.Linear(12, 4)

    def forward(self, x):
        x = F.relu6(self.stem(F.pad(x, (0, 1, 0, 1))))
        x = x + self.point(F.relu6(self.deep(x)))
        return torch.sigmoid(self.head(F.silu(self.twice(x)).mean([2, 3])))


class Pools(nn.Module):
    """Pools of all kinds and a shuffle of channels between convolutions."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Conv2d(3, 6, 1), nn.Conv2d(6, 6, 3, groups=6), nn.Conv2d(12, 4, 1)
        self.mix = nn.Conv2d(6, 6, 1)

    def forward(self, x):
        x = torch.tanh(self.a(x))
        x = x.view(x.size(0), 2, 3, 9, 9).transpose(1, 2).reshape(x.size(0), 6, 9, 9)
        x = F.elu(self.mix(self.b(x)), 0.7)
        x = torch.cat([F.max_pool2d(x, 2, ceil_mode=True), F.avg_pool2d(F.leaky_relu(x, 0.2), 3, stride=2, padding=1)], 1)
        x = self.c(x)
        return torch.cat([F.adaptive_avg_pool2d(x, 1).flatten(1), F.adaptive_max_pool2d(x, 1).flatten(1)], 1)


class Mapped(nn.Module):
    """A picture comes out."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 4, 3, padding="same"), nn.Conv2d(4, 2, 1)

    def forward(self, x):
        return torch.softmax(self.b(F.gelu(self.a(x))) * F.hardtanh(self.b(self.a(x)), 0, 6), 1)


class Curves(nn.Module):
    """Activations that are made of several layers here."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 4, 1), nn.Linear(4, 3)

    def forward(self, x):
        x = F.hardswish(self.a(x)) + F.hardsigmoid(2 * self.a(x))
        x = F.gelu(F.selu(x)) * F.hardtanh(x, -1, 2)
        return F.gelu(self.b(x.mean((2, 3))), approximate="tanh") - F.hardtanh(self.b(x.amax((2, 3))), -0.1, 0.1)


class Wide(nn.Module):
    """Transposed and grouped convolutions, pictures enlarged, cut and normalised; a picture flattened as it is."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 6, 3, padding=1, groups=2, bias=False)
        self.c = nn.ConvTranspose2d(6, 4, 3, stride=2, padding=1, output_padding=1)
        self.d = nn.ConvTranspose2d(4, 4, 4, stride=2, padding=1, bias=False)
        self.norm, self.layer, self.mix = nn.InstanceNorm2d(4, affine=True), nn.LayerNorm(4), nn.Linear(4, 2)

    def forward(self, x):
        x = self.norm(self.c(F.max_pool2d(F.softplus(self.b(F.mish(self.a(x)))), 2)))
        x = F.avg_pool2d(self.d(x), 4)
        x = F.interpolate(x, scale_factor=2.0) + F.interpolate(x, scale_factor=2.0, mode="bilinear")
        x = self.mix(self.layer(x.permute(0, 2, 3, 1))).permute(0, 3, 1, 2)
        x = torch.maximum(x, -x)[:, :, 1:-1, 2:] * torch.sigmoid(x.mean((2, 3), keepdim=True))
        return torch.cat([F.log_softmax(x.mean((2, 3)), 1), x.flatten(1)], 1)


torch_file("small", Small)
torch_file("small-new", Small, new=True)
torch_file("small-opset9", Small, opset=9)
torch_file("small-half", Small, half=True)
torch_file("small-one", Small, fixed=True)
torch_file("viewed", Viewed)
torch_file("viewed-new", Viewed, new=True)
torch_file("mobile", Mobile)
torch_file("mobile-new", Mobile, new=True)
torch_file("pools", Pools, shape=(3, 9, 9))
torch_file("mapped", Mapped, opset=20)
torch_file("curves", Curves, opset=17)
torch_file("curves-new", Curves, new=True, opset=18)
torch_file("wide", Wide, opset=17)
torch_file("wide-new", Wide, new=True)

import keras
import tensorflow as tf
import tf2onnx
from keras import layers as L


def keras_file(name, model, opset):
    for layer in model.layers:
        if isinstance(layer, L.BatchNormalization):
            *rest, mean, variance = layer.get_weights()
            layer.set_weights([*rest, random.normal(size=mean.shape), random.uniform(0.5, 2, variance.shape)])
        if isinstance(layer, L.PReLU):
            layer.set_weights([random.uniform(-1, 1, w.shape) for w in layer.get_weights()])
    signature = [tf.TensorSpec([None, *i.shape[1:]], tf.float32, name=i.name) for i in model.inputs]
    function = tf.function(lambda x: model(x, training=False), input_signature=signature)
    tf2onnx.convert.from_function(
        function, input_signature=signature, opset=opset, output_path=str(folder / f"keras-{name}.onnx"))
    keep(f"keras-{name}", False)


def chain():
    return keras.Sequential([
        keras.Input((9, 9, 3)), L.Rescaling(1 / 127.5, offset=-1), L.Conv2D(4, 3, strides=2, padding="same"),
        L.BatchNormalization(), L.ReLU(6.0), L.DepthwiseConv2D(3, padding="same", depth_multiplier=2), L.LeakyReLU(0.1),
        L.MaxPooling2D(3, strides=2, padding="same"), L.Flatten(), L.Dense(6, activation="tanh"),
        L.Dense(4, activation="softmax")])


def graph():
    x = keras.Input((8, 8, 3))
    a = L.SeparableConv2D(4, 3, padding="same", activation="relu")(L.ZeroPadding2D(((0, 1), (2, 1)))(x))
    b = L.PReLU(shared_axes=[1, 2])(L.Conv2D(4, 3, padding="same")(L.ZeroPadding2D(((0, 1), (2, 1)))(x)))
    c = L.Concatenate()([L.Add()([a, b]), L.Multiply()([a, b])])
    c = L.AveragePooling2D(3, strides=2, padding="same")(L.Activation("swish")(L.BatchNormalization(scale=False)(c)))
    d = L.Concatenate()([L.GlobalAveragePooling2D()(c), L.GlobalMaxPooling2D()(c), L.Dense(3)(L.Flatten()(c))])
    return keras.Model(x, L.Dense(5, activation="softmax")(L.ELU()(L.Dense(6)(L.Reshape((19,))(d)))))


for opset in (10, 13, 18):
    keras.utils.set_random_seed(1)
    keras_file(f"chain-{opset}", chain(), opset)
keras_file("graph", graph(), 15)
for path in sorted(folder.iterdir()):
    print(path.name, path.stat().st_size)
