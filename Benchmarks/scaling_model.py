"""What several machines bring, from a model whose three numbers are fitted to what Scripts/measure-scaling measured.

    python Benchmarks/scaling_model.py Benchmarks/results/FILE.json [--hidden SHARE] [--message SECONDS]

A step of R machines takes T = C + max(G - h C, G / 4) + M (a + d log2 R): C is what the share of the batch takes without a
network (measured over cables as fast as they are), G = 2 (R - 1) / R * bytes / (e * rate) the gradients, of which all but
the last of four buckets travel while the backward pass goes on, M the short messages, d the way from machine to machine.
Fitted are e, the share of a link's rate that gradients get, h, the share of C that hides them, and a, what a message costs
by itself. Prints how well that fits, and tables for other numbers of machines; --hidden and --message put other values of
h and a into these, where the measuring machine did other work too, so that each message waited for a processor.
"""

import argparse
import json
import math

# Of the documented networks: bytes of gradients, messages a step (two a BatchNormalization, one for loss and metrics).
PARAMETERS = {"cnn": 2_345_607, "vgg": 1_439_527, "ResNet50V2": 23_600_000}
NORMALIZATIONS = {"cnn": 0, "vgg": 9, "ResNet50V2": 49}
RATES = {"10 Gbit/s": 1.25e9, "1 Gbit/s": 1.25e8, "100 Mbit/s": 1.25e7}
# Seconds from one machine to another in the measurements: two cables.
WAYS = {"10 Gbit/s": 0, "1 Gbit/s": 0, "100 Mbit/s": 1e-3}


def step(fit, compute, network, machines, rate, way, half=False, own=False):
    e, h, a = fit
    if machines == 1:
        return compute
    gradients = 2 * (machines - 1) / machines * PARAMETERS[network] * (2 if half else 4) / (e * rate)
    messages = 1 + (0 if own else 2 * NORMALIZATIONS[network])
    return compute + max(gradients - h * compute, gradients / 4) + messages * (a + way) * math.log2(machines)


def fitted(links):
    free = {(r["network"], r["batch"], r["machines"], r["options"]): r["seconds"] for r in links if r["link"] == "free"}
    runs = [r for r in links if r["link"] != "free"]

    def predicted(fit, r):
        compute = free[r["network"], r["batch"], r["machines"], r["options"]]
        return step(fit, compute, r["network"], r["machines"], RATES[r["link"]], WAYS[r["link"]],
                    "bfloat16" in r["options"], "own" in r["options"])

    def error(fit):
        return sum(abs(math.log(predicted(fit, r) / r["seconds"])) for r in runs)

    grid = [(e / 50, h / 20, a / 20000) for e in range(15, 51) for h in range(0, 17) for a in range(0, 41)]
    best = min(grid, key=error)
    return best, [(r, predicted(best, r)) for r in runs]


def table(fit, images, share, settings, way):
    print("| network | wire | link | 2 | 4 | 8 | 16 | 32 | 64 machines |\n|---|---|---|---|---|---|---|---|---|")
    for half, link, own in settings:
        for network in PARAMETERS:
            compute = share / images[network]
            cells = [
                f"{100 * compute / step(fit, compute, network, 2 ** n, RATES[link], way, half, own):.0f}" for n in range(1, 7)
            ]
            wire = "bfloat16" if half else "float32"
            print(f"| {network} | {wire} | {link} | {' | '.join(cells)} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("results")
    parser.add_argument("--hidden", type=float)
    parser.add_argument("--message", type=float)
    arguments = parser.parse_args()
    results = json.load(open(arguments.results))
    fit, runs = fitted(results["links"])
    print(f"e = {fit[0]:.2f}, h = {fit[1]:.2f}, a = {1000 * fit[2]:.2f} ms\n")
    print("| link | network | machines | options | measured | model |\n|---|---|---|---|---|---|")
    for r, value in runs:
        print(f"| {r['link']} | {r['network']}, {r['batch']} pictures | {r['machines']} | {r['options']} | "
              f"{1000 * r['seconds']:.0f} ms | {1000 * value:.0f} ms |")
    errors = sorted(abs(value / r["seconds"] - 1) for r, value in runs)
    print(f"\nmedian error {100 * errors[len(errors) // 2]:.0f} %, largest {100 * errors[-1]:.0f} %\n")
    fit = (fit[0], fit[1] if arguments.hidden is None else arguments.hidden,
           fit[2] if arguments.message is None else arguments.message)
    images = results.get("imagesPerSecond", {"cnn": 1013, "vgg": 552, "ResNet50V2": 120})
    # 0.1 ms from machine to machine is usual in one room.
    for share in (64, 256):
        print(f"{share} pictures a machine, {images} images/s each:\n")
        table(fit, images, share, [(h, l, False) for l in ("1 Gbit/s", "10 Gbit/s") for h in (False, True)], 1e-4)
        print()


main()
