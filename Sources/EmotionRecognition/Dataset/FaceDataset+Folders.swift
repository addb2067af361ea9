import FaceVision
import Files
import Glibc
import Synchronization
import Threads

extension FaceDataset {
    /// Reads a CSV file (see `readCSV`), folders of pictures (see `readFolders`), either in an archive (see
    /// `PackedFiles`), or what `writePacked` wrote,
    /// whichever `path` is; joined with people's votes if the options or the data have some. Throws `DatasetError`.
    public static func read(
        _ path: String, options: DatasetReadOptions = .init(), threads: ThreadPool,
        progress: @Sendable (Double) -> Void = { _ in }
    ) throws -> LoadedDataset {
        var loaded = try readLabelled(path, options: options, threads: threads, progress: progress)
        guard let votes = options.votes ?? loaded.votes else { return loaded }
        let voted = try loaded.dataset.voted(votes, targets: options.targets)
        loaded.dataset = voted.dataset
        if voted.leftOut > 0 {
            loaded.notes.append(Note("\(voted.leftOut) pictures that are no one emotion by their votes were left out"))
        }
        return loaded
    }

    private static func readLabelled(
        _ path: String, options: DatasetReadOptions, threads: ThreadPool, progress: @Sendable (Double) -> Void
    ) throws -> LoadedDataset {
        var status = stat()
        guard stat(path.cPath, &status) == 0 else {
            throw DatasetError.cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            return try readFolders(path, options: options, threads: threads, progress: progress)
        }
        if PackedDataset.isOne(path) {
            return LoadedDataset(dataset: try PackedDataset.read(path, options: options), skipped: [])
        }
        if PackedFiles.isPacked(path) {
            return try readPacked(path, options: options, threads: threads, progress: progress)
        }
        return try readCSV(path, options: options, progress: progress)
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
        let listing = try FileListing(folder: path)
        if !listing.files.contains(where: { PictureFormat.isName($0.last!) }),
            let table = try table(in: listing, path: path)
        {
            return try readCSV("\(path)/\(table.joined(separator: "/"))", options: options, progress: progress)
        }
        let layout = try DatasetLayout(listing, path: path, given: options.classes) { file in
            let path = "\(path)/\(file.joined(separator: "/"))"
            do {
                return String(decoding: try FileBytes.read(path, limit: 1 << 24), as: UTF8.self)
            } catch let error as FileFailure {
                throw DatasetError.cannotRead(path: path, reason: error.reason)
            }
        }
        let paths = layout.items.map { "\(path)/\($0.file.joined(separator: "/"))" }
        let pictures = PictureSlots(count: paths.count, size: options.size)
        let done = Atomic<Int>(0)
        threads.runEach(paths.count) { _, index in
            pictures.fill(index, name: paths[index]) { try ImageFile.read(paths[index], grayscale: true) }
            let count = done.wrappingAdd(1, ordering: .relaxed).newValue
            if count % 256 == 0 { progress(Double(count) / Double(paths.count)) }
        }
        progress(1)
        return try pictures.loaded(layout, names: paths, path: path, skipsBad: options.skipsBad)
    }
}
