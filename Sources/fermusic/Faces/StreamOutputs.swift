import EmotionRecognition
import FaceVision
import Files
import MusicMatching
import Terminal
import WebApp

/// Somewhere that results are written to while they come. Nothing is touched before the first: a camera that cannot be
/// opened must not cost what was written last time.
protocol StreamOutput: AnyObject {
    func add(_ frame: Frame, _ result: FrameResult) throws
    /// Called behind the last frame of each video or stream.
    func streamEnded() throws
    /// Called once at the end, also after Ctrl-C. Returns what was written, for people.
    func finish() throws -> String?
}

extension StreamOutput {
    func streamEnded() {}
}

/// All that the user asked for.
final class StreamOutputs {
    private let outputs: [any StreamOutput]
    /// Whether pictures are shown, which then need their colours.
    let needsColor: Bool

    /// Whether standard output is for programs.
    static func printsData(_ a: Arguments) -> Bool {
        a[SharedOptions.json] || a[StreamOptions.jsonLines]?.string == "-" || a[StreamOptions.csv]?.string == "-"
    }

    /// Throws `UsageError` for outputs that would get into each other's way, or that nothing can be written to.
    static func check(_ a: Arguments) throws {
        var printed = a[SharedOptions.json] ? ["--json"] : []
        var writers: [String: String] = [:]
        for option in [
            StreamOptions.jsonLines, StreamOptions.csv, StreamOptions.subtitles, StreamOptions.summary,
            StreamOptions.annotated,
        ] {
            guard let path = a[option]?.string else { continue }
            let name = "--\(option.description.name)"
            if path != "-" {
                if let other = writers.updateValue(name, forKey: path) {
                    throw UsageError.other("\(other) and \(name) would both write \(path)")
                }
            } else if name == "--jsonl" || name == "--csv" {
                printed.append(name)
            } else {
                throw UsageError.invalidValue(name, value: path, expected: "a file: only --jsonl and --csv are printed")
            }
        }
        for (option, endings) in [
            (StreamOptions.jsonLines, ["jsonl", "ndjson", "json"]), (StreamOptions.csv, ["csv"]),
            (StreamOptions.subtitles, ["srt"]), (StreamOptions.summary, ["svg"]),
        ] where a[option]?.string != "-" {
            try OutputName.check("--\(option.description.name)", a[option]?.string, endings)
        }
        if printed.count > 1 {
            throw UsageError.other("\(printed[0]) and \(printed[1]) would both be printed: write one of them to a file")
        }
        if let path = a[StreamOptions.annotated]?.string, !AnnotationOutput.canWrite(path) {
            throw UsageError.invalidValue(
                "--annotate", value: path, expected: "a folder, or a name ending in .png, .jpg, .mp4, .mov or .mkv")
        }
    }

    /// How results are written. Throws what reading the user's mood map throws, if anything is written so.
    static func json(_ a: Arguments, _ moodMap: MoodMap?, classNames: [String]) throws -> FrameJSON {
        if let moodMap { return FrameJSON(classNames, moodMap) }
        let isAsked = a[SharedOptions.json] || a[StreamOptions.jsonLines] != nil
        return isAsked ? try FrameJSON(classNames, MusicOptions.usualMoodMap()) : FrameJSON(classNames: classNames)
    }

    /// What the options ask for, which `check` has passed.
    init(_ a: Arguments, _ console: Console, _ json: FrameJSON, classNames: [String]) {
        var outputs: [any StreamOutput] = []
        if let path = a[StreamOptions.jsonLines]?.string {
            let lines = LineWriter(path, console)
            outputs.append(LineOutput(lines) { [json.value($0).text()] })
        }
        if let path = a[StreamOptions.csv]?.string {
            let table = FrameCSV(classNames: classNames)
            let lines = LineWriter(path, console, header: table.header)
            outputs.append(LineOutput(lines) { table.rows($0) })
        }
        if let path = a[StreamOptions.subtitles]?.string {
            outputs.append(SubtitleOutput(path, classNames: classNames))
        }
        if let path = a[StreamOptions.summary]?.string {
            outputs.append(SummaryOutput(path, classNames: classNames))
        }
        if let path = a[StreamOptions.annotated]?.string {
            outputs.append(AnnotationOutput(path, classNames: classNames))
        }
        self.outputs = outputs
        needsColor = a[StreamOptions.annotated] != nil
    }

    func add(_ frame: Frame, _ result: FrameResult) throws {
        for output in outputs { try output.add(frame, result) }
    }

    func streamEnded() throws {
        for output in outputs { try output.streamEnded() }
    }

    /// Ends all outputs, even if one fails; says what was written.
    func finish(_ console: Console) throws {
        var failure: (any Error)?
        for output in outputs {
            do {
                if let text = try output.finish() { try console.errors.line(text) }
            } catch {
                if failure == nil { failure = error }
            }
        }
        if let failure { throw failure }
    }
}

/// An output that could not be written.
struct OutputError: Error, CustomStringConvertible {
    var path: String
    var reason: String
    var description: String { "\(path): cannot write: \(reason)" }
}

/// Whole lines, each out as soon as it is there, so that others can follow and nothing is lost.
final class LineWriter {
    private let path: String
    private let console: Console
    private let header: String?
    private var isOpen = false
    private var file: FileOutput?

    init(_ path: String, _ console: Console, header: String? = nil) {
        self.path = path
        self.console = console
        self.header = header
    }

    /// Writes the lines, and before the first the header.
    func write(_ lines: [String]) throws {
        let isFirst = !isOpen
        isOpen = true
        let lines = isFirst ? (header.map { [$0] } ?? []) + lines : lines
        if path == "-" {
            for line in lines { try console.output.line(line) }
            return
        }
        do throws(FileFailure) {
            if isFirst { file = try FileOutput(path) }
            for line in lines { try file?.write(Array((line + "\n").utf8)) }
        } catch {
            throw OutputError(path: path, reason: error.reason)
        }
    }

    func finish() throws -> String? {
        do throws(FileFailure) {
            try file?.close()
        } catch {
            throw OutputError(path: path, reason: error.reason)
        }
        return file == nil ? nil : "wrote \(printable(path))"
    }
}

final class LineOutput: StreamOutput {
    private let writer: LineWriter
    private let lines: (FrameResult) -> [String]

    init(_ writer: LineWriter, _ lines: @escaping (FrameResult) -> [String]) {
        self.writer = writer
        self.lines = lines
    }

    func add(_ frame: Frame, _ result: FrameResult) throws {
        try writer.write(lines(result))
    }

    func finish() throws -> String? { try writer.finish() }
}

final class SubtitleOutput: StreamOutput {
    private let path: String
    private var subtitles: MoodSubtitles
    private var isEmpty = true
    private var hasEnded = false
    private var hasPictures = false

    init(_ path: String, classNames: [String]) {
        self.path = path
        subtitles = MoodSubtitles(classNames: classNames)
    }

    /// Throws `OutputError` for a second video: its subtitles would show in the first. Pictures need none.
    func add(_ frame: Frame, _ result: FrameResult) throws {
        if frame.isPicture { return hasPictures = true }
        if hasEnded { throw OutputError(path: path, reason: "subtitles are for one video; run it for each") }
        subtitles.add(result)
        isEmpty = false
    }

    func streamEnded() { hasEnded = true }

    func finish() throws -> String? {
        guard !isEmpty else {
            return hasPictures ? "there was no video: no subtitles written to \(printable(path))" : nil
        }
        subtitles.finish()
        try writeWhole(Array(subtitles.text.utf8), to: path)
        return "wrote \(printable(path))"
    }
}

final class SummaryOutput: StreamOutput {
    private let path: String
    private var summary: MoodSummary
    private var source: String?
    private var sources = 0

    init(_ path: String, classNames: [String]) {
        self.path = path
        summary = MoodSummary(classNames: classNames)
    }

    func add(_ frame: Frame, _ result: FrameResult) {
        if source != result.source { sources += 1 }
        source = result.source
        if frame.isPicture { summary.add(picture: result) } else { summary.add(result) }
    }

    func finish() throws -> String? {
        guard let source else { return nil }
        let name = source.lastPathPart
        let title = sources == 1 ? name : "\(sources) sources"
        try writeWhole(Array(summary.svg(title: title).utf8), to: path)
        return "wrote \(printable(path))"
    }
}

/// Throws `OutputError`.
private func writeWhole(_ bytes: [UInt8], to path: String) throws {
    do {
        try FileBytes.write(bytes, to: path)
    } catch let failure as FileFailure {
        throw OutputError(path: path, reason: failure.reason)
    }
}
