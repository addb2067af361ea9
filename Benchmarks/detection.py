#!/usr/bin/env python3
"""How well faces are found: false ones in photos without people, and those put into photos at known places.

    Benchmarks/detection.py folder [--program .build/release/fermusic] [--yunet yunet.onnx] [--mtcnn mtcnn.h5]
                            [--centerface centerface.onnx] [--blazeface] [--cascade] [--fraction 1] [--json file]

`folder` is what Benchmarks/Detection/backgrounds.py and compose.py made. Each detector named sees the same pictures. A
box is right when it overlaps a face's box, or the part of it inside the picture, by 0.3 (intersection over union), and
false when it overlaps none by that or another box has it already. CPU time is that of one process on one thread, without
reading the pictures; fermusic's is that of the whole program, reading and emotions included. Needs numpy, Pillow and
what the detectors need.
"""
import argparse
import collections
import json
import pathlib
import random
import sys
import time

import numpy
from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).parent / "Detection"))
import backgrounds  # noqa: E402
import detectors  # noqa: E402

LEVEL = 0.3


def answers(name, detector, files):
    """Boxes per file and CPU milliseconds a picture."""
    if isinstance(detector, list):
        boxes, seconds = detectors.fermusic(detector[0], detector[1:], files)
        return boxes, 1000 * seconds / len(files)
    boxes = []
    seconds = 0
    for file in files:
        rgb = numpy.asarray(Image.open(file).convert("RGB"))
        start = time.process_time()
        boxes.append(detector(rgb))
        seconds += time.process_time() - start
    return boxes, 1000 * seconds / len(files)


def judged(boxes, picture, size):
    """Which of the picture's faces were found, and how many boxes are false."""
    faces = [face["box"] for face in picture["faces"]]
    inside = []
    for x, y, width, height in faces:
        left, top = max(0, x), max(0, y)
        inside.append([left, top, min(size[0], x + width) - left, min(size[1], y + height) - top])
    found = [False] * len(faces)
    false = 0
    for box in boxes:
        fits = [max(detectors.overlap(box, whole), detectors.overlap(box, part)) for whole, part in zip(faces, inside)]
        most = max(range(len(fits)), key=lambda index: (not found[index]) * fits[index])
        if fits[most] >= LEVEL and not found[most]:
            found[most] = True
        else:
            false += 1
    return found, false


def measured(name, detector, photos, truth, folder):
    """Everything of one detector, for all thresholds later."""
    files = [folder / picture["file"] for picture in truth]
    photo_boxes, _ = answers(name, detector, photos)
    boxes, milliseconds = answers(name, detector, files)
    return {"photos": photo_boxes, "faces": boxes, "ms": milliseconds}


def rows(result, threshold, photos, truth):
    """False faces in 100 photos of scenes and of animals, false ones per composed picture, recall per series."""
    kept = lambda boxes: [box for box in boxes if box[4] >= threshold]  # noqa: E731
    counts = collections.defaultdict(list)
    for photo, boxes in zip(photos, result["photos"]):
        counts["animals" if backgrounds.ANIMALS.match(photo.stem) else "scenes"].append(len(kept(boxes)))
    recall = collections.defaultdict(list)
    false = 0
    for picture, boxes in zip(truth, result["faces"]):
        found, wrong = judged(kept(boxes), picture, (640, 480))
        false += wrong
        for face, hit in zip(picture["faces"], found):
            recall[face["kind"], picture["series"], picture["value"]].append(hit)
    return counts, false / max(1, len(truth)), recall


COLUMNS = [("size", value) for value in (24, 30, 40, 60, 100, 160, 240)] + [("tilt", value) for value in (15, 30, 45)] + [
    ("light", 0.3), ("light", 0.1), ("cover", "glasses"), ("cover", "mask"), ("cover", "half"), ("spoilt", "blur"),
    ("spoilt", "jpeg")]


def table(results, photos, truth, thresholds):
    head = ["detector", "false, scenes", "animals", "false a picture", "ms"]
    for kind in ("real", "fer2013", "drawn"):
        columns = COLUMNS if kind != "drawn" else []
        head = ["detector", "false in 100 scenes", "in 100 of animals", "false a face picture", "ms"]
        head += [str(value) for _, value in columns] if columns else ["size 24-100", "tilt", "light", "cover", "spoilt"]
        print(f"\n{kind}\n\n| " + " | ".join(head) + " |\n|---|" + "---:|" * (len(head) - 1))
        for name, result in results.items():
            for threshold in thresholds.get(name, [0]):
                counts, false, recall = rows(result, threshold, photos, truth)
                line = [f"{name} {threshold:g}" if threshold else name]
                line += [f"{100 * numpy.mean(counts[group]):.0f}" if counts[group] else "" for group in
                         ("scenes", "animals")] + [f"{false:.2f}", f"{result['ms']:.0f}"]
                if columns:
                    hits = [recall.get((kind, *column), []) for column in columns]
                else:
                    hits = [sum((list(v) for (k, s, _), v in recall.items() if k == kind and s == series), [])
                            for series in ("size", "tilt", "light", "cover", "spoilt")]
                print("| " + " | ".join(line + [f"{100 * numpy.mean(hit):.0f}" if hit else "" for hit in hits]) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--program")
    parser.add_argument("--yunet")
    parser.add_argument("--mtcnn")
    parser.add_argument("--centerface")
    parser.add_argument("--blazeface", action="store_true")
    parser.add_argument("--cascade", action="store_true")
    parser.add_argument("--fraction", type=float, default=1)
    parser.add_argument("--json", type=pathlib.Path, help="what was found; kept ones are not run again")
    options = parser.parse_args()

    truth = json.loads((options.folder / "truth.json").read_text())
    truth = random.Random(1).sample(truth, round(options.fraction * len(truth)))
    photos = [file for file in sorted((options.folder / "photos").glob("*.png")) if backgrounds.half(file.stem) == 1]
    chosen = {}
    thresholds = {}
    if options.program:
        chosen["fermusic haar"] = lambda: [options.program, "--detector", "haar", "-t", "1"]
        if options.mtcnn:
            chosen["fermusic mtcnn"] = lambda: [options.program, "--detector", "mtcnn", "--mtcnn-weights",
                                                options.mtcnn, "--min-size", "20", "-t", "1"]
    if options.cascade:
        chosen["cascade"] = detectors.Cascade
        thresholds["cascade"] = [0.3, 0.38, 0.42]
    if options.yunet:
        for longest in (None, 640, 320):
            name = f"YuNet at {longest}" if longest else "YuNet"
            chosen[name] = lambda longest=longest: detectors.YuNet(options.yunet, longest)
            thresholds[name] = [0.6, 0.7, 0.8]
        chosen["YuNet stretched"] = lambda: detectors.YuNet(options.yunet, None, True)
        thresholds["YuNet stretched"] = [0.6, 0.7, 0.8]
    if options.centerface:
        chosen["CenterFace"] = lambda: detectors.CenterFace(options.centerface)
        thresholds["CenterFace"] = [0.35, 0.5]
    if options.blazeface:
        for kind, word in enumerate(("near", "far")):
            chosen[f"BlazeFace {word}"] = lambda kind=kind: detectors.BlazeFace(kind)
            thresholds[f"BlazeFace {word}"] = [0.5, 0.7]
    results = json.loads(options.json.read_text()) if options.json and options.json.exists() else {}
    for name, make in chosen.items():
        if name not in results:
            results[name] = measured(name, make(), photos, truth, options.folder)
            print(f"{name}: {results[name]['ms']:.0f} ms", file=sys.stderr)
            if options.json:
                options.json.write_text(json.dumps(results))
    print(f"{len(photos)} photos without people, {len(truth)} pictures with "
          f"{sum(len(picture['faces']) for picture in truth)} faces")
    table({name: results[name] for name in chosen}, photos, truth, thresholds)


if __name__ == "__main__":
    main()
