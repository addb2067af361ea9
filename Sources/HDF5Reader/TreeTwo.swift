/// Version 2 of HDF5's trees: of names in large groups, of many attributes, of chunks.
enum TreeTwo {
    /// Visits all records of a tree of that kind.
    static func forEachRecord(
        _ file: HDF5Bytes, at address: Int, kind: UInt8, _ what: String, _ visit: (inout ByteCursor) throws -> Void
    ) throws {
        let size = 22 + file.addressSize + file.lengthSize
        var head = try file.piece(at: address, size, "the tree of \(what)")
        try head.verify()
        guard try head.take(4).elementsEqual("BTHD".utf8), try head.byte() == 0, try head.byte() == kind else {
            throw head.damaged("is none")
        }
        let nodeSize = try head.number(4), recordSize = try head.number(2), depth = try head.number(2)
        try head.skip(2)
        let root = try head.possibleAddress(), count = try head.number(2)
        guard let root, count > 0 else { return }
        guard recordSize > 0, depth < file.limits.treeLevels else { throw head.damaged("has wrong sizes") }
        let shape = try Shape(nodeSize: nodeSize, recordSize: recordSize, depth: depth, file)
        try node(file, at: root, count: count, level: depth, kind: kind, shape, what, visit)
    }

    /// How large counts of records are, which depends on how many fit.
    private struct Shape {
        let nodeSize: Int
        let recordSize: Int
        let countSize: Int
        /// By level: bytes of the count of all records below a node of that level.
        let totalSizes: [Int]

        init(nodeSize: Int, recordSize: Int, depth: Int, _ file: HDF5Bytes) throws {
            self.nodeSize = nodeSize
            self.recordSize = recordSize
            func size(_ count: Int) -> Int { (Int.bitWidth - 1 - max(count, 1).leadingZeroBitCount) / 8 + 1 }
            let most = (nodeSize - 10) / recordSize
            guard nodeSize > 10, most > 0 else { throw HDF5Failure.damaged("a tree has nodes that are too small") }
            countSize = size(most)
            var totalSizes = [0]
            var total = most
            for level in 0..<depth {
                let pointer = file.addressSize + countSize + totalSizes[level]
                let most = (nodeSize - 10 - pointer) / (recordSize + pointer)
                let (product, overflow) = (most + 1).multipliedReportingOverflow(by: total)
                guard most > 0, !overflow, product <= Int.max - most else {
                    throw HDF5Failure.damaged("a tree has nodes of a wrong size")
                }
                total = product + most
                totalSizes.append(size(total))
            }
            self.totalSizes = totalSizes
        }
    }

    private static func node(
        _ file: HDF5Bytes, at address: Int, count: Int, level: Int, kind: UInt8, _ shape: Shape, _ what: String,
        _ visit: (inout ByteCursor) throws -> Void
    ) throws {
        let totalSize = level > 0 ? shape.totalSizes[level - 1] : 0
        let pointer = level > 0 ? file.addressSize + shape.countSize + totalSize : 0
        let size = 10 + count * shape.recordSize + (level > 0 ? (count + 1) * pointer : 0)
        guard size <= shape.nodeSize else { throw HDF5Failure.damaged("the tree of \(what) has too full a node") }
        var cursor = try file.piece(at: address, size, "the tree of \(what)")
        try cursor.verify()
        guard try cursor.take(4).elementsEqual((level > 0 ? "BTIN" : "BTLF").utf8), try cursor.byte() == 0,
            try cursor.byte() == kind
        else { throw cursor.damaged("is none") }
        for _ in 0..<count {
            var record = try cursor.part(shape.recordSize)
            try visit(&record)
        }
        guard level > 0 else { return }
        for _ in 0...count {
            let child = try cursor.requiredAddress(), below = try cursor.number(shape.countSize)
            try cursor.skip(totalSize)
            try node(file, at: child, count: below, level: level - 1, kind: kind, shape, what, visit)
        }
    }
}
