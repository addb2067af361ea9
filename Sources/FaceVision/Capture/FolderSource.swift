import Files
import Glibc
import MediaFiles

/// The pictures and videos in a folder and those below it, by name, but not those that this program drew. One that cannot
/// be read is an error once; then the next one comes.
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

    /// Throws `CaptureError.cannotOpen`.
    init(_ path: String, options: CaptureOptions) throws(CaptureError) {
        guard let directory = opendir(path.cPath) else {
            throw .cannotOpen(source: path, reason: String(cString: strerror(errno)))
        }
        closedir(directory)
        let contents = MediaFolder(path)
        guard !contents.files.isEmpty else {
            throw .cannotOpen(
                source: path,
                reason: (["no pictures or videos in this folder"] + contents.notes).joined(separator: "; "))
        }
        files = contents.files[...]
        count = contents.files.count
        collected = contents.notes.map { "\(path): \($0)" }
        self.path = path
        self.options = options
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
            let source = try FrameSources.open(file: file, options: options)
            if (source as? VideoSource)?.isDrawn == true {
                collected.append("\(file): left out: drawn by fermusic itself")
            } else {
                current = source
            }
        }
        return nil
    }

    private func close() {
        collected += current?.warnings ?? []
        current = nil
    }
}
