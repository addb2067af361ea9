/// Where texts of any length are. Collections are kept once they are read.
final class GlobalHeaps {
    private var collections: [Int: [Int: ArraySlice<UInt8>]] = [:]

    func object(_ index: Int, in address: Int, _ file: HDF5Bytes) throws -> ArraySlice<UInt8> {
        let collection = try collections[address] ?? read(file, address)
        collections[address] = collection
        guard let object = collection[index] else {
            throw HDF5Failure.damaged("texts at byte \(address) have no number \(index)")
        }
        return object
    }

    private func read(_ file: HDF5Bytes, _ address: Int) throws -> [Int: ArraySlice<UInt8>] {
        var head = try file.piece(
            at: address, 8 + file.lengthSize, signature: "GCOL", version: 1, "a collection of texts")
        try head.skip(3)
        var cursor = try file.piece(at: address, head.length(), "a collection of texts")
        // Heads are filled up to multiples of eight.
        let headSize = (8 + file.lengthSize + 7) & ~7
        try cursor.skip(headSize)
        var objects: [Int: ArraySlice<UInt8>] = [:]
        while cursor.count >= headSize {
            let index = try cursor.number(2)
            try cursor.skip(6)
            let size = try cursor.length()
            try cursor.skip(headSize - 8 - file.lengthSize)
            if index == 0 { break }  // free space up to the end
            try file.charge(0)
            objects[index] = try cursor.take(size)
            try cursor.skip(min(cursor.count, -size & 7))
        }
        return objects
    }
}
