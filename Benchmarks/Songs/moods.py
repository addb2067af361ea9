#!/usr/bin/env python3
"""Judges and fits valence and energy: moods.py JUDGED.jsonl FITTED.jsonl

What `fermusic song --json` says of the music in moods.csv (Debian's wesnoth-1.16-music, asc-music, frozen-bubble-data,
extremetuxracer-data) and of that in moods-learn.csv (naev-data, hedgewars-data, supertux-data, lordsawar-data,
singularity-music, fillets-ng-data). The moods were written down from titles before anything listened. Prints
Spearman's rank correlation of the music in moods.csv, in ten-fold cross-validation with all of the other file beside
nine tenths of it, and weights fitted on all: their signs are those that studies of listeners have, and they are pulled
towards equal ones. Needs numpy and scipy.
"""
import csv, json, os, sys

import numpy as np
from scipy.optimize import nnls
from scipy.stats import spearmanr

HERE = os.path.dirname(os.path.abspath(__file__))
SIGNS = {
    "energy": dict(loudness=1, onsets=1, strength=1, flux=1, brightness=1, flatness=1, tonality=-1, tempo=1, pulse=1,
                   spread=1, range=-1) | {"high onsets": 1},
    "valence": dict(major=1, tempo=1, pulse=1, flux=1, onsets=1, brightness=1, strength=1, range=-1, tonality=-1,
                    bass=-1),
}
PULL = {"energy": 30, "valence": 3000}


# Where packages put their music.
FOLDERS = {"wesnoth-1.16-music": "wesnoth", "extremetuxracer-data": "etr", "supertux-data": "supertux2"}


def load(moods, heard, axis, signs):
    truth = list(csv.DictReader(open(f"{HERE}/{moods}")))
    X, y = [], []
    for line in open(heard):
        song = json.loads(line)
        name = song["file"].rsplit(".", 1)[0]
        for row in truth:
            folder = FOLDERS.get(row["package"], row["package"].rsplit("-", 1)[0])
            if f"/{folder}/" in name and name.endswith("/" + row["file"]):
                X.append([song["features"][k] for k in signs])
                y.append(float(row[axis]))
    return np.array(X), np.array(y)


def fit(X, y, signs, pull):
    mean, spread, sign = X.mean(0), X.std(0) + 1e-6, np.array(list(signs.values()))
    Z, middle = (X - mean) / spread * sign, y.mean()
    sums = Z.sum(1)
    equal = np.full(len(sign), max(sums @ (y - middle) / (sums @ sums), 0))
    w, _ = nnls(np.vstack([Z, pull**0.5 * np.eye(len(sign))]), np.concatenate([y - middle, pull**0.5 * equal]))
    w = w * sign / spread
    return w, middle - w @ mean


def main():
    for axis, signs in SIGNS.items():
        X, y = load("moods.csv", sys.argv[1], axis, signs)
        more, other = load("moods-learn.csv", sys.argv[2], axis, signs)
        correlations, errors, plain = [], [], []
        for seed in range(5):
            order, guess = np.random.default_rng(seed).permutation(len(y)), np.zeros(len(y))
            for part in range(10):
                out = order[part::10]
                rest = np.setdiff1d(order, out)
                w, b = fit(np.vstack([more, X[rest]]), np.concatenate([other, y[rest]]), signs, PULL[axis])
                guess[out] = X[out] @ w + b
            correlations.append(spearmanr(guess, y)[0])
            errors.append(np.abs(guess - y).mean())
        w, b = fit(np.vstack([more, X]), np.concatenate([other, y]), signs, PULL[axis])
        print(f"{axis}: {len(y)} judged, {len(other)} more to fit on: rank correlation {np.mean(correlations):.2f}, "
              f"mean error {np.mean(errors):.3f} (of the mean alone {np.abs(other.mean() - y).mean():.3f})")
        print("   ", {k: round(float(v), 4) for k, v in zip(signs, w)}, round(float(b), 4))


if __name__ == "__main__":
    main()
