"""TensorFlow's side of the comparison; see peer.py. Usage: python tensorflow_peer.py THREADS [bfloat16]

Everything is traced (`tf.function`) and fed from memory, which is the fastest way that TensorFlow offers, with XLA where
that is faster; `predict` measures `model.predict`, which is what programs usually call per picture; bfloat16 is Keras's
`mixed_bfloat16`.
"""

import os
import statistics
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
threads = int(sys.argv[1])
half = "bfloat16" in sys.argv[2:]
started = time.perf_counter()
import numpy
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(threads)
tf.config.threading.set_inter_op_parallelism_threads(1)
import keras

import peer
from networks import NETWORKS

import_seconds = time.perf_counter() - started
random = numpy.random.default_rng(1)
if half:
    keras.mixed_precision.set_global_policy("mixed_bfloat16")


def without_precision(value):
    """A layer's description without the precision that it was saved with."""
    if isinstance(value, dict):
        return {k: without_precision(v) for k, v in value.items() if k != "dtype"}
    return [without_precision(v) for v in value] if isinstance(value, list) else value


def network(request):
    name = request["network"]
    if name in NETWORKS:
        return NETWORKS[name]()
    if not name.endswith(".h5"):
        return None
    model = keras.models.load_model(name, compile=False)
    if half:
        same = type(model).from_config(without_precision(model.get_config()))
        same.set_weights(model.get_weights())
        return same
    return model


def pictures(model, count):
    return random.random((count, *model.input_shape[1:]), dtype=numpy.float32)


def faster(make):
    """The faster of two forms of a step, without and with XLA."""
    plain, compiled = make(False), make(True)
    for step in (plain, compiled):
        peer.repeat(step, 0.5)
    times = [statistics.median(peer.repeat(step, 0.5)) for step in (plain, compiled)]
    return plain if times[0] <= times[1] else compiled


def training(request):
    model, batch = network(request), request["batch"]
    if model is None:
        return None
    optimizer = keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)
    loss = keras.losses.CategoricalCrossentropy()
    classes = model.output_shape[-1]
    batches = [
        (tf.constant(pictures(model, batch)),
         tf.constant(numpy.eye(classes, dtype="float32")[random.integers(0, classes, batch)])) for _ in range(4)
    ]

    def make(compiled):
        @tf.function(jit_compile=compiled)
        def step(x, y):
            with tf.GradientTape() as tape:
                value = loss(y, model(x, training=True))
            optimizer.apply_gradients(zip(tape.gradient(value, model.trainable_variables), model.trainable_variables))
            return value

        return peer.in_turn(batches, lambda pair: step(*pair).numpy())

    return faster(make)


def inference(request):
    model = network(request)
    if model is None:
        return None
    batches = [pictures(model, request["batch"]) for _ in range(4)]

    def make(compiled):
        traced = tf.function(lambda x: model(x, training=False), jit_compile=compiled)
        return peer.in_turn(batches, lambda x: tf.cast(traced(tf.constant(x)), tf.float32).numpy())

    return faster(make)


def prediction(request):
    model = network(request)
    if model is None:
        return None
    x = pictures(model, request["batch"])
    return lambda: model.predict(x, verbose=0)


def output(request, values):
    model = network(request)
    return model and tf.cast(model(values, training=False), tf.float32).numpy()


info = {
    "version": tf.__version__, "keras": keras.__version__, "importSeconds": import_seconds,
    "precision": "mixed_bfloat16" if half else "float32",
}
peer.serve(info, {"train": training, "infer": inference, "predict": prediction}, output)
