#!/usr/bin/env python3
"""Checks that the ONNX checker accepts the files that ONNXFiles writes and that onnxruntime predicts the same.

    Scripts/check-onnx-roundtrip.py [folder]

Runs the test that writes models with inputs and predictions (unless a folder with them is given). Needs onnx and
onnxruntime.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime

TOLERANCE = 1e-5


def check(path):
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(str(path))
    given = session.get_inputs()[0]
    x = np.fromfile(path.with_suffix(".input"), "<f4").reshape([-1] + given.shape[1:])
    expected = np.fromfile(path.with_suffix(".output"), "<f4")
    difference = np.abs(session.run(None, {given.name: x})[0].ravel() - expected).max()
    difference /= max(1, np.abs(expected).max())
    print(f"{path.name}: {difference:.1e}")
    return difference < TOLERANCE


with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
    if len(sys.argv) == 1:
        subprocess.run(
            ["swift", "test", "-c", "release", "--filter", "ONNXWritingTests"],
            cwd=pathlib.Path(__file__).parent.parent, check=True, stdout=subprocess.DEVNULL,
            env={**os.environ, "FERMUSIC_ONNX_FOLDER": temporary})
    files = sorted(folder.glob("*.onnx"))
    print(f"onnxruntime {onnxruntime.__version__}, {len(files)} files")
    sys.exit(0 if files and all([check(path) for path in files]) else 1)
