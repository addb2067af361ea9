/// Numbers in a file.
struct Dataset {
    private let file: HDF5Bytes
    private let type: Datatype
    private let space: Dataspace
    private let layout: DatasetLayout
    private let filters: FilterPipeline
    /// What stands where nothing was written; nil for zeros.
    private let fill: ByteCursor?

    init(_ file: HDF5Bytes, _ header: ObjectHeader) throws {
        self.file = file
        guard let layout = header.first(.layout), let type = header.first(.datatype),
            let space = header.first(.dataspace)
        else { throw HDF5Failure("not a dataset") }
        guard header.first(.externalFiles) == nil else {
            throw HDF5Failure("its values are in another file; this is refused")
        }
        self.type = try Datatype(file.contents(type))
        self.space = try Dataspace(file.contents(space))
        self.layout = try DatasetLayout(layout.body)
        filters = try header.first(.filterPipeline).map { try FilterPipeline(file.contents($0)) } ?? FilterPipeline()
        fill = try Dataset.fill(file, header)
    }

    private static func fill(_ file: HDF5Bytes, _ header: ObjectHeader) throws -> ByteCursor? {
        if let message = header.first(.fillValue) {
            var cursor = try file.contents(message)
            let version = try cursor.byte()
            guard (1...3).contains(version) else { throw cursor.damaged("has a fill value of an unknown kind") }
            if version == 3 {
                guard try cursor.byte() & 0x20 != 0 else { return nil }
            } else {
                try cursor.skip(2)
                let isDefined = try cursor.byte() != 0
                guard isDefined || (version == 1 && !cursor.isEmpty) else { return nil }
            }
            return try cursor.part(cursor.number(4))
        }
        guard let message = header.first(.oldFillValue) else { return nil }
        var cursor = try file.contents(message)
        return try cursor.part(cursor.number(4))
    }

    /// Sizes of the axes, none for a single number.
    func shape() throws -> [Int] {
        guard let shape = space.shape else { throw HDF5Failure("has no values") }
        return shape
    }

    /// Throws unless its values are numbers.
    func requireNumbers() throws { try type.requireNumbers() }

    /// How many values there are. Throws unless they are numbers, and no more than the file may hold.
    func check() throws -> Int {
        try type.requireNumbers()
        _ = try shape()
        let (bytes, overflow) = space.count.multipliedReportingOverflow(by: max(type.size, 4))
        guard !overflow, bytes <= file.mostUnpacked else {
            throw HDF5Failure("\(space.count) values are more than a file of \(file.source.count) bytes may hold")
        }
        return space.count
    }

    /// Reads all values as floats; `target` has room for as many.
    func read(into target: UnsafeMutableBufferPointer<Float>) throws {
        let count = try check()
        precondition(target.count == count)
        guard count > 0 else { return }
        try file.chargeValues(count * type.size)
        switch layout {
        case .compact(let data):
            guard data.count >= count * type.size else { throw HDF5Failure.damaged("too few values") }
            try data.rest.withUnsafeBytes { try type.convert($0, to: target) }
        case .contiguous(nil, _): try fill(target)
        case .contiguous(let address?, let size):
            guard filters.filters.isEmpty, size >= count * type.size else {
                throw HDF5Failure.damaged("too few values")
            }
            try readContiguous(address, target)
        case .chunked(_, _, nil): try fill(target)
        case .chunked(let chunk, let index, let address?):
            try fill(target)
            try readChunks(chunk, index, address, target)
        }
    }

    private func fill(_ target: UnsafeMutableBufferPointer<Float>) throws {
        var value: Float = 0
        if let fill, fill.count >= type.size {
            try fill.rest.withUnsafeBytes { bytes in
                try withUnsafeMutablePointer(to: &value) { try type.convert(bytes, to: .init(start: $0, count: 1)) }
            }
        }
        target.update(repeating: value)
    }

    private func readContiguous(_ address: Int, _ target: UnsafeMutableBufferPointer<Float>) throws {
        if type.isNativeFloat { return try file.values(at: address, into: UnsafeMutableRawBufferPointer(target)) }
        try file.check(address, target.count * type.size, "data")
        // In pieces that stay in the cache.
        let most = 1 << 14
        var piece = [UInt8](repeating: 0, count: min(most, target.count) * type.size)
        for start in stride(from: 0, to: target.count, by: most) {
            let part = UnsafeMutableBufferPointer(rebasing: target[start..<min(start + most, target.count)])
            try piece.withUnsafeMutableBytes { bytes in
                let bytes = UnsafeMutableRawBufferPointer(rebasing: bytes[..<(part.count * type.size)])
                try file.values(at: address + start * type.size, into: bytes)
                try type.convert(UnsafeRawBufferPointer(bytes), to: part)
            }
        }
    }

    private func readChunks(
        _ chunk: [Int], _ index: ChunkIndex, _ address: Int, _ target: UnsafeMutableBufferPointer<Float>
    ) throws {
        let shape = try shape()
        guard chunk.count == shape.count, !chunk.contains(0), let count = chunk.product,
            count <= file.mostUnpacked / type.size
        else { throw HDF5Failure.damaged("chunks of shape \(chunk) in a dataset of shape \(shape)") }
        let size = count * type.size, isFiltered = !filters.filters.isEmpty
        let list = ChunkList(file: file, shape: shape, chunk: chunk, size: size, isFiltered: isFiltered)
        var numbers: [Float] = []
        try list.forEach(index, at: address) { item in
            try file.chargeValues(size)
            // Incompressible bytes grow by a few in a thousand.
            let isPlausible = isFiltered ? item.storedSize <= size + size / 64 + 1024 : item.storedSize == size
            guard isPlausible else { throw HDF5Failure.damaged("a chunk of \(item.storedSize) bytes") }
            try file.check(item.address, item.storedSize, "a chunk")
            if numbers.isEmpty { numbers = [Float](repeating: 0, count: count) }
            let stored = try [UInt8](unsafeUninitializedCapacity: item.storedSize) { buffer, filled in
                let bytes = UnsafeMutableRawBufferPointer(
                    UnsafeMutableBufferPointer(rebasing: buffer[..<item.storedSize]))
                try file.values(at: item.address, into: bytes)
                filled = item.storedSize
            }
            let bytes = try filters.unfiltered(stored, size: size, mask: item.mask)
            try numbers.withUnsafeMutableBufferPointer { numbers in
                try bytes.withUnsafeBytes { try type.convert($0, to: numbers) }
                Dataset.place(.init(numbers), chunk, at: item.origin, in: target, shape)
            }
        }
    }

    /// Copies what of a chunk is inside the dataset, row by row along the last axis.
    private static func place(
        _ numbers: UnsafeBufferPointer<Float>, _ chunk: [Int], at origin: [Int],
        in target: UnsafeMutableBufferPointer<Float>, _ shape: [Int]
    ) {
        guard let last = shape.indices.last else { return target[0] = numbers[0] }
        guard zip(origin, shape).allSatisfy({ $0 < $1 }) else { return }
        let sizes = shape.indices.map { min(chunk[$0], shape[$0] - origin[$0]) }
        var place = [Int](repeating: 0, count: shape.count)
        while true {
            var from = 0, to = 0
            for axis in shape.indices {
                from = from * chunk[axis] + place[axis]
                to = to * shape[axis] + origin[axis] + place[axis]
            }
            for i in 0..<sizes[last] { target[to + i] = numbers[from + i] }
            // The next row.
            var axis = last - 1
            while axis >= 0 {
                place[axis] += 1
                if place[axis] < sizes[axis] { break }
                place[axis] = 0
                axis -= 1
            }
            if axis < 0 { return }
        }
    }
}
