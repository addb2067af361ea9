import Files
import JSON
import NeuralNetCore
import Zip

/// Keras's own format, a name ending in `.keras`: a zip file with the description (`config.json`), `metadata.json` and the
/// weights (`model.weights.h5`). A further entry `fermusic.json`, which Keras passes over, says how to feed the model.
struct KerasArchive {
    private let path: String
    private let archive: ZipArchive
    private let file: FileAtAnyPlace

    /// Throws `NeuralNetError.file`.
    init(_ path: String, _ file: FileAtAnyPlace) throws {
        self.path = path
        self.file = file
        archive = try KerasArchive.translated(path) { try ZipArchive(file) }
        guard archive.entry(named: "config.json") != nil else {
            throw NeuralNetError.file(
                path: path, place: nil,
                reason: ForeignNetwork.reason(entries: archive.entries.map(\.name))
                    ?? "a zip file, but no Keras model: no config.json in it")
        }
    }

    static func translated<T>(_ path: String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let failure as ZipFailure {
            throw NeuralNetError.file(path: path, place: nil, reason: failure.reason)
        } catch let failure as FileFailure {
            throw NeuralNetError.file(path: path, place: nil, reason: failure.reason)
        }
    }

    /// A text of at most 64 MB; nil if there is no such entry.
    func text(_ name: String) throws -> String? {
        guard let entry = archive.entry(named: name) else { return nil }
        let bytes = try KerasArchive.translated(path) { try archive.read(entry, limit: 1 << 26) }
        return String(decoding: bytes, as: UTF8.self)
    }

    var kerasVersion: String? {
        get throws {
            guard let text = try text("metadata.json") else { return nil }
            return (try? JSONValue(parsing: text))?["keras_version"]?.stringValue
        }
    }

    var metadata: JSONValue? {
        get throws {
            guard let text = try text("fermusic.json") else { return nil }
            do {
                return try JSONValue(parsing: text)
            } catch {
                throw NeuralNetError.file(path: path, place: "fermusic.json", reason: "not JSON")
            }
        }
    }

    /// The weights: read where they are if they are stored, unpacked to memory otherwise.
    func weights() throws -> HDF5File {
        guard let entry = archive.entry(named: "model.weights.h5") else {
            throw NeuralNetError.file(path: path, place: "model.weights.h5", reason: "missing")
        }
        if entry.isDeflated {
            return try HDF5File(path, KerasArchive.translated(path) { try archive.read(entry) })
        }
        try KerasArchive.translated(path) { try archive.check(entry) }
        return try HDF5File(path, file, entry.start..<entry.start + entry.size)
    }

    /// Writes an archive, whole or not at all. Throws `NeuralNetError.file`.
    static func write(config: String, weights: HDF5Writer, metadata: JSONValue?, to path: String) throws {
        let image = try weights.image()
        do {
            try AtomicFile.replace(path, makesFolders: true) { output in
                var zip = ZipWriter(output)
                try zip.add("metadata.json", #"{"keras_version": "3.0.0", "date_saved": ""}"#)
                try zip.add("config.json", config)
                try zip.add("model.weights.h5", image)
                if let metadata { try zip.add("fermusic.json", metadata.text()) }
                try zip.finish()
            }
        } catch let error as FileFailure {
            throw NeuralNetError.file(path: path, place: nil, reason: "cannot write: \(error.reason)")
        } catch let error as ZipFailure {
            throw NeuralNetError.file(path: path, place: nil, reason: "cannot write: \(error.reason)")
        }
    }
}
