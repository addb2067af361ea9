"""The pipeline of the emotion demos: OpenCV's cascade on frames of 600 x 500, then Keras's model.predict per face.

Usage: python opencv_pipeline.py VIDEO THREADS CASCADE [FRAMES]. Prints the milliseconds of each frame as JSON, the first
ten frames left out; the network is the documented one with random weights, whose values do not matter for speed.
"""

import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import cv2
import numpy
import tensorflow as tf

video, threads, cascade = sys.argv[1], int(sys.argv[2]), sys.argv[3]
limit = int(sys.argv[4]) if len(sys.argv) > 4 else 10**9
cv2.setNumThreads(threads)
tf.config.threading.set_intra_op_parallelism_threads(threads)
from networks import documented

model = documented()
detector = cv2.CascadeClassifier(cascade)
capture = cv2.VideoCapture(video)
times, faces = [], 0
while len(times) < limit + 10:
    start = time.perf_counter()
    good, frame = capture.read()
    if not good:
        break
    gray = cv2.cvtColor(cv2.resize(frame, (600, 500)), cv2.COLOR_BGR2GRAY)
    for x, y, width, height in detector.detectMultiScale(gray, scaleFactor=1.1, minNeighbors=5, minSize=(30, 30)):
        face = cv2.resize(gray[y : y + height, x : x + width], (48, 48)).astype("float32") / 255
        model.predict(face[numpy.newaxis, :, :, numpy.newaxis], verbose=0)
        faces += 1
    times.append((time.perf_counter() - start) * 1000)
print(json.dumps({
    "milliseconds": times[10:], "faces": faces, "opencv": cv2.__version__, "tensorflow": tf.__version__,
}))
