import Files
import Glibc

/// A CSV file cut into parts of about as many bytes and of whole lines.
final class CSVParts {
    let path: String
    /// The lines up to the one that names the columns.
    let header: Range<Int>
    let parts: [Range<Int>]
    private let descriptor: Int32
    private var buffer: [UInt8]

    /// Throws `DatasetError.cannotRead`.
    init(_ path: String, count: Int) throws {
        self.path = path
        descriptor = open(path.cPath, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw DatasetError.cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        buffer = [UInt8](repeating: 0, count: 1 << 20)
        var status = stat()
        fstat(descriptor, &status)
        let size = Int(status.st_size)
        let descriptor = descriptor
        func read(_ place: Int, _ bytes: inout [UInt8]) throws -> Int {
            let got = pread(descriptor, &bytes, bytes.count, place)
            if got < 0 { throw DatasetError.cannotRead(path: path, reason: String(cString: strerror(errno))) }
            return got
        }
        /// Behind the first end of a line at or behind a place.
        func lineStart(_ place: Int) throws -> Int {
            var piece = [UInt8](repeating: 0, count: 1 << 14), place = place
            while place < size {
                let got = try read(place, &piece)
                if got == 0 { break }
                if let at = piece[..<got].firstIndex(of: 10) { return place + at + 1 }
                place += got
            }
            return size
        }
        // Lines before the header may be empty.
        var end = 0, first = [UInt8](repeating: 0, count: 2)
        while end < size {
            let got = try read(end, &first)
            let isEmpty = got > 0 && (first[0] == 10 || got > 1 && first[0] == 13 && first[1] == 10)
            end = try lineStart(end)
            if !isEmpty { break }
        }
        header = 0..<end
        var starts = [end]
        for part in 1..<max(count, 1) {
            starts.append(max(starts.last!, try lineStart(end + (size - end) * part / count - 1)))
        }
        starts.append(size)
        parts = (0..<count).map { starts[$0]..<max(starts[$0], starts[$0 + 1]) }
    }

    deinit { close(descriptor) }

    /// Where the parts lie, as a text to compare.
    var layout: String {
        var fingerprint = Fingerprint()
        for part in parts { fingerprint.add(UInt64(part.upperBound)) }
        return fingerprint.text
    }

    /// Puts bytes from there on into a buffer, as many as there are up to `end`; 0 at the end. Throws
    /// `DatasetError.cannotRead`.
    func read(_ place: Int, before end: Int, into target: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let got = pread(descriptor, target.baseAddress!, min(target.count, end - place), place)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else {
                throw DatasetError.cannotRead(path: path, reason: String(cString: strerror(errno)))
            }
            return got
        }
    }

    /// Calls `body` with the bytes of a range, in pieces.
    private func forEachPiece(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Void) throws {
        var place = range.lowerBound
        while place < range.upperBound {
            let got = try buffer.withUnsafeMutableBytes { try read(place, before: range.upperBound, into: $0) }
            if got == 0 { break }
            buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
            place += got
        }
    }

    /// Lines that end in a range.
    func lines(_ range: Range<Int>) throws -> Int {
        var count = 0
        try forEachPiece(range) { for byte in $0 where byte == 10 { count += 1 } }
        return count
    }

    func fingerprint(_ part: Int) throws -> UInt64 {
        var fingerprint = Fingerprint()
        if part == 0 { try forEachPiece(header) { fingerprint.add($0) } }
        try forEachPiece(parts[part]) { fingerprint.add($0) }
        return fingerprint.value
    }
}
