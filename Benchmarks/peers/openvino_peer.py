"""OpenVINO's side of the comparison, prediction only; see peer.py. Usage: python openvino_peer.py THREADS [bfloat16]

Compiled for exactly the batch that is measured, for latency on all threads; the precision is said, since OpenVINO takes
bfloat16 by itself where a processor has it.
"""

import sys

import numpy
import openvino

import peer

threads = int(sys.argv[1])
precision = "bf16" if "bfloat16" in sys.argv[2:] else "f32"
core = openvino.Core()


def compiled(request, batch):
    if "onnx" not in request:
        return None
    model = core.read_model(request["onnx"])
    shape = [d.get_length() if d.is_static else batch for d in model.inputs[0].partial_shape]
    model.reshape([batch, *shape[1:]])
    return core.compile_model(model, "CPU", {
        "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": precision})


def inference(request):
    made = compiled(request, request["batch"])
    if made is None:
        return None
    call = made.create_infer_request()
    random = numpy.random.default_rng(1)
    shape = list(made.inputs[0].shape)
    batches = [random.random(shape, dtype=numpy.float32) for _ in range(4)]
    return peer.in_turn(batches, lambda x: call.infer({0: x}, share_inputs=True)[0])


def output(request, pictures):
    made = compiled(request, len(pictures))
    return made and made(pictures)[0]


info = {"version": openvino.__version__, "precision": precision}
peer.serve(info, {"infer": inference}, output)
