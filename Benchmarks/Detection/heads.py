"""Heads to put into pictures: real ones with known places, FER2013's crops, faces that fermusic draws.

A head is a square patch of colours in which the face stands upright, with the face's box and five points (eyes, nose,
corners of the mouth, as seen: left first) in the patch's pixels, and how much of the patch shows (an ellipse, soft at
its edge).
"""
import json
import math
import pathlib

from PIL import Image, ImageDraw, ImageFilter


class Head:
    def __init__(self, patch, box, points, radii, kind):
        self.patch = patch
        self.box = box
        self.points = points
        self.radii = radii
        self.kind = kind


def real(folder):
    """The heads of `folder`/heads.json: a list of objects with file, box (x, y, width, height) and points (five of x, y)
    in pixels of that file."""
    heads = []
    for entry in json.loads((pathlib.Path(folder) / "heads.json").read_text()):
        image = Image.open(pathlib.Path(folder) / entry["file"]).convert("RGB")
        x, y, width, height = entry["box"]
        left, right = entry["points"][:2]
        roll = math.degrees(math.atan2(right[1] - left[1], right[0] - left[0]))
        side = round(2.4 * max(width, height))
        centre = (x + width / 2, y + height / 2)
        turned = image.rotate(roll, Image.Resampling.BICUBIC, center=centre)
        origin = (round(centre[0] - side / 2), round(centre[1] - side / 2))
        patch = turned.crop((*origin, origin[0] + side, origin[1] + side))
        sine, cosine = math.sin(math.radians(-roll)), math.cos(math.radians(-roll))
        points = []
        for px, py in entry["points"]:
            px, py = px - centre[0], py - centre[1]
            points.append((px * cosine - py * sine + side / 2, px * sine + py * cosine + side / 2))
        box = (side / 2 - width / 2, side / 2 - height / 2, width, height)
        heads.append(Head(patch, box, points, (0.75 * width, 0.70 * height), "real"))
    return heads


def crops(files, kind):
    """Faces that fill their pictures as FER2013's do; the grey ones are tinted like skin."""
    heads = []
    for index, file in enumerate(files):
        face = Image.open(file).convert("L").resize((96, 96), Image.Resampling.BICUBIC)
        warm = (1.12, 0.97, 0.88) if index % 3 else (1.0, 1.0, 1.0)
        tinted = Image.merge("RGB", [face.point([min(255, round(v * gain)) for v in range(256)]) for gain in warm])
        patch = Image.new("RGB", (192, 192))
        patch.paste(tinted, (48, 48))
        points = [(48 + 96 * x, 48 + 96 * y) for x, y in ((.31, .40), (.69, .40), (.5, .6), (.35, .78), (.65, .78))]
        heads.append(Head(patch, (48 + 8, 48 + 4, 80, 90), points, (45, 47.5), kind))
    return heads


def covered(head, cover, random):
    """The head with "glasses" or a "mask" on, or as it is."""
    if not cover:
        return head
    factor = 4
    size = tuple(factor * side for side in head.patch.size)
    patch = head.patch.resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(patch)
    left, right = head.points[:2]
    mouth = [(a + b) / 2 for a, b in zip(*head.points[3:])]
    eyes = [(a + b) / 2 for a, b in zip(left, right)]
    across = max(right[0] - left[0], 0.25 * head.box[2])
    down = max(mouth[1] - eyes[1], 0.25 * head.box[3])

    def at(x, y):
        return (factor * (eyes[0] + x * across), factor * (eyes[1] + y * down))

    if cover == "glasses":
        shade = random.choice([(12, 12, 14), (35, 24, 16), (20, 24, 34)])
        for middle in (-0.5, 0.5):
            draw.ellipse((*at(middle - 0.45, -0.32), *at(middle + 0.45, 0.34)), fill=shade)
        draw.line((*at(-1.1, -0.1), *at(1.1, -0.1)), fill=shade, width=max(1, round(factor * 0.09 * across)))
    else:
        shade = random.choice([(150, 190, 215), (225, 228, 230), (28, 28, 30), (120, 170, 160)])
        outline = [at(-1.05, 0.35), at(-0.4, 0.3), at(0, 0.18), at(0.4, 0.3), at(1.05, 0.35), at(0.9, 1.25),
                   at(0.45, 1.75), at(-0.45, 1.75), at(-0.9, 1.25)]
        draw.polygon(outline, fill=shade)
        fold = tuple(max(0, value - 25) for value in shade)
        for height in (0.75, 1.0, 1.25):
            draw.line((*at(-0.9, height), *at(0.9, height)), fill=fold, width=max(1, factor // 2))
    patch = patch.resize(head.patch.size, Image.Resampling.LANCZOS)
    return Head(patch, head.box, head.points, head.radii, head.kind)


def placed(head, picture, centre, width, tilt):
    """Puts the head into the picture with its face `width` pixels wide around `centre`, turned by `tilt` degrees.
    Returns the face's box: that of an upright ellipse, turned."""
    factor = width / head.box[2]
    side = max(8, round(factor * head.patch.size[0]))
    patch = head.patch.resize((side, side), Image.Resampling.LANCZOS)
    middle = (factor * (head.box[0] + head.box[2] / 2), factor * (head.box[1] + head.box[3] / 2))
    shown = Image.new("L", (4 * side, 4 * side))
    edge = 0.12 * factor * head.radii[0]
    radii = [factor * radius - edge / 2 for radius in head.radii]
    rise = 0.06 * factor * head.box[3] if head.kind == "real" else 0
    ImageDraw.Draw(shown).ellipse([4 * (middle[axis] + sign * radii[axis] - (rise if axis else 0))
                                   for sign in (-1, 1) for axis in (0, 1)], fill=255)
    shown = shown.resize((side, side), Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(edge / 2))
    patch = patch.rotate(-tilt, Image.Resampling.BICUBIC, center=middle)
    shown = shown.rotate(-tilt, Image.Resampling.BICUBIC, center=middle)
    corner = (round(centre[0] - middle[0]), round(centre[1] - middle[1]))
    picture.paste(patch, corner, shown)
    a, b = width / 2, factor * head.box[3] / 2
    sine, cosine = math.sin(math.radians(tilt)), math.cos(math.radians(tilt))
    reach = (math.hypot(a * cosine, b * sine), math.hypot(a * sine, b * cosine))
    x, y = corner[0] + middle[0], corner[1] + middle[1]
    return [x - reach[0], y - reach[1], 2 * reach[0], 2 * reach[1]]
