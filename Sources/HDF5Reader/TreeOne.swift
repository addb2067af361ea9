/// Version 1 of HDF5's trees: of the names in old groups, and of chunks.
enum TreeOne {
    /// Visits what the lowest nodes refer to, each with its key.
    static func forEachLeaf(
        _ file: HDF5Bytes, at address: Int, kind: UInt8, keySize: Int, _ what: String,
        _ visit: (inout ByteCursor, Int) throws -> Void
    ) throws {
        try node(file, at: address, level: nil, kind: kind, keySize: keySize, what, visit)
    }

    /// Levels go down by one, so no node is below itself.
    private static func node(
        _ file: HDF5Bytes, at address: Int, level expected: Int?, kind: UInt8, keySize: Int, _ what: String,
        _ visit: (inout ByteCursor, Int) throws -> Void
    ) throws {
        let headSize = 8 + 2 * file.addressSize
        var head = try file.piece(at: address, headSize, "the tree of \(what)")
        guard try head.take(4).elementsEqual("TREE".utf8), try head.byte() == kind else {
            throw head.damaged("is none")
        }
        let level = try head.number(1), count = try head.number(2)
        guard level == expected ?? level, level < file.limits.treeLevels else {
            throw head.damaged("has a wrong level")
        }
        try file.check(address, headSize, "the tree of \(what)")
        let entry = keySize + file.addressSize
        var cursor = try file.piece(at: address + headSize, count * entry, "the tree of \(what)")
        for _ in 0..<count {
            var key = try cursor.part(keySize)
            let child = try cursor.requiredAddress()
            if level == 0 {
                try visit(&key, child)
            } else {
                try node(file, at: child, level: level - 1, kind: kind, keySize: keySize, what, visit)
            }
        }
    }
}
