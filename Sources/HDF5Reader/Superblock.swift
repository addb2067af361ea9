/// What stands at the start of a file.
struct Superblock {
    static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Where the header of the top group is.
    let root: Int

    /// Reads it and tells `file` how long addresses are. Says what a file is that is not HDF5 at all.
    init(_ file: HDF5Bytes) throws {
        let size = file.source.count
        if size == 0 { throw HDF5Failure("empty file") }
        let start = try file.piece(at: 0, min(size, 9), "the start of the file").rest
        if start.starts(with: [0x50, 0x4B, 3, 4]) {
            throw HDF5Failure("a zip archive (.keras?), not an HDF5 file; in Keras, save the model as .h5")
        }
        guard start.starts(with: Superblock.signature.prefix(size)) else { throw HDF5Failure("not an HDF5 file") }
        guard size >= 9 else { throw HDF5Failure("cut short: only \(size) bytes") }
        switch start[8] {
        case 0, 1: root = try Superblock.old(file, version: start[8])
        case 2, 3: root = try Superblock.new(file, version: start[8])
        default: throw HDF5Failure("damaged, or HDF5 of a newer kind: version \(start[8])")
        }
    }

    /// Sizes of addresses and lengths.
    private static func setSizes(_ file: HDF5Bytes, _ cursor: inout ByteCursor) throws {
        let address = try cursor.number(1), length = try cursor.number(1)
        guard [2, 4, 8].contains(address), [2, 4, 8].contains(length) else {
            throw HDF5Failure.damaged("addresses of \(address) bytes and lengths of \(length)")
        }
        file.addressSize = address
        file.lengthSize = length
    }

    private static func start(_ file: HDF5Bytes, _ count: Int) throws -> ByteCursor {
        guard count <= file.source.count else { throw HDF5Failure("cut short: only \(file.source.count) bytes") }
        return try file.piece(at: 0, count, "the start of the file")
    }

    private static func checkEnd(_ file: HDF5Bytes, base: Int, end: Int) throws {
        guard base == 0 else { throw HDF5Failure("HDF5 behind other contents is not supported") }
        guard end <= file.source.count else {
            throw HDF5Failure("damaged or cut short: \(file.source.count) bytes instead of \(end)")
        }
    }

    private static func old(_ file: HDF5Bytes, version: UInt8) throws -> Int {
        var sizes = try start(file, 24)
        try sizes.skip(13)
        try setSizes(file, &sizes)
        let fixed = version == 0 ? 24 : 28
        var cursor = try start(file, fixed + 6 * file.addressSize)
        try cursor.skip(fixed)
        let base = try cursor.requiredAddress()
        _ = try cursor.possibleAddress()  // of free space
        let end = try cursor.requiredAddress()
        try checkEnd(file, base: base, end: end)
        guard try cursor.possibleAddress() == nil else { throw HDF5Failure("HDF5 in several files is not supported") }
        _ = try cursor.possibleAddress()  // of the top group's name
        return try cursor.requiredAddress()
    }

    private static func new(_ file: HDF5Bytes, version: UInt8) throws -> Int {
        var sizes = try start(file, 12)
        try sizes.skip(9)
        try setSizes(file, &sizes)
        var cursor = try start(file, 12 + 4 * file.addressSize + 4)
        try cursor.verify()
        try cursor.skip(11)
        let flags = try cursor.byte()
        let base = try cursor.requiredAddress()
        let `extension` = try cursor.possibleAddress()
        let end = try cursor.requiredAddress()
        try checkEnd(file, base: base, end: end)
        guard version == 2 || flags & 5 == 0 else {
            throw HDF5Failure("not finished: the program that wrote it has not closed it")
        }
        if let `extension` { try checkExtension(file, `extension`) }
        return try cursor.requiredAddress()
    }

    private static func checkExtension(_ file: HDF5Bytes, _ address: Int) throws {
        let header = try ObjectHeader(file, at: address)
        guard header.first(.driverInformation) == nil else {
            throw HDF5Failure("HDF5 in several files is not supported")
        }
        guard header.first(.sharedMessageTable) == nil else {
            throw HDF5Failure("HDF5 with shared messages is not supported")
        }
    }
}
