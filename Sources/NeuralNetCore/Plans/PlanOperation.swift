/// What one step of a `NetworkPlan` computes. Which kernel does it is decided where the plan is run.
///
/// Shapes are of one sample, images `[height, width, channels]`; the step's parameters are given with each case.
enum PlanOperation: Equatable, Sendable {
    /// Kernel `[taps, channels / groups, filters]` and, with `bias`, one number per filter.
    case convolution(ConvolutionGeometry, filters: Int, groups: Int, bias: Bool, relu: Bool)
    /// Kernel `[taps, channels * multiplier]` and, with `bias`, one number per output channel.
    case depthwise(ConvolutionGeometry, multiplier: Int, bias: Bool, relu: Bool)
    /// Kernel `[features, units]` and, with `bias`, one number per unit; for `rows` vectors.
    case dense(features: Int, units: Int, rows: Int, bias: Bool, relu: Bool)
    /// `x factor + shift` per channel: factor and shift.
    case scaleShift(rows: Int, channels: Int, relu: Bool)
    /// `x` where positive, `alpha x` elsewhere: alpha per column.
    case prelu(rows: Int, columns: Int)
    case maximumPool(ConvolutionGeometry)
    case averagePool(ConvolutionGeometry)
    case globalMaximum(pixels: Int, channels: Int)
    case activation(Activation, rows: Int, columns: Int)
    /// The sum of two or more tensors of one size.
    case add(count: Int, relu: Bool)
    /// Tensors joined element by element, each repeated along the axes that it lacks.
    case merge(MergeKernel.Operation, inputs: [Shape], output: Shape)
    /// Per row, the columns of each input one after another.
    case concatenate(rows: Int, columns: [Int])
    case zeroPadding(input: Shape, output: Shape, top: Int, left: Int)
    case resampling(input: Shape, output: Shape, Interpolation)
    case transpose(Shape, order: [Int])
}

extension PlanOperation {
    /// How many numbers each of its parameters has, in their order.
    var parameterCounts: [Int] {
        switch self {
        case .convolution(let g, let filters, let groups, let bias, _):
            return [g.taps * (g.channels / groups) * filters] + (bias ? [filters] : [])
        case .depthwise(let g, let multiplier, let bias, _):
            return [g.taps * g.channels * multiplier] + (bias ? [g.channels * multiplier] : [])
        case .dense(let features, let units, _, let bias, _): return [features * units] + (bias ? [units] : [])
        case .scaleShift(_, let channels, _): return [channels, channels]
        case .prelu(_, let columns): return [columns]
        default: return []
        }
    }

    /// How many numbers each input has, per sample.
    func inputCounts(_ inputs: Int) -> [Int] {
        switch self {
        case .convolution(let g, _, _, _, _), .depthwise(let g, _, _, _), .maximumPool(let g), .averagePool(let g):
            return [g.inputCount]
        case .dense(let features, _, let rows, _, _): return [features * rows]
        case .scaleShift(let rows, let channels, _): return [rows * channels]
        case .prelu(let rows, let columns), .activation(_, let rows, let columns): return [rows * columns]
        case .globalMaximum(let pixels, let channels): return [pixels * channels]
        case .add(let count, _): return [Int](repeating: count, count: max(2, inputs))
        case .merge(_, let inputs, _): return inputs.map { $0.reduce(1, *) }
        case .concatenate(let rows, let columns): return columns.map { rows * $0 }
        case .zeroPadding(let input, _, _, _), .resampling(let input, _, _), .transpose(let input, _):
            return [input.reduce(1, *)]
        }
    }

    /// How many numbers come out, per sample.
    var outputCount: Int {
        switch self {
        case .convolution(let g, let filters, _, _, _): return g.outputPixels * filters
        case .depthwise(let g, let multiplier, _, _): return g.outputPixels * g.channels * multiplier
        case .dense(_, let units, let rows, _, _): return units * rows
        case .scaleShift(let rows, let channels, _): return rows * channels
        case .prelu(let rows, let columns), .activation(_, let rows, let columns): return rows * columns
        case .maximumPool(let g), .averagePool(let g): return g.outputPixels * g.channels
        case .globalMaximum(_, let channels): return channels
        case .add(let count, _): return count
        case .merge(_, _, let output): return output.reduce(1, *)
        case .concatenate(let rows, let columns): return rows * columns.reduce(0, +)
        case .zeroPadding(_, let output, _, _), .resampling(_, let output, _): return output.reduce(1, *)
        case .transpose(let shape, _): return shape.reduce(1, *)
        }
    }
}
