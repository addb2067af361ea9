/// A file's bytes with what is needed to understand them: how long addresses and lengths are, and how much may still be
/// read. All reading goes through here, so no address leads outside the file and no loop lasts.
final class HDF5Bytes {
    let source: any ByteSource
    let limits: HDF5Limits
    /// Bytes per address and per length: 2, 4 or 8.
    var addressSize = 8
    var lengthSize = 8
    private var structureLeft: Int
    private var valuesLeft: Int
    /// The most that the values of one dataset may take.
    let mostUnpacked: Int

    init(_ source: any ByteSource, limits: HDF5Limits) {
        self.source = source
        self.limits = limits
        let (product, overflow) = source.count.multipliedReportingOverflow(by: limits.expansion)
        mostUnpacked = overflow || product > Int.max - limits.unpacked ? Int.max : product + limits.unpacked
        structureLeft = limits.structure
        valuesLeft = mostUnpacked
    }

    /// Notes work on the structure of the file; each piece costs something, however short it is.
    func charge(_ bytes: Int) throws {
        structureLeft -= max(bytes, 64)
        guard structureLeft >= 0 else {
            throw HDF5Failure("groups, names and texts of more than \(limits.structure) bytes")
        }
    }

    /// Notes bytes of values that are read or unpacked.
    func chargeValues(_ bytes: Int) throws {
        guard bytes <= valuesLeft else { throw HDF5Failure("unpacks to more than \(mostUnpacked) bytes") }
        valuesLeft -= bytes
    }

    /// Throws unless the bytes from `address` on lie in the file.
    func check(_ address: Int, _ count: Int, _ what: String) throws {
        guard address >= 0, count >= 0, address <= source.count, count <= source.count - address else {
            throw HDF5Failure.damaged("\(what) at byte \(address) is outside the file")
        }
    }

    /// A piece of the structure.
    func piece(at address: Int, _ count: Int, _ what: String) throws -> ByteCursor {
        try check(address, count, what)
        try charge(count)
        let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            try source.read(
                at: address, into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            )
            filled = count
        }
        return ByteCursor(bytes, what, address: address, addressSize: addressSize, lengthSize: lengthSize)
    }

    /// A piece that begins with a name of four letters and its version.
    func piece(
        at address: Int, _ count: Int, signature: String, version: UInt8, _ what: String
    ) throws -> ByteCursor {
        var cursor = try piece(at: address, count, what)
        guard try cursor.take(4).elementsEqual(signature.utf8) else { throw cursor.damaged("is none") }
        guard try cursor.byte() == version else { throw cursor.damaged("has an unknown version") }
        return cursor
    }

    /// Values, straight to where they belong.
    func values(at address: Int, into target: UnsafeMutableRawBufferPointer) throws {
        try check(address, target.count, "data")
        try source.read(at: address, into: target)
    }
}
