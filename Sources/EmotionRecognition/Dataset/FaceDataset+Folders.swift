import FaceVision
import Files
import Glibc
import Synchronization
import TextCoding
import Threads

extension FaceDataset {
    /// Reads a CSV file (see `readCSV`), folders of pictures (see `readFolders`), either in an archive (see
    /// `PackedFiles`), or what `writePacked` wrote, whichever `path` is; joined with people's votes if the options or the
    /// data have some. Of several processes (`DatasetReadOptions.communicator`) each reads a part of a table or of
    /// folders. Throws `DatasetError`, or `RankFailure`.
    public static func read(
        _ path: String, options: DatasetReadOptions = .init(), threads: ThreadPool,
        progress: @Sendable (Double) -> Void = { _ in }
    ) throws -> LoadedDataset {
        var loaded = try readLabelled(path, options: options, threads: threads, progress: progress)
        guard let votes = options.votes ?? loaded.votes else { return loaded }
        let voted = try loaded.dataset.voted(votes, targets: options.targets)
        loaded.dataset = voted.dataset
        if voted.leftOut > 0 {
            loaded.notes.append(Note("\(counted(voted.leftOut, "picture")) with no one emotion by the votes left out"))
        }
        return loaded
    }

    private static func readLabelled(
        _ path: String, options: DatasetReadOptions, threads: ThreadPool, progress: @Sendable (Double) -> Void
    ) throws -> LoadedDataset {
        let team = SharedReading(options.communicator)
        let kind = try team.communicator.together { try Kind(path) }
        try team.requireEqual(kind.rawValue)
        switch kind {
        case .folder: return try readFolders(path, options: options, threads: threads, progress: progress)
        case .packed: return LoadedDataset(dataset: try PackedDataset.read(path, options: options), skipped: [])
        case .archive: return try readPacked(path, options: options, threads: threads, progress: progress)
        case .table where !team.isAlone: return try readCSV(path, options: options, by: team, progress: progress)
        case .table, .stream: return try readCSV(path, options: options, progress: progress)
        }
    }

    /// What lies at a path.
    private enum Kind: String {
        case folder = "a folder"
        case packed = "a packed file"
        case archive = "an archive"
        case table = "a table"
        /// A table that can be read but once.
        case stream = "a stream"

        init(_ path: String) throws {
            var status = stat()
            guard stat(path.cPath, &status) == 0 else {
                throw DatasetError.cannotRead(path: path, reason: String(cString: strerror(errno)))
            }
            if status.st_mode & S_IFMT == S_IFDIR {
                self = .folder
            } else if PackedDataset.isOne(path) {
                self = .packed
            } else if PackedFiles.isPacked(path) {
                self = .archive
            } else {
                self = status.st_mode & S_IFMT == S_IFREG ? .table : .stream
            }
        }
    }

    /// Reads folders of pictures: `train/<class>/*` and `test/<class>/*`, or `<class>/*` (all training), and those that
    /// `PublishedScheme` knows by the names of their files.
    ///
    /// File names that begin with `Training_`, `PublicTest_` or `PrivateTest_` say their split; others get it from the
    /// folder. What becomes of the classes' names says `ClassMapping`. Pictures become grey and `size` square. Files are
    /// decoded on all threads; the result does not depend on how many there are. Throws `DatasetError`.
    public static func readFolders(
        _ path: String, options: DatasetReadOptions = .init(), threads: ThreadPool,
        progress: @Sendable (Double) -> Void = { _ in }
    ) throws -> LoadedDataset {
        let team = SharedReading(options.communicator)
        let found = try team.communicator.together { try contents(of: path, options) }
        try team.requireEqual(found.fingerprint)
        let layout: DatasetLayout
        switch found {
        case .pictures(let pictures): layout = pictures
        case .table(let name):
            return try readLabelled("\(path)/\(name)", options: options, threads: threads, progress: progress)
        }
        let paths = layout.items.map { "\(path)/\($0.file.joined(separator: "/"))" }
        let parts = team.parts(of: paths.count), own = parts[team.rank]
        try team.requireEqualParts { part in fingerprint(of: paths[parts[part]], threads) }
        let pictures = PictureSlots(count: paths.count, size: options.size)
        let done = Atomic<Int>(0)
        threads.runEach(own.count) { _, place in
            let index = own.lowerBound + place
            pictures.fill(index, name: paths[index]) { try ImageFile.read(paths[index], grayscale: true) }
            let count = done.wrappingAdd(1, ordering: .relaxed).newValue
            if count % 256 == 0 { progress(Double(count) / Double(own.count)) }
        }
        progress(1)
        try pictures.exchange(parts, names: paths, by: team)
        return try pictures.loaded(layout, names: paths, path: path, skipsBad: options.skipsBad)
    }

    /// What a folder holds: pictures, or a table.
    private enum Contents {
        case pictures(DatasetLayout)
        case table(String)

        /// A text to compare.
        var fingerprint: String {
            switch self {
            case .table(let name): return name
            case .pictures(let layout):
                var fingerprint = Fingerprint()
                for item in layout.items {
                    for name in item.file { Array(name.utf8).withUnsafeBytes { fingerprint.add($0) } }
                    fingerprint.add(UInt64(item.label))
                }
                return fingerprint.text
            }
        }
    }

    private static func contents(of path: String, _ options: DatasetReadOptions) throws -> Contents {
        let listing = try FileListing(folder: path)
        if !listing.files.contains(where: { PictureFormat.isName($0.last!) }),
            let table = try table(in: listing, path: path)
        {
            return .table(table.joined(separator: "/"))
        }
        return .pictures(
            try DatasetLayout(listing, path: path, given: options.classes) { file in
                let path = "\(path)/\(file.joined(separator: "/"))"
                do {
                    return String(decoding: try FileBytes.read(path, limit: 1 << 24), as: UTF8.self)
                } catch let error as FileFailure {
                    throw DatasetError.cannotRead(path: path, reason: error.reason)
                }
            })
    }

    /// Of files as they are; one that cannot be read counts as empty.
    private static func fingerprint(of paths: ArraySlice<String>, _ threads: ThreadPool) -> UInt64 {
        let each = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: paths.count)
        defer { each.deallocate() }
        threads.runEach(paths.count) { _, place in
            var fingerprint = Fingerprint()
            let bytes = try? FileBytes.read(paths[paths.startIndex + place], limit: ImageFile.maximumBytes)
            bytes?.withUnsafeBytes { fingerprint.add($0) }
            each[place] = fingerprint.value
        }
        var all = Fingerprint()
        for hash in each { all.add(hash) }
        return all.value
    }
}
