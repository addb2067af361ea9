#!/usr/bin/env python3
"""A large folder of music: how fast it is read, with how much memory, and what a kill costs.

    python3 Benchmarks/library.py .build/release/fermusic [FILES] [--keep FOLDER]

Makes FILES (20,000) short files with tags, MP3 and FLAC, some of them empty or broken; imports them, kills the program
with SIGKILL in the middle, goes on, and imports again. Needs ffmpeg for the first FLAC file. Prints what it measures, and
fails if a song is missing, comes twice, or is read twice.
"""
import json
import os
import pathlib
import random
import re
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

FRAME = bytes([0xFF, 0xFB, 0x90, 0x00]) + bytes(413)


def id3(title, artist, album, year):
    body = b""
    for name, text in [("TIT2", title), ("TPE1", artist), ("TALB", album), ("TDRC", year), ("TCON", "Rock")]:
        value = b"\x03" + text.encode()
        body += name.encode() + struct.pack(">IH", len(value), 0) + value
    size = bytes((len(body) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x04\x00\x00" + size + body


def flac_base(folder):
    path = folder / "base.flac"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "sine=440:duration=1", "-map_metadata", "-1", str(path)],
        check=True)
    data = path.read_bytes()
    path.unlink()
    blocks, at, last = [], 4, False
    while not last:
        last, kind = data[at] >> 7, data[at] & 0x7F
        size = int.from_bytes(data[at + 1:at + 4], "big")
        if kind == 0:
            blocks.append(data[at + 4:at + 4 + size])
        at += 4 + size
    return blocks[0], data[at:]


def flac(base, title, artist, album, year):
    info, frames = base
    fields = [f"TITLE={title}", f"ARTIST={artist}", f"ALBUM={album}", f"DATE={year}", "REPLAYGAIN_TRACK_GAIN=-7.25 dB"]
    comment = struct.pack("<I", 0) + struct.pack("<I", len(fields))
    for field in fields:
        comment += struct.pack("<I", len(field.encode())) + field.encode()
    return (b"fLaC" + b"\x00" + len(info).to_bytes(3, "big") + info + b"\x84" + len(comment).to_bytes(3, "big") + comment
            + frames)


def make(folder, count):
    """The number of files that give a song."""
    generator = random.Random(1)
    base = flac_base(folder)
    good = 0
    for number in range(count):
        artist, album = f"Artist {number // 40}", f"Album {number // 10}"
        place = folder / artist / album
        place.mkdir(parents=True, exist_ok=True)
        names = (f"Song number {number}", artist, album, str(1960 + number % 60))
        if number % 100 == 37:
            (place / f"{number:05}.mp3").write_bytes(b"" if number % 200 == 37 else generator.randbytes(3000))
            continue
        good += 1
        if number % 2:
            (place / f"{number:05}.mp3").write_bytes(id3(*names) + FRAME * (20 + number % 7))
        else:
            (place / f"{number:05}.flac").write_bytes(flac(base, *names))
    return good


class Run:
    """An import, with the memory it takes."""

    def __init__(self, program, folder, catalogue):
        self.began = time.monotonic()
        # Files, for pipes fill up: each file too short to be listened to is named.
        self.errors, self.output = tempfile.TemporaryFile("w+"), tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [program, "catalogue", "import", str(folder), "--json", "--catalogue", str(catalogue)],
            stdout=self.output, stderr=self.errors, text=True)
        self.memory = []

    def files(self, catalogue):
        try:
            with sqlite3.connect(f"file:{catalogue}?mode=ro", uri=True) as database:
                return database.execute("SELECT count(*) FROM files").fetchone()[0]
        except sqlite3.Error:
            return 0

    def sample(self, catalogue):
        status = pathlib.Path(f"/proc/{self.process.pid}/status")
        try:
            found = re.search(r"VmRSS:\s+(\d+)", status.read_text())
        except OSError:
            return
        if found:
            self.memory.append((self.files(catalogue), int(found.group(1)) / 1024))

    def finish(self, catalogue):
        while self.process.poll() is None:
            self.sample(catalogue)
            time.sleep(0.2)
        self.seconds = time.monotonic() - self.began
        self.output.seek(0)
        output = self.output.read().strip().splitlines()
        return json.loads(output[-1]) if output else {}


def main():
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    program = os.path.abspath(arguments[0])
    count = int(arguments[1]) if len(arguments) > 1 else 20_000
    with tempfile.TemporaryDirectory() as temporary:
        folder, catalogue = pathlib.Path(temporary) / "music", pathlib.Path(temporary) / "c.db"
        folder.mkdir()
        good = make(folder, count)
        first = Run(program, folder, catalogue)
        while first.files(catalogue) < count // 2 and first.process.poll() is None:
            first.sample(catalogue)
            time.sleep(0.05)
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
        kept = first.files(catalogue)
        print(f"killed after {time.monotonic() - first.began:.1f} s with {kept} of {count} files kept")
        second = Run(program, folder, catalogue)
        report = second.finish(catalogue)
        print(f"went on: {report['added']} added, {report['skipped']} not opened again, {report['failed']} without a song, "
              f"{second.seconds:.1f} s, {(count - kept) / second.seconds:.0f} files/s")
        third = Run(program, folder, catalogue)
        again = third.finish(catalogue)
        print(f"again: {again['skipped']} not opened, {again['added']} added, {third.seconds:.1f} s")
        for done, megabytes in first.memory[::max(1, len(first.memory) // 6)] + second.memory[::max(1, len(second.memory) // 6)]:
            print(f"  with {done:6} files: {megabytes:.0f} MB")
        peak = max(megabytes for _, megabytes in first.memory + second.memory)
        print(f"most memory: {peak:.0f} MB")
        with sqlite3.connect(catalogue) as database:
            songs, = database.execute("SELECT count(*) FROM songs WHERE title LIKE 'Song number %'").fetchone()
            files, = database.execute("SELECT count(*) FROM files").fetchone()
            twice, = database.execute(
                "SELECT count(*) FROM (SELECT 1 FROM songs GROUP BY title, artist HAVING count(*) > 1)").fetchone()
        assert (songs, files, twice) == (good, count, 0), (songs, good, files, count, twice)
        assert kept <= report["skipped"] + report["failed"] and again["skipped"] == good and again["added"] == 0
        print(f"all {songs} songs are there, each once")


main()
