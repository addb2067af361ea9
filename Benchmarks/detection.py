#!/usr/bin/env python3
"""How well faces are found: false ones in photos without people, and those put into photos at known places.

    Benchmarks/detection.py folder [--program .build/release/fermusic] [--yunet yunet.onnx] [--mtcnn mtcnn.h5]
                            [--centerface centerface.onnx] [--blazeface] [--cascade] [--fraction 1] [--json file]
                            [--crops folder]

`folder` is what Benchmarks/Detection/backgrounds.py and compose.py made. Each detector named sees the same pictures. A
box is right when it overlaps a face's box, or the part of it inside the picture, by 0.3 (intersection over union), and
false when it overlaps none by that or another box has it already. CPU time is that of one process on one thread, without
reading the pictures; fermusic's is that of the whole program, reading and emotions included. With --program it is also
seen how many faces of 60 pixels and more are found in pictures that lie on a side, and with --crops (a folder of pictures
that are a face and nothing else) in how many of those, enlarged, a face is found that is the picture. Needs numpy, Pillow and
what the detectors need.
"""
import argparse
import collections
import json
import pathlib
import random
import sys
import tempfile
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


def on_a_side(program, truth, folder, work):
    """Share of faces found in turned pictures with faces of 60 pixels and more, by degrees."""
    chosen = [one for one in truth if one["series"] == "size" and one["value"] >= 60 and "real" in one["file"]]
    if not chosen:
        return
    for degrees, turn in ((90, Image.Transpose.ROTATE_90), (180, Image.Transpose.ROTATE_180),
                          (270, Image.Transpose.ROTATE_270)):
        files = []
        for picture in chosen:
            files.append(work / f"{degrees}-{pathlib.Path(picture['file']).name}")
            Image.open(folder / picture["file"]).transpose(turn).save(files[-1], compress_level=1)
        hits, false = [], 0
        for picture, boxes in zip(chosen, detectors.fermusic(program, ["-t", "1"], files)[0]):
            stored = []
            for x, y, width, height, score in boxes:
                # Back into the upright picture, whose size is 640 x 480.
                stored.append({90: [640 - y - height, x, height, width], 180: [640 - x - width, 480 - y - height, width,
                                                                               height],
                               270: [y, 480 - x - width, height, width]}[degrees] + [score])
            found, wrong = judged(stored, picture, (640, 480))
            hits += found
            false += wrong
        print(f"lying by {degrees} degrees: {100 * numpy.mean(hits):.0f} % of {len(hits)} real faces found, "
              f"{false} false in {len(chosen)} pictures")


def cropped(program, folder, work):
    """In how many enlarged crops a face is found, and in how many it is the whole picture."""
    crops = random.Random(1).sample(sorted(folder.rglob("*.jpg")) + sorted(folder.rglob("*.png")), 200)
    for side in (80, 128, 224):
        files = []
        for crop in crops:
            files.append(work / f"{side}-{crop.stem}.png")
            Image.open(crop).resize((side, side), Image.Resampling.BICUBIC).save(files[-1])
        boxes = detectors.fermusic(program, ["-t", "1"], files)[0]
        print(f"crops of {side} pixels: a face in {100 * numpy.mean([len(one) == 1 for one in boxes]):.0f} %, the whole "
              f"picture in {100 * numpy.mean([len(one) == 1 and one[0][2] == side for one in boxes]):.0f} %")


def rows(result, threshold, photos, truth):
    """False faces in 100 photos of scenes and of animals, false ones per composed picture, recall per series."""
    kept = lambda boxes: [box for box in boxes if box[4] >= threshold]  # noqa: E731
    counts = collections.defaultdict(list)
    for photo, boxes in zip(photos, result["photos"]):
        counts["animals" if backgrounds.ANIMALS.match(photo.stem) else "scenes"].append(len(kept(boxes)))
    recall = collections.defaultdict(list)
    false = 0
    for picture, boxes in zip(truth, result["faces"]):
        found, wrong = judged(kept(boxes), picture, picture.get("pixels", (640, 480)))
        false += wrong
        for face, hit in zip(picture["faces"], found):
            recall[face["kind"], picture["series"], picture["value"]].append(hit)
    return counts, false / max(1, len(truth)), recall


def table(results, photos, truth, thresholds):
    head = ["detector", "false, scenes", "animals", "false a picture", "ms"]
    for kind in ("real", "fer2013", "drawn"):
        columns = list(dict.fromkeys((one["series"], one["value"]) for one in truth)) if kind != "drawn" else []
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
    parser.add_argument("--crops", type=pathlib.Path)
    parser.add_argument("--json", type=pathlib.Path, help="what was found; kept ones are not run again")
    options = parser.parse_args()

    truth = json.loads((options.folder / "truth.json").read_text())
    chosen = random.Random(1).sample(range(len(truth)), round(options.fraction * len(truth)))
    truth = [truth[index] for index in sorted(chosen)]
    photos = [file for file in sorted((options.folder / "photos").glob("*.png")) if backgrounds.half(file.stem) == 1]
    chosen = {}
    thresholds = {}
    if options.program:
        chosen["fermusic"] = lambda: [options.program, "-t", "1"]
        thresholds["fermusic"] = [0, 0.7]
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
    if options.program:
        print()
        with tempfile.TemporaryDirectory() as work:
            on_a_side(options.program, truth, options.folder, pathlib.Path(work))
            if options.crops:
                cropped(options.program, options.crops, pathlib.Path(work))


if __name__ == "__main__":
    main()
