import EmotionRecognition
import Files
import Glibc
import JSON
import NeuralNet
import Terminal

/// A file of measured convolutions that cannot be used or written.
struct TuningError: Error, CustomStringConvertible {
    var path: String
    var reason: String
    var description: String { "\(path): \(reason)" }
}

/// What `bench --tune` found out about this machine: a file in the user's cache, heeded where the environment variable
/// `FERMUSIC_TUNED` is 1. It decides how results are rounded, so it is not heeded otherwise.
enum TunedConvolutions {
    static var path: String { UserFolder.cache + "/convolutions.json" }

    /// Makes networks use what was measured, if that is wanted. Throws `UsageError` for a variable that is neither 0 nor 1,
    /// and `TuningError` for a file that says nothing about this machine.
    static func use() throws {
        guard let value = getenv("FERMUSIC_TUNED").map({ String(cString: $0) }), !value.isEmpty, value != "0" else {
            return
        }
        guard value == "1" else { throw UsageError.other("FERMUSIC_TUNED can be 0 or 1") }
        guard let methods = try read() else {
            throw TuningError(path: path, reason: "not there: fermusic bench --tune makes it")
        }
        MeasuredConvolutions.use(methods)
    }

    /// Nil where there is no file.
    static func read() throws -> [ConvolutionCase: ConvolutionMethod]? {
        guard access(path.cPath, F_OK) == 0 else { return nil }
        let text: String
        do {
            text = String(decoding: try FileBytes.read(path, limit: 1 << 22), as: UTF8.self)
        } catch let failure as FileFailure {
            throw TuningError(path: path, reason: failure.reason)
        }
        guard let whole = try? JSONValue(parsing: text), let rows = whole["methods"]?.objectValue else {
            throw TuningError(path: path, reason: "not what bench --tune writes")
        }
        guard whole["processor"]?.stringValue == Machine.processor else {
            throw TuningError(path: path, reason: "measured on another processor; fermusic bench --tune measures anew")
        }
        var methods: [ConvolutionCase: ConvolutionMethod] = [:]
        for (sizes, name) in rows {
            guard let method = name.stringValue.flatMap(ConvolutionMethod.init) else {
                throw TuningError(path: path, reason: "no way to compute convolutions for \(sizes)")
            }
            methods[ConvolutionCase(description: sizes)] = method
        }
        return methods
    }

    static func write(_ methods: [ConvolutionCase: ConvolutionMethod]) throws {
        let rows = methods.map { ($0.key.description, JSONValue.string($0.value.rawValue)) }
        let whole: JSONValue = [
            "processor": .string(Machine.processor),
            "methods": .object(Dictionary(uniqueKeysWithValues: rows)),
        ]
        do {
            try FileBytes.write(Array((whole.text() + "\n").utf8), to: path, makesFolders: true)
        } catch let failure as FileFailure {
            throw TuningError(path: path, reason: failure.reason)
        }
    }
}
