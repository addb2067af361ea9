import NeuralNet

/// A piece of an axis, larger than 1. ONNX orders a picture's axes channels, height, width, this library height, width,
/// channels: both orders are lists of the same factors, so that transposing and reshaping only rearrange ONNX's list
/// and move no numbers. What a layer does with its weights follows from where each factor is in both.
struct Factor: Hashable {
    let id: Int
    let size: Int
}

/// An axis whose indices are in one order here and in another in ONNX.
struct AxisOrder {
    let ours: [Factor]
    let onnx: [Factor]

    var count: Int { ours.size }
    /// ONNX's index for each of ours. As long as the axis: ask for it only where there are as many numbers.
    var places: [Int] { ours.places(in: onnx) }
}

extension [Factor] {
    var size: Int { reduce(1) { $0 * $1.size } }

    /// For each index along these factors, the index along the same factors in another order.
    func places(in other: [Factor]) -> [Int] {
        var strides: [Factor: Int] = [:], stride = 1
        for factor in other.reversed() {
            strides[factor] = stride
            stride *= factor.size
        }
        var result = [0]
        for factor in self {
            let step = strides[factor] ?? 0
            result = result.flatMap { start in (0..<factor.size).map { start + $0 * step } }
        }
        return result
    }
}

/// A tensor of the network while its graph is read.
struct Feature {
    var tensor: SymbolicTensor
    /// The axes of `tensor`, without the batch.
    var axes: [[Factor]]
    /// The axes that ONNX sees, without the batch.
    var onnxAxes: [[Factor]]
    /// What made it, if nothing else uses it, so that it can be replaced.
    var site: Site?
    /// No value can be below zero: zeros around it change no maximum.
    var isNonNegative = false

    var withoutSite: Feature {
        var result = self
        result.site = nil
        return result
    }

    /// Whether both are the same numbers seen alike: one may be the other transposed, which is the same tensor here.
    func isSame(as other: Feature) -> Bool {
        tensor === other.tensor && axes == other.axes && onnxAxes == other.onnxAxes
    }

    var shape: Shape { axes.map(\.size) }
    var onnxShape: [Int] { onnxAxes.map(\.size) }
    /// All factors in the order of memory.
    var order: [Factor] { Array(axes.joined()) }
}

/// A layer that was just made. A class, since a feature holds it and it a feature.
final class Site {
    let layer: any Layer
    let input: Feature
    let weights: [String: [Float]]
    let name: String

    init(layer: any Layer, input: Feature, weights: [String: [Float]], name: String) {
        self.layer = layer
        self.input = input.withoutSite
        self.weights = weights
        self.name = name
    }
}

/// What a name in the graph stands for.
enum GraphValue {
    case constant(Constant)
    case feature(Feature)
    /// What no layer computes alone, but together with what follows.
    case piece(Piece, of: Feature)
}

/// Pieces of functions for which exporters have no operator.
enum Piece {
    /// Of a GELU, `x / 2 (1 + erf(x / sqrt(2)))`.
    case erf, onePlusErf, halfOnePlusErf, twiceGELU
    /// Whether a number is above another.
    case above(Float)
}

/// A tensor that does not depend on the inputs, except for the size of the batch.
struct Constant {
    /// Stands for the number of samples where that is not fixed.
    static let batch = Int.min

    var shape: [Int]
    var values: TensorValues

    init(shape: [Int], values: TensorValues) {
        self.shape = shape
        self.values = values
    }

    init(ints: [Int]) { self.init(shape: [ints.count], values: .ints(ints)) }

    var count: Int { values.count }

    var floats: [Float] {
        switch values {
        case .floats(let values): return values
        case .ints(let values): return values.map { $0 == Constant.batch ? .nan : Float($0) }
        }
    }

    /// Nil for floats.
    var ints: [Int]? {
        if case .ints(let values) = values { return values }
        return nil
    }
}
