import Files
import Glibc

/// Waits until something below folders changes (inotify). For one thread.
public final class FolderWatcher {
    private let descriptor: Int32
    private let roots: [String]
    /// The folder that was asked for, by the number of a watch on one below it.
    private var watches: [Int32: String] = [:]

    /// After a change there must be quiet for so long: who copies an album shall be done.
    private static let quiet: Int32 = 2000

    /// Throws `MusicError.badFile` if the system lets nobody watch.
    public init(_ folders: [String]) throws {
        roots = folders
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard descriptor >= 0 else {
            throw MusicError.badFile(path: folders.first ?? "", reason: "cannot be watched: \(FileFailure.last.reason)")
        }
        try renew()
    }

    deinit { close(descriptor) }

    /// Watches folders that were made meanwhile too.
    public func renew() throws {
        let events = UInt32(IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB)
        for root in roots {
            for folder in MusicFolder(root).folders {
                let watch = inotify_add_watch(descriptor, folder.cPath, events)
                if watch >= 0 {
                    watches[watch] = root
                } else if errno == ENOSPC {
                    throw MusicError.badFile(
                        path: root,
                        reason: "has more folders than may be watched (/proc/sys/fs/inotify/max_user_watches)")
                }
            }
        }
    }

    /// The folders in which something changed, once it is quiet again; `nil` if cancelled.
    public func wait(isCancelled: () -> Bool) -> [String]? {
        var changed: Set<String> = [], quiet: Int32 = 0
        while !isCancelled() {
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let step: Int32 = 100
            if poll(&request, 1, step) > 0 {
                changed.formUnion(read())
                quiet = 0
            } else {
                quiet += step
                if quiet >= FolderWatcher.quiet, !changed.isEmpty { return changed.sorted() }
            }
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
                // What the queue could not hold may have been anywhere.
                if mask & UInt32(IN_Q_OVERFLOW) != 0 { changed.formUnion(roots) }
                if let root = watches[watch] { changed.insert(root) }
                at += head + Int(length)
            }
        }
    }
}
