// Which square around a detector's box suits a model best: margin and shift against accuracy on FER2013's PublicTest.
//
// Pictures are enlarged and laid on grey paper, since detectors want to see more than the face; what a detector finds
// there is cut out of the picture again with each framing. Prints how FER2013's own frame lies around the boxes, and a
// table of accuracies.
//
//     framing-benchmark --data fer2013.csv [--votes fer2013new.csv] [--model m.h5]
//         [--detector yunet|haar|mtcnn] [--count 3589] [--jitter 0.05] [--tilt 25]
import EmotionRecognition
import FaceVision
import Files
import Glibc
import Randomness
import Threads
import Timing

var options = [
    "--detector": DetectorKind.all[0].name, "--model": "Checkpoints/ferplus-vgg.h5", "--count": "100000",
    "--jitter": "0", "--tilt": "0", "--votes": "",
]
var words = CommandLine.arguments.dropFirst()
while let name = words.popFirst(), let value = words.popFirst() { options[name] = value }
guard let data = options["--data"], let limit = Int(options["--count"]!), let jitter = Double(options["--jitter"]!)
else {
    print(
        "usage: framing-benchmark --data fer2013.csv [--votes fer2013new.csv] [--model m.h5] [--detector yunet|haar|mtcnn] [--count n] "
            + "[--jitter share] [--tilt degrees]"
    )
    exit(2)
}

/// A table takes minutes: each line is shown when it is there.
func say(_ line: String) {
    print(line)
    fflush(nil)
}

let threads = ThreadPool()
let model = try EmotionModel(reading: options["--model"]!)
let recogniser = try EmotionRecogniser(model, batchSize: 64, threads: threads)
guard let kind = DetectorKind.named(options["--detector"]!) else {
    print("--detector is one of \(DetectorKind.all.map(\.name).joined(separator: ", "))")
    exit(2)
}
var settings = DetectorSettings()
settings.values[DetectorOption.smallestFace.name] = .whole(60)
let detector = try kind.load(settings)(settings, threads)
var reading = DatasetReadOptions(size: 48)
if !options["--votes"]!.isEmpty { reading.votes = try FaceVotes(reading: options["--votes"]!) }
reading.targets = .majority
let dataset = try FaceDataset.read(data, options: reading, threads: threads).dataset
let side = 192, paper = 320, border = (paper - side) / 2

struct Sample {
    var picture: Image
    var box: Rectangle
    var landmarks: FaceLandmarks?
    var tilt: Double?
    var label: Int
}

/// The picture turned by `--tilt` about its centre.
@MainActor func tilted(_ image: Image) -> Image {
    guard let degrees = Double(options["--tilt"]!), degrees != 0 else { return image }
    // Eyes on a slope make a crop turn by that slope: a way to turn a picture.
    let angle = degrees * .pi / 180, half = Double(image.width) / 2
    let left = Point(x: half, y: half), right = Point(x: half + cos(angle), y: half + sin(angle))
    return image.face(
        in: Rectangle(x: 0, y: 0, width: 2 * half, height: 2 * half),
        landmarks: FaceLandmarks(leftEye: left, rightEye: right, nose: left, mouthLeft: left, mouthRight: left),
        framing: FaceFraming(levelsBeyond: 0), size: image.width)
}

@MainActor func moved(_ point: Point) -> Point { Point(x: point.x - Double(border), y: point.y - Double(border)) }

var samples: [Sample] = []
let indices = dataset.indices(of: .publicTest).prefix(limit)
for index in indices {
    let small = Image(width: 48, height: 48, pixels: Array(dataset.image(index)))
    let picture = tilted(small.resized(width: side, height: side))
    var pixels = [UInt8](repeating: 128, count: paper * paper)
    for row in 0..<side {
        let from = row * side, to = (row + border) * paper + border
        pixels.replaceSubrange(to..<to + side, with: picture.pixels[from..<from + side])
    }
    let faces = try detector.detect(in: Image(width: paper, height: paper, pixels: pixels))
    guard let face = faces.max(by: { $0.box.area < $1.box.area }), face.box.width > Double(side) / 3 else { continue }
    var box = face.box
    box.x -= Double(border)
    box.y -= Double(border)
    let points = face.landmarks.map {
        FaceLandmarks(
            leftEye: moved($0.leftEye), rightEye: moved($0.rightEye), nose: moved($0.nose),
            mouthLeft: moved($0.mouthLeft), mouthRight: moved($0.mouthRight))
    }
    samples.append(
        Sample(picture: picture, box: box, landmarks: points, tilt: face.tilt, label: Int(dataset.labels[index])))
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
func rounded(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
say("faces found in \(samples.count) of \(indices.count) pictures")
let usual = detector.framing
func width(_ box: Rectangle) -> Double { max(box.width, box.height * usual.leastWidth) }
say("FER2013's frame, in widths of the box: median \(rounded(median(samples.map { Double(side) / width($0.box) })))")
let centre = Double(side) / 2
say(
    "its centre lies below the box's by \(rounded(median(samples.map { (centre - $0.box.y - $0.box.height / 2) / $0.box.width })))"
)

@MainActor func accuracy(_ framing: FaceFraming?) -> Double {
    var random = RandomGenerator(seed: 1)
    let crops = samples.map { sample -> Image in
        guard let framing else { return sample.picture }
        var box = sample.box
        // Boxes from video tremble; a framing that only suits exact ones is no good.
        box.x += Double(random.uniform(in: -1...1)) * jitter * box.width
        box.y += Double(random.uniform(in: -1...1)) * jitter * box.width
        return sample.picture.face(
            in: box, landmarks: sample.landmarks, tilt: sample.tilt, framing: framing, size: 48)
    }
    let results = recogniser.recognise(crops)
    return Double(zip(results, samples).count { $0.label == $1.label }) / Double(samples.count)
}

say("accuracy of the pictures as they are: \(rounded(accuracy(nil) * 100)) %")
say("with the usual framing: \(rounded(accuracy(usual) * 100)) %")
let shifts = [-0.05, -0.025, 0, 0.025, 0.05]
let margins = [0.9, 0.95, 1, 1.05, 1.1, 1.2].map { rounded(usual.margin * $0) }.map { Double($0)! }
for levels in samples.contains(where: { $0.landmarks != nil }) ? [nil, 15, 0] as [Double?] : [nil] {
    say(
        (levels.map { "turned level from \(Int($0)) degrees on" } ?? "as they are") + " - margin down, shift across: "
            + shifts.map { "\($0)" }.joined(separator: "  "))
    for margin in margins {
        let row = shifts.map { shift in
            let framing = FaceFraming(
                margin: margin, leastWidth: usual.leastWidth, shift: shift, levelsBeyond: levels)
            return rounded(accuracy(framing) * 100)
        }
        say("\(margin)  \(row.joined(separator: "  "))")
    }
}
