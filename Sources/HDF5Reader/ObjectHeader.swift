/// What an object consists of: a list of messages.
struct ObjectHeader {
    enum Kind: UInt16 {
        case dataspace = 0x01, linkInformation, datatype, oldFillValue, fillValue, link, externalFiles, layout
        case filterPipeline = 0x0B, attribute
        case sharedMessageTable = 0x0F, continuation, symbolTable
        case driverInformation = 0x14, attributeInformation
    }

    struct Message {
        let kind: Kind
        /// The contents are elsewhere: here is only where.
        let isShared: Bool
        let body: ByteCursor
    }

    private(set) var messages: [Message] = []

    func first(_ kind: Kind) -> Message? { messages.first { $0.kind == kind } }

    /// Reads the header at `address` with all its pieces.
    init(_ file: HDF5Bytes, at address: Int) throws {
        let start = try file.piece(at: address, 8, "an object").rest
        let isNew = start.prefix(4).elementsEqual("OHDR".utf8)
        let pieces = isNew ? try NewPieces(file, at: address) : nil
        var waiting: [ByteCursor] = [try pieces?.first ?? ObjectHeader.oldStart(file, at: address)]
        var count = 0
        while var piece = waiting.popLast() {
            let head = pieces?.messageHead ?? 8
            while piece.count >= head {
                let number: UInt16, size: Int, flags: UInt8
                if let pieces {
                    number = UInt16(try piece.byte())
                    size = try piece.number(2)
                    flags = try piece.byte()
                    try piece.skip(pieces.messageHead - 4)
                } else {
                    number = UInt16(try piece.number(2))
                    size = try piece.number(2)
                    flags = try piece.byte()
                    try piece.skip(3)
                }
                var body = try piece.part(size)
                count += 1
                guard count <= file.limits.messages else { throw HDF5Failure("an object of too many parts") }
                try file.charge(size)
                guard let kind = Kind(rawValue: number) else {
                    // Whoever does not know it must not go on.
                    guard flags & 0x80 == 0 else { throw HDF5Failure("HDF5 of a newer kind: message \(number)") }
                    continue
                }
                if kind == .continuation {
                    let place = try body.requiredAddress(), length = try body.length()
                    waiting.append(
                        try pieces?.next(file, at: place, length)
                            ?? file.piece(at: place, length, "the continuation of an object"))
                } else {
                    messages.append(Message(kind: kind, isShared: flags & 2 != 0, body: body))
                }
            }
        }
    }

    private static func oldStart(_ file: HDF5Bytes, at address: Int) throws -> ByteCursor {
        var cursor = try file.piece(at: address, 16, "an object")
        guard try cursor.byte() == 1, try cursor.byte() == 0 else { throw cursor.damaged("is none") }
        try cursor.skip(6)
        let size = try cursor.number(4)
        try file.check(address, 16, "an object")
        return try file.piece(at: address + 16, size, "an object")
    }

    /// Pieces with checksums.
    private struct NewPieces {
        let first: ByteCursor
        let messageHead: Int

        init(_ file: HDF5Bytes, at address: Int) throws {
            var cursor = try file.piece(at: address, 6, signature: "OHDR", version: 2, "an object")
            let flags = try cursor.byte()
            messageHead = flags & 4 == 0 ? 4 : 6
            let fixed = 6 + (flags & 0x20 == 0 ? 0 : 16) + (flags & 0x10 == 0 ? 0 : 4)
            let width = 1 << Int(flags & 3)
            var head = try file.piece(at: address, fixed + width, "an object")
            try head.skip(fixed)
            let size = try head.number(width)
            try file.check(address, size, "an object")
            var whole = try file.piece(at: address, fixed + width + size + 4, "an object")
            try whole.verify()
            try whole.skip(fixed + width)
            first = whole
        }

        func next(_ file: HDF5Bytes, at address: Int, _ length: Int) throws -> ByteCursor {
            var cursor = try file.piece(at: address, length, "the continuation of an object")
            try cursor.verify()
            guard try cursor.take(4).elementsEqual("OCHK".utf8) else { throw cursor.damaged("is none") }
            return cursor
        }
    }
}
