/// What options of this program are called in others (Keras, PyTorch's and OpenCV's examples, youtube-dl), without dashes.
let otherNames = [
    "lr": "learning-rate", "rate": "learning-rate", "learningrate": "learning-rate", "bs": "batch",
    "batch-size": "batch", "batchsize": "batch", "num-epochs": "epochs", "n-epochs": "epochs", "wd": "weight-decay",
    "dropout": "head-dropout", "patience": "early-stopping", "time-limit": "budget", "max-time": "budget",
    "architecture": "arch", "network": "arch", "dataset": "data", "data-dir": "data", "data-path": "data",
    "train-dir": "data", "input": "data", "csv-file": "data", "save-path": "checkpoint", "weights": "model",
    "model-path": "model", "out": "checkpoint", "output": "checkpoint", "workers": "threads", "num-workers": "threads",
    "jobs": "threads", "classes": "labels", "class-names": "labels", "confidence": "certainty", "conf": "certainty",
    "threshold": "certainty", "min-confidence": "certainty", "detector-backend": "detector", "mood": "emotion",
    "feeling": "emotion", "lang": "language", "num": "count", "limit": "count", "songs": "count", "singer": "artist",
    "image": "photo", "picture": "photo", "webcam": "camera", "device": "camera", "service": "provider",
    "db": "catalogue", "database": "catalogue", "catalog": "catalogue", "address": "host", "bind": "host",
    "listen": "host", "key": "tls-key", "cert": "tls-cert", "browser": "open", "quantize": "int8",
    "mixed-precision": "precision", "dtype": "precision", "policy": "precision", "bf16": "precision",
    "amp": "precision",
    "optimiser": "optimizer", "sched": "schedule", "scheduler": "schedule", "equalize": "equalise",
    "dwell": "lead", "save-video": "annotate", "output-video": "annotate", "subtitles": "srt",
]
