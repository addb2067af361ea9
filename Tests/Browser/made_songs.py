"""Pieces made note by note, so that it is known how they sound: one fast, bright and in major, one slow, dark and in minor."""
import math
import random
import struct
import wave

RATE = 22050
MAJOR, MINOR = [[0, 4, 7, 12], [5, 9, 12, 17], [7, 11, 14, 19], [0, 4, 7, 12]], [[0, 3, 7], [-4, 0, 3], [5, 8, 12], [0, 3, 7]]


def fast(path, seconds):
    """Chords broken into half beats, with drums."""
    rng = random.Random(1)
    hat = [rng.uniform(-1, 1) * math.exp(-60 * i / RATE) * 0.25 for i in range(2000)]
    kick = [math.sin(2 * math.pi * (50 + 60 * math.exp(-30 * i / RATE)) * i / RATE) * math.exp(-14 * i / RATE) * 0.6 for i in range(5000)]

    def sounds(step, chord):
        return [tone(72 + chord[step % 4], 0.3, 0.7, 5), hat] + ([kick] if step % 2 == 0 else [])
    write(path, seconds, MAJOR, 0.2, 8, sounds, 0.9)


def slow(path, seconds):
    """Low chords that swell, softly."""
    write(path, seconds, MINOR, 2.3, 2, lambda step, chord: [tone(45 + key, 2.8, 0.25, 0.6) for key in chord], 0.25)


def tone(key, length, brightness, decay, known={}):
    place = (key, length)
    if place not in known:
        turn = 2 * math.pi * 440 * 2 ** ((key - 69) / 12) / RATE
        known[place] = [sum(brightness ** k * math.sin(turn * (k + 1) * i) for k in range(6)) * math.exp(-decay * i / RATE) * min(1, i / 200) * 0.15
                        for i in range(int(length * RATE))]
    return known[place]


def write(path, seconds, chords, step, steps, sounds, loudness):
    """A sound file of so many seconds: each chord lasts some steps of so many seconds."""
    samples = [0.0] * (RATE * seconds)
    for number in range(int(seconds / step)):
        begin = int(number * step * RATE)
        for sound in sounds(number, chords[number // steps % len(chords)]):
            for index, value in enumerate(sound[:len(samples) - begin], begin):
                samples[index] += value
    scale = 32000 * loudness / max(map(abs, samples))
    with wave.open(path, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(b"".join(struct.pack("<h", round(scale * value)) for value in samples))
