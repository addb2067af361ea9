import Files
import Glibc
import JSON
import JSONCoding

/// A packed data set: all pictures one behind the other from byte 4,096 on, behind them labels, splits and check sums (a byte,
/// a byte and four bytes for each picture), a description in JSON, and 48 bytes that say where that is. Numbers have their
/// low bytes first.
enum PackedDataset {
    static let magic = "fermusic-packed\n"
    static let pictures = 4096
    static let tail = 48
    /// More pictures than anybody has, so that a damaged number asks for no memory.
    static let maximumCount = 1 << 30

    struct Description: Codable {
        var size: Int
        var count: Int
        var classes: [String]
        var fingerprint: String
        var trainingFingerprint: String
    }

    /// Whether a file begins as these do.
    static func isOne(_ path: String) -> Bool {
        let file = open(path.cPath, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return false }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        var start = [UInt8](repeating: 0, count: magic.utf8.count)
        return pread(file, &start, start.count, 0) == start.count && start.elementsEqual(magic.utf8)
    }

    /// Opens a packed data set: what it says of its pictures is read and checked, the pictures are not. Throws
    /// `DatasetError`.
    static func read(_ path: String, options: DatasetReadOptions) throws -> FaceDataset {
        func damaged(_ what: String) -> DatasetError { .cannotRead(path: path, reason: "\(what); it is damaged") }
        let file = open(path.cPath, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw DatasetError.cannotRead(path: path, reason: FileFailure.last.reason) }
        var isKept = false
        defer { if !isKept { close(file) } }
        var status = stat()
        guard fstat(file, &status) == 0 else {
            throw DatasetError.cannotRead(path: path, reason: FileFailure.last.reason)
        }
        let length = Int(status.st_size)
        guard length >= pictures + tail else { throw damaged("it is too short") }
        func bytes(_ start: Int, _ count: Int) throws -> [UInt8] {
            try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                while filled < count {
                    let n = pread(file, buffer.baseAddress! + filled, count - filled, start + filled)
                    if n < 0, errno == EINTR { continue }
                    guard n > 0 else { throw damaged("it cannot be read") }
                    filled += n
                }
            }
        }
        let tail = try bytes(length - self.tail, self.tail)
        func number(_ bytes: [UInt8], _ at: Int) -> UInt64 {
            (0..<8).reduce(0) { $0 | UInt64(bytes[at + $1]) << (8 * $1) }
        }
        let start = number(tail, 0), size = number(tail, 8), check = number(tail, 16)
        guard tail[32...].elementsEqual(magic.utf8), number(tail, 24) == 1 else {
            throw damaged("its end is missing, or of another version")
        }
        guard start >= UInt64(pictures), size > 0,
            start.addingReportingOverflow(size) == (UInt64(length - self.tail), false)
        else { throw damaged("its end says wrong places") }
        guard size <= UInt64(maximumCount) else { throw damaged("its table is too large") }
        let table = try bytes(Int(start), Int(size))
        var fingerprint = Fingerprint()
        table.withUnsafeBytes { fingerprint.add($0) }
        guard fingerprint.value == check else { throw damaged("its table has another check sum") }
        let textLength = Int(number(table, 0) & 0xFFFF_FFFF)
        guard table.count >= 8, textLength <= table.count - 8,
            let about = try? JSONValue.decode(
                Description.self, from: String(decoding: table[8..<8 + textLength], as: UTF8.self)),
            about.count > 0, about.count <= maximumCount, (1...4096).contains(about.size),
            (1...256).contains(about.classes.count), table.count == 8 + textLength + 6 * about.count,
            about.size * about.size * about.count <= Int(start) - pictures
        else { throw damaged("its description is wrong") }
        guard about.size == options.size else {
            throw DatasetError.cannotRead(
                path: path, reason: "holds pictures of \(about.size) pixels, not of \(options.size)")
        }
        let labels = Array(table[(8 + textLength)...].prefix(about.count))
        let numbers = table[(8 + textLength + about.count)...].prefix(about.count)
        let all = FaceDataset.Split.allCases
        guard labels.allSatisfy({ $0 < about.classes.count }), numbers.allSatisfy({ $0 < all.count }) else {
            throw damaged("its labels are wrong")
        }
        let first = 8 + textLength + 2 * about.count
        let sums = table.withUnsafeBytes { table in
            (0..<about.count).map {
                UInt32(littleEndian: table.loadUnaligned(fromByteOffset: first + 4 * $0, as: UInt32.self))
            }
        }
        isKept = true
        let pixels = try PackedPixels(
            path: path, file: file, start: pictures, count: about.count, imageBytes: about.size * about.size,
            sums: sums,
            fingerprint: about.fingerprint, trainingFingerprint: about.trainingFingerprint)
        return FaceDataset(
            size: about.size, classNames: about.classes, pixels: pixels, labels: labels,
            splits: numbers.map { all[Int($0)] })
    }
}
