#!/usr/bin/env python3
"""Click tracks at many tempos, as WAV files with truth.json: clicks.py FOLDER [--count 40] [--seed 1]"""
import argparse, array, json, math, os, random, wave

RATE = 22050


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    truth = {}
    for i in range(options.count):
        rng = random.Random(f"{options.seed} {i}")
        # Evenly from 50 to 210 by factors.
        bpm = 50 * (210 / 50) ** ((i + rng.random()) / options.count)
        samples = [0.0] * (30 * RATE)
        tone, noise, accent = rng.choice([800, 1000, 1600]), rng.random() < 0.5, rng.choice([0, 0, 4])
        beats, time, number = [], rng.uniform(0.1, 0.6), 0
        while time < 29.5:
            first = int(time * RATE)
            loud = 0.5 if accent and number % accent else 0.8
            for k in range(int(0.04 * RATE)):
                value = rng.uniform(-1, 1) if noise else math.sin(2 * math.pi * tone * k / RATE)
                samples[first + k] += loud * value * math.exp(-k / (0.008 * RATE))
            beats.append(time)
            time += 60 / bpm
            number += 1
        name = f"{i:03d}-click.wav"
        with wave.open(f"{options.folder}/{name}", "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(array.array("h", [round(max(-1, min(1, s)) * 32767) for s in samples]).tobytes())
        truth[name] = {"style": "click", "tempo": bpm, "beats": beats, "tonic": None, "mode": None}
    with open(f"{options.folder}/truth.json", "w") as file:
        json.dump(truth, file)


if __name__ == "__main__":
    main()
