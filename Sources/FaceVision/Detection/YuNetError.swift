/// Why YuNet cannot be used. The description is one clear line.
public enum YuNetError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no file at `path`, or, where it is nil, none that came with the program.
    case weightsNotFound(path: String?)
    /// The file is not an ONNX file of YuNet, or not whole. `place` is a node or tensor in it.
    case invalidWeights(path: String, place: String?, reason: String)
    case invalidOption(name: String, expected: String, received: String)

    public var description: String {
        switch self {
        case .weightsNotFound(let path?):
            return "\(path): no such file; 'Scripts/convert-yunet \(path)' makes it"
        case .weightsNotFound(nil):
            return "\(YuNetWeights.standardName) is not where the program's files are; Scripts/convert-yunet makes it"
        case .invalidWeights(let path, let place, let reason):
            return "\(path): \(place.map { "\($0): " } ?? "")\(reason); 'Scripts/convert-yunet \(path)' makes it anew"
        case .invalidOption(let name, let expected, let received):
            return "YuNet: \(name) must be \(expected), received \(received)"
        }
    }
}
