import Files
import Glibc
import NeuralNet

/// The three networks of MTCNN with their weights. Read once, they can serve many detectors.
///
/// The weights are not part of this package: `Scripts/convert-mtcnn` makes the file from the PyPI package mtcnn 1.0.0
/// (MIT licence).
public struct MTCNNWeights: Sendable {
    /// Proposes: 12 x 12 pixels and larger, fully convolutional.
    package let proposal: Model
    /// Refines: 24 x 24.
    package let refinement: Model
    /// Decides and places landmarks: 48 x 48.
    package let output: Model

    /// Names a weights file to be used instead of the one in the default place.
    public static let environmentVariable = "FERMUSIC_MTCNN"

    /// Where weights are looked for: `path`, else what `FERMUSIC_MTCNN` says, else
    /// `${XDG_DATA_HOME:-~/.local/share}/fermusic/mtcnn.h5`.
    public static func location(_ path: String? = nil) -> (path: String, isDefaultPlace: Bool) {
        location(path) { name in getenv(name).map { String(pathBytes: $0) } }
    }

    package static func location(
        _ path: String?, environment: (String) -> String?
    ) -> (path: String, isDefaultPlace: Bool) {
        func variable(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        if let path { return (path, false) }
        if let named = variable(environmentVariable) { return (named, false) }
        return (UserFolder.data(environment: environment) + "/mtcnn.h5", true)
    }

    /// Reads the weights file at `path`, or at the place that `location` says.
    ///
    /// Throws `MTCNNError.weightsNotFound`, which says how to make the file, or `.invalidWeights` naming the tensor
    /// that is missing or has another shape. Cost: about 5 ms.
    public init(path: String? = nil) throws {
        let place = MTCNNWeights.location(path)
        guard access(place.path.cPath, F_OK) == 0 else {
            throw MTCNNError.weightsNotFound(path: place.path, isDefaultPlace: place.isDefaultPlace)
        }
        do {
            let reader = try MTCNNReader(place.path)
            proposal = try MTCNNNetworks.proposal(reader)
            refinement = try MTCNNNetworks.refinement(reader)
            output = try MTCNNNetworks.output(reader)
        } catch NeuralNetError.file(let path, let tensor, let reason) {
            throw MTCNNError.invalidWeights(path: path, place: tensor, reason: reason)
        }
    }
}

/// The tensors of a weights file: one dataset each, shaped as Keras shapes them.
struct MTCNNReader {
    static let format = "fermusic-mtcnn-1"
    private let file: HDF5File

    init(_ path: String) throws {
        file = try HDF5File(reading: path)
        let format = try file.text("format", of: "")
        guard format == MTCNNReader.format else {
            let found = format.map { "of format '\($0)'" } ?? "without a format"
            throw NeuralNetError.file(
                path: path, place: nil, reason: "not MTCNN weights: HDF5 \(found) instead of '\(MTCNNReader.format)'")
        }
    }

    func tensor(_ name: String, _ shape: [Int]) throws -> MTCNNTensor {
        func failure(_ reason: String) -> NeuralNetError { .file(path: file.path, place: name, reason: reason) }
        guard try file.exists(name) else { throw failure("missing, expected a tensor of shape \(shape)") }
        let found = try file.shape(of: name)
        guard found == shape else { throw failure("shape \(found) instead of \(shape)") }
        let values = try file.read(name, limit: shape.reduce(1, *)).values
        guard values.allSatisfy(\.isFinite) else { throw failure("has values that are not finite numbers") }
        return MTCNNTensor(shape: shape, values: values)
    }
}
