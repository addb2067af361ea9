/// An HDF5 file as Keras and this program write it, read without trusting it: groups old and new, attributes of text,
/// datasets of numbers. Objects are named by paths such as `model_weights/dense`; "" is the top group.
///
/// Refuses what leads out of the file, what Keras never writes, and more than `HDF5Limits` allows, before memory is
/// asked for. All errors are `HDF5Failure`s and what the source throws. Time and memory grow with the bytes read; what was
/// understood of an object is kept.
package final class HDF5Document {
    private let file: HDF5Bytes
    private let root: Int
    private let heaps = GlobalHeaps()
    private var objects: [Int: Object] = [:]

    /// What is known about an object.
    private final class Object {
        let header: ObjectHeader
        var links: [String: Link]?
        var attributes: [String: Attribute]?

        init(_ header: ObjectHeader) { self.header = header }
    }

    package init(_ source: any ByteSource, limits: HDF5Limits = HDF5Limits()) throws {
        file = HDF5Bytes(source, limits: limits)
        root = try Superblock(file).root
        guard try isGroup(object(at: root)) else { throw HDF5Failure.damaged("no groups") }
    }

    /// A limit on the bytes that numbers may unpack to.
    package var mostUnpacked: Int { file.mostUnpacked }

    /// Whether there is a group or dataset of that name.
    package func exists(_ path: String) throws -> Bool {
        try HDF5Failure.naming(path) { try find(path) != nil }
    }

    /// The names in a group, in alphabetical order.
    package func links(in group: String) throws -> [String] {
        try HDF5Failure.naming(group) { try links(of: require(group)).keys.sorted() }
    }

    /// Whether an object has that attribute.
    package func hasAttribute(_ name: String, of path: String) throws -> Bool {
        try HDF5Failure.naming(path) { try attributes(of: require(path))[name] != nil }
    }

    /// The texts in an attribute of any of the forms in use; nil if there is none.
    package func texts(_ name: String, of path: String) throws -> [String]? {
        try HDF5Failure.naming(path) { try attributes(of: require(path))[name]?.texts(file, heaps) }
    }

    /// Sizes of the axes of a dataset of numbers, none for a single one.
    package func shape(of path: String) throws -> [Int] {
        try HDF5Failure.naming(path) {
            let dataset = try dataset(path)
            try dataset.requireNumbers()
            return try dataset.shape()
        }
    }

    /// Reads a dataset of numbers of any type as floats, rounded to the nearest. Refuses more than `limit` values.
    package func read(_ path: String, limit: Int) throws -> (values: [Float], shape: [Int]) {
        try HDF5Failure.naming(path) {
            let dataset = try dataset(path), shape = try dataset.shape()
            let count = shape.product ?? .max
            guard count <= limit else { throw HDF5Failure("\(count) values are more than expected") }
            _ = try dataset.check()
            let values = try [Float](unsafeUninitializedCapacity: count) { buffer, filled in
                try dataset.read(into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
                filled = count
            }
            return (values, shape)
        }
    }

    /// Reads a dataset into memory that must have its size.
    package func read(_ path: String, into target: UnsafeMutableBufferPointer<Float>) throws {
        try HDF5Failure.naming(path) {
            let dataset = try dataset(path)
            guard try dataset.check() == target.count else {
                throw HDF5Failure("shape \(try dataset.shape()) instead of \(target.count) values")
            }
            try dataset.read(into: target)
        }
    }

    private func dataset(_ path: String) throws -> Dataset {
        let object = try require(path)
        guard !isGroup(object) else { throw HDF5Failure("not a dataset") }
        return try Dataset(file, object.header)
    }

    private func require(_ path: String) throws -> Object {
        guard let object = try find(path) else { throw HDF5Failure("missing") }
        return object
    }

    /// The object at the end of a path; nil if there is none.
    private func find(_ path: String) throws -> Object? {
        try file.charge(path.utf8.count)
        var parts = Array(path.split(separator: "/").reversed())
        var place = root
        var softLinks = 0
        var count = 0
        while let part = parts.popLast() {
            count += 1
            guard count <= file.limits.pathParts else { throw HDF5Failure("a path of too many parts") }
            if part == "." { continue }
            let group = try object(at: place)
            guard isGroup(group), let link = try links(of: group)[String(part)] else { return nil }
            switch link {
            case .object(let address): place = address
            case .soft(let path):
                softLinks += 1
                guard softLinks <= file.limits.softLinks else { throw HDF5Failure("links that lead round in a circle") }
                if path.hasPrefix("/") { place = root }
                try file.charge(path.utf8.count)
                parts += path.split(separator: "/").reversed()
            case .elsewhere: throw HDF5Failure("a link that leads out of the file; this is refused")
            }
        }
        return try object(at: place)
    }

    private func object(at address: Int) throws -> Object {
        if let known = objects[address] { return known }
        let object = Object(try ObjectHeader(file, at: address))
        objects[address] = object
        return object
    }

    private func isGroup(_ object: Object) -> Bool {
        object.header.messages.contains { [.symbolTable, .linkInformation, .link].contains($0.kind) }
    }

    private func links(of object: Object) throws -> [String: Link] {
        if let known = object.links { return known }
        guard isGroup(object) else { throw HDF5Failure("not a group") }
        var links: [String: Link] = [:]
        for message in object.header.messages {
            switch message.kind {
            case .symbolTable: links.merge(try SymbolTable.links(file, message.body)) { first, _ in first }
            case .link:
                let (name, link) = try Link.read(message.body)
                links[name] = link
            case .linkInformation:
                var body = message.body
                try forEachStored(&body, numberSize: 8, kind: 5, idAt: 4, "links") { object in
                    let (name, link) = try Link.read(object)
                    links[name] = link
                }
            default: break
            }
        }
        object.links = links
        return links
    }

    private func attributes(of object: Object) throws -> [String: Attribute] {
        if let known = object.attributes { return known }
        var attributes: [String: Attribute] = [:]
        func add(_ cursor: ByteCursor) throws {
            let attribute = try Attribute(cursor)
            attributes[attribute.name] = attribute
        }
        for message in object.header.messages {
            switch message.kind {
            case .attribute: try add(file.contents(message))
            case .attributeInformation:
                var body = message.body
                try forEachStored(&body, numberSize: 2, kind: 8, idAt: 0, "attributes") { try add($0) }
            default: break
            }
        }
        object.attributes = attributes
        return attributes
    }

    /// Visits what an object keeps in a heap of its own, if it does.
    private func forEachStored(
        _ body: inout ByteCursor, numberSize: Int, kind: UInt8, idAt: Int, _ what: String,
        _ visit: (ByteCursor) throws -> Void
    ) throws {
        try body.skip(1)
        if try body.byte() & 1 != 0 { try body.skip(numberSize) }  // the greatest number given so far
        guard let heapAddress = try body.possibleAddress(), let tree = try body.possibleAddress() else { return }
        let heap = try FractalHeap(file, at: heapAddress)
        try TreeTwo.forEachRecord(file, at: tree, kind: kind, what) { record in
            try record.skip(idAt)
            try visit(heap.object(record.part(heap.idSize)))
        }
    }
}
