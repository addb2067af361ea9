"""fermusic beside TensorFlow, PyTorch, ONNX Runtime and OpenVINO on the same cores, in one run.

`make bench PEERS=path/to/venv` runs it.

All programs stay alive and take turns, measurement by measurement, so that a slow moment of the machine falls on all of
them. Prints medians, their spread and ratios; writes everything as JSON.
"""

import argparse
import datetime
import json
import math
import os
import platform
import random
import statistics
import struct
import subprocess
import sys
import tempfile
import time

here = os.path.dirname(os.path.abspath(__file__))


class Program:
    def __init__(self, name, command, **options):
        self.name = name
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, **options)

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} ended while measuring {request}")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


# Shipped models beside the networks that are made for the comparison; runtimes for ONNX get the documented network from
# its model too.
SHIPPED = {"cnn": "fer2013-cnn.h5", "vgg": "ferplus-vgg.h5", "mini-xception": "fer2013-mini-xception.h5"}
RUNTIMES = ("onnxruntime", "openvino")


def cases(quick, models):
    """name, what is measured, network, batch, the ratio that is promised to each peer."""
    if models:
        for network in models:
            for batch, least in ((1, 1.3), (16, 1.3)):
                yield f"{network}, inference, batch {batch}", "infer", network, batch, {runtime: least for runtime in RUNTIMES}
        return
    yield "training, batch 64", "train", "cnn", 64, {"tensorflow": 2.5, "pytorch": 2.5}
    yield "vgg, training, batch 64", "train", "vgg", 64, {"tensorflow": 2.5}
    for network in SHIPPED:
        prefix = "" if network == "cnn" else f"{network}, "
        for batch, least in ((1, 1.3), (64, 1.5)):
            promised = {runtime: least for runtime in RUNTIMES}
            if network == "cnn":
                promised["tensorflow"] = 3 if batch == 1 else 2
            promised["openvino bfloat16"] = promised["onnxruntime int8"] = 1
            yield f"{prefix}inference, batch {batch}", "infer", network, batch, promised
    if quick:
        return
    for batch in (16, 32, 128, 256):
        yield f"training, batch {batch}", "train", "cnn", batch, {"tensorflow": 1}
        yield f"inference, batch {batch}", "infer", "cnn", batch, {"tensorflow": 1}
    for network in ("cnn-96", "bottlenecks", "separable"):
        for batch in (1, 64):
            yield f"{network}, inference, batch {batch}", "infer", network, batch, {"tensorflow": 1}
        for batch in (16, 64):
            yield f"{network}, training, batch {batch}", "train", network, batch, {"tensorflow": 1}


def which(program, network, models, onnx):
    """How a network is named to a program."""
    request = {"network": network}
    if network in onnx:
        request["onnx"] = onnx[network]
    if network == "cnn":
        return request
    if network in models:
        request["network"] = models[network]
    elif program.startswith("fermusic"):
        request["network"] = os.path.join(here, "networks", network + ".json")
    return request


def check(programs, models, onnx, folder):
    """That all programs say the same about the same pictures: only then their speeds can be compared."""
    pictures, path, worst = 4, os.path.join(folder, "pictures"), {}
    for network, model in models.items():
        shape = programs[0].ask(measure="shape", model=model)["shape"]
        values = random.Random(1)
        with open(path, "wb") as file:
            file.write(b"".join(struct.pack("<f", values.random()) for _ in range(pictures * math.prod(shape))))
        truth = programs[0].ask(measure="output", model=model, input=path)["output"]
        for program in programs[1:]:
            request = which(program.name, network, models, onnx)
            request["network"] = request["model"] = model
            found = program.ask(measure="output", input=path, shape=[pictures, *shape], **request).get("output")
            if found is None:
                continue
            error = max(abs(a - b) for a, b in zip(truth, found, strict=True))
            worst[program.name] = max(error, worst.get(program.name, 0))
            if error > {"bfloat16": 0.05, "int8": 0.1}.get(program.name.split()[-1], 1e-4):
                sys.exit(f"{program.name} answers otherwise than fermusic for {network}: by {error:.2g}")
    for name, error in worst.items():
        print(f"{name} says the same about the same pictures, within {error:.1g}")
    return worst


def timed(command, environment):
    """Seconds, largest resident memory in MB and output of a whole program."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(command)} failed")
    return time.perf_counter() - started, usage.ru_maxrss / 1024, output


def whole_programs(options, threads, environment, result):
    """An epoch from class folders, and one prediction from a cold start."""
    rounds = max(1, min(3, options.rounds))
    epochs, memory, scripts = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for round in range(rounds):
            checkpoint = os.path.join(folder, f"model-{round}.h5")
            seconds, megabytes, _ = timed([
                options.fermusic, "train", "--data", options.data, "--epochs", "1", "--checkpoint", checkpoint,
                "--threads", threads], environment)
            epochs.append(seconds)
            memory.append(megabytes)
            if options.python and available(options.python, "tensorflow"):
                output = timed([options.python, os.path.join(here, "peers", "keras_script.py"), options.data, threads], environment)[2]
                scripts.append(float(output.split("seconds")[1]))
        print(f"one epoch of fermusic train with augmentation, validation, checkpoint, start of the program: {spread(epochs)} s, "
              f"largest resident memory {spread(memory)} MB")
        case = result["epoch"] = {"seconds": epochs, "megabytes": memory}
        if scripts:
            case["kerasScriptSeconds"] = scripts
            ratios = [b / a for a, b in zip(epochs, scripts)]
            case["ratios"] = ratios
            print(f"the same epoch of the Keras script, without augmentation and start: {spread(scripts)} s; "
                  f"fermusic is faster by {spread(ratios)}")
        picture = next(
            os.path.join(at, name) for at, _, names in sorted(os.walk(options.data)) for name in sorted(names)
            if name.endswith((".jpg", ".png")))
        cold = [timed([options.fermusic, "predict", "--model", checkpoint, picture], environment)[0] * 1000 for _ in range(11)]
        result["coldPredictMilliseconds"] = cold
        print(f"fermusic predict, cold start to printed result: {spread(cold)} ms")


def own_figures(options, threads, environment, result):
    """What needs no peer: the matrix product's peak, the share of it that convolutions reach, what a second thread brings."""
    answers = [
        json.loads(subprocess.check_output([options.fermusic, "bench", "--threads", threads, "--json"], text=True, env=environment))
        for _ in range(max(1, min(3, options.rounds)))]
    result["fermusic"] = answers
    peak = [a["effectiveConvolutionGflops"] / a["sgemmGflops"] for a in answers]
    print(f"fermusic {answers[0]['version']}: 3x3 convolutions as fast as {spread(peak)} times the matrix product's peak of "
          f"{spread([a['sgemmGflops'] for a in answers])} GFLOP/s")
    if options.threads > 1:
        print(f"{threads} threads train faster than one by "
              f"{spread([a['trainImagesPerSecond'] / a['trainImagesPerSecondOneThread'] for a in answers])}")


def available(python, module):
    return subprocess.run([python, "-c", f"import importlib.util as u; exit(u.find_spec('{module}') is None)"]).returncode == 0


def processor():
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()


def spread(values):
    middle = statistics.median(values)
    return f"{middle:.4g} ({min(values):.4g}-{max(values):.4g})"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fermusic", default=os.path.join(here, "..", ".build", "release", "fermusic"))
    parser.add_argument("--python", help="an interpreter with tensorflow, torch, onnxruntime and openvino, or some of them")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--quick", action="store_true", help="only the main cases")
    parser.add_argument("--isa", choices=("avx2",), help="hold all programs that can be held to an instruction set to this one")
    parser.add_argument("--bfloat16", action="store_true", help="all also in bfloat16, for processors that have it")
    parser.add_argument("--int8", action="store_true", help="predictions also with 8-bit integers, for processors with VNNI")
    parser.add_argument("--model", action="append", default=[], metavar="FILE.h5", help="predictions of this Keras model alone, for runtimes of ONNX; repeatable")
    parser.add_argument("--only", default="", help="only cases whose name contains this")
    parser.add_argument("--data", help="FER2013 as class folders: measures an epoch and a prediction as whole programs")
    parser.add_argument("--json", help="where to write the result")
    options = parser.parse_args()

    threads = str(options.threads)
    environment = dict(os.environ)
    if options.isa:
        # ONNX Runtime has no such setting.
        environment |= {"FERMUSIC_ISA": options.isa, "ONEDNN_MAX_CPU_ISA": options.isa.upper(), "DNNL_MAX_CPU_ISA": options.isa.upper(),
                        "XLA_FLAGS": f"--xla_cpu_max_isa={options.isa.upper()}", "ATEN_CPU_CAPABILITY": options.isa}
    worker = [options.fermusic, "bench", "--worker", "--threads", threads]
    programs = [Program("fermusic", worker, env=environment)]
    if options.bfloat16:
        programs.append(Program("fermusic bfloat16", worker + ["--precision", "bfloat16"], env=environment))
    if options.int8:
        programs.append(Program("fermusic int8", worker + ["--precision", "int8"], env=environment))
    peers = os.path.join(here, "peers")
    if options.python:
        for name, module in (("tensorflow", "tensorflow"), ("pytorch", "torch"), ("onnxruntime", "onnxruntime"), ("openvino", "openvino")):
            if not available(options.python, module) or options.isa and name == "onnxruntime":
                continue
            script = os.path.join(peers, f"{module}_peer.py")
            precisions = ["float32"]
            if options.bfloat16 and name != "onnxruntime":
                precisions.append("bfloat16")
            if options.int8 and name == "onnxruntime":
                precisions.append("int8")
            for precision in precisions:
                programs.append(Program(
                    name if precision == "float32" else f"{name} {precision}", [options.python, script, threads, precision],
                    env=environment, stderr=subprocess.DEVNULL))
    ours = programs[0]
    result = {
        "date": datetime.date.today().isoformat(), "processor": processor(), "threads": options.threads,
        "system": f"{platform.system()} {platform.release()}", "secondsPerMeasurement": options.seconds,
        "rounds": options.rounds, "isa": options.isa, "cases": [],
    }
    for program in programs:
        if not program.name.startswith("fermusic"):
            result[program.name] = program.ask(measure="info")

    print(f"{result['processor']}, {threads} threads, {options.rounds} rounds of {options.seconds:g} s each")
    print(f"{'':34} {'':>19} {'median (smallest-largest)':>32}   fermusic is faster by")
    missed = 0
    folder = tempfile.TemporaryDirectory()
    models = {os.path.splitext(os.path.basename(file))[0]: os.path.abspath(file) for file in options.model}
    if not models:
        models = {n: os.path.join(here, "..", "Checkpoints", file) for n, file in SHIPPED.items()}
    onnx = {n: os.path.join(folder.name, n + ".onnx") for n in models}
    for n in models:
        subprocess.run([options.fermusic, "model", "convert", models[n], onnx[n]], check=True, stderr=subprocess.DEVNULL)
    result["largestDifference"] = check(programs, models, onnx, folder.name)
    for name, measure, network, batch, promised in cases(options.quick, models if options.model else None):
        if options.only not in name:
            continue
        rates, latencies = {}, {}
        for _ in range(options.rounds):
            for program in programs:
                answer = program.ask(
                    measure=measure, batch=batch, seconds=options.seconds, **which(program.name, network, models, onnx))
                if "rate" in answer:
                    rates.setdefault(program.name, []).append(answer["rate"])
                if measure == "infer" and "p99" in answer:
                    latencies.setdefault(program.name, []).append((answer["median"], answer["p99"]))
        case = {"name": name, "measure": measure, "network": network, "batch": batch, "imagesPerSecond": rates}
        if latencies:
            case["latency"] = latencies
        case["ratios"] = {}
        for program, values in rates.items():
            text = f"{name if program == 'fermusic' else '':34} {program:>19} {spread(values):>27} img/s"
            if program != "fermusic":
                # Round by round: both were measured within seconds of each other. Peers in another precision beside ours in
                # it; ours in it beside itself in float32, the other way round: how much faster it is.
                precision = program.split()[-1]
                isOurs = program == f"fermusic {precision}"
                own = f"fermusic {precision}" if f"fermusic {precision}" in rates and not isOurs else "fermusic"
                ratios = [a / b for a, b in zip(rates[own], values)]
                if isOurs:
                    ratios = [1 / ratio for ratio in ratios]
                case["ratios"][program] = {"median": statistics.median(ratios), "all": ratios}
                text += f"   {spread(ratios)}" + (" times float32" if isOurs else "")
                if batch == 1:
                    tails = [b[1] / a[1] for a, b in zip(latencies[own], latencies[program])]
                    if isOurs:
                        tails = [1 / tail for tail in tails]
                    case["ratios"][program]["p99"] = {"median": statistics.median(tails), "all": tails}
                    text += f", p99 {spread(tails)}"
                wanted = promised.get(program)
                if wanted:
                    case["ratios"][program]["wanted"] = wanted
                    reached = min(statistics.median(ratios), case["ratios"][program].get("p99", {"median": 1e9})["median"])
                    if reached < wanted:
                        missed += 1
                        text += f"  (wanted {wanted})"
            print(text, flush=True)
        result["cases"].append(case)
    for program in programs:
        program.close()
    if not options.model:
        own_figures(options, threads, environment, result)
    if options.data:
        whole_programs(options, threads, environment, result)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(result, file, indent=1)
            file.write("\n")
    if missed:
        print(f"{missed} ratios below what was wanted")


if __name__ == "__main__":
    main()
