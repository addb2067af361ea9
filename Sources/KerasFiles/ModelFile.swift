import Files
import JSON
import NeuralNetCore
import NeuralNetTraining
import Zip

/// Models in Keras's formats, read and written: HDF5 (`.h5`) and, under names that end in `.keras`, Keras 3's own.
///
/// Reads what Keras 2.0 to 3 write (`model.save("x.h5")`, `model.save("x.keras")`), and weights alone into a model of known
/// layers; contents decide, not names. Writes what `keras.models.load_model` of Keras 3 opens. A group or entry `fermusic`
/// that Keras ignores says how to feed the model.
public enum ModelFile {
    /// A model and what its file says about it.
    public struct Contents {
        /// With the file's weights.
        public var model: Model
        /// The object in the group `fermusic`; nil for files of other programs.
        public var metadata: JSONValue?
        /// As the file says it; nil where it does not.
        public var kerasVersion: String?
        /// What of the file has no effect here: penalties and constraints that training passes over. A line each.
        public var warnings: [String] = []
    }

    /// Reads a whole model. `layers`: layers of one's own that may be in it. `inputSize`: height and width of inputs for
    /// which the file has none; without it such a file throws `NeuralNetError.unknownInputSize`.
    ///
    /// Throws `NeuralNetError.file` naming the layer and field that cannot be used.
    public static func read(
        _ path: String, layers: LayerRegistry = LayerRegistry(), inputSize: (height: Int, width: Int)? = nil
    ) throws -> Contents {
        var options = KerasModelConfig.Options(path: path, isTrained: true, inputSize: inputSize, layers: layers)
        switch try open(path) {
        case .archive(let archive):
            let weights = try archive.weights()
            // A small file has no large model.
            options.weightLimit = min(1 << 28, weights.mostUnpacked / 4)
            let config = try archive.text("config.json") ?? ""
            let (model, warnings) = try KerasModelConfig.model(from: config, options)
            let located = try locate(weights, for: model, config: try? JSONValue(parsing: config))
            try KerasWeights.read(located, weights, into: model)
            return Contents(
                model: model, metadata: try archive.metadata, kerasVersion: try archive.kerasVersion, warnings: warnings
            )
        case .hdf5(let file):
            guard let config = try file.text("model_config", of: "") else {
                let holdsWeights = try file.exists("layers") || file.texts("layer_names", of: "") != nil
                let hint =
                    holdsWeights
                    ? "holds weights only: name the architecture they belong to"
                    : "no model_config: not a Keras model"
                throw NeuralNetError.file(path: path, place: nil, reason: hint)
            }
            options.weightLimit = min(1 << 28, file.mostUnpacked / 4)
            let (model, warnings) = try KerasModelConfig.model(from: config, options)
            guard try file.exists("model_weights") else { throw file.failure("model_weights", "missing") }
            try KerasWeights.read(KerasWeights.locate(file, group: "model_weights", for: model), file, into: model)
            return Contents(
                model: model, metadata: try metadata(file), kerasVersion: try file.text("keras_version", of: ""),
                warnings: warnings)
        }
    }

    enum Container {
        case hdf5(HDF5File)
        case archive(KerasArchive)
    }

    static func open(_ path: String) throws -> Container {
        if let folder = SavedModelFolder.containing(path) { throw folder.refusal }
        let file = try KerasArchive.translated(path) { try FileAtAnyPlace(path) }
        if ZipArchive.begins(file) { return .archive(try KerasArchive(path, file)) }
        if let reason = ForeignNetwork.reason(file) {
            throw NeuralNetError.file(path: path, place: nil, reason: reason)
        }
        return .hdf5(try HDF5File(path, file, 0..<file.count))
    }

    /// Reads a network without weights from Keras's JSON (`model.to_json()`), up to 16 MB. `inputSize`: height and width of
    /// inputs for which the file has none. Throws `NeuralNetError.file` naming the layer and field that cannot be used.
    public static func readArchitecture(
        _ path: String, inputSize: (height: Int, width: Int)? = nil
    ) throws -> Model {
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(path, limit: 1 << 24)
        } catch let failure as FileFailure {
            throw NeuralNetError.file(path: path, place: nil, reason: failure.reason)
        }
        return try architecture(fromJSON: String(decoding: bytes, as: UTF8.self), path: path, inputSize: inputSize)
    }

    /// Makes a network with weights of seed 0 from Keras's JSON; `path` is what errors name. Throws
    /// `NeuralNetError.file`.
    public static func architecture(
        fromJSON text: String, path: String, inputSize: (height: Int, width: Int)? = nil
    ) throws -> Model {
        try KerasModelConfig.model(from: text, .init(path: path, inputSize: inputSize)).model
    }

    /// A network as Keras's JSON (`model.to_json()`), without weights. Throws `NeuralNetError.file`.
    public static func json(of model: Model) throws -> String {
        KerasJSON.text(try KerasModelWriter.document(of: model))
    }

    /// Reads weights into a model of the same layers: a whole model's of either format, `save_weights("x.h5")`'s, or
    /// Keras 3's `x.weights.h5`. Throws `NeuralNetError.file` when layers or shapes differ; the model is then unchanged.
    public static func readWeights(_ path: String, into model: Model) throws {
        let file = try weights(in: path)
        try KerasWeights.read(locate(file, for: model), file, into: model)
    }

    private static func weights(in path: String) throws -> HDF5File {
        switch try open(path) {
        case .hdf5(let file): file
        case .archive(let archive): try archive.weights()
        }
    }

    /// Finds a model's weights in any of Keras's layouts. `config`: the description that the file has beside them.
    static func locate(_ file: HDF5File, for model: Model, config: JSONValue? = nil) throws -> [StoredWeights] {
        if try file.exists("model_weights") {
            return try KerasWeights.locate(file, group: "model_weights", for: model)
        } else if try file.texts("layer_names", of: "") != nil {
            return try KerasWeights.locate(file, group: "", for: model)
        }
        for group in ["layers", "_layer_checkpoint_dependencies"] where try file.exists(group) {
            return try KerasVariables.locate(file, group: group, for: model, config: config)
        }
        throw NeuralNetError.file(path: file.path, place: nil, reason: "no weights of Keras in it")
    }

    private static func metadata(_ file: HDF5File) throws -> JSONValue? {
        guard try file.exists("fermusic"), let text = try file.text("metadata", of: "fermusic") else { return nil }
        do {
            return try JSONValue(parsing: text)
        } catch {
            throw file.failure("fermusic", "metadata is not JSON")
        }
    }

    /// What a model was compiled with, for Keras to go on training. Keras starts with fresh moments: version 3 cannot
    /// train a model any more whose `optimizer_weights` it read from an HDF5 file, so there are none.
    public struct Training {
        public var optimizer: any Optimizer
        public var loss: any Loss
        /// Keras's names, `accuracy` say.
        public var metrics: [String]
        /// Keras's `global_clipnorm`; nil for no limit.
        public var globalClipNorm: Float?

        /// Adam, cross-entropy and accuracy, unless said otherwise.
        public init(
            optimizer: any Optimizer = Adam(), loss: any Loss = CategoricalCrossentropy(),
            metrics: [String] = ["accuracy"],
            globalClipNorm: Float? = nil
        ) {
            self.optimizer = optimizer
            self.loss = loss
            self.metrics = metrics
            self.globalClipNorm = globalClipNorm
        }
    }

    /// Writes a model, whole or not at all: in Keras 3's own format if the name ends in `.keras`, otherwise HDF5. `training`
    /// is what Keras compiles the model with when it loads the file, `precision` how its weights are kept. Throws
    /// `NeuralNetError.file`.
    public static func write(
        _ model: Model, metadata: JSONValue? = nil, training: Training = Training(),
        precision: StoredPrecision = .float32, to path: String
    ) throws {
        let config = try KerasModelWriter.config(of: model, path: path)
        let file = try HDF5Writer(creating: path, precision: precision)
        if path.lowercased().hasSuffix(".keras") {
            try KerasVariables.write(model, to: file)
            var fields = config.objectValue ?? [:]
            fields["compile_config"] = KerasTrainingConfig.compileConfig(of: training)
            try KerasArchive.write(config: KerasJSON.text(.object(fields)), weights: file, metadata: metadata, to: path)
            return
        }
        try file.setAttribute("keras_version", of: "", to: "3.0.0")
        try file.setAttribute("backend", of: "", to: "tensorflow")
        try file.setAttribute("model_config", of: "", to: KerasJSON.text(config))
        try file.setAttribute("training_config", of: "", to: KerasJSON.text(KerasTrainingConfig.config(of: training)))
        try KerasWeights.write(model, to: file, group: "model_weights")
        if let metadata {
            try file.makeGroup("fermusic")
            try file.setAttribute("metadata", of: "fermusic", to: metadata.text())
        }
        try file.save()
    }
}
