// How steady and how quick moods are that are shown through time: clips composed from pictures of one mood one after the
// other, then of another mood, at known times; and videos in which nothing changes.
//
//     mood-benchmark [--data fer2013.csv [--votes fer2013new.csv]] [--model m.h5] [--detector yunet|haar|mtcnn|none]
//         [--seconds 600] [--rate 25] [--seed 1] [--video woman.mp4] [--csv looks.csv]
//
// Without data it draws faces.
import EmotionRecognition
import FaceVision
import Files
import Glibc
import Randomness
import Threads

var options = [
    "--model": "Checkpoints/fer2013-vgg.h5", "--detector": DetectorKind.all[0].name, "--seconds": "600",
    "--rate": "25", "--seed": "1", "--data": "", "--votes": "", "--video": "", "--csv": "",
]
func stop(_ message: String) -> Never {
    print(message)
    exit(2)
}
var words = CommandLine.arguments.dropFirst()
while let name = words.popFirst() {
    guard options[name] != nil, let value = words.popFirst() else { stop("what is \(name)? See the first lines of main.swift") }
    options[name] = value
}
guard let seconds = Double(options["--seconds"]!), let rate = Double(options["--rate"]!), rate > 0,
    let seed = UInt64(options["--seed"]!)
else { stop("--seconds, --rate and --seed are numbers") }

let threads = ThreadPool()
let model = try EmotionModel(reading: options["--model"]!)
let names = model.card.classNames
let search = try FaceSearch(named: options["--detector"]!, DetectorSettings(), threads: threads)
let reader = try FaceReader(EmotionRecogniser(model, threads: threads), search: search)

@MainActor func readStills() throws -> FaceDataset {
    if options["--data"]!.isEmpty {
        return SyntheticFaces(seed: seed).dataset(training: 0, test: 70 * names.count)
    }
    var settings = DatasetReadOptions()
    if !options["--votes"]!.isEmpty { settings.votes = try FaceVotes(reading: options["--votes"]!) }
    settings.targets = .majority
    return try FaceDataset.read(options["--data"]!, options: settings, threads: threads).dataset
}

/// Clips of a minute.
@MainActor func composed() throws -> [Observations] {
    guard seconds > 0 else { return [] }
    let dataset = try readStills()
    func still(_ index: Int) -> Image {
        Image(width: dataset.size, height: dataset.size, pixels: Array(dataset.image(index)))
    }
    // Faces that are not found would measure something else.
    var camera = StillCamera(seed: seed)
    let found = try dataset.indices(of: .publicTest).filter { index in
        let picture = still(index)
        return try reader.read(camera.film(picture, picture, share: 1, time: 0, isStill: true)).count == 1
    }
    // Of rare moods there are too few different looks.
    let moods = names.indices.filter { label in
        found.count { dataset.classNames[Int(dataset.labels[$0])] == names[label] } >= 20
    }
    guard moods.count > 1 else { stop("too few faces of the model's classes") }
    let pictures = moods.map { mood in found.filter { dataset.classNames[Int(dataset.labels[$0])] == names[mood] } }
    print("stills", zip(moods, pictures).map { "\(names[$0]) \($1.count)" }.joined(separator: ", "))
    return try (0..<max(1, Int(seconds / 60))).map { number in
        var random = RandomGenerator(seed: seed + UInt64(number)), camera = StillCamera(seed: seed + UInt64(number))
        let script = StillScript(pictures: pictures, seconds: min(60, seconds), random: &random)
        var result = Observations(), tracker = Observations.plainTracker
        result.moods = script.moods.map { ($0.start, moods[$0.mood]) }
        result.seconds = script.duration
        for index in 0..<Int(script.duration * rate) {
            let time = Double(index) / rate, look = script.look(at: time)
            let image = camera.film(still(look.from), still(look.to), share: look.share, time: time)
            try result.add(
                Frame(image: image, time: time, duration: 1 / rate, index: index, source: "\(number)"), &tracker,
                reader)
        }
        return result
    }
}

@MainActor func filmed(_ path: String) throws -> Observations {
    let source = try FrameSources.open(path, options: CaptureOptions(format: reader.needsColor ? .rgb : .gray))
    var result = Observations(), tracker = Observations.plainTracker
    while let frame = try source.next() {
        try result.add(frame, &tracker, reader)
        result.seconds = frame.time + (frame.duration ?? 0)
    }
    return result
}

/// How one way of steadying does: on what is composed, and how often it changes in the video.
@MainActor func report(_ name: String, _ make: @escaping () -> ([Float], Double) -> (label: Int, confidence: Float)) {
    func shown(_ clip: Observations) -> [MoodScore.Shown] { clip.shown(by: make, reader.certainty) }
    var score = MoodScore(), videoScore = MoodScore()
    for clip in clips { score.add(shown(clip), moods: clip.moods, seconds: clip.seconds) }
    if let video { videoScore.add(shown(video), moods: [], seconds: video.seconds) }
    let frames = Double(max(score.frames, 1)), missed = score.delays.count { $0.isInfinite }
    let cells = [
        fixed(Double(score.falseChanges) / max(score.minutes, 1e-9), 1), fixed(score.delay(0.5), 2),
        fixed(score.delay(0.9), 2), "\(missed)", fixed(100 * Double(score.right) / frames, 1),
        fixed(100 * Double(score.certain) / frames, 1),
        fixed(100 * Double(score.certainAndRight) / Double(max(score.certain, 1)), 1),
        video == nil ? "-" : "\(videoScore.changes)",
    ]
    print((["| " + name] + cells).joined(separator: " | ") + " |")
}

func fixed(_ value: Double, _ places: Int) -> String {
    guard value.isFinite else { return "never" }
    let power = Int(pow(10, Double(places))), whole = Int((value * Double(power)).rounded())
    let digits = "\(whole % power)"
    return "\(whole / power).\(String(repeating: "0", count: places - digits.count))\(digits)"
}

let clips = try composed()
let video = options["--video"]!.isEmpty ? nil : try filmed(options["--video"]!)
if !options["--csv"]!.isEmpty { try writeLooks() }

let minutes = clips.reduce(0) { $0 + $1.seconds } / 60, changes = clips.reduce(0) { $0 + max(0, $1.moods.count - 1) }
print("\(fixed(minutes, 1)) minutes with \(changes) changes of mood, certain from \(reader.certainty.threshold) on")
print("| | false changes a minute | delay, median | 90 % | missed | right, % | certain, % | of them right, % | video |")
print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
report("each frame by itself") {
    { probabilities, _ in (probabilities.indexOfLargest, probabilities.max()!) }
}
report("mean of probabilities 0.4 s, ahead by 0.08 for 0.35 s") {
    var filter = ExponentialMoods()
    return { filter.add($0, time: $1) }
}
let usual = MoodFilter.Options()
for timeConstant in [0.4, 0.8, 1.2] {
    for lead: Float in [1, 1.5, 2.5, 4] {
        var settings = usual
        (settings.timeConstant, settings.lead) = (timeConstant, lead)
        report("\(settings == usual ? "**as shipped**, " : "")\(timeConstant) s, \(lead) times as probable") {
            var filter = MoodFilter(settings)
            return {
                let mood = filter.add($0, time: $1)
                return (mood.label, mood.confidence)
            }
        }
    }
}

@MainActor func writeLooks() throws {
    var text = "clip,time,mood,identity," + names.joined(separator: ",") + "\n"
    for (number, clip) in (clips + (video.map { [$0] } ?? [])).enumerated() {
        for look in clip.looks {
            let mood = clip.moods.last { $0.start <= look.time }?.mood ?? -1
            text += "\(number),\(look.time),\(mood),\(look.face?.identity ?? -1),"
            text += (look.face?.probabilities ?? []).map { "\($0)" }.joined(separator: ",") + "\n"
        }
    }
    try FileBytes.write(Array(text.utf8), to: options["--csv"]!)
}
