"""ONNX Runtime's side of the comparison, prediction only; see peer.py. Usage: python onnxruntime_peer.py THREADS

Its CPU provider with all optimisations, operators one after the other, each on all threads.
"""

import sys

import numpy
import onnxruntime

import peer

threads = int(sys.argv[1])


def session(request):
    if "onnx" not in request:
        return None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    return onnxruntime.InferenceSession(request["onnx"], options, providers=["CPUExecutionProvider"])


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


peer.serve({"version": onnxruntime.__version__}, {"infer": inference}, output)
