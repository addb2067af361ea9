/// What can be wrong with a model's description, its data or its files. The description is one clear line.
public enum NeuralNetError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A layer was given a value it cannot use.
    case invalidArgument(layer: String, field: String, expected: String, received: String)
    /// A layer was given inputs whose shapes (without the batch) do not fit.
    case incompatibleShape(layer: String, expected: String, received: [[Int]])
    /// The layers do not form a graph from the inputs to the outputs.
    case invalidGraph(String)
    /// Data handed to a model does not have the size it needs.
    case incompatibleData(expected: String, received: String)
    /// A sample could not be made.
    case sample(index: Int, reason: String)
    /// Settings that cannot be right together; the line says what would fit.
    case invalidSetting(String)
    /// The loss, the gradient or a weight stopped being a number.
    case notFinite(quantity: String, step: Int)
    /// A file cannot be read or written, or does not hold what it should. `place` is a group, row or layer in it.
    case file(path: String, place: String?, reason: String)
    /// A model's file leaves the size of an input open; `shape` is what it says, the batch first.
    case unknownInputSize(path: String, layer: String, shape: String)

    static func tooLarge(_ layer: String, _ shape: Shape) -> NeuralNetError {
        .invalidGraph("\(layer): a tensor of shape \(shape) is too large, more than \(Shape.largestCount) elements")
    }

    /// The same about another layer: one that is made of the layer that found it.
    func about(_ layer: String) -> NeuralNetError {
        switch self {
        case .invalidArgument(_, let field, let expected, let received):
            return .invalidArgument(layer: layer, field: field, expected: expected, received: received)
        case .incompatibleShape(_, let expected, let received):
            return .incompatibleShape(layer: layer, expected: expected, received: received)
        default: return self
        }
    }

    public var description: String {
        switch self {
        case .invalidArgument(let layer, let field, let expected, let received):
            return "\(layer): \(field) must be \(expected), received \(received)"
        case .incompatibleShape(let layer, let expected, let received):
            return
                "\(layer): input must be \(expected), received \(received.map(String.init(describing:)).joined(separator: ", "))"
        case .invalidGraph(let reason):
            return "model graph: \(reason)"
        case .incompatibleData(let expected, let received):
            return "data: expected \(expected), received \(received)"
        case .sample(let index, let reason): return "sample \(index): \(reason)"
        case .invalidSetting(let reason): return reason
        case .notFinite(let quantity, let step):
            return "\(quantity) is not a finite number at step \(step)"
        case .file(let path, let place, let reason):
            return place.map { "\(path): \($0): \(reason)" } ?? "\(path): \(reason)"
        case .unknownInputSize(let path, let layer, let shape):
            return "\(path): layer '\(layer)': batch_shape: \(shape) leaves the input's size open"
        }
    }
}
