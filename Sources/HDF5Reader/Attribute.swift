/// An attribute: a name, and where its values are.
struct Attribute {
    let name: String
    private let type: ByteCursor
    private let space: ByteCursor
    private let isTypeShared: Bool
    private let isSpaceShared: Bool
    private let data: ByteCursor

    /// Reads the name; the rest when it is asked for, since nobody needs to understand what nobody asks for.
    init(_ cursor: ByteCursor) throws {
        var cursor = cursor
        let version = try cursor.byte(), flags = try cursor.byte()
        let nameSize = try cursor.number(2), typeSize = try cursor.number(2), spaceSize = try cursor.number(2)
        guard (1...3).contains(version) else { throw cursor.damaged("has an attribute of an unknown kind") }
        if version == 3 { try cursor.skip(1) }
        // Version 1 fills up to multiples of eight.
        func padded(_ size: Int) -> Int { version == 1 ? (size + 7) & ~7 : size }
        name = String(decoding: try cursor.take(padded(nameSize)).prefix(nameSize).prefix { $0 != 0 }, as: UTF8.self)
        type = try cursor.part(padded(typeSize))
        space = try cursor.part(padded(spaceSize))
        isTypeShared = version > 1 && flags & 1 != 0
        isSpaceShared = version > 1 && flags & 2 != 0
        data = cursor
    }

    /// The texts in it.
    func texts(_ file: HDF5Bytes, _ heaps: GlobalHeaps) throws -> [String] {
        let type = try Datatype(isTypeShared ? file.sharedContents(type, kind: .datatype) : type)
        let space = try Dataspace(isSpaceShared ? file.sharedContents(space, kind: .dataspace) : space)
        // An empty list comes from h5py as floats of length 0.
        if space.count == 0 { return [] }
        guard space.count <= file.limits.texts else {
            throw HDF5Failure("attribute \(name) has more than \(file.limits.texts) texts")
        }
        var data = data
        var texts: [String] = []
        switch type.kind {
        case .fixedText:
            let (size, overflow) = type.size.multipliedReportingOverflow(by: space.count)
            guard !overflow, size <= data.count else { throw HDF5Failure.damaged("attribute \(name) is too short") }
            texts.reserveCapacity(space.count)
            for _ in 0..<space.count {
                try file.charge(type.size)
                texts.append(String(decoding: try data.take(type.size).prefix { $0 != 0 }, as: UTF8.self))
            }
        case .variableText:
            for _ in 0..<space.count {
                let length = try data.number(4)
                let heap = try data.possibleAddress(), index = try data.number(4)
                guard length > 0, let heap else {
                    texts.append("")
                    continue
                }
                let bytes = try heaps.object(index, in: heap, file)
                guard length <= bytes.count else { throw HDF5Failure.damaged("attribute \(name) is too short") }
                try file.charge(length)
                texts.append(String(decoding: bytes.prefix(length).prefix { $0 != 0 }, as: UTF8.self))
            }
        default: throw HDF5Failure("attribute \(name) is not text")
        }
        return texts
    }
}
