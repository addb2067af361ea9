import EmotionRecognition
import FaceVision
import Files
import Glibc
import Terminal

/// Pictures with faces drawn in: one picture, one video, or a folder with a file for each.
final class AnnotationOutput: StreamOutput {
    private let path: String
    private let classNames: [String]
    private let isFolder: Bool
    private var video: VideoWriter?
    private var sources = 0
    private var written = 0
    private var notes: [String] = []
    private var names = Set<String>()

    init(_ path: String, classNames: [String]) {
        self.path = path
        self.classNames = classNames
        isFolder = !VideoWriter.isVideoName(path) && !AnnotationOutput.isPictureName(path.lastPathPart)
    }

    /// Whether the name is that of a folder, or of a file in a format that can be written.
    static func canWrite(_ path: String) -> Bool {
        let name = path.lastPathPart
        return VideoWriter.isVideoName(name) || isPictureName(name) || !FrameSources.isMediaName(name)
    }

    /// Whether it ends as a picture that can be written.
    private static func isPictureName(_ name: String) -> Bool {
        let name = name.lowercased()
        return [".png", ".jpg", ".jpeg"].contains { name.hasSuffix($0) }
    }

    func add(_ frame: Frame, _ result: FrameResult) throws {
        let image = FaceAnnotator.annotate(frame.image, result.faces, classNames: classNames)
        if frame.isPicture { return try write(image, of: frame.source) }
        if video == nil {
            let target = try target(for: frame.source, ending: "mp4", isRight: VideoWriter.isVideoName)
            video = try writing { try VideoWriter(target, framesPerSecond: 30, isDrawn: true) }
            video?.addSound(of: frame)
        }
        try writing { try video!.append(image, at: frame.time, duration: frame.duration) }
    }

    func streamEnded() throws {
        guard let writer = video else { return }
        video = nil
        try writing { try writer.finish() }
        written += 1
        if let note = writer.soundNote { notes.append("\(printable(writer.path)) \(note)") }
    }

    func finish() throws -> String? {
        try streamEnded()
        guard written > 0 else { return nil }
        return (["wrote \(printable(path))"] + notes).joined(separator: "\n")
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
        let target = try target(for: source, ending: "png", isRight: AnnotationOutput.isPictureName)
        do {
            try ImageFile.writeMarked(image, to: target)
        } catch ImageError.cannotWrite(let path, let reason) {
            throw OutputError(path: path, reason: reason)
        }
        written += 1
    }

    /// Where a source's picture goes. Throws `OutputError` for a second one when there is only room for one, and where
    /// what was there to be read would be lost.
    private func target(for source: String, ending: String, isRight: (String) -> Bool) throws -> String {
        guard isFolder else {
            guard isRight(path.lastPathPart) else {
                throw OutputError(
                    path: path,
                    reason: ending == "mp4" ? "a video needs .mp4, .mkv or .mov" : "a picture needs .png or .jpg")
            }
            guard sources == 0 else { throw OutputError(path: path, reason: "give a folder for more than one") }
            guard !AnnotationOutput.isSame(path, source) else {
                throw OutputError(path: path, reason: "it is what is read; give another name")
            }
            sources += 1
            return path
        }
        if access(source.cPath, F_OK) == 0, AnnotationOutput.isSame(path, source.parentFolder) {
            throw OutputError(
                path: path, reason: "\(source.lastPathPart) is read from it; give another folder")
        }
        do {
            try FolderTree.create(path)
        } catch let failure as FileFailure {
            throw OutputError(path: path, reason: failure.reason)
        }
        sources += 1
        let base = source.withoutPathExtension
        var name = "\(base).\(ending)", count = 1
        while !names.insert(name).inserted {
            count += 1
            name = "\(base)-\(count).\(ending)"
        }
        return path.hasSuffix("/") ? path + name : "\(path)/\(name)"
    }

    /// Whether two paths lead to the same file or folder.
    private static func isSame(_ path: String, _ other: String) -> Bool {
        var first = stat(), second = stat()
        return stat(path.cPath, &first) == 0 && stat(other.cPath, &second) == 0 && first.st_dev == second.st_dev
            && first.st_ino == second.st_ino
    }
}
