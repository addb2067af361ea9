import EmotionRecognition
import FaceVision
import Files
import NeuralNet
import Terminal

/// Somewhere that results are written to while they come. Nothing is touched before the first: a camera that cannot be
/// opened must not cost what was written last time.
protocol StreamOutput: AnyObject {
    func add(_ frame: Frame, _ result: FrameResult) throws
    /// Called once at the end, also after Ctrl-C. Returns what was written, for people.
    func finish() throws -> String?
}

/// All that the user asked for.
final class StreamOutputs {
    private let outputs: [any StreamOutput]
    /// Whether pictures are shown, which then need their colours.
    let needsColor: Bool

    init(_ a: Arguments, _ console: Console, classNames: [String]) throws {
        var outputs: [any StreamOutput] = []
        if let path = a[StreamOptions.jsonLines]?.string {
            let lines = LineWriter(path, console)
            outputs.append(
                LineOutput(lines) { [FrameJSON.value($0, classNames: classNames).text()] })
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

    init(_ path: String, classNames: [String]) {
        self.path = path
        subtitles = MoodSubtitles(classNames: classNames)
    }

    func add(_ frame: Frame, _ result: FrameResult) {
        subtitles.add(result)
        isEmpty = false
    }

    func finish() throws -> String? {
        guard !isEmpty else { return nil }
        subtitles.finish()
        try writeWhole(Array(subtitles.text.utf8), to: path)
        return "wrote \(printable(path))"
    }
}

final class SummaryOutput: StreamOutput {
    private let path: String
    private var summary: MoodSummary
    private var source: String?

    init(_ path: String, classNames: [String]) {
        self.path = path
        summary = MoodSummary(classNames: classNames)
    }

    func add(_ frame: Frame, _ result: FrameResult) {
        source = result.source
        summary.add(result)
    }

    func finish() throws -> String? {
        guard let source else { return nil }
        let name = source.split(separator: "/").last.map(String.init) ?? source
        try writeWhole(Array(summary.svg(title: name).utf8), to: path)
        return "wrote \(printable(path))"
    }
}

/// Pictures with faces drawn in: one picture, one video, or a folder with a file for each.
final class AnnotationOutput: StreamOutput {
    private let path: String
    private let classNames: [String]
    private let isFolder: Bool
    private var video: (source: String, writer: VideoWriter)?
    private var sources = 0
    private var names = Set<String>()

    init(_ path: String, classNames: [String]) {
        self.path = path
        self.classNames = classNames
        isFolder =
            !VideoWriter.isVideoName(path)
            && !ImageFolder.isImageName(path.split(separator: "/").last.map(String.init) ?? "")
    }

    func add(_ frame: Frame, _ result: FrameResult) throws {
        let image = FaceAnnotator.annotate(frame.image, result.faces, classNames: classNames)
        if frame.isPicture { return try write(image, of: frame.source) }
        if video?.source != frame.source {
            try finishVideo()
            let target = try target(for: frame.source, ending: "mp4", isRight: VideoWriter.isVideoName)
            video = (frame.source, try writing { try VideoWriter(target, framesPerSecond: 30) })
        }
        try writing { try video!.writer.append(image, at: frame.time) }
    }

    /// Tells a video that cannot be written from one that cannot be read: the first ends the run.
    private func writing<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch CaptureError.cannotWrite(let path, let reason) {
            throw OutputError(path: path, reason: reason)
        }
    }

    private func write(_ image: Image, of source: String) throws {
        let target = try target(for: source, ending: "png", isRight: ImageFolder.isImageName)
        do {
            if target.lowercased().hasSuffix(".png") {
                try ImageFile.writePNG(image, to: target)
            } else {
                try ImageFile.writeJPEG(image, to: target)
            }
        } catch ImageError.cannotWrite(let path, let reason) {
            throw OutputError(path: path, reason: reason)
        }
    }

    /// Where a source's picture goes. Throws `OutputError` for a second one when there is only room for one.
    private func target(for source: String, ending: String, isRight: (String) -> Bool) throws -> String {
        sources += 1
        guard isFolder else {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            guard isRight(name) else {
                throw OutputError(
                    path: path,
                    reason: ending == "mp4" ? "a video needs .mp4, .mkv or .mov" : "a picture needs .png or .jpg")
            }
            guard sources == 1 else { throw OutputError(path: path, reason: "give a folder for more than one") }
            return path
        }
        do {
            try FolderTree.create(path)
        } catch let failure as FileFailure {
            throw OutputError(path: path, reason: failure.reason)
        }
        var base = source.split(separator: "/").last.map(String.init) ?? "frames"
        if let dot = base.lastIndex(of: "."), dot != base.startIndex { base = String(base[..<dot]) }
        var name = "\(base).\(ending)", count = 1
        while !names.insert(name).inserted {
            count += 1
            name = "\(base)-\(count).\(ending)"
        }
        return path.hasSuffix("/") ? path + name : "\(path)/\(name)"
    }

    private func finishVideo() throws {
        if let writer = video?.writer { try writing { try writer.finish() } }
        video = nil
    }

    func finish() throws -> String? {
        try finishVideo()
        return sources > 0 ? "wrote \(printable(path))" : nil
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
