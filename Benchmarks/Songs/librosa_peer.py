#!/usr/bin/env python3
"""What librosa hears in songs: librosa_peer.py OUT.jsonl SONG... One JSON object a song, with the processor's time.

Tempo and beats by beat_track, the key by its usual recipe: chroma_cqt against the profiles of Krumhansl and Kessler.
"""
import json, sys, time, warnings

import librosa
import numpy as np

warnings.filterwarnings("ignore")
MAJOR = [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88]
MINOR = [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17]


def normalised(values):
    values = np.asarray(values, float) - np.mean(values)
    return values / (np.linalg.norm(values) or 1)


def listen(path):
    start = time.process_time()
    samples, rate = librosa.load(path, sr=22050, mono=True, duration=60)
    decoded = time.process_time()
    tempo, beats = librosa.beat.beat_track(y=samples, sr=rate, units="time")
    chroma = normalised(librosa.feature.chroma_cqt(y=samples, sr=rate).mean(axis=1))
    scores = [chroma @ np.roll(normalised(p), tonic) for p in (MAJOR, MINOR) for tonic in range(12)]
    best = int(np.argmax(scores))
    librosa.feature.spectral_centroid(y=samples, sr=rate)
    return {"file": path, "tempo": float(np.atleast_1d(tempo)[0]), "beats": [float(b) for b in beats],
            "tonic": best % 12, "mode": "major" if best < 12 else "minor",
            "processor_seconds": time.process_time() - start, "decoding_seconds": decoded - start}


def main():
    # What is compiled when first called is not the songs' time.
    noise = np.random.default_rng(1).normal(size=22050 * 5).astype(np.float32)
    librosa.beat.beat_track(y=noise, sr=22050)
    librosa.feature.chroma_cqt(y=noise, sr=22050)
    with open(sys.argv[1], "w") as file:
        for path in sys.argv[2:]:
            file.write(json.dumps(listen(path)) + "\n")
            file.flush()


if __name__ == "__main__":
    main()
