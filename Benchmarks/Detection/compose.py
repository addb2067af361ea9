#!/usr/bin/env python3
"""Puts faces into photos without people, at known places.

    Benchmarks/Detection/compose.py folder [--fer2013 test-folder] [--drawn folder] [--heads folder] [--large]
                                     [--seed n]

Reads `folder`/photos (Benchmarks/Detection/backgrounds.py makes them; those for judging are used) and writes pictures of
640 x 480 to `folder`/composed with `folder`/truth.json: per picture its condition, and per face its box, what it was made
of, its size (the width of an upright face), tilt. Each series changes one thing of a clear, upright face of 80 pixels:

    size    24, 30, 40, 60, 100, 160 or 240 pixels wide
    tilt    15, 30 or 45 degrees
    light   30 % or 10 % of the pixels' values, with the noise that comes with it
    cover   sunglasses, a mask over nose and mouth, 40 to 75 % of the face within the frame
    spoilt  blurred (a twelfth of the face's width), JPEG of quality 15

With --large they are as large as a phone's, 4000 x 3000, of photos of 1900 pixels and more from both halves, with faces of
36, 48, 64, 80 and 100 pixels.

Heads come from FER2013's class folders of test pictures, folders of faces that `fermusic dataset generate` drew, and a
folder with heads.json (see heads.py); what is not given is left out. Needs Pillow and numpy. The same seed, files and
versions of both make the same pictures.
"""
import argparse
import io
import json
import pathlib
import random

import numpy
from PIL import Image, ImageFilter

import backgrounds
import heads

SIZE = (640, 480)
SERIES = [("size", width) for width in (24, 30, 40, 60, 100, 160, 240)] + [("tilt", tilt) for tilt in (15, 30, 45)] + [
    ("light", 0.3), ("light", 0.1), ("cover", "glasses"), ("cover", "mask"), ("cover", "half"),
    ("spoilt", "blur"), ("spoilt", "jpeg")]
FACES = 18  # of each kind in each series
LARGE = ((4000, 3000), [("size", width) for width in (36, 48, 64, 80, 100)], 1900)


def spots(width, count, cover, chance):
    """Centres for `count` faces that don't touch."""
    if cover == "half":
        inward = [chance.uniform(-0.1, 0.25) * width for _ in range(2)]
        return [(inward[0], chance.randint(120, 360)), (SIZE[0] - inward[1], chance.randint(120, 360))][:count]
    room = 1.1 * width
    found = []
    while len(found) < count:
        spot = (chance.uniform(room, SIZE[0] - room), chance.uniform(room, SIZE[1] - room))
        if all(abs(spot[0] - x) > 2.2 * width or abs(spot[1] - y) > 2.2 * width for x, y in found):
            found.append(spot)
    return found


def spoilt(picture, series, value, width, chance):
    """The picture in its series' light, or blurred, or compressed."""
    if series == "light":
        noise = numpy.random.default_rng(chance.randrange(1 << 30)).normal(0, 1.0, (SIZE[1], SIZE[0], 3))
        return Image.fromarray((numpy.asarray(picture) * value + noise).clip(0, 255).round().astype("uint8"))
    if value == "blur":
        return picture.filter(ImageFilter.GaussianBlur(width / 12))
    if value == "jpeg":
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=15)
        return Image.open(buffer).convert("RGB")
    return picture


def main():
    global SIZE
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--fer2013", type=pathlib.Path)
    parser.add_argument("--drawn", type=pathlib.Path)
    parser.add_argument("--heads", type=pathlib.Path)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    series_of_all, least = SERIES, 480
    if options.large:
        SIZE, series_of_all, least = LARGE

    photos = [file for file in sorted((options.folder / "photos").glob("*.png"))
              if (options.large or backgrounds.half(file.stem) == 1) and not backgrounds.ANIMALS.match(file.stem)
              and (max if options.large else min)(Image.open(file).size) >= least]
    kinds = {"real": heads.real(options.heads)} if options.heads else {}
    for kind, place in (("fer2013", options.fer2013), ("drawn", options.drawn)):
        if place:
            files = sorted(file for file in place.rglob("*") if file.suffix in (".jpg", ".png"))
            kinds[kind] = heads.crops(chance.sample(files, min(400, len(files))), kind)
    if not photos or not kinds:
        parser.error("no photos, or no heads")

    out = options.folder / "composed"
    out.mkdir(exist_ok=True)
    for old in out.glob("*.png"):
        old.unlink()
    truth = []
    for kind, choices in kinds.items():
        chance.shuffle(choices)
        turn = 0
        for series, value in series_of_all:
            width = value if series == "size" else 80
            if kind != "real" and width > 100:
                continue
            tilt = value if series == "tilt" else 0
            cover = value if series == "cover" else None
            left = FACES
            while left:
                count = min(left, 1 if width > 80 else 2 if width > 60 or cover == "half" else 3)
                left -= count
                photo = Image.open(chance.choice(photos)).convert("RGB")
                factor = max(SIZE[0] / photo.size[0], SIZE[1] / photo.size[1])
                photo = photo.resize([max(side, round(factor * old)) for side, old in zip(SIZE, photo.size)],
                                     Image.Resampling.LANCZOS)
                x, y = (chance.randint(0, photo.size[axis] - SIZE[axis]) for axis in (0, 1))
                picture = photo.crop((x, y, x + SIZE[0], y + SIZE[1]))
                faces = []
                for centre in spots(width, count, cover, chance):
                    head = heads.covered(choices[turn % len(choices)], cover if cover != "half" else None, chance)
                    turn += 1
                    angle = tilt * chance.choice((-1, 1))
                    box = heads.placed(head, picture, centre, width, angle)
                    faces.append({"box": [round(v, 1) for v in box], "kind": kind, "size": width, "tilt": angle})
                picture = spoilt(picture, series, value, width, chance)
                name = f"{kind}-{series}-{value}-{left:02}.png"
                picture.save(out / name, compress_level=1)
                truth.append({"file": f"composed/{name}", "series": series, "value": value, "pixels": SIZE,
                              "faces": faces})
    (options.folder / "truth.json").write_text(json.dumps(truth, indent=0))
    print(f"{len(truth)} pictures with {sum(len(one['faces']) for one in truth)} faces")


if __name__ == "__main__":
    main()
