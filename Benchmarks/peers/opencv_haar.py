"""What OpenCV's cascade detector finds on pictures, and how long it takes, as JSON.

Needs opencv-python-headless 4. Called by Benchmarks/haar, which compares it with ours.
"""
import argparse
import json
import statistics
import time

import cv2

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--cascade", required=True)
parser.add_argument("--scale-factor", type=float, default=1.1)
parser.add_argument("--min-neighbors", type=int, default=5)
parser.add_argument("--min-size", type=int, default=30)
parser.add_argument("--max-size", type=int, default=0)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--repeats", type=int, default=1)
parser.add_argument("pictures", nargs="+")
arguments = parser.parse_args()

cv2.setNumThreads(arguments.threads)
detector = cv2.CascadeClassifier(arguments.cascade)
assert not detector.empty(), arguments.cascade
images = [cv2.imread(path, cv2.IMREAD_GRAYSCALE) for path in arguments.pictures]


def detect(image):
    return detector.detectMultiScale2(
        image, scaleFactor=arguments.scale_factor, minNeighbors=arguments.min_neighbors,
        minSize=(arguments.min_size, arguments.min_size), maxSize=(arguments.max_size, arguments.max_size))


detect(images[0])
times, found = [], []
for turn in range(arguments.repeats):
    for image in images:
        start = time.perf_counter()
        boxes, counts = detect(image)
        times.append((time.perf_counter() - start) * 1e3)
        if turn == 0:
            found.append([[int(v) for v in box] + [int(count)] for box, count in zip(boxes, counts)])
print(json.dumps({"version": cv2.__version__, "median_ms": statistics.median(times), "faces": found}))
