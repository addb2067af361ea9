#!/usr/bin/env python3
"""Compares fermusic's MTCNN with the PyPI package mtcnn 1.0.0 on the same pictures: boxes, landmarks, time.

    mtcnn_compare.py [--threads N] [--rounds N] [--frames N] [--json FILE] faces-folder

Needs mtcnn, tensorflow, opencv-python-headless and pillow, and Benchmarks/mtcnn built in release. The folder has
photos (.jpg, .png) and videos (.mp4). The pictures are the photos, frames of the videos at 640 x 480, and mosaics made
of both: at different sizes, mirrored, slightly turned. All go to both programs as PNG, in turns.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

import cv2
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SERVER = ROOT / "Benchmarks/mtcnn/.build/release/mtcnn-serve"


def frames(path, count):
    video = cv2.VideoCapture(str(path))
    total = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    for number in range(count):
        video.set(cv2.CAP_PROP_POS_FRAMES, number * max(total // count, 1))
        found, frame = video.read()
        if found:
            yield cv2.resize(frame, (640, 480), interpolation=cv2.INTER_AREA)


def changed(picture, random):
    """Mirrored or not, turned by up to 12 degrees, brighter or darker."""
    if random.random() < 0.5:
        picture = picture[:, ::-1]
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), random.uniform(-12, 12), 1)
    picture = cv2.warpAffine(picture, turn, (width, height), borderMode=cv2.BORDER_REFLECT)
    return np.clip(picture * random.uniform(0.75, 1.2), 0, 255).astype(np.uint8)


def mosaic(sources, random):
    columns, rows = random.integers(2, 5), random.integers(2, 4)
    cell_height, cell_width = int(random.integers(140, 260)), int(random.integers(140, 300))
    result = np.zeros((rows * cell_height, columns * cell_width, 3), np.uint8)
    for row in range(rows):
        for column in range(columns):
            source = changed(sources[random.integers(len(sources))], random)
            scale = max(cell_height / source.shape[0], cell_width / source.shape[1]) * random.uniform(1, 1.6)
            source = cv2.resize(source, None, fx=scale, fy=scale,
                                interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
            top = int(random.integers(source.shape[0] - cell_height + 1))
            left = int(random.integers(source.shape[1] - cell_width + 1))
            result[row * cell_height:(row + 1) * cell_height, column * cell_width:(column + 1) * cell_width] = (
                source[top:top + cell_height, left:left + cell_width])
    return result


def pictures(folder, frame_count):
    random = np.random.default_rng(1)
    found = {"photo": [], "frame": [], "mosaic": []}
    for path in sorted(folder.iterdir()):
        if path.suffix in (".jpg", ".png"):
            found["photo"].append(cv2.imread(str(path)))
        elif path.suffix == ".mp4":
            found["frame"] += frames(path, frame_count)
    sources = [p for p in found["photo"] if min(p.shape[:2]) > 300] + found["frame"]
    found["mosaic"] = [mosaic(sources, random) for _ in range(12)]
    return found


class Server:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        stderr=subprocess.DEVNULL)

    def ask(self, path):
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def overlap(a, b):
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    common = max(width, 0) * max(height, 0)
    union = a[2] * a[3] + b[2] * b[3] - common
    return common / union if union > 0 else 0


def compare(theirs, ours):
    """For each face of the package: overlap of the best of ours, and the largest landmark error / face width."""
    result = []
    for face in theirs:
        best = max(ours, key=lambda other: overlap(face["box"], other["box"]), default=None)
        if best is None:
            result.append((0, float("inf")))
            continue
        distance = max(np.hypot(*np.subtract(face["landmarks"][name], best["landmarks"][name]))
                       for name in face["landmarks"])
        result.append((overlap(face["box"], best["box"]), float(distance / face["box"][2])))
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--frames", type=int, default=12)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    if not SERVER.exists():
        sys.exit("first: swift build -c release --package-path Benchmarks/mtcnn")
    peer = [sys.executable, str(ROOT / "Benchmarks/peers/mtcnn_peer.py"), "--serve"]
    servers = {
        "mtcnn": Server(peer + ["--threads", str(arguments.threads), "--repeat", "1"]),
        "fermusic": Server([str(SERVER), str(arguments.threads), "1"]),
    }
    faces, extra = [], 0
    times = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind, images in pictures(arguments.folder, arguments.frames).items():
            for number, image in enumerate(images):
                path = f"{folder}/{kind}-{number}.png"
                cv2.imwrite(path, image)
                milliseconds = {name: [] for name in servers}
                for _ in range(arguments.rounds):
                    answers = {name: server.ask(path) for name, server in servers.items()}
                    for name, answer in answers.items():
                        milliseconds[name] += answer["milliseconds"]
                found = compare(answers["mtcnn"]["faces"], answers["fermusic"]["faces"])
                faces += found
                extra += max(0, len(answers["fermusic"]["faces"]) - len(found))
                medians = {name: statistics.median(values) for name, values in milliseconds.items()}
                times.setdefault(kind, []).append(medians)
                height, width = image.shape[:2]
                print(f"{kind:7}{number:3} {width:4}x{height:<4} {len(found):3} faces  mtcnn {medians['mtcnn']:7.1f} ms"
                      f"  fermusic {medians['fermusic']:6.1f} ms", flush=True)
    for server in servers.values():
        server.close()
    same = sum(iou >= 0.9 and distance <= 0.02 for iou, distance in faces)
    summary = {
        "threads": arguments.threads, "faces": len(faces), "same": same, "found only by fermusic": extra,
        "smallest overlap": min(iou for iou, _ in faces), "largest landmark error": max(d for _, d in faces),
        "median ms": {kind: {name: statistics.median(v[name] for v in values) for name in values[0]}
                      for kind, values in times.items()},
    }
    print(json.dumps(summary, indent=1))
    if arguments.json:
        arguments.json.write_text(json.dumps(summary, indent=1) + "\n")


if __name__ == "__main__":
    main()
