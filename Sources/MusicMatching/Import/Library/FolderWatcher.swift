import Files
import Glibc
import Timing

/// Waits until music below folders changes (inotify), or single files do. A folder that goes and comes back, deleted, moved
/// or on a disk that is mounted again, is watched again. For one thread.
public final class FolderWatcher {
    private let descriptor: Int32
    private let roots: [Root]
    /// Those that were asked for, by the number of a watch on a folder of theirs.
    private var watches: [Int32: Set<Root>] = [:]
    /// The folder that was watched for each, by what it is, not by its name; `nil` once it has gone.
    private var places: [Root: Place] = [:]
    private var tops: [Root: Int32] = [:]
    private let quiet: Duration
    private let longest: Duration

    /// Between two looks at whether folders are still those that are watched: nobody tells of a disk that is mounted.
    private static let pause = Duration.milliseconds(500)

    private struct Root: Hashable {
        var path: String
        /// Only this name counts in the folder; `nil` for folders.
        var file: String?

        var folder: String { file == nil ? path : path.parentFolder }
    }

    private struct Place: Equatable {
        var device: UInt
        var inode: UInt

        init?(_ path: String) {
            var status = stat()
            guard stat(path.cPath, &status) == 0 else { return nil }
            (device, inode) = (UInt(status.st_dev), UInt(status.st_ino))
        }
    }

    /// What happens from now on is known to `wait`, so it is made before the folders are read.
    ///
    /// - Parameters:
    ///   - places: folders, and files.
    ///   - quiet: so long nothing may change before `wait` returns: who copies an album shall be done.
    ///   - longest: after so long it returns though things still change.
    /// Throws `MusicError.badFile` if the system lets nobody watch.
    public init(
        _ places: [String], quiet: Duration = .seconds(2), longest: Duration = .seconds(30)
    ) throws {
        roots = places.map { path in
            var status = stat()
            let isFile = stat(path.cPath, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
            return Root(path: path, file: isFile ? path.lastPathPart : nil)
        }
        self.quiet = quiet
        self.longest = longest
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard descriptor >= 0 else {
            throw MusicError.badFile(path: places.first ?? "", reason: "cannot be watched: \(FileFailure.last.reason)")
        }
        try renew()
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Watches folders that were made meanwhile too. Called before they are read: what comes later is told by `wait`.
    public func renew() throws {
        for root in roots { try watch(root) }
    }

    private func watch(_ root: Root) throws {
        let events = UInt32(IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB)
        places[root] = Place(root.folder)
        for (index, folder) in (root.file == nil ? MusicFolder(root.path).folders : [root.folder]).enumerated() {
            let watch = inotify_add_watch(descriptor, folder.cPath, events)
            if watch >= 0 {
                watches[watch, default: []].insert(root)
                if index == 0 { tops[root] = watch }
            } else if errno == ENOSPC {
                throw MusicError.badFile(
                    path: root.path,
                    reason: "has more folders than may be watched (/proc/sys/fs/inotify/max_user_watches)")
            }
        }
    }

    /// The places whose folder went away, or is another one now, which is watched from here on.
    private func replaced() -> Set<String> {
        var changed: Set<String> = []
        for root in roots {
            let before = places[root]
            guard Place(root.folder) != before else { continue }
            // What was moved away is nobody's.
            for watch in watches.keys where watches[watch]?.remove(root) != nil && watches[watch]?.isEmpty == true {
                watches[watch] = nil
                inotify_rm_watch(descriptor, watch)
            }
            tops[root] = nil
            // If the system has no watch left, `renew` says so.
            try? watch(root)
            if before != nil || Place(root.path) != nil { changed.insert(root.path) }
        }
        return changed
    }

    /// The places in which something changed, once it is quiet again or has changed for long; `nil` if cancelled.
    public func wait(isCancelled: () -> Bool) -> [String]? {
        var changed: Set<String> = [], first: ContinuousClock.Instant?, last = ContinuousClock.now, looked = last
        while !isCancelled() {
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            var more = poll(&request, 1, 50) > 0 ? read() : []
            if .now - looked >= FolderWatcher.pause {
                more.formUnion(replaced())
                looked = .now
            }
            if !more.isEmpty {
                last = .now
                first = first ?? last
                changed.formUnion(more)
            }
            if let first, .now - last >= quiet || .now - first >= longest { return changed.sorted() }
        }
        return nil
    }

    private func read() -> Set<String> {
        var changed: Set<String> = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let head = MemoryLayout<inotify_event>.size
        while true {
            let got = Glibc.read(descriptor, &buffer, buffer.count)
            if got < head { return changed }
            var at = 0
            while at + head <= got {
                let (watch, mask, length) = buffer.withUnsafeBytes { bytes in
                    (
                        bytes.loadUnaligned(fromByteOffset: at, as: Int32.self),
                        bytes.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self),
                        bytes.loadUnaligned(fromByteOffset: at + 12, as: UInt32.self)
                    )
                }
                let end = min(at + head + Int(length), got)
                let name = String(pathBytes: Array(buffer[at + head..<end].prefix { $0 != 0 }))
                // What the queue could not hold may have been anywhere.
                if mask & UInt32(IN_Q_OVERFLOW) != 0 { changed.formUnion(roots.map(\.path)) }
                for root in watches[watch] ?? [] where FolderWatcher.counts(name, mask, root) {
                    changed.insert(root.path)
                }
                if mask & UInt32(IN_IGNORED) != 0 {
                    watches[watch] = nil
                    for root in roots where tops[root] == watch { (tops[root], places[root]) = (nil, nil) }
                }
                at = end
            }
        }
    }

    /// Whether an event is of music: other files, and those that programs hide, change all the time.
    private static func counts(_ name: String, _ mask: UInt32, _ root: Root) -> Bool {
        if let file = root.file { return name == file }
        // The folder itself.
        if name.isEmpty { return true }
        return mask & UInt32(IN_ISDIR) != 0 ? !name.hasPrefix(".") : MusicFile.isOne(name)
    }
}
