import CKernels
import JSON

/// Normalises each sample along its last axis, or other ones, by mean and variance there; then `y = gamma x̂ + beta`.
///
/// - Input and output have the same shape. The batch is axis 0, as in Keras.
/// - Parameters: `gamma` and `beta`, of the sizes of `axis`.
/// - J. Ba et al., "Layer Normalization", 2016.
public struct LayerNormalization: Layer {
    public static let className = "LayerNormalization"
    public var name: String
    /// The axes that are normalised along; the batch is axis 0, -1 the last one.
    public var axis: [Int]
    /// Added to the variance, or the mean square, so that no division is by 0.
    public var epsilon: Float
    /// Whether `beta` is added.
    public var center: Bool
    /// Whether `gamma` is a factor.
    public var scale: Bool

    public init(
        axis: [Int] = [-1], epsilon: Float = 1e-3, center: Bool = true, scale: Bool = true, name: String = ""
    ) {
        self.axis = axis
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let shape = try single(inputs)
        _ = try places(of: axis, in: shape)
        try require(epsilon > 0, "epsilon", "positive", epsilon)
        return shape
    }

    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] {
        let shape = ((try? places(of: axis, in: inputs[0])) ?? []).map { inputs[0][$0] }
        var result: [ParameterSpecification] = []
        if scale { result.append(ParameterSpecification(name: "gamma", shape: shape, initializer: .ones)) }
        if center { result.append(ParameterSpecification(name: "beta", shape: shape, initializer: .zeros)) }
        return result
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    public func makeSteps(_ context: KernelContext) throws -> [LayerStep] {
        try steps(along: places(of: axis, in: context.inputShapes[0]), context) { inner in
            RowNormalizationKernel(
                inner, axes: axis.count, epsilon: epsilon, isCentred: true, hasGamma: scale, hasBeta: center)
        }
    }

    public var config: [String: JSONValue] {
        [
            "axis": axis.count == 1 ? .int(axis[0]) : JSONValue(axis), "epsilon": .double(Double(epsilon)),
            "center": .bool(center), "scale": .bool(scale), "rms_scaling": false,
            "beta_initializer": KerasConfig.initializer(.zeros), "gamma_initializer": KerasConfig.initializer(.ones),
            "beta_regularizer": nil, "gamma_regularizer": nil, "beta_constraint": nil, "gamma_constraint": nil,
        ]
    }
}

/// Divides each sample along its last axis, or other ones, by the root of its mean square; then `y = scale x̂`.
///
/// - Input and output have the same shape. Parameter: `scale`, of the sizes of `axis`.
/// - B. Zhang, R. Sennrich, "Root Mean Square Layer Normalization", 2019.
public struct RMSNormalization: Layer {
    public static let className = "RMSNormalization"
    public var name: String
    /// The axes that are normalised along; the batch is axis 0, -1 the last one.
    public var axis: [Int]
    /// Added to the variance, or the mean square, so that no division is by 0.
    public var epsilon: Float

    public init(axis: [Int] = [-1], epsilon: Float = 1e-6, name: String = "") {
        self.axis = axis
        self.epsilon = epsilon
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let shape = try single(inputs)
        _ = try places(of: axis, in: shape)
        try require(epsilon > 0, "epsilon", "positive", epsilon)
        return shape
    }

    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] {
        let shape = ((try? places(of: axis, in: inputs[0])) ?? []).map { inputs[0][$0] }
        return [ParameterSpecification(name: "scale", shape: shape, initializer: .ones)]
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    public func makeSteps(_ context: KernelContext) throws -> [LayerStep] {
        try steps(along: places(of: axis, in: context.inputShapes[0]), context) { inner in
            RowNormalizationKernel(
                inner, axes: axis.count, epsilon: epsilon, isCentred: false, hasGamma: true, hasBeta: false)
        }
    }

    public var config: [String: JSONValue] {
        ["axis": axis.count == 1 ? .int(axis[0]) : JSONValue(axis), "epsilon": .double(Double(epsilon))]
    }
}

/// Rows normalized one by one.
struct RowNormalizationKernel: LayerKernel {
    /// Rows per sample, and their length.
    private let rows: Int
    private let columns: Int
    private let maximumBatch: Int
    private let threads: Int
    private let epsilon: Float
    private let isCentred: Bool
    private let hasGamma: Bool
    private let hasBeta: Bool

    /// `axes`: how many of the last axes make a row.
    init(
        _ context: KernelContext, axes: Int, epsilon: Float, isCentred: Bool, hasGamma: Bool, hasBeta: Bool
    ) {
        rows = context.inputShapes[0].dropLast(axes).reduce(1, *)
        columns = context.inputShapes[0].suffix(axes).reduce(1, *)
        maximumBatch = context.maximumBatch
        threads = context.threads
        self.epsilon = epsilon
        self.isCentred = isCentred
        self.hasGamma = hasGamma
        self.hasBeta = hasBeta
    }

    private var line: Int { (columns + 15) / 16 * 16 }

    // State: mean and 1 / deviation of each row. Scratch: sums for gamma and beta per thread.
    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        memory.state = 2 * rows * maximumBatch
        memory.scratch = 2 * line * threads
        return memory
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runRanges(pass.count * rows) { _, range in
            let start = range.lowerBound * columns
            fm_layer_norm(
                b.inputs[0] + start, hasGamma ? b.parameters[0] : nil,
                hasBeta ? b.parameters[hasGamma ? 1 : 0] : nil, range.count, columns, epsilon, isCentred ? 1 : 0,
                b.output + start, b.state + 2 * range.lowerBound)
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        let gamma = hasGamma ? b.parameterGradient(0) : nil
        let beta = hasBeta ? b.parameterGradient(hasGamma ? 1 : 0) : nil
        pass.threads.run { thread in
            let total = pass.count * rows
            let first = total * thread / threads, last = total * (thread + 1) / threads
            let sums = b.scratch + 2 * line * thread, start = first * columns
            sums.update(repeating: 0, count: 2 * line)
            fm_layer_norm_gradient(
                b.outputGradient! + start, b.inputs[0] + start, hasGamma ? b.parameters[0] : nil,
                b.state + 2 * first, last - first, columns, isCentred ? 1 : 0, b.inputGradients[0].map { $0 + start },
                gamma == nil ? nil : sums, beta == nil ? nil : sums + line)
        }
        ThreadSums.reduce(
            b.scratch, stride: 2 * line, threads: threads, into: gamma, count: columns,
            overwrite: pass.overwritesGradients)
        ThreadSums.reduce(
            b.scratch + line, stride: 2 * line, threads: threads, into: beta, count: columns,
            overwrite: pass.overwritesGradients)
    }
}
