import EmotionRecognition
import Emotions
import FaceVision
import Files
import Terminal

/// Options of the verbs that follow faces: what is written where, and how steady.
enum StreamOptions {
    static let emotions = Option<String>(
        "emotions", default: "all",
        help:
            "Emotions told apart: all that the model knows, of these at most eight (with contempt), seven (as FER2013) or "
            + "five (no disgust, no fear), or a file of lines 'name = class, class'.",
        placeholder: "all|eight|seven|five|file", completion: .files)
    static let certainty = Option<Double?>(
        "certainty",
        help:
            "Below this confidence an answer counts as uncertain; as the model says, or \(Certainty.usual.threshold).",
        range: 0...1)
    static let jsonLines = Option<Path?>("jsonl", help: "Write a JSON object per frame; - prints them.").group(
        "Outputs")
    static let csv = Option<Path?>("csv", help: "Write a table row per face and frame; - prints them.").group("Outputs")
    static let subtitles = Option<Path?>("srt", help: "Write the moods as subtitles.").group("Outputs")
    static let annotated = Option<Path?>(
        "annotate", help: "Write the pictures with boxes and labels: .png, .jpg, .mp4, .mkv, or a folder for several."
    ).group("Outputs")
    static let summary = Option<Path?>("summary", help: "Write shares of time and a timeline as .svg.").group("Outputs")
    static let smoothing = Option<Double>(
        "smoothing", default: MoodFilter.Options().timeConstant,
        help: "Seconds over which moods are smoothed; 0 shows each frame's.", range: 0...10
    ).group("Following")
    static let lead = Option<Double>(
        "lead", default: Double(MoodFilter.Options().lead),
        help: "How many times as probable another mood must be before the label changes.", range: 1...1000
    ).group("Following")
    static let searchInterval = Option<Int>(
        "search-every", default: 6,
        help: "Frames from one search of the whole picture to the next, half a second at most.", range: 1...1000
    ).group("Following")
    static let calibrate = Flag(
        "calibrate", help: "The first ten seconds show the face at rest: what it looks like then counts as neutral."
    ).group("Following")
    static let realtime = Flag(
        "realtime", help: "Play a video at its own speed and drop late frames, as a camera would."
    )
    .group("Following")
    static let repeats = Option<Int>("repeat", default: 1, help: "Play a video so many times.", range: 1...1_000_000)
        .group("Following")
    static let seconds = Option<Double?>(
        "seconds", help: "Stop after so many seconds; with several videos, go on with the next.", range: 0.1...1e7
    ).group("Following")
    static let size = Option<String?>("size", help: "Ask the camera for this size, such as 1280x720.").group("Camera")
    static let rate = Option<Double>("rate", default: 30, help: "Ask the camera for frames per second.", range: 1...240)
        .group("Camera")
    static let format = Option<String?>("camera-format", help: "The camera's own format, such as MJPG or YUYV.").group(
        "Camera")

    static var outputs: [any Parameter] { [jsonLines, csv, subtitles, annotated, summary] }
    static var following: [any Parameter] { [smoothing, lead, searchInterval, calibrate, repeats, seconds] }
    /// What has no meaning for pictures.
    static var ofVideos: [any Parameter] { [subtitles] + following + [realtime] }
    static var camera: [any Parameter] { [size, rate, format] }

    static func trackerOptions(_ a: Arguments) -> MoodTracker.Options {
        var options = MoodTracker.Options()
        options.tracking.searchInterval = a[searchInterval]
        options.mood.timeConstant = a[smoothing]
        options.mood.lead = Float(a[lead])
        options.calibrationSeconds = a[calibrate] ? 10 : nil
        return options
    }

    /// Throws `UsageError` where the calibration has nothing to go by.
    static func check(_ a: Arguments, classNames: [String]) throws {
        guard a[calibrate], !classNames.contains("neutral") else { return }
        throw UsageError.other(
            "--calibrate needs an emotion called 'neutral'; there are only \(classNames.joined(separator: ", "))")
    }

    /// For a model with these classes. Throws `EmotionGroupingError`.
    static func readerOptions(_ a: Arguments, classNames: [String]) throws -> FaceReader.Options {
        var options = FaceReader.Options()
        options.certainty = a[certainty].map { Float($0) }
        if let selection = EmotionSelection(rawValue: a[emotions]) {
            options.grouping = try EmotionGrouping(selection, of: classNames)
        } else if a[emotions] != "all" {
            options.grouping = try EmotionGrouping(reading: a[emotions])
        }
        return options
    }

    /// What the camera is asked for. Throws `UsageError` for a size that is none.
    static func setCamera(_ a: Arguments, _ options: inout CaptureOptions) throws {
        if let text = a[size] {
            let sides = text.split(separator: "x").map { Int($0) }
            guard sides.count == 2, let width = sides[0], let height = sides[1], width > 0, height > 0 else {
                throw UsageError.invalidValue("--size", value: text, expected: "a size such as 1280x720")
            }
            (options.width, options.height) = (width, height)
        }
        options.framesPerSecond = a[rate]
        options.cameraFormat = a[format]
    }
}
