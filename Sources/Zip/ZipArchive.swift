import CZlib
import Files

/// A zip file of a stranger that is read: entries stored or deflated, sizes of 32 or 64 bits, without trust.
///
/// Everything is checked before memory is asked for: how long the list of entries is, where they lie, that none lies over
/// another, what they may unpack to. Archives of several parts are refused; an entry that is encrypted, packed by another
/// method or not where it should be is listed, and only reading it fails. All errors are `ZipFailure`s and `FileFailure`s.
public final class ZipArchive: Sendable {
    /// Bytes of the list of entries; each takes 46 and its name. An account's data with its photos has some ten thousand.
    private static let mostDirectory = 64 << 20
    /// An entry may unpack to this many bytes, and in addition to `expansion` times what it takes in the archive.
    private static let unpacked = 64 << 20
    private static let expansion = 64

    public struct Entry: Sendable {
        public let name: String
        public let isDeflated: Bool
        /// Bytes in the archive, and what they make.
        public let packedSize: Int
        public let size: Int
        fileprivate let checksum: UInt32
        fileprivate let header: Int
        /// Where its bytes begin.
        fileprivate(set) public var start = 0
        /// Why it cannot be read; `nil` if nothing is known against it.
        fileprivate(set) public var problem: ZipFailure?
    }

    private let file: FileAtAnyPlace
    public let entries: [Entry]

    /// Opens a file and checks the list of its entries. Throws `ZipFailure` and `FileFailure`.
    public init(_ file: FileAtAnyPlace) throws {
        self.file = file
        let end = try ZipArchive.findEnd(file)
        guard end.size <= ZipArchive.mostDirectory else { throw ZipFailure("its list of entries is too long") }
        guard end.start <= end.place, end.size <= end.place - end.start else {
            throw ZipFailure("damaged: its list of entries is outside the file")
        }
        var cursor = ZipCursor(try ZipArchive.bytes(file, end.start, end.size))
        var entries: [Entry] = []
        // The list breaks off before a count that is a lie has cost anything.
        for _ in 0..<end.count { entries.append(try ZipArchive.entry(&cursor)) }
        for index in entries.indices {
            do {
                entries[index].start = try ZipArchive.start(of: entries[index], file, limit: end.start)
            } catch let failure as ZipFailure {
                // What is known already says more.
                entries[index].problem = entries[index].problem ?? failure
            }
        }
        ZipArchive.findOverlaps(&entries)
        ZipArchive.findDoubles(&entries)
        self.entries = entries
    }

    /// Of entries that lie over each other none can be trusted: one's bytes would be unpacked again and again.
    private static func findOverlaps(_ entries: inout [Entry]) {
        var last = 0
        let order = entries.indices.sorted { (entries[$0].header, $0) < (entries[$1].header, $1) }
        for index in order {
            let entry = entries[index]
            guard entry.start > 0 else { continue }
            if entry.header < last, entry.problem == nil {
                entries[index].problem = ZipFailure("damaged: '\(entry.name)' lies over another entry")
            }
            last = max(last, entry.start + entry.packedSize)
        }
    }

    /// Which of two entries with one name is meant, nobody knows.
    private static func findDoubles(_ entries: inout [Entry]) {
        var first: [String: Int] = [:]
        for index in entries.indices {
            guard let other = first.updateValue(index, forKey: entries[index].name) else { continue }
            for index in [other, index] {
                entries[index].problem = ZipFailure("two entries are called '\(entries[index].name)'")
            }
        }
    }

    /// Whether a file begins as zip files do.
    public static func begins(_ file: FileAtAnyPlace) -> Bool {
        guard file.count >= 22, let start = try? bytes(file, 0, 4) else { return false }
        return start == [0x50, 0x4B, 3, 4] || start == [0x50, 0x4B, 5, 6]
    }

    public func entry(named name: String) -> Entry? { entries.first { $0.name == name } }

    /// The contents of an entry, of at most `limit` bytes. Throws `ZipFailure` and `FileFailure`.
    public func read(_ entry: Entry, limit: Int = .max) throws -> [UInt8] {
        if let problem = entry.problem { throw problem }
        guard entry.size <= limit else {
            throw ZipFailure("'\(entry.name)' has \(entry.size) bytes, more than \(limit)")
        }
        let (product, overflow) = entry.packedSize.multipliedReportingOverflow(by: ZipArchive.expansion)
        let most = overflow || product > Int.max - ZipArchive.unpacked ? Int.max : product + ZipArchive.unpacked
        guard entry.size <= most else {
            throw ZipFailure("'\(entry.name)' would unpack from \(entry.packedSize) to \(entry.size) bytes")
        }
        var contents = try ZipArchive.bytes(file, entry.start, entry.packedSize)
        if entry.isDeflated {
            let packed = contents
            var isWhole = false
            contents = [UInt8](unsafeUninitializedCapacity: max(entry.size, 1)) { target, count in
                isWhole = fermusic_inflate(packed, packed.count, target.baseAddress, entry.size) == 1
                count = isWhole ? entry.size : 0
            }
            guard isWhole else { throw ZipFailure("damaged: '\(entry.name)' does not unpack to \(entry.size) bytes") }
        }
        guard contents.withUnsafeBytes({ ZipChecksum.of($0) }) == entry.checksum else {
            throw ZipFailure("damaged: '\(entry.name)' has another checksum")
        }
        return contents
    }

    /// Throws `ZipFailure` unless a stored entry has its checksum: it can then be read where it is, from `start` on.
    public func check(_ entry: Entry) throws {
        if let problem = entry.problem { throw problem }
        var sum = ZipChecksum.of(UnsafeRawBufferPointer(start: nil, count: 0)), done = 0
        var piece = [UInt8](repeating: 0, count: min(1 << 18, max(entry.size, 1)))
        while done < entry.size {
            let count = min(piece.count, entry.size - done)
            try piece.withUnsafeMutableBytes { bytes in
                let part = UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
                try file.read(at: entry.start + done, into: part)
                sum = ZipChecksum.of(UnsafeRawBufferPointer(part), after: sum)
            }
            done += count
        }
        guard sum == entry.checksum else { throw ZipFailure("damaged: '\(entry.name)' has another checksum") }
    }

    // MARK: structure

    private static func bytes(_ file: FileAtAnyPlace, _ start: Int, _ count: Int) throws -> [UInt8] {
        guard start >= 0, count >= 0, start <= file.count, count <= file.count - start else {
            throw ZipFailure("damaged: something is outside the file")
        }
        var result = [UInt8](repeating: 0, count: count)
        try result.withUnsafeMutableBytes { try file.read(at: start, into: $0) }
        return result
    }

    /// The record at the end: how many entries, and where their list is. `place`: where the record begins.
    private static func findEnd(_ file: FileAtAnyPlace) throws -> (count: Int, size: Int, start: Int, place: Int) {
        let tail = min(file.count, 22 + 65535), base = file.count - tail
        let bytes = try bytes(file, base, tail)
        for place in stride(from: tail - 22, through: 0, by: -1) where bytes[place] == 0x50 {
            var cursor = ZipCursor(bytes, at: place)
            guard try cursor.number(4) == 0x0605_4B50 else { continue }
            let disks = [try cursor.number(2), try cursor.number(2)]
            let here = try cursor.number(2), count = try cursor.number(2)
            let size = try cursor.number(4), start = try cursor.number(4)
            guard try cursor.number(2) == tail - place - 22 else { continue }  // a comment may hold anything
            if here == 0xFFFF || count == 0xFFFF || size == 0xFFFF_FFFF || start == 0xFFFF_FFFF {
                return try wideEnd(file, locator: base + place - 20)
            }
            guard disks == [0, 0], here == count else { throw ZipFailure("one part of several") }
            return (count, size, start, base + place)
        }
        throw ZipFailure("damaged: no list of entries at its end")
    }

    /// The record with sizes of 64 bits.
    private static func wideEnd(
        _ file: FileAtAnyPlace, locator: Int
    ) throws -> (count: Int, size: Int, start: Int, place: Int) {
        var cursor = ZipCursor(try bytes(file, locator, 20))
        guard try cursor.number(4) == 0x0706_4B50 else { throw ZipFailure("damaged: no list of entries at its end") }
        _ = try cursor.number(4)
        let place = try cursor.number(8)
        guard try cursor.number(4) == 1, place <= locator else { throw ZipFailure("one part of several") }
        cursor = ZipCursor(try bytes(file, place, 56))
        guard try cursor.number(4) == 0x0606_4B50 else { throw ZipFailure("damaged: no list of entries at its end") }
        cursor.skip(12)
        guard try cursor.number(4) == 0, try cursor.number(4) == 0 else { throw ZipFailure("one part of several") }
        let here = try cursor.number(8), count = try cursor.number(8)
        guard here == count else { throw ZipFailure("one part of several") }
        return (count, try cursor.number(8), try cursor.number(8), place)
    }

    private static func entry(_ cursor: inout ZipCursor) throws -> Entry {
        guard try cursor.number(4) == 0x0201_4B50 else { throw ZipFailure("damaged: its list of entries breaks off") }
        cursor.skip(4)
        let flags = try cursor.number(2), method = try cursor.number(2)
        cursor.skip(4)
        let checksum = UInt32(try cursor.number(4))
        var packed = try cursor.number(4), size = try cursor.number(4)
        let nameSize = try cursor.number(2), extraSize = try cursor.number(2), commentSize = try cursor.number(2)
        cursor.skip(8)
        var header = try cursor.number(4)
        let name = String(decoding: try cursor.take(nameSize), as: UTF8.self)
        var extra = ZipCursor(try cursor.take(extraSize))
        cursor.skip(commentSize)
        while extra.left >= 4 {
            let kind = try extra.number(2), length = try extra.number(2)
            var field = ZipCursor(try extra.take(length))
            guard kind == 1 else { continue }
            if size == 0xFFFF_FFFF { size = try field.number(8) }
            if packed == 0xFFFF_FFFF { packed = try field.number(8) }
            if header == 0xFFFF_FFFF { header = try field.number(8) }
        }
        var entry = Entry(
            name: name, isDeflated: method == 8, packedSize: packed, size: size, checksum: checksum, header: header)
        if flags & 1 != 0 {
            entry.problem = ZipFailure("'\(name)' is encrypted")
        } else if method != 0, method != 8 {
            entry.problem = ZipFailure(
                "'\(name)' is packed by method \(method), only stored and deflated are supported")
        } else if method == 0, packed != size {
            entry.problem = ZipFailure("damaged: '\(name)' has two sizes")
        }
        return entry
    }

    /// Where an entry's bytes begin, behind a header of its own.
    private static func start(of entry: Entry, _ file: FileAtAnyPlace, limit: Int) throws -> Int {
        var cursor = ZipCursor(try bytes(file, entry.header, 30))
        guard try cursor.number(4) == 0x0403_4B50 else {
            throw ZipFailure("damaged: '\(entry.name)' is not where it should be")
        }
        cursor.skip(22)
        let start = entry.header + 30 + (try cursor.number(2)) + (try cursor.number(2))
        guard start <= limit, entry.packedSize <= limit - start else {
            throw ZipFailure("damaged: '\(entry.name)' is outside the file")
        }
        return start
    }
}

/// What is wrong with a zip file, in one line.
public struct ZipFailure: Error, Equatable, CustomStringConvertible {
    public let reason: String
    public var description: String { reason }

    init(_ reason: String) { self.reason = reason }
}

enum ZipChecksum {
    static func of(_ bytes: UnsafeRawBufferPointer, after sum: UInt32 = 0) -> UInt32 {
        guard let start = bytes.baseAddress else { return sum }
        return UInt32(crc32_z(uLong(sum), start.assumingMemoryBound(to: UInt8.self), bytes.count))
    }
}

/// Little-endian numbers one after another.
struct ZipCursor {
    private let bytes: [UInt8]
    private var place: Int

    init(_ bytes: [UInt8], at place: Int = 0) {
        self.bytes = bytes
        self.place = place
    }

    var left: Int { max(bytes.count - place, 0) }

    mutating func skip(_ count: Int) { place = min(place + count, bytes.count) }

    mutating func take(_ count: Int) throws -> [UInt8] {
        guard count <= left else { throw ZipFailure("damaged: its list of entries breaks off") }
        place += count
        return Array(bytes[place - count..<place])
    }

    mutating func number(_ size: Int) throws -> Int {
        guard size <= left else { throw ZipFailure("damaged: its list of entries breaks off") }
        var value: UInt64 = 0
        for i in 0..<size { value |= UInt64(bytes[place + i]) << UInt64(8 * i) }
        place += size
        guard let number = Int(exactly: value), number < 1 << 48 else { throw ZipFailure("damaged: a size is absurd") }
        return number
    }
}
