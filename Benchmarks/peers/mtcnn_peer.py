#!/usr/bin/env python3
"""Finds faces with the PyPI package mtcnn 1.0.0 and prints them as JSON, to compare fermusic's MTCNN with.

    mtcnn_peer.py [--threads N] [--repeat N] [--serve] image...

Needs mtcnn, tensorflow and pillow. For each image: boxes, five landmarks and confidences as the network gives them
(not rounded), and the milliseconds of each repetition after one to warm up.

With --serve, image paths come line by line from standard input, each answered with one line of JSON: so two programs
can take turns on a machine.
"""
import argparse
import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import numpy as np
from PIL import Image

KEYPOINTS = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")


def detect(detector, path, repeat):
    pixels = np.asarray(Image.open(path).convert("RGB"))
    milliseconds = []
    rows = None
    for _ in range(repeat + 1):
        start = time.perf_counter()
        rows = detector.detect_faces(pixels, output_type="numpy")
        milliseconds.append((time.perf_counter() - start) * 1000)
    faces = []
    for row in rows:
        # image, x, y, width, height, confidence, five x, five y
        faces.append({
            "box": [float(v) for v in row[1:5]],
            "confidence": float(row[5]),
            "landmarks": {name: [float(row[6 + i]), float(row[11 + i])] for i, name in enumerate(KEYPOINTS)},
        })
    return {"image": path, "faces": faces, "milliseconds": milliseconds[1:]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("images", nargs="*")
    arguments = parser.parse_args()
    import tensorflow as tf
    from mtcnn import MTCNN

    if arguments.threads:
        tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    detector = MTCNN()
    if arguments.serve:
        for line in sys.stdin:
            print(json.dumps(detect(detector, line.strip(), arguments.repeat)), flush=True)
    else:
        results = [detect(detector, path, arguments.repeat) for path in arguments.images]
        json.dump({"package": "mtcnn 1.0.0", "tensorflow": tf.__version__, "images": results}, sys.stdout, indent=1)
        print()


if __name__ == "__main__":
    main()
