"""The networks of keras.applications: fermusic beside ONNX Runtime on the same cores, in one run.

    python Benchmarks/applications.py [--rounds N] [--only NAME] [--json FILE]

Needs an interpreter with keras, tensorflow, tf2onnx and onnxruntime. Each network is made with random weights, described to
fermusic as Keras's JSON and converted for ONNX Runtime. Before anything is timed, both get the same weights and pictures, and
their outputs are compared. Then they take turns, measurement by measurement. Prints medians, their spread and ratios.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
from compare import Program, processor, spread  # noqa: E402

NETWORKS = [
    "MobileNet", "MobileNetV2", "MobileNetV3Small", "MobileNetV3Large", "EfficientNetB0", "EfficientNetV2B0", "DenseNet121",
    "ResNet50", "ResNet50V2", "VGG16", "Xception", "InceptionV3", "NASNetMobile", "ConvNeXtTiny",
]
SIZES = {"InceptionV3": 299, "Xception": 299}


def plain(config):
    """The same without initializers of variances."""
    if isinstance(config, dict):
        if config.get("class_name") == "VarianceScaling":
            return {"class_name": "HeNormal", "config": {"seed": None}, "module": "keras.initializers"}
        return {key: plain(value) for key, value in config.items()}
    return [plain(item) for item in config] if isinstance(config, list) else config


def make(name, folder):
    """Keras's file and JSON, and the ONNX file; None for what the converter cannot write."""
    import keras
    import tensorflow as tf
    import tf2onnx

    size = SIZES.get(name, 224)
    keras.utils.set_random_seed(1)
    # Without the softmax: with random weights it makes all outputs equal, and a comparison of them could not fail.
    model = getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3), classifier_activation=None)
    paths = {kind: os.path.join(folder, f"{name}.{kind}") for kind in ("h5", "json", "onnx")}
    model.save(paths["h5"])
    with open(paths["json"], "w") as file:
        # How weights begin does not matter here, and fermusic does not know every way.
        json.dump(plain(json.loads(model.to_json())), file)
    try:
        signature = (tf.TensorSpec((None, size, size, 3), tf.float32, name="input"),)
        tf2onnx.convert.from_function(
            tf.function(lambda x: model(x, training=False), input_signature=signature), input_signature=signature,
            output_path=paths["onnx"], opset=17)
    except Exception as error:  # the converter's own limits
        print(f"{name}: not converted: {str(error).splitlines()[0][:80]}", file=sys.stderr)
        return None
    return paths, size


class Runtime:
    """ONNX Runtime on the same picture again and again."""

    def __init__(self, path, size, batch, threads):
        import numpy as np
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.feed = {self.session.get_inputs()[0].name: np.random.default_rng(1).random((batch, size, size, 3), "float32")}
        # The converter makes inputs of what a Normalization layer takes off (0) and divides by the root of (1).
        for extra in self.session.get_inputs()[1:]:
            shape = [side if isinstance(side, int) else 1 for side in extra.shape]
            self.feed[extra.name] = np.full(shape, 0 if "Sub" in extra.name else 1, "float32")
        self.session.run(None, self.feed)

    def median(self, seconds):
        times, end = [], time.perf_counter() + seconds
        while not times or time.perf_counter() < end:
            start = time.perf_counter()
            self.session.run(None, self.feed)
            times.append(time.perf_counter() - start)
        return statistics.median(times)


def difference(ours, paths, runtime, folder):
    """The largest difference of the outputs relative to the largest output, for the weights of Keras's file and one picture."""
    import numpy as np

    picture = next(iter(runtime.feed.values()))
    place = os.path.join(folder, "input")
    picture.tofile(place)
    mine = np.array(ours.ask(measure="output", model=paths["h5"], input=place)["output"], "float32")
    theirs = runtime.session.run(None, runtime.feed)[0].flatten()
    return float(np.abs(mine - theirs).max() / np.abs(theirs).max())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fermusic", default=os.path.join(here, "..", ".build", "release", "fermusic"))
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--only", default="", help="only networks whose name contains this")
    parser.add_argument("--json", help="where to write the result")
    options = parser.parse_args()
    ours = Program("fermusic", [options.fermusic, "bench", "--worker", "--threads", str(options.threads)])
    result = {"processor": processor(), "threads": options.threads, "rounds": options.rounds, "batch": options.batch, "networks": {}}
    print(f"{result['processor']}, {options.threads} threads, batch {options.batch}, {options.rounds} rounds of {options.seconds:g} s")
    with tempfile.TemporaryDirectory() as folder:
        for name in NETWORKS:
            if options.only not in name:
                continue
            made = make(name, folder)
            if made is None:
                continue
            paths, size = made
            try:
                runtime = Runtime(paths["onnx"], size, options.batch, options.threads)
            except Exception as error:  # what the converter wrote is not valid
                print(f"{name}: ONNX Runtime refuses it: {str(error).splitlines()[0][:80]}", file=sys.stderr)
                continue
            off = difference(ours, paths, runtime, folder)
            mine, theirs = [], []
            for _ in range(options.rounds):
                answer = ours.ask(measure="infer", network=paths["json"], batch=options.batch, seconds=options.seconds)
                mine.append(answer["median"] * 1000)
                theirs.append(runtime.median(options.seconds) * 1000)
            ratios = [b / a for a, b in zip(mine, theirs)]
            result["networks"][name] = {"fermusic": mine, "onnxruntime": theirs, "ratios": ratios, "difference": off}
            print(f"{name:18} fermusic {spread(mine):>24} ms   ONNX Runtime {spread(theirs):>24} ms   "
                  f"ratio {spread(ratios)}   outputs differ by {off:.0e}", flush=True)
    ours.close()
    if options.json:
        with open(options.json, "w") as file:
            json.dump(result, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
