import FaceVision
import Glibc

extension FaceDataset {
    /// Reads Kaggle's `fer2013.csv`, pictures of 48 x 48 or of the size asked for: columns `emotion` (0...6), `pixels`
    /// (size * size numbers 0...255 between spaces)
    /// and `Usage` (Training, PublicTest, PrivateTest; all training if there is no such column), in any order, quoted
    /// or not, with either line ending.
    ///
    /// The file is read in pieces; memory is the pictures' alone. Throws `DatasetError` naming the row.
    public static func readCSV(
        _ path: String, options: DatasetReadOptions = .init(), progress: (Double) -> Void = { _ in }
    ) throws -> LoadedDataset {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw DatasetError.cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        fstat(descriptor, &status)
        var parser = CSVFaceParser(path: path, options: options)
        let capacity = 1 << 20
        let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        defer { buffer.deallocate() }
        // A line is parsed in place; what is left of the last one moves to the front before more is read.
        var kept = 0
        var total = 0
        while true {
            guard kept < capacity else {
                throw DatasetError.badRow(path: path, row: parser.row + 1, reason: "longer than \(capacity) bytes")
            }
            let got = Glibc.read(descriptor, buffer + kept, capacity - kept)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else {
                throw DatasetError.cannotRead(path: path, reason: String(cString: strerror(errno)))
            }
            let end = kept + got
            var start = 0
            while let newline = memchr(buffer + start, 10, end - start) {
                let stop = newline.assumingMemoryBound(to: UInt8.self) - buffer
                try parser.parse(UnsafeBufferPointer(start: buffer + start, count: stop - start))
                start = stop + 1
            }
            if got == 0 {
                if end > start { try parser.parse(UnsafeBufferPointer(start: buffer + start, count: end - start)) }
                break
            }
            kept = end - start
            memmove(buffer, buffer + start, kept)
            total += got
            progress(Double(total) / Double(max(Int(status.st_size), 1)))
        }
        guard parser.dataset.count > 0 else {
            throw DatasetError.empty(path: path, reason: "no rows with pictures (expected emotion,pixels,Usage)")
        }
        return LoadedDataset(dataset: parser.dataset, skipped: parser.skipped)
    }
}

/// Takes the lines of one CSV file.
private struct CSVFaceParser {
    let path: String
    let options: DatasetReadOptions
    var dataset: FaceDataset
    var skipped: [DatasetError] = []
    /// Lines seen.
    var row = 0
    private var columns: (emotion: Int, pixels: Int, usage: Int?)?
    private var image: [UInt8]
    /// FER2013's width and height: such pictures are brought to another size where one is asked for.
    private static let usualSize = 48
    private var fields: [UnsafeBufferPointer<UInt8>] = []

    init(path: String, options: DatasetReadOptions) {
        self.path = path
        self.options = options
        dataset = FaceDataset(size: options.size)
        image = [UInt8](repeating: 0, count: max(dataset.imageBytes, Self.usualSize * Self.usualSize))
    }

    mutating func parse(_ line: UnsafeBufferPointer<UInt8>) throws {
        row += 1
        var line = line
        if line.last == 13 { line = UnsafeBufferPointer(rebasing: line.dropLast()) }
        if line.isEmpty { return }
        split(line)
        guard let columns else {
            try readHeader()
            return
        }
        do {
            try readRow(columns)
        } catch let error as DatasetError {
            guard options.skipsBad else { throw error }
            skipped.append(error)
        }
    }

    /// Cuts a line at its commas; quotes around a field are taken off. FER2013's fields hold no commas or quotes.
    private mutating func split(_ line: UnsafeBufferPointer<UInt8>) {
        fields.removeAll(keepingCapacity: true)
        var start = 0
        while start <= line.count {
            let comma =
                start < line.count
                ? memchr(line.baseAddress! + start, 0x2C, line.count - start) : nil
            let end =
                comma.map { $0.assumingMemoryBound(to: UInt8.self) - UnsafeMutablePointer(mutating: line.baseAddress!) }
                ?? line.count
            var field = line[start..<end]
            while let first = field.first, first == 0x20 || first == 0x22 { field = field.dropFirst() }
            while let last = field.last, last == 0x20 || last == 0x22 { field = field.dropLast() }
            fields.append(UnsafeBufferPointer(rebasing: field))
            start = end + 1
        }
    }

    private mutating func readHeader() throws {
        let names = fields.map { field -> String in
            let text = String(decoding: field, as: UTF8.self).lowercased()
            return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()).replacingQuotes : text
        }
        guard let emotion = names.firstIndex(of: "emotion"), let pixels = names.firstIndex(of: "pixels") else {
            throw DatasetError.badRow(
                path: path, row: row, reason: "the header must name the columns emotion and pixels (and Usage)")
        }
        columns = (emotion, pixels, names.firstIndex(of: "usage"))
    }

    private mutating func readRow(_ columns: (emotion: Int, pixels: Int, usage: Int?)) throws {
        func bad(_ reason: String) -> DatasetError { .badRow(path: path, row: row, reason: reason) }
        let needed = max(columns.emotion, columns.pixels, columns.usage ?? 0)
        guard fields.count > needed else { throw bad("\(fields.count) columns instead of \(needed + 1)") }
        let labelText = String(decoding: fields[columns.emotion].prefix(20), as: UTF8.self)
        guard let label = Int(labelText), dataset.classNames.indices.contains(label) else {
            throw bad("label \(labelText) is not in 0...\(dataset.classNames.count - 1)")
        }
        var split = FaceDataset.Split.training
        if let usage = columns.usage {
            let text = String(decoding: fields[usage].prefix(20), as: UTF8.self)
            guard let known = FaceDataset.Split(name: text) else { throw bad("unknown Usage '\(text)'") }
            split = known
        }
        let found = try readPixels(fields[columns.pixels])
        let name = "row \(row)"
        if found == dataset.imageBytes {
            image.withUnsafeBufferPointer {
                dataset.append(UnsafeBufferPointer(rebasing: $0[..<found]), label: label, split: split, name: name)
            }
        } else if found == Self.usualSize * Self.usualSize {
            let picture = Image(width: Self.usualSize, height: Self.usualSize, pixels: Array(image[..<found]))
            picture.resized(width: dataset.size, height: dataset.size).pixels.withUnsafeBufferPointer {
                dataset.append($0, label: label, split: split, name: name)
            }
        } else {
            throw bad("\(found) pixels instead of \(dataset.imageBytes)")
        }
    }

    /// Numbers between spaces into `image`; returns how many there are.
    private mutating func readPixels(_ text: UnsafeBufferPointer<UInt8>) throws -> Int {
        let row = row, path = path
        return try image.withUnsafeMutableBufferPointer { image in
            var count = 0
            var at = 0
            let end = text.count
            while at < end {
                var value = 0
                let start = at
                while at < end, case let digit = Int(text[at]) &- 48, digit >= 0, digit <= 9 {
                    value = value &* 10 &+ digit
                    at &+= 1
                    if value > 255 {
                        throw DatasetError.badRow(path: path, row: row, reason: "pixel \(count + 1) is above 255")
                    }
                }
                if at == start {
                    guard text[at] == 0x20 else {
                        throw DatasetError.badRow(path: path, row: row, reason: "pixel \(count + 1) is not a number")
                    }
                } else {
                    if count < image.count { image[count] = UInt8(truncatingIfNeeded: value) }
                    count &+= 1
                }
                if at < end, text[at] == 0x20 { at &+= 1 }
            }
            return count
        }
    }
}

extension String {
    fileprivate var replacingQuotes: String { filter { $0 != "\"" } }
}
