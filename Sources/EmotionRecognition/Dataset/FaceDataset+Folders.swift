import Emotions
import FaceVision
import Glibc
import NeuralNet
import Synchronization

extension FaceDataset {
    /// Reads FER2013's CSV (see `readCSV`) or its folder form (see `readFolders`), whichever `path` is.
    public static func read(
        _ path: String, options: DatasetReadOptions = .init(), threads: ThreadPool,
        progress: @Sendable (Double) -> Void = { _ in }
    ) throws -> LoadedDataset {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw DatasetError.cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            return try readFolders(path, options: options, threads: threads, progress: progress)
        }
        return try readCSV(path, options: options, progress: progress)
    }

    /// Reads folders of pictures (`PictureFormat`): `train/<class>/*` and `test/<class>/*`, or `<class>/*` (all training).
    ///
    /// File names that begin with `Training_`, `PublicTest_` or `PrivateTest_` say their split; others get it from the
    /// folder. Classes named after the seven emotions get FER2013's order, others the alphabet's. Pictures become grey
    /// and `size` square. Files are decoded on all threads; the result does not depend on how many there are.
    /// Throws `DatasetError`.
    public static func readFolders(
        _ path: String, options: DatasetReadOptions = .init(), threads: ThreadPool,
        progress: @Sendable (Double) -> Void = { _ in }
    ) throws -> LoadedDataset {
        let files = try listFiles(path)
        var dataset = FaceDataset(size: options.size, classNames: files.classNames)
        let bytes = dataset.imageBytes
        let pixels = UnsafeMutablePointer<UInt8>.allocate(capacity: files.items.count * bytes)
        defer { pixels.deallocate() }
        let failures = Mutex<[Int: DatasetError]>([:])
        let done = Atomic<Int>(0)
        let target = SendablePixels(pixels: pixels)
        let items = files.items
        threads.runEach(items.count) { _, index in
            do {
                let image = try ImageFile.read(items[index].path, grayscale: true)
                    .resized(width: options.size, height: options.size)
                image.pixels.withUnsafeBufferPointer {
                    (target.pixels + index * bytes).update(from: $0.baseAddress!, count: bytes)
                }
            } catch {
                let reason = (error as? ImageError).map(reason) ?? "\(error)"
                failures.withLock { $0[index] = .badImage(path: items[index].path, reason: reason) }
            }
            let count = done.wrappingAdd(1, ordering: .relaxed).newValue
            if count % 256 == 0 { progress(Double(count) / Double(items.count)) }
        }
        let failed = failures.withLock { $0 }
        if let first = failed.min(by: { $0.key < $1.key }), !options.skipsBad { throw first.value }
        dataset.reserve(items.count - failed.count)
        for (index, item) in items.enumerated() where failed[index] == nil {
            dataset.append(
                UnsafeBufferPointer(start: pixels + index * bytes, count: bytes), label: item.label,
                split: item.split, name: item.path)
        }
        guard dataset.count > 0 else { throw DatasetError.empty(path: path, reason: "no readable images") }
        progress(1)
        return LoadedDataset(dataset: dataset, skipped: failed.sorted { $0.key < $1.key }.map(\.value))
    }

    private static func reason(_ error: ImageError) -> String {
        switch error {
        case .cannotRead(_, let reason), .cannotWrite(_, let reason): return "cannot read the image: \(reason)"
        }
    }

    private struct SendablePixels: @unchecked Sendable {  // threads write to separate pictures
        let pixels: UnsafeMutablePointer<UInt8>
    }

    private struct Item: Sendable {
        var path: String
        var label: Int
        var split: Split
    }

    private static func listFiles(_ path: String) throws -> (classNames: [String], items: [Item]) {
        var folders: [(name: String, path: String, split: Split)] = []
        let top = try entries(path)
        let parts = top.filter { $0.isFolder && Split(name: $0.name) != nil }
        if parts.isEmpty {
            folders = top.filter(\.isFolder).map { ($0.name, "\(path)/\($0.name)", .training) }
        } else {
            for part in parts {
                for entry in try entries("\(path)/\(part.name)") where entry.isFolder {
                    folders.append((entry.name, "\(path)/\(part.name)/\(entry.name)", Split(name: part.name)!))
                }
            }
        }
        guard !folders.isEmpty else {
            throw DatasetError.empty(
                path: path, reason: "no class folders (expected train/<class>/*.jpg or <class>/*.jpg)")
        }
        let names = Set(folders.map(\.name)).sorted()
        let emotions = names.map(Emotion.init(name:))
        let isEmotional = !emotions.contains(nil)
        let classNames = isEmotional ? Emotion.allCases.map(\.name) : names
        guard classNames.count <= 255 else {
            throw DatasetError.empty(path: path, reason: "\(classNames.count) class folders are too many, at most 255")
        }
        var items: [Item] = []
        for folder in folders {
            let label = isEmotional ? Emotion(name: folder.name)!.rawValue : names.firstIndex(of: folder.name)!
            for entry in try entries(folder.path) where !entry.isFolder && PictureFormat.isName(entry.name) {
                let named = entry.name.split(separator: "_").first.flatMap { Split(rawValue: String($0)) }
                items.append(
                    Item(path: "\(folder.path)/\(entry.name)", label: label, split: named ?? folder.split))
            }
        }
        guard !items.isEmpty else {
            throw DatasetError.empty(path: path, reason: "no pictures in its class folders")
        }
        return (classNames, items)
    }

    /// What a folder holds, by name.
    private static func entries(_ path: String) throws -> [(name: String, isFolder: Bool)] {
        guard let directory = opendir(path) else {
            throw DatasetError.cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        defer { closedir(directory) }
        var result: [(name: String, isFolder: Bool)] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            var status = stat()
            // What cannot be looked at is taken for a file: reading it says why.
            let isFolder = stat("\(path)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            result.append((name, isFolder))
        }
        return result.sorted { $0.name < $1.name }
    }
}
