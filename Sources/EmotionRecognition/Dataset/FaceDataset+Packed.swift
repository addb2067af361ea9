import FaceVision
import Files
import Threads

extension FaceDataset {
    /// Reads a zip, a tar (also compressed) or a compressed CSV file without unpacking it to disk: class folders as
    /// `readFolders` does, or else the CSV file in it. It is read twice, first for the names. Throws `DatasetError`.
    static func readPacked(
        _ path: String, options: DatasetReadOptions, threads: ThreadPool, progress: @Sendable (Double) -> Void
    ) throws -> LoadedDataset {
        var places: [[String]] = [], paths: [String] = []
        var texts: [[String]: String] = [:]
        let names = try PackedFiles(path)
        while let entry = try names.next() {
            // Only compared, so that "/" and ".." before them mean nothing.
            let place = entry.path.split(separator: "/").map(String.init).filter { $0 != "." && $0 != ".." }
            places.append(place)
            paths.append(entry.path)
            if let name = place.last, name.hasSuffix(".txt") || name == "label.csv", texts.count < 10_000 {
                texts[place] = String(decoding: try entry.bytes(limit: 1 << 24), as: UTF8.self)
            }
        }
        let listing = FileListing(archived: places)
        guard listing.files.contains(where: { PictureFormat.isName($0.last!) }) else {
            return try readPackedCSV(path, listing, paths.count == 1 ? places[0] : nil, options, progress)
        }
        let layout = try DatasetLayout(listing, path: path, given: options.classes) { texts[$0] ?? "" }
        let slots = Dictionary(layout.items.enumerated().map { ($1.file, $0) }) { first, _ in first }
        let items = layout.items.map { "\(path)/\($0.file.joined(separator: "/"))" }
        let pictures = PictureSlots(count: items.count, size: options.size)
        var waiting: [(slot: Int, bytes: [UInt8])] = []
        var waitingBytes = 0
        var found = Set<Int>()
        func decode() {
            let batch = waiting
            threads.runEach(batch.count) { _, at in
                let name = items[batch[at].slot]
                pictures.fill(batch[at].slot, name: name) {
                    try ImageFile.decode(batch[at].bytes, name: name, grayscale: true)
                }
            }
            waiting = []
            waitingBytes = 0
        }
        let files = try PackedFiles(path)
        while let entry = try files.next() {
            let place = entry.path.split(separator: "/").map(String.init).filter { $0 != "." && $0 != ".." }
            guard let slot = slots[place], found.insert(slot).inserted else { continue }
            do {
                waiting.append((slot, try entry.bytes(limit: ImageFile.maximumBytes)))
            } catch DatasetError.badImage(_, let reason) {
                pictures.fail(slot, name: items[slot], "cannot read the image: \(reason)")
                continue
            }
            waitingBytes += waiting.last!.bytes.count
            if waiting.count >= 512 || waitingBytes >= 64 << 20 {
                decode()
                progress(files.progress)
            }
        }
        decode()
        for slot in items.indices where !found.contains(slot) {
            pictures.fail(slot, name: items[slot], "cannot read the image: it has gone")
        }
        progress(1)
        return try pictures.loaded(layout, names: items, path: path, skipsBad: options.skipsBad)
    }

    /// The CSV file of a folder or archive without pictures; nil if there is none. Throws `DatasetError` if there are
    /// several.
    static func table(in listing: FileListing, path: String) throws -> [String]? {
        let tables = listing.files.filter { $0.last!.lowercased().hasSuffix(".csv") }
        for known in ["fer2013.csv", "icml_face_data.csv"] {
            if let table = tables.first(where: { $0.last! == known }) { return table }
        }
        guard tables.count <= 1 else {
            let names = tables.prefix(5).map { $0.joined(separator: "/") }.joined(separator: ", ")
            throw DatasetError.empty(path: path, reason: "holds several CSV files: \(names)")
        }
        return tables.first
    }

    private static func readPackedCSV(
        _ path: String, _ listing: FileListing, _ only: [String]?, _ options: DatasetReadOptions,
        _ progress: (Double) -> Void
    ) throws -> LoadedDataset {
        guard let table = try table(in: listing, path: path) ?? only else {
            throw DatasetError.empty(path: path, reason: "holds neither pictures nor a CSV file")
        }
        let files = try PackedFiles(path)
        while let entry = try files.next() {
            let place = entry.path.split(separator: "/").map(String.init).filter { $0 != "." && $0 != ".." }
            guard place == table else { continue }
            return try readCSV(path, options: options) { buffer in
                progress(min(files.progress, 1))
                return try entry.read(buffer)
            }
        }
        throw DatasetError.cannotRead(path: path, reason: "it has changed while it was read")
    }
}
