/// The chunks of a dataset, however they are found.
struct ChunkList {
    let file: HDF5Bytes
    /// Sizes of the dataset's and of the chunks' axes.
    let shape: [Int]
    let chunk: [Int]
    /// Bytes of a chunk.
    let size: Int
    let isFiltered: Bool

    /// A chunk: where its bytes are, and its first value's place on each axis.
    struct Item {
        let address: Int
        let storedSize: Int
        let mask: Int
        let origin: [Int]
    }

    /// How many chunks the dataset is cut into along each axis.
    private var grid: [Int] { zip(shape, chunk).map { $0 / $1 + ($0 % $1 == 0 ? 0 : 1) } }

    /// Visits all chunks that were written.
    func forEach(_ index: ChunkIndex, at address: Int, _ visit: (Item) throws -> Void) throws {
        let grid = grid
        guard let most = grid.product else { throw HDF5Failure("too many chunks") }
        var count = 0
        func visitCounted(_ item: Item) throws {
            count += 1
            guard count <= most else { throw HDF5Failure.damaged("more chunks than the dataset has room for") }
            try visit(item)
        }
        /// Chunks that are numbered in the order of their places.
        func visitNumbered(_ number: Int, _ address: Int?, _ storedSize: Int, _ mask: Int) throws {
            guard let address, number < most else { return }
            var rest = number
            var origin = chunk
            for axis in grid.indices.reversed() {
                origin[axis] = rest % grid[axis] * chunk[axis]
                rest /= grid[axis]
            }
            try visitCounted(Item(address: address, storedSize: storedSize, mask: mask, origin: origin))
        }
        switch index {
        case .treeOne:
            try TreeOne.forEachLeaf(
                file, at: address, kind: 1, keySize: 8 + 8 * (shape.count + 1), "chunks"
            ) { key, address in
                let storedSize = try key.number(4), mask = try key.number(4)
                let origin = try shape.map { _ in try key.number(8) }
                guard zip(origin, chunk).allSatisfy({ $0 % $1 == 0 }) else { throw key.damaged("has a wrong place") }
                try visitCounted(Item(address: address, storedSize: storedSize, mask: mask, origin: origin))
            }
        case .single(let filtered):
            try visitNumbered(0, address, filtered?.size ?? size, filtered?.mask ?? 0)
        case .implicit:
            guard let all = most.multipliedReportingOverflow(by: size) as (Int, Bool)?, !all.1 else {
                throw HDF5Failure("too many chunks")
            }
            try file.check(address, all.0, "data")
            for number in 0..<most { try visitNumbered(number, address + number * size, size, 0) }
        case .fixedArray:
            try FixedArray.forEach(file, at: address, isFiltered: isFiltered) { number, entry in
                let address = try entry.possibleAddress()
                let storedSize = try isFiltered ? entry.number(entry.count - 4) : size
                try visitNumbered(number, address, storedSize, isFiltered ? entry.number(4) : 0)
            }
        case .treeTwo:
            try TreeTwo.forEachRecord(file, at: address, kind: isFiltered ? 11 : 10, "chunks") { record in
                let address = try record.requiredAddress()
                let storedSize = try isFiltered ? record.number(record.count - 4 - 8 * shape.count) : size
                let mask = try isFiltered ? record.number(4) : 0
                let origin = try zip(chunk, grid).map { size, count in
                    let place = try record.number(8)
                    guard place < count else { throw record.damaged("has a wrong place") }
                    return place * size
                }
                try visitCounted(Item(address: address, storedSize: storedSize, mask: mask, origin: origin))
            }
        }
    }
}

/// Entries one after the other, those of many in pages.
private enum FixedArray {
    static func forEach(
        _ file: HDF5Bytes, at address: Int, isFiltered: Bool, _ visit: (Int, inout ByteCursor) throws -> Void
    ) throws {
        var head = try file.piece(at: address, 12 + file.lengthSize + file.addressSize, "an array of chunks")
        try head.verify()
        guard try head.take(4).elementsEqual("FAHD".utf8), try head.byte() == 0,
            try head.byte() == (isFiltered ? 1 : 0)
        else { throw head.damaged("is none") }
        let entrySize = try head.number(1), pageBits = try head.number(1), count = try head.length()
        guard let block = try head.possibleAddress() else { return }
        guard pageBits < 32, entrySize >= file.addressSize + (isFiltered ? 5 : 0), entrySize <= 24,
            count <= file.source.count
        else { throw head.damaged("has wrong sizes") }
        let pageCount = 1 << pageBits, isPaged = count > pageCount
        let pages = isPaged ? (count + pageCount - 1) / pageCount : 0, bitmapSize = (pages + 7) / 8
        let prefix = 6 + file.addressSize + bitmapSize
        var cursor = try file.piece(
            at: block, prefix + (isPaged ? 0 : count * entrySize) + 4, "an array of chunks")
        try cursor.verify()
        guard try cursor.take(4).elementsEqual("FADB".utf8), try cursor.byte() == 0 else {
            throw cursor.damaged("is none")
        }
        try cursor.skip(1 + file.addressSize)
        func entries(_ cursor: inout ByteCursor, _ numbers: Range<Int>) throws {
            for number in numbers {
                var entry = try cursor.part(entrySize)
                try visit(number, &entry)
            }
        }
        guard isPaged else { return try entries(&cursor, 0..<count) }
        let bitmap = Array(try cursor.take(bitmapSize))
        var place = block + prefix + 4
        for page in 0..<pages {
            let numbers = page * pageCount..<min((page + 1) * pageCount, count)
            let size = numbers.count * entrySize + 4
            defer { place += pageCount * entrySize + 4 }
            // Pages that were never written are not initialised.
            guard bitmap[page / 8] >> (7 - page % 8) & 1 == 1 else { continue }
            var cursor = try file.piece(at: place, size, "an array of chunks")
            try cursor.verify()
            try entries(&cursor, numbers)
        }
    }
}
