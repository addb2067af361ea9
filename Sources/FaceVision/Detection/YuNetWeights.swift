import Files
import Glibc
import NeuralNet
import ONNXFiles

/// YuNet's network with its weights, 53,056 numbers. Read once, it can serve many detectors.
///
/// The file is what `Scripts/convert-yunet` makes: libfacedetection's weights, under the 3-clause BSD licence.
public struct YuNetWeights: Sendable {
    /// For pictures of 32 x 32; larger ones through `Model.sharingWeights`. See `YuNetNetwork`.
    package let network: Model

    /// The name under which the weights come with the program.
    public static let standardName = "yunet.onnx"
    public static var standardPath: String? { ProgramFile.path(standardName, checkoutFolder: "Checkpoints") }

    /// The network as a plan, for pictures of 32 x 32; others through `NetworkPlan.resized`.
    public func plan() throws -> NetworkPlan { try NetworkPlan(network) }

    /// Reads the file at `path`, or the one that comes with the program.
    ///
    /// Throws `YuNetError.weightsNotFound`, or `.invalidWeights` naming what is missing or has another shape. Cost:
    /// about 2 ms.
    public init(path: String? = nil) throws {
        guard let place = path ?? YuNetWeights.standardPath, access(place.cPath, F_OK) == 0 else {
            throw YuNetError.weightsNotFound(path: path)
        }
        do {
            let file = try ONNXFile.read(place, pictureSize: YuNetNetwork.multiple).model
            network = try YuNetNetwork.model(weights: file, path: place)
        } catch NeuralNetError.file(let path, let tensor, let reason) {
            throw YuNetError.invalidWeights(path: path, place: tensor, reason: reason)
        }
    }
}
