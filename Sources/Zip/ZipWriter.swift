import Files

/// Writes a zip file of stored entries, each in one go. The bytes depend on names and contents alone: no times.
public struct ZipWriter {
    private let output: FileOutput
    private var directory: [UInt8] = []
    private var count = 0
    private var place = 0

    public init(_ output: FileOutput) { self.output = output }

    /// Appends an entry. Throws `FileFailure`, and `ZipFailure` for more than 4 GB in all.
    public mutating func add(_ name: String, _ contents: UnsafeRawBufferPointer) throws {
        guard contents.count < 1 << 32 - 1, place + contents.count < 1 << 32 - 1 << 16, count < 65535 else {
            throw ZipFailure("larger than 4 GB")
        }
        let checksum = Int(ZipChecksum.of(contents))
        // Version 2.0, names in UTF-8, stored, 1 January 1980.
        var common: [UInt8] = []
        for (value, size) in [
            (20, 2), (0x800, 2), (0, 2), (0, 2), (0x21, 2), (checksum, 4), (contents.count, 4), (contents.count, 4),
            (name.utf8.count, 2), (0, 2),
        ] { common.append(value, size) }
        var header: [UInt8] = []
        header.append(0x0403_4B50, 4)
        header += common + Array(name.utf8)
        try output.write(header)
        try output.write(contents)
        directory.append(0x0201_4B50, 4)
        directory.append(20, 2)
        directory += common
        for (value, size) in [(0, 2), (0, 2), (0, 2), (0, 4), (place, 4)] { directory.append(value, size) }
        directory += Array(name.utf8)
        place += header.count + contents.count
        count += 1
    }

    public mutating func add(_ name: String, _ text: String) throws {
        try Array(text.utf8).withUnsafeBytes { try add(name, $0) }
    }

    /// Ends the archive. Throws `FileFailure`.
    public mutating func finish() throws {
        var end: [UInt8] = []
        for (value, size) in [
            (0x0605_4B50, 4), (0, 2), (0, 2), (count, 2), (count, 2), (directory.count, 4), (place, 4), (0, 2),
        ] { end.append(value, size) }
        try output.write(directory + end)
    }
}

extension [UInt8] {
    /// A little-endian number.
    fileprivate mutating func append(_ value: Int, _ size: Int) {
        for i in 0..<size { append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
    }
}
