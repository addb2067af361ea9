import CKernels
import JSON

/// `y = (x - mean) / deviation` with the statistics of the training data: the first layer of many a network.
///
/// - Input and output have the same shape. The batch is axis 0, as in Keras.
/// - Parameters, unless the statistics are given: `mean` and `variance`, of the sizes of `axis`, and `count`, `[]`;
///   none is trained.
public struct Normalization: Layer {
    public static let className = "Normalization"
    public var name: String
    /// The axes that have statistics of their own; none for one mean and variance of all.
    public var axis: [Int]
    /// One number, or as many as `axis` has places; nil if they are weights.
    public var statistics: (mean: [Float], variance: [Float])?
    /// `y = mean + x deviation` instead.
    public var invert: Bool

    public init(
        axis: [Int] = [-1], statistics: (mean: [Float], variance: [Float])? = nil, invert: Bool = false,
        name: String = ""
    ) {
        self.axis = axis
        self.statistics = statistics
        self.invert = invert
        self.name = name
    }

    private func kept(_ shape: Shape) throws -> [Int] { axis.isEmpty ? [] : try places(of: axis, in: shape) }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let shape = try single(inputs), count = try kept(shape).map { shape[$0] }.reduce(1, *)
        if let statistics {
            let expected = count == 1 ? "one number" : "one number or \(count)"
            for (field, values) in [("mean", statistics.mean), ("variance", statistics.variance)] {
                try require(values.count == 1 || values.count == count, field, expected, values)
            }
            try require(statistics.variance.allSatisfy { $0 >= 0 }, "variance", "not negative", statistics.variance)
        }
        return shape
    }

    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] {
        guard statistics == nil else { return [] }
        let shape = ((try? kept(inputs[0])) ?? []).map { inputs[0][$0] }
        return [
            ParameterSpecification(name: "mean", shape: shape, initializer: .zeros, isTrainable: false),
            ParameterSpecification(name: "variance", shape: shape, initializer: .ones, isTrainable: false),
            ParameterSpecification(name: "count", shape: [], initializer: .zeros, isTrainable: false),
        ]
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    public func makeSteps(_ context: KernelContext) throws -> [LayerStep] {
        let kept = try kept(context.inputShapes[0])
        return try steps(along: kept, context) { inner in
            let columns = inner.inputShapes[0].suffix(kept.count).reduce(1, *)
            func each(_ values: [Float]) -> [Float] {
                values.count == columns ? values : [Float](repeating: values[0], count: columns)
            }
            return NormalizationKernel(
                rows: inner.inputShapes[0].dropLast(kept.count).reduce(1, *), columns: columns,
                statistics: statistics.map { (each($0.mean), each($0.variance)) }, invert: invert)
        }
    }

    public var config: [String: JSONValue] {
        func value(_ numbers: [Float]?) -> JSONValue {
            guard let numbers else { return .null }
            return numbers.count == 1 ? .double(Double(numbers[0])) : JSONValue(numbers.map { Double($0) })
        }
        return [
            "axis": JSONValue(axis), "mean": value(statistics?.mean), "variance": value(statistics?.variance),
            "invert": .bool(invert),
        ]
    }
}

struct NormalizationKernel: LayerKernel {
    /// Rows per sample, and their length.
    let rows: Int
    let columns: Int
    let statistics: (mean: [Float], variance: [Float])?
    let invert: Bool

    /// Keras's `backend.epsilon()`, the least deviation.
    private static let leastDeviation: Float = 1e-7

    // Prepared: a factor and a shift for each column, and zeros for the gradient.
    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.prepared = 3 * columns
        return memory
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        let factor = b.prepared, shift = b.prepared + columns
        if pass.weightsChanged {
            for c in 0..<columns {
                let mean = statistics?.mean[c] ?? b.parameters[0][c]
                let variance = statistics?.variance[c] ?? b.parameters[1][c]
                let deviation = max(variance.squareRoot(), Self.leastDeviation)
                factor[c] = invert ? deviation : 1 / deviation
                shift[c] = invert ? mean : -mean / deviation
                b.prepared[2 * columns + c] = 0
            }
        }
        apply(b.inputs[0], shift, b.output, b, pass)
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        if let dx = b.inputGradients[0] { apply(b.outputGradient!, b.prepared + 2 * columns, dx, b, pass) }
    }

    private func apply(
        _ x: UnsafeMutablePointer<Float>, _ shift: UnsafeMutablePointer<Float>, _ y: UnsafeMutablePointer<Float>,
        _ b: LayerBuffers, _ pass: Pass
    ) {
        pass.threads.runRanges(pass.count * rows) { _, range in
            let start = range.lowerBound * columns
            fm_scale_shift(x + start, b.prepared, shift, range.count, columns, 0, y + start)
        }
    }
}
