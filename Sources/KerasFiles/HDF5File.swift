import Files
import HDF5Reader
import NeuralNetCore

/// An HDF5 file that is read, with the program's own reader. Objects in it are named by paths such as
/// `model_weights/dense`; "" is the top group. `HDF5Writer` writes.
///
/// Every failure is a `NeuralNetError.file` that names file and object. Nothing locks the file: whoever writes one writes
/// it beside its place and renames it.
package final class HDF5File {
    package let path: String
    private let document: HDF5Document

    /// Opens a file.
    package convenience init(reading path: String) throws {
        let file = try HDF5File.translated(path) { try FileAtAnyPlace(path) }
        try self.init(path, file, 0..<file.count)
    }

    /// Opens the part of a file that is one of its own.
    convenience init(_ path: String, _ file: FileAtAnyPlace, _ range: Range<Int>) throws {
        try self.init(path, FilePart(file: file, range: range))
    }

    /// Opens what is in memory; `path` is what errors name.
    convenience init(_ path: String, _ bytes: [UInt8]) throws { try self.init(path, ByteArraySource(bytes)) }

    private init(_ path: String, _ source: any ByteSource) throws {
        self.path = path
        document = try HDF5File.translated(path) { try HDF5Document(source) }
    }

    private struct FilePart: ByteSource {
        let file: FileAtAnyPlace
        let range: Range<Int>
        var count: Int { range.count }

        func read(at position: Int, into target: UnsafeMutableRawBufferPointer) throws {
            try file.read(at: range.lowerBound + position, into: target)
        }
    }

    private static func translated<T>(_ path: String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let failure as HDF5Failure {
            throw NeuralNetError.file(path: path, place: failure.place, reason: failure.reason)
        } catch let failure as FileFailure {
            throw NeuralNetError.file(path: path, place: nil, reason: failure.reason)
        }
    }

    private func translated<T>(_ body: () throws -> T) throws -> T { try HDF5File.translated(path, body) }

    func failure(_ place: String?, _ reason: String) -> NeuralNetError {
        .file(path: path, place: place, reason: reason)
    }

    /// A limit on the bytes that the file's numbers may unpack to, which grows with its size.
    package var mostUnpacked: Int { document.mostUnpacked }

    /// Whether there is a group or dataset of that name.
    package func exists(_ object: String) throws -> Bool { try translated { try document.exists(object) } }

    /// The names in a group, in alphabetical order.
    package func links(in group: String) throws -> [String] { try translated { try document.links(in: group) } }

    /// Whether an object has that attribute.
    package func hasAttribute(_ name: String, of object: String) throws -> Bool {
        try translated { try document.hasAttribute(name, of: object) }
    }

    /// A text attribute of any of the forms in use; nil if there is none.
    package func text(_ name: String, of object: String) throws -> String? {
        guard let values = try translated({ try document.texts(name, of: object) }) else { return nil }
        guard values.count == 1 else { throw failure(object, "attribute \(name) is not one text") }
        return values[0]
    }

    /// A list of texts, put together if Keras split it over `name0`, `name1`, ...; nil if there is none.
    package func texts(_ name: String, of object: String) throws -> [String]? {
        try translated {
            if let whole = try document.texts(name, of: object) { return whole }
            guard var result = try document.texts(name + "0", of: object) else { return nil }
            var part = 1
            while let more = try document.texts("\(name)\(part)", of: object) {
                result += more
                part += 1
            }
            return result
        }
    }

    /// The shape of a dataset.
    package func shape(of dataset: String) throws -> [Int] { try translated { try document.shape(of: dataset) } }

    /// Reads a dataset of numbers of any type as floats. Refuses more than `limit` values before asking for memory.
    package func read(_ dataset: String, limit: Int = 1 << 28) throws -> (values: [Float], shape: [Int]) {
        try translated { try document.read(dataset, limit: limit) }
    }

    /// Reads a dataset into memory that must have its size.
    package func read(_ dataset: String, into target: UnsafeMutableBufferPointer<Float>) throws {
        try translated { try document.read(dataset, into: target) }
    }
}
