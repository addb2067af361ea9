import Files
import Glibc
import MediaFiles
import Timing

/// What is learned of one file, on any thread.
struct FileReading: Sendable {
    /// A file as the system shows it.
    struct State: Sendable, Equatable {
        var size: Int
        /// Nanoseconds since 1970.
        var modified: Int

        /// `nil` if there is no such file.
        init?(_ path: String) {
            var status = stat()
            guard stat(path.cPath, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
            size = Int(status.st_size)
            modified = status.modifiedNanoseconds
        }
    }

    /// What is to be done with a file.
    struct Task: Sendable {
        var path: String
        var state: State
        /// The song of a file that was read before and is only to be listened to.
        var song: Int?
        var content = 0
    }

    var task: Task
    var content: Int
    var tags: Result<MediaTags, MediaError>?
    var sound: Result<SongSound, SoundFailure>?

    /// Songs that last longer are none: books, mixes, whole concerts.
    static let longest = 3_600_000

    /// Reads a file; what cannot be read is told in the result.
    init(_ task: Task, _ analyser: (any SoundAnalyser)?, _ cancellation: Cancellation) {
        self.task = task
        content = task.content
        var isSong = task.song != nil
        if task.song == nil {
            if content == 0 { content = FileReading.content(task.path, task.state.size) }
            if task.state.size == 0 {
                tags = .failure(.cannotOpen(source: task.path, reason: "empty"))
            } else {
                tags = Result { () throws(MediaError) in try TagReader.read(task.path, cancellation: cancellation) }
            }
            if case .success(let tags) = tags { isSong = (tags.duration ?? 0) < FileReading.longest }
        }
        guard let analyser, isSong, !cancellation.isCancelled else { return }
        do {
            sound = .success(try analyser.sound(of: task.path, cancellation))
        } catch {
            if cancellation.isCancelled { return }
            let passes = (error as? MediaError).map(FileReading.mayPass) ?? false
            sound = .failure(SoundFailure(reason: (error as? MediaError)?.reason ?? "\(error)", mayPass: passes))
        }
    }

    struct SoundFailure: Error {
        var reason: String
        /// Whether it may go well the next time.
        var mayPass: Bool
    }

    /// Whether an error says more of the moment than of the file: rights, a disk or share that is away, no memory, time.
    static func mayPass(_ error: MediaError) -> Bool {
        guard case .cannotOpen(_, let reason) = error else { return true }
        return passing.contains(reason)
    }

    private static let passing = Set(
        [
            EACCES, EPERM, ENOENT, ENOTDIR, ELOOP, EIO, ENXIO, ENODEV, EMFILE, ENFILE, ENOMEM, EAGAIN, EBUSY, EINTR,
            ESTALE, ETIMEDOUT, EHOSTDOWN, EHOSTUNREACH, ENETDOWN, ENETUNREACH, ENOTCONN, ECONNRESET, EREMOTEIO,
        ].map { String(cString: strerror($0)) })

    /// A number that tells a file wherever it lies: of its size and three pieces of it. Two files with the same number are
    /// the same music, or were made to be mistaken.
    static func content(_ path: String, _ size: Int) -> Int {
        let piece = 1 << 16
        var fingerprint = Fingerprint()
        fingerprint.add(UInt64(size))
        let descriptor = open(path.cPath, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: piece)
        for start in Set([0, max(0, size / 2 - piece / 2), max(0, size - piece)]).sorted() {
            let got = pread(descriptor, &bytes, piece, off_t(start))
            if got > 0 { bytes[..<got].withUnsafeBytes { fingerprint.add($0) } }
        }
        return Int(bitPattern: UInt(UInt64(fingerprint.text, radix: 16) ?? 0))
    }
}

extension Catalogue {
    /// Whether an error is one of the moment, see `FileReading`, for tests.
    package static func mayPass(_ error: MediaError) -> Bool { FileReading.mayPass(error) }
}
