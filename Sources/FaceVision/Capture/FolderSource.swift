import Files
import Glibc

/// The pictures and videos in a folder, by name. One that cannot be read is an error once; then the next one comes.
final class FolderSource: FrameSource {
    private var files: ArraySlice<String>
    private let options: CaptureOptions
    private var current: (any FrameSource)?
    private var currentFile: String?
    private var collected: [String] = []
    private let path: String
    private let count: Int

    let isLive = false
    var cancellation: Cancellation { options.cancellation }
    var continuesAfterErrors: Bool { true }
    var description: String { "\(path), \(count) \(count == 1 ? "file" : "files")" }
    var warnings: [String] { collected + (current?.warnings ?? []) }

    private static let videoEndings: Set = [
        "mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "mjpeg", "mjpg", "wmv", "flv", "3gp", "ogv",
    ]

    /// Throws `CaptureError.cannotOpen`.
    init(_ path: String, options: CaptureOptions) throws(CaptureError) {
        guard let directory = opendir(path) else {
            throw .cannotOpen(source: path, reason: String(cString: strerror(errno)))
        }
        closedir(directory)
        let names = FolderTree.names(in: path).filter { !$0.hasPrefix(".") && FolderSource.isMediaName($0) }
        guard !names.isEmpty else { throw .cannotOpen(source: path, reason: "no pictures or videos in this folder") }
        let folder = path.hasSuffix("/") ? path : path + "/"
        files = names.sorted().map { folder + $0 }[...]
        count = names.count
        self.path = path
        self.options = options
    }

    static func isMediaName(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        return PictureFormat.isName(name) || videoEndings.contains(name[name.index(after: dot)...].lowercased())
    }

    func leave(_ source: String) -> Bool {
        if source == currentFile { close() }
        return true
    }

    func next() throws -> Frame? {
        while !cancellation.isCancelled {
            if let source = current {
                do {
                    if let frame = try source.next() { return frame }
                } catch {
                    close()
                    throw error
                }
                close()
            }
            guard let file = files.popFirst() else { return nil }
            currentFile = file
            current = try FrameSources.open(file: file, options: options)
        }
        return nil
    }

    private func close() {
        collected += current?.warnings ?? []
        current = nil
    }
}
