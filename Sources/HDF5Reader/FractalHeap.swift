/// Where large groups and objects with many or large attributes keep them.
final class FractalHeap {
    private let file: HDF5Bytes
    let idSize: Int
    private let offsetSize: Int
    private let lengthSize: Int
    private let width: Int
    private let startSize: Int
    private let largestDirect: Int
    private let hasChecksums: Bool
    private let rootRows: Int
    private let root: Int?
    private let hugeTree: Int?
    private let address: Int
    private var blocks: [Int: ByteCursor] = [:]
    private var huge: [UInt64: (address: Int, length: Int)]?

    init(_ file: HDF5Bytes, at address: Int) throws {
        self.file = file
        self.address = address
        let a = file.addressSize, l = file.lengthSize
        var head = try file.piece(at: address, 26 + 3 * a + 12 * l, "a heap")
        try head.verify()
        guard try head.take(4).elementsEqual("FRHP".utf8), try head.byte() == 0 else { throw head.damaged("is none") }
        idSize = try head.number(2)
        guard try head.number(2) == 0 else { throw HDF5Failure("HDF5 with compressed groups is not supported") }
        hasChecksums = try head.byte() & 2 != 0
        let largestObject = try head.number(4)
        try head.skip(l)
        hugeTree = try head.possibleAddress()
        try head.skip(l + a + 8 * l)
        width = try head.number(2)
        startSize = try head.length()
        largestDirect = try head.length()
        let sizeBits = try head.number(2)
        try head.skip(2)
        root = try head.possibleAddress()
        rootRows = try head.number(2)
        func isPower(_ size: Int) -> Bool { size > 0 && size <= 1 << 32 && size & (size - 1) == 0 }
        guard isPower(width), width <= 1 << 15, isPower(startSize), isPower(largestDirect),
            startSize <= largestDirect, (1...62).contains(sizeBits), idSize > 1
        else { throw head.damaged("has wrong sizes") }
        offsetSize = (sizeBits + 7) / 8
        let objectBits = Int.bitWidth - 1 - max(largestObject, 1).leadingZeroBitCount
        lengthSize = max(min((largestDirect.trailingZeroBitCount + 7) / 8, objectBits / 8 + 1), 1)
    }

    /// The object that an identifier means.
    func object(_ id: ByteCursor) throws -> ByteCursor {
        var id = id
        try file.charge(id.count)
        let flags = try id.byte()
        switch flags >> 4 & 3 {
        case 0:
            let offset = try id.number(offsetSize), length = try id.number(lengthSize)
            return try managed(offset, length)
        case 1: return try hugeObject(&id)
        case 2:
            // Short ones are the identifier itself.
            let isLong = idSize - 1 > 16
            let length = try isLong ? Int(flags & 0xF) << 8 | id.number(1) : Int(flags & 0xF)
            return try id.part(length + 1)
        default: throw id.damaged("has an unknown kind of name")
        }
    }

    private func hugeObject(_ id: inout ByteCursor) throws -> ByteCursor {
        if idSize - 1 >= file.addressSize + file.lengthSize {
            return try file.piece(at: id.requiredAddress(), id.length(), "a large object")
        }
        let key = try id.bits(min(idSize - 1, 8))
        if huge == nil, let hugeTree {
            var found: [UInt64: (Int, Int)] = [:]
            try TreeTwo.forEachRecord(file, at: hugeTree, kind: 1, "large objects") { record in
                let address = try record.requiredAddress(), length = try record.length()
                found[try record.bits(file.lengthSize)] = (address, length)
            }
            huge = found
        }
        guard let place = huge?[key] else { throw id.damaged("refers to nothing") }
        return try file.piece(at: place.address, place.length, "a large object")
    }

    private func managed(_ offset: Int, _ length: Int) throws -> ByteCursor {
        guard let root else { throw HDF5Failure.damaged("a heap is empty") }
        if rootRows == 0 { return try slice(root, size: startSize, blockStart: 0, offset, length) }
        return try search(root, rows: rootRows, start: 0, offset, length, depth: 0)
    }

    /// Finds the block of `offset` below an indirect block, whose rows double in size from the second on.
    private func search(
        _ block: Int, rows: Int, start: Int, _ offset: Int, _ length: Int, depth: Int
    ) throws -> ByteCursor {
        guard rows <= 64, depth < file.limits.treeLevels else { throw HDF5Failure.damaged("a heap has wrong sizes") }
        let cursor = try indirect(block, rows: rows)
        var rowStart = start
        for row in 0..<rows {
            let size = startSize << max(row - 1, 0)
            guard size > 0, size <= 1 << 40 else { throw HDF5Failure.damaged("a heap has wrong sizes") }
            guard offset >= rowStart + size * width else {
                let column = (offset - rowStart) / size
                var entries = cursor
                try entries.skip((row * width + column) * file.addressSize)
                let child = try entries.requiredAddress(), childStart = rowStart + column * size
                if size <= largestDirect {
                    return try slice(child, size: size, blockStart: childStart, offset, length)
                }
                let childRows = size.trailingZeroBitCount - (startSize * width).trailingZeroBitCount + 1
                guard childRows > 0 else { throw HDF5Failure.damaged("a heap has wrong sizes") }
                return try search(child, rows: childRows, start: childStart, offset, length, depth: depth + 1)
            }
            rowStart += size * width
        }
        throw HDF5Failure.damaged("a heap has no byte \(offset)")
    }

    /// The entries of an indirect block.
    private func indirect(_ block: Int, rows: Int) throws -> ByteCursor {
        if let known = blocks[block] { return known }
        let size = 9 + file.addressSize + offsetSize + rows * width * file.addressSize
        var cursor = try file.piece(at: block, size, "a block of a heap")
        try cursor.verify()
        guard try cursor.take(4).elementsEqual("FHIB".utf8), try cursor.byte() == 0,
            try cursor.requiredAddress() == address
        else { throw cursor.damaged("is none") }
        try cursor.skip(offsetSize)
        blocks[block] = cursor
        return cursor
    }

    private func slice(_ block: Int, size: Int, blockStart: Int, _ offset: Int, _ length: Int) throws -> ByteCursor {
        let cursor = try blocks[block] ?? direct(block, size: size)
        blocks[block] = cursor
        var object = cursor
        let head = 5 + file.addressSize + offsetSize + (hasChecksums ? 4 : 0)
        guard offset - blockStart >= head else { throw cursor.damaged("has an object in its head") }
        try object.skip(offset - blockStart)
        try file.charge(length)
        return try object.part(length)
    }

    private func direct(_ block: Int, size: Int) throws -> ByteCursor {
        let cursor = try file.piece(at: block, size, "a block of a heap")
        var head = cursor
        guard try head.take(4).elementsEqual("FHDB".utf8), try head.byte() == 0,
            try head.requiredAddress() == address
        else { throw cursor.damaged("is none") }
        if hasChecksums {
            // Over the block as it was when the checksum was not in it yet.
            try head.skip(offsetSize)
            var bytes = Array(cursor.rest)
            let place = size - head.count
            let stored = try head.bits(4)
            for i in place..<place + 4 { bytes[i] = 0 }
            guard stored == UInt64(Checksum.lookup3(bytes[...])) else { throw cursor.damaged("has a wrong checksum") }
        }
        return cursor
    }
}
