import FaceVision
import Files
import Glibc

extension FaceDataset {
    /// Reads Kaggle's `fer2013.csv` and what people make of it, pictures of 48 x 48 or of the size asked for: columns
    /// `emotion` (FER2013's numbers, words, or what `options.classes` says), `pixels` (size * size whole numbers 0...255)
    /// and `Usage` (all training if there is no such column), in any order; see `CSVFaceParser`.
    ///
    /// The file is read in pieces; memory is the pictures' alone. Throws `DatasetError` naming the row.
    public static func readCSV(
        _ path: String, options: DatasetReadOptions = .init(), progress: (Double) -> Void = { _ in }
    ) throws -> LoadedDataset {
        let descriptor = open(path.cPath, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw DatasetError.cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        fstat(descriptor, &status)
        var total = 0
        return try readCSV(path, options: options) { piece in
            while true {
                let got = Glibc.read(descriptor, piece.baseAddress!, piece.count)
                if got < 0 && errno == EINTR { continue }
                guard got >= 0 else {
                    throw DatasetError.cannotRead(path: path, reason: String(cString: strerror(errno)))
                }
                total += got
                progress(Double(total) / Double(max(Int(status.st_size), 1)))
                return got
            }
        }
    }

    /// - Parameter read: fills the front of a buffer and says how many bytes it put there; 0 at the end.
    static func readCSV(
        _ path: String, options: DatasetReadOptions, read: (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws -> LoadedDataset {
        var parser = CSVFaceParser(path: path, options: options)
        try parse(into: &parser, path: path, read: read)
        return try parser.loaded()
    }

    /// Hands a parser all lines; `read` as above.
    static func parse(
        into parser: inout CSVFaceParser, path: String, read: (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws {
        let capacity = 1 << 20
        let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        defer { buffer.deallocate() }
        // A line is parsed in place; what is left of the last one moves to the front before more is read.
        var kept = 0
        while true {
            guard kept < capacity else {
                throw DatasetError.badRow(path: path, row: parser.row + 1, reason: "longer than \(capacity) bytes")
            }
            let got = try read(UnsafeMutableRawBufferPointer(start: buffer + kept, count: capacity - kept))
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
        }
    }
}
