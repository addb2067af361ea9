import Files
import JSON
import NeuralNet
import ONNXFiles

/// Networks in files of either kind, Keras's (`.h5`, `.keras`) and ONNX: told by their contents when read, by the name's
/// ending when written.
public enum NetworkFile {
    /// A network and what its file says about it.
    public struct Contents {
        /// With the file's weights.
        public var model: Model
        /// What this program wrote beside the network.
        public var metadata: JSONValue?
        /// What wrote the file, in words; nil if it does not say.
        public var origin: String?
        /// As the file says it; nil for ONNX files and where it is silent.
        public var kerasVersion: String?
        /// What of the file has no effect here, a line each.
        public var warnings: [String] = []
    }

    /// By its contents; a SavedModel's begin as ONNX's do.
    public static func isONNX(_ path: String) -> Bool {
        path.lastPathPart != "saved_model.pb" && ONNXFile.isONNX(path)
    }

    /// Whether a file of this name is written as ONNX.
    public static func isNamedONNX(_ path: String) -> Bool { ONNXFile.hasName(path) }

    /// Reads a network. Throws `NeuralNetError.file` naming the layer or node that cannot be used, and
    /// `RecognitionError.file` if its size is open.
    ///
    /// - Parameter inputSize: height and width of the input where the file leaves them open.
    public static func read(_ path: String, inputSize: Int? = nil) throws -> Contents {
        if isONNX(path) {
            let file = try ONNXFile.read(path, pictureSize: inputSize)
            return Contents(
                model: file.model, metadata: file.metadata,
                origin: file.producer.isEmpty ? "ONNX" : "ONNX, written by \(file.producer)")
        }
        do {
            let file = try ModelFile.read(path, inputSize: inputSize.map { ($0, $0) })
            return Contents(
                model: file.model, metadata: file.metadata, origin: file.kerasVersion.map { "Keras format \($0)" },
                kerasVersion: file.kerasVersion, warnings: file.warnings)
        } catch NeuralNetError.unknownInputSize(let path, let layer, let shape) {
            throw RecognitionError.file(
                path: path, place: "layer '\(layer)'", reason: "the size of its input is open, \(shape)",
                remedy: .inputSize)
        }
    }

    /// Writes a network, whole or not at all; `training` is for Keras to go on with, `precision` for Keras's formats.
    /// Throws `NeuralNetError.file`.
    public static func write(
        _ model: Model, metadata: JSONValue? = nil, training: ModelFile.Training = ModelFile.Training(),
        precision: StoredPrecision = .float32, to path: String
    ) throws {
        if isNamedONNX(path) {
            guard precision == .float32 else {
                throw NeuralNetError.file(path: path, place: nil, reason: "ONNX files are written in float32 only")
            }
            try ONNXFile.write(model, metadata: metadata, to: path)
        } else {
            try ModelFile.write(model, metadata: metadata, training: training, precision: precision, to: path)
        }
    }
}
