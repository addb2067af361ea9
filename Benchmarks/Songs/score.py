#!/usr/bin/env python3
"""Scores what was heard in composed songs against what was composed: score.py FOLDER HEARD.jsonl...

HEARD is what `fermusic song --json --beats` or librosa_peer.py printed. Needs mir_eval. Tempo: accuracy 1 (within 4 %)
and 2 (also double, triple, half, third); beats: F-measure within 70 ms after the first five seconds; key: the weighted
score of MIREX.
"""
import json, os, sys

import mir_eval
import numpy as np

TONES = "C C# D D# E F F# G G# A A# B".split()


def flat(heard):
    """Of both programs, the same fields."""
    if isinstance(heard["tempo"], dict) or "key" in heard:
        tempo, key = heard["tempo"], heard["key"]
        return tempo and tempo["value"], heard.get("beats", []), key and f"{TONES[key['tonic']]} {key['mode']}"
    return heard["tempo"], heard["beats"], f"{TONES[heard['tonic']]} {heard['mode']}"


def main():
    truth = json.load(open(f"{sys.argv[1]}/truth.json"))
    for path in sys.argv[2:]:
        rows = []
        for line in open(path):
            heard = json.loads(line)
            facts = truth.get(os.path.basename(heard["file"]))
            if facts is None:
                continue
            tempo, beats, key = flat(heard)
            row = {}
            if facts["tempo"]:
                near = lambda factor: bool(tempo) and abs(tempo / facts["tempo"] / factor - 1) < 0.04
                row["accuracy 1"] = near(1)
                row["accuracy 2"] = any(near(factor) for factor in (1, 2, 3, 1 / 2, 1 / 3))
            trimmed = [mir_eval.beat.trim_beats(np.array(b, float)) for b in (facts["beats"], beats)]
            row["beats F"] = mir_eval.beat.f_measure(*trimmed)
            if facts["mode"]:
                name = f"{TONES[facts['tonic']]} {facts['mode']}"
                row["key"] = mir_eval.key.weighted_score(name, key) if key else 0
            for field in ("processor_seconds", "decoding_seconds"):
                if field in heard:
                    row[field] = heard[field]
            rows.append(row)
        names = dict.fromkeys(name for row in rows for name in row)
        means = {name: float(np.mean([row[name] for row in rows if name in row])) for name in names}
        print(f"{path}: {len(rows)} songs, " + ", ".join(f"{name} {value:.3f}" for name, value in means.items()))


if __name__ == "__main__":
    main()
