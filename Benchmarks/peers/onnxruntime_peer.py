"""ONNX Runtime's side of the comparison, prediction only; see peer.py. Usage: python onnxruntime_peer.py THREADS [int8]

Its CPU provider with all optimisations, operators one after the other, each on all threads. For int8 its own tool makes
the model: bytes for pictures and for weights, these with a scale per filter.
"""

import os
import sys
import tempfile

import numpy
import onnxruntime

import peer

threads = int(sys.argv[1])
precision = "int8" if "int8" in sys.argv[2:] else "float32"
folder = tempfile.TemporaryDirectory()


class Pictures:
    """Of noise, from which the ranges of all layers are read."""

    def __init__(self, path):
        input = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).get_inputs()[0]
        random = numpy.random.default_rng(2)
        shape = (8, *input.shape[1:])
        self.rest = iter([{input.name: random.random(shape, dtype=numpy.float32)} for _ in range(4)])

    def get_next(self):
        return next(self.rest, None)


def model(path):
    if precision == "float32":
        return path
    made = os.path.join(folder.name, os.path.basename(path))
    if not os.path.exists(made):
        from onnxruntime import quantization
        from onnxruntime.quantization import shape_inference

        shape_inference.quant_pre_process(path, made + ".prepared")
        quantization.quantize_static(
            made + ".prepared", made, Pictures(path), quant_format=quantization.QuantFormat.QDQ, per_channel=True,
            activation_type=quantization.QuantType.QUInt8, weight_type=quantization.QuantType.QInt8)
    return made


def session(request):
    if "onnx" not in request:
        return None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    return onnxruntime.InferenceSession(model(request["onnx"]), options, providers=["CPUExecutionProvider"])


def inference(request):
    made = session(request)
    if made is None:
        return None
    name, shape = made.get_inputs()[0].name, made.get_inputs()[0].shape[1:]
    random = numpy.random.default_rng(1)
    batches = [random.random((request["batch"], *shape), dtype=numpy.float32) for _ in range(4)]
    return peer.in_turn(batches, lambda x: made.run(None, {name: x}))


def output(request, pictures):
    made = session(request)
    return made and made.run(None, {made.get_inputs()[0].name: pictures})[0]


peer.serve({"version": onnxruntime.__version__, "precision": precision}, {"infer": inference}, output)
