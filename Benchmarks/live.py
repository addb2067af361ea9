"""Faces in video: fermusic beside the pipeline of the emotion demos (OpenCV's cascade, Keras's model.predict).

    python Benchmarks/live.py CLIP --python PEERS/bin/python [--json result.json]

Makes clips of 640 x 480 out of CLIP, which shows one face: the face once, and four times. Both programs read the same
files in turn, round by round. fermusic is also fed at the clip's own speed, as by a camera, which gives its latency from
capture to result. Needs ffmpeg.
"""

import argparse
import datetime
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile

from compare import processor, spread

here = os.path.dirname(os.path.abspath(__file__))


def make_clips(clip, folder):
    """640 x 480, 30 frames/s: the picture once, and four times."""
    one, four = os.path.join(folder, "one.mp4"), os.path.join(folder, "four.mp4")
    fit = "scale=640:480:force_original_aspect_ratio=increase,crop=640:480"
    small = "scale=320:240:force_original_aspect_ratio=increase,crop=320:240"
    for filters, target in (
        (f"{fit},fps=30", one),
        (f"{small},fps=30,split=4[a][b][c][d];[a][b]hstack[t];[c][d]hstack[u];[t][u]vstack", four),
    ):
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-stream_loop", "2", "-i", clip, "-an", "-filter_complex", filters, target],
            check=True)
    return {"one face": one, "four faces": four}


def fermusic(program, clip, threads, *options):
    result = subprocess.run(
        [program, "predict", clip, "--threads", str(threads), "--jsonl", "-", *options], capture_output=True, text=True,
        check=True)
    numbers = re.search(
        r"(\d+) frames, .* ([\d.]+) frames/s, latency ([\d.]+) ms, 95 % within ([\d.]+) ms", result.stderr)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return {
        "frames": int(numbers[1]), "framesPerSecond": float(numbers[2]), "latency": float(numbers[3]),
        "latency95": float(numbers[4]), "faces": statistics.mean(len(line["faces"]) for line in lines),
        "compute": statistics.median(
            line["timing"]["detection"] + line["timing"]["recognition"] for line in lines),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("clip")
    parser.add_argument("--python", help="an interpreter with tensorflow and opencv-python-headless")
    parser.add_argument("--fermusic", default=os.path.join(here, "..", ".build", "release", "fermusic"))
    parser.add_argument("--cascade", default="/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json")
    options = parser.parse_args()
    result = {
        "date": datetime.date.today().isoformat(), "processor": processor(), "threads": options.threads,
        "clip": "640 x 480, 30 frames/s", "rounds": options.rounds, "cases": [],
    }
    print(f"{result['processor']}, {options.threads} threads, {options.rounds} rounds")
    with tempfile.TemporaryDirectory() as folder:
        for name, clip in make_clips(options.clip, folder).items():
            ours, live, peers = [], [], []
            for _ in range(options.rounds):
                ours.append(fermusic(options.fermusic, clip, options.threads))
                live.append(fermusic(options.fermusic, clip, options.threads, "--realtime"))
                if options.python:
                    output = subprocess.run(
                        [options.python, os.path.join(here, "peers", "opencv_pipeline.py"), clip,
                         str(options.threads), options.cascade, "60"],
                        capture_output=True, text=True, check=True).stdout
                    peers.append(json.loads(output))
            case = {"name": name, "fermusic": ours, "realtime": live}
            print(f"\n{name} ({ours[0]['faces']:.2f} found per frame)")
            print(f"  fermusic, as fast as it goes   {spread([r['framesPerSecond'] for r in ours])} frames/s")
            print(f"  fermusic, fed 30 frames/s      {spread([r['framesPerSecond'] for r in live])} frames/s, latency "
                  f"{spread([r['latency'] for r in live])} ms, 95 % within {spread([r['latency95'] for r in live])} ms")
            if peers:
                medians = [statistics.median(peer["milliseconds"]) for peer in peers]
                ratios = [theirs * run["framesPerSecond"] / 1000 for theirs, run in zip(medians, ours)]
                case["opencv and keras"] = {
                    "millisecondsPerFrame": medians, "opencv": peers[0]["opencv"], "tensorflow": peers[0]["tensorflow"]}
                case["ratios"] = ratios
                print(f"  OpenCV and model.predict       {spread(medians)} ms per frame; "
                      f"fermusic is faster by {spread(ratios)}")
            result["cases"].append(case)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(result, file, indent=1)


if __name__ == "__main__":
    sys.exit(main())
