#!/usr/bin/env python3
"""Checks that Keras 3 opens the files that NeuralNet writes, and predicts the same from them.

    Scripts/check-keras-roundtrip.py [folder]

Runs the test that writes models with inputs and predictions (unless a folder with them is given), then for each:
opens it with and without compiling, compares the predictions, and trains one step.

Without compiling nothing may be logged. Compiling, Keras 3 logs one line for every HDF5 file, its own too; that one
is expected and no other.
"""
import contextlib
import io
import logging
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import absl.logging  # comes with keras
import h5py
import keras
import numpy as np

ALWAYS = "Compiled the loaded model, but the compiled metrics have yet to be built."
TOLERANCE = 1e-5
# TensorFlow 2.21 crashes when training this one, from the original file too.
UNTRAINABLE = {"mini-xception"}


@contextlib.contextmanager
def everything_said():
    """Collects warnings, log lines and what is printed to stderr."""
    said = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())
    loggers = [logging.getLogger(), absl.logging.get_absl_logger()]
    text = io.StringIO()
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stderr(text):
        warnings.simplefilter("always")
        for logger in loggers:
            logger.addHandler(handler)
        try:
            yield said
        finally:
            for logger in loggers:
                logger.removeHandler(handler)
    said += [str(w.message) for w in caught]
    said += [line for line in text.getvalue().splitlines() if not any(s in line for s in said)]


def check(path):
    with h5py.File(path.with_suffix(".expected")) as file:
        inputs, expected = file["input"][:], file["output"][:]
    problems = []
    with everything_said() as said:
        model = keras.models.load_model(path, compile=False)
    problems += [f"says without compiling: {line}" for line in said]
    difference = float(np.abs(model.predict(inputs, verbose=0) - expected).max())
    if not difference <= TOLERANCE:
        problems.append(f"predictions differ by {difference:.2g}")

    # The description alone, read and written again by Keras.
    description = path.with_suffix(".json").read_text()
    again = keras.models.model_from_json(description)
    if [w.shape for w in again.weights] != [w.shape for w in model.weights]:
        problems.append("the description has other weights")

    with everything_said() as said:
        model = keras.models.load_model(path)
    problems += [f"says when compiling: {line}" for line in dict.fromkeys(said) if not line.startswith(ALWAYS)]
    if path.stem in UNTRAINABLE:
        print(f"{'FAILED' if problems else 'ok':6} {path.name}: largest difference {difference:.1e}")
        return report(problems)
    count = expected.shape[-1]
    targets = np.eye(count, dtype="float32")[np.arange(len(inputs)) % count]
    with everything_said() as said:
        model.fit(inputs, targets, batch_size=len(inputs), verbose=0)
    # Many models in one process make TensorFlow speak of retracing.
    problems += [f"says when training: {line}" for line in said if "retracing" not in line]
    optimizer = f"{type(model.optimizer).__name__}, {len(model.optimizer.variables)} variables"
    print(f"{'FAILED' if problems else 'ok':6} {path.name}: largest difference {difference:.1e}; trained with {optimizer}")
    return report(problems)


def report(problems):
    for problem in problems:
        print(f"       {problem}")
    return not problems


def main():
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        if len(sys.argv) < 2:
            root = pathlib.Path(__file__).resolve().parent.parent
            subprocess.run(
                ["swift", "test", "-c", "release", "--filter", "KerasWritingTests"], cwd=root, check=True,
                stdout=subprocess.DEVNULL, env={**os.environ, "FERMUSIC_KERAS_FOLDER": temporary})
        files = sorted(folder.glob("*.h5"))
        print(f"Keras {keras.__version__}, {len(files)} files")
        results = [check(path) for path in files]
        sys.exit(0 if results and all(results) else 1)


if __name__ == "__main__":
    main()
