import Files
import JSON
import NeuralNet

/// Models in the Open Neural Network Exchange format, which PyTorch, TensorFlow and most others write and read.
///
/// Pictures are height, width and channels in this library, whatever their order in the file: axes are followed through
/// the graph, and weights put in order once. What no layer computes exactly is refused.
public enum ONNXFile {
    /// A model and what its file says about it.
    public struct Contents {
        public var model: Model
        /// What this program wrote beside the network; nil for files of other programs.
        public var metadata: JSONValue?
        /// The program that wrote the file; empty if it does not say.
        public var producer: String
    }

    /// The key under which `metadata` is kept in the file.
    static let metadataKey = "fermusic"
    /// The key under which files of this library say how the pictures lie that go in, which operators need not show.
    static let orderKey = "fermusic.order", channelsLast = "channels_last"
    /// As large as protobuf allows.
    private static let mostBytes = 1 << 31

    /// Whether the contents of a file begin as those of ONNX do, or its name says that it is one while its contents are
    /// of no other known kind. False if it cannot be read.
    public static func isONNX(_ path: String) -> Bool {
        guard let start = try? FileBytes.readStart(path, count: 64), !start.isEmpty else { return false }
        return looksLikeONNX(start)
            || (hasName(path) && !start.starts(with: [0x89, 0x48]) && !start.starts(with: [0x50, 0x4B]))
    }

    /// Whether the name ends in `.onnx`.
    public static func hasName(_ path: String) -> Bool { path.lowercased().hasSuffix(".onnx") }

    /// Field 1, the version of the format, then one of the texts or messages of a model.
    static func looksLikeONNX(_ start: [UInt8]) -> Bool {
        start.count >= 4 && start[0] == 0x08 && (1...32).contains(start[1])
            && [0x12, 0x1A, 0x22, 0x32, 0x3A, 0x42, 0x72].contains(start[2])
    }

    /// Reads a model whose graph has layers of this library.
    ///
    /// - Parameter pictureSize: height and width of the input where the file leaves them open.
    ///
    /// Throws `NeuralNetError.file` naming the node and operator that cannot be used, and
    /// `NeuralNetError.unknownInputSize` where the size is open and not given.
    public static func read(_ path: String, pictureSize: Int? = nil) throws -> Contents {
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(path, limit: mostBytes)
        } catch let failure as FileFailure {
            throw NeuralNetError.file(path: path, place: nil, reason: failure.reason)
        }
        return try read(bytes, path: path, folder: path.parentFolder, pictureSize: pictureSize)
    }

    /// Reads a model from memory. Without `folder`, all its numbers must be in `bytes`.
    package static func read(
        _ bytes: [UInt8], path: String, folder: String? = nil, pictureSize: Int? = nil
    ) throws -> Contents {
        do {
            let file = try ONNXModel(decoding: bytes)
            let source = TensorSource(bytes: bytes, folder: folder)
            let model = try GraphReader(file, path: path, source: source, pictureSize: pictureSize).model()
            let metadata = try file.metadata[metadataKey].map { text -> JSONValue in
                guard let value = try? JSONValue(parsing: text) else {
                    throw ONNXFailure("metadata is not JSON", at: metadataKey)
                }
                return value
            }
            return Contents(model: model, metadata: metadata, producer: file.producer)
        } catch let failure as ONNXFailure {
            guard looksLikeONNX(bytes) else {
                throw NeuralNetError.file(path: path, place: nil, reason: "not an ONNX file, or damaged")
            }
            throw NeuralNetError.file(path: path, place: failure.place, reason: failure.reason)
        } catch let error as NeuralNetError {
            if case .unknownInputSize = error { throw error }
            throw NeuralNetError.file(path: path, place: nil, reason: error.description)
        }
    }
}

extension ONNXFile {
    /// Writes a model, whole or not at all, with operators of version 13, newer ones only for layers that need
    /// them. Inputs and outputs have the shapes that they have here, behind a batch of any size: pictures are height,
    /// width, channels.
    ///
    /// Throws `NeuralNetError.file` naming a layer that ONNX has no operator for, or when the file cannot be written.
    public static func write(_ model: Model, metadata: JSONValue? = nil, to path: String) throws {
        do {
            try FileBytes.write(try bytes(of: model, metadata: metadata), to: path)
        } catch let failure as ONNXFailure {
            throw NeuralNetError.file(path: path, place: failure.place, reason: failure.reason)
        } catch let failure as FileFailure {
            throw NeuralNetError.file(path: path, place: nil, reason: failure.reason)
        }
    }

    /// The file in memory. Throws `ONNXFailure`.
    static func bytes(of model: Model, metadata: JSONValue? = nil) throws -> [UInt8] {
        var writer = GraphWriter(model)
        return try writer.file(metadata: metadata.map { [metadataKey: $0.text()] } ?? [:])
    }
}
