#!/usr/bin/env python3
"""Composes songs whose tempo, beats and key are known, and renders them.

    compose.py FOLDER [--count 120] [--seed 1]

Every song is drawn by its seed: style (with and without drums, straight, swung and ternary, sparse, with tempos that
change), tempo, key, harmony, tune and sounds. Needs fluidsynth, fluid-soundfont-gm and ffmpeg. Writes NAME.mp3 and
truth.json: tempo in beats a minute (null where it changes), beat times in seconds, tonic (0 is C) and mode.
"""
import argparse, bisect, json, os, random, subprocess, tempfile
from concurrent.futures import ThreadPoolExecutor

from styles import STYLES

SOUNDFONT = "/usr/share/sounds/sf2/FluidR3_GM.sf2"
SECONDS = 40
MAJOR, MINOR = [0, 2, 4, 5, 7, 9, 11], [0, 2, 3, 5, 7, 8, 10]
# Degrees from 0; in minor 4 is played with the leading note.
PROGRESSIONS = {
    "major": [[0, 4, 5, 3], [0, 3, 4, 0], [0, 5, 3, 4], [0, 3, 0, 4], [1, 4, 0, 0], [0, 1, 3, 4], [0, 2, 3, 4],
              [0, 5, 1, 4]],
    "minor": [[0, 5, 2, 6], [0, 3, 4, 0], [0, 6, 5, 4], [0, 5, 3, 4], [0, 3, 6, 2], [0, 2, 6, 3], [0, 0, 3, 4],
              [0, 1, 4, 0]],
}


class Clock:
    """When each beat comes: a tempo that stays, drifts a little, or changes."""

    def __init__(self, rng, bpm, kind, start):
        self.times, tempo, target = [start], bpm, bpm
        self.steady = kind != "changes"
        factor = rng.choice([0.8, 0.87, 1.15, 1.25])
        while self.times[-1] < start + SECONDS + 8:
            share = (self.times[-1] - start) / SECONDS
            if kind == "changes":
                ramp = min(max((share - 0.35) / 0.3, 0), 1)
                target = bpm * (1 + (factor - 1) * ramp)
            if kind == "human":
                tempo = target * (1 + 0.6 * (tempo / target - 1) + rng.gauss(0, 0.006))
            else:
                tempo = target
            self.times.append(self.times[-1] + 60 / tempo)

    def at(self, beat):
        i = min(int(beat), len(self.times) - 2)
        return self.times[i] + (beat - i) * (self.times[i + 1] - self.times[i])


class Song:
    def __init__(self, seed):
        self.rng = rng = random.Random(seed)
        self.style = STYLES[seed % len(STYLES)]
        self.mode = rng.choice(["major", "minor"]) if rng.random() < 0.9 else self.style.mode or "major"
        self.tonic = rng.randrange(12)
        self.bpm = round(rng.uniform(*self.style.tempo), 2)
        kind = "changes" if self.style.changes else rng.choice(["steady", "steady", "human"])
        if self.style.electronic:
            kind = "steady"
        self.clock = Clock(rng, self.bpm, kind, rng.uniform(0.1, 1.5))
        self.events = []
        self.scale = MAJOR if self.mode == "major" else MINOR
        self.programs = {}
        self.loose = 0 if self.style.electronic else rng.uniform(0.003, 0.012)
        self.write()

    def chord(self, degree):
        notes = [self.scale[(degree + i) % 7] + 12 * ((degree + i) // 7) for i in (0, 2, 4)]
        if self.mode == "minor" and degree == 4:
            notes[1] += 1
        if self.style.sevenths:
            notes.append(self.scale[(degree + 6) % 7] + 12 * ((degree + 6) // 7))
        return notes

    def program(self, channel, number):
        self.programs[channel] = number

    def note(self, channel, pitch, beat, length, velocity):
        """Beat and length in beats; swung styles move what lies between."""
        rng, style = self.rng, self.style
        whole, part = int(beat), beat - int(beat)
        if style.swing and part > 0:
            part = part * 2 * style.swing if part <= 0.5 else style.swing + (part - 0.5) * 2 * (1 - style.swing)
        start = self.clock.at(whole + part) + rng.gauss(0, self.loose)
        end = max(self.clock.at(beat + length) - 0.01, start + 0.04)
        pitch = int(pitch)
        while pitch > 108:
            pitch -= 12
        velocity = int(min(max(velocity + rng.gauss(0, 6), 12), 127))
        self.events.append((max(start, 0), 0x90 | channel, pitch, velocity))
        self.events.append((end, 0x80 | channel, pitch, 0))

    def drum(self, pitch, beat, velocity):
        self.note(9, pitch, beat, 0.2, velocity)

    def write(self):
        rng, style = self.rng, self.style
        tune, beat, bar, phrase = None, 0, 0, 0
        style.setup(self)
        parts = [rng.choice(PROGRESSIONS[self.mode]) for _ in range(2)]
        order = rng.choice([[0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 1]])
        length = style.beats
        while self.clock.at(beat) < self.clock.times[0] + SECONDS:
            progression = parts[order[(bar // 4) % 4]]
            degree = progression[bar % 4]
            following = progression[(bar + 1) % 4]
            style.bar(self, beat, bar, degree, following)
            beat += length
            bar += 1
        # The last chord is the tonic's.
        style.close(self, beat)
        self.beats = [t for t in self.clock.times[: beat + 1]]

    def midi(self):
        out = []
        for channel, number in self.programs.items():
            out.append((0, [0xC0 | channel, number]))
        for time, status, a, b in sorted(self.events):
            out.append((time, [status, a, b]))
        data, last = bytearray(), 0
        # A quarter is half a second and has 1,000 ticks.
        data += bytes([0, 0xFF, 0x51, 3]) + (500_000).to_bytes(3, "big")
        for time, message in out:
            tick = round(time * 2000)
            data += quantity(tick - last) + bytes(message)
            last = tick
        data += bytes([0, 0xFF, 0x2F, 0])
        return (b"MThd" + (6).to_bytes(4, "big") + bytes([0, 0, 0, 1]) + (1000).to_bytes(2, "big") + b"MTrk"
                + len(data).to_bytes(4, "big") + bytes(data))

    def truth(self):
        return {"style": self.style.name, "tempo": self.bpm if self.clock.steady else None, "beats": self.beats,
                "tonic": self.tonic, "mode": self.mode}


def quantity(value):
    parts = [value & 127]
    while value > 127:
        value >>= 7
        parts.append(128 | value & 127)
    return bytes(reversed(parts))


def render(song, path):
    with tempfile.TemporaryDirectory() as folder:
        midi, wave = f"{folder}/s.mid", f"{folder}/s.wav"
        open(midi, "wb").write(song.midi())
        subprocess.run(["fluidsynth", "-ni", "-q", "-g", "0.5", "-r", "44100", "-F", wave, SOUNDFONT, midi], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", wave, "-b:a", "192k", path], check=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--count", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    truth = {}

    def work(seed):
        song = Song(seed)
        name = f"{seed:05d}-{song.style.name}.mp3"
        render(song, f"{options.folder}/{name}")
        return name, song.truth()

    with ThreadPoolExecutor(options.jobs) as pool:
        for name, facts in pool.map(work, range(options.seed * 1000, options.seed * 1000 + options.count)):
            truth[name] = facts
    with open(f"{options.folder}/truth.json", "w") as file:
        json.dump(truth, file)


if __name__ == "__main__":
    main()
