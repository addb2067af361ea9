/// What was done to the chunks of a dataset.
struct FilterPipeline {
    enum Filter: Equatable {
        case deflate
        /// Bytes of that many bytes' values, sorted by their place in the value.
        case shuffle(Int)
        /// A checksum at the end.
        case fletcher32
    }

    private(set) var filters: [Filter] = []

    init() {}

    init(_ cursor: ByteCursor) throws {
        var cursor = cursor
        let version = try cursor.byte(), count = try cursor.number(1)
        guard version == 1 || version == 2 else { throw cursor.damaged("has filters of an unknown kind") }
        guard count <= 32 else { throw cursor.damaged("has \(count) filters") }
        if version == 1 { try cursor.skip(6) }
        for _ in 0..<count {
            let number = try cursor.number(2)
            let nameSize = version == 1 || number >= 256 ? try cursor.number(2) : 0
            try cursor.skip(2)
            let valueCount = try cursor.number(2)
            let name = try cursor.take(version == 1 ? (nameSize + 7) & ~7 : nameSize).prefix { $0 != 0 }
            var values: [Int] = []
            for _ in 0..<valueCount { values.append(try cursor.number(4)) }
            if version == 1 && valueCount % 2 == 1 { try cursor.skip(4) }
            switch number {
            case 1: filters.append(.deflate)
            case 2:
                guard let size = values.first, size > 0 else { throw cursor.damaged("has a wrong filter") }
                filters.append(.shuffle(size))
            case 3: filters.append(.fletcher32)
            default:
                let known = [4: "szip", 5: "nbit", 6: "scaleoffset"][number]
                let text = known ?? (name.isEmpty ? "unknown" : String(decoding: name.prefix(40), as: UTF8.self))
                throw HDF5Failure("filter \(number) (\(text)) is not supported, only deflate, shuffle and fletcher32")
            }
        }
        // One of each is what there is to gain; more would only cost time.
        let deflates = filters.filter { $0 == .deflate }.count, sums = filters.filter { $0 == .fletcher32 }.count
        guard deflates <= 1, sums <= 1, filters.count - deflates - sums <= 1 else {
            throw HDF5Failure("a filter that is used twice is not supported")
        }
    }

    /// What a chunk held before; `size` is its bytes then. Bit n of `mask`: filter n was left out.
    func unfiltered(_ stored: [UInt8], size: Int, mask: Int) throws -> [UInt8] {
        var bytes = stored
        for (place, filter) in filters.enumerated().reversed() where mask >> place & 1 == 0 {
            switch filter {
            case .deflate:
                // A checksum made before is in it.
                let sums = filters[..<place].enumerated().filter { $0.1 == .fletcher32 && mask >> $0.0 & 1 == 0 }
                bytes = try Inflate.bytes(bytes, size: size + 4 * sums.count)
            case .shuffle(let width): bytes = FilterPipeline.unshuffled(bytes, width: width)
            case .fletcher32:
                guard bytes.count >= 4 else { throw HDF5Failure.damaged("a chunk is too short") }
                let sum = bytes.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                bytes.removeLast(4)
                let computed = Checksum.fletcher32(bytes[...])
                // HDF5 before 1.6.3 wrote the bytes of each half the other way round.
                let old = (computed & 0xFF00_FF00) >> 8 | (computed & 0x00FF_00FF) << 8
                guard sum == computed || sum == old else { throw HDF5Failure.damaged("a chunk has a wrong checksum") }
            }
        }
        guard bytes.count == size else {
            throw HDF5Failure.damaged("a chunk of \(bytes.count) bytes instead of \(size)")
        }
        return bytes
    }

    private static func unshuffled(_ bytes: [UInt8], width: Int) -> [UInt8] {
        let count = bytes.count / width
        guard width > 1, count > 1 else { return bytes }
        return [UInt8](unsafeUninitializedCapacity: bytes.count) { target, filled in
            for part in 0..<width {
                for value in 0..<count { target[value * width + part] = bytes[part * count + value] }
            }
            // What is left over stays where it is.
            for place in count * width..<bytes.count { target[place] = bytes[place] }
            filled = bytes.count
        }
    }
}
