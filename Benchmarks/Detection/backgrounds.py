#!/usr/bin/env python3
"""Gets photos without people from Debian's packages.

    Benchmarks/Detection/backgrounds.py folder [largest]

Fetches the packages below with apt-get download into `folder`/packages, unpacks them there without installing anything,
and writes each picture, at most `largest` (1280) pixels wide and high, as `folder`/photos/PACKAGE-NAME.png. Every picture was looked
at: those with people, statues with faces, masks, apes, drawings of faces, and those with hardly anything in them are
left out by name (LEFT_OUT). Animals stay (a cat's face is no face here) and are counted apart.

Needs Pillow. Debian 12's versions give 190 photos; others may give a few more or less. Half of them (by the sum of their
name, see `half`) are for finding what a detector falls for, the other half for judging.
"""
import io
import pathlib
import re
import struct
import subprocess
import sys
import zlib

from PIL import Image

PACKAGES = ("gcompris-qt-data", "lomiri-wallpapers-16.04", "lomiri-wallpapers-20.04", "mate-backgrounds",
            "plasma-workspace-wallpapers")
LARGEST = 1280

# Folders of gcompris-qt-data's resources that hold photos, with the words that their names begin with here.
RESOURCES = {
    "categorization/resource/images/fishes": "fish", "categorization/resource/images/monuments": "monument",
    "categorization/resource/images/others": "other", "categorization/resource/images/renewable": "power",
    "categorization/resource/images/tools": "tool", "clickgame/resource": "sea", "details/resource/image": "detail",
    "erase/resource": "animal", "explore_farm_animals/resource/animals": "farm",
    "explore_monuments/resource/": "place", "explore_world_animals/resource/animals": "wild",
}
# Wallpapers that are photos; the others are drawings and patterns.
PHOTOS = re.compile(
    "Bridge|Dragonfly|Picture_|Wine|aitzgorri|free_by|friends|greentock|life_by|picosde|seeding|sunset|Kleiber|"
    "Aqua|Blinds|Dune|Garden|GreenMeadow|LadyBird|RainDrops|Storm|TwoWings|Wood|YellowFlower|"
    "BytheWater|ColdRipple|ColorfulCups|EveningGlow|FallenLeaf|Grey|Kite|OneStandsOut|Path|summer_1am|Volna")
LEFT_OUT = re.compile(
    "animal-(gibbon|gorilla|long_nosed|macaque)|wild-lemur|"
    "detail-(Eglise|Gogh|Portrait|Van_Gogh|VincentVanGogh|TajMahal)|"
    "(monument|place)-(mountRushmore|statue|christ|victoria)|power-solar3|"
    "place-(brandenburg|cabrillo|colosseum|gateway|konark|lincoln|mysore|worms)")
# Pictures of animals, which are counted apart.
ANIMALS = re.compile("^(animal|farm|wild|fish|wallpaper-(friends|free_by|Kleiber))")
SMALLEST = 200


def half(name):
    """0: to learn from; 1: to judge with."""
    return zlib.crc32(name.encode()) & 1


def resources(data):
    """The names and contents of a Qt resource file's entries that are stored as they are."""
    version, tree, payload, names = struct.unpack_from(">4xIIII", data)
    step = 14 if version == 1 else 22

    def walk(index, path):
        entry = tree + step * index
        name, flags = struct.unpack_from(">IH", data, entry)
        if index:
            length, = struct.unpack_from(">H", data, names + name)
            path += "/" + data[names + name + 6:names + name + 6 + 2 * length].decode("utf-16-be")
        if flags & 2:
            count, first = struct.unpack_from(">II", data, entry + 6)
            for child in range(first, first + count):
                yield from walk(child, path)
        elif flags == 0:
            offset, = struct.unpack_from(">I", data, entry + 10)
            length, = struct.unpack_from(">I", data, payload + offset)
            yield path, data[payload + offset + 4:payload + offset + 4 + length]

    return walk(0, "")


def pictures(folder):
    """Names and files, or contents, of what may be a photo."""
    for file in sorted((folder / "gcompris-qt-data").rglob("*.rcc")):
        for path, contents in resources(file.read_bytes()):
            if path.endswith((".webp", ".jpg")):
                for place, word in RESOURCES.items():
                    if f"activities/{place}" in path:
                        yield f"{word}-{pathlib.PurePath(path).stem}", contents
    largest = {}
    for package in PACKAGES[1:]:
        for file in sorted((folder / package).rglob("*")):
            if file.suffix in (".jpg", ".png", ".webp") and PHOTOS.search(str(file)) and "screenshot" not in file.stem:
                name = file.parts[-4] if "plasma" in package else file.stem
                if file.stat().st_size > largest.get(name, (0, None))[0]:
                    largest[name] = (file.stat().st_size, file)
    for name, (_, file) in sorted(largest.items()):
        yield f"wallpaper-{name}", file.read_bytes()


def fetch(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        if (folder / package).is_dir():
            continue
        if subprocess.call(["apt-get", "download", "-q", package], cwd=folder) != 0:
            sys.exit(f"{package}: cannot be fetched (apt-get update?)")
        file, = folder.glob(f"{package}_*.deb")
        subprocess.run(["dpkg", "-x", file, folder / package], check=True)


def main():
    words = sys.argv[1:]
    if not 1 <= len(words) <= 2 or words[0].startswith("-") or not all(word.isdecimal() for word in words[1:]):
        print(__doc__.strip())
        return 0 if words in (["-h"], ["--help"]) else 2
    folder, largest = pathlib.Path(words[0]), int(words[1]) if words[1:] else LARGEST
    fetch(folder / "packages")
    (folder / "photos").mkdir(exist_ok=True)
    count = 0
    seen = set()
    for name, contents in pictures(folder / "packages"):
        if LEFT_OUT.match(name) or zlib.crc32(contents) in seen:
            continue
        image = Image.open(io.BytesIO(contents)).convert("RGB")
        if min(image.size) < SMALLEST:
            continue
        seen.add(zlib.crc32(contents))
        image.thumbnail((largest, largest), Image.Resampling.LANCZOS)
        image.save(folder / "photos" / f"{name}.png", compress_level=1)
        count += 1
    print(f"{count} photos in {folder / 'photos'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
