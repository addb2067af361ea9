/// Groups as HDF5 first had them: a tree of nodes with entries, and a heap with their names.
enum SymbolTable {
    static func links(_ file: HDF5Bytes, _ message: ByteCursor) throws -> [String: Link] {
        var message = message
        let tree = try message.requiredAddress(), heapAddress = try message.requiredAddress()
        let heap = try LocalHeap(file, at: heapAddress)
        var links: [String: Link] = [:]
        try TreeOne.forEachLeaf(file, at: tree, kind: 0, keySize: file.lengthSize, "a group") { _, address in
            try read(file, address, heap, &links)
        }
        return links
    }

    private static func read(
        _ file: HDF5Bytes, _ address: Int, _ heap: LocalHeap, _ links: inout [String: Link]
    ) throws {
        var head = try file.piece(at: address, 8, signature: "SNOD", version: 1, "a part of a group")
        try head.skip(1)
        let count = try head.number(2), size = 2 * file.addressSize + 24
        try file.check(address, 8, "a part of a group")
        var cursor = try file.piece(at: address + 8, count * size, "a part of a group")
        for _ in 0..<count {
            // The place of a name counts as an address.
            let nameAt = try cursor.requiredAddress(), object = try cursor.possibleAddress()
            let cache = try cursor.number(4)
            try cursor.skip(4)
            var scratch = try cursor.part(16)
            let name = try heap.text(file, at: nameAt)
            if cache == 2 {
                links[name] = .soft(try heap.text(file, at: scratch.number(4)))
            } else {
                guard let object else { throw cursor.damaged("refers to nothing") }
                links[name] = .object(object)
            }
        }
    }
}

/// The names of an old group.
private struct LocalHeap {
    private let bytes: ArraySlice<UInt8>

    init(_ file: HDF5Bytes, at address: Int) throws {
        var head = try file.piece(
            at: address, 8 + 2 * file.lengthSize + file.addressSize, signature: "HEAP", version: 0,
            "the names of a group")
        try head.skip(3)
        let size = try head.length()
        try head.skip(file.lengthSize)  // free space
        bytes = try file.piece(at: head.requiredAddress(), size, "the names of a group").rest
    }

    /// The text at `place`, which ends with a zero.
    func text(_ file: HDF5Bytes, at place: Int) throws -> String {
        guard place < bytes.count else { throw HDF5Failure.damaged("a name is outside its group") }
        let start = bytes[(bytes.startIndex + place)...]
        guard let end = start.firstIndex(of: 0) else { throw HDF5Failure.damaged("a name has no end") }
        try file.charge(end - start.startIndex)
        return String(decoding: start[..<end], as: UTF8.self)
    }
}
