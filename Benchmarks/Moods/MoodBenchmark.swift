import EmotionRecognition
import FaceVision
import Files
import Randomness
import Threads

/// Composes and films, lets filters of several kinds steady what the network says, and prints how they do.
final class MoodBenchmark {
    struct UsageError: Error, CustomStringConvertible {
        var description: String
    }

    private var options = [
        "--model": "Checkpoints/ferplus-vgg.h5", "--detector": DetectorKind.all[0].name, "--seconds": "600",
        "--rate": "25", "--seed": "1", "--data": "", "--votes": "", "--video": "", "--csv": "",
    ]
    private let seconds, rate: Double
    private let seed: UInt64
    private let threads = ThreadPool()
    private let names: [String]
    private let reader: FaceReader

    /// Throws `UsageError`, and what reading the model throws.
    init(_ arguments: [String]) throws {
        var words = arguments[...]
        while let name = words.popFirst() {
            guard options[name] != nil, let value = words.popFirst() else {
                throw UsageError(
                    description: "\(name)? Options with a value are \(options.keys.sorted().joined(separator: " "))")
            }
            options[name] = value
        }
        guard let seconds = Double(options["--seconds"]!), seconds >= 0, seconds <= 1e5,
            let rate = Double(options["--rate"]!), rate >= 1, rate <= 1000, let seed = UInt64(options["--seed"]!)
        else { throw UsageError(description: "--seconds, --rate and --seed are numbers") }
        (self.seconds, self.rate, self.seed) = (seconds, rate, seed)
        let model = try EmotionModel(reading: options["--model"]!)
        names = model.card.classNames
        let search = try FaceSearch(named: options["--detector"]!, DetectorSettings(), threads: threads)
        reader = try FaceReader(EmotionRecogniser(model, threads: threads), search: search)
    }

    func run() throws {
        let clips = try composed()
        let video = options["--video"]!.isEmpty ? nil : try filmed(options["--video"]!)
        if !options["--csv"]!.isEmpty { try write(clips + (video.map { [$0] } ?? []), to: options["--csv"]!) }
        MoodTable(clips: clips, video: video, certainty: reader.certainty).write()
    }

    private func stills() throws -> FaceDataset {
        guard !options["--data"]!.isEmpty else {
            return SyntheticFaces(seed: seed).dataset(training: 0, test: 70 * names.count)
        }
        var settings = DatasetReadOptions()
        if !options["--votes"]!.isEmpty { settings.votes = try FaceVotes(reading: options["--votes"]!) }
        settings.targets = .majority
        return try FaceDataset.read(options["--data"]!, options: settings, threads: threads).dataset
    }

    /// Clips of a minute, from the pictures that are withheld from training.
    private func composed() throws -> [Observations] {
        guard seconds > 0 else { return [] }
        let dataset = try stills()
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
        var moods: [Int] = [], pictures: [[Int]] = []
        for (label, name) in names.enumerated() {
            let looks = found.filter { dataset.classNames[Int(dataset.labels[$0])] == name }
            if looks.count >= 50 { (moods, pictures) = (moods + [label], pictures + [looks]) }
        }
        guard moods.count > 1 else { throw UsageError(description: "too few faces of the model's classes") }
        print("stills:", zip(moods, pictures).map { "\(names[$0]) \($1.count)" }.joined(separator: ", "))
        return try (0..<max(1, Int(seconds / 60))).map { number in
            var random = RandomGenerator(seed: seed + UInt64(number)), camera = StillCamera(seed: seed + UInt64(number))
            let script = StillScript(pictures: pictures, seconds: min(60, seconds), random: &random)
            var result = Observations(), tracker = Observations.plainTracker
            result.moods = script.moods.map { ($0.start, moods[$0.mood]) }
            result.seconds = script.duration
            for index in 0..<Int(script.duration * rate) {
                let time = Double(index) / rate, look = script.look(at: time)
                let image = camera.film(still(look.from), still(look.to), share: look.share, time: time)
                let frame = Frame(image: image, time: time, duration: 1 / rate, index: index, source: "\(number)")
                try result.add(frame, &tracker, reader)
            }
            return result
        }
    }

    private func filmed(_ path: String) throws -> Observations {
        let source = try FrameSources.open(path, options: CaptureOptions(format: reader.needsColor ? .rgb : .gray))
        var result = Observations(), tracker = Observations.plainTracker
        while let frame = try source.next() {
            try result.add(frame, &tracker, reader)
            result.seconds = frame.time + (frame.duration ?? 0)
        }
        return result
    }

    /// What the network said, for other tools: a row per frame.
    private func write(_ clips: [Observations], to path: String) throws {
        var text = "clip,time,mood,identity," + names.joined(separator: ",") + "\n"
        for (number, clip) in clips.enumerated() {
            for look in clip.looks {
                let mood = clip.moods.last { $0.start <= look.time }.map { names[$0.mood] } ?? ""
                text += "\(number),\(look.time),\(mood),\(look.face.map { "\($0.identity)" } ?? ""),"
                text += (look.face?.probabilities ?? []).map { "\($0)" }.joined(separator: ",") + "\n"
            }
        }
        try FileBytes.write(Array(text.utf8), to: path)
    }
}
