/// Where the values of a dataset are.
enum DatasetLayout {
    /// In the header itself.
    case compact(ByteCursor)
    /// In one piece; nil if nothing was ever written.
    case contiguous(address: Int?, size: Int)
    /// In boxes of equal shape; nil if nothing was ever written.
    case chunked(shape: [Int], index: ChunkIndex, address: Int?)

    init(_ cursor: ByteCursor) throws {
        var cursor = cursor
        let version = try cursor.byte()
        guard (3...5).contains(version) else {
            throw HDF5Failure("values laid out in a way (\(version)) that is not supported")
        }
        switch try cursor.byte() {
        case 0: self = .compact(try cursor.part(cursor.number(2)))
        case 1: self = .contiguous(address: try cursor.possibleAddress(), size: try cursor.length())
        case 2 where version == 3:
            let rank = try cursor.number(1), address = try cursor.possibleAddress()
            var shape: [Int] = []
            for _ in 0..<rank { shape.append(try cursor.number(4)) }
            // The last axis is the bytes of a value.
            self = .chunked(shape: shape.dropLast(), index: .treeOne, address: address)
        case 2:
            let flags = try cursor.byte(), rank = try cursor.number(1), width = try cursor.number(1)
            guard (1...8).contains(width) else { throw cursor.damaged("has chunks of an unknown shape") }
            var shape: [Int] = []
            for _ in 0..<rank { shape.append(try cursor.number(width)) }
            let index = try ChunkIndex(&cursor, flags: flags)
            self = .chunked(shape: shape.dropLast(), index: index, address: try cursor.possibleAddress())
        case 3: throw HDF5Failure("a virtual dataset, whose values are elsewhere; this is refused")
        default: throw cursor.damaged("has values laid out in an unknown way")
        }
    }
}

/// How chunks are found.
enum ChunkIndex {
    /// A tree of version 1.
    case treeOne
    /// One chunk; its size and which filters were left out if it is filtered.
    case single(filtered: (size: Int, mask: Int)?)
    /// One chunk after the other.
    case implicit
    case fixedArray
    /// A tree of version 2.
    case treeTwo

    init(_ cursor: inout ByteCursor, flags: UInt8) throws {
        guard flags & 1 == 0 else { throw HDF5Failure("chunks of which some are not filtered are not supported") }
        switch try cursor.byte() {
        case 1:
            let isFiltered = flags & 2 != 0
            self = .single(filtered: isFiltered ? (size: try cursor.length(), mask: try cursor.number(4)) : nil)
        case 2: self = .implicit
        case 3:
            try cursor.skip(1)  // the array says it again
            self = .fixedArray
        case 4:
            throw HDF5Failure("chunks of a dataset that can grow along one axis in the newest way are not supported")
        case 5:
            try cursor.skip(6)
            self = .treeTwo
        default: throw cursor.damaged("has an unknown index of chunks")
        }
    }
}
